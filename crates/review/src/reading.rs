//! One view over all documents of a tender, shared by the readers.
//!
//! It folds every paragraph and table cell once, knows in which part of the tender each stands ([`Zone`]),
//! pairs labels with values (`项目编号：…`, the rows of a front table, tables with a header row) and cuts the
//! text into clauses. It reads no values and settles nothing. Start at [`Reading::new`].

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::document::{Block, BlockIndex, BlockKind, Document, Language, SectionIndex, Table, TextRange};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::{Folded, fold, folded, is_cjk};
use regex::Regex;

use crate::changes::{self, FoundChange};
use crate::grammar::numbers::chinese_integer;
use crate::role;

/// The part of a tender a text stands in; it decides whose word counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Zone {
    /// A document that corrects or supplements the others.
    Correction,
    Cover,
    Notice,
    FrontTable,
    Instructions,
    Evaluation,
    Requirement,
    Contract,
    /// Templates the bidder fills in: nothing in them is a statement of the tender.
    BidForms,
    Other,
}

/// A paragraph or a table cell, folded.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) document: usize,
    pub(crate) block: BlockIndex,
    pub(crate) zone: Zone,
    pub(crate) is_heading: bool,
    /// The grid, row and column of a table cell.
    pub(crate) cell: Option<CellPlace>,
    pub(crate) section: Option<SectionIndex>,
    /// Folded; lines of a cell stay apart.
    pub(crate) text: String,
    /// A short line above that introduces this one, such as `3.投标保证金`.
    pub(crate) lead: Option<usize>,
    lines: Vec<FoldedLine<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellPlace {
    pub(crate) grid: usize,
    pub(crate) row: u32,
    pub(crate) column: u32,
}

#[derive(Debug)]
struct FoldedLine<'a> {
    /// Where the line starts in the unit's folded text.
    at: usize,
    /// Where it starts in the block's text.
    base: usize,
    original: &'a str,
    folded: Folded,
}

/// A table by the units of its cells.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) rows: Vec<Vec<usize>>,
}

/// How a label and its value stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// `项目编号：JC-01` in one line.
    Colon,
    /// A cell and the cell right of it.
    Row,
    /// A heading or a line that ends with a colon, and the text below it.
    Below,
}

/// A label and the value that stands with it.
#[derive(Debug)]
pub(crate) struct Pair {
    /// Folded, without numbering, marks, brackets and white space.
    pub(crate) label: String,
    /// The label as it stands, folded: units in brackets are still there.
    pub(crate) full_label: String,
    pub(crate) unit: usize,
    /// Where the label starts, when it stands in the same unit.
    pub(crate) label_start: Option<usize>,
    pub(crate) value: Range<usize>,
    pub(crate) form: Form,
    /// The row's label or the heading this pair stands under, stripped like a label.
    pub(crate) context: String,
}

/// A sentence with the words that say what it is about.
#[derive(Debug)]
pub(crate) struct Clause {
    pub(crate) unit: usize,
    pub(crate) range: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) documents: &'a [Document],
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) grids: Vec<Grid>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) clauses: Vec<Clause>,
    /// What addenda change; what they take out is blanked in the units' text.
    pub(crate) changes: Vec<FoundChange>,
    /// For each document, what its being a newer addendum than others adds to its standing.
    recency: Vec<i32>,
    /// For each document, each section's stripped title.
    titles: Vec<Vec<String>>,
}

/// Cells looked at in all tables together; beyond it tables are left out.
const CELLS_MAX: usize = 400_000;
/// Bytes read of one paragraph or cell; no statement of a tender stands further in.
const UNIT_BYTES_MAX: usize = 48 * 1024;
/// Bytes behind a label in which a further label is looked for.
const VALUE_BYTES_MAX: usize = 4 * 1024;
/// What a newer addendum counts more than the one before it: more than any manner of saying it.
const NEWER_ADDENDUM: i32 = 60;
/// Characters of a label.
const LABEL_CHARS: usize = 36;

/// Whether a text is short enough to be a label; English says the same in more letters.
fn fits_label(text: &str) -> bool {
    let chars = text.chars().count();
    chars <= LABEL_CHARS || chars <= 96 && text.is_ascii()
}

impl<'a> Reading<'a> {
    pub(crate) fn new(documents: &'a [Document]) -> Reading<'a> {
        let mut reading = Reading {
            documents,
            units: Vec::new(),
            grids: Vec::new(),
            pairs: Vec::new(),
            clauses: Vec::new(),
            changes: Vec::new(),
            recency: vec![0; documents.len()],
            titles: Vec::new(),
        };
        let mut cells_left = CELLS_MAX;
        reading.titles =
            documents.iter().map(|d| d.sections.iter().map(|s| strip_label(&folded(&s.title))).collect()).collect();
        let (others, addenda): (Vec<usize>, Vec<usize>) =
            (0..documents.len()).partition(|&index| documents.get(index).is_none_or(|d| !is_correction(d)));
        let addenda = oldest_first(documents, addenda);
        for (age, index) in addenda.iter().enumerate() {
            if let (Some(recency), Ok(age)) = (reading.recency.get_mut(*index), i32::try_from(age)) {
                *recency = age.saturating_mul(NEWER_ADDENDUM);
            }
        }
        // Of two places that count the same the first has its way: the newest addendum comes before older ones.
        let in_turn =
            others.into_iter().map(|index| (index, false)).chain(addenda.into_iter().rev().map(|index| (index, true)));
        for (index, correction) in in_turn {
            let Some(document) = documents.get(index) else { continue };
            let zones = section_zones(document);
            let mut chapter = None;
            for (block_index, block) in document.indexed_blocks() {
                if !block.kind.is_body() {
                    continue;
                }
                chapter = chapter_line(block).or(chapter);
                let zone = if correction {
                    Zone::Correction
                } else {
                    block.section.and_then(|s| zones.get(s.0 as usize).copied()).unwrap_or(Zone::Cover)
                };
                let zone = match (zone, chapter) {
                    (Zone::Cover | Zone::Other, Some(chapter)) => chapter,
                    (zone, _) => zone,
                };
                let place = BlockPlace { document: index, block: block_index, zone };
                if let BlockKind::Table(table) = &block.kind {
                    reading.push_table(place, block, table, &mut cells_left);
                } else {
                    reading.push_paragraph(place, block);
                }
            }
        }
        reading.changes = changes::find(&reading.units, &reading.grids);
        changes::mask(&mut reading.units, &reading.changes);
        reading.find_leads();
        reading.find_clauses();
        reading.find_pairs();
        reading
    }

    pub(crate) fn is_english(&self) -> bool {
        self.documents.first().is_some_and(|d| d.language == Language::En)
    }

    pub(crate) fn unit(&self, index: usize) -> Option<&Unit<'a>> {
        self.units.get(index)
    }

