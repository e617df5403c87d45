//! Who buys and who acts for the buyer: names behind a label, below a heading, in a sentence.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use regex::Regex;

use super::naming;
use crate::fields::{Candidate, is_blank, is_none, is_reference};
use crate::grammar::company;
use crate::reading::{Form, Pair, Reading, Zone, skip_numbering};

/// How an organisation is named in its part.
pub(super) struct Role {
    labels: &'static [&'static str],
    /// Words that make a label or heading speak of another organisation.
    not: &'static [&'static str],
}

pub(super) const BUYER: Role = Role {
    labels: &[
        "采购人",
        "招标人",
        "采购单位",
        "招标单位",
        "采购人名称",
        "招标人名称",
        "采购单位名称",
        "招标单位名称",
        "建设单位",
        "发包人",
        "项目业主",
        "业主",
        "业主单位",
        "采购方",
        "采购人信息",
        "招标人信息",
        "采购单位信息",
        "项目单位",
        "比选人",
        "询价人",
        "磋商人",
        "征集人",
        "谈判人",
        "征集人名称",
        "authority",
        "issued by",
        "the authority",
        "council",
        "采购人全称",
        "purchaser",
        "employer",
        "client",
        "procuring entity",
        "owner",
        "buyer",
        "name of employer",
        "name of the employer",
        "name of purchaser",
        "tender inviting authority",
        "contracting authority",
        "contracting entity",
        "procuring department",
        "issuing authority",
        "organisation",
        "organization",
        "procuring agency",
        "organisation name",
        "organization name",
        "name of organisation",
        "name of the client",
        "organisation chain",
    ],
    not: &["代理", "监督", "投标人", "供应商"],
};

pub(super) const AGENCY: Role = Role {
    labels: &[
        "采购代理机构",
        "招标代理机构",
        "代理机构",
        "采购代理机构名称",
        "招标代理机构名称",
        "代理机构名称",
        "采购代理",
        "招标代理",
        "代理公司",
        "集中采购机构",
        "采购代理机构信息",
        "招标代理机构信息",
        "代理机构信息",
        "集中采购机构名称",
        "集采机构",
        "采购代理单位",
        "招标代理单位",
        "代理单位",
        "政府集中采购机构",
        "采购组织机构",
        "采购机构",
        "procurement agency",
        "procurement agent",
        "tendering agency",
    ],
    not: &["监督"],
};

pub(super) fn organisation(reading: &Reading<'_>, role: &Role) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let is_role = |text: &str| role.labels.contains(&text);
    let speaks_of = |text: &str| {
        is_role(text)
            || (role.labels.iter().take(4).any(|l| text.contains(l)) && text.chars().count() <= 14)
                && !role.not.iter().any(|n| text.contains(n))
    };
    for pair in &reading.pairs {
        let own = is_role(&pair.label);
        let named = matches!(pair.label.as_str(), "名称" | "单位名称" | "全称" | "机构名称" | "name")
            && (speaks_of(&pair.context)
                || pair.context.is_empty() && speaks_of(reading.heading(pair.unit))
                || speaks_of(reading.heading(pair.unit)));
        if !own && !named {
            continue;
        }
        let zone = reading.zone(pair.unit);
        let Some(value) = organisation_range(reading, pair.unit, &pair.value) else {
            let text = reading.text(pair.unit, &pair.value);
            if own && let Some(value) = plain_name(reading, pair) {
                candidates.extend(organisation_candidate(reading, pair, value, naming(zone) - 14));
                continue;
            }
            if is_reference(text.trim()) {
                candidates.extend(reading.stated(
                    pair.unit,
                    reading.pair_quote(pair, &pair.value),
                    FieldStatus::RefersElsewhere,
                    1,
                ));
            } else if is_none(text) && own {
                // 采购代理机构:无 is a statement, but not a name; nothing to report.
            }
            continue;
        };
        let rank = naming(zone) + i32::from(named) * 2 - if pair.form == Form::Below { 6 } else { 0 };
        candidates.extend(organisation_candidate(reading, pair, value, rank));
    }
    candidates.extend(organisation_in_sentence(reading, role));
    if role.labels.first() == Some(&"采购人") && reading.is_english() {
        candidates.extend(inviting(reading));
    }
    if candidates.is_empty() && role.labels.first() == Some(&"采购人") && reading.is_english() {
        candidates.extend(english_owner(reading));
    }
    candidates
}

