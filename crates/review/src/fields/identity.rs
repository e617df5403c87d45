//! Who buys what under which number: names, numbers, manner and kind of the procurement.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use regex::Regex;

use crate::grammar::{checkbox, company};
use crate::reading::{Form, Pair, Reading, Zone};

use super::{Candidate, Disagreement, Fields, is_blank, is_none, is_reference, put, standing};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    put(fields, "project_name", project_name(reading), Disagreement::Prefer);
    put(fields, "tender_no", tender_no(reading), Disagreement::Prefer);
    put(fields, "buyer_name", organisation(reading, &BUYER), Disagreement::Prefer);
    put(fields, "agency_name", organisation(reading, &AGENCY), Disagreement::Prefer);
    put(fields, "procurement_method", procurement_method(reading), Disagreement::Prefer);
    let category = category(reading, fields);
    put(fields, "category", category, Disagreement::Prefer);
}

/// The standing of a zone for names: where a tender introduces itself.
fn naming(zone: Zone) -> i32 {
    match zone {
        Zone::Correction => 40,
        Zone::Notice => 60,
        Zone::Cover => 57,
        Zone::FrontTable => 55,
        Zone::Requirement | Zone::Other => 35,
        Zone::Instructions => 30,
        Zone::Evaluation => 20,
        Zone::Contract => 12,
        Zone::BidForms => 4,
    }
}

fn project_name(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "项目名称",
        "采购项目名称",
        "招标项目名称",
        "工程名称",
        "工程项目名称",
        "采购项目",
        "招标项目",
        "标项名称",
        "采购项目的名称",
        "项目名",
    ];
    const ENGLISH: &[&str] = &[
        "tender particulars",
        "particulars of work",
        "particulars of the work",
        "name of tender",
        "description",
        "tender description",
        "tender document for",
        "bid document for",
        "request for proposal for",
        "rfp for",
        "description of the work",
        "brief description of work",
        "name of work",
        "name of the work",
        "project name",
        "name of project",
        "name of the project",
        "tender title",
        "title of tender",
        "title",
        "subject",
        "description of work",
        "work description",
        "contract title",
        "tender for",
        "name of assignment",
        "name of the assignment",
        "assignment",
        "assignment title",
        "procurement of",
        "name of the rfb",
        "name of the contract",
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let exact = LABELS.contains(&pair.label.as_str());
        let english = ENGLISH.contains(&pair.label.as_str());
        // `B.1 Title`: the number of a federal solicitation's section stands before.
        let sectioned = pair.label.split_once(' ').is_some_and(|(number, label)| {
            let mut chars = number.chars();
            label == "title" && chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some('.')
        });
        if !exact && !english && !sectioned || english && heads_column(reading, pair) {
            continue;
        }
        let value = reading.until(pair.unit, &pair.value, &['\n', ';', '。']);
        let value = reading.tidy(pair.unit, &value);
        let text = reading.text(pair.unit, &value);
        let zone = reading.zone(pair.unit);
        let length = text.chars().count();
        if is_reference(text) {
            candidates.extend(reading.stated(
                pair.unit,
                reading.pair_quote(pair, &value),
                FieldStatus::RefersElsewhere,
                1,
            ));
            continue;
        }
        // TENDER FOR SERVICES names no project.
        let kind_only = text.is_ascii() && !text.contains(' ');
        if !(4..=180).contains(&length) || is_blank(text) || text.contains('?') || kind_only {
            continue;
        }
        let lot_name = pair.label == "标项名称"
            || pair.label == "采购项目"
            || pair.label == "招标项目"
            || pair.label == "title"
            || pair.label == "subject";
        let below = if pair.form == Form::Below { 12 } else { 0 };
        let rank = naming(zone) - if lot_name { 15 } else { 0 } - below;
        let words = reading.words(pair.unit, &value);
        let name = words.trim_matches(['《', '》', '"', '“', '”']).to_owned();
        candidates.extend(reading.candidate(
            pair.unit,
            reading.pair_quote(pair, &value),
            value.clone(),
            FieldValue::Text(name),
            rank,
        ));
    }
    candidates.extend(cover_title(reading));
    candidates.extend(name_in_sentence(reading));
    candidates
}

