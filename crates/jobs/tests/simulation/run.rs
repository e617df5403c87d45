//! One run from one seed: faults for a while, then calm until everything has ended, then a drill under strict watch.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bidlens_jobs::memory::{MemoryStore, ORPHAN_MESSAGE};
use bidlens_jobs::{Dispatch, Job, JobId, JobState, JobStore, NewJob};
use serde_json::json;

use crate::dispatch::ListDispatch;
use crate::process::{PLANS, Process, QUEUES, Role};
use crate::store::row;
use crate::world::{JUMP_EVERY, JUMP_MS, LEASE, Record, Side, World, clock_of_world, job_id, ms, name, process_of};

/// A dead worker's jobs run again within this.
const RESCUED_WITHIN: Duration = Duration::from_secs(20);
/// Everything ready is listed again within this after the lists were emptied.
const LISTED_WITHIN: Duration = Duration::from_secs(10);
/// How long everything may take to end once nothing goes wrong any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(600);

pub(crate) struct Report {
    pub(crate) violation: Option<String>,
    pub(crate) trace: String,
    pub(crate) digest: u64,
    pub(crate) calls: u64,
    pub(crate) simulated: Duration,
}

/// Plays one seed, keeping the last `trace_max` events.
pub(crate) fn run(seed: u64, trace_max: usize) -> Report {
    clock_of_world(Duration::ZERO);
    let world = Arc::new(World::new(seed, trace_max));
    let clock = Arc::clone(&world);
    let memory = MemoryStore::with_clock(Arc::new(move || clock.store_time()));
    let mut run = Run {
        world,
        memory,
        processes: Vec::new(),
        now: Duration::ZERO,
        jobs: 0,
        returns: Vec::new(),
        jumped: Duration::ZERO,
        keeps_up: true,
    };
    let violation = run.play().err();
    let (digest, calls) = {
        let inner = run.world.lock();
        (inner.digest, inner.calls)
    };
    Report { violation, trace: run.world.trace(), digest, calls, simulated: run.now }
}

struct Run {
    world: Arc<World>,
    memory: MemoryStore,
    processes: Vec<Process>,
    now: Duration,
    jobs: u64,
    /// When a process comes back that has ended.
    returns: Vec<(Duration, Role)>,
    jumped: Duration,
    /// Whether processes that end are started again.
    keeps_up: bool,
}

/// What was broken.
type Checked<T = ()> = Result<T, String>;

impl Run {
    fn play(&mut self) -> Checked {
        let workers = self.between(2, 4);
        self.start(Role::Api);
        for _ in 0..workers {
            self.start(Role::Worker);
        }
        let end = ms(self.between(30_000, 90_000));
        let pace = self.between(500, 4_000);
        let mut next = Duration::ZERO;
        while self.now < end {
            if self.now >= next {
                self.event();
                next = self.now + ms(self.between(0, 2 * pace));
            }
            self.tick()?;
        }
        self.world.calm_down();
        self.settle()?;
        self.drill()?;
        self.settle()
    }

    fn between(&self, low: u64, high: u64) -> u64 {
        self.world.lock().chance.between(low, high)
    }

    fn of_thousand(&self, share: u64) -> bool {
        self.world.lock().chance.of_thousand(share)
    }

    fn start(&mut self, role: Role) {
        let concurrency = usize::try_from(self.between(1, 4)).unwrap_or(1);
        self.processes.push(Process::start(&self.world, &self.memory, role, concurrency, self.now));
    }

    /// Lets every process run for a few milliseconds, in any order.
    fn tick(&mut self) -> Checked {
        let is_calm = self.world.lock().is_calm;
        let steps: &[u64] = if is_calm { &[50, 150, 300, 500] } else { &[1, 5, 20, 50, 100, 200] };
        let step = ms(self.world.lock().chance.pick(steps));
        self.world.late_effects();
        let target = self.now + step;
        let mut order: Vec<usize> = (0..self.processes.len()).collect();
        self.world.lock().chance.shuffle(&mut order);
        let mut ran = BTreeSet::new();
        for index in order {
            if self.processes[index].run_until(&self.world, target) {
                ran.insert(self.processes[index].index);
            }
        }
        self.now = target;
        clock_of_world(target);
        self.bury();
        self.check_attempts(&ran, step);
        match self.world.lock().violation.clone() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }

