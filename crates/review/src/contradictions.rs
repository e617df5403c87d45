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
use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;
use bidlens_domain::wording::{Wording, both, in_quotes};

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
    found.extend(scores::read(scoring, reading.language()));
    precedence::apply(reading, &mut found);
    found
}

/// A contradiction as a risk, for lists of risks.
pub(crate) fn risk(contradiction: &Contradiction, language: Language) -> Option<Risk> {
    let [title, description] = [Contradiction::title_in, Contradiction::description_in]
        .map(|said| both(said(contradiction, Language::Zh), said(contradiction, Language::En)));
    let text = RiskText {
        language,
        title,
        description,
        suggestion: both("在规定时间内书面要求澄清", "ask for clarification before the deadline"),
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

/// A field's name.
fn name(key: &str) -> Wording {
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
    let chinese = NAMES.iter().find(|(k, _)| *k == key).map_or(key, |(_, name)| name);
    both(chinese, key.replace('_', " "))
}

/// A place as a letter names it: `第3页“…”`.
fn place(evidence: &Evidence) -> Wording {
    both(
        format!("第{}页“{}”", evidence.page(), evidence.quote()),
        format!("page {} ({})", evidence.page(), in_quotes(evidence.quote())),
    )
}

/// Places in a row: with what stands between two of them in Chinese, and in English.
fn places(values: &[StatedValue], between: (&str, &str)) -> Wording {
    let all: Vec<Wording> = values.iter().map(|v| place(&v.evidence)).collect();
    let joined = |language, between| all.iter().map(|p| p.in_language(language)).collect::<Vec<_>>().join(between);
    both(joined(Language::Zh, between.0), joined(Language::En, between.1))
}

/// A contradiction between two places, with the question that comes of it.
fn between(
    rule_id: &'static str,
    subject: &str,
    what: &Wording,
    values: Vec<StatedValue>,
    language: Language,
) -> Option<Contradiction> {
    let (against, asked) = (places(&values, ("，", " against ")), places(&values, ("与", " and on ")));
    let question = both(
        format!("招标文件{}，关于{}的表述不一致，请明确以何者为准。", asked.zh, what.zh),
        format!("{} is stated on {}. Please clarify which one applies.", what.en, asked.en),
    );
    let text = ContradictionText {
        rule_id,
        subject: subject.to_owned(),
        language,
        title: both(format!("前后矛盾：{}", what.zh), format!("contradiction: {}", what.en)),
        description: both(format!("{}前后不一致：{}", what.zh, against.zh), format!("{}: {}", what.en, against.en)),
        question: question.in_language(language).to_owned(),
    };
    Contradiction::new(text, values)
}
