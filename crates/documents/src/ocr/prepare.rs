//! A page's picture as engines read it best: grey, level, without the red of seals over its words.

use bidlens_domain::document::Rect;
use image::{GrayImage, Luma, RgbImage};

use super::components::components;
use crate::render::PagePicture;

/// A page ready to be cut.
pub(super) struct Straightened {
    pub(super) grey: GrayImage,
    /// Darker dots than this are ink.
    pub(super) ink_below: u8,
    pub(super) dots_per_inch: f32,
    pub(super) seal_marks: Vec<Rect>,
    /// Degrees by which it was turned back.
    pub(super) askew: f32,
}

impl Straightened {
    pub(super) fn is_ink(&self, x: u32, y: u32) -> bool {
        self.grey.get_pixel(x, y).0[0] < self.ink_below
    }
}

/// Red is looked for in squares of this many an inch.
const RED_SQUARES_PER_INCH: f32 = 25.0;
/// Of a square's dots, in per cent, for it to be red.
const RED_SHARE: usize = 20;
/// Sides of a seal in inches: 15 to 60 mm.
const SEAL_SIDES: std::ops::RangeInclusive<f32> = 0.59..=2.4;
/// How much longer one side of a seal may be than the other.
const SEAL_ASPECT: f32 = 2.2;
/// Of a seal's rectangle that its squares cover; a ring covers little of it.
const SEAL_FILLED: f32 = 0.15;
/// Degrees up to which a page is straightened. More than that is no carelessness.
const SKEW_MAX: f32 = 4.0;
/// Less than this is left alone.
const SKEW_MIN: f32 = 0.1;
const SAMPLES_MAX: usize = 60_000;
const SAMPLES_MIN: usize = 500;

pub(super) fn straightened(picture: &PagePicture) -> Straightened {
    let seals = seals(&picture.pixels, picture.dots_per_inch);
    let grey = grey(&picture.pixels, &seals);
    let ink_below = threshold(&grey);
    let askew = Some(skew(&grey, ink_below)).filter(|degrees| degrees.abs() >= SKEW_MIN).unwrap_or(0.0);
    let (width, height) = (grey.width().max(1) as f32, grey.height().max(1) as f32);
    let marks = seals.iter().map(|s| Rect {
        x0: s.x0 as f32 / width,
        y0: s.y0 as f32 / height,
        x1: s.x1 as f32 / width,
        y1: s.y1 as f32 / height,
    });
    Straightened {
        seal_marks: marks.collect(),
        grey: if askew == 0.0 { grey } else { rotated(&grey, askew) },
        askew,
        ink_below,
        dots_per_inch: picture.dots_per_inch,
    }
}

/// A rectangle of dots, its ends not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dots {
    x0: u32,
    y0: u32,
    x1: u32,
    y1: u32,
}

fn is_red(dot: [u8; 3]) -> bool {
    let [red, green, blue] = dot.map(i16::from);
    red > 110 && red - green.max(blue) > 50
}

/// Red marks of the size and shape of seals.
fn seals(picture: &RgbImage, dots_per_inch: f32) -> Vec<Dots> {
    let side = ((dots_per_inch / RED_SQUARES_PER_INCH) as u32).max(2);
    let (columns, rows) = (picture.width().div_ceil(side), picture.height().div_ceil(side));
    let mut counts = vec![0usize; columns as usize * rows as usize];
    for (x, y, dot) in picture.enumerate_pixels() {
        if is_red(dot.0) {
            let at = (y / side) as usize * columns as usize + (x / side) as usize;
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        }
    }
    let enough = (side * side) as usize * RED_SHARE / 100;
    let red = counts.into_iter().map(|count| count > enough).collect();
    let mut seals = Vec::new();
    // The letters of a seal stand apart from its ring.
    for mark in components(red, columns, 2) {
        let inches = |squares: u32| (squares as f32 * side as f32) / dots_per_inch;
        let (width, height) = (inches(mark.width()), inches(mark.height()));
        let filled = mark.squares as f32 / (mark.width() * mark.height()) as f32;
        let is_seal = SEAL_SIDES.contains(&width)
            && SEAL_SIDES.contains(&height)
            && width < height * SEAL_ASPECT
            && height < width * SEAL_ASPECT
            && filled >= SEAL_FILLED;
        if is_seal {
            let dots = |squares: u32, max: u32| squares.saturating_mul(side).min(max);
            seals.push(Dots {
                x0: dots(mark.x0, picture.width()),
                y0: dots(mark.y0, picture.height()),
                x1: dots(mark.x1 + 1, picture.width()),
                y1: dots(mark.y1 + 1, picture.height()),
            });
        }
    }
    seals
}

