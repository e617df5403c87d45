//! Boxes to be ticked, found by their shape: four straight sides about as long as a character is wide.
//!
//! An engine reads an empty one as 口 and a ticked one as 回, which both are words. Here they are told apart: the
//! sides of a box are as long as the whole character is high, and what ticks it is no second frame.

use bidlens_domain::document::Rect;
use image::{GrayImage, Luma};

use super::TickBox;
use super::components::{Component, components};
use super::prepare::Straightened;

/// Side of a box in inches: characters of 9 to 22 points.
const SIDES: std::ops::RangeInclusive<f32> = 0.1..=0.32;
/// How much its sides may differ.
const SQUARE: f32 = 0.12;
/// Share of a side that is ink.
const SIDE_INKED: f32 = 0.93;
/// Thickest side, as a share of the box: a character's strokes are bolder.
const SIDE_THICKNESS: f32 = 0.13;
/// Share of the inside that is ink in a ticked box, at least; in a filled one it is nearly all.
const TICK_INK: f32 = 0.06;
/// A run of ink inside that is longer than this share of the side belongs to a second frame, as of 回.
const INNER_RUN: f32 = 0.36;
/// Below this share of ink inside, such runs count.
const FILLED: f32 = 0.7;

/// The thin sides of an empty box are grey where a character's strokes are black.
const HAIRLINE: u8 = 205;

/// Finds the boxes of a page and makes paper of them.
pub(super) fn take(words: &mut GrayImage, page: &Straightened) -> Vec<TickBox> {
    let (width, height) = words.dimensions();
    let ink_below = page.ink_below.max(HAIRLINE);
    let found: Vec<(Component, bool)> = parts(words, page.dots_per_inch, ink_below)
        .into_iter()
        .filter_map(|part| is_box(&part, words, ink_below).map(|ticked| (part, ticked)))
        .collect();
    let (across, down) = (width.max(1) as f32, height.max(1) as f32);
    let mut boxes = Vec::new();
    for (part, ticked) in found {
        for y in part.y0.saturating_sub(2)..(part.y1 + 3).min(height) {
            for x in part.x0.saturating_sub(2)..(part.x1 + 3).min(width) {
                words.put_pixel(x, y, Luma([255]));
            }
        }
        boxes.push(TickBox {
            rect: Rect {
                x0: part.x0 as f32 / across,
                y0: part.y0 as f32 / down,
                x1: (part.x1 + 1) as f32 / across,
                y1: (part.y1 + 1) as f32 / down,
            },
            ticked,
        });
    }
    boxes
}

/// Connected ink of about the size of a box.
fn parts(words: &GrayImage, dots_per_inch: f32, ink_below: u8) -> Vec<Component> {
    let ink = words.as_raw().iter().map(|dot| *dot < ink_below).collect();
    let sides = dots_per_inch * SIDES.start()..=dots_per_inch * SIDES.end();
    let fits = |side: u32| sides.contains(&(side as f32));
    components(ink, words.width(), 1).into_iter().filter(|part| fits(part.width()) && fits(part.height())).collect()
}

