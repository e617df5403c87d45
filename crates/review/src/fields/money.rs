//! Budget and ceiling price, overall and by lot.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use bidlens_domain::fold::is_western;
use bidlens_domain::money::{Currency, Money};
use regex::Regex;

use crate::grammar::money::{self, Amount, Unit};
use crate::reading::{Reading, Zone, strip_label};

use super::{Candidate, Disagreement, Fields, is_none, is_reference, lots, settle, standing};

const BUDGET: &[&str] = &[
    "预算金额",
    "采购预算",
    "项目预算",
    "预算总额",
    "总预算",
    "采购金额",
    "预算价",
    "预算限额",
    "财政预算",
    "预算资金",
    "预算控制",
    "估算价",
    "合同估算价",
    "估算金额",
    "预估金额",
    "预算",
    "approved budget",
    "being the abc",
    "(abc)",
    "abc of ",
    "abc in the amount of",
    "estimated total value",
    "total value of the contract",
    "total estimated value",
    "estimated cost",
    "engineer's estimate",
    "estimated contract value",
    "estimated value",
    "estimated procurement value",
    "tender value",
    "estimated amount",
    "approximate cost",
    "value of work",
    "estimated bid value",
    "has set aside",
    "estimated project cost",
    "estimated project value",
    "estimated budget",
    "funding available",
    "available funding",
    "available budget",
    "项目经费",
    "经费预算",
    "budget",
];
/// Labels of a budget that are ordinary words of sentences as well.
const BUDGET_LABELS: &[&str] =
    &["value of contract", "value of the contract", "value of procurement", "contract value"];
const CEILING: &[&str] = &[
    "最高限价",
    "最高投标限价",
    "招标控制价",
    "投标限价",
    "控制价",
    "拦标价",
    "上限价",
    "最高报价",
    "报价上限",
    "限价",
    "最高控制价",
    "采购上限",
    "控制总价",
    "控制金额",
    "最高总价",
    "最高应答限价",
    "金额上限",
    "最高价",
    "ceiling price",
    "maximum total amount",
    "maximum amount",
    "maximum total value",
    "maximum contract value",
    "framework ceiling",
    "maximum price",
    "not-to-exceed amount",
    "not to exceed amount",
];

/// What the whole undertaking costs: this tender is a part of it.
const COST_OF_ALL: &[&str] = &["总投资", "投资估算", "项目投资", "投资额", "概算"];

/// Clauses that name an amount's word and are looked into; a tender has a few dozen.
const CLAUSES_READ_MAX: usize = 400;

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let budget = amounts(reading, BUDGET, CEILING);
    let mut ceiling = amounts(reading, CEILING, &[]);
    ceiling.overall.extend(rejected_above(reading));
    ceiling.overall.extend(not_exceeded(reading));
    if let Some(field) = budget.field() {
        fields.insert("budget".to_owned(), field);
    }
    let ceiling = ceiling.field().or_else(|| same_as_budget(reading, fields));
    if let Some(field) = ceiling {
        fields.insert("max_price".to_owned(), field);
    }
}

/// What was read for one kind of amount.
#[derive(Debug, Default)]
struct Found {
    overall: Vec<Candidate>,
    /// By lot, the best place first.
    lots: BTreeMap<String, (Money, Candidate)>,
}

