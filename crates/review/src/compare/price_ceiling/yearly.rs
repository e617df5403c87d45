//! A ceiling for each year, where the price of the whole covers several: 年度最高限价860万元/年.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::money::Money;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, demands};
use crate::grammar::money::{self, Unit};

/// The ceiling of one year: named so before its sum, or a sum for a year behind the word.
static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:年度|每年|单年)(?:服务费|费用|报价|投标)?(?:最高投标限价|最高限价|限价|控制价)[^,。;\d]{0,8}|(?:最高投标限价|最高限价|控制价)[^,。;\d]{0,8}(?:[\d,.]+\s*(?:万|亿)?元\s*/\s*年)").ok()
});

static ENGLISH_LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:annual|yearly) (?:price|fee|cost|charge|amount)s?[^.;]{0,30}\b(?:shall|must|may|should) not exceed\s*").ok()
});

fn limit(text: &str) -> Option<Money> {
    if let Some(found) = ENGLISH_LIMIT.as_ref()?.find(text) {
        let amount = money::find(text.get(found.end()..)?).into_iter().next()?;
        return (amount.range.start <= 8).then_some(amount.money);
    }
    let found = LIMIT.as_ref()?.find(text)?;
    money::find(text.get(found.start()..)?).into_iter().next().map(|a| a.money)
}

fn of_a_year(text: &str) -> bool {
    if text.is_ascii() {
        let lower = text.to_lowercase();
        let named = ["annual price", "annual fee", "annual charge", "yearly price", "yearly fee"];
        return named.iter().any(|w| lower.contains(w)) && !lower.contains('%') && !lower.contains("exceed");
    }
    ["年度", "每年", "元/年", "/年"].iter().any(|w| text.contains(w))
        && ["费", "价", "额"].iter().any(|w| text.contains(w))
        && !["年合计", "年总", "限价", "控制价", "预算", "违约", "业绩", "合同价", "保证金"]
            .iter()
            .any(|w| text.contains(w))
}

/// Holds the price of a year against its ceiling; whether the tender has one.
pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) -> bool {
    let Some((text, tender)) = case.tender_clauses_in(demands, |t| limit(t).is_some()).into_iter().next() else {
        return false;
    };
    let Some(limit) = limit(&text) else { return false };
    let mut kept: Option<(Money, Vec<Evidence>)> = None;
    let mut above: Option<(Money, Vec<Evidence>)> = None;
    for sentence in &case.bid.sentences {
        if !case.bid.is_own(sentence.unit) || !case.bid.is_binding(sentence.unit) {
            continue;
        }
        let said = case.bid.text(sentence);
        let heading = case.bid.column_heading(sentence.unit);
        let in_cell = case.bid.reading.unit(sentence.unit).is_some_and(|u| u.cell.is_some());
        let amount = match in_cell {
            true if of_a_year(heading) => {
                money::find_in_unit(said, Unit::of_label(heading).unwrap_or(Unit::Yuan)).into_iter().next()
            }
            false if of_a_year(said) => {
                let at =
                    ["年度", "每年", "annual", "yearly"].iter().filter_map(|w| said.find(w)).min().unwrap_or_default();
                let found = said.get(at..).and_then(|t| money::find(t).into_iter().next());
                // Only the figure right behind its words: 年度服务费报价为人民币….
                found.filter(|a| a.range.start <= 48)
            }
            _ => None,
        };
        let Some(amount) = amount.map(|a| a.money).filter(|m| m.minor > 0) else { continue };
        match amount.exceeds(&limit) {
            Some(true) if above.is_none() => above = Some((amount, case.bid.evidence(sentence))),
            Some(false) if kept.is_none() => kept = Some((amount, case.bid.evidence(sentence))),
            _ => {}
        }
    }
    let judgement = match (above, kept) {
        (Some((amount, evidence)), kept) => {
            let remark = both(
                format!("年度报价 {amount} 超过年度最高限价 {limit}"),
                format!("The price of {amount} a year exceeds the ceiling of {limit} a year"),
            );
            // Another figure within it leaves open which one is meant.
            let verdict = if kept.is_some() { Verdict::Risk } else { Verdict::Fail };
            Judgement::new(verdict, "yearly", remark).says(evidence)
        }
        (None, Some((amount, evidence))) => {
            let remark = both(
                format!("年度报价 {amount} 未超过年度最高限价 {limit}"),
                format!("The price of {amount} a year is within the ceiling of {limit} a year"),
            );
            Judgement::new(Verdict::Pass, "yearly", remark).says(evidence)
        }
        (None, None) => return false,
    };
    report.push(judgement.rigid().demands(text, tender));
    true
}
