//! Pictures beside words that are there already: only they are read, and what is read of them is added.
//!
//! On a page of a PDF their words join the page's own at their place, but for those that the page has there itself. In an
//! office file, which has no places, they follow the picture. What was read of each picture counts by itself: a
//! photograph beside a scanned paper does not spoil it.

use bidlens_domain::document::{
    CONFIDENCE_MIN, Document, Format, IssueCode, IssueSeverity, Page, Rect, TextSource, UnreadPicture,
};
use serde::{Deserialize, Serialize};

use super::{PAGE_CONFIDENCE_MIN, PlacedWord, Quarters, RecognisedPage, SEAL_MARK, set_word};
use crate::pdf::layout;
use crate::pdf::page::{PageContent, PageGlyph, Ruling, Turn};
use crate::raw::{RawBlock, RawDocument, RawKind};

/// With fewer characters than this, of which an engine is not sure, a picture shows no words but things.
const CHARACTERS_MIN: usize = 12;
/// Straightening moves words a little; so far beyond a picture they are still its own, in fractions of the page.
const MARGIN: f32 = 0.02;
/// Of a word's height and width that may lie under the page's own words.
const UNDER_OWN: f32 = 0.3;

/// What of a file is to be recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// The page it is, or stands on; of an office file the pictures are counted.
    pub number: u32,
    /// The page of the file that people are told.
    pub page: Option<u32>,
    /// Of a page with words of its own, where its pictures stand; empty where the whole page is a picture.
    pub areas: Vec<Rect>,
    /// A picture of an office file, which has no pages that are drawn.
    pub picture: Option<UnreadPicture>,
}

impl Wanted {
    /// Whether it is a picture beside words that were read.
    pub fn is_beside_words(&self) -> bool {
        self.picture.is_some() || !self.areas.is_empty()
    }
}

/// What an engine could read of a document that its reader could not.
pub fn wanted(document: &Document) -> Vec<Wanted> {
    match document.format {
        Format::Pdf | Format::Image => document.pages.iter().filter_map(of_page).collect(),
        Format::Docx => {
            let unread = document.embedded.iter().filter_map(|file| Some((file.page, file.unread.clone()?)));
            let numbered = (1u32..).zip(unread);
            let wanted = |(number, (page, picture))| Wanted { number, page, areas: Vec::new(), picture: Some(picture) };
            numbered.map(wanted).collect()
        }
        // Of a package only the files in it have pages, and LibreOffice's pages are none of the file's.
        _ => Vec::new(),
    }
}

fn of_page(page: &Page) -> Option<Wanted> {
    let whole = page.text_source == TextSource::Unreadable;
    let areas = if whole { Vec::new() } else { page.unread_pictures.clone() };
    (whole || !areas.is_empty()).then_some(Wanted {
        number: page.number,
        page: Some(page.number),
        areas,
        picture: None,
    })
}

/// What came of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    /// It shows no words.
    Wordless,
    /// Recognition made nothing of it.
    Lost,
    /// Its words are kept and prove nothing.
    Unsure,
    Read,
}

impl Outcome {
    fn of<'w>(words: impl Iterator<Item = &'w PlacedWord>) -> (Outcome, f32) {
        let (mut characters, mut sure) = (0usize, 0.0);
        for word in words {
            let length = word.text.chars().count();
            characters += length;
            sure += word.confidence * length as f32;
        }
        let confidence = if characters > 0 { sure / characters as f32 } else { 1.0 };
        let outcome = match confidence {
            _ if characters == 0 => Outcome::Wordless,
            CONFIDENCE_MIN.. => Outcome::Read,
            _ if characters < CHARACTERS_MIN => Outcome::Wordless,
            PAGE_CONFIDENCE_MIN.. => Outcome::Unsure,
            _ => Outcome::Lost,
        };
        (outcome, confidence)
    }

    fn keeps_words(self) -> bool {
        matches!(self, Outcome::Unsure | Outcome::Read)
    }

    fn hides_words(self) -> bool {
        matches!(self, Outcome::Unsure | Outcome::Lost)
    }
}

