//! What it checks: the bid offers one price only.
//! Why it matters: two prices or alternatives that were not asked for make a bid invalid (实施条例 51(四)).

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, denied};
use crate::bid::prices;
use crate::grammar::money;

pub(super) const CHECK: Check = Check { id: "B004", dimension: Dimension::Price, run };

/// Words of a second offer.
const ALTERNATIVES: [&str; 10] = [
    "备选报价",
    "备选方案报价",
    "选择性报价",
    "另行报价",
    "第二报价",
    "替代方案报价",
    "可选报价",
    "备用报价",
    "报价二",
    "alternative price",
];
/// 若贵方将…改为…，总价可优惠为88.6万元: another price under a condition.
static CONDITIONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:如果?|若|倘若|假如|一旦)(?:贵|你方|采购|招标|业主|甲方|建设|改|将|选|采用|同意|接受|允许|调整)[^。;]{2,60}(?:总价|总报价|投标价|投标报价|报价|合同价)(?:则|可|将|相应|再|另|为|可以){0,3}(?:优惠|降|调整|下浮|减|变更|改)?(?:为|至|到)").ok()
});
/// Words of a discount, which may be the one price of the bid.
const DISCOUNTS: [&str; 7] = ["优惠后", "折后价", "可优惠至", "优惠至", "可优惠为", "可降为", "可降至"];

/// As an alternative we can offer … at a total of 4,210,000.00: another price in an English sentence.
static ALTERNATIVE_OFFER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:as an alternative|alternatively|an alternative (?:bid|offer|proposal))\b[^.;]{0,90}?\b(?:total|price|sum|amount|at|for)\b[^.;\d]{0,24}\d{1,3}(?:,\d{3})+").ok()
});

/// An alternative with a price, where the tender takes none.
fn alternative_offer(case: &Case<'_>, report: &mut Report<'_>) {
    const REFUSES: [&str; 6] =
        ["not be considered", "not be accepted", "not permitted", "not allowed", "will be rejected", "no alternative"];
    let asks = |t: &str| {
        let lower = t.to_lowercase();
        lower.contains("alternative") && REFUSES.iter().any(|w| lower.contains(w))
    };
    let Some((text, tender)) = case.tender_clauses(asks).into_iter().next() else { return };
    let Some(pattern) = ALTERNATIVE_OFFER.as_ref() else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let words = case.bid.text(sentence);
        if !pattern.is_match(words) || words.contains(" not ") || words.contains(" no ") {
            continue;
        }
        let remark = both(
            "此处另给出替代方案及其价格，招标文件不接受，请核对",
            "An alternative with a price of its own stands here; the tender takes none; please check",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("offer {}", sentence.unit), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

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
    let mentions = prices::mentions(case.bid);
    let main = prices::main_price(mentions);
    for sentence in &case.bid.sentences {
        let words = case.bid.text(sentence);
        let named = ALTERNATIVES.into_iter().find(|w| words.to_lowercase().contains(w));
        // A price that is corrected or accepted under a condition is that of the rules.
        let ruled = ["不一致", "修正", "有误", "中标", "以大写", "评标委员会"].iter().any(|w| words.contains(w));
        let other_price = || money::find(words).iter().any(|a| main.is_none_or(|main| a.money != main.money));
        let conditional = || {
            let found = CONDITIONAL.as_ref().filter(|_| !ruled && case.own(sentence))?.find(words)?;
            // The price of one more piece under the same list is no other price.
            let rest = words.get(found.start()..).unwrap_or_default();
            let of_a_piece = ["单价", "不变", "仍为", "维持", "每"].iter().any(|w| rest.contains(w));
            (!of_a_piece && other_price()).then_some(found.as_str())
        };
        let alternative = named.or_else(conditional);
        let Some(word) = alternative.or_else(|| DISCOUNTS.into_iter().find(|w| words.contains(w))) else { continue };
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
    alternative_offer(case, report);
    let Some(main) = main else { return };
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
