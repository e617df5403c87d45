//! Measures the whole path of a job that does nothing: row, announcement, claim, fence, end.
//!
//! `no_op_jobs COMMAND STORE REDIS [NUMBERS]`. STORE is the path of a SQLite file or a `postgresql://` URL; REDIS is
//! a `redis://` URL, or `-` for wake-ups inside the process. Both should be empty. Commands:
//!
//! | command | prints |
//! |---|---|
//! | `run JOBS CONCURRENCY` | jobs inserted and run at once by this process, then jobs that were waiting |
//! | `latency JOBS` | milliseconds from before the insert to the handler's start, one job at a time |
//! | `recover WORKERS` | seconds from the kill of a worker process until each of its jobs runs again |
//! | `flush JOBS` | seconds from FLUSHALL until all waiting jobs are announced again |
//! | `hold CONCURRENCY` | nothing: a worker whose jobs never end |
//!
//! Each measurement is one line of JSON.
#![expect(clippy::print_stdout, reason = "printing the figures is what it is for")]

use std::error::Error;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bidlens_jobs::dispatch::{Dispatch, InProcessDispatch};
use bidlens_jobs::runtime::{Handler, JobContext, Outcome, Runtime, RuntimeSettings};
use bidlens_jobs::{Job, JobId, JobState, JobStore, NewJob, WorkerId};
use bidlens_storage::{Db, PostgresOptions, RedisDispatch, RedisSettings, Tx};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

type Res<T> = Result<T, Box<dyn Error + Send + Sync>>;

const QUEUE: &str = "bench";
/// Who asks for jobs at once, as requests to an API would.
const CLIENTS: usize = 50;
/// Jobs of each worker that is killed.
const HELD: usize = 3;

/// One process's place at the queue.
struct Seat {
    db: Db,
    dispatch: Arc<dyn Dispatch>,
    redis: Option<Arc<RedisDispatch>>,
    worker: WorkerId,
}

impl Seat {
    async fn take(store: &str, redis: &str) -> Res<Seat> {
        let db = if store.starts_with("postgres") {
            Db::connect_postgres(&PostgresOptions::from_url(store)?).await?
        } else {
            Db::open(Path::new(store)).await?
        };
        let worker = WorkerId::new();
        if redis == "-" {
            return Ok(Seat { db, dispatch: Arc::new(InProcessDispatch::default()), redis: None, worker });
        }
        let settings = RedisSettings {
            url: redis.to_owned().into(),
            key_prefix: "rq".to_owned(),
            result_ttl: Duration::from_secs(86_400),
            failure_ttl: Duration::from_secs(604_800),
        };
        // Nobody else stops jobs here.
        let (redis, _cancels) = RedisDispatch::new(settings, worker)?;
        let redis = Arc::new(redis);
        Ok(Seat { db, dispatch: Arc::clone(&redis) as Arc<dyn Dispatch>, redis: Some(redis), worker })
    }

    fn runtime(&self, concurrency: usize) -> Runtime<Db, dyn Dispatch> {
        let settings = RuntimeSettings {
            worker: self.worker,
            queues: vec![QUEUE.to_owned()],
            concurrency,
            ..RuntimeSettings::default()
        };
        Runtime::new(Arc::new(self.db.clone()), Arc::clone(&self.dispatch), settings)
    }

    fn start(&self, runtime: Runtime<Db, dyn Dispatch>) -> Working {
        let (stop, redis_stop, tracker) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        if let Some(redis) = &self.redis {
            tracker.spawn(Arc::clone(redis).attend(vec![QUEUE.to_owned()], redis_stop.clone()));
        }
        let work = tokio::spawn(Arc::new(runtime).work(stop.clone()));
        Working { stop, redis_stop, tracker, work }
    }

    async fn insert(&self, kind: &str) -> Res<Job> {
        let inserted = self.db.insert(NewJob::new(QUEUE, kind, "bench", json!({"value": 1}))).await?;
        Ok(inserted.job().clone())
    }

    async fn succeeded(&self) -> Res<u64> {
        let counts = self.db.counts().await?;
        Ok(counts.iter().filter(|c| c.state == JobState::Succeeded).map(|c| c.count).sum())
    }

