//! The RQ library beside other queues: running and enqueueing jobs that do nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::run::{self, Group, Sample};
use super::table::{Row, Verdict, median, whole};
use super::{Bench, example, peers};
use crate::setup;
use crate::sh::{self, say};

/// Samples of all rounds by name.
type Samples = BTreeMap<String, Vec<Sample>>;

/// A queue whose worker is a program of its own.
struct WorkerProgram {
    name: &'static str,
    requirements: &'static str,
    script: &'static str,
    jobs: usize,
    work: &'static [&'static str],
}

const WORKER_PROGRAMS: &[WorkerProgram] = &[
    WorkerProgram {
        name: "Celery, 50 threads",
        requirements: "celery[redis]",
        script: "celery_peer.py",
        jobs: 3_000,
        work: &["celery", "-A", "celery_peer", "worker", "--pool", "threads", "--concurrency", "50", "-l", "ERROR"],
    },
    WorkerProgram {
        name: "Celery, solo",
        requirements: "celery[redis]",
        script: "celery_peer.py",
        jobs: 3_000,
        work: &["celery", "-A", "celery_peer", "worker", "--pool", "solo", "-l", "ERROR"],
    },
    WorkerProgram {
        name: "Dramatiq, 50 threads",
        requirements: "dramatiq[redis]",
        script: "dramatiq_peer.py",
        jobs: 5_000,
        work: &["dramatiq", "dramatiq_peer", "--processes", "1", "--threads", "50"],
    },
    WorkerProgram {
        name: "arq, 50 at once",
        requirements: "arq",
        script: "arq_peer.py",
        jobs: 5_000,
        work: &["arq", "arq_peer.WorkerSettings"],
    },
];

const OURS: &str = "rq library, 50 at once";
const BULLMQ: &str = "BullMQ, 50 at once";

pub(super) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let ours = example("rq-wire", "bench")?;
    let stock = [("RQ 3.0.0", setup::rq_environment("rq3")?), ("RQ 2.12.0", setup::rq_environment("rq2")?)];
    let modules = setup::npm_packages(&["bullmq", "ioredis"])?;
    let mut environments = Vec::new();
    for program in WORKER_PROGRAMS {
        let folder = sh::target().join("bench-jobs").join(program.script.trim_end_matches("_peer.py"));
        setup::python_environment(&folder, "ready", program.requirements)?;
        environments.push(folder);
    }
    let mut samples = Samples::new();
    let mut set_rates: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for round in 1..=bench.rounds() {
        say(&format!("library: round {round} of {}", bench.rounds()));
        for (clients, requests) in [("1", 30_000), ("50", 60_000)] {
            set_rates.entry(clients).or_default().push(set_rate(bench, clients, bench.scaled(requests))?);
        }
        own(bench, &ours, &mut samples)?;
        bullmq(bench, &modules, &mut samples)?;
        for (name, environment) in &stock {
            stock_rq(bench, name, environment, &mut samples)?;
        }
        for (program, environment) in WORKER_PROGRAMS.iter().zip(&environments) {
            let sample = worker_program(bench, program, environment)?;
            samples.entry(format!("work: {}", program.name)).or_default().push(sample);
        }
    }
    rows(&samples, &set_rates)
}

fn own(bench: &Bench, program: &Path, samples: &mut Samples) -> anyhow::Result<()> {
    bench.flush_redis()?;
    let jobs = bench.scaled(20_000).to_string();
    let mut command = sh::command(program);
    for (name, line) in run::lines(command.args([&jobs, "50", "--json"]).env("REDIS_URL", bench.redis.url()))? {
        let key = match name.as_str() {
            "run" => format!("work: {OURS}"),
            "enqueue one by one" => "one by one: rq library".to_owned(),
            _ => "hundreds: rq library".to_owned(),
        };
        samples.entry(key).or_default().push(run::sample(&line)?);
    }
    Ok(())
}

