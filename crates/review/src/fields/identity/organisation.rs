//! Who buys and who acts for the buyer: names behind a label, below a heading, in a sentence.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use bidlens_domain::fold::is_western;
use regex::Regex;

use super::naming;
use crate::fields::{Candidate, is_blank, is_reference};
use crate::grammar::company;
use crate::reading::{Clause, Form, Pair, Reading, Zone, skip_numbering};

/// How an organisation is named in its part.
pub(super) struct Role {
    part: Part,
    labels: &'static [&'static str],
    /// Words that make a longer label or heading speak of the organisation.
    stems: &'static [&'static str],
    /// Words that make it speak of another one.
    not: &'static [&'static str],
    /// Words of a sentence behind which the name stands.
    leads: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Buyer,
    Agency,
}

pub(super) const BUYER: Role = Role {
    part: Part::Buyer,
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
        "遴选人",
        "发布单位",
        "竞价单位",
        "实施机构",
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
        "name of the procuring agency",
        "name of procuring agency",
        "name of the procuring entity",
        "name of procuring entity",
        "name of the purchaser",
        "name of buyer",
        "name of the buyer",
        "procuring organisation",
        "procuring organization",
        "issuing organisation",
        "issuing organization",
        "issuing agency",
        "organisation name",
        "organization name",
        "name of organisation",
        "name of the client",
        "organisation chain",
    ],
    stems: &["采购人", "招标人", "采购单位", "招标单位"],
    not: &["代理", "监督", "投标人", "供应商"],
    leads: &["招标人为", "采购人为", "采购单位为", "建设单位为", "业主为", "采购人是", "招标人是"],
};

pub(super) const AGENCY: Role = Role {
    part: Part::Agency,
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
        "招标机构",
        "招标代理公司",
        "procurement agency",
        "procurement agent",
        "tendering agency",
    ],
    stems: &["代理机构"],
    not: &["监督"],
    leads: &["代理机构为", "代理机构是"],
};

impl Role {
    fn is_label(&self, text: &str) -> bool {
        self.labels.contains(&text)
    }

    /// Whether a label or a heading is about this organisation.
    fn is_subject(&self, text: &str) -> bool {
        let stems = || self.stems.iter().any(|stem| text.contains(stem)) && text.chars().count() <= 14;
        self.is_label(text) || stems() && !self.not.iter().any(|word| text.contains(word))
    }
}

pub(super) fn organisation(reading: &Reading<'_>, role: &Role) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> =
        reading.pairs.iter().filter_map(|pair| labelled(reading, role, pair)).collect();
    for clause in reading.clauses.iter().filter(|c| !matches!(reading.zone(c.unit), Zone::BidForms | Zone::Contract)) {
        candidates.extend(role.leads.iter().filter_map(|lead| behind_lead(reading, clause, lead)));
        candidates.extend(defined(reading, role, clause));
        if role.part == Part::Buyer {
            candidates.extend(buying(reading, clause));
        }
        candidates.extend(commissioning(reading, role, clause));
        if role.part == Part::Agency {
            candidates.extend(commissioned(reading, clause));
        }
    }
    if candidates.is_empty() && role.part == Part::Buyer {
        candidates.extend(signing(reading));
    }
    if role.part == Part::Buyer && reading.is_english() {
        candidates.extend(inviting(reading));
        candidates.extend(issuing(reading));
        candidates.extend(reserving(reading));
        if candidates.is_empty() {
            candidates.extend(english_owner(reading));
        }
    }
    candidates
}

/// The name behind a label, or behind 名称 where the label or heading around it says whose name it is.
fn labelled(reading: &Reading<'_>, role: &Role, pair: &Pair) -> Option<Candidate> {
    let own = role.is_label(&pair.label);
    let named = matches!(pair.label.as_str(), "名称" | "单位名称" | "全称" | "机构名称" | "name")
        && (role.is_subject(&pair.context) || role.is_subject(reading.heading(pair.unit)));
    if !own && !named {
        return None;
    }
    let standing = naming(reading.zone(pair.unit));
    if let Some(value) = organisation_range(reading, pair.unit, &pair.value) {
        let rank = standing + i32::from(named) * 2 - if pair.form == Form::Below { 6 } else { 0 };
        return organisation_candidate(reading, pair, value, rank);
    }
    if own && let Some(value) = plain_name(reading, pair) {
        return organisation_candidate(reading, pair, value, standing - 14);
    }
    // 采购代理机构:无 is a statement, but not a name; nothing to report.
    is_reference(reading.text(pair.unit, &pair.value).trim()).then(|| reading.referred(pair, &pair.value))?
}

