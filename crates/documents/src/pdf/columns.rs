//! Columns of running text: where a stretch of a page is set in columns, its lines come column by column.
//!
//! Unruled tables and lines of a form have gaps above each other too, and those must be read line by line. What
//! tells columns apart is that their lines fill them. Start at [`typeset`].

use super::lines::{self, TextLine};
use super::page::PageGlyph;

/// Lines that each column must have.
const LINES_MIN: usize = 6;
/// Gap between two columns, in ems of the lines beside it.
const GUTTER_EMS: f32 = 1.0;
/// Share of a column's lines that must reach its right edge.
const FULL_SHARE: f32 = 0.6;
/// A line reaches the right edge when it ends within this share of the column's width from it.
const RAGGED: f32 = 0.15;
/// The narrower of two columns has at least this share of the wider one's width.
const NARROW: f32 = 0.4;
/// A column is at least this wide, in ems; what is narrower is a list of labels.
const WIDTH_EMS: f32 = 9.0;
/// The gap between columns of text is at most this share of the narrower one.
const GUTTER_SHARE: f32 = 0.5;
/// Lines of two columns that overlap by this share of their size stand beside each other.
const BESIDE_SHARE: f32 = 0.25;
/// Columns inside columns are looked for this deep.
const DEPTH_MAX: usize = 3;

/// Lines in reading order.
pub(crate) fn typeset(glyphs: Vec<PageGlyph>) -> Vec<TextLine> {
    in_columns(glyphs, DEPTH_MAX)
}

fn in_columns(glyphs: Vec<PageGlyph>, depth: usize) -> Vec<TextLine> {
    if depth == 0 {
        return lines::typeset(glyphs);
    }
    let rows = lines::typeset(glyphs.clone());
    let Some(found) = find(&rows) else { return rows };
    let (mut above, mut left, mut right, mut below) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for glyph in glyphs {
        let (x, y) = glyph.centre();
        let part = if y < found.top {
            &mut above
        } else if y > found.bottom {
            &mut below
        } else if x < found.gutter {
            &mut left
        } else {
            &mut right
        };
        part.push(glyph);
    }
    let mut out = in_columns(above, depth);
    for (part, edges) in [(left, found.left), (right, found.right)] {
        // A part cut off at both sides of the gutter always has fewer lines, so this ends.
        out.extend(in_columns(part, depth - 1).into_iter().map(|mut line| {
            line.column.get_or_insert(edges);
            line
        }));
    }
    out.extend(in_columns(below, depth - 1));
    out
}

/// A stretch of lines with one gutter through it.
#[derive(Debug)]
struct Columns {
    top: f32,
    bottom: f32,
    gutter: f32,
    left: (f32, f32),
    right: (f32, f32),
}

/// Left and right end of words.
type Span = (f32, f32);

/// What a line has left and right of the gutter.
type Sides = (Option<Span>, Option<Span>);

/// Parts of a line between gaps as wide as a gutter.
fn segments(line: &TextLine) -> Vec<Span> {
    let mut out = Vec::new();
    let (mut from, mut last) = (line.x0, line.x0);
    for (c, edge) in line.text.chars().zip(&line.edges) {
        // The edge of a blank is where the next word begins.
        if c == ' ' && *edge - last >= GUTTER_EMS * line.size {
            out.push((from, last));
            from = *edge;
        }
        last = *edge;
    }
    out.push((from, line.x1));
    out
}

/// Lines beside each other, as the parts between their gaps: those of two columns need not stand at one height.
struct Band {
    y0: f32,
    y1: f32,
    size: f32,
    /// From left to right.
    parts: Vec<Span>,
}

impl Band {
    fn of(line: &TextLine) -> Self {
        Band { y0: line.y0, y1: line.y1, size: line.size, parts: segments(line) }
    }

    fn is_beside(&self, line: &TextLine) -> bool {
        self.y1 - line.y0 > BESIDE_SHARE * self.size.min(line.size)
            && self.parts.iter().all(|(x0, x1)| line.x1 <= *x0 || line.x0 >= *x1)
    }

    fn add(&mut self, line: &TextLine) {
        (self.y0, self.y1) = (self.y0.min(line.y0), self.y1.max(line.y1));
        self.size = self.size.min(line.size);
        self.parts.extend(segments(line));
        self.parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
}

fn bands(lines: &[TextLine]) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::with_capacity(lines.len());
    for line in lines {
        match bands.last_mut().filter(|band| band.is_beside(line)) {
            Some(band) => band.add(line),
            None => bands.push(Band::of(line)),
        }
    }
    bands
}

