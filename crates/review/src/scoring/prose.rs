//! Items of a scoring that is written as numbered lines: `1、报价（30分）`.
//!
//! A line whose points are the sum of the lines that follow it is their group.

use std::sync::LazyLock;

use bidlens_domain::scoring::{Points, ScoreItem};
use regex::Regex;

use super::sheet::{bracketed, points};
use crate::reading::{Reading, Zone, skip_numbering};

const NAME_CHARS: usize = 60;
const LINES_MAX: usize = 300;

/// `类似业绩10分：每提供…`, `服务承诺，10分`, `施工方案：满分20分`.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([^,:。;\d(]{2,40}?)[,: ]*(?:满分|共|计|最高)?(\d{1,3}(?:\.\d+)?)分(?:[:,。;]|$)").ok()
});

/// `Tendered price – 50%`, `Approach ........ 30 points`, `Key staff (25 marks)`
static WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let units = "%|per ?cent|points?|pts|marks?";
    Regex::new(&format!(
        r"^[\W\d]*([A-Za-z].{{2,110}}?)(?: ?[:‒–—-]| ?\.{{3,}}| ?\(| ) ?(?:max(?:imum)?\.? )?(\d{{1,3}}(?:\.\d+)?) ?(?:{units})\)?[.;,]?(?: and)?$"
    ))
    .ok()
});

/// `30%`, `(25 points)`: a line that is a weight alone; what it weighs stands in the line above.
static ALONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^\(?(\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent|points?|pts|marks?)\)?[.;,]?$").ok());

/// `30% – Approach and work plan`, `25 points: Key staff`.
static WEIGHT_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[^\w(]*\(?(\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent|points?|pts|marks?)\)?(?: ?[:–—-]+| for| to)? ([A-Za-z].{2,110})$")
        .ok()
});

struct Scored {
    name: String,
    points: Points,
    item: ScoreItem,
}

/// The items of numbered lines; where none are numbered, lines that give the whole together.
pub(super) fn read(reading: &Reading<'_>) -> Vec<ScoreItem> {
    let whole = |items: &Vec<ScoreItem>| items.iter().map(|i| i.points.0).sum::<i64>() == 10_000;
    let numbered = lines(reading, true);
    if !numbered.is_empty() {
        return numbered;
    }
    [lines(reading, false), weights(reading)].into_iter().find(whole).unwrap_or_default()
}

/// The weights of a list in English, one a line.
fn weights(reading: &Reading<'_>) -> Vec<ScoreItem> {
    let is_name = |line: &str| {
        (3..=110).contains(&line.chars().count())
            && line.starts_with(|c: char| c.is_ascii_alphabetic() || c.is_ascii_digit() || c == '(')
            && line.chars().any(|c| c.is_ascii_lowercase())
            && !line.to_ascii_lowercase().starts_with("total")
    };
    let weight = |above: Option<&str>, index: usize, at: usize, line: &str| {
        // Shares of a payment or of a bond make a whole as well.
        const OTHERS: [&str; 12] = [
            "payment",
            "paid",
            "advance",
            "on delivery",
            "on acceptance",
            "final acceptance",
            "retention",
            "security",
            "bond",
            "damages",
            "liability",
            "invoice",
        ];
        let (item, weight) = match WEIGHT.as_ref()?.captures(line) {
            Some(found) => (found.get(1)?.as_str(), found.get(2)?.as_str()),
            None => match ALONE.as_ref()?.captures(line.trim()) {
                Some(found) => (above.filter(|line| is_name(line))?, found.get(1)?.as_str()),
                None => WEIGHT_FIRST
                    .as_ref()?
                    .captures(line)
                    .and_then(|f| Some((f.get(2)?.as_str(), f.get(1)?.as_str())))?,
            },
        };
        let name = item.to_ascii_lowercase();
        if line.contains('%') && OTHERS.iter().any(|w| name.contains(w)) {
            return None;
        }
        let evidence = reading.evidence(index, &(at..at + line.len())).into_iter().collect();
        Some(ScoreItem {
            item: item.trim_matches(|c: char| matches!(c, ' ' | '.' | ':' | '-' | '(')).to_owned(),
            points: points(weight)?,
            rule: String::new(),
            group: String::new(),
            lots: String::new(),
            evidence,
        })
    };
    let units = reading.units.iter().enumerate().filter(|(_, u)| u.cell.is_none() && u.zone != Zone::BidForms);
    let lines = units.flat_map(|(index, unit)| {
        let mut from = 0;
        unit.text.split('\n').map(move |line| {
            let at = from;
            from += line.len() + 1;
            (index, at, line)
        })
    });
    let above = std::iter::once(None).chain(lines.clone().map(|(_, _, line)| Some(line)));
    above.zip(lines).filter_map(|(above, (index, at, line))| weight(above, index, at, line)).take(LINES_MAX).collect()
}

