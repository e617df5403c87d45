//! Whether foreign goods may be offered.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;

use super::answer::{Answer, Wording, answer, short_answer};
use super::statement::Statement;
use super::{by_lot, put_with_lots};
use crate::fields::{Candidate, Fields, lots, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

static WORDING: LazyLock<Wording> = LazyLock::new(|| {
    let yes = "(?:允许|可以?|同意)采购进口|(?:允许|接受)进口";
    let no = [
        "(?:不接受|不允许|不得|拒绝)(?:投标人|所投产品)?(?:采购|选用|采用|使用|提供|为)?进口",
        "不采购进口|(?:仅限|须为)国产",
    ];
    Wording::new(yes, &no.join("|"))
});

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut candidates: Vec<Candidate> =
        Statement::all(reading).filter_map(|statement| candidate(&statement)).collect();
    let mut lots = columns(reading, &mut candidates);
    if lots.is_empty() {
        lots = by_lot::answers(reading, "进口产品", FieldValue::Bool);
    }
    put_with_lots(fields, "imports_allowed", candidates, lots);
}

fn candidate(statement: &Statement<'_>) -> Option<Candidate> {
    let labelled = statement.stands_under(&["进口"]);
    let about = statement.says(&["进口", "国产"]) || labelled && statement.own.chars().count() <= 80;
    // Duties and customs speak of imports and rule nothing.
    if !about || statement.says(&["进口环节", "进口关税", "报关", "进口税", "进出口"]) {
        return None;
    }
    let read =
        answer(statement.text, &WORDING).or_else(|| labelled.then(|| labelled_answer(statement.own)).flatten())?;
    // 如招标文件未写明允许采购进口产品 and the like are rules for any tender.
    let general = statement.says(&["未写明", "如", "若", "除非", "凡", "是指", "另有规定", "明确"])
        && checkbox::choices(statement.text).is_empty();
    if general && read == Answer::Yes {
        return None;
    }
    let firm = labelled || statement.says(&["本项目", "是否"]);
    let rank = standing(statement.zone) + if firm { 8 } else { 0 } - if general { 34 } else { 0 };
    statement.candidate(FieldValue::Bool(read == Answer::Yes), rank)
}

/// `进口产品 | 拒绝`: the answer alone, where a label asks.
fn labelled_answer(own: &str) -> Option<Answer> {
    let bare = own.trim().trim_matches(['。', ';', ',']);
    if bare.starts_with("拒绝") { Some(Answer::No) } else { short_answer(bare).or_else(|| answer_of_lots(bare)) }
}

/// `第1包允许；第2包不允许`: one lot that may come from abroad makes it a tender that takes imports.
fn answer_of_lots(text: &str) -> Option<Answer> {
    let own = |part: &str| {
        let mention = lots::mentions(part).into_iter().next()?;
        short_answer(part.get(mention.range.end..)?.trim_start_matches([':', ' ']))
    };
    let answers = text.split([';', '；', ',', '，']).map(own).collect::<Option<Vec<_>>>()?;
    let allowed = answers.contains(&Answer::Yes);
    Some(if allowed { Answer::Yes } else { Answer::No })
}

/// A column headed 是否接受进口产品 in a table of lots or goods; lots that differ are given one by one.
fn columns(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) -> BTreeMap<String, FieldValue> {
    let mut by_lot = BTreeMap::new();
    for grid in &reading.grids {
        let Some(head) = grid.rows.first().filter(|h| h.len() >= 3) else { continue };
        let column = head.iter().filter_map(|&u| reading.unit(u)).find_map(|cell| {
            let asks = cell.text.contains("进口") && cell.text.chars().count() <= 16;
            (asks && cell.zone != Zone::BidForms).then(|| cell.cell.map(|c| c.column)).flatten()
        });
        let Some(column) = column else { continue };
        for row in grid.rows.iter().skip(1) {
            let Some(unit) = reading.cell_in(row, column) else { continue };
            let Some(cell) = reading.unit(unit) else { continue };
            let allowed = match cell.text.trim() {
                "是" | "允许" | "接受" | "可以" | "可" => true,
                "否" | "不允许" | "不接受" | "不可以" | "不可" => false,
                _ => continue,
            };
            let value = FieldValue::Bool(allowed);
            if let Some(first) = row.first().and_then(|&u| reading.unit(u))
                && let [lot] = lots::mentions(&first.text).as_slice()
            {
                by_lot.entry(lot.key.clone()).or_insert_with(|| value.clone());
            }
            let all = 0..cell.text.len();
            // One item that may come from abroad makes it a tender that takes imports.
            let rank = standing(cell.zone) + if allowed { 7 } else { 6 };
            candidates.extend(reading.candidate(unit, all.clone(), all, value, rank));
        }
    }
    let differ = by_lot.values().collect::<Vec<_>>().windows(2).any(|pair| pair.first() != pair.last());
    if differ { by_lot } else { BTreeMap::new() }
}
