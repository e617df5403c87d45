//! How a text answers a question of yes or no: by boxes, by a word in brackets or behind a colon, by a sentence.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::checkbox::{self, Choice};

/// The answer to a question of yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

/// The words, in lower case, in which tenders allow and deny one thing.
pub(super) struct Wording {
    yes: Regex,
    no: Regex,
}

impl Wording {
    pub(super) fn new(yes: &str, no: &str) -> Wording {
        let compiled = |pattern| Regex::new(pattern).expect("a regular expression");
        Wording { yes: compiled(yes), no: compiled(no) }
    }
}

/// The answer of a text; where it lists boxes, they alone count.
pub(super) fn answer(text: &str, wording: &Wording) -> Option<Answer> {
    let choices = checkbox::choices(text);
    if !choices.is_empty() {
        return ticked(text, &choices, wording);
    }
    bracketed(text).or_else(|| behind_colon(text)).or_else(|| said(text, wording))
}

/// The answer of the first ticked box.
fn ticked(text: &str, choices: &[Choice], wording: &Wording) -> Option<Answer> {
    let label = choices.iter().find(|choice| choice.ticked)?.label(text);
    if label.starts_with(['否', '不', '无']) || wording.no.is_match(label) {
        Some(Answer::No)
    } else {
        (label.starts_with(['是', '允', '接', '可']) || wording.yes.is_match(label)).then_some(Answer::Yes)
    }
}

/// `本项目(否)接受联合体投标`.
fn bracketed(text: &str) -> Option<Answer> {
    if ["(否)", "(不)", "(不允许)", "(不接受)"].iter().any(|no| text.contains(no)) {
        Some(Answer::No)
    } else {
        text.contains("(是)").then_some(Answer::Yes)
    }
}

/// `是否接受联合体投标:否`.
fn behind_colon(text: &str) -> Option<Answer> {
    let (_, tail) = text.rsplit_once([':', '?'])?;
    match tail.trim().trim_matches(['(', ')', '。', ';']) {
        "否" | "不接受" | "不允许" | "不可以" | "no" | "not permitted" | "not allowed" => Some(Answer::No),
        tail if tail.starts_with("否") && tail.chars().count() <= 4 => Some(Answer::No),
        "是" | "接受" | "允许" | "可以" | "yes" | "permitted" | "allowed" => Some(Answer::Yes),
        // 本项目(是/否)接受联合体投标:0, as forms of portals have it.
        "0" if text.contains("是/否") || text.contains("是否") => Some(Answer::No),
        "1" if text.contains("是/否") || text.contains("是否") => Some(Answer::Yes),
        _ => None,
    }
}

/// A sentence in so many words, unless it leaves the answer open.
fn said(text: &str, wording: &Wording) -> Option<Answer> {
    let lower = text.to_lowercase();
    if wording.no.is_match(&lower) {
        Some(Answer::No)
    } else if leaves_open(text) {
        None
    } else if is_denied(&lower) {
        Some(Answer::No)
    } else {
        wording.yes.is_match(&lower).then_some(Answer::Yes)
    }
}

/// Whether a sentence asks, supposes, or names both answers.
fn leaves_open(text: &str) -> bool {
    // 不超过3家 bounds the members and denies nothing.
    let denies = ["不超过", "不得超过", "不多于", "不少于"].iter().fold(text.to_owned(), |t, w| t.replace(w, ""));
    text.contains("是否")
        || text.contains("是/否")
        || text.contains("如") && !text.contains("如下")
        || text.contains("若")
        || text.contains("或") && denies.contains("不")
}

/// `… shall not be accepted`, `… is not permitted`: an English sentence denies before the verb.
pub(super) fn is_denied(lower: &str) -> bool {
    static DENIED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:not|never)(?: \w+){0,2} (?:allowed|permitted|accepted|acceptable|entertained|considered)\b")
            .expect("a regular expression")
    });
    lower.is_ascii() && DENIED.is_match(lower)
}

/// The answer of a text that is nothing but one, where its label asks the question: `不接受。`, `是`.
pub(super) fn short_answer(bare: &str) -> Option<Answer> {
    if bare.starts_with("不接受") || bare.starts_with("不允许") || bare == "否" {
        Some(Answer::No)
    } else {
        (bare.starts_with("接受") || bare.starts_with("允许") || bare == "是").then_some(Answer::Yes)
    }
}
