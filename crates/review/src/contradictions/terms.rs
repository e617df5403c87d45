//! K036: a bond that ends before the bid it secures. K037: retention of two shares. K040: days that do not lie between the
//! dates of start and finish.

use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::field::FieldValue;
use bidlens_domain::money::Percent;
use bidlens_domain::time::{Duration, DurationUnit};
use bidlens_domain::wording::both;
use chrono::NaiveDate;
use regex::Regex;

use super::amounts::{Told, told};
use super::stated::{Stated, differing, labelled, only};
use super::twice::periods::only_length;
use super::{Fields, places};
use crate::fields::{is_divided, names_lot};
use crate::grammar::{dates, durations, percent};
use crate::reading::{Reading, Zone};

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = bond_validity(reading, fields).into_iter().collect();
    found.extend(range(reading));
    if !is_divided(fields) {
        found.extend(retention(reading));
        found.extend(start_and_finish(reading));
    }
    found
}

/// A bond that is valid for less time than the bid.
fn bond_validity(reading: &Reading<'_>, fields: &Fields) -> Option<Contradiction> {
    const LABELS: [&str; 7] = [
        "投标保证金有效期",
        "投标保证金的有效期",
        "保证金有效期",
        "投标保函有效期",
        "投标保函的有效期",
        "bid security validity",
        "validity of bid security",
    ];
    let field = fields.get("bid_validity_days")?;
    let Some(FieldValue::Integer(days)) = field.found() else { return None };
    // 不少于投标有效期后30天 runs on from the bid's own time.
    let runs_on = |text: &str| {
        let lower = text.to_lowercase();
        ["有效期", "后", "延长", "超过", "beyond", "after", "longer", "more than"].iter().any(|w| lower.contains(w))
    };
    let all = labelled(reading, &LABELS, |_, text| {
        let length = only_length(text).filter(|_| !runs_on(text))?;
        Some((length.duration, 0..text.len()))
    });
    let bond = only(&all, |a, b| a != b)?;
    let bid = Duration::new(*days, DurationUnit::Day);
    if bond.value.at_least(bid) != Some(false) {
        return None;
    }
    let stated = StatedValue { value: field.raw().to_owned(), evidence: field.evidence().first()?.clone() };
    let values = vec![bond.words.clone(), stated];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，投标保证金有效期短于投标有效期，请明确投标保证金的有效期。", asked.zh),
        format!(
            "The validity of the bid bond and of the bid are stated on {}; the bond ends first. Please clarify.",
            asked.en
        ),
    );
    let told_of = Told {
        title: both("投标保证金有效期短于投标有效期", "the bid bond ends before the bid does"),
        description: both(
            format!("投标保证金有效期{}，投标有效期{bid}", bond.value),
            format!("the bond is valid for {}, the bid for {}", bond.value.in_english(), bid.in_english()),
        ),
    };
    told(reading, "K036", "bid_validity_days", values, question, told_of)
}

/// A share that is kept back, in words: 余5%作为质保金, 质量保证金为合同价款的3%.
static RETAINED: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let name = "(?:工程)?(?:质保金|质量保证金|保修金)";
    [
        format!(r"(?P<n>\d{{1,2}}(?:\.\d+)?%)[^。;,%\d退返]{{0,8}}(?:作为|为|作|做)(?:本?(?:项目|合同|工程)的?)?{name}"),
        format!(
            r"{name}(?:比例|金额|数额|额度)?(?:为|是|:|按)[^。;%\d退返扣利]{{0,14}}(?:合同|结算|中标|成交|总价)[^。;%\d退返扣利]{{0,10}}(?P<n>\d{{1,2}}(?:\.\d+)?%)"
        ),
    ]
    .map(|pattern| Regex::new(&pattern).expect("a regular expression"))
});

