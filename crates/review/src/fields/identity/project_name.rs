//! The project's name: what a label says it is, the title of the first page, a sentence that invites tenders for it.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use bidlens_domain::fold::{is_cjk, is_western};
use regex::Regex;

use super::naming;
use crate::fields::{Candidate, is_blank, is_reference};
use crate::grammar::company;
use crate::reading::{Clause, Form, Pair, Reading, Unit, Zone, skip_numbering};

const LABELS: &[&str] = &[
    "项目名称",
    "采购项目名称",
    "招标项目名称",
    "工程名称",
    "工程项目名称",
    "采购项目",
    "招标项目",
    "标项名称",
    "遴选项目",
    "比选项目",
    "竞价项目",
    "采购项目的名称",
    "项目名",
];

/// Without the article behind `of`.
const ENGLISH_LABELS: &[&str] = &[
    "tender particulars",
    "particulars of work",
    "name of tender",
    "description",
    "tender description",
    "tender document for",
    "bid document for",
    "request for proposal for",
    "rfp for",
    "description of work",
    "brief description of work",
    "name of work",
    "project name",
    "name of project",
    "tender title",
    "title of tender",
    "title",
    "subject",
    "work description",
    "contract title",
    "tender for",
    "name of assignment",
    "assignment",
    "assignment title",
    "procurement of",
    "name of rfb",
    "name of contract",
    "item category",
    "name of item",
    "name of items",
    "name of goods",
    "name of equipment",
    "name of component",
    "name of service",
    "name of services",
    "name of procurement",
    "contract name",
    "contract name and description",
    "tender name",
    "bid title",
    "rfp title",
    "rfq title",
    "solicitation title",
    "procurement title",
    "description of bid",
    "bid description",
    "tender subject",
    "subject of procurement",
    "subject of tender",
    "name and description of works",
    "re",
    "sub",
];

/// Labels under which the name of a lot stands as well.
const LOOSE_LABELS: &[&str] = &["标项名称", "采购项目", "招标项目", "title", "subject"];

/// Units of a tender in which its title stands.
const TITLE_UNITS: usize = 14;

/// Words of what is bought, one of which a title holds.
const SUBJECTS: &[&str] = &[
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
    "implementation",
    "development",
    "system",
    "software",
    "platform",
    "assessment",
    "moderni",
    "migration",
    "refurbish",
    "sealing",
    "paving",
    "cleaning",
    "resurfacing",
    "painting",
    "removal",
    "catering",
];

/// Words of the other lines of a first page.
const NO_TITLE: &[&str] = &[
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
    " page",
];

/// Words of an English sentence; no title holds one.
const SAYS: &[&str] = &[" is ", " are ", " shall ", " must ", " will ", " may ", " hereby ", "click"];

/// What an English title opens with that names what is done: provision of services for county offices is no office.
const DEEDS: &[&str] = &[
    "provision of ",
    "supply ",
    "construction of ",
    "procurement of ",
    "maintenance of ",
    "rehabilitation of ",
    "renovation of ",
    "installation of ",
    "design ",
    "selection of ",
];

/// The kind of document a Chinese title closes with, the longer before the shorter it ends with.
const KINDS_BEHIND: &[&str] = &[
    "竞争性磋商文件",
    "竞争性谈判文件",
    "单一来源采购文件",
    "公开招标文件",
    "询价通知书",
    "招标文件",
    "磋商文件",
    "谈判文件",
    "询价文件",
    "比选文件",
    "采购文件",
    "遴选文件",
    "竞争性磋商公告",
    "竞争性谈判公告",
    "公开招标公告",
    "邀请招标公告",
    "询比采购公告",
    "询价采购公告",
    "谈判采购公告",
    "询价公告",
    "谈判公告",
    "遴选公告",
    "竞价公告",
    "招标公告",
    "采购公告",
    "磋商公告",
    "比选公告",
];

