//! Rulings to grids: which cells a ruled table has, with their spans.
//!
//! Parallel rulings within a few points are one; rulings that touch form a component; its grid positions are the
//! distinct x and y of its rulings. Neighbouring positions without a ruling between them are one merged cell,
//! and positions the outside can reach through a missing border are not in the table. What a merged cell encloses
//! is a table of its own, even where it touches the cell's border.

use super::page::{Area, Ruling};

/// Rulings nearer than this are one line drawn twice, or the two edges of one border.
const SNAP: f32 = 3.0;
/// How far apart ends may be and still touch.
const TOUCH: f32 = 4.0;
/// A component with more grid lines than this is a drawing, not a table.
const GRID_LINES_MAX: usize = 400;
/// A border may be missing for this share of a cell's side. A blank to fill in that runs up to the table's edge
/// leaves more.
const GAP_SHARE: f32 = 0.1;
/// Cells of one component that are looked into for tables; a real page has one or two.
const HOSTS_MAX: usize = 50;
/// Shading that ends a cell reaches its side borders; a highlighter ends with its words.
const SHADE_REACH: f32 = 1.5;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grid {
    /// Column borders, left to right.
    pub(crate) xs: Vec<f32>,
    /// Row borders, top to bottom.
    pub(crate) ys: Vec<f32>,
    /// By row, then column.
    pub(crate) cells: Vec<GridArea>,
}

/// A cell as half-open index ranges into `xs` and `ys`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GridArea {
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) row_end: usize,
    pub(crate) column_end: usize,
    /// No border below: the page ends in the middle of the cell.
    pub(crate) open: bool,
}

impl GridArea {
    fn holds(&self, other: &GridArea) -> bool {
        self.row <= other.row
            && self.row_end >= other.row_end
            && self.column <= other.column
            && self.column_end >= other.column_end
    }
}

impl Grid {
    pub(crate) fn left(&self) -> f32 {
        self.xs.first().copied().unwrap_or(0.0)
    }
    pub(crate) fn right(&self) -> f32 {
        self.xs.last().copied().unwrap_or(0.0)
    }
    pub(crate) fn top(&self) -> f32 {
        self.ys.first().copied().unwrap_or(0.0)
    }
    pub(crate) fn bottom(&self) -> f32 {
        self.ys.last().copied().unwrap_or(0.0)
    }
    pub(crate) fn contains(&self, x: f32, y: f32) -> bool {
        x >= self.left() - 1.0 && x <= self.right() + 1.0 && y >= self.top() - 1.0 && y <= self.bottom() + 1.0
    }
    pub(crate) fn area(&self) -> f32 {
        (self.right() - self.left()) * (self.bottom() - self.top())
    }
    /// The cell whose area holds the point.
    pub(crate) fn cell_at(&self, x: f32, y: f32) -> Option<usize> {
        let column = band(&self.xs, x)?;
        let row = band(&self.ys, y)?;
        self.cells.iter().position(|c| (c.row..c.row_end).contains(&row) && (c.column..c.column_end).contains(&column))
    }
}

fn band(borders: &[f32], at: f32) -> Option<usize> {
    let after = borders.partition_point(|b| *b <= at);
    let last = borders.len().checked_sub(2)?;
    // A character on the outer border belongs to the cell inside it.
    Some(after.saturating_sub(1).min(last))
}

/// All grids of a page, the largest first.
pub(crate) fn grids(rulings: &[Ruling], shades: &[Area]) -> Vec<Grid> {
    let horizontals = joined(rulings.iter().filter(|r| r.horizontal));
    let verticals = joined(rulings.iter().filter(|r| !r.horizontal));
    let mut grids: Vec<Grid> = Vec::new();
    for (h, v) in components(&horizontals, &verticals) {
        let rows: Vec<Ruling> = h.iter().filter_map(|&i| horizontals.get(i).copied()).collect();
        let columns: Vec<Ruling> = v.iter().filter_map(|&i| verticals.get(i).copied()).collect();
        for (rows, columns) in stacked(rows, columns) {
            grid(rows, columns, shades, &mut grids);
        }
    }
    grids.sort_by(|a, b| b.area().total_cmp(&a.area()));
    grids
}

