//! What it checks: quantity times unit price gives each line's total, and the lines give the stated total.
//! Why it matters: arithmetic errors are corrected by rule (财政部令第87号 59) and can change the ranking.
//! The price of a year times its years gives what is stated for all of them.
//! The lines are also held against the tender's own list: as many pieces, none left out, provisional sums unchanged.
//! Exclusions: lists of tenders in lots, and lines that a bid names otherwise, are not held against each other;
//! tables in which group rows repeat the sums of their lines are added up by either level.

mod provisional;

use std::collections::HashMap;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices::{self, Item, ItemTable, PlainTable, PriceMention};
use crate::bid::{below_head, column, head};
use crate::grammar::money::{self, Unit};
use crate::grammar::numbers::{self, Decimal};
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B003", dimension: Dimension::Price, run };

/// Rounding to whole yuan on every line is no error.
const SLACK_PER_LINE: f64 = 0.51;

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mentions = prices::mentions(case.bid);
    let main = prices::main_price(mentions).map(|m| m.money.units());
    let tables = prices::item_tables(case.bid);
    for (index, table) in tables.iter().enumerate() {
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
                    .says(case.bid.row_evidence(item.total_unit)),
            );
        }
        total(case, report, index, table, main);
    }
    let plain = prices::plain_tables(case.bid);
    for table in &plain {
        let (stated, unit) = table.stated;
        if (table.sum - stated).abs() > 1.0 {
            let remark = both(
                format!("分项合计 {:.2} 与总价 {stated:.2} 不一致", table.sum),
                format!("The items add up to {:.2}, not to the stated total {stated:.2}", table.sum),
            );
            let judgement = Judgement::new(Verdict::Risk, format!("plain {unit}"), remark);
            report.push(judgement.says(case.bid.unit_evidence(unit)));
        }
    }
    against_the_price(case, report, mentions, tables, &plain);
    unpriced(case, report);
    listed(case, report, tables);
    years(case, report);
    provisional::run(case, report);
}

/// 年度服务费 | 三年合计: the price of a year times the years beside it.
fn years(case: &Case<'_>, report: &mut Report<'_>) {
    let reading = &case.bid.reading;
    for grid in &reading.grids {
        let Some(heading) = head(&grid.rows) else { continue };
        let one = column(reading, heading, |t| {
            (t.contains("元/年") || t.contains("年度") || t.contains("每年"))
                && !t.contains("合计")
                && !t.contains('总')
        });
        let all = column(reading, heading, |t| whole_years(t).is_some());
        let (Some(one), Some(all)) = (one, all) else { continue };
        let title = reading.cell_in(heading, all).and_then(|u| reading.unit(u)).map_or("", |u| u.text.as_str());
        let Some(count) = whole_years(title) else { continue };
        for row in below_head(&grid.rows) {
            let amount = |c: u32| {
                let unit = reading.cell_in(row, c)?;
                let found =
                    money::find_in_unit(&reading.unit(unit)?.text, Unit::Yuan).into_iter().find(|a| !a.in_words)?;
                Some((found.money.units(), unit))
            };
            let (Some((yearly, _)), Some((stated, unit))) = (amount(one), amount(all)) else { continue };
            let product = yearly * count as f64;
            if !case.bid.is_own(unit) || (product - stated).abs() <= SLACK_PER_LINE * count as f64 {
                continue;
            }
            let remark = both(
                format!("年度报价 {yearly:.2} × {count} 年 = {product:.2}，与合计 {stated:.2} 不一致"),
                format!("{yearly:.2} a year for {count} years is {product:.2}, not the stated {stated:.2}"),
            );
            let judgement = Judgement::new(Verdict::Risk, format!("years {unit}"), remark);
            report.push(judgement.says(case.bid.row_evidence(unit)));
        }
    }
}

/// The years that a heading adds up: 三年合计(元).
fn whole_years(heading: &str) -> Option<i64> {
    let at = ["年合计", "年总价", "年总计", "年总额", "年报价合计"].iter().find_map(|w| heading.find(w))?;
    let before = heading.get(..at)?;
    let digits: String =
        before.chars().rev().take_while(|c| c.is_ascii_digit() || "一二两三四五".contains(*c)).collect();
    numbers::count(&digits).filter(|n| (2..=10).contains(n))
}

