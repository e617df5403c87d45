//! Prices that follow from one another.

use std::collections::{BTreeMap, HashMap};

use bidlens_domain::clue::ClueKind;
use bidlens_domain::field::Field;
use bidlens_domain::wording::{Wording, both};

use super::{Bids, Draft, Reasons, Shown, Strength, units_shown};
use crate::bid::Bid;
use crate::bid::prices::{self, Item, PriceMention};
use crate::fields::letters;

/// Items two bids must have in common before a pattern is one.
const ITEMS_MIN: usize = 5;
const ITEMS_MANY: usize = 8;
/// Steps that are a multiple of it are made by rounding.
const ROUND_STEP: f64 = 10_000.0;
const RELATIVE_SLACK: f64 = 5e-5;

const INNOCENT_TOTALS: Reasons = &[
    ("报价均按整数取整", "All prices were rounded to whole figures"),
    (
        "竞争充分、成本公开，报价自然接近",
        "Competition is strong and costs are known, so that prices are naturally close",
    ),
];
const INNOCENT_ITEMS: Reasons = &[
    (
        "单价取自同一信息价、定额或厂家目录价",
        "The unit prices come from the same published prices, cost norms or maker's list",
    ),
    (
        "招标文件给出了统一的控制单价，各投标人按比例下浮",
        "The tender sets ceiling unit prices, which each bidder lowered by a rate",
    ),
    ("由同一造价软件按同一模板计算", "They were computed by the same costing software from the same template"),
];
/// A tender that asks for one discount on its own prices makes all prices proportional.
const DISCOUNTS: [&str; 6] = ["下浮率", "下浮比例", "折扣率", "优惠率", "统一下浮", "同比例下浮"];
/// Items whose price the tender sets or a rule gives.
const GIVEN: [&str; 6] = ["暂列", "暂估", "安全文明", "规费", "税", "预留"];

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let totals: Vec<(usize, PriceMention)> = bids
        .each()
        .filter_map(|(index, bid)| Some((index, prices::main_price(prices::mentions(bid))?.clone())))
        .collect();
    let mut drafts: Vec<Draft> = progression(&totals).into_iter().collect();
    let items: Vec<(usize, Items)> = bids.each().map(|(index, bid)| (index, items(bid))).collect();
    for (n, first) in items.iter().enumerate() {
        drafts.extend(items.iter().skip(n + 1).filter_map(|second| proportion(bids, first, second)));
    }
    for (n, first) in totals.iter().enumerate() {
        drafts.extend(totals.iter().skip(n + 1).filter_map(|second| same_total(bids, first, second)));
    }
    drafts
}

fn draft(strength: Strength, subject: &str, summary: Wording, sides: BTreeMap<usize, Shown>) -> Draft {
    let innocent = if subject == "items" { INNOCENT_ITEMS } else { INNOCENT_TOTALS };
    Draft { kind: ClueKind::PricePattern, strength, summary, innocent, more: 0, sides, subject: subject.to_owned() }
}

fn totals_shown(totals: &[&(usize, PriceMention)]) -> BTreeMap<usize, Shown> {
    totals.iter().map(|(index, price)| (*index, Shown::words(price.evidence.clone()))).collect()
}

/// All totals in equal steps, or each the same multiple of the one before.
fn progression(totals: &[(usize, PriceMention)]) -> Option<Draft> {
    let mut sorted: Vec<&(usize, PriceMention)> = totals.iter().collect();
    sorted.sort_by(|a, b| a.1.money.units().total_cmp(&b.1.money.units()));
    let prices: Vec<f64> = sorted.iter().map(|(_, price)| price.money.units()).collect();
    let (pattern, step) = pattern(&prices)?;
    let is_round = (step / ROUND_STEP).fract() == 0.0;
    let strength = match prices.len() {
        _ if is_round => Strength::Weak,
        3 => Strength::Medium,
        _ => Strength::Strong,
    };
    let summary = match pattern {
        Pattern::Steps => both(
            format!("{} 家总报价成等差数列，相邻差额均约 {step:.2} 元", prices.len()),
            format!("The total prices of {} bidders rise in equal steps of about {step:.2}", prices.len()),
        ),
        Pattern::Multiples => both(
            format!("{} 家总报价成等比数列", prices.len()),
            format!("The total prices of {} bidders rise by the same factor", prices.len()),
        ),
    };
    Some(draft(strength, "progression", summary, totals_shown(&sorted)))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    Steps,
    Multiples,
}

/// How at least three rising prices follow from one another, with the first step.
fn pattern(prices: &[f64]) -> Option<(Pattern, f64)> {
    let neighbours = || prices.iter().zip(prices.iter().skip(1));
    let steps: Vec<f64> = neighbours().map(|(a, b)| b - a).collect();
    let step = *steps.first().filter(|_| steps.len() >= 2)?;
    let highest = prices.last().copied().unwrap_or_default();
    // Steps that are nothing beside the price are equal by chance.
    if steps.iter().any(|s| *s < highest * 1e-4) {
        return None;
    }
    if steps.iter().all(|s| (s - step).abs() <= 1.0) {
        return Some((Pattern::Steps, step));
    }
    let ratio = neighbours().map(|(a, b)| b / a).next()?;
    // Prices are rounded to whole yuan at best.
    let slack = 2.0 / prices.first().copied().filter(|lowest| *lowest > 1_000.0)?;
    neighbours().all(|(a, b)| (b / a - ratio).abs() <= slack).then_some((Pattern::Multiples, step))
}

