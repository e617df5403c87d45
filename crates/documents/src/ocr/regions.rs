//! A straightened page cut into regions: the cells of its ruled tables, and what stands outside them.

use image::{GenericImageView, GrayImage, Luma};

use super::prepare::Straightened;
use super::{DrawnRule, PreparedPage, Quarters, Region, RegionKind, boxes};
use crate::pdf::lattice::{self, Grid};
use crate::pdf::page::Ruling;

/// Shortest ruling in inches; a character of the text is about a sixth of an inch.
const HORIZONTAL_MIN: f32 = 0.4;
const VERTICAL_MIN: f32 = 0.23;
/// Longer upright lines are rulings whatever they meet; the titles of certificates have characters as high.
const SURE_VERTICAL: f32 = 0.7;
/// How far apart, in inches, two rulings meet.
const MEETING: f32 = 0.03;
/// Thickest ruling in inches.
const THICKNESS_MAX: f32 = 0.045;
/// Dots that may be missing in a ruling.
const GAP: u32 = 2;
/// Dots of paper between a ruling and the words beside it.
const MARGIN: u32 = 3;
/// A region with fewer dots of ink has nothing to read.
const INK_MIN: usize = 14;
/// More cells than this are a picture of something else.
const REGIONS_MAX: usize = 1_500;
const RULES_MAX: usize = 4_000;

/// A ruling in dots: along its direction from `from` to `to`, across it from `near` to `far`; ends included.
#[derive(Debug, Clone, Copy)]
struct Stroke {
    horizontal: bool,
    from: u32,
    to: u32,
    near: u32,
    far: u32,
    dots: u64,
}

impl Stroke {
    fn length(&self) -> u32 {
        self.to - self.from + 1
    }

    fn at(&self) -> f32 {
        (self.near + self.far) as f32 / 2.0
    }
}

pub(super) fn cut(number: u32, page: &Straightened) -> PreparedPage {
    let (width, height) = page.grey.dimensions();
    let mut strokes = strokes(page, true);
    let sides = upright(self::strokes(page, false), &strokes, page.dots_per_inch);
    strokes.extend(sides);
    let points = 72.0 / page.dots_per_inch;
    let rulings: Vec<Ruling> = strokes
        .iter()
        .map(|s| Ruling {
            horizontal: s.horizontal,
            at: s.at() * points,
            from: s.from as f32 * points,
            to: s.to as f32 * points,
        })
        .collect();
    let grids = lattice::grids(&rulings, &[]);
    let mut words = page.grey.clone();
    for stroke in &strokes {
        erase(&mut words, stroke);
    }
    let boxes = boxes::take(&mut words, page);
    let mut regions = Vec::new();
    for (at, grid) in grids.iter().enumerate() {
        // Grids come largest first: those inside a cell of this one come later.
        let later = grids.get(at + 1..).unwrap_or_default();
        let areas = grid.cells.iter().filter_map(|cell| {
            let dots = |side: &[f32], at: usize| side.get(at).map(|p| (p / points).round().max(0.0) as u32);
            let (x0, x1) = (dots(&grid.xs, cell.column)?, dots(&grid.xs, cell.column_end)?);
            let (y0, y1) = (dots(&grid.ys, cell.row)?, dots(&grid.ys, cell.row_end)?);
            Some([
                x0 + MARGIN,
                y0 + MARGIN,
                x1.saturating_sub(MARGIN).min(width),
                y1.saturating_sub(MARGIN).min(height),
            ])
        });
        for area in areas {
            // A frame around half a page holds text, not a cell's words.
            let large = (area[2].saturating_sub(area[0])) * 2 > width && area[3].saturating_sub(area[1]) * 3 > height;
            let kind = if large { RegionKind::Page } else { RegionKind::Cell };
            regions.extend(region(page, &words, area, later, points, kind));
        }
    }
    if regions.len() > REGIONS_MAX {
        regions.clear();
    }
    let outside = if regions.is_empty() { &[] } else { grids.as_slice() };
    regions.extend(region(page, &words, [0, 0, width, height], outside, points, RegionKind::Page));
    PreparedPage {
        number,
        dots_per_inch: page.dots_per_inch.round().max(1.0) as u32,
        width,
        height,
        regions,
        rules: strokes.iter().take(RULES_MAX).map(|s| rule(s, width, height)).collect(),
        seal_marks: page.seal_marks.clone(),
        boxes,
        quarters: Quarters::None,
        askew: page.askew,
        areas: Vec::new(),
        picture: None,
    }
}

