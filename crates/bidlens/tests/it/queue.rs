//! Operating the queues beside a running server.

use std::path::Path;
use std::process::Output;

use serde_json::json;

use crate::server::{Server, form};
use crate::{bidlens, run, stderr};

fn queue(data: &Path, arguments: &[&str]) -> Output {
    run(bidlens().arg("queue").args(arguments).arg("--data-dir").arg(data))
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn import(server: &Server, project: &str) -> serde_json::Value {
    let (content_type, body) = form("tender", None, "tender.md", "# 招标公告\n\n项目名称：青石镇泵站\n".as_bytes());
    let path = format!("/api/apps/tender/projects/{project}/assets/import");
    let headers = [("Prefer", "respond-async")];
    let (status, assets) = server.call("POST", &path, Some((&content_type, &body)), &headers);
    assert_eq!(status, 202, "{assets}");
    assets[0].clone()
}

#[test]
fn a_paused_queue_waits_and_says_why() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    assert_eq!(said(&queue(data.path(), &["pause", "ingest"])), "ingest: paused\n");
    let asset = import(&server, &server.project("paused"));
    let job = asset["job_id"].as_str().expect("a job");
    let explained = said(&queue(data.path(), &["explain", job]));
    assert!(explained.contains("is queued in queue ingest"), "{explained}");
    assert!(explained.contains("- queue ingest is paused; `bidlens queue resume ingest` lets it go on"), "{explained}");
    let document: serde_json::Value =
        serde_json::from_str(&said(&queue(data.path(), &["explain", job, "--json"]))).expect("JSON");
    assert_eq!((&document["queue_paused"], &document["status"]), (&json!(true), &json!("queued")));
    let status = said(&queue(data.path(), &["status"]));
    assert!(status.contains("ingest: paused\n") && status.contains("workers: 1\n"), "{status}");
    assert_eq!(said(&queue(data.path(), &["resume"])), "ingest: goes on\n");
    assert_eq!(server.wait(asset["run_id"].as_str().expect("a run"))["status"], "success");
    assert!(said(&queue(data.path(), &["explain", job])).contains("- it is done"));
    for (arguments, message) in [
        (&["pause", "inges"][..], "there is no queue `inges`; the queues are default, extract, ingest, review"),
        (&["explain", "00000000-0000-0000-0000-000000000000"], "there is no such job"),
        (&["explain", "nonsense"], "there is no such job"),
    ] {
        let output = queue(data.path(), arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
    assert_eq!(queue(data.path(), &["pause"]).status.code(), Some(2));
}

#[test]
fn a_drained_installation_takes_no_job_until_it_goes_on() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let project = server.project("drained");
    import(&server, &project);
    assert_eq!(said(&queue(data.path(), &["drain", "--timeout", "60"])), "no job runs\n");
    let asset = import(&server, &server.project("later"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    let job = server.get(&format!("/api/jobs/{}", asset["job_id"].as_str().expect("a job")));
    assert_eq!(job["status"], "queued");
    let resumed = said(&queue(data.path(), &["resume"]));
    assert_eq!(resumed.lines().count(), 4, "{resumed}");
    assert_eq!(server.wait(asset["run_id"].as_str().expect("a run"))["status"], "success");
}
