//! Tables without verticals, and tables without any ruling: columns by the white between them.
//!
//! Where rules above, inside and below agree on their ends, two columns are enough. Without any rule the words must
//! stand under each other: three columns whose cells begin, end or stand in the middle at one place, or short names
//! with what they name beside them. What is not that sure stays running text. Start at [`find`].

use bidlens_domain::fold::is_cjk;

use super::continuation::{is_figure, names_total};
use super::lattice::Grid;
use super::layout::{CellItem, PageCell, PageTable};
use super::lines::{TextLine, starts_item};
use super::page::Ruling;

/// White, in ems, between words of two columns of one line.
const GAP_EMS: f32 = 0.8;
/// White between columns without rules, in ems; over all lines.
const STRIP_EMS: f32 = 1.0;
/// The same where every column is aligned: a narrow one, or one under a wide heading, has less.
const ALIGNED_STRIP_EMS: f32 = 0.6;
/// Ends of rules that belong together, in points.
const SAME_END: f32 = 4.0;
const RULES_MIN: usize = 3;
/// A shorter rule underlines words; more of them than that are a drawing.
const RULE_LENGTH: f32 = 100.0;
const RULES_MAX: usize = 1_000;
const LINES_MIN: usize = 4;
/// A table of one page has no more lines than this, and so often one is looked for on a page in vain.
const LINES_MAX: usize = 300;
const ATTEMPTS_MAX: usize = 40;
/// Rows without rules that are sure: of three and more columns, and of names with what they name.
const ROWS_MIN: usize = 3;
const NAMES_MIN: usize = 4;
/// Share of the rows without rules that must lack the words of one column at most.
const FULL_SHARE: f32 = 0.75;
/// Words of a cell without rules, in characters; in all columns but two they are no longer.
const CELL_MAX: usize = 40;
/// A name that has its value beside it, in widths of a Latin letter.
const NAME_WIDTH_MAX: usize = 30;
/// Cells of a column begin, end or have their middle within so many points, this share of them at least.
const SAME_PLACE: f32 = 2.5;
const ALIGNED_SHARE: f32 = 0.7;
/// Lines of such a table follow each other within this many ems.
const LEADING_EMS: f32 = 2.6;
/// Rows set apart have this much more white between them than the lines of a cell, in ems.
const ROW_WHITE_EMS: f32 = 0.2;
/// Share of the lines or rows between rules that must have words in more than one column.
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
    let mut found: Vec<Found> = ruled_areas(rules).iter().filter_map(|area| ruled_table(lines, area, page)).collect();
    if lines.iter().any(has_gap) {
        let parts: Vec<Vec<Span>> = lines.iter().map(spans).collect();
        let (mut from, mut attempts) = (0, 0);
        while from < lines.len() && attempts < ATTEMPTS_MAX {
            let free = |at: usize| !found.iter().any(|f: &Found| (f.from..f.end).contains(&at));
            let Stretch { end, columns } = stretch(lines, &parts, from, free);
            let lines = lines.get(from..end).unwrap_or_default();
            attempts += usize::from(lines.len() >= LINES_MIN);
            match Bare::of(lines, columns).and_then(|bare| bare.table(page)) {
                Some(table) => {
                    found.push(Found { from, end, table });
                    from = end;
                }
                None => from += 1,
            }
        }
    }
    found.sort_by_key(|f| f.from);
    found.dedup_by(|later, earlier| later.from < earlier.end);
    found
}

