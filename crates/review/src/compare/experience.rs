//! What it checks: references are as many as the tender demands, and not older than it counts them (自 … 以来).
//! Why it matters: an older contract earns no points, and may be the only proof of a qualification.
//! Exclusions: references that stand in no table are not counted.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::money::Money;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use chrono::NaiveDate;
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::grammar::money::{self, Unit};
use crate::grammar::{dates, numbers};
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B021", dimension: Dimension::Qualification, run };

/// A demand for so many references: 类似项目业绩不少于2项.
static COUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:不少于|不得少于|至少|不低于|≥|>=)\s*(?:提供|具有|有|完成过?)?\s*(\d{1,2}|[一二两三四五六七八九十])\s*(?:个|项|份|例|宗)").ok()
});

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    count(case, report);
    age(case, report);
}

/// The tables of references of the bid, each with its rows, the heading first.
fn tables<'c>(case: &'c Case<'_>) -> impl Iterator<Item = &'c [Vec<usize>]> {
    let reading = &case.bid.reading;
    reading.grids.iter().filter_map(move |grid| {
        let heading = grid.rows.first()?;
        let words: String = heading.iter().filter_map(|&u| reading.units.get(u)).map(|u| u.text.as_str()).collect();
        let section = heading.first().map(|&u| reading.headings(u).join(" ")).unwrap_or_default();
        let references = (words.contains("合同") || words.contains("签订") || words.contains("时间"))
            && (words.contains("项目名称") || words.contains("业绩") || section.contains("业绩"));
        let offers = ["单价", "总价", "报价", "有效期"].iter().any(|w| words.contains(w));
        (references && !offers).then_some(grid.rows.as_slice())
    })
}

fn count(case: &Case<'_>, report: &mut Report<'_>) {
    // What earns points is no demand.
    let zones = [Zone::Notice, Zone::FrontTable, Zone::Instructions, Zone::Requirement];
    let demand =
        case.tender.units.iter().enumerate().filter(|(_, u)| zones.contains(&u.zone)).find_map(|(unit, one)| {
            crate::bid::cut(&one.text).find_map(|range| {
                let text = case.tender.text(unit, &range);
                let about = (text.contains("业绩") || text.contains("案例")) && !text.contains('分');
                let number = COUNT.as_ref().filter(|_| about)?.captures(text)?.get(1)?.as_str();
                let number = number.parse::<usize>().ok().or_else(|| {
                    usize::try_from(numbers::chinese_integer(if number == "两" { "二" } else { number })?).ok()
                })?;
                Some((number, text.to_owned(), case.tender.evidence(unit, &range).into_iter().collect::<Vec<_>>()))
            })
        });
    let Some((wanted, text, tender)) = demand else { return };
    let units = &case.bid.reading.units;
    let said = |u: usize| units.get(u).map_or("", |u| u.text.trim());
    // A row counts when more than its number stands in it.
    let named = |row: &&Vec<usize>| row.iter().filter(|&&u| said(u).chars().count() >= 4).count() >= 2;
    let Some(heading) = tables(case).find_map(|rows| rows.first()) else { return };
    // What is older than the tender counts is no reference.
    let since = since(case).map(|(since, ..)| since);
    let counts = |row: &&Vec<usize>| {
        let date = row.iter().find_map(|&u| dates::first(&units.get(u)?.text)).map(|stamp| stamp.moment.date());
        since.is_none_or(|since| date.is_none_or(|date| date >= since))
    };
    let least = least_amount(&text);
    let large = |row: &&Vec<usize>| least.as_ref().is_none_or(|least| !is_smaller(case, row, least));
    let rows: Vec<&Vec<usize>> =
        tables(case).flat_map(|rows| rows.iter().skip(1)).filter(named).filter(counts).filter(large).collect();
    let mut evidence: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let name = row.iter().copied().max_by_key(|&u| said(u).chars().count())?;
            case.bid.unit_evidence(name).into_iter().next()
        })
        .take(4)
        .collect();
    // An empty table shows itself by its heading.
    if evidence.is_empty() {
        evidence.extend(heading.iter().find_map(|&u| case.bid.unit_evidence(u).into_iter().next()));
    }
    let have = rows.len();
    let judgement = if have < wanted {
        // Further references may stand outside the table: only a person can tell that they do not.
        Judgement::new(
            Verdict::Risk,
            "count",
            both(
                format!("业绩表列有 {have} 项符合时间和金额要求的业绩，少于要求的 {wanted} 项"),
                format!(
                    "Of the past contracts listed, {have} meet the required dates and amounts, fewer than the {wanted} required"
                ),
            ),
        )
    } else {
        let remark = both(
            format!("业绩表列有 {have} 项，不少于要求的 {wanted} 项"),
            format!("The number of past contracts listed ({have}) meets the required minimum ({wanted})"),
        );
        Judgement::new(Verdict::Pass, "count", remark)
    };
    report.push(judgement.demands(text, tender).says(evidence));
}

