//! A user's own rules in YAML, and the expressions of the old system's rule files.
//!
//! A file is read whole or refused: an unknown key, type or expression is an error that names file, rule and what is
//! allowed, never a rule that silently passes. The forms are described in `docs/custom-rules.md`. Start at [`parse`].

mod expression;
mod run;

use bidlens_domain::requirement::Dimension;
use serde::Deserialize;

pub(crate) use run::judge;

/// A file of rules.
#[derive(Debug, Clone)]
pub struct RuleSet {
    pub file: String,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) dimension: Dimension,
    pub(crate) rigid: bool,
    pub(crate) test: Test,
}

#[derive(Debug, Clone)]
pub(crate) enum Test {
    /// All of these words stand in the bid.
    Exists(Vec<String>),
    /// The bid states this.
    Field(Operand),
    Dates {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
    Numbers {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
    /// The pattern matches somewhere, or nowhere.
    Pattern {
        pattern: regex::Regex,
        wanted: bool,
    },
}

/// What a comparison looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// `bid.…`: a fact of the bid.
    Bid(BidFact),
    /// `tender.…`: a field of the tender.
    Tender(String),
    /// The value after a label in the bid.
    Label(String),
    Number(f64),
    Date(chrono::NaiveDate),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BidFact {
    Price,
    Validity,
    Delivery,
    Warranty,
    SignatureDate,
    BidderName,
    ProjectNumber,
}

impl BidFact {
    const NAMES: [(&'static str, BidFact); 12] = [
        ("price", BidFact::Price),
        ("bid_price", BidFact::Price),
        ("bid_validity", BidFact::Validity),
        ("bid_validity_days", BidFact::Validity),
        ("delivery", BidFact::Delivery),
        ("contract_duration", BidFact::Delivery),
        ("warranty", BidFact::Warranty),
        ("warranty_period", BidFact::Warranty),
        ("signature_date", BidFact::SignatureDate),
        ("bidder_name", BidFact::BidderName),
        ("tender_no", BidFact::ProjectNumber),
        ("project_number", BidFact::ProjectNumber),
    ];

    pub(crate) fn parse(word: &str) -> Option<BidFact> {
        BidFact::NAMES.iter().find(|(name, _)| *name == word).map(|(_, fact)| *fact)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
    NotEqual,
}

impl Operator {
    pub(crate) fn parse(text: &str) -> Option<Operator> {
        Some(match text.trim() {
            "<" => Operator::Less,
            "<=" | "≤" => Operator::AtMost,
            "==" | "=" => Operator::Equal,
            ">=" | "≥" => Operator::AtLeast,
            ">" => Operator::More,
            "!=" | "≠" => Operator::NotEqual,
            _ => return None,
        })
    }

    pub(crate) fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Operator::Less => left < right,
            Operator::AtMost => left <= right,
            Operator::Equal => left == right,
            Operator::AtLeast => left >= right,
            Operator::More => left > right,
            Operator::NotEqual => left != right,
        }
    }
}

/// A rule file that cannot be used, and what to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {detail}")]
pub struct RuleFileError {
    pub file: String,
    pub detail: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    rules: Vec<RawRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    title: Option<String>,
    #[serde(alias = "name")]
    name_text: Option<String>,
    description: Option<String>,
    dimension: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    rigid: Option<bool>,
    severity: Option<String>,
    terms: Option<Vec<String>>,
    field: Option<String>,
    left: Option<String>,
    operator: Option<String>,
    right: Option<String>,
    pattern: Option<String>,
    wanted: Option<bool>,
    /// An expression of the old rule files.
    #[serde(alias = "check", alias = "expression")]
    condition: Option<String>,
}

const RULES_MAX: usize = 500;
const FILE_BYTES_MAX: usize = 512 * 1024;
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Reads a rule file.
pub fn parse(file: &str, yaml: &str) -> Result<RuleSet, RuleFileError> {
    let error = |detail: String| RuleFileError { file: file.to_owned(), detail };
    if yaml.len() > FILE_BYTES_MAX {
        return Err(error(format!("a rule file has at most {} KB", FILE_BYTES_MAX / 1024)));
    }
    let raw: RawFile = serde_saphyr::from_str(yaml).map_err(|e| error(first_line(&e.to_string())))?;
    if raw.rules.is_empty() {
        return Err(error("`rules` is empty; remove the file or add a rule".to_owned()));
    }
    if raw.rules.len() > RULES_MAX {
        return Err(error(format!("a file has at most {RULES_MAX} rules")));
    }
    let mut rules: Vec<Rule> = Vec::new();
    for one in raw.rules {
        let id = one.id.trim().to_owned();
        let place = line_of(yaml, &id).map_or(String::new(), |n| format!("line {n}: "));
        if id.is_empty() || rules.iter().any(|r| r.id == id) {
            return Err(error(format!("{place}rule `{id}`: every rule needs an `id` of its own")));
        }
        let rule = rule(one, &id).map_err(|detail| error(format!("{place}rule `{id}`: {detail}")))?;
        rules.push(rule);
    }
    Ok(RuleSet { file: file.to_owned(), rules })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn line_of(yaml: &str, id: &str) -> Option<usize> {
    let position = yaml
        .lines()
        .position(|line| line.trim_start().trim_start_matches("- ").starts_with("id:") && line.contains(id));
    position.map(|n| n + 1)
}

fn rule(raw: RawRule, id: &str) -> Result<Rule, String> {
    let dimension = match &raw.dimension {
        None => Dimension::Other,
        Some(word) => Dimension::parse(word).ok_or_else(|| format!("dimension `{word}` is not known; use 资格审查, 报价审查, 技术审查, 商务审查, 工期与质量, 文档结构 or 其他"))?,
    };
    let rigid = match (raw.rigid, raw.severity.as_deref()) {
        (Some(rigid), _) => rigid,
        (None, None | Some("low" | "medium" | "info" | "minor")) => false,
        (None, Some("high" | "critical" | "fatal" | "major")) => true,
        (None, Some(other)) => {
            return Err(format!("severity `{other}` is not known; use low, medium, high or critical"));
        }
    };
    let title = raw
        .title
        .clone()
        .or_else(|| raw.name_text.clone())
        .or_else(|| raw.description.clone())
        .unwrap_or_else(|| id.to_owned());
    let test = match (raw.kind.as_deref(), &raw.condition) {
        (Some(_), Some(_)) => return Err("has both `type` and `condition`; use one".to_owned()),
        (None, Some(condition)) => expression::parse(condition)?,
        (Some(kind), None) => typed(kind, &raw)?,
        (None, None) => {
            return Err("needs a `type` (exists, missing_field, date_compare, number_compare, regex) or a `condition`"
                .to_owned());
        }
    };
    Ok(Rule { id: id.to_owned(), title, dimension, rigid, test })
}

fn typed(kind: &str, raw: &RawRule) -> Result<Test, String> {
    let need = |value: &Option<String>, key: &str| {
        value.clone().filter(|v| !v.trim().is_empty()).ok_or_else(|| format!("type `{kind}` needs `{key}`"))
    };
    let operator = || {
        let word = need(&raw.operator, "operator")?;
        Operator::parse(&word).ok_or_else(|| format!("operator `{word}` is not known; use <, <=, ==, >=, > or !="))
    };
    match kind {
        "exists" => {
            let terms = raw.terms.clone().filter(|t| !t.is_empty() && t.iter().all(|w| !w.trim().is_empty()));
            Ok(Test::Exists(terms.ok_or("type `exists` needs `terms`, a list of words")?))
        }
        "missing_field" => Ok(Test::Field(operand(&need(&raw.field, "field")?)?)),
        "date_compare" => Ok(Test::Dates {
            left: operand(&need(&raw.left, "left")?)?,
            operator: operator()?,
            right: operand(&need(&raw.right, "right")?)?,
        }),
        "number_compare" => Ok(Test::Numbers {
            left: operand(&need(&raw.left, "left")?)?,
            operator: operator()?,
            right: operand(&need(&raw.right, "right")?)?,
        }),
        "regex" => {
            let pattern = need(&raw.pattern, "pattern")?;
            let built = regex::RegexBuilder::new(&pattern).size_limit(PATTERN_BYTES_MAX).build();
            Ok(Test::Pattern {
                pattern: built.map_err(|e| format!("pattern: {}", first_line(&e.to_string())))?,
                wanted: raw.wanted.unwrap_or(true),
            })
        }
        other => Err(format!(
            "type `{other}` is not known; use exists, missing_field, date_compare, number_compare or regex"
        )),
    }
}

/// Reads `bid.price`, `tender.budget`, a number, a date, or the label of a value in the bid.
pub(crate) fn operand(text: &str) -> Result<Operand, String> {
    let text = text.trim();
    if let Some(fact) = text.strip_prefix("bid.") {
        let known: Vec<&str> = BidFact::NAMES.iter().map(|(n, _)| *n).collect();
        return BidFact::parse(fact)
            .map(Operand::Bid)
            .ok_or_else(|| format!("`bid.{fact}` is not known; use {}", known.join(", ")));
    }
    if let Some(key) = text.strip_prefix("tender.") {
        let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        return if plain {
            Ok(Operand::Tender(key.to_owned()))
        } else {
            Err(format!("`tender.{key}` is not a field key"))
        };
    }
    if let Ok(date) = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Operand::Date(date));
    }
    if let Ok(number) = text.replace(',', "").parse::<f64>() {
        return Ok(Operand::Number(number));
    }
    if let Some(fact) = BidFact::parse(text) {
        return Ok(Operand::Bid(fact));
    }
    if text.is_empty() || text.chars().count() > 40 || text.contains(['(', ')', '\'', '"', '=', '<', '>']) {
        return Err(format!(
            "`{text}` is not a value; use bid.…, tender.…, a number, a date as 2026-01-31, or a label of the bid"
        ));
    }
    Ok(Operand::Label(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let detail = |yaml: &str| parse("r.yaml", yaml).expect_err("refused").to_string();
        insta::assert_snapshot!(detail("rules:\n - id: A\n   type: guess\n"), @"r.yaml: line 2: rule `A`: type `guess` is not known; use exists, missing_field, date_compare, number_compare or regex");
        insta::assert_snapshot!(detail("rules:\n - id: A\n   condition: must not shine\n"), @"r.yaml: line 2: rule `A`: expression `must not shine` is not known; use must contain('…'), field('…') must not be empty, extract_date(…) >= extract_date(…) or extract_price(bid) <= extract_budget(tender)");
        insta::assert_snapshot!(detail("rules: []\n"), @"r.yaml: `rules` is empty; remove the file or add a rule");
        insta::assert_snapshot!(detail("rules:\n - id: A\n   type: regex\n   pattern: '('\n"), @"r.yaml: line 2: rule `A`: pattern: regex parse error:");
        assert!(detail("rules: [\n").starts_with("r.yaml: "));
        assert!(detail("rules:\n - id: A\n   typ: exists\n").contains("typ"));
    }

    #[test]
    fn both_generations_of_rules_are_read() {
        let yaml = "rules:\n - id: A\n   type: exists\n   terms: [投标函]\n - id: B\n   condition: must contain('投标函','报价表')\n - id: C\n   condition: extract_price(bid) <= extract_budget(tender)\n";
        let set = parse("r.yaml", yaml).expect("read");
        assert_eq!(set.rules.len(), 3);
        assert!(
            matches!(&set.rules[2].test, Test::Numbers { left: Operand::Bid(BidFact::Price), operator: Operator::AtMost, right: Operand::Tender(key) } if key == "budget")
        );
    }

    #[test]
    fn a_rule_speaks_both_languages() {
        use bidlens_documents::{Limits, parse as read};
        use bidlens_domain::document::Language;

        let yaml = "rules:\n - id: A\n   condition: must contain('投标函','报价表')\n - id: B\n   condition: field('联系人') must not be empty\n - id: C\n   condition: field('传真') must not be empty\n - id: D\n   condition: extract_price(bid) <= extract_budget(tender)\n - id: E\n   type: regex\n   pattern: 联系.*\n - id: F\n   condition: extract_date(落款) <= extract_date(投标截止时间)\n";
        let set = parse("r.yaml", yaml).expect("read");
        let tender = [read("tender.md", "# 招标公告\n\n预算金额：80万元\n".as_bytes(), &Limits::default())];
        let text = "# 投标函\n\n投标总价：910,000.00元\n\n联系人：卫竹\n";
        let documents = [read("bid.md", text.as_bytes(), &Limits::default())];
        let files = [crate::BidFiles { bidder_name: "禾木家具有限公司".to_owned(), documents: &documents }];
        let reviews = crate::review(&tender, &crate::extract(&tender), &files, &[set]).reviews;
        let own = reviews.iter().flat_map(|r| &r.findings).filter(|f| f.rule_id.starts_with("custom:"));
        let said = |f: &bidlens_domain::finding::Finding| {
            format!("{}\n{}", f.remark_in(Language::Zh), f.remark_in(Language::En))
        };
        insta::assert_snapshot!(own.map(said).collect::<Vec<_>>().join("\n"), @r"
        包含“投标函”
        The bid contains “投标函”
        全文检索未找到“报价表”
        A search of the whole bid did not find “报价表”
        已填写“联系人”
        The bid gives “联系人”
        未找到“传真”
        Did not find “传真”
        投标总价 910000，招标文件 budget 800000：不满足
        Comparing the total price (910000) with the tender's budget (800000): the rule is not kept
        匹配 联系.*
        The bid matches the pattern “联系.*”
        未找到“落款”，无法比较
        Did not find “落款”; nothing to compare
        ");
    }
}
