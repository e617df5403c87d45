//! PDFs built here, object by object: pages, tables, furniture, and files in bad shape.

use std::fmt::Write as _;

use bidlens_domain::document::{BlockKind, Document, IssueCode, IssueSeverity, TextSource};
use insta::assert_snapshot;

use crate::{outline, read};

/// A page's width and height where a test does not say otherwise.
pub(crate) const A4: (f32, f32) = (595.0, 842.0);

/// A PDF under construction. Fonts: `/H` Helvetica, `/S` a Chinese font that is not embedded, `/W` Wingdings 2.
#[derive(Default)]
pub(crate) struct Pdf {
    /// Page dictionary entries and content stream, page by page.
    pages: Vec<(String, String)>,
    /// Further objects, numbered from [`FIRST_OWN`].
    objects: Vec<String>,
    /// Entries added to the catalog and to the trailer.
    pub(crate) catalog: String,
    pub(crate) trailer: String,
    /// Entries added to the resources of every page.
    pub(crate) resources: String,
}

const FIRST_OWN: usize = 20;
const FIRST_PAGE: usize = 100;

impl Pdf {
    pub(crate) fn new() -> Self {
        Pdf::default()
    }

    pub(crate) fn page(self, content: &str) -> Self {
        self.page_with(&format!("/MediaBox [0 0 {} {}]", A4.0, A4.1), content)
    }

    pub(crate) fn page_with(mut self, entries: &str, content: &str) -> Self {
        self.pages.push((entries.to_owned(), content.to_owned()));
        self
    }

    /// Adds an object; the first is number 20.
    pub(crate) fn object(mut self, body: &str) -> Self {
        self.objects.push(body.to_owned());
        self
    }

    pub(crate) fn stream(self, entries: &str, content: &str) -> Self {
        let body = format!("<< {entries} /Length {} >>\nstream\n{content}\nendstream", content.len());
        self.object(&body)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let kids: String = (0..self.pages.len()).map(|n| format!("{} 0 R ", FIRST_PAGE + 2 * n)).collect();
        let ticks = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
            1 begincodespacerange <00> <FF> endcodespacerange\n\
            3 beginbfchar <52> <F052> <A3> <F0A3> <50> <F050> endbfchar\nendcmap end end";
        let mut objects: Vec<(usize, String)> = vec![
            (1, format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog)),
            (2, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", self.pages.len())),
            (3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned()),
            (
                4,
                "<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>"
                    .to_owned(),
            ),
            (
                5,
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /DW 1000 /FontDescriptor 6 0 R \
                 /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
                    .to_owned(),
            ),
            (6, "<< /Type /FontDescriptor /FontName /SimSun /Flags 4 >>".to_owned()),
            (
                7,
                "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Wingdings2 /FirstChar 0 /LastChar 255 \
                 /FontDescriptor 9 0 R /ToUnicode 8 0 R >>"
                    .to_owned(),
            ),
            (8, format!("<< /Length {} >>\nstream\n{ticks}\nendstream", ticks.len())),
            (9, "<< /Type /FontDescriptor /FontName /ABCDEF+Wingdings2 /Flags 4 /MissingWidth 900 >>".to_owned()),
        ];
        objects.extend(self.objects.iter().enumerate().map(|(n, body)| (FIRST_OWN + n, body.clone())));
        for (n, (entries, content)) in self.pages.iter().enumerate() {
            let at = FIRST_PAGE + 2 * n;
            objects.push((
                at,
                format!(
                    "<< /Type /Page /Parent 2 0 R {entries} /Contents {} 0 R \
                     /Resources << /Font << /H 3 0 R /S 4 0 R /W 7 0 R >> {} >> >>",
                    at + 1,
                    self.resources
                ),
            ));
            objects.push((at + 1, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())));
        }
        let mut out = String::from("%PDF-1.7\n");
        let mut offsets = Vec::new();
        for (number, body) in objects {
            offsets.push((number, out.len()));
            let _ = write!(out, "{number} 0 obj\n{body}\nendobj\n");
        }
        let table = out.len();
        out.push_str("xref\n0 1\n0000000000 65535 f \n");
        for (number, offset) in offsets {
            let _ = write!(out, "{number} 1\n{offset:010} 00000 n \n");
        }
        let _ = write!(out, "trailer\n<< /Size 1000 /Root 1 0 R {} >>\nstartxref\n{table}\n%%EOF\n", self.trailer);
        out.into_bytes()
    }

    pub(crate) fn read(&self) -> Document {
        read("a.pdf", &self.bytes())
    }
}

