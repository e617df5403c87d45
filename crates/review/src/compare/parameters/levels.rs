//! Levels that an English tender sets in its sentences and tables, held against what the bid says in prose or in rows of
//! its own: `on site within 45 minutes of the call`, `staffed from 07:00 to 18:00`, `of grade not lower than M30`.
//!
//! The answer is the figure around which the demand's words stand. A figure that falls short is for a person to look at;
//! where as good a place keeps the demand, nothing is said.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::Wording;
use regex::Regex;

use super::super::delivery::beginning;
use super::super::likeness::{Passages, clause_around, in_figures, words};
use super::super::{Case, Judgement, Report};
use super::{Figure, all_otherwise, as_written, figures, keeps};
use crate::bid::{column_heading, head};
use crate::reading::{Reading, Zone, skip_numbering};

const FINDINGS_MAX: usize = 40;
/// How clauses begin that other checks judge, or that hold for the winner's own dealings.
const OTHERS: [&str; 40] = [
    "bid security",
    "tender security",
    "performance security",
    "valid",
    "open for acceptance",
    "earnest",
    "emd",
    "warrant",
    "defect",
    "retention",
    "payment",
    "paid",
    "pays",
    "invoice",
    "advance",
    "damages",
    "penalt",
    "service credit",
    "similar",
    "reference",
    "experience",
    "sub-contract",
    "subcontract",
    "sub-let",
    "sublet",
    "clarification",
    "deadline",
    "opening",
    "points",
    "score",
    "tax",
    "price",
    "estimated cost",
    "contract period",
    "completion period",
    "delivery",
    "deliver the",
    "start of",
    "fee rate",
    "management fee",
];

/// What a demand sets and a bid offers.
#[derive(Debug, Clone)]
enum Level {
    Figure(Figure),
    /// A grade by its letters and number: M30.
    Grade(String, u32),
    /// Hours of a day, in minutes from midnight.
    Hours(u32, u32),
}

impl Level {
    fn compares_with(&self, other: &Level) -> bool {
        match (self, other) {
            (Level::Figure(own), Level::Figure(other)) => {
                // Months of one clause and days of another are seldom of one thing.
                own.measure.map(|m| m.quantity) == other.measure.map(|m| m.quantity)
                    && own.compares_with(other)
                    && !own.in_range
                    && !own.unit.is_empty()
            }
            (Level::Grade(own, _), Level::Grade(other, _)) => own == other,
            (Level::Hours(..), Level::Hours(..)) => true,
            _ => false,
        }
    }

    /// Whether an offer falls short of this demand.
    fn exceeds(&self, offered: &Level) -> bool {
        match (self, offered) {
            (Level::Figure(wanted), Level::Figure(offered)) => keeps(wanted, offered) == Some(false),
            (Level::Grade(_, wanted), Level::Grade(_, offered)) => offered < wanted,
            (Level::Hours(from, to), Level::Hours(own_from, own_to)) => own_from > from || own_to < to,
            _ => false,
        }
    }

    fn said(&self) -> Wording {
        let clock = |minutes: &u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        match self {
            Level::Figure(figure) => figure.words(),
            Level::Grade(letters, number) => as_written(format!("{letters}{number}")),
            Level::Hours(from, to) => as_written(format!("{}-{}", clock(from), clock(to))),
        }
    }
}

/// A level that the tender sets.
struct Demand {
    text: String,
    evidence: Vec<Evidence>,
    words: Vec<String>,
    /// What was said before, where its own words are too few to know an answer by.
    context: Vec<String>,
    level: Level,
}

static GRADE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b([A-Z]{1,2})\s?(\d{2,3})\b").ok());
static GRADE_MIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:not (?:lower|less) than|no less than|at least|minimum(?: of)?|[Mm]inimum grade(?: of)?)\s+(?:grade\s+)?([A-Z]{1,2})\s?(\d{2,3})\b|\b([A-Z]{1,2})\s?(\d{2,3})\s+(?:or (?:above|higher|better)|minimum)").ok()
});
static HOURS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b([01]?\d|2[0-4])[:.h]([0-5]\d)(?:\s*hours|\s*hrs|h)?\s*(?:to|-|–|until|and)\s*([01]?\d|2[0-4])[:.h]([0-5]\d)\b").ok()
});

