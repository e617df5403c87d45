//! `cargo xtask bench jobs`: the job system's figures, each beside its bar and beside other queues.
//!
//! Everything runs in the same minutes on the same servers, because figures from different machines do not compare.
//! Ours come from the example programs of `crates/rq` and `crates/storage`, the others' from `benches/jobs`. Each
//! figure is the median of the rounds; the table goes to standard output and, with all samples, to
//! `target/bench/jobs.json`.

mod api;
mod durable;
mod library;
mod recovery;
mod run;
mod table;

use std::path::PathBuf;

use anyhow::{Context, bail};
use bidlens_testkit::{Postgres, Redis};

use crate::setup;
use crate::sh::{self, say};
use table::{Row, Verdict};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// One round with few jobs: shows that everything works, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Run only this measure; may be given several times
    #[arg(long, value_name = "NAME", value_parser = MEASURES.map(|m| m.name))]
    only: Vec<String>,
    /// How long to wait for stock RQ to run a killed worker's job again, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    patience: u64,
    /// Measure the API of this program instead of a fresh release build; for builds that are compared
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// What is measured together.
struct Measure {
    name: &'static str,
    run: fn(&Bench) -> anyhow::Result<Vec<Row>>,
}

const MEASURES: [Measure; 7] = [
    Measure { name: "library", run: library::run },
    Measure { name: "durable", run: durable::throughput },
    Measure { name: "latency", run: durable::latency },
    Measure { name: "recovery", run: recovery::killed_worker },
    Measure { name: "flush", run: recovery::flushed_redis },
    Measure { name: "api", run: api::answers },
    Measure { name: "idle", run: api::idle },
];

/// What all measures share.
struct Bench {
    quick: bool,
    patience_s: u64,
    program: Option<PathBuf>,
    redis: Redis,
    /// For files of one measure; emptied by it.
    scratch: PathBuf,
}

impl Bench {
    fn rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    /// A number of jobs, and a tenth of it when it is to be quick.
    fn scaled(&self, full: usize) -> usize {
        if self.quick { full / 10 } else { full }
    }

    fn postgres(&self) -> &'static Postgres {
        static SERVER: std::sync::OnceLock<Postgres> = std::sync::OnceLock::new();
        SERVER.get_or_init(Postgres::start_durable)
    }

    fn flush_redis(&self) -> anyhow::Result<()> {
        sh::read(sh::command("redis-cli").args(["-p", &self.redis.port().to_string(), "FLUSHALL"])).map(|_| ())
    }

    /// An empty folder.
    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        Ok(folder)
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    setup::bench_packages()?;
    let scratch = sh::target().join("bench-jobs/scratch");
    let bench = Bench {
        quick: options.quick,
        patience_s: options.patience,
        program: options.program.clone(),
        redis: Redis::start_volatile(),
        scratch,
    };
    let chosen = |measure: &&Measure| options.only.is_empty() || options.only.iter().any(|name| name == measure.name);
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for measure in MEASURES.iter().filter(chosen) {
        say(&format!("measuring: {}", measure.name));
        match bench.flush_redis().and_then(|()| (measure.run)(&bench)) {
            Ok(measured) => rows.extend(measured),
            Err(error) => {
                say(&format!("{} was not measured: {error:#}", measure.name));
                rows.push(Row::new(measure.name, format!("{error:#}"), String::new(), Verdict::NotMeasured));
                broken.push(measure.name);
            }
        }
    }
    let machine = table::machine()?;
    sh::print(&format!("\n{}\n\n{}", machine, table::text(&rows)))?;
    let file = sh::target().join("bench/jobs.json");
    table::save(&file, &machine, options.quick, &rows)?;
    say(&format!("also in {}", file.display()));
    if !broken.is_empty() {
        bail!("not measured: {}", broken.join(", "));
    }
    Ok(())
}

/// Builds an example program with optimisation; its path.
fn example(package: &str, name: &str) -> anyhow::Result<PathBuf> {
    say(&format!("building {name} of {package} (release)"));
    sh::run(sh::cargo().args(["build", "--release", "--locked", "-p", package, "--example", name]))?;
    Ok(sh::target().join("release/examples").join(name))
}

/// Where the other queues' programs are.
fn peers() -> PathBuf {
    sh::root().join("benches/jobs")
}
