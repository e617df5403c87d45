//! What was found: project info, risks, requirements, findings, search, segments, reports.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bidlens_app::ExportFormat;
use bidlens_domain::document::Language;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::assets::attachment;
use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{self, ChunkWire, FindingWire, ProjectInfoWire, RequirementWire, RiskWire};

/// Project info; `null` before the first extraction
#[utoipa::path(get, path = "/projects/{project_id}/project-info", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = Option<ProjectInfoWire>)))]
pub(crate) async fn project_info(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Option<ProjectInfoWire>>, Problem> {
    let row = state.app.facts(&asker.access(), &project_id).await?;
    Ok(Json(row.map(|row| wire::project_info(&project_id, &row))))
}

/// Risks of the tender
#[utoipa::path(get, path = "/projects/{project_id}/risks", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = [RiskWire])))]
pub(crate) async fn risks(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<RiskWire>>, Problem> {
    Ok(Json(wire::risks(&state.app.risks(&asker.access(), &project_id).await?)))
}

/// The ledger of what the tender demands
#[utoipa::path(get, path = "/projects/{project_id}/requirements", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = [RequirementWire])))]
pub(crate) async fn requirements(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<RequirementWire>>, Problem> {
    let facts = state.app.facts(&asker.access(), &project_id).await?;
    let requirements = facts.map(|row| row.content.requirements).unwrap_or_default();
    Ok(Json(requirements.iter().map(wire::requirement).collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct ReviewQuery {
    /// Only this bidder.
    bidder_name: Option<String>,
}

/// Findings about the bids
#[utoipa::path(get, path = "/projects/{project_id}/review", tag = "results", params(("project_id" = String, Path), ReviewQuery), responses((status = 200, body = [FindingWire])))]
pub(crate) async fn review(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    QueryOf(query): QueryOf<ReviewQuery>,
) -> Result<Json<Vec<FindingWire>>, Problem> {
    let bidder = query.bidder_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let reviews = state.app.reviews(&asker.access(), &project_id, bidder).await?;
    let findings =
        reviews.iter().flat_map(|review| review.findings.iter().map(|f| wire::finding(&review.bidder_name, f)));
    Ok(Json(findings.collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct SearchQuery {
    /// The words to look for.
    q: String,
}

/// Segments ranked by how well they fit the words
#[utoipa::path(get, path = "/projects/{project_id}/search", tag = "results", params(("project_id" = String, Path), SearchQuery),
    responses((status = 200, body = [ChunkWire]), (status = 422, body = ProblemBody)))]
pub(crate) async fn search(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    QueryOf(query): QueryOf<SearchQuery>,
) -> Result<Json<Vec<ChunkWire>>, Problem> {
    let hits = state.app.search(&asker.access(), &project_id, &query.q).await?;
    Ok(Json(hits.into_iter().map(|hit| ChunkWire::new(hit.segment, Some(hit.score))).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LookupRequest {
    chunk_ids: Vec<String>,
}

/// The segments behind evidence ids
#[utoipa::path(post, path = "/chunks/lookup", tag = "results", request_body = LookupRequest, responses((status = 200, body = [ChunkWire]), (status = 422, body = ProblemBody)))]
pub(crate) async fn lookup_chunks(
    State(state): State<AppState>,
    asker: Asker,
    JsonBody(request): JsonBody<LookupRequest>,
) -> Result<Json<Vec<ChunkWire>>, Problem> {
    let rows = state.app.lookup_chunks(&asker.access(), &request.chunk_ids).await?;
    Ok(Json(rows.into_iter().map(|row| ChunkWire::new(row, None)).collect()))
}

/// The report: `docx`, `xlsx`, `html`, `json` or `ocds`
#[utoipa::path(get, path = "/projects/{project_id}/export/{format}", tag = "results", params(("project_id" = String, Path), ("format" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ProblemBody), (status = 409, description = "no result yet", body = ProblemBody)))]
pub(crate) async fn export(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, format)): PathOf<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = ExportFormat::parse(&format).ok_or_else(|| {
        Problem::new(
            axum::http::StatusCode::NOT_FOUND,
            "unknown_format",
            "reports come as docx, xlsx, html, json or ocds",
        )
    })?;
    let export = state.app.export(&asker.access(), &project_id, format, language(&headers), chrono::Utc::now()).await?;
    Ok(attachment(export.content_type, &format!("report.{}", export.extension), export.bytes))
}

/// Chinese unless the client asks for English first.
fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().to_ascii_lowercase().starts_with("en") { Language::En } else { Language::Zh }
}
