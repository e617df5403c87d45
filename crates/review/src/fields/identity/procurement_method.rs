//! In what manner the tender is held.

use bidlens_domain::field::FieldValue;

use crate::fields::{Candidate, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

pub(super) fn procurement_method(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "采购方式",
        "招标方式",
        "采购方式及程序",
        "采购形式",
        "招标形式",
        "采购组织方式",
        "procurement method",
        "tender type",
        "method of procurement",
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        if !LABELS.contains(&pair.label.as_str()) || reading.zone(pair.unit) == Zone::BidForms {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        let ticked = checkbox::ticked(text);
        let (from, own) = match ticked.first() {
            Some(choice) => (choice.range.start, choice.label(text)),
            None => (0, text),
        };
        if ticked.is_empty() && checkbox::is_blank_form(text) {
            continue;
        }
        let lower = own.to_lowercase();
        if let Some((at, (word, value))) =
            METHODS.iter().filter_map(|m| lower.find(m.0).map(|at| (at, m))).min_by_key(|(at, _)| *at)
        {
            let start = pair.value.start + from;
            let range = start..(start + at + word.len()).min(pair.value.end);
            let quote = reading.pair_quote(pair, &range);
            candidates.extend(reading.candidate(
                pair.unit,
                quote,
                range,
                FieldValue::Choice((*value).to_owned()),
                standing(reading.zone(pair.unit)) + 10,
            ));
        }
    }
    for (index, unit) in reading.units.iter().enumerate() {
        let weight = match unit.zone {
            Zone::Cover => 48,
            Zone::Notice => 44,
            Zone::FrontTable => 38,
            Zone::Other if index < 40 => 40,
            Zone::Instructions => 24,
            Zone::Other | Zone::Requirement | Zone::Evaluation | Zone::Correction => 12,
            Zone::BidForms | Zone::Contract => continue,
        };
        let lower = unit.text.to_lowercase();
        // A tender that everybody is told of is open to everybody.
        if unit.is_heading && unit.text.contains("招标公告") && !unit.text.contains("资格预审") {
            let range = 0..unit.text.len();
            let read = FieldValue::Choice("open_tender".to_owned());
            candidates.extend(reading.candidate(index, range.clone(), range, read, 8));
        }
        let Some((at, (word, value))) =
            METHODS.iter().filter_map(|m| lower.find(m.0).map(|at| (at, m))).min_by_key(|(at, _)| *at)
        else {
            continue;
        };
        // 询价 and 竞价 are ordinary words as well.
        if matches!(*word, "询价" | "竞价" | "比选" | "询比" | "遴选")
            && unit.text.chars().count() > 30
            && !lower.contains("询价采购")
            && !lower.contains("询价通知")
            && !lower.contains("询价公告")
        {
            continue;
        }
        if lower.len() != unit.text.len() {
            continue;
        }
        let title = unit.text.chars().count() <= 60;
        let rank = weight + if title { 6 } else { 0 } - i32::try_from(index / 60).unwrap_or(20).min(20);
        let range = at..at + word.len();
        let quote = 0..unit.text.len();
        candidates.extend(reading.candidate(index, quote, range, FieldValue::Choice((*value).to_owned()), rank));
        if candidates.len() > 60 {
            break;
        }
    }
    candidates
}

const METHODS: [(&str, &str); 41] = [
    ("公开招标", "open_tender"),
    ("邀请招标", "invited_tender"),
    ("竞争性谈判", "competitive_negotiation"),
    ("竞争性磋商", "competitive_consultation"),
    ("单一来源", "single_source"),
    ("询价", "inquiry"),
    ("框架协议采购", "other"),
    ("封闭式框架", "other"),
    ("开放式框架", "other"),
    ("竞价", "other"),
    ("比选", "other"),
    ("询比", "other"),
    ("遴选", "other"),
    ("open procedure", "open_tender"),
    ("open tender", "open_tender"),
    ("open e-tender", "open_tender"),
    ("open bidding", "open_tender"),
    ("open competitive", "open_tender"),
    ("competitive bidding", "open_tender"),
    ("notice inviting tender", "open_tender"),
    ("tenders are invited", "open_tender"),
    ("bids are invited", "open_tender"),
    ("request for proposal", "rfp"),
    ("request for quotation", "inquiry"),
    ("limited tender", "invited_tender"),
    ("single source", "single_source"),
    ("sealed bids", "open_tender"),
    ("sealed tenders", "open_tender"),
    ("quotations are invited", "inquiry"),
    ("tender is invited", "open_tender"),
    ("e-tenders are invited", "open_tender"),
    ("international competitive", "open_tender"),
    ("竞争性招标", "open_tender"),
    ("国际招标", "open_tender"),
    ("request for bids", "open_tender"),
    ("invitation for bids", "open_tender"),
    ("invitation to bid", "open_tender"),
    ("invitation to tender", "open_tender"),
    ("invitation to quote", "inquiry"),
    ("request for quote", "inquiry"),
    ("negotiated (rfp)", "rfp"),
];
