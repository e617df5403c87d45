//! Whether bidders may bid together.

use std::ops::Range;

use bidlens_domain::field::FieldValue;

use super::answer::{Answer, answer, with_boxes};
use crate::fields::{Candidate, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

pub(super) fn consortium_clause(
    reading: &Reading<'_>,
    unit: usize,
    range: &Range<usize>,
    zone: Zone,
) -> Option<Candidate> {
    const NO: &[&str] = &[
        "不接受联合体",
        "不允许联合体",
        "不接受联合投标",
        "不接受供应商联合",
        "不接受联合",
        "不允许联合",
        "不得以联合体",
        "不得组成联合体",
        "非联合体投标",
        "拒绝联合体",
        "谢绝联合体",
        "不接受投标人组成联合体",
        "不接受组成联合体",
        "不支持联合体",
        "联合体投标不接受",
        "不接受任何形式的联合体",
        "consortium is not",
        "consortium bidding is not",
        "joint venture not",
        "joint ventures are not",
        "consortium not",
        "consortia are not",
        "no joint venture",
        "no consortium",
        "jv not",
        "not allowed to form",
        "joint venture is not",
        "jv is not",
        "consortium are not",
        "consortium bids are not",
        "consortia not",
    ];
    const YES: &[&str] = &[
        "接受联合体",
        "允许联合体",
        "可以联合体",
        "允许以联合体",
        "接受联合投标",
        "接受以联合体",
        "可组成联合体",
        "联合体投标:接受",
        "联合体投标:允许",
        "联合体:接受",
        "联合体:允许",
        "consortium is allowed",
        "joint venture is allowed",
        "joint ventures are allowed",
        "joint ventures are permitted",
        "joint venture is permitted",
        "consortium is permitted",
        "consortium bidding is allowed",
        "consortium bids are permitted",
        "consortium bids are allowed",
        "consortia are permitted",
        "consortia are allowed",
        "members in the joint venture",
        "members of the joint venture shall",
        "joint ventures shall be permitted",
        "that will form a jv",
        "that will form a joint venture",
        "a group of economic operators (joint tender)",
        "joint tenders are allowed",
        "group of economic operators may submit",
        "jv is allowed",
    ];
    let own = reading.text(unit, range);
    let context = reading.context(unit);
    let lower = own.to_lowercase();
    let about = own.contains("联合") && !own.contains("联合国") && !own.contains("联合惩戒")
        || lower.contains("consortium")
        || lower.contains("joint venture")
        || lower.contains("joint tender")
        || lower.contains("group of economic operators may")
        || lower.contains("jv ");
    let labelled = context.contains("联合体")
        || context.contains("联合投标")
        || context.contains("consortium")
        || context.contains("joint venture");
    if !about && !labelled {
        return None;
    }
    let text = with_boxes(reading, unit, range);
    let read = answer(text, YES, NO).or_else(|| {
        if !labelled {
            return None;
        }
        let lower = own.to_lowercase();
        let bare = lower.trim().trim_matches(['。', ';', '.', ',']);
        if bare.starts_with("不接受")
            || bare.starts_with("不允许")
            || bare.starts_with("not ")
            || matches!(bare, "否" | "无" | "no")
        {
            Some(Answer::No)
        } else if (bare.starts_with("接受") || bare.starts_with("允许") || bare == "是") && bare.chars().count() <= 40
        {
            Some(Answer::Yes)
        } else {
            None
        }
    })?;
    let general = own.contains("除")
        || own.contains("如果")
        || own.contains("以联合体形式参加")
        || own.contains("联合体各方")
        || own.contains("中小企业");
    let rank = standing(zone)
        + if labelled || checkbox::choices(text).len() >= 2 || own.contains("本项目") || own.contains("是否") {
            8
        } else {
            0
        }
        - if general { 25 } else { 0 };
    let value = FieldValue::Choice(if read == Answer::No { "not_allowed" } else { "allowed" }.to_owned());
    let end = (range.start + text.len()).max(range.end);
    let quote = range.start..end;
    reading.candidate(unit, quote.clone(), quote, value, rank)
}
