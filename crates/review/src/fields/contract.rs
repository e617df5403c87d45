//! The deal: how long, how paid, how warranted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{FieldStatus, FieldValue};
use bidlens_domain::fold::{is_cjk, is_western};
use bidlens_domain::time::DurationUnit;
use regex::Regex;

use crate::grammar::durations;
use crate::near;
use crate::reading::{Clause, Form, Pair, Reading, Zone, skip_numbering};

use super::{Candidate, Disagreement, Fields, deal_standing, is_blank, is_none, is_reference, lots, put, settle};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    contract_duration(reading, fields);
    put(fields, "warranty_period", warranty(reading), Disagreement::Prefer);
    put(fields, "payment_terms", payment(reading), Disagreement::Prefer);
}

const DURATION: [(&str, i32); 88] = [
    ("合同履行期限", 14),
    ("合同履约期限", 13),
    ("合同履行期", 8),
    ("供应期限", 8),
    ("供应期", 8),
    ("配送期限", 8),
    ("供货周期", 7),
    ("period of performance", 9),
    ("delivery lead time", 5),
    ("履约期限", 7),
    ("履行期限", 7),
    ("服务期限", 9),
    ("服务期", 9),
    ("服务时间", 3),
    ("服务周期", 7),
    ("计划工期", 9),
    ("总工期", 8),
    ("工期", 9),
    ("施工工期", 8),
    ("工期要求", 8),
    ("交货期", 9),
    ("交货期限", 8),
    ("交货时间", 8),
    ("履约时间", 7),
    ("履约时间和地点", 7),
    ("交货时间及地点", 8),
    ("交货时间和地点", 8),
    ("duration of contract", 8),
    ("contract duration", 8),
    ("duration", 4),
    ("time for completion", 8),
    ("time of completion", 8),
    ("completion time", 8),
    ("delivery schedule", 5),
    ("供货期", 9),
    ("供货期限", 8),
    ("供货时间", 7),
    ("交付时间", 7),
    ("交付期限", 7),
    ("交付期", 7),
    ("完工期", 8),
    ("完成期限", 7),
    ("完成时间", 4),
    ("合同期限", 8),
    ("合同期", 7),
    ("项目工期", 8),
    ("设计周期", 8),
    ("建设周期", 7),
    ("实施周期", 7),
    ("项目实施期限", 7),
    ("监理服务期", 8),
    ("交货及安装时间", 7),
    ("contract period", 9),
    ("period of contract", 9),
    ("delivery period", 8),
    ("completion period", 9),
    ("period of completion", 9),
    ("框架协议期限", 9),
    ("框架期限", 9),
    ("特许经营期", 9),
    ("合作期限", 8),
    ("合作期", 7),
    ("period for completion", 8),
    ("框架有效期", 8),
    ("协议有效期", 7),
    ("协议期限", 7),
    ("contract term", 9),
    ("term of contract", 8),
    ("time allowed for completion", 9),
    ("time of delivery", 7),
    ("delivery time", 7),
    ("construction period", 8),
    ("execution period", 7),
    ("period of execution", 8),
    ("implementation period", 7),
    ("service period", 7),
    ("period of service", 7),
    ("assignment duration", 7),
    ("initial term", 7),
    ("initial contract term", 8),
    ("estimated duration", 6),
    ("duration of the contract", 8),
    ("服务期限要求", 7),
    ("delivery and completion", 6),
    ("delivery date", 6),
    ("delivery date and time", 6),
    ("delivery and completion schedule", 6),
    ("delivery days", 6),
];

fn contract_duration(reading: &Reading<'_>, fields: &mut Fields) {
    let mut candidates = Vec::new();
    let mut by_lot: BTreeMap<String, FieldValue> = BTreeMap::new();
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let label = pair.label.as_str();
        let exact = DURATION.iter().find(|(l, _)| *l == label).map(|(_, b)| *b);
        // 交货安装期限
        let composed = || {
            let does = ["交货", "供货", "安装", "施工", "服务", "实施"].iter().any(|w| label.starts_with(w));
            (label.chars().count() <= 10 && does && label.ends_with("期限")).then_some(5)
        };
        let inside = || {
            (label.chars().count() <= 14 || label.is_ascii() && label.len() <= 60)
                .then(|| DURATION.iter().find(|(l, _)| label.contains(l)).map(|_| 3))
                .flatten()
        };
        // Delivery | 4 weeks
        let bare = || (label == "delivery" && pair.form != Form::Below).then_some(4);
        let Some(bonus) = exact.or_else(composed).or_else(inside).or_else(bare) else {
            continue;
        };
        if [
            "延误",
            "违约",
            "提前",
            "质保",
            "付款",
            "响应",
            "地点",
            "方案",
            "顺延",
            "保证金",
            "奖",
            "免费",
            "维修",
            "培训",
            "超过",
            "期内",
        ]
        .iter()
        .any(|w| label.contains(w))
            && !label.contains("及地点")
            && !label.contains("和地点")
        {
            continue;
        }
        let rank = deal_standing(zone) + bonus - if pair.form == Form::Below { 5 } else { 0 };
        candidates.extend(period(reading, pair, rank));
        let text = reading.text(pair.unit, &pair.value);
        if by_lot.is_empty() {
            listed_below(reading, pair, &mut by_lot);
        }
        let mentions = lots::mentions(text);
        let own_lot = match mentions.as_slice() {
            [only] if only.range.start == 0 => Some(only.key.clone()),
            [] => super::money::lot_around(reading, pair.unit, pair.label_start.unwrap_or(0)),
            _ => None,
        };
        if let Some(key) = own_lot
            && zone != Zone::Contract
            && let Some(value) = period(reading, pair, rank).and_then(|c| c.value)
        {
            by_lot.entry(key).or_insert(value);
        }
        if mentions.len() >= 2 && by_lot.is_empty() {
            for (index, mention) in mentions.iter().enumerate() {
                // 第二包、第三包…30日内: lots named together have one period.
                let joined = |index: usize| {
                    let gap = mentions.get(index)?.range.end..mentions.get(index + 1)?.range.start;
                    matches!(text.get(gap)?.trim(), "、" | "和" | "及" | "与" | "," | "").then_some(())
                };
                let last = (index..mentions.len()).find(|&i| joined(i).is_none()).unwrap_or(index);
                let from = mentions.get(last).map_or(mention.range.end, |m| m.range.end);
                let until = mentions.get(last + 1).map_or(text.len(), |m| m.range.start);
                let own =
                    reading.tidy_until(pair.unit, &(pair.value.start + from..pair.value.start + until), &['。', '\n']);
                let words = reading.words(pair.unit, &own);
                if !words.is_empty() {
                    by_lot.entry(mention.key.clone()).or_insert(FieldValue::Period {
                        length: plain_days(reading.text(pair.unit, &own)),
                        text: words,
                    });
                }
            }
        }
    }
    columns(reading, &mut candidates, &mut by_lot);
    sentences(reading, &mut candidates);
    if by_lot.len() >= 2 {
        // The lots' own words without their names; the most usual stands for the whole.
        for candidate in &mut candidates {
            if let Some(FieldValue::Period { text, length }) = &mut candidate.value
                && !lots::mentions(&bidlens_domain::fold::folded(text)).is_empty()
                && let Some(FieldValue::Period { text: usual, length: days }) = most_usual(&by_lot)
            {
                *text = usual;
                *length = days;
            }
        }
    }
    if let Some(mut field) = settle(candidates, Disagreement::Prefer) {
        if by_lot.len() >= 2 {
            field.lots = by_lot;
        }
        fields.insert("contract_duration".to_owned(), field);
    }
}

