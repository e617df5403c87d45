//! Health and metrics, for machines that look after the installation.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::auth::{asker, peer};
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthWire {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadyWire {
    #[schema(example = "ready")]
    status: &'static str,
    checks: ChecksWire,
}

/// `ok` or `failed` each.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChecksWire {
    database: &'static str,
    queue: &'static str,
    files: &'static str,
}

fn alive() -> Json<HealthWire> {
    Json(HealthWire { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// The process answers
#[utoipa::path(get, path = "/health", tag = "system", security(()), responses((status = 200, body = HealthWire)))]
pub(crate) async fn health() -> Json<HealthWire> {
    alive()
}

/// The process answers
#[utoipa::path(get, path = "/health/live", tag = "system", security(()), responses((status = 200, body = HealthWire)))]
pub(crate) async fn live() -> Json<HealthWire> {
    alive()
}

/// Database, queue and file store answer
#[utoipa::path(get, path = "/health/ready", tag = "system", security(()), responses((status = 200, body = ReadyWire), (status = 503, body = ReadyWire)))]
pub(crate) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let health = state.app.health().await;
    let word = |good: bool| if good { "ok" } else { "failed" };
    let good = health.database && health.files && health.queue && !state.closing.is_cancelled();
    let checks = ChecksWire { database: word(health.database), queue: word(health.queue), files: word(health.files) };
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ReadyWire { status: if good { "ready" } else { "not_ready" }, checks }))
}

/// Metrics in Prometheus text form; from this machine, or with a token
#[utoipa::path(get, path = "/metrics", tag = "system", security((), ("bearer" = [])),
    responses((status = 200, content_type = "text/plain"), (status = 401, body = ProblemBody)))]
pub(crate) async fn metrics(State(state): State<AppState>, request: Request) -> Result<impl IntoResponse, Problem> {
    // Behind a proxy on this machine everybody comes from here; the proxy's header tells them apart.
    let forwarded =
        ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| request.headers().contains_key(*name));
    let local = peer(request.extensions()).is_some_and(|ip| ip.is_loopback()) && !forwarded;
    if !local {
        asker(&state, request.headers(), None).await?;
    }
    let text = state.app.metrics_text().await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
