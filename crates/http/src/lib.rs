//! The HTTP API: routes, wire types, authentication, problem documents, events, the embedded page.
//!
//! Nothing is decided here about tenders or jobs; a handler reads a request, asks [`bidlens_app::App`], and writes
//! the answer. Start at [`router`]; `routes` lists the paths, `wire` what goes over them.

mod auth;
mod envelope;
mod extract;
mod idempotency;
mod problem;
mod routes;
mod ui;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bidlens_app::App;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

pub use crate::ui::workspace_is_built;

use crate::auth::LoginThrottle;
use crate::problem::Problem;

/// Where projects, runs and segments live.
const TENDER: &str = "/api/apps/tender";
/// Of bodies other than uploads.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
const WATCHERS_MAX: usize = 512;
/// How long open connections may take to end after a shutdown was asked for.
const FAREWELL: Duration = Duration::from_secs(10);

/// What handlers share.
#[derive(Debug, Clone)]
pub struct AppState {
    app: App,
    throttle: Arc<LoginThrottle>,
    /// Open event streams.
    watchers: Arc<tokio::sync::Semaphore>,
    /// Cancelled when the server is to end.
    closing: CancellationToken,
}

impl AppState {
    pub fn new(app: App) -> AppState {
        AppState {
            app,
            throttle: Arc::default(),
            watchers: Arc::new(tokio::sync::Semaphore::new(WATCHERS_MAX)),
            closing: CancellationToken::new(),
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Bidlens", description = "Reads tenders, finds what can disqualify a bid, and reviews bids against every requirement. Errors are `application/problem+json` with a stable `code`.", license(name = "MIT OR Apache-2.0")),
    security(("bearer" = [])),
    // Met only inside another schema, where the routes do not find it.
    components(schemas(routes::directory::BodyMetaWire))
)]
struct Described;

/// The routes with their description.
fn described() -> (OpenApiRouter<AppState>, OpenApiRouter<AppState>) {
    let closed =
        OpenApiRouter::with_openapi(Described::openapi()).merge(routes::platform()).nest(TENDER, routes::tender());
    (closed, routes::open())
}

/// The API's description, as `/api/openapi.json` serves it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (closed, open) = described();
    let mut api = closed.merge(open).into_openapi();
    let bearer = SecurityScheme::Http(
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("From POST /api/auth/login")).build(),
    );
    api.components.get_or_insert_default().add_security_scheme("bearer", bearer);
    api
}

/// Everything that is served.
pub fn router(state: AppState) -> Router {
    let (closed, open) = described();
    let closed: Router<AppState> = closed.into();
    // The same routes without their prefix, as the contract's table abbreviates them.
    let short: Router<AppState> = routes::tender().into();
    let closed = closed
        .merge(short)
        .route_layer(from_fn_with_state(state.clone(), idempotency::remember_answers))
        .route_layer(from_fn_with_state(state.clone(), auth::require_token));
    let docs: Router<AppState> = SwaggerUi::new("/api/docs").url("/api/openapi.json", openapi()).into();
    let routes = Router::new().merge(closed).merge(Router::<AppState>::from(open)).merge(docs).merge(ui::ui());
    dressed(routes, state)
}

/// What a worker serves for those who look after it: its metrics, and that it lives.
pub fn monitoring_router(state: AppState) -> Router {
    let routes =
        Router::new().route("/health/live", get(routes::system::live)).route("/metrics", get(routes::system::metrics));
    dressed(routes, state)
}

/// Routes with what every answer needs, the unforeseen ones too.
fn dressed(routes: Router<AppState>, state: AppState) -> Router {
    let no_route = || async {
        Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is nothing at this address; see /api/docs")
    };
    let no_method = || async {
        let detail = "this address does not take this method; see /api/docs";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    };
    routes
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), lasting))
        .layer(map_response(problems_only))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Problem::internal().into_response()))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), envelope::wrap))
        .with_state(state)
}

/// Says of a change that it was made only when it outlives a power cut.
async fn lasting(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Problem> {
    let changes = !request.method().is_safe();
    let response = next.run(request).await;
    if changes && response.status().is_success() {
        state.app.sync().await?;
    }
    Ok(response)
}

/// Errors that a library answers in its own words leave as problem documents too.
async fn problems_only(response: Response) -> Response {
    let status = response.status();
    let ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| {
        t.as_bytes().starts_with(b"application/problem+json") || t.as_bytes().starts_with(b"application/json")
    });
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let code = match status {
        StatusCode::NOT_FOUND => "no_such_route",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        _ if status.is_client_error() => "bad_request",
        _ => "internal",
    };
    Problem::new(status, code, status.canonical_reason().unwrap_or("the request failed").to_lowercase()).into_response()
}

/// Serves until `shutdown`, then lets what is being answered end.
pub async fn serve(state: AppState, listener: TcpListener, shutdown: CancellationToken) -> std::io::Result<()> {
    let closing = state.closing.clone();
    serve_router(router(state), closing, listener, shutdown).await
}

/// Serves [`monitoring_router`] until `shutdown`.
pub async fn serve_monitoring(
    state: AppState,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let closing = state.closing.clone();
    serve_router(monitoring_router(state), closing, listener, shutdown).await
}

async fn serve_router(
    router: Router,
    closing: CancellationToken,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let asked = shutdown.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked.cancelled().await;
        // Event streams and waiting requests would keep the server open.
        closing.cancel();
    });
    let overdue = async {
        shutdown.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = server.into_future() => served,
        () = overdue => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use bidlens_app::Settings;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_like_others() {
        let folder = tempfile::tempdir().expect("folder");
        let app = App::open(Settings::in_dir(folder.path())).await.expect("open");
        let routes = Router::new().route(
            "/panic",
            get(|| async {
                if true {
                    panic!("on purpose")
                }
            }),
        );
        let router = dressed(routes, AppState::new(app));
        let request = Request::get("/panic").body(Body::empty()).expect("request");
        let response = router.oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key("x-request-id"));
        let body = to_bytes(response.into_body(), 4096).await.expect("body");
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(text.contains("\"code\":\"internal\"") && !text.contains("on purpose"), "{text}");
    }
}
