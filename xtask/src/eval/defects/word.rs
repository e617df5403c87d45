//! Plain Word files of headings, paragraphs and tables.

use std::io::Cursor;

use docx_rs::{Docx, Paragraph, Run, Style, StyleType, Table, TableCell, TableRow};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(u8, String),
    Paragraph(String),
    Table(Vec<Vec<String>>),
}

pub(crate) fn heading(level: u8, text: impl Into<String>) -> Block {
    Block::Heading(level, text.into())
}

pub(crate) fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph(text.into())
}

/// A table from rows of cells.
pub(crate) fn table(rows: &[&[&str]]) -> Block {
    Block::Table(rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect())
}

pub(crate) fn write(blocks: &[Block]) -> anyhow::Result<Vec<u8>> {
    let mut docx = Docx::new();
    for level in 1..=3_u8 {
        let style = Style::new(format!("Heading{level}"), StyleType::Paragraph);
        docx = docx.add_style(style.name(format!("heading {level}")).bold());
    }
    let text = |words: &str| Paragraph::new().add_run(Run::new().add_text(words));
    for block in blocks {
        docx = match block {
            Block::Heading(level, words) => docx.add_paragraph(text(words).style(&format!("Heading{level}"))),
            Block::Paragraph(words) => docx.add_paragraph(text(words)),
            Block::Table(rows) => {
                let row = |cells: &Vec<String>| {
                    TableRow::new(cells.iter().map(|cell| TableCell::new().add_paragraph(text(cell))).collect())
                };
                docx.add_table(Table::new(rows.iter().map(row).collect()))
            }
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes)?;
    Ok(bytes.into_inner())
}
