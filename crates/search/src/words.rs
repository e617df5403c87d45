//! Text into words: Chinese by dictionary, spaced scripts by their spaces, codes, amounts and dates by their form.

use std::sync::LazyLock;

use bidlens_domain::fold::{Folded, fold, is_cjk};
use regex::Regex;

use crate::dictionary::dictionary;
use crate::english::{is_stop_word, stem};

/// A word as it is indexed, and the bytes of the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Width, case and ending folded; without white space.
    pub term: String,
    pub start: usize,
    pub end: usize,
}

/// A longer word is no word; it is indexed by its beginning.
const TERM_CHARS_MAX: usize = 64;

/// The words of a text in its order, without those that stand in every sentence.
///
/// A long Chinese word is followed by the shorter words in it, a code by its parts, and what no dictionary knows is
/// told by pairs of characters.
pub fn words(text: &str) -> Vec<Word> {
    let folded = fold(text);
    let mut out = Words { text, folded: &folded, words: Vec::new() };
    let mut rest = folded.text.as_str();
    while let Some(c) = rest.chars().next() {
        let at = folded.text.len() - rest.len();
        let length = if is_han(c) {
            let length = run(rest, |c, _| is_han(c));
            out.chinese(at, rest.get(..length).unwrap_or_default());
            length
        } else if is_letter(c) {
            let length = run(rest, |c, next| is_letter(c) || (CONNECTORS.contains(&c) && next.is_some_and(is_letter)));
            out.code(at, rest.get(..length).unwrap_or_default());
            length
        } else {
            c.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out.dates_and_amounts();
    out.words
}

/// Signs that hold a code, an amount or a date together.
const CONNECTORS: [char; 7] = ['-', '_', '/', '.', ',', ':', '&'];

fn is_han(c: char) -> bool {
    is_cjk(c) && c.is_alphanumeric()
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

/// Bytes of the characters at the start of `text` that `belongs`, which is told the next character too.
fn run(text: &str, belongs: impl Fn(char, Option<char>) -> bool) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !belongs(c, chars.peek().map(|&(_, next)| next)) {
            return at;
        }
    }
    text.len()
}

struct Words<'t> {
    text: &'t str,
    folded: &'t Folded,
    words: Vec<Word>,
}