impl Found {
    fn field(self) -> Option<Field> {
        let several = self.lots.len() >= 2;
        let sum: i64 = self.lots.values().map(|(m, _)| m.minor).fold(0, i64::saturating_add);
        let mut overall = self.overall;
        if several {
            // An "overall" amount smaller than the lots together is the amount of one lot.
            overall.retain(|c| match &c.value {
                Some(FieldValue::Money(m)) => m.minor >= sum - sum / 100,
                _ => false,
            });
        }
        let mut field = match settle(overall, Disagreement::Prefer) {
            Some(field) if field.found().is_some() || !several => field,
            _ => {
                let (money, first) = self.lots.values().next()?.clone();
                if !several {
                    return settle(vec![first], Disagreement::Prefer);
                }
                Field::with_evidence(
                    FieldStatus::Found,
                    Some(FieldValue::Money(Money { minor: sum, currency: money.currency })),
                    first.raw.clone(),
                    self.lots.values().map(|(_, c)| c.evidence.clone()).take(12).collect(),
                    0.8,
                )
                .ok()?
            }
        };
        if several {
            field.lots = self.lots.into_iter().map(|(k, (m, _))| (k, FieldValue::Money(m))).collect();
        }
        Some(field)
    }

    fn add_lot(&mut self, key: String, money: Money, candidate: Candidate) {
        match self.lots.get(&key) {
            Some((_, known)) if known.rank >= candidate.rank => {}
            _ => {
                self.lots.insert(key, (money, candidate));
            }
        }
    }
}

fn names(label: &str, words: &[&str], not: &[&str]) -> bool {
    let label = label.to_lowercase();
    words.iter().any(|w| label.contains(w))
        && !not.iter().any(|w| label.contains(w))
        && !["单价", "比例", "说明", "编制", "是否", "依据", "占", "来源", "扣除", "得分", "年度", "控制价的", "下浮"]
            .iter()
            .any(|w| label.contains(w))
}

fn amounts(reading: &Reading<'_>, words: &[&str], not: &[&str]) -> Found {
    let mut found = Found::default();
    from_columns(reading, words, not, &mut found);
    for pair in &reading.pairs {
        let labelled = other_words(words) == CEILING && BUDGET_LABELS.contains(&pair.label.as_str());
        if !(names(&pair.label, words, not) || labelled) || pair.label.chars().count() > 24 && !pair.label.is_ascii() {
            continue;
        }
        let zone = reading.zone(pair.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        // 估算总投资: what the whole undertaking costs is no budget of this tender.
        if COST_OF_ALL.iter().any(|w| pair.label.contains(w)) {
            continue;
        }
        let rank = standing(zone) + 10;
        // 预算金额：1974000.00 is in yuan though nothing says so.
        let bare = text.trim().trim_end_matches(['。', ';', ',']);
        let bare = bare.strip_suffix("/-").unwrap_or(bare);
        let number = bare.len() >= 4 && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let unit = Unit::of_label(&pair.full_label).or_else(|| unit_behind(bare)).or(number.then_some(Unit::Yuan));
        if by_lot(reading, pair.unit, &pair.value, unit, rank, &mut found) {
            continue;
        }
        if listed(reading, pair.unit, &pair.value, unit, rank, &mut found) {
            continue;
        }
        let labelled = of_label(&pair.full_label).or_else(|| in_rupees(reading).then(|| Currency::new("INR")));
        let sum = own_sum(text, words, other_words(words), unit).map(|sum| match labelled.filter(|_| number) {
            Some(currency) => Amount { money: Money { currency, ..sum.money }, ..sum },
            None => sum,
        });
        if let Some(amount) = sum {
            let value = pair.value.start + amount.range.start..pair.value.start + amount.range.end;
            let quote = reading.pair_quote(pair, &value);
            let candidate = reading.candidate(pair.unit, quote, value, FieldValue::Money(amount.money.clone()), rank);
            let lot = lot_around(reading, pair.unit, pair.label_start.unwrap_or(0));
            match (lot, candidate) {
                (Some(key), Some(candidate)) => found.add_lot(key, amount.money, candidate),
                (None, Some(candidate)) => found.overall.push(candidate),
                (_, None) => {}
            }
        } else if is_reference(text.trim()) {
            found.overall.extend(reading.referred(pair, &pair.value));
        } else if is_none(text) && pair.label.chars().count() <= 12 && text.trim() != "/" {
            found.overall.extend(reading.stated(
                pair.unit,
                reading.pair_quote(pair, &pair.value),
                FieldStatus::StatedNone,
                4,
            ));
        }
    }
    from_clauses(reading, words, not, &mut found);
    found.overall.retain(|c| match &c.value {
        // A ceiling of a few yuan is a unit price or a misreading.
        Some(FieldValue::Money(m)) => m.minor >= 10_000,
        _ => c.status == FieldStatus::RefersElsewhere,
    });
    found
}

/// The unit in brackets behind a bare figure: `预算金额：86（万元）`.
fn unit_behind(text: &str) -> Option<Unit> {
    let (figure, unit) = text.strip_suffix(')')?.split_once('(')?;
    let bare = !figure.is_empty() && figure.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' '));
    match unit.trim_start_matches("单位:").trim() {
        "元" | "人民币元" => Some(Unit::Yuan),
        "万元" | "人民币万元" => Some(Unit::TenThousandYuan),
        "亿元" => Some(Unit::HundredMillionYuan),
        _ => None,
    }
    .filter(|_| bare)
}

