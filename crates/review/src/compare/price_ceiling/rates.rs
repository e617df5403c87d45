//! Bids priced by a rate: a discount (下浮率) is not below the floor, a fee's share (费率) not above the ceiling.
//!
//! Shares of tax, interest, penalties and bonds are no prices.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::fold::is_han;
use bidlens_domain::money::Percent;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, demands};
use crate::grammar::percent;

/// One kind of rate by all its names.
struct Kind {
    name: [&'static str; 2],
    words: &'static [&'static str],
}

const KINDS: [Kind; 4] = [
    Kind {
        name: ["下浮率", "discount"],
        words: &["下浮率", "下浮比例", "下浮幅度", "优惠率", "让利率", "让利比例", "下浮", "discount"],
    },
    Kind { name: ["折扣率", "rate of the list price"], words: &["折扣率", "折扣系数"] },
    Kind {
        name: ["费率", "fee rate"], words: &["费率", "取费比例", "fee rate", "management fee", "percentage fee"]
    },
    Kind { name: ["加价率", "mark-up"], words: &["加价率", "上浮率", "加成率", "mark-up", "markup"] },
];

/// The words of a limit: the first group those of a floor, the second those of a ceiling.
static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(不低于|不得低于|不少于|不得少于|不小于|≥|>=|至少为?|最低为?|下限为?|not (?:be )?(?:less|lower) than|no less than|at least|minimum(?: of)?)|(不高于|不得高于|不超过|不得超过|不大于|≤|<=|最高限价为?|最高为?|上限为?|限价为?|not (?:to )?exceed(?:ing)?|no more than|not (?:be )?more than|at most|maximum(?: of)?)").ok()
});
const OTHERS: [&str; 16] = [
    "税率",
    "利率",
    "违约",
    "保证金",
    "增值税",
    "合格率",
    "准确率",
    "业绩",
    "代理",
    "提前付款",
    "interest",
    "penalt",
    "security",
    "early payment",
    "prompt payment",
    "settlement discount",
];

/// What a share of a fee is a share of: 规 in 规费费率, 咨询服务 in 本次咨询服务费率; empty where no word tells.
fn fee(text: &str) -> String {
    const SAID_OF_ANY: [&str; 14] = [
        "本项目",
        "本次",
        "本工程",
        "我公司",
        "我方",
        "我单位",
        "投标",
        "报价",
        "中标",
        "最高",
        "综合",
        "其中",
        "的",
        "为",
    ];
    let before = text.split_once("费率").map_or("", |(before, _)| before);
    let start = before.char_indices().rev().take_while(|(_, c)| is_han(*c)).last().map_or(before.len(), |(at, _)| at);
    let mut word = before.get(start..).unwrap_or_default().to_owned();
    for said in SAID_OF_ANY {
        word = word.replace(said, "");
    }
    word.trim_end_matches('费').to_owned()
}

/// The part of the price that the row of a cell is about: 规费 | 26%.
fn fee_of_row(case: &Case<'_>, unit: usize) -> String {
    const PARTS: [&str; 5] = ["规费", "管理费", "利润", "措施", "税金"];
    let texts = case.bid.row(unit).iter().filter_map(|&u| case.bid.reading.unit(u));
    let named = texts.flat_map(|u| PARTS.iter().filter(|p| u.text.contains(**p))).next();
    named.map_or_else(String::new, |name| name.trim_end_matches('费').to_owned())
}

/// Whether two rates are of one fee; `None` where one of them does not say.
fn of_one_fee(own: &str, asked: &str) -> Option<bool> {
    match (own.is_empty(), asked.is_empty()) {
        (true, true) => Some(true),
        (false, false) => Some(own.ends_with(asked) || asked.ends_with(own)),
        _ => None,
    }
}

struct Demand {
    least: bool,
    limit: Percent,
    text: String,
    tender: Vec<Evidence>,
}

/// What the tender demands of a kind of rate.
fn demand(case: &Case<'_>, kind: &Kind) -> Option<Demand> {
    let pattern = LIMIT.as_ref()?;
    let read = |text: &str| {
        let lower = text.to_lowercase();
        let word_end = kind.words.iter().filter_map(|w| lower.find(w).map(|at| at + w.len())).min()?;
        let found = pattern.captures_iter(&lower).find(|c| c.get(0).is_some_and(|m| m.start() >= word_end))?;
        let (start, end) = (found.get(0)?.start(), found.get(0)?.end());
        let share = percent::find(&lower).into_iter().find(|s| s.range.start >= end)?;
        let near = lower.get(word_end..start)?.chars().count() <= 16
            && lower.get(end..share.range.start)?.chars().all(|c| !c.is_alphabetic());
        // 蔬菜类下浮率不低于10%,肉类不低于6%: which of several limits is meant is for a person.
        let one = percent::find(&lower).len() == 1 || pattern.find_iter(&lower).count() == 1;
        (near && one).then_some((found.get(1).is_some(), share.percent))
    };
    let asks = |t: &str| !OTHERS.iter().any(|o| t.to_lowercase().contains(o)) && !t.contains('分') && read(t).is_some();
    // Kinds of goods may have limits of their own: the loosest is what every rate has to keep.
    let stated = case.tender_clauses_in(demands, asks).into_iter().filter_map(|(text, tender)| {
        let (least, limit) = read(&text)?;
        Some(Demand { least, limit, text, tender })
    });
    let stated: Vec<Demand> = stated.collect();
    let least = stated.first()?.least;
    let same = stated.into_iter().filter(|d| d.least == least);
    if least { same.min_by_key(|d| d.limit) } else { same.max_by_key(|d| d.limit) }
}

