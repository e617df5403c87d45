//! Tracked changes read as accepted, hidden text left out, comments kept apart.

use insta::assert_snapshot;

use crate::office::{Docx, docx, p};
use crate::{outline, read};

fn r(words: &str) -> String {
    format!("<w:r><w:t>{words}</w:t></w:r>")
}

#[test]
fn every_kind_of_change_is_accepted_and_counted() {
    let body = [
        format!(r#"<w:p><w:ins w:author="甲"><w:del w:author="乙"><w:r><w:delText>先加后删</w:delText></w:r></w:del>{}</w:ins></w:p>"#, r("加上的。")),
        r#"<w:p><w:pPr><w:pPrChange w:author="甲"><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr></w:pPrChange></w:pPr><w:r><w:rPr><w:rPrChange w:author="丙"><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>从前隐藏过。</w:t></w:r></w:p>"#.to_owned(),
        format!("<w:p><w:moveFrom>{}</w:moveFrom></w:p><w:p><w:moveTo>{}</w:moveTo></w:p>", r("移动的。"), r("移动的。")),
        "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:del><w:r><w:delInstrText>OLD</w:delInstrText></w:r></w:del><w:r><w:instrText>REF a</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>引用。</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>".to_owned(),
    ]
    .concat();
    assert_snapshot!(outline(&read("a.docx", &docx(&body, &[]))), @"
    ! Info TrackedChanges: the document holds tracked changes (1 insertion, 2 deletions, 1 move, 2 changes of formatting) by 丙, 乙, 甲; they were read as accepted
    p1 Paragraph 加上的。
    p1 Paragraph 从前隐藏过。
    p1 Paragraph 移动的。
    p1 Paragraph 引用。
    ");
}

#[test]
fn a_paragraph_whose_end_was_deleted_goes_on_in_the_next() {
    let open =
        |words: &str| format!("<w:p><w:pPr><w:jc w:val=\"center\"/><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>", r(words));
    let body = [
        open("一"),
        open("二"),
        p("三。"),
        open("表前的一段"),
        format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", open("格内没有下一段")),
        open("文末"),
    ]
    .concat();
    assert_snapshot!(outline(&read("a.docx", &docx(&body, &[]))), @"
    ! Info TrackedChanges: the document holds tracked changes (5 deletions); they were read as accepted
    p1 Paragraph 一二三。
    p1 Paragraph 表前的一段
    p1 Table 1x1
        (0,0) 格内没有下一段
    p1 Paragraph 文末
    ");
}

#[test]
fn comments_say_what_they_are_about() {
    let comment = |id: u8, author: &str, words: &str| {
        format!(r#"<w:comment w:id="{id}" w:author="{author}" w:date="2025-03-01T08:00:00Z">{}</w:comment>"#, p(words))
    };
    let body = [
        format!(
            r#"<w:p>{}<w:commentRangeStart w:id="1"/>{}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p><w:p>{}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>"#,
            r("前文，"),
            r("第一段"),
            r("第二段")
        ),
        format!(r#"<w:p>{}<w:r><w:br w:type="page"/></w:r></w:p><w:p>{}<w:r><w:commentReference w:id="2"/></w:r></w:p>"#, r("末行。"), r("次页。")),
    ]
    .concat();
    let comments = [comment(3, "丙", "无处可寻"), comment(2, "乙", "只有一点"), comment(1, "甲", "跨两段")].concat();
    let document = read("a.docx", &Docx::new(body).story("comments", "comments.xml", "comments", &comments).bytes());
    let shown: Vec<String> = document
        .comments
        .iter()
        .map(|c| format!("p{} {:?} {:?} {} ← {:?}", c.page, c.author, c.written_at, c.text, c.about))
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    p1 Some("甲") Some("2025-03-01T08:00:00Z") 跨两段 ← "第一段\n第二段"
    p2 Some("乙") Some("2025-03-01T08:00:00Z") 只有一点 ← ""
    p1 Some("丙") Some("2025-03-01T08:00:00Z") 无处可寻 ← ""
    "#);
    assert!(!document.blocks.iter().any(|b| b.text.contains("跨两段")));
}
