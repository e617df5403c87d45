//! A SQLite database of an earlier or a later program.

use std::fs;
use std::path::Path;

use bidlens_jobs::{JobStore, NewJob, WorkerId};
use bidlens_storage::{Access, Db, ResultKind, StorageError, VerdictCounts};
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

async fn raw(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqlitePool::connect_with(options).await.expect("a database")
}

#[tokio::test]
async fn a_database_of_the_first_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = folder.path().join("migrations");
    fs::create_dir(&first).expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite/0001_first.sql");
    fs::copy(shipped, first.join("0001_first.sql")).expect("copy the first migration");
    let path = folder.path().join("old.db");
    let pool = raw(&path).await;
    Migrator::new(first).await.expect("migrations").run(&pool).await.expect("the first schema");
    let worker = WorkerId::new();
    let lease = "INSERT INTO job_workers (id, lease_until) VALUES ($1, 32503680000000)";
    sqlx::query(lease).bind(worker.to_string()).execute(&pool).await.expect("a worker");
    for statement in [
        "INSERT INTO users VALUES ('u1', 'li', 'hash', 0, 0)",
        "INSERT INTO projects VALUES ('p1', 'u1', 'name', '', 0, 0)",
        "INSERT INTO assets VALUES ('a1', 'p1', 'tender', 't.md', '', 1, 'ab', 'ready', NULL, NULL, NULL, 0)",
        "INSERT INTO documents VALUES ('a1', 1, '{}')",
        "INSERT INTO segments VALUES ('a1', 7, 'ab12-34-1', 5, '', 'text', '[]')",
        "INSERT INTO runs (id, project_id, kind, status, error, job_id, created_at, updated_at)
         VALUES ('r1', 'p1', 'review', 'failed', 'no luck', 'j1', 0, 0)",
        "INSERT INTO results VALUES ('p1', 'facts', '', 'r1', 1, '[1]', 0)",
        "INSERT INTO projects VALUES ('p2', 'u1', 'reviewed', '', 1, 0)",
        "INSERT INTO results VALUES ('p2', 'facts', '', 'r1', 1, '{\"fields\": {\"bid_deadline\":
            {\"value\": {\"Moment\": {\"DateTime\": \"2026-03-05T09:30:00\"}}}}}', 0)",
        "INSERT INTO results VALUES ('p2', 'review', 'A', 'r1', 1, '{\"findings\": [
            {\"verdict\": \"fail\", \"source\": \"compare\", \"rule_id\": \"B001\", \"remark\": \"\"},
            {\"verdict\": \"pass\", \"source\": \"rule\", \"rule_id\": \"\", \"remark\": \"\"},
            {\"verdict\": \"risk\", \"source\": \"cross_bid\", \"rule_id\": \"X\", \"remark\": \"\"}]}', 0)",
        "INSERT INTO results VALUES ('p2', 'review', 'B', 'r1', 1, '{\"findings\": []}', 0)",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("a row");
    }
    pool.close().await;

    let db = Db::open(&path).await.expect("open");
    let workers = db.workers().await.expect("workers");
    assert_eq!(
        workers.iter().map(|w| (w.info.id, w.info.pid, w.info.queues.len())).collect::<Vec<_>>(),
        [(worker, 0, 0)]
    );
    // Segments keep their ids and wait to be indexed.
    let segment = db.segment(&Access::All, "ab12-34-1").await.expect("look up").expect("a segment");
    assert_eq!((segment.page, segment.last_page, segment.header.as_str()), (5, 5, ""));
    let part = db.segment(&Access::All, "ab12-34-0").await.expect("look up").expect("the segment of its block");
    assert_eq!(part.chunk_id, "ab12-34-1");
    assert!(db.segment(&Access::All, "ab12-35-0").await.expect("look up").is_none());
    assert_eq!(db.assets_to_index(1, None, 10).await.expect("list"), ["a1"]);
    let facts = db.result::<serde_json::Value>(&Access::All, "p1", ResultKind::Facts).await.expect("read");
    assert_eq!(facts.map(|row| (row.run_id, row.content)), Some(("r1".to_owned(), json!([1]))));
    let user = db.user_by_name("li").await.expect("look up").expect("a user").user;
    assert!(!user.may_see_clues());
    let projects = db.projects(&Access::All).await.expect("list");
    let told: Vec<_> =
        projects.iter().map(|p| (p.bid_deadline.as_deref(), p.counts.segments, p.counts.findings)).collect();
    let reviewed = VerdictCounts { pass: 1, risk: 0, fail: 1 };
    assert_eq!(told, [(Some("2026-03-05T09:30"), 0, reviewed), (None, 1, VerdictCounts::default())]);
    let run = db.run(&Access::All, "r1").await.expect("look up").expect("a run");
    assert_eq!(
        (run.error.as_deref(), run.error_code),
        (Some("no luck"), None),
        "nobody knows the code of what failed before"
    );
    let job = db.insert(NewJob::new("q", "k", "o", json!({}))).await.expect("insert").job().id;
    db.set_queue_paused("q", true).await.expect("pause");
    assert!(db.claim(job, worker).await.expect("claim").is_none());
}

#[tokio::test]
async fn a_database_of_a_later_program_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new.db");
    Db::open(&path).await.expect("open").close().await;
    let pool = raw(&path).await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, x'00', 0)";
    sqlx::query(later).execute(&pool).await.expect("a later migration");
    pool.close().await;
    let error = Db::open(&path).await.expect_err("it is newer");
    let shipped = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite")).expect("migrations");
    let number = |name: &str| name.split('_').next().and_then(|n| n.parse::<i64>().ok());
    let newest = shipped.filter_map(|f| number(f.expect("a file").file_name().to_str()?)).max().expect("migrations");
    assert!(matches!(error, StorageError::SchemaIsNewer { found: 9999, known } if known == newest), "{error}");
}
