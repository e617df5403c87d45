//! The ledger of requirements, and what people change in it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bidlens_app::NewRequirement;
use bidlens_domain::ledger_edit::LedgerChange;
use bidlens_domain::requirement::Dimension;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{self, RequirementWire};

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LedgerEditRequest {
    /// `confirmed`, `edited` or `dropped`.
    state: String,
    /// Of an edited requirement: its words.
    #[serde(default)]
    text: Option<String>,
    /// Of an edited requirement: 资格审查, 报价审查, 技术审查, 商务审查, 工期与质量, 文档结构 or 其他.
    #[serde(default)]
    dimension: Option<String>,
    /// Of an edited requirement: whether not meeting it disqualifies the bid.
    #[serde(default)]
    rigid: Option<bool>,
    /// Why.
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewRequirementRequest {
    /// Words of the tender that make the demand; they must stand there.
    quote: String,
    /// The demand in words of its own; the quote when it is left out.
    #[serde(default)]
    text: Option<String>,
    /// 资格审查, 报价审查, 技术审查, 商务审查, 工期与质量, 文档结构 or 其他.
    dimension: String,
    #[serde(default)]
    rigid: bool,
    /// Why.
    #[serde(default)]
    note: Option<String>,
}

fn dimension(word: &str) -> Result<Dimension, Problem> {
    Dimension::parse(word).ok_or_else(|| {
        let detail = "`dimension` is 资格审查, 报价审查, 技术审查, 商务审查, 工期与质量, 文档结构 or 其他";
        Problem::unprocessable("bad_dimension", detail)
    })
}

/// The ledger of what the tender demands
///
/// Each with `edit` where a person confirmed, edited, dropped or added it; dropped ones come last.
#[utoipa::path(get, operation_id = "list_requirements", path = "/projects/{project_id}/requirements", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = [RequirementWire])))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<RequirementWire>>, Problem> {
    let ledger = state.app.ledger(&asker.access(), &project_id).await?;
    Ok(Json(ledger.iter().map(wire::requirement).collect()))
}

/// Confirm, edit or drop a requirement
///
/// The next review uses it; the change outlives later extractions.
#[utoipa::path(put, operation_id = "edit_requirement", path = "/projects/{project_id}/requirements/{requirement_id}", tag = "results",
    params(("project_id" = String, Path), ("requirement_id" = String, Path)), request_body = LedgerEditRequest,
    responses((status = 200, body = RequirementWire), (status = 404, body = ProblemBody), (status = 409, description = "a person added it", body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn edit(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, requirement_id)): PathOf<(String, String)>,
    JsonBody(request): JsonBody<LedgerEditRequest>,
) -> Result<Json<RequirementWire>, Problem> {
    let LedgerEditRequest { state: word, text, dimension: named, rigid, note } = request;
    let edits = text.is_some() || named.is_some() || rigid.is_some();
    let change = match word.as_str() {
        "edited" => LedgerChange::Edited { text, dimension: named.as_deref().map(dimension).transpose()?, rigid },
        "confirmed" | "dropped" if edits => {
            let detail = "`text`, `dimension` and `rigid` belong to an edited requirement alone";
            return Err(Problem::unprocessable("bad_edit", detail));
        }
        "confirmed" => LedgerChange::Confirmed,
        "dropped" => LedgerChange::Dropped,
        _ => return Err(Problem::unprocessable("bad_edit", "`state` is confirmed, edited or dropped")),
    };
    let (access, note) = (asker.access(), note.unwrap_or_default());
    let entry = state.app.edit_requirement(&asker.user, &access, &project_id, &requirement_id, change, &note).await?;
    Ok(Json(wire::requirement(&entry)))
}

/// Add a requirement that reading missed
#[utoipa::path(post, operation_id = "add_requirement", path = "/projects/{project_id}/requirements", tag = "results", params(("project_id" = String, Path)), request_body = NewRequirementRequest,
    responses((status = 201, body = RequirementWire), (status = 404, body = ProblemBody), (status = 422, description = "the quote does not stand in the tender", body = ProblemBody)))]
pub(crate) async fn add(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    JsonBody(request): JsonBody<NewRequirementRequest>,
) -> Result<(StatusCode, Json<RequirementWire>), Problem> {
    let new = NewRequirement {
        quote: request.quote,
        text: request.text.unwrap_or_default(),
        dimension: dimension(&request.dimension)?,
        rigid: request.rigid,
        note: request.note.unwrap_or_default(),
    };
    let entry = state.app.add_requirement(&asker.user, &asker.access(), &project_id, new).await?;
    Ok((StatusCode::CREATED, Json(wire::requirement(&entry))))
}

/// Take a change of a requirement back; an added one goes
#[utoipa::path(delete, operation_id = "undo_requirement_edit", path = "/projects/{project_id}/requirements/{requirement_id}", tag = "results",
    params(("project_id" = String, Path), ("requirement_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn undo(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, requirement_id)): PathOf<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.app.undo_requirement(&asker.access(), &project_id, &requirement_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
