//! What it checks: each period of warranty, replacement and repair is at least what the tender asks for.
//! Exclusions: periods of the bid that the tender sets no demand for.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::{Duration, DurationUnit};

use super::{Case, Check, Judgement, Report};
use crate::grammar::durations;

pub(super) const CHECK: Check = Check { id: "B007", dimension: Dimension::Commercial, run };

/// Words for the same kind of promise.
const KINDS: [(&str, &[&str]); 3] = [
    ("质保期", &["质保期", "保修期", "质量保证期", "缺陷责任期", "免费维护期", "免费保修", "质保", "warranty"]),
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
        if matches!(one.zone, Zone::BidForms | Zone::Evaluation | Zone::Other) {
            continue;
        }
        for range in crate::bid::cut(&one.text) {
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
        let Some(wanted) = least(&demanded, kind) else { continue };
        let mut found = false;
        for sentence in &case.bid.sentences {
            let heading = case.bid.column_heading(sentence.unit).to_owned();
            if heading.contains("要求") || heading.contains("招标文件") {
                continue;
            }
            let row = case
                .bid
                .reading
                .units
                .get(sentence.unit)
                .and_then(|u| u.cell)
                .and_then(|c| case.bid.reading.row_label(c))
                .unwrap_or_default();
            let label = if heading.chars().count() <= 12 { format!("{row}{heading}") } else { row };
            let text = case.bid.text(sentence);
            for (_, duration) in promises(text, &label).into_iter().filter(|(k, _)| *k == kind) {
                found = true;
                let subject = format!("{kind} {} {}", sentence.unit, sentence.range.start);
                let judgement = match duration.at_least(wanted.duration) {
                    Some(true) => Judgement::new(
                        Verdict::Pass,
                        subject,
                        format!("{kind} {duration} 不低于要求的 {}", wanted.duration),
                    ),
                    Some(false) => Judgement::new(
                        Verdict::Fail,
                        subject,
                        format!("{kind} {duration} 低于要求的 {}", wanted.duration),
                    ),
                    None => Judgement::new(
                        Verdict::Risk,
                        subject,
                        format!("{kind} {duration} 与要求的 {} 单位不同，请核对", wanted.duration),
                    ),
                };
                let quote = wanted.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
                report.push(judgement.demands(quote, wanted.evidence.clone()).says(case.bid.evidence(sentence)));
            }
        }
        if !found {
            let quote = wanted.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
            let remark = format!("投标文件未写明{kind}（要求 {}）", wanted.duration);
            report.push(
                Judgement::new(Verdict::Risk, format!("{kind} absent"), remark)
                    .state(FindingState::NotFound)
                    .demands(quote, wanted.evidence.clone()),
            );
        }
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
    let spans: Vec<_> = durations::find(text)
        .into_iter()
        .filter(|s| {
            matches!(s.duration.unit, DurationUnit::Month | DurationUnit::Year)
                || s.duration.unit == DurationUnit::Day && s.duration.count >= 90
        })
        .collect();
    if text.contains("保证金") || text.contains("业绩") || text.contains("付款") || text.contains("支付") {
        return found;
    }
    for span in spans {
        let after: String = text.get(span.end..).unwrap_or_default().chars().take(6).collect();
        let before: String = text
            .get(..span.start)
            .unwrap_or_default()
            .chars()
            .rev()
            .take(40)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        if after.starts_with("包换") || after.starts_with("内包换") {
            found.push(("包换", span.duration));
        } else if after.starts_with("包修") || after.starts_with("内包修") {
            found.push(("包修", span.duration));
        } else {
            let named = KINDS[0].1.iter().any(|w| before.to_lowercase().contains(w) || label.contains(w))
                || after.contains("质保")
                || after.contains("保修");
            // "提供经验收合格后至少24个月" names the promise only by what it follows.
            let after_acceptance =
                before.contains("验收合格") && (before.contains("提供") || before.contains('自')) && after.is_empty();
            if named || after_acceptance {
                found.push(("质保期", span.duration));
            }
        }
    }
    found
}
