//! The people and machines a tender asks for in a table, position by position, against those the bid names: how many, and how long
//! each has been at it.
//!
//! Positions are known by their words. Further people may stand in papers that no table lists: only a person can tell
//! that they do not.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::time::{Duration, DurationUnit};
use bidlens_domain::wording::both;

use super::super::likeness::{in_figures, words};
use super::super::{Case, Judgement, Report};
use crate::bid::{Sentence, below_head, column, head};
use crate::grammar::{durations, numbers};
use crate::reading::{Grid, Reading, Zone};

const POSITIONS: [&str; 12] = [
    "position",
    "role",
    "designation",
    "post",
    "personnel",
    "key expert",
    "equipment",
    "machinery",
    "plant",
    "岗位",
    "职务",
    "人员类别",
];
const COUNTS: [&str; 8] = ["number", "minimum number", "no. required", "quantity", "qty", "nos", "人数", "数量"];

/// A position that the tender asks for.
struct Position {
    name: String,
    count: i64,
    years: Option<Duration>,
    unit: usize,
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let positions = positions(case);
    if positions.is_empty() {
        return;
    }
    let own = case.bid.sentences.iter().filter(|s| case.own(s));
    let spelled: Vec<(String, &Sentence)> = own.map(|s| (in_figures(case.bid.text(s)), s)).collect();
    for position in positions {
        let people = people(case, &position.name);
        count(case, report, &position, &people, &spelled);
        years(case, report, &position, &people);
    }
}

/// The text of the cell of a row in a column.
fn text<'r>(reading: &'r Reading<'_>, row: &[usize], wanted: u32) -> &'r str {
    reading.cell_in(row, wanted).and_then(|u| reading.unit(u)).map_or("", |u| u.text.trim())
}

/// The one length of years in a text, with the words of experience about it or above it.
fn years_in(text: &str, heading: &str) -> Option<Duration> {
    let lower = in_figures(text).to_lowercase();
    let about = |t: &str| ["experience", "经验", "年限"].iter().any(|w| t.contains(w));
    let mut spans = durations::find(&lower).into_iter().filter(|s| s.duration.unit == DurationUnit::Year);
    let (first, None) = (spans.next()?, spans.next()) else { return None };
    (about(&lower) || about(&heading.to_lowercase())).then_some(first.duration)
}

/// The years of experience that a row gives.
fn years_of(reading: &Reading<'_>, row: &[usize]) -> Option<(Duration, usize)> {
    row.iter().find_map(|&u| Some((years_in(&reading.unit(u)?.text, crate::bid::column_heading(reading, u))?, u)))
}

fn position_column(reading: &Reading<'_>, grid: &Grid) -> Option<u32> {
    column(reading, head(&grid.rows)?, |t| POSITIONS.iter().any(|w| t.contains(w)) && !t.contains("postal"))
}

fn positions(case: &Case<'_>) -> Vec<Position> {
    let reading = case.tender;
    let mut found: Vec<Position> = Vec::new();
    for grid in &reading.grids {
        let Some(heading) = head(&grid.rows) else { continue };
        let form = heading.first().is_some_and(|&u| matches!(reading.zone(u), Zone::BidForms | Zone::Contract));
        // `No.` right of the positions counts them; left of them it numbers rows.
        let number = || column(reading, heading, |t| matches!(t, "no." | "no" | "nr" | "nos."));
        let counted = column(reading, heading, |t| COUNTS.iter().any(|w| t.contains(w)))
            .or_else(|| number().filter(|at| position_column(reading, grid).is_some_and(|named| *at > named)));
        let (Some(named), Some(counted), false) = (position_column(reading, grid), counted, form) else { continue };
        for row in below_head(&grid.rows) {
            let name = text(reading, row, named).to_owned();
            let Some(count) = numbers::count(text(reading, row, counted)) else { continue };
            let Some(unit) = reading.cell_in(row, named) else { continue };
            if (2..=60).contains(&name.chars().count()) && (1..=200).contains(&count) {
                let years = years_of(reading, row).map(|(years, _)| years);
                found.push(Position { name, count, years, unit });
            }
        }
    }
    found
}

/// Whether a text names a position: with all of its words, in Chinese as it is written.
fn names(text: &str, position: &str) -> bool {
    if !position.is_ascii() {
        return text.contains(position);
    }
    let (own, wanted) = (words(text), words(position));
    !wanted.is_empty() && wanted.iter().all(|w| own.contains(w))
}

