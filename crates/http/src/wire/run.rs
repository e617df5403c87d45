//! Runs and jobs.

use bidlens_app::{FailureCode, Job, Run};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Why work failed, as the description of the API lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct ErrorCode(pub(crate) FailureCode);

impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let meanings = FailureCode::ALL.iter().map(|code| format!("- `{}`: {}", code.as_str(), code.meaning()));
        let words = ["Why work failed. A code never changes its meaning; others may be added.\n".to_owned()];
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(words.into_iter().chain(meanings).collect::<Vec<_>>().join("\n")))
            .enum_values(Some(FailureCode::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for ErrorCode {}

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
    /// Why, for programs. `null` where nothing failed, and in what earlier versions ended.
    pub(crate) error_code: Option<ErrorCode>,
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
            error_code: run.error_code.map(ErrorCode),
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
    /// Why, for programs. `null` where nothing failed, and in what earlier versions ended.
    pub(crate) error_code: Option<ErrorCode>,
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
            error_code: job.error_code.map(ErrorCode),
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
