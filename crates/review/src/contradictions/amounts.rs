//! Sums that do not go together: K020 for one that is stated in two ways, K028 where the unit was slipped (元 for 万元),
//! K029 with tax here and without it there, K034 a bond's share of the budget beside its sum, K035 a ceiling above the
//! budget.

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::money::Money;
use bidlens_domain::wording::{Wording, both};

use super::stated::{Stated, differing, labelled, only};
use super::{Fields, between, name, places};
use crate::fields::is_divided;
use crate::grammar::money::{self, Amount, Unit};
use crate::grammar::percent;
use crate::reading::{Pair, Reading};

/// What is meant by a label that says nothing else.
pub(super) const BUDGET: &[&str] = &[
    "预算金额",
    "采购预算",
    "项目预算",
    "采购预算金额",
    "项目预算金额",
    "采购项目预算金额",
    "预算总额",
    "预算总金额",
    "总预算",
    "budget",
    "approved budget",
];
pub(super) const CEILING: &[&str] = &[
    "最高限价",
    "最高投标限价",
    "投标最高限价",
    "采购最高限价",
    "项目最高限价",
    "最高限价金额",
    "招标控制价",
    "投标限价",
    "ceiling price",
];
const BID_BOND: &[&str] = &[
    "投标保证金",
    "投标保证金金额",
    "投标保证金的金额",
    "投标保证金数额",
    "磋商保证金",
    "磋商保证金金额",
    "谈判保证金",
    "响应保证金",
    "bid security",
    "bid security amount",
    "earnest money deposit",
];
const PRICE_OF_DOCUMENTS: &[&str] = &["招标文件售价", "采购文件售价", "磋商文件售价", "文件售价"];

const TOPICS: [(&str, &[&str]); 4] =
    [("budget", BUDGET), ("max_price", CEILING), ("bid_bond", BID_BOND), ("doc_price", PRICE_OF_DOCUMENTS)];

/// 元 in the place of 万元.
const SLIP: i64 = 10_000;

/// A sum that stands for the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) money: Money,
    /// What its last digit counts, in minor units: 197.4万元 tells nothing of the hundreds.
    step: i64,
    tax_included: Option<bool>,
}

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    if is_divided(fields) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (key, labels) in TOPICS {
        let all = stated(reading, labels);
        if let Some(pair) = differing(&all, differs) {
            found.extend(apart(reading, key, pair));
        } else if let Some(pair) = differing(&all, taxed_otherwise) {
            found.extend(tax(reading, key, pair));
        }
    }
    let budget = stated(reading, BUDGET);
    found.extend(above_budget(reading, only(&budget, differs), only(&stated(reading, CEILING), differs)));
    found.extend(bond_share(reading, only(&budget, differs)));
    found
}

/// The sums behind labels, each the one sum of its place.
pub(super) fn stated(reading: &Reading<'_>, labels: &[&str]) -> Vec<Stated<Sum>> {
    labelled(reading, labels, one_sum)
}

fn one_sum(pair: &Pair, text: &str) -> super::stated::Read<Sum> {
    /// A part, a share of a year, a bound or a deposit of another kind.
    const OTHERWISE: [&str; 22] = [
        "每年",
        "/年",
        "年度",
        "其中",
        "分别",
        "单价",
        "首年",
        "第一",
        "暂定",
        "约",
        "不少于",
        "至少",
        "下浮",
        "扣除",
        "超过",
        "高于",
        "以上",
        "低于",
        "或",
        "每包",
        "每标",
        "各",
    ];
    let bare = text.trim().trim_end_matches(['。', ';', ',']);
    let figures = bare.len() >= 4 && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let unit = Unit::of_label(&pair.full_label).or(figures.then_some(Unit::Yuan));
    // 不得超过 and 不高于 only say that it is a ceiling.
    let plain = ["不得超过", "不超过", "不得高于", "不高于"].iter().fold(text.to_owned(), |t, w| t.replace(w, ""));
    if OTHERWISE.iter().any(|w| plain.contains(w)) {
        return None;
    }
    let amounts = unit.map_or_else(|| money::find(text), |unit| money::find_in_unit(text, unit));
    let first = amounts.iter().find(|a| !a.in_words).or(amounts.first())?;
    if amounts.iter().any(|a| a.per_unit || a.money != first.money) || first.money.minor <= 0 {
        return None;
    }
    let labels = format!("{}{text}", pair.full_label);
    let without = ["不含税", "未含税", "不含增值税", "税前"].iter().any(|w| labels.contains(w));
    let with = ["含税", "含增值税"].iter().any(|w| labels.replace("不含", "").replace("未含", "").contains(w));
    let tax_included = (with != without).then_some(with);
    let words = text.get(first.range.clone()).unwrap_or_default();
    Some((Sum { money: first.money.clone(), step: step(first, words, unit), tax_included }, 0..text.len()))
}

