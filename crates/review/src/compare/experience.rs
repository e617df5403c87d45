//! What it checks: references are as many as the tender demands, and not older than it counts them (自 … 以来).
//! Years in a trade are held against those the tender asks for, and the people named against how many it wants.
//! Why it matters: an older contract earns no points, and may be the only proof of a qualification.
//! Exclusions: references that stand in no table are not counted.

mod roster;
mod staff;

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::money::Money;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::DurationUnit;
use bidlens_domain::wording::both;
use chrono::NaiveDate;
use regex::Regex;

use super::{Case, Check, Judgement, Report, likeness, must_be_met};
use crate::bid::answers::Answer;
use crate::bid::{below_head, head};
use crate::grammar::money::{self, Unit};
use crate::grammar::numbers::Decimal;
use crate::grammar::{dates, durations, numbers};
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B021", dimension: Dimension::Qualification, run };

/// A demand for so many references: 类似项目业绩不少于2项.
static COUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:不少于|不得少于|至少|不低于|≥|>=)\s*(?:提供|具有|有|完成过?)?\s*(\d{1,2}|[一二两三四五六七八九十])\s*(?:个|项|份|例|宗)|(?:at least|minimum of|not less than|no fewer than)\s+(\d{1,2}|[a-z]{3,6})\s*(?:\(\d{1,2}\)\s*)?(?:[a-z-]+\s+){0,3}?(?:contracts?|projects?|assignments?|supplies|works?)\b|^\W*(?:[a-z]?\d+\W+)?([a-z]{3,6})\s+(?:\(\d{1,2}\)\s*)?reference (?:letters|projects|contracts)\b|\b(two|three|four|five|six|\d)\s+(?:\(\d{1,2}\)\s*)?references\b").ok()
});
/// Words of a demand for references in English.
const SIMILAR: [&str; 7] = [
    "similar contract",
    "similar project",
    "similar assignment",
    "similar nature",
    "similar work",
    "similar services",
    "comparable contract",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let demand = demand(case);
    // Where enough references count, a further one that does not harms nobody.
    let enough = count(case, report, demand.as_ref());
    if !enough {
        size(case, report, demand.as_ref());
        prose(case, report, demand.as_ref());
    }
    age(case, report, enough);
    years(case, report);
    staff::run(case, report);
    roster::run(case, report);
}

/// Years in a trade: 具有3年以上实验室设备供货经验, at least five years of experience.
fn years(case: &Case<'_>, report: &mut Report<'_>) {
    const WORDS: [&str; 8] = ["经验", "从业", "成立满", "经营", "从事", "运营", "工作年限", "experience"];
    const FLOORS: [&str; 10] =
        ["以上", "不少于", "不低于", "至少", "满", "≥", "at least", "minimum", "or more", "not less than"];
    const SHARE_MIN: f64 = 0.34;
    let span = |text: &str| {
        let spans = durations::find(text);
        let mut years = spans.into_iter().filter(|s| s.duration.unit == DurationUnit::Year && s.duration.count < 60);
        let first = years.next()?;
        years.next().is_none().then_some(first.duration)
    };
    let asks = |t: &str| {
        let lower = t.to_lowercase();
        WORDS.iter().any(|w| lower.contains(w)) && FLOORS.iter().any(|w| lower.contains(w)) && span(&lower).is_some()
    };
    // An English tender demands under its criteria too.
    let parts_of = |zone| must_be_met(zone) || case.tender.is_english() && zone == Zone::Evaluation;
    let scored = |t: &str| t.contains('分') || t.to_lowercase().contains("point");
    let clauses = case.tender_clauses_in(parts_of, |t| !scored(t) && asks(t));
    // One sentence may ask for several things.
    let parts = |text: &str| text.split([',', '，']).map(str::to_owned).collect::<Vec<_>>();
    let demands = clauses.iter().flat_map(|(text, tender)| parts(text).into_iter().map(move |p| (p, text, tender)));
    for (demand, text, tender) in demands.filter(|(p, ..)| asks(p)) {
        let Some(wanted) = span(&demand.to_lowercase()) else { continue };
        // A cell that says no more than its years names nobody: people in a table are judged position by position.
        let about = |answer: &Answer| !demand.is_ascii() || likeness::shares_half(&demand, &answer.whole);
        let Some(answer) = case.answers.find(&demand).filter(|a| a.share >= SHARE_MIN && about(a)) else { continue };
        let said = answer.whole.to_lowercase();
        let tells = ["质保", "保修", "有效", "服务期", "warranty", "valid"].iter().all(|w| !said.contains(w));
        let Some(offered) = span(&said).filter(|_| tells) else { continue };
        let subject = format!("years {demand}");
        let judgement = match offered.at_least(wanted) {
            Some(false) => {
                let remark = both(
                    format!("年限 {offered}，少于要求的 {wanted}"),
                    format!("The bid tells of {}; {} are required", offered.in_english(), wanted.in_english()),
                );
                Judgement::new(Verdict::Risk, subject, remark)
            }
            Some(true) => {
                let remark = both(
                    format!("年限 {offered}，不少于要求的 {wanted}"),
                    format!(
                        "The bid tells of {}, no less than the required {}",
                        offered.in_english(),
                        wanted.in_english()
                    ),
                );
                Judgement::new(Verdict::Pass, subject, remark)
            }
            None => continue,
        };
        report.push(judgement.demands(text.clone(), tender.clone()).says(answer.evidence));
    }
}

