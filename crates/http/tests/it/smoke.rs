//! The path that clients of the old system walk, waiting and polling.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{BID, BIDDER, Client, Server, TENDER, full, scripted_parser, sleeping_parser};

/// login → create → tender → project-info → risks → bid → review → not empty → DOCX → delete-plan → delete.
async fn walk(client: &Client<'_>, queued: bool) {
    let project = client.project("泵站设备采购").await;
    let base = format!("/projects/{project}");
    assert_eq!(client.get(&format!("{base}/project-info")).await.ok(), Value::Null);

    let assets = client.import(&project, "tender", None, "tender.md", TENDER).await;
    settle_import(client, assets, queued).await;
    start(client, &format!("{base}/extract/project-info"), queued).await;
    let info = client.get(&format!("{base}/project-info")).await.ok();
    assert_eq!(info["data_json"]["projectName"], "青石镇排涝泵站水泵采购项目");
    assert_eq!(info["data_json"]["bidDeadline"], "2031-05-20T09:30");
    assert_eq!(info["data_json"]["fields"]["budget"]["value"]["amount"], 1_200_000);
    for list in ["technicalParameters", "businessTerms"] {
        assert!(info["data_json"][list].is_array(), "{list}");
    }
    assert!(info["data_json"]["scoringCriteria"]["items"].is_array());

    start(client, &format!("{base}/extract/risks"), queued).await;
    let risks = client.get(&format!("{base}/risks")).await.ok();
    let risks = risks.as_array().expect("a list");
    assert!(risks.iter().any(|r| r["risk_type"] == "mustReject"), "{risks:?}");

    let assets = client.import(&project, "bid", Some(BIDDER), "bid.md", BID).await;
    settle_import(client, assets, queued).await;
    start(client, &format!("{base}/review/run"), queued).await;
    let findings = client.get(&format!("{base}/review")).await.ok();
    let findings = findings.as_array().expect("a bare list");
    assert!(!findings.is_empty());
    assert!(findings.iter().all(|f| f["bidder_name"] == BIDDER));
    let others = client.get(&format!("{base}/review?bidder_name=nobody")).await.ok();
    assert_eq!(others, json!([]));

    every_evidence_resolves(client, &[&info, &json!(risks), &json!(findings)]).await;

    let docx = client.get(&format!("{base}/export/docx")).await;
    assert_eq!(docx.status, 200);
    assert!(docx.bytes.starts_with(b"PK"), "a DOCX is a ZIP");
    assert!(docx.header("content-disposition").starts_with("attachment"));

    let plan = client.get(&format!("{base}/delete-plan")).await.ok();
    assert!(plan["items"].as_array().is_some_and(|items| !items.is_empty()), "{plan}");
    let deleted = client.delete(&base, Some(json!({"confirm_token": plan["confirm_token"]}))).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(client.get(&base).await.problem(), "404 not_found");
    assert_eq!(client.get("/api/jobs").await.ok(), json!([]), "the project's jobs went with it");
    let words = "青石镇排涝泵站水泵采购项目".as_bytes();
    for entry in std::fs::read_dir(client.server.folder.path()).expect("folder") {
        let path = entry.expect("entry").path();
        let bytes = if path.is_file() { std::fs::read(&path).expect("file") } else { Vec::new() };
        assert!(!bytes.windows(words.len()).any(|w| w == words), "{} still holds the tender's words", path.display());
    }
}

async fn settle_import(client: &Client<'_>, answer: crate::support::Answer, queued: bool) {
    assert_eq!(answer.status, if queued { 202 } else { 200 });
    let location = answer.header("location").to_owned();
    let assets = answer.ok();
    let asset = &assets[0];
    if queued {
        let run_id = asset["run_id"].as_str().expect("run id");
        assert!(location.ends_with(&format!("/runs/{run_id}")), "{location}");
        assert_eq!(client.finished(run_id).await["status"], "success");
    } else {
        assert_eq!(asset["status"], "ready", "{asset}");
    }
}

