//! The truth of tables: what a person saw on the rendered page, kept without the words.
//!
//! The documents are not ours, so each cell is kept as the first digits of a hash of its words, salted with the
//! document's own. `--draft` writes our tables with their words below the target directory; a person compares them
//! with the pages (`pdftoppm`), corrects them, and `--seal` makes the truth of them. In a draft a form feed stands
//! where a cell goes on on the next page, and `free` marks a cell on whose words people could disagree, such as a
//! heading cut by a diagonal or a cell that holds a table.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bidlens_domain::document::{Block, BlockKind, Table as OwnTable};
use serde::{Deserialize, Serialize};

use super::{Read, normal, sha256};
use crate::sh;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Table {
    /// Hex SHA-256 of the file.
    pub(super) document: String,
    /// First and last.
    pub(super) pages: (u32, u32),
    pub(super) rows: u32,
    pub(super) columns: u32,
    /// Cells with words.
    pub(super) cells: Vec<Cell>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Cell {
    /// Row and column of the upper left corner.
    pub(super) at: (u32, u32),
    /// Rows and columns.
    pub(super) span: (u32, u32),
    pub(super) words: String,
    /// Of a cell that goes on over pages: the words on each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) free: bool,
}

/// A table with its words, to be corrected by eye.
#[derive(Debug, Serialize, Deserialize)]
struct Draft {
    /// The file's name.
    document: String,
    pages: (u32, u32),
    rows: u32,
    columns: u32,
    cells: Vec<DraftCell>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DraftCell {
    row: u32,
    column: u32,
    row_span: u32,
    column_span: u32,
    text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    free: bool,
}

/// What stands for the words of a cell.
pub(super) fn fingerprint(document: &str, words: &str) -> String {
    let mut hash = sha256(format!("{document}\n{}", normal(words)).as_bytes());
    hash.truncate(8);
    hash
}

fn file() -> PathBuf {
    sh::root().join("benches/documents/tables.json")
}

pub(super) fn load() -> anyhow::Result<Vec<Table>> {
    let text = std::fs::read_to_string(file()).with_context(|| format!("read {}", file().display()))?;
    serde_json::from_str(&text).with_context(|| format!("read {}", file().display()))
}

pub(super) fn draft(read: &[Read]) -> anyhow::Result<()> {
    let mut drafts = Vec::new();
    for file in read {
        for block in &file.document.blocks {
            if let BlockKind::Table(table) = &block.kind {
                push_drafts(&file.document.name, block, table, &mut drafts);
            }
        }
    }
    let path = sh::target().join("eval-documents/draft.json");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    std::fs::write(&path, serde_json::to_string_pretty(&drafts)?)
        .with_context(|| format!("write {}", path.display()))?;
    sh::print(&format!("{} tables in {}", drafts.len(), path.display()))
}

fn push_drafts(document: &str, block: &Block, table: &OwnTable, drafts: &mut Vec<Draft>) {
    let mut pages: Vec<u32> = Vec::new();
    let mut cells = Vec::new();
    for cell in &table.cells {
        let mut text = String::new();
        let mut page = None;
        for line in block.lines.iter().filter(|line| line.range.overlaps(cell.range)) {
            if page.is_some_and(|page| page != line.page) {
                text.push('\u{c}');
            }
            page = Some(line.page);
            pages.push(line.page);
            text.push_str(line.range.slice(&block.text));
        }
        if !text.is_empty() {
            let (row, column, row_span, column_span) = (cell.row, cell.column, cell.row_span, cell.column_span);
            cells.push(DraftCell { row, column, row_span, column_span, text, free: !cell.nested.is_empty() });
        }
        for nested in &cell.nested {
            push_drafts(document, block, nested, drafts);
        }
    }
    let pages = (pages.iter().min().copied().unwrap_or(1), pages.iter().max().copied().unwrap_or(1));
    drafts.push(Draft { document: document.to_owned(), pages, rows: table.rows, columns: table.columns, cells });
}

pub(super) fn seal(set: &Path, draft: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(draft).with_context(|| format!("read {}", draft.display()))?;
    let drafts: Vec<Draft> = serde_json::from_str(&text).with_context(|| format!("read {}", draft.display()))?;
    let mut lines = Vec::new();
    for draft in &drafts {
        let path = set.join(&draft.document);
        let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let document = sha256(&bytes);
        check(draft)?;
        let cells = draft.cells.iter().map(|cell| {
            let parts: Vec<&str> = cell.text.split('\u{c}').filter(|part| !normal(part).is_empty()).collect();
            let parts = if parts.len() > 1 { parts } else { Vec::new() };
            Cell {
                at: (cell.row, cell.column),
                span: (cell.row_span, cell.column_span),
                words: fingerprint(&document, &cell.text),
                parts: parts.into_iter().map(|part| fingerprint(&document, part)).collect(),
                free: cell.free,
            }
        });
        let cells = cells.collect();
        let table = Table { document, pages: draft.pages, rows: draft.rows, columns: draft.columns, cells };
        lines.push(serde_json::to_string(&table)?);
    }
    std::fs::write(file(), format!("[\n{}\n]\n", lines.join(",\n")))
        .with_context(|| format!("write {}", file().display()))?;
    let cells: usize = drafts.iter().map(|d| d.cells.len()).sum();
    sh::print(&format!("{} tables with {cells} cells in {}", drafts.len(), file().display()))
}

/// Cells must lie in the table, hold words, and not cover each other.
fn check(draft: &Draft) -> anyhow::Result<()> {
    let place = format!("{} pages {}–{}", draft.document, draft.pages.0, draft.pages.1);
    let mut covered = std::collections::BTreeSet::new();
    for cell in &draft.cells {
        if normal(&cell.text).is_empty() {
            bail!("{place}: the cell in row {} column {} has no words; leave it out", cell.row, cell.column);
        }
        for row in cell.row..cell.row + cell.row_span {
            for column in cell.column..cell.column + cell.column_span {
                if row >= draft.rows || column >= draft.columns {
                    bail!("{place}: the cell in row {} column {} leaves the table", cell.row, cell.column);
                }
                if !covered.insert((row, column)) {
                    bail!("{place}: two cells cover row {row} column {column}");
                }
            }
        }
    }
    Ok(())
}
