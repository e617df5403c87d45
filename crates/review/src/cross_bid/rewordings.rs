//! Passages of several bids in which single words or figures were changed.
//!
//! Sentences are compared by their runs of three letters. What [`passages`] finds word for word is not
//! told again; what is near to a sentence of the tender is the tender's, in the bidder's words.

use std::collections::{BTreeMap, HashMap};

use bidlens_domain::clue::ClueKind;
use bidlens_domain::wording::both;

use super::passages::{self, goes_on, weight, without_name};
use super::{Bids, Draft, Reasons, Strength, boilerplate};
use crate::bid::cut;
use crate::compare::bare;
use crate::grammar::company;

/// Shorter sentences are near each other by chance.
const WEIGHT_MIN: usize = 35;
/// A shorter passage may be two people's words for one thing.
const PASSAGE_WEIGHT_MIN: usize = 100;
/// Letters of one run.
const RUN: usize = 3;
/// Of the runs that two sentences have, this share in both: one word in forty letters leaves three quarters.
const LIKENESS_MIN: f32 = 0.6;
/// Of a sentence's runs, the share in one sentence of the tender that makes it the tender's.
const TENDER_MIN: f32 = 0.5;
/// Runs that more sentences have say nothing.
const HOLDERS_MAX: usize = 60;
/// Sentences of one bid, and of the tender.
const SENTENCES_MAX: usize = 20_000;

const INNOCENT: Reasons = &[
    (
        "各投标人改写了同一公开资料、行业通用方案或范本",
        "The bidders adapted the same published material, a plan common in the trade or a model",
    ),
    (
        "所投产品来自同一供应商，各自改写了同一份产品说明",
        "The products offered come from the same supplier, whose description both adapted",
    ),
    (
        "内容是对招标要求的逐条响应，措辞自然接近",
        "The words answer the tender's demands one by one and come near each other for that reason",
    ),
];

/// A sentence of a bid, or of the tender.
struct Said {
    /// `None` for the tender.
    bid: Option<usize>,
    /// Its place among the bid's sentences.
    place: usize,
    words: String,
    /// Sorted, each once.
    runs: Vec<[char; RUN]>,
}

impl Said {
    fn new(bid: Option<usize>, place: usize, words: String) -> Said {
        let letters: Vec<char> = words.chars().collect();
        let mut runs: Vec<[char; RUN]> = letters.windows(RUN).filter_map(|run| run.try_into().ok()).collect();
        runs.sort_unstable();
        runs.dedup();
        Said { bid, place, words, runs }
    }

    /// Runs that both have.
    fn common(&self, other: &Said) -> usize {
        let (mut ours, mut theirs) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        let mut common = 0;
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    common += 1;
                    ours.next();
                    theirs.next();
                }
            }
        }
        common
    }

    fn likeness(&self, other: &Said) -> f32 {
        let common = self.common(other);
        common as f32 / (self.runs.len() + other.runs.len() - common).max(1) as f32
    }
}

/// Two sentences of two bids, by their places.
struct Near {
    first: usize,
    second: usize,
    weight: usize,
    words: String,
}

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let mut said = tenders(bids);
    for (index, bid) in bids.each() {
        let name = bare(&company::normalise(&bid.name));
        let sentences = bid.sentences.iter().enumerate();
        let own = sentences.filter(|(_, sentence)| {
            weight(bid.text(sentence)) >= WEIGHT_MIN && !boilerplate::is_common(bids, bid, sentence)
        });
        said.extend(own.take(SENTENCES_MAX).filter_map(|(place, sentence)| {
            let words = without_name(bid.text(sentence), &name);
            (weight(&words) >= WEIGHT_MIN && !passages::is_data(&words)).then(|| Said::new(Some(index), place, words))
        }));
    }
    near_pairs(&said)
        .into_iter()
        .flat_map(|((first, second), near)| {
            passages_of(near).into_iter().map(move |passage| draft(bids, [first, second], &passage))
        })
        .collect()
}