/// Whether a label is the head of a column: Lot | Title | Maximum amount.
fn heads_column(reading: &Reading<'_>, pair: &Pair) -> bool {
    let place = reading.unit(pair.unit).and_then(|u| u.cell);
    place.is_some_and(|p| p.row == 0 && reading.row_of(p).is_some_and(|row| row.len() >= 3))
        && matches!(pair.label.as_str(), "title" | "description" | "subject" | "assignment")
}

/// The title on the first page: a line that names a procurement, the kind of document left out.
fn cover_title(reading: &Reading<'_>) -> Option<Candidate> {
    const SUBJECT: &[&str] = &[
        "项目",
        "采购",
        "工程",
        "服务",
        "设备",
        "购置",
        "建设",
        "改造",
        "维护",
        "supply",
        "procurement",
        "services",
        "construction",
        "installation",
        "maintenance",
        "replacement",
        "renovation",
        "rehabilitation",
        "upgrad",
        "repair",
        "provision",
        "equipment",
        "improvement",
        "consult",
        "works",
    ];
    const OTHER: &[&str] = &[
        "采购人",
        "招标人",
        "编号",
        "代理",
        "日期",
        "目录",
        "第一章",
        "须知",
        "格式",
        "采购单位",
        "说明",
        "示范文本",
        "详见",
        "警示",
        "notice",
        "no.",
        "section ",
        "part ",
        "volume ",
    ];
    const KINDS: &[&str] = &[
        "竞争性磋商文件",
        "竞争性谈判文件",
        "公开招标文件",
        "询价通知书",
        "招标文件",
        "磋商文件",
        "谈判文件",
        "询价文件",
        "比选文件",
        "采购文件",
        "单一来源采购文件",
        "遴选文件",
        "竞争性磋商公告",
        "公开招标公告",
        "招标公告",
        "采购公告",
        "磋商公告",
        "比选公告",
    ];
    for (index, unit) in reading.units.iter().enumerate().take(14) {
        if unit.cell.is_some() || !matches!(unit.zone, Zone::Cover | Zone::Other | Zone::Notice) {
            continue;
        }
        let text = unit.text.as_str();
        let lower = text.to_lowercase();
        let bare = KINDS.iter().find_map(|k| text.strip_suffix(k)).unwrap_or(text);
        let bare = bare.trim_end_matches(['-', ' ', '—', '(', '公', '开']);
        let kind = [
            "invitation to bid for the ",
            "invitation to bid for ",
            "invitation to tender for ",
            "tender for the ",
            "tender for ",
            "request for proposals for ",
            "request for proposal for ",
            "bidding document for ",
        ]
        .iter()
        .find(|k| lower.starts_with(**k))
        .map_or(0, |k| k.len());
        let longest = if bare.is_ascii() && !bare.ends_with('.') { 180 } else { 110 };
        let names = kind == 0 || bare.get(kind..).is_some_and(|t| t.trim().contains(' '));
        let named = (6..=longest).contains(&bare.chars().count())
            && names
            && !text.contains([':', '。', ';'])
            && !bare.contains("文件")
            && SUBJECT.iter().any(|w| lower.contains(w))
            && !OTHER.iter().any(|w| lower.contains(w))
            && !company::is_organisation(bare);
        if named && index < 14 {
            let range = kind.min(bare.len())..bare.len();
            let words = reading.words(index, &range);
            return reading.candidate(index, range.clone(), range, FieldValue::Text(words), 33);
        }
    }
    None
}

/// `…就XX项目进行公开招标`, `tenders are invited for …`.
fn name_in_sentence(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for clause in reading.clauses.iter().take(400) {
        let zone = reading.zone(clause.unit);
        if !matches!(zone, Zone::Notice | Zone::Cover | Zone::Other) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        if !text.is_ascii() && !reading.is_english() {
            continue;
        }
        let found = ["invited for ", "invites bids for ", "tender for ", "bids for the work of ", "proposal for "]
            .iter()
            .find_map(|w| lower.find(w).map(|at| at + w.len()))
            .filter(|_| lower.len() == text.len());
        let Some(at) = found else {
            continue;
        };
        let start = clause.range.start + at;
        let value = reading.until(clause.unit, &(start..clause.range.end), &[',', ';', '\n']);
        let value = reading.tidy(clause.unit, &value);
        let length = reading.text(clause.unit, &value).chars().count();
        if (15..=240).contains(&length) {
            let words = reading.words(clause.unit, &value);
            candidates.extend(reading.candidate(
                clause.unit,
                clause.range.start..value.end,
                value,
                FieldValue::Text(words),
                20,
            ));
        }
    }
    candidates
}

