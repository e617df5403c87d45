//! Tables: merges, rows that begin late, breaks inside, hidden and deleted rows.

use insta::assert_snapshot;

use crate::office::{docx, p};
use crate::{outline, read};

fn shown(body: &str) -> String {
    outline(&read("a.docx", &docx(body, &[])))
}

fn tc(properties: &str, words: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(words))
}

fn tr(properties: &str, cells: &[String]) -> String {
    format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cells.concat())
}

#[test]
fn spans_in_both_directions_keep_the_grid() {
    let body = [
        "<w:tbl><w:tblPr><w:tblPrChange/></w:tblPr>".to_owned(),
        tr("", &[tc(r#"<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>"#, "甲"), tc("", "乙")]),
        tr("", &[tc(r#"<w:gridSpan w:val="2"/><w:vMerge/>"#, ""), tc("", "丙")]),
        tr(r#"<w:gridBefore w:val="1"/>"#, &[tc(r#"<w:hMerge w:val="restart"/>"#, "丁"), tc("<w:hMerge/>", "")]),
        tr("", &[tc("<w:vMerge/>", "没有开头的续格"), tc("", "戊"), tc(r#"<w:cellDel w:author="甲"/>"#, "删除的格")]),
        "</w:tbl>".to_owned(),
    ]
    .concat();
    assert_snapshot!(shown(&body), @"
    ! Info TrackedChanges: the document holds tracked changes (1 deletion, 1 change of formatting) by 甲; they were read as accepted
    p1 Table 4x3
        (0,0 2x2) 甲
        (0,2) 乙
        (1,2) 丙
        (2,1 1x2) 丁
        (3,0) 没有开头的续格
        (3,1) 戊
    ");
}

#[test]
fn deleted_rows_leave_the_merges_of_the_others_alone() {
    let body = [
        "<w:tbl>".to_owned(),
        tr("", &[tc(r#"<w:vMerge w:val="restart"/>"#, "甲"), tc("", "一")]),
        tr("<w:del/>", &[tc(r#"<w:vMerge w:val="restart"/>"#, "乙"), tc("", "二")]),
        tr("<w:ins/>", &[tc("<w:vMerge/>", ""), tc("", "三")]),
        tr("<w:hidden/>", &[tc("", "丙"), tc("", "四")]),
        tr("", &[tc("", "丁"), tc("", "五")]),
        "</w:tbl>".to_owned(),
    ]
    .concat();
    assert_snapshot!(shown(&body), @"
    ! Info TrackedChanges: the document holds tracked changes (1 insertion, 1 deletion); they were read as accepted
    ! Info HiddenText p1: the document holds hidden text, which was left out: “丙”, “四”
    p1 Table 3x2
        (0,0 2x1) 甲
        (0,1) 一
        (1,1) 三
        (2,0) 丁
        (2,1) 五
    ");
}

#[test]
fn cells_of_a_row_turn_the_page_together() {
    let broken =
        |words: &str| format!("<w:tc><w:p><w:r><w:lastRenderedPageBreak/><w:t>{words}</w:t></w:r></w:p></w:tc>");
    let body = format!(
        "{}<w:tbl>{}{}{}</w:tbl>{}",
        p("第一页。"),
        tr("", &[tc("", "一"), tc("", "一")]),
        tr("", &[broken("二"), broken("二")]),
        tr("", &[broken("三"), tc("", "也是三")]),
        p("仍在第三页。")
    );
    let document = read("a.docx", &docx(&body, &[]));
    let table = &document.blocks[1];
    let lines: Vec<(u32, &str)> = table.lines.iter().map(|l| (l.page, l.range.slice(&table.text))).collect();
    assert_eq!(lines, [(1, "一\t一"), (2, "二\t二"), (3, "三\t也是三")]);
    assert_eq!(document.blocks[2].page(), 3);
    assert_eq!(document.pages.len(), 3);
}

#[test]
fn a_table_may_stand_in_the_first_branch_only() {
    let table = |words: &str| format!("<w:tbl>{}</w:tbl>", tr("", &[tc("", words)]));
    let body = format!(
        r#"<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice><mc:Choice Requires="y">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent><mc:AlternateContent><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>"#,
        table("第一种"),
        table("第二种"),
        table("后备"),
        p("只有后备。")
    );
    assert_snapshot!(shown(&body), @"
    p1 Table 1x1
        (0,0) 第一种
    p1 Paragraph 只有后备。
    ");
}
