//! Uploads that go on after a broken connection, as tus 1.0.0 asks for them: core, creation, expiration, termination.
//!
//! An upload is begun with the file's name, kind and size, takes bytes at the offset where it stands, and is imported
//! with its last byte.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bidlens_app::{ImportRequest, PartialUpload};

use super::assets::{kind_of, missing};
use crate::AppState;
use crate::extract::{Asker, PathOf, Waiting};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{AssetWire, UploadWire, expires_at, upload_location};

pub(crate) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(crate) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const BYTES: &str = "application/offset+octet-stream";

/// What uploads can do here
#[utoipa::path(options, operation_id = "upload_options", path = "/projects/{project_id}/uploads", tag = "files", params(("project_id" = String, Path)),
    responses((status = 204, description = "Tus-Version, Tus-Extension and Tus-Max-Size tell it"), (status = 404, body = ProblemBody)))]
pub(crate) async fn options(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Response, Problem> {
    state.app.check_project(&asker.access(), &project_id).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_VERSION, VERSION);
    headers.insert(TUS_EXTENSION, HeaderValue::from_static("creation,expiration,termination"));
    headers.insert(TUS_MAX_SIZE, HeaderValue::from(state.app.settings().max_upload_bytes));
    Ok(response)
}

/// Begin an upload that can go on after a broken connection
#[utoipa::path(post, operation_id = "begin_upload", path = "/projects/{project_id}/uploads", tag = "files",
    params(("project_id" = String, Path), ("Upload-Length" = u64, Header, description = "the file's size in bytes"),
        ("Upload-Metadata" = String, Header, description = "`filename`, `kind` and for a bid `bidder_name`, each with its value in Base64, separated by commas")),
    responses((status = 201, description = "Location is where its bytes go, with PATCH; it is kept for a day after the last of them", body = UploadWire),
        (status = 404, body = ProblemBody), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, description = "a hundred are open", body = ProblemBody)))]