    /// What the standing of a unit's document adds to its rank.
    pub(crate) fn recency(&self, unit: usize) -> i32 {
        self.unit(unit).and_then(|u| self.recency.get(u.document)).copied().unwrap_or(0)
    }

    /// The folded text of a range of a unit.
    pub(crate) fn text(&self, unit: usize, range: &Range<usize>) -> &str {
        self.units.get(unit).and_then(|u| u.text.get(range.clone())).unwrap_or_default()
    }

    /// The file's own words behind a folded range.
    pub(crate) fn original(&self, unit: usize, range: &Range<usize>) -> String {
        let Some(unit) = self.units.get(unit) else {
            return String::new();
        };
        let block = self.documents.get(unit.document).and_then(|d| d.block(unit.block));
        let Some(block) = block else {
            return String::new();
        };
        let (start, end) = unit.original_range(range);
        block.text.get(start..end).unwrap_or_default().trim().to_owned()
    }

    /// The folded range of a unit as evidence.
    pub(crate) fn evidence(&self, unit: usize, range: &Range<usize>) -> Option<Evidence> {
        let unit = self.units.get(unit)?;
        let document = self.documents.get(unit.document)?;
        let (start, end) = unit.original_range(range);
        Evidence::at(document, unit.block, TextRange::new(start, end))
    }

    /// What stands from the start of one unit to the end of another of the same block.
    pub(crate) fn between(&self, from: usize, to: usize) -> Option<Evidence> {
        let (first, last) = (self.units.get(from)?, self.units.get(to)?);
        if (first.document, first.block) != (last.document, last.block) || from > to {
            return None;
        }
        let (start, _) = first.original_range(&(0..first.text.len()));
        let (_, end) = last.original_range(&(0..last.text.len()));
        Evidence::at(self.documents.get(first.document)?, first.block, TextRange::new(start, end))
    }

    /// The cells of a place's row.
    pub(crate) fn row_of(&self, place: CellPlace) -> Option<&[usize]> {
        let grid = self.grids.get(place.grid)?;
        grid.rows
            .iter()
            .find(|row| row.iter().any(|&u| self.unit(u).is_some_and(|c| c.cell == Some(place))))
            .map(Vec::as_slice)
    }

    /// The stripped titles of the sections around a unit, innermost first.
    pub(crate) fn headings(&self, unit: usize) -> Vec<&str> {
        let mut titles = Vec::new();
        let Some(unit) = self.units.get(unit) else {
            return titles;
        };
        let Some(document) = self.documents.get(unit.document) else {
            return titles;
        };
        let mut next = unit.section;
        while let Some(index) = next {
            let Some(section) = document.sections.get(index.0 as usize) else {
                break;
            };
            if let Some(title) = self.titles.get(unit.document).and_then(|t| t.get(index.0 as usize)) {
                titles.push(title.as_str());
            }
            if titles.len() > 16 {
                break;
            }
            next = section.parent;
        }
        titles
    }

    pub(crate) fn heading(&self, unit: usize) -> &str {
        self.headings(unit).first().copied().unwrap_or_default()
    }

    /// What a unit is about: its row's label, the line that introduces it, its heading.
    pub(crate) fn context(&self, unit: usize) -> String {
        let Some(own) = self.units.get(unit) else {
            return String::new();
        };
        if let Some(place) = own.cell {
            if let Some(label) = self.row_label(place) {
                return label;
            }
            // A cell that carries its own label: its first line, up to a colon.
            let line = own.text.split('\n').next().unwrap_or_default();
            let label = strip_label(line.split(':').next().unwrap_or_default());
            if own.text.contains('\n') && fits_label(&label) && !label.is_empty() {
                return label;
            }
        }
        if let Some(lead) = own.lead.and_then(|l| self.units.get(l)) {
            return strip_label(&lead.text);
        }
        self.heading(unit).to_owned()
    }

    /// The nearest cell left of `place` that names something.
    pub(crate) fn row_label(&self, place: CellPlace) -> Option<String> {
        let row = self.grids.get(place.grid)?.rows.get(place.row as usize)?;
        let mut label = None;
        for &unit in row {
            let cell = self.units.get(unit)?;
            if cell.cell.is_some_and(|c| c.column >= place.column && c.row == place.row) || cell.cell == Some(place) {
                break;
            }
            let stripped = strip_label(&cell.text);
            if !is_serial(&cell.text) && !stripped.is_empty() && fits_label(&stripped) {
                label = Some(stripped);
            }
        }
        label
    }

    fn push_paragraph(&mut self, place: BlockPlace, block: &'a Block) {
        let is_heading = matches!(block.kind, BlockKind::Heading { .. });
        self.push_unit(place, block, 0..block.text.len(), None, is_heading);
    }

