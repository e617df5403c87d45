//! Fields, form fields and content controls.

use insta::assert_snapshot;

use crate::office::{Docx, docx, p};
use crate::{outline, read};

fn shown(body: &str) -> String {
    outline(&read("a.docx", &docx(body, &[])))
}

fn r(words: &str) -> String {
    format!("<w:r><w:t>{words}</w:t></w:r>")
}

const BEGIN: &str = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#;
const SEPARATE: &str = r#"<w:r><w:fldChar w:fldCharType="separate"/></w:r>"#;
const END: &str = r#"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#;

fn instruction(words: &str) -> String {
    format!("<w:r><w:instrText>{words}</w:instrText></w:r>")
}

#[test]
fn results_are_shown_and_instructions_are_not() {
    let inner = format!("{BEGIN}{}{SEPARATE}{}{END}", instruction("MERGEFIELD 甲"), r("被条件用到的值"));
    let body = [
        format!(
            "<w:p>{BEGIN}{}{inner}{}{SEPARATE}{}{END}{}</w:p>",
            instruction("IF "),
            instruction(" = 1"),
            r("条件的结果"),
            r("。")
        ),
        format!(r#"<w:p><w:fldSimple w:instr="DATE">{}</w:fldSimple>{}</w:p>"#, r("二〇二五年"), r("发布。")),
        format!(
            "<w:p>{BEGIN}{}{SEPARATE}{}</w:p><w:p>{}{END}</w:p>",
            instruction(r"TOC \o"),
            r("目录一行。"),
            r("目录二行。")
        ),
        format!("<w:p>{}{BEGIN}{}{END}{}</w:p>", r("前"), instruction("XE 索引"), r("后。")),
        format!("<w:p>{}{BEGIN}{}{END}{}</w:p>", r("见"), instruction(r"EQ \o\ac(○,3)"), r("项。")),
        format!("<w:p>{BEGIN}{}{END}</w:p>", instruction("MACROBUTTON NoMacro 填写处")),
    ]
    .concat();
    assert_snapshot!(shown(&body), @"
    p1 Paragraph 条件的结果。
    p1 Paragraph 二〇二五年发布。
    p1 Paragraph 目录一行。
    p1 Paragraph 目录二行。
    p1 Paragraph 前后。
    p1 Paragraph 见③项。
    p1 Paragraph 填写处
    ");
}

#[test]
fn a_damaged_field_hides_no_more_than_its_paragraph() {
    let body = format!("<w:p>{BEGIN}{}</w:p>{}", instruction("REF x"), p("后文仍在。"));
    assert_snapshot!(shown(&body), @"p1 Paragraph 后文仍在。");
}

#[test]
fn controls_show_their_state() {
    let sdt = |properties: &str, content: &str| {
        format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
    };
    let ticked = r#"<w14:checkbox><w14:checked w14:val="1"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/></w14:checkbox>"#;
    let body = [
        sdt("", &p("整段在控件中。")),
        sdt(ticked, &p("☒")),
        format!("<w:p>{}{}</w:p>", sdt(ticked, &r("☒")), r("同意。")),
        sdt("<w:showingPlcHdr/>", &format!("{}{}", p("单击输入一"), p("单击输入二"))),
        format!("<w:p>{}{}</w:p>", r("报价："), sdt(r#"<w:showingPlcHdr w:val="0"/>"#, &r("壹佰元"))),
        sdt("", &sdt("<w:dropDownList/>", &p("综合评分法。"))),
    ]
    .concat();
    assert_snapshot!(shown(&body), @"
    ! Info UnfilledControl: form fields that still show their prompt: 1; the prompts were not read as content
    p1 Paragraph 整段在控件中。
    p1 Paragraph ☑
    p1 Paragraph ☑同意。
    p1 Paragraph 报价：壹佰元
    p1 Paragraph 综合评分法。
    ");
}

#[test]
fn a_bound_control_shows_what_its_store_holds() {
    let bound = |path: &str, kind: &str| {
        format!(
            r#"<w:p>{}<w:sdt><w:sdtPr><w:showingPlcHdr/><w:dataBinding w:xpath="{path}" w:storeItemID="{{AB}}"/>{kind}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>"#,
            r("值："),
            r("提示")
        )
    };
    let body = [
        bound("/a:r[1]/a:x[2]", "<w:text/>"),
        bound("/a:r[1]/a:y[1]/@z", "<w:text/>"),
        bound("/a:r[1]/a:none[1]", "<w:text/>"),
        bound("//a:x[last()]", "<w:text/>"),
        bound("/a:r[1]/a:x[1]", "<w:date/>"),
    ]
    .concat();
    let file = Docx::new(body)
        .file("customXml/item1.xml", r#"<r xmlns="a"><x>一</x><x>二</x><y z="属性"/></r>"#)
        .file("customXml/itemProps1.xml", r#"<ds:datastoreItem ds:itemID="{ab}" xmlns:ds="d"/>"#)
        .file(
            "customXml/_rels/item1.xml.rels",
            r#"<Relationships><Relationship Id="r" Type="x/customXmlProps" Target="itemProps1.xml"/></Relationships>"#,
        )
        .relation("item1", "customXml", "../customXml/item1.xml")
        .bytes();
    assert_snapshot!(outline(&read("a.docx", &file)), @"
    ! Info UnfilledControl: form fields that still show their prompt: 3; the prompts were not read as content
    p1 Paragraph 值：二
    p1 Paragraph 值：属性
    p1 Paragraph 值：
    p1 Paragraph 值：
    p1 Paragraph 值：
    ");
}