/// `01包：3年；` line by line under the label.
fn listed_below(reading: &Reading<'_>, pair: &Pair, by_lot: &mut BTreeMap<String, FieldValue>) {
    for index in pair.unit..pair.unit + 100 {
        let Some(unit) = reading.unit(index) else {
            return;
        };
        let start = if index == pair.unit { pair.value.start } else { 0 };
        let text = unit.text.get(start..).unwrap_or_default();
        let named = lots::mentions(text);
        let Some(mention) = named.first().filter(|m| m.range.start <= 2) else {
            return;
        };
        if named.len() > 1 {
            return;
        }
        let own = reading.tidy(index, &(start + mention.range.end..unit.text.len()));
        let folded = reading.text(index, &own);
        if durations::find(folded).is_empty() {
            return;
        }
        by_lot
            .entry(mention.key.clone())
            .or_insert(FieldValue::Period { length: plain_days(folded), text: reading.words(index, &own) });
    }
}

fn most_usual(by_lot: &BTreeMap<String, FieldValue>) -> Option<FieldValue> {
    by_lot.values().max_by_key(|v| by_lot.values().filter(|o| o == v).count()).cloned()
}

fn period(reading: &Reading<'_>, pair: &Pair, rank: i32) -> Option<Candidate> {
    let value = before_warranty(reading, pair.unit, &first_statement(reading, pair.unit, &pair.value));
    let value = before_further_statement(reading, pair.unit, &value);
    let text = reading.text(pair.unit, &value);
    let quote = reading.pair_quote(pair, &value);
    if is_reference(text) {
        return reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1);
    }
    if text.chars().count() < 2 || is_blank(text) || is_none(text) {
        return None;
    }
    let timed = !durations::find(text).is_empty()
        || !crate::grammar::dates::find(text).is_empty()
        || text.contains('至') && (text.contains("之日") || text.contains("止"))
        || spans_months(text)
        || text.contains("年度");
    let lower = text.to_ascii_lowercase();
    let paid = ["invoice", " pays ", "payment"].iter().any(|w| lower.contains(w));
    if !timed || paid {
        return None;
    }
    let value = without_lot(reading, pair.unit, short(reading, pair.unit, &value, 160));
    let value = before_place(reading, pair.unit, from_length(reading, pair.unit, value));
    let words = reading.words(pair.unit, &value);
    let length = plain_days(reading.text(pair.unit, &value));
    reading.candidate(pair.unit, quote, value, FieldValue::Period { text: words, length }, rank)
}

/// `2031年1月至12月`, `2031年1月--2032年6月`
fn spans_months(text: &str) -> bool {
    static MONTHS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\d{4}年 ?\d{1,2}月(?:份|初|底)? ?(?:至|到|~|[-—–]{1,2}) ?(?:\d{4}年 ?)?\d{1,2}月")
            .expect("a regular expression")
    });
    MONTHS.is_match(text)
}

/// `The Time for Completion is twenty-six (26) months from …`: in an English sentence the length opens what is stated,
/// and a further clause behind a comma or the next sentence is no part of it.
fn from_length(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    const VERBS: &[&str] = &[" is ", " are ", " shall ", " will ", " must ", " carry ", " covered "];
    let text = reading.text(unit, &value);
    let Some(span) = durations::first(text).filter(|_| is_western(text)) else { return value };
    // one hundred twenty (120) days: the number's first words stand before the length.
    let head = text.get(..span.start).unwrap_or_default();
    let numeral = |word: &&str| *word == "hundred" || crate::grammar::numbers::english_word(word).is_some();
    let words: usize = head.split(' ').rev().skip(1).take_while(numeral).map(|word| word.len() + 1).sum();
    let start = if VERBS.iter().any(|verb| head.contains(verb)) { span.start.saturating_sub(words) } else { 0 };
    let rest = text.get(span.end..).unwrap_or_default();
    let sentence = rest.find(". ").filter(|_| start > 0);
    let clause =
        [", with ", ", and ", "; ", " or such "].iter().filter_map(|w| rest.find(w)).min().filter(|_| start > 0);
    let end = sentence.into_iter().chain(clause).min().map_or(text.len(), |at| span.end + at);
    reading.tidy(unit, &(value.start + start..value.start + end))
}

