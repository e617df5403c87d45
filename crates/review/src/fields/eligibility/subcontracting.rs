//! Whether the winner may pass work on: not at all, in part, or freely.

use std::ops::Range;

use bidlens_domain::field::FieldValue;

use super::answer::{is_denied, with_boxes};
use crate::fields::{Candidate, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

pub(super) fn subcontracting_clause(
    reading: &Reading<'_>,
    unit: usize,
    range: &Range<usize>,
    zone: Zone,
) -> Option<Candidate> {
    const NO: &[&str] = &[
        "不允许分包",
        "不得分包",
        "不接受分包",
        "禁止分包",
        "不得转包、分包",
        "不得转包或分包",
        "不得转包和分包",
        "不可分包",
        "不得违法分包或转包",
        "不得将合同分包",
        "不得进行分包",
        "不得再次分包",
        "不允许转包、分包",
        "不允许转包或分包",
        "分包不允许",
        "不得转包或者分包",
        "不得将项目分包",
        "不允许转包、违法分包",
        "不得转包、违法分包",
        "不得转让和分包",
        "不得转让或分包",
        "不许分包",
        "严禁转包和分包",
        "严禁转包及分包",
        "不得转包及分包",
        "不允许合同分包",
        "不允许转包及分包",
        "不接受合同分包",
        "严禁分包",
        "subcontracting is not",
        "subcontracting shall not be allowed",
        "sub-contracting is not",
        "sub-letting",
        "shall not sublet",
    ];
    const PARTLY: &[&str] = &[
        "非主体",
        "非关键",
        "未经采购人同意",
        "未经甲方同意",
        "未经招标人同意",
        "主体部分不得分包",
        "部分分包",
        "主要部分不得分包",
        "若需分包",
        "如需分包",
        "经采购人书面同意",
        "经采购人同意",
        "with the prior",
        "with prior",
        "without prior",
        "without the prior",
        "without written",
        "without the written",
        "without obtaining",
        "percentage of subcontracting",
        "sub-contracted up to",
        "subcontracted up to",
        "contracting of up to",
        "contracting up to",
        "not subcontract more than",
        "not sub-contract more than",
        "关键性工作不得",
        "主体工程不得",
        "主体结构",
    ];
    const YES: &[&str] = &[
        "允许分包",
        "接受分包",
        "可以分包",
        "同意分包",
        "subcontracting is allowed",
        "contracting is permitted",
        "subcontracting permitted is",
    ];
    let own = reading.text(unit, range);
    let context = reading.context(unit);
    let lower = own.to_lowercase();
    let labelled = (context == "分包"
        || context.ends_with("分包")
        || context.contains("合同分包")
        || context.contains("是否允许分包")
        || context.contains("转包与分包")
        || context.contains("转包和分包")
        || context.contains("sub-contract")
        || context.contains("sub-letting")
        || context.contains("subletting")
        || context.contains("subcontract"))
        && context.chars().count() <= 20;
    if !own.contains("分包")
        && !lower.contains("subcontract")
        && !lower.contains("sub-contract")
        && !lower.contains("sublet")
        && !lower.contains("sub-let")
        && !labelled
    {
        return None;
    }
    // 分包 as a lot, and the rules on lots, small firms and consortia that only mention it.
    let denied = NO.iter().any(|w| lower.contains(w)) || forbids(own) || is_denied(&lower);
    let passing = [
        "分包号",
        "分包名称",
        "各分包",
        "本分包",
        "分包情况",
        "包号",
        "多个分包",
        "分包意向",
        "小微企业",
        "中小企业",
        "联合体",
        "大中型企业",
        "扣除",
        "向一家",
    ]
    .iter()
    .any(|w| own.contains(w));
    // A small firm that won by its price preference may not pass the work to a large one: a rule of policy.
    let policy = ["小微", "小型", "微型", "中小企业", "大中型"].iter().any(|w| own.contains(w));
    if passing && !denied || policy {
        return None;
    }
    let text = with_boxes(reading, unit, range);
    let choices = checkbox::choices(text);
    let (value, bonus) = if choices.is_empty() {
        let negative = denied;
        let partly = PARTLY.iter().any(|w| lower.contains(w));
        let positive = YES.iter().any(|w| lower.contains(w)) && !lower.contains('不');
        let bare = own.trim().trim_matches(['。', ';', '.', ',']);
        let tail = text.rsplit(':').next().unwrap_or_default().trim().trim_matches(['。', ';']);
        if labelled
            && (bare.starts_with("不允许")
                || bare.starts_with("均不")
                || bare.starts_with("不接受")
                || bare == "否"
                || bare.starts_with("不得")
                || bare.starts_with("严禁")
                || bare.to_lowercase().starts_with("not "))
            || own.contains("分包")
                && matches!(tail, "不允许" | "否" | "不接受" | "不得分包" | "均不允许" | "均不接受" | "均不得")
            || lower.contains("contracting") && matches!(tail, "not permitted" | "not allowed" | "none" | "no")
        {
            ("not_allowed", 10)
        } else if partly && labelled {
            ("partly", 10)
        } else if labelled && (bare.starts_with("允许") || bare == "是")
            || own.contains("分包:") && matches!(tail, "允许" | "是")
        {
            ("allowed", 10)
        } else if partly {
            ("partly", 0)
        } else if negative {
            ("not_allowed", 2)
        } else if positive && !own.contains("是否") {
            ("allowed", 0)
        } else {
            return None;
        }
    } else {
        if !(own.contains("允许")
            || own.contains("分包履行")
            || own.contains("同意")
            || own.contains("接受")
            || labelled)
            || own.contains("分包别")
        {
            return None;
        }
        let ticked = choices.iter().find(|c| c.ticked).map(|c| c.label(text));
        // A同意…分包 □B不同意分包: the tick of the first got lost, its box with it.
        let bared = choices.first().filter(|_| choices.len() == 1).and_then(|c| text.get(..c.range.start));
        let label = ticked.or_else(|| bared.map(str::trim).filter(|t| !t.is_empty() && !t.ends_with(':')))?;
        let label =
            label.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '、' | ' ' | ')'));
        if label.starts_with(['否', '不', '无'])
            || label.contains("不允许")
            || label.contains("不得") && !label.contains("主体")
        {
            ("not_allowed", 12)
        } else if PARTLY.iter().any(|w| label.contains(w)) {
            ("partly", 12)
        } else if label.starts_with(['是', '允', '接', '可', '同']) {
            ("allowed", 12)
        } else {
            return None;
        }
    };
    let contract = if zone == Zone::Contract { 12 } else { 0 };
    let general = if own.contains("如果") || own.contains("应当") && own.contains("法") { 8 } else { 0 };
    let end = (range.start + text.len()).max(range.end);
    let quote = range.start..end;
    reading.candidate(
        unit,
        quote.clone(),
        quote,
        FieldValue::Choice(value.to_owned()),
        standing(zone) + bonus - general + contract / 4,
    )
}

