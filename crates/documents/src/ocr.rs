//! Text recognition: what an engine is given, what it answers, and how its words become a page like any other.
//!
//! A page that could not be read is drawn, straightened and cut into regions ([`prepare()`]): each cell of a ruled table
//! is one, and what stands outside tables is another, because engines read cells far better one by one. An
//! [`OcrEngine`] answers with words. They take the place of the page's characters, and the rulings found on the picture
//! that of its drawn rulings, so that lines, paragraphs and tables are made of them by the same code as of digital
//! pages. No engine runs in here: who asks for a page's regions and hands the words back is the caller.

mod boxes;
mod components;
mod pictures;
mod prepare;
mod regions;
mod turned;

pub(crate) use pictures::tell_recognised;
pub use pictures::{Wanted, wanted};
pub use turned::Quarters;

use std::sync::Arc;

use bidlens_domain::document::{IssueCode, IssueSeverity, Line, Page, Rect, TextSource, UnreadPicture};
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::pdf::page::{PageContent, PageGlyph, Ruling};
use crate::raw::RawDocument;
use crate::render::{self, PagePicture, RenderError};

/// The resolution at which pages are read: with more, engines read Chinese no better and need longer.
pub const DOTS_PER_INCH: u32 = 200;

/// Told of a page, or of a file, with a picture beside its words that nobody read.
pub(crate) const UNREAD_PICTURE: &str = "a picture here may show words of its own, such as a scanned paper or table, which were not read, or not surely; look at it, or have it recognised";

const SEAL_MARK: &str = "a red seal-like mark is here; whether it is a seal, and whose, is for a person to see";

/// What a region of a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// The page without its tables.
    Page,
    /// One cell of a table.
    Cell,
}

/// A part of a page to be read by itself, in grey; its place on the straightened page in dots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    pub kind: RegionKind,
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// One byte a dot, row by row; 255 is paper.
    #[serde(skip)]
    pub pixels: Vec<u8>,
}

impl Region {
    /// The region as a picture in the simplest format there is (PGM).
    pub fn pgm(&self) -> Vec<u8> {
        let mut pgm = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        pgm.extend_from_slice(&self.pixels);
        pgm
    }

    /// The region as a PNG.
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        let mut png = Vec::new();
        let unwritten = |e: image::ImageError| RenderError::Unreadable(e.to_string());
        image::ImageEncoder::write_image(
            image::codecs::png::PngEncoder::new(&mut png),
            &self.pixels,
            self.width,
            self.height,
            image::ExtendedColorType::L8,
        )
        .map_err(unwritten)?;
        Ok(png)
    }
}

/// A line of the page that is drawn, in fractions of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct DrawnRule {
    horizontal: bool,
    at: f32,
    from: f32,
    to: f32,
}

/// A box to be ticked. Engines take it for a character that looks like it, so it is found on the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct TickBox {
    rect: Rect,
    ticked: bool,
}

/// How sure the finding of boxes is: it looks at straight sides and at what is between them, nothing else.
const BOX_CONFIDENCE: f32 = 0.85;

/// A page of which an engine was less sure on the average holds no words it could read.
const PAGE_CONFIDENCE_MIN: f32 = 0.5;

/// Of a page's characters in words that run down or up: with more, the page does not stand upright.
const STANDING_SHARE: f32 = 0.5;
/// A word so many times higher than wide is none of an upright line, whatever its one letter is.
const STANDING_ASPECT: f32 = 5.0;

/// A page of which an engine was surer than this lies as it should.
const UPRIGHT_CONFIDENCE: f32 = 0.75;
/// Another reading must be so much surer to be taken.
const SURER_BY: f32 = 0.1;

