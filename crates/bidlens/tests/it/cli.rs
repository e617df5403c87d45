//! The command line: JSON alone on stdout, reports on disk, exit codes, quiet pipes.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::{bidlens, run, sample, stderr};

#[test]
fn reports_are_written_whole() {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = bidlens();
    command.args(["review", "--tender"]).arg(sample("tender.docx")).arg("--bid").arg(sample("bid_defective.docx"));
    let output = run(command.arg("--out").arg(out.path()));
    assert!(output.status.success(), "{}", stderr(&output));
    let read = |name: &str| std::fs::read(out.path().join(name)).expect(name);
    let html = String::from_utf8(read("report.html")).expect("UTF-8");
    assert!(html.contains("云州博砚智能设备有限公司") && html.contains("blockquote"));
    assert!(!html.contains("http://") && !html.contains("https://cdn"), "the report needs no network");
    assert!(read("report.docx").starts_with(b"PK") && read("report.xlsx").starts_with(b"PK"));
    let result: serde_json::Value = serde_json::from_slice(&read("result.json")).expect("JSON");
    assert_eq!(result["bids"][0]["bidder_name"], "云州博砚智能设备有限公司");
    let files = |folder: &std::path::Path| std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(files(out.path()), 5, "nothing half-written stays");
    assert_eq!(files(&out.path().join("annotated")), 1);
}

/// Reviews bids against the sample tender; what was said on standard error, and the folder of the copies.
fn annotated(bids: &[&Path], out: &Path) -> (String, PathBuf) {
    let mut command = bidlens();
    command.args(["review", "--tender"]).arg(sample("tender.docx")).arg("--bid").args(bids);
    let output = run(command.arg("--out").arg(out));
    assert!(output.status.success(), "{}", stderr(&output));
    (stderr(&output), out.join("annotated"))
}

#[test]
fn findings_are_put_into_copies_of_the_bids() {
    for name in ["bid_defective.docx", "bid_defective.pdf"] {
        let out = tempfile::tempdir().expect("a folder");
        let (_, copies) = annotated(&[&sample(name)], out.path());
        let copy = std::fs::read(copies.join(name)).expect("a copy");
        let comments = bidlens_documents::parse(name, &copy, &bidlens_documents::Limits::default()).comments;
        let price = comments.iter().find(|c| c.text.contains("超过最高限价 1,820,000 CNY")).expect("a comment");
        assert_eq!(price.author.as_deref(), Some("Bidlens"));
        assert!(price.about.contains("1,845,200.00"), "{name}: {price:?}");
    }
}

#[test]
fn terminal_reports_and_copies_speak_english_on_demand() {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = bidlens();
    command.args(["review", "--language", "en", "--tender"]).arg(sample("tender.docx"));
    let output = run(command.arg("--bid").arg(sample("bid_defective.docx")).arg("--out").arg(out.path()));
    assert!(output.status.success(), "{}", stderr(&output));
    let words = "The total price of 1,845,200 CNY exceeds the ceiling price of 1,820,000 CNY";
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(words) && said.contains("\nRequirements: ") && !said.contains("废标风险"), "{said}");
    let extracted = run(bidlens().arg("extract").arg(sample("tender.docx")).args(["--language", "en"]));
    let facts = String::from_utf8_lossy(&extracted.stdout).into_owned();
    assert!(facts.starts_with("Project facts\n") && said.starts_with(&facts), "{facts}");
    let html = std::fs::read_to_string(out.path().join("report.html")).expect("report.html");
    assert!(html.contains("lang=\"en\"") && html.contains(words) && !html.contains("CNY 超过最高限价"));
    assert!(html.contains("check this: a small purchase is not reserved") && !html.contains("请核对："));
    let name = "bid_defective.docx";
    let copy = std::fs::read(out.path().join("annotated").join(name)).expect("a copy");
    let comments = bidlens_documents::parse(name, &copy, &bidlens_documents::Limits::default()).comments;
    assert!(comments.iter().any(|comment| comment.text.contains(words)));
}

#[test]
fn a_bid_that_cannot_be_annotated_costs_only_its_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    std::fs::copy(sample("bid_conforming.docx"), place("bid_defective.docx")).expect("copy");
    std::fs::write(place("note.md"), "# 投标函\n\n投标人：云州博砚智能设备有限公司\n").expect("write");
    // Its words can be read, its table of objects cannot be continued.
    let whole = std::fs::read(sample("bid_defective.pdf")).expect("a sample");
    std::fs::write(place("torn.pdf"), whole.get(..whole.len() - 600).expect("a part")).expect("write");
    let bids = [sample("bid_defective.docx"), place("bid_defective.docx"), place("note.md"), place("torn.pdf")];
    let (said, copies) = annotated(&bids.each_ref().map(PathBuf::as_path), &place("out"));
    assert!(said.contains("torn.pdf: not annotated: the file is damaged"), "{said}");
    let names = std::fs::read_dir(copies).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["bid_defective-2.docx", "bid_defective.docx"]);
}

#[test]
fn a_rigid_failure_can_be_seen_by_a_script() {
    let mut command = bidlens();
    command.args(["review", "--exit-code", "--tender"]).arg(sample("tender.docx"));
    assert_eq!(run(command.arg("--bid").arg(sample("bid_defective.docx"))).status.code(), Some(3));
    let mut command = bidlens();
    command.args(["review", "--exit-code", "--tender"]).arg(sample("tender.docx"));
    assert_eq!(run(command.arg("--bid").arg(sample("bid_conforming.docx"))).status.code(), Some(0));
}

#[test]
fn a_bidder_can_be_named() {
    let mut command = bidlens();
    let bid = format!("甲方公司={}", sample("bid_conforming.docx").display());
    command.args(["review", "--json", "--tender"]).arg(sample("tender.docx")).arg("--bid").arg(bid);
    assert_eq!(crate::json(&run(&mut command))["bids"][0]["bidder_name"], "甲方公司");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut command = bidlens();
    command.args(["extract", "--json"]).arg(sample("tender.docx")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("start");
    drop(child.stdout.take());
    let status = child.wait().expect("end");
    let mut said = String::new();
    child.stderr.take().expect("stderr").read_to_string(&mut said).expect("read");
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn parse_shows_pages_sections_and_tables() {
    let parsed = crate::json(&run(bidlens().args(["parse", "--json"]).arg(sample("tender.pdf"))));
    assert!(parsed["pages"].as_array().is_some_and(|p| p.len() > 8));
    assert!(parsed["sections"].as_array().is_some_and(|s| s.iter().any(|s| s["number"] == "第三章")));
    assert!(parsed["tables"].as_array().is_some_and(|t| t.len() > 8));
    let first = &parsed["segments"][0]["boxes"][0];
    assert!(first["x0"].as_f64().is_some_and(|x| (0.0..1.0).contains(&x)), "{first}");
}

#[test]
fn settings_are_printed_with_their_origin() {
    let output = run(bidlens().arg("config").arg("--data-dir").arg("/data").env("BIDLENS_ADMIN_PASSWORD", "geheim123"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("BIDLENS_DATA_DIR") && text.contains("[command line]") && text.contains("********"));
    assert!(!text.contains("geheim123"));
}

#[test]
fn doctor_says_what_works() {
    let data = tempfile::tempdir().expect("a folder");
    let output = run(bidlens().arg("doctor").arg("--data-dir").arg(data.path()));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.contains("database") && text.contains("files"));
}