/// Words of a sentence or of a further label; no name holds one.
const NO_NAME: [&str; 19] = [
    "的", "请", "应", "将", "须", "提供", "联系", "详见", "不", "或", "是指", "地址", "电话", "名称", "见", "按",
    "有关", "代表", "信息",
];

/// `清溪县档案馆（盖章）` under a letter: who sends it buys.
fn signing(reading: &Reading<'_>) -> Option<Candidate> {
    const SEALS: &[&str] = &["(盖章)", "(公章)", "(印章)", "(章)"];
    reading.units.iter().enumerate().rev().find_map(|(index, unit)| {
        if unit.cell.is_some() || matches!(unit.zone, Zone::BidForms | Zone::Contract) {
            return None;
        }
        let name = SEALS.iter().find_map(|seal| unit.text.strip_suffix(seal))?.trim();
        company::is_organisation(name).then(|| reading.text_candidate(index, 0..unit.text.len(), 0..name.len(), 14))?
    })
}

/// A name that closes with no word known for it, where the label leaves no doubt.
fn plain_name(reading: &Reading<'_>, pair: &Pair) -> Option<Range<usize>> {
    let speaks = matches!(reading.zone(pair.unit), Zone::Notice | Zone::Cover | Zone::FrontTable | Zone::Other);
    if pair.form == Form::Below || !speaks {
        return None;
    }
    let tidy = reading.tidy(pair.unit, &pair.value);
    // The words of an English name stand apart.
    let stops: &[char] = if is_western(reading.text(pair.unit, &tidy)) {
        &['\n', ';', ',', '(']
    } else {
        &['\n', ';', '。', ',', ' ', '(']
    };
    let value = reading.tidy_until(pair.unit, &tidy, stops);
    let text = reading.text(pair.unit, &value);
    let length = text.chars().count();
    ((4..=30).contains(&length)
        && !is_reference(text)
        && !is_blank(text)
        && !text.starts_with('无')
        && !text.chars().any(|c| c.is_ascii_digit() || matches!(c, ':' | '、' | '/' | '?'))
        && !NO_NAME.iter().any(|w| text.contains(w)))
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
    let name = reading.tidy(unit, &name_line(reading, unit, &reading.tidy(unit, value)));
    let text = without_further_words(reading.text(unit, &name));
    let is_name = company::is_organisation(text)
        || text.split('、').count() > 1 && text.split('、').all(company::is_organisation);
    (is_name && !is_reference(text) && !is_blank(text)).then(|| name.start..name.start + text.len())
}

/// A value up to where its name ends at the latest: the words of an English name stand apart.
fn name_line(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    const ENGLISH_CHARS: usize = 70;
    let line = reading.until(unit, value, &['\n', ';']);
    let text = reading.text(unit, &line);
    if !is_western(text) {
        return reading.until(unit, value, &['\n', ';', '。', ',', ' ']);
    }
    // An address follows the name.
    let address = text.split_once(',').is_some_and(|(_, rest)| rest.chars().any(|c| c.is_ascii_digit()));
    if address || text.chars().count() > ENGLISH_CHARS { reading.until(unit, value, &['\n', ';', ',']) } else { line }
}

/// A name without a note on it, or a further statement that follows without a break.
fn without_further_words(text: &str) -> &str {
    const NOTES: [&str; 10] = ["(以下", "(盖", "(公章", "(章", "(签", "(全称", "(简称", "(ABN", "(ACN", ", a "];
    const STATEMENTS: [&str; 5] = ["地址", "联系人", "联系方式:", "联系电话", "电话:"];
    let text = NOTES.iter().fold(text, |text, note| text.find(note).and_then(|at| text.get(..at)).unwrap_or(text));
    let text = STATEMENTS
        .iter()
        .fold(text, |text, next| text.find(next).filter(|at| *at > 6).and_then(|at| text.get(..at)).unwrap_or(text));
    text.trim_end()
}

/// `招标人为XX公司`.
fn behind_lead(reading: &Reading<'_>, clause: &Clause, lead: &str) -> Option<Candidate> {
    let at = reading.text(clause.unit, &clause.range).find(lead)?;
    named_at(reading, clause, at + lead.len())
}

