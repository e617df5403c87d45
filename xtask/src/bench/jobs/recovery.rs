//! How long it takes until lost work goes on: after a killed worker, after a Redis that forgot everything.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Bench;
use super::durable::{Announced, STORES, no_op_jobs};
use super::library::in_environment;
use super::run::{self, Group};
use super::table::{Row, Verdict, median, percentile};
use crate::setup;
use crate::sh::{self, say};

pub(super) fn killed_worker(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let workers = if bench.quick { 2 } else { 5 };
    for store in STORES {
        let mut all = Vec::new();
        for round in 1..=bench.rounds() {
            say(&format!("recovery on {}: round {round} of {}", store.name(), bench.rounds()));
            for (_, line) in no_op_jobs(bench, "recover", store, Announced::InRedis, &[workers])? {
                all.extend(run::numbers(&line, "seconds")?);
            }
        }
        let (p50, p99) = (median(&all), percentile(&all, 0.99));
        let figure = format!("p50 {p50:.1} s, p99 {p99:.1} s of {} jobs", all.len());
        let name = format!("worker killed → its job runs again, {}", store.name());
        rows.push(Row::new(name, figure, "p99 ≤ 20 s", Verdict::of(p99 <= 20.0)).samples(all));
    }
    rows.push(stock_rq(bench)?);
    Ok(rows)
}

/// The same with stock RQ: worker and work horse killed, another worker there.
fn stock_rq(bench: &Bench) -> anyhow::Result<Row> {
    bench.flush_redis()?;
    let environment = setup::rq_environment("rq3")?;
    let folder = bench.folder("stock")?;
    let starts = folder.join("starts");
    let patience = Duration::from_secs(if bench.quick { bench.patience_s.min(5) } else { bench.patience_s });
    let started = || std::fs::read_to_string(&starts).map_or(0, |text| text.lines().count());
    let mut enqueue = in_environment(&environment, "rq", bench);
    enqueue.args(["enqueue", "--quiet", "--queue", "bench", "--timeout", "2h", "noop.hold"]).arg(&starts);
    sh::run(&mut enqueue)?;
    let worker = |log: &str| {
        let mut worker = in_environment(&environment, "rq", bench);
        Group::start(worker.args(["worker", "--quiet", "bench"]), &folder.join(log))
    };
    let first = worker("first.log")?;
    run::until("stock RQ starts the job", Duration::from_secs(30), || Ok(started() >= 1))?;
    let _second = worker("second.log")?;
    std::thread::sleep(Duration::from_secs(2));
    // The horse is in a group of its own.
    kill_children(first.id())?;
    drop(first);
    let killed = Instant::now();
    let again = run::until("the job runs again", patience, || Ok(started() >= 2));
    let name = "the same, stock RQ 3.0.0";
    Ok(match again {
        Ok(()) => {
            let seconds = killed.elapsed().as_secs_f64();
            Row::shown(name, format!("{seconds:.1} s")).samples(json!([seconds]))
        }
        Err(_) => {
            let waited = format!("not within the {} s waited; its cleaners run every 10 minutes", patience.as_secs());
            Row::shown(name, waited)
        }
    })
}

/// Kills what a process of ours has started.
fn kill_children(process: u32) -> anyhow::Result<()> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    for child in children.split_whitespace() {
        sh::run(sh::command("kill").args(["-KILL", child]))?;
    }
    Ok(())
}

pub(super) fn flushed_redis(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    // The bar names this many, so a quick run has them, too.
    let jobs = 10_000;
    for store in STORES {
        let mut all = Vec::new();
        for _ in 0..bench.rounds() {
            for (_, line) in no_op_jobs(bench, "flush", store, Announced::InRedis, &[jobs])? {
                all.extend(run::numbers(&line, "seconds")?);
            }
        }
        let seconds = median(&all);
        let name = format!("FLUSHALL, 10,000 jobs waiting → all announced, {}", store.name());
        let verdict = Verdict::of(all.iter().all(|seconds| *seconds <= 10.0));
        rows.push(Row::new(name, format!("{seconds:.1} s"), "≤ 10 s", verdict).samples(all));
    }
    Ok(rows)
}
