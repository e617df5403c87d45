//! K038: weights of the front table that are not those of the scores. K039: items that do not make up their group.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::scoring::{Points, ScoreItem, Scoring};
use bidlens_domain::wording::both;
use regex::Regex;

use super::amounts::{Told, told};
use super::places;
use crate::reading::{Reading, Zone};

const FULL: Points = Points(10_000);

/// The parts every tender weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Price,
    Technical,
    Commercial,
}

/// `价格分40分`, `技术部分：50%`.
static WEIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?P<part>[\p{Han}]{2,8}?)(?:分值|得分|评分|部分|权重|分|标)?(?:\(满分\))?[:为占]{0,2}\s*(?P<n>\d{1,3}(?:\.\d+)?)\s*(?:分|%)",
    )
    .expect("a regular expression")
});
/// The points that a group's name tells: `商务部分（30分）`.
static OWN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[(（](?:满分)?(\d{1,3}(?:\.\d+)?)\s*分[)）]$").expect("a regular expression"));

pub(super) fn read(reading: &Reading<'_>, scoring: &Scoring) -> Vec<Contradiction> {
    // Only scores that are read whole prove anything, and only where they are every lot's.
    if scoring.total != Some(FULL) || scoring.items.iter().any(|item| !item.lots.is_empty()) {
        return Vec::new();
    }
    let sum: i64 = scoring.items.iter().map(|item| item.points.0).sum();
    if sum != FULL.0 {
        return Vec::new();
    }
    let mut found: Vec<Contradiction> = front_table(reading, scoring).into_iter().collect();
    found.extend(groups(reading, scoring));
    found
}

fn part(name: &str) -> Option<Part> {
    if ["报价", "价格"].iter().any(|w| name.contains(w)) {
        let other = ["合理", "分析", "组成", "明细", "构成", "完整", "技术", "商务"];
        return (!other.iter().any(|w| name.contains(w))).then_some(Part::Price);
    }
    match (name.contains("技术"), name.contains("商务")) {
        (true, false) => Some(Part::Technical),
        (false, true) => Some(Part::Commercial),
        _ => None,
    }
}

/// Hundredths of a figure.
fn points(figure: &str) -> Option<i64> {
    let (whole, rest) = figure.split_once('.').unwrap_or((figure, ""));
    let rest: String = rest.chars().chain("00".chars()).take(2).collect();
    Some(whole.parse::<i64>().ok()? * 100 + rest.parse::<i64>().ok()?)
}

/// The weights that a place gives, where they make the whole.
fn weights(text: &str) -> Option<BTreeMap<Part, i64>> {
    let mut weights = BTreeMap::new();
    let mut sum = 0;
    for captures in WEIGHT.captures_iter(text) {
        let worth = points(captures.name("n")?.as_str())?;
        // 总分100分 is the whole itself.
        if worth == FULL.0 {
            continue;
        }
        sum += worth;
        if let Some(part) = part(captures.name("part")?.as_str())
            && weights.insert(part, worth).is_some()
        {
            return None;
        }
    }
    (sum == FULL.0 && weights.len() >= 2).then_some(weights)
}

fn front_table(reading: &Reading<'_>, scoring: &Scoring) -> Option<Contradiction> {
    const CHARS: usize = 160;
    let scored: Vec<&Evidence> = scoring.items.iter().flat_map(|item| &item.evidence).collect();
    reading.units.iter().enumerate().find_map(|(index, unit)| {
        let stands = matches!(unit.zone, Zone::FrontTable | Zone::Notice | Zone::Instructions);
        if !stands || unit.text.chars().count() > CHARS {
            return None;
        }
        let weights = weights(&unit.text)?;
        let evidence = reading.evidence(index, &(0..unit.text.len()))?;
        if scored.iter().any(|one| one.document() == evidence.document() && one.block() == evidence.block()) {
            return None;
        }
        weights.into_iter().find_map(|(part, worth)| {
            let (sum, shown) = summed(&scoring.items, part)?;
            (sum != worth).then(|| apart(reading, part, (worth, evidence.clone()), (sum, shown)))?
        })
    })
}

