//! What was found: project info, risks, requirements, findings, search, segments, reports.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use bidlens_app::{AssetKind, ExportFormat, SearchRequest};
use bidlens_domain::document::Language;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::assets::attachment;
use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{
    self, ChangeWire, ChunkWire, ClarificationsWire, ClueWire, FindingWire, ProjectInfoWire, RiskWire, SearchHitWire,
};

/// Project info; `null` before the first extraction
#[utoipa::path(get, operation_id = "get_project_info", path = "/projects/{project_id}/project-info", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = Option<ProjectInfoWire>)))]
pub(crate) async fn project_info(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Option<ProjectInfoWire>>, Problem> {
    let row = state.app.facts(&asker.access(), &project_id).await?;
    Ok(Json(row.map(|row| wire::project_info(&project_id, &row))))
}

/// Risks of the tender
#[utoipa::path(get, operation_id = "list_risks", path = "/projects/{project_id}/risks", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = [RiskWire])))]
pub(crate) async fn risks(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<RiskWire>>, Problem> {
    Ok(Json(wire::risks(&state.app.risks(&asker.access(), &project_id).await?)))
}

/// What the tender says in two ways, each with a question ready to ask, and until when it may be asked
#[utoipa::path(get, path = "/projects/{project_id}/clarifications", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = ClarificationsWire)))]
pub(crate) async fn clarifications(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<ClarificationsWire>, Problem> {
    let facts = state.app.facts(&asker.access(), &project_id).await?;
    Ok(Json(wire::clarifications(facts.map(|row| row.content).as_ref())))
}

/// What addenda change in the tender, with their words; the newest addendum first
#[utoipa::path(get, operation_id = "list_changes", path = "/projects/{project_id}/changes", tag = "results", params(("project_id" = String, Path)), responses((status = 200, body = [ChangeWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn changes(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<ChangeWire>>, Problem> {
    let facts = state.app.facts(&asker.access(), &project_id).await?;
    Ok(Json(wire::changes(facts.map(|row| row.content).as_ref())))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReviewQuery {
    /// Only this bidder.
    bidder_name: Option<String>,
}

/// Findings about the bids
#[utoipa::path(get, operation_id = "list_findings", path = "/projects/{project_id}/review", tag = "results", params(("project_id" = String, Path), ReviewQuery), responses((status = 200, body = [FindingWire])))]
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

/// What bids have in common, the candidates first; for users who may see it
#[utoipa::path(get, operation_id = "list_clues", path = "/projects/{project_id}/clues", tag = "results", params(("project_id" = String, Path)),
    responses((status = 200, body = [ClueWire]), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn clues(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<ClueWire>>, Problem> {
    let clues = state.app.clues(&asker.user, &asker.access(), &project_id).await?;
    Ok(Json(clues.iter().map(wire::clue).collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// The words to look for, or a question; at most 500 characters.
    q: String,
    /// Only this file.
    asset_id: Option<String>,
    /// Only files of this kind: `tender`, `bid` or `attachment`.
    kind: Option<String>,
    /// Only this bidder's files.
    bidder_name: Option<String>,
    /// First physical page, counted from 1.
    page_from: Option<i64>,
    /// Last physical page.
    page_to: Option<i64>,
    /// Hits in the answer, 1 to 100; 20 when it is not given.
    limit: Option<i64>,
    /// Hits to leave out before the first.
    offset: Option<i64>,
}

/// Segments ranked by how well they fit the words
///
/// Each hit tells by `ranking` what the order goes by: `lexical` is words alone, `hybrid` joins the meaning that a
/// configured model finds. The headers `X-Search-Ranking` and `X-Total-Count` tell it when there are no hits too.
#[utoipa::path(get, path = "/projects/{project_id}/search", tag = "results", params(("project_id" = String, Path), SearchQuery),
    responses((status = 200, body = [SearchHitWire]), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn search(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    QueryOf(query): QueryOf<SearchQuery>,
) -> Result<(HeaderMap, Json<Vec<SearchHitWire>>), Problem> {
    let kind =
        match given(query.kind) {
            None => None,
            Some(word) => Some(AssetKind::parse(&word).ok_or_else(|| {
                Problem::unprocessable("bad_kind", "`kind` is tender, bid, attachment or custom_rule")
            })?),
        };
    let request = SearchRequest {
        query: query.q,
        asset_id: given(query.asset_id),
        kind,
        bidder_name: given(query.bidder_name),
        page_from: query.page_from,
        page_to: query.page_to,
        limit: query.limit,
        offset: query.offset,
    };
    let answer = state.app.search(&asker.access(), &project_id, &request).await?;
    let ranking = wire::ranking_word(answer.ranking);
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-search-ranking"), HeaderValue::from_static(ranking));
    headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(answer.total));
    Ok((headers, Json(answer.hits.into_iter().map(|hit| SearchHitWire::new(hit, ranking)).collect())))
}

/// A parameter that says something.
fn given(value: Option<String>) -> Option<String> {
    value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
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
    Ok(Json(rows.into_iter().map(ChunkWire::new).collect()))
}

/// The report: `docx`, `xlsx`, `html`, `json`, `ocds`, `sarif`, `annotations` (W3C), `ics` (deadlines) or `clarifications` (a letter)
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
            "reports come as docx, xlsx, html, json, ocds, sarif, annotations, ics or clarifications",
        )
    })?;
    let export = state.app.export(&asker.access(), &project_id, format, language(&headers), chrono::Utc::now()).await?;
    Ok(attachment(export.content_type, &format!("report.{}", export.extension), export.bytes))
}

/// A file of a bid, PDF or DOCX, with every finding of the review that rests on its words as a comment at them
#[utoipa::path(get, operation_id = "export_annotated", path = "/projects/{project_id}/export/annotated/{asset_id}", tag = "results", params(("project_id" = String, Path), ("asset_id" = String, Path)),
    responses((status = 200, description = "the file as it was imported, with annotations (PDF) or comments (DOCX)", content_type = "application/octet-stream"), (status = 404, body = ProblemBody),
        (status = 409, description = "no review of this bid yet", body = ProblemBody), (status = 422, description = "no file of a bid, or one that cannot carry comments", body = ProblemBody)))]
pub(crate) async fn export_annotated(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id)): PathOf<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let copy = state.app.annotated_copy(&asker.access(), &project_id, &asset_id, language(&headers)).await?;
    Ok(attachment(copy.export.content_type, &copy.filename, copy.export.bytes))
}

/// Chinese unless the client asks for English first.
fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().to_ascii_lowercase().starts_with("en") { Language::En } else { Language::Zh }
}
