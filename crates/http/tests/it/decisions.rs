//! What people decide about findings, and what becomes of it when the findings are made anew.

use serde_json::{Value, json};

use crate::support::{BIDDER, Client, Server};

async fn reviewed(client: &Client<'_>) -> (String, Vec<Value>) {
    let project = client.loaded().await;
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    let findings = findings(client, &project).await;
    (project, findings)
}

async fn findings(client: &Client<'_>, project: &str) -> Vec<Value> {
    let list = client.get(&format!("/projects/{project}/review")).await.ok();
    list.as_array().expect("a list").clone()
}

fn path(project: &str, finding: &Value) -> String {
    format!("/projects/{project}/review/{}/decision", finding["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_decision_is_shown_everywhere_and_outlives_a_run() {
    let server = Server::new().await;
    let client = server.anna().await;
    let (project, all) = reviewed(&client).await;
    assert!(all.len() > 2, "{}", all.len());
    assert!(all.iter().all(|f| f.get("decision").is_none()));
    let edit = json!({"decision": "edited", "result": "risk", "remark": "已电话核实", "reason": "原件另附", "version": all[0]["version"]});
    let made = client.put(&path(&project, &all[0]), edit).await.ok();
    assert_eq!(
        (&made["state"], &made["decided_by"], &made["result"]),
        (&json!("current"), &json!("anna"), &json!("risk"))
    );
    client.put(&path(&project, &all[1]), json!({"decision": "accepted"})).await.ok();

    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    let again = findings(&client, &project).await;
    let first = again.iter().find(|f| f["id"] == all[0]["id"]).expect("the same finding");
    assert_eq!(first["decision"], made);
    assert_eq!(first["result"], all[0]["result"], "the check's own word stays");
    let list = client.get(&format!("/projects/{project}/review/decisions")).await.ok();
    assert_eq!(
        (&list["total"], &list["decided"], &list["earlier"], &list["orphaned"]),
        (&json!(all.len()), &json!(2), &json!(0), &json!(0))
    );

    let html = client.get(&format!("/projects/{project}/export/html")).await;
    let html = String::from_utf8(html.bytes).expect("text");
    assert!(html.contains("说明改为：已电话核实；理由：原件另附"));
    assert!(html.contains(&format!("人工复核 2/{}", all.len())));
    let report = client.get(&format!("/projects/{project}/export/json")).await.ok();
    let told = report["bids"][0]["findings"].as_array().expect("findings").iter().find(|f| f["id"] == all[0]["id"]);
    assert_eq!(told.expect("the finding")["decision"]["reason"], "原件另附");

    assert_eq!(client.delete(&path(&project, &all[1]), None).await.status, 204);
    assert_eq!(client.delete(&path(&project, &all[1]), None).await.problem(), "404 not_found");
    let list = client.get(&format!("/projects/{project}/review/decisions")).await.ok();
    assert_eq!((&list["decided"], list["decisions"].as_array().map(Vec::len)), (&json!(1), Some(1)));
}

#[tokio::test]
async fn a_decision_about_other_words_is_not_applied() {
    let server = Server::new().await;
    let client = server.anna().await;
    let (project, all) = reviewed(&client).await;
    let absent = |f: &&Value| f["state"] == "not_found" && f["result"] == "fail";
    let absent = all.iter().find(absent).expect("the short bid lacks required forms");
    let reject = json!({"decision": "rejected", "reason": "在附件中"});
    client.put(&path(&project, absent), reject.clone()).await.ok();

    // What is absent may now stand in a file that cannot be read, so the finding says less.
    let fields = [("kind", "bid"), ("bidder_name", BIDDER)];
    client.upload(&project, "", &[], &fields, &[("annex.pdf", b"%PDF-1.7 broken off")]).await.ok();
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    let now = findings(&client, &project).await;
    let now = now.iter().find(|f| f["id"] == absent["id"]).expect("the same finding");
    assert_ne!(now["version"], absent["version"]);
    assert_eq!(now["decision"]["state"], "earlier");
    let list = client.get(&format!("/projects/{project}/review/decisions")).await.ok();
    assert_eq!((&list["decided"], &list["earlier"]), (&json!(0), &json!(1)));
    let html = String::from_utf8(client.get(&format!("/projects/{project}/export/html")).await.bytes).expect("text");
    assert!(html.contains("针对较早版本的结论，未应用；不认可；理由：在附件中"));

    let mut stale = reject.clone();
    stale["version"] = absent["version"].clone();
    assert_eq!(client.put(&path(&project, absent), stale).await.problem(), "409 finding_changed");
    let renewed = client.put(&path(&project, absent), reject).await.ok();
    assert_eq!(renewed["state"], "current");

    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    for asset in assets.as_array().expect("list").iter().filter(|a| a["kind"] == "bid") {
        client.delete(&format!("/projects/{project}/assets/{}", asset["id"].as_str().expect("id")), None).await.ok();
    }
    let list = client.get(&format!("/projects/{project}/review/decisions")).await.ok();
    assert_eq!((&list["total"], &list["orphaned"]), (&json!(0), &json!(1)));
    assert_eq!(list["decisions"][0]["reason"], "在附件中", "what a person wrote is not lost");
}

#[tokio::test]
async fn a_decision_that_is_not_complete_is_refused() {
    let server = Server::new().await;
    let client = server.anna().await;
    let (project, all) = reviewed(&client).await;
    for (request, problem) in [
        (json!({"decision": "rejected"}), "422 bad_decision"),
        (json!({"decision": "edited", "reason": "x"}), "422 bad_decision"),
        (json!({"decision": "edited", "result": "pass", "reason": "  "}), "422 bad_decision"),
        (json!({"decision": "accepted", "result": "pass"}), "422 bad_decision"),
        (json!({"decision": "rejected", "reason": "长".repeat(4_001)}), "422 bad_decision"),
        (json!({"decision": "maybe"}), "422 bad_fields"),
        (json!({"decision": "edited", "result": "good", "reason": "x"}), "422 bad_fields"),
    ] {
        assert_eq!(client.put(&path(&project, &all[0]), request.clone()).await.problem(), problem, "{request}");
    }
    let nothing = path(&project, &json!({"id": "0123456789abcdef"}));
    assert_eq!(client.put(&nothing, json!({"decision": "accepted"})).await.problem(), "404 not_found");
    let list = client.get(&format!("/projects/{project}/review/decisions")).await.ok();
    assert_eq!(list["decisions"], json!([]));
}
