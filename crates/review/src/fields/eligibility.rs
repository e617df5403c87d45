//! Who may bid together, pass work on, and bring foreign goods.

mod answer;
mod consortium;
mod imports;
mod subcontracting;

use std::collections::BTreeMap;

use bidlens_domain::field::FieldValue;

use crate::reading::{Reading, Zone};

use super::{Disagreement, Fields, lots, put, settle};

use consortium::consortium_clause;
use imports::{imports_by_lot, imports_clause};
use subcontracting::{subcontracting_clause, subcontracting_in_forms};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut consortium = Vec::new();
    let mut subcontracting = Vec::new();
    let mut imports = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        if text.chars().count() > 260 {
            continue;
        }
        consortium.extend(consortium_clause(reading, clause.unit, &clause.range, zone));
        subcontracting.extend(subcontracting_clause(reading, clause.unit, &clause.range, zone));
        imports.extend(imports_clause(reading, clause.unit, &clause.range, zone));
    }
    if subcontracting.is_empty() {
        subcontracting.extend(subcontracting_in_forms(reading));
    }
    let choice = |allowed: bool| FieldValue::Choice(if allowed { "allowed" } else { "not_allowed" }.to_owned());
    let by_lot = answers_by_lot(reading, "联合体", choice);
    if let Some(mut field) = settle(consortium, Disagreement::Prefer) {
        field.lots = by_lot;
        fields.insert("consortium".to_owned(), field);
    }
    put(fields, "subcontracting", subcontracting, Disagreement::Prefer);
    let mut by_lot = imports_by_lot(reading, &mut imports);
    if by_lot.is_empty() {
        by_lot = answers_by_lot(reading, "进口产品", FieldValue::Bool);
    }
    if let Some(mut field) = settle(imports, Disagreement::Prefer) {
        field.lots = by_lot;
        fields.insert("imports_allowed".to_owned(), field);
    }
}

/// `A包接受联合体投标；B包不接受联合体投标`: lots that differ are given one by one; lots named together answer alike.
fn answers_by_lot(
    reading: &Reading<'_>,
    subject: &str,
    value: impl Fn(bool) -> FieldValue,
) -> BTreeMap<String, FieldValue> {
    for unit in &reading.units {
        let text = unit.text.as_str();
        let passing = matches!(unit.zone, Zone::BidForms | Zone::Contract) || text.chars().count() > 400;
        if passing || !text.contains(subject) {
            continue;
        }
        let mentions = lots::mentions(text);
        let mut answers: BTreeMap<String, bool> = BTreeMap::new();
        let mut joined: Vec<&str> = Vec::new();
        for (index, mention) in mentions.iter().enumerate() {
            let until = mentions.get(index + 1).map_or(text.len(), |m| m.range.start);
            let own = text.get(mention.range.end..until).unwrap_or_default();
            joined.push(&mention.key);
            if matches!(own.trim(), "、" | "和" | "及" | "与") {
                continue;
            }
            let own = own.split(['。', '\n']).next().unwrap_or_default();
            let denied = ["不接受", "不允许"].iter().any(|w| own.contains(w));
            let allowed = ["接受", "允许"].iter().any(|w| own.contains(w));
            for key in joined.drain(..).filter(|_| allowed) {
                answers.entry(key.to_owned()).or_insert(!denied);
            }
        }
        if answers.values().any(|a| *a) && answers.values().any(|a| !a) {
            return answers.into_iter().map(|(key, answer)| (key, value(answer))).collect();
        }
    }
    BTreeMap::new()
}
