//! The total prices a bid states, in figures and in words, and its price tables.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::money::Money;
use regex::Regex;

use crate::bid::{Bid, below_head, column, head};
use crate::grammar::money::{self, Unit};
use crate::grammar::numbers::{Decimal, is_chinese_numeral};

/// A statement of the bid's total price.
#[derive(Debug, Clone)]
pub(crate) struct PriceMention {
    pub(crate) money: Money,
    pub(crate) in_words: bool,
    pub(crate) unit: usize,
    pub(crate) evidence: Vec<Evidence>,
    /// It stands in the opening schedule or the bid letter, where the price is binding.
    pub(crate) binding: bool,
    /// Its label names the price of the whole, not of a part, a lot, a round or before tax.
    pub(crate) whole: bool,
}

const LABELS: [&str; 35] = [
    "投标总价",
    "投标报价",
    "总报价",
    "总投标价",
    "投标总报价",
    "报价合计",
    "投标价",
    "响应报价",
    "响应总价",
    "磋商报价",
    "谈判报价",
    "报价总额",
    "报价总计",
    "报价金额",
    "投标金额",
    "总金额",
    "合计金额",
    "总价",
    "大写",
    "小写",
    "total price",
    "bid price",
    "tender price",
    "total bid",
    "total amount",
    "grand total",
    "quoted price",
    "for the sum of",
    "for the total",
    "a total of",
    "quoted amount",
    "total quoted",
    "offer to provide the services for",
    "amount in words",
    "in words",
];
const OTHERS: [&str; 31] = [
    "单价",
    "限价",
    "控制价",
    "保证金",
    "预算",
    "注册资",
    "合同金额",
    "合同价",
    "合同总价",
    "履约",
    "业绩",
    "服务费",
    "备选",
    "暂列",
    "评标基准",
    "营业收入",
    "营业额",
    "总资产",
    "资产总",
    "分项",
    "违约",
    "赔偿",
    "罚款",
    "低于成本",
    "保额",
    "保险金额",
    "unit price",
    "security",
    "ceiling",
    "budget",
    "turnover",
];
/// Words that make a price one of several that a bid may rightly state.
const PARTIAL: [&str; 29] = [
    "不含税",
    "除税",
    "税前",
    "税额",
    "税金",
    "其中",
    "设备",
    "安装",
    "材料",
    "软件",
    "硬件",
    "培训",
    "运输",
    "小计",
    "首次",
    "首轮",
    "第一轮",
    "第一次",
    "二次",
    "最后",
    "最终",
    "优惠",
    "折扣",
    "包",
    "标段",
    "每年",
    "年度",
    "excl",
    "lot",
];
/// Letters of the name of a part.
const ROW_NAME_CHARS: usize = 10;
/// Sections whose sums are not the price.
const SECTIONS: [&str; 8] = ["保证金", "保函", "财务", "审计", "授权", "服务费", "security", "financial"];

/// Every statement of the total price, in reading order.
pub(crate) fn mentions<'b>(bid: &'b Bid<'_>) -> &'b [PriceMention] {
    bid.mentions.get_or_init(|| all_mentions(bid))
}

