//! What only PostgreSQL can do to us: locks held by others, sessions ended, the server gone.

use std::time::{Duration, Instant};

use bidlens_jobs::{Claimed, End, JobId, JobState, JobStore, NewJob, StoreError, WorkerId};
use bidlens_storage::{Db, PostgresOptions, StorageError, StorageFault};
use bidlens_testkit::Postgres;
use serde_json::json;

use crate::support::connect;

const LONG: Duration = Duration::from_secs(60);

/// A job claimed by a worker whose lease has ended.
async fn held_by_the_dead(db: &Db) -> Claimed {
    let worker = WorkerId::new();
    db.renew_lease(worker, Duration::ZERO).await.expect("lease");
    let job = db.insert(NewJob::new("q", "k", "o", json!({}))).await.expect("insert").job().id;
    db.claim(job, worker).await.expect("claim").expect("won")
}

/// Rescues, which must not wait for anybody.
async fn rescue(db: &Db) -> Vec<JobId> {
    let rescued = tokio::time::timeout(Duration::from_secs(2), db.rescue()).await;
    rescued.expect("a rescue waits for nobody").expect("rescue")
}

async fn rescued_within(db: &Db, patience: Duration) -> Vec<JobId> {
    let deadline = Instant::now() + patience;
    loop {
        let rescued = rescue(db).await;
        if !rescued.is_empty() || Instant::now() > deadline {
            return rescued;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_paused_writer_is_neither_overtaken_nor_waited_for() {
    let db = connect(&Postgres::shared().database(), 4).await;
    let held = held_by_the_dead(&db).await;
    let tx = JobStore::begin(&db, held.claim).await.expect("begin");
    assert!(rescue(&db).await.is_empty(), "it is writing");
    let ended = db.finish(tx, held.claim, End::Succeeded(json!(1))).await.expect("its claim still holds");
    assert_eq!((ended.state, ended.crashes), (JobState::Succeeded, 0));

    let held = held_by_the_dead(&db).await;
    let tx = JobStore::begin(&db, held.claim).await.expect("begin");
    assert!(rescue(&db).await.is_empty());
    drop(tx);
    assert_eq!(rescued_within(&db, Duration::from_secs(5)).await, [held.job.id]);
    assert!(matches!(JobStore::begin(&db, held.claim).await, Err(StoreError::LostClaim(_))));
}

#[tokio::test]
async fn a_writer_paused_for_too_long_loses_its_session_and_its_claim() {
    let url = Postgres::shared().database();
    let options = PostgresOptions::from_url(&url).expect("a URL").idle_in_transaction(Duration::from_millis(300));
    let db = Db::connect_postgres(&options).await.expect("a database");
    let held = held_by_the_dead(&db).await;
    let tx = JobStore::begin(&db, held.claim).await.expect("begin");
    assert!(rescue(&db).await.is_empty());
    assert_eq!(rescued_within(&db, Duration::from_secs(5)).await, [held.job.id]);
    let error = db.finish(tx, held.claim, End::Succeeded(json!(1))).await.expect_err("its session has ended");
    assert!(error.is_retryable(), "{error}");
    assert!(matches!(JobStore::begin(&db, held.claim).await, Err(StoreError::LostClaim(_))));
    let row = db.fetch(held.job.id).await.expect("fetch").expect("row");
    assert_eq!((row.state, row.crashes, row.result), (JobState::Queued, 1, None));
}

#[tokio::test]
async fn a_connection_that_dies_in_a_transaction_undoes_it() {
    let server = Postgres::shared();
    let url = server.database();
    let db = connect(&url, 4).await;
    let held = held_by_the_dead(&db).await;
    let tx = JobStore::begin(&db, held.claim).await.expect("begin");
    let ended = server.psql(
        &url,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction'",
    );
    assert_eq!(ended, "1");
    let error = db.finish(tx, held.claim, End::Succeeded(json!(1))).await.expect_err("the connection is dead");
    assert!(error.is_retryable(), "{error}");
    // One broken connection is no outage.
    assert_eq!(rescue(&db).await, [held.job.id]);
    assert!(matches!(JobStore::begin(&db, held.claim).await, Err(StoreError::LostClaim(_))));
}

#[tokio::test]
async fn waiting_for_a_lock_ends_and_may_be_tried_again() {
    let url = Postgres::shared().database();
    let options = PostgresOptions::from_url(&url).expect("a URL").lock_wait(Duration::from_millis(200));
    let db = Db::connect_postgres(&options).await.expect("a database");
    let held = held_by_the_dead(&db).await;
    let tx = JobStore::begin(&db, held.claim).await.expect("begin");
    let error = db.cancel(held.job.id).await.expect_err("the row is locked");
    assert!(error.is_retryable(), "{error}");
    drop(tx);
    db.cancel(held.job.id).await.expect("cancel");
}

#[tokio::test]
async fn after_an_outage_nobody_is_dead_for_a_full_lease() {
    const LEASE: Duration = Duration::from_secs(3);
    let server = Postgres::start();
    let db = connect(&server.database(), 4).await;
    let held = held_by_the_dead(&db).await;
    db.renew_lease(held.job.worker.expect("a worker"), Duration::from_millis(1)).await.expect("lease");
    db.renew_lease(WorkerId::new(), LEASE).await.expect("lease");
    server.kill();
    assert!(db.rescue().await.expect_err("the server is gone").is_retryable());
    server.restart();
    // Connections that answered a moment ago are used unasked; each that broke costs one failed statement, and all four
    // may have: an answer of one says nothing of the others.
    let mut recovered = db.ping().await;
    for _ in 0..4 {
        recovered = db.ping().await;
    }
    recovered.expect("the pool recovers");
    let back = Instant::now();
    assert!(rescue(&db).await.is_empty(), "everybody may come back first");
    assert_eq!(rescued_within(&db, LEASE * 3).await, [held.job.id]);
    assert!(back.elapsed() >= LEASE - Duration::from_millis(500), "{:?}", back.elapsed());
}

#[tokio::test]
async fn a_killed_server_costs_no_job_and_repeats_no_end() {
    const JOBS: usize = 300;
    let server = Postgres::start();
    let db = connect(&server.database(), 6).await;
    for n in 0..JOBS {
        db.insert(NewJob::new("q", "k", "o", json!(n))).await.expect("insert");
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let db = db.clone();
        workers.spawn(async move {
            let worker = WorkerId::new();
            let mut failures = 0usize;
            loop {
                let step = async {
                    db.renew_lease(worker, LONG).await?;
                    let claimed = db.claim_batch(&["q".to_owned()], worker, 3).await?;
                    let empty = claimed.is_empty();
                    for outcome in db
                        .finish_batch(claimed.into_iter().map(|c| (c.claim, End::Succeeded(c.job.payload))).collect())
                        .await
                    {
                        outcome?;
                    }
                    if empty {
                        // What was claimed by an answer that never arrived is this worker's own to give back.
                        db.release_worker(worker).await?;
                        let counts = db.counts().await?;
                        return Ok(counts.iter().all(|c| c.state == JobState::Succeeded));
                    }
                    Ok::<bool, StoreError>(false)
                };
                match step.await {
                    Ok(true) => return failures,
                    Ok(false) => {}
                    Err(error) => {
                        // A claim is not waited for until it is on disk, so that the server may forget the newest of
                        // them; whoever held one is told so, and the job is claimed again.
                        let forgotten = matches!(error, StoreError::LostClaim(_));
                        assert!(error.is_retryable() || forgotten, "{error}");
                        failures += 1;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            }
        });
    }
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        let counts = db.counts().await.expect("counts");
        if counts.iter().any(|c| c.state == JobState::Succeeded && c.count >= 30) {
            break;
        }
    }
    let server = tokio::task::spawn_blocking(move || {
        server.kill();
        std::thread::sleep(Duration::from_millis(300));
        server.restart();
        server
    });
    let _server = server.await.expect("kill");
    let failures: usize = workers.join_all().await.into_iter().sum();
    assert!(failures > 0, "the kill was noticed");
    let counts = db.counts().await.expect("counts");
    assert_eq!(counts.iter().map(|c| (c.state.as_str(), c.count)).collect::<Vec<_>>(), [("succeeded", JOBS as u64)]);
}

#[tokio::test]
async fn a_schema_that_is_not_ours_is_named() {
    let server = Postgres::shared();
    let url = server.database();
    connect(&url, 2).await.close().await;
    let options = PostgresOptions::from_url(&url).expect("a URL");
    server.psql(
        &url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, '', 0)",
    );
    let error = Db::connect_postgres(&options).await.expect_err("it is newer");
    let StorageError::SchemaIsNewer { found, known } = error else { panic!("{error}") };
    let known_here = server.psql(&url, "SELECT count(*) FROM _sqlx_migrations WHERE version < 9999");
    assert_eq!((found, known.to_string()), (9999, known_here.trim().to_owned()));
    assert_eq!((error.fault(), error.is_retryable()), (StorageFault::Input, false));
    server.psql(&url, "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 9999");
    let error = Db::connect_postgres(&options).await.expect_err("it is half done");
    assert!(matches!(error, StorageError::SchemaIsHalfDone(9999)), "{error}");
    server.psql(&url, "DELETE FROM _sqlx_migrations WHERE version = 9999; UPDATE _sqlx_migrations SET checksum = ''");
    let error = Db::connect_postgres(&options).await.expect_err("it is another");
    assert!(matches!(error, StorageError::SchemaIsForeign(1)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_outside_error() {
    let options = PostgresOptions::from_parts("127.0.0.1", 1, "none", "nobody", None);
    let started = Instant::now();
    let error = Db::connect_postgres(&options).await.expect_err("nobody listens there");
    assert_eq!((error.fault(), error.is_retryable()), (StorageFault::Outside, true), "{error}");
    assert!(started.elapsed() < Duration::from_secs(15));
}
