//! Extracted fields, rejection clauses and scoring items against labelled tenders.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::text::{bare, same_clause, same_text, shared_run};
use crate::sh;

/// The scored keys, in the order they are printed.
pub(super) const KEYS: &[&str] = &[
    "project_name",
    "tender_no",
    "buyer_name",
    "agency_name",
    "procurement_method",
    "category",
    "budget",
    "max_price",
    "bid_bond",
    "performance_bond",
    "bid_deadline",
    "opening_time",
    "opening_place",
    "bid_place",
    "doc_obtain_start",
    "doc_obtain_end",
    "clarification_deadline",
    "bid_validity_days",
    "contract_duration",
    "place",
    "warranty_period",
    "payment_terms",
    "consortium",
    "subcontracting",
    "copies",
    "evaluation_method",
    "lots",
    "imports_allowed",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Correct,
    Wrong,
    Missed,
    Spurious,
    /// Neither side has a value, or the label accepts either.
    Agree,
}

#[derive(Debug, Default, Clone)]
struct Tally {
    correct: u32,
    wrong: u32,
    missed: u32,
    spurious: u32,
    agree: u32,
    evidence: u32,
    evidence_of: u32,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Correct => self.correct += 1,
            Outcome::Wrong => self.wrong += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Spurious => self.spurious += 1,
            Outcome::Agree => self.agree += 1,
        }
    }

    /// Precision, recall and F1.
    fn scores(&self) -> (f64, f64, f64) {
        let ratio = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
        let precision = ratio(self.correct, self.correct + self.wrong + self.spurious);
        let recall = ratio(self.correct, self.correct + self.wrong + self.missed);
        let f1 = if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        (precision, recall, f1)
    }

    fn line(&self, name: &str) -> String {
        let (precision, recall, f1) = self.scores();
        format!(
            "{name:44} {:>7} {:>5} {:>6} {:>8} {:>5}  {precision:.3}  {recall:.3}  {f1:.3}  {:>4}/{}",
            self.correct, self.wrong, self.missed, self.spurious, self.agree, self.evidence, self.evidence_of
        )
    }
}

pub(super) fn run(program: &Path, set: &Path, errors: bool) -> anyhow::Result<()> {
    let mut by_key: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut by_document = Vec::new();
    let mut misses = Vec::new();
    let mut clauses = Clauses::default();
    let mut clauses_by_document = Vec::new();
    let (mut items, mut items_of) = (0, 0);
    let mut labels: Vec<_> = std::fs::read_dir(set.join("labels"))?.collect::<Result<_, _>>()?;
    labels.sort_by_key(std::fs::DirEntry::file_name);
    for entry in labels {
        let gold = super::load(&entry.path())?;
        let name = gold["doc"].as_str().with_context(|| format!("{}: no `doc`", entry.path().display()))?;
        let prediction = super::answer(program, &["extract".as_ref(), set.join(name).as_os_str()])?;
        let mut tally = Tally::default();
        for &key in KEYS {
            let (want, have) = (&gold["fields"][key], &prediction["fields"][key]);
            let outcome = judge(key, want, have);
            let proven = (is_value(want) && is_value(have)).then(|| evidence_fits(want, have));
            for tally in [&mut tally, by_key.entry(key).or_default()] {
                tally.count(outcome);
                tally.evidence_of += u32::from(proven.is_some());
                tally.evidence += u32::from(proven == Some(true));
            }
            if !matches!(outcome, Outcome::Correct | Outcome::Agree) {
                misses.push(format!(
                    "{name} {key} {outcome:?}: wanted {} {}, have {} {}",
                    want["status"], want["value"], have["status"], have["value"]
                ));
            }
        }
        by_document.push((name.to_owned(), tally));

        let own = Clauses::of(&gold, &prediction, |miss| misses.push(format!("{name} {miss}")));
        clauses.add(&own);
        clauses_by_document.push((name.to_owned(), own));
        let mut left: Vec<&Value> = prediction["scoring"]["items"].as_array().into_iter().flatten().collect();
        for item in gold["score_items"].as_array().into_iter().flatten() {
            items_of += 1;
            let wanted = bare(item["item"].as_str().unwrap_or_default());
            let found = left.iter().position(|have| {
                let name = bare(have["item"].as_str().unwrap_or_default());
                let shorter = name.chars().count().min(wanted.chars().count()).max(1);
                close(&item["points"], &have["points"]) && shared_run(&wanted, &name) * 2 >= shorter
            });
            if let Some(found) = found {
                left.remove(found);
                items += 1;
            }
        }
    }

    sh::print(&format!(
        "{:44} {:>7} {:>5} {:>6} {:>8} {:>5}  {:>5}  {:>6} {:>5}  evidence",
        "", "correct", "wrong", "missed", "spurious", "agree", "prec", "recall", "F1"
    ))?;
    let mut all = Tally::default();
    for &key in KEYS {
        let tally = by_key.get(key).cloned().unwrap_or_default();
        all.correct += tally.correct;
        all.wrong += tally.wrong;
        all.missed += tally.missed;
        all.spurious += tally.spurious;
        all.agree += tally.agree;
        all.evidence += tally.evidence;
        all.evidence_of += tally.evidence_of;
        sh::print(&tally.line(key))?;
    }
    sh::print("")?;
    for (name, tally) in &by_document {
        sh::print(&tally.line(name))?;
    }
    sh::print("")?;
    sh::print(&all.line("all"))?;
    sh::print("")?;
    sh::print(&format!("{:44} {:>16} {:>16} {:>8}", "rejection clauses", "precision", "recall", "by mark"))?;
    for (name, own) in &clauses_by_document {
        sh::print(&own.line(name))?;
    }
    sh::print(&clauses.line("all"))?;
    sh::print(&format!("scoring items found {items}/{items_of}"))?;
    if errors {
        for miss in misses {
            sh::print(&miss)?;
        }
    }
    Ok(())
}

