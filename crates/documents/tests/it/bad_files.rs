//! Files of which nothing, or not all, can be used: each with its own code and words that say what to do.

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::{IssueCode, IssueSeverity};
use insta::assert_snapshot;

use crate::office::{container, docx, p, xlsx};
use crate::ole::{ole, stream};
use crate::read;

/// Reads hundreds of damaged copies of a file: each says something, none panics.
pub(crate) fn damage(name: &str, original: &[u8], copies: usize) {
    for seed in 0..copies {
        let mut bytes = original.to_vec();
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

fn document_part(content: &str) -> Vec<u8> {
    container(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", content.as_bytes())])
}

#[test]
fn every_unusable_file_says_why_and_what_to_do() {
    let good = docx(&p("正文。"), &[]);
    let old = ole(&[stream("WordDocument", vec![1; 9_000])]);
    let slides = crate::pptx::presentation();
    let deep = format!("<w:document>{}{}</w:document>", "<w:sdt>".repeat(400), "</w:sdt>".repeat(400));
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("empty", "a.pdf", Vec::new()),
        ("blank", "a.txt", b" \n\n ".to_vec()),
        ("only zeros", "a.docx", vec![0; 4096]),
        ("random bytes", "a.pdf", (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("cut off picture", "a.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec()),
        ("cut off picture named pdf", "a.pdf", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec()),
        ("program", "a.exe", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("rar", "a.rar", b"Rar!\x1A\x07\x01\0".to_vec()),
        ("tar", "a.tgz", b"\x1F\x8B\x08\0".to_vec()),
        ("cut off 7z", "a.7z", b"7z\xBC\xAF\x27\x1C\0\x04aaaaaaaaaaaaaaaa".to_vec()),
        ("empty web archive", "a.doc", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n".to_vec()),
        ("word 2003", "a.doc", b"<?xml version=\"1.0\"?><w:wordDocument/>".to_vec()),
        ("cut off ole", "a.doc", old[..600].to_vec()),
        ("old word without words", "a.doc", ole(&[stream("WordDocument", vec![0; 64])])),
        ("old excel without cells", "a.xls", ole(&[stream("Workbook", vec![0; 64])])),
        ("older excel", "a.xls", ole(&[stream("Book", vec![9, 8, 8, 0, 0, 5, 5, 0, 0, 0, 0, 0])])),
        ("old slides without slides", "a.ppt", ole(&[stream("PowerPoint Document", vec![0; 64])])),
        ("password", "a.docx", ole(&[stream("EncryptedPackage", vec![0; 64])])),
        ("unknown ole", "a.db", ole(&[stream("Catalog", vec![0; 64])])),
        ("package", "a.zip", container(&[("a.txt", b"hello")])),
        ("cut off presentation", "a.pptx", slides[..slides.len() / 2].to_vec()),
        (
            "presentation without slides",
            "a.pptx",
            container(&[("[Content_Types].xml", b"<Types/>"), ("ppt/presentation.xml", b"<p/>")]),
        ),
        ("slide bomb", "a.pptx", container(&[("ppt/presentation.xml", "0".repeat(70 << 20).as_bytes())])),
        ("open document without words", "a.odt", crate::odf::text("")),
        ("open document bomb", "a.odt", crate::odf::text(&"0".repeat(70 << 20))),
        ("deep open document", "a.odt", crate::odf::text(&"<text:section>".repeat(400))),
        ("locked open document", "a.odt", crate::odf::locked()),
        ("locked workbook", "a.xls", crate::old_workbooks::locked()),
        ("empty rtf", "a.rtf", b"{\\rtf1\\ansi }".to_vec()),
        ("ofd", "a.ofd", container(&[("OFD.xml", b"<o/>")])),
        ("binary workbook", "a.xlsb", container(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"x")])),
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
    assert_snapshot!(table, @r#"
    empty: Empty: the file is empty (0 bytes); export or copy it again and upload it once more
    blank: Empty: the file holds nothing but blanks; export or copy it again and upload it once more
    only zeros: Empty: the file holds nothing but blanks; export or copy it again and upload it once more
    random bytes: Unsupported: the file is no document this program can read (unknown binary content); upload PDF, an office file, a picture, HTML, Markdown or TXT
    cut off picture: Truncated: the picture is cut off or damaged (its size cannot be read); copy or scan it again
    cut off picture named pdf: Truncated: the picture is cut off or damaged (its size cannot be read); copy or scan it again
    program: Unsupported: the file is a program and not a document; upload the document itself
    rar: Unsupported: the file is a RAR archive, which is read with the program bsdtar (Debian package libarchive-tools) where it is installed and can open it; install it, or unpack the archive and upload the files inside
    tar: Unsupported: the file is an archive of Unix (tar, gzip, bzip2 or xz), which is read with the program bsdtar (Debian package libarchive-tools) where it is installed and can open it; install it, or unpack the archive and upload the files inside
    cut off 7z: Truncated: the archive is cut off or damaged (failed to fill whole buffer); copy or pack it again and upload it once more
    empty web archive: Empty: a.doc holds neither words nor files; save it again from the program that showed it
    word 2003: Unsupported: the file is XML data, perhaps a Word 2003 document; open it, save it as DOCX or PDF and upload that
    cut off ole: Truncated: the old office file is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more
    old word without words: Malformed: an old Word or WPS document is damaged or of a kind that is not read (malformed document (WordDocument): invalid FIB magic); open it, save it as DOCX or PDF and upload that
    old excel without cells: Unsupported: the file is a workbook of Excel 95 or older; open it, save it as XLSX and upload that
    older excel: Unsupported: the file is a workbook of Excel 95 or older; open it, save it as XLSX and upload that
    old slides without slides: Empty: the file holds no text at all; check that it is the right file
    password: Encrypted: the file is protected by a password; open it, remove the password (文件 > 信息 > 保护文档) and upload it again
    unknown ole: Unsupported: the file is an old office container this program cannot read; save its content as DOCX or PDF and upload that
    package: Unsupported: the file is a package of 1 files (a.txt) and not a document; upload the files inside
    cut off presentation: Truncated: this PPTX file is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more
    presentation without slides: Empty: the file holds no text at all; check that it is the right file
    slide bomb: ExpansionLimit: part ppt/presentation.xml inflates to more than the 64 MB allowed for one part; split the document or remove embedded objects
    open document without words: Empty: the file holds no text at all; check that it is the right file
    open document bomb: ExpansionLimit: part content.xml inflates to more than the 64 MB allowed for one part; split the document or remove embedded objects
    deep open document: Malformed: part content.xml is damaged near byte 4548: elements nested deeper than 256; open the file in its own program, save it anew and upload that
    locked open document: Encrypted: the file is protected by a password; open it, remove the password and upload it again
    locked workbook: Encrypted: the workbook is protected by a password; open it, remove the password and upload it again
    empty rtf: Empty: the file holds no text at all; check that it is the right file
    ofd: Unsupported: the file is an OFD file; convert it to PDF and upload that
    binary workbook: Unsupported: the file is a binary workbook (XLSB); save it as XLSX and upload that
    cut off docx: Truncated: this DOCX file is cut off or damaged (the index of its parts is missing); download or copy it again and upload it once more
    broken xml: Malformed: part word/document.xml is damaged near byte 34: ill-formed document: expected `</w:p>`, but `</w:body>` was found; open the file in its own program, save it anew and upload that
    unfinished xml: Malformed: part word/document.xml is damaged near byte 20: the part ends in the middle of an element; open the file in its own program, save it anew and upload that
    deep xml: Malformed: part word/document.xml is damaged near byte 1804: elements nested deeper than 256; open the file in its own program, save it anew and upload that
    dtd: Malformed: part word/document.xml is damaged near byte 30: a document type declaration, which office files never carry; open the file in its own program, save it anew and upload that
    no main part: Malformed: the part word/document.xml is missing; open the file in its own program, save it anew and upload that
    no text: Empty: the file holds no text at all; check that it is the right file
    broken sheet: Malformed: the workbook is damaged (File not found '_rels/.rels'); open the file in its own program, save it anew and upload that
    empty sheet: Empty: no sheet of the workbook holds a value; check that it is the right file
    "#);
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
        damage(name, &original, 300);
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
