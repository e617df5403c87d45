//! Many at once, on both databases: nothing is done twice and nothing is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bidlens_jobs::{End, Inserted, JobId, JobStore, NewJob, WorkerId};
use bidlens_storage::{Access, AssetKind, NewAsset, NewRun, Remembered, ResultKind};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Place, on_both};

on_both!(
    eight_claimers_take_each_of_500_jobs_once,
    the_same_key_at_once_is_one_job,
    a_foreign_job_is_adopted_once,
    the_same_bytes_at_once_are_one_asset_with_one_job,
    an_idempotency_key_at_once_is_reserved_once,
    a_project_is_deleted_beside_a_job_that_writes,
    a_schema_is_made_by_one_of_many,
);

const LONG: Duration = Duration::from_secs(60);

async fn eight_claimers_take_each_of_500_jobs_once(place: &Place) {
    const JOBS: usize = 500;
    let db = place.open().await;
    for _ in 0..JOBS {
        db.insert(NewJob::new("q", "k", "o", json!({}))).await.expect("insert");
    }
    let done = Arc::new(AtomicUsize::new(0));
    let mut claimers = JoinSet::new();
    for n in 0..8usize {
        let (db, done) = (db.clone(), Arc::clone(&done));
        claimers.spawn(async move {
            let worker = WorkerId::new();
            db.renew_lease(worker, LONG).await.expect("lease");
            let mut mine: Vec<JobId> = Vec::new();
            while done.load(Ordering::Relaxed) < JOBS {
                let limit = 1 + n;
                let claimed = db.claim_batch(&["q".to_owned()], worker, limit).await.expect("claim");
                assert!(claimed.len() <= limit);
                mine.extend(claimed.iter().map(|c| c.job.id));
                done.fetch_add(claimed.len(), Ordering::Relaxed);
                let ends = claimed.into_iter().map(|c| (c.claim, End::Succeeded(json!(n)))).collect();
                for outcome in db.finish_batch(ends).await {
                    outcome.expect("finish");
                }
            }
            mine
        });
    }
    let taken: Vec<JobId> = claimers.join_all().await.concat();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (JOBS, JOBS));
    let counts = db.counts().await.expect("counts");
    assert_eq!(counts.iter().map(|c| (c.state.as_str(), c.count)).collect::<Vec<_>>(), [("succeeded", JOBS as u64)]);
}

async fn the_same_key_at_once_is_one_job(place: &Place) {
    let db = place.open().await;
    for round in 0..5 {
        let mut inserts = JoinSet::new();
        for _ in 0..16 {
            let db = db.clone();
            let new = NewJob { unique_key: Some(format!("key {round}")), ..NewJob::new("q", "k", "o", json!({})) };
            inserts.spawn(async move { db.insert(new).await.expect("insert") });
        }
        let inserted = inserts.join_all().await;
        let ids: BTreeSet<JobId> = inserted.iter().map(|i| i.job().id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(inserted.iter().filter(|i| matches!(i, Inserted::New(_))).count(), 1);
    }
}

async fn a_foreign_job_is_adopted_once(place: &Place) {
    let db = place.open().await;
    let foreign = NewJob { unique_key: Some("key".to_owned()), ..NewJob::new("q", "k", "o", json!({})) };
    let mut adoptions = JoinSet::new();
    for _ in 0..16 {
        let (db, foreign) = (db.clone(), foreign.clone());
        adoptions.spawn(async move { db.adopt(foreign).await.expect("adopt") });
    }
    let adopted = adoptions.join_all().await;
    assert!(adopted.iter().all(|a| a.job().id == foreign.id));
    assert_eq!(adopted.iter().filter(|a| matches!(a, Inserted::New(_))).count(), 1);
}

async fn the_same_bytes_at_once_are_one_asset_with_one_job(place: &Place) {
    let db = place.open().await;
    let user = db.add_user("u1", "li", "hash", false).await.expect("user");
    db.add_project("p1", &user.id, "name", "").await.expect("project");
    let mut uploads = JoinSet::new();
    for n in 0..8 {
        let db = db.clone();
        uploads.spawn(async move {
            let asset = NewAsset {
                id: format!("a{n}"),
                project_id: "p1".to_owned(),
                kind: AssetKind::Bid,
                filename: "投标文件.pdf".to_owned(),
                bidder_name: "甲公司".to_owned(),
                size_bytes: 3,
                sha256: "ab".repeat(32),
            };
            let run = NewRun { id: format!("r{n}"), project_id: "p1".to_owned(), kind: "ingest".to_owned() };
            let job = NewJob::new("ingest", "ingest", "u1", json!({}));
            db.add_asset(&asset, Some((&run, &job))).await.expect("add")
        });
    }
    let uploaded = uploads.join_all().await;
    assert_eq!(uploaded.iter().map(|(asset, _)| &asset.id).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(uploaded.iter().filter(|(_, run)| run.is_some()).count(), 1);
    assert_eq!(db.ready(&["ingest".to_owned()], 10).await.expect("ready").len(), 1);
}

async fn an_idempotency_key_at_once_is_reserved_once(place: &Place) {
    let db = place.open().await;
    db.add_user("u1", "li", "hash", false).await.expect("user");
    let holder = bidlens_jobs::WorkerId::new();
    JobStore::renew_lease(&db, holder, std::time::Duration::from_secs(60)).await.expect("lease");
    let mut requests = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        requests.spawn(async move { db.remember("u1", "key", "request", holder).await.expect("remember") });
    }
    let known = requests.join_all().await;
    assert_eq!(known.iter().filter(|k| **k == Remembered::New).count(), 1);
    assert_eq!(known.iter().filter(|k| **k == Remembered::InProgress).count(), 7);
}

async fn a_project_is_deleted_beside_a_job_that_writes(place: &Place) {
    let db = place.open().await;
    let user = db.add_user("u1", "li", "hash", false).await.expect("user");
    db.add_project("p1", &user.id, "name", "").await.expect("project");
    let run = NewRun { id: "r1".to_owned(), project_id: "p1".to_owned(), kind: "risks".to_owned() };
    let job = db.submit(&run, &NewJob::new("extract", "risks", "u1", json!({}))).await.expect("submit").job;
    let worker = WorkerId::new();
    db.renew_lease(worker, LONG).await.expect("lease");
    let held = db.claim(job.id, worker).await.expect("claim").expect("won");
    let mut tx = JobStore::begin(&db, held.claim).await.expect("begin");
    let deletion = tokio::spawn({
        let db = db.clone();
        async move { db.delete_project(&Access::All, "p1").await }
    });
    // Time for the deletion to stand in line behind the job.
    tokio::time::sleep(Duration::from_millis(200)).await;
    db.put_result(&mut tx, "p1", ResultKind::Risks, "", "r1", &json!([])).await.expect("result");
    db.finish(tx, held.claim, End::Succeeded(json!(null))).await.expect("finish");
    assert_eq!(deletion.await.expect("join").expect("delete"), Some(Vec::new()));
    assert!(db.fetch(job.id).await.expect("fetch").is_none());
    let results = db.result::<serde_json::Value>(&Access::All, "p1", ResultKind::Risks).await.expect("results");
    assert!(results.is_none());
}

async fn a_schema_is_made_by_one_of_many(place: &Place) {
    let opened = futures_util::future::join_all((0..4).map(|_| place.open())).await;
    for db in &opened {
        db.ping().await.expect("ping");
        assert_eq!(db.count_users().await.expect("count"), 0);
    }
}
