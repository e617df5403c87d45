//! The fields of a tender: what the documents state, with the words that state it.
//!
//! Each family file gathers [`Candidate`]s for its keys from labels, tables and sentences and normalises them
//! with [`crate::grammar`]; [`settle`] picks by the standing of the place, reports disagreement and follows
//! "see the notice" by preferring the place that finally says it. Start at [`read`].

mod candidate;
mod contract;
mod dates;
mod eligibility;
mod evaluation;
mod form;
mod general;
mod guarantees;
mod identity;
mod lots;
mod money;
mod places;

use std::collections::BTreeMap;

use bidlens_domain::document::{Document, Page};
use bidlens_domain::field::{Field, FieldKey, FieldStatus, FieldValue};

use crate::reading::{Reading, Zone};

pub(crate) use candidate::{Candidate, squeeze};
pub(crate) use eligibility::firm_answers_on_consortia;

pub(crate) type Fields = BTreeMap<FieldKey, Field>;

/// The families, in the order in which later ones lean on earlier ones.
const FAMILIES: [fn(&Reading<'_>, &mut Fields); 11] = [
    identity::read,
    money::read,
    guarantees::read,
    dates::read,
    places::read,
    contract::read,
    eligibility::read,
    form::read,
    evaluation::read,
    lots::read,
    general::read,
];

/// Every key that is always reported, found or not.
pub const KEYS: &[&str] = &[
    "project_name",
    "tender_no",
    "buyer_name",
    "agency_name",
    "procurement_method",
    "category",
    "budget",
    "max_price",
    "bid_bond",
    "performance_bond",
    "bid_deadline",
    "opening_time",
    "opening_place",
    "bid_place",
    "place",
    "doc_obtain_start",
    "doc_obtain_end",
    "clarification_deadline",
    "bid_validity_days",
    "lots",
    "contract_duration",
    "warranty_period",
    "payment_terms",
    "copies",
    "consortium",
    "subcontracting",
    "evaluation_method",
    "imports_allowed",
];

/// Reads all fields of the tender that `documents` make up together.
pub fn read(documents: &[Document]) -> BTreeMap<FieldKey, Field> {
    let reading = Reading::new(documents);
    read_from(&reading)
}

pub(crate) fn read_from(reading: &Reading<'_>) -> Fields {
    let mut fields = Fields::new();
    for family in FAMILIES {
        family(reading, &mut fields);
    }
    let unreadable = reading.documents.iter().flat_map(|d| &d.pages).any(Page::may_hide_words);
    for key in KEYS.iter().chain(general::KEYS.iter()) {
        fields.entry((*key).to_owned()).or_insert_with(|| Field::missing(unreadable));
    }
    fields
}

/// How disagreement between places is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disagreement {
    /// The better place has its way.
    Prefer,
    /// Two places whose ranks differ by no more than this and that disagree are reported as a conflict.
    Report { within: i32 },
}

/// The standing of a zone for what the notice and the front table settle: names, dates, money, manner.
pub(crate) fn standing(zone: Zone) -> i32 {
    match zone {
        Zone::Correction => 100,
        Zone::FrontTable => 62,
        Zone::Notice => 60,
        Zone::Cover => 50,
        Zone::Requirement => 45,
        Zone::Other => 40,
        Zone::Instructions => 32,
        Zone::Evaluation => 28,
        Zone::Contract => 15,
        Zone::BidForms => 0,
    }
}

/// The standing of a zone for what the deal itself is about: time and place of delivery, payment, warranty.
pub(crate) fn deal_standing(zone: Zone) -> i32 {
    match zone {
        Zone::Correction => 100,
        Zone::Requirement => 62,
        Zone::FrontTable => 60,
        Zone::Notice => 58,
        Zone::Other => 40,
        Zone::Contract => 34,
        Zone::Cover => 30,
        Zone::Instructions => 28,
        Zone::Evaluation => 20,
        Zone::BidForms => 0,
    }
}

