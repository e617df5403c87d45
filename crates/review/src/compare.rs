//! The checks on a bid: one file each, one list, every finding with its words.
//!
//! A check that finds the thing right says so with a `pass` and the words that show it. It fails a bid on a
//! contradicting quote, or on absence when the whole bid could be read and searched. It never sees another
//! bidder's text. Start at [`CHECKS`].

mod bid_validity;
mod bidder_name;
mod blank_fields;
mod bonds;
mod buyer_name;
mod certificates;
mod conditions;
mod consortium;
mod dates;
mod delivery;
mod experience;
mod forms;
mod instructions;
mod likeness;
pub(crate) mod line_items;
mod marked_clauses;
mod origin;
mod parameters;
mod payment;
mod persons;
mod price_ceiling;
mod price_words;
pub(crate) mod project;
#[cfg(test)]
mod tests;
mod two_prices;
mod warranty;

use std::collections::HashSet;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::finding::{Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::Wording;
use chrono::NaiveDateTime;
use regex::Regex;

use crate::bid::answers::Answers;
use crate::bid::{Bid, Sentence};
use crate::grammar::numbers;
use crate::near;
use crate::reading::{Reading, Zone};

static LOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[^承发分打面])(?:标包|标段|标项|包件|包号|包组|采购包|合同包|包)\s*号?\s*:?\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:[^0-9一二三四五六七八九十个项]|$)|第\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*(?:包|标段|标项)|(?:^|[/-])\s*([0-9]{1,2})\s*(?:包|标段|标项)|\blot\s*(?:no\.?\s*)?([0-9]{1,2})\b",
    )
    .ok()
});

/// What a check looks at.
pub(crate) struct Case<'a> {
    pub(crate) tender: &'a Reading<'a>,
    pub(crate) facts: &'a Facts,
    pub(crate) bid: &'a Bid<'a>,
    /// The tender's letters and digits, to know its sentences again in a bid.
    pub(crate) tender_words: &'a str,
    pub(crate) answers: &'a Answers<'a, 'a>,
    /// The lot that the bid is for, where it names exactly one.
    pub(crate) lot: Option<String>,
    /// Unit and start of the bid's sentences that are the tender's own. Every check asks for them.
    copied: HashSet<(usize, usize)>,
}

/// A check by its stable id.
pub(crate) struct Check {
    pub(crate) id: &'static str,
    pub(crate) dimension: Dimension,
    pub(crate) run: fn(&Case<'_>, &mut Report<'_>),
}

pub(crate) static CHECKS: &[Check] = &[
    price_ceiling::CHECK,
    price_words::CHECK,
    line_items::CHECK,
    two_prices::CHECK,
    bid_validity::CHECK,
    delivery::CHECK,
    warranty::CHECK,
    forms::CHECK,
    blank_fields::CHECK,
    parameters::CHECK,
    marked_clauses::CHECK,
    certificates::CHECK,
    project::CHECK,
    buyer_name::CHECK,
    bidder_name::CHECK,
    persons::CHECK,
    dates::CHECK,
    payment::CHECK,
    consortium::CHECK,
    bonds::CHECK,
    experience::CHECK,
    conditions::CHECK,
    instructions::CHECK,
    origin::CHECK,
];

/// Checks that hold a bid against itself, not against the tender.
const WITHIN_THE_BID: [&str; 5] = ["B002", "B003", "B004", "B015", "B016"];

impl Check {
    pub(crate) fn source(&self) -> FindingSource {
        if WITHIN_THE_BID.contains(&self.id) { FindingSource::Consistency } else { FindingSource::Compare }
    }
}

/// One judgement, before it becomes a finding.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) state: FindingState,
    pub(crate) rigid: bool,
    /// Tells apart several judgements of one check.
    pub(crate) subject: String,
    pub(crate) requirement: String,
    pub(crate) tender: Vec<Evidence>,
    pub(crate) response: String,
    pub(crate) bid: Vec<Evidence>,
    pub(crate) remark: Wording,
}