/// The kind of document an English title opens with.
const KINDS_BEFORE: &[&str] = &[
    "invitation to bid for the ",
    "invitation to bid for ",
    "invitation to tender for the ",
    "invitation to tender for ",
    "invitation for tenders for ",
    "invitation for tender for ",
    "invitation for bids for ",
    "invitation for bid for ",
    "invitation for quotations for ",
    "notice inviting tender for ",
    "notice inviting tenders for ",
    "notice inviting bids for ",
    "call for tenders for ",
    "call for bids for ",
    "request for bids for ",
    "request for quote for ",
    "proposed ",
    "tender for the ",
    "tender for ",
    "tender document for the ",
    "tender document for ",
    "tender documents for ",
    "request for proposals for ",
    "request for proposal for ",
    "request for proposals (rfp) for ",
    "request for proposal (rfp) for ",
    "request for quotations for ",
    "request for quotation for ",
    "request for tender for ",
    "request for tenders for ",
    "bidding document for ",
];

pub(super) fn project_name(reading: &Reading<'_>) -> Vec<Candidate> {
    let labelled = reading.pairs.iter().filter_map(|pair| labelled(reading, pair));
    let invited = reading.clauses.iter().take(400).filter_map(|clause| invited_for(reading, clause));
    let bought = reading.clauses.iter().take(400).filter_map(|clause| bought_in_sentence(reading, clause));
    let approved = reading.clauses.iter().take(400).filter_map(|clause| approved_in_sentence(reading, clause));
    let paid = reading.clauses.iter().take(100).filter_map(|clause| paid_under(reading, clause));
    let sentences = invited.chain(bought).chain(approved).chain(paid);
    labelled.chain(cover_title(reading)).chain(title_below_kind(reading)).chain(sentences).collect()
}

fn labelled(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    if !is_label(reading, pair) {
        return None;
    }
    let value = reading.tidy_until(pair.unit, &pair.value, &['\n', ';', '。']);
    let value = without_short_form(reading, pair.unit, &value);
    let value = chinese_half(reading, pair.unit, &value);
    let value = if is_numbered_title(&pair.label) { behind_number(reading, pair.unit, value) } else { value };
    let value = before_sentence(reading, pair.unit, value);
    let kind = kind_of_request(reading.text(pair.unit, &value));
    let value = value.start + kind..value.end;
    let text = reading.text(pair.unit, &value);
    // Below the heading Description a sentence describes; it names nothing.
    let describes = pair.form == Form::Below && is_western(text) && SAYS.iter().any(|word| text.contains(word));
    if is_reference(text) {
        return reading.referred(pair, &value);
    }
    // TENDER FOR SERVICES names no project.
    let kind_only = is_western(text) && !text.contains(' ');
    if !(4..=180).contains(&text.chars().count()) || is_blank(text) || text.contains('?') || kind_only || describes {
        return None;
    }
    let loose = if LOOSE_LABELS.contains(&pair.label.as_str()) { 15 } else { 0 };
    let below = if pair.form == Form::Below { 12 } else { 0 };
    let rank = naming(reading.zone(pair.unit)) - loose - below;
    let name = reading.words(pair.unit, &value).trim_matches(['《', '》', '"', '“', '”']).to_owned();
    let quote = reading.pair_quote(pair, &value);
    reading.candidate(pair.unit, quote, value, FieldValue::Text(name), rank)
}

/// `信息系统测评(以下简称"项目")`: what it is called further on is no part of the name.
fn without_short_form(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, value);
    let end =
        ["(以下简称", "(以下称", "(下称", "(简称"].iter().filter_map(|w| text.find(w)).min().unwrap_or(text.len());
    reading.tidy(unit, &(value.start..value.start + end))
}