/// What the items of a part make together; `None` where it is not certain which they are.
fn summed(items: &[ScoreItem], of: Part) -> Option<(i64, Evidence)> {
    let own = |item: &ScoreItem| part(if item.group.is_empty() { &item.item } else { &item.group });
    // Prices are scored by name; the other parts are whole only where every item stands in a named one.
    if of != Part::Price && items.iter().any(|item| own(item).is_none()) {
        return None;
    }
    let of_part: Vec<&ScoreItem> = items.iter().filter(|item| own(item) == Some(of)).collect();
    let sum = of_part.iter().map(|item| item.points.0).sum();
    Some((sum, of_part.first()?.evidence.first()?.clone()))
}

fn apart(
    reading: &Reading<'_>,
    part: Part,
    (front, at): (i64, Evidence),
    (table, there): (i64, Evidence),
) -> Option<Contradiction> {
    let (zh, en) = match part {
        Part::Price => ("价格分", "price"),
        Part::Technical => ("技术分", "technical part"),
        Part::Commercial => ("商务分", "commercial part"),
    };
    let (front, table) = (Points(front).value(), Points(table).value());
    let values = vec![
        StatedValue { value: front.to_string(), evidence: at },
        StatedValue { value: table.to_string(), evidence: there },
    ];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，{zh}写为{front}分，而评分表合计为{table}分，请明确分值构成。", asked.zh),
        format!("On {}: the {en} has {front} points here and {table} in the table. Please clarify.", asked.en),
    );
    let told_of = Told {
        title: both(
            format!("{zh}与评分表不一致"),
            format!("the weight of the {en} is not that of the table of scores"),
        ),
        description: both(
            format!("{zh}写为{front}分，评分表中合计{table}分"),
            format!("the {en} has {front} points by the weights and {table} by the table"),
        ),
    };
    told(reading, "K038", "score_weights", values, question, told_of)
}

/// Groups whose name tells other points than their items make.
fn groups(reading: &Reading<'_>, scoring: &Scoring) -> Vec<Contradiction> {
    const SHOWN_MAX: usize = 8;
    let own = |group: &str| OWN.captures(group.trim()).and_then(|c| points(c.get(1)?.as_str()));
    let mut groups: Vec<(&str, Vec<&ScoreItem>)> = Vec::new();
    for item in &scoring.items {
        // A group that spans its rows may have been read as the name of each.
        let group = if own(&item.group).is_some() { &item.group } else { &item.item };
        match groups.iter_mut().find(|(known, _)| known == group) {
            Some((_, items)) => items.push(item),
            None => groups.push((group, vec![item])),
        }
    }
    let made = |items: &[&ScoreItem]| items.iter().map(|item| item.points.0).sum::<i64>();
    // The groups' own points must make the whole with what stands in none; else a group was not read as one.
    let whole: i64 = groups.iter().map(|(group, items)| own(group).unwrap_or(made(items))).sum();
    if whole != FULL.0 {
        return Vec::new();
    }
    groups
        .iter()
        .filter_map(|(group, items)| {
            let sum = made(items);
            let stated = own(group).filter(|stated| *stated != sum)?;
            let (stated, sum) = (Points(stated).value(), Points(sum).value());
            let named = items.first()?.evidence.first()?.clone();
            let mut values = vec![StatedValue { value: stated.to_string(), evidence: named }];
            values.extend(items.iter().take(SHOWN_MAX).filter_map(|item| {
                let evidence = item.evidence.get(1)?.clone();
                Some(StatedValue { value: item.points.value().to_string(), evidence })
            }));
            let asked = places(values.get(..1)?, ("", ""));
            let question = both(
                format!("招标文件{}，各评分项合计为{sum}分，与所写{stated}分不符，请明确各项分值。", asked.zh),
                format!("On {}: the items make up {sum} points, not {stated}. Please clarify.", asked.en),
            );
            let told_of = Told {
                title: both(
                    format!("评分项合计与“{group}”不符"),
                    format!("the items of “{group}” do not make up its points"),
                ),
                description: both(
                    format!("各评分项合计{sum}分，写为{stated}分"),
                    format!("the items make up {sum} points; the group has {stated}"),
                ),
            };
            told(reading, "K039", "score_weights", values, question, told_of)
        })
        .collect()
}
