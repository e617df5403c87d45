//! What bids have in common: told by a route of its own, to users with a right of its own, and nowhere else.

use std::io::{Cursor, Read};

use bidlens_domain::finding::{BidReview, Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use bidlens_storage::{Db, ResultKind};
use serde_json::{Value, json};

use crate::support::{BID, BIDDER, Client, PASSWORD, Server};

const OTHER: &str = "青峦水工设备有限公司";
/// Neither the tender's words nor a form's.
const PASSAGE: &str = "水泵下井之前先把导轨用细砂纸来回打磨三遍，摸上去不拉手才算过关，吊链一律换成镀锌的，旧链子锈一个扣也不许上。\
    试车那天安排两个老师傅轮流守在井口，电流表每隔十分钟抄一次，抄到第六次还稳当才许叫业主的人过来看，中间跳一次就从头再来。";
const WORDS: &str = "用细砂纸来回打磨";

/// A project of two bids that share a passage, reviewed.
async fn reviewed(client: &Client<'_>) -> String {
    let project = client.loaded().await;
    for (name, number) in [(BIDDER, 1), (OTHER, 2)] {
        let bid = format!("{BID}\n# 施工方案\n\n{PASSAGE}\n\n投标人：{name}\n");
        client.import(&project, "bid", Some(name), &format!("plan{number}.md"), &bid).await.ok();
    }
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    project
}

#[tokio::test]
async fn clues_are_shown_to_those_with_the_right() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = reviewed(&anna).await;
    let path = format!("/projects/{project}/clues");
    assert_eq!(anna.get("/api/auth/me").await.ok()["can_see_clues"], false);
    assert_eq!(anna.get(&path).await.problem(), "403 clues_not_allowed");

    server.app.add_user("chief", PASSWORD, true).await.expect("user");
    let chief = server.login("chief").await;
    let me = anna.get("/api/auth/me").await.ok();
    assert_eq!(chief.get("/api/auth/me").await.ok()["can_see_clues"], true);
    let right = format!("/api/admin/users/{}/clues", me["id"].as_str().expect("id"));
    assert_eq!(anna.put(&right, json!({})).await.problem(), "404 not_found");
    chief.put(&right, json!({})).await.with_status(204);
    assert_eq!(anna.get("/api/auth/me").await.ok()["can_see_clues"], true);

    let clues = anna.get(&path).await.ok();
    let clue = clues.as_array().expect("list").iter().find(|clue| clue["kind"] == "text_reuse").expect("the passage");
    assert_eq!((&clue["level"], &clue["rule_id"]), (&json!("candidate"), &json!("X001")), "{clue}");
    let sides = clue["sides"].as_array().expect("sides");
    assert_eq!(sides.iter().map(|side| &side["bidder_name"]).collect::<Vec<_>>(), [BIDDER, OTHER]);
    for side in sides {
        let quote = &side["evidence_spans"][0];
        assert!(quote["quote"].as_str().is_some_and(|words| words.contains(WORDS)), "{quote}");
        assert_eq!(quote["page"], 1);
    }
    let reasons = |key: &str| clue[key].as_array().map_or(0, Vec::len);
    assert!(reasons("innocent") > 0 && reasons("innocent_en") == reasons("innocent"));
    assert!(clue["summary"].as_str().is_some_and(|words| words.starts_with("有一段")), "{clue}");
    assert!(clue["summary_en"].as_str().is_some_and(|words| words.starts_with("A passage of")), "{clue}");

    let missing = chief.put("/api/admin/users/nobody/clues", json!({})).await;
    assert_eq!(missing.problem(), "404 not_found");
    chief.delete(&right, None).await.with_status(204);
    assert_eq!(anna.get(&path).await.problem(), "403 clues_not_allowed");
    assert_eq!(chief.get(&path).await.problem(), "404 not_found", "the project is not the administrator's");
}