/// What the last digit of a figure counts, in minor units.
fn step(amount: &Amount, words: &str, unit: Option<Unit>) -> i64 {
    let scale: i64 = if words.contains('亿') {
        10_000_000_000
    } else if words.contains('万') || unit == Some(Unit::TenThousandYuan) && !words.contains('元') {
        1_000_000
    } else {
        100
    };
    if amount.in_words {
        return 1;
    }
    let digits: String = words.chars().skip_while(|c| *c != '.').skip(1).take_while(char::is_ascii_digit).collect();
    (0..digits.len()).fold(scale, |step, _| (step / 10).max(1))
}

/// Whether two sums are not one, the rounding of the coarser allowed for.
pub(super) fn differs(a: &Sum, b: &Sum) -> bool {
    a.money.currency == b.money.currency && (a.money.minor - b.money.minor).abs() >= a.step.max(b.step)
        || a.money.minor == b.money.minor.saturating_mul(SLIP)
        || b.money.minor == a.money.minor.saturating_mul(SLIP)
}

fn taxed_otherwise(a: &Sum, b: &Sum) -> bool {
    matches!((a.tax_included, b.tax_included), (Some(one), Some(other)) if one != other)
}

/// A sum that two places state in two ways.
fn apart(reading: &Reading<'_>, key: &str, (one, other): (&Stated<Sum>, &Stated<Sum>)) -> Option<Contradiction> {
    let values = vec![one.words.clone(), other.words.clone()];
    let (a, b) = (one.value.money.minor, other.value.money.minor);
    // Where one is with tax and one without, both may be meant.
    if taxed_otherwise(&one.value, &other.value) {
        return None;
    }
    if a.saturating_mul(SLIP) != b && b.saturating_mul(SLIP) != a {
        return between("K020", key, &name(key), values, reading.language());
    }
    let (what, asked) = (name(key), places(&values, ("与", " and on ")));
    let question = both(
        format!("招标文件{}，{}相差一万倍，疑为“元”与“万元”之误，请明确准确金额。", asked.zh, what.zh),
        format!("{} is stated on {}; one is ten thousand times the other. Please clarify the unit.", what.en, asked.en),
    );
    told(
        reading,
        "K028",
        key,
        values,
        question,
        Told {
            title: both(
                format!("{}相差一万倍，疑为单位之误", what.zh),
                format!("{}: one sum is ten thousand times the other", what.en),
            ),
            description: both(
                format!("{}一处为{}，另一处为{}", what.zh, one.value.money, other.value.money),
                format!("{} is {} here and {} there", what.en, one.value.money, other.value.money),
            ),
        },
    )
}

/// The same sum with tax in one place and without it in another.
fn tax(reading: &Reading<'_>, key: &str, (one, other): (&Stated<Sum>, &Stated<Sum>)) -> Option<Contradiction> {
    let values = vec![one.words.clone(), other.words.clone()];
    let (what, asked) = (name(key), places(&values, ("与", " and on ")));
    let question = both(
        format!("招标文件{}，{}是否含税表述不一致，请明确。", asked.zh, what.zh),
        format!("{} is stated on {}, with tax and without. Please clarify.", what.en, asked.en),
    );
    told(
        reading,
        "K029",
        key,
        values,
        question,
        Told {
            title: both(format!("{}是否含税不一致", what.zh), format!("{}: with tax or without", what.en)),
            description: both(
                format!("{}一处含税，另一处不含税", what.zh),
                format!("{} is with tax in one place and without in another", what.en),
            ),
        },
    )
}

