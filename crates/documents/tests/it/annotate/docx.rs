//! Word documents with the notes as comments.

use std::io::{Cursor, Read as _};

use bidlens_documents::{AnnotateError, Limits, annotate};
use bidlens_domain::document::Document;
use insta::assert_snapshot;

use super::{annotated, at, everywhere, note, words};
use crate::docx::fixture::tender;
use crate::office::{Docx, NAMESPACES, container, p};
use crate::read;

/// The comments of a document with the words they are about, one a line.
fn comments(document: &Document) -> String {
    let shown = document.comments.iter().map(|c| {
        format!(
            "{}: {} ← {}",
            c.author.as_deref().unwrap_or("?"),
            c.text.replace('\n', "⏎"),
            c.about.replace('\n', "⏎")
        )
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn part(container: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(container)).expect("a container");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn notes_become_comments_at_the_paragraphs_of_their_words() {
    let row = |left: &str, right: &str| {
        format!("<w:tr><w:tc>{}</w:tc><w:tc>{}{}</w:tc></w:tr>", p(left), p(right), p("另附说明"))
    };
    let body = [
        r#"<w:p w:rsidR="00A1"><w:pPr><w:jc w:val="left"/><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:t>质保期为</w:t></w:r><w:r><w:t>三年。</w:t></w:r></w:p>"#.to_owned(),
        "<w:p/><w:p><w:pPr/></w:p>".to_owned(),
        format!("<w:tbl>{}{}</w:tbl>", row("交货期", "四十五日"), row("付款", "验收后三十日内")),
        p("投标人：青禾机电有限公司"),
    ]
    .concat();
    let file = Docx::new(body).bytes();
    let document = read("投标文件.docx", &file);
    let notes = [
        note("甲", vec![at(&document, "质保期为三年")]),
        note("乙", vec![at(&document, "三年"), at(&document, "四十五日")]),
        note("丙", vec![at(&document, "青禾机电")]),
        note("丁", vec![at(&document, "付款\t验收后三十日内")]),
    ];
    let copy = annotated("投标文件.docx", &file, &notes);
    let again = read("投标文件.docx", &copy);
    assert_eq!(words(&again), words(&document));
    assert_eq!(again.issues, document.issues);
    assert_snapshot!(comments(&again), @"
    Bidlens: 不符合：甲⏎要求 <五年> & “质保” ← 质保期为三年。
    Bidlens: 不符合：乙⏎要求 <五年> & “质保” ← 质保期为三年。
    Bidlens: 不符合：乙⏎要求 <五年> & “质保” ← 四十五日
    Bidlens: 不符合：丁⏎要求 <五年> & “质保” ← 付款⏎验收后三十日内
    Bidlens: 不符合：丙⏎要求 <五年> & “质保” ← 投标人：青禾机电有限公司
    ");
    assert_eq!(copy, annotated("投标文件.docx", &file, &notes), "the same notes give the same copy");
    let written = part(&copy, "word/comments.xml");
    assert_eq!(written.matches("<w:comment ").count(), 5, "{written}");
    assert!(written.contains("<w:t xml:space=\"preserve\">要求 &lt;五年&gt; &amp; “质保”</w:t>"), "{written}");
}

#[test]
fn comments_that_are_there_stay_and_new_ones_have_ids_of_their_own() {
    let marked = format!(
        r#"<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>工期九十日</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p><w:p><w:commentRangeStart w:id="1"/></w:p>{}"#,
        p("保证金二十万元")
    );
    let own = r#"<w:comment w:id="0" w:author="王一"><w:p><w:r><w:t>请核对</w:t></w:r></w:p></w:comment>"#;
    let file = Docx::new(marked).story("comments", "comments.xml", "comments", own).bytes();
    let document = read("a.docx", &file);
    let notes = [note("甲", vec![at(&document, "九十日")]), note("乙", vec![at(&document, "二十万元")])];
    let copy = annotated("a.docx", &file, &notes);
    assert_eq!(words(&read("a.docx", &copy)), words(&document));
    assert_snapshot!(comments(&read("a.docx", &copy)), @"
    Bidlens: 不符合：甲⏎要求 <五年> & “质保” ← 工期九十日
    王一: 请核对 ← 工期九十日
    Bidlens: 不符合：乙⏎要求 <五年> & “质保” ← 保证金二十万元
    ");
    let text = part(&copy, "word/document.xml");
    for id in [2, 3] {
        assert_eq!(text.matches(&format!(r#"w:id="{id}""#)).count(), 3, "{text}");
    }
    assert_eq!(part(&copy, "[Content_Types].xml"), part(&file, "[Content_Types].xml"));
}

#[test]
fn a_part_that_no_relation_leads_to_is_taken_only_when_it_is_empty() {
    for (own, part_of_notes) in [("", "word/comments.xml"), (r#"<w:comment w:id="0"/>"#, "word/comments2.xml")] {
        let orphan = format!("<w:comments {NAMESPACES}>{own}</w:comments>");
        let file = Docx::new(p("质保三年")).file("word/comments.xml", orphan).bytes();
        let document = read("a.docx", &file);
        let copy = annotated("a.docx", &file, &[note("甲", vec![at(&document, "三年")])]);
        assert!(part(&copy, part_of_notes).contains("不符合：甲"));
        assert_eq!(read("a.docx", &copy).comments.len(), 1);
    }
}

#[test]
fn every_prefix_of_the_namespace_is_right() {
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    let types = r#"<t:Types xmlns:t="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    for (document, kinds) in [
        (
            format!(
                r#"<d:document xmlns:d="{main}"><d:body><d:p><d:pPr/><d:r><d:t>质保三年</d:t></d:r></d:p></d:body></d:document>"#
            ),
            "schemas.openxmlformats.org/officeDocument/2006",
        ),
        (
            format!(r#"<document xmlns="{main}"><body><p><r><t>质保三年</t></r></p></body></document>"#),
            "schemas.openxmlformats.org/officeDocument/2006",
        ),
        (
            format!(
                r#"<w:document xmlns:w="{strict}"><w:body><w:p><w:r><w:t>质保三年</w:t></w:r></w:p></w:body></w:document>"#
            ),
            "purl.oclc.org/ooxml/officeDocument",
        ),
    ] {
        let file = container(&[("[Content_Types].xml", types.as_bytes()), ("word/document.xml", document.as_bytes())]);
        let before = read("a.docx", &file);
        let copy = annotated("a.docx", &file, &[note("甲", vec![at(&before, "三年")])]);
        let again = read("a.docx", &copy);
        assert_eq!(words(&again), words(&before));
        assert_eq!(comments(&again), "Bidlens: 不符合：甲⏎要求 <五年> & “质保” ← 质保三年", "{document}");
        assert!(part(&copy, "word/_rels/document.xml.rels").contains(kinds));
        let declared = part(&copy, "[Content_Types].xml");
        assert!(declared.starts_with("<t:Types ") && declared.ends_with("/></t:Types>"), "{declared}");
    }
}

#[test]
fn what_stands_beside_the_body_is_commented_at_its_nearest_paragraph() {
    let boxed = format!(
        r#"<w:p><w:r><w:t>见方框。</w:t></w:r><w:r><w:drawing><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></w:drawing></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>"#,
        p("框内承诺五年")
    );
    let note_part = format!(r#"<w:footnote w:id="2">{}</w:footnote>"#, p("含增值税"));
    let file = Docx::new([p("正文第一段"), boxed, p("正文末段")].concat())
        .story("footnotes", "footnotes.xml", "footnotes", &note_part)
        .bytes();
    let document = read("a.docx", &file);
    let notes = [note("框", vec![at(&document, "框内承诺")]), note("注", vec![at(&document, "含增值税")])];
    let copy = annotated("a.docx", &file, &notes);
    let again = read("a.docx", &copy);
    assert_eq!(words(&again), words(&document));
    assert_snapshot!(comments(&again), @"
    Bidlens: 不符合：框⏎要求 <五年> & “质保” ← 见方框。框内承诺五年
    Bidlens: 不符合：注⏎要求 <五年> & “质保” ← 见方框。框内承诺五年
    ");
    let text = part(&copy, "word/document.xml");
    let inside = text.split("<w:txbxContent>").nth(1).and_then(|rest| rest.split("</w:txbxContent>").next());
    assert!(inside.is_some_and(|inside| !inside.contains("comment")), "{text}");
}

#[test]
fn a_document_with_everything_in_it_reads_as_before() {
    let file = tender();
    let document = read("a.docx", &file);
    let copy = annotated("a.docx", &file, &everywhere(&document));
    let again = read("a.docx", &copy);
    assert_eq!(words(&again), words(&document));
    assert_eq!(again.issues, document.issues);
    assert_eq!(again.embedded, document.embedded);
    assert_eq!(again.comments.len(), document.comments.len() + document.blocks.len());
    // Commented once more, as a second reader of the copy would.
    let twice = read("a.docx", &annotated("a.docx", &copy, &everywhere(&again)));
    assert_eq!(words(&twice), words(&document));
    assert_eq!(twice.comments.len(), again.comments.len() + document.blocks.len());
}

#[test]
fn parts_that_cannot_be_extended_are_refused() {
    let file = Docx::new(p("质保三年")).part("comments", "comments.xml", "<w:comments><w:x></w:comments>").bytes();
    let notes = [note("甲", vec![at(&read("a.docx", &file), "三年")])];
    let refused = annotate("a.docx", &file, &notes, &Limits::default());
    assert!(
        matches!(&refused, Err(AnnotateError::Unreadable(why)) if why.contains("word/comments.xml")),
        "{refused:?}"
    );
    let foreign = format!(
        "<x:document {NAMESPACES} xmlns:x='urn:other'><x:body><x:p><x:r><x:t>质保三年</x:t></x:r></x:p></x:body></x:document>"
    );
    let file = container(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", foreign.as_bytes())]);
    assert!(matches!(annotate("a.docx", &file, &notes, &Limits::default()), Err(AnnotateError::Unreadable(_))));
}
