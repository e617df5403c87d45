//! What monitoring asks of the rows: who works, and what does not move.

use sqlx::Row;

use crate::db::{Db, Doing, StorageResult};

impl Db {
    /// Workers whose lease is good now.
    pub async fn workers_alive(&self) -> StorageResult<u64> {
        let doing = "count workers";
        let row = sqlx::query(
            "SELECT COUNT(*) FROM job_workers WHERE lease_until > CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        )
        .fetch_one(&self.read)
        .await
        .doing(doing)?;
        Ok(u64::try_from(row.try_get::<i64, _>(0).doing(doing)?).unwrap_or(0))
    }

    /// Seconds for which the most silent running job of each queue has not moved.
    pub async fn longest_silence(&self) -> StorageResult<Vec<(String, f64)>> {
        let doing = "look for running jobs that do not move";
        let rows = sqlx::query(
            "SELECT queue, (CAST(unixepoch('subsec') * 1000 AS INTEGER) - MIN(updated_at)) / 1000.0
               FROM platform_jobs WHERE state = 'running' GROUP BY queue ORDER BY queue",
        )
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, sqlx::Error>>().doing(doing)
    }
}
