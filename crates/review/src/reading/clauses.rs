//! Sentences, Chinese and English, by the bytes of their unit.

use std::ops::Range;

use super::Reading;

/// A sentence with the words that say what it is about.
#[derive(Debug)]
pub(crate) struct Clause {
    pub(crate) unit: usize,
    pub(crate) range: Range<usize>,
}

impl Reading<'_> {
    pub(super) fn find_clauses(&mut self) {
        for (index, unit) in self.units.iter().enumerate() {
            for range in clause_ranges(&unit.text) {
                self.clauses.push(Clause { unit: index, range });
            }
        }
    }
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
