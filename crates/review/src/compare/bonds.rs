//! What it checks: what the bid says of the performance bond and the bid bond against the tender.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::grammar::{money, percent};

pub(super) const CHECK: Check = Check { id: "B020", dimension: Dimension::Commercial, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    judge(
        case,
        report,
        "performance_bond",
        &["履约保证金", "履约担保", "performance security", "performance bond"],
        "履约保证金",
    );
    judge(case, report, "bid_bond", &["投标保证金", "磋商保证金", "响应保证金", "bid security"], "投标保证金");
}

fn judge(case: &Case<'_>, report: &mut Report<'_>, key: &str, words: &[&str], name: &str) {
    let Some(field) = case.facts.field(key) else { return };
    let Some(value) = field.found() else { return };
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let text = case.bid.text(sentence);
        if !words.iter().any(|w| text.to_lowercase().contains(w))
            || case.bid.column_heading(sentence.unit).contains("招标")
        {
            continue;
        }
        let verdict = match value {
            FieldValue::Percent(wanted) => {
                percent::find(text).first().map(|s| (s.percent >= *wanted, s.percent.to_string(), wanted.to_string()))
            }
            FieldValue::Money(wanted) => money::find(text)
                .first()
                .and_then(|a| Some((!wanted.exceeds(&a.money)?, a.money.to_string(), wanted.to_string()))),
            _ => None,
        };
        let Some((enough, said, wanted)) = verdict else { continue };
        if enough && !passed {
            passed = true;
            report.push(
                Judgement::new(Verdict::Pass, key, format!("{name} {said} 满足要求的 {wanted}"))
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        } else if !enough {
            report.push(
                Judgement::new(
                    Verdict::Fail,
                    format!("{key} {}", sentence.unit),
                    format!("{name} {said} 低于要求的 {wanted}"),
                )
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
            );
        }
    }
}
