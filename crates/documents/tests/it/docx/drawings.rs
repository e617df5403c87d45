//! Pictures, objects, word art, charts, diagrams, equations, and documents inside the document.

use bidlens_documents::{Limits, embedded_bytes, parse};
use bidlens_domain::document::IssueCode;
use insta::assert_snapshot;

use crate::office::{Docx, docx, p};
use crate::{outline, read};

#[test]
fn pictures_and_objects_are_listed_once_with_their_hash() {
    let picture = |id: &str| format!(r#"<w:p><w:r><w:drawing><a:blip r:embed="{id}"/></w:drawing></w:r></w:p>"#);
    let body = [
        p("第一页。"),
        picture("seal"),
        r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned(),
        picture("seal"),
        r#"<w:p><w:r><w:object><v:shape><v:imagedata r:id="icon"/></v:shape><o:OLEObject ProgID="Package" r:id="object1"/></w:object></w:r></w:p>"#.to_owned(),
        picture("missing"),
        r#"<w:p><w:r><w:drawing><a:blip r:link="far"/></w:drawing></w:r></w:p>"#.to_owned(),
        p("第二页。"),
    ]
    .concat();
    let file = Docx::new(body)
        .part("image", "media/seal.png", "甲")
        .part("image", "media/icon.emf", "乙")
        .part("oleObject", "embeddings/object1.bin", "丙")
        .part("vbaProject", "vbaProject.bin", "宏")
        .external("far", "image", "http://example.com/far.png")
        .bytes();
    let document = read("a.docm", &file);
    let listed: Vec<String> = document
        .embedded
        .iter()
        .map(|e| format!("{} {:?} {} bytes p{:?} {}", e.name, e.kind, e.size, e.page, &e.sha256[..8]))
        .collect();
    assert_snapshot!(format!("{}\n{}", listed.join("\n"), outline(&document)), @"
    vbaProject.bin Object 3 bytes pNone d2ecd2ac
    seal.png Picture 3 bytes pSome(1) 33e3580c
    icon.emf Picture 3 bytes pSome(2) 71530d4c
    object1.bin Object 3 bytes pSome(2) c680a614
    ! Warning OutsideContent: the document shows content that is not in the file (http://example.com/far.png); put it into the document or upload it too
    ! Info UnreadFiles: the file holds 1 file that was not read: object1.bin; take out what matters and upload it too
    p1 Paragraph 第一页。
    p2 Paragraph 第二页。
    ");
    let seal = document.embedded.iter().find(|e| e.name == "seal.png").expect("the seal is listed");
    assert_eq!(embedded_bytes(&file, seal, &Limits::default()).as_deref(), Some("甲".as_bytes()));
}

#[test]
fn a_picture_past_the_limit_costs_no_text() {
    let body = format!(r#"{}<w:p><w:r><w:drawing><a:blip r:embed="big"/></w:drawing></w:r></w:p>"#, p("文字仍在。"));
    let file = Docx::new(body).part("image", "media/big.png", vec![0u8; 200_000]).bytes();
    let limits = Limits { max_part_bytes: 100_000, ..Limits::default() };
    let document = parse("a.docx", &file, &limits);
    assert_eq!(document.blocks[0].text, "文字仍在。");
    assert_eq!(document.issues[0].code, IssueCode::PartLimit);
    assert!(document.embedded.is_empty());
}

#[test]
fn charts_are_read_as_the_numbers_they_show() {
    let chart = r#"<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>年度业绩</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>合同额</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>2023</c:v></c:pt><c:pt idx="1"><c:v>2024</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:formatCode>General</c:formatCode><c:pt idx="0"><c:v>120</c:v></c:pt><c:pt idx="1"><c:v>150</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"#;
    let body = format!(r#"{}<w:p><w:r><w:drawing><c:chart r:id="chart1"/></w:drawing></w:r></w:p>"#, p("见图。"));
    let file = Docx::new(body).part("chart", "charts/chart1.xml", chart).bytes();
    assert_snapshot!(outline(&read("a.docx", &file)), @"
    p1 Paragraph 见图。
    p1 TextBox 年度业绩
    p1 Table 3x2
        (0,1) 合同额
        (1,0) 2023
        (1,1) 120
        (2,0) 2024
        (2,1) 150
    ");
}

#[test]
fn equations_are_one_line() {
    let t = |words: &str| format!("<m:r><m:t>{words}</m:t></m:r>");
    let equation = |content: &str| format!("<w:p><m:oMathPara><m:oMath>{content}</m:oMath></m:oMathPara></w:p>");
    let body = [
        equation(&format!("{}<m:f><m:num>{}</m:num><m:den>{}</m:den></m:f>", t("S="), t("a+b"), t("2"))),
        equation(&format!(
            r#"<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{}</m:sub><m:sup>{}</m:sup><m:e><m:sSubSup><m:e>{}</m:e><m:sub>{}</m:sub><m:sup>{}</m:sup></m:sSubSup></m:e></m:nary>"#,
            t("i=1"),
            t("n"),
            t("x"),
            t("i"),
            t("2")
        )),
        equation(&format!("<m:rad><m:deg>{}</m:deg><m:e>{}</m:e></m:rad>", t("3"), t("x+1"))),
        equation(&format!(
            r#"<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:m><m:mr><m:e>{}</m:e><m:e>{}</m:e></m:mr><m:mr><m:e>{}</m:e><m:e>{}</m:e></m:mr></m:m></m:e></m:d>"#,
            t("1"),
            t("0"),
            t("0"),
            t("1")
        )),
        equation(&format!("<m:func><m:fName>{}</m:fName><m:e>{}</m:e></m:func><w:del><m:r><m:t>删</m:t></m:r></w:del>", t("sin"), t("θ"))),
    ]
    .concat();
    assert_snapshot!(outline(&read("a.docx", &docx(&body, &[]))), @"
    p1 Paragraph S=(a+b)/2
    p1 Paragraph ∑_(i=1)^n x_i^2
    p1 Paragraph 3√(x+1)
    p1 Paragraph [[1 0; 0 1]]
    p1 Paragraph sin θ
    ");
}

#[test]
fn chunks_of_other_formats_are_read_in_place() {
    let inner = docx(
        &format!(
            "{}{}",
            p("内层文件的段落。"),
            r#"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>内层表格</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#
        ),
        &[],
    );
    let body = [
        p("之前。"),
        r#"<w:altChunk r:id="page"/>"#.to_owned(),
        r#"<w:altChunk r:id="inner"/>"#.to_owned(),
        r#"<w:altChunk r:id="plain"/>"#.to_owned(),
        r#"<w:altChunk r:id="sound"/>"#.to_owned(),
        p("之后。"),
    ]
    .concat();
    let file = Docx::new(body)
        .part("aFChunk", "page.html", "<html><body><p>网页段落。</p></body></html>")
        .part("aFChunk", "inner.docx", inner)
        .part("aFChunk", "plain.txt", "纯文本一行。")
        .part("aFChunk", "sound.bin", [0u8, 1, 2, 3].repeat(20))
        .bytes();
    assert_snapshot!(outline(&read("a.docx", &file)), @"
    ! Warning Unsupported p1: the part word/sound.bin, which the document shows, was not read: the file is no document this program can read (unknown binary content); upload PDF, an office file, a picture, HTML, Markdown or TXT
    p1 Paragraph 之前。
    p1 Paragraph 网页段落。
    p1 Paragraph 内层文件的段落。
    p1 Table 1x1
        (0,0) 内层表格
    p1 Paragraph 纯文本一行。
    p1 Paragraph 之后。
    ");
}

#[test]
fn a_document_that_holds_itself_ends() {
    let mut file = docx(&p("最里层。"), &[]);
    for depth in 0..6 {
        let body = format!("{}<w:altChunk r:id=\"inner\"/>", p(&format!("第 {depth} 层。")));
        file = Docx::new(body).part("aFChunk", "inner.docx", file).bytes();
    }
    let document = read("a.docx", &file);
    assert_eq!(document.blocks.len(), 4);
}

#[test]
fn symbols_of_symbol_fonts_become_the_signs_they_show() {
    let sym = |font: &str, code: &str| format!(r#"<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>"#);
    let body = format!(
        "<w:p>{}{}{}{}{}{}{}</w:p>",
        sym("Wingdings", "F0FE"),
        sym("Wingdings", "F0FC"),
        sym("Wingdings 2", "F050"),
        sym("Wingdings 2", "F0A3"),
        sym("Symbol", "F061"),
        sym("Symbol", "F0A3"),
        sym("Wingdings", "F0CC"),
    );
    assert_snapshot!(outline(&read("a.docx", &docx(&body, &[]))), @"
    ! Warning UnreadableGlyphs: signs of symbol fonts without a known Unicode, which stand as �: 1; compare these places with the original
    p1 Paragraph ☑√√□α≤�
    ");
}
