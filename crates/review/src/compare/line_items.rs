//! What it checks: quantity times unit price gives each line's total, and the lines give the stated total.
//! Why it matters: arithmetic errors are corrected by rule (财政部令第87号 59) and can change the ranking.
//! Exclusions: tables in which group rows repeat the sums of their lines are added up by either level.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices::{self, Item, ItemTable};

pub(super) const CHECK: Check = Check { id: "B003", dimension: Dimension::Price, run };

/// Rounding to whole yuan on every line is no error.
const SLACK_PER_LINE: f64 = 0.51;

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mentions = prices::mentions(case.bid);
    let main = prices::main_price(&mentions).map(|m| m.money.units());
    for (index, table) in prices::item_tables(case.bid).iter().enumerate() {
        for item in wrong_lines(table) {
            let Item { name, quantity, unit_price, total, .. } = item;
            let product = quantity * unit_price;
            let remark = both(
                format!("“{name}”数量 {quantity} × 单价 {unit_price} = {product:.2}，与合价 {total} 不一致"),
                format!(
                    "“{name}”: quantity {quantity} × unit price {unit_price} = {product:.2}, which is not the line total {total}"
                ),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("line {index} {}", item.total_unit), remark)
                    .says(case.bid.unit_evidence(item.total_unit)),
            );
        }
        total(case, report, index, table, main);
    }
}

/// Lines whose quantity times unit price is not their total.
pub(crate) fn wrong_lines(table: &ItemTable) -> impl Iterator<Item = &Item> {
    table.items.iter().filter(|i| (i.quantity * i.unit_price - i.total).abs() > line_slack(table, i))
}

/// What rounding may hide in one line: half a yuan, or half of the last digit of a figure in 万元 for each piece.
fn line_slack(table: &ItemTable, item: &Item) -> f64 {
    let coarse = if table.coarse { 51.0 * item.quantity.max(1.0) } else { 0.0 };
    SLACK_PER_LINE.max(item.total.abs() * 1e-4).max(coarse)
}

fn total(case: &Case<'_>, report: &mut Report<'_>, index: usize, table: &ItemTable, main: Option<f64>) {
    let Some(stated) = table.stated_total.map(|(amount, _)| amount).or(main) else { return };
    let sum = |keep: &dyn Fn(&Item) -> bool| table.items.iter().filter(|i| keep(i)).map(|i| i.total).sum::<f64>();
    let numeric = |i: &Item| i.serial.trim().chars().next().is_some_and(|c| c.is_ascii_digit());
    let sums = [sum(&|_| true), sum(&numeric), sum(&|i| !numeric(i))];
    let per_line = if table.coarse { 51.0 } else { SLACK_PER_LINE };
    let slack = per_line * table.items.len() as f64 + 0.01;
    let any_closing = |s: f64| table.closing.iter().any(|c| (s - c).abs() <= slack);
    let first = table.items.first().map(|i| i.total_unit);
    let mut evidence = table.stated_total.map(|(_, unit)| case.bid.unit_evidence(unit)).unwrap_or_default();
    if evidence.is_empty() {
        evidence = first.map(|u| case.bid.unit_evidence(u)).unwrap_or_default();
    }
    let subject = format!("total {index}");
    if sums.iter().any(|s| (s - stated).abs() <= slack || any_closing(*s)) {
        let remark = both(
            format!("分项合计与总价一致：{stated:.2}"),
            format!("The items add up to the total price: {stated:.2}"),
        );
        report.push(Judgement::new(Verdict::Pass, subject, remark).says(evidence));
        return;
    }
    let plain = table.other_rows == 0
        && table.closing.len() == 1
        && table.stated_total.is_some()
        && table.items.iter().all(numeric);
    let verdict = if plain { Verdict::Fail } else { Verdict::Risk };
    let remark = both(
        format!("分项合计 {:.2} 与总价 {stated:.2} 不一致", sums[0]),
        format!("The items add up to {:.2}, not to the total price {stated:.2}", sums[0]),
    );
    report.push(Judgement::new(verdict, subject, remark).says(evidence));
}