impl RecognisedPage {
    /// Whether only pictures on the page were read, and not all of it.
    pub(crate) fn is_of_pictures(&self) -> bool {
        !self.areas.is_empty()
    }

    /// The picture of an office file whose words these are.
    pub(crate) fn is_of_part(&self, part: &str) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.part == part)
    }

    /// A rectangle of the page as it was read, on the page as it lies.
    fn as_it_lies(&self, rect: Rect) -> Rect {
        let [x0, y0, x1, y1] = self.quarters.turn().shown([rect.x0, rect.y0, rect.x1, rect.y1]);
        Rect { x0, y0, x1, y1 }
    }

    /// The area in which a rectangle of the page as it was read has its middle.
    fn area_of(&self, rect: Rect) -> Option<usize> {
        let Rect { x0, y0, x1, y1 } = self.as_it_lies(rect);
        let (x, y) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        self.areas.iter().position(|area| {
            (area.x0 - MARGIN..=area.x1 + MARGIN).contains(&x) && (area.y0 - MARGIN..=area.y1 + MARGIN).contains(&y)
        })
    }

    fn outcomes(&self) -> Vec<(Outcome, f32)> {
        let of_area = |at| Outcome::of(self.words.iter().filter(move |word| self.area_of(word.rect) == Some(at)));
        (0..self.areas.len()).map(of_area).collect()
    }

    /// Adds what was read to a page's own words; false where it cannot be told how the two lie to each other.
    pub(crate) fn add_to(&self, content: &mut PageContent) -> bool {
        if content.turn != Turn::None {
            return false;
        }
        let kept: Vec<bool> = self.outcomes().iter().map(|(outcome, _)| outcome.keeps_words()).collect();
        let is_kept = |rect| self.area_of(rect).filter(|at| kept.get(*at) == Some(&true));
        let (width, height) = (content.width, content.height);
        let own: Vec<Rect> = content.glyphs.iter().filter(|g| !g.text.trim().is_empty()).map(rect_of).collect();
        for word in &self.words {
            let Some(area) = is_kept(word.rect) else { continue };
            let lies = self.as_it_lies(word.rect);
            let lies = Rect { x0: lies.x0 * width, y0: lies.y0 * height, x1: lies.x1 * width, y1: lies.y1 * height };
            if under(lies, &own) > UNDER_OWN {
                continue;
            }
            let rect = self.upright(word.rect, area);
            set_word(&PlacedWord { rect, ..word.clone() }, width, height, &mut content.glyphs);
        }
        for rule in &self.rules {
            let (at, from, to) = (rule.at, rule.from, rule.to);
            let line = if rule.horizontal { [from, at, to, at] } else { [at, from, at, to] };
            let [x0, y0, x1, y1] = line;
            let rect = Rect { x0, y0, x1, y1 };
            let Some(area) = is_kept(rect) else { continue };
            let Rect { x0, y0, x1, y1 } = self.upright(rect, area);
            content.rulings.push(if rule.horizontal {
                Ruling { horizontal: true, at: y0 * height, from: x0 * width, to: x1 * width }
            } else {
                Ruling { horizontal: false, at: x0 * width, from: y0 * height, to: y1 * height }
            });
        }
        true
    }

    /// A rectangle of a picture that lies sideways or upside down, as if the picture stood upright in its place.
    fn upright(&self, rect: Rect, area: usize) -> Rect {
        let Some(area) = self.areas.get(area).filter(|_| self.quarters != Quarters::None) else { return rect };
        within(*area, self.quarters.rect(share_of(*area, self.as_it_lies(rect))))
    }

    /// Puts a line that [`RecognisedPage::upright`] set upright back to where it lies; `None` for lines elsewhere.
    pub(super) fn lying(&self, bounds: Rect) -> Option<Rect> {
        let (x, y) = ((bounds.x0 + bounds.x1) / 2.0, (bounds.y0 + bounds.y1) / 2.0);
        let inside = |area: &&Rect| (area.x0..=area.x1).contains(&x) && (area.y0..=area.y1).contains(&y);
        let area = *self.areas.iter().find(inside)?;
        let Rect { x0, y0, x1, y1 } = share_of(area, bounds);
        let [x0, y0, x1, y1] = self.quarters.turn().shown([x0, y0, x1, y1]);
        Some(within(area, Rect { x0, y0, x1, y1 }))
    }

    /// Says of a page that words of its pictures were recognised, and which of these still hide some.
    pub(crate) fn report_pictures(&self, page: &mut Page, raw: &mut RawDocument) {
        let outcomes = self.outcomes();
        let hiding = self.areas.iter().zip(&outcomes).filter(|(_, (outcome, _))| outcome.hides_words());
        page.unread_pictures = hiding.map(|(area, _)| *area).collect();
        page.seal_marks.clone_from(&self.seal_marks);
        let confidences = outcomes.iter().filter(|(outcome, _)| outcome.keeps_words()).map(|(_, sure)| *sure);
        if let Some(confidence) = confidences.min_by(f32::total_cmp) {
            tell_recognised(raw, Some(self.number), confidence);
        }
        if !self.seal_marks.is_empty() {
            raw.issue(IssueCode::SealMark, IssueSeverity::Info, Some(self.number), SEAL_MARK);
        }
    }

    /// What was read of an office file's picture, as blocks after it on `page`.
    pub(crate) fn blocks(&self, page: u32) -> Vec<RawBlock> {
        if !Outcome::of(self.words.iter()).0.keeps_words() {
            return Vec::new();
        }
        let (width, height) = self.size;
        let mut blocks = layout::blocks(vec![layout::lay_out(self.content(width, height))]);
        for block in &mut blocks {
            if matches!(block.kind, RawKind::Header | RawKind::Footer) {
                block.kind = RawKind::Text;
            }
            // How large its letters are says nothing beside those of the text.
            (block.font_size, block.page_top) = (0.0, false);
            for line in &mut block.lines {
                (line.page, line.bounds) = (page, None);
                line.edges.clear();
            }
        }
        blocks
    }

    /// How sure recognition was of a picture's words, where it has any that count.
    pub(crate) fn counting(&self) -> Option<f32> {
        let (outcome, confidence) = Outcome::of(self.words.iter());
        outcome.keeps_words().then_some(confidence)
    }

    /// Whether an office file's picture may show words beyond those that were read surely.
    pub(crate) fn hides_words(&self) -> bool {
        Outcome::of(self.words.iter()).0.hides_words()
    }
}

