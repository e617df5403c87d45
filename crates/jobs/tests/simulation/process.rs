//! A process of the product: a runtime of its own with a clock of its own, so that it can stand still or vanish
//! between two instructions while the others go on.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::dispatch::Stranger;
use bidlens_jobs::memory::{MemoryStore, MemoryTx};
use bidlens_jobs::{
    AdoptError, Adopter, FailureCode, Handler, Inserted, Job, JobContext, JobStore, NewJob, Outcome, Runtime,
    RuntimeSettings, StoreError,
};
use serde_json::json;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::dispatch::ListDispatch;
use crate::store::SimStore;
use crate::world::{self, World, clock_of_process, clock_of_world, ms, worker_id};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Worker,
    /// Takes requests, looks after the queues, and runs only what it is told to.
    Api,
}

pub(crate) struct Process {
    pub(crate) index: usize,
    pub(crate) role: Role,
    pub(crate) shutdown: CancellationToken,
    pub(crate) engine: Arc<Runtime<SimStore, ListDispatch>>,
    pub(crate) store: SimStore,
    main: JoinHandle<()>,
    tokio: tokio::runtime::Runtime,
    epoch: Instant,
    /// Time of the world at the epoch, plus what the machine slept since.
    offset: Duration,
    last: Instant,
}

pub(crate) const QUEUES: [&str; 2] = ["a", "b"];

impl Process {
    pub(crate) fn start(
        world: &Arc<World>,
        memory: &MemoryStore,
        role: Role,
        concurrency: usize,
        at: Duration,
    ) -> Process {
        let index = {
            let mut inner = world.lock();
            let number = inner.processes.len();
            let name = match role {
                Role::Worker => format!("worker {number}"),
                Role::Api => format!("api {number}"),
            };
            inner.note(format!("{name} is started"));
            inner.process(name)
        };
        let tokio = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
        let epoch = tokio.block_on(async { Instant::now() });
        let store = SimStore { world: Arc::clone(world), process: index, memory: memory.clone() };
        let dispatch = ListDispatch { world: Arc::clone(world), process: index };
        let settings = RuntimeSettings {
            worker: worker_id(index),
            queues: QUEUES.map(str::to_owned).to_vec(),
            concurrency,
            backoff_jitter: 0.0,
            boot_clock: world::now,
            ..RuntimeSettings::default()
        };
        let engine = Runtime::new(Arc::new(store.clone()), Arc::new(dispatch), settings)
            .handle("planned", Arc::new(Planned { world: Arc::clone(world), process: index }))
            .adopt_with(Arc::new(AdoptAll { store: store.clone() }));
        let engine = Arc::new(engine);
        let shutdown = CancellationToken::new();
        let main = match role {
            Role::Worker => tokio.spawn(Arc::clone(&engine).work(shutdown.clone())),
            Role::Api => tokio.spawn(Arc::clone(&engine).attend(shutdown.clone())),
        };
        Process { index, role, shutdown, engine, store, main, tokio, epoch, offset: at, last: epoch }
    }

    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tokio.spawn(work);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.main.is_finished()
    }

    /// Lets the process run until `target`; false when it stood still all the time.
    pub(crate) fn run_until(&mut self, world: &World, target: Duration) -> bool {
        let (interrupt, frozen, is_dead) = {
            let inner = world.lock();
            let status = &inner.processes[self.index];
            (Arc::clone(&status.interrupt), status.frozen, status.is_dead)
        };
        if is_dead || frozen.is_some_and(|(until, _)| until > target) {
            return false;
        }
        let local = self.offset + (self.last - self.epoch);
        if let Some((until, sleeps)) = frozen {
            let mut inner = world.lock();
            inner.processes[self.index].frozen = None;
            let line = format!("{} goes on", inner.processes[self.index].name);
            inner.note(line);
            drop(inner);
            let gap = until.saturating_sub(local);
            if sleeps {
                self.offset += gap;
            } else {
                self.tokio.block_on(tokio::time::advance(gap));
            }
        }
        clock_of_process(self.epoch, self.offset);
        let offset = self.offset;
        let epoch = self.epoch;
        self.last = self.tokio.block_on(async {
            let local = offset + (Instant::now() - epoch);
            tokio::select! {
                biased;
                () = interrupt.notified() => {}
                () = sleep(target.saturating_sub(local)) => {}
            }
            Instant::now()
        });
        clock_of_world(target);
        true
    }
}

/// Does what the job's plan says for this attempt.
struct Planned {
    world: Arc<World>,
    process: usize,
}

