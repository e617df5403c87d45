//! Projects, assets, runs, results and keys, on both databases.

use bidlens_domain::document::{Document, DocumentId, Format, Language, Metadata};
use bidlens_jobs::{JobStore, NewJob, WorkerId};
use bidlens_storage::{
    Access, AssetKind, Db, NewAsset, NewRun, PageText, PageTexts, Remembered, ResultKind, StoredAnswer,
};
use serde_json::json;

use crate::support::{Place, indexed, on_both};

on_both!(
    a_run_and_its_asset_follow_their_job,
    the_same_bytes_are_the_same_asset,
    words_of_pages_are_those_of_the_document_that_is_stored,
    nobody_sees_what_is_not_theirs,
    a_deleted_project_leaves_nothing,
    an_idempotency_key_answers_once,
    a_result_of_the_parser_serves_while_one_of_its_files_is_there,
);

async fn project(db: &Db) -> (Access, String) {
    let user = db.add_user("u1", "li", "hash", false).await.expect("user");
    db.add_project("p1", &user.id, "name", "").await.expect("project");
    (Access::Owner(user.id), "p1".to_owned())
}

fn asset(id: &str) -> NewAsset {
    NewAsset {
        id: id.to_owned(),
        project_id: "p1".to_owned(),
        kind: AssetKind::Tender,
        filename: "招标文件.pdf".to_owned(),
        bidder_name: String::new(),
        size_bytes: 3,
        sha256: "ab".repeat(32),
    }
}

fn run(id: &str) -> NewRun {
    NewRun { id: id.to_owned(), project_id: "p1".to_owned(), kind: "ingest".to_owned() }
}

