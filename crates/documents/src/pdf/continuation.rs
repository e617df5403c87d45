//! Tables over pages: which part goes on, which rows repeat a heading, which row was split by the page's end.
//!
//! A row is known to be split by what is missing: the border at the page's end, or words where the column otherwise
//! has them. Where neither tells, the words do: a sentence that has not ended, an item of the list above.

use bidlens_domain::fold::folded;

use super::layout::{CellItem, PageCell, PageTable};
use super::lines::TextLine;
use crate::structure::numbers;

/// Borders nearer than this are the same column on two pages.
pub(crate) const SAME_BORDER: f32 = 5.0;
/// A line that ends this near to its cell's border, in ems, is full.
const FULL_LINE_EMS: f32 = 1.6;
/// So is one that takes this share of the cell's width, with so many characters.
const LONG_LINE: f32 = 0.8;
const LONG_LINE_CHARACTERS: usize = 15;
/// A heading that repeats has at most this many rows.
const HEADING_ROWS: usize = 6;

/// One table out of its parts on consecutive pages, and the repeated headings that were set apart, by page.
pub(crate) fn joined(parts: Vec<PageTable>) -> Option<(PageTable, Vec<(u32, TextLine)>)> {
    let mut parts = parts.into_iter();
    let mut whole = parts.next()?;
    let heading: Vec<Vec<String>> = (0..HEADING_ROWS).map(|row| words(&whole, row)).collect();
    let mut repeated = Vec::new();
    for mut part in parts {
        if !whole.ruled && !part.ruled {
            take_borders(&whole.xs, &mut part);
        }
        for x in &part.xs {
            if !whole.xs.iter().any(|known| (known - x).abs() <= SAME_BORDER) {
                whole.xs.push(*x);
            }
        }
        whole.xs.sort_by(f32::total_cmp);
        let rows = repeats(&heading, &part);
        drop_rows(&mut part, rows, &mut repeated);
        append(&mut whole, part);
    }
    Some((whole, repeated))
}

/// Whether `after`, first on its page, may be the next part of the table that ended the page before.
pub(crate) fn goes_on(first: &PageTable, before: &PageTable, after: &PageTable) -> bool {
    same_columns(before, after) && !is_copy(first, after)
}

/// The same form once more: all its words are those of the first part.
fn is_copy(first: &PageTable, after: &PageTable) -> bool {
    let heading: Vec<Vec<String>> = (0..first.rows).map(|row| words(first, row)).collect();
    let with_words = (0..after.rows).filter(|row| !words(after, *row).is_empty()).count();
    with_words > 1 && repeats(&heading, after) >= with_words
}

/// Same outer borders, and inner borders of one part among those of the other; without rulings, words of the one in
/// the columns of the other.
fn same_columns(before: &PageTable, after: &PageTable) -> bool {
    if !before.ruled && !after.ruled {
        return before.xs.len() == after.xs.len() && fits(before, after) && fits(after, before);
    }
    let (Some(a0), Some(a1), Some(b0), Some(b1)) =
        (before.xs.first(), before.xs.last(), after.xs.first(), after.xs.last())
    else {
        return false;
    };
    if (a0 - b0).abs() > SAME_BORDER || (a1 - b1).abs() > SAME_BORDER {
        return false;
    }
    let among = |few: &[f32], many: &[f32]| few.iter().all(|x| many.iter().any(|y| (x - y).abs() <= SAME_BORDER));
    among(&after.xs, &before.xs) || among(&before.xs, &after.xs)
}

/// Whether no words of `part` cross the inner borders of `table`, which has as many.
fn fits(table: &PageTable, part: &PageTable) -> bool {
    let inner = |at: usize| table.xs.get(at).copied().filter(|_| at > 0 && at + 1 < table.xs.len());
    part.cells.iter().all(|cell| {
        let Some(column) = part.xs.iter().position(|x| *x == cell.x0) else { return false };
        let (left, right) = (inner(column), inner(column + 1));
        lines(cell).all(|line| {
            left.is_none_or(|x| line.x0 > x - SAME_BORDER) && right.is_none_or(|x| line.x1 < x + SAME_BORDER)
        })
    })
}

/// Gives `part` the borders `xs`, of which it has as many.
fn take_borders(xs: &[f32], part: &mut PageTable) {
    let own = std::mem::replace(&mut part.xs, xs.to_vec());
    let moved = |x: f32| own.iter().position(|o| *o == x).and_then(|at| xs.get(at)).copied().unwrap_or(x);
    for cell in &mut part.cells {
        (cell.x0, cell.x1) = (moved(cell.x0), moved(cell.x1));
    }
}

/// Folded words of the cells that begin in a row; empty when none has any.
fn words(table: &PageTable, row: usize) -> Vec<String> {
    let cells = table.cells.iter().filter(|c| c.row == row);
    let words: Vec<String> = cells.map(|cell| lines(cell).map(|line| folded(&line.text)).collect()).collect();
    if words.iter().all(String::is_empty) { Vec::new() } else { words }
}