/// `within 8 weeks to the Stores Yard, Quay Lane`: where something is delivered to is no part of the period.
fn before_place(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    let text = reading.text(unit, &value);
    let Some(span) = durations::first(text).filter(|_| is_western(text)) else { return value };
    let rest = text.get(span.end..).unwrap_or_default();
    let place = [" to the ", " to ", " at the ", " at "].iter().find_map(|lead| {
        let at = rest.find(lead)?;
        rest.get(at + lead.len()..)?.starts_with(|c: char| c.is_ascii_uppercase()).then_some(at)
    });
    place.map_or(value.clone(), |at| reading.tidy(unit, &(value.start..value.start + span.end + at)))
}

/// `标项1，自合同签订之日起一年`: the name of the only lot is no part of the period.
fn without_lot(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    let text = reading.text(unit, &value);
    match lots::mentions(text).as_slice() {
        [only]
            if only.range.start == 0 && text.get(only.range.end..).is_some_and(|t| t.starts_with([',', ':', '、'])) =>
        {
            reading.tidy(unit, &(value.start + only.range.end..value.end))
        }
        _ => value,
    }
}

/// The first sentence of a value; an empty line or a number before it is passed over.
fn first_statement(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let tidy = reading.tidy(unit, value);
    let text = reading.text(unit, &tidy);
    let skipped = text.len() - skip_numbering(text).len();
    // `12 months` and `1 March` are values and no numbers of clauses.
    let dated = crate::grammar::dates::first(text).is_some_and(|s| s.range.start < skipped);
    let skipped = if dated || durations::first(text).is_some_and(|s| s.start < skipped) { 0 } else { skipped };
    // `1年` is a value, `1、` a number.
    let start = if skipped > 0 && skipped <= 8 { tidy.start + skipped } else { tidy.start };
    let cut = reading.until(unit, &(start..tidy.end), &['\n', '。', ';']);
    let cut = before_next_label(reading, unit, &cut);
    reading.tidy(unit, &cut)
}

/// `120日历天 计划开工日期：…`: a cell that holds several labels with their values ends the first at the second.
fn before_next_label(reading: &Reading<'_>, unit: usize, range: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, range);
    let Some(first) = durations::first(text) else { return range.clone() };
    let rest = text.get(first.end..).unwrap_or_default();
    let inside = rest.len() - rest.trim_start_matches(['内', '以', '之', ' ']).len();
    let Some(colon) = rest.find(':').filter(|at| *at > inside) else { return range.clone() };
    let label = rest.get(inside..colon).unwrap_or_default();
    let names = label.chars().all(is_cjk) && (2..=8).contains(&label.chars().count());
    if names { range.start..range.start + first.end + inside } else { range.clone() }
}

/// `90日历天，缺陷责任期2年`: a period of warranty behind the period of the contract is another.
fn before_warranty(reading: &Reading<'_>, unit: usize, range: &Range<usize>) -> Range<usize> {
    const OTHERS: &[&str] = &["缺陷责任期", "保修期", "质保期", "质量保修期", "质量保证期"];
    let first = reading.until(unit, range, &[',', '、']);
    let rest = reading.text(unit, &(first.end..range.end));
    let other = OTHERS.iter().any(|w| rest.trim_start_matches([',', '、']).starts_with(w));
    if other && !durations::find(reading.text(unit, &first)).is_empty() { first } else { range.clone() }
}

fn short(reading: &Reading<'_>, unit: usize, value: &Range<usize>, chars: usize) -> Range<usize> {
    let text = reading.text(unit, value);
    let end = text.char_indices().nth(chars).map_or(text.len(), |(i, _)| i);
    value.start..value.start + end
}

/// `合同签订后20日内交货，并提供2年免费维保`: what is promised besides is no part of the period.
fn before_promise(reading: &Reading<'_>, unit: usize, range: &Range<usize>) -> Range<usize> {
    const PROMISES: &[&str] = &["并提供", "提供", "并免费", "免费", "并承诺", "质保", "保修"];
    let text = reading.text(unit, range);
    let end = text.match_indices(',').map(|(at, _)| at).find(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        PROMISES.iter().any(|w| rest.starts_with(w))
    });
    range.start..range.start + end.unwrap_or(text.len())
}

/// `合同签订后20日内完成，逾期每日按1%计违约金`: what happens otherwise is no part of the period.
fn before_further_statement(reading: &Reading<'_>, unit: usize, range: &Range<usize>) -> Range<usize> {
    const STATEMENTS: &[&str] =
        &["逾期", "否则", "每逾期", "每延", "如逾期", "若逾期", "未按", "如未", "若未", "延期", "超过", "违约"];
    let text = reading.text(unit, range);
    let end = text.match_indices(',').map(|(at, _)| at).find(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        STATEMENTS.iter().any(|w| rest.starts_with(w))
            && !durations::find(text.get(..*at).unwrap_or_default()).is_empty()
    });
    range.start..range.start + end.unwrap_or(text.len())
}

