//! What a file is: by its content first, by its name only where the content leaves it open.
//!
//! Everything that cannot be read is refused here with words that say what to do about it. Start at [`kind`].

use std::io::{Cursor, Read};

use bidlens_domain::document::{Format, IssueCode};

use crate::limits::Limits;
use crate::mail;
use crate::ole::{self, Ole};
use crate::picture;
use crate::raw::Refusal;
use crate::text;

/// A format this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    /// Old Word and WPS documents.
    Doc,
    /// Old Excel and ET workbooks.
    Xls,
    /// Old PowerPoint and DPS presentations.
    Ppt,
    Rtf,
    Odt,
    Ods,
    Odp,
    Csv,
    Html,
    Markdown,
    Text,
    Mail,
    Msg,
    Picture,
    Package(Package),
}

/// An archive of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    Zip,
    SevenZ,
    Rar,
    /// Archives of Unix: tar, gzip, bzip2, xz.
    Other,
}

impl Package {
    /// What to say where the program that unpacks this kind is missing.
    pub(crate) fn refusal(self) -> Refusal {
        let what = match self {
            Package::Rar => "a RAR archive",
            Package::Other => "an archive of Unix (tar, gzip, bzip2 or xz)",
            Package::Zip => "a ZIP archive",
            Package::SevenZ => "a 7Z archive",
        };
        Refusal::new(
            IssueCode::Unsupported,
            format!(
                "the file is {what}, which is read with the program bsdtar (Debian package libarchive-tools) where it is installed and can open it; install it, or unpack the archive and upload the files inside"
            ),
        )
    }
}

impl Kind {
    pub(crate) fn format(self) -> Format {
        match self {
            Kind::Pdf => Format::Pdf,
            Kind::Docx => Format::Docx,
            Kind::Xlsx => Format::Xlsx,
            Kind::Pptx => Format::Pptx,
            Kind::Doc => Format::Doc,
            Kind::Xls => Format::Xls,
            Kind::Ppt => Format::Ppt,
            Kind::Rtf => Format::Rtf,
            Kind::Odt => Format::Odt,
            Kind::Ods => Format::Ods,
            Kind::Odp => Format::Odp,
            Kind::Csv => Format::Csv,
            Kind::Html => Format::Html,
            Kind::Markdown => Format::Markdown,
            Kind::Text => Format::Text,
            Kind::Mail | Kind::Msg => Format::Mail,
            Kind::Picture => Format::Image,
            Kind::Package(_) => Format::Package,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Kind::Pdf => "PDF",
            Kind::Docx => "DOCX",
            Kind::Xlsx => "XLSX",
            Kind::Pptx => "PPTX",
            Kind::Doc => "an old Word or WPS document",
            Kind::Xls => "an old Excel or ET workbook",
            Kind::Ppt => "an old presentation",
            Kind::Rtf => "RTF",
            Kind::Odt => "an OpenDocument text",
            Kind::Ods => "an OpenDocument workbook",
            Kind::Odp => "an OpenDocument presentation",
            Kind::Csv => "CSV",
            Kind::Html => "HTML",
            Kind::Markdown => "Markdown",
            Kind::Text => "plain text",
            Kind::Mail => "a mail or web archive",
            Kind::Msg => "an Outlook mail",
            Kind::Picture => "a picture",
            Kind::Package(_) => "an archive",
        }
    }

    /// Extensions that rightly name this format.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Kind::Pdf => &["pdf"],
            Kind::Docx => &["docx", "docm", "dotx", "dotm"],
            Kind::Xlsx => &["xlsx", "xlsm", "xltx", "xltm"],
            Kind::Pptx => &["pptx", "pptm", "ppsx", "potx"],
            Kind::Doc => &["doc", "dot", "wps", "wpt"],
            Kind::Xls => &["xls", "xlt", "et", "ett"],
            Kind::Ppt => &["ppt", "pps", "dps"],
            // Word writes RTF under its own name when asked to.
            Kind::Rtf => &["rtf", "doc"],
            Kind::Odt => &["odt", "ott"],
            Kind::Ods => &["ods", "ots"],
            Kind::Odp => &["odp", "otp"],
            Kind::Csv => &["csv", "tsv"],
            Kind::Html => &["html", "htm", "xhtml"],
            Kind::Markdown => &["md", "markdown"],
            Kind::Text => &["txt", "text", "log", "csv", "tsv", "md", "markdown"],
            Kind::Mail => &["eml", "mht", "mhtml"],
            Kind::Msg => &["msg"],
            Kind::Picture => &["png", "jpg", "jpeg", "jfif", "tif", "tiff", "bmp", "gif"],
            Kind::Package(_) => &["zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz"],
        }
    }
}