pub(crate) fn tell_recognised(raw: &mut RawDocument, page: Option<u32>, confidence: f32) {
    raw.issue(
        IssueCode::Recognised,
        if confidence < CONFIDENCE_MIN { IssueSeverity::Warning } else { IssueSeverity::Info },
        page,
        format!(
            "the words of a picture here were recognised, with a confidence of {:.0} %; compare what matters with the picture",
            confidence * 100.0
        ),
    );
}

fn rect_of(glyph: &PageGlyph) -> Rect {
    Rect { x0: glyph.x0, y0: glyph.y0, x1: glyph.x1, y1: glyph.y1 }
}

/// Of a rectangle, the share that lies under others.
fn under(rect: Rect, others: &[Rect]) -> f32 {
    let area = ((rect.x1 - rect.x0) * (rect.y1 - rect.y0)).max(f32::MIN_POSITIVE);
    let shared = others.iter().map(|other| {
        let across = rect.x1.min(other.x1) - rect.x0.max(other.x0);
        let down = rect.y1.min(other.y1) - rect.y0.max(other.y0);
        across.max(0.0) * down.max(0.0)
    });
    shared.sum::<f32>() / area
}

/// A rectangle of the page in fractions of an area of it.
fn share_of(area: Rect, rect: Rect) -> Rect {
    let (width, height) = ((area.x1 - area.x0).max(f32::MIN_POSITIVE), (area.y1 - area.y0).max(f32::MIN_POSITIVE));
    Rect {
        x0: (rect.x0 - area.x0) / width,
        y0: (rect.y0 - area.y0) / height,
        x1: (rect.x1 - area.x0) / width,
        y1: (rect.y1 - area.y0) / height,
    }
}

