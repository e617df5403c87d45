//! Health, metrics, headers, the page and the documentation.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::support::{Answer, Server};

async fn open(server: &Server, path: &str) -> Answer {
    server.send(Request::get(path).body(Body::empty()).expect("request")).await
}

#[tokio::test]
async fn health_needs_no_token() {
    let server = Server::new().await;
    for path in ["/health", "/health/live"] {
        assert_eq!(open(&server, path).await.ok()["status"], "ok");
    }
    let ready = open(&server, "/health/ready").await.ok();
    assert_eq!(ready, json!({"status": "ready", "checks": {"database": "ok", "queue": "ok", "files": "ok"}}));
    std::fs::remove_dir_all(server.folder.path().join("files")).expect("remove");
    let ready = open(&server, "/health/ready").await;
    assert_eq!((ready.status.as_u16(), ready.json()["checks"]["files"].clone()), (503, json!("failed")));
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_a_token() {
    let server = Server::new().await;
    let client = server.anna().await;
    client.loaded().await;
    assert_eq!(open(&server, "/metrics").await.problem(), "401 bad_token");
    let text = String::from_utf8(client.get("/metrics").await.bytes).expect("text");
    assert!(text.contains("bidlens_jobs{queue=\"ingest\",state=\"succeeded\"} 2"), "{text}");
    assert!(text.contains("bidlens_runs{kind=\"ingest\",status=\"success\"} 2"), "{text}");
    let from = |address: [u8; 4], forwarded: bool| {
        let mut request = Request::get("/metrics").extension(ConnectInfo(SocketAddr::from((address, 1))));
        if forwarded {
            request = request.header("x-forwarded-for", "203.0.113.9");
        }
        server.send(request.body(Body::empty()).expect("request"))
    };
    assert_eq!(from([127, 0, 0, 1], false).await.status, 200);
    assert_eq!(from([127, 0, 0, 1], true).await.status, 401);
    assert_eq!(from([203, 0, 113, 9], false).await.status, 401);
}

#[tokio::test]
async fn metrics_tell_of_jobs_requests_and_workers() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    client.post(&format!("/projects/{project}/extract/risks?sync=1"), json!({})).await.ok();
    assert_eq!(client.get("/projects/none").await.status, 404);
    let text = String::from_utf8(client.get("/metrics").await.bytes).expect("text");
    let value = |line: &str| -> f64 {
        let found = text.lines().find_map(|l| l.strip_prefix(line)).unwrap_or_else(|| panic!("no {line} in\n{text}"));
        found.trim().parse().expect("a number")
    };
    let (ingest, risks) = ("app.queue.tasks.async_ingest_asset_v2", "app.queue.tasks.async_extract_risks_v2");
    for (line, expected) in [
        (format!("bidlens_job_attempts_total{{kind=\"{ingest}\",outcome=\"succeeded\",queue=\"ingest\"}}"), 2.0),
        (format!("bidlens_job_attempts_total{{kind=\"{risks}\",outcome=\"succeeded\",queue=\"extract\"}}"), 1.0),
        (format!("bidlens_job_attempts_total{{kind=\"{risks}\",outcome=\"failed\",queue=\"extract\"}}"), 0.0),
        (format!("bidlens_job_seconds_count{{kind=\"{ingest}\",state=\"succeeded\"}}"), 2.0),
        (format!("bidlens_job_attempt_seconds_count{{kind=\"{risks}\"}}"), 1.0),
        (format!("bidlens_job_stage_seconds_count{{kind=\"{risks}\",stage=\"extracting\"}}"), 1.0),
        ("bidlens_job_wait_seconds_count{queue=\"ingest\"}".to_owned(), 2.0),
        ("bidlens_parse_seconds_count{outcome=\"read\"}".to_owned(), 2.0),
        ("bidlens_worker_busy".to_owned(), 0.0),
        ("bidlens_workers_alive".to_owned(), 1.0),
        ("bidlens_database_up".to_owned(), 1.0),
        ("bidlens_lease_losses_total".to_owned(), 0.0),
        ("bidlens_jobs{queue=\"review\",state=\"queued\"}".to_owned(), 0.0),
        ("bidlens_queue_oldest_seconds{queue=\"ingest\"}".to_owned(), 0.0),
        ("bidlens_queue_silent_seconds{queue=\"ingest\"}".to_owned(), 0.0),
        (
            "bidlens_http_requests_total{method=\"GET\",route=\"/api/apps/tender/projects/{project_id}\",status=\"404\"}"
                .to_owned(),
            1.0,
        ),
    ] {
        assert_eq!(value(&line), expected, "{line}");
    }
    assert!(!text.contains(&project), "labels name routes, not what is behind them");
    assert!(text.contains("# TYPE bidlens_job_attempt_seconds histogram"));
}

