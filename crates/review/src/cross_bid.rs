//! What bids have in common that they should not: clues for a person to look at, never a verdict
//! (实施条例 40; 财政部令第87号 37).
//!
//! Every bid repeats the tender and its forms: what stands there is no clue. Each kind has a file and gives drafts with
//! the strength they have alone; [`read`] makes clues of them. A clue is a candidate for one of the statutory cases when
//! it is strong, or when it is of medium strength and another family of kinds points at the same bidders; a sum of
//! weak signs never makes one.

mod boilerplate;
mod contacts;
mod errors;
mod files;
mod leaks;
mod passages;
mod pictures;
mod prices;
mod rewordings;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use bidlens_domain::clue::{Clue, ClueKind, ClueLevel, ClueSide, ClueText, FileTrait};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, Finding, FindingSource, FindingState, FindingText, NO_COLLUSION, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::{Wording, both};

use crate::bid::Bid;
use crate::reading::Reading;
use crate::rules;

/// Letters in a row that are no chance.
const WINDOW: usize = 8;
/// Of one kind about the same bidders.
const CLUES_MAX: usize = 20;

/// All bids of a review beside the tender they answer.
struct Bids<'a> {
    bids: &'a [Bid<'a>],
    tender: &'a Reading<'a>,
    facts: &'a Facts,
    /// The tender's letters and digits.
    tender_words: &'a str,
    /// All runs of [`WINDOW`] letters of the tender.
    tender_windows: HashSet<[char; WINDOW]>,
}

impl<'a> Bids<'a> {
    fn new(tender: &'a Reading<'a>, tender_words: &'a str, facts: &'a Facts, bids: &'a [Bid<'a>]) -> Bids<'a> {
        Bids { bids, tender, facts, tender_words, tender_windows: windows(tender_words).collect() }
    }

    fn get(&self, index: usize) -> Option<&Bid<'a>> {
        self.bids.get(index)
    }

    /// Each bid with its index.
    fn each(&self) -> impl Iterator<Item = (usize, &Bid<'a>)> {
        self.bids.iter().enumerate()
    }

    /// Whether every one of several bids holds it: then it is likely to come from a source they all have.
    fn is_everybodys(&self, holders: usize) -> bool {
        holders >= 3 && holders == self.bids.len()
    }

    /// Whether words are the tender's: its own sentence, or a form whose blanks are filled.
    fn is_tenders(&self, words: &str) -> bool {
        if self.tender_words.contains(words) {
            return true;
        }
        let all = words.chars().count().saturating_sub(WINDOW - 1).max(1);
        let known = windows(words).filter(|window| self.tender_windows.contains(window)).count();
        known * 10 >= all * 7
    }
}

fn windows(words: &str) -> impl Iterator<Item = [char; WINDOW]> {
    let characters: Vec<char> = words.chars().collect();
    (WINDOW..=characters.len()).filter_map(move |end| characters.get(end - WINDOW..end)?.try_into().ok())
}

/// How much a sign carries alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Weak,
    Medium,
    Strong,
}

impl Strength {
    /// What is left of it when every bidder has the thing.
    fn if_shared_by_all(self, all: bool) -> Strength {
        match self {
            Strength::Strong if all => Strength::Medium,
            _ if all => Strength::Weak,
            strength => strength,
        }
    }
}

/// What one bid shows.
#[derive(Debug, Default)]
struct Shown {
    evidence: Vec<Evidence>,
    traits: Vec<FileTrait>,
}

impl Shown {
    fn words(evidence: Vec<Evidence>) -> Shown {
        Shown { evidence, traits: Vec::new() }
    }

    fn traits(traits: Vec<FileTrait>) -> Shown {
        Shown { evidence: Vec::new(), traits }
    }
}

/// Innocent reasons in Chinese and English.
type Reasons = &'static [(&'static str, &'static str)];

/// A clue before its level is known.
#[derive(Debug)]
struct Draft {
    kind: ClueKind,
    strength: Strength,
    subject: String,
    summary: Wording,
    innocent: Reasons,
    more: usize,
    sides: BTreeMap<usize, Shown>,
}

impl Draft {
    fn family(&self) -> Family {
        match self.kind {
            ClueKind::TextReuse | ClueKind::SharedError => Family::Words,
            ClueKind::EntityLeak | ClueKind::SharedContact | ClueKind::SharedAccount => Family::People,
            ClueKind::FileTraits | ClueKind::SameFile => Family::Files,
            ClueKind::PricePattern => Family::Prices,
        }
    }
}

/// Kinds that may have one cause count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Words,
    People,
    Files,
    Prices,
}

/// Everything that several bids share, the candidates first.
pub(crate) fn read(tender: &Reading<'_>, tender_words: &str, facts: &Facts, bids: &[Bid<'_>]) -> Vec<Clue> {
    if bids.len() < 2 {
        return Vec::new();
    }
    let bids = Bids::new(tender, tender_words, facts, bids);
    let kinds = [
        passages::drafts,
        rewordings::drafts,
        errors::drafts,
        leaks::drafts,
        contacts::drafts,
        prices::drafts,
        files::drafts,
        pictures::drafts,
    ];
    let drafts = limited(kinds.iter().flat_map(|drafts| drafts(&bids)).collect());
    let levels: Vec<ClueLevel> = drafts.iter().map(|draft| level(draft, &drafts)).collect();
    let mut clues: Vec<Clue> =
        drafts.into_iter().zip(levels).filter_map(|(draft, level)| clue(&bids, draft, level)).collect();
    clues.sort_by_key(|clue| (clue.level(), clue.kind));
    clues
}

