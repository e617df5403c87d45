//! Pages that were scanned sideways or upside down: turned by quarters of a circle to be read.
//!
//! Only what an engine reads is turned. The page stays as it lies, and so do the places of its words on it.

use bidlens_domain::document::Rect;
use serde::{Deserialize, Serialize};

use super::{DrawnRule, PreparedPage, Region, RegionKind, TickBox};
use crate::pdf::page::Turn;

/// How far a page is turned, clockwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quarters {
    #[default]
    None,
    One,
    Two,
    Three,
}

impl Quarters {
    /// Other ways to lie than upright, those first that scanners make most.
    pub const OTHERS: [Quarters; 3] = [Quarters::One, Quarters::Three, Quarters::Two];

    pub fn from_degrees(degrees: u32) -> Option<Quarters> {
        match degrees {
            0 => Some(Quarters::None),
            90 => Some(Quarters::One),
            180 => Some(Quarters::Two),
            270 => Some(Quarters::Three),
            _ => None,
        }
    }

    pub(super) fn turn(self) -> Turn {
        match self {
            Quarters::None => Turn::None,
            Quarters::One => Turn::Clockwise,
            Quarters::Two => Turn::UpsideDown,
            Quarters::Three => Turn::Anticlockwise,
        }
    }

    /// Where a point of a page lies when the page is turned; all in its own units, the ends of which are `width` and
    /// `height`.
    fn moved<N: Copy + std::ops::Sub<Output = N>>(self, (x, y): (N, N), (width, height): (N, N)) -> (N, N) {
        match self {
            Quarters::None => (x, y),
            Quarters::One => (height - y, x),
            Quarters::Two => (width - x, height - y),
            Quarters::Three => (y, width - x),
        }
    }

    pub(super) fn rect(self, Rect { x0, y0, x1, y1 }: Rect) -> Rect {
        let ((ax, ay), (bx, by)) = (self.moved((x0, y0), (1.0, 1.0)), self.moved((x1, y1), (1.0, 1.0)));
        Rect { x0: ax.min(bx), y0: ay.min(by), x1: ax.max(bx), y1: ay.max(by) }
    }

    fn rule(self, rule: DrawnRule) -> DrawnRule {
        let DrawnRule { horizontal, at, from, to } = rule;
        let ends = if horizontal { [(from, at), (to, at)] } else { [(at, from), (at, to)] };
        let [(ax, ay), (bx, by)] = ends.map(|end| self.moved(end, (1.0, 1.0)));
        let horizontal = horizontal != self.turn().is_sideways();
        let (at, from, to) = if horizontal { (ay, ax.min(bx), ax.max(bx)) } else { (ax, ay.min(by), ay.max(by)) };
        DrawnRule { horizontal, at, from, to }
    }

    fn region(self, region: &Region, page: (u32, u32)) -> Region {
        let Region { kind, x, y, width, height, pixels } = region;
        let (ax, ay) = self.moved((*x, *y), page);
        let (bx, by) = self.moved((x + width, y + height), page);
        let (new_width, new_height) = if self.turn().is_sideways() { (*height, *width) } else { (*width, *height) };
        // Where dots come from is the way back.
        let back = match self {
            Quarters::One => Quarters::Three,
            Quarters::Three => Quarters::One,
            Quarters::None | Quarters::Two => self,
        };
        let last = (new_width.saturating_sub(1), new_height.saturating_sub(1));
        let dots = (0..new_height).flat_map(|y| (0..new_width).map(move |x| (x, y)));
        let from = dots.map(|dot| back.moved(dot, last));
        let pixels = from.map(|(x, y)| pixels.get((y * width + x) as usize).copied().unwrap_or(255)).collect();
        Region { kind: *kind, x: ax.min(bx), y: ay.min(by), width: new_width, height: new_height, pixels }
    }
}