/// F1 of the fields over labels and answers, and each key that is not right with its document.
pub(super) fn fields_of(read: &[(Value, Value)]) -> (f64, Vec<String>) {
    let mut all = Tally::default();
    let mut wrong = Vec::new();
    for (gold, prediction) in read {
        for &key in KEYS {
            let (want, have) = (&gold["fields"][key], &prediction["fields"][key]);
            let outcome = judge(key, want, have);
            all.count(outcome);
            if !matches!(outcome, Outcome::Correct | Outcome::Agree) {
                let name = gold["doc"].as_str().unwrap_or_default();
                wrong.push(format!(
                    "{name} {key} {outcome:?}: wanted {} {}, have {} {}",
                    want["status"], want["value"], have["status"], have["value"]
                ));
            }
        }
    }
    (all.scores().2, wrong)
}

/// Clauses that end a bid: those reported against those labelled.
#[derive(Debug, Default, Clone)]
struct Clauses {
    found: u32,
    labelled: u32,
    right: u32,
    reported: u32,
    /// Clauses reported for the document's own mark (★, ▲): labels name the legend, not each of them.
    marked: u32,
}

impl Clauses {
    fn of(gold: &Value, prediction: &Value, mut miss: impl FnMut(String)) -> Clauses {
        let labels: Vec<String> = gold["reject_clauses"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|clause| bare(clause["quote"].as_str().unwrap_or_default()))
            .collect();
        let quotes = |risk: &Value| -> Vec<String> {
            let evidence = risk["evidence"].as_array().into_iter().flatten();
            evidence.filter_map(|e| e["quote"].as_str().map(bare)).collect()
        };
        let risks: Vec<&Value> = prediction["risks"].as_array().into_iter().flatten().collect();
        let mut clauses = Clauses::default();
        let all: Vec<String> = risks.iter().flat_map(|r| quotes(r)).collect();
        for label in &labels {
            let length = label.chars().count();
            clauses.labelled += 1;
            if all.iter().any(|q| q.contains(label) || shared_run(label, q) * 10 >= length * 6) {
                clauses.found += 1;
            } else {
                miss(format!("rejection clause missed: {label}"));
            }
        }
        for risk in risks.into_iter().filter(|r| r["risk_type"] == "mustReject") {
            // Dates and sums (K01x) are facts, not clauses.
            match risk["rule_id"].as_str().unwrap_or_default() {
                "K001" | "K003" => {}
                "K002" => {
                    clauses.marked += 1;
                    continue;
                }
                _ => continue,
            }
            clauses.reported += 1;
            let quotes = quotes(risk);
            let right = quotes.iter().any(|quote| {
                let length = quote.chars().count();
                labels.iter().any(|label| {
                    let shorter = label.chars().count().min(length);
                    label.contains(quote.as_str())
                        || quote.contains(label.as_str())
                        || shared_run(label, quote) * 10 >= shorter * 6
                })
            });
            if right {
                clauses.right += 1;
            } else {
                miss(format!("rejection clause unlabelled: {}", quotes.first().map_or("", String::as_str)));
            }
        }
        clauses
    }