fn tenders(bids: &Bids<'_>) -> Vec<Said> {
    let sentences = bids.tender.units.iter().flat_map(|unit| cut(&unit.text).map(move |range| (unit, range)));
    let words = sentences.map(|(unit, range)| bare(unit.text.get(range).unwrap_or_default()));
    let long = words.filter(|words| weight(words) >= WEIGHT_MIN / 2).take(SENTENCES_MAX);
    long.map(|words| Said::new(None, 0, words)).collect()
}

/// For each two bids the sentences that are near each other and not the same, each with the nearest.
fn near_pairs(said: &[Said]) -> BTreeMap<(usize, usize), Vec<Near>> {
    let mut holders: HashMap<[char; RUN], Vec<usize>> = HashMap::new();
    for (n, one) in said.iter().enumerate() {
        for run in &one.runs {
            holders.entry(*run).or_default().push(n);
        }
    }
    holders.retain(|_, holders| holders.len() <= HOLDERS_MAX);
    let mut pairs: BTreeMap<(usize, usize), Vec<Near>> = BTreeMap::new();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for one in said {
        let Some(bid) = one.bid else { continue };
        counts.clear();
        for holder in one.runs.iter().filter_map(|run| holders.get(run)).flatten() {
            *counts.entry(*holder).or_default() += 1;
        }
        // Runs that many have are not among those counted.
        let likely = counts.iter().filter(|(_, count)| **count * 4 >= one.runs.len());
        let likely: Vec<&Said> = likely.filter_map(|(&n, _)| said.get(n)).collect();
        let is_tenders =
            |other: &&Said| other.bid.is_none() && one.common(other) as f32 >= TENDER_MIN * one.runs.len() as f32;
        if likely.iter().any(is_tenders) {
            continue;
        }
        let mut nearest: BTreeMap<usize, (f32, &Said)> = BTreeMap::new();
        for other in likely {
            let Some(second) = other.bid.filter(|&second| second > bid) else { continue };
            let likeness = one.likeness(other);
            let best = nearest.get(&second).map_or((LIKENESS_MIN, usize::MAX), |(best, said)| (*best, said.place));
            if likeness > best.0 || likeness == best.0 && other.place < best.1 {
                nearest.insert(second, (likeness, other));
            }
        }
        for (second, (_, other)) in nearest.into_iter().filter(|(_, (_, other))| other.words != one.words) {
            let near =
                Near { first: one.place, second: other.place, weight: weight(&one.words), words: one.words.clone() };
            pairs.entry((bid, second)).or_default().push(near);
        }
    }
    pairs
}

/// Sentences that follow each other in both bids, where together they are long enough.
fn passages_of(near: Vec<Near>) -> Vec<Vec<Near>> {
    let mut passages: Vec<Vec<Near>> = Vec::new();
    for one in near {
        let before = passages.last_mut().filter(|passage| {
            passage.last().is_some_and(|last| goes_on(last.first, one.first) && goes_on(last.second, one.second))
        });
        match before {
            Some(passage) => passage.push(one),
            None => passages.push(vec![one]),
        }
    }
    passages.retain(|passage| passage.iter().map(|one| one.weight).sum::<usize>() >= PASSAGE_WEIGHT_MIN);
    passages
}

fn draft(bids: &Bids<'_>, [first, second]: [usize; 2], passage: &[Near]) -> Draft {
    let words = passage.iter().map(|one| one.words.as_str()).collect::<String>();
    let length = words.chars().count();
    let places = |place: fn(&Near) -> usize| passage.iter().map(place).collect::<Vec<usize>>();
    Draft {
        kind: ClueKind::TextReuse,
        strength: Strength::Weak,
        summary: both(
            format!("有一段约 {length} 字的内容仅个别词语或数字不同，且不是招标文件、格式文本或法规标准的内容"),
            format!(
                "A passage of about {length} characters differs in single words or figures only, and is not from the tender, a form, a law or a standard"
            ),
        ),
        innocent: INNOCENT,
        more: 0,
        subject: format!("near {words}"),
        sides: BTreeMap::from([
            (first, passages::shown(bids, first, &places(|near| near.first))),
            (second, passages::shown(bids, second, &places(|near| near.second))),
        ]),
    }
}