/// In grey; under a seal only what is dark in red light too, which red ink is not.
fn grey(picture: &RgbImage, seals: &[Dots]) -> GrayImage {
    let mut grey = image::imageops::grayscale(picture);
    for seal in seals {
        for y in seal.y0..seal.y1 {
            for x in seal.x0..seal.x1 {
                let brightest = picture.get_pixel(x, y).0.into_iter().max().unwrap_or(255);
                grey.put_pixel(x, y, Luma([brightest]));
            }
        }
    }
    grey
}

/// The grey that parts ink from paper best (Otsu's method), within what paper and ink can be.
fn threshold(grey: &GrayImage) -> u8 {
    let mut counts = [0u64; 256];
    grey.as_raw().iter().for_each(|dot| counts[usize::from(*dot)] += 1);
    let all = counts.iter().sum::<u64>() as f64;
    let sum: f64 = counts.iter().zip(0u32..).map(|(count, level)| *count as f64 * f64::from(level)).sum();
    let (mut below, mut sum_below, mut best, mut level) = (0.0, 0.0, 0.0, 128u8);
    for (at, count) in (0u8..=255).zip(counts) {
        below += count as f64;
        sum_below += count as f64 * f64::from(at);
        let above = all - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = sum_below / below - (sum - sum_below) / above;
        let spread = below * above * apart * apart;
        if spread > best {
            (best, level) = (spread, at);
        }
    }
    level.clamp(90, 190)
}

/// By how many degrees the page's lines fall to the right.
fn skew(grey: &GrayImage, ink_below: u8) -> f32 {
    let ink = grey.enumerate_pixels().filter(|(.., dot)| dot.0[0] < ink_below);
    let ink: Vec<(f32, f32)> = ink.map(|(x, y, _)| (x as f32, y as f32)).collect();
    if ink.len() < SAMPLES_MIN {
        return 0.0;
    }
    let step = ink.len().div_ceil(SAMPLES_MAX);
    let samples: Vec<(f32, f32)> = ink.into_iter().step_by(step).collect();
    let reach = grey.width() as f32 * SKEW_MAX.to_radians().tan();
    let rows = (grey.height() as f32 + 2.0 * reach) as usize + 2;
    let mut counts = vec![0u32; rows];
    // Level lines fill few rows, and those fully.
    let mut fullness = |degrees: f32| -> f64 {
        counts.fill(0);
        let slope = degrees.to_radians().tan();
        for (x, y) in &samples {
            let row = (y - x * slope + reach).max(0.0) as usize;
            if let Some(count) = counts.get_mut(row) {
                *count += 1;
            }
        }
        counts.iter().map(|count| f64::from(*count) * f64::from(*count)).sum()
    };
    let level = fullness(0.0);
    let mut best = (level, 0.0f32);
    for (from, step, count) in [(-SKEW_MAX, 0.2f32, 41u16), (-0.2, 0.02, 21)] {
        let around = if step < 0.1 { best.1 } else { 0.0 };
        for n in 0..count {
            let degrees = around + from + step * f32::from(n);
            let full = fullness(degrees);
            if full > best.0 {
                best = (full, degrees);
            }
        }
    }
    if best.0 > level * 1.03 { best.1 } else { 0.0 }
}

/// Where a point of the straightened page stood before, on a page of `width` by `height`.
pub(super) fn before((x, y): (f32, f32), (width, height): (f32, f32), degrees: f32) -> (f32, f32) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (dx, dy) = (x - width / 2.0, y - height / 2.0);
    (width / 2.0 + dx * cos - dy * sin, height / 2.0 + dx * sin + dy * cos)
}

