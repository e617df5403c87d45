//! What in a tender can cost a bidder the award, or money.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::legal::LegalBasis;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RiskType {
    /// Can disqualify the bid (废标, 无效投标, 否决).
    #[serde(rename = "mustReject")]
    MustReject,
    #[serde(rename = "other")]
    Other,
}

impl RiskType {
    pub fn as_str(self) -> &'static str {
        match self {
            RiskType::MustReject => "mustReject",
            RiskType::Other => "other",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How certain it is that the consequence follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The document says so in words.
    Explicit,
    /// By the document's legend of ★, ▲ and the like.
    Legend,
    /// The law says so even if the document does not.
    Statutory,
    /// From mandatory wording.
    Inferred,
}

/// A risk; it cannot be built without the words it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    pub risk_type: RiskType,
    pub severity: Severity,
    pub certainty: Certainty,
    pub title: String,
    pub description: String,
    pub suggestion: String,
    pub tags: Vec<String>,
    /// The stable id of the reader that found it, such as `K001`.
    pub rule_id: String,
    pub law: Option<String>,
    /// The articles it rests on, for a risk that comes from a legal rule.
    #[serde(default)]
    pub basis: Vec<LegalBasis>,
    evidence: Vec<Evidence>,
}

/// What is said about a risk, apart from its evidence.
#[derive(Debug, Clone)]
pub struct RiskText {
    pub title: String,
    pub description: String,
    pub suggestion: String,
    pub tags: Vec<String>,
    pub rule_id: String,
    pub law: Option<String>,
}

impl Risk {
    /// `None` when there is no evidence.
    pub fn new(
        risk_type: RiskType,
        severity: Severity,
        certainty: Certainty,
        text: RiskText,
        evidence: Vec<Evidence>,
    ) -> Option<Risk> {
        if evidence.is_empty() {
            return None;
        }
        let RiskText { title, description, suggestion, tags, rule_id, law } = text;
        Some(Risk {
            risk_type,
            severity,
            certainty,
            title,
            description,
            suggestion,
            tags,
            rule_id,
            law,
            basis: Vec::new(),
            evidence,
        })
    }

    /// The same risk with the articles it rests on.
    #[must_use]
    pub fn resting_on(mut self, basis: Vec<LegalBasis>) -> Risk {
        self.basis = basis;
        self
    }

    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}
