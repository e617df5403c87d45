//! What it checks: the bid is valid at least as long as the tender asks.
//! Why it matters: a shorter validity makes the bid invalid (财政部令第87号 23; 实施条例 25, 51(六)).

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::{Duration, DurationUnit};

use super::{Case, Check, Judgement, Report};
use crate::grammar::durations;

pub(super) const CHECK: Check = Check { id: "B005", dimension: Dimension::Commercial, run };

const WORDS: [&str; 8] = [
    "投标有效期",
    "报价有效期",
    "响应有效期",
    "响应文件有效期",
    "投标文件有效期",
    "约束力",
    "bid validity",
    "remain valid",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("bid_validity_days") else { return };
    let Some(FieldValue::Integer(days)) = field.found() else { return };
    let wanted = Duration::new(*days, DurationUnit::Day);
    let mut found = false;
    for sentence in &case.bid.sentences {
        let text = case.bid.text(sentence);
        let row = case
            .bid
            .reading
            .units
            .get(sentence.unit)
            .and_then(|u| u.cell)
            .and_then(|c| case.bid.reading.row_label(c))
            .unwrap_or_default();
        let heading = case.bid.column_heading(sentence.unit);
        let speaks = |t: &str| WORDS.iter().any(|w| t.to_lowercase().contains(w));
        if !(speaks(text) || speaks(&row) || speaks(heading)) || text.contains("保证金") || text.contains("保函") {
            continue;
        }
        let Some(span) = durations::find(text).into_iter().find(|s| {
            s.duration.unit != DurationUnit::Hour && s.duration.count >= 10 || s.duration.unit == DurationUnit::Month
        }) else {
            continue;
        };
        found = true;
        let judgement = match span.duration.at_least(wanted) {
            Some(true) => Judgement::new(
                Verdict::Pass,
                format!("{}", sentence.unit),
                format!("投标有效期 {} 满足不少于 {days} 日的要求", span.duration),
            ),
            Some(false) => Judgement::new(
                Verdict::Fail,
                format!("{}", sentence.unit),
                format!("投标有效期 {} 短于要求的 {days} 日", span.duration),
            ),
            None => Judgement::new(
                Verdict::Risk,
                format!("{}", sentence.unit),
                format!("投标有效期 {} 与要求的 {days} 日单位不同，请核对", span.duration),
            ),
        };
        report.push(judgement.rigid().demands_field(field).says(case.bid.evidence(sentence)));
    }
    if !found {
        let remark = format!("投标文件未写明投标有效期（要求 {days} 日）");
        report.push(
            Judgement::new(Verdict::Risk, "absent", remark).state(FindingState::NotFound).rigid().demands_field(field),
        );
    }
}