impl PreparedPage {
    /// The page as it lies, turned; what is a region of it stays one.
    pub fn turned(&self, quarters: Quarters) -> PreparedPage {
        let size = (self.width, self.height);
        let (width, height) = if quarters.turn().is_sideways() { (size.1, size.0) } else { size };
        PreparedPage {
            number: self.number,
            dots_per_inch: self.dots_per_inch,
            width,
            height,
            regions: self.regions.iter().map(|region| quarters.region(region, size)).collect(),
            rules: self.rules.iter().map(|rule| quarters.rule(*rule)).collect(),
            seal_marks: self.seal_marks.clone(),
            boxes: self.boxes.iter().map(|tick| TickBox { rect: quarters.rect(tick.rect), ..*tick }).collect(),
            quarters,
            askew: self.askew,
            areas: self.areas.clone(),
            picture: self.picture.clone(),
        }
    }

    /// All regions at their places, for whoever judges the page as a whole.
    pub fn whole(&self) -> Region {
        let mut pixels = vec![255; self.width as usize * self.height as usize];
        for region in &self.regions {
            for (y, row) in (region.y..).zip(region.pixels.chunks_exact(region.width.max(1) as usize)) {
                let start = y as usize * self.width as usize + region.x as usize;
                // Regions lie on the page; what a cell has is paper in the region around it.
                for (dot, own) in pixels.iter_mut().skip(start).zip(row) {
                    *dot = (*dot).min(*own);
                }
            }
        }
        Region { kind: RegionKind::Page, x: 0, y: 0, width: self.width, height: self.height, pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three dots by two on a page of ten by six.
    fn page() -> PreparedPage {
        let region = Region { kind: RegionKind::Cell, x: 2, y: 1, width: 3, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
        PreparedPage {
            number: 1,
            dots_per_inch: 200,
            width: 10,
            height: 6,
            regions: vec![region],
            rules: vec![DrawnRule { horizontal: true, at: 0.25, from: 0.125, to: 0.5 }],
            seal_marks: vec![Rect { x0: 0.0, y0: 0.0, x1: 0.5, y1: 0.25 }],
            boxes: vec![TickBox { rect: Rect { x0: 0.0, y0: 0.25, x1: 0.25, y1: 0.5 }, ticked: true }],
            quarters: Quarters::None,
            askew: 0.0,
            areas: Vec::new(),
            picture: None,
        }
    }

    #[test]
    fn a_page_is_turned_with_all_that_stands_on_it() {
        let one = page().turned(Quarters::One);
        assert_eq!((one.width, one.height), (6, 10));
        let region = &one.regions[0];
        assert_eq!((region.x, region.y, region.width, region.height), (3, 2, 2, 3));
        assert_eq!(region.pixels, [4, 1, 5, 2, 6, 3]);
        assert_eq!(one.rules, [DrawnRule { horizontal: false, at: 0.75, from: 0.125, to: 0.5 }]);
        assert_eq!(one.boxes[0].rect, Rect { x0: 0.5, y0: 0.0, x1: 0.75, y1: 0.25 });
        assert_eq!(one.seal_marks, page().seal_marks, "seals are told where the page has them");
        assert_eq!(page().turned(Quarters::Two).regions[0].pixels, [6, 5, 4, 3, 2, 1]);
        assert_eq!(page().turned(Quarters::Three).regions[0].pixels, [3, 6, 2, 5, 1, 4]);
    }

    #[test]
    fn four_quarters_are_none() {
        let round = [Quarters::One, Quarters::Two, Quarters::One].iter().fold(page(), |page, q| page.turned(*q));
        assert_eq!(PreparedPage { quarters: Quarters::None, ..round }, page());
        for quarters in Quarters::OTHERS {
            let rect = Rect { x0: 0.125, y0: 0.25, x1: 0.5, y1: 0.75 };
            let turned = quarters.rect(rect);
            let back = quarters.turn().shown([turned.x0, turned.y0, turned.x1, turned.y1]);
            assert_eq!(back, [0.125, 0.25, 0.5, 0.75], "{quarters:?}");
        }
    }

    #[test]
    fn the_whole_page_has_each_region_at_its_place() {
        let whole = page().whole();
        assert_eq!((whole.width, whole.height, whole.pixels.len()), (10, 6, 60));
        assert_eq!(whole.pixels[12..15], [1, 2, 3]);
        assert_eq!(whole.pixels.iter().filter(|dot| **dot == 255).count(), 54);
    }
}
