//! Bytes in, a Document and its issues out: PDF, office files old and new, mails, pictures, HTML, Markdown, text.
//!
//! [`parse`] is the door for documents, [`unpack()`] the one for packages of files. [`parse`] never fails and never
//! panics outward: a file of which nothing can be used comes back as a Document without blocks and with an Error
//! issue that says what to do. It reads only the bytes it is given, never a path or an address; what a file's name
//! says is trusted last. Format readers yield a `raw::RawDocument`; `structure::finish` recognises headings, clause
//! numbers and the section tree for all.

mod annotate;
mod detect;
mod docx;
mod html;
mod limits;
mod look;
mod mail;
mod markdown;
mod number_format;
pub mod ocr;
mod odf;
mod ole;
mod opc;
mod package;
mod pdf;
mod picture;
mod pptx;
mod raw;
mod render;
mod rtf;
mod second;
mod spreadsheet;
mod structure;
mod summary;
mod table;
mod text;
mod unpack;
mod word;
mod xls;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bidlens_domain::document::{
    Document, DocumentId, EmbeddedFile, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue, TextSource,
};
use sha2::{Digest, Sha256};

pub use annotate::{AnnotateError, Annotated, Note, annotate};
pub use limits::Limits;
pub use render::{DOTS_PER_INCH_MAX, DrawnPage, PagePicture, RenderError, page_picture, page_pictures};
pub use second::{SecondReader, second_reader};
pub use unpack::{Member, Unpacked, is_archive, may_be_package, needs_archiver, unpack};

use crate::detect::Kind;
use crate::package::Package;
use crate::raw::{RawDocument, ReadResult, Refusal};

/// Which parser this is: another one may read the same bytes otherwise. Made from the source when it is built.
pub const VERSION: &str = env!("BIDLENS_PARSER_VERSION");

/// What, besides the bytes, decides what [`parse`] makes of a file, as lower-case hex: this parser, what the name
/// hints at, and the limits. Two calls with one key and the same bytes give the same Document but for its name.
pub fn result_key(name: &str, limits: &Limits) -> String {
    // The number of threads changes nothing; every other limit, those added later included, is in the text.
    let limits = Limits { threads: 0, ..limits.clone() };
    hex(&Sha256::digest(format!("{VERSION}\n{}\n{limits:?}", detect::extension(name))))
}

/// Reads one file. `name` is for people and a last hint about the format.
pub fn parse(name: &str, bytes: &[u8], limits: &Limits) -> Document {
    parse_source(name, Source::Borrowed(bytes), &[], limits)
}

/// As [`parse`], for bytes that the caller does not need any more: a large file is then in memory once, and no
/// longer than it is read from.
pub fn parse_owned(name: &str, bytes: Vec<u8>, limits: &Limits) -> Document {
    parse_recognised(name, bytes, &[], limits)
}

/// As [`parse_owned`], with the words of pages and pictures that hold none of their own, as [`ocr`] gives them.
pub fn parse_recognised(name: &str, bytes: Vec<u8>, pages: &[ocr::RecognisedPage], limits: &Limits) -> Document {
    parse_source(name, Source::Owned(Arc::new(bytes)), pages, limits)
}

/// The bytes of one file.
enum Source<'b> {
    Borrowed(&'b [u8]),
    Owned(Arc<Vec<u8>>),
}

impl Source<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Source::Borrowed(bytes) => bytes,
            Source::Owned(bytes) => bytes,
        }
    }

    /// For readers that must own what they read.
    fn shared(self) -> Arc<Vec<u8>> {
        match self {
            Source::Borrowed(bytes) => Arc::new(bytes.to_vec()),
            Source::Owned(bytes) => bytes,
        }
    }
}

fn parse_source(name: &str, source: Source<'_>, recognised: &[ocr::RecognisedPage], limits: &Limits) -> Document {
    let bytes = source.bytes();
    let mut document = unread(name, bytes);
    let (format, read) = match check_size(bytes, limits).and_then(|()| detect::kind(name, bytes, limits)) {
        Ok(kind) => (kind.format(), read(kind, name, source, recognised, limits)),
        Err(refusal) => (Format::Unknown, Err(refusal)),
    };
    document.format = format;
    match read {
        Ok(mut raw) => {
            recognised.iter().for_each(|page| page.put_back(&mut raw));
            structure::finish(raw, &mut document);
        }
        Err(refusal) => document.issues.push(ParseIssue {
            code: refusal.code,
            severity: IssueSeverity::Error,
            page: None,
            detail: refusal.detail,
        }),
    }
    document
}

/// A document of which nothing has been read yet.
fn unread(name: &str, bytes: &[u8]) -> Document {
    let sha256 = hex(&Sha256::digest(bytes));
    Document {
        id: DocumentId::from_sha256(&sha256),
        name: name.to_owned(),
        sha256,
        format: Format::Unknown,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: Vec::new(),
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
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
fn read(kind: Kind, name: &str, source: Source<'_>, recognised: &[ocr::RecognisedPage], limits: &Limits) -> ReadResult {
    let run = move || -> ReadResult {
        match kind {
            Kind::Pdf => pdf::read(source.shared(), recognised, limits),
            Kind::Docx => docx::read(source.bytes(), recognised, limits),
            Kind::Xlsx => spreadsheet::read(source.bytes(), limits),
            Kind::Csv => spreadsheet::read_csv(source.bytes(), limits),
            Kind::Html => html::read(source.bytes(), limits),
            Kind::Markdown => markdown::read(source.bytes(), limits),
            Kind::Text => text::read(source.bytes(), limits),
            Kind::Pptx => pptx::read(source.bytes(), limits),
            Kind::Xls => xls::read(source.bytes(), limits),
            Kind::Rtf => rtf::read(source.bytes(), limits),
            Kind::Doc | Kind::Ppt => word::read(kind, source.bytes(), limits),
            Kind::Odt | Kind::Ods | Kind::Odp => odf::read(kind.format(), source.bytes(), limits),
            Kind::Mail | Kind::Msg => mail::read(name, kind, source.bytes(), limits),
            Kind::Picture => picture::read(source.bytes(), recognised, limits),
            Kind::Package(_) => Err(unpack::refusal(name, source.bytes(), limits)),
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
