//! A worker: takes jobs, runs their handlers, keeps its lease, and cleans up after workers that died.
//!
//! A handler that panics, overruns its time or is cancelled ends its own attempt only. When the lease could not
//! be renewed the worker stops what it runs before others may take it; the fence would refuse its writes anyway.
//! Start at [`Runtime::work`] for running jobs and at [`Runtime::attend`] for what keeps a process among the living.

mod ends;
mod lease;
mod upkeep;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::dispatch::{Dispatch, DispatchError, Stranger, Taken};
use crate::failure::{Failure, FailureCode};
use crate::observe::{self, Attempt, Ended, Observer, Unobserved};
use crate::state::JobState;
use crate::store::{Claim, Claimed, End, Job, JobId, JobStore, Progress, StoreError, StoreResult, WorkerId};
use ends::Ends;
use lease::Lease;

/// How a handler ends.
#[derive(Debug)]
pub enum Outcome<Tx> {
    /// The work is done; what `tx` holds is committed with the job's completion.
    Done { tx: Tx, result: Value },
    /// The work is done, and its result is all there is to store.
    Answer(Value),
    /// Worth another try.
    Retry(Failure),
    /// Ask again later; nothing went wrong.
    Snooze(Duration),
    /// Given up on request.
    Cancel(String),
    /// Not worth another try.
    Fail(Failure),
}

/// Does one kind of job. It must be fit to run again: an attempt can be lost at any instant.
#[async_trait]
pub trait Handler<S: JobStore>: Send + Sync {
    async fn run(&self, job: &Job, context: &JobContext<S>) -> Outcome<S::Tx>;
}

/// Gives rows to jobs that other programs put into the dispatcher's lists.
#[async_trait]
pub trait Adopter: Send + Sync {
    /// The job's row, inserted or found.
    async fn adopt(&self, stranger: &Stranger) -> Result<Job, AdoptError>;
}

/// Why a job from another program has no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdoptError {
    /// It never gets one.
    #[error("{0}")]
    Refused(String),
    /// The store could not be asked: it stays in its list.
    #[error("{0}")]
    NotNow(String),
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
    /// The process's name among workers.
    pub worker: WorkerId,
    /// The machine's name, for people.
    pub host: String,
    /// In order of priority.
    pub queues: Vec<String>,
    pub concurrency: usize,
    pub lease: Duration,
    pub lease_renewal: Duration,
    /// How often ready rows are looked for when nothing is announced.
    pub sweep: Duration,
    pub maintenance: Duration,
    /// How often a running attempt looks whether it was asked to cancel.
    pub watch: Duration,
    /// How long a stopped handler may take to give up.
    pub grace: Duration,
    pub backoff: Duration,
    /// The part by which a pause may be longer or shorter, so that jobs that failed together do not return together.
    pub backoff_jitter: f64,
    /// Time since the machine was started, sleep included: what a lease is measured with.
    pub boot_clock: fn() -> Duration,
    pub result_ttl: Duration,
    pub failure_ttl: Duration,
}

impl Default for RuntimeSettings {
    fn default() -> Self {
        RuntimeSettings {
            worker: WorkerId::new(),
            host: String::new(),
            queues: ["default", "ingest", "extract", "review"].map(str::to_owned).to_vec(),
            concurrency: 2,
            lease: Duration::from_secs(12),
            lease_renewal: Duration::from_secs(3),
            sweep: Duration::from_secs(1),
            maintenance: Duration::from_secs(4),
            watch: Duration::from_millis(500),
            grace: Duration::from_secs(5),
            backoff: Duration::from_secs(2),
            backoff_jitter: 0.25,
            boot_clock: lease::since_boot,
            result_ttl: Duration::from_secs(86_400),
            failure_ttl: Duration::from_secs(604_800),
        }
    }
}

