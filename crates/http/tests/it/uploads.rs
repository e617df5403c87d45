//! Uploads that break off and go on.

use axum::body::{Body, Bytes};
use axum::http::Method;
use bidlens_app::{App, Settings};
use bidlens_http::{AppState, router};
use futures_util::stream;
use serde_json::json;

use crate::support::{Answer, Client, PASSWORD, Server, TENDER, full};

fn at(project: &str, upload: &str) -> String {
    full(&format!("/projects/{project}/uploads/{upload}"))
}

async fn patch(client: &Client<'_>, path: &str, offset: usize, body: impl Into<Body>) -> Answer {
    let offset = offset.to_string();
    let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", offset.as_str())];
    client.call(Method::PATCH, path, &headers, body).await
}

async fn head(client: &Client<'_>, path: &str) -> Answer {
    client.call(Method::HEAD, path, &[("tus-resumable", "1.0.0")], "").await
}

/// A body that brings these bytes and then breaks off.
fn broken(bytes: &'static [u8]) -> Body {
    let lost = std::io::Error::other("the connection is lost");
    Body::from_stream(stream::iter([Ok(Bytes::from_static(bytes)), Err(lost)]))
}

#[tokio::test]
async fn what_arrived_is_kept_over_a_break_and_a_restart() {
    let mut server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("泵站设备采购").await;
    let text = TENDER.as_bytes();
    let (first, second) = (text.len() / 3, text.len() / 2);
    let id = client.begin_upload(&project, "招标文件.md", text.len()).await;
    let path = at(&project, &id);

    assert_eq!(patch(&client, &path, 0, broken(&text[..first])).await.problem(), "422 upload_broken_off");
    let told = head(&client, &path).await;
    assert_eq!((told.status.as_u16(), told.bytes.len()), (200, 0));
    assert_eq!(told.header("upload-offset"), first.to_string());
    assert_eq!(told.header("upload-length"), text.len().to_string());
    assert_eq!((told.header("tus-resumable"), told.header("cache-control")), ("1.0.0", "no-store"));
    assert!(told.header("upload-expires").ends_with(" GMT"));

    let elsewhere = patch(&client, &path, 0, &text[..first]).await;
    assert_eq!(elsewhere.problem(), "409 wrong_offset");
    assert!(elsewhere.json()["detail"].as_str().expect("detail").contains(&first.to_string()));
    let went_on = patch(&client, &path, first, &text[first..second]).await;
    assert_eq!((went_on.status.as_u16(), went_on.header("upload-offset")), (204, second.to_string().as_str()));

    // Another process, the same folder.
    let token = client.token.clone();
    server.app.close().await;
    drop(std::mem::replace(&mut server.router, axum::Router::new()));
    let folder = std::mem::replace(&mut server.folder, tempfile::tempdir().expect("a folder"));
    drop(server);
    let app = App::open(Settings::in_dir(folder.path())).await.expect("open again");
    app.start_workers();
    let server = Server { router: router(AppState::new(app.clone())), app, folder };
    let client = Client { server: &server, token };

    assert_eq!(head(&client, &path).await.header("upload-offset"), second.to_string());
    let all = format!("/projects/{project}/uploads");
    let open = client.get(&all).await.ok();
    assert_eq!((&open[0]["id"], &open[0]["offset"]), (&json!(id), &json!(second)));
    assert_eq!((&open[0]["filename"], open.as_array().map(Vec::len)), (&json!("招标文件.md"), Some(1)));
    let done = patch(&client, &format!("{path}?sync=1"), second, &text[second..]).await;
    assert_eq!((done.status.as_u16(), done.header("upload-offset")), (204, text.len().to_string().as_str()));
    assert_eq!(client.get(&all).await.ok(), json!([]), "it is a file now");
    let upload = client.get(&path).await.ok();
    let asset = &upload["assets"][0];
    assert_eq!(
        (asset["filename"].as_str(), asset["status"].as_str()),
        (Some("招标文件.md"), Some("ready")),
        "{upload}"
    );
    let id = asset["id"].as_str().expect("id");
    assert_eq!(client.get(&format!("/projects/{project}/assets/{id}/file")).await.bytes, text);

    // Asked once more, as by a client that the answer did not reach, it is the same file; by a form it is too.
    assert_eq!(patch(&client, &path, text.len(), "").await.status.as_u16(), 204);
    let again = client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    assert_eq!(again[0]["id"], asset["id"]);
    assert_eq!(client.get(&format!("/projects/{project}/assets")).await.ok().as_array().map(Vec::len), Some(1));
    assert_eq!(files(&server), 1, "the pieces are gone");
}

