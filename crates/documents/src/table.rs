//! One grid for DOCX, HTML, Markdown and spreadsheets, laid out as a block's text with ranges.
//!
//! Cells of a row are joined by `\t`, rows by `\n`, paragraphs in a cell by `\n`; a nested table's words stand
//! inside its parent cell's range.

use bidlens_domain::document::{Cell, Line, Table, TextRange};

use crate::raw::{Origin, RawBlock, RawKind, line_without_box};

#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    pub(crate) cells: Vec<GridCell>,
}

/// A cell at its upper left corner.
#[derive(Debug, Clone, Default)]
pub(crate) struct GridCell {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) row_span: u32,
    pub(crate) column_span: u32,
    pub(crate) parts: Vec<CellPart>,
}

#[derive(Debug, Clone)]
pub(crate) enum CellPart {
    Text {
        text: String,
        page: u32,
        /// As in [`Origin`].
        paragraph: Option<usize>,
        /// How sure recognition was of the words, where it was least sure; `None` where the file holds them.
        confidence: Option<f32>,
    },
    Table(Grid),
}

impl CellPart {
    pub(crate) fn words(text: impl Into<String>, page: u32) -> Self {
        CellPart::Text { text: text.into(), page, paragraph: None, confidence: None }
    }
}

/// A paragraph of a cell.
impl From<RawBlock> for CellPart {
    fn from(block: RawBlock) -> Self {
        let paragraph = block.origins.first().map(|origin| origin.paragraph);
        let confidence = block.lines.iter().filter_map(|line| line.confidence).min_by(f32::total_cmp);
        CellPart::Text { page: block.page(), text: block.text, paragraph, confidence }
    }
}

impl GridCell {
    pub(crate) fn text(row: u32, column: u32, text: impl Into<String>, page: u32) -> Self {
        GridCell { row, column, row_span: 1, column_span: 1, parts: vec![CellPart::words(text, page)] }
    }
}

impl Grid {
    /// The grid as a block; `None` when no cell has words.
    pub(crate) fn into_block(self) -> Option<RawBlock> {
        let mut text = String::new();
        let (mut lines, mut origins) = (Vec::new(), Vec::new());
        let table = self.lay_out(&mut text, &mut lines, &mut origins);
        let first = lines.first()?;
        let mut block = RawBlock::on_page(RawKind::Table(table), text, first.page);
        block.lines = lines;
        block.origins = origins;
        Some(block)
    }

    fn lay_out(mut self, text: &mut String, lines: &mut Vec<Line>, origins: &mut Vec<Origin>) -> Table {
        self.cells.sort_by_key(|c| (c.row, c.column));
        let rows = self.cells.iter().map(|c| c.row.saturating_add(c.row_span)).max();
        let columns = self.cells.iter().map(|c| c.column.saturating_add(c.column_span)).max();
        let mut cells = Vec::with_capacity(self.cells.len());
        let mut row = None;
        for cell in self.cells {
            match row {
                Some(before) if before == cell.row => text.push('\t'),
                Some(_) => text.push('\n'),
                None => {}
            }
            row = Some(cell.row);
            let start = text.len();
            let mut nested = Vec::new();
            for part in cell.parts {
                match part {
                    CellPart::Text { text: words, page, paragraph, confidence } => {
                        let words = words.trim();
                        if words.is_empty() {
                            continue;
                        }
                        if text.len() > start {
                            text.push('\n');
                        }
                        let from = text.len();
                        text.extend(words.chars().map(|c| if c == '\t' { ' ' } else { c }));
                        cover(lines, from, text.len(), page, confidence);
                        let range = TextRange::new(from, text.len());
                        origins.extend(paragraph.map(|paragraph| Origin { range, paragraph }));
                    }
                    CellPart::Table(grid) => {
                        if text.len() > start {
                            text.push('\n');
                        }
                        nested.push(grid.lay_out(text, lines, origins));
                    }
                }
            }
            cells.push(Cell {
                row: cell.row,
                column: cell.column,
                row_span: cell.row_span.max(1),
                column_span: cell.column_span.max(1),
                range: TextRange::new(start, text.len()),
                nested,
            });
        }
        Table { rows: rows.unwrap_or(0), columns: columns.unwrap_or(0), cells }
    }
}

/// Covers `from..to` by the line before when that stands on the same page: without positions there is nothing
/// to tell lines apart, and a long table would carry one for each cell.
fn cover(lines: &mut Vec<Line>, from: usize, to: usize, page: u32, confidence: Option<f32>) {
    match lines.last_mut() {
        Some(line) if line.page == page && line.confidence == confidence => {
            line.range = TextRange::new(line.range.start as usize, to);
        }
        _ => lines.push(Line { confidence, ..line_without_box(from, to, page) }),
    }
}