fn bullmq(bench: &Bench, modules: &Path, samples: &mut Samples) -> anyhow::Result<()> {
    bench.flush_redis()?;
    let mut node = sh::command("node");
    node.arg(peers().join("bullmq_peer.js"));
    node.args([bench.scaled(10_000), bench.scaled(40_000)].map(|n| n.to_string()));
    for (name, line) in run::lines(node.env("REDIS_URL", bench.redis.url()).env("NODE_PATH", modules))? {
        let key = match name.as_str() {
            "work" => format!("work: {BULLMQ}"),
            "enqueue_one" => "one by one: BullMQ".to_owned(),
            _ => "hundreds: BullMQ".to_owned(),
        };
        samples.entry(key).or_default().push(run::sample(&line)?);
    }
    Ok(())
}

fn stock_rq(bench: &Bench, version: &str, environment: &Path, samples: &mut Samples) -> anyhow::Result<()> {
    bench.flush_redis()?;
    let numbers = [5_000, 2_000, 300].map(|jobs| bench.scaled(jobs).div_ceil(100) * 100).map(|n| n.to_string());
    let mut python = in_environment(environment, "python", bench);
    python.arg("rq_peer.py").args(numbers);
    for (name, line) in run::lines(&mut python)? {
        let key = match name.as_str() {
            "work_simple" => format!("work: {version} SimpleWorker"),
            "work_forking" => format!("work: {version} forking Worker"),
            "enqueue_one" => format!("one by one: {version}"),
            _ => format!("hundreds: {version}"),
        };
        samples.entry(key).or_default().push(run::sample(&line)?);
    }
    Ok(())
}

/// A program of a Python environment, among the other queues' scripts.
pub(super) fn in_environment(environment: &Path, program: &str, bench: &Bench) -> Command {
    let mut command = Command::new(environment.join("bin").join(program));
    command.current_dir(peers()).env("REDIS_URL", bench.redis.url()).env("RQ_REDIS_URL", bench.redis.url());
    command.env("PYTHONPATH", peers()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn worker_program(bench: &Bench, program: &WorkerProgram, environment: &Path) -> anyhow::Result<Sample> {
    bench.flush_redis()?;
    let folder = bench.folder("worker")?;
    let out: PathBuf = folder.join("out");
    let configure = |command: &mut Command| {
        let jobs = bench.scaled(program.jobs).to_string();
        command.env("BENCH_JOBS", jobs).env("BENCH_NAME", "work").env("BENCH_OUT", &out);
    };
    let mut enqueue = in_environment(environment, "python", bench);
    configure(enqueue.arg(program.script));
    sh::run(&mut enqueue)?;
    let [worker, arguments @ ..] = program.work else { bail!("no worker program for {}", program.name) };
    let mut work = in_environment(environment, worker, bench);
    configure(work.args(arguments));
    let mut group = Group::start(&mut work, &folder.join("log"))?;
    let written = || {
        group.check()?;
        Ok(std::fs::read_to_string(&out).is_ok_and(|text| text.ends_with('\n')))
    };
    let finished = run::until(program.name, Duration::from_secs(180), written);
    finished.with_context(|| std::fs::read_to_string(folder.join("log")).unwrap_or_default())?;
    drop(group);
    let text = std::fs::read_to_string(&out).with_context(|| format!("read {}", out.display()))?;
    let lines = run::read_lines(&text)?;
    let [(_, line)] = lines.as_slice() else { bail!("{} printed {text}", program.name) };
    run::sample(line)
}

/// How many SETs `redis-benchmark` does in a second.
fn set_rate(bench: &Bench, clients: &str, requests: usize) -> anyhow::Result<f64> {
    let (port, requests) = (bench.redis.port().to_string(), requests.to_string());
    let mut command = sh::command("redis-benchmark");
    let csv = sh::read(command.args(["-p", &port, "-t", "set", "-c", clients, "-n", &requests, "--csv"]))?;
    let rate = csv.lines().find_map(|line| line.strip_prefix("\"SET\",\"")?.split('"').next()?.parse().ok());
    rate.with_context(|| format!("read what redis-benchmark printed: {csv}"))
}

/// Medians by name.
struct Medians<'s>(&'s Samples);

impl Medians<'_> {
    fn get(&self, name: &str) -> anyhow::Result<Sample> {
        let samples = self.0.get(name).with_context(|| format!("nothing was measured of {name}"))?;
        let of = |part: fn(&Sample) -> f64| median(&samples.iter().map(part).collect::<Vec<_>>());
        Ok(Sample { jobs_per_s: of(|s| s.jobs_per_s), cpu_ms_per_job: of(|s| s.cpu_ms_per_job) })
    }

    fn row(&self, name: &str) -> anyhow::Result<Row> {
        let sample = self.get(name)?;
        let figure = format!("{}/s at {:.4} CPU-ms", whole(sample.jobs_per_s), sample.cpu_ms_per_job);
        let all: Vec<_> = self.0[name].iter().map(|s| json!([s.jobs_per_s, s.cpu_ms_per_job])).collect();
        Ok(Row::shown(name, figure).samples(all))
    }
}

