//! Labels and the values that stand with them: in one line, in a row of a table, below a heading.
//!
//! Where a label before a colon starts and its value ends is the business of [`super::colons`].

use std::ops::Range;

use bidlens_domain::fold::{is_cjk, is_western};

use super::Reading;
use super::colons::{label_start, lines_below, value_end};
use super::labels::{LABEL_CHARS, fits_label, is_serial, latin_part, strip_label};
use super::units::{Grid, line_end};
use super::zones::Zone;

/// How a label and its value stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// `项目编号：JC-01` in one line.
    Colon,
    /// A cell and the cell right of it.
    Row,
    /// A heading or a line that ends with a colon, and the text below it.
    Below,
}

/// A label and the value that stands with it.
#[derive(Debug)]
pub(crate) struct Pair {
    /// Folded, without numbering, marks, brackets and white space.
    pub(crate) label: String,
    /// The label as it stands, folded: units in brackets are still there.
    pub(crate) full_label: String,
    pub(crate) unit: usize,
    /// Where the label starts, when it stands in the same unit.
    pub(crate) label_start: Option<usize>,
    pub(crate) value: Range<usize>,
    pub(crate) form: Form,
    /// The row's label or the heading this pair stands under, stripped like a label.
    pub(crate) context: String,
}

impl Reading<'_> {
    pub(super) fn find_pairs(&mut self) {
        let mut pairs = Vec::new();
        for index in 0..self.units.len() {
            self.colon_pairs(index, &mut pairs);
            self.spaced_pairs(index, &mut pairs);
            self.below_pair(index, &mut pairs);
            self.stacked_pairs(index, &mut pairs);
        }
        for grid in &self.grids {
            let bilingual = self.is_bilingual(grid);
            for row in &grid.rows {
                if bilingual && let [label, _, value @ ..] = row.as_slice() {
                    let own: Vec<usize> = std::iter::once(*label).chain(value.iter().copied()).collect();
                    self.row_pairs(&own, &mut pairs);
                } else if !self.is_header(grid, row) {
                    self.row_pairs(row, &mut pairs);
                }
            }
            self.header_pairs(grid, &mut pairs);
        }
        pairs.sort_by_key(|p| p.unit);
        self.pairs = pairs;
    }

    fn colon_pairs(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index) else {
            return;
        };
        let text = &unit.text;
        let context = self.context(index);
        for (colon, _) in text.match_indices(':').take(200) {
            if text.get(colon + 1..).is_some_and(|t| t.starts_with("//")) {
                continue;
            }
            let Some(start) = label_start(text, colon) else {
                continue;
            };
            let full = text.get(start..colon).unwrap_or_default();
            let label = strip_label(full);
            if label.is_empty() {
                continue;
            }
            let mut value = colon + 1..value_end(text, colon + 1);
            if text.get(value.clone()).unwrap_or_default().trim().is_empty() {
                value = lines_below(text, start, value.end);
                if text.get(value.clone()).unwrap_or_default().trim().is_empty() {
                    continue;
                }
            }
            pairs.push(Pair {
                label,
                full_label: full.to_owned(),
                unit: index,
                label_start: Some(start),
                value,
                form: Form::Colon,
                context: context.clone(),
            });
        }
    }

    /// Labels without a colon: rows of a table that became lines (`3.3.1 投标有效期 90日历天`), covers set letter by
    /// letter (`采 购 人 江城市教育局`), labels in brackets (`【报名时间】5月20日`).
    fn spaced_pairs(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index).filter(|u| u.cell.is_none()) else {
            return;
        };
        if matches!(unit.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            return;
        }
        for line in unit.lines.iter().take(400) {
            let Some((label, value)) = spaced_label(line.original) else { continue };
            let start = line.at + line.folded_at(label.start);
            let from = line.at + line.folded_at(value);
            let full = unit.text.get(start..from).unwrap_or_default();
            let stripped = strip_label(full);
            if stripped.is_empty() {
                continue;
            }
            pairs.push(Pair {
                label: stripped,
                full_label: full.to_owned(),
                unit: index,
                label_start: Some(start),
                value: from..line.at + line_end(line),
                form: Form::Row,
                context: self.heading(index).to_owned(),
            });
        }
    }

    /// A heading, or a short line that ends with a colon, names the text below it.
    fn below_pair(&self, index: usize, pairs: &mut Vec<Pair>) {
        let Some(unit) = self.units.get(index) else {
            return;
        };
        let introduces = unit.cell.is_none()
            && fits_label(&unit.text)
            && !unit.text.ends_with(['。', ';', ','])
            && (unit.is_heading || !unit.text.contains(':') || unit.text.ends_with(':'));
        if !introduces {
            return;
        }
        let Some((below, next)) =
            self.units.iter().enumerate().skip(index + 1).take(3).find(|(_, u)| !u.text.is_empty())
        else {
            return;
        };
        if next.document != unit.document || next.is_heading {
            return;
        }
        let label = strip_label(&unit.text);
        if label.is_empty() {
            return;
        }
        pairs.push(Pair {
            label,
            full_label: unit.text.clone(),
            unit: below,
            label_start: None,
            value: 0..next.text.len(),
            form: Form::Below,
            context: self.heading(index).to_owned(),
        });
    }

    /// Names and values of an English cover that stand in lines of their own, name above value: `Solicitation Number`,
    /// and under it `KX-17`.
    fn stacked_pairs(&self, index: usize, pairs: &mut Vec<Pair>) {
        const LABEL_BYTES: usize = 60;
        let Some(unit) = self.units.get(index).filter(|u| u.cell.is_none() && u.lines.len() > 1) else {
            return;
        };
        if !self.is_english() || matches!(unit.zone, Zone::BidForms | Zone::Evaluation) {
            return;
        }
        // What the readers join is one line.
        let mut from = 0;
        let lines = unit.text.split('\n').map(|line| {
            let at = from;
            from += line.len() + 1;
            (at, line)
        });
        let lines: Vec<(usize, &str)> = lines.take(400).collect();
        for (&(start, name), &(at, value)) in lines.iter().zip(lines.iter().skip(1)) {
            let names = is_western(name)
                && name.len() <= LABEL_BYTES
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && !name.contains(':')
                && !name.ends_with(['.', ';', ',', '?', '!']);
            // A page's number behind a title is no value.
            let says = value.chars().any(|c| c.is_alphabetic() || matches!(c, '$' | '£' | '€' | '₹'));
            let label = strip_label(name);
            if !names || !says || label.is_empty() {
                continue;
            }
            pairs.push(Pair {
                label,
                full_label: name.to_owned(),
                unit: index,
                label_start: Some(start),
                value: at..at + value.len(),
                form: Form::Below,
                context: self.heading(index).to_owned(),
            });
        }
    }

    /// Whether a row names the columns: a serial column's name, or three names over one row of values.
    fn is_header(&self, grid: &Grid, row: &[usize]) -> bool {
        if row.len() < 3 || grid.rows.first().is_none_or(|first| first.as_slice() != row) {
            return false;
        }
        let cells = || row.iter().filter_map(|&u| self.units.get(u));
        // 一 | 项目名称 | 江城市中心血站冷链设备购置: a row that is numbered holds values.
        let numbered = cells().next().is_some_and(|c| is_serial(&c.text));
        let names = !numbered
            && cells().all(|c| {
                c.text.chars().count() <= LABEL_CHARS + 24
                    && !c.text.chars().any(|c| c.is_ascii_digit())
                    && !c.text.contains(':')
            });
        let serial = cells().next().is_some_and(|c| {
            matches!(
                strip_label(&c.text).as_str(),
                "序号"
                    | "条款号"
                    | "编号"
                    | "包号"
                    | "品目号"
                    | "标项"
                    | "标段"
                    | "s.no"
                    | "sn"
                    | "no"
                    | "sl.no"
                    | "s no"
                    | "sl no"
                    | "sr.no"
                    | "sr no"
                    | "itb reference"
            )
        });
        // 招标人 | … | 代理机构 | …, and below it 联系人 | … | 联系人 | …: names and values side by side.
        let beside = || {
            let cell = |column: usize| grid.rows.get(1)?.get(column).and_then(|&u| self.units.get(u));
            row.len() == 4 && cell(0).zip(cell(2)).is_some_and(|(a, b)| a.text == b.text && fits_label(&a.text))
        };
        names && (serial || row.len() % 2 == 1 || grid.rows.len() == 2 && !beside())
    }

    /// `项目名称 | Project Name | …`: whether the second column says in English what the first says in Chinese.
    fn is_bilingual(&self, grid: &Grid) -> bool {
        let translated = |row: &&Vec<usize>| {
            let [label, english, _] = row.as_slice() else { return false };
            let (Some(label), Some(english)) = (self.units.get(*label), self.units.get(*english)) else { return false };
            let words = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '/' | '&' | '\'' | '-' | '\n');
            label.text.chars().all(is_cjk)
                && !label.text.is_empty()
                && english.text.chars().all(words)
                && english.text.chars().any(|c| c.is_ascii_lowercase())
        };
        grid.rows.len() >= 3 && grid.rows.iter().filter(translated).count() * 5 >= grid.rows.len() * 4
    }

    fn row_pairs(&self, row: &[usize], pairs: &mut Vec<Pair>) {
        let mut context = String::new();
        // Columns that layout left empty stand between a name and its value; where more than the two are filled, an
        // empty cell is a value that is missing.
        let filled: Vec<usize> = row
            .iter()
            .copied()
            .filter(|&at| self.units.get(at).is_some_and(|u| !u.text.is_empty() && !is_serial(&u.text)))
            .collect();
        let row = if filled.len() == 2 { filled.as_slice() } else { row };
        for (&left, &right) in row.iter().zip(row.iter().skip(1)) {
            let (Some(label_cell), Some(value_cell)) = (self.units.get(left), self.units.get(right)) else {
                continue;
            };
            if is_serial(&label_cell.text) || value_cell.text.is_empty() {
                continue;
            }
            let latin = latin_part(&label_cell.text);
            if !fits_label(latin.as_deref().unwrap_or(&label_cell.text)) {
                continue;
            }
            let label = strip_label(&label_cell.text);
            if label.is_empty() {
                continue;
            }
            pairs.push(Pair {
                label: label.clone(),
                full_label: label_cell.text.clone(),
                unit: right,
                label_start: None,
                value: 0..value_cell.text.len(),
                form: Form::Row,
                context: context.clone(),
            });
            context = label;
        }
    }

    /// A table of one header row and one row of values.
    fn header_pairs(&self, grid: &Grid, pairs: &mut Vec<Pair>) {
        let [head, values] = grid.rows.as_slice() else {
            return;
        };
        if head.len() < 3 {
            return;
        }
        for (&label_unit, &value_unit) in head.iter().zip(values) {
            let (Some(label_cell), Some(value_cell)) = (self.units.get(label_unit), self.units.get(value_unit)) else {
                continue;
            };
            let label = strip_label(&label_cell.text);
            let aligned = label_cell.cell.map(|c| c.column) == value_cell.cell.map(|c| c.column);
            if label_unit == value_unit
                || !aligned
                || label.is_empty()
                || label_cell.text.chars().count() > LABEL_CHARS + 24
                || value_cell.text.is_empty()
            {
                continue;
            }
            pairs.push(Pair {
                label,
                full_label: label_cell.text.clone(),
                unit: value_unit,
                label_start: None,
                value: 0..value_cell.text.len(),
                form: Form::Row,
                context: String::new(),
            });
        }
    }
}

