//! `bidlens annotate-child`: puts notes into one file from standard input in a process of its own.
//!
//! The notes in JSON come before the file. On standard output leave the length of what follows in eight bytes, low
//! first, in JSON the format of the copy or the reason why there is none, and the copy.

use std::io::Write;
use std::process::ExitCode;

use bidlens_documents::{Note, annotate};

use crate::cli::AnnotateChild;
use crate::commands::parse_child;

pub(crate) fn run(arguments: &AnnotateChild) -> anyhow::Result<ExitCode> {
    let (notes, bytes, limits) = parse_child::enter_with::<Vec<Note>>(&arguments.limits, arguments.notes_bytes)?;
    let copy = annotate(&arguments.limits.name, &bytes, &notes, &limits);
    let said = serde_json::to_vec(&copy.as_ref().map(|copy| copy.format))?;
    let mut out = std::io::stdout().lock();
    out.write_all(&(said.len() as u64).to_le_bytes())?;
    out.write_all(&said)?;
    if let Ok(copy) = copy {
        out.write_all(&copy.bytes)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
