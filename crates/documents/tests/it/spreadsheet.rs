//! Workbooks and CSV.

use encoding_rs::GB18030;
use insta::assert_snapshot;

use crate::office::{xlsx, xlsx_with};
use crate::{outline, read};

fn text(at: &str, words: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{words}</t></is></c>"#)
}

#[test]
fn cells_merges_and_missing_results_are_read() {
    let sheet = format!(
        r#"<sheetData><row r="1">{}</row><row r="3">{}{}</row><row r="4"><c r="A4"><v>0.30000000000000004</v></c><c r="C4"><f>A4*2</f></c></row></sheetData><mergeCells><mergeCell ref="A1:C1"/></mergeCells>"#,
        text("A1", "分项报价表"),
        text("A3", "单价"),
        text("C3", "合价")
    );
    assert_snapshot!(outline(&read("报价.xlsx", &xlsx(&sheet))), @r"
    ! Warning UncachedFormula p1: sheet 报价表 has 1 formulas without a stored result; open and save the workbook so that they are computed
    p1 SheetName 报价表
    p1 Table 3x2
        (0,0 1x2) 分项报价表
        (1,0) 单价
        (1,1) 合价
        (2,0) 0.3
    ");
}

#[test]
fn cells_in_the_last_corner_cost_nothing() {
    let sheet = format!(
        r#"<sheetData><row r="1">{}</row><row r="1048576">{}</row></sheetData>"#,
        text("A1", "首"),
        text("XFD1048576", "尾")
    );
    assert_snapshot!(outline(&read("a.xlsx", &xlsx(&sheet))), @r"
    p1 SheetName 报价表
    p1 Table 2x2
        (0,0) 首
        (1,1) 尾
    ");
}

#[test]
fn csv_in_gb18030_is_a_table() {
    let bytes = GB18030.encode("序号,名称,单价（元）\n1,\"水泵, 立式\",12000.50\n").0.into_owned();
    assert_snapshot!(outline(&read("清单.csv", &bytes)), @r"
    ! Info EncodingGuessed: the file does not name its encoding; it was read as gb18030
    p1 Table 2x3
        (0,0) 序号
        (0,1) 名称
        (0,2) 单价（元）
        (1,0) 1
        (1,1) 水泵, 立式
        (1,2) 12000.50
    ");
}

#[test]
fn percents_and_dates_are_shown_as_the_sheet_shows_them() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" s="1"><v>0.055</v></c><c r="B1" s="2"><v>45658</v></c><c r="C1"><v>12000.5</v></c></row></sheetData>"#;
    assert_snapshot!(outline(&read("a.xlsx", &xlsx(sheet))), @r"
    p1 SheetName 报价表
    p1 Table 1x3
        (0,0) 5.50%
        (0,1) 2025-01-01
        (0,2) 12000.5
    ");
}

#[test]
fn hidden_rows_and_comments_are_read_and_told() {
    let sheet = format!(
        r#"<sheetData><row r="1">{}</row><row r="2" hidden="1">{}</row><row r="3" hidden="1"/></sheetData>"#,
        text("A1", "单价"),
        text("A2", "藏起的底价")
    );
    let relations =
        r#"<Relationships><Relationship Id="c" Type="http://x/comments" Target="../comments1.xml"/></Relationships>"#;
    let comments = r#"<comments><authors><author>王工</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>含税</t></r><r><t>含运</t></r></text></comment></commentList></comments>"#;
    let parts = [("xl/worksheets/_rels/sheet1.xml.rels", relations), ("xl/comments1.xml", comments)];
    let document = read("a.xlsx", &xlsx_with(&sheet, &parts));
    assert_snapshot!(outline(&document), @"
    ! Info HiddenText p1: sheet 报价表 hides rows with words (2); they were read all the same
    p1 SheetName 报价表
    p1 Table 2x1
        (0,0) 单价
        (1,0) 藏起的底价
    ");
    assert_snapshot!(format!("{:?}", document.comments), @r#"[Comment { author: Some("王工"), written_at: None, text: "含税含运", page: 1, about: "单价" }]"#);
}
