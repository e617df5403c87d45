//! Signs that decide answers: boxes and ticks that are drawn, marks a font loses; pages set sideways, counted lines.

use bidlens_domain::document::BlockKind;
use insta::assert_snapshot;

use crate::outline;
use crate::pdf::{A4, Pdf, at, lines};

/// A drawn square with its lower left corner at a point.
fn square(x: f32, y: f32) -> String {
    format!("0.7 w {x} {y} 9 9 re S\n")
}

#[test]
fn drawn_boxes_are_read_with_their_ticks() {
    let tick = "0.9 w 102 705 m 104 702 l 108 710 l S\n";
    let cross = "0.9 w 201 701 m 208 708 l S 201 708 m 208 701 l S\n";
    let filled = "302 702 5 5 re f\n";
    let content = [
        square(100.0, 700.0) + tick + &at(113.0, 701.0, 11.0, "同意"),
        square(200.0, 700.0) + cross + &at(213.0, 701.0, 11.0, "反对"),
        square(300.0, 700.0) + filled + &at(313.0, 701.0, 11.0, "部分"),
        square(400.0, 700.0) + &at(413.0, 701.0, 11.0, "弃权"),
    ];
    assert_snapshot!(outline(&Pdf::new().page(&content.concat()).read()), @"p1 Paragraph ☑同意 ☒反对 ■部分 □弃权");
}

#[test]
fn a_tick_set_over_a_box_ticks_it() {
    let boxed = at(100.0, 700.0, 12.0, "□不接受") + &at(101.0, 700.0, 12.0, "√") + &at(180.0, 700.0, 12.0, "□接受");
    assert_snapshot!(outline(&Pdf::new().page(&boxed).read()), @"p1 Paragraph ☑不接受 □接受");
}

#[test]
fn squares_of_a_table_or_a_picture_are_no_boxes() {
    // A row of squares that touch, for the digits of a number, and a square far from any words.
    let digits: String = (0..6).map(|n| square(100.0 + 9.0 * n as f32, 700.0)).collect();
    let document = Pdf::new().page(&(digits + &square(300.0, 300.0) + &at(40.0, 701.0, 11.0, "邮编"))).read();
    assert!(!outline(&document).contains('□'), "{}", outline(&document));
}

#[test]
fn drawn_marks_stay_with_their_clause() {
    let star: String = (0..10)
        .map(|n| {
            let angle = n as f32 * std::f32::consts::PI / 5.0 + std::f32::consts::FRAC_PI_2;
            let reach = if n % 2 == 0 { 5.0 } else { 2.0 };
            let (x, y) = (106.0 + reach * angle.cos(), 705.0 + reach * angle.sin());
            format!("{x} {y} {} ", if n == 0 { "m" } else { "l" })
        })
        .collect();
    let content = star
        + "h f\n"
        + &at(114.0, 700.0, 12.0, "3.1 交货期为九十日。")
        + "101 671 m 111 671 l 106 680 l h f\n"
        + &at(114.0, 670.0, 12.0, "3.2 质保期为三年。");
    let text: Vec<String> = Pdf::new().page(&content).read().blocks.iter().map(|b| b.text.clone()).collect();
    assert_eq!(text, ["★ 3.1 交货期为九十日。", "▲ 3.2 质保期为三年。"]);
}

#[test]
fn symbols_of_other_fonts_are_known_by_their_code() {
    // The sign that office programs put for Wingdings when it is missing: OpenSymbol, at the same code point.
    let to_unicode = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n\
        1 beginbfchar <21> <F0FE> endbfchar endcmap";
    let mut pdf =
        Pdf::new().page(&("BT 1 0 0 1 72 700 Tm /O 12 Tf <21> Tj ET\n".to_owned() + &at(84.0, 700.0, 12.0, "不提供")));
    pdf.resources = "/Font << /S 4 0 R /O 20 0 R >>".to_owned();
    let pdf = pdf
        .object(
            "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+DemoOpenSymbol /FirstChar 0 /LastChar 255 \
             /FontDescriptor 21 0 R /ToUnicode 22 0 R >>",
        )
        .object("<< /Type /FontDescriptor /FontName /ABCDEF+DemoOpenSymbol /Flags 4 /MissingWidth 900 >>")
        .stream("", to_unicode);
    assert_snapshot!(outline(&pdf.read()), @"p1 Paragraph ☑不提供");
}

