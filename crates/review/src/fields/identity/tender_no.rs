//! The number a tender goes by.

use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use regex::Regex;

use super::naming;
use crate::fields::{Candidate, is_reference};
use crate::reading::{Pair, Reading, Unit};

/// Labels and how sure each of them is.
const LABELS: [(&str, i32); 39] = [
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
    ("遴选编号", 6),
    ("竞价编号", 6),
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
    ("project id", 1),
    ("project number", 1),
    ("project no", 1),
    ("project identification no", 4),
    ("project identification number", 4),
];

/// What an English tender's own number is the number of.
const ENGLISH_SUBJECTS: &[&str] = &[
    "tender",
    "nit",
    "rfp",
    "rfx",
    "rfq",
    "rft",
    "ifb",
    "itt",
    "solicitation",
    "rfb",
    "bid ",
    "itb",
    "quotation",
    "procurement",
    "contract ",
];

/// What the number stands behind where no colon leads to it.
const ENGLISH_LEADS: &[&str] = &[
    "tender no.",
    "tender no",
    "nit no.",
    "rfp no.",
    "rfx no.",
    "bid no.",
    "ifb no.",
    "rfb no.",
    "rft no.",
    "rfq no.",
    "itt no.",
    "tender reference no.",
    "tender id",
    "solicitation no.",
    "open procedure ",
    "call for tenders ",
];

/// `Request for Proposals No. 17-04`, `RFQ #17-04`, `RFP 17-04`, and a line that is the number itself: `RFP-2031-17`.
static ENGLISH_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let kinds =
        "request for (?:proposals?|quotations?|quotes?|tenders?|bids?)|invitation (?:to|for) (?:bids?|tenders?)";
    let short = "rfp|rfq|rft|rfx|rfb|ifb|itb|itt|itq|solicitation";
    Regex::new(&format!(
        r"(?im)\b(?:{kinds}|{short}|bid|tender|quotation)(?: \((?:{short})\))? ?(?:(?:no|number|id|ref)\b\.?|#):? ?(?<named>[a-z0-9])|\b(?:{short}) (?<bare>\d)|^(?<own>(?:{short})-)"
    ))
    .expect("a regular expression")
});

/// Units of an English tender in which its number stands without a colon.
const ENGLISH_UNITS: usize = 60;

pub(super) fn tender_no(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = reading.pairs.iter().filter_map(|pair| labelled(reading, pair)).collect();
    candidates.extend(heading_number(reading));
    if reading.is_english() {
        for (index, unit) in reading.units.iter().enumerate().take(ENGLISH_UNITS) {
            candidates.extend(ENGLISH_LEADS.iter().filter_map(|lead| behind(reading, index, unit, lead)));
            candidates.extend(numbered(reading, index, unit));
        }
    }
    candidates
}

fn labelled(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    let label = pair.label.trim_end_matches('.');
    let known = LABELS.iter().find(|(known, _)| *known == label).map(|(_, bonus)| *bonus);
    let bonus = known.or_else(|| is_english_label(label).then_some(3))?;
    let value = reading.tidy(pair.unit, &pair.value);
    let text = reading.text(pair.unit, &value);
    if is_reference(text) {
        return reading.referred(pair, &value);
    }
    let length =
        identifier_length(text).or_else(|| token_length(text).filter(|_| known.is_none_or(|bonus| bonus > 0)))?;
    let value = value.start..value.start + length;
    let id: String = reading.words(pair.unit, &value).split_whitespace().flat_map(str::chars).map(narrow).collect();
    let rank = naming(reading.zone(pair.unit)) + bonus;
    reading.candidate(pair.unit, reading.pair_quote(pair, &value), value, FieldValue::Text(id), rank)
}

/// `LYSG2031-069-048` alone above the title of a notice.
fn heading_number(reading: &Reading<'_>) -> Option<Candidate> {
    const UNITS: usize = 4;
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[A-Z]{2,8}[A-Z0-9]*(?:[-/][A-Z0-9]{1,12}){1,6}$").expect("a regular expression")
    });
    reading.units.iter().enumerate().take(UNITS).filter(|(_, u)| u.cell.is_none()).find_map(|(index, unit)| {
        let digits = unit.text.bytes().filter(u8::is_ascii_digit).count();
        let range = 0..unit.text.len();
        (digits >= 4 && !reading.is_english() && NUMBER.is_match(&unit.text))
            .then(|| reading.text_candidate(index, range.clone(), range, 30))?
    })
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

