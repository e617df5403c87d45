//! Clients that ask for work and remember what they were promised.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::system::{PASSWORD, System, request, send};
use crate::sh;

/// What the API has accepted.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Runs with an accepting answer, by project.
    pub(super) runs: Vec<(String, String)>,
    /// Projects with the number of files accepted for each.
    pub(super) projects: Vec<(String, usize)>,
    pub(super) deleted: usize,
    /// Requests that had to be sent again.
    pub(super) repeated: usize,
}

impl Asked {
    pub(super) fn add(&mut self, other: Asked) {
        self.runs.extend(other.runs);
        self.projects.extend(other.projects);
        self.deleted += other.deleted;
        self.repeated += other.repeated;
    }
}

struct Client<'a> {
    system: &'a System,
    token: String,
    stop: &'a AtomicBool,
    asked: Asked,
    count: u64,
    number: usize,
}

/// Asks until told to stop; a project that was begun is finished.
pub(super) fn run(system: &System, number: usize, stop: &AtomicBool) -> Asked {
    let mut client = Client { system, token: String::new(), stop, asked: Asked::default(), count: 0, number };
    let mut round = 0;
    while !stop.load(Ordering::SeqCst) {
        client.project(round);
        round += 1;
    }
    client.asked
}

impl Client<'_> {
    /// Sends until somebody answers who is not in trouble.
    fn insist(&mut self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> (u16, Value) {
        self.count += 1;
        let key = if method == "POST" { format!("chaos-{}-{}", self.number, self.count) } else { String::new() };
        let url = format!("{}{path}", self.system.base);
        loop {
            if self.token.is_empty() {
                let login = json!({"username": "admin", "password": PASSWORD});
                if let Ok((200, answer)) = request("POST", &format!("{}/api/auth/login", self.system.base), "", &login)
                {
                    self.token = answer["access_token"].as_str().unwrap_or_default().to_owned();
                }
            } else {
                match send(method, &url, &self.token, &key, body.clone()) {
                    Ok((401, _)) => self.token.clear(),
                    // The first try is still being answered.
                    Ok((409, answer)) if answer["code"].as_str().is_some_and(|c| c.contains("idempotency")) => {}
                    Ok((status, answer)) if status < 500 => return (status, answer),
                    Ok(_) | Err(_) => {}
                }
            }
            self.asked.repeated += 1;
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.insist("POST", path, Some(("application/json".to_owned(), body.to_string().into_bytes())))
    }

    fn project(&mut self, round: usize) {
        let name = json!({"name": format!("chaos {} {round}", self.number)});
        let (_, project) = self.post("/api/apps/tender/projects", &name);
        let Some(project) = project["id"].as_str().map(str::to_owned) else { return };
        let base = format!("/api/apps/tender/projects/{project}");
        let mut files = 0;
        for (kind, bidder, file) in [
            ("tender", "", "tender.docx"),
            ("bid", "甲公司", "bid_conforming.docx"),
            ("bid", "乙公司", "bid_defective.pdf"),
        ] {
            let (status, answer) =
                self.insist("POST", &format!("{base}/assets/import"), Some(form(kind, bidder, file)));
            if status == 200 || status == 202 {
                files += 1;
                for asset in answer.as_array().into_iter().flatten() {
                    self.promised(&project, &asset["run_id"]);
                }
            }
        }
        for step in ["extract/project-info", "extract/risks", "review/run"] {
            let (status, answer) = self.post(&format!("{base}/{step}"), &json!({}));
            if status == 200 || status == 202 {
                self.promised(&project, &answer["run_id"]);
            }
        }
        // Some projects go away while their work is under way.
        if round % 5 == 4 {
            let (_, plan) = self.insist("GET", &format!("{base}/delete-plan"), None);
            let confirm = json!({"confirm_token": plan["confirm_token"]});
            let body = Some(("application/json".to_owned(), confirm.to_string().into_bytes()));
            let (status, _) = self.insist("DELETE", &base, body);
            // A deletion whose answer was lost has happened all the same.
            if status == 204 || status == 404 {
                self.asked.runs.retain(|(of, _)| *of != project);
                self.asked.deleted += 1;
                return;
            }
        }
        self.asked.projects.push((project, files));
        if !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1_000));
        }
    }

    fn promised(&mut self, project: &str, run: &Value) {
        if let Some(run) = run.as_str() {
            self.asked.runs.push((project.to_owned(), run.to_owned()));
        }
    }
}

fn form(kind: &str, bidder: &str, file: &str) -> (String, Vec<u8>) {
    let boundary = "chaos-boundary-7d1f";
    let path: PathBuf = sh::root().join("samples").join(file);
    let mut body = Vec::new();
    for (name, value) in [("kind", kind), ("bidder_name", bidder)] {
        if !value.is_empty() {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
    }
    body.extend(
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{file}\"\r\n\r\n").bytes(),
    );
    body.extend(std::fs::read(path).unwrap_or_default());
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
