//! What it checks: each period of warranty, replacement and repair is at least what the tender asks for.
//! Exclusions: periods of the bid that the tender sets no demand for.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::{Duration, DurationUnit};
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report, tied};
use crate::grammar::durations;
use crate::near;

pub(super) const CHECK: Check = Check { id: "B007", dimension: Dimension::Commercial, run };

/// Words for the same kind of promise.
const KINDS: [(&str, &[&str]); 3] = [
    (
        "质保期",
        &[
            "质保期",
            "保修期",
            "质量保证期",
            "缺陷责任期",
            "免费维护期",
            "免费保修",
            "质量保证",
            "质保",
            "保修",
            "warrant",
            "defect liability period",
            "defects liability period",
            "manufacturing defects",
            "rectify defects",
            "made good for",
            "make good defects",
            "guaranteed for",
        ],
    ),
    ("包换", &["包换"]),
    ("包修", &["包修"]),
];

/// A period with the kind of promise it is for.
struct Promise {
    kind: &'static str,
    duration: Duration,
    evidence: Vec<Evidence>,
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mut demanded: Vec<Promise> = Vec::new();
    for (unit, one) in case.tender.units.iter().enumerate() {
        use crate::reading::Zone;
        // An English tender seldom names its parts as the zones do.
        let other = one.zone == Zone::Other && !case.tender.is_english();
        if matches!(one.zone, Zone::BidForms | Zone::Evaluation) || other {
            continue;
        }
        for range in crate::bid::cut(&one.text) {
            if case.is_of_another_lot(unit, case.tender.text(unit, &range)) {
                continue;
            }
            let label = one.cell.and_then(|c| case.tender.row_label(c)).unwrap_or_default();
            for (kind, duration) in promises(case.tender.text(unit, &range), &label) {
                demanded.push(Promise {
                    kind,
                    duration,
                    evidence: case.tender.evidence(unit, &range).into_iter().collect(),
                });
            }
        }
    }
    for (kind, _) in KINDS {
        let kind_en = in_english(kind);
        let Some(wanted) = least(&demanded, kind) else { continue };
        let mut found = false;
        // Where the demand is kept, a shorter period beside it is that of a part, of the maker or of another contract
        // as often as it takes the promise back.
        let kept = case.bid.sentences.iter().filter(|s| case.own(s) && !case.copied(s)).any(|s| {
            let said = promises(case.bid.text(s), &case.bid.label(s.unit));
            said.iter().any(|(k, offered)| *k == kind && offered.at_least(wanted.duration) == Some(true))
        });
        for sentence in case.bid.sentences.iter().filter(|s| case.bid.is_own(s.unit)) {
            let label = case.bid.label(sentence.unit);
            let text = case.bid.text(sentence);
            // The answer to the label itself.
            let labelled = KINDS[0].1.iter().any(|w| label.to_ascii_lowercase().contains(w));
            let said: Vec<Duration> =
                promises(text, &label).into_iter().filter(|(k, _)| *k == kind).map(|(_, said)| said).collect();
            // 标准质保期12个月,本项目延长至36个月: the longer one is what is promised.
            let extended = ["延长至", "延长到", "续保至", "延续至", "extended to", "we extend"]
                .iter()
                .any(|w| text.to_ascii_lowercase().contains(w));
            let keeps = |offered: &Duration| offered.at_least(wanted.duration) == Some(true);
            let extended = extended && durations::find(text).iter().any(|span| keeps(&span.duration));
            for duration in said.into_iter().filter(|offered| !extended || keeps(offered)) {
                found = true;
                let subject = format!("{kind} {} {}", sentence.unit, sentence.range.start);
                let (offered_en, wanted_en) = (duration.in_english(), wanted.duration.in_english());
                let judgement = match duration.at_least(wanted.duration) {
                    Some(true) => Judgement::new(
                        Verdict::Pass,
                        subject,
                        both(
                            format!("{kind} {duration} 不低于要求的 {}", wanted.duration),
                            format!("The {kind_en} of {offered_en} is no shorter than the required {wanted_en}"),
                        ),
                    ),
                    Some(false) if case.copied(sentence) => continue,
                    Some(false) if kept && !labelled && !case.bid.is_binding(sentence.unit) => Judgement::new(
                        Verdict::Risk,
                        subject,
                        both(
                            format!(
                                "此处写有{kind} {duration}，短于要求的 {}，另一处满足要求，请核对",
                                wanted.duration
                            ),
                            format!(
                                "A {kind_en} of {offered_en} stands here, shorter than the required {wanted_en}, which \
                                 is kept elsewhere; please check"
                            ),
                        ),
                    ),
                    Some(false) => Judgement::new(
                        Verdict::Fail,
                        subject,
                        both(
                            format!("{kind} {duration} 低于要求的 {}", wanted.duration),
                            format!("The {kind_en} of {offered_en} is shorter than the required {wanted_en}"),
                        ),
                    ),
                    None => Judgement::new(
                        Verdict::Risk,
                        subject,
                        both(
                            format!("{kind} {duration} 与要求的 {} 单位不同，请核对", wanted.duration),
                            format!(
                                "The {kind_en} of {offered_en} and the required {wanted_en} are in different units; please check"
                            ),
                        ),
                    ),
                };
                let quote = wanted.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
                report.push(judgement.demands(quote, wanted.evidence.clone()).says(case.bid.evidence(sentence)));
            }
        }
        if !found {
            let quote = wanted.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            let remark = both(
                format!("投标文件未写明{kind}（要求 {}）", wanted.duration),
                format!("The bid states no {kind_en} (required: {})", wanted.duration.in_english()),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("{kind} absent"), remark)
                    .state(state)
                    .demands(quote, wanted.evidence.clone()),
            );
        }
    }
}

