//! K030: points that do not add up. What the law says of sums and caps is the business of [`crate::rules`].

use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;

pub(super) fn read(scoring: &Scoring) -> Vec<Risk> {
    score_sum(scoring).into_iter().collect()
}

fn score_sum(scoring: &Scoring) -> Option<Risk> {
    let total = scoring.total?;
    // A set of tables for several lots sums to a multiple.
    if scoring.items.len() < 3 || total.0 % 10_000 == 0 {
        return None;
    }
    let evidence = scoring.items.first()?.evidence.clone();
    let text = RiskText {
        title: "评分项分值合计不是 100 分".to_owned(),
        description: format!("各评分项合计 {} 分，可能有遗漏或笔误", total.value()),
        suggestion: "建议向采购人或代理机构书面询问".to_owned(),
        tags: vec!["合规".to_owned()],
        rule_id: "K030".to_owned(),
        law: None,
    };
    Risk::new(RiskType::Other, Severity::Medium, Certainty::Statutory, text, evidence)
}
