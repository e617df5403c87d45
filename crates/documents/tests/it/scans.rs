//! Pages and texts that hold words of their own and pictures beside them: which pictures may hide words.

use std::io::Cursor;

use bidlens_domain::document::{Document, IssueCode, Rect, TextSource};

use crate::office::{Docx, p};
use crate::pdf::{Pdf, at, issue_codes, lines};
use crate::read;

/// Rows of dashes, as words look from afar, in letters that are levels of grey.
pub(crate) fn dashes(width: usize, height: usize) -> String {
    let ink = |x: usize, y: usize| y % 16 < 8 && !(x / 5 + y / 16).is_multiple_of(3) && x > 10 && x + 20 < width;
    (0..height).flat_map(|y| (0..width).map(move |x| if ink(x, y) { ' ' } else { '~' })).collect()
}

/// A file whose pictures are `/A`, `/B` and so on, 500 by 400 dots each, but for `/P`, which is of one colour.
fn with_pictures(pages: &[String]) -> Document {
    let mut pdf = Pdf::new();
    pdf.resources = "/XObject << /A 20 0 R /B 21 0 R /P 22 0 R >>".to_owned();
    let pdf = pages.iter().fold(pdf, |pdf, page| pdf.page(page));
    let entries = "/Type /XObject /Subtype /Image /Width 500 /Height 400 /ColorSpace /DeviceGray /BitsPerComponent 8";
    let turned: String = dashes(500, 400).chars().rev().collect();
    pdf.stream(entries, &dashes(500, 400)).stream(entries, &turned).stream(entries, &"~".repeat(500 * 400)).read()
}

fn shown(name: &str, x: f32, y: f32, width: f32, height: f32) -> String {
    format!("q {width} 0 0 {height} {x} {y} cm /{name} Do Q\n")
}

/// Pages with pictures that may hide words.
fn hiding(document: &Document) -> Vec<u32> {
    document.pages.iter().filter(|page| !page.unread_pictures.is_empty()).map(|page| page.number).collect()
}

const WORDS: &str = "附件三：投标人营业执照副本复印件（加盖公章）";

#[test]
fn a_captioned_scan_hides_words() {
    let document = with_pictures(&[lines(72.0, 60.0, &[WORDS]) + &shown("A", 72.0, 200.0, 450.0, 300.0)]);
    let page = &document.pages[0];
    assert_eq!(page.text_source, TextSource::Digital);
    assert!(page.may_hide_words() && !document.has_all_words());
    let [Rect { x0, y0, x1, y1 }] = page.unread_pictures[..] else { panic!("{:?}", page.unread_pictures) };
    let near = |share: f32, points: f32, of: f32| (share * of - points).abs() < 1.0;
    assert!(near(x0, 72.0, 595.0) && near(x1, 522.0, 595.0) && near(y0, 342.0, 842.0) && near(y1, 642.0, 842.0));
    assert_eq!(issue_codes(&document), [IssueCode::UnreadPicture]);
    assert_eq!(document.issues[0].page, Some(1));
}

#[test]
fn a_header_and_a_page_number_over_a_scan_do_not_tell_what_is_in_it() {
    let words = at(60.0, 815.0, 10.0, "江城水务工程有限公司 投标文件 资格证明文件扫描件")
        + &at(250.0, 20.0, 10.0, "第 2 页 共 9 页");
    let document = with_pictures(&[shown("A", 0.0, 0.0, 595.0, 842.0) + &words]);
    assert_eq!(hiding(&document), [1]);
}

