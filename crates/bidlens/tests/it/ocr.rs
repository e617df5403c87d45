//! Scanned pages: read by Tesseract as it is installed, by engines that break, or by none.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use bidlens_domain::document::CONFIDENCE_MIN;
use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::{bidlens, json, run, sample, stderr};

/// Page 8 of the sample tender as a scanner would give it: the front table with deadlines, bonds and boxes to tick.
fn scan(folder: &Path) -> PathBuf {
    scan_of(folder, "8")
}

fn scan_of(folder: &Path, page: &str) -> PathBuf {
    let to = folder.join("scan");
    let done = Command::new("pdftoppm")
        .args(["-r", "200", "-f", page, "-l", page, "-png", "-singlefile"])
        .arg(sample("tender.pdf"))
        .arg(&to)
        .status()
        .expect("pdftoppm runs");
    assert!(done.success());
    to.with_extension("png")
}

fn texts(parsed: &Value) -> String {
    parsed["segments"].as_array().expect("segments").iter().filter_map(|s| s["text"].as_str()).collect()
}

/// A program that answers as Tesseract does when it is asked what it knows, and does `reading` when it is to read.
fn engine(folder: &Path, reading: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("engine");
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n--list-langs) echo chi_sim ;;\n--version) echo engine 1.0 ;;\n*) {reading} ;;\nesac\n"
    );
    std::fs::write(&path, script).expect("write a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("an executable");
    path.display().to_string()
}

#[test]
fn a_scanned_front_table_is_read_cell_by_cell() {
    let folder = tempfile::tempdir().expect("a folder");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(scan(folder.path()))));
    assert_eq!(parsed["pages"][0]["text_source"], "ocr");
    let text = texts(&parsed);
    for words in ["投标截止时间", "2026年12月22日9时30分", "90日历天", "☑不召开", "□召开", "推荐3名中标候选人"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let cells = parsed["tables"].as_array().expect("tables").iter().flat_map(|t| t["cells"].as_array().expect("cells"));
    let validity = cells.clone().find(|c| c["text"] == "投标有效期").expect("its cell");
    let value = cells.clone().find(|c| c["row"] == validity["row"] && c["column"] == 2).expect("the cell beside it");
    assert!(value["text"].as_str().expect("text").contains("90日历天"));
    let issues = parsed["issues"].as_array().expect("issues");
    assert_eq!(issues.iter().filter(|i| i["code"] == "recognised").count(), 1, "{issues:?}");
    assert!(!issues.iter().any(|i| i["code"] == "unreadable_page"));
}

#[test]
fn facts_of_a_scan_are_found_with_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let extracted = json(&run(bidlens().args(["extract", "--json"]).arg(scan(folder.path()))));
    let deadline = &extracted["fields"]["bid_deadline"];
    assert_eq!((&deadline["status"], &deadline["value"]), (&"found".into(), &"2026-12-22T09:30".into()));
    assert!(deadline["evidence"][0]["boxes"][0]["x0"].as_f64().is_some_and(|x| x > 0.0));
}

/// A page in grey.
struct Grey {
    width: usize,
    height: usize,
    dots: Vec<u8>,
}

impl Grey {
    fn scan(folder: &Path, page: &str) -> Grey {
        Grey::scan_of(folder, "tender.pdf", page, &[])
    }

    /// The licence in the sample bid.
    fn licence(folder: &Path) -> Grey {
        Grey::scan_of(folder, "bid_defective.pdf", "15", &["-x", "150", "-y", "420", "-W", "1360", "-H", "540"])
    }

    fn scan_of(folder: &Path, file: &str, page: &str, part: &[&str]) -> Grey {
        let to = folder.join("grey");
        let done = Command::new("pdftoppm")
            .args(["-gray", "-r", "200", "-f", page, "-l", page, "-singlefile"])
            .args(part)
            .arg(sample(file))
            .arg(&to)
            .status()
            .expect("pdftoppm runs");
        assert!(done.success());
        let pgm = std::fs::read(to.with_extension("pgm")).expect("a picture");
        let head: Vec<&[u8]> = pgm.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
        let number = |bytes: &[u8]| std::str::from_utf8(bytes).expect("text").parse().expect("a number");
        let (width, height): (usize, usize) = (number(head[1]), number(head[2]));
        let dots = pgm[pgm.len() - width * height..].to_vec();
        Grey { width, height, dots }
    }