fn is_english_label(label: &str) -> bool {
    const LABEL_BYTES: usize = 40;
    let is_number = [" no", "number", " id", "ref", "reference"].iter().any(|end| label.ends_with(end));
    let of_tender = ENGLISH_SUBJECTS.iter().any(|subject| label.contains(subject));
    label.is_ascii() && label.len() <= LABEL_BYTES && of_tender && is_number
        || matches!(
            label,
            "ref"
                | "project reference"
                | "reference"
                | "our reference"
                | "reference no"
                | "reference number"
                | "ref no"
        )
}

/// `Tender No. AB-12`.
fn behind(reading: &Reading<'_>, index: usize, unit: &Unit<'_>, lead: &str) -> Option<Candidate> {
    let lower = unit.text.to_lowercase();
    if lower.len() != unit.text.len() {
        return None;
    }
    let at = lower.find(lead)?;
    let rest = unit.text.get(at + lead.len()..)?.trim_start_matches([' ', ':', '-', '.', '\n']);
    let start = unit.text.len() - rest.len();
    let value = start..start + identifier_length(rest)?;
    let id: String = reading.words(index, &value).split_whitespace().collect();
    let order = i32::try_from(index / 4).unwrap_or(0);
    reading.candidate(index, at..value.end, value, FieldValue::Text(id), 45 - order)
}

/// The number a line of the first pages gives with the kind of paper, or as its only word.
fn numbered(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    let (quote, value) = ENGLISH_NUMBER.captures_iter(&unit.text).take(20).find_map(|found| {
        let start = ["named", "bare", "own"].iter().find_map(|group| found.name(group))?.start();
        let length = identifier_length(unit.text.get(start..)?)?;
        // ITB 14.2 is a clause of the instructions.
        let id = unit.text.get(start..start + length)?;
        let clause =
            id.split('.').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
        if found.name("bare").is_some() && clause {
            return None;
        }
        Some((found.get(0)?.start()..start + length, start..start + length))
    })?;
    let id: String = reading.words(index, &value).split_whitespace().collect();
    let order = i32::try_from(index / 4).unwrap_or(0);
    reading.candidate(index, quote, value, FieldValue::Text(id), 43 - order)
}

/// `SPLC4`: a value of one word behind an English label is a number with a single digit as well.
fn token_length(text: &str) -> Option<usize> {
    const CHARS: std::ops::RangeInclusive<usize> = 4..=24;
    let token = CHARS.contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'/'))
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_uppercase());
    token.then_some(text.len())
}

/// Bytes of the number that starts `text`; it must hold a digit.
fn identifier_length(text: &str) -> Option<usize> {
    let (run, open) = identifier_run(text)?;
    let id = without_words(without_note(run, open));
    let id = id.trim_end_matches(['.', '-', '/', ' ', '_', '(', '+', '&']);
    let digits = id.chars().filter(char::is_ascii_digit).count();
    let cjk = id.chars().filter(|c| !c.is_ascii()).count();
    (digits >= 2 && id.chars().count() >= 4 && cjk <= 14 && !(cjk > 0 && digits < 3)).then_some(id.len())
}

/// The letters, digits and marks of a number at the head of `text`, and whether a bracket in them stays open.
fn identifier_run(text: &str) -> Option<(&str, bool)> {
    const BYTES_MAX: usize = 90;
    const MARKS: &str = "-_/.#~+—－&〔〕[]<>";
    let mut end = 0;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ' ' if text.get(at + 1..).is_some_and(|t| t.starts_with(['-', '/', '[']))
                || text.get(..at).is_some_and(|t| t.ends_with(['-', '/', ']'])) => {}
            _ if c.is_ascii_alphanumeric() || MARKS.contains(c) || c.is_alphabetic() && !c.is_ascii() => {}
            _ => break,
        }
        end = at + c.len_utf8();
        if end > BYTES_MAX {
            break;
        }
    }
    Some((text.get(..end)?, depth > 0))
}

/// `JC-01(第1包)`: a lot in brackets, or a bracket that does not close, is no part of the number.
fn without_note(id: &str, open: bool) -> &str {
    let Some((number, note)) = id.rfind('(').and_then(|at| id.split_at_checked(at)) else { return id };
    let of_lot = || id.ends_with(')') && (note.contains(['包', '标']) || note.chars().count() <= 3);
    if open || of_lot() { number } else { id }
}

/// A number without the words that follow it without a break.
fn without_words(id: &str) -> &str {
    ["标段", "第1包", "包号", "采购人", "招标人", "项目名称"]
        .iter()
        .fold(id, |id, words| id.split(words).next().unwrap_or(id))
}
