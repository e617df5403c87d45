//! What is asked for: the words of a query, the terms of tendering it names in other words, and what it expects.

use std::sync::LazyLock;

use bidlens_domain::fold::folded;

use crate::english::asks_only;
use crate::entry::Entry;
use crate::signs::{Sign, Signs};
use crate::words::{Word, words};

/// A query as the ranking reads it.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) clauses: Vec<Clause>,
    /// What the answer may state; empty when the query does not tell.
    pub(crate) expected: Signs,
}

/// One thing that is asked for, in the words of the query and in others that mean it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    /// The query's own words first.
    pub(crate) alternatives: Vec<Alternative>,
    /// The same as names that are followed by what is expected.
    pub(crate) stated: Vec<Alternative>,
    /// The same in one sentence with what is expected.
    pub(crate) near: Vec<Alternative>,
}

/// Words that stand together for one thing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) terms: Vec<String>,
    pub(crate) weight: f64,
}

/// A query that cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadQuery {
    /// No letters, digits or characters.
    Empty,
    /// Words that stand in every sentence, and no other.
    CommonWordsOnly,
    TooLong,
}

/// What other words for a thing weigh beside the query's own.
const OTHER_WORDS: f64 = 0.85;
/// What it weighs that a name is followed by what is expected.
const STATED: f64 = 0.8;
/// What it weighs that a sentence holds both.
const NEAR: f64 = 0.4;
/// What other words of a query weigh beside a thing it names.
const BESIDE: f64 = 0.6;
/// Forms of one thing that are looked for.
const STATED_MAX: usize = 24;

impl Query {
    /// Characters a query may have.
    pub const CHARS_MAX: usize = 500;

    pub fn parse(text: &str) -> Result<Query, BadQuery> {
        if text.chars().count() > Query::CHARS_MAX {
            return Err(BadQuery::TooLong);
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err(BadQuery::Empty);
        }
        let asked = Asked::of(text);
        let mut expected = asked.expected;
        let words: Vec<_> = words(text).into_iter().filter(|w| !asks_only(&w.term)).collect();
        let exact = concepts_in(text);
        let mut clauses: Vec<Clause> = Vec::new();
        let is_named = |word: &Word| exact.iter().any(|&(_, start, end)| word.start < end && start < word.end);
        for &(concept, start, end) in &exact {
            expected.join(concept.expected);
            clauses.push(concept.clause(&terms(text.get(start..end).unwrap_or_default()), asked.expected));
        }
        // Words that no name holds may say one together: 什么时候开标 asks for 开标时间.
        let mut free: Vec<String> = words.iter().filter(|w| !is_named(w)).map(|w| w.term.clone()).collect();
        for (concept, phrase) in concepts_said(&free, &asked.nouns, &exact) {
            expected.join(concept.expected);
            clauses.push(concept.clause(&phrase.terms, asked.expected));
            free.retain(|term| !phrase.atoms.contains(term) && !phrase.terms.contains(term));
        }
        let weight = if clauses.is_empty() { 1.0 } else { BESIDE };
        for term in free {
            let clause = Clause::new(vec![Alternative { terms: vec![term], weight }], asked.expected);
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        if clauses.is_empty() {
            return Err(BadQuery::CommonWordsOnly);
        }
        Ok(Query { clauses, expected })
    }

    /// The query's own words and those that stand for them.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        let alternatives = self.clauses.iter().flat_map(|clause| &clause.alternatives);
        alternatives.flat_map(|alternative| alternative.terms.iter().map(String::as_str))
    }
}

/// The words of a phrase, each once.
fn terms(phrase: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for word in words(phrase) {
        if !terms.contains(&word.term) {
            terms.push(word.term);
        }
    }
    terms
}

impl Clause {
    fn new(alternatives: Vec<Alternative>, expected: Signs) -> Clause {
        // A name is followed by something even when nothing is expected.
        let any: Vec<&str> = if expected.is_empty() { vec!["any"] } else { expected.names().collect() };
        let signs: Vec<&str> = expected.names().collect();
        Clause {
            stated: with_signs(&alternatives, &any, STATED, Entry::stating),
            near: with_signs(&alternatives, &signs, NEAR, Entry::near),
            alternatives,
        }
    }
}

