//! What all processes share: time, faults, the lists of the dispatcher, and the record of what happened.
//!
//! Every call to the store or the dispatcher goes through [`World::call`], which decides what becomes of it. Start
//! there; [`Profile`] says how often what goes wrong.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bidlens_jobs::{Job, JobId, WorkerId};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::chance::Chance;

/// As the engine's defaults have it.
pub(crate) const LEASE: Duration = Duration::from_secs(12);
/// How far the store's clock jumps at once, and how rarely.
pub(crate) const JUMP_MS: i64 = 4_000;
pub(crate) const JUMP_EVERY: Duration = Duration::from_secs(20);
/// A trouble of a worker explains that it was declared dead for this long after it.
const EXCUSE: Duration = Duration::from_secs(18);

#[derive(Clone, Copy)]
enum Clock {
    World(Duration),
    Process { epoch: Instant, offset: Duration },
}

thread_local! {
    static CLOCK: Cell<Clock> = const { Cell::new(Clock::World(Duration::ZERO)) };
}

/// Time since the run began, as whoever runs now sees it.
pub(crate) fn now() -> Duration {
    match CLOCK.get() {
        Clock::World(now) => now,
        Clock::Process { epoch, offset } => offset + Instant::now().saturating_duration_since(epoch),
    }
}

pub(crate) fn clock_of_world(now: Duration) {
    CLOCK.set(Clock::World(now));
}

pub(crate) fn clock_of_process(epoch: Instant, offset: Duration) {
    CLOCK.set(Clock::Process { epoch, offset });
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) fn job_id(number: u64) -> JobId {
    JobId(uuid::Uuid::from_u128(u128::from(number)))
}

pub(crate) fn worker_id(process: usize) -> WorkerId {
    WorkerId(uuid::Uuid::from_u128(process as u128 + 1))
}

pub(crate) fn process_of(worker: WorkerId) -> usize {
    usize::try_from(worker.0.as_u128()).unwrap_or(1) - 1
}

pub(crate) fn name(job: JobId) -> String {
    format!("j{}", job.0.as_u128())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Store,
    Dispatch,
}

/// Out of reach until `until`.
#[derive(Debug, Clone, Copy)]
struct Cut {
    until: Duration,
    /// Calls hang instead of being refused, some of them longer than the cut.
    swallows: bool,
}

/// How many of a thousand calls go wrong in which way, drawn once per run so that runs differ in kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Profile {
    slow: u64,
    fails_before: u64,
    fails_after: u64,
    hangs: u64,
    late: u64,
    crash: u64,
    freeze: u64,
    pub(crate) push_lost: u64,
    pub(crate) push_repeated: u64,
    pub(crate) push_in_front: u64,
}

impl Profile {
    pub(crate) fn draw(chance: &mut Chance) -> Profile {
        let rates = [0, 0, 4, 15, 50];
        Profile {
            slow: chance.pick(&rates),
            fails_before: chance.pick(&rates),
            fails_after: chance.pick(&rates),
            hangs: chance.pick(&[0, 0, 2, 8]),
            late: chance.pick(&[0, 0, 4, 12]),
            crash: chance.pick(&[0, 0, 1, 3]),
            freeze: chance.pick(&[0, 0, 1, 2]),
            push_lost: chance.pick(&[0, 100, 600]),
            push_repeated: chance.pick(&[0, 0, 200]),
            push_in_front: chance.pick(&[0, 300]),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) name: String,
    pub(crate) is_dead: bool,
    /// Until when, and whether the machine sleeps (its monotonic clock stands still).
    pub(crate) frozen: Option<(Duration, bool)>,
    /// When something last happened that may have cost it its lease.
    excuse: Option<Duration>,
    cuts: [Option<Cut>; 2],
    /// Ends the process's turn.
    pub(crate) interrupt: Arc<Notify>,
}

/// What is known of a job from outside the engine.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) key: Option<String>,
    pub(crate) started: BTreeSet<u32>,
    /// Since the last requeue: ends that cost an error at most.
    pub(crate) errors: u32,
    pub(crate) crashes: u32,
    pub(crate) plans: BTreeSet<&'static str>,
    pub(crate) is_cancel_asked: bool,
    /// The store said it is cancelled before it ran.
    pub(crate) is_cancel_acknowledged: bool,
    pub(crate) effects: Vec<u32>,
}