fn retention(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&str; 6] =
        ["质量保证金", "质保金", "工程质量保证金", "质量保证金比例", "质保金比例", "质量保证金金额"];
    let share = |text: &str| percent::find(text).first().map(|share| share.percent);
    let mut all: Vec<Stated<Percent>> = labelled(reading, &LABELS, |_, text| {
        let [one] = <[_; 1]>::try_from(percent::find(text)).ok()?;
        let head = text.get(..one.range.start)?;
        let of_contract = ["合同", "结算", "中标", "成交", "总价"].iter().any(|w| head.contains(w));
        let other = ["退", "返", "扣", "利", "支付", "不超过", "不高于"].iter().any(|w| head.contains(w));
        (of_contract && !other).then_some((one.percent, 0..one.range.end))
    });
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        if matches!(zone, Zone::BidForms | Zone::Evaluation)
            || ["不超过", "不高于", "不得"].iter().any(|w| text.contains(w))
        {
            continue;
        }
        for captures in RETAINED.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let (Some(whole), Some(value)) = (captures.get(0), captures.name("n").and_then(|n| share(n.as_str())))
            else {
                continue;
            };
            let range = clause.range.start + whole.start()..clause.range.start + whole.end();
            if let Some(evidence) = reading.evidence(clause.unit, &range) {
                all.push(Stated { value, zone, words: StatedValue { value: value.to_string(), evidence } });
            }
        }
    }
    let (one, other) = differing(&all, |a, b| a != b)?;
    let values = vec![one.words.clone(), other.words.clone()];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，质量保证金比例不一致，请明确以何者为准。", asked.zh),
        format!("The retention is stated on {}, in two shares. Please clarify which one applies.", asked.en),
    );
    let told_of = Told {
        title: both("质量保证金比例前后不一致", "retention of two shares"),
        description: both(
            format!("一处为{}，另一处为{}", one.value, other.value),
            format!("it is {} in one place and {} in another", one.value, other.value),
        ),
    };
    told(reading, "K037", "quality_bond", values, question, told_of)
}

/// `计划工期：100日历天` beside dates between which another number of days lies.
fn start_and_finish(reading: &Reading<'_>) -> Option<Contradiction> {
    const LENGTHS: [&str; 5] = ["工期", "计划工期", "总工期", "施工工期", "合同工期"];
    const STARTS: [&str; 5] = ["计划开工日期", "开工日期", "计划开工时间", "开工时间", "计划开始日期"];
    const ENDS: [&str; 7] =
        ["计划竣工日期", "竣工日期", "计划竣工时间", "竣工时间", "计划完工日期", "完工日期", "计划结束日期"];
    let day = |labels: &[&str]| -> Vec<Stated<NaiveDate>> {
        let mut all = labelled(reading, labels, |_, text| match dates::find(text).as_slice() {
            [one] => Some((one.moment.date(), one.range.clone())),
            _ => None,
        });
        all.extend(in_line(reading, labels, |text| {
            dates::first(text).map(|one| (one.moment.date(), one.range.start, one.range.end))
        }));
        all
    };
    let (starts, ends) = (day(&STARTS), day(&ENDS));
    let mut lengths = labelled(reading, &LENGTHS, |_, text| Some((only_length(text)?.duration, 0..text.len())));
    lengths.extend(in_line(reading, &LENGTHS, |text| {
        durations::first(text).map(|span| (span.duration, span.start, span.end))
    }));
    let start = only(&starts, |a, b| a != b)?;
    let end = only(&ends, |a, b| a != b)?;
    let length = only(&lengths, |a, b| a != b)?;
    let lies = (end.value - start.value).num_days();
    if fits(length.value, lies) {
        return None;
    }
    days_apart(reading, vec![length.words.clone(), start.words.clone(), end.words.clone()], length.value, lies)
}

