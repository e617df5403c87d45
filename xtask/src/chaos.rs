//! `cargo xtask chaos`: the whole system under load while everything around it breaks, with a seed.
//!
//! One API, three workers, PostgreSQL and Redis, each reached through a proxy of its own. A monkey kills and pauses
//! processes, restarts PostgreSQL, kills and empties Redis, cuts and delays connections, fills the disk, and runs
//! stock RQ's cleaners. Afterwards everything that was asked for must have ended, once. The seed decides what the
//! monkey does and in which order; what the machine does meanwhile it cannot decide.

mod load;
mod monkey;
mod proxy;
mod random;
mod system;
mod verdict;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::bail;

use crate::sh::{self, say};

/// What a run is told.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) length: Duration,
    pub(crate) seed: u64,
    /// The program under test; built in release when not given.
    pub(crate) program: Option<PathBuf>,
}

pub(crate) fn run(plan: &Plan) -> anyhow::Result<()> {
    let program = match &plan.program {
        Some(program) => std::path::absolute(program)?,
        None => sh::build_release()?,
    };
    say(&format!("chaos for {} s with seed {}", plan.length.as_secs(), plan.seed));
    let system = Arc::new(system::System::start(&program)?);
    let stop = Arc::new(AtomicBool::new(false));
    let loads: Vec<_> = (0..4)
        .map(|n| {
            let (system, stop) = (Arc::clone(&system), Arc::clone(&stop));
            std::thread::spawn(move || load::run(&system, n, &stop))
        })
        .collect();
    let done = monkey::run(&system, plan.seed, plan.length);
    say("everything is mended; waiting for the work to end");
    system.mend()?;
    stop.store(true, Ordering::SeqCst);
    let mut asked = load::Asked::default();
    for load in loads {
        match load.join() {
            Ok(part) => asked.add(part),
            Err(_) => bail!("a client of the load has panicked"),
        }
    }
    let verdict = verdict::judge(&system, &asked)?;
    sh::print(&done.table())?;
    sh::print(&verdict.table(&asked))?;
    if verdict.is_clean() {
        return Ok(());
    }
    let kept = system.keep_logs();
    bail!(
        "chaos with seed {} found damage; logs are in {}; repeat with: cargo xtask chaos --minutes {} --seed {}",
        plan.seed,
        kept.display(),
        plan.length.as_secs_f64() / 60.0,
        plan.seed
    )
}
