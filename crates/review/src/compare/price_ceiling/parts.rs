//! Ceilings of parts: the highest unit price of each item, and the limit of a fee within the price.

use std::collections::HashMap;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::fold::is_han;
use bidlens_domain::money::Money;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, bare, demands};
use crate::bid::{self, below_head, head};
use crate::grammar::money::{self, Unit};
use crate::reading::{Grid, Reading, Zone};

const NAMES: [&str; 12] =
    ["车型", "服务项目", "服务内容", "岗位", "品名", "名称", "货物", "标的", "品种", "品目", "description", "item"];
/// A yuan is no difference between large sums; between unit prices every cent is.
const SLACK: f64 = 0.004;

/// 其中设计费限价260万元: a fee within the price that has a limit of its own.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"([\p{Han}]{2,8}费)(?:用)?(?:的)?(?:最高投标限价|最高限价|投标限价|限价|控制价|上限|不超过|不得超过)(?:为|:)?",
    )
    .ok()
});

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    unit_prices(case, report);
    fees(case, report);
}

/// The column whose heading is about `wanted`.
fn column(reading: &Reading<'_>, grid: &Grid, wanted: impl Fn(&str) -> bool) -> Option<(u32, f64)> {
    let heading = head(&grid.rows)?;
    let column = bid::column(reading, heading, wanted)?;
    let words = reading.cell_in(heading, column).and_then(|u| reading.unit(u)).map_or("", |u| u.text.as_str());
    Some((column, if words.contains("万元") { 1e4 } else { 1.0 }))
}

/// A price in a cell under a heading of prices.
fn price(text: &str) -> Option<f64> {
    money::find_in_unit(text, Unit::Yuan).into_iter().find(|a| !a.in_words).map(|a| a.money.units())
}

fn is_ceiling(heading: &str) -> bool {
    ["最高", "限价", "控制", "上限", "maximum", "ceiling"].iter().any(|w| heading.contains(w))
        && (heading.contains("单价") || heading.contains("unit price"))
}

/// A price that the bid shows beside its own: 市场单价, 原单价.
fn is_compared(heading: &str) -> bool {
    ["市场", "原", "参考", "指导", "market", "reference"].iter().any(|w| heading.contains(w))
        && !["原料", "原材料"].iter().any(|w| heading.contains(w))
}