fn empty_document() -> Document {
    Document {
        id: DocumentId::from_sha256("ab"),
        name: "a".to_owned(),
        sha256: "ab".repeat(32),
        format: Format::Text,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: Vec::new(),
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
}

async fn a_run_and_its_asset_follow_their_job(place: &Place) {
    let db = place.open().await;
    let (access, project) = project(&db).await;
    let new_job = NewJob::new("ingest", "ingest", "u1", json!({}));
    let (asset, started) = db.add_asset(&asset("a1"), Some((&run("r1"), &new_job))).await.expect("add");
    assert_eq!((asset.status.as_str(), started.expect("run").run.status.as_str()), ("pending", "pending"));
    let worker = WorkerId::new();
    db.renew_lease(worker, std::time::Duration::from_secs(60)).await.expect("lease");
    let held = db.claim(new_job.id, worker).await.expect("claim").expect("won");
    assert_eq!(held.job.payload["asset_id"], "a1");
    assert_eq!(db.run(&access, "r1").await.expect("run").expect("run").status, "running");
    let mut tx = JobStore::begin(&db, held.claim).await.expect("begin");
    db.put_document(&mut tx, "a1", &empty_document(), &indexed(&empty_document()), None).await.expect("document");
    db.finish(tx, held.claim, bidlens_jobs::End::Succeeded(json!({"pages": 0}))).await.expect("finish");
    let run = db.run(&access, "r1").await.expect("run").expect("run");
    assert_eq!((run.status.as_str(), run.progress, run.result_json), ("success", 1.0, Some(json!({"pages": 0}))));
    let assets = db.assets(&access, &project).await.expect("assets");
    assert_eq!(assets.iter().map(|a| a.status.as_str()).collect::<Vec<_>>(), ["ready"]);
    assert_eq!(db.documents(&access, &project, AssetKind::Tender).await.expect("documents").len(), 1);
}

async fn words_of_pages_are_those_of_the_document_that_is_stored(place: &Place) {
    let db = place.open().await;
    project(&db).await;
    db.add_asset(&asset("a1"), None).await.expect("add");
    let read = async |page, version| db.page_text("a1", page, version).await.expect("read");
    let texts = |version, words: &str| PageTexts { version, pages: vec![(1, words.to_owned())] };
    let store = async |words: Option<&str>| {
        let mut tx = db.begin().await.expect("begin");
        db.put_document(&mut tx, "a1", &empty_document(), &indexed(&empty_document()), None).await.expect("document");
        if let Some(words) = words {
            db.put_page_texts(&mut tx, "a1", &texts(1, words)).await.expect("words");
        }
        db.commit(tx).await.expect("commit");
    };
    // Stored by a program that knew no words of pages; whoever makes them first has made them.
    store(None).await;
    assert_eq!(read(1, 1).await, PageText::NotMade);
    db.add_page_texts("a1", &texts(1, "first")).await.expect("add");
    db.add_page_texts("a1", &texts(1, "second")).await.expect("add");
    assert_eq!((read(1, 1).await, read(2, 1).await), (PageText::Text("first".to_owned()), PageText::NoSuchPage));
    // Another form takes the place of the one before.
    assert_eq!(read(1, 2).await, PageText::NotMade);
    db.add_page_texts("a1", &texts(2, "other form")).await.expect("add");
    assert_eq!((read(1, 2).await, read(1, 1).await), (PageText::Text("other form".to_owned()), PageText::NotMade));
    // Words that belong to the document before are not kept beside the new one.
    store(Some("read anew")).await;
    assert_eq!(read(1, 1).await, PageText::Text("read anew".to_owned()));
    store(None).await;
    assert_eq!(read(1, 1).await, PageText::NotMade);
}

async fn the_same_bytes_are_the_same_asset(place: &Place) {
    let db = place.open().await;
    let (access, project) = project(&db).await;
    db.add_asset(&asset("a1"), None).await.expect("add");
    let (again, started) = db.add_asset(&asset("a2"), None).await.expect("add");
    assert_eq!((again.id.as_str(), started.is_none()), ("a1", true));
    assert_eq!(db.assets(&access, &project).await.expect("assets").len(), 1);
}

async fn nobody_sees_what_is_not_theirs(place: &Place) {
    let db = place.open().await;
    let (_, project) = project(&db).await;
    db.add_asset(&asset("a1"), None).await.expect("add");
    let other = Access::Owner("u2".to_owned());
    assert!(db.project(&other, &project).await.expect("project").is_none());
    assert!(db.asset(&other, "a1").await.expect("asset").is_none());
    assert!(db.assets(&other, &project).await.expect("assets").is_empty());
    assert!(db.delete_project(&other, &project).await.expect("delete").is_none());
    assert!(!db.update_project(&other, &project, "x", "").await.expect("update"));
    assert!(db.documents(&other, &project, AssetKind::Tender).await.expect("documents").is_empty());
}

async fn a_deleted_project_leaves_nothing(place: &Place) {
    let db = place.open().await;
    let (access, project) = project(&db).await;
    let new_job = NewJob::new("ingest", "ingest", "u1", json!({}));
    db.add_asset(&asset("a1"), Some((&run("r1"), &new_job))).await.expect("add");
    let mut tx = db.begin().await.expect("begin");
    db.put_result(&mut tx, &project, ResultKind::Risks, "", "r1", &json!([])).await.expect("result");
    db.commit(tx).await.expect("commit");
    let hashes = db.delete_project(&access, &project).await.expect("delete").expect("own");
    assert_eq!(hashes, ["ab".repeat(32)]);
    assert!(JobStore::fetch(&db, new_job.id).await.expect("fetch").is_none());
    assert!(
        db.result::<serde_json::Value>(&Access::All, &project, ResultKind::Risks).await.expect("results").is_none()
    );
    assert!(db.assets(&Access::All, &project).await.expect("assets").is_empty());
}

async fn an_idempotency_key_answers_once(place: &Place) {
    let db = place.open().await;
    project(&db).await;
    let holder = bidlens_jobs::WorkerId::new();
    JobStore::renew_lease(&db, holder, std::time::Duration::from_secs(60)).await.expect("lease");
    assert_eq!(db.remember("u1", "k", "a", holder).await.expect("remember"), Remembered::New);
    assert_eq!(db.remember("u1", "k", "a", holder).await.expect("remember"), Remembered::InProgress);
    // A process that died answers nothing; whoever is asked next begins anew.
    let dead = WorkerId::new();
    assert_eq!(db.remember("u1", "dead", "a", dead).await.expect("remember"), Remembered::New);
    assert_eq!(db.remember("u1", "dead", "a", holder).await.expect("remember"), Remembered::New);
    assert_eq!(db.remember("u1", "dead", "a", holder).await.expect("remember"), Remembered::InProgress);
    let answer = StoredAnswer { status: 200, body: "{}".to_owned() };
    db.free("u1", "k", dead).await.expect("free");
    assert_eq!(db.remember("u1", "k", "a", holder).await.expect("remember"), Remembered::InProgress, "not its own");
    db.free("u1", "k", holder).await.expect("free");
    assert_eq!(db.remember("u1", "k", "a", holder).await.expect("remember"), Remembered::New);
    db.answer("u1", "k", &answer).await.expect("answer");
    db.free("u1", "k", holder).await.expect("free");
    assert_eq!(db.remember("u1", "k", "a", holder).await.expect("remember"), Remembered::Answered(answer));
    assert_eq!(db.remember("u1", "k", "b", holder).await.expect("remember"), Remembered::OtherRequest);
}

async fn a_result_of_the_parser_serves_while_one_of_its_files_is_there(place: &Place) {
    let db = place.open().await;
    let (access, _) = project(&db).await;
    let bytes = "ab".repeat(32);
    let bid = |id: &str, bidder: &str| NewAsset {
        kind: AssetKind::Bid,
        bidder_name: bidder.to_owned(),
        filename: format!("{id}.txt"),
        ..asset(id)
    };
    let store = async |id: &str, key: Option<&str>| {
        let mut tx = db.begin().await.expect("begin");
        db.put_document(&mut tx, id, &empty_document(), &indexed(&empty_document()), key).await.expect("document");
        db.commit(tx).await.expect("commit");
    };
    let found = async |sha256: &str, key: &str| db.parsed_before(sha256, key).await.expect("a result").is_some();

    for (id, bidder) in [("a1", "甲"), ("a2", "乙")] {
        db.add_asset(&bid(id, bidder), None).await.expect("add");
    }
    store("a1", None).await;
    assert!(!found(&bytes, "k1").await, "a result that may not serve again");
    assert!(!found(&bytes, "").await);
    store("a1", Some("k1")).await;
    assert!(found(&bytes, "k1").await);
    assert!(!found(&bytes, "k2").await, "another parser, or other limits");
    assert!(!found(&"cd".repeat(32), "k1").await, "other bytes");
    // Parsed again under other limits, it no longer is what the first parser read.
    store("a1", Some("k2")).await;
    assert!(!found(&bytes, "k1").await);
    store("a2", Some("k2")).await;
    assert_eq!(db.delete_asset(&access, "a1").await.expect("delete"), Some(None), "the other bidder still has it");
    assert!(found(&bytes, "k2").await);
    assert_eq!(db.delete_asset(&access, "a2").await.expect("delete"), Some(Some(bytes.clone())));
    assert!(!found(&bytes, "k2").await, "it goes with the last file");
}
