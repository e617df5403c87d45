//! Tables without verticals, and tables without any ruling: columns by the white between them.
//!
//! Where rules above, inside and below agree on their ends, two columns are enough; without any rule it takes three
//! columns, over at least four lines, most of them full. What is not that sure stays running text. Start at [`find`].

use super::lattice::Grid;
use super::layout::{CellItem, PageCell, PageTable};
use super::lines::TextLine;
use super::page::Ruling;

/// White, in ems, between words of two columns of one line.
const GAP_EMS: f32 = 0.8;
/// White between columns without rules, in ems; over all lines.
const STRIP_EMS: f32 = 1.0;
/// Ends of rules that belong together, in points.
const SAME_END: f32 = 4.0;
const RULES_MIN: usize = 3;
/// A shorter rule underlines words; more of them than that are a drawing.
const RULE_LENGTH: f32 = 100.0;
const RULES_MAX: usize = 1_000;
const LINES_MIN: usize = 4;
const COLUMNS_MIN: usize = 3;
/// Share of the lines without rules that must have words in every column.
const FULL_SHARE: f32 = 0.75;
/// Words of a cell without rules, in characters; running text set apart by accident is longer.
const CELL_MAX: usize = 40;
/// Lines of such a table follow each other within this many ems.
const LEADING_EMS: f32 = 2.6;
/// Share of the lines between rules that must have words in more than one column.
const SPLIT_SHARE: f32 = 0.6;

/// A stretch of lines that is a table.
pub(crate) struct Found {
    /// Index of the first line and of the line after the last.
    pub(crate) from: usize,
    pub(crate) end: usize,
    pub(crate) table: PageTable,
}

/// Horizontals that belong to no grid and to no frame around the page.
pub(crate) fn loose_rules(rulings: &[Ruling], grids: &[Grid]) -> Vec<Ruling> {
    let framed = |rule: &Ruling| {
        rulings.iter().filter(|v| !v.horizontal).any(|v| {
            let at_end = (v.at - rule.from).abs() <= SAME_END || (v.at - rule.to).abs() <= SAME_END;
            at_end && v.from - SAME_END <= rule.at && rule.at <= v.to + SAME_END
        })
    };
    let in_grid = |rule: &Ruling| grids.iter().any(|g| g.contains((rule.from + rule.to) / 2.0, rule.at));
    let long = rulings.iter().filter(|r| r.horizontal && r.to - r.from > RULE_LENGTH && !in_grid(r));
    long.take(RULES_MAX).filter(|r| !framed(r)).copied().collect()
}

/// Tables among lines that stand in no grid, from top to bottom; `rules` are horizontals that belong to none.
pub(crate) fn find(lines: &[TextLine], rules: &[Ruling], page: u32) -> Vec<Found> {
    let mut found = Vec::new();
    for Ruled { left, right, top, bottom, inner } in ruled_areas(rules) {
        let within = |l: &TextLine| l.centre_y() > top && l.centre_y() < bottom;
        let Some(from) = lines.iter().position(within) else { continue };
        let end = from + lines.iter().skip(from).take_while(|l| within(l)).count();
        let Some(stretch) = lines.get(from..end) else { continue };
        let rows = if inner.len() > 1 { Some(inner.as_slice()) } else { None };
        let split = stretch.iter().filter(|l| has_gap(l)).count();
        // What is wider than the rules is not between them: those underline blanks to fill in.
        let between = |l: &TextLine| l.x0 >= left - SAME_END && l.x1 <= right + SAME_END;
        if stretch.len() >= 2
            && stretch.iter().all(between)
            && split as f32 >= SPLIT_SHARE * stretch.len() as f32
            && stretch.iter().all(|l| l.column.is_none())
            && let Some(table) = table(stretch, 2, rows, page)
        {
            found.push(Found { from, end, table });
        }
    }
    let mut from = 0;
    while from < lines.len() {
        let free = |at: &usize| !found.iter().any(|f: &Found| (f.from..f.end).contains(at));
        let end = from + (from..lines.len()).take_while(|at| free(at) && follows(lines, from, *at)).count();
        match lines.get(from..end).filter(|s| s.len() >= LINES_MIN).and_then(|stretch| bare_table(stretch, page)) {
            Some(table) => {
                found.push(Found { from, end, table });
                from = end;
            }
            None => from = end.max(from + 1),
        }
    }
    found.sort_by_key(|f| f.from);
    found.dedup_by(|later, earlier| later.from < earlier.end);
    found
}

/// The area of rules with the same ends, and the rules inside it.
struct Ruled {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    inner: Vec<f32>,
}

fn ruled_areas(rules: &[Ruling]) -> Vec<Ruled> {
    let mut groups: Vec<Vec<Ruling>> = Vec::new();
    for rule in rules {
        let same = |g: &&mut Vec<Ruling>| {
            g.first().is_some_and(|r| (r.from - rule.from).abs() <= SAME_END && (r.to - rule.to).abs() <= SAME_END)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(*rule),
            None => groups.push(vec![*rule]),
        }
    }
    let areas = groups.into_iter().filter_map(|group| {
        let mut at: Vec<f32> = group.iter().map(|r| r.at).collect();
        at.sort_by(f32::total_cmp);
        at.dedup_by(|b, a| (*b - *a).abs() < SAME_END);
        if at.len() < RULES_MIN {
            return None;
        }
        let (top, bottom) = (*at.first()?, *at.last()?);
        let inner = at.get(1..at.len() - 1)?.to_vec();
        let (left, right) = (group.first()?.from, group.first()?.to);
        Some(Ruled { left, right, top, bottom, inner })
    });
    areas.collect()
}

