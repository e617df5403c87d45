//! A sample's source: front matter, then Markdown with a few conventions of its own.
//!
//! Numbers are not written in the sources. They are counted here once, so that the PDF prints them as text and
//! Word counts the same ones itself. Start at [`Source::read`].

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

pub(crate) struct Source {
    pub(crate) header: String,
    pub(crate) cover: Vec<String>,
    pub(crate) cover_lines: Vec<String>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) notes: BTreeMap<String, String>,
    pub(crate) chinese: bool,
    /// Heading levels in the printed contents; 0 is none.
    pub(crate) contents: u8,
}

pub(crate) enum Block {
    Heading(Heading),
    Paragraph { text: Vec<Inline>, indented: bool },
    Item(Item),
    Table(Table),
}

pub(crate) struct Heading {
    /// 1 is a chapter, 4 has no number.
    pub(crate) level: u8,
    pub(crate) number: String,
    pub(crate) text: String,
    pub(crate) new_page: bool,
}

pub(crate) struct Item {
    pub(crate) number: String,
    pub(crate) text: Vec<Inline>,
    pub(crate) depth: u8,
    pub(crate) counted: Counted,
}

/// How Word counts an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// In the outline of the chapters.
    Outline,
    /// In a list of its own.
    List(usize),
}

pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Shares of the page's width in per cent.
    pub(crate) widths: Vec<usize>,
}

pub(crate) enum Cell {
    Text(Vec<Inline>),
    /// Joined with the cell above.
    Above,
    /// Joined with the cell to the left.
    Left,
}

pub(crate) enum Inline {
    Text(String),
    Bold(String),
    Break,
    Note(String),
}

/// Stands for `_`, which Markdown would read as emphasis and forms need as blanks.
const BLANK: char = '\u{E000}';

impl Source {
    pub(crate) fn read(text: &str) -> anyhow::Result<Source> {
        let rest = text.strip_prefix("---\n").context("no front matter")?;
        let (front, body) = rest.split_once("\n---\n").context("front matter without an end")?;
        let mut source = Source {
            header: String::new(),
            cover: Vec::new(),
            cover_lines: Vec::new(),
            blocks: Vec::new(),
            notes: BTreeMap::new(),
            chinese: true,
            contents: 0,
        };
        for line in front.lines() {
            match line.split_once(": ") {
                Some(("header", value)) => value.clone_into(&mut source.header),
                Some(("cover", value)) => source.cover.push(value.to_owned()),
                Some(("line", value)) => source.cover_lines.push(value.to_owned()),
                Some(("language", value)) => source.chinese = value == "zh",
                Some(("contents", value)) => source.contents = value.parse().context("contents")?,
                _ => bail!("front matter: {line}"),
            }
        }
        let mut reader = Reader { chinese: source.chinese, ..Reader::default() };
        reader.read(&body.replace('_', &BLANK.to_string()))?;
        source.blocks = reader.blocks;
        source.notes = reader.notes;
        Ok(source)
    }
}

#[derive(Default)]
struct Reader {
    chinese: bool,
    blocks: Vec<Block>,
    notes: BTreeMap<String, String>,
    text: Vec<Inline>,
    bold: bool,
    heading_counts: [usize; 3],
    /// The number of the next item for every open ordered list; none for lists of plain lines.
    lists: Vec<Option<usize>>,
    lists_seen: usize,
    clause_items: usize,
    table: Vec<Vec<Cell>>,
    widths: Vec<usize>,
    new_page: bool,
    note: Option<String>,
}

