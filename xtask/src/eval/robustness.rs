//! `cargo xtask eval robustness PATH`: the labelled tenders written otherwise, and how far the fields fall.
//!
//! Each document is read, written anew as HTML in one way or another, and extracted again. The words of a document
//! change only in form: other line lengths, numbers of clauses, names of labels, shapes of tables, width, spaces, dates
//! and sums. What is printed is F1 over the 28 keys for each way beside the document written as it was read. The names
//! of labels below are the field's own, and stand apart from the lists that readers use.

use std::path::PathBuf;

use anyhow::Context;
use bidlens_documents::{Limits, parse};
use bidlens_domain::document::{Block, BlockKind, Document, Table};

use super::tenders;
use crate::sh;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with documents and `labels/`
    path: PathBuf,
    /// Only ways with this in their name
    #[arg(long, value_name = "WORDS", default_value = "")]
    only: String,
    /// List every key that is read otherwise than from the document as it was
    #[arg(long)]
    errors: bool,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// One way of writing a document.
struct Way {
    name: &'static str,
    /// A paragraph, a heading or the words of a cell.
    words: fn(&str) -> String,
    table: fn(&Grid) -> String,
}

/// The cells of a table, row by row, with their spans; a merged cell stands once.
struct Grid {
    rows: Vec<Vec<Spanned>>,
    columns: u32,
}

struct Spanned {
    text: String,
    rows: u32,
    columns: u32,
}

fn same(text: &str) -> String {
    text.to_owned()
}

const WAYS: &[Way] = &[
    Way { name: "as it was read", words: same, table: as_table },
    Way { name: "full width", words: full_width, table: as_table },
    Way { name: "clauses numbered otherwise", words: renumbered, table: as_table },
    Way { name: "other names of labels", words: synonyms, table: as_table },
    Way { name: "blanks in labels", words: spaced_labels, table: as_table },
    Way { name: "dates in Chinese numerals", words: dates_spelled, table: as_table },
    Way { name: "dates with strokes", words: dates_with_strokes, table: as_table },
    Way { name: "sums with commas in yuan", words: sums_in_yuan, table: as_table },
    Way { name: "no blanks", words: without_blanks, table: as_table },
    Way { name: "tables as sentences", words: same, table: as_sentences },
    Way { name: "pairs turned by 90 degrees", words: same, table: transposed },
    Way { name: "an empty column in tables", words: same, table: with_gap },
    Way { name: "short lines", words: same, table: as_lines },
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let set = std::fs::canonicalize(&options.path).with_context(|| format!("read {}", options.path.display()))?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let mut documents = Vec::new();
    let mut labels: Vec<PathBuf> =
        std::fs::read_dir(set.join("labels"))?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    labels.sort();
    for label in labels {
        let gold = super::load(&label)?;
        let name = gold["doc"].as_str().with_context(|| format!("{}: no `doc`", label.display()))?;
        let bytes = std::fs::read(set.join(name)).with_context(|| format!("read {name}"))?;
        let document = parse(name, &bytes, &Limits::default());
        documents.push((gold, document));
    }
    let folder = sh::target().join("eval/robustness");
    let mut first = None;
    sh::print(&format!("{:32} {:>6} {:>7}  keys that are read otherwise", "", "F1", "falls"))?;
    for way in WAYS.iter().filter(|way| way.name == WAYS[0].name || way.name.contains(&options.only)) {
        let place = folder.join(way.name.replace(' ', "-"));
        std::fs::create_dir_all(&place)?;
        let mut read = Vec::new();
        for (number, (gold, document)) in documents.iter().enumerate() {
            let path = place.join(format!("{number}.html"));
            std::fs::write(&path, written(document, way))?;
            read.push((gold.clone(), super::answer(&program, &["extract".as_ref(), path.as_os_str()])?));
        }
        let (f1, wrong) = tenders::fields_of(&read);
        let (before, before_wrong) = first.get_or_insert_with(|| (f1, wrong.clone()));
        let new: Vec<&String> = wrong.iter().filter(|key| !before_wrong.contains(key)).collect();
        let keys: Vec<&str> = new.iter().filter_map(|key| key.split(' ').nth(1)).collect();
        sh::print(&format!("{:32} {f1:>6.3} {:>7.1}  {}", way.name, (*before - f1) * 100.0, keys.join(" ")))?;
        if options.errors {
            for key in new {
                sh::print(&format!("    {key}"))?;
            }
        }
    }
    Ok(())
}