/// Whether the line at `at` may be the next of a table that began at `from`: it has gaps, and is near.
fn follows(lines: &[TextLine], from: usize, at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    if line.column.is_some() || !has_gap(line) {
        return false;
    }
    at == from
        || lines.get(at - 1).is_some_and(|before| {
            line.centre_y() - before.centre_y() < LEADING_EMS * line.size.max(before.size)
                && (line.size - before.size).abs() < 0.2 * before.size
        })
}

/// A table without rules, when it is sure.
fn bare_table(stretch: &[TextLine], page: u32) -> Option<PageTable> {
    let borders = strips(stretch)?;
    let columns = borders.len() - 1;
    let parts: Vec<Vec<TextLine>> = stretch.iter().map(segments).collect();
    let full = parts.iter().filter(|p| p.len() == columns).count();
    let short = parts.iter().flatten().all(|p| p.text.chars().count() <= CELL_MAX);
    let leaders = stretch.iter().any(|l| l.text.contains("....") || l.text.contains("……"));
    let sure = columns >= COLUMNS_MIN && full as f32 >= FULL_SHARE * stretch.len() as f32 && short && !leaders;
    if sure { table(stretch, COLUMNS_MIN, None, page) } else { None }
}

/// Middle of each white strip that no words cross, with the outer sides.
fn strips(stretch: &[TextLine]) -> Option<Vec<f32>> {
    let size = stretch.iter().map(|l| l.size).fold(f32::MAX, f32::min);
    let mut words: Vec<(f32, f32)> = stretch.iter().flat_map(segments).map(|p| (p.x0, p.x1)).collect();
    words.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (left, mut right) = *words.first()?;
    let mut borders = vec![left];
    for (x0, x1) in words {
        if x0 - right >= STRIP_EMS * size {
            borders.push((right + x0) / 2.0);
        }
        right = right.max(x1);
    }
    borders.push(right);
    Some(borders)
}

fn has_gap(line: &TextLine) -> bool {
    let mut last = line.x0;
    line.text.chars().zip(&line.edges).any(|(c, edge)| {
        let gap = c == ' ' && *edge - last >= GAP_EMS * line.size;
        last = *edge;
        gap
    })
}

/// The parts of a line between wide gaps.
fn segments(line: &TextLine) -> Vec<TextLine> {
    let mut parts: Vec<TextLine> = Vec::new();
    let mut open: Option<TextLine> = None;
    let mut last = line.x0;
    for (c, edge) in line.text.chars().zip(&line.edges) {
        // The edge of a blank is where the next word begins.
        if c == ' ' && *edge - last >= GAP_EMS * line.size {
            parts.extend(open.take());
            last = *edge;
            continue;
        }
        let part = open.get_or_insert_with(|| TextLine {
            text: String::new(),
            edges: Vec::new(),
            x0: last,
            x1: last,
            ..line.clone()
        });
        part.text.push(c);
        part.edges.push(*edge);
        part.x1 = *edge;
        last = *edge;
    }
    parts.extend(open);
    parts
}

/// The lines as a grid: a row for each area between `rules`, or for each line that has words in the first column.
fn table(stretch: &[TextLine], columns_min: usize, rules: Option<&[f32]>, page: u32) -> Option<PageTable> {
    let borders = strips(stretch)?;
    let columns = borders.len() - 1;
    if columns < columns_min {
        return None;
    }
    let column_of = |x: f32| borders.iter().skip(1).position(|b| x <= *b).unwrap_or(columns - 1);
    let mut rows: Vec<Vec<Vec<TextLine>>> = Vec::new();
    let mut band = 0;
    for line in stretch {
        let parts = segments(line);
        let own_band = rules.map_or(0, |rules| rules.partition_point(|y| *y < line.centre_y()));
        let begins = match rules {
            Some(_) => rows.is_empty() || own_band != band,
            None => rows.is_empty() || parts.first().is_some_and(|p| column_of((p.x0 + p.x1) / 2.0) == 0),
        };
        band = own_band;
        if begins {
            rows.push(vec![Vec::new(); columns]);
        }
        let Some(row) = rows.last_mut() else { continue };
        for part in parts {
            if let Some(cell) = row.get_mut(column_of((part.x0 + part.x1) / 2.0)) {
                cell.push(part);
            }
        }
    }
    if rows.len() < 2 {
        return None;
    }
    let count = rows.len();
    let top = stretch.iter().map(|l| l.y0).fold(f32::MAX, f32::min);
    let mut cells = Vec::new();
    for (row, columns) in rows.into_iter().enumerate() {
        let y0 = columns.iter().flatten().map(|l| l.y0).fold(f32::MAX, f32::min);
        let y1 = columns.iter().flatten().map(|l| l.y1).fold(f32::MIN, f32::max);
        for (column, content) in columns.into_iter().enumerate() {
            cells.push(PageCell {
                row,
                row_end: row + 1,
                x0: borders.get(column).copied().unwrap_or(0.0),
                x1: borders.get(column + 1).copied().unwrap_or(0.0),
                top: y0,
                bottom: y1,
                open: false,
                content: content.into_iter().map(|line| (page, CellItem::Line(line))).collect(),
            });
        }
    }
    Some(PageTable { top, xs: borders, rows: count, cells })
}
