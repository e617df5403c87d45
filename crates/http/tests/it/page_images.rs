//! Pages as pictures and as words: for their owner, named by content, refused with words.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use bidlens_storage::{Db, PageTexts};

use crate::support::{Client, PASSWORD, Server, full};

const PDF: &[u8] = include_bytes!("../../../../samples/tender_en.pdf");

/// Where the pages of a file that a client has just uploaded are.
async fn pages(client: &Client<'_>) -> String {
    let project = client.project("x").await;
    let asset = client.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[("t.pdf", PDF)]).await.ok();
    format!("/projects/{project}/assets/{}/pages", asset[0]["id"].as_str().expect("id"))
}

#[tokio::test]
async fn a_page_is_drawn_for_its_owner_alone() {
    let server = Server::new().await;
    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let client = server.anna().await;
    let place = pages(&client).await;
    let image = client.get(&format!("{place}/1/image?dpi=72")).await;
    assert_eq!(image.status, StatusCode::OK);
    assert_eq!(image.headers["content-type"], "image/png");
    let side = |at: usize| u32::from_be_bytes(image.bytes[at..at + 4].try_into().expect("four bytes"));
    assert!(image.bytes.starts_with(b"\x89PNG"));
    assert_eq!((side(16), side(20)), (595, 842), "an A4 page at 72 dots an inch");
    assert_eq!(server.login("bert").await.get(&format!("{place}/1/image")).await.status, StatusCode::NOT_FOUND);
    for (path, status, code) in [
        ("999/image", StatusCode::NOT_FOUND, "not_found"),
        ("0/image", StatusCode::NOT_FOUND, "not_found"),
        ("1/image?dpi=5000", StatusCode::UNPROCESSABLE_ENTITY, "bad_dpi"),
    ] {
        let refused = client.get(&format!("{place}/{path}")).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (status, Some(code)), "{path}");
    }
    // Whoever has the picture is told so.
    let tag = image.headers["etag"].to_str().expect("text");
    let again = client
        .call(Method::GET, &full(&format!("{place}/1/image?dpi=72")), &[("if-none-match", tag)], Body::empty())
        .await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn a_file_without_pages_says_so() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let asset =
        client.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[("t.md", "# 招标文件".as_bytes())]).await.ok();
    let id = asset[0]["id"].as_str().expect("id");
    let refused = client.get(&format!("/projects/{project}/assets/{id}/pages/1/image")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["code"], "no_page_image");
}

#[tokio::test]
async fn the_words_of_a_page_come_with_their_places() {
    let server = Server::new().await;
    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let client = server.anna().await;
    let place = pages(&client).await;
    let answer = client.get(&format!("{place}/1/text")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "private, no-cache"));
    let lines = answer.json();
    let lines = lines.as_array().expect("lines");
    let word = |line: &serde_json::Value, name: &str| line[name].as_str().expect("text").to_owned();
    let text: String = lines.iter().map(|line| word(line, "text") + &word(line, "joint")).collect();
    let segments = client.get(&format!("{}/segments?page=1", place.trim_end_matches("/pages"))).await.json();
    let first = word(&segments[0], "content");
    assert!(!first.is_empty() && text.starts_with(&first), "{text}");
    for line in lines {
        let side = |name: &str| line[name].as_f64().expect("a number");
        assert!(!word(line, "text").trim().is_empty() && word(line, "joint").trim().is_empty(), "{line}");
        assert!(0.0 <= side("x0") && side("x0") < side("x1") && side("x1") <= 1.0, "{line}");
        assert!(0.0 <= side("y0") && side("y0") < side("y1") && side("y1") <= 1.0, "{line}");
    }
    let edges = |line: &serde_json::Value| line["edges"].as_array().expect("edges").len();
    assert!(lines.iter().all(|line| edges(line) == word(line, "text").chars().count()), "each character has its edge");
    for path in ["999/text", "0/text", "-1/text", "x/text"] {
        let status = client.get(&format!("{place}/{path}")).await.status;
        assert!(status.is_client_error(), "{path}: {status}");
    }
    assert_eq!(server.login("bert").await.get(&format!("{place}/1/text")).await.status, StatusCode::NOT_FOUND);
    // Whoever has the words is told so; another page is another answer.
    let tag = answer.header("etag").to_owned();
    for (page, status) in [(1, StatusCode::NOT_MODIFIED), (2, StatusCode::OK)] {
        let again = client
            .call(
                Method::GET,
                &full(&format!("{place}/{page}/text")),
                &[("if-none-match", tag.as_str())],
                Body::empty(),
            )
            .await;
        assert_eq!((again.status, again.bytes.is_empty()), (status, page == 1));
    }
}

#[tokio::test]
async fn the_words_of_pages_read_by_an_earlier_version_are_made_when_they_are_looked_at() {
    let server = Server::new().await;
    let client = server.anna().await;
    let place = pages(&client).await;
    let first = client.get(&format!("{place}/1/text")).await.ok();
    // As such a version left it.
    let asset = place.split('/').nth(4).expect("an id");
    let db = Db::open(&server.folder.path().join("bidlens.db")).await.expect("database");
    let mut tx = db.begin().await.expect("begin");
    let nothing = PageTexts { version: 0, pages: Vec::new() };
    db.put_page_texts(&mut tx, asset, &nothing).await.expect("forget");
    db.commit(tx).await.expect("commit");
    let (one, two) = (format!("{place}/1/text"), format!("{place}/2/text"));
    let (one, two) = tokio::join!(client.get(&one), client.get(&two));
    assert_eq!((one.ok(), two.status), (first, StatusCode::OK));
    assert_eq!(client.get(&format!("{place}/999/text")).await.status, StatusCode::NOT_FOUND);
}
