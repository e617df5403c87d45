//! `cargo xtask samples`: makes the sample tenders and bids from their sources in `samples/src`.
//!
//! One Markdown source gives both formats: HTML printed to PDF by headless Chromium, and Word with automatic
//! numbering, merged cells and footnotes. How a source is written stands in `samples/README.md`. The same sources
//! and fonts give the same bytes: dates are fixed and nothing is random.

mod pdf;
mod source;
mod word;

use anyhow::{Context, bail};

use self::source::Source;
use crate::{setup, sh};

/// A source and what to make of it.
const SAMPLES: &[(&str, &[&str])] = &[
    ("tender", &["pdf", "docx"]),
    ("bid_conforming", &["docx"]),
    ("bid_defective", &["pdf", "docx"]),
    ("tender_en", &["pdf", "docx"]),
    ("bid_en", &["docx"]),
];

pub(crate) fn run() -> anyhow::Result<()> {
    setup::packages()?;
    pdf::fonts()?;
    let folder = sh::root().join("samples");
    for (name, formats) in SAMPLES {
        let source = read(name)?;
        // The printed pages tell the contents of both formats where their entries stand.
        let printed = pdf::print(&source).with_context(|| format!("print {name}"))?;
        for format in *formats {
            let target = folder.join(format!("{name}.{format}"));
            sh::say(&format!("making {}", target.display()));
            let bytes = match *format {
                "pdf" => printed.bytes.clone(),
                "docx" => word::write(&source, &printed.pages)?,
                other => bail!("no such format: {other}"),
            };
            std::fs::write(&target, bytes).with_context(|| format!("write {}", target.display()))?;
        }
    }
    Ok(())
}

fn read(name: &str) -> anyhow::Result<Source> {
    let path = sh::root().join("samples/src").join(format!("{name}.md"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Source::read(&text).with_context(|| format!("read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::Value;

    use super::source::{Block, Cell, Inline, Source};
    use super::*;

    /// A sample larger than this is a font embedded whole or a picture.
    const FILE_BYTES_MAX: u64 = 700 * 1024;

    /// Every text of a source, with the numbers it is counted by.
    fn texts(source: &Source) -> Vec<String> {
        let mut out: Vec<String> = source.cover_lines.clone();
        let mut lines = |text: &[Inline]| {
            out.extend(text.split(|part| matches!(part, Inline::Break)).map(source::plain));
        };
        for block in &source.blocks {
            match block {
                Block::Heading(heading) => lines(&[Inline::Text(heading.text.clone())]),
                Block::Paragraph { text, .. } => lines(text),
                Block::Item(item) => lines(&item.text),
                Block::Table(table) => table.rows.iter().flatten().for_each(|cell| match cell {
                    Cell::Text(text) => lines(text),
                    Cell::Above | Cell::Left => {}
                }),
            }
        }
        out
    }

    fn json(name: &str) -> Value {
        let text = std::fs::read_to_string(sh::root().join("samples").join(name)).expect("the file");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn what_is_planted_stands_in_the_sources() {
        let (tender, bid) = (texts(&read("tender").expect("read")), texts(&read("bid_defective").expect("read")));
        let holds = |texts: &[String], words: &str| texts.iter().any(|text| text.contains(words));
        let expected = json("expected.json");
        for defect in expected["defective"]["defects"].as_array().expect("defects") {
            let requirement = defect["requirement"].as_str().expect("a requirement");
            assert!(holds(&tender, requirement), "not in the tender: {requirement}");
            match defect["quote"].as_str() {
                Some(quote) => assert!(holds(&bid, quote), "not in the bid: {quote}"),
                None => assert!(!holds(&bid, defect["words"].as_str().expect("words")), "not missing: {defect}"),
            }
        }
    }

    #[test]
    fn the_fields_of_the_tender_stand_in_its_source() {
        let tender = texts(&read("tender").expect("read"));
        let fields = json("expected-fields.json");
        for key in [
            "project_name",
            "tender_no",
            "buyer_name",
            "agency_name",
            "place",
            "warranty_period",
            "payment_terms",
            "copies",
        ] {
            let value = fields[key].as_str().expect("text");
            assert!(tender.iter().any(|text| text.contains(value)), "{key}: {value}");
        }
        assert_eq!(fields.as_object().map(serde_json::Map::len), Some(28));
    }

    #[test]
    fn clauses_are_counted_through_a_chapter() {
        let tender = read("tender").expect("read");
        let numbers: Vec<(u8, &str, &str)> = tender
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Heading(heading) => Some((heading.level, heading.number.as_str(), heading.text.as_str())),
                _ => None,
            })
            .collect();
        assert!(numbers.contains(&(1, "第六章", "投标文件格式")));
        assert!(numbers.contains(&(3, "35.", "质疑与投诉")), "{numbers:?}");
        assert!(numbers.contains(&(3, "1.", "合同标的")), "a chapter counts its clauses from one");
    }

    #[test]
    fn the_made_files_are_there_and_small() {
        for (name, formats) in SAMPLES {
            for format in *formats {
                let path = sh::root().join("samples").join(format!("{name}.{format}"));
                let size = std::fs::metadata(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).len();
                assert!((10_000..FILE_BYTES_MAX).contains(&size), "{}: {size} bytes", path.display());
            }
        }
    }

    #[test]
    fn a_source_that_cannot_be_read_is_refused() {
        let refused = |text: &str| Source::read(text).err().map(|e| format!("{e:#}")).unwrap_or_default();
        let cases: HashMap<&str, &str> = HashMap::from([
            ("# A\n", "no front matter"),
            ("---\nheader: A\n", "front matter without an end"),
            ("---\nsubject: A\n---\n", "front matter: subject: A"),
            ("---\nheader: A\n---\n<!-- turn -->\n", "no such directive"),
        ]);
        for (text, message) in cases {
            assert!(refused(text).contains(message), "{text:?}: {}", refused(text));
        }
    }
}
