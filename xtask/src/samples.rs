//! `cargo xtask samples`: makes the sample tender and bids from their sources in `samples/src`.
//!
//! One Markdown source gives both formats: HTML printed to PDF by headless Chromium, and Word. Chapter and
//! section numbers are not in the sources: the page style counts them in the PDF and automatic numbering in
//! Word, so that readers meet both kinds.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, bail};
use docx_rs::{
    AbstractNumbering, Docx, Footer, Header, IndentLevel, Level, LevelJc, LevelText, NumberFormat, Numbering,
    NumberingId, PageNum, Paragraph, Run, RunFonts, Start, Style, StyleType, Table, TableCell, TableRow, VMergeType,
};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::{setup, sh};

/// A source, what to make of it, and whether it is Chinese.
const SAMPLES: &[(&str, &[&str], bool)] = &[
    ("tender", &["pdf", "docx"], true),
    ("bid_conforming", &["docx"], true),
    ("bid_defective", &["pdf", "docx"], true),
    ("tender_en", &["pdf"], false),
];

pub(crate) fn run() -> anyhow::Result<()> {
    setup::packages()?;
    let folder = sh::root().join("samples");
    for (name, formats, chinese) in SAMPLES {
        let path = folder.join("src").join(format!("{name}.md"));
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let source = Source::read(&text, *chinese).with_context(|| format!("read {}", path.display()))?;
        for format in *formats {
            let target = folder.join(format!("{name}.{format}"));
            sh::say(&format!("making {}", target.display()));
            match *format {
                "pdf" => print_pdf(&source, &target)?,
                "docx" => write_docx(&source, &target)?,
                other => bail!("no such format: {other}"),
            }
        }
    }
    Ok(())
}

/// A source document: the cover, then headings, paragraphs, lists and tables.
struct Source {
    header: String,
    cover: Vec<String>,
    cover_lines: Vec<String>,
    blocks: Vec<Block>,
    chinese: bool,
}

enum Block {
    Heading { level: u8, text: String },
    Paragraph(String),
    /// Items with the number each is printed with.
    List(Vec<String>),
    /// The first row is the heading.
    Table(Vec<Vec<String>>),
}

impl Source {
    fn read(text: &str, chinese: bool) -> anyhow::Result<Source> {
        let rest = text.strip_prefix("---\n").context("no front matter")?;
        let (front, body) = rest.split_once("\n---\n").context("front matter without an end")?;
        let mut source = Source { header: String::new(), cover: Vec::new(), cover_lines: Vec::new(), blocks: Vec::new(), chinese };
        for line in front.lines() {
            match line.split_once(": ") {
                Some(("header", value)) => value.clone_into(&mut source.header),
                Some(("cover", value)) => source.cover.push(value.to_owned()),
                Some(("line", value)) => source.cover_lines.push(value.to_owned()),
                _ => bail!("front matter: {line}"),
            }
        }
        source.blocks = blocks(body);
        Ok(source)
    }
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut text = String::new();
    let mut items: Option<Vec<String>> = None;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::Start(Tag::List(_)) => items = Some(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::End(TagEnd::TableCell) => {
                if let Some(row) = rows.last_mut() {
                    row.push(std::mem::take(&mut text).trim().to_owned());
                }
            }
            Event::End(TagEnd::Heading(level)) => {
                let level = if level == HeadingLevel::H1 { 1 } else { 2 };
                blocks.push(Block::Heading { level, text: std::mem::take(&mut text) });
            }
            Event::End(TagEnd::Item) => {
                if let Some(items) = &mut items {
                    items.push(std::mem::take(&mut text));
                }
            }
            Event::End(TagEnd::List(_)) => blocks.push(Block::List(items.take().unwrap_or_default())),
            Event::End(TagEnd::Table) => blocks.push(Block::Table(std::mem::take(&mut rows))),
            Event::End(TagEnd::Paragraph) if items.is_none() => blocks.push(Block::Paragraph(std::mem::take(&mut text))),
            _ => {}
        }
    }
    blocks
}

