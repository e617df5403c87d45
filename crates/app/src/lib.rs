//! Use cases of Bidlens and the jobs behind them, shared by HTTP, the command line and workers.
//!
//! A use case checks who asks (through [`Access`]), writes rows, and asks for work as a job; the job's handler in
//! [`jobs`] does the work and stores its results in the transaction that completes it. Nothing here knows axum or
//! the environment. Start at [`App`].

mod analysis;
mod annotated;
mod auth;
mod comparison;
mod converter;
mod decisions;
mod directory;
mod error;
mod export;
mod idempotency;
mod import;
mod indexing;
pub mod jobs;
mod ledger;
mod metrics;
mod models;
mod operate;
mod page_images;
mod page_text;
mod parser;
mod projects;
mod recogniser;
mod request;
mod sample;
mod search;
mod settings;
mod tesseract;
mod unpacking;
mod uploads;
mod work;

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex};

use bidlens_jobs::JobId;
use bidlens_jobs::{Dispatch, DispatchError, InProcessDispatch, JobStore, Runtime, RuntimeSettings, WorkerId};
use bidlens_storage::{Db, FileStore, RedisDispatch};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use analysis::{AnalysisError, Clauses, ReviewedBids, analyse_tender, review_bids};
pub use annotated::{AnnotatedCopy, notes_on};
pub use auth::{FirstAdmin, Session};
pub use bidlens_clients::embeddings::{EmbeddingsError, EmbeddingsSettings};
pub use bidlens_clients::model::{ModelServer, ModelSettings, Prices};
pub use bidlens_clients::ocr::HttpOcr;
pub use bidlens_documents::ocr::OcrEngine;
pub use bidlens_jobs::{Explanation, FailureCode, Job, JobState, QueueCount, WorkerRow};
pub use bidlens_reports::{
    basis_json, contradiction_json, decision_json, evidence_json, field_json, finding_json, last_day_json,
    requirement_json, risk_json, scoring_json,
};
pub use bidlens_storage::{
    Access, Asset, AssetKind, FileLocation, FileStream, Incoming, PartialUpload, Project, ResultRow, ReviewedRun, Run,
    SegmentRow, StoredAnswer, StoredFile, Totals, User, UserOverview, VerdictCounts,
};
pub use bidlens_storage::{PostgresOptions, RedisSettings};
pub use comparison::{BidderComparison, RunComparison};
pub use converter::Converters;
pub use decisions::HumanReview;
pub use directory::{DirectoryBody, DirectoryNode};
pub use error::{AppError, Fault};
pub use export::{Export, ExportFormat};
pub use idempotency::{Reservation, Reserved};
pub use import::{ImportRequest, Imported, Upload};
pub use jobs::StoredFacts;
pub use ledger::{LedgerEntry, NewRequirement};
pub use metrics::{Metrics, NAMES as METRIC_NAMES};
pub use models::{BUILTIN, Model, Models, UnknownModel, model_use};
pub use operate::QueueOverview;
pub use page_images::{PAGE_IMAGE_DPI, PageImage};
pub use page_text::PageLine;
pub use parser::{ParseLimits, Parser, sha256};
pub use projects::{DeletePlan, DeletePlanItem};
pub use recogniser::{PageReport, Recogniser};
pub use request::with_request_id;
pub use search::{Ranking, SearchAnswer, SearchHit, SearchRequest};
pub use settings::{RedisFallback, Rows, RunSwitches, Settings};
pub use tesseract::{OCR_LANGUAGE, Tesseract};
pub use unpacking::{Package, PackageFile};
pub use work::{Health, ReviewRequest, WaitMode, Work};

