//! The ledger of what a tender demands: atomic clauses with a typed constraint.
//!
//! Numbers, dates, durations, certificates and forms are judged by code against [`Constraint`]; only
//! [`Constraint::Semantic`] leaves meaning to a model or a person.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::money::{Money, Percent};
use crate::time::{Duration, Moment};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Dimension {
    #[serde(rename = "资格审查")]
    Qualification,
    #[serde(rename = "报价审查")]
    Price,
    #[serde(rename = "技术审查")]
    Technical,
    #[serde(rename = "商务审查")]
    Commercial,
    #[serde(rename = "工期与质量")]
    ScheduleQuality,
    #[serde(rename = "文档结构")]
    DocumentStructure,
    #[serde(rename = "其他")]
    Other,
}

impl Dimension {
    pub fn as_str(self) -> &'static str {
        match self {
            Dimension::Qualification => "资格审查",
            Dimension::Price => "报价审查",
            Dimension::Technical => "技术审查",
            Dimension::Commercial => "商务审查",
            Dimension::ScheduleQuality => "工期与质量",
            Dimension::DocumentStructure => "文档结构",
            Dimension::Other => "其他",
        }
    }

    /// Reads the Chinese words above or the English ones of older rule files.
    pub fn parse(text: &str) -> Option<Dimension> {
        Some(match text.trim() {
            "资格审查" | "qualification" => Dimension::Qualification,
            "报价审查" | "price" => Dimension::Price,
            "技术审查" | "technical" => Dimension::Technical,
            "商务审查" | "business" | "commercial" => Dimension::Commercial,
            "工期与质量" | "schedule_quality" => Dimension::ScheduleQuality,
            "文档结构" | "doc_structure" | "document_structure" => Dimension::DocumentStructure,
            "其他" | "other" => Dimension::Other,
            _ => return None,
        })
    }
}

/// A limit on a measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    pub comparison: Comparison,
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Equal,
}

impl Bound {
    /// Whether `value` keeps this limit.
    pub fn admits(&self, value: f64) -> bool {
        let tolerance = 1e-9 * self.value.abs().max(1.0);
        match self.comparison {
            Comparison::AtLeast => value >= self.value - tolerance,
            Comparison::MoreThan => value > self.value + tolerance,
            Comparison::AtMost => value <= self.value + tolerance,
            Comparison::LessThan => value < self.value - tolerance,
            Comparison::Equal => (value - self.value).abs() <= tolerance,
        }
    }
}

/// What exactly is demanded. `subject` says of what, in the field keys' words (`bid_validity`, `warranty_period`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Constraint {
    MoneyMax {
        subject: String,
        limit: Money,
    },
    DurationMin {
        subject: String,
        limit: Duration,
    },
    DurationMax {
        subject: String,
        limit: Duration,
    },
    DateBefore {
        subject: String,
        limit: Moment,
    },
    PercentMax {
        subject: String,
        limit: Percent,
    },
    CountMin {
        subject: String,
        limit: i64,
    },
    /// A form, statement or attachment that the bid must contain.
    DocumentPresent {
        name: String,
    },
    Signature {
        name: String,
        signature: bool,
        seal: bool,
    },
    Certificate {
        name: String,
    },
    Parameter {
        name: String,
        bounds: Vec<Bound>,
        unit: String,
    },
    Declaration {
        subject: String,
    },
    Semantic,
}

impl Constraint {
    /// The contract's word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Constraint::MoneyMax { .. } => "money_max",
            Constraint::DurationMin { .. } => "duration_min",
            Constraint::DurationMax { .. } => "duration_max",
            Constraint::DateBefore { .. } => "date_before",
            Constraint::PercentMax { .. } => "percent_max",
            Constraint::CountMin { .. } => "count_min",
            Constraint::DocumentPresent { .. } => "document_present",
            Constraint::Signature { .. } => "signature",
            Constraint::Certificate { .. } => "certificate",
            Constraint::Parameter { .. } => "parameter",
            Constraint::Declaration { .. } => "declaration",
            Constraint::Semantic => "semantic",
        }
    }
}

/// One demand; it cannot be built without the words that make it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Stable for the same documents: derived from the place and the words.
    pub id: String,
    pub dimension: Dimension,
    pub text: String,
    /// Not meeting it disqualifies the bid.
    pub rigid: bool,
    /// The mark before the clause (`★`, `▲`), empty without one.
    pub mark: String,
    pub constraint: Constraint,
    evidence: Vec<Evidence>,
}

impl Requirement {
    /// `None` when there is no evidence.
    pub fn new(
        id: String,
        dimension: Dimension,
        text: String,
        rigid: bool,
        mark: String,
        constraint: Constraint,
        evidence: Vec<Evidence>,
    ) -> Option<Requirement> {
        (!evidence.is_empty()).then_some(Requirement { id, dimension, text, rigid, mark, constraint, evidence })
    }

    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}