/// The rate of a kind that a sentence or a cell names.
fn offered(case: &Case<'_>, sentence: &crate::bid::Sentence, kind: &Kind) -> Option<Percent> {
    let text = case.bid.text(sentence).to_lowercase();
    let shares = percent::find(&text);
    let word_end = kind.words.iter().filter_map(|w| text.find(w).map(|at| at + w.len())).max();
    let other = |t: &str| OTHERS.iter().any(|o| t.contains(o));
    if let Some(end) = word_end {
        let share = shares.iter().find(|s| s.range.start >= end)?;
        // 中标服务费率1.5%,增值税税率6%: only the rate's own clause speaks of it.
        let start = text.get(..end)?.rfind([',', '，', '。', ';']).map_or(0, |at| at + 1);
        let clause = text.get(start..).unwrap_or(&text).split([',', '，', '。', ';']).find(|c| c.contains('%'));
        let between = text.get(end..share.range.start)?;
        return (between.chars().count() <= 12 && !other(between) && !clause.is_some_and(other))
            .then_some(share.percent);
    }
    let label = case.bid.label(sentence.unit).to_lowercase();
    let labelled = kind.words.iter().any(|w| label.contains(w)) && !other(&label) && !other(&text);
    match shares.as_slice() {
        [only] if labelled => Some(only.percent),
        _ => None,
    }
}

/// The fee that a sentence or a cell gives the rate of.
fn fee_of(case: &Case<'_>, sentence: &crate::bid::Sentence) -> String {
    let text = case.bid.text(sentence);
    let label = case.bid.label(sentence.unit);
    let named = fee(if text.contains("费率") { text } else { &label });
    if named.is_empty() { fee_of_row(case, sentence.unit) } else { named }
}

/// Whether a rate was held against a limit of the tender.
pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) -> bool {
    let mut judged = false;
    for kind in &KINDS {
        let Some(demand) = demand(case, kind) else { continue };
        let [name, name_en] = kind.name;
        let mut passed = false;
        // Of another contract, or on top of the rate.
        const ASIDE: [&str; 14] = [
            "曾",
            "业绩",
            "历史",
            "上年",
            "上一年",
            "同类",
            "续签",
            "续约",
            "再优惠",
            "额外",
            "在此基础上",
            "previous",
            "additional",
            "renewal",
        ];
        let past = |t: &str| ASIDE.iter().any(|w| t.contains(w));
        for sentence in case.bid.sentences.iter().filter(|s| case.own(s) && !past(case.bid.text(s))) {
            let Some(rate) = offered(case, sentence, kind) else { continue };
            let alike = match kind.words.contains(&"费率") {
                true => of_one_fee(&fee_of(case, sentence), &fee(&demand.text)),
                false => Some(true),
            };
            if alike == Some(false) {
                continue;
            }
            let breach = if alike.is_some() { Verdict::Fail } else { Verdict::Risk };
            let limit = demand.limit;
            let kept = if demand.least { rate >= limit } else { rate <= limit };
            judged = true;
            let (verdict, remark) = match (kept, demand.least) {
                (true, _) if passed => continue,
                (true, _) => {
                    passed = true;
                    let remark = both(
                        format!("{name} {rate} 满足招标文件的限值 {limit}"),
                        format!("The {name_en} of {rate} keeps the tender's limit of {limit}"),
                    );
                    (Verdict::Pass, remark)
                }
                (false, true) => {
                    let remark = both(
                        format!("{name} {rate} 低于招标文件要求的 {limit}"),
                        format!("The {name_en} of {rate} is below the required {limit}"),
                    );
                    (breach, remark)
                }
                (false, false) => {
                    let remark = both(
                        format!("{name} {rate} 高于招标文件的上限 {limit}"),
                        format!("The {name_en} of {rate} is above the limit of {limit}"),
                    );
                    (breach, remark)
                }
            };
            report.push(
                Judgement::new(verdict, format!("rate {name} {}", sentence.unit), remark)
                    .rigid()
                    .demands(demand.text.clone(), demand.tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
    judged
}
