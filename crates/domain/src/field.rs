//! A fact about a tender, with its state and the words that state it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::LOST_SIGN;
use crate::evidence::Evidence;
use crate::money::{Money, Percent};
use crate::time::{Duration, Moment};

/// The stable name of a field, such as `bid_deadline`.
pub type FieldKey = String;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldStatus {
    Found,
    /// The document says that there is none: 不收取, 免收, 不组织.
    StatedNone,
    RefersElsewhere,
    /// Two places disagree; both are in the evidence.
    Conflicting,
    NotFound,
    Unreadable,
}

impl FieldStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            FieldStatus::Found => "found",
            FieldStatus::StatedNone => "stated_none",
            FieldStatus::RefersElsewhere => "refers_elsewhere",
            FieldStatus::Conflicting => "conflicting",
            FieldStatus::NotFound => "not_found",
            FieldStatus::Unreadable => "unreadable",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FieldValue {
    Text(String),
    TextList(Vec<String>),
    Money(Money),
    Percent(Percent),
    Moment(Moment),
    Integer(i64),
    /// A period: its words, and its length when it is a plain one.
    Period {
        text: String,
        length: Option<Duration>,
    },
    /// One of a closed list of words, such as `open_tender`.
    Choice(String),
    Bool(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Rules,
    Llm,
}

/// A field's reading. Only [`Field::missing`] makes one without evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    status: FieldStatus,
    value: Option<FieldValue>,
    /// The words the value was read from.
    raw: String,
    evidence: Vec<Evidence>,
    /// 0..=1.
    pub confidence: f32,
    pub source: Source,
    /// Values that differ by lot, keyed by the lot's number.
    pub lots: BTreeMap<String, FieldValue>,
}

/// Why a field could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field with status {0:?} needs evidence")]
pub struct EvidenceMissing(pub FieldStatus);

impl Field {
    /// A reading that the evidence proves; the first evidence is the main one.
    ///
    /// Words that recognition was not sure of, or that lack a sign, prove nothing: the field is then unreadable, and its
    /// evidence shows where a person must look.
    pub fn with_evidence(
        status: FieldStatus,
        value: Option<FieldValue>,
        raw: impl Into<String>,
        evidence: Vec<Evidence>,
        confidence: f32,
    ) -> Result<Field, EvidenceMissing> {
        if evidence.is_empty() {
            return Err(EvidenceMissing(status));
        }
        let raw = raw.into();
        let doubtful = evidence.first().is_some_and(Evidence::is_doubtful) || raw.contains(LOST_SIGN);
        let (status, value) = if doubtful { (FieldStatus::Unreadable, None) } else { (status, value) };
        Ok(Field {
            status,
            value,
            raw,
            evidence,
            confidence: confidence.clamp(0.0, 1.0),
            source: Source::Rules,
            lots: BTreeMap::new(),
        })
    }

    /// Nothing was found, or what there is could not be read.
    pub fn missing(unreadable: bool) -> Field {
        Field {
            status: if unreadable { FieldStatus::Unreadable } else { FieldStatus::NotFound },
            value: None,
            raw: String::new(),
            evidence: Vec::new(),
            confidence: 0.0,
            source: Source::Rules,
            lots: BTreeMap::new(),
        }
    }

    pub fn status(&self) -> FieldStatus {
        self.status
    }
    pub fn value(&self) -> Option<&FieldValue> {
        self.value.as_ref()
    }
    pub fn raw(&self) -> &str {
        &self.raw
    }
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
    /// The value when the status is `found`.
    pub fn found(&self) -> Option<&FieldValue> {
        (self.status == FieldStatus::Found).then_some(self.value.as_ref()).flatten()
    }
    pub fn money(&self) -> Option<&Money> {
        match self.found()? {
            FieldValue::Money(money) => Some(money),
            _ => None,
        }
    }
    pub fn text(&self) -> Option<&str> {
        match self.found()? {
            FieldValue::Text(text) | FieldValue::Choice(text) => Some(text),
            _ => None,
        }
    }
    pub fn moment(&self) -> Option<Moment> {
        match self.found()? {
            FieldValue::Moment(moment) => Some(*moment),
            _ => None,
        }
    }
}
