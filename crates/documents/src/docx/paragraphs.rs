//! Paragraphs: their properties and number, and the block they become.

use bidlens_domain::document::TextRange;

use crate::docx::controls::Around;
use crate::docx::ground::Ground;
use crate::docx::math;
use crate::docx::reader::{Item, Reader};
use crate::docx::runs::RunLook;
use crate::docx::styles::{Properties, read_property};
use crate::raw::{Origin, RawBlock, RawKind, Refusal, line_without_box};
use crate::xml::{Element, Token, Xml, children};

/// A paragraph while it is read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) style: Option<String>,
    pub(super) direct: Properties,
    /// Byte offsets at which a new page begins.
    pub(super) turns: Vec<(usize, u32)>,
    /// Characters by size in half points.
    pub(super) sizes: Vec<(i64, usize)>,
    pub(super) bold: usize,
    pub(super) characters: usize,
    pub(super) boxes: Vec<Item>,
    /// Words that are not shown.
    pub(super) hidden: String,
    /// Words that are struck out.
    pub(super) struck: HeldBack,
    /// Words in the colour of what lies under them.
    pub(super) unseen: HeldBack,
    pub(super) page_top: bool,
    /// Where its content begins in the main part; of several that were joined, the first.
    begins: Option<usize>,
    /// The paragraph ends a section; whether the next one begins on a new page.
    section_ends: Option<bool>,
    mark: Mark,
}

/// How the end of a paragraph is formatted, which is not how its words are.
#[derive(Debug, Default)]
struct Mark {
    /// A tracked change deleted it: the next paragraph follows without a break.
    deleted: bool,
    hidden: Option<bool>,
    /// Hidden only to let a heading run into the text after it.
    separates_styles: bool,
}

/// Words of a paragraph that are not read, with … for what is read between them.
#[derive(Debug, Default)]
pub(super) struct HeldBack {
    words: String,
    /// The length of what was read when the last of them came.
    at: usize,
}

impl HeldBack {
    pub(super) fn push(&mut self, words: &str, at: usize) {
        if !self.words.is_empty() && self.at != at {
            self.words.push('…');
        }
        self.words.push_str(words);
        self.at = at;
    }
}

impl Paragraph {
    /// What is left of a paragraph whose end was deleted: its content, which takes the properties of the next.
    fn continued(self) -> Self {
        Paragraph { style: None, direct: Properties::default(), mark: Mark::default(), section_ends: None, ..self }
    }