/// The length when the text speaks of exactly one, or of the same days again; how often it is signed anew
/// (`三年,合同一年一签`) and how far it may be prolonged is no length.
fn plain_days(text: &str) -> Option<bidlens_domain::time::Duration> {
    let mut spans = durations::find(text);
    let renewed = |span: &durations::Span| {
        let after = text.get(span.end..).unwrap_or_default();
        let before = near::before(text, span.start, 8);
        let extends = [" option", " renewal", " extension"].iter().any(|word| after.starts_with(word));
        extends || after.starts_with("一签") || ["续签", "延长", "最长", "续约"].iter().any(|w| before.contains(w))
    };
    spans.retain(|span| !renewed(span));
    // 420个日历天(定额工期505个日历天): what the norm would give is no length of this contract.
    let norm = |span: &durations::Span| {
        let head = text.get(..span.start).unwrap_or_default();
        head.rfind(['(', ','])
            .and_then(|at| head.get(at..))
            .is_some_and(|t| t.contains("定额") || t.contains("标准工期"))
    };
    spans.retain(|span| !norm(span));
    let first = spans.first()?;
    let day = |s: &&durations::Span| s.duration.unit == DurationUnit::Day;
    if spans.len() == 1 {
        return Some(first.duration);
    }
    // 8个月内 within 8 months: a length that is said once in each of two languages.
    let two = text.chars().any(is_cjk)
        && spans.len() == 2
        && spans.iter().any(|s| text.get(s.range()).is_some_and(str::is_ascii));
    spans.iter().all(|s| (day(&s) || two) && s.duration == first.duration).then_some(first.duration)
}

/// A column headed 工期 or 服务期 in a table of lots: each lot has its own, the most usual stands for the whole.
fn columns(reading: &Reading<'_>, candidates: &mut Vec<Candidate>, by_lot: &mut BTreeMap<String, FieldValue>) {
    for grid in &reading.grids {
        let Some(head) = grid.rows.first().filter(|h| h.len() >= 3) else {
            continue;
        };
        let Some((column, in_days)) = head.iter().find_map(|&u| {
            let cell = reading.unit(u)?;
            let label = crate::reading::strip_label(&cell.text);
            (DURATION.iter().any(|(l, _)| *l == label) && !matches!(reading.zone(u), Zone::BidForms))
                .then(|| cell.cell.map(|c| (c.column, label.ends_with("days"))))
                .flatten()
        }) else {
            continue;
        };
        let mut read: Vec<Candidate> = Vec::new();
        let mut own: Vec<(String, FieldValue)> = Vec::new();
        for row in grid.rows.iter().skip(1) {
            let Some(candidate) = reading.cell_in(row, column).and_then(|unit| period_of_cell(reading, unit, in_days))
            else {
                continue;
            };
            let first = row.first().and_then(|&u| reading.unit(u)).map_or("", |u| u.text.as_str());
            if let (Some(lot), Some(value)) = (super::money::lot_key(first), &candidate.value) {
                own.push((lot, value.clone()));
            }
            read.push(candidate);
        }
        let differ = own.windows(2).any(|pair| pair.first().map(|o| &o.1) != pair.last().map(|o| &o.1));
        for (key, value) in own.into_iter().filter(|_| differ) {
            by_lot.entry(key).or_insert(value);
        }
        let times = |c: &Candidate| read.iter().filter(|o| o.value == c.value).count();
        let usual = read.iter().rev().max_by_key(|c| times(c)).cloned();
        candidates.extend(usual);
    }
}

/// The period that a cell of such a column states.
fn period_of_cell(reading: &Reading<'_>, unit: usize, in_days: bool) -> Option<Candidate> {
    let range = 0..reading.unit(unit)?.text.len();
    let text = reading.text(unit, &range);
    // A column of days holds bare numbers: Delivery Days.
    let days = text.trim().parse::<i64>().ok().filter(|n| in_days && (1..=1_000).contains(n));
    let length = days.map(|n| bidlens_domain::time::Duration::new(n, DurationUnit::Day));
    let timed = !durations::find(text).is_empty() || !crate::grammar::dates::find(text).is_empty();
    if !(timed || length.is_some()) || text.chars().count() > 80 {
        return None;
    }
    let value = FieldValue::Period { text: reading.words(unit, &range), length: length.or_else(|| plain_days(text)) };
    reading.candidate(unit, range.clone(), range, value, deal_standing(reading.zone(unit)) - 2)
}

