//! What a file is: by its content first, by its name only where the content leaves it open.
//!
//! Everything that cannot be read is refused here with words that say what to do about it. Start at [`kind`].

use std::io::Cursor;

use bidlens_domain::document::{Format, IssueCode};

use crate::limits::Limits;
use crate::raw::Refusal;

/// A format this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Docx,
    Xlsx,
    Csv,
    Html,
    Markdown,
    Text,
}

impl Kind {
    pub(crate) fn format(self) -> Format {
        match self {
            Kind::Pdf => Format::Pdf,
            Kind::Docx => Format::Docx,
            Kind::Xlsx => Format::Xlsx,
            Kind::Csv => Format::Csv,
            Kind::Html => Format::Html,
            Kind::Markdown => Format::Markdown,
            Kind::Text => Format::Text,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Kind::Pdf => "PDF",
            Kind::Docx => "DOCX",
            Kind::Xlsx => "XLSX",
            Kind::Csv => "CSV",
            Kind::Html => "HTML",
            Kind::Markdown => "Markdown",
            Kind::Text => "plain text",
        }
    }

    /// Extensions that rightly name this format.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Kind::Pdf => &["pdf"],
            Kind::Docx => &["docx", "docm", "dotx", "dotm"],
            Kind::Xlsx => &["xlsx", "xlsm", "xltx", "xltm"],
            Kind::Csv => &["csv", "tsv"],
            Kind::Html => &["html", "htm", "xhtml"],
            Kind::Markdown => &["md", "markdown"],
            Kind::Text => &["txt", "text", "log", "csv", "tsv", "md", "markdown"],
        }
    }
}

/// Extensions that claim a format; any other name claims nothing.
const CLAIMS: &[&str] = &[
    "pdf", "docx", "docm", "doc", "wps", "rtf", "odt", "xlsx", "xlsm", "xls", "et", "csv", "tsv", "html", "htm", "md",
    "markdown", "txt", "jpg", "jpeg", "png", "zip", "rar", "7z", "ppt", "pptx", "ofd",
];

/// The extension the name carries when the content is something else.
pub(crate) fn mislabelled(name: &str, kind: Kind) -> Option<String> {
    let extension = extension(name);
    (CLAIMS.contains(&extension.as_str()) && !kind.extensions().contains(&extension.as_str()))
        .then(|| format!(".{extension}"))
}

/// Recognises the format of `bytes`.
pub(crate) fn kind(name: &str, bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if find(head, b"%PDF-").is_some() {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip_kind(bytes, limits);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(ole_refusal(bytes));
    }
    if let Some(refusal) = known_but_unread(bytes) {
        return Err(refusal);
    }
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(Refusal::new(
            IssueCode::Empty,
            "the file holds nothing but blanks; export or copy it again and upload it once more",
        ));
    }
    if !is_text(bytes) {
        return Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is no document this program can read (unknown binary content); upload PDF, DOCX, XLSX, CSV, HTML, Markdown or TXT",
        ));
    }
    match text_kind(name, bytes) {
        Kind::Text | Kind::Csv if head.trim_ascii_start().starts_with(b"MIME-Version:") => Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is a web archive or mail (MHT/EML); open it, save it as DOCX or PDF and upload that",
        )),
        Kind::Text | Kind::Csv if opens_as_xml(head) => Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is XML data, perhaps a Word 2003 document; open it, save it as DOCX or PDF and upload that",
        )),
        kind => Ok(kind),
    }
}

fn zip_kind(bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    // Counted before the archive is opened: opening allocates for every entry it lists.
    let listed = bytes.windows(4).filter(|w| *w == b"PK\x01\x02").take(limits.max_entries + 1);
    if listed.count() > limits.max_entries {
        return Err(Refusal::new(
            IssueCode::ExpansionLimit,
            format!(
                "the container lists more than the {} parts allowed; it is no usual office file, save its content anew",
                limits.max_entries
            ),
        ));
    }
    let archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(_) => {
            let what = if find(bytes, b"word/").is_some() {
                "this DOCX file"
            } else if find(bytes, b"xl/").is_some() {
                "this XLSX file"
            } else {
                "this ZIP container"
            };
            return Err(Refusal::new(
                IssueCode::Truncated,
                format!(
                    "{what} is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more"
                ),
            ));
        }
    };
    let names: Vec<String> = archive.file_names().filter_map(|n| n.ok().map(|n| n.to_ascii_lowercase())).collect();
    let has = |part: &str| names.iter().any(|n| n.eq_ignore_ascii_case(part));
    let any = |prefix: &str| names.iter().any(|n| n.starts_with(prefix));
    let main_part = |folder: &str| names.iter().any(|n| n.starts_with(folder) && n.ends_with(".xml"));
    if has("xl/workbook.xml") || (has("[Content_Types].xml") && main_part("xl/")) {
        return Ok(Kind::Xlsx);
    }
    if has("word/document.xml") || (has("[Content_Types].xml") && main_part("word/")) {
        return Ok(Kind::Docx);
    }
    let what = if has("ppt/presentation.xml") {
        "a presentation (PPTX); save it as PDF and upload that"
    } else if has("OFD.xml") {
        "an OFD file; convert it to PDF and upload that"
    } else if has("content.xml") && has("mimetype") {
        "an OpenDocument file; save it as DOCX or PDF and upload that"
    } else if any("xl/") {
        "a binary workbook (XLSB); save it as XLSX and upload that"
    } else {
        "a ZIP archive and not a document; unpack it and upload the documents inside one by one"
    };
    Err(Refusal::new(IssueCode::Unsupported, format!("the file is {what}")))
}

