//! Every verb of the repository answers the same on both databases: one story, told by each, compared.

use std::fmt::Debug;

use bidlens_domain::clue::{Clue, ClueKind, ClueLevel, ClueSide, ClueText, FileTrait};
use bidlens_domain::decision::{Decision, DecisionKind};
use bidlens_domain::document::{
    Block, BlockIndex, BlockKind, Document, DocumentId, Format, Language, Metadata, Section, SectionIndex,
};
use bidlens_domain::finding::BidReview;
use bidlens_domain::wording::both;
use bidlens_jobs::{Claimed, End, FailureCode, JobId, JobStore, NewJob, WorkerId};
use bidlens_storage::{
    Access, AssetKind, Db, NewAsset, NewDecision, NewRun, NewUpload, PageTexts, REVIEW_RUNS_KEPT, ResultKind,
    ResultSummary, StorageError, StoredAnswer, StoredFile, Vectors, VerdictCounts,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Place, indexed};

/// What happened, without times.
#[derive(Default)]
struct Story(String);

impl Story {
    fn tell(&mut self, what: &str, answer: impl Debug) {
        let answer = format!("{answer:?}");
        let words = answer.split_inclusive([' ', ',', '(', ')']);
        let timeless: String = words.map(|word| if is_time(word) { "AT " } else { word }).collect();
        self.0.push_str(&format!("{what}: {timeless}\n"));
    }
}

fn is_time(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() > 10 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && bytes[10] == b'T'
}

fn block(section: u32, text: String) -> Block {
    Block { kind: BlockKind::Paragraph, section: Some(SectionIndex(section)), text, lines: Vec::new() }
}

