//! The workspace and the report in a real browser: node drives Chromium, and Firefox once, against a server
//! of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::server::{PASSWORD, Server, form, free_port};
use crate::{bidlens, root, run, sample, stderr};

#[test]
fn a_person_goes_from_nothing_to_the_report() {
    drive_empty("main-path.mjs", &[&root().join("samples").display().to_string()]);
}

#[test]
fn the_first_start_leads_to_the_sample() {
    drive_empty("first-start.mjs", &[]);
}

#[test]
fn a_newcomer_finds_why_a_bid_fails_within_four_clicks() {
    drive_reviewed("newcomer.mjs", &[]);
}

#[test]
fn every_page_can_be_used_by_everybody() {
    drive_full("pages.mjs", &[&target().join("screenshots").display().to_string()]);
}

#[test]
fn marked_words_are_where_the_page_shows_them() {
    drive_reviewed("evidence.mjs", &[&sample("tender.pdf").display().to_string()]);
}

#[test]
fn words_of_a_page_are_selected_where_it_shows_them() {
    drive_reviewed("words.mjs", &[&sample("tender.pdf").display().to_string()]);
}

#[test]
fn the_main_path_works_in_firefox() {
    drive_reviewed("firefox.mjs", &[&sample("tender.pdf").display().to_string()]);
}

#[test]
fn the_page_outlives_expiry_strangers_and_slow_networks() {
    drive_reviewed("trouble.mjs", &[]);
}

#[test]
fn a_phone_shows_what_there_is() {
    drive_full("phone.mjs", &[]);
}

#[test]
fn facts_open_their_words_and_names_are_told() {
    drive_full("details.mjs", &[]);
}

#[test]
fn files_dropped_anywhere_come_to_the_list_of_uploads() {
    drive_reviewed("drop.mjs", &[]);
}

#[test]
fn the_page_answers_while_many_runs_are_open() {
    drive_empty("many-runs.mjs", &[]);
}

#[test]
fn a_killed_server_is_waited_for() {
    let data = tempfile::tempdir().expect("a folder");
    let address = format!("127.0.0.1:{}", free_port());
    let program = env!("CARGO_BIN_EXE_bidlens");
    let data = data.path().display().to_string();
    drive("restart.mjs", &[program, &address, &data, PASSWORD, &sample("tender.pdf").display().to_string()]);
}

#[test]
fn a_file_goes_on_where_the_line_broke() {
    drive_empty("resume.mjs", &[&sample("tender.pdf").display().to_string()]);
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

/// A script against a server that holds nothing.
fn drive_empty(script: &str, more: &[&str]) {
    let data = tempfile::tempdir().expect("a folder");
    drive_server(script, &Server::start(data.path()), more);
}

/// A script against a server that holds the sample, reviewed.
fn drive_reviewed(script: &str, more: &[&str]) {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let project = project_with_a_bid(&server);
    work(&server, &project, &["extract/project-info", "extract/risks", "review/run"]);
    drive_server(script, &server, more);
}

/// A script against a server where every page has something to show: two bidders, an addendum, two reviews.
fn drive_full(script: &str, more: &[&str]) {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start(data.path());
    let project = project_with_a_bid(&server);
    server.import(&project, "bid", Some("临澜启衡教育科技有限公司"), "bid_conforming.docx", "?sync=1");
    let (content_type, body) = form("tender", None, "补遗一.txt", ADDENDUM.as_bytes());
    let path = format!("/api/apps/tender/projects/{project}/assets/import?sync=1");
    let (status, answer) = server.call("POST", &path, Some((&content_type, &body)), &[]);
    assert!(status < 300, "{answer}");
    let steps = ["extract/project-info", "extract/risks", "directory/generate", "review/run", "review/run"];
    work(&server, &project, &steps);
    drive_server(script, &server, more);
}

const ADDENDUM: &str = "补遗文件第1号\n\n各投标人：\n现对临澜市第三实验学校智慧教室设备采购项目（LLZC2026-G-0417）\
    招标文件作如下修改：\n一、投标截止时间由2026年12月22日9时30分延期至2026年12月29日9时30分。\n";

fn project_with_a_bid(server: &Server) -> String {
    let project = server.project("页面测试项目");
    server.import(&project, "tender", None, "tender.pdf", "?sync=1");
    server.import(&project, "bid", Some("云州博砚智能设备有限公司"), "bid_defective.docx", "?sync=1");
    project
}

fn work(server: &Server, project: &str, steps: &[&str]) {
    for step in steps {
        let path = format!("/api/apps/tender/projects/{project}/{step}?sync=1");
        assert_eq!(server.post(&path, &json!({}))["status"], "success", "{step}");
    }
}

fn drive_server(script: &str, server: &Server, more: &[&str]) {
    drive(script, &[&[server.base.as_str(), PASSWORD], more].concat());
}

/// Where cargo builds: what the tests leave for people to look at goes beside it.
fn target() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_bidlens")).ancestors().nth(2).expect("target/profile/program").to_path_buf()
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
