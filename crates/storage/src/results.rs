//! Results of runs, as versioned JSON. A later run replaces an earlier one's, in the transaction that completes it.

use bidlens_domain::clue::Clue;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, Tx, at};
use crate::sql::query;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultKind {
    /// Fields, requirements and scoring of the tender.
    Facts,
    Risks,
    /// One bidder's review; the subject is the bidder's name.
    Review,
    Directory,
    /// What the bids have in common: for those who may see clues, and no part of a review.
    Clues,
}

impl ResultKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ResultKind::Facts => "facts",
            ResultKind::Risks => "risks",
            ResultKind::Review => "review",
            ResultKind::Directory => "directory",
            ResultKind::Clues => "clues",
        }
    }
}

#[derive(Debug, Clone)]
pub struct ResultRow<T> {
    pub subject: String,
    pub run_id: String,
    pub updated_at: DateTime<Utc>,
    pub content: T,
}

/// What lists tell of a result without reading it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultSummary {
    /// Of a tender's facts.
    pub bid_deadline: Option<String>,
    /// Of a bidder's review.
    pub findings: VerdictCounts,
}

/// Findings by verdict, as code and model gave it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictCounts {
    pub pass: i64,
    pub risk: i64,
    pub fail: i64,
}

const RESULT_VERSION: i64 = 1;

impl Db {
    /// Stores a result inside a job's transaction.
    pub async fn put_result<T: Serialize + Sync>(
        &self,
        tx: &mut Tx,
        project_id: &str,
        kind: ResultKind,
        subject: &str,
        run_id: &str,
        content: &T,
    ) -> StorageResult<()> {
        let content =
            serde_json::to_string(content).map_err(|source| StorageError::Stored { what: "result", source })?;
        query(
            "INSERT INTO results (project_id, kind, subject, run_id, version, content, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, {now})
             ON CONFLICT (project_id, kind, subject) DO UPDATE
                SET run_id = excluded.run_id, version = excluded.version, content = excluded.content, updated_at = excluded.updated_at",
        )
        .bind(project_id)
        .bind(kind.as_str())
        .bind(subject)
        .bind(run_id)
        .bind(RESULT_VERSION)
        .bind(content)
        .execute(&mut *tx)
        .await
        .doing("store a result")?;
        Ok(())
    }

    /// Stores what lists tell of a result, which goes with it when it is removed.
    pub async fn put_summary(
        &self,
        tx: &mut Tx,
        project_id: &str,
        kind: ResultKind,
        subject: &str,
        summary: &ResultSummary,
    ) -> StorageResult<()> {
        query(
            "INSERT INTO result_summaries (project_id, kind, subject, bid_deadline, passed, at_risk, failed)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (project_id, kind, subject) DO UPDATE
                SET bid_deadline = excluded.bid_deadline, passed = excluded.passed, at_risk = excluded.at_risk,
                    failed = excluded.failed",
        )
        .bind(project_id)
        .bind(kind.as_str())
        .bind(subject)
        .bind(&summary.bid_deadline)
        .bind(summary.findings.pass)
        .bind(summary.findings.risk)
        .bind(summary.findings.fail)
        .execute(&mut *tx)
        .await
        .doing("store what lists tell of a result")?;
        Ok(())
    }

    /// All results of a kind, by subject.
    pub async fn results<T: DeserializeOwned>(
        &self,
        access: &Access,
        project_id: &str,
        kind: ResultKind,
    ) -> StorageResult<Vec<ResultRow<T>>> {
        let doing = "read results";
        let rows = query(
            "SELECT r.* FROM results r JOIN projects p ON p.id = r.project_id
              WHERE r.project_id = $2 AND r.kind = $3 AND r.version = $4 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY r.subject",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(kind.as_str())
        .bind(RESULT_VERSION)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter()
            .map(|row| {
                let content: String = row.try_get("content").doing(doing)?;
                Ok(ResultRow {
                    subject: row.try_get("subject").doing(doing)?,
                    run_id: row.try_get("run_id").doing(doing)?,
                    updated_at: at(row.try_get("updated_at").doing(doing)?),
                    content: serde_json::from_str(&content)
                        .map_err(|source| StorageError::Stored { what: "result", source })?,
                })
            })
            .collect()
    }

    /// Forgets the clues that quote a bidder whose files are gone.
    pub async fn forget_clues(&self, project_id: &str, bidder_name: &str) -> StorageResult<()> {
        let Some(row) = self.result::<Vec<Clue>>(&Access::All, project_id, ResultKind::Clues).await? else {
            return Ok(());
        };
        let kept: Vec<Clue> = row.content.into_iter().filter(|clue| !clue.concerns(bidder_name)).collect();
        let mut tx = self.begin().await?;
        self.put_result(&mut tx, project_id, ResultKind::Clues, &row.subject, &row.run_id, &kept).await?;
        self.commit(tx).await
    }

    /// The one result of a kind that has no subject.
    pub async fn result<T: DeserializeOwned>(
        &self,
        access: &Access,
        project_id: &str,
        kind: ResultKind,
    ) -> StorageResult<Option<ResultRow<T>>> {
        Ok(self.results(access, project_id, kind).await?.into_iter().next())
    }
}
