//! A worker: takes jobs, runs their handlers, keeps its lease, and cleans up after workers that died.
//!
//! A handler that panics, overruns its time or is cancelled ends its own attempt only. When the lease could not
//! be renewed the worker stops what it runs before others may take it; the fence would refuse its writes anyway.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::dispatch::Dispatch;
use crate::observe::{self, Attempt, Ended, Observer, Unobserved};
use crate::state::JobState;
use crate::store::{Claim, Claimed, End, Job, JobId, JobStore, Progress, StoreError, StoreResult, WorkerId};

/// How a handler ends.
#[derive(Debug)]
pub enum Outcome<Tx> {
    /// The work is done; what `tx` holds is committed with the job's completion.
    Done { tx: Tx, result: Value },
    /// Worth another try.
    Retry(String),
    /// Ask again later; nothing went wrong.
    Snooze(Duration),
    /// Given up on request.
    Cancel(String),
    /// Not worth another try.
    Fail(String),
}

/// Does one kind of job. It must be fit to run again: an attempt can be lost at any instant.
#[async_trait]
pub trait Handler<S: JobStore>: Send + Sync {
    async fn run(&self, job: &Job, context: &JobContext<S>) -> Outcome<S::Tx>;
}

/// What a handler may do besides its work.
#[derive(Debug)]
pub struct JobContext<S> {
    store: Arc<S>,
    claim: Claim,
    stop: CancellationToken,
    shown: tokio::sync::Mutex<Option<(Instant, String)>>,
    seen: Arc<Attempt>,
}

/// Progress within one stage is written this often at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);

impl<S: JobStore> JobContext<S> {
    /// Tells how far the job is; writes are throttled, a new stage is always written.
    pub async fn progress(&self, stage: &str, percent: u8, message: &str) {
        self.seen.enter(stage);
        let mut shown = self.shown.lock().await;
        let recent = shown.as_ref().is_some_and(|(at, last)| last == stage && at.elapsed() < PROGRESS_INTERVAL);
        if recent {
            return;
        }
        *shown = Some((Instant::now(), stage.to_owned()));
        let progress = Progress { percent, stage: stage.to_owned(), message: message.to_owned() };
        match self.store.progress(self.claim, progress).await {
            Ok(true) => self.stop.cancel(),
            Ok(false) => {}
            Err(StoreError::LostClaim(_)) => self.stop.cancel(),
            Err(error) => tracing::warn!(job = %self.claim.job, %error, "progress not written"),
        }
    }

    /// Opens the transaction for results; fails when this attempt lost its claim.
    pub async fn begin(&self) -> StoreResult<S::Tx> {
        self.store.begin(self.claim).await
    }

    /// Cancelled when the job should stop: on request, at shutdown, out of time.
    pub fn stopped(&self) -> &CancellationToken {
        &self.stop
    }
}

/// How a worker behaves. The defaults bring a dead worker's jobs back within 20 seconds.
#[derive(Debug, Clone)]
pub struct RuntimeSettings {
    /// In order of priority.
    pub queues: Vec<String>,
    pub concurrency: usize,
    pub lease: Duration,
    pub lease_renewal: Duration,
    /// How often ready rows are looked for when nothing is announced.
    pub sweep: Duration,
    pub maintenance: Duration,
    /// How long a stopped handler may take to give up.
    pub grace: Duration,
    pub backoff: Duration,
    pub result_ttl: Duration,
    pub failure_ttl: Duration,
}

impl Default for RuntimeSettings {
    fn default() -> Self {
        RuntimeSettings {
            queues: ["default", "ingest", "extract", "review"].map(str::to_owned).to_vec(),
            concurrency: 2,
            lease: Duration::from_secs(12),
            lease_renewal: Duration::from_secs(3),
            sweep: Duration::from_secs(1),
            maintenance: Duration::from_secs(4),
            grace: Duration::from_secs(5),
            backoff: Duration::from_secs(2),
            result_ttl: Duration::from_secs(86_400),
            failure_ttl: Duration::from_secs(604_800),
        }
    }
}

/// A worker process's engine.
#[expect(missing_debug_implementations, reason = "holds handlers, which have no useful Debug")]
pub struct Runtime<S: JobStore, D> {
    store: Arc<S>,
    dispatch: Arc<D>,
    handlers: HashMap<String, Arc<dyn Handler<S>>>,
    settings: RuntimeSettings,
    worker: WorkerId,
    observer: Arc<dyn Observer>,
}

impl<S: JobStore, D: Dispatch> Runtime<S, D> {
    pub fn new(store: Arc<S>, dispatch: Arc<D>, settings: RuntimeSettings) -> Self {
        let observer = Arc::new(Unobserved);
        Runtime { store, dispatch, handlers: HashMap::new(), settings, worker: WorkerId::new(), observer }
    }

