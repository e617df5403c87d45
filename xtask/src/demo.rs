//! `cargo xtask demo`: the whole main job on the bundled sample, first on files, then through the server.
//!
//! The server part is what the old system's scripts do: log in, create a project, import, extract, review.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::sh::{self, say};

/// The sample's tender, its bids with their bidders, and rules of the bidder's own.
const TENDER: &str = "samples/tender.pdf";
const BIDS: &[(&str, &str)] =
    &[("samples/bid_conforming.docx", "bid-conforming"), ("samples/bid_defective.pdf", "bid-defective")];
const RULES: &str = "samples/rules.yaml";
const OUT: &str = "demo-out";
const USERNAME: &str = "admin";

pub(crate) fn run(no_serve: bool) -> anyhow::Result<()> {
    let program = sh::build_release()?;
    let out = sh::root().join(OUT);
    say("reviewing the sample bids against the sample tender");
    let mut review = sh::command(&program);
    review.args(["review", "--tender", TENDER, "--rules", RULES, "--out", OUT]);
    for (file, _) in BIDS {
        review.args(["--bid", file]);
    }
    sh::run(&mut review)?;
    say(&format!("open the report: {}", out.join("report.html").display()));
    if no_serve {
        return Ok(());
    }
    serve(&program, &out)
}

fn serve(program: &Path, out: &Path) -> anyhow::Result<()> {
    let data = out.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("remove {}", data.display()))?;
    }
    let address = free_address()?;
    let password = format!("demo-{:08x}", std::process::id().wrapping_mul(2_654_435_761));
    say(&format!("starting the server at http://{address}"));
    let mut child = Server(
        Command::new(program)
            .args(["serve", "--listen", &address, "--data-dir"])
            .arg(&data)
            .env("BIDLENS_ADMIN_USERNAME", USERNAME)
            .env("BIDLENS_ADMIN_PASSWORD", &password)
            .env("BIDLENS_LOG", "warn")
            .spawn()
            .context("start bidlens serve")?,
    );
    let mut client = Client { base: format!("http://{address}"), token: String::new() };
    client.wait_until_ready(&mut child.0)?;
    load(&mut client, &password)?;
    sh::print(&format!(
        "\nThe result is at http://{address}  (user {USERNAME}, password {password})\nPress Ctrl-C to end."
    ))?;
    let status = child.0.wait().context("wait for the server")?;
    if !status.success() && status.code().is_some() {
        bail!("the server ended with {status}");
    }
    Ok(())
}

/// Ends the server when the task ends early.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The usual address, or a free port when something else listens there.
fn free_address() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:9001").or_else(|_| TcpListener::bind("127.0.0.1:0"));
    let listener = listener.context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.to_string())
}

/// The main job through the API.
fn load(client: &mut Client, password: &str) -> anyhow::Result<()> {
    let login = client.post("/api/auth/login", &json!({"username": USERNAME, "password": password}))?;
    client.token = login["access_token"].as_str().context("log in: no token")?.to_owned();
    let project = client.post("/api/apps/tender/projects", &json!({"name": "示例项目 · Sample"}))?;
    let id = project["id"].as_str().context("create the project: no id")?;
    let base = format!("/api/apps/tender/projects/{id}");
    client.import(&base, "tender", None, TENDER)?;
    client.import(&base, "custom_rule", None, RULES)?;
    for (file, fallback) in BIDS {
        let name = bidder_name(file)?.unwrap_or_else(|| (*fallback).to_owned());
        client.import(&base, "bid", Some(&name), file)?;
    }
    for step in ["extract/project-info", "extract/risks", "review/run"] {
        let run = client.post(&format!("{base}/{step}?sync=1"), &json!({"model_id": null}))?;
        if run["status"] != "success" {
            bail!("{step} on the sample: {run}");
        }
    }
    Ok(())
}

/// The bidder as the review on files read it.
fn bidder_name(file: &str) -> anyhow::Result<Option<String>> {
    let path = sh::root().join(OUT).join("result.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let result: Value = serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))?;
    let name = PathBuf::from(file).file_name().map(|n| n.to_string_lossy().into_owned());
    let bids = result["bids"].as_array().into_iter().flatten();
    let mut own =
        bids.filter(|b| b["files"].as_array().into_iter().flatten().any(|f| f["name"].as_str() == name.as_deref()));
    Ok(own.next().and_then(|b| b["bidder_name"].as_str()).map(str::to_owned))
}

struct Client {
    base: String,
    token: String,
}

impl Client {
    fn wait_until_ready(&self, server: &mut Child) -> anyhow::Result<()> {
        let limit = Instant::now() + Duration::from_secs(30);
        while ureq::get(format!("{}/health/ready", self.base)).call().is_err() {
            if let Some(status) = server.try_wait().context("look after the server")? {
                bail!("the server ended with {status}");
            }
            if Instant::now() > limit {
                bail!("the server is not ready after 30 s");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(path, "application/json", body.to_string().as_bytes())
    }

    fn import(&self, base: &str, kind: &str, bidder: Option<&str>, file: &str) -> anyhow::Result<()> {
        let bytes = std::fs::read(sh::root().join(file)).with_context(|| format!("read {file}"))?;
        let name = file.rsplit('/').next().unwrap_or(file);
        let boundary = "bidlens-demo-7d1f0c52";
        let mut body = Vec::new();
        let mut field = |name: &str, value: &str| {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        };
        field("kind", kind);
        if let Some(bidder) = bidder {
            field("bidder_name", bidder);
        }
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(&bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let assets = self.send(
            &format!("{base}/assets/import?sync=1"),
            &format!("multipart/form-data; boundary={boundary}"),
            &body,
        )?;
        let failed = assets.as_array().into_iter().flatten().any(|a| a["status"] == "failed");
        if failed {
            bail!("import {file}: {assets}");
        }
        Ok(())
    }

    fn send(&self, path: &str, content_type: &str, body: &[u8]) -> anyhow::Result<Value> {
        let mut request = ureq::post(format!("{}{path}", self.base)).header("Content-Type", content_type);
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        let mut response =
            request.config().http_status_as_error(false).build().send(body).with_context(|| format!("POST {path}"))?;
        let status = response.status();
        let text = response.body_mut().read_to_string().with_context(|| format!("POST {path}"))?;
        if !status.is_success() {
            bail!("POST {path}: {status} {text}");
        }
        serde_json::from_str(&text).with_context(|| format!("POST {path}: not JSON"))
    }
}