impl Judgement {
    pub(crate) fn new(verdict: Verdict, subject: impl Into<String>, remark: Wording) -> Judgement {
        Judgement {
            verdict,
            state: FindingState::Judged,
            rigid: false,
            subject: subject.into(),
            requirement: String::new(),
            tender: Vec::new(),
            response: String::new(),
            bid: Vec::new(),
            remark,
        }
    }
    pub(crate) fn rigid(mut self) -> Self {
        self.rigid = true;
        self
    }
    pub(crate) fn state(mut self, state: FindingState) -> Self {
        self.state = state;
        self
    }
    /// What the tender demands, with its words.
    pub(crate) fn demands(mut self, text: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        self.requirement = text.into();
        self.tender = evidence;
        self
    }
    /// The demand as a field states it.
    pub(crate) fn demands_field(self, field: &Field) -> Self {
        let text = field.evidence().first().map(|e| e.quote().to_owned()).unwrap_or_default();
        self.demands(text, field.evidence().iter().take(2).cloned().collect())
    }
    /// What the bid says; the response is the first quote.
    pub(crate) fn says(mut self, evidence: Vec<Evidence>) -> Self {
        self.response = evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
        self.bid = evidence;
        self
    }
}

/// Collects a check's judgements as findings.
pub(crate) struct Report<'a> {
    pub(crate) id: &'static str,
    pub(crate) dimension: Dimension,
    pub(crate) bidder: &'a str,
    pub(crate) source: FindingSource,
    pub(crate) findings: Vec<Finding>,
}

impl Report<'_> {
    pub(crate) fn push(&mut self, judgement: Judgement) {
        let Judgement { verdict, state, rigid, subject, requirement, tender, response, bid, remark } = judgement;
        let text = FindingText {
            rule_id: self.id.to_owned(),
            subject,
            source: self.source,
            dimension: self.dimension,
            requirement_id: None,
            requirement_text: requirement,
            response_text: response,
            rigid,
            remark,
        };
        let finding = Finding::new(text, self.bidder, verdict, state, tender, bid);
        // The same thing said twice by one check is one finding.
        if !self.findings.iter().any(|f| f.id == finding.id) {
            self.findings.push(finding);
        }
    }
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        (tender, tender_words): (&'a Reading<'a>, &'a str),
        facts: &'a Facts,
        bid: &'a Bid<'a>,
        answers: &'a Answers<'a, 'a>,
    ) -> Case<'a> {
        let copied = bid.sentences.iter().filter(|s| is_copied(bid.text(s), tender_words));
        let copied = copied.map(|s| (s.unit, s.range.start)).collect();
        Case { tender, facts, bid, tender_words, answers, copied, lot: Case::lot_of(bid) }
    }

    /// When bids were due.
    pub(crate) fn deadline(&self) -> Option<NaiveDateTime> {
        use bidlens_domain::time::Moment;
        match self.facts.field("bid_deadline").and_then(Field::moment)? {
            Moment::DateTime(at) => Some(at),
            Moment::Date(date) => date.and_hms_opt(23, 59, 59),
        }
    }

    /// Whether a sentence is the bidder's own word: neither a demand repeated, nor told of others, nor copied.
    pub(crate) fn own(&self, sentence: &Sentence) -> bool {
        self.bid.is_own(sentence.unit) && !self.copied(sentence)
    }

    /// Whether a sentence of the bid is the tender's own: a form's text or a clause that was copied.
    pub(crate) fn copied(&self, sentence: &Sentence) -> bool {
        self.copied.contains(&(sentence.unit, sentence.range.start))
    }

    /// The number of the lot a bid is for, when it names exactly one: where it binds the bidder, or anywhere.
    fn lot_of(bid: &Bid<'_>) -> Option<String> {
        let lots_of = |wanted: &dyn Fn(usize) -> bool| {
            let mut lots: Vec<String> = Vec::new();
            for (unit, one) in bid.reading.units.iter().enumerate() {
                if one.text.chars().count() > 200 || !bid.is_own(unit) || !wanted(unit) {
                    continue;
                }
                for number in lots_in(&one.text) {
                    if !lots.contains(&number) {
                        lots.push(number);
                    }
                }
            }
            lots
        };
        let binding = lots_of(&|unit| bid.is_binding(unit));
        let lots = if binding.is_empty() { lots_of(&|_| true) } else { binding };
        match lots.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether a clause of the tender speaks of other lots than that of the bid, by its words or its headings.
    pub(crate) fn is_of_another_lot(&self, unit: usize, clause: &str) -> bool {
        let Some(lot) = self.lot.as_ref() else { return false };
        let named = lots_in(clause);
        if !named.is_empty() {
            return !named.contains(lot);
        }
        let headings = self.tender.headings(unit);
        let named = headings.iter().map(|h| lots_in(h)).find(|lots| !lots.is_empty());
        named.is_some_and(|lots| !lots.contains(lot))
    }

    /// A field's value for this bid: its own lot's where lots differ; `None` where the lot is not known.
    pub(crate) fn value_of<'f>(&self, field: &'f Field) -> Option<&'f FieldValue> {
        if field.lots.is_empty() {
            return field.found();
        }
        let lot = self.lot.as_ref()?;
        field.lots.iter().find(|(key, _)| key.trim_start_matches('0') == lot).map(|(_, value)| value)
    }

    /// Sentences of the tender that `wanted` accepts, as text and evidence; bid forms and contents left out.
    pub(crate) fn tender_clauses(&self, wanted: impl Fn(&str) -> bool) -> Vec<(String, Vec<Evidence>)> {
        self.tender_clauses_in(|zone| zone != Zone::BidForms, wanted)
    }

    /// The same in some parts of the tender.
    pub(crate) fn tender_clauses_in(
        &self,
        part: impl Fn(Zone) -> bool,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<(String, Vec<Evidence>)> {
        let mut found = Vec::new();
        for (unit, one) in self.tender.units.iter().enumerate() {
            if !part(one.zone) {
                continue;
            }
            for range in crate::bid::cut(&one.text) {
                let text = self.tender.text(unit, &range);
                if wanted(text) && !self.is_of_another_lot(unit, text) {
                    let evidence: Vec<Evidence> = self.tender.evidence(unit, &range).into_iter().collect();
                    found.push((text.trim().to_owned(), evidence));
                }
            }
        }
        found
    }
}

