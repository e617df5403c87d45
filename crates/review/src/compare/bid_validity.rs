//! What it checks: the bid is valid at least as long as the tender asks.
//! Why it matters: a shorter validity makes the bid invalid (财政部令第87号 23; 实施条例 25, 51(六)).
//! A validity that is given by its last day is held against the day that the tender's period ends on.
//! Exclusions: other periods in a sentence about validity, such as the days to sign the contract; validity of
//! guarantees; the demand repeated in a table.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::{Duration, DurationUnit};
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report, tied};
use crate::bid::Sentence;
use crate::grammar::{dates, durations};
use crate::near;

pub(super) const CHECK: Check = Check { id: "B005", dimension: Dimension::Commercial, run };

const WORDS: [&str; 20] = [
    "投标有效期",
    "报价有效期",
    "响应有效期",
    "磋商有效期",
    "谈判有效期",
    "文件有效期",
    "文件的有效期",
    "投标的有效期",
    "报价的有效期",
    "标书有效期",
    "报价有效时间",
    "投标有效时间",
    "validity",
    "remain valid",
    "remains valid",
    "valid for acceptance",
    "stands for acceptance",
    "abide by this",
    "be accepted until",
    "binding upon us",
];

/// Words of a validity that other things have as well: of the bid's only where the sentence speaks of the bid.
const OF_ANYTHING: [&str; 6] =
    ["is valid for", "be valid for", "for acceptance", "holds for", "be valid until", "is valid until"];

/// Whether a text, in lower case, names the validity of the bid.
fn names_validity(text: &str) -> bool {
    let of_bid = |word: &str| {
        matches!(word.trim_end_matches('s'), "bid" | "tender" | "offer" | "quotation" | "quote" | "proposal" | "price")
    };
    WORDS.iter().any(|w| text.contains(w))
        || OF_ANYTHING.iter().any(|w| text.contains(w)) && text.split(|c: char| !c.is_ascii_alphabetic()).any(of_bid)
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("bid_validity_days") else { return };
    let Some(FieldValue::Integer(days)) = case.value_of(field) else { return };
    let wanted = Duration::new(*days, DurationUnit::Day);
    let mut found = false;
    for sentence in &case.bid.sentences {
        if let Some(judgement) = until(case, sentence, *days) {
            found = true;
            report.push(judgement.rigid().demands_field(field).says(case.bid.evidence(sentence)));
            continue;
        }
        let Some(offered) = offered(case, sentence) else { continue };
        let subject = format!("{}", sentence.unit);
        let (offered_en, wanted_en) = (offered.in_english(), wanted.in_english());
        let judgement = match offered.at_least(wanted) {
            Some(true) => {
                let remark = both(
                    format!("投标有效期 {offered} 满足不少于 {days} 日的要求"),
                    format!("The bid validity of {offered_en} meets the required minimum of {wanted_en}"),
                );
                Judgement::new(Verdict::Pass, subject, remark)
            }
            Some(false) if case.copied(sentence) => continue,
            Some(false) => {
                let remark = both(
                    format!("投标有效期 {offered} 短于要求的 {days} 日"),
                    format!("The bid validity of {offered_en} is shorter than the required {wanted_en}"),
                );
                Judgement::new(Verdict::Fail, subject, remark)
            }
            None => {
                let remark = both(
                    format!("投标有效期 {offered} 与要求的 {days} 日单位不同，请核对"),
                    format!(
                        "The bid validity of {offered_en} and the required {wanted_en} are in different units; please check"
                    ),
                );
                Judgement::new(Verdict::Risk, subject, remark)
            }
        };
        found = true;
        report.push(judgement.rigid().demands_field(field).says(case.bid.evidence(sentence)));
    }
    if found {
        return;
    }
    // "同意招标文件规定的投标有效期" names no number and needs none.
    let agreed = case.bid.sentences.iter().find(|s| {
        let text = case.bid.text(s);
        case.bid.is_own(s.unit)
            && names_validity(&text.to_ascii_lowercase())
            && ["规定", "约定", "要求", "载明", "明确", "specified", "stated", "required"]
                .iter()
                .any(|w| text.contains(w))
            && [
                "同意",
                "承诺",
                "遵守",
                "保持",
                "满足",
                "接受",
                "遵循",
                "符合",
                "agree",
                "abide",
                "accept",
                "shall remain",
            ]
            .iter()
            .any(|w| text.contains(w))
    });
    let judgement = match agreed {
        Some(sentence) => {
            let remark = both("同意招标文件规定的投标有效期", "The bid accepts the bid validity stated in the tender");
            Judgement::new(Verdict::Pass, "agreed", remark).says(case.bid.evidence(sentence))
        }
        None => {
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            let remark = both(
                format!("投标文件未写明投标有效期（要求 {days} 日）"),
                format!("The bid does not state its validity (required: {})", wanted.in_english()),
            );
            Judgement::new(Verdict::Risk, "absent", remark).state(state)
        }
    };
    report.push(judgement.rigid().demands_field(field));
}

