//! What is drawn between the words: pictures, embedded objects, word art, charts and diagrams.
//!
//! Pictures and objects are listed with size and hash; the words of word art, charts and diagrams are read, as
//! blocks of their own after the paragraph they are anchored in.

use std::collections::{HashMap, HashSet};

use bidlens_domain::document::{EmbeddedFile, EmbeddedKind, IssueCode, IssueSeverity, Picture, UnreadPicture};

use crate::docx::container::Relation;
use crate::docx::paragraphs::Paragraph;
use crate::docx::reader::{Item, Reader};
use crate::look::{self, Allowance};
use crate::ocr::{RecognisedPage, tell_recognised};
use crate::package::{Digested, Package};
use crate::raw::{RawBlock, RawDocument, RawKind, Refusal};
use crate::table::{Grid, GridCell};
use crate::xml::{Element, Token, Xml};

/// The parts the text refers to, each once, in the order they are met.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    parts: Vec<(String, EmbeddedKind, Option<u32>)>,
    known: HashSet<String>,
    /// Objects that are told of otherwise: equations, which are no files to anybody.
    equations: HashSet<String>,
    /// Width and height of the drawing that is being read, in points, where it says so.
    frame: Option<(f32, f32)>,
    /// Headers and footers are being read: what they show belongs to the paper.
    pub(super) on_paper: bool,
    /// Where the running text shows each picture.
    shown: HashMap<String, Vec<Shown>>,
}

/// A picture in the running text.
#[derive(Debug, Clone, Copy)]
struct Shown {
    page: u32,
    frame: Option<(f32, f32)>,
}

/// A picture that stands in the text so often is an ornament.
const ORNAMENT_TIMES: usize = 5;
/// English Metric Units, in which drawings are measured, of a point.
const EMU: f32 = 12_700.0;
/// Dots an inch of a picture of which nobody says how large it is shown.
const SCREEN: f32 = 96.0;

impl Embedded {
    pub(super) fn add(&mut self, part: &str, kind: EmbeddedKind, page: Option<u32>) {
        if self.known.insert(part.to_owned()) {
            self.parts.push((part.to_owned(), kind, page));
        }
    }

    /// Takes the size of a drawing from the element that tells it; its picture follows.
    pub(super) fn frame(&mut self, element: &Element<'_>) {
        self.frame = match element.name() {
            "extent" => element.number("cx").zip(element.number("cy")).map(|(x, y)| (x as f32 / EMU, y as f32 / EMU)),
            _ => element.attr("style").and_then(|style| Some((length(&style, "width")?, length(&style, "height")?))),
        };
    }

    /// Notes that a picture stands on a page; true for the first time it does in the running text.
    fn show(&mut self, part: &str, page: u32) -> bool {
        let frame = self.frame.take();
        if self.on_paper {
            return false;
        }
        let shown = self.shown.entry(part.to_owned()).or_default();
        shown.push(Shown { page, frame });
        shown.len() == 1
    }

    /// Where a picture stands that may show words, and how wide it is shown at most.
    fn unread(&self, part: &str, picture: &Picture) -> Option<(Vec<u32>, u32)> {
        let shown = self.shown.get(part).filter(|shown| shown.len() < ORNAMENT_TIMES && !picture.blank)?;
        let (across, down) = (picture.width as f32, picture.height as f32);
        let size = |shown: &Shown| {
            let (width, height) = shown.frame.unwrap_or((across * 72.0 / SCREEN, down * 72.0 / SCREEN));
            look::may_hold_words(width, height, across * down).then_some((shown.page, width))
        };
        let large: Vec<(u32, f32)> = shown.iter().filter_map(size).collect();
        let width = large.iter().map(|(_, width)| *width).max_by(f32::total_cmp)?;
        Some((large.into_iter().map(|(page, _)| page).collect(), width as u32))
    }

