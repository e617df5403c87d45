//! PDF: glyphs, rulings and pictures of each page, laid out again as paragraphs and tables.
//!
//! hayro interprets the page; our device ([`page`]) only collects. [`lattice`] turns rulings into grids,
//! [`lines`] turns characters into typeset lines, [`layout`] sets running headers apart, joins lines into
//! paragraphs and tables over pages. hayro is young, so it runs on threads of its own with deep stacks, where a
//! panic ends one page only. Several pages are read at a time ([`pages`]); of a page that has been laid out, only
//! its lines and tables are kept.

mod beside;
mod columns;
mod continuation;
mod glyph_text;
mod identifiers;
pub(crate) mod lattice;
pub(crate) mod layout;
mod lines;
pub(crate) mod page;
mod pages;
mod pictures;
pub(crate) mod scans;
mod shapes;
mod streams;
mod symbols;
mod unicode;
mod unruled;
mod unseen;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bidlens_domain::document::{EmbeddedKind, Format, IssueCode, IssueSeverity, LOST_SIGN, Metadata, Page, TextSource};
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::limits::Limits;
use crate::ocr::{self, RecognisedPage};
use crate::pdf::beside::PageNotes;
use crate::pdf::page::OUTLINED_CURVES;
use crate::pdf::pages::{PageRead, Tally};
use crate::pdf::scans::PagePictures;
use crate::raw::{RawDocument, ReadResult, Refusal};

/// Nested forms and deep arrays recurse; the default stack of a thread is not enough for them.
const STACK_BYTES: usize = 256 << 20;
/// A page covered this much by pictures and with fewer visible characters than [`SCAN_CHARACTERS`] is a scan.
const SCAN_COVER: f32 = 0.5;
const SCAN_CHARACTERS: usize = 20;
/// Of a page's characters: with more that have no Unicode, or with several of those in a row, its words are not known.
const LOST_SHARE_MAX: f32 = 0.02;
/// Pages that come after this are not read. A page takes about a millisecond; only a hostile file gets here.
const TIME_MAX: Duration = Duration::from_secs(120);

pub(crate) fn read(bytes: Arc<Vec<u8>>, recognised: &[RecognisedPage], limits: &Limits) -> ReadResult {
    let (limits, recognised) = (limits.clone(), recognised.to_vec());
    let thread = roomy_thread().spawn(move || read_pdf(bytes, &recognised, &limits));
    let joined = thread.map_err(|e| {
        let stack = STACK_BYTES >> 20;
        Refusal::new(
            IssueCode::Interrupted,
            format!("there is no room for the {stack} MB of stack that a PDF is read with ({e}); raise BIDLENS_PARSE_MEMORY_MB"),
        )
    })?;
    joined.join().unwrap_or_else(|_| {
        Err(Refusal::new(
            IssueCode::Malformed,
            "the PDF is damaged in a way its reader could not handle; print it to a new PDF and upload that",
        ))
    })
}

pub(crate) fn roomy_thread() -> std::thread::Builder {
    std::thread::Builder::new().name("pdf".to_owned()).stack_size(STACK_BYTES)
}

