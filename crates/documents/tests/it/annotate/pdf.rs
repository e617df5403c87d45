//! PDFs with the notes as annotations.

use std::sync::Arc;

use bidlens_documents::{AnnotateError, Limits, PagePicture, annotate, page_picture};
use bidlens_domain::document::{Document, Rect, TextRange};
use bidlens_domain::evidence::Evidence;

use super::{annotated, at, everywhere, note, words};
use crate::pdf::{Pdf, at as text, lines, table};
use crate::read;

const DOTS: u32 = 72;

fn picture(bytes: &[u8], page: u32) -> PagePicture {
    page_picture("a.pdf", &Arc::new(bytes.to_vec()), page, DOTS, &Limits::default()).expect("a picture")
}

/// What share of the dots in a rectangle of the page is coloured, and how many are outside of it, two dots around it left out.
fn coloured(picture: &PagePicture, rect: Rect) -> (f32, usize) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let side = |n: f32, of: usize| n * of as f32;
    let (mut inside, mut hit, mut outside) = (0usize, 0usize, 0usize);
    for (number, dot) in picture.rgb().chunks_exact(3).enumerate() {
        let (x, y) = ((number % width) as f32 + 0.5, (number / width) as f32 + 0.5);
        let is_within = |margin: f32| {
            x > side(rect.x0, width) - margin
                && x < side(rect.x1, width) + margin
                && y > side(rect.y0, height) - margin
                && y < side(rect.y1, height) + margin
        };
        let is_coloured = dot.iter().max() != dot.iter().min();
        if is_within(-1.0) {
            inside += 1;
            hit += usize::from(is_coloured);
        } else if !is_within(2.0) {
            outside += usize::from(is_coloured);
        }
    }
    (hit as f32 / inside.max(1) as f32, outside)
}

