//! Runs a rule against one bid; a value that is not there is a risk, never a pass.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{Finding, FindingSource, FindingState, Verdict};
use bidlens_domain::fold::folded;
use bidlens_domain::time::Moment;
use bidlens_domain::wording::{Wording, both};
use chrono::NaiveDate;

use super::{BidFact, Operand, Rule, RuleSet, Test};
use crate::bid::{Bid, names, prices};
use crate::compare::{Case, Judgement, Report};
use crate::grammar::{dates, durations, money};

/// A value with the words it was read from.
struct Value<T> {
    value: T,
    tender: Vec<Evidence>,
    bid: Vec<Evidence>,
}

pub(crate) fn judge(set: &RuleSet, case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &set.rules {
        let id = format!("custom:{}", rule.id);
        let mut report = Report {
            id: "",
            dimension: rule.dimension,
            bidder: &case.bid.name,
            source: FindingSource::Rule,
            findings: Vec::new(),
        };
        for mut judgement in run(rule, case) {
            judgement.rigid = rule.rigid;
            judgement.requirement.clone_from(&rule.title);
            judgement.subject = format!("{id} {}", judgement.subject);
            report.push(judgement);
        }
        for mut finding in report.findings {
            finding.rule_id.clone_from(&id);
            findings.push(finding);
        }
    }
    findings
}

fn run(rule: &Rule, case: &Case<'_>) -> Vec<Judgement> {
    match &rule.test {
        Test::Exists(terms) => terms.iter().map(|term| exists(term, case.bid)).collect(),
        Test::Field(operand) => vec![stated(operand, case)],
        Test::Dates { left, operator, right } => {
            vec![compared(
                date(left, case),
                date(right, case),
                |a, b| operator.holds(*a, *b),
                |d| d.to_string(),
                left,
                right,
            )]
        }
        Test::Numbers { left, operator, right } => {
            vec![compared(
                number(left, case),
                number(right, case),
                |a, b| operator.holds(*a, *b),
                |n| format!("{n}"),
                left,
                right,
            )]
        }
        Test::Pattern { pattern, wanted } => vec![pattern_judgement(pattern, *wanted, case.bid)],
    }
}

fn absent_state(bid: &Bid<'_>) -> FindingState {
    if bid.readable { FindingState::NotFound } else { FindingState::Unreadable }
}

fn exists(term: &str, bid: &Bid<'_>) -> Judgement {
    let wanted: String = folded(term).chars().filter(|c| !c.is_whitespace()).collect();
    let found = bid
        .sentences
        .iter()
        .find(|s| bid.text(s).chars().filter(|c| !c.is_whitespace()).collect::<String>().contains(&wanted));
    match found {
        Some(sentence) => {
            let remark = both(format!("包含“{term}”"), format!("The bid contains “{term}”"));
            Judgement::new(Verdict::Pass, term, remark).says(bid.evidence(sentence))
        }
        None => {
            let remark =
                both(format!("全文检索未找到“{term}”"), format!("A search of the whole bid did not find “{term}”"));
            Judgement::new(Verdict::Fail, term, remark).state(absent_state(bid))
        }
    }
}

fn pattern_judgement(pattern: &regex::Regex, wanted: bool, bid: &Bid<'_>) -> Judgement {
    let hit = bid.sentences.iter().find(|s| pattern.is_match(bid.text(s)));
    let pattern = pattern.as_str();
    let nothing =
        || both(format!("没有内容匹配 {pattern}"), format!("Nothing in the bid matches the pattern “{pattern}”"));
    match (hit, wanted) {
        (Some(sentence), true) => {
            let remark = both(format!("匹配 {pattern}"), format!("The bid matches the pattern “{pattern}”"));
            Judgement::new(Verdict::Pass, "", remark).says(bid.evidence(sentence))
        }
        (Some(sentence), false) => {
            let remark = both(
                format!("不应出现的内容匹配 {pattern}"),
                format!("The bid matches the pattern “{pattern}”, which must not occur"),
            );
            Judgement::new(Verdict::Fail, "", remark).says(bid.evidence(sentence))
        }
        (None, true) => Judgement::new(Verdict::Fail, "", nothing()).state(absent_state(bid)),
        (None, false) => {
            let mut judgement = Judgement::new(Verdict::Pass, "", nothing());
            // A pass needs words of the bid: where the search began.
            judgement = judgement.says(bid.unit_evidence(0));
            judgement
        }
    }
}

