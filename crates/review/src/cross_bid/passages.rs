//! The same sentences in several bids; sentences that follow each other are one passage.

use std::collections::{BTreeMap, HashMap};

use bidlens_domain::clue::ClueKind;
use bidlens_domain::wording::both;

use super::{Bids, Draft, Reasons, Shown, Strength, boilerplate};
use crate::bid::Sentence;
use crate::compare::bare;
use crate::grammar::company;

/// Shorter sentences are the same by chance.
const WEIGHT_MIN: usize = 30;
const WEIGHT_MEDIUM: usize = 50;
/// A passage as long as this is unusual, and so are several that have as much together.
const WEIGHT_STRONG: usize = 100;
const WEIGHT_STRONG_TOGETHER: usize = 200;
/// Sentences between two of a passage that differ.
const GAP_MAX: usize = 1;

const INNOCENT: Reasons = &[
    (
        "各投标人引用了同一公开资料、行业通用方案或招标代理机构提供的模板",
        "The bidders used the same published material, a plan common in the trade or a template of the agency",
    ),
    (
        "所投产品来自同一供应商，引用了同一份产品说明",
        "The products offered come from the same supplier, whose description both quote",
    ),
    (
        "各自采用了同一第三方的施工方案或服务方案范本",
        "Each took over the same third party's model plan for the works or services",
    ),
];

/// Where the sentences of a passage stand in each bid that has them.
type Places = BTreeMap<usize, Vec<usize>>;

#[derive(Debug, Default)]
struct Passage {
    words: String,
    places: Places,
}

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let mut groups: BTreeMap<Vec<usize>, Vec<Passage>> = BTreeMap::new();
    for passage in passages(bids) {
        groups.entry(passage.places.keys().copied().collect()).or_default().push(passage);
    }
    groups.into_values().flat_map(|group| drafts_of(bids, group)).collect()
}

/// The passages that one group of bidders shares, the longest first.
fn drafts_of(bids: &Bids<'_>, mut group: Vec<Passage>) -> Vec<Draft> {
    group.sort_by_key(|passage| std::cmp::Reverse(weight(&passage.words)));
    let together: usize = group.iter().map(|passage| weight(&passage.words)).sum();
    let draft = |passage: Passage| {
        let length = passage.words.chars().count();
        Draft {
            kind: ClueKind::TextReuse,
            strength: strength(&passage.words, together).if_shared_by_all(bids.is_everybodys(passage.places.len())),
            summary: both(
                format!("有一段 {length} 字的内容逐字相同，且不是招标文件、格式文本或法规标准的内容"),
                format!(
                    "A passage of {length} characters is the same word for word, and is not from the tender, a form, a law or a standard"
                ),
            ),
            innocent: INNOCENT,
            more: 0,
            sides: passage.places.iter().map(|(&bid, places)| (bid, shown(bids, bid, places))).collect(),
            subject: passage.words,
        }
    };
    group.into_iter().map(draft).collect()
}

fn strength(words: &str, together: usize) -> Strength {
    if is_data(words) {
        return Strength::Weak;
    }
    match weight(words) {
        WEIGHT_STRONG.. => Strength::Strong,
        WEIGHT_MEDIUM.. if together >= WEIGHT_STRONG_TOGETHER => Strength::Strong,
        WEIGHT_MEDIUM.. => Strength::Medium,
        _ => Strength::Weak,
    }
}

/// Whether Chinese words are so full of figures and model numbers that they are a product's data, nobody's wording.
pub(super) fn is_data(words: &str) -> bool {
    let figures = words.chars().filter(char::is_ascii).count();
    !words.is_ascii() && figures * 10 >= words.chars().count() * 4
}

/// How much a text says: Latin letters and digits count half.
pub(super) fn weight(words: &str) -> usize {
    let halves: usize = words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    halves / 2
}

fn passages(bids: &Bids<'_>) -> Vec<Passage> {
    let sentences = sentences(bids);
    let mut passages: Vec<Passage> = Vec::new();
    for (words, places) in sentences {
        match passages.last_mut().filter(|passage| follows(&passage.places, &places)) {
            Some(passage) => {
                passage.words.push_str(&words);
                for (bid, place) in places {
                    passage.places.entry(bid).or_default().push(place);
                }
            }
            None => passages
                .push(Passage { words, places: places.into_iter().map(|(bid, place)| (bid, vec![place])).collect() }),
        }
    }
    passages
}

/// Whether a sentence stands right behind a passage in all of its bids.
fn follows(passage: &Places, sentence: &BTreeMap<usize, usize>) -> bool {
    passage.keys().eq(sentence.keys())
        && passage
            .values()
            .zip(sentence.values())
            .all(|(before, &here)| before.last().is_some_and(|&last| goes_on(last, here)))
}

/// Whether the sentence `here` goes on where `last` ended, with hardly another between them.
pub(super) fn goes_on(last: usize, here: usize) -> bool {
    (last + 1..=last + 1 + GAP_MAX).contains(&here)
}

/// Letters and digits of a text without the bidder's own name: the same words about oneself are the same words.
pub(super) fn without_name(text: &str, name: &str) -> String {
    let words = bare(text);
    if name.is_empty() { words } else { words.replace(name, "") }
}

/// The sentences that several bids share, in the order of the first bid that has them.
fn sentences(bids: &Bids<'_>) -> Vec<(String, BTreeMap<usize, usize>)> {
    let mut places: HashMap<String, BTreeMap<usize, usize>> = HashMap::new();
    for (index, bid) in bids.each() {
        let name = bare(&company::normalise(&bid.name));
        for (n, sentence) in bid.sentences.iter().enumerate() {
            let words = without_name(bid.text(sentence), &name);
            if weight(&words) >= WEIGHT_MIN {
                places.entry(words).or_default().entry(index).or_insert(n);
            }
        }
    }
    let mut shared: Vec<(String, BTreeMap<usize, usize>)> =
        places.into_iter().filter(|(_, places)| places.len() >= 2 && !is_common(bids, places)).collect();
    shared.sort_by_key(|(_, places)| places.first_key_value().map(|(&bid, &n)| (bid, n)));
    shared
}

/// Whether the sentence is common in any of its bids: what is a form in one is one in the other.
fn is_common(bids: &Bids<'_>, places: &BTreeMap<usize, usize>) -> bool {
    places.iter().any(|(&index, &n)| {
        let bid = bids.get(index);
        let sentence = bid.and_then(|bid| Some((bid, bid.sentences.get(n)?)));
        sentence.is_none_or(|(bid, sentence)| boilerplate::is_common(bids, bid, sentence))
    })
}

pub(super) fn shown(bids: &Bids<'_>, index: usize, places: &[usize]) -> Shown {
    let Some(bid) = bids.get(index) else { return Shown::default() };
    let sentences = places.iter().filter_map(|&n| bid.sentences.get(n));
    Shown::words(joined(sentences).iter().flat_map(|run| bid.evidence(run)).collect())
}

/// Sentences that touch each other, as one.
fn joined<'s>(sentences: impl Iterator<Item = &'s Sentence>) -> Vec<Sentence> {
    let mut runs: Vec<Sentence> = Vec::new();
    for sentence in sentences {
        match runs.last_mut().filter(|run| run.unit == sentence.unit && run.range.end == sentence.range.start) {
            Some(run) => run.range.end = sentence.range.end,
            None => runs.push(sentence.clone()),
        }
    }
    runs
}