/// How often a figure holds another, against how often it should.
fn ratio(measure: String, figure: f64, at_least: f64) -> Row {
    Row::new(measure, format!("{figure:.2} ×"), format!("≥ {at_least} ×"), Verdict::of(figure >= at_least))
}

fn rows(samples: &Samples, set_rates: &BTreeMap<&str, Vec<f64>>) -> anyhow::Result<Vec<Row>> {
    let medians = Medians(samples);
    let mut rows = Vec::new();
    for name in samples.keys().filter(|name| name.starts_with("work: ")) {
        rows.push(medians.row(name)?);
    }
    let ours = medians.get(&format!("work: {OURS}"))?;
    let bars = [
        ("RQ 3.0.0 SimpleWorker", 30.0, 30.0),
        ("RQ 2.12.0 SimpleWorker", 30.0, 30.0),
        ("Celery, 50 threads", 5.0, 5.0),
        ("Celery, solo", 5.0, 5.0),
        ("Dramatiq, 50 threads", 5.0, 5.0),
        ("arq, 50 at once", 5.0, 5.0),
        (BULLMQ, 0.8, 2.0),
    ];
    for (name, wall, cpu) in bars {
        let other = medians.get(&format!("work: {name}"))?;
        rows.push(ratio(format!("work, jobs/s, of {name}"), ours.jobs_per_s / other.jobs_per_s, wall));
        let per_cpu = other.cpu_ms_per_job / ours.cpu_ms_per_job;
        rows.push(ratio(format!("work, jobs per worker CPU-second, of {name}"), per_cpu, cpu));
    }
    for (clients, rates) in set_rates {
        let figure = format!("{}/s", whole(median(rates)));
        rows.push(Row::shown(format!("redis-benchmark SET, {clients} clients"), figure).samples(rates.clone()));
    }
    for name in samples.keys().filter(|name| !name.starts_with("work: ")) {
        rows.push(medians.row(name)?);
    }
    let rate = |name: &str| medians.get(name).map(|sample| sample.jobs_per_s);
    let (single, bulk) = (rate("one by one: rq library")?, rate("hundreds: rq library")?);
    let set = median(set_rates.get("1").map_or(&[], Vec::as_slice));
    rows.push(ratio("enqueue one by one, of RQ 3.0.0".to_owned(), single / rate("one by one: RQ 3.0.0")?, 3.0));
    rows.push(ratio("enqueue one by one, of SET with one client".to_owned(), single / set, 0.6));
    rows.push(ratio(
        "enqueue in hundreds, of RQ 3.0.0 enqueue_many".to_owned(),
        bulk / rate("hundreds: RQ 3.0.0")?,
        5.0,
    ));
    rows.push(ratio("enqueue in hundreds, of BullMQ addBulk".to_owned(), bulk / rate("hundreds: BullMQ")?, 1.0));
    Ok(rows)
}
