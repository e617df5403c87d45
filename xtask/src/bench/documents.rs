//! `cargo xtask bench documents`: speed and memory of reading PDF and DOCX and of drawing pages, beside poppler and
//! pdfplumber.
//!
//! Everything runs in the same minutes on the same machine, each reader in a process of its own, as a user would
//! run it. `benches/documents.py` measures and holds the figures to their bars.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::{setup, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// PDF to read; our own sample tender when it is not given
    file: Option<PathBuf>,
    /// Length of the long PDF that is made of the file's pages
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pages: u32,
    /// Runs of which the median is taken
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// How `benches/documents.py` ends when it has named the bars that were missed.
const MISSED: i32 = 3;
const PEERS: &str = "pdfplumber==0.11.10\npypdf==7.1.1";

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    setup::document_packages()?;
    let samples = sh::root().join("samples");
    let file = options.file.clone().unwrap_or_else(|| samples.join("tender.pdf"));
    let file = std::path::absolute(&file)
        .and_then(std::fs::canonicalize)
        .with_context(|| format!("read {}", file.display()))?;
    let program = match &options.program {
        Some(program) => std::path::absolute(program).with_context(|| format!("find {}", program.display()))?,
        None => sh::build_release()?,
    };
    let work = sh::target().join("bench-documents");
    let venv = work.join("python");
    setup::python_environment(&venv, "ready", PEERS)?;
    let mut measure = sh::command(venv.join("bin/python"));
    measure.arg("benches/documents.py").arg(&program).arg(&file).arg(samples.join("tender.docx"));
    measure.arg(work.join("files")).arg(options.pages.to_string()).arg(options.runs.to_string());
    let ended = measure.status().context("start benches/documents.py")?;
    match ended.code() {
        Some(0) => Ok(()),
        Some(MISSED) => bail!("the figures named above miss their bars"),
        _ => bail!("benches/documents.py ended with {ended}"),
    }
}
