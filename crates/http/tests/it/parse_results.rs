//! The same bytes are parsed once, as long as what was read of them is whole and stored.

use bidlens_domain::document::{
    Block, BlockKind, Document, DocumentId, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue,
};
use serde_json::json;

use crate::support::{Client, Server, counting_parser};

fn document(issue: Option<IssueCode>) -> Document {
    let issue = issue.map(|code| ParseIssue {
        code,
        severity: IssueSeverity::Warning,
        page: None,
        detail: "the rest was left out".to_owned(),
    });
    Document {
        id: DocumentId::from_sha256("ab"),
        name: "first.md".to_owned(),
        sha256: "ab".repeat(32),
        format: Format::Markdown,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: vec![Block {
            kind: BlockKind::Paragraph,
            section: None,
            text: "投标有效期为九十日。".to_owned(),
            lines: Vec::new(),
        }],
        issues: issue.into_iter().collect(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
}

/// How often the parser was asked when the same bytes came several times, and whether each was an earlier result.
async fn asked(client: &Client<'_>, folder: &std::path::Path, names: &[&str]) -> (usize, Vec<bool>) {
    let mut reused = Vec::new();
    for name in names {
        let project = client.project(name).await;
        let imported = client
            .upload(&project, "?sync=1", &[], &[("kind", "tender")], &[(name, "同样的字节。".as_bytes())])
            .await
            .ok();
        let asset = &imported[0];
        assert_eq!((&asset["status"], &asset["filename"]), (&json!("ready"), &json!(name)), "{imported}");
        let run = client.get(&format!("/runs/{}", asset["run_id"].as_str().expect("a run"))).await.ok();
        reused.push(run["result_json"]["reused"].as_bool().expect("it says whether"));
    }
    let asked = std::fs::read_to_string(folder.join("asked")).unwrap_or_default();
    (asked.lines().count(), reused)
}

#[tokio::test]
async fn the_same_bytes_are_parsed_once() {
    let (folder, parser) = counting_parser(&document(None));
    let server = Server::with(|s| s.parser = parser).await;
    let client = server.anna().await;
    // Another name of the same kind changes nothing; another kind is another hint to the parser.
    let told = asked(&client, folder.path(), &["first.md", "second.md", "third.txt", "fourth.md"]).await;
    assert_eq!(told, (2, vec![false, true, false, true]));
    let projects = client.get("/projects").await.ok();
    for project in projects.as_array().expect("projects") {
        let path = format!("/projects/{}", project["id"].as_str().expect("id"));
        let plan = client.get(&format!("{path}/delete-plan")).await.ok();
        client.delete(&path, Some(json!({"confirm_token": plan["confirm_token"]}))).await.ok();
    }
    assert_eq!(asked(&client, folder.path(), &["fifth.md"]).await, (3, vec![false]), "it went with its files");
}

#[tokio::test]
async fn what_was_cut_short_is_parsed_again() {
    for code in [IssueCode::Interrupted, IssueCode::TooManyPages, IssueCode::PartLimit, IssueCode::UnreadablePage] {
        let (folder, parser) = counting_parser(&document(Some(code)));
        let server = Server::with(|s| s.parser = parser).await;
        let client = server.anna().await;
        let told = asked(&client, folder.path(), &["first.md", "second.md"]).await;
        assert_eq!(told, (2, vec![false, false]), "{code:?}");
    }
}