fn read_pdf(bytes: Arc<Vec<u8>>, recognised: &[RecognisedPage], limits: &Limits) -> ReadResult {
    let truncated = !has_end_mark(&bytes);
    let pdf = Pdf::new(bytes).map_err(|error| refusal(&error, truncated))?;
    let mut raw = RawDocument::new(Format::Pdf);
    raw.metadata = metadata(&pdf);
    if truncated {
        raw.issue(
            IssueCode::Truncated,
            IssueSeverity::Warning,
            None,
            "the end of the PDF is missing; pages may be lost, so upload it again if the page count is wrong",
        );
    }
    let allowed = usize::try_from(limits.max_pages).unwrap_or(usize::MAX);
    let wanted = pdf.pages().len().min(allowed);
    let read = pages::read(&pdf, wanted, recognised, limits.threads(), TIME_MAX);
    let next = u32::try_from(read.len() + 1).unwrap_or(u32::MAX);
    if read.len() < wanted {
        raw.issue(
            IssueCode::Interrupted,
            IssueSeverity::Warning,
            Some(next),
            format!(
                "reading took longer than {} s; the pages from {next} on were left out, so split the file",
                TIME_MAX.as_secs()
            ),
        );
    } else if wanted < pdf.pages().len() {
        raw.issue(
            IssueCode::TooManyPages,
            IssueSeverity::Warning,
            Some(next),
            format!(
                "only the first {} pages were read; split the file, or raise BIDLENS_PARSE_PAGES",
                limits.max_pages
            ),
        );
    }
    raw.embedded = beside::attachments(&pdf);
    let drawn = read.iter().map(|page| (page.tally.number, page.pictures.as_slice()));
    let listed = guarded(|| pictures::list(&pdf, drawn));
    let scans: Vec<&PagePictures> = read.iter().map(|page| &page.scans).collect();
    let unread = scans::unread(&scans, &listed);
    raw.embedded.extend(listed.into_iter().map(|(_, file)| file));
    let file = pdf.data().clone();
    // Fonts and pictures are not needed any more.
    drop(pdf);
    if read.is_empty() {
        let code = if truncated { IssueCode::Truncated } else { IssueCode::Malformed };
        return Err(Refusal::new(code, "the PDF has no page that can be read; export or copy it again"));
    }
    let mut tallies = Vec::with_capacity(read.len());
    let mut layouts = Vec::with_capacity(read.len());
    let mut beside_pages = Vec::with_capacity(read.len());
    for (PageRead { tally, layout, notes, fonts, has_recognised, .. }, unread) in read.into_iter().zip(unread) {
        let mut page = page_of(&tally);
        if page.text_source == TextSource::Digital {
            page.unread_pictures = unread;
        }
        match recognised.iter().find(|r| r.number == page.number) {
            Some(recognised) if !recognised.is_of_pictures() => {
                recognised.report(&mut page, &mut raw);
                report_lost(&mut raw, &tally, IssueCode::UnreadableGlyphs);
            }
            recognised => {
                if let Some(recognised) = recognised.filter(|_| has_recognised) {
                    recognised.report_pictures(&mut page, &mut raw);
                }
                report_page(&mut raw, &tally, page.text_source);
            }
        }
        if !page.unread_pictures.is_empty() {
            raw.issue(IssueCode::UnreadPicture, IssueSeverity::Warning, Some(tally.number), ocr::UNREAD_PICTURE);
        }
        raw.pages.push(page);
        tallies.push(tally);
        layouts.push(layout);
        beside_pages.push((notes, fonts));
    }
    report_invisible(&mut raw, &tallies);
    report_unseen(&mut raw, &tallies);
    keep_notes(&mut raw, beside_pages, file.as_ref());
    raw.blocks = layout::blocks(layouts);
    drop_lost(&mut raw, &tallies);
    if truncated && raw.blocks.is_empty() {
        return Err(Refusal::new(
            IssueCode::Truncated,
            "the PDF breaks off before its end and what is left holds no text; export or copy it again",
        ));
    }
    Ok(raw)
}

/// Leaves out the blocks of which nothing could be read on pages of which hardly anything could: rows of [`LOST_SIGN`]
/// are no text, and the file is not to be taken for one that holds some.
fn drop_lost(raw: &mut RawDocument, tallies: &[Tally]) {
    let pages: Vec<u32> = tallies.iter().filter(|t| is_mostly_lost(t)).map(|t| t.number).collect();
    raw.blocks.retain(|block| {
        let says = |c: char| c != LOST_SIGN && !c.is_whitespace();
        block.text.contains(says) || block.lines.iter().any(|line| !pages.contains(&line.page))
    });
}

/// What no word of the file depends on: if its reader breaks down, it is left out.
fn guarded<T: Default>(read: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn has_end_mark(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(2_048)..).unwrap_or(bytes);
    tail.windows(5).any(|w| w == b"%%EOF")
}