/// OLE containers: the stream names in the directory tell what program wrote it. None of them is read.
fn ole_refusal(bytes: &[u8]) -> Refusal {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") || has("EncryptionInfo") {
        return Refusal::new(
            IssueCode::Encrypted,
            "the file is protected by a password; open it, remove the password (文件 > 信息 > 保护文档) and upload it again",
        );
    }
    let what = if has("WordDocument") {
        "an old Word or WPS document (.doc/.wps); open it, save it as DOCX or PDF and upload that"
    } else if has("Workbook") || has("Book") {
        "an old Excel or WPS workbook (.xls/.et); open it, save it as XLSX and upload that"
    } else if has("PowerPoint Document") {
        "an old presentation (.ppt); save it as PDF and upload that"
    } else {
        "an old office or mail container this program cannot read; save its content as DOCX or PDF and upload that"
    };
    Refusal::new(IssueCode::Unsupported, format!("the file is {what}"))
}

/// Signatures of formats that are met in practice and not read.
fn known_but_unread(bytes: &[u8]) -> Option<Refusal> {
    const PICTURE: &str = "a picture; scan it to a PDF with a text layer, or upload the document it was made from";
    const ARCHIVE: &str = "an archive; unpack it and upload the documents inside one by one";
    const PROGRAM: &str = "a program and not a document; upload the document itself";
    const MEDIA: &str = "sound or video and not a document; upload the document itself";
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"\xFF\xD8\xFF", PICTURE),
        (b"\x89PNG\r\n", PICTURE),
        (b"GIF8", PICTURE),
        (b"BM", PICTURE),
        (b"II*\0", PICTURE),
        (b"MM\0*", PICTURE),
        (b"Rar!\x1A\x07", ARCHIVE),
        (b"7z\xBC\xAF\x27\x1C", ARCHIVE),
        (b"\x1F\x8B", ARCHIVE),
        (b"MZ", PROGRAM),
        (b"\x7FELF", PROGRAM),
        (b"\xCA\xFE\xBA\xBE", PROGRAM),
        (b"ID3", MEDIA),
        (b"RIFF", MEDIA),
        (b"OggS", MEDIA),
        (b"SQLite format 3\0", "a database and not a document; upload the document itself"),
        (b"{\\rtf", "an RTF document; open it, save it as DOCX or PDF and upload that"),
        (b"%!PS", "a PostScript file; convert it to PDF and upload that"),
        (b"AC10", "a CAD drawing; print it to PDF and upload that"),
    ];
    let (signature, what) = SIGNATURES.iter().find(|(s, _)| bytes.starts_with(s))?;
    // Two letters are too little evidence: a text may begin with them.
    if signature.len() < 4 && signature.iter().all(u8::is_ascii_alphanumeric) && is_text(bytes) {
        return None;
    }
    Some(Refusal::new(IssueCode::Unsupported, format!("the file is {what}")))
}

/// Whether the bytes can be text in some encoding: no NUL outside UTF-16, few control characters.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    let sample = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    let control =
        sample.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A | 0x1B)).count();
    !sample.contains(&0) && control * 100 <= sample.len()
}

fn text_kind(name: &str, bytes: &[u8]) -> Kind {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let lower = head.to_ascii_lowercase();
    let extension = extension(name);
    let tag = |tag: &[u8]| find(&lower, tag).is_some();
    let html_name = Kind::Html.extensions().contains(&extension.as_str());
    let opens_with_tag =
        lower.iter().find(|b| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF)) == Some(&b'<');
    if (opens_with_tag && (tag(b"<!doctype html") || tag(b"<html") || tag(b"<body") || tag(b"<head")))
        || html_name && (tag(b"<p") || tag(b"<div") || tag(b"<table") || tag(b"<h1"))
    {
        return Kind::Html;
    }
    match extension.as_str() {
        "md" | "markdown" => Kind::Markdown,
        "csv" | "tsv" => Kind::Csv,
        _ => Kind::Text,
    }
}

fn opens_as_xml(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    text.trim_ascii_start().starts_with(b"<?xml")
}

pub(crate) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, e)| e.trim().to_lowercase()).unwrap_or_default()
}

/// First position of `needle`; linear for the short needles used here.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(step) = haystack.get(from..)?.iter().position(|b| *b == first) {
        let at = from + step;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
