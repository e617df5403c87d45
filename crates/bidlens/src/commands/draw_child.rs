//! `bidlens draw-child`: draws pages of one file from standard input in a process of its own.
//!
//! Each page leaves on standard output as a byte, 0 for a page and 1 for the reason in JSON why there is none, the length of
//! what follows in eight bytes, low first, and a PNG, or the page as text recognition takes it.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use bidlens_documents::{ocr, page_picture};

use crate::cli::DrawChild;
use crate::commands::parse_child;

pub(crate) fn run(arguments: &DrawChild) -> anyhow::Result<ExitCode> {
    let (bytes, limits) = parse_child::enter(&arguments.limits)?;
    let (name, bytes) = (&arguments.limits.name, Arc::new(bytes));
    let mut out = std::io::stdout().lock();
    for &number in &arguments.page {
        let drawn = if arguments.prepared {
            ocr::prepare(name, &bytes, number, &limits).map(|page| page.to_bytes())
        } else {
            page_picture(name, &bytes, number, arguments.dots_per_inch, &limits).and_then(|picture| picture.png())
        };
        let (kind, body) = match drawn {
            Ok(page) => (0, page),
            Err(error) => (1, serde_json::to_vec(&error)?),
        };
        out.write_all(&[kind])?;
        out.write_all(&(body.len() as u64).to_le_bytes())?;
        out.write_all(&body)?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}
