//! What operators rely on: logs that can be searched and hold no secret, health, a worker's metrics.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, form, free_port, terminate};
use crate::{bidlens, run, sample, stderr};

fn log_file(folder: &Path) -> (std::path::PathBuf, Stdio) {
    let path = folder.join("log");
    let file = std::fs::File::create(&path).expect("a log");
    (path, file.into())
}

/// Imports a tender under a request id and returns its job.
pub(crate) fn import(server: &Server, request_id: &str) -> String {
    let project = server.project("operations");
    let bytes = std::fs::read(sample("tender.docx")).expect("the sample");
    let (content_type, body) = form("tender", None, "tender.docx", &bytes);
    let path = format!("/api/apps/tender/projects/{project}/assets/import");
    let headers = [("x-request-id", request_id), ("Prefer", "respond-async")];
    let (status, assets) = server.call("POST", &path, Some((&content_type, &body)), &headers);
    assert_eq!(status, 202, "{assets}");
    server.wait(assets[0]["run_id"].as_str().expect("a run"));
    assets[0]["job_id"].as_str().expect("a job").to_owned()
}

#[test]
fn one_search_follows_a_request_to_its_worker() {
    let data = tempfile::tempdir().expect("a folder");
    let (path, log) = log_file(data.path());
    let settings = [("BIDLENS_LOG", "info"), ("BIDLENS_LOG_FORMAT", "json")];
    let server = Server::start_with(data.path(), &settings, log);
    let job = import(&server, "ticket-4711");
    server.stop();
    let log = std::fs::read_to_string(path).expect("the log");
    let found: Vec<Value> = log
        .lines()
        .filter(|line| line.contains("ticket-4711"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    let line = |message: &str| {
        let line = found.iter().find(|l| l["message"] == message);
        line.unwrap_or_else(|| panic!("no line says “{message}”:\n{log}"))
    };
    assert_eq!(line("job asked for")["job"], job.as_str());
    assert_eq!(line("answered")["span"]["request"], "ticket-4711");
    let ended = &line("job attempt ended")["span"];
    assert_eq!((&ended["job"], &ended["attempt"]), (&json!(job), &json!(1)));
    assert_eq!(ended["kind"], "app.queue.tasks.async_ingest_asset_v2");
    assert!(!log.contains("/health/ready"), "what machines ask every few seconds is no news while it is well");
}

#[test]
fn a_log_in_a_file_has_no_colours() {
    let data = tempfile::tempdir().expect("a folder");
    let (path, log) = log_file(data.path());
    let server = Server::start_with(data.path(), &[("BIDLENS_LOG", "info")], log);
    import(&server, "plain-1");
    server.stop();
    let log = std::fs::read_to_string(path).expect("the log");
    assert!(log.contains("request=\"plain-1\"") && !log.contains('\u{1b}'), "{log}");
}

#[test]
fn no_secret_is_in_a_log() {
    let data = tempfile::tempdir().expect("a folder");
    let (path, log) = log_file(data.path());
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let settings = [
        ("BIDLENS_LOG", "trace"),
        ("LOCAL_LLM_BASE_URL", "http://127.0.0.1:1"),
        ("LOCAL_LLM_API_KEY", "hidden-model-key"),
        ("AWS_SECRET_ACCESS_KEY", "hidden-bucket-key"),
        ("AWS_ACCESS_KEY_ID", "hidden-bucket-id"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hidden-collector-key"),
    ];
    let server = Server::start_with(data.path(), &settings, log);
    let token = server.token.clone();
    import(&server, "secrets");
    let wrong = json!({"username": "admin", "password": "hidden-wrong-password"}).to_string();
    assert_eq!(server.call("POST", "/api/auth/login", Some(("application/json", wrong.as_bytes())), &[]).0, 401);
    let stranger = Server::attached(server.base.clone(), "hidden-wrong-token".to_owned());
    assert_eq!(stranger.call("GET", "/api/auth/me", None, &[]).0, 401);
    let started = Instant::now();
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(15), "a collector that is away does not hold the end up");
    let log = std::fs::read_to_string(path).expect("the log");
    assert!(log.contains("job attempt ended") && log.contains("TRACE"), "the log says everything it would ever say");
    let told = if cfg!(feature = "otel") { "does not take traces" } else { "no traces are sent" };
    assert!(log.contains(told), "a silent collector is told of");
    let words_of_the_tender = "临澜市第三实验学校";
    for secret in [PASSWORD, &token, "hidden-", words_of_the_tender] {
        let leak = log.lines().find(|line| line.contains(secret));
        assert_eq!(leak, None, "{secret} is in the log");
    }
}

#[test]
fn errors_of_the_start_hold_no_secret() {
    let data = tempfile::tempdir().expect("a folder");
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let database = format!("postgres://bidlens:hidden-password@127.0.0.1:{}/bidlens", free_port());
    let bucket = vec![
        ("BIDLENS_STORAGE_URL", "s3://tenders/a"),
        ("AWS_ENDPOINT_URL", &nobody),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "hidden-id"),
        ("AWS_SECRET_ACCESS_KEY", "hidden-key"),
    ];
    for (settings, named) in [(bucket, "AWS_ENDPOINT_URL"), (vec![("DATABASE_URL", database.as_str())], "DATABASE_URL")]
    {
        for command in ["serve", "doctor", "config"] {
            let mut program = bidlens();
            program.arg(command).arg("--data-dir").arg(data.path()).envs(settings.iter().copied());
            if command == "serve" {
                program.args(["--listen", "127.0.0.1:0"]);
            }
            let output = run(&mut program);
            let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
            assert!(!said.contains("hidden-"), "{command}: {said}");
            assert!(said.contains(named), "{command}: {said}");
            assert!(output.status.code() == Some(1) || command == "config", "{command}: {said}");
        }
    }
}

#[test]
fn health_is_an_exit_code() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let address = server.base.strip_prefix("http://").expect("an address").to_owned();
    let output = run(bidlens().arg("health").env("BIDLENS_LISTEN", &address));
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).contains("\"ready\"")), (Some(0), true));
    let unknown = format!("http://{address}/nothing");
    let output = run(bidlens().args(["health", "--url", &unknown]));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("answered 404"), "{}", stderr(&output));
    server.stop();
    let output = run(bidlens().arg("health").env("BIDLENS_LISTEN", &address));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&format!("ask http://{address}/health/ready")), "{}", stderr(&output));
    assert_eq!(run(bidlens().args(["health", "--url", "https://localhost/"])).status.code(), Some(1));
}

#[test]
fn a_worker_shows_its_metrics_when_told_to() {
    let data = tempfile::tempdir().expect("a folder");
    let address = format!("127.0.0.1:{}", free_port());
    let mut worker = bidlens()
        .args(["worker", "--metrics-listen", &address, "--data-dir"])
        .arg(data.path())
        .stderr(Stdio::null())
        .spawn()
        .expect("start a worker");
    let limit = Instant::now() + Duration::from_secs(60);
    let live = format!("http://{address}/health/live");
    while !run(bidlens().args(["health", "--url", &live])).status.success() {
        assert!(Instant::now() < limit, "the worker does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    let asked = Server::attached(format!("http://{address}"), String::new());
    let (status, text) = asked.call("GET", "/metrics", None, &[]);
    let text = text.as_str().expect("text").to_owned();
    assert!(status == 200 && text.contains("\nbidlens_workers_alive 1\n"), "{text}");
    assert_eq!(asked.call("GET", "/api/jobs", None, &[]).0, 404);
    terminate(&worker);
    assert!(worker.wait().expect("wait").success());
}