/// The levels of a text whose number words are spelled in figures, and where each stands.
fn read(text: &str) -> Vec<(Level, Range<usize>)> {
    // Three modules of 150 W each: what each part has is none of the whole.
    let whole = |f: &Figure| {
        let behind = text.get(f.before.len()..).unwrap_or_default().trim_start_matches(|c: char| !c.is_alphabetic());
        !behind.get(f.unit.len()..).is_some_and(|t| t.trim_start().starts_with("each"))
    };
    let mut found: Vec<(Level, Range<usize>)> = figures(text)
        .into_iter()
        .filter(whole)
        .map(|f| {
            let at = f.before.len();
            (Level::Figure(f), at..at)
        })
        .collect();
    found.extend(grades(GRADE.as_ref(), text));
    found.extend(hours(text));
    found
}

fn grades(pattern: Option<&Regex>, text: &str) -> Vec<(Level, Range<usize>)> {
    let captures = pattern.into_iter().flat_map(|p| p.captures_iter(text));
    let grade = |c: regex::Captures<'_>| {
        let (letters, number) = c.get(1).zip(c.get(2)).or_else(|| c.get(3).zip(c.get(4)))?;
        Some((Level::Grade(letters.as_str().to_owned(), number.as_str().parse().ok()?), letters.range()))
    };
    captures.filter_map(grade).collect()
}

fn hours(text: &str) -> Vec<(Level, Range<usize>)> {
    let captures = HOURS.as_ref().into_iter().flat_map(|p| p.captures_iter(text));
    let span = |c: regex::Captures<'_>| {
        let part = |i: usize| c.get(i)?.as_str().parse::<u32>().ok();
        let (from, to) = (part(1)? * 60 + part(2)?, part(3)? * 60 + part(4)?);
        (from < to).then(|| (Level::Hours(from, to), c.get(0).map_or(0..0, |m| m.range())))
    };
    captures.filter_map(span).collect()
}

/// The levels of a clause that are demands: figures with a comparison, grades with one, hours of a day.
fn demanded(text: &str) -> Vec<(Level, Range<usize>)> {
    let mut found: Vec<(Level, Range<usize>)> = read(text)
        .into_iter()
        .filter(|(level, _)| match level {
            Level::Figure(f) => f.comparison.is_some() && !f.unit.is_empty() && !f.in_range,
            Level::Grade(..) => false,
            Level::Hours(..) => true,
        })
        .collect();
    found.extend(grades(GRADE_MIN.as_ref(), text));
    found
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>, judged: &[String]) {
    let demands = demands(case);
    if demands.is_empty() {
        return;
    }
    let passages: Passages<Level> = Passages::new(case, read);
    let mut found = 0;
    for demand in demands.into_iter().filter(|d| !judged.iter().any(|j| j.contains(&d.text))) {
        let Some(best) = passages.best_within(&demand.words, &demand.context, |own| demand.level.compares_with(own))
        else {
            continue;
        };
        let offered = best.figures.iter().find(|own| demand.level.exceeds(own));
        let Some(offered) = offered.filter(|_| best.figures.iter().all(|own| demand.level.exceeds(own))) else {
            continue;
        };
        found += 1;
        if found > FINDINGS_MAX {
            return;
        }
        let short: String = demand.text.chars().take(40).collect();
        let remark = all_otherwise(&short, &[(demand.level.said(), offered.said())]);
        report.push(
            Judgement::new(Verdict::Risk, format!("level {} {}", demand.text, demand.words.join(" ")), remark)
                .demands(demand.text, demand.evidence)
                .says(best.evidence),
        );
    }
}

/// Whether a clause is of something that another check judges.
fn is_of_others(lower: &str) -> bool {
    OTHERS.iter().any(|word| {
        lower
            .match_indices(word)
            .any(|(at, _)| !lower.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric())))
    })
}

