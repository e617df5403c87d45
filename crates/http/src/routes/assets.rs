//! Files of a project: import by streaming, list, original bytes, segments.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bidlens_app::{AssetKind, Fault, ImportRequest, Imported, PAGE_IMAGE_DPI, Upload, WaitMode, sha256};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf, QueryOf, Waiting};
use crate::idempotency;
use crate::problem::{Problem, ProblemBody};
use crate::wire::{AssetChange, AssetWire, ChunkWire, PageLineWire, run_location};

const FILES_MAX: usize = 100;
const FIELD_BYTES_MAX: usize = 4 * 1024;
/// A request's files together may be this many times the limit of one.
const TOTAL_FACTOR: u64 = 4;
/// How much of a refused upload is still taken in, so that its sender reads the answer instead of a broken pipe.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The form of an upload, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the multipart form; the handler reads it as a stream")]
pub(crate) struct ImportForm {
    /// `tender`, `bid`, `attachment` or `custom_rule`.
    kind: String,
    /// Needed for a bid.
    bidder_name: Option<String>,
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<String>,
}

struct Form {
    kind: Option<String>,
    bidder_name: Option<String>,
    uploads: Vec<Upload>,
}

/// Import files
#[utoipa::path(post, operation_id = "import_assets", path = "/projects/{project_id}/assets/import", tag = "files",
    params(("project_id" = String, Path), ("sync" = Option<String>, Query, description = "`1`: answer when the files have been read")),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "the files have been read", body = [AssetWire]), (status = 202, description = "queued; Location names the run", body = [AssetWire]),
        (status = 413, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn import(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    waiting: Waiting,
    request: Request,
) -> Result<Response, Problem> {
    if !idempotency::is_multipart(request.headers()) {
        return Err(Problem::unsupported_media_type("multipart/form-data"));
    }
    let key = idempotency::key(request.headers())?;
    let multipart =
        Multipart::from_request(request, &()).await.map_err(|e| Problem::bad_request("bad_form", e.body_text()))?;
    let form = receive(&state, multipart).await?;
    let kind = kind_of(form.kind.as_deref().ok_or_else(|| missing("kind"))?)?;
    if form.uploads.is_empty() {
        return Err(missing("files"));
    }
    let wanted = ImportRequest { project_id, kind, bidder_name: form.bidder_name };
    let Some(key) = key else { return add(&state, &asker, &wanted, waiting, form.uploads).await };
    let digest = digest(&wanted, &form.uploads);
    let user = &asker.user;
    idempotency::once(&state.app, user, &key, &digest, add(&state, &asker, &wanted, waiting, form.uploads)).await
}

async fn add(
    state: &AppState,
    asker: &Asker,
    wanted: &ImportRequest,
    waiting: Waiting,
    uploads: Vec<Upload>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let mode = waiting.mode(state.app.settings().asynchronous.ingest);
    let imported = state.app.import_files(&asker.user, &access, wanted, uploads).await?;
    let open = imported.iter().find_map(open_run);
    let (assets, mode) = state.app.settle_import(&access, imported, mode).await?;
    // Only a file that has been read has something to tell.
    let all_pending = assets.iter().all(|asset| asset.status == "pending");
    let runs = if all_pending { Vec::new() } else { state.app.runs(&access, &wanted.project_id).await? };
    let body: Vec<AssetWire> = assets.into_iter().map(|asset| AssetWire::new(asset, &runs)).collect();
    let still_open = body.iter().any(|asset| asset.status == "pending");
    let queued = if mode == WaitMode::Queue && still_open { open } else { None };
    let mut response = Json(body).into_response();
    if let Some(run_id) = queued {
        *response.status_mut() = StatusCode::ACCEPTED;
        set_location(response.headers_mut(), &run_id);
    }
    if waiting == Waiting::Queue {
        response.headers_mut().insert("preference-applied", HeaderValue::from_static("respond-async"));
    }
    Ok(response)
}

fn open_run(imported: &Imported) -> Option<String> {
    imported
        .ingest
        .as_ref()
        .map(|submitted| submitted.run.id.clone())
        .or_else(|| imported.asset.run_id.clone().filter(|_| imported.asset.status == "pending"))
}

pub(crate) fn set_location(headers: &mut HeaderMap, run_id: &str) {
    if let Ok(location) = HeaderValue::try_from(run_location(run_id)) {
        headers.insert(header::LOCATION, location);
    }
}

fn digest(wanted: &ImportRequest, uploads: &[Upload]) -> String {
    let mut words = vec![
        wanted.project_id.clone(),
        wanted.kind.as_str().to_owned(),
        wanted.bidder_name.clone().unwrap_or_default(),
    ];
    words.extend(uploads.iter().flat_map(|u| [u.filename.clone(), u.incoming.sha256()]));
    let parts: Vec<&[u8]> = [b"import".as_slice()].into_iter().chain(words.iter().map(String::as_bytes)).collect();
    idempotency::digest(&parts)
}

pub(crate) fn kind_of(word: &str) -> Result<AssetKind, Problem> {
    AssetKind::parse(word.trim())
        .ok_or_else(|| Problem::unprocessable("bad_kind", "`kind` is one of tender, bid, attachment, custom_rule"))
}

pub(crate) fn missing(name: &str) -> Problem {
    Problem::unprocessable("missing_field", format!("the field `{name}` is missing"))
}

/// Takes the form in, its files into temporary places.
async fn receive(state: &AppState, mut multipart: Multipart) -> Result<Form, Problem> {
    let mut form = Form { kind: None, bidder_name: None, uploads: Vec::new() };
    let total_max = state.app.settings().max_upload_bytes.saturating_mul(TOTAL_FACTOR);
    let mut total = 0u64;
    while let Some(mut field) = multipart.next_field().await.map_err(bad_form)? {
        let received = match field.name() {
            Some("kind") => text(&mut field, "kind").await.map(|word| form.kind = Some(word)),
            Some("bidder_name") => text(&mut field, "bidder_name").await.map(|word| form.bidder_name = Some(word)),
            Some("files" | "files[]" | "file") if form.uploads.len() >= FILES_MAX => {
                Err(Problem::unprocessable("too_many_files", format!("at most {FILES_MAX} files at a time")))
            }
            Some("files" | "files[]" | "file") => file(state, &mut field, total_max - total).await.map(|upload| {
                total += upload.incoming.size();
                form.uploads.push(upload);
            }),
            // What is not asked for is passed over, as browsers and old clients may add to the form.
            _ => Ok(()),
        };
        if let Err(problem) = received {
            drop(field);
            drain(multipart).await;
            return Err(problem);
        }
    }
    Ok(form)
}

async fn text(field: &mut Field<'_>, name: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(bad_form)? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            return Err(Problem::unprocessable("field_too_long", format!("the form field `{name}` is too long")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::unprocessable("bad_field", format!("the form field `{name}` is not UTF-8")))
}

async fn file(state: &AppState, field: &mut Field<'_>, left: u64) -> Result<Upload, Problem> {
    let Some(filename) = field.file_name().map(str::to_owned) else {
        return Err(Problem::unprocessable("bad_file", "`files` holds files with a name"));
    };
    let mut incoming = state.app.receive_file().await?;
    while let Some(chunk) = field.chunk().await.map_err(bad_form)? {
        if incoming.size() + chunk.len() as u64 > left {
            return Err(Problem::too_large());
        }
        incoming.write(&chunk).await.map_err(|error| {
            let mut error = bidlens_app::AppError::from(error);
            if error.fault == Fault::TooLarge {
                error.detail = format!("{filename}: {}", error.detail);
            }
            Problem::from(error)
        })?;
    }
    Ok(Upload { filename, incoming })
}

async fn drain(mut multipart: Multipart) {
    let rest = async {
        let mut taken = 0;
        while let Ok(Some(mut field)) = multipart.next_field().await {
            while let Ok(Some(chunk)) = field.chunk().await {
                taken += chunk.len();
                if taken > DRAIN_BYTES_MAX {
                    return;
                }
            }
        }
    };
    // Out of time the connection is simply closed.
    let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
}

fn bad_form(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large();
    }
    Problem::bad_request("bad_form", format!("the form cannot be read: {}", error.body_text()))
}