#[test]
fn what_has_no_words_of_its_own_hides_none() {
    let words = lines(72.0, 60.0, &[WORDS]);
    let long = "投标人应当按照招标文件的要求编制投标文件，并对其真实性负责。";
    let full = lines(72.0, 60.0, &[long; 30]);
    for (what, page) in [
        ("a logo", words.clone() + &shown("A", 72.0, 700.0, 90.0, 60.0)),
        ("a seal", words.clone() + &shown("A", 300.0, 200.0, 130.0, 130.0)),
        ("a rule", words.clone() + &shown("A", 72.0, 700.0, 450.0, 6.0)),
        ("one colour", words.clone() + &shown("P", 72.0, 200.0, 450.0, 300.0)),
        ("a background", shown("A", 0.0, 0.0, 595.0, 842.0) + &full),
        ("a scan under its layer", shown("A", 0.0, 0.0, 595.0, 842.0) + "3 Tr\n" + &full),
    ] {
        let document = with_pictures(&[page]);
        assert_eq!(
            (hiding(&document), issue_codes(&document).contains(&IssueCode::UnreadPicture)),
            (vec![], false),
            "{what}"
        );
        assert_eq!(document.pages[0].text_source, TextSource::Digital, "{what}");
    }
}

#[test]
fn a_picture_on_page_after_page_belongs_to_the_paper() {
    let page = |n: usize| {
        shown("A", 0.0, 0.0, 595.0, 842.0)
            + &lines(72.0, 60.0, &[&format!("第{n}节 资格证明文件，投标人按招标文件的要求逐项提供")])
    };
    let mut pages: Vec<String> = (1..5).map(page).collect();
    assert_eq!(hiding(&with_pictures(&pages)), [0u32; 0]);
    assert_eq!(hiding(&with_pictures(&pages[..2])), [0u32; 0], "on every page of a short file");
    pages[2].push_str(&shown("B", 72.0, 200.0, 450.0, 300.0));
    assert_eq!(hiding(&with_pictures(&pages)), [3], "a scan on such paper");
}

#[test]
fn a_scan_in_strips_is_one_picture() {
    let strips: String = (0..10)
        .map(|n| shown(if n % 2 == 0 { "A" } else { "B" }, 72.0, 200.0 + 20.0 * n as f32, 450.0, 20.0))
        .collect();
    let document = with_pictures(&[lines(72.0, 60.0, &[WORDS]) + &strips]);
    assert_eq!(document.pages[0].unread_pictures.len(), 1);
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let dots = dashes(width as usize, height as usize).into_bytes();
    let picture = image::GrayImage::from_raw(width, height, dots).expect("dots");
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).expect("a PNG");
    png.into_inner()
}

/// A drawing of so many points.
pub(crate) fn drawing(id: &str, width: u32, height: u32) -> String {
    format!(
        r#"<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{}" cy="{}"/><a:blip r:embed="{id}"/></wp:inline></w:drawing></w:r></w:p>"#,
        width * 12_700,
        height * 12_700
    )
}

#[test]
fn a_captioned_scan_in_a_text_hides_words() {
    let body = [
        p("正文。"),
        r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned(),
        p(WORDS),
        drawing("licence", 430, 300),
    ];
    let document = read("a.docx", &Docx::new(body.concat()).part("image", "media/licence.png", png(600, 420)).bytes());
    assert_eq!(hiding(&document), [2]);
    assert!(!document.has_all_words());
    assert_eq!(issue_codes(&document), [IssueCode::UnreadPicture]);
    let unread: Vec<_> = document.embedded.iter().filter_map(|file| file.unread.as_ref()).collect();
    assert_eq!((unread[0].part.as_str(), unread[0].width), ("word/media/licence.png", 430));
}

#[test]
fn logos_and_letterheads_of_a_text_hide_none() {
    let vml = r#"<w:p><w:r><w:pict><v:shape style="width:90pt;height:60pt"><v:imagedata r:id="old"/></v:shape></w:pict></w:r></w:p>"#;
    let head = r#"<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>"#;
    let body = [p(WORDS), drawing("logo", 90, 60), vml.to_owned(), head.to_owned()].concat();
    let file = Docx::new(body)
        .part("image", "media/logo.png", png(600, 420))
        .part("image", "media/old.png", png(600, 420))
        .story("header", "header1.xml", "hdr", &(p("江城水务") + &drawing("letterhead", 430, 300)))
        .file("word/_rels/header1.xml.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="letterhead" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/letterhead.png"/></Relationships>"#)
        .file("word/media/letterhead.png", png(600, 420))
        .bytes();
    let document = read("a.docx", &file);
    assert_eq!(document.embedded.len(), 3);
    assert!(document.has_all_words(), "{:?}", document.issues);
}
