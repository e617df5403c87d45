//! Bid bond and performance bond: none, an amount, or a share.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use bidlens_domain::fold::is_western;
use bidlens_domain::money::{Currency, Money};
use regex::Regex;

use crate::grammar::{checkbox, money, percent};
use crate::reading::{Clause, Reading, Zone};

use super::{Candidate, Disagreement, Fields, is_none, is_reference, lots, settle, standing};

/// What makes a bond.
struct Bond {
    key: &'static str,
    words: &'static [&'static str],
    /// Words that make a passage speak of another bond.
    not: &'static [&'static str],
}

const BID: Bond = Bond {
    key: "bid_bond",
    words: &[
        "投标保证金",
        "磋商保证金",
        "谈判保证金",
        "响应保证金",
        "报价保证金",
        "询价保证金",
        "竞价保证金",
        "比选保证金",
        "参选保证金",
        "应答保证金",
        "竞标保证金",
        "竞买保证金",
        "投标担保",
        "earnest money",
        "emd",
        "bid security",
        "bid bond",
        "tender guarantee",
        "tender security",
        "tender deposit",
        "quotation deposit",
        "proposal security",
        "tender bond",
        "bid guarantee",
        "quotation security",
        "bid guaranty",
        "bid deposit",
        "bidder's bond",
        "bidders bond",
        "proposal guaranty",
        "proposal guarantee",
        "proposal bond",
        "bidder's security",
    ],
    not: &["履约保证金", "质量保证金", "performance"],
};

const PERFORMANCE: Bond = Bond {
    key: "performance_bond",
    words: &[
        "履约保证金",
        "履约担保",
        "履约保函",
        "履约保证",
        "performance security",
        "performance guarantee",
        "performance bank guarantee",
        "performance bond",
        "performance and payment bond",
        "performance & payment bond",
        "performance bonds",
        "payment and performance bond",
        "payment & performance bond",
        "security deposit",
        "contract deposit",
        "contract performance",
        "epbg",
    ],
    not: &["投标保证金", "预付款", "质量保证金", "农民工", "earnest money", "emd"],
};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    bond(reading, fields, &BID);
    bond(reading, fields, &PERFORMANCE);
}