/// The table between rules that have the same ends.
fn ruled_table(lines: &[TextLine], area: &Ruled, page: u32) -> Option<Found> {
    let Ruled { left, right, top, bottom, inner } = area;
    let within = |l: &TextLine| l.centre_y() > *top && l.centre_y() < *bottom;
    let from = lines.iter().position(within)?;
    let end = from + lines.iter().skip(from).take_while(|l| within(l)).count();
    // What is wider than the rules is not between them: those underline blanks to fill in.
    let between = |l: &TextLine| l.x0 >= left - SAME_END && l.x1 <= right + SAME_END;
    let stretch = lines.get(from..end).filter(|stretch| stretch.len() >= 2)?;
    if !stretch.iter().all(|l| between(l) && l.column.is_none()) {
        return None;
    }
    let every_row = inner.len() > 1;
    let (mut split, mut all) = (0, 0);
    for row in stretch.chunk_by(|a, b| every_row && band(inner, a) == band(inner, b)) {
        split += usize::from(row.iter().any(has_gap));
        all += 1;
    }
    if (split as f32) < SPLIT_SHARE * all as f32 {
        return None;
    }
    // The heading may stand above the first rule, and so may the rest of a row that the page's end has split.
    let above = lines.get(..from).unwrap_or_default().iter().rev();
    let mut below = stretch.first()?;
    let mut known = columns(stretch)?;
    let mut head = 0;
    for line in above {
        let own = spans(line);
        let merged = merged(&known, &own, STRIP_EMS * line.size);
        let beside = own.len() > 1 || own.first().is_some_and(|s| known.get(1).is_some_and(|c| s.0 >= c.0 - SAME_END));
        let near = below.centre_y() - line.centre_y() < LEADING_EMS * line.size;
        if !near || !beside || !between(line) || line.column.is_some() || merged.len() != known.len() {
            break;
        }
        (known, below, head) = (merged, line, head + 1);
    }
    let from = from - head;
    let stretch = lines.get(from..end)?;
    let row_of = if every_row {
        let rules: Vec<f32> = std::iter::once(*top).filter(|_| head > 0).chain(inner.iter().copied()).collect();
        by_rules(stretch, &rules)
    } else {
        by_first_column(stretch, &known)
    };
    table(stretch, borders(&known), &row_of, page).map(|table| Found { from, end, table })
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

/// Left and right end of words, or of a column.
type Span = (f32, f32);

/// Lines that may be a table, up to `end`, with the columns that their words leave white between.
struct Stretch {
    end: usize,
    columns: Vec<Span>,
}

/// The lines from `from` on that follow each other closely and keep to its columns.
fn stretch(lines: &[TextLine], parts: &[Vec<Span>], from: usize, free: impl Fn(usize) -> bool) -> Stretch {
    let mut found = Stretch { end: from, columns: parts.get(from).cloned().unwrap_or_default() };
    if found.columns.len() < 2 {
        return found;
    }
    let mut columns = found.columns.clone();
    let mut before: Option<&TextLine> = None;
    for (at, (line, own)) in lines.iter().zip(parts).enumerate().skip(from).take(LINES_MAX) {
        let near = before.is_none_or(|before| {
            line.centre_y() - before.centre_y() < LEADING_EMS * line.size.max(before.size)
                && (line.size - before.size).abs() < 0.2 * before.size
        });
        let merged = merged(&columns, own, ALIGNED_STRIP_EMS * line.size);
        if !near || !free(at) || line.column.is_some() || merged.len() < columns.len() {
            break;
        }
        before = Some(line);
        columns = merged;
        // A lone line below the first column may be a heading or a note; what stands beside it belongs to the table.
        if own.len() > 1 || own.first().is_some_and(|s| columns.first().is_some_and(|c| s.0 > c.1)) {
            found = Stretch { end: at + 1, columns: columns.clone() };
        }
    }
    found
}

/// Columns together with the spans of a further line; what is nearer than `strip` is one.
///
/// Where every column has its span, they belong together in their order: a heading need not stand over its figures.
fn merged(columns: &[Span], spans: &[Span], strip: f32) -> Vec<Span> {
    if columns.len() == spans.len() {
        let paired = columns.iter().zip(spans).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
        let paired: Vec<Span> = paired.collect();
        if paired.windows(2).all(|pair| pair[1].0 - pair[0].1 >= strip) {
            return paired;
        }
    }
    let mut all: Vec<Span> = columns.iter().chain(spans).copied().collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<Span> = Vec::with_capacity(all.len());
    for (x0, x1) in all {
        match out.last_mut() {
            Some(last) if x0 - last.1 < strip => last.1 = last.1.max(x1),
            _ => out.push((x0, x1)),
        }
    }
    out
}

/// The columns of some lines: what no white strip divides.
fn columns(stretch: &[TextLine]) -> Option<Vec<Span>> {
    let size = stretch.iter().map(|l| l.size).fold(f32::MAX, f32::min);
    let words: Vec<Span> = stretch.iter().flat_map(spans).collect();
    Some(merged(&[], &words, STRIP_EMS * size)).filter(|columns| columns.len() > 1)
}

/// The middle of the white between columns, with the outer sides.
fn borders(columns: &[Span]) -> Vec<f32> {
    let inner = columns.windows(2).map(|pair| (pair[0].1 + pair[1].0) / 2.0);
    let (first, last) = (columns.iter().take(1).map(|c| c.0), columns.iter().rev().take(1).map(|c| c.1));
    first.chain(inner).chain(last).collect()
}

/// The column whose words stand nearest.
fn column_of(columns: &[Span], (x0, x1): Span) -> usize {
    let middle = (x0 + x1) / 2.0;
    columns.iter().take(columns.len().saturating_sub(1)).filter(|c| c.1 < middle).count()
}

/// How many of the rules stand above a line.
fn band(rules: &[f32], line: &TextLine) -> usize {
    rules.partition_point(|y| *y < line.centre_y())
}

/// The row of each line, where a rule stands between rows.
fn by_rules(stretch: &[TextLine], rules: &[f32]) -> Vec<usize> {
    let mut row = 0;
    let mut row_of = Vec::with_capacity(stretch.len());
    let mut before = None;
    for line in stretch {
        let band = band(rules, line);
        row += usize::from(before.is_some_and(|before| before != band));
        before = Some(band);
        row_of.push(row);
    }
    row_of
}

/// The row of each line, where a row begins with words in the first column or by figures of its own.
fn by_first_column(stretch: &[TextLine], columns: &[Span]) -> Vec<usize> {
    let mut row = 0;
    let mut figures: Vec<usize> = Vec::new();
    let mut row_of = Vec::with_capacity(stretch.len());
    for (at, line) in stretch.iter().enumerate() {
        let parts = segments(line);
        let column = |part: &TextLine| column_of(columns, (part.x0, part.x1));
        let own: Vec<usize> = parts.iter().filter(|part| is_figure(&part.text)).map(column).collect();
        let begins = parts.first().is_some_and(|part| column(part) == 0 || names_total(&part.text))
            || own.iter().any(|column| figures.contains(column));
        if begins && at > 0 {
            row += 1;
            figures.clear();
        }
        figures.extend(own);
        row_of.push(row);
    }
    row_of
}

/// Lines without rules, row by row.
struct Bare<'l> {
    lines: &'l [TextLine],
    columns: Vec<Span>,
    row_of: Vec<usize>,
    /// Of each row the parts of its lines, column by column.
    rows: Vec<Vec<Vec<TextLine>>>,
}

