//! Answers that differ from lot to lot.

use std::collections::BTreeMap;

use bidlens_domain::field::FieldValue;

use crate::fields::lots;
use crate::reading::{Reading, Unit, Zone};

/// `A包接受联合体投标；B包不接受联合体投标`: lots that differ are given one by one.
pub(super) fn answers(
    reading: &Reading<'_>,
    subject: &str,
    value: impl Fn(bool) -> FieldValue,
) -> BTreeMap<String, FieldValue> {
    // 是否允许进口产品 | 第1包允许；第2包不允许: the subject stands in the row's name.
    let label = |unit: &Unit<'_>| unit.cell.and_then(|c| reading.row_label(c)).unwrap_or_default();
    let asks = |unit: &Unit<'_>| {
        unit.text.chars().count() <= 400 && (unit.text.contains(subject) || label(unit).contains(subject))
    };
    reading
        .units
        .iter()
        .filter(|unit| !matches!(unit.zone, Zone::BidForms | Zone::Contract) && asks(unit))
        .map(|unit| answers_of(&unit.text))
        .find(|answers| answers.values().any(|yes| *yes) && answers.values().any(|yes| !yes))
        .unwrap_or_default()
        .into_iter()
        .map(|(lot, yes)| (lot, value(yes)))
        .collect()
}

/// What a text says of each lot it names; lots named together answer alike.
fn answers_of(text: &str) -> BTreeMap<String, bool> {
    let mentions = lots::mentions(text);
    let mut answers = BTreeMap::new();
    let mut joined: Vec<&str> = Vec::new();
    for (index, mention) in mentions.iter().enumerate() {
        let until = mentions.get(index + 1).map_or(text.len(), |next| next.range.start);
        let own = text.get(mention.range.end..until).unwrap_or_default();
        joined.push(&mention.key);
        if matches!(own.trim(), "、" | "和" | "及" | "与") {
            continue;
        }
        let own = own.split(['。', '\n']).next().unwrap_or_default();
        let denied = ["不接受", "不允许"].iter().any(|w| own.contains(w));
        let answered = ["接受", "允许"].iter().any(|w| own.contains(w));
        for lot in joined.drain(..).filter(|_| answered) {
            answers.entry(lot.to_owned()).or_insert(!denied);
        }
    }
    answers
}
