//! Paragraphs and cells, folded once, with the way back to the file's own words.

use std::ops::Range;

use bidlens_domain::document::{Block, BlockIndex, BlockKind, Cell, SectionIndex, Table};
use bidlens_domain::fold::{Folded, fold, is_cjk, is_western};

use crate::grammar::dates;

use super::Reading;
use super::zones::{Zone, chapter_line, is_front_table, section_zones};

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
    pub(super) lines: Vec<FoldedLine<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellPlace {
    pub(crate) grid: usize,
    pub(crate) row: u32,
    pub(crate) column: u32,
}

#[derive(Debug)]
pub(super) struct FoldedLine<'a> {
    /// Where the line starts in the unit's folded text.
    pub(super) at: usize,
    /// Where it starts in the block's text.
    base: usize,
    pub(super) original: &'a str,
    folded: Folded,
}

/// A table by the units of its cells.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) rows: Vec<Vec<usize>>,
}

/// Cells looked at in all tables together; beyond it tables are left out.
pub(super) const CELLS_MAX: usize = 400_000;

/// Bytes read of one paragraph or cell; no statement of a tender stands further in.
const UNIT_BYTES_MAX: usize = 48 * 1024;

#[derive(Debug, Clone, Copy)]
struct BlockPlace {
    document: usize,
    block: BlockIndex,
    zone: Zone,
}