/// A page made ready for an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedPage {
    pub number: u32,
    pub dots_per_inch: u32,
    /// In dots.
    pub width: u32,
    pub height: u32,
    pub regions: Vec<Region>,
    rules: Vec<DrawnRule>,
    /// On the page as it lies, however it was turned.
    seal_marks: Vec<Rect>,
    boxes: Vec<TickBox>,
    /// How the page was turned for its words to stand upright.
    #[serde(default)]
    quarters: Quarters,
    /// Degrees by which the page lies askew; what is on it was straightened by as many.
    #[serde(default)]
    askew: f32,
    /// Where the pictures stand that are all that is to be read of the page; empty where it is the whole page.
    #[serde(default)]
    areas: Vec<Rect>,
    /// It is no page but this picture of an office file.
    #[serde(default)]
    picture: Option<UnreadPicture>,
}

/// A word that an engine read, in dots of its region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Index into [`PreparedPage::regions`].
    pub region: usize,
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// Top and bottom of the line it stands in.
    pub y0: f32,
    pub y1: f32,
    /// 0 to 1.
    pub confidence: f32,
}

/// Why an engine read nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OcrError(pub String);

/// Something that reads words from pictures.
#[async_trait::async_trait]
pub trait OcrEngine: std::fmt::Debug + Send + Sync {
    /// Names the engine, its version and its settings: the same identity reads the same words.
    fn identity(&self) -> String;

    /// Reads all regions of a page.
    async fn recognise(&self, page: &PreparedPage) -> Result<Vec<Word>, OcrError>;

    /// How a page must be turned for its words to stand upright; `None` where the engine cannot tell.
    async fn orientation(&self, _page: &PreparedPage) -> Option<Quarters> {
        None
    }
}

/// Words of a page, in fractions of its width and height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecognisedPage {
    pub number: u32,
    words: Vec<PlacedWord>,
    rules: Vec<DrawnRule>,
    seal_marks: Vec<Rect>,
    #[serde(default)]
    quarters: Quarters,
    #[serde(default)]
    askew: f32,
    /// Most of its words run down or up, as lines of a page that lies sideways do.
    #[serde(default)]
    stands: bool,
    /// As in [`PreparedPage`].
    #[serde(default)]
    areas: Vec<Rect>,
    #[serde(default)]
    picture: Option<UnreadPicture>,
    /// Width and height in points, as it lies.
    #[serde(default)]
    size: (f32, f32),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PlacedWord {
    text: String,
    rect: Rect,
    confidence: f32,
}

/// Hears of each page or picture that was made ready; false ends the work.
pub type Ready<'r> = &'r mut (dyn FnMut(Result<PreparedPage, RenderError>) -> bool + Send);

/// Makes a drawn page ready to be read.
pub fn prepare(number: u32, picture: &PagePicture) -> PreparedPage {
    regions::cut(number, &prepare::straightened(picture))
}

/// Draws what is wanted of a file, pages of a PDF or pictures of an office file, and makes it ready to be read.
pub fn prepare_wanted(name: &str, bytes: &Arc<Vec<u8>>, wanted: &[Wanted], limits: &Limits, each: Ready<'_>) {
    let pictures: Vec<UnreadPicture> = wanted.iter().filter_map(|w| w.picture.clone()).collect();
    if !pictures.is_empty() {
        let numbers: Vec<u32> = wanted.iter().filter(|w| w.picture.is_some()).map(|w| w.number).collect();
        let mut told = numbers.into_iter().zip(pictures.clone());
        render::embedded_pictures(bytes, &pictures, DOTS_PER_INCH, limits, &mut |drawn| {
            let Some((number, picture)) = told.next() else { return false };
            each(drawn.map(|drawn| PreparedPage { picture: Some(picture), ..prepare(number, &drawn) }))
        });
        return;
    }
    let numbers: Vec<u32> = wanted.iter().map(|w| w.number).collect();
    render::page_pictures(name, bytes, &numbers, DOTS_PER_INCH, limits, &mut |number, drawn| {
        let areas = wanted.iter().find(|w| w.number == number).map(|w| w.areas.clone()).unwrap_or_default();
        each(drawn.map(|drawn| {
            let seen = if areas.is_empty() { drawn } else { drawn.only(&areas) };
            PreparedPage { areas, ..prepare(number, &seen) }
        }))
    });
}

