//! The job store on SQL. Each transition is one statement on the row's primary key.
//!
//! On PostgreSQL an attempt that writes results holds its row locked from [`JobStore::begin`] to
//! [`JobStore::finish`], so that nobody can give its job away in between; claims and rescues pass over locked rows.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::memory::{DEAD_WORKERS_KEPT, ORPHAN_MESSAGE, quarantine_message};
use bidlens_jobs::store::{StoreResult, event_of};
use bidlens_jobs::{
    CancelOutcome, Claim, ClaimId, Claimed, End, Event, Explanation, FailureCode, Inserted, Job, JobId, JobState,
    JobStore, NewJob, Progress, QueueCount, StoreError, WorkerId, WorkerInfo, WorkerRow, transition,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, Tx, at, is_passing};
use crate::sql::{Pool, Query, Row, list, query, storable};

/// A century: longer is for ever, and sums with it stay within 64 bits.
const LONGEST_MS: i64 = 3_155_760_000_000;

/// How long a rescuer waits for an answer before it takes the database for gone.
const RESCUE_PATIENCE: Duration = Duration::from_secs(3);

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).map_or(LONGEST_MS, |ms| ms.min(LONGEST_MS))
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn outside(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| {
        if is_passing(&source) { StoreError::passing(doing, source) } else { StoreError::outside(doing, source) }
    }
}

fn storage(doing: &'static str) -> impl Fn(StorageError) -> StoreError {
    move |source| {
        if source.is_retryable() { StoreError::passing(doing, source) } else { StoreError::outside(doing, source) }
    }
}

/// A row as a job.
pub(crate) fn job_of(row: &Row) -> Result<Job, sqlx::Error> {
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
    Ok(Job {
        id: JobId(uuid_of(row, "id")?),
        queue: row.try_get("queue")?,
        kind: row.try_get("kind")?,
        payload: json("payload")?.unwrap_or_default(),
        owner_id: row.try_get("owner_id")?,
        unique_key: row.try_get("unique_key")?,
        depends_on: depends_on.iter().filter_map(|d| Uuid::parse_str(d).ok()).map(JobId).collect(),
        timeout: Duration::from_millis(u64::try_from(row.try_get::<i64, _>("timeout_ms")?).unwrap_or(0)),
        state: state_of(row)?,
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
        error_code: code_of(row)?,
        result: json("result")?,
        run_at: at(row.try_get("run_at")?),
        created_at: at(row.try_get("created_at")?),
        updated_at: at(row.try_get("updated_at")?),
        started_at: row.try_get::<Option<i64>, _>("started_at")?.map(at),
        finished_at: row.try_get::<Option<i64>, _>("finished_at")?.map(at),
    })
}

/// Why a job or a run failed; a code of a later program tells nothing here.
pub(crate) fn code_of(row: &Row) -> Result<Option<FailureCode>, sqlx::Error> {
    let code: Option<String> = row.try_get("error_code")?;
    Ok(code.as_deref().and_then(FailureCode::parse))
}

const INSERT: &str = "{insert_new_job}";
const ADOPT: &str = "{insert_job} ON CONFLICT DO NOTHING RETURNING *";

pub(crate) fn insertion(text: &'static str, new: &NewJob) -> Query {
    let depends_on: Vec<String> = new.depends_on.iter().map(ToString::to_string).collect();
    query(text)
        .bind(new.id.to_string())
        .bind(&new.queue)
        .bind(&new.kind)
        .bind(new.payload.to_string())
        .bind(&new.owner_id)
        .bind(&new.unique_key)
        .bind(json!(depends_on).to_string())
        .bind(millis(new.timeout))
        .bind(i64::from(new.errors_max))
        .bind(i64::from(new.crashes_max))
}

/// Inserts the job, or finds the open one with its unique key.
pub(crate) async fn insert_job(tx: &mut Tx, new: &NewJob) -> Result<Inserted, sqlx::Error> {
    insert_or_find(tx, new, INSERT, false).await
}