/// Turned back by `degrees` about its middle; what comes in from outside is paper.
fn rotated(grey: &GrayImage, degrees: f32) -> GrayImage {
    let (width, height) = (grey.width(), grey.height());
    let at = |x: i64, y: i64| -> f32 {
        match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) if x < width && y < height => f32::from(grey.get_pixel(x, y).0[0]),
            _ => 255.0,
        }
    };
    GrayImage::from_fn(width, height, |x, y| {
        let (from_x, from_y) = before((x as f32, y as f32), (width as f32, height as f32), degrees);
        let (left, top) = (from_x.floor(), from_y.floor());
        let (right_share, lower_share) = (from_x - left, from_y - top);
        let (left, top) = (left as i64, top as i64);
        let upper = at(left, top) * (1.0 - right_share) + at(left + 1, top) * right_share;
        let lower = at(left, top + 1) * (1.0 - right_share) + at(left + 1, top + 1) * right_share;
        Luma([(upper * (1.0 - lower_share) + lower * lower_share).round() as u8])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn paper(width: u32, height: u32) -> RgbImage {
        RgbImage::from_pixel(width, height, Rgb([250, 250, 248]))
    }

    /// Lines of dashes that fall by `slope`.
    fn lines(slope: f32) -> RgbImage {
        let mut page = paper(800, 600);
        for line in 0..12 {
            for x in 60..740u32 {
                if x % 14 < 9 {
                    let y = 60.0 + line as f32 * 40.0 + (x as f32 - 400.0) * slope;
                    (0..12).for_each(|n| page.put_pixel(x, y as u32 + n, Rgb([20, 20, 20])));
                }
            }
        }
        page
    }

    #[test]
    fn a_page_that_lies_askew_is_straightened() {
        for degrees in [-2.5f32, -0.7, 0.0, 1.3] {
            let page = lines(degrees.to_radians().tan());
            let grey = image::imageops::grayscale(&page);
            let found = skew(&grey, threshold(&grey));
            assert!((found - degrees).abs() < 0.15, "{degrees}: {found}");
            let level = rotated(&grey, found);
            assert!(skew(&level, threshold(&level)).abs() < 0.2, "{degrees}");
        }
    }

    #[test]
    fn what_is_straightened_is_known_where_it_stood() {
        for degrees in [-2.5f32, 1.3] {
            let pixels = lines(degrees.to_radians().tan());
            let dark = |x: f32, y: f32| {
                let near = |at: f32| (-2..=2).map(move |n| at as i64 + n);
                let dot = |x: i64, y: i64| pixels.get_pixel_checked(u32::try_from(x).ok()?, u32::try_from(y).ok()?);
                near(x).any(|x| near(y).any(|y| dot(x, y).is_some_and(|dot| dot.0[0] < 128)))
            };
            let page = straightened(&PagePicture { pixels: pixels.clone(), dots_per_inch: 200.0 });
            assert!((page.askew - degrees).abs() < 0.15, "{}", page.askew);
            let ink = page.grey.enumerate_pixels().filter(|(x, y, _)| page.is_ink(*x, *y));
            let (mut all, mut astray) = (0, 0);
            for (x, y, _) in ink {
                let (x, y) = before((x as f32, y as f32), (800.0, 600.0), page.askew);
                all += 1;
                astray += usize::from(!dark(x, y));
            }
            assert!(all > 10_000 && astray == 0, "{astray} of {all}");
        }
    }

    #[test]
    fn a_red_ring_is_a_seal_like_mark_and_red_words_are_not() {
        let mut page = paper(800, 600);
        for (x, y, dot) in page.enumerate_pixels_mut() {
            let distance = ((x as f32 - 300.0).powi(2) + (y as f32 - 300.0).powi(2)).sqrt();
            if (120.0..132.0).contains(&distance) {
                *dot = Rgb([215, 40, 45]);
            }
            // A line of red words, and black words under the seal.
            if (60..90).contains(&y) && (100..700).contains(&x) && x % 20 < 14 {
                *dot = Rgb([200, 30, 30]);
            }
            if (290..310).contains(&y) && (250..420).contains(&x) && x % 20 < 12 {
                *dot = Rgb([25, 20, 22]);
            }
        }
        let straight = straightened(&PagePicture { pixels: page, dots_per_inch: 200.0 });
        assert_eq!(straight.seal_marks.len(), 1);
        let mark = straight.seal_marks[0];
        assert!((mark.x0 - 168.0 / 800.0).abs() < 0.02 && (mark.y1 - 432.0 / 600.0).abs() < 0.02, "{mark:?}");
        assert!(!straight.is_ink(300, 300 - 126), "the ring is gone");
        assert!(straight.is_ink(264, 300), "the words under it are not");
        assert!(straight.is_ink(105, 75), "nor are the red words elsewhere");
    }
}
