//! The job store on SQL. Each transition is one statement on the row's primary key.

use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::memory::{ORPHAN_MESSAGE, quarantine_message};
use bidlens_jobs::store::{StoreResult, event_of};
use bidlens_jobs::{
    CancelOutcome, Claim, ClaimId, Claimed, End, Event, Inserted, Job, JobId, JobState, JobStore, NewJob, Progress,
    QueueCount, StoreError, WorkerId, transition,
};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::access::Access;
use crate::db::{Db, Doing, StorageResult, Tx, at};

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn outside(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| StoreError::outside(doing, source)
}

fn storage(doing: &'static str) -> impl Fn(crate::db::StorageError) -> StoreError {
    move |source| StoreError::outside(doing, source)
}

/// What makes the row `j` ready to run.
const READY: &str = "j.state = 'queued' AND j.run_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
    AND NOT EXISTS (SELECT 1 FROM json_each(j.depends_on) AS d JOIN platform_jobs AS p ON p.id = d.value
                     WHERE p.state <> 'succeeded')";

/// A row as a job.
pub(crate) fn job_of(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    let id = |column: &str| -> Result<Uuid, sqlx::Error> {
        let text: String = row.try_get(column)?;
        Uuid::parse_str(&text).map_err(|e| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(e) })
    };
    let json = |column: &str| -> Result<Option<Value>, sqlx::Error> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|t| {
            serde_json::from_str(&t)
                .map_err(|e| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(e) })
        })
        .transpose()
    };
    let count = |column: &str| -> Result<u32, sqlx::Error> {
        Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
    };
    let depends_on: Vec<String> = serde_json::from_value(json("depends_on")?.unwrap_or_default()).unwrap_or_default();
    let worker: Option<String> = row.try_get("worker_id")?;
    let state: String = row.try_get("state")?;
    Ok(Job {
        id: JobId(id("id")?),
        queue: row.try_get("queue")?,
        kind: row.try_get("kind")?,
        payload: json("payload")?.unwrap_or_default(),
        owner_id: row.try_get("owner_id")?,
        unique_key: row.try_get("unique_key")?,
        depends_on: depends_on.iter().filter_map(|d| Uuid::parse_str(d).ok()).map(JobId).collect(),
        timeout: Duration::from_millis(u64::try_from(row.try_get::<i64, _>("timeout_ms")?).unwrap_or(0)),
        state: JobState::parse(&state).ok_or_else(|| sqlx::Error::Decode(format!("unknown state {state}").into()))?,
        attempt: count("attempt")?,
        errors: count("errors")?,
        errors_max: count("errors_max")?,
        crashes: count("crashes")?,
        crashes_max: count("crashes_max")?,
        cancel_requested: row.try_get::<i64, _>("cancel_requested")? != 0,
        worker: worker.and_then(|w| Uuid::parse_str(&w).ok()).map(WorkerId),
        progress: u8::try_from(row.try_get::<i64, _>("progress")?).unwrap_or(100),
        stage: row.try_get("stage")?,
        message: row.try_get("message")?,
        error: row.try_get("error")?,
        result: json("result")?,
        run_at: at(row.try_get("run_at")?),
        created_at: at(row.try_get("created_at")?),
        updated_at: at(row.try_get("updated_at")?),
        started_at: row.try_get::<Option<i64>, _>("started_at")?.map(at),
        finished_at: row.try_get::<Option<i64>, _>("finished_at")?.map(at),
    })
}

/// Inserts the job, or finds the open one with its unique key.
pub(crate) async fn insert_job(connection: &mut SqliteConnection, new: &NewJob) -> Result<Inserted, sqlx::Error> {
    if let Some(key) = &new.unique_key {
        let open = sqlx::query("SELECT * FROM platform_jobs WHERE unique_key = $1 AND state IN ('queued', 'running')")
            .bind(key)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = open {
            return Ok(Inserted::Existing(job_of(&row)?));
        }
    }
    let depends_on: Vec<String> = new.depends_on.iter().map(ToString::to_string).collect();
    let row = sqlx::query(
        "INSERT INTO platform_jobs (id, queue, kind, payload, owner_id, unique_key, depends_on, timeout_ms, state,
                                    errors_max, crashes_max, run_at, created_at, updated_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10, now, now, now
           FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now)
         RETURNING *",
    )
    .bind(new.id.to_string())
    .bind(&new.queue)
    .bind(&new.kind)
    .bind(new.payload.to_string())
    .bind(&new.owner_id)
    .bind(&new.unique_key)
    .bind(serde_json::json!(depends_on).to_string())
    .bind(millis(new.timeout))
    .bind(i64::from(new.errors_max))
    .bind(i64::from(new.crashes_max))
    .fetch_one(&mut *connection)
    .await?;
    Ok(Inserted::New(job_of(&row)?))
}

