//! What in a tender can cost a bidder the award, or money: one reader a file, one list.
//!
//! Severity is computed from the consequence and how certain it is, never guessed. The same words in two places are
//! one risk with both as evidence.

mod deadlines;
pub(crate) mod marks;
mod rejection;

use std::collections::BTreeMap;

use bidlens_domain::document::Language;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::risk::Risk;
use bidlens_domain::wording::{Wording, both, cited};

use crate::reading::Reading;

/// Reads all risks of a tender.
pub(crate) fn read(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>) -> Vec<Risk> {
    let mut risks = rejection::read(reading);
    risks.extend(marks::read(reading));
    let dates_and_sums = deadlines::read(reading, fields, &risks);
    risks.extend(dates_and_sums);
    risks
}

/// Topic words of a clause, for filters.
pub(crate) fn tags(text: &str) -> Vec<String> {
    const TOPICS: [(&str, &[&str]); 12] = [
        ("保证金", &["保证金", "保函", "bid security", "EMD", "Earnest"]),
        ("报价", &["报价", "限价", "预算", "price"]),
        ("签字盖章", &["签字", "盖章", "签署", "签章", "公章", "signed"]),
        ("资格", &["资格", "资质", "营业执照", "许可证", "eligib", "qualif"]),
        ("有效期", &["有效期", "validity"]),
        ("密封递交", &["密封", "递交", "送达", "逾期", "加密", "解密", "截止时间", "late"]),
        ("技术参数", &["技术参数", "技术要求", "负偏离", "★", "■", "▲"]),
        ("联合体", &["联合体", "consortium", "joint venture"]),
        ("串通", &["串通", "弄虚作假", "虚假", "fraud", "collusi"]),
        ("工期", &["交货期", "工期", "供货期", "服务期"]),
        ("信用", &["失信", "信用", "违法记录", "blacklist"]),
        ("格式", &["格式", "编制", "装订", "缺项"]),
    ];
    TOPICS
        .iter()
        .filter(|(_, words)| words.iter().any(|w| text.contains(w)))
        .map(|(tag, _)| (*tag).to_owned())
        .collect()
}

/// A title of a clause: its first words.
fn title(text: &str) -> String {
    let clean: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &clean[..cut]),
        None => clean,
    }
}

/// The title of a clause as it stands in a tender of that language.
pub(crate) fn title_words(text: &str, language: Language) -> Wording {
    clause_words(&title(text), language)
}

/// A clause as a statement: an English tender's own words need no quotes, whatever they are written in.
fn clause_words(text: &str, language: Language) -> Wording {
    match language {
        Language::Zh => cited(text),
        Language::En => both(text, text),
    }
}

/// Marks whose clauses are conditions of validity by the document's own legend.
pub(crate) fn rigid_marks(reading: &Reading<'_>) -> Vec<char> {
    marks::MARKS.into_iter().filter(|m| marks::is_rigid(reading, *m)).collect()
}