/// The label and the start of the value in a line that sets them apart by white space alone.
fn spaced_label(line: &str) -> Option<(Range<usize>, usize)> {
    const LABEL: std::ops::RangeInclusive<usize> = 2..=14;
    const LINE_CHARS: usize = 300;
    let is_number =
        |t: &str| t.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '、' | '(' | ')' | '（' | '）'));
    let is_word =
        |t: &str| t.chars().all(|c| is_cjk(c) && !"，。；：！？“”《》【】".contains(c) || "（）()/".contains(c));
    if line.chars().count() > LINE_CHARS {
        return None;
    }
    if let Some(marked) = line.trim_start().strip_prefix('【')
        && let Some((label, value)) = marked.split_once('】')
        && LABEL.contains(&label.chars().count())
        && !value.trim().is_empty()
    {
        let start = line.len() - marked.len();
        let from = line.len() - value.trim_start().trim_start_matches(['：', ':']).trim_start().len();
        return Some((start..start + label.len(), from));
    }
    let at = |token: &str| token.as_ptr() as usize - line.as_ptr() as usize;
    let tokens: Vec<&str> = line.split_whitespace().collect();
    let tokens = tokens.as_slice();
    let tokens = if tokens.first().is_some_and(|t| is_number(t)) { tokens.get(1..)? } else { tokens };
    // 7.开启 2026年4月1日: the number stands close to the label.
    let unnumbered = tokens.first().map(|t| t.trim_start_matches(|c: char| c.is_ascii_digit() || ".、".contains(c)));
    let numbered = tokens.first().zip(unnumbered).is_some_and(|(whole, bare)| {
        whole.len() > bare.len() && whole.get(..whole.len() - bare.len()).is_some_and(|n| n.ends_with(['.', '、']))
    });
    let bare: Vec<&str> = unnumbered.into_iter().chain(tokens.iter().skip(1).copied()).collect();
    let tokens = if numbered { bare.as_slice() } else { tokens };
    // A label may be typeset letter by letter.
    let letters = tokens.iter().take_while(|t| t.chars().count() == 1 && is_word(t)).count();
    let taken = if letters >= 2 { letters } else { 1 };
    let (label, rest) = tokens.split_at_checked(taken)?;
    let (first, last) = (label.first()?, label.last()?);
    let value = rest.first()?;
    let chars: usize = label.iter().map(|t| t.chars().count()).sum();
    let range = at(first)..at(last) + last.len();
    (LABEL.contains(&chars) && label.iter().all(|t| is_word(t)) && !value.starts_with(['：', ':']))
        .then(|| (range, at(value)))
}
