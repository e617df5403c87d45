//! An addendum, imported as a further file of the tender, changes what is extracted; what it changed can be read.

use serde_json::json;

use crate::support::Server;

const TENDER: &str =
    "招标公告\n项目名称：云溪市图书馆书架采购项目\n最高限价：50万元\n投标截止时间：2026年12月10日9时30分\n";
const ADDENDUM: &str = "补遗书（第1号）\n一、投标截止时间由2026年12月10日9时30分修改为2026年12月20日14时00分。\n";

#[tokio::test]
async fn an_addendum_is_a_further_file_of_the_tender() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = anna.project("书架").await;
    anna.import(&project, "tender", None, "招标文件.txt", TENDER).await.ok();
    let extract = format!("/projects/{project}/extract/project-info?sync=1");
    assert_eq!(anna.get(&format!("/projects/{project}/changes")).await.ok(), json!([]), "before any extraction");
    anna.post(&extract, json!({})).await.ok();
    let info = format!("/projects/{project}/project-info");
    assert_eq!(anna.get(&info).await.ok()["data_json"]["bidDeadline"], "2026-12-10T09:30");

    anna.import(&project, "tender", None, "补遗书.txt", ADDENDUM).await.ok();
    anna.post(&extract, json!({})).await.ok();
    assert_eq!(anna.get(&info).await.ok()["data_json"]["bidDeadline"], "2026-12-20T14:00");
    let changes = anna.get(&format!("/projects/{project}/changes")).await.ok();
    assert_eq!(changes.as_array().map(Vec::len), Some(1), "{changes}");
    let change = &changes[0];
    assert_eq!(
        (&change["subject"], &change["before"], &change["after"]),
        (&json!("投标截止时间"), &json!("2026年12月10日9时30分"), &json!("2026年12月20日14时00分"))
    );
    assert_eq!(change["fields"], json!(["bid_deadline"]));
    assert_eq!(change["evidence_spans"][0]["file"], "补遗书.txt");
}