    /// Lists the parts with size and hash. What exceeds the limits is told and left out: no text depends on it.
    pub(super) fn list(mut self, package: &mut Package<'_>, recognised: &[RecognisedPage], raw: &mut RawDocument) {
        let mut allowance = Allowance::of_file();
        let mut unread_files = Vec::new();
        for (part, kind, page) in std::mem::take(&mut self.parts) {
            let kept_max = if kind == EmbeddedKind::Picture { look::bytes_max() } else { 0 };
            match package.digest(&part, kept_max) {
                Ok(Some(Digested { size, sha256, kept })) => {
                    let name = part.rsplit('/').next().unwrap_or(&part).to_owned();
                    // Macros stand on no page.
                    if kind == EmbeddedKind::Object && page.is_some() && !self.equations.contains(&part) {
                        unread_files.push(name.clone());
                    }
                    let kept = kept.filter(|_| kind == EmbeddedKind::Picture);
                    let picture = kept.and_then(|bytes| look::of_file(&bytes, &mut allowance));
                    let unread = picture.as_ref().and_then(|picture| self.unread(&part, picture));
                    let read = recognised.iter().find(|picture| picture.is_of_part(&part));
                    let unread = unread.map(|(pages, width)| {
                        if read.is_none_or(RecognisedPage::hides_words) {
                            raw.hide_words(&pages);
                        }
                        UnreadPicture { part, width }
                    });
                    if let Some(confidence) = read.and_then(RecognisedPage::counting) {
                        tell_recognised(raw, page, confidence);
                    }
                    let unread = unread.filter(|_| read.is_none());
                    raw.embedded.push(EmbeddedFile { name, kind, size, sha256, page, picture, unread });
                }
                Ok(None) => {}
                Err(refusal) => {
                    let over = refusal.code == IssueCode::ExpansionLimit;
                    let code = if over { IssueCode::PartLimit } else { refusal.code };
                    raw.issue(code, IssueSeverity::Warning, page, refusal.detail);
                    if over {
                        break;
                    }
                }
            }
        }
        raw.tell_unread_files(&unread_files);
    }
}

/// A length of a style sheet in points.
fn length(style: &str, name: &str) -> Option<f32> {
    let value = style.split(';').find_map(|part| part.split_once(':').filter(|(n, _)| n.trim() == name))?.1.trim();
    let unit = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(unit);
    let points = match unit {
        "pt" => 1.0,
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        _ => return None,
    };
    number.parse::<f32>().ok().map(|number| number * points)
}

/// Texts of one chart or diagram, and points of one series.
const TEXTS_MAX: usize = 2_000;

impl Reader<'_, '_> {
    /// Takes a drawing by its telling element.
    pub(super) fn drawn(&mut self, element: &Element<'_>, paragraph: &mut Paragraph) {
        match element.name() {
            "blip" => self.picture(element.attr("embed").or_else(|| element.attr("link")).as_deref(), paragraph),
            "imagedata" => self.picture(element.attr("id").as_deref(), paragraph),
            "OLEObject" => {
                let page = self.pages.current();
                let equation = element.attr("ProgID").is_some_and(|program| program.starts_with("Equation"));
                if equation {
                    self.remarks.drawn_equation();
                }
                if let Some(relation) = element.attr("id").and_then(|id| self.relations.get(&id)) {
                    if relation.external {
                        self.remarks.outside(&relation.target);
                    } else {
                        self.embedded.add(&relation.target, EmbeddedKind::Object, Some(page));
                        if equation {
                            self.embedded.equations.insert(relation.target.clone());
                        }
                    }
                }
            }
            "textpath" => {
                if let Some(words) = element.attr("string").filter(|w| !w.trim().is_empty()) {
                    self.beside(paragraph, words.trim().to_owned());
                }
            }
            // A diagram's own data; its other parts are layout and colours.
            "relIds" => {
                let lines = element.attr("dm").and_then(|id| self.drawn_part(&id, diagram)).unwrap_or_default();
                if !lines.is_empty() {
                    self.beside(paragraph, lines.join("\n"));
                }
            }
            "chart" => {
                if let Some(chart) = element.attr("id").and_then(|id| self.drawn_part(&id, chart)) {
                    if !chart.title.is_empty() {
                        self.beside(paragraph, chart.title.clone());
                    }
                    let grid = chart.into_grid(self.pages.current());
                    if !grid.cells.is_empty() {
                        self.pages.see_text();
                        paragraph.boxes.push(Item::Table(grid));
                    }
                }
            }
            _ => {}
        }
    }

    fn picture(&mut self, relation: Option<&str>, paragraph: &mut Paragraph) {
        self.pages.see_picture();
        let page = self.pages.current();
        if let Some(relation) = relation.and_then(|id| self.relations.get(id)) {
            if relation.external {
                self.remarks.outside(&relation.target);
            } else {
                self.embedded.add(&relation.target, EmbeddedKind::Picture, Some(page));
                let is_first = self.embedded.show(&relation.target, page);
                let read = self.recognised.iter().find(|picture| picture.is_of_part(&relation.target));
                if let Some(read) = read.filter(|_| is_first) {
                    paragraph.boxes.extend(read.blocks(page).into_iter().map(Item::Block));
                    if let Some(confidence) = read.counting() {
                        self.pages.see_recognised(confidence);
                    }
                }
            }
        }
    }