    fn push_table(&mut self, place: BlockPlace, block: &'a Block, table: &Table, left: &mut usize) {
        let size = table.cells.len();
        if size > *left || table.rows as usize > *left {
            return;
        }
        *left -= size;
        let mut place = place;
        if place.zone == Zone::Instructions && is_front_table(block, table) {
            place.zone = Zone::FrontTable;
        }
        let grid = self.grids.len();
        let mut rows: Vec<Vec<usize>> = Vec::new();
        rows.resize_with(table.rows as usize, Vec::new);
        for cell in &table.cells {
            let range = cell.range.start as usize..cell.range.end as usize;
            let at = CellPlace { grid, row: cell.row, column: cell.column };
            let unit = self.push_unit(place, block, range, Some(at), false);
            let last = cell.row.saturating_add(cell.row_span.max(1)).min(table.rows);
            for row in cell.row..last {
                if *left == 0 {
                    break;
                }
                *left -= 1;
                if let Some(row) = rows.get_mut(row as usize) {
                    row.push(unit);
                }
            }
        }
        for row in &mut rows {
            row.sort_by_key(|&u| self.units.get(u).and_then(|u| u.cell).map_or(0, |c| c.column));
        }
        self.grids.push(Grid { rows });
    }

    fn push_unit(
        &mut self,
        place: BlockPlace,
        block: &'a Block,
        range: Range<usize>,
        cell: Option<CellPlace>,
        is_heading: bool,
    ) -> usize {
        let own = block.text.get(range.clone()).unwrap_or_default();
        let own = own.get(..char_floor(own, UNIT_BYTES_MAX.min(own.len()))).unwrap_or_default();
        let mut text = String::with_capacity(own.len());
        let mut lines = Vec::new();
        let mut base = range.start;
        for line in own.split('\n') {
            let folded = fold(line);
            if !folded.text.is_empty() {
                if !text.is_empty() {
                    text.push('\n');
                }
                let at = text.len();
                text.push_str(&folded.text);
                lines.push(FoldedLine { at, base, original: line, folded });
            }
            base += line.len() + 1;
        }
        self.units.push(Unit {
            document: place.document,
            block: place.block,
            zone: place.zone,
            is_heading,
            cell,
            section: block.section,
            text,
            lead: None,
            lines,
        });
        self.units.len() - 1
    }

    fn find_leads(&mut self) {
        let mut lead: Option<(usize, Option<SectionIndex>, usize)> = None;
        for index in 0..self.units.len() {
            let Some(unit) = self.units.get(index) else {
                continue;
            };
            if unit.cell.is_some() {
                continue;
            }
            let section = unit.section;
            let document = unit.document;
            let introduces = !unit.is_heading
                && unit.text.chars().count() <= 26
                && !unit.text.ends_with(['。', ';', ',', '、'])
                && (!unit.text.contains(':') || unit.text.ends_with(':'));
            let own = lead.filter(|&(at, of, doc)| of == section && doc == document && index - at <= 8);
            if introduces {
                lead = Some((index, section, document));
            }
            if let (Some((at, _, _)), Some(unit)) = (own, self.units.get_mut(index)) {
                unit.lead = Some(at);
            }
        }
    }

    fn find_clauses(&mut self) {
        for (index, unit) in self.units.iter().enumerate() {
            for range in clause_ranges(&unit.text) {
                self.clauses.push(Clause { unit: index, range });
            }
        }
    }

    fn find_pairs(&mut self) {
        let mut pairs = Vec::new();
        for index in 0..self.units.len() {
            self.colon_pairs(index, &mut pairs);
            self.spaced_pairs(index, &mut pairs);
            self.below_pair(index, &mut pairs);
        }
        for grid in &self.grids {
            for row in &grid.rows {
                if !self.is_header(grid, row) {
                    self.row_pairs(row, &mut pairs);
                }
            }
            self.header_pairs(grid, &mut pairs);
        }
        pairs.sort_by_key(|p| p.unit);
        self.pairs = pairs;
    }

