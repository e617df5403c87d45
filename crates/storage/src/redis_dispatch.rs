//! The dispatcher on Redis: the rows' jobs in RQ's key layout, where `rq info` and Python programs see them.
//!
//! Redis is a hint. Whatever it loses is announced again from the rows, whatever it offers is claimed in the rows
//! first, and while it is away the rows keep everything. What became of jobs is told to it in batches by a task of
//! its own ([`RedisDispatch::attend`]), so that no job waits for it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bidlens_jobs::dispatch::{Arguments, Dispatch, DispatchError, Stranger, Taken};
use bidlens_jobs::{Job, JobId, JobState, WorkerId};
use chrono::Utc;
use futures_util::StreamExt;
use rq_wire::clean::CleanSettings;
use rq_wire::control::Command;
use rq_wire::schedule::JobScheduler;
use rq_wire::wait::Waiter;
use rq_wire::worker::{Beat, Registration};
use rq_wire::{Announced, Announcement, Call, Claim, Keys, NewJob, Outcome, Rq, Serializer, Settlement, Value};
use serde_json::{Map, Value as Json};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long Redis may take before a request goes on without it.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// An execution without a heartbeat for this long is taken for dead by cleaners.
const LEASE: Duration = Duration::from_secs(12);
const HEARTBEAT: Duration = Duration::from_secs(3);
const CLEAN_EVERY: Duration = Duration::from_secs(5);
/// How long a suspended worker rests before it looks again.
const SUSPENDED_PAUSE: Duration = Duration::from_secs(1);
/// How long the last settlements may take at the end of the process.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);
/// When to look again at a job that another process runs although it was offered here.
const ELSEWHERE_DELAY_S: i64 = 5;
/// When to look again at a job that waits for another. The sweep may find sooner that it is ready.
const PUT_OFF_DELAY_S: i64 = 2;
/// Settlements in one round trip, and in the box while Redis is away; what does not fit is found by cleaners.
const SETTLE_BATCH: usize = 256;
const OUTBOX_MAX: usize = 20_000;
/// Keys of the payload that keep how another program called a job: its id, how its values are written, how long its
/// result is kept. Nothing else of a payload begins like them.
const OUTSIDE: &str = "rq_";
const OUTSIDE_ID: &str = "rq_id";
const OUTSIDE_SERIALIZER: &str = "rq_serializer";
const OUTSIDE_RESULT_TTL: &str = "rq_result_ttl";

#[derive(Debug, Clone)]
pub struct RedisSettings {
    /// `redis://[user:password@]host:port/db`. Never logged.
    pub url: secrecy::SecretString,
    pub key_prefix: String,
    pub result_ttl: Duration,
    pub failure_ttl: Duration,
}

impl RedisSettings {
    /// Says what is wrong with the key prefix.
    pub fn check_key_prefix(&self) -> Result<(), String> {
        Keys::new(&self.key_prefix).map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The one connection of a process, which mends itself once it stands.
#[derive(Default)]
struct Connection {
    rq: Option<Rq>,
    failed: Option<(Instant, DispatchError)>,
}

pub struct RedisDispatch {
    settings: RedisSettings,
    keys: Keys,
    worker: WorkerId,
    /// The worker's name in Redis.
    name: String,
    connection: tokio::sync::Mutex<Connection>,
    is_suspended: AtomicBool,
    held: Mutex<HashMap<JobId, Claim>>,
    outbox: Mutex<VecDeque<Settlement>>,
    posted: Notify,
    waiter: tokio::sync::Mutex<Option<(Vec<String>, Waiter)>>,
    cancels: mpsc::UnboundedSender<JobId>,
}

impl std::fmt::Debug for RedisDispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisDispatch").field("name", &self.name).field("keys", &self.keys).finish_non_exhaustive()
    }
}

fn outside(doing: &'static str) -> impl Fn(rq_wire::Error) -> DispatchError {
    move |error| DispatchError { doing, reason: error.to_string() }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX).max(1)
}