/// What is said of a contradiction beside its question.
pub(super) struct Told {
    pub(super) title: Wording,
    pub(super) description: Wording,
}

pub(super) fn told(
    reading: &Reading<'_>,
    rule_id: &'static str,
    subject: &str,
    values: Vec<StatedValue>,
    question: Wording,
    Told { title, description }: Told,
) -> Option<Contradiction> {
    let language = reading.language();
    let text = ContradictionText {
        rule_id,
        subject: subject.to_owned(),
        language,
        title,
        description,
        question: question.in_language(language).to_owned(),
    };
    Contradiction::new(text, values)
}

/// A ceiling above the budget, whatever law governs.
fn above_budget(
    reading: &Reading<'_>,
    budget: Option<&Stated<Sum>>,
    ceiling: Option<&Stated<Sum>>,
) -> Option<Contradiction> {
    let (budget, ceiling) = (budget?, ceiling?);
    let more = ceiling.value.money.minor - budget.value.money.minor;
    let comparable =
        ceiling.value.money.currency == budget.value.money.currency && !taxed_otherwise(&budget.value, &ceiling.value);
    if !comparable || more < ceiling.value.step.max(budget.value.step) {
        return None;
    }
    let values = vec![ceiling.words.clone(), budget.words.clone()];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，最高限价高于预算金额，请确认准确金额。", asked.zh),
        format!("The ceiling and the budget are stated on {}; the ceiling is the higher. Please clarify.", asked.en),
    );
    let (a, b) = (&ceiling.value.money, &budget.value.money);
    told(
        reading,
        "K035",
        "max_price",
        values,
        question,
        Told {
            title: both("最高限价高于预算金额", "the ceiling is above the budget"),
            description: both(format!("最高限价{a}，预算金额{b}"), format!("the ceiling is {a}, the budget is {b}")),
        },
    )
}

/// `预算金额的2%，即人民币50000元`: a share and a sum that is another share.
fn bond_share(reading: &Reading<'_>, budget: Option<&Stated<Sum>>) -> Option<Contradiction> {
    const SAME: [&str; 6] = ["即", "计", "共计", "合计", "折合", "为"];
    let budget = budget?;
    let all = labelled(reading, BID_BOND, |_, text| {
        let share = match percent::find(text).as_slice() {
            [one] => one.clone(),
            _ => return None,
        };
        let sum = match money::find(text).as_slice() {
            [one] if !one.per_unit => one.clone(),
            _ => return None,
        };
        let head = text.get(..share.range.start)?;
        let gap = text.get(share.range.end..sum.range.start)?.trim_matches([',', '(', ' ', '。', ':']);
        let bounded = ["不超过", "不高于", "不得超过", "上限", "以内", "最高"].iter().any(|w| text.contains(w));
        let linked = SAME.iter().any(|w| gap.starts_with(w)) && gap.chars().count() <= 6;
        (head.contains("预算") && linked && !bounded).then_some(((share.percent, sum.money), 0..text.len()))
    });
    let bond = only(&all, |a, b| a != b)?;
    let (share, sum) = &bond.value;
    let due = share.of(&budget.value.money);
    // A sum that was rounded to full thousands is still the share.
    let step = if sum.minor % 100_000 == 0 { 100_000 } else { 100 };
    if due.currency != sum.currency || (due.minor - sum.minor).abs() < step {
        return None;
    }
    let values = vec![bond.words.clone(), budget.words.clone()];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，投标保证金比例与金额不符（{share}应为{due}），请明确投标保证金金额。", asked.zh),
        format!(
            "The bid bond and the budget are stated on {}; {share} would be {due}. Please clarify the sum.",
            asked.en
        ),
    );
    told(
        reading,
        "K034",
        "bid_bond",
        values,
        question,
        Told {
            title: both("投标保证金的比例与金额不符", "the bid bond's share and its sum do not agree"),
            description: both(
                format!("预算金额{}的{share}为{due}，文件写为{sum}", budget.value.money),
                format!("{share} of the budget of {} is {due}; the tender says {sum}", budget.value.money),
            ),
        },
    )
}