/// Files that are stored.
fn files(server: &Server) -> usize {
    let folders = std::fs::read_dir(server.folder.path().join("files")).expect("files");
    folders.map(|folder| std::fs::read_dir(folder.expect("entry").path()).expect("folder").count()).sum()
}

#[tokio::test]
async fn what_is_given_up_or_refused_leaves_nothing() {
    let server = Server::with(|s| s.max_upload_bytes = 1_000).await;
    let client = server.anna().await;
    let project = client.project("泵站设备采购").await;
    let path = at(&project, &client.begin_upload(&project, "t.md", 10).await);
    assert_eq!(patch(&client, &path, 0, "123").await.status.as_u16(), 204);
    assert_eq!(patch(&client, &path, 3, "more than seven").await.problem(), "422 upload_too_long");
    assert_eq!(client.call(Method::PATCH, &path, &[], "x").await.problem(), "415 unsupported_media_type");
    let bytes = ("content-type", "application/offset+octet-stream");
    assert_eq!(client.call(Method::PATCH, &path, &[bytes], "x").await.problem(), "422 bad_header");
    let other = [bytes, ("tus-resumable", "0.2.2"), ("upload-offset", "3")];
    let refused = client.call(Method::PATCH, &path, &other, "x").await;
    assert_eq!((refused.problem().as_str(), refused.header("tus-version")), ("412 unknown_version", "1.0.0"));
    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let bert = server.login("bert").await;
    assert_eq!(patch(&bert, &path, 3, "x").await.problem(), "404 not_found");
    assert_eq!(head(&bert, &path).await.status.as_u16(), 404);
    assert_eq!(files(&server), 1);
    assert_eq!(client.delete(&path, None).await.status.as_u16(), 204);
    assert_eq!(client.delete(&path, None).await.problem(), "404 not_found");
    assert_eq!(files(&server), 0);

    let begin = async |length: &str, metadata: &str| {
        let headers = [("upload-length", length), ("upload-metadata", metadata)];
        client.call(Method::POST, &full(&format!("/projects/{project}/uploads")), &headers, "").await.problem()
    };
    let tender = "filename dC5tZA==,kind dGVuZGVy";
    for (length, metadata, expected) in [
        ("1001", tender, "413 file_too_large"),
        ("0", tender, "422 empty_file"),
        ("-1", tender, "422 bad_header"),
        ("10", "kind dGVuZGVy", "422 missing_field"),
        ("10", "filename dC5tZA==", "422 missing_field"),
        ("10", "filename dC5tZA==,kind eA==", "422 bad_kind"),
        ("10", "filename dC5tZA==,kind Yml k", "422 bad_field"),
        ("10", "filename dC5tZA==,kind Ymlk", "422 bidder_name_missing"),
    ] {
        assert_eq!(begin(length, metadata).await, expected, "{length} {metadata}");
    }

    // Rules that are none are refused as those of a form are, and their upload ends.
    let headers = [("upload-length", "8"), ("upload-metadata", "filename ci55YW1s,kind Y3VzdG9tX3J1bGU=")];
    let begun = client.call(Method::POST, &full(&format!("/projects/{project}/uploads")), &headers, "").await;
    let path = begun.header("location").to_owned();
    assert_eq!(patch(&client, &path, 0, "rules: [").await.problem(), "422 bad_rules");
    assert_eq!(client.get(&path).await.problem(), "404 not_found");
    assert_eq!(files(&server), 0);

    // With its project goes what has arrived.
    let path = at(&project, &client.begin_upload(&project, "t.md", 10).await);
    assert_eq!(patch(&client, &path, 0, "123").await.status.as_u16(), 204);
    let plan = client.get(&format!("/projects/{project}/delete-plan")).await.ok();
    let token = serde_json::json!({"confirm_token": plan["confirm_token"]});
    assert_eq!(client.delete(&format!("/projects/{project}"), Some(token)).await.status.as_u16(), 204);
    assert_eq!(files(&server), 0);
}

#[tokio::test]
async fn nobody_keeps_more_than_a_hundred_open() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("泵站设备采购").await;
    let first = at(&project, &client.begin_upload(&project, "t.md", 10).await);
    for _ in 1..100 {
        client.begin_upload(&project, "t.md", 10).await;
    }
    let headers = [("upload-length", "10"), ("upload-metadata", "filename dC5tZA==,kind dGVuZGVy")];
    let path = full(&format!("/projects/{project}/uploads"));
    assert_eq!(client.call(Method::POST, &path, &headers, "").await.problem(), "429 too_many_uploads");
    assert_eq!(client.delete(&first, None).await.status.as_u16(), 204);
    assert_eq!(client.call(Method::POST, &path, &headers, "").await.status.as_u16(), 201);
}