/// Whether a part of the tender demands something of bids; what contract and forms say holds for the winner or is filled in.
pub(crate) fn demands(zone: Zone) -> bool {
    !matches!(zone, Zone::BidForms | Zone::Contract | Zone::Cover)
}

/// The same without the part that gives points: what earns them need not be met.
pub(crate) fn must_be_met(zone: Zone) -> bool {
    demands(zone) && zone != Zone::Evaluation
}

/// The numbers of the lots that a text names: 包2, 第二标段, Lot 2.
fn lots_in(text: &str) -> Vec<String> {
    let Some(pattern) = LOT.as_ref() else { return Vec::new() };
    let number = |captures: regex::Captures<'_>| {
        let number = captures.iter().skip(1).flatten().next().map_or("", |m| m.as_str());
        let number = numbers::chinese_integer(number).map_or_else(|| number.to_owned(), |n| n.to_string());
        number.trim_start_matches('0').to_owned()
    };
    pattern.captures_iter(text).map(number).filter(|number| !number.is_empty()).collect()
}

/// Whether `word` stands in `text` without being denied (`不另行收费`, `无需另行支付`).
pub(crate) fn affirms(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        // 否则 denies nothing.
        let before = near::before(text, at, 4).replace("否则", "");
        !before.contains(['不', '未', '非', '无', '免', '禁', '勿', '否'])
    })
}

/// The words between a term and a figure behind it, when the figure is the term's: near, and not cut off by
/// words that make it a figure about the term (`质保期内每6个月`).
pub(crate) fn tied(text: &str, words: &[&str], at: usize, reach: usize) -> bool {
    const CUTS: [&str; 19] = [
        "内",
        "期满",
        "届满",
        "满后",
        "结束",
        "每",
        "期外",
        "逾期",
        "延长",
        "延误",
        "退还",
        "扣除",
        "扣减",
        "超过",
        "违约",
        "更换",
        "维修",
        "during",
        "after expiry",
    ];
    let Some(before) = text.get(..at) else { return false };
    let Some(end) = words.iter().filter_map(|w| before.rfind(w).map(|i| i + w.len())).max() else { return false };
    let gap = before.get(end..).unwrap_or_default();
    let cut = CUTS.iter().any(|w| gap.contains(w)) && !gap.contains("不超过") && !gap.contains("以内");
    gap.chars().count() <= reach && !cut
}

/// Whether a cell or an answer has no word in it.
pub(crate) fn is_wordless(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

fn is_copied(text: &str, tender_words: &str) -> bool {
    let words = bare(text);
    words.chars().count() >= 10 && tender_words.contains(&words)
}

/// Letters and digits alone.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether the words deny what follows: 不, 未, 非, 无.
pub(crate) fn denied(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word) else { return false };
    let before = near::before(text, at, 8);
    let after: String = text.get(at + word.len()..).unwrap_or_default().chars().take(3).collect();
    before.contains(['不', '未', '非', '无', '禁']) || after.starts_with(['否', '无', '不'])
}
