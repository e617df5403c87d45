//! A server of its own for each test, and a small client of its API.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{bidlens, sample};

pub(crate) const PASSWORD: &str = "test-password-1";

/// A running server; killed when dropped.
pub(crate) struct Server {
    /// `None` for a second client of another's server.
    child: Option<Child>,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already, which is what some tests are about.
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it lives");
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

impl Server {
    pub(crate) fn start(data: &Path) -> Server {
        Server::start_with(data, &[], Stdio::null())
    }

    /// A server with settings of its own, whose log goes to `log`.
    pub(crate) fn start_with(data: &Path, settings: &[(&str, &str)], log: Stdio) -> Server {
        let address = format!("127.0.0.1:{}", free_port());
        let child = bidlens()
            .args(["serve", "--listen", &address, "--data-dir"])
            .arg(data)
            .env("BIDLENS_ADMIN_PASSWORD", PASSWORD)
            .env("BIDLENS_LOG", "warn")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("start the server");
        let mut server = Server { child: Some(child), base: format!("http://{address}"), token: String::new() };
        let limit = Instant::now() + Duration::from_secs(60);
        while ureq::get(format!("{}/health/ready", server.base)).call().is_err() {
            assert!(Instant::now() < limit, "the server is not ready");
            let ended = server.child.as_mut().and_then(|c| c.try_wait().expect("look"));
            assert!(ended.is_none(), "the server ended: {ended:?}");
            std::thread::sleep(Duration::from_millis(30));
        }
        let login = server.post("/api/auth/login", &json!({"username": "admin", "password": PASSWORD}));
        login["access_token"].as_str().expect("a token").clone_into(&mut server.token);
        server
    }

    /// As `kill -9`.
    pub(crate) fn kill(&mut self) {
        let child = self.child.as_mut().expect("a server of its own");
        child.kill().expect("kill");
        child.wait().expect("wait");
    }

    /// Asks the server to end, as systemd and containers do, and waits for it.
    pub(crate) fn stop(mut self) {
        let mut child = self.child.take().expect("a server of its own");
        terminate(&child);
        assert!(child.wait().expect("wait").success());
    }

    /// A second client of a server that another owns.
    pub(crate) fn attached(base: String, token: String) -> Server {
        Server { child: None, base, token }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None, &[]);
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call("POST", path, Some(("application/json", body.to_string().as_bytes())), &[]);
        assert!(status < 300, "POST {path}: {status} {answer}");
        answer
    }