/// `Estimated cost (Rs.)`, `Budget in USD`: the currency a label gives its bare figures.
fn of_label(label: &str) -> Option<Currency> {
    let words = label.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | ','));
    let signs = words.filter(|word| (1..=4).contains(&word.chars().count()) && is_western(word));
    signs
        .filter_map(|sign| money::find(&format!("{sign} 1000")).into_iter().next())
        .map(|sum| sum.money.currency)
        .next()
}

/// Whether bare figures of an English tender are rupees: it counts in lakhs or names taxes of India.
pub(super) fn in_rupees(reading: &Reading<'_>) -> bool {
    reading.is_english()
        && reading.units.iter().take(400).any(|u| {
            let lower = u.text.to_lowercase();
            ["lakh", "crore", "gstin", "rupee"].iter().any(|w| lower.contains(w))
        })
}

/// The words of the other kind of amount.
fn other_words(words: &[&str]) -> &'static [&'static str] {
    if words.contains(&"预算金额") { CEILING } else { BUDGET }
}

/// The sum that is of the amount's own kind where one value holds several: 预算金额186万元；最高限价182万元.
/// What stands before any other word is the label's own; of the rest 其中 names a part only.
fn own_sum(text: &str, words: &[&str], others: &[&str], unit: Option<Unit>) -> Option<Amount> {
    let first = |words: &[&str]| words.iter().filter_map(|w| text.find(w)).min();
    let head = first(others).into_iter().chain(text.find("其中")).min().unwrap_or(text.len());
    let behind = first(words).map(|start| {
        let named = text.get(start..).unwrap_or_default();
        start + words.iter().filter(|w| named.starts_with(**w)).map(|w| w.len()).max().unwrap_or(0)
    });
    [Some(0..head), behind.map(|at| at..text.len()), Some(0..text.len())].into_iter().flatten().find_map(|part| {
        let amount = one_sum(text.get(part.clone())?, unit)?;
        let range = amount.range.start + part.start..amount.range.end + part.start;
        Some(Amount { range, ..amount })
    })
}

/// The sum a value states: figures before words, no unit prices; a sum a year when nothing else is said.
fn one_sum(text: &str, unit: Option<Unit>) -> Option<Amount> {
    let amounts = match unit {
        Some(unit) => money::find_in_unit(text, unit),
        None => money::find(text),
    };
    let yearly = |a: &&Amount| {
        // 每年预算不超过49.3万元
        let before = text.get(..a.range.start).unwrap_or_default();
        let part = before.rfind([',', ';', '。', '(']).map_or(before, |at| before.get(at..).unwrap_or_default());
        part.contains("每年") || text.get(a.range.end..).is_some_and(|t| t.starts_with("/年") || t.starts_with("每年"))
    };
    // 每年95万元,三年合计285万元
    let all = ["合计", "共计", "总计"].iter().filter_map(|w| text.find(w).map(|at| at + w.len())).max();
    let summed = |a: &&Amount| all.is_some_and(|at| a.range.start >= at) && !a.per_unit && !a.in_words;
    amounts
        .iter()
        .find(summed)
        .or_else(|| amounts.iter().find(|a| !a.per_unit && !a.in_words && !yearly(a)))
        .or_else(|| amounts.iter().find(|a| !a.per_unit && !yearly(a)))
        .or_else(|| amounts.iter().find(yearly))
        .cloned()
}

