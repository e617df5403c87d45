//! Which procurement law governs a tender, and what became of every legal rule that was held against it.
//!
//! A rule that could not be judged says why in [`RuleState`] and [`Abstention`]: silence is never taken for lawfulness.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;

/// The law a procedure runs under, as far as the tender's own words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// 招标投标法, a project that must be tendered by law.
    ZtbMandatory,
    /// 招标投标法; whether tendering is mandatory does not follow from the document.
    Ztb,
    /// 政府采购法 with 财政部令第87号: goods and services by public or invited tender.
    GovGoodsServices,
    /// 财政部令第74号: competitive negotiation.
    GovNegotiation,
    /// 财政部令第74号: inquiry.
    GovInquiry,
    /// 财政部令第74号: single source.
    GovSingleSource,
    /// 财库〔2014〕214号: competitive consultation.
    GovConsultation,
    /// 财政部令第110号: framework agreements.
    GovFramework,
    /// A company's own purchase outside both laws, by the document's own statement.
    Enterprise,
    /// The World Bank's procurement regulations and standard documents.
    WorldBank,
    /// Directive 2014/24/EU.
    Eu,
    /// The United States Federal Acquisition Regulation.
    UsFar,
    #[default]
    Unknown,
}

impl Regime {
    /// All regimes a rule can be written for.
    pub const ALL: [Regime; 12] = [
        Regime::ZtbMandatory,
        Regime::Ztb,
        Regime::GovGoodsServices,
        Regime::GovNegotiation,
        Regime::GovInquiry,
        Regime::GovSingleSource,
        Regime::GovConsultation,
        Regime::GovFramework,
        Regime::Enterprise,
        Regime::WorldBank,
        Regime::Eu,
        Regime::UsFar,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Regime::ZtbMandatory => "ztb_mandatory",
            Regime::Ztb => "ztb",
            Regime::GovGoodsServices => "gov_goods_services",
            Regime::GovNegotiation => "gov_negotiation",
            Regime::GovInquiry => "gov_inquiry",
            Regime::GovSingleSource => "gov_single_source",
            Regime::GovConsultation => "gov_consultation",
            Regime::GovFramework => "gov_framework",
            Regime::Enterprise => "enterprise",
            Regime::WorldBank => "world_bank",
            Regime::Eu => "eu",
            Regime::UsFar => "us_far",
            Regime::Unknown => "unknown",
        }
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It fired; a risk with its id carries the words.
    Fired,
    /// All it needs was there and nothing speaks against the document.
    NotTriggered,
    /// Made for another regime, another kind of purchase, or not in force at the tender's date.
    NotApplicable,
    /// Not judged; the [`Abstention`] says why.
    Abstained,
}

impl RuleState {
    pub fn as_str(self) -> &'static str {
        match self {
            RuleState::Fired => "fired",
            RuleState::NotTriggered => "not_triggered",
            RuleState::NotApplicable => "not_applicable",
            RuleState::Abstained => "abstained",
        }
    }
}

/// Why a rule was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abstention {
    /// The document does not tell which law governs, or names several without saying which.
    RegimeUnknown,
    /// No date says which version of the law applied.
    DateUnknown,
    /// A fact the rule needs was not found or is contradictory; the outcome names it.
    FactsMissing,
    /// The working-day calendar has no certain data for a year in question.
    CalendarMissing,
    /// The law knows exceptions that the document may claim.
    ExceptionPossible,
    /// Part of the document could not be read, so that absence proves nothing.
    Unreadable,
}

impl Abstention {
    pub fn as_str(self) -> &'static str {
        match self {
            Abstention::RegimeUnknown => "regime_unknown",
            Abstention::DateUnknown => "date_unknown",
            Abstention::FactsMissing => "facts_missing",
            Abstention::CalendarMissing => "calendar_missing",
            Abstention::ExceptionPossible => "exception_possible",
            Abstention::Unreadable => "unreadable",
        }
    }
}

/// One rule's outcome for one tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOutcome {
    pub rule_id: String,
    pub state: RuleState,
    pub abstention: Option<Abstention>,
    /// The fields or facts that were missing.
    pub missing: Vec<String>,
}

/// An article that a statement rests on, as it was in force at the tender's date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    pub law: String,
    pub article: String,
    /// A short quotation of the article.
    pub text: String,
    pub valid_from: NaiveDate,
    /// The last day in force; `None` while it is in force.
    pub valid_to: Option<NaiveDate>,
}

/// How the law was read into one tender.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LegalReading {
    pub regime: Regime,
    /// The words that tell the regime; where it is unknown, the words that speak for different ones, if any.
    pub regime_evidence: Vec<Evidence>,
    /// The earliest certain date of the procedure, by which versions of rules are chosen.
    pub date: Option<NaiveDate>,
    /// Where no date is certain: a day the tender is certainly not older than.
    pub not_before: Option<NaiveDate>,
    pub outcomes: Vec<RuleOutcome>,
}
