//! K026: a choice of the notice or the front table that nobody made.

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::wording::both;

use super::place;
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

/// Pairs of answers of which one must be ticked.
const PAIRS: [(&str, &str); 9] = [
    ("是", "否"),
    ("有", "无"),
    ("允许", "不允许"),
    ("接受", "不接受"),
    ("组织", "不组织"),
    ("需要", "不需要"),
    ("要求", "不要求"),
    ("提供", "不提供"),
    ("召开", "不召开"),
];

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if !matches!(unit.zone, Zone::Notice | Zone::FrontTable) {
            continue;
        }
        let choices = checkbox::choices(&unit.text);
        let starts = |word: &str| choices.iter().any(|c| c.label(&unit.text).starts_with(word));
        let open = choices.len() >= 2
            && choices.iter().all(|c| !c.ticked)
            && PAIRS.iter().any(|(yes, no)| starts(yes) && starts(no));
        if !open {
            continue;
        }
        let Some(evidence) = reading.evidence(index, &(0..unit.text.len())) else { continue };
        let where_ = place(&evidence);
        let text = ContradictionText {
            rule_id: "K026",
            subject: "choice".to_owned(),
            // The answers that are looked for are Chinese.
            language: Language::Zh,
            title: both("选择项未勾选", "nothing is ticked"),
            description: both(format!("选择项未勾选：{}", where_.zh), format!("no answer is ticked on {}", where_.en)),
            question: format!("招标文件{}的选择项均未勾选，请明确。", where_.zh),
        };
        found.extend(Contradiction::new(text, vec![StatedValue { value: String::new(), evidence }]));
    }
    found
}
