//! A review arranged for people: the rows every report format prints, in one order.
//!
//! The formats differ in drawing alone; what stands in them and in which order is decided here.

use std::collections::HashMap;

use bidlens_domain::decision::{ReviewerDecision, Standing};
use bidlens_domain::document::Language;
use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use bidlens_domain::finding::{Finding, Review, Verdict};
use bidlens_domain::labels::{choice, field_order};
use bidlens_domain::legal::{LegalBasis, LegalReading, RuleState};
use bidlens_domain::requirement::Requirement;
use bidlens_domain::risk::{Risk, RiskType};
use bidlens_domain::wording::{in_quotes, quoted};

use crate::labels;

/// The fields in reading order.
pub(crate) fn fields(review: &Review) -> Vec<(&str, &Field)> {
    let mut fields: Vec<(&str, &Field)> = review.facts.fields.iter().map(|(k, f)| (k.as_str(), f)).collect();
    fields.sort_by_key(|(key, _)| (field_order(key), (*key).to_owned()));
    fields
}

/// A field's value in words.
pub fn field_words(field: &Field, language: Language) -> String {
    match field.status() {
        FieldStatus::Found => {
            let own = field.value().map(|v| value_words(v, language)).unwrap_or_default();
            if field.lots.is_empty() {
                return own;
            }
            let lots: Vec<String> =
                field.lots.iter().map(|(lot, v)| format!("{lot}: {}", value_words(v, language))).collect();
            let lots = lots.join(between(language));
            match language {
                _ if own.is_empty() => lots,
                Language::Zh => format!("{own}（{lots}）"),
                Language::En => format!("{own} ({lots})"),
            }
        }
        other => labels::status(other).in_language(language).to_owned(),
    }
}

/// What stands between the parts of a list.
fn between(language: Language) -> &'static str {
    labels::Words("；", "; ").in_language(language)
}

fn value_words(value: &FieldValue, language: Language) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Period { text, .. } => text.clone(),
        FieldValue::Choice(word) => choice(word, language),
        FieldValue::TextList(texts) => texts.join(between(language)),
        FieldValue::Money(money) => money.to_string(),
        FieldValue::Percent(percent) => percent.to_string(),
        FieldValue::Moment(moment) => moment.to_string().replace('T', " "),
        FieldValue::Integer(n) => n.to_string(),
        FieldValue::Bool(true) => labels::Words("是", "yes").in_language(language).to_owned(),
        FieldValue::Bool(false) => labels::Words("否", "no").in_language(language).to_owned(),
    }
}

/// Risks, the disqualifying first, then by severity, in the document's order.
pub(crate) fn risks(review: &Review) -> Vec<&Risk> {
    let mut risks: Vec<&Risk> = review.facts.risks.iter().collect();
    risks.sort_by_key(|r| (r.risk_type != RiskType::MustReject, std::cmp::Reverse(r.severity)));
    risks
}

/// A bid's findings, what needs attention first.
pub(crate) fn findings(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|f| (std::cmp::Reverse(f.verdict()), !f.rigid, f.dimension));
    sorted
}

/// One row of the compliance matrix: a demand and each bidder's worst verdict on it.
#[derive(Debug)]
pub(crate) struct MatrixRow<'a> {
    pub(crate) requirement: &'a Requirement,
    pub(crate) verdicts: Vec<Option<&'a Finding>>,
}

/// Requirements × bidders; demands nobody was judged on are left out.
pub(crate) fn matrix(review: &Review) -> Vec<MatrixRow<'_>> {
    let worst: Vec<HashMap<&str, &Finding>> = review
        .bids
        .iter()
        .map(|bid| {
            let mut by_requirement: HashMap<&str, &Finding> = HashMap::new();
            for finding in &bid.findings {
                let Some(id) = finding.requirement_id.as_deref() else {
                    continue;
                };
                let slot = by_requirement.entry(id).or_insert(finding);
                if finding.verdict() > slot.verdict() {
                    *slot = finding;
                }
            }
            by_requirement
        })
        .collect();
    review
        .facts
        .requirements
        .iter()
        .map(|requirement| MatrixRow {
            requirement,
            verdicts: worst.iter().map(|by_id| by_id.get(requirement.id.as_str()).copied()).collect(),
        })
        .filter(|row| row.verdicts.iter().any(Option::is_some))
        .collect()
}

