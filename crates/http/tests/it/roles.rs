//! What a file is: told by its words once it has been read, and changed when it was imported as something else.

use serde_json::{Value, json};

use crate::support::{Client, Server};

const TENDER: &str = "招 标 文 件\n第一章 招标公告\n项目名称：云溪市图书馆书架采购项目\n第二章 投标人须知\n投标有效期：60日\n第三章 评标办法\n第四章 投标文件格式\n一、投标函\n二、开标一览表\n";
const BID: &str = "投 标 文 件\n投标人：云溪木业有限公司\n一、投标函\n致：云溪市图书馆\n投标总价：人民币400000元\n投标人：云溪木业有限公司（盖章）\n二、开标一览表\n三、授权委托书\n";
const ADDENDUM: &str = "补遗书（第1号）\n投标有效期由60日修改为90日。\n";

async fn import(client: &Client<'_>, project: &str, kind: &str, name: &str, text: &str) -> Value {
    let bidder = (kind == "bid").then_some("乙公司");
    client.import(project, kind, bidder, name, text).await.ok()[0].clone()
}

#[tokio::test]
async fn a_file_tells_what_it_is() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = anna.project("书架").await;
    let tender = import(&anna, &project, "tender", "a.txt", TENDER).await;
    assert_eq!(tender["seems"], json!({"kind": "tender", "addendum": false, "bidder_name": null}));
    let addendum = import(&anna, &project, "tender", "b.txt", ADDENDUM).await;
    assert_eq!((&addendum["seems"]["kind"], &addendum["seems"]["addendum"]), (&json!("tender"), &json!(true)));
    let bid = import(&anna, &project, "tender", "c.txt", BID).await;
    assert_eq!(
        (&bid["seems"]["kind"], &bid["seems"]["bidder_name"]),
        (&json!("bid"), &json!("云溪木业有限公司")),
        "{bid}"
    );
    let note = import(&anna, &project, "tender", "d.txt", "会议记录\n今天讨论了书架的颜色。\n").await;
    assert_eq!(note["seems"], Value::Null);
}

#[tokio::test]
async fn a_file_becomes_what_it_is() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = anna.project("书架").await;
    import(&anna, &project, "tender", "a.txt", TENDER).await;
    let wrong = import(&anna, &project, "tender", "c.txt", BID).await;
    let path = format!("/projects/{project}/assets/{}", wrong["id"].as_str().expect("an id"));

    let bid = json!({"kind": "bid"});
    assert_eq!(anna.put(&path, bid).await.problem(), "422 bidder_name_missing");
    assert_eq!(anna.put(&path, json!({"kind": "poem"})).await.problem(), "422 bad_kind");
    assert_eq!(anna.put(&path, json!({"kind": "custom_rule"})).await.problem(), "409 rules_are_not_read");
    assert_eq!(
        anna.put(&format!("/projects/{project}/assets/none"), json!({"kind": "bid", "bidder_name": "x"}))
            .await
            .problem(),
        "404 not_found"
    );

    let changed = anna.put(&path, json!({"kind": "bid", "bidder_name": "云溪木业有限公司"})).await.ok();
    assert_eq!((&changed["kind"], &changed["bidder_name"]), (&json!("bid"), &json!("云溪木业有限公司")));
    let review = anna.post(&format!("/projects/{project}/review/run?sync=1"), json!({})).await.ok();
    assert_eq!(review["status"], "success", "{review}");
    let findings = anna.get(&format!("/projects/{project}/review")).await.ok();
    assert!(
        findings.as_array().is_some_and(|f| !f.is_empty() && f.iter().all(|f| f["bidder_name"] == "云溪木业有限公司"))
    );

    // Under another name its reviews are another's; with the last file of a bidder they go.
    anna.put(&path, json!({"kind": "attachment"})).await.ok();
    assert_eq!(anna.get(&format!("/projects/{project}/review")).await.ok(), json!([]));

    // The same bytes as the same thing are there once.
    let again = import(&anna, &project, "bid", "c.txt", BID).await;
    let path = format!("/projects/{project}/assets/{}", again["id"].as_str().expect("an id"));
    assert_eq!(anna.put(&path, json!({"kind": "attachment"})).await.problem(), "409 same_file");
}
