//! Automatic numbers: restarts, overrides, styles, levels, and what is not counted.

use insta::assert_snapshot;

use super::{in_list, level, numbering};
use crate::office::{Docx, NAMESPACES, p};
use crate::{outline, read};

/// The words of a document with this `numbering.xml` and `styles.xml`, one paragraph a line.
fn lines(body: &str, numbering: &str, styles: &str) -> String {
    let file = Docx::new(body)
        .part("numbering", "numbering.xml", numbering)
        .story("styles", "styles.xml", "styles", styles)
        .bytes();
    let document = read("a.docx", &file);
    document.blocks.iter().map(|b| format!("{}\n", b.text)).collect()
}

fn starting_at(start: i64, level: String) -> String {
    level.replace(r#"<w:start w:val="1"/>"#, &format!(r#"<w:start w:val="{start}"/>"#))
}

#[test]
fn every_chinese_format_is_shown_inside_its_pattern() {
    let formats = [
        ("chineseCounting", "第%1章"),
        ("chineseCountingThousand", "第%1条"),
        ("chineseLegalSimplified", "%1、"),
        ("ideographDigital", "%1、"),
        ("ideographTraditional", "%1．"),
        ("ideographZodiac", "%1、"),
        ("japaneseCounting", "（%1）"),
        ("decimalEnclosedCircle", "%1"),
        ("decimalEnclosedCircleChinese", "%1"),
        ("decimalFullWidth", "%1．"),
        ("decimalZero", "%1."),
        ("lowerRoman", "(%1)"),
        ("upperLetter", "%1."),
        ("ordinal", "%1"),
        ("cardinalText", "%1"),
        ("none", "条%1"),
    ];
    let mut shown = String::new();
    for (format, text) in formats {
        let part = numbering(&[starting_at(9, level(0, format, text, ""))], "");
        let body: String = ["甲方", "乙方", "丙方"].iter().map(|w| in_list(1, 0, w)).collect();
        shown.push_str(&format!("{format}: {}\n", lines(&body, &part, "").trim().replace('\n', " | ")));
    }
    assert_snapshot!(shown, @"
    chineseCounting: 第九章 甲方 | 第十章 乙方 | 第十一章 丙方
    chineseCountingThousand: 第九条 甲方 | 第十条 乙方 | 第十一条 丙方
    chineseLegalSimplified: 玖、甲方 | 壹拾、乙方 | 壹拾壹、丙方
    ideographDigital: 九、甲方 | 一〇、乙方 | 一一、丙方
    ideographTraditional: 壬．甲方 | 癸．乙方 | 11．丙方
    ideographZodiac: 申、甲方 | 酉、乙方 | 戌、丙方
    japaneseCounting: （九）甲方 | （十）乙方 | （十一）丙方
    decimalEnclosedCircle: ⑨ 甲方 | ⑩ 乙方 | ⑪ 丙方
    decimalEnclosedCircleChinese: ⑨ 甲方 | ⑩ 乙方 | ⑪ 丙方
    decimalFullWidth: ９．甲方 | １０．乙方 | １１．丙方
    decimalZero: 09. 甲方 | 10. 乙方 | 11. 丙方
    lowerRoman: (ix) 甲方 | (x) 乙方 | (xi) 丙方
    upperLetter: I. 甲方 | J. 乙方 | K. 丙方
    ordinal: 9th 甲方 | 10th 乙方 | 11th 丙方
    cardinalText: Nine 甲方 | Ten 乙方 | Eleven 丙方
    none: 条 甲方 | 条 乙方 | 条 丙方
    ");
}

#[test]
fn levels_restart_after_a_higher_one_unless_told_otherwise() {
    let part = numbering(
        &[
            level(0, "decimal", "%1", ""),
            level(1, "decimal", "%1.%2", ""),
            level(2, "decimal", "%1.%2.%3", r#"<w:lvlRestart w:val="1"/>"#),
            level(3, "lowerLetter", "%4)", r#"<w:lvlRestart w:val="0"/>"#),
        ],
        "",
    );
    let body = [
        in_list(1, 0, "一章"),
        in_list(1, 1, "一节"),
        in_list(1, 2, "只在新章重新开始"),
        in_list(1, 3, "从不重新开始"),
        in_list(1, 1, "二节"),
        in_list(1, 2, "接着数"),
        in_list(1, 3, "接着数"),
        in_list(1, 0, "二章"),
        in_list(1, 2, "越过一级"),
        in_list(1, 3, "接着数"),
        in_list(1, 1, "越过的一级已经算过"),
    ]
    .concat();
    assert_snapshot!(lines(&body, &part, ""), @"
    1 一章
    1.1 一节
    1.1.1 只在新章重新开始
    a) 从不重新开始
    1.2 二节
    1.2.2 接着数
    b) 接着数
    2 二章
    2.1.1 越过一级
    c) 接着数
    2.2 越过的一级已经算过
    ");
}

#[test]
fn legal_numbers_are_decimal_on_every_level() {
    let part = numbering(
        &[
            level(0, "upperRoman", "Article %1.", ""),
            level(1, "decimalZero", "Section %1.%2", "<w:isLgl/>"),
            level(2, "chineseCounting", "%1.%2.%3", "<w:isLgl/>"),
        ],
        "",
    );
    let body = [in_list(1, 0, "总则"), in_list(1, 1, "范围"), in_list(1, 2, "定义")].concat();
    assert_snapshot!(lines(&body, &part, ""), @"
    Article I. 总则
    Section 1.01 范围
    1.01.1 定义
    ");
}

#[test]
fn a_list_may_override_the_start_and_the_form_of_its_levels() {
    let nums = [
        r#"<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="3"/></w:lvlOverride></w:num>"#.to_owned(),
        format!(
            r#"<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>{}</w:lvlOverride></w:num>"#,
            level(0, "chineseCounting", "附件%1：", "")
        ),
        r#"<w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num>"#.to_owned(),
    ];
    let part = numbering(&[level(0, "decimal", "%1、", ""), level(1, "decimal", "%1.%2", "")], &nums.concat());
    let body = [
        in_list(1, 0, "甲"),
        in_list(1, 1, "甲之一"),
        in_list(2, 1, "从三开始"),
        in_list(2, 1, "四"),
        in_list(3, 0, "从七开始，另一种写法"),
        in_list(3, 0, "八"),
        in_list(4, 0, "同一定义接着数"),
        in_list(9, 0, "没有这样的列表"),
    ]
    .concat();
    assert_snapshot!(lines(&body, &part, ""), @"
    1、甲
    1.1 甲之一
    1.3 从三开始
    1.4 四
    附件七：从七开始，另一种写法
    附件八：八
    9、同一定义接着数
    没有这样的列表
    ");
}

#[test]
fn styles_bring_numbers_at_the_level_that_names_them() {
    let styles = r#"<w:style w:type="paragraph" w:styleId="A"><w:name w:val="条"/><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="B"><w:name w:val="条下"/><w:basedOn w:val="A"/></w:style>
        <w:style w:type="paragraph" w:styleId="C"><w:name w:val="款"/><w:basedOn w:val="A"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="D"><w:name w:val="不编号"/><w:basedOn w:val="A"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>"#;
    let part = numbering(
        &[
            level(0, "chineseCounting", "%1、", ""),
            level(1, "decimal", "%2.", r#"<w:pStyle w:val="A"/>"#),
            level(2, "decimal", "(%3)", r#"<w:pStyle w:val="C"/>"#),
        ],
        "",
    );
    let styled = |style: &str, words: &str, more: &str| {
        format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#)
    };
    let body = [
        styled("A", "绑定在第二级", ""),
        styled("B", "继承样式与级别", ""),
        styled("C", "绑定在第三级", ""),
        styled("D", "样式取消编号", ""),
        styled("A", "直接写级别", r#"<w:numPr><w:ilvl w:val="0"/></w:numPr>"#),
        styled("A", "直接取消编号", r#"<w:numPr><w:numId w:val="0"/></w:numPr>"#),
        styled("A", "重新开始", ""),
    ]
    .concat();
    assert_snapshot!(lines(&body, &part, styles), @"
    1. 绑定在第二级
    2. 继承样式与级别
    (1) 绑定在第三级
    样式取消编号
    二、直接写级别
    直接取消编号
    1. 重新开始
    ");
}

#[test]
fn a_definition_may_only_name_a_numbering_style() {
    let styles = r#"<w:style w:type="numbering" w:styleId="L"><w:name w:val="列表"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
        <w:style w:type="numbering" w:styleId="M"><w:name w:val="列表二"/><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>"#;
    let part = format!(
        r#"<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="L"/></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:styleLink w:val="L"/>{}</w:abstractNum><w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="M"/></w:abstractNum><w:abstractNum w:abstractNumId="5">{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="5"/></w:num></w:numbering>"#,
        level(0, "ideographTraditional", "%1、", ""),
        level(0, "upperLetter", "%1.", "")
    );
    let body = [in_list(1, 0, "由样式自己的定义"), in_list(2, 0, "由样式所指的列表"), in_list(1, 0, "接着数")].concat();
    assert_snapshot!(lines(&body, &part, styles), @"
    甲、由样式自己的定义
    A. 由样式所指的列表
    乙、接着数
    ");
}

#[test]
fn only_what_word_shows_is_counted() {
    let part = numbering(&[level(0, "decimal", "%1.", "")], "");
    let list = r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>"#;
    let marked = |mark: &str, run: &str, words: &str| {
        format!(
            "<w:p><w:pPr>{list}<w:rPr>{mark}</w:rPr></w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{words}</w:t></w:r></w:p>"
        )
    };
    let body = [
        in_list(1, 0, "第一"),
        marked("<w:vanish/>", "<w:vanish/>", "整段隐藏，不计数"),
        in_list(1, 0, "第二"),
        marked("", "<w:vanish/>", "只隐藏文字，仍计数"),
        in_list(1, 0, "第四"),
        format!("<w:p><w:pPr>{list}</w:pPr></w:p>"),
        in_list(1, 0, "空段落也计数，故为第六"),
        format!("<w:p><w:pPr>{list}<w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>删除</w:delText></w:r></w:del></w:p>"),
        in_list(1, 0, "删除的不计数，故为第七"),
        format!("<w:p><w:pPr>{list}<w:rPr><w:moveFrom/></w:rPr></w:pPr><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>"),
        marked("<w:vanish/><w:specVanish/>", "", "样式分隔符前的标题，第八"),
    ]
    .concat();
    assert_snapshot!(lines(&body, &part, ""), @"
    1. 第一
    2. 第二
    4. 第四
    6. 空段落也计数，故为第六
    7. 删除的不计数，故为第七
    8. 样式分隔符前的标题，第八
    ");
}

#[test]
fn stories_count_apart() {
    let part = numbering(&[level(0, "decimal", "%1.", "")], "");
    let boxed = |content: &str| {
        format!(
            "<w:p><w:r><w:pict><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict></w:r></w:p>"
        )
    };
    let section = r#"<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:footerReference w:type="default" r:id="footer1"/></w:sectPr>"#;
    let body = [
        in_list(1, 0, "正文"),
        boxed(&[in_list(1, 0, "框内"), in_list(1, 0, "框内")].concat()),
        in_list(1, 0, "正文接着数"),
        r#"<w:p><w:r><w:t>见注</w:t><w:footnoteReference w:id="1"/></w:r></w:p>"#.to_owned(),
        section.to_owned(),
    ]
    .concat();
    let file = Docx::new(body)
        .part("numbering", "numbering.xml", part)
        .story("header", "header1.xml", "hdr", &in_list(1, 0, "页眉"))
        .story("footer", "footer1.xml", "ftr", &in_list(1, 0, "页脚与页眉同数"))
        .story(
            "footnotes",
            "footnotes.xml",
            "footnotes",
            &format!(r#"<w:footnote w:id="1">{}</w:footnote>"#, in_list(1, 0, "脚注")),
        )
        .bytes();
    assert_snapshot!(outline(&read("a.docx", &file)), @"
    p1 Header 1. 页眉
    p1 ListItem 1. 正文
    p1 TextBox 1. 框内
    p1 TextBox 2. 框内
    p1 ListItem 2. 正文接着数
    p1 Paragraph 见注
    p1 Footnote 1. 脚注
    p1 Footer 2. 页脚与页眉同数
    ");
}

#[test]
fn what_follows_the_number_is_kept() {
    let part = numbering(
        &[
            level(0, "decimal", "%1", r#"<w:suff w:val="nothing"/>"#),
            level(1, "decimal", "%1.%2", r#"<w:suff w:val="space"/>"#),
            level(2, "decimal", "%3", ""),
            level(3, "none", "", ""),
        ],
        "",
    );
    let body = [in_list(1, 0, "紧接"), in_list(1, 1, "空格"), in_list(1, 2, "制表"), in_list(1, 3, "无"), p("正文。")]
        .concat();
    assert_snapshot!(lines(&body, &part, ""), @"
    1紧接
    1.1 空格
    1 制表
    无
    正文。
    ");
}
