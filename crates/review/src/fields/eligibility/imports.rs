//! Whether foreign goods may be offered.

use std::collections::BTreeMap;
use std::ops::Range;

use bidlens_domain::field::FieldValue;

use super::answer::{Answer, answer, with_boxes};
use crate::fields::{Candidate, lots, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

pub(super) fn imports_clause(
    reading: &Reading<'_>,
    unit: usize,
    range: &Range<usize>,
    zone: Zone,
) -> Option<Candidate> {
    const NO: &[&str] = &[
        "不接受进口",
        "不允许进口",
        "不允许采购进口",
        "拒绝进口",
        "不得采购进口",
        "不采购进口",
        "不接受投标人选用进口",
        "不得选用进口",
        "不允许投标人提供进口",
        "不得提供进口",
        "不允许提供进口",
        "不接受所投产品为进口",
        "不得采用进口",
        "不允许使用进口",
        "拒绝采购进口",
        "不得为进口",
        "不得使用进口",
        "不允许选用进口",
        "不接受选用进口",
        "仅限国产",
        "须为国产",
    ];
    const YES: &[&str] = &["允许采购进口", "接受进口", "可采购进口", "允许进口", "可以采购进口", "同意采购进口"];
    let own = reading.text(unit, range);
    let context = reading.context(unit);
    let labelled = context.contains("进口");
    let mentioned = own.contains("进口") || own.contains("国产") || labelled && own.chars().count() <= 80;
    if !mentioned {
        return None;
    }
    if own.contains("进口环节")
        || own.contains("进口关税")
        || own.contains("报关")
        || own.contains("进口税")
        || own.contains("进出口")
    {
        return None;
    }
    let text = with_boxes(reading, unit, range);
    let read = answer(text, YES, NO).or_else(|| {
        if !labelled {
            return None;
        }
        let bare = own.trim().trim_matches(['。', ';', ',']);
        if bare.starts_with("不允许") || bare.starts_with("不接受") || bare == "否" || bare.starts_with("拒绝")
        {
            Some(Answer::No)
        } else if bare.starts_with("允许") || bare.starts_with("接受") || bare == "是" {
            Some(Answer::Yes)
        } else {
            None
        }
    })?;
    // 如招标文件未写明允许采购进口产品 and the like are rules for any tender.
    let general = ["未写明", "如", "若", "除非", "凡", "是指", "另有规定", "明确"].iter().any(|w| own.contains(w))
        && checkbox::choices(text).is_empty();
    let rank = standing(zone) + if labelled || own.contains("本项目") || own.contains("是否") { 8 } else { 0 }
        - if general { 34 } else { 0 };
    if general && read == Answer::Yes {
        return None;
    }
    let end = (range.start + text.len()).max(range.end);
    let quote = range.start..end;
    reading.candidate(unit, quote.clone(), quote, FieldValue::Bool(read == Answer::Yes), rank)
}

/// A column headed 是否接受进口产品 in a table of lots or goods; lots that differ are given one by one.
pub(super) fn imports_by_lot(reading: &Reading<'_>, imports: &mut Vec<Candidate>) -> BTreeMap<String, FieldValue> {
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
                "是" | "允许" | "接受" | "可以" => true,
                "否" | "不允许" | "不接受" | "不可以" => false,
                _ => continue,
            };
            let value = FieldValue::Bool(allowed);
            if let Some(first) = row.first().and_then(|&u| reading.unit(u))
                && let [lot] = lots::mentions(&first.text).as_slice()
            {
                by_lot.entry(lot.key.clone()).or_insert_with(|| value.clone());
            }
            let all = 0..cell.text.len();
            let rank = standing(cell.zone) + 6;
            imports.extend(reading.candidate(unit, all.clone(), all, value, rank));
        }
    }
    let differ = by_lot.values().collect::<Vec<_>>().windows(2).any(|pair| pair.first() != pair.last());
    if differ { by_lot } else { BTreeMap::new() }
}
