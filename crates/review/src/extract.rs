//! Everything there is to know about one tender, from all its files together.

use bidlens_domain::document::{Document, Language};
use bidlens_domain::facts::Facts;

use crate::reading::Reading;
use crate::{fields, requirements, risks, rules, scoring};

/// Fields, risks, requirements and scoring of one tender.
pub fn extract(documents: &[Document]) -> Facts {
    let fields = fields::read(documents);
    let reading = Reading::new(documents);
    let scoring = scoring::read(&reading);
    let requirements = requirements::read(&reading, &fields);
    let mut risks = risks::read(&reading, &fields, &scoring);
    let (legal_risks, legal) = rules::read(&reading, &fields, &scoring);
    risks.extend(legal_risks);
    let language = documents.first().map_or(Language::Zh, |d| d.language);
    Facts { language, fields, risks, requirements, scoring, legal }
}
