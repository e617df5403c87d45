//! English passages of a bid by the words they share with a demand.
//!
//! Prose has no row that sets demand and answer side by side. What answers a demand is the figure around which most of
//! the demand's own words stand: in its clause first, then in what was said before it in the same paragraph. Words that
//! are rare in the bid weigh more. Start at [`Passages::best`].

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use regex::Regex;

use super::{Case, is_wordless};
use crate::grammar::numbers;

/// Words without a subject, and units, which many demands share.
const COMMON: [&str; 107] = [
    "the",
    "and",
    "for",
    "with",
    "that",
    "this",
    "from",
    "are",
    "was",
    "will",
    "shall",
    "must",
    "should",
    "may",
    "can",
    "not",
    "any",
    "all",
    "each",
    "every",
    "per",
    "its",
    "our",
    "their",
    "which",
    "who",
    "has",
    "have",
    "been",
    "than",
    "least",
    "less",
    "more",
    "most",
    "minimum",
    "maximum",
    "exceed",
    "exceeding",
    "within",
    "under",
    "over",
    "into",
    "bidder",
    "tenderer",
    "contractor",
    "supplier",
    "proposer",
    "offeror",
    "provider",
    "tender",
    "bid",
    "provide",
    "submit",
    "demonstrate",
    "required",
    "requirement",
    "requirements",
    "following",
    "upon",
    "during",
    "after",
    "before",
    "between",
    "also",
    "such",
    "other",
    "only",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "time",
    "times",
    "working",
    "calendar",
    "number",
    "million",
    "fewer",
    "lower",
    "greater",
    "higher",
    "above",
    "below",
    "about",
    "approximately",
    "when",
    "where",
];

/// `Priority 1`, `Class A`: a word and the sign that tells it from its neighbours.
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(priority|severity|level|class|category|tier|stage|phase|type|line|group)\s+(\d{1,2}|[a-d])\b").ok()
});

/// The words of a text that say what it is about, without their endings.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let joined = NUMBERED.as_ref().map_or_else(|| lower.clone(), |p| p.replace_all(&lower, "$1$2").into_owned());
    let mut found = Vec::new();
    for word in joined.split(|c: char| !c.is_ascii_alphanumeric()) {
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        if letters >= 3 && !COMMON.contains(&word) {
            let stem = stem(word).to_owned();
            if !found.contains(&stem) {
                found.push(stem);
            }
        }
    }
    found
}

/// A word without the endings of its forms: `answered`, `answers`.
fn stem(word: &str) -> &str {
    let mut rest = word;
    if rest.len() > 4 && !rest.ends_with("ss") {
        rest = rest.strip_suffix('s').unwrap_or(rest);
    }
    for ending in ["ing", "ed"] {
        if rest.len() > ending.len() + 3 {
            rest = rest.strip_suffix(ending).unwrap_or(rest);
        }
    }
    if rest.len() > 4 { rest.strip_suffix('e').unwrap_or(rest) } else { rest }
}

/// Whether an answer has at least half of the words that say what a demand is about, experience aside, which every
/// demand for people has.
pub(super) fn shares_half(demand: &str, answer: &str) -> bool {
    let (mut wanted, own) = (words(demand), words(answer));
    wanted.retain(|w| !w.starts_with("experienc"));
    !wanted.is_empty() && wanted.iter().filter(|w| own.contains(w)).count() * 2 >= wanted.len()
}

/// A figure of the bid and the words around it.
struct Place<T> {
    figure: T,
    /// Words of its own clause, those said before it in the paragraph, and those behind.
    clause: HashSet<String>,
    before: HashSet<String>,
    behind: HashSet<String>,
    evidence: Vec<Evidence>,
}

/// The figures of a bid with the words around them.
pub(super) struct Passages<T> {
    places: Vec<Place<T>>,
    /// In how many places a word stands.
    spread: HashMap<String, usize>,
}

/// What answers a demand best.
pub(super) struct Likeness<'p, T> {
    pub(super) figures: Vec<&'p T>,
    pub(super) evidence: Vec<Evidence>,
}

/// How well a demand's words must be met.
const SHARE_MIN: f64 = 0.55;
/// What comes this near to the best may be the answer as well.
const RIVAL: f64 = 0.92;

