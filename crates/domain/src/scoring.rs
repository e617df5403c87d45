//! How a tender gives points.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;

/// Points in hundredths, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Points(pub i64);

impl Points {
    pub fn value(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreItem {
    pub item: String,
    pub points: Points,
    /// How the points are given, in the document's words.
    pub rule: String,
    /// The group it stands in (价格, 技术, 商务), empty when there is none.
    pub group: String,
    /// The lots the item is for, empty for all.
    pub lots: String,
    pub evidence: Vec<Evidence>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scoring {
    pub total: Option<Points>,
    pub items: Vec<ScoreItem>,
}
