//! A worker whose database does not answer: it stops what it runs when its lease is over, and says so once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::{
    Ended, FailureCode, Handler, InProcessDispatch, Job, JobContext, JobStore, NewJob, Observer, Outcome, Runtime,
    RuntimeSettings,
};
use bidlens_storage::{Db, Tx};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Works until it is told to stop.
#[derive(Default)]
struct Endless {
    started: Notify,
    stopped: Notify,
}

struct Work(Arc<Endless>);

#[async_trait]
impl Handler<Db> for Work {
    async fn run(&self, _job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        self.0.started.notify_one();
        context.stopped().cancelled().await;
        self.0.stopped.notify_one();
        Outcome::Retry(FailureCode::Internal.because("stopped"))
    }
}

#[derive(Default)]
struct Counted {
    losses: AtomicU32,
    unwritten: AtomicU32,
}

impl Observer for Counted {
    fn attempt_ended(&self, _job: &Job, ended: Ended, _took: Duration) {
        if ended == Ended::Unwritten {
            self.unwritten.fetch_add(1, Ordering::SeqCst);
        }
    }
    fn lease_lost(&self) {
        self.losses.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_lease_that_cannot_be_renewed_is_lost_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&folder.path().join("bidlens.db")).await.expect("open");
    db.insert(NewJob::new("q", "endless", "owner", serde_json::json!({}))).await.expect("insert");
    let settings = RuntimeSettings {
        queues: vec!["q".to_owned()],
        lease: Duration::from_millis(400),
        lease_renewal: Duration::from_millis(50),
        ..RuntimeSettings::default()
    };
    let (counted, endless) = (Arc::new(Counted::default()), Arc::new(Endless::default()));
    let runtime = Runtime::new(Arc::new(db.clone()), Arc::new(InProcessDispatch::default()), settings)
        .handle("endless", Arc::new(Work(Arc::clone(&endless))))
        .observed_by(counted.clone());
    let shutdown = CancellationToken::new();
    let working = tokio::spawn(Arc::new(runtime).work(shutdown.clone()));
    let soon = Duration::from_secs(30);
    tokio::time::timeout(soon, endless.started.notified()).await.expect("the job starts");
    db.close().await;
    tokio::time::timeout(soon, endless.stopped.notified()).await.expect("the job is stopped");
    // Long enough for the worker to look at its lease several times more.
    tokio::time::sleep(Duration::from_secs(1)).await;
    shutdown.cancel();
    working.await.expect("the worker ends");
    assert_eq!(counted.losses.load(Ordering::SeqCst), 1);
    assert_eq!(counted.unwritten.load(Ordering::SeqCst), 1, "an end that nobody wrote is told as such");
}
