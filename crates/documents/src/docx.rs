//! DOCX: the document as Word shows it, read as a stream of elements.
//!
//! Automatic numbers become part of the text, tracked changes count as accepted, hidden text is left out, text
//! boxes and headers stand once. Pages are counted from the breaks the file holds and are marked approximate.
//! Start at [`read`]; element names are matched without their prefix, which programs choose freely.

mod numbering;
mod styles;
mod symbols;

use std::collections::{HashMap, HashSet};

use bidlens_domain::document::{Format, IssueCode, IssueSeverity, Metadata, Page, TextSource};

use crate::docx::numbering::{Numbering, children};
use crate::docx::styles::{Properties, Styles, read_property};
use crate::limits::Limits;
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal, line_without_box};
use crate::table::{CellPart, Grid, GridCell};
use crate::xml::{Token, Xml};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package, limits)?;
    let text = package.part(&main)?.ok_or_else(|| {
        Refusal::new(
            IssueCode::Malformed,
            format!("the part {main} is missing; open the file in its own program, save it anew and upload that"),
        )
    })?;
    let relations = relations(&mut package, &main, limits)?;
    let mut raw = RawDocument::new(Format::Docx);
    raw.metadata = metadata(&mut package, limits);
    let mut aside = |kind: &str| -> Result<Option<(String, String)>, Refusal> {
        let Some(name) = relations.values().find(|r| r.kind == kind).map(|r| r.target.clone()) else {
            return Ok(None);
        };
        match package.part(&name) {
            Ok(text) => Ok(text.map(|t| (name, t))),
            Err(refusal) if refusal.code == IssueCode::ExpansionLimit => Err(refusal),
            Err(refusal) => {
                raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
                Ok(None)
            }
        }
    };
    let styles_part = aside("styles")?;
    let numbering_part = aside("numbering")?;
    let footnotes = aside("footnotes")?;
    let endnotes = aside("endnotes")?;
    let styles = tolerate(&mut raw, styles_part, |n, t| Styles::read(n, t, limits.max_depth));
    let numbering = tolerate(&mut raw, numbering_part, |n, t| Numbering::read(n, t, limits.max_depth));
    let mut reader = Reader {
        styles: styles.unwrap_or_default(),
        numbering: numbering.unwrap_or_default(),
        notes: HashMap::new(),
        pending_notes: Vec::new(),
        furniture: Vec::new(),
        fields: Vec::new(),
        cells: Vec::new(),
        page: 1,
        section_page: 1,
        turned_by_break: false,
        seen: vec![Seen::default()],
        tracked: false,
        hidden: false,
        limits,
        blocks: 0,
    };
    for (kind, part) in [(Note::Foot, footnotes), (Note::End, endnotes)] {
        if let Some((name, text)) = part
            && let Err(refusal) = reader.read_notes(kind, &name, &text)
        {
            raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
        }
    }
    let mut items = Vec::new();
    let mut xml = Xml::new(&main, &text, limits.max_depth);
    let ended = reader.blocks(&mut xml, &mut items);
    if let Err(refusal) = ended {
        if items.is_empty() {
            return Err(refusal);
        }
        raw.issue(
            refusal.code,
            IssueSeverity::Warning,
            Some(reader.page),
            format!("{} (what stands before was read)", refusal.detail),
        );
    }
    let body: Vec<RawBlock> = items.into_iter().filter_map(Item::into_block).collect();
    let body_seen = std::mem::take(&mut reader.seen);
    let (headers, footers) = reader.read_furniture(&mut package, &relations, &mut raw)?;
    reader.finish(&mut raw, body_seen);
    raw.blocks = headers;
    raw.blocks.extend(body);
    raw.blocks.extend(footers);
    Ok(raw)
}

/// Reads a part that helps to understand the main one; damage in it is noted and lived with.
fn tolerate<T>(
    raw: &mut RawDocument,
    part: Option<(String, String)>,
    read: impl FnOnce(&str, &str) -> Result<T, Refusal>,
) -> Option<T> {
    let (name, text) = part?;
    match read(&name, &text) {
        Ok(value) => Some(value),
        Err(refusal) => {
            raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
            None
        }
    }
}

