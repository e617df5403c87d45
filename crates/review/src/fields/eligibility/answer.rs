//! How a clause answers a question of yes or no: by boxes, by a word behind a colon, by a sentence.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::checkbox;
use crate::reading::Reading;

/// The answer a clause gives to a question of yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

/// The clause with what follows it in the same unit while boxes are still being listed.
pub(super) fn with_boxes<'a>(reading: &'a Reading<'_>, unit: usize, range: &Range<usize>) -> &'a str {
    let text = reading.unit(unit).map_or("", |u| u.text.as_str());
    let own = text.get(range.clone()).unwrap_or_default();
    let rest = text.get(range.start..).unwrap_or_default();
    let next = rest.get(own.len()..).unwrap_or_default();
    let more: usize =
        next.char_indices().take(80).take_while(|(_, c)| !matches!(c, '。')).map(|(_, c)| c.len_utf8()).sum();
    if next.chars().take(3).any(|c| checkbox::is_ticked_mark(c) || checkbox::is_empty_mark(c))
        || own.trim_end().ends_with([':', '?'])
    {
        rest.get(..own.len() + more).unwrap_or(own)
    } else {
        own
    }
}

/// Reads boxes, then 是 or 否 after a colon, then 不 before a verb.
pub(super) fn answer(text: &str, yes: &[&str], no: &[&str]) -> Option<Answer> {
    let choices = checkbox::choices(text);
    if !choices.is_empty() {
        let label = choices.iter().find(|c| c.ticked)?.label(text);
        let negative = label.starts_with(['否', '不', '无']) || no.iter().any(|w| label.contains(w));
        let positive = label.starts_with(['是', '允', '接', '可']) || yes.iter().any(|w| label.contains(w));
        return if negative {
            Some(Answer::No)
        } else if positive {
            Some(Answer::Yes)
        } else {
            None
        };
    }
    // 本项目(否)接受联合体投标
    if text.contains("(否)") || text.contains("(不)") {
        return Some(Answer::No);
    }
    if text.contains("(是)") {
        return Some(Answer::Yes);
    }
    let tail = text.rsplit([':', '?']).next().unwrap_or_default().trim().trim_matches(['(', ')', '。', ';']);
    if text.contains([':', '?']) {
        if matches!(tail, "否" | "不接受" | "不允许" | "不可以" | "no" | "not permitted" | "not allowed")
            || tail.starts_with("否") && tail.chars().count() <= 4
        {
            return Some(Answer::No);
        }
        if matches!(tail, "是" | "接受" | "允许" | "可以" | "yes" | "permitted" | "allowed") {
            return Some(Answer::Yes);
        }
    }
    let lower = text.to_lowercase();
    if no.iter().any(|w| lower.contains(w)) {
        return Some(Answer::No);
    }
    // 不超过3家 bounds the members and denies nothing.
    let denies = ["不超过", "不得超过", "不多于", "不少于"].iter().fold(text.to_owned(), |t, w| t.replace(w, ""));
    if text.contains("是否")
        || text.contains("如") && !text.contains("如下")
        || text.contains("若")
        || text.contains("或") && denies.contains("不")
    {
        return None;
    }
    if is_denied(&lower) {
        return Some(Answer::No);
    }
    yes.iter().any(|w| lower.contains(w)).then_some(Answer::Yes)
}

/// `… shall not be accepted`, `… is not permitted`: an English sentence denies before the verb.
pub(super) fn is_denied(lower: &str) -> bool {
    static DENIED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:not|never)(?: \w+){0,2} (?:allowed|permitted|accepted|acceptable|entertained|considered)\b")
            .expect("a regular expression")
    });
    lower.is_ascii() && DENIED.is_match(lower)
}
