//! Who may bid together, pass work on, and bring foreign goods.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use regex::Regex;

use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

use super::{Candidate, Disagreement, Fields, lots, put, settle, standing};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut consortium = Vec::new();
    let mut subcontracting = Vec::new();
    let mut imports = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        if text.chars().count() > 260 {
            continue;
        }
        consortium.extend(consortium_clause(reading, clause.unit, &clause.range, zone));
        subcontracting.extend(subcontracting_clause(reading, clause.unit, &clause.range, zone));
        imports.extend(imports_clause(reading, clause.unit, &clause.range, zone));
    }
    if subcontracting.is_empty() {
        subcontracting.extend(subcontracting_in_forms(reading));
    }
    let choice = |allowed: bool| FieldValue::Choice(if allowed { "allowed" } else { "not_allowed" }.to_owned());
    let by_lot = answers_by_lot(reading, "联合体", choice);
    if let Some(mut field) = settle(consortium, Disagreement::Prefer) {
        field.lots = by_lot;
        fields.insert("consortium".to_owned(), field);
    }
    put(fields, "subcontracting", subcontracting, Disagreement::Prefer);
    let mut by_lot = imports_by_lot(reading, &mut imports);
    if by_lot.is_empty() {
        by_lot = answers_by_lot(reading, "进口产品", FieldValue::Bool);
    }
    if let Some(mut field) = settle(imports, Disagreement::Prefer) {
        field.lots = by_lot;
        fields.insert("imports_allowed".to_owned(), field);
    }
}

/// `A包接受联合体投标；B包不接受联合体投标`: lots that differ are given one by one; lots named together answer alike.
fn answers_by_lot(
    reading: &Reading<'_>,
    subject: &str,
    value: impl Fn(bool) -> FieldValue,
) -> BTreeMap<String, FieldValue> {
    for unit in &reading.units {
        let text = unit.text.as_str();
        let passing = matches!(unit.zone, Zone::BidForms | Zone::Contract) || text.chars().count() > 400;
        if passing || !text.contains(subject) {
            continue;
        }
        let mentions = lots::mentions(text);
        let mut answers: BTreeMap<String, bool> = BTreeMap::new();
        let mut joined: Vec<&str> = Vec::new();
        for (index, mention) in mentions.iter().enumerate() {
            let until = mentions.get(index + 1).map_or(text.len(), |m| m.range.start);
            let own = text.get(mention.range.end..until).unwrap_or_default();
            joined.push(&mention.key);
            if matches!(own.trim(), "、" | "和" | "及" | "与") {
                continue;
            }
            let own = own.split(['。', '\n']).next().unwrap_or_default();
            let denied = ["不接受", "不允许"].iter().any(|w| own.contains(w));
            let allowed = ["接受", "允许"].iter().any(|w| own.contains(w));
            for key in joined.drain(..).filter(|_| allowed) {
                answers.entry(key.to_owned()).or_insert(!denied);
            }
        }
        if answers.values().any(|a| *a) && answers.values().any(|a| !a) {
            return answers.into_iter().map(|(key, answer)| (key, value(answer))).collect();
        }
    }
    BTreeMap::new()
}