/// The job's id in Redis.
fn outside_id(job: &Job) -> String {
    match job.payload.get(OUTSIDE_ID).and_then(Json::as_str) {
        Some(id) => id.to_owned(),
        None => job.id.to_string(),
    }
}

/// The id of the row for an id of Redis: itself when it is a UUID, else one made from it.
fn row_id(id: &str) -> JobId {
    // The namespace is our own; with it the same outside id always gives the same row.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6b1d_6a55_0d5e_4f6f_9a3b_2f1c_8d0e_4471);
    JobId(match Uuid::parse_str(id) {
        Ok(uuid) if uuid.to_string() == id => uuid,
        _ => Uuid::new_v5(&NAMESPACE, id.as_bytes()),
    })
}

impl RedisDispatch {
    /// A dispatcher that connects when it is first needed. The receiver hears of jobs that other programs stop or
    /// cancel while they run here.
    pub fn new(
        settings: RedisSettings,
        worker: WorkerId,
    ) -> Result<(RedisDispatch, mpsc::UnboundedReceiver<JobId>), DispatchError> {
        let keys = Keys::new(&settings.key_prefix)
            .map_err(|e| DispatchError { doing: "read RQ_KEY_PREFIX", reason: e.to_string() })?;
        let (cancels, heard) = mpsc::unbounded_channel();
        let dispatch = RedisDispatch {
            settings,
            keys,
            worker,
            name: format!("bidlens-{}-{}", rq_wire::worker::hostname(), worker.0.simple()),
            connection: tokio::sync::Mutex::default(),
            is_suspended: AtomicBool::new(false),
            held: Mutex::new(HashMap::new()),
            outbox: Mutex::new(VecDeque::new()),
            posted: Notify::new(),
            waiter: tokio::sync::Mutex::new(None),
            cancels,
        };
        Ok((dispatch, heard))
    }

