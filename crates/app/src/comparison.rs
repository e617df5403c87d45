//! Two runs of the review beside each other: what is new, what is gone, what says something else.

use std::collections::{HashMap, HashSet};

use bidlens_domain::finding::{BidReview, Finding};
use bidlens_storage::{Access, ReviewedRun};

use crate::App;
use crate::error::AppError;

/// What changed from one run to a later one.
#[derive(Debug, Clone)]
pub struct RunComparison {
    pub from: String,
    pub to: String,
    /// Runs that can be compared, newest first.
    pub runs: Vec<ReviewedRun>,
    /// Bidders that both runs reviewed.
    pub bidders: Vec<BidderComparison>,
    /// Bidders that one run alone reviewed: nothing about them is new or gone.
    pub only_from: Vec<String>,
    pub only_to: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct BidderComparison {
    pub bidder_name: String,
    pub new: Vec<Finding>,
    pub gone: Vec<Finding>,
    /// Before and after.
    pub changed: Vec<(Finding, Finding)>,
    pub unchanged: usize,
}

impl App {
    /// Compares two runs whose findings are kept; left out, they are the newest and the one before it.
    pub async fn compare_runs(
        &self,
        access: &Access,
        project_id: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<RunComparison, AppError> {
        self.check_project(access, project_id).await?;
        let runs = self.inner.db.reviewed_runs(access, project_id).await?;
        let kept = |run: &str| {
            runs.iter().position(|r| r.run_id == run).ok_or_else(|| {
                AppError::invalid(
                    "run_not_kept",
                    format!(
                        "the findings of the run {run} are not kept; the answer without `from` and `to` lists `runs`"
                    ),
                )
            })
        };
        let none = || {
            AppError::new(
                crate::Fault::Conflict,
                "nothing_to_compare",
                "two successful review runs are needed to compare; run the review again",
            )
        };
        let to = to.map_or(Ok(0), kept)?;
        let from = from.map_or(Ok(to + 1), kept)?;
        let (Some(from), Some(to)) = (runs.get(from), runs.get(to)) else { return Err(none()) };
        let (from, to) = (from.run_id.clone(), to.run_id.clone());
        let before = self.inner.db.kept_reviews(access, project_id, &from).await?;
        let after = self.inner.db.kept_reviews(access, project_id, &to).await?;
        let told = |kept: Vec<BidReview>| kept.into_iter().map(BidReview::without_clues).collect();
        Ok(compare(from, to, runs, told(before), told(after)))
    }
}

fn compare(
    from: String,
    to: String,
    runs: Vec<ReviewedRun>,
    before: Vec<BidReview>,
    after: Vec<BidReview>,
) -> RunComparison {
    let mut earlier: HashMap<String, BidReview> = before.into_iter().map(|r| (r.bidder_name.clone(), r)).collect();
    let (mut bidders, mut only_to) = (Vec::new(), Vec::new());
    for review in after {
        match earlier.remove(&review.bidder_name) {
            Some(before) => bidders.push(bidder(before, review)),
            None => only_to.push(review.bidder_name),
        }
    }
    let mut only_from: Vec<String> = earlier.into_keys().collect();
    only_from.sort();
    RunComparison { from, to, runs, bidders, only_from, only_to }
}

fn bidder(before: BidReview, after: BidReview) -> BidderComparison {
    let now: HashSet<String> = after.findings.iter().map(|f| f.id.clone()).collect();
    let (stayed, gone): (Vec<_>, Vec<_>) = before.findings.into_iter().partition(|f| now.contains(&f.id));
    let mut stayed: HashMap<String, Finding> = stayed.into_iter().map(|f| (f.id.clone(), f)).collect();
    let (mut new, mut changed, mut unchanged) = (Vec::new(), Vec::new(), 0);
    for finding in after.findings {
        match stayed.remove(&finding.id) {
            None => new.push(finding),
            Some(before) if before.substance() == finding.substance() => unchanged += 1,
            Some(before) => changed.push((before, finding)),
        }
    }
    BidderComparison { bidder_name: after.bidder_name, new, gone, changed, unchanged }
}
