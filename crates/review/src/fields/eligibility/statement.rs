//! A sentence of the tender with what says what it is about.

use std::ops::Range;

use bidlens_domain::field::FieldValue;

use crate::fields::Candidate;
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

/// Characters of a sentence that states one thing.
const CHARS_MAX: usize = 260;
/// Characters behind a sentence in which its boxes are listed.
const BOXES_CHARS: usize = 80;

pub(super) struct Statement<'a> {
    reading: &'a Reading<'a>,
    unit: usize,
    start: usize,
    pub(super) zone: Zone,
    /// The sentence itself, folded.
    pub(super) own: &'a str,
    pub(super) lower: String,
    /// The sentence with the boxes listed behind it.
    pub(super) text: &'a str,
    /// Its row's label, the line that introduces it, or its heading.
    pub(super) context: String,
}

impl<'a> Statement<'a> {
    /// The sentences that may state something: no template, and none that runs on.
    pub(super) fn all(reading: &'a Reading<'a>) -> impl Iterator<Item = Statement<'a>> {
        reading.clauses.iter().filter_map(|clause| {
            let zone = reading.zone(clause.unit);
            let own = reading.text(clause.unit, &clause.range);
            (zone != Zone::BidForms && own.chars().count() <= CHARS_MAX).then(|| Statement {
                reading,
                unit: clause.unit,
                start: clause.range.start,
                zone,
                own,
                lower: own.to_lowercase(),
                text: with_boxes(reading, clause.unit, &clause.range),
                context: reading.context(clause.unit),
            })
        })
    }

    /// Whether the sentence holds one of `words`, given in lower case.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.lower.contains(word))
    }

    /// The first words of the paragraph below, in lower case, where the sentence is a question.
    pub(super) fn answer_below(&self) -> Option<String> {
        const CHARS: usize = 40;
        let below = self.reading.unit(self.unit + 1).filter(|_| self.own.trim_end().ends_with('?'))?;
        Some(below.text.chars().take(CHARS).collect::<String>().to_lowercase())
    }

    /// Whether its context holds one of `words`.
    pub(super) fn stands_under(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.context.contains(word))
    }

    /// What the sentence, quoted with its boxes, says.
    pub(super) fn candidate(&self, value: FieldValue, rank: i32) -> Option<Candidate> {
        let quote = self.start..self.start + self.text.len();
        self.reading.candidate(self.unit, quote.clone(), quote, value, rank)
    }
}

/// The clause with what follows it in the same unit while boxes are still being listed.
fn with_boxes<'a>(reading: &'a Reading<'_>, unit: usize, range: &Range<usize>) -> &'a str {
    let text = reading.unit(unit).map_or("", |u| u.text.as_str());
    let own = text.get(range.clone()).unwrap_or_default();
    let rest = text.get(range.start..).unwrap_or_default();
    let next = rest.get(own.len()..).unwrap_or_default();
    let boxed = next.chars().take(3).any(|c| checkbox::is_ticked_mark(c) || checkbox::is_empty_mark(c));
    if !boxed && !own.trim_end().ends_with([':', '?']) {
        return own;
    }
    let more: usize = next.chars().take(BOXES_CHARS).take_while(|c| *c != '。').map(char::len_utf8).sum();
    rest.get(..own.len() + more).unwrap_or(own)
}
