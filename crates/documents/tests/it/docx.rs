//! DOCX as Word shows it: the usual cases here, the rest by topic below.

mod controls;
mod damage;
mod drawings;
mod facts;
pub(crate) mod fixture;
mod making;
mod numbering;
mod revisions;
mod sections;
mod sight;
mod tables;

use insta::assert_snapshot;

use crate::office::{NAMESPACES, docx, p};
use crate::{outline, read};

fn shown(body: &str, parts: &[(&str, &str)]) -> String {
    outline(&read("招标文件.docx", &docx(body, parts)))
}

/// A paragraph in list 1 at `level`.
fn numbered(level: u8, words: &str) -> String {
    in_list(1, level, words)
}

pub(crate) fn in_list(list: u8, level: u8, words: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
    )
}

pub(crate) fn level(at: u8, format: &str, text: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>"#
    )
}

pub(crate) fn numbering(levels: &[String], nums: &str) -> String {
    format!(
        r#"<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0">{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{nums}</w:numbering>"#,
        levels.concat()
    )
}

#[test]
fn automatic_numbers_are_shown_as_word_shows_them() {
    let part = numbering(
        &[
            level(0, "chineseCountingThousand", "第%1章", r#"<w:suff w:val="space"/>"#),
            level(1, "decimal", "%1.%2", "<w:isLgl/>"),
            level(2, "chineseCounting", "（%3）", r#"<w:suff w:val="nothing"/>"#),
            level(3, "decimalEnclosedCircle", "%4", ""),
            level(4, "bullet", "\u{F06C}", ""),
            level(5, "bullet", "★", ""),
        ],
        "",
    );
    let body = [
        numbered(0, "招标公告"),
        numbered(1, "项目概况说明如下。"),
        numbered(1, "资格要求说明如下。"),
        numbered(2, "营业执照应当在有效期内；"),
        numbered(3, "提供原件；"),
        numbered(3, "提供复印件；"),
        numbered(4, "圆点不成为文字；"),
        numbered(5, "星号成为文字；"),
        numbered(0, "投标人须知"),
        numbered(1, "重新从一开始编号。"),
        in_list(0, 0, "没有编号的段落。"),
    ]
    .concat();
    assert_snapshot!(shown(&body, &[("numbering.xml", &part)]), @r"
    p1 H1 第一章 招标公告
    p1 ListItem 1.1 项目概况说明如下。
    p1 ListItem 1.2 资格要求说明如下。
    p1 ListItem （一）营业执照应当在有效期内；
    p1 ListItem ① 提供原件；
    p1 ListItem ② 提供复印件；
    p1 ListItem 圆点不成为文字；
    p1 ListItem ★ 星号成为文字；
    p1 H1 第二章 投标人须知
    p1 ListItem 2.1 重新从一开始编号。
    p1 Paragraph 没有编号的段落。
    ");
}

#[test]
fn lists_of_one_definition_go_on_and_an_override_starts_anew() {
    let part = numbering(
        &[level(0, "decimal", "%1、", "")],
        r#"<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"#,
    );
    let body = [
        in_list(1, 0, "甲供材料；"),
        in_list(1, 0, "乙供材料；"),
        in_list(2, 0, "接着编号；"),
        in_list(3, 0, "重新编号；"),
        in_list(3, 0, "继续编号；"),
    ]
    .concat();
    assert_snapshot!(shown(&body, &[("numbering.xml", &part)]), @r"
    p1 ListItem 1、甲供材料；
    p1 ListItem 2、乙供材料；
    p1 ListItem 3、接着编号；
    p1 ListItem 1、重新编号；
    p1 ListItem 2、继续编号；
    ");
}

#[test]
fn numbers_and_outline_levels_come_through_the_chain_of_styles() {
    let styles = format!(
        r#"<w:styles {NAMESPACES}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="My"><w:name w:val="我的标题"/><w:basedOn w:val="H1"/></w:style><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="T1"><w:name w:val="toc 1"/></w:style></w:styles>"#
    );
    let numbering = numbering(
        &[level(0, "chineseCounting", "第%1章", r#"<w:pStyle w:val="H1"/>"#), level(1, "chineseCounting", "%2、", "")],
        "",
    );
    let styled = |style: &str, words: &str, more: &str| {
        format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#)
    };
    let body = [
        styled("T1", "第一章 总则 3", ""),
        styled("My", "总则", ""),
        styled("H2", "适用范围", ""),
        p("本文件适用于货物采购。"),
        styled("My", "不编号的标题", r#"<w:numPr><w:numId w:val="0"/></w:numPr>"#),
    ]
    .concat();
    assert_snapshot!(shown(&body, &[("styles.xml", &styles), ("numbering.xml", &numbering)]), @r"
    p1 Contents 第一章 总则 3
    p1 H1 第一章 总则
    p1   H2 一、适用范围
    p1   Paragraph 本文件适用于货物采购。
    p1 H1 不编号的标题
    ");
}

#[test]
fn merged_and_nested_cells_keep_their_shape() {
    let cell = |properties: &str, content: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>");
    let nested = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("", &p("内一")), cell("", &p("内二")));
    let body = format!(
        "<w:tbl><w:tr>{}</w:tr><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
        cell(r#"<w:gridSpan w:val="2"/>"#, &p("评分表")),
        cell(r#"<w:vMerge w:val="restart"/>"#, &p("商务")),
        cell("", &format!("{}{}", p("业绩"), p("每项 2 分"))),
        cell("<w:vMerge/>", "<w:p/>"),
        cell("", &format!("{}{nested}{}", p("见下"), p("见上"))),
    );
    assert_snapshot!(shown(&body, &[]), @r"
    p1 Table 3x2
        (0,0 1x2) 评分表
        (1,0 2x1) 商务
        (1,1) 业绩⏎每项 2 分
        (2,1) 见下⏎内一⇥内二⏎见上
            (0,0) 内一
            (0,1) 内二
    ");
}

#[test]
fn changes_are_accepted_and_hidden_text_is_left_out() {
    let body = r#"<w:p><w:r><w:t>保证金为</w:t></w:r><w:del w:id="1"><w:r><w:delText>10%</w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t>5%</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>内部备注</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p>"#;
    assert_snapshot!(shown(body, &[]), @"
    ! Info TrackedChanges: the document holds tracked changes (1 insertion, 1 deletion); they were read as accepted
    ! Info HiddenText p1: the document holds hidden text, which was left out: “内部备注”
    p1 Paragraph 保证金为5%。
    ");
}

#[test]
fn boxes_ticks_fields_and_formulas_are_read_once() {
    let body = [
        r#"<w:p><w:r><w:t>封面</w:t><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>文本框一次</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>文本框一次</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"#,
        r#"<w:p><w:r><w:t>是否接受联合体：</w:t><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>否 </w:t><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>是 </w:t></w:r><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>X</w:t></w:r></w:sdtContent></w:sdt><w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>¨þ</w:t></w:r></w:p>"#,
        r#"<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF _Toc1</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>第三章</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>为准</w:t><w:noBreakHyphen/><w:t>见附件。</w:t></w:r></w:p>"#,
        r#"<w:p><w:r><w:t>得分 = </w:t></w:r><m:oMath><m:r><m:t>P/100</m:t></m:r></m:oMath><w:r><w:t>。</w:t><w:br/><w:t>下一行</w:t></w:r></w:p>"#,
    ]
    .concat();
    assert_snapshot!(shown(&body, &[]), @r"
    p1 Paragraph 封面
    p1 TextBox 文本框一次
    p1 Paragraph 是否接受联合体：☑否 □是 ☑□☑
    p1 Paragraph 第三章为准-见附件。
    p1 Paragraph 得分 = P/100。⏎下一行
    ");
}

#[test]
fn headers_footers_and_notes_stand_once() {
    let header = format!(r#"<w:hdr {NAMESPACES}>{}</w:hdr>"#, p("某市泵站招标文件"));
    let footer = format!(r#"<w:ftr {NAMESPACES}>{}</w:ftr>"#, p("第 1 页"));
    let notes = format!(
        r#"<w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="-1">{}</w:footnote><w:footnote w:id="2">{}</w:footnote></w:footnotes>"#,
        p("----"),
        p("含税价。")
    );
    let section = r#"<w:sectPr><w:headerReference w:type="default" r:id="rId0"/><w:footerReference w:type="default" r:id="rId1"/></w:sectPr>"#;
    let body = format!(
        r#"<w:p><w:r><w:t>最高限价 80 万元</w:t><w:footnoteReference w:id="2"/></w:r></w:p><w:p><w:pPr>{section}</w:pPr></w:p>{}{section}"#,
        p("第二节的文字。")
    );
    let parts = [("header1.xml", header.as_str()), ("footer1.xml", &footer), ("footnotes.xml", &notes)];
    assert_snapshot!(shown(&body, &parts), @r"
    p1 Header 某市泵站招标文件
    p1 Paragraph 最高限价 80 万元
    p1 Footnote 含税价。
    p2 Paragraph 第二节的文字。
    p1 Footer 第 1 页
    ");
}

#[test]
fn pages_are_counted_from_breaks() {
    let body = [
        p("第一页。"),
        r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:lastRenderedPageBreak/><w:t>第二页，</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>一句话跨到第三页。</w:t></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>第四页。</w:t></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:br w:type="page"/><w:drawing><a:blip/></w:drawing></w:r></w:p>"#.to_owned(),
    ]
    .concat();
    let document = read("a.docx", &docx(&body, &[]));
    assert_snapshot!(outline(&document), @r"
    ! Warning UnreadablePage p5: the page shows only pictures, whose text cannot be read; upload the original text or a PDF with a text layer
    p1 Paragraph 第一页。
    p2 Paragraph 第二页，一句话跨到第三页。
    p4 Paragraph 第四页。
    ");
    let lines: Vec<(u32, &str)> =
        document.blocks[1].lines.iter().map(|l| (l.page, l.range.slice(&document.blocks[1].text))).collect();
    assert_eq!(lines, [(2, "第二页，"), (3, "一句话跨到第三页。")]);
    assert!(document.pages.iter().all(|p| p.approximate));
}

#[test]
fn who_made_the_file_is_kept() {
    let core = r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>招_x3000_标</dc:title><dc:creator>甲公司</dc:creator><cp:lastModifiedBy>乙</cp:lastModifiedBy><dcterms:created>2025-01-02T03:04:05Z</dcterms:created></cp:coreProperties>"#;
    let document = read("a.docx", &docx(&p("正文。"), &[("docProps/core.xml", core)]));
    let made = &document.metadata;
    assert_eq!(made.title.as_deref(), Some("招\u{3000}标"));
    assert_eq!(made.author.as_deref(), Some("甲公司"));
    assert_eq!(made.last_modified_by.as_deref(), Some("乙"));
    assert_eq!(made.created.as_deref(), Some("2025-01-02T03:04:05Z"));
}

#[test]
fn damage_after_good_text_keeps_the_text() {
    let bytes = docx(&format!("{}<w:p><w:r></w:broken>", p("可读的文字。")), &[]);
    assert_snapshot!(outline(&read("a.docx", &bytes)), @r"
    ! Warning Malformed p1: part word/document.xml is damaged near byte 626: ill-formed document: expected `</w:r>`, but `</w:broken>` was found; open the file in its own program, save it anew and upload that (what stands before was read)
    p1 Paragraph 可读的文字。
    ");
}
