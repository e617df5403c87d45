//! Legal rules: data with law, article, text and dates, held against a tender under the regime its own words tell.
//!
//! A rule fires as "may conflict with" and carries the tender's words and the article; where the regime, the date or a
//! fact is not certain it abstains, and [`LegalReading`] says so for every rule. The rules stand in `rules/data/`
//! ([`data`]), the functions they name in `check`, the calendar in [`calendar`], and [`page()`] prints `docs/rules.md`.

mod asking;
pub mod calendar;
mod check;
pub mod data;
mod page;
mod regime;

use std::collections::BTreeMap;

use bidlens_domain::document::Language;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::finding::{Finding, Verdict};
use bidlens_domain::legal::{Abstention, LegalBasis, LegalReading, Regime, RuleOutcome, RuleState};
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;
use bidlens_domain::wording::{Wording, both, in_quotes};
use chrono::NaiveDate;

use crate::reading::Reading;
use check::{Case, Found};
use data::{Category, Kind, LegalRule, Version};

pub use page::page;

/// Below it, the category was weighed from words all over the text and not read from a label or a name.
const CATEGORY_CONFIDENCE_MIN: f32 = 0.65;

/// Holds every rule against a tender.
pub(crate) fn read(
    reading: &Reading<'_>,
    fields: &BTreeMap<FieldKey, Field>,
    scoring: &Scoring,
) -> (Vec<Risk>, LegalReading) {
    let mut legal = regime::resolve(reading, fields);
    // A category that was only guessed from the text's words is no ground for a rule.
    let category = fields.get("category").filter(|f| f.confidence >= CATEGORY_CONFIDENCE_MIN).and_then(Field::text);
    let mut risks = Vec::new();
    let mut outcomes = Vec::new();
    if legal.regime == Regime::Unknown {
        let unknown = |rule: &LegalRule| RuleOutcome {
            rule_id: rule.id.clone(),
            state: RuleState::Abstained,
            abstention: Some(Abstention::RegimeUnknown),
            missing: Vec::new(),
        };
        legal.outcomes = data::all().iter().map(unknown).collect();
        return (risks, legal);
    }
    {
        let case = Case::new(reading, fields, scoring, &legal.regime_evidence);
        for rule in data::all() {
            let (state, abstention, missing, risk) = judge(rule, &legal, category, &case);
            risks.extend(risk);
            outcomes.push(RuleOutcome { rule_id: rule.id.clone(), state, abstention, missing });
        }
    }
    legal.outcomes = outcomes;
    legal.last_day_to_ask = asking::last_day(&legal, fields);
    (risks, legal)
}

type Judged = (RuleState, Option<Abstention>, Vec<String>, Option<Risk>);

fn judge(rule: &LegalRule, legal: &LegalReading, category: Option<&str>, case: &Case<'_>) -> Judged {
    let abstained = |why: Abstention, missing: Vec<String>| (RuleState::Abstained, Some(why), missing, None);
    let not_applicable = || (RuleState::NotApplicable, None, Vec::new(), None);
    if !rule.regimes.contains(&legal.regime) {
        return not_applicable();
    }
    if !rule.categories.is_empty() {
        match category {
            None => return abstained(Abstention::FactsMissing, vec!["category".to_owned()]),
            Some(own) if !rule.categories.iter().any(|c| c.as_str() == own) => return not_applicable(),
            Some(_) => {}
        }
    }
    let version = match (legal.date, legal.not_before) {
        (Some(date), _) => in_force(&rule.versions, date),
        (None, Some(day)) => match rule.versions.iter().find(|v| v.to.is_none() && v.from <= day) {
            Some(version) => Some(version),
            None => return abstained(Abstention::DateUnknown, Vec::new()),
        },
        (None, None) => return abstained(Abstention::DateUnknown, Vec::new()),
    };
    let Some(version) = version else { return not_applicable() };
    match case.run(&version.check) {
        Found::Nothing => (RuleState::NotTriggered, None, Vec::new(), None),
        Found::Abstained(why, missing) => abstained(why, missing),
        Found::Fired { words, evidence } => match risk(rule, version, &words, case.reading.language(), evidence) {
            Some(risk) => (RuleState::Fired, None, Vec::new(), Some(risk)),
            // Nothing is said without the document's words.
            None => abstained(Abstention::FactsMissing, vec!["evidence".to_owned()]),
        },
    }
}