impl PreparedPage {
    /// One header line of JSON, then the dots of each region: a form to be handed from process to process.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        self.regions.iter().for_each(|region| bytes.extend_from_slice(&region.pixels));
        bytes
    }

    /// Reads what [`PreparedPage::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<PreparedPage> {
        let end = memchr::memchr(b'\n', bytes)?;
        let mut page: PreparedPage = serde_json::from_slice(bytes.get(..end)?).ok()?;
        let mut at = end + 1;
        for region in &mut page.regions {
            let length = (region.width as usize).checked_mul(region.height as usize)?;
            region.pixels = bytes.get(at..at.checked_add(length)?)?.to_vec();
            at += length;
        }
        (at == bytes.len()).then_some(page)
    }

    /// The page with what was read from it. Words without a place on it, and such as are no words, are left out.
    pub fn recognised(&self, words: Vec<Word>) -> RecognisedPage {
        let (width, height) = (self.width.max(1) as f32, self.height.max(1) as f32);
        let placed = words.into_iter().filter_map(|word| {
            let region = self.regions.get(word.region)?;
            let text: String = word.text.trim().chars().filter(|c| !c.is_control()).collect();
            let inside = |at: f32, max: u32| at.is_finite() && at >= -1.0 && at <= max as f32 + 1.0;
            let placed = inside(word.x0, region.width)
                && inside(word.x1, region.width)
                && inside(word.y0, region.height)
                && inside(word.y1, region.height)
                && word.x0 < word.x1
                && word.y0 < word.y1;
            let (x, y) = (region.x as f32, region.y as f32);
            let rect = Rect {
                x0: ((x + word.x0) / width).clamp(0.0, 1.0),
                y0: ((y + word.y0) / height).clamp(0.0, 1.0),
                x1: ((x + word.x1) / width).clamp(0.0, 1.0),
                y1: ((y + word.y1) / height).clamp(0.0, 1.0),
            };
            let confidence = if word.confidence.is_finite() { word.confidence.clamp(0.0, 1.0) } else { 0.0 };
            (placed && !text.is_empty()).then_some((word.region, PlacedWord { text, rect, confidence }))
        });
        let placed: Vec<(usize, PlacedWord)> = placed.collect();
        // Only words of one region follow one another: cells of a page that was turned come from right to left.
        let of_regions = placed.chunk_by(|(before, _), (region, _)| before == region).map(|words| {
            let mut words: Vec<PlacedWord> = words.iter().map(|(_, word)| word.clone()).collect();
            set_apart(&mut words);
            words
        });
        let mut words: Vec<PlacedWord> = of_regions.flatten().collect();
        let stands = self.has_standing(&words);
        words.extend(self.boxes.iter().map(|tick| PlacedWord {
            text: if tick.ticked { '☑' } else { '□' }.to_string(),
            rect: tick.rect,
            confidence: BOX_CONFIDENCE,
        }));
        RecognisedPage {
            number: self.number,
            words,
            rules: self.rules.clone(),
            seal_marks: self.seal_marks.clone(),
            quarters: self.quarters,
            askew: self.askew,
            stands,
            areas: self.areas.clone(),
            picture: self.picture.clone(),
            size: self.points_as_it_lies(),
        }
    }

    fn points_as_it_lies(&self) -> (f32, f32) {
        let points = |dots: u32| dots as f32 * 72.0 / self.dots_per_inch.max(1) as f32;
        let (width, height) = (points(self.width), points(self.height));
        if self.quarters.turn().is_sideways() { (height, width) } else { (width, height) }
    }

    fn has_standing(&self, words: &[PlacedWord]) -> bool {
        let (width, height) = (self.width as f32, self.height as f32);
        let characters = |standing: bool| -> usize {
            let is_of = |word: &&PlacedWord| {
                let Rect { x0, y0, x1, y1 } = word.rect;
                !standing || (y1 - y0) * height > STANDING_ASPECT * (x1 - x0) * width
            };
            words.iter().filter(is_of).map(|word| word.text.chars().count()).sum()
        };
        characters(true) as f32 > STANDING_SHARE * characters(false) as f32
    }
}