/// `Paving of Mill Road. Notice no. 12`: the name ends where another sentence begins.
fn before_sentence(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    let text = reading.text(unit, &value);
    let ends = |at: usize| {
        let word = text.get(..at).and_then(|t| t.rsplit(' ').next()).unwrap_or_default();
        word.chars().filter(|c| c.is_alphabetic()).count() > 3
            && text.get(at + 2..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    let end = text.match_indices(". ").map(|(at, _)| at).find(|at| is_western(text) && *at >= 12 && ends(*at));
    value.start..end.map_or(value.end, |at| value.start + at)
}

/// `高速相机采购 / Procurement of High-speed Cameras`: the name before its translation.
fn chinese_half(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let half = reading.text(unit, value).split_once('/').filter(|(name, english)| {
        let letters = english.chars().filter(char::is_ascii_alphabetic).count();
        english.is_ascii() && letters >= 10 && name.chars().any(is_cjk)
    });
    half.map_or(value.clone(), |(name, _)| reading.tidy(unit, &(value.start..value.start + name.len())))
}

fn is_label(reading: &Reading<'_>, pair: &Pair) -> bool {
    let english = || ENGLISH_LABELS.contains(&pair.label.replace(" of the ", " of ").as_str());
    LABELS.contains(&pair.label.as_str())
        || is_sectioned_title(&pair.label)
        || is_numbered_title(&pair.label)
        || english() && !heads_column(reading, pair)
}

/// `B.1 Title`: the number of a federal solicitation's section stands before.
fn is_sectioned_title(label: &str) -> bool {
    label.split_once(' ').is_some_and(|(number, label)| {
        let mut chars = number.chars();
        label == "title" && chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some('.')
    })
}

/// `Contract No. and Title`: the number stands before the name.
fn is_numbered_title(label: &str) -> bool {
    const SUBJECTS: &[&str] = &["contract ", "tender ", "bid ", "rfp ", "rfb ", "ifb ", "procurement ", "package "];
    const ENDS: &[&str] = &[
        "no. and title",
        "no. and name",
        "no and title",
        "no and name",
        "number and title",
        "number and name",
        "no. and description",
        "no and description",
        "number and description",
    ];
    SUBJECTS.iter().any(|subject| label.starts_with(subject)) && ENDS.iter().any(|end| label.ends_with(end))
}

/// The name behind the words with digits at the head of a value.
fn behind_number(reading: &Reading<'_>, unit: usize, value: Range<usize>) -> Range<usize> {
    let text = reading.text(unit, &value);
    // BID NO. QM/17: Paving of …
    let called = ["bid no", "tender no", "contract no", "rfp no", "rfq no", "ref no"]
        .iter()
        .find(|call| text.get(..call.len()).is_some_and(|head| head.eq_ignore_ascii_case(call)));
    let bare = text.get(called.map_or(0, |call| call.len())..).unwrap_or_default();
    let head = text.len() - bare.trim_start_matches(['.', ':', ' ']).len();
    // LK 04/2031: Paving of …
    let named = text.get(head..).unwrap_or_default().split_once(": ");
    if let Some((number, name)) = named
        && number.len() <= 30
        && number.chars().any(|c| c.is_ascii_digit())
        && name.contains(' ')
    {
        return value.end - name.len()..value.end;
    }
    let number = text.get(head..).unwrap_or_default().split_inclusive(' ');
    let number = number.take_while(|word| word.chars().any(|c| c.is_ascii_digit()));
    let length: usize = head + number.map(str::len).sum::<usize>();
    let rest = text.get(length..).unwrap_or_default().trim_start_matches(['-', ':', ',', '/', ' ']);
    value.end - rest.len()..value.end
}

/// Whether a label is the head of a column: Lot | Title | Maximum amount.
fn heads_column(reading: &Reading<'_>, pair: &Pair) -> bool {
    let place = reading.unit(pair.unit).and_then(|u| u.cell);
    place.is_some_and(|p| p.row == 0 && reading.row_of(p).is_some_and(|row| row.len() >= 3))
        && matches!(pair.label.as_str(), "title" | "description" | "subject" | "assignment")
}

/// The title on the first page: a line that names a procurement, the kind of document left out.
fn cover_title(reading: &Reading<'_>) -> Option<Candidate> {
    let named = reading.units.iter().enumerate().take(TITLE_UNITS).flat_map(|(index, unit)| {
        let own = titled_name(unit).map_or_else(|| titled_lines(unit), |name| vec![name]);
        own.into_iter().map(move |name| (index, name))
    });
    let names: Vec<(usize, Range<usize>)> = named.collect();
    let (first, range) = names.first()?;
    // Harbour Towns Programme, and below it what of the programme is built now.
    let lower = |index: usize, range: &Range<usize>| reading.text(index, range).to_lowercase();
    let whole = ["project", "programme", "program"].iter().any(|end| lower(*first, range).ends_with(end))
        && !names_work(&lower(*first, range));
    let part = names.iter().find(|(index, range)| whole && names_work(&lower(*index, range)));
    let (index, range) = part.unwrap_or(names.first()?).clone();
    // A title that filled its line goes on in a paragraph of its own where the file sets each line as one.
    let line = reading.text(index, &range);
    let next = reading.unit(index + 1).filter(|next| titles(next) && !next.text.contains('\n'));
    let next =
        next.filter(|next| range.end == reading.unit(index).map_or(0, |u| u.text.len()) && wraps(line, &next.text));
    let Some(next) = next else { return reading.text_candidate(index, range.clone(), range, 33) };
    let rest = reading.words(index + 1, &(0..next.text.len()));
    let name = format!("{} {rest}", reading.words(index, &range));
    reading.candidate(index, range.clone(), range, FieldValue::Text(name), 33)
}

/// The name in a paragraph that is a title.
fn titled_name(unit: &Unit<'_>) -> Option<Range<usize>> {
    titles(unit).then(|| named_in(&unit.text))?
}

/// The names in lines of an English cover whose lines came as one paragraph: the kind of paper, who buys, the title.
fn titled_lines(unit: &Unit<'_>) -> Vec<Range<usize>> {
    const LINES: usize = 12;
    if !titles(unit) || !is_western(&unit.text) || !unit.text.contains('\n') {
        return Vec::new();
    }
    let mut from = 0;
    let lines = unit.text.split('\n').map(|line| {
        let at = from;
        from += line.len() + 1;
        (at, line)
    });
    let lines: Vec<(usize, &str)> = lines.take(LINES).collect();
    let titled = |text: &str| is_capitalised(text) || text.chars().all(|c| !c.is_ascii_lowercase());
    let named = lines.iter().enumerate().filter_map(|(row, &(at, line))| {
        let name = named_in(line).filter(|name| line.get(name.clone()).is_some_and(titled))?;
        let next = lines.get(row + 1).map(|(_, next)| *next).filter(|next| wraps(line, next));
        let end =
            if name.end == line.len() { next.map_or(name.end, |next| line.len() + 1 + next.len()) } else { name.end };
        Some(at + name.start..at + end)
    });
    named.collect()
}

/// Whether a title that filled its line goes on in the next: both in capitals, and the next no line of its own.
fn wraps(line: &str, next: &str) -> bool {
    /// Characters of a line that was full.
    const FULL: usize = 42;
    const OTHERS: &[&str] = &["lot ", "volume ", "tender ", "rfp", "rfq", "bid ", "issued", "prepared", "contract no"];
    let capital = |text: &str| text.chars().any(char::is_alphabetic) && !text.chars().any(|c| c.is_ascii_lowercase());
    let lower = next.to_lowercase();
    capital(line)
        && capital(next)
        && line.chars().count() >= FULL
        && next.chars().count() <= line.chars().count() + 6
        && !next.contains([':', '#', '(', '['])
        && !next.chars().any(|c| c.is_ascii_digit())
        && !company::is_organisation(next)
        && !OTHERS.iter().any(|word| lower.starts_with(word))
        && !NO_TITLE.iter().any(|word| lower.contains(word))
}

/// Whether a paragraph may hold the tender's title.
fn titles(unit: &Unit<'_>) -> bool {
    unit.cell.is_none() && matches!(unit.zone, Zone::Cover | Zone::Other | Zone::Notice)
}

/// `Request for Quotations: Supply of …`, `RFP No. 17-04 – Audit of …`: what stands before the name, the kind of paper
/// and its number.
fn kind_before(text: &str) -> usize {
    static KIND: LazyLock<Regex> = LazyLock::new(|| {
        let kinds = "request for (?:proposals?|quotations?|quotes?|tenders?|bids?)|invitation (?:to|for) (?:bids?|tenders?|quote)|tender document|notice inviting tenders?|bidding documents?|rfp|rfq|rft|itb|itt|ifb|nit";
        Regex::new(&format!(
            r"(?i)^(?:{kinds})(?: \([a-z]{{2,4}}\))?(?: (?:no\.?|number|#)?:? ?(?:[a-z]{{0,6}}[-/])?\d[\w/-]*)? ?(?::| - ) ?"
        ))
        .expect("a regular expression")
    });
    KIND.find(text).map_or(0, |found| found.end())
}

/// `Request for Quotation for the Supply of …` behind a label: the kind of paper before the name.
fn kind_of_request(text: &str) -> usize {
    let lower = text.to_lowercase();
    let kind = KINDS_BEFORE.iter().filter(|kind| kind.len() > "proposed ".len() && lower.starts_with(**kind));
    kind.map(|kind| kind.len()).max().filter(|at| lower.len() == text.len() && text.len() - at >= 12).unwrap_or(0)
}

/// The name in a line that is a title.
fn named_in(text: &str) -> Option<Range<usize>> {
    let skipped = kind_before(text);
    if skipped > 0 {
        let name = named_in(text.get(skipped..)?)?;
        return Some(skipped + name.start..skipped + name.end);
    }
    let lower = text.to_lowercase();
    let name = KINDS_BEHIND.iter().find_map(|kind| text.strip_suffix(kind)).unwrap_or(text);
    let name = name.trim_end_matches(['-', ' ', '—', '(', '公', '开']);
    // PAVING OF MILL ROAD.
    let capital = name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(char::is_lowercase);
    let name = if capital { name.trim_end_matches('.') } else { name };
    let start = KINDS_BEFORE.iter().find(|kind| lower.starts_with(**kind)).map_or(0, |kind| kind.len());
    let chars_max = if is_western(name) && !name.ends_with('.') { 180 } else { 110 };
    let is_title = (6..=chars_max).contains(&name.chars().count())
        // One word names no project, with the kind of document before it or without.
        && (!is_western(name) || name.trim().contains(' '))
        && (start == 0 || name.get(start..).is_some_and(|rest| rest.trim().contains(' ')))
        && !text.contains([':', '。', ';', '|'])
        && (is_western(text) || skip_numbering(text).len() == text.len())
        && !name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.contains("文件")
        && SUBJECTS.iter().any(|word| lower.contains(word))
        && !NO_TITLE.iter().any(|word| lower.contains(word))
        && !is_person(&lower)
        && !(is_western(text) && SAYS.iter().any(|word| lower.contains(word)))
        && (!company::is_organisation(name) || names_work(&lower));
    is_title.then(|| start.min(name.len())..name.len())
}

/// Whether a line names who may be asked: Ms. Ann Lee, Procurement Associate.
fn is_person(lower: &str) -> bool {
    const TITLES: &[&str] =
        &["mr. ", "mr ", "ms. ", "ms ", "mrs. ", "mrs ", "dr. ", "eng. ", "attn", "attention", "contact"];
    const OFFICES: &[&str] = &["officer", "manager", "associate", "director", "assistant", "specialist", "secretary"];
    TITLES.iter().any(|title| lower.starts_with(title)) || OFFICES.iter().any(|office| lower.ends_with(office))
}

/// The heading under the one that only says what kind of paper it is: Request for Proposals, and then the name.
fn title_below_kind(reading: &Reading<'_>) -> Option<Candidate> {
    const KINDS: &[&str] = &[
        "request for proposal",
        "request for proposals",
        "request for tender",
        "request for tenders",
        "request for quotation",
        "request for quotations",
        "invitation to tender",
        "invitation to bid",
        "invitation for bids",
    ];
    const OTHER: &[&str] = &["part ", "section ", "table of", "no.", "schedule", "instructions", "notice"];
    let is_kind = |text: &str| KINDS.contains(&text.to_lowercase().split(" (").next().unwrap_or_default().trim());
    let at = reading.units.iter().take(6).position(|u| is_kind(&u.text))?;
    let unit = reading.unit(at + 1).filter(|u| u.cell.is_none())?;
    let lower = unit.text.to_lowercase();
    let names = (3..=24).contains(&unit.text.split_whitespace().count())
        && is_western(&unit.text)
        && !unit.text.contains([':', ';', '[', '='])
        && !unit.text.starts_with('(')
        && !OTHER.iter().any(|w| lower.contains(w))
        && !company::is_organisation(&unit.text);
    let range = 0..unit.text.len();
    (names && (unit.is_heading || is_capitalised(&unit.text)))
        .then(|| reading.text_candidate(at + 1, range.clone(), range, 32))?
}

/// Whether an English line names work, though the name of a body stands in it: works for the district hospital.
fn names_work(lower: &str) -> bool {
    let lower = lower.strip_prefix("proposed ").unwrap_or(lower);
    if lower.contains(" works of ") || lower.contains(" works at ") || lower.contains(" works on ") {
        return true;
    }
    let work = lower.split_once(" for ").map(|(work, _)| work);
    DEEDS.iter().any(|deed| lower.starts_with(deed))
        || work.is_some_and(|w| SUBJECTS.iter().any(|s| w.contains(s)) && !company::is_english_organisation(w))
}

/// A line of a PDF is a title by its capitals.
fn is_capitalised(line: &str) -> bool {
    let long = line.split_whitespace().filter(|word| word.len() > 3);
    long.clone().count() > 1 && long.clone().all(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// `…拟对XX采购进行询价采购`, `现就XX项目进行公开招标`: what is bought stands before the deed.
fn bought_in_sentence(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    const LEADS: &[&str] = &["拟对", "现对", "现就", "拟就", "就其", "决定对"];
    const VERBS: &[&str] = &["进行", "组织", "开展", "实施"];
    const DEEDS: &[&str] = &[
        "公开招标",
        "邀请招标",
        "竞争性磋商",
        "竞争性谈判",
        "询价",
        "公开询价",
        "公开比选",
        "公开遴选",
        "询比",
        "比选",
        "遴选",
        "单一来源",
        "采购",
        "招标",
    ];
    const OBJECTS: &[&str] = &["采购", "项目", "工程", "服务", "施工", "监理", "设计", "勘察"];
    const GENERAL: &[&str] = &["本项目", "该项目", "本工程", "该工程", "以下", "下列", "上述"];
    if !matches!(reading.zone(clause.unit), Zone::Notice | Zone::Cover | Zone::Other) || reading.is_english() {
        return None;
    }
    let text = reading.text(clause.unit, &clause.range);
    let first = |words: &[&'static str], text: &str| {
        words.iter().filter_map(|word| text.find(word).map(|at| (at, *word))).min()
    };
    let (at, lead) = first(LEADS, text)?;
    let start = at + lead.len();
    let rest = text.get(start..)?;
    let (end, verb) = first(VERBS, rest)?;
    let (name, deed) = (rest.get(..end)?, rest.get(end + verb.len()..)?);
    let bought = DEEDS.iter().any(|d| deed.starts_with(d)) && OBJECTS.iter().any(|w| name.ends_with(w));
    if !bought || GENERAL.iter().any(|w| name.contains(w)) || name.contains([',', '。', ':']) {
        return None;
    }
    let start = clause.range.start + start;
    let value = reading.tidy(clause.unit, &(start..start + name.len()));
    (6..=60)
        .contains(&name.chars().count())
        .then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, 18))?
}

/// `本招标项目XX已由YY局批准建设`, `XX工程已由YY局批准建设`: the first sentence of a notice of works names what was approved.
fn approved_in_sentence(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    const SUBJECTS: &[&str] = &["本招标项目", "本采购项目", "本项目", "本工程"];
    const APPROVED: &[&str] = &["已由", "已经", "业经", "已获"];
    const DEEDS: &[&str] = &["批准", "核准", "备案", "批复", "立项"];
    if !matches!(reading.zone(clause.unit), Zone::Notice | Zone::Cover | Zone::Other) || reading.is_english() {
        return None;
    }
    let text = reading.text(clause.unit, &clause.range);
    let skipped = text.len() - skip_numbering(text).len();
    let subject = SUBJECTS.iter().find(|s| text.get(skipped..).is_some_and(|t| t.starts_with(**s)));
    let start = skipped + subject.map_or(0, |s| s.len());
    let rest = text.get(start..)?;
    let end = APPROVED.iter().filter_map(|w| rest.find(w)).min()?;
    let name = rest.get(..end)?.trim_matches([' ', ':', '"', '(', ')']);
    // Without 本招标项目 before it, it must close like the name of one.
    const OBJECTS: &[&str] = &["工程", "项目", "施工", "监理", "勘察", "设计"];
    const PAPERS: &[&str] =
        &["报告", "方案", "来源", "资金", "预算", "计划", "初步设计", "概算", "文件", "图纸", "需求"];
    let names = (6..=80).contains(&name.chars().count())
        && !name.contains([',', '。', ':'])
        && !is_blank(name)
        && !PAPERS.iter().any(|w| name.ends_with(w))
        && (subject.is_some() || OBJECTS.iter().any(|w| name.ends_with(w)));
    let start = start + rest.find(name)?;
    let value = clause.range.start + start..clause.range.start + start + name.len();
    (names && DEEDS.iter().any(|w| rest.get(end..).is_some_and(|t| t.contains(w))))
        .then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, 20))?
}

