//! Facts that code could not settle.

use std::collections::BTreeMap;

use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey, FieldStatus, FieldValue, Source};
use bidlens_domain::fold::folded;
use serde::Deserialize;
use serde_json::{Value, json};

use super::passages::{Passage, passages, verified};
use super::{Budget, Model, ModelError, Purpose, Question, Tally, ask};
use crate::fields::{is_blank, letters, squeeze};
use crate::grammar::{dates, durations, money, percent};
use crate::reading::{Reading, Zone};

/// How the value is read out of the quote.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Money,
    /// A sum, or a share of the price.
    Bond,
    Moment,
    Days,
    Period,
    Choice(&'static [&'static str]),
    YesNo,
}

struct Ask {
    key: &'static str,
    /// What is meant, for the model.
    meaning: &'static str,
    /// Words that stand near it; they choose the passages.
    words: &'static [&'static str],
    form: Form,
}

const fn fact(key: &'static str, meaning: &'static str, words: &'static [&'static str], form: Form) -> Ask {
    Ask { key, meaning, words, form }
}

/// What a model is asked for when code found nothing.
static FACTS: &[Ask] = &[
    fact(
        "project_name",
        "name of the project",
        &["项目名称", "工程名称", "标的", "name of work", "project"],
        Form::Text,
    ),
    fact(
        "tender_no",
        "number of the tender or project",
        &["编号", "项目号", "招标号", "tender no", "reference", "nit no"],
        Form::Text,
    ),
    fact(
        "buyer_name",
        "who buys or commissions",
        &["招标人", "采购人", "采购单位", "业主", "建设单位", "甲方", "employer", "purchaser", "client"],
        Form::Text,
    ),
    fact("agency_name", "agency that runs the procedure", &["代理", "agency"], Form::Text),
    fact("budget", "budget of the procurement", &["预算", "资金", "投资", "budget", "estimated cost"], Form::Money),
    fact(
        "max_price",
        "highest price allowed",
        &["限价", "控制价", "上限", "不得超过", "ceiling", "maximum"],
        Form::Money,
    ),
    fact(
        "bid_bond",
        "bid security: amount, or none",
        &["保证金", "担保", "保函", "security", "earnest money", "emd"],
        Form::Bond,
    ),
    fact("performance_bond", "performance security: amount or percent, or none", &["履约", "performance"], Form::Bond),
    fact(
        "bid_deadline",
        "last moment to hand in bids",
        &["截止", "递交", "提交", "之前", "deadline", "last date", "due"],
        Form::Moment,
    ),
    fact("opening_time", "when bids are opened", &["开标", "开启", "拆封", "opening", "opened"], Form::Moment),
    fact("opening_place", "where bids are opened", &["开标", "开启", "拆封", "地点", "opening"], Form::Text),
    fact(
        "bid_place",
        "where or by which platform bids are handed in",
        &["递交", "提交", "上传", "送达", "平台", "submit"],
        Form::Text,
    ),
    fact(
        "place",
        "where the work is done or goods are delivered",
        &["地点", "交货", "交付", "实施", "服务地", "site", "delivery"],
        Form::Text,
    ),
    fact(
        "doc_obtain_start",
        "from when tender documents can be had",
        &["获取", "领取", "购买", "下载", "发售", "download", "available"],
        Form::Moment,
    ),
    fact(
        "clarification_deadline",
        "last moment to ask for clarification",
        &["澄清", "疑问", "答疑", "质疑", "提问", "clarification", "queries"],
        Form::Moment,
    ),
    fact(
        "bid_validity_days",
        "for how many days bids stay valid",
        &["有效期", "有效", "validity", "valid"],
        Form::Days,
    ),
    fact(
        "contract_duration",
        "period of performance or delivery",
        &["工期", "服务期", "交货", "期限", "周期", "完成", "completion", "period", "delivery"],
        Form::Period,
    ),
    fact(
        "warranty_period",
        "warranty or defects liability period",
        &["质保", "保修", "质量保证", "缺陷责任", "warranty", "defect"],
        Form::Period,
    ),
    fact("payment_terms", "how and when is paid", &["付款", "支付", "结算", "payment"], Form::Text),
    fact(
        "copies",
        "how many copies of the bid, in which form",
        &["份数", "正本", "副本", "一式", "copies"],
        Form::Text,
    ),
    fact(
        "consortium",
        "whether consortia may bid",
        &["联合体", "consortium", "joint venture"],
        Form::Choice(&["allowed", "not_allowed"]),
    ),
    fact(
        "subcontracting",
        "whether work may be subcontracted",
        &["分包", "转包", "subcontract", "sublet"],
        Form::Choice(&["allowed", "not_allowed", "partly"]),
    ),
    fact(
        "evaluation_method",
        "how bids are compared",
        &["评标办法", "评审办法", "评标方法", "评分", "最低", "evaluation", "lowest"],
        Form::Choice(&["comprehensive_score", "lowest_price", "lowest_evaluated_price", "quality_cost", "other"]),
    ),
    fact("imports_allowed", "whether imported products may be offered", &["进口", "import"], Form::YesNo),
];

