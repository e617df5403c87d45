//! One SQL text for both databases: the query, its values, its rows, and the few places where dialects differ.
//!
//! Statements are written once; what SQLite and PostgreSQL say differently stands in braces and is named in
//! [`seam`]. All text that is stored goes through [`Value`], where the one character that PostgreSQL refuses is
//! replaced. Whole numbers are 64 bits wide and truth is 0 or 1 in both schemas, so that rows read alike.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction, Type};

use crate::db::{Tx, is_passing};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What stands for `{name}` or `{name:argument}` in a statement.
fn seam(name: &str, argument: &str, dialect: Dialect) -> String {
    let (sqlite, postgres) = match name {
        // Milliseconds since 1970 by the clock of the database, not of the transaction.
        "now" => (
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
        ),
        // The rows of a JSON array of strings, in the column `value`.
        "each" => ("json_each(@)", "json_array_elements_text(CAST(@ AS json))"),
        // The columns of the table that is updated from another.
        "updated" => ("*", "platform_jobs.*"),
        // SQLite has one writer, and whoever reads in a transaction for writing is that writer.
        "lock" => ("", "FOR NO KEY UPDATE"),
        "lock_jobs" => ("", "FOR NO KEY UPDATE OF j"),
        "lock_free_jobs" => ("", "FOR NO KEY UPDATE OF j SKIP LOCKED"),
        "lock_to_delete" => ("", "FOR UPDATE"),
        // Jobs `j` that may run now. Time and pauses are looked up once, and most jobs depend on nothing. Joined to
        // the pauses, PostgreSQL would sort a whole backlog instead of reading the first of it from the index.
        "ready" => {
            let ready = "j.state = 'queued' AND j.run_at <= (SELECT {now})
                         AND j.queue NOT IN (SELECT c.queue FROM queue_controls AS c WHERE c.paused = 1)
                         AND (j.depends_on = '[]'
                              OR NOT EXISTS (SELECT 1 FROM {each:j.depends_on} AS d
                                               JOIN platform_jobs AS p ON p.id = d.value
                                              WHERE p.state <> 'succeeded'))";
            (ready, ready)
        }
        // Jobs whose end is long enough ago: successes `$1`, others `$2`, all the lesser of both.
        "old" => {
            let old = "finished_at IS NOT NULL AND finished_at <= (SELECT {now}) - $3
                       AND finished_at <= (SELECT {now}) - CASE WHEN state = 'succeeded' THEN $1 ELSE $2 END";
            (old, old)
        }
        // How many findings of the reviews of project `p` have a verdict.
        "verdicts" => {
            let sum = "(SELECT CAST(COALESCE(SUM(s.@), 0) AS BIGINT) FROM result_summaries s
                         WHERE s.project_id = p.id AND s.kind = 'review') AS @";
            (sum, sum)
        }
        "insert_job" => {
            let insert = "INSERT INTO platform_jobs (id, queue, kind, payload, owner_id, unique_key, depends_on,
                                                     timeout_ms, state, errors_max, crashes_max, run_at, created_at,
                                                     updated_at)
                          SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10, ms, ms, ms
                            FROM (SELECT {now} AS ms) AS now WHERE TRUE";
            (insert, insert)
        }
        // The same, unless a job with its unique key is open.
        "insert_new_job" => {
            let insert = "{insert_job} ON CONFLICT (unique_key) WHERE state IN ('queued', 'running') DO NOTHING
                          RETURNING *";
            (insert, insert)
        }
        "claim_picked" => {
            let claim = "UPDATE platform_jobs
                            SET state = 'running', claim_id = $1, worker_id = $2, attempt = attempt + 1,
                                started_at = now.ms, updated_at = now.ms
                           FROM (SELECT {now} AS ms {unsynced}) AS now
                          WHERE platform_jobs.id IN (SELECT picked_id FROM picked)
                         RETURNING {updated}";
            (claim, claim)
        }
        // A column that lets this transaction's commit return before it is on disk. For claims alone: one that a
        // crash of the server forgets leaves its job queued, another attempt takes it, and the fence refuses what
        // the forgotten one writes. Whatever commits after it carries it to disk.
        "unsynced" => ("", ", set_config('synchronous_commit', 'off', true) AS unsynced"),
        // Of the jobs that a JSON array names, those that may run now. PostgreSQL is told to look each up by its
        // key: left the choice, it reads every waiting job for each that is named while it knows little of a table
        // that has just grown.
        "picked_by_key" => (
            "SELECT j.id AS picked_id FROM platform_jobs AS j WHERE j.id IN (SELECT l.value FROM {each:@} AS l) AND {ready}",
            "SELECT j.id AS picked_id FROM {each:@} AS l CROSS JOIN LATERAL
                    (SELECT j.id FROM platform_jobs AS j WHERE j.id = l.value AND {ready} {lock_free_jobs}) AS j",
        ),
        // The running jobs that ends name, each looked up by its key, locked in the order of the ends.
        "ended_by_key" => (
            "{ends:@} AS e CROSS JOIN platform_jobs AS j WHERE j.id = e.job AND j.claim_id = e.claim",
            "{ends:@} AS e CROSS JOIN LATERAL
             (SELECT j.id FROM platform_jobs AS j WHERE j.id = e.job AND j.claim_id = e.claim {lock_jobs}) AS j",
        ),
        // How attempts end, from JSON; see `jobs::ends_of`.
        "ends" => (
            "(SELECT value ->> 'job' AS job, value ->> 'claim' AS claim, value ->> 'next' AS next,
                     value ->> 'spent' AS spent, value ->> 'failure' AS failure, value ->> 'code' AS code,
                     value ->> 'outcome' AS outcome, value ->> 'after_ms' AS after_ms, value ->> 'erred' AS erred FROM json_each(@))",
            "(SELECT * FROM json_to_recordset(CAST(@ AS json)) AS list (job TEXT, claim TEXT, next TEXT, spent TEXT,
                     failure TEXT, code TEXT, outcome TEXT, after_ms BIGINT, erred BIGINT))",
        ),
        // Segments of a document, from JSON; see `assets::rows_of`.
        "segments" => (
            "(SELECT value ->> 'ordinal' AS ordinal, value ->> 'chunk_id' AS chunk_id,
                     value ->> 'first_block' AS first_block, value ->> 'last_block' AS last_block,
                     value ->> 'page' AS page, value ->> 'last_page' AS last_page, value ->> 'section' AS section,
                     value ->> 'header' AS header, value ->> 'content' AS content, value ->> 'boxes' AS boxes,
                     value ->> 'words' AS words FROM json_each(@))",
            "(SELECT * FROM json_to_recordset(CAST(@ AS json)) AS list (ordinal BIGINT, chunk_id TEXT,
                     first_block BIGINT, last_block BIGINT, page BIGINT, last_page BIGINT, section TEXT, header TEXT,
                     content TEXT, boxes TEXT, words TEXT))",
        ),
        // The words of pages, from JSON; see `page_texts::put_rows`.
        "page_texts" => (
            "(SELECT value ->> 'page' AS page, value ->> 'content' AS content FROM json_each(@))",
            "(SELECT * FROM json_to_recordset(CAST(@ AS json)) AS list (page BIGINT, content TEXT))",
        ),
        _ => unreachable!("no seam is named {name}"),
    };
    let text = match dialect {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
    };
    text.replace('@', argument)
}