    /// Turned by a quarter, clockwise.
    fn turned(&self) -> Grey {
        let dots = (0..self.width).flat_map(|x| (0..self.height).rev().map(move |y| (x, y)));
        let dots = dots.map(|(x, y)| self.dots[y * self.width + x]).collect();
        Grey { width: self.height, height: self.width, dots }
    }

    /// Turned about its middle, clockwise; what comes in from outside is paper.
    fn askew(&self, degrees: f64) -> Grey {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f64 / 2.0, self.height as f64 / 2.0);
        let dots = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x as f64, y as f64)));
        let dots = dots.map(|(x, y)| {
            let (dx, dy) = (x - middle_x, y - middle_y);
            let (x, y) = (middle_x + dx * cos + dy * sin, middle_y - dx * sin + dy * cos);
            let inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
            if inside { self.dots[y as usize * self.width + x as usize] } else { 255 }
        });
        Grey { dots: dots.collect(), ..*self }
    }

    fn save(&self, path: &Path) {
        std::fs::write(path, self.bmp()).expect("write a picture");
    }

    /// As a BMP of 200 dots an inch, the rows of which go from the last to the first.
    fn bmp(&self) -> Vec<u8> {
        let row = (self.width * 3).next_multiple_of(4);
        let mut bmp = b"BM".to_vec();
        let word = |n: usize| u32::try_from(n).expect("a small number").to_le_bytes();
        for n in [54 + row * self.height, 0, 54, 40, self.width, self.height, 1 | 24 << 16, 0, 0, 7_874, 7_874, 0, 0] {
            bmp.extend_from_slice(&word(n));
        }
        for line in self.dots.chunks_exact(self.width).rev() {
            let dots: Vec<u8> = line.iter().flat_map(|dot| [*dot; 3]).collect();
            bmp.extend_from_slice(&dots);
            bmp.resize(bmp.len() + row - dots.len(), 0);
        }
        bmp
    }
}

/// Words of a page in a font that is not in the file, from a point on.
fn words_at(x: u32, y: u32, words: &str) -> String {
    let codes: String = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("BT /S 12 Tf 1 0 0 1 {x} {y} Tm <{codes}> Tj ET\n")
}

/// A PDF of these pages, on which `/Im` is the picture.
fn pdf_with(picture: &Grey, pages: &[String]) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 7 + 2 * n)).collect();
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>".to_vec(),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /DW 1000 /FontDescriptor 5 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>".to_vec(),
        b"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 >>".to_vec(),
    ];
    let head = format!(
        "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 /Length {} >>\nstream\n",
        picture.width,
        picture.height,
        picture.dots.len()
    );
    objects.push([head.as_bytes(), &picture.dots, b"\nendstream"].concat());
    for (n, page) in pages.iter().enumerate() {
        let resources = "<< /Font << /S 3 0 R >> /XObject << /Im 6 0 R >> >>";
        let page_object = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources {resources} >>",
            8 + 2 * n
        );
        objects.push(page_object.into_bytes());
        objects.push(format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()).into_bytes());
    }
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (n, body) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", n + 1).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    offsets.iter().for_each(|at| out.extend_from_slice(format!("{at:010} 00000 n \n").as_bytes()));
    let end = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    out.extend_from_slice(end.as_bytes());
    out
}

