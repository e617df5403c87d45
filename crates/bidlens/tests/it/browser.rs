//! The page and the report in a real browser: node drives Chromium against a server of the test's own.

use std::process::Command;

use serde_json::json;

use crate::server::{PASSWORD, Server};
use crate::{bidlens, root, run, sample, stderr};

#[test]
fn a_person_reads_the_result_in_the_page() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let project = server.project("页面测试项目");
    server.import(&project, "tender", None, "tender.pdf", "?sync=1");
    server.import(&project, "bid", Some("云州博砚智能设备有限公司"), "bid_defective.docx", "?sync=1");
    let base = format!("/api/apps/tender/projects/{project}");
    for step in ["extract/project-info", "extract/risks", "review/run"] {
        assert_eq!(server.post(&format!("{base}/{step}?sync=1"), &json!({}))["status"], "success");
    }
    drive("page.mjs", &[&server.base, PASSWORD]);
}

#[test]
fn the_report_opens_offline_and_filters() {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = bidlens();
    command
        .args(["review", "--tender"])
        .arg(sample("tender.docx"))
        .arg("--bid")
        .arg(sample("bid_defective.docx"))
        .arg(sample("bid_conforming.docx"));
    let output = run(command.arg("--out").arg(out.path()));
    assert!(output.status.success(), "{}", stderr(&output));
    drive("report.mjs", &[&out.path().join("report.html").display().to_string()]);
}

fn drive(script: &str, arguments: &[&str]) {
    let output = Command::new("node")
        .arg(root().join("web/tests").join(script))
        .args(arguments)
        .current_dir(root().join("web"))
        .output()
        .expect("node");
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
}
