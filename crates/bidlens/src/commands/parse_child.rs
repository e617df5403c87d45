//! `bidlens parse-child`: parses one file from standard input in a process of its own.
//!
//! The process first lowers its own limits, so that a hostile file ends this process and not the worker that
//! started it. The document leaves on standard output in the form storage keeps.

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::Context;
use bidlens_documents::Limits;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::cli::ParseChild;

/// Memory that must be allowed for each thread.
const MEMORY_MB_A_THREAD: u64 = 512;

pub(crate) fn run(arguments: &ParseChild) -> anyhow::Result<ExitCode> {
    let limit = |n: u64| Rlimit { current: Some(n), maximum: Some(n) };
    setrlimit(Resource::As, limit(arguments.memory_mb.saturating_mul(1024 * 1024))).context("limit memory")?;
    setrlimit(Resource::Cpu, limit(arguments.cpu_s)).context("limit CPU time")?;
    setrlimit(Resource::Core, limit(0)).context("forbid core dumps")?;
    let max_bytes = arguments.max_mb.saturating_mul(1024 * 1024);
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the parser can tell that the file is too large.
    std::io::stdin().lock().take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).context("read the file")?;
    let limits = Limits { max_bytes, threads: threads(arguments), ..Limits::default() };
    let document = bidlens_documents::parse_owned(&arguments.name, bytes, &limits);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &document).context("write the document")?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Stacks count as memory, so that little memory allows few threads.
fn threads(arguments: &ParseChild) -> usize {
    let wanted = match arguments.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    wanted.min(usize::try_from(arguments.memory_mb / MEMORY_MB_A_THREAD).unwrap_or(usize::MAX)).max(1)
}