fn bond(reading: &Reading<'_>, fields: &mut Fields, bond: &Bond) {
    let mut candidates = Vec::new();
    let mut by_lot: BTreeMap<String, FieldValue> = BTreeMap::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        let own = bond.words.iter().any(|w| lower.contains(w));
        let about = own || {
            let context = reading.context(clause.unit).to_lowercase();
            let near = context.chars().count() <= 24 && bond.words.iter().any(|w| context.contains(w));
            let heading = reading.heading(clause.unit).to_lowercase();
            near || heading.chars().count() <= 24 && bond.words.iter().any(|w| heading.contains(w))
        };
        if !about || !own && bond.not.iter().any(|w| lower.contains(w)) || of_an_example(reading, clause) {
            continue;
        }
        // What the law caps is no statement of what this tender asks.
        let capped = ["不得超过", "不超过采购", "不超过政府采购", "不超过招标项目估算价", "不超过中标合同金额的10%"]
            .iter()
            .any(|w| text.contains(w));
        if capped && text.chars().count() > 14 && !matches!(zone, Zone::FrontTable | Zone::Notice | Zone::Correction) {
            continue;
        }
        // The part of the clause that speaks of this bond: from its word, or the share right before it, up to the other
        // bond's.
        let name =
            bond.words.iter().filter_map(|w| lower.find(w)).min().filter(|_| lower.len() == text.len()).unwrap_or(0);
        // □本项目免收投标保证金: what stands behind an empty box is not said.
        if checkbox::choices(text).iter().any(|c| c.range.contains(&name) && !c.ticked) {
            continue;
        }
        let from = share_before(text, name).map_or(name, |share| share.range.start);
        let part = text.get(from..).unwrap_or(text);
        let other = bond
            .not
            .iter()
            .filter_map(|w| part.to_lowercase().find(w))
            .filter(|at| *at > 0)
            .min()
            .unwrap_or(part.len());
        let part = part.get(..other).unwrap_or(part);
        let rank = rank(zone, own) - if is_general(text) { 30 } else { 0 };
        read_part(
            reading,
            clause.unit,
            clause.range.start..clause.range.end,
            clause.range.start + from,
            part,
            text,
            bond.words,
            rank,
            &mut candidates,
            &mut by_lot,
        );
    }
    for pair in &reading.pairs {
        // 投标保证金 | Ⅰ标段 | 40万元: a row of its own for each lot.
        if bond.words.contains(&pair.context.as_str())
            && let [lot] = lots::mentions(&pair.full_label).as_slice()
            && lot.range == (0..pair.full_label.len())
            && reading.zone(pair.unit) != Zone::BidForms
            && let Some(amount) = money::first(reading.text(pair.unit, &pair.value))
        {
            let value = pair.value.start + amount.range.start..pair.value.start + amount.range.end;
            let quote = reading.pair_quote(pair, &pair.value);
            let read = FieldValue::Money(amount.money);
            by_lot.entry(lot.key.clone()).or_insert_with(|| read.clone());
            let rank = rank(reading.zone(pair.unit), true);
            candidates.extend(reading.candidate(pair.unit, quote, value, read, rank));
            continue;
        }
        // 磋商保证金 | 金额 | …: the cell before the label says of what.
        let inside = bond.words.iter().any(|w| pair.context.contains(w))
            && ["金额", "数额", "缴纳金额", "保证金金额", "要求", "比例"].contains(&pair.label.as_str());
        let named = inside || bond.words.iter().any(|w| pair.label.contains(w));
        if !named
            || pair.label.chars().count() > 20 && !pair.label.is_ascii()
            || reading.zone(pair.unit) == Zone::BidForms
        {
            continue;
        }
        let asks_form = ["形式", "账户", "账号", "时间", "退还", "截止", "方式", "有效期", "不予"]
            .iter()
            .any(|w| pair.label.contains(w));
        let text = reading.text(pair.unit, &pair.value);
        // EMD Amount | 97200, ePBG Percentage(%) | 3.00: the label says what the bare figure is.
        let rank_of_label = rank(reading.zone(pair.unit), true) + 6;
        if let Some(read) = bare_figure(reading, &pair.full_label, text).filter(|_| !asks_form) {
            let quote = reading.pair_quote(pair, &pair.value);
            candidates.extend(reading.candidate(pair.unit, quote, pair.value.clone(), read, rank_of_label));
            continue;
        }
        if asks_form || bond.not.iter().any(|w| pair.label.contains(w)) {
            continue;
        }
        let zone = reading.zone(pair.unit);
        let quote = reading.pair_quote(pair, &pair.value);
        if is_reference(text.trim()) {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1));
        } else if (inside || is_amount_label(&pair.label, bond)) && !is_none(text) {
            // Under the heading of a lot it is the lot's.
            if let Some(key) = super::money::lot_around(reading, pair.unit, pair.label_start.unwrap_or(0))
                && let Some(amount) = money::first(text)
            {
                by_lot.entry(key).or_insert(FieldValue::Money(amount.money));
            }
            // The label alone says what the amount is for.
            read_part(
                reading,
                pair.unit,
                quote,
                pair.value.start,
                text,
                text,
                bond.words,
                rank(zone, true) + 6 - if is_general(text) { 30 } else { 0 },
                &mut candidates,
                &mut by_lot,
            );
        } else if is_none(text) && !pair.label.contains("是否")
            || (pair.label.contains("是否") || text.chars().count() <= 12) && says_no(text)
        {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::StatedNone, rank(zone, true) + 8));
        }
    }
    if bond.key == BID.key {
        candidates.extend(no_bond(reading));
        candidates.extend(accompanied(reading));
    }
    candidates.extend(no_security(reading));
    let several = by_lot.len() >= 2;
    let Some(mut field) = settle(candidates, Disagreement::Prefer) else {
        return;
    };
    if several && field.status() == FieldStatus::Found {
        let first = by_lot.values().next().cloned();
        let differ = by_lot.values().any(|v| Some(v) != first.as_ref());
        if differ {
            // No one amount is the tender's: each lot has its own.
            let evidence = field.evidence().to_vec();
            if let Ok(own) = Field::with_evidence(FieldStatus::Found, None, field.raw(), evidence, field.confidence) {
                field = own;
            }
        }
        field.lots = by_lot;
    }
    fields.insert(bond.key.to_owned(), field);
}

