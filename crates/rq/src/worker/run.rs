//! The loops of a worker: claiming, running, settling, heartbeats, commands.
//!
//! They meet in [`Shared`]: the table of what runs, from the claim until Redis confirmed the settlement. A
//! heartbeat renews exactly what is in it.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::{FutureExt as _, StreamExt as _};
use redis::AsyncCommands as _;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Beat, Context, JobError, Registration, Worker};
use crate::client::Rq;
use crate::control::Command;
use crate::dispatch::{Claim, Popped};
use crate::error::Error;
use crate::job::TIMEOUT_SECONDS_DEFAULT;
use crate::payload::Serializer;
use crate::schedule::JobScheduler;
use crate::settle::{Settled, Settlement};
use crate::time::Now;
use crate::value::Value;
use crate::wait::Waiter;

/// How many settlements one call carries.
const SETTLE_BATCH_MAX: usize = 256;
/// The pause after an error of Redis, and between looks while suspended.
const PAUSE: Duration = Duration::from_secs(1);

/// What a worker did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Jobs that ended well.
    pub finished: u64,
    /// Runs that failed, retried ones included.
    pub failed: u64,
    /// Jobs put back because the worker stopped.
    pub interrupted: u64,
    /// Jobs that were taken away, canceled or deleted while they ran.
    pub lost: u64,
}

/// Why a running job is ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StopReason {
    Command,
    Killed,
    Lost,
    Interrupted,
}

struct Running {
    queue: String,
    id: String,
    stop: Option<oneshot::Sender<StopReason>>,
}

struct Shared {
    rq: Rq,
    worker: Worker,
    running: Mutex<HashMap<String, Running>>,
    report: Mutex<Report>,
    /// Told whenever an entry leaves `running`.
    left: Notify,
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self, reason: StopReason, is_meant: impl Fn(&str, &Running) -> bool) {
        for (execution, running) in self.running().iter_mut() {
            if is_meant(execution, running)
                && let Some(stop) = running.stop.take()
            {
                // The job may have ended by itself.
                let _ = stop.send(reason);
            }
        }
    }

    async fn until_idle(&self) {
        loop {
            let left = self.left.notified();
            if self.running().is_empty() {
                return;
            }
            left.await;
        }
    }
}

