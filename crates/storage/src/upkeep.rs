//! Rows looked at or removed across nouns: the latest runs, results whose subject is gone, what has expired.

use crate::access::Access;
use crate::db::{Db, Doing, StorageResult, Tx};
use crate::results::ResultKind;
use crate::runs::{Run, run_of};
use crate::sql::{list, query};

/// How much an installation keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    pub projects: u64,
    pub files: u64,
    pub bytes: u64,
}

impl Db {
    /// The newest run of each kind in each project; run ids sort by time.
    pub async fn latest_runs(&self, access: &Access, project_id: Option<&str>) -> StorageResult<Vec<Run>> {
        let rows = query(
            "SELECT r.id, r.project_id, r.kind, r.status, r.progress, r.stage, r.message, r.attempt,
                    CAST(NULL AS TEXT) AS result, r.error, r.error_code, r.job_id, r.created_at, r.updated_at,
                    r.started_at, r.finished_at
               FROM runs r
              WHERE r.id IN (SELECT MAX(s.id) FROM runs s JOIN projects p ON p.id = s.project_id
                              WHERE ($1 IS NULL OR p.owner_id = $1) AND ($2 IS NULL OR p.id = $2)
                              GROUP BY s.project_id, s.kind)
              ORDER BY r.project_id, r.kind LIMIT 10000",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("list the latest runs")?;
        rows.iter().map(run_of).collect::<Result<_, _>>().doing("read runs")
    }

    /// Runs by kind and status.
    pub async fn run_counts(&self) -> StorageResult<Vec<(String, String, i64)>> {
        let doing = "count runs";
        let rows = query("SELECT kind, status, COUNT(*) FROM runs GROUP BY kind, status ORDER BY kind, status")
            .fetch_all(&self.read)
            .await
            .doing(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
            .collect::<Result<_, sqlx::Error>>()
            .doing(doing)
    }

    /// Removes a project's results of a kind but those of `subjects`, inside a job's transaction.
    pub async fn retain_results(
        &self,
        tx: &mut Tx,
        project_id: &str,
        kind: ResultKind,
        subjects: &[&str],
    ) -> StorageResult<()> {
        query(
            "DELETE FROM results WHERE project_id = $1 AND kind = $2
                AND subject NOT IN (SELECT d.value FROM {each:$3} AS d)",
        )
        .bind(project_id)
        .bind(kind.as_str())
        .bind(list(subjects.iter().copied()))
        .execute(tx)
        .await
        .doing("remove earlier results")?;
        Ok(())
    }

    /// Removes one result whose subject is gone.
    pub async fn remove_result(&self, project_id: &str, kind: ResultKind, subject: &str) -> StorageResult<()> {
        query("DELETE FROM results WHERE project_id = $1 AND kind = $2 AND subject = $3")
            .bind(project_id)
            .bind(kind.as_str())
            .bind(subject)
            .execute(&self.write)
            .await
            .doing("remove a result")?;
        Ok(())
    }

    /// How much is kept: projects, files, and the bytes of the files, each counted once however often it was uploaded.
    pub async fn totals(&self) -> StorageResult<Totals> {
        let doing = "count what is kept";
        let row = query(
            "SELECT (SELECT COUNT(*) FROM projects) AS projects, (SELECT COUNT(*) FROM assets) AS files,
                    (SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT)
                       FROM (SELECT DISTINCT sha256, size_bytes FROM assets) AS kept) AS bytes",
        )
        .fetch_one(&self.read)
        .await
        .doing(doing)?;
        let count = |name| row.try_get::<i64, _>(name).map(i64::unsigned_abs).doing(doing);
        Ok(Totals { projects: count("projects")?, files: count("files")?, bytes: count("bytes")? })
    }

    /// Forgets tokens that have expired.
    pub async fn forget_expired_tokens(&self) -> StorageResult<()> {
        query("DELETE FROM tokens WHERE expires_at <= {now}")
            .execute(&self.write)
            .await
            .doing("forget expired tokens")?;
        Ok(())
    }

    /// Forgets keys whose request an earlier process never answered.
    pub async fn forget_unanswered_keys(&self) -> StorageResult<()> {
        query("DELETE FROM idempotency_keys WHERE status IS NULL")
            .execute(&self.write)
            .await
            .doing("forget unanswered requests")?;
        Ok(())
    }
}
