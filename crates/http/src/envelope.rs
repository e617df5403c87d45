//! What every answer gets: a request id, security headers, a line in the log, a count.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use bidlens_app::with_request_id;
use tracing::Instrument;

use crate::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No script but our own files; styles may stand in elements, which the API's documentation needs.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(crate) async fn wrap(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).filter(|id| {
        let bytes = id.as_bytes();
        (1..=64).contains(&bytes.len())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    });
    let id = given.cloned().or_else(|| HeaderValue::try_from(uuid::Uuid::new_v4().to_string()).ok());
    let shown = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    // Paths and queries can hold names of bidders; the route's pattern says enough.
    // Machines look every few seconds; what they see is worth a line only when it is bad.
    let probe = route.starts_with("/health") || route == "/metrics";
    let span = if probe {
        tracing::debug_span!("request", request = shown, %method, route)
    } else {
        tracing::info_span!("request", request = shown, %method, route)
    };
    let started = Instant::now();
    let mut response = with_request_id(shown, next.run(request)).instrument(span.clone()).await;
    let status = response.status();
    let took = started.elapsed();
    let (code, ms) = (status.as_u16(), took.as_millis() as u64);
    span.in_scope(|| {
        if probe && status.is_success() {
            tracing::debug!(status = code, ms, "answered");
        } else {
            tracing::info!(status = code, ms, "answered");
        }
    });
    state.app.metrics().http_answered(method.as_str(), &route, status.as_u16(), took);
    let headers = response.headers_mut();
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    // The workspace's page has a policy of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Answers hold what only this user may see.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
