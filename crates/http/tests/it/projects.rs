//! The list of projects tells what is due and how each stands.

use serde_json::{Value, json};

use crate::support::Server;

#[tokio::test]
async fn a_list_tells_deadlines_and_counts() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    client.project("later").await;
    let listed = async || {
        let list = client.get("/projects").await.ok();
        let own = list.as_array().expect("list").iter().find(|one| one["id"] == project.as_str()).cloned();
        own.expect("listed")
    };
    let before = listed().await;
    assert_eq!(before["bid_deadline"], Value::Null);
    assert_eq!((&before["counts"]["files"], &before["counts"]["open_runs"]), (&json!(2), &json!(0)));
    assert!(before["counts"]["segments"].as_i64().is_some_and(|n| n > 0), "{before}");

    let run = client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok();
    let counts = &run["summary"]["bids"][0];
    let after = listed().await;
    assert_eq!(after["bid_deadline"], "2031-05-20T09:30");
    let expected = json!({"pass": counts["pass"], "risk": counts["risk"], "fail": counts["fail"]});
    assert_eq!(after["counts"]["findings"], expected);
    assert_eq!(after["latest_runs"].as_array().map(Vec::len), Some(2), "one of each kind");
    assert_eq!(client.get(&format!("/projects/{project}")).await.ok(), after);
    let list = client.get("/projects").await.ok();
    assert_eq!((&list[0]["name"], &list[0]["latest_runs"]), (&json!("later"), &json!([])));

    // A bid that is gone is no longer counted.
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    let bid = assets.as_array().expect("list").iter().find(|a| a["kind"] == "bid").expect("a bid").clone();
    let path = format!("/projects/{project}/assets/{}", bid["id"].as_str().expect("id"));
    client.delete(&path, None).await;
    let left = listed().await;
    assert_eq!(left["counts"]["findings"], json!({"pass": 0, "risk": 0, "fail": 0}));
    assert_eq!(left["bid_deadline"], "2031-05-20T09:30");
}