    fn colon_pairs(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index) else {
            return;
        };
        let text = &unit.text;
        let context = self.context(index);
        for (colon, _) in text.match_indices(':').take(200) {
            if text.get(colon + 1..).is_some_and(|t| t.starts_with("//")) {
                continue;
            }
            let Some(start) = label_start(text, colon) else {
                continue;
            };
            let full = text.get(start..colon).unwrap_or_default();
            let label = strip_label(full);
            if label.is_empty() {
                continue;
            }
            let mut value = colon + 1..value_end(text, colon + 1);
            if text.get(value.clone()).unwrap_or_default().trim().is_empty() {
                value = lines_below(text, start, value.end);
                if text.get(value.clone()).unwrap_or_default().trim().is_empty() {
                    continue;
                }
            }
            pairs.push(Pair {
                label,
                full_label: full.to_owned(),
                unit: index,
                label_start: Some(start),
                value,
                form: Form::Colon,
                context: context.clone(),
            });
        }
    }

    /// A heading, or a short line that ends with a colon, names the text below it.
    /// Labels without a colon: rows of a table that became lines (`3.3.1 投标有效期 90日历天`), covers set letter by
    /// letter (`采 购 人 江城市教育局`), labels in brackets (`【报名时间】5月20日`).
    fn spaced_pairs(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index).filter(|u| u.cell.is_none()) else {
            return;
        };
        if matches!(unit.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            return;
        }
        for line in unit.lines.iter().take(400) {
            let Some((label, value)) = spaced_label(line.original) else { continue };
            let start = line.at + line.folded_at(label.start);
            let from = line.at + line.folded_at(value);
            let full = unit.text.get(start..from).unwrap_or_default();
            let stripped = strip_label(full);
            if stripped.is_empty() {
                continue;
            }
            pairs.push(Pair {
                label: stripped,
                full_label: full.to_owned(),
                unit: index,
                label_start: Some(start),
                value: from..line.at + line_end(line),
                form: Form::Row,
                context: self.heading(index).to_owned(),
            });
        }
    }

    fn below_pair(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index) else {
            return;
        };
        let introduces = unit.cell.is_none()
            && fits_label(&unit.text)
            && !unit.text.ends_with(['。', ';', ','])
            && (unit.is_heading || !unit.text.contains(':') || unit.text.ends_with(':'));
        if !introduces {
            return;
        }
        let Some((below, next)) =
            self.units.iter().enumerate().skip(index + 1).take(3).find(|(_, u)| !u.text.is_empty())
        else {
            return;
        };
        if next.document != unit.document || next.is_heading {
            return;
        }
        let label = strip_label(&unit.text);
        if label.is_empty() {
            return;
        }
        pairs.push(Pair {
            label,
            full_label: unit.text.clone(),
            unit: below,
            label_start: None,
            value: 0..next.text.len(),
            form: Form::Below,
            context: self.heading(index).to_owned(),
        });
    }

    /// The cell of a row that stands in a column.
    pub(crate) fn cell_in(&self, row: &[usize], column: u32) -> Option<usize> {
        row.iter().copied().find(|&u| self.unit(u).and_then(|c| c.cell).is_some_and(|c| c.column == column))
    }

    /// A table of one header row and one row of values.
    fn header_pairs(&self, grid: &Grid, pairs: &mut Vec<Pair>) {
        let [head, values] = grid.rows.as_slice() else {
            return;
        };
        if head.len() < 3 {
            return;
        }
        for (&label_unit, &value_unit) in head.iter().zip(values) {
            let (Some(label_cell), Some(value_cell)) = (self.units.get(label_unit), self.units.get(value_unit)) else {
                continue;
            };
            let label = strip_label(&label_cell.text);
            let aligned = label_cell.cell.map(|c| c.column) == value_cell.cell.map(|c| c.column);
            if label_unit == value_unit
                || !aligned
                || label.is_empty()
                || label_cell.text.chars().count() > LABEL_CHARS + 24
                || value_cell.text.is_empty()
            {
                continue;
            }
            pairs.push(Pair {
                label,
                full_label: label_cell.text.clone(),
                unit: value_unit,
                label_start: None,
                value: 0..value_cell.text.len(),
                form: Form::Row,
                context: String::new(),
            });
        }
    }

    /// Whether a row names the columns: a serial column's name, or three names over one row of values.
    fn is_header(&self, grid: &Grid, row: &[usize]) -> bool {
        if row.len() < 3 || grid.rows.first().is_none_or(|first| first.as_slice() != row) {
            return false;
        }
        let cells = || row.iter().filter_map(|&u| self.units.get(u));
        let names = cells().all(|c| {
            c.text.chars().count() <= LABEL_CHARS + 24
                && !c.text.chars().any(|c| c.is_ascii_digit())
                && !c.text.contains(':')
        });
        let serial = cells().next().is_some_and(|c| {
            matches!(
                strip_label(&c.text).as_str(),
                "序号"
                    | "条款号"
                    | "编号"
                    | "包号"
                    | "品目号"
                    | "标项"
                    | "标段"
                    | "s.no"
                    | "sn"
                    | "no"
                    | "sl.no"
                    | "s no"
                    | "sl no"
                    | "sr.no"
                    | "sr no"
                    | "itb reference"
            )
        });
        names && (serial || row.len() % 2 == 1 || grid.rows.len() == 2)
    }

    fn row_pairs(&self, row: &[usize], pairs: &mut Vec<Pair>) {
        let mut context = String::new();
        // Columns that layout left empty stand between a name and its value; where more than the two are filled, an
        // empty cell is a value that is missing.
        let filled: Vec<usize> = row
            .iter()
            .copied()
            .filter(|&at| self.units.get(at).is_some_and(|u| !u.text.is_empty() && !is_serial(&u.text)))
            .collect();
        let row = if filled.len() == 2 { filled.as_slice() } else { row };
        for (&left, &right) in row.iter().zip(row.iter().skip(1)) {
            let (Some(label_cell), Some(value_cell)) = (self.units.get(left), self.units.get(right)) else {
                continue;
            };
            if is_serial(&label_cell.text) || !fits_label(&label_cell.text) || value_cell.text.is_empty() {
                continue;
            }
            let label = strip_label(&label_cell.text);
            if label.is_empty() {
                continue;
            }
            pairs.push(Pair {
                label: label.clone(),
                full_label: label_cell.text.clone(),
                unit: right,
                label_start: None,
                value: 0..value_cell.text.len(),
                form: Form::Row,
                context: context.clone(),
            });
            context = label;
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct BlockPlace {
    document: usize,
    block: BlockIndex,
    zone: Zone,
}

impl Unit<'_> {
    /// The byte range of the block's text behind a folded range.
    fn original_range(&self, range: &Range<usize>) -> (usize, usize) {
        let line_at = |at: usize| self.lines.iter().rev().find(|l| l.at <= at).or(self.lines.first());
        let last = range.end.max(range.start + 1) - 1;
        let (Some(first_line), Some(last_line)) = (line_at(range.start), line_at(last)) else {
            return (0, 0);
        };
        let in_line = |line: &FoldedLine<'_>, at: usize| at.saturating_sub(line.at).min(line.folded.text.len());
        let (start, _) = {
            let from = in_line(first_line, range.start);
            first_line.folded.original_range(first_line.original, from, line_end(first_line))
        };
        let (_, end) = {
            let to = in_line(last_line, range.end);
            let from = in_line(last_line, last.min(range.end));
            last_line.folded.original_range(last_line.original, char_floor(&last_line.folded.text, from.min(to)), to)
        };
        (first_line.base + start, (last_line.base + end).max(first_line.base + start))
    }
}

impl FoldedLine<'_> {
    /// Where the folded text goes on at or behind a byte of the line.
    fn folded_at(&self, original: usize) -> usize {
        let starts = self.folded.text.char_indices().map(|(at, _)| at);
        let behind = |at: &usize| self.folded.original_range(self.original, *at, *at + 1).0 >= original;
        starts.into_iter().find(behind).unwrap_or(self.folded.text.len())
    }
}