/// A handler that runs.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) number: u64,
    pub(crate) process: usize,
    pub(crate) job: JobId,
    pub(crate) attempt: u32,
    /// How long its process has run since its claim was taken from it.
    pub(crate) invalid_for: Duration,
    /// Somebody claimed its job although nothing had happened to this process.
    pub(crate) is_robbed: bool,
}

type Effect = Box<dyn FnOnce(&World) + Send>;

pub(crate) struct Inner {
    pub(crate) chance: Chance,
    pub(crate) profile: Profile,
    pub(crate) is_calm: bool,
    pub(crate) processes: Vec<Status>,
    outages: [Option<Cut>; 2],
    /// When the store was last out of reach for all, and when its clock jumped.
    outage_ended: Option<Duration>,
    jumped: Option<Duration>,
    pub(crate) lists: BTreeMap<String, VecDeque<JobId>>,
    /// From which list a job was taken last, and by whom.
    pub(crate) origins: BTreeMap<JobId, (String, usize)>,
    /// How often each job was taken within one second.
    pub(crate) offered: BTreeMap<JobId, (u64, u32)>,
    /// What the lists have lost, or were taken out of without an answer.
    pub(crate) lost: BTreeSet<JobId>,
    pub(crate) strangers: BTreeMap<JobId, String>,
    late: Vec<(Duration, Effect)>,
    pub(crate) records: BTreeMap<JobId, Record>,
    pub(crate) running: Vec<Attempt>,
    attempts: u64,
    trace: VecDeque<String>,
    trace_max: usize,
    /// Of everything that was traced.
    pub(crate) digest: u64,
    pub(crate) calls: u64,
    pub(crate) violation: Option<String>,
}

pub(crate) struct World {
    inner: Mutex<Inner>,
    /// The latest time anybody has seen, and what the store's clock adds.
    latest_ms: AtomicI64,
    skew_ms: AtomicI64,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Gone,
    Answer {
        before: Duration,
        after: Duration,
    },
    FailsBefore {
        wait: Duration,
    },
    FailsAfter {
        before: Duration,
        wait: Duration,
    },
    /// The caller gives up, and then it is done all the same.
    Late {
        wait: Duration,
        at: Duration,
    },
    CrashBefore,
    CrashAfter,
    FreezeBefore {
        time: Duration,
        sleeps: bool,
    },
    FreezeAfter {
        time: Duration,
        sleeps: bool,
    },
}

/// Why a call failed, in words.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Trouble(pub(crate) &'static str);

