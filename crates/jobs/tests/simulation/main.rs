//! The engine in a world where everything goes wrong, repeatable from a seed.
//!
//! Real workers ([`bidlens_jobs::Runtime`]) run against the store's model and a dispatcher with lists. Every process
//! has a Tokio runtime of its own whose time is virtual, so that it can stand still or vanish between two
//! instructions. Every call can be slow, fail before or after its effect, hang, take effect after its caller gave up,
//! be the last of its process, or stop it for a while. See `world` for what goes wrong, `store` and `run` for what
//! must hold.

mod chance;
mod dispatch;
mod process;
mod run;
mod store;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Runs by default.
const SEEDS: u64 = 300;
/// Failed runs after which no more are begun.
const FAILED_MAX: usize = 10;
/// Events shown of a run that failed.
const TRACE_MAX: usize = 150;

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn check(seed: u64) {
    let report = run::run(seed, TRACE_MAX);
    if let Some(violation) = report.violation {
        panic!("{}", failure(seed, &violation, &report.trace));
    }
}

fn failure(seed: u64, violation: &str, trace: &str) -> String {
    format!(
        "seed {seed}: {violation}\n\nThe last events:\n{trace}\nseed {seed}: {violation}\n\
         repeat: BIDLENS_SIM_SEED={seed} cargo nextest run -p bidlens-jobs -E 'test(every_promise_holds)'\n"
    )
}

#[test]
fn every_promise_holds_whatever_goes_wrong() {
    if let Some(seed) = number_of("BIDLENS_SIM_SEED") {
        return check(seed);
    }
    let seeds = number_of("BIDLENS_SIM_SEEDS").unwrap_or(SEEDS);
    let first = number_of("BIDLENS_SIM_FIRST").unwrap_or(1);
    let (next, calls, simulated) = (AtomicU64::new(first), AtomicU64::new(0), AtomicU64::new(0));
    let failed = Mutex::new(Vec::new());
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds || failed.lock().expect("no panic before").len() >= FAILED_MAX {
                        break;
                    }
                    let report = run::run(seed, TRACE_MAX);
                    calls.fetch_add(report.calls, Ordering::Relaxed);
                    simulated.fetch_add(report.simulated.as_secs(), Ordering::Relaxed);
                    if let Some(violation) = report.violation {
                        failed.lock().expect("no panic before").push((seed, violation, report.trace));
                    }
                }
            });
        }
    });
    eprintln!(
        "{seeds} runs, {} simulated hours, {} calls in {:.1} s",
        simulated.into_inner() / 3_600,
        calls.into_inner(),
        began.elapsed().as_secs_f64()
    );
    let mut failed = failed.into_inner().expect("no panic before");
    failed.sort();
    let all: Vec<String> = failed.iter().map(|(seed, violation, _)| format!("{seed}: {violation}")).collect();
    if let Some((seed, violation, trace)) = failed.first() {
        panic!("{}\n{} of {seeds} runs failed:\n{}", failure(*seed, violation, trace), all.len(), all.join("\n"));
    }
}

#[test]
fn a_seed_repeats_itself() {
    for seed in 1..6 {
        let (one, two) = (run::run(seed, TRACE_MAX), run::run(seed, TRACE_MAX));
        let difference = one.trace.lines().zip(two.trace.lines()).find(|(one, two)| one != two);
        assert_eq!(difference, None, "seed {seed}");
        assert_eq!((one.digest, one.calls), (two.digest, two.calls), "seed {seed}");
    }
}
