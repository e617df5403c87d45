//! The total prices a bid states, in figures and in words, and its price tables.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::money::Money;

use crate::bid::Bid;
use crate::grammar::money::{self, Unit};
use crate::grammar::numbers::Decimal;

/// A statement of the bid's total price.
#[derive(Debug, Clone)]
pub(crate) struct PriceMention {
    pub(crate) money: Money,
    pub(crate) in_words: bool,
    pub(crate) unit: usize,
    pub(crate) evidence: Vec<Evidence>,
    /// It stands in the opening schedule or the bid letter, where the price is binding.
    pub(crate) binding: bool,
}

const LABELS: [&str; 14] = [
    "投标总价",
    "投标报价",
    "总报价",
    "总投标价",
    "投标总报价",
    "报价合计",
    "投标价",
    "响应报价",
    "磋商报价",
    "总价",
    "大写",
    "小写",
    "total price",
    "bid price",
];
const OTHERS: [&str; 16] = [
    "单价",
    "限价",
    "保证金",
    "预算",
    "注册资本",
    "合同金额",
    "合同价",
    "履约",
    "业绩",
    "服务费",
    "备选",
    "暂列",
    "评标基准",
    "营业收入",
    "分项",
    "违约",
];
const BINDING: [&str; 6] = ["开标一览表", "报价一览表", "投标函", "报价函", "响应函", "开标"];

/// Every statement of the total price, in reading order.
pub(crate) fn mentions(bid: &Bid<'_>) -> Vec<PriceMention> {
    let mut found = Vec::new();
    for sentence in &bid.sentences {
        let text = bid.text(sentence);
        let heading = bid.column_heading(sentence.unit);
        let row = bid
            .reading
            .units
            .get(sentence.unit)
            .and_then(|u| u.cell)
            .and_then(|c| bid.reading.row_label(c))
            .unwrap_or_default();
        let labelled =
            |t: &str| LABELS.iter().any(|l| t.to_lowercase().contains(l)) && !OTHERS.iter().any(|o| t.contains(o));
        let in_cell = bid.reading.units.get(sentence.unit).is_some_and(|u| u.cell.is_some());
        let own = labelled(text);
        // A table of items has a column of totals; only its closing row states the total price.
        let by_table = in_cell && (labelled(&row) || (labelled(heading) && !is_item_table(bid, sentence.unit)));
        if !(own || by_table) || OTHERS.iter().any(|o| text.contains(o) || row.contains(o)) {
            continue;
        }
        let unit = Unit::of_label(heading).or_else(|| Unit::of_label(&row)).or_else(|| Unit::of_label(text));
        let amounts = match unit {
            Some(unit) if in_cell => money::find_in_unit(text, unit),
            _ => money::find(text),
        };
        let section = bid.reading.headings(sentence.unit).join(" ");
        for amount in amounts.into_iter().filter(|a| !a.per_unit && a.money.minor >= 10_000) {
            found.push(PriceMention {
                money: amount.money,
                in_words: amount.in_words,
                unit: sentence.unit,
                evidence: bid.evidence(sentence),
                binding: BINDING.iter().any(|b| section.contains(b)),
            });
        }
    }
    found
}

/// The price the bid is held to: the first one in figures where it is binding.
pub(crate) fn main_price(mentions: &[PriceMention]) -> Option<&PriceMention> {
    let figures = || mentions.iter().filter(|m| !m.in_words);
    figures().find(|m| m.binding).or_else(|| figures().next()).or_else(|| mentions.first())
}

fn is_item_table(bid: &Bid<'_>, unit: usize) -> bool {
    let Some(place) = bid.reading.units.get(unit).and_then(|u| u.cell) else { return false };
    let first = bid.reading.grids.get(place.grid).and_then(|g| g.rows.first());
    let words: String =
        first.into_iter().flatten().filter_map(|&u| bid.reading.units.get(u)).map(|u| u.text.as_str()).collect();
    words.contains("单价") && words.contains("数量")
}