fn written(document: &Document, way: &Way) -> String {
    let mut html = String::from("<!DOCTYPE html><html lang=\"zh\"><head><meta charset=\"utf-8\"></head><body>\n");
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Header | BlockKind::Footer | BlockKind::Contents => {}
            BlockKind::Heading { level } => {
                let level = (*level).clamp(1, 6);
                html.push_str(&format!("<h{level}>{}</h{level}>\n", escaped(&(way.words)(&block.text))));
            }
            BlockKind::Table(table) => html.push_str(&(way.table)(&grid(block, table, way))),
            _ => html.push_str(&format!("<p>{}</p>\n", escaped(&(way.words)(&block.text)))),
        }
    }
    html.push_str("</body></html>\n");
    html
}

fn grid(block: &Block, table: &Table, way: &Way) -> Grid {
    let rows = (0..table.rows).map(|row| {
        let cells = table.row(row).map(|cell| Spanned {
            text: (way.words)(cell.range.slice(&block.text)),
            rows: cell.row_span,
            columns: cell.column_span,
        });
        cells.collect()
    });
    Grid { rows: rows.collect(), columns: table.columns }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>").replace('\t', " ")
}

fn as_table(grid: &Grid) -> String {
    rows_of(grid.rows.iter().map(|row| {
        row.iter()
            .map(|cell| format!("<td rowspan={} colspan={}>{}</td>", cell.rows, cell.columns, escaped(&cell.text)))
            .collect()
    }))
}

fn rows_of(rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<String> = rows.map(|row| format!("<tr>{row}</tr>\n")).collect();
    format!("<table>\n{}</table>\n", rows.concat())
}

/// A column that layout left empty, between the first and the second.
fn with_gap(grid: &Grid) -> String {
    rows_of(grid.rows.iter().map(|row| {
        let mut out = String::new();
        for (at, cell) in row.iter().enumerate() {
            out.push_str(&format!("<td rowspan={} colspan={}>{}</td>", cell.rows, cell.columns, escaped(&cell.text)));
            if at == 0 {
                out.push_str(&format!("<td rowspan={}></td>", cell.rows));
            }
        }
        out
    }))
}

/// Names and values, when a table is nothing else: two columns, or a number before them.
fn pairs(grid: &Grid) -> Option<Vec<(&str, &str)>> {
    if grid.rows.len() < 2 || !(2..=3).contains(&grid.columns) {
        return None;
    }
    grid.rows.iter().map(|row| pair(row)).collect()
}

fn pair(row: &[Spanned]) -> Option<(&str, &str)> {
    let [.., name, value] = row else { return None };
    let short = name.text.chars().count() <= 20 && !name.text.trim().is_empty();
    (short && name.rows == 1 && value.rows == 1).then_some((name.text.as_str(), value.text.as_str()))
}

fn as_sentences(grid: &Grid) -> String {
    let Some(pairs) = pairs(grid) else { return as_table(grid) };
    let lines = pairs.into_iter().map(|(name, value)| {
        let name = name.trim_end_matches(['：', ':']);
        format!("<p>{}：{}</p>\n", escaped(name), escaped(value))
    });
    lines.collect()
}

fn as_lines(grid: &Grid) -> String {
    let Some(pairs) = pairs(grid) else { return as_table(grid) };
    let lines = pairs.into_iter().map(|(name, value)| format!("<p>{}</p>\n<p>{}</p>\n", escaped(name), escaped(value)));
    lines.collect()
}

/// Names in one row and values below them, four at a time.
fn transposed(grid: &Grid) -> String {
    let Some(pairs) = pairs(grid) else { return as_table(grid) };
    let cells =
        |texts: Vec<&str>| texts.into_iter().map(|text| format!("<td>{}</td>", escaped(text))).collect::<String>();
    let tables = pairs.chunks(4).map(|some| {
        let names = cells(some.iter().map(|(name, _)| *name).collect());
        let values = cells(some.iter().map(|(_, value)| *value).collect());
        rows_of([names, values].into_iter())
    });
    tables.collect()
}

fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        other => other,
    };
    text.chars().map(wide).collect()
}

fn without_blanks(text: &str) -> String {
    // Between letters of a spaced script a blank is part of the words.
    let characters: Vec<char> = text.chars().collect();
    let kept = characters.iter().enumerate().filter(|(at, c)| {
        let beside = |n: Option<&char>| n.is_some_and(|c| c.is_ascii_alphabetic());
        **c != ' ' || (beside(at.checked_sub(1).and_then(|n| characters.get(n))) && beside(characters.get(at + 1)))
    });
    kept.map(|(_, c)| *c).collect()
}

const NUMERALS: &[&str] = &["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// The number a paragraph begins with, in another form.
fn renumbered(text: &str) -> String {
    for (at, numeral) in NUMERALS.iter().enumerate() {
        let number = at + 1;
        for (old, new) in [
            (format!("{numeral}、"), format!("{number}. ")),
            (format!("（{numeral}）"), format!("{number}）")),
            (format!("({numeral})"), format!("{number})")),
            (format!("{number}、"), format!("（{number}）")),
            (format!("{number}."), format!("{number}、")),
            (format!("第{numeral}章"), format!("第{number}章")),
        ] {
            if let Some(rest) = text.strip_prefix(old.as_str())
                && !rest.starts_with(|c: char| c.is_ascii_digit())
            {
                return format!("{new}{rest}");
            }
        }
    }
    text.to_owned()
}

/// Names that tenders give to the same thing.
const SYNONYMS: &[(&[&str], &str)] = &[
    (&["招标编号", "项目编号", "采购编号", "采购项目编号", "招标项目编号"], "招标文件编号"),
    (&["采购人", "采购单位", "招标人"], "采购人名称"),
    (&["采购代理机构", "代理机构", "招标代理机构"], "采购代理机构名称"),
    (&["投标截止时间", "提交投标文件截止时间", "递交投标文件截止时间", "响应文件提交截止时间"], "投标文件递交截止时间"),
    (&["开标时间"], "开启时间"),
    (&["开标地点"], "开启地点"),
    (&["最高限价", "招标控制价", "最高投标限价"], "拦标价"),
    (&["预算金额", "采购预算", "项目预算"], "项目预算金额"),
    (&["投标有效期"], "投标文件有效期"),
    (&["投标保证金"], "投标担保"),
    (&["履约保证金"], "履约担保"),
    (&["合同履行期限", "交货期", "工期", "服务期", "服务期限"], "履约期限"),
    (&["质保期", "保修期", "质量保证期"], "免费质保期"),
    (&["付款方式"], "支付方式"),
    (&["评标办法", "评标方法", "评审方法"], "评审办法"),
    (&["踏勘现场"], "现场踏勘"),
    (&["采购方式"], "招标方式"),
];

/// The label a text begins with, and what follows it.
fn label(text: &str) -> Option<(&str, &str)> {
    let trimmed = text.trim();
    let end = trimmed.find(['：', ':']).unwrap_or(trimmed.len());
    let (label, rest) = trimmed.split_at(end);
    let length = label.chars().count();
    ((2..=16).contains(&length)).then_some((label, rest))
}

fn synonyms(text: &str) -> String {
    let Some((label, rest)) = label(text) else { return text.to_owned() };
    let number_end = label
        .char_indices()
        .find(|(_, c)| !(c.is_ascii_digit() || matches!(c, '.' | '、' | '（' | '）' | '(' | ')' | ' ' | '一'..='十')))
        .map_or(0, |(at, _)| at);
    let (number, name) = label.split_at(number_end);
    for (names, other) in SYNONYMS {
        if names.contains(&name.trim()) {
            return format!("{number}{other}{rest}");
        }
    }
    text.to_owned()
}

fn spaced_labels(text: &str) -> String {
    let Some((label, rest)) = label(text) else { return text.to_owned() };
    let chinese = label.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if !chinese || label.chars().count() > 8 {
        return text.to_owned();
    }
    let spaced: Vec<String> = label.chars().map(String::from).collect();
    format!("{}{rest}", spaced.join(" "))
}

/// Calls `with` for each date of the form 2025年1月15日 and puts in what it answers.
fn dates(text: &str, with: impl Fn(u32, u32, u32) -> String) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < characters.len() {
        let number = |from: usize| -> Option<(u32, usize)> {
            let blank = characters.get(from..)?.iter().take_while(|c| **c == ' ').count();
            let digits: String = characters.get(from + blank..)?.iter().take_while(|c| c.is_ascii_digit()).collect();
            let end = from + blank + digits.len();
            let blank_after = characters.get(end..)?.iter().take_while(|c| **c == ' ').count();
            Some((digits.parse().ok()?, end + blank_after))
        };
        let date = || -> Option<(u32, u32, u32, usize)> {
            let (year, next) = number(at).filter(|(n, _)| (2000..2100).contains(n))?;
            let next = (characters.get(next) == Some(&'年')).then_some(next + 1)?;
            let (month, next) = number(next).filter(|(n, _)| (1..=12).contains(n))?;
            let next = (characters.get(next) == Some(&'月')).then_some(next + 1)?;
            let (day, next) = number(next).filter(|(n, _)| (1..=31).contains(n))?;
            (characters.get(next) == Some(&'日')).then_some((year, month, day, next + 1))
        };
        let fresh = at == 0 || !characters[at - 1].is_ascii_digit();
        match date().filter(|_| fresh && characters[at].is_ascii_digit()) {
            Some((year, month, day, next)) => {
                out.push_str(&with(year, month, day));
                at = next;
            }
            None => {
                out.push(characters[at]);
                at += 1;
            }
        }
    }
    out
}