async fn start(client: &Client<'_>, path: &str, queued: bool) {
    let answer = client.post(path, json!({"model_id": null})).await;
    assert_eq!(answer.status, if queued { 202 } else { 200 }, "{path}");
    let started = answer.ok();
    for key in ["run_id", "job_id", "status", "progress", "message"] {
        assert!(started.get(key).is_some_and(|v| !v.is_null()), "{key} of {started}");
    }
    let run = client.finished(started["run_id"].as_str().expect("run id")).await;
    assert_eq!(run["status"], "success", "{run}");
    assert_eq!(run["progress"], 1.0);
}

async fn every_evidence_resolves(client: &Client<'_>, answers: &[&Value]) {
    let mut spans: Vec<(String, String)> = Vec::new();
    fn collect(value: &Value, spans: &mut Vec<(String, String)>) {
        match value {
            Value::Object(object) => {
                if let (Some(id), Some(quote)) = (object.get("chunk_id"), object.get("quote")) {
                    spans.push((id.as_str().expect("id").to_owned(), quote.as_str().expect("quote").to_owned()));
                }
                object.values().for_each(|v| collect(v, spans));
            }
            Value::Array(list) => list.iter().for_each(|v| collect(v, spans)),
            _ => {}
        }
    }
    answers.iter().for_each(|answer| collect(answer, &mut spans));
    assert!(spans.len() > 5, "{}", spans.len());
    for (id, quote) in spans {
        let found = client.post("/chunks/lookup", json!({"chunk_ids": [id]})).await.ok();
        let content = found[0]["content"].as_str().unwrap_or_else(|| panic!("{id} does not resolve"));
        assert!(content.contains(&quote) || quote.contains(content), "{quote:?} is not in {content:?}");
    }
}

#[tokio::test]
async fn waiting_requests() {
    let server = Server::new().await;
    walk(&server.anna().await, false).await;
}

#[tokio::test]
async fn queued_requests() {
    let server = Server::asynchronous().await;
    walk(&server.anna().await, true).await;
}

#[tokio::test]
async fn a_request_can_choose_for_itself() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/risks");
    let queued = client.post_with(&path, &[("prefer", "respond-async")], json!({})).await;
    assert_eq!((queued.status.as_u16(), queued.header("preference-applied")), (202, "respond-async"));
    client.finished(queued.ok()["run_id"].as_str().expect("id")).await;

    let server = Server::asynchronous().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/extract/risks");
    let waited = client.post_with(&path, &[("x-run-sync", "1")], json!({})).await;
    assert_eq!((waited.status.as_u16(), waited.ok()["status"].clone()), (200, json!("success")));
}

#[tokio::test]
async fn short_addresses_are_the_same_routes() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let short = client.call(axum::http::Method::GET, &format!("/projects/{project}"), &[], "").await;
    assert_eq!(short.ok()["id"], json!(project));
}

#[tokio::test]
async fn one_bad_file_stops_nothing() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let files: [(&str, &[u8]); 2] = [("broken.pdf", b"%PDF-1.7 broken off"), ("tender.md", TENDER.as_bytes())];
    let assets = client.upload(&project, "", &[], &[("kind", "tender")], &files).await.ok();
    let status = |name: &str| {
        let assets = assets.as_array().expect("list");
        assets.iter().find(|a| a["filename"] == name).unwrap_or_else(|| panic!("{name} in {assets:?}"))
    };
    assert_eq!(status("broken.pdf")["status"], "failed");
    assert!(status("broken.pdf")["error"].as_str().is_some_and(|e| e.contains("broken.pdf")));
    assert_eq!(status("tender.md")["status"], "ready");
    let run = client.post(&format!("/projects/{project}/extract/project-info"), json!({})).await.ok();
    assert_eq!(run["status"], "success", "{run}");
}

