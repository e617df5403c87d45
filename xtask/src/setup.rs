//! What tests and benchmarks need beyond Rust: found, or installed with the distribution's own tools.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

use crate::sh::{self, say};

/// A Debian package and what shows that it is there.
struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

/// What the tests start as child processes.
const FOR_TESTS: &[Package] = &[
    Package { name: "chromium", is_there: || on_path("chromium") },
    Package { name: "firefox-esr", is_there: || on_path("firefox-esr") },
    Package { name: "poppler-utils", is_there: || on_path("pdftotext") },
    Package { name: "tesseract-ocr", is_there: || on_path("tesseract") },
    Package { name: "tesseract-ocr-chi-sim", is_there: has_chinese_model },
    Package { name: "libarchive-tools", is_there: || on_path("bsdtar") },
    Package { name: "unzip", is_there: || on_path("unzip") },
    Package { name: "fonts-noto-cjk", is_there: has_chinese_font },
];

/// Servers that tests and benchmarks start for themselves, and what runs the Python programs beside them.
const SERVERS: &[Package] = &[
    Package { name: "redis-server", is_there: || on_path("redis-server") && on_path("redis-benchmark") },
    Package { name: "postgresql", is_there: has_postgres },
    Package { name: "python3-venv", is_there: has_venv },
];

/// Other readers of documents, and what runs those in Python.
const DOCUMENT_READERS: &[Package] = &[
    Package { name: "poppler-utils", is_there: || on_path("pdftotext") },
    Package { name: "python3-venv", is_there: has_venv },
];

/// What the packages of the workspace ask for.
const NODE_MIN: u32 = 20;

const NODE: &[Package] =
    &[Package { name: "nodejs", is_there: || on_path("node") }, Package { name: "npm", is_there: || on_path("npm") }];

/// Installs the packages that the tests need and that are missing.
pub(crate) fn packages() -> anyhow::Result<()> {
    install(&[FOR_TESTS, SERVERS])
}

/// Installs the packages that the benchmarks of the job system need and that are missing.
pub(crate) fn bench_packages() -> anyhow::Result<()> {
    install(&[SERVERS, NODE])
}

/// Installs Python when it is missing; its SQLite ranks beside our search.
pub(crate) fn python() -> anyhow::Result<()> {
    let has_python = || sh::has("python3", &["-c", "import sqlite3"]);
    install(&[&[Package { name: "python3", is_there: has_python }]])
}

/// Installs what reads documents beside us and is missing.
pub(crate) fn document_packages() -> anyhow::Result<()> {
    install(&[DOCUMENT_READERS])
}