/// Engines let neighbouring words overlap. Characters that both have stand there once, and where one ends and the next
/// begins is set between them, so that their characters do not mix. Their order is right.
fn set_apart(words: &mut Vec<PlacedWord>) {
    let mut apart: Vec<PlacedWord> = Vec::with_capacity(words.len());
    for mut word in words.drain(..) {
        let Some(before) = apart.last_mut() else {
            apart.push(word);
            continue;
        };
        let same_line = (before.rect.y0, before.rect.y1) == (word.rect.y0, word.rect.y1);
        if !same_line || word.rect.x0 >= before.rect.x1 {
            apart.push(word);
            continue;
        }
        let length = |word: &PlacedWord| word.text.chars().count();
        let character = (word.rect.x1 - word.rect.x0) / length(&word).max(1) as f32;
        let overlap = before.rect.x1.min(word.rect.x1) - before.rect.x0.max(word.rect.x0);
        if overlap > 0.8 * (word.rect.x1 - word.rect.x0) && before.text.contains(&word.text) {
            continue;
        }
        let shared = (1..=length(&word).min(length(before)))
            .rev()
            .map(|n| word.text.chars().take(n).collect::<String>())
            .find(|start| before.text.ends_with(start.as_str()));
        if let Some(shared) = shared.filter(|_| overlap > 0.4 * character) {
            let count = shared.chars().count();
            word.text.drain(..shared.len());
            if word.text.is_empty() {
                continue;
            }
            word.rect.x0 = (word.rect.x0 + character * count as f32).min(word.rect.x1);
        }
        if word.rect.x0 > before.rect.x0 {
            // Where words begin is right far more often than where they end.
            before.rect.x1 = before.rect.x1.min(word.rect.x0);
        } else {
            // One lies over or before the other: they share the place by their length.
            let (left, right) = (word.rect.x0.min(before.rect.x0), before.rect.x1.max(word.rect.x1));
            let share = length(before) as f32 / (length(before) + length(&word)).max(1) as f32;
            let seam = left + (right - left) * share;
            (before.rect.x0, before.rect.x1, word.rect.x0, word.rect.x1) = (left, seam, seam, right);
        }
        apart.push(word);
    }
    *words = apart;
}

impl RecognisedPage {
    /// Whether what was read is words, and not what an engine makes of a drawing.
    fn is_of_use(&self) -> bool {
        self.confidence() >= PAGE_CONFIDENCE_MIN
    }

    /// Whether the page seems to lie as it should, so that nothing would be gained by reading it turned.
    pub fn is_upright(&self) -> bool {
        self.sureness() >= UPRIGHT_CONFIDENCE
    }

    /// Whether there is something in it worth keeping where no other way of reading the page is known.
    pub fn is_hopeful(&self) -> bool {
        self.sureness() >= PAGE_CONFIDENCE_MIN
    }

    /// Whether it is clearly the better reading of the same page.
    pub fn is_surer_than(&self, other: &RecognisedPage) -> bool {
        self.sureness() > other.sureness() + SURER_BY
    }

    /// How sure it is that these are the page's words: nothing of none, and of such as run down or up.
    fn sureness(&self) -> f32 {
        if self.words.is_empty() || self.stands { 0.0 } else { self.confidence() }
    }

    /// The page as if its words had been set on it; `width` and `height` in points, as it is shown.
    pub(crate) fn content(&self, width: f32, height: f32) -> PageContent {
        let turn = self.quarters.turn();
        let (width, height) = if turn.is_sideways() { (height, width) } else { (width, height) };
        let mut content = PageContent { turn, ..PageContent::empty(self.number, width, height) };
        if !self.is_of_use() {
            return content;
        }
        for word in &self.words {
            set_word(word, width, height, &mut content.glyphs);
        }
        content.rulings = self
            .rules
            .iter()
            .map(|rule| {
                let (across, along) = if rule.horizontal { (height, width) } else { (width, height) };
                let (at, from, to) = (rule.at * across, rule.from * along, rule.to * along);
                Ruling { horizontal: rule.horizontal, at, from, to }
            })
            .collect();
        content
    }

