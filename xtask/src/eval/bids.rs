//! Planted defects in bids: how many the review catches, and what it wrongly fails.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::text::{bare, shared_run};
use crate::sh;

pub(super) fn run(program: &Path, set: &Path, tender: &[PathBuf], errors: bool) -> anyhow::Result<()> {
    let labels = super::load(&set.join("labels.json"))?;
    let bids = labels["bids"].as_object().context("labels.json: no `bids`")?;
    let mut arguments: Vec<OsString> = vec!["review".into(), "--tender".into()];
    for file in tender {
        let file = std::fs::canonicalize(file).with_context(|| format!("read {}", file.display()))?;
        arguments.push(file.into());
    }
    for bid in bids.values() {
        let file = bid["file"].as_str().context("labels.json: a bid without `file`")?;
        arguments.push("--bid".into());
        arguments.push(set.join(file).into());
    }
    let arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let result = super::answer(program, &arguments)?;
    let findings = |key: &str| -> Vec<&Value> {
        let file = bids.get(key).and_then(|b| b["file"].as_str()).unwrap_or_default();
        let mut reviews = result["bids"].as_array().into_iter().flatten();
        let own = reviews.find(|b| b["files"].as_array().into_iter().flatten().any(|f| f["name"] == file));
        own.and_then(|b| b["findings"].as_array()).into_iter().flatten().collect()
    };

    let mut kinds: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut lines = Vec::new();
    for defect in labels["defects"].as_array().into_iter().flatten() {
        let hit = findings(defect["bid"].as_str().unwrap_or_default()).into_iter().any(|f| catches(defect, f));
        let kind = kinds.entry(defect["kind"].as_str().unwrap_or("?")).or_default();
        kind.0 += u32::from(hit);
        kind.1 += 1;
        if !hit {
            lines.push(format!("missed {} {}: {}", defect["defect_id"], defect["kind"], defect["explanation"]));
        }
    }
    let mut false_fails = 0;
    for key in
        bids.iter().filter(|(_, b)| b["expected"].as_str().is_some_and(|e| e.contains("no fail"))).map(|(k, _)| k)
    {
        for finding in findings(key).into_iter().filter(|f| f["result"] == "fail") {
            false_fails += 1;
            lines.push(format!("false fail {}: {}", finding["rule_id"], finding["remark"]));
        }
    }
    let (mut passed, mut passes) = (0, 0);
    for wanted in labels["must_pass"].as_array().into_iter().flatten() {
        passes += 1;
        let right = findings(wanted["bid"].as_str().unwrap_or_default()).into_iter().any(|f| {
            f["result"] == "pass"
                && (side(f, Side::Bid).iter().any(|t| touches(t, wanted["evidence"]["quote"].as_str()))
                    || side(f, Side::Tender).iter().any(|t| touches(t, wanted["requirement"]["quote"].as_str())))
        });
        passed += u32::from(right);
        if !right {
            lines.push(format!("not passed {}: {}", wanted["id"], wanted["explanation"]));
        }
    }
    let (caught, planted) = kinds.values().fold((0, 0), |(a, b), (hit, all)| (a + hit, b + all));
    for (kind, (hit, all)) in &kinds {
        sh::print(&format!("  {kind:36} {hit}/{all}"))?;
    }
    sh::print(&format!(
        "planted defects caught {caught}/{planted} · must pass {passed}/{passes} · false fails on conforming bids {false_fails}"
    ))?;
    if errors {
        for line in lines {
            sh::print(&line)?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Side {
    Tender,
    Bid,
}

/// All words a finding says about one side.
fn side(finding: &Value, side: Side) -> Vec<&str> {
    let (text, evidence) = match side {
        Side::Tender => ("requirement_text", "tender_evidence"),
        Side::Bid => ("response_text", "bid_evidence"),
    };
    let quotes = finding[evidence].as_array().into_iter().flatten().filter_map(|e| e["quote"].as_str());
    [finding[text].as_str(), finding["remark"].as_str()].into_iter().flatten().chain(quotes).collect()
}

/// A finding with an accepted result that speaks of the planted place.
fn catches(defect: &Value, finding: &Value) -> bool {
    let result = finding["result"].as_str().unwrap_or_default();
    let accepted = match defect["acceptable_results"].as_array() {
        Some(results) => results.iter().any(|r| r == result),
        None => defect["expected_result"] == result,
    };
    let evidence = &defect["evidence"];
    let list = |key: &str| evidence[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let quote = evidence["quote"].as_str().unwrap_or_default();
    let absent = quote == "absent";
    let mut places = list("more_quotes");
    if !absent {
        places.push(quote);
    }
    let at_place = places.iter().any(|place| side(finding, Side::Bid).iter().any(|t| touches(t, Some(place))));
    let mut wanted = list("absent_terms");
    wanted.extend(defect["requirement"]["quote"].as_str());
    let names_absent = absent && wanted.iter().any(|w| side(finding, Side::Tender).iter().any(|t| touches(t, Some(w))));
    accepted && (at_place || names_absent)
}

/// One holds the other, or both share a telling run: eight characters, or five with a digit in the text.
fn touches(text: &str, place: Option<&str>) -> bool {
    let (text, place) = (plain(text), plain(place.unwrap_or_default()));
    if text.is_empty() || place.chars().count() < 2 {
        return false;
    }
    let shared = shared_run(&text, &place);
    text.contains(&place)
        || (text.chars().count() >= 6 && place.contains(&text))
        || shared >= 8
        || (shared >= 5 && place.chars().any(|c| c.is_ascii_digit()) && digit_run(&text, &place))
}

/// Whether a run of five characters with a digit stands in both.
fn digit_run(text: &str, place: &str) -> bool {
    let characters: Vec<char> = place.chars().collect();
    characters.windows(5).any(|w| w.iter().any(char::is_ascii_digit) && text.contains(&w.iter().collect::<String>()))
}

fn plain(text: &str) -> String {
    bare(text)
}
