//! Presentations, built part by part.

use insta::assert_snapshot;

use crate::office::container;
use crate::{outline, read};

const NAMESPACES: &str = r#"xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

fn relations(targets: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}"/>"#)
    };
    format!("<Relationships>{}</Relationships>", targets.iter().map(one).collect::<String>())
}

fn slide(attributes: &str, shapes: &str) -> String {
    format!("<p:sld {NAMESPACES} {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>")
}

fn shape(placeholder: &str, paragraphs: &str) -> String {
    let kind = if placeholder.is_empty() { String::new() } else { format!(r#"<p:ph type="{placeholder}"/>"#) };
    format!("<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody>{paragraphs}</p:txBody></p:sp>")
}

fn p(words: &str) -> String {
    format!("<a:p><a:r><a:t>{words}</a:t></a:r></a:p>")
}

/// A presentation whose show runs against the order of its parts.
pub(crate) fn presentation() -> Vec<u8> {
    let numbered = |words: &str| {
        format!(r#"<a:p><a:pPr><a:buAutoNum type="ea1ChsPeriod"/></a:pPr><a:r><a:t>{words}</a:t></a:r></a:p>"#)
    };
    let table = r#"<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblGrid/><a:tr><a:tc gridSpan="2"><a:txBody><a:p><a:r><a:t>进度</a:t></a:r></a:p></a:txBody></a:tc><a:tc hMerge="1"><a:txBody><a:p/></a:txBody></a:tc></a:tr><a:tr><a:tc><a:txBody><a:p><a:r><a:t>开工</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>5月</a:t></a:r></a:p><a:p><a:r><a:t>上旬</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"#;
    let first = slide(
        "",
        &[
            shape("", &[numbered("人员"), numbered("设备")].concat()),
            shape("title", &p("施工组织")),
            table.to_owned(),
            shape("sldNum", &p("1")),
        ]
        .concat(),
    );
    let second = slide(r#"show="0""#, &shape("", &p("藏起的一页")));
    let third = slide("", "<p:pic><p:blipFill><a:blip r:embed=\"rId9\"/></p:blipFill></p:pic>");
    let main = format!(
        r#"<p:presentation {NAMESPACES}><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/><p:sldId id="258" r:id="rId3"/></p:sldIdLst></p:presentation>"#
    );
    let notes = slide("", &[shape("sldImg", &p("x")), shape("body", &p("讲到工期"))].concat());
    container(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("ppt/presentation.xml", main.as_bytes()),
        (
            "ppt/_rels/presentation.xml.rels",
            relations(&[
                ("rId1", "slide", "slides/slide1.xml"),
                ("rId2", "slide", "/ppt/slides/slide2.xml"),
                ("rId3", "slide", "slides/slide3.xml"),
            ])
            .as_bytes(),
        ),
        ("ppt/slides/slide1.xml", second.as_bytes()),
        ("ppt/slides/slide2.xml", first.as_bytes()),
        ("ppt/slides/slide3.xml", third.as_bytes()),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            relations(&[("n", "notesSlide", "../notesSlides/n1.xml"), ("c", "comments", "../comments/c1.xml")])
                .as_bytes(),
        ),
        ("ppt/notesSlides/n1.xml", notes.as_bytes()),
        ("ppt/commentAuthors.xml", r#"<p:cmAuthorLst><p:cmAuthor id="0" name="赵工"/></p:cmAuthorLst>"#.as_bytes()),
        (
            "ppt/comments/c1.xml",
            r#"<p:cmLst><p:cm authorId="0" dt="2031-05-01"><p:text>补上计划</p:text></p:cm></p:cmLst>"#.as_bytes(),
        ),
    ])
}

#[test]
fn slides_come_in_the_order_of_the_show() {
    let document = read("方案.pptx", &presentation());
    assert_snapshot!(outline(&document), @"
    ! Info HiddenText p2: slide 2 is hidden in the show; it was read all the same
    ! Warning UnreadablePage p3: the slide holds pictures alone; their words need text recognition
    p1 H1 施工组织
    p1   H2 一、 人员
    p1   H2 二、 设备
    p1   Table 2x2
        (0,0 1x2) 进度
        (1,0) 开工
        (1,1) 5月⏎上旬
    p1   Footnote 讲到工期
    p2   Paragraph 藏起的一页
    ");
    assert_snapshot!(format!("{:?}", document.comments), @r#"[Comment { author: Some("赵工"), written_at: Some("2031-05-01"), text: "补上计划", page: 1, about: "" }]"#);
    assert_eq!(document.unreadable_pages().collect::<Vec<_>>(), [3]);
}

#[test]
fn damaged_copies_never_panic() {
    crate::bad_files::damage("a.pptx", &presentation(), 300);
}