/// What stands right behind a label inside a line: `计划工期：100日历天，计划开工日期：2026年10月1日`.
fn in_line<T>(
    reading: &Reading<'_>,
    labels: &[&str],
    read: impl Fn(&str) -> Option<(T, usize, usize)>,
) -> Vec<Stated<T>> {
    const GAP_CHARS: usize = 2;
    let mut found = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        if !matches!(zone, Zone::Notice | Zone::FrontTable | Zone::Requirement) || names_lot(text) {
            continue;
        }
        for label in labels {
            for (at, _) in text.match_indices(label) {
                let before = text.get(..at).unwrap_or_default().chars().next_back();
                // 总工期 and 合同工期 are labels of their own.
                if before.is_some_and(char::is_alphabetic) {
                    continue;
                }
                let from = at + label.len();
                let Some((value, start, end)) = text.get(from..).and_then(&read) else { continue };
                let gap = text.get(from..from + start).unwrap_or_default().trim();
                let range = clause.range.start + at..clause.range.start + from + end;
                let near = gap.chars().count() <= GAP_CHARS && gap.chars().all(|c| matches!(c, ':' | '为' | ' '));
                if let (true, Some(evidence)) = (near, reading.evidence(clause.unit, &range)) {
                    let words = reading.text(clause.unit, &(range.start + label.len() + gap.len()..range.end));
                    found.push(Stated { value, zone, words: StatedValue { value: words.to_owned(), evidence } });
                }
            }
        }
    }
    found
}

/// `自2026年1月1日至2026年12月31日，共400天`.
fn range(reading: &Reading<'_>) -> Option<Contradiction> {
    const GAP_CHARS: usize = 8;
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Evaluation | Zone::Correction) {
            return None;
        }
        let text = reading.text(clause.unit, &clause.range);
        let [first, last] = <[_; 2]>::try_from(dates::find(text)).ok()?;
        let span = durations::find(text).into_iter().find(|span| span.start >= last.range.end)?;
        let joined = text.get(first.range.end..last.range.start)?.trim();
        let gap = text.get(last.range.end..span.start)?;
        let counted = ["共", "合计", "总计"].iter().any(|w| gap.contains(w)) && gap.chars().count() <= GAP_CHARS;
        let lies = (last.moment.date() - first.moment.date()).num_days();
        if !matches!(joined, "至" | "到" | "~" | "-" | "起至") || !counted || lies <= 0 || fits(span.duration, lies)
        {
            return None;
        }
        let quote = clause.range.start + first.range.start..clause.range.start + span.end;
        let evidence = reading.evidence(clause.unit, &quote)?;
        let words = StatedValue { value: span.duration.to_string(), evidence };
        days_apart(reading, vec![words], span.duration, lies)
    })
}

/// Whether a length is the time between two days so far apart, both, one or none of them counted.
fn fits(length: Duration, lies: i64) -> bool {
    let (low, high) = match length.unit {
        // Working days depend on the holidays.
        DurationUnit::WorkingDay | DurationUnit::Hour => return true,
        DurationUnit::Day | DurationUnit::Week | DurationUnit::Month | DurationUnit::Year => length.days_range(),
    };
    (low - 2..=high + 1).contains(&lies)
}

fn days_apart(reading: &Reading<'_>, values: Vec<StatedValue>, length: Duration, lies: i64) -> Option<Contradiction> {
    let asked = places(&values, ("、", ", "));
    let between = lies + 1;
    let question = both(
        format!("招标文件{}，起止日期之间为{between}日，与所写{length}不符，请明确。", asked.zh),
        format!(
            "On {}: there are {between} days from the first date to the last, not {}. Please clarify.",
            asked.en,
            length.in_english()
        ),
    );
    let told_of = Told {
        title: both("起止日期与期限不符", "the dates do not make the stated time"),
        description: both(
            format!("起止日期之间为{between}日（首尾均计），期限写为{length}"),
            format!("the dates make {between} days, both counted; the time is stated as {}", length.in_english()),
        ),
    };
    told(reading, "K040", "contract_duration", values, question, told_of)
}
