//! What the tests need beyond Rust: found, or installed with the distribution's own tools.

use crate::sh::{self, say};

/// A Debian package and the program that shows it is there.
struct Package {
    name: &'static str,
    program: &'static str,
}

/// What the tests start as child processes.
const PACKAGES: &[Package] = &[
    Package { name: "chromium", program: "chromium" },
    Package { name: "poppler-utils", program: "pdftotext" },
    Package { name: "unzip", program: "unzip" },
];

/// Installs the packages that are missing.
pub(crate) fn packages() -> anyhow::Result<()> {
    let mut missing: Vec<&str> = PACKAGES.iter().filter(|p| !on_path(p.program)).map(|p| p.name).collect();
    if !has_chinese_font() {
        missing.push("fonts-noto-cjk");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut apt = apt()?;
    say(&format!("installing with apt-get: {}", missing.join(" ")));
    sh::run(apt.arg("update").arg("-qq"))?;
    let mut apt = self::apt()?;
    sh::run(
        apt.args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Installs cargo-nextest when it is missing.
pub(crate) fn nextest() -> anyhow::Result<()> {
    if sh::has("cargo", "--version") && sh::read(sh::cargo().args(["nextest", "--version"])).is_ok() {
        return Ok(());
    }
    say("installing cargo-nextest (takes some minutes, once)");
    sh::run(sh::cargo().args(["install", "--locked", "cargo-nextest"]))
}

/// Installs the browser driver of the page tests from the lock file.
pub(crate) fn npm() -> anyhow::Result<()> {
    let web = sh::root().join("web");
    let installed = web.join("node_modules/.package-lock.json");
    let modified = |path: &std::path::Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
    if let (Some(have), Some(want)) = (modified(&installed), modified(&web.join("package-lock.json")))
        && have >= want
    {
        return Ok(());
    }
    say("installing the page tests' driver with npm ci");
    sh::run(sh::command("npm").current_dir(&web).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

fn apt() -> anyhow::Result<std::process::Command> {
    if !on_path("apt-get") {
        anyhow::bail!(
            "this needs {}; install them with your system's package manager",
            PACKAGES.iter().map(|p| p.program).collect::<Vec<_>>().join(", ")
        );
    }
    let root = sh::read(sh::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Ok(sh::command("apt-get"));
    }
    let mut sudo = sh::command("sudo");
    sudo.arg("apt-get");
    Ok(sudo)
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

fn has_chinese_font() -> bool {
    std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || sh::read(sh::command("fc-list").arg(":lang=zh")).is_ok_and(|list| !list.trim().is_empty())
}