/// Files of a project
#[utoipa::path(get, operation_id = "list_assets", path = "/projects/{project_id}/assets", tag = "files", params(("project_id" = String, Path)), responses((status = 200, body = [AssetWire])))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<AssetWire>>, Problem> {
    let access = asker.access();
    let assets = state.app.assets(&access, &project_id).await?;
    let runs = state.app.runs(&access, &project_id).await?;
    Ok(Json(assets.into_iter().map(|asset| AssetWire::new(asset, &runs)).collect()))
}

/// Change what a file is and whose, when it was imported as something else
#[utoipa::path(put, operation_id = "change_asset", path = "/projects/{project_id}/assets/{asset_id}", tag = "files", params(("project_id" = String, Path), ("asset_id" = String, Path)),
    request_body = AssetChange, responses((status = 200, body = AssetWire), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id)): PathOf<(String, String)>,
    JsonBody(change): JsonBody<AssetChange>,
) -> Result<Json<AssetWire>, Problem> {
    let access = asker.access();
    // Whose it is comes before what is wrong with the request.
    state.app.check_project(&access, &project_id).await?;
    let kind = kind_of(&change.kind)?;
    let changed = state.app.change_asset(&access, &project_id, &asset_id, kind, change.bidder_name.as_deref()).await?;
    let runs = state.app.runs(&access, &project_id).await?;
    Ok(Json(AssetWire::new(changed, &runs)))
}

