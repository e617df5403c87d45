//! What it checks: delivery, works or service end no later than the tender asks.
//! Exclusions: periods of payment, acceptance and repair, which stand near the same words.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::DurationUnit;

use super::{Case, Check, Judgement, Report};
use crate::grammar::durations;

pub(super) const CHECK: Check = Check { id: "B006", dimension: Dimension::ScheduleQuality, run };

const LABELS: [&str; 14] = [
    "交货期",
    "供货期",
    "交付期",
    "交货时间",
    "交付时间",
    "工期",
    "服务期",
    "完工期",
    "合同履行期限",
    "供货时间",
    "实施周期",
    "交货",
    "供货",
    "delivery period",
];
const OTHERS: [&str; 24] = [
    "付款",
    "支付",
    "质保",
    "保修",
    "验收合格",
    "到货后",
    "维修",
    "响应时间",
    "有效期",
    "培训",
    "提前",
    "延期",
    "故障",
    "服务期满",
    "发票",
    "故障",
    "包换",
    "保证金",
    "备件",
    "前三日",
    "违约",
    "逾期",
    "退还",
    "类似",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("contract_duration") else { return };
    let Some(FieldValue::Period { length: Some(limit), .. }) = field.found() else { return };
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
        let heading = case.bid.column_heading(sentence.unit).to_owned();
        let labelled = |t: &str| LABELS.iter().any(|l| t.contains(l));
        let anchored = text.contains("合同签订")
            || text.contains("签订合同")
            || text.contains("合同生效")
            || text.contains("中标通知书");
        let short = |t: &str| t.chars().count() <= 16;
        let cell =
            (short(&row) && labelled(&row)) || (short(&heading) && labelled(&heading) && !heading.contains("招标"));
        if !((labelled(text) && (anchored || text.chars().count() < 40)) || cell)
            || OTHERS.iter().any(|o| text.contains(o))
        {
            continue;
        }
        // A column that repeats the tender's demand is not the bidder's promise.
        if heading.contains("要求") || heading.contains("招标文件") {
            continue;
        }
        let spans = durations::find(text);
        let Some(span) = spans.iter().find(|s| !matches!(s.duration.unit, DurationUnit::Hour)) else { continue };
        found = true;
        let subject = format!("{}", sentence.unit);
        let judgement = match limit.at_least(span.duration) {
            Some(true) => {
                Judgement::new(Verdict::Pass, subject, format!("承诺 {}，不超过要求的 {limit}", span.duration))
            }
            Some(false) => {
                Judgement::new(Verdict::Fail, subject, format!("承诺 {}，超过要求的 {limit}", span.duration))
            }
            None => Judgement::new(
                Verdict::Risk,
                subject,
                format!("承诺 {} 与要求的 {limit} 单位不同，请核对", span.duration),
            ),
        };
        report.push(judgement.rigid().demands_field(field).says(case.bid.evidence(sentence)));
    }
    if !found {
        let remark = format!("投标文件未写明交货或服务期限（要求 {limit} 内）");
        report.push(Judgement::new(Verdict::Risk, "absent", remark).state(FindingState::NotFound).demands_field(field));
    }
}
