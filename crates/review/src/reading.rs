//! One view over all documents of a tender, shared by the readers.
//!
//! It folds every paragraph and table cell once, knows in which part of the tender each stands ([`Zone`]),
//! pairs labels with values (`项目编号：…`, the rows of a front table, tables with a header row) and cuts the
//! text into clauses. It reads no values and settles nothing. Start at [`Reading::new`].

mod addenda;
mod clauses;
mod colons;
mod context;
mod labels;
mod pairs;
mod units;
mod zones;

use std::ops::Range;

use bidlens_domain::document::{Document, Language, TextRange};
use bidlens_domain::evidence::Evidence;

use crate::changes::{self, FoundChange};

use addenda::Order;
use context::stripped_titles;
use units::CELLS_MAX;

pub(crate) use addenda::is_correction;
pub(crate) use clauses::{Clause, bracket_end};
pub(crate) use labels::{is_serial, skip_numbering, strip_label};
pub(crate) use pairs::{Form, Pair};
pub(crate) use units::{CellPlace, Grid, Unit};
pub(crate) use zones::Zone;

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

impl<'a> Reading<'a> {
    pub(crate) fn new(documents: &'a [Document]) -> Reading<'a> {
        let order = Order::of(documents);
        let mut reading = Reading {
            documents,
            units: Vec::new(),
            grids: Vec::new(),
            pairs: Vec::new(),
            clauses: Vec::new(),
            changes: Vec::new(),
            recency: order.recency(),
            titles: documents.iter().map(stripped_titles).collect(),
        };
        let mut cells_left = CELLS_MAX;
        for &index in &order.originals {
            reading.push_document(index, false, &mut cells_left);
        }
        // Of two places that count the same the first has its way: the newest addendum comes before older ones.
        for &index in order.addenda.iter().rev() {
            reading.push_document(index, true, &mut cells_left);
        }
        reading.changes = changes::find(&reading.units, &reading.grids);
        changes::mask(&mut reading.units, &reading.changes);
        reading.find_leads();
        reading.find_clauses();
        reading.find_pairs();
        reading
    }

    pub(crate) fn is_english(&self) -> bool {
        self.language() == Language::En
    }

    /// The language of the tender; Chinese where there is no document.
    pub(crate) fn language(&self) -> Language {
        self.documents.first().map_or(Language::Zh, |d| d.language)
    }

    pub(crate) fn unit(&self, index: usize) -> Option<&Unit<'a>> {
        self.units.get(index)
    }

    pub(crate) fn zone(&self, unit: usize) -> Zone {
        self.unit(unit).map_or(Zone::Other, |u| u.zone)
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

    /// The cell of a row that stands in a column.
    pub(crate) fn cell_in(&self, row: &[usize], column: u32) -> Option<usize> {
        row.iter().copied().find(|&u| self.unit(u).and_then(|c| c.cell).is_some_and(|c| c.column == column))
    }
}