fn tender_no(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: [(&str, i32); 32] = [
        ("项目编号", 6),
        ("政府采购项目编号", 6),
        ("招标编号", 6),
        ("采购项目编号", 6),
        ("招标项目编号", 6),
        ("采购编号", 6),
        ("项目编号/包号", 6),
        ("招标文件编号", 5),
        ("采购文件编号", 5),
        ("磋商文件编号", 5),
        ("标书编号", 4),
        ("文件编号", 3),
        ("政府采购编号", 3),
        ("项目代码", 0),
        ("编号", 0),
        ("征集编号", 6),
        ("项目征集编号", 6),
        ("询比编号", 5),
        ("询价编号", 6),
        ("磋商编号", 6),
        ("谈判编号", 6),
        ("比选编号", 6),
        ("reference no", 3),
        ("reference number", 3),
        ("tender no", 5),
        ("tender number", 5),
        ("nit no", 5),
        ("rfp no", 5),
        ("bid no", 4),
        ("ifb no", 5),
        ("tender reference no", 5),
        ("tender ref. no", 4),
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let label = pair.label.trim_end_matches('.');
        let bonus = LABELS.iter().find(|(l, _)| *l == label).map(|(_, b)| *b);
        let english = is_english_number_label(label);
        let Some(bonus) = bonus.or(english.then_some(3)) else {
            continue;
        };
        let zone = reading.zone(pair.unit);
        let value = reading.tidy(pair.unit, &pair.value);
        let text = reading.text(pair.unit, &value);
        if is_reference(text) {
            candidates.extend(reading.stated(
                pair.unit,
                reading.pair_quote(pair, &value),
                FieldStatus::RefersElsewhere,
                1,
            ));
            continue;
        }
        let Some(length) = identifier_length(text) else {
            continue;
        };
        let value = value.start..value.start + length;
        let id: String = reading.words(pair.unit, &value).split_whitespace().flat_map(str::chars).map(narrow).collect();
        let rank = naming(zone) + bonus;
        candidates.extend(reading.candidate(
            pair.unit,
            reading.pair_quote(pair, &value),
            value,
            FieldValue::Text(id),
            rank,
        ));
    }
    candidates.extend(english_number(reading));
    candidates
}

/// The half of a wide letter, digit or stroke: a number is the same in both. Brackets stay as they are printed.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '／' | '．' | '＿' => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        }
        other => other,
    }
}

fn is_english_number_label(label: &str) -> bool {
    label.is_ascii()
        && label.len() <= 40
        && (label.contains("tender")
            || label.contains("nit")
            || label.contains("rfp")
            || label.contains("rfx")
            || label.contains("rfq")
            || label.contains("rft")
            || label.contains("ifb")
            || label.contains("itt")
            || label.contains("solicitation")
            || label.contains("rfb")
            || label.contains("bid ")
            || label.contains("itb")
            || label.contains("quotation")
            || label.contains("procurement"))
        && (label.ends_with(" no")
            || label.ends_with("number")
            || label.ends_with(" id")
            || label.ends_with("ref")
            || label.ends_with("reference"))
        || matches!(label, "reference" | "our reference" | "reference no" | "reference number" | "ref no")
}

/// `Tender No. AB-12` without a colon.
fn english_number(reading: &Reading<'_>) -> Vec<Candidate> {
    if !reading.is_english() {
        return Vec::new();
    }
    const LEADS: &[&str] = &[
        "tender no.",
        "tender no",
        "nit no.",
        "rfp no.",
        "rfx no.",
        "bid no.",
        "ifb no.",
        "rfb no.",
        "tender reference no.",
        "tender id",
        "solicitation no.",
        "open procedure ",
        "call for tenders ",
    ];
    let mut candidates = Vec::new();
    for (index, unit) in reading.units.iter().enumerate().take(60) {
        let lower = unit.text.to_lowercase();
        if lower.len() != unit.text.len() {
            continue;
        }
        for lead in LEADS {
            let Some(at) = lower.find(lead) else {
                continue;
            };
            let mut start = at + lead.len();
            let rest = unit.text.get(start..).unwrap_or_default();
            start += rest.len() - rest.trim_start_matches([' ', ':', '-', '.', '\n']).len();
            let rest = unit.text.get(start..).unwrap_or_default();
            if let Some(length) = identifier_length(rest) {
                let value = start..start + length;
                let id = reading.words(index, &value);
                let id: String = id.split_whitespace().collect();
                let order = i32::try_from(index).unwrap_or(60).min(60) / 4;
                candidates.extend(reading.candidate(index, at..value.end, value, FieldValue::Text(id), 45 - order));
            }
        }
    }
    candidates
}