/// `工期为90日历天`, `合同签订后30日内交货`, `for a period of three years`.
fn sentences(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) {
    const SUBJECTS: &[&str] = &[
        "合同履行期限",
        "服务期限",
        "服务期",
        "工期",
        "交货期",
        "供货期",
        "合同期限",
        "履行期限",
        "for a period of",
        "base period of",
        "delivery period is",
        "delivery: not later than",
        "delivery not later than",
        "delivery: within",
        "initial period of",
        "initial term of",
        "initial term is",
        "term contract for",
        "contract for a term of",
        "contract is for",
        "delivery of the goods is required",
        "shall be completed within",
        "to be completed within",
        "must be completed within",
        "completed within",
        "contract period",
        "completion period",
        "time of completion",
        "period of contract",
        "initial term shall be",
        "initial contract term",
        "initial term of the",
        "term of this contract shall be",
        "term of the contract shall be",
        "term of this agreement shall be",
        "term of the agreement shall be",
        "shall have a term of",
        "project duration is",
        "duration of the project is",
        "duration of the contract is",
        "time for completion is",
        "construction period",
        "contract term shall be",
        "contract term is",
        "contract duration is",
        "contract duration shall be",
        "contract will run for",
        "contract shall run for",
        "contract will be for",
        "contract shall be for",
        "agreement will be for",
        "agreement shall be for",
        "for a term of",
        "shall remain in effect for",
        "will remain in effect for",
        "duration of this contract",
        "duration of the assignment",
        "duration of the services",
        "duration of the works",
        "term of the contract is",
        "term of the contract will be",
        "term of this contract is",
        "term of this contract will be",
        "term of the agreement is",
        "term of the agreement will be",
        "contract term will be",
        "delivery shall be made within",
        "delivery must be made within",
        "delivery will be made within",
        "delivery is required within",
        "goods shall be delivered within",
        "goods must be delivered within",
        "items shall be delivered within",
        "equipment shall be delivered within",
        "equipment must be delivered within",
    ];
    const DEEDS: &[&str] = &[
        "交货",
        "供货",
        "完成安装",
        "安装调试",
        "完工",
        "送达",
        "交付",
        "完成全部",
        "竣工",
        "完成供货",
        "完成系统",
        "完成建设",
        "完成开发",
        "完成实施",
        "上线运行",
    ];
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Evaluation) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        if text.chars().count() > 200 {
            continue;
        }
        let lower = text.to_lowercase();
        let subject =
            SUBJECTS.iter().find_map(|s| lower.find(s).map(|at| at + s.len())).filter(|_| lower.len() == text.len());
        let signed = (text.contains("合同签订") || text.contains("签订合同") || text.contains("合同生效"))
            && DEEDS.iter().any(|d| text.contains(d))
            && text.contains('内');
        if subject.is_none() && !signed {
            continue;
        }
        if [
            "违约",
            "延误",
            "付款",
            "支付",
            "保证金",
            "响应时间",
            "每",
            "质保",
            "试用",
            "逾期",
            "备案",
            "业绩",
            "发票",
            "penalty",
            "warrant",
            "open for acceptance",
            "valid",
            "退还",
            "invoice",
            "mobilis",
            "mobiliz",
            "transition",
            "training",
            "after arrival",
            "after delivery",
        ]
        .iter()
        .any(|w| lower.contains(w))
        {
            continue;
        }
        let spans = durations::find(text);
        let Some(span) = spans.iter().find(|s| subject.is_none_or(|at| s.start >= at && s.start <= at + 60)) else {
            candidates.extend(subject.and_then(|at| between_dates(reading, clause, at)));
            continue;
        };
        let start = match subject {
            // The initial term of the agreement shall last one (1) year from …: the length opens what is stated.
            Some(_) if is_western(text) => clause.range.start + span.start,
            Some(at) => clause.range.start + at,
            None => {
                let head = text.get(..span.start).unwrap_or_default();
                let at = ["合同签订", "签订合同", "合同生效"].iter().filter_map(|w| head.rfind(w)).max().unwrap_or(0);
                clause.range.start + at
            }
        };
        let value = reading.tidy_until(clause.unit, &(start..clause.range.end), &['。', ';', '\n']);
        let value = before_conditions(reading, clause.unit, value);
        let text = reading.text(clause.unit, &value);
        let lead = text.len() - text.trim_start_matches(['为', '是', ':', '(']).len();
        let value = before_promise(reading, clause.unit, &(value.start + lead..value.end));
        let words = reading.words(clause.unit, &value);
        let length = plain_days(reading.text(clause.unit, &value));
        let rank = deal_standing(zone) - if subject.is_some() { 12 } else { 20 };
        candidates.extend(reading.candidate(
            clause.unit,
            clause.range.clone(),
            value,
            FieldValue::Period { text: words, length },
            rank,
        ));
    }
}

/// `three years with two extensions exercisable at the sole discretion of …, subject to …`: on what it hangs whether it is
/// prolonged is no part of the period.
fn before_conditions(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    const CONDITIONS: &[&str] =
        &[" exercisable", " subject to", " at the sole discretion", " at the discretion", " at its sole discretion"];
    let text = reading.text(unit, &value);
    let end = CONDITIONS.iter().filter_map(|words| text.find(words)).filter(|at| *at >= 8).min();
    end.map_or(value.clone(), |at| reading.tidy(unit, &(value.start..value.start + at)))
}

/// `The contract period is from 1 April 2031 to 31 March 2034`: the days it begins and ends on, behind byte `at`.
fn between_dates(reading: &Reading<'_>, clause: &Clause, at: usize) -> Option<Candidate> {
    const REACH: usize = 30;
    let text = reading.text(clause.unit, &clause.range);
    let stamps = crate::grammar::dates::find(text);
    let [first, last] = stamps.as_slice() else { return None };
    let near = first.range.start >= at && first.range.start - at <= REACH;
    let joined = text.get(first.range.end..last.range.start).is_some_and(|gap| gap.len() <= 12);
    let value = clause.range.start + first.range.start..clause.range.start + last.range.end;
    let words = reading.words(clause.unit, &value);
    let rank = deal_standing(reading.zone(clause.unit)) - 12;
    (near && joined && is_western(text)).then(|| {
        let period = FieldValue::Period { text: words, length: None };
        reading.candidate(clause.unit, clause.range.clone(), value, period, rank)
    })?
}

const WARRANTY: &[&str] = &[
    "质保期",
    "免费质保期",
    "质量保证期",
    "保修期",
    "免费保修期",
    "质保期限",
    "质保",
    "质保期要求",
    "质保要求",
    "质量保修期",
    "缺陷责任期",
    "免费维护期",
    "售后服务期",
    "质保时间",
    "质量保证期限",
    "保修期限",
    "免费质保",
    "质保年限",
    "整机质保期",
    "保修",
    "免费保修",
    "质量保证",
    "defects liability period",
    "defects notification period",
    "rectification period",
    "warranty period",
    "warranty",
    "defect liability period",
    "guarantee period",
];