impl<T> Passages<T> {
    /// Reads the bidder's own sentences and rows; rows beside a column of demands are judged with those.
    pub(super) fn new(case: &Case<'_>, read: impl Fn(&str) -> Vec<(T, Range<usize>)>) -> Passages<T> {
        let bid = case.bid;
        let mut passages = Passages { places: Vec::new(), spread: HashMap::new() };
        for sentence in bid.sentences.iter().filter(|s| bid.is_own(s.unit)) {
            let Some(one) = bid.reading.unit(sentence.unit) else { continue };
            if one.is_heading || one.cell.is_some() {
                continue;
            }
            let said = one.text.get(..sentence.range.start).unwrap_or_default();
            passages.add(bid.text(sentence), said, &read, bid.evidence(sentence));
        }
        for (index, grid) in bid.reading.grids.iter().enumerate() {
            if bid.sides(index).is_some() {
                continue;
            }
            for row in &grid.rows {
                let text = |u: usize| bid.reading.unit(u).map_or("", |u| u.text.as_str());
                let own = row.first().is_some_and(|&u| bid.is_own(u));
                let Some(unit) =
                    row.iter().copied().skip(1).find(|&u| !read(&in_figures(text(u))).is_empty()).filter(|_| own)
                else {
                    continue;
                };
                let joined = row.iter().map(|&u| text(u)).filter(|t| !is_wordless(t)).collect::<Vec<_>>().join(" ");
                let mut evidence = bid.unit_evidence(unit);
                evidence.extend(
                    row.iter()
                        .copied()
                        .find(|&u| u != unit && !words(text(u)).is_empty())
                        .into_iter()
                        .flat_map(|u| bid.unit_evidence(u)),
                );
                passages.add(&joined, "", &read, evidence);
            }
        }
        for place in &passages.places {
            for word in &place.clause {
                *passages.spread.entry(word.clone()).or_default() += 1;
            }
        }
        passages
    }

    fn add(&mut self, text: &str, said: &str, read: &impl Fn(&str) -> Vec<(T, Range<usize>)>, evidence: Vec<Evidence>) {
        let text = &in_figures(text);
        let figures = read(text);
        if figures.is_empty() {
            return;
        }
        let said = words(said);
        for (figure, range) in figures {
            let clause = clause_around(text, &range);
            let mut before: HashSet<String> = said.iter().cloned().collect();
            before.extend(words(text.get(..clause.start).unwrap_or_default()));
            self.places.push(Place {
                figure,
                clause: words(text.get(clause.clone()).unwrap_or_default()).into_iter().collect(),
                before,
                behind: words(text.get(clause.end..).unwrap_or_default()).into_iter().collect(),
                evidence: evidence.clone(),
            });
        }
    }

    /// The figures among `wanted` around which most of a demand's words stand; several where they stand alike.
    pub(super) fn best(&self, demand: &[String], wanted: impl Fn(&T) -> bool) -> Option<Likeness<'_, T>> {
        self.best_within(demand, &[], wanted)
    }

    /// The same for a demand of a single word, which is known by the words before it as well.
    pub(super) fn best_within(
        &self,
        demand: &[String],
        context: &[String],
        wanted: impl Fn(&T) -> bool,
    ) -> Option<Likeness<'_, T>> {
        const OWN: f64 = 0.7;
        if demand.is_empty() || demand.len() < 2 && context.is_empty() {
            return None;
        }
        let weight = |word: &String| 1.0 / (1.0 + (*self.spread.get(word).unwrap_or(&1) as f64).ln());
        let whole: f64 = demand.iter().map(weight).sum();
        let score = |place: &Place<T>| {
            let near = |word: &String| match () {
                () if place.clause.contains(word) => 1.0,
                () if place.before.contains(word) => 0.6,
                () if place.behind.contains(word) => 0.3,
                () => 0.0,
            };
            let own = demand.iter().map(|word| weight(word) * near(word)).sum::<f64>() / whole;
            let told = context.iter().filter(|w| place.clause.contains(*w) || place.before.contains(*w)).count();
            match context.len() {
                0 => own,
                all => OWN * own + (1.0 - OWN) * told as f64 / all as f64,
            }
        };
        let scored: Vec<(f64, &Place<T>)> =
            self.places.iter().filter(|p| wanted(&p.figure)).map(|p| (score(p), p)).collect();
        let (most, best) = scored.iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(most, _)| *most >= SHARE_MIN)?;
        let figures = scored.iter().filter(|(score, _)| *score >= most * RIVAL).map(|(_, p)| &p.figure).collect();
        Some(Likeness { figures, evidence: best.evidence.clone() })
    }
}