/// More segments than one statement takes, and characters that databases stumble over.
fn document() -> Document {
    let mut blocks = vec![block(0, "nul \0, 'quoted', \"twice\", {now}, $1, \\u0000, 𠮷, @".to_owned())];
    // Long enough that each stands alone.
    blocks.extend((0..1_200).map(|n| block(0, format!("第{n}条{}", "投标人应提交。".repeat(25)))));
    Document {
        id: DocumentId::from_sha256("ab"),
        name: "招标文件\0.pdf".to_owned(),
        sha256: "ab".repeat(32),
        format: Format::Text,
        language: Language::Zh,
        pages: Vec::new(),
        sections: vec![Section {
            parent: None,
            level: 1,
            number: "一".to_owned(),
            title: "总则\0".to_owned(),
            heading: BlockIndex(0),
            page: 1,
        }],
        blocks,
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
}

fn asset(n: u32, kind: AssetKind, bidder: &str) -> NewAsset {
    NewAsset {
        id: format!("a{n}"),
        project_id: "p1".to_owned(),
        kind,
        filename: format!("文件 \0{n}.pdf"),
        bidder_name: bidder.to_owned(),
        size_bytes: i64::from(n),
        sha256: format!("{n:064}"),
    }
}

fn run(n: u32, kind: &str) -> NewRun {
    NewRun { id: format!("r{n}"), project_id: "p1".to_owned(), kind: kind.to_owned() }
}

fn job(n: u128, queue: &str) -> NewJob {
    NewJob { id: JobId(Uuid::from_u128(n)), ..NewJob::new(queue, "kind", "u1", json!({ "n": 1.5, "s": "\0" })) }
}

async fn claim(db: &Db, n: u128) -> Claimed {
    let worker = WorkerId::new();
    db.renew_lease(worker, std::time::Duration::from_secs(60)).await.expect("lease");
    let mut held = db.claim(JobId(Uuid::from_u128(n)), worker).await.expect("claim").expect("won");
    held.job.worker = None;
    held
}

async fn story(db: &Db) -> String {
    let mut story = Story::default();
    users(db, &mut story).await;
    projects(db, &mut story).await;
    files(db, &mut story).await;
    uploads(db, &mut story).await;
    work(db, &mut story).await;
    ends(db, &mut story).await;
    story.0
}

async fn users(db: &Db, story: &mut Story) {
    db.ping().await.expect("ping");
    story.tell("users", db.count_users().await.expect("count"));
    story.tell("add", db.add_user("u1", "李\0", "hash", true).await.expect("add"));
    story.tell("add", db.add_user("u2", "wang", "hash", false).await.expect("add"));
    let taken = db.add_user("u3", "wang", "hash", false).await;
    story.tell("taken", matches!(taken, Err(StorageError::Taken)));
    for (name, allowed) in [("wang", true), ("李\0", true), ("李\0", false), ("nobody", true)] {
        story.tell("may see clues", db.set_can_see_clues(name, allowed).await.expect("change a right"));
    }
    for name in ["wang", "李\0", "nobody"] {
        let user = db.user_by_name(name).await.expect("find");
        story.tell(name, user.map(|u| (u.user, u.password_hash)));
    }
    db.add_token("t1", "u1", "label", 60).await.expect("token");
    db.add_token("t2", "u1", "label", -1).await.expect("token");
    db.add_token("t3", "u2", "label", 60).await.expect("token");
    for token in ["t1", "t2", "t4"] {
        story.tell(token, db.user_by_token(token, None).await.expect("token"));
    }
    story.tell("all users", db.users().await.expect("users"));
    db.add_token("t5", "u1", "label", 60).await.expect("token");
    db.end_sessions("u1").await.expect("end");
    story.tell("ended", db.user_by_token("t5", None).await.expect("token"));
    db.add_token("t1", "u1", "label", 60).await.expect("token");
    db.forget_expired_tokens().await.expect("forget");
    db.revoke_token("t1").await.expect("revoke");
    story.tell("t1 revoked", db.user_by_token("t1", None).await.expect("token"));
    story.tell("password", db.set_password("wang", "other").await.expect("password"));
    story.tell("password of nobody", db.set_password("nobody", "other").await.expect("password"));
    story.tell("t3 ended", db.user_by_token("t3", None).await.expect("token"));
    let answer = StoredAnswer { status: 201, body: "{\"\0\"}".to_owned() };
    let holder = bidlens_jobs::WorkerId::new();
    JobStore::renew_lease(db, holder, std::time::Duration::from_secs(60)).await.expect("lease");
    story.tell("key", db.remember("u1", "k", "request", holder).await.expect("remember"));
    db.answer("u1", "k", &answer).await.expect("answer");
    story.tell("key", db.remember("u1", "k", "request", holder).await.expect("remember"));
    story.tell("key", db.remember("u1", "open", "request", holder).await.expect("remember"));
    db.forget_unanswered_keys().await.expect("forget");
    story.tell("key", db.remember("u1", "open", "request", holder).await.expect("remember"));
    db.free("u1", "open", holder).await.expect("answer");
    story.tell("key", db.remember("u1", "open", "another", holder).await.expect("remember"));
}

async fn projects(db: &Db, story: &mut Story) {
    db.add_project("p1", "u1", "名\0称", "about").await.expect("add");
    db.add_project("p2", "u2", "other", "").await.expect("add");
    let nameless = db.add_project("p3", "u1", "", "").await;
    story.tell("nameless", nameless.map_err(|e| (e.fault(), e.is_retryable())));
    let ownerless = db.add_project("p3", "nobody", "name", "").await;
    story.tell("ownerless", ownerless.map_err(|e| (e.fault(), e.is_retryable())));
    let own = Access::Owner("u1".to_owned());
    story.tell("update", db.update_project(&own, "p1", "new", "\0").await.expect("update"));
    story.tell("update", db.update_project(&own, "p2", "new", "").await.expect("update"));
    story.tell("own", db.projects(&own).await.expect("list"));
    let mut all = db.projects(&Access::All).await.expect("list");
    all.sort_by(|a, b| a.id.cmp(&b.id));
    story.tell("all", all);
    story.tell("other's", db.project(&own, "p2").await.expect("read"));
}

async fn files(db: &Db, story: &mut Story) {
    let all = Access::All;
    let ingest = job(1, "ingest");
    let tender = asset(1, AssetKind::Tender, "");
    story.tell("tender", db.add_asset(&tender, Some((&run(1, "ingest"), &ingest))).await.expect("add"));
    story.tell("again", db.add_asset(&tender, Some((&run(2, "ingest"), &job(2, "ingest")))).await.expect("add"));
    for (n, bidder) in [(2, "乙公司"), (3, "甲公司"), (4, "甲公司")] {
        story.tell("bid", db.add_asset(&asset(n, AssetKind::Bid, bidder), None).await.expect("add"));
    }
    story.tell(
        "ingest",
        db.add_asset(&asset(5, AssetKind::Attachment, ""), Some((&run(3, "ingest"), &job(3, "ingest"))))
            .await
            .expect("add"),
    );
    let held = claim(db, 1).await;
    story.tell("claimed", &held.job);
    let mut tx = JobStore::begin(db, held.claim).await.expect("begin");
    let mut indexed = indexed(&document());
    db.put_document(&mut tx, "a1", &document(), &indexed, None).await.expect("document");
    let values = vec![0.5, -0.25, 1.0e-7, f32::MAX];
    indexed.vectors = Some(Vectors { model: "m\0".to_owned(), dimensions: 2, values });
    db.put_document(&mut tx, "a1", &document(), &indexed, None).await.expect("again");
    let ended = db.finish(tx, held.claim, End::Succeeded(json!({"pages": 1, "s": "\0"}))).await.expect("finish");
    story.tell("ended", ended);
    story.tell("asset", db.asset(&all, "a1").await.expect("read"));
    story.tell("assets", db.assets(&all, "p1").await.expect("list").len());
    let documents = db.documents(&all, "p1", AssetKind::Tender).await.expect("documents");
    story.tell("documents", documents.iter().map(|d| (&d.asset.id, d.document == document())).collect::<Vec<_>>());
    let segments = db.segments(&all, "a1", None).await.expect("segments");
    story.tell("segments", (segments.len(), &segments[0], &segments[7], segments.last()));
    story.tell("page", db.segments(&all, "a1", Some(segments[0].page)).await.expect("segments").len());
    story.tell("no page", db.segments(&all, "a1", Some(99)).await.expect("segments").len());
    story.tell("searchable", db.index_states(&all, "p1").await.expect("states"));
    story.tell("not own", db.index_states(&Access::Owner("u2".to_owned()), "p1").await.expect("states"));
    story.tell("words", &db.segment_words(&all, "a1").await.expect("words")[..2]);
    story.tell("not own", db.segment_words(&Access::Owner("u2".to_owned()), "a1").await.expect("words"));
    story.tell("vectors", db.vectors(&all, "a1").await.expect("vectors"));
    story.tell("not own", db.vectors(&Access::Owner("u2".to_owned()), "a1").await.expect("vectors"));
    let some = db.segments_at(&all, "a1", &[5, 1, 999_999]).await.expect("segments");
    story.tell("some", some == [segments[1].clone(), segments[5].clone()]);
    let version = indexed.version;
    for (version, model) in [(version, None), (version + 1, None), (version, Some("m")), (version, Some("m\0"))] {
        story.tell("to index", db.assets_to_index(version, model, 10).await.expect("list"));
    }
    story.tell("document", db.document("a1").await.expect("read") == Some(document()));
    story.tell("no document", db.document("a9").await.expect("read"));
    let texts = |version, words: &str| PageTexts { version, pages: vec![(1, words.to_owned()), (2, "[]".to_owned())] };
    story.tell("no words", db.page_text("a1", 1, 1).await.expect("read"));
    db.add_page_texts("a1", &texts(1, "招标\0\\u0000")).await.expect("add");
    for (asset, page, version) in [("a1", 1, 1), ("a1", 2, 1), ("a1", 3, 1), ("a1", 1, 2), ("a9", 1, 1)] {
        story.tell("words", db.page_text(asset, page, version).await.expect("read"));
    }
    let within = format!("{}-5-0", document().id.as_str());
    story.tell("by a block", db.segment(&all, &within).await.expect("segment"));
    story.tell("by nonsense", db.segment(&all, "ab-x-0").await.expect("segment"));
    story.tell("one", db.segment(&all, &segments[3].chunk_id).await.expect("segment"));
    story.tell("not own", db.segment(&Access::Owner("u2".to_owned()), &segments[3].chunk_id).await.expect("segment"));
    story.tell("project", db.project(&all, "p1").await.expect("read"));
    let stranger = Access::Owner("u2".to_owned());
    story.tell("not own", db.change_asset(&stranger, "a3", AssetKind::Tender, "").await.expect("change"));
    story.tell("changed", db.change_asset(&all, "a3", AssetKind::Bid, "丁\0公司").await.expect("change"));
    story.tell(
        "back",
        db.change_asset(&all, "a3", AssetKind::Bid, "甲公司").await.expect("change").map(|a| a.bidder_name),
    );
    story.tell("totals", db.totals().await.expect("totals"));
    for n in [1, 9] {
        story.tell("used", db.file_is_used(&format!("{n:064}")).await.expect("look"));
    }
    story.tell("delete", db.delete_asset(&all, "a5").await.expect("delete"));
    story.tell("delete", db.delete_asset(&all, "a5").await.expect("delete"));
    story.tell("its run", db.run(&all, "r3").await.expect("run"));
    story.tell("its job", db.fetch(JobId(Uuid::from_u128(3))).await.expect("fetch"));
}

async fn uploads(db: &Db, story: &mut Story) {
    let (own, other) = (Access::Owner("u1".to_owned()), Access::Owner("u2".to_owned()));
    let new = |n: u32| NewUpload {
        id: format!("up{n}"),
        project_id: "p1".to_owned(),
        kind: AssetKind::Bid,
        bidder_name: "甲\0公司".to_owned(),
        filename: "投标\0.pdf".to_owned(),
        size_bytes: 10,
    };
    story.tell("not own", db.add_upload(&other, &new(1), 9).await.expect("add"));
    for n in [1, 2, 3] {
        story.tell("begun", db.add_upload(&own, &new(n), 2).await.expect("add"));
    }
    let piece = |n: u32, size_bytes| StoredFile { sha256: format!("{n:064}"), size_bytes };
    for (start, piece) in [(0, piece(91, 4)), (0, piece(92, 4)), (4, piece(92, 7)), (4, piece(1, 4)), (8, piece(91, 2))]
    {
        story.tell("piece", db.add_piece("up1", start, &piece).await.expect("piece"));
    }
    story.tell("piece of none", db.add_piece("up9", 0, &piece(91, 1)).await.expect("piece"));
    story.tell("piece", db.add_piece("up2", 0, &piece(92, 1)).await.expect("piece"));
    for (access, project, id) in [(&own, "p1", "up1"), (&other, "p1", "up1"), (&own, "p2", "up1"), (&own, "p1", "up9")]
    {
        story.tell("upload", db.upload(access, project, id).await.expect("read"));
    }
    story.tell("pieces", db.pieces("up1").await.expect("pieces"));
    story.tell("pieces", db.count_pieces("up1").await.expect("count"));
    for access in [&own, &other] {
        let open = db.open_uploads(access, "p1").await.expect("list");
        story.tell("open", open.iter().map(|upload| (upload.received, &upload.filename)).collect::<Vec<_>>());
    }
    for n in [91, 93] {
        story.tell("used", db.file_is_used(&format!("{n:064}")).await.expect("look"));
    }
    story.tell("unused", db.finish_upload("up1", &["a1".to_owned()]).await.expect("finish"));
    story.tell("upload", db.upload(&own, "p1", "up1").await.expect("read"));
    story.tell("open", db.open_uploads(&own, "p1").await.expect("list").len());
    story.tell("after its end", db.add_piece("up1", 10, &piece(91, 0)).await.expect("piece"));
    story.tell("not own", db.remove_upload(&other, "p1", "up2").await.expect("remove"));
    story.tell("removed", db.remove_upload(&own, "p1", "up2").await.expect("remove"));
    story.tell("removed", db.remove_upload(&own, "p1", "up2").await.expect("remove"));
    db.add_upload(&own, &new(4), 9).await.expect("add");
    db.add_piece("up4", 0, &piece(94, 1)).await.expect("piece");
    story.tell("none is idle", db.remove_idle_uploads(60_000).await.expect("remove"));
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    story.tell("idle", db.remove_idle_uploads(1).await.expect("remove"));
    // One stays, to go with its project.
    db.add_upload(&own, &new(5), 9).await.expect("add");
    db.add_piece("up5", 0, &piece(95, 1)).await.expect("piece");
}

async fn work(db: &Db, story: &mut Story) {
    let all = Access::All;
    let review = NewJob { unique_key: Some("review p1".to_owned()), ..job(10, "review") };
    let submitted = db.submit(&run(10, "review"), &review).await.expect("submit");
    story.tell("submitted", (submitted.run, submitted.job, submitted.existing));
    let again = NewJob { id: JobId(Uuid::from_u128(11)), ..review };
    let submitted = db.submit(&run(11, "review"), &again).await.expect("submit");
    story.tell("submitted", (submitted.run, submitted.existing));
    db.submit(&run(12, "risks"), &job(12, "extract")).await.expect("submit");
    let held = claim(db, 10).await;
    let mut tx = JobStore::begin(db, held.claim).await.expect("begin");
    for subject in ["乙公司", "甲公司", "Acme", "丙\0公司"] {
        let content = json!({ "of": subject, "n": 1.0e-7 });
        db.put_result(&mut tx, "p1", ResultKind::Review, subject, "r10", &content).await.expect("result");
    }
    db.put_result(&mut tx, "p1", ResultKind::Facts, "", "r10", &json!([1])).await.expect("result");
    db.put_result(&mut tx, "p1", ResultKind::Facts, "", "r10", &json!([2])).await.expect("result");
    db.retain_results(&mut tx, "p1", ResultKind::Review, &["甲公司", "Acme", "丙\0公司"]).await.expect("retain");
    db.finish(tx, held.claim, End::Succeeded(json!({}))).await.expect("finish");
    let undone = JobStore::begin(db, claim(db, 12).await.claim).await;
    let mut undone = undone.expect("begin");
    db.put_result(&mut undone, "p1", ResultKind::Risks, "", "r12", &json!([])).await.expect("result");
    drop(undone);
    story.tell("undone", db.result::<Value>(&all, "p1", ResultKind::Risks).await.expect("result").is_some());
    story.tell("results", db.results::<Value>(&all, "p1", ResultKind::Review).await.expect("results"));
    db.remove_result("p1", ResultKind::Review, "Acme").await.expect("remove");
    story.tell("results", db.results::<Value>(&all, "p1", ResultKind::Review).await.expect("results").len());
    story.tell("facts", db.result::<Value>(&all, "p1", ResultKind::Facts).await.expect("result"));
    let mut tx = db.begin().await.expect("begin");
    db.retain_results(&mut tx, "p1", ResultKind::Review, &[]).await.expect("retain");
    db.commit(tx).await.expect("commit");
    story.tell("results", db.results::<Value>(&all, "p1", ResultKind::Review).await.expect("results").len());
    clues(db, story).await;
    decisions(db, story).await;
    snapshots(db, story).await;
    story.tell("run", db.run(&all, "r10").await.expect("run"));
    let mut runs = db.runs(&all, "p1").await.expect("runs");
    runs.sort_by(|a, b| a.id.cmp(&b.id));
    story.tell("runs", runs);
    story.tell("not own", db.runs(&Access::Owner("u2".to_owned()), "p1").await.expect("runs"));
    failures(db, story).await;
    summaries(db, story).await;
    story.tell("latest", db.latest_runs(&all, None).await.expect("latest"));
    story.tell("run counts", db.run_counts().await.expect("counts"));
}

/// A job, its run and its file tell the same of a failure, and nothing of it once the job is asked for again.
async fn failures(db: &Db, story: &mut Story) {
    let all = Access::All;
    let (new, ingest) = (asset(13, AssetKind::Bid, "丁公司"), run(13, "ingest"));
    db.add_asset(&new, Some((&ingest, &job(13, "ingest")))).await.expect("add");
    let told = async |story: &mut Story| {
        let run = db.run(&all, "r13").await.expect("run").expect("there");
        let file = db.asset(&all, "a13").await.expect("asset").expect("there");
        story.tell("failure", (run.status, run.error, run.error_code, file.status, file.error, file.error_code));
    };
    let held = claim(db, 13).await;
    let tx = JobStore::begin(db, held.claim).await.expect("begin");
    let locked = FailureCode::FileEncrypted.because("locked\0");
    let ended = db.finish(tx, held.claim, End::Failed(locked)).await.expect("finish");
    assert_eq!(ended.error_code, Some(FailureCode::FileEncrypted));
    told(story).await;
    db.requeue(JobId(Uuid::from_u128(13))).await.expect("requeue").expect("requeued");
    told(story).await;
    db.cancel(JobId(Uuid::from_u128(13))).await.expect("cancel");
    told(story).await;
}

/// A project tells of its results what was stored for lists, and no more of one that is gone.
async fn summaries(db: &Db, story: &mut Story) {
    let all = Access::All;
    db.submit(&run(14, "review"), &job(14, "review")).await.expect("submit");
    let told = async |story: &mut Story| {
        let project = db.project(&all, "p1").await.expect("read").expect("there");
        story.tell("project", (project.bid_deadline, project.counts));
    };
    told(story).await;
    let held = claim(db, 14).await;
    let mut tx = JobStore::begin(db, held.claim).await.expect("begin");
    for (deadline, kind, subject) in [
        (None, ResultKind::Facts, ""),
        (Some("2026-03-05T09:30"), ResultKind::Facts, ""),
        (None, ResultKind::Review, "甲公司"),
        (None, ResultKind::Review, "乙公司"),
    ] {
        db.put_result(&mut tx, "p1", kind, subject, "r14", &json!({})).await.expect("result");
        let findings = VerdictCounts { pass: 5, risk: 2, fail: 1 };
        let findings = if kind == ResultKind::Review { findings } else { VerdictCounts::default() };
        let summary = ResultSummary { bid_deadline: deadline.map(str::to_owned), findings };
        db.put_summary(&mut tx, "p1", kind, subject, &summary).await.expect("summary");
    }
    db.finish(tx, held.claim, End::Succeeded(json!({}))).await.expect("finish");
    told(story).await;
    let project = db.project(&all, "p1").await.expect("read").expect("there");
    assert_eq!(project.counts.findings, VerdictCounts { pass: 10, risk: 4, fail: 2 });
    db.remove_result("p1", ResultKind::Review, "甲公司").await.expect("remove");
    told(story).await;
    let mut tx = db.begin().await.expect("begin");
    db.retain_results(&mut tx, "p1", ResultKind::Review, &[]).await.expect("retain");
    db.commit(tx).await.expect("commit");
    told(story).await;
}

async fn clues(db: &Db, story: &mut Story) {
    let clue = |subject: &str, others: &str| {
        let side = |name: &str| ClueSide {
            bidder_name: name.to_owned(),
            evidence: Vec::new(),
            traits: vec![FileTrait::new("文件\0.docx".to_owned(), None, both("作者", "author"), "蓝".to_owned())],
        };
        let text = ClueText {
            kind: ClueKind::FileTraits,
            subject: subject.to_owned(),
            summary: both("作者相同\0", "The same author\0"),
            innocent: Vec::new(),
            more: 0,
        };
        Clue::new(text, ClueLevel::Lead, vec![side("甲公司"), side(others)]).expect("two sides")
    };
    let (own, other) = (Access::Owner("u1".to_owned()), Access::Owner("u2".to_owned()));
    db.forget_clues("p1", "Acme").await.expect("there are none");
    let mut tx = db.begin().await.expect("begin");
    let both = [clue("a", "Acme"), clue("b", "乙公司")];
    db.put_result(&mut tx, "p1", ResultKind::Clues, "", "r10", &both).await.expect("result");
    db.commit(tx).await.expect("commit");
    db.forget_clues("p1", "Acme").await.expect("forget");
    for access in [&own, &other] {
        let kept = db.result::<Vec<Clue>>(access, "p1", ResultKind::Clues).await.expect("clues");
        story.tell("clues", &kept);
        assert!(kept.is_none_or(|row| row.content == both[1..]), "those that quote Acme are forgotten");
    }
}

async fn snapshots(db: &Db, story: &mut Story) {
    let (own, other) = (Access::Owner("u1".to_owned()), Access::Owner("u2".to_owned()));
    let of =
        |name: &str| BidReview { bidder_name: name.to_owned(), price: None, files: Vec::new(), findings: Vec::new() };
    for n in 0..=REVIEW_RUNS_KEPT {
        let mut tx = db.begin().await.expect("begin");
        let reviews = [of("甲公司"), of("Acme\0")];
        db.keep_reviews(&mut tx, "p1", &format!("v{n:02}"), &reviews).await.expect("keep");
        db.commit(tx).await.expect("commit");
        // The clock counts milliseconds, and the order of runs is told.
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let runs = |access: Access| async move {
        let runs = db.reviewed_runs(&access, "p1").await.expect("runs");
        runs.into_iter().map(|r| r.run_id).collect::<Vec<_>>()
    };
    let kept = runs(own.clone()).await;
    assert_eq!((kept.len(), kept[0].as_str(), kept[9].as_str()), (10, "v10", "v01"), "the oldest is forgotten");
    story.tell("kept", kept);
    story.tell("not own", runs(other.clone()).await);
    db.forget_reviews("p1", "甲公司").await.expect("forget");
    for (access, run) in [(&own, "v10"), (&own, "v00"), (&other, "v10")] {
        story.tell("kept", db.kept_reviews(access, "p1", run).await.expect("reviews"));
    }
}

async fn decisions(db: &Db, story: &mut Story) {
    let (own, other) = (Access::Owner("u1".to_owned()), Access::Owner("u2".to_owned()));
    let decision = |kind, reason| Decision::new(kind, None, None, Some(reason)).expect("a decision");
    let (rejected, accepted) = (decision(DecisionKind::Rejected, "误报\0"), decision(DecisionKind::Accepted, ""));
    for (access, finding_id, made) in
        [(&own, "f2", &rejected), (&own, "f1", &accepted), (&other, "f3", &accepted), (&own, "f2", &accepted)]
    {
        let new =
            NewDecision { finding_id, bidder_name: "甲公司", substance: "s1", decision: made, decided_by: "li" };
        story.tell("decided", db.put_decision(access, "p1", new).await.expect("decide"));
    }
    for access in [&own, &other, &Access::All] {
        let mut rows = db.decisions(access, "p1").await.expect("decisions");
        rows.sort_by(|a, b| a.finding_id.cmp(&b.finding_id));
        story.tell("decisions", rows);
    }
    for (access, finding) in [(&other, "f1"), (&own, "f1"), (&own, "f1")] {
        story.tell("undecided", db.remove_decision(access, "p1", finding).await.expect("undecide"));
    }
}

async fn ends(db: &Db, story: &mut Story) {
    let all = Access::All;
    db.insert(job(20, "review")).await.expect("insert");
    for (access, state, queue, limit) in [
        (Access::Owner("u2".to_owned()), None, None, 10),
        (Access::Owner("u1".to_owned()), Some("succeeded"), None, 10),
        (all.clone(), None, Some("review"), 10),
        (all.clone(), None, None, -1),
    ] {
        let mut jobs = db.list_jobs(&access, state, queue, limit).await.expect("list");
        for job in &mut jobs {
            job.worker = None;
        }
        jobs.sort_by_key(|job| job.id);
        story.tell("jobs", (state, queue, limit, jobs.iter().map(|j| (j.id, j.state)).collect::<Vec<_>>()));
    }
    let oldest = db.oldest_waiting().await.expect("oldest");
    story.tell("oldest", oldest.iter().map(|(queue, age)| (queue, (0.0..60.0).contains(age))).collect::<Vec<_>>());
    story.tell("counts", db.counts().await.expect("counts"));
    db.insert(job(21, "review")).await.expect("insert");
    let ids: Vec<String> = [10, 20, 21].map(|n| Uuid::from_u128(n).to_string()).into();
    let mut before: Vec<_> = db
        .waiting_before(&ids.iter().map(String::as_str).collect::<Vec<_>>())
        .await
        .expect("before")
        .into_iter()
        .collect();
    before.sort();
    story.tell("before", before);
    let hours = db.finished_by_hour(24).await.expect("hours");
    let mut by_queue = std::collections::BTreeMap::new();
    for (queue, _, n) in hours {
        *by_queue.entry(queue).or_insert(0) += n;
    }
    story.tell("hours", by_queue);
    story.tell("delete", db.delete_project(&Access::Owner("u2".to_owned()), "p1").await.expect("delete"));
    let mut hashes = db.delete_project(&all, "p1").await.expect("delete").expect("there");
    hashes.sort();
    story.tell("delete", hashes);
    story.tell(
        "left",
        db.list_jobs(&all, None, None, 100).await.expect("list").iter().map(|j| j.id).collect::<Vec<_>>(),
    );
    story.tell("left", (db.run_counts().await.expect("counts"), db.project(&all, "p1").await.expect("read")));
}

#[tokio::test]
async fn both_databases_tell_the_same_story() {
    let (here, there) = (Place::sqlite(), Place::postgres());
    let sqlite = story(&here.open().await).await;
    let postgres = story(&there.open().await).await;
    for (line, (told, other)) in sqlite.lines().zip(postgres.lines()).enumerate() {
        assert_eq!(told, other, "line {line}");
    }
    assert_eq!(sqlite, postgres);
    // The story says something, and NUL stands for itself in JSON only.
    for word in [
        "李\u{FFFD}",
        "\"文件 \u{FFFD}1.pdf\"",
        "丙\u{FFFD}公司",
        "𠮷",
        "总则\u{FFFD}",
        "(Ours, false)",
        "documents: [(\"a1\", true)]",
    ] {
        assert!(sqlite.contains(word), "{word} is not in the story:\n{sqlite}");
    }
}
