//! Fonts that do not say what they show: recovered from their program where it tells, else visible as lost.

use bidlens_documents::ocr::{PreparedPage, RecognisedPage, Word};
use bidlens_documents::{Limits, parse_recognised};
use bidlens_domain::document::{BlockIndex, Document, IssueCode, TextSource};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::folded;
use insta::assert_snapshot;

use crate::outline;
use crate::pdf::{Pdf, at, lines};

/// Corners of a glyph in a thousand units an em; empty for a blank.
type Shape = &'static [(i16, i16)];

/// A shape that is no sign.
const LETTER: Shape = &[(50, 0), (500, 0), (500, 120), (180, 120), (180, 700), (50, 700)];
const FULL_STOP: Shape = &[(60, 0), (180, 0), (180, 120), (60, 120)];
const SQUARE: Shape = &[(50, 0), (750, 0), (750, 700), (50, 700)];
const BLANK: Shape = &[];

/// A TrueType program with these glyphs from number 1 on; `characters` names those its own map knows.
fn program(shapes: &[Shape], characters: &[(char, u16)]) -> Vec<u8> {
    let words = |numbers: &[u16]| numbers.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>();
    let count = shapes.len() as u16 + 1;
    let mut glyf: Vec<u8> = Vec::new();
    // The first glyph is the one for missing characters; here it is blank.
    let mut loca = vec![0, 0];
    for shape in shapes {
        glyf.extend(outline_of(shape));
        loca.push((glyf.len() / 2) as u16);
    }
    let head = [
        &words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1_000])[..],
        &[0; 16],
        &words(&[0, 0, 1_000, 1_000, 0, 8, 2, 0, 0]),
    ]
    .concat();
    let hhea = words(&[1, 0, 800, 0, 0, 600, 0, 0, 600, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    let maxp = words(&[1, 0, count, 20, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let hmtx = [words(&[600, 0]), words(&vec![0; usize::from(count) - 1])].concat();
    let mut tables = vec![
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", words(&loca)),
        (b"maxp", maxp),
    ];
    if !characters.is_empty() {
        tables.insert(0, (b"cmap", map_of(characters)));
    }
    let mut at = 12 + 16 * tables.len();
    let mut file = words(&[1, 0, tables.len() as u16, 0, 0, 0]);
    for (name, table) in &tables {
        file.extend_from_slice(*name);
        file.extend([0_u32, at as u32, table.len() as u32].iter().flat_map(|n| n.to_be_bytes()));
        at += table.len().next_multiple_of(4);
    }
    for (_, mut table) in tables {
        table.resize(table.len().next_multiple_of(4), 0);
        file.extend(table);
    }
    file
}

/// A glyph of one contour, every point on it.
fn outline_of(shape: Shape) -> Vec<u8> {
    if shape.is_empty() {
        return Vec::new();
    }
    let mut numbers: Vec<i16> = vec![1, 0, 0, 1_000, 1_000, shape.len() as i16 - 1, 0];
    let mut bytes: Vec<u8> = numbers.drain(..).flat_map(i16::to_be_bytes).collect();
    bytes.extend(shape.iter().map(|_| 1));
    for axis in [|p: &(i16, i16)| p.0, |p: &(i16, i16)| p.1] {
        let mut last = 0;
        for point in shape.iter().map(axis) {
            bytes.extend((point - last).to_be_bytes());
            last = point;
        }
    }
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A map of Unicode characters with a segment for each.
fn map_of(characters: &[(char, u16)]) -> Vec<u8> {
    let mut known: Vec<(u16, u16)> = characters.iter().map(|(c, glyph)| (*c as u16, *glyph)).collect();
    known.sort_unstable();
    let segments = known.len() as u16 + 1;
    let codes = || known.iter().map(|(code, _)| *code).chain([0xFFFF]);
    let mut numbers = vec![4, 16 + 8 * segments, 0, 2 * segments, 0, 0, 0];
    numbers.extend(codes());
    numbers.push(0);
    numbers.extend(codes());
    numbers.extend(known.iter().map(|(code, glyph)| glyph.wrapping_sub(*code)).chain([1]));
    numbers.extend(codes().map(|_| 0));
    let header = [0_u16, 1, 3, 1, 0, 12];
    header.iter().chain(&numbers).flat_map(|n| n.to_be_bytes()).collect()
}

/// Adds `/X`, whose codes are the glyphs of a program, to a page; without a program the file does not hold the font.
fn with_font(content: &str, program: Option<&[u8]>) -> Pdf {
    let mut pdf = Pdf::new().page(content);
    pdf.resources = "/Font << /H 3 0 R /S 4 0 R /X 20 0 R >>".to_owned();
    let file = program.map_or("", |_| "/FontFile2 23 0 R");
    let pdf = pdf
        .object(
            "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Demo /Encoding /Identity-H /DescendantFonts [21 0 R] >>",
        )
        .object(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Demo /DW 600 /CIDToGIDMap /Identity \
             /FontDescriptor 22 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        )
        .object(&format!("<< /Type /FontDescriptor /FontName /ABCDEF+Demo /Flags 4 {file} >>"));
    let hex: String = program.unwrap_or_default().iter().map(|b| format!("{b:02x}")).collect();
    pdf.stream("/Filter /ASCIIHexDecode", &(hex + ">"))
}

/// Glyphs of `/X` at a point.
fn glyphs(x: f32, y: f32, numbers: &[u16]) -> String {
    let codes: String = numbers.iter().map(|n| format!("{n:04X}")).collect();
    format!("BT 1 0 0 1 {x} {y} Tm /X 12 Tf <{codes}> Tj ET\n")
}

/// A page full of words that are read.
fn words(count: usize) -> String {
    lines(72.0, 60.0, &vec!["投标人应当按照招标文件的要求编制投标文件。"; count])
}

fn told(document: &Document) -> Vec<(IssueCode, Option<u32>, &str)> {
    document.issues.iter().map(|i| (i.code, i.page, i.detail.as_str())).collect()
}

#[test]
fn a_program_that_knows_its_characters_is_read_backwards() {
    let known = program(&[LETTER, LETTER, BLANK], &[('价', 1), ('9', 2)]);
    let document = with_font(&glyphs(72.0, 700.0, &[1, 3, 2, 2]), Some(&known)).read();
    assert_snapshot!(outline(&document), @"p1 Paragraph 价 99");
    assert!(document.has_all_words());
}

#[test]
fn a_lost_glyph_stands_in_its_place() {
    let unknown = program(&[LETTER, LETTER], &[]);
    let content = words(10)
        + &lines(72.0, 400.0, &["总价1,9"])
        + &glyphs(112.7, 442.0, &[2])
        + "BT 1 0 0 1 119.9 442 Tm /H 12 Tf (4,000.00) Tj ET\n";
    let document = with_font(&content, Some(&unknown)).read();
    assert_eq!(document.pages[0].text_source, TextSource::Digital);
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("总价1,9\u{FFFD}4,000.00"));
    let all = "1 of 224 characters have no Unicode and stand as \u{FFFD}; compare these places with the original";
    assert_eq!(told(&document), [(IssueCode::UnreadableGlyphs, Some(1), all)]);
    assert!(!document.has_all_words(), "nobody knows the number");
    let last = BlockIndex(document.blocks.len() as u32 - 1);
    assert!(Evidence::of_block(&document, last).is_some_and(|words| words.is_doubtful()));
    assert!(Evidence::of_block(&document, BlockIndex(0)).is_some_and(|words| !words.is_doubtful()));
}

#[test]
fn a_lost_number_makes_the_page_one_to_be_recognised() {
    let unknown = program(&[LETTER; 10], &[]);
    let price = glyphs(72.0, 300.0, &[1, 2, 3, 4, 5]);
    let document = with_font(&(words(20) + &price), Some(&unknown)).read();
    assert_eq!(document.pages[0].text_source, TextSource::Unreadable);
    assert_eq!(document.unreadable_pages().collect::<Vec<_>>(), [1]);
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"));
    let all = "5 of 425 characters have no Unicode and stand as \u{FFFD}; words of the page are lost, so compare it with the original";
    assert_eq!(told(&document), [(IssueCode::UnreadablePage, Some(1), all)]);
    // A leader is a row of one glyph.
    let leader = with_font(&(words(20) + &glyphs(72.0, 300.0, &[1; 5])), Some(&unknown)).read();
    assert_eq!(leader.pages[0].text_source, TextSource::Digital);
}

#[test]
fn more_than_a_fiftieth_lost_makes_the_page_one_to_be_recognised() {
    let unknown = program(&[LETTER], &[]);
    let lost = |count: usize| -> String { (0..count).map(|n| glyphs(72.0 + 30.0 * n as f32, 300.0, &[1])).collect() };
    let source = |count| with_font(&(words(5) + &lost(count)), Some(&unknown)).read().pages[0].text_source;
    assert_eq!((source(2), source(3)), (TextSource::Digital, TextSource::Unreadable));
}

#[test]
fn a_page_of_which_nothing_can_be_read_has_no_text() {
    let unknown = program(&[LETTER; 10], &[]);
    let content: String = (0..20).map(|n| glyphs(72.0, 700.0 - 20.0 * n as f32, &[1, 2, 3, 4, 5, 6, 7, 8])).collect();
    let document = with_font(&content, Some(&unknown)).read();
    assert_snapshot!(outline(&document), @"! Warning UnreadablePage p1: the page is a picture or uses fonts without Unicode; its words could not be read");
}

#[test]
fn glyphs_of_a_font_that_is_not_in_the_file_are_no_blanks() {
    let document = with_font(&(words(20) + &glyphs(72.0, 300.0, &[31, 32])), None).read();
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("\u{FFFD}\u{FFFD}"));
    assert_eq!(document.issues.iter().map(|i| i.code).collect::<Vec<_>>(), [IssueCode::UnreadableGlyphs]);
    let nothing_else = with_font(&glyphs(72.0, 700.0, &[31, 32, 33, 34, 35, 36]), None).read();
    assert_eq!(nothing_else.pages[0].text_source, TextSource::Unreadable);
}

#[test]
fn a_full_stop_is_no_ticked_box() {
    let unknown = program(&[FULL_STOP, SQUARE], &[]);
    let document = with_font(&(words(10) + &glyphs(72.0, 300.0, &[2, 1])), Some(&unknown)).read();
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("■\u{FFFD}"));
}

/// A page of the size of the test's as an engine read it: one word where the lost ones stand, one over readable ones.
fn recognised(words: &str, confidence: f32) -> RecognisedPage {
    let (width, height) = (595, 842);
    let header = serde_json::json!({
        "number": 1, "dots_per_inch": 72, "width": width, "height": height, "rules": [], "seal_marks": [], "boxes": [],
        "regions": [{"kind": "page", "x": 0, "y": 0, "width": width, "height": height}],
    });
    let mut bytes = header.to_string().into_bytes();
    bytes.push(b'\n');
    bytes.resize(bytes.len() + width * height, 255);
    let page = PreparedPage::from_bytes(&bytes).expect("a page");
    let word = |text: &str, x1: f32, y0: f32| Word {
        region: 0,
        text: text.to_owned(),
        x0: 72.0,
        x1,
        y0,
        y1: y0 + 12.0,
        confidence,
    };
    page.recognised(vec![word("役标人应当", 132.0, 52.0), word(words, 108.0, 532.0)])
}

#[test]
fn what_was_recognised_fills_the_gaps_and_replaces_nothing() {
    let unknown = program(&[LETTER; 10], &[]);
    let bytes = with_font(&(words(20) + &glyphs(72.0, 300.0, &[1, 2, 3, 4, 5])), Some(&unknown)).bytes();
    let read = |pages: &[RecognisedPage]| parse_recognised("a.pdf", bytes.clone(), pages, &Limits::default());
    let texts = |document: &Document| document.blocks.iter().map(|b| b.text.clone()).collect::<Vec<_>>();
    let before = texts(&read(&[]));
    let sure = read(&[recognised("98765", 0.9)]);
    let expected: Vec<String> = before.iter().map(|t| t.replace(&"\u{FFFD}".repeat(5), "98765")).collect();
    assert_eq!(texts(&sure), expected);
    assert!(matches!(sure.pages[0].text_source, TextSource::Ocr { .. }));
    assert_eq!(sure.issues.iter().map(|i| i.code).collect::<Vec<_>>(), [IssueCode::Recognised]);
    let lines: Vec<Option<f32>> = sure.blocks.iter().flat_map(|b| &b.lines).map(|l| l.confidence).collect();
    assert!(lines[0].is_none() && lines.last().is_some_and(|last| last.is_some()), "{lines:?}");
    // A guess is no better than a sign that says that something is lost.
    let unsure = read(&[recognised("98765", 0.5)]);
    assert_eq!(texts(&unsure), before);
    assert!(unsure.issues.iter().any(|i| i.code == IssueCode::UnreadableGlyphs));
}

#[test]
fn lost_words_of_another_script_leave_the_others_whole() {
    let unknown = program(&[LETTER; 10], &[]);
    let content = words(10)
        + &lines(72.0, 400.0, &["Bid Number/"])
        + &glyphs(139.0, 442.0, &[1, 2, 3])
        + &at(165.0, 442.0, 12.0, ": N/7");
    let document = with_font(&content, Some(&unknown)).read();
    assert_eq!(document.blocks.last().map(|b| b.text.as_str()), Some("Bid Number/\u{FFFD}\u{FFFD}\u{FFFD} : N/7"));
    let last = BlockIndex(document.blocks.len() as u32 - 1);
    let evidence = Evidence::of_block(&document, last).expect("the words");
    assert!(!evidence.is_doubtful());
    assert_eq!(folded(evidence.quote()), "Bid Number/ : N/7");
    assert!(!document.has_all_words(), "a word is lost");
}
