//! Small shapes that people read as signs: boxes with and without ticks, crosses, stars, triangles.
//!
//! Office programs and form makers draw them as paths, and some fonts hold them without saying what they are. A
//! shape is only taken for a sign where words stand beside it; see [`resolve`].

use hayro_interpret::kurbo::{BezPath, PathEl, Point, Shape as _};

use super::page::{Area, PageContent, PageGlyph, Ruling};

/// Sides of a sign, in points.
const SIDE_MIN: f64 = 3.5;
const SIDE_MAX: f64 = 20.0;
/// A glyph whose outline shows a sign is at least so high or wide, in parts of its size; a full stop, a dot or a dash is
/// smaller. An empty circle must be larger than the letter o.
const GLYPH_SIDE_MIN: f64 = 0.3;
const EMPTY_CIRCLE_MIN: f64 = 0.55;
/// A path with more elements is a picture.
const ELEMENTS_MAX: usize = 40;
/// Shapes of one page beyond this are not kept.
pub(crate) const SHAPES_MAX: usize = 5_000;

/// Boxes and marks of one page beyond this stay drawings.
const SIGNS_MAX: usize = 500;

/// What a small path looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    Box,
    FilledBox,
    /// One straight stroke across, from lower left to upper right or not.
    Slash {
        rising: bool,
    },
    /// Strokes that are neither level nor upright, joined to each other.
    Tick,
    /// A sign by itself.
    Sign(char),
}

/// One contour: its corners, whether it bends.
struct Contour {
    corners: Vec<Point>,
    curved: bool,
}

fn contours(path: &BezPath) -> Vec<Contour> {
    let mut out: Vec<Contour> = Vec::new();
    for element in path.elements() {
        let (to, curved) = match *element {
            PathEl::MoveTo(to) => {
                out.push(Contour { corners: vec![to], curved: false });
                continue;
            }
            PathEl::LineTo(to) => (to, false),
            PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => (to, true),
            PathEl::ClosePath => continue,
        };
        if let Some(contour) = out.last_mut() {
            contour.curved |= curved;
            if contour.corners.last().is_none_or(|last| last.distance(to) > 0.01) {
                contour.corners.push(to);
            }
        }
    }
    for contour in &mut out {
        let closed = match (contour.corners.first(), contour.corners.last()) {
            (Some(first), Some(last)) => contour.corners.len() > 2 && first.distance(*last) < 0.05,
            _ => false,
        };
        if closed {
            contour.corners.pop();
        }
    }
    out.retain(|c| c.corners.len() > 1);
    out
}

/// What a path of a page, in points with y downwards, looks like.
pub(crate) fn drawn(path: &BezPath, filled: bool) -> Option<(Area, Drawn)> {
    if path.elements().len() > ELEMENTS_MAX {
        return None;
    }
    let bounds = path.bounding_box();
    let (width, height) = (bounds.width(), bounds.height());
    if !(SIDE_MIN..=SIDE_MAX).contains(&width.max(height)) || width.min(height) < 0.3 * width.max(height) {
        return None;
    }
    let contours = contours(path);
    let area = Area { x0: bounds.x0 as f32, y0: bounds.y0 as f32, x1: bounds.x1 as f32, y1: bounds.y1 as f32 };
    let shape = match contours.as_slice() {
        [one] if is_square(one) => {
            if filled {
                Drawn::FilledBox
            } else {
                Drawn::Box
            }
        }
        // A border drawn as the area between two squares.
        [outer, inner] if filled && is_square(outer) && is_square(inner) => Drawn::Box,
        [one] if star(one) => Drawn::Sign(if filled { '★' } else { '☆' }),
        [one] if !one.curved && one.corners.len() == 3 && filled && triangle(one).is_some() => {
            Drawn::Sign(triangle(one)?)
        }
        [one] if !filled && !one.curved && one.corners.len() == 2 => slash(one)?,
        [a, b] if !filled && !a.curved && !b.curved && a.corners.len() == 2 && b.corners.len() == 2 => {
            match (slash(a)?, slash(b)?) {
                (a, b) if a != b => Drawn::Sign('☒'),
                _ => return None,
            }
        }
        [one] if is_slanted(one) => Drawn::Tick,
        _ => return None,
    };
    Some((area, shape))
}