/// Upright rulings. Short ones are the sides of a cell, which end where level ones run, or parts of large characters.
fn upright(strokes: Vec<Stroke>, level: &[Stroke], dots_per_inch: f32) -> Vec<Stroke> {
    let (long, near) = (dots_per_inch * SURE_VERTICAL, (dots_per_inch * MEETING) as u32);
    let meets = |stroke: &Stroke, end: u32| {
        level.iter().any(|line| {
            let across = line.from.saturating_sub(near)..=line.to + near;
            let along = line.near.saturating_sub(near)..=line.far + near;
            (across.contains(&stroke.near) || across.contains(&stroke.far)) && along.contains(&end)
        })
    };
    let is_ruling = |s: &Stroke| s.length() as f32 >= long || (meets(s, s.from) && meets(s, s.to));
    strokes.into_iter().filter(is_ruling).collect()
}

fn rule(stroke: &Stroke, width: u32, height: u32) -> DrawnRule {
    let (across, along) = if stroke.horizontal { (height, width) } else { (width, height) };
    let share = |at: f32, of: u32| at / of.max(1) as f32;
    DrawnRule {
        horizontal: stroke.horizontal,
        at: share(stroke.at(), across),
        from: share(stroke.from as f32, along),
        to: share(stroke.to as f32, along),
    }
}

/// Straight lines of ink in one direction.
fn strokes(page: &Straightened, horizontal: bool) -> Vec<Stroke> {
    let (width, height) = page.grey.dimensions();
    let (along, across) = if horizontal { (width, height) } else { (height, width) };
    let shortest = page.dots_per_inch * if horizontal { HORIZONTAL_MIN } else { VERTICAL_MIN };
    let ink = |along: u32, across: u32| {
        if horizontal { page.is_ink(along, across) } else { page.is_ink(across, along) }
    };
    let mut open: Vec<Stroke> = Vec::new();
    let mut done: Vec<Stroke> = Vec::new();
    for line in 0..across {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut begun: Option<(u32, u32)> = None;
        for at in 0..along {
            if ink(at, line) {
                begun = match begun {
                    Some((from, last)) if at - last <= GAP + 1 => Some((from, at)),
                    other => {
                        runs.extend(other);
                        Some((at, at))
                    }
                };
            }
        }
        runs.extend(begun);
        // Shorter pieces belong to a ruling that is not quite level where they continue one.
        let whole = |run: &(u32, u32)| (run.1 - run.0 + 1) as f32 >= shortest;
        let mut still = Vec::new();
        let mut taken = vec![false; runs.len()];
        for mut stroke in open.drain(..) {
            let mut grown = false;
            for ((from, to), taken) in runs.iter().zip(&mut taken) {
                if *from <= stroke.to + GAP && *to + GAP >= stroke.from && whole(&(*from, *to)) && !*taken {
                    *taken = true;
                    grown = true;
                    stroke.dots += u64::from(to - from + 1);
                    (stroke.from, stroke.to, stroke.far) = (stroke.from.min(*from), stroke.to.max(*to), line);
                }
            }
            if grown { still.push(stroke) } else { done.push(stroke) }
        }
        for ((from, to), taken) in runs.iter().zip(taken) {
            if !taken && whole(&(*from, *to)) {
                let dots = u64::from(to - from + 1);
                still.push(Stroke { horizontal, from: *from, to: *to, near: line, far: line, dots });
            }
        }
        open = still;
    }
    done.append(&mut open);
    let thickest = page.dots_per_inch * THICKNESS_MAX;
    done.retain(|s| s.dots as f32 / s.length() as f32 <= thickest);
    done
}

/// Makes paper of a ruling, its soft edges included.
fn erase(picture: &mut GrayImage, stroke: &Stroke) {
    let (width, height) = picture.dimensions();
    let (across, along) = if stroke.horizontal { (height, width) } else { (width, height) };
    for line in stroke.near.saturating_sub(2)..(stroke.far + 3).min(across) {
        for at in stroke.from.saturating_sub(1)..(stroke.to + 2).min(along) {
            let (x, y) = if stroke.horizontal { (at, line) } else { (line, at) };
            picture.put_pixel(x, y, Luma([255]));
        }
    }
}

