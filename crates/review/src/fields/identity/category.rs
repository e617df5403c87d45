//! Whether goods, works or services are bought: what a label, a box or a note in brackets says, and where nothing
//! does, what the tender speaks of most ([`weight`]).

mod weight;

use std::ops::Range;

use bidlens_domain::field::FieldValue;

use crate::fields::{Candidate, Fields, standing};
use crate::grammar::checkbox;
use crate::reading::{Pair, Reading, Unit, Zone};

const LABELS: &[&str] = &[
    "项目类别",
    "采购类别",
    "项目类型",
    "采购类型",
    "标的类别",
    "采购标的类别",
    "采购项目类别",
    "招标类别",
    "标的属性",
    "采购标的属性",
    "类别",
    "tender category",
    "product category",
];

/// Words of each kind; the first of a text counts.
const KINDS: [(&str, &str); 9] = [
    ("货物", "goods"),
    ("设备", "goods"),
    ("服务", "services"),
    ("监理", "services"),
    ("工程", "works"),
    ("施工", "works"),
    ("goods", "goods"),
    ("services", "services"),
    ("works", "works"),
];

/// Units of a tender that stand on its cover.
const COVER_UNITS: usize = 40;
/// Characters of a line that may be a note alone.
const LINE_CHARS: usize = 40;
/// Characters of a row in which a note stands behind its label.
const ROW_CHARS: usize = 600;

pub(super) fn category(reading: &Reading<'_>, fields: &Fields) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = reading.pairs.iter().filter_map(|pair| labelled(reading, pair)).collect();
    for (index, unit) in reading.units.iter().enumerate().filter(|(_, unit)| unit.zone != Zone::BidForms) {
        if unit.zone != Zone::Contract {
            candidates.extend(noted_line(reading, index, unit));
            candidates.extend(noted_in_row(reading, index, unit));
        }
        candidates.extend(ticked(reading, index, unit));
    }
    candidates.extend(weight::category_by_weight(reading, fields));
    candidates
}

fn labelled(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    let named =
        LABELS.contains(&pair.label.as_str()) || pair.label.ends_with("项目属性") && pair.label.chars().count() <= 12;
    let zone = reading.zone(pair.unit);
    if !named || zone == Zone::BidForms || reading.text(pair.unit, &pair.value).chars().count() > 80 {
        return None;
    }
    let quote = reading.pair_quote(pair, &pair.value);
    kind_of(reading, pair.unit, pair.value.clone(), quote, standing(zone) + 12)
}

/// (货物类) on the cover; 项目属性(货物类) as a clause.
fn noted_line(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    let text = unit.text.as_str();
    let noted = ["货物类", "服务类", "工程类"].iter().any(|note| text.contains(note));
    let all = 0..text.len();
    let rank = if index < COVER_UNITS { 66 } else { 52 };
    (noted && text.chars().count() <= LINE_CHARS).then(|| kind_of(reading, index, all.clone(), all, rank))?
}

/// 项目属性(货物类) inside a longer row.
fn noted_in_row(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Vec<Candidate> {
    const NOTES: [&str; 6] = ["(货物类)", "(服务类)", "(工程类)", "(货物)", "(服务)", "(工程)"];
    const HEADS: [&str; 5] = ["项目属性", "项目类型", "采购类别", "项目类别", "标的类别"];
    let text = unit.text.as_str();
    if !(LINE_CHARS + 1..=ROW_CHARS).contains(&text.chars().count()) {
        return Vec::new();
    }
    let noted = |note: &&str| {
        let at = text.find(*note)?;
        let head = text.get(..at)?;
        let label = HEADS.iter().find(|label| head.ends_with(**label))?;
        let value = at..at + note.len();
        kind_of(reading, index, value, at - label.len()..at + note.len(), 60)
    };
    NOTES.iter().filter_map(noted).collect()
}

/// □货物 ■服务 □工程
fn ticked(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    let text = unit.text.as_str();
    if !text.contains("货物") || !text.contains("服务") || !text.chars().any(checkbox::is_ticked_mark) {
        return None;
    }
    let ticked = checkbox::ticked(text);
    let [only] = ticked.as_slice() else { return None };
    let is_kind = only.label(text).chars().count() <= 6;
    is_kind.then(|| kind_of(reading, index, only.range.clone(), 0..text.len(), standing(unit.zone) + 8))?
}

/// The kind that a value names first, the ticked one where it offers boxes.
fn kind_of(
    reading: &Reading<'_>,
    unit: usize,
    value: Range<usize>,
    quote: Range<usize>,
    rank: i32,
) -> Option<Candidate> {
    let text = reading.text(unit, &value);
    let ticked = checkbox::ticked(text);
    if ticked.is_empty() && checkbox::is_blank_form(text) {
        return None;
    }
    let (from, own) = ticked.first().map_or((0, text), |choice| (choice.range.start, choice.label(text)));
    let own = own.to_lowercase();
    let (_, (word, kind)) = KINDS.iter().filter_map(|k| own.find(k.0).map(|at| (at, k))).min_by_key(|(at, _)| *at)?;
    let start = value.start + from;
    let end = (start + word.len()).min(value.end);
    let end = if reading.text(unit, &(start..end)).is_empty() { value.end } else { end };
    reading.candidate(unit, quote, start..end, FieldValue::Choice((*kind).to_owned()), rank)
}
