//! One bid as its checks read it: sentences with their place, the whole text for searches, prices, names.
//!
//! Everything here comes from that bidder's own files. Start at [`Bid::new`].

pub(crate) mod names;
pub(crate) mod prices;

use std::ops::Range;

use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;

use crate::reading::Reading;

/// A sentence, a clause or a table cell of a bid, folded.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) unit: usize,
    pub(crate) range: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Bid<'a> {
    pub(crate) name: String,
    pub(crate) reading: Reading<'a>,
    pub(crate) sentences: Vec<Sentence>,
    /// All folded text without white space, to prove that something is absent.
    pub(crate) bare: String,
    /// Whether every page could be read: only then does absence prove anything.
    pub(crate) readable: bool,
}

impl<'a> Bid<'a> {
    pub(crate) fn new(name: &str, documents: &'a [Document]) -> Bid<'a> {
        let reading = Reading::new(documents);
        let mut sentences = Vec::new();
        let mut bare = String::new();
        for (unit, one) in reading.units.iter().enumerate() {
            sentences.extend(cut(&one.text).map(|range| Sentence { unit, range }));
            bare.extend(one.text.chars().filter(|c| !c.is_whitespace()));
            bare.push('\n');
        }
        let readable = documents.iter().all(|d| !d.blocks.is_empty() && d.unreadable_pages().next().is_none());
        Bid { name: name.to_owned(), reading, sentences, bare, readable }
    }

    pub(crate) fn text(&self, sentence: &Sentence) -> &str {
        self.reading.text(sentence.unit, &sentence.range)
    }

    pub(crate) fn evidence(&self, sentence: &Sentence) -> Vec<Evidence> {
        self.reading.evidence(sentence.unit, &sentence.range).into_iter().collect()
    }

    /// The whole paragraph or cell as evidence.
    pub(crate) fn unit_evidence(&self, unit: usize) -> Vec<Evidence> {
        let length = self.reading.units.get(unit).map_or(0, |u| u.text.len());
        self.reading.evidence(unit, &(0..length)).into_iter().collect()
    }

    /// The column heading over a cell, or nothing.
    pub(crate) fn column_heading(&self, unit: usize) -> &str {
        column_heading(&self.reading, unit)
    }
}

/// The text of the first row's cell in the same column.
pub(crate) fn column_heading<'r>(reading: &'r Reading<'_>, unit: usize) -> &'r str {
    let Some(place) = reading.units.get(unit).and_then(|u| u.cell) else { return "" };
    let first = reading.grids.get(place.grid).and_then(|g| g.rows.first());
    let heading = first
        .into_iter()
        .flatten()
        .filter_map(|&u| reading.units.get(u))
        .find(|u| u.cell.is_some_and(|c| c.column == place.column && c.row < place.row));
    heading.map_or("", |u| u.text.as_str())
}

/// Sentences of a text: up to a full stop, a semicolon or a line's end.
pub(crate) fn cut(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    let ends = text
        .char_indices()
        .filter(|(_, c)| matches!(c, '。' | ';' | '\n' | '!' | '?'))
        .map(|(at, c)| at + c.len_utf8());
    let mut ranges = Vec::new();
    for end in ends.chain([text.len()]) {
        if text.get(start..end).is_some_and(|s| !s.trim().is_empty()) {
            ranges.push(start..end);
        }
        start = end;
    }
    ranges.into_iter()
}