/// Shows `text` at a point: Chinese in `/S`, everything else in `/H`.
pub(crate) fn at(x: f32, y: f32, size: f32, text: &str) -> String {
    let mut out = format!("BT 1 0 0 1 {x} {y} Tm\n");
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let latin = first.is_ascii();
        let end = rest.find(|c: char| c.is_ascii() != latin).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if latin {
            let escaped = part.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let _ = writeln!(out, "/H {size} Tf ({escaped}) Tj");
        } else {
            let hex: String = part.encode_utf16().map(|u| format!("{u:04X}")).collect();
            let _ = writeln!(out, "/S {size} Tf <{hex}> Tj");
        }
        rest = after;
    }
    out.push_str("ET\n");
    out
}

/// Lines of 12 points from the top, 20 points apart.
pub(crate) fn lines(left: f32, top: f32, texts: &[&str]) -> String {
    texts.iter().enumerate().map(|(n, text)| at(left, A4.1 - top - 20.0 * n as f32, 12.0, text)).collect()
}

/// A ruled table with equal columns 100 points wide and rows 30 high, one short text in each cell.
pub(crate) fn table(left: f32, top: f32, rows: &[&[&str]]) -> String {
    let columns = rows.first().map_or(0, |r| r.len());
    let (right, bottom) = (left + 100.0 * columns as f32, top - 30.0 * rows.len() as f32);
    let mut out = String::from("0.5 w\n");
    for row in 0..=rows.len() {
        let y = top - 30.0 * row as f32;
        let _ = writeln!(out, "{left} {y} m {right} {y} l S");
    }
    for column in 0..=columns {
        let x = left + 100.0 * column as f32;
        let _ = writeln!(out, "{x} {top} m {x} {bottom} l S");
    }
    for (r, row) in rows.iter().enumerate() {
        for (c, text) in row.iter().enumerate() {
            out.push_str(&at(left + 100.0 * c as f32 + 5.0, top - 30.0 * r as f32 - 20.0, 12.0, text));
        }
    }
    out
}

pub(crate) fn issue_codes(document: &Document) -> Vec<IssueCode> {
    document.issues.iter().map(|i| i.code).collect()
}

#[test]
fn typeset_lines_become_paragraphs_again() {
    let document = Pdf::new()
        .page(&lines(
            72.0,
            100.0,
            &[
                "　　本项目采购供水加压设备若干套，投标人须按招标文件要求提供加",
                "压泵站设备并负责安装调试，直至验收合格为止。",
                "　　投标人应当具备独立承担民事责任的能力，并且在最近三年内没有",
                "重大违法记录。",
                "　　投标人可以在投标截止时间前修改或者撤回投标文件，但应当以书",
                "面形式通知招标人。",
                "一、投标有效期为九十日。",
            ],
        ))
        .read();
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 本项目采购供水加压设备若干套，投标人须按招标文件要求提供加压泵站设备并负责安装调试，直至验收合格为止。
    p1 Paragraph 投标人应当具备独立承担民事责任的能力，并且在最近三年内没有重大违法记录。
    p1 Paragraph 投标人可以在投标截止时间前修改或者撤回投标文件，但应当以书面形式通知招标人。
    p1 ListItem 一、投标有效期为九十日。
    ");
}