/// The sign that the outline of a glyph of this size, with y downwards, shows.
pub(crate) fn outlined(outline: &BezPath, size: f64) -> Option<char> {
    let bounds = outline.bounding_box();
    let side = bounds.width().max(bounds.height());
    if outline.elements().len() > ELEMENTS_MAX || side < GLYPH_SIDE_MIN * size {
        return None;
    }
    let contours = contours(outline);
    match contours.as_slice() {
        [one] if is_square(one) => Some('■'),
        [one] if star(one) => Some('★'),
        [one] if !one.curved && one.corners.len() == 3 => triangle(one),
        [one] if is_round(one) => Some('●'),
        [outer, inner] if is_square(outer) && is_square(inner) => Some('□'),
        [outer, inner] if star(outer) && star(inner) => Some('☆'),
        [outer, inner] if is_round(outer) && is_round(inner) && side >= EMPTY_CIRCLE_MIN * size => Some('○'),
        [outer, inner] if outer.corners.len() == 3 && inner.corners.len() == 3 && !outer.curved => {
            triangle(outer).map(|c| if c == '▲' { '△' } else { '▽' })
        }
        _ => None,
    }
}

/// Smallest and largest x and y of the corners.
fn extent(contour: &Contour) -> (f64, f64, f64, f64) {
    contour.corners.iter().fold((f64::MAX, f64::MAX, f64::MIN, f64::MIN), |(x0, y0, x1, y1), p| {
        (x0.min(p.x), y0.min(p.y), x1.max(p.x), y1.max(p.y))
    })
}

fn is_square(contour: &Contour) -> bool {
    let (x0, y0, x1, y1) = extent(contour);
    let (width, height) = (x1 - x0, y1 - y0);
    let slack = 0.08 * width.max(height);
    let at_corner = |p: &Point| {
        ((p.x - x0).abs() < slack || (p.x - x1).abs() < slack) && ((p.y - y0).abs() < slack || (p.y - y1).abs() < slack)
    };
    !contour.curved
        && contour.corners.len() == 4
        && contour.corners.iter().all(at_corner)
        && (0.75..=1.33).contains(&(width / height.max(0.01)))
}

/// Five points: ten corners alternately far from and near the middle, or five with every second one joined.
fn star(contour: &Contour) -> bool {
    let count = contour.corners.len();
    if contour.curved || (count != 10 && count != 5) {
        return false;
    }
    let middle = contour.corners.iter().fold(Point::ZERO, |a, p| Point::new(a.x + p.x, a.y + p.y));
    let middle = Point::new(middle.x / count as f64, middle.y / count as f64);
    let reach: Vec<f64> = contour.corners.iter().map(|p| p.distance(middle)).collect();
    if count == 10 {
        let of = |parity: usize| reach.iter().skip(parity).step_by(2).copied();
        let (near, far) = (of(0).fold(f64::MIN, f64::max), of(1).fold(f64::MAX, f64::min));
        let (other_far, other_near) = (of(0).fold(f64::MAX, f64::min), of(1).fold(f64::MIN, f64::max));
        return far > 1.5 * near || other_far > 1.5 * other_near;
    }
    // A pentagram goes round its middle twice.
    let turn: f64 = contour
        .corners
        .iter()
        .zip(contour.corners.iter().cycle().skip(1))
        .map(|(a, b)| {
            let (a, b) = (*a - middle, *b - middle);
            a.cross(b).atan2(a.dot(b))
        })
        .sum();
    turn.abs() > 3.5 * std::f64::consts::PI
}

/// ▲ or ▼: one level side and a corner above or below its middle.
fn triangle(contour: &Contour) -> Option<char> {
    let (x0, y0, x1, y1) = extent(contour);
    let (width, height) = (x1 - x0, y1 - y0);
    let mut corners = contour.corners.clone();
    corners.sort_by(|a, b| a.y.total_cmp(&b.y));
    let [top, middle, bottom] = corners.as_slice() else { return None };
    let centred = |p: &Point| (p.x - (x0 + x1) / 2.0).abs() < 0.15 * width;
    if (bottom.y - middle.y) < 0.15 * height && centred(top) {
        Some('▲')
    } else if (middle.y - top.y) < 0.15 * height && centred(bottom) {
        Some('▼')
    } else {
        None
    }
}

fn is_round(contour: &Contour) -> bool {
    let (x0, y0, x1, y1) = extent(contour);
    let (middle, radius) = (Point::new((x0 + x1) / 2.0, (y0 + y1) / 2.0), (x1 - x0) / 2.0);
    contour.curved
        && contour.corners.len() >= 4
        && contour.corners.iter().all(|p| (p.distance(middle) - radius).abs() < 0.12 * radius)
}

fn slash(contour: &Contour) -> Option<Drawn> {
    let [a, b] = contour.corners.as_slice() else { return None };
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    (dx.abs() > 0.4 * dy.abs() && dy.abs() > 0.4 * dx.abs()).then_some(Drawn::Slash { rising: dx * dy < 0.0 })
}

