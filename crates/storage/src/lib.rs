//! Rows in SQLite or PostgreSQL, files in a folder or a bucket, jobs announced through Redis.
//!
//! One file per noun. Whoever reads or writes something of a project names who asks ([`Access`]); that is where
//! ownership is checked, and nowhere else. Results of jobs are written through a [`Tx`] that the job store has
//! opened after checking the job's claim. Statements are written once for both databases, see `sql`. Start at
//! [`Db`].

mod access;
mod assets;
mod db;
mod decisions;
mod disk;
mod files;
mod gauges;
mod idempotency;
mod jobs;
mod ledger_edits;
mod model_calls;
mod page_texts;
mod postgres;
mod projects;
mod redis_dispatch;
mod results;
mod runs;
mod snapshots;
mod sql;
mod upkeep;
mod uploads;
mod users;

pub use access::Access;
pub use assets::{
    Asset, AssetKind, IndexState, IndexedSegments, NewAsset, SegmentRow, SegmentWords, StoredDocument, Vectors,
};
pub use db::{Db, StorageError, StorageFault, Tx};
pub use decisions::{DecisionRow, NewDecision};
pub use files::{
    FileLocation, FileStore, FileStoreError, FileStream, Incoming, ListedFile, S3Location, StorageUrl, StoredFile,
};
pub use idempotency::{Remembered, StoredAnswer};
pub use model_calls::ModelCall;
pub use page_texts::{PageText, PageTexts};
pub use postgres::PostgresOptions;
pub use projects::{Project, ProjectCounts};
pub use redis_dispatch::{RedisDispatch, RedisSettings};
pub use results::{ResultKind, ResultRow, ResultSummary, VerdictCounts};
pub use rq_wire::worker::hostname;
pub use runs::{NewRun, Run, Submitted};
pub use snapshots::{REVIEW_RUNS_KEPT, ReviewedRun};
pub use upkeep::Totals;
pub use uploads::{NewUpload, PartialUpload};
pub use users::{User, UserOverview, UserWithHash};