    /// Puts lines that were read on the straightened page back to where they stand on the page as it lies.
    pub(crate) fn put_back(&self, raw: &mut RawDocument) {
        let size = raw.pages.iter().find(|page| page.number == self.number).map(|page| (page.width, page.height));
        let Some(size) = size.filter(|_| self.picture.is_none()) else { return };
        let lines = raw.blocks.iter_mut().flat_map(|block| &mut block.lines).filter(|line| line.page == self.number);
        if !self.is_of_pictures() {
            if self.askew != 0.0 {
                lines.for_each(|line| slanted(line, size, self.askew));
            }
            return;
        }
        for line in lines.filter(|line| line.confidence.is_some()) {
            if self.quarters == Quarters::None {
                slanted(line, size, self.askew);
            } else if let Some(bounds) = line.bounds.and_then(|bounds| self.lying(bounds)) {
                line.bounds = Some(bounds);
                line.edges.clear();
            }
        }
    }

    /// How sure the engine was of the page's characters, on the average; 1 of a page without any.
    pub(crate) fn confidence(&self) -> f32 {
        let length = |word: &PlacedWord| word.text.chars().count() as f32;
        let all: f32 = self.words.iter().map(length).sum();
        let sure: f32 = self.words.iter().map(|word| word.confidence * length(word)).sum();
        if all > 0.0 { sure / all } else { 1.0 }
    }

    /// Says of a page that its words were recognised.
    pub(crate) fn report(&self, page: &mut Page, raw: &mut RawDocument) {
        let confidence = self.confidence();
        if !self.is_of_use() {
            raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(self.number),
                format!(
                    "the page is a picture, and recognition made no words of it (a confidence of {:.0} %); scan it upright and sharper",
                    confidence * 100.0
                ),
            );
            page.text_source = TextSource::Unreadable;
            page.seal_marks.clone_from(&self.seal_marks);
            return;
        }
        page.text_source = if self.words.is_empty() { TextSource::Blank } else { TextSource::Ocr { confidence } };
        page.seal_marks.clone_from(&self.seal_marks);
        if !self.words.is_empty() {
            raw.issue(
                IssueCode::Recognised,
                if page.text_source.may_hide_words() { IssueSeverity::Warning } else { IssueSeverity::Info },
                Some(self.number),
                format!(
                    "the words were recognised from the picture of the page, with a confidence of {:.0} %; compare what matters with the picture",
                    confidence * 100.0
                ),
            );
        }
        if !self.seal_marks.is_empty() {
            raw.issue(IssueCode::SealMark, IssueSeverity::Info, Some(self.number), SEAL_MARK);
        }
    }
}

/// The line on the page before it was straightened: the upright rectangle around its words, and the edges along them.
fn slanted(line: &mut Line, (width, height): (f32, f32), askew: f32) {
    let Some(Rect { x0, y0, x1, y1 }) = line.bounds else { return };
    let before = |x: f32, y: f32| {
        let (x, y) = prepare::before((x * width, y * height), (width, height), askew);
        ((x / width.max(1.0)).clamp(0.0, 1.0), (y / height.max(1.0)).clamp(0.0, 1.0))
    };
    let corners = [before(x0, y0), before(x1, y0), before(x0, y1), before(x1, y1)];
    let least = |of: fn((f32, f32)) -> f32| corners.map(of).into_iter().fold(1.0, f32::min);
    let most = |of: fn((f32, f32)) -> f32| corners.map(of).into_iter().fold(0.0, f32::max);
    line.bounds = Some(Rect { x0: least(|c| c.0), y0: least(|c| c.1), x1: most(|c| c.0), y1: most(|c| c.1) });
    line.edges.iter_mut().for_each(|edge| *edge = before(*edge, (y0 + y1) / 2.0).0);
}