    /// Takes away processes that have ended, and starts others in their place.
    fn bury(&mut self) {
        let (ended, left): (Vec<Process>, Vec<Process>) = std::mem::take(&mut self.processes)
            .into_iter()
            .partition(|p| p.has_ended() || self.world.lock().processes[p.index].is_dead);
        self.processes = left;
        for process in ended {
            self.world.crash(process.index, "it has ended");
            if self.keeps_up {
                let at = self.now + ms(self.between(200, 6_000));
                self.returns.push((at, process.role));
            }
        }
        let now = self.now;
        let due: Vec<Role> = self.returns.iter().filter(|(at, _)| *at <= now).map(|(_, role)| *role).collect();
        self.returns.retain(|(at, _)| *at > now);
        for role in due {
            self.start(role);
        }
    }

    /// An attempt whose claim is gone must end soon.
    fn check_attempts(&self, ran: &BTreeSet<usize>, step: Duration) {
        let mut bad = Vec::new();
        for attempt in &mut self.world.lock().running {
            let is_valid = row(&self.memory, attempt.job).is_some_and(|job| {
                job.state == JobState::Running
                    && job.attempt == attempt.attempt
                    && job.worker.is_some_and(|worker| process_of(worker) == attempt.process)
            });
            if is_valid || !ran.contains(&attempt.process) {
                continue;
            }
            attempt.invalid_for += step;
            let what = format!("attempt {} of {}", attempt.attempt, name(attempt.job));
            if attempt.invalid_for > LEASE {
                bad.push(format!("{what} still runs {:?} after it lost its claim", attempt.invalid_for));
            } else if attempt.is_robbed && attempt.invalid_for > ms(800) {
                bad.push(format!("{what} runs here and elsewhere though nothing happened to its worker"));
            }
        }
        bad.into_iter().for_each(|violation| self.world.violated(violation));
    }

    /// Something happens from outside.
    fn event(&mut self) {
        let dice = self.between(0, 100);
        let (time, swallows) = (ms(self.between(500, 30_000)), self.of_thousand(500));
        match dice {
            0..=44 => {
                for _ in 0..self.between(1, 4) {
                    self.submit_any();
                }
            }
            45..=54 => self.ask(|store, id| {
                Box::pin(async move {
                    // The client asks again or not; both are tried by other runs.
                    let _ = store.cancel(id).await;
                })
            }),
            55..=59 => self.requeue_any(),
            60..=63 => self.world.outage(Side::Store, time, swallows),
            64..=66 => self.world.outage(Side::Dispatch, time, swallows),
            67..=74 => {
                if let Some(process) = self.any_process() {
                    let side = if dice < 72 { Side::Store } else { Side::Dispatch };
                    self.world.partition(process, side, time, swallows);
                }
            }
            75..=79 => self.flush(),
            80..=83 => {
                if self.now >= self.jumped + JUMP_EVERY {
                    self.jumped = self.now;
                    let by = self.between(0, 2 * JUMP_MS.unsigned_abs());
                    self.world.jump(i64::try_from(by).unwrap_or(0) - JUMP_MS);
                }
            }
            84..=86 => {
                if let Some(process) = self.any_process() {
                    self.world.crash(process, "by the system");
                }
            }
            87..=89 => {
                if let Some(process) = self.any_process() {
                    let sleeps = self.of_thousand(300);
                    self.world.freeze(process, time, sleeps);
                }
            }
            90..=93 => {
                if let Some(process) = self.any_process() {
                    self.stop(process);
                }
            }
            _ => self.push_stranger(),
        }
    }

    fn any_process(&self) -> Option<usize> {
        let at = self.world.lock().chance.index(self.processes.len());
        self.processes.get(at).map(|process| process.index)
    }

    fn flush(&self) {
        let mut inner = self.world.lock();
        inner.note("all lists are emptied".to_owned());
        let gone: Vec<JobId> = std::mem::take(&mut inner.lists).into_values().flatten().collect();
        inner.lost.extend(gone);
    }

    fn stop(&self, index: usize) {
        if let Some(process) = self.processes.iter().find(|process| process.index == index) {
            let who = self.world.lock().processes[index].name.clone();
            self.world.note(format!("{who} is told to stop"));
            process.shutdown.cancel();
        }
    }

    fn new_job(&mut self, plans: &[&str]) -> NewJob {
        self.jobs += 1;
        let queue = self.world.lock().chance.pick(&QUEUES);
        let timeout = Duration::from_secs(if plans.contains(&"hang") { 6 } else { 900 });
        NewJob { id: job_id(self.jobs), timeout, ..NewJob::new(queue, "planned", "owner", json!(plans)) }
    }

