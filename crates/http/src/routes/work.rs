//! Requests that start work: answered when it is done, or at once with where to look.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bidlens_app::{Access, AppError, ReviewRequest, WaitMode, Work};
use serde::Deserialize;
use utoipa::ToSchema;

use super::assets::set_location;
use crate::AppState;
use crate::extract::{Asker, OptionalJsonBody, PathOf, Waiting};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{StartedWire, started};

#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ExtractRequest {
    /// From `GET /api/llms`; `null` is the default.
    #[serde(default)]
    pub(crate) model_id: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ReviewRunRequest {
    #[serde(default)]
    model_id: Option<String>,
    /// Only this bidder.
    #[serde(default)]
    bidder_name: Option<String>,
    /// Only these files.
    #[serde(default)]
    bid_asset_ids: Option<Vec<String>>,
    /// Only these rule files; without, all of the project's.
    #[serde(default)]
    custom_rule_asset_ids: Option<Vec<String>>,
}

/// Waits for the work when asked to, and answers with its state.
pub(crate) async fn settle(
    state: &AppState,
    access: &Access,
    work: Work,
    waiting: Waiting,
    asynchronous: bool,
) -> Result<Response, Problem> {
    let Some(run) = work.run.clone() else { return Err(Problem::internal()) };
    let mode = tokio::select! {
        mode = state.app.start(&work, waiting.mode(asynchronous)) => mode?,
        () = state.closing.cancelled() => return Err(closing().into()),
    };
    let run = match mode {
        WaitMode::Queue => run,
        WaitMode::Wait => state.app.run(access, &run.id).await?,
    };
    let mut response = Json(started(&run)).into_response();
    if mode == WaitMode::Queue {
        *response.status_mut() = StatusCode::ACCEPTED;
        set_location(response.headers_mut(), &run.id);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    if waiting == Waiting::Queue {
        response.headers_mut().insert("preference-applied", HeaderValue::from_static("respond-async"));
    }
    Ok(response)
}

fn closing() -> AppError {
    AppError::new(
        bidlens_app::Fault::Unavailable,
        "shutting_down",
        "the server is stopping; the work goes on when it is back",
    )
}

/// Extract project info, requirements and scoring
#[utoipa::path(post, operation_id = "extract_project_info", path = "/projects/{project_id}/extract/project-info", tag = "work",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: wait")), request_body = ExtractRequest,
    responses((status = 200, description = "ended", body = StartedWire), (status = 202, description = "queued; Location names the run", body = StartedWire),
        (status = 404, body = ProblemBody), (status = 409, description = "no tender", body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn project_info(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
    OptionalJsonBody(request): OptionalJsonBody<ExtractRequest>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let work = state.app.submit_project_info(&asker.user, &access, &project_id, request.model_id.as_deref()).await?;
    settle(&state, &access, work, waiting, state.app.settings().asynchronous.extract).await
}

/// Extract risks
#[utoipa::path(post, operation_id = "extract_risks", path = "/projects/{project_id}/extract/risks", tag = "work",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: wait")), request_body = ExtractRequest,
    responses((status = 200, description = "ended", body = StartedWire), (status = 202, description = "queued; Location names the run", body = StartedWire),
        (status = 404, body = ProblemBody), (status = 409, description = "no tender", body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn risks(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
    OptionalJsonBody(request): OptionalJsonBody<ExtractRequest>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let work = state.app.submit_risks(&asker.user, &access, &project_id, request.model_id.as_deref()).await?;
    settle(&state, &access, work, waiting, state.app.settings().asynchronous.extract).await
}

/// Review the bids
#[utoipa::path(post, operation_id = "run_review", path = "/projects/{project_id}/review/run", tag = "work",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: wait")), request_body = ReviewRunRequest,
    responses((status = 200, description = "ended", body = StartedWire), (status = 202, description = "queued; Location names the run", body = StartedWire),
        (status = 404, body = ProblemBody), (status = 409, description = "no tender or no bid", body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn review(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
    OptionalJsonBody(request): OptionalJsonBody<ReviewRunRequest>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let wanted = ReviewRequest {
        bidder_name: request.bidder_name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        bid_asset_ids: request.bid_asset_ids.unwrap_or_default(),
        custom_rule_asset_ids: request.custom_rule_asset_ids.unwrap_or_default(),
    };
    let work = state.app.submit_review(&asker.user, &access, &project_id, request.model_id.as_deref(), &wanted).await?;
    settle(&state, &access, work, waiting, state.app.settings().asynchronous.review).await
}