fn in_english(kind: &str) -> &'static str {
    match kind {
        "包换" => "period of free replacement",
        "包修" => "period of free repair",
        _ => "warranty",
    }
}

/// The shortest period demanded of a kind: what every part of the delivery has to keep.
fn least<'p>(demanded: &'p [Promise], kind: &str) -> Option<&'p Promise> {
    let mut best: Option<&Promise> = None;
    for promise in demanded.iter().filter(|p| p.kind == kind) {
        if best.is_none_or(|b| promise.duration.at_least(b.duration) == Some(false)) {
            best = Some(promise);
        }
    }
    best
}

/// Periods in a sentence by the nearest word that says what they are for.
fn promises(text: &str, label: &str) -> Vec<(&'static str, Duration)> {
    let mut found = Vec::new();
    // A 12-month warranty.
    let text = &text.to_ascii_lowercase().replace("-month", " month").replace("-year", " year");
    let label = &label.to_ascii_lowercase();
    let spans: Vec<_> = durations::find(text)
        .into_iter()
        .filter(|s| {
            matches!(s.duration.unit, DurationUnit::Month | DurationUnit::Year)
                || s.duration.unit == DurationUnit::Day && s.duration.count >= 90
        })
        .collect();
    let other = |t: &str| OTHERS.iter().any(|w| t.contains(w));
    if other(text) || other(label) {
        return found;
    }
    for (index, span) in spans.iter().enumerate() {
        let after: String = text.get(span.end..).unwrap_or_default().chars().take(12).collect();
        let near: String = after.chars().take(6).collect();
        let before = text.get(..span.start).unwrap_or_default();
        let last = near::before(text, span.start, 10);
        // "每6个月巡检一次", "延长3个月": periods in the time of warranty, not its length.
        if last.ends_with('每')
            || after.contains("一次")
            || after.contains("经验")
            || last.contains("延长") && !last.contains("延长至") && !last.contains("延长到")
        {
            continue;
        }
        if near.starts_with("包换") || near.starts_with("内包换") {
            found.push(("包换", span.duration));
        } else if near.starts_with("包修") || near.starts_with("内包修") {
            found.push(("包修", span.duration));
        } else {
            let words = KINDS[0].1;
            let labelled = index == 0 && words.iter().any(|w| label.contains(w));
            let named = tied(text, words, span.start, 36)
                || labelled
                || near.contains("质保")
                || near.contains("质量保证")
                || near.contains("保修")
                || near.contains("免费维护")
                || after.contains("warranty");
            // "提供经验收合格后至少24个月" names the promise only by what it follows.
            let after_acceptance =
                before.contains("验收合格") && (before.contains("提供") || before.contains('自')) && near.is_empty();
            if named || after_acceptance {
                found.push(("质保期", span.duration));
            }
        }
    }
    found
}

/// Words of sentences whose periods are no warranty, or that of a part or a repair.
const OTHERS: [&str; 23] = [
    "保证金",
    "业绩",
    "付款",
    "支付",
    "易损",
    "耗材",
    "配件",
    "备件",
    "备品",
    "更换后",
    "维修后",
    "修复后",
    "延保",
    "质保期满",
    "质保期外",
    "过保",
    "有效期",
    "工作经验",
    "从业",
    "replacement",
    "spare",
    "parts",
    "consumable",
];
