//! Markdown through pulldown-cmark: headings, paragraphs, lists, tables. Raw HTML inside it is left out.

use bidlens_domain::document::{Format, IssueCode};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::limits::Limits;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{Grid, GridCell};
use crate::text::{decode, note_encoding};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let decoded = decode(bytes, None);
    let mut raw = RawDocument::new(Format::Markdown);
    note_encoding(&mut raw, &decoded);
    raw.plain_pages(1, false);
    let mut reader =
        Reader { raw, words: String::new(), level: None, lists: Vec::new(), label: String::new(), grid: None };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(&decoded.text, options) {
        reader.event(event);
        if reader.raw.blocks.len() > limits.max_blocks {
            return Err(Refusal::new(
                IssueCode::ExpansionLimit,
                format!("the text has more than {} paragraphs; split it", limits.max_blocks),
            ));
        }
    }
    reader.flush();
    Ok(reader.raw)
}

struct Reader {
    raw: RawDocument,
    words: String,
    level: Option<u8>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    label: String,
    grid: Option<(Grid, u32, u32)>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.words.push_str(&text),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.words.push_str(&text),
            Event::SoftBreak => {
                if !self.words.ends_with(bidlens_domain::fold::is_cjk) {
                    self.words.push(' ');
                }
            }
            Event::HardBreak => self.words.push(' '),
            Event::TaskListMarker(done) => self.words.push_str(if done { "☑" } else { "☐" }),
            Event::Rule => self.flush(),
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.level = Some(depth(level));
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                self.label = match self.lists.last_mut() {
                    Some(Some(next)) => {
                        let label = format!("{next}.");
                        *next += 1;
                        label
                    }
                    Some(None) | None => String::new(),
                };
            }
            Tag::Table(_) => {
                self.flush();
                self.grid = Some((Grid::default(), 0, 0));
            }
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::FootnoteDefinition(_) => {
                self.flush();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.flush();
                self.level = None;
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Item
            | TagEnd::FootnoteDefinition => {
                self.flush();
            }
            TagEnd::TableCell => {
                let words = std::mem::take(&mut self.words);
                if let Some((grid, row, column)) = &mut self.grid {
                    grid.cells.push(GridCell::text(*row, *column, words, 1));
                    *column += 1;
                }
            }
            TagEnd::TableRow | TagEnd::TableHead => {
                if let Some((_, row, column)) = &mut self.grid {
                    *row += 1;
                    *column = 0;
                }
            }
            TagEnd::Table => {
                if let Some(block) = self.grid.take().and_then(|(grid, ..)| grid.into_block()) {
                    self.raw.blocks.push(block);
                }
            }
            _ => {}
        }
    }

    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        let words = words.trim();
        if words.is_empty() {
            return;
        }
        let label = std::mem::take(&mut self.label);
        let kind = if self.lists.is_empty() { RawKind::Text } else { RawKind::ListItem };
        let text = if label.is_empty() { words.to_owned() } else { format!("{label} {words}") };
        let mut block = RawBlock::on_page(kind, text, 1);
        block.outline_level = self.level;
        block.label = label;
        self.raw.blocks.push(block);
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
