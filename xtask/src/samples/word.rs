//! Writes a source as a Word file, as an office would: styles, automatic numbering, merged cells, footnotes,
//! header and footer with fields. The text holds no clause numbers; Word counts them.

use std::collections::BTreeMap;
use std::io::Cursor;

use anyhow::Context;
use docx_rs::{
    AbstractNumbering, AlignmentType, BreakType, Docx, Footer, Footnote, Header, IndentLevel, Level, LevelJc,
    LevelOverride, LevelSuffixType, LevelText, LineSpacing, NumPages, NumberFormat, Numbering, NumberingId, PageMargin,
    PageNum, Paragraph, Run, RunFonts, SpecialIndentType, Start, Style, StyleType, Tab, TabLeaderType, TabValueType,
    Table, TableCell, TableRow, VAlignType, VMergeType, WidthType,
};

use super::source::{Block, Cell, Counted, Heading, Inline, Item, Source, Table as SourceTable, reach};

/// The width between the margins, in twentieths of a point.
const TEXT_WIDTH: usize = 9190;
// Numbers of our own: the writer adds a definition 1 itself.
const OUTLINE: usize = 11;
const LISTS: usize = 12;
const CREATED: &str = "2026-11-26T09:00:00Z";

pub(crate) fn write(source: &Source, pages: &[usize]) -> anyhow::Result<Vec<u8>> {
    let centred = || Paragraph::new().align(AlignmentType::Center);
    let header = Header::new().add_paragraph(centred().add_run(Run::new().size(18).add_text(&source.header)));
    let mut docx = styles(Docx::new(), source.chinese)
        .created_at(CREATED)
        .updated_at(CREATED)
        .page_size(11906, 16838)
        .page_margin(PageMargin {
            top: 1474,
            left: 1358,
            bottom: 1361,
            right: 1358,
            header: 851,
            footer: 851,
            gutter: 0,
        })
        .title_pg()
        .first_header(Header::new().add_paragraph(Paragraph::new()))
        .first_footer(Footer::new().add_paragraph(Paragraph::new()))
        .header(header)
        .footer(Footer::new().add_paragraph(footer(source.chinese)));
    for list in 1..=lists(source) {
        let restart = [0, 1].map(|level| LevelOverride::new(level).start(1)).to_vec();
        docx = docx.add_numbering(Numbering::new(list_id(list), LISTS).overrides(restart));
    }
    for line in &source.cover {
        docx = docx.add_paragraph(
            centred().line_spacing(LineSpacing::new().before(600)).add_run(Run::new().size(52).bold().add_text(line)),
        );
    }
    for (n, line) in source.cover_lines.iter().enumerate() {
        let spacing = LineSpacing::new().before(if n == 0 { 2400 } else { 120 });
        docx = docx.add_paragraph(centred().line_spacing(spacing).add_run(Run::new().size(30).add_text(line)));
    }
    if source.contents > 0 {
        docx = contents(docx, source, pages);
    }
    let mut writer = Writer { notes: &source.notes };
    for block in &source.blocks {
        docx = match block {
            Block::Heading(heading) => docx.add_paragraph(title(heading, source.chinese)),
            Block::Paragraph { text, indented } => {
                let indent = if *indented && source.chinese { Some(SpecialIndentType::FirstLine(480)) } else { None };
                docx.add_paragraph(writer.runs(Paragraph::new().indent(None, indent, None, None), text))
            }
            Block::Item(item) => docx.add_paragraph(writer.runs(numbered(item), &item.text)),
            Block::Table(table) => docx.add_table(writer.table(table)).add_paragraph(Paragraph::new()),
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).context("write the Word file")?;
    Ok(bytes.into_inner())
}

fn list_id(list: usize) -> usize {
    100 + list
}

fn lists(source: &Source) -> usize {
    let list = |block: &Block| match block {
        Block::Item(Item { counted: Counted::List(list), .. }) => Some(*list),
        _ => None,
    };
    source.blocks.iter().filter_map(list).max().unwrap_or(0)
}

fn styles(docx: Docx, chinese: bool) -> Docx {
    let level = |depth: usize, format: &str, text: &str| {
        Level::new(depth, Start::new(1), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left"))
    };
    let outline = if chinese {
        AbstractNumbering::new(OUTLINE)
            .add_level(level(0, "chineseCounting", "第%1章").paragraph_style("Heading1").suffix(LevelSuffixType::Space))
            .add_level(level(1, "chineseCounting", "%2、").paragraph_style("Heading2").suffix(LevelSuffixType::Nothing))
            .add_level(
                level(2, "decimal", "%3.")
                    .paragraph_style("Heading3")
                    .suffix(LevelSuffixType::Nothing)
                    .level_restart(1),
            )
            .add_level(level(3, "decimal", "%3.%4").suffix(LevelSuffixType::Space))
            .add_level(level(4, "decimal", "（%5）").suffix(LevelSuffixType::Nothing))
    } else {
        AbstractNumbering::new(OUTLINE)
            .add_level(level(0, "decimal", "Section %1.").paragraph_style("Heading1").suffix(LevelSuffixType::Space))
            .add_level(level(1, "decimal", "%1.%2").paragraph_style("Heading2").suffix(LevelSuffixType::Space))
            .add_level(
                level(2, "decimal", "%3.").paragraph_style("Heading3").suffix(LevelSuffixType::Space).level_restart(1),
            )
            .add_level(level(3, "decimal", "%3.%4").suffix(LevelSuffixType::Space))
            .add_level(level(4, "decimal", "(%5)").suffix(LevelSuffixType::Space))
    };
    let (first, second) = if chinese { ("%1．", "（%2）") } else { ("%1.", "(%2)") };
    let lists = AbstractNumbering::new(LISTS)
        .add_level(level(0, "decimal", first).suffix(if chinese {
            LevelSuffixType::Nothing
        } else {
            LevelSuffixType::Space
        }))
        .add_level(level(1, "decimal", second).suffix(if chinese {
            LevelSuffixType::Nothing
        } else {
            LevelSuffixType::Space
        }));
    let heading = |n: usize, size: usize| {
        Style::new(format!("Heading{n}"), StyleType::Paragraph)
            .name(format!("heading {n}"))
            .size(size)
            .bold()
            .outline_lvl(n - 1)
    };
    let latin = if chinese { "宋体" } else { "Times New Roman" };
    docx.default_fonts(RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia(latin))
        .default_size(if chinese { 24 } else { 21 })
        .add_style(heading(1, 36).align(AlignmentType::Center))
        .add_style(heading(2, 28))
        .add_style(heading(3, 24))
        .add_style(heading(4, 28).align(AlignmentType::Center))
        .add_style(Style::new("TOC1", StyleType::Paragraph).name("toc 1"))
        .add_style(Style::new("TOC2", StyleType::Paragraph).name("toc 2"))
        .add_abstract_numbering(outline)
        .add_abstract_numbering(lists)
        .add_numbering(Numbering::new(OUTLINE, OUTLINE))
}

fn footer(chinese: bool) -> Paragraph {
    let words = |text: &str| Run::new().size(18).add_text(text);
    let (before, between, after) = if chinese { ("第 ", " 页 共 ", " 页") } else { ("Page ", " of ", "") };
    Paragraph::new()
        .align(AlignmentType::Center)
        .add_run(words(before))
        .add_page_num(PageNum::new())
        .add_run(words(between))
        .add_num_pages(NumPages::new())
        .add_run(words(after))
}

fn contents(docx: Docx, source: &Source, pages: &[usize]) -> Docx {
    let words = if source.chinese { "目　录" } else { "Contents" };
    let caption = Paragraph::new().align(AlignmentType::Center).page_break_before(true);
    let mut docx = docx.add_paragraph(caption.add_run(Run::new().size(36).bold().add_text(words)));
    let headings = source.blocks.iter().filter_map(|b| match b {
        Block::Heading(heading) => Some(heading),
        _ => None,
    });
    for (n, heading) in headings.enumerate().filter(|(_, h)| h.level <= source.contents) {
        let page = pages.get(n).copied().unwrap_or(0).to_string();
        let gap = if heading.level == 1 || !source.chinese { " " } else { "" };
        let leader = Tab::new().val(TabValueType::Right).leader(TabLeaderType::Dot).pos(TEXT_WIDTH);
        let line = Paragraph::new().style(&format!("TOC{}", heading.level)).add_tab(leader);
        let left = if heading.level > 1 { Some(420) } else { None };
        let text = format!("{}{gap}{}", heading.number, heading.text);
        docx = docx.add_paragraph(
            line.indent(left, None, None, None).add_run(Run::new().add_text(text).add_tab().add_text(page)),
        );
    }
    docx
}

fn title(heading: &Heading, chinese: bool) -> Paragraph {
    let level = usize::from(heading.level);
    let mut paragraph = Paragraph::new()
        .style(&format!("Heading{level}"))
        .keep_next(true)
        .page_break_before(heading.new_page)
        .line_spacing(LineSpacing::new().before(160).after(80))
        .add_run(Run::new().add_text(&heading.text));
    if level < 4 {
        paragraph = paragraph.numbering(NumberingId::new(OUTLINE), IndentLevel::new(level - 1));
    }
    if level == 1 && chinese { paragraph.align(AlignmentType::Center) } else { paragraph }
}

fn numbered(item: &Item) -> Paragraph {
    let depth = usize::from(item.depth) - 1;
    let (numbering, level) = match item.counted {
        Counted::Outline => (OUTLINE, depth + 3),
        Counted::List(list) => (list_id(list), depth),
    };
    let left = 480 * i32::from(item.depth - 1);
    Paragraph::new().numbering(NumberingId::new(numbering), IndentLevel::new(level)).indent(
        Some(left),
        Some(SpecialIndentType::FirstLine(480)),
        None,
        None,
    )
}

struct Writer<'a> {
    notes: &'a BTreeMap<String, String>,
}

impl Writer<'_> {
    fn runs(&mut self, mut paragraph: Paragraph, text: &[Inline]) -> Paragraph {
        for part in text {
            let run = match part {
                Inline::Text(words) => Run::new().add_text(words),
                Inline::Bold(words) => Run::new().bold().add_text(words),
                Inline::Break => Run::new().add_break(BreakType::TextWrapping),
                Inline::Note(label) => {
                    let note = self.notes.get(label).map_or("", String::as_str);
                    let mut footnote = Footnote::new();
                    footnote.add_content(Paragraph::new().add_run(Run::new().size(18).add_text(note)));
                    Run::new().add_footnote_reference(footnote)
                }
            };
            paragraph = paragraph.add_run(run);
        }
        paragraph
    }

    fn table(&mut self, table: &SourceTable) -> Table {
        let columns = table.rows.first().map_or(1, Vec::len).max(1);
        let even = vec![100 / columns; columns];
        let shares = if table.widths.len() == columns { &table.widths } else { &even };
        let grid: Vec<usize> = shares.iter().map(|share| share * TEXT_WIDTH / 100).collect();
        let mut rows = Vec::new();
        for (row, cells) in table.rows.iter().enumerate() {
            let mut line = Vec::new();
            for (column, cell) in cells.iter().enumerate() {
                let width = grid.get(column).copied().unwrap_or(0);
                let (down, right) = reach(&table.rows, row, column);
                let built = match cell {
                    Cell::Left => continue,
                    Cell::Above => {
                        TableCell::new().add_paragraph(Paragraph::new()).vertical_merge(VMergeType::Continue)
                    }
                    Cell::Text(text) => {
                        let cell = self.paragraphs(text, row == 0);
                        if down > 1 { cell.vertical_merge(VMergeType::Restart) } else { cell }
                    }
                };
                let width: usize = width + grid.iter().skip(column + 1).take(right - 1).sum::<usize>();
                let built = built.width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
                line.push(if right > 1 { built.grid_span(right) } else { built });
            }
            rows.push(TableRow::new(line).cant_split());
        }
        Table::new(rows).set_grid(grid).width(TEXT_WIDTH, WidthType::Dxa)
    }

    /// Every line of a cell is a paragraph.
    fn paragraphs(&mut self, text: &[Inline], heading: bool) -> TableCell {
        let mut cell = TableCell::new();
        for line in text.split(|part| matches!(part, Inline::Break)) {
            let mut paragraph = self.runs(Paragraph::new(), line).size(21);
            if heading {
                paragraph = paragraph.bold().align(AlignmentType::Center);
            }
            cell = cell.add_paragraph(paragraph);
        }
        cell
    }
}
