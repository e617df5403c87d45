//! The outline of the bid that the tender asks for.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bidlens_app::{DirectoryBody, DirectoryNode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::{ExtractRequest, settle};
use crate::AppState;
use crate::extract::{Asker, JsonBody, OptionalJsonBody, PathOf, Waiting};
use crate::problem::{Problem, ProblemBody};
use crate::wire::StartedWire;

/// A node of the outline; the list is flat and in order, parents before their children.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(no_recursion)]
pub(crate) struct DirectoryNodeWire {
    id: String,
    #[serde(default)]
    parent_id: Option<String>,
    /// Counted anew when the list is stored.
    #[serde(default)]
    order_no: usize,
    #[serde(default)]
    numbering: String,
    /// 1 for the outermost.
    level: u32,
    title: String,
    #[serde(default)]
    required: bool,
    /// `tender` or `user`.
    #[serde(default = "by_user")]
    source: String,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    volume: String,
    #[serde(default)]
    evidence_chunk_ids: Vec<String>,
    /// The tender's own form for it.
    #[serde(default, rename = "bodyMeta")]
    body_meta: Option<BodyMetaWire>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BodyMetaWire {
    text: String,
    #[serde(default)]
    evidence_chunk_ids: Vec<String>,
}

fn by_user() -> String {
    "user".to_owned()
}

impl From<DirectoryNode> for DirectoryNodeWire {
    fn from(node: DirectoryNode) -> Self {
        DirectoryNodeWire {
            id: node.id,
            parent_id: node.parent_id,
            order_no: node.order_no,
            numbering: node.numbering,
            level: node.level,
            title: node.title,
            required: node.required,
            source: node.source,
            notes: node.notes,
            volume: node.volume,
            evidence_chunk_ids: node.evidence_chunk_ids,
            body_meta: node
                .body
                .map(|body| BodyMetaWire { text: body.text, evidence_chunk_ids: body.evidence_chunk_ids }),
        }
    }
}

impl From<DirectoryNodeWire> for DirectoryNode {
    fn from(wire: DirectoryNodeWire) -> Self {
        DirectoryNode {
            id: wire.id,
            parent_id: wire.parent_id,
            order_no: wire.order_no,
            numbering: wire.numbering,
            level: wire.level,
            title: wire.title,
            required: wire.required,
            source: wire.source,
            notes: wire.notes,
            volume: wire.volume,
            evidence_chunk_ids: wire.evidence_chunk_ids,
            body: wire
                .body_meta
                .map(|body| DirectoryBody { text: body.text, evidence_chunk_ids: body.evidence_chunk_ids }),
        }
    }
}

/// Generate the outline from the tender
#[utoipa::path(post, operation_id = "generate_directory", path = "/projects/{project_id}/directory/generate", tag = "directory",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: wait")), request_body = ExtractRequest,
    responses((status = 200, description = "ended", body = StartedWire), (status = 202, description = "queued; Location names the run", body = StartedWire),
        (status = 404, body = ProblemBody), (status = 409, description = "no tender", body = ProblemBody)))]
pub(crate) async fn generate(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
    OptionalJsonBody(request): OptionalJsonBody<ExtractRequest>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let work = state.app.submit_directory(&asker.user, &access, &project_id, request.model_id.as_deref()).await?;
    settle(&state, &access, work, waiting, state.app.settings().asynchronous.extract).await
}

/// The outline
#[utoipa::path(get, operation_id = "get_directory", path = "/projects/{project_id}/directory", tag = "directory", params(("project_id" = String, Path)), responses((status = 200, body = [DirectoryNodeWire])))]
pub(crate) async fn get(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<DirectoryNodeWire>>, Problem> {
    let nodes = state.app.directory(&asker.access(), &project_id).await?;
    Ok(Json(nodes.into_iter().map(DirectoryNodeWire::from).collect()))
}

/// Replace the outline
#[utoipa::path(put, operation_id = "put_directory", path = "/projects/{project_id}/directory", tag = "directory", params(("project_id" = String, Path)), request_body = [DirectoryNodeWire],
    responses((status = 200, body = [DirectoryNodeWire]), (status = 422, body = ProblemBody)))]
pub(crate) async fn put(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    JsonBody(nodes): JsonBody<Vec<DirectoryNodeWire>>,
) -> Result<Json<Vec<DirectoryNodeWire>>, Problem> {
    let nodes = nodes.into_iter().map(DirectoryNode::from).collect();
    let nodes = state.app.replace_directory(&asker.access(), &project_id, nodes).await?;
    Ok(Json(nodes.into_iter().map(DirectoryNodeWire::from).collect()))
}

/// Attach the tender's own form text to the nodes; the run's `result_json` is the summary
#[utoipa::path(post, operation_id = "fill_directory_samples", path = "/projects/{project_id}/directory/auto-fill-samples", tag = "directory",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: wait")),
    responses((status = 200, description = "ended", body = StartedWire), (status = 202, description = "queued; Location names the run", body = StartedWire),
        (status = 404, body = ProblemBody), (status = 409, description = "no tender", body = ProblemBody)))]
pub(crate) async fn fill_samples(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
) -> Result<Response, Problem> {
    let access = asker.access();
    let work = state.app.submit_samples(&asker.user, &access, &project_id).await?;
    settle(&state, &access, work, waiting, state.app.settings().asynchronous.extract).await
}
