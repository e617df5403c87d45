//! `GET /runs/{run_id}/events`: every change of a run as Server-Sent Events, until its end or the server's.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bidlens_app::Access;
use futures_util::stream;

use crate::AppState;
use crate::extract::{Asker, PathOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::RunWire;

/// The row is the truth and is looked at this often; progress is written less often.
const LOOK_EVERY: Duration = Duration::from_millis(150);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Watch {
    state: AppState,
    access: Access,
    run_id: String,
    last: Option<RunWire>,
    ended: bool,
    _slot: tokio::sync::OwnedSemaphorePermit,
}

/// Follow a run
#[utoipa::path(get, operation_id = "run_events", path = "/runs/{run_id}/events", tag = "runs", params(("run_id" = String, Path)),
    responses((status = 200, description = "events named `run`, each with the run as data; ends at the run's end", content_type = "text/event-stream"),
        (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn events(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(run_id): PathOf<String>,
) -> Result<Response, Problem> {
    let access = asker.access();
    state.app.run(&access, &run_id).await?;
    let slot = state.watchers.clone().try_acquire_owned();
    let slot = slot.map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_watchers",
            "too many streams are open; poll the run instead",
        )
    })?;
    let watch = Watch { state, access, run_id, last: None, ended: false, _slot: slot };
    let stream = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<Event, Infallible>(event), watch))
    });
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

impl Watch {
    /// The next change; `None` when there will be none.
    async fn next(&mut self) -> Option<Event> {
        while !self.ended {
            // A run that is gone was deleted with its project.
            let run = self.state.app.run(&self.access, &self.run_id).await.ok()?;
            self.ended = run.is_final();
            let run = RunWire::from(run);
            if self.last.as_ref() != Some(&run) {
                let id = run.updated_at.timestamp_millis().to_string();
                let event = Event::default().event("run").id(id).json_data(&run).ok()?;
                self.last = Some(run);
                return Some(event);
            }
            tokio::select! {
                () = self.state.closing.cancelled() => return None,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        None
    }
}