/// The label and the start of the value in a line that sets them apart by white space alone.
fn spaced_label(line: &str) -> Option<(Range<usize>, usize)> {
    const LABEL: std::ops::RangeInclusive<usize> = 2..=14;
    const LINE_CHARS: usize = 300;
    let is_number =
        |t: &str| t.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '、' | '(' | ')' | '（' | '）'));
    let is_word =
        |t: &str| t.chars().all(|c| is_cjk(c) && !"，。；：！？“”《》【】".contains(c) || "（）()/".contains(c));
    if line.chars().count() > LINE_CHARS {
        return None;
    }
    if let Some(marked) = line.trim_start().strip_prefix('【')
        && let Some((label, value)) = marked.split_once('】')
        && LABEL.contains(&label.chars().count())
        && !value.trim().is_empty()
    {
        let start = line.len() - marked.len();
        let from = line.len() - value.trim_start().trim_start_matches(['：', ':']).trim_start().len();
        return Some((start..start + label.len(), from));
    }
    let at = |token: &str| token.as_ptr() as usize - line.as_ptr() as usize;
    let tokens: Vec<&str> = line.split_whitespace().collect();
    let tokens = tokens.as_slice();
    let tokens = if tokens.first().is_some_and(|t| is_number(t)) { tokens.get(1..)? } else { tokens };
    // A label may be typeset letter by letter.
    let letters = tokens.iter().take_while(|t| t.chars().count() == 1 && is_word(t)).count();
    let taken = if letters >= 2 { letters } else { 1 };
    let (label, rest) = tokens.split_at_checked(taken)?;
    let (first, last) = (label.first()?, label.last()?);
    let value = rest.first()?;
    let chars: usize = label.iter().map(|t| t.chars().count()).sum();
    let range = at(first)..at(last) + last.len();
    (LABEL.contains(&chars) && label.iter().all(|t| is_word(t)) && !value.starts_with(['：', ':']))
        .then(|| (range, at(value)))
}

fn line_end(line: &FoldedLine<'_>) -> usize {
    line.folded.text.len()
}

fn char_floor(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where the label that ends at `colon` starts; `None` when what stands there is no label.
fn label_start(text: &str, colon: usize) -> Option<usize> {
    let before = text.get(..colon)?;
    let mut count = 0;
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' | ']' | '】' => depth += 1,
            '(' | '[' | '【' if depth > 0 => depth -= 1,
            '(' | '[' | '【' => {
                start = at + c.len_utf8();
                break;
            }
            '\n' => {
                start = at + 1;
                break;
            }
            '。' | ';' | ',' | '!' | '?' | '?' | ':' | '"' | '☑' | '□' | '√' | '■' if depth <= 0 => {
                start = at + c.len_utf8();
                break;
            }
            _ => {}
        }
        count += 1;
        if count > if before.is_ascii() { 96 } else { LABEL_CHARS + 12 } {
            return None;
        }
    }
    let label = text.get(start..colon)?;
    // 9:30 and http: are no labels.
    let bare = label.trim();
    if bare.is_empty()
        || bare.chars().all(|c| c.is_ascii_digit() || c.is_whitespace())
        || bare.ends_with("http")
        || bare.ends_with("https")
    {
        return None;
    }
    if bare.ends_with(|c: char| c.is_ascii_digit())
        && text.get(colon + 1..)?.trim_start().starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    Some(start)
}

/// Labels that begin a further statement inside the same run of text, when a colon follows them.
///
/// Cells and paragraphs may hold several statements without a break between them.
const CUTTING_LABELS: [&str; 79] = [
    "Project",
    "Contract title",
    "Country",
    "Loan No.",
    "Ref. No.",
    "Attention",
    "Telephone",
    "Tel",
    "E-mail",
    "Email",
    "项目编号",
    "招标编号",
    "采购编号",
    "项目名称",
    "采购人",
    "招标人",
    "采购单位",
    "采购代理机构",
    "招标代理机构",
    "代理机构",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "联系地址",
    "地址",
    "传真",
    "邮箱",
    "电子邮箱",
    "电子邮件",
    "邮编",
    "邮政编码",
    "开标时间",
    "开标地点",
    "投标地点",
    "递交地点",
    "提交地点",
    "截止时间",
    "地点",
    "方式",
    "售价",
    "获取方式",
    "获取时间",
    "获取地点",
    "预算金额",
    "最高限价",
    "采购预算",
    "采购需求",
    "合同履行期限",
    "服务期限",
    "服务期",
    "交货期",
    "交货时间",
    "交货地点",
    "建设地点",
    "工程地点",
    "项目地点",
    "服务地点",
    "实施地点",
    "质保期",
    "付款方式",
    "形式",
    "金额",
    "名称",
    "账号",
    "账户",
    "开户行",
    "开户银行",
    "户名",
    "网址",
    "时间",
    "本项目",
    "备注",
    "标段名称",
    "标段编号",
    "投标文件提交截止时间",
    "投标截止时间",
    "采购方式",
    "数量",
];

/// Where the value that starts at `from` ends: at the line's end or before a further label.
fn value_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    let rest = rest.get(..line).unwrap_or_default();
    let searched = rest.get(..char_floor(rest, VALUE_BYTES_MAX.min(rest.len()))).unwrap_or_default();
    for (colon, _) in searched.match_indices(':') {
        let before = rest.get(..colon).unwrap_or_default();
        let bare =
            before.strip_suffix(')').map_or(before, |b| b.rfind('(').map_or(before, |n| b.get(..n).unwrap_or(before)));
        let cut = CUTTING_LABELS.iter().filter(|l| bare.ends_with(**l)).map(|l| bare.len() - l.len()).min();
        if let Some(at) = cut
            && at > 0
        {
            // The whole label: from the break before it, when that is near.
            let head = bare.get(..at).unwrap_or_default();
            let label_from = head
                .char_indices()
                .rev()
                .take(12)
                .find(|(_, c)| matches!(c, '。' | ';' | ',' | ' ' | ')' | '、'))
                // …(二期)监理建设地点: what closed a bracket goes on up to the label.
                .map_or(at, |(i, c)| if c == ')' { at } else { i + c.len_utf8() });
            return from + trim_numbering_end(rest, label_from);
        }
    }
    from + line
}

