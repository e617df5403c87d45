//! Proofs of social security: as many months as the tender asks for (近6个月的社保缴纳证明).
//!
//! Months are counted where the bid writes them; further proofs may be pictures, so that fewer are for a person.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report};
use crate::grammar::numbers;

const WORDS: [&str; 4] = ["社保", "社会保险", "养老保险", "social security"];

static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:近|前|连续|最近|不少于|至少|任意|last|past|previous|preceding|least)\s*(?:的)?\s*(\d{1,2}|[一二两三四五六七八九十]{1,3}|[a-z]{3,6})\s*(?:\(\d{1,2}\)\s*)?(?:个月|months?)")
        .ok()
});
/// 2026年10月至2027年3月, 2027年1月-6月, 2027.01-2027.06.
static SPAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(20\d{2})\s*([年./-])\s*(\d{1,2})\s*(月?)\s*(?:份)?\s*((?:至|到|~|～|—|–|-)+)\s*(?:(20\d{2})\s*[年./-]\s*)?(\d{1,2})\s*(月?)",
    )
    .ok()
});
static COUNTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(\d{1,2}|[一二两三四五六七八九十]{1,3}|[a-z]{3,6})\s*(?:个月|months)").ok());

/// The months that a text names: the longest span from one month to another, or their count.
fn months(text: &str) -> Option<i64> {
    let span = |c: regex::Captures<'_>| {
        let part = |i: usize| c.get(i).and_then(|m| m.as_str().parse::<i64>().ok());
        let (from_year, from, to) = (part(1)?, part(3)?, part(7)?);
        // A hyphen alone joins the parts of a day as well: 2027-01-12.
        let is = |i: usize, sign: &str| c.get(i).is_some_and(|m| m.as_str() == sign);
        let joined = part(6).is_some() || !is(2, "-") && (is(4, "月") || is(8, "月"));
        if is(5, "-") && !joined {
            return None;
        }
        let months = (part(6).unwrap_or(from_year) - from_year) * 12 + to - from + 1;
        ((1..=12).contains(&from) && (1..=12).contains(&to) && months > 0).then_some(months)
    };
    let longest = SPAN.as_ref()?.captures_iter(text).filter_map(span).max();
    longest.or_else(|| COUNTED.as_ref()?.captures_iter(text).filter_map(|c| numbers::count(c.get(1)?.as_str())).max())
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let speaks = |t: &str| WORDS.iter().any(|w| t.to_lowercase().contains(w));
    let asked = |t: &str| {
        let counted = ASKED.as_ref()?.captures_iter(t).filter_map(|c| numbers::count(c.get(1)?.as_str())).max();
        let half = || t.contains("半年").then_some(6);
        counted.or_else(half).or_else(|| months(t)).filter(|n| (1..=36).contains(n))
    };
    let demands = case.tender_clauses(|t| speaks(t) && !t.contains("得分") && asked(t).is_some());
    // Of several demands the least is what every proof has to keep.
    let least = demands.into_iter().filter_map(|d| Some((asked(&d.0)?, d))).min_by_key(|(n, _)| *n);
    let Some((wanted, (text, tender))) = least else { return };
    let mut passed = false;
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let said = case.bid.text(sentence);
        if !speaks(said) && !speaks(&case.bid.label(sentence.unit)) {
            continue;
        }
        let Some(count) = months(said) else { continue };
        let subject = format!("social security {}", sentence.unit);
        let judgement = if count < wanted {
            let remark = both(
                format!("社保证明 {count} 个月，少于要求的 {wanted} 个月"),
                format!("Social security is shown for {count} months; {wanted} months are required"),
            );
            Judgement::new(Verdict::Risk, subject, remark)
        } else if !passed {
            passed = true;
            let remark = both(
                format!("社保证明 {count} 个月，不少于要求的 {wanted} 个月"),
                format!("Social security is shown for {count} months, no fewer than the required {wanted}"),
            );
            Judgement::new(Verdict::Pass, subject, remark)
        } else {
            continue;
        };
        report.push(judgement.demands(text.clone(), tender.clone()).says(case.bid.evidence(sentence)));
    }
}