impl Db {
    /// Jobs for people, newest first.
    pub async fn list_jobs(
        &self,
        access: &Access,
        state: Option<&str>,
        queue: Option<&str>,
        limit: i64,
    ) -> StorageResult<Vec<Job>> {
        let rows = sqlx::query(
            "SELECT * FROM platform_jobs
              WHERE ($1 IS NULL OR owner_id = $1) AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR queue = $3)
              ORDER BY created_at DESC, id DESC LIMIT $4",
        )
        .bind(access.owner())
        .bind(state)
        .bind(queue)
        .bind(limit.clamp(1, 1_000))
        .fetch_all(&self.read)
        .await
        .doing("list jobs")?;
        rows.iter().map(job_of).collect::<Result<_, _>>().doing("read jobs")
    }

    /// Age in seconds of the oldest waiting job of each queue.
    pub async fn oldest_waiting(&self) -> StorageResult<Vec<(String, f64)>> {
        let rows = sqlx::query(
            "SELECT queue, (CAST(unixepoch('subsec') * 1000 AS INTEGER) - MIN(run_at)) / 1000.0 AS age
               FROM platform_jobs WHERE state = 'queued' GROUP BY queue",
        )
        .fetch_all(&self.read)
        .await
        .doing("look at the queues")?;
        rows.iter()
            .map(|row| Ok((row.try_get("queue")?, row.try_get::<f64, _>("age")?.max(0.0))))
            .collect::<Result<_, sqlx::Error>>()
            .doing("look at the queues")
    }

    async fn claim_where(
        &self,
        id: Option<JobId>,
        queue: Option<&str>,
        worker: WorkerId,
    ) -> Result<Option<Claimed>, sqlx::Error> {
        let claim = ClaimId::new();
        let row = sqlx::query(
            "UPDATE platform_jobs
                SET state = 'running', claim_id = $1, worker_id = $2, attempt = attempt + 1,
                    started_at = now.ms, updated_at = now.ms
               FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now
              WHERE id = (SELECT j.id FROM platform_jobs AS j
                           WHERE j.state = 'queued' AND j.run_at <= now.ms
                             AND ($3 IS NULL OR j.id = $3) AND ($4 IS NULL OR j.queue = $4)
                             AND NOT EXISTS (SELECT 1 FROM json_each(j.depends_on) AS d
                                               JOIN platform_jobs AS p ON p.id = d.value
                                              WHERE p.state <> 'succeeded')
                           ORDER BY j.run_at, j.id LIMIT 1)
                AND state = 'queued'
             RETURNING *",
        )
        .bind(claim.to_string())
        .bind(worker.to_string())
        .bind(id.map(|id| id.to_string()))
        .bind(queue)
        .fetch_optional(&self.write)
        .await?;
        row.map(|row| {
            let job = job_of(&row)?;
            Ok(Claimed { claim: Claim { job: job.id, id: claim }, job })
        })
        .transpose()
    }
}

#[async_trait]
impl JobStore for Db {
    type Tx = Tx;