fn warranty(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        let label = pair.label.as_str();
        let exact = WARRANTY.contains(&label);
        let inside = (label.chars().count() <= 16 || label.is_ascii() && label.len() <= 60)
            && ["质保期", "保修期", "质量保证期", "缺陷责任期", "warranty"].iter().any(|w| label.contains(w));
        if zone == Zone::BidForms
            || !(exact || inside)
            || ["服务", "内", "金", "后", "外", "满", "期间"].iter().any(|w| label.ends_with(w)) && !exact
        {
            continue;
        }
        let value = with_further_periods(reading, pair, first_statement(reading, pair.unit, &pair.value));
        let value = timed_sentence(reading, pair.unit, value);
        let text = reading.text(pair.unit, &value);
        let quote = reading.pair_quote(pair, &value);
        if is_reference(text) {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1));
            continue;
        }
        if is_blank(text) || durations::find(text).is_empty() {
            continue;
        }
        let value = from_length(reading, pair.unit, warranty_part(reading, pair.unit, &value));
        let value = short(reading, pair.unit, &value, 120);
        let rank = deal_standing(zone) + if exact { 10 } else { 4 } - if pair.form == Form::Below { 5 } else { 0 };
        candidates.extend(reading.text_candidate(pair.unit, quote, value, rank));
    }
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Evaluation) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        let Some(at) = [
            "质保期",
            "保修期",
            "质量保证期",
            "缺陷责任期",
            "免费维护期",
            "原厂质保",
            "免费质保",
            "免费运维",
            "免费维保",
            "免费保修",
            "warranty",
            "shall warrant",
            "warrants the",
            "defect liability",
            "defects liability",
            "rectification period",
            "guarantee period",
        ]
        .iter()
        .filter_map(|w| lower.find(w))
        .min() else {
            continue;
        };
        if lower.len() != text.len()
            || [
                "质保期内",
                "保修期内",
                "质保期满",
                "责任期满",
                "保修期满",
                "质保期结束",
                "质保期后",
                "分",
                "退还",
                "质保金",
                "返还",
                "质保期外",
                "质保期届满",
                "warranty certificate",
                "bank guarantee",
            ]
            .iter()
            .any(|w| lower.contains(w))
        {
            continue;
        }
        let spans = durations::find(text);
        let reach = if is_western(text) { 60 } else { 40 };
        let near = |s: &&durations::Span| {
            matches!(s.duration.unit, DurationUnit::Year | DurationUnit::Month)
                && (s.start >= at && text.get(at..s.start).is_some_and(|g| g.chars().count() <= reach)
                    || s.end <= at && text.get(s.end..at).is_some_and(|g| g.chars().count() <= 8))
        };
        // 工期3个月，缺陷责任期2年: the period behind the subject comes before one in front of it.
        let Some(span) = spans.iter().filter(|s| s.start >= at).find(near).or_else(|| spans.iter().find(near)) else {
            continue;
        };
        // From the subject to the end of the phrase, so that what the period runs from is kept.
        let value = phrase(reading, clause.unit, &clause.range, at.min(span.start), span.end);
        // 验收合格后至少24个月的质保期: the length comes first and ends the value.
        let value = if span.end <= at { value.start..clause.range.start + span.end } else { value };
        let own = reading.text(clause.unit, &value);
        let bare = ["并提供", "提供", "并承诺"].iter().find_map(|w| own.strip_prefix(w)).unwrap_or(own);
        let value = value.end - bare.len()..value.end;
        candidates.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, deal_standing(zone) - 14));
    }
    candidates
}

/// Of several English sentences the one that states a length.
fn timed_sentence(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    let text = reading.text(unit, &value);
    let Some(span) = durations::first(text).filter(|_| is_western(text)) else { return value };
    let head = text.get(..span.start).unwrap_or_default();
    let start = head.rfind(". ").map_or(0, |at| at + 2);
    reading.tidy(unit, &(value.start + start..value.end))
}

/// `整机3年；附件12个月`: the periods of further parts behind the semicolon.
fn with_further_periods(reading: &Reading<'_>, pair: &Pair, first: Range<usize>) -> Range<usize> {
    let mut value = first;
    if durations::find(reading.text(pair.unit, &value)).is_empty() {
        return value;
    }
    while value.end < pair.value.end {
        let rest = reading.text(pair.unit, &(value.end..pair.value.end));
        let Some(next) = rest.strip_prefix(';').and_then(|t| t.split([';', '。', '\n', ':']).next()) else { break };
        let serves = ["响应", "小时", "维修", "到场", "上门", "更换", "免费"].iter().any(|w| next.contains(w));
        let period =
            durations::find(next).iter().any(|s| matches!(s.duration.unit, DurationUnit::Year | DurationUnit::Month));
        if serves || !period || next.chars().count() > 50 {
            break;
        }
        value.end += ';'.len_utf8() + next.len();
    }
    value
}

/// The length and what it runs from; what is promised within it is left out.
fn warranty_part(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, value);
    let Some(span) = durations::first(text) else {
        return value.clone();
    };
    let mut end = text.len();
    for (at, c) in text.char_indices().filter(|(at, c)| *at >= span.end && matches!(c, ',' | ';' | '。' | '\n')) {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        // The comma of 100,000 ends nothing.
        let thousands = c == ','
            && rest.starts_with(|n: char| n.is_ascii_digit())
            && text.get(..at).is_some_and(|t| t.ends_with(|n: char| n.is_ascii_digit()));
        if thousands {
            continue;
        }
        let next = rest.split([',', ';', '。', '\n']).next().unwrap_or_default();
        let runs = (next.contains("之日") || next.contains("起算") || next.contains("计算") || next.contains("验收"))
            && next.contains('起')
            || !durations::find(next).is_empty() && c != '。' && c != '\n'
            || next.trim_start().starts_with("whichever");
        if !runs {
            end = at;
            break;
        }
    }
    value.start..value.start + end
}

