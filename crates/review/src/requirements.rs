//! The requirement ledger: what a tender demands, clause by clause, with a typed constraint where the words have one.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey, FieldValue};
use bidlens_domain::finding::stable_id;
use bidlens_domain::requirement::{Bound, Comparison, Constraint, Dimension, Requirement};
use bidlens_domain::time::{Duration, DurationUnit};
use regex::Regex;

use crate::bid::{column_heading, cut};
use crate::changes::{self, FoundChange};
use crate::grammar::durations;
use crate::grammar::numbers::Decimal;
use crate::reading::{Reading, Zone, skip_numbering};
use crate::risks;

const REQUIREMENTS_MAX: usize = 1_500;
const DEMAND_WORDS: [&str; 22] = [
    "须",
    "应",
    "必须",
    "不得",
    "不允许",
    "不接受",
    "不少于",
    "不低于",
    "不超过",
    "不大于",
    "不小于",
    "≥",
    "≤",
    "需提供",
    "提供",
    "承诺",
    "具有",
    "具备",
    "shall",
    "must",
    "should",
    "required",
];

/// Reads the ledger.
pub(crate) fn read(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>) -> Vec<Requirement> {
    let mut ledger = Ledger {
        reading,
        requirements: Vec::new(),
        seen: HashSet::new(),
        marks: risks::marks::used(reading),
        rigid_marks: risks::rigid_marks(reading),
    };
    ledger.add_fields(fields);
    for unit in 0..reading.units.len() {
        if ledger.requirements.len() >= REQUIREMENTS_MAX {
            break;
        }
        ledger.add_unit(unit);
    }
    ledger.requirements
}

/// A field's value as a constraint.
type OfValue = fn(&FieldValue) -> Option<Constraint>;

struct Ledger<'r, 'a> {
    reading: &'r Reading<'a>,
    requirements: Vec<Requirement>,
    seen: HashSet<String>,
    /// The signs that mark clauses in this tender, and those that make them rigid.
    marks: Vec<char>,
    rigid_marks: Vec<char>,
}

impl Ledger<'_, '_> {
    /// The demands that fields already state as values.
    fn add_fields(&mut self, fields: &BTreeMap<FieldKey, Field>) {
        let typed: [(&str, Dimension, OfValue); 5] = [
            ("max_price", Dimension::Price, |v| match v {
                FieldValue::Money(limit) => {
                    Some(Constraint::MoneyMax { subject: "bid_price".to_owned(), limit: limit.clone() })
                }
                _ => None,
            }),
            ("bid_validity_days", Dimension::Commercial, |v| match v {
                FieldValue::Integer(days) => Some(Constraint::DurationMin {
                    subject: "bid_validity".to_owned(),
                    limit: Duration::new(*days, DurationUnit::Day),
                }),
                _ => None,
            }),
            ("contract_duration", Dimension::ScheduleQuality, |v| match v {
                FieldValue::Period { length: Some(limit), .. } => {
                    Some(Constraint::DurationMax { subject: "contract_duration".to_owned(), limit: *limit })
                }
                _ => None,
            }),
            ("bid_deadline", Dimension::DocumentStructure, |v| match v {
                FieldValue::Moment(limit) => {
                    Some(Constraint::DateBefore { subject: "signature_date".to_owned(), limit: *limit })
                }
                _ => None,
            }),
            ("bid_bond", Dimension::Commercial, |v| match v {
                FieldValue::Money(_) => {
                    Some(Constraint::DocumentPresent { name: "投标保证金缴纳凭证".to_owned() })
                }
                _ => None,
            }),
        ];
        for (key, dimension, constraint) in typed {
            let Some(field) = fields.get(key) else { continue };
            let Some(constraint) = field.found().and_then(constraint) else { continue };
            let Some(first) = field.evidence().first() else { continue };
            let text = first.quote().to_owned();
            let id = stable_id(&["field", key, first.document().as_str(), &text]);
            self.seen.insert(bare(&text));
            self.requirements.extend(Requirement::new(
                id,
                dimension,
                text,
                true,
                String::new(),
                constraint,
                vec![first.clone()],
            ));
        }
        if let Some(warranty) = fields.get("warranty_period")
            && let Some(first) = warranty.evidence().first()
            && let Some(span) = durations::first(&bidlens_domain::fold::folded(warranty.raw()))
        {
            let text = first.quote().to_owned();
            let constraint = Constraint::DurationMin { subject: "warranty_period".to_owned(), limit: span.duration };
            let id = stable_id(&["field", "warranty_period", first.document().as_str(), &text]);
            self.seen.insert(bare(&text));
            self.requirements.extend(Requirement::new(
                id,
                Dimension::Commercial,
                text,
                true,
                String::new(),
                constraint,
                vec![first.clone()],
            ));
        }
    }