#[tokio::test]
async fn the_same_bytes_are_the_same_file() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let first = client.import(&project, "tender", None, "a.md", TENDER).await.ok();
    let second = client.import(&project, "tender", None, "b.md", TENDER).await.ok();
    assert_eq!(first[0]["id"], second[0]["id"]);
    assert_eq!(client.get(&format!("/projects/{project}/assets")).await.ok().as_array().map(Vec::len), Some(1));
    let asset = first[0]["id"].as_str().expect("id");
    let bytes = client.get(&format!("/projects/{project}/assets/{asset}/file")).await;
    assert_eq!(bytes.bytes, TENDER.as_bytes());
    let segments = client.get(&format!("/projects/{project}/assets/{asset}/segments")).await.ok();
    assert!(segments.as_array().is_some_and(|s| s.len() >= 3));
    let hits =
        client.get(&format!("/projects/{project}/search?q=%E6%8A%95%E6%A0%87%E4%BF%9D%E8%AF%81%E9%87%91")).await.ok();
    assert!(hits[0]["content"].as_str().is_some_and(|c| c.contains("投标保证金")), "{hits}");
    client.delete(&format!("/projects/{project}/assets/{asset}"), None).await.ok();
    assert_eq!(client.get(&format!("/projects/{project}/assets/{asset}/file")).await.problem(), "404 not_found");
    let hits = client.get(&format!("/projects/{project}/search?q=%E6%8A%95%E6%A0%87")).await.ok();
    assert_eq!(hits, json!([]), "its text went with it");
}

#[tokio::test]
async fn the_outline_of_the_bid() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/directory");
    assert_eq!(client.get(&path).await.ok(), json!([]));
    let run = client.post(&format!("{path}/generate"), json!({"model_id": null})).await.ok();
    assert_eq!((&run["status"], &run["summary"]["nodes"]), (&json!("success"), &json!(3)));
    let mut nodes = client.get(&path).await.ok();
    let titles: Vec<&str> = nodes.as_array().expect("list").iter().filter_map(|n| n["title"].as_str()).collect();
    assert_eq!(titles, ["投标函", "法定代表人授权委托书", "分项报价表"]);
    assert_eq!((&nodes[0]["numbering"], &nodes[0]["bodyMeta"]), (&json!("一、"), &Value::Null));

    // A person's own title stays, and has no form of the tender's.
    nodes[2]["title"] = json!("报价汇总表");
    client.put(&path, nodes).await.ok();
    let filled = client.post(&format!("{path}/auto-fill-samples"), json!({})).await.ok();
    assert!(filled["run_id"].is_string());
    assert_eq!(filled["summary"], json!({"nodes": 3, "filled": 2, "without_form": ["报价汇总表"]}));
    let nodes = client.get(&path).await.ok();
    assert!(nodes[0]["bodyMeta"]["text"].as_str().is_some_and(|t| t.contains("我方愿以")), "{nodes}");
    let ids = nodes[0]["bodyMeta"]["evidence_chunk_ids"].clone();
    let found = client.post("/chunks/lookup", json!({"chunk_ids": ids})).await.ok();
    assert_eq!(found.as_array().map(Vec::len), ids.as_array().map(Vec::len));
}

#[tokio::test]
async fn a_bid_that_could_only_partly_be_read_fails_nothing_by_absence() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let whole = client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    let absent = async || {
        let findings = client.get(&format!("/projects/{project}/review")).await.ok();
        let findings = findings.as_array().expect("list").clone();
        findings.iter().filter(|f| f["state"] == "not_found" && f["result"] == "fail").count()
    };
    assert!(absent().await > 0, "the short bid lacks required forms: {whole}");
    let fields = [("kind", "bid"), ("bidder_name", BIDDER)];
    let broken = client.upload(&project, "", &[], &fields, &[("annex.pdf", b"%PDF-1.7 broken off")]).await.ok();
    assert_eq!(broken[0]["status"], "failed");
    let run = client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    assert_eq!(run["status"], "success", "{run}");
    assert_eq!(absent().await, 0, "what is absent here may stand in the file that could not be read");
}

#[tokio::test]
async fn a_review_alone_is_enough_for_a_report() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    for (format, start) in
        [("docx", &b"PK"[..]), ("xlsx", b"PK"), ("html", b"<!doctype"), ("json", b"{"), ("ocds", b"{")]
    {
        let report = client.get(&format!("/projects/{project}/export/{format}")).await;
        assert!(report.bytes.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase()), "{format}");
    }
    let package = client.get(&format!("/projects/{project}/export/ocds")).await.ok();
    let tender = &package["releases"][0]["tender"];
    assert_eq!(tender["id"], "QSZB-2031-017");
    assert_eq!(tender["value"], json!({"amount": 1_150_000, "currency": "CNY"}));
    assert_eq!(tender["tenderPeriod"], json!({"endDate": "2031-05-20T09:30:00+08:00"}));
    assert_eq!(package["releases"][0]["buyer"]["name"], "青石镇水务管理站");
}

