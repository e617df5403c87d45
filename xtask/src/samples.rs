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