pub(crate) async fn begin(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let access = asker.access();
    // Whose it is comes before what is wrong with the request.
    state.app.check_project(&access, &project_id).await?;
    check_version(&headers)?;
    let size = number(&headers, &UPLOAD_LENGTH)?;
    let metadata = headers.get(&UPLOAD_METADATA).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let filename = metadata_value(metadata, "filename")?.ok_or_else(|| missing("filename"))?;
    let kind = kind_of(&metadata_value(metadata, "kind")?.ok_or_else(|| missing("kind"))?)?;
    let bidder_name = metadata_value(metadata, "bidder_name")?;
    let wanted = ImportRequest { project_id, kind, bidder_name };
    let upload = state.app.begin_upload(&access, &wanted, &filename, size).await?;
    let location = HeaderValue::try_from(upload_location(&upload)).map_err(|_| Problem::internal())?;
    let mut response = told(StatusCode::CREATED, upload, None);
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// A project's uploads that still take bytes, newest first; one that has become a file is listed with the files
#[utoipa::path(get, operation_id = "list_uploads", path = "/projects/{project_id}/uploads", tag = "files", params(("project_id" = String, Path)),
    responses((status = 200, body = [UploadWire]), (status = 404, body = ProblemBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
) -> Result<Json<Vec<UploadWire>>, Problem> {
    let open = state.app.open_uploads(&asker.access(), &project_id).await?;
    Ok(Json(open.into_iter().map(|upload| UploadWire::new(upload, None)).collect()))
}

/// Where an upload stands, and what it became; HEAD tells the first in headers alone
#[utoipa::path(get, operation_id = "get_upload", path = "/projects/{project_id}/uploads/{upload_id}", tag = "files", params(("project_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, description = "Upload-Offset is where to go on", body = UploadWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, upload_id)): PathOf<(String, String)>,
) -> Result<Response, Problem> {
    let access = asker.access();
    let upload = state.app.upload(&access, &project_id, &upload_id).await?;
    let Some(ids) = &upload.asset_ids else { return Ok(told(StatusCode::OK, upload, None)) };
    let runs = state.app.runs(&access, &project_id).await?;
    let assets = state.app.assets(&access, &project_id).await?.into_iter().filter(|asset| ids.contains(&asset.id));
    let assets = assets.map(|asset| AssetWire::new(asset, &runs)).collect();
    Ok(told(StatusCode::OK, upload, Some(assets)))
}

/// Add bytes to an upload where it stands; the last of them import the file
#[utoipa::path(patch, operation_id = "append_upload", path = "/projects/{project_id}/uploads/{upload_id}", tag = "files",
    params(("project_id" = String, Path), ("upload_id" = String, Path), ("Upload-Offset" = u64, Header, description = "where the bytes belong"),
        ("sync" = Option<String>, Query, description = "`1`: after the last byte, answer when the file has been read")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Upload-Offset is where to go on; at Upload-Length the file is imported, and GET tells what it became"),
        (status = 404, body = ProblemBody), (status = 409, description = "it stands elsewhere", body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn append(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, upload_id)): PathOf<(String, String)>,
    waiting: Waiting,
    request: Request,
) -> Result<Response, Problem> {
    let access = asker.access();
    let upload = state.app.upload(&access, &project_id, &upload_id).await?;
    let headers = request.headers();
    check_version(headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|v| v.as_bytes() != BYTES.as_bytes()) {
        return Err(Problem::unsupported_media_type(BYTES));
    }
    let start = number(headers, &UPLOAD_OFFSET)?;
    let bytes = request.into_body().into_data_stream();
    let upload = state.app.append_upload(&access, upload, start, bytes).await?;
    if upload.received == upload.size_bytes && upload.asset_ids.is_none() {
        let imported = state.app.finish_upload(&asker.user, &access, &upload).await?;
        let mode = waiting.mode(state.app.settings().asynchronous.ingest);
        state.app.settle_import(&access, imported, mode).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    tell(response.headers_mut(), &upload);
    Ok(response)
}

/// Give an upload up; what has arrived is forgotten
#[utoipa::path(delete, operation_id = "delete_upload", path = "/projects/{project_id}/uploads/{upload_id}", tag = "files", params(("project_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    PathOf((project_id, upload_id)): PathOf<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.app.delete_upload(&asker.access(), &project_id, &upload_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says in every answer which version was spoken.
pub(crate) async fn speak(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, VERSION);
    response
}

fn told(status: StatusCode, upload: PartialUpload, assets: Option<Vec<AssetWire>>) -> Response {
    let mut headers = HeaderMap::new();
    tell(&mut headers, &upload);
    (status, headers, Json(UploadWire::new(upload, assets))).into_response()
}

fn tell(headers: &mut HeaderMap, upload: &PartialUpload) {
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(upload.received));
    headers.insert(UPLOAD_LENGTH, HeaderValue::from(upload.size_bytes));
    let expires = expires_at(upload).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    headers.extend(HeaderValue::try_from(expires).map(|expires| (UPLOAD_EXPIRES, expires)));
}

/// A client that names no version speaks ours.
fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(&TUS_RESUMABLE).is_none_or(|version| version == VERSION) {
        return Ok(());
    }
    let detail = "uploads are spoken in tus 1.0.0 here";
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, "unknown_version", detail).with_header(TUS_VERSION, VERSION))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let value = headers.get(name).and_then(|v| v.to_str().ok()?.parse().ok());
    value.ok_or_else(|| Problem::unprocessable("bad_header", format!("the header `{name}` holds a number of bytes")))
}

fn metadata_value(metadata: &str, name: &str) -> Result<Option<String>, Problem> {
    let pair = metadata.split(',').filter_map(|pair| pair.trim().split_once(' ')).find(|(key, _)| *key == name);
    let Some((_, value)) = pair else { return Ok(None) };
    let text = STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Some).ok_or_else(|| {
        Problem::unprocessable("bad_field", format!("`{name}` of Upload-Metadata is not UTF-8 in Base64"))
    })
}

/// For the digest of a request: what its body does not hold.
pub(crate) fn identity(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    [UPLOAD_LENGTH, UPLOAD_METADATA].into_iter().filter_map(|name| headers.get(name).map(HeaderValue::as_bytes))
}