#[tokio::test]
async fn what_the_tender_says_in_two_ways_is_asked_about() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("澄清").await;
    let path = format!("/projects/{project}/clarifications");
    assert_eq!(client.get(&path).await.ok(), json!({"ask_by": null, "ask_by_law": null, "items": []}));
    let tender = "# 第一章 招标公告\n\n根据《中华人民共和国招标投标法》公开招标。\n\n项目编号：QS-2031-7\n\n项目名称：青石镇护栏采购\n\n采购人：青石镇人民政府\n\n\
        投标截止时间：2031年5月20日（星期三）9时30分\n\n投标人提出疑问的截止时间：2031年5月9日17时00分\n\n\
        最高限价：人民币壹佰贰拾万元整（¥1,250,000.00元）\n";
    client.import(&project, "tender", None, "tender.md", tender).await.ok();
    client.post(&format!("/projects/{project}/extract/project-info?sync=1"), json!({})).await.ok();
    let asked = client.get(&path).await.ok();
    assert_eq!(asked["ask_by"]["value"], "2031-05-09T17:00");
    let law = &asked["ask_by_law"];
    assert_eq!(law["at"], "2031-05-10T09:30", "{law}");
    assert_eq!(law["legal_basis"]["article"], "第二十二条");
    assert!(
        law["reckoning_en"].as_str().is_some_and(|told| told.contains("10 days back from “Bid deadline”")),
        "{law}"
    );
    let items = asked["items"].as_array().expect("a list");
    let ids: Vec<&str> = items.iter().filter_map(|i| i["rule_id"].as_str()).collect();
    assert_eq!(ids, ["K021", "K023"], "{asked}");
    assert!(items[0]["question"].as_str().is_some_and(|q| q.contains("该日实为星期二")), "{asked}");
    assert_eq!(items[0]["in_english"]["title"], "2031-05-20 is a Tuesday, not a Wednesday");
    assert!(items[0]["in_chinese"].is_null(), "{asked}");
    assert_eq!(items[1]["values"].as_array().map(Vec::len), Some(2));
    assert_eq!(items[1]["values"][0]["page"], 1);
    let id = &items[1]["values"][0]["evidence"][0]["segment_id"];
    let chunks = client.post("/chunks/lookup", json!({"chunk_ids": [id]})).await.ok();
    assert!(chunks[0]["content"].as_str().is_some_and(|text| text.contains("壹佰贰拾万元整")), "{chunks}");

    // It goes to whoever wrote the tender, whose language it speaks.
    let path = full(&format!("/projects/{project}/export/clarifications"));
    let letter = client.call(Method::GET, &path, &[("accept-language", "en")], Body::empty()).await;
    assert_eq!(letter.status, 200);
    // Read as any file is.
    let files: [(&str, &[u8]); 1] = [("letter.docx", &letter.bytes)];
    let stored = client.upload(&project, "?sync=1", &[], &[("kind", "attachment")], &files).await.ok();
    let id = stored[0]["id"].as_str().expect("an id");
    let words = client.get(&format!("/projects/{project}/assets/{id}/segments")).await.ok().to_string();
    for part in ["致：青石镇人民政府", "“青石镇护栏采购”（项目编号：QS-2031-7）", "2. 招标文件", "2031-05-09T17:00"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[tokio::test]
async fn deadlines_findings_and_evidence_leave_in_standard_forms() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();

    let calendar = client.get(&format!("/projects/{project}/export/ics")).await;
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    let calendar = String::from_utf8(calendar.bytes).expect("UTF-8");
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let unfolded = calendar.replace("\r\n ", "");
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), unfolded.matches("END:VEVENT").count());
    let deadline = unfolded.split("BEGIN:VEVENT").find(|e| e.contains("投标截止时间")).expect("the deadline");
    assert!(deadline.contains("DTSTART;TZID=Asia/Shanghai:20310520T093000\r\n"), "{deadline}");
    assert!(deadline.contains("TRIGGER:-PT2H") && deadline.contains("DESCRIPTION:“"), "{deadline}");
    let again = client.get(&format!("/projects/{project}/export/ics")).await;
    let uids = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(uids(&unfolded), uids(&String::from_utf8_lossy(&again.bytes).replace("\r\n ", "")));

    let log = client.get(&format!("/projects/{project}/export/sarif")).await.ok();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let review = client.get(&format!("/projects/{project}/review")).await.ok();
    let risks = client.get(&format!("/projects/{project}/risks")).await.ok();
    let count = |list: &serde_json::Value| list.as_array().expect("a list").len();
    assert_eq!(results.len(), count(&review) + count(&risks));
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().expect("rules").iter().filter_map(|r| r["id"].as_str()).collect();
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().expect("a rule")));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        // The format allows a level with a failure alone.
        assert_eq!(result["level"] == "none", result["kind"] != "fail", "{result}");
    }
    let uris: Vec<&str> =
        run["artifacts"].as_array().expect("files").iter().filter_map(|a| a["location"]["uri"].as_str()).collect();
    let places = results.iter().flat_map(|r| r["locations"].as_array().expect("places"));
    for place in places {
        let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a file");
        assert!(uris.contains(&uri) && uri.is_ascii(), "{uri}");
    }

    let notes = client.get(&format!("/projects/{project}/export/annotations")).await.ok();
    let items = notes["first"]["items"].as_array().expect("items");
    assert_eq!(notes["total"], items.len());
    let ids: std::collections::BTreeSet<&str> = items.iter().filter_map(|i| i["id"].as_str()).collect();
    assert_eq!(ids.len(), items.len(), "each has a name of its own");
    let quoted = items.iter().flat_map(|i| i["target"].as_array().expect("targets")).all(|t| {
        t["selector"][0]["exact"].as_str().is_some_and(|q| !q.is_empty()) && t["selector"][1]["value"].is_string()
    });
    assert!(quoted);
    let unknown = client.get(&format!("/projects/{project}/export/odt")).await;
    assert_eq!(unknown.json()["code"], "unknown_format");
}