/// Counts of fail, risk and pass.
pub(crate) fn counts(findings: &[Finding]) -> [(Verdict, usize); 3] {
    [Verdict::Fail, Verdict::Risk, Verdict::Pass].map(|v| (v, findings.iter().filter(|f| f.verdict() == v).count()))
}

/// How an article is introduced: a fail and a legal risk rest on it, of a lesser finding it is what to compare with.
pub(crate) fn basis_label(rests: bool, language: Language) -> &'static str {
    let words = if rests {
        labels::Words("法律依据：", "Legal basis: ")
    } else {
        labels::Words("可对照条文：", "Article to compare: ")
    };
    words.in_language(language)
}

/// What a person decided about a finding, in one line; a decision about an earlier version says so first.
pub(crate) fn decision_words(decision: &ReviewerDecision, language: Language) -> String {
    let made = &decision.decision;
    let (open, comma, colon) = match language {
        Language::Zh => ("人工复核：", "；", "："),
        Language::En => ("Reviewer: ", "; ", ": "),
    };
    let say = |zh: &'static str, en: &'static str| labels::Words(zh, en).in_language(language);
    let mut parts = Vec::new();
    if decision.standing == Standing::Earlier {
        parts.push(say("针对较早版本的结论，未应用", "made on an earlier version, not applied").to_owned());
    }
    parts.push(labels::decision(made.kind()).in_language(language).to_owned());
    if let Some(verdict) = made.verdict() {
        let result = labels::verdict(verdict).in_language(language);
        parts.push(format!("{}{colon}{result}", say("结论改为", "result")));
    }
    if let Some(remark) = made.remark() {
        parts.push(format!("{}{colon}{remark}", say("说明改为", "remark")));
    }
    if !made.reason().is_empty() {
        parts.push(format!("{}{colon}{}", say("理由", "reason"), made.reason()));
    }
    parts.push(format!("{}, {}", decision.decided_by, decision.decided_at.format("%Y-%m-%d %H:%M UTC")));
    format!("{open}{}", parts.join(comma))
}

/// How far people are with a bid's findings; nothing while nobody has decided about any as it is now.
pub(crate) fn progress_words(findings: &[Finding], language: Language) -> Option<String> {
    let current = |f: &&Finding| f.decision.as_ref().is_some_and(|d| d.standing == Standing::Current);
    let (decided, all) = (findings.iter().filter(current).count(), findings.len());
    (decided > 0).then(|| match language {
        Language::Zh => format!("人工复核 {decided}/{all}"),
        Language::En => format!("{decided} of {all} decided by a reviewer"),
    })
}

/// An article with its words and the time it held; in English with the law's own name, which is Chinese.
pub(crate) fn basis_words(basis: &LegalBasis, language: Language) -> String {
    let (law, own) = (basis.law_in(language), quoted(&basis.law));
    let mut words = match language {
        Language::En if law != own => format!("{law} ({own}), {}", basis.article_in(language)),
        Language::En | Language::Zh => basis.cited_in(language),
    };
    if !basis.text.is_empty() {
        let colon = labels::Words("：", ": ").in_language(language);
        let text = match language {
            Language::Zh => format!("“{}”", basis.text),
            Language::En => in_quotes(&basis.text),
        };
        words.push_str(&format!("{colon}{text}"));
    }
    match basis.valid_to {
        Some(to) => words.push_str(&format!(" [{}–{to}]", basis.valid_from)),
        None => words.push_str(&format!(" [{}–]", basis.valid_from)),
    }
    words
}

/// Under which law the tender was judged, and how many of its rules could not be.
pub(crate) fn legal_words(legal: &LegalReading, language: Language) -> String {
    let count = |state: RuleState| legal.outcomes.iter().filter(|o| o.state == state).count();
    let regime = labels::regime(legal.regime).in_language(language);
    let (fired, clear, open) = (count(RuleState::Fired), count(RuleState::NotTriggered), count(RuleState::Abstained));
    match language {
        Language::Zh => {
            format!("适用法律：{regime}；法律规则：{fired} 条提示，{clear} 条未触发，{open} 条因信息不足未判断")
        }
        Language::En => {
            format!("Law: {regime}; rules: {fired} fired, {clear} did not, {open} not judged for want of facts")
        }
    }
}