/// The tables of references of the bid, each with its heading and its rows.
fn tables<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (&'c [usize], &'c [Vec<usize>])> {
    let reading = &case.bid.reading;
    reading.grids.iter().filter_map(move |grid| {
        let heading = head(&grid.rows)?;
        let words: String = heading.iter().filter_map(|&u| reading.units.get(u)).map(|u| u.text.as_str()).collect();
        let section = heading.first().map(|&u| reading.headings(u).join(" ")).unwrap_or_default();
        let lower = words.to_lowercase();
        let english = ["contract", "project", "assignment", "name of work"].iter().any(|w| lower.contains(w))
            && ["client", "employer", "purchaser", "year", "date", "completed"].iter().any(|w| lower.contains(w));
        // A line above the table may say what it lists.
        let above = heading.first().and_then(|&u| reading.unit(u.checked_sub(1)?)).map_or("", |u| u.text.as_str());
        let above = above.chars().count() <= 40
            && ["业绩", "类似项目", "类似工程", "服务合同", "租赁合同", "供货合同", "案例"]
                .iter()
                .any(|w| above.contains(w));
        let sums = ["合同", "金额", "租金", "服务费", "签订", "时间", "日期"].iter().any(|w| words.contains(w));
        let references = english
            || above && sums
            || (words.contains("合同") || words.contains("签订") || words.contains("时间"))
                && (["项目名称", "工程名称", "合同名称", "业绩"].iter().any(|w| words.contains(w))
                    || section.contains("业绩"));
        let offers =
            ["单价", "总价", "报价", "有效期", "unit price", "total", "quantity"].iter().any(|w| lower.contains(w));
        (references && !offers).then(|| (heading.as_slice(), below_head(&grid.rows)))
    })
}

/// A demand for references: how many, its words and where they stand.
struct Demand {
    count: usize,
    text: String,
    tender: Vec<Evidence>,
}