pub(super) async fn run(worker: Worker, stop: CancellationToken) -> Result<Report, Error> {
    let rq = worker.rq.clone();
    let registration = Registration::new(&worker.name, &worker.queues);
    rq.register_worker(&registration).await?;
    let queues = worker.queues.clone();
    let settings = worker.settings.clone();
    let stop = stop.child_token();
    let helpers_stop = CancellationToken::new();
    let shared = Arc::new(Shared {
        rq: rq.clone(),
        worker,
        running: Mutex::default(),
        report: Mutex::default(),
        left: Notify::new(),
    });

    let mut helpers = JoinSet::new();
    helpers.spawn(beat(shared.clone(), registration, helpers_stop.clone()));
    helpers.spawn(obey(shared.clone(), stop.clone(), helpers_stop.clone()));
    if settings.scheduler {
        let scheduler = JobScheduler::new(rq.clone(), &shared.worker.name, &queues);
        if settings.burst {
            let mut scheduler = scheduler;
            scheduler.tick().await?;
            scheduler.release().await?;
        } else {
            helpers.spawn(scheduler.run(helpers_stop.clone()));
        }
    }
    if let Some(every) = settings.clean_every {
        helpers.spawn(clean(shared.clone(), every, helpers_stop.clone()));
    }
    let (settle_sender, settle_receiver) = mpsc::channel(settings.concurrency.max(SETTLE_BATCH_MAX));
    helpers.spawn(settle(shared.clone(), settle_receiver));
    // Ends with this call: a worker that is dropped must not go on without heartbeats.
    let mut jobs = JoinSet::new();

    claim(&shared, &stop, &settle_sender, &mut jobs).await;

    if !shared.running().is_empty() {
        let key = rq.keys().worker(&shared.worker.name);
        let _: Result<(), _> = rq.connection().hset(key, "shutdown_requested_date", Now::read().text).await;
    }
    if tokio::time::timeout(settings.grace, shared.until_idle()).await.is_err() {
        shared.stop(StopReason::Interrupted, |_, _| true);
        // Redis may be away for good; what is left then is reclaimed once its lease is over.
        let _ = tokio::time::timeout(rq.lease(), shared.until_idle()).await;
    }
    helpers_stop.cancel();
    // The settler ends once nobody can send any more.
    jobs.shutdown().await;
    drop(settle_sender);
    let end_helpers = async { while helpers.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(PAUSE, end_helpers).await;
    if let Err(error) = rq.unregister_worker(&shared.worker.name, &queues).await {
        tracing::warn!(%error, "worker could not be taken off");
    }
    let report = *shared.report.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(report)
}

async fn claim(
    shared: &Arc<Shared>,
    stop: &CancellationToken,
    settlements: &mpsc::Sender<Settlement>,
    jobs: &mut JoinSet<()>,
) {
    let worker = &shared.worker;
    let slots = Arc::new(Semaphore::new(worker.settings.concurrency.max(1)));
    let waiter = Waiter::new(&shared.rq, &worker.queues);
    let mut was_suspended = false;
    loop {
        // Half of the slots at most, so that one half runs while Redis is asked for the other.
        let Some(permits) = free_slots(&slots, worker.settings.concurrency.div_ceil(2), stop).await else { return };
        let popped = shared.rq.pop_many(&worker.name, &worker.queues, permits.len()).await;
        let Popped { is_suspended, claims, unreadable } = match popped {
            Ok(popped) => popped,
            Err(error) => {
                tracing::warn!(%error, "could not claim jobs");
                if pause(stop).await {
                    return;
                }
                give_back_unknown(shared).await;
                continue;
            }
        };
        for (queue, id) in unreadable {
            tracing::error!(queue, id, "dropped an entry that cannot be a job");
        }
        if is_suspended != was_suspended {
            let state = if is_suspended { "suspended" } else { "idle" };
            if let Err(error) = shared.rq.set_worker_state(&worker.name, state).await {
                tracing::warn!(%error, "could not show the suspension");
            }
            was_suspended = is_suspended;
        }
        if is_suspended {
            if worker.settings.burst || pause(stop).await {
                return;
            }
            continue;
        }
        if claims.is_empty() {
            drop(permits);
            if worker.settings.burst {
                // What still runs may enqueue more.
                if shared.running().is_empty() {
                    return;
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = shared.left.notified() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = waiter.wait(Duration::from_secs(60)) => {}
            }
            continue;
        }
        for (claim, permit) in claims.into_iter().zip(permits) {
            jobs.spawn(run_job(shared.clone(), claim, permit, settlements.clone()));
        }
        while jobs.try_join_next().is_some() {}
    }
}

/// Waits for a free slot, then takes what is free, up to `max`; `None` when told to stop.
async fn free_slots(slots: &Arc<Semaphore>, max: usize, stop: &CancellationToken) -> Option<Vec<OwnedSemaphorePermit>> {
    let first = tokio::select! {
        biased;
        () = stop.cancelled() => return None,
        first = slots.clone().acquire_owned() => first.ok()?,
    };
    let mut permits = vec![first];
    while permits.len() < max
        && let Ok(permit) = slots.clone().try_acquire_owned()
    {
        permits.push(permit);
    }
    Some(permits)
}

/// Pauses; true when told to stop.
async fn pause(stop: &CancellationToken) -> bool {
    tokio::time::timeout(PAUSE, stop.cancelled()).await.is_ok()
}

/// Puts back what Redis says this worker runs and it does not know: the reply to a claim was lost.
async fn give_back_unknown(shared: &Shared) {
    let rq = &shared.rq;
    let key = rq.keys().worker_executions(&shared.worker.name);
    let Ok(members) = rq.connection().smembers::<_, HashSet<String>>(key).await else { return };
    let mut settlements = Vec::new();
    for member in members {
        let Some((id, execution)) = member.split_once(':') else { continue };
        if shared.running().contains_key(execution) {
            continue;
        }
        if let Ok(Some(job)) = rq.job(id).await {
            let claim =
                Claim { queue: job.origin.clone(), execution: execution.to_owned(), job, started: SystemTime::now() };
            settlements.push(claim.requeue(0));
        }
    }
    if !settlements.is_empty() {
        tracing::warn!(count = settlements.len(), "putting back jobs whose claim got lost");
        if let Err(error) = rq.settle(&shared.worker.name, &settlements).await {
            tracing::warn!(%error, "could not put back jobs whose claim got lost");
        }
    }
}

/// Runs one job and hands its end to the settler. It is in the table before the first await.
fn run_job(
    shared: Arc<Shared>,
    claim: Claim,
    permit: OwnedSemaphorePermit,
    settlements: mpsc::Sender<Settlement>,
) -> impl Future<Output = ()> {
    let (stop_sender, stop_receiver) = oneshot::channel();
    let running = Running { queue: claim.queue.clone(), id: claim.id().to_owned(), stop: Some(stop_sender) };
    shared.running().insert(claim.execution.clone(), running);
    async move {
        let settlement = execute(&shared, claim, stop_receiver).await;
        // The receiver outlives every job.
        let _ = settlements.send(settlement).await;
        drop(permit);
    }
}

/// Runs one job to its end.
async fn execute(shared: &Shared, claim: Claim, stopped: oneshot::Receiver<StopReason>) -> Settlement {
    if !claim.job.is_sound() {
        let problems: Vec<_> = claim.job.problems.iter().map(ToString::to_string).collect();
        tracing::error!(job = claim.id(), ?problems, "job hash is malformed");
        return claim.failed(&format!("job hash is malformed: {}", problems.join(", ")));
    }
    let (call, serializer) = match claim.job.call() {
        Ok(call) => call,
        Err(error) => return claim.failed(&format!("DeserializationError: {error}")),
    };
    let Some(handler) = shared.worker.handlers.get(&call.function) else {
        return claim.failed(&format!("this worker has no handler for {}", call.function));
    };
    let timeout_seconds = claim.job.timeout.unwrap_or(TIMEOUT_SECONDS_DEFAULT);
    let stop = CancellationToken::new();
    let claim = Arc::new(claim);
    let context = Context { call, serializer, claim: claim.clone(), stop: stop.clone(), rq: shared.rq.clone() };
    let work = AssertUnwindSafe(async { handler(context).await }).catch_unwind();
    let deadline = async {
        match u64::try_from(timeout_seconds) {
            Ok(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            Err(_) => std::future::pending().await,
        }
    };
    let settlement = tokio::select! {
        biased;
        result = work => settlement_of(&claim, serializer, result),
        Ok(reason) = stopped => match reason {
            StopReason::Command => claim.stopped("Job stopped by user, work-horse terminated."),
            StopReason::Killed => claim.failed_or_retry("Work-horse terminated unexpectedly; kill-horse command received"),
            StopReason::Lost => claim.canceled(),
            StopReason::Interrupted => claim.requeue(0),
        },
        () = deadline => claim.failed_or_retry(&format!(
            "rq.timeouts.JobTimeoutException: Task exceeded maximum timeout value ({timeout_seconds} seconds)"
        )),
    };
    stop.cancel();
    settlement
}

fn settlement_of(
    claim: &Claim,
    serializer: Serializer,
    result: std::thread::Result<Result<Value, JobError>>,
) -> Settlement {
    match result {
        Ok(Ok(value)) => claim.finished(&value, serializer),
        Ok(Err(JobError::Failed(error))) => claim.failed_or_retry(&error),
        Ok(Err(JobError::Fatal(error))) => claim.failed(&error),
        Ok(Err(JobError::Later(seconds))) => claim.requeue(seconds),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown reason");
            claim.failed_or_retry(&format!("handler panicked: {text}"))
        }
    }
}

/// Reports ends to Redis, in batches, until it confirms them.
async fn settle(shared: Arc<Shared>, mut receiver: mpsc::Receiver<Settlement>) {
    let mut batch = Vec::with_capacity(SETTLE_BATCH_MAX);
    while receiver.recv_many(&mut batch, SETTLE_BATCH_MAX).await > 0 {
        let settled = loop {
            match shared.rq.settle(&shared.worker.name, &batch).await {
                Ok(settled) => break settled,
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, count = batch.len(), "could not report ended jobs, trying again");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(%error, count = batch.len(), "ended jobs cannot be reported");
                    break Vec::new();
                }
            }
        };
        count(&shared, &batch, &settled);
        {
            let mut running = shared.running();
            for settlement in batch.drain(..) {
                if let Some(execution) = settlement.execution {
                    running.remove(&execution);
                }
            }
        }
        shared.left.notify_one();
        shared.left.notify_waiters();
    }
}

