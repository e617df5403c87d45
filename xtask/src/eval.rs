//! `cargo xtask eval PATH`: accuracy against hand-made labels, printed as tables.
//!
//! A folder with `labels/*.json` holds labelled tenders; one with `labels.json` holds bids with planted
//! defects. How an answer is compared is told in `docs/accuracy.md`. `cargo xtask eval retrieval PATH` is
//! in [`retrieval`], `cargo xtask eval documents PATH` in [`documents`], `cargo xtask eval ocr PATH` in [`ocr`],
//! `cargo xtask eval robustness PATH` in [`robustness`], `cargo xtask eval defects` in [`defects`],
//! `cargo xtask eval baseline PATH` in [`baseline`].

pub(crate) mod baseline;
mod bids;
pub(crate) mod defects;
pub(crate) mod documents;
pub(crate) mod ocr;
pub(crate) mod retrieval;
pub(crate) mod robustness;
mod tenders;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::sh;

pub(crate) fn run(path: &Path, tender: &[PathBuf], errors: bool) -> anyhow::Result<()> {
    let path = std::fs::canonicalize(path).with_context(|| format!("read {}", path.display()))?;
    let program = sh::build_release()?;
    if path.join("labels").is_dir() {
        return tenders::run(&program, &path, errors);
    }
    if path.join("labels.json").is_file() {
        if tender.is_empty() {
            bail!("name the tender of these bids with --tender FILE");
        }
        return bids::run(&program, &path, tender, errors);
    }
    bail!("{} holds neither labels/ nor labels.json", path.display())
}

fn load(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("read {} as JSON", path.display()))
}

/// The program's JSON answer.
fn answer(program: &Path, arguments: &[&std::ffi::OsStr]) -> anyhow::Result<Value> {
    let output = sh::read(sh::command(program).args(arguments).arg("--json"))?;
    serde_json::from_str(&output).context("read the program's JSON")
}
