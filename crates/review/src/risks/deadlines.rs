//! K010–K014: dates and money that end a bid when they are missed.
//!
//! Where a clause of the tender says itself what happens, that clause is the ground of rejection, and the date or sum
//! is no second one.

use std::collections::BTreeMap;

use bidlens_domain::document::Language;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::labels::field_name;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::wording::{both, cited, quoted};

use crate::reading::Reading;

/// A field, the rule that watches it, and what to say.
const WATCHED: [(&str, &str, &str, &str, RiskType, Severity); 5] = [
    (
        "bid_deadline",
        "K010",
        "投标截止时间",
        "提前完成盖章、密封或上传，预留解密和路途时间",
        RiskType::MustReject,
        Severity::Critical,
    ),
    (
        "doc_obtain_end",
        "K011",
        "招标文件获取截止",
        "未按规定获取招标文件的，不得参加投标",
        RiskType::MustReject,
        Severity::High,
    ),
    (
        "clarification_deadline",
        "K012",
        "提出疑问的截止时间",
        "有疑问或异议须在此前书面提出",
        RiskType::Other,
        Severity::Medium,
    ),
    ("bid_bond", "K013", "投标保证金", "按规定的金额、形式和时间缴纳，保留凭证", RiskType::MustReject, Severity::High),
    ("max_price", "K014", "最高限价", "报价超过限价的投标无效", RiskType::MustReject, Severity::Critical),
];

/// Words by which a clause is known to end bids for missing the date or sum of a rule.
const SAID: [(&str, &[&str]); 4] = [
    ("K010", &["逾期", "截止时间之后", "截止时间后", "迟到", "late", "after the deadline", "after expiry", "due date"]),
    ("K011", &["获取招标文件", "获取采购文件", "获取磋商文件", "领取招标文件", "购买招标文件", "document fee"]),
    ("K013", &["保证金", "bid security", "earnest money", "EMD"]),
    ("K014", &["限价", "预算", "控制价", "ceiling", "budget", "estimated cost"]),
];

pub(super) fn read(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>, clauses: &[Risk]) -> Vec<Risk> {
    let said = |rule: &str| {
        let words = SAID.iter().find(|(r, _)| *r == rule).map_or(&[] as &[&str], |(_, words)| *words);
        clauses
            .iter()
            .filter(|c| c.rule_id == "K001" || c.rule_id == "K003")
            .any(|c| c.evidence().iter().any(|e| words.iter().any(|w| e.quote().contains(w))))
    };
    let language = reading.language();
    WATCHED
        .iter()
        .filter_map(|(key, rule, name, advice, risk_type, severity)| {
            let field = fields.get(*key).filter(|f| f.found().is_some())?;
            let text = RiskText {
                language,
                title: both(
                    format!("{name}：{}", field.raw()),
                    format!("{}: {}", field_name(key, Language::En), quoted(field.raw())),
                ),
                description: field.evidence().first().map_or_else(|| cited(""), |e| cited(e.quote())),
                suggestion: both(*advice, "note the date or amount and prepare for it in time"),
                tags: super::tags(field.raw()),
                rule_id: (*rule).to_owned(),
                law: None,
            };
            let risk_type = if said(rule) { RiskType::Other } else { *risk_type };
            let evidence = field.evidence().iter().take(2).cloned().collect();
            let risk = Risk::new(risk_type, *severity, Certainty::Explicit, text, evidence)?;
            Some(match language {
                Language::Zh => risk,
                Language::En => risk.titled(language, format!("{}：{}", key.replace('_', " "), field.raw())),
            })
        })
        .collect()
}
