//! Tables in plain text: columns set apart by tabs, drawn with lines, or aligned by blanks.

use super::columns;
use crate::raw::RawBlock;
use crate::structure::numbers;
use crate::table::{Grid, GridCell};

/// Lines of one table that are looked at.
const LINES_MAX: usize = 2_000;
const COLUMNS_MIN: usize = 2;

/// The table that begins in the first of `lines`: how many of them it takes, and the table.
pub(super) fn at_head(lines: &[&str], page: u32) -> Option<(usize, RawBlock)> {
    tabbed(lines, page).or_else(|| drawn(lines, page)).or_else(|| piped(lines, page)).or_else(|| aligned(lines, page))
}

/// Lines set apart by tabs, as a table that was copied out of its file leaves them: how many, and the table.
///
/// One line alone may be a label with its value; a row may lack its last cells.
fn tabbed(lines: &[&str], page: u32) -> Option<(usize, RawBlock)> {
    const TABBED_MIN: usize = 3;
    // Wider lines are an export for programs: nobody reads them as a table, and their cells cost more than the words.
    const TABBED_MAX: usize = 100;
    let width = |line: &str| line.trim_end().split('\t').count();
    if !(TABBED_MIN..=TABBED_MAX).contains(&width(lines.first()?)) {
        return None;
    }
    let cells = |line: &str| line.trim_end().split('\t').map(str::trim).map(str::to_owned).collect::<Vec<String>>();
    let head = cells(lines.first()?);
    let is_row = |line: &&&str| {
        if !(2..=head.len()).contains(&width(line)) {
            return false;
        }
        let row = cells(line);
        row.first().is_some_and(|c| !c.is_empty() && !c.ends_with(['：', ':']))
    };
    // A column of groups often has no name.
    let named = head.iter().filter(|name| !name.is_empty()).count();
    if named < TABBED_MIN || head.first().is_none_or(String::is_empty) || head.len() > named + 1 {
        return None;
    }
    let rows: Vec<&&str> = lines.iter().take(LINES_MAX).take_while(is_row).collect();
    if rows.len() < 2 {
        return None;
    }
    let count = rows.len();
    block_of(rows.into_iter().map(|line| cells(line)).collect(), page).map(|block| (count, block))
}

/// A table whose cells are drawn with signs of boxes or with `+--+--+` and `|`.
///
/// Where a line is drawn between the rows, what stands between two of them is one row however many lines it takes;
/// where only the head is ruled off, a line without a first cell goes on with the row above.
fn drawn(lines: &[&str], page: u32) -> Option<(usize, RawBlock)> {
    if !is_rule(lines.first()?) {
        return None;
    }
    let drawn = lines.iter().take(LINES_MAX).take_while(|l| is_rule(l) || cells_between(l).is_some());
    let mut groups: Vec<Vec<Vec<String>>> = Vec::new();
    let mut open = false;
    let mut count = 0;
    for line in drawn {
        count += 1;
        match cells_between(line) {
            Some(cells) if !is_rule(line) => {
                if !std::mem::replace(&mut open, true) {
                    groups.push(Vec::new());
                }
                groups.last_mut()?.push(cells);
            }
            _ => open = false,
        }
    }
    let ruled = groups.len() > 2;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        let mut begun = false;
        for cells in group {
            let first = cells.first().is_some_and(|c| !c.is_empty());
            let goes_on = begun && (ruled || index == 0 || !first);
            begun = true;
            match rows.last_mut().filter(|_| goes_on) {
                Some(row) => append(row, cells),
                None => rows.push(cells),
            }
        }
    }
    let is_table = rows.iter().filter(|row| row.len() >= COLUMNS_MIN).count() >= 2;
    is_table.then(|| block_of(rows, page))?.map(|block| (count, block))
}

/// Rows between `|` and `|` without lines around them, as Markdown has them.
fn piped(lines: &[&str], page: u32) -> Option<(usize, RawBlock)> {
    let width = cells_between(lines.first()?).map(|cells| cells.len()).filter(|n| *n >= COLUMNS_MIN)?;
    let rows = lines.iter().take(LINES_MAX).map_while(|l| cells_between(l).filter(|cells| cells.len() == width));
    let rows: Vec<Vec<String>> = rows.collect();
    let count = rows.len();
    let is_rule = |row: &Vec<String>| row.iter().all(|c| !c.is_empty() && c.chars().all(|c| matches!(c, '-' | ':')));
    let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| !is_rule(row)).collect();
    (rows.len() >= 2).then(|| block_of(rows, page))?.map(|block| (count, block))
}

/// Whether a line only rules off: `├────┼────┤`, `+----+----+`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let is_sign = |c: char| ('\u{2500}'..='\u{257F}').contains(&c) || matches!(c, '+' | '-' | '=' | '|' | ' ');
    let drawn = |c: &char| ('\u{2500}'..='\u{2501}').contains(c) || matches!(c, '═' | '-' | '=');
    let edge = |c: char| ('\u{2500}'..='\u{257F}').contains(&c) || c == '+';
    line.starts_with(edge)
        && line.ends_with(edge)
        && line.chars().all(is_sign)
        && line.chars().filter(drawn).count() >= 3
}

/// What stands between the upright lines of a row.
fn cells_between(line: &str) -> Option<Vec<String>> {
    let is_upright = |c: char| matches!(c, '│' | '┃' | '║' | '|');
    let line = line.trim();
    let inner = line.strip_prefix(is_upright)?.strip_suffix(is_upright)?;
    Some(inner.split(is_upright).map(|cell| cell.trim().to_owned()).collect())
}