    /// Any request; a connection that breaks is status 0.
    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<(&str, &[u8])>,
        headers: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((kind, _)) = body {
            request = request.header("Content-Type", kind);
        }
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build(),
        );
        let sent = match body {
            Some((_, bytes)) => agent.run(request.body(bytes.to_vec()).expect("a request")),
            None => agent.run(request.body(()).expect("a request")),
        };
        let Ok(mut response) = sent else { return (0, Value::Null) };
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(64 << 20).read_to_string().unwrap_or_default();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) fn import(
        &self,
        project: &str,
        kind: &str,
        bidder: Option<&str>,
        file: &str,
        query: &str,
    ) -> (u16, Value) {
        let bytes = std::fs::read(sample(file)).expect("the sample");
        let (content_type, body) = form(kind, bidder, file, &bytes);
        let path = format!("/api/apps/tender/projects/{project}/assets/import{query}");
        self.call("POST", &path, Some((&content_type, &body)), &[])
    }

    pub(crate) fn project(&self, name: &str) -> String {
        self.post("/api/apps/tender/projects", &json!({"name": name}))["id"].as_str().expect("an id").to_owned()
    }

    /// Polls a run as the old front end does, until it has ended.
    pub(crate) fn wait(&self, run: &str) -> Value {
        let limit = Instant::now() + Duration::from_secs(120);
        loop {
            let run = self.get(&format!("/api/apps/tender/runs/{run}"));
            if !["pending", "running"].contains(&run["status"].as_str().expect("a status")) {
                return run;
            }
            assert!(Instant::now() < limit, "the run does not end: {run}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A multipart form as browsers send it.
pub(crate) fn form(kind: &str, bidder: Option<&str>, name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "test-boundary-52c1";
    let mut body =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n").into_bytes();
    if let Some(bidder) = bidder {
        body.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"bidder_name\"\r\n\r\n{bidder}\r\n").bytes(),
        );
    }
    body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
    body.extend_from_slice(bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// The old system's smoke path, against the real program with its parser processes.
#[test]
fn the_smoke_path_of_the_old_system_passes() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let started = Instant::now();
    let project = server.project("smoke");
    let base = format!("/api/apps/tender/projects/{project}");
    let (status, assets) = server.import(&project, "tender", None, "tender.pdf", "?sync=1");
    assert_eq!((status, assets[0]["status"].as_str()), (200, Some("ready")), "{assets}");
    for step in ["extract/project-info", "extract/risks"] {
        assert_eq!(server.post(&format!("{base}/{step}?sync=1"), &json!({"model_id": null}))["status"], "success");
    }
    assert_eq!(
        server.get(&format!("{base}/project-info"))["data_json"]["projectName"],
        "临澜市第三实验学校智慧教室设备采购项目"
    );
    assert!(!server.get(&format!("{base}/risks")).as_array().expect("risks").is_empty());
    let (status, _) = server.import(&project, "bid", Some("云州博砚智能设备有限公司"), "bid_defective.docx", "?sync=1");
    assert_eq!(status, 200);
    // Polling, as the old front end does.
    let (status, run) = server.call(
        "POST",
        &format!("{base}/review/run"),
        Some(("application/json", b"{}")),
        &[("Prefer", "respond-async")],
    );
    assert_eq!(status, 202, "{run}");
    assert_eq!(server.wait(run["run_id"].as_str().expect("a run"))["status"], "success");
    let items = server.get(&format!("{base}/review"));
    assert!(items.as_array().expect("a bare list").iter().any(|i| i["result"] == "fail"));
    let ids: Vec<Value> = items[0]["bid_evidence_chunk_ids"].as_array().cloned().unwrap_or_default();
    let chunks = server.post("/api/apps/tender/chunks/lookup", &json!({"chunk_ids": ids}));
    assert_eq!(chunks.as_array().map(Vec::len), Some(ids.len()), "every evidence id resolves");
    let (status, _) = server.call("GET", &format!("{base}/export/docx"), None, &[]);
    assert_eq!(status, 200);
    let plan = server.get(&format!("{base}/delete-plan"));
    let confirm = json!({"confirm_token": plan["confirm_token"]}).to_string();
    assert_eq!(server.call("DELETE", &base, Some(("application/json", confirm.as_bytes())), &[]).0, 204);
    assert_eq!(server.call("GET", &base, None, &[]).0, 404);
    assert!(started.elapsed() < Duration::from_secs(30), "thirty seconds in all");
    let left: Vec<_> = walk(&data.path().join("files"));
    assert!(left.is_empty(), "files of a deleted project stay: {left:?}");
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            files.extend(walk(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}

#[test]
fn a_data_directory_has_one_server() {
    let data = tempfile::tempdir().expect("a folder");
    let _server = Server::start(data.path());
    let output = crate::run(bidlens().args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data.path()));
    assert_eq!(output.status.code(), Some(1));
    assert!(crate::stderr(&output).contains("in use by another"));
}

#[test]
fn a_disk_that_is_full_stores_nothing() {
    // A file store that cannot be written stands for a full disk: the same path of errors.
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let project = server.project("full");
    let incoming = data.path().join("files/incoming");
    std::fs::remove_dir_all(&incoming).expect("remove");
    std::fs::write(&incoming, b"in the way").expect("block the folder");
    let (status, problem) = server.import(&project, "tender", None, "tender.docx", "?sync=1");
    assert!(status >= 500, "{problem}");
    assert!(problem["detail"].is_string());
    assert_eq!(server.get(&format!("/api/apps/tender/projects/{project}/assets")), json!([]));
    let (status, health) = server.call("GET", "/health/ready", None, &[]);
    assert_eq!((status, health["checks"]["files"].as_str()), (503, Some("failed")), "{health}");
}
