//! `cargo xtask bench FILE`: CPU time and memory of `bidlens extract` beside Python's PDF readers on the same file.
//!
//! The others only read text; Bidlens reads text, tables and structure and extracts the facts. All run in the
//! same minute on the same machine, because figures from different machines do not compare.
//! `cargo xtask bench jobs` is in [`jobs`], `cargo xtask bench documents` in [`documents`], `cargo xtask bench pages` in
//! [`pages`].

pub(crate) mod documents;
pub(crate) mod jobs;
pub(crate) mod pages;
pub(crate) mod workspace;

use std::path::Path;

use anyhow::Context;

use crate::sh;

pub(crate) fn run(file: &Path) -> anyhow::Result<()> {
    let file = std::path::absolute(file)
        .and_then(std::fs::canonicalize)
        .with_context(|| format!("read {}", file.display()))?;
    let program = sh::build_release()?;
    let venv = program.with_file_name("bench-python");
    let python = venv.join("bin/python");
    if !python.exists() {
        sh::say("installing pypdf and pdfplumber with pip into the target directory");
        sh::run(sh::command("python3").args(["-m", "venv"]).arg(&venv))?;
        sh::run(sh::command(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "pypdf",
            "pdfplumber",
        ]))?;
    }
    let mut measure = sh::command(&python);
    measure.arg("benches/measure.py").arg(&program).arg(&file);
    sh::run(&mut measure)
}