#[test]
fn words_of_latin_text_keep_their_spaces_and_double_letters() {
    let document = Pdf::new()
        .page(&lines(
            72.0,
            100.0,
            &[
                "All bidders will fill in the bill of quantities and shall supply the pumps within ninety",
                "days. The well-known terms apply.",
            ],
        ))
        .read();
    assert_snapshot!(outline(&document), @"p1 Paragraph All bidders will fill in the bill of quantities and shall supply the pumps within ninety days. The well-known terms apply.");
}

#[test]
fn boxes_are_fractions_of_the_page_as_it_is_shown() {
    let upright = Pdf::new().page(&at(100.0, 700.0, 10.0, "甲乙")).read();
    let shifted = Pdf::new().page_with("/MediaBox [50 30 645 872]", &at(150.0, 730.0, 10.0, "甲乙")).read();
    // The page lies on its side in the file and is shown upright by /Rotate.
    let turned = Pdf::new()
        .page_with(
            "/MediaBox [0 0 842 595] /Rotate 90",
            &at(0.0, 0.0, 10.0, "甲乙").replace("1 0 0 1 0 0 Tm", "0 1 -1 0 142 100 Tm"),
        )
        .read();
    for (what, document) in [("upright", upright), ("shifted", shifted), ("turned", turned)] {
        let page = &document.pages[0];
        assert_eq!((page.width, page.height), A4, "{what}");
        let block = &document.blocks[0];
        assert_eq!(block.text, "甲乙", "{what}");
        let rect = block.lines[0].bounds.unwrap_or_else(|| panic!("{what}: no box"));
        let points = [rect.x0 * A4.0, rect.y0 * A4.1, rect.x1 * A4.0, rect.y1 * A4.1];
        for (got, expected) in points.iter().zip([100.0, 133.4, 120.0, 143.4]) {
            assert!((got - expected).abs() < 0.5, "{what}: {points:?}");
        }
        let edges: Vec<f32> = block.lines[0].edges.iter().map(|e| (e * A4.0).round()).collect();
        assert_eq!(edges, [110.0, 120.0], "{what}");
    }
}

#[test]
fn what_is_drawn_twice_is_read_once() {
    let stroked = at(72.0, 700.0, 12.0, "投标须知").replace("BT", "BT 2 Tr");
    let faked = at(72.0, 650.0, 12.0, "评标办法") + &at(72.4, 650.0, 12.0, "评标办法");
    let once = at(72.0, 600.0, 12.0, "日日新 will");
    let document = Pdf::new().page(&(stroked + &faked + &once)).read();
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 投标须知
    p1 Paragraph 评标办法
    p1 Paragraph 日日新 will
    ");
}

#[test]
fn what_cannot_be_seen_is_left_out() {
    let clipped = format!("q 0 0 200 200 re W n\n{}Q\n", at(72.0, 600.0, 12.0, "剪去"));
    let outside = at(700.0, 600.0, 12.0, "页外");
    let document = Pdf::new().page(&(at(72.0, 700.0, 12.0, "页内") + &clipped + &outside)).read();
    assert_snapshot!(outline(&document), @"p1 Paragraph 页内");
}

#[test]
fn running_headers_and_page_numbers_are_set_apart() {
    let pdf = (1..=4).fold(Pdf::new(), |pdf, n| {
        let text = format!("第{n}页正文，投标人应当仔细阅读。");
        let header = at(200.0, 800.0, 9.0, "某某采购中心招标文件");
        let footer = at(280.0, 30.0, 9.0, &format!("- {n} -"));
        pdf.page(&(header + &lines(72.0, 120.0, &[&text]) + &footer))
    });
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Header 某某采购中心招标文件
    p1 Paragraph 第1页正文，投标人应当仔细阅读。
    p1 Footer - 1 -
    p2 Header 某某采购中心招标文件
    p2 Paragraph 第2页正文，投标人应当仔细阅读。
    p2 Footer - 2 -
    p3 Header 某某采购中心招标文件
    p3 Paragraph 第3页正文，投标人应当仔细阅读。
    p3 Footer - 3 -
    p4 Header 某某采购中心招标文件
    p4 Paragraph 第4页正文，投标人应当仔细阅读。
    p4 Footer - 4 -
    ");
}