/// `Security | Nil`: a label that names no bond denies both, unless the security of sites and people is meant.
fn no_security(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] =
        &["security", "securities", "security required", "security amount", "bid and performance security"];
    let stated = reading.pairs.iter().filter_map(|pair| {
        let zone = reading.zone(pair.unit);
        let text = reading.text(pair.unit, &pair.value);
        let denied = is_none(text)
            || matches!(text.trim().trim_end_matches('.').to_lowercase().as_str(), "none" | "not required");
        let guarded = ["guard", "clearance", "vetting", "cyber", "information security"];
        let denied = denied
            && !(pair.label == "security"
                && reading.units.iter().any(|u| guarded.iter().any(|w| u.text.to_ascii_lowercase().contains(w))));
        let says = LABELS.contains(&pair.label.as_str()) && denied && zone != Zone::BidForms;
        let quote = reading.pair_quote(pair, &pair.value);
        says.then(|| reading.stated(pair.unit, quote, FieldStatus::StatedNone, rank(zone, false) - 10))?
    });
    stated.take(3).collect()
}

/// `Bids must be accompanied by a certified check or surety bond of at least 5% of the bid`: the sentence names no bid
/// bond, but asks for one.
fn accompanied(reading: &Reading<'_>) -> Vec<Candidate> {
    static ACCOMPANIED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?)\b[^.;]{0,80}\baccompanied by\b[^;]{0,160}?\b(?:checks?|cheques?|drafts?|bonds?|guarant(?:y|ee)s?)\b")
            .expect("a regular expression")
    });
    let stated = reading.clauses.iter().filter_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let asked = ACCOMPANIED.find(text).filter(|_| reading.is_english() && zone != Zone::BidForms)?;
        let named = |words: &[&str]| words.iter().any(|word| text.to_lowercase().contains(word));
        if named(BID.words) || named(PERFORMANCE.words) {
            return None;
        }
        let from = asked.start();
        let share = percent::find(text.get(from..)?).into_iter().find(|share| share.percent.0 > 0)?;
        let value = clause.range.start + from + share.range.start..clause.range.start + from + share.range.end;
        let read = FieldValue::Percent(share.percent);
        reading.candidate(clause.unit, clause.range.clone(), value, read, rank(zone, true) - 6)
    });
    stated.take(3).collect()
}

/// `不收取保证金`: where no bond is named, none is taken from who bids.
fn no_bond(reading: &Reading<'_>) -> Vec<Candidate> {
    const DENIALS: &[&str] = &[
        "不收取保证金",
        "免收保证金",
        "不收保证金",
        "免交保证金",
        "无需缴纳保证金",
        "不缴纳保证金",
        "不需要缴纳保证金",
        "不收取任何费用和保证金",
        "不收取任何费用及保证金",
        "不收取任何保证金",
        "不收取任何形式的保证金",
    ];
    let stated = reading.clauses.iter().filter_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let says = DENIALS.iter().any(|w| text.contains(w)) && !matches!(zone, Zone::BidForms | Zone::Contract);
        (says && text.chars().count() <= 40)
            .then(|| reading.stated(clause.unit, clause.range.clone(), FieldStatus::StatedNone, rank(zone, false)))?
    });
    stated.take(3).collect()
}

/// Whether a sentence is an example or goes on with one in its line: `例如：包1为2万元。同时投两个包时…`.
fn of_an_example(reading: &Reading<'_>, clause: &Clause) -> bool {
    let head = reading.unit(clause.unit).and_then(|u| u.text.get(..clause.range.end)).unwrap_or_default();
    head.trim_end().rsplit('\n').next().is_some_and(|line| line.contains("例如"))
}

/// The figure that an English label gives its meaning: a share, or a sum in the country's own money.
fn bare_figure(reading: &Reading<'_>, label: &str, text: &str) -> Option<FieldValue> {
    let label = label.to_lowercase();
    let bare = text.trim();
    let figures = bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    if bare.is_empty() || !figures || !reading.is_english() {
        return None;
    }
    if label.contains('%') || label.contains("percent") {
        let share = percent::find(&format!("{bare}%")).into_iter().next()?;
        return Some(FieldValue::Percent(share.percent));
    }
    let sum = money::find_in_unit(bare, money::Unit::Yuan).into_iter().next()?.money;
    (label.contains("amount") && super::money::in_rupees(reading))
        .then(|| FieldValue::Money(Money { currency: Currency::new("INR"), ..sum }))
}