/// Where a statement's text lies, its length, and the dialect it is wanted in.
type Place = (usize, usize, Dialect);

/// Statements that were put together: by where their text lies, which tells constants apart.
static WRITTEN: RwLock<BTreeMap<(usize, usize, Dialect), Arc<str>>> = RwLock::new(BTreeMap::new());

/// The statement in a dialect.
fn written(text: &'static str, dialect: Dialect) -> SqlStr {
    if !text.contains('{') {
        return text.into_sql_str();
    }
    let place: Place = (text.as_ptr() as usize, text.len(), dialect);
    let known = WRITTEN.read().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
    let known = known.unwrap_or_else(|| {
        let new: Arc<str> = put_together(text, dialect).into();
        WRITTEN.write().unwrap_or_else(PoisonError::into_inner).insert(place, Arc::clone(&new));
        new
    });
    // Only constants of this crate were put together.
    AssertSqlSafe(known).into_sql_str()
}

fn put_together(text: &'static str, dialect: Dialect) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.find('{') {
        let Some(length) = text[start..].find('}') else { unreachable!("a seam is closed") };
        let inner = &text[start + 1..start + length];
        let (name, argument) = inner.split_once(':').unwrap_or((inner, ""));
        let replacement = seam(name, argument, dialect);
        text.replace_range(start..=start + length, &replacement);
    }
    text
}