async fn insert_or_find(tx: &mut Tx, new: &NewJob, insert: &'static str, by_id: bool) -> Result<Inserted, sqlx::Error> {
    // Between a conflict and the look at what it was with, that job may have ended: then it is our turn again.
    for _ in 0..10 {
        if let Some(row) = insertion(insert, new).fetch_optional(&mut *tx).await? {
            return Ok(Inserted::New(job_of(&row)?));
        }
        let known = query(
            "SELECT * FROM platform_jobs
              WHERE id = $1 OR (unique_key = $2 AND state IN ('queued', 'running'))
              ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1",
        )
        .bind(by_id.then(|| new.id.to_string()))
        .bind(&new.unique_key)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(row) = known {
            return Ok(Inserted::Existing(job_of(&row)?));
        }
    }
    Err(sqlx::Error::Protocol("jobs with the same key end as fast as they are looked at".to_owned()))
}

/// Ends attempts. `$1` lists what `{ends:…}` names; see [`ends_of`].
const FINISH: &str = "
    WITH ended AS MATERIALIZED (
        SELECT j.id AS ended_id, e.next, e.spent, e.failure, e.code, e.outcome, e.after_ms, e.erred FROM {ended_by_key:$1})
    UPDATE platform_jobs
       SET state = CASE WHEN errors + 1 >= errors_max THEN ended.spent ELSE ended.next END,
           claim_id = NULL, worker_id = NULL, errors = errors + ended.erred,
           error = CASE WHEN ended.next = 'succeeded' THEN NULL ELSE COALESCE(ended.failure, error) END,
           error_code = CASE WHEN ended.next = 'succeeded' THEN NULL ELSE COALESCE(ended.code, error_code) END,
           result = COALESCE(ended.outcome, result),
           progress = CASE WHEN ended.next = 'succeeded' THEN 100 ELSE progress END,
           run_at = now.ms + ended.after_ms, updated_at = now.ms,
           finished_at = CASE WHEN (CASE WHEN errors + 1 >= errors_max THEN ended.spent ELSE ended.next END) = 'queued'
                              THEN NULL ELSE now.ms END
      FROM ended, (SELECT {now} AS ms) AS now
     WHERE platform_jobs.id = ended.ended_id
    RETURNING {updated}";

/// Ends as rows in JSON. The states come from [`transition`]: `spent` is taken when no error is left in the budget.
fn ends_of(ends: &[(Claim, End)]) -> String {
    let mut ends: Vec<&(Claim, End)> = ends.iter().collect();
    // Everybody locks rows in the same order.
    ends.sort_by_key(|(claim, _)| claim.job);
    let rows: Vec<Value> = ends.iter().filter_map(|(claim, end)| end_row(*claim, end)).collect();
    Value::from(rows).to_string()
}

fn end_row(claim: Claim, end: &End) -> Option<Value> {
    let next = transition(JobState::Running, event_of(end, 0, u32::MAX))?;
    let spent = transition(JobState::Running, event_of(end, 0, 0))?;
    let (failure, outcome, after, erred) = match end {
        End::Succeeded(result) => (None, Some(result.to_string()), Duration::ZERO, 0),
        End::Retry { failure, after } => (Some(failure.clone()), None, *after, 1),
        End::Snooze(after) => (None, None, *after, 0),
        End::Interrupted => (None, None, Duration::ZERO, 0),
        End::Cancelled(reason) => (Some(FailureCode::Cancelled.because(reason)), None, Duration::ZERO, 0),
        End::Failed(failure) => (Some(failure.clone()), None, Duration::ZERO, 0),
    };
    Some(json!({
        "job": claim.job.to_string(),
        "claim": claim.id.to_string(),
        "next": next.as_str(),
        "spent": spent.as_str(),
        "code": failure.as_ref().map(|failure| failure.code.as_str()),
        "failure": failure.map(|failure| storable(failure.reason)),
        "outcome": outcome,
        "after_ms": millis(after),
        "erred": erred,
    }))
}

/// Takes a job by its primary key.
const CLAIM: &str = "
    WITH picked AS MATERIALIZED (
        SELECT j.id AS picked_id FROM platform_jobs AS j WHERE j.id = $3 AND {ready} {lock_free_jobs})
    {claim_picked}";

/// Takes jobs by their primary keys.
const CLAIM_MANY: &str = "WITH picked AS MATERIALIZED ({picked_by_key:$3}) {claim_picked}";

