//! A provisional sum (暂列金额) that the tender fixes stands unchanged in the bid.

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

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
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
