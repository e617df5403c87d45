//! The worker: claims jobs, runs their handlers side by side, reports how they ended.
//!
//! Claims and settlements travel in batches, so that a round trip carries many jobs when there are many. What
//! Redis must see of a worker is in [`register`]; the loops are in `run`.

pub mod register;
mod run;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use register::{Beat, Heartbeat, Registration, hostname};
pub use run::Report;

use crate::clean::CleanSettings;
use crate::client::Rq;
use crate::dispatch::Claim;
use crate::error::Error;
use crate::payload::{Call, Serializer};
use crate::value::Value;

/// How a handler says that its job did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobError {
    /// It failed; its retries, if it has any, are used.
    Failed(String),
    /// It failed and a retry would not help.
    Fatal(String),
    /// It should run again after this many seconds; no retry is spent.
    Later(i64),
}

impl JobError {
    /// A failure with a message.
    pub fn failed(error: impl std::fmt::Display) -> JobError {
        JobError::Failed(error.to_string())
    }
}

impl<E: std::error::Error> From<E> for JobError {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!("\ncaused by: {cause}"));
            source = cause.source();
        }
        JobError::Failed(text)
    }
}

/// What a handler is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// The call: arguments and keywords.
    pub call: Call,
    /// How the job's values are written.
    pub serializer: Serializer,
    /// The claim, with the job and the execution.
    pub claim: Arc<Claim>,
    /// Cancelled when the job is stopped, taken away or out of time. Async handlers are dropped at that moment;
    /// threads they started should watch it.
    pub stop: CancellationToken,
    /// The queues, to enqueue more.
    pub rq: Rq,
}

impl Context {
    /// A positional argument; [`Value::None`] when there is none.
    pub fn arg(&self, index: usize) -> &Value {
        self.call.args.get(index).unwrap_or(&Value::None)
    }

    /// A keyword argument; [`Value::None`] when there is none.
    pub fn kwarg(&self, name: &str) -> &Value {
        self.call.keyword(name).unwrap_or(&Value::None)
    }

    /// Replaces the job's `meta` dictionary, where Python clients look for progress.
    pub async fn save_meta(&self, meta: &Value) -> Result<(), Error> {
        self.rq.save_meta(self.claim.id(), &self.serializer.dumps(meta)?).await
    }
}

type HandlerFuture = Pin<Box<dyn Future<Output = Result<Value, JobError>> + Send>>;
type Handler = Arc<dyn Fn(Context) -> HandlerFuture + Send + Sync>;

/// How a worker behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Jobs at once.
    pub concurrency: usize,
    /// How often what runs is renewed; several times per [`Rq::lease`].
    pub heartbeat: Duration,
    /// How long running jobs may take to end when the worker is told to stop. Then they go back to their queue.
    pub grace: Duration,
    /// Whether to stop when the queues are empty.
    pub burst: bool,
    /// Whether to move due jobs (see [`crate::schedule`]); without it, retries with a delay need another scheduler.
    pub scheduler: bool,
    /// How often to clean the queues (see [`crate::clean`]); `None` leaves it to others.
    pub clean_every: Option<Duration>,
    /// How to clean.
    pub clean: CleanSettings,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        WorkerSettings {
            concurrency: 10,
            heartbeat: Duration::from_secs(5),
            grace: Duration::from_secs(30),
            burst: false,
            scheduler: true,
            clean_every: Some(Duration::from_secs(5)),
            clean: CleanSettings::default(),
        }
    }
}

/// Runs jobs from some queues, the first queue first.
pub struct Worker {
    rq: Rq,
    name: String,
    queues: Vec<String>,
    handlers: HashMap<String, Handler>,
    settings: WorkerSettings,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let functions: Vec<_> = self.handlers.keys().collect();
        f.debug_struct("Worker")
            .field("name", &self.name)
            .field("queues", &self.queues)
            .field("functions", &functions)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker for these queues, with a random name.
    pub fn new(rq: Rq, queues: impl IntoIterator<Item = impl Into<String>>) -> Worker {
        Worker {
            rq,
            name: uuid::Uuid::new_v4().simple().to_string(),
            queues: queues.into_iter().map(Into::into).collect(),
            handlers: HashMap::new(),
            settings: WorkerSettings::default(),
        }
    }

    /// Sets the name, which must be unique among live workers.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Worker {
        self.name = name.into();
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets how it behaves.
    #[must_use]
    pub fn settings(mut self, settings: WorkerSettings) -> Worker {
        self.settings = settings;
        self
    }

    /// Runs jobs that call `function` (a dotted Python path) with this handler.
    ///
    /// A job without a handler fails. A panic fails the job, too.
    #[must_use]
    pub fn handle<F, Fut, T>(mut self, function: impl Into<String>, handler: F) -> Worker
    where
        F: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, JobError>> + Send + 'static,
        T: Into<Value>,
    {
        let boxed: Handler = Arc::new(move |context| {
            let job = handler(context);
            Box::pin(async move { job.await.map(Into::into) })
        });
        self.handlers.insert(function.into(), boxed);
        self
    }

    /// Works until `stop` is cancelled, a shutdown command arrives, or, with [`WorkerSettings::burst`], the
    /// queues are empty. Outages of Redis are ridden out.
    ///
    /// Fails at the start only: when Redis is away or a live worker has the same name.
    pub async fn run(self, stop: CancellationToken) -> Result<Report, Error> {
        run::run(self, stop).await
    }
}