/// Passages shown for one fact, and characters of all passages of one question.
const PASSAGES_PER_FACT: usize = 4;
const PASSAGE_CHARS: usize = 7_000;
/// How sure a fact is that a model pointed to and code read.
const CONFIDENCE: f32 = 0.6;

#[derive(Debug, Deserialize)]
struct Answer {
    facts: Vec<Stated>,
}

#[derive(Debug, Deserialize)]
struct Stated {
    key: String,
    passage: usize,
    #[serde(default)]
    state: String,
    #[serde(default)]
    value: String,
    quote: String,
}

/// Asks for the facts that are not found; what is found stays as it is.
pub async fn settle_fields(
    model: &dyn Model,
    documents: &[Document],
    fields: &mut BTreeMap<FieldKey, Field>,
    budget: Budget,
) -> Result<Tally, ModelError> {
    let mut tally = Tally::default();
    let Some((question, shown, reading)) = question(documents, fields) else { return Ok(tally) };
    if !budget.admits(&question) {
        tally.unasked = u32::try_from(open(fields).count()).unwrap_or(u32::MAX);
        return Ok(tally);
    }
    let answer: Answer = ask(model, &question, &mut tally).await?;
    for stated in answer.facts {
        let Some(wanted) = open(fields).find(|f| f.key == stated.key) else { continue };
        let field = shown.get(stated.passage.wrapping_sub(1)).and_then(|passage| {
            let evidence = verified(documents, &reading, passage, &stated.quote)?;
            field(wanted, &stated, evidence)
        });
        match field {
            Some(field) => {
                tally.accepted += 1;
                fields.insert(wanted.key.to_owned(), field);
            }
            None => tally.unverified += 1,
        }
    }
    Ok(tally)
}

fn open(fields: &BTreeMap<FieldKey, Field>) -> impl Iterator<Item = &'static Ask> + '_ {
    FACTS.iter().filter(|f| fields.get(f.key).is_none_or(|field| field.status() == FieldStatus::NotFound))
}

/// The question for everything that is open, with the passages it shows; `None` when nothing is open or nothing fits.
fn question<'d>(
    documents: &'d [Document],
    fields: &BTreeMap<FieldKey, Field>,
) -> Option<(Question, Vec<Passage>, Reading<'d>)> {
    open(fields).next()?;
    let reading = Reading::new(documents);
    let candidates: Vec<Passage> = passages(&reading)
        .into_iter()
        .filter(|p| reading.unit(p.unit).is_some_and(|u| u.zone != Zone::BidForms && !u.is_heading))
        .collect();
    let mut chosen: Vec<usize> = Vec::new();
    let mut asked = Vec::new();
    for fact in open(fields) {
        let mut hits: Vec<(usize, usize)> = candidates
            .iter()
            .enumerate()
            .filter_map(|(at, passage)| {
                let text = passage.text.to_lowercase();
                let words = fact.words.iter().filter(|w| text.contains(*w)).count();
                let fits = fits(fact.form, &passage.text);
                // A sum or a date may stand among words nobody thought of; other forms are everywhere.
                let alone = fits && matches!(fact.form, Form::Money | Form::Bond | Form::Moment);
                (words > 0 || alone).then_some((words * 2 + usize::from(fits) * 3, at))
            })
            .collect();
        hits.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
        if hits.is_empty() {
            continue;
        }
        asked.push(fact);
        chosen.extend(hits.iter().take(PASSAGES_PER_FACT).map(|(_, at)| at));
    }
    chosen.sort_unstable();
    chosen.dedup();
    let mut chars = 0;
    let mut shown = Vec::new();
    for passage in chosen.into_iter().filter_map(|at| candidates.get(at)) {
        chars += passage.text.chars().count();
        if chars > PASSAGE_CHARS {
            break;
        }
        shown.push(passage.clone());
    }
    if shown.is_empty() {
        return None;
    }
    let facts: Vec<Value> = asked
        .iter()
        .map(|fact| match fact.form {
            Form::Choice(words) => json!({"key": fact.key, "meaning": fact.meaning, "choices": words}),
            Form::YesNo => json!({"key": fact.key, "meaning": fact.meaning, "choices": ["yes", "no"]}),
            _ => json!({"key": fact.key, "meaning": fact.meaning}),
        })
        .collect();
    let numbered: Vec<Value> =
        shown.iter().enumerate().map(|(at, p)| json!({"passage": at + 1, "text": p.text})).collect();
    let keys: Vec<&str> = asked.iter().map(|f| f.key).collect();
    let question = Question {
        purpose: Purpose::Fields,
        prompt: "fields-1",
        system: include_str!("prompts/fields.md").to_owned(),
        user: json!({"facts": facts, "passages": numbered}).to_string(),
        schema: json!({
            "type": "object",
            "properties": {"facts": {"type": "array", "items": {
                "type": "object",
                "properties": {
                    "key": {"type": "string", "enum": keys},
                    "passage": {"type": "integer"},
                    "state": {"type": "string", "enum": ["stated", "none"]},
                    "value": {"type": "string"},
                    "quote": {"type": "string"},
                },
                "required": ["key", "passage", "state", "value", "quote"],
                "additionalProperties": false,
            }}},
            "required": ["facts"],
            "additionalProperties": false,
        }),
        refused: None,
    };
    Some((question, shown, reading))
}