fn around(a: Rect, b: Rect) -> Rect {
    Rect { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

fn about(document: &Document) -> Vec<(u32, &str, &str)> {
    document.comments.iter().map(|c| (c.page, c.text.lines().next().unwrap_or_default(), c.about.as_str())).collect()
}

#[test]
fn highlights_lie_over_the_words_however_the_page_lies() {
    let boxes = [
        "/MediaBox [0 0 595 842]",
        "/MediaBox [100 -200 695 642]",
        "/MediaBox [0 0 595 842] /CropBox [40 60 560 800]",
        "/MediaBox [595 842 -20 -30] /CropBox [-10 -10 2000 800]",
    ];
    for page in boxes {
        for rotation in [0, 90, 180, 270, -90] {
            let content = text(150.0, 400.0, 14.0, "质保期为三年，自验收之日起算。Warranty: three years.");
            let file = Pdf::new().page_with(&format!("{page} /Rotate {rotation}"), &content).bytes();
            let document = read("a.pdf", &file);
            let quote = "三年，自验收";
            let evidence = at(&document, quote);
            let place = evidence.boxes().iter().map(|place| place.rect).reduce(around).expect("a place");
            let copy = annotated("a.pdf", &file, &[note("甲", vec![evidence])]);
            assert!(copy.starts_with(&file), "{page} {rotation}");
            let again = read("a.pdf", &copy);
            assert_eq!(words(&again), words(&document), "{page} {rotation}");
            assert_eq!(about(&again), [(1, "不符合：甲", quote)], "{page} {rotation}");
            assert!(again.comments.iter().all(|c| c.author.as_deref() == Some("Bidlens")));
            let (inside, outside) = coloured(&picture(&copy, 1), place);
            assert!(inside > 0.6 && outside == 0, "{page} {rotation}: {inside} inside, {outside} dots outside");
            assert_eq!(coloured(&picture(&file, 1), place).0, 0.0);
        }
    }
}

#[test]
fn notes_without_a_place_stand_at_the_corner_of_their_page() {
    let file = Pdf::new()
        .page(&lines(72.0, 100.0, &["第一页的文字在此。"]))
        .page("")
        .page(&lines(72.0, 100.0, &["第三页"]))
        .bytes();
    let document = read("a.pdf", &file);
    // As of a page that a DOCX of the same words would give.
    let mut bare = serde_json::to_value(at(&document, "第三页")).expect("json");
    bare["boxes"] = serde_json::json!([]);
    let bare: Evidence = serde_json::from_value(bare).expect("evidence");
    let notes = [note("甲", vec![bare.clone()]), note("乙", vec![bare])];
    let copy = annotated("a.pdf", &file, &notes);
    assert_eq!(about(&read("a.pdf", &copy)), [(3, "不符合：甲", ""), (3, "不符合：乙", "")]);
    let own = lopdf::Document::load_mem(&copy).expect("a PDF");
    let page = own.get_pages()[&3];
    let signs = own.get_page_annotations(page).expect("annotations");
    let corner = |n: usize| {
        signs[n]
            .get(b"Rect")
            .and_then(|r| r.as_array())
            .expect("Rect")
            .iter()
            .map(|n| n.as_float().expect("number") as i32)
            .collect::<Vec<_>>()
    };
    assert_eq!((corner(0), corner(1)), (vec![571, 818, 591, 838], vec![547, 818, 567, 838]));
    assert!(signs.iter().all(|sign| sign.get(b"Subtype").and_then(|s| s.as_name()).is_ok_and(|s| s == b"Text")));
}

#[test]
fn tables_of_every_kind_are_continued() {
    let content =
        [lines(72.0, 100.0, &["质保期为三年。"]), table(72.0, 600.0, &[&["交货期", "45日"], &["付款", "30日"]])]
            .concat();
    let plain = Pdf::new().page(&content).page(&lines(72.0, 100.0, &["付款见附件。"])).bytes();
    let mut packed = Vec::new();
    lopdf::Document::load_mem(&plain).expect("a PDF").save_modern(&mut packed).expect("saved");
    assert!(!packed.windows(7).any(|w| w == b"trailer"), "its table is a stream");
    let prefixed = [b"\xEF\xBB\xBFsent by mail\n".as_slice(), &plain].concat();
    for file in [plain, packed, prefixed] {
        let document = read("a.pdf", &file);
        let notes = [
            note("甲", vec![at(&document, "三年"), at(&document, "45日")]),
            note("乙", vec![at(&document, "付款见附件")]),
        ];
        let copy = annotated("a.pdf", &file, &notes);
        assert!(copy.starts_with(&file));
        let again = read("a.pdf", &copy);
        assert_eq!(words(&again), words(&document));
        assert_eq!(again.issues, document.issues);
        assert_eq!(
            about(&again),
            [(1, "不符合：甲", "三年"), (1, "不符合：甲", "45日"), (2, "不符合：乙", "付款见附件")]
        );
        // And once more, on the copy.
        let twice = annotated("a.pdf", &copy, &everywhere(&again));
        assert_eq!(words(&read("a.pdf", &twice)), words(&document));
        assert_eq!(read("a.pdf", &twice).comments.len(), 3 + document.blocks.len());
    }
}

#[test]
fn the_box_of_a_form_stays_empty_under_a_highlight() {
    let content = ["72 699 12 12 re S\n".to_owned(), text(88.0, 700.0, 12.0, "完全响应，无偏离。")].concat();
    let file = Pdf::new().page(&content).bytes();
    let document = read("a.pdf", &file);
    let (block, boxed) = document.indexed_blocks().find(|(_, block)| block.text.starts_with('□')).expect("a box");
    let evidence = Evidence::at(&document, block, TextRange::new(0, '□'.len_utf8())).expect("evidence");
    let copy = annotated("a.pdf", &file, &[note("甲", vec![evidence])]);
    assert_eq!(read("a.pdf", &copy).block(block).map(|again| &again.text), Some(&boxed.text));
}

#[test]
fn annotations_that_are_there_stay() {
    let own = "<< /Type /Annot /Subtype /Text /Contents (own) /Rect [10 10 20 20] >>";
    for list in ["20 0 R", "[21 0 R]"] {
        let entries = format!("/MediaBox [0 0 595 842] /Annots {list}");
        let file = Pdf::new()
            .page_with(&entries, &lines(72.0, 100.0, &["质保期为三年。"]))
            .object("[21 0 R]")
            .object(own)
            .bytes();
        let document = read("a.pdf", &file);
        let copy = annotated("a.pdf", &file, &[note("甲", vec![at(&document, "三年")])]);
        assert_eq!(about(&read("a.pdf", &copy)), [(1, "own", ""), (1, "不符合：甲", "三年")], "{list}");
    }
}

#[test]
fn what_is_encrypted_or_has_no_such_page_is_refused() {
    let file = Pdf::new().page(&lines(72.0, 100.0, &["质保期为三年。"])).bytes();
    let notes = [note("甲", vec![at(&read("a.pdf", &file), "三年")])];
    let mut locked = Pdf::new().page("").object(
        "<< /Filter /Standard /V 1 /R 2 /O <28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A> \
         /U <28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A> /P -4 >>",
    );
    locked.trailer =
        "/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] /Encrypt 20 0 R".to_owned();
    assert_eq!(annotate("a.pdf", &locked.bytes(), &notes, &Limits::default()), Err(AnnotateError::Encrypted));
    let empty = Pdf::new().bytes();
    assert!(matches!(annotate("a.pdf", &empty, &notes, &Limits::default()), Err(AnnotateError::Unreadable(_))));
    let torn = file.get(..file.len() / 2).unwrap_or_default();
    let result = annotate("a.pdf", torn, &notes, &Limits::default());
    assert!(matches!(result, Err(AnnotateError::Unreadable(_))), "{result:?}");
}