impl Words<'_> {
    /// A word that was read from `start..end` of the folded text.
    fn push(&mut self, term: &str, start: usize, end: usize) {
        if term.is_empty() || is_stop_word(term) {
            return;
        }
        let (start, end) = self.folded.original_range(self.text, start, end);
        let term =
            if term.len() > TERM_CHARS_MAX { term.chars().take(TERM_CHARS_MAX).collect() } else { term.to_owned() };
        self.words.push(Word { term, start, end });
    }

    fn chinese(&mut self, at: usize, run: &str) {
        let mut start = at;
        // Characters that the dictionary left alone, one after the other.
        let mut alone: Vec<(usize, char)> = Vec::new();
        for token in dictionary().cut(run, false) {
            let word = token.word;
            let mut chars = word.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) if !is_stop_word(word) => alone.push((start, c)),
                (Some(_), None) | (None, _) => self.pairs(&mut alone),
                (Some(_), Some(_)) => {
                    self.pairs(&mut alone);
                    self.push(word, start, start + word.len());
                    self.words_within(word, start);
                }
            }
            start += word.len();
        }
        self.pairs(&mut alone);
    }

    /// What the dictionary does not know, as pairs of neighbours, or alone.
    fn pairs(&mut self, alone: &mut Vec<(usize, char)>) {
        if let [(start, c)] = alone.as_slice() {
            self.push(&c.to_string(), *start, start + c.len_utf8());
        }
        for pair in alone.windows(2) {
            if let [(start, a), (second, b)] = pair {
                self.push(&[*a, *b].iter().collect::<String>(), *start, second + b.len_utf8());
            }
        }
        alone.clear();
    }

    /// Shorter words inside a word: 投标 and 保证金 in 投标保证金.
    ///
    /// They follow on each other, so that 标有 is no word in 投标有效期; at the end a single character may be left.
    fn words_within(&mut self, word: &str, at: usize) {
        let ends: Vec<usize> = word.char_indices().map(|(i, _)| i).chain([word.len()]).collect();
        let length = ends.len() - 1;
        if length < 3 {
            return;
        }
        let part = |from: usize, to: usize| word.get(*ends.get(from)?..*ends.get(to)?);
        let is_word = |from: usize, to: usize| {
            to - from >= 2 && to - from < length && part(from, to).is_some_and(|part| dictionary().has_word(part))
        };
        // Characters from which words lead to the end, and to which words lead from the beginning.
        let mut from_start: Vec<bool> = (0..=length).map(|n| n == 0).collect();
        let mut to_end: Vec<bool> = (0..=length).map(|n| n + 1 >= length).collect();
        let is = |reached: &[bool], n: usize| reached.get(n).copied().unwrap_or(false);
        for n in 1..=length {
            if (0..n).any(|from| is(&from_start, from) && is_word(from, n)) {
                from_start.iter_mut().skip(n).take(1).for_each(|reached| *reached = true);
            }
            let n = length - n;
            if (n + 1..=length).any(|to| is(&to_end, to) && is_word(n, to)) {
                to_end.iter_mut().skip(n).take(1).for_each(|reached| *reached = true);
            }
        }
        for from in (0..length).filter(|&from| is(&from_start, from)) {
            for to in (from + 2..=length).filter(|&to| is(&to_end, to) && is_word(from, to)) {
                let (Some(part), Some(&start), Some(&end)) = (part(from, to), ends.get(from), ends.get(to)) else {
                    continue;
                };
                self.push(part, at + start, at + end);
            }
        }
    }

    /// A run of letters and digits: a word, an amount, or a code of several parts.
    fn code(&mut self, at: usize, run: &str) {
        let lower = run.to_lowercase();
        if let Some(number) = number(&lower) {
            return self.push(&number, at, at + run.len());
        }
        let parts = run.split(CONNECTORS).count();
        if parts > 1 {
            self.push(&lower, at, at + run.len());
        }
        let mut start = at;
        for part in run.split(CONNECTORS) {
            self.push(&stem(&part.to_lowercase()), start, start + part.len());
            start += part.len() + 1;
        }
    }

    /// Dates as `2025-01-15` and amounts in 万 and 亿 in units, however they are written.
    fn dates_and_amounts(&mut self) {
        let folded = self.folded.text.as_str();
        for pattern in DATES.iter().flat_map(|dates| dates.iter()) {
            for found in pattern.captures_iter(folded) {
                let part = |name: &str| found.name(name).map_or("", |m| m.as_str());
                let month = month_number(part("month"));
                let Some(whole) = found.get(0) else { continue };
                let date = format!("{}-{month:0>2}-{:0>2}", part("year"), part("day"));
                self.push(&date, whole.start(), whole.end());
            }
        }
        for found in LARGE.iter().flat_map(|large| large.captures_iter(folded)) {
            let (Some(whole), Some(digits), Some(unit)) = (found.get(0), found.get(1), found.get(2)) else { continue };
            if let Some(amount) = in_units(digits.as_str(), if unit.as_str() == "亿" { 8 } else { 4 }) {
                self.push(&amount, whole.start(), whole.end());
            }
        }
    }
}

/// Dates with the year first, the day first, and the month first.
static DATES: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
    let month = r"(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
    Some([
        Regex::new(r"\b(?<year>\d{4})[年/.-](?<month>\d{1,2})[月/.-](?<day>\d{1,2})").ok()?,
        Regex::new(&format!(r"(?i)\b(?<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]?{month}[ ,.-]*(?<year>\d{{4}})")).ok()?,
        Regex::new(&format!(r"(?i)\b{month}[ .]*(?<day>\d{{1,2}})(?:st|nd|rd|th)?[ ,]+(?<year>\d{{4}})")).ok()?,
    ])
});

