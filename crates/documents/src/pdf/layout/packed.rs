//! A page that has been laid out, kept in three pieces of memory until all pages are.
//!
//! Its lines and cells are many small strings and lists. Kept as they are, they stand between the characters of the
//! pages that follow, which come and go, and the holes take several times what the words do.

use super::{CellItem, Item, PageCell, PageLayout, PageTable};
use crate::pdf::lines::TextLine;
use crate::pdf::page::Turn;

#[derive(Debug)]
pub(crate) struct PackedPage {
    pub(super) number: u32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) turn: Turn,
    /// What stands on the page, in order; what is inside a table follows it.
    parts: Box<[Part]>,
    /// The words of all lines, one after the other.
    text: Box<str>,
    /// Edges of lines and columns, one after the other.
    numbers: Box<[f32]>,
}

#[derive(Debug)]
enum Part {
    Line(Place, LinePart),
    Table { top: f32, xs: u32, rows: usize, cells: u32, ruled: bool },
    Cell { row: usize, row_end: usize, x0: f32, x1: f32, top: f32, bottom: f32, open: bool, content: u32 },
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Running,
    Aside,
    Cell,
    Header,
    Footer,
}

/// A line but for its words and edges, of which it has so many bytes and numbers.
#[derive(Debug)]
pub(super) struct LinePart {
    bytes: u32,
    edges: u32,
    pub(super) x0: f32,
    pub(super) y0: f32,
    pub(super) x1: f32,
    pub(super) y1: f32,
    pub(super) size: f32,
    pub(super) column: Option<(f32, f32)>,
    confidence: Option<f32>,
    bold: bool,
    bold_ends: (bool, bool),
}

impl PackedPage {
    pub(super) fn of(layout: PageLayout) -> Self {
        let PageLayout { number, width, height, turn, items, headers, footers } = layout;
        let mut packer = Packer::default();
        for item in items {
            match item {
                Item::Line(line) => packer.line(Place::Running, &line),
                Item::Aside(line) => packer.line(Place::Aside, &line),
                Item::Table(table) => packer.table(&table),
            }
        }
        headers.iter().for_each(|line| packer.line(Place::Header, line));
        footers.iter().for_each(|line| packer.line(Place::Footer, line));
        PackedPage {
            number,
            width,
            height,
            turn,
            parts: packer.parts.into_boxed_slice(),
            text: packer.text.into_boxed_str(),
            numbers: packer.numbers.into_boxed_slice(),
        }
    }

    /// Lines of the running text with their words, outside tables.
    pub(super) fn running(&self) -> impl Iterator<Item = (&str, &LinePart)> {
        let mut rest = &*self.text;
        self.parts.iter().filter_map(move |part| {
            let Part::Line(place, line) = part else { return None };
            let (words, after) = rest.split_at_checked(line.bytes as usize)?;
            rest = after;
            (*place == Place::Running).then_some((words, line))
        })
    }

    pub(super) fn unpacked(self) -> PageLayout {
        let PackedPage { number, width, height, turn, parts, text, numbers } = self;
        let mut layout =
            PageLayout { number, width, height, turn, items: Vec::new(), headers: Vec::new(), footers: Vec::new() };
        let mut unpacker = Unpacker { parts: parts.iter(), text: &text, numbers: &numbers, page: number };
        while let Some(part) = unpacker.parts.next() {
            match part {
                Part::Line(place, line) => {
                    let line = unpacker.line(line);
                    match place {
                        // A cell's lines follow its cell and are taken with it.
                        Place::Running | Place::Cell => layout.items.push(Item::Line(line)),
                        Place::Aside => layout.items.push(Item::Aside(line)),
                        Place::Header => layout.headers.push(line),
                        Place::Footer => layout.footers.push(line),
                    }
                }
                Part::Table { top, xs, rows, cells, ruled } => {
                    layout.items.push(Item::Table(unpacker.table(*top, *xs, *rows, *cells, *ruled)));
                }
                // Likewise with its table.
                Part::Cell { .. } => {}
            }
        }
        layout
    }
}

#[derive(Default)]
struct Packer {
    parts: Vec<Part>,
    text: String,
    numbers: Vec<f32>,
}

impl Packer {
    fn line(&mut self, place: Place, line: &TextLine) {
        let TextLine { text, edges, x0, y0, x1, y1, size, bold, bold_ends, column, confidence } = line;
        self.text.push_str(text);
        self.numbers.extend_from_slice(edges);
        let line = LinePart {
            bytes: count(text.len()),
            edges: count(edges.len()),
            x0: *x0,
            y0: *y0,
            x1: *x1,
            y1: *y1,
            size: *size,
            column: *column,
            confidence: *confidence,
            bold: *bold,
            bold_ends: *bold_ends,
        };
        self.parts.push(Part::Line(place, line));
    }

