//! What it checks: the bid attaches no condition of its own.
//! Why it matters: a bid with conditions the buyer cannot accept is invalid (财政部令第87号 63(五)).

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, affirms};

pub(super) const CHECK: Check = Check { id: "B022", dimension: Dimension::Commercial, run };

const CONDITIONS: [&str; 17] = [
    "如招标人不接受",
    "如采购人不接受",
    "如贵方不接受",
    "保留调整报价",
    "保留调整价格",
    "保留变更",
    "我方有权调整",
    "另行加价",
    "另行收费",
    "价格另议",
    "需另行支付",
    "以我方条款为准",
    "reserve the right to revise",
    "reserve the right to adjust",
    "reserve the right to change",
    "reserve the right to amend",
    "reserve the right to increase",
];
/// 我方有权相应调整单价, 投标人保留涨价的权利: a right of the bidder's to another price.
static RIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?<own>(?:我方|我公司|我司|我单位|本公司|投标人|供应商)(?:将|可|均)?(?:有权|保留)[^,。;]{0,14}(?:调整|上调|提高|变更|增加)[^,。;]{0,8}(?:价|费用|费率|金额))|(?:价格|单价|报价|总价|费用|管理费|服务费|租金|运费)[^,。;]{0,10}(?:相应(?:调整|上调|上浮)|随行就市|另行协商|双方另议)",
    )
    .ok()
});
/// 如遇铜材上涨超过5%,双方另行协商调整单价; 铜价变动时综合单价同步调整; 遇台风的,另行结算: prices that follow events.
static EVENTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:上涨|涨价|涨幅|增幅|上浮|上升|波动|变动|遇)[^。;]{0,20}?(?:(?:双方)?(?:另行)?协商(?:调整|调增|确定)?[^,。;]{0,4}(?:单价|价格|合同价|总价|费用)|(?:单价|价格|合同价|总价|费用)[^,。;]{0,4}(?:同步|随之|相应|另行)[^,。;]{0,4}(?:调整|上调|调增|上浮)|另行(?:结算|计价|计费|收费))",
    )
    .ok()
});
/// What makes a change of prices no condition of the bid.
const BORNE: [&str; 12] = [
    "风险由我",
    "我方承担",
    "自行承担",
    "单价不变",
    "总价不变",
    "下浮",
    "市场价",
    "变更",
    "采购人确认",
    "书面确认",
    "批准",
    "核定",
];
/// `Our offer is subject to …`: what the bid itself depends on; a payment or a programme may depend on anything.
static DEPENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:bid|tender|offer|proposal|price|quotation|quote|rate)s?(?: quoted| offered| stated| given| above)?(?: is| are| remains?| shall be| will be| being)?(?: strictly| always)? (?:subject to|conditional (?:up)?on)\b",
    )
    .ok()
});
/// Prices that will change by the bid's own words: `our rates shall be revised`, `they will be uplifted each year`.
static REVISES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:prices?|rates?|fees?|charges|they)\b[^.;]{0,60}\b(?:(?:will|shall|are to|may|must) (?:then )?be|are|is) (?:annually )?(?:reviewed|adjusted|uplifted|revised|increased|indexed|escalated|re-?negotiated|subject to (?:adjustment|review))\b|\b(?:price|rate)s? (?:will|shall) (?:increase|rise|follow)\b",
    )
    .ok()
});
/// `Our standard conditions of sale apply`: other terms than the tender's.
static OWN_TERMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\bour (?:[a-z]+ ){0,3}(?:terms|conditions)\b[^.;]{0,40}\b(?:apply|applies|prevail|govern|take precedence|shall form)\b|\b(?:take precedence over|prevail over|replace|supersede) (?:the|those|your) (?:draft |tender )?(?:terms|conditions|contract|of the tender)\b",
    )
    .ok()
});
/// What a price must not be subject to, unless the buyer agrees.
const CHANGES: [&str; 6] = ["change", "revision", "adjustment", "escalation", "increase", "fluctuation"];
const CONSENT: [&str; 4] = ["only with", "approval", "consent", "agreement"];
/// What denies an English condition before it.
const DENIALS: [&str; 5] = ["not ", "no ", "nor ", "never ", "without "];

/// Whether the tender itself lets prices follow a formula or an index.
fn prices_may_change(case: &Case<'_>) -> bool {
    const ALLOWED: [&str; 7] = [
        "adjustable in accordance",
        "price adjustment formula",
        "price adjustment shall apply",
        "shall be adjusted in accordance",
        "subject to adjustment in accordance",
        "indexed annually",
        "price variation clause applies",
    ];
    case.tender.units.iter().any(|u| ALLOWED.iter().any(|w| u.text.to_ascii_lowercase().contains(w)))
}

/// Whether what is revised are prices, and not incident rates or risk assessments.
fn is_of_prices(words: &str, found: &str) -> bool {
    const PRICES: [&str; 9] = [
        "price",
        "our rate",
        "the rates",
        "these rates",
        "tendered rate",
        "unit rate",
        "hourly rate",
        "daily rate",
        "fee",
    ];
    const RATES: [&str; 9] =
        ["incident", "absence", "response rate", "failure", "error", "turnover", "interest", "exchange", "crime"];
    // Nothing else is uplifted or indexed.
    ["uplifted", "indexed", "escalated"].iter().any(|w| found.contains(w))
        || words.trim_start().starts_with("rates ")
        || PRICES.iter().any(|w| words.contains(w)) && !RATES.iter().any(|w| words.contains(w))
}

