//! Words that nobody sees: drawn in the colour of what lies under them, without any, or in no picture's text layer.
//!
//! They are kept apart from the page's words: what a person cannot see is not judged, and is told of instead.

use bidlens_domain::document::LOST_SIGN;
use hayro_interpret::Paint;
use hayro_interpret::kurbo::{BezPath, Point, Rect, Shape as _};

use super::lines;
use super::page::PageGlyph;

/// What lies under words has at least this height and width, in points; a ruling is thinner.
const SIDE_MIN: f64 = 4.0;
/// With more areas on one page, what lies under a word is not looked for.
const AREAS_MAX: usize = 5_000;
/// Two colours that differ by no more in red, green and blue are one to the eye.
const NEAR: u8 = 10;
/// Of a shape's surrounding rectangle: what fills less lies only under some of it.
const FULL_SHARE: f64 = 0.98;
/// Unseen characters times seen ones of a page; more are not compared.
const COMPARED_MAX: usize = 50_000_000;
/// Quoted of one page.
const QUOTED_CHARS: usize = 200;

type Rgb = [u8; 3];

const PAPER: Rgb = [255; 3];

/// With what a run of glyphs is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// A pattern, or a colour that nothing on the page so far has: always seen.
    Seen,
    /// Seen on a ground of another colour.
    On(Rgb),
    /// Fully transparent.
    None,
}

/// What was drawn under the words, in order.
#[derive(Debug, Default)]
pub(super) struct Grounds {
    /// `None` where the colour is not known: a picture, a pattern, a shape that is no rectangle.
    areas: Vec<(Rect, Option<Rgb>)>,
    /// The colours among them, each once.
    colours: Vec<Rgb>,
    too_many: bool,
}

impl Grounds {
    /// Notes a filled shape.
    pub(super) fn fill(&mut self, path: &BezPath, paint: &Paint<'_>, clip: Rect) {
        let bounds = path.bounding_box();
        let shown = bounds.intersect(clip);
        if shown.width() < SIDE_MIN || shown.height() < SIDE_MIN {
            return;
        }
        let colour = match colour(paint) {
            Some((_, 0)) => return,
            Some((colour, 255)) if path.area().abs() >= FULL_SHARE * bounds.area() => Some(colour),
            _ => None,
        };
        self.push(shown, colour);
    }

    /// Notes a stroke that is as wide as a bar.
    pub(super) fn stroke(&mut self, path: &BezPath, width: f64) {
        if width >= SIDE_MIN {
            self.push(path.bounding_box().inflate(width / 2.0, width / 2.0), None);
        }
    }

    pub(super) fn picture(&mut self, area: Rect) {
        self.push(area, None);
    }

    fn push(&mut self, area: Rect, colour: Option<Rgb>) {
        if self.areas.len() >= AREAS_MAX {
            self.too_many = true;
            return;
        }
        self.areas.push((area, colour));
        if let Some(colour) = colour.filter(|colour| !self.colours.contains(colour)) {
            self.colours.push(colour);
        }
    }

    pub(super) fn ink(&self, paint: &Paint<'_>) -> Ink {
        match colour(paint) {
            Some((_, 0)) => Ink::None,
            Some((ink, _)) if self.colours.iter().chain([&PAPER]).any(|ground| are_near(*ground, ink)) => Ink::On(ink),
            _ => Ink::Seen,
        }
    }

    /// Whether what is drawn there with this ink cannot be seen.
    pub(super) fn hide(&self, ink: Ink, at: Point) -> bool {
        match ink {
            Ink::Seen => false,
            Ink::None => true,
            Ink::On(_) if self.too_many => false,
            Ink::On(ink) => {
                let under = self.areas.iter().rev().find(|(area, _)| area.contains(at));
                under.map_or(Some(PAPER), |(_, colour)| *colour).is_some_and(|ground| are_near(ground, ink))
            }
        }
    }

    /// Whether a picture, or something like one, lies there: invisible words there are its text layer.
    pub(super) fn has_picture(&self, at: Point) -> bool {
        self.too_many || self.areas.iter().any(|(area, colour)| colour.is_none() && area.contains(at))
    }
}

/// The colour of a paint and how opaque it is; `None` for a pattern.
fn colour(paint: &Paint<'_>) -> Option<(Rgb, u8)> {
    match paint {
        Paint::Color(colour) => {
            let [r, g, b, a] = colour.to_rgba().to_rgba8();
            Some(([r, g, b], a))
        }
        Paint::Pattern(_) => None,
    }
}

fn are_near(a: Rgb, b: Rgb) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= NEAR)
}

/// Takes from the unseen characters those that belong to what is seen, and tells what the others say.
///
/// A character under or over the same one is an effect: an outline, a shadow. One on a sign of one colour, as a white
/// number in a black circle, is seen.
pub(super) fn settle(unseen: Vec<PageGlyph>, seen: &mut Vec<PageGlyph>) -> String {
    if unseen.is_empty() {
        return String::new();
    }
    let compared = unseen.len().saturating_mul(seen.len()) <= COMPARED_MAX;
    let mut left = Vec::new();
    let mut shown = Vec::new();
    for glyph in unseen {
        let (x, y) = glyph.centre();
        let under = |other: &PageGlyph| (other.x0..=other.x1).contains(&x) && (other.y0..=other.y1).contains(&y);
        let over: Vec<&PageGlyph> = seen.iter().filter(|other| compared && under(other)).collect();
        if over.iter().any(|other| other.text == glyph.text) {
            continue;
        }
        let on_sign = over.iter().any(|other| matches!(&*other.text, "●" | "■" | "◆" | "★" | "▲" | "▼" | "⬤"));
        if on_sign { shown.push(glyph) } else { left.push(glyph) }
    }
    seen.append(&mut shown);
    let lines = lines::typeset(left);
    let words: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let words = words.join(" ");
    if words.chars().all(|c| c == LOST_SIGN || c.is_whitespace()) {
        return String::new();
    }
    words.chars().take(QUOTED_CHARS).collect()
}