    fn submit_any(&mut self) {
        let mut plans = Vec::new();
        for _ in 0..self.between(1, 4) {
            let plan = if self.of_thousand(300) { "done" } else { self.world.lock().chance.pick(&PLANS) };
            plans.push(if plan == "long" { "slow" } else { plan });
        }
        if plans.last() == Some(&"snooze") {
            plans.push("done");
        }
        let mut new = self.new_job(&plans);
        if self.of_thousand(300) {
            new.unique_key = Some(format!("key {}", self.between(0, 3)));
        }
        if self.of_thousand(200) && self.jobs > 1 {
            new.depends_on = vec![job_id(self.between(1, self.jobs))];
        }
        let runs_now = self.of_thousand(150);
        self.submit(new, runs_now);
    }

    fn api(&self) -> Option<&Process> {
        self.processes.iter().find(|process| process.role == Role::Api)
    }

    /// Sends a job through the API, if there is one.
    fn submit(&self, new: NewJob, runs_now: bool) {
        let Some(api) = self.api() else { return };
        let (store, engine) = (api.store.clone(), Arc::clone(&api.engine));
        let dispatch = ListDispatch { world: Arc::clone(&self.world), process: api.index };
        api.spawn(async move {
            let Ok(inserted) = store.insert(new).await else { return };
            let job = inserted.job().clone();
            // The row has it, whatever becomes of the announcement.
            let _ = dispatch.announce(std::slice::from_ref(&job)).await;
            if runs_now {
                let _ = engine.run_now(job.id).await;
            }
        });
    }

    fn any_job(&self) -> Option<JobId> {
        (self.jobs > 0).then(|| job_id(self.between(1, self.jobs + 1)))
    }

    fn ask(&self, request: impl FnOnce(crate::store::SimStore, JobId) -> futures_util::future::BoxFuture<'static, ()>) {
        if let (Some(api), Some(id)) = (self.api(), self.any_job()) {
            api.spawn(request(api.store.clone(), id));
        }
    }

    fn requeue_any(&self) {
        self.ask(|store, id| {
            Box::pin(async move {
                // Whether a keyed job may come back beside another of its key is for the store's own suite.
                if store.fetch(id).await.is_ok_and(|job| job.is_some_and(|job| job.unique_key.is_none()))
                    && let Ok(Some(job)) = store.requeue(id).await
                {
                    let dispatch = ListDispatch { world: Arc::clone(&store.world), process: store.process };
                    let _ = dispatch.announce(&[job]).await;
                }
            })
        });
    }

    /// Another program puts a job into a list.
    fn push_stranger(&mut self) {
        self.jobs += 1;
        let id = job_id(self.jobs);
        let mut inner = self.world.lock();
        let queue = inner.chance.pick(&QUEUES).to_owned();
        inner.note(format!("{} comes from outside", name(id)));
        inner.strangers.insert(id, queue.clone());
        inner.lists.entry(queue).or_default().push_back(id);
    }

    fn rows(&self) -> Vec<Job> {
        let ids: Vec<JobId> = self.world.lock().records.keys().copied().collect();
        ids.into_iter().filter_map(|id| row(&self.memory, id)).collect()
    }

    /// Ticks until `done`, at most for `limit`.
    fn until(&mut self, what: &str, limit: Duration, done: impl Fn(&Run) -> bool) -> Checked {
        let end = self.now + limit;
        while !done(self) {
            if self.now >= end {
                let open: Vec<String> = self.rows().iter().filter(|j| !j.state.is_final()).map(describe).collect();
                let lists = format!("{:?}", self.world.lock().lists);
                let violation = format!("{what} took longer than {limit:?}; open: {}", open.join("; "));
                self.world.note(format!("lists: {lists}"));
                self.world.violated(violation.clone());
                return Err(violation);
            }
            self.tick()?;
        }
        Ok(())
    }

    fn pass(&mut self, time: Duration) -> Checked {
        let end = self.now + time;
        while self.now < end {
            self.tick()?;
        }
        Ok(())
    }