/// Something bound to a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Vec<u8>),
}

/// Text as both databases take it: PostgreSQL stores every character but NUL.
pub(crate) fn storable(text: impl Into<String>) -> String {
    let text = text.into();
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

/// Strings as the JSON array that `{each:…}` takes.
pub(crate) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(storable).collect();
    serde_json::Value::from(texts).to_string()
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Some(storable(text)))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(storable(text)))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::from(text.as_str())
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Value {
        Value::Text(text.map(storable))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        Value::Text(text.map(storable))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Value {
        Value::from(text.as_deref())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Bytes(bytes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Int(number)
    }
}

/// Connections to one of the databases.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool, Arc<Outages>),
}

/// Where a statement runs.
pub(crate) enum On<'a> {
    Pool(&'a Pool),
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Pool> for On<'a> {
    fn from(pool: &'a Pool) -> On<'a> {
        On::Pool(pool)
    }
}

impl<'a> From<&'a mut Tx> for On<'a> {
    fn from(tx: &'a mut Tx) -> On<'a> {
        On::Tx(tx)
    }
}

/// What this process saw of the database's outages, and the longest lease it granted.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    /// Nothing has succeeded since the last sign of an outage.
    down: AtomicBool,
    ended: Mutex<Option<Instant>>,
    lease_ms: AtomicU64,
}

impl Outages {
    pub(crate) fn granted(&self, lease: Duration) {
        let lease = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX);
        self.lease_ms.fetch_max(lease, Ordering::Relaxed);
    }

    /// The database did not answer.
    pub(crate) fn note(&self) {
        self.down.store(true, Ordering::Release);
    }

    fn answered(&self) {
        if self.down.load(Ordering::Acquire) && self.down.swap(false, Ordering::AcqRel) {
            *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Whether an outage ended so short ago that a worker may not have had a full lease to come back.
    pub(crate) fn is_recent(&self) -> bool {
        let lease = Duration::from_millis(self.lease_ms.load(Ordering::Relaxed));
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        self.down.load(Ordering::Acquire) || ended.is_some_and(|at| at.elapsed() < lease)
    }
}

impl Pool {
    fn noted<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if let Pool::Postgres(_, outages) = self {
            match &result {
                Ok(_) => outages.answered(),
                Err(error) if is_outage(error) => outages.note(),
                Err(_) => {}
            }
        }
        result
    }

    /// A transaction for writing. On SQLite a read that turns into a write would fail as busy without waiting.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let tx = match self {
            Pool::Sqlite(pool) => pool.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Pool::Postgres(pool, _) => pool.begin().await.map(Tx::Postgres),
        };
        self.noted(tx)
    }

    pub(crate) async fn close(&self) {
        match self {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool, _) => pool.close().await,
        }
    }
}

/// The server is gone, rather than one statement refused.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => {
            database.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        sqlx::Error::PoolClosed => false,
        other => is_passing(other),
    }
}

/// A row of either database.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn try_get<'r, T, I>(&'r self, column: I) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
        I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        match self {
            Row::Sqlite(row) => sqlx::Row::try_get(row, column),
            Row::Postgres(row) => sqlx::Row::try_get(row, column),
        }
    }
}

