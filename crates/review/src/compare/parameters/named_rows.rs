//! Rows of a bid's own tables against the row of the tender that bears the same name: 洒水车 | 罐体容积12立方米 beside
//! 洒水车 | ≥10立方米, `修期 | 每艘32日历天` beside `修期 | 不超过35日历天`.
//!
//! A bid that lists its vehicles, its people or its terms repeats no demand beside them. What falls short is for a person
//! to look at. Names that stand in several rows of the tender, and what other checks judge, are left out.

use std::collections::HashMap;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::{Wording, both, quoted};

use super::super::likeness::in_figures;
use super::super::{Case, Judgement, Report, bare};
use super::{Figure, all_otherwise, as_written, classes, figures, held_against, keeps, less_protected, sets_figures};
use crate::bid::{below_head, head};
use crate::grammar::numbers::Decimal;
use crate::reading::{Reading, Zone};

const FINDINGS_MAX: usize = 40;
const CELLS_MAX: usize = 5;
/// What has a check of its own.
const OTHERS: [&str; 30] = [
    "有效期",
    "保证金",
    "担保",
    "保函",
    "付款",
    "支付",
    "报价",
    "限价",
    "预算",
    "价格",
    "质保",
    "工期",
    "交货",
    "交付",
    "服务期",
    "合同",
    "业绩",
    "分包",
    "联合体",
    "缺陷责任",
    "违约",
    "validity",
    "security",
    "payment",
    "price",
    "warranty",
    "delivery",
    "completion",
    "damages",
    "experience",
];

/// A row of the tender that sets figures for what it names.
struct Demand {
    name: String,
    /// Its cells that set figures.
    asked: Vec<(usize, String)>,
    /// The least number of pieces or people, and its cell.
    least: Option<(f64, usize)>,
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let offered = offered(case);
    if offered.is_empty() {
        return;
    }
    let mut found = 0;
    for demand in demands(case) {
        let Some([row]) = offered.get(&demand.name).map(Vec::as_slice) else { continue };
        let Some(judgement) = judge(case, &demand, row) else { continue };
        found += 1;
        if found > FINDINGS_MAX {
            return;
        }
        report.push(judgement);
    }
}

