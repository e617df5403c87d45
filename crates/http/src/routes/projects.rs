//! Projects.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::extract::{Asker, JsonBody, PathOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{DeletePlanWire, NewProject, ProjectChange, ProjectWire};

/// Create a project
#[utoipa::path(post, operation_id = "create_project", path = "/projects", tag = "projects", request_body = NewProject,
    responses((status = 200, body = ProjectWire), (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    asker: Asker,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<Json<ProjectWire>, Problem> {
    let project =
        state.app.create_project(&asker.user, &new.name, new.description.as_deref().unwrap_or_default()).await?;
    Ok(Json(ProjectWire::new(project, &[])))
}

/// The bundled sample as a project of one's own, with all the work on it queued
#[utoipa::path(post, operation_id = "create_sample", path = "/samples", tag = "projects", request_body = NewProject,
    responses((status = 200, body = ProjectWire), (status = 422, body = ProblemBody)))]
pub(crate) async fn create_sample(
    State(state): State<AppState>,
    asker: Asker,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<Json<ProjectWire>, Problem> {
    let project = state.app.create_sample(&asker.user, &new.name).await?;
    let runs = state.app.latest_runs(&asker.access(), Some(&project.id)).await?;
    Ok(Json(ProjectWire::new(project, &runs)))
}

/// Own projects, newest first
#[utoipa::path(get, operation_id = "list_projects", path = "/projects", tag = "projects", responses((status = 200, body = [ProjectWire])))]
pub(crate) async fn list(State(state): State<AppState>, asker: Asker) -> Result<Json<Vec<ProjectWire>>, Problem> {
    let access = asker.access();
    let runs = state.app.latest_runs(&access, None).await?;
    Ok(Json(ProjectWire::list(state.app.projects(&access).await?, &runs)))
}

/// One project
#[utoipa::path(get, operation_id = "get_project", path = "/projects/{project_id}", tag = "projects", params(("project_id" = String, Path)),
    responses((status = 200, body = ProjectWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<Json<ProjectWire>, Problem> {
    let access = asker.access();
    let runs = state.app.latest_runs(&access, Some(&id)).await?;
    Ok(Json(ProjectWire::new(state.app.project(&access, &id).await?, &runs)))
}

/// Change a project's name or description
#[utoipa::path(put, operation_id = "update_project", path = "/projects/{project_id}", tag = "projects", params(("project_id" = String, Path)), request_body = ProjectChange,
    responses((status = 200, body = ProjectWire), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn update(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
    JsonBody(change): JsonBody<ProjectChange>,
) -> Result<Json<ProjectWire>, Problem> {
    let access = asker.access();
    let project = state.app.update_project(&access, &id, change.name.as_deref(), change.description.as_deref()).await?;
    let runs = state.app.latest_runs(&access, Some(&id)).await?;
    Ok(Json(ProjectWire::new(project, &runs)))
}

/// What deleting the project would remove
#[utoipa::path(get, operation_id = "plan_project_delete", path = "/projects/{project_id}/delete-plan", tag = "projects", params(("project_id" = String, Path)),
    responses((status = 200, body = DeletePlanWire), (status = 404, body = ProblemBody)))]
pub(crate) async fn plan_delete(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
) -> Result<Json<DeletePlanWire>, Problem> {
    Ok(Json(state.app.plan_delete(&asker.access(), &id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Confirmation {
    /// From the plan that was shown.
    confirm_token: String,
}

/// Delete the project with its files, text, results and waiting jobs
#[utoipa::path(delete, operation_id = "delete_project", path = "/projects/{project_id}", tag = "projects", params(("project_id" = String, Path)), request_body = Confirmation,
    responses((status = 204), (status = 400, description = "the token is stale", body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(id): PathOf<String>,
    JsonBody(confirmation): JsonBody<Confirmation>,
) -> Result<StatusCode, Problem> {
    state.app.delete_project(&asker.access(), &id, &confirmation.confirm_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