/// Bytes of the number that starts `text`; it must hold a digit.
fn identifier_length(text: &str) -> Option<usize> {
    let mut end = 0;
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        let part = c.is_ascii_alphanumeric()
            || matches!(
                c,
                '-' | '_' | '/' | '.' | '#' | '~' | '+' | '—' | '－' | '&' | '〔' | '〕' | '[' | ']' | '<' | '>'
            )
            || (c.is_alphabetic() && !c.is_ascii());
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ' ' if text.get(at + 1..).is_some_and(|t| t.starts_with(['-', '/', '[']))
                || text.get(..at).is_some_and(|t| t.ends_with(['-', '/', ']'])) => {}
            _ if part => {}
            _ => break,
        }
        end = at + c.len_utf8();
        if end > 90 {
            break;
        }
    }
    let mut id = text.get(..end)?;
    if let Some(open) = id.rfind('(')
        && (depth > 0
            || id.ends_with(')')
                && id.get(open..).is_some_and(|t| t.contains('包') || t.contains('标') || t.chars().count() <= 3))
    {
        id = id.get(..open)?;
    }
    for cut in ["标段", "第1包", "包号", "采购人", "招标人", "项目名称"] {
        if let Some(at) = id.find(cut) {
            id = id.get(..at)?;
        }
    }
    let id = id.trim_end_matches(['.', '-', '/', ' ', '_', '(', '+', '&']);
    let digits = id.chars().filter(char::is_ascii_digit).count();
    let cjk = id.chars().filter(|c| !c.is_ascii()).count();
    (digits >= 2 && id.chars().count() >= 4 && cjk <= 14 && !(cjk > 0 && digits < 3)).then_some(id.len())
}

/// How an organisation is named in its part.
struct Role {
    labels: &'static [&'static str],
    /// Words that make a label or heading speak of another organisation.
    not: &'static [&'static str],
}

