//! What it checks: the terms of payment a bid writes are those of the tender.
//! Why it matters: other terms are a condition the buyer has not accepted (财政部令第87号 63(五)).

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::grammar::percent;
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B018", dimension: Dimension::Commercial, run };

const WORDS: [&str; 6] = ["预付", "付款", "支付", "付至", "付清", "payment"];
const OTHERS: [&str; 8] = ["违约金", "保证金", "滞纳", "服务费", "逾期", "赔偿", "罚", "发票"];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("payment_terms").filter(|f| f.found().is_some()) else { return };
    let speaks = |t: &str| WORDS.iter().any(|w| t.contains(w)) && !OTHERS.iter().any(|o| t.contains(o));
    let mut allowed: Vec<i64> =
        percent::find(&bidlens_domain::fold::folded(field.raw())).iter().map(|s| s.percent.0).collect();
    for evidence in field.evidence() {
        allowed.extend(percent::find(&bidlens_domain::fold::folded(evidence.quote())).iter().map(|s| s.percent.0));
    }
    for one in case
        .tender
        .units
        .iter()
        .filter(|u| matches!(u.zone, Zone::Requirement | Zone::Contract | Zone::FrontTable | Zone::Notice))
    {
        if speaks(&one.text) {
            allowed.extend(percent::find(&one.text).iter().map(|s| s.percent.0));
        }
    }
    if allowed.is_empty() {
        return;
    }
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let heading = case.bid.column_heading(sentence.unit);
        if heading.contains("招标") && !heading.contains("响应") {
            continue;
        }
        let text = case.bid.text(sentence);
        let shares = percent::find(text);
        if shares.is_empty() || !speaks(text) {
            continue;
        }
        let strange = shares.iter().find(|s| !allowed.contains(&s.percent.0) && s.percent.value() < 100.0);
        match strange {
            Some(share) => {
                let remark = format!("付款比例 {} 不在招标文件的付款条件中", share.percent);
                report.push(
                    Judgement::new(Verdict::Fail, format!("{}", sentence.unit), remark)
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
            None if !passed => {
                passed = true;
                report.push(
                    Judgement::new(Verdict::Pass, "terms", "付款条件与招标文件一致")
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
            None => {}
        }
    }
}
