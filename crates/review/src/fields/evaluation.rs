//! How bids are compared.

use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use regex::Regex;

use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};
use crate::scoring;

use super::{Candidate, Disagreement, Fields, put};

const METHODS: &[(&str, &str)] = &[
    ("综合评分法", "comprehensive_score"),
    ("综合评估法", "comprehensive_score"),
    ("综合评标法", "comprehensive_score"),
    ("综合评审法", "comprehensive_score"),
    ("综合打分法", "comprehensive_score"),
    ("综合评议法", "comprehensive_score"),
    ("综合评价法", "comprehensive_score"),
    ("综合评分", "comprehensive_score"),
    ("综合得分", "comprehensive_score"),
    ("经评审的最低投标价法", "lowest_evaluated_price"),
    ("经评审的最低投标价", "lowest_evaluated_price"),
    ("经评审最低投标价法", "lowest_evaluated_price"),
    ("经评审的最低评标价", "lowest_evaluated_price"),
    ("最低评标价法", "lowest_evaluated_price"),
    ("经评审的最低价", "lowest_evaluated_price"),
    ("经评审最低价", "lowest_evaluated_price"),
    ("合理低价法", "lowest_evaluated_price"),
    ("经评审的合理低价", "lowest_evaluated_price"),
    ("最低价法", "lowest_price"),
    ("最低投标价法", "lowest_price"),
    ("最低价中标", "lowest_price"),
    ("最低报价法", "lowest_price"),
    ("最低价成交", "lowest_price"),
    ("报价最低", "lowest_price"),
    ("价格最低", "lowest_price"),
    ("quality and cost based", "quality_cost"),
    ("quality-and-cost", "quality_cost"),
    ("qcbs", "quality_cost"),
    ("quality cum cost", "quality_cost"),
    ("most economically advantageous", "quality_cost"),
    ("most advantageous tender", "quality_cost"),
    ("质量优先法", "other"),
    ("价格优先法", "other"),
    ("combined quality", "quality_cost"),
    ("best price-quality ratio", "quality_cost"),
    ("preference point", "quality_cost"),
    ("preferential point", "quality_cost"),
    ("best value", "quality_cost"),
    ("trade-off", "quality_cost"),
    ("tradeoff", "quality_cost"),
    ("technical to price weighting", "quality_cost"),
    ("quality to price", "quality_cost"),
    ("weighting of technical and financial", "quality_cost"),
    ("weighting of the technical and financial", "quality_cost"),
    ("weighted criteria", "quality_cost"),
    ("weighted scoring", "quality_cost"),
    ("price quality method", "quality_cost"),
    ("price-quality method", "quality_cost"),
    ("weighted selection criteria", "quality_cost"),
    ("highest total score", "quality_cost"),
    ("highest overall score", "quality_cost"),
    ("total value wise", "lowest_price"),
    ("least cost", "lowest_price"),
    ("lowest cost", "lowest_price"),
    ("lowest price", "lowest_price"),
    ("lowest evaluated", "lowest_evaluated_price"),
    ("lowest responsive", "lowest_evaluated_price"),
    ("lowest responsible", "lowest_evaluated_price"),
    ("lowest and best bid", "lowest_evaluated_price"),
    ("price 100%", "lowest_price"),
    ("100% price", "lowest_price"),
    ("(l-1)", "lowest_price"),
    ("(l1)", "lowest_price"),
    ("l1 basis", "lowest_price"),
    ("l-1 basis", "lowest_price"),
    ("l1 bidder", "lowest_price"),
    ("l-1 bidder", "lowest_price"),
];

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut candidates = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if unit.zone == Zone::BidForms || unit.zone == Zone::Contract && !reading.is_english() {
            continue;
        }
        candidates.extend(method(reading, index, unit.zone));
    }
    if candidates.is_empty() && reading.is_english() {
        candidates.extend(weighed(reading));
        candidates.extend(scored(reading));
    }
    put(fields, "evaluation_method", candidates, Disagreement::Prefer);
}

