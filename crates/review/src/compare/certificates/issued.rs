//! Papers that must be fresh: a bank's certificate issued within three months before bids are opened, a solvency
//! certificate not older than a day that the tender names.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::both;
use chrono::{Months, NaiveDate};
use regex::Regex;

use super::super::likeness::words;
use super::super::{Case, Judgement, Report, demands};
use crate::grammar::{dates, numbers};

/// Papers with a day of issue, by the words that name each in a tender and a bid.
const PAPERS: [(&str, &[&str]); 9] = [
    (
        "bank certificate",
        &["资信证明", "certificate of credit", "credit certificate", "bank reference", "bank's reference"],
    ),
    ("solvency certificate", &["solvency certificate", "certificate of solvency"]),
    ("tax clearance", &["完税证明", "纳税证明", "tax clearance"]),
    ("credit report", &["信用报告", "credit report"]),
    ("test report", &["检验报告", "检测报告", "test report"]),
    ("search record", &["无行贿", "行贿犯罪", "criminal record"]),
    ("deposit certificate", &["存款证明", "certificate of deposit"]),
    ("credit line", &["授信", "line of credit", "credit line"]),
    ("good standing", &["存续证明", "good standing"]),
];
const ISSUE: [&str; 6] = ["issued", "dated", "出具", "开具", "签发", "查询"];

static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:前|近)\s*([一二两三四五六七八九十]{1,3}|\d{1,2})\s*个?月(?:以?内)?[^。;]{0,12}(?:出具|开具|签发|查询)|(?:within|in)(?: the)?(?: last)? ([a-z]+|\d{1,2}) months (?:before|prior to|preceding|of) the")
        .ok()
});
static NOT_BEFORE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:not|no) (?:issued )?(?:earlier|older) than|on or after|不早于|不得早于").ok());

/// The first day on which a paper may have been issued.
fn since(case: &Case<'_>, text: &str) -> Option<NaiveDate> {
    if let Some(word) = NOT_BEFORE.as_ref()?.find(text)
        && let Some(stamp) = dates::first(text.get(word.end()..)?)
        && stamp.range.start <= 4
    {
        return Some(stamp.moment.date());
    }
    let found = BEFORE.as_ref()?.captures(text)?;
    let count = numbers::count(found.iter().skip(1).flatten().next()?.as_str())?;
    let months = u32::try_from(count).ok().filter(|n| (1..=24).contains(n))?;
    case.deadline()?.date().checked_sub_months(Months::new(months))
}

/// The day of issue that a text tells, next to its word.
fn day_of_issue(text: &str) -> Option<NaiveDate> {
    let at = ISSUE.iter().filter_map(|w| text.find(w)).min()?;
    let stamps = dates::find(text);
    let near = stamps
        .iter()
        .min_by_key(|s| if s.range.start >= at { s.range.start - at } else { at - s.range.end.min(at) })?;
    (near.range.start.abs_diff(at) <= 40).then(|| near.moment.date())
}

/// Papers of any other name that an English tender wants issued since a day.
fn others(case: &Case<'_>, report: &mut Report<'_>) {
    const SHARE_MIN: f64 = 0.6;
    let listed = |t: &str| PAPERS.iter().any(|(_, names)| names.iter().any(|w| t.contains(w)));
    let asks = |t: &str| {
        let lower = t.to_lowercase();
        t.is_ascii() && lower.contains("issued") && !listed(&lower) && since(case, &lower).is_some()
    };
    for (text, tender) in case.tender_clauses_in(demands, asks) {
        let lower = text.to_lowercase();
        let Some(first) = since(case, &lower) else { continue };
        let name = words(lower.split("issued").next().unwrap_or_default());
        if name.len() < 2 {
            continue;
        }
        let days = case.bid.sentences.iter().filter(|s| case.own(s)).filter_map(|sentence| {
            let said = format!("{} {}", case.bid.label(sentence.unit), case.bid.text(sentence)).to_lowercase();
            let own = words(&said);
            let share = name.iter().filter(|w| own.contains(w)).count() as f64 / name.len() as f64;
            let day = day_of_issue(&said).filter(|_| share >= SHARE_MIN)?;
            Some((day, case.bid.evidence(sentence)))
        });
        let Some((day, evidence)) = days.max_by_key(|(day, _)| *day) else { continue };
        report.push(judgement(&name.join(" "), day, first).demands(text, tender).says(evidence));
    }
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    others(case, report);
    for (subject, names) in PAPERS {
        let speaks = |t: &str| names.iter().any(|w| t.to_lowercase().contains(w));
        let asks = |t: &str| speaks(t) && !t.contains("得分") && since(case, &t.to_lowercase()).is_some();
        let Some((text, tender)) = case.tender_clauses_in(demands, asks).into_iter().next() else { continue };
        let Some(first) = since(case, &text.to_lowercase()) else { continue };
        let mut fresh: Option<(NaiveDate, Vec<Evidence>)> = None;
        for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
            let said = case.bid.text(sentence).to_lowercase();
            if !speaks(&said) && !speaks(&case.bid.label(sentence.unit)) {
                continue;
            }
            let Some(day) = day_of_issue(&said) else { continue };
            // Of several the newest counts.
            if fresh.as_ref().is_none_or(|(newest, _)| day > *newest) {
                fresh = Some((day, case.bid.evidence(sentence)));
            }
        }
        let Some((day, evidence)) = fresh else { continue };
        report.push(judgement(subject, day, first).demands(text, tender).says(evidence));
    }
}

fn judgement(subject: &str, day: NaiveDate, first: NaiveDate) -> Judgement {
    let (verdict, remark) = if day < first {
        let remark = both(
            format!("出具日期 {day} 早于要求的 {first}"),
            format!("The paper was issued on {day}, before the {first} from which it counts"),
        );
        (Verdict::Risk, remark)
    } else {
        let remark = both(
            format!("出具日期 {day} 不早于要求的 {first}"),
            format!("The paper was issued on {day}, no earlier than the required {first}"),
        );
        (Verdict::Pass, remark)
    };
    Judgement::new(verdict, format!("issued {subject}"), remark)
}