/// The closing sums of the price tables against the price the bid is held to.
fn against_the_price(
    case: &Case<'_>,
    report: &mut Report<'_>,
    mentions: &[PriceMention],
    tables: &[ItemTable],
    plain: &[PlainTable],
) {
    let Some(main) = prices::main_price(mentions).filter(|m| m.whole && m.binding) else { return };
    let price = main.money.units();
    let sums: Vec<(f64, usize)> = tables
        .iter()
        .filter_map(|table| table.stated_total)
        .chain(plain.iter().map(|table| table.stated))
        .filter(|(_, unit)| case.bid.is_own(*unit))
        .collect();
    // Figures in 万元 hide up to half of their last digit.
    let coarse = tables.iter().any(|table| table.coarse) || tables.is_empty();
    let slack = if coarse { price * 1e-4 } else { 1.0 };
    let equal = |sum: f64| (sum - price).abs() <= SLACK_PER_LINE.max(slack);
    let all: f64 = sums.iter().map(|(sum, _)| sum).sum();
    // A bid may state several prices; which of them a table adds up to is told by B004.
    let stated = |sum: f64| mentions.iter().any(|m| (m.money.units() - sum).abs() <= SLACK_PER_LINE);
    if equal(all) || sums.iter().any(|(sum, _)| equal(*sum) || stated(*sum)) {
        return;
    }
    // A table of spare parts or options is worth much less than the whole.
    let largest =
        sums.iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(sum, _)| *sum > price / 2.0 && *sum < price * 2.0);
    let Some(&(sum, unit)) = largest.filter(|(sum, unit)| !is_carried(case, *sum, *unit)) else { return };
    if is_let_off(case, sum - price) {
        return;
    }
    let mut evidence = case.bid.unit_evidence(unit);
    evidence.extend(main.evidence.clone());
    let remark = both(
        format!("分项报价表合计 {sum:.2} 与投标总价 {} 不一致", main.money),
        format!("The price table's total {sum:.2} differs from the bid price {}", main.money),
    );
    report.push(Judgement::new(Verdict::Risk, "price", remark).says(evidence));
}

/// Whether the bid says that it lets off the difference: 优惠12元后总报价为….
fn is_let_off(case: &Case<'_>, difference: f64) -> bool {
    const WORDS: [&str; 6] = ["优惠", "让利", "抹零", "取整", "discount", "rounded"];
    difference > 0.0
        && case.bid.sentences.iter().filter(|s| case.own(s)).any(|s| {
            let text = case.bid.text(s);
            WORDS.iter().any(|w| text.to_lowercase().contains(w))
                && money::find(text).iter().any(|a| (a.money.units() - difference).abs() <= SLACK_PER_LINE)
        })
}

/// Lines of a price table with a quantity and no price, where the other lines have one.
fn unpriced(case: &Case<'_>, report: &mut Report<'_>) {
    for line in prices::unpriced_lines(case.bid) {
        let remark =
            both(format!("“{}”有数量而没有报价", line.name), format!("“{}” has a quantity and no price", line.name));
        report.push(
            Judgement::new(Verdict::Risk, format!("unpriced {}", line.unit), remark)
                .says(case.bid.unit_evidence(line.unit)),
        );
    }
}

/// Whether another table takes a sum up: a part of the price, carried to a summary.
fn is_carried(case: &Case<'_>, sum: f64, unit: usize) -> bool {
    let reading = &case.bid.reading;
    let grid = |u: usize| reading.units.get(u).and_then(|u| u.cell).map(|c| c.grid);
    let same = |text: &str| Decimal::parse(text.trim()).is_some_and(|n| (n.value() - sum).abs() <= SLACK_PER_LINE);
    (0..reading.units.len())
        .any(|u| grid(u).is_some() && grid(u) != grid(unit) && reading.units.get(u).is_some_and(|u| same(&u.text)))
}

/// A line of the tender's list of what is bought.
struct Wanted {
    name: String,
    quantity: f64,
    /// 台, 套: what is counted, where a column says it.
    counted: String,
    unit: usize,
}

/// The price tables against the tender's list, where they name most of it in its words.
fn listed(case: &Case<'_>, report: &mut Report<'_>, tables: &[ItemTable]) {
    if case.facts.fields.values().any(|field| !field.lots.is_empty()) {
        return;
    }
    let mut lines: HashMap<String, &Item> = HashMap::new();
    for item in tables.iter().flat_map(|t| &t.items) {
        lines.entry(super::bare(&item.name)).or_insert(item);
    }
    let unpriced: Vec<String> = prices::unpriced_lines(case.bid).iter().map(|l| super::bare(&l.name)).collect();
    for wanted in lists(case) {
        let by_name = |w: &Wanted| lines.get(&super::bare(&w.name)).copied();
        let taken: Vec<usize> = wanted.iter().filter_map(by_name).map(|item| item.total_unit).collect();
        let line = |w: &Wanted| by_name(w).or_else(|| renamed(case, tables, &taken, w));
        let known = wanted.iter().filter(|w| line(w).is_some()).count();
        if known < 2 || known * 10 < wanted.len() * 6 {
            continue;
        }
        for one in &wanted {
            let tender = case.tender.evidence(one.unit, &(0..one.name.len())).into_iter().collect();
            // A line without a price is told as such.
            if unpriced.contains(&super::bare(&one.name)) {
                continue;
            }
            let Some(item) = line(one) else {
                // It may be priced within another line.
                let named = case.bid.bare.contains(&super::bare(&one.name));
                let remark = match named {
                    true => both(
                        format!("分项报价表中没有单列“{}”，请核对是否漏项", one.name),
                        format!("“{}” has no line of its own in the price table; please check", one.name),
                    ),
                    false => both(
                        format!("招标清单中的“{}”在投标文件中未找到，请核对是否漏项", one.name),
                        format!("“{}” of the tender's list was not found in the bid; please check", one.name),
                    ),
                };
                let first = tables.iter().flat_map(|t| &t.items).next().map(|i| case.bid.unit_evidence(i.total_unit));
                report.push(
                    Judgement::new(Verdict::Risk, format!("listed {}", one.name), remark)
                        .demands(one.name.clone(), tender)
                        .says(first.unwrap_or_default()),
                );
                continue;
            };
            let row = case.bid.row(item.total_unit);
            let said = |u: &usize| case.bid.reading.units.get(*u).map_or("", |u| u.text.as_str());
            let same_unit = one.counted.is_empty() || row.iter().any(|u| said(u).contains(one.counted.as_str()));
            if (item.quantity - one.quantity).abs() < 1e-9 || !same_unit {
                continue;
            }
            let remark = both(
                format!("“{}”报价数量 {}，招标清单数量 {}", one.name, item.quantity, one.quantity),
                format!("“{}” is priced for {}; the tender's list has {}", one.name, item.quantity, one.quantity),
            );
            let name = row.iter().copied().find(|u| said(u) == item.name).unwrap_or(item.total_unit);
            report.push(
                Judgement::new(Verdict::Risk, format!("listed {}", one.name), remark)
                    .demands(one.name.clone(), tender)
                    .says(case.bid.unit_evidence(name)),
            );
        }
    }
}

