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
    let mut closed = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if c == '(' && at >= closed {
            closed = bracket_end(text, at).unwrap_or(at);
        }
        let breaks = match c {
            // A list in brackets is a part of its sentence.
            ';' => at >= closed,
            '。' | '\n' | '!' => true,
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

/// Where the bracket that opens at `open` closes, when that is near and in the same sentence.
pub(crate) fn bracket_end(text: &str, open: usize) -> Option<usize> {
    const INSIDE_CHARS: usize = 120;
    let mut depth = 0_usize;
    for (at, c) in text.get(open..)?.char_indices().take(INSIDE_CHARS) {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return Some(open + at),
            ')' => depth -= 1,
            '。' | '\n' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_brackets_is_a_part_of_its_sentence() {
        let clauses = |text: &str| clause_ranges(text).into_iter().map(|r| text[r].to_owned()).collect::<Vec<_>>();
        assert_eq!(
            clauses("文不对题(如写成桥梁;前后矛盾)的,否决其投标。其余评审"),
            ["文不对题(如写成桥梁;前后矛盾)的,否决其投标。", "其余评审"]
        );
        assert_eq!(clauses("甲(未完;乙;丙。丁)"), ["甲(未完;", "乙;", "丙。", "丁)"]);
        assert_eq!(clauses("(1)甲;(2)乙"), ["(1)甲;", "(2)乙"]);
    }
}
