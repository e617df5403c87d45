//! Pictures that stand beside a page's words and may show words of their own: scanned papers, pasted tables.
//!
//! What says nothing of its own is left out: seals, logos and photographs of the size of a stamp, backgrounds that stand
//! at one place on page after page, pictures of one colour, and scans whose words the page already holds in a layer over
//! them. A scan is often cut into strips, so that pictures which touch are taken for one. Start at [`unread`].

use std::collections::HashMap;

use bidlens_domain::document::{EmbeddedFile, Rect};
use hayro_interpret::hayro_syntax::object::ObjectIdentifier;

use super::page::PageContent;
use crate::look;

/// Pictures of one page that are judged; a page with more is a drawing made of pieces.
pub(crate) const PAGE_SHOWN_MAX: usize = 400;
/// Pictures with a shorter side of fewer dots are lines and shreds of shading.
const PIECE_SIDE_MIN: u32 = 8;
/// Pictures this near touch, in fractions of the page.
const NEAR: f32 = 0.006;
/// On so many pages at one place a picture belongs to the paper, whatever is printed on it.
const BACKGROUND_PAGES: usize = 3;
/// Places are compared in so many parts of the page.
const PLACES: f32 = 100.0;
/// The page in fields, to count the characters that stand over a picture.
const COLUMNS: usize = 24;
const ROWS: usize = 36;
/// Characters over a picture that are its words, or words set on a background, spread over so many of its bands. A
/// header, a page number and a stamp over a scan are fewer and leave most of it free.
const LAYER_CHARACTERS: usize = 60;
const BANDS: usize = 6;
const LAYER_BANDS: usize = 3;
const BAND_CHARACTERS: usize = 4;
/// Of a small picture: characters for each of its fields. Running text has some three.
const LAYER_DENSITY: f32 = 0.8;
const DENSE_CHARACTERS: usize = 8;
/// Characters in the invisible mode that scanners write their layer in.
const INVISIBLE_LAYER: usize = 20;

/// A picture as a page shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// In fractions of the page as it is shown.
    pub(crate) rect: Rect,
    pub(crate) id: ObjectIdentifier,
    /// In dots.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// What of a page decides whether its pictures hide words.
#[derive(Debug, Default)]
pub(crate) struct PagePictures {
    shown: Vec<Shown>,
    /// Characters in each field of the page, row by row; empty where no picture could hide any.
    characters: Box<[u16]>,
    invisible: usize,
    /// In points, as it is shown.
    size: (f32, f32),
}

impl PagePictures {
    pub(crate) fn of(content: &mut PageContent) -> PagePictures {
        let mut shown = std::mem::take(&mut content.shown);
        shown.retain(|picture| picture.width.min(picture.height) >= PIECE_SIDE_MIN);
        let size = content.shown_size();
        let mut pictures = PagePictures { shown, characters: Box::default(), invisible: content.invisible, size };
        if pictures.shown.is_empty() {
            return pictures;
        }
        let mut characters = vec![0u16; COLUMNS * ROWS].into_boxed_slice();
        for glyph in content.glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty()) {
            let (x, y) = glyph.centre();
            let (x, y) = (x / content.width.max(1.0), y / content.height.max(1.0));
            let [x, y, ..] = content.turn.shown([x, y, x, y]);
            if let Some(count) = characters.get_mut(field(y, ROWS) * COLUMNS + field(x, COLUMNS)) {
                *count = count.saturating_add(1);
            }
        }
        pictures.characters = characters;
        pictures
    }

    /// Characters over each of [`BANDS`] bands of a rectangle, from top to bottom, and the fields it covers.
    fn over(&self, rect: Rect) -> ([usize; BANDS], usize) {
        let (mut bands, mut fields) = ([0usize; BANDS], 0usize);
        let height = (rect.y1 - rect.y0).max(f32::MIN_POSITIVE);
        for (row, counts) in self.characters.chunks_exact(COLUMNS).enumerate() {
            let y = (row as f32 + 0.5) / ROWS as f32;
            for (column, count) in counts.iter().enumerate() {
                let x = (column as f32 + 0.5) / COLUMNS as f32;
                if (rect.x0..=rect.x1).contains(&x) && (rect.y0..=rect.y1).contains(&y) {
                    let band = (((y - rect.y0) / height * BANDS as f32) as usize).min(BANDS - 1);
                    bands[band] += usize::from(*count);
                    fields += 1;
                }
            }
        }
        (bands, fields)
    }

    /// Whether the words of a picture are among the page's own, or are none of the picture.
    fn has_words_over(&self, rect: Rect) -> bool {
        let (bands, fields) = self.over(rect);
        let all: usize = bands.iter().sum();
        let spread = bands.iter().filter(|count| **count >= BAND_CHARACTERS).count();
        (all >= LAYER_CHARACTERS && spread >= LAYER_BANDS)
            || (all >= DENSE_CHARACTERS && all as f32 >= LAYER_DENSITY * fields as f32)
    }

    fn is_large(&self, area: &Area) -> bool {
        let (width, height) =
            ((area.rect.x1 - area.rect.x0) * self.size.0, (area.rect.y1 - area.rect.y0) * self.size.1);
        look::may_hold_words(width, height, area.dots)
    }
}

