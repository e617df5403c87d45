//! What it checks: the bid's price is not above the ceiling price, or the budget where there is none.
//! Why it matters: such a bid is invalid (招标投标法实施条例 51(五); 财政部令第87号 63(四)).
//! Exclusions: tenders with prices per lot, where the lot of the bid is not known.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices;

pub(super) const CHECK: Check = Check { id: "B001", dimension: Dimension::Price, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let limit = ["max_price", "budget"].into_iter().find_map(|key| {
        let field = case.facts.field(key)?;
        field.lots.is_empty().then_some(())?;
        Some((key, field, field.money()?))
    });
    let Some((key, field, limit)) = limit else { return };
    let mentions = prices::mentions(case.bid);
    let Some(price) = prices::main_price(&mentions) else {
        let state = bidlens_domain::finding::FindingState::NotFound;
        report.push(
            Judgement::new(Verdict::Risk, "price", "投标文件中未找到投标总价")
                .state(state)
                .rigid()
                .demands_field(field),
        );
        return;
    };
    let name = if key == "budget" { "预算金额" } else { "最高限价" };
    let Some(exceeds) = price.money.exceeds(limit) else { return };
    let mut evidence = price.evidence.clone();
    evidence.extend(mentions.iter().filter(|m| m.in_words).take(1).flat_map(|m| m.evidence.clone()));
    evidence.dedup_by(|a, b| a.quote() == b.quote());
    let judgement = if exceeds {
        Judgement::new(Verdict::Fail, "price", format!("投标总价 {} 超过{name} {limit}", price.money))
    } else {
        Judgement::new(Verdict::Pass, "price", format!("投标总价 {} 未超过{name} {limit}", price.money))
    };
    report.push(judgement.rigid().demands_field(field).says(evidence));
}