/// What each contract must be worth: 合同金额5000万元及以上, 单项合同金额不低于500万元.
fn least_amount(demand: &str) -> Option<Money> {
    let at = ["合同金额", "合同额", "合同价", "单项合同"].iter().filter_map(|w| demand.find(w)).min()?;
    let amount = money::first(demand.get(at..)?)?;
    let behind = demand.get(at + amount.range.end..)?.trim_start_matches(['(', '含', ')', '及']);
    let before = demand.get(at..at + amount.range.start)?;
    let floor = ["不低于", "不少于", "不小于", "≥", "大于"].iter().any(|w| before.contains(w));
    (floor || behind.starts_with("以上")).then_some(amount.money)
}

/// Whether a row of references gives a sum below `least`.
fn is_smaller(case: &Case<'_>, row: &[usize], least: &Money) -> bool {
    row.iter().any(|&u| {
        let heading = case.bid.column_heading(u);
        let Some(unit) = Unit::of_label(heading).filter(|_| heading.contains('金') || heading.contains('价')) else {
            return false;
        };
        let text = case.bid.reading.units.get(u).map_or("", |u| u.text.as_str());
        money::find_in_unit(text, unit).first().is_some_and(|a| least.exceeds(&a.money) == Some(true))
    })
}

/// The day from which the tender counts references, its words and where they stand.
fn since(case: &Case<'_>) -> Option<(NaiveDate, String, Vec<Evidence>)> {
    let clauses = case.tender_clauses(|t| {
        (t.contains("业绩") || t.contains("合同") || t.contains("项目"))
            && (t.contains("以来") || t.contains("至今") || t.contains("之后") || t.contains("since"))
            && !dates::find(t).is_empty()
    });
    clauses
        .iter()
        .find_map(|(text, evidence)| Some((dates::first(text)?.moment.date(), text.clone(), evidence.clone())))
}

fn age(case: &Case<'_>, report: &mut Report<'_>) {
    let Some((since, text, tender)) = since(case) else { return };
    let units = &case.bid.reading.units;
    for rows in tables(case) {
        for row in rows.iter().skip(1) {
            let dated = row.iter().copied().find_map(|u| Some((u, dates::first(&units.get(u)?.text)?.moment.date())));
            let Some((unit, date)) = dated else { continue };
            let mut evidence = case.bid.unit_evidence(unit);
            let name =
                row.iter().copied().filter(|u| *u != unit).max_by_key(|&u| units.get(u).map_or(0, |x| x.text.len()));
            evidence.extend(name.into_iter().flat_map(|u| case.bid.unit_evidence(u)));
            report.push(judgement(unit, date, since).demands(text.clone(), tender.clone()).says(evidence));
        }
    }
}

fn judgement(unit: usize, date: NaiveDate, since: NaiveDate) -> Judgement {
    if date < since {
        let remark = both(
            format!("业绩日期 {date} 早于要求的 {since}，不计入"),
            format!("The contract of {date} is older than the required {since} and does not count"),
        );
        Judgement::new(Verdict::Risk, format!("{unit}"), remark)
    } else {
        let remark = both(
            format!("业绩日期 {date} 在要求的 {since} 之后"),
            format!("The contract of {date} is not older than the required {since}"),
        );
        Judgement::new(Verdict::Pass, format!("{unit}"), remark)
    }
}