fn dates_spelled(text: &str) -> String {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let tens = |n: u32| -> String {
        let digit = |n: u32| DIGITS[(n % 10) as usize];
        match (n / 10, n % 10) {
            (0, ones) => digit(ones).to_string(),
            (1, 0) => "十".to_owned(),
            (1, ones) => format!("十{}", digit(ones)),
            (ten, 0) => format!("{}十", digit(ten)),
            (ten, ones) => format!("{}十{}", digit(ten), digit(ones)),
        }
    };
    dates(text, |year, month, day| {
        let year: String =
            year.to_string().chars().filter_map(|c| c.to_digit(10)).map(|d| DIGITS[d as usize]).collect();
        format!("{year}年{}月{}日", tens(month), tens(day))
    })
}

fn dates_with_strokes(text: &str) -> String {
    dates(text, |year, month, day| format!("{year}-{month:02}-{day:02} "))
}

/// 120.5万元 as 1,205,000.00元.
fn sums_in_yuan(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("万元") {
        let before = &rest[..at];
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_ascii_digit() || matches!(c, '.' | ','))
            .last()
            .map_or(at, |(start, _)| start);
        let sum = before[start..].replace(',', "").parse::<f64>();
        match sum {
            Ok(sum) if start < at => {
                out.push_str(&before[..start]);
                let cents = (sum * 1_000_000.0).round() as u64;
                out.push_str(&format!("{}.{:02}元", with_commas(cents / 100), cents % 100));
            }
            _ => {
                out.push_str(before);
                out.push_str("万元");
            }
        }
        rest = &rest[at + "万元".len()..];
    }
    out + rest
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_in_form_alone() {
        assert_eq!(dates_spelled("于2031年12月20日 9时"), "于二〇三一年十二月二十日 9时");
        assert_eq!(dates_with_strokes("2031 年 1 月 5 日9时"), "2031-01-05 9时");
        assert_eq!(sums_in_yuan("预算120.5万元，上限1200万元"), "预算1,205,000.00元，上限12,000,000.00元");
        assert_eq!(synonyms("1. 招标编号：A-1"), "1. 招标文件编号：A-1");
        assert_eq!(spaced_labels("开标时间：9时"), "开 标 时 间：9时");
        assert_eq!(renumbered("一、总则"), "1. 总则");
        assert_eq!(renumbered("1.2 范围"), "1.2 范围");
        assert_eq!(without_blanks("采 购 of goods 1 台"), "采购of goods1台");
    }
}
