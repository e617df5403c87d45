//! `cargo xtask eval baseline PATH`: Bidlens beside a plain baseline on the labelled tenders.
//!
//! The baseline is what one writes in an afternoon: for each key a few labels, the first line that holds one, and the
//! value behind the colon, read by a regular expression of its kind. It is given the text that Bidlens reads, so that
//! only the extraction is compared. The approach of the system Bidlens replaces (one prompt over 41 chunks) needs a
//! model and is not in the table.

use std::path::PathBuf;

use anyhow::Context;
use bidlens_documents::{Limits, parse};
use bidlens_domain::document::Document;
use regex::Regex;
use serde_json::{Map, Value, json};

use super::tenders;
use crate::sh;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with documents and `labels/`
    path: PathBuf,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Money,
    Moment,
    Days,
    Period,
    /// Words and the value each stands for.
    Words(&'static [(&'static str, &'static str)]),
}

/// A key, its labels, and how its value is read.
const KEYS: &[(&str, &[&str], Kind)] = &[
    ("project_name", &["项目名称", "采购项目名称", "Name of Work"], Kind::Text),
    ("tender_no", &["项目编号", "招标编号", "采购编号", "Tender No", "RFP No"], Kind::Text),
    ("buyer_name", &["采购人", "招标人", "采购单位", "Purchaser", "Employer"], Kind::Text),
    ("agency_name", &["采购代理机构", "招标代理机构", "代理机构"], Kind::Text),
    (
        "procurement_method",
        &["采购方式", "招标方式", "公开招标", "竞争性磋商", "竞争性谈判", "邀请招标", "询价"],
        Kind::Words(&[
            ("公开招标", "open_tender"),
            ("竞争性磋商", "competitive_consultation"),
            ("竞争性谈判", "competitive_negotiation"),
            ("邀请招标", "invited_tender"),
            ("询价", "inquiry"),
            ("单一来源", "single_source"),
        ]),
    ),
    (
        "category",
        &["项目类别", "采购类别", "项目类型", "货物", "服务", "工程"],
        Kind::Words(&[("货物", "goods"), ("服务", "services"), ("工程", "works")]),
    ),
    ("budget", &["预算金额", "采购预算", "项目预算"], Kind::Money),
    ("max_price", &["最高限价", "招标控制价", "最高投标限价"], Kind::Money),
    ("bid_bond", &["投标保证金", "磋商保证金"], Kind::Money),
    ("performance_bond", &["履约保证金", "履约担保"], Kind::Money),
    ("bid_deadline", &["投标截止时间", "提交投标文件截止时间", "递交截止时间", "截止时间"], Kind::Moment),
    ("opening_time", &["开标时间", "开启时间"], Kind::Moment),
    ("opening_place", &["开标地点", "开启地点"], Kind::Text),
    ("bid_place", &["递交地点", "提交地点", "投标地点"], Kind::Text),
    ("place", &["交货地点", "服务地点", "项目地点", "建设地点"], Kind::Text),
    ("doc_obtain_start", &["获取时间", "获取招标文件", "获取采购文件"], Kind::Moment),
    ("clarification_deadline", &["提出澄清", "疑问截止", "答疑时间"], Kind::Moment),
    ("bid_validity_days", &["投标有效期", "有效期"], Kind::Days),
    ("contract_duration", &["合同履行期限", "交货期", "服务期", "工期"], Kind::Period),
    ("warranty_period", &["质保期", "保修期", "质量保证期"], Kind::Text),
    ("payment_terms", &["付款方式", "支付方式", "付款条件"], Kind::Text),
    ("copies", &["投标文件份数", "份数"], Kind::Text),
    ("consortium", &["联合体"], Kind::Words(&[("不接受", "not_allowed"), ("接受", "allowed")])),
    (
        "subcontracting",
        &["分包"],
        Kind::Words(&[("不允许", "not_allowed"), ("不得", "not_allowed"), ("允许", "allowed")]),
    ),
    (
        "evaluation_method",
        &["评标办法", "评标方法", "评审方法", "综合评分法", "最低评标价法"],
        Kind::Words(&[
            ("综合评", "comprehensive_score"),
            ("最低评标价", "lowest_evaluated_price"),
            ("最低价", "lowest_price"),
        ]),
    ),
    (
        "imports_allowed",
        &["进口产品"],
        Kind::Words(&[("不接受", "false"), ("不允许", "false"), ("允许", "true"), ("接受", "true")]),
    ),
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let set = std::fs::canonicalize(&options.path).with_context(|| format!("read {}", options.path.display()))?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let mut labels: Vec<PathBuf> =
        std::fs::read_dir(set.join("labels"))?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    labels.sort();
    let reader = Reader::new()?;
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for label in labels {
        let gold = super::load(&label)?;
        let name = gold["doc"].as_str().with_context(|| format!("{}: no `doc`", label.display()))?;
        let path = set.join(name);
        let bytes = std::fs::read(&path).with_context(|| format!("read {name}"))?;
        plain.push((gold.clone(), reader.read(&parse(name, &bytes, &Limits::default()))));
        ours.push((gold, super::answer(&program, &["extract".as_ref(), path.as_os_str()])?));
    }
    for (name, read) in [("Bidlens, built-in model", &ours), ("plain expressions", &plain)] {
        let (f1, wrong) = tenders::fields_of(read);
        sh::print(&format!("{name:28} F1 {f1:.3}, {} keys not right in {} tenders", wrong.len(), read.len()))?;
    }
    Ok(())
}