/// A DOCX of these paragraphs and, after them on a page of its own below the last, the picture, if so many points wide.
fn docx_with(picture: &Grey, paragraphs: &[&str], caption: Option<&str>, width: usize) -> Vec<u8> {
    let p = |words: &str| format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>");
    let mut body: String = paragraphs.iter().map(|words| p(words)).collect();
    if let Some(caption) = caption {
        body.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#);
        body.push_str(&p(caption));
    }
    let (cx, cy) = (width * 12_700, width * picture.height / picture.width * 12_700);
    body.push_str(&format!(
        r#"<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{cx}" cy="{cy}"/><a:blip r:embed="p1"/></wp:inline></w:drawing></w:r></w:p>"#
    ));
    let document = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="a" xmlns:wp="wp"><w:body>{body}</w:body></w:document>"#
    );
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image1.bmp"/></Relationships>"#;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", types.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
        ("word/media/image1.bmp", &picture.bmp()),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).expect("start");
        writer.write_all(content).expect("write");
    }
    writer.finish().expect("finish").into_inner()
}

const CAPTION: &str = "附件三：投标人主体资格证明文件的扫描件（加盖公章）";
const BID: [&str; 5] = [
    "投标文件",
    "投标人：云州博砚智能设备有限公司",
    "一、投标函",
    "我方愿意以人民币980000元（大写：玖拾捌万元整）承包本项目，工期90日历天。",
    "二、资格证明文件",
];

/// A bid of two pages, on the second a caption and the picture in a place of the page that is told in fractions.
fn bid_in_pdf(picture: &Grey) -> (Vec<u8>, [f64; 4]) {
    let first: String = BID.iter().zip(0u32..).map(|(words, n)| words_at(60, 780 - 24 * n, words)).collect();
    let second = words_at(60, 780, CAPTION) + "q 475 0 0 188 60 500 cm /Im Do Q\n" + &words_at(250, 30, "第2页 共2页");
    let place = [60.0 / 595.0, (842.0 - 688.0) / 842.0, 535.0 / 595.0, (842.0 - 500.0) / 842.0];
    (pdf_with(picture, &[first, second]), place)
}

fn codes(parsed: &Value) -> Vec<String> {
    let issues = parsed["issues"].as_array().expect("issues");
    issues.iter().map(|issue| issue["code"].as_str().expect("a code").to_owned()).collect()
}

/// What a review says of the licence that a tender demands.
fn of_the_licence(folder: &Path, bid: &Path, engine: Option<&str>) -> Vec<Value> {
    let tender = folder.join("tender.txt");
    let demands = "供水设备招标文件\n\n第一章 招标公告\n\n项目名称：云州供水设备采购\n招标人：云州水务局\n\n第二章 投标人须知\n\n\
        3.1 投标人须提供有效的营业执照副本复印件，未提供营业执照的，其投标无效。\n\n3.2 投标有效期：90日历天。\n";
    std::fs::write(&tender, demands).expect("write a tender");
    let mut command = bidlens();
    engine.into_iter().for_each(|engine| {
        command.env("BIDLENS_OCR", engine);
    });
    let reviewed = json(&run(command.args(["review", "--json", "--tender"]).arg(&tender).arg("--bid").arg(bid)));
    let findings = reviewed["bids"][0]["findings"].as_array().expect("findings").clone();
    let of_licence = |f: &Value| f["rule_id"] == "B012" && f["requirement_text"].to_string().contains("营业执照");
    findings.into_iter().filter(of_licence).collect()
}

#[test]
fn a_captioned_scan_is_read_beside_the_words_of_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pdf, place) = bid_in_pdf(&Grey::licence(folder.path()));
    let path = folder.path().join("bid.pdf");
    std::fs::write(&path, pdf).expect("write a bid");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path)));
    assert_eq!(parsed["pages"][1]["text_source"], "digital");
    let text = texts(&parsed);
    assert_eq!((text.matches(CAPTION).count(), text.matches("91990200MA").count()), (1, 1), "{text}");
    assert!(text.contains("智能设备、电子产品的研发和销售"), "{text}");
    assert_eq!(codes(&parsed), ["recognised"]);
    let findings = of_the_licence(folder.path(), &path, None);
    let passed = findings.iter().find(|f| f["result"] == "pass").unwrap_or_else(|| panic!("{findings:?}"));
    let evidence = &passed["bid_evidence"][0];
    assert_eq!(evidence["page"], 2);
    let side = |name: &str| evidence["boxes"][0][name].as_f64().expect("a side");
    let [x0, y0, x1, y1] = place;
    let inside = side("x0") >= x0 && side("y0") >= y0 && side("x1") <= x1 && side("y1") <= y1;
    assert!(inside, "{evidence} in {place:?}");
}