/// The names of a table's rows with the prices in one column, each with its cell; a name that stands twice is left out.
fn priced(reading: &Reading<'_>, grid: &Grid, prices: (u32, f64)) -> HashMap<String, (f64, usize)> {
    let mut found: HashMap<String, Option<(f64, usize)>> = HashMap::new();
    let Some((names, _)) = column(reading, grid, |h| NAMES.iter().any(|n| h.contains(n))) else {
        return HashMap::new();
    };
    for row in below_head(&grid.rows) {
        let (Some(name), Some(cell)) = (reading.cell_in(row, names), reading.cell_in(row, prices.0)) else { continue };
        let text = |u: usize| reading.unit(u).map_or("", |u| u.text.as_str());
        let Some(price) = price(text(cell)) else { continue };
        // 五座轿车(纯电动): the words in brackets say more of it.
        let name = text(name);
        let name = name.find('(').filter(|at| *at > 3).and_then(|at| name.get(..at)).unwrap_or(name);
        let name = bare(name);
        if name.is_empty() {
            continue;
        }
        let value = Some((price * prices.1, cell));
        found.entry(name).and_modify(|one| *one = None).or_insert(value);
    }
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Each unit price against the highest that the tender allows for the item of the same name.
fn unit_prices(case: &Case<'_>, report: &mut Report<'_>) {
    let (tender, bid) = (case.tender, &case.bid.reading);
    for grid in &tender.grids {
        let first = head(&grid.rows).and_then(|h| h.first()).copied();
        let Some(first) = first.filter(|&u| !matches!(tender.zone(u), Zone::BidForms | Zone::Contract)) else {
            continue;
        };
        if case.is_of_another_lot(first, "") {
            continue;
        }
        let Some(limits) = column(tender, grid, is_ceiling) else { continue };
        let limits = priced(tender, grid, limits);
        let (mut kept, mut exceeded) = (None, false);
        for offers in &bid.grids {
            let own = head(&offers.rows).and_then(|h| h.first()).is_some_and(|&u| case.bid.is_own(u));
            let of_bid =
                |h: &str| (h.contains("单价") || h.contains("unit price")) && !is_ceiling(h) && !is_compared(h);
            // A table of prices per piece may call them 报价 alone.
            let plain = |h: &str| ["报价", "投标报价", "投标价", "报价(元)"].contains(&h);
            let prices = column(bid, offers, of_bid).or_else(|| column(bid, offers, plain));
            let Some(prices) = prices.filter(|_| own) else { continue };
            let mut offered: Vec<_> = priced(bid, offers, prices).into_iter().collect();
            offered.sort_by_key(|(_, (_, cell))| *cell);
            for (name, (price, cell)) in offered {
                let Some(&(limit, limit_cell)) = limits.get(&name) else { continue };
                // Other units of sale have other prices.
                let (own, asked) = (sold_by(bid, offers, cell), sold_by(tender, grid, limit_cell));
                if own.zip(asked).is_some_and(|(own, asked)| own != asked) {
                    continue;
                }
                if price <= limit + SLACK {
                    kept = Some((cell, limit_cell));
                    continue;
                }
                let remark = both(
                    format!("“{name}”单价 {price} 元超过最高单价 {limit} 元"),
                    format!("The unit price {price} of “{name}” exceeds the highest allowed, {limit}"),
                );
                exceeded = true;
                let judgement = Judgement::new(Verdict::Fail, format!("unit {cell}"), remark).rigid();
                report.push(with_row(case, judgement, cell, limit_cell, &name));
            }
        }
        if let Some((cell, limit_cell)) = kept.filter(|_| !exceeded) {
            let remark = both("各项单价未超过最高单价", "No unit price exceeds the highest allowed");
            let judgement = Judgement::new(Verdict::Pass, "units", remark).rigid();
            report.push(with_row(case, judgement, cell, limit_cell, ""));
        }
    }
}

/// What a row's price is for: 公斤, 箱.
fn sold_by(reading: &Reading<'_>, grid: &Grid, cell: usize) -> Option<String> {
    let (units, _) = column(reading, grid, |h| ["单位", "计量单位", "unit"].contains(&h))?;
    let row = reading.row_of(reading.unit(cell)?.cell?)?;
    let unit = bare(&reading.unit(reading.cell_in(row, units)?)?.text).to_lowercase();
    let unit = unit.trim_start_matches(['万', '元']).to_owned();
    let unit = match unit.as_str() {
        "kg" | "千克" => "公斤".to_owned(),
        _ => unit,
    };
    (!unit.is_empty()).then_some(unit)
}

/// A judgement on a price with the words of its rows on both sides.
fn with_row(case: &Case<'_>, judgement: Judgement, cell: usize, limit_cell: usize, name: &str) -> Judgement {
    let same = |u: &&usize| case.bid.reading.unit(**u).is_some_and(|u| bare(&u.text) == name);
    let mut evidence = case.bid.unit_evidence(cell);
    let lead = case.bid.row(cell).iter().find(same);
    evidence.extend(lead.into_iter().flat_map(|&u| case.bid.unit_evidence(u)));
    let length = case.tender.unit(limit_cell).map_or(0, |u| u.text.len());
    let tender: Vec<Evidence> = case.tender.evidence(limit_cell, &(0..length)).into_iter().collect();
    let text = tender.first().map(|e| e.quote().to_owned()).unwrap_or_default();
    judgement.demands(text, tender).says(evidence)
}

/// Whether what follows `before` is a name of its own: not the 设计费 of 勘察设计费.
fn begins_a_name(before: &str) -> bool {
    const LEADS: [&str; 8] = ["其中", "含", "包括", "本项目", "本工程", "我方", "我公司", "及"];
    !before.chars().next_back().is_some_and(is_han) || LEADS.iter().any(|lead| before.ends_with(lead))
}

/// The sums that the bid gives for a part: those of rows, beside a cell that says `name` and nothing more,
/// and those of sentences, right behind it.
pub(in crate::compare) fn sums_of(case: &Case<'_>, name: &str) -> Vec<(Money, usize)> {
    let reading = &case.bid.reading;
    let mut found = Vec::new();
    for row in reading.grids.iter().flat_map(|g| &g.rows) {
        let text = |u: usize| reading.unit(u).map_or("", |u| u.text.as_str());
        let is_name = |text: &str| bare(text).to_ascii_lowercase().trim_end_matches('s') == bare(name);
        let named = row.iter().position(|&u| is_name(text(u)) && case.bid.is_own(u));
        let Some(named) = named else { continue };
        let amount = row.iter().skip(named + 1).find_map(|&u| {
            let heading = case.bid.column_heading(u);
            // 计算基数: what a share is taken of.
            if ["基数", "基础"].iter().any(|w| heading.contains(w)) {
                return None;
            }
            let prices = ["价", "金额", "费用", "price", "amount"].iter().any(|w| heading.contains(w));
            let unit = Unit::of_label(heading).or_else(|| prices.then_some(Unit::Yuan));
            let found = unit.map_or_else(|| money::find(text(u)), |unit| money::find_in_unit(text(u), unit));
            found.into_iter().next().map(|a| (a.money, u))
        });
        found.extend(amount);
    }
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        if ["曾", "业绩"].iter().any(|w| text.contains(w)) {
            continue;
        }
        let lower = text.to_ascii_lowercase();
        let at = lower.match_indices(name).map(|(at, _)| at).find(|&at| text.get(..at).is_some_and(begins_a_name));
        let behind = at.and_then(|at| text.get(at + name.len()..));
        let amount = behind.and_then(|t| money::find(t).into_iter().next().filter(|a| a.range.start <= 12));
        found.extend(amount.map(|a| (a.money, sentence.unit)));
    }
    found
}

