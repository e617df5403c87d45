//! Prints a source to PDF with headless Chromium.
//!
//! Printed twice when there are contents: Chromium cannot count pages for cross-references, so the first printing
//! tells where the headings fall. The fonts are TrueType ones, which Chromium embeds as subsets; CFF collections
//! such as Noto CJK would become thousands of Type 3 glyphs.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};

use super::source::{Block, Cell, Inline, Source, Table, reach};
use crate::sh;

pub(crate) struct Printed {
    pub(crate) bytes: Vec<u8>,
    /// The page of every heading, in their order.
    pub(crate) pages: Vec<usize>,
}

/// The families of the page style and the packages that bring them.
const FONTS: [(&str, &str); 4] = [
    ("AR PL UMing CN", "fonts-arphic-uming"),
    ("WenQuanYi Zen Hei", "fonts-wqy-zenhei"),
    ("DejaVu Serif", "fonts-dejavu-core"),
    // Ticked boxes, which the Chinese fonts lack.
    ("DejaVu Sans", "fonts-dejavu-core"),
];

/// Says what to install when a font is missing.
pub(crate) fn fonts() -> anyhow::Result<()> {
    let known = sh::read(sh::command("fc-list").arg(":"))?;
    for (family, package) in FONTS {
        if !known.contains(family) {
            bail!("the samples are printed with {family}; install it with: apt-get install {package}");
        }
    }
    Ok(())
}

