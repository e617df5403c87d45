//! What in a tender can cost a bidder the award, or money.

use serde::{Deserialize, Serialize};

use crate::document::Language;
use crate::evidence::Evidence;
use crate::legal::LegalBasis;
use crate::wording::{Wording, held};

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

/// What is said of a risk, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskWords {
    pub title: String,
    pub description: String,
    pub suggestion: String,
}

/// A risk; it cannot be built without the words it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    pub risk_type: RiskType,
    pub severity: Severity,
    pub certainty: Certainty,
    /// In the tender's language, as are description and suggestion.
    pub title: String,
    pub description: String,
    pub suggestion: String,
    /// The same in Chinese where it is not; none in what earlier versions stored.
    #[serde(default)]
    pub in_chinese: Option<RiskWords>,
    /// The same in English where it is not; none in what earlier versions stored.
    #[serde(default)]
    pub in_english: Option<RiskWords>,
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
    /// The language of the tender.
    pub language: Language,
    pub title: Wording,
    pub description: Wording,
    pub suggestion: Wording,
    pub tags: Vec<String>,
    pub rule_id: String,
    pub law: Option<String>,
}

impl RiskText {
    fn words(&self, language: Language) -> RiskWords {
        RiskWords {
            title: self.title.in_language(language).to_owned(),
            description: self.description.in_language(language).to_owned(),
            suggestion: self.suggestion.in_language(language).to_owned(),
        }
    }
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
        let own = text.words(text.language);
        let other = |language| Some(text.words(language)).filter(|words| *words != own);
        let (in_chinese, in_english) = (other(Language::Zh), other(Language::En));
        let RiskWords { title, description, suggestion } = own;
        let RiskText { tags, rule_id, law, .. } = text;
        Some(Risk {
            risk_type,
            severity,
            certainty,
            title,
            description,
            suggestion,
            in_chinese,
            in_english,
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

    /// The same risk under another title in the tender's language: its id is made of the title, which therefore stays
    /// as earlier versions made it.
    #[must_use]
    pub fn titled(mut self, language: Language, title: String) -> Risk {
        let words = RiskWords {
            title: std::mem::replace(&mut self.title, title),
            description: self.description.clone(),
            suggestion: self.suggestion.clone(),
        };
        match language {
            Language::Zh => self.in_chinese = Some(words),
            Language::En => self.in_english = Some(words),
        }
        self
    }

    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    fn words_in(&self, language: Language) -> Option<&RiskWords> {
        held(&self.in_chinese, &self.in_english, language)
    }

    /// What it is, in the reader's language.
    pub fn title_in(&self, language: Language) -> &str {
        self.words_in(language).map_or(&self.title, |words| &words.title)
    }

    /// What follows from it, in the reader's language.
    pub fn description_in(&self, language: Language) -> &str {
        self.words_in(language).map_or(&self.description, |words| &words.description)
    }

    /// What to do about it, in the reader's language.
    pub fn suggestion_in(&self, language: Language) -> &str {
        self.words_in(language).map_or(&self.suggestion, |words| &words.suggestion)
    }

    /// The articles it rests on as the reader's language cites them.
    pub fn law_in(&self, language: Language) -> Option<String> {
        match language {
            Language::En if !self.basis.is_empty() => {
                let cited: Vec<String> = self.basis.iter().map(|one| one.cited_in(Language::En)).collect();
                Some(cited.join("; "))
            }
            Language::En | Language::Zh => self.law.clone(),
        }
    }
}