/// Takes the oldest of a queue.
const CLAIM_OLDEST: &str = "
    WITH picked AS MATERIALIZED (
        SELECT j.id AS picked_id FROM platform_jobs AS j WHERE j.queue = $3 AND {ready}
         ORDER BY j.run_at, j.id LIMIT $4 {lock_free_jobs})
    {claim_picked}";

/// Jobs taken by one statement share a claim id: a claim is a job with that id, so each is still one attempt's own.
fn claimed_of(rows: &[Row], claim: ClaimId) -> Result<Vec<Claimed>, sqlx::Error> {
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let job = job_of(row)?;
        claimed.push(Claimed { claim: Claim { job: job.id, id: claim }, job });
    }
    claimed.sort_by_key(|c| (c.job.run_at, c.job.id));
    Ok(claimed)
}

fn uuid_of(row: &Row, column: &'static str) -> Result<Uuid, sqlx::Error> {
    let text: String = row.try_get(column)?;
    Uuid::parse_str(&text).map_err(|e| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(e) })
}

fn state_of(row: &Row) -> Result<JobState, sqlx::Error> {
    let state: String = row.try_get("state")?;
    JobState::parse(&state).ok_or_else(|| sqlx::Error::Decode(format!("unknown state {state}").into()))
}

fn worker_of(row: &Row) -> Result<WorkerRow, sqlx::Error> {
    let queues: String = row.try_get("queues")?;
    Ok(WorkerRow {
        info: WorkerInfo {
            id: WorkerId(uuid_of(row, "id")?),
            host: row.try_get("host")?,
            pid: u32::try_from(row.try_get::<i64, _>("pid")?).unwrap_or(0),
            queues: serde_json::from_str(&queues).unwrap_or_default(),
        },
        started_at: at(row.try_get("started_at")?),
        lease_until: at(row.try_get("lease_until")?),
    })
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
        let rows = query(
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
        let rows = query(
            "SELECT queue, CAST({now} - MIN(run_at) AS DOUBLE PRECISION) / 1000.0 AS age
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

    async fn claim_oldest(&self, queue: &str, worker: WorkerId, limit: usize) -> Result<Vec<Claimed>, sqlx::Error> {
        let claim = ClaimId::new();
        let rows = query(CLAIM_OLDEST)
            .bind(claim.to_string())
            .bind(worker.to_string())
            .bind(queue)
            .bind(limit_of(limit))
            .fetch_all(&self.write)
            .await?;
        claimed_of(&rows, claim)
    }

    /// Which of these queues have jobs that are due. Looking is cheap and locks nothing; most looks find nothing.
    async fn queues_with_jobs(&self, queues: &[String]) -> Result<HashSet<String>, sqlx::Error> {
        let rows = query(
            "SELECT q.value AS queue FROM {each:$1} AS q
              WHERE EXISTS (SELECT 1 FROM platform_jobs AS j
                             WHERE j.queue = q.value AND j.state = 'queued' AND j.run_at <= (SELECT {now}))",
        )
        .bind(list(queues.iter().map(String::as_str)))
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(|row| row.try_get("queue")).collect()
    }

    /// Whether a job runs under a worker that has no lease.
    async fn has_lost_jobs(&self) -> Result<bool, sqlx::Error> {
        let row = query(
            "SELECT 1 FROM platform_jobs AS j WHERE j.state = 'running' AND NOT EXISTS
               (SELECT 1 FROM job_workers AS w WHERE w.id = j.worker_id AND w.lease_until > (SELECT {now})) LIMIT 1",
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(row.is_some())
    }

    /// Asks whether anything is lost, and whether the answer may be believed yet.
    async fn may_rescue(&self) -> StoreResult<bool> {
        let doing = "look for jobs of dead workers";
        let Pool::Postgres(_, outages) = &self.read else { return self.has_lost_jobs().await.map_err(outside(doing)) };
        match tokio::time::timeout(RESCUE_PATIENCE, self.has_lost_jobs()).await {
            Ok(lost) => Ok(lost.map_err(outside(doing))? && !outages.is_recent()),
            // A look that waits for the database to come back would find every lease ended.
            Err(elapsed) => {
                outages.note();
                Err(StoreError::passing(doing, elapsed))
            }
        }
    }
}

#[async_trait]
impl JobStore for Db {
    type Tx = Tx;

    async fn insert(&self, job: NewJob) -> StoreResult<Inserted> {
        let doing = "insert a job";
        // Alone it is its own transaction: one round trip instead of three.
        let row = insertion(INSERT, &job).fetch_optional(&self.write).await.map_err(outside(doing))?;
        if let Some(row) = row {
            return Ok(Inserted::New(job_of(&row).map_err(outside(doing))?));
        }
        let mut tx = self.begin().await.map_err(storage(doing))?;
        let inserted = insert_job(&mut tx, &job).await.map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(inserted)
    }

    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>> {
        let doing = "read a job";
        let row = query("SELECT * FROM platform_jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.read)
            .await
            .map_err(outside(doing))?;
        row.as_ref().map(job_of).transpose().map_err(outside(doing))
    }

    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>> {
        let doing = "claim a job";
        let claim = ClaimId::new();
        let rows = query(CLAIM)
            .bind(claim.to_string())
            .bind(worker.to_string())
            .bind(id.to_string())
            .fetch_all(&self.write)
            .await
            .map_err(outside(doing))?;
        Ok(claimed_of(&rows, claim).map_err(outside(doing))?.pop())
    }

    async fn claim_many(&self, ids: &[JobId], worker: WorkerId) -> StoreResult<Vec<Claimed>> {
        let doing = "claim jobs";
        let claim = ClaimId::new();
        let rows = query(CLAIM_MANY)
            .bind(claim.to_string())
            .bind(worker.to_string())
            .bind(serde_json::json!(ids.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string())
            .fetch_all(&self.write)
            .await
            .map_err(outside(doing))?;
        let mut claimed = claimed_of(&rows, claim).map_err(outside(doing))?;
        claimed.sort_by_key(|c| ids.iter().position(|id| *id == c.job.id));
        Ok(claimed)
    }

    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>> {
        Ok(self.claim_batch(queues, worker, 1).await?.pop())
    }

    async fn claim_batch(&self, queues: &[String], worker: WorkerId, limit: usize) -> StoreResult<Vec<Claimed>> {
        let busy = self.queues_with_jobs(queues).await.map_err(outside("look for jobs"))?;
        let mut claimed = Vec::new();
        for queue in queues.iter().filter(|queue| busy.contains(*queue)) {
            let room = limit.saturating_sub(claimed.len());
            if room == 0 {
                break;
            }
            match self.claim_oldest(queue, worker, room).await {
                Ok(more) => claimed.extend(more),
                // What was taken already is the caller's.
                Err(_) if !claimed.is_empty() => break,
                Err(error) => return Err(outside("claim jobs")(error)),
            }
        }
        Ok(claimed)
    }

    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool> {
        let row = query(
            "UPDATE platform_jobs
                SET progress = $3, stage = $4, message = $5, updated_at = {now}
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
        let held = query("SELECT 1 FROM platform_jobs WHERE id = $1 AND claim_id = $2 {lock}")
            .bind(claim.job.to_string())
            .bind(claim.id.to_string())
            .fetch_optional(&mut tx)
            .await
            .map_err(outside(doing))?;
        if held.is_none() {
            return Err(StoreError::LostClaim(claim.job));
        }
        Ok(tx)
    }

    async fn finish(&self, mut tx: Tx, claim: Claim, end: End) -> StoreResult<Job> {
        let doing = "end an attempt";
        let row = query(FINISH)
            .bind(ends_of(&[(claim, end)]))
            .fetch_optional(&mut tx)
            .await
            .map_err(outside(doing))?
            .ok_or(StoreError::LostClaim(claim.job))?;
        let job = job_of(&row).map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(job)
    }

    async fn finish_batch(&self, ends: Vec<(Claim, End)>) -> Vec<StoreResult<Job>> {
        let doing = "end attempts";
        // A row does not tell which claim ended it, so a job is in the statement once; claims named after that are
        // tried one by one.
        let mut seen = HashSet::new();
        let firsts: Vec<bool> = ends.iter().map(|(claim, _)| seen.insert(claim.job)).collect();
        let together: Vec<_> =
            ends.iter().zip(&firsts).filter(|(_, first)| **first).map(|(end, _)| end.clone()).collect();
        let jobs = query(FINISH).bind(ends_of(&together)).fetch_all(&self.write).await;
        let jobs = jobs.and_then(|rows| rows.iter().map(job_of).collect::<Result<Vec<_>, _>>());
        let mut finished = Vec::with_capacity(ends.len());
        match jobs {
            Ok(jobs) => {
                let mut jobs: HashMap<JobId, Job> = jobs.into_iter().map(|job| (job.id, job)).collect();
                for ((claim, end), first) in ends.into_iter().zip(firsts) {
                    finished.push(if first {
                        jobs.remove(&claim.job).ok_or(StoreError::LostClaim(claim.job))
                    } else {
                        self.finish_one(claim, end).await
                    });
                }
            }
            Err(error) if is_passing(&error) => {
                let told = || StoreError::Outside { doing, source: error.to_string().into(), retryable: true };
                finished.extend(ends.iter().map(|_| Err(told())));
            }
            // One of them cannot be written; it must not keep the others.
            Err(_) => {
                for (claim, end) in ends {
                    finished.push(self.finish_one(claim, end).await);
                }
            }
        }
        finished
    }

    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome> {
        let doing = "cancel a job";
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        let row = query("SELECT state FROM platform_jobs WHERE id = $1 {lock}")
            .bind(id.to_string())
            .fetch_optional(&mut tx)
            .await
            .map_err(outside(doing))?;
        let Some(row) = row else { return Ok(CancelOutcome::NotFound) };
        let outcome = match state_of(&row).map_err(outside(doing))? {
            JobState::Queued => {
                query(
                    "UPDATE platform_jobs SET state = 'cancelled', error = 'cancelled before it started',
                            error_code = $2, finished_at = now.ms, updated_at = now.ms
                       FROM (SELECT {now} AS ms) AS now WHERE id = $1",
                )
                .bind(id.to_string())
                .bind(FailureCode::Cancelled.as_str())
                .execute(&mut tx)
                .await
                .map_err(outside(doing))?;
                CancelOutcome::Cancelled
            }
            JobState::Running => {
                query(
                    "UPDATE platform_jobs SET cancel_requested = 1, message = 'cancelling',
                            updated_at = {now} WHERE id = $1",
                )
                .bind(id.to_string())
                .execute(&mut tx)
                .await
                .map_err(outside(doing))?;
                CancelOutcome::Requested
            }
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => CancelOutcome::TooLate,
        };
        tx.commit().await.map_err(outside(doing))?;
        Ok(outcome)
    }

    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>> {
        let doing = "requeue a job";
        let row = query(
            "UPDATE platform_jobs
                SET state = 'queued', errors = 0, crashes = 0, cancel_requested = 0, error = NULL,
                    error_code = NULL, progress = 0, stage = '', message = '', run_at = now.ms, updated_at = now.ms, finished_at = NULL
               FROM (SELECT {now} AS ms) AS now
              WHERE id = $1 AND state IN ('failed', 'cancelled')
             RETURNING {updated}",
        )
        .bind(id.to_string())
        .fetch_optional(&self.write)
        .await;
        match row {
            Ok(row) => row.as_ref().map(job_of).transpose().map_err(outside(doing)),
            // One job with a key may be open.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(StoreError::KeyIsOpen(id)),
            Err(error) => Err(outside(doing)(error)),
        }
    }

    async fn adopt(&self, job: NewJob) -> StoreResult<Inserted> {
        let doing = "adopt a job";
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        let adopted = insert_or_find(&mut tx, &job, ADOPT, true).await.map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(adopted)
    }

    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>> {
        let doing = "look for ready jobs";
        let mut ready = Vec::new();
        // Each queue has its own order in the index; merged here.
        for queue in queues.iter().collect::<HashSet<_>>() {
            let rows = query(
                "SELECT j.* FROM platform_jobs AS j WHERE j.queue = $1 AND {ready}
                  ORDER BY j.run_at, j.id LIMIT $2",
            )
            .bind(queue)
            .bind(limit_of(limit))
            .fetch_all(&self.read)
            .await
            .map_err(outside(doing))?;
            for row in &rows {
                ready.push(job_of(row).map_err(outside(doing))?);
            }
        }
        ready.sort_by_key(|job| (job.run_at, job.id));
        ready.truncate(limit);
        Ok(ready)
    }

    async fn ready_count(&self, queue: &str) -> StoreResult<u64> {
        let doing = "count ready jobs";
        let row = query("SELECT COUNT(*) AS n FROM platform_jobs AS j WHERE j.queue = $1 AND {ready}")
            .bind(queue)
            .fetch_one(&self.read)
            .await
            .map_err(outside(doing))?;
        Ok(u64::try_from(row.try_get::<i64, _>("n").map_err(outside(doing))?).unwrap_or(0))
    }

    async fn explain(&self, id: JobId) -> StoreResult<Option<Explanation>> {
        explain(self, id).await.map_err(outside("explain a job"))
    }

    async fn queue_paused(&self, queue: &str) -> StoreResult<bool> {
        is_paused(self, queue).await.map_err(outside("look at a queue"))
    }

    async fn set_queue_paused(&self, queue: &str, paused: bool) -> StoreResult<()> {
        query(
            "INSERT INTO queue_controls (queue, paused, updated_at) VALUES ($1, $2, {now})
             ON CONFLICT (queue) DO UPDATE SET paused = excluded.paused, updated_at = excluded.updated_at",
        )
        .bind(queue)
        .bind(i64::from(paused))
        .execute(&self.write)
        .await
        .map_err(outside("pause or resume a queue"))?;
        Ok(())
    }

    async fn register_worker(&self, info: WorkerInfo, lease: Duration) -> StoreResult<()> {
        self.granted(lease);
        query(
            "INSERT INTO job_workers (id, host, pid, queues, started_at, lease_until)
             SELECT $1, $2, $3, $4, ms, ms + $5 FROM (SELECT {now} AS ms) AS now WHERE TRUE
             ON CONFLICT (id) DO UPDATE SET host = excluded.host, pid = excluded.pid, queues = excluded.queues,
                                            started_at = excluded.started_at, lease_until = excluded.lease_until",
        )
        .bind(info.id.to_string())
        .bind(&info.host)
        .bind(i64::from(info.pid))
        .bind(list(info.queues.iter().map(String::as_str)))
        .bind(millis(lease))
        .execute(&self.write)
        .await
        .map_err(outside("register a worker"))?;
        Ok(())
    }

    async fn workers(&self) -> StoreResult<Vec<WorkerRow>> {
        let doing = "list workers";
        let rows = query("SELECT * FROM job_workers WHERE lease_until > (SELECT {now}) ORDER BY started_at, id")
            .fetch_all(&self.read)
            .await
            .map_err(outside(doing))?;
        rows.iter().map(worker_of).collect::<Result<_, _>>().map_err(outside(doing))
    }

    async fn claims(&self, worker: WorkerId) -> StoreResult<Vec<Claim>> {
        let doing = "list a worker's claims";
        let rows = query("SELECT id, claim_id FROM platform_jobs WHERE worker_id = $1 AND state = 'running'")
            .bind(worker.to_string())
            .fetch_all(&self.read)
            .await
            .map_err(outside(doing))?;
        let claim_of = |row: &Row| -> Result<Claim, sqlx::Error> {
            Ok(Claim { job: JobId(uuid_of(row, "id")?), id: ClaimId(uuid_of(row, "claim_id")?) })
        };
        rows.iter().map(claim_of).collect::<Result<_, _>>().map_err(outside(doing))
    }

    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()> {
        self.granted(lease);
        query(
            "INSERT INTO job_workers (id, started_at, lease_until)
             SELECT $1, ms, ms + $2 FROM (SELECT {now} AS ms) AS now WHERE TRUE
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
        query("DELETE FROM job_workers WHERE id = $1")
            .bind(worker.to_string())
            .execute(&mut tx)
            .await
            .map_err(outside(doing))?;
        let released = query(
            "WITH held AS MATERIALIZED (
                 SELECT j.id AS held_id FROM platform_jobs AS j WHERE j.worker_id = $1 AND j.state = 'running'
                  ORDER BY j.id {lock_jobs})
             UPDATE platform_jobs
                SET state = 'queued', claim_id = NULL, worker_id = NULL, run_at = (SELECT {now}), updated_at = (SELECT {now})
              WHERE id IN (SELECT held_id FROM held)",
        )
        .bind(worker.to_string())
        .execute(&mut tx)
        .await
        .map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(released)
    }

    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()> {
        query("DELETE FROM job_workers WHERE id <> $1")
            .bind(survivor.to_string())
            .execute(&self.write)
            .await
            .map_err(outside("forget earlier workers"))?;
        Ok(())
    }

    async fn rescue(&self) -> StoreResult<Vec<JobId>> {
        let doing = "rescue jobs of dead workers";
        if !self.may_rescue().await? {
            return Ok(Vec::new());
        }
        let mut tx = Db::begin(self).await.map_err(storage(doing))?;
        let rescued = rescue(&mut tx).await.map_err(outside(doing))?;
        tx.commit().await.map_err(outside(doing))?;
        Ok(rescued)
    }

    async fn fail_orphans(&self) -> StoreResult<u64> {
        let doing = "fail jobs whose dependency failed";
        let find = "SELECT 1 FROM platform_jobs AS j WHERE j.state = 'queued' AND j.depends_on <> '[]' LIMIT 1";
        if query(find).fetch_optional(&self.read).await.map_err(outside(doing))?.is_none() {
            return Ok(0);
        }
        let failed = query(
            "UPDATE platform_jobs SET state = 'failed', error = $1, error_code = $2, updated_at = now.ms, finished_at = now.ms
               FROM (SELECT {now} AS ms) AS now
              WHERE state = 'queued' AND depends_on <> '[]'
                AND EXISTS (SELECT 1 FROM {each:platform_jobs.depends_on} AS d
                                                   JOIN platform_jobs AS p ON p.id = d.value
                                                  WHERE p.state IN ('failed', 'cancelled'))",
        )
        .bind(ORPHAN_MESSAGE)
        .bind(FailureCode::DependencyFailed.as_str())
        .execute(&self.write)
        .await
        .map_err(outside(doing))?;
        Ok(failed)
    }

    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64> {
        let doing = "forget old jobs";
        let (results, failures) = (millis(results), millis(failures));
        query("DELETE FROM job_workers WHERE lease_until <= (SELECT {now}) - $1")
            .bind(millis(DEAD_WORKERS_KEPT))
            .execute(&self.write)
            .await
            .map_err(outside(doing))?;
        // The third value keeps young rows out of the index's range; most looks find nothing and lock nothing.
        let bound = |text| query(text).bind(results).bind(failures).bind(results.min(failures));
        let old = bound("SELECT 1 FROM platform_jobs WHERE {old} LIMIT 1").fetch_optional(&self.read).await;
        if old.map_err(outside(doing))?.is_none() {
            return Ok(0);
        }
        let pruned = bound("DELETE FROM platform_jobs WHERE {old}").execute(&self.write).await;
        pruned.map_err(outside(doing))
    }

    async fn counts(&self) -> StoreResult<Vec<QueueCount>> {
        let doing = "count jobs";
        let rows =
            query("SELECT queue, state, COUNT(*) AS n FROM platform_jobs GROUP BY queue, state ORDER BY queue, state")
                .fetch_all(&self.read)
                .await
                .map_err(outside(doing))?;
        rows.iter()
            .map(|row| {
                let count = u64::try_from(row.try_get::<i64, _>("n")?).unwrap_or(0);
                Ok(QueueCount { queue: row.try_get("queue")?, state: state_of(row)?, count })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(outside(doing))
    }
}

impl Db {
    async fn finish_one(&self, claim: Claim, end: End) -> StoreResult<Job> {
        let tx = JobStore::begin(self, claim).await?;
        self.finish(tx, claim, end).await
    }

    fn granted(&self, lease: Duration) {
        if let Pool::Postgres(_, outages) = &self.write {
            outages.granted(lease);
        }
    }
}

async fn is_paused(db: &Db, queue: &str) -> Result<bool, sqlx::Error> {
    let row = query("SELECT 1 FROM queue_controls WHERE queue = $1 AND paused = 1").bind(queue);
    Ok(row.fetch_optional(&db.read).await?.is_some())
}

/// Frees the jobs of workers whose lease had ended when this began.
async fn rescue(tx: &mut Tx) -> Result<Vec<JobId>, sqlx::Error> {
    let now: i64 = query("SELECT {now} AS ms").fetch_one(&mut *tx).await?.try_get("ms")?;
    // A worker that renews its lease this instant either has done so before this look, or waits until its jobs are
    // given away.
    query("SELECT id FROM job_workers WHERE lease_until <= $1 ORDER BY id {lock}")
        .bind(now)
        .fetch_all(&mut *tx)
        .await?;
    let rows = query(
        "SELECT j.* FROM platform_jobs AS j WHERE j.state = 'running'
            AND NOT EXISTS (SELECT 1 FROM job_workers AS w WHERE w.id = j.worker_id AND w.lease_until > $1)
          ORDER BY j.id {lock_free_jobs}",
    )
    .bind(now)
    .fetch_all(&mut *tx)
    .await?;
    let mut rescued = Vec::new();
    for row in &rows {
        let job = job_of(row)?;
        let crashes = job.crashes + 1;
        let (event, failure) = if job.cancel_requested {
            (Event::Cancel, Some(FailureCode::Cancelled.because("cancelled; its worker was lost")))
        } else if crashes >= job.crashes_max {
            (Event::Quarantine, Some(FailureCode::WorkerLost.because(quarantine_message(crashes, &job.stage))))
        } else {
            (Event::WorkerLost, None)
        };
        let Some(state) = transition(job.state, event) else { continue };
        let code = failure.as_ref().map(|failure| failure.code.as_str());
        // The row is locked now; a worker that came between the look and the lock is seen by this statement.
        let freed = query(
            "UPDATE platform_jobs
                SET state = $2, claim_id = NULL, worker_id = NULL, crashes = $3, error = COALESCE($4, error),
                    error_code = COALESCE($6, error_code), run_at = $5, updated_at = $5, finished_at = CASE WHEN $2 = 'queued' THEN NULL ELSE $5 END
              WHERE id = $1 AND state = 'running'
                AND NOT EXISTS (SELECT 1 FROM job_workers AS w
                                 WHERE w.id = platform_jobs.worker_id AND w.lease_until > $5)",
        )
        .bind(job.id.to_string())
        .bind(state.as_str())
        .bind(i64::from(crashes))
        .bind(failure.map(|failure| failure.reason))
        .bind(now)
        .bind(code)
        .execute(&mut *tx)
        .await?;
        if freed == 1 {
            rescued.push(job.id);
        }
    }
    Ok(rescued)
}

async fn explain(db: &Db, id: JobId) -> Result<Option<Explanation>, sqlx::Error> {
    let row = query("SELECT j.*, {now} AS looked_at FROM platform_jobs AS j WHERE j.id = $1").bind(id.to_string());
    let Some(row) = row.fetch_optional(&db.read).await? else { return Ok(None) };
    let job = job_of(&row)?;
    if job.state != JobState::Queued {
        return Ok(Some(Explanation::of(job)));
    }
    let now = at(row.try_get("looked_at")?);
    let dependencies = query(
        "SELECT p.id, p.state FROM platform_jobs AS j, {each:j.depends_on} AS d, platform_jobs AS p
          WHERE j.id = $1 AND p.id = d.value AND p.state <> 'succeeded' ORDER BY p.id",
    )
    .bind(id.to_string())
    .fetch_all(&db.read)
    .await?;
    let ahead = query(
        "SELECT COUNT(*) AS n FROM platform_jobs AS j WHERE j.queue = $1 AND {ready} AND (j.run_at, j.id) < ($2, $3)",
    )
    .bind(&job.queue)
    .bind(job.run_at.timestamp_millis())
    .bind(id.to_string())
    .fetch_one(&db.read)
    .await?;
    let workers = query(
        "SELECT COUNT(*) AS n FROM job_workers AS w WHERE w.lease_until > (SELECT {now})
            AND EXISTS (SELECT 1 FROM {each:w.queues} AS q WHERE q.value = $1)",
    )
    .bind(&job.queue)
    .fetch_one(&db.read)
    .await?;
    let count = |row: &Row| row.try_get::<i64, _>("n").map(|n| u64::try_from(n).unwrap_or(0));
    Ok(Some(Explanation {
        due_in: (job.run_at - now).to_std().ok().filter(|wait| !wait.is_zero()),
        waits_for: dependencies
            .iter()
            .map(|row| Ok((JobId(uuid_of(row, "id")?), state_of(row)?)))
            .collect::<Result<_, sqlx::Error>>()?,
        queue_paused: is_paused(db, &job.queue).await?,
        ahead: count(&ahead)?,
        workers: count(&workers)?,
        job,
    }))
}