    async fn insert(&self, job: NewJob) -> StoreResult<Inserted> {
        let doing = "insert a job";
        let mut tx = self.begin().await.map_err(storage(doing))?;
        let inserted = insert_job(&mut tx, &job).await.map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(inserted)
    }

    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>> {
        let doing = "read a job";
        let row = sqlx::query("SELECT * FROM platform_jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.read)
            .await
            .map_err(outside(doing))?;
        row.as_ref().map(job_of).transpose().map_err(outside(doing))
    }

    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>> {
        self.claim_where(Some(id), None, worker).await.map_err(outside("claim a job"))
    }

    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>> {
        // Looking is cheap and takes no write lock; most looks find nothing.
        for queue in queues {
            let waiting = sqlx::query("SELECT 1 FROM platform_jobs WHERE queue = $1 AND state = 'queued' LIMIT 1")
                .bind(queue)
                .fetch_optional(&self.read)
                .await
                .map_err(outside("look for a job"))?;
            if waiting.is_some()
                && let Some(claimed) =
                    self.claim_where(None, Some(queue), worker).await.map_err(outside("claim a job"))?
            {
                return Ok(Some(claimed));
            }
        }
        Ok(None)
    }

    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>> {
        let doing = "look for ready jobs";
        let queues = serde_json::json!(queues).to_string();
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT j.* FROM platform_jobs AS j WHERE {READY} AND j.queue IN (SELECT value FROM json_each($1))
              ORDER BY j.run_at, j.id LIMIT $2"
        )))
        .bind(queues)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.read)
        .await
        .map_err(outside(doing))?;
        rows.iter().map(job_of).collect::<Result<_, _>>().map_err(outside(doing))
    }

    async fn ready_count(&self, queue: &str) -> StoreResult<u64> {
        let doing = "count ready jobs";
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM platform_jobs AS j WHERE {READY} AND j.queue = $1"
        )))
        .bind(queue)
        .fetch_one(&self.read)
        .await
        .map_err(outside(doing))?;
        Ok(u64::try_from(row.try_get::<i64, _>(0).map_err(outside(doing))?).unwrap_or(0))
    }

    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool> {
        let row = sqlx::query(
            "UPDATE platform_jobs
                SET progress = $3, stage = $4, message = $5, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
              WHERE id = $1 AND claim_id = $2 RETURNING cancel_requested",
        )
        .bind(claim.job.to_string())
        .bind(claim.id.to_string())
        .bind(i64::from(progress.percent.min(100)))
        .bind(progress.stage)
        .bind(progress.message)
        .fetch_optional(&self.write)
        .await
        .map_err(outside("record progress"))?
        .ok_or(StoreError::LostClaim(claim.job))?;
        Ok(row.try_get::<i64, _>(0).map_err(outside("record progress"))? != 0)
    }

    async fn begin(&self, claim: Claim) -> StoreResult<Tx> {
        let doing = "begin to write results";
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        let held = sqlx::query("SELECT 1 FROM platform_jobs WHERE id = $1 AND claim_id = $2")
            .bind(claim.job.to_string())
            .bind(claim.id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(outside(doing))?;
        if held.is_none() {
            return Err(StoreError::LostClaim(claim.job));
        }
        Ok(tx)
    }

    async fn finish(&self, mut tx: Tx, claim: Claim, end: End) -> StoreResult<Job> {
        let doing = "end an attempt";
        let budgets = sqlx::query("SELECT errors, errors_max FROM platform_jobs WHERE id = $1 AND claim_id = $2")
            .bind(claim.job.to_string())
            .bind(claim.id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(outside(doing))?
            .ok_or(StoreError::LostClaim(claim.job))?;
        let count =
            |i: usize| budgets.try_get::<i64, _>(i).map(|n| u32::try_from(n).unwrap_or(0)).map_err(outside(doing));
        let event = event_of(&end, count(0)?, count(1)?);
        let state = transition(JobState::Running, event).ok_or(StoreError::LostClaim(claim.job))?;
        let (error, result, after, erred) = match end {
            End::Succeeded(result) => (None, Some(result.to_string()), 0, 0),
            End::Retry { error, after } => (Some(error), None, millis(after), 1),
            End::Snooze(after) => (None, None, millis(after), 0),
            End::Interrupted => (None, None, 0, 0),
            End::Cancelled(reason) | End::Failed(reason) => (Some(reason), None, 0, 0),
        };
        let row = sqlx::query(
            "UPDATE platform_jobs
                SET state = $3, claim_id = NULL, worker_id = NULL, errors = errors + $4,
                    error = CASE WHEN $3 = 'succeeded' THEN NULL ELSE COALESCE($5, error) END,
                    result = COALESCE($6, result), progress = CASE WHEN $3 = 'succeeded' THEN 100 ELSE progress END,
                    run_at = now.ms + $7, updated_at = now.ms,
                    finished_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now.ms END
               FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now
              WHERE id = $1 AND claim_id = $2 RETURNING *",
        )
        .bind(claim.job.to_string())
        .bind(claim.id.to_string())
        .bind(state.as_str())
        .bind(erred)
        .bind(error)
        .bind(result)
        .bind(after)
        .fetch_one(&mut *tx)
        .await
        .map_err(outside(doing))?;
        let job = job_of(&row).map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(job)
    }

    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome> {
        let doing = "cancel a job";
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        let row = sqlx::query("SELECT state FROM platform_jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(outside(doing))?;
        let Some(row) = row else { return Ok(CancelOutcome::NotFound) };
        let state: String = row.try_get(0).map_err(outside(doing))?;
        let outcome = match JobState::parse(&state) {
            Some(JobState::Queued) => {
                sqlx::query(
                    "UPDATE platform_jobs SET state = 'cancelled', error = 'cancelled before it started',
                            finished_at = now.ms, updated_at = now.ms
                       FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now WHERE id = $1",
                )
                .bind(id.to_string())
                .execute(&mut *tx)
                .await
                .map_err(outside(doing))?;
                CancelOutcome::Cancelled
            }
            Some(JobState::Running) => {
                sqlx::query(
                    "UPDATE platform_jobs SET cancel_requested = 1, message = 'cancelling',
                            updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE id = $1",
                )
                .bind(id.to_string())
                .execute(&mut *tx)
                .await
                .map_err(outside(doing))?;
                CancelOutcome::Requested
            }
            Some(JobState::Succeeded | JobState::Failed | JobState::Cancelled) | None => CancelOutcome::TooLate,
        };
        tx.commit().await.map_err(outside(doing))?;
        Ok(outcome)
    }

    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>> {
        let doing = "requeue a job";
        let row = sqlx::query(
            "UPDATE platform_jobs
                SET state = 'queued', errors = 0, crashes = 0, cancel_requested = 0, error = NULL, progress = 0,
                    stage = '', message = '', run_at = now.ms, updated_at = now.ms, finished_at = NULL
               FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now
              WHERE id = $1 AND state IN ('failed', 'cancelled') RETURNING *",
        )
        .bind(id.to_string())
        .fetch_optional(&self.write)
        .await
        .map_err(outside(doing))?;
        row.as_ref().map(job_of).transpose().map_err(outside(doing))
    }

    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()> {
        sqlx::query(
            "INSERT INTO job_workers (id, lease_until)
             VALUES ($1, CAST(unixepoch('subsec') * 1000 AS INTEGER) + $2)
             ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until",
        )
        .bind(worker.to_string())
        .bind(millis(lease))
        .execute(&self.write)
        .await
        .map_err(outside("renew the worker's lease"))?;
        Ok(())
    }

    async fn release_worker(&self, worker: WorkerId) -> StoreResult<u64> {
        let doing = "release a worker";
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        sqlx::query("DELETE FROM job_workers WHERE id = $1")
            .bind(worker.to_string())
            .execute(&mut *tx)
            .await
            .map_err(outside(doing))?;
        let released = sqlx::query(
            "UPDATE platform_jobs SET state = 'queued', claim_id = NULL, worker_id = NULL, run_at = now.ms, updated_at = now.ms
               FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now
              WHERE worker_id = $1 AND state = 'running'",
        )
        .bind(worker.to_string())
        .execute(&mut *tx)
        .await
        .map_err(outside(doing))?
        .rows_affected();
        tx.commit().await.map_err(outside(doing))?;
        Ok(released)
    }

    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()> {
        sqlx::query("DELETE FROM job_workers WHERE id <> $1")
            .bind(survivor.to_string())
            .execute(&self.write)
            .await
            .map_err(outside("forget earlier workers"))?;
        Ok(())
    }

    async fn rescue(&self) -> StoreResult<Vec<JobId>> {
        let doing = "rescue jobs of dead workers";
        // Nothing is lost in most rounds, and then no write lock is taken.
        let lost = "SELECT 1 FROM platform_jobs AS j WHERE j.state = 'running' AND NOT EXISTS
                    (SELECT 1 FROM job_workers AS w
                      WHERE w.id = j.worker_id AND w.lease_until > CAST(unixepoch('subsec') * 1000 AS INTEGER))
                    LIMIT 1";
        if sqlx::query(lost).fetch_optional(&self.read).await.map_err(outside(doing))?.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        sqlx::query("DELETE FROM job_workers WHERE lease_until <= CAST(unixepoch('subsec') * 1000 AS INTEGER)")
            .execute(&mut *tx)
            .await
            .map_err(outside(doing))?;
        let rows = sqlx::query(
            "SELECT * FROM platform_jobs AS j WHERE j.state = 'running'
                AND NOT EXISTS (SELECT 1 FROM job_workers AS w WHERE w.id = j.worker_id)",
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(outside(doing))?;
        let mut rescued = Vec::new();
        for row in &rows {
            let job = job_of(row).map_err(outside(doing))?;
            let crashes = job.crashes + 1;
            let (event, error) = if job.cancel_requested {
                (Event::Cancel, Some("cancelled; its worker was lost".to_owned()))
            } else if crashes >= job.crashes_max {
                (Event::Quarantine, Some(quarantine_message(crashes, &job.stage)))
            } else {
                (Event::WorkerLost, None)
            };
            let Some(state) = transition(job.state, event) else { continue };
            sqlx::query(
                "UPDATE platform_jobs
                    SET state = $2, claim_id = NULL, worker_id = NULL, crashes = $3, error = COALESCE($4, error),
                        run_at = now.ms, updated_at = now.ms,
                        finished_at = CASE WHEN $2 = 'queued' THEN NULL ELSE now.ms END
                   FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now WHERE id = $1",
            )
            .bind(job.id.to_string())
            .bind(state.as_str())
            .bind(i64::from(crashes))
            .bind(error)
            .execute(&mut *tx)
            .await
            .map_err(outside(doing))?;
            rescued.push(job.id);
        }
        tx.commit().await.map_err(outside(doing))?;
        Ok(rescued)
    }

    async fn fail_orphans(&self) -> StoreResult<u64> {
        let doing = "fail jobs whose dependency failed";
        let find = "SELECT 1 FROM platform_jobs AS j WHERE j.state = 'queued' AND j.depends_on <> '[]' LIMIT 1";
        if sqlx::query(find).fetch_optional(&self.read).await.map_err(outside(doing))?.is_none() {
            return Ok(0);
        }
        let failed = sqlx::query(
            "UPDATE platform_jobs SET state = 'failed', error = $1, updated_at = now.ms, finished_at = now.ms
               FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms) AS now
              WHERE state = 'queued' AND EXISTS (SELECT 1 FROM json_each(platform_jobs.depends_on) AS d
                                                   JOIN platform_jobs AS p ON p.id = d.value
                                                  WHERE p.state IN ('failed', 'cancelled'))",
        )
        .bind(ORPHAN_MESSAGE)
        .execute(&self.write)
        .await
        .map_err(outside(doing))?;
        Ok(failed.rows_affected())
    }

    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64> {
        let doing = "forget old jobs";
        let old = "SELECT 1 FROM platform_jobs WHERE finished_at IS NOT NULL
                      AND finished_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
                                         - CASE WHEN state = 'succeeded' THEN $1 ELSE $2 END LIMIT 1";
        let (results, failures) = (millis(results), millis(failures));
        if sqlx::query(old)
            .bind(results)
            .bind(failures)
            .fetch_optional(&self.read)
            .await
            .map_err(outside(doing))?
            .is_none()
        {
            return Ok(0);
        }
        let pruned = sqlx::query(
            "DELETE FROM platform_jobs WHERE finished_at IS NOT NULL
                AND finished_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
                                   - CASE WHEN state = 'succeeded' THEN $1 ELSE $2 END",
        )
        .bind(results)
        .bind(failures)
        .execute(&self.write)
        .await
        .map_err(outside(doing))?;
        Ok(pruned.rows_affected())
    }

    async fn counts(&self) -> StoreResult<Vec<QueueCount>> {
        let doing = "count jobs";
        let rows = sqlx::query(
            "SELECT queue, state, COUNT(*) AS n FROM platform_jobs GROUP BY queue, state ORDER BY queue, state",
        )
        .fetch_all(&self.read)
        .await
        .map_err(outside(doing))?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                let count = u64::try_from(row.try_get::<i64, _>("n")?).unwrap_or(0);
                let state = JobState::parse(&state)
                    .ok_or_else(|| sqlx::Error::Decode(format!("unknown state {state}").into()))?;
                Ok(QueueCount { queue: row.try_get("queue")?, state, count })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(outside(doing))
    }
}