    /// Whether it has words that are not read.
    fn holds_back(&self) -> bool {
        [&self.hidden, &self.struck.words, &self.unseen.words].into_iter().any(|words| !words.is_empty())
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl Reader<'_, '_> {
    pub(super) fn paragraph(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        out: &mut Vec<Item>,
    ) -> Result<(), Refusal> {
        self.traces.revision(element);
        let mut paragraph = self.carried.take().map(Paragraph::continued).unwrap_or_default();
        let substitute = self.substitute.take();
        let around = self.outermost;
        self.outermost = around.or_else(|| xml.content_begins().filter(|_| self.in_main_part));
        paragraph.begins = paragraph.begins.or(self.outermost);
        self.paragraph_content(xml, &mut paragraph)?;
        self.outermost = around;
        if let Some(text) = substitute {
            self.push_instead(&mut paragraph, &text);
        }
        self.fields.end_paragraph();
        if self.comments.listen() {
            self.comments.take_words("\n");
        }
        if paragraph.mark.deleted && paragraph.section_ends.is_none() {
            self.carried = Some(paragraph);
        } else {
            self.close(paragraph, out);
        }
        Ok(())
    }

    fn paragraph_content(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        let mut around = Around::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "r" => self.run(xml, &element, paragraph)?,
                    "pPr" => {
                        self.paragraph_properties(xml, paragraph)?;
                        let style = self.styles.get(paragraph.style.as_deref());
                        let breaks = paragraph.direct.page_break_before.or(style.and_then(|s| s.page_break_before));
                        if breaks == Some(true) && self.cells.is_empty() && self.pages.holds_something() {
                            self.pages.turn(true);
                        }
                    }
                    "del" | "moveFrom" => {
                        self.remarks.change(&element);
                        xml.skip()?;
                    }
                    "ins" | "moveTo" => {
                        self.remarks.change(&element);
                        around.open += 1;
                    }
                    "sdtContent" => {
                        around.open += 1;
                        if let Some(text) = around.control.take() {
                            self.push_instead(paragraph, &text);
                            self.begin_replacement(String::new());
                            self.substitute = None;
                            around.replaced.begin(around.open);
                        }
                    }
                    "oMath" | "oMathPara" => {
                        let text = math::linear(xml)?;
                        self.push(paragraph, &text, &mut RunLook::default());
                    }
                    "txbxContent" => self.text_box(xml, paragraph)?,
                    "subDoc" => {
                        self.outside(&element);
                        around.open += 1;
                    }
                    _ => self.enter(xml, &element, &mut around)?,
                },
                Token::Close => {
                    if self.leave(&mut around) {
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Pushes what stands in the place of a control's content.
    fn push_instead(&mut self, paragraph: &mut Paragraph, text: &str) {
        let muted = std::mem::take(&mut self.muted);
        self.push(paragraph, text, &mut RunLook::default());
        self.muted = muted;
    }

    /// Reads a text box; its blocks follow the paragraph it is anchored in.
    pub(super) fn text_box(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        let mut boxes = Vec::new();
        // A box may be filled, or lie on something that is.
        let ground = self.ground.replace(Ground::Unknown);
        let ended = self.story(|reader| reader.blocks(xml, &mut boxes));
        self.ground = ground;
        paragraph.boxes.extend(boxes);
        ended
    }

    fn paragraph_properties(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        children(xml, |xml, element| match element.name() {
            "pStyle" => {
                paragraph.style = element.attribute("val");
                xml.skip()
            }
            "rPr" => self.mark_properties(xml, &mut paragraph.mark),
            "pPrChange" => {
                self.remarks.change(element);
                xml.skip()
            }
            "sectPr" => {
                paragraph.section_ends = Some(self.section(xml, element)?);
                Ok(())
            }
            "numPr" => children(xml, |xml, inner| {
                if inner.name() == "ins" {
                    self.remarks.change(inner);
                }
                if !read_property(xml, inner, &mut paragraph.direct)? {
                    xml.skip()?;
                }
                Ok(())
            }),
            _ => {
                if !read_property(xml, element, &mut paragraph.direct)? {
                    xml.skip()?;
                }
                Ok(())
            }
        })
    }

    fn mark_properties(&mut self, xml: &mut Xml<'_>, mark: &mut Mark) -> Result<(), Refusal> {
        children(xml, |xml, element| {
            match element.name() {
                "del" | "moveFrom" => {
                    self.remarks.change(element);
                    mark.deleted = true;
                }
                "ins" | "moveTo" | "rPrChange" => self.remarks.change(element),
                "vanish" => mark.hidden = Some(element.is_on()),
                "specVanish" => mark.separates_styles = element.is_on(),
                _ => {}
            }
            xml.skip()
        })
    }

    /// Closes a paragraph whose end was deleted when no other paragraph follows it.
    pub(super) fn end_carried(&mut self, out: &mut Vec<Item>) {
        if let Some(paragraph) = self.carried.take()
            && !(paragraph.is_blank() && paragraph.boxes.is_empty() && !paragraph.holds_back())
        {
            self.close(paragraph, out);
        }
    }

    /// Adds the finished paragraph and the boxes anchored in it.
    fn close(&mut self, mut paragraph: Paragraph, out: &mut Vec<Item>) {
        let boxes = std::mem::take(&mut paragraph.boxes);
        let section_ends = paragraph.section_ends;
        if !paragraph.hidden.trim().is_empty() {
            self.remarks.hidden(self.pages.current(), &paragraph.hidden);
        }
        if !paragraph.struck.words.is_empty() {
            self.remarks.struck(self.pages.current(), &paragraph.struck.words);
        }
        if !paragraph.unseen.words.is_empty() {
            self.remarks.unseen(self.pages.current(), &paragraph.unseen.words);
        }
        if let Some(block) = self.block(paragraph) {
            out.push(Item::Block(block));
        }
        for item in boxes {
            out.push(match item {
                Item::Block(mut block) => {
                    // What was read of a picture is what it would be on a page.
                    let is_own = block.lines.iter().all(|line| line.confidence.is_none());
                    if is_own && matches!(block.kind, RawKind::Text | RawKind::ListItem) {
                        block.kind = RawKind::TextBox;
                    }
                    Item::Block(block)
                }
                Item::Table(grid) => Item::Table(grid),
            });
        }
        if let Some(new_page) = section_ends {
            if new_page {
                self.pages.turn(true);
            }
            self.begin_section();
        }
    }

    /// The list the paragraph is numbered in and its level there.
    fn list_of(&self, paragraph: &Paragraph, style: &Properties) -> Option<(i64, usize)> {
        let direct = &paragraph.direct;
        let list = direct.list.or(style.list).filter(|l| *l != 0)?;
        // A style is bound to a level by the list; the level the style itself names is only a copy.
        let bound = |id: Option<&str>| self.numbering.level_of_style(list, id?);
        let level = match (direct.level, direct.list) {
            (Some(level), _) => usize::try_from(level).unwrap_or(0),
            (None, Some(_)) => bound(paragraph.style.as_deref()).unwrap_or(0),
            (None, None) => bound(paragraph.style.as_deref())
                .or_else(|| bound(style.list_style.as_deref()))
                .or_else(|| usize::try_from(style.level?).ok())
                .unwrap_or(0),
        };
        Some((list, level))
    }

    fn block(&mut self, paragraph: Paragraph) -> Option<RawBlock> {
        let none = Properties::default();
        let style = self.styles.get(paragraph.style.as_deref()).unwrap_or(&none);
        let list = self.list_of(&paragraph, style);
        let blank = paragraph.is_blank();
        // A paragraph of which Word shows not even the end is not there for the count; an empty one is.
        let mark_hidden = !paragraph.mark.separates_styles
            && paragraph.mark.hidden.or(paragraph.direct.hidden).or(style.hidden) == Some(true);
        let label = list
            .filter(|_| !(blank && mark_hidden))
            .and_then(|(list, level)| self.numbering.count(&mut self.counters, list, level));
        if blank {
            return None;
        }
        if let Some(id) = &paragraph.style {
            self.traces.style(id);
        }
        let lead = paragraph.text.len() - paragraph.text.trim_start().len();
        let words = paragraph.text.trim();
        let (label_text, joint) = label.as_ref().map_or(("", ""), |l| (l.text.as_str(), l.joint));
        let shift = label_text.len() + joint.len();
        let mut text = String::with_capacity(shift + words.len());
        text.push_str(label_text);
        text.push_str(joint);
        text.push_str(words);
        let first_page = paragraph.turns.iter().take_while(|(at, _)| *at <= lead).last().map_or(1, |(_, page)| *page);
        let mut lines = Vec::with_capacity(1);
        let (mut start, mut page) = (0usize, first_page);
        for (at, next) in paragraph.turns.iter().filter(|(at, _)| *at > lead) {
            let at = (at - lead + shift).min(text.len());
            if at > start && at < text.len() {
                lines.push(line_without_box(start, at, page));
                start = at;
                page = *next;
            }
        }
        lines.push(line_without_box(start, text.len(), page));
        let outline = paragraph.direct.outline.or(style.outline).or(style.heading).filter(|o| (0..9).contains(o));
        let size = paragraph.sizes.iter().max_by_key(|(_, count)| *count).map_or(0, |(size, _)| *size);
        let kind = if style.contents {
            RawKind::Contents
        } else if list.is_some() {
            RawKind::ListItem
        } else {
            RawKind::Text
        };
        let origin = |paragraph| Origin { range: TextRange::new(0, text.len()), paragraph };
        Some(RawBlock {
            kind,
            lines,
            origins: paragraph.begins.map(origin).into_iter().collect(),
            font_size: size as f32 / 2.0,
            bold: paragraph.bold * 2 > paragraph.characters,
            centred: paragraph.direct.centred.or(style.centred).unwrap_or(false),
            page_top: paragraph.page_top,
            outline_level: outline.and_then(|o| u8::try_from(o + 1).ok()),
            label: label_text.to_owned(),
            text,
        })
    }
}
