//! An installation in a temporary folder and a client for it.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bidlens_app::{App, RunSwitches, Settings};
use bidlens_http::{AppState, router};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "a long password";

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("not JSON ({e}): {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The body of a request that must have gone well.
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of an answer that must have this status.
    pub(crate) fn with_status(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self.ok()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// `status code` of a problem, after its shape has been checked.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", String::from_utf8_lossy(&self.bytes));
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert!(body["detail"].is_string() && body["title"].is_string() && body["type"].is_string(), "{body}");
        format!("{} {}", self.status.as_u16(), body["code"].as_str().expect("a code"))
    }
}

impl Server {
    pub(crate) async fn new() -> Server {
        Server::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Server {
        let server = Server::without_workers(change).await;
        server.app.start_workers();
        server
    }

    /// Nothing that is queued is done until the test starts the workers.
    pub(crate) async fn without_workers(change: impl FnOnce(&mut Settings)) -> Server {
        let folder = tempfile::tempdir().expect("temporary folder");
        let mut settings = Settings::in_dir(folder.path());
        change(&mut settings);
        let app = App::open(settings).await.expect("open");
        app.add_user("anna", PASSWORD, false).await.expect("user");
        let router = router(AppState::new(app.clone()));
        Server { app, router, folder }
    }

    /// All kinds of work are queued unless a request says otherwise.
    pub(crate) async fn asynchronous() -> Server {
        Server::with(|s| s.asynchronous = RunSwitches { ingest: true, extract: true, review: true }).await
    }

    /// Everything stored that a refused request must not change: rows as the API lists them, and files.
    pub(crate) async fn stored(&self) -> String {
        let client = self.anna().await;
        let mut out = String::new();
        let projects = client.get("/projects").await.ok();
        out.push_str(&projects.to_string());
        for project in projects.as_array().expect("list") {
            let id = project["id"].as_str().expect("id");
            for list in ["assets", "runs", "risks", "directory"] {
                out.push_str(&client.get(&format!("/projects/{id}/{list}")).await.ok().to_string());
            }
        }
        out.push_str(&client.get("/api/jobs").await.ok().to_string());
        let mut folders = vec![self.folder.path().join("files")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("folder") {
                let path = entry.expect("entry").path();
                if path.is_dir() { folders.push(path) } else { files.push(path.display().to_string()) }
            }
        }
        files.sort();
        format!("{out}{files:?}")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.expect("body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn login(&self, username: &str) -> Client<'_> {
        let body = serde_json::json!({"username": username, "password": PASSWORD}).to_string();
        let request =
            Request::post("/api/auth/login").header("content-type", "application/json").body(Body::from(body));
        let answer = self.send(request.expect("request")).await.ok();
        Client { server: self, token: answer["access_token"].as_str().expect("token").to_owned() }
    }

    pub(crate) async fn anna(&self) -> Client<'_> {
        self.login("anna").await
    }
}

pub(crate) struct Client<'s> {
    pub(crate) server: &'s Server,
    pub(crate) token: String,
}

pub(crate) const BASE: &str = "/api/apps/tender";

impl Client<'_> {
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(request.body(body.into()).expect("request")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, &full(path), &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, &[], body).await
    }

    pub(crate) async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let headers: Vec<_> =
            [("content-type", "application/json")].into_iter().chain(headers.iter().copied()).collect();
        self.call(Method::POST, &full(path), &headers, body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, &full(path), &[("content-type", "application/json")], body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|b| b.to_string()).unwrap_or_default();
        self.call(Method::DELETE, &full(path), &[("content-type", "application/json")], body).await
    }

    pub(crate) async fn project(&self, name: &str) -> String {
        let project = self.post("/projects", serde_json::json!({"name": name})).await.ok();
        project["id"].as_str().expect("id").to_owned()
    }

    /// Uploads files as one form.
    pub(crate) async fn upload(
        &self,
        project: &str,
        query: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Answer {
        let (content_type, body) = form(fields, files);
        let headers: Vec<_> =
            [("content-type", content_type.as_str())].into_iter().chain(headers.iter().copied()).collect();
        self.call(Method::POST, &full(&format!("/projects/{project}/assets/import{query}")), &headers, body).await
    }

    /// Begins a resumable upload of a tender; its id.
    pub(crate) async fn begin_upload(&self, project: &str, name: &str, size: usize) -> String {
        let metadata = format!("filename {},kind dGVuZGVy", STANDARD.encode(name));
        let size = size.to_string();
        let headers = [("upload-length", size.as_str()), ("upload-metadata", &metadata)];
        let answer = self.call(Method::POST, &full(&format!("/projects/{project}/uploads")), &headers, "").await;
        answer.with_status(201)["id"].as_str().expect("id").to_owned()
    }

    pub(crate) async fn import(
        &self,
        project: &str,
        kind: &str,
        bidder: Option<&str>,
        name: &str,
        text: &str,
    ) -> Answer {
        let fields: Vec<_> = [("kind", kind)].into_iter().chain(bidder.map(|b| ("bidder_name", b))).collect();
        self.upload(project, "", &[], &fields, &[(name, text.as_bytes())]).await
    }

    /// A project with a tender and one bid that have been read.
    pub(crate) async fn loaded(&self) -> String {
        let project = self.project("泵站设备采购").await;
        let (tender, bid) = (("tender.md", TENDER), ("bid.md", BID));
        self.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[(tender.0, tender.1.as_bytes())]).await.ok();
        self.upload(
            &project,
            "?sync=1",
            &[],
            &[("kind", "bid"), ("bidder_name", BIDDER)],
            &[(bid.0, bid.1.as_bytes())],
        )
        .await
        .ok();
        project
    }

    /// Polls a run to its end.
    pub(crate) async fn finished(&self, run_id: &str) -> Value {
        for _ in 0..600 {
            let run = self.get(&format!("/runs/{run_id}")).await.ok();
            let progress = run["progress"].as_f64().expect("progress is a number");
            assert!((0.0..=1.0).contains(&progress), "{run}");
            if !matches!(run["status"].as_str(), Some("pending" | "running")) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the run {run_id} has not ended within 30 s");
    }
}

