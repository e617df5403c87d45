//! Extractors whose refusals are problem documents: JSON bodies, queries, the asker, how to answer.

use std::convert::Infallible;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use bidlens_app::{Access, User, WaitMode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        let bytes = body_bytes(request).await?;
        parse_json(&bytes).map(JsonBody)
    }
}

/// A JSON body that may be left out.
pub(crate) struct OptionalJsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let json = is_json(request.headers());
        let bytes = body_bytes(request).await?;
        if bytes.is_empty() {
            return Ok(OptionalJsonBody(T::default()));
        }
        if !json {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        parse_json(&bytes).map(OptionalJsonBody)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The whole body, within the limit of its route.
pub(crate) async fn body_bytes(request: Request) -> Result<Bytes, Problem> {
    request.extract::<Bytes, _>().await.map_err(|rejection: BytesRejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => Problem::too_large(),
        _ => Problem::bad_request("bad_body", "the request's body broke off"),
    })
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            Problem::unprocessable("bad_fields", format!("the body's fields are not as expected: {error}"))
        } else {
            Problem::bad_request("bad_json", format!("the body is not JSON: {error}"))
        }
    })
}

/// Parameters after `?`.
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(QueryOf(query)),
            Err(rejection) => Err(Problem::unprocessable("bad_query", rejection.body_text())),
        }
    }
}

/// Parts of the path.
pub(crate) struct PathOf<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(path)) => Ok(PathOf(path)),
            Err(rejection) => Err(Problem::bad_request("bad_path", rejection.body_text())),
        }
    }
}

/// Who asks, as the authentication found out.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) user: User,
    pub(crate) token: String,
}

impl Asker {
    /// What the asker may see: their own.
    pub(crate) fn access(&self) -> Access {
        Access::Owner(self.user.id.clone())
    }

    /// For jobs, of which administrators see all.
    pub(crate) fn access_jobs(&self) -> Access {
        if self.user.is_admin { Access::All } else { self.access() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        // Only a route outside the authentication could be without.
        parts.extensions.get::<Asker>().cloned().ok_or_else(Problem::internal)
    }
}

/// An administrator who asks; for others these addresses do not exist.
#[derive(Debug, Clone)]
pub(crate) struct Admin;

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let asker = Asker::from_request_parts(parts, state).await?;
        if asker.user.is_admin {
            return Ok(Admin);
        }
        Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here that is yours"))
    }
}

/// What the request says about waiting for the work it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    Wait,
    /// `Prefer: respond-async`, which the answer acknowledges.
    Queue,
    /// Nothing: the installation's switch decides.
    Unsaid,
}

impl Waiting {
    pub(crate) fn mode(self, asynchronous: bool) -> WaitMode {
        match self {
            Waiting::Wait => WaitMode::Wait,
            Waiting::Queue => WaitMode::Queue,
            Waiting::Unsaid if asynchronous => WaitMode::Queue,
            Waiting::Unsaid => WaitMode::Wait,
        }
    }
}

#[derive(Deserialize)]
struct SyncQuery {
    sync: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Waiting {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let yes = |word: &str| matches!(word, "1" | "true" | "yes");
        let query = Query::<SyncQuery>::from_request_parts(parts, state).await;
        let by_query = query.is_ok_and(|Query(q)| q.sync.as_deref().is_some_and(yes));
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        if by_query || header("x-run-sync").is_some_and(yes) {
            return Ok(Waiting::Wait);
        }
        let preferences = parts.headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok());
        let queue = preferences.flat_map(|v| v.split(',')).any(|p| p.trim().eq_ignore_ascii_case("respond-async"));
        Ok(if queue { Waiting::Queue } else { Waiting::Unsaid })
    }
}
