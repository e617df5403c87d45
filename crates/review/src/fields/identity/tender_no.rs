//! The number a tender goes by.

use bidlens_domain::field::{FieldStatus, FieldValue};

use super::naming;
use crate::fields::{Candidate, is_reference};
use crate::reading::Reading;

pub(super) fn tender_no(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: [(&str, i32); 32] = [
        ("项目编号", 6),
        ("政府采购项目编号", 6),
        ("招标编号", 6),
        ("采购项目编号", 6),
        ("招标项目编号", 6),
        ("采购编号", 6),
        ("项目编号/包号", 6),
        ("招标文件编号", 5),
        ("采购文件编号", 5),
        ("磋商文件编号", 5),
        ("标书编号", 4),
        ("文件编号", 3),
        ("政府采购编号", 3),
        ("项目代码", 0),
        ("编号", 0),
        ("征集编号", 6),
        ("项目征集编号", 6),
        ("询比编号", 5),
        ("询价编号", 6),
        ("磋商编号", 6),
        ("谈判编号", 6),
        ("比选编号", 6),
        ("reference no", 3),
        ("reference number", 3),
        ("tender no", 5),
        ("tender number", 5),
        ("nit no", 5),
        ("rfp no", 5),
        ("bid no", 4),
        ("ifb no", 5),
        ("tender reference no", 5),
        ("tender ref. no", 4),
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let label = pair.label.trim_end_matches('.');
        let bonus = LABELS.iter().find(|(l, _)| *l == label).map(|(_, b)| *b);
        let english = is_english_number_label(label);
        let Some(bonus) = bonus.or(english.then_some(3)) else {
            continue;
        };
        let zone = reading.zone(pair.unit);
        let value = reading.tidy(pair.unit, &pair.value);
        let text = reading.text(pair.unit, &value);
        if is_reference(text) {
            candidates.extend(reading.stated(
                pair.unit,
                reading.pair_quote(pair, &value),
                FieldStatus::RefersElsewhere,
                1,
            ));
            continue;
        }
        let Some(length) = identifier_length(text) else {
            continue;
        };
        let value = value.start..value.start + length;
        let id: String = reading.words(pair.unit, &value).split_whitespace().flat_map(str::chars).map(narrow).collect();
        let rank = naming(zone) + bonus;
        candidates.extend(reading.candidate(
            pair.unit,
            reading.pair_quote(pair, &value),
            value,
            FieldValue::Text(id),
            rank,
        ));
    }
    candidates.extend(english_number(reading));
    candidates
}

/// The half of a wide letter, digit or stroke: a number is the same in both. Brackets stay as they are printed.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '／' | '．' | '＿' => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        }
        other => other,
    }
}

fn is_english_number_label(label: &str) -> bool {
    label.is_ascii()
        && label.len() <= 40
        && (label.contains("tender")
            || label.contains("nit")
            || label.contains("rfp")
            || label.contains("rfx")
            || label.contains("rfq")
            || label.contains("rft")
            || label.contains("ifb")
            || label.contains("itt")
            || label.contains("solicitation")
            || label.contains("rfb")
            || label.contains("bid ")
            || label.contains("itb")
            || label.contains("quotation")
            || label.contains("procurement"))
        && (label.ends_with(" no")
            || label.ends_with("number")
            || label.ends_with(" id")
            || label.ends_with("ref")
            || label.ends_with("reference"))
        || matches!(label, "reference" | "our reference" | "reference no" | "reference number" | "ref no")
}

/// `Tender No. AB-12` without a colon.
fn english_number(reading: &Reading<'_>) -> Vec<Candidate> {
    if !reading.is_english() {
        return Vec::new();
    }
    const LEADS: &[&str] = &[
        "tender no.",
        "tender no",
        "nit no.",
        "rfp no.",
        "rfx no.",
        "bid no.",
        "ifb no.",
        "rfb no.",
        "tender reference no.",
        "tender id",
        "solicitation no.",
        "open procedure ",
        "call for tenders ",
    ];
    let mut candidates = Vec::new();
    for (index, unit) in reading.units.iter().enumerate().take(60) {
        let lower = unit.text.to_lowercase();
        if lower.len() != unit.text.len() {
            continue;
        }
        for lead in LEADS {
            let Some(at) = lower.find(lead) else {
                continue;
            };
            let mut start = at + lead.len();
            let rest = unit.text.get(start..).unwrap_or_default();
            start += rest.len() - rest.trim_start_matches([' ', ':', '-', '.', '\n']).len();
            let rest = unit.text.get(start..).unwrap_or_default();
            if let Some(length) = identifier_length(rest) {
                let value = start..start + length;
                let id = reading.words(index, &value);
                let id: String = id.split_whitespace().collect();
                let order = i32::try_from(index).unwrap_or(60).min(60) / 4;
                candidates.extend(reading.candidate(index, at..value.end, value, FieldValue::Text(id), 45 - order));
            }
        }
    }
    candidates
}

/// Bytes of the number that starts `text`; it must hold a digit.
fn identifier_length(text: &str) -> Option<usize> {
    let mut end = 0;
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        let part = c.is_ascii_alphanumeric()
            || matches!(
                c,
                '-' | '_' | '/' | '.' | '#' | '~' | '+' | '—' | '－' | '&' | '〔' | '〕' | '[' | ']' | '<' | '>'
            )
            || (c.is_alphabetic() && !c.is_ascii());
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ' ' if text.get(at + 1..).is_some_and(|t| t.starts_with(['-', '/', '[']))
                || text.get(..at).is_some_and(|t| t.ends_with(['-', '/', ']'])) => {}
            _ if part => {}
            _ => break,
        }
        end = at + c.len_utf8();
        if end > 90 {
            break;
        }
    }
    let mut id = text.get(..end)?;
    if let Some(open) = id.rfind('(')
        && (depth > 0
            || id.ends_with(')')
                && id.get(open..).is_some_and(|t| t.contains('包') || t.contains('标') || t.chars().count() <= 3))
    {
        id = id.get(..open)?;
    }
    for cut in ["标段", "第1包", "包号", "采购人", "招标人", "项目名称"] {
        if let Some(at) = id.find(cut) {
            id = id.get(..at)?;
        }
    }
    let id = id.trim_end_matches(['.', '-', '/', ' ', '_', '(', '+', '&']);
    let digits = id.chars().filter(char::is_ascii_digit).count();
    let cjk = id.chars().filter(|c| !c.is_ascii()).count();
    (digits >= 2 && id.chars().count() >= 4 && cjk <= 14 && !(cjk > 0 && digits < 3)).then_some(id.len())
}
