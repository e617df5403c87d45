//! The readers from outside: invented files built here, the Document printed as text.

mod annotate;
mod bad_files;
mod docx;
mod hostile;
mod html;
mod mail;
mod odf;
mod office;
mod old_workbooks;
mod ole;
mod packages;
mod pdf;
mod pdf_beside;
mod pdf_fonts;
mod pdf_signs;
mod pdf_tables;
mod pdf_unseen;
mod pictures;
mod pptx;
mod rtf;
mod scans;
mod speed;
mod spreadsheet;
mod structure;
mod text;
mod word;

use std::fmt::Write as _;

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::{BlockKind, Document, Table};

fn read(name: &str, bytes: &[u8]) -> Document {
    parse(name, bytes, &Limits::default())
}

/// The document as text: issues, then blocks with page, kind and words, tables cell by cell.
fn outline(document: &Document) -> String {
    check_ranges(document);
    let mut out = String::new();
    for issue in &document.issues {
        let page = issue.page.map_or(String::new(), |p| format!(" p{p}"));
        let _ = writeln!(out, "! {:?} {:?}{page}: {}", issue.severity, issue.code, issue.detail);
    }
    for block in &document.blocks {
        let depth = document.section_path(block.section).len();
        let _ = write!(out, "p{} {}", block.page(), "  ".repeat(depth.saturating_sub(1)));
        match &block.kind {
            BlockKind::Heading { level } => {
                let _ = writeln!(out, "H{level} {}", block.text);
            }
            BlockKind::Table(table) => {
                let _ = writeln!(out, "Table {}x{}", table.rows, table.columns);
                print_table(&mut out, &block.text, table, 2);
            }
            kind => {
                let _ = writeln!(out, "{kind:?} {}", block.text.replace('\n', "⏎").replace('\t', "⇥"));
            }
        }
    }
    out
}

fn print_table(out: &mut String, text: &str, table: &Table, indent: usize) {
    for cell in &table.cells {
        let span = match (cell.row_span, cell.column_span) {
            (1, 1) => String::new(),
            (rows, columns) => format!(" {rows}x{columns}"),
        };
        let words = cell.range.slice(text).replace('\n', "⏎").replace('\t', "⇥");
        let _ = writeln!(out, "{}({},{}{span}) {words}", "  ".repeat(indent), cell.row, cell.column);
        for nested in &cell.nested {
            print_table(out, text, nested, indent + 2);
        }
    }
}

/// What every document must keep: ranges are slices, pages exist, a section's parent stands before it.
fn check_ranges(document: &Document) {
    fn check_table(text: &str, table: &Table) {
        for cell in &table.cells {
            assert!(text.get(cell.range.start as usize..cell.range.end as usize).is_some(), "cell range in {text:?}");
            for nested in &cell.nested {
                check_table(text, nested);
            }
        }
    }
    for block in &document.blocks {
        assert!(!block.lines.is_empty(), "{:?} has no line", block.text);
        for line in &block.lines {
            assert!(block.text.get(line.range.start as usize..line.range.end as usize).is_some());
            assert!(document.pages.iter().any(|p| p.number == line.page), "page {} exists", line.page);
        }
        if let BlockKind::Table(table) = &block.kind {
            check_table(&block.text, table);
        }
    }
    for (at, section) in document.sections.iter().enumerate() {
        assert!(section.parent.is_none_or(|p| (p.0 as usize) < at));
    }
}
