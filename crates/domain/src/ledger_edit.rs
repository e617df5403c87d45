//! What a person changed in the ledger of requirements.
//!
//! The ledger as it was read and what people made of it are kept apart: a later extraction reads it anew, and the edits
//! are applied to what it reads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::requirement::{Constraint, Dimension, Requirement};

/// The longest text or note, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;

/// One change of one requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LedgerChange {
    /// It stands as it was read.
    Confirmed,
    /// It stands with other words, another dimension or another rigidity.
    Edited { text: Option<String>, dimension: Option<Dimension>, rigid: Option<bool> },
    /// It is none; bids are not held against it.
    Dropped,
    /// Reading missed it.
    Added { requirement: Box<Requirement> },
}

impl LedgerChange {
    pub fn as_str(&self) -> &'static str {
        match self {
            LedgerChange::Confirmed => "confirmed",
            LedgerChange::Edited { .. } => "edited",
            LedgerChange::Dropped => "dropped",
            LedgerChange::Added { .. } => "added",
        }
    }
}

/// A change with who made it, when and why.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEdit {
    pub requirement_id: String,
    pub change: LedgerChange,
    pub note: String,
    /// The person's user name.
    pub edited_by: String,
    pub edited_at: DateTime<Utc>,
}

impl LedgerChange {
    pub fn is_addition(&self) -> bool {
        matches!(self, LedgerChange::Added { .. })
    }

    /// The requirement after the change; `None` when it is dropped.
    ///
    /// Other words are judged as words: the limit that was read from the old ones is no longer theirs.
    pub fn applied(&self, requirement: &Requirement) -> Option<Requirement> {
        match self {
            LedgerChange::Dropped => None,
            LedgerChange::Confirmed | LedgerChange::Added { .. } => Some(requirement.clone()),
            LedgerChange::Edited { text, dimension, rigid } => {
                let mut edited = requirement.clone();
                if let Some(text) = text.as_ref().filter(|text| **text != edited.text) {
                    edited.text.clone_from(text);
                    edited.constraint = Constraint::Semantic;
                }
                edited.dimension = dimension.unwrap_or(edited.dimension);
                edited.rigid = rigid.unwrap_or(edited.rigid);
                Some(edited)
            }
        }
    }
}

/// The ledger as people confirmed it, and the requirements they dropped.
pub fn apply(read: Vec<Requirement>, edits: &[LedgerEdit]) -> (Vec<Requirement>, Vec<Requirement>) {
    let (mut kept, mut dropped) = (Vec::with_capacity(read.len()), Vec::new());
    for requirement in read {
        match edits.iter().find(|edit| edit.requirement_id == requirement.id) {
            None => kept.push(requirement),
            Some(edit) => match edit.change.applied(&requirement) {
                Some(edited) => kept.push(edited),
                None => dropped.push(requirement),
            },
        }
    }
    for edit in edits {
        if let LedgerChange::Added { requirement } = &edit.change
            && !kept.iter().any(|known| known.id == requirement.id)
        {
            kept.push((**requirement).clone());
        }
    }
    (kept, dropped)
}
