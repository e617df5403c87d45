//! What people decide about findings.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bidlens_app::decision_json;
use bidlens_domain::decision::{Decision, DecisionKind};
use bidlens_domain::finding::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf};
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DecisionRequest {
    /// `accepted`, `edited` or `rejected`.
    #[schema(value_type = String)]
    decision: DecisionKind,
    /// Of an edited finding: `pass`, `risk` or `fail`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    result: Option<Verdict>,
    /// Of an edited finding.
    #[serde(default)]
    remark: Option<String>,
    /// Needed for an edited and for a rejected finding.
    #[serde(default)]
    reason: Option<String>,
    /// The finding's `version` as it was read; 409 when it says something else since.
    #[serde(default)]
    version: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HumanReviewWire {
    /// Findings there are.
    total: usize,
    /// Findings with a decision about what they say now.
    decided: usize,
    /// Decisions about what a finding said earlier.
    earlier: usize,
    /// Decisions whose finding is gone.
    orphaned: usize,
    /// Oldest first: `finding_id`, `bidder_name`, `decision`, `result`, `remark`, `reason`, `decided_by`,
    /// `decided_at`, `state` (`current`, `earlier` or `orphaned`).
    #[schema(value_type = Vec<Object>)]
    decisions: Vec<Value>,
}

/// Accept, edit or reject a finding
///
/// The decision is kept when a later run replaces the findings, and is shown as made about an earlier version when
/// the finding says something else by then.
#[utoipa::path(put, operation_id = "put_decision", path = "/projects/{project_id}/review/{finding_id}/decision", tag = "results",
    params(("project_id" = String, Path), ("finding_id" = String, Path)), request_body = DecisionRequest,
    responses((status = 200, body = Object), (status = 404, body = ProblemBody), (status = 409, description = "the finding has changed", body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn put(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, finding_id)): PathOf<(String, String)>,
    JsonBody(request): JsonBody<DecisionRequest>,
) -> Result<Json<Value>, Problem> {
    let access = asker.access();
    let decision =
        Decision::new(request.decision, request.result, request.remark.as_deref(), request.reason.as_deref())
            .map_err(|error| Problem::unprocessable("bad_decision", error.to_string()))?;
    let version = request.version.as_deref();
    let decision = state.app.decide(&asker.user, &access, &project_id, &finding_id, version, &decision).await?;
    Ok(Json(decision_json(&decision)))
}

/// Take a decision back
#[utoipa::path(delete, operation_id = "delete_decision", path = "/projects/{project_id}/review/{finding_id}/decision", tag = "results",
    params(("project_id" = String, Path), ("finding_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, finding_id)): PathOf<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.app.undecide(&asker.access(), &project_id, &finding_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All decisions, and how far people are
#[utoipa::path(get, operation_id = "list_decisions", path = "/projects/{project_id}/review/decisions", tag = "results", params(("project_id" = String, Path)),
    responses((status = 200, body = HumanReviewWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<HumanReviewWire>, Problem> {
    let review = state.app.human_review(&asker.access(), &project_id).await?;
    Ok(Json(HumanReviewWire {
        total: review.total,
        decided: review.decided,
        earlier: review.earlier,
        orphaned: review.orphaned,
        decisions: review.decisions.iter().map(decision_json).collect(),
    }))
}