#[tokio::test]
async fn nothing_else_carries_them() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = reviewed(&anna).await;
    anna.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    for path in ["review", "review/compare", "review/decisions", "runs", "export/sarif", "export/ocds", "export/json"] {
        let told = anna.get(&format!("/projects/{project}/{path}")).await.ok().to_string();
        assert!(!told.contains(WORDS) && !told.contains("X00") && !told.contains("cross_bid"), "{path}: {told}");
    }
    for format in ["html", "annotations"] {
        let told = anna.get(&format!("/projects/{project}/export/{format}")).await;
        assert!(!String::from_utf8_lossy(&told.bytes).contains(WORDS), "{format}");
    }
    for format in ["docx", "xlsx"] {
        let report = anna.get(&format!("/projects/{project}/export/{format}")).await;
        assert!(!unpacked(&report.bytes).contains(WORDS), "{format}");
    }
}

/// All text in an office file.
fn unpacked(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an office file");
    let mut text = String::new();
    for index in 0..archive.len() {
        let mut part = Vec::new();
        archive.by_index(index).expect("a part").read_to_end(&mut part).expect("its bytes");
        text.push_str(&String::from_utf8_lossy(&part));
    }
    assert!(text.contains(BIDDER), "the report is of the project");
    text
}

/// Reviews stored by earlier versions hold clues among their findings.
#[tokio::test]
async fn clues_in_old_reviews_are_not_served() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = reviewed(&anna).await;
    let old = |rule_id: &str, source, remark: &str| {
        let text = FindingText {
            rule_id: rule_id.to_owned(),
            subject: String::new(),
            source,
            dimension: Dimension::Other,
            requirement_id: None,
            requirement_text: String::new(),
            response_text: String::new(),
            rigid: false,
            remark: both(remark, ""),
        };
        Finding::new(text, BIDDER, Verdict::Risk, FindingState::Judged, Vec::new(), Vec::new())
    };
    let findings = vec![
        old("X001", FindingSource::CrossBid, "该段与另一投标文件逐字相同"),
        old("B015", FindingSource::Consistency, "出现另一投标人“青峦水工设备有限公司”的名称"),
        old("B015", FindingSource::Consistency, "此处投标人写作“远川机电公司”"),
    ];
    let review = BidReview { bidder_name: BIDDER.to_owned(), price: None, files: Vec::new(), findings };
    let db = Db::open(&server.folder.path().join("bidlens.db")).await.expect("database");
    for run in ["old", "older"] {
        let mut tx = db.begin().await.expect("begin");
        db.put_result(&mut tx, &project, ResultKind::Review, BIDDER, run, &review).await.expect("a result");
        db.keep_reviews(&mut tx, &project, run, std::slice::from_ref(&review)).await.expect("a snapshot");
        db.commit(tx).await.expect("commit");
    }
    let found = anna.get(&format!("/projects/{project}/review?bidder_name={BIDDER}")).await.ok();
    let remarks: Vec<&Value> = found.as_array().expect("list").iter().map(|finding| &finding["remark"]).collect();
    assert_eq!(remarks, ["此处投标人写作“远川机电公司”"]);
    let compared = anna.get(&format!("/projects/{project}/review/compare?from=older&to=old")).await.ok();
    assert_eq!(compared["bidders"][0]["unchanged"], 1, "{compared}");
}

#[tokio::test]
async fn with_the_last_file_of_a_bidder_go_the_clues_that_quote_it() {
    let server = Server::new().await;
    server.app.allow_clues("anna", true).await.expect("the right");
    let anna = server.anna().await;
    let project = reviewed(&anna).await;
    let path = format!("/projects/{project}/clues");
    assert_ne!(anna.get(&path).await.ok(), json!([]));
    // A review of one bid cannot tell what all have in common.
    anna.post(&format!("/projects/{project}/review/run"), json!({"bidder_name": OTHER})).await.ok();
    assert_ne!(anna.get(&path).await.ok(), json!([]));
    let assets = anna.get(&format!("/projects/{project}/assets")).await.ok();
    let asset = assets.as_array().expect("list").iter().find(|a| a["bidder_name"] == OTHER).expect("the bid");
    let id = asset["id"].as_str().expect("id");
    anna.delete(&format!("/projects/{project}/assets/{id}"), None).await.ok();
    assert_eq!(anna.get(&path).await.ok(), json!([]));
}