/// One row of a price table.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) name: String,
    /// Hundredths.
    pub(crate) quantity: f64,
    pub(crate) unit_price: f64,
    pub(crate) total: f64,
    pub(crate) total_unit: usize,
    pub(crate) serial: String,
}

/// A table of items with quantity, unit price and total.
#[derive(Debug, Clone, Default)]
pub(crate) struct ItemTable {
    pub(crate) items: Vec<Item>,
    /// The closing row's amount and its cell.
    pub(crate) stated_total: Option<(f64, usize)>,
    /// Rows that could not be read as items.
    pub(crate) other_rows: usize,
}

pub(crate) fn item_tables(bid: &Bid<'_>) -> Vec<ItemTable> {
    bid.reading.grids.iter().filter_map(|grid| item_table(bid, &grid.rows)).collect()
}

fn item_table(bid: &Bid<'_>, rows: &[Vec<usize>]) -> Option<ItemTable> {
    let unit_of = |u: usize| bid.reading.units.get(u);
    let heading = rows.first()?;
    let column = |words: &[&str], not: &[&str]| {
        heading.iter().filter_map(|&u| unit_of(u)).find_map(|u| {
            let hit = words.iter().any(|w| u.text.contains(w)) && !not.iter().any(|n| u.text.contains(n));
            hit.then(|| u.cell.map(|c| c.column)).flatten()
        })
    };
    let quantity = column(&["数量", "工程量"], &[])?;
    let unit_price = column(&["单价"], &[])?;
    let total = column(&["合价", "总价", "金额", "小计", "合计"], &["单价"])?;
    let name = column(&["名称", "项目", "货物", "标的"], &[]);
    let in_ten_thousands = heading.iter().filter_map(|&u| unit_of(u)).any(|u| u.text.contains("万元"));
    let factor = if in_ten_thousands { 10_000.0 } else { 1.0 };
    let mut table = ItemTable::default();
    for row in rows.iter().skip(1) {
        let cell = |wanted: u32| {
            row.iter().copied().find(|&u| unit_of(u).and_then(|u| u.cell).is_some_and(|c| c.column == wanted))
        };
        let number = |wanted: u32| cell(wanted).and_then(unit_of).and_then(|u| plain_number(&u.text));
        let words: String = row.iter().filter_map(|&u| unit_of(u)).map(|u| u.text.as_str()).collect();
        let closing =
            ["合计", "总计", "总价", "投标总价"].iter().any(|w| words.contains(w)) && number(unit_price).is_none();
        if closing {
            let amounts: Vec<(f64, usize)> =
                row.iter().filter_map(|&u| unit_of(u).and_then(|x| figure(&x.text)).map(|n| (n, u))).collect();
            if let Some(&(amount, unit)) = amounts.iter().rev().find(|(n, _)| *n >= 1.0) {
                table.stated_total = Some((amount * factor, unit));
            }
            continue;
        }
        match (number(quantity), number(unit_price), number(total), cell(total)) {
            (Some(q), Some(p), Some(t), Some(total_unit)) => table.items.push(Item {
                name: name.and_then(cell).and_then(unit_of).map_or_else(String::new, |u| u.text.clone()),
                quantity: q,
                unit_price: p * factor,
                total: t * factor,
                total_unit,
                serial: row.first().and_then(|&u| unit_of(u)).map_or_else(String::new, |u| u.text.clone()),
            }),
            _ if words.trim().is_empty() => {}
            _ => table.other_rows += 1,
        }
    }
    (table.items.len() >= 2).then_some(table)
}

/// A cell that is a number and nothing but its unit.
fn plain_number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '¥' | '￥' | '元')).collect();
    let digits: String = digits.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Decimal::parse(&digits).map(Decimal::value)
}

/// The amount in a closing cell: a number, or money in figures.
fn figure(text: &str) -> Option<f64> {
    let amounts = money::find_in_unit(text, Unit::Yuan);
    amounts.iter().find(|a| !a.in_words).map(|a| a.money.units())
}