/// Whether a text holds anything a value of this form could be read from.
fn fits(form: Form, text: &str) -> bool {
    match form {
        Form::Money => money::first(text).is_some(),
        Form::Bond => money::first(text).is_some() || !percent::find(text).is_empty(),
        Form::Moment => dates::first(text).is_some(),
        Form::Days | Form::Period => durations::first(text).is_some(),
        Form::Text | Form::Choice(_) | Form::YesNo => false,
    }
}

/// The field of an answer whose quote stands in the file; `None` when the quote does not hold the value.
///
/// Code reads the value out of the quote. A figure that only the model names is no value.
fn field(fact: &Ask, stated: &Stated, evidence: Evidence) -> Option<Field> {
    let quote = folded(evidence.quote());
    if stated.state == "none" {
        let denies = ["不", "无", "免", "没有", "否", " no ", "not ", "nil", "exempt"];
        let says_so = matches!(fact.form, Form::Bond) && denies.iter().any(|w| quote.to_lowercase().contains(w));
        return says_so.then(|| made(FieldStatus::StatedNone, None, evidence.quote().to_owned(), evidence)).flatten();
    }
    let value = folded(&stated.value);
    // Where a quote holds two figures, the one the model means is the one that stands in its value.
    let either = |text: &str| if text.is_empty() { quote.clone() } else { text.to_owned() };
    let inside = !letters(&value).is_empty() && letters(&quote).contains(&letters(&value));
    let read = match fact.form {
        Form::Text => {
            let text = squeeze(stated.value.trim());
            (inside && !is_blank(&value)).then_some(FieldValue::Text(text))
        }
        Form::Money => amount(&either(&value), &quote),
        Form::Bond => amount(&either(&value), &quote)
            .or_else(|| percent::find(&quote).first().map(|share| FieldValue::Percent(share.percent))),
        Form::Moment => moment(&quote),
        Form::Days => {
            let days = durations::find(&quote).into_iter().find(|s| {
                letters(&value).is_empty() || {
                    let words = quote.get(s.range()).unwrap_or_default();
                    letters(&value).contains(&letters(words)) || letters(words).contains(&letters(&value))
                }
            })?;
            let (shortest, longest) = days.duration.days_range();
            (shortest == longest).then_some(FieldValue::Integer(shortest))
        }
        Form::Period => {
            let text = squeeze(stated.value.trim());
            (inside && !is_blank(&value))
                .then(|| FieldValue::Period { text, length: durations::first(&value).map(|s| s.duration) })
        }
        // The word is the model's; the quote must at least be about the subject.
        Form::Choice(_) | Form::YesNo if !fact.words.iter().any(|w| quote.to_lowercase().contains(w)) => None,
        Form::Choice(words) => {
            words.iter().find(|w| **w == stated.value.trim()).map(|w| FieldValue::Choice((*w).to_owned()))
        }
        Form::YesNo => match stated.value.trim() {
            "yes" => Some(FieldValue::Bool(true)),
            "no" => Some(FieldValue::Bool(false)),
            _ => None,
        },
    }?;
    made(FieldStatus::Found, Some(read), evidence.quote().to_owned(), evidence)
}

fn made(status: FieldStatus, value: Option<FieldValue>, raw: String, evidence: Evidence) -> Option<Field> {
    let mut field = Field::with_evidence(status, value, raw, vec![evidence], CONFIDENCE).ok()?;
    field.source = Source::Llm;
    Some(field)
}

/// An amount of the quote that the value names as well.
pub(super) fn amount(value: &str, quote: &str) -> Option<FieldValue> {
    let stated = money::find(quote);
    let meant = money::first(value);
    let one = match meant {
        Some(meant) => stated.into_iter().find(|a| a.money == meant.money)?,
        // The value may leave out the unit; the only amount of the quote is then the one.
        None => {
            let [only] = <[money::Amount; 1]>::try_from(stated).ok()?;
            let figure: String = value.chars().filter(char::is_ascii_digit).collect();
            let words: String = quote.get(only.range.clone())?.chars().filter(char::is_ascii_digit).collect();
            (!figure.is_empty() && words.starts_with(figure.trim_end_matches('0'))).then_some(only)?
        }
    };
    (!one.per_unit).then_some(FieldValue::Money(one.money))
}

/// The only moment of the quote.
fn moment(quote: &str) -> Option<FieldValue> {
    let stamps = dates::find(quote);
    let first = stamps.first()?;
    stamps.iter().all(|s| s.moment == first.moment).then_some(FieldValue::Moment(first.moment))
}
