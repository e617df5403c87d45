//! What those do who look after the installation. For others these addresses do not exist.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bidlens_app::{JobState, QueueOverview, UserOverview, WorkerRow};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::AppState;
use crate::extract::{Admin, JsonBody, PathOf};
use crate::problem::{Problem, ProblemBody};
use crate::routes::auth::UserWire;
use crate::wire::JobWire;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueWire {
    name: String,
    paused: bool,
    queued: u64,
    running: u64,
    succeeded: u64,
    failed: u64,
    cancelled: u64,
    /// Age of the oldest waiting job, in seconds.
    oldest_waiting_s: Option<f64>,
}

impl From<QueueOverview> for QueueWire {
    fn from(queue: QueueOverview) -> Self {
        let count = |state| queue.counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
        QueueWire {
            queued: count(JobState::Queued),
            running: count(JobState::Running),
            succeeded: count(JobState::Succeeded),
            failed: count(JobState::Failed),
            cancelled: count(JobState::Cancelled),
            name: queue.name,
            paused: queue.paused,
            oldest_waiting_s: queue.oldest_waiting_s,
        }
    }
}

/// Every queue with what stands in it
#[utoipa::path(get, operation_id = "list_queues", path = "/api/admin/queues", tag = "admin", responses((status = 200, body = [QueueWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn queues(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<QueueWire>>, Problem> {
    Ok(Json(state.app.queue_overview().await?.into_iter().map(QueueWire::from).collect()))
}