const STYLE: &str = "
@page { size: A4; margin: 26mm 24mm 24mm; @top-center { content: 'HEADER'; font: 9pt 'AR PL UMing CN'; width: 100%;
  border-bottom: 0.5pt solid #000; vertical-align: bottom; padding-bottom: 1mm; margin-bottom: 4mm }
  @bottom-center { content: FOOTER; font: 9pt 'AR PL UMing CN'; } }
@page :first { @top-center { content: none; border: none } @bottom-center { content: none } }
body { font: 12pt/1.62 'AR PL UMing CN'; margin: 0; }
.cover { text-align: center; padding-top: 48mm; break-after: page; }
.cover h1 { font: 26pt/1.5 'WenQuanYi Zen Hei'; margin: 0 0 12mm; }
.cover p { font-size: 15pt; margin: 0 0 4mm; } .cover .lines { margin-top: 46mm; }
h2, h3, h4, h5, b, th { font-family: 'WenQuanYi Zen Hei'; font-weight: normal; }
h2 { text-align: center; font-size: 18pt; margin: 0 0 6mm; }
h3 { font-size: 14pt; margin: 5mm 0 2mm; break-after: avoid; }
h4 { font-size: 12pt; margin: 3mm 0 1mm; break-after: avoid; }
h5 { font-size: 14pt; text-align: center; margin: 4mm 0 3mm; break-after: avoid; }
p { margin: 0 0 1mm; } .zh p.text, .zh p.item { text-indent: 2em; } .zh p.deep { text-indent: 3em; }
.en { font-size: 10.5pt; font-family: 'DejaVu Serif'; } .en p.item { padding-left: 1.5em; text-indent: -1.5em; }
.en p.deep { padding-left: 3.5em; } .en p { margin-bottom: 2mm; } .en b, .en th, .en h2, .en h3, .en h4, .en h5, .en h1 { font-family: inherit; font-weight: bold; }
p.note { font-size: 9pt; text-indent: 0; border-top: 0.5pt solid #666; padding-top: 0.5mm; margin-top: 2mm; }
table { border-collapse: collapse; width: 100%; margin: 1mm 0 4mm; font-size: 10.5pt; line-height: 1.4; table-layout: fixed; }
td, th { border: 0.6pt solid #000; padding: 1.1mm 1.6mm; text-align: left; vertical-align: middle; overflow-wrap: anywhere; }
th { text-align: center; } tr { break-inside: avoid; height: 7.5mm; }
.toc { break-after: page; } .toc p { text-indent: 0; display: flex; justify-content: space-between; white-space: nowrap; }
.toc .l2 { padding-left: 2em; } .page { break-before: page; }
";

pub(crate) fn print(source: &Source) -> anyhow::Result<Printed> {
    let work = std::env::temp_dir().join(format!("bidlens-samples-{}", std::process::id()));
    std::fs::create_dir_all(&work).with_context(|| format!("create {}", work.display()))?;
    let printed = print_in(source, &work);
    // The folder holds nothing of worth.
    let _ = std::fs::remove_dir_all(&work);
    printed
}

fn print_in(source: &Source, work: &Path) -> anyhow::Result<Printed> {
    let mut bytes = chromium(&html(source, &[]), work)?;
    let mut pages = heading_pages(source, work)?;
    if source.contents > 0 {
        bytes = chromium(&html(source, &pages), work)?;
        pages = heading_pages(source, work)?;
    }
    Ok(Printed { bytes: undated(bytes), pages })
}

fn chromium(html: &str, work: &Path) -> anyhow::Result<Vec<u8>> {
    let (page, target) = (work.join("source.html"), work.join("printed.pdf"));
    std::fs::write(&page, html).with_context(|| format!("write {}", page.display()))?;
    sh::run(
        sh::command("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-sync",
            ])
            .args(["--no-pdf-header-footer", "--disable-pdf-tagging"])
            .arg(format!("--user-data-dir={}", work.join("profile").display()))
            .arg(format!("--print-to-pdf={}", target.display()))
            .arg(format!("file://{}", page.display()))
            .stderr(std::process::Stdio::null()),
    )?;
    std::fs::read(&target).with_context(|| format!("read {}", target.display()))
}

/// Finds the headings, in their order, in the text of the printed pages.
fn heading_pages(source: &Source, work: &Path) -> anyhow::Result<Vec<usize>> {
    let text = sh::read(sh::command("pdftotext").arg(work.join("printed.pdf")).arg("-"))?;
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let pages: Vec<String> = text.split('\u{c}').map(bare).collect();
    // The cover and the contents come first.
    let (mut page, mut from) = (1 + usize::from(source.contents > 0), 0);
    let mut found = Vec::new();
    for block in &source.blocks {
        let Block::Heading(heading) = block else { continue };
        let wanted = bare(&format!("{}{}", heading.number, heading.text));
        loop {
            let words = pages.get(page).with_context(|| format!("{wanted} is on no page"))?;
            if let Some(at) = words.get(from..).and_then(|rest| rest.find(&wanted)) {
                from += at + wanted.len();
                break;
            }
            (page, from) = (page + 1, 0);
        }
        found.push(page + 1);
    }
    Ok(found)
}

/// Sets the dates Chromium writes to a fixed one of the same length.
fn undated(mut bytes: Vec<u8>) -> Vec<u8> {
    const DATE: &[u8] = b"20261126090000";
    for key in [b"/CreationDate (D:".as_slice(), b"/ModDate (D:".as_slice()] {
        let places = bytes.windows(key.len()).position(|w| w == key);
        if let Some(slot) = places.and_then(|at| bytes.get_mut(at + key.len()..at + key.len() + DATE.len())) {
            slot.copy_from_slice(DATE);
        }
    }
    bytes
}

fn html(source: &Source, pages: &[usize]) -> String {
    let (language, class, footer) = if source.chinese {
        ("zh-CN", "zh", "'第 ' counter(page) ' 页 共 ' counter(pages) ' 页'")
    } else {
        ("en", "en", "'Page ' counter(page) ' of ' counter(pages)")
    };
    let style = STYLE.replace("HEADER", &source.header).replace("FOOTER", footer);
    let mut out = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>{}</title><style>{style}</style><body class=\"{class}\"><div class=\"cover\">",
        escaped(&source.header)
    );
    for line in &source.cover {
        let _ = write!(out, "<h1>{}</h1>", escaped(line));
    }
    out.push_str("<div class=\"lines\">");
    for line in &source.cover_lines {
        let _ = write!(out, "<p>{}</p>", escaped(line));
    }
    out.push_str("</div></div>");
    if source.contents > 0 {
        contents(&mut out, source, pages);
    }
    let mut notes = 0;
    for block in &source.blocks {
        let mut labels = Vec::new();
        match block {
            Block::Heading(heading) => {
                let (tag, gap) = (heading.level + 1, if heading.level == 1 { "　" } else { "" });
                let class = if heading.new_page { " class=\"page\"" } else { "" };
                let gap = if source.chinese { gap } else { " " };
                let _ = write!(out, "<h{tag}{class}>{}{gap}{}</h{tag}>", heading.number, escaped(&heading.text));
            }
            Block::Paragraph { text, indented } => {
                let class = if *indented { "text" } else { "line" };
                let _ = write!(out, "<p class=\"{class}\">{}</p>", inline(text, &mut notes, &mut labels));
            }
            Block::Item(item) => {
                let class = if item.depth > 1 { "item deep" } else { "item" };
                let gap = if source.chinese && !item.number.ends_with(|c: char| c.is_ascii_digit()) { "" } else { " " };
                let _ = write!(
                    out,
                    "<p class=\"{class}\">{}{gap}{}</p>",
                    item.number,
                    inline(&item.text, &mut notes, &mut labels)
                );
            }
            Block::Table(table) => html_table(&mut out, table, &mut notes, &mut labels),
        }
        for (number, label) in labels {
            let note = source.notes.get(&label).map_or("", String::as_str);
            let _ = write!(out, "<p class=\"note\"><sup>{number}</sup> {}</p>", escaped(note));
        }
    }
    out.push_str("</body></html>");
    out
}

fn contents(out: &mut String, source: &Source, pages: &[usize]) {
    const LINE: usize = 76;
    let title = if source.chinese { "目　录" } else { "Contents" };
    let _ = write!(out, "<div class=\"toc\"><h2>{title}</h2>");
    let headings = source.blocks.iter().filter_map(|b| match b {
        Block::Heading(heading) => Some(heading),
        _ => None,
    });
    for (n, heading) in headings.enumerate() {
        if heading.level > source.contents {
            continue;
        }
        let page = pages.get(n).copied().unwrap_or(0).to_string();
        let gap = if heading.level == 1 || !source.chinese { " " } else { "" };
        let words = format!("{}{gap}{}", heading.number, heading.text);
        let width: usize = words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let dots = LINE.saturating_sub(width + page.len() + 4 * usize::from(heading.level));
        let _ = write!(
            out,
            "<p class=\"l{}\"><span>{}</span><span>{}{page}</span></p>",
            heading.level,
            escaped(&words),
            ".".repeat(dots)
        );
    }
    out.push_str("</div>");
}

fn html_table(out: &mut String, table: &Table, notes: &mut usize, labels: &mut Vec<(usize, String)>) {
    out.push_str("<table>");
    if !table.widths.is_empty() {
        out.push_str("<colgroup>");
        for width in &table.widths {
            let _ = write!(out, "<col style=\"width:{width}%\">");
        }
        out.push_str("</colgroup>");
    }
    for (row, cells) in table.rows.iter().enumerate() {
        let tag = if row == 0 { "th" } else { "td" };
        out.push_str(if row == 0 { "<thead><tr>" } else { "<tr>" });
        for (column, cell) in cells.iter().enumerate() {
            if let Cell::Text(text) = cell {
                let (down, right) = reach(&table.rows, row, column);
                let _ = write!(
                    out,
                    "<{tag} rowspan=\"{down}\" colspan=\"{right}\">{}</{tag}>",
                    inline(text, notes, labels)
                );
            }
        }
        out.push_str(if row == 0 { "</tr></thead><tbody>" } else { "</tr>" });
    }
    out.push_str("</tbody></table>");
}

fn inline(text: &[Inline], notes: &mut usize, labels: &mut Vec<(usize, String)>) -> String {
    let mut out = String::new();
    for part in text {
        match part {
            Inline::Text(words) => out.push_str(&escaped(words)),
            Inline::Bold(words) => {
                let _ = write!(out, "<b>{}</b>", escaped(words));
            }
            Inline::Break => out.push_str("<br>"),
            Inline::Note(label) => {
                *notes += 1;
                labels.push((*notes, label.clone()));
                let _ = write!(out, "<sup>{notes}</sup>");
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
