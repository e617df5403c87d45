//! The fields of a tender: what the documents state, with the words that state it.
//!
//! Each family file gathers [`Candidate`]s for its keys from labels, tables and sentences and normalises them
//! with [`crate::grammar`]; [`settle`] picks by the standing of the place, reports disagreement and follows
//! "see the notice" by preferring the place that finally says it. Start at [`read`].

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
use std::ops::Range;

use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey, FieldStatus, FieldValue};
use bidlens_domain::fold;

use crate::reading::{Pair, Reading, Zone};

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
    let unreadable = reading.units.is_empty()
        && reading.documents.iter().any(|d| d.pages.iter().any(|p| p.text_source.may_hide_words()));
    for key in KEYS.iter().chain(general::KEYS.iter()) {
        fields.entry((*key).to_owned()).or_insert_with(|| Field::missing(unreadable));
    }
    fields
}

/// One reading of a field at one place.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) status: FieldStatus,
    pub(crate) value: Option<FieldValue>,
    pub(crate) raw: String,
    pub(crate) evidence: Evidence,
    /// How much the place and the manner of reading count.
    pub(crate) rank: i32,
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

/// Letters and digits alone, folded, in lower case.
pub(crate) fn letters(text: &str) -> String {
    bidlens_domain::fold::folded(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Characters of a quote.
const QUOTE_CHARS: usize = 190;

impl Reading<'_> {
    /// A candidate whose quote runs from `quote.start` and covers `value`.
    pub(crate) fn candidate(
        &self,
        unit: usize,
        quote: Range<usize>,
        value: Range<usize>,
        read: FieldValue,
        rank: i32,
    ) -> Option<Candidate> {
        let evidence = self.evidence(unit, &self.clip(unit, &quote, &value))?;
        Some(Candidate {
            status: FieldStatus::Found,
            value: Some(read),
            raw: self.original(unit, &value),
            evidence,
            rank: rank + self.recency(unit),
        })
    }

    /// A candidate that gives the words of `value`.
    pub(crate) fn text_candidate(
        &self,
        unit: usize,
        quote: Range<usize>,
        value: Range<usize>,
        rank: i32,
    ) -> Option<Candidate> {
        let words = self.words(unit, &value);
        self.candidate(unit, quote, value, FieldValue::Text(words), rank)
    }

    /// A candidate that says there is none, or that another place says it.
    pub(crate) fn stated(&self, unit: usize, quote: Range<usize>, status: FieldStatus, rank: i32) -> Option<Candidate> {
        let clipped = self.clip(unit, &quote, &quote);
        let evidence = self.evidence(unit, &clipped)?;
        let rank = rank + self.recency(unit);
        Some(Candidate { status, value: None, raw: self.original(unit, &clipped), evidence, rank })
    }

    /// A candidate that says that another place says it.
    pub(crate) fn referred(&self, pair: &Pair, value: &Range<usize>) -> Option<Candidate> {
        self.stated(pair.unit, self.pair_quote(pair, value), FieldStatus::RefersElsewhere, 1)
    }

    /// The words of a table's row from one cell to another, when a person reads them at a glance.
    pub(crate) fn across(&self, from: usize, to: usize) -> Option<Evidence> {
        let evidence = self.between(from, to)?;
        (evidence.quote().chars().count() <= QUOTE_CHARS).then_some(evidence)
    }

    /// Shortens a quote to what a person reads at a glance, the value kept inside when it fits.
    fn clip(&self, unit: usize, quote: &Range<usize>, value: &Range<usize>) -> Range<usize> {
        let text = self.unit(unit).map_or("", |u| u.text.as_str());
        let whole = text.get(quote.clone()).unwrap_or_default();
        if self.original(unit, quote).chars().count() <= QUOTE_CHARS {
            return quote.clone();
        }
        if whole.chars().count() <= QUOTE_CHARS {
            return self.shrink(unit, quote.clone());
        }
        let head = text.get(quote.start..value.start).unwrap_or_default();
        let start = if head.chars().count() <= QUOTE_CHARS / 2 {
            quote.start
        } else {
            head.char_indices().rev().nth(30).map_or(value.start, |(i, _)| quote.start + i)
        };
        let rest = text.get(start..quote.end).unwrap_or_default();
        let end = rest.char_indices().nth(QUOTE_CHARS).map_or(quote.end, |(i, _)| start + i);
        self.shrink(unit, start..end.max(start))
    }

    /// Takes from the end until the file's own words, typeset spaces included, are short enough.
    fn shrink(&self, unit: usize, range: Range<usize>) -> Range<usize> {
        let long = self.original(unit, &range).chars().count();
        let excess = long.saturating_sub(QUOTE_CHARS);
        if excess == 0 {
            return range;
        }
        let text = self.text(unit, &range);
        let keep = text.chars().count().saturating_sub(excess).max(1);
        let end = text.char_indices().nth(keep).map_or(text.len(), |(i, _)| i);
        range.start..range.start + end
    }

    /// The quote of a pair: the label when it stands in the same unit, and the value.
    pub(crate) fn pair_quote(&self, pair: &Pair, value: &Range<usize>) -> Range<usize> {
        pair.label_start.unwrap_or(value.start.min(pair.value.start))..value.end
    }

    /// The value words of a range: the file's own, without the spaces of typesetting, radicals and ligatures as letters.
    pub(crate) fn words(&self, unit: usize, range: &Range<usize>) -> String {
        squeeze(&fold::plain_letters(&self.original(unit, range)))
    }

    pub(crate) fn zone(&self, unit: usize) -> Zone {
        self.unit(unit).map_or(Zone::Other, |u| u.zone)
    }

    /// `range` without white space and idle punctuation at both ends.
    pub(crate) fn tidy(&self, unit: usize, range: &Range<usize>) -> Range<usize> {
        let text = self.text(unit, range);
        let idle =
            |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '。' | '、' | '_' | '"' | '“' | '”' | '.');
        let left = text.len() - text.trim_start_matches(idle).len();
        let right = text.trim_end_matches(idle).len();
        let start = range.start + left;
        start..(range.start + right).max(start)
    }

    /// `range` up to the first of `stops`, tidied.
    pub(crate) fn tidy_until(&self, unit: usize, range: &Range<usize>, stops: &[char]) -> Range<usize> {
        self.tidy(unit, &self.until(unit, range, stops))
    }

    /// Cuts `range` at the first of `stops` that stands outside brackets.
    pub(crate) fn until(&self, unit: usize, range: &Range<usize>, stops: &[char]) -> Range<usize> {
        let text = self.text(unit, range);
        let mut depth = 0_i32;
        for (at, c) in text.char_indices() {
            match c {
                '(' | '[' | '《' => depth += 1,
                ')' | ']' | '》' => depth -= 1,
                _ if depth <= 0 && stops.contains(&c) => return range.start..range.start + at,
                _ => {}
            }
        }
        range.clone()
    }
}

/// Drops white space that Chinese typesetting put in; keeps it between Latin words.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && out.chars().next_back().is_some_and(|p| p.is_ascii()) && c.is_ascii() {
            out.push(' ');
        }
        space = false;
        out.push(c);
    }
    out
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
