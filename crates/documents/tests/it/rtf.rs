//! RTF: written by hand as Word writes it, and by LibreOffice.

use insta::assert_snapshot;

use crate::{outline, read};

/// Words as bytes of GBK in RTF.
fn gbk(words: &str) -> String {
    encoding_rs::GBK
        .encode(words)
        .0
        .iter()
        .map(|b| if b.is_ascii() { char::from(*b).to_string() } else { format!("\\'{b:02x}") })
        .collect()
}

fn file(body: &str) -> Vec<u8> {
    format!(
        "{{\\rtf1\\ansi\\ansicpg936{{\\fonttbl{{\\f0\\fcharset134 {};}}{{\\f1\\fcharset0 Arial;}}}}{{\\stylesheet{{\\s1\\outlinelevel0 heading 1;}}}}{{\\info{{\\title {}}}{{\\author Li}}}}{body}}}",
        gbk("宋体"),
        gbk("样例")
    )
    .into_bytes()
}

#[test]
fn words_numbers_notes_and_tables_are_read() {
    let row = |cells: &[(&str, &str)], edges: &[i32]| {
        let shapes: String =
            cells.iter().zip(edges).map(|((shape, _), edge)| format!("{shape}\\cellx{edge}")).collect();
        let words: String = cells.iter().map(|(_, words)| format!("\\pard\\intbl {}\\cell ", gbk(words))).collect();
        format!("\\trowd{shapes}{words}\\row ")
    };
    let body = [
        "{\\header\\pard \\'c9\\'f9\\'c3\\'f7\\par}".to_owned(),
        format!("\\pard\\s1\\f0 {{\\listtext {}\\tab}}{}\\par", gbk("第一章"), gbk("投标函")),
        format!("\\pard\\f0 {}\\u27700\\'cb\\u-10179?\\u-8704?{{\\footnote\\pard {}\\par}}{}\\line {}\\par", gbk("供"), gbk("含税。"), gbk("共3台"), gbk("另计")),
        format!("{{\\deleted {}}}{{\\v {}}}{{\\f1 caf\\'e9}} {{\\field{{\\*\\fldinst PAGE}}{{\\fldrslt 7}}}}\\par", gbk("旧价"), gbk("藏起")),
        row(&[("", "分项报价表"), ("\\clmrg", "")], &[2_000, 6_000]),
        row(&[("", "名称"), ("", "单价"), ("", "合价")], &[2_000, 4_000, 6_000]),
        row(&[("\\clvmgf", "水泵"), ("", "100"), ("", "300")], &[2_000, 4_010, 6_000]),
        row(&[("\\clvmrg", ""), ("", "200"), ("", "600")], &[2_000, 4_000, 6_000]),
        format!("\\pard{{\\*\\annotation {}}} {}\\page {}\\par", gbk("请核对"), gbk("表后"), gbk("第二页")),
        "{\\pict\\pngblip 89504e47}{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv y}}{\\shptxt\\pard \\'bf\\'f2\\par}}{\\shprslt \\'bf\\'f2}}".to_owned(),
    ];
    let document = read("标书.rtf", &file(&body.concat()));
    assert_snapshot!(outline(&document), @"
    ! Info HiddenText: hidden text was left out
    ! Info TrackedChanges: the file holds tracked changes; it was read as if all were accepted
    p1 H1 第一章 投标函
    p1 Header 声明
    p1 Paragraph 供水😀共3台⏎另计
    p1 Footnote 含税。
    p1 Paragraph café 7
    p1 Table 4x3
        (0,0 1x3) 分项报价表
        (1,0) 名称
        (1,1) 单价
        (1,2) 合价
        (2,0 2x1) 水泵
        (2,1) 100
        (2,2) 300
        (3,1) 200
        (3,2) 600
    p1 Paragraph 表后
    p2 Paragraph 第二页
    p2 TextBox 框
    ");
    assert_eq!(document.metadata.title.as_deref(), Some("样例"));
    assert_eq!(document.comments[0].text, "请核对");
    // Many programs write RTF under Word's old name.
    assert_eq!(read("标书.doc", &file(&body.concat())).blocks, document.blocks);
}

#[test]
fn a_table_inside_a_cell_stays_inside() {
    let body = "\\trowd\\cellx4000\\cellx8000\\pard\\intbl A\\par\\pard\\intbl\\itap2 in1\\nestcell in2\\nestcell{\\*\\nesttableprops\\trowd\\cellx1000\\cellx2000\\nestrow}{\\nonesttables\\par}\\pard\\intbl\\itap1 after\\cell\\pard\\intbl B\\cell\\row\\pard end\\par";
    assert_snapshot!(outline(&read("a.rtf", &file(body))), @"
    p1 Table 1x2
        (0,0) A⏎in1⇥in2⏎after
            (0,0) in1
            (0,1) in2
        (0,1) B
    p1 Paragraph end
    ");
}

#[test]
fn bombs_and_damage_end() {
    let deep = file(&"{".repeat(200_000));
    assert_snapshot!(read("a.rtf", &deep).issues[0].detail, @"the file nests more than 1000 groups; open it in its own program, save it anew and upload that");
    let cells = file(&"\\trowd\\cellx1\\intbl a\\cell".repeat(100_000));
    assert!(!read("a.rtf", &cells).blocks.is_empty());
    let binary = file("\\pard before{\\pict\\bin4000000000 xx} after\\par");
    assert_eq!(read("a.rtf", &binary).blocks[0].text, "before");
    crate::bad_files::damage(
        "a.rtf",
        &file("\\trowd\\cellx1\\pard\\intbl a\\cell\\row{\\footnote x}\\u12345?\\'b0\\'a1\\par"),
        500,
    );
}
