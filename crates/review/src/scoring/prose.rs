//! Items of a scoring that is written as numbered lines: `1、报价（30分）`.
//!
//! A line whose points are the sum of the lines that follow it is their group.

use bidlens_domain::scoring::{Points, ScoreItem};

use super::sheet::bracketed;
use crate::reading::{Reading, Zone, skip_numbering};

const NAME_CHARS: usize = 60;
const LINES_MAX: usize = 300;

struct Scored {
    name: String,
    points: Points,
    item: ScoreItem,
}

pub(super) fn read(reading: &Reading<'_>) -> Vec<ScoreItem> {
    let mut lines: Vec<Scored> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if unit.zone != Zone::Evaluation || unit.cell.is_some() || lines.len() >= LINES_MAX {
            continue;
        }
        let line = unit.text.lines().next().unwrap_or_default();
        let rest = skip_numbering(line);
        let Some(open) = rest.find('(') else { continue };
        let name = rest.get(..open).unwrap_or_default().trim();
        let Some(close) = rest.get(open..).and_then(|r| r.find(')')) else { continue };
        let Some(points) = rest.get(open..open + close + 1).and_then(bracketed) else { continue };
        if !(2..=NAME_CHARS).contains(&name.chars().count()) || rest.len() == line.len() {
            continue;
        }
        let evidence = reading.evidence(index, &(0..unit.text.len())).into_iter().collect();
        let rule = rest.get(open + close + 1..).unwrap_or_default().trim_start_matches([':', ',']).to_owned();
        let item =
            ScoreItem { item: name.to_owned(), points, rule, group: String::new(), lots: String::new(), evidence };
        lines.push(Scored { name: name.to_owned(), points, item });
    }
    let items = leaves(lines);
    let sum: i64 = items.iter().map(|i| i.points.0).sum();
    if items.len() < 3 || !(5_000..=20_000).contains(&sum) { Vec::new() } else { items }
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
