//! K020: two places of the tender that disagree.

use std::collections::BTreeMap;

use bidlens_domain::field::{Field, FieldKey, FieldStatus};
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};

use crate::reading::Reading;

pub(super) fn read(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>) -> Vec<Risk> {
    let english = reading.is_english();
    let conflicting = fields.iter().filter(|(_, f)| f.status() == FieldStatus::Conflicting);
    conflicting
        .filter_map(|(key, field)| {
            let quotes: Vec<String> = field.evidence().iter().map(|e| format!("“{}”", e.quote())).collect();
            let text = RiskText {
                title: if english {
                    format!("contradiction: {}", key.replace('_', " "))
                } else {
                    format!("前后矛盾：{key}")
                },
                description: quotes.join(if english { " against " } else { " 与 " }),
                suggestion: if english {
                    "ask for clarification before the deadline".to_owned()
                } else {
                    "在规定时间内书面要求澄清".to_owned()
                },
                tags: vec!["矛盾".to_owned()],
                rule_id: "K020".to_owned(),
                law: None,
            };
            Risk::new(RiskType::Other, Severity::High, Certainty::Explicit, text, field.evidence().to_vec())
        })
        .collect()
}
