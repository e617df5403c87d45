//! Runs and jobs.

use bidlens_app::{Job, Run};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RunWire {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) kind: String,
    /// `pending`, `running`, `success`, `failed` or `cancelled`.
    pub(crate) status: String,
    /// From 0 to 1.
    pub(crate) progress: f64,
    pub(crate) stage: String,
    pub(crate) message: String,
    pub(crate) attempt: i64,
    #[schema(value_type = Object, nullable)]
    pub(crate) result_json: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
    pub(crate) job_id: String,
    /// While it waits: how many jobs of its queue are due before it. Told where runs are listed or asked for.
    pub(crate) ahead: Option<u64>,
}

impl From<Run> for RunWire {
    fn from(run: Run) -> Self {
        RunWire {
            id: run.id,
            project_id: run.project_id,
            kind: run.kind,
            status: run.status,
            progress: run.progress,
            stage: run.stage,
            message: run.message,
            attempt: run.attempt,
            result_json: run.result_json,
            error: run.error,
            created_at: run.created_at,
            updated_at: run.updated_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
            job_id: run.job_id,
            ahead: None,
        }
    }
}

/// The answer to a request that starts work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StartedWire {
    pub(crate) run_id: String,
    pub(crate) job_id: String,
    pub(crate) status: String,
    pub(crate) progress: f64,
    pub(crate) message: String,
    /// What came of it, once it has ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub(crate) summary: Option<Value>,
}

pub(crate) fn started(run: &Run) -> StartedWire {
    StartedWire {
        run_id: run.id.clone(),
        job_id: run.job_id.clone(),
        status: run.status.clone(),
        progress: run.progress,
        message: run.error.clone().unwrap_or_else(|| run.message.clone()),
        summary: run.result_json.clone(),
    }
}

/// Where a run is looked at.
pub(crate) fn run_location(id: &str) -> String {
    format!("/api/apps/tender/runs/{id}")
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobWire {
    pub(crate) id: String,
    pub(crate) queue: String,
    /// The name of the job's function.
    pub(crate) kind: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub(crate) status: String,
    /// From 0 to 100.
    pub(crate) progress: u8,
    pub(crate) stage: String,
    pub(crate) message: String,
    pub(crate) error: Option<String>,
    #[schema(value_type = Object, nullable)]
    pub(crate) result: Option<Value>,
    #[schema(value_type = Object)]
    pub(crate) payload: Value,
    pub(crate) owner_id: String,
    pub(crate) attempt: u32,
    pub(crate) errors: u32,
    pub(crate) crashes: u32,
    pub(crate) timeout_s: u64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

impl From<Job> for JobWire {
    fn from(job: Job) -> Self {
        JobWire {
            id: job.id.to_string(),
            queue: job.queue,
            kind: job.kind,
            status: job.state.as_str().to_owned(),
            progress: job.progress,
            stage: job.stage,
            message: job.message,
            error: job.error,
            result: job.result,
            payload: job.payload,
            owner_id: job.owner_id,
            attempt: job.attempt,
            errors: job.errors,
            crashes: job.crashes,
            timeout_s: job.timeout.as_secs(),
            created_at: job.created_at,
            updated_at: job.updated_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}