/// Whether terms are those a firm sells on: terms of employment are not.
fn is_of_trade(terms: &str) -> bool {
    [
        "prevail",
        "precedence",
        "sale",
        "business",
        "trad",
        "supply",
        "general",
        "standard",
        "company",
        "terms and conditions",
        "own ",
    ]
    .iter()
    .any(|w| terms.contains(w))
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let demand = case.tender_clauses(|t| t.contains("附加条件") || t.contains("不能接受的条件"));
    let (text, tender) = demand.first().cloned().unwrap_or_default();
    let mut told: Vec<usize> = Vec::new();
    for sentence in &case.bid.sentences {
        let words = &case.bid.text(sentence).to_ascii_lowercase();
        if !case.own(sentence) {
            continue;
        }
        let denied = |c: &str| {
            let before = words.find(c).and_then(|at| words.get(..at)).unwrap_or_default();
            c.is_ascii() && DENIALS.iter().any(|d| before.contains(d))
        };
        let plain = CONDITIONS.into_iter().find(|c| affirms(words, c) && !denied(c));
        let fixed = || {
            let revised = REVISES.as_ref()?.find(words).map(|m| m.as_str()).filter(|_| !prices_may_change(case));
            revised.filter(|c| !denied(c) && !DENIALS.iter().any(|d| c.contains(d)) && is_of_prices(words, c))
        };
        let own_terms = || {
            let found = OWN_TERMS.as_ref()?.find(words).map(|m| m.as_str())?;
            (!denied(found) && (!found.starts_with("our ") || is_of_trade(found))).then_some(found)
        };
        let depends = || DEPENDS.as_ref()?.find(words).map(|m| m.as_str()).filter(|c| !denied(c));
        let right = || {
            let captures = RIGHT.as_ref()?.captures(words)?;
            let found = captures.get(0)?;
            // What the buyer agrees to, or what he changes himself, is no condition of the bid.
            let from = words.get(..found.start()).and_then(|t| t.rfind([',', '，'])).unwrap_or_default();
            let denied = words.get(from..found.end()).is_some_and(|t| t.contains(['不', '无', '放']));
            let agreed = ["经招标人同意", "经采购人同意", "经双方", "设计变更", "政策", "税率", "合同约定", "招标文件"]
                .iter()
                .any(|w| words.contains(w));
            let after = ["期满", "期外", "期后", "范围外"].iter().any(|w| words.contains(w));
            (!denied && !agreed && !after).then_some((found.as_str(), captures.name("own").is_some()))
        };
        let events = || {
            let found = EVENTS.as_ref()?.find(words)?;
            let denied = ["不", "无", "放弃", "我方承担", "自行承担", "变更", "采购人", "招标人", "税率", "合同约定"];
            (!denied.iter().any(|w| words.contains(w))).then_some(found.as_str())
        };
        let (mine, market) = match right() {
            Some((found, true)) => (Some(found), None),
            // A price of the market may be what the tender's own discount is taken from, or the bidder's risk.
            Some((found, false)) => (None, Some(found).filter(|_| !BORNE.iter().any(|w| words.contains(w)))),
            None => (None, None),
        };
        let plain = plain.or(mine);
        let likely = || market.or_else(events).or_else(depends).or_else(fixed).or_else(own_terms);
        if let Some(condition) = plain.or_else(likely) {
            let remark =
                both(format!("附有条件：“{condition}”"), format!("The bid attaches a condition: “{condition}”"));
            // What costs extra after the time of warranty, or beyond the contract, is no condition of the bid.
            const AFTER: [&str; 9] = [
                "质保期满",
                "质保期外",
                "质保期后",
                "保修期满",
                "保修期外",
                "保修期后",
                "合同范围外",
                "合同外",
                "期满后",
            ];
            if AFTER.iter().any(|w| words.contains(w)) {
                continue;
            }
            let beyond =
                ["人为", "质保范围", "保修范围", "范围外", "范围之外", "耗材"].iter().any(|w| words.contains(w));
            // What a price is subject to may be a tax that is named, or a law; a change that needs no consent is a
            // condition.
            let changes = || {
                let behind = words.split_once(condition).map_or("", |(_, behind)| behind).trim_start();
                CHANGES.iter().any(|w| behind.starts_with(w)) && !CONSENT.iter().any(|w| behind.contains(w))
            };
            let certain = !beyond && (plain.is_some() || changes());
            let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
            // A further condition of the same paragraph is a finding of its own.
            let subject = match told.contains(&sentence.unit) {
                true => format!("{} {}", sentence.unit, sentence.range.start),
                false => format!("{}", sentence.unit),
            };
            told.push(sentence.unit);
            report.push(
                Judgement::new(verdict, subject, remark)
                    .rigid()
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}