/// Strokes of which at least one goes up to the right and none is level: a tick, drawn or filled.
fn is_slanted(contour: &Contour) -> bool {
    let steps = contour.corners.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((b.x - a.x, b.y - a.y)),
        _ => None,
    });
    let steps: Vec<(f64, f64)> = steps.collect();
    let level = |(dx, dy): &(f64, f64)| dx.hypot(*dy) > 2.0 && (dx.abs() < 0.1 * dy.abs() || dy.abs() < 0.1 * dx.abs());
    let rising = steps.iter().any(|(dx, dy)| dx * dy < 0.0 && dx.hypot(*dy) > 2.0);
    (3..=12).contains(&contour.corners.len()) && rising && !steps.iter().any(level)
}

/// Puts signs among the page's characters for the shapes that stand beside words, and takes their strokes out of
/// the rulings.
pub(crate) fn resolve(content: &mut PageContent) {
    tick_boxes_of_characters(content);
    let shapes = std::mem::take(&mut content.shapes);
    if shapes.is_empty() {
        return;
    }
    let mut signs: Vec<PageGlyph> = Vec::new();
    let is_sign = |shape: &Drawn| matches!(shape, Drawn::Box | Drawn::Sign(_));
    for (area, shape) in shapes.iter().filter(|(_, shape)| is_sign(shape)).take(SIGNS_MAX) {
        match shape {
            Drawn::Box => {
                if let Some(sign) = tick_box(content, area, &shapes) {
                    signs.push(sign);
                }
            }
            Drawn::Sign(c @ ('★' | '☆' | '▲' | '▼')) => {
                let twice = signs.iter().any(|s| s.text.starts_with(*c) && area.holds(s.centre()));
                if !twice && let Some(size) = size_beside(content, area, false) {
                    signs.push(glyph_of(*c, area, size));
                }
            }
            Drawn::FilledBox | Drawn::Slash { .. } | Drawn::Tick | Drawn::Sign(_) => {}
        }
    }
    content.glyphs.append(&mut signs);
}

/// A box with its tick: `None` when it is no box to tick but part of a table or picture.
fn tick_box(content: &mut PageContent, area: &Area, shapes: &[(Area, Drawn)]) -> Option<PageGlyph> {
    let side = area.x1 - area.x0;
    let own = |r: &Ruling| {
        let edges = if r.horizontal { [area.y0, area.y1] } else { [area.x0, area.x1] };
        let (from, to) = if r.horizontal { (area.x0, area.x1) } else { (area.y0, area.y1) };
        edges.iter().any(|e| (e - r.at).abs() < 1.0) && (r.from - from).abs() < 1.0 && (r.to - to).abs() < 1.0
    };
    let touches = |r: &Ruling| {
        let (x0, x1, y0, y1) = if r.horizontal { (r.from, r.to, r.at, r.at) } else { (r.at, r.at, r.from, r.to) };
        x1 > area.x0 - 1.0 && x0 < area.x1 + 1.0 && y1 > area.y0 - 1.0 && y0 < area.y1 + 1.0
    };
    if content.rulings.iter().any(|r| touches(r) && !own(r) && r.to - r.from > side * 1.2) {
        return None;
    }
    let size = size_beside(content, area, true)?;
    let near = Area {
        x0: area.x0 - 0.35 * side,
        x1: area.x1 + 0.35 * side,
        y0: area.y0 - 0.35 * side,
        y1: area.y1 + 0.35 * side,
    };
    let inside: Vec<Drawn> = shapes
        .iter()
        .filter(|(other, _)| other != area && near.holds(other.centre()))
        .map(|(_, shape)| *shape)
        .collect();
    let slash = |rising: bool| inside.contains(&Drawn::Slash { rising });
    let mut sign = '□';
    if inside.contains(&Drawn::FilledBox) {
        sign = '■';
    } else if (slash(true) && slash(false)) || inside.contains(&Drawn::Sign('☒')) {
        sign = '☒';
    } else if slash(true) || slash(false) || inside.contains(&Drawn::Tick) {
        sign = '☑';
    }
    content.glyphs.retain(|g| {
        let mark = mark(&g.text).filter(|_| near.holds(g.centre()));
        sign = mark.unwrap_or(sign);
        mark.is_none()
    });
    content.rulings.retain(|r| !own(r));
    Some(glyph_of(sign, area, size))
}

/// What a box becomes with this character in it.
fn mark(text: &str) -> Option<char> {
    match text {
        "√" | "✓" | "✔" | "V" | "v" => Some('☑'),
        "×" | "✗" | "✘" | "X" | "x" => Some('☒'),
        _ => None,
    }
}

