//! A tender as an OCDS 1.1 release package (standard.open-contracting.org).
//!
//! Only what the documents state is in it, in the standard's words; what has no word there keeps the document's
//! own in a `…Details` field. Times become instants only for Chinese tenders, which state Beijing time.

use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::finding::FileSummary;
use bidlens_domain::money::Money;
use bidlens_domain::time::{DurationUnit, Moment};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// `project_id` names the process where the tender states no number of its own.
pub(super) fn package(files: &[FileSummary], facts: &Facts, project_id: &str, now: DateTime<Utc>) -> Value {
    // A prefix of one's own is registered with the standard's helpdesk; this one says that there is none.
    let ocid = format!("ocds-unregistered-{project_id}");
    let published = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let buyer = names(facts, "buyer_name");
    let agency = names(facts, "agency_name");
    let party = |name: &String, id: String, role: &str| json!({"id": id, "name": name, "roles": [role]});
    let buyers = buyer.iter().enumerate().map(|(i, name)| party(name, format!("buyer-{}", i + 1), "buyer"));
    let agencies = agency
        .iter()
        .enumerate()
        .map(|(i, name)| party(name, format!("procuring-entity-{}", i + 1), "procuringEntity"));
    let parties: Vec<Value> = buyers.chain(agencies).collect();
    let mut release = Map::new();
    let mut put = |key: &str, value: Option<Value>| drop(value.map(|v| release.insert(key.to_owned(), v)));
    put("ocid", Some(json!(ocid)));
    put("id", Some(json!(format!("{ocid}-{}", now.timestamp()))));
    put("date", Some(json!(published)));
    put("tag", Some(json!(["tender"])));
    put("initiationType", Some(json!("tender")));
    put("language", Some(json!(language(facts))));
    put("parties", (!parties.is_empty()).then(|| json!(parties)));
    put("buyer", buyer.first().map(|name| json!({"id": "buyer-1", "name": name})));
    put("planning", money(facts, "budget").map(|amount| json!({"budget": {"amount": amount}})));
    put("tender", Some(tender(files, facts, project_id, agency.first())));
    json!({
        "uri": format!("urn:bidlens:{project_id}"),
        "version": "1.1",
        "publishedDate": published,
        "publisher": {"name": "Bidlens"},
        "releases": [release],
    })
}

fn tender(files: &[FileSummary], facts: &Facts, project_id: &str, agency: Option<&String>) -> Value {
    let mut tender = Map::new();
    let mut put = |key: &str, value: Option<Value>| drop(value.map(|v| tender.insert(key.to_owned(), v)));
    let words = |key: &str| facts.field(key).and_then(Field::text).map(|text| json!(text));
    let raw = |key: &str| facts.field(key).and_then(|f| f.found().map(|_| json!(f.raw())));
    put("id", Some(words("tender_no").unwrap_or_else(|| json!(project_id))));
    put("title", words("project_name"));
    put("procuringEntity", agency.map(|name| json!({"id": "procuring-entity-1", "name": name})));
    put("value", money(facts, "max_price").or_else(|| money(facts, "budget")));
    let method = facts.field("procurement_method").and_then(Field::text);
    put("procurementMethod", method.and_then(procurement_method).map(|word| json!(word)));
    put("procurementMethodDetails", raw("procurement_method"));
    put("mainProcurementCategory", words("category"));
    let criteria = facts.field("evaluation_method").and_then(Field::text);
    put("awardCriteria", criteria.and_then(award_criteria).map(|word| json!(word)));
    put("awardCriteriaDetails", raw("evaluation_method"));
    put("submissionMethodDetails", words("bid_place"));
    let until = |key: &str| {
        let end = instant(facts, facts.field(key)?.moment()?)?;
        Some(json!({"endDate": end}))
    };
    put("tenderPeriod", until("bid_deadline"));
    put("enquiryPeriod", until("clarification_deadline"));
    put("contractPeriod", contract_days(facts).map(|days| json!({"durationInDays": days})));
    let document = |file: &FileSummary| json!({"id": file.sha256, "title": file.name, "documentType": "biddingDocuments", "language": language(facts)});
    put("documents", (!files.is_empty()).then(|| files.iter().map(document).collect()));
    Value::Object(tender)
}

fn language(facts: &Facts) -> &'static str {
    match facts.language {
        Language::Zh => "zh",
        Language::En => "en",
    }
}

fn names(facts: &Facts, key: &str) -> Vec<String> {
    match facts.field(key).and_then(Field::found) {
        Some(FieldValue::Text(name)) => vec![name.clone()],
        Some(FieldValue::TextList(names)) => names.clone(),
        _ => Vec::new(),
    }
}

fn money(facts: &Facts, key: &str) -> Option<Value> {
    let Money { minor, currency } = facts.field(key)?.money()?;
    let amount = if minor % 100 == 0 { json!(minor / 100) } else { json!(*minor as f64 / 100.0) };
    Some(json!({"amount": amount, "currency": currency.code()}))
}

/// The standard's three words that a tender's own method decides.
fn procurement_method(method: &str) -> Option<&'static str> {
    match method {
        "open_tender" => Some("open"),
        "invited_tender" => Some("selective"),
        "single_source" => Some("direct"),
        // Negotiation, consultation and inquiry may be open or limited; the details say which words were used.
        _ => None,
    }
}

fn award_criteria(method: &str) -> Option<&'static str> {
    match method {
        "lowest_price" | "lowest_evaluated_price" => Some("priceOnly"),
        "comprehensive_score" | "quality_cost" => Some("ratedCriteria"),
        _ => None,
    }
}

/// A local time of a Chinese tender is Beijing time; elsewhere the zone is not known and nothing is claimed.
fn instant(facts: &Facts, moment: Moment) -> Option<String> {
    match (facts.language, moment) {
        (Language::Zh, Moment::DateTime(at)) => Some(format!("{}+08:00", at.format("%Y-%m-%dT%H:%M:%S"))),
        (Language::Zh, Moment::Date(date)) => Some(format!("{}T00:00:00+08:00", date.format("%Y-%m-%d"))),
        (Language::En, _) => None,
    }
}

fn contract_days(facts: &Facts) -> Option<i64> {
    match facts.field("contract_duration")?.found()? {
        FieldValue::Period { length: Some(length), .. } if length.unit == DurationUnit::Day => Some(length.count),
        _ => None,
    }
}