/// The strongest of each kind about the same bidders; the first of them tells how many more there are.
fn limited(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.sort_by_key(|draft| Reverse(draft.strength));
    let about = |draft: &Draft| (draft.kind, draft.sides.keys().copied().collect::<Vec<usize>>());
    let mut counts: BTreeMap<(ClueKind, Vec<usize>), usize> = BTreeMap::new();
    drafts.retain(|draft| {
        let count = counts.entry(about(draft)).or_default();
        *count += 1;
        *count <= CLUES_MAX
    });
    for draft in &mut drafts {
        let count = counts.remove(&about(draft)).unwrap_or_default();
        draft.more += count.saturating_sub(CLUES_MAX);
    }
    drafts
}

fn level(draft: &Draft, all: &[Draft]) -> ClueLevel {
    let confirmed = || {
        all.iter().any(|other| {
            other.family() != draft.family()
                && other.strength >= Strength::Medium
                && draft.sides.keys().filter(|bidder| other.sides.contains_key(bidder)).count() >= 2
        })
    };
    match draft.strength {
        Strength::Strong => ClueLevel::Candidate,
        Strength::Medium if confirmed() => ClueLevel::Candidate,
        Strength::Medium | Strength::Weak => ClueLevel::Lead,
    }
}

fn clue(bids: &Bids<'_>, draft: Draft, level: ClueLevel) -> Option<Clue> {
    let sides = draft.sides.into_iter().filter_map(|(index, Shown { evidence, traits })| {
        Some(ClueSide { bidder_name: bids.get(index)?.name.clone(), evidence, traits })
    });
    let text = ClueText {
        kind: draft.kind,
        subject: draft.subject,
        summary: draft.summary,
        innocent: draft.innocent.iter().map(|&(zh, en)| both(zh, en)).collect(),
        more: draft.more,
    };
    let mut clue = Clue::new(text, level, sides.collect())?;
    clue.basis = rules::basis(clue.kind.rule_id(), "", false, &bids.facts.legal);
    Some(clue)
}

/// What more than one bid holds, each with its places in every bid that does.
fn shared<K: Ord, V>(held: impl IntoIterator<Item = (usize, K, V)>) -> Vec<(K, BTreeMap<usize, Vec<V>>)> {
    let mut holders: BTreeMap<K, BTreeMap<usize, Vec<V>>> = BTreeMap::new();
    for (bid, key, place) in held {
        holders.entry(key).or_default().entry(bid).or_default().push(place);
    }
    holders.into_iter().filter(|(_, bids)| bids.len() >= 2).collect()
}

/// The paragraphs or cells of a bid that show something, the first of them.
fn units_shown(bids: &Bids<'_>, index: usize, units: impl Iterator<Item = usize>) -> Shown {
    const UNITS_MAX: usize = 8;
    let bid = bids.get(index);
    Shown::words(
        bid.map_or_else(Vec::new, |bid| units.take(UNITS_MAX).flat_map(|unit| bid.unit_evidence(unit)).collect()),
    )
}

/// Puts clues into the reviews of the bidders they concern, as findings that quote the bidder's own words only: for
/// whoever has all bids at hand anyway.
pub fn put_into(reviews: &mut [BidReview], clues: &[Clue]) {
    for review in reviews {
        let concerning = clues.iter().filter(|clue| clue.concerns(&review.bidder_name));
        review.findings.extend(concerning.map(|clue| finding(clue, &review.bidder_name)));
    }
}

fn finding(clue: &Clue, bidder: &str) -> Finding {
    let own = || clue.sides().iter().filter(|side| side.bidder_name == bidder);
    let evidence: Vec<Evidence> = own().flat_map(|side| side.evidence.iter().cloned()).collect();
    // What stands on no page is named by its file.
    let traits = || own().flat_map(|side| &side.traits);
    let named: Vec<String> = traits().map(|one| format!("{} {}", one.file, one.name)).collect();
    let named_en: Vec<String> = traits().map(|one| format!("“{}”: {}", one.file, one.name_en)).collect();
    let (named, named_en) = match named.as_slice() {
        [] => (String::new(), String::new()),
        _ => (format!("（{}）", named.join("、")), format!(" ({})", named_en.join(", "))),
    };
    let (more, more_en) = match clue.more {
        0 => (String::new(), String::new()),
        more => (format!("；同类线索另有 {more} 处未列出"), format!("; {more} more of the kind are not shown")),
    };
    let text = FindingText {
        rule_id: clue.kind.rule_id().to_owned(),
        subject: clue.id.clone(),
        source: FindingSource::CrossBid,
        dimension: Dimension::Other,
        requirement_id: None,
        requirement_text: NO_COLLUSION.0.to_owned(),
        response_text: evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default(),
        rigid: false,
        remark: both(
            format!("{}{named}{more}，建议人工复核", clue.summary),
            format!("{}{named_en}{more_en}; a person should look at it", clue.summary_en),
        ),
    };
    let mut finding = Finding::new(text, bidder, Verdict::Risk, FindingState::Judged, Vec::new(), evidence);
    finding.basis.clone_from(&clue.basis);
    finding
}
