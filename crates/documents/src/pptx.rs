//! Presentations (PPTX): each slide a page, in the order of the show; shapes, tables with spans, notes, comments.
//!
//! Words come in the order of the slide's shapes, the title first. What a slide's layout draws is left out.

use std::collections::HashMap;

use bidlens_domain::document::{Comment, Format, IssueCode, IssueSeverity, TextSource};

use crate::limits::Limits;
use crate::opc::{Relation, relations};
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{Grid, GridCell};
use crate::xml::{Element, Token, Xml};

/// Spans above this are typing errors or attacks.
const SPAN_MAX: u32 = 1_000;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    let main = "ppt/presentation.xml";
    let Some(text) = package.part(main)? else {
        return Err(Refusal::new(
            IssueCode::Malformed,
            format!("the part {main} is missing; open the file in its own program, save it anew and upload that"),
        ));
    };
    let targets: HashMap<String, String> =
        relations(&mut package, main, limits)?.into_iter().map(|r| (r.id, r.target)).collect();
    let slides: Vec<String> =
        slide_ids(main, &text, limits)?.iter().filter_map(|id| targets.get(id).cloned()).collect();
    let mut raw = RawDocument::new(Format::Pptx);
    raw.metadata = crate::docx::metadata(&mut package, limits);
    if slides.len() > limits.max_pages as usize {
        raw.issue(
            IssueCode::TooManyPages,
            IssueSeverity::Warning,
            None,
            format!(
                "only the first {} of {} slides were read; split the file, or raise BIDLENS_PARSE_PAGES",
                limits.max_pages,
                slides.len()
            ),
        );
    }
    let count = slides.len().min(limits.max_pages as usize) as u32;
    raw.plain_pages(count, false);
    let authors = authors(&mut package, limits).unwrap_or_default();
    for (page, part) in (1..=count).zip(&slides) {
        let read = read_slide(&mut package, part, page, &authors, &mut raw, limits);
        // One damaged slide does not take the others with it.
        if let Err(refusal) = read {
            if refusal.code == IssueCode::ExpansionLimit {
                return Err(refusal);
            }
            raw.issue(refusal.code, IssueSeverity::Warning, Some(page), refusal.detail);
        }
        if raw.blocks.len() > limits.max_blocks {
            raw.blocks.truncate(limits.max_blocks);
            raw.issue(
                IssueCode::ExpansionLimit,
                IssueSeverity::Warning,
                None,
                format!("only the first {} paragraphs were read", limits.max_blocks),
            );
            break;
        }
    }
    Ok(raw)
}

fn slide_ids(part: &str, text: &str, limits: &Limits) -> Result<Vec<String>, Refusal> {
    let mut xml = Xml::new(part, text, limits.max_depth);
    let mut ids = Vec::new();
    loop {
        match xml.next()? {
            // Beside the relation's `r:id` there is an `id` of its own.
            Token::Open(element) if element.name() == "sldId" => ids.extend(element.attribute_with_prefix("r:id")),
            Token::End => return Ok(ids),
            _ => {}
        }
    }
}

/// Names of those who commented, by their number.
fn authors(package: &mut Package<'_>, limits: &Limits) -> Result<HashMap<String, String>, Refusal> {
    let mut names = HashMap::new();
    for part in ["ppt/commentAuthors.xml", "ppt/authors.xml"] {
        let Some(text) = package.part(part)? else { continue };
        let mut xml = Xml::new(part, &text, limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if matches!(element.name(), "cmAuthor" | "author") => {
                    if let (Some(id), Some(name)) = (element.attribute("id"), element.attribute("name")) {
                        names.insert(id, name);
                    }
                }
                Token::End => break,
                _ => {}
            }
        }
    }
    Ok(names)
}