/// What a row is named: the words of its first cell that has any, without brackets.
fn name_of(reading: &Reading<'_>, row: &[usize]) -> Option<(usize, String)> {
    const LETTERS: std::ops::RangeInclusive<usize> = 2..=40;
    let named = |u: &usize| {
        let text = reading.unit(*u)?.text.split('(').next()?.trim().to_lowercase();
        let name = bare(&text);
        let telling = LETTERS.contains(&name.chars().count()) && name.chars().any(char::is_alphabetic);
        // A number of a clause or a figure names nothing.
        (telling && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((*u, name))
    };
    row.iter().find_map(named)
}

/// The tender's rows that set figures, each by a name that no other row has.
fn demands(case: &Case<'_>) -> Vec<Demand> {
    let reading = case.tender;
    let mut found: Vec<Demand> = Vec::new();
    let mut times: HashMap<String, usize> = HashMap::new();
    for grid in &reading.grids {
        let Some(heading) = head(&grid.rows) else { continue };
        let zone = heading.first().map(|&u| reading.zone(u));
        if matches!(zone, Some(Zone::BidForms | Zone::Contract | Zone::Evaluation | Zone::Cover) | None) {
            continue;
        }
        let least = crate::bid::column(reading, heading, |t| {
            [
                "最低数量",
                "最少数量",
                "数量不少于",
                "最低配置数量",
                "最低人数",
                "人数要求",
                "minimum number",
                "minimum quantity",
            ]
            .iter()
            .any(|w| t.contains(w))
        });
        for row in below_head(&grid.rows) {
            let Some((unit, name)) = name_of(reading, row) else { continue };
            *times.entry(name.clone()).or_default() += 1;
            let text = |u: usize| reading.unit(u).map_or("", |u| u.text.trim());
            let others = || row.iter().copied().filter(|&u| u != unit);
            let asked: Vec<(usize, String)> = others()
                .filter(|&u| sets_figures(text(u)) || plain(text(u)).is_some())
                .map(|u| (u, text(u).to_owned()))
                .collect();
            let pieces = least.and_then(|c| reading.cell_in(row, c)).filter(|&u| u != unit);
            let least = pieces.and_then(|u| Some((Decimal::parse(text(u))?.value(), u)));
            let other = OTHERS.iter().any(|w| name.contains(w)) || case.is_of_another_lot(unit, text(unit));
            if (!asked.is_empty() || least.is_some()) && !other {
                found.push(Demand { name, asked, least });
            }
        }
    }
    found.retain(|demand| times.get(&demand.name) == Some(&1));
    found
}

/// The rows of the bid's own tables by what they name; tables that set demand and answer side by side are judged by
/// those.
fn offered(case: &Case<'_>) -> HashMap<String, Vec<Vec<usize>>> {
    let bid = case.bid;
    let mut found: HashMap<String, Vec<Vec<usize>>> = HashMap::new();
    for (index, grid) in bid.reading.grids.iter().enumerate() {
        if bid.sides(index).is_some() {
            continue;
        }
        for row in &grid.rows {
            // A first column named Requirement holds names alone where no column of answers is named so.
            let own = row.first().is_some_and(|&u| !bid.is_aside(u)) && row.last().is_some_and(|&u| bid.is_own(u));
            if let Some((_, name)) = name_of(&bid.reading, row).filter(|_| own) {
                found.entry(name).or_default().push(row.clone());
            }
        }
    }
    // A price table names the goods again and says no more of them.
    for rows in found.values_mut().filter(|rows| rows.len() > 1) {
        let priced = |row: &Vec<usize>| {
            row.iter().any(|&u| {
                let heading = bid.column_heading(u).to_lowercase();
                ["单价", "合价", "金额", "unit price", "amount"].iter().any(|w| heading.contains(w))
            })
        };
        let all = std::mem::take(rows);
        let (of_prices, others): (Vec<_>, Vec<_>) = all.into_iter().partition(priced);
        *rows = if others.is_empty() { of_prices } else { others };
    }
    found
}

/// The one figure of a cell that says nothing else, with its comparison: At least 24, Not less than 54 seats.
fn plain(text: &str) -> Option<Figure> {
    const LENGTH_MAX: usize = 30;
    let all = figures(&in_figures(text));
    let [only] = all.as_slice() else { return None };
    let short = text.chars().count() <= LENGTH_MAX && only.part.1.split_whitespace().count() <= 2;
    (short && !only.in_range && only.comparison.is_some()).then(|| only.clone())
}

/// Two cells of one figure each, in one unit or without one.
fn same_plain(asked: &str, answer: &str) -> Option<(Figure, Figure)> {
    let wanted = plain(asked)?;
    let all = figures(&in_figures(answer));
    let [only] = all.as_slice() else { return None };
    let unit = |f: &Figure| f.unit.to_lowercase();
    let alike = unit(&wanted) == unit(only) || wanted.unit.is_empty() && only.unit.is_empty();
    let bare = answer.chars().count() <= 20 && !only.in_range;
    (alike && bare).then(|| (wanted, only.clone()))
}

/// What the bid's row gives less than the demand, or that it keeps it.
fn judge(case: &Case<'_>, demand: &Demand, row: &[usize]) -> Option<Judgement> {
    let reading = &case.bid.reading;
    let text = |u: usize| reading.unit(u).map_or("", |u| u.text.trim());
    let (name_unit, _) = name_of(reading, row)?;
    let answers: Vec<usize> = row.iter().copied().filter(|&u| u != name_unit).collect();
    let joined = answers.iter().map(|&u| text(u)).collect::<Vec<_>>().join(", ");
    let joined = if joined.is_ascii() { in_figures(&joined) } else { joined };
    let mut pairs: Vec<(Wording, Wording)> = Vec::new();
    let mut compared = 0;
    for (_, asked) in &demand.asked {
        let (count, broken) = held_against(asked, &joined);
        compared += count;
        if count == 0
            && let Some((wanted, offered)) = answers.iter().find_map(|&u| same_plain(asked, text(u)))
        {
            compared += 1;
            if keeps(&wanted, &offered) == Some(false) {
                pairs.push((wanted.words(), offered.words()));
            }
        }
        pairs.extend(broken.iter().map(|(wanted, offered)| (wanted.words(), offered.words())));
        let other = less_protected(asked, &joined).or_else(|| classes::older_emission(asked, &joined));
        // A vehicle without exhaust keeps every grade.
        let other = other.filter(|_| !["电动", "electric"].iter().any(|w| joined.contains(w)));
        pairs.extend(other.map(|(wanted, offered)| (as_written(wanted), as_written(offered))));
    }
    let pieces = answers.iter().copied().find(|&u| {
        let heading = case.bid.column_heading(u).to_lowercase();
        ["数量", "人数", "quantity", "qty", "number"].iter().any(|w| heading.contains(w))
    });
    if let Some((least, _)) = demand.least
        && let Some(have) = pieces.and_then(|u| Decimal::parse(text(u))).map(Decimal::value)
    {
        compared += 1;
        if have < least {
            pairs.push((both(format!("数量 {least}"), quoted(&format!("{least}"))), as_written(format!("{have}"))));
        }
    }
    if compared == 0 {
        return None;
    }
    let tender_units = demand.asked.iter().map(|(u, _)| *u).chain(demand.least.map(|(_, u)| u));
    let tender: Vec<Evidence> = tender_units
        .filter_map(|u| case.tender.evidence(u, &(0..case.tender.unit(u).map_or(0, |x| x.text.len()))))
        .collect();
    let name = text(name_unit);
    // The cell that was compared, with the others of its row.
    let tells = |u: &usize| demand.asked.iter().any(|(_, asked)| held_against(asked, text(*u)).0 > 0);
    let longest = || answers.iter().copied().max_by_key(|&u| text(u).len());
    let shown = answers.iter().copied().find(tells).or(pieces).or_else(longest)?;
    let others = answers.iter().copied().filter(|&u| u != shown && !text(u).is_empty()).take(CELLS_MAX);
    let cells = [shown, name_unit].into_iter().chain(others);
    let evidence: Vec<Evidence> = cells.flat_map(|u| case.bid.unit_evidence(u)).collect();
    let subject = format!("row {}", demand.name);
    let judgement = if pairs.is_empty() {
        let remark = both(
            format!("“{name}”一行的数值满足招标文件的要求"),
            format!("The figures in the row “{name}” meet the tender's"),
        );
        Judgement::new(Verdict::Pass, subject, remark)
    } else {
        Judgement::new(Verdict::Risk, subject, all_otherwise(name, &pairs))
    };
    let asked = demand.asked.first().map_or(name, |(_, text)| text.as_str());
    Some(judgement.demands(asked.to_owned(), tender).says(evidence))
}