/// The lines under a label that ends its line, up to the next line numbered in the label's manner.
fn lines_below(text: &str, label: usize, from: usize) -> Range<usize> {
    let manner = |line: &str| -> Option<u8> {
        let line = line.trim_start_matches(['★', '▲', '*', ' ']);
        let first = line.chars().next()?;
        if first == '(' {
            return Some(1);
        }
        let number: String = line.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if number.contains('.') && !number.starts_with('.') {
            return Some(2);
        }
        if !number.is_empty() {
            return Some(3);
        }
        crate::grammar::numbers::is_chinese_numeral(first).then_some(4)
    };
    let own = text.get(label..).and_then(manner);
    let mut end = from;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() && end > from + 1 && own.is_some() && manner(bare) == own {
            break;
        }
        end += line.len();
        if end - from > 3_000 {
            break;
        }
    }
    from..end
}

/// Steps back over a number such as `2、` or `(3)` that belongs to the next label.
fn trim_numbering_end(text: &str, at: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    let trimmed =
        head.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '、' | '.' | '(' | ')' | ' ' | '★' | '▲'));
    if trimmed.is_empty() { at } else { trimmed.len().min(at) }
}

/// Byte ranges of the sentences of a folded text.
fn clause_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let breaks = match c {
            '。' | ';' | '\n' | '!' => true,
            // An English sentence.
            '.' => {
                bytes.get(end) == Some(&b' ')
                    && bytes.get(end + 1).is_some_and(u8::is_ascii_uppercase)
                    && at >= 4
                    && at
                        .checked_sub(3)
                        .and_then(|i| bytes.get(i..at))
                        .is_some_and(|b| b.iter().all(u8::is_ascii_lowercase))
            }
            _ => false,
        };
        if breaks {
            if !text.get(start..at).unwrap_or_default().trim().is_empty() {
                ranges.push(start..end);
            }
            start = end;
        }
    }
    if !text.get(start..).unwrap_or_default().trim().is_empty() {
        ranges.push(start..text.len());
    }
    ranges
}

/// Whether a cell holds only a row's number: `1`, `1.2`, `一`, `(3)`.
pub(crate) fn is_serial(text: &str) -> bool {
    let bare: String = text
        .chars()
        .filter(|c| {
            !matches!(c, '(' | ')' | '.' | '、' | ' ' | '-' | '第' | '条' | '款' | '★' | '▲' | '\n' | '*' | '#')
        })
        .collect();
    !bare.is_empty()
        && bare.chars().count() <= 8
        && (bare.chars().all(|c| c.is_ascii_digit())
            || bare.chars().count() <= 3 && bare.chars().all(crate::grammar::numbers::is_chinese_numeral))
}

/// A label without numbering, marks, bracketed notes and white space.
pub(crate) fn strip_label(folded: &str) -> String {
    let text = skip_bare_number(skip_numbering(folded.trim()));
    let ascii = text.is_ascii();
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '★' | '▲' | '*' | '#' | '※' | '●' | '◆' | '"' | '《' | '》' | '_' | '\n' | '\t' => {}
            ' ' if !ascii => {}
            _ => out.push(c),
        }
    }
    let out = out.trim_matches([':', '.', ',', '、', ';', '。', ' ', '-', '/']);
    if !ascii {
        return out.to_owned();
    }
    let lower = out.to_lowercase();
    let bare = lower.strip_prefix("the ").unwrap_or(&lower);
    let bare = [" shall be", " is", " are", " will be"].iter().find_map(|w| bare.strip_suffix(w)).unwrap_or(bare);
    bare.trim_matches([':', '.', ',', ' ', '-']).to_owned()
}

/// `3工程地点`: folding took the space behind a bare number; `2包`, `1年` and `3号楼` are words.
fn skip_bare_number(text: &str) -> &str {
    const MEASURES: &str =
        "包标年月日天周个家份次台套名人项元万千百亿点分秒时号级层楼期倍种类条款批米吨公平立株辆件只本";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let names = rest.chars().next().is_some_and(|c| is_cjk(c) && c.is_alphanumeric() && !MEASURES.contains(c));
    if (1..=2).contains(&digits) && names { rest } else { text }
}

/// What follows a leading clause number: `3.2.1 `, `(一)`, `第三条`, `1、`, `★`.
pub(crate) fn skip_numbering(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..3 {
        let trimmed = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '★' | '▲' | '*' | '#' | '※' | '●' | '◆' | '➢' | '☆' | '△')
        });
        rest = trimmed;
        let Some(after) = number_prefix(rest) else {
            break;
        };
        rest = after;
    }
    rest.trim_start()
}

fn number_prefix(text: &str) -> Option<&str> {
    let is_numeral = |c: char| c.is_ascii_digit() || crate::grammar::numbers::is_chinese_numeral(c);
    let circled = text.chars().next().filter(|c| ('①'..='⑳').contains(c));
    if let Some(c) = circled {
        return text.get(c.len_utf8()..).map(|t| t.trim_start_matches(['、', '.']));
    }
    if let Some(inner) = text.strip_prefix('(') {
        let close = inner.find(')')?;
        let number = inner.get(..close)?;
        return (!number.is_empty()
            && number.chars().count() <= 4
            && number.chars().all(|c| is_numeral(c) || c.is_ascii_lowercase()))
        .then(|| inner.get(close + 1..))
        .flatten();
    }
    if let Some(inner) = text.strip_prefix('第') {
        let n: usize = inner.chars().take_while(|&c| is_numeral(c)).map(char::len_utf8).sum();
        let after = inner.get(n..)?;
        let unit = after.chars().next()?;
        return (n > 0 && matches!(unit, '章' | '节' | '条' | '款' | '部' | '卷' | '篇' | '册'))
            .then(|| after.get(unit.len_utf8()..).map(|t| t.strip_prefix('分').unwrap_or(t)))
            .flatten();
    }
    let n: usize = text.chars().take(12).take_while(|&c| is_numeral(c) || c == '.').map(char::len_utf8).sum();
    if n == 0 {
        return None;
    }
    let number = text.get(..n)?;
    let after = text.get(n..)?;
    let arabic = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    if let Some(rest) = after.strip_prefix(['、', ')']) {
        return Some(rest);
    }
    // `3.2 title`, `3.2title`; a plain number without a dot may be part of the words: `2026年…`.
    if arabic && number.contains('.') && !after.starts_with(['%', '万', '元', '亿']) && !after.is_empty() {
        return Some(after);
    }
    if arabic && after.starts_with(' ') && number.len() <= 2 {
        return Some(after);
    }
    None
}

