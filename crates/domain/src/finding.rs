//! A judgement about one bid, with evidence on both sides.

use serde::{Deserialize, Serialize};

use crate::decision::ReviewerDecision;
use crate::document::Language;
use crate::evidence::Evidence;
use crate::legal::LegalBasis;
use crate::money::Money;
use crate::requirement::Dimension;
use crate::wording::{Wording, chosen};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Risk,
    Fail,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Risk => "risk",
            Verdict::Fail => "fail",
        }
    }
}

/// Why the verdict is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    Judged,
    /// Not found after a full search of a bid that could be read whole.
    NotFound,
    /// Part of the bid could not be read, so absence proves nothing.
    Unreadable,
    /// Seals, originals, demonstrations: only a person can tell.
    HumanOnly,
}

impl FindingState {
    pub fn as_str(self) -> &'static str {
        match self {
            FindingState::Judged => "judged",
            FindingState::NotFound => "not_found",
            FindingState::Unreadable => "unreadable",
            FindingState::HumanOnly => "human_only",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingSource {
    /// A requirement against the bid's answer.
    Compare,
    /// A user's own rule.
    Rule,
    /// The bid against itself.
    Consistency,
    CrossBid,
    Llm,
}

impl FindingSource {
    pub fn as_str(self) -> &'static str {
        match self {
            FindingSource::Compare => "compare",
            FindingSource::Rule => "rule",
            FindingSource::Consistency => "consistency",
            FindingSource::CrossBid => "cross_bid",
            FindingSource::Llm => "llm",
        }
    }
}

/// What a check says, before the evidence rules are applied to it.
#[derive(Debug, Clone)]
pub struct FindingText {
    /// The check's stable id, such as `B003`.
    pub rule_id: String,
    /// Tells apart several findings of one check about one bid; part of the finding's id.
    pub subject: String,
    pub source: FindingSource,
    pub dimension: Dimension,
    pub requirement_id: Option<String>,
    pub requirement_text: String,
    pub response_text: String,
    pub rigid: bool,
    pub remark: Wording,
}

/// What the law demands of all bids together, in Chinese and in English; no tender need say it.
pub const NO_COLLUSION: (&str, &str) = ("不得串通投标", "Bidders must not collude");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: String,
    pub source: FindingSource,
    pub dimension: Dimension,
    pub rule_id: String,
    pub requirement_id: Option<String>,
    pub requirement_text: String,
    pub response_text: String,
    verdict: Verdict,
    state: FindingState,
    pub rigid: bool,
    /// In Chinese.
    pub remark: String,
    /// The same in English; empty in what earlier versions stored.
    #[serde(default)]
    pub remark_en: String,
    pub tender_evidence: Vec<Evidence>,
    bid_evidence: Vec<Evidence>,
    /// What the law says of such a bid, where the tender's regime is known and the finding is no pass.
    #[serde(default)]
    pub basis: Vec<LegalBasis>,
    /// What a person decided about it; kept apart from findings and put here when they are shown.
    #[serde(skip)]
    pub decision: Option<ReviewerDecision>,
}

impl Finding {
    /// Builds a finding and holds it to the rules of evidence.
    ///
    /// A `pass` without a quote from the bid, and a `fail` with neither a quote nor a proven complete search
    /// ([`FindingState::NotFound`]), become a `risk`. So does everything that rests on words recognition was not sure of.
    pub fn new(
        text: FindingText,
        bidder: &str,
        verdict: Verdict,
        state: FindingState,
        tender_evidence: Vec<Evidence>,
        bid_evidence: Vec<Evidence>,
    ) -> Finding {
        let proven = !bid_evidence.is_empty();
        let doubtful = tender_evidence.iter().chain(&bid_evidence).any(Evidence::is_doubtful);
        let (verdict, state) = match state {
            FindingState::HumanOnly => (verdict, state),
            _ if doubtful => (Verdict::Risk, FindingState::Unreadable),
            _ => (verdict, state),
        };
        let verdict = match (verdict, state) {
            (Verdict::Pass, _) if !proven => Verdict::Risk,
            (Verdict::Fail, FindingState::NotFound) => Verdict::Fail,
            (Verdict::Fail, FindingState::Unreadable | FindingState::HumanOnly) => Verdict::Risk,
            (Verdict::Fail, FindingState::Judged) if !proven => Verdict::Risk,
            (verdict, _) => verdict,
        };
        let FindingText {
            rule_id,
            subject,
            source,
            dimension,
            requirement_id,
            requirement_text,
            response_text,
            rigid,
            remark,
        } = text;
        let id = stable_id(&[&rule_id, bidder, requirement_id.as_deref().unwrap_or(""), &subject]);
        Finding {
            id,
            source,
            dimension,
            rule_id,
            requirement_id,
            requirement_text,
            response_text,
            verdict,
            state,
            rigid,
            remark: remark.zh,
            remark_en: remark.en,
            tender_evidence,
            bid_evidence,
            basis: Vec::new(),
            decision: None,
        }
    }

    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
    pub fn state(&self) -> FindingState {
        self.state
    }
    /// What is demanded: in the tender's words, or in the reader's language where it is not the tender that demands it.
    pub fn requirement_in(&self, language: Language) -> &str {
        let (zh, en) = NO_COLLUSION;
        let of_law = self.source == FindingSource::CrossBid && self.requirement_text == zh;
        if of_law && language == Language::En { en } else { &self.requirement_text }
    }
    /// What is found, in the reader's language.
    pub fn remark_in(&self, language: Language) -> &str {
        chosen(&self.remark, &self.remark_en, language)
    }