/// Remove a file and its text
#[utoipa::path(delete, operation_id = "delete_asset", path = "/projects/{project_id}/assets/{asset_id}", tag = "files", params(("project_id" = String, Path), ("asset_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id)): PathOf<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.app.delete_asset(&asker.access(), &project_id, &asset_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The original bytes
#[utoipa::path(get, operation_id = "asset_file", path = "/projects/{project_id}/assets/{asset_id}/file", tag = "files", params(("project_id" = String, Path), ("asset_id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ProblemBody)))]
pub(crate) async fn file_bytes(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id)): PathOf<(String, String)>,
) -> Result<Response, Problem> {
    let (asset, file) = state.app.asset_file(&asker.access(), &project_id, &asset_id).await?;
    // Whatever a file may hold, no browser is to run it here; a PDF is only drawn.
    let pdf = asset.filename.to_ascii_lowercase().ends_with(".pdf");
    let content_type = if pdf { "application/pdf" } else { "application/octet-stream" };
    let mut response = attachment(content_type, &asset.filename, Body::from_stream(file));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(asset.size_bytes));
    Ok(response)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageImageQuery {
    /// Dots an inch, 36 to 300; 150 when not given.
    dpi: Option<u32>,
}

/// A page as a picture
#[utoipa::path(get, operation_id = "page_image", path = "/projects/{project_id}/assets/{asset_id}/pages/{page}/image", tag = "files",
    params(("project_id" = String, Path), ("asset_id" = String, Path), ("page" = u32, Path, description = "counted from 1"), PageImageQuery),
    responses((status = 200, description = "a PNG; its ETag names the file's content", content_type = "image/png"), (status = 304, description = "the asker has it"),
        (status = 404, body = ProblemBody), (status = 422, description = "the file has no pages that can be drawn", body = ProblemBody)))]
pub(crate) async fn page_image(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id, page)): PathOf<(String, String, u32)>,
    QueryOf(query): QueryOf<PageImageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (access, dpi) = (asker.access(), query.dpi.unwrap_or(PAGE_IMAGE_DPI));
    let image = state.app.page_image(&access, &project_id, &asset_id, page, dpi, known_tag(&headers)).await?;
    let response = match image.png {
        Some(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    // A file under its id never changes.
    tagged(response, &image.name, "private, max-age=86400")
}

/// The words of a page, line by line, with the place of each
///
/// Lines come in reading order; each with its `joint` behind it, they are the text of the page. Scanned pages have the
/// lines that recognition found. A page without words has none, and neither has a file without places (Word, text).
#[utoipa::path(get, operation_id = "page_text", path = "/projects/{project_id}/assets/{asset_id}/pages/{page}/text", tag = "files",
    params(("project_id" = String, Path), ("asset_id" = String, Path), ("page" = u32, Path, description = "counted from 1")),
    responses((status = 200, description = "its ETag names the words and their places", body = [PageLineWire]), (status = 304, description = "the asker has it"),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn page_text(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id, page)): PathOf<(String, String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lines = state.app.page_lines(&asker.access(), &project_id, &asset_id, page).await?;
    let lines: Vec<PageLineWire> = lines.into_iter().map(PageLineWire::new).collect();
    let name = sha256(&serde_json::to_vec(&lines).map_err(|_| Problem::internal())?);
    let response = match known_tag(&headers) == Some(name.as_str()) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Json(lines).into_response(),
    };
    // Words may be read anew, by recognition that was not there at first.
    tagged(response, &name, "private, no-cache")
}

/// The name under which the asker has what it asks for; a proxy that packs answers makes it a weak one.
fn known_tag(headers: &HeaderMap) -> Option<&str> {
    let tag = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')
}

/// An answer that the asker may keep, under its name.
fn tagged(mut response: Response, name: &str, kept: &'static str) -> Result<Response, Problem> {
    let tag = HeaderValue::try_from(format!("\"{name}\"")).map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// A download under a name of any script.
pub(crate) fn attachment(content_type: &'static str, filename: &str, body: impl Into<Body>) -> Response {
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let plain: String = filename.chars().map(|c| if c.is_ascii() && safe(c as u8) { c } else { '_' }).collect();
    let encode = |b: u8| if safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    let encoded: String = filename.bytes().map(encode).collect();
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SegmentsQuery {
    /// Only this physical page.
    page: Option<i64>,
}

/// The text of a file in segments, with pages and boxes
#[utoipa::path(get, operation_id = "asset_segments", path = "/projects/{project_id}/assets/{asset_id}/segments", tag = "files",
    params(("project_id" = String, Path), ("asset_id" = String, Path), SegmentsQuery), responses((status = 200, body = [ChunkWire])))]
pub(crate) async fn segments(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, asset_id)): PathOf<(String, String)>,
    QueryOf(query): QueryOf<SegmentsQuery>,
) -> Result<Json<Vec<ChunkWire>>, Problem> {
    let rows = state.app.segments(&asker.access(), &project_id, &asset_id, query.page).await?;
    Ok(Json(rows.into_iter().map(ChunkWire::new).collect()))
}