/// `3.1“采购人”系指XX局`: 指 leads to a name only in a definition.
fn defined(reading: &Reading<'_>, role: &Role, clause: &Clause) -> Option<Candidate> {
    const HEAD_CHARS: usize = 24;
    let (head, _) = reading.text(clause.unit, &clause.range).split_once('指')?;
    let about = role.stems.iter().any(|stem| head.contains(stem))
        && !(role.part == Part::Buyer && head.contains("代理"))
        && head.chars().count() <= HEAD_CHARS;
    about.then(|| named_at(reading, clause, head.len() + "指".len()))?
}

/// The name that starts at a byte of a sentence.
fn named_at(reading: &Reading<'_>, clause: &Clause, at: usize) -> Option<Candidate> {
    let value = organisation_range(reading, clause.unit, &(clause.range.start + at..clause.range.end))?;
    let rank = naming(reading.zone(clause.unit)) - 8;
    reading.text_candidate(clause.unit, clause.range.start..value.end, value, rank)
}

/// `XX代理公司受XX局委托`: the agency stands before, the buyer between.
fn commissioning(reading: &Reading<'_>, role: &Role, clause: &Clause) -> Option<Candidate> {
    const BUYER_BYTES: usize = 150;
    let text = reading.text(clause.unit, &clause.range);
    let (head, rest) = text.split_once('受')?;
    let (own, _) = rest.split_once("委托").filter(|(own, _)| "受".len() + own.len() <= BUYER_BYTES)?;
    let rank = naming(reading.zone(clause.unit)) - 10;
    let in_clause = |range: Range<usize>| clause.range.start + range.start..clause.range.start + range.end;
    let (quote, value) = match role.part {
        Part::Buyer => {
            let name = own.trim_end_matches('的').trim_matches('"').split('(').next().unwrap_or_default();
            let start = head.len() + "受".len() + own.find(name)?;
            (head.len()..head.len() + "受".len() + own.len(), start..start + name.len())
        }
        Part::Agency => {
            let skipped = head.len() - skip_numbering(head).len();
            let bare = head.get(skipped..)?;
            // X采购中心(以下简称"采购中心")受…
            let bare = bare.strip_suffix(')').and_then(|own| own.get(..own.rfind('(')?)).unwrap_or(bare);
            let start = skipped + bare.rfind([',', ':', '"', ' ']).map_or(0, |at| at + 1);
            let name = bare.get(start - skipped..)?.split('(').next().unwrap_or_default();
            (start..start + name.len(), start..start + name.len())
        }
    };
    let (quote, value) = (in_clause(quote), in_clause(value));
    company::is_organisation(reading.text(clause.unit, &value))
        .then(|| reading.text_candidate(clause.unit, quote, value, rank))?
}

/// `现委托XX公司对本项目进行公开招标`: who is commissioned with the tender acts for the buyer.
fn commissioned(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    const DEEDS: &[&str] = &["招标", "采购", "磋商", "谈判", "询价", "比选", "代理"];
    const ENDS: &[&str] = &["对", "就", "为", "作为", "进行", "组织", "负责", "承担", "实施", "开展", ",", "("];
    let text = reading.text(clause.unit, &clause.range);
    let at = ["现委托", "特委托", "已委托", "并委托", "兹委托"]
        .iter()
        .filter_map(|w| Some(text.find(w)? + w.len()))
        .min()?;
    let rest = text.get(at..)?;
    let name = rest.get(..ENDS.iter().filter_map(|w| rest.find(w)).min()?)?;
    let buys = rest.get(name.len()..).is_some_and(|deed| DEEDS.iter().any(|d| deed.contains(d)));
    let value = clause.range.start + at..clause.range.start + at + name.len();
    let rank = naming(reading.zone(clause.unit)) - 11;
    (buys && company::is_organisation(name))
        .then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, rank))?
}

/// `XX医院就以下货物进行询价采购`, `XX局拟对…公开招标`: who buys stands at the head of the sentence.
fn buying(reading: &Reading<'_>, clause: &Clause) -> Option<Candidate> {
    const DEEDS: &[&str] = &["采购", "招标", "询价", "磋商", "谈判", "比选"];
    let text = reading.text(clause.unit, &clause.range);
    let skipped = text.len() - skip_numbering(text).len();
    let sentence = text.get(skipped..)?;
    let (at, lead) =
        ["就", "拟对", "拟就", "现对", "现就", "对", "决定对", "计划对", "拟", "将以", "将采用", "将对", "将就"]
            .iter()
            .filter_map(|lead| sentence.find(lead).map(|at| (at, *lead)))
            .min_by_key(|(at, lead)| (*at, std::cmp::Reverse(lead.len())))?;
    let name = sentence.get(..at)?.split('(').next().unwrap_or_default();
    let deed = sentence.get(at + lead.len()..)?;
    let done = ["进行", "实施", "组织", "开展"].iter().any(|w| deed.contains(w));
    let buys = DEEDS.iter().any(|d| deed.contains(d)) && done || lead.starts_with('拟');
    // 凡有意参加者，请登录…平台，查询拟参与包件: who is asked buys nothing.
    let asked = name.contains(',') && ["凡", "请", "有意"].iter().any(|w| name.contains(w));
    let agent = asked || name.contains('受') || name.contains("代理") || name.contains("委托");
    let start = clause.range.start + skipped;
    let rank = naming(reading.zone(clause.unit)) - 12;
    (buys && !agent && company::is_organisation(name))
        .then(|| reading.text_candidate(clause.unit, clause.range.clone(), start..start + name.len(), rank))?
}

