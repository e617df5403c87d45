//! What monitoring asks of the rows: who works, and what does not move.

use std::collections::HashMap;

use crate::db::{Db, Doing, StorageResult};
use crate::sql::query;

impl Db {
    /// Workers whose lease is good now. Processes that take no jobs, such as an API, hold a lease too.
    pub async fn workers_alive(&self) -> StorageResult<u64> {
        let doing = "count workers";
        let row = query("SELECT COUNT(*) AS n FROM job_workers WHERE lease_until > {now} AND queues <> '[]'")
            .fetch_one(&self.read)
            .await
            .doing(doing)?;
        Ok(u64::try_from(row.try_get::<i64, _>(0).doing(doing)?).unwrap_or(0))
    }

    /// Seconds for which the most silent running job of each queue has not moved.
    pub async fn longest_silence(&self) -> StorageResult<Vec<(String, f64)>> {
        let doing = "look for running jobs that do not move";
        let rows = query(
            "SELECT queue, CAST({now} - MIN(updated_at) AS DOUBLE PRECISION) / 1000.0 AS age
               FROM platform_jobs WHERE state = 'running' GROUP BY queue ORDER BY queue",
        )
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, sqlx::Error>>().doing(doing)
    }

    /// Jobs that ended in each of the last `hours` hours, by queue: hours since 1970, and how many. Hours without any
    /// are left out, and so are jobs that retention has removed.
    pub async fn finished_by_hour(&self, hours: u32) -> StorageResult<Vec<(String, i64, u64)>> {
        let doing = "count the jobs of each hour";
        let rows = query(
            "SELECT queue, finished_at / 3600000 AS hour, COUNT(*) AS n FROM platform_jobs
              WHERE finished_at > {now} - $1 * 3600000 GROUP BY queue, finished_at / 3600000 ORDER BY hour, queue",
        )
        .bind(i64::from(hours))
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get::<i64, _>(2)?.unsigned_abs())))
            .collect::<Result<_, sqlx::Error>>()
            .doing(doing)
    }

    /// For each of these jobs that waits, how many of its queue are due before it.
    pub async fn waiting_before(&self, job_ids: &[&str]) -> StorageResult<HashMap<String, u64>> {
        let doing = "count the jobs before a job";
        let ids = serde_json::to_string(job_ids).unwrap_or_default();
        let rows = query(
            "SELECT j.id, (SELECT COUNT(*) FROM platform_jobs AS o
                            WHERE o.queue = j.queue AND o.state = 'queued' AND (o.run_at, o.id) < (j.run_at, j.id)) AS n
               FROM platform_jobs AS j
              WHERE j.state = 'queued' AND j.id IN (SELECT l.value FROM {each:$1} AS l)",
        )
        .bind(ids)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)?.unsigned_abs())))
            .collect::<Result<_, sqlx::Error>>()
            .doing(doing)
    }
}