fn count(shared: &Shared, batch: &[Settlement], settled: &[Settled]) {
    use crate::settle::Outcome;
    let mut report = shared.report.lock().unwrap_or_else(PoisonError::into_inner);
    for (settlement, settled) in batch.iter().zip(settled) {
        match (settled, &settlement.outcome) {
            (Settled::Done, Outcome::Finished { .. }) => report.finished += 1,
            (Settled::Done, Outcome::Requeue { .. }) => report.interrupted += 1,
            (Settled::Done, Outcome::Failed { .. } | Outcome::Stopped { .. } | Outcome::Retry { .. }) => {
                report.failed += 1;
            }
            (Settled::Lost | Settled::Canceled | Settled::Deleted | Settled::Broken, _)
            | (Settled::Done, Outcome::Canceled) => {
                tracing::warn!(job = settlement.id, ?settled, "the end of a job was not recorded");
                report.lost += 1;
            }
        }
    }
}

async fn beat(shared: Arc<Shared>, registration: Registration, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(shared.worker.settings.heartbeat);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let executions: Vec<_> = shared
            .running()
            .iter()
            .map(|(execution, running)| (running.queue.clone(), running.id.clone(), execution.clone()))
            .collect();
        let heartbeat = match shared.rq.heartbeat(&shared.worker.name, &executions).await {
            Ok(heartbeat) => heartbeat,
            Err(error) => {
                tracing::warn!(%error, "could not send a heartbeat");
                continue;
            }
        };
        if !heartbeat.is_registered
            && let Err(error) = shared.rq.refresh_worker(&registration).await
        {
            tracing::warn!(%error, "could not register again");
        }
        for ((_, id, execution), beat) in executions.iter().zip(heartbeat.beats) {
            // A job may have ended between the look into the table and the heartbeat.
            if beat != Beat::Alive && shared.running().contains_key(execution) {
                tracing::warn!(job = id, ?beat, "a running job is no longer ours");
                shared.stop(StopReason::Lost, |other, _| other == execution);
            }
        }
    }
}