#[test]
fn without_an_engine_no_bid_fails_for_what_a_picture_may_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let licence = Grey::licence(folder.path());
    for (name, bytes) in
        [("bid.pdf", bid_in_pdf(&licence).0), ("bid.docx", docx_with(&licence, &BID, Some(CAPTION), 430))]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("write a bid");
        let parsed = json(&run(bidlens().env("BIDLENS_OCR", "off").args(["parse", "--json"]).arg(&path)));
        assert_eq!(codes(&parsed), ["unread_picture"], "{name}");
        assert_eq!(parsed["issues"][0]["page"], 2, "{name}");
        let findings = of_the_licence(folder.path(), &path, Some("off"));
        let states: Vec<&Value> = findings.iter().map(|f| &f["state"]).collect();
        assert!(!findings.is_empty() && findings.iter().all(|f| f["result"] == "risk"), "{name}: {findings:?}");
        assert!(states.iter().all(|state| **state == "unreadable"), "{name}: {states:?}");
    }
}

#[test]
fn a_tender_whose_front_table_is_a_picture_leaves_facts_unreadable() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = words_at(60, 780, "云州供水设备采购招标文件") + &words_at(60, 750, "投标人须知前附表见下图");
    let pdf = pdf_with(&Grey::licence(folder.path()), &[page + "q 475 0 0 188 60 500 cm /Im Do Q\n"]);
    let path = folder.path().join("tender.pdf");
    std::fs::write(&path, pdf).expect("write a tender");
    let extracted = json(&run(bidlens().env("BIDLENS_OCR", "off").args(["extract", "--json"]).arg(&path)));
    assert_eq!(extracted["fields"]["bid_deadline"]["status"], "unreadable", "{}", extracted["fields"]["bid_deadline"]);
}

#[test]
fn pictures_of_a_text_are_read_where_they_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let licence = Grey::licence(folder.path());
    let path = folder.path().join("bid.docx");
    std::fs::write(&path, docx_with(&licence, &BID, Some(CAPTION), 430)).expect("write a bid");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path)));
    let text = texts(&parsed);
    let code = text.find("91990200MA").unwrap_or_else(|| panic!("{text}"));
    assert!(text.find(CAPTION).is_some_and(|caption| caption < code), "{text}");
    assert_eq!(codes(&parsed), ["recognised"]);
    let findings = of_the_licence(folder.path(), &path, None);
    assert!(findings.iter().any(|f| f["result"] == "pass" && f["bid_evidence"][0]["page"] == 2), "{findings:?}");
    // Nothing but the picture.
    let path = folder.path().join("only.docx");
    std::fs::write(&path, docx_with(&licence, &[], None, 430)).expect("write a bid");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path)));
    assert_eq!(parsed["pages"][0]["text_source"], "ocr");
    assert!(texts(&parsed).contains("91990200MA"));
}

#[test]
fn a_picture_that_lies_sideways_is_read_and_marked_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = words_at(60, 780, CAPTION) + "q 188 0 0 475 200 200 cm /Im Do Q\n";
    let path = folder.path().join("bid.pdf");
    std::fs::write(&path, pdf_with(&Grey::licence(folder.path()).turned(), &[page])).expect("write a bid");
    let parsed = json(&run(bidlens().args(["parse", "--json"]).arg(&path)));
    let text = texts(&parsed);
    assert!(text.contains(CAPTION) && text.contains("91990200MA"), "{text}");
    let segments = parsed["segments"].as_array().expect("segments");
    let read = segments.iter().find(|s| s["text"].to_string().contains("91990200MA")).expect("its segment");
    let inside = |b: &Value| {
        let side = |name: &str| b[name].as_f64().expect("a side");
        let own = side("x0") > 195.0 / 595.0 && side("x1") < 393.0 / 595.0;
        own && side("y0") > (842.0 - 680.0) / 842.0 && side("y1") < (842.0 - 195.0) / 842.0
    };
    let boxes = read["boxes"].as_array().expect("boxes");
    assert!(boxes.iter().filter(|b| inside(b)).count() * 10 > boxes.len() * 8, "{boxes:?}");
}