#[tokio::test]
async fn a_worker_serves_its_metrics_and_nothing_else() {
    use tower::ServiceExt;
    let server = Server::new().await;
    let router = bidlens_http::monitoring_router(bidlens_http::AppState::new(server.app.clone()));
    let get = async |path: &str| {
        let local = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1)));
        let request = Request::get(path).extension(local).body(Body::empty()).expect("request");
        router.clone().oneshot(request).await.expect("infallible").status().as_u16()
    };
    assert_eq!((get("/metrics").await, get("/health/live").await), (200, 200));
    assert_eq!((get("/api/auth/me").await, get("/").await), (404, 404));
    let away = Request::get("/metrics").extension(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
    let answer = router.clone().oneshot(away.body(Body::empty()).expect("request")).await.expect("infallible");
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_job_remembers_the_request_that_asked_for_it() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/risks?sync=1");
    let run = client.post_with(&path, &[("x-request-id", "ticket-4711")], json!({})).await.ok();
    let job = client.get(&format!("/api/jobs/{}", run["job_id"].as_str().expect("a job"))).await.ok();
    assert_eq!(job["payload"]["request_id"], "ticket-4711");
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let server = Server::new().await;
    for path in
        ["/", "/favicon.svg", "/ui/none.js", "/health", "/api/auth/me", "/nothing", "/api/docs/", "/api/openapi.json"]
    {
        let answer = open(&server, path).await;
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    }
    let request = Request::get("/health").header("x-request-id", "mine-1").body(Body::empty()).expect("request");
    assert_eq!(server.send(request).await.header("x-request-id"), "mine-1");
    let request = Request::get("/health").header("x-request-id", "not mine\t").body(Body::empty()).expect("request");
    assert_ne!(server.send(request).await.header("x-request-id"), "not mine\t");
}

#[tokio::test]
async fn page_and_documentation_come_from_here() {
    let server = Server::new().await;
    for (path, kind) in [("/", "text/html"), ("/favicon.svg", "image/svg+xml"), ("/api/docs/", "text/html")] {
        let answer = open(&server, path).await;
        assert_eq!(answer.status, 200, "{path}; was the workspace built? `cargo xtask build`");
        assert!(answer.header("content-type").starts_with(kind), "{path}");
        let text = String::from_utf8(answer.bytes).expect("text");
        assert!(!text.contains("src=\"http") && !text.contains("href=\"http"), "{path} loads from elsewhere");
    }
    let page = open(&server, "/").await;
    let policy = page.header("content-security-policy").to_owned();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = String::from_utf8(page.bytes).expect("text");
    assert!(text.contains(&format!("content=\"{nonce}\"")), "the page knows its nonce");
    assert!(!open(&server, "/").await.header("content-security-policy").contains(&nonce), "each answer has its own");
    let script = text.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a script");
    let script = open(&server, script).await;
    assert_eq!((script.status, script.header("content-type")), (StatusCode::OK, "text/javascript"));
    assert!(script.header("cache-control").contains("immutable"));
    let missing = open(&server, "/ui/none.js").await;
    assert_eq!((missing.status, missing.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    let api = open(&server, "/api/openapi.json").await.ok();
    assert!(api["paths"]["/api/apps/tender/projects"].is_object());
}

#[tokio::test]
async fn models_start_with_the_built_in_one() {
    let server = Server::new().await;
    let models = server.anna().await.get("/api/llms").await.ok();
    assert_eq!((&models[0]["id"], &models[0]["is_default"]), (&json!("builtin"), &json!(true)));
}

#[tokio::test]
async fn the_first_user_is_made_once() {
    let server = Server::new().await;
    assert!(server.app.ensure_admin("admin", None).await.expect("ask").is_none(), "there is a user already");
    let folder = tempfile::tempdir().expect("folder");
    let app = bidlens_app::App::open(bidlens_app::Settings::in_dir(folder.path())).await.expect("open");
    let first = app.ensure_admin("admin", None).await.expect("ask").expect("made");
    let password = first.generated_password.expect("generated");
    let session = app.login("admin", &password).await.expect("it is the password");
    assert!(session.user.is_admin);
    assert!(app.ensure_admin("admin", None).await.expect("ask").is_none());
    assert!(app.add_user("short", "1234567", false).await.is_err(), "seven characters are too few");
    let token = app.make_token("admin", 1).await.expect("token").token;
    app.set_password("admin", "another password").await.expect("change");
    for token in [token, session.token] {
        assert!(app.authenticate(&token, None).await.is_err(), "a new password ends sessions and tokens");
    }
}

#[tokio::test]
async fn a_start_removes_files_that_nothing_refers_to() {
    let folder = tempfile::tempdir().expect("folder");
    let open = || bidlens_app::App::open(bidlens_app::Settings::in_dir(folder.path()));
    let app = open().await.expect("open");
    let keep = async |bytes: &[u8]| {
        let mut incoming = app.receive_file().await.expect("file");
        incoming.write(bytes).await.expect("write");
        incoming.keep().await.expect("kept, and then the process died").sha256
    };
    let (old, young) = (keep(b"old").await, keep(b"young").await);
    app.close().await;
    drop(app);
    let files = folder.path().join("files");
    let place = |sha256: &str| files.join(&sha256[..2]).join(sha256);
    let two_hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    let file = std::fs::File::options().write(true).open(place(&old)).expect("open");
    file.set_modified(two_hours_ago).expect("set the time");
    std::fs::write(files.join("notes.txt"), "not ours").expect("write");
    let app = open().await.expect("open again");
    for _ in 0..200 {
        if !place(&old).exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(!place(&old).exists(), "nothing refers to it, and nobody stored it lately");
    assert!(place(&young).exists(), "another machine may be about to refer to it");
    assert!(files.join("notes.txt").exists());
    app.close().await;
}