fn stated(operand: &Operand, case: &Case<'_>) -> Judgement {
    let evidence = match operand {
        Operand::Bid(fact) => fact_evidence(*fact, case.bid),
        Operand::Label(label) => labelled(label, case.bid).map(|(_, evidence)| evidence),
        Operand::Tender(_) | Operand::Number(_) | Operand::Date(_) => None,
    };
    let Wording { zh, en } = name(operand);
    match evidence {
        Some(evidence) => {
            let remark = both(format!("已填写{zh}"), format!("The bid gives {en}"));
            Judgement::new(Verdict::Pass, "", remark).says(evidence)
        }
        None => {
            let remark = both(format!("未找到{zh}"), format!("Did not find {en}"));
            Judgement::new(Verdict::Fail, "", remark).state(absent_state(case.bid))
        }
    }
}

fn compared<T>(
    left: Option<Value<T>>,
    right: Option<Value<T>>,
    holds: impl Fn(&T, &T) -> bool,
    show: impl Fn(&T) -> String,
    left_operand: &Operand,
    right_operand: &Operand,
) -> Judgement {
    let absent = |operand: &Operand| {
        let Wording { zh, en } = name(operand);
        let remark = both(format!("未找到{zh}，无法比较"), format!("Did not find {en}; nothing to compare"));
        Judgement::new(Verdict::Risk, "", remark).state(FindingState::NotFound)
    };
    match (left, right) {
        (Some(a), Some(b)) => {
            let ok = holds(&a.value, &b.value);
            let (left, right) = (name(left_operand), name(right_operand));
            let (one, other) = (show(&a.value), show(&b.value));
            let (kept, kept_en) =
                if ok { ("满足", "the rule is kept") } else { ("不满足", "the rule is not kept") };
            let remark = both(
                format!("{} {one}，{} {other}：{kept}", left.zh, right.zh),
                format!("Comparing {} ({one}) with {} ({other}): {kept_en}", left.en, right.en),
            );
            let verdict = if ok { Verdict::Pass } else { Verdict::Fail };
            let tender = a.tender.into_iter().chain(b.tender).collect();
            Judgement::new(verdict, "", remark).demands("", tender).says(a.bid.into_iter().chain(b.bid).collect())
        }
        (None, _) => absent(left_operand),
        (_, None) => absent(right_operand),
    }
}

fn name(operand: &Operand) -> Wording {
    match operand {
        Operand::Bid(BidFact::Price) => both("投标总价", "the total price"),
        Operand::Bid(BidFact::Validity) => both("投标有效期", "the bid validity"),
        Operand::Bid(BidFact::Delivery) => both("交货期", "the time of delivery"),
        Operand::Bid(BidFact::Warranty) => both("质保期", "the warranty"),
        Operand::Bid(BidFact::SignatureDate) => both("落款日期", "the date of signature"),
        Operand::Bid(BidFact::BidderName) => both("投标人名称", "the bidder's name"),
        Operand::Bid(BidFact::ProjectNumber) => both("项目编号", "the project number"),
        Operand::Tender(key) => both(format!("招标文件 {key}"), format!("the tender's {key}")),
        Operand::Label(label) => both(format!("“{label}”"), format!("“{label}”")),
        Operand::Number(_) | Operand::Date(_) => both("给定值", "the given value"),
    }
}

/// The words right after a label in the bid.
fn labelled(label: &str, bid: &Bid<'_>) -> Option<(String, Vec<Evidence>)> {
    let wanted: String = folded(label).chars().filter(|c| !c.is_whitespace()).collect();
    for sentence in &bid.sentences {
        let text = bid.text(sentence);
        if let Some(at) = text.find(&wanted) {
            let rest = text.get(at + wanted.len()..).unwrap_or_default().trim_start_matches([':', ' ']);
            if rest.chars().any(|c| c.is_alphanumeric()) {
                return Some((rest.to_owned(), bid.evidence(sentence)));
            }
        }
        let row = bid.reading.units.get(sentence.unit).and_then(|u| u.cell).and_then(|c| bid.reading.row_label(c));
        if row.is_some_and(|r| r.contains(&wanted)) && text.chars().any(char::is_alphanumeric) {
            return Some((text.to_owned(), bid.evidence(sentence)));
        }
    }
    None
}

fn fact_words(fact: BidFact) -> &'static [&'static str] {
    match fact {
        BidFact::Price => &["投标总价", "投标报价", "总报价"],
        BidFact::Validity => &["投标有效期", "响应有效期", "报价有效期", "约束力"],
        BidFact::Delivery => &["交货期", "供货期", "工期", "服务期"],
        BidFact::Warranty => &["质保期", "保修期"],
        BidFact::SignatureDate => &["日期"],
        BidFact::BidderName => &["投标人"],
        BidFact::ProjectNumber => &["项目编号", "招标编号"],
    }
}