/// Characters of a word, each with its share of the word's width.
fn set_word(word: &PlacedWord, width: f32, height: f32, glyphs: &mut Vec<PageGlyph>) {
    // A Chinese character is as wide as it is high, others about half of that.
    let share = |c: char| if c.is_ascii() { 0.5 } else { 1.0 };
    let whole: f32 = word.text.chars().map(share).sum();
    let (left, right) = (word.rect.x0 * width, word.rect.x1 * width);
    let (y0, y1) = (word.rect.y0 * height, word.rect.y1 * height);
    let mut x = left;
    for c in word.text.chars() {
        let next = x + (right - left) * share(c) / whole.max(0.5);
        if !c.is_whitespace() {
            glyphs.push(PageGlyph {
                text: c.into(),
                x0: x,
                y0,
                x1: next,
                y1,
                size: (y1 - y0).max(1.0),
                bold: false,
                confidence: Some(word.confidence),
            });
        }
        x = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PreparedPage {
        let region = Region { kind: RegionKind::Page, x: 10, y: 20, width: 4, height: 2, pixels: vec![7; 8] };
        PreparedPage {
            number: 3,
            dots_per_inch: 200,
            width: 100,
            height: 200,
            regions: vec![region],
            rules: Vec::new(),
            seal_marks: Vec::new(),
            boxes: Vec::new(),
            quarters: Quarters::None,
            askew: 0.0,
            areas: Vec::new(),
            picture: None,
        }
    }

    fn word(text: &str, x0: f32, x1: f32) -> Word {
        Word { region: 0, text: text.to_owned(), x0, x1, y0: 0.0, y1: 2.0, confidence: 0.9 }
    }

    #[test]
    fn a_prepared_page_comes_back_as_it_was_sent() {
        let sent = page().to_bytes();
        assert_eq!(PreparedPage::from_bytes(&sent), Some(page()));
        assert_eq!(PreparedPage::from_bytes(&sent[..sent.len() - 1]), None);
        assert_eq!(PreparedPage::from_bytes(b"{}\n"), None);
    }

    #[test]
    fn words_without_a_place_are_left_out() {
        let words = vec![
            word("甲方", 0.0, 4.0),
            word("乙", 3.0, 90.0),
            word("丙", 2.0, 1.0),
            word("丁", f32::NAN, 2.0),
            Word { region: 9, ..word("戊", 0.0, 1.0) },
            word(" \u{7} ", 0.0, 1.0),
        ];
        let recognised = page().recognised(words);
        assert_eq!(recognised.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["甲方"]);
        assert_eq!(recognised.words[0].rect, Rect { x0: 0.1, y0: 0.1, x1: 0.14, y1: 0.11 });
    }

    #[test]
    fn words_that_overlap_keep_their_order() {
        let wide = PreparedPage { width: 1_000, ..page() };
        let page = PreparedPage { regions: vec![Region { width: 500, ..wide.regions[0].clone() }], ..wide };
        let recognised = page.recognised(vec![
            word("采用", 0.0, 60.0),
            word("总价", 40.0, 120.0),
            word("价格", 90.0, 150.0),
            word("格", 128.0, 149.0),
            // Its box runs to the end of the line.
            word("联系", 200.0, 480.0),
            word("人", 250.0, 270.0),
            word("：", 275.0, 285.0),
            Word { y0: 0.5, ..word("下", 0.0, 20.0) },
        ]);
        let texts: Vec<&str> = recognised.words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts, ["采用", "总价", "格", "联系", "人", "：", "下"]);
        let mut glyphs = recognised.content(1_000.0, 200.0).glyphs;
        glyphs.truncate(9);
        assert!(glyphs.windows(2).all(|pair| pair[0].x0 < pair[1].x0 && pair[0].x1 <= pair[1].x0 + 0.01));
        assert_eq!(recognised.words[6].rect.x0, 0.01, "a word that begins another line stays where it is");
    }

    #[test]
    fn characters_share_the_width_of_their_word() {
        let recognised = page().recognised(vec![word("甲a", 0.0, 3.0)]);
        let content = recognised.content(100.0, 200.0);
        let edges: Vec<(f32, f32)> = content.glyphs.iter().map(|g| (g.x0, g.x1)).collect();
        assert_eq!(edges, [(10.0, 12.0), (12.0, 13.0)]);
    }
}
