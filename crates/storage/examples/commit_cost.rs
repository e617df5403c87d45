//! Prints what it costs on this disk that a commit of SQLite outlives a power cut: never waited for, waited for by the
//! connection that writes (`synchronous=FULL`), and waited for beside it, by syncing the log after the commit.
//!
//! `cargo run -p bidlens-storage --example commit_cost [COMMITS] [CLIENTS] [ROUNDS]`

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::task::JoinSet;

#[derive(Debug, Clone, Copy)]
enum Promise {
    Nothing,
    Full,
    SyncedAfter,
}

async fn open(path: &Path, promise: Promise) -> SqlitePool {
    let synchronous =
        if matches!(promise, Promise::Full) { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("open");
    sqlx::query("CREATE TABLE jobs (id INTEGER PRIMARY KEY, payload TEXT)").execute(&pool).await.expect("a table");
    pool
}

/// A row of a job's size; the milliseconds until a client could be told of it.
async fn commit(pool: &SqlitePool, log: PathBuf, promise: Promise) -> f64 {
    let begin = Instant::now();
    sqlx::query("INSERT INTO jobs (payload) VALUES ($1)").bind("x".repeat(800)).execute(pool).await.expect("insert");
    if matches!(promise, Promise::SyncedAfter) {
        let synced = tokio::task::spawn_blocking(|| std::fs::File::open(log)?.sync_data()).await;
        synced.expect("a thread").expect("sync");
    }
    begin.elapsed().as_secs_f64() * 1000.0
}

/// What each commit took, and all of them together.
async fn measure(promise: Promise, commits: usize, clients: usize) -> (Vec<f64>, Duration) {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("folder");
    let pool = open(&folder.path().join("rows.db"), promise).await;
    let log = folder.path().join("rows.db-wal");
    let begin = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..clients {
        let (pool, log) = (pool.clone(), log.clone());
        asking.spawn(async move {
            let mut took = Vec::new();
            for _ in 0..commits / clients {
                took.push(commit(&pool, log.clone(), promise).await);
            }
            took
        });
    }
    let took = asking.join_all().await.concat();
    let all = begin.elapsed();
    pool.close().await;
    (took, all)
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse().expect("a number"));
    let (commits, clients, rounds) =
        (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(50), numbers.next().unwrap_or(3));
    for _ in 0..rounds {
        for promise in [Promise::Nothing, Promise::Full, Promise::SyncedAfter] {
            let (mut took, all) = measure(promise, commits, clients).await;
            took.sort_by(f64::total_cmp);
            let share = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
            println!(
                "{promise:?}: {:.0} commits/s by {clients} clients, p50 {:.1} ms, p99 {:.1} ms",
                took.len() as f64 / all.as_secs_f64(),
                share(50),
                share(99),
            );
        }
    }
}