    async fn until_succeeded(&self, count: usize, started: &AtomicUsize) -> Res<()> {
        while started.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        while self.succeeded().await? < count as u64 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

struct Working {
    stop: CancellationToken,
    redis_stop: CancellationToken,
    tracker: TaskTracker,
    work: tokio::task::JoinHandle<()>,
}

impl Working {
    async fn end(self) -> Res<()> {
        self.stop.cancel();
        self.work.await?;
        self.redis_stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        Ok(())
    }
}

/// Does nothing, and counts.
struct NoOp(Arc<AtomicUsize>);

#[async_trait]
impl Handler<Db> for NoOp {
    async fn run(&self, _job: &Job, _context: &JobContext<Db>) -> Outcome<Tx> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Outcome::Answer(Value::Null)
    }
}

/// Does nothing, and tells when.
struct Stamp(mpsc::UnboundedSender<(JobId, Instant)>);

#[async_trait]
impl Handler<Db> for Stamp {
    async fn run(&self, job: &Job, _context: &JobContext<Db>) -> Outcome<Tx> {
        // Nobody listens any more when the measurement is over.
        let _ = self.0.send((job.id, Instant::now()));
        Outcome::Answer(Value::Null)
    }
}

/// Runs until it is told to stop.
struct Hold;

#[async_trait]
impl Handler<Db> for Hold {
    async fn run(&self, _job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        context.stopped().cancelled().await;
        Outcome::Answer(Value::Null)
    }
}

struct Measurement {
    name: &'static str,
    begin: Instant,
    begin_cpu: f64,
}

impl Measurement {
    fn begin(name: &'static str) -> Measurement {
        Measurement { name, begin_cpu: own_cpu(), begin: Instant::now() }
    }

    fn end(self, jobs: usize) {
        let (seconds, cpu) = (self.begin.elapsed().as_secs_f64(), own_cpu() - self.begin_cpu);
        println!("{}", json!({"name": self.name, "jobs": jobs, "seconds": seconds, "cpu_seconds": cpu}));
    }
}

/// Seconds of CPU this process used.
fn own_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the process may hold spaces; it ends with the last parenthesis.
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: f64 = [11, 12].iter().filter_map(|&at| fields.get(at)?.parse::<f64>().ok()).sum();
    ticks / 100.0
}

async fn run(store: &str, redis: &str, jobs: usize, concurrency: usize) -> Res<()> {
    // Whoever asks has connections of its own, as a server beside its workers does.
    let (asking, seat) = (Arc::new(Seat::take(store, redis).await?), Seat::take(store, redis).await?);
    let started = Arc::new(AtomicUsize::new(0));
    let runtime = || seat.runtime(concurrency).handle("noop", Arc::new(NoOp(Arc::clone(&started))));
    let working = seat.start(runtime());
    let measurement = Measurement::begin("whole");
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (asking, share) = (Arc::clone(&asking), jobs / CLIENTS + usize::from(client < jobs % CLIENTS));
        clients.push(tokio::spawn(async move {
            for _ in 0..share {
                let job = asking.insert("noop").await?;
                asking.dispatch.announce(&[job]).await?;
            }
            Ok::<(), Box<dyn Error + Send + Sync>>(())
        }));
    }
    for client in clients {
        client.await??;
    }
    seat.until_succeeded(jobs, &started).await?;
    measurement.end(jobs);
    working.end().await?;

    let mut waiting = Vec::new();
    for _ in 0..jobs {
        waiting.push(asking.insert("noop").await?);
    }
    asking.dispatch.announce(&waiting).await?;
    let measurement = Measurement::begin("waiting");
    let working = seat.start(runtime());
    seat.until_succeeded(2 * jobs, &started).await?;
    measurement.end(jobs);
    working.end().await
}

async fn latency(seat: Seat, jobs: usize) -> Res<()> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let working = seat.start(seat.runtime(4).handle("noop", Arc::new(Stamp(sender))));
    // The first one finds the process starting and its connections unmade.
    let mut took = Vec::new();
    for round in 0..=jobs {
        // Idle between jobs, and at no fixed phase of anything that happens every so often.
        tokio::time::sleep(Duration::from_millis(20 + (round as u64 * 37) % 60)).await;
        let asked = Instant::now();
        let job = seat.insert("noop").await?;
        seat.dispatch.announce(std::slice::from_ref(&job)).await?;
        let (id, at) = receiver.recv().await.ok_or("the worker ended")?;
        if id != job.id {
            return Err("another job started".into());
        }
        if round > 0 {
            took.push(at.duration_since(asked).as_secs_f64() * 1000.0);
        }
    }
    working.end().await?;
    println!("{}", json!({"name": "latency", "milliseconds": took}));
    Ok(())
}

/// A worker process that ends with this one.
struct Holder(Child);

