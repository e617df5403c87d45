//! What a person decided about a finding.
//!
//! A check's finding and a person's decision about it are kept apart: the finding goes on saying what the check
//! found, and the decision is made about what it said at that time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::finding::Verdict;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// The finding stands as it is.
    Accepted,
    /// The finding stands with another result or remark.
    Edited,
    /// The finding is wrong.
    Rejected,
}

impl DecisionKind {
    pub fn as_str(self) -> &'static str {
        match self {
            DecisionKind::Accepted => "accepted",
            DecisionKind::Edited => "edited",
            DecisionKind::Rejected => "rejected",
        }
    }
}

/// A decision that is complete: see [`Decision::new`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    kind: DecisionKind,
    verdict: Option<Verdict>,
    remark: Option<String>,
    reason: String,
}

/// Why a decision cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    #[error("`reason` is needed for an edited or a rejected finding")]
    NoReason,
    #[error("an edited finding needs `result` or `remark`")]
    NothingEdited,
    #[error("`result` and `remark` belong to an edited finding alone")]
    NotAnEdit,
    #[error("`remark` and `reason` have at most {TEXT_CHARS_MAX} characters")]
    TooLong,
}

/// The longest remark or reason, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;

impl Decision {
    /// Rejecting and editing need a reason, editing something that is edited; blank text is none.
    pub fn new(
        kind: DecisionKind,
        verdict: Option<Verdict>,
        remark: Option<&str>,
        reason: Option<&str>,
    ) -> Result<Decision, DecisionError> {
        let said = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let (remark, reason) = (said(remark), said(reason).unwrap_or_default());
        if remark.iter().chain([&reason]).any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Err(DecisionError::TooLong);
        }
        let edits = verdict.is_some() || remark.is_some();
        match kind {
            DecisionKind::Accepted | DecisionKind::Rejected if edits => Err(DecisionError::NotAnEdit),
            DecisionKind::Edited if !edits => Err(DecisionError::NothingEdited),
            DecisionKind::Edited | DecisionKind::Rejected if reason.is_empty() => Err(DecisionError::NoReason),
            _ => Ok(Decision { kind, verdict, remark, reason }),
        }
    }

    pub fn kind(&self) -> DecisionKind {
        self.kind
    }
    /// The result that the person puts in the finding's place.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }
    /// The remark that the person puts in the finding's place.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }
    /// Empty only when the finding was accepted.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// Whether a decision is about what the finding says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Current,
    /// The finding says something else since.
    Earlier,
    /// The finding is gone.
    Orphaned,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Current => "current",
            Standing::Earlier => "earlier",
            Standing::Orphaned => "orphaned",
        }
    }
}

/// A decision with who made it, when, about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewerDecision {
    pub finding_id: String,
    pub bidder_name: String,
    pub decision: Decision,
    /// The person's user name.
    pub decided_by: String,
    pub decided_at: DateTime<Utc>,
    pub standing: Standing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_complete_or_refused() {
        use DecisionKind::{Accepted, Edited, Rejected};
        let made = |kind, verdict, remark, reason| Decision::new(kind, verdict, remark, reason).map(|d| d.kind());
        assert_eq!(made(Accepted, None, None, None), Ok(Accepted));
        assert_eq!(made(Rejected, None, None, Some("原文在第 3 页")), Ok(Rejected));
        assert_eq!(made(Edited, Some(Verdict::Pass), None, Some("见补正")), Ok(Edited));
        assert_eq!(made(Rejected, None, None, Some(" \n")), Err(DecisionError::NoReason));
        assert_eq!(made(Edited, None, Some("x"), None), Err(DecisionError::NoReason));
        assert_eq!(made(Edited, None, Some(" "), Some("why")), Err(DecisionError::NothingEdited));
        assert_eq!(made(Accepted, Some(Verdict::Pass), None, None), Err(DecisionError::NotAnEdit));
        assert_eq!(made(Rejected, None, None, Some(&"长".repeat(4_001))), Err(DecisionError::TooLong));
    }
}
