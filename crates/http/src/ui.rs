//! The workspace in the browser: built from `web/` by `cargo xtask build`, compiled into the program, and a client of
//! the public API like any other.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use rust_embed::Embed;
use uuid::Uuid;

use crate::AppState;
use crate::problem::Problem;

/// What the build of `web/` leaves. A program built without it says so on its page.
#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
/// Stands in the page where each answer's own nonce goes.
const NONCE: &str = "__CSP_NONCE__";
/// Names of files hold a digest of what is in them, so that a browser never needs to ask again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Bidlens</title><p>The workspace was not built into this \
    program; build it with <code>cargo xtask build</code>. The API is at <a href=/api/docs>/api/docs</a>.";

pub(crate) fn ui() -> Router<AppState> {
    Router::new().route("/", get(index)).route("/favicon.svg", get(favicon)).route("/ui/{*path}", get(asset))
}

/// Whether the workspace is in this program.
pub fn workspace_is_built() -> bool {
    Files::get(INDEX).is_some()
}

async fn index() -> Response {
    let Some(page) = Files::get(INDEX) else {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response();
    };
    let nonce = Uuid::new_v4().simple().to_string();
    let page = String::from_utf8_lossy(&page.data).replace(NONCE, &nonce);
    // Styles that the components make while they run carry the nonce; nothing else that is inline is let in, and
    // nothing is fetched from elsewhere.
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let headers = [(header::CACHE_CONTROL, "no-cache".to_owned()), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, Html(page)).into_response()
}

async fn favicon() -> Response {
    file("favicon.svg", "no-cache")
}

async fn asset(Path(path): Path<String>) -> Response {
    file(&format!("ui/{path}"), FOR_EVER)
}

fn file(path: &str, cache: &'static str) -> Response {
    let Some(file) = Files::get(path) else {
        return Problem::new(StatusCode::NOT_FOUND, "no_such_file", "the workspace has no such file; reload the page")
            .into_response();
    };
    let kind =
        HeaderValue::from_str(file.metadata.mimetype()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static(cache))];
    (headers, file.data).into_response()
}