/// A validity given by its last day: open for acceptance until 17 August 2027, 有效期至2027年8月17日.
fn until(case: &Case<'_>, sentence: &Sentence, days: i64) -> Option<Judgement> {
    const ENDS: [&str; 9] = ["until", "till", "up to", "through", "valid to", "至", "到", "截止", "截至"];
    if !case.bid.is_own(sentence.unit) {
        return None;
    }
    let text = case.bid.text(sentence).to_ascii_lowercase();
    let label = case.bid.label(sentence.unit).to_ascii_lowercase();
    if speaks_of_another(&text) || speaks_of_another(&label) || !(names_validity(&text) || names_validity(&label)) {
        return None;
    }
    let deadline = case.deadline()?.date();
    let last = deadline.checked_add_days(chrono::Days::new(u64::try_from(days).ok()?))?;
    let end = dates::find(&text).into_iter().find(|stamp| {
        let before = near::before(&text, stamp.range.start, 12);
        ENDS.iter().any(|w| before.trim_end().ends_with(w)) || names_validity(&label) && text.trim().len() <= 24
    })?;
    let end = end.moment.date();
    // Whether the day of the deadline counts is read both ways.
    let judgement = if end + chrono::Duration::days(1) >= last {
        let remark = both(
            format!("投标有效期至 {end}，不早于要求的 {last}"),
            format!("The bid is valid until {end}, no earlier than the required {last}"),
        );
        Judgement::new(Verdict::Pass, format!("{}", sentence.unit), remark)
    } else {
        let remark = both(
            format!("投标有效期至 {end}，早于要求的 {last}（投标截止日后 {days} 日）"),
            format!("The bid is valid until {end}, before the required {last} ({days} days after the bid deadline)"),
        );
        Judgement::new(Verdict::Fail, format!("{}", sentence.unit), remark)
    };
    Some(judgement)
}

/// Words of what has a validity of its own.
fn speaks_of_another(text: &str) -> bool {
    [
        "保证金",
        "保函",
        "担保",
        "security",
        "guarantee",
        "证书",
        "执照",
        "certificate",
        "policy",
        "insurance",
        "attorney",
        "licen",
        "registration",
        "accredit",
        "membership",
        "permit",
        "warranty",
        "lease",
        "passport",
        "visa",
    ]
    .iter()
    .any(|w| text.contains(w))
}

/// The validity a sentence or a cell offers.
fn offered(case: &Case<'_>, sentence: &Sentence) -> Option<Duration> {
    if !case.bid.is_own(sentence.unit) {
        return None;
    }
    let text = case.bid.text(sentence).to_ascii_lowercase();
    let label = case.bid.label(sentence.unit).to_ascii_lowercase();
    if speaks_of_another(&text) || speaks_of_another(&label) {
        return None;
    }
    let labelled = names_validity(&label);
    let anything = OF_ANYTHING.iter().filter(|_| names_validity(&text));
    let words: Vec<&str> = WORDS.iter().chain(anything).copied().collect();
    let span = durations::find(&text).into_iter().enumerate().find(|(index, span)| {
        let after: String = text.get(span.end..).unwrap_or_default().chars().take(24).collect();
        // 截止时间后的60日内，我方受本投标函约束 or 不撤销投标文件 names no validity, and is one.
        let from_deadline = text.get(..span.start).is_some_and(|t| t.contains("截止"))
            && ["约束", "遵守", "不撤销", "不撤回", "不得撤"].iter().any(|w| after.contains(w));
        let binds = from_deadline
            || after.contains("约束力")
            || after.starts_with("内有效")
            || after.starts_with("有效")
            || after.starts_with("内保持有效")
            || after.contains("remain valid");
        span.duration.unit != DurationUnit::Hour
            && (span.duration.count >= 10 || span.duration.unit == DurationUnit::Month)
            && (binds && !text.contains("报告") || tied(&text, &words, span.start, 40) || labelled && *index == 0)
    });
    span.map(|(_, span)| span.duration)
}