/// `invites sealed bids from eligible bidders for the …`, `tenders are invited from … for the …`.
static INVITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:invit(?:es?|ing)|request(?:s|ing)|seek(?:s|ing)|solicit(?:s|ing)|accepting|receiving) (?:(?:your|sealed|competitive|electronic|online|written|priced|firm|qualified|tender|bid|new|public|open) ){0,3}(?:bids?|tenders?|proposals?|quotations?|offers?)(?: from [^.;,]{3,110}?)? for (?:the |an? |its |their |our )?|\b(?:invit(?:es?|ing)|request(?:s|ing)?) [^.;]{3,110}? to (?:submit|tender|quote|provide) (?:\w+ ){0,4}(?:bids?|tenders?|proposals?|quotations?|offers?) for (?:the |an? |its |their |our )?|\b(?:bids?|tenders?|proposals?|quotations?|offers?) (?:will be|are being|shall be) (?:received|accepted)(?: (?:by|at|in) [^;]{3,110}?)? for (?:the |an? |its )?|\bwill (?:receive|accept) (?:sealed |written |electronic |competitive ){0,2}(?:bids?|tenders?|proposals?|quotations?|offers?)(?: (?:at|in) [^;]{3,90}?)? for (?:the |an? |its )?|\b(?:bids?|tenders?|proposals?|quotations?|offers?) (?:is|are) (?:hereby )?invited(?: (?:in|under|through|on|by) [^.;,]{3,40}?)? from [^.;,]{3,110}? for (?:the |an? )?",
    )
    .expect("a regular expression")
});