/// Rows of a cell that repeats the one above it are merged when the first column groups rows.
fn group_starts(rows: &[Vec<String>]) -> Vec<usize> {
    let mut spans = vec![1; rows.len()];
    for row in (1..rows.len().saturating_sub(1)).rev() {
        let same = rows[row].first() == rows[row + 1].first() && rows[row].first().is_some_and(|c| !c.is_empty());
        if same {
            spans[row] += spans[row + 1];
            spans[row + 1] = 0;
        }
    }
    spans
}

const STYLE: &str = "
@page { size: A4; margin: 25mm 22mm 22mm; @top-center { content: 'HEADER'; font: 9pt 'Noto Serif CJK SC', serif; }
  @bottom-center { content: counter(page); font: 9pt serif; } }
@page :first { @top-center { content: none } @bottom-center { content: none } }
body { font: 10.5pt/1.75 'Noto Serif CJK SC', serif; counter-reset: chapter; }
.cover { text-align: center; padding-top: 60mm; break-after: page; }
.cover h1 { font-size: 24pt; margin: 0 0 14mm; }
.cover p { font-size: 14pt; }
section > h2 { counter-increment: chapter; counter-reset: part; text-align: center; font-size: 16pt; break-before: page; }
h3 { counter-increment: part; font-size: 12pt; }
.zh section > h2::before { content: '第' counter(chapter, simp-chinese-informal) '章　'; }
.zh h3::before { content: counter(part, simp-chinese-informal) '、'; }
.en section > h2::before { content: 'Section ' counter(chapter) '. '; }
.zh p { text-indent: 2em; margin: 0 0 2mm; }
.zh .cover p { text-indent: 0; }
p.item { margin: 0 0 1.5mm; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 4mm; font-size: 9.5pt; }
td, th { border: 0.6pt solid #000; padding: 1.2mm 2mm; text-align: left; vertical-align: top; }
.contents { break-after: page; } .contents p { text-indent: 0; }
";

fn print_pdf(source: &Source, target: &Path) -> anyhow::Result<()> {
    let work = std::env::temp_dir().join(format!("bidlens-samples-{}", std::process::id()));
    std::fs::create_dir_all(&work).with_context(|| format!("create {}", work.display()))?;
    let page = work.join("source.html");
    std::fs::write(&page, html(source)).with_context(|| format!("write {}", page.display()))?;
    let printed = sh::run(
        sh::command("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", "--no-pdf-header-footer"])
            .arg(format!("--user-data-dir={}", work.join("profile").display()))
            .arg(format!("--print-to-pdf={}", target.display()))
            .arg(format!("file://{}", page.display()))
            .stderr(std::process::Stdio::null()),
    );
    // The folder holds nothing of worth.
    let _ = std::fs::remove_dir_all(&work);
    printed
}

fn html(source: &Source) -> String {
    let language = if source.chinese { "zh" } else { "en" };
    let style = STYLE.replace("HEADER", &source.header);
    let mut out = format!("<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>{}</title><style>{style}</style><body class=\"{language}\"><div class=\"cover\">", source.header);
    for line in &source.cover {
        let _ = write!(out, "<h1>{line}</h1>");
    }
    for line in &source.cover_lines {
        let _ = write!(out, "<p>{line}</p>");
    }
    out.push_str("</div><section>");
    for block in &source.blocks {
        match block {
            Block::Heading { level: 1, text } => {
                let _ = write!(out, "<h2>{text}</h2>");
            }
            Block::Heading { text, .. } => {
                let _ = write!(out, "<h3>{text}</h3>");
            }
            Block::Paragraph(text) => {
                let _ = write!(out, "<p>{text}</p>");
            }
            Block::List(items) => {
                for (n, item) in items.iter().enumerate() {
                    let point = if source.chinese { "．" } else { ". " };
                    let _ = write!(out, "<p class=\"item\">{}{point}{item}</p>", n + 1);
                }
            }
            Block::Table(rows) => html_table(&mut out, rows),
        }
    }
    out.push_str("</section></body></html>");
    out
}