/// Tables of different width set directly below each other, one by one.
fn stacked(rows: Vec<Ruling>, columns: Vec<Ruling>) -> Vec<(Vec<Ruling>, Vec<Ruling>)> {
    let sides = |columns: &[&Ruling]| {
        let left = columns.iter().map(|c| c.at).reduce(f32::min)?;
        Some((left, columns.iter().map(|c| c.at).reduce(f32::max)?))
    };
    let seam = positions(&rows).into_iter().find(|y| {
        let (above, below): (Vec<&Ruling>, Vec<&Ruling>) = columns.iter().partition(|c| c.from + c.to < 2.0 * y);
        let crossed = columns.iter().any(|c| c.from < y - TOUCH && c.to > y + TOUCH);
        match (crossed, sides(&above), sides(&below)) {
            (false, Some(a), Some(b)) => (a.0 - b.0).abs() > TOUCH && (a.1 - b.1).abs() > TOUCH,
            _ => false,
        }
    });
    let Some(seam) = seam else { return vec![(rows, columns)] };
    let (above, below): (Vec<Ruling>, Vec<Ruling>) = columns.into_iter().partition(|c| c.from + c.to < 2.0 * seam);
    let reach = |columns: &[Ruling]| {
        let left = columns.iter().map(|c| c.at).fold(f32::MAX, f32::min);
        (left, columns.iter().map(|c| c.at).fold(f32::MIN, f32::max))
    };
    // The seam may be one ruling of each table, which only together reach over both: each gets its own part.
    let part = |from: f32, to: f32, (left, right): (f32, f32)| -> Vec<Ruling> {
        let within = rows.iter().filter(|r| r.at >= from && r.at <= to && r.to > left && r.from < right);
        within.map(|r| Ruling { from: r.from.max(left), to: r.to.min(right), ..*r }).collect()
    };
    let mut parts = vec![(part(f32::MIN, seam + SNAP, reach(&above)), above)];
    let rest = part(seam - SNAP, f32::MAX, reach(&below));
    parts.extend(stacked(rest, below));
    parts
}

/// Collinear rulings that touch, as one.
fn joined<'r>(rulings: impl Iterator<Item = &'r Ruling>) -> Vec<Ruling> {
    let mut sorted: Vec<Ruling> = rulings.copied().collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    // First bring nearly equal positions together, then join what touches on each.
    let mut group_at = f32::MIN;
    for ruling in &mut sorted {
        if ruling.at - group_at > SNAP {
            group_at = ruling.at;
        }
        ruling.at = group_at;
    }
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    let mut out: Vec<Ruling> = Vec::with_capacity(sorted.len());
    for ruling in sorted {
        match out.last_mut() {
            Some(last) if last.at == ruling.at && ruling.from <= last.to + TOUCH => last.to = last.to.max(ruling.to),
            _ => out.push(ruling),
        }
    }
    out
}

