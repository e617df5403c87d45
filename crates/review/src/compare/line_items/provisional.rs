//! A provisional sum (暂列金额) and fees (安全文明施工费) that the tender fixes stand unchanged in the bid.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::money::Money;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::price_ceiling::parts::sums_of;
use super::super::{Case, Judgement, Report, demands};
use crate::grammar::money;

static PROVISIONAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(暂列金额?|provisional sums?)\s*(?:\(不可竞争\))?(?:为|:|of|is)?\s*").ok());

/// 安全文明施工费286,000元: a fee with its sum in a clause that forbids to change it.
static FIXED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"((?:[\p{Han}]{2,10}费|专业工程暂估价|材料暂估价|暂估价))(?:用)?(?:\([^)]{0,10}\))?(?:为|:|固定为)?\s*")
        .ok()
});

/// Fees that the tender fixes and that are no part of the competition stand unchanged in the bid.
fn fixed(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(pattern) = FIXED.as_ref() else { return };
    let fixes = |t: &str| {
        ["不可竞争", "非竞争", "不得改变", "不得调整", "不得修改", "不参与竞争", "不得变动", "不得下浮"]
            .iter()
            .any(|w| t.contains(w))
    };
    // One clause may give the sum and another forbid to change it.
    let forbidding = case.tender_clauses_in(demands, |t| fixes(t) && pattern.is_match(t));
    let fee = |name: &str| name.chars().count() >= 5 && forbidding.iter().any(|(t, _)| t.contains(name));
    for (text, tender) in case.tender_clauses_in(demands, |t| pattern.is_match(t)) {
        for named in pattern.captures_iter(&text) {
            let (Some(whole), Some(name)) = (named.get(0), named.get(1)) else { continue };
            let name = ["其中", "包括", "包含", "含"]
                .iter()
                .find_map(|w| name.as_str().rsplit_once(w).map(|(_, name)| name))
                .unwrap_or(name.as_str());
            if !fixes(&text) && !fee(name) {
                continue;
            }
            let amount = money::find(text.get(whole.end()..).unwrap_or_default()).into_iter().next();
            let Some(sum) = amount.filter(|a| a.range.start == 0).map(|a| a.money) else { continue };
            let offered = sums_of(case, name);
            let same = |a: &Money| *a == sum || a.minor.checked_mul(10_000) == Some(sum.minor);
            let all = offered.iter().try_fold(0_i64, |all, (amount, _)| all.checked_add(amount.minor));
            // Each 单位工程 may carry its share.
            if offered.iter().any(|(a, _)| same(a)) || all == Some(sum.minor) {
                continue;
            }
            let verdict = if offered.len() == 1 { Verdict::Fail } else { Verdict::Risk };
            for (amount, unit) in offered {
                let remark = both(
                    format!("“{name}”报价 {amount} 与招标文件规定不得改变的 {sum} 不一致"),
                    format!("The price of “{name}”, {amount}, is not the {sum} that the tender fixes"),
                );
                report.push(
                    Judgement::new(verdict, format!("fixed {name} {unit}"), remark)
                        .rigid()
                        .demands(text.clone(), tender.clone())
                        .says(case.bid.row_evidence(unit)),
                );
            }
        }
    }
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    fixed(case, report);
    let Some(pattern) = PROVISIONAL.as_ref() else { return };
    let read = |text: &str| {
        let end = pattern.find(text)?.end();
        money::find(text.get(end..)?).into_iter().next().filter(|a| a.range.start == 0).map(|a| a.money)
    };
    let mut stated = case.tender_clauses_in(demands, |t| read(t).is_some());
    let sums: Vec<Money> = stated.iter().filter_map(|(t, _)| read(t)).collect();
    let Some((first, true)) = sums.first().map(|first| (first, sums.iter().all(|s| s == first))) else { return };
    let (text, tender) = stated.swap_remove(0);
    // A table in 万元 may say so elsewhere.
    let same = |a: &Money| a == first || a.minor.checked_mul(10_000) == Some(first.minor);
    let offered: Vec<(Money, usize)> =
        ["暂列金额", "provisional sum"].into_iter().flat_map(|name| sums_of(case, name)).collect();
    // Each 单位工程 may carry its share, or none.
    let all = offered.iter().try_fold(0_i64, |sum, (amount, _)| sum.checked_add(amount.minor));
    let all = all.map(|minor| Money { minor, currency: first.currency.clone() });
    if offered.iter().any(|(a, _)| same(a)) || all.is_some_and(|all| same(&all)) {
        return;
    }
    let certain = matches!(offered.as_slice(), [(one, _)] if one.minor > 0);
    let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
    for (amount, unit) in offered {
        let remark = both(
            format!("暂列金额 {amount} 与招标文件给定的 {first} 不一致"),
            format!("The provisional sum {amount} is not the tender's {first}"),
        );
        report.push(
            Judgement::new(verdict, format!("provisional {unit}"), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(case.bid.unit_evidence(unit)),
        );
    }
}