/// The words from `from` of a clause to the end of the phrase that holds `to`.
fn phrase(reading: &Reading<'_>, unit: usize, clause: &Range<usize>, from: usize, to: usize) -> Range<usize> {
    let text = reading.text(unit, clause);
    let head = text.get(..from).unwrap_or_default();
    let start = head.rfind([',', ':', '。']).map_or(0, |n| n + 1);
    let start = if head.get(start..).is_some_and(|t| t.chars().count() <= 14) { start } else { from };
    let lead = text.get(start..from).unwrap_or_default();
    let numbered = lead.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ' '));
    let start = if numbered { from } else { start + lead.len() - skip_numbering(lead).len() };
    let tail = text.get(to..).unwrap_or_default();
    let end = tail.find([',', '。', ';', '\n', '(']).map_or(text.len(), |n| to + n);
    reading.tidy(unit, &(clause.start + start..clause.start + end))
}

const PAYMENT: &[&str] = &[
    "付款方式",
    "支付方式",
    "付款条件",
    "付款方式及条件",
    "付款方法",
    "合同款支付",
    "结算方式",
    "支付条件",
    "付款",
    "合同价款支付",
    "付款方式和条件",
    "资金支付",
    "款项支付",
    "费用支付",
    "付款安排",
    "合同付款方式",
    "支付方式及时间",
    "货款支付",
    "付款期限和方式",
    "付款期限及方式",
    "工程进度付款",
    "工程款支付",
    "进度款支付",
    "工程款支付方式",
    "付款办法",
    "支付办法",
    "付款要求",
    "付款周期",
    "支付周期",
    "进度款",
    "结算与支付",
    "服务费支付",
    "费用结算与支付",
    "费用结算",
    "payments",
    "interim payment",
    "interim payments",
    "progress payments",
    "货款结算",
    "结算",
    "款项结算",
    "资金结算",
    "付款与结算",
    "付款方式及比例",
    "合同价款的支付",
    "payment terms",
    "terms of payment",
    "payment",
    "mode of payment",
    "payment schedule",
];

fn payment(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        let label = pair.label.as_str();
        let exact = PAYMENT.contains(&label);
        let inside = label.chars().count() <= 16
            && ["付款方式", "支付方式", "付款条件", "支付条件", "合同金额及支付", "报酬及支付"]
                .iter()
                .any(|w| label.contains(w))
            || (4..=10).contains(&label.chars().count())
                && ["费支付", "款支付", "费结算"].iter().any(|w| label.ends_with(w));
        if zone == Zone::BidForms
            || !(exact || inside)
            || ["保证金", "代理", "服务费收取", "响应", "偏离", "履约", "预付款保函"].iter().any(|w| label.contains(w))
            || pair.context.contains("保证金")
            || pair.context.contains("代理")
        {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        if is_reference(text.trim()) {
            candidates.extend(reading.referred(pair, &pair.value));
            continue;
        }
        if is_blank(text) && pair.form != Form::Below {
            continue;
        }
        candidates.extend(payment_text(reading, pair, zone, exact));
    }
    payment_sentences(reading, &mut candidates);
    candidates
}

/// Words that make a text a rule of payment.
fn pays(text: &str) -> bool {
    let lower = text.to_lowercase();
    (["支付", "付款", "付至", "结算", "结清", "付清", "预付", "后付"].iter().any(|w| text.contains(w))
        && [
            "%",
            "％",
            "一次性",
            "全额",
            "百分之",
            "按月",
            "上月",
            "当月",
            "次月",
            "按季",
            "分期",
            "余款",
            "首付",
            "预付",
            "尾款",
            "工作日内",
            "日内",
            "天内",
            "个月内",
        ]
        .iter()
        .any(|w| text.contains(w)))
        || lower.contains("invoice") && lower.contains("days")
        || lower.contains("payment")
            && (lower.contains('%')
                || lower.contains("days")
                || lower.contains("month")
                || lower.contains("bill")
                || lower.contains("invoice"))
}

/// `Net 30 days`, `Monthly in arrears`: behind its label, how an English tender pays in a few words.
fn is_terse_payment(text: &str) -> bool {
    const CHARS: std::ops::RangeInclusive<usize> = 5..=80;
    const WORDS: &[&str] =
        &["net ", "monthly", "quarterly", "in arrears", "upon delivery", "on delivery", "upon completion"];
    let lower = text.trim().to_lowercase();
    is_western(text) && CHARS.contains(&lower.chars().count()) && WORDS.iter().any(|word| lower.contains(word))
}