/// `… apply part of the proceeds toward payments under the contract for the …`: a lender's notice names the contract.
fn paid_under(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    static PAID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\bpayments under (?:the |this )?contracts? for (?:the )?([^.;(\n]{12,200})")
            .expect("a regular expression")
    });
    if !reading.is_english() || matches!(reading.zone(clause.unit), Zone::BidForms | Zone::Contract) {
        return None;
    }
    let found = PAID.captures(reading.text(clause.unit, &clause.range))?.get(1)?;
    let value = clause.range.start + found.start()..clause.range.start + found.end();
    reading.text_candidate(clause.unit, clause.range.clone(), reading.tidy(clause.unit, &value), 18)
}

/// `the provision of services/works`: the kind of what is bought, and nothing of it.
fn names_nothing(name: &str) -> bool {
    const GENERAL: &[&str] =
        &["a", "the", "provision", "supply", "delivery", "of", "and", "or", "goods", "services", "works", "required"];
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| GENERAL.contains(&word.to_lowercase().as_str()))
}

/// `tenders are invited for …`.
fn invited_for(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    const LEADS: &[&str] =
        &["invited for ", "invites bids for ", "tender for ", "bids for the work of ", "proposal for "];
    if !matches!(reading.zone(clause.unit), Zone::Notice | Zone::Cover | Zone::Other | Zone::Requirement) {
        return None;
    }
    let text = reading.text(clause.unit, &clause.range);
    let lower = text.to_lowercase();
    if !text.is_ascii() && !reading.is_english() || lower.len() != text.len() {
        return None;
    }
    let at = LEADS
        .iter()
        .find_map(|lead| lower.find(lead).map(|at| at + lead.len()))
        .or_else(|| INVITED.find(text).map(|found| found.end()))?;
    let at = at + if lower.get(at..)?.starts_with("proposed ") { "proposed ".len() } else { 0 };
    let rest = lower.get(at..)?;
    // … described in this Request for Proposals names no project.
    if ["proposal", "quotation", "tender", "bid", "offer"].iter().any(|word| rest.starts_with(word)) {
        return None;
    }
    const POINTERS: &[&str] = &[
        " as detailed",
        " as described",
        " as specified",
        " as outlined",
        " as per ",
        " described in",
        " (\"",
        " (the \"",
        " until ",
        " no later than",
        " not later than",
        " on or before",
        " so as to",
        " in accordance",
    ];
    if ["evaluation", "consideration", "review", "each ", "following"].iter().any(|word| rest.starts_with(word)) {
        return None;
    }
    // … for a period of three years names no project, nor does what bidders shall do.
    if rest.starts_with("period of") || SAYS.iter().any(|w| rest.contains(w)) && rest.contains("bidder") {
        return None;
    }
    let end = POINTERS.iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
    let value = clause.range.start + at..clause.range.start + at + end;
    let value = reading.tidy_until(clause.unit, &value, &[',', ';', '\n']);
    let name = reading.text(clause.unit, &value);
    ((15..=240).contains(&name.chars().count()) && !names_nothing(name))
        .then(|| reading.text_candidate(clause.unit, clause.range.start..value.end, value, 20))?
}
