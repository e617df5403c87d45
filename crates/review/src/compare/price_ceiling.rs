//! What it checks: the bid's price is not above the ceiling price, or the budget where there is none.
//! Why it matters: such a bid is invalid (招标投标法实施条例 51(五); 财政部令第87号 63(四)).
//! Rates, unit prices and parts of the price are held against limits of their own.
//! Exclusions: tenders with prices per lot, where the lot of the bid is not known; bids whose rate has no limit; the
//! estimated cost of an English tender, which limits nothing.

pub(super) mod parts;
mod rates;
mod yearly;

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::money::Money;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, demands};
use crate::bid::prices;
use crate::grammar::money;

pub(super) const CHECK: Check = Check { id: "B001", dimension: Dimension::Price, run };

const RATES: [&str; 8] = ["下浮率", "折扣率", "费率", "优惠率", "让利率", "下浮", "discount rate", "percentage rate"];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let by_rate = rates::run(case, report);
    parts::run(case, report);
    if yearly::run(case, report) {
        return;
    }
    whole(case, report, by_rate);
}

/// A ceiling in a running English sentence: the bid price shall not exceed USD 480,000. The total price of something else
/// is a part.
static WORDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:bid|total|tender|contract|offer(?:ed)?|quoted|proposal)(?: (?:price|amount|cost|value|sum))?s?(?: of (?:the|a|any|each) (?:bid|tender|offer|contract|proposal))?\s+(?:shall|must|may|should|can) not (?:exceed|be (?:higher|more|greater) than)\s*(?:the (?:amount|sum) of\s*)?").ok()
});

/// How far a price may be above the estimate: rejected where it exceeds the estimated cost by more than 10%.
static ABOVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)exceed(?:s|ing)?[^.;]{0,60}(?:estimate|budget|abc)[^.;]{0,60}by more than\s*(\d{1,2}(?:\.\d+)?)\s*(?:%|per ?cent)").ok()
});

/// The estimate with what may come on top of it, and the words that allow it.
fn above_the_estimate(case: &Case<'_>) -> Option<(Money, String, Vec<Evidence>)> {
    let share = |t: &str| ABOVE.as_ref()?.captures(t)?.get(1)?.as_str().parse::<f64>().ok();
    let (text, tender) = case.tender_clauses_in(demands, |t| share(t).is_some()).into_iter().next()?;
    let Some(FieldValue::Money(budget)) = case.facts.field("budget").and_then(|f| case.value_of(f)) else {
        return None;
    };
    let minor = (budget.minor as f64 * (1.0 + share(&text)? / 100.0)).round() as i64;
    Some((Money { minor, currency: budget.currency.clone() }, text, tender))
}

fn worded_limit(case: &Case<'_>) -> Option<(Money, String, Vec<Evidence>)> {
    let pattern = WORDED.as_ref()?;
    let read = |text: &str| {
        let end = pattern.find(text)?.end();
        let amount = money::find(text.get(end..)?).into_iter().find(|a| !a.per_unit)?;
        (amount.range.start <= 24).then_some(amount.money)
    };
    const OTHERS: [&str; 8] =
        ["security", "penalt", "damages", "liability", "insurance", "advance", "unit price", "variation"];
    let asks = |t: &str| !OTHERS.iter().any(|o| t.to_lowercase().contains(o)) && read(t).is_some();
    let (text, tender) = case.tender_clauses_in(demands, asks).into_iter().next()?;
    Some((read(&text)?, text, tender))
}

/// The price of the whole; a bid whose rate was judged needs none.
fn whole(case: &Case<'_>, report: &mut Report<'_>, by_rate: bool) {
    let limit = ["max_price", "budget"].into_iter().find_map(|key| {
        let field = case.facts.field(key)?;
        match case.value_of(field)? {
            FieldValue::Money(limit) => Some((key, field, limit)),
            _ => None,
        }
    });
    let worded = worded_limit(case).filter(|_| limit.is_none_or(|(key, ..)| key == "budget"));
    // Beside a stated budget the sentence may speak of a part.
    let disputed = worded.is_some() && limit.is_some();
    let raised = above_the_estimate(case).filter(|_| limit.is_none_or(|(key, ..)| key == "budget"));
    let agreed = raised.as_ref().zip(worded.as_ref()).is_some_and(|(raised, worded)| raised.0 == worded.0);
    let disputed = disputed && !agreed;
    let worded = worded.or(raised);
    let (key, limit, text, tender) = match (worded, limit) {
        (Some((limit, text, tender)), _) => ("max_price", limit, text, tender),
        (None, Some((key, field, limit))) => {
            let text = field.evidence().first().map(|e| e.quote().to_owned()).unwrap_or_default();
            (key, limit.clone(), text, field.evidence().iter().take(2).cloned().collect())
        }
        (None, None) => return,
    };
    let limit = &limit;
    let mentions = prices::mentions(case.bid);
    let Some(price) = prices::main_price(mentions) else {
        if by_rate {
            return;
        }
        let rate = case.bid.sentences.iter().find(|s| {
            case.bid.is_own(s.unit) && {
                let text = case.bid.text(s);
                let label = case.bid.label(s.unit);
                text.contains('%') && RATES.iter().any(|w| text.contains(w) || label.contains(w))
            }
        });
        let judgement = match rate {
            Some(sentence) => {
                let remark = both(
                    "以费率或下浮率报价，金额须人工核对",
                    "The bid is priced by a rate or a discount; the amount must be checked by a person",
                );
                Judgement::new(Verdict::Risk, "price", remark)
                    .state(FindingState::HumanOnly)
                    .says(case.bid.evidence(sentence))
            }
            None => {
                let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
                let remark = both("投标文件中未找到投标总价", "No total price was found in the bid");
                Judgement::new(Verdict::Risk, "price", remark).state(state)
            }
        };
        report.push(judgement.rigid().demands(text, tender));
        return;
    };
    let (name, name_en) = if key == "budget" { ("预算金额", "budget") } else { ("最高限价", "ceiling price") };
    let Some(exceeds) = price.money.exceeds(limit) else { return };
    let mut evidence = price.evidence.clone();
    evidence.extend(mentions.iter().filter(|m| m.in_words).take(1).flat_map(|m| m.evidence.clone()));
    evidence.dedup_by(|a, b| a.quote() == b.quote());
    let judgement = if exceeds {
        // Another total within the limit leaves open which one is meant; an estimate limits nothing.
        let other = mentions.iter().any(|m| m.whole && m.money != price.money && m.money.exceeds(limit) == Some(false));
        let certain = price.whole && !other && !disputed && (key == "max_price" || !case.tender.is_english());
        let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
        let remark = both(
            format!("投标总价 {} 超过{name} {limit}", price.money),
            format!("The total price of {} exceeds the {name_en} of {limit}", price.money),
        );
        Judgement::new(verdict, "price", remark)
    } else {
        let remark = both(
            format!("投标总价 {} 未超过{name} {limit}", price.money),
            format!("The total price of {} is within the {name_en} of {limit}", price.money),
        );
        Judgement::new(Verdict::Pass, "price", remark)
    };
    report.push(judgement.rigid().demands(text, tender).says(evidence));
}