fn all_mentions(bid: &Bid<'_>) -> Vec<PriceMention> {
    let mut found = Vec::new();
    for sentence in &bid.sentences {
        let text = bid.text(sentence);
        let place = bid.reading.units.get(sentence.unit).and_then(|u| u.cell);
        let counts = |c: char| c.is_ascii_digit() || is_chinese_numeral(c);
        if !bid.is_own(sentence.unit) || !text.chars().any(counts) && !text.to_lowercase().contains("hundred") {
            continue;
        }
        let heading = bid.column_heading(sentence.unit);
        let row = place.and_then(|c| bid.reading.row_label(c)).unwrap_or_default();
        let unit = Unit::of_label(heading).or_else(|| Unit::of_label(&row)).or_else(|| {
            let raw = bid.row(sentence.unit).iter().take_while(|&&u| u != sentence.unit);
            raw.filter_map(|&u| bid.reading.units.get(u)).find_map(|u| Unit::of_label(&u.text))
        });
        let unit = unit.or_else(|| Unit::of_label(text));
        let amounts = match unit {
            Some(unit) if place.is_some() => money::find_in_unit(text, unit),
            _ => money::find(text),
        };
        if amounts.is_empty() {
            continue;
        }
        let section = bid.reading.headings(sentence.unit).join(" ");
        let other_section = SECTIONS.iter().any(|w| section.contains(w)) && !bid.is_binding(sentence.unit);
        // A table of items has a column of totals; only its closing row states the total price.
        let by_table = place.is_some()
            && (labelled(&row) || (labelled(heading) && !is_item_table(bid, sentence.unit)))
            && !excluded(&row)
            && !excluded(heading);
        // The name of a whole project may hold any word; only a short one names a part of it, and any may name a lot.
        let row_name = match row.chars().count() {
            0..=ROW_NAME_CHARS => row.as_str(),
            _ if ["包", "标段", "轮", "lot"].iter().any(|w| row.contains(w)) => row.as_str(),
            _ => "",
        };
        let (mut from, mut accepted) = (0, None);
        for (index, amount) in amounts.iter().enumerate() {
            let label = text.get(from..amount.range.start).unwrap_or_default();
            from = amount.range.end;
            let names_nothing = !label.chars().any(char::is_alphabetic)
                || ["人民币", "rmb", "cny", "usd", "大写", "小写", "即", "say", "words", "figures"]
                    .iter()
                    .any(|w| label.to_lowercase().contains(w))
                    && label.chars().filter(|c| c.is_alphabetic()).count() <= 9;
            let named_behind = is_named_behind(text.get(amount.range.end..).unwrap_or_default());
            let whole = if (labelled(label) || named_behind) && !excluded(label) {
                Some(!partial(label) && !partial(row_name))
            } else if excluded(label) {
                None
            } else if index == 0 && by_table {
                Some(!partial(row_name) && !partial(heading) && !partial(label))
            } else if names_nothing {
                accepted
            } else {
                None
            };
            accepted = whole;
            let Some(whole) = whole.filter(|_| !other_section && !amount.per_unit && amount.money.minor >= 10_000)
            else {
                continue;
            };
            found.push(PriceMention {
                money: amount.money.clone(),
                in_words: amount.in_words,
                unit: sentence.unit,
                evidence: bid.evidence(sentence),
                binding: bid.is_binding(sentence.unit),
                whole,
            });
        }
    }
    found
}

/// 人民币壹佰万元整（¥1,000,000.00）的投标总报价: the name of the price behind its words and figures.
static BEHIND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[\s元整()（）¥￥\d,.:]*的(?:投标|响应)?(?:总报价|总价|报价)").ok());

