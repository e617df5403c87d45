//! One table as a grid of folded cells, and the items it scores.
//!
//! Merged cells are seen from every row they cover. Cells keep their place in the block, so that items have evidence.

use std::sync::LazyLock;

use bidlens_domain::document::{BlockIndex, Cell, Document, Table, TextRange};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::folded;
use bidlens_domain::scoring::{Points, ScoreItem};
use regex::Regex;

use crate::grammar::numbers::Decimal;
use crate::reading::is_serial;

const POINT_HEADS: [&str; 15] = [
    "分值",
    "分数",
    "权重",
    "满分",
    "标准分",
    "最高分",
    "得分值",
    "配分",
    "赋分",
    "分)",
    "marks",
    "full mark",
    "weight",
    "points",
    "score",
];
const ITEM_HEADS: [&str; 20] = [
    "评分因素",
    "评审因素",
    "评分项",
    "评审项",
    "评分点",
    "要素",
    "评分内容",
    "评审内容",
    "项目",
    "指标",
    "因素",
    "条款",
    "内容",
    "criteria",
    "criterion",
    "aspect",
    "category",
    "item",
    "factor",
    "parameter",
];
const RULE_HEADS: [&str; 14] = [
    "评分标准",
    "评审标准",
    "评分细则",
    "细则",
    "评分办法",
    "评分方法",
    "评分依据",
    "评标依据",
    "评分准则",
    "说明",
    "准则",
    "标准",
    "依据",
    "description",
];
/// Rows of one table that are looked at.
const ROWS_MAX: u32 = 2_000;
/// Rows in which the first heading row stands, and heading rows of one table.
const HEADING_ROWS: u32 = 5;
const HEADINGS_MAX: usize = 8;
const NAME_CHARS: usize = 120;
const RULE_CHARS: usize = 4_000;

static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:0\s*[-~至]\s*)?(\d+(?:\.\d+)?)\s*(?:[-~至]\s*0\s*)?(?:分|%|marks?|points?)?\s*$").ok()
});
static BRACKETED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)[(（\[]\s*(?:满分|共|计|最高|0\s*[-~至])?\s*(\d+(?:\.\d+)?)\s*(?:分|%|points?|marks?)\s*[)）\]]")
        .ok()
});
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:满分|最高得?|最多得?|共计?|合计|总计|上限为?|maximum(?: of)?)\s*(?:为|是)?\s*(\d+(?:\.\d+)?)\s*(?:分|points?|marks?)").ok()
});
static LOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:第?([一二三四五六七八九十\d]{1,2})(?:包|标段|标包)|(?:包|标段|标包|采购包)([\dA-Z]{1,2}))").ok()
});

fn capture(regex: &LazyLock<Option<Regex>>, text: &str) -> Option<Points> {
    let captures = regex.as_ref()?.captures(text)?;
    points(captures.get(1)?.as_str())
}

pub(super) fn points(digits: &str) -> Option<Points> {
    let value = Decimal::parse(digits)?.value();
    (value > 0.0 && value <= 1_000.0).then(|| Points((value * 100.0).round() as i64))
}

/// The points in brackets behind a name.
pub(super) fn bracketed(text: &str) -> Option<Points> {
    capture(&BRACKETED, text)
}

/// The lot that headings name, empty when none.
pub(super) fn lots(headings: &str) -> String {
    let captures = LOT.as_ref().and_then(|r| r.captures(headings));
    captures.and_then(|c| c.get(1).or(c.get(2)).map(|m| m.as_str().to_owned())).unwrap_or_default()
}

/// Where a heading row puts points and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    points: u32,
    rule: Option<u32>,
}

/// Leaves out each item whose points are the sum of the deeper items right behind it; it is their group.
fn without_groups(mut items: Vec<ScoreItem>, levels: &[usize]) -> Vec<ScoreItem> {
    let level = |at: usize| levels.get(at).copied().unwrap_or_default();
    let mut keep = vec![true; items.len()];
    for at in 0..items.len() {
        let behind = (at + 1..items.len()).take_while(|&i| level(i) > level(at)).count();
        let Some((parent, inside)) = items.get_mut(at..=at + behind).and_then(|s| s.split_first_mut()) else {
            continue;
        };
        if !inside.is_empty() && inside.iter().map(|i| i.points.0).sum::<i64>() == parent.points.0 {
            for item in inside.iter_mut().filter(|i| i.group.is_empty()) {
                item.group.clone_from(&parent.item);
            }
            if let Some(own) = keep.get_mut(at) {
                *own = false;
            }
        }
    }
    items.into_iter().zip(keep).filter_map(|(item, keep)| keep.then_some(item)).collect()
}