fn lines(cell: &PageCell) -> impl DoubleEndedIterator<Item = &TextLine> {
    cell.content.iter().filter_map(|(_, item)| match item {
        CellItem::Line(line) => Some(line),
        CellItem::Table(_) => None,
    })
}

/// How many of the first rows are the heading's.
fn repeats(heading: &[Vec<String>], part: &PageTable) -> usize {
    heading.iter().enumerate().take_while(|(row, known)| !known.is_empty() && words(part, *row) == **known).count()
}

fn drop_rows(part: &mut PageTable, rows: usize, dropped: &mut Vec<(u32, TextLine)>) {
    if rows == 0 {
        return;
    }
    let (gone, kept): (Vec<PageCell>, Vec<PageCell>) =
        std::mem::take(&mut part.cells).into_iter().partition(|cell| cell.row < rows);
    part.cells = kept;
    for (page, item) in gone.into_iter().flat_map(|cell| cell.content) {
        if let CellItem::Line(line) = item {
            dropped.push((page, line));
        }
    }
    for cell in &mut part.cells {
        cell.row -= rows;
        cell.row_end -= rows;
    }
    part.rows = part.rows.saturating_sub(rows);
}

/// Appends `part` below; its first row may be the rest of the last one, its first cells that of merged ones.
fn append(whole: &mut PageTable, part: PageTable) {
    let last_row = whole.rows.saturating_sub(1);
    let lead_empty = lead(&part).is_some_and(|cell| cell.content.is_empty());
    let own_points = has_own_points(whole, &part);
    let total = is_total(&part);
    let words_from = first_with_words(&part).map_or(f32::MAX, |cell| cell.x0);
    let own_row = own_points || total;
    let continued = whole.rows > 0 && part.rows > 0 && !own_row && (cut_off(whole, &part) || split_row(whole, &part));
    let offset = if continued { last_row } else { whole.rows };
    for mut cell in part.cells {
        let on_top = cell.row == 0;
        let merged = cell.row_end > cell.row + 1;
        cell.row += offset;
        cell.row_end += offset;
        let above = whole.cells.iter_mut().find(|w| ends_above(w, &cell, last_row));
        if let Some(above) = above
            && on_top
            && (continued
                || (lead_empty
                    && !total
                    && cell.content.is_empty()
                    && !above.content.is_empty()
                    && (above.row < last_row || merged || (own_points && cell.x0 < words_from))))
        {
            above.content.append(&mut cell.content);
            above.row_end = above.row_end.max(cell.row_end);
            above.open = cell.open;
        } else if !(continued && on_top && cell.content.is_empty()) {
            whole.cells.push(cell);
        }
    }
    whole.rows = offset + part.rows;
}

/// Whether `above` reaches the last row in the same column as `cell`.
fn ends_above(above: &PageCell, cell: &PageCell, last_row: usize) -> bool {
    above.row_end > last_row && above.row <= last_row && same_place(above, cell)
}

fn same_place(a: &PageCell, b: &PageCell) -> bool {
    (a.x0 - b.x0).abs() <= SAME_BORDER && (a.x1 - b.x1).abs() <= SAME_BORDER
}

/// The leftmost cell of the first row.
fn lead(part: &PageTable) -> Option<&PageCell> {
    part.cells.iter().filter(|c| c.row == 0).min_by(|a, b| a.x0.total_cmp(&b.x0))
}

/// The table ends without a border at the page's end, and the two rows do not both begin with words.
fn cut_off(whole: &PageTable, part: &PageTable) -> bool {
    let last: Vec<&PageCell> = whole.cells.iter().filter(|c| c.row_end == whole.rows).collect();
    let began = last.iter().min_by(|a, b| a.x0.total_cmp(&b.x0)).is_some_and(|cell| !cell.content.is_empty());
    let begins = lead(part).is_some_and(|cell| !cell.content.is_empty());
    !last.is_empty() && last.iter().all(|cell| cell.open) && !(began && begins)
}

/// The first row has points or a number of its own where the row above has them too: both are whole.
fn has_own_points(whole: &PageTable, part: &PageTable) -> bool {
    let last_row = whole.rows.saturating_sub(1);
    let own = part.cells.iter().filter(|c| c.row == 0 && holds_figure(c));
    own.into_iter().any(|cell| whole.cells.iter().any(|w| ends_above(w, cell, last_row) && holds_figure(w)))
}

fn holds_figure(cell: &PageCell) -> bool {
    is_figure(&lines(cell).map(|line| line.text.as_str()).collect::<String>())
}