/// Keep workers from taking jobs of a queue; what runs is not touched
#[utoipa::path(post, operation_id = "pause_queue", path = "/api/admin/queues/{queue}/pause", tag = "admin", params(("queue" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn pause_queue(
    State(state): State<AppState>,
    _: Admin,
    PathOf(queue): PathOf<String>,
) -> Result<StatusCode, Problem> {
    state.app.set_queue_paused(&queue, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let workers take jobs of a queue again
#[utoipa::path(post, operation_id = "resume_queue", path = "/api/admin/queues/{queue}/resume", tag = "admin", params(("queue" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn resume_queue(
    State(state): State<AppState>,
    _: Admin,
    PathOf(queue): PathOf<String>,
) -> Result<StatusCode, Problem> {
    state.app.set_queue_paused(&queue, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HourWire {
    queue: String,
    /// Its beginning.
    hour: DateTime<Utc>,
    finished: u64,
}

/// Jobs that ended in each of the last 24 hours; hours without any are left out
#[utoipa::path(get, operation_id = "throughput", path = "/api/admin/throughput", tag = "admin", responses((status = 200, body = [HourWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn throughput(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<HourWire>>, Problem> {
    let hours = state.app.finished_by_hour().await?;
    let wire = |(queue, hour, finished): (String, i64, u64)| {
        let hour = DateTime::from_timestamp(hour.saturating_mul(3_600), 0).unwrap_or_default();
        HourWire { queue, hour, finished }
    };
    Ok(Json(hours.into_iter().map(wire).collect()))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkerWire {
    id: String,
    host: String,
    pid: u32,
    /// None when it runs only what it is told to.
    queues: Vec<String>,
    started_at: DateTime<Utc>,
    lease_until: DateTime<Utc>,
}

impl From<WorkerRow> for WorkerWire {
    fn from(worker: WorkerRow) -> Self {
        WorkerWire {
            id: worker.info.id.to_string(),
            host: worker.info.host,
            pid: worker.info.pid,
            queues: worker.info.queues,
            started_at: worker.started_at,
            lease_until: worker.lease_until,
        }
    }
}

/// Workers whose lease is good
#[utoipa::path(get, operation_id = "list_workers", path = "/api/admin/workers", tag = "admin", responses((status = 200, body = [WorkerWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn workers(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<WorkerWire>>, Problem> {
    Ok(Json(state.app.workers().await?.into_iter().map(WorkerWire::from).collect()))
}

/// Cancel any job
#[utoipa::path(post, operation_id = "cancel_job", path = "/api/admin/jobs/{job_id}/cancel", tag = "admin", params(("job_id" = String, Path)),
    responses((status = 200, body = JobWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn cancel_job(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<Json<JobWire>, Problem> {
    state.app.cancel_job(&id).await?;
    Ok(Json(state.app.job(&bidlens_app::Access::All, &id).await?.into()))
}

/// Put a failed or cancelled job back into its queue
#[utoipa::path(post, operation_id = "retry_job", path = "/api/admin/jobs/{job_id}/retry", tag = "admin", params(("job_id" = String, Path)),
    responses((status = 200, body = JobWire), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn retry_job(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<Json<JobWire>, Problem> {
    let job = state.app.job(&bidlens_app::Access::All, &id).await?;
    let put_back = state.app.requeue_job(&id).await?.ok_or_else(|| {
        let detail = format!("only a failed or cancelled job can be retried; this one is {}", job.state.as_str());
        Problem::new(StatusCode::CONFLICT, "job_not_retryable", detail)
    })?;
    Ok(Json(put_back.into()))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserOverviewWire {
    #[serde(flatten)]
    user: UserWire,
    /// Logins and tokens that are still good.
    sessions: u64,
    projects: u64,
}

impl From<UserOverview> for UserOverviewWire {
    fn from(overview: UserOverview) -> Self {
        UserOverviewWire { user: overview.user.into(), sessions: overview.sessions, projects: overview.projects }
    }
}

/// Every user
#[utoipa::path(get, operation_id = "list_users", path = "/api/admin/users", tag = "admin", responses((status = 200, body = [UserOverviewWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn users(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<UserOverviewWire>>, Problem> {
    Ok(Json(state.app.users().await?.into_iter().map(UserOverviewWire::from).collect()))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct NewUser {
    username: String,
    /// At least 8 characters.
    password: String,
    #[serde(default)]
    is_admin: bool,
}

/// Add a user
#[utoipa::path(post, operation_id = "add_user", path = "/api/admin/users", tag = "admin", request_body = NewUser,
    responses((status = 201, body = UserWire), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn add_user(
    State(state): State<AppState>,
    _: Admin,
    JsonBody(new): JsonBody<NewUser>,
) -> Result<(StatusCode, Json<UserWire>), Problem> {
    let user = state.app.add_user(&new.username, &new.password, new.is_admin).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewPasswordWire {
    /// Told this once.
    password: String,
}

/// Give a user a new password; their sessions end
#[utoipa::path(post, operation_id = "reset_password", path = "/api/admin/users/{user_id}/password", tag = "admin", params(("user_id" = String, Path)),
    responses((status = 200, body = NewPasswordWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn reset_password(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<Json<NewPasswordWire>, Problem> {
    Ok(Json(NewPasswordWire { password: state.app.reset_password(&id).await? }))
}

/// End a user's sessions and tokens
#[utoipa::path(delete, operation_id = "end_sessions", path = "/api/admin/users/{user_id}/sessions", tag = "admin", params(("user_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn end_sessions(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, Problem> {
    state.app.end_sessions(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a user see clues across bids
#[utoipa::path(put, operation_id = "allow_clues", path = "/api/admin/users/{user_id}/clues", tag = "admin", params(("user_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn allow_clues(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, Problem> {
    state.app.allow_clues_by_id(&id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a user no longer see clues across bids; administrators see them all the same
#[utoipa::path(delete, operation_id = "deny_clues", path = "/api/admin/users/{user_id}/clues", tag = "admin", params(("user_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn deny_clues(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, Problem> {
    state.app.allow_clues_by_id(&id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelTestWire {
    answers: bool,
    took_ms: u64,
    /// How it answered, or why it did not.
    detail: String,
}

/// Ask a model one small question
#[utoipa::path(post, operation_id = "test_model", path = "/api/admin/llms/{model_id}/test", tag = "admin", params(("model_id" = String, Path)),
    responses((status = 200, body = ModelTestWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn test_model(
    State(state): State<AppState>,
    _: Admin,
    PathOf(id): PathOf<String>,
) -> Result<Json<ModelTestWire>, Problem> {
    let begin = Instant::now();
    let (answers, detail) = match state.app.model(&id)? {
        None => (true, "code alone, nothing to ask".to_owned()),
        Some(model) => match model.test().await {
            Ok(_) => (true, format!("the form of answers goes as {}", model.dialect().as_str())),
            Err(error) => (false, error.to_string()),
        },
    };
    let took_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Json(ModelTestWire { answers, took_ms, detail }))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageWire {
    projects: u64,
    files: u64,
    /// Of the files, each counted once however often it was uploaded.
    bytes: u64,
    /// The largest file that may be uploaded, in bytes.
    upload_bytes_max: u64,
    /// How long a job may run, in seconds.
    job_timeout_s: u64,
}

/// How much is kept, and the limits
#[utoipa::path(get, operation_id = "storage", path = "/api/admin/storage", tag = "admin", responses((status = 200, body = StorageWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn storage(State(state): State<AppState>, _: Admin) -> Result<Json<StorageWire>, Problem> {
    let totals = state.app.totals().await?;
    let settings = state.app.settings();
    Ok(Json(StorageWire {
        projects: totals.projects,
        files: totals.files,
        bytes: totals.bytes,
        upload_bytes_max: settings.max_upload_bytes,
        job_timeout_s: settings.job_timeout.as_secs(),
    }))
}