/// Leaves out each row that says nothing of how its points are given and whose points are the sum of the rows right
/// behind it that do: 项目管理机构 5.5分, and below it the persons who share them.
fn without_heads(items: Vec<ScoreItem>) -> Vec<ScoreItem> {
    let mut heads: Vec<Option<String>> = vec![None; items.len()];
    let mut keep = vec![true; items.len()];
    for (at, head) in items.iter().enumerate().filter(|(_, item)| item.rule.trim().is_empty()) {
        let mut left = head.points.0;
        let inside = items.iter().skip(at + 1).take_while(|item| {
            let fits = left > 0 && !item.rule.trim().is_empty();
            left -= if fits { item.points.0 } else { 0 };
            fits
        });
        let count = inside.count();
        if count > 0 && left == 0 {
            if let Some(own) = keep.get_mut(at) {
                *own = false;
            }
            for own in heads.iter_mut().skip(at + 1).take(count) {
                *own = Some(head.item.clone());
            }
        }
    }
    let marked = items.into_iter().zip(heads).zip(keep).filter(|(_, keep)| *keep);
    marked
        .map(|((item, head), _)| match head {
            Some(group) if item.group.is_empty() => ScoreItem { group, ..item },
            _ => item,
        })
        .collect()
}

/// Leaves out the rows that only head the rows behind them, where every row stands under such a one.
fn without_sections(items: Vec<ScoreItem>) -> Vec<ScoreItem> {
    let mut sections: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(head) = items.get(at) {
        let mut sum = 0;
        let inside = items.iter().skip(at + 1).take_while(|item| {
            let fits = sum < head.points.0;
            sum += item.points.0;
            fits
        });
        let count = inside.count();
        let inside: i64 = items.iter().skip(at + 1).take(count).map(|i| i.points.0).sum();
        // A row that says how its points are given is an item, though the next happens to give as many.
        if count == 0 || inside != head.points.0 || says_how(&head.rule) {
            return items;
        }
        sections.push((at, count));
        at += count + 1;
    }
    let is_section = |index: usize| sections.iter().any(|(at, _)| *at == index);
    let names: Vec<String> = items.iter().map(|i| i.item.clone()).collect();
    let mut leaves = Vec::new();
    for (index, mut item) in items.into_iter().enumerate().filter(|(index, _)| !is_section(*index)) {
        let section = sections.iter().rfind(|(at, _)| *at < index).and_then(|(at, _)| names.get(*at));
        if let Some(section) = section.filter(|_| item.group.is_empty()) {
            item.group.clone_from(section);
        }
        leaves.push(item);
    }
    leaves
}

/// A cell without the tables inside it.
struct Square<'a> {
    cell: &'a Cell,
    text: String,
    own: TextRange,
}