const BUYER: Role = Role {
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

const AGENCY: Role = Role {
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

fn organisation(reading: &Reading<'_>, role: &Role) -> Vec<Candidate> {
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
                let words = reading.words(clause.unit, &value);
                candidates.extend(reading.candidate(
                    clause.unit,
                    clause.range.start..value.end,
                    value,
                    FieldValue::Text(words),
                    naming(zone) - 8,
                ));
            }
        }
        if buyer && let Some(value) = buying(reading, clause.unit, &clause.range) {
            let words = reading.words(clause.unit, &value);
            let rank = naming(zone) - 12;
            candidates.extend(reading.candidate(
                clause.unit,
                clause.range.clone(),
                value,
                FieldValue::Text(words),
                rank,
            ));
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
                    let words = reading.words(clause.unit, &value);
                    candidates.extend(reading.candidate(
                        clause.unit,
                        clause.range.start + at..clause.range.start + end,
                        value,
                        FieldValue::Text(words),
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
                    let words = reading.words(clause.unit, &value);
                    candidates.extend(reading.candidate(
                        clause.unit,
                        value.clone(),
                        value,
                        FieldValue::Text(words),
                        naming(zone) - 10,
                    ));
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
    let skipped = text.len() - crate::reading::skip_numbering(text).len();
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
        let words = FieldValue::Text(reading.words(clause.unit, &value));
        (!speaks).then(|| reading.candidate(clause.unit, clause.range.clone(), value, words, naming(zone) - 12))?
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
    let words = reading.words(unit, &range);
    reading.candidate(unit, range.clone(), range, FieldValue::Text(words), 15)
}

const METHODS: [(&str, &str); 41] = [
    ("公开招标", "open_tender"),
    ("邀请招标", "invited_tender"),
    ("竞争性谈判", "competitive_negotiation"),
    ("竞争性磋商", "competitive_consultation"),
    ("单一来源", "single_source"),
    ("询价", "inquiry"),
    ("框架协议采购", "other"),
    ("封闭式框架", "other"),
    ("开放式框架", "other"),
    ("竞价", "other"),
    ("比选", "other"),
    ("询比", "other"),
    ("遴选", "other"),
    ("open procedure", "open_tender"),
    ("open tender", "open_tender"),
    ("open e-tender", "open_tender"),
    ("open bidding", "open_tender"),
    ("open competitive", "open_tender"),
    ("competitive bidding", "open_tender"),
    ("notice inviting tender", "open_tender"),
    ("tenders are invited", "open_tender"),
    ("bids are invited", "open_tender"),
    ("request for proposal", "rfp"),
    ("request for quotation", "inquiry"),
    ("limited tender", "invited_tender"),
    ("single source", "single_source"),
    ("sealed bids", "open_tender"),
    ("sealed tenders", "open_tender"),
    ("quotations are invited", "inquiry"),
    ("tender is invited", "open_tender"),
    ("e-tenders are invited", "open_tender"),
    ("international competitive", "open_tender"),
    ("竞争性招标", "open_tender"),
    ("国际招标", "open_tender"),
    ("request for bids", "open_tender"),
    ("invitation for bids", "open_tender"),
    ("invitation to bid", "open_tender"),
    ("invitation to tender", "open_tender"),
    ("invitation to quote", "inquiry"),
    ("request for quote", "inquiry"),
    ("negotiated (rfp)", "rfp"),
];

fn procurement_method(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "采购方式",
        "招标方式",
        "采购方式及程序",
        "采购形式",
        "招标形式",
        "采购组织方式",
        "procurement method",
        "tender type",
        "method of procurement",
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        if !LABELS.contains(&pair.label.as_str()) || reading.zone(pair.unit) == Zone::BidForms {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        let ticked = checkbox::ticked(text);
        let (from, own) = match ticked.first() {
            Some(choice) => (choice.range.start, choice.label(text)),
            None => (0, text),
        };
        if ticked.is_empty() && checkbox::is_blank_form(text) {
            continue;
        }
        let lower = own.to_lowercase();
        if let Some((at, (word, value))) =
            METHODS.iter().filter_map(|m| lower.find(m.0).map(|at| (at, m))).min_by_key(|(at, _)| *at)
        {
            let start = pair.value.start + from;
            let range = start..(start + at + word.len()).min(pair.value.end);
            let quote = reading.pair_quote(pair, &range);
            candidates.extend(reading.candidate(
                pair.unit,
                quote,
                range,
                FieldValue::Choice((*value).to_owned()),
                standing(reading.zone(pair.unit)) + 10,
            ));
        }
    }
    for (index, unit) in reading.units.iter().enumerate() {
        let weight = match unit.zone {
            Zone::Cover => 48,
            Zone::Notice => 44,
            Zone::FrontTable => 38,
            Zone::Other if index < 40 => 40,
            Zone::Instructions => 24,
            Zone::Other | Zone::Requirement | Zone::Evaluation | Zone::Correction => 12,
            Zone::BidForms | Zone::Contract => continue,
        };
        let lower = unit.text.to_lowercase();
        // A tender that everybody is told of is open to everybody.
        if unit.is_heading && unit.text.contains("招标公告") && !unit.text.contains("资格预审") {
            let range = 0..unit.text.len();
            let read = FieldValue::Choice("open_tender".to_owned());
            candidates.extend(reading.candidate(index, range.clone(), range, read, 8));
        }
        let Some((at, (word, value))) =
            METHODS.iter().filter_map(|m| lower.find(m.0).map(|at| (at, m))).min_by_key(|(at, _)| *at)
        else {
            continue;
        };
        // 询价 and 竞价 are ordinary words as well.
        if matches!(*word, "询价" | "竞价" | "比选" | "询比" | "遴选")
            && unit.text.chars().count() > 30
            && !lower.contains("询价采购")
            && !lower.contains("询价通知")
            && !lower.contains("询价公告")
        {
            continue;
        }
        if lower.len() != unit.text.len() {
            continue;
        }
        let title = unit.text.chars().count() <= 60;
        let rank = weight + if title { 6 } else { 0 } - i32::try_from(index / 60).unwrap_or(20).min(20);
        let range = at..at + word.len();
        let quote = 0..unit.text.len();
        candidates.extend(reading.candidate(index, quote, range, FieldValue::Choice((*value).to_owned()), rank));
        if candidates.len() > 60 {
            break;
        }
    }
    candidates
}

fn category(reading: &Reading<'_>, fields: &Fields) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "项目类别",
        "采购类别",
        "项目属性",
        "项目类型",
        "采购类型",
        "标的类别",
        "采购标的类别",
        "采购项目类别",
        "招标类别",
        "标的属性",
        "采购项目属性",
        "采购标的属性",
        "类别",
        "tender category",
        "product category",
    ];
    const KINDS: [(&str, &str); 9] = [
        ("货物", "goods"),
        ("服务", "services"),
        ("工程", "works"),
        ("施工", "works"),
        ("监理", "services"),
        ("设备", "goods"),
        ("goods", "goods"),
        ("services", "services"),
        ("works", "works"),
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let labelled = LABELS.contains(&pair.label.as_str())
            || pair.label.ends_with("项目属性") && pair.label.chars().count() <= 12;
        if !labelled || reading.zone(pair.unit) == Zone::BidForms {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        if text.chars().count() > 80 {
            continue;
        }
        candidates.extend(kind_of(
            reading,
            pair.unit,
            pair.value.clone(),
            reading.pair_quote(pair, &pair.value),
            &KINDS,
            standing(reading.zone(pair.unit)) + 12,
        ));
    }
    for (index, unit) in reading.units.iter().enumerate() {
        if unit.zone == Zone::BidForms {
            continue;
        }
        let text = unit.text.as_str();
        let short = text.chars().count() <= 40;
        // (货物类) on the cover; 项目属性(货物类) as a clause.
        if short
            && (text.contains("货物类") || text.contains("服务类") || text.contains("工程类"))
            && unit.zone != Zone::Contract
        {
            let rank = if index < 40 { 66 } else { 52 };
            candidates.extend(kind_of(reading, index, 0..text.len(), 0..text.len(), &KINDS, rank));
        }
        // 项目属性(货物类) inside a longer row.
        if !short && unit.zone != Zone::Contract && text.chars().count() <= 600 {
            for kind in ["(货物类)", "(服务类)", "(工程类)", "(货物)", "(服务)", "(工程)"] {
                if let Some(at) = text.find(kind)
                    && text.get(..at).is_some_and(|head| {
                        ["项目属性", "项目类型", "采购类别", "项目类别", "标的类别"].iter().any(|w| head.ends_with(w))
                    })
                {
                    candidates.extend(kind_of(
                        reading,
                        index,
                        at..at + kind.len(),
                        at.saturating_sub(12)..at + kind.len(),
                        &KINDS,
                        60,
                    ));
                }
            }
        }
        // □货物 ■服务 □工程
        if text.contains("货物") && text.contains("服务") && text.chars().any(checkbox::is_ticked_mark) {
            let ticked = checkbox::ticked(text);
            if let [only] = ticked.as_slice()
                && only.label(text).chars().count() <= 6
            {
                candidates.extend(kind_of(
                    reading,
                    index,
                    only.range.clone(),
                    0..text.len(),
                    &KINDS,
                    standing(unit.zone) + 8,
                ));
            }
        }
    }
    candidates.extend(category_by_weight(reading, fields));
    candidates
}

fn kind_of(
    reading: &Reading<'_>,
    unit: usize,
    value: Range<usize>,
    quote: Range<usize>,
    kinds: &[(&str, &str)],
    rank: i32,
) -> Option<Candidate> {
    let text = reading.text(unit, &value);
    let ticked = checkbox::ticked(text);
    if ticked.is_empty() && checkbox::is_blank_form(text) {
        return None;
    }
    let (from, own) = match ticked.first() {
        Some(choice) => (choice.range.start, choice.label(text).to_lowercase()),
        None => (0, text.to_lowercase()),
    };
    let (_, (word, kind)) = kinds.iter().filter_map(|k| own.find(k.0).map(|at| (at, k))).min_by_key(|(at, _)| *at)?;
    let start = value.start + from;
    let end = (start + word.len()).min(value.end);
    let end = if reading.text(unit, &(start..end)).is_empty() { value.end } else { end };
    reading.candidate(unit, quote, start..end, FieldValue::Choice((*kind).to_owned()), rank)
}

/// What the words of the project's name, and then of the whole tender, speak of most.
fn category_by_weight(reading: &Reading<'_>, fields: &Fields) -> Option<Candidate> {
    const WORKS: &[&str] = &[
        "施工",
        "工程量清单",
        "建造师",
        "工期",
        "竣工",
        "安全生产许可证",
        "监理人",
        "发包人",
        "承包人",
        "土建",
        "civil works",
        "construction work",
        "bill of quantities",
        "notice to proceed",
        "contractor",
        "retainage",
    ];
    const GOODS: &[&str] = &[
        "供货",
        "交货",
        "货物",
        "设备采购",
        "到货",
        "生产厂家",
        "制造商",
        "产品",
        "安装调试",
        "supply of",
        "goods",
        "manufacturer",
    ];
    const SERVICES: &[&str] = &[
        "服务期",
        "服务内容",
        "服务方案",
        "服务质量",
        "服务要求",
        "服务人员",
        "咨询",
        "运维",
        "保洁",
        "物业",
        "consultancy",
        "manpower",
        "services",
        "consultant",
        "terms of reference",
    ];
    let name = fields.get("project_name").filter(|f| f.found().is_some());
    let mut scores = [0_i64; 3];
    let count = |text: &str, words: &[&str]| -> i64 {
        words.iter().map(|w| i64::try_from(text.matches(w).count()).unwrap_or(0)).sum()
    };
    if let Some(FieldValue::Text(text)) = name.and_then(|f| f.value()) {
        // How the contract is awarded says nothing of what is bought.
        let text = bidlens_domain::fold::folded(text).to_lowercase().replace("框架协议", "").replace("定点", "");
        let text = text.as_str();
        for (slot, words) in [
            &["工程施工", "改造工程", "建设工程", "工程", "施工", "修缮", "construction", "repair", "road", "building"]
                [..],
            &[
                "设备",
                "采购",
                "购置",
                "器材",
                "物资",
                "家具",
                "系统",
                "耗材",
                "用品",
                "药品",
                "车辆",
                "supply",
                "purchase",
                "equipment",
            ][..],
            &[
                "服务",
                "维护",
                "运维",
                "咨询",
                "监理",
                "设计",
                "物业",
                "保洁",
                "检测",
                "测绘",
                "普查",
                "勘察",
                "评估",
                "审计",
                "保险",
                "养护",
                "管家",
                "租赁",
                "编制",
                "services",
                "consult",
                "manpower",
                "maintenance",
                "hiring",
                "survey",
                "study",
                "design",
                "supervision",
            ][..],
        ]
        .into_iter()
        .enumerate()
        {
            if let Some(score) = scores.get_mut(slot) {
                *score += 25 * count(text, words).min(2);
            }
        }
        // What the name ends with is what is bought.
        for (slot, ends) in [
            &["工程", "施工"][..],
            &["设备采购", "采购及安装项目", "设备", "货物采购", "物资采购", "设备购置", "一批"][..],
            &["服务", "服务项目", "服务采购", "服务采购项目", "维护项目", "监理", "设计", "咨询"][..],
        ]
        .into_iter()
        .enumerate()
        {
            let bare = text.trim_end_matches([')', '。', ' ']);
            if ends.iter().any(|e| bare.ends_with(e))
                && let Some(score) = scores.get_mut(slot)
            {
                *score += 40;
            }
        }
    }
    for unit in reading.units.iter().filter(|u| u.zone != Zone::BidForms) {
        let text = unit.text.to_lowercase();
        for (slot, words) in [WORKS, GOODS, SERVICES].into_iter().enumerate() {
            if let Some(score) = scores.get_mut(slot) {
                *score += count(&text, words);
            }
        }
    }
    let kinds = ["works", "goods", "services"];
    let (slot, best) = scores.iter().enumerate().max_by_key(|(_, s)| **s)?;
    let certain = scores.iter().filter(|s| **s > 0).count() == 1;
    if *best < 3 && !certain {
        return None;
    }
    let kind = kinds.get(slot)?;
    if let Some(name) = name {
        let evidence = name.evidence().first()?.clone();
        return Some(Candidate {
            status: FieldStatus::Found,
            value: Some(FieldValue::Choice((*kind).to_owned())),
            raw: name.raw().to_owned(),
            evidence,
            rank: 10,
        });
    }
    let words: &[&str] = match slot {
        0 => WORKS,
        1 => GOODS,
        _ => SERVICES,
    };
    let (unit, range) = reading.clauses.iter().find_map(|c| {
        let text = reading.text(c.unit, &c.range).to_lowercase();
        (reading.zone(c.unit) != Zone::BidForms && text.chars().count() >= 12 && words.iter().any(|w| text.contains(w)))
            .then(|| (c.unit, c.range.clone()))
    })?;
    reading.candidate(unit, range.clone(), range, FieldValue::Choice((*kind).to_owned()), 10)
}
