//! Every quote in every output stands verbatim in the named file at the named page.
//!
//! PDF pages are read by another program (poppler) so that our own reader does not vouch for itself; Word files,
//! which have no pages of their own, are compared with the words in their XML.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::sample::review;
use crate::{bidlens, json, run, sample};

fn bare(text: &str) -> String {
    bidlens_domain::fold::folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// All evidence objects below a value.
fn evidence<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("quote") && object.contains_key("segment_id") {
                found.push(value);
            }
            object.values().for_each(|v| evidence(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| evidence(v, found)),
        _ => {}
    }
}

fn pdf_page(path: &Path, page: u64) -> String {
    let output = Command::new("pdftotext")
        .args(["-raw", "-f", &page.to_string(), "-l", &(page + 1).to_string()])
        .arg(path)
        .arg("-")
        .output()
        .expect("pdftotext, from poppler-utils");
    assert!(output.status.success());
    bare(&String::from_utf8_lossy(&output.stdout))
}

fn docx_text(path: &Path) -> String {
    let output = Command::new("unzip").args(["-p"]).arg(path).arg("word/document.xml").output().expect("unzip");
    let xml = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut text = String::new();
    let mut inside = false;
    for c in xml.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    bare(&text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Words of the quote that automatic numbering prints and the file does not hold.
fn without_number(quote: &str) -> String {
    bare(
        quote
            .trim_start_matches(|c: char| !c.is_whitespace() && c != '、' && c != '章')
            .trim_start_matches(['章', '、', ' ']),
    )
}

fn check(outputs: &Value) -> usize {
    let mut found = Vec::new();
    evidence(outputs, &mut found);
    let mut pages: HashMap<(String, u64), String> = HashMap::new();
    for one in &found {
        let file = one["file"].as_str().expect("a file");
        let page = one["page"].as_u64().expect("a page");
        let quote = bare(one["quote"].as_str().expect("a quote"));
        let path = sample(file);
        let text = pages
            .entry((file.to_owned(), page))
            .or_insert_with(|| if file.ends_with(".pdf") { pdf_page(&path, page) } else { docx_text(&path) });
        let own = one["quote"].as_str().expect("a quote");
        assert!(
            text.contains(&quote) || (file.ends_with(".docx") && text.contains(&without_number(own))),
            "{file} p.{page}: {own}"
        );
    }
    found.len()
}

#[test]
fn quotes_of_a_review_stand_where_they_say() {
    assert!(check(review()) > 200);
}

#[test]
fn quotes_of_extractions_stand_where_they_say() {
    for file in ["tender.pdf", "tender_en.pdf", "tender.docx"] {
        let facts = json(&run(bidlens().args(["extract", "--json"]).arg(sample(file))));
        assert!(check(&facts) > 20, "{file}");
    }
}