/// The lot that the words before `at` in the same unit, or the unit's heading, speak of.
pub(super) fn lot_around(reading: &Reading<'_>, unit: usize, at: usize) -> Option<String> {
    let text = &reading.unit(unit)?.text;
    let head = text.get(..at)?;
    let line = head.rfind(['\n', '。', ';']).map_or(0, |n| n + 1);
    let line = head.get(line..).unwrap_or_default();
    if line.chars().count() <= 40
        && let Some(mention) = lots::mentions(line).into_iter().next_back()
    {
        return Some(mention.key);
    }
    // 合同包1(…): above the line, or the heading.
    let own = reading.unit(unit)?;
    if own.cell.is_none()
        && let Some(lead) = own.lead.and_then(|l| reading.unit(l))
        && (own.text.contains('包') || lead.text.chars().count() <= 12)
        && let [only] = lots::mentions(&lead.text).as_slice()
    {
        return Some(only.key.clone());
    }
    let heading = reading.heading(unit);
    let named = lots::mentions(heading);
    match named.as_slice() {
        [only] if heading.chars().count() <= 30 => Some(only.key.clone()),
        _ => None,
    }
}

/// `1200000,650000`: one amount for each lot, in their order. Whether it was such a list.
fn listed(
    reading: &Reading<'_>,
    unit: usize,
    value: &Range<usize>,
    money_unit: Option<Unit>,
    rank: i32,
    found: &mut Found,
) -> bool {
    let text = reading.text(unit, value);
    let bare = text.trim().trim_end_matches(['。', ';']);
    let parts: Vec<&str> = bare.split([',', '、', ';', '/']).map(str::trim).collect();
    let number = |p: &&str| {
        p.chars().filter(char::is_ascii_digit).count() >= 4 && p.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    if !(2..=30).contains(&parts.len()) || !parts.iter().all(number) {
        return false;
    }
    let Some(money_unit) = money_unit.or(Some(Unit::Yuan)) else { return false };
    let mut from = 0;
    for (index, part) in parts.iter().enumerate() {
        let Some(at) = text.get(from..).and_then(|t| t.find(part)).map(|at| from + at) else { continue };
        from = at + part.len();
        let range = value.start + at..value.start + from;
        let Some(amount) = money::find_in_unit(part, money_unit).into_iter().next() else { continue };
        let read = FieldValue::Money(amount.money.clone());
        if let Some(candidate) = reading.candidate(unit, range.clone(), range, read, rank) {
            found.add_lot((index + 1).to_string(), amount.money, candidate);
        }
    }
    true
}

/// `01包：190000元；02包：…` inside one value. Whether it was such a list.
fn by_lot(
    reading: &Reading<'_>,
    unit: usize,
    value: &Range<usize>,
    money_unit: Option<Unit>,
    rank: i32,
    found: &mut Found,
) -> bool {
    let text = reading.text(unit, value);
    let mentions = lots::mentions(text);
    if mentions.len() < 2 {
        return false;
    }
    let mut any = 0;
    for (index, mention) in mentions.iter().enumerate() {
        let until = mentions.get(index + 1).map_or(text.len(), |m| m.range.start);
        let own = text.get(mention.range.end..until).unwrap_or_default();
        if let Some(amount) = one_sum(own, money_unit) {
            let start = value.start + mention.range.end + amount.range.start;
            let end = value.start + mention.range.end + amount.range.end;
            if let Some(candidate) = reading.candidate(
                unit,
                value.start + mention.range.start..end,
                start..end,
                FieldValue::Money(amount.money.clone()),
                rank,
            ) {
                found.add_lot(mention.key.clone(), amount.money, candidate);
                any += 1;
            }
        }
    }
    any >= 2
}

/// A table with a column headed 预算金额(万元): one row is the whole, several rows with a lot column are lots.
fn from_columns(reading: &Reading<'_>, words: &[&str], not: &[&str], found: &mut Found) {
    for grid in &reading.grids {
        let Some((header_row, column, header)) = grid.rows.iter().take(6).enumerate().find_map(|(r, row)| {
            row.iter()
                .filter_map(|&u| reading.unit(u).map(|c| (u, c)))
                .find(|(_, c)| {
                    let label = strip_label(&c.text);
                    // 本包预算金额(最高限价,单位:万元) heads both.
                    let both = || names(&label, other_words(words), &[]) && words.iter().any(|w| c.text.contains(w));
                    // 预算金额 over a column for each year: the row of the sum says the whole.
                    let spans = || row.len() == 2 && has_sum_row(reading, grid);
                    c.text.chars().count() <= 24 && (names(&label, words, not) || both()) && (row.len() >= 3 || spans())
                })
                .and_then(|(_, c)| c.cell.map(|p| (r, p.column, c.text.clone())))
        }) else {
            continue;
        };
        let Some(head) = grid.rows.get(header_row) else {
            continue;
        };
        let zone = head.first().map_or(Zone::Other, |&u| reading.zone(u));
        if zone == Zone::BidForms || zone == Zone::Evaluation {
            continue;
        }
        let lot_column = head.iter().find_map(|&u| {
            let cell = reading.unit(u)?;
            let label = strip_label(&cell.text);
            let names_lot = [
                "包号",
                "标段",
                "包件",
                "标项",
                "分包",
                "包",
                "合同包",
                "采购包",
                "标包",
                "包组",
                "分包号",
                "标段号",
                "标项号",
                "包名称",
                "标项序号",
                "标段名称",
                "包件号",
                "lot",
            ]
            .iter()
            .any(|w| label == *w || label.starts_with(w) && label.chars().count() <= 8);
            names_lot.then(|| cell.cell.map(|p| p.column)).flatten()
        });
        let unit = Unit::of_label(&header).or_else(|| caption_unit(reading, head)).unwrap_or(Unit::Yuan);
        let mut rows: Vec<(usize, String, Amount, Option<usize>)> = Vec::new();
        let mut seen: Vec<usize> = Vec::new();
        for row in grid.rows.iter().skip(header_row + 1) {
            let at = |column: u32| reading.cell_in(row, column);
            let Some(cell) = at(column) else {
                continue;
            };
            if seen.contains(&cell) {
                continue;
            }
            seen.push(cell);
            let text = reading.unit(cell).map_or("", |u| u.text.as_str());
            let Some(amount) = one_sum(text, Some(unit)) else {
                continue;
            };
            let first = row.first().and_then(|&u| reading.unit(u)).map_or("", |u| u.text.as_str());
            let total = ["合计", "总计", "小计", "总额"].iter().any(|w| {
                row.iter().any(|&u| reading.unit(u).is_some_and(|c| c.text.contains(w) && c.text.chars().count() <= 8))
            });
            let lot_cell = lot_column.and_then(at).or(row.first().copied());
            let lot_text = lot_cell.and_then(|u| reading.unit(u)).map(|u| u.text.as_str());
            let key = if total {
                "total".to_owned()
            } else {
                lot_text.and_then(lot_key).or_else(|| lot_key(first)).unwrap_or_default()
            };
            rows.push((cell, key, amount, lot_cell));
        }
        let rank = standing(zone) + 9;
        let candidate = |cell: usize, amount: &Amount| {
            let end = reading.unit(cell).map_or(0, |u| u.text.len());
            reading.candidate(cell, 0..end, amount.range.clone(), FieldValue::Money(amount.money.clone()), rank)
        };
        let (total, plain): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, key, ..)| key == "total");
        if let Some((cell, _, amount, _)) = total.first() {
            found.overall.extend(candidate(*cell, amount));
        }
        match plain.as_slice() {
            [(cell, _, amount, _)] => found.overall.extend(candidate(*cell, amount)),
            several if lot_column.is_some() => {
                let mut keys: Vec<&str> = several.iter().map(|(_, k, ..)| k.as_str()).collect();
                keys.sort_unstable();
                keys.dedup();
                let distinct = keys.len() == several.len() && !keys.contains(&"");
                for (cell, key, amount, lot_cell) in several {
                    if distinct && let Some(mut candidate) = candidate(*cell, amount) {
                        // A sum alone proves nothing of its lot.
                        if let Some(across) = lot_cell.and_then(|lot| reading.across(lot, *cell)) {
                            candidate.evidence = across;
                        }
                        found.add_lot(key.clone(), amount.money.clone(), candidate);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a table of three columns or more ends in a row that sums up.
fn has_sum_row(reading: &Reading<'_>, grid: &crate::reading::Grid) -> bool {
    let sums = |row: &[usize]| {
        row.first().and_then(|&u| reading.unit(u)).is_some_and(|c| matches!(c.text.trim(), "合计" | "总计"))
    };
    grid.rows.iter().any(|row| row.len() >= 3) && grid.rows.last().is_some_and(|row| sums(row))
}

/// The key of a lot column's cell: `1`, `01包`, `标项一`, `A`.
pub(super) fn lot_key(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(mention) = lots::mentions(text).into_iter().next() {
        return Some(mention.key);
    }
    // LMGZ-1, SG02: the number behind the letters of a code.
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let code = text.get(..text.len() - digits)?;
    let coded = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/'))
        && code.trim_end_matches(['-', '/']).ends_with(|c: char| c.is_ascii_alphanumeric())
        && (code.ends_with(['-', '/']) || code.ends_with(|c: char| c.is_ascii_uppercase()));
    if coded && (1..=2).contains(&digits) {
        return text.get(code.len()..)?.parse::<u8>().ok().filter(|n| *n > 0).map(|n| n.to_string());
    }
    // SG-Ⅱ
    let last = text.rsplit(['-', '/']).next().filter(|last| last.len() < text.len() || text.len() > 1);
    if let Some(number) = last.and_then(crate::grammar::numbers::roman) {
        return Some(number.to_string());
    }
    if text.chars().count() > 4 {
        return None;
    }
    crate::grammar::numbers::integer_at(text, 0)
        .filter(|(n, end)| *end == text.len() && (1..=200).contains(n))
        .map(|(n, _)| n.to_string())
        .or_else(|| (text.len() == 1 && text.chars().all(|c| c.is_ascii_uppercase())).then(|| text.to_owned()))
}

/// `单位：万元` in the lines above a table.
fn caption_unit(reading: &Reading<'_>, head: &[usize]) -> Option<Unit> {
    let first = *head.first()?;
    (1..=3).find_map(|back| {
        let unit = reading.unit(first.checked_sub(back)?)?;
        (unit.text.contains("单位:") || unit.text.contains("单位：")).then(|| Unit::of_label(&unit.text)).flatten()
    })
}

/// `最高限价为人民币¥171867.30元` without a label's colon.
fn from_clauses(reading: &Reading<'_>, words: &[&str], not: &[&str], found: &mut Found) {
    let mut read = 0;
    for clause in &reading.clauses {
        if read >= CLAUSES_READ_MAX {
            break;
        }
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        if lower.len() != text.len() {
            continue;
        }
        let fund = words.contains(&"预算金额") && text.contains("资金来源");
        let hit = words
            .iter()
            .filter_map(|w| lower.find(w).map(|at| (at, at + w.len())))
            .min()
            .or_else(|| fund.then(|| text.find("资金来源").map(|at| (at, at + "资金来源".len()))).flatten());
        let Some((at, end)) = hit else {
            continue;
        };
        let weak = fund && !words.iter().any(|w| lower.contains(w));
        let rest = text.get(end..).unwrap_or_default();
        if not.iter().any(|w| text.get(at.saturating_sub(30)..at + 30).unwrap_or(text).contains(w)) {
            continue;
        }
        if ["以上", "以下的", "超过100", "不足", "低于"].iter().any(|w| rest.starts_with(w))
            || ["类似项目", "业绩", "处以"].iter().any(|w| text.contains(w))
            || COST_OF_ALL.iter().any(|w| text.get(..end).is_some_and(|t| t.contains(w)))
        {
            continue;
        }
        read += 1;
        let rank = standing(zone) - if weak { 30 } else { 4 };
        // `一标段…元；二标段…元`: a list by lot goes on behind the semicolon.
        let whole = reading.unit(clause.unit).map_or(clause.range.end, |u| u.text.len());
        let list = reading.until(clause.unit, &(clause.range.start + end..whole), &['。', '\n']);
        let value = if lots::mentions(rest).len() == 1 { list } else { clause.range.start + end..clause.range.end };
        if by_lot(reading, clause.unit, &value, None, rank, found) {
            continue;
        }
        // Php 4,500,000 being the Approved Budget: the amount stands before.
        let before = text.get(..at).unwrap_or_default();
        if is_western(text)
            && let Some(amount) = money::find(before).into_iter().next_back()
            && before.len() - amount.range.end <= 24
            && !before.get(amount.range.end..).is_some_and(|gap| gap.contains(". "))
        {
            let value = clause.range.start + amount.range.start..clause.range.start + amount.range.end;
            let quote = value.start..clause.range.start + end;
            found.overall.extend(reading.candidate(
                clause.unit,
                quote,
                value,
                FieldValue::Money(amount.money.clone()),
                rank,
            ));
            continue;
        }
        let Some(amount) = one_sum(rest, None) else {
            continue;
        };
        let gap = rest.get(..amount.range.start).unwrap_or_default();
        // English says more words between.
        let far = if gap.is_ascii() && text.chars().count() > gap.len() + 24 { 60 } else { 24 };
        if gap.chars().count() > far || gap.contains("的") && gap.contains('%') {
            continue;
        }
        let value = clause.range.start + end + amount.range.start..clause.range.start + end + amount.range.end;
        let lot = lot_around(reading, clause.unit, clause.range.start + at);
        let Some(candidate) = reading.candidate(
            clause.unit,
            clause.range.start..value.end,
            value,
            FieldValue::Money(amount.money.clone()),
            rank,
        ) else {
            continue;
        };
        match lot {
            Some(key) => found.add_lot(key, amount.money, candidate),
            None => found.overall.push(candidate),
        }
    }
}

/// `报价超过7万8千元的视为无效报价`: what is refused above a sum has it for its ceiling.
fn rejected_above(reading: &Reading<'_>) -> Option<Candidate> {
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let above = ["报价超过", "报价高于", "报价超出", "总价超过", "总价高于"];
        let at = above.iter().filter_map(|w| text.find(w).map(|at| at + w.len())).min()?;
        let rest = text.get(at..)?;
        let amount = one_sum(rest, None)?;
        let behind = rest.get(amount.range.end..)?;
        let refused = ["无效", "否决", "废标", "不予"].iter().any(|w| behind.contains(w));
        let near = rest.get(..amount.range.start).is_some_and(|gap| matches!(gap, "" | "人民币"));
        if !near || !refused || matches!(zone, Zone::BidForms | Zone::Contract) || !lots::mentions(text).is_empty() {
            return None;
        }
        let value = clause.range.start + at + amount.range.start..clause.range.start + at + amount.range.end;
        let read = FieldValue::Money(amount.money);
        reading.candidate(clause.unit, clause.range.clone(), value, read, standing(zone) - 6)
    })
}

/// `The total contract price shall not exceed $250,000`.
fn not_exceeded(reading: &Reading<'_>) -> Option<Candidate> {
    static BOUND: LazyLock<Regex> = LazyLock::new(|| {
        let prices = "(?:contract|bid|tender|proposal|quoted|project|total|offer) (?:value|price|amount|cost|sum)s?";
        Regex::new(&format!(r"(?i)\b{prices}\b(?: (?:of|for|under) (?:the|this) (?:contract|project|bid|tender|offer|services?|works?))? (?:shall|must|may|should|can|will) not exceed "))
            .expect("a regular expression")
    });
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let bound = BOUND.find(text).filter(|_| !matches!(zone, Zone::BidForms | Zone::Contract))?;
        let amount = one_sum(text.get(bound.end()..)?, None).filter(|amount| amount.range.start <= 24)?;
        let at = clause.range.start + bound.end();
        let value = at + amount.range.start..at + amount.range.end;
        reading.candidate(clause.unit, clause.range.clone(), value, FieldValue::Money(amount.money), standing(zone) - 6)
    })
}

/// `投标限价同预算金额`, `报价不得超过预算金额`: the ceiling is the budget.
fn same_as_budget(reading: &Reading<'_>, fields: &Fields) -> Option<Field> {
    let budget = fields.get("budget")?;
    let value = budget.found()?.clone();
    let clause = reading
        .clauses
        .iter()
        .filter(|c| !matches!(reading.zone(c.unit), Zone::BidForms | Zone::Contract))
        .filter_map(|c| {
            let text = reading.text(c.unit, &c.range);
            let same = CEILING.iter().any(|w| text.contains(w))
                && text.contains("预算")
                && (text.contains('同') || text.contains("即") || text.contains("等于") || text.contains("为"));
            let within = text.contains("报价不超过预算") || text.contains("报价不得超过预算");
            let bound = (text.contains("超过") || text.contains("超出") || text.contains("高于"))
                && text.contains("预算")
                && (text.contains("报价") || text.contains("投标总价"))
                && (text.contains("无效")
                    || text.contains("不得")
                    || text.contains("废标")
                    || text.contains("否决")
                    || text.contains("不予"));
            let lower = text.to_lowercase();
            // By more than 10%: a bid may exceed it so far.
            let english = !text.contains('%')
                && ["exceed", "in excess of", "above"].iter().any(|w| lower.contains(w))
                && ["abc", "approved budget", "estimated cost", "this amount", "the budget"]
                    .iter()
                    .any(|w| lower.contains(w))
                && ["reject", "not be considered", "disqualif"].iter().any(|w| lower.contains(w));
            let bound = bound || within || english;
            let rank = standing(reading.zone(c.unit)) + if same { 40 } else { 0 };
            (same || bound).then_some((rank, c))
        })
        .max_by_key(|(rank, c)| (*rank, std::cmp::Reverse(c.unit)))
        .map(|(_, c)| c)?;
    let proof = reading.stated(clause.unit, clause.range.clone(), FieldStatus::Found, 0)?;
    // The sum comes first: the sentence that makes it the ceiling does not say it.
    let mut all: Vec<Evidence> = budget.evidence().iter().take(1).cloned().collect();
    all.push(proof.evidence);
    all.extend(budget.evidence().iter().skip(1).take(1).cloned());
    let mut field = Field::with_evidence(FieldStatus::Found, Some(value), budget.raw(), all, 0.7).ok()?;
    field.lots = budget.lots.clone();
    Some(field)
}