fn fees(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(pattern) = PART.as_ref() else { return };
    let read = |text: &str| {
        let found = pattern.captures(text)?;
        let amount = money::find(text.get(found.get(0)?.end()..)?).into_iter().next().filter(|a| a.range.start == 0)?;
        let name = found.get(1)?.as_str();
        let name = name.rsplit_once("其中").map_or(name, |(_, name)| name).to_owned();
        // What the winner pays to others is no part of his price.
        let others = ["代理", "公证", "评审", "场地", "服务费", "赔偿", "材料费"].iter().any(|w| name.contains(w));
        (!others).then_some((name, amount.money))
    };
    for (text, tender) in case.tender_clauses_in(demands, |t| read(t).is_some()) {
        let Some((name, limit)) = read(&text) else { continue };
        for (amount, unit) in sums_of(case, &name) {
            let Some(exceeds) = amount.exceeds(&limit) else { continue };
            let (verdict, remark) = if exceeds {
                let remark = both(
                    format!("“{name}”报价 {amount} 超过限价 {limit}"),
                    format!("The price of “{name}”, {amount}, exceeds its limit of {limit}"),
                );
                (Verdict::Fail, remark)
            } else {
                let remark = both(
                    format!("“{name}”报价 {amount} 未超过限价 {limit}"),
                    format!("The price of “{name}”, {amount}, is within its limit of {limit}"),
                );
                (Verdict::Pass, remark)
            };
            report.push(
                Judgement::new(verdict, format!("fee {name} {unit}"), remark)
                    .rigid()
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.unit_evidence(unit)),
            );
        }
    }
}