fn html_table(out: &mut String, rows: &[Vec<String>]) {
    let spans = group_starts(rows);
    out.push_str("<table>");
    for (row, cells) in rows.iter().enumerate() {
        out.push_str(if row == 0 { "<thead><tr>" } else { "<tr>" });
        for (column, cell) in cells.iter().enumerate() {
            match (column, spans[row]) {
                (0, 0) => {}
                (0, span) if span > 1 => {
                    let _ = write!(out, "<td rowspan=\"{span}\">{cell}</td>");
                }
                _ => {
                    let _ = write!(out, "<td>{cell}</td>");
                }
            }
        }
        out.push_str(if row == 0 { "</tr></thead>" } else { "</tr>" });
    }
    out.push_str("</table>");
}

fn write_docx(source: &Source, target: &Path) -> anyhow::Result<()> {
    let numbering = AbstractNumbering::new(1)
        .add_level(Level::new(0, Start::new(1), NumberFormat::new("chineseCounting"), LevelText::new("第%1章"), LevelJc::new("left")))
        .add_level(Level::new(1, Start::new(1), NumberFormat::new("chineseCounting"), LevelText::new("%2、"), LevelJc::new("left")));
    let header = Header::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(&source.header)));
    let footer = Footer::new().add_paragraph(Paragraph::new().add_page_num(PageNum::new()));
    let mut docx = Docx::new()
        .default_fonts(RunFonts::new().ascii("Times New Roman").east_asia("宋体"))
        .default_size(21)
        .add_style(Style::new("Heading1", StyleType::Paragraph).name("heading 1").size(32).bold().outline_lvl(0))
        .add_style(Style::new("Heading2", StyleType::Paragraph).name("heading 2").size(26).bold().outline_lvl(1))
        .add_abstract_numbering(numbering)
        .add_numbering(Numbering::new(1, 1))
        .header(header)
        .footer(footer);
    for line in source.cover.iter().chain(&source.cover_lines) {
        docx = docx.add_paragraph(Paragraph::new().align(docx_rs::AlignmentType::Center).add_run(Run::new().size(36).add_text(line)));
    }
    for block in &source.blocks {
        docx = match block {
            Block::Heading { level, text } => {
                let style = if *level == 1 { "Heading1" } else { "Heading2" };
                let paragraph = Paragraph::new().style(style).page_break_before(*level == 1).add_run(Run::new().add_text(text));
                docx.add_paragraph(paragraph.numbering(NumberingId::new(1), IndentLevel::new(usize::from(*level) - 1)))
            }
            Block::Paragraph(text) => docx.add_paragraph(Paragraph::new().add_run(Run::new().add_text(text))),
            Block::List(items) => items.iter().enumerate().fold(docx, |docx, (n, item)| {
                docx.add_paragraph(Paragraph::new().add_run(Run::new().add_text(format!("{}．{item}", n + 1))))
            }),
            Block::Table(rows) => docx.add_table(docx_table(rows)),
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).context("write the Word file")?;
    std::fs::write(target, bytes.into_inner()).with_context(|| format!("write {}", target.display()))
}

fn docx_table(rows: &[Vec<String>]) -> Table {
    let spans = group_starts(rows);
    let mut out = Vec::new();
    for (row, cells) in rows.iter().enumerate() {
        let mut line = Vec::new();
        for (column, cell) in cells.iter().enumerate() {
            let mut built = TableCell::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(cell)));
            if column == 0 && spans[row] > 1 {
                built = built.vertical_merge(VMergeType::Restart);
            } else if column == 0 && spans[row] == 0 {
                built = TableCell::new().add_paragraph(Paragraph::new()).vertical_merge(VMergeType::Continue);
            }
            line.push(built);
        }
        out.push(TableRow::new(line));
    }
    Table::new(out)
}
