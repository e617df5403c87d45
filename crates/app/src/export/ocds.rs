//! A tender and its bids as an OCDS 1.1 release package (standard.open-contracting.org).
//!
//! Only what the documents state is in it, in the standard's words; what has no word there keeps the document's
//! own in a `…Details` field. Times become instants only for Chinese tenders, which state Beijing time.

mod extensions;

use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::finding::{FileSummary, Review};
use bidlens_domain::money::Money;
use bidlens_domain::time::{DurationUnit, Moment};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// `project_id` names the process where the tender states no number of its own.
pub(super) fn package(review: &Review, project_id: &str, now: DateTime<Utc>) -> Value {
    let published = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    json!({
        "uri": format!("urn:bidlens:{project_id}"),
        "version": "1.1",
        "extensions": extensions::USED,
        "publishedDate": published,
        "publisher": {"name": "Bidlens"},
        "releases": [release(review, project_id, now.timestamp(), &published)],
    })
}

fn release(review: &Review, project_id: &str, second: i64, published: &str) -> Value {
    let facts = &review.facts;
    // A prefix of one's own is registered with the standard's helpdesk; this one says that there is none.
    let ocid = format!("ocds-unregistered-{project_id}");
    let buyer = names(facts, "buyer_name");
    let agency = names(facts, "agency_name");
    let parties = parties(review, &buyer, &agency);
    let mut release = Map::new();
    let mut put = |key: &str, value: Option<Value>| drop(value.map(|v| release.insert(key.to_owned(), v)));
    put("ocid", Some(json!(ocid)));
    put("id", Some(json!(format!("{ocid}-{second}"))));
    put("date", Some(json!(published)));
    put("tag", Some(json!(["tender"])));
    put("initiationType", Some(json!("tender")));
    put("language", Some(json!(language(facts))));
    put("parties", (!parties.is_empty()).then(|| json!(parties)));
    put("buyer", buyer.first().map(|name| reference("buyer-1", name)));
    put("planning", money(facts, "budget").map(|amount| json!({"budget": {"amount": amount}})));
    put("tender", Some(tender(&review.tender_files, facts, project_id, agency.first())));
    put("bids", (!review.bids.is_empty()).then(|| extensions::bids(&review.bids, facts)));
    Value::Object(release)
}

/// Everybody whom the release names.
fn parties(review: &Review, buyer: &[String], agency: &[String]) -> Vec<Value> {
    let party = |name: &String, id: String, role: &str| json!({"id": id, "name": name, "roles": [role]});
    let buyers = buyer.iter().enumerate().map(|(i, name)| party(name, format!("buyer-{}", i + 1), "buyer"));
    let agencies = agency
        .iter()
        .enumerate()
        .map(|(i, name)| party(name, format!("procuring-entity-{}", i + 1), "procuringEntity"));
    let bidders = review.bids.iter().enumerate();
    let bidders = bidders.map(|(i, bid)| party(&bid.bidder_name, extensions::tenderer(i + 1), "tenderer"));
    buyers.chain(agencies).chain(bidders).collect()
}

/// One of the parties where it is spoken of.
fn reference(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name})
}

fn tender(files: &[FileSummary], facts: &Facts, project_id: &str, agency: Option<&String>) -> Value {
    let mut tender = Map::new();
    let mut put = |key: &str, value: Option<Value>| drop(value.map(|v| tender.insert(key.to_owned(), v)));
    let words = |key: &str| facts.field(key).and_then(Field::text).map(|text| json!(text));
    let raw = |key: &str| facts.field(key).and_then(|f| f.found().map(|_| json!(f.raw())));
    put("id", Some(words("tender_no").unwrap_or_else(|| json!(project_id))));
    put("title", words("project_name"));
    put("procuringEntity", agency.map(|name| reference("procuring-entity-1", name)));
    put("value", money(facts, "max_price").or_else(|| money(facts, "budget")));
    let method = facts.field("procurement_method").and_then(Field::text);
    put("procurementMethod", method.and_then(procurement_method).map(|word| json!(word)));
    put("procurementMethodDetails", raw("procurement_method"));
    put("mainProcurementCategory", words("category"));
    let award = facts.field("evaluation_method").and_then(Field::text);
    put("awardCriteria", award.and_then(award_criteria).map(|word| json!(word)));
    put("awardCriteriaDetails", raw("evaluation_method"));
    put("submissionMethodDetails", words("bid_place"));
    // Bids are prepared from the day on which the documents are handed out.
    put("tenderPeriod", period(facts, Some("doc_obtain_start"), "bid_deadline"));
    put("enquiryPeriod", period(facts, None, "clarification_deadline"));
    put("contractPeriod", contract_days(facts).map(|days| json!({"durationInDays": days})));
    let documents: Vec<Value> = files.iter().map(|file| document(file, "biddingDocuments", facts)).collect();
    put("documents", (!documents.is_empty()).then(|| json!(documents)));
    let criteria = extensions::criteria(facts);
    put("criteria", (!criteria.is_empty()).then(|| json!(criteria)));
    Value::Object(tender)
}

fn period(facts: &Facts, start: Option<&str>, end: &str) -> Option<Value> {
    let at = |key: &str| instant(facts, facts.field(key)?.moment()?);
    let mut period = json!({"endDate": at(end)?});
    if let Some(start) = start.and_then(at) {
        period["startDate"] = json!(start);
    }
    Some(period)
}

fn document(file: &FileSummary, kind: &str, facts: &Facts) -> Value {
    json!({"id": file.sha256, "title": file.name, "documentType": kind, "language": language(facts)})
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
    facts.field(key)?.money().map(value)
}

fn value(money: &Money) -> Value {
    json!({"amount": amount(money), "currency": money.currency.code()})
}

fn amount(money: &Money) -> Value {
    if money.minor % 100 == 0 { json!(money.minor / 100) } else { json!(money.units()) }
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