/// A column headed 是否接受进口产品 in a table of lots or goods; lots that differ are given one by one.
fn imports_by_lot(reading: &Reading<'_>, imports: &mut Vec<Candidate>) -> BTreeMap<String, FieldValue> {
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

/// The answer a clause gives to a question of yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

/// The clause with what follows it in the same unit while boxes are still being listed.
fn with_boxes<'a>(reading: &'a Reading<'_>, unit: usize, range: &std::ops::Range<usize>) -> &'a str {
    let text = reading.unit(unit).map_or("", |u| u.text.as_str());
    let own = text.get(range.clone()).unwrap_or_default();
    let rest = text.get(range.start..).unwrap_or_default();
    let next = rest.get(own.len()..).unwrap_or_default();
    let more: usize =
        next.char_indices().take(80).take_while(|(_, c)| !matches!(c, '。')).map(|(_, c)| c.len_utf8()).sum();
    if next.chars().take(3).any(|c| checkbox::is_ticked_mark(c) || checkbox::is_empty_mark(c))
        || own.trim_end().ends_with([':', '?'])
    {
        rest.get(..own.len() + more).unwrap_or(own)
    } else {
        own
    }
}

/// Reads boxes, then 是 or 否 after a colon, then 不 before a verb.
fn answer(text: &str, yes: &[&str], no: &[&str]) -> Option<Answer> {
    let choices = checkbox::choices(text);
    if !choices.is_empty() {
        let label = choices.iter().find(|c| c.ticked)?.label(text);
        let negative = label.starts_with(['否', '不', '无']) || no.iter().any(|w| label.contains(w));
        let positive = label.starts_with(['是', '允', '接', '可']) || yes.iter().any(|w| label.contains(w));
        return if negative {
            Some(Answer::No)
        } else if positive {
            Some(Answer::Yes)
        } else {
            None
        };
    }
    // 本项目(否)接受联合体投标
    if text.contains("(否)") || text.contains("(不)") {
        return Some(Answer::No);
    }
    if text.contains("(是)") {
        return Some(Answer::Yes);
    }
    let tail = text.rsplit([':', '?']).next().unwrap_or_default().trim().trim_matches(['(', ')', '。', ';']);
    if text.contains([':', '?']) {
        if matches!(tail, "否" | "不接受" | "不允许" | "不可以" | "no" | "not permitted" | "not allowed")
            || tail.starts_with("否") && tail.chars().count() <= 4
        {
            return Some(Answer::No);
        }
        if matches!(tail, "是" | "接受" | "允许" | "可以" | "yes" | "permitted" | "allowed") {
            return Some(Answer::Yes);
        }
    }
    let lower = text.to_lowercase();
    if no.iter().any(|w| lower.contains(w)) {
        return Some(Answer::No);
    }
    // 不超过3家 bounds the members and denies nothing.
    let denies = ["不超过", "不得超过", "不多于", "不少于"].iter().fold(text.to_owned(), |t, w| t.replace(w, ""));
    if text.contains("是否")
        || text.contains("如") && !text.contains("如下")
        || text.contains("若")
        || text.contains("或") && denies.contains("不")
    {
        return None;
    }
    if is_denied(&lower) {
        return Some(Answer::No);
    }
    yes.iter().any(|w| lower.contains(w)).then_some(Answer::Yes)
}

/// `… shall not be accepted`, `… is not permitted`: an English sentence denies before the verb.
fn is_denied(lower: &str) -> bool {
    static DENIED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:not|never)(?: \w+){0,2} (?:allowed|permitted|accepted|acceptable|entertained|considered)\b")
            .expect("a regular expression")
    });
    lower.is_ascii() && DENIED.is_match(lower)
}

fn consortium_clause(
    reading: &Reading<'_>,
    unit: usize,
    range: &std::ops::Range<usize>,
    zone: Zone,
) -> Option<Candidate> {
    const NO: &[&str] = &[
        "不接受联合体",
        "不允许联合体",
        "不接受联合投标",
        "不接受供应商联合",
        "不接受联合",
        "不允许联合",
        "不得以联合体",
        "不得组成联合体",
        "非联合体投标",
        "拒绝联合体",
        "谢绝联合体",
        "不接受投标人组成联合体",
        "不接受组成联合体",
        "不支持联合体",
        "联合体投标不接受",
        "不接受任何形式的联合体",
        "consortium is not",
        "consortium bidding is not",
        "joint venture not",
        "joint ventures are not",
        "consortium not",
        "consortia are not",
        "no joint venture",
        "no consortium",
        "jv not",
        "not allowed to form",
        "joint venture is not",
        "jv is not",
        "consortium are not",
        "consortium bids are not",
        "consortia not",
    ];
    const YES: &[&str] = &[
        "接受联合体",
        "允许联合体",
        "可以联合体",
        "允许以联合体",
        "接受联合投标",
        "接受以联合体",
        "可组成联合体",
        "联合体投标:接受",
        "联合体投标:允许",
        "联合体:接受",
        "联合体:允许",
        "consortium is allowed",
        "joint venture is allowed",
        "joint ventures are allowed",
        "joint ventures are permitted",
        "joint venture is permitted",
        "consortium is permitted",
        "consortium bidding is allowed",
        "consortium bids are permitted",
        "consortium bids are allowed",
        "consortia are permitted",
        "consortia are allowed",
        "members in the joint venture",
        "members of the joint venture shall",
        "joint ventures shall be permitted",
        "that will form a jv",
        "that will form a joint venture",
        "a group of economic operators (joint tender)",
        "joint tenders are allowed",
        "group of economic operators may submit",
        "jv is allowed",
    ];
    let own = reading.text(unit, range);
    let context = reading.context(unit);
    let lower = own.to_lowercase();
    let about = own.contains("联合") && !own.contains("联合国") && !own.contains("联合惩戒")
        || lower.contains("consortium")
        || lower.contains("joint venture")
        || lower.contains("joint tender")
        || lower.contains("group of economic operators may")
        || lower.contains("jv ");
    let labelled = context.contains("联合体")
        || context.contains("联合投标")
        || context.contains("consortium")
        || context.contains("joint venture");
    if !about && !labelled {
        return None;
    }
    let text = with_boxes(reading, unit, range);
    let read = answer(text, YES, NO).or_else(|| {
        if !labelled {
            return None;
        }
        let lower = own.to_lowercase();
        let bare = lower.trim().trim_matches(['。', ';', '.', ',']);
        if bare.starts_with("不接受")
            || bare.starts_with("不允许")
            || bare.starts_with("not ")
            || matches!(bare, "否" | "无" | "no")
        {
            Some(Answer::No)
        } else if (bare.starts_with("接受") || bare.starts_with("允许") || bare == "是") && bare.chars().count() <= 40
        {
            Some(Answer::Yes)
        } else {
            None
        }
    })?;
    let general = own.contains("除")
        || own.contains("如果")
        || own.contains("以联合体形式参加")
        || own.contains("联合体各方")
        || own.contains("中小企业");
    let rank = standing(zone)
        + if labelled || checkbox::choices(text).len() >= 2 || own.contains("本项目") || own.contains("是否") {
            8
        } else {
            0
        }
        - if general { 25 } else { 0 };
    let value = FieldValue::Choice(if read == Answer::No { "not_allowed" } else { "allowed" }.to_owned());
    let end = (range.start + text.len()).max(range.end);
    let quote = range.start..end;
    reading.candidate(unit, quote.clone(), quote, value, rank)
}

