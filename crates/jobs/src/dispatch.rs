//! Says what might be ready. It may lose, repeat and reorder: the row decides, a sweep finds what was lost.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::store::JobId;

#[async_trait]
pub trait Dispatch: Send + Sync + 'static {
    /// A job may be ready.
    async fn announce(&self, queue: &str, job: JobId);
    /// Waits until something was announced, or for `patience`.
    async fn wait(&self, patience: Duration);
}

/// Wake-ups inside one process.
#[derive(Debug, Default)]
pub struct InProcessDispatch {
    wake: Notify,
}

#[async_trait]
impl Dispatch for InProcessDispatch {
    async fn announce(&self, _queue: &str, _job: JobId) {
        // One permit is kept when nobody waits, so an announcement between two looks is not lost.
        self.wake.notify_one();
    }

    async fn wait(&self, patience: Duration) {
        // Running out of patience is the sweep.
        let _ = tokio::time::timeout(patience, self.wake.notified()).await;
    }
}
