//! The ledger of requirements, and what people change in it.

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Server};

const TENDER: &str = "# 第一章 招标公告\n\n项目编号：QS-2031-9\n\n项目名称：青石镇路灯采购\n\n采购人：青石镇人民政府\n\n\
    # 第四章 采购需求\n\n★灯杆须做热浸锌防腐处理。\n\n★供应商须承诺备有夜间抢修队伍。\n\n中标单位应当配合采购人整理移交档案。\n\n\
    标★的条款为实质性条款，不满足的投标无效。\n";
const BID: &str = "# 投标函\n\n致：青石镇人民政府\n\n灯杆采用热浸锌防腐处理。\n\n投标人：青禾照明有限公司（盖章）\n";

async fn loaded(client: &Client<'_>) -> String {
    let project = client.project("台账").await;
    client.import(&project, "tender", None, "tender.md", TENDER).await.ok();
    client.import(&project, "bid", Some("青禾照明有限公司"), "bid.md", BID).await.ok();
    client.post(&format!("/projects/{project}/extract/project-info?sync=1"), json!({})).await.ok();
    project
}

async fn ledger(client: &Client<'_>, project: &str) -> Vec<Value> {
    let list = client.get(&format!("/projects/{project}/requirements")).await.ok();
    list.as_array().expect("a list").clone()
}

fn of<'l>(ledger: &'l [Value], words: &str) -> &'l Value {
    ledger.iter().find(|r| r["text"].as_str().is_some_and(|t| t.contains(words))).expect(words)
}

async fn findings(client: &Client<'_>, project: &str) -> String {
    client.post(&format!("/projects/{project}/review/run?sync=1"), json!({})).await.ok();
    client.get(&format!("/projects/{project}/review")).await.ok().to_string()
}

#[tokio::test]
async fn people_confirm_edit_drop_and_add_and_reviews_follow() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = loaded(&client).await;
    let before = ledger(&client, &project).await;
    assert!(before.iter().all(|r| r["edit"].is_null()));
    let path = |requirement: &Value| {
        format!("/projects/{project}/requirements/{}", requirement["id"].as_str().expect("an id"))
    };
    assert!(findings(&client, &project).await.contains("夜间抢修队伍"));

    let zinc = of(&before, "热浸锌");
    let confirmed = client.put(&path(zinc), json!({"state": "confirmed"})).await.ok();
    assert_eq!((&confirmed["edit"]["state"], &confirmed["edit"]["edited_by"]), (&json!("confirmed"), &json!("anna")));
    let night = of(&before, "夜间抢修");
    client.put(&path(night), json!({"state": "dropped", "note": "已由补遗取消"})).await.ok();

    let missed = "中标单位应当配合采购人整理移交档案";
    let new = json!({"quote": missed, "text": "须书面承诺配合移交档案", "dimension": "商务审查", "rigid": true});
    let added = client.post(&format!("/projects/{project}/requirements"), new).await;
    assert_eq!(added.status, 201);
    let added = added.json();
    assert_eq!((&added["edit"]["state"], &added["evidence"][0]["quote"]), (&json!("added"), &json!(missed)));

    let after = findings(&client, &project).await;
    assert!(!after.contains("夜间抢修队伍"), "a dropped demand is held against nobody");
    assert!(after.contains("须书面承诺配合移交档案"), "an added one is");
    let report = client.get(&format!("/projects/{project}/export/json")).await.ok()["requirements"].to_string();
    assert!(!report.contains("夜间抢修队伍") && report.contains("须书面承诺配合移交档案"), "{report}");

    // A later extraction reads the ledger anew; what people said of it stays.
    client.post(&format!("/projects/{project}/extract/project-info?sync=1"), json!({})).await.ok();
    let again = ledger(&client, &project).await;
    assert_eq!(of(&again, "夜间抢修")["edit"]["note"], "已由补遗取消");
    assert_eq!(again.last().expect("the dropped one comes last")["edit"]["state"], "dropped");

    let edited =
        client.put(&path(zinc), json!({"state": "edited", "text": "灯杆须做热浸锌", "rigid": false})).await.ok();
    assert_eq!(
        (&edited["text"], &edited["rigid"], &edited["type"]),
        (&json!("灯杆须做热浸锌"), &json!(false), &json!("semantic"))
    );
    assert_eq!(client.delete(&path(zinc), None).await.status, 204);
    assert_eq!(of(&ledger(&client, &project).await, "热浸锌"), zinc);
    assert_eq!(client.delete(&path(&added), None).await.status, 204);
    assert_eq!(client.delete(&path(&added), None).await.problem(), "404 not_found");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = loaded(&client).await;
    let all = ledger(&client, &project).await;
    let path = format!("/projects/{project}/requirements/{}", all[0]["id"].as_str().expect("an id"));
    for (body, code) in [
        (json!({"state": "gone"}), "422 bad_edit"),
        (json!({"state": "edited"}), "422 bad_edit"),
        (json!({"state": "edited", "text": "  "}), "422 bad_edit"),
        (json!({"state": "dropped", "rigid": true}), "422 bad_edit"),
        (json!({"state": "edited", "dimension": "颜色"}), "422 bad_dimension"),
        (json!({"state": "confirmed", "note": "长".repeat(4_001)}), "422 bad_edit"),
    ] {
        assert_eq!(client.put(&path, body.clone()).await.problem(), code, "{body}");
    }
    let unknown = format!("/projects/{project}/requirements/nobody");
    assert_eq!(client.put(&unknown, json!({"state": "dropped"})).await.problem(), "404 not_found");
    let invented = json!({"quote": "招标文件没有这句话", "dimension": "其他"});
    let list = format!("/projects/{project}/requirements");
    assert_eq!(client.post(&list, invented).await.problem(), "422 quote_not_found");
    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let stranger = server.login("bert").await;
    assert_eq!(stranger.put(&path, json!({"state": "dropped"})).await.problem(), "404 not_found");
    assert!(ledger(&client, &project).await.iter().all(|r| r["edit"].is_null()));
}
