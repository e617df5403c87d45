//! The expressions of the old rule files: a handful of forms, read exactly.

use std::sync::LazyLock;

use regex::Regex;

use super::{Operand, Operator, Test, operand};
use crate::custom_rules::BidFact;

static CONTAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^must\s+contain\s*\(\s*((?:['"][^'"]+['"]\s*,?\s*)+)\)$"#).ok());
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"['"]([^'"]+)['"]"#).ok());
static FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^field\s*\(\s*['"]([^'"]+)['"]\s*\)\s+must\s+not\s+be\s+empty$"#).ok());
static DATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^extract_date\s*\(\s*([^)]+?)\s*\)\s*(<=|>=|==|<|>|!=)\s*extract_date\s*\(\s*([^)]+?)\s*\)$"#).ok()
});
static PRICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^extract_price\s*\(\s*bid\s*\)\s*(<=|>=|==|<|>|!=)\s*extract_budget\s*\(\s*tender\s*\)$").ok()
});

pub(super) fn parse(expression: &str) -> Result<Test, String> {
    let text = expression.trim();
    let captures = |pattern: &'static LazyLock<Option<Regex>>| pattern.as_ref().and_then(|p| p.captures(text));
    if let (Some(found), Some(quoted)) = (captures(&CONTAIN), QUOTED.as_ref()) {
        let list = found.get(1).map_or("", |m| m.as_str());
        return Ok(Test::Exists(
            quoted.captures_iter(list).filter_map(|c| c.get(1).map(|m| m.as_str().to_owned())).collect(),
        ));
    }
    if let Some(found) = captures(&FIELD) {
        return Ok(Test::Field(operand(found.get(1).map_or("", |m| m.as_str()))?));
    }
    if let Some(found) = captures(&DATES) {
        let part = |i: usize| found.get(i).map_or("", |m| m.as_str()).trim_matches(['\'', '"']);
        let operator = Operator::parse(part(2)).ok_or_else(|| unknown(text))?;
        return Ok(Test::Dates { left: date_operand(part(1))?, operator, right: date_operand(part(3))? });
    }
    if let Some(found) = captures(&PRICE) {
        let operator = Operator::parse(found.get(1).map_or("", |m| m.as_str())).ok_or_else(|| unknown(text))?;
        return Ok(Test::Numbers {
            left: Operand::Bid(BidFact::Price),
            operator,
            right: Operand::Tender("budget".to_owned()),
        });
    }
    Err(unknown(text))
}

/// The tender's own dates go by their usual names; everything else is a label of the bid.
fn date_operand(word: &str) -> Result<Operand, String> {
    let key = match word {
        "投标截止时间" | "投标截止日期" | "投标截止日" | "bid_deadline" => "bid_deadline",
        "开标时间" | "opening_time" => "opening_time",
        other => return operand(other),
    };
    Ok(Operand::Tender(key.to_owned()))
}

fn unknown(text: &str) -> String {
    format!(
        "expression `{text}` is not known; use must contain('…'), field('…') must not be empty, extract_date(…) >= extract_date(…) or extract_price(bid) <= extract_budget(tender)"
    )
}
