//! Places of a tender that cannot both stand: one kind a file, one list, each with the question to ask.
//!
//! Nothing is chosen silently. Where the document itself says which of its parts prevails, the value of that part is
//! named with those words. Start at [`read`].

mod amounts;
mod blanks;
mod clauses;
mod dates;
mod deadline;
mod disagreements;
mod languages;
mod legends;
mod lots;
mod payments;
mod precedence;
mod ranges;
mod references;
mod scores;
mod stated;
mod sums;
mod terms;
#[cfg(test)]
mod tests;
mod twice;
mod unfilled;
mod weights;

use std::collections::BTreeMap;

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::labels::field_name;
use bidlens_domain::requirement::Requirement;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::scoring::Scoring;
use bidlens_domain::wording::{Wording, both, in_quotes};

use crate::reading::Reading;

type Fields = BTreeMap<FieldKey, Field>;

/// Every contradiction of a tender.
pub(crate) fn read(
    reading: &Reading<'_>,
    fields: &Fields,
    scoring: &Scoring,
    requirements: &[Requirement],
) -> Vec<Contradiction> {
    let mut found = disagreements::read(reading, fields);
    let told = twice::read(reading, fields, &found);
    found.extend(told);
    found.extend(amounts::read(reading, fields));
    found.extend(lots::read(reading, fields));
    found.extend(terms::read(reading, fields));
    found.extend(deadline::read(reading, fields));
    found.extend(dates::read(reading, fields));
    found.extend(sums::read(reading));
    found.extend(payments::read(reading, fields));
    found.extend(references::read(reading));
    found.extend(unfilled::read(reading));
    found.extend(clauses::read(reading));
    found.extend(blanks::read(reading));
    found.extend(languages::read(reading));
    found.extend(legends::read(reading));
    found.extend(ranges::read(reading, requirements));
    found.extend(scores::read(scoring, reading.language()));
    found.extend(weights::read(reading, scoring));
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
        "K020" | "K022" | "K023" | "K027" | "K028" | "K035" | "K042" => Severity::High,
        "K043" | "K044" | "K046" | "K047" | "K048" => Severity::Low,
        _ => Severity::Medium,
    };
    Risk::new(RiskType::Other, severity, Certainty::Explicit, text, evidence)
}

/// A field's name.
fn name(key: &str) -> Wording {
    both(field_name(key, Language::Zh), field_name(key, Language::En))
}

/// A place as a letter names it: `第3页“…”`.
fn place(evidence: &Evidence) -> Wording {
    // The cells of a row stand apart by tabs.
    let quote = evidence.quote().replace('\t', " ");
    both(format!("第{}页“{quote}”", evidence.page()), format!("page {} ({})", evidence.page(), in_quotes(&quote)))
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
