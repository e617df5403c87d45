//! What it checks: the terms of payment a bid writes are those of the tender.
//! Why it matters: other terms are a condition the buyer has not accepted (财政部令第87号 63(五)).

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, likeness};
use crate::grammar::percent;
use crate::near;
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B018", dimension: Dimension::Commercial, run };

const WORDS: [&str; 6] = ["预付", "付款", "支付", "付至", "付清", "payment"];
const OTHERS: [&str; 12] =
    ["安全文明施工费", "违约金", "滞纳", "服务费", "逾期", "赔偿", "罚", "发票", "工资", "农民工", "保险费", "维保费"];

/// A time within which bills are paid: within 30 days of receipt, 收到发票后30日内付款.
static DUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:pay|pays|paid|payable|payment|due|balance|invoices?|bills?)\b[^.;]{0,80}?\b(?:within|in) (\d{1,3})(?: \(\d+\))? (?:calendar )?((?:business|working) )?days").ok()
});

/// Whether a bidder tells what it pays itself: to subcontractors, suppliers, staff.
fn pays_others(text: &str) -> bool {
    const OTHERS: [&str; 16] = [
        "向供应商",
        "供应商付",
        "材料款",
        "其他合同",
        "其他客户",
        "除本项目外",
        "other customers",
        "sub-contract",
        "subcontract",
        "our supplier",
        "suppliers'",
        "our staff",
        "employees",
        "we pay",
        "we will pay",
        "we shall pay",
    ];
    let lower = text.to_ascii_lowercase();
    OTHERS.iter().any(|w| lower.contains(w))
}

