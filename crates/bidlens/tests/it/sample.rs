//! The bundled sample: what is planted is found, what is right passes, what is stated is read.

use std::sync::OnceLock;

use serde_json::Value;

use crate::{bidlens, json, run, sample};

/// The review of the sample, made once for all tests of this process.
pub(crate) fn review() -> &'static Value {
    static REVIEW: OnceLock<Value> = OnceLock::new();
    REVIEW.get_or_init(|| {
        let mut command = bidlens();
        command.args(["review", "--json", "--tender"]).arg(sample("tender.pdf"));
        command.arg("--bid").arg(sample("bid_conforming.docx")).arg(sample("bid_defective.pdf"));
        command.arg("--rules").arg(sample("rules.yaml")).arg(sample("rules-legacy.yaml"));
        json(&run(&mut command))
    })
}

fn expected(name: &str) -> Value {
    let text = std::fs::read_to_string(sample(name)).expect("the sample's expectations");
    serde_json::from_str(&text).expect("JSON")
}

fn findings<'r>(review: &'r Value, bidder: &str) -> &'r Vec<Value> {
    let bids = review["bids"].as_array().expect("bids");
    let bid = bids.iter().find(|b| b["bidder_name"] == bidder).unwrap_or_else(|| panic!("no bid of {bidder}"));
    bid["findings"].as_array().expect("findings")
}

fn bare(text: &str) -> String {
    bidlens_domain::fold::folded(text).chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_planted_defect_is_caught() {
    let expected = expected("expected.json");
    let bid = &expected["defective"];
    let findings = findings(review(), bid["bidder_name"].as_str().expect("a name"));
    let mut missed = Vec::new();
    for defect in bid["defects"].as_array().expect("defects") {
        let words = bare(defect["words"].as_str().expect("words"));
        let caught = findings.iter().any(|f| {
            let accepted = defect["results"].as_array().expect("results").contains(&f["result"]);
            accepted && f["rule_id"] == defect["rule"] && bare(&f.to_string()).contains(&words)
        });
        if !caught {
            missed.push(defect["what"].clone());
        }
    }
    assert!(missed.is_empty(), "missed: {missed:?}");
}

#[test]
fn the_conforming_bid_fails_nothing() {
    let expected = expected("expected.json");
    let findings = findings(review(), expected["conforming"]["bidder_name"].as_str().expect("a name"));
    let failed: Vec<&Value> = findings.iter().filter(|f| f["result"] == "fail").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(findings.iter().filter(|f| f["result"] == "pass").count() >= 15, "what is right is said to be right");
}

#[test]
fn bidders_never_see_each_others_words() {
    for bid in review()["bids"].as_array().expect("bids") {
        let own: Vec<&str> =
            bid["files"].as_array().expect("files").iter().filter_map(|f| f["name"].as_str()).collect();
        for finding in bid["findings"].as_array().expect("findings") {
            for evidence in finding["bid_evidence"].as_array().expect("evidence") {
                assert!(own.contains(&evidence["file"].as_str().expect("a file")), "{evidence}");
            }
        }
    }
}

#[test]
fn every_verdict_has_its_words() {
    for bid in review()["bids"].as_array().expect("bids") {
        for finding in bid["findings"].as_array().expect("findings") {
            let quoted = !finding["bid_evidence"].as_array().expect("evidence").is_empty();
            match finding["result"].as_str().expect("a result") {
                "pass" => assert!(quoted, "{finding}"),
                "fail" => assert!(quoted || finding["state"] == "not_found", "{finding}"),
                _ => {}
            }
        }
    }
}

/// The same tender as PDF and as Word gives the same facts.
#[test]
fn the_tenders_facts_are_read_from_both_formats() {
    let expected = expected("expected-fields.json");
    for file in ["tender.pdf", "tender.docx"] {
        let facts = json(&run(bidlens().args(["extract", "--json"]).arg(sample(file))));
        for (key, value) in expected.as_object().expect("an object") {
            let field = &facts["fields"][key];
            assert_eq!(field["status"], "found", "{file} {key}: {field}");
            assert_eq!(field["value"], *value, "{file} {key}");
            assert!(field["quote"].is_string() && field["page"].is_number(), "{file} {key}");
        }
        let points: f64 =
            facts["scoring"]["items"].as_array().expect("items").iter().filter_map(|i| i["points"].as_f64()).sum();
        assert_eq!(points, 100.0, "{file}: the scoring table sums to 100");
        let rejecting =
            facts["risks"].as_array().expect("risks").iter().filter(|r| r["risk_type"] == "mustReject").count();
        assert!(rejecting >= 10, "{file}: {rejecting} rejection clauses");
    }
}

#[test]
fn the_english_tender_is_read_in_english() {
    let facts = json(&run(bidlens().args(["extract", "--json"]).arg(sample("tender_en.pdf"))));
    assert_eq!(facts["document"]["language"], "en");
    let value = |key: &str| facts["fields"][key]["value"].clone();
    assert_eq!(value("bid_validity_days"), 90);
    assert_eq!(value("bid_deadline"), "2026-12-15T14:00");
    assert_eq!(value("consortium"), "not_allowed");
}
