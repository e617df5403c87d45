//! `Idempotency-Key`: the same request under the same key is answered from memory instead of being done again.
//!
//! It sits inside the authentication, so that a key belongs to its user and no refusal of a token is remembered.
//! Only final answers are kept: a success, or a refusal that will stay one.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bidlens_app::{App, Reserved, StoredAnswer, User};
use sha2::{Digest, Sha256};

use crate::AppState;
use crate::extract::{Asker, body_bytes};
use crate::problem::Problem;
use crate::routes::uploads;
use crate::wire::run_location;

const KEY_BYTES_MAX: usize = 255;
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// For routes with small bodies; an upload does the same by the content of its files.
pub(crate) async fn remember_answers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.method() != Method::POST || is_multipart(request.headers()) {
        return Ok(next.run(request).await);
    }
    let Some(key) = key(request.headers())? else { return Ok(next.run(request).await) };
    let Some(asker) = request.extensions().get::<Asker>().cloned() else { return Err(Problem::internal()) };
    let (parts, body) = request.into_parts();
    let mut again = Request::new(body);
    *again.headers_mut() = parts.headers.clone();
    *again.extensions_mut() = parts.extensions.clone();
    let bytes: Bytes = body_bytes(again).await?;
    let uri = parts.uri.to_string();
    let mut words: Vec<&[u8]> = vec![parts.method.as_str().as_bytes(), uri.as_bytes(), &bytes];
    words.extend(uploads::identity(&parts.headers));
    let digest = digest(&words);
    let request = Request::from_parts(parts, Body::from(bytes));
    once(&state.app, &asker.user, &key, &digest, async { Ok(next.run(request).await) }).await
}

pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    content_type.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// The request's key, when it has one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.trim().is_empty() && key.len() <= KEY_BYTES_MAX => Ok(Some(key.trim().to_owned())),
        _ => Err(Problem::bad_request(
            "bad_idempotency_key",
            format!("`Idempotency-Key` has 1 to {KEY_BYTES_MAX} printable characters"),
        )),
    }
}

/// One word for a request; each part is set off by its length.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Does `work` unless the key has an answer already.
pub(crate) async fn once(
    app: &App,
    user: &User,
    key: &str,
    request: &str,
    work: impl Future<Output = Result<Response, Problem>>,
) -> Result<Response, Problem> {
    let reservation = match app.reserve(user, key, request).await? {
        Reserved::New(reservation) => reservation,
        Reserved::InProgress => {
            let detail = "the first request with this key is still being answered; wait and ask again";
            let problem = Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", detail);
            return Err(problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1")));
        }
        Reserved::OtherRequest => {
            let detail = "this Idempotency-Key was used for another request; use a fresh key";
            return Err(Problem::unprocessable("idempotency_key_reused", detail));
        }
        Reserved::Answered(answer) => return Ok(replay(answer)),
    };
    let response = work.await.unwrap_or_else(IntoResponse::into_response);
    let status = response.status();
    let transient = matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS
    );
    if status.is_server_error() || transient {
        reservation.free().await;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|_| Problem::internal())?;
    let answer = StoredAnswer { status: status.as_u16(), body: String::from_utf8_lossy(&bytes).into_owned() };
    reservation.answer(&answer).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(answer: StoredAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let run = body.get("run_id").or_else(|| body.get(0)?.get("run_id")).and_then(|id| id.as_str()).map(run_location);
    let mut response =
        if status == StatusCode::NO_CONTENT { status.into_response() } else { (status, Json(body)).into_response() };
    let headers = response.headers_mut();
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    if status.is_client_error() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    if let (StatusCode::ACCEPTED, Some(Ok(location))) = (status, run.map(HeaderValue::try_from)) {
        headers.insert(header::LOCATION, location);
    }
    response
}
