//! What an addendum changes in the tender it belongs to.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::field::FieldKey;

/// One change, in the addendum's own words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Stable for the same words.
    pub id: String,
    /// What is changed, such as `投标截止时间`; empty when the words do not name it.
    pub subject: String,
    /// What no longer stands; `None` when the addendum only says what stands now.
    pub before: Option<String>,
    /// What stands now.
    pub after: String,
    /// The words that change it.
    pub evidence: Evidence,
    /// Fields whose value is read from these words.
    pub fields: Vec<FieldKey>,
    /// Requirements of the ledger that stand by these words.
    pub requirements: Vec<String>,
}
