//! Ends of attempts that wrote nothing but their end, many in one transaction.
//!
//! Whoever gets its turn takes all that wait with it; while one transaction is on its way the next one fills. A
//! lone end waits for nobody.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::store::{Claim, End, Job, JobStore, StoreError, StoreResult};

/// Ends in one transaction.
const BATCH_MAX: usize = 256;

struct Pending {
    claim: Claim,
    end: End,
    done: oneshot::Sender<StoreResult<Job>>,
}

pub(super) struct Ends {
    waiting: Mutex<Vec<Pending>>,
    turn: tokio::sync::Mutex<()>,
}

impl Ends {
    pub(super) fn new() -> Ends {
        Ends { waiting: Mutex::new(Vec::new()), turn: tokio::sync::Mutex::new(()) }
    }

    pub(super) async fn finish<S: JobStore>(&self, store: &S, claim: Claim, end: End) -> StoreResult<Job> {
        let (done, mut own) = oneshot::channel();
        self.waiting().push(Pending { claim, end, done });
        let _turn = self.turn.lock().await;
        if let Ok(ended) = own.try_recv() {
            return ended;
        }
        // One's own end is among the first that wait, since the list is taken from its front.
        loop {
            let batch: Vec<Pending> = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(BATCH_MAX);
                waiting.drain(..count).collect()
            };
            if batch.is_empty() {
                return Err(StoreError::LostClaim(claim.job));
            }
            let (ends, askers): (Vec<_>, Vec<_>) = batch.into_iter().map(|p| ((p.claim, p.end), p.done)).unzip();
            for (ended, asker) in store.finish_batch(ends).await.into_iter().zip(askers) {
                // Nobody listens when its attempt was given up; the row has its end all the same.
                let _ = asker.send(ended);
            }
            if let Ok(ended) = own.try_recv() {
                return ended;
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Pending>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
