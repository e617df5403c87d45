//! Prints how many jobs without work each store takes and ends in a second, commits forced to disk.
//!
//! `cargo run --release -p bidlens-storage --example throughput [JOBS] [BATCH] [WORKERS]`

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::time::{Duration, Instant};

use bidlens_jobs::memory::MemoryStore;
use bidlens_jobs::{End, JobStore, NewJob, WorkerId};
use bidlens_storage::{Db, PostgresOptions};
use bidlens_testkit::Postgres;
use serde_json::json;
use tokio::task::JoinSet;

#[derive(Clone, Copy)]
struct Size {
    jobs: usize,
    batch: usize,
    workers: usize,
}

async fn measure<S: JobStore + Clone>(name: &str, store: S, size: Size) {
    let started = Instant::now();
    let mut inserts = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        inserts.spawn(async move {
            for n in 0..size.jobs / 4 {
                store.insert(NewJob::new("q", "noop", "owner", json!({ "n": n }))).await.expect("insert");
            }
        });
    }
    inserts.join_all().await;
    let inserted = started.elapsed();
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..size.workers {
        let store = store.clone();
        workers.spawn(async move {
            let worker = WorkerId::new();
            store.renew_lease(worker, Duration::from_secs(600)).await.expect("lease");
            let mut done = 0;
            loop {
                let claimed = store.claim_batch(&["q".to_owned()], worker, size.batch).await.expect("claim");
                if claimed.is_empty() {
                    return done;
                }
                let ends = claimed.into_iter().map(|c| (c.claim, End::Succeeded(json!(null)))).collect();
                for outcome in store.finish_batch(ends).await {
                    outcome.expect("finish");
                    done += 1;
                }
            }
        });
    }
    let done: usize = workers.join_all().await.into_iter().sum();
    let ended = started.elapsed();
    println!(
        "{name}: {:.0} inserts/s, {:.0} jobs/s claimed and ended ({done} jobs, batches of {}, {} workers)",
        size.jobs as f64 / inserted.as_secs_f64(),
        done as f64 / ended.as_secs_f64(),
        size.batch,
        size.workers,
    );
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse().expect("a number"));
    let mut number = |default| numbers.next().unwrap_or(default);
    let size = Size { jobs: number(10_000), batch: number(100), workers: number(2) };
    measure("memory", MemoryStore::default(), Size { jobs: size.jobs.min(2_000), ..size }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = Db::open(&folder.path().join("bench.db")).await.expect("SQLite");
    measure("sqlite", sqlite, size).await;
    let server = Postgres::start_durable();
    let options = PostgresOptions::from_url(&server.database()).expect("a URL").connections(10);
    measure("postgres", Db::connect_postgres(&options).await.expect("PostgreSQL"), size).await;
}