/// Goes on with a row in the next line of its cells.
fn append(row: &mut Vec<String>, cells: Vec<String>) {
    if row.len() < cells.len() {
        row.resize(cells.len(), String::new());
    }
    for (cell, more) in row.iter_mut().zip(cells).filter(|(_, more)| !more.is_empty()) {
        let latin =
            cell.ends_with(|c: char| c.is_ascii_alphanumeric()) && more.starts_with(|c: char| c.is_ascii_alphabetic());
        if latin {
            cell.push(' ');
        }
        cell.push_str(&more);
    }
}

/// A part of a line and the column of the screen it begins in.
struct Field<'a> {
    column: usize,
    text: &'a str,
}

/// A table whose columns are kept by blanks: a head with the name of a column of numbers or of names, and rows whose
/// parts begin where those of the head do. A line without a first part goes on with the row above.
fn aligned(lines: &[&str], page: u32) -> Option<(usize, RawBlock)> {
    const HEAD_CHARS: usize = 12;
    const FIRST: [&str; 8] = ["序号", "项号", "条款号", "编号", "包号", "标段", "包件号", "品目号"];
    let head = fields(lines.first()?);
    let names =
        head.iter().all(|f| f.text.chars().count() <= HEAD_CHARS && !f.text.contains([':', '：', '。', '，', '.']));
    if head.len() < 3 || !names || !head.first().is_some_and(|f| FIRST.contains(&f.text)) {
        return None;
    }
    let mut rows: Vec<Vec<String>> = vec![head.iter().map(|f| f.text.to_owned()).collect()];
    let mut count = 1;
    for line in lines.iter().skip(1).take(LINES_MAX) {
        let Some(cells) = under_head(&head, &fields(line)) else { break };
        let goes_on = cells.first().is_some_and(String::is_empty);
        if goes_on && rows.len() == 1 {
            break;
        }
        match rows.last_mut().filter(|_| goes_on) {
            Some(row) => append(row, cells),
            None => rows.push(cells),
        }
        count += 1;
    }
    let numbered = rows.iter().skip(1).filter(|row| row.iter().filter(|c| !c.is_empty()).count() >= 2).count();
    if numbered < 2 { None } else { block_of(rows, page).map(|block| (count, block)) }
}

/// The parts of a line that two blanks or more set apart.
fn fields(line: &str) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in line.split("  ") {
        let text = part.trim();
        if !text.is_empty() {
            let lead = part.len() - part.trim_start().len();
            let column = columns(line.get(..at + lead).unwrap_or_default());
            found.push(Field { column, text });
        }
        at += part.len() + 2;
    }
    found
}

/// A line's parts, each under the name of its column; `None` where one stands under none.
fn under_head(head: &[Field<'_>], line: &[Field<'_>]) -> Option<Vec<String>> {
    const SHIFT_MAX: usize = 3;
    let mut cells = vec![String::new(); head.len()];
    let is_first = |f: &Field<'_>| f.column <= head.first().map_or(0, |h| h.column) + SHIFT_MAX;
    // 3.1 资格要求 in one part is the clause behind the table.
    if line.is_empty()
        || line.first().is_some_and(|f| {
            is_first(f) && (line.len() < 2 || numbers::number(f.text).is_some_and(|n| !n.rest.is_empty()))
        })
    {
        return None;
    }
    for part in line {
        let at = head.iter().position(|h| h.column.abs_diff(part.column) <= SHIFT_MAX)?;
        let cell = cells.get_mut(at).filter(|cell| cell.is_empty())?;
        part.text.clone_into(cell);
    }
    Some(cells)
}

fn block_of(rows: Vec<Vec<String>>, page: u32) -> Option<RawBlock> {
    let mut grid = Grid::default();
    for (row, cells) in (0..).zip(rows) {
        for (column, words) in (0..).zip(cells) {
            grid.cells.push(GridCell::text(row, column, words, page));
        }
    }
    grid.into_block()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Option<(usize, String)> {
        let lines: Vec<&str> = text.lines().collect();
        at_head(&lines, 1).map(|(count, block)| (count, block.text))
    }

    #[test]
    fn drawn_tables_keep_rows_of_several_lines() {
        let boxed = "┌────┬──────┐\n│序号│项目  │\n├────┼──────┤\n│1   │报价  │\n│    │（30分）│\n├────┼──────┤\n│2   │方案  │\n└────┴──────┘\n其后";
        assert_eq!(rows(boxed), Some((8, "序号\t项目\n1\t报价（30分）\n2\t方案".to_owned())));
        let headed =
            "+----+------+\n| 序号 | 项目 |\n+----+------+\n| 1 | 报价 |\n|   | 含税 |\n| 2 | 方案 |\n+----+------+";
        assert_eq!(rows(headed), Some((7, "序号\t项目\n1\t报价含税\n2\t方案".to_owned())));
        let piped = "| 序号 | 项目 |\n|---|:---|\n| 1 | 报价 |\n|注|";
        assert_eq!(rows(piped), Some((3, "序号\t项目\n1\t报价".to_owned())));
        assert_eq!(rows("-----------\n正文"), None);
        assert_eq!(rows("+----+\n| 注 |\n+----+\n"), None);
    }

    #[test]
    fn aligned_tables_keep_their_columns() {
        let text = "序号    评分项        分值    评分标准\n1       巡检方案      30      完整得30分，\n                              欠缺得10分。\n2       应急预案      70      由评委打分。\n\n3.1 其他";
        let read =
            "序号\t评分项\t分值\t评分标准\n1\t巡检方案\t30\t完整得30分，欠缺得10分。\n2\t应急预案\t70\t由评委打分。";
        assert_eq!(rows(text), Some((4, read.to_owned())));
        assert_eq!(rows("序号  名称  数量\n正文没有列。\n"), None);
        assert_eq!(rows("采 购 人    江城市教育局    盖章\n代理机构    无            盖章"), None);
    }
}
