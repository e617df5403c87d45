//! Files of which nothing, or not all, can be used: each with its own code and words that say what to do.

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::{IssueCode, IssueSeverity};
use insta::assert_snapshot;

use crate::office::{container, docx, p, xlsx};
use crate::read;

/// An OLE container whose directory names `stream`.
fn ole(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(512, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(2048, 0);
    bytes
}

fn document_part(content: &str) -> Vec<u8> {
    container(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", content.as_bytes())])
}

#[test]
fn every_unusable_file_says_why_and_what_to_do() {
    let good = docx(&p("正文。"), &[]);
    let deep = format!("<w:document>{}{}</w:document>", "<w:sdt>".repeat(400), "</w:sdt>".repeat(400));
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("empty", "a.pdf", Vec::new()),
        ("blank", "a.txt", b" \n\n ".to_vec()),
        ("only zeros", "a.docx", vec![0; 4096]),
        ("random bytes", "a.pdf", (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("picture", "a.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec()),
        ("picture named pdf", "a.pdf", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec()),
        ("program", "a.exe", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("archive", "a.rar", b"Rar!\x1A\x07\x01\0".to_vec()),
        ("rtf", "a.doc", b"{\\rtf1\\ansi hello}".to_vec()),
        ("web archive", "a.doc", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n".to_vec()),
        ("word 2003", "a.doc", b"<?xml version=\"1.0\"?><w:wordDocument/>".to_vec()),
        ("old word", "a.doc", ole("WordDocument")),
        ("old excel", "a.xls", ole("Workbook")),
        ("password", "a.docx", ole("EncryptedPackage")),
        ("other container", "a.zip", container(&[("a.txt", b"hello")])),
        (
            "presentation",
            "a.pptx",
            container(&[("[Content_Types].xml", b"<Types/>"), ("ppt/presentation.xml", b"<p/>")]),
        ),
        ("ofd", "a.ofd", container(&[("OFD.xml", b"<o/>")])),
        ("cut off docx", "a.docx", good.get(..good.len() / 2).unwrap_or_default().to_vec()),
        ("broken xml", "a.docx", document_part("<w:document><w:body><w:p></w:body>")),
        ("unfinished xml", "a.docx", document_part("<w:document><w:body>")),
        ("deep xml", "a.docx", document_part(&deep)),
        ("dtd", "a.docx", document_part("<!DOCTYPE x [<!ENTITY a 'b'>]><w:document/>")),
        ("no main part", "a.docx", container(&[("[Content_Types].xml", b"<Types/>"), ("word/styles.xml", b"<s/>")])),
        ("no text", "a.docx", docx("", &[])),
        (
            "broken sheet",
            "a.xlsx",
            container(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook")]),
        ),
        ("empty sheet", "a.xlsx", xlsx("<sheetData/>")),
    ];
    let mut table = String::new();
    for (what, name, bytes) in cases {
        let document = read(name, &bytes);
        assert!(document.blocks.is_empty(), "{what}");
        assert!(!document.is_usable(), "{what}");
        let issue = document
            .issues
            .iter()
            .find(|i| i.severity == IssueSeverity::Error)
            .unwrap_or_else(|| panic!("{what}: no error"));
        table.push_str(&format!("{what}: {:?}: {}\n", issue.code, issue.detail));
    }
    assert_snapshot!(table, @r"
    empty: Empty: the file is empty (0 bytes); export or copy it again and upload it once more
    blank: Empty: the file holds nothing but blanks; export or copy it again and upload it once more
    only zeros: Empty: the file holds nothing but blanks; export or copy it again and upload it once more
    random bytes: Unsupported: the file is no document this program can read (unknown binary content); upload PDF, DOCX, XLSX, CSV, HTML, Markdown or TXT
    picture: Unsupported: the file is a picture; scan it to a PDF with a text layer, or upload the document it was made from
    picture named pdf: Unsupported: the file is a picture; scan it to a PDF with a text layer, or upload the document it was made from
    program: Unsupported: the file is a program and not a document; upload the document itself
    archive: Unsupported: the file is an archive; unpack it and upload the documents inside one by one
    rtf: Unsupported: the file is an RTF document; open it, save it as DOCX or PDF and upload that
    web archive: Unsupported: the file is a web archive or mail (MHT/EML); open it, save it as DOCX or PDF and upload that
    word 2003: Unsupported: the file is XML data, perhaps a Word 2003 document; open it, save it as DOCX or PDF and upload that
    old word: Unsupported: the file is an old Word or WPS document (.doc/.wps); open it, save it as DOCX or PDF and upload that
    old excel: Unsupported: the file is an old Excel or WPS workbook (.xls/.et); open it, save it as XLSX and upload that
    password: Encrypted: the file is protected by a password; open it, remove the password (文件 > 信息 > 保护文档) and upload it again
    other container: Unsupported: the file is a ZIP archive and not a document; unpack it and upload the documents inside one by one
    presentation: Unsupported: the file is a presentation (PPTX); save it as PDF and upload that
    ofd: Unsupported: the file is an OFD file; convert it to PDF and upload that
    cut off docx: Truncated: this DOCX file is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more
    broken xml: Malformed: part word/document.xml is damaged near byte 34: ill-formed document: expected `</w:p>`, but `</w:body>` was found; open the file in its own program, save it anew and upload that
    unfinished xml: Malformed: part word/document.xml is damaged near byte 20: the part ends in the middle of an element; open the file in its own program, save it anew and upload that
    deep xml: Malformed: part word/document.xml is damaged near byte 1804: elements nested deeper than 256; open the file in its own program, save it anew and upload that
    dtd: Malformed: part word/document.xml is damaged near byte 30: a document type declaration, which office files never carry; open the file in its own program, save it anew and upload that
    no main part: Malformed: the part word/document.xml is missing; open the file in its own program, save it anew and upload that
    no text: Empty: the file holds no text at all; check that it is the right file
    broken sheet: Malformed: the workbook is damaged (File not found '_rels/.rels'); open the file in its own program, save it anew and upload that
    empty sheet: Empty: no sheet of the workbook holds a value; check that it is the right file
    ");
}

#[test]
fn a_file_named_wrongly_is_read_as_what_it_is() {
    let document = read("报价.pdf", &docx(&p("其实是 Word。"), &[]));
    assert_eq!(document.blocks[0].text, "其实是 Word。");
    assert_snapshot!(document.issues[0].detail, @"the name says .pdf, the content is DOCX; it was read as DOCX");
    assert_eq!(document.issues[0].code, IssueCode::Mislabelled);
    let text = read("a.docx", "只是文字。".as_bytes());
    assert_eq!(text.issues[0].code, IssueCode::Mislabelled);
    assert!(read("a.docm", &docx(&p("宏文档。"), &[])).issues.is_empty());
}

#[test]
fn limits_are_kept() {
    let small = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let code = |bytes: &[u8], limits: &Limits| {
        let document = parse("a.docx", bytes, limits);
        document.issues.first().map(|i| (i.code, i.severity))
    };
    let long = docx(&p(&"长".repeat(200_000)), &[]);
    let error = |code| Some((code, IssueSeverity::Error));
    assert_eq!(code(&long, &small(|l| l.max_bytes = 100)), error(IssueCode::TooLarge));
    assert_eq!(code(&long, &small(|l| l.max_part_bytes = 100_000)), error(IssueCode::ExpansionLimit));
    assert_eq!(code(&long, &small(|l| l.max_inflated_bytes = 100_000)), error(IssueCode::ExpansionLimit));
    assert_eq!(code(&long, &small(|l| l.max_entries = 1)), error(IssueCode::ExpansionLimit));
    let many = docx(&p("段").repeat(50), &[]);
    let warning = |code| Some((code, IssueSeverity::Warning));
    assert_eq!(code(&many, &small(|l| l.max_blocks = 10)), warning(IssueCode::ExpansionLimit));
}

#[test]
fn a_zip_bomb_is_stopped() {
    let bomb = "0".repeat(70 << 20);
    let document = read("a.docx", &document_part(&format!("<w:document><w:t>{bomb}</w:t></w:document>")));
    assert_eq!(document.issues[0].code, IssueCode::ExpansionLimit);
    let document = read("a.xlsx", &xlsx(&format!("<sheetData>{bomb}</sheetData>")));
    assert_eq!(document.issues[0].code, IssueCode::ExpansionLimit);
}

#[test]
fn a_document_of_pictures_is_unreadable_not_empty() {
    let document = read("扫描.docx", &docx("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>", &[]));
    assert_eq!(document.unreadable_pages().collect::<Vec<_>>(), [1]);
    assert_eq!(document.issues[0].code, IssueCode::UnreadablePage);
}

#[test]
fn damaged_copies_never_panic() {
    let good = docx(&format!("{}<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p("正文。"), p("单元格")), &[]);
    let sheet = xlsx("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>");
    let html = "<html><body><table><tr><td colspan=99999>a</table><h1>b".repeat(3).into_bytes();
    for (name, original) in [("a.docx", good), ("a.xlsx", sheet), ("a.html", html)] {
        for seed in 0..300usize {
            let mut bytes = original.clone();
            for step in 0..4usize {
                let at = (seed * 7_919 + step * 104_729) % bytes.len();
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = byte.wrapping_add((seed % 251) as u8 + 1);
                }
            }
            bytes.truncate(bytes.len() - seed % 3 * (bytes.len() / 8));
            let document = read(name, &bytes);
            assert!(!document.blocks.is_empty() || !document.issues.is_empty(), "{name} {seed} is silent");
        }
    }
}

#[test]
fn tables_inside_tables_end_at_a_depth() {
    let nested = |levels: usize| {
        let open = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>格</w:t></w:r></w:p>".repeat(levels);
        docx(&format!("{open}{}", "</w:tc></w:tr></w:tbl>".repeat(levels)), &[])
    };
    assert_eq!(read("a.docx", &nested(80)).issues, []);
    assert_eq!(read("a.docx", &nested(2_000)).issues[0].code, IssueCode::Malformed);
    let page = format!("<html><body>{}", "<table><tr><td>格".repeat(2_000));
    let document = read("a.html", page.as_bytes());
    let text: String = document.blocks.iter().map(|b| b.text.as_str()).collect();
    assert_eq!(text.matches('格').count(), 2_000);
}
