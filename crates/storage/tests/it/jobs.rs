//! The job store, on both databases.

use bidlens_jobs::{JobStore, NewJob, WorkerId, conformance};
use serde_json::json;

use crate::support::{Place, on_both};

on_both!(every_promise_of_the_engine_is_kept, jobs_survive_a_reopened_database);

async fn every_promise_of_the_engine_is_kept(place: &Place) {
    conformance::exercise(&place.open().await).await;
}

async fn jobs_survive_a_reopened_database(place: &Place) {
    let db = place.open().await;
    let job = db.insert(NewJob::new("q", "k", "o", json!({}))).await.expect("insert").job().id;
    let worker = WorkerId::new();
    db.renew_lease(worker, std::time::Duration::from_secs(60)).await.expect("lease");
    db.claim(job, worker).await.expect("claim").expect("won");
    db.close().await;
    let db = place.open().await;
    db.expire_other_workers(WorkerId::new()).await.expect("expire");
    assert_eq!(db.rescue().await.expect("rescue"), [job]);
}
