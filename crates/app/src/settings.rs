//! What the application is told at its start; the binary reads it from the environment.

use std::path::PathBuf;
use std::time::Duration;

use bidlens_clients::embeddings::EmbeddingsSettings;
use bidlens_clients::model::ModelSettings;
use bidlens_jobs::RuntimeSettings;
use bidlens_storage::{FileLocation, PostgresOptions, RedisSettings};

use crate::parser::Parser;

/// Whether each kind of work answers at once and is done by workers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunSwitches {
    pub ingest: bool,
    pub extract: bool,
    pub review: bool,
}

/// What a request does that asked for queued work while Redis does not answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RedisFallback {
    /// Does the work itself and answers when it is done.
    #[default]
    Sync,
    /// Leaves it in the rows until Redis is back.
    Queue,
}

/// Where the rows are.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
pub enum Rows {
    /// A file, for one machine.
    Sqlite(PathBuf),
    /// A server, for any number of processes and machines.
    Postgres(PostgresOptions),
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub rows: Rows,
    /// Where uploaded files are kept.
    pub files: FileLocation,
    pub asynchronous: RunSwitches,
    pub max_upload_bytes: u64,
    pub job_timeout: Duration,
    pub result_ttl: Duration,
    pub failure_ttl: Duration,
    pub concurrency: usize,
    /// In order of priority.
    pub queues: Vec<String>,
    /// Announces jobs to the workers of other processes; without it the rows are looked at.
    pub redis: Option<RedisSettings>,
    pub redis_fallback: RedisFallback,
    pub parser: Parser,
    /// A model of language for what code cannot settle; without it there is the built-in one alone.
    pub model: Option<ModelSettings>,
    /// A model of meaning for search; without it words alone are ranked.
    pub embeddings: Option<EmbeddingsSettings>,
}

impl Settings {
    /// Whether no other process can work on the same rows.
    pub(crate) fn is_embedded(&self) -> bool {
        self.redis.is_none() && matches!(self.rows, Rows::Sqlite(_))
    }

    /// The defaults, with everything under `data_dir`.
    pub fn in_dir(data_dir: &std::path::Path) -> Settings {
        Settings {
            data_dir: data_dir.to_owned(),
            rows: Rows::Sqlite(data_dir.join("bidlens.db")),
            files: FileLocation::Folder(data_dir.join("files")),
            asynchronous: RunSwitches::default(),
            max_upload_bytes: 200 * 1024 * 1024,
            job_timeout: Duration::from_secs(1_800),
            result_ttl: Duration::from_secs(86_400),
            failure_ttl: Duration::from_secs(604_800),
            concurrency: 2,
            queues: RuntimeSettings::default().queues,
            redis: None,
            redis_fallback: RedisFallback::default(),
            parser: Parser::InProcess,
            model: None,
            embeddings: None,
        }
    }
}
