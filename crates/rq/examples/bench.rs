//! Measures enqueueing and running of jobs that do nothing.
//!
//! `bench [jobs] [concurrency] [--json]`, by default 20000 and 50. Uses the database `REDIS_URL` names, which should
//! be empty, or else a `redis-server` of its own on a free port. Prints one line per measurement:
//! name, jobs per second, milliseconds of CPU per job here and in Redis; with `--json`, an object for programs.
#![expect(clippy::print_stdout, reason = "printing the figures is what it is for")]

use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rq_wire::worker::WorkerSettings;
use rq_wire::{Call, Context, JobError, NewJob, Rq, Worker};
use tokio_util::sync::CancellationToken;

struct Server {
    child: Option<Child>,
    url: String,
}

impl Server {
    fn start() -> Result<Server, Box<dyn Error>> {
        if let Ok(url) = std::env::var("REDIS_URL") {
            return Ok(Server { child: None, url });
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let child = command.stdout(Stdio::null()).spawn()?;
        Ok(Server { child: Some(child), url: format!("redis://127.0.0.1:{port}") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
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

/// Seconds of CPU Redis used.
async fn redis_cpu(rq: &Rq) -> f64 {
    let info: String = redis::cmd("INFO").arg("cpu").query_async(&mut rq.connection()).await.unwrap_or_default();
    let wanted = ["used_cpu_sys:", "used_cpu_user:"];
    let values = info.lines().filter_map(|line| wanted.iter().find_map(|name| line.strip_prefix(name)));
    values.filter_map(|value| value.trim().parse::<f64>().ok()).sum()
}

struct Measurement {
    name: &'static str,
    json: bool,
    begin: Instant,
    own: f64,
    redis: f64,
}

impl Measurement {
    async fn begin(rq: &Rq, name: &'static str, json: bool) -> Measurement {
        Measurement { name, json, own: own_cpu(), redis: redis_cpu(rq).await, begin: Instant::now() }
    }

    async fn end(self, rq: &Rq, jobs: usize) {
        let seconds = self.begin.elapsed().as_secs_f64();
        let (own, redis) = (own_cpu() - self.own, redis_cpu(rq).await - self.redis);
        if self.json {
            let name = self.name;
            println!(r#"{{"name": "{name}", "jobs": {jobs}, "seconds": {seconds}, "cpu_seconds": {own}}}"#);
            return;
        }
        let per_job = |seconds: f64| seconds * 1000.0 / jobs as f64;
        println!(
            "{:<24} {:>8.0} jobs/s   {:.4} ms CPU/job here   {:.4} ms CPU/job redis",
            self.name,
            jobs as f64 / seconds,
            per_job(own),
            per_job(redis)
        );
    }
}

fn job() -> NewJob {
    NewJob::new("bench", Call::new("bench.noop").arg(1))
}

// One thread is what one sequential client needs, and enough for a worker whose jobs do nothing.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().any(|text| text == "--json");
    let mut arguments = std::env::args().skip(1).filter(|text| text != "--json").map(|text| text.parse::<usize>());
    let jobs = arguments.next().transpose()?.unwrap_or(20_000);
    let concurrency = arguments.next().transpose()?.unwrap_or(50);
    let server = Server::start()?;
    let begin = Instant::now();
    let rq = loop {
        match Rq::connect(&server.url).await {
            Ok(rq) => break rq,
            Err(error) if begin.elapsed() > Duration::from_secs(10) => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };

    let measurement = Measurement::begin(&rq, "enqueue one by one", json).await;
    for _ in 0..jobs {
        rq.enqueue(&job()).await?;
    }
    measurement.end(&rq, jobs).await;

    let batch = vec![job(); 100];
    let measurement = Measurement::begin(&rq, "enqueue in hundreds", json).await;
    for _ in 0..jobs.div_ceil(100) {
        rq.enqueue_many(&batch).await?;
    }
    measurement.end(&rq, jobs.div_ceil(100) * 100).await;

    let total = jobs + jobs.div_ceil(100) * 100;
    let settings = WorkerSettings { concurrency, burst: true, ..WorkerSettings::default() };
    let worker = Worker::new(rq.clone(), ["bench"])
        .settings(settings)
        .handle("bench.noop", |_: Context| async { Ok::<_, JobError>(()) });
    let measurement = Measurement::begin(&rq, "run", json).await;
    let report = worker.run(CancellationToken::new()).await?;
    measurement.end(&rq, total).await;
    if report.finished != total as u64 {
        return Err(format!("{} of {total} jobs finished", report.finished).into());
    }
    Ok(())
}