/// Every clause and cell that sets a level, and the words that say what it is of.
fn demands(case: &Case<'_>) -> Vec<Demand> {
    let tender = case.tender;
    let mut found: Vec<Demand> = Vec::new();
    for (unit, one) in tender.units.iter().enumerate() {
        if one.is_heading || matches!(one.zone, Zone::BidForms | Zone::Cover) {
            continue;
        }
        for range in crate::bid::cut(&one.text) {
            let clause = tender.text(unit, &range).trim();
            let label = label(tender, unit);
            let lower = format!("{label} {clause}").to_ascii_lowercase();
            let english = !clause.chars().any(bidlens_domain::fold::is_cjk);
            // When work begins is judged with the time of delivery.
            let begins = beginning(clause).is_some();
            if !english || begins || is_of_others(&lower) || case.is_of_another_lot(unit, clause) {
                continue;
            }
            // 5.9 At least 40%: the number of a clause is no figure.
            let spelled = in_figures(skip_numbering(clause));
            let levels = demanded(&spelled);
            for (level, at) in &levels {
                // A sentence of one level is of it as a whole; of several each has its own clause.
                let own = if levels.len() == 1 { 0..spelled.len() } else { clause_around(&spelled, at) };
                let mut named = words(&label);
                for word in words(spelled.get(own).unwrap_or_default()) {
                    if !named.contains(&word) {
                        named.push(word);
                    }
                }
                if let Level::Figure(figure) = level {
                    let counted = words(&figure.unit);
                    named.retain(|w| !counted.contains(w) && !w.starts_with(&figure.unit.to_ascii_lowercase()));
                }
                // Responded to within 20 minutes and resolved within 5 hours: the subject stands before.
                let mut context = Vec::new();
                if named.len() < 2 {
                    context = words(spelled.get(..at.start).unwrap_or_default());
                    context.retain(|w| !named.contains(w));
                }
                // One word is of anything.
                if named.is_empty() || named.len() < 2 && context.is_empty() {
                    continue;
                }
                found.push(Demand {
                    text: clause.to_owned(),
                    evidence: tender.evidence(unit, &range).into_iter().collect(),
                    words: named,
                    context,
                    level: level.clone(),
                });
            }
        }
    }
    found
}

/// What a cell of the tender is about: the first cell of its row that names something, and, where several columns hold
/// figures, the heading that tells them apart.
fn label(tender: &Reading<'_>, unit: usize) -> String {
    let Some(place) = tender.unit(unit).and_then(|u| u.cell) else { return String::new() };
    let row = tender.row_of(place).unwrap_or_default();
    let names = |u: &usize| tender.unit(*u).is_some_and(|u| !words(&u.text).is_empty() && read(&u.text).is_empty());
    let numbered = |u: &usize| {
        tender.unit(*u).is_some_and(|x| words(&x.text).iter().any(|w| w.ends_with(|c: char| c.is_ascii_digit())))
    };
    let first = row.iter().copied().take_while(|u| *u != unit).find(|u| names(u) || numbered(u));
    let head = tender.grids.get(place.grid).and_then(|g| head(&g.rows)).map_or(0, Vec::len);
    let heading = if head > 3 { column_heading(tender, unit) } else { "" };
    format!("{} {heading}", first.and_then(|u| tender.unit(u)).map_or("", |u| u.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(demand: &str, offer: &str) -> Option<bool> {
        let (wanted, _) = demanded(&in_figures(demand)).into_iter().next()?;
        let (offered, _) = read(&in_figures(offer)).into_iter().find(|(own, _)| wanted.compares_with(own))?;
        Some(wanted.exceeds(&offered))
    }

    #[test]
    fn levels_compare_with_their_like() {
        assert_eq!(short("on site within 45 minutes", "within half an hour"), Some(false));
        assert_eq!(short("on site within 45 minutes", "within one and a half hours"), Some(true));
        assert_eq!(short("of grade not lower than M30", "of grade M25"), Some(true));
        assert_eq!(short("of grade not lower than M30", "of grade M35"), Some(false));
        assert_eq!(short("staffed from 07:00 to 18:00", "staffed from 08:00 to 17:00"), Some(true));
        assert_eq!(short("staffed from 07:00 to 18:00", "staffed from 06:30 to 19:00"), Some(false));
        assert_eq!(short("shall not exceed 8 hours", "12 hours"), Some(true));
        assert_eq!(short("Battery life: Minimum 8 hours", "six hours"), Some(true));
    }
}
