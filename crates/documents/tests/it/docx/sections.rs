//! Sections, their pages, headers and footers.

use insta::assert_snapshot;

use crate::office::{Docx, p};
use crate::{outline, read};

fn ends(section: &str) -> String {
    format!("<w:p><w:pPr><w:sectPr>{section}</w:sectPr></w:pPr></w:p>")
}

#[test]
fn a_section_says_at_its_own_end_how_it_begins() {
    let body = [
        p("第一节。"),
        ends(""),
        p("第二节，接排。"),
        ends(r#"<w:type w:val="continuous"/>"#),
        p("第三节，另页。"),
        ends(r#"<w:type w:val="oddPage"/>"#),
        p("第四节，接排。"),
        r#"<w:sectPr><w:type w:val="continuous"/></w:sectPr>"#.to_owned(),
    ]
    .concat();
    let document = read("a.docx", &Docx::new(body).bytes());
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 第一节。
    p1 Paragraph 第二节，接排。
    p2 Paragraph 第三节，另页。
    p2 Paragraph 第四节，接排。
    ");
    assert!(document.pages.iter().all(|p| p.approximate));
}

#[test]
fn each_section_shows_its_headers_or_those_before() {
    let header = |name: &str| r#"<w:headerReference w:type="TYPE" r:id="NAME"/>"#.replace("NAME", name);
    let of = |name: &str, kind: &str| header(name).replace("TYPE", kind);
    let body = [
        p("封面。"),
        ends(&format!("{}{}<w:titlePg/>", of("header1", "default"), of("header2", "first"))),
        p("正文。"),
        ends(""),
        p("附录。"),
        format!("<w:sectPr>{}{}</w:sectPr>", of("header3", "default"), of("header4", "even")),
    ]
    .concat();
    let with = |settings: &str| {
        let file = Docx::new(body.clone())
            .story("header", "header1.xml", "hdr", &p("各页页眉"))
            .story("header", "header2.xml", "hdr", &p("首页页眉"))
            .story("header", "header3.xml", "hdr", &format!("{}{}", p("附录页眉"), p("各页页眉")))
            .story("header", "header4.xml", "hdr", &p("偶数页页眉"))
            .story("settings", "settings.xml", "settings", settings)
            .bytes();
        outline(&read("a.docx", &file))
    };
    assert_snapshot!(with(""), @"
    p1 Header 首页页眉
    p1 Header 各页页眉
    p3 Header 附录页眉
    p1 Paragraph 封面。
    p2 Paragraph 正文。
    p3 Paragraph 附录。
    ");
    assert!(!with("").contains("偶数页"));
    assert!(with("<w:evenAndOddHeaders/>").contains("Header 偶数页页眉"));
}

#[test]
fn strict_files_are_read_alike() {
    let strict = r#"<?xml version="1.0"?><doc:document xmlns:doc="http://purl.oclc.org/ooxml/wordprocessingml/main" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"><doc:body><doc:p><doc:pPr><doc:pStyle doc:val="H"/></doc:pPr><doc:r><doc:t>严格模式的标题</doc:t></doc:r></doc:p><doc:p><doc:r><doc:rPr><doc:sz doc:val="12pt"/><doc:vanish doc:val="false"/></doc:rPr><doc:t>严格模式的正文。</doc:t></doc:r></doc:p></doc:body></doc:document>"#;
    let relations = r#"<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/styles" Target="/text/looks.xml"/></Relationships>"#;
    let file = crate::office::container(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", br#"<Relationships><Relationship Id="m" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="word/main.xml"/></Relationships>"#),
        ("word/main.xml", strict.as_bytes()),
        ("word/_rels/main.xml.rels", relations.as_bytes()),
        ("text/looks.xml", br#"<s:styles xmlns:s="x"><s:style s:type="paragraph" s:styleId="H"><s:name s:val="heading 1"/></s:style></s:styles>"#),
    ]);
    assert_snapshot!(outline(&read("a.dotx", &file)), @"
    p1 H1 严格模式的标题
    p1 Paragraph 严格模式的正文。
    ");
}
