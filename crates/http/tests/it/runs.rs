//! Runs from outside: one run for two clicks, cancel, retry, events, repeated requests, clients that go away.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use bidlens_app::RunSwitches;
use bidlens_http::{AppState, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::support::{BASE, Client, Server, TENDER, form, full, sleeping_parser};

async fn idle() -> Server {
    Server::without_workers(|s| s.asynchronous = RunSwitches { ingest: false, extract: true, review: true }).await
}

fn word(value: &Value) -> String {
    value.as_str().expect("word").to_owned()
}

#[tokio::test]
async fn two_clicks_are_one_run() {
    let server = idle().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/review/run");
    let first = client.post(&path, json!({})).await.ok();
    let second = client.post(&path, json!({"model_id": null})).await.ok();
    assert_eq!(first["run_id"], second["run_id"]);
    let other = client.post(&path, json!({"bidder_name": crate::support::BIDDER})).await.ok();
    assert_ne!(first["run_id"], other["run_id"], "another request is another run");
    client.import(&project, "tender", None, "more.md", "# 补充公告\n\n开标时间不变。\n").await.ok();
    let later = client.post(&path, json!({})).await.ok();
    assert_ne!(first["run_id"], later["run_id"], "with other files it is another request");
    server.app.start_workers();
    for run in [first, other, later] {
        assert_eq!(client.finished(&word(&run["run_id"])).await["status"], "success");
    }
}

#[tokio::test]
async fn many_clicks_at_once_are_one_run() {
    let server = idle().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/risks");
    let clicks = futures_util::future::join_all((0..8).map(|_| client.post(&path, json!({})))).await;
    let mut ids: Vec<String> = clicks.into_iter().map(|answer| word(&answer.ok()["run_id"])).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn cancel_and_retry() {
    let server = idle().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/risks");
    let run = word(&client.post(&path, json!({})).await.ok()["run_id"]);
    let cancelled = client.post(&format!("/runs/{run}/cancel"), json!({})).await.ok();
    assert_eq!((&cancelled["status"], &cancelled["error_code"]), (&json!("cancelled"), &json!("cancelled")));
    assert_eq!(client.post(&format!("/runs/{run}/cancel"), json!({})).await.problem(), "409 run_ended");

    let newer = word(&client.post(&path, json!({})).await.ok()["run_id"]);
    assert_eq!(client.post(&format!("/runs/{run}/retry"), json!({})).await.problem(), "409 run_open");
    client.post(&format!("/runs/{newer}/cancel"), json!({})).await.ok();

    let retried = client.post(&format!("/runs/{run}/retry"), json!({})).await;
    assert_eq!(retried.status, 202);
    assert_eq!(retried.ok()["status"], "pending");
    server.app.start_workers();
    let ended = client.finished(&run).await;
    assert_eq!(ended["status"], "success");
    assert_eq!((&ended["error"], &ended["error_code"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_failed_run_keeps_the_earlier_result() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/project-info");
    client.post(&path, json!({})).await.ok();
    let before = client.get(&format!("/projects/{project}/project-info")).await.ok();
    assert!(before.is_object());
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    let tender = assets.as_array().expect("list").iter().find(|a| a["kind"] == "tender").expect("tender").clone();
    let broken = client.upload(&project, "", &[], &[("kind", "tender")], &[("broken.pdf", b"%PDF-1.7")]).await.ok();
    assert_eq!((&broken[0]["status"], &broken[0]["error_code"]), (&json!("failed"), &json!("file_unreadable")));
    client.delete(&format!("/projects/{project}/assets/{}", word(&tender["id"])), None).await.ok();
    let failed = client.post(&path, json!({})).await.ok();
    assert_eq!(failed["status"], "failed");
    assert!(failed["message"].as_str().is_some_and(|m| m.contains("could be read")), "{failed}");
    let run = client.get(&format!("/runs/{}", word(&failed["run_id"]))).await.ok();
    assert_eq!((&run["status"], &run["error_code"]), (&json!("failed"), &json!("no_text")));
    let job = client.get(&format!("/api/jobs/{}", word(&failed["job_id"]))).await;
    assert_eq!(job.ok()["error_code"], "no_text");
    let after = client.get(&format!("/projects/{project}/project-info")).await.ok();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_review_waits_for_its_files() {
    let server =
        Server::without_workers(|s| s.asynchronous = RunSwitches { ingest: true, extract: true, review: true }).await;
    let client = server.anna().await;
    let project = client.project("x").await;
    client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    client.import(&project, "bid", Some("甲公司"), "b.md", crate::support::BID).await.ok();
    let run = client.post(&format!("/projects/{project}/review/run?sync=1"), json!({})).await.ok();
    assert_eq!(run["status"], "success", "a waiting request reads the files it needs first");
    assert_ne!(client.get(&format!("/projects/{project}/review")).await.ok(), json!([]));
}

#[tokio::test]
async fn repeated_requests_are_answered_from_memory() {
    let server = Server::new().await;
    let client = server.anna().await;
    let key = [("idempotency-key", "k-1")];
    let first = client.post_with("/projects", &key, json!({"name": "一"})).await;
    let second = client.post_with("/projects", &key, json!({"name": "一"})).await;
    assert_eq!((second.status, second.header("idempotency-replayed")), (first.status, "true"));
    assert_eq!(first.ok(), second.ok());
    assert_eq!(
        client.post_with("/projects", &key, json!({"name": "二"})).await.problem(),
        "422 idempotency_key_reused"
    );
    assert_eq!(client.get("/projects").await.ok().as_array().map(Vec::len), Some(1));

    let refused = [("idempotency-key", "k-2")];
    assert_eq!(client.post_with("/projects", &refused, json!({"name": ""})).await.problem(), "422 bad_name");
    let again = client.post_with("/projects", &refused, json!({"name": ""})).await;
    assert_eq!((again.problem().as_str(), again.header("idempotency-replayed")), ("422 bad_name", "true"));

    // Uploads are told apart by their files, not by the boundaries of their forms.
    let project = client.project("x").await;
    let key = [("idempotency-key", "k-3")];
    let import = async |name: &str, text: &str| {
        client.upload(&project, "", &key, &[("kind", "tender")], &[(name, text.as_bytes())]).await
    };
    let first = import("t.md", TENDER).await.ok();
    let second = import("t.md", TENDER).await;
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(first, second.ok());
    assert_eq!(import("t.md", "other").await.problem(), "422 idempotency_key_reused");

    // Another user's key is another key.
    server.app.add_user("bert", crate::support::PASSWORD, false).await.expect("user");
    let bert = server.login("bert").await;
    let answer = bert.post_with("/projects", &[("idempotency-key", "k-1")], json!({"name": "三"})).await;
    assert_eq!(answer.header("idempotency-replayed"), "");
    answer.ok();
}

/// The statuses of the events of a stream, each once.
fn statuses(stream: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(stream);
    let runs = text
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| serde_json::from_str::<Value>(data).expect("a run"));
    let mut statuses: Vec<String> = runs.map(|run| word(&run["status"])).collect();
    statuses.dedup();
    statuses
}

#[tokio::test]
async fn events_end_with_the_run() {
    let server = idle().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let run = word(&client.post(&format!("/projects/{project}/extract/risks"), json!({})).await.ok()["run_id"]);
    let path = format!("/runs/{run}/events");
    let follow = client.get(&path);
    let work = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.app.start_workers();
    };
    let (answer, ()) = tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(follow, work) })
        .await
        .expect("the stream ends");
    assert!(answer.header("content-type").starts_with("text/event-stream"));
    let statuses = statuses(&answer.bytes);
    assert_eq!(
        (statuses.first().map(String::as_str), statuses.last().map(String::as_str)),
        (Some("pending"), Some("success")),
        "{statuses:?}"
    );
    let ended = client.get(&format!("/runs/{run}/events")).await;
    assert_eq!(self::statuses(&ended.bytes), ["success"]);
}

async fn listening(
    server: &Server,
) -> (std::net::SocketAddr, CancellationToken, tokio::task::JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let address = listener.local_addr().expect("address");
    let shutdown = CancellationToken::new();
    let served = tokio::spawn(serve(AppState::new(server.app.clone()), listener, shutdown.clone()));
    (address, shutdown, served)
}

#[tokio::test]
async fn a_stopping_server_ends_streams_and_waits() {
    let server = idle().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let run = word(&client.post(&format!("/projects/{project}/extract/risks"), json!({})).await.ok()["run_id"]);
    let (address, shutdown, served) = listening(&server).await;
    let mut stream = TcpStream::connect(address).await.expect("connect");
    let request =
        format!("GET {BASE}/runs/{run}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", client.token);
    stream.write_all(request.as_bytes()).await.expect("send");
    let mut buffer = vec![0; 4096];
    let n = stream.read(&mut buffer).await.expect("headers");
    assert!(buffer[..n].starts_with(b"HTTP/1.1 200"));
    shutdown.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), served).await.expect("the server ends in time");
    ended.expect("no panic").expect("no error");
}

