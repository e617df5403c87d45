//! K041: one parameter with two limits. K042: limits between which nothing lies.

use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::{Comparison, Constraint, Requirement};
use bidlens_domain::wording::both;
use regex::Regex;

use super::amounts::{Told, told};
use super::places;
use crate::fields::letters;
use crate::reading::{Reading, Zone, skip_numbering};

/// A floor and a ceiling of one thing, one right behind the other: `≥60dB且≤45dB`.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:≥|>=|不小于|不低于|不少于|大于等于)\s*(?P<low>\d+(?:\.\d+)?)\s*(?P<one>[^\d\s,;。、≥≤<>且并和同()（）]{0,5})\s*(?:且|并且|,|,且|和|同时)?\s*(?:≤|<=|不大于|不高于|不超过|不多于|小于等于)\s*(?P<high>\d+(?:\.\d+)?)\s*(?P<other>[^\d\s,;。、≥≤<>且并和()（）]{0,5})",
    )
    .expect("a regular expression")
});

/// Letters of a name that says what is measured, and of what.
const NAME_CHARS_MIN: usize = 4;
/// Letters of a demand that is one parameter and no more.
const DEMAND_CHARS: usize = 60;
/// Paragraphs between two demands of one list.
const APART_MAX: u32 = 8;

pub(super) fn read(reading: &Reading<'_>, requirements: &[Requirement]) -> Vec<Contradiction> {
    let mut found = empty(reading);
    found.extend(twice(reading, requirements));
    found
}

fn empty(reading: &Reading<'_>) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if matches!(unit.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            continue;
        }
        for captures in BETWEEN.captures_iter(&unit.text) {
            let figure = |name: &str| captures.name(name).and_then(|m| m.as_str().parse::<f64>().ok());
            let unit_of = |name: &str| captures.name(name).map_or("", |m| m.as_str()).to_lowercase();
            let (Some(low), Some(high), Some(whole)) = (figure("low"), figure("high"), captures.get(0)) else {
                continue;
            };
            let (one, other) = (unit_of("one"), unit_of("other"));
            // Another unit measures another thing, or the same in another measure.
            if low <= high || !(one.is_empty() || one == other) {
                continue;
            }
            let Some(evidence) = reading.evidence(index, &whole.range()) else { continue };
            let values = vec![StatedValue { value: reading.words(index, &whole.range()), evidence }];
            let asked = places(&values, ("", ""));
            let question = both(
                format!("招标文件{}，下限高于上限，没有可满足的取值，请明确。", asked.zh),
                format!("On {}: the floor is above the ceiling and nothing lies between. Please clarify.", asked.en),
            );
            let told_of = Told {
                title: both("参数范围为空", "limits between which nothing lies"),
                description: both(
                    format!("下限{low}高于上限{high}"),
                    format!("the floor of {low} is above the ceiling of {high}"),
                ),
            };
            found.extend(told(reading, "K042", "parameter", values, question, told_of));
        }
    }
    found
}

/// A demand that is one bound of one named parameter, in a paragraph of its own.
struct Demand<'r> {
    requirement: &'r Requirement,
    name: String,
    comparison: Comparison,
    value: f64,
    unit: &'r str,
}

fn demand(requirement: &Requirement) -> Option<Demand<'_>> {
    let Constraint::Parameter { name, bounds, unit } = &requirement.constraint else { return None };
    let [bound] = bounds.as_slice() else { return None };
    let text = folded(&requirement.text);
    let own = letters(skip_numbering(&text));
    let name = letters(name);
    let alone = own.starts_with(&name) && text.chars().count() <= DEMAND_CHARS;
    (alone && name.chars().count() >= NAME_CHARS_MIN).then_some(Demand {
        requirement,
        name,
        comparison: bound.comparison,
        value: bound.value,
        unit,
    })
}

fn twice(reading: &Reading<'_>, requirements: &[Requirement]) -> Option<Contradiction> {
    let demands: Vec<Demand<'_>> = requirements.iter().filter_map(demand).collect();
    demands.iter().enumerate().find_map(|(at, one)| {
        let other = demands.iter().skip(at + 1).find(|other| {
            other.name == one.name
                && other.unit == one.unit
                && other.comparison == one.comparison
                && (other.value - one.value).abs() > f64::EPSILON
                && are_of_one_list(reading, one.requirement, other.requirement)
        })?;
        let values: Vec<StatedValue> = [one, other]
            .iter()
            .filter_map(|demand| {
                let evidence = demand.requirement.evidence().first()?.clone();
                Some(StatedValue { value: demand.requirement.text.clone(), evidence })
            })
            .collect();
        let asked = places(&values, ("与", " and on "));
        let question = both(
            format!("招标文件{}，同一参数的限值不一致，请明确以何者为准。", asked.zh),
            format!("One parameter has two limits on {}. Please clarify which one applies.", asked.en),
        );
        let told_of = Told {
            title: both("同一参数限值不一致", "one parameter with two limits"),
            description: both(
                format!("一处为{}，另一处为{}", one.value, other.value),
                format!("it is {} in one place and {} in another", one.value, other.value),
            ),
        };
        told(reading, "K041", "parameter", values, question, told_of)
    })
}

/// Whether two demands stand in one list of paragraphs: no table, whose rows are of other goods, and nothing between them
/// that names other goods.
fn are_of_one_list(reading: &Reading<'_>, one: &Requirement, other: &Requirement) -> bool {
    let unit_of = |requirement: &Requirement| {
        let evidence = requirement.evidence().first()?;
        let document = reading.documents.iter().position(|d| d.id == *evidence.document())?;
        reading.units.iter().position(|u| u.document == document && u.block == evidence.block() && u.cell.is_none())
    };
    let (Some(a), Some(b)) = (unit_of(one), unit_of(other)) else { return false };
    let (first, last) = (a.min(b), a.max(b));
    let (Some(start), Some(end)) = (reading.unit(first), reading.unit(last)) else { return false };
    let near = last > first && u32::try_from(last - first).is_ok_and(|n| n <= APART_MAX);
    near && start.document == end.document
        && start.section == end.section
        && start.lead == end.lead
        && reading
            .units
            .iter()
            .take(last)
            .skip(first + 1)
            .all(|u| !u.is_heading && u.cell.is_none() && measures(&u.text))
}

/// Whether a paragraph is itself a limit: one that is not may begin other goods.
fn measures(text: &str) -> bool {
    ["≥", "≤", ">", "<", "不小于", "不低于", "不少于", "不大于", "不高于", "不超过"].iter().any(|w| text.contains(w))
}
