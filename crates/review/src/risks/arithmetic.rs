//! K030–K033: sums and caps that do not hold, where the law's regime is known from the words of the tender.
//!
//! Sources: 政府采购法实施条例 33 (bid bond at most 2 % of the budget), 48 (performance bond at most 10 % of the contract);
//! 招标投标法实施条例 26, 58; 财政部令第87号 39 (opening at the deadline). Without a known regime nothing is said.

use std::collections::BTreeMap;

use bidlens_domain::field::{Field, FieldKey, FieldValue};
use bidlens_domain::money::Percent;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;

use crate::reading::Reading;

/// The law a tender says it is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Regime {
    Government,
    Bidding,
}

fn regime(reading: &Reading<'_>) -> Option<Regime> {
    let names = |law: &str| reading.units.iter().any(|u| u.text.contains(law));
    match (
        names("《中华人民共和国政府采购法》") || names("《政府采购法》"),
        names("《中华人民共和国招标投标法》") || names("《招标投标法》"),
    ) {
        (true, false) => Some(Regime::Government),
        (false, true) => Some(Regime::Bidding),
        // Both are named, or neither: which one governs is not certain.
        (true, true) | (false, false) => None,
    }
}

pub(super) fn read(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>, scoring: &Scoring) -> Vec<Risk> {
    let mut risks = Vec::new();
    risks.extend(score_sum(scoring));
    let Some(regime) = regime(reading) else { return risks };
    if let (Some(bond), Some(budget)) =
        (fields.get("bid_bond"), fields.get("budget").or_else(|| fields.get("max_price")))
        && let (Some(amount), Some(base)) = (bond.money(), budget.money())
        && amount.exceeds(&Percent::from_hundredths(200).of(base)) == Some(true)
    {
        let law = match regime {
            Regime::Government => "政府采购法实施条例第三十三条",
            Regime::Bidding => "招标投标法实施条例第二十六条",
        };
        let mut evidence = bond.evidence().to_vec();
        evidence.extend(budget.evidence().first().cloned());
        risks.extend(risk(
            "K031",
            "投标保证金超过预算的 2%",
            &format!("{amount} 超过 {base} 的 2%"),
            Some(law),
            evidence,
        ));
    }
    if let Some(bond) = fields.get("performance_bond")
        && let Some(FieldValue::Percent(share)) = bond.found()
        && *share > Percent::from_hundredths(1_000)
    {
        let law = match regime {
            Regime::Government => "政府采购法实施条例第四十八条",
            Regime::Bidding => "招标投标法实施条例第五十八条",
        };
        risks.extend(risk(
            "K032",
            "履约保证金超过合同金额的 10%",
            &format!("{share} 超过 10%"),
            Some(law),
            bond.evidence().to_vec(),
        ));
    }
    if let (Some(deadline), Some(opening)) = (fields.get("bid_deadline"), fields.get("opening_time"))
        && let (Some(a), Some(b)) = (deadline.moment(), opening.moment())
        && a != b
        && a.date() != b.date()
    {
        let mut evidence = deadline.evidence().to_vec();
        evidence.extend(opening.evidence().iter().cloned());
        risks.extend(risk(
            "K033",
            "开标时间与投标截止时间不一致",
            &format!("{a} 与 {b}"),
            Some("招标投标法第三十四条"),
            evidence,
        ));
    }
    risks
}

fn score_sum(scoring: &Scoring) -> Option<Risk> {
    let total = scoring.total?;
    // A set of tables for several lots sums to a multiple.
    if scoring.items.len() < 3 || total.0 % 10_000 == 0 {
        return None;
    }
    let evidence = scoring.items.first()?.evidence.clone();
    risk(
        "K030",
        "评分项分值合计不是 100 分",
        &format!("各评分项合计 {} 分，可能有遗漏或笔误", total.value()),
        None,
        evidence,
    )
}

fn risk(
    rule: &str,
    title: &str,
    description: &str,
    law: Option<&str>,
    evidence: Vec<bidlens_domain::evidence::Evidence>,
) -> Option<Risk> {
    let text = RiskText {
        title: title.to_owned(),
        description: description.to_owned(),
        suggestion: "建议向采购人或代理机构书面询问".to_owned(),
        tags: vec!["合规".to_owned()],
        rule_id: rule.to_owned(),
        law: law.map(str::to_owned),
    };
    Risk::new(RiskType::Other, Severity::Medium, Certainty::Statutory, text, evidence)
}
