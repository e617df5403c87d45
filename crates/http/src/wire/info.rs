//! Project info under the keys of the system this one replaces, with all fields beside them.

use bidlens_app::{ResultRow, StoredFacts, field_json};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use bidlens_domain::requirement::{Dimension, Requirement};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::result::{EvidenceSpan, chunk_ids, spans};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectInfoWire {
    pub(crate) project_id: String,
    /// `projectName`, `ownerName`, `agencyName`, `bidDeadline`, `bidOpeningTime`, `budget`, `maxPrice`, `bidBond`,
    /// `schedule`, `quality`, `location`, `contact`, `technicalParameters[]`, `businessTerms[]`, `scoringCriteria`,
    /// and `fields` with every field as in `extract --json`.
    #[schema(value_type = Object)]
    pub(crate) data_json: Value,
    pub(crate) evidence_chunk_ids: Vec<String>,
    pub(crate) evidence_spans: Vec<EvidenceSpan>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) run_id: String,
}

/// The old client's keys and the fields they show.
const KEYS: &[(&str, &[&str])] = &[
    ("projectName", &["project_name"]),
    ("ownerName", &["buyer_name"]),
    ("agencyName", &["agency_name"]),
    ("bidDeadline", &["bid_deadline"]),
    ("bidOpeningTime", &["opening_time"]),
    ("budget", &["budget"]),
    ("maxPrice", &["max_price"]),
    ("bidBond", &["bid_bond"]),
    ("schedule", &["contract_duration"]),
    ("quality", &["quality", "acceptance"]),
    ("location", &["place"]),
    ("contact", &["buyer_contact", "agency_contact"]),
];

pub(crate) fn project_info(project_id: &str, row: &ResultRow<StoredFacts>) -> ProjectInfoWire {
    let facts = &row.content;
    let mut data = Map::new();
    for (old, keys) in KEYS {
        let shown = keys.iter().filter_map(|key| facts.fields.get(*key)).map(field_text).find(|text| !text.is_empty());
        data.insert((*old).to_owned(), Value::String(shown.unwrap_or_default()));
    }
    let technical = by_dimension(&facts.requirements, &[Dimension::Technical], "item");
    data.insert("technicalParameters".to_owned(), technical);
    let business = [Dimension::Commercial, Dimension::Price, Dimension::ScheduleQuality];
    data.insert("businessTerms".to_owned(), by_dimension(&facts.requirements, &business, "term"));
    let items: Vec<Value> = facts
        .scoring
        .items
        .iter()
        .map(|item| {
            json!({"category": item.group, "item": item.item, "score": item.points.value(), "rule": item.rule, "evidence_chunk_ids": chunk_ids(&item.evidence)})
        })
        .collect();
    let method = facts.fields.get("evaluation_method").map(field_text).unwrap_or_default();
    data.insert("scoringCriteria".to_owned(), json!({"evaluationMethod": method, "items": items}));
    let fields: Map<String, Value> =
        facts.fields.iter().map(|(key, field)| (key.clone(), field_json(key, field))).collect();
    data.insert("fields".to_owned(), Value::Object(fields));
    let evidence = || facts.fields.values().flat_map(Field::evidence);
    ProjectInfoWire {
        project_id: project_id.to_owned(),
        data_json: Value::Object(data),
        evidence_chunk_ids: chunk_ids(evidence()),
        evidence_spans: spans(evidence()),
        updated_at: row.updated_at,
        run_id: row.run_id.clone(),
    }
}

fn by_dimension(requirements: &[Requirement], dimensions: &[Dimension], name: &str) -> Value {
    let wanted = requirements.iter().filter(|r| dimensions.contains(&r.dimension));
    let item = |requirement: &Requirement| {
        let heading = requirement.evidence().first().map(Evidence::quote).unwrap_or_default();
        let heading: String = heading.chars().take(40).collect();
        json!({
            name: heading,
            "requirement": requirement.text,
            "mark": requirement.mark,
            "rigid": requirement.rigid,
            "evidence_chunk_ids": chunk_ids(requirement.evidence()),
        })
    };
    Value::Array(wanted.map(item).collect())
}

/// A field as one line for people: the document's words, times in ISO form; empty when nothing is stated.
fn field_text(field: &Field) -> String {
    match field.status() {
        FieldStatus::NotFound | FieldStatus::Unreadable => String::new(),
        FieldStatus::StatedNone | FieldStatus::RefersElsewhere => field.raw().to_owned(),
        FieldStatus::Found | FieldStatus::Conflicting => {
            field.value().map_or_else(|| field.raw().to_owned(), |value| value_text(value, field.raw()))
        }
    }
}

fn value_text(value: &FieldValue, raw: &str) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Period { text, .. } => text.clone(),
        FieldValue::TextList(texts) => texts.join("、"),
        FieldValue::Money(money) => money.to_string(),
        FieldValue::Percent(percent) => percent.to_string(),
        FieldValue::Moment(moment) => moment.to_string(),
        FieldValue::Integer(integer) => integer.to_string(),
        FieldValue::Choice(word) => {
            if raw.is_empty() {
                word.clone()
            } else {
                raw.to_owned()
            }
        }
        FieldValue::Bool(_) => raw.to_owned(),
    }
}