/// Two bids with the same total that is not the ceiling.
fn same_total(bids: &Bids<'_>, first: &(usize, PriceMention), second: &(usize, PriceMention)) -> Option<Draft> {
    let price = first.1.money.units();
    let of = |key: &str| bids.facts.field(key).and_then(Field::money).map(|money| money.units());
    let ceilings = [of("max_price"), of("budget")];
    let is_set = ceilings.iter().flatten().any(|ceiling| (ceiling - price).abs() < 1.0);
    if first.1.money != second.1.money || is_set {
        return None;
    }
    let strength = if (price / 1_000.0).fract() == 0.0 { Strength::Weak } else { Strength::Medium };
    let summary = both(format!("总报价相同：{price:.2} 元"), format!("The total prices are the same: {price:.2}"));
    Some(draft(strength, "total", summary, totals_shown(&[first, second])))
}

/// The items of a bid that can be told apart by name and quantity.
type Items<'b> = HashMap<(String, u64), &'b Item>;

fn items<'b>(bid: &'b Bid<'_>) -> Items<'b> {
    let tables = prices::item_tables(bid);
    let priced = tables.iter().flat_map(|table| &table.items).filter(|item| {
        item.unit_price > 0.0 && !item.name.is_empty() && !GIVEN.iter().any(|word| item.name.contains(word))
    });
    let mut items = Items::new();
    for item in priced {
        items.entry((letters(&item.name), item.quantity.to_bits())).or_insert(item);
    }
    items
}

/// Unit prices of two bids that are the same, or differ by one factor.
fn proportion(bids: &Bids<'_>, first: &(usize, Items<'_>), second: &(usize, Items<'_>)) -> Option<Draft> {
    let mut pairs: Vec<(&Item, &Item)> =
        first.1.iter().filter_map(|(key, item)| Some((*item, *second.1.get(key)?))).collect();
    pairs.sort_by_key(|(item, _)| item.total_unit);
    let shown = |pairs: &[(&Item, &Item)]| {
        BTreeMap::from([
            (first.0, units_shown(bids, first.0, pairs.iter().map(|(item, _)| item.total_unit))),
            (second.0, units_shown(bids, second.0, pairs.iter().map(|(_, item)| item.total_unit))),
        ])
    };
    let equal: Vec<(&Item, &Item)> = pairs.iter().copied().filter(|(a, b)| a.unit_price == b.unit_price).collect();
    let many = |count: usize| if count >= ITEMS_MANY { Strength::Strong } else { Strength::Medium };
    if equal.len() >= ITEMS_MIN && equal.len() * 5 >= pairs.len() * 4 {
        let (all, equal_ones) = (pairs.len(), equal.len());
        let summary = both(
            format!("{all} 个共有分项中有 {equal_ones} 个单价完全相同"),
            format!("Of {all} items in common, {equal_ones} have exactly the same unit price"),
        );
        return Some(draft(many(equal.len()), "items", summary, shown(&equal)));
    }
    let discounted = || DISCOUNTS.iter().any(|word| bids.tender_words.contains(word));
    let factor = factor(&pairs).filter(|_| pairs.len() >= ITEMS_MIN && !discounted())?;
    let summary = both(
        format!("{} 个共有分项的单价均相差同一系数 {factor:.4}", pairs.len()),
        format!("The unit prices of {} items in common all differ by the factor {factor:.4}", pairs.len()),
    );
    Some(draft(many(pairs.len()), "items", summary, shown(&pairs)))
}

/// The one factor between all unit prices, when rounding explains what is left.
fn factor(pairs: &[(&Item, &Item)]) -> Option<f64> {
    let (first, second) = pairs.iter().max_by(|a, b| a.0.unit_price.total_cmp(&b.0.unit_price))?;
    let factor = second.unit_price / first.unit_price;
    let fits = |(a, b): &(&Item, &Item)| {
        let rounding = 0.01 + b.unit_price * RELATIVE_SLACK;
        (a.unit_price * factor - b.unit_price).abs() <= rounding
    };
    // Prices that are all alike show no factor.
    let differ = pairs.iter().any(|(a, _)| (a.unit_price - first.unit_price).abs() > 1.0);
    (differ && (factor - 1.0).abs() > 1e-6 && pairs.iter().all(fits)).then_some(factor)
}

#[cfg(test)]
mod tests {
    use super::{Pattern, pattern};

    #[test]
    fn prices_in_steps_are_seen_and_others_are_not() {
        assert_eq!(pattern(&[981_300.0, 993_650.0, 1_006_000.0]), Some((Pattern::Steps, 12_350.0)));
        let grown = [800_000.0, 800_000.0 * 1.03, 800_000.0 * 1.03 * 1.03];
        assert_eq!(pattern(&grown).map(|(pattern, _)| pattern), Some(Pattern::Multiples));
        for other in [&[981_300.0, 993_650.0][..], &[981_300.0, 993_650.0, 1_011_000.0], &[5.0, 5.0, 5.0], &[]] {
            assert_eq!(pattern(other), None, "{other:?}");
        }
    }
}