async fn clean(shared: Arc<Shared>, every: Duration, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        for queue in &shared.worker.queues {
            match shared.rq.clean(queue, &shared.worker.settings.clean).await {
                Ok(cleaned) if cleaned.is_empty() => {}
                Ok(cleaned) => tracing::warn!(queue, ?cleaned, "reclaimed what dead workers left"),
                Err(error) => tracing::warn!(%error, queue, "could not clean a queue"),
            }
        }
    }
}

/// Listens for commands on the worker's channel, through outages.
async fn obey(shared: Arc<Shared>, shutdown: CancellationToken, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            heard = listen(&shared, &shutdown) => {
                if let Err(error) = heard {
                    tracing::warn!(%error, "could not listen for commands");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn listen(shared: &Shared, shutdown: &CancellationToken) -> Result<(), Error> {
    let mut subscriber = shared.rq.subscriber().await?;
    subscriber.subscribe(shared.rq.keys().pubsub(&shared.worker.name)).await?;
    let mut messages = subscriber.on_message();
    while let Some(message) = messages.next().await {
        match Command::parse(message.get_payload_bytes()) {
            Some(Command::Shutdown) => shutdown.cancel(),
            Some(Command::KillHorse) => shared.stop(StopReason::Killed, |_, _| true),
            Some(Command::StopJob { job_id }) => {
                shared.stop(StopReason::Command, |_, running| running.id == job_id);
            }
            Some(Command::StopExecution { job_id, execution_id }) => {
                shared
                    .stop(StopReason::Command, |execution, running| running.id == job_id && execution == execution_id);
            }
            None => tracing::debug!("ignored a command"),
        }
    }
    Ok(())
}