    /// Tells `observer` what happens.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    #[must_use]
    pub fn handle(mut self, kind: &str, handler: Arc<dyn Handler<S>>) -> Self {
        self.handlers.insert(kind.to_owned(), handler);
        self
    }

    pub fn worker(&self) -> WorkerId {
        self.worker
    }

    /// Runs this very job here and now, through the same code as a worker would; waits when another has it.
    ///
    /// The lease must be kept by [`Runtime::keep_lease`] meanwhile.
    pub async fn run_now(&self, id: JobId) -> StoreResult<Option<Job>> {
        let stop = CancellationToken::new();
        loop {
            if let Some(claimed) = self.store.claim(id, self.worker).await? {
                self.execute(claimed, stop.clone()).await;
            }
            let Some(job) = self.store.fetch(id).await? else { return Ok(None) };
            if job.state.is_final() {
                return Ok(Some(job));
            }
            self.store.fail_orphans().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Keeps this process's lease until `shutdown`. One task per process is enough.
    pub async fn keep_lease(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.store.renew_lease(self.worker, self.settings.lease).await {
                tracing::warn!(%error, "lease not renewed");
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(self.settings.lease_renewal) => {}
            }
        }
    }

    /// Takes and runs jobs until `shutdown`, then gives back what still runs.
    pub async fn work(self: Arc<Self>, shutdown: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.settings.concurrency.max(1)));
        let tracker = TaskTracker::new();
        let mut renewed = Instant::now();
        let mut stop = shutdown.child_token();
        tracker.spawn({
            let this = Arc::clone(&self);
            let shutdown = shutdown.clone();
            async move { this.maintain(shutdown).await }
        });
        let mut next_renewal = Instant::now();
        let mut lease_is_lost = false;
        while !shutdown.is_cancelled() {
            if Instant::now() >= next_renewal {
                match self.store.renew_lease(self.worker, self.settings.lease).await {
                    Ok(()) => (renewed, lease_is_lost) = (Instant::now(), false),
                    Err(error) => tracing::warn!(%error, "lease not renewed"),
                }
                next_renewal = Instant::now() + self.settings.lease_renewal;
            }
            if renewed.elapsed() >= self.settings.lease {
                // Others may take these jobs now: stop them, and go on when the store is back.
                if !lease_is_lost {
                    self.observer.lease_lost();
                    lease_is_lost = true;
                }
                stop.cancel();
                stop = shutdown.child_token();
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
            let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
                self.dispatch.wait(Duration::from_millis(100)).await;
                continue;
            };
            match self.store.claim_next(&self.settings.queues, self.worker).await {
                Ok(Some(claimed)) => {
                    let this = Arc::clone(&self);
                    let stop = stop.clone();
                    tracker.spawn(async move {
                        this.execute(claimed, stop).await;
                        drop(slot);
                        // Something may wait for this job, or for this slot.
                        this.dispatch.announce("", JobId::new()).await;
                    });
                }
                Ok(None) => {
                    drop(slot);
                    let patience = self.settings.sweep.min(next_renewal.saturating_duration_since(Instant::now()));
                    tokio::select! {
                        () = shutdown.cancelled() => {}
                        () = self.dispatch.wait(patience.max(Duration::from_millis(10))) => {}
                    }
                }
                Err(error) => {
                    drop(slot);
                    tracing::warn!(%error, "no job could be taken; trying again");
                    tokio::time::sleep(self.settings.sweep).await;
                }
            }
        }
        tracker.close();
        tracker.wait().await;
        if let Err(error) = self.store.release_worker(self.worker).await {
            tracing::warn!(%error, "the lease was not given back; it ends by itself");
        }
    }

    /// Rescues jobs of dead workers, fails orphans, forgets old rows.
    async fn maintain(&self, shutdown: CancellationToken) {
        // After an outage of the store everybody gets a full lease to come back before anybody is declared dead.
        let mut trusted_from = Instant::now();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(self.settings.maintenance) => {}
            }
            if Instant::now() < trusted_from {
                continue;
            }
            if let Err(error) = self.maintain_once().await {
                tracing::warn!(%error, "maintenance failed");
                trusted_from = Instant::now() + self.settings.lease;
            }
        }
    }

    /// One round of maintenance.
    pub async fn maintain_once(&self) -> StoreResult<()> {
        let rescued = self.store.rescue().await?;
        self.observer.rescued(rescued.len() as u64);
        for job in rescued {
            tracing::warn!(%job, "the worker of this job died; it runs again");
            self.dispatch.announce("", job).await;
        }
        self.store.fail_orphans().await?;
        self.store.prune(self.settings.result_ttl, self.settings.failure_ttl).await?;
        Ok(())
    }

    async fn execute(&self, claimed: Claimed, stop: CancellationToken) {
        let span = observe::span(&claimed.job);
        self.execute_in_span(claimed, stop).instrument(span).await;
    }

    async fn execute_in_span(&self, claimed: Claimed, stop: CancellationToken) {
        let Claimed { job, claim } = claimed;
        let seen = Arc::new(Attempt::start(Arc::clone(&self.observer), &job));
        let attempt = stop.child_token();
        let (end, tx) = self.attempt(&job, claim, &attempt, &stop, &seen).await;
        let ended = Ended::of(&end);
        let tx = match tx {
            Some(tx) => Ok(tx),
            None => self.store.begin(claim).await,
        };
        let finished = match tx {
            Ok(tx) => self.store.finish(tx, claim, end).await,
            Err(error) => Err(error),
        };
        match &finished {
            Ok(job) => seen.written(ended, job),
            Err(StoreError::LostClaim(_)) => seen.lost(Ended::ClaimLost),
            Err(StoreError::Outside { .. }) => seen.lost(Ended::Unwritten),
        }
        match finished {
            Ok(job) => {
                tracing::info!(job = %job.id, kind = job.kind, state = job.state.as_str(), attempt = job.attempt, error = job.error, "job attempt ended");
                if job.state == JobState::Queued {
                    self.dispatch.announce(&job.queue, job.id).await;
                }
            }
            Err(StoreError::LostClaim(id)) => {
                tracing::warn!(job = %id, "the job was taken from this worker; nothing was written")
            }
            // The lease ends by itself and the job runs again.
            Err(error) => tracing::error!(job = %claim.job, %error, "the end of the attempt was not written"),
        }
    }

    /// Runs the handler and turns every way it can go into an end.
    async fn attempt(
        &self,
        job: &Job,
        claim: Claim,
        attempt: &CancellationToken,
        stop: &CancellationToken,
        seen: &Arc<Attempt>,
    ) -> (End, Option<S::Tx>) {
        let Some(handler) = self.handlers.get(&job.kind).cloned() else {
            return (End::Failed(format!("no handler for jobs of kind {}", job.kind)), None);
        };
        let context = JobContext {
            store: Arc::clone(&self.store),
            claim,
            stop: attempt.clone(),
            shown: tokio::sync::Mutex::new(None),
            seen: Arc::clone(seen),
        };
        let owned = job.clone();
        let run = async move { handler.run(&owned, &context).await };
        let mut work = tokio::spawn(run.in_current_span());
        let watch = self.watch_cancel(claim, attempt);
        let joined = tokio::select! {
            joined = &mut work => Some(joined),
            () = tokio::time::sleep(job.timeout) => None,
            () = attempt.cancelled() => None,
            () = watch => None,
        };
        let cancelled = !stop.is_cancelled() && attempt.is_cancelled();
        let joined = match joined {
            Some(joined) => Some(joined),
            None => {
                attempt.cancel();
                match tokio::time::timeout(self.settings.grace, &mut work).await {
                    Ok(joined) => Some(joined),
                    Err(_) => {
                        work.abort();
                        None
                    }
                }
            }
        };
        match joined {
            Some(Ok(Outcome::Done { tx, result })) => (End::Succeeded(result), Some(tx)),
            _ if stop.is_cancelled() => (End::Interrupted, None),
            _ if cancelled => (End::Cancelled("cancelled on request".to_owned()), None),
            Some(Ok(Outcome::Retry(error))) => (End::Retry { error, after: self.backoff(job.errors) }, None),
            Some(Ok(Outcome::Snooze(after))) => (End::Snooze(after), None),
            Some(Ok(Outcome::Cancel(reason))) => (End::Cancelled(reason), None),
            Some(Ok(Outcome::Fail(error))) => (End::Failed(error), None),
            Some(Err(panic)) => {
                (End::Retry { error: format!("the job panicked: {panic}"), after: self.backoff(job.errors) }, None)
            }
            None => (End::Failed(format!("it took longer than {} s", job.timeout.as_secs())), None),
        }
    }

    /// Ends when the job was asked to cancel or lost its claim.
    async fn watch_cancel(&self, claim: Claim, attempt: &CancellationToken) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            match self.store.fetch(claim.job).await {
                Ok(Some(job)) if job.cancel_requested => break,
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => break,
            }
        }
        attempt.cancel();
    }

    /// Doubles with each error, with jitter so that jobs that failed together do not return together.
    fn backoff(&self, errors: u32) -> Duration {
        let full = self.settings.backoff.saturating_mul(1 << errors.min(8));
        full.mul_f64(rand::random_range(0.75..1.25))
    }
}