/// A statement with what is bound to `$1`, `$2`, …
#[derive(Debug)]
#[must_use]
pub(crate) struct Query {
    text: &'static str,
    values: Vec<Value>,
}

pub(crate) fn query(text: &'static str) -> Query {
    Query { text, values: Vec::new() }
}

/// The statement with its values, for one driver.
macro_rules! prepared {
    ($query:expr, $dialect:expr) => {{
        let mut prepared = sqlx::query(written($query.text, $dialect));
        for value in $query.values {
            prepared = match value {
                Value::Text(text) => prepared.bind(text),
                Value::Int(number) => prepared.bind(number),
                Value::Bytes(bytes) => prepared.bind(bytes),
            };
        }
        prepared
    }};
}

/// Runs the statement with the driver's own `$method` and turns the outcome into ours.
macro_rules! run {
    ($query:expr, $on:expr, $method:ident, $sqlite:expr, $postgres:expr) => {
        match $on.into() {
            On::Pool(pool) => {
                let result = match pool {
                    Pool::Sqlite(inner) => prepared!($query, Dialect::Sqlite).$method(inner).await.map($sqlite),
                    Pool::Postgres(inner, _) => {
                        prepared!($query, Dialect::Postgres).$method(inner).await.map($postgres)
                    }
                };
                pool.noted(result)
            }
            On::Tx(Tx::Sqlite(tx)) => prepared!($query, Dialect::Sqlite).$method(&mut **tx).await.map($sqlite),
            On::Tx(Tx::Postgres(tx)) => prepared!($query, Dialect::Postgres).$method(&mut **tx).await.map($postgres),
        }
    };
}

impl Query {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        self
    }

    /// Runs it and tells how many rows it touched.
    pub(crate) async fn execute(self, on: impl Into<On<'_>>) -> Result<u64, sqlx::Error> {
        run!(self, on, execute, |done| done.rows_affected(), |done| done.rows_affected())
    }

    pub(crate) async fn fetch_all(self, on: impl Into<On<'_>>) -> Result<Vec<Row>, sqlx::Error> {
        run!(self, on, fetch_all, |rows| rows.into_iter().map(Row::Sqlite).collect(), |rows| rows
            .into_iter()
            .map(Row::Postgres)
            .collect())
    }

    pub(crate) async fn fetch_optional(self, on: impl Into<On<'_>>) -> Result<Option<Row>, sqlx::Error> {
        run!(self, on, fetch_optional, |row| row.map(Row::Sqlite), |row| row.map(Row::Postgres))
    }

    pub(crate) async fn fetch_one(self, on: impl Into<On<'_>>) -> Result<Row, sqlx::Error> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

/// A transaction of either database, ended by [`crate::Db::commit`] or dropped.
pub(crate) type SqliteTx = Transaction<'static, Sqlite>;
pub(crate) type PostgresTx = Transaction<'static, Postgres>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seams_are_filled_within_seams() {
        let text = written("SELECT 1 FROM platform_jobs AS j WHERE {ready} {lock_free_jobs}", Dialect::Postgres);
        assert!(!text.as_str().contains(['{', '}', '@']), "{}", text.as_str());
        assert!(text.as_str().contains("json_array_elements_text(CAST(j.depends_on AS json)) AS d"));
        assert!(text.as_str().ends_with("FOR NO KEY UPDATE OF j SKIP LOCKED"));
        let text = written("SELECT {now} {lock}", Dialect::Sqlite);
        assert_eq!(text.as_str(), "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) ");
    }

    #[test]
    fn an_outage_is_recent_for_the_longest_lease() {
        let outages = Outages::default();
        outages.answered();
        outages.granted(Duration::from_secs(60));
        outages.granted(Duration::from_secs(1));
        assert!(!outages.is_recent(), "there was none");
        outages.note();
        assert!(outages.is_recent());
        outages.answered();
        assert!(outages.is_recent(), "a lease has not passed since its end");
    }
}
