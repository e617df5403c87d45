//! What it checks: the bid offers one price only.
//! Why it matters: two prices or alternatives that were not asked for make a bid invalid (实施条例 51(四)).

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report, denied};
use crate::bid::prices;
use crate::grammar::money;

pub(super) const CHECK: Check = Check { id: "B004", dimension: Dimension::Price, run };

/// Words of a second offer.
const ALTERNATIVES: [&str; 6] = ["备选报价", "备选方案报价", "选择性报价", "另行报价", "第二报价", "alternative price"];
/// Words of a discount, which may be the one price of the bid.
const DISCOUNTS: [&str; 4] = ["优惠后", "折后价", "可优惠至", "优惠至"];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let demand = || {
        case.tender_clauses(|t| {
            (t.contains("选择性报价")
                || t.contains("有选择报价")
                || t.contains("两个及以上报价")
                || t.contains("一个有效报价")
                || t.contains("两个或") && t.contains("报价"))
                && t.chars().count() < 200
        })
    };
    let (text, tender) = demand().into_iter().next().unwrap_or_default();
    let mut offered = false;
    for sentence in &case.bid.sentences {
        let words = case.bid.text(sentence);
        let alternative = ALTERNATIVES.iter().find(|w| words.to_lowercase().contains(**w));
        let Some(word) = alternative.or_else(|| DISCOUNTS.iter().find(|w| words.contains(**w))) else { continue };
        if denied(words, word) || money::find(words).is_empty() || !case.own(sentence) {
            continue;
        }
        offered = true;
        let (verdict, remark) = match alternative {
            Some(_) => {
                let remark = both(format!("出现“{word}”并给出另一报价"), format!("“{word}” stands with another price"));
                (Verdict::Fail, remark)
            }
            None => {
                let remark = both(
                    format!("出现“{word}”，请核对是否构成第二个报价"),
                    format!("“{word}” occurs; please check whether it makes a second price"),
                );
                (Verdict::Risk, remark)
            }
        };
        report.push(
            Judgement::new(verdict, format!("alternative {}", sentence.unit), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
    let mentions = prices::mentions(case.bid);
    let Some(main) = prices::main_price(mentions) else { return };
    // Prices of parts, lots and rounds rightly differ from the total.
    let other = mentions
        .iter()
        .find(|m| !m.in_words && m.binding && m.whole && main.whole && m.money != main.money && m.unit != main.unit);
    match other {
        Some(other) => {
            let mut evidence = main.evidence.clone();
            evidence.extend(other.evidence.clone());
            let remark = both(
                format!("投标总价前后不一致：{} 与 {}", main.money, other.money),
                format!("The bid names two total prices: {} and {}", main.money, other.money),
            );
            report.push(Judgement::new(Verdict::Fail, "totals", remark).rigid().demands(text, tender).says(evidence));
        }
        None if !offered => {
            let remark = both(
                format!("只有一个投标总价：{}", main.money),
                format!("The bid names one total price: {}", main.money),
            );
            report.push(
                Judgement::new(Verdict::Pass, "totals", remark)
                    .rigid()
                    .demands(text, tender)
                    .says(main.evidence.clone()),
            );
        }
        None => {}
    }
}
