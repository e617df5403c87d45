//! Scanned pages: read by Tesseract as it is installed, by engines that break, or by none.

use std::path::{Path, PathBuf};
use std::process::Command;

use bidlens_domain::document::CONFIDENCE_MIN;
use serde_json::Value;

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
        let to = folder.join("grey");
        let done = Command::new("pdftoppm")
            .args(["-gray", "-r", "200", "-f", page, "-l", page, "-singlefile"])
            .arg(sample("tender.pdf"))
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

    /// As a BMP of 200 dots an inch, the rows of which go from the last to the first.
    fn save(&self, path: &Path) {
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
        std::fs::write(path, bmp).expect("write a picture");
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