    fn add(&mut self, other: &Clauses) {
        self.found += other.found;
        self.labelled += other.labelled;
        self.right += other.right;
        self.reported += other.reported;
        self.marked += other.marked;
    }

    fn line(&self, name: &str) -> String {
        let share = |part: u32, whole: u32| {
            format!("{:.3} {part:>4}/{whole:<4}", if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) })
        };
        let (precision, recall) = (share(self.right, self.reported), share(self.found, self.labelled));
        format!("{name:44} {precision:>16} {recall:>16} {:>8}", self.marked)
    }
}

fn status(field: &Value) -> &str {
    field["status"].as_str().unwrap_or("not_found")
}

/// Whether this states something: a value, that there is none, or a contradiction.
fn is_value(field: &Value) -> bool {
    matches!(status(field), "found" | "stated_none" | "conflicting")
}

fn judge(key: &str, want: &Value, have: &Value) -> Outcome {
    let accepted = accepts(key, want, have);
    match (is_value(want), is_value(have)) {
        (false, false) => Outcome::Agree,
        (false, true) if accepted => Outcome::Agree,
        (false, true) => Outcome::Spurious,
        (true, false) if accepted => Outcome::Agree,
        (true, false) => Outcome::Missed,
        (true, true) => {
            let same = match (status(want), status(have)) {
                ("found", "found") => same_field(key, want, have),
                (want, have) => want == have,
            };
            if same || accepted { Outcome::Correct } else { Outcome::Wrong }
        }
    }
}

/// Labels list further answers that are right: values, or a status.
fn accepts(key: &str, want: &Value, have: &Value) -> bool {
    let state = match status(have) {
        "refers_elsewhere" => "refers_elsewhere_only",
        "not_found" | "unreadable" => "not_stated",
        other => other,
    };
    want["accept"].as_array().into_iter().flatten().any(|answer| {
        answer.as_str() == Some(state) || (status(have) == "found" && same_value(key, answer, &have["value"]))
    })
}

fn same_field(key: &str, want: &Value, have: &Value) -> bool {
    if want["value"].is_null()
        && let Some(lots) = want["lots"].as_object()
    {
        return lots.iter().all(|(lot, value)| {
            let same_lot = |other: &str| digits(other) == digits(lot) || other == lot;
            have["lots"]
                .as_object()
                .is_some_and(|have| have.iter().any(|(other, v)| same_lot(other) && same_value(key, value, v)))
        });
    }
    same_value(key, &want["value"], &have["value"])
}

fn same_value(key: &str, want: &Value, have: &Value) -> bool {
    if want.is_null() || have.is_null() {
        return false;
    }
    match (want, have) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(_), Value::Number(_)) => close(want, have),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| same_value(key, x, y)))
        }
        (Value::Array(a), Value::String(_)) => {
            let whole: Vec<&str> = a.iter().filter_map(Value::as_str).collect();
            same_value(key, &json!(whole.concat()), have)
        }
        (Value::String(_), Value::Array(b)) => {
            let whole: Vec<&str> = b.iter().filter_map(Value::as_str).collect();
            same_value(key, want, &json!(whole.concat()))
        }
        (Value::Object(a), Value::Object(b)) => {
            for part in ["amount", "percent", "days"] {
                if let (Some(x), Some(y)) = (a.get(part), b.get(part)) {
                    return close(x, y);
                }
            }
            let text = |o: &serde_json::Map<String, Value>| {
                o.get("text").and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            same_text(&text(a), &text(b))
        }
        (Value::Object(a), Value::String(b)) => a.get("text").and_then(Value::as_str).is_some_and(|a| same_text(a, b)),
        (Value::String(a), Value::Object(b)) => b.get("text").and_then(Value::as_str).is_some_and(|b| same_text(a, b)),
        (Value::String(a), Value::String(b)) => same_string(key, a, b),
        _ => false,
    }
}

