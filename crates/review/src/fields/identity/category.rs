//! Whether goods, works or services are bought: what a label, a box or a note in brackets says, and where nothing
//! does, what the tender speaks of most.

use std::ops::Range;

use bidlens_domain::field::{FieldStatus, FieldValue};

use crate::fields::{Candidate, Fields, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

pub(super) fn category(reading: &Reading<'_>, fields: &Fields) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "项目类别",
        "采购类别",
        "项目属性",
        "项目类型",
        "采购类型",
        "标的类别",
        "采购标的类别",
        "采购项目类别",
        "招标类别",
        "标的属性",
        "采购项目属性",
        "采购标的属性",
        "类别",
        "tender category",
        "product category",
    ];
    const KINDS: [(&str, &str); 9] = [
        ("货物", "goods"),
        ("服务", "services"),
        ("工程", "works"),
        ("施工", "works"),
        ("监理", "services"),
        ("设备", "goods"),
        ("goods", "goods"),
        ("services", "services"),
        ("works", "works"),
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let labelled = LABELS.contains(&pair.label.as_str())
            || pair.label.ends_with("项目属性") && pair.label.chars().count() <= 12;
        if !labelled || reading.zone(pair.unit) == Zone::BidForms {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        if text.chars().count() > 80 {
            continue;
        }
        candidates.extend(kind_of(
            reading,
            pair.unit,
            pair.value.clone(),
            reading.pair_quote(pair, &pair.value),
            &KINDS,
            standing(reading.zone(pair.unit)) + 12,
        ));
    }
    for (index, unit) in reading.units.iter().enumerate() {
        if unit.zone == Zone::BidForms {
            continue;
        }
        let text = unit.text.as_str();
        let short = text.chars().count() <= 40;
        // (货物类) on the cover; 项目属性(货物类) as a clause.
        if short
            && (text.contains("货物类") || text.contains("服务类") || text.contains("工程类"))
            && unit.zone != Zone::Contract
        {
            let rank = if index < 40 { 66 } else { 52 };
            candidates.extend(kind_of(reading, index, 0..text.len(), 0..text.len(), &KINDS, rank));
        }
        // 项目属性(货物类) inside a longer row.
        if !short && unit.zone != Zone::Contract && text.chars().count() <= 600 {
            for kind in ["(货物类)", "(服务类)", "(工程类)", "(货物)", "(服务)", "(工程)"] {
                if let Some(at) = text.find(kind)
                    && text.get(..at).is_some_and(|head| {
                        ["项目属性", "项目类型", "采购类别", "项目类别", "标的类别"].iter().any(|w| head.ends_with(w))
                    })
                {
                    candidates.extend(kind_of(
                        reading,
                        index,
                        at..at + kind.len(),
                        at.saturating_sub(12)..at + kind.len(),
                        &KINDS,
                        60,
                    ));
                }
            }
        }
        // □货物 ■服务 □工程
        if text.contains("货物") && text.contains("服务") && text.chars().any(checkbox::is_ticked_mark) {
            let ticked = checkbox::ticked(text);
            if let [only] = ticked.as_slice()
                && only.label(text).chars().count() <= 6
            {
                candidates.extend(kind_of(
                    reading,
                    index,
                    only.range.clone(),
                    0..text.len(),
                    &KINDS,
                    standing(unit.zone) + 8,
                ));
            }
        }
    }
    candidates.extend(category_by_weight(reading, fields));
    candidates
}

fn kind_of(
    reading: &Reading<'_>,
    unit: usize,
    value: Range<usize>,
    quote: Range<usize>,
    kinds: &[(&str, &str)],
    rank: i32,
) -> Option<Candidate> {
    let text = reading.text(unit, &value);
    let ticked = checkbox::ticked(text);
    if ticked.is_empty() && checkbox::is_blank_form(text) {
        return None;
    }
    let (from, own) = match ticked.first() {
        Some(choice) => (choice.range.start, choice.label(text).to_lowercase()),
        None => (0, text.to_lowercase()),
    };
    let (_, (word, kind)) = kinds.iter().filter_map(|k| own.find(k.0).map(|at| (at, k))).min_by_key(|(at, _)| *at)?;
    let start = value.start + from;
    let end = (start + word.len()).min(value.end);
    let end = if reading.text(unit, &(start..end)).is_empty() { value.end } else { end };
    reading.candidate(unit, quote, start..end, FieldValue::Choice((*kind).to_owned()), rank)
}

/// What the words of the project's name, and then of the whole tender, speak of most.
fn category_by_weight(reading: &Reading<'_>, fields: &Fields) -> Option<Candidate> {
    const WORKS: &[&str] = &[
        "施工",
        "工程量清单",
        "建造师",
        "工期",
        "竣工",
        "安全生产许可证",
        "监理人",
        "发包人",
        "承包人",
        "土建",
        "civil works",
        "construction work",
        "bill of quantities",
        "notice to proceed",
        "contractor",
        "retainage",
    ];
    const GOODS: &[&str] = &[
        "供货",
        "交货",
        "货物",
        "设备采购",
        "到货",
        "生产厂家",
        "制造商",
        "产品",
        "安装调试",
        "supply of",
        "goods",
        "manufacturer",
    ];
    const SERVICES: &[&str] = &[
        "服务期",
        "服务内容",
        "服务方案",
        "服务质量",
        "服务要求",
        "服务人员",
        "咨询",
        "运维",
        "保洁",
        "物业",
        "consultancy",
        "manpower",
        "services",
        "consultant",
        "terms of reference",
    ];
    let name = fields.get("project_name").filter(|f| f.found().is_some());
    let mut scores = [0_i64; 3];
    let count = |text: &str, words: &[&str]| -> i64 {
        words.iter().map(|w| i64::try_from(text.matches(w).count()).unwrap_or(0)).sum()
    };
    if let Some(FieldValue::Text(text)) = name.and_then(|f| f.value()) {
        // How the contract is awarded says nothing of what is bought.
        let text = bidlens_domain::fold::folded(text).to_lowercase().replace("框架协议", "").replace("定点", "");
        let text = text.as_str();
        for (slot, words) in [
            &["工程施工", "改造工程", "建设工程", "工程", "施工", "修缮", "construction", "repair", "road", "building"]
                [..],
            &[
                "设备",
                "采购",
                "购置",
                "器材",
                "物资",
                "家具",
                "系统",
                "耗材",
                "用品",
                "药品",
                "车辆",
                "supply",
                "purchase",
                "equipment",
            ][..],
            &[
                "服务",
                "维护",
                "运维",
                "咨询",
                "监理",
                "设计",
                "物业",
                "保洁",
                "检测",
                "测绘",
                "普查",
                "勘察",
                "评估",
                "审计",
                "保险",
                "养护",
                "管家",
                "租赁",
                "编制",
                "services",
                "consult",
                "manpower",
                "maintenance",
                "hiring",
                "survey",
                "study",
                "design",
                "supervision",
            ][..],
        ]
        .into_iter()
        .enumerate()
        {
            if let Some(score) = scores.get_mut(slot) {
                *score += 25 * count(text, words).min(2);
            }
        }
        // What the name ends with is what is bought.
        for (slot, ends) in [
            &["工程", "施工"][..],
            &["设备采购", "采购及安装项目", "设备", "货物采购", "物资采购", "设备购置", "一批"][..],
            &["服务", "服务项目", "服务采购", "服务采购项目", "维护项目", "监理", "设计", "咨询"][..],
        ]
        .into_iter()
        .enumerate()
        {
            let bare = text.trim_end_matches([')', '。', ' ']);
            if ends.iter().any(|e| bare.ends_with(e))
                && let Some(score) = scores.get_mut(slot)
            {
                *score += 40;
            }
        }
    }
    for unit in reading.units.iter().filter(|u| u.zone != Zone::BidForms) {
        let text = unit.text.to_lowercase();
        for (slot, words) in [WORKS, GOODS, SERVICES].into_iter().enumerate() {
            if let Some(score) = scores.get_mut(slot) {
                *score += count(&text, words);
            }
        }
    }
    let kinds = ["works", "goods", "services"];
    let (slot, best) = scores.iter().enumerate().max_by_key(|(_, s)| **s)?;
    let certain = scores.iter().filter(|s| **s > 0).count() == 1;
    if *best < 3 && !certain {
        return None;
    }
    let kind = kinds.get(slot)?;
    if let Some(name) = name {
        let evidence = name.evidence().first()?.clone();
        return Some(Candidate {
            status: FieldStatus::Found,
            value: Some(FieldValue::Choice((*kind).to_owned())),
            raw: name.raw().to_owned(),
            evidence,
            rank: 10,
        });
    }
    let words: &[&str] = match slot {
        0 => WORKS,
        1 => GOODS,
        _ => SERVICES,
    };
    let (unit, range) = reading.clauses.iter().find_map(|c| {
        let text = reading.text(c.unit, &c.range).to_lowercase();
        (reading.zone(c.unit) != Zone::BidForms && text.chars().count() >= 12 && words.iter().any(|w| text.contains(w)))
            .then(|| (c.unit, c.range.clone()))
    })?;
    reading.candidate(unit, range.clone(), range, FieldValue::Choice((*kind).to_owned()), 10)
}
