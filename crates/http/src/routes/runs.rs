//! Runs: look, cancel, retry.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use bidlens_app::Run;

use crate::AppState;
use crate::extract::{Asker, PathOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::RunWire;

/// Runs of a project, newest first
#[utoipa::path(get, operation_id = "list_runs", path = "/projects/{project_id}/runs", tag = "runs", params(("project_id" = String, Path)), responses((status = 200, body = [RunWire])))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<RunWire>>, Problem> {
    let runs = state.app.runs(&asker.access(), &project_id).await?;
    let ahead = state.app.waiting_before(&runs).await?;
    let wire = |run: Run| RunWire { ahead: ahead.get(&run.job_id).copied(), ..run.into() };
    Ok(Json(runs.into_iter().map(wire).collect()))
}

/// One run
#[utoipa::path(get, operation_id = "get_run", path = "/runs/{run_id}", tag = "runs", params(("run_id" = String, Path)),
    responses((status = 200, body = RunWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<Json<RunWire>, Problem> {
    let run = state.app.run(&asker.access(), &id).await?;
    let ahead = state.app.waiting_before(std::slice::from_ref(&run)).await?.get(&run.job_id).copied();
    Ok(Json(RunWire { ahead, ..run.into() }))
}

/// Cancel a run; one that runs already stops at its next step
#[utoipa::path(post, operation_id = "cancel_run", path = "/runs/{run_id}/cancel", tag = "runs", params(("run_id" = String, Path)),
    responses((status = 200, body = RunWire), (status = 404, body = ProblemBody), (status = 409, description = "it has ended", body = ProblemBody)))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<Json<RunWire>, Problem> {
    Ok(Json(state.app.cancel_run(&asker.access(), &id).await?.into()))
}

/// Run a failed or cancelled run again
#[utoipa::path(post, operation_id = "retry_run", path = "/runs/{run_id}/retry", tag = "runs", params(("run_id" = String, Path)),
    responses((status = 202, description = "queued again", body = RunWire), (status = 404, body = ProblemBody), (status = 409, description = "not failed or cancelled", body = ProblemBody)))]
pub(crate) async fn retry(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<(StatusCode, Json<RunWire>), Problem> {
    let run = state.app.retry_run(&asker.access(), &id).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}
