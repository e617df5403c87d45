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

/// What a line has left and right of the gutter.
type Sides = (Option<(f32, f32)>, Option<(f32, f32)>);

/// Parts of a line between gaps as wide as a gutter.
fn segments(line: &TextLine) -> Vec<(f32, f32)> {
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

fn find(rows: &[TextLine]) -> Option<Columns> {
    if rows.len() < LINES_MIN {
        return None;
    }
    let parts: Vec<Vec<(f32, f32)>> = rows.iter().map(segments).collect();
    let mut middles: Vec<f32> = parts
        .iter()
        .flat_map(|p| p.windows(2))
        .filter_map(|pair| match pair {
            [before, after] => Some((before.1 + after.0) / 2.0),
            _ => None,
        })
        .collect();
    middles.sort_by(f32::total_cmp);
    middles.dedup_by(|a, b| (*a - *b).abs() < 2.0);
    middles.into_iter().filter_map(|x| longest(rows, &parts, x)).max_by(|a, b| {
        let height = |c: &Columns| c.bottom - c.top;
        height(a).total_cmp(&height(b))
    })
}

/// The longest stretch of lines that no word crosses at `x`, when it is one of two columns.
fn longest(rows: &[TextLine], parts: &[Vec<(f32, f32)>], x: f32) -> Option<Columns> {
    let crossed = |p: &Vec<(f32, f32)>| p.iter().any(|(x0, x1)| *x0 < x && x < *x1);
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for at in 0..=parts.len() {
        if at == parts.len() || parts.get(at).is_some_and(crossed) {
            if best.is_none_or(|(a, b)| b - a < at - from) {
                best = Some((from, at));
            }
            from = at + 1;
        }
    }
    let (from, end) = best?;
    let sides: Vec<Sides> = parts
        .get(from..end)?
        .iter()
        .map(|p| {
            let left: Vec<_> = p.iter().filter(|s| s.1 <= x).copied().collect();
            let right: Vec<_> = p.iter().filter(|s| s.0 >= x).copied().collect();
            (hull(&left), hull(&right))
        })
        .collect();
    // Lines on both sides make the columns; a heading above them, short enough to miss the gutter, does not.
    let both = |s: &Sides| s.0.is_some() && s.1.is_some();
    let (first, last) = (sides.iter().position(both)?, sides.iter().rposition(both)?);
    let paired = sides.get(first..=last)?;
    let lefts: Vec<(f32, f32)> = paired.iter().filter_map(|s| s.0).collect();
    let rights: Vec<(f32, f32)> = paired.iter().filter_map(|s| s.1).collect();
    let (left, right) = (hull(&lefts)?, hull(&rights)?);
    // One column may be longer than the other.
    let within = |s: &Sides| {
        s.0.is_none_or(|l| l.0 > left.0 - 2.0 && l.1 < left.1 + 2.0)
            && s.1.is_none_or(|r| r.0 > right.0 - 2.0 && r.1 < right.1 + 2.0)
    };
    let tail = sides.get(last + 1..)?.iter().take_while(|s| within(s)).count();
    let (from, end) = (from + first, from + last + 1 + tail);
    let size = rows.get(from..end)?.iter().map(|l| l.size).fold(f32::MAX, f32::min);
    let widths = (left.1 - left.0, right.1 - right.0);
    let (gap, narrower) = (right.0 - left.1, widths.0.min(widths.1));
    let columns = (GUTTER_EMS * size..=GUTTER_SHARE * narrower).contains(&gap)
        && narrower >= WIDTH_EMS * size
        && narrower >= NARROW * widths.0.max(widths.1)
        && filled(&lefts, left)
        && filled(&rights, right);
    columns.then(|| {
        let stretch = rows.get(from..end).unwrap_or_default();
        Columns {
            top: stretch.iter().map(|l| l.y0).fold(f32::MAX, f32::min),
            bottom: stretch.iter().map(|l| l.y1).fold(f32::MIN, f32::max),
            gutter: (left.1 + right.0) / 2.0,
            left,
            right,
        }
    })
}

fn hull(spans: &[(f32, f32)]) -> Option<(f32, f32)> {
    spans.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Whether most lines of a column reach its right edge.
fn filled(lines: &[(f32, f32)], column: (f32, f32)) -> bool {
    let near = column.1 - RAGGED * (column.1 - column.0);
    let full = lines.iter().filter(|(_, x1)| *x1 >= near).count();
    lines.len() >= LINES_MIN && full as f32 >= FULL_SHARE * lines.len() as f32
}