impl Holder {
    fn start(store: &str, redis: &str, concurrency: usize) -> Res<Holder> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["hold", store, redis, &concurrency.to_string()]).stdin(Stdio::null());
        Ok(Holder(command.spawn()?))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn hold(seat: Seat, concurrency: usize) -> Res<()> {
    let working = seat.start(seat.runtime(concurrency).handle("hold", Arc::new(Hold)));
    tokio::signal::ctrl_c().await?;
    working.end().await
}

async fn recover(seat: Seat, store: &str, redis: &str, workers: usize) -> Res<()> {
    let mut victims = Vec::new();
    for _ in 0..workers {
        let victim = Holder::start(store, redis, HELD)?;
        let mut held = Vec::new();
        for _ in 0..HELD {
            held.push(seat.insert("hold").await?);
        }
        seat.dispatch.announce(&held).await?;
        for job in &held {
            until_attempt(&seat, job.id, 1).await?;
        }
        victims.push((victim, held));
    }
    let _survivor = Holder::start(store, redis, workers * HELD)?;
    // Whoever has just started cannot tell who lives: a full lease must pass.
    tokio::time::sleep(RuntimeSettings::default().lease + Duration::from_secs(2)).await;
    let mut waiting = Vec::new();
    for (n, (victim, held)) in victims.into_iter().enumerate() {
        // At different moments between two renewals of a lease and two rounds of maintenance.
        tokio::time::sleep(Duration::from_millis(370 + (n as u64 * 530) % 900)).await;
        drop(victim);
        let killed = Instant::now();
        waiting.extend(held.into_iter().map(|job| (job.id, killed)));
    }
    let mut took = Vec::new();
    while !waiting.is_empty() {
        let mut left = Vec::new();
        for (id, killed) in waiting {
            let job = seat.db.fetch(id).await?.ok_or("the job is gone")?;
            if job.state == JobState::Running && job.attempt >= 2 {
                took.push(killed.elapsed().as_secs_f64());
            } else if killed.elapsed() > Duration::from_secs(120) {
                return Err(format!("{job:?} does not run again").into());
            } else {
                left.push((id, killed));
            }
        }
        waiting = left;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("{}", json!({"name": "recover", "seconds": took}));
    Ok(())
}

async fn until_attempt(seat: &Seat, id: JobId, attempt: u32) -> Res<()> {
    let begin = Instant::now();
    while seat.db.fetch(id).await?.is_none_or(|job| job.attempt < attempt) {
        if begin.elapsed() > Duration::from_secs(60) {
            return Err("no worker takes the job".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn flush(seat: Seat, redis_url: &str, jobs: usize) -> Res<()> {
    // A process that serves the queue and takes nothing, as an API server does.
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    tracker.spawn(Arc::new(seat.runtime(1)).attend(stop.clone()));
    let mut waiting = Vec::new();
    for _ in 0..jobs {
        waiting.push(seat.insert("noop").await?);
    }
    seat.dispatch.announce(&waiting).await?;
    until_listed(&seat, jobs).await?;
    let mut connection = redis::Client::open(redis_url)?.get_multiplexed_async_connection().await?;
    let () = redis::cmd("FLUSHALL").query_async(&mut connection).await?;
    let begin = Instant::now();
    until_listed(&seat, jobs).await?;
    println!("{}", json!({"name": "flush", "seconds": [begin.elapsed().as_secs_f64()]}));
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    Ok(())
}

async fn until_listed(seat: &Seat, jobs: usize) -> Res<()> {
    let begin = Instant::now();
    while seat.dispatch.listed(QUEUE).await?.unwrap_or(0) < jobs as u64 {
        if begin.elapsed() > Duration::from_secs(120) {
            return Err("the jobs are not announced".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Res<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, store, redis, numbers @ ..] = arguments.as_slice() else {
        return Err("usage: no_op_jobs COMMAND STORE REDIS [NUMBERS]".into());
    };
    let numbers = numbers.iter().map(|text| text.parse()).collect::<Result<Vec<usize>, _>>()?;
    let seat = || Seat::take(store, redis);
    match (command.as_str(), numbers.as_slice()) {
        ("run", [jobs, concurrency]) => run(store, redis, *jobs, *concurrency).await,
        ("latency", [jobs]) => latency(seat().await?, *jobs).await,
        ("recover", [workers]) => recover(seat().await?, store, redis, *workers).await,
        ("flush", [jobs]) => flush(seat().await?, redis, *jobs).await,
        ("hold", [concurrency]) => hold(seat().await?, *concurrency).await,
        _ => Err("usage: see the head of this file".into()),
    }
}
