//! One file per group of routes; `api` is the list of them all.

pub(crate) mod admin;
pub(crate) mod assets;
pub(crate) mod auth;
pub(crate) mod comparison;
pub(crate) mod decisions;
pub(crate) mod directory;
pub(crate) mod events;
pub(crate) mod jobs;
mod ledger;
pub(crate) mod projects;
pub(crate) mod results;
pub(crate) mod runs;
pub(crate) mod system;
pub(crate) mod uploads;
pub(crate) mod work;

use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// Routes of projects, runs and segments, without their prefix.
pub(crate) fn tender() -> OpenApiRouter<AppState> {
    // An upload is limited file by file, while it streams.
    let upload = OpenApiRouter::new().routes(routes!(assets::import)).layer(DefaultBodyLimit::disable());
    let resumable = OpenApiRouter::new()
        .routes(routes!(uploads::options, uploads::list, uploads::begin))
        .routes(routes!(uploads::get, uploads::append, uploads::delete))
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(uploads::speak));
    OpenApiRouter::new()
        .routes(routes!(projects::create, projects::list))
        .routes(routes!(projects::create_sample))
        .routes(routes!(projects::get, projects::update, projects::delete))
        .routes(routes!(projects::plan_delete))
        .merge(upload)
        .merge(resumable)
        .routes(routes!(assets::list))
        .routes(routes!(assets::change, assets::delete))
        .routes(routes!(assets::file_bytes))
        .routes(routes!(assets::page_image))
        .routes(routes!(assets::page_text))
        .routes(routes!(assets::segments))
        .routes(routes!(work::project_info))
        .routes(routes!(work::risks))
        .routes(routes!(work::review))
        .routes(routes!(directory::generate))
        .routes(routes!(directory::get, directory::put))
        .routes(routes!(directory::fill_samples))
        .routes(routes!(runs::list))
        .routes(routes!(runs::get))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::retry))
        .routes(routes!(events::events))
        .routes(routes!(results::project_info))
        .routes(routes!(results::risks))
        .routes(routes!(ledger::list, ledger::add))
        .routes(routes!(ledger::edit, ledger::undo))
        .routes(routes!(results::clarifications))
        .routes(routes!(results::changes))
        .routes(routes!(results::review))
        .routes(routes!(results::clues))
        .routes(routes!(decisions::put, decisions::delete))
        .routes(routes!(decisions::list))
        .routes(routes!(comparison::compare))
        .routes(routes!(results::search))
        .routes(routes!(results::lookup_chunks))
        .routes(routes!(results::export))
        .routes(routes!(results::export_annotated))
}

/// Routes of users, jobs and models that need a token.
pub(crate) fn platform() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::me))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::change_password))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::get))
        .routes(routes!(jobs::models))
        .routes(routes!(admin::queues))
        .routes(routes!(admin::pause_queue))
        .routes(routes!(admin::resume_queue))
        .routes(routes!(admin::throughput))
        .routes(routes!(admin::workers))
        .routes(routes!(admin::cancel_job))
        .routes(routes!(admin::retry_job))
        .routes(routes!(admin::users, admin::add_user))
        .routes(routes!(admin::reset_password))
        .routes(routes!(admin::end_sessions))
        .routes(routes!(admin::allow_clues, admin::deny_clues))
        .routes(routes!(admin::test_model))
        .routes(routes!(admin::storage))
}

/// Routes that need no token, or look at it themselves.
pub(crate) fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::login))
        .routes(routes!(system::health))
        .routes(routes!(system::live))
        .routes(routes!(system::ready))
        .routes(routes!(system::metrics))
}
