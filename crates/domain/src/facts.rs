//! Everything extracted from one tender.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::contradiction::Contradiction;
use crate::document::Language;
use crate::field::{Field, FieldKey};
use crate::legal::LegalReading;
use crate::requirement::Requirement;
use crate::risk::Risk;
use crate::scoring::Scoring;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub language: Language,
    pub fields: BTreeMap<FieldKey, Field>,
    pub risks: Vec<Risk>,
    pub requirements: Vec<Requirement>,
    pub scoring: Scoring,
    /// What is said in two ways; absent in what earlier versions stored.
    #[serde(default)]
    pub contradictions: Vec<Contradiction>,
    /// What addenda change; absent in what earlier versions stored.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// Which law governs and what became of its rules.
    #[serde(default)]
    pub legal: LegalReading,
}

impl Facts {
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.get(key)
    }
}
