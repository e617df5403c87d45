//! Health, metrics, headers, the page and the documentation.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
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
async fn every_answer_has_its_headers() {
    let server = Server::new().await;
    for path in ["/", "/ui/app.js", "/health", "/api/auth/me", "/nothing", "/api/docs/", "/api/openapi.json"] {
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
    for (path, kind) in [
        ("/", "text/html"),
        ("/ui/app.js", "text/javascript"),
        ("/ui/style.css", "text/css"),
        ("/api/docs/", "text/html"),
    ] {
        let answer = open(&server, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with(kind), "{path}");
        let text = String::from_utf8(answer.bytes).expect("text");
        assert!(!text.contains("src=\"http") && !text.contains("href=\"http"), "{path} loads from elsewhere");
    }
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
        assert!(app.authenticate(&token).await.is_err(), "a new password ends sessions and tokens");
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
