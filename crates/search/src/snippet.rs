//! The part of a hit that shows why it was found.

use std::collections::HashSet;

use bidlens_domain::document::TextRange;

use crate::query::Query;
use crate::words::words;

/// A stretch of a segment's text around the words that were looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Byte range of the segment's text.
    pub range: TextRange,
    /// Byte ranges of the segment's text that hold words of the query, in order, none touching another.
    pub matches: Vec<TextRange>,
}

/// Characters of a snippet, about three lines on a screen.
const SNIPPET_CHARS: usize = 160;
/// Characters shown before the first match.
const BEFORE_CHARS: usize = 24;

/// Where the words of the query stand in a text, and the stretch of it that holds the most of them.
pub fn snippet(query: &Query, text: &str) -> Snippet {
    let wanted: HashSet<&str> = query.terms().collect();
    let mut found: Vec<(usize, usize)> =
        words(text).into_iter().filter(|w| wanted.contains(w.term.as_str())).map(|w| (w.start, w.end)).collect();
    found.sort_unstable();
    let mut matches: Vec<(usize, usize)> = Vec::new();
    for (start, end) in found {
        match matches.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => matches.push((start, end)),
        }
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let character = |byte: usize| starts.partition_point(|&at| at < byte);
    let byte = |character: usize| starts.get(character).copied().unwrap_or(text.len());
    // The first stretch that holds the most bytes of matches.
    let held = |&(start, _): &(usize, usize)| -> usize {
        let end = byte(character(start) + SNIPPET_CHARS - BEFORE_CHARS);
        matches.iter().filter(|m| m.0 >= start && m.1 <= end).map(|m| m.1 - m.0).sum()
    };
    let mut best = matches.first().copied();
    for one in &matches {
        if best.is_some_and(|best| held(one) > held(&best)) {
            best = Some(*one);
        }
    }
    let first = best.map_or(0, |(start, _)| character(start).saturating_sub(BEFORE_CHARS));
    // A snippet near the end begins earlier rather than being short.
    let first = first.min((starts.len() - 1).saturating_sub(SNIPPET_CHARS));
    Snippet {
        range: TextRange::new(byte(first), byte(first + SNIPPET_CHARS)),
        matches: matches.into_iter().map(|(start, end)| TextRange::new(start, end)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, text: &str) -> (String, Vec<String>) {
        let snippet = snippet(&Query::parse(query).expect("a query"), text);
        let matches = snippet.matches.iter().map(|m| m.slice(text).to_owned()).collect();
        (snippet.range.slice(text).to_owned(), matches)
    }

    #[test]
    fn matches_are_the_words_of_the_text() {
        let (snippet, matches) = shown("投标保证金 QS-1", "项目 ＱＳ－１ 的投标\n保证金为两万元。");
        assert_eq!(snippet, "项目 ＱＳ－１ 的投标\n保证金为两万元。");
        assert_eq!(matches, ["ＱＳ－１", "投标\n保证金"]);
    }

    #[test]
    fn a_snippet_of_a_long_text_holds_the_match() {
        let text = format!("{}交货地点在青石镇。{}", "前文".repeat(300), "后文".repeat(300));
        let (snippet, matches) = shown("交货地点", &text);
        assert!(snippet.contains("交货地点在青石镇") && snippet.chars().count() == SNIPPET_CHARS);
        assert_eq!(matches, ["交货地点"]);
        let (end, _) = shown("青石镇", &format!("{}青石镇", "前文".repeat(300)));
        assert!(end.ends_with("青石镇") && end.chars().count() == SNIPPET_CHARS);
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        assert_eq!(shown("水泵", "付款方式"), ("付款方式".to_owned(), Vec::new()));
        assert_eq!(shown("水泵", ""), (String::new(), Vec::new()));
    }
}