impl<'a> Reading<'a> {
    pub(super) fn push_document(&mut self, index: usize, correction: bool, cells_left: &mut usize) {
        let documents = self.documents;
        let Some(document) = documents.get(index) else { return };
        let zones = section_zones(document);
        let mut chapter = None;
        for (block_index, block) in document.indexed_blocks().filter(|(_, block)| block.kind.is_body()) {
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
                self.push_table(place, block, table, cells_left);
            } else {
                self.push_paragraph(place, block);
            }
        }
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
            // What stands in a nested table is read as that table's, below.
            let own = cell.nested.iter().filter_map(words_of).map(|inner| inner.start).min().unwrap_or(range.end);
            let unit = self.push_unit(place, block, range.start..own.max(range.start), Some(at), false);
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
        for cell in table.cells.iter().filter(|c| !c.nested.is_empty()) {
            self.push_nested(place, block, cell, left);
        }
    }

    /// The tables in a cell, each a table of its own, and the words behind each.
    fn push_nested(&mut self, place: BlockPlace, block: &'a Block, cell: &Cell, left: &mut usize) {
        let starts = cell.nested.iter().skip(1).map(|next| words_of(next).map(|words| words.start));
        let ends = starts.chain([Some(cell.range.end as usize)]);
        for (inner, until) in cell.nested.iter().zip(ends) {
            self.push_table(place, block, inner, left);
            let behind = words_of(inner).zip(until).map(|(words, until)| words.end..until.max(words.end));
            let spoken = |range: &Range<usize>| block.text.get(range.clone()).is_some_and(|t| !t.trim().is_empty());
            if let Some(range) = behind.filter(spoken) {
                self.push_unit(place, block, range, None, false);
            }
        }
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
                if let Some(before) = lines.last().map(|last: &FoldedLine<'_>| last.folded.text.as_str()) {
                    let wrapped =
                        leaves_bracket_open(before, &folded.text) || cell.is_none() && goes_on(before, &folded.text);
                    text.push(if wrapped { ' ' } else { '\n' });
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
}

/// Whether a Chinese line leaves a bracket open that the next one closes: 江城采购网(网 | 址:https://…).
fn leaves_bracket_open(before: &str, line: &str) -> bool {
    const INSIDE_CHARS: usize = 40;
    let Some(open) = before.rfind('(').filter(|_| before.chars().any(is_cjk)) else { return false };
    let head = before.get(open..).unwrap_or_default();
    let inside = line.split_once(')').map(|(inside, _)| inside);
    !head.contains(')') && inside.is_some_and(|i| !i.contains('(') && (head.len() + i.len()) / 3 <= INSIDE_CHARS)
}

/// Whether an English line goes on where the one before was broken to fit a width: the sentence does not end there.
fn goes_on(before: &str, line: &str) -> bool {
    /// Characters of a line that was broken because it was full.
    const FULL: usize = 30;
    /// Words no line and no sentence ends with.
    const OPEN: &[&str] = &[
        "a", "an", "and", "any", "are", "as", "at", "be", "before", "by", "for", "from", "in", "is", "later", "must",
        "no", "not", "of", "on", "or", "per", "shall", "than", "that", "the", "their", "to", "until", "via", "which",
        "will", "with", "within",
    ];
    let last = before.rsplit(' ').next().unwrap_or_default();
    let first = line.split(' ').next().unwrap_or_default();
    if !is_western(before) || !is_western(first) || before.len() < FULL || before.ends_with(['.', ':', ';', '!', '?']) {
        return false;
    }
    // by 31 | October 2026, on October | 14, 2026
    let is_day = |word: &str| word.trim_end_matches(',').parse::<u8>().is_ok_and(|n| (1..=31).contains(&n));
    let date = is_day(last) && dates::is_month(first) || dates::is_month(last) && is_day(first);
    let open = before.ends_with(',') || OPEN.contains(&last.to_ascii_lowercase().as_str());
    // a) and i. number a point of a list, o is its mark.
    let word = first.starts_with(|c: char| c.is_ascii_lowercase())
        && !(first.ends_with([')', '.']) && first.len() <= 4)
        && (first.len() > 1 || first == "a");
    // 5.5 and 3) number what follows; 3.00 pm and 45 days do not.
    let numbered = first.starts_with(|c: char| c.is_ascii_digit())
        && first.contains(['.', ')'])
        && dates::time_of_day(line).is_none();
    let marked = numbered || first.ends_with(')') && first.len() <= 4;
    date || word || open && !marked && !line.starts_with(['-', '*', '(', '\u{2022}'])
}

impl Unit<'_> {
    /// The byte range of the block's text behind a folded range.
    pub(super) fn original_range(&self, range: &Range<usize>) -> (usize, usize) {
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
    pub(super) fn folded_at(&self, original: usize) -> usize {
        let starts = self.folded.text.char_indices().map(|(at, _)| at);
        let behind = |at: &usize| self.folded.original_range(self.original, *at, *at + 1).0 >= original;
        starts.into_iter().find(behind).unwrap_or(self.folded.text.len())
    }
}

pub(super) fn line_end(line: &FoldedLine<'_>) -> usize {
    line.folded.text.len()
}

pub(super) fn char_floor(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where a table's words stand in its block.
fn words_of(table: &Table) -> Option<Range<usize>> {
    let start = table.cells.iter().map(|c| c.range.start).min()?;
    let end = table.cells.iter().map(|c| c.range.end).max()?;
    Some(start as usize..end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_goes_on_to_its_end() {
        assert!(leaves_bracket_open("递交地点:江城采购网(网", "址:https://cg.example)。"));
        assert!(!leaves_bracket_open("递交地点:江城采购网(网", "址:(https://cg.example)"));
        assert!(!leaves_bracket_open("递交地点:江城采购网(网址)", "1)投标人须准时到场"));
        assert!(!leaves_bracket_open("Offers are sent to the depot (see", "below) in time"));
    }

    #[test]
    fn an_english_line_goes_on_where_its_sentence_does() {
        for (before, line) in [
            ("Quotations are taken at the depot until no later than", "3.00 pm on 4 May 2031."),
            ("Questions are answered when they come by 21", "April 2031, afterwards they are not."),
            ("The contractor keeps the pumps of the waterworks in", "Elder Ford and its neighbours."),
            ("The contractor keeps the pumps, the valves and all other", "equipment of the waterworks"),
        ] {
            assert!(goes_on(before, line), "{line}");
        }
        for (before, line) in [
            ("Keeping of the pumps and the valves of the waterworks", "Solicitation Number"),
            ("The contractor keeps the pumps of the waterworks.", "and the valves"),
            ("The contractor keeps the pumps of the waterworks and", "5.2 The valves"),
            ("The contractor keeps the pumps of the waterworks and", "a) the valves"),
            ("Expected duration of", "24 months"),
            ("承包人负责水厂全部水泵的日常维护保养工作以及阀门的", "and"),
        ] {
            assert!(!goes_on(before, line), "{line}");
        }
    }
}