    fn add_unit(&mut self, unit: usize) {
        let Some(one) = self.reading.units.get(unit) else { return };
        if one.is_heading || matches!(one.zone, Zone::BidForms | Zone::Contract | Zone::Correction) {
            return;
        }
        let headings = self.reading.headings(unit).join(" ");
        let lower = headings.to_lowercase();
        let english = lower.contains("eligib") || lower.contains("qualif") && !lower.contains("disqualif");
        // 四、投标人资格：1.… may stand in one paragraph, or beside the words in a row.
        let lead = skip_numbering(&one.text).split(':').next().unwrap_or_default();
        let row = one.cell.and_then(|c| self.reading.row_label(c)).unwrap_or_default();
        let of_bidders = |t: &str| {
            t.chars().count() <= 16
                && ["投标人", "供应商", "申请人", "竞标人"].iter().any(|w| t.contains(w))
                && t.contains("资格")
        };
        let qualification = headings.contains("资格") && !headings.contains("评标委员会")
            || english
            || lead.len() < one.text.trim().len() && of_bidders(lead)
            || of_bidders(&row);
        let alone = matches!(one.zone, Zone::Notice | Zone::Cover | Zone::Other);
        let qualification = qualification || alone && is_qualification(&one.text);
        let conformity = headings.contains("符合性")
            || headings.contains("资格审查")
            || headings.contains("响应性")
            || headings.contains("形式评审");
        let heading = column_heading(self.reading, unit);
        let standard = ["审查标准", "评审标准", "审查内容", "合格标准", "要求"].iter().any(|w| heading.contains(w));
        let place = if qualification {
            Dimension::Qualification
        } else if headings.contains("商务") || headings.contains("合同") {
            Dimension::Commercial
        } else if one.zone == Zone::Requirement {
            Dimension::Technical
        } else {
            Dimension::Other
        };
        let text = one.text.clone();
        for range in cut(&text) {
            let clause = self.reading.text(unit, &range).trim().to_owned();
            let marks = [('★', "★"), ('▲', "▲"), ('■', "■"), ('█', "█"), ('※', "※")];
            let is_mark = |c: char| clause.contains(c) && !clause.contains('□') && self.marks.contains(&c);
            let mark = marks.iter().find(|(c, _)| is_mark(*c)).map_or("", |(_, m)| *m);
            let demands = DEMAND_WORDS.iter().any(|w| clause.contains(w));
            let listed = (qualification || conformity)
                && (one.cell.is_none()
                    || standard
                    || one.zone == Zone::Evaluation && one.cell.is_some_and(|c| c.column > 0));
            let wanted = match one.zone {
                Zone::Requirement => !mark.is_empty() || demands || has_figure(&clause) || has_limit(&clause),
                // English tenders ask for qualifications in a part of its own.
                Zone::Cover | Zone::Evaluation | Zone::Other if english && (demands || least(&clause)) => true,
                Zone::Evaluation => conformity && listed,
                Zone::Notice => qualification || is_capital(&clause),
                // A notice that stands alone is no chapter; English forms to fill in stand outside of chapters as well.
                Zone::Cover | Zone::Other => qualification && (demands || !self.reading.is_english()),
                Zone::Instructions | Zone::FrontTable => {
                    !mark.is_empty() || qualification || is_capital(&clause) || demands && clause.contains("投标文件")
                }
                Zone::BidForms | Zone::Contract | Zone::Correction => false,
            };
            let void = one.zone == Zone::Evaluation && scores(&clause)
                || clause.trim_end_matches('。').ends_with(":无")
                || clause.starts_with('(')
                    && clause.trim_end_matches('。').ends_with(')')
                    && clause.chars().count() < 24;
            if void || !wanted || !(6..=400).contains(&clause.chars().count()) || clause.ends_with(':') {
                continue;
            }
            let dimension = if is_capital(&clause) { Dimension::Qualification } else { place };
            let rigid =
                mark.chars().next().is_some_and(|m| self.rigid_marks.contains(&m)) || qualification || conformity;
            self.push(unit, &range, &clause, dimension, rigid, mark);
        }
    }

