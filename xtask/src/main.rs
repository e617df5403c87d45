//! Tasks of this repository; `cargo xtask help` lists them.
//!
//! A task sets up what it needs and says so. One file per task; `sh` runs other programs.

mod bench;
mod chaos;
mod checkers;
mod demo;
mod eval;
mod fuzz;
mod reference;
mod samples;
mod server;
mod setup;
mod sh;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Tasks {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build, run the whole main job on the bundled sample, then serve the result
    Demo {
        /// End after the summary instead of serving
        #[arg(long)]
        no_serve: bool,
    },
    /// Build the workspace in the browser and the release program that carries it
    Build,
    /// Set up what is missing and run every check and test
    Test,
    /// Print accuracy tables for a labelled set (a folder with `labels/`, or with `labels.json` for bids)
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Eval {
        #[arg(required = true)]
        path: Option<PathBuf>,
        /// The tender the bids of a labelled set answer to
        #[arg(long, value_name = "FILE")]
        tender: Vec<PathBuf>,
        /// List every miss
        #[arg(long)]
        errors: bool,
        #[command(subcommand)]
        what: Option<Evaluated>,
    },
    /// Measure CPU time and memory beside what else reads such files, or the job system beside other queues
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Bench {
        /// PDF to read
        #[arg(required = true)]
        file: Option<PathBuf>,
        #[command(subcommand)]
        what: Option<Measured>,
    },
    /// Break everything around the running system, then check that nothing was lost, doubled or left open
    Chaos {
        /// How long
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
        /// Decides what is broken when
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A built program to test instead of a fresh release build
        #[arg(long, value_name = "PATH")]
        program: Option<PathBuf>,
    },
    /// Try to break the readers of documents
    Fuzz {
        #[command(subcommand)]
        what: fuzz::Fuzzed,
    },
    /// Make the bundled samples again from their sources
    Samples,
    /// Write the generated reference pages; with --check only compare them
    Reference {
        #[arg(long)]
        check: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Evaluated {
    /// Search: the rank of the segment that holds a labelled quote, beside other rankings
    Retrieval(eval::retrieval::Options),
    /// Text, places of quotes and table cells read from PDFs, beside other readers
    Documents(eval::documents::Options),
    /// Fields from the labelled tenders written otherwise: labels, tables, numbers, dates, sums
    Robustness(eval::robustness::Options),
    /// Text recognition on pictures of PDF pages, beside Tesseract on whole pages
    Ocr(eval::ocr::Options),
    /// Defects planted into generated bids, and conforming twins
    Defects(eval::defects::Options),
    /// Fields from the labelled tenders, beside plain regular expressions
    Baseline(eval::baseline::Options),
}

#[derive(Debug, Subcommand)]
enum Measured {
    /// The job system beside RQ, Celery, Dramatiq, arq and BullMQ
    Jobs(bench::jobs::Options),
    /// Reading PDF and DOCX and drawing pages, beside poppler and pdfplumber
    Documents(bench::documents::Options),
    /// Pictures of pages beside pdftoppm
    Pages(bench::pages::Options),
    /// The workspace in a real browser: first load, evidence, a large matrix
    Workspace(bench::workspace::Options),
}

fn main() -> ExitCode {
    match run(Tasks::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // In words alone: a missed bar or a failed command is no matter of where this program stood.
            sh::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Demo { no_serve } => demo::run(no_serve),
        Task::Build => sh::print(&sh::build_release()?.display().to_string()),
        Task::Test => test::run(),
        Task::Eval { what: Some(Evaluated::Retrieval(options)), .. } => eval::retrieval::run(&options),
        Task::Eval { what: Some(Evaluated::Documents(options)), .. } => eval::documents::run(&options),
        Task::Eval { what: Some(Evaluated::Robustness(options)), .. } => eval::robustness::run(&options),
        Task::Eval { what: Some(Evaluated::Ocr(options)), .. } => eval::ocr::run(&options),
        Task::Eval { what: Some(Evaluated::Defects(options)), .. } => eval::defects::run(&options),
        Task::Eval { what: Some(Evaluated::Baseline(options)), .. } => eval::baseline::run(&options),
        Task::Eval { path, tender, errors, .. } => eval::run(&path.unwrap_or_default(), &tender, errors),
        Task::Chaos { minutes, seed, program } => {
            let length = std::time::Duration::from_secs_f64(minutes.clamp(0.1, 24.0 * 60.0) * 60.0);
            chaos::run(&chaos::Plan { length, seed, program })
        }
        Task::Bench { what: Some(Measured::Jobs(options)), .. } => bench::jobs::run(&options),
        Task::Bench { what: Some(Measured::Documents(options)), .. } => bench::documents::run(&options),
        Task::Bench { what: Some(Measured::Pages(options)), .. } => bench::pages::run(&options),
        Task::Bench { what: Some(Measured::Workspace(options)), .. } => bench::workspace::run(&options),
        Task::Bench { file, .. } => bench::run(&file.unwrap_or_default()),
        Task::Fuzz { what } => fuzz::run(&what),
        Task::Samples => samples::run(),
        Task::Reference { check } => reference::run(check),
    }
}