fn read_slide(
    package: &mut Package<'_>,
    part: &str,
    page: u32,
    authors: &HashMap<String, String>,
    raw: &mut RawDocument,
    limits: &Limits,
) -> Result<(), Refusal> {
    let Some(text) = package.part(part)? else {
        return Err(Refusal::new(IssueCode::Malformed, format!("slide {page} is missing; save the file anew")));
    };
    let mut slide = Slide { page, limits, blocks: Vec::new(), pictures: 0, kind: RawKind::Text };
    let mut xml = Xml::new(part, &text, limits.max_depth);
    let mut hidden = false;
    loop {
        match xml.next()? {
            Token::Open(element) if element.name() == "sld" => {
                hidden = matches!(element.attribute("show").as_deref(), Some("0" | "false"));
            }
            Token::Open(element) if element.name() == "spTree" => slide.shapes(&mut xml)?,
            Token::End => break,
            _ => {}
        }
    }
    if hidden {
        raw.issue(
            IssueCode::HiddenText,
            IssueSeverity::Info,
            Some(page),
            format!("slide {page} is hidden in the show; it was read all the same"),
        );
    }
    // The title opens a slide wherever its shape stands.
    slide.blocks.sort_by_key(|b| b.outline_level.is_none());
    if slide.blocks.is_empty() {
        if let Some(shown) = raw.pages.get_mut(page as usize - 1) {
            shown.text_source = if slide.pictures > 0 { TextSource::Unreadable } else { TextSource::Blank };
        }
        if slide.pictures > 0 {
            raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(page),
                "the slide holds pictures alone; their words need text recognition",
            );
        }
    }
    raw.blocks.append(&mut slide.blocks);
    for Relation { kind, target, .. } in relations(package, part, limits)? {
        match kind.as_str() {
            "notesSlide" => {
                let Some(text) = package.part(&target)? else { continue };
                let mut notes = Slide { page, limits, blocks: Vec::new(), pictures: 0, kind: RawKind::Footnote };
                let mut xml = Xml::new(&target, &text, limits.max_depth);
                loop {
                    match xml.next()? {
                        Token::Open(element) if element.name() == "spTree" => notes.shapes(&mut xml)?,
                        Token::End => break,
                        _ => {}
                    }
                }
                raw.blocks.append(&mut notes.blocks);
            }
            "comments" | "comment" => {
                if let Some(text) = package.part(&target)? {
                    read_comments(&target, &text, page, authors, raw, limits)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_comments(
    part: &str,
    text: &str,
    page: u32,
    authors: &HashMap<String, String>,
    raw: &mut RawDocument,
    limits: &Limits,
) -> Result<(), Refusal> {
    let mut xml = Xml::new(part, text, limits.max_depth);
    let (mut author, mut written_at) = (None, None);
    loop {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "cm" => {
                    author = element.attribute("authorId").and_then(|id| authors.get(&id).cloned());
                    written_at = element.attribute("dt").or_else(|| element.attribute("created"));
                }
                "text" | "txBody" => {
                    let text = xml.text()?.trim().to_owned();
                    if !text.is_empty() {
                        let (author, written_at) = (author.clone(), written_at.clone());
                        raw.comments.push(Comment { author, written_at, text, page, about: String::new() });
                    }
                }
                _ => {}
            },
            Token::End => return Ok(()),
            Token::Close | Token::Text(_) => {}
        }
    }
}

struct Slide<'a> {
    page: u32,
    limits: &'a Limits,
    blocks: Vec<RawBlock>,
    pictures: usize,
    kind: RawKind,
}

/// What a shape stands for on the slide.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Body,
    /// Slide number, date, footer; on notes the picture of the slide.
    Furniture,
}

impl Slide<'_> {
    /// The shapes of the group just opened, to its end.
    fn shapes(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => match element.name() {
                    "sp" => self.shape(xml)?,
                    "pic" => {
                        self.pictures += 1;
                        xml.skip()?;
                    }
                    "graphicFrame" | "graphic" | "graphicData" | "grpSp" | "cxnSp" | "AlternateContent" | "Choice" => {
                        self.shapes(xml)?;
                    }
                    "tbl" => self.table(xml)?,
                    // What `Choice` says, said again for older programs.
                    _ => xml.skip()?,
                },
            }
        }
    }

    fn shape(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut place = Place::Body;
        let mut open = 1usize;
        loop {
            match xml.next()? {
                Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::Open(element) => match element.name() {
                    "ph" => {
                        place = match element.attribute("type").as_deref() {
                            Some("title" | "ctrTitle") => Place::Title,
                            Some("sldNum" | "dt" | "ftr" | "hdr" | "sldImg") => Place::Furniture,
                            _ => Place::Body,
                        };
                        open += 1;
                    }
                    "blip" => {
                        self.pictures += 1;
                        open += 1;
                    }
                    "txBody" => self.words(xml, place)?,
                    _ => open += 1,
                },
            }
        }
    }

    fn words(&mut self, xml: &mut Xml<'_>, place: Place) -> Result<(), Refusal> {
        let mut numbers: Vec<u32> = Vec::new();
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "p" => {
                    let paragraph = paragraph(xml)?;
                    if paragraph.words.trim().is_empty() || place == Place::Furniture {
                        continue;
                    }
                    let label = label(&paragraph, &mut numbers);
                    let words = paragraph.words.trim();
                    let text = if label.is_empty() { words.to_owned() } else { format!("{label} {words}") };
                    let kind = match (&self.kind, paragraph.listed && place == Place::Body) {
                        (RawKind::Text, true) => RawKind::ListItem,
                        (kind, _) => kind.clone(),
                    };
                    let mut block = RawBlock::on_page(kind, text, self.page);
                    block.outline_level = (place == Place::Title && self.kind == RawKind::Text).then_some(1);
                    block.label = label;
                    self.blocks.push(block);
                }
                Token::Open(_) => xml.skip()?,
            }
        }
    }

    fn table(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut grid = Grid::default();
        let mut row = 0u32;
        loop {
            match xml.next()? {
                Token::Close | Token::End => break,
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "tr" => {
                    self.row(xml, &mut grid, row)?;
                    row += 1;
                }
                Token::Open(_) => xml.skip()?,
            }
        }
        self.blocks.extend(grid.into_block());
        Ok(())
    }

    fn row(&mut self, xml: &mut Xml<'_>, grid: &mut Grid, row: u32) -> Result<(), Refusal> {
        let mut column = 0u32;
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "tc" => {
                    let span = |name: &str| {
                        let n = element.number(name).and_then(|n| u32::try_from(n).ok());
                        n.unwrap_or(1).clamp(1, SPAN_MAX)
                    };
                    let covered = is_on(&element, "hMerge") || is_on(&element, "vMerge");
                    let (row_span, column_span) = (span("rowSpan"), span("gridSpan"));
                    let words = cell(xml)?;
                    if !covered && grid.cells.len() < self.limits.max_cells {
                        let mut cell = GridCell::text(row, column, words, self.page);
                        (cell.row_span, cell.column_span) = (row_span, column_span);
                        grid.cells.push(cell);
                    }
                    column = column.saturating_add(1);
                }
                Token::Open(_) => xml.skip()?,
            }
        }
    }
}