#[test]
fn logos_are_left_alone_and_an_engine_that_breaks_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let licence = Grey::licence(folder.path());
    let path = folder.path().join("logo.docx");
    std::fs::write(&path, docx_with(&licence, &BID, None, 120)).expect("write a bid");
    let engine = engine(folder.path(), "exit 3");
    let broken = |path: &Path| json(&run(bidlens().env("BIDLENS_OCR", &engine).args(["parse", "--json"]).arg(path)));
    assert_eq!(codes(&broken(&path)), [] as [&str; 0]);
    for (name, bytes) in
        [("bid.pdf", bid_in_pdf(&licence).0), ("bid.docx", docx_with(&licence, &BID, Some(CAPTION), 430))]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("write a bid");
        let parsed = broken(&path);
        assert_eq!(codes(&parsed), ["unread_picture", "interrupted"], "{name}");
        assert!(texts(&parsed).contains(CAPTION), "{name}");
    }
}

/// The rectangle around all boxes of the deadline of a scan, as the page lies.
fn deadline_in(path: &Path) -> [f64; 4] {
    let extracted = json(&run(bidlens().args(["extract", "--json"]).arg(path)));
    let deadline = &extracted["fields"]["bid_deadline"];
    assert_eq!((&deadline["status"], &deadline["value"]), (&"found".into(), &"2026-12-22T09:30".into()));
    let boxes = deadline["evidence"][0]["boxes"].as_array().expect("boxes");
    let sides = |name: &str| -> Vec<f64> { boxes.iter().map(|b| b[name].as_f64().expect("a side")).collect() };
    let least = |name: &str| sides(name).into_iter().fold(1.0, f64::min);
    let most = |name: &str| sides(name).into_iter().fold(0.0, f64::max);
    [least("x0"), least("y0"), most("x1"), most("y1")]
}

#[test]
fn words_of_a_page_that_lies_askew_are_marked_where_they_lie() {
    const DEGREES: f64 = 3.5;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scan.bmp");
    let page = Grey::scan(folder.path(), "8");
    page.save(&path);
    let (width, height) = (page.width as f64, page.height as f64);
    let middle = |[x0, y0, x1, y1]: [f64; 4]| ((x0 + x1) / 2.0 * width, (y0 + y1) / 2.0 * height);
    let (x, y) = middle(deadline_in(&path));
    let (dx, dy) = (x - width / 2.0, y - height / 2.0);
    let (sin, cos) = DEGREES.to_radians().sin_cos();
    let expected = (width / 2.0 + dx * cos - dy * sin, height / 2.0 + dx * sin + dy * cos);
    page.askew(DEGREES).save(&path);
    let found = middle(deadline_in(&path));
    let apart = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
    // A character is some 30 dots high; where the words were before is farther away.
    assert!(apart(found, expected) < 10.0, "{found:?} instead of {expected:?}");
    assert!(apart(found, (x, y)) > 15.0, "{found:?} is where they were: {:?}", (x, y));
}

#[test]
fn pages_that_lie_otherwise_are_read_upright_and_marked_where_they_lie() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scan.bmp");
    let mut page = Grey::scan(folder.path(), "8");
    page.save(&path);
    let mut expected = deadline_in(&path);
    for quarters in 1..4 {
        page = page.turned();
        page.save(&path);
        let [x0, y0, x1, y1] = expected;
        expected = [1.0 - y1, x0, 1.0 - y0, x1];
        let found = deadline_in(&path);
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.02);
        assert!(near, "{quarters} quarters: {found:?} instead of {expected:?}");
    }
}