/// Extensions that claim a format; any other name claims nothing.
const CLAIMS: &[&str] = &[
    "pdf", "docx", "docm", "doc", "wps", "rtf", "odt", "xlsx", "xlsm", "xls", "et", "csv", "tsv", "html", "htm", "md",
    "markdown", "txt", "jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "zip", "rar", "7z", "ppt", "pptx", "dps",
    "ofd", "ods", "odp", "eml", "msg", "mht",
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
    if ole::is_ole(bytes) {
        return ole_kind(bytes);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Ok(Kind::Rtf);
    }
    if let Some(package) = archive_signature(bytes) {
        return Ok(Kind::Package(package));
    }
    if picture::is_picture(head) {
        return Ok(Kind::Picture);
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
    // Before the question whether it is text: attachments may stand in a mail as they are.
    if mail::looks_like_mail(name, bytes) {
        return Ok(Kind::Mail);
    }
    if !is_text(bytes) {
        return Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is no document this program can read (unknown binary content); upload PDF, an office file, a picture, HTML, Markdown or TXT",
        ));
    }
    match text_kind(name, bytes) {
        Kind::Text | Kind::Csv if opens_as_xml(head) => Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is XML data, perhaps a Word 2003 document; open it, save it as DOCX or PDF and upload that",
        )),
        kind => Ok(kind),
    }
}

/// The kind of archive whose signature the bytes begin with; ZIP is told apart by what is inside.
pub(crate) fn archive_signature(bytes: &[u8]) -> Option<Package> {
    if bytes.starts_with(b"Rar!\x1A\x07") {
        return Some(Package::Rar);
    }
    if bytes.starts_with(b"7z\xBC\xAF\x27\x1C") {
        return Some(Package::SevenZ);
    }
    let other = bytes.starts_with(b"\x1F\x8B")
        || bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY")
        || bytes.starts_with(b"\xFD7zXZ\0")
        || bytes.get(257..262) == Some(b"ustar");
    other.then_some(Package::Other)
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
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(_) => {
            let what = if find(bytes, b"word/").is_some() {
                "this DOCX file"
            } else if find(bytes, b"xl/").is_some() {
                "this XLSX file"
            } else if find(bytes, b"ppt/").is_some() {
                "this PPTX file"
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
    if has("ppt/presentation.xml") {
        return Ok(Kind::Pptx);
    }
    if has("content.xml") && has("mimetype") {
        // Some programs compress the part that names the kind.
        let mut named = b"mimetype".to_vec();
        if let Ok(part) = archive.by_name("mimetype") {
            let _ = part.take(200).read_to_end(&mut named);
        }
        if let Some(kind) = open_document(&named) {
            return Ok(kind);
        }
    }
    let what = if has("OFD.xml") {
        "an OFD file; convert it to PDF and upload that"
    } else if has("content.xml") && has("mimetype") {
        "an OpenDocument file that is neither text, workbook nor presentation; save it as PDF and upload that"
    } else if any("xl/") && has("[Content_Types].xml") {
        "a binary workbook (XLSB); save it as XLSX and upload that"
    } else if has("[Content_Types].xml") {
        "an office file of an unknown kind; save it as DOCX or PDF and upload that"
    } else {
        return Ok(Kind::Package(Package::Zip));
    };
    Err(Refusal::new(IssueCode::Unsupported, format!("the file is {what}")))
}

/// The kind an OpenDocument file names in its first part, which is not compressed.
pub(crate) fn open_document(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..bytes.len().min(200))?;
    let at = find(head, b"mimetypeapplication/vnd.oasis.opendocument.")?;
    let kind = head.get(at + 43..)?;
    [(b"text".as_slice(), Kind::Odt), (b"spreadsheet", Kind::Ods), (b"presentation", Kind::Odp)]
        .into_iter()
        .find(|(name, _)| kind.starts_with(name))
        .map(|(_, kind)| kind)
}

/// Compound files: the names of their streams tell what program wrote them.
fn ole_kind(bytes: &[u8]) -> Result<Kind, Refusal> {
    let Some(ole) = Ole::open(bytes) else {
        return Err(Refusal::new(
            IssueCode::Truncated,
            "the old office file is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more",
        ));
    };
    let has = |name: &str| ole.find(0, name).is_some();
    if has("EncryptedPackage") || has("EncryptionInfo") {
        return Err(Refusal::new(
            IssueCode::Encrypted,
            "the file is protected by a password; open it, remove the password (文件 > 信息 > 保护文档) and upload it again",
        ));
    }
    if has("WordDocument") {
        Ok(Kind::Doc)
    } else if has("Workbook") || has("Book") {
        Ok(Kind::Xls)
    } else if has("PowerPoint Document") {
        Ok(Kind::Ppt)
    } else if mail::is_msg(&ole) {
        Ok(Kind::Msg)
    } else {
        Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is an old office container this program cannot read; save its content as DOCX or PDF and upload that",
        ))
    }
}

/// Signatures of formats that are met in practice and not read.
fn known_but_unread(bytes: &[u8]) -> Option<Refusal> {
    const PROGRAM: &str = "a program and not a document; upload the document itself";
    const MEDIA: &str = "sound or video and not a document; upload the document itself";
    const SIGNATURES: &[(&[u8], &str)] = &[
        // A damaged picture: its size cannot be read.
        (b"BM", "a picture in a form that is not read; save it as PNG or JPEG and upload that"),
        (b"MZ", PROGRAM),
        (b"\x7FELF", PROGRAM),
        (b"\xCA\xFE\xBA\xBE", PROGRAM),
        (b"ID3", MEDIA),
        (b"RIFF", MEDIA),
        (b"OggS", MEDIA),
        (b"SQLite format 3\0", "a database and not a document; upload the document itself"),
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
    let marked = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if marked || text::unmarked_utf16(bytes).is_some() {
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
