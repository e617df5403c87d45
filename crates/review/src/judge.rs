//! The review: every check on every bid apart, the user's rules, and comparisons across bids.

use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, FileSummary, Finding};

use crate::bid::Bid;
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

/// Judges each bid against the tender's facts and the rules.
///
/// A bid is held against the tender and its own files only; what is the same in several bids is said of each
/// without the others' words.
pub fn review(tender: &[Document], facts: &Facts, bids: &[BidFiles<'_>], rules: &[RuleSet]) -> Vec<BidReview> {
    let reading = Reading::new(tender);
    let names: Vec<String> = bids.iter().map(|b| b.bidder_name.clone()).collect();
    let read: Vec<Bid<'_>> = bids.iter().map(|b| Bid::new(&b.bidder_name, b.documents)).collect();
    let tender_words: String = reading.units.iter().map(|u| compare::bare(&u.text)).collect();
    let mut reviews = Vec::with_capacity(bids.len());
    for (index, (files, bid)) in bids.iter().zip(&read).enumerate() {
        let others: Vec<String> =
            names.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, n)| n.clone()).collect();
        let case = Case { tender: &reading, facts, bid, others: &others, tender_words: &tender_words };
        let mut findings: Vec<Finding> = Vec::new();
        for check in CHECKS {
            let mut report = Report {
                id: check.id,
                dimension: check.dimension,
                bidder: &bid.name,
                source: check.source(),
                findings: Vec::new(),
            };
            (check.run)(&case, &mut report);
            findings.append(&mut report.findings);
        }
        findings.extend(cross_bid::findings(&reading, &read, index));
        for set in rules {
            findings.extend(custom_rules::judge(set, &case));
        }
        ledger::link(&mut findings, facts);
        findings.extend(ledger::rest(&findings, &case));
        legal_rules::ground(&mut findings, &facts.legal);
        reviews.push(BidReview {
            bidder_name: bid.name.clone(),
            files: files.documents.iter().map(FileSummary::from).collect(),
            findings,
        });
    }
    reviews
}
