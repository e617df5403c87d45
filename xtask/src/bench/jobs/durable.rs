//! The whole path of a job: its row, its announcement, the claim with its fence, its end.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use anyhow::{Context, bail};
use serde_json::Value;

use super::run;
use super::table::{Row, Verdict, median, percentile, whole};
use super::{Bench, example};
use crate::sh::{self, say};

/// Where rows can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Store {
    Sqlite,
    Postgres,
}

pub(super) const STORES: [Store; 2] = [Store::Postgres, Store::Sqlite];

impl Store {
    pub(super) fn name(self) -> &'static str {
        match self {
            Store::Sqlite => "SQLite",
            Store::Postgres => "PostgreSQL",
        }
    }

    /// An empty one: the argument that names it.
    fn empty(self, bench: &Bench) -> anyhow::Result<String> {
        Ok(match self {
            Store::Sqlite => bench.folder("sqlite")?.join("rows.db").display().to_string(),
            Store::Postgres => bench.postgres().database(),
        })
    }
}

/// What ends up between the program and its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    InRedis,
    InProcess,
}

/// The example program, built when first asked for.
fn program() -> anyhow::Result<&'static Path> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if BUILT.get().is_none() {
        // Another thread would build the same.
        let _ = BUILT.set(example("bidlens-storage", "no_op_jobs")?);
    }
    BUILT.get().map(PathBuf::as_path).context("the program was just built")
}

/// Runs one command of the example program on an empty store and an empty Redis.
pub(super) fn no_op_jobs(
    bench: &Bench,
    command: &str,
    store: Store,
    announced: Announced,
    numbers: &[usize],
) -> anyhow::Result<Vec<(String, Value)>> {
    bench.flush_redis()?;
    let mut program = sh::command(program()?);
    program.args([command, &store.empty(bench)?]);
    match announced {
        Announced::InRedis => program.arg(bench.redis.url()),
        Announced::InProcess => program.arg("-"),
    };
    run::lines(program.args(numbers.iter().map(usize::to_string)))
}

pub(super) fn throughput(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let jobs = bench.scaled(10_000);
    let mut rows = Vec::new();
    let mut ceilings = Vec::new();
    let mut whole_path = [Vec::new(), Vec::new()];
    let mut waiting = [Vec::new(), Vec::new()];
    for round in 1..=bench.rounds() {
        say(&format!("durable: round {round} of {}", bench.rounds()));
        ceilings.push(commit_ceiling(bench)?);
        for (at, store) in STORES.into_iter().enumerate() {
            for (name, line) in no_op_jobs(bench, "run", store, Announced::InRedis, &[jobs, 50])? {
                let samples = if name == "whole" { &mut whole_path } else { &mut waiting };
                samples[at].push(run::sample(&line)?);
            }
        }
    }
    let rates = |samples: &[run::Sample]| samples.iter().map(|s| s.jobs_per_s).collect::<Vec<_>>();
    let cpu = |samples: &[run::Sample]| median(&samples.iter().map(|s| s.cpu_ms_per_job).collect::<Vec<_>>());
    let ceiling = median(&ceilings);
    rows.push(Row::shown("commits of one row, pgbench, 10 clients", format!("{}/s", whole(ceiling))).samples(ceilings));
    for (at, store) in STORES.into_iter().enumerate() {
        let figure = |samples| format!("{}/s at {:.3} CPU-ms", whole(median(&rates(samples))), cpu(samples));
        let (bar, least) = match store {
            Store::Postgres => ("≥ 2,000/s or ≥ 90 % of the commits", f64::min(2_000.0, 0.9 * ceiling)),
            Store::Sqlite => ("≥ 2,000/s", 2_000.0),
        };
        for (what, samples) in [
            ("inserted by 50 clients, announced, run, ended", &whole_path[at]),
            ("waiting, then claimed, run, ended", &waiting[at]),
        ] {
            let name = format!("durable path, {}, Redis: {what}", store.name());
            let verdict = Verdict::of(median(&rates(samples)) >= least);
            rows.push(Row::new(name, figure(samples), bar, verdict).samples(rates(samples)));
        }
    }
    Ok(rows)
}

/// Commits of a row of the size of a job in a second, by as many clients as whoever asks for jobs has connections.
fn commit_ceiling(bench: &Bench) -> anyhow::Result<f64> {
    let postgres = bench.postgres();
    let url = postgres.database();
    postgres.psql(&url, "CREATE TABLE ceiling (id BIGSERIAL PRIMARY KEY, data TEXT NOT NULL)");
    let seconds = if bench.quick { "2" } else { "8" };
    let mut pgbench = postgres.client("pgbench");
    pgbench.args(["-n", "-M", "prepared", "-c", "10", "-j", "2", "-T", seconds, "-f", "-", &url]);
    let mut child =
        pgbench.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("start pgbench")?;
    let script = "INSERT INTO ceiling (data) VALUES (repeat('x', 400));\n";
    child.stdin.take().context("pgbench's input")?.write_all(script.as_bytes()).context("write to pgbench")?;
    let output = child.wait_with_output().context("wait for pgbench")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("pgbench ended with {}: {text}", output.status);
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.with_context(|| format!("read what pgbench printed: {text}"))
}

pub(super) fn latency(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let ways = [
        (Store::Postgres, Announced::InRedis, "PostgreSQL, Redis"),
        (Store::Sqlite, Announced::InRedis, "SQLite, Redis"),
        (Store::Sqlite, Announced::InProcess, "SQLite, embedded"),
    ];
    let mut rows = Vec::new();
    for (store, announced, name) in ways {
        let mut all = Vec::new();
        for _ in 0..bench.rounds() {
            for (_, line) in no_op_jobs(bench, "latency", store, announced, &[bench.scaled(200)])? {
                all.extend(run::numbers(&line, "milliseconds")?);
            }
        }
        let (p50, p99) = (median(&all), percentile(&all, 0.99));
        let figure = format!("p50 {p50:.1} ms, p99 {p99:.1} ms");
        let verdict = Verdict::of(p50 <= 5.0 && p99 <= 50.0);
        let name = format!("enqueue → handler starts, idle, {name}");
        rows.push(Row::new(name, figure, "p50 ≤ 5 ms, p99 ≤ 50 ms", verdict).samples(all));
    }
    Ok(rows)
}
