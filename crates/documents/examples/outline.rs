//! Prints how files are read: `cargo run -p bidlens-documents --example outline -- FILE…`

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::BlockKind;
use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let started = std::time::Instant::now();
        let document = parse(&path, &bytes, &Limits::default());
        let spent = started.elapsed();
        writeln!(
            out,
            "# {path}: {:?} {:?} pages {} sections {} blocks {} in {spent:?}",
            document.format,
            document.language,
            document.pages.len(),
            document.sections.len(),
            document.blocks.len()
        )?;
        for issue in &document.issues {
            writeln!(out, "! {:?} {:?} p{:?} {}", issue.severity, issue.code, issue.page, issue.detail)?;
        }
        writeln!(out, "{:?}", document.metadata)?;
        for section in &document.sections {
            writeln!(
                out,
                "§ {}{} | {} (p{})",
                "  ".repeat(usize::from(section.level)),
                section.number,
                section.title,
                section.page
            )?;
        }
        for block in &document.blocks {
            let kind = match &block.kind {
                BlockKind::Table(t) => format!("Table {}x{}", t.rows, t.columns),
                BlockKind::Heading { level } => format!("H{level}"),
                k => format!("{k:?}"),
            };
            writeln!(out, "p{} [{kind}] {}", block.page(), block.text.replace('\n', "⏎").replace('\t', "⇥"))?;
        }
    }
    Ok(())
}
