//! `cargo xtask fuzz documents`: hostile files against the parse child, as a worker would start it.
//!
//! Each file goes to a child process of its own with limits on memory and CPU time. A child may refuse a file, and
//! it may end by its limits; what it must not do is crash, run on past its limits, answer what is no Document, or
//! answer nothing at all. Such files are kept in the target directory. `cargo xtask fuzz targets` runs the
//! coverage-guided targets of `fuzz/`.

mod child;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bidlens_testkit::hostile::{self, Mutated, Mutator};

use self::child::{Bounds, Ended, Report};
use crate::sh;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Fuzzed {
    /// Known bombs and seeded mutations of good files, each read by a parse child with limits
    Documents(Options),
    /// The coverage-guided targets, one after the other (needs the nightly toolchain)
    Targets {
        /// How long each runs
        #[arg(long, default_value_t = 30.0)]
        minutes: f64,
        /// Only this one
        #[arg(long)]
        only: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Decides what is mutated how
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Mutations
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// The number of the first mutation, to repeat one
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Leave the known bombs out
    #[arg(long)]
    no_bombs: bool,
    /// Children at a time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// Memory a child may use
    #[arg(long, value_name = "MB", default_value_t = 2_048)]
    memory_mb: u64,
    /// CPU time a child may use
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    cpu_s: u64,
    /// A folder with further good files to mutate
    #[arg(long, value_name = "PATH")]
    files: Option<PathBuf>,
    /// A built program to test instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

pub(crate) fn run(fuzzed: &Fuzzed) -> anyhow::Result<()> {
    match fuzzed {
        Fuzzed::Documents(options) => documents(options),
        Fuzzed::Targets { minutes, only } => targets(*minutes, only.as_deref()),
    }
}

/// Good files larger than this would make most of the time pass in reading what was not mutated.
const SEED_BYTES_MAX: u64 = 2 << 20;

fn documents(options: &Options) -> anyhow::Result<()> {
    let program = match &options.program {
        Some(program) => std::path::absolute(program).with_context(|| format!("find {}", program.display()))?,
        None => sh::build_release()?,
    };
    let mut good = hostile::seeds();
    good.extend(files_in(&sh::root().join("samples"))?);
    if let Some(folder) = &options.files {
        good.extend(files_in(folder)?);
    }
    let mutator = Mutator::new(options.seed, good);
    let bombs = if options.no_bombs { Vec::new() } else { hostile::bombs() };
    let kept = sh::target().join("fuzz-documents");
    std::fs::create_dir_all(&kept).with_context(|| format!("create {}", kept.display()))?;

    let bounds = Bounds { memory_mb: options.memory_mb, cpu_s: options.cpu_s };
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(0);
    let all = bombs.len() as u64 + options.count;
    let began = Instant::now();
    let take_files = || -> anyhow::Result<()> {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= all {
                return Ok(());
            }
            let (label, file) = match usize::try_from(at).ok().and_then(|at| bombs.get(at)) {
                Some(bomb) => {
                    let file = bomb.file(1);
                    ("bomb".to_owned(), Mutated { name: file.name, bytes: file.bytes, what: bomb.what.to_owned() })
                }
                None => {
                    let number = options.first + at - bombs.len() as u64;
                    (format!("mutation {number} of seed {}", options.seed), mutator.file(number))
                }
            };
            let report = child::read(&program, &file.name, &file.bytes, bounds)?;
            let mut tally = tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            tally.add(&label, &file, &report, &kept)?;
            if (at + 1).is_multiple_of(1_000) {
                sh::say(&format!("{} of {all} files, {:.0} s", at + 1, began.elapsed().as_secs_f64()));
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs).map(|_| scope.spawn(take_files)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| bail!("a thread broke down")))
    })?;
    let tally = tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    tally.print(all, began.elapsed())
}