/// The line under another name that stands for one of the tender's list: the same number, as many pieces, and a name that
/// shares a part of the other's: UPS蓄电池组 and 蓄电池组, UPS主机 and 不间断电源主机.
fn renamed<'t>(case: &Case<'_>, tables: &'t [ItemTable], taken: &[usize], wanted: &Wanted) -> Option<&'t Item> {
    let reading = case.tender;
    let row = reading.unit(wanted.unit).and_then(|u| u.cell).and_then(|c| reading.row_of(c))?;
    let serial = row.first().and_then(|&u| reading.unit(u)).map(|u| u.text.trim().to_owned())?;
    let counted = serial.starts_with(|c: char| c.is_ascii_digit());
    let mut all = tables.iter().flat_map(|t| &t.items).filter(|item| {
        !taken.contains(&item.total_unit)
            && item.serial.trim() == serial
            && (item.quantity - wanted.quantity).abs() < 1e-9
            && shares_two(&item.name, &wanted.name)
    });
    let found = all.next().filter(|_| counted)?;
    all.next().is_none().then_some(found)
}

/// Whether two names have two letters in common that stand together.
fn shares_two(a: &str, b: &str) -> bool {
    let letters: Vec<char> = a.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.windows(2).any(|w| b.contains(&w.iter().collect::<String>()))
}

/// The tender's lists of names and quantities; names that stand twice are left out.
fn lists(case: &Case<'_>) -> Vec<Vec<Wanted>> {
    let reading = case.tender;
    let text = |u: usize| reading.units.get(u).map_or("", |u| u.text.trim());
    let mut lists = Vec::new();
    for grid in &reading.grids {
        let Some(head) = head(&grid.rows) else { continue };
        let zone = head.first().map(|&u| reading.zone(u));
        // An English tender seldom names its parts as the zones do.
        let other = matches!(zone, Some(Zone::Other | Zone::BidForms)) && reading.is_english();
        if !matches!(zone, Some(Zone::Requirement | Zone::Notice | Zone::FrontTable)) && !other {
            continue;
        }
        let named = |words: &[&str]| column(reading, head, |text| words.iter().any(|w| text.contains(w)));
        let name = named(&["名称", "货物", "标的", "品名", "description", "item description"]);
        let quantity = named(&["数量", "工程量", "quantity", "qty"]);
        let (Some(name), Some(quantity)) = (name, quantity) else { continue };
        let counted = column(reading, head, |text| ["单位", "计量单位", "unit"].contains(&text));
        let mut wanted: Vec<Wanted> = Vec::new();
        for row in below_head(&grid.rows) {
            let (Some(unit), Some(pieces)) = (reading.cell_in(row, name), reading.cell_in(row, quantity)) else {
                continue;
            };
            let digits: String =
                text(pieces).chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
            let Some(quantity) = Decimal::parse(&digits).map(Decimal::value) else { continue };
            let behind = text(pieces).get(digits.len()..).unwrap_or_default().trim();
            let counted = counted.and_then(|c| reading.cell_in(row, c)).map_or(behind, text);
            let short = (2..=40).contains(&text(unit).chars().count());
            if short && behind.chars().count() <= 2 && quantity > 0.0 {
                wanted.push(Wanted { name: text(unit).to_owned(), quantity, counted: counted.to_owned(), unit });
            }
        }
        let mut times: HashMap<String, usize> = HashMap::new();
        for one in &wanted {
            *times.entry(one.name.clone()).or_default() += 1;
        }
        wanted.retain(|w| times.get(&w.name) == Some(&1));
        lists.push(wanted);
    }
    lists
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