/// Gives findings that are no pass the article by which the law judges such a bid.
///
/// Where the regime or the date is not certain, nothing is added.
pub(crate) fn ground(findings: &mut [Finding], legal: &LegalReading) {
    for finding in findings.iter_mut().filter(|f| f.verdict() != Verdict::Pass) {
        finding.basis = basis(&finding.rule_id, &finding.remark, finding.rigid, legal);
    }
}

/// The articles on bids that a check finds wanting; none where the regime or the date is not certain.
pub(crate) fn basis(check: &str, remark: &str, rigid: bool, legal: &LegalReading) -> Vec<LegalBasis> {
    let date = legal.date.or(legal.not_before).filter(|_| legal.regime != Regime::Unknown);
    let fits = |rule: &&data::BidRule| {
        rule.check == check && (rigid || !rule.rigid_only) && rule.about.as_ref().is_none_or(|p| p.matches(remark))
    };
    let rule = data::bid_rules().iter().find(fits);
    let (Some(date), Some(rule)) = (date, rule) else { return Vec::new() };
    let bases = rule.bases.iter().filter(|b| b.regimes.contains(&legal.regime) && b.from <= date);
    bases
        .map(|b| LegalBasis {
            law: b.law.clone(),
            article: b.article.clone(),
            text: b.text.clone(),
            valid_from: b.from,
            valid_to: None,
        })
        .collect()
}

/// The version in force on a day.
fn in_force(versions: &[Version], date: NaiveDate) -> Option<&Version> {
    versions.iter().find(|v| v.from <= date && v.to.is_none_or(|to| date <= to))
}

fn risk(
    rule: &LegalRule,
    version: &Version,
    words: &Wording,
    language: Language,
    evidence: Vec<bidlens_domain::evidence::Evidence>,
) -> Option<Risk> {
    let kind = version.kind.unwrap_or(rule.kind);
    let basis: Vec<LegalBasis> = version
        .basis
        .iter()
        .map(|b| LegalBasis {
            law: b.law.clone(),
            article: b.article.clone(),
            text: b.text.clone(),
            valid_from: version.from,
            valid_to: version.to,
        })
        .collect();
    let cited = |language: Language, between: &str| {
        let articles: Vec<String> = basis.iter().map(|b| b.cited_in(language)).collect();
        articles.join(between)
    };
    let law = both(cited(Language::Zh, "、"), cited(Language::En, "; "));
    // The article's own words say what is asked; how a hint was read and where its limits are is said as well.
    let texts = || version.basis.iter().map(|b| b.text.as_str()).filter(|text| !text.is_empty());
    let said = both(
        texts().map(|text| format!("（“{text}”）")).collect::<String>(),
        texts().map(|text| format!(" ({})", in_quotes(text))).collect::<String>(),
    );
    let (title, explanation) = (&rule.title, &rule.explanation);
    let (title, description) = match kind {
        Kind::Hard => (
            both(format!("可能不符合规定：{}", title.zh), format!("may conflict with the law: {}", title.en)),
            both(
                format!("{}。可能与{}不一致{}。", words.zh, law.zh, said.zh),
                format!("{}. May conflict with {}{}.", words.en, law.en, said.en),
            ),
        ),
        Kind::Info => (
            both(format!("请核对：{}", title.zh), format!("check this: {}", title.en)),
            both(
                format!("{}。请对照{}核对{}。{}", words.zh, law.zh, said.zh, explanation.zh),
                format!("{}. Check against {}{}. {}", words.en, law.en, said.en, explanation.en),
            ),
        ),
    };
    let (severity, certainty) = match kind {
        Kind::Hard => (rule.severity, Certainty::Statutory),
        Kind::Info => (Severity::Low, Certainty::Inferred),
    };
    let text = RiskText {
        language,
        title,
        description,
        suggestion: both(&rule.advice.zh, &rule.advice.en),
        tags: vec!["合规".to_owned()],
        rule_id: rule.id.clone(),
        law: Some(law.in_language(language).to_owned()),
    };
    Risk::new(RiskType::Other, severity, certainty, text, evidence).map(|risk| risk.resting_on(basis))
}

/// The beginning of a text, for a description.
fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or(text)),
        None => text.to_owned(),
    }
}

impl Category {
    /// All kinds, for the page of rules.
    pub const ALL: [Category; 3] = [Category::Goods, Category::Services, Category::Works];
}