pub(crate) fn full(path: &str) -> String {
    if path.starts_with("/api") || path.starts_with("/health") || path.starts_with("/metrics") {
        path.to_owned()
    } else {
        format!("{BASE}{path}")
    }
}

pub(crate) fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let boundary = "----form-boundary-5f1c";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    for (name, bytes) in files {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

pub(crate) const BIDDER: &str = "远川机电设备有限公司";

/// Invented; long enough to have a price, a validity and a rejection clause.
pub(crate) const TENDER: &str = "# 第一章 招标公告

项目名称：青石镇排涝泵站水泵采购项目

项目编号：QSZB-2031-017

采购人：青石镇水务管理站

预算金额：人民币1200000元，最高限价：人民币1150000元，投标报价超过最高限价的，投标无效。

投标截止时间：2031年5月20日9时30分

开标地点：青石镇公共资源交易中心二楼第一开标室

# 第二章 投标人须知

投标有效期：自投标截止之日起90日历天。

投标保证金：人民币20000元。

交货期：合同签订之日起60日内交货。

质保期：不少于24个月。

★投标人须提供有效的营业执照，未提供的投标无效。

# 第三章 投标文件格式

## 一、投标函

致：青石镇水务管理站

我方愿以人民币（大写）______元的投标总价承担本项目。

## 二、法定代表人授权委托书

本授权书声明：________（法定代表人姓名）授权________为我方代理人。

## 三、分项报价表
";

pub(crate) const BID: &str = "# 投标函

致：青石镇水务管理站

我方远川机电设备有限公司愿以人民币壹佰壹拾万元整（¥1100000元）的投标总价承担青石镇排涝泵站水泵采购项目（项目编号：QSZB-2031-017）。

投标有效期：自投标截止之日起60日历天。

交货期：合同签订之日起45日内交货。

质保期：36个月。
";

/// A parser that says nothing for a minute, with the folder it lives in.
pub(crate) fn sleeping_parser(wall_s: u64) -> (tempfile::TempDir, bidlens_app::Parser) {
    scripted_parser(wall_s, "exec sleep 60")
}

/// A parser that does what a shell script says, with the folder it lives in.
pub(crate) fn scripted_parser(wall_s: u64, script: &str) -> (tempfile::TempDir, bidlens_app::Parser) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    let program = folder.path().join("parser");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let limits = bidlens_app::ParseLimits { wall_s, output_mb: 1, ..bidlens_app::ParseLimits::default() };
    (
        folder,
        bidlens_app::Parser::Child {
            program,
            limits,
            converters: bidlens_app::Converters::default(),
            recogniser: None,
        },
    )
}

/// A parser that answers with `document` and writes one line into the file `asked` of the folder it lives in.
pub(crate) fn counting_parser(
    document: &bidlens_domain::document::Document,
) -> (tempfile::TempDir, bidlens_app::Parser) {
    let script = "cd \"$(dirname \"$0\")\"\ncat > /dev/null\necho asked >> asked\nexec cat answer";
    let (folder, parser) = scripted_parser(60, script);
    let answer = serde_json::to_string(document).expect("JSON");
    std::fs::write(folder.path().join("answer"), answer).expect("answer");
    (folder, parser)
}
