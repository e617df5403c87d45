//! OpenDocument texts, workbooks and presentations, built part by part.

use std::io::{Cursor, Write as _};

use insta::assert_snapshot;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::{outline, read};

const NAMESPACES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0""#;

/// An OpenDocument file: its kind stands first and uncompressed.
fn open_document(kind: &str, styles: &str, body: &str) -> Vec<u8> {
    with_manifest(kind, "<manifest/>", styles, body)
}

/// A text behind a password.
pub(crate) fn locked() -> Vec<u8> {
    with_manifest("text", "<manifest:encryption-data/>", "", "<office:text/>")
}

fn with_manifest(kind: &str, manifest: &str, styles: &str, body: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("mimetype", stored).expect("start part");
    writer.write_all(format!("application/vnd.oasis.opendocument.{kind}").as_bytes()).expect("write part");
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    );
    for (name, part) in [
        ("content.xml", content.as_str()),
        ("META-INF/manifest.xml", manifest),
        ("meta.xml", "<m xmlns:dc=\"d\"><dc:title>样例</dc:title><generator>Example/1.0</generator></m>"),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).expect("start part");
        writer.write_all(part.as_bytes()).expect("write part");
    }
    writer.finish().expect("finish container").into_inner()
}

pub(crate) fn text(body: &str) -> Vec<u8> {
    let styles = r#"<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/><text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix=")"/></text:list-style><style:style style:name="Neu" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>"#;
    open_document("text", styles, &format!("<office:text>{body}</office:text>"))
}

#[test]
fn a_text_keeps_numbers_tables_notes_and_what_changed() {
    let body = r#"<text:tracked-changes><text:changed-region><text:deletion><text:p>旧价</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">第一章 投标邀请</text:h>
<text:p>预算<text:s text:c="2"/>金额<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>含税。</text:p></text:note-body></text:note>：100<text:tab/>万元<office:annotation><dc:creator>李工</dc:creator><dc:date>2031-05-01</dc:date><text:p>请核对</text:p></office:annotation>。</text:p>
<text:list text:style-name="L1"><text:list-item><text:p>资格要求</text:p><text:list><text:list-item><text:p>营业执照</text:p></text:list-item><text:list-item><text:p>安全许可</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>商务要求</text:p></text:list-item></text:list>
<text:p text:style-name="Neu">新的一页<draw:frame><draw:text-box><text:p>框中的话</text:p></draw:text-box></draw:frame></text:p>
<table:table><table:table-column/><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>评分表</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>技术</text:p></table:table-cell><table:table-cell><text:p>30分</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell><text:p>20分</text:p><table:table><table:table-row><table:table-cell><text:p>内层</text:p></table:table-cell></table:table-row></table:table></table:table-cell></table:table-row></table:table>"#;
    let document = read("标书.odt", &text(body));
    assert_snapshot!(outline(&document), @"
    ! Info TrackedChanges: the file holds 1 tracked changes; it was read as if all were accepted
    p1 H1 第一章 投标邀请
    p1 Paragraph 预算  金额：100 万元。
    p1 Footnote 含税。
    p1   H2 一、 资格要求
    p1   ListItem 1) 营业执照
    p1   ListItem 2) 安全许可
    p1   H2 二、 商务要求
    p2   Paragraph 新的一页
    p2   TextBox 框中的话
    p2   Table 3x2
        (0,0 1x2) 评分表
        (1,0 2x1) 技术
        (1,1) 30分
        (2,1) 20分⏎内层
            (0,0) 内层
    ");
    assert_snapshot!(format!("{:?}", document.comments), @r#"[Comment { author: Some("李工"), written_at: Some("2031-05-01"), text: "请核对", page: 1, about: "。" }]"#);
    assert_eq!(document.metadata.title.as_deref(), Some("样例"));
}

#[test]
fn a_workbook_shows_what_the_program_showed() {
    let cell = |words: &str| format!("<table:table-cell><text:p>{words}</text:p></table:table-cell>");
    let sheet = format!(
        r#"<office:spreadsheet><table:table table:name="报价"><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>报价表</text:p></table:table-cell><table:covered-table-cell/></table:table-row><table:table-row>{}<table:table-cell office:value-type="percentage" office:value="0.055"><text:p>5.50%</text:p></table:table-cell></table:table-row><table:table-row table:visibility="collapse">{}<table:table-cell office:value-type="float" office:value="12000.5"/></table:table-row><table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table><table:table table:name="底价" table:style-name="ta2"><table:table-row>{}</table:table-row></table:table></office:spreadsheet>"#,
        cell("税率"),
        cell("藏起的单价"),
        cell("90")
    );
    let styles = r#"<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>"#;
    assert_snapshot!(outline(&read("报价.ods", &open_document("spreadsheet", styles, &sheet))), @"
    ! Info HiddenText p1: sheet 报价 hides rows with words (3); they were read all the same
    ! Info HiddenText p2: sheet 底价 is hidden in the workbook; it was read all the same
    p1 SheetName 报价
    p1 Table 3x2
        (0,0 1x2) 报价表
        (1,0) 税率
        (1,1) 5.50%
        (2,0) 藏起的单价
        (2,1) 12000.5
    p2 SheetName 底价
    p2 Table 1x1
        (0,0) 90
    ");
}

#[test]
fn repeated_cells_end_at_a_limit() {
    let row = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>"#;
    let sheet = format!("<office:spreadsheet><table:table table:name=\"a\">{row}</table:table></office:spreadsheet>");
    let document = read("a.ods", &open_document("spreadsheet", "", &sheet));
    assert!(document.blocks.iter().map(|b| b.text.len()).sum::<usize>() < 4_000_000);
}

#[test]
fn slides_are_pages() {
    let slides = r#"<office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>施工方案</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>先排水</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>讲到工期</text:p></draw:text-box></draw:frame></presentation:notes></draw:page><draw:page><draw:frame><draw:text-box><text:p>第二页</text:p></draw:text-box></draw:frame></draw:page></office:presentation>"#;
    assert_snapshot!(outline(&read("方案.odp", &open_document("presentation", "", slides))), @"
    p1 H1 施工方案
    p1 Paragraph 先排水
    p1 Footnote 讲到工期
    p2 Paragraph 第二页
    ");
}

#[test]
fn damaged_copies_never_panic() {
    let body = "<text:list><text:list-item><text:p>甲</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row></table:table>";
    crate::bad_files::damage("a.odt", &text(body), 300);
}
