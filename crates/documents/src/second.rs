//! Which files LibreOffice is asked to read when no reader here can.

use bidlens_domain::document::Format;

use crate::detect::{self, Kind, find};
use crate::ole::is_ole;

/// What LibreOffice turns a file into, so that it is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondReader {
    /// From a text in this format, to DOCX.
    Text(Format),
    /// From a workbook in this format, to XLSX.
    Workbook(Format),
    /// From a presentation in this format, to PPTX.
    Slides(Format),
}

impl SecondReader {
    /// The extension of what LibreOffice is to write.
    pub fn extension(self) -> &'static str {
        match self {
            SecondReader::Text(_) => "docx",
            SecondReader::Workbook(_) => "xlsx",
            SecondReader::Slides(_) => "pptx",
        }
    }

    /// An extension that names what the file is, for LibreOffice.
    pub fn source_extension(self) -> &'static str {
        match self.format() {
            Format::Doc => "doc",
            Format::Rtf => "rtf",
            Format::Odt => "odt",
            Format::Xls => "xls",
            Format::Ods => "ods",
            Format::Ppt => "ppt",
            Format::Odp => "odp",
            // The binary kind; the other is read here.
            Format::Xlsx => "xlsb",
            _ => "xml",
        }
    }

    /// The format of the file itself.
    pub fn format(self) -> Format {
        match self {
            SecondReader::Text(format) | SecondReader::Workbook(format) | SecondReader::Slides(format) => format,
        }
    }
}

/// What LibreOffice could make of a file; `None` where a second reader is of no use.
///
/// Looks at signatures only, so that the process that asks parses nothing.
pub fn second_reader(bytes: &[u8]) -> Option<SecondReader> {
    if is_ole(bytes) {
        let has = |name: &str| {
            let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            find(bytes, &wide).is_some()
        };
        return if has("EncryptedPackage") {
            None
        } else if has("WordDocument") {
            Some(SecondReader::Text(Format::Doc))
        } else if has("Workbook") || has("Book\0") {
            Some(SecondReader::Workbook(Format::Xls))
        } else if has("PowerPoint Document") {
            Some(SecondReader::Slides(Format::Ppt))
        } else {
            None
        };
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(SecondReader::Text(Format::Rtf));
    }
    if bytes.starts_with(b"PK") {
        if find(bytes, b"xl/workbook.bin").is_some() {
            return Some(SecondReader::Workbook(Format::Xlsx));
        }
        return match detect::open_document(bytes)? {
            Kind::Odt => Some(SecondReader::Text(Format::Odt)),
            Kind::Ods => Some(SecondReader::Workbook(Format::Ods)),
            Kind::Odp => Some(SecondReader::Slides(Format::Odp)),
            _ => None,
        };
    }
    let head = bytes.get(..bytes.len().min(2_048)).unwrap_or_default();
    // Office 2003 wrote XML under the names of its old formats.
    let says = |words: &[u8]| find(head, words).is_some();
    if !head.trim_ascii_start().starts_with(b"<?xml") {
        None
    } else if says(b"Word.Document") || says(b"wordDocument") {
        Some(SecondReader::Text(Format::Doc))
    } else if says(b"Excel.Sheet") || says(b"office:spreadsheet") {
        Some(SecondReader::Workbook(Format::Xls))
    } else {
        None
    }
}
