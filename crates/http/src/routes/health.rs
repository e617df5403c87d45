//! Whether the process lives, whether it can work, and what its queues hold.

use std::fmt::Write;
use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(live)).routes(routes!(ready)).routes(routes!(metrics))
}

/// Whether the installation can work, in one word.
#[utoipa::path(get, path = "/health", responses((status = 200, body = Object), (status = 503, body = Object)))]
async fn health(State(state): State<ApiState>) -> (StatusCode, Json<Value>) {
    ready_answer(&state).await
}

/// Whether the process lives.
#[utoipa::path(get, path = "/health/live", responses((status = 200, body = Object)))]
async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Whether database, queue and file store answer.
#[utoipa::path(get, path = "/health/ready", responses((status = 200, body = Object), (status = 503, body = Object)))]
async fn ready(State(state): State<ApiState>) -> (StatusCode, Json<Value>) {
    ready_answer(&state).await
}

async fn ready_answer(state: &ApiState) -> (StatusCode, Json<Value>) {
    let health = state.app.health().await;
    let word = |ok: bool| if ok { "ok" } else { "failing" };
    let ok = health.database && health.queue && health.files;
    let body = json!({
        "status": word(ok),
        "database": word(health.database),
        "queue": word(health.queue),
        "files": word(health.files),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}

/// Prometheus text; for loopback, or with a token.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "text/plain"), (status = 401, body = Problem)))]
async fn metrics(State(state): State<ApiState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let local = parts.extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback());
    if !local {
        Caller::from_request_parts(&mut parts, &state).await?;
    }
    let mut text = String::from("# HELP bidlens_jobs Jobs by queue and state.\n# TYPE bidlens_jobs gauge\n");
    for count in state.app.queue_counts().await? {
        let _ = writeln!(text, "bidlens_jobs{{queue=\"{}\",state=\"{}\"}} {}", label(&count.queue), count.state.as_str(), count.count);
    }
    text.push_str("# HELP bidlens_queue_oldest_seconds Age of the oldest waiting job.\n# TYPE bidlens_queue_oldest_seconds gauge\n");
    for (queue, age) in state.app.oldest_waiting().await? {
        let _ = writeln!(text, "bidlens_queue_oldest_seconds{{queue=\"{}\"}} {age}", label(&queue));
    }
    Ok(([("content-type", "text/plain; version=0.0.4")], text).into_response())
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ")
}