    fn table(&mut self, table: &PageTable) {
        let PageTable { top, xs, rows, cells, ruled } = table;
        self.numbers.extend_from_slice(xs);
        let (xs, count_of_cells) = (count(xs.len()), count(cells.len()));
        self.parts.push(Part::Table { top: *top, xs, rows: *rows, cells: count_of_cells, ruled: *ruled });
        for PageCell { row, row_end, x0, x1, top, bottom, open, content } in cells {
            let (row, row_end, x0, x1, top, bottom, open) = (*row, *row_end, *x0, *x1, *top, *bottom, *open);
            self.parts.push(Part::Cell { row, row_end, x0, x1, top, bottom, open, content: count(content.len()) });
            for (_, item) in content {
                match item {
                    CellItem::Line(line) => self.line(Place::Cell, line),
                    CellItem::Table(table) => self.table(table),
                }
            }
        }
    }
}

/// Glyphs and rulings of a page are limited, so that none of its counts comes near the end of 32 bits.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

struct Unpacker<'p> {
    parts: std::slice::Iter<'p, Part>,
    text: &'p str,
    numbers: &'p [f32],
    page: u32,
}

impl Unpacker<'_> {
    fn line(&mut self, line: &LinePart) -> TextLine {
        let (text, after) = self.text.split_at_checked(line.bytes as usize).unwrap_or((self.text, ""));
        self.text = after;
        let LinePart { edges, x0, y0, x1, y1, size, column, confidence, bold, bold_ends, .. } = *line;
        let (text, edges) = (text.to_owned(), self.numbers(edges));
        TextLine { text, edges, x0, y0, x1, y1, size, bold, bold_ends, column, confidence }
    }

    fn table(&mut self, top: f32, xs: u32, rows: usize, cells: u32, ruled: bool) -> PageTable {
        let xs = self.numbers(xs);
        let cells = (0..cells).map_while(|_| self.cell()).collect();
        PageTable { top, xs, rows, cells, ruled }
    }

    fn cell(&mut self) -> Option<PageCell> {
        let &Part::Cell { row, row_end, x0, x1, top, bottom, open, content } = self.parts.next()? else { return None };
        let content = (0..content).map_while(|_| Some((self.page, self.cell_item()?))).collect();
        Some(PageCell { row, row_end, x0, x1, top, bottom, open, content })
    }

    fn cell_item(&mut self) -> Option<CellItem> {
        match self.parts.next()? {
            Part::Line(_, line) => Some(CellItem::Line(self.line(line))),
            Part::Table { top, xs, rows, cells, ruled } => {
                Some(CellItem::Table(self.table(*top, *xs, *rows, *cells, *ruled)))
            }
            Part::Cell { .. } => None,
        }
    }

    fn numbers(&mut self, count: u32) -> Vec<f32> {
        let (numbers, after) = self.numbers.split_at_checked(count as usize).unwrap_or((self.numbers, &[]));
        self.numbers = after;
        numbers.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, y0: f32) -> TextLine {
        let edges = (1u8..).map(f32::from).take(text.chars().count()).collect();
        TextLine {
            text: text.to_owned(),
            edges,
            x0: 0.5,
            y0,
            x1: 90.0,
            y1: y0 + 10.0,
            size: 10.5,
            bold: y0 > 100.0,
            bold_ends: (y0 > 100.0, y0 > 200.0),
            column: (y0 > 200.0).then_some((0.5, 300.0)),
            confidence: (y0 > 300.0).then_some(0.9),
        }
    }

    fn cell(row: usize, content: Vec<CellItem>) -> PageCell {
        let content = content.into_iter().map(|item| (7, item)).collect();
        PageCell { row, row_end: row + 2, x0: 1.0, x1: 2.0, top: 3.0, bottom: 4.0, open: row == 1, content }
    }

    #[test]
    fn a_page_is_unpacked_as_it_was() {
        let inner =
            PageTable { top: 60.0, xs: vec![1.0, 1.5, 2.0], rows: 1, cells: vec![cell(0, Vec::new())], ruled: true };
        let cells = vec![
            cell(
                0,
                vec![CellItem::Line(line("格内", 50.0)), CellItem::Table(inner), CellItem::Line(line("其后", 70.0))],
            ),
            cell(1, Vec::new()),
            cell(1, vec![CellItem::Line(line("last cell", 80.0))]),
        ];
        let layout = PageLayout {
            number: 7,
            width: 595.0,
            height: 842.0,
            turn: Turn::Clockwise,
            items: vec![
                Item::Line(line("第一行", 10.0)),
                Item::Table(PageTable { top: 45.0, xs: vec![1.0, 2.0], rows: 2, cells, ruled: false }),
                Item::Line(line("after the table", 210.0)),
                Item::Line(line("", 320.0)),
                Item::Aside(line("旁注", 330.0)),
            ],
            headers: vec![line("水印", 400.0), line("1 2 3", 20.0)],
            footers: vec![line("第7页", 830.0)],
        };
        let before = format!("{layout:?}");
        let packed = PackedPage::of(layout);
        let running: Vec<(&str, f32)> = packed.running().map(|(words, line)| (words, line.y0)).collect();
        assert_eq!(running, [("第一行", 10.0), ("after the table", 210.0), ("", 320.0)]);
        assert_eq!(format!("{:?}", packed.unpacked()), before);
    }
}
