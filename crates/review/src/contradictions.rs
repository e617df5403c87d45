//! Places of a tender that cannot both stand: one kind a file, one list, each with the question to ask.
//!
//! Nothing is chosen silently. Where the document itself says which of its parts prevails, the value of that part is
//! named with those words. Start at [`read`].

mod dates;
mod disagreements;
mod payments;
mod precedence;
mod references;
mod scores;
mod sums;
#[cfg(test)]
mod tests;
mod unfilled;

use std::collections::BTreeMap;

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;

use crate::reading::Reading;

type Fields = BTreeMap<FieldKey, Field>;

/// Every contradiction of a tender.
pub(crate) fn read(reading: &Reading<'_>, fields: &Fields, scoring: &Scoring) -> Vec<Contradiction> {
    let mut found = disagreements::read(reading, fields);
    found.extend(dates::read(reading, fields));
    found.extend(sums::read(reading));
    found.extend(payments::read(reading, fields));
    found.extend(references::read(reading));
    found.extend(unfilled::read(reading));
    found.extend(scores::read(scoring, reading.is_english()));
    precedence::apply(reading, &mut found);
    found
}

/// A contradiction as a risk, for lists of risks.
pub(crate) fn risk(contradiction: &Contradiction, english: bool) -> Option<Risk> {
    let text = RiskText {
        title: contradiction.title.clone(),
        description: contradiction.description.clone(),
        suggestion: if english {
            "ask for clarification before the deadline".to_owned()
        } else {
            "在规定时间内书面要求澄清".to_owned()
        },
        tags: vec!["矛盾".to_owned()],
        rule_id: contradiction.rule_id.clone(),
        law: None,
    };
    let evidence = contradiction.values().iter().map(|v| v.evidence.clone()).collect();
    let severity = match contradiction.rule_id.as_str() {
        "K020" | "K022" | "K023" => Severity::High,
        _ => Severity::Medium,
    };
    Risk::new(RiskType::Other, severity, Certainty::Explicit, text, evidence)
}

/// A field's name in the language of the tender.
fn name(key: &str, english: bool) -> String {
    const NAMES: [(&str, &str); 26] = [
        ("project_name", "项目名称"),
        ("tender_no", "项目编号"),
        ("buyer_name", "采购人（招标人）名称"),
        ("agency_name", "代理机构名称"),
        ("procurement_method", "采购方式"),
        ("budget", "预算金额"),
        ("max_price", "最高限价"),
        ("bid_bond", "投标保证金"),
        ("performance_bond", "履约保证金"),
        ("bid_deadline", "投标截止时间"),
        ("opening_time", "开标时间"),
        ("opening_place", "开标地点"),
        ("bid_place", "投标文件递交地点"),
        ("doc_obtain_start", "招标文件获取开始时间"),
        ("doc_obtain_end", "招标文件获取截止时间"),
        ("clarification_deadline", "提出疑问的截止时间"),
        ("bid_bond_deadline", "保证金缴纳截止时间"),
        ("bid_validity_days", "投标有效期"),
        ("contract_duration", "履行期限"),
        ("warranty_period", "质保期"),
        ("payment_terms", "付款条件"),
        ("consortium", "联合体要求"),
        ("subcontracting", "分包要求"),
        ("evaluation_method", "评标办法"),
        ("imports_allowed", "进口产品要求"),
        ("copies", "投标文件份数"),
    ];
    if english {
        return key.replace('_', " ");
    }
    NAMES.iter().find(|(k, _)| *k == key).map_or_else(|| key.to_owned(), |(_, name)| (*name).to_owned())
}

/// A place as a letter names it: `第3页“…”`.
fn place(evidence: &Evidence, english: bool) -> String {
    if english {
        format!("page {} (“{}”)", evidence.page(), evidence.quote())
    } else {
        format!("第{}页“{}”", evidence.page(), evidence.quote())
    }
}

/// A contradiction between two places, with the question that comes of it.
fn between(
    rule_id: &'static str,
    subject: &str,
    what: &str,
    values: Vec<StatedValue>,
    english: bool,
) -> Option<Contradiction> {
    let places: Vec<String> = values.iter().map(|v| place(&v.evidence, english)).collect();
    let text = if english {
        ContradictionText {
            rule_id,
            subject: subject.to_owned(),
            title: format!("contradiction: {what}"),
            description: format!("{what}: {}", places.join(" against ")),
            question: format!("{what} is stated on {}. Please clarify which one applies.", places.join(" and on ")),
        }
    } else {
        ContradictionText {
            rule_id,
            subject: subject.to_owned(),
            title: format!("前后矛盾：{what}"),
            description: format!("{what}前后不一致：{}", places.join("，")),
            question: format!("招标文件{}，关于{what}的表述不一致，请明确以何者为准。", places.join("与")),
        }
    };
    Contradiction::new(text, values)
}
