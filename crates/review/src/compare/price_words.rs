//! What it checks: the price in words equals the price in figures where both stand together.
//! Why it matters: the words prevail (财政部令第87号 59), so the bid is evaluated at another price than meant.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices::{self, PriceMention};

pub(super) const CHECK: Check = Check { id: "B002", dimension: Dimension::Price, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mentions = prices::mentions(case.bid);
    let demand = case.tender_clauses(|t| t.contains("大写") && t.contains("小写") && t.contains("为准"));
    let row = |m: &PriceMention| case.bid.reading.units.get(m.unit).and_then(|u| u.cell).map(|c| (c.grid, c.row));
    for words in mentions.iter().filter(|m| m.in_words) {
        let figures = || mentions.iter().filter(|m| !m.in_words);
        // Only figures right beside the words restate them; farther away may stand the price of a part or a lot.
        let beside = figures()
            .find(|m| m.unit == words.unit)
            .or_else(|| figures().find(|m| row(m).is_some() && row(m) == row(words)))
            .or_else(|| {
                figures().filter(|m| m.unit.abs_diff(words.unit) <= 2).min_by_key(|m| m.unit.abs_diff(words.unit))
            });
        // Words may leave open whose dollars they are.
        let equal = figures().find(|m| m.money.minor == words.money.minor);
        // In one breath with the words, the price of the whole must equal them, whatever else is equal elsewhere.
        let together = figures().filter(|m| m.unit == words.unit && m.whole && words.whole);
        let differs = together.clone().next().filter(|_| together.clone().all(|m| m.money.minor != words.money.minor));
        let Some(figures) = differs.or(equal).or(beside) else { continue };
        let mut evidence = words.evidence.clone();
        evidence.extend(figures.evidence.clone());
        evidence.dedup_by(|a, b| a.quote() == b.quote());
        let judgement = if words.money.minor == figures.money.minor {
            let remark = both(
                format!("大写与小写金额一致：{}", words.money),
                format!("The amounts in words and in figures agree: {}", words.money),
            );
            Judgement::new(Verdict::Pass, format!("{}", words.unit), remark)
        } else {
            let remark = both(
                format!("大写金额 {} 与小写金额 {} 不一致", words.money, figures.money),
                format!("The amount in words, {}, differs from the amount in figures, {}", words.money, figures.money),
            );
            Judgement::new(Verdict::Fail, format!("{}", words.unit), remark)
        };
        let (text, tender) = demand.first().cloned().unwrap_or_default();
        report.push(judgement.demands(text, tender).says(evidence));
    }
}
