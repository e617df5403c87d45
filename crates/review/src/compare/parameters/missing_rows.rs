//! Numbered demands that a table of answers leaves out, where it answers most of their neighbours: 3.1.5 and 3.1.7 without
//! 3.1.6.
//!
//! Marked clauses are judged by the check of those. Where only deviations need be listed, nothing is missing.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::marked_clauses::only_deviations;
use super::super::{Case, Judgement, Report};
use crate::reading::Zone;
use crate::risks::marks;

/// The number that a cell or a paragraph begins with: 3.1.6, ★3.9.
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[★▲■●※☆△#*]?\s*(\d{1,2}(?:\.\d{1,2}){1,3})(?:[^\d.%]|$)").ok());
const FINDINGS_MAX: usize = 20;

fn number(text: &str) -> Option<String> {
    Some(NUMBER.as_ref()?.captures(text.trim_start())?.get(1)?.as_str().to_owned())
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    const SHARE: f64 = 0.34;
    if only_deviations(case).is_some() {
        return;
    }
    let answered = answered(case);
    if answered.is_empty() {
        return;
    }
    let marks = marks::used(case.tender);
    let mut found = 0;
    for (parent, demands) in demands(case) {
        let has = |n: &String| answered.contains(n);
        let known = demands.keys().filter(|n| has(n)).count();
        // A table that takes up most of a list leaves out the rest; fewer are a choice of its own.
        if known < 3 || known * 10 < demands.len() * 6 {
            continue;
        }
        for (number, (unit, text)) in demands.iter().filter(|(n, _)| !has(n)) {
            let marked = marks::find(text, &marks).is_some();
            let elsewhere = case.answers.find(text).is_some_and(|a| a.share >= SHARE);
            if marked || elsewhere || case.is_of_another_lot(*unit, text) {
                continue;
            }
            found += 1;
            if found > FINDINGS_MAX {
                return;
            }
            let short: String = text.chars().take(40).collect();
            let remark = both(
                format!("响应表中没有第 {number} 条“{short}”，请核对是否漏项"),
                format!("The table of answers has no row for {number}, “{short}”; please check"),
            );
            let length = case.tender.unit(*unit).map_or(0, |u| u.text.len());
            let tender = case.tender.evidence(*unit, &(0..length)).into_iter().collect();
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            report.push(
                Judgement::new(Verdict::Risk, format!("missing {parent} {number}"), remark)
                    .state(state)
                    .demands(text.clone(), tender),
            );
        }
    }
}

/// The numbers that the first cells of the bid's tables of answers give.
fn answered(case: &Case<'_>) -> HashSet<String> {
    let bid = case.bid;
    let mut found = HashSet::new();
    for (index, grid) in bid.reading.grids.iter().enumerate() {
        if bid.sides(index).is_none() {
            continue;
        }
        let cells = grid.rows.iter().flat_map(|row| row.iter().take(3));
        found.extend(cells.filter_map(|&u| number(&bid.reading.unit(u)?.text)));
    }
    found
}

/// The tender's numbered demands by the number above theirs, each number once.
fn demands(case: &Case<'_>) -> BTreeMap<String, BTreeMap<String, (usize, String)>> {
    let tender = case.tender;
    let mut found: BTreeMap<String, BTreeMap<String, (usize, String)>> = BTreeMap::new();
    let mut twice: HashSet<String> = HashSet::new();
    for (unit, one) in tender.units.iter().enumerate() {
        if one.zone != Zone::Requirement || one.is_heading {
            continue;
        }
        let Some(number) = number(&one.text) else { continue };
        // The number may have a cell of its own: what it asks is the longest of its row.
        let row = one.cell.and_then(|c| tender.row_of(c)).unwrap_or_default();
        let asked = row.iter().copied().max_by_key(|&u| tender.unit(u).map_or(0, |u| u.text.len())).unwrap_or(unit);
        let text = tender.unit(asked).map_or("", |u| u.text.trim()).to_owned();
        let Some((parent, _)) = number.rsplit_once('.') else { continue };
        if text.chars().count() < 6 || text.chars().count() > 300 {
            continue;
        }
        let group = found.entry(parent.to_owned()).or_default();
        if group.insert(number.clone(), (asked, text)).is_some() {
            twice.insert(number);
        }
    }
    for group in found.values_mut() {
        group.retain(|number, _| !twice.contains(number));
    }
    found
}