/// `不得将合同转包或分包`, `不允许以任何形式分包`: nothing but the object between the ban and the deed.
fn forbids(text: &str) -> bool {
    ["不得", "不允许", "不能", "禁止", "严禁", "不准"].iter().any(|ban| {
        text.find(ban).and_then(|at| text.get(at + ban.len()..)).is_some_and(|rest| {
            let object = rest.split("分包").next().unwrap_or_default();
            object.len() < rest.len()
                && object.chars().count() <= 12
                && !object.contains([',', ';', '。', '、'])
                && !["主体", "关键", "主要", "违法", "再"].iter().any(|w| object.contains(w))
        })
    })
}

/// A declaration the bidder must make says the rule too.
pub(super) fn subcontracting_in_forms(reading: &Reading<'_>) -> Option<Candidate> {
    reading.clauses.iter().filter(|c| reading.zone(c.unit) == Zone::BidForms).find_map(|c| {
        let text = reading.text(c.unit, &c.range);
        let none = ["不分包", "不转包、不分包", "不进行分包", "非联合体不分包"].iter().any(|w| text.contains(w))
            && text.chars().count() <= 120;
        let partly = text.contains("未经采购人同意不进行分包")
            || text.contains("未经") && text.contains("同意") && text.contains("分包");
        let value = if partly {
            "partly"
        } else if none {
            "not_allowed"
        } else {
            return None;
        };
        reading.candidate(c.unit, c.range.clone(), c.range.clone(), FieldValue::Choice(value.to_owned()), 8)
    })
}