/// The clause that holds a figure: between commas, semicolons and an `and`.
pub(super) fn clause_around(text: &str, range: &Range<usize>) -> Range<usize> {
    const JOINTS: [&str; 6] = [", ", "; ", ": ", " and ", ". ", "\n"];
    // `Each and every` is one breath.
    let text = &text.replace(" and every ", " or- every ");
    let before = text.get(..range.start).unwrap_or_default();
    let behind = text.get(range.end..).unwrap_or_default();
    let start = JOINTS.iter().filter_map(|j| before.rfind(j).map(|at| at + j.len())).max().unwrap_or(0);
    let end = JOINTS.iter().filter_map(|j| behind.find(j)).min().map_or(text.len(), |at| range.end + at);
    start..end
}

/// Number words before another word, as figures: `twelve (12) months`, `half an hour`, `one and a half hours`. A text
/// without any is left as it is; figures read from it have no place in the document.
pub(super) fn in_figures(text: &str) -> String {
    const FRACTIONS: [(&str, &str); 14] = [
        ("one and a half minutes", "1.5 minutes"),
        ("two and a half minutes", "2.5 minutes"),
        ("half a minute", "0.5 minutes"),
        ("one and a half years", "1.5 years"),
        ("one and a half hours", "1.5 hours"),
        ("half an hour", "0.5 hours"),
        ("three quarters of an hour", "0.75 hours"),
        ("a quarter of an hour", "0.25 hours"),
        ("two and a half hours", "2.5 hours"),
        ("twice per ", "2 times per "),
        ("twice a ", "2 times per "),
        ("once per ", "1 times per "),
        ("one hour", "1 hours"),
        ("half a day", "0.5 days"),
    ];
    let mut text = text.to_owned();
    let lower = text.to_ascii_lowercase();
    for (words, figures) in FRACTIONS.into_iter().filter(|(words, _)| lower.contains(words)) {
        let mut from = 0;
        while let Some(at) = text.to_ascii_lowercase().get(from..).and_then(|t| t.find(words)).map(|at| from + at) {
            let end = at + words.len();
            // twenty-one hours is no one hour.
            let joined = text.get(..at).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_alphabetic() || c == '-'))
                || !words.ends_with(' ')
                    && text.get(end..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()));
            if joined {
                from = end;
            } else {
                text.replace_range(at..end, figures);
                from = at + figures.len();
            }
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut word_start = true;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        if word_start && c.is_ascii_alphabetic() {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'-').count();
            let word = rest.get(..length).unwrap_or_default().to_ascii_lowercase();
            let number = numbers::english_integer(rest).or_else(|| numbers::english_word(&word).map(|n| (n, length)));
            // One is an article as often as a number.
            if let Some((n, length)) = number.filter(|(n, _)| *n >= 2) {
                out.push_str(&n.to_string());
                at += length;
                // The figures in brackets behind it say the same.
                let behind = text.get(at..).unwrap_or_default();
                let repeated = behind.trim_start().strip_prefix(&format!("({n})"));
                at += repeated.map_or(0, |rest| behind.len() - rest.len());
                word_start = false;
                continue;
            }
        }
        word_start = !c.is_ascii_alphanumeric() && c != '-';
        out.push(c);
        at += c.len_utf8();
    }
    OF_OURS.as_ref().map_or_else(|| out.clone(), |p| p.replace_all(&out, "$1 $2").into_owned())
}

/// `4 of our engineers`: what is counted follows.
static OF_OURS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(\d+) of (?:our|the|its|these|them,?) ([a-z]+)").ok());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_words_become_figures() {
        assert_eq!(in_figures("within half an hour of the call"), "within 0.5 hours of the call");
        assert_eq!(in_figures("for twelve (12) months"), "for 12 months");
        assert_eq!(in_figures("Twenty-four hours, one of them"), "24 hours, one of them");
        assert_eq!(in_figures("one hundred twenty days"), "120 days");
        assert_eq!(in_figures("Four of our engineers call twice per night"), "4 engineers call 2 times per night");
        assert_eq!(in_figures("a network of tents"), "a network of tents");
    }

    #[test]
    fn words_lose_their_endings_and_keep_their_numbers() {
        assert_eq!(words("Calls shall be answered"), ["call", "answer"]);
        assert_eq!(words("Priority 1 response"), ["priority1", "respons"]);
        assert!(words("at least 4 hours").is_empty());
    }
}
