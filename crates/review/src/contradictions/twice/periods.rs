//! Lengths of time that two parts state in two ways.

use bidlens_domain::contradiction::Contradiction;
use bidlens_domain::time::{Duration, DurationUnit};

use super::super::stated::{Stated, differing, labelled};
use super::contradiction;
use crate::grammar::{dates, durations};
use crate::reading::Reading;

/// Labels that mean the same, and the field they are of.
const TOPICS: [(&str, &[&str]); 7] = [
    (
        "bid_validity_days",
        &[
            "投标有效期",
            "投标文件有效期",
            "响应文件有效期",
            "响应有效期",
            "报价有效期",
            "磋商有效期",
            "谈判有效期",
            "bid validity",
            "bid validity period",
            "tender validity",
            "validity of bids",
        ],
    ),
    (
        "contract_duration",
        &["交货期", "交货期限", "交货时间", "交付时间", "交付期限", "供货期", "供货期限", "供货时间"],
    ),
    ("contract_duration", &["工期", "计划工期", "总工期", "施工工期", "工期要求", "建设工期"]),
    ("contract_duration", &["服务期", "服务期限", "服务时间", "服务周期"]),
    ("contract_duration", &["合同履行期限", "履约期限", "合同期限", "合同履约期限", "合同履行期"]),
    (
        "warranty_period",
        &[
            "质保期",
            "质保期限",
            "质量保证期",
            "质量保证期限",
            "免费质保期",
            "保修期",
            "质量保修期",
            "免费保修期",
            "warranty",
            "warranty period",
        ],
    ),
    ("warranty_period", &["缺陷责任期", "defects liability period"]),
];

/// What a place says of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::contradictions) struct Length {
    pub(in crate::contradictions) duration: Duration,
    limit: Limit,
    /// The event it runs from, where it is told.
    from: Option<&'static str>,
}

/// A floor beside an actual length contradicts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Exact,
    Least,
}

pub(super) fn twice(reading: &Reading<'_>) -> Vec<Contradiction> {
    TOPICS
        .iter()
        .filter_map(|(key, labels)| {
            let all: Vec<Stated<Length>> =
                labelled(reading, labels, |_, text| Some((only_length(text)?, 0..text.len())));
            contradiction(reading, key, differing(&all, |a, b| differs(key, a, b))?)
        })
        .collect()
}

/// The one length of a text; `None` where it tells of phases, dates or several lengths.
pub(in crate::contradictions) fn only_length(text: &str) -> Option<Length> {
    const SEVERAL: [&str; 12] =
        ["其中", "分期", "分批", "分阶段", "首", "第一", "每", "或", "延长", "顺延", "另", "提前"];
    const EVENTS: [&str; 9] = ["合同", "中标通知", "成交通知", "开工", "验收", "通知", "订单", "截止", "开标"];
    const FLOORS: [&str; 8] = ["不少于", "不低于", "至少", "不得少于", "不得低于", "≥", "以上", "at least"];
    if SEVERAL.iter().any(|w| text.contains(w)) || !dates::find(text).is_empty() {
        return None;
    }
    let spans = durations::find(text);
    let first = spans.first()?;
    if spans.iter().any(|span| span.duration != first.duration) || first.duration.count <= 0 {
        return None;
    }
    let limit = if FLOORS.iter().any(|w| text.contains(w)) { Limit::Least } else { Limit::Exact };
    let from = EVENTS.iter().copied().find(|w| text.get(..first.start).is_some_and(|head| head.contains(w)));
    Some(Length { duration: first.duration, limit, from })
}

/// Whether two lengths cannot both be meant. Days and working days of one number are told apart for the validity of a
/// bid alone, where a day more or less decides.
fn differs(key: &str, a: &Length, b: &Length) -> bool {
    if a.limit != b.limit || a.from.is_some() && b.from.is_some() && a.from != b.from {
        return false;
    }
    let units = [a.duration.unit, b.duration.unit];
    if units.contains(&DurationUnit::WorkingDay) && units[0] != units[1] {
        return key == "bid_validity_days" && a.duration.count == b.duration.count;
    }
    let at_least = |one: Duration, other: Duration| one.at_least(other);
    at_least(a.duration, b.duration) == Some(false) || at_least(b.duration, a.duration) == Some(false)
}
