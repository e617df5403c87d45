//! Packages: one upload, an asset for each file inside.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{BID, BIDDER, Server};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("start");
        writer.write_all(content).expect("write");
    }
    writer.finish().expect("finish").into_inner()
}

/// `name status error` of each asset, in the order of the answer.
fn listed(assets: &serde_json::Value) -> String {
    let mut out = String::new();
    for asset in assets.as_array().expect("a list") {
        let error = asset["error"].as_str().unwrap_or_default();
        out.push_str(&format!(
            "{} {} {error}\n",
            asset["filename"].as_str().expect("a name"),
            asset["status"].as_str().expect("a status")
        ));
    }
    out
}

#[tokio::test]
async fn a_package_becomes_its_files_once() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let inner = zip(&[("资质/说明.txt", "营业执照见附件。".as_bytes())]);
    let package = zip(&[
        ("商务标/投标函.md", BID.as_bytes()),
        ("../../资质.zip", &inner),
        ("程序.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"),
    ]);
    let fields = [("kind", "bid"), ("bidder_name", BIDDER)];
    let first = client.upload(&project, "?sync=1", &[], &fields, &[("投标.zip", &package)]).await.ok();
    insta::assert_snapshot!(listed(&first), @"
    商务标/投标函.md ready 
    资质.zip/资质/说明.txt ready 
    程序.exe failed 程序.exe: the file is a program and not a document; upload the document itself
    ");
    // The same package again is the same assets; nothing is read twice but what failed.
    let again = client.upload(&project, "?sync=1", &[], &fields, &[("投标.zip", &package)]).await.ok();
    let ids = |assets: &serde_json::Value| {
        assets.as_array().expect("a list").iter().map(|a| a["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ids(&again));
    let all = client.get(&format!("/projects/{project}/assets")).await.ok();
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    // A file's own bytes come back, under its name.
    let id = first[0]["id"].as_str().expect("id");
    let file = client.get(&format!("/projects/{project}/assets/{id}/file")).await;
    assert_eq!(file.bytes, BID.as_bytes());
}

#[tokio::test]
async fn a_package_that_stays_closed_in_part_is_kept_and_says_why() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let mut package = zip(&[("good.md", BID.as_bytes()), ("bad.md", BID.as_bytes())]);
    let at = package.windows(6).rposition(|w| w == b"bad.md").expect("the index");
    let local = package[..at].windows(6).rposition(|w| w == b"bad.md").expect("the file") + 6;
    package[local..local + 8].copy_from_slice(&[0xFF; 8]);
    let fields = [("kind", "tender")];
    let assets = client.upload(&project, "?sync=1", &[], &fields, &[("标书.zip", &package)]).await.ok();
    insta::assert_snapshot!(listed(&assets), @"
    标书.zip failed 标书.zip: bad.md: the file is damaged in its package (corrupt deflate stream); pack it anew and upload that
    good.md ready
    ");
}

#[tokio::test]
async fn a_mail_is_kept_beside_its_attachments() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let mail = "MIME-Version: 1.0\r\nSubject: notice\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe opening is moved.\r\n--b\r\nContent-Disposition: attachment; filename=\"a.md\"\r\n\r\n# Chapter\r\n\r\nWords.\r\n--b--\r\n";
    let assets =
        client.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[("notice.eml", mail.as_bytes())]).await.ok();
    insta::assert_snapshot!(listed(&assets), @"
    notice.eml ready 
    a.md ready
    ");
}