/// The part of the page in an area, without the tables in it, when there is something to read.
fn region(
    page: &Straightened,
    words: &GrayImage,
    [x0, y0, x1, y1]: [u32; 4],
    tables: &[Grid],
    points: f32,
    kind: RegionKind,
) -> Option<Region> {
    if x0 >= x1 || y0 >= y1 {
        return None;
    }
    let mut part = words.view(x0, y0, x1 - x0, y1 - y0).to_image();
    for table in tables {
        let dots = |p: f32| (p / points).round().max(0.0) as u32;
        let (left, right) = (dots(table.left()).max(x0), (dots(table.right()) + 1).min(x1));
        let (top, bottom) = (dots(table.top()).max(y0), (dots(table.bottom()) + 1).min(y1));
        for y in top..bottom {
            for x in left..right {
                part.put_pixel(x - x0, y - y0, Luma([255]));
            }
        }
    }
    let ink = part.enumerate_pixels().filter(|(.., dot)| dot.0[0] < page.ink_below);
    let (mut count, mut left, mut top, mut right, mut bottom) = (0usize, u32::MAX, u32::MAX, 0, 0);
    for (x, y, _) in ink {
        count += 1;
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    if count < INK_MIN {
        return None;
    }
    // What is read is the words with a little paper around them.
    let (left, top) = (left.saturating_sub(MARGIN), top.saturating_sub(MARGIN));
    let (right, bottom) = ((right + MARGIN + 1).min(part.width()), (bottom + MARGIN + 1).min(part.height()));
    let part = part.view(left, top, right - left, bottom - top).to_image();
    Some(Region {
        kind,
        x: x0 + left,
        y: y0 + top,
        width: part.width(),
        height: part.height(),
        pixels: part.into_raw(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(draw: impl Fn(&mut GrayImage)) -> Straightened {
        let mut grey = GrayImage::from_pixel(1_000, 800, Luma([252]));
        draw(&mut grey);
        Straightened { grey, ink_below: 128, dots_per_inch: 200.0, seal_marks: Vec::new(), askew: 0.0 }
    }

    fn fill(grey: &mut GrayImage, [x0, y0, x1, y1]: [u32; 4]) {
        (y0..y1).for_each(|y| (x0..x1).for_each(|x| grey.put_pixel(x, y, Luma([15]))));
    }

    /// Two rows of two cells, with something like a word in three of them, and one below.
    fn table(grey: &mut GrayImage) {
        for y in [100, 200, 300] {
            fill(grey, [100, y, 903, y + 3]);
        }
        for x in [100, 400, 900] {
            fill(grey, [x, 100, x + 3, 303]);
        }
        for [x, y] in [[150, 140], [450, 140], [450, 240], [150, 500]] {
            fill(grey, [x, y, x + 30, y + 24]);
        }
    }

    #[test]
    fn each_cell_with_words_is_a_region_and_the_rest_is_one() {
        let prepared = cut(1, &page(table));
        let kinds: Vec<RegionKind> = prepared.regions.iter().map(|r| r.kind).collect();
        assert_eq!(kinds, [RegionKind::Cell, RegionKind::Cell, RegionKind::Cell, RegionKind::Page]);
        let places: Vec<(u32, u32)> = prepared.regions.iter().map(|r| (r.x + MARGIN, r.y + MARGIN)).collect();
        assert_eq!(places, [(150, 140), (450, 140), (450, 240), (150, 500)]);
        assert_eq!(prepared.rules.len(), 6);
        assert!(prepared.regions.iter().all(|r| r.pixels.len() == (r.width * r.height) as usize));
    }

    #[test]
    fn strokes_of_large_characters_are_no_rulings() {
        let prepared = cut(
            1,
            &page(|grey| {
                // As high as a character of 24 points, which is no side of a cell.
                (0..6).for_each(|n| fill(grey, [100 + 60 * n, 100, 105 + 60 * n, 166]));
                fill(grey, [90, 130, 420, 134]);
            }),
        );
        assert!(prepared.rules.iter().all(|rule| rule.horizontal), "{:?}", prepared.rules);
    }

    #[test]
    fn a_ruling_that_is_not_quite_level_is_one() {
        let askew = page(|grey| {
            for x in 100..900u32 {
                let y = 300 + x / 200;
                fill(grey, [x, y, x + 1, y + 3]);
            }
        });
        let prepared = cut(1, &askew);
        assert_eq!(prepared.rules.len(), 1, "{:?}", prepared.rules);
        assert!(prepared.regions.is_empty());
    }

    #[test]
    fn a_black_block_is_no_ruling_and_an_empty_page_has_no_regions() {
        let block = page(|grey| fill(grey, [100, 100, 400, 300]));
        assert!(cut(1, &block).rules.is_empty());
        assert!(cut(1, &page(|_| ())).regions.is_empty());
    }
}