    /// Everything ends, and everything that ended has ended well.
    fn settle(&mut self) -> Checked {
        // Calls that were under way when the faults stopped still end as they were to.
        self.pass(Duration::from_secs(2))?;
        self.until("the end of all jobs", SETTLED_WITHIN, |run| {
            let inner = run.world.lock();
            let all_adopted = inner.strangers.keys().all(|id| inner.records.contains_key(id) || inner.is_lost(*id));
            drop(inner);
            all_adopted && run.rows().iter().all(|job| job.state.is_final())
        })?;
        let effects = self.memory.effects();
        let once: BTreeSet<&String> = effects.iter().collect();
        let mut bad = Vec::new();
        if once.len() != effects.len() {
            bad.push(format!("an effect is there more than once: {effects:?}"));
        }
        let mut expected = 0;
        for job in self.rows() {
            let inner = self.world.lock();
            let Some(record) = inner.records.get(&job.id) else { continue };
            expected += record.effects.len();
            bad.extend(self.check_ended(&job, record).err().map(|why| format!("{why}: {}", describe(&job))));
        }
        if expected != effects.len() {
            bad.push(format!("{} effects, but {expected} were seen to commit", effects.len()));
        }
        match bad.into_iter().next() {
            None => Ok(()),
            Some(violation) => {
                self.world.violated(violation.clone());
                Err(violation)
            }
        }
    }

    fn check_ended(&self, job: &Job, record: &Record) -> Checked {
        let error = job.error.as_deref().unwrap_or("");
        let has = |plan: &str| record.plans.contains(plan);
        if job.errors > record.errors {
            return Err(format!("{} errors counted, {} made", job.errors, record.errors));
        }
        if job.crashes != record.crashes {
            return Err(format!("{} crashes counted, {} seen", job.crashes, record.crashes));
        }
        match job.state {
            JobState::Queued | JobState::Running => Err("it has not ended".to_owned()),
            JobState::Succeeded => {
                let result = job.result.clone().unwrap_or_default();
                let wants = if result["has_effects"] == json!(true) { vec![job.attempt] } else { Vec::new() };
                if result["attempt"] != json!(job.attempt) || record.effects != wants {
                    return Err(format!("its result is {result}, its effects are of attempts {:?}", record.effects));
                }
                Ok(())
            }
            _ if !record.effects.is_empty() => Err("it has effects without success".to_owned()),
            JobState::Failed => {
                let is_due = job.errors >= job.errors_max
                    || (error == "planned" && has("fail"))
                    || (error.starts_with("its worker died") && job.crashes >= job.crashes_max)
                    || (error.starts_with("it took longer") && job.timeout < LEASE)
                    || (error == ORPHAN_MESSAGE && !job.depends_on.is_empty());
                is_due.then_some(()).ok_or_else(|| format!("it failed without cause: {error}"))
            }
            JobState::Cancelled => {
                let is_due = record.is_cancel_asked || has("cancel");
                is_due.then_some(()).ok_or_else(|| "nobody cancelled it".to_owned())
            }
        }
    }

    /// One exercise without other faults, with the times that are promised.
    fn drill(&mut self) -> Checked {
        self.keeps_up = true;
        self.until("the return of all processes", Duration::from_secs(30), |run| run.returns.is_empty())?;
        let workers = self.processes.iter().filter(|process| process.role == Role::Worker).count();
        for _ in workers..2 {
            self.start(Role::Worker);
        }
        self.pass(2 * LEASE)?;
        match self.between(0, 6) {
            0 => self.drill_death(),
            1 => self.drill_standstill(),
            2 => self.drill_outage(),
            3 => self.drill_deploy(),
            4 => self.drill_cancel(),
            _ => self.drill_flush(),
        }
    }

    /// Long jobs on a worker that has other workers beside it.
    fn busy_worker(&mut self) -> Checked<(usize, Vec<Job>)> {
        // Slots enough for all, wherever they run.
        for _ in 0..3 {
            self.start(Role::Worker);
        }
        self.pass(2 * LEASE)?;
        let mut ids = Vec::new();
        for _ in 0..self.between(1, 4) {
            let new = self.new_job(&["long"]);
            ids.push(new.id);
            self.submit(new, false);
        }
        let wanted = ids.clone();
        self.until("the start of long jobs", ms(10_000), move |run| {
            let running = |id: &JobId| row(&run.memory, *id).is_some_and(|job| job.state == JobState::Running);
            wanted.iter().all(running) && run.world.lock().running.len() == wanted.len()
        })?;
        let jobs: Vec<Job> = ids.iter().filter_map(|id| row(&self.memory, *id)).collect();
        let worker = jobs.first().and_then(|job| job.worker).ok_or("a running job has no worker")?;
        Ok((process_of(worker), jobs))
    }

