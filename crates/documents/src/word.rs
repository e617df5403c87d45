//! Old Word and WPS documents (DOC) and old presentations (PPT), through anydoc's model.
//!
//! It resolves styles, lists and the spans of cells. What it does not tell: headers, page breaks, comments; numbers
//! in Chinese come as digits. Deleted text of tracked changes may stand among the words.

use anydoc::ConvertError;
use anydoc::model::{Block, CellSlot, Inline, List, Table};
use bidlens_domain::document::{IssueCode, IssueSeverity, TextSource};

use crate::detect::Kind;
use crate::limits::Limits;
use crate::ole::{Ole, u16_at};
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{CellPart, Grid, GridCell};

pub(crate) fn read(kind: Kind, bytes: &[u8], limits: &Limits) -> ReadResult {
    let ole = Ole::open(bytes);
    if kind == Kind::Doc && ole.as_ref().is_some_and(is_locked) {
        return Err(Refusal::new(
            IssueCode::Encrypted,
            "the document is protected by a password; open it, remove the password and upload it again",
        ));
    }
    let format = if kind == Kind::Doc { anydoc::Format::Doc } else { anydoc::Format::Ppt };
    let document = anydoc::to_document(bytes, format).map_err(|error| refusal(kind, &error))?;
    let mut reader = Reader {
        limits,
        raw: RawDocument::new(kind.format()),
        page: 1,
        pages_by_rule: kind == Kind::Ppt,
        pictures: 0,
        left: limits.max_cells,
    };
    reader.blocks(&document.blocks, RawKind::Text, 0);
    let notes = reader.raw.blocks.len();
    for note in &document.notes {
        reader.blocks(&note.blocks, RawKind::Footnote, 0);
    }
    if reader.raw.blocks.len() > limits.max_blocks {
        reader.raw.blocks.truncate(limits.max_blocks.max(notes.min(limits.max_blocks)));
        reader.raw.issue(
            IssueCode::ExpansionLimit,
            IssueSeverity::Warning,
            None,
            format!("only the first {} paragraphs were read", limits.max_blocks),
        );
    }
    let (pages, pictures) = (reader.page, reader.pictures + document.assets.len());
    let mut raw = reader.raw;
    raw.plain_pages(pages, true);
    raw.metadata = ole.as_ref().map(crate::summary::metadata).unwrap_or_default();
    if raw.blocks.iter().all(|b| b.text.trim().is_empty()) && pictures > 0 {
        for page in &mut raw.pages {
            page.text_source = TextSource::Unreadable;
        }
        raw.issue(
            IssueCode::UnreadablePage,
            IssueSeverity::Warning,
            Some(1),
            "the file holds pictures alone; their words need text recognition",
        );
    }
    Ok(raw)
}

/// Whether the header of the words says that they are encrypted.
fn is_locked(ole: &Ole<'_>) -> bool {
    let words = ole.root_stream("WordDocument");
    words.and_then(|w| u16_at(&w, 10)).is_some_and(|flags| flags & 0x0100 != 0)
}

fn refusal(kind: Kind, error: &ConvertError) -> Refusal {
    let code = match error {
        ConvertError::ResourceLimit { .. } => IssueCode::ExpansionLimit,
        ConvertError::Unsupported(_) => IssueCode::Unsupported,
        _ => IssueCode::Malformed,
    };
    Refusal::new(
        code,
        format!(
            "{} is damaged or of a kind that is not read ({error}); open it, save it as DOCX or PDF and upload that",
            kind.label()
        ),
    )
}

