//! Earlier reviews: what each successful run of a review found, so that runs can be compared.

use bidlens_domain::finding::BidReview;
use chrono::{DateTime, Utc};

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, Tx, at};
use crate::sql::query;

/// Runs of a project whose findings are kept, the newest among them.
pub const REVIEW_RUNS_KEPT: i64 = 10;

/// A run whose findings are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedRun {
    pub run_id: String,
    pub reviewed_at: DateTime<Utc>,
}

impl Db {
    /// Keeps what a run found, in the transaction that completes it, and forgets the oldest beyond
    /// [`REVIEW_RUNS_KEPT`].
    pub async fn keep_reviews(
        &self,
        tx: &mut Tx,
        project_id: &str,
        run_id: &str,
        reviews: &[BidReview],
    ) -> StorageResult<()> {
        for review in reviews {
            let content =
                serde_json::to_string(review).map_err(|source| StorageError::Stored { what: "review", source })?;
            query(
                "INSERT INTO review_snapshots (project_id, run_id, bidder_name, content, created_at)
                 VALUES ($1, $2, $3, $4, {now})
                 ON CONFLICT (project_id, run_id, bidder_name) DO UPDATE
                    SET content = excluded.content, created_at = excluded.created_at",
            )
            .bind(project_id)
            .bind(run_id)
            .bind(&review.bidder_name)
            .bind(content)
            .execute(&mut *tx)
            .await
            .doing("keep a review")?;
        }
        query(
            "DELETE FROM review_snapshots WHERE project_id = $1 AND run_id NOT IN
                (SELECT run_id FROM review_snapshots WHERE project_id = $1
                  GROUP BY run_id ORDER BY MAX(created_at) DESC, run_id DESC LIMIT $2)",
        )
        .bind(project_id)
        .bind(REVIEW_RUNS_KEPT)
        .execute(tx)
        .await
        .doing("forget earlier reviews")?;
        Ok(())
    }

    /// The runs whose findings are kept, newest first.
    pub async fn reviewed_runs(&self, access: &Access, project_id: &str) -> StorageResult<Vec<ReviewedRun>> {
        let doing = "list reviewed runs";
        let rows = query(
            "SELECT s.run_id AS run_id, MAX(s.created_at) AS reviewed_at
               FROM review_snapshots s JOIN projects p ON p.id = s.project_id
              WHERE s.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1)
              GROUP BY s.run_id ORDER BY MAX(s.created_at) DESC, s.run_id DESC",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter()
            .map(|row| {
                Ok(ReviewedRun {
                    run_id: row.try_get("run_id").doing(doing)?,
                    reviewed_at: at(row.try_get("reviewed_at").doing(doing)?),
                })
            })
            .collect()
    }

    /// What a run found, by bidder; empty when it is not kept.
    pub async fn kept_reviews(&self, access: &Access, project_id: &str, run_id: &str) -> StorageResult<Vec<BidReview>> {
        let doing = "read an earlier review";
        let rows = query(
            "SELECT s.content AS content FROM review_snapshots s JOIN projects p ON p.id = s.project_id
              WHERE s.project_id = $2 AND s.run_id = $3 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY s.bidder_name",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(run_id)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter()
            .map(|row| {
                let content: String = row.try_get("content").doing(doing)?;
                serde_json::from_str(&content).map_err(|source| StorageError::Stored { what: "review", source })
            })
            .collect()
    }

    /// Forgets what runs found about a bidder whose files are gone.
    pub async fn forget_reviews(&self, project_id: &str, bidder_name: &str) -> StorageResult<()> {
        query("DELETE FROM review_snapshots WHERE project_id = $1 AND bidder_name = $2")
            .bind(project_id)
            .bind(bidder_name)
            .execute(&self.write)
            .await
            .doing("forget earlier reviews")?;
        Ok(())
    }
}
