//! What the extensions for requirements and for bids add to a release.

use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, Finding};
use bidlens_domain::requirement::{Constraint, Dimension, Requirement};
use serde_json::{Map, Value, json};

use super::{amount, document, reference};

/// The files that describe the extensions. That for requirements has no numbered version.
pub(super) const USED: [&str; 2] = [
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_requirements_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
];

/// The ledger: a criterion for each dimension, whose requirements must all be met.
pub(super) fn criteria(facts: &Facts) -> Vec<Value> {
    let mut dimensions: Vec<Dimension> = facts.requirements.iter().map(|r| r.dimension).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    dimensions.iter().enumerate().map(|(i, dimension)| criterion(facts, *dimension, i + 1)).collect()
}

fn criterion(facts: &Facts, dimension: Dimension, number: usize) -> Value {
    let of_it = facts.requirements.iter().filter(|r| r.dimension == dimension);
    json!({
        "id": format!("criterion-{number}"),
        "title": dimension.as_str(),
        "source": "tenderer",
        "requirementGroups": [{
            "id": format!("criterion-{number}-all"),
            "requirements": of_it.map(requirement).collect::<Vec<_>>(),
        }],
    })
}

fn requirement(requirement: &Requirement) -> Value {
    let mut out = Map::new();
    out.insert("id".to_owned(), json!(requirement.id));
    out.insert("description".to_owned(), json!(requirement.text));
    // A limit counts in no unit there, so what needs one is told by the words alone.
    let limit = match &requirement.constraint {
        Constraint::MoneyMax { limit, .. } => Some(("number", "maxValue", amount(limit))),
        Constraint::CountMin { limit, .. } => Some(("integer", "minValue", json!(limit))),
        _ => None,
    };
    if let Some((kind, bound, value)) = limit {
        out.insert("dataType".to_owned(), json!(kind));
        out.insert(bound.to_owned(), value);
    }
    Value::Object(out)
}

/// Nothing is decided about a bid here: each is submitted and not yet evaluated.
pub(super) fn bids(bids: &[BidReview], facts: &Facts) -> Value {
    let details: Vec<Value> = bids.iter().enumerate().map(|(i, review)| bid(review, i + 1, facts)).collect();
    json!({
        "statistics": [{"id": "bids", "measure": "bids", "value": bids.len()}],
        "details": details,
    })
}

fn bid(review: &BidReview, number: usize, facts: &Facts) -> Value {
    let mut bid = Map::new();
    let mut put = |key: &str, value: Value| drop(bid.insert(key.to_owned(), value));
    put("id", json!(format!("bid-{number}")));
    put("status", json!("pending"));
    put("tenderers", json!([reference(&tenderer(number), &review.bidder_name)]));
    if let Some(price) = &review.price {
        put("value", super::value(price));
    }
    let documents: Vec<Value> = review.files.iter().map(|file| document(file, "submissionDocuments", facts)).collect();
    if !documents.is_empty() {
        put("documents", json!(documents));
    }
    let responses: Vec<Value> = review.findings.iter().filter_map(|finding| response(finding, facts)).collect();
    if !responses.is_empty() {
        put("requirementResponses", json!(responses));
    }
    Value::Object(bid)
}

/// The bid's own words to a requirement; a verdict is no part of the standard.
fn response(finding: &Finding, facts: &Facts) -> Option<Value> {
    let id = finding.requirement_id.as_deref()?;
    let quote = finding.bid_evidence().first()?.quote();
    let known = facts.requirements.iter().any(|r| r.id == id);
    known.then(|| json!({"id": finding.id, "description": quote, "requirement": {"id": id}}))
}

/// The id of a bidder among the parties.
pub(super) fn tenderer(number: usize) -> String {
    format!("tenderer-{number}")
}
