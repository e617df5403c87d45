//! What it checks: what the bid says of the performance bond and the bid bond against the tender.
//! Exclusions: shares of payment, fines and refunds in the same sentence; bonds of earlier contracts.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report, tied};
use crate::grammar::money::{self, Unit};
use crate::grammar::percent;

pub(super) const CHECK: Check = Check { id: "B020", dimension: Dimension::Commercial, run };

const PERFORMANCE: [&str; 6] =
    ["履约保证金", "履约担保", "履约保函", "performance security", "performance bond", "performance guarantee"];
const BID: [&str; 11] = [
    "投标保证金",
    "磋商保证金",
    "谈判保证金",
    "响应保证金",
    "询价保证金",
    "报价保证金",
    "投标保函",
    "投标担保",
    "电子保函",
    "bid security",
    "earnest money",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    judge(case, report, "performance_bond", &PERFORMANCE, ["履约保证金", "performance bond"]);
    judge(case, report, "bid_bond", &BID, ["投标保证金", "bid bond"]);
}

fn judge(case: &Case<'_>, report: &mut Report<'_>, key: &str, words: &[&str], [name, name_en]: [&str; 2]) {
    let Some(field) = case.facts.field(key) else { return };
    let Some(value) = case.value_of(field) else { return };
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let unit = sentence.unit;
        let guarantee = case.bid.reading.headings(unit).iter().any(|h| h.contains("保函") || h.contains("security"));
        if case.bid.is_demand(unit) || case.bid.is_aside(unit) && !guarantee {
            continue;
        }
        let original = case.bid.text(sentence);
        let text = original.to_ascii_lowercase();
        let label = case.bid.label(unit).to_ascii_lowercase();
        // In the letter 保证金 alone is that of the bid.
        const OTHERS: [&str; 6] = ["履约", "质量", "质保", "工资", "农民工", "预付款"];
        let plain = key == "bid_bond" && case.bid.is_binding(unit) && !OTHERS.iter().any(|w| text.contains(w));
        let words: Vec<&str> = words.iter().copied().chain(plain.then_some("保证金")).collect();
        let labelled = words.iter().any(|w| label.contains(w));
        if !labelled && !words.iter().any(|w| text.contains(w)) {
            continue;
        }
        // 中标金额3%的履约保证金: the word may follow its figure.
        let near = |at: usize, first: bool, end: usize| {
            // …的3%向采购人提交履约保证金
            let mut after = text.get(end..).unwrap_or_default().trim_start_matches(['的', '作', '为', ' ']);
            for word in ["向采购人", "向招标人", "向甲方", "提交", "缴纳", "交纳", "递交", "支付", "提供", "缴存"]
            {
                after = after.strip_prefix(word).unwrap_or(after);
            }
            tied(&text, &words, at, 40) || labelled && first || words.iter().any(|w| after.starts_with(w))
        };
        let said = match value {
            FieldValue::Percent(wanted) => {
                let shares = percent::find(&text);
                let share = shares.iter().enumerate().find(|(i, s)| near(s.range.start, *i == 0, s.range.end));
                share.map(|(_, s)| (s.percent >= *wanted, s.percent.to_string(), wanted.to_string()))
            }
            FieldValue::Money(wanted) => {
                let amounts = match Unit::of_label(&label) {
                    Some(unit) if labelled => money::find_in_unit(original, unit),
                    // Signs of currencies are capitals: USD 40,000.
                    _ => money::find(original),
                };
                let amount = amounts.iter().enumerate().find(|(i, a)| near(a.range.start, *i == 0, a.range.end));
                amount.and_then(|(_, a)| Some((!wanted.exceeds(&a.money)?, a.money.to_string(), wanted.to_string())))
            }
            _ => None,
        };
        let Some((enough, said, wanted)) = said else { continue };
        if enough && !passed {
            passed = true;
            let remark = both(
                format!("{name} {said} 满足要求的 {wanted}"),
                format!("The {name_en} of {said} meets the required {wanted}"),
            );
            report.push(
                Judgement::new(Verdict::Pass, key, remark).demands_field(field).says(case.bid.evidence(sentence)),
            );
        } else if !enough && !case.copied(sentence) {
            let remark = both(
                format!("{name} {said} 低于要求的 {wanted}"),
                format!("The {name_en} of {said} is below the required {wanted}"),
            );
            report.push(
                Judgement::new(Verdict::Fail, format!("{key} {unit}"), remark)
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}