/// `The Agency for Green Development (AGD) kindly requests your quotation`.
fn inviting(reading: &Reading<'_>) -> Option<Candidate> {
    static INVITES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\d[\d.]* )?(?:The )?([A-Z][A-Za-z&.,' -]{4,90}?(?: \([^)]{2,40}\) (?:(?:[A-Z]\.){2,5}|(?:Pvt\.? |Pte\.? |Private )?(?:Limited|Ltd\.?)|LLC|PLC|Inc\.?))?)(?: ?\([^)]{2,60}\))?(?:,? (?:under|through|on behalf of|acting|represented by) [^.;]{3,140}?|, (?:an?|the) [^.;]{3,120})?,? (?:(?:now|hereby|kindly|is|are|cordially|would like to|wishes to|intends to) ){0,2}(?:requests?|requesting|invites?|inviting|seeks|seeking|solicits|soliciting|(?:issues|issuing) this (?:[Rr]equest|[Ii]nvitation|[Tt]ender|RFP|RFQ))\b")
            .expect("a regular expression")
    });
    reading.clauses.iter().take(400).find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let found = INVITES.captures(text)?;
        let name = found.get(1)?;
        let short_form = text.get(name.end()..).is_some_and(|t| t.starts_with(" (") || t.starts_with('('));
        let legal_form = name.as_str().contains(") ");
        let names = short_form || legal_form || company::is_english_organisation(name.as_str());
        let speaks = matches!(zone, Zone::BidForms | Zone::Contract) || !names;
        let value = clause.range.start + name.start()..clause.range.start + name.end();
        (!speaks).then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, naming(zone) - 12))?
    })
}

/// `This Request for Proposal … is issued by Harrow Vale Foods Limited, a company …`.
fn issuing(reading: &Reading<'_>) -> Option<Candidate> {
    static ISSUED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:[Rr]equest|[Ii]nvitation|[Tt]ender|RFP|RFQ|ITT|ITB|[Ss]olicitation)\b[^.;]{0,90} (?:is|are) (?:being )?issued by (?:the )?([A-Z][A-Za-z&.' -]{3,80}?)(?:,| \(|\.|$)")
            .expect("a regular expression")
    });
    reading.clauses.iter().take(400).find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let name = ISSUED.captures(reading.text(clause.unit, &clause.range))?.get(1)?;
        let names = company::is_english_organisation(name.as_str()) && !matches!(zone, Zone::BidForms | Zone::Contract);
        let value = clause.range.start + name.start()..clause.range.start + name.end();
        names.then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, naming(zone) - 13))?
    })
}