/// The files of one folder, not those of folders in it.
fn files_in(folder: &Path) -> anyhow::Result<Vec<hostile::File>> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("list {}", folder.display()))?;
        let size = entry.metadata().map_or(0, |m| if m.is_file() { m.len() } else { 0 });
        if (1..=SEED_BYTES_MAX).contains(&size) {
            let bytes = std::fs::read(entry.path()).with_context(|| format!("read {}", entry.path().display()))?;
            files.push(hostile::File { name: entry.file_name().to_string_lossy().into_owned(), bytes });
        }
    }
    // The order of a listing is the file system's.
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    by_end: BTreeMap<&'static str, u64>,
    /// Files that took a child's whole memory or time, or more than a second.
    slow: Vec<(Duration, String)>,
    peak_mb: u64,
    broken: Vec<String>,
}

impl Tally {
    fn add(&mut self, label: &str, file: &Mutated, report: &Report, kept: &Path) -> anyhow::Result<()> {
        *self.by_end.entry(report.ended.word()).or_default() += 1;
        self.peak_mb = self.peak_mb.max(report.peak_mb);
        let line = format!(
            "{label} ({}): {}, {:.1} s of CPU, {} MB",
            file.what,
            report.ended.word(),
            report.cpu.as_secs_f64(),
            report.peak_mb
        );
        if report.ended.is_bad() {
            let name = label.replace(' ', "-");
            let path = kept.join(format!("{name}-{}", file.name.replace('/', "_")));
            std::fs::write(&path, &file.bytes).with_context(|| format!("write {}", path.display()))?;
            let line = format!("{line}; kept as {}; {}", path.display(), report.said);
            sh::say(&line);
            self.broken.push(line);
        } else if report.cpu > Duration::from_secs(1) || matches!(report.ended, Ended::OutOfMemory | Ended::OutOfTime) {
            self.slow.push((report.cpu, line));
        }
        Ok(())
    }

    fn print(mut self, all: u64, took: Duration) -> anyhow::Result<()> {
        self.slow.sort();
        sh::print(&format!("{all} files in {:.0} s, at most {} MB of memory", took.as_secs_f64(), self.peak_mb))?;
        for (end, count) in &self.by_end {
            sh::print(&format!("  {count:6} {end}"))?;
        }
        sh::print(&format!("{} took more than a second of CPU time or all that they may:", self.slow.len()))?;
        for (_, line) in self.slow.iter().rev().take(40) {
            sh::print(&format!("  {line}"))?;
        }
        if !self.broken.is_empty() {
            bail!("{} files broke the reader:\n  {}", self.broken.len(), self.broken.join("\n  "));
        }
        Ok(())
    }
}

fn targets(minutes: f64, only: Option<&str>) -> anyhow::Result<()> {
    let fuzz = sh::root().join("fuzz");
    if sh::read(sh::command("cargo").args(["fuzz", "--version"])).is_err() {
        sh::say("installing cargo-fuzz (takes some minutes, once)");
        sh::run(sh::command("cargo").args(["install", "--locked", "cargo-fuzz"]))?;
    }
    let corpus = sh::target().join("fuzz-corpus");
    let listed = sh::read(sh::command("cargo").current_dir(&fuzz).args(["+nightly", "fuzz", "list"]))?;
    let seconds = (minutes.clamp(0.01, 24.0 * 60.0) * 60.0).ceil();
    for target in listed.lines().map(str::trim).filter(|t| !t.is_empty() && only.is_none_or(|o| o == *t)) {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        for file in hostile::seeds() {
            let path = folder.join(&file.name);
            std::fs::write(&path, &file.bytes).with_context(|| format!("write {}", path.display()))?;
        }
        sh::say(&format!("{target}: {seconds} s"));
        let mut run = sh::command("cargo");
        run.current_dir(&fuzz).args(["+nightly", "fuzz", "run", target]).arg(&folder).arg("--");
        run.args([&format!("-max_total_time={seconds}"), "-timeout=60", "-rss_limit_mb=4096", "-max_len=262144"]);
        sh::run(&mut run).with_context(|| format!("{target} found a file that breaks its parser; see above"))?;
    }
    Ok(())
}