impl World {
    pub(crate) fn new(seed: u64, trace_max: usize) -> World {
        let mut chance = Chance::new(seed);
        let profile = Profile::draw(&mut chance);
        World {
            inner: Mutex::new(Inner {
                chance,
                profile,
                is_calm: false,
                processes: Vec::new(),
                outages: [None, None],
                outage_ended: None,
                jumped: None,
                lists: BTreeMap::new(),
                origins: BTreeMap::new(),
                offered: BTreeMap::new(),
                lost: BTreeSet::new(),
                strangers: BTreeMap::new(),
                late: Vec::new(),
                records: BTreeMap::new(),
                running: Vec::new(),
                attempts: 0,
                trace: VecDeque::new(),
                trace_max,
                digest: 0xcbf2_9ce4_8422_2325,
                calls: 0,
                violation: None,
            }),
            latest_ms: AtomicI64::new(0),
            skew_ms: AtomicI64::new(0),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's clock.
    pub(crate) fn store_time(&self) -> DateTime<Utc> {
        let ms = 1_767_225_600_000 + self.latest_ms.load(Ordering::Relaxed) + self.skew_ms.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }

    pub(crate) fn jump(&self, by_ms: i64) {
        self.skew_ms.fetch_add(by_ms, Ordering::Relaxed);
        let mut inner = self.lock();
        inner.jumped = Some(now());
        inner.note(format!("the store's clock jumps by {by_ms} ms"));
    }

    fn look_at_clock(&self) {
        let ms = i64::try_from(now().as_millis()).unwrap_or(i64::MAX);
        self.latest_ms.fetch_max(ms, Ordering::Relaxed);
    }

    pub(crate) fn note(&self, what: String) {
        self.lock().note(what);
    }

    pub(crate) fn violated(&self, what: String) {
        let mut inner = self.lock();
        inner.note(format!("VIOLATION: {what}"));
        inner.violation.get_or_insert(what);
    }

    pub(crate) fn crash(&self, process: usize, why: &str) {
        self.lock().crash(process, why);
    }

    pub(crate) fn freeze(&self, process: usize, time: Duration, sleeps: bool) {
        self.lock().freeze(process, time, sleeps);
    }

    pub(crate) fn outage(&self, side: Side, time: Duration, swallows: bool) {
        let mut inner = self.lock();
        inner.note(format!("{side:?} is out of reach for all for {time:?}, swallows calls: {swallows}"));
        inner.outages[side as usize] = Some(Cut { until: now() + time, swallows });
        if side == Side::Store {
            inner.outage_ended = Some(now() + time);
        }
    }

    pub(crate) fn partition(&self, process: usize, side: Side, time: Duration, swallows: bool) {
        let mut inner = self.lock();
        let who = inner.processes[process].name.clone();
        inner.note(format!("{side:?} is out of reach for {who} for {time:?}, swallows calls: {swallows}"));
        inner.processes[process].cuts[side as usize] = Some(Cut { until: now() + time, swallows });
        if side == Side::Store {
            inner.excuse(process, now() + time);
        }
    }

    /// Nothing goes wrong from now on.
    pub(crate) fn calm_down(&self) {
        let mut inner = self.lock();
        inner.note("calm from here on".to_owned());
        inner.is_calm = true;
        inner.outages = [None, None];
        for process in &mut inner.processes {
            process.cuts = [None, None];
            if let Some((until, _)) = &mut process.frozen {
                *until = (*until).min(now());
            }
        }
    }

    /// Whether what happened to this worker explains that it was declared dead.
    pub(crate) fn is_excused(&self, process: usize) -> bool {
        let inner = self.lock();
        let is_recent = |at: Option<Duration>| at.is_some_and(|at| now() < at + EXCUSE);
        if is_recent(inner.outage_ended) && is_recent(inner.jumped) {
            // Either alone is survived; leases are not long enough for both.
            return true;
        }
        let status = &inner.processes[process];
        status.is_dead || status.frozen.is_some() || is_recent(status.excuse)
    }

    /// Does what came late.
    pub(crate) fn late_effects(&self) {
        let now = now();
        loop {
            let next = {
                let mut inner = self.lock();
                let found = inner.late.iter().position(|(at, _)| *at <= now);
                found.map(|index| inner.late.remove(index).1)
            };
            let Some(effect) = next else { return };
            self.look_at_clock();
            effect(self);
        }
    }

    /// A call of a process: maybe slow, maybe without effect, maybe without answer, maybe its last.
    pub(crate) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        process: usize,
        side: Side,
        operation: &'static str,
        effect: impl FnOnce(&World) -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        let fate = self.lock().fate(process, side, operation);
        match fate {
            Fate::Gone => std::future::pending().await,
            Fate::Answer { before, after } => {
                self.pass(process, before).await;
                self.look_at_clock();
                let answer = effect(self);
                self.pass(process, after).await;
                Ok(answer)
            }
            Fate::FailsBefore { wait } => {
                self.pass(process, wait).await;
                Err(Trouble("it was not reached"))
            }
            Fate::FailsAfter { before, wait } => {
                self.pass(process, before).await;
                self.look_at_clock();
                effect(self);
                self.pass(process, wait).await;
                Err(Trouble("the answer was lost"))
            }
            Fate::Late { wait, at } => {
                let who = self.lock().processes[process].name.clone();
                let late: Effect = Box::new(move |world| {
                    world.note(format!("{who}: {operation} is done late"));
                    effect(world);
                });
                self.lock().late.push((at, late));
                self.pass(process, wait).await;
                Err(Trouble("no answer in time"))
            }
            Fate::CrashBefore => {
                self.crash(process, operation);
                std::future::pending().await
            }
            Fate::CrashAfter => {
                self.look_at_clock();
                effect(self);
                self.crash(process, operation);
                std::future::pending().await
            }
            Fate::FreezeBefore { time, sleeps } => {
                self.freeze(process, time, sleeps);
                self.pass(process, ms(1)).await;
                self.look_at_clock();
                Ok(effect(self))
            }
            Fate::FreezeAfter { time, sleeps } => {
                self.look_at_clock();
                let answer = effect(self);
                self.freeze(process, time, sleeps);
                self.pass(process, ms(1)).await;
                Ok(answer)
            }
        }
    }

    /// Time passes, if the process lives to see it.
    async fn pass(&self, process: usize, time: Duration) {
        if !time.is_zero() {
            sleep(time).await;
        }
        if self.lock().processes[process].is_dead {
            std::future::pending::<()>().await;
        }
    }

    /// A handler starts; it ends when the answer is dropped.
    pub(crate) fn attempt_begins(self: &Arc<Self>, process: usize, job: &Job, plan: &'static str) -> Running {
        let mut inner = self.lock();
        inner.attempts += 1;
        let number = inner.attempts;
        let who = inner.processes[process].name.clone();
        inner.note(format!("{who}: {} attempt {} begins: {plan}", name(job.id), job.attempt));
        let record = inner.records.entry(job.id).or_default();
        record.plans.insert(plan);
        let is_new = record.started.insert(job.attempt);
        inner.running.push(Attempt {
            number,
            process,
            job: job.id,
            attempt: job.attempt,
            invalid_for: Duration::ZERO,
            is_robbed: false,
        });
        drop(inner);
        if !is_new {
            self.violated(format!("attempt {} of {} has begun twice", job.attempt, name(job.id)));
        }
        Running { world: Arc::clone(self), number }
    }

    pub(crate) fn trace(&self) -> String {
        let inner = self.lock();
        inner.trace.iter().map(|line| format!("{line}\n")).collect()
    }
}

impl Inner {
    pub(crate) fn note(&mut self, what: String) {
        let line = format!("{:9.3} {what}", now().as_secs_f64());
        for byte in line.bytes() {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        if self.trace.len() >= self.trace_max {
            self.trace.pop_front();
        }
        self.trace.push_back(line);
    }

    pub(crate) fn crash(&mut self, process: usize, why: &str) {
        let status = &mut self.processes[process];
        if std::mem::replace(&mut status.is_dead, true) {
            return;
        }
        status.interrupt.notify_one();
        let line = format!("{} is killed: {why}", status.name);
        self.note(line);
    }

    fn freeze(&mut self, process: usize, time: Duration, sleeps: bool) {
        let status = &mut self.processes[process];
        if status.is_dead || status.frozen.is_some() {
            return;
        }
        status.frozen = Some((now() + time, sleeps));
        status.interrupt.notify_one();
        let line = format!("{} stands still for {time:?}, machine asleep: {sleeps}", status.name);
        self.note(line);
        self.excuse(process, now() + time);
    }

    /// Whether the dispatcher, or the death of a process, explains that this job is in no list.
    pub(crate) fn is_lost(&self, id: JobId) -> bool {
        let is_listed = self.lists.values().any(|list| list.contains(&id));
        let is_taken_away = self.origins.get(&id).is_some_and(|(_, process)| self.processes[*process].is_dead);
        !is_listed && (self.lost.contains(&id) || is_taken_away)
    }

    fn excuse(&mut self, process: usize, at: Duration) {
        let excuse = &mut self.processes[process].excuse;
        *excuse = Some(excuse.map_or(at, |before| before.max(at)));
    }

    pub(crate) fn process(&mut self, name: String) -> usize {
        self.processes.push(Status {
            name,
            is_dead: false,
            frozen: None,
            excuse: None,
            cuts: [None, None],
            interrupt: Arc::new(Notify::new()),
        });
        self.processes.len() - 1
    }

    fn fate(&mut self, process: usize, side: Side, operation: &'static str) -> Fate {
        self.calls += 1;
        if self.processes[process].is_dead {
            return Fate::Gone;
        }
        let is_cut = |cut: &Option<Cut>| cut.filter(|cut| now() < cut.until);
        let own = is_cut(&self.processes[process].cuts[side as usize]);
        let common = is_cut(&self.outages[side as usize]);
        let renews = operation == "renew_lease";
        if let Some(cut) = common.or(own) {
            // Some calls into the dark learn only long after that nobody was there.
            let wait = if !cut.swallows {
                ms(self.chance.between(1, 200))
            } else if side == Side::Store {
                ms(self.chance.between(500, 25_000))
            } else {
                ms(self.chance.between(500, 3_000))
            };
            return Fate::FailsBefore { wait };
        }
        let (before, after) = match self.chance.between(0, 10) {
            0 => (self.chance.between(0, 60), self.chance.between(0, 60)),
            1..=3 => (self.chance.between(0, 5), self.chance.between(0, 5)),
            _ => (0, 0),
        };
        let (before, after) = (ms(before), ms(after));
        if self.is_calm {
            return Fate::Answer { before, after };
        }
        let profile = self.profile;
        let mut draw = self.chance.between(0, 1_000);
        let mut hits = |share: u64| {
            let hit = draw < share;
            draw = draw.saturating_sub(share);
            if hit {
                draw = u64::MAX;
            }
            hit
        };
        let fate = if hits(profile.slow) {
            Fate::Answer { before: ms(self.chance.between(0, 2_000)), after: ms(self.chance.between(0, 2_000)) }
        } else if hits(profile.fails_before) {
            Fate::FailsBefore { wait: ms(self.chance.between(0, 500)) }
        } else if hits(profile.fails_after) {
            Fate::FailsAfter { before, wait: ms(self.chance.between(0, 500)) }
        } else if hits(profile.hangs) {
            // The dispatcher's calls have limits of their own.
            let longest = if side == Side::Store { 40_000 } else { 4_000 };
            if self.chance.of_thousand(500) {
                Fate::Answer { before: ms(self.chance.between(1_000, longest)), after }
            } else {
                Fate::Answer { before, after: ms(self.chance.between(1_000, longest)) }
            }
        } else if hits(profile.late) && operation != "rescue" {
            // A store judges a rescue by the time it began there, so that one which waited declares nobody dead.
            let wait = ms(self.chance.between(0, 3_000));
            Fate::Late { wait, at: now() + wait + ms(self.chance.between(0, 15_000)) }
        } else if hits(profile.crash) {
            if self.chance.of_thousand(500) { Fate::CrashBefore } else { Fate::CrashAfter }
        } else if hits(profile.freeze) {
            let (time, sleeps) = (ms(self.chance.between(500, 40_000)), self.chance.of_thousand(300));
            if self.chance.of_thousand(500) {
                Fate::FreezeBefore { time, sleeps }
            } else {
                Fate::FreezeAfter { time, sleeps }
            }
        } else {
            return Fate::Answer { before, after };
        };
        let who = &self.processes[process].name;
        let line = format!("{who}: {operation} {fate:?}");
        self.note(line);
        if renews {
            let length = match fate {
                Fate::Answer { before, after } => before + after,
                Fate::FailsBefore { wait } | Fate::Late { wait, .. } => wait,
                Fate::FailsAfter { before, wait } => before + wait,
                Fate::Gone | Fate::CrashBefore | Fate::CrashAfter => Duration::ZERO,
                Fate::FreezeBefore { time, .. } | Fate::FreezeAfter { time, .. } => time,
            };
            self.excuse(process, now() + length.min(LEASE));
        }
        fate
    }
}

/// A handler that runs; dropped when it ends in any way.
pub(crate) struct Running {
    world: Arc<World>,
    number: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut inner = self.world.lock();
        let Some(index) = inner.running.iter().position(|a| a.number == self.number) else { return };
        let attempt = inner.running.remove(index);
        let status = &inner.processes[attempt.process];
        if status.is_dead {
            // Taken away with its process, in an order that means nothing.
            return;
        }
        let line = format!("{}: {} attempt {} ends", status.name, name(attempt.job), attempt.attempt);
        inner.note(line);
    }
}