/// Days within which the buyer pays, by the tender, against fewer that the bid demands.
fn due(case: &Case<'_>, report: &mut Report<'_>) {
    let read = |text: &str| {
        let lower = likeness::in_figures(text).to_ascii_lowercase();
        let bill = ["invoice", "bill", "statement", "payment", "payable", "interim certificate", "payment certificate"]
            .iter()
            .any(|w| lower.contains(w));
        let other = [
            "security",
            "guarantee",
            "bond",
            "discount",
            "interest of",
            "refund",
            "subcontract",
            "penalt",
            "damages",
            "wages",
        ]
        .iter()
        .any(|w| lower.contains(w));
        let days = DUE.as_ref()?.captures(&lower).filter(|_| bill && !other)?;
        Some((days.get(2).is_some(), days.get(1)?.as_str().parse::<i64>().ok()?))
    };
    // Whichever bills the tender speaks of, the longest time is the buyer's.
    let stated = case.tender_clauses(|t| read(t).is_some());
    let Some(((working, days), (text, tender))) =
        stated.into_iter().filter_map(|c| Some((read(&c.0)?, c))).max_by_key(|((_, days), _)| *days)
    else {
        return;
    };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        if pays_others(case.bid.text(sentence)) {
            continue;
        }
        let asked = read(case.bid.text(sentence)).filter(|(own, asked)| *own == working && *asked < days);
        let Some((_, asked)) = asked else { continue };
        let remark = both(
            format!("投标文件要求 {asked} 日内付款，招标文件为 {days} 日"),
            format!("The bid wants to be paid within {asked} days; the tender pays within {days} days"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("due {}", sentence.unit), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// A tender that refuses payments in advance, its words and where they stand.
fn refuses_advance(case: &Case<'_>) -> Option<(String, Vec<Evidence>)> {
    const REFUSALS: [&str; 6] = ["无预付", "不预付", "不支付预付", "不设预付", "没有预付", "不提供预付"];
    let refuses = |t: &str| {
        let lower = t.to_ascii_lowercase();
        REFUSALS.iter().any(|w| t.contains(w))
            || (lower.contains("no ") || lower.contains("not "))
                && ["advance", "deposit", "down payment"].iter().any(|w| {
                    lower
                        .find(w)
                        .is_some_and(|at| lower.get(..at).is_some_and(|b| b.contains("no ") || b.contains("not ")))
                })
                && ["paid", "made", "payable", "payment", "allowed", "granted"].iter().any(|w| lower.contains(w))
    };
    case.tender_clauses(refuses).into_iter().next()
}

/// A payment in advance where the tender says that there is none.
fn refused_advance(case: &Case<'_>, report: &mut Report<'_>) {
    let Some((text, tender)) = refuses_advance(case) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let Some(share) = advance(case.bid.text(sentence)) else { continue };
        let share = share / 10_000;
        let remark = both(
            format!("投标文件要求预付 {share}%，招标文件写明不付预付款"),
            format!("The bid asks for an advance payment of {share}%; the tender says that none is made"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("{}", sentence.unit), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    terms(case, report);
    refused_advance(case, report);
    due(case, report);
}

/// The shares of the terms of payment.
fn terms(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("payment_terms").filter(|f| f.found().is_some()) else { return };
    let other = |t: &str| OTHERS.iter().any(|o| t.contains(o)) || t.contains("保证金") && !t.contains("质量保证金");
    let speaks = |t: &str| WORDS.iter().any(|w| t.contains(w)) && !other(t);
    let stated: Vec<i64> =
        percent::find(&bidlens_domain::fold::folded(field.raw())).iter().map(|s| s.percent.0).collect();
    let mut allowed = stated.clone();
    for evidence in field.evidence() {
        allowed.extend(percent::find(&bidlens_domain::fold::folded(evidence.quote())).iter().map(|s| s.percent.0));
    }
    for one in case
        .tender
        .units
        .iter()
        .filter(|u| matches!(u.zone, Zone::Requirement | Zone::Contract | Zone::FrontTable | Zone::Notice))
    {
        if speaks(&one.text) {
            allowed.extend(percent::find(&one.text).iter().map(|s| s.percent.0));
        }
    }
    if allowed.is_empty() {
        unasked_advance(case, report);
        return;
    }
    let parts = equivalents(&stated, &allowed);
    let asked_advance = advance(&bidlens_domain::fold::folded(field.raw()))
        .or_else(|| field.evidence().iter().find_map(|e| advance(&bidlens_domain::fold::folded(e.quote()))));
    // The advance may stand in a clause of its own.
    let asked_advance = asked_advance.or_else(|| {
        let stating = case.tender.units.iter().filter(|u| {
            matches!(u.zone, Zone::Requirement | Zone::Contract | Zone::FrontTable) && u.text.contains("预付款")
        });
        let named = |t: &str| {
            let other = other(t) || ["扣", "抵", "担保", "保函", "退"].iter().any(|w| t.contains(w));
            t.contains("预付款") && !other
        };
        let share = |t: &str| percent::find(t).first().map(|s| s.percent.0);
        let clauses = stating.flat_map(|u| crate::bid::cut(&u.text).filter_map(|range| u.text.get(range)));
        let shares: Vec<i64> = clauses.filter(|t| named(t)).filter_map(share).collect();
        shares.first().copied().filter(|first| shares.iter().all(|s| s == first))
    });
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let text = case.bid.text(sentence);
        let shares: Vec<_> = percent::find(text)
            .into_iter()
            .filter(|s| !is_tax(text, s.range.start) && !is_kept(text, s.range.start))
            .collect();
        if shares.is_empty() || !case.bid.is_own(sentence.unit) || pays_others(text) {
            continue;
        }
        let label = case.bid.label(sentence.unit);
        if !(speaks(&text.to_ascii_lowercase()) || speaks(&label)) || OTHERS.iter().any(|o| text.contains(o)) {
            continue;
        }
        // What is kept as security for quality is said in the same breath as the payments; a bid bond is not.
        if text.contains("保证金") && !["质量保证金", "质保金"].iter().any(|w| text.contains(w)) {
            continue;
        }
        let labelled_advance = || label.contains("预付").then(|| shares.first().map(|s| s.percent.0)).flatten();
        let more_in_advance =
            advance(text).or_else(labelled_advance).filter(|share| asked_advance.is_some_and(|asked| *share > asked));
        let strange = shares.iter().find(|s| {
            !parts.contains(&s.percent.0) && s.percent.value() < 100.0 || more_in_advance == Some(s.percent.0)
        });
        match strange {
            Some(_) if case.copied(sentence) => {}
            Some(share) => {
                let remark = both(
                    format!("付款比例 {} 不在招标文件的付款条件中", share.percent),
                    format!("A payment of {} is not among the tender's payment terms", share.percent),
                );
                // Only what the buyer has to pay of this contract contradicts its terms.
                let ours = [
                    "合同签订",
                    "签订合同",
                    "合同生效",
                    "预付",
                    "到货",
                    "验收",
                    "交付",
                    "合同金额",
                    "合同总价",
                    "合同价",
                    "合同款",
                    "advance",
                    "on delivery",
                ]
                .iter()
                .any(|w| text.to_ascii_lowercase().contains(w) || label.contains(w));
                let verdict = if ours { Verdict::Fail } else { Verdict::Risk };
                report.push(
                    Judgement::new(verdict, format!("{}", sentence.unit), remark)
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
            None if !passed => {
                passed = true;
                let remark = both("付款条件与招标文件一致", "The payment terms agree with the tender");
                report.push(
                    Judgement::new(Verdict::Pass, "terms", remark)
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
            None => {}
        }
    }
}

/// A payment in advance where the tender pays by other terms and knows none.
fn unasked_advance(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("payment_terms") else { return };
    let knows = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let refused =
            ["无预付", "不预付", "不支付预付", "不设预付", "没有预付", "no advance"].iter().any(|w| lower.contains(w));
        (lower.contains("预付") || lower.contains("advance payment")) && !refused
    };
    if case.tender.units.iter().any(|u| u.zone != Zone::BidForms && knows(&u.text)) {
        return;
    }
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        let Some(share) = advance(text)
            .filter(|_| !pays_others(text))
            .filter(|_| text.contains("预付") || text.to_ascii_lowercase().contains("advance"))
        else {
            continue;
        };
        let share = share / 10_000;
        let remark = both(
            format!("投标文件要求预付 {share}%，招标文件的付款条件没有预付款"),
            format!("The bid asks for an advance payment of {share}%; the tender's payment terms have none"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("{}", sentence.unit), remark)
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// Shares that say the same: those of the tender, what lies between two of them, what is left, sums of two, and what
/// is paid up to each instalment.
fn equivalents(stated: &[i64], allowed: &[i64]) -> Vec<i64> {
    const WHOLE: i64 = 1_000_000;
    let mut all = allowed.to_vec();
    for &a in allowed {
        all.push(WHOLE - a);
        for &b in allowed.iter().filter(|b| **b != a) {
            all.push((a - b).abs());
            all.push(a + b);
        }
    }
    let mut paid = 0;
    for share in stated {
        paid += share;
        all.push(paid);
    }
    all
}

/// The share that is paid in advance.
fn advance(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    percent::find(&lower).into_iter().find_map(|s| {
        let rest = lower.get(s.range.end..).unwrap_or_default();
        // English says in more letters what a share is of.
        let reach = if rest.starts_with(|c: char| c.is_ascii()) && lower.is_ascii() { 48 } else { 16 };
        let after: String = rest.chars().take_while(|c| !matches!(c, ',' | ';' | '。')).take(reach).collect();
        let head = lower.get(..s.range.start).unwrap_or_default();
        // Advance Payment: 10%.
        let before = near::before(&lower, s.range.start, if lower.is_ascii() { 20 } else { 8 });
        // What is paid when the contract is signed is paid in advance, whatever it is called.
        let clause = head.rsplit([',', ';', '。', '，', '；']).next().unwrap_or_default();
        let on_signing = ["合同签订", "签订合同", "合同生效", "签订后"].iter().any(|w| clause.contains(w))
            && ["支付", "付"].iter().any(|w| clause.contains(w));
        let asked =
            ["advance payment of ", "advance of ", "deposit of ", "down payment of "].iter().any(|w| head.ends_with(w))
                || after.contains("deposit")
                || after.contains("down payment");
        let named = ["启动资金", "启动款"].iter().any(|w| after.contains(w))
            || clause.contains("预先拨付")
            || clause.contains("预先支付")
            || after.contains("预付")
            || after.contains("advance")
            || before.contains("预付")
            || lower.is_ascii() && before.contains("advance")
            || on_signing
            || asked;
        named.then_some(s.percent.0)
    })
}

/// Whether a percentage is what is kept as security, not a payment: 剩余3%作为质量保证金.
fn is_kept(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let part: String = rest.chars().take_while(|c| !matches!(c, ',' | ';' | '。' | '，' | '；')).collect();
    part.contains("保证金")
}

/// Whether a percentage is a rate of tax, not a share of the price.
fn is_tax(text: &str, at: usize) -> bool {
    let before = near::before(text, at, 8);
    before.contains('税') || before.contains('率')
}
