//! `bidlens draw-child`: draws pages of one file from standard input in a process of its own.
//!
//! Each page leaves on standard output as a byte, 0 for a page and 1 for the reason in JSON why there is none, the length of
//! what follows in eight bytes, low first, and a PNG, or the page as text recognition takes it.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use bidlens_documents::ocr::{self, Wanted};
use bidlens_documents::{RenderError, page_pictures};

use crate::cli::DrawChild;
use crate::commands::parse_child;

pub(crate) fn run(arguments: &DrawChild) -> anyhow::Result<ExitCode> {
    let wanted_bytes = arguments.wanted_bytes.unwrap_or_default();
    let (wanted, bytes, limits) = parse_child::enter_with::<Vec<Wanted>>(&arguments.limits, wanted_bytes)?;
    let (name, bytes) = (&arguments.limits.name, Arc::new(bytes));
    let mut sent: anyhow::Result<()> = Ok(());
    if arguments.wanted_bytes.is_some() {
        ocr::prepare_wanted(name, &bytes, &wanted, &limits, &mut |page| {
            sent = send(page.map(|page| page.to_bytes()));
            sent.is_ok()
        });
    } else {
        page_pictures(name, &bytes, &arguments.page, arguments.dots_per_inch, &limits, &mut |_, drawn| {
            sent = send(drawn.and_then(|picture| picture.png()));
            sent.is_ok()
        });
    }
    sent?;
    Ok(ExitCode::SUCCESS)
}

fn send(page: Result<Vec<u8>, RenderError>) -> anyhow::Result<()> {
    let (kind, body) = match page {
        Ok(page) => (0, page),
        Err(error) => (1, serde_json::to_vec(&error)?),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&[kind])?;
    out.write_all(&(body.len() as u64).to_le_bytes())?;
    out.write_all(&body)?;
    Ok(out.flush()?)
}
