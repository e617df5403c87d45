//! K023: a sum whose words and figures differ.

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::wording::both;

use super::between;
use crate::grammar::money::{self, Amount};
use crate::reading::{Reading, Zone};

/// Letters between a sum in words and the same sum in figures: `（小写：¥`.
const GAP_CHARS: usize = 12;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate().filter(|(_, unit)| unit.zone != Zone::BidForms) {
        let amounts = money::find(&unit.text);
        for pair in amounts.windows(2) {
            let [a, b] = pair else { continue };
            if !is_same_sum(&unit.text, a, b) || a.money == b.money {
                continue;
            }
            let values: Vec<StatedValue> = [a, b]
                .into_iter()
                .filter_map(|amount| {
                    let evidence = reading.evidence(index, &amount.range)?;
                    Some(StatedValue { value: amount.money.to_string(), evidence })
                })
                .collect();
            let what = both("金额大写与小写", "the sum in words and figures");
            if !found.iter().any(|c| c.values() == values.as_slice()) {
                found.extend(between("K023", "sum", &what, values, reading.language()));
            }
        }
    }
    found
}

/// Whether two amounts that follow each other are one sum, in words and in figures.
fn is_same_sum(text: &str, a: &Amount, b: &Amount) -> bool {
    let gap = text.get(a.range.end..b.range.start).unwrap_or_default();
    let linked =
        ["小写", "大写", "(¥", "(￥", "(人民币", "¥", "￥"].iter().any(|w| gap.contains(w)) || gap.trim() == "(";
    a.in_words != b.in_words
        && !a.per_unit
        && !b.per_unit
        && a.money.currency == b.money.currency
        && gap.chars().count() <= GAP_CHARS
        && linked
        && !gap.contains([',', ';', '。', '至', '~'])
}
