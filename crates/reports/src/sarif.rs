//! Findings and risks as SARIF 2.1.0, the format that tools for checking results read.
//!
//! A place is a file with the words that stand there; the format counts lines and bytes, which pages have not, so page
//! and boxes are among the properties.

use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FileSummary, Finding, Review, Verdict, stable_id};
use bidlens_domain::risk::{Risk, Severity};
use serde_json::{Value, json};

/// One log with one run: first the tender's risks, then each bidder's findings.
pub fn sarif(review: &Review, language: Language) -> Value {
    let mut results: Vec<Value> = review.facts.risks.iter().map(|r| risk(r, language)).collect();
    for bid in &review.bids {
        results.extend(bid.findings.iter().map(|f| finding(f, &bid.bidder_name, language)));
    }
    let mut rules: Vec<&str> = results.iter().filter_map(|r| r["ruleId"].as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let files = review.tender_files.iter().chain(review.bids.iter().flat_map(|b| &b.files));
    let artifacts = files.map(artifact);
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "Bidlens", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "artifacts": distinct(artifacts),
            "results": results,
        }],
    })
}

fn artifact(file: &FileSummary) -> Value {
    json!({"location": {"uri": uri(&file.name)}, "hashes": {"sha-256": file.sha256}})
}

fn risk(risk: &Risk, language: Language) -> Value {
    let level = match risk.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    };
    let words = [risk.title_in(language), risk.description_in(language), risk.suggestion_in(language)];
    let quotes: Vec<&str> = risk.evidence().iter().map(Evidence::quote).collect();
    json!({
        "ruleId": risk.rule_id,
        "kind": "fail",
        "level": level,
        "message": {"text": message(&words)},
        "locations": risk.evidence().iter().map(place).collect::<Vec<_>>(),
        "partialFingerprints": {"bidlensRisk/v1": stable_id(&[&[risk.rule_id.as_str()], quotes.as_slice()].concat())},
        "properties": {"riskType": risk.risk_type.as_str(), "severity": risk.severity.as_str(), "tags": distinct(risk.tags.iter().map(|tag| json!(tag)))},
    })
}

fn finding(finding: &Finding, bidder: &str, language: Language) -> Value {
    // Only what fails has a level.
    let (kind, level) = match finding.verdict() {
        Verdict::Fail => ("fail", "error"),
        Verdict::Risk => ("review", "none"),
        Verdict::Pass => ("pass", "none"),
    };
    json!({
        "ruleId": finding.rule_id,
        "kind": kind,
        "level": level,
        "message": {"text": message(&[finding.requirement_in(language), finding.remark_in(language)])},
        "locations": finding.bid_evidence().iter().map(place).collect::<Vec<_>>(),
        "relatedLocations": distinct(finding.tender_evidence.iter().map(place)),
        "partialFingerprints": {"bidlensFinding/v1": finding.id},
        "properties": {
            "bidderName": bidder,
            "state": finding.state().as_str(),
            "rigid": finding.rigid,
            "requirementId": finding.requirement_id,
        },
    })
}

/// The format calls these lists sets.
fn distinct(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    distinct
}

/// The format wants a text that is not empty.
fn message(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join("\n") }
}

fn place(evidence: &Evidence) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(evidence.file())},
            "region": {"snippet": {"text": evidence.quote()}},
        },
        "properties": {"page": evidence.page(), "boxes": evidence.boxes(), "segmentId": evidence.segment().as_str()},
    })
}

/// A file's name as a relative reference.
fn uri(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/');
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
