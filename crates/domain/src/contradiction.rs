//! Places of a tender that cannot both stand, as a question to whoever wrote it.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;

/// One thing that is said, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatedValue {
    /// In the words of the document, or as it was understood.
    pub value: String,
    pub evidence: Evidence,
}

/// Something that is said in two ways, or cannot be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// Stable for the same words.
    pub id: String,
    /// The reader that found it, such as `K021`.
    pub rule_id: String,
    /// The field it is about, or a word for what else: `payment_terms`, `reference`.
    pub subject: String,
    pub title: String,
    /// What is wrong, in one sentence.
    pub description: String,
    values: Vec<StatedValue>,
    /// The value that stands by the document's own order of precedence.
    pub prevailing: Option<String>,
    /// The words that give that order.
    pub precedence: Option<Evidence>,
    /// What to ask, ready to send.
    pub question: String,
}

/// What is said of a contradiction, apart from its values.
#[derive(Debug, Clone)]
pub struct ContradictionText {
    pub rule_id: &'static str,
    pub subject: String,
    pub title: String,
    pub description: String,
    pub question: String,
}

impl Contradiction {
    /// `None` when there are no words that show it.
    pub fn new(text: ContradictionText, values: Vec<StatedValue>) -> Option<Contradiction> {
        if values.is_empty() {
            return None;
        }
        let ContradictionText { rule_id, subject, title, description, question } = text;
        let mut parts = vec![rule_id, subject.as_str()];
        parts.extend(values.iter().map(|v| v.evidence.quote()));
        let id = crate::finding::stable_id(&parts);
        Some(Contradiction {
            id,
            rule_id: rule_id.to_owned(),
            subject,
            title,
            description,
            values,
            prevailing: None,
            precedence: None,
            question,
        })
    }

    pub fn values(&self) -> &[StatedValue] {
        &self.values
    }
}