/// The value of a payment label with the lines that continue it.
fn payment_text(reading: &Reading<'_>, pair: &Pair, zone: Zone, exact: bool) -> Option<Candidate> {
    let first = reading.unit(pair.unit)?;
    let number = clause_number(reading.text(pair.unit, &pair.value));
    let mut words = reading.words(pair.unit, &(pair.value.start + number..pair.value.end));
    let mut evidence = vec![];
    let in_cell = first.cell.is_some();
    let section = first.section;
    let own = reading.text(pair.unit, &pair.value);
    let milestones = ["advance", "supply", "delivery", "installation", "acceptance", "commissioning", "completion"];
    let timed =
        !crate::grammar::durations::find(own).is_empty() || milestones.iter().any(|w| own.to_lowercase().contains(w));
    let shares = exact && own.contains('%') && timed;
    let own_pays = pays(own) || shares || exact && is_terse_payment(own);
    let mut any = own_pays;
    let mut best: Option<Evidence> = None;
    if own_pays {
        best = quote_of(reading, pair.unit, &pair.value);
    }
    if !in_cell {
        let mut next = pair.unit + 1;
        let mut taken = 0;
        while words.chars().count() < 400 && taken < 8 {
            let Some(unit) = reading.unit(next) else {
                break;
            };
            let stops =
                unit.cell.is_some() || unit.is_heading || unit.section != section || unit.document != first.document;
            let text = unit.text.as_str();
            // A further label or numbered clause of another subject ends the terms.
            let labelled =
                text.split(':').next().is_some_and(|l| l.chars().count() <= 14 && text.contains(':') && !pays(text));
            if stops || labelled || (own_pays && !pays(text) && !text.contains("发票")) {
                break;
            }
            let range = clause_number(text)..text.len();
            if pays(text) {
                any = true;
                if best.is_none() {
                    best = quote_of(reading, next, &range);
                }
                words.push_str(&reading.words(next, &range));
                evidence.extend(reading.evidence(next, &range));
            } else if !own_pays && !any {
                words.push_str(&reading.words(next, &range));
            }
            taken += 1;
            next += 1;
        }
    }
    if !any || has_gaps(&bidlens_domain::fold::folded(&words)) {
        return None;
    }
    let words: String = words.chars().take(600).collect();
    let rank = deal_standing(zone) + if exact { 10 } else { 4 } - if pair.form == Form::Below { 3 } else { 0 };
    let evidence = best.or(evidence.into_iter().next())?;
    Some(Candidate {
        status: FieldStatus::Found,
        value: Some(FieldValue::Text(words.trim_matches([':', ' ', '，', ',']).to_owned())),
        raw: evidence.quote().to_owned(),
        evidence,
        rank,
    })
}

/// Bytes of the number of a clause (`13.2 `) at the head of a line; the number of a list (`2、`) belongs to the terms.
fn clause_number(text: &str) -> usize {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let number = text.get(..digits).unwrap_or_default();
    let parts = number.split('.').count();
    let clause = parts >= 2 && number.split('.').all(|n| (1..=2).contains(&n.len()));
    let behind = text.get(digits..).unwrap_or_default();
    let space = behind.len() - behind.trim_start().len();
    if clause && !behind.trim_start().starts_with(['%', '万', '亿', '元']) { digits + space } else { 0 }
}

/// Whether a form's gaps stand where numbers belong: `在收到发票后　　个工作日内支付　　%`.
fn has_gaps(folded: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || crate::grammar::numbers::is_chinese_numeral(c);
    ["%", "个工作日", "日内", "个月内"].iter().any(|unit| {
        folded.match_indices(unit).any(|(at, _)| {
            let before = folded.get(..at).and_then(|t| t.trim_end().chars().next_back());
            before.is_none_or(|c| matches!(c, '后' | '的' | '_' | '付' | '起' | '为')) && !before.is_some_and(is_number)
        })
    })
}

/// The first sentence that says when something is paid, as evidence.
fn quote_of(reading: &Reading<'_>, unit: usize, range: &Range<usize>) -> Option<Evidence> {
    let text = reading.text(unit, range);
    let mut start = 0;
    let mut pick = None;
    for (at, c) in text.char_indices() {
        if matches!(c, '。' | '\n' | ';') {
            let sentence = start..at;
            if text.get(sentence.clone()).is_some_and(pays) {
                pick = Some(sentence);
                break;
            }
            start = at + c.len_utf8();
        }
    }
    let pick = pick.unwrap_or(start.min(text.len())..text.len());
    let own = text.get(pick.clone()).unwrap_or_default();
    let end = own.char_indices().nth(190).map_or(own.len(), |(i, _)| i);
    reading.evidence(unit, &(range.start + pick.start..range.start + pick.start + end))
}

/// The English wording of payment terms.
fn english_terms(text: &str) -> bool {
    let lower = text.to_lowercase();
    let pays_bills = [" pay ", " pays "].iter().any(|w| lower.contains(w)) && lower.contains("invoice");
    let paid_within = lower.contains("paid within")
        || pays_bills && lower.contains("days")
        || (lower.contains("payment") && lower.contains("within") && lower.contains("days"));
    (lower.contains("payment") && lower.contains('%') || paid_within)
        && ["advance", "invoice", "delivery", "bill", "acceptance", "completion"].iter().any(|w| lower.contains(w))
        && !["security", "guarantee shall", "penalty", "emd", "liquidated"].iter().any(|w| lower.contains(w))
}

/// Terms without a label: `合同签订后10个工作日内支付合同价款的30%`.
fn payment_sentences(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) {
    for (index, unit) in reading.units.iter().enumerate() {
        if matches!(unit.zone, Zone::BidForms | Zone::Evaluation | Zone::Cover) {
            continue;
        }
        let text = unit.text.as_str();
        let shares = crate::grammar::percent::find(text).len();
        let about =
            ["合同金额", "合同价", "合同总价", "合同款", "合同总额", "货款", "工程款", "服务费", "预付款", "进度款"]
                .iter()
                .any(|w| text.contains(w));
        let not = [
            "违约",
            "投标保证金",
            "履约保证金",
            "代理服务费",
            "罚",
            "赔偿",
            "逾期",
            "中标服务费",
            "招标服务费",
            "质疑",
        ]
        .iter()
        .any(|w| text.contains(w));
        let chinese = about && !not && (text.contains("支付") || text.contains("付款") || text.contains("付至"));
        if !(chinese && shares > 0 || is_western(text) && english_terms(text)) {
            continue;
        }
        let range = text.len() - skip_numbering(text).len()..text.len();
        let words: String = reading.words(index, &range).chars().take(600).collect();
        let Some(evidence) = quote_of(reading, index, &range) else {
            continue;
        };
        let many = i32::try_from(shares).unwrap_or(9).min(3) * 2;
        candidates.push(Candidate {
            status: FieldStatus::Found,
            value: Some(FieldValue::Text(words)),
            raw: evidence.quote().to_owned(),
            evidence,
            rank: deal_standing(unit.zone) - 16 + many,
        });
    }
}