#[test]
fn columns_are_read_one_after_the_other() {
    let left = [
        "投标人应当仔细阅读招标文件的",
        "全部内容，并按其要求提供全部",
        "资料。没有按要求提供资料，或",
        "者没有对招标文件作出实质性响",
        "应的，其风险由投标人自行承担",
        "，并可能导致其投标被否决。招",
        "标文件的澄清以书面形式发出。",
    ];
    let right = [
        "投标报价应当包括完成本项目所",
        "需的全部费用，包括设备、材料",
        "运输、安装、调试、培训、税金",
        "和利润。投标人只能提出一个不",
        "变的价格，招标人不接受任何选",
        "择报价。漏报的费用视为已经包",
        "括在投标总价之中，不再支付。",
    ];
    let content = at(200.0, 780.0, 14.0, "投标须知")
        + &lines(60.0, 120.0, &left)
        + &lines(262.0, 120.0, &right)
        + &at(60.0, 480.0, 12.0, "以上各条由招标人负责解释，投标人对此没有异议方可参加投标活动。");
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 H1 投标须知
    p1 Paragraph 投标人应当仔细阅读招标文件的全部内容，并按其要求提供全部资料。没有按要求提供资料，或者没有对招标文件作出实质性响应的，其风险由投标人自行承担，并可能导致其投标被否决。招标文件的澄清以书面形式发出。投标报价应当包括完成本项目所需的全部费用，包括设备、材料运输、安装、调试、培训、税金和利润。投标人只能提出一个不变的价格，招标人不接受任何选择报价。漏报的费用视为已经包括在投标总价之中，不再支付。
    p1 Paragraph 以上各条由招标人负责解释，投标人对此没有异议方可参加投标活动。
    ");
}

#[test]
fn lines_of_a_form_are_no_columns() {
    let (names, values) = (["名称：", "地址：", "电话：", "传真：", "邮编：", "网址：", "税号："], "甲乙丙");
    let content: String = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            at(60.0, 700.0 - 20.0 * n as f32, 12.0, name) + &at(320.0, 700.0 - 20.0 * n as f32, 12.0, values)
        })
        .collect();
    let document = Pdf::new().page(&content).read();
    assert!(outline(&document).contains("名称： 甲乙丙"), "{}", outline(&document));
}

