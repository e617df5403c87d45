//! Everything there is to know about one tender, from all its files together.

use std::collections::BTreeMap;

use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldKey};

use crate::reading::Reading;
use crate::{changes, contradictions, fields, requirements, risks, rules, scoring};

/// Fields, risks, requirements and scoring of one tender.
pub fn extract(documents: &[Document]) -> Facts {
    complete(documents, fields::read(documents))
}

/// Everything that is read from a tender whose fields are settled.
pub fn complete(documents: &[Document], fields: BTreeMap<FieldKey, Field>) -> Facts {
    let reading = Reading::new(documents);
    let scoring = scoring::read(&reading);
    let requirements = requirements::read(&reading, &fields);
    let mut risks = risks::read(&reading, &fields);
    let (legal_risks, legal) = rules::read(&reading, &fields, &scoring);
    risks.extend(legal_risks);
    let contradictions = contradictions::read(&reading, &fields, &scoring, &requirements);
    let changes = changes::read(&reading, &fields, &requirements);
    let language = reading.language();
    // What a legal rule says already is no second risk.
    let said = |rule: &str| risks.iter().any(|risk| risk.rule_id == rule);
    let repeats = [("K035", said("LG19")), ("K036", said("LG07"))];
    let new = |rule: &str| !repeats.contains(&(rule, true));
    let told = contradictions.iter().filter(|c| new(&c.rule_id));
    risks.extend(told.filter_map(|c| contradictions::risk(c, language)).collect::<Vec<_>>());
    Facts { language, fields, risks, requirements, scoring, contradictions, changes, legal }
}