    /// Adds a clause as addenda leave it; one that is changed is shown with the addendum's words and its own.
    fn push(&mut self, unit: usize, range: &Range<usize>, clause: &str, dimension: Dimension, rigid: bool, mark: &str) {
        let reading = self.reading;
        let changed = changes::as_changed(reading, clause);
        let asked = changed.as_ref().map_or(clause, |(text, _)| text.as_str());
        if !self.seen.insert(bare(asked)) {
            return;
        }
        let Some(own) = reading.evidence(unit, range) else { return };
        let (id, text, evidence) = match &changed {
            Some((_, change)) => {
                let Some(new) = new_words(reading, change) else { return };
                let text = new.quote().to_owned();
                (stable_id(&["changed", &text, clause]), text, vec![new, own])
            }
            None => {
                let place =
                    [own.document().as_str(), &own.block().0.to_string(), &own.range().start.to_string(), clause];
                (stable_id(&place), own.quote().to_owned(), vec![own])
            }
        };
        let constraint = constraint(asked);
        let dimension = match &constraint {
            Constraint::DocumentPresent { .. } | Constraint::Signature { .. } if dimension == Dimension::Other => {
                Dimension::DocumentStructure
            }
            _ => dimension,
        };
        let mark = mark.to_owned();
        self.requirements.extend(Requirement::new(id, dimension, text, rigid, mark, constraint, evidence));
    }
}

/// `3.1 投标人资质要求：须具备…`: a line of a notice that says itself what it asks for.
fn is_qualification(text: &str) -> bool {
    const LABELS: [&str; 7] = ["资格要求", "资质要求", "资格条件", "资质条件", "业绩要求", "财务要求", "信誉要求"];
    const PARTIES: [&str; 4] = ["投标人资格", "供应商资格", "申请人资格", "响应人资格"];
    let Some((label, said)) = text.split_once(':') else { return false };
    let named = LABELS.iter().chain(&PARTIES).any(|w| label.ends_with(w));
    named && label.chars().count() <= 24 && said.chars().count() >= 6
}

/// What an addendum puts in, or its whole statement where that is hardly more than a figure.
fn new_words(reading: &Reading<'_>, change: &FoundChange) -> Option<Evidence> {
    let words = bare(reading.text(change.unit, &change.after)).chars().filter(|c| !c.is_ascii()).count();
    reading.evidence(change.unit, if words >= 4 { &change.after } else { &change.sentence })
}

/// Letters and digits alone, folded.
pub(crate) fn bare(text: &str) -> String {
    bidlens_domain::fold::folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a sentence gives points, or tells how they are given.
fn scores(clause: &str) -> bool {
    let points = clause
        .match_indices('分')
        .any(|(at, _)| clause.get(..at).unwrap_or_default().trim_end().ends_with(|c: char| c.is_ascii_digit()));
    points
        || ["得分", "评分", "计分", "满分", "扣分", "四舍五入", "小数点", "响应情况", "误评", "评审后果"]
            .iter()
            .any(|w| clause.contains(w))
}

/// `Minimum 5 years of experience`, `at least two licensed technicians`.
fn least(clause: &str) -> bool {
    let lower = skip_numbering(clause).to_lowercase();
    let figure = lower.contains(|c: char| c.is_ascii_digit());
    figure && lower.contains("minimum ")
        || ["at least ", "not less than ", "no less than "].iter().any(|w| lower.contains(w))
}

/// A number with a comparison in front.
fn has_figure(clause: &str) -> bool {
    bounds(clause).is_some()
}

/// A demand for registered capital, which may stand outside a part on qualifications.
fn is_capital(clause: &str) -> bool {
    ["注册资本", "注册资金", "registered capital"].iter().any(|w| clause.contains(w))
        && (has_figure(clause) || has_limit(clause))
}

/// A time within which, a figure or more of it, or a range: 4小时内, 3年以上, 2℃~45℃.
static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\d\s*(?:秒|分钟|小时|个?工作日|日|天|周|个月|年|h|min)(?:以内|之内|内)|\d\s*\p{Han}{0,2}(?:及以上|以上)|\d\s*(?:℃|°C|%|[a-z]{1,4})?\s*~\s*[-−+]?\d+(?:\.\d+)?\s*(?:℃|°C|%|[a-z])").ok()
});

fn has_limit(clause: &str) -> bool {
    LIMIT.as_ref().is_some_and(|pattern| pattern.is_match(clause))
}