/// A table of a block.
pub(super) struct Sheet<'a> {
    document: &'a Document,
    block: BlockIndex,
    rows: u32,
    squares: Vec<Square<'a>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(document: &'a Document, block: BlockIndex, table: &'a Table) -> Sheet<'a> {
        let whole = document.block(block).map_or("", |b| b.text.as_str());
        let squares = table.cells.iter().map(|cell| {
            let inside = cell.nested.iter().flat_map(|t| &t.cells).map(|c| c.range.start).min();
            let end = inside.filter(|&i| i >= cell.range.start).unwrap_or(cell.range.end);
            let own = TextRange { start: cell.range.start, end };
            let lines: Vec<String> = own.slice(whole).lines().map(folded).filter(|l| !l.is_empty()).collect();
            Square { cell, text: lines.join("\n"), own }
        });
        Sheet { document, block, rows: table.rows.min(ROWS_MAX), squares: squares.collect() }
    }

    /// The tables inside the cells.
    pub(super) fn nested(&self) -> impl Iterator<Item = Sheet<'a>> + '_ {
        self.squares.iter().flat_map(|s| &s.cell.nested).map(|table| Sheet::new(self.document, self.block, table))
    }

    /// The squares that cover a row, left to right.
    fn row(&self, row: u32) -> Vec<&Square<'a>> {
        let mut squares: Vec<&Square<'a>> = self
            .squares
            .iter()
            .filter(|s| (s.cell.row..s.cell.row.saturating_add(s.cell.row_span.max(1))).contains(&row))
            .collect();
        squares.sort_by_key(|s| s.cell.column);
        squares
    }

    fn evidence(&self, squares: &[&Square<'a>]) -> Vec<Evidence> {
        squares.iter().filter_map(|s| Evidence::at(self.document, self.block, s.own)).collect()
    }

    /// The words of a square as the file has them, in one line.
    fn words(&self, square: &Square<'_>) -> String {
        let whole = self.document.block(self.block).map_or("", |b| b.text.as_str());
        square
            .own
            .slice(whole)
            .split(['\n', '\t'])
            .map(str::trim)
            .collect::<String>()
            .chars()
            .take(NAME_CHARS)
            .collect()
    }

    /// The first line of a square as the file has it, up to the points behind its name.
    fn first_line(&self, square: &Square<'_>) -> String {
        let whole = self.document.block(self.block).map_or("", |b| b.text.as_str());
        let line = square.own.slice(whole).lines().map(str::trim).find(|l| !l.is_empty());
        let line = line.unwrap_or_default();
        let end = BRACKETED.as_ref().and_then(|r| r.find(line)).map_or(line.len(), |m| m.end());
        let line = line.get(..end).unwrap_or(line);
        line.chars().take(NAME_CHARS).collect()
    }

    /// The columns of the points and of the rules, when `row` is a heading row.
    fn heading(&self, row: u32) -> Option<Columns> {
        let squares = self.row(row);
        // English heads its columns in more letters: Technical evaluation criterion.
        let short = |s: &&Square<'_>| s.text.chars().count() <= if s.text.is_ascii() { 48 } else { 24 };
        let lower = |s: &Square<'_>| s.text.replace('\n', "").to_lowercase();
        let heads_points = |s: &&&Square<'_>| {
            let word = lower(s);
            POINT_HEADS.iter().any(|h| word.contains(h))
                && !word.chars().next().is_some_and(|c| c.is_ascii_digit())
                && bracketed(&word).is_none_or(|_| word.starts_with('分') || word.contains("权重"))
                && (POINT_HEADS.contains(&word.as_str()) || !RULE_HEADS.iter().any(|h| word.starts_with(h)))
        };
        // 评分因素及权重 beside 分值 heads the names.
        let points = squares.iter().filter(|s| short(s)).filter(heads_points);
        let points = points.min_by_key(|s| ["因素", "项目", "内容"].iter().any(|w| s.text.contains(w)))?;
        let others: Vec<&&Square<'_>> = squares.iter().filter(|s| s.cell.column != points.cell.column).collect();
        let rule = others.iter().rev().find(|s| short(s) && RULE_HEADS.iter().any(|h| lower(s).contains(h)));
        let item = others.iter().any(|s| short(s) && ITEM_HEADS.iter().any(|h| lower(s).contains(h)));
        (item || rule.is_some()).then(|| Columns { points: points.cell.column, rule: rule.map(|s| s.cell.column) })
    }

    /// Items by a column of points. A heading row further down opens a table inside the table.
    pub(super) fn by_column(&self) -> Vec<ScoreItem> {
        let mut headings: Vec<Columns> = Vec::new();
        let mut items: Vec<ScoreItem> = Vec::new();
        let mut levels: Vec<usize> = Vec::new();
        let mut taken: Vec<(u32, u32)> = Vec::new();
        for row in 0..self.rows {
            if headings.is_empty() && row >= HEADING_ROWS {
                break;
            }
            if let Some(columns) = self.heading(row) {
                if !headings.contains(&columns) && headings.len() < HEADINGS_MAX {
                    headings.push(columns);
                }
                continue;
            }
            let squares = self.row(row);
            if is_total(&squares) {
                continue;
            }
            let found = headings.iter().enumerate().rev().find_map(|(level, columns)| {
                let scored = squares.iter().copied().find(|s| s.cell.column == columns.points)?;
                let alone = capture(&WHOLE, &scored.text);
                let points = alone.or_else(|| bracketed(&scored.text)).or_else(|| capture(&SAID, &scored.text))?;
                Some((level, *columns, scored, alone.is_some(), points))
            });
            let Some((level, columns, scored, alone, points)) = found else { continue };
            let place = (scored.cell.row, scored.cell.column);
            // A merged cell of points is one item, however many rows it covers.
            if taken.contains(&place) {
                continue;
            }
            let is_rule = |s: &Square<'_>| Some(s.cell.column) == columns.rule;
            let mut names: Vec<&Square<'_>> = squares
                .iter()
                .copied()
                .filter(|s| s.cell.column != columns.points && !is_rule(s) && !is_serial(&s.text) && !s.text.is_empty())
                .filter(|s| capture(&WHOLE, &s.text).is_none())
                .collect();
            if names.iter().any(|s| s.cell.column < columns.points) {
                names.retain(|s| s.cell.column < columns.points);
            }
            let rule =
                squares.iter().copied().find(|s| is_rule(s)).or_else(|| {
                    squares.iter().copied().rfind(|s| s.cell.column > columns.points && !s.text.is_empty())
                });
            let Some(item) = self.named(scored, alone, points, &names, rule, &items) else { continue };
            taken.push(place);
            items.push(item);
            levels.push(level);
        }
        let mut items = without_heads(without_sections(without_groups(items, &levels)));
        items.truncate(ROWS_MAX as usize);
        // A column of numbers that gives nothing like a whole is not a scoring table.
        let sum: i64 = items.iter().map(|i| i.points.0).sum();
        if items.len() < 2 || sum < 500 { Vec::new() } else { items }
    }

    /// The item of a row. Its name is the square nearest to the points; where that names a group of rows, it
    /// is the line that says the same points again.
    fn named(
        &self,
        scored: &Square<'a>,
        alone: bool,
        points: Points,
        names: &[&Square<'a>],
        rule: Option<&Square<'a>>,
        before: &[ScoreItem],
    ) -> Option<ScoreItem> {
        let nearest = names.last().copied();
        let rule_text: String = rule.map_or("", |r| r.text.as_str()).chars().take(RULE_CHARS).collect();
        let made = |item: String, group: String, squares: &[&Square<'a>]| ScoreItem {
            item,
            points,
            rule: rule_text.clone(),
            group,
            lots: String::new(),
            evidence: self.evidence(squares),
        };
        if !alone {
            let group = nearest.map(|n| self.words(n)).unwrap_or_default();
            let squares: Vec<&Square<'a>> = nearest.into_iter().chain([scored]).collect();
            let said_apart = bracketed(&scored.text).is_some();
            return if said_apart || nearest.is_none() {
                Some(made(self.first_line(scored), group, &squares))
            } else {
                nearest.map(|n| made(self.words(n), String::new(), &squares))
            };
        }
        let repeats = |s: &Square<'_>| {
            let line = s.text.lines().next().unwrap_or_default();
            line.chars().count() <= 60 && bracketed(line) == Some(points)
        };
        let shared = nearest.is_none_or(|n| {
            let name = self.words(n);
            n.cell.row_span > scored.cell.row_span
                || before.iter().any(|b| b.group == name || b.item == name)
                || bracketed(&n.text).is_some_and(|p| p != points)
        });
        if let Some(rule) = rule.filter(|r| shared || repeats(r) && !nearest.is_some_and(repeats))
            && (repeats(rule) || nearest.is_none())
        {
            let group = nearest.map(|n| self.words(n)).unwrap_or_default();
            return Some(made(self.first_line(rule), group, &[rule, scored]));
        }
        // Rows that share a name are told apart by what their rule speaks of.
        if let (true, Some(group), Some(rule)) = (shared, nearest, rule)
            && let Some((label, _)) = self.first_line(rule).split_once(['：', ':'])
            && (2..=24).contains(&label.trim().chars().count())
            && !label.contains(['。', '，', ',', '；', ';'])
        {
            return Some(made(label.trim().to_owned(), self.words(group), &[rule, scored]));
        }
        let nearest = nearest?;
        // 评审项目 | 评审内容 | 分值: a rule beside the points, its name before it.
        if rule.is_none()
            && let [.., name] = names.get(..names.len().saturating_sub(1)).unwrap_or_default()
            && says_how(&nearest.text)
            && !says_how(&name.text)
            && name.cell.row_span == scored.cell.row_span
        {
            let rule = nearest.text.chars().take(RULE_CHARS).collect();
            return Some(ScoreItem { rule, ..made(self.words(name), String::new(), &[*name, nearest, scored]) });
        }
        // Q1, SV2: the number of a question is no group.
        let code = |text: &str| text.len() <= 5 && text.ends_with(|c: char| c.is_ascii_digit()) && text.is_ascii();
        let group = names.iter().rev().nth(1).filter(|g| !code(&g.text)).map(|g| self.words(g)).unwrap_or_default();
        Some(made(self.words(nearest), group, &[nearest, scored]))
    }

    /// Items whose points stand in words: `类似业绩（10分）`, `最高得10分`.
    pub(super) fn by_words(&self) -> Vec<ScoreItem> {
        let heading = (0..self.rows.min(4)).find(|&row| {
            let squares = self.row(row);
            let named = |heads: &[&str]| {
                squares
                    .iter()
                    .any(|s| s.text.chars().count() <= 16 && heads.iter().any(|h| s.text.to_lowercase().contains(h)))
            };
            squares.len() > 1 && named(&RULE_HEADS) && named(&ITEM_HEADS)
        });
        let Some(heading) = heading else { return Vec::new() };
        let mut items: Vec<ScoreItem> = Vec::new();
        let mut taken: Vec<(u32, u32)> = Vec::new();
        let mut rows = 0_usize;
        for row in heading + 1..self.rows {
            let squares: Vec<&Square<'_>> =
                self.row(row).into_iter().filter(|s| !s.text.is_empty() && !is_serial(&s.text)).collect();
            if squares.len() < 2 || is_total(&squares) {
                continue;
            }
            let Some((&rule, names)) = squares.split_last() else { continue };
            let Some(&name) = names.last() else { continue };
            // 投标报价评分标准(60分) over one row gives that row its points.
            let group = names.iter().rev().nth(1).filter(|g| g.cell.row_span == name.cell.row_span);
            let points = bracketed(&name.text)
                .or_else(|| capture(&SAID, &rule.text))
                .or_else(|| bracketed(&rule.text))
                .or_else(|| capture(&WHOLE, &rule.text))
                .or_else(|| group.and_then(|g| bracketed(&g.text)));
            // What is examined first, and how points are divided, stands above the scores.
            rows += usize::from(points.is_some() || !items.is_empty());
            let Some(points) = points else { continue };
            let place = (name.cell.row, name.cell.column);
            if taken.contains(&place) {
                continue;
            }
            taken.push(place);
            let group = names.iter().rev().nth(1).map(|g| self.words(g)).unwrap_or_default();
            items.push(ScoreItem {
                item: self.words(name),
                points,
                rule: rule.text.chars().take(RULE_CHARS).collect(),
                group,
                lots: String::new(),
                evidence: self.evidence(&[name, rule]),
            });
        }
        let sum: i64 = items.iter().map(|i| i.points.0).sum();
        if items.len() < 3 || items.len() * 10 < rows * 6 || !(2_000..=20_000).contains(&sum) {
            Vec::new()
        } else {
            items
        }
    }
}

/// Whether a cell says how points are given.
fn says_how(text: &str) -> bool {
    static GIVES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[得加扣]\s*\d|\d\s*分|每[^,。;]{1,12}[得加]").ok());
    GIVES.as_ref().is_some_and(|r| r.is_match(text))
}

fn is_total(squares: &[&Square<'_>]) -> bool {
    squares.iter().any(|s| {
        let word: String = s.text.chars().filter(|c| c.is_alphanumeric()).take(12).collect::<String>().to_lowercase();
        matches!(
            word.as_str(),
            "合计" | "总计" | "总分" | "小计" | "合计分" | "总得分" | "total" | "totalmarks" | "grandtotal"
        ) || word.starts_with("合计") && word.chars().count() <= 8
    })
}
