//! K001: clauses whose words say that the bid is rejected.
//!
//! A clause is a sentence or a list item; an item under a lead-in such as 有下列情形之一的，投标无效 carries it.

use std::collections::HashMap;
use std::ops::Range;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};

use super::{tags, title};
use crate::bid::cut;
use crate::reading::{Reading, Zone};

const CONSEQUENCES: [&str; 52] = [
    "废标",
    "投标无效",
    "无效投标",
    "响应无效",
    "无效响应",
    "按无效",
    "作无效",
    "视为无效",
    "否决",
    "拒收",
    "拒绝接收",
    "不予受理",
    "不予接收",
    "不予接受",
    "拒绝其投标",
    "投标被拒绝",
    "投标将被拒绝",
    "取消其投标资格",
    "取消投标资格",
    "取消中标资格",
    "取消其中标资格",
    "取消成交资格",
    "丧失中标资格",
    "中标无效",
    "无效标",
    "不得参加",
    "资格审查不合格",
    "资格审查不通过",
    "不通过资格",
    "不通过符合性",
    "符合性审查不合格",
    "符合性审查不通过",
    "未通过资格",
    "未通过符合性",
    "不得进入",
    "视为放弃",
    "视为撤回投标",
    "不予退还",
    "不予认可其投标",
    "其投标将被",
    "不予评审",
    "不进入详细评审",
    "为无效文件",
    "非实质性响应",
    "未实质性响应",
    "不得推荐为中标",
    "will be rejected",
    "shall be rejected",
    "liable to be rejected",
    "non-responsive",
    "disqualif",
    "not be accepted",
];
const ENGLISH_MORE: [&str; 8] = [
    "summarily rejected",
    "liable for rejection",
    "not be considered",
    "rejected",
    "forfeit",
    "invalid bid",
    "outrightly",
    "cancelled from",
];
const LEAD_INS: [&str; 9] =
    ["下列情形", "下列情况", "以下情形", "以下情况", "下列任一", "下列行为", "以下任", "之一的", "following"];
/// The consequence strikes somebody else, or the procedure as a whole.
const ITEMS_MAX: usize = 40;

struct Found {
    text: String,
    evidence: Vec<Evidence>,
    lead: Option<String>,
}

pub(super) fn read(reading: &Reading<'_>) -> Vec<Risk> {
    let mut found: Vec<Found> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut lead: Option<(usize, Range<usize>, String, usize)> = None;
    for (unit, one) in reading.units.iter().enumerate() {
        if matches!(one.zone, Zone::BidForms | Zone::Contract) {
            lead = None;
            continue;
        }
        // A heading can be the lead-in of the list below it; a cell's is the cell's own.
        if lead.as_ref().is_some_and(|(from, _, _, count)| unit > from + ITEMS_MAX || *count > ITEMS_MAX) {
            lead = None;
        }
        if one.is_heading && !speaks(&one.text) {
            lead = None;
            continue;
        }
        if one.cell.is_some()
            != lead.as_ref().and_then(|(u, ..)| reading.units.get(*u)).is_some_and(|u| u.cell.is_some())
        {
            lead = None;
        }
        for range in cut(&one.text) {
            let text = reading.text(unit, &range);
            let says = speaks(text);
            let opens = text.trim_end().ends_with(':') || text.contains("之一") && text.chars().count() < 90;
            if says && opens && (LEAD_INS.iter().any(|l| text.contains(l)) || text.trim_end().ends_with(':')) {
                lead = Some((unit, range.clone(), text.trim().to_owned(), 0));
                let rest_follows = cut(&one.text).any(|r| r.start >= range.end);
                if !rest_follows {
                    continue;
                }
            }
            match &mut lead {
                Some((lead_unit, lead_range, words, count))
                    if !(unit == *lead_unit && range == *lead_range) && (is_item(text) || unit == *lead_unit) =>
                {
                    *count += 1;
                    let mut evidence: Vec<Evidence> = reading.evidence(unit, &range).into_iter().collect();
                    evidence.extend(reading.evidence(*lead_unit, lead_range));
                    push(&mut found, &mut known, text, evidence, Some(words.clone()));
                }
                Some((lead_unit, lead_range, ..)) if unit == *lead_unit && range == *lead_range => {}
                _ if says => {
                    lead = None;
                    push(&mut found, &mut known, text, reading.evidence(unit, &range).into_iter().collect(), None);
                }
                _ => {
                    if !is_item(text) {
                        lead = None;
                    }
                }
            }
        }
    }
    let english = reading.is_english();
    found.into_iter().filter_map(|f| risk(f, english)).collect()
}

fn push(
    found: &mut Vec<Found>,
    known: &mut HashMap<String, usize>,
    text: &str,
    evidence: Vec<Evidence>,
    lead: Option<String>,
) {
    let text = text.trim();
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    if key.chars().count() < 5 {
        return;
    }
    if let Some(earlier) = known.get(&key).and_then(|&i| found.get_mut(i)) {
        earlier.evidence.extend(evidence);
        return;
    }
    known.insert(key, found.len());
    found.push(Found { text: text.to_owned(), evidence, lead });
}

fn speaks(text: &str) -> bool {
    if text.is_ascii() || !text.chars().any(bidlens_domain::fold::is_cjk) {
        let lower = text.to_lowercase();
        return CONSEQUENCES.iter().chain(&ENGLISH_MORE).filter(|c| c.is_ascii()).any(|c| lower.contains(c));
    }
    let denied =
        ["不作为无效", "不作为废标", "不作为否决", "不视为无效", "不构成无效"].iter().any(|d| text.contains(d));
    !denied && CONSEQUENCES.iter().any(|c| text.contains(c))
}

/// A list item: it starts with a number, a bracketed number or a bullet.
fn is_item(text: &str) -> bool {
    let text = text.trim_start();
    let head: String = text.chars().take(8).collect();
    let first = text.chars().next().unwrap_or(' ');
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    matches!(first, '(' | '①'..='⑳' | '●' | '•' | '★' | '■' | '▲' | '-' | '➢' | 'a'..='z')
        || numeral(first) && head.contains(['、', '.', ')', '．', ' '])
}

fn risk(found: Found, english: bool) -> Option<Risk> {
    let Found { text, evidence, lead } = found;
    let whole = lead.as_ref().map_or_else(|| text.clone(), |l| format!("{l} {text}"));
    let possible = ["可能", "可以", "有权", "may "].iter().any(|w| text.contains(w));
    let after_award = ["中标资格", "不予退还", "中标无效", "forfeit"].iter().any(|w| whole.contains(w))
        && !whole.contains("投标无效");
    let severity = match (possible, after_award) {
        (false, false) => Severity::Critical,
        (true, false) => Severity::High,
        (_, true) => Severity::High,
    };
    let (description, suggestion) = if english {
        (
            lead.unwrap_or_else(|| text.clone()),
            "check this point before the bid is handed in, and keep the proof at hand".to_owned(),
        )
    } else {
        (lead.unwrap_or_else(|| text.clone()), "递交前逐条核对此项，并在投标文件中标出对应页码".to_owned())
    };
    let text = RiskText {
        title: title(&text),
        description,
        suggestion,
        tags: tags(&whole),
        rule_id: "K001".to_owned(),
        law: None,
    };
    Risk::new(RiskType::MustReject, severity, Certainty::Explicit, text, evidence)
}