#[tokio::test]
async fn work_goes_on_when_its_client_goes_away() {
    let server = Server::without_workers(|_| {}).await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let (address, shutdown, served) = listening(&server).await;
    let mut stream = TcpStream::connect(address).await.expect("connect");
    let path = full(&format!("/projects/{project}/extract/project-info"));
    let request = format!(
        "POST {path}?sync=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
        client.token
    );
    stream.write_all(request.as_bytes()).await.expect("send");
    let run = loop {
        let runs = client.get(&format!("/projects/{project}/runs")).await.ok();
        if let Some(run) = runs.as_array().expect("list").iter().find(|r| r["kind"] == "extract_project_info") {
            break word(&run["id"]);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    drop(stream);
    assert_eq!(client.finished(&run).await["status"], "success");
    shutdown.cancel();
    served.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let before = server.stored().await;
    let (content_type, body) = form(&[("kind", "tender")], &[("t.md", TENDER.as_bytes())]);
    let half = body[..body.len() / 2].to_vec();
    let chunks = [Ok(half), Err(std::io::Error::other("the client went away"))];
    let body = Body::from_stream(futures_util::stream::iter(chunks));
    let answer = client
        .call(
            Method::POST,
            &full(&format!("/projects/{project}/assets/import")),
            &[("content-type", &content_type)],
            body,
        )
        .await;
    assert_eq!(answer.problem(), "400 bad_form");
    assert_eq!(server.stored().await, before);
}

#[tokio::test]
async fn queued_work_waits_for_files_that_are_still_being_read() {
    let server = Server::without_workers(|s| {
        s.asynchronous = RunSwitches { ingest: true, extract: true, review: true };
        s.concurrency = 1;
    })
    .await;
    let client = server.anna().await;
    let project = client.project("x").await;
    client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    let info = word(&client.post(&format!("/projects/{project}/extract/project-info"), json!({})).await.ok()["run_id"]);
    let risks = word(&client.post(&format!("/projects/{project}/extract/risks"), json!({})).await.ok()["run_id"]);
    server.app.start_workers();
    for run in [info, risks] {
        assert_eq!(client.finished(&run).await["status"], "success");
    }
}

async fn until_running(client: &Client<'_>, run: &str) {
    while client.get(&format!("/runs/{run}")).await.ok()["status"] != "running" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_running_run_can_be_cancelled() {
    let (_folder, parser) = sleeping_parser(60);
    let server = Server::with(|s| {
        s.parser = parser;
        s.asynchronous.ingest = true;
    })
    .await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let asset = client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    let run = word(&asset[0]["run_id"]);
    until_running(&client, &run).await;
    client.post(&format!("/runs/{run}/cancel"), json!({})).await.ok();
    let ended = tokio::time::timeout(Duration::from_secs(5), client.finished(&run)).await.expect("it stops in time");
    assert_eq!(ended["status"], "cancelled");
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    assert_eq!(assets[0]["status"], "failed");
}

#[tokio::test]
async fn a_stopped_process_gives_its_work_back() {
    let (_folder, parser) = sleeping_parser(60);
    let server = Server::with(|s| s.parser = parser).await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let upload = client.import(&project, "tender", None, "t.md", TENDER);
    let stop = async {
        let run = loop {
            let runs = client.get(&format!("/projects/{project}/runs")).await.ok();
            if let Some(run) = runs.as_array().and_then(|runs| runs.first()) {
                break word(&run["id"]);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        until_running(&client, &run).await;
        tokio::time::timeout(Duration::from_secs(5), server.app.close()).await.expect("it stops in time");
        run
    };
    let (answer, run) = tokio::join!(upload, stop);
    assert_eq!(answer.problem(), "503 shutting_down");

    let mut settings = bidlens_app::Settings::in_dir(server.folder.path());
    settings.parser = bidlens_app::Parser::InProcess;
    let folder = server.folder;
    drop((server.app, server.router));
    let server = Server {
        app: bidlens_app::App::open(settings).await.expect("open again"),
        router: axum::Router::new(),
        folder,
    };
    let server = Server { router: bidlens_http::router(AppState::new(server.app.clone())), ..server };
    server.app.start_workers();
    let client = server.anna().await;
    let ended = client.finished(&run).await;
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("success"), &json!(2)), "{ended}");
}