/// A tick printed over an empty box is one sign.
fn tick_boxes_of_characters(content: &mut PageContent) {
    let is_box = |g: &PageGlyph| matches!(&*g.text, "□" | "☐" | "◻" | "▢");
    let ticks: Vec<(usize, char)> = content
        .glyphs
        .iter()
        .enumerate()
        .filter(|(_, g)| !matches!(&*g.text, "V" | "v" | "X" | "x"))
        .filter_map(|(at, g)| Some((at, mark(&g.text)?)))
        .collect();
    let mut gone = Vec::new();
    for (at, sign) in ticks {
        let Some((x, y)) = content.glyphs.get(at).map(PageGlyph::centre) else { continue };
        let over = content.glyphs.iter_mut().find(|g| {
            let (bx, by) = g.centre();
            is_box(g) && (bx - x).abs() < 0.4 * g.size && (by - y).abs() < 0.5 * g.size
        });
        if let Some(over) = over {
            over.text = sign.into();
            gone.push(at);
        }
    }
    if !gone.is_empty() {
        let mut at = 0;
        content.glyphs.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// The size of the words that stand beside a shape, to the right of it or on either side.
fn size_beside(content: &PageContent, area: &Area, either: bool) -> Option<f32> {
    let (side, height) = (area.x1 - area.x0, area.y1 - area.y0);
    let middle = (area.y0 + area.y1) / 2.0;
    let beside = content.glyphs.iter().filter(|g| {
        let level = (g.centre().1 - middle).abs() < 0.6 * g.size;
        let fits = (0.4..=1.6).contains(&(height / g.size.max(1.0)));
        let right = (-0.2 * side..1.6 * g.size).contains(&(g.x0 - area.x1));
        let left = either && (-0.2 * side..1.6 * g.size).contains(&(area.x0 - g.x1));
        level && fits && (right || left) && !g.text.trim().is_empty() && mark(&g.text).is_none()
    });
    beside.map(|g| g.size).next()
}

fn glyph_of(sign: char, area: &Area, size: f32) -> PageGlyph {
    // As tall as the words beside it, so that it falls into their line.
    let middle = (area.y0 + area.y1) / 2.0;
    PageGlyph {
        text: sign.into(),
        x0: area.x0,
        x1: area.x1,
        y0: middle - size / 2.0,
        y1: middle + size / 2.0,
        size,
        bold: false,
        confidence: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(points: &[(f64, f64)]) -> BezPath {
        let mut path = BezPath::new();
        for (at, (x, y)) in points.iter().enumerate() {
            if at == 0 { path.move_to((*x, *y)) } else { path.line_to((*x, *y)) }
        }
        path.close_path();
        path
    }

    fn round(count: usize, step: usize, reach: impl Fn(usize) -> f64) -> Vec<(f64, f64)> {
        (0..count)
            .map(|n| {
                let angle = (n * step) as f64 / count as f64 * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2;
                (10.0 + reach(n) * angle.cos(), 10.0 + reach(n) * angle.sin())
            })
            .collect()
    }

    #[test]
    fn stars_and_triangles_are_known_by_their_corners() {
        let ten = polygon(&round(10, 1, |n| if n % 2 == 0 { 6.0 } else { 2.4 }));
        let five = polygon(&round(5, 2, |_| 6.0));
        let pentagon = polygon(&round(5, 1, |_| 6.0));
        assert_eq!(outlined(&ten, 12.0), Some('★'));
        assert_eq!(outlined(&five, 12.0), Some('★'));
        assert_eq!(outlined(&pentagon, 12.0), None);
        assert_eq!(outlined(&polygon(&[(0.0, 8.0), (8.0, 8.0), (4.0, 0.0)]), 12.0), Some('▲'));
        assert_eq!(outlined(&polygon(&[(0.0, 0.0), (8.0, 0.0), (4.0, 8.0)]), 12.0), Some('▼'));
        let square = polygon(&[(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)]);
        assert_eq!(outlined(&square, 12.0), Some('■'));
        // The same as the full stop of a large font.
        assert_eq!(outlined(&square, 60.0), None);
    }

    #[test]
    fn ticks_and_slashes_are_told_apart() {
        let shape = |path: &BezPath| drawn(path, false).map(|(_, shape)| shape);
        let mut tick = BezPath::new();
        tick.move_to((0.0, 5.0));
        tick.line_to((3.0, 9.0));
        tick.line_to((9.0, 0.0));
        assert_eq!(shape(&tick), Some(Drawn::Tick));
        let mut slash = BezPath::new();
        slash.move_to((0.0, 9.0));
        slash.line_to((9.0, 0.0));
        assert_eq!(shape(&slash), Some(Drawn::Slash { rising: true }));
        let mut level = BezPath::new();
        level.move_to((0.0, 0.0));
        level.line_to((9.0, 0.0));
        assert_eq!(shape(&level), None);
    }
}