#[derive(Debug)]
struct Relation {
    /// The last word of its type: `header`, `styles`.
    kind: String,
    target: String,
}

fn relations(package: &mut Package<'_>, part: &str, limits: &Limits) -> Result<HashMap<String, Relation>, Refusal> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let name = format!("{folder}/_rels/{file}.rels");
    let name = name.trim_start_matches('/');
    let mut relations = HashMap::new();
    let Some(text) = package.part(name)? else {
        return Ok(relations);
    };
    let mut xml = Xml::new(name, &text, limits.max_depth);
    loop {
        match xml.next()? {
            Token::Open(element) if element.name() == "Relationship" => {
                let kind = element.attribute("Type").unwrap_or_default();
                let target = element.attribute("Target").unwrap_or_default();
                let external = element.attribute("TargetMode").as_deref() == Some("External");
                if let (Some(id), false) = (element.attribute("Id"), external) {
                    relations.insert(
                        id,
                        Relation {
                            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                            target: resolve(folder, &target),
                        },
                    );
                }
            }
            Token::Open(_) | Token::Close | Token::Text(_) => {}
            Token::End => return Ok(relations),
        }
    }
}

/// A target inside the container, relative to the folder of the part that names it.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    path.join("/")
}

fn main_part(package: &mut Package<'_>, limits: &Limits) -> Result<String, Refusal> {
    let declared = relations(package, "", limits)
        .unwrap_or_default()
        .into_values()
        .find(|r| r.kind == "officeDocument")
        .map(|r| r.target);
    let names = package.names();
    let known = declared.filter(|d| names.contains(d));
    Ok(known
        .or_else(|| names.iter().find(|n| n.eq_ignore_ascii_case("word/document.xml")).cloned())
        .unwrap_or_else(|| "word/document.xml".to_owned()))
}

/// What `docProps` says about the making of an office file; damage there is of no account.
pub(crate) fn metadata(package: &mut Package<'_>, limits: &Limits) -> Metadata {
    let mut metadata = Metadata::default();
    for part in ["docProps/core.xml", "docProps/app.xml"] {
        let Ok(Some(text)) = package.part(part) else {
            continue;
        };
        let mut xml = Xml::new(part, &text, limits.max_depth);
        while let Ok(Token::Open(element)) = next_open(&mut xml) {
            let slot = match element.name() {
                "title" => &mut metadata.title,
                "creator" => &mut metadata.author,
                "lastModifiedBy" => &mut metadata.last_modified_by,
                "created" => &mut metadata.created,
                "modified" => &mut metadata.modified,
                "Application" => &mut metadata.producer,
                _ => continue,
            };
            if let Ok(value) = xml.text() {
                let value: String = unescape_wide(value.trim()).chars().take(300).collect();
                *slot = Some(value).filter(|v| !v.is_empty());
            }
        }
    }
    metadata
}