/// The application: rows, files, the job engine.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) db: Db,
    pub(crate) files: FileStore,
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) redis: Option<Arc<RedisDispatch>>,
    /// Jobs that other programs stop or cancel through Redis; taken by the task that passes them on.
    cancels: std::sync::Mutex<Option<mpsc::UnboundedReceiver<JobId>>>,
    pub(crate) runtime: Arc<Runtime<Db, dyn Dispatch>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) indexer: indexing::Indexer,
    pub(crate) models: Models,
    /// What was searched last, ready to be searched again.
    pub(crate) searched: search::SearchedFiles,
    pub(crate) hashing: tokio::sync::Semaphore,
    /// Pages that are drawn at one time.
    pub(crate) drawing: tokio::sync::Semaphore,
    /// Whole documents that are read for somebody who looks at one page, at one time: each is many megabytes.
    pub(crate) reading: tokio::sync::Semaphore,
    /// Jobs that requests run themselves, at one time.
    pub(crate) waiting: Arc<tokio::sync::Semaphore>,
    /// Held for reading from storing a file until a row refers to it, for writing while unused files are removed.
    pub(crate) files_gate: tokio::sync::RwLock<()>,
    /// Requests with a key of their own that this process is answering, with their digest.
    pub(crate) reservations: Mutex<HashMap<idempotency::Key, String>>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// Redis is told of what ends while the workers stop, so its task ends after them.
    redis_shutdown: CancellationToken,
    redis_tasks: TaskTracker,
    /// Held while this process may run jobs of its data directory.
    _lock: Option<File>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl App {
    /// Opens the installation in order to serve it or to work for it.
    ///
    /// An embedded data directory belongs to one process at a time; jobs that an earlier one left running run
    /// again at once. Where several processes share the rows, a lease decides who is dead.
    pub async fn open(settings: Settings) -> Result<App, AppError> {
        let lock = lock_data_dir(&settings)?;
        let alone = settings.is_embedded();
        let app = App::build(settings, Some(lock)).await?;
        let inner = &app.inner;
        if alone {
            inner.db.expire_other_workers(inner.runtime.worker()).await?;
            inner.db.renew_lease(inner.runtime.worker(), inner.runtime.settings().lease).await?;
            inner.runtime.maintain_once().await?;
            inner.db.forget_unanswered_keys().await?;
        }
        inner.db.forget_expired_tokens().await?;
        let runtime = Arc::clone(&inner.runtime);
        inner.tasks.spawn(runtime.attend(inner.shutdown.clone()));
        app.start_file_sweeper();
        app.start_indexing_anew();
        Ok(app)
    }

    /// Opens the rows only: for commands beside a running server.
    pub async fn open_rows(settings: Settings) -> Result<App, AppError> {
        App::build(settings, None).await
    }

    async fn build(settings: Settings, lock: Option<File>) -> Result<App, AppError> {
        let io = |doing: &'static str| move |e: std::io::Error| AppError::outside(doing, e);
        std::fs::create_dir_all(&settings.data_dir).map_err(io("create the data directory"))?;
        let db = match &settings.rows {
            Rows::Sqlite(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(io("create the database's folder"))?;
                }
                Db::open(path).await?
            }
            Rows::Postgres(options) => Db::connect_postgres(options).await?,
        };
        let files =
            if lock.is_some() { FileStore::open(&settings.files).await? } else { FileStore::beside(&settings.files)? };
        // Whoever shares the rows shares the files.
        let files = if settings.is_embedded() { files } else { files.shared() };
        let worker = WorkerId::new();
        let (redis, cancels) = match settings.redis.clone() {
            Some(redis) => {
                let (dispatch, cancels) = RedisDispatch::new(redis, worker)
                    .map_err(|e| AppError::invalid("bad_redis_settings", e.to_string()))?;
                (Some(Arc::new(dispatch)), Some(cancels))
            }
            None => (None, None),
        };
        let dispatch: Arc<dyn Dispatch> = match &redis {
            Some(redis) => Arc::clone(redis) as Arc<dyn Dispatch>,
            None => Arc::new(InProcessDispatch::default()),
        };
        let runtime_settings = RuntimeSettings {
            worker,
            host: bidlens_storage::hostname(),
            queues: settings.queues.clone(),
            concurrency: settings.concurrency,
            result_ttl: settings.result_ttl,
            failure_ttl: settings.failure_ttl,
            ..RuntimeSettings::default()
        };
        let runtime = Runtime::new(Arc::new(db.clone()), Arc::clone(&dispatch), runtime_settings);
        let metrics = Arc::new(Metrics::new().map_err(|e| AppError::outside("prepare the metrics", e))?);
        let indexer = indexing::Indexer::new(settings.embeddings.as_ref())?;
        let models =
            Models::new(settings.model.as_ref()).map_err(|e| AppError::outside("prepare the model's client", e))?;
        let parts = jobs::Parts {
            db: &db,
            files: &files,
            settings: &settings,
            metrics: &metrics,
            indexer: &indexer,
            models: &models,
        };
        let runtime = jobs::register(runtime, &parts).observed_by(metrics.clone());
        let inner = Inner {
            db,
            files,
            dispatch,
            redis,
            cancels: std::sync::Mutex::new(cancels),
            runtime: Arc::new(runtime),
            metrics,
            indexer,
            models,
            searched: search::SearchedFiles::default(),
            hashing: tokio::sync::Semaphore::new(2),
            drawing: tokio::sync::Semaphore::new(std::thread::available_parallelism().map_or(2, |n| n.get())),
            reading: tokio::sync::Semaphore::new(1),
            waiting: Arc::new(tokio::sync::Semaphore::new(settings.concurrency.max(2))),
            files_gate: tokio::sync::RwLock::new(()),
            reservations: Mutex::default(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            redis_shutdown: CancellationToken::new(),
            redis_tasks: TaskTracker::new(),
            _lock: lock,
            settings,
        };
        Ok(App { inner: Arc::new(inner) })
    }

    /// Whether jobs are announced through Redis, so that workers are processes of their own.
    pub fn has_queue_server(&self) -> bool {
        self.inner.redis.is_some()
    }

    /// Starts what a process does that asks for work but does none in the background.
    pub fn start_announcing(&self) {
        self.start_redis(Vec::new());
    }

    /// Starts the workers of this process.
    pub fn start_workers(&self) {
        self.start_redis(self.inner.settings.queues.clone());
        let runtime = Arc::clone(&self.inner.runtime);
        let shutdown = self.inner.shutdown.clone();
        self.inner.tasks.spawn(runtime.work(shutdown));
    }

    fn start_redis(&self, queues: Vec<String>) {
        let inner = &self.inner;
        let Some(redis) = &inner.redis else { return };
        inner.redis_tasks.spawn(Arc::clone(redis).attend(queues, inner.redis_shutdown.clone()));
        let cancels = inner.cancels.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(mut cancels) = cancels {
            let (app, shutdown) = (self.clone(), inner.shutdown.clone());
            inner.tasks.spawn(async move {
                while let Some(Some(job)) = shutdown.run_until_cancelled(cancels.recv()).await {
                    match app.cancel_job(&job.to_string()).await {
                        Ok(outcome) => tracing::info!(%job, ?outcome, "a program stopped a job through Redis"),
                        Err(error) => tracing::warn!(%job, %error, "a job was not stopped"),
                    }
                }
            });
        }
    }

    /// Stops the workers; what they run goes back into its queue.
    pub async fn close(&self) {
        self.inner.shutdown.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        // What a request was running goes back too, and no later write of it is accepted.
        if let Err(error) = self.inner.db.release_worker(self.inner.runtime.worker()).await {
            tracing::warn!(%error, "the lease was not given back; it ends by itself");
        }
        self.inner.redis_shutdown.cancel();
        self.inner.redis_tasks.close();
        self.inner.redis_tasks.wait().await;
        self.inner.db.close().await;
    }

    /// Ends when [`App::close`] begins.
    pub fn shutdown(&self) -> CancellationToken {
        self.inner.shutdown.clone()
    }

    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) async fn announce(&self, jobs: &[Job]) -> Result<(), DispatchError> {
        self.inner.dispatch.announce(jobs).await
    }
}

fn lock_data_dir(settings: &Settings) -> Result<File, AppError> {
    let folder = &settings.data_dir;
    let io = |e: std::io::Error| AppError::outside("open the data directory", e);
    std::fs::create_dir_all(folder).map_err(io)?;
    let lock = File::create(folder.join("bidlens.lock")).map_err(io)?;
    // With servers for rows or queue, workers are processes of their own; only an embedded server is alone.
    let taken = if settings.is_embedded() { lock.try_lock() } else { lock.try_lock_shared() };
    match taken {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(AppError::invalid(
            "data_dir_in_use",
            format!("{} is in use by another bidlens process; stop it or name another --data-dir", folder.display()),
        )),
        Err(std::fs::TryLockError::Error(e)) => Err(io(e)),
    }
}