/// A name that closes with no word known for it, where the label leaves no doubt.
fn plain_name(reading: &Reading<'_>, pair: &Pair) -> Option<Range<usize>> {
    if pair.form == Form::Below || !matches!(reading.zone(pair.unit), Zone::Notice | Zone::Cover | Zone::FrontTable) {
        return None;
    }
    let tidy = reading.tidy(pair.unit, &pair.value);
    // The words of an English name stand apart.
    let stops: &[char] = if reading.text(pair.unit, &tidy).is_ascii() {
        &['\n', ';', ',', '(']
    } else {
        &['\n', ';', '。', ',', ' ', '(']
    };
    let value = reading.until(pair.unit, &tidy, stops);
    let value = reading.tidy(pair.unit, &value);
    let text = reading.text(pair.unit, &value);
    let length = text.chars().count();
    let speaks = [
        "的", "请", "应", "将", "须", "提供", "联系", "详见", "不", "或", "是指", "地址", "电话", "名称", "见", "按",
        "有关", "代表", "信息",
    ];
    ((4..=30).contains(&length)
        && !is_reference(text)
        && !is_blank(text)
        && !text.starts_with('无')
        && !text.chars().any(|c| c.is_ascii_digit() || matches!(c, ':' | '、' | '/' | '?'))
        && !speaks.iter().any(|w| text.contains(w)))
    .then_some(value)
}

fn organisation_candidate(reading: &Reading<'_>, pair: &Pair, value: Range<usize>, rank: i32) -> Option<Candidate> {
    let words = reading.words(pair.unit, &value);
    let names: Vec<String> =
        words.split(['、', '，', ',']).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect();
    let joint = names.len() > 1 && names.iter().all(|n| company::is_organisation(n));
    let read = if joint { FieldValue::TextList(names) } else { FieldValue::Text(words) };
    reading.candidate(pair.unit, reading.pair_quote(pair, &value), value, read, rank)
}

/// The name at the head of a value, when it is one.
fn organisation_range(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Option<Range<usize>> {
    let value = reading.tidy(unit, value);
    let mut name = reading.until(unit, &value, &['\n', ';', '。', ',', ' ']);
    let line = reading.until(unit, &value, &['\n', ';']);
    if reading.text(unit, &line).is_ascii() {
        name = line;
        let text = reading.text(unit, &name);
        // An address follows the name.
        let address = text.split_once(',').is_some_and(|(_, rest)| rest.chars().any(|c| c.is_ascii_digit()));
        if address || text.chars().count() > 70 {
            name = reading.until(unit, &value, &['\n', ';', ',']);
        }
    }
    let name = reading.tidy(unit, &name);
    let mut text = reading.text(unit, &name).to_owned();
    for note in ["(以下", "(盖", "(公章", "(章", "(签", "(全称", "(简称"] {
        if let Some(at) = text.find(note) {
            text.truncate(at);
        }
    }
    // The name may be followed by a further statement without a break.
    for next in ["地址:", "联系人:", "联系方式:", "联系电话:", "电话:", "地址", "联系人", "联系电话"]
    {
        if let Some(at) = text.find(next)
            && at > 6
        {
            text.truncate(at);
        }
    }
    let text = text.trim_end();
    let ok = company::is_organisation(text)
        || text.split('、').count() > 1 && text.split('、').all(company::is_organisation);
    (ok && !is_reference(text) && !is_blank(text)).then(|| name.start..name.start + text.len())
}

/// `招标人为XX公司`, `受XX局委托`.
fn organisation_in_sentence(reading: &Reading<'_>, role: &Role) -> Vec<Candidate> {
    let buyer = role.labels.first() == Some(&"采购人");
    let mut candidates = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let leads: &[&str] = if buyer {
            &["招标人为", "采购人为", "采购单位为", "建设单位为", "业主为", "采购人是", "招标人是", "指"]
        } else {
            &["代理机构为", "代理机构是", "指"]
        };
        for lead in leads {
            let Some(at) = text.find(lead) else {
                continue;
            };
            if *lead == "指" {
                // 3.1“采购人”系指XX局: only as a definition.
                let head = text.get(..at).unwrap_or_default();
                let about = role.labels.iter().take(4).any(|l| head.contains(l)) && !(buyer && head.contains("代理"));
                if !about || head.chars().count() > 24 {
                    continue;
                }
            }
            let start = clause.range.start + at + lead.len();
            if let Some(value) = organisation_range(reading, clause.unit, &(start..clause.range.end)) {
                candidates.extend(reading.text_candidate(
                    clause.unit,
                    clause.range.start..value.end,
                    value,
                    naming(zone) - 8,
                ));
            }
        }
        if buyer && let Some(value) = buying(reading, clause.unit, &clause.range) {
            let rank = naming(zone) - 12;
            candidates.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, rank));
        }
        if let Some(at) = text.find('受')
            && let Some(end) = text.get(at..).and_then(|t| t.find("委托")).map(|n| at + n)
            && end - at <= 150
        {
            if buyer {
                let own = text.get(at + "受".len()..end).unwrap_or_default();
                let name = own.trim_end_matches('的').trim_matches('"');
                let name = name.split('(').next().unwrap_or_default();
                if company::is_organisation(name) {
                    let lead = own.find(name).unwrap_or(0);
                    let start = clause.range.start + at + "受".len() + lead;
                    let value = start..start + name.len();
                    candidates.extend(reading.text_candidate(
                        clause.unit,
                        clause.range.start + at..clause.range.start + end,
                        value,
                        naming(zone) - 10,
                    ));
                }
            } else {
                let head = text.get(..at).unwrap_or_default();
                let head_start = head.rfind([',', ':', '"', ' ']).map_or(0, |n| n + 1);
                let name = head.get(head_start..).unwrap_or_default().split('(').next().unwrap_or_default();
                if company::is_organisation(name) {
                    let start = clause.range.start + head_start;
                    let value = start..start + name.len();
                    candidates.extend(reading.text_candidate(clause.unit, value.clone(), value, naming(zone) - 10));
                }
            }
        }
    }
    candidates
}