/// Office programs write some signs of `docProps` as `_x3000_`.
fn unescape_wide(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let sign = escape
            .get(2..6)
            .filter(|_| escape.get(6..7) == Some("_"))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match sign {
            Some(sign) => {
                out.push(sign);
                rest = escape.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = escape.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn next_open<'a>(xml: &mut Xml<'a>) -> Result<Token<'a>, Refusal> {
    loop {
        match xml.next()? {
            Token::Close | Token::Text(_) => {}
            token @ (Token::Open(_) | Token::End) => return Ok(token),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Note {
    Foot,
    End,
}

#[derive(Debug)]
enum Item {
    Block(RawBlock),
    Table(Grid),
}

impl Item {
    fn into_block(self) -> Option<RawBlock> {
        match self {
            Item::Block(block) => Some(block),
            Item::Table(grid) => grid.into_block(),
        }
    }
}

/// What a page was seen to hold.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    text: bool,
    picture: bool,
}

/// A header or footer a section refers to.
#[derive(Debug)]
struct Furniture {
    relation: String,
    header: bool,
    page: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct CellProperties {
    span: u32,
    /// `Some(true)` starts a vertical merge, `Some(false)` goes on with it.
    merge: Option<bool>,
}

struct Reader<'l> {
    styles: Styles,
    numbering: Numbering,
    notes: HashMap<(Note, i64), String>,
    pending_notes: Vec<(Note, i64)>,
    furniture: Vec<Furniture>,
    /// For each open field whether its instruction (not its result) is being read.
    fields: Vec<bool>,
    cells: Vec<CellProperties>,
    page: u32,
    section_page: u32,
    /// The current page began with an explicit break and nothing stands on it yet.
    turned_by_break: bool,
    seen: Vec<Seen>,
    tracked: bool,
    hidden: bool,
    limits: &'l Limits,
    blocks: usize,
}

/// A paragraph while it is read.
#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    direct: Properties,
    /// Byte offsets at which a new page begins.
    turns: Vec<(usize, u32)>,
    /// Characters by size in half points.
    sizes: Vec<(i64, usize)>,
    bold: usize,
    characters: usize,
    boxes: Vec<Item>,
    section_ends: Option<bool>,
    page_top: bool,
}

/// How the characters of a run look.
#[derive(Debug, Clone, Default)]
struct RunLook {
    direct: Properties,
    style: Option<String>,
    font: String,
}

impl<'l> Reader<'l> {
    /// Reads block content to the end of the element just opened (or of the part).
    fn blocks(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Item>) -> Result<(), Refusal> {
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "p" => {
                        self.check_limits()?;
                        self.paragraph(xml, out)?;
                        self.flush_notes(out);
                    }
                    "tbl" => {
                        let grid = self.table(xml)?;
                        if !grid.cells.is_empty() {
                            out.push(Item::Table(grid));
                        }
                        if self.cells.is_empty() {
                            self.flush_notes(out);
                        }
                    }
                    "tcPr" => self.cell_properties(xml)?,
                    "sectPr" => {
                        self.section(xml)?;
                    }
                    "sdtPr" | "sdtEndPr" | "Fallback" | "customXmlPr" => xml.skip()?,
                    "del" | "moveFrom" => {
                        self.tracked = true;
                        xml.skip()?;
                    }
                    "ins" | "moveTo" => {
                        self.tracked = true;
                        open += 1;
                    }
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    fn check_limits(&mut self) -> Result<(), Refusal> {
        self.blocks += 1;
        if self.blocks > self.limits.max_blocks {
            return Err(Refusal::new(
                IssueCode::ExpansionLimit,
                format!("the document has more than {} paragraphs; split it", self.limits.max_blocks),
            ));
        }
        if self.page > self.limits.max_pages {
            return Err(Refusal::new(
                IssueCode::TooManyPages,
                format!("the document has more than {} pages; split it", self.limits.max_pages),
            ));
        }
        Ok(())
    }

    fn paragraph(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Item>) -> Result<(), Refusal> {
        let mut paragraph = Paragraph::default();
        let mut open = 1usize;
        let mut box_drawn = false;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "pPr" => {
                        self.paragraph_properties(xml, &mut paragraph)?;
                        let style = self.styles.get(paragraph.style.as_deref());
                        let breaks = paragraph.direct.page_break_before.or(style.and_then(|s| s.page_break_before));
                        if breaks == Some(true) && self.cells.is_empty() && self.page_holds_something() {
                            self.turn_page(true);
                        }
                    }
                    "r" => self.run(xml, &mut paragraph)?,
                    "del" | "moveFrom" => {
                        self.tracked = true;
                        xml.skip()?;
                    }
                    "ins" | "moveTo" => {
                        self.tracked = true;
                        open += 1;
                    }
                    "Fallback" | "sdtEndPr" => xml.skip()?,
                    "sdtPr" => {
                        if let Some(ticked) = checkbox(xml)? {
                            self.push(&mut paragraph, if ticked { "☑" } else { "☐" }, &RunLook::default());
                            box_drawn = true;
                        }
                    }
                    // The content of a check box control draws the box a second time.
                    "sdtContent" if std::mem::take(&mut box_drawn) => xml.skip()?,
                    "txbxContent" => {
                        let mut boxes = Vec::new();
                        self.blocks(xml, &mut boxes)?;
                        paragraph.boxes.extend(boxes);
                    }
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        self.close(paragraph, out);
        Ok(())
    }

    /// Adds the finished paragraph and the boxes anchored in it.
    fn close(&mut self, mut paragraph: Paragraph, out: &mut Vec<Item>) {
        let boxes = std::mem::take(&mut paragraph.boxes);
        let section_ends = paragraph.section_ends;
        if let Some(block) = self.block(paragraph) {
            out.push(Item::Block(block));
        }
        for item in boxes {
            out.push(match item {
                Item::Block(mut block) => {
                    if block.kind == RawKind::Text || block.kind == RawKind::ListItem {
                        block.kind = RawKind::TextBox;
                    }
                    Item::Block(block)
                }
                Item::Table(grid) => Item::Table(grid),
            });
        }
        if let Some(new_page) = section_ends {
            if new_page {
                self.turn_page(true);
            }
            self.section_page = self.page;
        }
    }

    fn block(&mut self, paragraph: Paragraph) -> Option<RawBlock> {
        let style = self.styles.get(paragraph.style.as_deref()).cloned().unwrap_or_default();
        let contents = style.is_contents();
        let list = paragraph.direct.list.or(style.list).filter(|l| *l != 0);
        let has_words = !paragraph.text.trim().is_empty();
        let label = list.and_then(|list| {
            let level = paragraph.direct.level.or_else(|| {
                let bound = self.numbering.level_of_style(list, paragraph.style.as_deref()?);
                bound.and_then(|l| i64::try_from(l).ok()).or(style.level)
            });
            let level = usize::try_from(level.unwrap_or(0)).unwrap_or(0);
            // Word numbers empty paragraphs too; they show nothing else and are left out, but count.
            self.numbering.count(list, level)
        });
        if !has_words {
            return None;
        }
        let lead = paragraph.text.len() - paragraph.text.trim_start().len();
        let words = paragraph.text.trim();
        let (label_text, joint) = label.as_ref().map_or(("", ""), |l| (l.text.as_str(), l.joint));
        let text = format!("{label_text}{joint}{words}");
        let shift = label_text.len() + joint.len();
        let first_page = paragraph.turns.iter().take_while(|(at, _)| *at <= lead).last().map_or(1, |(_, page)| *page);
        let mut lines = Vec::new();
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
        let outline =
            paragraph.direct.outline.or(style.outline).or_else(|| style.heading_level()).filter(|o| (0..9).contains(o));
        let size = paragraph.sizes.iter().max_by_key(|(_, count)| *count).map_or(0, |(size, _)| *size);
        let kind = if contents {
            RawKind::Contents
        } else if list.is_some() {
            RawKind::ListItem
        } else {
            RawKind::Text
        };
        Some(RawBlock {
            kind,
            lines,
            font_size: size as f32 / 2.0,
            bold: paragraph.bold * 2 > paragraph.characters,
            centred: paragraph.direct.centred.or(style.centred).unwrap_or(false),
            page_top: paragraph.page_top,
            outline_level: outline.and_then(|o| u8::try_from(o + 1).ok()),
            label: label_text.to_owned(),
            text,
        })
    }

    fn paragraph_properties(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        children(xml, |xml, element| match element.name() {
            "pStyle" => {
                paragraph.style = element.attribute("val");
                xml.skip()
            }
            // The look of the paragraph mark, not of its words.
            "rPr" | "pPrChange" => xml.skip(),
            "sectPr" => {
                paragraph.section_ends = Some(self.section(xml)?);
                Ok(())
            }
            "numPr" => children(xml, |xml, inner| {
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

    fn run(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        let mut look = RunLook::default();
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "rPr" => run_look(xml, &mut look)?,
                    "t" => {
                        let words = xml.text()?;
                        self.push(paragraph, &words, &look);
                    }
                    "tab" | "ptab" => {
                        self.push(paragraph, "\t", &look);
                        xml.skip()?;
                    }
                    "cr" => {
                        self.push(paragraph, "\n", &look);
                        xml.skip()?;
                    }
                    "br" => {
                        if element.attribute("type").as_deref() == Some("page") {
                            self.turn_page(true);
                            paragraph.turns.push((paragraph.text.len(), self.page));
                        } else {
                            self.push(paragraph, "\n", &look);
                        }
                        xml.skip()?;
                    }
                    "lastRenderedPageBreak" => {
                        self.turn_page(false);
                        paragraph.turns.push((paragraph.text.len(), self.page));
                        xml.skip()?;
                    }
                    "noBreakHyphen" => {
                        self.push(paragraph, "-", &look);
                        xml.skip()?;
                    }
                    "sym" => {
                        let code = element.attribute("char").and_then(|c| u32::from_str_radix(&c, 16).ok());
                        let font = element.attribute("font").unwrap_or_default();
                        if let Some(code) = code {
                            let sign = symbols::symbol(&font, code)
                                .or_else(|| char::from_u32(code).filter(|_| code < 0xE000))
                                .unwrap_or('\u{FFFD}');
                            self.push(paragraph, sign.encode_utf8(&mut [0; 4]), &look);
                        }
                        xml.skip()?;
                    }
                    "fldChar" => {
                        match element.attribute("fldCharType").as_deref() {
                            Some("begin") => self.fields.push(true),
                            Some("separate") => {
                                if let Some(instruction) = self.fields.last_mut() {
                                    *instruction = false;
                                }
                            }
                            _ => {
                                self.fields.pop();
                            }
                        }
                        if let Some(ticked) = checkbox(xml)? {
                            let fields = std::mem::take(&mut self.fields);
                            self.push(paragraph, if ticked { "☑" } else { "☐" }, &look);
                            self.fields = fields;
                        }
                    }
                    "instrText" | "delText" | "delInstrText" | "Fallback" | "rt" => xml.skip()?,
                    "footnoteReference" | "endnoteReference" => {
                        let kind = if element.name() == "footnoteReference" { Note::Foot } else { Note::End };
                        if let Some(id) = element.number("id") {
                            self.pending_notes.push((kind, id));
                        }
                        xml.skip()?;
                    }
                    "blip" | "imagedata" => {
                        self.see(|seen| seen.picture = true);
                        open += 1;
                    }
                    "txbxContent" => {
                        let fields = std::mem::take(&mut self.fields);
                        let mut boxes = Vec::new();
                        let ended = self.blocks(xml, &mut boxes);
                        self.fields = fields;
                        paragraph.boxes.extend(boxes);
                        ended?;
                    }
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Appends shown words to the paragraph.
    fn push(&mut self, paragraph: &mut Paragraph, words: &str, look: &RunLook) {
        if words.is_empty() || self.fields.iter().any(|instruction| *instruction) {
            return;
        }
        let run_style = look.style.as_deref().and_then(|s| self.styles.get(Some(s)));
        let paragraph_style = self.styles.get(paragraph.style.as_deref());
        let default = self.styles.defaults();
        let hidden = look.direct.hidden.or(run_style.and_then(|s| s.hidden)).or(paragraph_style.and_then(|s| s.hidden));
        let blank = words.trim().is_empty();
        if hidden == Some(true) {
            self.hidden |= !blank;
            return;
        }
        let size = look
            .direct
            .half_points
            .or(run_style.and_then(|s| s.half_points))
            .or(paragraph_style.and_then(|s| s.half_points))
            .or(default.half_points)
            .unwrap_or(20);
        let bold = look
            .direct
            .bold
            .or(run_style.and_then(|s| s.bold))
            .or(paragraph_style.and_then(|s| s.bold))
            .unwrap_or(false);
        if paragraph.turns.is_empty() {
            paragraph.turns.push((0, self.page));
        }
        if !blank {
            if paragraph.characters == 0 {
                paragraph.page_top = !self.current().text;
            }
            self.see(|seen| seen.text = true);
            let count = words.chars().filter(|c| !c.is_whitespace()).count();
            paragraph.characters += count;
            if bold {
                paragraph.bold += count;
            }
            match paragraph.sizes.iter_mut().find(|(s, _)| *s == size) {
                Some((_, characters)) => *characters += count,
                None => paragraph.sizes.push((size, count)),
            }
        }
        for c in words.chars() {
            match c {
                '\u{F000}'..='\u{F0FF}' => {
                    let sign = symbols::symbol(&look.font, u32::from(c)).or_else(|| symbols::private_use(c));
                    paragraph.text.push(sign.unwrap_or(c));
                }
                '\r' => {}
                _ => match symbols::symbol(&look.font, u32::from(c)).filter(|_| c <= '\u{FF}') {
                    Some(sign) => paragraph.text.push(sign),
                    None => paragraph.text.push(c),
                },
            }
        }
    }

    fn table(&mut self, xml: &mut Xml<'_>) -> Result<Grid, Refusal> {
        let mut grid = Grid::default();
        // The cell that a vertical merge goes on from, by column.
        let mut merges: HashMap<u32, usize> = HashMap::new();
        let mut row = 0u32;
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "tr" => {
                        if self.row(xml, row, &mut grid, &mut merges)? {
                            row += 1;
                        }
                    }
                    "tblPr" | "tblGrid" | "sdtPr" | "sdtEndPr" | "Fallback" => xml.skip()?,
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(grid);
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(grid),
            }
        }
    }

    /// Reads one row; false when it was deleted by a tracked change.
    fn row(
        &mut self,
        xml: &mut Xml<'_>,
        row: u32,
        grid: &mut Grid,
        merges: &mut HashMap<u32, usize>,
    ) -> Result<bool, Refusal> {
        let mut column = 0u32;
        let mut deleted = false;
        let before = grid.cells.len();
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "trPr" => children(xml, |xml, property| {
                        match property.name() {
                            "gridBefore" => {
                                column = span(property.number("val")) * u32::from(property.number("val") != Some(0))
                            }
                            "del" => deleted = true,
                            _ => {}
                        }
                        xml.skip()
                    })?,
                    "tc" => {
                        self.check_limits()?;
                        let (properties, parts) = self.cell(xml)?;
                        let goes_on = properties.merge == Some(false);
                        match merges.get(&column).and_then(|at| grid.cells.get_mut(*at)) {
                            Some(upper) if goes_on => upper.row_span = row.saturating_sub(upper.row) + 1,
                            _ => {
                                if properties.merge.is_some() {
                                    merges.insert(column, grid.cells.len());
                                } else {
                                    merges.remove(&column);
                                }
                                grid.cells.push(GridCell {
                                    row,
                                    column,
                                    row_span: 1,
                                    column_span: properties.span.max(1),
                                    parts,
                                });
                            }
                        }
                        column = column.saturating_add(properties.span.max(1));
                    }
                    "tblPrEx" | "sdtPr" | "sdtEndPr" | "Fallback" => xml.skip()?,
                    _ => open += 1,
                },
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        if deleted {
            self.tracked = true;
            grid.cells.truncate(before);
        }
        Ok(!deleted)
    }

    fn cell(&mut self, xml: &mut Xml<'_>) -> Result<(CellProperties, Vec<CellPart>), Refusal> {
        self.cells.push(CellProperties::default());
        let mut items = Vec::new();
        let ended = self.blocks(xml, &mut items);
        let properties = self.cells.pop().unwrap_or_default();
        ended?;
        let parts = items
            .into_iter()
            .map(|item| match item {
                Item::Block(block) => CellPart::Text { page: block.page(), text: block.text },
                Item::Table(grid) => CellPart::Table(grid),
            })
            .collect();
        Ok((properties, parts))
    }

    fn cell_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut found = CellProperties::default();
        children(xml, |xml, property| {
            match property.name() {
                "gridSpan" => found.span = span(property.number("val")),
                "vMerge" => found.merge = Some(property.attribute("val").as_deref() == Some("restart")),
                _ => {}
            }
            xml.skip()
        })?;
        if let Some(cell) = self.cells.last_mut() {
            *cell = found;
        }
        Ok(())
    }

    /// Reads section properties; true when the next section begins on a new page.
    fn section(&mut self, xml: &mut Xml<'_>) -> Result<bool, Refusal> {
        let mut new_page = true;
        let page = self.section_page;
        children(xml, |xml, property| {
            match property.name() {
                "type" => {
                    new_page = !matches!(property.attribute("val").as_deref(), Some("continuous" | "nextColumn"));
                }
                name @ ("headerReference" | "footerReference") => {
                    if let Some(relation) = property.attribute("id") {
                        self.furniture.push(Furniture { relation, header: name == "headerReference", page });
                    }
                }
                _ => {}
            }
            xml.skip()
        })?;
        Ok(new_page)
    }

    fn read_notes(&mut self, kind: Note, part: &str, text: &str) -> Result<(), Refusal> {
        let mut xml = Xml::new(part, text, self.limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if matches!(element.name(), "footnote" | "endnote") => {
                    let id = element.number("id");
                    let separator = element.attribute("type").is_some_and(|t| t != "normal");
                    let mut items = Vec::new();
                    self.blocks(&mut xml, &mut items)?;
                    let words: Vec<String> = items.into_iter().filter_map(Item::into_block).map(|b| b.text).collect();
                    if let (Some(id), false) = (id, separator) {
                        self.notes.insert((kind, id), words.join("\n"));
                    }
                }
                Token::Open(_) | Token::Close | Token::Text(_) => {}
                Token::End => {
                    self.seen = vec![Seen::default()];
                    self.page = 1;
                    return Ok(());
                }
            }
        }
    }

    fn flush_notes(&mut self, out: &mut Vec<Item>) {
        if !self.cells.is_empty() {
            return;
        }
        for key in std::mem::take(&mut self.pending_notes) {
            if let Some(words) = self.notes.remove(&key).filter(|w| !w.is_empty()) {
                out.push(Item::Block(RawBlock::on_page(RawKind::Footnote, words, self.page)));
            }
        }
    }

    /// Headers and footers, each wording once.
    fn read_furniture(
        &mut self,
        package: &mut Package<'_>,
        relations: &HashMap<String, Relation>,
        raw: &mut RawDocument,
    ) -> Result<(Vec<RawBlock>, Vec<RawBlock>), Refusal> {
        let (mut headers, mut footers) = (Vec::new(), Vec::new());
        let mut known: HashSet<(bool, String)> = HashSet::new();
        let mut read: HashSet<String> = HashSet::new();
        let last_page = self.page;
        for furniture in std::mem::take(&mut self.furniture) {
            let Some(relation) = relations.get(&furniture.relation) else {
                continue;
            };
            if !read.insert(relation.target.clone()) {
                continue;
            }
            let Some(text) = package.part(&relation.target)? else {
                continue;
            };
            self.fields.clear();
            let mut items = Vec::new();
            let mut xml = Xml::new(&relation.target, &text, self.limits.max_depth);
            if let Err(refusal) = self.blocks(&mut xml, &mut items) {
                raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
            }
            for block in items.into_iter().filter_map(Item::into_block) {
                let words = block.text.replace(['\t', '\n'], " ");
                let words = words.trim();
                if !words.is_empty() && known.insert((furniture.header, words.to_owned())) {
                    let kind = if furniture.header { RawKind::Header } else { RawKind::Footer };
                    let block = RawBlock::on_page(kind, words, furniture.page);
                    if furniture.header { headers.push(block) } else { footers.push(block) }
                }
            }
        }
        self.page = last_page;
        Ok((headers, footers))
    }

    fn finish(&self, raw: &mut RawDocument, seen: Vec<Seen>) {
        raw.pages = seen
            .iter()
            .zip(1u32..)
            .map(|(seen, number)| Page {
                number,
                width: 0.0,
                height: 0.0,
                text_source: match (seen.text, seen.picture) {
                    (true, _) => TextSource::Digital,
                    (false, true) => TextSource::Unreadable,
                    (false, false) => TextSource::Blank,
                },
                approximate: true,
                seal_marks: Vec::new(),
            })
            .collect();
        let unreadable: Vec<u32> =
            raw.pages.iter().filter(|p| p.text_source == TextSource::Unreadable).map(|p| p.number).collect();
        for page in unreadable {
            raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(page),
                "the page shows only pictures, whose text cannot be read; upload the original text or a PDF with a text layer",
            );
        }
        if self.tracked {
            raw.issue(
                IssueCode::TrackedChanges,
                IssueSeverity::Info,
                None,
                "the document holds tracked changes; they were read as accepted",
            );
        }
        if self.hidden {
            raw.issue(
                IssueCode::HiddenText,
                IssueSeverity::Info,
                None,
                "the document holds hidden text, which was left out",
            );
        }
    }

    fn current(&self) -> Seen {
        self.seen.last().copied().unwrap_or_default()
    }

    fn page_holds_something(&self) -> bool {
        let seen = self.current();
        seen.text || seen.picture
    }

    fn see(&mut self, note: impl FnOnce(&mut Seen)) {
        self.turned_by_break = false;
        if let Some(seen) = self.seen.last_mut() {
            note(seen);
        }
    }

    /// Begins a new page. A break Word noted while rendering repeats the explicit break right before it.
    fn turn_page(&mut self, explicit: bool) {
        if !explicit && self.turned_by_break || self.page > self.limits.max_pages {
            self.turned_by_break = false;
            return;
        }
        self.page += 1;
        self.seen.push(Seen::default());
        self.turned_by_break = explicit;
    }
}

fn run_look(xml: &mut Xml<'_>, look: &mut RunLook) -> Result<(), Refusal> {
    children(xml, |xml, element| match element.name() {
        "rStyle" => {
            look.style = element.attribute("val");
            xml.skip()
        }
        "rFonts" => {
            look.font = element.attribute("ascii").or_else(|| element.attribute("hAnsi")).unwrap_or_default();
            xml.skip()
        }
        _ => {
            if !read_property(xml, element, &mut look.direct)? {
                xml.skip()?;
            }
            Ok(())
        }
    })
}

/// Reads the element just opened; whether it describes a check box, and a ticked one.
fn checkbox(xml: &mut Xml<'_>) -> Result<Option<bool>, Refusal> {
    let mut found: Option<bool> = None;
    let mut inside = 0usize;
    let mut open = 1usize;
    loop {
        match xml.next()? {
            Token::Open(element) => {
                open += 1;
                match element.name() {
                    "checkbox" | "checkBox" => {
                        found.get_or_insert(false);
                        inside = open;
                    }
                    "checked" | "default" if inside > 0 => found = Some(element.is_on()),
                    _ => {}
                }
            }
            Token::Close => {
                open -= 1;
                if open < inside {
                    inside = 0;
                }
                if open == 0 {
                    return Ok(found);
                }
            }
            Token::Text(_) => {}
            Token::End => return Ok(found),
        }
    }
}

/// Columns above this are typing errors or attacks; Word allows 63.
fn span(value: Option<i64>) -> u32 {
    u32::try_from(value.unwrap_or(1)).unwrap_or(1).clamp(1, 100)
}
