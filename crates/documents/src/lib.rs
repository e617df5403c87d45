//! Bytes in, a Document and its issues out: PDF, DOCX, XLSX, CSV, HTML, Markdown, text.
//!
//! [`parse`] is the only door. It never fails and never panics outward: a file of which nothing can be used
//! comes back as a Document without blocks and with an Error issue that says what to do. It reads only the bytes
//! it is given, never a path or an address; what a file's name says is trusted last. Format readers yield a
//! `raw::RawDocument`; `structure::finish` recognises headings, clause numbers and the section tree for all.

mod detect;
mod docx;
mod html;
mod limits;
mod markdown;
mod package;
mod pdf;
mod raw;
mod spreadsheet;
mod structure;
mod table;
mod text;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bidlens_domain::document::{
    Document, DocumentId, EmbeddedFile, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue, TextSource,
};
use sha2::{Digest, Sha256};

pub use limits::Limits;

use crate::detect::Kind;
use crate::package::Package;
use crate::raw::{RawDocument, ReadResult, Refusal};

/// Reads one file. `name` is for people and a last hint about the format.
pub fn parse(name: &str, bytes: &[u8], limits: &Limits) -> Document {
    let sha256 = hex(&Sha256::digest(bytes));
    let (format, read) = match check_size(bytes, limits).and_then(|()| detect::kind(name, bytes, limits)) {
        Ok(kind) => (kind.format(), read(kind, name, bytes, limits)),
        Err(refusal) => (Format::Unknown, Err(refusal)),
    };
    let mut document = Document {
        id: DocumentId::from_sha256(&sha256),
        name: name.to_owned(),
        sha256,
        format,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: Vec::new(),
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    };
    match read {
        Ok(raw) => structure::finish(raw, &mut document),
        Err(refusal) => document.issues.push(ParseIssue {
            code: refusal.code,
            severity: IssueSeverity::Error,
            page: None,
            detail: refusal.detail,
        }),
    }
    document
}

/// The bytes of a file that stands inside an office file, as [`Document::embedded`] lists it; `None` when the
/// container does not hold it or it exceeds the limits.
pub fn embedded_bytes(container: &[u8], file: &EmbeddedFile, limits: &Limits) -> Option<Vec<u8>> {
    let mut package = Package::open(container, limits).ok()?;
    let named = |part: &String| part.rsplit('/').next() == Some(file.name.as_str());
    package
        .names()
        .iter()
        .filter(|part| named(part))
        .filter_map(|part| package.bytes(part).ok().flatten())
        .find(|bytes| hex(&Sha256::digest(bytes)) == file.sha256)
}

fn check_size(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new(
            IssueCode::Empty,
            "the file is empty (0 bytes); export or copy it again and upload it once more",
        ));
    }
    if bytes.len() as u64 > limits.max_bytes {
        return Err(Refusal::new(
            IssueCode::TooLarge,
            format!(
                "the file has {} MB, more than the {} MB allowed; split it or compress its pictures",
                bytes.len().div_ceil(1 << 20),
                limits.max_bytes >> 20
            ),
        ));
    }
    Ok(())
}

/// Runs the reader for `kind`; a panic inside it is this file's fault and stays with this file.
fn read(kind: Kind, name: &str, bytes: &[u8], limits: &Limits) -> ReadResult {
    let run = || -> ReadResult {
        match kind {
            Kind::Pdf => pdf::read(bytes, limits),
            Kind::Docx => docx::read(bytes, limits),
            Kind::Xlsx => spreadsheet::read(bytes, limits),
            Kind::Csv => spreadsheet::read_csv(bytes, limits),
            Kind::Html => html::read(bytes, limits),
            Kind::Markdown => markdown::read(bytes, limits),
            Kind::Text => text::read(bytes, limits),
        }
    };
    let mut raw: RawDocument = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Refusal::new(
            IssueCode::Malformed,
            "the file is damaged in a way its reader could not handle; open it in its own program, save it anew and upload that",
        ))
    })?;
    if let Some(expected) = detect::mislabelled(name, kind) {
        raw.issue(
            IssueCode::Mislabelled,
            IssueSeverity::Warning,
            None,
            format!("the name says {expected}, the content is {}; it was read as {}", kind.label(), kind.label()),
        );
    }
    let unreadable = raw.pages.iter().any(|p| p.text_source == TextSource::Unreadable);
    if raw.blocks.iter().all(|b| b.text.trim().is_empty()) && !unreadable {
        return Err(Refusal::new(IssueCode::Empty, "the file holds no text at all; check that it is the right file"));
    }
    Ok(raw)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
