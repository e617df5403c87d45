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
mod line_items;
mod marked_clauses;
mod parameters;
mod payment;
mod persons;
mod price_ceiling;
mod price_words;
mod project;
mod two_prices;
mod warranty;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::Field;
use bidlens_domain::finding::{Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::requirement::Dimension;
use chrono::NaiveDateTime;

use crate::bid::Bid;
use crate::reading::Reading;

/// What a check looks at.
pub(crate) struct Case<'a> {
    pub(crate) tender: &'a Reading<'a>,
    pub(crate) facts: &'a Facts,
    pub(crate) bid: &'a Bid<'a>,
    /// Names of the other bidders of the same review.
    pub(crate) others: &'a [String],
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
];

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
    pub(crate) remark: String,
}

impl Judgement {
    pub(crate) fn new(verdict: Verdict, subject: impl Into<String>, remark: impl Into<String>) -> Judgement {
        Judgement {
            verdict,
            state: FindingState::Judged,
            rigid: false,
            subject: subject.into(),
            requirement: String::new(),
            tender: Vec::new(),
            response: String::new(),
            bid: Vec::new(),
            remark: remark.into(),
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

impl Case<'_> {
    /// When bids were due.
    pub(crate) fn deadline(&self) -> Option<NaiveDateTime> {
        use bidlens_domain::time::Moment;
        match self.facts.field("bid_deadline").and_then(Field::moment)? {
            Moment::DateTime(at) => Some(at),
            Moment::Date(date) => date.and_hms_opt(23, 59, 59),
        }
    }

    /// Sentences of the tender that `wanted` accepts, as text and evidence; bid forms and contents left out.
    pub(crate) fn tender_clauses(&self, wanted: impl Fn(&str) -> bool) -> Vec<(String, Vec<Evidence>)> {
        let mut found = Vec::new();
        for (unit, one) in self.tender.units.iter().enumerate() {
            if one.zone == crate::reading::Zone::BidForms {
                continue;
            }
            for range in crate::bid::cut(&one.text) {
                let text = self.tender.text(unit, &range);
                if wanted(text) {
                    let evidence: Vec<Evidence> = self.tender.evidence(unit, &range).into_iter().collect();
                    found.push((text.trim().to_owned(), evidence));
                }
            }
        }
        found
    }
}

/// Whether the words deny what follows: 不, 未, 非, 无.
pub(crate) fn denied(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word) else { return false };
    let before: String = text.get(..at).unwrap_or_default().chars().rev().take(8).collect();
    let after: String = text.get(at + word.len()..).unwrap_or_default().chars().take(3).collect();
    before.contains(['不', '未', '非', '无', '禁']) || after.starts_with(['否', '无', '不']) || before.contains("止禁")
}
