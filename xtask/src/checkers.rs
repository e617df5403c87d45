//! What checks our exports from outside: the official schemas of their formats, and Cardinal of the Open Contracting
//! Partnership.
//!
//! The standards' own sites are no registries, so the schemas are taken from packages that carry them, and each is
//! held to its digest. All of it lies in `tools` below the target directory, where the tests look for it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::setup;
use crate::sh::{self, say};

/// What pip brings, pinned by version and digest.
const SOURCES: &str = include_str!("../checkers.txt");
const OCDS_KIT: &str = "ocdskit-1.7.0";
const OCDS_EXTENSIONS: &str = "ocdsextensionregistry-0.7.0";
const CARDINAL: &str = "ocdscardinal-0.0.8";
/// The crate that carries the schema of SARIF.
const SARIF: (&str, &str) = ("serde-sarif", "0.8.0");

/// A schema by the name the tests know, where it is found, and its digest.
struct Schema {
    name: &'static str,
    package: &'static str,
    path: &'static str,
    sha256: &'static str,
}

const OCDS: [Schema; 3] = [
    Schema {
        name: "ocds-release-package",
        package: OCDS_KIT,
        path: "tests/fixtures/release-package-schema.json",
        sha256: "44a9d8d66001af8e44112b45f5cc7923ee2f40f4790e816f90af1782c5885ee5",
    },
    Schema {
        name: "ocds-release",
        package: OCDS_EXTENSIONS,
        path: "tests/fixtures/release-schema.json",
        sha256: "bf18280598c08c9889051a61e1cd39af8e1aebbfb9c260c31be155604026a149",
    },
    // Patched with the extensions of the registry, those for bids and requirements among them.
    Schema {
        name: "ocds-release-extended",
        package: OCDS_KIT,
        path: "tests/fixtures/a/release-schema.json",
        sha256: "0754553c7ee5183debc3521e34882bca7dbf66521a3e3bc5423d67c34011e2f9",
    },
];

const SARIF_SCHEMA: Schema = Schema {
    name: "sarif",
    package: SARIF.0,
    path: "src/schema.json",
    sha256: "af47e7b67f24efe74076621fd3a5fbe7398add9e84fe820c971219a385895cea",
};

/// Installs what is missing.
pub(crate) fn install() -> anyhow::Result<()> {
    let tools = sh::target().join("tools");
    let ready = tools.join("checkers");
    if std::fs::read_to_string(&ready).is_ok_and(|installed| installed == SOURCES) {
        return Ok(());
    }
    say("installing the schemas of OCDS and SARIF with pip and cargo into the target directory");
    // Debian has pip only in environments.
    let python = setup::rq_environment("rq3")?.join("bin/python");
    let sources = sources(&python, &tools.join("sources"))?;
    for schema in &OCDS {
        keep(schema, &sources.join(schema.package), &tools)?;
    }
    keep(&SARIF_SCHEMA, &sarif_crate(&sources.join("sarif"))?, &tools)?;
    say("installing Cardinal with cargo into the target directory (about a minute, once)");
    cardinal(&sources.join(CARDINAL), &tools)?;
    std::fs::remove_dir_all(&sources).with_context(|| format!("remove {}", sources.display()))?;
    std::fs::write(&ready, SOURCES).with_context(|| format!("write {}", ready.display()))
}

/// Fetches and unpacks what pip brings.
fn sources(python: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let mut pip = sh::command(python);
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]);
    sh::run(pip.args(["--requirement", "xtask/checkers.txt", "--dest"]).arg(folder))?;
    for package in [OCDS_KIT, OCDS_EXTENSIONS, CARDINAL] {
        let archive = folder.join(format!("{package}.tar.gz"));
        sh::run(sh::command("tar").arg("-xzf").arg(archive).arg("-C").arg(folder))?;
    }
    Ok(folder.to_path_buf())
}

/// The folder of the crate with the schema of SARIF, fetched by a package that names it and nothing else.
fn sarif_crate(folder: &Path) -> anyhow::Result<PathBuf> {
    let (name, version) = SARIF;
    let manifest = folder.join("Cargo.toml");
    std::fs::create_dir_all(folder.join("src")).with_context(|| format!("create {}", folder.display()))?;
    std::fs::write(folder.join("src/lib.rs"), "").context("write an empty library")?;
    let package = format!(
        "[package]\nname = \"schemas\"\nedition = \"2024\"\n[dependencies]\n{name} = \"={version}\"\n[workspace]\n"
    );
    std::fs::write(&manifest, package).with_context(|| format!("write {}", manifest.display()))?;
    let mut metadata = sh::cargo();
    metadata.args(["metadata", "--quiet", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let known: Value = serde_json::from_str(&sh::read(&mut metadata)?).context("read what cargo knows")?;
    let packages = known["packages"].as_array().into_iter().flatten();
    let manifest = packages.filter(|p| p["name"] == name).find_map(|p| p["manifest_path"].as_str());
    let folder = manifest.and_then(|path| Path::new(path).parent()).context("cargo names no folder of the crate")?;
    Ok(folder.to_path_buf())
}

/// Puts a schema where the tests look for it, when it is the one that was measured.
fn keep(schema: &Schema, package: &Path, tools: &Path) -> anyhow::Result<()> {
    let path = package.join(schema.path);
    let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    if digest != schema.sha256 {
        bail!("{} has the digest {digest} instead of {}", path.display(), schema.sha256);
    }
    let folder = tools.join("schemas");
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let kept = folder.join(format!("{}.json", schema.name));
    std::fs::write(&kept, bytes).with_context(|| format!("write {}", kept.display()))
}

/// Builds Cardinal as its own lock file says; unoptimised, which takes half the time and is fast enough for one tender.
fn cardinal(source: &Path, tools: &Path) -> anyhow::Result<()> {
    // Below our target directory it would be taken for a part of our workspace.
    let manifest = source.join("Cargo.toml");
    let package = std::fs::read_to_string(&manifest).with_context(|| format!("read {}", manifest.display()))?;
    std::fs::write(&manifest, package + "\n[workspace]\n").with_context(|| format!("write {}", manifest.display()))?;
    let mut cargo = sh::cargo();
    cargo.args(["install", "--quiet", "--locked", "--debug", "--no-track", "--force", "--path"]).arg(source);
    cargo.arg("--root").arg(tools).arg("--target-dir").arg(tools.join("sources/build"));
    sh::run(cargo.env("CARGO_PROFILE_DEV_DEBUG", "0"))
}