    /// Why the verdict is what it is, in one word for programs.
    pub fn reason_code(&self) -> &'static str {
        match (self.verdict, self.state) {
            (Verdict::Pass, _) => "met",
            (Verdict::Fail, FindingState::NotFound) => "missing_after_full_search",
            (Verdict::Fail, _) => "contradicted",
            (Verdict::Risk, FindingState::NotFound) => "not_found",
            (Verdict::Risk, FindingState::Unreadable) => "needs_ocr",
            (Verdict::Risk, FindingState::HumanOnly) => "needs_human",
            (Verdict::Risk, FindingState::Judged) => match self.source {
                FindingSource::Consistency => "conflicting",
                FindingSource::Llm => "not_met",
                _ if self.bid_evidence.is_empty() => "insufficient_evidence",
                _ => "partially_met",
            },
        }
    }
    pub fn bid_evidence(&self) -> &[Evidence] {
        &self.bid_evidence
    }

    /// Whether it says what another bidder's files hold.
    fn tells_of_others(&self) -> bool {
        self.source == FindingSource::CrossBid || self.rule_id == "B015" && self.remark.starts_with("出现另一投标人")
    }

    /// A digest of what the finding says, by which a decision about it is known to be about these words.
    ///
    /// Pages and files are no part of it: the same words elsewhere are the same finding.
    pub fn substance(&self) -> String {
        let quotes = |evidence: &[Evidence]| {
            let quotes: Vec<&str> = evidence.iter().map(Evidence::quote).collect();
            stable_id(&quotes)
        };
        stable_id(&[
            self.verdict.as_str(),
            self.state.as_str(),
            &self.requirement_text,
            &self.response_text,
            &self.remark,
            &quotes(&self.tender_evidence),
            &quotes(&self.bid_evidence),
        ])
    }
}

/// A short id that is the same for the same parts, so that two runs can be compared.
pub fn stable_id(parts: &[&str]) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// All findings about one bidder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BidReview {
    pub bidder_name: String,
    /// The total the bid is held to; absent in what earlier versions stored.
    #[serde(default)]
    pub price: Option<Money>,
    pub files: Vec<FileSummary>,
    pub findings: Vec<Finding>,
}

impl BidReview {
    /// Leaves out what is known only from other bids. Reviews are stored without; those of versions before clues had a
    /// place of their own still hold it.
    pub fn without_clues(mut self) -> BidReview {
        self.findings.retain(|finding| !finding.tells_of_others());
        self
    }

    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|f| f.verdict() == verdict).count()
    }
}

/// What is said about a file in reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileSummary {
    pub name: String,
    pub sha256: String,
    pub pages: usize,
    pub issues: Vec<crate::document::ParseIssue>,
}

impl From<&crate::document::Document> for FileSummary {
    fn from(document: &crate::document::Document) -> Self {
        FileSummary {
            name: document.name.clone(),
            sha256: document.sha256.clone(),
            pages: document.pages.len(),
            issues: document.issues.clone(),
        }
    }
}

/// The whole outcome of the main job, for reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub tender_files: Vec<FileSummary>,
    pub facts: crate::facts::Facts,
    pub bids: Vec<BidReview>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::both;

    #[test]
    fn a_finding_of_an_earlier_version_speaks_chinese() {
        let text = FindingText {
            rule_id: "B008".to_owned(),
            subject: String::new(),
            source: FindingSource::Compare,
            dimension: Dimension::Other,
            requirement_id: None,
            requirement_text: String::new(),
            response_text: String::new(),
            rigid: false,
            remark: both("未找到投标函", "No letter of bid was found"),
        };
        let finding = Finding::new(text, "甲公司", Verdict::Risk, FindingState::NotFound, Vec::new(), Vec::new());
        assert_eq!(finding.remark_in(Language::En), "No letter of bid was found");
        let mut stored = serde_json::to_value(&finding).expect("stored");
        stored.as_object_mut().and_then(|object| object.remove("remark_en")).expect("the English words");
        let earlier: Finding = serde_json::from_value(stored).expect("read");
        assert_eq!((earlier.remark_in(Language::En), &earlier.id), ("未找到投标函", &finding.id));
        assert_eq!(earlier.substance(), finding.substance(), "a decision about it stands");
    }
}
