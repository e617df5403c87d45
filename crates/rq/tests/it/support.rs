//! What the tests share: servers, Python, waiting for a condition.

pub(crate) mod python;
pub(crate) mod redis;

use std::time::{Duration, Instant};

use rq_wire::worker::WorkerSettings;
use rq_wire::{Context, JobError, Value, Worker};

use crate::support::redis::Server;

/// How long a condition may take; generous, since the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Polls until the condition holds; panics with its name when it never does.
pub(crate) async fn until<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let end = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < end, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for a notification; panics with its name when it never comes.
pub(crate) async fn told(what: &str, notify: &tokio::sync::Notify) {
    tokio::time::timeout(PATIENCE, notify.notified()).await.unwrap_or_else(|_| panic!("never came: {what}"));
}

/// A worker of the default queue with handlers of the names in `tests/python/jobs.py`.
pub(crate) fn worker(server: &Server, queues: &[&str]) -> Worker {
    Worker::new(server.worker_rq.clone(), queues.iter().copied())
        .handle("jobs.add", |context: Context| async move {
            let b = context.arg(1).as_i64().or(context.kwarg("b").as_i64()).unwrap_or(0);
            let a = context.arg(0).as_i64().ok_or(JobError::Fatal("a is no number".to_owned()))?;
            Ok::<_, JobError>(Value::Int(a + b))
        })
        .handle("jobs.echo", |context: Context| async move {
            let kwargs = context.call.kwargs.into_iter().map(|(key, value)| (Value::Str(key), value));
            Ok::<_, JobError>(Value::List(vec![Value::List(context.call.args), Value::Dict(kwargs.collect())]))
        })
        .handle("jobs.boom", |_: Context| async move { Err::<Value, _>(JobError::failed("boom from rust")) })
        .handle("jobs.panic", |_: Context| async move {
            if true {
                panic!("panic from rust");
            }
            Ok(())
        })
        .handle("jobs.slow", |context: Context| async move {
            tokio::time::sleep(Duration::from_secs_f64(context.arg(0).as_f64().unwrap_or(0.0))).await;
            Ok::<_, JobError>("slept")
        })
        .settings(settings())
}

/// Quick settings for tests: frequent heartbeats and cleaning.
pub(crate) fn settings() -> WorkerSettings {
    WorkerSettings {
        heartbeat: Duration::from_millis(200),
        clean_every: Some(Duration::from_millis(300)),
        grace: Duration::from_secs(5),
        ..WorkerSettings::default()
    }
}

/// A worker that runs until the test stops it.
pub(crate) struct Live {
    stop: tokio_util::sync::CancellationToken,
    task: tokio::task::JoinHandle<Result<rq_wire::worker::Report, rq_wire::Error>>,
}

impl Live {
    pub(crate) fn start(worker: Worker) -> Live {
        let stop = tokio_util::sync::CancellationToken::new();

        Live { stop: stop.clone(), task: tokio::spawn(worker.run(stop)) }
    }

    /// Tells it to stop and waits for its report.
    pub(crate) async fn stop(self) -> rq_wire::worker::Report {
        self.stop.cancel();
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> rq_wire::worker::Report {
        let ended = tokio::time::timeout(PATIENCE, self.task).await;
        ended.expect("the worker never ended").expect("the worker panicked").expect("the worker failed")
    }

    /// Ends it as `kill -9` would: nothing is written any more.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Runs a worker until its queues are empty.
pub(crate) async fn burst(server: &Server, queues: &[&str]) -> rq_wire::worker::Report {
    let settings = WorkerSettings { burst: true, ..settings() };
    Live::start(worker(server, queues).settings(settings)).ended().await
}