pub(crate) fn refusal(error: &LoadPdfError, truncated: bool) -> Refusal {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::new(
            IssueCode::Encrypted,
            "the PDF is protected by a password; remove the password and upload it again",
        ),
        LoadPdfError::Decryption(_) => Refusal::new(
            IssueCode::Encrypted,
            "the PDF is encrypted in a way that cannot be read; save it without protection and upload it again",
        ),
        LoadPdfError::Invalid if truncated => {
            Refusal::new(IssueCode::Truncated, "the PDF breaks off before its end; export or copy it again")
        }
        LoadPdfError::Invalid => {
            Refusal::new(IssueCode::Malformed, "the PDF is damaged; print it to a new PDF and upload that")
        }
    }
}

fn page_of(tally: &Tally) -> Page {
    let characters = tally.characters;
    let pictured = tally.image_cover > SCAN_COVER || tally.curves > OUTLINED_CURVES;
    let unreadable = tally.lost
        || (pictured && characters < SCAN_CHARACTERS)
        || has_lost_words(tally)
        || (characters == 0 && tally.image_cover >= 0.01);
    let text_source = if unreadable {
        TextSource::Unreadable
    } else if characters == 0 {
        TextSource::Blank
    } else {
        TextSource::Digital
    };
    Page {
        number: tally.number,
        width: tally.width,
        height: tally.height,
        text_source,
        approximate: false,
        seal_marks: Vec::new(),
        unread_pictures: Vec::new(),
    }
}

/// Whether so much of a page has no Unicode that what it says is not known.
fn has_lost_words(tally: &Tally) -> bool {
    let lost = tally.glyphs_without_unicode;
    tally.lost_words || lost as f32 > LOST_SHARE_MAX * (tally.characters + lost) as f32
}

/// Whether hardly anything of a page can be read.
fn is_mostly_lost(tally: &Tally) -> bool {
    tally.glyphs_without_unicode > tally.characters
}

fn report_page(raw: &mut RawDocument, tally: &Tally, source: TextSource) {
    if tally.cut_short {
        raw.issue(
            IssueCode::PartLimit,
            IssueSeverity::Warning,
            Some(tally.number),
            "the page draws things in each other without end; the rest of it was left out, so print it to a new PDF",
        );
    }
    if tally.lost {
        raw.issue(
            IssueCode::UnreadablePage,
            IssueSeverity::Warning,
            Some(tally.number),
            "the page is damaged in a way its reader could not handle and was left out; print it to a new PDF",
        );
    } else if source == TextSource::Unreadable && (!has_lost_words(tally) || is_mostly_lost(tally)) {
        raw.issue(
            IssueCode::UnreadablePage,
            IssueSeverity::Warning,
            Some(tally.number),
            "the page is a picture or uses fonts without Unicode; its words could not be read",
        );
    } else if source == TextSource::Unreadable {
        report_lost(raw, tally, IssueCode::UnreadablePage);
    } else {
        report_lost(raw, tally, IssueCode::UnreadableGlyphs);
    }
}

/// Tells of signs of a page that could not be read; with the code of an unreadable page, of words.
fn report_lost(raw: &mut RawDocument, tally: &Tally, code: IssueCode) {
    let lost = tally.glyphs_without_unicode;
    if lost == 0 {
        return;
    }
    let so = match code {
        IssueCode::UnreadablePage => "words of the page are lost, so compare it",
        _ => "compare these places",
    };
    let all = lost + tally.characters;
    raw.issue(
        code,
        IssueSeverity::Warning,
        Some(tally.number),
        format!("{lost} of {all} characters have no Unicode and stand as {LOST_SIGN}; {so} with the original"),
    );
}

/// Words people do not see were read like the others; the reader of a report must know.
fn report_invisible(raw: &mut RawDocument, tallies: &[Tally]) {
    let pages: Vec<&Tally> = tallies.iter().filter(|t| t.invisible * 10 > t.characters).collect();
    let Some(first) = pages.first() else { return };
    let scanned = pages.iter().all(|t| t.image_cover > SCAN_COVER);
    let detail = if scanned {
        "the words of {} page(s) are an invisible layer over a picture, made by a scanner; check what matters against the picture"
    } else {
        "{} page(s) hold invisible words; they were read like the others, so check them"
    };
    raw.issue(
        IssueCode::HiddenText,
        if scanned { IssueSeverity::Info } else { IssueSeverity::Warning },
        Some(first.number),
        detail.replace("{}", &pages.len().to_string()),
    );
}