/// Points, a quantity or a sum of money, with nothing else in its cell.
pub(crate) fn is_figure(text: &str) -> bool {
    let around = |c: char| matches!(c, '分' | '%' | '％' | '元' | '¥' | '￥' | '$' | '€' | '£') || c.is_whitespace();
    let bare = text.trim_matches(around);
    bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

/// Whether words name a sum of the rows above: 合计, Total price.
pub(crate) fn names_total(text: &str) -> bool {
    const CHARACTERS_MAX: usize = 24;
    const CHINESE: [&str; 7] = ["合计", "总计", "小计", "共计", "总价", "总额", "合价"];
    const ENGLISH: [&str; 4] = ["total", "subtotal", "sub-total", "sum"];
    let words: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let first = text.trim_start().split([' ', ':', '(']).next().unwrap_or_default().to_lowercase();
    let second = text.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    text.chars().count() <= CHARACTERS_MAX
        && (CHINESE.iter().any(|name| words.starts_with(name))
            || ENGLISH.contains(&first.as_str())
            || first == "grand" && second == "total")
}

/// The first row sums up those above.
fn is_total(part: &PageTable) -> bool {
    first_with_words(part).is_some_and(|cell| {
        let text: Vec<&str> = lines(cell).map(|line| line.text.as_str()).collect();
        names_total(&text.join(" "))
    })
}

/// The leftmost cell of the first row that is not empty.
fn first_with_words(part: &PageTable) -> Option<&PageCell> {
    let filled = part.cells.iter().filter(|c| c.row == 0 && !c.content.is_empty());
    filled.min_by(|a, b| a.x0.total_cmp(&b.x0))
}

/// The first row is the rest of the last one: it begins empty, and words are missing where they are usual, or those
/// that are there go on from above.
fn split_row(whole: &PageTable, part: &PageTable) -> bool {
    if whole.rows < 2 || lead(part).is_none_or(|cell| !cell.content.is_empty()) {
        return false;
    }
    // Cells over several rows go on whether the row was split or not.
    let own: Vec<&PageCell> = part.cells.iter().filter(|c| c.row == 0 && c.row_end == 1).collect();
    let (empty, with_words): (Vec<&PageCell>, Vec<&PageCell>) =
        own.into_iter().partition(|cell| cell.content.is_empty());
    if with_words.is_empty() {
        return false;
    }
    let usual = |cell: &&PageCell| {
        let column = whole.cells.iter().filter(|w| w.row > 0 && same_place(w, cell));
        let (filled, all) = column.fold((0, 0), |(f, n), w| (f + usize::from(!w.content.is_empty()), n + 1));
        filled * 2 > all
    };
    if empty.iter().any(usual) {
        return true;
    }
    let last_row = whole.rows - 1;
    with_words.iter().all(|cell| {
        let above = whole.cells.iter().find(|w| ends_above(w, cell, last_row));
        above.is_some_and(|above| reads_on(above, cell))
    })
}

/// Whether the words of `below` go on from those of `above`.
fn reads_on(above: &PageCell, below: &PageCell) -> bool {
    let (Some(last), Some(next)) = (lines(above).next_back(), lines(below).next()) else { return false };
    // The next item of a list that stands inside the cell above; where the cell itself is an item, a sibling begins.
    if let Some(number) = numbers::number(&next.text)
        && let Some(before) = ordinal(number.printed).and_then(|n| n.checked_sub(1))
    {
        let precedes = |line: &TextLine| {
            numbers::number(&line.text).is_some_and(|n| n.style == number.style && ordinal(n.printed) == Some(before))
        };
        if let Some(at) = lines(above).position(precedes) {
            return at > 0;
        }
    }
    match last.text.trim_end().chars().next_back() {
        Some('。' | '；' | ';' | '！' | '？' | '.' | '!' | '?') => false,
        Some('：' | ':') => true,
        // A sentence is broken off where its line is full, or nearly; a short entry is whole.
        _ => {
            let share = (last.x1 - last.x0) / (above.x1 - above.x0).max(1.0);
            let long = share > LONG_LINE && last.text.chars().count() >= LONG_LINE_CHARACTERS;
            long || last.x1 + FULL_LINE_EMS * last.size >= above.x1
        }
    }
}

/// The last number of `3.`, `1.2`, `（二）` or `④`.
fn ordinal(printed: &str) -> Option<u32> {
    let digits: String =
        folded(printed).chars().rev().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    if !digits.is_empty() {
        return digits.chars().rev().collect::<String>().parse().ok();
    }
    let numeral = |c: char| "一二三四五六七八九".chars().position(|n| n == c).and_then(|n| u32::try_from(n + 1).ok());
    let mut value = None;
    for c in printed.chars() {
        match c {
            '①'..='⑳' => return Some(u32::from(c) - u32::from('①') + 1),
            '⑴'..='⒇' => return Some(u32::from(c) - u32::from('⑴') + 1),
            '十' => value = Some(value.unwrap_or(1) * 10),
            _ => {
                if let Some(n) = numeral(c) {
                    value = Some(value.unwrap_or(0) + n);
                }
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_front_of_items_are_counted() {
        for (printed, number) in
            [("3.", 3), ("1.2", 2), ("（二）", 2), ("④", 4), ("十二、", 12), ("二十、", 20), ("（11）", 11)]
        {
            assert_eq!(ordinal(printed), Some(number), "{printed}");
        }
        assert_eq!(ordinal("•"), None);
    }
}