/// Names, each with each of the signs, as they are indexed.
fn with_signs(
    alternatives: &[Alternative],
    signs: &[&str],
    weight: f64,
    form: fn(&str, &str) -> String,
) -> Vec<Alternative> {
    let formed = alternatives.iter().flat_map(|alternative| {
        let names = longest(&alternative.terms);
        let with = |sign: &&str| Alternative {
            terms: names.iter().map(|term| form(term, sign)).collect(),
            weight: alternative.weight * weight,
        };
        signs.iter().map(with).collect::<Vec<_>>()
    });
    formed.take(STATED_MAX).collect()
}

/// The words that are in no other word of the list.
fn longest(terms: &[String]) -> Vec<String> {
    let within_another =
        |term: &String| terms.iter().any(|other| other.len() > term.len() && other.contains(term.as_str()));
    terms.iter().filter(|term| !within_another(term)).cloned().collect()
}

/// The words that hold no other word of the list.
fn atoms(terms: &[String]) -> Vec<String> {
    let holds_another =
        |term: &String| terms.iter().any(|other| other.len() < term.len() && term.contains(other.as_str()));
    terms.iter().filter(|term| !holds_another(term)).cloned().collect()
}

/// A thing that tenders call by several names.
struct Concept {
    phrases: Vec<Phrase>,
    /// What is stated where it is defined.
    expected: Signs,
}

struct Phrase {
    /// Folded and in lower case, as it is looked for.
    text: String,
    terms: Vec<String>,
    /// The shortest words of it.
    atoms: Vec<String>,
}

impl Concept {
    fn clause(&self, own: &[String], asked: Signs) -> Clause {
        let own = Alternative { terms: own.to_vec(), weight: 1.0 };
        let others = self.phrases.iter().map(|phrase| &phrase.terms).filter(|terms| **terms != own.terms);
        let others = others.map(|terms| Alternative { terms: terms.clone(), weight: OTHER_WORDS }).collect::<Vec<_>>();
        let alternatives: Vec<Alternative> = [own].into_iter().chain(others).collect();
        let mut expected = self.expected;
        if expected.is_empty() {
            expected = asked;
        }
        Clause::new(alternatives, expected)
    }
}

