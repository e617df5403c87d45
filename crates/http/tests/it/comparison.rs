//! Two runs of the review beside each other.

use serde_json::{Value, json};

use crate::support::{BID, BIDDER, Client, Server};

async fn review(client: &Client<'_>, project: &str) -> Value {
    client.post(&format!("/projects/{project}/review/run"), json!({})).await.ok()["run_id"].clone()
}

#[tokio::test]
async fn what_is_new_gone_and_changed_between_two_runs() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let path = format!("/projects/{project}/review/compare");
    assert_eq!(client.get(&path).await.problem(), "409 nothing_to_compare");
    let first = review(&client, &project).await;
    assert_eq!(client.get(&path).await.problem(), "409 nothing_to_compare");
    let second = review(&client, &project).await;
    let all = client.get(&format!("/projects/{project}/review")).await.ok();
    let all = all.as_array().expect("list").len();
    let same = client.get(&path).await.ok();
    assert_eq!((&same["from"], &same["to"]), (&first, &second));
    assert_eq!(
        same["bidders"],
        json!([{"bidder_name": BIDDER, "new": [], "gone": [], "changed": [], "unchanged": all}])
    );

    // A file that cannot be read takes the proof from what was found absent, and a second bidder comes in.
    let fields = [("kind", "bid"), ("bidder_name", BIDDER)];
    client.upload(&project, "", &[], &fields, &[("annex.pdf", b"%PDF-1.7 broken off")]).await.ok();
    client.import(&project, "bid", Some("乙公司"), "other.md", BID).await.ok();
    let third = review(&client, &project).await;
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let compared = client.get(&format!("{path}?from={}&to={}", word(&first), word(&third))).await.ok();
    assert_eq!((&compared["only_to"], &compared["only_from"]), (&json!(["乙公司"]), &json!([])));
    assert_eq!(compared["runs"].as_array().map(Vec::len), Some(3));
    let bidder = &compared["bidders"][0];
    let changed = bidder["changed"].as_array().expect("a list");
    let lost = changed.iter().find(|c| c["before"]["state"] == "not_found" && c["before"]["result"] == "fail");
    let lost = lost.unwrap_or_else(|| panic!("an absence that is no longer proven: {bidder}"));
    assert_eq!(lost["after"]["result"], "risk");
    assert_eq!((&lost["before"]["id"], &lost["after"]["id"]), (&lost["finding_id"], &lost["finding_id"]));
    let back = client.get(&format!("{path}?from={}&to={}", word(&third), word(&first))).await.ok();
    assert_eq!(back["bidders"][0]["new"].as_array().map(Vec::len), bidder["gone"].as_array().map(Vec::len));
    assert_eq!(back["only_from"], json!(["乙公司"]));

    assert_eq!(client.get(&format!("{path}?from=nothing")).await.problem(), "422 run_not_kept");
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    for asset in assets.as_array().expect("list").iter().filter(|a| a["kind"] == "bid") {
        client.delete(&format!("/projects/{project}/assets/{}", word(&asset["id"])), None).await.ok();
    }
    assert_eq!(client.get(&path).await.problem(), "409 nothing_to_compare", "the quotes went with the files");
}