/// The way back from [`share_of`].
fn within(area: Rect, share: Rect) -> Rect {
    let (width, height) = (area.x1 - area.x0, area.y1 - area.y0);
    Rect {
        x0: area.x0 + share.x0 * width,
        y0: area.y0 + share.y0 * height,
        x1: area.x0 + share.x1 * width,
        y1: area.y0 + share.y1 * height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.5 };

    fn word(text: &str, [x0, y0, x1, y1]: [f32; 4], confidence: f32) -> PlacedWord {
        PlacedWord { text: text.to_owned(), rect: Rect { x0, y0, x1, y1 }, confidence }
    }

    fn read(words: Vec<PlacedWord>, areas: Vec<Rect>, quarters: Quarters) -> RecognisedPage {
        RecognisedPage {
            number: 1,
            words,
            rules: Vec::new(),
            seal_marks: Vec::new(),
            quarters,
            askew: 0.0,
            stands: false,
            areas,
            picture: None,
            size: (400.0, 800.0),
        }
    }

    /// A page of 400 by 800 points with one word of its own, and what it says afterwards.
    fn added_to(recognised: &RecognisedPage) -> Vec<(String, Option<f32>)> {
        let mut content = PageContent::empty(1, 400.0, 800.0);
        set_word(&word("题注", [0.3, 0.3, 0.4, 0.32], 1.0), 400.0, 800.0, &mut content.glyphs);
        content.glyphs.iter_mut().for_each(|glyph| glyph.confidence = None);
        assert!(recognised.add_to(&mut content));
        content.glyphs.iter().map(|glyph| (glyph.text.to_string(), glyph.confidence)).collect()
    }

    #[test]
    fn words_are_added_once_and_only_of_the_picture() {
        let words = vec![
            word("题注", [0.3, 0.3, 0.41, 0.32], 0.9),
            word("执照", [0.3, 0.4, 0.4, 0.42], 0.9),
            word("页眉", [0.3, 0.05, 0.4, 0.07], 0.9),
        ];
        let glyphs = added_to(&read(words, vec![AREA], Quarters::None));
        let text: String = glyphs.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(text, "题注执照");
        assert_eq!(glyphs.iter().map(|(_, sure)| *sure).collect::<Vec<_>>(), [None, None, Some(0.9), Some(0.9)]);
    }

    #[test]
    fn each_picture_counts_by_itself() {
        let below = Rect { y0: 0.6, y1: 0.9, ..AREA };
        let last = Rect { y0: 0.92, y1: 0.99, ..AREA };
        let words = vec![
            word("统一社会信用代码", [0.3, 0.4, 0.7, 0.42], 0.9),
            word("乱字乱字乱字乱字乱字乱字", [0.3, 0.7, 0.7, 0.72], 0.3),
            word("口", [0.3, 0.95, 0.4, 0.97], 0.2),
        ];
        let recognised = read(words, vec![AREA, below, last], Quarters::None);
        assert_eq!(added_to(&recognised).len(), 2 + 8);
        let mut raw = RawDocument::new(Format::Pdf);
        raw.plain_pages(1, false);
        let mut page = raw.pages.remove(0);
        recognised.report_pictures(&mut page, &mut raw);
        assert_eq!(page.unread_pictures, [below], "a thing without words hides none");
        assert_eq!(raw.issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), [IssueCode::Recognised]);
    }

    #[test]
    fn what_lies_sideways_is_set_upright_and_put_back() {
        for quarters in Quarters::OTHERS {
            let lying = Rect { x0: 0.3, y0: 0.3, x1: 0.35, y1: 0.45 };
            let recognised = read(Vec::new(), vec![AREA], quarters);
            let turned = quarters.rect(lying);
            let upright = recognised.upright(turned, 0);
            let back = recognised.lying(upright).expect("it is in the picture");
            let near = [(back.x0, lying.x0), (back.y0, lying.y0), (back.x1, lying.x1), (back.y1, lying.y1)];
            assert!(near.iter().all(|(a, b)| (a - b).abs() < 1e-4), "{quarters:?}: {back:?}");
        }
    }
}
