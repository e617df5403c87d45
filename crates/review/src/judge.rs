//! The review: every check on every bid apart, the user's rules, and comparisons across bids.

use bidlens_domain::clue::Clue;
use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, FileSummary, Finding};
use bidlens_domain::money::Money;

use crate::bid::answers::Answers;
use crate::bid::{Bid, prices};
use crate::compare::{CHECKS, Case, Report};
use crate::custom_rules::{self, RuleSet};
use crate::reading::Reading;
use crate::{compare, cross_bid, ledger, rules as legal_rules};

/// One bidder's files.
#[derive(Debug)]
pub struct BidFiles<'a> {
    pub bidder_name: String,
    pub documents: &'a [Document],
}

/// What a review says.
#[derive(Debug)]
pub struct Judged {
    /// Of each bidder apart: a bid is held against the tender and its own files only.
    pub reviews: Vec<BidReview>,
    /// What several bids have in common; no part of any bidder's review.
    pub clues: Vec<Clue>,
}

/// Judges each bid against the tender's facts and the rules, and all bids beside each other.
pub fn review(tender: &[Document], facts: &Facts, bids: &[BidFiles<'_>], rules: &[RuleSet]) -> Judged {
    let reading = Reading::new(tender);
    let read: Vec<Bid<'_>> = bids.iter().map(|b| Bid::new(&b.bidder_name, b.documents)).collect();
    let tender_words: String = reading.units.iter().map(|u| compare::bare(&u.text)).collect();
    let mut reviews = Vec::with_capacity(bids.len());
    for (files, bid) in bids.iter().zip(&read) {
        let answers = Answers::new(bid);
        let case = Case::new((&reading, &tender_words), facts, bid, &answers);
        reviews.push(BidReview {
            bidder_name: bid.name.clone(),
            price: total(bid),
            files: files.documents.iter().map(FileSummary::from).collect(),
            findings: findings(&case, rules),
        });
    }
    Judged { reviews, clues: cross_bid::read(&reading, &tender_words, facts, &read) }
}

/// The price of the whole, where the bid names one.
fn total(bid: &Bid<'_>) -> Option<Money> {
    prices::main_price(prices::mentions(bid)).filter(|price| price.whole).map(|price| price.money.clone())
}

fn findings(case: &Case<'_>, rules: &[RuleSet]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for check in CHECKS {
        let mut report = Report {
            id: check.id,
            dimension: check.dimension,
            bidder: &case.bid.name,
            source: check.source(),
            findings: Vec::new(),
        };
        (check.run)(case, &mut report);
        findings.append(&mut report.findings);
    }
    for set in rules {
        findings.extend(custom_rules::judge(set, case));
    }
    ledger::link(&mut findings, case.facts);
    findings.extend(ledger::rest(&findings, case));
    legal_rules::ground(&mut findings, &case.facts.legal);
    findings
}
