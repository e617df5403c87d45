//! A finding in the few lines that fit beside the words it is about.

use bidlens_domain::document::Language;
use bidlens_domain::finding::{Finding, Verdict};

use crate::labels::{self, Words};
use crate::model::{basis_label, basis_words, decision_words};

/// Verdict and remark, the demand, the articles, what a person decided, and by which check; a line for each.
pub fn note(finding: &Finding, language: Language) -> String {
    let say = |zh, en| Words(zh, en).in_language(language);
    let verdict = labels::verdict(finding.verdict()).in_language(language);
    let mut lines = vec![format!("{verdict}{}{}", say("：", ": "), finding.remark_in(language))];
    let demand = finding.requirement_in(language).trim();
    if !demand.is_empty() {
        lines.push(format!("{}{demand}", say("招标要求：", "Requirement: ")));
    }
    let rests = basis_label(finding.verdict() == Verdict::Fail, language);
    lines.extend(finding.basis.iter().map(|basis| format!("{rests}{}", basis_words(basis, language))));
    lines.extend(finding.decision.as_ref().map(|decision| decision_words(decision, language)));
    lines.push(format!("{}{}, {}", say("检查：", "Check: "), finding.rule_id, finding.id));
    lines.join("\n")
}