/// A label that is nothing but the bond's name or its amount.
fn is_amount_label(label: &str, bond: &Bond) -> bool {
    let bare = label.trim_end_matches("金额").trim_end_matches("数额").trim_end_matches("的");
    bond.words.contains(&bare) || label.is_ascii() && label.len() <= 40 && bond.words.iter().any(|w| label.contains(w))
}

fn says_no(text: &str) -> bool {
    let ticked = checkbox::ticked(text);
    match ticked.first() {
        Some(choice) => {
            let label = choice.label(text);
            label.starts_with('否') || label.starts_with('不') || label.starts_with('无') || label.starts_with("免")
        }
        None => {
            let bare = text.trim();
            checkbox::choices(text).is_empty() && (bare.starts_with('否') || bare.to_lowercase().starts_with("no"))
        }
    }
}

/// `按成交金额的5%交纳履约保证金`, `成交金额5%的履约保证金`: the share right before the bond's name, which begins at
/// `name`, where nothing after the name says how much.
fn share_before(text: &str, name: usize) -> Option<percent::Share> {
    const PAYING: &[&str] = &["交纳", "缴纳", "提交", "递交", "缴存", "支付", "提供", "交付"];
    let shares = percent::find(text);
    let share = shares.last().filter(|share| share.range.end <= name)?.clone();
    money::first(text.get(name..)?).is_none().then_some(())?;
    let between = text.get(share.range.end..name)?;
    let paid = ["的", "作为"].contains(&between)
        || between.chars().count() <= 10 && PAYING.iter().any(|verb| between.contains(verb));
    let whole = !["不予", "退还", "违约", "超过", "逾期"].iter().any(|w| text.contains(w));
    (paid && whole).then_some(share)
}

fn rank(zone: Zone, own: bool) -> i32 {
    standing(zone) + if own { 8 } else { 0 } - if zone == Zone::Evaluation { 20 } else { 0 }
}

/// The law's own wording, which says what a bond may be, not what it is.
fn is_general(text: &str) -> bool {
    [
        "不得超过",
        "不超过采购项目预算",
        "不超过项目预算",
        "如果",
        "如需",
        "如有",
        "若",
        "未按",
        "不按",
        "拒绝",
        "逾期",
        "的情形",
        "应当以支票",
        "要求提交的",
        "采用",
        "实施条例",
        "if any",
        "shall be forfeited",
        "forfeit",
    ]
    .iter()
    .any(|w| text.contains(w))
}