struct Reader<'a> {
    limits: &'a Limits,
    raw: RawDocument,
    page: u32,
    /// A rule stands between slides.
    pages_by_rule: bool,
    pictures: usize,
    left: usize,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block], kind: RawKind, depth: usize) {
        for block in blocks {
            if depth > self.limits.max_depth || self.raw.blocks.len() > self.limits.max_blocks {
                return;
            }
            match block {
                Block::Heading { level, content, .. } => {
                    let words = self.words(content);
                    self.push(words, String::new(), kind.clone(), Some(*level));
                }
                Block::Paragraph(content) => {
                    let words = self.words(content);
                    self.push(words, String::new(), kind.clone(), None);
                }
                Block::List(list) => self.list(list, &kind, depth),
                Block::Table(table) => {
                    let grid = self.grid(table, depth);
                    self.raw.blocks.extend(grid.into_block());
                }
                Block::BlockQuote(inner) => self.blocks(inner, kind.clone(), depth + 1),
                Block::CodeBlock { text, .. } | Block::Math(text) => {
                    self.push(text.clone(), String::new(), kind.clone(), None);
                }
                Block::Rule if self.pages_by_rule => self.page = (self.page + 1).min(self.limits.max_pages),
                Block::Rule => {}
            }
        }
    }

    fn push(&mut self, words: String, label: String, kind: RawKind, level: Option<u8>) {
        let words = words.trim();
        if words.is_empty() {
            return;
        }
        let text = if label.is_empty() { words.to_owned() } else { format!("{label} {words}") };
        let mut block = RawBlock::on_page(kind, text, self.page);
        block.outline_level = level;
        block.label = label;
        self.raw.blocks.push(block);
    }

    fn list(&mut self, list: &List, kind: &RawKind, depth: usize) {
        for (at, item) in list.items.iter().enumerate() {
            let label = match &item.marker_label {
                Some(label) => label.trim().to_owned(),
                None if list.ordered() => list.marker.label(list.start.saturating_add(at as u64)),
                None => String::new(),
            };
            let mut blocks = item.blocks.as_slice();
            if let Some((Block::Paragraph(content), rest)) = blocks.split_first() {
                let words = self.words(content);
                let kind = if *kind == RawKind::Text { RawKind::ListItem } else { kind.clone() };
                self.push(words, label, kind, None);
                blocks = rest;
            }
            self.blocks(blocks, kind.clone(), depth + 1);
        }
    }

    fn grid(&mut self, table: &Table, depth: usize) -> Grid {
        let mut grid = Grid::default();
        for (row, slots) in (0u32..).zip(&table.grid) {
            for (column, slot) in (0u32..).zip(slots) {
                let CellSlot::Origin(cell) = slot else { continue };
                if self.left == 0 {
                    return grid;
                }
                self.left -= 1;
                let parts = self.parts(&cell.blocks, depth + 1);
                let (row_span, column_span) = (cell.row_span.max(1), cell.col_span.max(1));
                grid.cells.push(GridCell { row, column, row_span, column_span, parts });
            }
        }
        grid
    }

    /// A cell's content, with tables inside it.
    fn parts(&mut self, blocks: &[Block], depth: usize) -> Vec<CellPart> {
        let mut parts = Vec::new();
        if depth > self.limits.max_depth {
            return parts;
        }
        for block in blocks {
            if let Block::Table(table) = block {
                parts.push(CellPart::Table(self.grid(table, depth)));
                continue;
            }
            let outer = std::mem::take(&mut self.raw.blocks);
            self.blocks(std::slice::from_ref(block), RawKind::Text, depth + 1);
            let inner = std::mem::replace(&mut self.raw.blocks, outer);
            parts.extend(inner.into_iter().map(CellPart::from));
        }
        parts
    }

    fn words(&mut self, content: &[Inline]) -> String {
        let mut out = String::new();
        self.collect(content, &mut out);
        out
    }

    fn collect(&mut self, content: &[Inline], out: &mut String) {
        for inline in content {
            match inline {
                Inline::Text { text, .. } | Inline::Math(text) => out.push_str(text),
                Inline::Link { content, .. } => self.collect(content, out),
                Inline::LineBreak => out.push('\n'),
                Inline::Checkbox(checked) => out.push(if *checked { '☑' } else { '☐' }),
                Inline::Image { .. } => self.pictures += 1,
                Inline::Anchor(_) | Inline::NoteRef(_) => {}
            }
        }
    }
}