/// Whether a table among the instructions is their front table under another name: numbered rows of
/// a subject and what holds for it.
fn is_front_table(block: &Block, table: &Table) -> bool {
    if table.rows < 5 || !(2..=6).contains(&table.columns) {
        return false;
    }
    let mut serial = 0;
    let mut seen = 0;
    for cell in table.cells.iter().filter(|c| c.column == 0 && c.row > 0).take(8) {
        seen += 1;
        if is_serial(&folded(cell.range.slice(&block.text))) {
            serial += 1;
        }
    }
    let head = table.cells.first().map(|c| strip_label(&folded(c.range.slice(&block.text)))).unwrap_or_default();
    let named = matches!(head.as_str(), "序号" | "条款号" | "条款" | "条目" | "编号" | "项号" | "条款序号");
    named && serial * 2 >= seen
}

/// Whether the whole document corrects another.
/// Addenda by their number, and where that says nothing as they were given.
fn oldest_first(documents: &[Document], mut addenda: Vec<usize>) -> Vec<usize> {
    addenda.sort_by_cached_key(|&index| (documents.get(index).map(number_of), index));
    addenda
}

/// The number of an addendum: `补遗书（第2号）`, `第三次补遗`, `补遗二`; 0 when there is none.
fn number_of(document: &Document) -> u32 {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?:补遗|澄清|答疑|更正|变更|修改)[^0-9一二三四五六七八九十]{0,6}([0-9一二三四五六七八九十]{1,2})|第([0-9一二三四五六七八九十]{1,2})[号次份]|(?i)(?:addendum|amendment|corrigendum)[^0-9]{0,8}([0-9]{1,2})")
            .expect("a regular expression")
    });
    let title = document.blocks.iter().filter(|b| b.kind.is_body()).take(3).map(|b| folded(&b.text));
    let texts: Vec<String> = std::iter::once(folded(&document.name)).chain(title).collect();
    let found = texts.iter().find_map(|text| {
        let captures = NUMBER.captures(text)?;
        captures.iter().skip(1).flatten().next().map(|m| m.as_str().to_owned())
    });
    found.and_then(|digits| digits.parse().ok().or_else(|| u32::try_from(chinese_integer(&digits)?).ok())).unwrap_or(0)
}

/// Whether a document corrects or supplements the others of a tender.
pub(crate) fn is_correction(document: &Document) -> bool {
    const WORDS: [&str; 17] = [
        "更正公告",
        "变更公告",
        "澄清公告",
        "更正通知",
        "变更通知",
        "澄清通知",
        "修改通知",
        "补充通知",
        "补遗",
        "澄清文件",
        "澄清函",
        "答疑文件",
        "答疑纪要",
        "更正函",
        "corrigendum",
        "addendum",
        "amendment no",
    ];
    let name = document.name.to_lowercase();
    let titled = || {
        document.blocks.iter().filter(|b| b.kind.is_body()).take(3).any(|b| {
            let text = folded(&b.text).to_lowercase();
            text.chars().count() <= 60 && WORDS.iter().any(|w| text.contains(w))
        })
    };
    // `招标文件（含补遗）.pdf` is the tender itself.
    (WORDS.iter().any(|w| name.contains(w)) || titled()) && !is_whole_tender(document)
}

/// Whether a document has the chapters of a tender and is long enough to hold them; an addendum names chapters too.
fn is_whole_tender(document: &Document) -> bool {
    const CHAPTERS_MIN: usize = 3;
    const BLOCKS_MIN: usize = 150;
    let titles: Vec<String> = document.sections.iter().map(|s| role::letters(&s.title)).collect();
    document.blocks.len() >= BLOCKS_MIN && role::chapters(&role::TENDER_CHAPTERS, &titles) >= CHAPTERS_MIN
}

/// The zone of every section.
fn section_zones(document: &Document) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::with_capacity(document.sections.len());
    let mut last_top = Zone::Cover;
    for section in &document.sections {
        let title = folded(&section.title);
        let own = zone_of_title(&title);
        let parent = section.parent.and_then(|p| zones.get(p.0 as usize).copied());
        let zone = match (parent, own) {
            // Inside templates and contracts a title says what the template is for.
            (Some(parent @ (Zone::BidForms | Zone::Contract | Zone::Evaluation | Zone::Requirement)), _) => parent,
            (Some(Zone::FrontTable), None) => Zone::Instructions,
            (Some(parent @ (Zone::Notice | Zone::Instructions | Zone::FrontTable)), Some(own)) => match own {
                Zone::FrontTable => Zone::FrontTable,
                // 16.投标文件格式 among the instructions is a rule about templates, not the templates.
                Zone::BidForms
                    if section.level <= 2
                        && !section.number.starts_with(|c: char| c.is_ascii_digit())
                        && is_forms_part(&title) =>
                {
                    Zone::BidForms
                }
                _ if parent == Zone::FrontTable => Zone::Instructions,
                _ => parent,
            },
            (Some(parent), None) => parent,
            (Some(_) | None, Some(own)) => own,
            (None, None) => match last_top {
                Zone::BidForms => Zone::BidForms,
                Zone::Contract => Zone::Contract,
                Zone::Cover => Zone::Cover,
                _ => Zone::Other,
            },
        };
        if section.parent.is_none() {
            last_top = zone;
        }
        zones.push(zone);
    }
    zones
}