fn lines(reading: &Reading<'_>, only_numbered: bool) -> Vec<ScoreItem> {
    let mut lines: Vec<Scored> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if unit.zone != Zone::Evaluation || unit.cell.is_some() || lines.len() >= LINES_MAX {
            continue;
        }
        let numbered = skip_numbering(first_line(&unit.text)).len() < first_line(&unit.text).len();
        let Some(item) = scored(reading, index).filter(|_| numbered || !only_numbered) else { continue };
        if item.item.chars().count() >= 2 {
            lines.push(Scored { name: item.item.clone(), points: item.points, item });
        }
    }
    let items = leaves(lines);
    let sum: i64 = items.iter().map(|i| i.points.0).sum();
    if items.len() < 3 || !(5_000..=20_000).contains(&sum) { Vec::new() } else { items }
}

/// The name, the points in brackets behind it, and where they end.
fn in_brackets(line: &str) -> Option<(&str, Points, usize)> {
    let open = line.find('(')?;
    let end = open + line.get(open..)?.find(')')? + 1;
    Some((line.get(..open)?.trim(), line.get(open..end).and_then(bracketed)?, end))
}

/// The same where the points follow the name as they are.
fn said(line: &str) -> Option<(&str, Points, usize)> {
    let found = SAID.as_ref()?.captures(line)?;
    let (name, number) = (found.get(1)?, found.get(2)?);
    Some((name.as_str().trim(), points(number.as_str())?, number.end() + "分".len()))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The item that the first line of a unit scores.
fn scored(reading: &Reading<'_>, index: usize) -> Option<ScoreItem> {
    let unit = reading.unit(index)?;
    let line = skip_numbering(first_line(&unit.text));
    let (name, points, end) = in_brackets(line).or_else(|| said(line))?;
    let evidence = reading.evidence(index, &(0..unit.text.len())).into_iter().collect();
    let rule = line.get(end..).unwrap_or_default().trim_start_matches([':', ',']).to_owned();
    let item = name.to_owned();
    (item.chars().count() <= NAME_CHARS).then_some(ScoreItem {
        item,
        points,
        rule,
        group: String::new(),
        lots: String::new(),
        evidence,
    })
}

/// The line that scores the price with exactly `missing` points: tables often leave the price to a paragraph.
pub(super) fn price(reading: &Reading<'_>, missing: Points) -> Option<ScoreItem> {
    let lines = reading.units.iter().enumerate().filter(|(_, u)| u.zone == Zone::Evaluation && u.cell.is_none());
    let priced = |item: &ScoreItem| ["价格", "报价"].iter().any(|w| item.item.contains(w)) && item.points == missing;
    lines.filter_map(|(index, _)| scored(reading, index)).find(priced)
}

/// The lines that are no group of others.
fn leaves(lines: Vec<Scored>) -> Vec<ScoreItem> {
    let mut groups = vec![String::new(); lines.len()];
    let mut is_group = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate() {
        let mut sum = 0;
        for (step, below) in lines.iter().enumerate().skip(at + 1) {
            sum += below.points.0;
            if sum >= line.points.0 {
                if sum == line.points.0 && step > at + 1 {
                    if let Some(own) = is_group.get_mut(at) {
                        *own = true;
                    }
                    for group in groups.iter_mut().take(step + 1).skip(at + 1) {
                        group.clone_from(&line.name);
                    }
                }
                break;
            }
        }
    }
    let marked = lines.into_iter().zip(groups).zip(is_group);
    marked.filter(|(_, is_group)| !is_group).map(|((line, group), _)| ScoreItem { group, ..line.item }).collect()
}