fn install(lists: &[&[Package]]) -> anyhow::Result<()> {
    let missing: Vec<&str> = lists.iter().copied().flatten().filter(|p| !(p.is_there)()).map(|p| p.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut apt = apt(&missing)?;
    say(&format!("installing with apt-get: {}", missing.join(" ")));
    sh::run(apt.arg("update").arg("-qq"))?;
    let mut apt = self::apt(&missing)?;
    sh::run(
        apt.args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Installs cargo-nextest when it is missing.
pub(crate) fn nextest() -> anyhow::Result<()> {
    if sh::has("cargo", &["--version"]) && sh::read(sh::cargo().args(["nextest", "--version"])).is_ok() {
        return Ok(());
    }
    say("installing cargo-nextest (takes some minutes, once)");
    sh::run(sh::cargo().args(["install", "--locked", "cargo-nextest"]))
}

/// Installs what builds and tests the workspace in the browser, from the lock file.
pub(crate) fn npm() -> anyhow::Result<()> {
    install(&[NODE])?;
    let version = sh::read(sh::command("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MIN) {
        anyhow::bail!("the workspace is built with node {NODE_MIN} or newer, and this is {}", version.trim());
    }
    let web = web();
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&web.join("package-lock.json")) {
        return Ok(());
    }
    say("installing the workspace's packages with npm ci");
    sh::run(npm_in(&web).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

/// Builds the workspace that the program carries, when its sources are newer than what was built.
pub(crate) fn workspace() -> anyhow::Result<()> {
    let web = web();
    let built = modified(&web.join("dist/index.html"));
    let sources =
        ["src", "public", "index.html", "openapi.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];
    let newest = sources.iter().filter_map(|source| newest_in(&web.join(source))).max();
    let labels = modified(&sh::root().join("crates/domain/src/labels.json"));
    if built.is_some() && built >= newest && built >= labels {
        return Ok(());
    }
    npm()?;
    say("building the workspace: types of the API, checks, bundle");
    sh::run(npm_in(&web).args(["run", "--silent", "build", "--", "--logLevel=warn"]))
}

/// Runs the workspace's own unit tests.
pub(crate) fn test_workspace() -> anyhow::Result<()> {
    sh::run(npm_in(&web()).args(["test", "--silent"]))
}

fn web() -> PathBuf {
    sh::root().join("web")
}

fn npm_in(folder: &Path) -> std::process::Command {
    let mut npm = sh::command("npm");
    npm.current_dir(folder);
    npm
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When the newest of the files below a path was written, but for the types that each build makes anew.
fn newest_in(path: &Path) -> Option<SystemTime> {
    if path.ends_with("src/api/schema.d.ts") {
        return None;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return modified(path) };
    entries.flatten().filter_map(|entry| newest_in(&entry.path())).max()
}

/// Makes the Python environments of the RQ library's tests, where the tests look for them.
pub(crate) fn rq_environments() -> anyhow::Result<()> {
    for version in RQ_VERSIONS {
        rq_environment(version)?;
    }
    Ok(())
}

/// Versions of RQ that the library is tested beside.
const RQ_VERSIONS: [&str; 2] = ["rq2", "rq3"];

/// The environment with one version of RQ: `rq2` or `rq3`. Shared with the tests in `crates/rq`.
pub(crate) fn rq_environment(version: &str) -> anyhow::Result<PathBuf> {
    let list = sh::root().join(format!("crates/rq/tests/python/requirements-{version}.txt"));
    let requirements = std::fs::read_to_string(&list).with_context(|| format!("read {}", list.display()))?;
    let folder = sh::target().join("tmp/rq-wire-venvs").join(version);
    python_environment(&folder, "rq-wire-ready", &requirements)?;
    Ok(folder)
}

/// Makes a Python environment with what `requirements` lists, one a line. `mark` is written when it is complete.
pub(crate) fn python_environment(folder: &Path, mark: &str, requirements: &str) -> anyhow::Result<()> {
    let ready = folder.join(mark);
    if std::fs::read_to_string(&ready).is_ok_and(|made| made == requirements) {
        return Ok(());
    }
    let packages: Vec<&str> = requirements.lines().collect();
    say(&format!("installing {} with pip into the target directory", packages.join(", ")));
    sh::run(sh::command("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = sh::command(folder.join("bin/python"));
    sh::run(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(&packages))?;
    std::fs::write(&ready, requirements).with_context(|| format!("write {}", ready.display()))
}

/// Installs npm packages into a folder of their own below the target directory; the folder of their modules.
pub(crate) fn npm_packages(names: &[&str]) -> anyhow::Result<PathBuf> {
    let folder = sh::target().join("bench-jobs/node");
    let modules = folder.join("node_modules");
    if names.iter().all(|name| modules.join(name).join("package.json").is_file()) {
        return Ok(modules);
    }
    say(&format!("installing {} with npm into the target directory", names.join(", ")));
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let mut npm = sh::command("npm");
    npm.arg("install").arg("--prefix").arg(&folder).args(["--no-audit", "--no-fund", "--loglevel=error"]).args(names);
    sh::run(&mut npm)?;
    Ok(modules)
}

fn apt(missing: &[&str]) -> anyhow::Result<std::process::Command> {
    if !on_path("apt-get") {
        anyhow::bail!(
            "this needs what Debian calls {}; install it with your system's package manager",
            missing.join(", ")
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

/// Debian keeps the server's programs off the path.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file()) || on_path("initdb")
}

fn has_venv() -> bool {
    sh::has("python3", &["-c", "import venv, ensurepip"])
}

fn has_chinese_model() -> bool {
    sh::read(sh::command("tesseract").arg("--list-langs")).is_ok_and(|list| list.lines().any(|l| l.trim() == "chi_sim"))
}

fn has_chinese_font() -> bool {
    std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || sh::read(sh::command("fc-list").arg(":lang=zh")).is_ok_and(|list| !list.trim().is_empty())
}