/// The rows of the bid's tables that name somebody for a position.
fn people<'c>(case: &'c Case<'_>, position: &str) -> Vec<&'c [usize]> {
    let reading = &case.bid.reading;
    let mut found = Vec::new();
    for grid in &reading.grids {
        let Some(named) = position_column(reading, grid) else { continue };
        let rows = below_head(&grid.rows).iter().filter(|row| row.first().is_some_and(|&u| case.bid.is_own(u)));
        found.extend(rows.filter(|row| names(text(reading, row, named), position)).map(Vec::as_slice));
    }
    found
}

/// The number that a row of a table with a column of numbers gives.
fn number_in(case: &Case<'_>, row: &[usize]) -> Option<i64> {
    let reading = &case.bid.reading;
    let grid = reading.unit(*row.first()?)?.cell?.grid;
    let heading = head(&reading.grids.get(grid)?.rows)?;
    // `Registration number` counts nobody.
    let counts = |t: &str| COUNTS.contains(&t) || t.starts_with("number of") || t.starts_with("minimum number");
    let counted = column(reading, heading, counts)?;
    numbers::count(text(reading, row, counted)).filter(|n| *n <= 500)
}

/// How many of a position the bid gives in one of its sentences, numbers of which are figures: six desktop technicians.
fn told(case: &Case<'_>, position: &str, spelled: &[(String, &Sentence)]) -> Option<(i64, Vec<Evidence>)> {
    let wanted = words(position);
    if wanted.is_empty() {
        return None;
    }
    spelled.iter().find_map(|(spelled, sentence)| {
        let pieces: Vec<&str> = spelled.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
        let at = pieces.iter().enumerate().find_map(|(at, piece)| {
            let one = piece.eq_ignore_ascii_case("one").then_some(1);
            let count = piece.parse::<i64>().ok().or(one).filter(|n| *n <= 500)?;
            let behind = pieces.get(at + 1..at + 1 + wanted.len())?.join(" ");
            (words(&behind) == wanted).then_some(count)
        })?;
        Some((at, case.bid.evidence(sentence)))
    })
}

fn tender_words(case: &Case<'_>, position: &Position) -> Vec<Evidence> {
    case.tender.evidence(position.unit, &(0..position.name.len())).into_iter().collect()
}

fn count(
    case: &Case<'_>,
    report: &mut Report<'_>,
    position: &Position,
    people: &[&[usize]],
    spelled: &[(String, &Sentence)],
) {
    let Position { name, count, .. } = position;
    let listed = people.iter().map(|row| number_in(case, row).unwrap_or(1)).sum::<i64>();
    let (have, evidence) = match told(case, name, spelled) {
        Some(told) if told.0 > listed => told,
        told => {
            let rows = people.iter().filter_map(|row| row.first()).flat_map(|&u| case.bid.unit_evidence(u)).take(3);
            let rows: Vec<Evidence> = rows.collect();
            match (rows.is_empty(), told) {
                (true, Some(told)) => told,
                (true, None) => return,
                (false, _) => (listed, rows),
            }
        }
    };
    let (verdict, remark) = if have < *count {
        let remark = both(
            format!("“{name}”数量 {have}，少于要求的 {count}"),
            format!("The bid gives {have} of the {count} required as “{name}”"),
        );
        (Verdict::Risk, remark)
    } else {
        let remark = both(
            format!("“{name}”数量 {have}，不少于要求的 {count}"),
            format!("The bid gives {have} as “{name}”, no fewer than the {count} required"),
        );
        (Verdict::Pass, remark)
    };
    report.push(
        Judgement::new(verdict, format!("staff {name}"), remark)
            .demands(name.clone(), tender_words(case, position))
            .says(evidence),
    );
}

/// As many people of a position as are asked for must have the years that are asked for.
fn years(case: &Case<'_>, report: &mut Report<'_>, position: &Position, people: &[&[usize]]) {
    let Some(wanted) = position.years else { return };
    let reading = &case.bid.reading;
    let told: Vec<(Duration, usize)> = people.iter().filter_map(|row| years_of(reading, row)).collect();
    let enough = told.iter().filter(|(years, _)| years.at_least(wanted) != Some(false)).count();
    let needed = usize::try_from(position.count).unwrap_or(usize::MAX).min(told.len());
    let Some((years, unit)) = told.iter().min_by_key(|(years, _)| years.count).filter(|_| enough < needed) else {
        return;
    };
    let name = &position.name;
    let mut evidence = case.bid.unit_evidence(*unit);
    evidence.extend(case.bid.row(*unit).first().into_iter().flat_map(|&u| case.bid.unit_evidence(u)));
    let remark = both(
        format!("“{name}”年限 {years}，少于要求的 {wanted}"),
        format!("“{name}” has {}; {} are required", years.in_english(), wanted.in_english()),
    );
    report.push(
        Judgement::new(Verdict::Risk, format!("staff years {name}"), remark)
            .demands(name.clone(), tender_words(case, position))
            .says(evidence),
    );
}