/// Words nobody can see were left out; what they say may be meant for whoever reads the file without looking at it.
fn report_unseen(raw: &mut RawDocument, tallies: &[Tally]) {
    const QUOTED_MAX: usize = 5;
    let pages: Vec<&Tally> = tallies.iter().filter(|t| !t.unseen.is_empty()).collect();
    let Some(first) = pages.first() else { return };
    let mut quoted: Vec<&str> = Vec::new();
    for page in &pages {
        if !quoted.contains(&page.unseen.as_str()) {
            quoted.push(&page.unseen);
        }
    }
    let more = if quoted.len() > QUOTED_MAX { " and more" } else { "" };
    let words: Vec<String> = quoted.iter().take(QUOTED_MAX).map(|words| format!("“{words}”")).collect();
    raw.issue(
        IssueCode::HiddenText,
        IssueSeverity::Warning,
        Some(first.number),
        format!(
            "{} page(s) hold words that nobody sees, in the colour of what lies under them or in none, which were left out: {}{more}",
            pages.len(),
            words.join(", ")
        ),
    );
}

/// What stands beside the pages' drawing, and the fonts they use.
fn keep_notes(raw: &mut RawDocument, pages: Vec<(PageNotes, Vec<String>)>, file: &[u8]) {
    let mut last_signed = 0;
    for (notes, mut fonts) in pages {
        raw.comments.extend(notes.comments);
        raw.embedded.extend(notes.embedded);
        for field in notes.signatures {
            last_signed = last_signed.max(field.signed_until.unwrap_or(0));
            let signature = field.checked(file);
            if signature.leaves_out {
                raw.issue(
                    IssueCode::PartlySigned,
                    IssueSeverity::Warning,
                    signature.place.map(|place| place.page),
                    format!(
                        "the signature {} leaves out bytes before its end, which can be changed without breaking it (signed: {:?}); check it with the program that made it",
                        signature.field, signature.byte_range
                    ),
                );
            }
            raw.signatures.push(signature);
        }
        raw.metadata.fonts.append(&mut fonts);
    }
    raw.metadata.fonts.sort();
    raw.metadata.fonts.dedup();
    raw.embedded.sort_by(|a, b| (&a.name, &a.sha256, a.page.is_none()).cmp(&(&b.name, &b.sha256, b.page.is_none())));
    raw.embedded.dedup_by(|later, earlier| later.name == earlier.name && later.sha256 == earlier.sha256);
    let attached = raw.embedded.iter().filter(|file| file.kind == EmbeddedKind::Attachment);
    let names: Vec<String> = attached.map(|file| file.name.clone()).collect();
    raw.tell_unread_files(&names);
    // A later signature always follows an earlier one; what follows the last was signed by nobody.
    let rest = usize::try_from(last_signed).ok().and_then(|end| file.get(end..)).unwrap_or_default();
    if last_signed > 0 && rest.iter().any(|b| !b.is_ascii_whitespace() && *b != 0) {
        raw.issue(
            IssueCode::ChangedAfterSigning,
            IssueSeverity::Warning,
            None,
            format!("{} bytes were appended after the last signature; compare with the signed version", rest.len()),
        );
    }
}

fn metadata(pdf: &Pdf) -> Metadata {
    let metadata = pdf.metadata();
    let text = |bytes: &Option<Box<[u8]>>| bytes.as_deref().map(|b| beside::text(b, 500)).filter(|t| !t.is_empty());
    let date = |d: &Option<hayro_interpret::hayro_syntax::object::DateTime>| {
        d.as_ref()
            .map(|d| format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", d.year, d.month, d.day, d.hour, d.minute, d.second))
    };
    Metadata {
        title: text(&metadata.title),
        author: text(&metadata.author),
        last_modified_by: None,
        producer: text(&metadata.producer).or_else(|| text(&metadata.creator)),
        created: date(&metadata.creation_date),
        modified: date(&metadata.modification_date),
        application: text(&metadata.creator),
        identifiers: guarded(|| identifiers::of(pdf)),
        ..Metadata::default()
    }
}