/// `The Board of Supervisors of Quarry County reserves the right to reject any or all bids`, `By order of the …`: only
/// who buys says so.
fn reserving(reading: &Reading<'_>) -> Option<Candidate> {
    static RESERVES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\d[\d.]* )?(?:The )?([A-Z][A-Za-z&.' -]{4,80}?)(?: ?\([^)]{2,40}\))? reserves? the right to (?:reject|accept|waive)\b|\b[Bb]y (?:the )?order of (?:the )?([A-Z][A-Za-z&.' -]{4,80}?)(?:,|\.|;|$)")
            .expect("a regular expression")
    });
    /// Who buys by another name, which names nobody.
    const NOBODY: &[&str] =
        &["owner", "buyer", "employer", "purchaser", "authority", "client", "agency", "company", "council", "board"];
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let found = RESERVES.captures(reading.text(clause.unit, &clause.range))?;
        let name = found.get(1).or_else(|| found.get(2))?;
        let nobody = NOBODY.contains(&name.as_str().to_lowercase().as_str()) || !is_titled(name.as_str());
        let bodies = ["Commissioners", "Supervisors", "Trustees", "Directors", "Selectmen", "Council", "Board"];
        let names = company::is_english_organisation(name.as_str()) || bodies.iter().any(|b| name.as_str().contains(b));
        let value = clause.range.start + name.start()..clause.range.start + name.end();
        let speaks = names && !nobody && !matches!(zone, Zone::BidForms | Zone::Contract);
        speaks.then(|| reading.text_candidate(clause.unit, clause.range.clone(), value, naming(zone) - 20))?
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
    let is_name = |line: &str| {
        let own = line.get(..name(line)).unwrap_or_default();
        let words = own.split_whitespace().count();
        (2..=WORDS_MAX).contains(&words)
            && line.chars().count() <= 140
            && company::is_organisation(own)
            && is_titled(own)
            && !opens_a_title(own)
            && !(own.matches(',').count() >= 2 && own.chars().any(|c| c.is_ascii_digit()))
    };
    let lines_of = reading.units.iter().enumerate().take(40).find_map(|(index, unit)| {
        // Who buys stands in a line of its own, its address and its department below it.
        let mut from = 0;
        let lines = unit.text.split('\n').map(|line| {
            let at = from;
            from += line.len() + 1;
            (at, line)
        });
        lines.take(6).find(|(_, line)| is_name(line)).map(|(at, line)| (index, at..at + name(line)))
    });
    let Some((unit, range)) = lines_of else { return addressee(reading).or_else(|| office(reading)) };
    reading.text_candidate(unit, range.clone(), range, 15)
}

/// `Office of the Executive Engineer, Public Health Division`: an office that has no other name.
fn office(reading: &Reading<'_>) -> Option<Candidate> {
    let mut paragraphs = reading.units.iter().enumerate().take(40).filter(|(_, unit)| unit.cell.is_none());
    let (index, unit) = paragraphs.find(|(_, unit)| {
        let lower = unit.text.to_lowercase();
        let words = unit.text.split_whitespace().count();
        (3..=12).contains(&words) && lower.strip_prefix("the ").unwrap_or(&lower).starts_with("office of ")
    })?;
    let range = 0..unit.text.len();
    reading.text_candidate(index, range.clone(), range, 11)
}

/// `The Registrar, Harrow Institute of Design, 4 Mill Road, …`: whose office an address is.
fn addressee(reading: &Reading<'_>) -> Option<Candidate> {
    const PARTS_MIN: usize = 3;
    /// Where money is paid in, and who of the buyer's receives.
    const OTHERS: &[&str] = &["bank", "department", "division", "office", "section", "section of"];
    reading.units.iter().enumerate().take(60).find_map(|(index, unit)| {
        if matches!(unit.zone, Zone::BidForms | Zone::Contract) || unit.text.chars().count() > 300 {
            return None;
        }
        let named = |breaks: &[char]| {
            let mut from = 0;
            let parts: Vec<(usize, &str)> = unit
                .text
                .split(breaks)
                .map(|part| {
                    let at = from + (part.len() - part.trim_start().len());
                    from += part.len() + 1;
                    (at, part.trim())
                })
                .collect();
            let addressed = parts.len() >= PARTS_MIN && unit.text.chars().any(|c| c.is_ascii_digit());
            parts.into_iter().filter(|_| addressed).find(|(_, part)| {
                let lower = part.replace('\n', " ").to_lowercase();
                (2..=10).contains(&part.split_whitespace().count())
                    && company::is_english_organisation(&lower)
                    && is_titled(part)
                    && !OTHERS.iter().any(|word| lower.contains(word))
            })
        };
        // A line of a page may end inside the name.
        let (at, name) = named(&[',', '\n']).or_else(|| named(&[',']))?;
        reading.text_candidate(index, at..at + name.len(), at..at + name.len(), 12)
    })
}

/// Whether the longer words of an English line begin with capitals, as those of a name do.
fn is_titled(line: &str) -> bool {
    const SMALL: &[&str] = &["from", "under", "with", "upon"];
    let mut long = line.split_whitespace().filter(|word| word.len() > 3 && !SMALL.contains(word));
    !is_western(line) || long.all(|word| !word.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Whether a line begins as a notice or its title does: Invitation to Bidders and Contractors names nobody.
fn opens_a_title(line: &str) -> bool {
    const KINDS: &[&str] =
        &["invitation ", "notice ", "request for ", "tender ", "tenders ", "bid ", "bids ", "call for ", "office of "];
    let lower = line.to_lowercase();
    KINDS.iter().any(|kind| lower.strip_prefix("the ").unwrap_or(&lower).starts_with(kind))
}