fn field(share: f32, count: usize) -> usize {
    ((share.clamp(0.0, 1.0) * count as f32) as usize).min(count - 1)
}

/// Pictures that touch, as one.
#[derive(Debug, Clone, Copy)]
struct Area {
    rect: Rect,
    dots: f32,
}

impl Area {
    /// Whether another one lies over it, or goes on where it ends.
    fn goes_on_in(&self, other: &Area) -> bool {
        let (a, b) = (self.rect, other.rect);
        let (across, down) = (a.x1.min(b.x1) - a.x0.max(b.x0), a.y1.min(b.y1) - a.y0.max(b.y0));
        let same = |from: f32, to: f32, other_from: f32, other_to: f32| {
            (from - other_from).abs() < NEAR && (to - other_to).abs() < NEAR
        };
        let overlap = across.max(0.0) * down.max(0.0);
        let smaller = ((a.x1 - a.x0) * (a.y1 - a.y0)).min((b.x1 - b.x0) * (b.y1 - b.y0));
        overlap > 0.5 * smaller
            || (down > -NEAR && same(a.x0, a.x1, b.x0, b.x1))
            || (across > -NEAR && same(a.y0, a.y1, b.y0, b.y1))
    }

    fn with(&self, other: &Area) -> Area {
        let (a, b) = (self.rect, other.rect);
        let rect = Rect { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) };
        Area { rect, dots: self.dots + other.dots }
    }
}

/// For each page the rectangles of its pictures that may show words which are not among its own.
///
/// `listed` are the pictures of the file as far as they were looked at.
pub(super) fn unread(pages: &[&PagePictures], listed: &[(ObjectIdentifier, EmbeddedFile)]) -> Vec<Vec<Rect>> {
    let known: HashMap<ObjectIdentifier, &EmbeddedFile> = listed.iter().map(|(id, file)| (*id, file)).collect();
    let blank = |id: &ObjectIdentifier| known.get(id).and_then(|f| f.picture.as_ref()).is_some_and(|p| p.blank);
    let key = |shown: &Shown| {
        let Rect { x0, y0, x1, y1 } = shown.rect;
        let place = [x0, y0, x1, y1].map(|side| (side * PLACES).round() as i32);
        // Some programs write a letterhead into the file for each page anew.
        let bytes = known.get(&shown.id).map(|file| file.sha256.as_str());
        (bytes, Some(shown.id).filter(|_| bytes.is_none()), place)
    };
    let mut seen = HashMap::new();
    for page in pages {
        let mut on_page: Vec<_> = page.shown.iter().map(key).collect();
        on_page.sort_unstable();
        on_page.dedup();
        on_page.into_iter().for_each(|key| *seen.entry(key).or_insert(0usize) += 1);
    }
    let is_background = |shown: &Shown| {
        let count = seen.get(&key(shown)).copied().unwrap_or_default();
        count >= BACKGROUND_PAGES || (count > 1 && count == pages.len())
    };
    let of_page = |page: &&PagePictures| -> Vec<Rect> {
        if page.invisible >= INVISIBLE_LAYER {
            return Vec::new();
        }
        let own = page.shown.iter().filter(|shown| !blank(&shown.id) && !is_background(shown));
        let areas = joined(own.map(|s| Area { rect: s.rect, dots: s.width as f32 * s.height as f32 }).collect());
        let hiding = areas.into_iter().filter(|area| page.is_large(area) && !page.has_words_over(area.rect));
        hiding.map(|area| area.rect).collect()
    };
    pages.iter().map(of_page).collect()
}

/// Joins what touches, from top to bottom.
fn joined(mut areas: Vec<Area>) -> Vec<Area> {
    areas.sort_by(|a, b| {
        (a.rect.y0, a.rect.x0).partial_cmp(&(b.rect.y0, b.rect.x0)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut done: Vec<Area> = Vec::new();
    for area in areas {
        let mut area = area;
        // What was joined may now touch what was apart before.
        while let Some(at) = done.iter().position(|other| area.goes_on_in(other)) {
            area = area.with(&done.swap_remove(at));
        }
        done.push(area);
    }
    done.sort_by(|a, b| {
        (a.rect.y0, a.rect.x0).partial_cmp(&(b.rect.y0, b.rect.x0)).unwrap_or(std::cmp::Ordering::Equal)
    });
    done
}
