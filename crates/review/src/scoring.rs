//! The scoring table: items with their points, from tables and from numbered prose.
//!
//! A table scores when its heading row names points (分值, 权重, 分数, marks) beside items or rules. Tables without a
//! column of points are read when nearly every row says its points in words (`5分`).

use std::sync::LazyLock;

use bidlens_domain::scoring::{Points, ScoreItem, Scoring};
use regex::Regex;

use crate::grammar::numbers::Decimal;
use crate::reading::{Reading, Zone, is_serial};

const POINT_HEADS: [&str; 12] = [
    "分值",
    "分数",
    "权重",
    "满分",
    "标准分",
    "评分分值",
    "最高分",
    "得分值",
    "marks",
    "weight",
    "points",
    "maximum score",
];
const ITEM_HEADS: [&str; 14] = [
    "评分因素",
    "评审因素",
    "评分项",
    "评审项",
    "评分内容",
    "评审内容",
    "项目",
    "指标",
    "因素",
    "条款",
    "内容",
    "criteria",
    "item",
    "factor",
];
const RULE_HEADS: [&str; 8] =
    ["评分标准", "评审标准", "评分细则", "评分办法", "评分方法", "说明", "准则", "description"];

static POINTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[(（]\s*(?:满分|共|计|最高)?\s*(\d+(?:\.\d+)?)\s*(?:分|%|points?|marks?)?\s*[)）]|(?:满分|最高得?|共计?|计)\s*(\d+(?:\.\d+)?)\s*分|^\s*(\d+(?:\.\d+)?)\s*(?:分|%|marks?|points?)?\s*$").ok()
});

/// Reads the scoring of a tender.
pub(crate) fn read(reading: &Reading<'_>) -> Scoring {
    let mut scoring = Scoring::default();
    for (index, grid) in reading.grids.iter().enumerate() {
        let zone = grid.rows.iter().flatten().find_map(|&u| reading.units.get(u)).map(|u| u.zone);
        if matches!(zone, Some(Zone::BidForms | Zone::Contract)) {
            continue;
        }
        scoring.items.extend(table(reading, index));
    }
    let sum: i64 = scoring.items.iter().map(|i| i.points.0).sum();
    scoring.total = (!scoring.items.is_empty()).then_some(Points(sum));
    scoring
}

fn points_of(text: &str) -> Option<Points> {
    let captures = POINTS.as_ref()?.captures(text)?;
    let digits = captures.iter().skip(1).flatten().next()?;
    let value = Decimal::parse(digits.as_str())?.value();
    (value > 0.0 && value <= 1_000.0).then(|| Points((value * 100.0).round() as i64))
}

fn table(reading: &Reading<'_>, index: usize) -> Vec<ScoreItem> {
    let Some(grid) = reading.grids.get(index) else { return Vec::new() };
    let text = |u: usize| reading.units.get(u).map_or("", |x| x.text.as_str());
    let column_of = |u: usize| reading.units.get(u).and_then(|x| x.cell).map(|c| c.column);
    // The heading may stand below a title row.
    let heading = grid.rows.iter().take(4).position(|row| {
        let words = row.iter().map(|&u| text(u).to_lowercase()).collect::<Vec<_>>();
        words.iter().any(|w| w.chars().count() <= 12 && POINT_HEADS.iter().any(|h| w.contains(h)))
            && words.iter().any(|w| ITEM_HEADS.iter().chain(&RULE_HEADS).any(|h| w.contains(h)))
    });
    let Some(heading) = heading else { return Vec::new() };
    let Some(head_row) = grid.rows.get(heading) else { return Vec::new() };
    let find = |heads: &[&str], not: Option<u32>| {
        head_row
            .iter()
            .copied()
            .find(|&u| {
                let word = text(u).to_lowercase();
                column_of(u) != not && word.chars().count() <= 16 && heads.iter().any(|h| word.contains(h))
            })
            .and_then(column_of)
    };
    let Some(points_column) = find(&POINT_HEADS, None) else { return Vec::new() };
    let rule_column = find(&RULE_HEADS, Some(points_column));
    let mut items = Vec::new();
    let mut seen_points = Vec::new();
    for row in grid.rows.iter().skip(heading + 1) {
        let cell = |column: u32| {
            row.iter()
                .copied()
                .find(|&u| reading.units.get(u).and_then(|x| x.cell).is_some_and(|c| c.column == column))
                .or_else(|| row.iter().copied().rev().find(|&u| column_of(u).is_some_and(|c| c < column)))
        };
        let Some(points_unit) = row.iter().copied().find(|&u| column_of(u) == Some(points_column)) else { continue };
        // A merged cell of points is one item, however many rows it spans.
        if seen_points.contains(&points_unit) {
            continue;
        }
        let Some(points) = points_of(text(points_unit)) else { continue };
        let words: String = row.iter().map(|&u| text(u)).collect();
        if words.contains("合计")
            || words.contains("总分")
            || words.to_lowercase().contains("total") && words.chars().count() < 30
        {
            continue;
        }
        seen_points.push(points_unit);
        let names: Vec<usize> = row
            .iter()
            .copied()
            .filter(|&u| {
                let column = column_of(u);
                column != Some(points_column)
                    && column != rule_column
                    && !is_serial(text(u))
                    && !text(u).trim().is_empty()
            })
            .collect();
        let named = names
            .iter()
            .copied()
            .rfind(|&u| column_of(u).is_some_and(|c| c < points_column))
            .or_else(|| names.first().copied());
        let Some(named) = named.or_else(|| rule_column.and_then(cell)) else { continue };
        let group = names
            .iter()
            .copied()
            .find(|&u| u != named && column_of(u) < column_of(named))
            .map(|u| text(u).to_owned())
            .unwrap_or_default();
        let rule =
            rule_column.and_then(cell).filter(|u| *u != points_unit).map(|u| text(u).to_owned()).unwrap_or_default();
        let range = 0..text(named).len();
        let item = reading.original(named, &range).replace('\n', "");
        let evidence = [named, points_unit].iter().filter_map(|&u| reading.evidence(u, &(0..text(u).len()))).collect();
        items.push(ScoreItem {
            item: item.chars().take(120).collect(),
            points,
            rule,
            group,
            lots: String::new(),
            evidence,
        });
    }
    // A column of numbers that gives nothing like a whole is not a scoring table.
    let sum: i64 = items.iter().map(|i| i.points.0).sum();
    if items.len() < 2 || sum < 500 { Vec::new() } else { items }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_from_cells_and_words() {
        let table = "# 评标办法\n\n## 评分标准\n\n| 评分项目 | 分值 | 评分标准 |\n|---|---|---|\n| 投标报价 | 30 | 低价优先 |\n| 类似业绩 | 10分 | 每个2分 |\n| 技术方案（60分） | 60 | 优良 |\n| 合计 | 100 | |\n";
        let documents = [bidlens_documents::parse("t.md", table.as_bytes(), &bidlens_documents::Limits::default())];
        let scoring = read(&Reading::new(&documents));
        let items: Vec<(String, f64)> = scoring.items.iter().map(|i| (i.item.clone(), i.points.value())).collect();
        assert_eq!(
            items,
            [("投标报价".to_owned(), 30.0), ("类似业绩".to_owned(), 10.0), ("技术方案（60分）".to_owned(), 60.0)]
        );
        assert_eq!(scoring.total.map(Points::value), Some(100.0));
    }
}