/// `投标保证金1万元,未中标者5个工作日内退还`: what is stated before what becomes of it.
fn stated_before_refund(part: &str) -> Option<&str> {
    let refund = ["不予退还", "退还"].iter().filter_map(|w| part.find(w)).min()?;
    let head = part.get(..refund)?;
    let thousands = |at: usize| head.get(at + 1..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    let (comma, _) = head.rmatch_indices([',', ';']).find(|(at, _)| !thousands(*at))?;
    let head = head.get(..comma)?;
    (head.chars().count() <= 40 && money::first(head).is_some()).then_some(head)
}

#[expect(clippy::too_many_arguments, reason = "one passage and the two places its readings go to")]
fn read_part(
    reading: &Reading<'_>,
    unit: usize,
    clause: std::ops::Range<usize>,
    start: usize,
    part: &str,
    text: &str,
    bond_words: &[&str],
    rank: i32,
    candidates: &mut Vec<Candidate>,
    by_lot: &mut BTreeMap<String, FieldValue>,
) {
    // A form answers by its ticked box alone.
    let choices = checkbox::choices(part);
    let boxed = !choices.is_empty();
    let (start, part) = match choices.iter().find(|c| c.ticked) {
        Some(choice) => (start + choice.range.start, part.get(choice.range.clone()).unwrap_or_default()),
        None if choices.is_empty() => (start, part),
        None => return,
    };
    const NONE: &[&str] = &[
        "不收取",
        "免收",
        "无需缴纳",
        "无需提交",
        "不需缴纳",
        "不需要",
        "不要求",
        "不缴纳",
        "免交",
        "免缴",
        "不适用",
        "不提交",
        "不收",
        "无须",
        "无需",
        "不设",
        "取消",
        "不用",
        "本项目无",
        "免于",
        "不需",
        "暂不收",
        "not required",
        "not applicable",
        "no emd",
        "no bid security",
        "exempted for all",
    ];
    let lower = part.to_lowercase();
    let before = if boxed { lower.clone() } else { text.to_lowercase() };
    // 不收取投标保证金: the words right before the bond's name deny it.
    let lead: String = {
        let head =
            bond_words.iter().filter_map(|w| before.find(w)).min().and_then(|at| before.get(..at)).unwrap_or_default();
        let skip = head.chars().count().saturating_sub(10);
        head.chars().skip(skip).collect()
    };
    let conditional = [
        "中小企业",
        "小微",
        "可以",
        "可免",
        // 符合免缴条件的须作承诺: who is exempt is told elsewhere.
        "符合免",
        "满足免",
        "免缴条件",
        "免交条件",
        "免收条件",
        "if ",
        "msme",
        "mse",
        "startup",
    ]
    .iter()
    .any(|w| before.contains(w));
    let none = NONE.iter().any(|w| lower.contains(w) || lead.contains(w))
        || lead.ends_with("no ")
        || NONE.iter().any(|w| before.contains(w)) && before.chars().count() <= 40
        || is_none(part);
    if none && !conditional && (lower.chars().count() <= 60 || rank > 50) && !lower.contains("退还") {
        candidates.extend(reading.stated(unit, clause, FieldStatus::StatedNone, rank + 4));
        return;
    }
    let (part, lower) = match stated_before_refund(part) {
        Some(head) => (head, head.to_lowercase()),
        None => (part, lower),
    };
    if ["不予退还", "退还", "没收", "利息", "forfeit", "refund", "released"].iter().any(|w| lower.contains(w))
        && !lower.contains("金额")
    {
        return;
    }
    // 2% of what is owed each day of delay is no bond.
    if ["违约金", "每延", "赔偿", "罚款", "penalty", "每日"].iter().any(|w| text.contains(w)) {
        return;
    }
    let mentions = lots::mentions(part);
    if mentions.len() >= 2 {
        let mut first = None;
        for (index, mention) in mentions.iter().enumerate() {
            let until = mentions.get(index + 1).map_or(part.len(), |m| m.range.start);
            let own = part.get(mention.range.end..until).unwrap_or_default();
            if let Some(amount) = money::first(own) {
                let value =
                    start + mention.range.end + amount.range.start..start + mention.range.end + amount.range.end;
                by_lot.entry(mention.key.clone()).or_insert(FieldValue::Money(amount.money.clone()));
                first.get_or_insert((start + mention.range.start..value.end, value, amount.money));
            }
        }
        if let Some((quote, value, money)) = first {
            candidates.extend(reading.candidate(unit, quote, value, FieldValue::Money(money), rank + 2));
        }
        return;
    }
    if let [mention] = mentions.as_slice()
        && let Some(amount) = money::first(part.get(mention.range.end..).unwrap_or_default())
        && part
            .get(mention.range.end..mention.range.end + amount.range.start)
            .is_some_and(|gap| gap.chars().count() <= 8)
    {
        by_lot.entry(mention.key.clone()).or_insert(FieldValue::Money(amount.money.clone()));
    }
    let amount = money::first(part);
    let share = percent::find(part).into_iter().next();
    let both = match (&amount, &share) {
        (Some(a), Some(s)) => a.range.start < s.range.start,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if both && let Some(amount) = &amount {
        let reach = if is_western(part) { 100 } else { 60 };
        let near = part.get(..amount.range.start).is_some_and(|gap| gap.chars().count() <= reach);
        if near && amount.money.minor > 0 {
            let value = start + amount.range.start..start + amount.range.end;
            candidates.extend(reading.candidate(unit, clause, value, FieldValue::Money(amount.money.clone()), rank));
        } else if near {
            candidates.extend(reading.stated(unit, clause, FieldStatus::StatedNone, rank));
        }
    } else if let Some(share) = &share {
        // The performance security shall be an unconditional bank guarantee for 10% …: English says more words between.
        let reach = if is_western(part) { 140 } else { 60 };
        let near = part.get(..share.range.start).is_some_and(|gap| gap.chars().count() <= reach);
        if near && share.percent.0 > 0 && share.percent.0 <= if is_western(part) { 1_000_000 } else { 300_000 } {
            let value = start + share.range.start..start + share.range.end;
            candidates.extend(reading.candidate(unit, clause, value, FieldValue::Percent(share.percent), rank));
        }
    }
}
