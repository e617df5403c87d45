//! Runs the other readers and keeps their answers: they do not change with our code.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use super::{sha256, truth};
use crate::{setup, sh};

/// Released versions, so that figures of two runs compare.
const REQUIREMENTS: &str = include_str!("../../../../benches/documents/requirements.txt");
const PROGRAM: &str = include_str!("../../../../benches/documents/peers.py");

/// What the others see in one file.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    /// By reader: the lines of each page.
    pub(super) text: BTreeMap<String, Vec<Vec<String>>>,
    /// By page.
    pub(super) characters: Vec<Vec<Placed>>,
    /// By reader: page and rows of each table.
    pub(super) tables: BTreeMap<String, Vec<PeerTable>>,
}

/// A character and its box in fractions of the page.
#[derive(Debug, Deserialize)]
pub(super) struct Placed(pub(super) String, pub(super) f32, pub(super) f32, pub(super) f32, pub(super) f32);

#[derive(Debug, Deserialize)]
pub(super) struct PeerTable(pub(super) u32, pub(super) Vec<Vec<Option<String>>>);

pub(super) fn read(file: &Path, file_sha256: &str, tables: &[&truth::Table]) -> anyhow::Result<Seen> {
    let mut pages: Vec<u32> = tables.iter().flat_map(|t| t.pages.0..=t.pages.1).collect();
    pages.sort_unstable();
    pages.dedup();
    let key = sha256(format!("{file_sha256}{REQUIREMENTS}{PROGRAM}{pages:?}").as_bytes());
    let folder = sh::target().join("eval-documents");
    let kept = folder.join(format!("{}.json", key.get(..16).unwrap_or(&key)));
    if !kept.is_file() {
        let python = folder.join("python");
        setup::python_environment(&python, "eval-documents-ready", REQUIREMENTS)?;
        sh::say(&format!("reading {} with the other readers", file.display()));
        let mut peers = sh::command(python.join("bin/python"));
        peers.arg("benches/documents/peers.py").arg(file).args(pages.iter().map(u32::to_string));
        let answer = sh::read(&mut peers)?;
        std::fs::write(&kept, answer).with_context(|| format!("write {}", kept.display()))?;
    }
    let answer = std::fs::read(&kept).with_context(|| format!("read {}", kept.display()))?;
    serde_json::from_slice(&answer).with_context(|| format!("read {}", kept.display()))
}
