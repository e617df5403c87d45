//! Lets a request in: its token, and the project or run it names.
//!
//! Ownership of what the path names is checked here for every route at once, before a body is read; use cases
//! check again where they read. What is not the asker's is answered as what does not exist.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::AppState;
use crate::extract::Asker;
use crate::problem::Problem;

pub(crate) async fn require_token(
    State(state): State<AppState>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let named = |wanted: &str| path.iter().flatten().find_map(|(name, value)| (name == wanted).then_some(value));
    let asker = asker(&state, request.headers(), named("project_id")).await?;
    if let Some(run_id) = named("run_id") {
        state.app.run(&asker.access(), run_id).await?;
    }
    path.map_err(|_| Problem::bad_request("bad_path", "the address is not UTF-8"))?;
    request.extensions_mut().insert(asker);
    Ok(next.run(request).await)
}

/// The user behind the request's token; a project that is named must be theirs.
pub(crate) async fn asker(state: &AppState, headers: &HeaderMap, project_id: Option<&str>) -> Result<Asker, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(Problem::unauthorized("log in first and send `Authorization: Bearer TOKEN`"));
    };
    let token =
        value.to_str().ok().and_then(|v| v.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token.filter(|(_, token)| token.len() <= 512) else {
        return Err(Problem::unauthorized("the Authorization header is not `Bearer TOKEN`"));
    };
    let token = token.trim().to_owned();
    let user = state.app.authenticate(&token, project_id).await?;
    Ok(Asker { user, token })
}

/// Where the request comes from; unknown inside tests without a socket.
pub(crate) fn peer(request_extensions: &axum::http::Extensions) -> Option<IpAddr> {
    request_extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

const ATTEMPTS_MAX: u32 = 10;
const WINDOW: Duration = Duration::from_secs(300);
const REMEMBERED_MAX: usize = 10_000;

/// Failed logins by name and address: since when, and how many.
type Failures = HashMap<(String, Option<IpAddr>), (Instant, u32)>;

/// Counts failed logins by user name and address, in memory and bounded.
#[derive(Debug, Default)]
pub(crate) struct LoginThrottle {
    failures: Mutex<Failures>,
}

impl LoginThrottle {
    /// Counts an attempt; refuses it when there were too many.
    pub(crate) fn attempt(&self, username: &str, address: Option<IpAddr>) -> Result<(), Problem> {
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if failures.len() >= REMEMBERED_MAX {
            failures.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
            if failures.len() >= REMEMBERED_MAX {
                return Err(too_many(WINDOW));
            }
        }
        let (since, count) = failures.entry((key(username), address)).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        if *count >= ATTEMPTS_MAX {
            return Err(too_many(WINDOW.saturating_sub(now.duration_since(*since))));
        }
        *count += 1;
        Ok(())
    }

    pub(crate) fn succeeded(&self, username: &str, address: Option<IpAddr>) {
        let mut failures = self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        failures.remove(&(key(username), address));
    }
}

fn key(username: &str) -> String {
    username.trim().chars().take(64).collect()
}

fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_secs().max(1);
    let retry = HeaderValue::from(seconds);
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_logins",
        format!("too many failed logins; try again in {seconds} s"),
    )
    .with_header(header::RETRY_AFTER, retry)
}
