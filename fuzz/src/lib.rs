//! What the targets share: a file around the bytes that are fuzzed, and what must hold of every Document.

use bidlens_documents::{Limits, parse};
use bidlens_testkit::hostile::{container, seeds};

/// Reads the bytes as a file of this name; a panic, a hang or too much memory is what the fuzzer looks for.
pub fn read(name: &str, bytes: &[u8]) {
    let limits = Limits {
        max_bytes: 8 << 20,
        max_part_bytes: 8 << 20,
        max_inflated_bytes: 16 << 20,
        max_pages: 50,
        threads: 1,
        ..Limits::default()
    };
    let document = parse(name, bytes, &limits);
    assert!(!document.blocks.is_empty() || !document.issues.is_empty(), "it neither holds nor says anything");
    for block in &document.blocks {
        for line in &block.lines {
            let range = line.range.start as usize..line.range.end as usize;
            assert!(block.text.get(range).is_some(), "a line is no part of its block's text");
        }
    }
}

/// A good DOCX with one of its parts replaced.
pub fn docx(part: &str, bytes: &[u8]) -> Vec<u8> {
    const MAIN: &[u8] = b"<w:document><w:body><w:p><w:pPr><w:pStyle w:val=\"1\"/><w:numPr><w:ilvl w:val=\"0\"/>\
        <w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>";
    const RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"a\" Type=\"http://x/styles\" Target=\"styles.xml\"/>\
        <Relationship Id=\"b\" Type=\"http://x/numbering\" Target=\"numbering.xml\"/></Relationships>";
    let parts = [
        ("[Content_Types].xml", &b"<Types/>"[..]),
        ("word/document.xml", MAIN),
        ("word/_rels/document.xml.rels", RELATIONS),
        ("word/styles.xml", b"<w:styles/>"),
        ("word/numbering.xml", b"<w:numbering/>"),
    ];
    with(&parts, part, bytes)
}

/// A good XLSX with one of its parts replaced.
pub fn xlsx(part: &str, bytes: &[u8]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(
        r#"<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#
    );
    let relations = format!(
        r#"<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    let sheet = format!(
        r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>"#
    );
    let strings = format!(r#"<sst xmlns="{MAIN}"><si><t>x</t></si></sst>"#);
    let parts = [
        ("[Content_Types].xml", &b"<Types/>"[..]),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ];
    with(&parts, part, bytes)
}

fn with(parts: &[(&str, &[u8])], part: &str, bytes: &[u8]) -> Vec<u8> {
    let replaced: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, content)| (*name, if *name == part { bytes } else { content })).collect();
    container(&replaced)
}

/// A PDF of one page that is drawn by these instructions, with the fonts and forms of the good file.
pub fn page(instructions: &[u8]) -> Vec<u8> {
    let good = seeds().into_iter().find(|s| s.name.ends_with(".pdf")).map(|s| s.bytes).unwrap_or_default();
    let end = good.windows(5).position(|w| w == b"xref\n").unwrap_or(good.len());
    let mut file = good.get(..end).unwrap_or_default().to_vec();
    // The last object of a number counts where there is no table.
    file.extend(format!("11 0 obj\n<< /Length {} >>\nstream\n", instructions.len()).into_bytes());
    file.extend_from_slice(instructions);
    file.extend_from_slice(b"\nendstream\nendobj\ntrailer\n<< /Size 1000 /Root 1 0 R >>\n%%EOF\n");
    file
}