/// `… combined in a ratio of 70:30 for the technical and the financial proposal`: two weights that make a whole.
fn weighed(reading: &Reading<'_>) -> Option<Candidate> {
    static RATIO: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b([1-9]\d) ?%? ?[:/] ?([1-9]\d)\b").expect("a regular expression"));
    // Technical (70%) and price (30%)
    static SHARES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:technical|quality)\b[^.;%]{0,40}?([1-9]\d) ?%[^.;%]{0,60}?\b(?:price|financial|cost|commercial)\b[^.;%]{0,40}?([1-9]\d) ?%")
            .expect("a regular expression")
    });
    const SUBJECTS: &[&str] = &["technical", "quality", "functionality", "price", "preference"];
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        let about = SUBJECTS.iter().any(|word| lower.contains(word))
            && ["weight", "ratio", "evaluat", "preference", "combined"].iter().any(|word| lower.contains(word));
        let found = RATIO.captures(text).or_else(|| SHARES.captures(text));
        let found = found.filter(|_| about && !matches!(zone, Zone::BidForms | Zone::Contract))?;
        let share = |group: usize| found.get(group)?.as_str().parse::<u32>().ok();
        let whole = found.get(0).filter(|_| share(1).zip(share(2)).is_some_and(|(a, b)| a + b == 100))?;
        let value = clause.range.start + whole.start()..clause.range.start + whole.end();
        let read = FieldValue::Choice("quality_cost".to_owned());
        reading.candidate(clause.unit, clause.range.clone(), value, read, 24)
    })
}

/// Where nothing names the method, points or weights that make a whole say that quality and cost are weighed.
fn scored(reading: &Reading<'_>) -> Option<Candidate> {
    const WHOLE: i64 = 10_000;
    let items = scoring::read(reading).items;
    let sum: i64 = items.iter().map(|item| item.points.0).sum();
    let evidence = items.first().filter(|_| items.len() >= 3 && sum == WHOLE)?.evidence.first()?.clone();
    Some(Candidate {
        status: FieldStatus::Found,
        value: Some(FieldValue::Choice("quality_cost".to_owned())),
        raw: evidence.quote().to_owned(),
        evidence,
        rank: 20,
    })
}

fn method(reading: &Reading<'_>, index: usize, zone: Zone) -> Vec<Candidate> {
    let Some(unit) = reading.unit(index) else {
        return Vec::new();
    };
    let lower = unit.text.to_lowercase();
    if lower.len() != unit.text.len() || !METHODS.iter().any(|(w, _)| lower.contains(w)) {
        return Vec::new();
    }
    let choices = checkbox::choices(&unit.text);
    let mut candidates = Vec::new();
    for clause in clauses(&lower) {
        let text = lower.get(clause.clone()).unwrap_or_default();
        let Some((at, (word, value))) = METHODS
            .iter()
            .filter_map(|m| text.find(m.0).map(|at| (at, m)))
            .min_by_key(|(at, m)| (*at, std::cmp::Reverse(m.0.len())))
        else {
            continue;
        };
        let at = clause.start + at;
        // Among boxes only the ticked one speaks.
        let boxed = choices.iter().find(|c| c.range.contains(&at));
        if boxed.is_some_and(|c| !c.ticked) {
            continue;
        }
        let several = METHODS.iter().filter(|(w, v)| text.contains(w) && v != value).count() > 0;
        let conditional = text.contains("采用最低评标价法的")
            || text.contains("采用综合评分法的")
            || text.contains("法的项目")
            || text.contains("使用综合评分法的")
            || text.contains("时,") && text.contains("采用");
        let standing = match zone {
            Zone::Correction => 90,
            Zone::FrontTable => 60,
            Zone::Evaluation => 56,
            Zone::Notice => 50,
            Zone::Requirement | Zone::Other | Zone::Cover => 38,
            Zone::Instructions => 34,
            Zone::BidForms | Zone::Contract => 0,
        };
        // 报价最低的为评标基准价: how the price is scored, not how bids are compared.
        if matches!(*word, "报价最低" | "价格最低") && text.contains("基准") {
            continue;
        }
        // We understand that you are not bound to accept the lowest bid.
        if ["not bound to accept", "not be bound to accept", "not bind"].iter().any(|w| text.contains(w)) {
            continue;
        }
        let says =
            ["采用", "为", "评标办法", "评标方法", "评审办法", "评审方法", "basis"].iter().any(|w| text.contains(w));
        let rank = standing + if boxed.is_some() { 12 } else { 0 } + if says { 6 } else { 0 }
            - if several && boxed.is_none() { 12 } else { 0 }
            - if conditional { 24 } else { 0 };
        let range = at..at + word.len();
        candidates.extend(reading.candidate(
            index,
            clause.clone(),
            range,
            FieldValue::Choice((*value).to_owned()),
            rank,
        ));
    }
    candidates
}

fn clauses(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, '。' | ';' | '\n' | '■' | '□' | '☑' | '☐') {
            if at > start {
                ranges.push(start..at);
            }
            start = at;
        }
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}