/// Jobs claimed at once.
const CLAIM_MAX: usize = 64;
/// How often an end is tried to be written before the claim is left to be found, and the pause before the second try.
const END_TRIES: u32 = 6;
const END_PAUSE: Duration = Duration::from_millis(200);

/// A worker process's engine.
#[expect(missing_debug_implementations, reason = "holds handlers, which have no useful Debug")]
pub struct Runtime<S: JobStore, D: ?Sized> {
    store: Arc<S>,
    dispatch: Arc<D>,
    handlers: HashMap<String, Arc<dyn Handler<S>>>,
    adopter: Option<Arc<dyn Adopter>>,
    settings: RuntimeSettings,
    worker: WorkerId,
    lease: Lease,
    ends: Ends,
    /// Claims this process knows it has.
    held: Mutex<BTreeSet<Claim>>,
    /// Held for writing by an attempt that runs alone, for reading by every other.
    company: Arc<tokio::sync::RwLock<()>>,
    attended: AtomicBool,
    /// Whether it takes jobs, beside running some on request.
    working: AtomicBool,
    /// The queues that are not paused.
    open: Mutex<Vec<String>>,
    observer: Arc<dyn Observer>,
}

/// An outage is said once, and once that it is over.
#[derive(Debug, Default)]
struct Outage {
    since: Option<Instant>,
}

impl Outage {
    fn say(&mut self, what: &str, error: &dyn std::fmt::Display) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            tracing::warn!(%error, "{what}; trying again until it works");
        } else {
            tracing::debug!(%error, "{what}");
        }
    }

    fn over(&mut self, what: &str) {
        if let Some(since) = self.since.take() {
            tracing::info!(after_s = since.elapsed().as_secs_f32(), "{what}");
        }
    }
}

/// Why no job could be taken.
#[derive(Debug, thiserror::Error)]
enum TakeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
}