#[tokio::test]
async fn a_parser_that_is_stopped_fails_its_file_alone() {
    let (_folder, parser) = sleeping_parser(1);
    let server = Server::with(|s| s.parser = parser).await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let asset = client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    assert_eq!(asset[0]["status"], "failed");
    let error = asset[0]["error"].as_str().expect("an error");
    assert!(error.contains("longer than the 1 s allowed") && error.contains("BIDLENS_PARSE_WALL_S"), "{error}");
}

#[tokio::test]
async fn each_way_a_parser_ends_is_told_and_the_worker_goes_on() {
    for (script, words) in [
        ("echo 'memory allocation of 8 bytes failed' >&2; kill -6 $$", "BIDLENS_PARSE_MEMORY_MB"),
        ("kill -24 $$", "BIDLENS_PARSE_CPU_S"),
        ("kill -25 $$", "BIDLENS_PARSE_FILE_MB"),
        ("kill -9 $$", "ended from outside (signal 9)"),
        ("exec cat /dev/zero", "BIDLENS_PARSE_OUTPUT_MB"),
        ("echo 'it hurts' >&2; exit 3", "the reader of the file failed (it hurts)"),
        ("echo '{}'", "its answer cannot be read"),
    ] {
        let (_folder, parser) = scripted_parser(30, script);
        let server = Server::with(|s| s.parser = parser).await;
        let client = server.anna().await;
        let project = client.project("x").await;
        let asset = client.import(&project, "tender", None, "t.md", TENDER).await.ok();
        let error = asset[0]["error"].as_str().unwrap_or_default();
        assert!(error.contains(words), "{script}: {error}");
        assert_eq!(client.get("/health/ready").await.status, 200, "{script}");
    }
}
