//! A server of a task's own, and what the old system's scripts do with it: log in, create a project, import, extract,
//! review.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::sh;

pub(crate) const USERNAME: &str = "admin";

/// `bidlens serve`, ended with the task that started it.
pub(crate) struct Server {
    child: Child,
    pub(crate) client: Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it on an empty data folder and waits until it is ready.
    pub(crate) fn start(program: &Path, address: &str, data: &Path, password: &str) -> anyhow::Result<Server> {
        if data.exists() {
            std::fs::remove_dir_all(data).with_context(|| format!("remove {}", data.display()))?;
        }
        let child = Command::new(program)
            .args(["serve", "--listen", address, "--data-dir"])
            .arg(data)
            .env("BIDLENS_ADMIN_USERNAME", USERNAME)
            .env("BIDLENS_ADMIN_PASSWORD", password)
            .env("BIDLENS_LOG", "warn")
            .spawn()
            .context("start bidlens serve")?;
        let client = Client { base: format!("http://{address}"), token: String::new() };
        let mut server = Server { child, client };
        let limit = Instant::now() + Duration::from_secs(30);
        while ureq::get(format!("{}/health/ready", server.client.base)).call().is_err() {
            if let Some(status) = server.child.try_wait().context("look after the server")? {
                bail!("the server ended with {status}");
            }
            if Instant::now() > limit {
                bail!("the server is not ready after 30 s");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// Waits until somebody ends it.
    pub(crate) fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        self.child.wait().context("wait for the server")
    }
}

/// Fails unless a program serves the workspace that was built last.
pub(crate) fn expect_workspace(program: &Path) -> anyhow::Result<()> {
    let built = sh::root().join("web/dist/index.html");
    let built = std::fs::read_to_string(&built).with_context(|| format!("read {}", built.display()))?;
    let data = sh::target().join("workspace-check");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).context("find a port")?.port();
    let server = Server::start(program, &format!("127.0.0.1:{port}"), &data, "nobody signs in here")?;
    expect_pages(&server.client.base, &built)
        .with_context(|| format!("ask {} for its workspace", program.display()))?;
    drop(server);
    std::fs::remove_dir_all(&data).with_context(|| format!("remove {}", data.display()))
}

/// The page and the script that it begins with, as they were built, and not of an earlier build or of none.
fn expect_pages(base: &str, built: &str) -> anyhow::Result<()> {
    let (_, script) = built.split_once("src=\"/ui/").context("find the script in web/dist/index.html")?;
    let script = format!("/ui/{}", script.split('"').next().unwrap_or_default());
    if !read(base, "/")?.contains(&script) {
        bail!("its page is not the one in web/dist: it does not name {script}");
    }
    if read(base, &script)?.is_empty() {
        bail!("{script} is empty");
    }
    Ok(())
}

fn read(base: &str, path: &str) -> anyhow::Result<String> {
    let mut answer = ureq::get(format!("{base}{path}")).call().with_context(|| format!("GET {path}"))?;
    answer.body_mut().read_to_string().with_context(|| format!("GET {path}"))
}

/// A small client of the API.
pub(crate) struct Client {
    base: String,
    token: String,
}

impl Client {
    /// The main job: a project with its files, extracted and reviewed.
    pub(crate) fn load(
        &mut self,
        password: &str,
        name: &str,
        tender: &str,
        rules: Option<&str>,
        bids: &[(&str, String)],
    ) -> anyhow::Result<()> {
        let login = self.post("/api/auth/login", &json!({"username": USERNAME, "password": password}))?;
        login["access_token"].as_str().context("log in: no token")?.clone_into(&mut self.token);
        let project = self.post("/api/apps/tender/projects", &json!({"name": name}))?;
        let id = project["id"].as_str().context("create the project: no id")?;
        let base = format!("/api/apps/tender/projects/{id}");
        self.import(&base, "tender", None, tender)?;
        if let Some(rules) = rules {
            self.import(&base, "custom_rule", None, rules)?;
        }
        for (file, bidder) in bids {
            self.import(&base, "bid", Some(bidder), file)?;
        }
        for step in ["extract/project-info", "extract/risks", "review/run"] {
            let run = self.post(&format!("{base}/{step}?sync=1"), &json!({"model_id": null}))?;
            if run["status"] != "success" {
                bail!("{step}: {run}");
            }
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

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};

    use super::*;

    const BUILT: &str = "<script type=\"module\" src=\"/ui/index-2.js\"></script>";

    /// What comes of a program that answers so at `/` and at its script.
    fn outcome(page: (u16, &'static str), script: (u16, &'static str)) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let head: Vec<String> = BufReader::new(&stream)
                    .lines()
                    .map(|line| line.expect("a line"))
                    .take_while(|line| !line.is_empty())
                    .collect();
                let (status, body) = if head[0].starts_with("GET / ") { page } else { script };
                let length = body.len();
                write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .expect("answer");
            }
        });
        expect_pages(&base, BUILT).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_program_serves_the_workspace_that_was_built() {
        assert_eq!(outcome((200, BUILT), (200, "run()")), Ok(()));
        let none = outcome((503, "the workspace was not built into this program"), (404, ""));
        assert!(none.expect_err("no workspace").contains("503"));
        let earlier = outcome((200, "<script src=\"/ui/index-1.js\"></script>"), (200, "run()"));
        assert!(earlier.expect_err("an earlier one").contains("does not name /ui/index-2.js"));
        assert!(outcome((200, BUILT), (404, "")).expect_err("no script").contains("404"));
        assert!(outcome((200, BUILT), (200, "")).expect_err("nothing in it").contains("is empty"));
    }
}