impl<S: JobStore, D: Dispatch + ?Sized> Runtime<S, D> {
    pub fn new(store: Arc<S>, dispatch: Arc<D>, settings: RuntimeSettings) -> Self {
        let (worker, lease) = (settings.worker, Lease::new(settings.lease, settings.boot_clock));
        let open = Mutex::new(settings.queues.clone());
        Runtime {
            store,
            dispatch,
            handlers: HashMap::new(),
            adopter: None,
            settings,
            worker,
            lease,
            ends: Ends::new(),
            held: Mutex::new(BTreeSet::new()),
            company: Arc::default(),
            attended: AtomicBool::new(false),
            working: AtomicBool::new(false),
            open,
            observer: Arc::new(Unobserved),
        }
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

    /// Takes in jobs that other programs put into the dispatcher's lists; without it they are refused.
    #[must_use]
    pub fn adopt_with(mut self, adopter: Arc<dyn Adopter>) -> Self {
        self.adopter = Some(adopter);
        self
    }

    pub fn worker(&self) -> WorkerId {
        self.worker
    }

    pub fn settings(&self) -> &RuntimeSettings {
        &self.settings
    }

    /// Runs one job in this process and waits for its end, retries included. Somebody else may be running it.
    ///
    /// [`Runtime::attend`] must run meanwhile, or other processes take this one for dead.
    pub async fn run_now(&self, id: JobId) -> StoreResult<Option<Job>> {
        let shutdown = CancellationToken::new();
        loop {
            let attempts = self.attempts_now().await;
            if let Some(claimed) = self.store.claim(id, self.worker).await? {
                self.hold(&claimed);
                self.execute(claimed, &attempts, &shutdown).await;
            }
            let Some(job) = self.store.fetch(id).await? else { return Ok(None) };
            if job.state.is_final() {
                return Ok(Some(job));
            }
            self.store.fail_orphans().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for a lease, if one is kept: without it this process would be taken for dead.
    async fn attempts_now(&self) -> CancellationToken {
        while self.attended.load(Ordering::SeqCst) {
            match self.lease.attempts() {
                Some(attempts) => return attempts,
                None => self.lease.wait().await,
            }
        }
        CancellationToken::new()
    }

    /// Takes and runs jobs until `shutdown`, then gives back what still runs.
    pub async fn work(self: Arc<Self>, shutdown: CancellationToken) {
        let tracker = TaskTracker::new();
        let attending = CancellationToken::new();
        if !self.attended.load(Ordering::SeqCst) {
            tracker.spawn(Arc::clone(&self).attend(attending.clone()));
        }
        self.working.store(true, Ordering::SeqCst);
        if let Err(error) = self.register().await {
            // The next renewal says who this is.
            tracing::debug!(%error, "the worker is not registered yet");
        }
        let slots = Arc::new(Semaphore::new(self.settings.concurrency.max(1)));
        let mut outage = Outage::default();
        let running = TaskTracker::new();
        loop {
            let slot = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                slot = Arc::clone(&slots).acquire_owned() => slot,
            };
            let Ok(mut slot) = slot else { break };
            let Some(attempts) = self.lease.attempts() else {
                drop(slot);
                tokio::select! {
                    biased;
                    () = shutdown.cancelled() => break,
                    () = self.lease.wait() => {}
                }
                continue;
            };
            // Half of the slots at most, so that one half runs and ends while the other is claimed.
            take_free(&slots, &mut slot, self.settings.concurrency.div_ceil(2).min(CLAIM_MAX));
            match self.take(slot.num_permits()).await {
                Ok(claimed) if claimed.is_empty() => {
                    drop(slot);
                    outage.over("jobs are taken again");
                    let open = self.open();
                    tokio::select! {
                        biased;
                        () = shutdown.cancelled() => {}
                        () = self.dispatch.wait(&open, self.settings.sweep) => {}
                    }
                }
                Ok(claimed) => {
                    outage.over("jobs are taken again");
                    for claimed in claimed {
                        let Some(own) = slot.split(1) else { break };
                        let (this, attempts, shutdown) = (Arc::clone(&self), attempts.clone(), shutdown.clone());
                        running.spawn(async move {
                            this.execute(claimed, &attempts, &shutdown).await;
                            drop(own);
                        });
                    }
                }
                Err(error) => {
                    drop(slot);
                    outage.say("no job can be taken", &error);
                    tokio::select! {
                        biased;
                        () = shutdown.cancelled() => {}
                        () = tokio::time::sleep(self.settings.sweep) => {}
                    }
                }
            }
        }
        running.close();
        running.wait().await;
        attending.cancel();
        tracker.close();
        tracker.wait().await;
        let released = tokio::time::timeout(self.settings.grace, async {
            while let Err(error) = self.store.release_worker(self.worker).await {
                tracing::debug!(%error, "the lease was not given back yet");
                tokio::time::sleep(END_PAUSE).await;
            }
        });
        if released.await.is_err() {
            tracing::warn!("the lease was not given back; it ends by itself, and what it held counts as a crash");
        }
    }

    fn open(&self) -> Vec<String> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_open(&self, queues: Vec<String>) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = queues;
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<Claim>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now until its attempt ends the claim is known here.
    fn hold(&self, claimed: &Claimed) {
        self.held().insert(claimed.claim);
    }

    /// Claims up to `limit` jobs.
    async fn take(&self, limit: usize) -> Result<Vec<Claimed>, TakeError> {
        let queues = self.open();
        let offers = match self.dispatch.take(&queues, limit).await? {
            Taken::Rows => {
                let claimed = self.store.claim_batch(&queues, self.worker, limit).await?;
                claimed.iter().for_each(|claimed| self.hold(claimed));
                return Ok(claimed);
            }
            Taken::Offers(offers) if offers.is_empty() => return Ok(Vec::new()),
            Taken::Offers(offers) => offers,
        };
        let mut claimed = match self.store.claim_many(&offers, self.worker).await {
            Ok(claimed) => claimed,
            Err(error) => {
                self.dispatch.give_back(&offers).await;
                return Err(error.into());
            }
        };
        claimed.iter().for_each(|claimed| self.hold(claimed));
        for id in offers.into_iter().filter(|id| claimed.iter().all(|c| c.job.id != *id)).collect::<Vec<_>>() {
            match self.unclaimed(id).await {
                Ok(adopted) => claimed.extend(adopted),
                Err(error) => {
                    tracing::warn!(job = %id, %error, "an offered job could not be looked at");
                    self.dispatch.give_back(&[id]).await;
                }
            }
        }
        Ok(claimed)
    }

    /// An offer that could not be claimed: another has it, its time has not come, it has ended, or it is new here.
    async fn unclaimed(&self, id: JobId) -> StoreResult<Option<Claimed>> {
        if let Some(job) = self.store.fetch(id).await? {
            // At the head of its list again it would be offered at once and for ever, before what it waits for.
            if job.state == JobState::Queued {
                self.dispatch.put_off(&[job]).await;
            } else {
                self.dispatch.settle(&[job]).await;
            }
            return Ok(None);
        }
        let (Some(stranger), Some(adopter)) = (self.dispatch.stranger(id).await, &self.adopter) else {
            self.dispatch.refuse(id, "the job is not known here").await;
            return Ok(None);
        };
        match adopter.adopt(&stranger).await {
            Ok(job) => {
                let (kind, outside_id) = (&job.kind, &stranger.outside_id);
                match (&job.state, &job.error) {
                    (JobState::Failed, Some(reason)) => {
                        tracing::warn!(%job.id, kind, outside_id, reason, "kept a job from another program that cannot be done");
                    }
                    _ => tracing::info!(%job.id, kind, outside_id, "adopted a job from another program"),
                }
                let claimed = self.store.claim(id, self.worker).await?;
                if let Some(claimed) = &claimed {
                    self.hold(claimed);
                } else {
                    let job = self.store.fetch(id).await?.unwrap_or(job);
                    self.dispatch.settle(&[job]).await;
                }
                Ok(claimed)
            }
            Err(AdoptError::Refused(reason)) => {
                tracing::warn!(job = %id, outside_id = stranger.outside_id, reason, "refused a job from another program");
                self.dispatch.refuse(id, &reason).await;
                Ok(None)
            }
            Err(error @ AdoptError::NotNow(_)) => Err(StoreError::outside("adopt a job from another program", error)),
        }
    }

    async fn execute(&self, claimed: Claimed, lease: &CancellationToken, shutdown: &CancellationToken) {
        let span = observe::span(&claimed.job);
        self.execute_in_span(claimed, lease, shutdown).instrument(span).await;
    }

    async fn execute_in_span(&self, claimed: Claimed, lease: &CancellationToken, shutdown: &CancellationToken) {
        let Claimed { job, claim } = claimed;
        let _held = Held { claims: &self.held, claim };
        let seen = Arc::new(Attempt::start(Arc::clone(&self.observer), &job));
        let (end, tx) = self.attempt(&job, claim, lease, shutdown, &seen).await;
        let ended = Ended::of(&end);
        let finished = match tx {
            Some(tx) => match self.store.finish(tx, claim, end).await {
                Err(error @ StoreError::Outside { .. }) => {
                    tracing::warn!(job = %job.id, %error, "the results were not stored");
                    let failure = code_of(&error).because(format!("its results were not stored: {error}"));
                    self.end(claim, End::Retry { failure, after: self.backoff(job.errors) }, lease).await
                }
                finished => finished,
            },
            None => self.end(claim, end, lease).await,
        };
        match &finished {
            Ok(job) => seen.written(ended, job),
            Err(StoreError::LostClaim(_)) => seen.lost(Ended::ClaimLost),
            Err(StoreError::Outside { .. } | StoreError::KeyIsOpen(_)) => seen.lost(Ended::Unwritten),
        }
        match finished {
            Ok(job) => {
                tracing::info!(job = %job.id, kind = job.kind, state = job.state.as_str(), attempt = job.attempt, error = job.error, "job attempt ended");
                self.dispatch.settle(&[job]).await;
            }
            Err(StoreError::LostClaim(id)) => {
                tracing::warn!(job = %id, "the job was taken from this worker; nothing was written");
                // The lists may still show it as running here.
                match self.store.fetch(id).await {
                    Ok(Some(job)) => self.dispatch.settle(&[job]).await,
                    // Deleted with its project.
                    Ok(None) => self.dispatch.refuse(id, "the job was deleted").await,
                    Err(_) => self.dispatch.give_back(&[id]).await,
                }
            }
            // The claim is no longer held here: it is found and given back when the store answers again.
            Err(error) => tracing::error!(job = %claim.job, %error, "the end of the attempt was not written"),
        }
    }

    /// Writes the end of an attempt that has nothing else to write; again until the store has answered, since
    /// the row says "running" for as long as this worker lives.
    async fn end(&self, claim: Claim, end: End, lease: &CancellationToken) -> StoreResult<Job> {
        let mut tries = 1;
        loop {
            match self.ends.finish(&*self.store, claim, end.clone()).await {
                Err(StoreError::Outside { .. }) if tries < END_TRIES && !lease.is_cancelled() => {
                    tokio::time::sleep(END_PAUSE * tries).await;
                    tries += 1;
                }
                ended => return ended,
            }
        }
    }

    /// Runs the handler and turns every way it can go into an end.
    async fn attempt(
        &self,
        job: &Job,
        claim: Claim,
        lease: &CancellationToken,
        shutdown: &CancellationToken,
        seen: &Arc<Attempt>,
    ) -> (End, Option<S::Tx>) {
        let Some(handler) = self.handlers.get(&job.kind).cloned() else {
            let failure = FailureCode::BadCall.because(format!("no handler for jobs of kind {}", job.kind));
            return (End::Failed(failure), None);
        };
        let stop = lease.child_token();
        let context = JobContext {
            store: Arc::clone(&self.store),
            claim,
            stop: stop.clone(),
            shown: tokio::sync::Mutex::new(None),
            seen: Arc::clone(seen),
        };
        let told_to_stop = || {
            if lease.is_cancelled() { End::Interrupted } else { End::Cancelled("cancelled on request".to_owned()) }
        };
        let _turn = tokio::select! {
            biased;
            () = stop.cancelled() => return (told_to_stop(), None),
            () = shutdown.cancelled() => return (End::Interrupted, None),
            turn = self.turn(job) => turn,
            end = self.watch(job) => return (end, None),
        };
        let owned = job.clone();
        let run = async move { handler.run(&owned, &context).await };
        let mut work = tokio::spawn(run.in_current_span());
        let joined = tokio::select! {
            biased;
            joined = &mut work => Ok(joined),
            () = tokio::time::sleep(job.timeout) => {
                let failure = FailureCode::TimedOut.because(format!("it took longer than {} s", job.timeout.as_secs()));
                Err(End::Failed(failure))
            }
            () = stop.cancelled() => Err(told_to_stop()),
            () = shutdown.cancelled() => Err(End::Interrupted),
            end = self.watch(job) => Err(end),
        };
        let interrupted = lease.is_cancelled() || shutdown.is_cancelled();
        let cancelled = !interrupted && stop.is_cancelled();
        let joined = match joined {
            Ok(joined) => joined,
            Err(end) => {
                stop.cancel();
                match tokio::time::timeout(self.settings.grace, &mut work).await {
                    // Work that was done in time counts, whatever was asked for meanwhile.
                    Ok(Ok(Outcome::Done { tx, result })) => return (End::Succeeded(result), Some(tx)),
                    Ok(Ok(Outcome::Answer(result))) => return (End::Succeeded(result), None),
                    Ok(_) => {}
                    Err(_) => work.abort(),
                }
                return (end, None);
            }
        };
        match joined {
            Ok(Outcome::Done { tx, result }) => (End::Succeeded(result), Some(tx)),
            Ok(Outcome::Answer(result)) => (End::Succeeded(result), None),
            // What a handler says once it was told to stop is about the stop.
            _ if interrupted => (End::Interrupted, None),
            _ if cancelled => (End::Cancelled("cancelled on request".to_owned()), None),
            Ok(Outcome::Retry(failure)) => (End::Retry { failure, after: self.backoff(job.errors) }, None),
            Ok(Outcome::Snooze(after)) => (End::Snooze(after), None),
            Ok(Outcome::Cancel(reason)) => (End::Cancelled(reason), None),
            Ok(Outcome::Fail(failure)) => (End::Failed(failure), None),
            Err(panic) => {
                let failure = FailureCode::Internal.because(format!("the job panicked: {}", panic_text(panic)));
                (End::Retry { failure, after: self.backoff(job.errors) }, None)
            }
        }
    }

    /// Waits until the job may run in this process. One that a further death of its worker would quarantine runs
    /// alone, so that it is not blamed for what another job does to the process.
    async fn turn(&self, job: &Job) -> Turn {
        let company = Arc::clone(&self.company);
        if job.crashes > 0 && job.crashes + 1 >= job.crashes_max {
            Turn::Alone(company.write_owned().await)
        } else {
            Turn::Beside(company.read_owned().await)
        }
    }

    /// Ends when the job was asked to cancel or is no longer this attempt's, and says how the attempt ends then.
    async fn watch(&self, job: &Job) -> End {
        loop {
            tokio::time::sleep(self.settings.watch).await;
            match self.store.fetch(job.id).await {
                // Another's: the fence refuses whatever end this is.
                Ok(Some(now)) if now.state != JobState::Running || now.attempt != job.attempt => {
                    return End::Interrupted;
                }
                Ok(Some(now)) if now.cancel_requested => return End::Cancelled("cancelled on request".to_owned()),
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => return End::Interrupted,
            }
        }
    }

    /// Doubles with each error.
    fn backoff(&self, errors: u32) -> Duration {
        let full = self.settings.backoff.saturating_mul(1 << errors.min(8));
        full.mul_f64(1.0 + self.settings.backoff_jitter * rand::random_range(-1.0..1.0))
    }
}

/// Leave to run in this process, for as long as it is kept.
enum Turn {
    Beside(#[expect(dead_code, reason = "kept for its drop")] OwnedRwLockReadGuard<()>),
    Alone(#[expect(dead_code, reason = "kept for its drop")] OwnedRwLockWriteGuard<()>),
}

/// Forgets a claim when its attempt is over or given up.
struct Held<'a> {
    claims: &'a Mutex<BTreeSet<Claim>>,
    claim: Claim,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.claim);
    }
}

/// Adds slots that are free now, so that one claim can carry many jobs, `max` at most.
fn take_free(slots: &Arc<Semaphore>, slot: &mut OwnedSemaphorePermit, max: usize) {
    let more = slots.available_permits().min(max.saturating_sub(1));
    if more > 0
        && let Ok(count) = u32::try_from(more)
        && let Ok(free) = Arc::clone(slots).try_acquire_many_owned(count)
    {
        slot.merge(free);
    }
}

/// A store that may answer later is away; what it refuses for good is a fault of ours.
fn code_of(error: &StoreError) -> FailureCode {
    if error.is_retryable() { FailureCode::StorageUnavailable } else { FailureCode::Internal }
}

/// What a handler said when it panicked.
fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "it was aborted".to_owned() };
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (None, Some(text)) => text.clone(),
        (None, None) => "it did not say why".to_owned(),
    }
}
