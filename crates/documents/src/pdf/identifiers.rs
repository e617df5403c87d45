//! The names that programs gave to the file: `/ID` of its trailer, and what XMP says.
//!
//! hayro keeps no trailer, so its bytes are looked up: the last `startxref` tells where the last table of objects begins.

use std::sync::LazyLock;

use bidlens_domain::document::{FileIdentifier, IdentifierKind};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Stream, String as PdfString};
use hayro_interpret::hayro_syntax::reader::{Reader, ReaderExt};
use memchr::memmem;
use regex::Regex;

use super::streams::inflated;

/// What is written by hand or by programs has a few thousand bytes, and each name once or twice.
const XMP_BYTES_MAX: usize = 1 << 20;
const NAMES_MAX: usize = 16;
/// A trailer's entries fit into so many bytes.
const TRAILER_BYTES: usize = 4_096;
/// Shorter names are numbers that a program counts.
const CHARACTERS_MIN: usize = 16;
const CHARACTERS_MAX: usize = 128;
/// A name of fewer different digits is no name: zeros, or a number in a frame of zeros.
const DIGITS_MIN: usize = 6;
/// The digest of nothing, which programs write that have nothing to name the file by.
const DIGEST_OF_NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";

static XMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"xmpMM:(DocumentID|InstanceID|OriginalDocumentID)\s*(?:=\s*["']|>)\s*([^"'<\s]{8,200})"#).ok()
});

pub(super) fn of(pdf: &Pdf) -> Vec<FileIdentifier> {
    let named = |kind, value| Some(FileIdentifier { kind, value: telling(value)? });
    let mut found: Vec<FileIdentifier> = trailer_id(pdf.data().as_ref())
        .and_then(|id| named(IdentifierKind::File, crate::hex(&id)))
        .into_iter()
        .collect();
    let xmp = xmp(pdf).unwrap_or_default();
    let words = XMP.iter().flat_map(|pattern| pattern.captures_iter(&xmp).take(NAMES_MAX)).map(|found| found.extract());
    found.extend(words.filter_map(|(_, [kind, value])| {
        let kind = match kind {
            "DocumentID" => IdentifierKind::Document,
            "InstanceID" => IdentifierKind::Instance,
            _ => IdentifierKind::Original,
        };
        named(kind, value.to_lowercase())
    }));
    found.sort();
    found.dedup();
    found
}

/// A name without the prefix that says how it was made; `None` where every file may have it.
fn telling(value: String) -> Option<String> {
    let value = value.rsplit(':').next()?.to_owned();
    let mut digits: Vec<u8> = value.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let count = digits.len();
    digits.sort_unstable();
    digits.dedup();
    let is_telling =
        (CHARACTERS_MIN..=CHARACTERS_MAX).contains(&count) && digits.len() >= DIGITS_MIN && value != DIGEST_OF_NOTHING;
    is_telling.then_some(value)
}

/// The first string of `/ID`.
fn trailer_id(file: &[u8]) -> Option<Vec<u8>> {
    const START: &[u8] = b"startxref";
    let at = memmem::rfind(file, START)? + START.len();
    let digits: Vec<u8> =
        file.get(at..)?.iter().copied().skip_while(u8::is_ascii_whitespace).take_while(u8::is_ascii_digit).collect();
    let table: usize = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    let table = file.get(table..)?;
    // A stream of objects has its entries at its beginning, a table has them behind its lines.
    let entries = if table.starts_with(b"xref") { table.get(memmem::find(table, b"trailer")?..)? } else { table };
    let entries = entries.get(..TRAILER_BYTES.min(entries.len()))?;
    memmem::find_iter(entries, b"/ID").find_map(|at| {
        let value = entries.get(at + 3..)?;
        let mut reader = Reader::new(value);
        reader.skip_white_spaces_and_comments();
        let id = reader.read_without_context::<Array<'_>>()?.iter::<PdfString<'_>>().next()?;
        Some(id.as_bytes().to_vec())
    })
}

fn xmp(pdf: &Pdf) -> Option<String> {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let bytes = inflated(&root.get::<Stream<'_>>("Metadata")?, XMP_BYTES_MAX)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_tell_nothing_are_left_out() {
        for value in [
            "00000000000000000000000000000000",
            "uuid:00000000-0000-0000-0000-000000000001",
            "d41d8cd98f00b204e9800998ecf8427e",
            "1234567890",
        ] {
            assert_eq!(telling(value.to_owned()), None, "{value}");
        }
        let one = "3f0c27d9-5be1-4a68-9d72-0a1b86c4e5f3";
        assert_eq!(telling(format!("xmp.did:{one}")).as_deref(), Some(one));
        assert_eq!(telling(format!("uuid:{one}")).as_deref(), Some(one));
    }

    #[test]
    fn the_id_of_the_last_trailer_is_found() {
        let table = |id: &str| {
            let body = "%PDF-1.4\n1 0 obj << /ID [(nothing of this kind)] >> endobj\n";
            format!(
                "{body}xref\n0 1\n0000000000 65535 f \ntrailer << /Size 2 {id} >>\nstartxref\n{}\n%%EOF",
                body.len()
            )
        };
        let id = |file: String| trailer_id(file.as_bytes());
        assert_eq!(id(table("/ID [<00 1F> <22>]")), Some(vec![0, 0x1F]));
        assert_eq!(id(table("/ID[(a\\)b)(c)]")), Some(b"a)b".to_vec()));
        assert_eq!(id(table("/IDTree [(a)]")), None);
        assert_eq!(id(table("")), None);
        assert_eq!(id("startxref\n99999999999999999999999".to_owned()), None);
    }
}