/// Whether a title can open the templates inside another part: a chapter or an appendix, not a clause.
fn is_forms_part(folded_title: &str) -> bool {
    !folded_title.contains("要求") && !folded_title.contains("编制") && !folded_title.contains("递交")
}

/// The zone that a chapter's line names, where the section tree did not take it for a heading.
fn chapter_line(block: &Block) -> Option<Zone> {
    if block.text.len() > 160 || matches!(block.kind, BlockKind::Table(_)) {
        return None;
    }
    let line = folded(&block.text);
    let rest = line.strip_prefix('第')?;
    let n: usize = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || crate::grammar::numbers::is_chinese_numeral(*c))
        .map(char::len_utf8)
        .sum();
    let after = rest.get(n..)?;
    let title = ["章", "部分", "卷", "篇"].iter().find_map(|w| after.strip_prefix(w))?;
    let title = title.trim_matches([':', ' ', '.']);
    if n == 0
        || title.chars().count() > 30
        || title.ends_with(|c: char| c.is_ascii_digit())
        || title.contains(['。', ',', ';'])
    {
        return None;
    }
    zone_of_title(title)
}

/// What a title says its part is; `None` when it says nothing.
fn zone_of_title(folded_title: &str) -> Option<Zone> {
    let title = folded_title.to_lowercase();
    let has = |words: &[&str]| {
        words.iter().any(|w| {
            if *w == "nit" {
                title == "nit" || title.starts_with("nit ") || title.contains("(nit)")
            } else {
                title.contains(w)
            }
        })
    };
    if has(&[
        "前附表",
        "资料表",
        "须知附表",
        "须知表",
        "数据表",
        "data sheet",
        "fact sheet",
        "at a glance",
        "@ glance",
        "key dates",
        "critical dates",
        "important dates",
        "bid information sheet",
        "tender schedule",
        "schedule of tender",
        "tender information",
        "key information",
        "summary sheet",
    ]) {
        return Some(Zone::FrontTable);
    }
    if has(&["须知"]) {
        return Some(Zone::Instructions);
    }
    if has(&["合同"])
        && has(&["条款", "文本", "格式", "合同书", "模板", "协议", "草案", "范本", "样本", "主要内容", "拟签订"])
        || title.ends_with("合同")
        || has(&[
            "conditions of contract",
            "contract form",
            "form of agreement",
            "general conditions",
            "special conditions",
            "terms and conditions of contract",
        ])
    {
        return Some(Zone::Contract);
    }
    if has(&[
        "文件格式",
        "文件组成及格式",
        "文件构成及格式",
        "组成要求及格式",
        "文件的格式",
        "格式文件",
        "附件格式",
        "格式及附件",
        "样式",
        "文件附件",
        "投标文件正文",
        "bidding forms",
        "bid forms",
        "proforma",
        "annexure",
        "sample forms",
    ]) || has(&["格式"]) && has(&["投标", "响应", "报价", "附件", "磋商", "谈判"])
        || has(&[
            "投标函",
            "授权委托书",
            "授权书",
            "声明函",
            "承诺函",
            "偏离表",
            "开标一览表",
            "报价一览表",
            "报价表",
            "身份证明",
            "基本情况表",
        ])
    {
        return Some(Zone::BidForms);
    }
    if has(&[
        "公告",
        "投标邀请",
        "邀请书",
        "邀请函",
        "磋商邀请",
        "谈判邀请",
        "询价邀请",
        "采购邀请",
        "邀请",
        "notice inviting",
        "invitation for bid",
        "invitation to bid",
        "invitation to tender",
        "tender notice",
        "request for bids",
        "letter of invitation",
    ]) {
        return Some(Zone::Notice);
    }
    if has(&["通用条款", "instructions to", "instruction to"]) {
        return Some(Zone::Instructions);
    }
    if has(&["评标", "评审", "评分", "评定", "资格审查", "资格性审查", "evaluation"]) {
        return Some(Zone::Evaluation);
    }
    if has(&[
        "采购需求",
        "用户需求",
        "技术要求",
        "技术规范",
        "采购内容",
        "招标需求",
        "项目需求",
        "服务需求",
        "招标项目",
        "货物需求",
        "工程量清单",
        "技术标准",
        "商务要求",
        "服务要求",
        "技术规格",
        "招标内容",
        "需求书",
        "技术需求",
        "委托人要求",
        "发包人要求",
        "采购人要求",
        "scope of work",
        "scope of services",
        "scope of supply",
        "technical specification",
        "terms of reference",
        "schedule of requirements",
        "requirements",
    ]) {
        return Some(Zone::Requirement);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_their_numbers_and_notes() {
        let cases = [
            ("1、项目编号", "项目编号"),
            ("(一)采 购 人(盖章)", "采购人"),
            ("★3.2.1投标有效期", "投标有效期"),
            ("第三条 付款方式:", "付款方式"),
            ("2026年度预算", "2026年度预算"),
            ("5. Bid Validity", "bid validity"),
        ];
        for (text, label) in cases {
            assert_eq!(strip_label(text), label);
        }
    }

    #[test]
    fn titles_name_their_zone() {
        assert_eq!(zone_of_title("投标人须知前附表"), Some(Zone::FrontTable));
        assert_eq!(zone_of_title("合同条款及格式"), Some(Zone::Contract));
        assert_eq!(zone_of_title("投标文件格式"), Some(Zone::BidForms));
        assert_eq!(zone_of_title("总则"), None);
    }

    #[test]
    fn a_value_ends_before_the_next_label() {
        let text = "项目名称:详见公告项目编号:详见公告";
        let end = value_end(text, "项目名称:".len());
        assert_eq!(&text["项目名称:".len()..end], "详见公告");
    }
}