    async fn rq(&self) -> Result<Rq, DispatchError> {
        let asked = Instant::now();
        let mut connection = self.connection.lock().await;
        if let Some(rq) = &connection.rq {
            return Ok(rq.clone());
        }
        // An attempt answers everybody who waited for it; one after the other they would wait for many.
        if let Some((at, error)) = &connection.failed
            && *at > asked
        {
            return Err(error.clone());
        }
        use secrecy::ExposeSecret;
        let connect = Rq::connect_with(self.settings.url.expose_secret(), self.keys.clone());
        match within("connect to Redis", connect).await {
            Ok(rq) => Ok(connection.rq.insert(rq.with_lease(LEASE)).clone()),
            Err(error) => {
                connection.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Whether `rq suspend` holds all workers.
    pub async fn is_suspended(&self) -> Result<bool, DispatchError> {
        let rq = self.rq().await?;
        within("ask Redis whether workers are suspended", rq.is_suspended()).await
    }

    /// Shows a suspension that began or ended to those who look at the workers.
    async fn show_suspension(&self, rq: &Rq, is_suspended: bool) {
        if self.is_suspended.swap(is_suspended, Ordering::SeqCst) == is_suspended {
            return;
        }
        tracing::info!("{}", if is_suspended { "suspended by `rq suspend`" } else { "no longer suspended" });
        let state = if is_suspended { "suspended" } else { "idle" };
        if let Err(error) = within("show the suspension", rq.set_worker_state(&self.name, state)).await {
            tracing::debug!(%error, "the suspension is not shown");
        }
    }

    /// Whether Redis answers and can be written to; the error says what is wrong.
    pub async fn ping(&self) -> Result<(), DispatchError> {
        let rq = self.rq().await?;
        within("ask Redis", rq.probe()).await
    }

    /// Tells Redis what became of jobs, keeps this worker's heartbeats, moves due jobs and cleans, until `shutdown`;
    /// then tells the rest and takes the worker off. Without `queues` this process only announces.
    pub async fn attend(self: Arc<Self>, queues: Vec<String>, shutdown: CancellationToken) {
        let posting = CancellationToken::new();
        let others = async {
            if queues.is_empty() {
                shutdown.cancelled().await;
            } else {
                tokio::join!(
                    self.beat(&queues, &shutdown),
                    self.schedule(&queues, &shutdown),
                    self.clean(&queues, &shutdown),
                    self.listen(&shutdown),
                );
            }
            self.flush(FLUSH_WITHIN).await;
            posting.cancel();
        };
        tokio::join!(self.post(&posting), others);
    }

    /// Ends when everything posted has been told, at most after `patience`.
    async fn flush(&self, patience: Duration) {
        let empty = async {
            while !locked(&self.outbox).is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // What is not told is found by cleaners and by the sweep.
        let _ = tokio::time::timeout(patience, empty).await;
    }
}

/// Key of RQ's `meta` that tells jobs with a row of ours from those of other programs. Its row may be gone since:
/// with its project, or because it ended long ago.
const OURS: &str = "bidlens";

fn is_ours(claim: &Claim) -> bool {
    claim.job.meta().is_ok_and(|meta| meta.get(OURS).is_some())
}

/// What a call says of Redis when it fails or takes too long.
async fn within<T, E: std::fmt::Display>(
    doing: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, DispatchError> {
    match tokio::time::timeout(ANSWER_WITHIN, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(DispatchError { doing, reason: error.to_string() }),
        Err(_) => Err(DispatchError { doing, reason: format!("no answer within {} s", ANSWER_WITHIN.as_secs()) }),
    }
}

/// Waits; true when it is time to stop.
async fn pause(time: Duration, shutdown: &CancellationToken) -> bool {
    tokio::time::timeout(time, shutdown.cancelled()).await.is_ok()
}

/// What the row says, in RQ's words.
fn value_of(json: &Json) -> Value {
    rq_wire::json::read(json.to_string().as_bytes()).unwrap_or_default()
}

/// The tasks of a process.
impl RedisDispatch {
    /// Posts settlements until `shutdown`, and then what is left.
    async fn post(&self, shutdown: &CancellationToken) {
        let mut failing = false;
        loop {
            let batch: Vec<Settlement> = locked(&self.outbox).iter().take(SETTLE_BATCH).cloned().collect();
            if batch.is_empty() {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = self.posted.notified() => continue,
                }
            }
            let told = async {
                let rq = self.rq().await?;
                within("tell Redis what ended", rq.settle(&self.name, &batch)).await
            };
            match told.await {
                Ok(_) => {
                    locked(&self.outbox).drain(..batch.len());
                    failing = false;
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(%error, "Redis is not told what ended; trying again until it works");
                    }
                    if pause(Duration::from_secs(1), shutdown).await {
                        return;
                    }
                }
            }
        }
    }

    /// Keeps the worker and what it runs alive in Redis.
    async fn beat(&self, queues: &[String], shutdown: &CancellationToken) {
        let registration = Registration::new(self.name.clone(), queues.iter().cloned());
        let mut registered = false;
        loop {
            let beat = async {
                let rq = self.rq().await?;
                if !registered {
                    within("register the worker", rq.refresh_worker(&registration)).await?;
                }
                let running: Vec<(JobId, (String, String, String))> = locked(&self.held)
                    .iter()
                    .map(|(id, c)| (*id, (c.queue.clone(), c.id().to_owned(), c.execution.clone())))
                    .collect();
                let (ids, executions): (Vec<JobId>, Vec<_>) = running.into_iter().unzip();
                let heartbeat = within("renew the worker", rq.heartbeat(&self.name, &executions)).await?;
                for (id, beat) in ids.into_iter().zip(heartbeat.beats) {
                    match beat {
                        Beat::Alive => {}
                        Beat::Lost => self.restore(&rq, id).await?,
                        Beat::Canceled => self.hear_cancel(id),
                    }
                }
                Ok::<bool, DispatchError>(heartbeat.is_registered)
            };
            registered = beat.await.unwrap_or(false);
            // A registration that is gone is written anew at once.
            let next = if registered { HEARTBEAT } else { Duration::from_millis(500) };
            if pause(next, shutdown).await {
                break;
            }
        }
        if let Ok(rq) = self.rq().await
            && let Err(error) = within("take the worker off", rq.unregister_worker(&self.name, queues)).await
        {
            tracing::debug!(%error, "the worker stays visible until its key expires");
        }
    }

    /// Shows a job again that runs here and that Redis forgot. One that another program took away stays so: the row
    /// decides who runs it, and settling puts the lists right.
    async fn restore(&self, rq: &Rq, id: JobId) -> Result<(), DispatchError> {
        let Some(lost) = locked(&self.held).get(&id).cloned() else { return Ok(()) };
        let restored = within("restore a job that Redis forgot", rq.restore_started(&self.name, &lost)).await?;
        let Some(restored) = restored else { return Ok(()) };
        let has_ended = match locked(&self.held).get_mut(&id) {
            Some(claim) if claim.execution == lost.execution => {
                *claim = restored;
                false
            }
            _ => true,
        };
        if has_ended {
            // Meanwhile, and it will be heard of no more.
            within("drop a job that has ended", rq.drop_job(lost.id())).await?;
        }
        Ok(())
    }

    /// Moves jobs whose time has come; beside stock schedulers, by their own lock.
    async fn schedule(&self, queues: &[String], shutdown: &CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Ok(rq) = self.rq().await {
                JobScheduler::new(rq, self.name.clone(), queues.iter().cloned()).run(shutdown.clone()).await;
            }
            if pause(Duration::from_secs(1), shutdown).await {
                return;
            }
        }
    }

    /// Gives back what dead workers left in Redis.
    async fn clean(&self, queues: &[String], shutdown: &CancellationToken) {
        let settings = CleanSettings::default();
        while !pause(CLEAN_EVERY, shutdown).await {
            let Ok(rq) = self.rq().await else { continue };
            for queue in queues {
                match within("clean a queue", rq.clean(queue, &settings)).await {
                    Ok(cleaned) if cleaned.is_empty() => {}
                    Ok(cleaned) => tracing::info!(queue, ?cleaned, "cleaned what dead workers left in Redis"),
                    Err(error) => tracing::debug!(%error, queue, "queue not cleaned"),
                }
            }
        }
    }

    /// Hears commands that other programs send to this worker.
    async fn listen(&self, shutdown: &CancellationToken) {
        let listening = async {
            loop {
                if let Ok(rq) = self.rq().await
                    && let Ok(mut channel) = rq.commands(&self.name).await
                {
                    while let Some(command) = channel.next().await {
                        match command {
                            Command::StopJob { job_id } | Command::StopExecution { job_id, .. } => {
                                self.hear_cancel(row_id(&job_id));
                            }
                            // Stopping this process is for who started it.
                            Command::Shutdown | Command::KillHorse => {
                                tracing::info!(?command, "ignored a command from Redis");
                            }
                        }
                    }
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            () = listening => {}
            () = shutdown.cancelled() => {}
        }
    }

    fn hear_cancel(&self, id: JobId) {
        // Nobody listens in a process that is ending.
        let _ = self.cancels.send(id);
    }

    fn post_all(&self, settlements: impl IntoIterator<Item = Settlement>) {
        let mut outbox = locked(&self.outbox);
        outbox.extend(settlements);
        let over = outbox.len().saturating_sub(OUTBOX_MAX);
        outbox.drain(..over);
        drop(outbox);
        self.posted.notify_one();
    }

    /// How the state of the row is told to Redis; a job that waits comes back after `delay_min_s` at the earliest.
    fn settlement(&self, job: &Job, delay_min_s: i64) -> Option<Settlement> {
        if job.state == JobState::Running && job.worker == Some(self.worker) {
            return None;
        }
        let claim = locked(&self.held).remove(&job.id);
        if job.state == JobState::Running && claim.is_none() {
            return None;
        }
        let serializer = claim.as_ref().and_then(|c| c.job.call().ok()).map_or(Serializer::Pickle, |(_, s)| s);
        let error = || job.error.clone().unwrap_or_else(|| "no reason was recorded".to_owned());
        let result_ttl = claim.as_ref().and_then(|c| c.job.result_ttl).unwrap_or(seconds(self.settings.result_ttl));
        let failure_ttl = claim.as_ref().and_then(|c| c.job.failure_ttl).unwrap_or(seconds(self.settings.failure_ttl));
        let outcome = match job.state {
            JobState::Succeeded => {
                let value = value_of(job.result.as_ref().unwrap_or(&Json::Null));
                Outcome::finished(&value, serializer, result_ttl)
            }
            JobState::Failed => Outcome::Failed { error: error(), ttl_seconds: failure_ttl },
            JobState::Cancelled => Outcome::Canceled,
            JobState::Running => Outcome::Requeue { delay_seconds: ELSEWHERE_DELAY_S, at_front: true },
            JobState::Queued => {
                let wait = (job.run_at - Utc::now()).num_milliseconds();
                let delay_seconds = if wait > 0 { (wait + 999) / 1_000 } else { 0 };
                Outcome::Requeue { delay_seconds: delay_seconds.max(delay_min_s), at_front: true }
            }
        };
        Some(Settlement {
            queue: claim.as_ref().map_or_else(|| job.queue.clone(), |c| c.queue.clone()),
            id: claim.as_ref().map_or_else(|| outside_id(job), |c| c.id().to_owned()),
            execution: claim.as_ref().map(|c| c.execution.clone()),
            outcome,
            started: claim.as_ref().map(|c| c.started),
            ended: SystemTime::now(),
            forget_fields: claim.map(|c| c.job.problems.iter().map(|p| p.field.clone()).collect()).unwrap_or_default(),
        })
    }

    fn announcement(&self, job: &Job) -> Result<Announcement, DispatchError> {
        let bad = |reason: String| DispatchError { doing: "describe a job to Redis", reason };
        let id = rq_wire::JobId::new(outside_id(job)).map_err(|e| bad(e.to_string()))?;
        // Functions in Python take what the contract names and nothing else.
        let ours = |name: &str| !name.starts_with(OUTSIDE) && name != bidlens_jobs::observe::REQUEST_ID;
        let mut call = Call::new(&job.kind);
        for (name, value) in job.payload.as_object().into_iter().flatten().filter(|(name, _)| ours(name)) {
            call = call.kwarg(name, value_of(value));
        }
        // Pickle where nobody asked for JSON, since rq-dashboard cannot show a worker that runs anything else.
        let is_json = job.payload.get(OUTSIDE_SERIALIZER).is_some();
        let serializer = if is_json { Serializer::Json } else { Serializer::Pickle };
        let mut new = NewJob::new(&job.queue, call).id(id).serializer(serializer);
        new.timeout_seconds = seconds(job.timeout);
        let result_ttl = job.payload.get(OUTSIDE_RESULT_TTL).and_then(Json::as_i64);
        new.result_ttl_seconds = Some(result_ttl.unwrap_or(seconds(self.settings.result_ttl)));
        new.failure_ttl_seconds = Some(seconds(self.settings.failure_ttl));
        new.meta = Some(Value::Dict(vec![(OURS.into(), env!("CARGO_PKG_VERSION").into())]));
        Announcement::of(&new).map_err(|e| bad(e.to_string()))
    }
}

#[async_trait]
impl Dispatch for RedisDispatch {
    async fn announce(&self, jobs: &[Job]) -> Result<(), DispatchError> {
        let announcements = jobs.iter().map(|job| self.announcement(job)).collect::<Result<Vec<_>, _>>()?;
        let rq = self.rq().await?;
        let announced = if announcements.len() == 1 {
            within("announce a job", rq.announce_many(&announcements)).await?
        } else {
            rq.announce_many(&announcements).await.map_err(outside("announce jobs"))?
        };
        for (job, announced) in jobs.iter().zip(announced) {
            if announced == Announced::Canceled {
                self.hear_cancel(job.id);
            }
        }
        Ok(())
    }

    async fn take(&self, queues: &[String], limit: usize) -> Result<Taken, DispatchError> {
        let rq = self.rq().await?;
        let popped = rq.pop_many(&self.name, queues, limit).await.map_err(outside("take jobs from Redis"))?;
        self.show_suspension(&rq, popped.is_suspended).await;
        for (queue, id) in popped.unreadable {
            tracing::error!(queue, id, "dropped an id from Redis that cannot name a job");
        }
        let mut held = locked(&self.held);
        let offers = popped.claims.into_iter().map(|claim| {
            let id = row_id(claim.id());
            held.insert(id, claim);
            id
        });
        Ok(Taken::Offers(offers.collect()))
    }

    async fn wait(&self, queues: &[String], patience: Duration) {
        if self.is_suspended.load(Ordering::SeqCst) {
            // What waits would wake it again and again.
            return tokio::time::sleep(patience.min(SUSPENDED_PAUSE)).await;
        }
        let mut slot = self.waiter.lock().await;
        if slot.as_ref().is_none_or(|(watched, _)| watched != queues) {
            let Ok(rq) = self.rq().await else {
                tokio::time::sleep(patience).await;
                return;
            };
            *slot = Some((queues.to_vec(), Waiter::new(&rq, queues)));
        }
        match &*slot {
            Some((_, waiter)) => waiter.wait(patience).await,
            None => tokio::time::sleep(patience).await,
        }
    }

    async fn settle(&self, jobs: &[Job]) {
        self.post_all(jobs.iter().filter_map(|job| self.settlement(job, 0)));
    }

    async fn put_off(&self, jobs: &[Job]) {
        self.post_all(jobs.iter().filter_map(|job| self.settlement(job, PUT_OFF_DELAY_S)));
    }

    async fn give_back(&self, jobs: &[JobId]) {
        let mut held = locked(&self.held);
        let claims: Vec<Claim> = jobs.iter().filter_map(|id| held.remove(id)).collect();
        drop(held);
        self.post_all(claims.iter().map(|claim| claim.requeue(0)));
    }

    async fn stranger(&self, job: JobId) -> Option<Stranger> {
        let claim = locked(&self.held).get(&job).cloned().filter(|claim| !is_ours(claim))?;
        let call = claim.job.call();
        let json =
            |value: &Value| value.to_json().ok_or_else(|| format!("the argument {} is no plain value", value.repr()));
        let (function, arguments) = match call {
            Err(error) => (String::new(), Err(format!("the call cannot be read: {error}"))),
            Ok((call, _)) => {
                let read = || {
                    let positional = call.args.iter().map(json).collect::<Result<Vec<Json>, String>>()?;
                    let keywords = call.kwargs.iter().map(|(name, value)| Ok((name.clone(), json(value)?)));
                    Ok(Arguments { positional, keywords: keywords.collect::<Result<Map<String, Json>, String>>()? })
                };
                (call.function.clone(), read())
            }
        };
        let mut keep = Map::new();
        if claim.id() != job.to_string() {
            keep.insert(OUTSIDE_ID.to_owned(), claim.id().into());
        }
        if matches!(claim.job.call(), Ok((_, Serializer::Json))) {
            keep.insert(OUTSIDE_SERIALIZER.to_owned(), "json".into());
        }
        if let Some(ttl) = claim.job.result_ttl {
            keep.insert(OUTSIDE_RESULT_TTL.to_owned(), ttl.into());
        }
        let timeout = claim.job.timeout.and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs);
        let outside_id = claim.id().to_owned();
        Some(Stranger { id: job, outside_id, queue: claim.queue, function, arguments, timeout, keep })
    }

    async fn refuse(&self, job: JobId, reason: &str) {
        let Some(claim) = locked(&self.held).remove(&job) else { return };
        if !is_ours(&claim) {
            return self.post_all([claim.failed(reason)]);
        }
        let dropped = async {
            let rq = self.rq().await?;
            within("drop a job without a row", rq.drop_job(claim.id())).await
        };
        // Nobody renews it, so a cleaner offers it again.
        if let Err(error) = dropped.await {
            tracing::debug!(%error, %job, "a job without a row stays in Redis for now");
        }
    }

    async fn listed(&self, queue: &str) -> Result<Option<u64>, DispatchError> {
        let rq = self.rq().await?;
        Ok(Some(within("count what waits in Redis", rq.queue_len(queue)).await?))
    }
}
