//! A bidder's own file with the findings in it: for its owner alone, once there is a review, and where it can carry them.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Server};

const TENDER: &[u8] = include_bytes!("../../../../samples/tender.docx");
const BID_PDF: &[u8] = include_bytes!("../../../../samples/bid_defective.pdf");
const BID_DOCX: &[u8] = include_bytes!("../../../../samples/bid_defective.docx");
const BIDDER: &str = "云州博砚智能设备有限公司";

fn id(assets: &Value, at: usize) -> &str {
    assets[at]["id"].as_str().expect("an id")
}

#[tokio::test]
async fn findings_stand_in_the_copy_that_is_downloaded() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("标注").await;
    let place = format!("/projects/{project}/export/annotated");
    let tender = client.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[("tender.docx", TENDER)]).await.ok();
    let fields = [("kind", "bid"), ("bidder_name", BIDDER)];
    let files: [(&str, &[u8]); 3] = [
        ("投标 文件.pdf", BID_PDF),
        ("投标文件.DOCX", BID_DOCX),
        ("说明.md", "# 说明\n\n投标总价见报价表。".as_bytes()),
    ];
    let bids = client.upload(&project, "?sync=1", &[], &fields, &files).await.ok();
    assert_eq!(client.get(&format!("{place}/{}", id(&bids, 0))).await.problem(), "409 nothing_to_export");
    client.post(&format!("/projects/{project}/extract/project-info?sync=1"), json!({})).await.ok();
    client.post(&format!("/projects/{project}/review/run?sync=1"), json!({})).await.ok();

    let pdf = client.get(&format!("{place}/{}", id(&bids, 0))).await;
    assert_eq!((pdf.status.as_u16(), pdf.header("content-type")), (200, "application/pdf"));
    let named = "filename*=UTF-8''%E6%8A%95%E6%A0%87%20%E6%96%87%E4%BB%B6.annotated.pdf";
    assert!(pdf.header("content-disposition").ends_with(named), "{}", pdf.header("content-disposition"));
    assert!(pdf.bytes.starts_with(BID_PDF) && pdf.bytes.len() > BID_PDF.len());
    let docx = client.get(&format!("{place}/{}", id(&bids, 1))).await;
    assert_eq!(docx.header("content-type"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    assert!(docx.header("content-disposition").contains(".annotated.docx"));
    // Read as any file is.
    let copies: [(&str, &[u8]); 2] = [("copy.pdf", &pdf.bytes), ("copy.docx", &docx.bytes)];
    let again = client.upload(&project, "?sync=1", &[], &[("kind", "attachment")], &copies).await.ok();
    for (copy, original) in [(id(&again, 0), id(&bids, 0)), (id(&again, 1), id(&bids, 1))] {
        let mut words = Vec::new();
        for asset in [copy, original] {
            let segments = client.get(&format!("/projects/{project}/assets/{asset}/segments")).await.ok();
            let segments = segments.as_array().expect("a list").clone();
            words.push(segments.into_iter().map(|s| s["content"].clone()).collect::<Vec<_>>());
        }
        assert_eq!(words[0], words[1]);
    }

    assert_eq!(client.get(&format!("{place}/{}", id(&bids, 2))).await.problem(), "422 no_annotations");
    assert_eq!(client.get(&format!("{place}/{}", id(&tender, 0))).await.problem(), "422 not_a_bid");
    assert_eq!(client.get(&format!("{place}/unknown")).await.problem(), "404 not_found");
    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let bert = server.login("bert").await;
    assert_eq!(bert.get(&format!("{place}/{}", id(&bids, 0))).await.problem(), "404 not_found");
    let other = client.project("另一个").await;
    let elsewhere = format!("/projects/{other}/export/annotated/{}", id(&bids, 0));
    assert_eq!(client.get(&elsewhere).await.problem(), "404 not_found");
}