fn same_string(key: &str, want: &str, have: &str) -> bool {
    let moment = |text: &str| {
        text.get(..10)
            .filter(|d| d.as_bytes().get(4) == Some(&b'-'))
            .map(|d| (d.to_owned(), text.get(11..16).map(str::to_owned)))
    };
    match (moment(want), moment(have)) {
        (Some((day, time)), Some((other_day, other_time))) => {
            day == other_day && (time.is_none() || time == other_time)
        }
        (None, None) if key == "payment_terms" => same_clause(want, have),
        (None, None) => same_text(want, have),
        _ => false,
    }
}

fn close(want: &Value, have: &Value) -> bool {
    match (want.as_f64(), have.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 0.005 * a.abs().max(b.abs()) + 1e-9,
        _ => false,
    }
}

fn digits(text: &str) -> String {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

/// The quote overlaps the label's quote or value, or stands on one of the label's pages.
fn evidence_fits(want: &Value, have: &Value) -> bool {
    let quote = bare(have["quote"].as_str().unwrap_or_default());
    let overlaps = |text: &str| {
        let text = bare(text);
        let shorter = text.chars().count().min(quote.chars().count());
        shorter >= 2 && {
            let run = shared_run(&text, &quote);
            run == shorter || run >= 6.max(shorter / 2)
        }
    };
    if !quote.is_empty() {
        let value = want["value"].as_str().unwrap_or_default();
        if overlaps(want["quote"].as_str().unwrap_or_default()) || (!value.is_empty() && overlaps(value)) {
            return true;
        }
    }
    want["pages"].as_array().is_some_and(|pages| pages.iter().any(|page| page.is_number() && *page == have["page"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_in_their_own_form() {
        let found = |value: Value| json!({"status": "found", "value": value});
        let cases = [
            (
                json!({"amount": 1_974_000, "currency": "CNY"}),
                json!({"amount": 1_974_000.0, "currency": "CNY"}),
                Outcome::Correct,
            ),
            (json!({"percent": 2}), json!({"amount": 2, "currency": "CNY"}), Outcome::Wrong),
            (json!("2025-01-15T09:00"), json!("2025-01-15T09:30"), Outcome::Wrong),
            (json!("2025-01-15"), json!("2025-01-15T09:30"), Outcome::Correct),
            (json!({"text": "30日内", "days": 30}), json!({"text": "合同签订后30日", "days": 30}), Outcome::Correct),
            (json!(["甲公司", "乙公司"]), json!("甲公司、乙公司"), Outcome::Correct),
        ];
        for (want, have, outcome) in cases {
            assert_eq!(judge("any", &found(want.clone()), &found(have)), outcome, "{want}");
        }
    }

    #[test]
    fn silence_is_judged_by_what_the_label_says() {
        let none = json!({"status": "not_found"});
        let value = json!({"status": "found", "value": "x"});
        assert_eq!(judge("any", &json!({"status": "not_stated"}), &none), Outcome::Agree);
        assert_eq!(judge("any", &json!({"status": "not_stated"}), &value), Outcome::Spurious);
        assert_eq!(judge("any", &value, &none), Outcome::Missed);
        assert_eq!(
            judge("any", &json!({"status": "found", "value": "y", "accept": ["not_stated"]}), &none),
            Outcome::Agree
        );
    }

    #[test]
    fn clauses_are_counted_both_ways() {
        let gold = json!({ "reject_clauses": [
            { "quote": "逾期送达的投标文件不予受理" }, { "quote": "报价超过最高限价的，投标无效" },
        ] });
        let risk = |rule: &str, kind: &str, quotes: &[&str]| {
            let evidence: Vec<Value> = quotes.iter().map(|q| json!({ "quote": q })).collect();
            json!({ "rule_id": rule, "risk_type": kind, "evidence": evidence })
        };
        let prediction = json!({ "risks": [
            risk("K001", "mustReject", &["逾期送达的投标文件，招标人不予受理", "有下列情形的，不予受理："]),
            risk("K001", "mustReject", &["中标人应当按期签订合同"]),
            risk("K002", "mustReject", &["★屏幕亮度不低于350"]),
            risk("K010", "mustReject", &["投标截止时间"]),
            risk("K007", "other", &["本项目不接受联合体投标"]),
        ] });
        let mut missed = Vec::new();
        let clauses = Clauses::of(&gold, &prediction, |miss| missed.push(miss));
        assert_eq!((clauses.found, clauses.labelled, clauses.right, clauses.reported, clauses.marked), (1, 2, 1, 2, 1));
        assert_eq!(missed.len(), 2);
    }
}
