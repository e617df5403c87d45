//! Runs: what users asked for. A run's state follows its job by a trigger in the database.

use bidlens_jobs::{FailureCode, Inserted, Job, NewJob};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Access;
use crate::db::{Db, Doing, StorageResult, Tx, at};
use crate::jobs::{code_of, insert_job, insertion, job_of};
use crate::sql::{On, Pool, Row, query};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    pub project_id: String,
    pub kind: String,
    pub status: String,
    /// 0..=1.
    pub progress: f64,
    pub stage: String,
    pub message: String,
    pub attempt: i64,
    pub result_json: Option<Value>,
    pub error: Option<String>,
    /// Absent in runs that earlier versions ended.
    pub error_code: Option<FailureCode>,
    pub job_id: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A job with its run, unless a job with its unique key is open.
const SUBMIT: &str = "
    WITH job AS ({insert_new_job}),
         run AS (INSERT INTO runs (id, project_id, kind, status, job_id, created_at, updated_at)
                 SELECT $11, $12, $13, 'pending', job.id, job.created_at, job.created_at FROM job)
    SELECT * FROM job";

impl Run {
    /// The run of a job that was just inserted.
    fn pending(new: &NewRun, job: &Job) -> Run {
        Run {
            id: new.id.clone(),
            project_id: new.project_id.clone(),
            kind: new.kind.clone(),
            status: "pending".to_owned(),
            progress: 0.0,
            stage: String::new(),
            message: String::new(),
            attempt: 0,
            result_json: None,
            error: None,
            error_code: None,
            job_id: job.id.to_string(),
            created_at: job.created_at,
            updated_at: job.created_at,
            started_at: None,
            finished_at: None,
        }
    }

    pub fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "success" | "failed" | "cancelled")
    }
}

#[derive(Debug, Clone)]
pub struct NewRun {
    pub id: String,
    pub project_id: String,
    pub kind: String,
}

/// What came of a request for work.
#[derive(Debug, Clone)]
pub struct Submitted {
    pub run: Run,
    pub job: Job,
    /// The same request was open already, and this is it.
    pub existing: bool,
}

pub(crate) fn run_of(row: &Row) -> Result<Run, sqlx::Error> {
    let result: Option<String> = row.try_get("result")?;
    Ok(Run {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        kind: row.try_get("kind")?,
        status: row.try_get("status")?,
        progress: row.try_get("progress")?,
        stage: row.try_get("stage")?,
        message: row.try_get("message")?,
        attempt: row.try_get("attempt")?,
        result_json: result.and_then(|r| serde_json::from_str(&r).ok()),
        error: row.try_get("error")?,
        error_code: code_of(row)?,
        job_id: row.try_get("job_id")?,
        created_at: at(row.try_get("created_at")?),
        updated_at: at(row.try_get("updated_at")?),
        started_at: row.try_get::<Option<i64>, _>("started_at")?.map(at),
        finished_at: row.try_get::<Option<i64>, _>("finished_at")?.map(at),
    })
}

impl Db {
    /// Inserts a run and its job in one transaction, or finds the open run of the same request.
    ///
    /// The caller has checked that the project is the asker's.
    pub async fn submit(&self, run: &NewRun, job: &NewJob) -> StorageResult<Submitted> {
        let doing = "submit a job";
        if matches!(self.write, Pool::Postgres(..))
            && let Some(submitted) = submit_at_once(&self.write, run, job).await.doing(doing)?
        {
            return Ok(submitted);
        }
        let mut tx = self.begin().await?;
        let submitted = submit_in(&mut tx, run, job).await.doing(doing)?;
        self.commit(tx).await?;
        Ok(submitted)
    }

    pub async fn run(&self, access: &Access, id: &str) -> StorageResult<Option<Run>> {
        let row = query(
            "SELECT r.* FROM runs r JOIN projects p ON p.id = r.project_id
              WHERE r.id = $2 AND ($1 IS NULL OR p.owner_id = $1)",
        )
        .bind(access.owner())
        .bind(id)
        .fetch_optional(&self.read)
        .await
        .doing("read a run")?;
        row.as_ref().map(run_of).transpose().doing("read a run")
    }

    /// Newest first.
    pub async fn runs(&self, access: &Access, project_id: &str) -> StorageResult<Vec<Run>> {
        let rows = query(
            "SELECT r.* FROM runs r JOIN projects p ON p.id = r.project_id
              WHERE r.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY r.created_at DESC, r.id DESC LIMIT 500",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("list runs")?;
        rows.iter().map(run_of).collect::<Result<_, _>>().doing("read runs")
    }
}

/// Inserts a run and its job in one round trip, for PostgreSQL; `None` when the request is open already, and nothing is
/// done.
async fn submit_at_once(on: impl Into<On<'_>>, run: &NewRun, job: &NewJob) -> Result<Option<Submitted>, sqlx::Error> {
    let row = insertion(SUBMIT, job).bind(&run.id).bind(&run.project_id).bind(&run.kind).fetch_optional(on).await?;
    let Some(row) = row else { return Ok(None) };
    let job = job_of(&row)?;
    Ok(Some(Submitted { run: Run::pending(run, &job), job, existing: false }))
}

pub(crate) async fn submit_in(tx: &mut Tx, run: &NewRun, job: &NewJob) -> Result<Submitted, sqlx::Error> {
    if matches!(tx, Tx::Postgres(_))
        && let Some(submitted) = submit_at_once(&mut *tx, run, job).await?
    {
        return Ok(submitted);
    }
    let inserted = insert_job(tx, job).await?;
    if let Inserted::Existing(job) = inserted {
        let row = query("SELECT * FROM runs WHERE job_id = $1").bind(job.id.to_string()).fetch_one(&mut *tx).await?;
        return Ok(Submitted { run: run_of(&row)?, job, existing: true });
    }
    let job = inserted.job().clone();
    query("INSERT INTO runs (id, project_id, kind, status, job_id, created_at, updated_at) VALUES ($1, $2, $3, 'pending', $4, $5, $5)")
        .bind(&run.id)
        .bind(&run.project_id)
        .bind(&run.kind)
        .bind(job.id.to_string())
        .bind(job.created_at.timestamp_millis())
        .execute(&mut *tx)
        .await?;
    Ok(Submitted { run: Run::pending(run, &job), job, existing: false })
}