/// `XX医院就以下货物进行询价采购`, `XX局拟对…公开招标`: who buys stands at the head of the sentence.
fn buying(reading: &Reading<'_>, unit: usize, clause: &Range<usize>) -> Option<Range<usize>> {
    const DEEDS: &[&str] = &["采购", "招标", "询价", "磋商", "谈判", "比选"];
    let text = reading.text(unit, clause);
    let skipped = text.len() - skip_numbering(text).len();
    let sentence = text.get(skipped..)?;
    let (at, lead) = ["就", "拟对", "拟就", "现对", "现就", "对", "决定对", "计划对", "拟"]
        .iter()
        .filter_map(|lead| sentence.find(lead).map(|at| (at, *lead)))
        .min_by_key(|(at, lead)| (*at, std::cmp::Reverse(lead.len())))?;
    let name = sentence.get(..at)?.split('(').next().unwrap_or_default();
    let deed = sentence.get(at + lead.len()..)?;
    let buys = DEEDS.iter().any(|d| deed.contains(d)) && deed.contains("进行") || lead.starts_with('拟');
    let agent = name.contains('受') || name.contains("代理") || name.contains("委托");
    let start = clause.start + skipped;
    (buys && !agent && company::is_organisation(name)).then(|| start..start + name.len())
}

/// `The Agency for Green Development (AGD) kindly requests your quotation`.
fn inviting(reading: &Reading<'_>) -> Option<Candidate> {
    static INVITES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\d[\d.]* )?(?:The )?([A-Z][A-Za-z&.,' -]{4,90}?)(?: \([^)]{2,60}\))?,? (?:(?:now|hereby|kindly|is|are) )?(?:requests?|invites?|inviting|seeks|seeking|solicits|soliciting)\b")
            .expect("a regular expression")
    });
    reading.clauses.iter().take(400).find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let found = INVITES.captures(text)?;
        let name = found.get(1)?;
        let short_form = text.get(name.end()..).is_some_and(|t| t.starts_with(" ("));
        let names = short_form || company::is_english_organisation(name.as_str());
        let speaks = matches!(zone, Zone::BidForms | Zone::Contract) || !names;
        let value = clause.range.start + name.start()..clause.range.start + name.end();
        (!speaks).then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, naming(zone) - 12))?
    })
}

/// The organisation a short line of the first pages names.
fn english_owner(reading: &Reading<'_>) -> Option<Candidate> {
    const WORDS_MAX: usize = 12;
    // What stands behind the name of a long line says whose it is.
    let name = |text: &str| {
        let long = text.split_whitespace().count() > WORDS_MAX;
        text.find(", ").filter(|_| long).unwrap_or(text.len())
    };
    let (unit, own) = reading.units.iter().enumerate().take(40).find(|(_, u)| {
        let own = u.text.get(..name(&u.text)).unwrap_or_default();
        let words = own.split_whitespace().count();
        (2..=WORDS_MAX).contains(&words) && u.text.chars().count() <= 140 && company::is_organisation(own)
    })?;
    let range = 0..name(&own.text);
    reading.text_candidate(unit, range.clone(), range, 15)
}