fn demand(case: &Case<'_>) -> Option<Demand> {
    // What earns points is no demand.
    let zones = [Zone::Notice, Zone::FrontTable, Zone::Instructions, Zone::Requirement];
    let criteria = |zone| case.tender.is_english() && matches!(zone, Zone::Evaluation | Zone::Other);
    let parts = case.tender.units.iter().enumerate().filter(|(_, u)| zones.contains(&u.zone) || criteria(u.zone));
    parts.into_iter().find_map(|(unit, one)| {
        crate::bid::cut(&one.text).find_map(|range| {
            let text = case.tender.text(unit, &range);
            let lower = text.to_lowercase();
            let done = ["承担过", "完成过", "承接过", "实施过", "承建过", "供货过"].iter().any(|w| text.contains(w));
            let about = (done || text.contains("业绩") || text.contains("案例")) && !text.contains('分')
                || (SIMILAR.iter().any(|w| lower.contains(w)) || of_done_contracts(&lower)) && !lower.contains("point");
            let number = COUNT.as_ref().filter(|_| about)?.captures(text)?;
            let number = number.iter().skip(1).flatten().next()?.as_str();
            let count = usize::try_from(numbers::count(number)?).ok()?;
            let tender = case.tender.evidence(unit, &range).into_iter().collect();
            Some(Demand { count, text: text.to_owned(), tender })
        })
    })
}

/// Whether as many references count as the tender demands.
fn count(case: &Case<'_>, report: &mut Report<'_>, demand: Option<&Demand>) -> bool {
    let Some(Demand { count: wanted, text, tender }) = demand else { return false };
    let wanted = *wanted;
    let units = &case.bid.reading.units;
    let said = |u: usize| units.get(u).map_or("", |u| u.text.trim());
    // A row counts when more than its number stands in it.
    let named = |row: &&Vec<usize>| row.iter().filter(|&&u| said(u).chars().count() >= 4).count() >= 2;
    let Some((heading, _)) = tables(case).next() else { return false };
    // What is older than the tender counts is no reference.
    let since = since(case).map(|(since, ..)| since);
    let counts = |row: &&Vec<usize>| {
        let date = row.iter().find_map(|&u| date(&units.get(u)?.text));
        since.is_none_or(|since| date.is_none_or(|date| date >= since))
    };
    let least = least_amount(text);
    let large = |row: &&Vec<usize>| least.as_ref().is_none_or(|least| smaller(case, row, least).is_none());
    let rows: Vec<&Vec<usize>> =
        tables(case).flat_map(|(_, rows)| rows).filter(named).filter(counts).filter(large).collect();
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
    report.push(judgement.demands(text.clone(), tender.clone()).says(evidence));
    have >= wanted
}

/// References that are too small to count.
fn size(case: &Case<'_>, report: &mut Report<'_>, demand: Option<&Demand>) {
    let scored = since(case).map(|(_, text, tender)| (text, tender));
    let demanded = demand.map(|d| (d.text.clone(), d.tender.clone()));
    let stated = demanded.into_iter().chain(scored).find_map(|(t, e)| Some((least_amount(&t)?, t, e)));
    let Some((least, text, tender)) = stated else { return };
    for row in tables(case).flat_map(|(_, rows)| rows) {
        let Some((unit, amount)) = smaller(case, row, &least) else { continue };
        let remark = both(
            format!("业绩合同金额 {amount} 低于要求的 {least}，不计入"),
            format!("The reference's contract value {amount} is below the required {least} and does not count"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("size {unit}"), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.row_evidence(unit)),
        );
    }
}