    fn beside(&mut self, paragraph: &mut Paragraph, words: String) {
        self.pages.see_text();
        paragraph.boxes.push(Item::Block(RawBlock::on_page(RawKind::TextBox, words, self.pages.current())));
    }

    /// Reads a drawing's own part; damage in it is told.
    fn drawn_part<T>(&mut self, relation: &str, read: fn(&mut Xml<'_>) -> Result<T, Refusal>) -> Option<T> {
        let Relation { target, external: false, .. } = self.relations.get(relation)? else { return None };
        let text = self
            .package
            .part(target)
            .and_then(|text| text.map(|text| read(&mut Xml::new(target, &text, self.limits.max_depth))).transpose());
        match text {
            Ok(found) => found,
            Err(refusal) => {
                self.remarks.unread(refusal.code, Some(self.pages.current()), refusal.detail);
                None
            }
        }
    }
}

/// The texts of a diagram, one for each of its shapes.
fn diagram(xml: &mut Xml<'_>) -> Result<Vec<String>, Refusal> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut depth = 0usize;
    let mut point = 0usize;
    loop {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "pt" => {
                    depth += 1;
                    point = depth;
                }
                _ => depth += 1,
            },
            Token::Text(words) if point > 0 => line.push_str(&words),
            Token::Text(_) => {}
            Token::Close => {
                if depth == point && point > 0 {
                    point = 0;
                    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
                    if !words.is_empty() && lines.len() < TEXTS_MAX {
                        lines.push(words);
                    }
                    line.clear();
                }
                depth = depth.saturating_sub(1);
            }
            Token::End => return Ok(lines),
        }
    }
}

#[derive(Debug, Default)]
struct Chart {
    title: String,
    series: Vec<Series>,
}

#[derive(Debug, Default)]
struct Series {
    name: String,
    categories: Vec<(u32, String)>,
    values: Vec<(u32, String)>,
}

/// The numbers a chart shows, from the copy it keeps of them.
fn chart(xml: &mut Xml<'_>) -> Result<Chart, Refusal> {
    let mut chart = Chart::default();
    let mut path: Vec<String> = Vec::new();
    let mut index = 0u32;
    loop {
        match xml.next()? {
            Token::Open(element) => {
                let name = element.name();
                match name {
                    "ser" => chart.series.push(Series::default()),
                    "pt" => index = element.number("idx").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
                    _ => {}
                }
                path.push(name.to_owned());
            }
            Token::Text(words) => {
                let inside = |name: &str| path.iter().any(|p| p == name);
                let last = path.last().map(String::as_str);
                if last == Some("t") && inside("title") && !inside("ser") && !inside("valAx") && !inside("catAx") {
                    chart.title.push_str(&words);
                }
                if last == Some("v")
                    && let Some(series) = chart.series.last_mut().filter(|_| inside("ser"))
                {
                    if inside("tx") {
                        series.name.push_str(&words);
                    } else {
                        let points =
                            if inside("cat") || inside("xVal") { &mut series.categories } else { &mut series.values };
                        if points.len() < TEXTS_MAX {
                            points.push((index, words.into_owned()));
                        }
                    }
                }
            }
            Token::Close => {
                path.pop();
            }
            Token::End => return Ok(chart),
        }
    }
}

impl Chart {
    /// Categories down, series across.
    fn into_grid(self, page: u32) -> Grid {
        let mut grid = Grid::default();
        let Some(first) = self.series.first() else { return grid };
        let mut rows: Vec<u32> = self.series.iter().flat_map(|s| s.values.iter().map(|(index, _)| *index)).collect();
        rows.sort_unstable();
        rows.dedup();
        let at = |points: &[(u32, String)], index: u32| {
            points.iter().find(|(i, _)| *i == index).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        for (series, column) in self.series.iter().zip(1u32..) {
            grid.cells.push(GridCell::text(0, column, series.name.clone(), page));
        }
        for (index, row) in rows.iter().zip(1u32..) {
            grid.cells.push(GridCell::text(row, 0, at(&first.categories, *index), page));
            for (series, column) in self.series.iter().zip(1u32..) {
                grid.cells.push(GridCell::text(row, column, at(&series.values, *index), page));
            }
        }
        grid
    }
}
