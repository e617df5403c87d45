//! The scoring of a tender: items with their points, from tables (nested ones too) and from numbered prose.
//!
//! A table scores when its heading row names points (分值, 权重, marks) beside items or rules, or when nearly every row
//! of a table of the evaluation says its points in words. An item whose points are the sum of a table inside it is
//! that table's group and no item of its own. Nothing is made up to reach a round sum. Start at [`read`].

mod prose;
mod sheet;

use bidlens_domain::document::BlockKind;
use bidlens_domain::scoring::{Points, ScoreItem, Scoring};

use crate::reading::{Reading, Zone};
use sheet::Sheet;

/// Tables and items looked at in one tender.
const TABLES_MAX: usize = 2_000;
const ITEMS_MAX: usize = 600;
const NESTING_MAX: usize = 6;
/// Characters of a line above a table that is its title.
const TITLE_CHARS: usize = 30;
/// Hundredths of what a whole scoring gives.
const FULL: i64 = 10_000;

/// Reads the scoring of a tender.
pub(crate) fn read(reading: &Reading<'_>) -> Scoring {
    let mut wholes = tables(reading, |zone| !matches!(zone, Zone::BidForms | Zone::Contract));
    if wholes.is_empty() {
        let items = prose::read(reading);
        if !items.is_empty() {
            wholes.push(items);
        }
    }
    // 第四部分 响应文件格式 … 评分标准: some tenders put their scoring behind the forms, under no chapter of its own.
    if wholes.is_empty() {
        wholes = tables(reading, |zone| zone == Zone::BidForms);
        wholes.retain(|items| sum(items) == FULL);
    }
    let read: i64 = wholes.iter().map(|w| sum(w)).sum();
    if let Some(first) = wholes.first_mut()
        && (FULL / 2..FULL).contains(&read)
        && let Some(price) = prose::price(reading, Points(FULL - read))
    {
        first.insert(0, price);
    }
    let total = total(&wholes);
    let items = wholes.into_iter().flatten().take(ITEMS_MAX).collect();
    Scoring { total, items }
}

/// The items of each table that scores and stands in such a part of the tender.
fn tables(reading: &Reading<'_>, stands: fn(Zone) -> bool) -> Vec<Vec<ScoreItem>> {
    let mut wholes: Vec<Vec<ScoreItem>> = Vec::new();
    let mut tables = 0;
    let mut seen = None;
    for (index, unit) in reading.units.iter().enumerate() {
        let place = Some((unit.document, unit.block));
        if unit.cell.is_none() || seen == place || tables >= TABLES_MAX {
            continue;
        }
        seen = place;
        tables += 1;
        if !stands(unit.zone) {
            continue;
        }
        let Some(document) = reading.documents.get(unit.document) else { continue };
        let Some(BlockKind::Table(table)) = document.block(unit.block).map(|b| &b.kind) else { continue };
        let headings = reading.headings(index).join(" ");
        let above = index.checked_sub(1).and_then(|at| reading.unit(at)).filter(|u| u.cell.is_none());
        let title = above.map_or("", |u| u.text.as_str());
        let named = |w: &&str| headings.contains(*w) || title.chars().count() <= TITLE_CHARS && title.contains(*w);
        let evaluates = unit.zone == Zone::Evaluation
            || ["评分", "评标", "打分", "评审", "evaluation", "scoring"].iter().any(named);
        let mut items = from_table(&Sheet::new(document, unit.block, table), evaluates, 0);
        let lots = sheet::lots(&headings);
        for item in &mut items {
            item.lots.clone_from(&lots);
        }
        if !items.is_empty() {
            wholes.push(items);
        }
    }
    wholes
}

fn sum(items: &[ScoreItem]) -> i64 {
    items.iter().map(|i| i.points.0).sum()
}

/// The points of one bid: the tables' sum, or one table's when every lot has its own.
fn total(wholes: &[Vec<ScoreItem>]) -> Option<Points> {
    let sums: Vec<i64> = wholes.iter().map(|w| sum(w)).collect();
    let all: i64 = sums.iter().sum();
    if sums.is_empty() {
        return None;
    }
    Some(Points(if all > FULL && sums.contains(&FULL) { FULL } else { all }))
}