fn find(lines: &[TextLine]) -> Option<Columns> {
    if lines.len() < LINES_MIN {
        return None;
    }
    let bands = bands(lines);
    let mut middles: Vec<f32> = bands
        .iter()
        .flat_map(|band| band.parts.windows(2))
        .filter_map(|pair| match pair {
            [before, after] => Some((before.1 + after.0) / 2.0),
            _ => None,
        })
        .collect();
    middles.sort_by(f32::total_cmp);
    middles.dedup_by(|a, b| (*a - *b).abs() < 2.0);
    middles.into_iter().filter_map(|x| longest(&bands, x)).max_by(|a, b| {
        let height = |c: &Columns| c.bottom - c.top;
        height(a).total_cmp(&height(b))
    })
}

/// The longest stretch of lines that no word crosses at `x`, when it is one of two columns.
fn longest(bands: &[Band], x: f32) -> Option<Columns> {
    let crossed = |band: &Band| band.parts.iter().any(|(x0, x1)| *x0 < x && x < *x1);
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for at in 0..=bands.len() {
        if at == bands.len() || bands.get(at).is_some_and(crossed) {
            if best.is_none_or(|(a, b)| b - a < at - from) {
                best = Some((from, at));
            }
            from = at + 1;
        }
    }
    let (from, end) = best?;
    let parted = |band: &Band| -> (Vec<Span>, Vec<Span>) { band.parts.iter().copied().partition(|part| part.1 <= x) };
    let sides: Vec<Sides> = bands
        .get(from..end)?
        .iter()
        .map(|band| {
            let (left, right) = parted(band);
            (hull(&left), hull(&right))
        })
        .collect();
    // Lines on both sides make the columns; a heading above them, short enough to miss the gutter, does not.
    let both = |s: &Sides| s.0.is_some() && s.1.is_some();
    let (first, last) = (sides.iter().position(both)?, sides.iter().rposition(both)?);
    let paired = sides.get(first..=last)?;
    let lefts: Vec<Span> = paired.iter().filter_map(|s| s.0).collect();
    let rights: Vec<Span> = paired.iter().filter_map(|s| s.1).collect();
    let (left, right) = (hull(&lefts)?, hull(&rights)?);
    // One column may be longer than the other.
    let within = |s: &Sides| {
        s.0.is_none_or(|l| l.0 > left.0 - 2.0 && l.1 < left.1 + 2.0)
            && s.1.is_none_or(|r| r.0 > right.0 - 2.0 && r.1 < right.1 + 2.0)
    };
    let tail = sides.get(last + 1..)?.iter().take_while(|s| within(s)).count();
    let (from, end) = (from + first, from + last + 1 + tail);
    let stretch = bands.get(from..end)?;
    let size = stretch.iter().map(|band| band.size).fold(f32::MAX, f32::min);
    let widths = (left.1 - left.0, right.1 - right.0);
    let (gap, narrower) = (right.0 - left.1, widths.0.min(widths.1));
    let columns = (GUTTER_EMS * size..=GUTTER_SHARE * narrower).contains(&gap)
        && narrower >= WIDTH_EMS * size
        && narrower >= NARROW * widths.0.max(widths.1)
        && filled(&lefts, left)
        && filled(&rights, right);
    let text = || {
        let (lefts, rights): (Vec<_>, Vec<_>) = stretch.iter().map(parted).unzip();
        [lefts, rights].iter().all(|side| mostly_text(side, WIDTH_EMS * size))
    };
    (columns && text()).then(|| Columns {
        top: stretch.iter().map(|band| band.y0).fold(f32::MAX, f32::min),
        bottom: stretch.iter().map(|band| band.y1).fold(f32::MIN, f32::max),
        gutter: (left.1 + right.0) / 2.0,
        left,
        right,
    })
}

/// Whether most lines of one side have words in one piece of this length: cells of a table, though together they fill
/// it, have not.
fn mostly_text(lines: &[Vec<Span>], length: f32) -> bool {
    let (mut long, mut all) = (0, 0);
    for parts in lines.iter().filter(|parts| !parts.is_empty()) {
        long += usize::from(parts.iter().any(|(x0, x1)| x1 - x0 >= length));
        all += 1;
    }
    2 * long > all
}

fn hull(spans: &[Span]) -> Option<Span> {
    spans.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Whether most lines of a column reach its right edge.
fn filled(lines: &[Span], column: Span) -> bool {
    let near = column.1 - RAGGED * (column.1 - column.0);
    let full = lines.iter().filter(|(_, x1)| *x1 >= near).count();
    lines.len() >= LINES_MIN && full as f32 >= FULL_SHARE * lines.len() as f32
}
