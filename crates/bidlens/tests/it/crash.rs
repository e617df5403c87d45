//! kill -9 at random moments: every run ends in exactly one stored result.
//!
//! `BIDLENS_TEST_KILLS` sets how many moments are tried; the default keeps the suite short, and the figure in the
//! documentation comes from a run with 200.

use std::time::Duration;

use serde_json::{Value, json};

use crate::server::Server;

/// A small generator, seeded, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const ASYNC: [(&str, &str); 1] = [("Prefer", "respond-async")];

fn start(server: &Server, path: &str) -> Option<String> {
    let (status, answer) = server.call("POST", path, Some(("application/json", b"{}")), &ASYNC);
    (status == 202).then(|| answer["run_id"].as_str().expect("a run").to_owned())
}

/// Starts import, extraction and review at once; what the kill cut off is asked for again afterwards.
fn submit_all(server: &Server, project: &str) {
    let base = format!("/api/apps/tender/projects/{project}");
    for (kind, bidder, file) in [("tender", None, "tender.docx"), ("bid", Some("甲"), "bid_conforming.docx")] {
        let bytes = std::fs::read(crate::sample(file)).expect("the sample");
        let (content_type, body) = crate::server::form(kind, bidder, file, &bytes);
        server.call("POST", &format!("{base}/assets/import"), Some((&content_type, &body)), &ASYNC);
    }
    for step in ["extract/project-info", "extract/risks", "review/run"] {
        start(server, &format!("{base}/{step}"));
    }
}

#[test]
fn a_run_ends_once_whenever_the_server_is_killed() {
    let kills: u64 = std::env::var("BIDLENS_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let data = tempfile::tempdir().expect("a folder");
    let mut random = Random(0x5DEE_CE66_D1CE_4E5B);
    for round in 0..kills {
        let mut server = Server::start(data.path());
        let project = server.project(&format!("round {round}"));
        let pause = random.below(900);
        let base = server.base.clone();
        let token = server.token.clone();
        std::thread::scope(|scope| {
            let submitting = scope.spawn({
                let project = project.clone();
                move || {
                    let shadow = Server::attached(base, token);
                    submit_all(&shadow, &project);
                }
            });
            std::thread::sleep(Duration::from_millis(pause));
            server.kill();
            submitting.join().expect("the client ends");
        });
        drop(server);
        check(data.path(), &project, round);
    }
}

/// After a restart all work of the project ends, and what is asked for again is there once.
fn check(data: &std::path::Path, project: &str, round: u64) {
    let server = Server::start(data);
    // What was cut off is asked for again; what was done is the same asset and the same run.
    submit_all(&server, project);
    let base = format!("/api/apps/tender/projects/{project}");
    let runs = server.get(&format!("{base}/runs"));
    for run in runs.as_array().expect("runs") {
        let ended = server.wait(run["id"].as_str().expect("an id"));
        let excused = ended["error"].as_str().is_some_and(|e| e.contains("depends on"));
        assert!(ended["status"] == "success" || excused, "round {round}: {ended}");
    }
    for step in ["extract/project-info", "extract/risks", "review/run"] {
        let done = server.post(&format!("{base}/{step}?sync=1"), &json!({}));
        assert_eq!(done["status"], "success", "round {round}: {done}");
    }
    let assets = server.get(&format!("{base}/assets"));
    let ready: Vec<&Value> = assets.as_array().expect("assets").iter().filter(|a| a["status"] == "ready").collect();
    assert_eq!(ready.len(), 2, "round {round}: {assets}");
    let items = server.get(&format!("{base}/review"));
    let mut ids: Vec<&str> = items.as_array().expect("items").iter().filter_map(|i| i["id"].as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(all > 20 && ids.len() == all, "round {round}: each finding is stored once");
}