impl Reader {
    fn read(&mut self, markdown: &str) -> anyhow::Result<()> {
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
            match event {
                Event::Text(words) | Event::Code(words) => self.push(&words),
                Event::SoftBreak => self.push(if self.chinese { "" } else { " " }),
                Event::HardBreak => self.text.push(Inline::Break),
                Event::InlineHtml(html) if html.as_ref() == "<br>" => self.text.push(Inline::Break),
                Event::Html(html) => self.directive(html.trim())?,
                Event::FootnoteReference(label) => self.text.push(Inline::Note(label.into_string())),
                Event::Start(Tag::Strong) => self.bold = true,
                Event::End(TagEnd::Strong) => self.bold = false,
                Event::Start(Tag::FootnoteDefinition(label)) => self.note = Some(label.into_string()),
                Event::End(TagEnd::FootnoteDefinition) => self.note = None,
                Event::Start(Tag::List(start)) => self.open_list(start.is_some()),
                Event::End(TagEnd::List(_)) => {
                    self.lists.pop();
                }
                Event::End(TagEnd::Item) => self.item(),
                Event::Start(Tag::TableHead | Tag::TableRow) => self.table.push(Vec::new()),
                Event::End(TagEnd::TableCell) => self.cell(),
                Event::End(TagEnd::Table) => {
                    let (rows, widths) = (std::mem::take(&mut self.table), std::mem::take(&mut self.widths));
                    self.blocks.push(Block::Table(Table { rows, widths }));
                }
                Event::End(TagEnd::Heading(level)) => self.heading(level),
                Event::End(TagEnd::Paragraph) if self.lists.is_empty() => self.paragraph(),
                _ => {}
            }
        }
        Ok(())
    }

    fn push(&mut self, words: &str) {
        let words = words.replace(BLANK, "_");
        match (self.text.last_mut(), self.bold) {
            (Some(Inline::Text(text)), false) | (Some(Inline::Bold(text)), true) => text.push_str(&words),
            (_, false) => self.text.push(Inline::Text(words)),
            (_, true) => self.text.push(Inline::Bold(words)),
        }
    }

    fn directive(&mut self, html: &str) -> anyhow::Result<()> {
        let words = html.strip_prefix("<!--").and_then(|h| h.strip_suffix("-->")).context("HTML in a source")?;
        let mut words = words.split_whitespace();
        match words.next() {
            Some("page") => self.new_page = true,
            Some("widths") => self.widths = words.map(str::parse).collect::<Result<_, _>>().context("widths")?,
            other => bail!("no such directive: {other:?}"),
        }
        Ok(())
    }

    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        match &self.note {
            Some(label) => {
                self.notes.insert(label.clone(), plain(&text));
            }
            None => self.blocks.push(Block::Paragraph { text, indented: true }),
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let level = level as u8;
        let text = plain(&std::mem::take(&mut self.text));
        if let Some(count) = self.heading_counts.get_mut(usize::from(level) - 1) {
            *count += 1;
        }
        // Clauses are counted through the chapter, as tenders do.
        if level == 1 {
            self.heading_counts[1] = 0;
            self.heading_counts[2] = 0;
        }
        if level == 3 || level == 1 {
            self.clause_items = 0;
        }
        let [chapter, part, clause] = self.heading_counts;
        let number = match (level, self.chinese) {
            (1, true) => format!("第{}章", counted(chapter)),
            (2, true) => format!("{}、", counted(part)),
            (1, false) => format!("Section {chapter}."),
            (2, false) => format!("{chapter}.{part}"),
            (3, _) => format!("{clause}."),
            _ => String::new(),
        };
        // Chapters of Chinese tenders begin on a page of their own.
        let asked = std::mem::take(&mut self.new_page);
        let new_page = asked || (level == 1 && self.chinese);
        self.blocks.push(Block::Heading(Heading { level, number, text, new_page }));
    }

    fn open_list(&mut self, ordered: bool) {
        // The words of an item end where the list inside it begins.
        if !self.text.is_empty() {
            self.item();
        }
        if self.lists.is_empty() {
            self.lists_seen += 1;
        }
        self.lists.push(ordered.then_some(1));
    }

    /// Whether a list counts on from the clause it stands under.
    fn in_clause(&self) -> bool {
        let last = self.blocks.iter().rev().find_map(|b| match b {
            Block::Heading(heading) => Some(heading.level),
            _ => None,
        });
        last == Some(3)
    }

    fn item(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let in_clause = self.in_clause();
        let depth = u8::try_from(self.lists.len()).unwrap_or(u8::MAX);
        let clause = self.heading_counts[2];
        let Some(Some(next)) = self.lists.last_mut() else {
            self.blocks.push(Block::Paragraph { text, indented: false });
            return;
        };
        let own = *next;
        *next += 1;
        let number = match (depth, self.chinese) {
            (1, _) if in_clause => {
                self.clause_items += 1;
                format!("{clause}.{}", self.clause_items)
            }
            (1, true) => format!("{own}．"),
            (1, false) => format!("{own}."),
            (_, true) => format!("（{own}）"),
            (_, false) => format!("({own})"),
        };
        let counted = if in_clause { Counted::Outline } else { Counted::List(self.lists_seen) };
        self.blocks.push(Block::Item(Item { number, text, depth, counted }));
    }

    fn cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        let cell = match plain(&text).as_str() {
            "^" => Cell::Above,
            "<" => Cell::Left,
            _ => Cell::Text(text),
        };
        if let Some(row) = self.table.last_mut() {
            row.push(cell);
        }
    }
}

/// The words alone.
pub(crate) fn plain(text: &[Inline]) -> String {
    let mut out = String::new();
    for part in text {
        if let Inline::Text(words) | Inline::Bold(words) = part {
            out.push_str(words);
        }
    }
    out
}

/// 一 to 九十九.
fn counted(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: usize| DIGITS.get(n % 10).copied().unwrap_or_default();
    match number / 10 {
        0 => digit(number).to_owned(),
        1 => format!("十{}", digit(number)),
        tens => format!("{}十{}", digit(tens), digit(number)),
    }
}

/// How many rows down and columns right a cell reaches.
pub(crate) fn reach(rows: &[Vec<Cell>], row: usize, column: usize) -> (usize, usize) {
    let right = rows.get(row).map_or(0, |r| r.iter().skip(column + 1).take_while(|c| matches!(c, Cell::Left)).count());
    let down = rows.iter().skip(row + 1).take_while(|r| matches!(r.get(column), Some(Cell::Above))).count();
    (down + 1, right + 1)
}
