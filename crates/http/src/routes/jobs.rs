//! Jobs as they stand in the queue, and the models that can be asked for.

use axum::Json;
use axum::extract::State;
use bidlens_app::JobState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::AppState;
use crate::extract::{Asker, PathOf, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::JobWire;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    status: Option<String>,
    queue: Option<String>,
}

/// Own jobs, newest first; all of them for administrators
#[utoipa::path(get, operation_id = "list_jobs", path = "/api/jobs", tag = "platform", params(JobsQuery), responses((status = 200, body = [JobWire]), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    asker: Asker,
    QueryOf(query): QueryOf<JobsQuery>,
) -> Result<Json<Vec<JobWire>>, Problem> {
    let status = query.status.as_deref().filter(|s| !s.is_empty());
    if status.is_some_and(|s| JobState::parse(s).is_none()) {
        return Err(Problem::unprocessable(
            "bad_status",
            "`status` is one of queued, running, succeeded, failed, cancelled",
        ));
    }
    let queue = query.queue.as_deref().filter(|q| !q.is_empty());
    let jobs = state.app.jobs(&asker.access_jobs(), status, queue).await?;
    Ok(Json(jobs.into_iter().map(JobWire::from).collect()))
}

/// One job
#[utoipa::path(get, operation_id = "get_job", path = "/api/jobs/{job_id}", tag = "platform", params(("job_id" = String, Path)),
    responses((status = 200, body = JobWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<Json<JobWire>, Problem> {
    Ok(Json(state.app.job(&asker.access_jobs(), &id).await?.into()))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelWire {
    #[schema(example = "builtin")]
    id: String,
    name: String,
    is_default: bool,
}

/// The models that can be asked for, `builtin` first
#[utoipa::path(get, operation_id = "list_models", path = "/api/llms", tag = "platform", responses((status = 200, body = [ModelWire])))]
pub(crate) async fn models(State(state): State<AppState>) -> Json<Vec<ModelWire>> {
    let wire = |model: bidlens_app::Model| ModelWire { id: model.id, name: model.name, is_default: model.is_default };
    Json(state.app.models().into_iter().map(wire).collect())
}