/// Whether it is a box, and then whether something stands in it.
fn is_box(part: &Component, words: &GrayImage, ink_below: u8) -> Option<bool> {
    let (wide, high) = (part.width() as f32, part.height() as f32);
    if (wide - high).abs() > SQUARE * wide.max(high) {
        return None;
    }
    let ink = |x: u32, y: u32| words.get_pixel(x, y).0[0] < ink_below;
    let row = |y: u32| (part.x0..=part.x1).filter(|&x| ink(x, y)).count() as f32 / wide;
    let column = |x: u32| (part.y0..=part.y1).filter(|&y| ink(x, y)).count() as f32 / high;
    // The outermost line of dots may be the soft edge of a side.
    let thickest = ((wide * SIDE_THICKNESS).ceil() as u32).max(2);
    let lines = |at: &dyn Fn(u32) -> f32| {
        let inked: Vec<bool> = (0..=thickest + 1).map(|n| at(n) >= SIDE_INKED).collect();
        let count = u32::try_from(inked.iter().filter(|i| **i).count()).unwrap_or(u32::MAX);
        inked.iter().take(2).any(|i| *i).then_some(count)
    };
    let sides = [
        lines(&|n| row(part.y0 + n)),
        lines(&|n| row(part.y1.saturating_sub(n))),
        lines(&|n| column(part.x0 + n)),
        lines(&|n| column(part.x1.saturating_sub(n))),
    ];
    let thickness = sides.into_iter().try_fold(0, |most, side| side.map(|lines| lines.max(most)))?;
    if thickness > thickest {
        // Everything is ink: a filled box.
        let filled = (part.y0..=part.y1).map(row).sum::<f32>() / high;
        return (filled > 0.97).then_some(true);
    }
    let margin = thickness + 2;
    let (left, right, top, bottom) =
        (part.x0 + margin, part.x1.checked_sub(margin)?, part.y0 + margin, part.y1.checked_sub(margin)?);
    if left >= right || top >= bottom {
        return None;
    }
    let (mut dots, mut all, mut longest) = (0u32, 0u32, 0u32);
    for y in top..=bottom {
        let mut run = 0;
        for x in left..=right {
            all += 1;
            run = if ink(x, y) { run + 1 } else { 0 };
            dots += u32::from(run > 0);
            longest = longest.max(run);
        }
    }
    let share = dots as f32 / all.max(1) as f32;
    if share < TICK_INK {
        return Some(false);
    }
    let framed = longest as f32 > INNER_RUN * wide;
    (!framed || share > FILLED).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(draw: impl Fn(&mut GrayImage)) -> Straightened {
        let mut grey = GrayImage::from_pixel(200, 100, Luma([250]));
        draw(&mut grey);
        Straightened { grey, ink_below: 128, dots_per_inch: 200.0, seal_marks: Vec::new(), askew: 0.0 }
    }

    fn frame(grey: &mut GrayImage, x: u32, y: u32, side: u32, thick: u32) {
        for n in 0..side {
            for t in 0..thick {
                for (x, y) in [(x + n, y + t), (x + n, y + side - 1 - t), (x + t, y + n), (x + side - 1 - t, y + n)] {
                    grey.put_pixel(x, y, Luma([20]));
                }
            }
        }
    }

    fn found(draw: impl Fn(&mut GrayImage)) -> Vec<bool> {
        let page = page(draw);
        let mut words = page.grey.clone();
        let boxes = take(&mut words, &page);
        boxes.iter().map(|b| b.ticked).collect()
    }

    #[test]
    fn boxes_are_told_from_characters_like_them() {
        let tick = |grey: &mut GrayImage| {
            frame(grey, 20, 20, 30, 2);
            for n in 0..16u32 {
                (0..3).for_each(|t| grey.put_pixel(27 + n, 28 + n + t, Luma([20])));
            }
        };
        assert_eq!(found(|g| frame(g, 20, 20, 30, 2)), [false], "an empty box");
        assert_eq!(found(tick), [true], "a ticked box");
        let filled = |g: &mut GrayImage| (20..50).for_each(|y| (20..50).for_each(|x| g.put_pixel(x, y, Luma([20]))));
        assert_eq!(found(filled), [true], "a filled box");
        let hui = |g: &mut GrayImage| {
            frame(g, 20, 20, 30, 2);
            frame(g, 28, 28, 14, 2);
            g.put_pixel(22, 30, Luma([20]));
        };
        assert_eq!(found(hui), Vec::<bool>::new(), "回");
        assert_eq!(found(|g| frame(g, 20, 20, 30, 6)), Vec::<bool>::new(), "bold strokes are a character's");
        let mouth = |g: &mut GrayImage| {
            frame(g, 20, 20, 26, 2);
            // Its uprights go on below.
            (46..54).for_each(|y| (20..22).for_each(|x| g.put_pixel(x, y, Luma([20]))));
        };
        assert_eq!(found(mouth), Vec::<bool>::new(), "口");
        assert_eq!(found(|g| frame(g, 20, 20, 70, 2)), Vec::<bool>::new(), "a frame");
    }
}
