//! Findings and the requirement ledger: which finding answers which requirement, and what no check could judge.

use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::{Constraint, Requirement};

use crate::compare::Case;

/// Requirements beyond this are left to the ledger itself.
const REST_MAX: usize = 120;

fn bare(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The checks that judge a constraint of this subject.
fn checks_of(constraint: &Constraint) -> &'static [&'static str] {
    match constraint {
        Constraint::MoneyMax { .. } => &["B001"],
        Constraint::DurationMin { subject, .. } if subject == "bid_validity" => &["B005"],
        Constraint::DurationMin { .. } => &["B007"],
        Constraint::DurationMax { .. } => &["B006"],
        Constraint::Certificate { .. } => &["B012"],
        Constraint::PercentMax { .. } => &["B020"],
        Constraint::Parameter { .. } => &["B010", "B011"],
        Constraint::DateBefore { .. }
        | Constraint::CountMin { .. }
        | Constraint::DocumentPresent { .. }
        | Constraint::Signature { .. }
        | Constraint::Declaration { .. }
        | Constraint::Semantic => &["B008", "B011"],
    }
}

/// Gives findings the id of the requirement whose words they judged.
pub(crate) fn link(findings: &mut [Finding], facts: &Facts) {
    let words: Vec<(String, &Requirement)> = facts.requirements.iter().map(|r| (bare(&r.text), r)).collect();
    for finding in findings.iter_mut().filter(|f| f.requirement_id.is_none()) {
        let demand = bare(&finding.requirement_text);
        if demand.chars().count() < 4 {
            continue;
        }
        let same = words.iter().find(|(text, _)| {
            *text == demand
                || (demand.len() >= 18 && text.contains(&demand))
                || (text.len() >= 18 && demand.contains(text.as_str()))
        });
        let by_kind = || {
            words.iter().find(|(_, r)| {
                let typed = !matches!(
                    r.constraint,
                    Constraint::Semantic
                        | Constraint::DocumentPresent { .. }
                        | Constraint::Parameter { .. }
                        | Constraint::Certificate { .. }
                        | Constraint::Declaration { .. }
                        | Constraint::Signature { .. }
                );
                typed && checks_of(&r.constraint).contains(&finding.rule_id.as_str())
            })
        };
        finding.requirement_id = same.or_else(by_kind).map(|(_, r)| r.id.clone());
    }
}

/// Rigid requirements no check has judged: shown to a person with the place that speaks of them.
pub(crate) fn rest(findings: &[Finding], case: &Case<'_>) -> Vec<Finding> {
    let judged = |r: &Requirement| findings.iter().any(|f| f.requirement_id.as_deref() == Some(r.id.as_str()));
    let open = case.facts.requirements.iter().filter(|r| r.rigid && !judged(r));
    open.take(REST_MAX).map(|requirement| human_finding(requirement, case)).collect()
}

fn human_finding(requirement: &Requirement, case: &Case<'_>) -> Finding {
    let terms: Vec<String> = {
        let characters: Vec<char> = bare(&requirement.text).chars().collect();
        let mut terms: Vec<String> = characters.windows(3).map(|w| w.iter().collect()).collect();
        terms.sort();
        terms.dedup();
        terms
    };
    let best = case
        .bid
        .sentences
        .iter()
        .map(|s| {
            let words = bare(case.bid.text(s));
            (terms.iter().filter(|t| words.contains(t.as_str())).count(), s)
        })
        .max_by_key(|(n, _)| *n)
        .filter(|(n, _)| *n * 3 >= terms.len().max(1));
    let (state, evidence, remark) = match best {
        Some((_, sentence)) => {
            (FindingState::HumanOnly, case.bid.evidence(sentence), "程序不判断含义：请核对此处是否满足要求")
        }
        None if case.bid.readable => (FindingState::NotFound, Vec::new(), "未找到对应的响应内容，请人工核对"),
        None => (FindingState::Unreadable, Vec::new(), "部分页面无法读取，未找到对应的响应内容"),
    };
    let text = FindingText {
        rule_id: "B000".to_owned(),
        subject: String::new(),
        source: FindingSource::Compare,
        dimension: requirement.dimension,
        requirement_id: Some(requirement.id.clone()),
        requirement_text: requirement.text.clone(),
        response_text: evidence
            .first()
            .map(|e: &bidlens_domain::evidence::Evidence| e.quote().to_owned())
            .unwrap_or_default(),
        rigid: requirement.rigid,
        remark: remark.to_owned(),
    };
    Finding::new(text, &case.bid.name, Verdict::Risk, state, requirement.evidence().to_vec(), evidence)
}
