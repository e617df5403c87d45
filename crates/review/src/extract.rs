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
    let contradictions = contradictions::read(&reading, &fields, &scoring);
    let changes = changes::read(&reading, &fields, &requirements);
    let language = reading.language();
    risks.extend(contradictions.iter().filter_map(|c| contradictions::risk(c, language)));
    Facts { language, fields, risks, requirements, scoring, contradictions, changes, legal }
}