struct Reader {
    money: Regex,
    moment: Regex,
    days: Regex,
}

impl Reader {
    fn new() -> anyhow::Result<Reader> {
        Ok(Reader {
            money: Regex::new(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*(万)?\s*元")?,
            moment: Regex::new(
                r"(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?\s*(?:(\d{1,2})\s*[:：时点]\s*(\d{1,2})?)?",
            )?,
            days: Regex::new(r"(\d{1,4})\s*(?:个)?(?:日历)?[天日]")?,
        })
    }

    fn read(&self, document: &Document) -> Value {
        let lines: Vec<&str> = document.blocks.iter().flat_map(|b| b.text.lines()).collect();
        let mut fields = Map::new();
        for (key, labels, kind) in KEYS {
            let value = lines.iter().find_map(|line| {
                let label = labels.iter().find(|label| line.contains(**label))?;
                let behind = line.get(line.find(*label)? + label.len()..)?;
                self.value(*kind, line, behind.trim_start_matches([':', '：', '\t', ' ']).trim())
            });
            let field = match value {
                Some(value) => json!({"status": "found", "value": value}),
                None => json!({"status": "not_found", "value": null}),
            };
            fields.insert((*key).to_owned(), field);
        }
        fields.insert("lots".to_owned(), json!({"status": "found", "value": 1}));
        json!({"fields": fields})
    }

    fn value(&self, kind: Kind, line: &str, behind: &str) -> Option<Value> {
        match kind {
            Kind::Text => {
                let value = behind.split(['\t', '。', '；']).next()?.trim();
                (value.chars().count() >= 2).then(|| json!(value))
            }
            Kind::Money => {
                let found = self.money.captures(behind)?;
                let amount: f64 = found.get(1)?.as_str().replace(',', "").parse().ok()?;
                let factor = if found.get(2).is_some() { 10_000.0 } else { 1.0 };
                Some(json!({"amount": amount * factor, "currency": "CNY"}))
            }
            Kind::Moment => {
                let found = self.moment.captures(behind)?;
                let part = |at: usize| found.get(at).and_then(|m| m.as_str().parse::<u32>().ok());
                let date = format!("{}-{:02}-{:02}", part(1)?, part(2)?, part(3)?);
                Some(match part(4) {
                    Some(hour) => json!(format!("{date}T{hour:02}:{:02}", part(5).unwrap_or_default())),
                    None => json!(date),
                })
            }
            Kind::Days => Some(json!(self.days.captures(behind)?.get(1)?.as_str().parse::<u32>().ok()?)),
            Kind::Period => {
                let text = behind.split(['\t', '。', '；']).next()?.trim();
                let days = self.days.captures(text).and_then(|c| c.get(1)?.as_str().parse::<u32>().ok());
                (text.chars().count() >= 2).then(|| json!({"text": text, "days": days}))
            }
            Kind::Words(words) => {
                let (_, value) = words.iter().find(|(word, _)| line.contains(word))?;
                Some(match *value {
                    "true" => json!(true),
                    "false" => json!(false),
                    value => json!(value),
                })
            }
        }
    }
}