/// Amounts in 万 and 亿.
static LARGE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d[\d,]*(?:\.\d+)?)(万|亿)").ok());

/// The number of a month that is written as a number or by its English name.
fn month_number(month: &str) -> String {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    match MONTHS.find(&month.to_ascii_lowercase()) {
        Some(at) if month.len() == 3 => (at / 3 + 1).to_string(),
        _ => month.to_owned(),
    }
}

/// An amount without separators and without zeros that say nothing; `None` when it is no amount.
fn number(run: &str) -> Option<String> {
    let (whole, fraction) = run.split_once('.').unwrap_or((run, ""));
    let grouped = whole.contains(',');
    let is_number = whole.bytes().all(|b| b.is_ascii_digit() || b == b',')
        && whole.starts_with(|c: char| c.is_ascii_digit())
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && (!grouped || whole.split(',').skip(1).all(|group| (2..=3).contains(&group.len())));
    if !is_number {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

/// `197.4` with four places is `1974000`; `None` when that is no whole number or a very long one.
fn in_units(digits: &str, places: usize) -> Option<String> {
    let number = number(digits)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if fraction.len() > places || whole.len() > 12 {
        return None;
    }
    let units = format!("{whole}{fraction:0<places$}");
    let units = units.trim_start_matches('0');
    (!units.is_empty()).then(|| units.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> String {
        words(text).into_iter().map(|w| w.term).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_of_tendering_stay_together_and_are_found_by_their_parts() {
        assert_eq!(told("投标保证金"), "投标保证金 投标 保证 保证金");
        assert!(told("招标控制价为：").starts_with("招标控制价"));
        assert_eq!(told("提交保函"), "提交 保函");
        assert!(told("评标办法前附表").contains("前附表"));
    }

    #[test]
    fn what_no_dictionary_knows_is_told_by_pairs() {
        let name = told("垚烔镇");
        assert_eq!(name, "垚烔 烔镇");
        assert!(name.contains(&told("垚烔")));
        assert_eq!(told("泵"), "泵");
    }

    #[test]
    fn codes_amounts_and_dates_have_one_form() {
        assert_eq!(told("QSZB-2031-017"), "qszb-2031-017 qszb 2031 017");
        assert_eq!(told("ＱＳＺＢ－２０３１－０１７"), told("qszb-2031-017"));
        assert_eq!(told("1,974,000.00 元"), "1974000 元");
        assert_eq!(told("Rs. 2,00,000/-"), "rs 200000");
        assert!(told("197.4万元").ends_with(" 1974000"));
        assert!(told("197.4万元").starts_with("197.4 "));
        for date in ["2031年5月20日", "2031 年 5 月 20 日", "2031-5-20", "2031/05/20", "20-May-2031", "May 20, 2031"]
        {
            assert!(words(date).iter().any(|w| w.term == "2031-05-20"), "{date}: {}", told(date));
        }
    }

    #[test]
    fn english_words_are_stemmed() {
        assert_eq!(told("The Bids shall be submitted"), "bid submit");
        assert_eq!(told("bidder's"), "bidder");
    }

    #[test]
    fn words_name_their_place_in_the_text() {
        let text = "投标 保证金：２０ 万元";
        for word in words(text) {
            assert!(text.get(word.start..word.end).is_some_and(|t| !t.is_empty()), "{word:?}");
        }
        let bond = words(text).into_iter().find(|w| w.term == "投标保证金").expect("the word");
        assert_eq!(&text[bond.start..bond.end], "投标 保证金");
    }

    #[test]
    fn all_patterns_compile() {
        assert!(DATES.is_some() && LARGE.is_some());
    }

    proptest! {
        #[test]
        fn any_text_has_words_within_it(text in "\\PC{0,80}") {
            for word in words(&text) {
                prop_assert!(text.get(word.start..word.end).is_some());
                prop_assert!(!word.term.contains(char::is_whitespace));
                prop_assert!(word.term.chars().count() <= TERM_CHARS_MAX);
            }
        }
    }
}
