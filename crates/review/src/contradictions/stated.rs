//! What single places of a tender state of one thing, and whether two of them cannot both stand.
//!
//! A part that itself states several values speaks of goods, lots or phases, and what an addendum settles is settled;
//! both are no contradiction. Templates, examples and what holds for one lot state nothing here.

use std::ops::Range;

use bidlens_domain::contradiction::StatedValue;
use bidlens_domain::evidence::Evidence;

use crate::fields::{is_blank, is_none, is_reference, names_lot};
use crate::reading::{Form, Pair, Reading, Zone};

/// Letters of a value that states one thing.
const VALUE_CHARS: usize = 240;

/// What one place states.
#[derive(Debug, Clone)]
pub(super) struct Stated<T> {
    pub(super) value: T,
    pub(super) zone: Zone,
    pub(super) words: StatedValue,
}

/// A label's value as it is read: what it is, and where in the unit it stands.
pub(super) type Read<T> = Option<(T, Range<usize>)>;

/// What stands behind any of `labels` in the parts that state something, as `read` reads it.
pub(super) fn labelled<T>(
    reading: &Reading<'_>,
    labels: &[&str],
    read: impl Fn(&Pair, &str) -> Read<T>,
) -> Vec<Stated<T>> {
    reading
        .pairs
        .iter()
        .filter(|pair| labels.contains(&pair.label.as_str()) && states(reading, pair))
        .filter_map(|pair| {
            let text = reading.text(pair.unit, &pair.value);
            let (value, range) = read(pair, text)?;
            let range = pair.value.start + range.start..pair.value.start + range.end;
            let evidence = quoted(reading, pair, &range)?;
            let words = StatedValue { value: reading.words(pair.unit, &range), evidence };
            Some(Stated { value, zone: reading.zone(pair.unit), words })
        })
        .collect()
}

/// Whether a pair is a statement of the tender as a whole.
fn states(reading: &Reading<'_>, pair: &Pair) -> bool {
    let text = reading.text(pair.unit, &pair.value);
    let zone = reading.zone(pair.unit);
    !matches!(zone, Zone::BidForms | Zone::Evaluation)
        && pair.form != Form::Below
        && text.chars().count() <= VALUE_CHARS
        && !is_blank(text)
        && !is_none(text)
        && !is_reference(text.trim())
        && !is_example(&pair.context)
        && !is_example(text)
        && !of_a_lot(reading, pair)
}

fn is_example(text: &str) -> bool {
    ["例如", "比如", "举例", "示例", "样例", "格式", "范例", "for example", "e.g."].iter().any(|w| text.contains(w))
}

/// Whether a pair stands in a line, a row, below a line or under a heading that speaks of a lot.
fn of_a_lot(reading: &Reading<'_>, pair: &Pair) -> bool {
    let Some(unit) = reading.unit(pair.unit) else { return true };
    let line_start =
        pair.label_start.and_then(|at| unit.text.get(..at)?.rfind(['\n', '。', ';']).map(|n| n + 1)).unwrap_or(0);
    let before = unit.text.get(line_start..pair.value.end).unwrap_or_default();
    let lead = unit.lead.and_then(|lead| reading.unit(lead)).map_or("", |lead| lead.text.as_str());
    let row = unit.cell.and_then(|place| reading.row_of(place)).unwrap_or_default();
    let mut row = row.iter().filter_map(|&cell| reading.unit(cell)).map(|cell| cell.text.as_str());
    names_lot(before)
        || names_lot(&pair.full_label)
        || names_lot(lead)
        || reading.headings(pair.unit).iter().any(|title| names_lot(title))
        || row.any(|text| text.chars().count() <= VALUE_CHARS && names_lot(text))
}

/// The value with its label, across the row's cells where a person reads them at a glance.
fn quoted(reading: &Reading<'_>, pair: &Pair, value: &Range<usize>) -> Option<Evidence> {
    if pair.label_start.is_none()
        && value.start == pair.value.start
        && let Some(row) = reading.unit(pair.unit).and_then(|u| u.cell).and_then(|place| reading.row_of(place))
        && let Some(&label) = row.iter().find(|&&cell| reading.unit(cell).is_some_and(|u| u.text == pair.full_label))
        && let Some(evidence) = reading.across(label, pair.unit)
    {
        return Some(evidence);
    }
    reading.evidence(pair.unit, &reading.pair_quote(pair, value))
}

/// How much a part's word counts where two of them differ; the first is asked about first.
fn order(zone: Zone) -> u8 {
    match zone {
        Zone::FrontTable => 0,
        Zone::Notice => 1,
        Zone::Cover => 2,
        Zone::Requirement => 3,
        Zone::Evaluation => 4,
        Zone::Instructions => 5,
        Zone::Contract => 6,
        Zone::Other => 7,
        Zone::Correction | Zone::BidForms => 8,
    }
}

/// Two places that cannot both stand.
pub(super) fn differing<T>(all: &[Stated<T>], differs: impl Fn(&T, &T) -> bool) -> Option<(&Stated<T>, &Stated<T>)> {
    if all.iter().any(|one| one.zone == Zone::Correction) {
        return None;
    }
    let mut sorted: Vec<&Stated<T>> = all.iter().collect();
    sorted.sort_by_key(|one| order(one.zone));
    let several = |a: &Stated<T>, b: &Stated<T>| a.zone == b.zone && differs(&a.value, &b.value);
    if sorted.iter().enumerate().any(|(at, a)| sorted.iter().skip(at + 1).any(|b| several(a, b))) {
        return None;
    }
    sorted
        .iter()
        .enumerate()
        .find_map(|(at, a)| sorted.iter().skip(at + 1).find(|b| differs(&a.value, &b.value)).map(|b| (*a, *b)))
}

/// The one value of all places; `None` where there is none, or where they differ.
pub(super) fn only<T>(all: &[Stated<T>], differs: impl Fn(&T, &T) -> bool) -> Option<&Stated<T>> {
    let first = all.first()?;
    (!all.iter().any(|one| one.zone == Zone::Correction || differs(&first.value, &one.value))).then_some(first)
}