#[test]
fn without_an_engine_a_scan_stays_unread_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(bidlens().env("BIDLENS_OCR", "off").args(["extract"]).arg(scan(folder.path())));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("text recognition"), "{}", stderr(&output));
    let named = run(bidlens().env("BIDLENS_OCR", "/nowhere/tesseract").args(["parse"]).arg(sample("tender.pdf")));
    assert_eq!(named.status.code(), Some(1));
    assert!(stderr(&named).contains("BIDLENS_OCR"), "{}", stderr(&named));
    let language = run(bidlens()
        .env("BIDLENS_OCR", "tesseract-of-nobody")
        .env("BIDLENS_OCR_LANGUAGE", "../x")
        .args(["parse"])
        .arg(sample("tender.pdf")));
    assert!(stderr(&language).contains("BIDLENS_OCR_LANGUAGE"), "{}", stderr(&language));
}

#[test]
fn an_engine_that_breaks_costs_its_page_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let scan = scan(folder.path());
    for (reading, told) in [
        ("kill -9 $$", "ended from outside"),
        ("exit 3", "could not be recognised"),
        ("exec sleep 600", "took longer than the 2 s"),
        ("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "took"),
    ] {
        let engine = engine(folder.path(), reading);
        let output =
            run(bidlens().env("BIDLENS_OCR", engine).env("BIDLENS_PARSE_WALL_S", "2").args(["parse"]).arg(&scan));
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert!(
            said.contains("could not be recognised") && (said.contains(told) || reading.contains("while")),
            "{reading}: {said}"
        );
    }
}

#[test]
fn words_an_engine_invents_outside_the_page_are_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = r"5\t1\t1\t1\t1\t1\t90000\t10\t50\t30\t99\t凭空捏造";
    let engine = engine(folder.path(), &format!("printf '{row}\\n'"));
    let output = run(bidlens().env("BIDLENS_OCR", engine).args(["parse", "--json"]).arg(scan(folder.path())));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("捏造"));
}

#[test]
fn doubtful_words_are_shown_and_prove_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    // Two lines of words with a confidence below what counts, on a page without tables.
    let confidence = (CONFIDENCE_MIN * 100.0) as u32 - 20;
    let line = |top: u32, text: &str| {
        format!(
            r"4\t1\t1\t1\t1\t0\t30\t{top}\t500\t30\t-1\t\n5\t1\t1\t1\t1\t1\t30\t{top}\t500\t30\t{confidence}\t{text}\n"
        )
    };
    let table = line(30, "招标公告") + &line(90, "投标截止时间：2031年5月6日9时30分");
    // Once is enough: of the page's two kinds of regions only one is answered.
    let reading = format!("case \"$*\" in *'--psm 3'*|*'--psm 6'*) printf '{table}' ;; esac");
    let engine = engine(folder.path(), &reading);
    let extracted =
        json(&run(bidlens().env("BIDLENS_OCR", engine).args(["extract", "--json"]).arg(scan_of(folder.path(), "1"))));
    let deadline = &extracted["fields"]["bid_deadline"];
    assert_eq!(deadline["status"], "unreadable", "{deadline}");
    assert!(deadline["value"].is_null(), "{deadline}");
    assert!(deadline["quote"].as_str().is_some_and(|q| q.contains("2031年5月6日")), "{deadline}");
}

#[test]
fn pictures_that_are_none_are_told_and_never_break_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = std::fs::read(scan(folder.path())).expect("the scan");
    let dot = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDATx\x9cc\xf8\x0f\0\x01\x01\x01\0\x1b\xb6\xeeV\0\0\0\0IEND\xaeB`\x82";
    for (name, bytes) in [("cut.png", &whole[..whole.len() / 3]), ("dot.png", dot.as_slice())] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("write");
        let output = run(bidlens().args(["parse"]).arg(&path));
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert!(output.status.code().is_some_and(|code| code <= 1), "{said}");
        assert!(said.contains(name), "{said}");
    }
}