impl<'l> Bare<'l> {
    fn of(lines: &'l [TextLine], columns: Vec<Span>) -> Option<Self> {
        if lines.len() < LINES_MIN || columns.len() < 2 {
            return None;
        }
        let row_of = by_white(lines, &columns).unwrap_or_else(|| by_first_column(lines, &columns));
        let rows = rows(lines, columns.len(), |span| column_of(&columns, span), &row_of);
        Some(Bare { lines, columns, row_of, rows })
    }

    /// The table, when it is sure.
    fn table(&self, page: u32) -> Option<PageTable> {
        let leaders = self.lines.iter().any(|l| l.text.contains("....") || l.text.contains("……"));
        let sure = if self.columns.len() > 2 { self.is_sure() } else { self.names_and_values() };
        if leaders || !sure || self.labels_share() > 0.4 {
            return None;
        }
        table(self.lines, self.borders(), &self.row_of, page)
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &Vec<TextLine>> {
        self.rows.iter().filter_map(move |row| row.get(column)).filter(|cell| !cell.is_empty())
    }

    /// Of all cells, the share that waits for words to be filled in after its colon.
    fn labels_share(&self) -> f32 {
        let cells: Vec<&Vec<TextLine>> = self.rows.iter().flatten().filter(|cell| !cell.is_empty()).collect();
        let label = |cell: &&Vec<TextLine>| cell.last().is_some_and(|line| line.text.trim_end().ends_with(['：', ':']));
        cells.iter().copied().filter(label).count() as f32 / cells.len().max(1) as f32
    }

    fn is_sure(&self) -> bool {
        let columns = self.columns.len();
        let filled = |row: &Vec<Vec<TextLine>>| row.iter().filter(|cell| !cell.is_empty()).count();
        let full = self.rows.iter().filter(|row| filled(row) + 1 >= columns.max(3)).count();
        let whole = self.rows.iter().filter(|row| filled(row) == columns).count();
        let long = (0..columns).filter(|&column| self.cells(column).any(|cell| characters(cell) > CELL_MAX)).count();
        self.rows.len() >= ROWS_MIN
            && self.rows.first().is_some_and(|head| filled(head) + 1 >= columns)
            && full as f32 >= FULL_SHARE * self.rows.len() as f32
            && (columns > 3 || 2 * whole >= self.rows.len())
            && long + 2 <= columns
            && (0..columns).all(|column| self.place(column).is_some())
    }

    /// Short names, none of them numbered, and beside each what it names.
    fn names_and_values(&self) -> bool {
        let both = self.rows.iter().filter(|row| row.iter().all(|cell| !cell.is_empty())).count();
        let is_name = |cell: &Vec<TextLine>| {
            let text: String = cell.iter().map(|line| line.text.as_str()).collect();
            text.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum::<usize>() <= NAME_WIDTH_MAX
                && text.starts_with(char::is_alphabetic)
                && !starts_item(&text)
                && !text.trim_end().ends_with(['：', ':', '。', '，', '；', ',', ';', '、', ')', '.'])
        };
        let words = |cell: &&Vec<TextLine>| cell.iter().any(|line| line.text.chars().any(char::is_alphabetic));
        let opens = |cell: &Vec<TextLine>| cell.first().is_some_and(|line| line.text.starts_with(['：', ':']));
        self.rows.len() >= NAMES_MIN
            && both as f32 >= FULL_SHARE * self.rows.len() as f32
            && self.cells(0).all(is_name)
            && 2 * self.cells(1).filter(words).count() > self.cells(1).count()
            && !self.cells(1).any(opens)
            && (0..2).all(|column| self.place(column) == Some(Place::Left))
    }

    /// Where the words of a column stand under each other.
    fn place(&self, column: usize) -> Option<Place> {
        let lines: Vec<&TextLine> = self.cells(column).flatten().collect();
        let alike = |at: fn(&TextLine) -> f32| {
            let mut at: Vec<f32> = lines.iter().map(|line| at(line)).collect();
            at.sort_by(f32::total_cmp);
            let near = |(n, x): (usize, &f32)| at.partition_point(|other| *other <= x + SAME_PLACE) - n;
            let most = at.iter().enumerate().map(near).max().unwrap_or(0);
            most as f32 >= ALIGNED_SHARE * at.len() as f32
        };
        if alike(|line| line.x0) {
            Some(Place::Left)
        } else if alike(|line| line.x1) {
            Some(Place::Right)
        } else {
            alike(|line| (line.x0 + line.x1) / 2.0).then_some(Place::Middle)
        }
    }

    /// Borders where the words of the next page will have them too: beside what stands under each other.
    fn borders(&self) -> Vec<f32> {
        let mut borders = borders(&self.columns);
        let places: Vec<Option<Place>> = (0..self.columns.len()).map(|column| self.place(column)).collect();
        for (at, pair) in self.columns.windows(2).enumerate() {
            let beside = match (places.get(at), places.get(at + 1)) {
                (_, Some(Some(Place::Left))) => pair[1].0 - 1.0,
                (Some(Some(Place::Right)), _) => pair[0].1 + 1.0,
                _ => continue,
            };
            if let Some(border) = borders.get_mut(at + 1) {
                *border = beside;
            }
        }
        borders
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Left,
    Right,
    Middle,
}

fn characters(cell: &[TextLine]) -> usize {
    cell.iter().map(|line| line.text.chars().count()).sum()
}

/// The row of each line, where rows are set further apart than the lines of a cell.
fn by_white(stretch: &[TextLine], columns: &[Span]) -> Option<Vec<usize>> {
    let size = stretch.iter().map(|l| l.size).fold(f32::MAX, f32::min);
    let mut bottoms: Vec<Option<f32>> = vec![None; columns.len()];
    let mut within = f32::MAX;
    let mut full = 0;
    for line in stretch {
        let own = spans(line);
        full += usize::from(own.len() + 1 >= columns.len().max(3));
        for span in own {
            let Some(bottom) = bottoms.get_mut(column_of(columns, span)) else { continue };
            within = bottom.map_or(within, |bottom| within.min(line.y0 - bottom));
            *bottom = Some(line.y1);
        }
    }
    let (mut row, mut bottom) = (0, f32::MAX);
    let mut row_of = Vec::with_capacity(stretch.len());
    for line in stretch {
        if line.y0 - bottom > within + ROW_WHITE_EMS * size {
            (row, bottom) = (row + 1, f32::MIN);
        }
        bottom = if bottom == f32::MAX { line.y1 } else { bottom.max(line.y1) };
        row_of.push(row);
    }
    // A gap or two in a list of rows that stand as close as lines tells nothing.
    (row > 0 && 2 * (row + 1) >= full).then_some(row_of)
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
        let TextLine { y0, y1, size, bold, bold_ends, column, confidence, .. } = *line;
        let (text, edges, x0, x1) = (String::new(), Vec::new(), last, last);
        let empty = TextLine { text, edges, x0, y0, x1, y1, size, bold, bold_ends, column, confidence };
        let part = open.get_or_insert(empty);
        part.text.push(c);
        part.edges.push(*edge);
        part.x1 = *edge;
        last = *edge;
    }
    parts.extend(open);
    parts
}

/// Where a line's words stand between wide gaps.
fn spans(line: &TextLine) -> Vec<Span> {
    let mut out = Vec::new();
    let (mut from, mut last) = (line.x0, line.x0);
    for (c, edge) in line.text.chars().zip(&line.edges) {
        if c == ' ' && *edge - last >= GAP_EMS * line.size {
            out.push((from, last));
            from = *edge;
        }
        last = *edge;
    }
    out.push((from, line.x1));
    out
}

/// The parts of lines as rows of cells.
fn rows(
    stretch: &[TextLine],
    columns: usize,
    column_of: impl Fn(Span) -> usize,
    row_of: &[usize],
) -> Vec<Vec<Vec<TextLine>>> {
    let mut rows: Vec<Vec<Vec<TextLine>>> = Vec::new();
    for (line, row) in stretch.iter().zip(row_of) {
        while rows.len() <= *row {
            rows.push(vec![Vec::new(); columns]);
        }
        for part in segments(line) {
            let cell = rows.get_mut(*row).and_then(|row| row.get_mut(column_of((part.x0, part.x1))));
            cell.into_iter().for_each(|cell| cell.push(part.clone()));
        }
    }
    rows
}

/// The lines as a grid.
fn table(stretch: &[TextLine], borders: Vec<f32>, row_of: &[usize], page: u32) -> Option<PageTable> {
    let columns = borders.len().checked_sub(1)?;
    let column_of = |(x0, x1): Span| {
        borders.iter().skip(1).position(|b| (x0 + x1) / 2.0 <= *b).unwrap_or(columns.saturating_sub(1))
    };
    let rows = rows(stretch, columns, column_of, row_of);
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
    Some(PageTable { top, xs: borders, rows: count, cells, ruled: false })
}
