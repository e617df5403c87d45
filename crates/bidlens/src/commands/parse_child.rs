//! `bidlens parse-child`: parses one file from standard input in a process of its own.
//!
//! The process first lowers its own limits and gives up files, programs and the network, so that a hostile file
//! ends this process and not the worker that started it. The document leaves on standard output in the form storage
//! keeps, or as people's JSON.

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::Context;
use bidlens_documents::Limits;
use bidlens_documents::ocr::RecognisedPage;
use serde::de::DeserializeOwned;

use crate::cli::{ParseChild, ReaderLimits};
use crate::sandbox::{self, Bounds, Rights};

/// Memory that must be allowed for each thread.
const MEMORY_MB_A_THREAD: u64 = 512;

pub(crate) fn run(arguments: &ParseChild) -> anyhow::Result<ExitCode> {
    let (recognised, bytes, limits) = enter_with::<Vec<RecognisedPage>>(&arguments.limits, arguments.recognised_bytes)?;
    let document = bidlens_documents::parse_recognised(&arguments.limits.name, bytes, &recognised, &limits);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.printed && !document.blocks.is_empty() {
        // The issues alone go before it, so that whoever asked need not read the rest.
        let issues = serde_json::to_vec(&document.issues).context("write the issues")?;
        out.write_all(&(issues.len() as u64).to_le_bytes())?;
        out.write_all(&issues)?;
        serde_json::to_writer_pretty(&mut out, &bidlens_reports::document_json(&document))
            .context("write the document")?;
    } else if !arguments.printed {
        serde_json::to_writer(&mut out, &document).context("write the document")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Limits this process and takes the file in.
pub(crate) fn enter(arguments: &ReaderLimits) -> anyhow::Result<(Vec<u8>, Limits)> {
    let ((), bytes, limits) = enter_with(arguments, 0)?;
    Ok((bytes, limits))
}

/// The same where so many bytes of JSON come before the file: what they say, the file, and its limits.
pub(crate) fn enter_with<T: DeserializeOwned + Default>(
    arguments: &ReaderLimits,
    before: usize,
) -> anyhow::Result<(T, Vec<u8>, Limits)> {
    let bounds = Bounds { memory_mb: arguments.memory_mb, cpu_s: arguments.cpu_s, file_mb: 0, processes: None };
    sandbox::limit(bounds)?;
    // Counting processors reads files.
    let threads = threads(arguments);
    // Without a filter the limits remain; `bidlens doctor` tells.
    let _ = sandbox::give_up(Rights::Compute);
    let megabytes = |n: u64| n.saturating_mul(1 << 20);
    let limits = Limits {
        max_bytes: megabytes(arguments.max_mb),
        max_pages: arguments.pages,
        max_inflated_bytes: megabytes(arguments.inflated_mb),
        max_unpacked_bytes: megabytes(arguments.package_mb),
        max_members: arguments.package_files,
        threads,
        ..Limits::default()
    };
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the parser can tell that the file is too large.
    let mut stdin = std::io::stdin().lock().take(limits.max_bytes.saturating_add(before as u64 + 1));
    stdin.read_to_end(&mut bytes).context("read the file")?;
    if before == 0 {
        return Ok((T::default(), bytes, limits));
    }
    anyhow::ensure!(before <= bytes.len(), "what comes before the file is cut off");
    let file = bytes.split_off(before);
    let said = serde_json::from_slice(&bytes).context("read what comes before the file")?;
    Ok((said, file, limits))
}

/// Stacks count as memory, so that little memory allows few threads.
fn threads(arguments: &ReaderLimits) -> usize {
    let wanted = match arguments.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    wanted.min(usize::try_from(arguments.memory_mb / MEMORY_MB_A_THREAD).unwrap_or(usize::MAX)).max(1)
}