#[test]
fn a_page_set_sideways_is_read_upright_and_its_boxes_stay_in_place() {
    // Words that run upwards on an upright page: a wide table that was turned to fit.
    let rows = ["　　投标人应当按照招标文件的要求编制投标文件，并在截止时间前递交。", "一、报价为九十万元。"];
    let content: String = rows
        .iter()
        .enumerate()
        .map(|(n, words)| {
            let x = 100.0 + 30.0 * n as f32;
            at(0.0, 0.0, 12.0, words).replace("1 0 0 1 0 0 Tm", &format!("0 1 -1 0 {x} 200 Tm"))
        })
        .collect();
    let document = Pdf::new().page(&content).read();
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 投标人应当按照招标文件的要求编制投标文件，并在截止时间前递交。
    p1 ListItem 一、报价为九十万元。
    ");
    assert_eq!((document.pages[0].width, document.pages[0].height), A4);
    // 一 begins at y = 200 from the bottom and its line stands at x = 130 from the left.
    let block = &document.blocks[1];
    let boxes = block.boxes(bidlens_domain::document::TextRange::new(0, 3));
    let rect = boxes[0].rect;
    let points = [rect.x0 * A4.0, rect.y0 * A4.1, rect.x1 * A4.0, rect.y1 * A4.1].map(f32::round);
    assert_eq!(points, [120.0, 630.0, 132.0, 642.0]);
}

#[test]
fn numbers_that_count_lines_are_no_words_of_theirs() {
    let words: Vec<String> =
        (0..18).map(|n| format!("第{}行的正文写到这里为止就算写满了整整一行还要再写", n + 1)).collect();
    let content: String = words
        .iter()
        .enumerate()
        .map(|(n, words)| {
            let y = 740.0 - 22.0 * n as f32;
            at(50.0, y, 8.0, &(n + 1).to_string()) + &at(90.0, y, 12.0, words)
        })
        .collect();
    let document = Pdf::new().page(&content).read();
    let body: Vec<&str> = document.blocks.iter().filter(|b| b.kind.is_body()).map(|b| b.text.as_str()).collect();
    assert!(body.concat().starts_with("第1行"), "{}", outline(&document));
    assert!(!body.concat().contains("2 第2行"), "{}", outline(&document));
    let counted = document.blocks.iter().find(|b| b.kind == BlockKind::Header).map(|b| b.text.as_str());
    assert_eq!(counted, Some("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18"));
}

#[test]
fn predefined_encodings_are_read_without_a_map_to_unicode() {
    // Fonts that are not embedded, with the codes of the encoding in the strings.
    let fonts = [
        ("GBK-EUC-H", "GB1", "<B1A8BCDB>"),
        ("UniGB-UTF16-H", "GB1", "<62A54EF7>"),
        ("ETen-B5-H", "CNS1", "<B3F8BBF9>"),
    ];
    let mut pdf = Pdf::new();
    let (mut names, mut content) = (String::new(), String::new());
    for (n, (encoding, ordering, codes)) in fonts.iter().enumerate() {
        let at = 20 + 3 * n;
        names += &format!("/F{n} {at} 0 R ");
        content += &format!("BT 1 0 0 1 72 {} Tm /F{n} 12 Tf {codes} Tj ET\n", 700 - 40 * n);
        pdf = pdf
            .object(&format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /Demo{n} /Encoding /{encoding} /DescendantFonts [{} 0 R] >>",
                at + 1
            ))
            .object(&format!(
                "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Demo{n} /DW 1000 /FontDescriptor {} 0 R \
                 /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 2 >> >>",
                at + 2
            ))
            .object(&format!("<< /Type /FontDescriptor /FontName /Demo{n} /Flags 4 >>"));
    }
    pdf.resources = format!("/Font << {names} >>");
    let text: Vec<String> = pdf.page(&content).read().blocks.iter().map(|b| b.text.clone()).collect();
    assert_eq!(text, ["报价", "报价", "報價"]);
}

#[test]
fn lines_of_a_list_keep_their_numbers() {
    let document = Pdf::new().page(&lines(72.0, 100.0, &["1 Scope of the works", "2 Price and payment"])).read();
    assert!(outline(&document).contains("1 Scope"), "{}", outline(&document));
}
