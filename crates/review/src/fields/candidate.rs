//! One reading of a field at one place: its value, the words that state it, and how much it counts.
//!
//! It also cuts ranges of a unit to what a value and a quote hold.

use std::ops::Range;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{FieldStatus, FieldValue};
use bidlens_domain::fold;

use crate::reading::{Pair, Reading};

/// One reading of a field at one place.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) status: FieldStatus,
    pub(crate) value: Option<FieldValue>,
    pub(crate) raw: String,
    pub(crate) evidence: Evidence,
    /// How much the place and the manner of reading count.
    pub(crate) rank: i32,
}

/// Characters of a quote.
const QUOTE_CHARS: usize = 190;

impl Reading<'_> {
    /// A candidate whose quote runs from `quote.start` and covers `value`.
    pub(crate) fn candidate(
        &self,
        unit: usize,
        quote: Range<usize>,
        value: Range<usize>,
        read: FieldValue,
        rank: i32,
    ) -> Option<Candidate> {
        let evidence = self.evidence(unit, &self.clip(unit, &quote, &value))?;
        Some(Candidate {
            status: FieldStatus::Found,
            value: Some(read),
            raw: self.original(unit, &value),
            evidence,
            rank: rank + self.recency(unit),
        })
    }

    /// A candidate that gives the words of `value`.
    pub(crate) fn text_candidate(
        &self,
        unit: usize,
        quote: Range<usize>,
        value: Range<usize>,
        rank: i32,
    ) -> Option<Candidate> {
        let words = self.words(unit, &value);
        self.candidate(unit, quote, value, FieldValue::Text(words), rank)
    }

    /// A candidate that says there is none, or that another place says it.
    pub(crate) fn stated(&self, unit: usize, quote: Range<usize>, status: FieldStatus, rank: i32) -> Option<Candidate> {
        let clipped = self.clip(unit, &quote, &quote);
        let evidence = self.evidence(unit, &clipped)?;
        let rank = rank + self.recency(unit);
        Some(Candidate { status, value: None, raw: self.original(unit, &clipped), evidence, rank })
    }

    /// A candidate that says that another place says it.
    pub(crate) fn referred(&self, pair: &Pair, value: &Range<usize>) -> Option<Candidate> {
        self.stated(pair.unit, self.pair_quote(pair, value), FieldStatus::RefersElsewhere, 1)
    }

    /// The words of a table's row from one cell to another, when a person reads them at a glance.
    pub(crate) fn across(&self, from: usize, to: usize) -> Option<Evidence> {
        let evidence = self.between(from, to)?;
        (evidence.quote().chars().count() <= QUOTE_CHARS).then_some(evidence)
    }

    /// Shortens a quote to what a person reads at a glance, the value kept inside when it fits.
    fn clip(&self, unit: usize, quote: &Range<usize>, value: &Range<usize>) -> Range<usize> {
        let text = self.unit(unit).map_or("", |u| u.text.as_str());
        let whole = text.get(quote.clone()).unwrap_or_default();
        if self.original(unit, quote).chars().count() <= QUOTE_CHARS {
            return quote.clone();
        }
        if whole.chars().count() <= QUOTE_CHARS {
            return self.shrink(unit, quote.clone());
        }
        let head = text.get(quote.start..value.start).unwrap_or_default();
        let start = if head.chars().count() <= QUOTE_CHARS / 2 {
            quote.start
        } else {
            head.char_indices().rev().nth(30).map_or(value.start, |(i, _)| quote.start + i)
        };
        let rest = text.get(start..quote.end).unwrap_or_default();
        let end = rest.char_indices().nth(QUOTE_CHARS).map_or(quote.end, |(i, _)| start + i);
        self.shrink(unit, start..end.max(start))
    }

    /// Takes from the end until the file's own words, typeset spaces included, are short enough.
    fn shrink(&self, unit: usize, range: Range<usize>) -> Range<usize> {
        let long = self.original(unit, &range).chars().count();
        let excess = long.saturating_sub(QUOTE_CHARS);
        if excess == 0 {
            return range;
        }
        let text = self.text(unit, &range);
        let keep = text.chars().count().saturating_sub(excess).max(1);
        let end = text.char_indices().nth(keep).map_or(text.len(), |(i, _)| i);
        range.start..range.start + end
    }

    /// The quote of a pair: the label when it stands in the same unit, and the value.
    pub(crate) fn pair_quote(&self, pair: &Pair, value: &Range<usize>) -> Range<usize> {
        pair.label_start.unwrap_or(value.start.min(pair.value.start))..value.end
    }

    /// The value words of a range: the file's own, without the spaces of typesetting, radicals and ligatures as letters.
    pub(crate) fn words(&self, unit: usize, range: &Range<usize>) -> String {
        squeeze(&fold::plain_letters(&self.original(unit, range)))
    }

    /// `range` without white space and idle punctuation at both ends.
    pub(crate) fn tidy(&self, unit: usize, range: &Range<usize>) -> Range<usize> {
        let text = self.text(unit, range);
        let idle =
            |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '。' | '、' | '_' | '"' | '“' | '”' | '.');
        let left = text.len() - text.trim_start_matches(idle).len();
        let right = text.trim_end_matches(idle).len();
        // "榕采云"平台 and 平台"榕采云": a quotation mark whose other one stands inside is the value's own.
        let quote = |c: &char| matches!(c, '"' | '“' | '”');
        let odd = text.get(left..right).is_some_and(|own| own.chars().filter(quote).count() % 2 == 1);
        let before = text.get(..left).and_then(|t| t.chars().next_back()).filter(quote);
        let behind = text.get(right..).and_then(|t| t.chars().next()).filter(quote);
        let (left, right) = match (odd, before, behind) {
            (true, Some(mark), _) => (left - mark.len_utf8(), right),
            (true, None, Some(mark)) => (left, right + mark.len_utf8()),
            _ => (left, right),
        };
        let start = range.start + left;
        start..(range.start + right).max(start)
    }

    /// `range` up to the first of `stops`, tidied.
    pub(crate) fn tidy_until(&self, unit: usize, range: &Range<usize>, stops: &[char]) -> Range<usize> {
        self.tidy(unit, &self.until(unit, range, stops))
    }

    /// Cuts `range` at the first of `stops` that stands outside brackets.
    pub(crate) fn until(&self, unit: usize, range: &Range<usize>, stops: &[char]) -> Range<usize> {
        let text = self.text(unit, range);
        let mut depth = 0_i32;
        for (at, c) in text.char_indices() {
            match c {
                '(' | '[' | '《' => depth += 1,
                ')' | ']' | '》' => depth -= 1,
                _ if depth <= 0 && stops.contains(&c) => return range.start..range.start + at,
                _ => {}
            }
        }
        range.clone()
    }
}

/// Drops white space that Chinese typesetting put in; keeps it between Latin words.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && out.chars().next_back().is_some_and(|p| p.is_ascii()) && c.is_ascii() {
            out.push(' ');
        }
        space = false;
        out.push(c);
    }
    out
}