/// Sets of rulings that cross or touch, as indices.
fn components(horizontals: &[Ruling], verticals: &[Ruling]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let count = horizontals.len() + verticals.len();
    let mut parent: Vec<usize> = (0..count).collect();
    fn root(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    for (i, h) in horizontals.iter().enumerate() {
        for (j, v) in verticals.iter().enumerate() {
            let crosses =
                v.at >= h.from - TOUCH && v.at <= h.to + TOUCH && h.at >= v.from - TOUCH && h.at <= v.to + TOUCH;
            if crosses {
                let (a, b) = (root(&mut parent, i), root(&mut parent, horizontals.len() + j));
                parent[a] = b;
            }
        }
    }
    let mut sets: std::collections::BTreeMap<usize, (Vec<usize>, Vec<usize>)> = std::collections::BTreeMap::new();
    for i in 0..count {
        let set = sets.entry(root(&mut parent, i)).or_default();
        if i < horizontals.len() {
            set.0.push(i);
        } else {
            set.1.push(i - horizontals.len());
        }
    }
    let (mut whole, mut rests): (Vec<_>, Vec<_>) =
        sets.into_values().filter(|(h, v)| !h.is_empty() && !v.is_empty()).partition(|(h, _)| h.len() >= 2);
    rests.retain(|(_, v)| v.len() >= 2);
    whole.extend(rows_of_one_border(horizontals, rests));
    whole
}

/// Where a row goes on over the end of its page, one border is all there is beside its sides; under a cell that goes
/// on itself that is missing too, so that the row is in pieces.
fn rows_of_one_border(horizontals: &[Ruling], pieces: Vec<(Vec<usize>, Vec<usize>)>) -> Vec<(Vec<usize>, Vec<usize>)> {
    let height = |h: &[usize]| h.first().and_then(|i| horizontals.get(*i)).map(|ruling| ruling.at);
    let mut rows: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for (h, v) in pieces {
        match rows.iter_mut().find(|(known, _)| height(known) == height(&h)) {
            Some(row) => {
                row.0.extend(h);
                row.1.extend(v);
            }
            None => rows.push((h, v)),
        }
    }
    rows.retain(|(_, v)| v.len() >= 3);
    rows
}

/// Finds the cells and adds the grid, with the grids its cells enclose.
fn grid(mut rows: Vec<Ruling>, mut columns: Vec<Ruling>, shades: &[Area], out: &mut Vec<Grid>) {
    let cut_off = close_open_sides(&mut rows, &mut columns);
    let ys = positions(&rows);
    let xs = positions(&columns);
    if xs.len() < 2 || ys.len() < 2 || xs.len() > GRID_LINES_MAX || ys.len() > GRID_LINES_MAX {
        return;
    }
    let (across, down) = (xs.len() - 1, ys.len() - 1);
    let covered = |rulings: &[Ruling], at: f32, from: f32, to: f32| {
        let length: f32 = rulings
            .iter()
            .filter(|r| (r.at - at).abs() <= SNAP)
            .map(|r| (r.to.min(to) - r.from.max(from)).max(0.0))
            .sum();
        (to - from) - length <= (GAP_SHARE * (to - from)).max(TOUCH.min(0.4 * (to - from)))
    };
    // Borders: above[y][x] is the horizontal one over cell (y, x), left_of[y][x] the vertical one before it.
    let above: Vec<Vec<bool>> = ys
        .iter()
        .map(|&y| {
            let side = |w: &[f32]| covered(&rows, y, w[0], w[1]) || shade_ends(shades, y, w[0], w[1]);
            xs.windows(2).map(side).collect()
        })
        .collect();
    let left_of: Vec<Vec<bool>> =
        ys.windows(2).map(|w| xs.iter().map(|&x| covered(&columns, x, w[0], w[1])).collect()).collect();

    // Flood from each position through missing borders; what reaches the outside at a side is no cell.
    let mut owner = vec![usize::MAX; across * down];
    let mut cells: Vec<(GridArea, usize)> = Vec::new();
    for start in 0..across * down {
        if owner[start] != usize::MAX {
            continue;
        }
        let mut area = GridArea {
            row: start / across,
            column: start % across,
            row_end: start / across + 1,
            column_end: start % across + 1,
            open: false,
        };
        let mut outside = false;
        let mut positions = 0;
        let mut stack = vec![start];
        owner[start] = start;
        while let Some(at) = stack.pop() {
            let (y, x) = (at / across, at % across);
            positions += 1;
            area.row = area.row.min(y);
            area.column = area.column.min(x);
            area.row_end = area.row_end.max(y + 1);
            area.column_end = area.column_end.max(x + 1);
            let mut step = |blocked: bool, inside: bool, next: usize| {
                // A cell split by the page's end has no border there, but is closed at its sides.
                let sideways = next == at.wrapping_sub(1) || next == at + 1;
                if blocked {
                    return;
                }
                if !inside {
                    outside |= sideways;
                    area.open |= next == at + across;
                } else if owner[next] == usize::MAX {
                    owner[next] = start;
                    stack.push(next);
                }
            };
            step(above[y][x], y > 0, at.wrapping_sub(across));
            step(above[y + 1][x], y + 1 < down, at + across);
            step(left_of[y][x], x > 0, at.wrapping_sub(1));
            step(left_of[y][x + 1], x + 1 < across, at + 1);
        }
        area.open |= cut_off && area.row_end == down;
        if !outside {
            cells.push((area, positions));
        }
    }
    let inner = enclosed(&mut cells);
    let mut cells: Vec<GridArea> = cells.into_iter().map(|(area, _)| area).collect();
    // Frames around text or around the page are decoration: a table has columns.
    let columns_used = cells.iter().any(|c| c.column > 0);
    if cells.len() >= 2 && columns_used {
        cells.sort_by_key(|c| (c.row, c.column));
        out.push(compact(&xs, &ys, cells));
    }
    out.extend(inner.into_iter().map(|cells| compact(&xs, &ys, cells)));
}

/// Shading that ends at `y` over the whole width from `from` to `to`: people see a border there.
fn shade_ends(shades: &[Area], y: f32, from: f32, to: f32) -> bool {
    let wide = |s: &&Area| s.x0 <= from + SHADE_REACH && s.x1 >= to - SHADE_REACH;
    let covers = |at: f32| shades.iter().filter(wide).any(|s| s.y0 < at && s.y1 > at);
    let ends = shades.iter().filter(wide).any(|s| (s.y0 - y).abs() <= SNAP || (s.y1 - y).abs() <= SNAP);
    ends && covers(y - 2.0 * SNAP) != covers(y + 2.0 * SNAP)
}

/// Takes the cells out that stand inside another cell, whose own area therefore is no rectangle; each group of two
/// or more is a table.
///
/// Cells in a corner of another are not enclosed: there a border was lost between that one's parts.
fn enclosed(cells: &mut Vec<(GridArea, usize)>) -> Vec<Vec<GridArea>> {
    let mut tables = Vec::new();
    let hosts: Vec<GridArea> = cells
        .iter()
        .filter(|(a, positions)| (a.row_end - a.row) * (a.column_end - a.column) > *positions)
        .map(|(a, _)| *a)
        .take(HOSTS_MAX)
        .collect();
    for host in hosts {
        let inside: Vec<GridArea> = cells.iter().map(|(a, _)| *a).filter(|a| *a != host && host.holds(a)).collect();
        let touched = inside.iter().any(|a| a.row == host.row || a.row_end == host.row_end);
        let beside = inside.iter().any(|a| a.column == host.column || a.column_end == host.column_end);
        if inside.is_empty() || (touched && beside) {
            continue;
        }
        cells.retain(|(a, _)| *a == host || !host.holds(a));
        if inside.len() >= 2 {
            tables.push(inside);
        }
    }
    tables
}

/// The grid of some cells alone, without the positions that only others use.
fn compact(xs: &[f32], ys: &[f32], cells: Vec<GridArea>) -> Grid {
    let used = |borders: &[f32], at: fn(&GridArea) -> [usize; 2]| -> (Vec<f32>, Vec<usize>) {
        let mut kept = Vec::new();
        let mut index = vec![0; borders.len()];
        for (old, border) in borders.iter().enumerate() {
            if cells.iter().any(|c| at(c).contains(&old)) {
                kept.push(*border);
            }
            index[old] = kept.len().saturating_sub(1);
        }
        (kept, index)
    };
    let (own_xs, columns) = used(xs, |c| [c.column, c.column_end]);
    let (own_ys, rows) = used(ys, |c| [c.row, c.row_end]);
    let moved = cells.iter().map(|c| GridArea {
        row: rows[c.row],
        row_end: rows[c.row_end],
        column: columns[c.column],
        column_end: columns[c.column_end],
        open: c.open,
    });
    let cells = moved.collect();
    Grid { xs: own_xs, ys: own_ys, cells }
}

/// Adds the outer verticals of a table drawn without them, when its horizontals agree on where they end.
///
/// Returns whether the verticals go on below the last horizontal.
fn close_open_sides(rows: &mut Vec<Ruling>, columns: &mut Vec<Ruling>) -> bool {
    let (Some(top), Some(bottom)) =
        (rows.iter().map(|r| r.at).reduce(f32::min), rows.iter().map(|r| r.at).reduce(f32::max))
    else {
        return false;
    };
    let left = rows.iter().map(|r| r.from).fold(f32::MAX, f32::min);
    let right = rows.iter().map(|r| r.to).fold(f32::MIN, f32::max);
    for side in [left, right] {
        let ends = rows.iter().filter(|r| (r.from - side).abs() <= TOUCH || (r.to - side).abs() <= TOUCH).count();
        let drawn = columns.iter().any(|c| (c.at - side).abs() <= 2.0 * TOUCH);
        if !drawn && ends >= 2 {
            columns.push(Ruling { horizontal: false, at: side, from: top, to: bottom });
        }
    }
    columns.sort_by(|a, b| a.at.total_cmp(&b.at));
    // A table cut off by the page's end has verticals below its last horizontal: the border is on the next page.
    let tallest = columns.iter().map(|c| c.to).fold(f32::MIN, f32::max);
    let highest = columns.iter().map(|c| c.from).fold(f32::MAX, f32::min);
    let open = tallest > bottom + 2.0 * TOUCH;
    if open {
        rows.push(Ruling { horizontal: true, at: tallest, from: left, to: right });
    }
    if highest < top - 2.0 * TOUCH {
        rows.push(Ruling { horizontal: true, at: highest, from: left, to: right });
    }
    rows.sort_by(|a, b| a.at.total_cmp(&b.at));
    open
}

fn positions(rulings: &[Ruling]) -> Vec<f32> {
    let mut at: Vec<f32> = rulings.iter().map(|r| r.at).collect();
    at.sort_by(f32::total_cmp);
    at.dedup_by(|b, a| (*b - *a).abs() <= SNAP);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn horizontal(at: f32, from: f32, to: f32) -> Ruling {
        Ruling { horizontal: true, at, from, to }
    }
    fn vertical(at: f32, from: f32, to: f32) -> Ruling {
        Ruling { horizontal: false, at, from, to }
    }

    #[test]
    fn a_missing_border_merges_cells() {
        // Two rows; the upper one is a single cell over both columns.
        let rulings = [
            horizontal(0.0, 0.0, 100.0),
            horizontal(20.0, 0.0, 100.0),
            horizontal(40.0, 0.0, 100.0),
            vertical(0.0, 0.0, 40.0),
            vertical(50.0, 20.0, 40.0),
            vertical(100.0, 0.0, 40.0),
        ];
        let grids = grids(&rulings, &[]);
        assert_eq!(grids.len(), 1);
        let spans: Vec<(usize, usize)> =
            grids[0].cells.iter().map(|c| (c.row_end - c.row, c.column_end - c.column)).collect();
        assert_eq!(spans, [(1, 2), (1, 1), (1, 1)]);
        assert_eq!(grids[0].cell_at(75.0, 30.0), Some(2));
    }

    #[test]
    fn a_frame_or_an_underline_is_no_table() {
        let frame = [
            horizontal(0.0, 0.0, 100.0),
            horizontal(40.0, 0.0, 100.0),
            vertical(0.0, 0.0, 40.0),
            vertical(100.0, 0.0, 40.0),
        ];
        assert!(grids(&frame, &[]).is_empty());
        let ruled_frame = [&frame[..], &[horizontal(10.0, 0.0, 100.0)]].concat();
        assert!(grids(&ruled_frame, &[]).is_empty());
        assert!(grids(&[horizontal(10.0, 0.0, 100.0)], &[]).is_empty());
    }

    #[test]
    fn a_table_that_touches_the_cell_around_it_is_its_own() {
        // A cell of the outer table holds a table of two by two that ends on the cell's lower border.
        let rulings = [
            horizontal(0.0, 0.0, 200.0),
            horizontal(100.0, 0.0, 200.0),
            vertical(0.0, 0.0, 100.0),
            vertical(50.0, 0.0, 100.0),
            vertical(200.0, 0.0, 100.0),
            horizontal(60.0, 80.0, 160.0),
            horizontal(80.0, 80.0, 160.0),
            vertical(80.0, 60.0, 100.0),
            vertical(120.0, 60.0, 100.0),
            vertical(160.0, 60.0, 100.0),
        ];
        let grids = grids(&rulings, &[]);
        let sizes: Vec<(usize, usize, usize)> =
            grids.iter().map(|g| (g.ys.len() - 1, g.xs.len() - 1, g.cells.len())).collect();
        assert_eq!(sizes, [(1, 2, 2), (2, 2, 4)]);
    }

    #[test]
    fn tables_that_touch_are_told_apart_by_their_sides() {
        let mut rulings = Vec::new();
        for (top, left) in [(0.0, 0.0), (41.0, 30.0)] {
            for y in [0.0, 20.0, 40.0] {
                rulings.push(horizontal(top + y, left, left + 200.0));
            }
            for x in [0.0, 80.0, 200.0] {
                rulings.push(vertical(left + x, top, top + 40.0));
            }
        }
        let grids = grids(&rulings, &[]);
        let cells: Vec<usize> = grids.iter().map(|g| g.cells.len()).collect();
        assert_eq!(cells, [4, 4]);
    }

    #[test]
    fn shading_that_ends_across_a_cell_is_a_border() {
        // The border below the shaded heading is missing in the first column.
        let rulings = [
            horizontal(0.0, 0.0, 100.0),
            horizontal(20.0, 50.0, 100.0),
            horizontal(40.0, 0.0, 100.0),
            vertical(0.0, 0.0, 40.0),
            vertical(50.0, 0.0, 40.0),
            vertical(100.0, 0.0, 40.0),
        ];
        let heading = Area { x0: 0.0, y0: 0.0, x1: 100.0, y1: 20.0 };
        let highlighter = Area { x0: 5.0, y0: 0.0, x1: 45.0, y1: 20.0 };
        assert_eq!(grids(&rulings, &[heading])[0].cells.len(), 4);
        assert_eq!(grids(&rulings, &[highlighter])[0].cells.len(), 3);
    }

    #[test]
    fn a_blank_to_fill_in_is_no_border() {
        // A blank on the second cell's line runs into the table's right side.
        let rulings = [
            horizontal(0.0, 0.0, 200.0),
            horizontal(40.0, 0.0, 200.0),
            vertical(0.0, 0.0, 40.0),
            vertical(50.0, 0.0, 40.0),
            vertical(200.0, 0.0, 40.0),
            horizontal(20.0, 80.0, 200.0),
        ];
        assert_eq!(grids(&rulings, &[])[0].cells.len(), 2);
    }

    #[test]
    fn open_sides_are_closed() {
        let rulings = [
            horizontal(0.0, 0.0, 100.0),
            horizontal(20.0, 0.0, 100.0),
            horizontal(40.0, 0.0, 100.0),
            vertical(50.0, 0.0, 40.0),
        ];
        assert_eq!(grids(&rulings, &[])[0].cells.len(), 4);
    }
}
