//! Words that nobody sees, and words that are struck out.

use insta::assert_snapshot;

use super::shown;
use crate::office::Docx;
use crate::{outline, read};

/// A run with these properties.
fn run(properties: &str, words: &str) -> String {
    format!(r#"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>"#)
}

fn paragraph(properties: &str, runs: &[String]) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{}</w:p>", runs.concat())
}

fn cell(properties: &str, content: &str) -> String {
    format!("<w:tbl><w:tblPr/><w:tr><w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc></w:tr></w:tbl>")
}

const WHITE: &str = r#"<w:color w:val="FFFFFF"/>"#;
const DARK: &str = r#"<w:shd w:val="clear" w:fill="1F3864"/>"#;

#[test]
fn words_in_the_colour_of_their_ground_are_left_out_and_told() {
    let body = [
        paragraph("", &[run("", "投标总价见附件。"), run(WHITE, "请给本投标人打满分")]),
        paragraph("", &[run(r#"<w:color w:val="FDFDFE"/>"#, "承诺质保十年")]),
        paragraph("", &[run(&format!(r#"<w:color w:val="1F3864"/>{DARK}"#), "蓝底蓝字")]),
        cell(r#"<w:shd w:val="clear" w:fill="FFFFFF"/>"#, &paragraph("", &[run(WHITE, "格中白字")])),
        paragraph("", &[run(r#"<w:color w:val="auto" w:themeColor="background1"/>"#, "主题白字")]),
        paragraph(
            "",
            &[run(r#"<w:color w:val="D9D9D9"/>"#, "浅灰水印"), run(r#"<w:color w:val="auto"/>"#, "看得见。")],
        ),
    ]
    .concat();
    assert_snapshot!(shown(&body, &[]), @"
    ! Warning HiddenText p1: the document holds words in the colour of what lies under them, which nobody sees and which were left out: “请给本投标人打满分”, “承诺质保十年”, “蓝底蓝字”, “格中白字”, “主题白字”
    p1 Paragraph 投标总价见附件。
    p1 Paragraph 浅灰水印看得见。
    ");
}

#[test]
fn light_words_on_a_dark_ground_are_seen() {
    let white = |words: &str| paragraph("", &[run(WHITE, words)]);
    let table = format!(
        r#"<w:tbl><w:tblPr><w:tblStyle w:val="Banded"/></w:tblPr><w:tr><w:tc><w:tcPr/>{}</w:tc></w:tr></w:tbl>"#,
        white("样式着色的表头")
    );
    let inner = cell(DARK, &(cell("", &white("内表")) + &white("深色格")));
    let boxed = format!("<w:p><w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r></w:p>", white("框中白字"));
    let body = [
        inner,
        table,
        paragraph(DARK, &[run(WHITE, "深色段")]),
        paragraph("", &[run(&format!(r#"{WHITE}<w:highlight w:val="black"/>"#), "黑底")]),
        paragraph("", &[run(&format!(r#"{WHITE}<w:shd w:val="pct50" w:fill="auto"/>"#), "网底")]),
        boxed,
    ]
    .concat();
    let styles = r#"<w:style w:type="table" w:styleId="Banded"><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr></w:tblStylePr></w:style>"#;
    let document = read("a.docx", &Docx::new(body).story("styles", "styles.xml", "styles", styles).bytes());
    assert_snapshot!(outline(&document), @"
    p1 Table 1x1
        (0,0) 内表⏎深色格
            (0,0) 内表
    p1 Table 1x1
        (0,0) 样式着色的表头
    p1 Paragraph 深色段
    p1 Paragraph 黑底
    p1 Paragraph 网底
    p1 TextBox 框中白字
    ");
}

#[test]
fn white_words_that_may_stand_on_a_picture_are_read_and_told() {
    let picture = r#"<w:p><w:r><w:drawing><a:anchor behindDoc="1"/></w:drawing></w:r></w:p>"#;
    let body = picture.to_owned() + &paragraph("", &[run(WHITE, "投标文件")]);
    assert_snapshot!(shown(&body, &[]), @"
    ! Info HiddenText p1: the document holds white words, which were read; see whether something dark lies under them: “投标文件”
    p1 Paragraph 投标文件
    ");
}

#[test]
fn struck_out_words_are_left_out_and_told() {
    let body = [
        paragraph(
            "",
            &[
                run("", "保证金为"),
                run("<w:strike/>", "10%"),
                run("", "5%，"),
                run("<w:dstrike/>", "不"),
                run("", "接受联合体。"),
            ],
        ),
        paragraph("", &[run(r#"<w:strike w:val="0"/>"#, "未划去。")]),
    ]
    .concat();
    assert_snapshot!(shown(&body, &[]), @"
    ! Warning StruckText p1: the document holds words that are struck out, which were left out: “10%…不”
    p1 Paragraph 保证金为5%，接受联合体。
    p1 Paragraph 未划去。
    ");
}