/// What an attempt may be told to do.
pub(crate) const PLANS: [&str; 14] = [
    "done", "early", "slow", "stubborn", "answer", "retry", "snooze", "fail", "cancel", "panic", "hang", "kill",
    "sleepy", "long",
];

impl Planned {
    /// Works for a while, telling how far it is; false when it was told to stop.
    async fn work(&self, context: &JobContext<SimStore>, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut percent = 0;
        while Instant::now() < until {
            context.progress("working", percent, "").await;
            percent = (percent + 7).min(99);
            tokio::select! {
                biased;
                () = context.stopped().cancelled() => return false,
                () = sleep(ms(1_000).min(until - Instant::now())) => {}
            }
        }
        true
    }

    fn costs(&self, job: &Job) {
        self.world.lock().records.entry(job.id).or_default().errors += 1;
    }

    async fn done(&self, job: &Job, context: &JobContext<SimStore>) -> Outcome<MemoryTx> {
        match context.begin().await {
            Ok(tx) => finish(job, tx),
            Err(error) => {
                self.costs(job);
                Outcome::Retry(FailureCode::StorageUnavailable.because(error.to_string()))
            }
        }
    }
}

fn finish(job: &Job, mut tx: MemoryTx) -> Outcome<MemoryTx> {
    tx.effects.push(format!("{} {}", world::name(job.id), job.attempt));
    Outcome::Done { tx, result: json!({"attempt": job.attempt, "has_effects": true}) }
}

#[async_trait]
impl Handler<SimStore> for Planned {
    async fn run(&self, job: &Job, context: &JobContext<SimStore>) -> Outcome<MemoryTx> {
        let said = job.payload.get((job.attempt - 1) as usize).or_else(|| job.payload.as_array()?.last());
        let said = said.and_then(|plan| plan.as_str()).unwrap_or("done");
        let plan = PLANS.iter().copied().find(|plan| *plan == said).unwrap_or("done");
        let _running = self.world.attempt_begins(self.process, job, plan);
        let short = ms(self.world.lock().chance.between(0, 800));
        let some = ms(self.world.lock().chance.between(1_000, 12_000));
        match plan {
            "early" => {
                let begun = context.begin().await;
                self.work(context, some).await;
                match begun {
                    Ok(tx) => finish(job, tx),
                    Err(error) => {
                        self.costs(job);
                        Outcome::Retry(FailureCode::StorageUnavailable.because(error.to_string()))
                    }
                }
            }
            "slow" | "long" => {
                let time = if plan == "long" { ms(30_000) } else { some };
                if self.work(context, time).await {
                    self.done(job, context).await
                } else {
                    Outcome::Cancel("told to stop".to_owned())
                }
            }
            "stubborn" => {
                sleep(some + some).await;
                self.done(job, context).await
            }
            "answer" => {
                self.work(context, short).await;
                Outcome::Answer(json!({"attempt": job.attempt, "has_effects": false}))
            }
            "retry" => {
                self.work(context, short).await;
                self.costs(job);
                Outcome::Retry(FailureCode::Internal.because("planned"))
            }
            "snooze" => Outcome::Snooze(some),
            "fail" => Outcome::Fail(FailureCode::Internal.because("planned")),
            "cancel" => Outcome::Cancel("planned".to_owned()),
            "panic" => {
                sleep(short).await;
                self.costs(job);
                // Unwinds without the noise of the hook.
                std::panic::resume_unwind(Box::new("planned"))
            }
            "hang" => std::future::pending().await,
            "kill" => {
                sleep(short).await;
                self.world.crash(self.process, "by a job");
                std::future::pending().await
            }
            "sleepy" => {
                sleep(short).await;
                let time = ms(self.world.lock().chance.between(1_000, 30_000));
                if !self.world.lock().is_calm {
                    self.world.freeze(self.process, time, false);
                }
                sleep(ms(1)).await;
                self.done(job, context).await
            }
            _ => {
                self.work(context, short).await;
                self.done(job, context).await
            }
        }
    }
}

struct AdoptAll {
    store: SimStore,
}

#[async_trait]
impl Adopter for AdoptAll {
    async fn adopt(&self, stranger: &Stranger) -> Result<Job, AdoptError> {
        let not_now = |error: StoreError| AdoptError::NotNow(error.to_string());
        if let Some(job) = self.store.fetch(stranger.id).await.map_err(not_now)? {
            return Ok(job);
        }
        let new = NewJob { id: stranger.id, ..NewJob::new(&stranger.queue, &stranger.function, "outside", json!([])) };
        match self.store.insert(new).await.map_err(not_now)? {
            Inserted::New(job) | Inserted::Existing(job) => Ok(job),
        }
    }
}
