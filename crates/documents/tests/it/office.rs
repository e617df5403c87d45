//! Builds office files in memory.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

/// A container with these parts.
pub(crate) fn container(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("start part");
        writer.write_all(content).expect("write part");
    }
    writer.finish().expect("finish container").into_inner()
}

pub(crate) const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math""#;

/// Namespaces of what older and newer programs put into text.
const MORE_NAMESPACES: &str = r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart""#;

const RELATIONSHIPS: &str = r#"xmlns="http://schemas.openxmlformats.org/package/2006/relationships""#;

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

/// A DOCX with this body and further parts of `word/`, each found through its relation.
pub(crate) fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"#
    );
    let mut relations = String::from("<Relationships>");
    let mut files: Vec<(String, String)> =
        vec![("[Content_Types].xml".to_owned(), TYPES.to_owned()), ("word/document.xml".to_owned(), document)];
    for (at, (name, content)) in parts.iter().enumerate() {
        if name.contains('/') {
            files.push(((*name).to_owned(), (*content).to_owned()));
            continue;
        }
        let kind: String = name.trim_end_matches(".xml").chars().filter(|c| !c.is_ascii_digit()).collect();
        relations.push_str(&format!(r#"<Relationship Id="rId{at}" Type="http://x/{kind}" Target="{name}"/>"#));
        files.push((format!("word/{name}"), (*content).to_owned()));
    }
    relations.push_str("</Relationships>");
    files.push(("word/_rels/document.xml.rels".to_owned(), relations));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, c)| (n.as_str(), c.as_bytes())).collect();
    container(&files)
}

/// A DOCX made part by part.
pub(crate) struct Docx {
    body: String,
    parts: Vec<(String, Vec<u8>)>,
    relations: Vec<String>,
}

impl Docx {
    pub(crate) fn new(body: impl Into<String>) -> Self {
        Docx { body: body.into(), parts: Vec::new(), relations: Vec::new() }
    }

    /// A part of `word/` and its relation, whose id is the part's name without its ending.
    pub(crate) fn part(self, kind: &str, name: &str, content: impl AsRef<[u8]>) -> Self {
        let id = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name).to_owned();
        self.file(&format!("word/{name}"), content).relation(&id, kind, name)
    }

    /// A part of `word/` with the WordprocessingML root element `root`.
    pub(crate) fn story(self, kind: &str, name: &str, root: &str, content: &str) -> Self {
        self.part(kind, name, format!("<w:{root} {NAMESPACES} {MORE_NAMESPACES}>{content}</w:{root}>"))
    }

    /// A file of the container without a relation.
    pub(crate) fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.parts.push((path.to_owned(), content.as_ref().to_vec()));
        self
    }

    pub(crate) fn relation(mut self, id: &str, kind: &str, target: &str) -> Self {
        self.relations.push(format!(
            r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>"#
        ));
        self
    }

    /// A relation to something that is not in the container.
    pub(crate) fn external(mut self, id: &str, kind: &str, target: &str) -> Self {
        self.relations.push(format!(
            r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="External"/>"#
        ));
        self
    }

    /// The file; valid enough for readers that check content types and namespaces.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let document = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><w:document {NAMESPACES} {MORE_NAMESPACES}><w:body>{}</w:body></w:document>"#,
            self.body
        );
        let relations = format!("<Relationships {RELATIONSHIPS}>{}</Relationships>", self.relations.concat());
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
        let package = format!(
            r#"<Relationships {RELATIONSHIPS}><Relationship Id="main" Type="{office}" Target="word/document.xml"/></Relationships>"#
        );
        let types = {
            let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
            let defaults: String = ["xml", "png", "html", "xlsx", "docx", "bin", "txt"]
                .iter()
                .map(|e| format!(r#"<Default Extension="{e}" ContentType="application/{e}"/>"#))
                .collect();
            let parts: String = self
                .parts
                .iter()
                .filter_map(|(name, _)| Some((name, name.strip_prefix("word/")?.strip_suffix(".xml")?)))
                .filter(|(_, stem)| !stem.contains('/'))
                .map(|(name, stem)| {
                    let kind = stem.trim_end_matches(|c: char| c.is_ascii_digit());
                    format!(r#"<Override PartName="/{name}" ContentType="{word}.{kind}+xml"/>"#)
                })
                .collect();
            format!(
                r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{defaults}<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>{parts}</Types>"#
            )
        };
        let mut files: Vec<(&str, &[u8])> = vec![
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", package.as_bytes()),
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
        ];
        files.extend(self.parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
        container(&files)
    }
}

/// A paragraph of plain words.
pub(crate) fn p(words: &str) -> String {
    format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")
}

/// An XLSX whose first sheet holds this `sheetData` (and what follows it).
pub(crate) fn xlsx(sheet: &str) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet}</worksheet>"#
    );
    container(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="报价表" sheetId="1" r:id="rId1"/></sheets></workbook>"#.as_bytes()),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#),
        ("xl/styles.xml", br#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}