#[derive(Default)]
struct Paragraph {
    words: String,
    level: usize,
    listed: bool,
    /// The scheme of an automatic number, such as `arabicPeriod`, and its first number.
    scheme: Option<(String, u32)>,
}

fn paragraph(xml: &mut Xml<'_>) -> Result<Paragraph, Refusal> {
    let mut out = Paragraph::default();
    let mut open = 1usize;
    loop {
        match xml.next()? {
            Token::End => return Ok(out),
            Token::Text(_) => {}
            Token::Close => {
                open -= 1;
                if open == 0 {
                    return Ok(out);
                }
            }
            Token::Open(element) => match element.name() {
                "t" => {
                    let words = xml.text()?;
                    out.words.push_str(&words);
                }
                "br" => {
                    out.words.push('\n');
                    open += 1;
                }
                "pPr" => {
                    out.level = element.number("lvl").and_then(|n| usize::try_from(n).ok()).unwrap_or(0).min(8);
                    open += 1;
                }
                "buChar" => {
                    out.listed = true;
                    open += 1;
                }
                "buAutoNum" => {
                    let start = element.number("startAt").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
                    out.scheme = Some((element.attribute("type").unwrap_or_default(), start));
                    out.listed = true;
                    open += 1;
                }
                _ => open += 1,
            },
        }
    }
}

/// The automatic number of a paragraph, as the slide shows it.
fn label(paragraph: &Paragraph, numbers: &mut Vec<u32>) -> String {
    let Some((scheme, start)) = &paragraph.scheme else {
        numbers.truncate(paragraph.level);
        return String::new();
    };
    numbers.truncate(paragraph.level + 1);
    let fresh = numbers.len() <= paragraph.level;
    numbers.resize(paragraph.level + 1, 0);
    let Some(number) = numbers.last_mut() else { return String::new() };
    *number = if fresh { *start } else { number.saturating_add(1) };
    let n = *number;
    let words = match scheme.as_str() {
        s if s.starts_with("ea1") => crate::odf::counted(n, "一"),
        s if s.starts_with("alphaLc") => crate::odf::counted(n, "a"),
        s if s.starts_with("alphaUc") => crate::odf::counted(n, "A"),
        s if s.starts_with("romanLc") => crate::odf::counted(n, "i"),
        s if s.starts_with("romanUc") => crate::odf::counted(n, "I"),
        s if s.starts_with("circleNum") => crate::odf::counted(n, "①"),
        _ => n.to_string(),
    };
    match scheme.as_str() {
        s if s.ends_with("ParenBoth") => format!("({words})"),
        s if s.ends_with("ParenR") => format!("{words})"),
        "ea1ChsPeriod" | "ea1ChtPeriod" | "ea1JpnChsDbPeriod" => format!("{words}、"),
        s if s.ends_with("Period") => format!("{words}."),
        _ => words,
    }
}

fn cell(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let mut words: Vec<String> = Vec::new();
    let mut open = 1usize;
    loop {
        match xml.next()? {
            Token::End => break,
            Token::Text(_) => {}
            Token::Close => {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            Token::Open(element) if element.name() == "p" => words.push(paragraph(xml)?.words.trim().to_owned()),
            Token::Open(_) => open += 1,
        }
    }
    words.retain(|w| !w.is_empty());
    Ok(words.join("\n"))
}

fn is_on(element: &Element<'_>, name: &str) -> bool {
    matches!(element.attribute(name).as_deref(), Some("1" | "true"))
}