fn is_named_behind(text: &str) -> bool {
    BEHIND.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn labelled(text: &str) -> bool {
    let lower = text.to_lowercase();
    LABELS.iter().any(|l| lower.contains(l))
}

fn excluded(text: &str) -> bool {
    let lower = text.to_lowercase();
    OTHERS.iter().any(|o| lower.contains(o))
}

fn partial(text: &str) -> bool {
    let lower = text.to_lowercase();
    PARTIAL.iter().any(|p| lower.contains(p))
}

/// The price the bid is held to: the first one in figures of the whole, where it is binding.
pub(crate) fn main_price(mentions: &[PriceMention]) -> Option<&PriceMention> {
    let figures = || mentions.iter().filter(|m| !m.in_words);
    figures()
        .find(|m| m.binding && m.whole)
        .or_else(|| figures().find(|m| m.whole))
        .or_else(|| figures().find(|m| m.binding))
        .or_else(|| figures().next())
        .or_else(|| mentions.first())
}

fn is_item_table(bid: &Bid<'_>, unit: usize) -> bool {
    let Some(place) = bid.reading.units.get(unit).and_then(|u| u.cell) else { return false };
    let first = bid.reading.grids.get(place.grid).and_then(|g| head(&g.rows));
    let words: String =
        first.into_iter().flatten().filter_map(|&u| bid.reading.units.get(u)).map(|u| u.text.as_str()).collect();
    let words = words.to_lowercase();
    words.contains("单价") && words.contains("数量") || words.contains("unit price") && words.contains("quantity")
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
    /// The last closing row's amount and its cell.
    pub(crate) stated_total: Option<(f64, usize)>,
    /// The amounts of all closing rows: sums before tax or discount stand among them.
    pub(crate) closing: Vec<f64>,
    /// Figures are in 万元: rounding hides up to half of the last digit.
    pub(crate) coarse: bool,
    /// Rows that could not be read as items.
    pub(crate) other_rows: usize,
}

pub(crate) fn item_tables<'b>(bid: &'b Bid<'_>) -> &'b [ItemTable] {
    bid.item_tables.get_or_init(|| bid.reading.grids.iter().filter_map(|grid| item_table(bid, &grid.rows)).collect())
}

/// The columns of a table of items.
struct ItemColumns {
    quantity: u32,
    unit_price: u32,
    total: u32,
    name: Option<u32>,
}

fn item_columns(bid: &Bid<'_>, rows: &[Vec<usize>]) -> Option<ItemColumns> {
    const RATES: [&str; 6] = ["monthly fee", "price per", "annual price", "fee per", "rate", "cost per"];
    let heading = head(rows)?;
    let column = |words: &[&str], not: &[&str]| {
        let holds = |heading: &str, words: &[&str]| words.iter().any(|w| heading.contains(w));
        column(&bid.reading, heading, |text| holds(text, words) && !holds(text, not))
    };
    let quantity = column(&["数量", "工程量", "quantity", "qty"], &[])
        .or_else(|| column(&["number", "months", "no. of", "nos"], &["item", "price", "rate", "fee"]))?;
    let unit_price = column(&["单价", "unit price", "unit rate"], &[])
        .or_else(|| column(&RATES, &["in words", "total", "amount", "vat rate", "tax rate"]))?;
    let total = column(&["合价", "总价", "金额", "小计", "合计", "total", "amount"], &["单价", "unit", "in words"])
        .or_else(|| column(&["price per year", "price per month"], &["and year", "and month"]))?;
    let name = column(&["名称", "项目", "货物", "标的", "description", "goods"], &[])
        .or_else(|| column(&["item", "type"], &["no", "#"]));
    (unit_price != total).then_some(ItemColumns { quantity, unit_price, total, name })
}

fn item_table(bid: &Bid<'_>, rows: &[Vec<usize>]) -> Option<ItemTable> {
    let unit_of = |u: usize| bid.reading.units.get(u);
    let heading = head(rows)?;
    let ItemColumns { quantity, unit_price, total, name } = item_columns(bid, rows)?;
    let factor_of = |wanted: u32| {
        let head = heading.iter().filter_map(|&u| unit_of(u)).find(|u| u.cell.is_some_and(|c| c.column == wanted));
        if head.is_some_and(|u| u.text.contains("万元")) { 10_000.0 } else { 1.0 }
    };
    let (unit_factor, factor) = (factor_of(unit_price), factor_of(total));
    let mut table = ItemTable { coarse: factor > 1.0 || unit_factor > 1.0, ..ItemTable::default() };
    for row in below_head(rows) {
        let cell = |wanted: u32| bid.reading.cell_in(row, wanted);
        let number = |wanted: u32| cell(wanted).and_then(unit_of).and_then(|u| plain_number(&u.text));
        let words: String = row.iter().filter_map(|&u| unit_of(u)).map(|u| u.text.as_str()).collect();
        let closing =
            ["合计", "总计", "总价", "小计", "投标总价", "total"].iter().any(|w| words.to_lowercase().contains(w))
                && number(unit_price).is_none();
        if closing {
            let amounts: Vec<(f64, usize)> =
                row.iter().filter_map(|&u| unit_of(u).and_then(|x| figure(&x.text)).map(|n| (n, u))).collect();
            if let Some(&(amount, unit)) = amounts.iter().rev().find(|(n, _)| *n >= 1.0) {
                table.stated_total = Some((amount * factor, unit));
                table.closing.push(amount * factor);
            }
            continue;
        }
        match (number(quantity), number(unit_price), number(total), cell(total)) {
            (Some(q), Some(p), Some(t), Some(total_unit)) => table.items.push(Item {
                name: name.and_then(cell).and_then(unit_of).map_or_else(String::new, |u| u.text.clone()),
                quantity: q,
                unit_price: p * unit_factor,
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

/// A line that has a quantity and no price.
pub(crate) struct Unpriced {
    pub(crate) name: String,
    pub(crate) unit: usize,
}

/// Lines whose cells of unit price and total were both left without a word, in tables of which most lines are priced.
pub(crate) fn unpriced_lines(bid: &Bid<'_>) -> Vec<Unpriced> {
    let mut found = Vec::new();
    for grid in &bid.reading.grids {
        let (Some(columns), Some(table)) = (item_columns(bid, &grid.rows), item_table(bid, &grid.rows)) else {
            continue;
        };
        let text = |row: &[usize], wanted: u32| bid.reading.cell_in(row, wanted).and_then(|u| bid.reading.unit(u));
        let empty = |row: &[usize], wanted: u32| text(row, wanted).is_none_or(|u| u.text.trim().is_empty());
        let own = grid.rows.first().and_then(|r| r.first()).is_some_and(|&u| bid.is_own(u));
        let open: Vec<Unpriced> = below_head(&grid.rows)
            .iter()
            .filter(|row| text(row, columns.quantity).is_some_and(|u| plain_number(&u.text).is_some_and(|n| n > 0.0)))
            .filter(|row| empty(row, columns.unit_price) && empty(row, columns.total))
            .filter_map(|row| {
                let unit = bid.reading.cell_in(row, columns.name?)?;
                let name = bid.reading.unit(unit)?.text.trim().to_owned();
                (name.chars().count() >= 2).then_some(Unpriced { name, unit })
            })
            .collect();
        if own && open.len() < table.items.len() {
            found.extend(open);
        }
    }
    found
}

/// A table of parts and their prices alone, without quantities.
pub(crate) struct PlainTable {
    pub(crate) sum: f64,
    /// What its closing row states, and where.
    pub(crate) stated: (f64, usize),
}

/// Tables with one column of prices whose last row is their sum; those with subtotals are not judged.
pub(crate) fn plain_tables(bid: &Bid<'_>) -> Vec<PlainTable> {
    bid.reading.grids.iter().filter_map(|grid| plain_table(bid, &grid.rows)).collect()
}

fn plain_table(bid: &Bid<'_>, rows: &[Vec<usize>]) -> Option<PlainTable> {
    let text = |u: usize| bid.reading.units.get(u).map_or("", |u| u.text.trim());
    let (heading, (last, parts)) = (head(rows)?, below_head(rows).split_last()?);
    if parts.len() < 2 || !heading.first().is_some_and(|&u| bid.is_own(u)) || is_item_table(bid, *last.first()?) {
        return None;
    }
    let prices: Vec<u32> = heading
        .iter()
        .filter(|&&u| Unit::of_label(text(u)).is_some() && ["价", "金额", "费用"].iter().any(|w| text(u).contains(w)))
        .filter_map(|&u| bid.reading.units.get(u)?.cell.map(|c| c.column))
        .collect();
    let [column] = prices.as_slice() else { return None };
    let coarse = heading.iter().any(|&u| text(u).contains("万元"));
    let closes =
        |row: &[usize]| row.iter().any(|&u| ["合计", "总计", "合价", "小计"].iter().any(|w| text(u).starts_with(w)));
    let amount = |row: &[usize]| {
        let unit = bid.reading.cell_in(row, *column)?;
        let digits = text(unit).replace([',', '¥', '￥'], "");
        Some((Decimal::parse(digits.trim_end_matches('元'))?.value() * if coarse { 1e4 } else { 1.0 }, unit))
    };
    // 其中 repeats a part of another row.
    let repeats = |row: &[usize]| row.iter().any(|&u| text(u).contains("其中"));
    if !closes(last) || parts.iter().any(|row| closes(row) || repeats(row)) {
        return None;
    }
    let sum = parts.iter().map(|row| amount(row).map(|(n, _)| n)).sum::<Option<f64>>()?;
    Some(PlainTable { sum, stated: amount(last)? })
}

/// A cell that is a number and nothing but its unit.
fn plain_number(text: &str) -> Option<f64> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '¥' | '￥' | '$' | '£' | '€' | '₹' | '元'))
        .collect();
    let digits: String = digits.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Decimal::parse(&digits).map(Decimal::value)
}

/// The amount in a closing cell: a number, or money in figures.
fn figure(text: &str) -> Option<f64> {
    let amounts = money::find_in_unit(text, Unit::Yuan);
    amounts.iter().find(|a| !a.in_words).map(|a| a.money.units())
}
