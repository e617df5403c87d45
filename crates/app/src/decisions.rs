//! What people decide about findings: stored apart from them, shown beside them.

use std::collections::HashMap;

use bidlens_domain::decision::{Decision, ReviewerDecision, Standing};
use bidlens_domain::finding::BidReview;
use bidlens_storage::{Access, DecisionRow, NewDecision, User};

use crate::App;
use crate::error::{AppError, Fault};

/// How far people are with the findings of a project.
#[derive(Debug, Clone)]
pub struct HumanReview {
    /// Findings there are.
    pub total: usize,
    /// Findings with a decision about what they say now.
    pub decided: usize,
    /// Decisions about what a finding said earlier.
    pub earlier: usize,
    /// Decisions whose finding is gone.
    pub orphaned: usize,
    /// All decisions, oldest first.
    pub decisions: Vec<ReviewerDecision>,
}

impl App {
    /// Decides about a finding, in the place of an earlier decision.
    ///
    /// `version` is the substance of the finding that the person saw; when it says something else by now, the
    /// decision is refused.
    pub async fn decide(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        finding_id: &str,
        version: Option<&str>,
        decision: &Decision,
    ) -> Result<ReviewerDecision, AppError> {
        let reviews = self.reviews(access, project_id, None).await?;
        let found =
            reviews.iter().find_map(|review| Some((review, review.findings.iter().find(|f| f.id == finding_id)?)));
        let Some((review, finding)) = found else { return Err(AppError::not_found("finding")) };
        let substance = finding.substance();
        if version.is_some_and(|seen| seen != substance) {
            return Err(AppError::new(
                Fault::Conflict,
                "finding_changed",
                "the finding says something else since it was read; read it again and decide then",
            ));
        }
        let new = NewDecision {
            finding_id,
            bidder_name: &review.bidder_name,
            substance: &substance,
            decision,
            decided_by: &user.username,
        };
        let row = self.inner.db.put_decision(access, project_id, new).await?;
        row.map(|row| shown(row, Standing::Current)).ok_or_else(|| AppError::not_found("project"))
    }

    /// Takes a decision back.
    pub async fn undecide(&self, access: &Access, project_id: &str, finding_id: &str) -> Result<(), AppError> {
        self.check_project(access, project_id).await?;
        if self.inner.db.remove_decision(access, project_id, finding_id).await? {
            return Ok(());
        }
        Err(AppError::not_found("decision"))
    }

    pub async fn human_review(&self, access: &Access, project_id: &str) -> Result<HumanReview, AppError> {
        let reviews = self.reviews(access, project_id, None).await?;
        let substances: HashMap<&str, String> =
            reviews.iter().flat_map(|r| &r.findings).map(|f| (f.id.as_str(), f.substance())).collect();
        let rows = self.inner.db.decisions(access, project_id).await?;
        let decisions: Vec<ReviewerDecision> = rows
            .into_iter()
            .map(|row| {
                let standing = standing(substances.get(row.finding_id.as_str()), &row);
                shown(row, standing)
            })
            .collect();
        let count = |standing: Standing| decisions.iter().filter(|d| d.standing == standing).count();
        Ok(HumanReview {
            total: reviews.iter().map(|r| r.findings.len()).sum(),
            decided: count(Standing::Current),
            earlier: count(Standing::Earlier),
            orphaned: count(Standing::Orphaned),
            decisions,
        })
    }

    /// Puts the decisions beside the findings they are about.
    pub(crate) async fn with_decisions(
        &self,
        access: &Access,
        project_id: &str,
        reviews: &mut [BidReview],
    ) -> Result<(), AppError> {
        let rows = self.inner.db.decisions(access, project_id).await?;
        let mut rows: HashMap<String, DecisionRow> = rows.into_iter().map(|r| (r.finding_id.clone(), r)).collect();
        for finding in reviews.iter_mut().flat_map(|review| &mut review.findings) {
            finding.decision = rows.remove(&finding.id).map(|row| {
                let standing = standing(Some(&finding.substance()), &row);
                shown(row, standing)
            });
        }
        Ok(())
    }
}

/// How a decision stands to what its finding says now; `None` when the finding is gone.
fn standing(now: Option<&String>, row: &DecisionRow) -> Standing {
    match now {
        Some(now) if *now == row.substance => Standing::Current,
        Some(_) => Standing::Earlier,
        None => Standing::Orphaned,
    }
}

fn shown(row: DecisionRow, standing: Standing) -> ReviewerDecision {
    ReviewerDecision {
        finding_id: row.finding_id,
        bidder_name: row.bidder_name,
        decision: row.decision,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        standing,
    }
}