static CONCEPTS: LazyLock<Vec<Concept>> = LazyLock::new(|| {
    let lines = include_str!("terms.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(concept).collect()
});

/// `name | other name | … => sign sign`.
fn concept(line: &str) -> Concept {
    let (names, signs) = line.split_once("=>").unwrap_or((line, ""));
    let phrase = |name: &str| {
        let terms = terms(name);
        Phrase { text: folded(name.trim()).to_lowercase(), atoms: atoms(&terms), terms }
    };
    let mut expected = Signs::default();
    signs.split_whitespace().filter_map(Sign::parse).for_each(|sign| expected.add(sign));
    Concept { phrases: names.split('|').map(phrase).filter(|phrase| !phrase.terms.is_empty()).collect(), expected }
}

/// The things that free words of a query say together with the nouns that its question stands for.
///
/// A name of which more is said wins; a word says one thing only, a noun of the question any number.
fn concepts_said(
    free: &[String],
    nouns: &[&str],
    known: &[(&'static Concept, usize, usize)],
) -> Vec<(&'static Concept, &'static Phrase)> {
    let mut left: Vec<&String> = free.iter().collect();
    let mut said: Vec<(&'static Concept, &'static Phrase)> = Vec::new();
    loop {
        let mut best: Option<(usize, &'static Concept, &'static Phrase)> = None;
        for concept in CONCEPTS.iter() {
            let is_known = known.iter().any(|(other, ..)| std::ptr::eq(*other, concept))
                || said.iter().any(|(other, _)| std::ptr::eq(*other, concept));
            if is_known {
                continue;
            }
            for phrase in concept.phrases.iter().filter(|phrase| phrase.atoms.len() > 1) {
                let is_said = |atom: &String| left.contains(&atom) || nouns.contains(&atom.as_str());
                let own = phrase.atoms.iter().filter(|atom| left.contains(atom)).count();
                let more = best.is_none_or(|(most, ..)| own > most);
                if own > 0 && more && phrase.atoms.iter().all(is_said) {
                    best = Some((own, concept, phrase));
                }
            }
        }
        let Some((_, concept, phrase)) = best else { return said };
        left.retain(|term| !phrase.atoms.contains(term));
        said.push((concept, phrase));
    }
}

/// The terms that a text names, with their byte range; the longer name wins where two overlap.
fn concepts_in(text: &str) -> Vec<(&'static Concept, usize, usize)> {
    let lower = text.to_lowercase();
    // Lower case may move bytes in rare scripts; then terms are found by their words alone.
    if lower.len() != text.len() {
        return Vec::new();
    }
    let folded = bidlens_domain::fold::fold(&lower);
    let mut found: Vec<(usize, usize, usize, &'static Concept)> = Vec::new();
    for (number, concept) in CONCEPTS.iter().enumerate() {
        for phrase in &concept.phrases {
            for (at, _) in folded.text.match_indices(&phrase.text) {
                let end = at + phrase.text.len();
                let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let cuts_word = phrase.text.is_ascii()
                    && (inside(folded.text.get(..at).and_then(|t| t.chars().next_back()))
                        || inside(
                            folded.text.get(end..).and_then(|t| t.strip_prefix('s').unwrap_or(t).chars().next()),
                        ));
                if !cuts_word {
                    let (start, end) = folded.original_range(&lower, at, end);
                    found.push((start, end, number, concept));
                }
            }
        }
    }
    found.sort_by_key(|&(start, end, number, _)| (std::cmp::Reverse(end - start), start, number));
    let mut chosen: Vec<(usize, usize, usize, &'static Concept)> = Vec::new();
    for one in found {
        let overlaps = |other: &(usize, usize, usize, &'static Concept)| one.0 < other.1 && other.0 < one.1;
        let same_place = |other: &(usize, usize, usize, &'static Concept)| one.0 == other.0 && one.1 == other.1;
        let known = chosen.iter().any(|other| other.2 == one.2 || (overlaps(other) && !same_place(other)));
        if !known {
            chosen.push(one);
        }
    }
    chosen.sort_by_key(|&(start, _, number, _)| (start, number));
    chosen.into_iter().map(|(start, end, _, concept)| (concept, start, end)).collect()
}

/// What a question asks for: the signs of its answer, and the nouns that its question words stand for.
struct Asked {
    expected: Signs,
    nouns: Vec<&'static str>,
}

impl Asked {
    fn of(text: &str) -> Asked {
        let text = format!("{} ", folded(text).to_lowercase());
        let mut asked = Asked { expected: Signs::default(), nouns: Vec::new() };
        for (sign, forms, nouns) in QUESTIONS {
            if forms.iter().any(|form| text.contains(form)) {
                asked.expected.add(*sign);
                asked.nouns.extend(*nouns);
            }
        }
        asked
    }
}

/// What is expected, the words that ask for it, and the nouns these stand for, as they are indexed.
const QUESTIONS: &[(Sign, &[&str], &[&str])] = &[
    (Sign::Money, &["多少钱", "多少元", "金额", "how much", "amount"], &["金额", "amount"]),
    (
        Sign::Date,
        &[
            "什么时候",
            "什么时间",
            "何时",
            "哪天",
            "哪一天",
            "几点",
            "几号",
            "日期",
            "when ",
            "what date",
            "what time",
            "which date",
            "date of",
            "date and time",
            "until",
            "from which",
        ],
        &["时间", "日期", "date", "time"],
    ),
    (
        Sign::Period,
        &[
            "多久",
            "多少天",
            "几天",
            "多长",
            "有多长",
            "多少个月",
            "几个月",
            "多少年",
            "几年",
            "how long",
            "how many days",
            "how many months",
        ],
        &["期限", "期", "时间", "period", "dur"],
    ),
    (Sign::Percent, &["比例", "百分之几", "百分比", "percentage"], &["比例"]),
    (
        Sign::Place,
        &[
            "哪里",
            "哪儿",
            "在哪",
            "何处",
            "何地",
            "什么地方",
            "什么地点",
            "地址",
            "什么平台",
            "where",
            "venue",
            "address",
            "which portal",
        ],
        &["地点", "地址", "place", "venu", "loc"],
    ),
    (
        Sign::Count,
        &["几份", "多少份", "几个", "多少个", "how many copies", "how many lots"],
        &["份数", "数量", "number"],
    ),
    (
        Sign::Choice,
        &[
            "是否",
            "能否",
            "可否",
            "能不能",
            "可不可以",
            "可以",
            "允许",
            "接受",
            "allowed",
            "permitted",
            "possible",
            "acceptable",
        ],
        &[],
    ),
    (Sign::Organisation, &["谁", "哪个单位", "哪家", "哪个公司", "哪个部门", "who "], &["名称", "单位", "name"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let query = Query::parse(text).expect("a query");
        let clause = |c: &Clause| c.alternatives.first().map(|a| a.terms.join("+")).unwrap_or_default();
        let clauses: Vec<String> = query.clauses.iter().map(clause).collect();
        format!("{} ? {}", clauses.join(" "), query.expected.names().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_query_is_read_as_its_terms_and_what_it_expects() {
        assert_eq!(told("投标有效期是多少天？"), "投标有效期+投标+有效+有效期 天 ? period");
        assert_eq!(told("What is the bid validity period?"), "valid+period bid ? period");
        assert_eq!(told("水泵"), "水泵 ? ");
        assert_eq!(told("QS-1"), "qs-1 qs 1 ? ");
    }

    #[test]
    fn a_question_is_read_as_the_name_of_what_it_asks_for() {
        let first = |text: &str| told(text).split(' ').next().unwrap_or_default().to_owned();
        for (question, name) in [
            ("什么时候开标？", "开标时间"),
            ("在哪里开标？", "开标地点"),
            ("开标的日期和时间", "开标时间"),
            ("投标文件提交到哪里？", "提交地点"),
            ("When are the bids opened?", "open"),
        ] {
            assert!(first(question).contains(name), "{question}: {}", told(question));
        }
    }

    #[test]
    fn other_words_for_a_term_are_looked_for_too() {
        let query = Query::parse("最高限价").expect("a query");
        let terms: Vec<&str> = query.terms().collect();
        for word in ["最高限价", "招标控制价", "投标限价", "pric"] {
            assert!(terms.contains(&word), "{word} is not among {terms:?}");
        }
    }

    #[test]
    fn a_query_that_says_nothing_is_refused() {
        assert_eq!(Query::parse("？！……").err(), Some(BadQuery::Empty));
        assert_eq!(Query::parse("是多少").err(), Some(BadQuery::CommonWordsOnly));
        assert_eq!(Query::parse("what is the").err(), Some(BadQuery::CommonWordsOnly));
        assert_eq!(Query::parse(&"长".repeat(501)).err(), Some(BadQuery::TooLong));
        assert!(Query::parse(&"长".repeat(500)).is_ok());
    }

    #[test]
    fn every_line_of_terms_is_read() {
        for concept in CONCEPTS.iter() {
            assert!(concept.phrases.len() > 1, "{}", concept.phrases.first().map_or("", |p| p.text.as_str()));
        }
        let lines = include_str!("terms.txt").lines().filter(|line| !line.starts_with('#'));
        let signs = lines.filter_map(|line| line.split_once("=>"));
        for sign in signs.flat_map(|(_, signs)| signs.split_whitespace()) {
            assert!(Sign::parse(sign).is_some(), "{sign} is no sign");
        }
        assert!(CONCEPTS.len() > 40);
    }
}
