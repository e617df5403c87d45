//! K027: lots whose sums are not the whole that the tender states.

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::money::Money;
use bidlens_domain::wording::both;

use super::amounts::{BUDGET, CEILING, Told, differs, stated, told};
use super::stated::only;
use super::{Fields, name, places};
use crate::fields::names_lot;
use crate::grammar::money::{self, Unit};
use crate::reading::{Grid, Reading, Zone, is_serial, strip_label};

/// Rows in which a table's heading is looked for.
const HEADING_ROWS: usize = 3;
/// Letters of a column's name.
const NAME_CHARS: usize = 24;
/// Lots whose words are shown.
const SHOWN_MAX: usize = 12;

/// Columns that number the lots.
const LOT_COLUMNS: [&str; 16] = [
    "包号",
    "包件",
    "包件号",
    "标段",
    "标段号",
    "标项",
    "标项号",
    "分包号",
    "采购包",
    "采购包号",
    "合同包",
    "合同包号",
    "标包",
    "标包号",
    "包组号",
    "lot",
];

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    let counted = match fields.get("lots").and_then(Field::found) {
        Some(FieldValue::Integer(n)) => usize::try_from(*n).ok(),
        _ => None,
    };
    [("budget", BUDGET, "预算"), ("max_price", CEILING, "限价")]
        .into_iter()
        .filter_map(|(key, labels, column)| {
            // A table that is not whole proves nothing.
            let lots = reading.grids.iter().find_map(|grid| lots(reading, grid, column))?;
            if counted.is_some_and(|n| n != lots.len()) {
                return None;
            }
            let all = stated(reading, labels);
            let whole = only(&all, differs)?;
            apart(reading, key, &lots, &whole.words, &whole.value.money)
        })
        .collect()
}

/// A lot's sum and its words.
struct Lot {
    money: Money,
    words: StatedValue,
}

/// The sums of a table that has a column of lots and one of the amount, where every row tells both.
fn lots(reading: &Reading<'_>, grid: &Grid, column: &str) -> Option<Vec<Lot>> {
    let cell = |at: usize| reading.unit(at);
    let (head, lot_column, sum_column, unit) =
        grid.rows.iter().take(HEADING_ROWS).enumerate().find_map(|(at, row)| {
            let named = |fits: &dyn Fn(&str) -> bool| {
                row.iter().filter_map(|&u| cell(u)).find(|c| c.text.chars().count() <= NAME_CHARS && fits(&c.text))
            };
            let lot = named(&|text| LOT_COLUMNS.contains(&strip_label(text).as_str()))?;
            let sum = named(&|text| text.contains(column) && !["单价", "年"].iter().any(|w| text.contains(w)))?;
            Some((at, lot.cell?.column, sum.cell?.column, Unit::of_label(&sum.text)))
        })?;
    let mut lots: Vec<Lot> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for row in grid.rows.iter().skip(head + 1) {
        if row.iter().any(|&u| cell(u).is_some_and(|c| ["合计", "总计", "小计"].iter().any(|w| c.text.contains(w))))
        {
            continue;
        }
        let key = cell(reading.cell_in(row, lot_column)?)?;
        let at = reading.cell_in(row, sum_column)?;
        let text = cell(at)?.text.as_str();
        if matches!(key.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation | Zone::Correction)
            || !(is_serial(&key.text) || names_lot(&key.text))
            || seen.contains(&key.text.as_str())
        {
            return None;
        }
        seen.push(&key.text);
        let amounts = unit.map_or_else(|| money::find(text), |unit| money::find_in_unit(text, unit));
        let [one] = amounts.as_slice() else { return None };
        let evidence = reading.evidence(at, &(0..text.len()))?;
        lots.push(Lot { money: one.money.clone(), words: StatedValue { value: one.money.to_string(), evidence } });
    }
    (lots.len() >= 2).then_some(lots)
}

fn apart(reading: &Reading<'_>, key: &str, lots: &[Lot], words: &StatedValue, whole: &Money) -> Option<Contradiction> {
    let sum: i64 = lots.iter().map(|lot| lot.money.minor).fold(0, i64::saturating_add);
    // What is no more than one lot is that lot's; a thousandth is rounding.
    let greatest = lots.iter().map(|lot| lot.money.minor).max()?;
    let rounded = (whole.minor - sum).abs() <= sum / 1_000;
    let foreign = lots.iter().any(|lot| lot.money.currency != whole.currency);
    if whole.minor <= greatest || rounded || foreign {
        return None;
    }
    let sum = Money { minor: sum, currency: whole.currency.clone() };
    let mut values = vec![words.clone()];
    values.extend(lots.iter().take(SHOWN_MAX).map(|lot| lot.words.clone()));
    let (what, asked) = (name(key), places(values.get(..1).unwrap_or_default(), ("", "")));
    let question = both(
        format!("招标文件{}，{}为{whole}，而各包（标段）合计为{sum}，请明确准确金额。", asked.zh, what.zh),
        format!("{} is {whole} on {}; the lots make up {sum}. Please clarify.", what.en, asked.en),
    );
    told(
        reading,
        "K027",
        key,
        values,
        question,
        Told {
            title: both(
                format!("各包{}合计与总额不符", what.zh),
                format!("{}: the lots do not make up the whole", what.en),
            ),
            description: both(
                format!("{}总额{whole}，各包合计{sum}", what.zh),
                format!("{} is {whole} in all; the lots make up {sum}", what.en),
            ),
        },
    )
}