fn from_table(sheet: &Sheet<'_>, evaluates: bool, depth: usize) -> Vec<ScoreItem> {
    let mut items = sheet.by_column();
    if items.is_empty() && evaluates {
        items = sheet.by_words();
    }
    if depth >= NESTING_MAX {
        return items;
    }
    let outer = items.len();
    for inner in sheet.nested() {
        let mut inside = from_table(&inner, evaluates || outer > 0, depth + 1);
        if let Some(parent) = items.iter().take(outer).position(|i| i.points.0 == sum(&inside) && inside.len() > 1) {
            let group = items.remove(parent).item;
            for item in &mut inside {
                if item.group.is_empty() {
                    item.group.clone_from(&group);
                }
            }
        }
        items.extend(inside);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(markdown: &str) -> String {
        let documents = [bidlens_documents::parse("t.md", markdown.as_bytes(), &bidlens_documents::Limits::default())];
        let scoring = read(&Reading::new(&documents));
        let mut out: String = scoring
            .items
            .iter()
            .map(|i| format!("{} | {} | {} | {}\n", i.points.value(), i.group, i.item, i.evidence.len()))
            .collect();
        out.push_str(&format!("= {:?}", scoring.total.map(Points::value)));
        out
    }

    #[test]
    fn a_column_of_points() {
        let table = "# 评标办法\n\n## 评分标准\n\n| 序号 | 评分项目 | 分值 | 评分标准 |\n|---|---|---|---|\n| 1 | 投标报价 | 30 | 低价优先 |\n| 2 | 类似业绩 | 0-10分 | 每个2分 |\n| 3 | 技术方案（60分） | 60 | 优良 |\n| | 合计 | 100 | |\n";
        insta::assert_snapshot!(scored(table), @r"
        30 |  | 投标报价 | 2
        10 |  | 类似业绩 | 2
        60 |  | 技术方案（60分） | 2
        = Some(100.0)
        ");
    }

    #[test]
    fn names_stand_in_the_cell_of_the_rule() {
        let table = "# 评标办法\n\n## 评分标准\n\n| 评分因素 | 分值 | 评分标准 |\n|---|---|---|\n| 技术部分 | 20 | 巡检方案（20分）<br>方案完整得20分。 |\n| 技术部分 | 40 | 应急预案（40分）<br>预案可行得40分。 |\n| 商务部分 | 履约评价（40分） | 每份好评得10分。 |\n";
        insta::assert_snapshot!(scored(table), @r"
        20 | 技术部分 | 巡检方案（20分） | 2
        40 | 技术部分 | 应急预案（40分） | 2
        40 | 商务部分 | 履约评价（40分） | 2
        = Some(100.0)
        ");
    }

    #[test]
    fn points_in_words_and_in_prose() {
        let table = "# 评标办法\n\n## 评分标准\n\n| 评审因素 | 评审标准 |\n|---|---|\n| 报价 | 最低价得满分30分。 |\n| 培训方案 | 优秀得20分，一般得10分，最高得20分。 |\n| 保养方案（50分） | 由评委打分。 |\n";
        insta::assert_snapshot!(scored(table), @r"
        30 |  | 报价 | 2
        20 |  | 培训方案 | 2
        50 |  | 保养方案（50分） | 2
        = Some(100.0)
        ");
        let beside = "# 评标办法\n\n1、价格分（30分）：低价优先法计算。\n\n| 序号 | 评分项目 | 分值 | 评分标准 |\n|---|---|---|---|\n| 1 | 技术方案 | 50 | 优良 |\n| 2 | 类似业绩 | 20 | 每个2分 |\n";
        insta::assert_snapshot!(scored(beside), @r"
        30 |  | 价格分 | 1
        50 |  | 技术方案 | 2
        20 |  | 类似业绩 | 2
        = Some(100.0)
        ");
        let plain = "# 评标办法\n\n一、商务得分（20分）：\n\n1.类似业绩10分：每个2分。\n\n2.服务承诺，10分：优于要求得10分。\n\n二、技术部分（50分）\n\n三、报价：满分30分。\n";
        insta::assert_snapshot!(scored(plain), @r"
        10 | 商务得分 | 类似业绩 | 1
        10 | 商务得分 | 服务承诺 | 1
        50 |  | 技术部分 | 1
        30 |  | 报价 | 1
        = Some(100.0)
        ");
        let prose = "# 评标办法\n\n评分细则如下。\n\n一、商务部分（40分）\n\n1、报价（30分）：低价优先。\n\n2、信誉（10分）：每项5分。\n\n二、技术部分（60分）：由评委打分。\n";
        insta::assert_snapshot!(scored(prose), @r"
        30 | 商务部分 | 报价 | 1
        10 | 商务部分 | 信誉 | 1
        60 |  | 技术部分 | 1
        = Some(100.0)
        ");
    }

    #[test]
    fn lines_without_numbers_count_where_they_give_the_whole() {
        let plain =
            "# 评审办法\n\n商务部分20分：业绩每份3分。\n\n技术部分40分：由评委打分。\n\n价格部分40分：低价优先。\n";
        insta::assert_snapshot!(scored(plain), @r"
        20 |  | 商务部分 | 1
        40 |  | 技术部分 | 1
        40 |  | 价格部分 | 1
        = Some(100.0)
        ");
        let part = "# 评审办法\n\n商务部分20分：业绩每份3分。\n\n技术部分40分：由评委打分。\n\n价格部分30分。\n";
        insta::assert_snapshot!(scored(part), @"= None");
        let weights = "# Conditions of Tendering\n\nTenders are assessed using the following criteria:\n\n- Tendered price – 60%\n- Delivery time – 40%\n\nRetention – 10%: see the contract.\n";
        insta::assert_snapshot!(scored(weights), @r"
        60 |  | Tendered price | 1
        40 |  | Delivery time | 1
        = Some(100.0)
        ");
    }

    #[test]
    fn rows_that_head_others_are_their_group() {
        let table = "# 评审办法\n\n| 序号 | 评审因素 | 权重 | 评分标准 |\n|---|---|---|---|\n| 一 | 价格部分 | 50 | |\n| 1 | 折扣率 | 50 | 最低者满分 |\n| 二 | 技术部分 | 50 | |\n| 2 | 产品性能 | 30 | 优30分 |\n| 3 | 服务方案 | 20 | 优20分 |\n";
        insta::assert_snapshot!(scored(table), @r"
        50 | 价格部分 | 折扣率 | 2
        30 | 技术部分 | 产品性能 | 2
        20 | 技术部分 | 服务方案 | 2
        = Some(100.0)
        ");
    }

    #[test]
    fn rows_of_equal_points_are_no_groups() {
        let table = "# 评标办法\n\n| 序号 | 评分项 | 分值 | 评分标准 |\n|---|---|---|---|\n| 1 | 总体方案 | 10 | 优得8-10分，良得4-7分 |\n| 2 | 功能设计 | 10 | 全面得10分 |\n| 3 | 进度计划 | 5 | 合理得5分 |\n| 4 | 培训方案 | 3 | 每类人员得1分 |\n| 5 | 应急方案 | 2 | 完整得2分 |\n";
        insta::assert_snapshot!(scored(table), @r"
        10 |  | 总体方案 | 2
        10 |  | 功能设计 | 2
        5 |  | 进度计划 | 2
        3 |  | 培训方案 | 2
        2 |  | 应急方案 | 2
        = Some(30.0)
        ");
    }

    #[test]
    fn the_name_stands_before_the_rule() {
        let table = "# 评审办法\n\n| 评审项目 | 评审内容 | 分值 |\n|---|---|---|\n| 服务网点 | 每10个网点得1分，最高40分 | 40分 |\n| 理赔方案 | 优50-60分，良30-49分 | 60分 |\n";
        insta::assert_snapshot!(scored(table), @r"
        40 |  | 服务网点 | 3
        60 |  | 理赔方案 | 3
        = Some(100.0)
        ");
        let weights = "# 评标办法\n\n| 序号 | 评分因素及权重 | 分值 | 评分标准 | 说明 |\n|---|---|---|---|---|\n| 1 | 价格（30%） | 30分 | 低价优先 | 共同 |\n| 2 | 技术（70%） | 70分 | 负偏离一项扣3分 | 技术类 |\n";
        insta::assert_snapshot!(scored(weights), @r"
        30 |  | 价格（30%） | 2
        70 |  | 技术（70%） | 2
        = Some(100.0)
        ");
    }

    #[test]
    fn scores_stand_below_what_is_examined_first() {
        let front = "# 评标办法\n\n| 条款号 | 评审因素 | 评审标准 |\n|---|---|---|\n| 形式评审标准 | 投标人名称 | 与营业执照一致 |\n| 形式评审标准 | 报价唯一 | 只有一个报价 |\n| 2.2.1 | 分值构成（总分100分） | 施工组织设计：40分；投标报价：60分 |\n| 施工组织设计评分标准（40分） | 施工方案 | 0-25分 |\n| 施工组织设计评分标准（40分） | 进度计划 | 0-15分 |\n| 投标报价评分标准（60分） | 投标总报价 | 每高1%扣1分 |\n";
        insta::assert_snapshot!(scored(front), @r"
        25 | 施工组织设计评分标准（40分） | 施工方案 | 2
        15 | 施工组织设计评分标准（40分） | 进度计划 | 2
        60 | 投标报价评分标准（60分） | 投标总报价 | 2
        = Some(100.0)
        ");
    }
}