/// References that are told in sentences, where the bid has no table of them.
fn prose(case: &Case<'_>, report: &mut Report<'_>, demand: Option<&Demand>) {
    if tables(case).next().is_some() {
        return;
    }
    let speaks = |t: &str| ["业绩", "类似工程", "类似项目", "同类项目", "类似合同"].iter().any(|w| t.contains(w));
    let least = demand.and_then(|d| Some((least_amount(&d.text)?, d)));
    let since = since(case);
    for sentence in case.bid.sentences.iter().filter(|s| !case.bid.is_demand(s.unit) && !case.copied(s)) {
        let said = case.bid.text(sentence);
        if !(speaks(said) || speaks(case.bid.reading.heading(sentence.unit))) || said.chars().count() > 200 {
            continue;
        }
        let at = ["合同价", "合同金额", "合同额", "合同总价", "年租金"].iter().filter_map(|w| said.find(w)).min();
        let sum = at.and_then(|at| money::first(said.get(at..)?)).map(|a| a.money);
        if let (Some((least, demand)), Some(sum)) = (&least, sum)
            && least.exceeds(&sum) == Some(true)
        {
            let remark = both(
                format!("业绩合同金额 {sum} 低于要求的 {least}，不计入"),
                format!("The reference's contract value {sum} is below the required {least} and does not count"),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("prose {}", sentence.unit), remark)
                    .demands(demand.text.clone(), demand.tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
        // The last of its dates: what was signed earlier may have been finished in time.
        let dates: Vec<NaiveDate> = dates::find(said).iter().map(|d| d.moment.date()).collect();
        if let (Some((since, text, tender)), Some(last), true) = (&since, dates.iter().max(), at.is_some())
            && last < since
        {
            report.push(
                judgement(sentence.unit, *last, *since)
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}

/// What each contract must be worth: 合同金额5000万元及以上, 单项合同金额不低于500万元, of not less than USD 150,000 each.
fn least_amount(demand: &str) -> Option<Money> {
    let words = [
        "合同金额",
        "合同额",
        "合同价",
        "单项合同",
        "每份合同",
        "每项合同",
        "每个合同",
        "年租金",
        "年服务费",
        "服务费",
        "单个合同",
        "单份合同",
        "年合同",
        "contract",
        "assignment",
        "project",
        "each costing",
        "work",
    ];
    let at = words.iter().filter_map(|w| demand.to_ascii_lowercase().find(w)).min()?;
    let amount = money::first(demand.get(at..)?)?;
    let behind = demand.get(at + amount.range.end..)?.trim_start_matches(['(', '含', ')', '及', ' ']);
    let before = demand.get(at..at + amount.range.start)?.to_ascii_lowercase();
    let floor = ["不低于", "不少于", "不小于", "≥", "大于", "not less than", "no less than", "at least", "minimum"]
        .iter()
        .any(|w| before.contains(w));
    let above = ["以上", "or more", "or above", "and above"].iter().any(|w| behind.starts_with(w));
    (floor || above).then_some(amount.money)
}

/// The cell of a row of references that gives a sum below `least`, and the sum.
fn smaller(case: &Case<'_>, row: &[usize], least: &Money) -> Option<(usize, Money)> {
    row.iter().find_map(|&u| amount(case, u, least).filter(|a| least.exceeds(a) == Some(true)).map(|a| (u, a)))
}

/// The sum in a cell under a heading of sums; where neither says a currency, it is that of `least`.
fn amount(case: &Case<'_>, unit: usize, least: &Money) -> Option<Money> {
    let heading = case.bid.column_heading(unit);
    let lower = heading.to_lowercase();
    if !["金", "价", "额", "费", "value", "amount", "price"].iter().any(|w| lower.contains(w)) {
        return None;
    }
    let text = &case.bid.reading.units.get(unit)?.text;
    // Value of work (Rs. in lakh).
    const SCALES: [(&str, i128); 4] =
        [("lakh", 100_000), ("crore", 10_000_000), ("million", 1_000_000), ("'000", 1_000)];
    if let Some((_, scale)) = SCALES.iter().find(|(word, _)| lower.contains(word))
        && let Some(number) = Decimal::parse(text.trim())
    {
        let minor = i64::try_from(number.micro.checked_mul(*scale)? / 10_000).ok()?;
        return Some(Money { minor, currency: least.currency.clone() });
    }
    if let Some(unit) = Unit::of_label(heading) {
        return money::find_in_unit(text, unit).into_iter().next().map(|a| a.money);
    }
    if let Some(said) = money::first(text) {
        return Some(said.money);
    }
    let number = Decimal::parse(text.trim()).filter(|_| lower.is_ascii())?;
    let minor = i64::try_from(number.micro / 10_000).ok()?;
    Some(Money { minor, currency: least.currency.clone() })
}

/// The day from which the tender counts references, its words and where they stand.
fn since(case: &Case<'_>) -> Option<(NaiveDate, String, Vec<Evidence>)> {
    let clauses = case.tender_clauses(|t| {
        (t.contains("业绩")
            || t.contains("合同")
            || t.contains("项目")
            || SIMILAR.iter().any(|w| t.to_lowercase().contains(w))
            || of_done_contracts(&t.to_lowercase()))
            && ["以来", "至今", "之后", "至投标截止", "至开标", "至递交", "至提交", "since"]
                .iter()
                .any(|w| t.contains(w))
            && !dates::find(t).is_empty()
    });
    clauses
        .iter()
        .find_map(|(text, evidence)| Some((dates::first(text)?.moment.date(), text.clone(), evidence.clone())))
        .or_else(|| within_years(case))
}

/// The first day of the years before bids are due within which English references count: within the last five years.
fn within_years(case: &Case<'_>) -> Option<(NaiveDate, String, Vec<Evidence>)> {
    let read = |text: &str| {
        let lower = text.to_lowercase();
        let found = LAST_YEARS.as_ref()?.captures(&lower)?;
        let years = numbers::count(found.get(1)?.as_str())?;
        let about = SIMILAR.iter().any(|w| lower.contains(w)) || of_done_contracts(&lower);
        u32::try_from(years).ok().filter(|n| about && (1..=15).contains(n))
    };
    let parts = |zone: Zone| !matches!(zone, Zone::BidForms | Zone::Contract | Zone::Cover);
    let (text, evidence) = case
        .tender_clauses_in(parts, |t| !t.to_lowercase().contains("point") && read(t).is_some())
        .into_iter()
        .next()?;
    let months = chrono::Months::new(read(&text)? * 12);
    Some((case.deadline()?.date().checked_sub_months(months)?, text, evidence))
}

static LAST_YEARS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:within|in|during|over) the (?:last|past|previous|preceding) ([a-z]+|\d{1,2})(?: \(\d{1,2}\))? years",
    )
    .ok()
});

/// Whether a demand, in lower case, is of contracts that were done: successful completion of at least two contracts.
fn of_done_contracts(lower: &str) -> bool {
    ["contracts for", "contracts of", "references"].iter().any(|w| lower.contains(w))
        && ["completion", "completed", "executed", "performed"].iter().any(|w| lower.contains(w))
}

static MONTH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*((?:19|20)\d{2})\s*[年.\-/]\s*(\d{1,2})\s*月?\s*$").ok());

/// The first date of a cell; a month alone counts by its last day.
fn date(text: &str) -> Option<NaiveDate> {
    if let Some(stamp) = dates::first(text) {
        return Some(stamp.moment.date());
    }
    let first = match MONTH.as_ref()?.captures(text) {
        Some(found) => {
            let number = |i: usize| found.get(i)?.as_str().parse::<u32>().ok();
            NaiveDate::from_ymd_opt(i32::try_from(number(1)?).ok()?, number(2)?, 1)?
        }
        // November 2020: the first of its month is a date.
        None => {
            let words = text.trim();
            let (month, year) = words.rsplit_once(' ')?;
            let plain = month.chars().all(|c| c.is_ascii_alphabetic()) && year.len() == 4;
            plain.then(|| dates::first(&format!("1 {words}")))??.moment.date()
        }
    };
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}

fn age(case: &Case<'_>, report: &mut Report<'_>, enough: bool) {
    let Some((since, text, tender)) = since(case) else { return };
    let units = &case.bid.reading.units;
    for (_, rows) in tables(case) {
        for row in rows {
            let dated = row.iter().copied().find_map(|u| Some((u, date(&units.get(u)?.text)?)));
            let Some((unit, date)) = dated.filter(|(_, date)| !enough || *date >= since) else { continue };
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