fn subcontracting_clause(
    reading: &Reading<'_>,
    unit: usize,
    range: &std::ops::Range<usize>,
    zone: Zone,
) -> Option<Candidate> {
    const NO: &[&str] = &[
        "不允许分包",
        "不得分包",
        "不接受分包",
        "禁止分包",
        "不得转包、分包",
        "不得转包或分包",
        "不得转包和分包",
        "不可分包",
        "不得违法分包或转包",
        "不得将合同分包",
        "不得进行分包",
        "不得再次分包",
        "不允许转包、分包",
        "不允许转包或分包",
        "分包不允许",
        "不得转包或者分包",
        "不得将项目分包",
        "不允许转包、违法分包",
        "不得转包、违法分包",
        "不得转让和分包",
        "不得转让或分包",
        "不许分包",
        "严禁转包和分包",
        "严禁转包及分包",
        "不得转包及分包",
        "不允许合同分包",
        "不允许转包及分包",
        "不接受合同分包",
        "严禁分包",
        "subcontracting is not",
        "subcontracting shall not be allowed",
        "sub-contracting is not",
        "sub-letting",
        "shall not sublet",
    ];
    const PARTLY: &[&str] = &[
        "非主体",
        "非关键",
        "未经采购人同意",
        "未经甲方同意",
        "未经招标人同意",
        "主体部分不得分包",
        "部分分包",
        "主要部分不得分包",
        "若需分包",
        "如需分包",
        "经采购人书面同意",
        "经采购人同意",
        "with the prior",
        "with prior",
        "without prior",
        "without the prior",
        "without written",
        "without the written",
        "without obtaining",
        "percentage of subcontracting",
        "sub-contracted up to",
        "subcontracted up to",
        "contracting of up to",
        "contracting up to",
        "not subcontract more than",
        "not sub-contract more than",
        "关键性工作不得",
        "主体工程不得",
        "主体结构",
    ];
    const YES: &[&str] = &[
        "允许分包",
        "接受分包",
        "可以分包",
        "同意分包",
        "subcontracting is allowed",
        "contracting is permitted",
        "subcontracting permitted is",
    ];
    let own = reading.text(unit, range);
    let context = reading.context(unit);
    let lower = own.to_lowercase();
    let labelled = (context == "分包"
        || context.ends_with("分包")
        || context.contains("合同分包")
        || context.contains("是否允许分包")
        || context.contains("转包与分包")
        || context.contains("转包和分包")
        || context.contains("sub-contract")
        || context.contains("sub-letting")
        || context.contains("subletting")
        || context.contains("subcontract"))
        && context.chars().count() <= 20;
    if !own.contains("分包")
        && !lower.contains("subcontract")
        && !lower.contains("sub-contract")
        && !lower.contains("sublet")
        && !lower.contains("sub-let")
        && !labelled
    {
        return None;
    }
    // 分包 as a lot, and the rules on lots, small firms and consortia that only mention it.
    let denied = NO.iter().any(|w| lower.contains(w)) || forbids(own) || is_denied(&lower);
    let passing = [
        "分包号",
        "分包名称",
        "各分包",
        "本分包",
        "分包情况",
        "包号",
        "多个分包",
        "分包意向",
        "小微企业",
        "中小企业",
        "联合体",
        "大中型企业",
        "扣除",
        "向一家",
    ]
    .iter()
    .any(|w| own.contains(w));
    // A small firm that won by its price preference may not pass the work to a large one: a rule of policy.
    let policy = ["小微", "小型", "微型", "中小企业", "大中型"].iter().any(|w| own.contains(w));
    if passing && !denied || policy {
        return None;
    }
    let text = with_boxes(reading, unit, range);
    let choices = checkbox::choices(text);
    let (value, bonus) = if choices.is_empty() {
        let negative = denied;
        let partly = PARTLY.iter().any(|w| lower.contains(w));
        let positive = YES.iter().any(|w| lower.contains(w)) && !lower.contains('不');
        let bare = own.trim().trim_matches(['。', ';', '.', ',']);
        let tail = text.rsplit(':').next().unwrap_or_default().trim().trim_matches(['。', ';']);
        if labelled
            && (bare.starts_with("不允许")
                || bare.starts_with("均不")
                || bare.starts_with("不接受")
                || bare == "否"
                || bare.starts_with("不得")
                || bare.starts_with("严禁")
                || bare.to_lowercase().starts_with("not "))
            || own.contains("分包")
                && matches!(tail, "不允许" | "否" | "不接受" | "不得分包" | "均不允许" | "均不接受" | "均不得")
            || lower.contains("contracting") && matches!(tail, "not permitted" | "not allowed" | "none" | "no")
        {
            ("not_allowed", 10)
        } else if partly && labelled {
            ("partly", 10)
        } else if labelled && (bare.starts_with("允许") || bare == "是")
            || own.contains("分包:") && matches!(tail, "允许" | "是")
        {
            ("allowed", 10)
        } else if partly {
            ("partly", 0)
        } else if negative {
            ("not_allowed", 2)
        } else if positive && !own.contains("是否") {
            ("allowed", 0)
        } else {
            return None;
        }
    } else {
        if !(own.contains("允许")
            || own.contains("分包履行")
            || own.contains("同意")
            || own.contains("接受")
            || labelled)
            || own.contains("分包别")
        {
            return None;
        }
        let ticked = choices.iter().find(|c| c.ticked).map(|c| c.label(text));
        // A同意…分包 □B不同意分包: the tick of the first got lost, its box with it.
        let bared = choices.first().filter(|_| choices.len() == 1).and_then(|c| text.get(..c.range.start));
        let label = ticked.or_else(|| bared.map(str::trim).filter(|t| !t.is_empty() && !t.ends_with(':')))?;
        let label =
            label.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '、' | ' ' | ')'));
        if label.starts_with(['否', '不', '无'])
            || label.contains("不允许")
            || label.contains("不得") && !label.contains("主体")
        {
            ("not_allowed", 12)
        } else if PARTLY.iter().any(|w| label.contains(w)) {
            ("partly", 12)
        } else if label.starts_with(['是', '允', '接', '可', '同']) {
            ("allowed", 12)
        } else {
            return None;
        }
    };
    let contract = if zone == Zone::Contract { 12 } else { 0 };
    let general = if own.contains("如果") || own.contains("应当") && own.contains("法") { 8 } else { 0 };
    let end = (range.start + text.len()).max(range.end);
    let quote = range.start..end;
    reading.candidate(
        unit,
        quote.clone(),
        quote,
        FieldValue::Choice(value.to_owned()),
        standing(zone) + bonus - general + contract / 4,
    )
}