    fn taken_over(&mut self, process: usize, jobs: &[Job], within: Duration) -> Checked {
        let lost: Vec<Job> = jobs.iter().filter(|j| j.worker.map(process_of) == Some(process)).cloned().collect();
        self.until("running the jobs of a dead worker again", within, |run| {
            lost.iter().all(|job| row(&run.memory, job.id).is_some_and(|now| now.attempt > job.attempt))
        })
    }

    /// All of these succeed; none has an error, and crashes only what was on `dead`.
    fn all_succeed(&mut self, jobs: &[Job], dead: Option<usize>) -> Checked {
        self.settle()?;
        for before in jobs {
            let Some(job) = row(&self.memory, before.id) else { return Err("a job is gone".to_owned()) };
            let crashes = u32::from(dead.is_some() && before.worker.map(process_of) == dead);
            if job.state != JobState::Succeeded || job.errors > 0 || job.crashes != crashes {
                let violation = format!("{crashes} crashes and no error were due: {}", describe(&job));
                self.world.violated(violation.clone());
                return Err(violation);
            }
        }
        Ok(())
    }

    fn drill_death(&mut self) -> Checked {
        let (process, jobs) = self.busy_worker()?;
        self.world.crash(process, "drill");
        self.taken_over(process, &jobs, RESCUED_WITHIN)?;
        self.all_succeed(&jobs, Some(process))
    }

    fn drill_standstill(&mut self) -> Checked {
        let (process, jobs) = self.busy_worker()?;
        let (time, sleeps) = (ms(self.between(21_000, 60_000)), self.of_thousand(500));
        self.world.freeze(process, time, sleeps);
        self.taken_over(process, &jobs, RESCUED_WITHIN)?;
        self.all_succeed(&jobs, Some(process))
    }

    fn drill_outage(&mut self) -> Checked {
        let (_, jobs) = self.busy_worker()?;
        let (time, swallows) = (ms(self.between(1_000, 60_000)), self.of_thousand(500));
        self.world.outage(Side::Store, time, swallows);
        self.pass(time)?;
        self.all_succeed(&jobs, None)
    }

    fn drill_deploy(&mut self) -> Checked {
        let (process, jobs) = self.busy_worker()?;
        self.stop(process);
        self.taken_over(process, &jobs, RESCUED_WITHIN)?;
        self.all_succeed(&jobs, None)
    }

    fn drill_cancel(&mut self) -> Checked {
        let (_, jobs) = self.busy_worker()?;
        let waits = NewJob { depends_on: jobs.iter().map(|job| job.id).collect(), ..self.new_job(&["done"]) };
        let mut ids = vec![waits.id];
        self.submit(waits, false);
        self.pass(ms(1_000))?;
        ids.extend(jobs.iter().map(|job| job.id));
        for id in ids.clone() {
            if let Some(api) = self.api() {
                let store = api.store.clone();
                api.spawn(async move {
                    let _ = store.cancel(id).await;
                });
            }
        }
        self.until("cancelling", ms(8_000), |run| {
            ids.iter().all(|id| row(&run.memory, *id).is_some_and(|job| job.state == JobState::Cancelled))
        })
    }

    fn drill_flush(&mut self) -> Checked {
        self.keeps_up = false;
        let workers: Vec<usize> = self.processes.iter().filter(|p| p.role == Role::Worker).map(|p| p.index).collect();
        workers.into_iter().for_each(|process| self.stop(process));
        self.until("the end of all workers", ms(20_000), |run| run.processes.len() == 1)?;
        let mut ids = BTreeSet::new();
        for _ in 0..self.between(1, 20) {
            let new = self.new_job(&["done"]);
            ids.insert(new.id);
            self.submit(new, false);
        }
        self.pass(ms(3_000))?;
        self.flush();
        self.until("listing everything again", LISTED_WITHIN, |run| {
            let listed: BTreeSet<JobId> = run.world.lock().lists.values().flatten().copied().collect();
            ids.is_subset(&listed)
        })?;
        self.keeps_up = true;
        self.start(Role::Worker);
        self.start(Role::Worker);
        Ok(())
    }
}

fn describe(job: &Job) -> String {
    format!(
        "{} {} attempt {}, {} errors, {} crashes, on {:?}, plan {}, error {:?}",
        name(job.id),
        job.state.as_str(),
        job.attempt,
        job.errors,
        job.crashes,
        job.worker.map(process_of),
        job.payload,
        job.error
    )
}