#[test]
fn a_sentence_goes_on_over_the_page_break() {
    let first = lines(72.0, 700.0, &["投标人须在投标截止时间前递交投标文件，逾期送达的投标文件将被招标人拒绝接"]);
    let document = Pdf::new()
        .page(&(first + &at(290.0, 30.0, 9.0, "1")))
        .page(&(lines(72.0, 80.0, &["收，由此产生的后果由投标人自行承担。"]) + &at(290.0, 30.0, 9.0, "2")))
        .read();
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 投标人须在投标截止时间前递交投标文件，逾期送达的投标文件将被招标人拒绝接收，由此产生的后果由投标人自行承担。
    p1 Footer 1
    p2 Footer 2
    ");
    assert_eq!(document.blocks[0].lines.iter().map(|l| l.page).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_ruled_table_has_its_merged_cells() {
    // Three columns; the first row is one cell, and the first column of the rows below too.
    let content = "0.5 w 72 700 m 372 700 l S 72 670 m 372 670 l S 172 640 m 372 640 l S 72 610 m 372 610 l S\n\
        72 700 m 72 610 l S 372 700 m 372 610 l S 172 670 m 172 610 l S 272 670 m 272 610 l S\n"
        .to_owned()
        + &at(150.0, 680.0, 12.0, "评分表")
        + &at(80.0, 635.0, 12.0, "商务部分")
        + &at(180.0, 650.0, 12.0, "业绩")
        + &at(280.0, 650.0, 12.0, "20")
        + &at(180.0, 620.0, 12.0, "报价")
        + &at(280.0, 620.0, 12.0, "30");
    // Shading and a highlighter are no borders.
    let shading = "0.9 g 72 670 300 30 re f 1 1 0 rg 180 645 30 16 re f 0 g\n";
    assert_snapshot!(outline(&Pdf::new().page(&(shading.to_owned() + &content)).read()), @"
    p1 Table 3x3
        (0,0 1x3) 评分表
        (1,0 2x1) 商务部分
        (1,1) 业绩
        (1,2) 20
        (2,1) 报价
        (2,2) 30
    ");
}

#[test]
fn cells_drawn_as_thin_rectangles_are_a_table_too() {
    let mut content = String::new();
    for y in [700, 670, 640] {
        let _ = writeln!(content, "72 {y} 200 0.5 re f");
    }
    for x in [72, 172, 272] {
        let _ = writeln!(content, "{x} 640 0.5 60 re f");
    }
    for (x, y, text) in [(80.0, 680.0, "品目"), (180.0, 680.0, "数量"), (80.0, 650.0, "水泵"), (180.0, 650.0, "3")]
    {
        content.push_str(&at(x, y, 12.0, text));
    }
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Table 2x2
        (0,0) 品目
        (0,1) 数量
        (1,0) 水泵
        (1,1) 3
    ");
}

#[test]
fn a_table_inside_a_cell_is_its_child() {
    let content = "0.5 w 72 700 400 200 re S 172 700 m 172 500 l S 72 700 m 72 900 l S\n"
        .replace("72 700 400 200", "72 500 400 200")
        .replace("72 700 m 72 900 l S", "")
        + &at(80.0, 600.0, 12.0, "付款")
        + &at(180.0, 680.0, 12.0, "分两次支付：")
        + &table(190.0, 660.0, &[&["第一次", "30%"], &["第二次", "70%"]])
        + &at(180.0, 560.0, 12.0, "以上均为含税价。");
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Table 1x2
        (0,0) 付款
        (0,1) 分两次支付：⏎第一次⇥30%⏎第二次⇥70%⏎以上均为含税价。
            (0,0) 第一次
            (0,1) 30%
            (1,0) 第二次
            (1,1) 70%
    ");
}

#[test]
fn a_table_goes_on_over_pages() {
    let head: &[&str] = &["序号", "评分项目", "分值"];
    let first = table(72.0, 200.0, &[head, &["1", "业绩", "20"], &["2", "方案", "30"]]);
    let second = table(72.0, 780.0, &[head, &["", "含实施计划", ""], &["3", "服务", "10"]]);
    let document = Pdf::new()
        .page(&(lines(72.0, 100.0, &["评分标准如下。"]) + &first + &at(290.0, 30.0, 9.0, "1")))
        .page(&(second + &lines(72.0, 300.0, &["以上合计六十分。"]) + &at(290.0, 30.0, 9.0, "2")))
        .read();
    assert_snapshot!(outline(&document), @"
    p1 Paragraph 评分标准如下。
    p1 Table 4x3
        (0,0) 序号
        (0,1) 评分项目
        (0,2) 分值
        (1,0) 1
        (1,1) 业绩
        (1,2) 20
        (2,0) 2
        (2,1) 方案含实施计划
        (2,2) 30
        (3,0) 3
        (3,1) 服务
        (3,2) 10
    p1 Footer 1
    p2 Header 序号评分项目分值
    p2 Paragraph 以上合计六十分。
    p2 Footer 2
    ");
}

#[test]
fn ticked_boxes_are_told_from_empty_ones() {
    let tick = |code: &str| format!("/W 12 Tf <{code}> Tj");
    let content = format!(
        "BT 1 0 0 1 72 700 Tm {} /S 12 Tf <662F> Tj {} /S 12 Tf <5426> Tj {} ET\n",
        tick("A3"),
        tick("52"),
        tick("50")
    );
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"p1 Paragraph □是☑否√");
}

#[test]
fn pictures_and_empty_pages_are_told_apart() {
    let mut pdf = Pdf::new()
        .page(&lines(72.0, 100.0, &["这一页有字，可以读出，不是扫描件，也不是空白页。"]))
        .page("q 595 0 0 842 0 0 cm /Im Do Q\n")
        .page("");
    pdf.resources = "/XObject << /Im 20 0 R >>".to_owned();
    let document = pdf
        .stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8", "abcd")
        .read();
    let sources: Vec<TextSource> = document.pages.iter().map(|p| p.text_source).collect();
    assert_eq!(sources, [TextSource::Digital, TextSource::Unreadable, TextSource::Blank]);
    assert_eq!(issue_codes(&document), [IssueCode::UnreadablePage]);
    assert_eq!(document.issues[0].page, Some(2));
    assert!(document.is_usable());
}

#[test]
fn damaged_and_locked_files_say_so() {
    let good = Pdf::new().page(&lines(72.0, 100.0, &["正文。"]));
    let whole = good.bytes();
    let cut = read("a.pdf", whole.get(..whole.len() - 200).unwrap_or_default());
    assert!(issue_codes(&cut).contains(&IssueCode::Truncated), "{:?}", cut.issues);
    assert_eq!(cut.blocks.first().map(|b| b.text.as_str()), Some("正文。"), "what is there is read");

    let stub = read("a.pdf", whole.get(..40).unwrap_or_default());
    assert!(!stub.is_usable());
    assert_eq!(issue_codes(&stub), [IssueCode::Truncated]);

    let no_pages = Pdf::new().read();
    assert_eq!(
        no_pages.issues.first().map(|i| (i.code, i.severity)),
        Some((IssueCode::Malformed, IssueSeverity::Error))
    );

    let mut locked = good;
    locked.trailer =
        "/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] /Encrypt 20 0 R".to_owned();
    let key = "0".repeat(64);
    let locked =
        locked.object(&format!("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{key}> /U <{key}> >>")).read();
    assert!(locked.blocks.is_empty());
    assert_eq!(issue_codes(&locked), [IssueCode::Encrypted]);
}

#[test]
fn no_damage_reaches_the_caller() {
    let head: &[&str] = &["序号", "内容"];
    let good = Pdf::new()
        .page(&(lines(72.0, 100.0, &["第一章 招标公告", "正文。"]) + &table(72.0, 600.0, &[head, &["1", "甲"]])))
        .page(&table(72.0, 780.0, &[head, &["2", "乙"]]))
        .bytes();
    let mut seed = 7u32;
    for _ in 0..200 {
        let mut bytes = good.clone();
        for _ in 0..12 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (seed >> 8) as usize % bytes.len();
            bytes[at] = (seed & 0xFF) as u8;
        }
        let document = read("a.pdf", &bytes);
        assert!(!document.blocks.is_empty() || !document.issues.is_empty());
        outline(&document);
    }
}

#[test]
fn forms_that_contain_themselves_come_to_an_end() {
    let mut pdf = Pdf::new().page(&(lines(72.0, 100.0, &["正文。"]) + "/Fm Do\n"));
    pdf.resources = "/XObject << /Fm 20 0 R >>".to_owned();
    let document = pdf
        .stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /Fm 20 0 R >> >>",
            "/Fm Do /Fm Do",
        )
        .read();
    assert_eq!(document.blocks.first().map(|b| b.text.as_str()), Some("正文。"));
}

#[test]
fn contents_lines_are_known_by_their_leaders() {
    let document = Pdf::new()
        .page(&lines(
            72.0,
            100.0,
            &[
                "目录",
                "第一章 招标公告................................ 3",
                "第二章 评标办法................................ 9",
            ],
        ))
        .read();
    let kinds: Vec<bool> = document.blocks.iter().map(|b| b.kind == BlockKind::Contents).collect();
    assert_eq!(kinds, [false, true, true], "{}", outline(&document));
}

/// Text as [`at`] shows it, with its outlines drawn too: bold.
fn bold(x: f32, y: f32, size: f32, text: &str) -> String {
    format!("2 Tr 0.4 w\n{}0 Tr\n", at(x, y, size, text))
}

#[test]
fn a_bold_heading_as_wide_as_the_text_stays_apart() {
    let entries = "/MediaBox [0 0 300 400]";
    let content = bold(40.0, 340.0, 12.0, "Insurance held by the supplier of pumps")
        + &at(40.0, 324.0, 12.0, "Each pump is insured until it has been")
        + &at(40.0, 308.0, 12.0, "accepted. The policy names the buyer.")
        + &bold(40.0, 292.0, 12.0, "Defects")
        + &at(40.0, 276.0, 12.0, "Defects are mended within two weeks.");
    assert_snapshot!(outline(&Pdf::new().page_with(entries, &content).read()), @"
    p1 Paragraph Insurance held by the supplier of pumps
    p1 Paragraph Each pump is insured until it has been accepted. The policy names the buyer.
    p1 Paragraph Defects
    p1 Paragraph Defects are mended within two weeks.
    ");
}

#[test]
fn paragraphs_with_white_between_them_are_apart() {
    // The last line of each paragraph is full, and the lines of a paragraph are 16 points apart.
    let texts = [
        (700.0, "The supplier delivers all pumps to the station at the lower weir and"),
        (684.0, "sets them up there. The station stays in service during that time."),
        (660.0, "The buyer keeps the station open on all days of the week and names"),
        (644.0, "a person who has the keys."),
        (620.0, "Keys"),
        (596.0, "Keys are handed over against a receipt."),
    ];
    let content: String = texts.iter().map(|(y, text)| at(72.0, *y, 12.0, text)).collect();
    let entries = "/MediaBox [0 0 470 842]";
    assert_snapshot!(outline(&Pdf::new().page_with(entries, &content).read()), @"
    p1 Paragraph The supplier delivers all pumps to the station at the lower weir and sets them up there. The station stays in service during that time.
    p1 Paragraph The buyer keeps the station open on all days of the week and names a person who has the keys.
    p1 Paragraph Keys
    p1 Paragraph Keys are handed over against a receipt.
    ");
}

#[test]
fn lines_of_an_item_stand_under_its_words() {
    let texts = [
        (72.0, "Bids are sent to the depot in one envelope, and on it stand the full name"),
        (72.0, "of the bidder and the number of the tender."),
        (90.0, "1. The bid holds a letter of the bank that names the sum and the last"),
        (104.0, "day on which it may be called."),
        (104.0, "a small letter goes on in what the line before it has left open, and it"),
        (104.0, "does not begin a paragraph of its own."),
    ];
    let content: String =
        texts.iter().enumerate().map(|(n, (x, text))| at(*x, 700.0 - 16.0 * n as f32, 12.0, text)).collect();
    let entries = "/MediaBox [0 0 470 842]";
    assert_snapshot!(outline(&Pdf::new().page_with(entries, &content).read()), @"
    p1 Paragraph Bids are sent to the depot in one envelope, and on it stand the full name of the bidder and the number of the tender.
    p1 ListItem 1. The bid holds a letter of the bank that names the sum and the last day on which it may be called.
    p1 Paragraph a small letter goes on in what the line before it has left open, and it does not begin a paragraph of its own.
    ");
}

#[test]
fn columns_need_not_keep_to_one_height() {
    let left = [
        "投标人应当仔细阅读招标文件的",
        "全部内容，并按其要求提供全部",
        "资料。没有按要求提供资料，或",
        "者没有对招标文件作出实质性响",
        "应的，其风险由投标人自行承担",
        "，并可能导致其投标被否决。招",
        "标文件的澄清以书面形式发出。",
    ];
    let right = [
        "投标报价应当包括完成本项目所",
        "需的全部费用，包括设备、材料",
        "运输、安装、调试、培训、税金",
        "和利润。投标人只能提出一个不",
        "变的价格，招标人不接受任何选",
        "择报价。漏报的费用视为已经包",
        "括在投标总价之中，不再支付。",
    ];
    let content = lines(60.0, 120.0, &left) + &lines(262.0, 127.0, &right);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Paragraph 投标人应当仔细阅读招标文件的全部内容，并按其要求提供全部资料。没有按要求提供资料，或者没有对招标文件作出实质性响应的，其风险由投标人自行承担，并可能导致其投标被否决。招标文件的澄清以书面形式发出。投标报价应当包括完成本项目所需的全部费用，包括设备、材料运输、安装、调试、培训、税金和利润。投标人只能提出一个不变的价格，招标人不接受任何选择报价。漏报的费用视为已经包括在投标总价之中，不再支付。
    ");
}

#[test]
fn contents_lines_are_known_by_the_number_at_the_edge() {
    let rows = [("招标公告", "1"), ("投标人须知", "4"), ("评标办法", "15")];
    let content: String = at(270.0, 780.0, 16.0, "目录")
        + &rows
            .iter()
            .enumerate()
            .map(|(n, (title, page))| {
                let y = 700.0 - 20.0 * n as f32;
                at(72.0, y, 12.0, title) + &at(510.0, y, 12.0, page)
            })
            .collect::<String>();
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 H1 目录
    p1 Contents 招标公告 1
    p1 Contents 投标人须知 4
    p1 Contents 评标办法 15
    ");
}

#[test]
fn what_a_browser_prints_at_the_edge_of_two_pages_is_furniture() {
    let edges = |page: &str| {
        at(30.0, 820.0, 8.0, "2027/3/4 14:05")
            + &at(30.0, 16.0, 8.0, "https://tender.example")
            + &at(540.0, 16.0, 8.0, page)
    };
    let document = Pdf::new()
        .page(&(edges("1/2") + &table(72.0, 160.0, &[&["序号", "条款"], &["1", "价格"], &["2", "期限"]])))
        .page(&(edges("2/2") + &table(72.0, 780.0, &[&["3", "保修"]])))
        .read();
    assert_snapshot!(outline(&document), @"
    p1 Header 2027/3/4 14:05
    p1 Table 4x2
        (0,0) 序号
        (0,1) 条款
        (1,0) 1
        (1,1) 价格
        (2,0) 2
        (2,1) 期限
        (3,0) 3
        (3,1) 保修
    p1 Footer https://tender.example 1/2
    p2 Header 2027/3/4 14:05
    p2 Footer https://tender.example 2/2
    ");
}

#[test]
fn size_alone_makes_a_heading_where_no_font_is_bold() {
    let content = at(72.0, 760.0, 20.0, "供水设备采购")
        + &at(72.0, 720.0, 14.0, "供货范围")
        + &lines(72.0, 140.0, &["供货人提供三台水泵，并在泵站安装。", "电缆由采购人提供。"])
        + &at(72.0, 650.0, 14.0, "付款")
        + &lines(72.0, 210.0, &["验收合格后一次付清。"]);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 H1 供水设备采购
    p1 H1 供货范围
    p1 Paragraph 供货人提供三台水泵，并在泵站安装。
    p1 Paragraph 电缆由采购人提供。
    p1 H1 付款
    p1 Paragraph 验收合格后一次付清。
    ");
}

#[test]
fn lines_set_in_at_the_left_alone_are_not_centred() {
    // The middle of the first line is that of the page, but it goes up to the right edge of the text.
    let content = at(60.0, 720.0, 12.0, "投标人须知")
        + &at(96.0, 700.0, 12.0, "投标人应当仔细阅读招标文件的全部内容并按其要求提供资料，没有按照")
        + &at(96.0, 684.0, 12.0, "要求提供资料的，其风险由投标人自行承担。")
        + &at(60.0, 660.0, 12.0, "投标报价包括完成本项目所需的全部费用，漏报的费用视为已经包括在投标总价")
        + &at(60.0, 644.0, 12.0, "之中。");
    let entries = "/MediaBox [0 0 548 842]";
    assert_snapshot!(outline(&Pdf::new().page_with(entries, &content).read()), @"
    p1 Paragraph 投标人须知
    p1 Paragraph 投标人应当仔细阅读招标文件的全部内容并按其要求提供资料，没有按照要求提供资料的，其风险由投标人自行承担。
    p1 Paragraph 投标报价包括完成本项目所需的全部费用，漏报的费用视为已经包括在投标总价之中。
    ");
}