fn fact_evidence(fact: BidFact, bid: &Bid<'_>) -> Option<Vec<Evidence>> {
    match fact {
        BidFact::Price => prices::main_price(prices::mentions(bid)).map(|m| m.evidence.clone()),
        BidFact::BidderName => names::bidders(bid).into_iter().next().map(|n| n.evidence),
        BidFact::Validity | BidFact::Delivery | BidFact::Warranty => duration(fact, bid).map(|v| v.bid),
        BidFact::SignatureDate => signature_date(bid).map(|v| v.bid),
        BidFact::ProjectNumber => fact_words(fact).iter().find_map(|w| labelled(w, bid)).map(|(_, e)| e),
    }
}

fn duration(fact: BidFact, bid: &Bid<'_>) -> Option<Value<f64>> {
    bid.sentences.iter().find_map(|s| {
        let text = bid.text(s);
        fact_words(fact).iter().any(|w| text.contains(w)).then_some(())?;
        let span = durations::first(text)?;
        Some(Value { value: span.duration.days_range().0 as f64, tender: Vec::new(), bid: bid.evidence(s) })
    })
}

/// The latest date a form is signed on.
fn signature_date(bid: &Bid<'_>) -> Option<Value<NaiveDate>> {
    let dated = bid.sentences.iter().filter_map(|s| {
        let text = bid.text(s);
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        bare.starts_with("日期:").then_some(())?;
        Some(Value { value: dates::first(text)?.moment.date(), tender: Vec::new(), bid: bid.evidence(s) })
    });
    dated.max_by_key(|v| v.value)
}

fn date(operand: &Operand, case: &Case<'_>) -> Option<Value<NaiveDate>> {
    match operand {
        Operand::Date(date) => Some(Value { value: *date, tender: Vec::new(), bid: Vec::new() }),
        Operand::Tender(key) => {
            let field = case.facts.field(key)?;
            let value = match field.moment()? {
                Moment::Date(date) => date,
                Moment::DateTime(at) => at.date(),
            };
            Some(Value { value, tender: field.evidence().to_vec(), bid: Vec::new() })
        }
        Operand::Bid(BidFact::SignatureDate) => signature_date(case.bid),
        Operand::Bid(_) | Operand::Number(_) => None,
        Operand::Label(label) => {
            let (text, evidence) = labelled(label, case.bid)?;
            Some(Value { value: dates::first(&text)?.moment.date(), tender: Vec::new(), bid: evidence })
        }
    }
}

fn number(operand: &Operand, case: &Case<'_>) -> Option<Value<f64>> {
    match operand {
        Operand::Number(value) => Some(Value { value: *value, tender: Vec::new(), bid: Vec::new() }),
        Operand::Tender(key) => {
            let field = case.facts.field(key)?;
            let value = match field.found()? {
                FieldValue::Money(money) => money.units(),
                FieldValue::Integer(n) => *n as f64,
                FieldValue::Percent(percent) => percent.value(),
                FieldValue::Period { length: Some(length), .. } => length.days_range().0 as f64,
                FieldValue::Text(_)
                | FieldValue::TextList(_)
                | FieldValue::Moment(_)
                | FieldValue::Period { .. }
                | FieldValue::Choice(_)
                | FieldValue::Bool(_) => return None,
            };
            Some(Value { value, tender: field.evidence().to_vec(), bid: Vec::new() })
        }
        Operand::Bid(BidFact::Price) => {
            let mentions = prices::mentions(case.bid);
            let main = prices::main_price(mentions)?;
            Some(Value { value: main.money.units(), tender: Vec::new(), bid: main.evidence.clone() })
        }
        Operand::Bid(fact @ (BidFact::Validity | BidFact::Delivery | BidFact::Warranty)) => duration(*fact, case.bid),
        Operand::Bid(BidFact::SignatureDate | BidFact::BidderName | BidFact::ProjectNumber) | Operand::Date(_) => None,
        Operand::Label(label) => {
            let (text, evidence) = labelled(label, case.bid)?;
            let value = money::first(&text).map(|a| a.money.units()).or_else(|| {
                let digits: String = text
                    .chars()
                    .skip_while(|c| !c.is_ascii_digit())
                    .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
                    .filter(|c| *c != ',')
                    .collect();
                digits.parse().ok()
            })?;
            Some(Value { value, tender: Vec::new(), bid: evidence })
        }
    }
}