/// `不得将合同转包或分包`, `不允许以任何形式分包`: nothing but the object between the ban and the deed.
fn forbids(text: &str) -> bool {
    ["不得", "不允许", "不能", "禁止", "严禁", "不准"].iter().any(|ban| {
        text.find(ban).and_then(|at| text.get(at + ban.len()..)).is_some_and(|rest| {
            let object = rest.split("分包").next().unwrap_or_default();
            object.len() < rest.len()
                && object.chars().count() <= 12
                && !object.contains([',', ';', '。', '、'])
                && !["主体", "关键", "主要", "违法", "再"].iter().any(|w| object.contains(w))
        })
    })
}

/// A declaration the bidder must make says the rule too.
fn subcontracting_in_forms(reading: &Reading<'_>) -> Option<Candidate> {
    reading.clauses.iter().filter(|c| reading.zone(c.unit) == Zone::BidForms).find_map(|c| {
        let text = reading.text(c.unit, &c.range);
        let none = ["不分包", "不转包、不分包", "不进行分包", "非联合体不分包"].iter().any(|w| text.contains(w))
            && text.chars().count() <= 120;
        let partly = text.contains("未经采购人同意不进行分包")
            || text.contains("未经") && text.contains("同意") && text.contains("分包");
        let value = if partly {
            "partly"
        } else if none {
            "not_allowed"
        } else {
            return None;
        };
        reading.candidate(c.unit, c.range.clone(), c.range.clone(), FieldValue::Choice(value.to_owned()), 8)
    })
}

fn imports_clause(reading: &Reading<'_>, unit: usize, range: &std::ops::Range<usize>, zone: Zone) -> Option<Candidate> {
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