/// The first comparison of a clause: name, bound, unit.
fn bounds(clause: &str) -> Option<(String, Bound, String)> {
    const WORDS: [(&str, Comparison); 16] = [
        ("≥", Comparison::AtLeast),
        ("≤", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("不少于", Comparison::AtLeast),
        ("不低于", Comparison::AtLeast),
        ("不小于", Comparison::AtLeast),
        ("不得少于", Comparison::AtLeast),
        ("不得低于", Comparison::AtLeast),
        ("至少", Comparison::AtLeast),
        ("不超过", Comparison::AtMost),
        ("不大于", Comparison::AtMost),
        ("不高于", Comparison::AtMost),
        ("不得超过", Comparison::AtMost),
        ("not less than ", Comparison::AtLeast),
        ("not more than ", Comparison::AtMost),
    ];
    let (at, word, comparison) =
        WORDS.iter().filter_map(|(w, c)| clause.find(w).map(|at| (at, *w, *c))).min_by_key(|(at, ..)| *at)?;
    let rest = clause.get(at + word.len()..)?.trim_start();
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let value = Decimal::parse(digits.trim_end_matches('.'))?.value();
    let unit: String = rest
        .chars()
        .skip(digits.chars().count())
        .skip_while(|c| *c == ' ')
        .take_while(|c| c.is_alphanumeric() || matches!(c, '%' | '℃' | '°' | '/' | '㎡' | '²' | '³' | '‰'))
        .take(8)
        .collect();
    let name: String = clause
        .get(..at)?
        .chars()
        .rev()
        .take_while(|c| c.is_alphanumeric())
        .take(16)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    Some((name, Bound { comparison, value }, unit))
}

fn constraint(clause: &str) -> Constraint {
    if let Some((name, bound, unit)) = bounds(clause) {
        return Constraint::Parameter { name, bounds: vec![bound], unit };
    }
    let named = |words: &[&str]| words.iter().find(|w| clause.contains(**w)).map(|w| (*w).to_owned());
    if let Some(name) =
        named(&["营业执照", "许可证", "资质证书", "认证证书", "资格证书", "注册证", "检验报告", "certificate"])
    {
        return Constraint::Certificate { name };
    }
    if clause.contains("签字") || clause.contains("盖章") || clause.contains("签章") {
        return Constraint::Signature {
            name: String::new(),
            signature: clause.contains('签'),
            seal: clause.contains('章'),
        };
    }
    if let Some(subject) = named(&["承诺函", "声明函", "承诺书", "书面声明", "承诺", "undertaking"]) {
        return Constraint::Declaration { subject };
    }
    if let Some(name) = named(&["授权委托书", "身份证明", "偏离表", "报价表", "一览表", "保证金"])
    {
        return Constraint::DocumentPresent { name };
    }
    Constraint::Semantic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demands(markdown: &str) -> Vec<String> {
        let documents = [bidlens_documents::parse("t.md", markdown.as_bytes(), &bidlens_documents::Limits::default())];
        let told = read(&Reading::new(&documents), &BTreeMap::new());
        told.iter().map(|r| format!("{:?} {}", r.dimension, r.text)).collect()
    }

    #[test]
    fn a_notice_alone_tells_who_may_bid() {
        let notice = "# 一、项目基本情况\n\n货物一批。\n\n# 二、申请人的资格要求\n\n1.持有印刷经营许可证；\n\n2.本项目不接受联合体。\n\n\
                      # 三、获取文件\n\n登录平台下载。\n";
        assert_eq!(demands(notice), ["Qualification 1.持有印刷经营许可证；", "Qualification 2.本项目不接受联合体。"]);
        let lines =
            "某镇道路工程施工招标公告\n\n3.1 资质要求：投标人须具备市政三级资质。\n\n3.2 资金来源：自筹，已落实。\n";
        assert_eq!(demands(lines), ["Qualification 3.1 资质要求：投标人须具备市政三级资质。"]);
    }

    #[test]
    fn a_least_figure_is_a_demand_and_a_heading_none() {
        assert!(least("1.2 A minimum of six (6) years of keeping weirs"));
        assert!(least("At least two licensed divers"));
        assert!(!least("3.2 Minimum Qualifications"));
    }

    #[test]
    fn a_bound_is_read_with_its_name_and_unit() {
        let (name, bound, unit) = bounds("★屏幕亮度≥350cd/㎡").expect("a bound");
        assert_eq!(
            (name.as_str(), bound.comparison, bound.value, unit.as_str()),
            ("屏幕亮度", Comparison::AtLeast, 350.0, "cd/㎡")
        );
        assert!(bounds("采用防眩光玻璃").is_none());
        assert!(["接到通知后4小时内到达", "3年以上经验", "温度:2℃~45℃"].iter().all(|t| has_limit(t)));
        assert!(!has_limit("2026年3月1日,共4套"));
    }
}
