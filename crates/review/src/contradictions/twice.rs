//! K020 of further fields: a thing that two parts of the tender state in two ways.
//!
//! The value of the field stays the one that the better place gives; what differs is asked about beside it. A tender of
//! several lots states most things lot by lot, so that only what holds for the whole is compared there.

mod names;
pub(super) mod periods;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use regex::Regex;

use super::stated::{Stated, differing, labelled};
use super::{Fields, between, name};
use crate::fields::{firm_answers_on_consortia, is_divided};
use crate::grammar::checkbox;
use crate::grammar::numbers;
use crate::reading::{Pair, Reading, Zone};

pub(super) fn read(reading: &Reading<'_>, fields: &Fields, told: &[Contradiction]) -> Vec<Contradiction> {
    let mut found = Vec::new();
    if !is_divided(fields) {
        found.extend(periods::twice(reading));
        found.extend(consortium(reading));
        found.extend(method(reading));
        found.extend(names::project(reading));
        found.extend(names::number(reading));
        found.extend(account(reading));
    }
    found.extend(names::buyer(reading));
    found.extend(copies(reading));
    found.retain(|one| told.iter().all(|known| known.subject != one.subject));
    found
}

/// A field that two places state in two ways.
pub(super) fn contradiction<T>(
    reading: &Reading<'_>,
    key: &str,
    pair: (&Stated<T>, &Stated<T>),
) -> Option<Contradiction> {
    let (one, other) = pair;
    between("K020", key, &name(key), vec![one.words.clone(), other.words.clone()], reading.language())
}

/// Accepted in one place and refused in another.
fn consortium(reading: &Reading<'_>) -> Option<Contradiction> {
    let all: Vec<Stated<_>> = firm_answers_on_consortia(reading)
        .into_iter()
        .filter_map(|one| {
            let zone = super::precedence::zone_of(reading, &one.evidence)?;
            let words = StatedValue { value: one.evidence.quote().to_owned(), evidence: one.evidence };
            Some(Stated { value: one.value?, zone, words })
        })
        .collect();
    contradiction(reading, "consortium", differing(&all, |a, b| a != b)?)
}

/// Ways to compare bids that exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Score,
    Price,
}

fn method(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&str; 8] =
        ["评标办法", "评标方法", "评审办法", "评审方法", "评标办法名称", "采用的评标办法", "评分办法", "评定方法"];
    let mut all = labelled(reading, &LABELS, |_, text| Some((one_method(text)?, 0..text.len())));
    // 本项目评标办法采用最低评标价法。
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let said = ["本项目", "本次", "本工程", "本采购", "本招标"].iter().any(|w| text.contains(w))
            && ["采用", "使用", "实行"].iter().any(|w| text.contains(w))
            && ["评标", "评审", "评定"].iter().any(|w| text.contains(w));
        let open = ["如", "若", "或", "时,", "的项目", "是否"].iter().any(|w| text.contains(w));
        if !said || open || matches!(zone, Zone::BidForms | Zone::Contract) || text.chars().count() > 100 {
            continue;
        }
        if let (Some(value), Some(evidence)) = (one_method(text), reading.evidence(clause.unit, &clause.range)) {
            let words = StatedValue { value: evidence.quote().to_owned(), evidence };
            all.push(Stated { value, zone, words });
        }
    }
    contradiction(reading, "evaluation_method", differing(&all, |a, b| a != b)?)
}

/// The one way that a text names; of boxes the ticked ones speak.
fn one_method(text: &str) -> Option<Method> {
    const SCORE: [&str; 5] = ["综合评分法", "综合评估法", "综合评标法", "综合评审法", "综合打分法"];
    const PRICE: [&str; 6] =
        ["最低评标价法", "最低投标价法", "最低报价法", "最低价法", "经评审的最低投标价", "经评审的最低评标价"];
    let boxes = checkbox::choices(text);
    let said: String = if boxes.is_empty() {
        text.to_owned()
    } else {
        boxes.iter().filter(|one| one.ticked).map(|one| one.label(text)).collect()
    };
    let names = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match (names(&SCORE), names(&PRICE)) {
        (true, false) => Some(Method::Score),
        (false, true) => Some(Method::Price),
        _ => None,
    }
}

/// Originals and copies of the bid.
fn copies(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&str; 12] = [
        "投标文件份数",
        "响应文件份数",
        "投标文件的份数",
        "响应文件的份数",
        "份数",
        "投标文件数量",
        "响应文件数量",
        "投标文件份数要求",
        "投标文件正副本份数",
        "正副本份数",
        "投标文件副本份数",
        "纸质投标文件份数",
    ];
    let all = labelled(reading, &LABELS, |_, text| Some((counts(text)?, 0..text.len())));
    contradiction(reading, "copies", differing(&all, |a, b| a != b)?)
}

/// How many originals and copies; `None` where several kinds of papers are counted.
fn counts(text: &str) -> Option<(i64, i64)> {
    let one = |word: &str| -> Option<i64> {
        let pattern = format!(
            r"{word}[^,。;、\d\p{{Han}}]{{0,3}}(?:各|为|共)?[^,。;、\d\p{{Han}}]{{0,3}}(\d+|[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾两]+)\s*[份套本]"
        );
        let pattern = Regex::new(&pattern).ok()?;
        let mut found = pattern.captures_iter(text).filter_map(|c| c.get(1)).map(|m| m.as_str());
        let first = numbers::count(found.next()?)?;
        found.next().is_none().then_some(first)
    };
    let split = ["商务", "技术标", "报价标", "资格标", "价格标", "中标后", "成交后"].iter().any(|w| text.contains(w));
    (!split).then(|| Some((one("正本")?, one("副本")?))).flatten()
}

/// Where the bid bond is paid to: also what a fraud would change.
fn account(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&str; 12] = [
        "账号",
        "帐号",
        "银行账号",
        "银行帐号",
        "收款账号",
        "收款帐号",
        "保证金账号",
        "保证金帐号",
        "投标保证金账号",
        "投标保证金帐号",
        "账户号码",
        "开户账号",
    ];
    const DIGITS: std::ops::RangeInclusive<usize> = 9..=32;
    let of_bond = |pair: &Pair| {
        let own = reading.unit(pair.unit).map_or("", |u| u.text.as_str());
        let near = format!("{} {} {} {own}", pair.label, pair.context, reading.context(pair.unit));
        near.contains("保证金") && !["履约", "质量", "服务费", "民工"].iter().any(|w| near.contains(w))
    };
    let all = labelled(reading, &LABELS, |pair, text| {
        let length = text.find(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-')).unwrap_or(text.len());
        let digits: String = text.get(..length)?.chars().filter(char::is_ascii_digit).collect();
        (of_bond(pair) && DIGITS.contains(&digits.len())).then_some((digits, 0..length))
    });
    contradiction(reading, "bid_bond_account", differing(&all, |a, b| a != b)?)
}
