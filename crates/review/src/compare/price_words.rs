//! What it checks: the price in words equals the price in figures where both stand together.
//! Why it matters: the words prevail (财政部令第87号 59), so the bid is evaluated at another price than meant.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices::{self, PriceMention};

pub(super) const CHECK: Check = Check { id: "B002", dimension: Dimension::Price, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mentions = prices::mentions(case.bid);
    let demand = case.tender_clauses(|t| t.contains("大写") && t.contains("小写") && t.contains("为准"));
    let block = |m: &PriceMention| case.bid.reading.units.get(m.unit).map(|u| (u.document, u.block));
    for words in mentions.iter().filter(|m| m.in_words) {
        let figures = || mentions.iter().filter(|m| !m.in_words);
        let near = figures()
            .find(|m| m.unit == words.unit)
            .or_else(|| figures().find(|m| block(m) == block(words)))
            .or_else(|| figures().find(|m| m.binding == words.binding));
        let Some(figures) = near else { continue };
        let mut evidence = words.evidence.clone();
        evidence.extend(figures.evidence.clone());
        evidence.dedup_by(|a, b| a.quote() == b.quote());
        let judgement = if words.money == figures.money {
            Judgement::new(Verdict::Pass, format!("{}", words.unit), format!("大写与小写金额一致：{}", words.money))
        } else {
            let remark = format!("大写金额 {} 与小写金额 {} 不一致", words.money, figures.money);
            Judgement::new(Verdict::Fail, format!("{}", words.unit), remark)
        };
        let (text, tender) = demand.first().cloned().unwrap_or_default();
        report.push(judgement.demands(text, tender).says(evidence));
    }
}