/// Picks among candidates; `None` when there are none.
pub(crate) fn settle(mut candidates: Vec<Candidate>, disagreement: Disagreement) -> Option<Field> {
    candidates.sort_by_key(|c| std::cmp::Reverse(c.rank));
    let stated = |c: &&Candidate| c.status != FieldStatus::RefersElsewhere;
    let best = candidates.iter().find(stated).or(candidates.first())?.clone();
    let same = |other: &Candidate| other.status == best.status && same_value(other.value.as_ref(), best.value.as_ref());
    let mut evidence = vec![best.evidence.clone()];
    if let Disagreement::Report { within } = disagreement
        && let Some(other) = candidates.iter().filter(stated).find(|c| best.rank - c.rank <= within && !same(c))
    {
        evidence.push(other.evidence.clone());
        return Field::with_evidence(
            FieldStatus::Conflicting,
            best.value.clone(),
            format!("{} ≠ {}", best.raw, other.raw),
            evidence,
            0.5,
        )
        .ok();
    }
    evidence.extend(
        candidates.iter().filter(|c| same(c) && c.evidence != best.evidence).take(2).map(|c| c.evidence.clone()),
    );
    let agreeing = evidence.len() as f32;
    let confidence = (best.rank.clamp(0, 100) as f32 / 100.0).mul_add(0.4, 0.5) + 0.03 * agreeing;
    Field::with_evidence(
        best.status,
        best.value.filter(|_| best.status == FieldStatus::Found),
        best.raw,
        evidence,
        confidence.min(0.98),
    )
    .ok()
}

/// Settles and stores, when there is anything to store.
pub(crate) fn put(fields: &mut Fields, key: &str, candidates: Vec<Candidate>, disagreement: Disagreement) {
    if let Some(field) = settle(candidates, disagreement) {
        fields.insert(key.to_owned(), field);
    }
}

fn same_value(a: Option<&FieldValue>, b: Option<&FieldValue>) -> bool {
    match (a, b) {
        (Some(FieldValue::Text(a)), Some(FieldValue::Text(b))) => {
            let (a, b) = (letters(a), letters(b));
            a == b || a.contains(&b) || b.contains(&a)
        }
        (Some(FieldValue::Period { text: a, length: la }), Some(FieldValue::Period { text: b, length: lb })) => {
            la.is_some() && la == lb || letters(a) == letters(b)
        }
        (Some(FieldValue::Moment(a)), Some(FieldValue::Moment(b))) => {
            // A date alone does not disagree with the same date and a time of day.
            use bidlens_domain::time::Moment::{Date, DateTime};
            match (a, b) {
                (DateTime(a), DateTime(b)) => a == b,
                (Date(_), _) | (_, Date(_)) => a.date() == b.date(),
            }
        }
        _ => a == b,
    }
}

/// Whether a text speaks of a single lot.
pub(crate) fn names_lot(text: &str) -> bool {
    !lots::mentions(text).is_empty()
}

/// Whether the tender is divided, so that what a place states may hold for one lot alone.
pub(crate) fn is_divided(fields: &Fields) -> bool {
    let several = matches!(fields.get("lots").and_then(Field::found), Some(FieldValue::Integer(n)) if *n > 1);
    several || fields.values().any(|field| field.lots.len() > 1)
}

/// Letters and digits alone, folded, in lower case.
pub(crate) fn letters(text: &str) -> String {
    bidlens_domain::fold::folded(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a value only points to another place.
pub(crate) fn is_reference(folded: &str) -> bool {
    const STARTS: &[&str] = &[
        "详见",
        "见",
        "参见",
        "具体见",
        "具体详见",
        "同招标公告",
        "同公告",
        "同采购公告",
        "同前附表",
        "同投标邀请",
        "按招标公告",
        "以招标公告",
        "以公告",
        "以系统",
        "按公告",
        "以电子",
        "同上",
        "as per",
        "refer",
        "see ",
    ];
    let text = folded.trim_start_matches(['(', '[', '"', ' ']).to_lowercase();
    text.chars().count() <= 60 && STARTS.iter().any(|s| text.starts_with(s))
}

/// Whether a value is a form's empty line: `____`, `/`, `XX`, `（ ）`, `年 月 日`.
pub(crate) fn is_blank(folded: &str) -> bool {
    let solid: String =
        folded.chars().filter(|c| c.is_alphanumeric() && !matches!(c, 'X' | 'x' | '×' | '某')).collect();
    solid.is_empty()
        || solid.chars().all(|c| {
            matches!(c, '年' | '月' | '日' | '时' | '分' | '元' | '万' | '第' | '号' | '包' | '章' | '大' | '写' | '小')
        })
        || folded.contains("____")
        || folded.contains("……")
}

/// Whether a value says that there is none.
pub(crate) fn is_none(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "无",
        "不适用",
        "免收",
        "不收取",
        "不要求",
        "不需要",
        "无需",
        "不设",
        "没有",
        "无要求",
        "不缴纳",
        "免缴",
        "nil",
        "not applicable",
        "n/a",
    ];
    let bare = folded.trim().trim_matches(['。', ';', '.', ',', '(', ')', '☑', '√', '■', '/']).trim().to_lowercase();
    WORDS.contains(&bare.as_str()) || folded.trim() == "/" || folded.trim() == "-"
}

#[cfg(test)]
mod tests;
