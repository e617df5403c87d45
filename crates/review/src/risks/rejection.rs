//! K001, K003, K005–K007: words that end a bid, cost its bond or the award, or keep somebody from bidding.
//!
//! A clause is a sentence, or an item of a list under a lead-in such as 有下列情形之一的，投标无效, which it carries as
//! second evidence; a heading such as 无效标情形 leads in the same way. The rows of a table of formal checks (资格审查,
//! 符合性审查) are conditions of validity each. Templates speak only where they are not the bidder's own promise;
//! the contract is no part of this. Start at [`read`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::is_cjk;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::wording::both;
use regex::Regex;

use super::{clause_words, tags, title_words};
use crate::bid::cut;
use crate::reading::{Reading, Zone, is_serial};

/// Phrases that say that a bid ends, over folded text. `[^,。;]` keeps a phrase inside one part of its sentence.
static ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:投标|响应|报价|文件|应答|竞标|申请|资格|中标|成交|标书)(?:将|均|应|会|被|视为|作为|按|一律|其|部)*无效",
        r"|其(?:投标|响应|报价)(?:文件)?(?:自动|即行|随之)?失效",
        r"|无效(?:投标|响应|标|文件|报价|应答|处理|申请)",
        r"|(?:按|作|做|为|视|同|定|属|判)[^,。;]{0,4}无效|视[为同作][^,。;]{0,10}无效",
        r"|导致[^,。;]{0,16}(?:无效|拒绝|否决)",
        r"|(?:按|作|做)为?(?:其|该投标|该响应)?(?:不响应|未响应|无响应|放弃投标|放弃响应|自动弃标|弃标)处理",
        r"|(?:委员会|小组|评委会)[^,。;]{0,8}(?:判定|认定|判|视)为?[^,。;]{0,4}不合格",
        r"|废标|否决|拒收|恕不接[受收]|不予(?:受理|接收|接受|评审|开标|唱标|认可其投标)",
        r"|(?:将|应|会|予以|被|均|一律|一并|全部|可以|有权)(?:将|被|其|一并|全部|均)*拒绝",
        r"|拒绝(?:其|接收|接受|该投标|任何投标|参加|投标|响应)",
        r"|不接受[^,。;]{0,24}(?:投标|响应|邮寄|传真|偏离|递交)",
        r"|不得(?:再|同时|继续)?(?:参加|参与|进入|推荐为)[^,。;]{0,12}(?:评审|评标|比较|评价|环节|候选)|不得(?:有)?负?偏离|不允许(?:有|出现)?负?偏离",
        r"|取消[^,。;]{0,14}资格|资格[^,。;]{0,8}取消|丧失[^,。;]{0,8}资格|资格不符合",
        r"|(?:视|看)(?:作|为|同)[^,。;]{0,12}(?:放弃|未投标|未参加|没有实质|未实质|非实质|不响应|未响应|未全部响应|虚假|重大偏离|退出|串通|撤回|撤销)",
        r"|(?:资格|符合性|初步|形式|响应性)(?:性)?(?:审查|评审|检查)?(?:为|结论为)?(?:不合格|不通过|不予通过)",
        r"|(?:不|未|不能|无法)(?:予|能)?通过[^,。;]{0,8}(?:审查|评审|检查)|不合格(?:投标|供应商|响应)",
        r"|(?:不|无法)(?:能|得|予|再)?进入[^,。;]{0,12}(?:评审|评标|环节|阶段|开标)|虚假应标|自动放弃",
        r"|之一[者的],?[^,。;]{0,6}(?:无效|不予通过)",
        r"|不再(?:进行|参与|参加)[^,。;]{0,10}(?:评审|评标|评分|打分|比较)",
    ))
    .ok()
});
/// What keeps somebody from bidding and does not say what happens to a bid that comes all the same.
static RESTRICTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"不接受[^,。;]{0,16}(?:联合体?|进口产品|分公司|分支机构|备选|选择)[^,。;]{0,12}|不(?:得|允许)(?:再|同时|继续|重新)?(?:参加|参与)",
        r"|(?i:(?:consorti|joint (?:venture|bid|tender)|\bjvs?\b|sub-?contract)[^.;]{0,40} (?:not|never) (?:be )?(?:allowed|permitted|acceptable|accepted|considered|entertained|eligible)\b)",
        r"|(?i:\bno (?:consorti(?:um|a)|joint ventures?)\b[^.;]{0,40} (?:allowed|permitted|acceptable|accepted|considered|eligible)\b)",
    ))
    .ok()
});
/// What costs the award of a bidder that has won.
static AWARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"取消(?:其|该)?(?:中标|成交|入围|中选)(?:人|供应商|候选人)?的?(?:资格|决定)|(?:中标|成交|入围)(?:候选人)?资格[^,。;投]{0,8}(?:取消|丧失)|丧失(?:中标|成交)[^,。;]{0,6}资格",
        r"|(?:视|看)(?:作|为|同)?[^,。;]{0,10}放弃(?:中标|成交|签约|签订|履约)|(?:中标|成交)(?:结果)?(?:将)?无效|拒绝(?:与其)?签订|自动放弃(?:中标|成交)|(?:中标|成交|签)[^。]*自动放弃(?:。|$)",
    ))
    .ok()
});
static OUTCOME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[\W\d]*(?:凡|经)?[^,。;]{0,8}(?:未|没有|不能|不)通过[^,。;]{0,14}(?:审查|评审|检查)的[^,。;]{0,16},?[^,。;]{0,6}(?:不得|不|无法)(?:能|予|再)?进入|一条审查不通过|(?:检查|评审|审查)或?(?:检查|评审|审查)?不合格的投标文件|每一步评审|未通过审查的原因|^[\W\d]*(?:废标|无效投标|投标无效|否决投标)[与和及、](?:废标|无效投标|投标无效|否决投标)$|^[\W\d]*(?:评委会|评标委员会|采购人|招标人)有权(?:否决|拒绝)(?:全部|所有)投标").ok()
});
/// What looks like an end but protects bidders, or strikes goods, contracts and the bidding as a whole.
static SPARES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"合同变更无效|否决(?:所有|全部)(?:投标|响应)的[;。]?$|^[\W\d]*被[^,。;]{0,12}取消[^,。;]{0,10}资格的?[;。]?$|",
        r"(?:未|没有)[^,。;]{0,12}(?:上传|提交|传输)[^,。;]{0,6},视为撤回[^,。;]{0,10}|",
        r"不(?:作为|应作为|构成|视为|属于|视同)[^,。;]{0,8}(?:无效|废标|否决)|不(?:会)?导致[^,。;]{0,8}无效",
        r"|不得(?:直接|随意|擅自)?(?:否决|拒收|拒绝|因此否决)|不能(?:直接)?否决|拒收(?:货|产品|该批|商品)|拒收或退货|拒绝(?:收货|接收该)|废标(?:后|理由|的理由|原因|的通知|公告|信息|规定|的,)|有关废标|废标或[^,。;]{0,8}废标|未废标|样品不予接收|不予接收样品|或废标|除[^,。;]{0,24}外|放弃(?:取回|答复|权利)|(?:投标人|中标人|供应商)(?:可以|有权|可)拒绝|无效后|(?:合同|协议|条款|声明函|业绩|质疑|方案|数据)(?:被)?(?:判定)?(?:为)?无效|无效(?:业绩|质疑|数据|合同)",
        r"|不得(?:据此)?[^,。;]{0,12}(?:作为|做|作)?[^,。;]{0,6}(?:投标无效|无效投标)|不[作做]投标无效|(?:评审|评标|采购|磋商|谈判)(?:委员会)?[^,。;]{0,4}(?:结果|结论|工作|意见)[^,。;]{0,6}无效|宣布[^,。;]{0,6}无效|招标无效",
        r"|认定为?无效[^,。;]{0,8}的|不(?:得|允许)(?:有)?负?偏离的|(?:没有|未)出现[^。;]{0,60}情形|澄清[^。;]{0,70}视为无效|放弃[^,。;]{0,8}报价|保留[^。;]{0,40}(?:拒绝|否决)[^,。;]{0,12}",
        r"|取消[^,。;]{0,14}(?:参与|参加)[^,。;]{0,12}资格|(?:参与|参加)[^,。;]{0,12}资格[^,。;]{0,4}取消|禁止(?:其)?(?:参与|参加)",
    ))
    .ok()
});
static ENGLISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\breject|non-?\s?responsive|\bunresponsive|disqualif|\bineligible|not (?:be )?eligible|summarily",
        r"|(?:bidders?|tenderers?|proponents?) (?:who|that|which)\b[^.;]{0,60}(?:shall|will) not be considered",
        r"|(?:bids?|tenders?|offers?|proposals?|quotations?|quotes?|submissions?|they|it)\b[^.;]{0,60}(?:shall|will|would|may|can) ?not (?:be )?(?:considered|accepted|entertained|opened|evaluated)|not acceptable",
        r"|(?:bids?|bidders?|tenders?|tenderers?|offers?|offerors?|proposals?|proposers?|quotations?|submissions?)\b[^.;]{0,80} (?:is|are) not (?:evaluated|considered|opened|accepted)\b",
        r"|(?:treated|considered|deemed|declared|become|becomes|be) (?:as )?(?:null|void|invalid|unacceptable|non-?\s?compliant)",
        r"|(?:treated|considered|deemed|declared) (?:as )?withdrawn",
        r"|\bdisregarded\b|(?:shall|will) not (?:consider|accept|open|evaluate) (?:any |a |late )*(?:bids?|tenders?|offers?|proposals?|quotations?)\b",
        r"|(?:will|shall|may|must) (?:be )?exclude[ds]? (?:any |a |the )?(?:bids?|bidders?|tenders?|tenderers?|offers?|proposals?|from)\b",
        r"|(?:will|shall|may) be excluded(?:\.|$)|\bexcluded from (?:the |any |further )*(?:evaluation|consideration|competition|process|tender)",
        r"|\brenders? [^.;]{0,60}(?:invalid|void|non-?\s?responsive)|\binvalidates? ",
        r"|failure to .{0,80} result in|returned unopened|invalid (?:bid|tender|offer|proposal)",
    ))
    .ok()
});
/// What speaks of rejecting without ending a bid: titles, and what the buyer owes nobody.
static ENGLISH_SPARES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)grounds? (?:for|of) (?:the |such |its )?rejection|account of (?:bid |such )?rejection|avoid (?:bid )?rejection|not be (?:obliged|liable|bound)|not incur any liability|\bcosts? of (?:preparing|submitting)|not (?:considered|accepted|evaluated) (?:as )?(?:a |any )?part of|not evaluated but |reserves? the right to [^.;]{0,60}reject (?:any|all)|reject any (?:or|and) all |accept ?(?:/|or) ?reject wholly|shall not be rejected|not be (?:a )?(?:ground|reason)").ok()
});
static ENGLISH_SUBJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:bid|tender|offer|proposal|quotation|quote|submission|consorti|joint venture|immediate disqualif)",
    )
    .ok()
});
/// A heading that names a list of ends.
static HEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:无效|废标|否决|拒收|不予受理|不予接收|不予成交).{0,12}(?:情形|情况|条款|条件|标准|规定|认定)|rejection of|grounds? for (?:rejection|disqualification)|disqualification")
        .ok()
});
static FORFEITS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:不予|不|不再)退还[^,。;]{0,8}|没收|\bforfeit").ok());
/// The bidder speaks.
static PROMISE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\W*(?:I/We|We|I|Our)\b|\bI/We\b|\b[Ww]e hereby\b").ok());
const FIRST_PERSON: [&str; 12] =
    ["我方", "我公司", "我单位", "本公司", "本单位", "我们", "本人", "甲方", "乙方", "我司", "本投标人", "本供应商"];
const LEAD_INS: [&str; 14] = [
    "下列",
    "以下",
    "如下",
    "之一",
    "情形的",
    "following",
    "if the bid is",
    "if bid is",
    "any of",
    "below",
    "具体包括",
    "主要包括",
    "包括但不限于",
    "规定的情况",
];
/// Items that one lead-in can carry, and units it can reach over.
const ITEMS_MAX: usize = 60;
const LEAD_CHARS_MAX: usize = 220;
/// A lead-in of this size says something of its own.
const LEAD_ALONE_CHARS: usize = 48;
const RISKS_MAX: usize = 600;
/// A cell of checks is one quote up to this size, one for each of its sentences beyond.
const CHECK_CHARS: usize = 190;
const CHECK_PARTS_MAX: usize = 12;
const CHECK_ROWS_MAX: usize = 40;

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|r| r.is_match(text))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speech {
    Ends,
    Restricts,
    LosesAward,
    Forfeits,
}

fn speech(text: &str) -> Option<Speech> {
    if !text.chars().any(is_cjk) {
        if !matches(&ENGLISH_SUBJECT, text) {
            return None;
        }
        // A title names the subject and says nothing of it.
        let says = text.chars().count() > 60
            || [" will", " shall", " may", " be ", " is", " are", " not", " or "].iter().any(|w| text.contains(w));
        // Consortium is not acceptable: who may bid, not what happens to a bid that comes all the same.
        let open = RESTRICTS.as_ref().map_or_else(|| text.into(), |s| s.replace_all(text, "~"));
        if matches(&ENGLISH, &open) && says && !matches(&ENGLISH_SPARES, text) {
            return Some(Speech::Ends);
        }
        if open != text {
            return Some(Speech::Restricts);
        }
        return matches(&FORFEITS, text).then_some(Speech::Forfeits);
    }
    // Questions and complaints have their own conditions; what is said by mouth binds nobody.
    let complains = ["质疑", "投诉", "异议"].iter().any(|w| text.contains(w)) && !text.contains("无效")
        || text.contains("疑问") && text.contains("不予受理");
    // That what fails an examination goes no further says nothing of what fails it.
    if matches(&OUTCOME, text) {
        return None;
    }
    // What happens to the members of the committee happens to no bid.
    let committee =
        ["评审专家", "委员会成员", "评委会成员", "委员会或者其成员", "评委会违背"].iter().any(|w| text.contains(w))
            && !text.contains("投标人")
            && !text.contains("供应商");
    if complains || committee || text.contains("口头") && text.contains("无效") {
        return None;
    }
    let text = SPARES.as_ref().map_or_else(|| text.into(), |s| s.replace_all(text, "~"));
    let rest = AWARD.as_ref().map_or_else(|| text.clone(), |s| s.replace_all(&text, "~"));
    let open = RESTRICTS.as_ref().map_or_else(|| rest.clone(), |s| s.replace_all(&rest, "~"));
    if matches(&ENDS, &open) {
        return Some(Speech::Ends);
    }
    if matches(&RESTRICTS, &rest) {
        return Some(Speech::Restricts);
    }
    if matches(&AWARD, &text) {
        return Some(Speech::LosesAward);
    }
    (matches(&FORFEITS, &text) && text.contains("保证金")).then_some(Speech::Forfeits)
}

struct Found {
    text: String,
    evidence: Vec<Evidence>,
    lead: Option<String>,
    kind: Kind,
    windows: Vec<[char; WINDOW]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Clause(Speech),
    Check,
    Qualification,
}

/// A sentence or heading under which items follow.
struct Lead {
    unit: usize,
    range: Range<usize>,
    words: String,
    speech: Speech,
    style: Option<Style>,
    own_style: Option<Style>,
    is_heading: bool,
    count: usize,
    /// Its items are numbered in its own manner, from one: `1. 有下列情形之一者无效：` and below it `1. …`.
    restarted: bool,
    /// Its items stand in lines of their own without numbers and are not at their end.
    plain: bool,
}

/// How an item is numbered; a list keeps to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bracketed,
    BracketedNumeral,
    Numeral,
    /// `3.`, `3、`, `3)`; with the number of dots inside.
    Arabic(usize),
    Circled,
    Roman,
    Letter,
    Bullet,
}

impl Style {
    /// How deep lists of this manner stand inside others, by custom.
    fn depth(self) -> usize {
        match self {
            Style::Numeral => 0,
            Style::BracketedNumeral => 1,
            Style::Arabic(dots) => 2 + dots.min(6),
            Style::Bracketed => 9,
            Style::Circled | Style::Roman | Style::Letter => 10,
            Style::Bullet => 11,
        }
    }
}

fn style(text: &str) -> Option<Style> {
    let text = text.trim_start().trim_start_matches(['★', '▲', '■', '※', '*']).trim_start();
    let first = text.chars().next()?;
    let numeral = crate::grammar::numbers::is_chinese_numeral;
    if ('①'..='⑳').contains(&first) {
        return Some(Style::Circled);
    }
    if matches!(first, '●' | '•' | '-' | '➢' | '◆' | '\u{F0D8}' | '\u{F06C}' | '·' | '◇') {
        return Some(Style::Bullet);
    }
    let roman = |s: &str| !s.is_empty() && s.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let (inner, bracketed) = match text.strip_prefix('(') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let head: String =
        inner.chars().take_while(|c| c.is_ascii_alphanumeric() || numeral(*c) || *c == '.').take(9).collect();
    let after = inner.get(head.len()..)?.chars().next();
    let bare = head.trim_end_matches('.');
    if bare.is_empty() || bare.len() > 12 {
        return None;
    }
    let closed = head.len() > bare.len() || matches!(after, Some('、' | ')' | '.'));
    if bracketed && after != Some(')') {
        return None;
    }
    if bare.chars().all(numeral) {
        return closed.then_some(if bracketed { Style::BracketedNumeral } else { Style::Numeral });
    }
    if bare.chars().all(|c| c.is_ascii_digit() || c == '.') {
        let dots = bare.matches('.').count();
        return match bracketed {
            true => Some(Style::Bracketed),
            false if closed || dots > 0 => Some(Style::Arabic(dots)),
            false => (after == Some(' ') && bare.len() <= 2).then_some(Style::Arabic(0)),
        };
    }
    if !closed {
        return None;
    }
    if roman(bare) {
        return Some(Style::Roman);
    }
    (bare.len() == 1 && first != '(' || bare.len() == 1 && bracketed)
        .then_some(Style::Letter)
        .filter(|_| bare.chars().all(|c| c.is_ascii_alphabetic()))
}

/// The plain number before an item.
fn arabic_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let closed = text.get(digits..)?.starts_with(['.', '、', ' ', ')']);
    text.get(..digits)?.parse().ok().filter(|_| closed)
}

pub(super) fn read(reading: &Reading<'_>) -> Vec<Risk> {
    let mut finder =
        Finder { reading, found: Vec::new(), known: HashMap::new(), leads: Vec::new(), open: false, item: None };
    for unit in 0..reading.units.len() {
        if finder.found.len() >= RISKS_MAX {
            break;
        }
        finder.unit(unit);
    }
    finder.checks();
    let language = reading.language();
    finder.found.into_iter().filter_map(|f| risk(f, language)).collect()
}

struct Finder<'r, 'a> {
    reading: &'r Reading<'a>,
    found: Vec<Found>,
    known: HashMap<String, usize>,
    leads: Vec<Lead>,
    /// The last item was not finished: what follows without a number goes on with it.
    open: bool,
    /// Where the last item stands.
    item: Option<usize>,
}

impl Finder<'_, '_> {
    fn unit(&mut self, unit: usize) {
        let reading = self.reading;
        let Some(one) = reading.units.get(unit) else { return };
        if one.zone == Zone::Contract {
            self.leads.clear();
            return;
        }
        self.leads.retain(|l| unit <= l.unit + ITEMS_MAX * 2 && l.count < ITEMS_MAX);
        if one.cell.is_some() {
            // A cell's list is its own.
            self.leads.retain(|l| l.unit == unit);
        } else {
            self.leads.retain(|l| reading.units.get(l.unit).is_some_and(|u| u.cell.is_none() && u.zone == one.zone));
        }
        let template = one.zone == Zone::BidForms;
        let complaints = reading.headings(unit).iter().any(|h| ["质疑", "投诉", "异议"].iter().any(|w| h.contains(w)))
            || self.leads.last().is_some_and(|l| ["质疑", "投诉", "异议"].iter().any(|w| l.words.contains(w)));
        // 招标文件咨询 | 购买后3日内，逾期不予受理
        let asked = one.cell.and_then(|place| reading.row_label(place)).is_some_and(|label| {
            ["质疑", "投诉", "异议", "咨询", "询问", "答疑", "疑问"].iter().any(|w| label.contains(w))
        });
        let complaints = complaints || asked;
        if complaints && !one.text.contains("投标无效") && !one.text.contains("无效投标") {
            self.leads.clear();
            return;
        }
        if one.is_heading {
            let whole = 0..one.text.len();
            let is_sentence = one.text.chars().count() > 14
                && ["否则", "未", "不", "须", "应"].iter().any(|w| one.text.contains(w))
                || one.text.contains('。');
            let says = speech(&one.text);
            let named = matches(&HEADING, &one.text) || says.is_some() && one.text.chars().count() <= 14;
            if says.is_none() && !named {
                self.leads.clear();
                return;
            }
            if named && !is_sentence && !is_lead_in(&one.text) {
                self.leads.clear();
                if !template {
                    self.lead(unit, whole, &one.text, Speech::Ends, true);
                }
                return;
            }
        }
        if !template && self.broken_lead(unit) {
            return;
        }
        // 下列情形的，投标无效：…；…；…。 in one line: the lead-in of the parts that follow.
        let mut inline: Option<(String, Speech)> = None;
        for range in cut(&one.text) {
            let text = reading.text(unit, &range);
            let first_person = matches(&PROMISE, text) || template && FIRST_PERSON.iter().any(|w| text.contains(w));
            let says = speech(text).filter(|_| !first_person);
            let carried = self.carried(unit, text);
            let opens = says.is_some() && is_lead_in(text);
            if let (Some(speech), true) = (says, opens && !template) {
                if carried.is_none() && style(text).is_some() {
                    self.leads.clear();
                }
                self.lead(unit, range.clone(), text, speech, false);
                if text.trim_end().ends_with([':', '-']) && text.chars().count() < LEAD_ALONE_CHARS {
                    continue;
                }
            }
            let here: Vec<Evidence> = reading.evidence(unit, &range).into_iter().collect();
            match (carried, says) {
                (Some((words, speech, second)), _) => {
                    let evidence = here.into_iter().chain(second).collect();
                    self.push(text, evidence, Some(words), Kind::Clause(says.unwrap_or(speech)));
                }
                // The head of a column or the label of a row says nothing by itself.
                (None, Some(_)) if one.cell.is_some() && is_label(&one.text) => {}
                (None, Some(speech)) => self.push(text, here, None, Kind::Clause(speech)),
                (None, None) => {
                    if let Some((words, speech)) = inline.clone().filter(|_| !template) {
                        self.push(text, here, Some(words), Kind::Clause(speech));
                    }
                }
            }
            if let (Some(speech), Some((lead, first))) = (says, text.split_once(':'))
                && ["下列", "以下", "如下"].iter().any(|w| lead.contains(w))
                && !first.trim().is_empty()
            {
                inline = Some((lead.trim().to_owned(), speech));
            }
            if text.trim_end().ends_with('。') {
                inline = None;
            }
        }
    }

    /// An English lead-in that was typeset over two paragraphs: its end alone does not say what happens.
    fn broken_lead(&mut self, unit: usize) -> bool {
        let reading = self.reading;
        let Some(one) = reading.units.get(unit).filter(|u| u.cell.is_none() && !u.text.chars().any(is_cjk)) else {
            return false;
        };
        if !one.text.trim_end().ends_with([':', '-']) {
            return false;
        }
        let before = unit.checked_sub(1).and_then(|u| reading.units.get(u)).filter(|u| u.cell.is_none());
        let whole = match before {
            Some(before) if one.text.starts_with(|c: char| c.is_ascii_lowercase()) && style(&one.text).is_none() => {
                format!("{} {}", before.text, one.text)
            }
            _ => one.text.clone(),
        };
        let Some(speech) = speech(&whole).filter(|_| is_lead_in(&whole)) else { return false };
        self.leads.clear();
        self.lead(unit, 0..one.text.len(), &whole, speech, false);
        true
    }

    fn lead(&mut self, unit: usize, range: Range<usize>, text: &str, speech: Speech, is_heading: bool) {
        // A list of complaints that are not heard: the sentences before it speak of complaints.
        let near = (unit.saturating_sub(4)..=unit).filter_map(|u| self.reading.units.get(u));
        let complaints =
            near.filter(|u| u.text.contains("质疑") || u.text.contains("异议") || u.text.contains("投诉")).count();
        if complaints >= 2 && text.contains("受理") && !text.contains("投标无效") {
            return;
        }
        self.open = false;
        let own_style = style(text);
        self.leads.push(Lead {
            unit,
            range,
            words: text.trim().to_owned(),
            speech,
            style: None,
            own_style,
            is_heading,
            count: 0,
            restarted: false,
            plain: false,
        });
    }

    /// The lead-in that `text` stands under as an item.
    fn carried(&mut self, unit: usize, text: &str) -> Option<(String, Speech, Option<Evidence>)> {
        let own = style(text);
        let same_cell = |l: &Lead| l.unit == unit;
        while let Some(lead) = self.leads.last_mut() {
            let Some(own) = own else {
                // Points of a list that were drawn and left no sign in the text: lines that end with semicolons.
                let begins = lead.count == 0
                    && lead.style.is_none()
                    && unit == lead.unit + 1
                    && lead.words.ends_with(':')
                    && text.trim_end().ends_with(';');
                // (1)未提交保证金的; without bid security;
                if self.item == Some(unit) && lead.unit != unit {
                    return None;
                }
                if begins || lead.plain {
                    lead.plain = text.trim_end().ends_with(';');
                    lead.count += 1;
                    break;
                }
                // Not numbered: the rest of an item, or the end of the list.
                if self.open || same_cell(lead) && lead.count == 0 {
                    if same_cell(lead) && lead.count == 0 {
                        lead.count += 1;
                        break;
                    }
                    self.open = !ends_item(text);
                    return None;
                }
                if lead.is_heading && lead.count == 0 {
                    return None;
                }
                self.leads.pop();
                continue;
            };
            let number = arabic_number(text);
            if lead.count == 0 && unit == lead.unit + 1 && lead.own_style == Some(own) {
                lead.restarted = number == Some(1) && lead.words.ends_with(':');
            }
            let fits = match lead.style {
                None => lead.is_heading || lead.own_style != Some(own) || same_cell(lead) || lead.restarted,
                Some(_) if lead.restarted && lead.own_style == Some(own) => number == Some(lead.count + 1),
                Some(style) => style == own,
            };
            if fits {
                lead.style = Some(own);
                lead.count += 1;
                break;
            }
            // A deeper list inside an item.
            if lead.style.is_some_and(|s| s.depth() < own.depth()) && lead.own_style != Some(own) {
                lead.count += 1;
                break;
            }
            self.leads.pop();
        }
        let lead = self.leads.last()?;
        self.item = Some(unit);
        self.open = !ends_item(text);
        Some((lead.words.clone(), lead.speech, self.reading.evidence(lead.unit, &lead.range)))
    }

    /// Tables of formal checks: the rows of a check of conformity are conditions each; those of a check of
    /// qualification are demands that the ledger holds one by one, and together they are one risk.
    fn checks(&mut self) {
        let reading = self.reading;
        for grid in &reading.grids {
            let Some(first) = grid.rows.iter().flatten().find_map(|&u| Some((u, reading.units.get(u)?))) else {
                continue;
            };
            if matches!(first.1.zone, Zone::Contract | Zone::BidForms) {
                continue;
            }
            let Some(qualifies) = check_table(reading, first.0, &grid.rows) else { continue };
            let header = grid.rows.iter().take(3).rposition(|row| is_check_header(reading, row));
            let mut together: Vec<Evidence> = Vec::new();
            for row in grid.rows.iter().skip(header.map_or(0, |h| h + 1)) {
                // 分值构成, 施工组织设计评分标准(25分): from here on the table scores.
                if row.iter().filter_map(|&u| reading.units.get(u)).any(|cell| heads_scores(&cell.text)) {
                    break;
                }
                let content =
                    row.iter().copied().filter(|&u| reading.units.get(u).is_some_and(|x| !is_serial(&x.text)));
                let longest = content.max_by_key(|&u| reading.units.get(u).map_or(0, |x| x.text.chars().count()));
                let Some(one) = longest.and_then(|u| reading.units.get(u)) else { continue };
                if self.found.len() >= RISKS_MAX {
                    return;
                }
                if one.text.chars().count() < 6 || is_pointer(&one.text) {
                    continue;
                }
                let whole = 0..one.text.len();
                let short = one.text.chars().count() <= CHECK_CHARS;
                let parts = if short { 0 } else { CHECK_PARTS_MAX };
                let ranges: Vec<Range<usize>> =
                    Some(whole).filter(|_| short).into_iter().chain(cut(&one.text).take(parts)).collect();
                let unit = longest.unwrap_or(first.0);
                let evidence: Vec<Evidence> = ranges.iter().filter_map(|r| reading.evidence(unit, r)).collect();
                if qualifies {
                    together.extend(evidence.into_iter().take(1));
                } else {
                    self.push(&one.text, evidence, None, Kind::Check);
                }
            }
            together.truncate(CHECK_ROWS_MAX);
            if let Some(text) = together.first().map(|e| e.quote().to_owned()) {
                self.push(&text, together, None, Kind::Qualification);
            }
        }
    }

    fn push(&mut self, text: &str, evidence: Vec<Evidence>, lead: Option<String>, kind: Kind) {
        let text = text.trim();
        let key: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        if key.chars().count() < 5 {
            return;
        }
        let own = windows(&key);
        let restated = self.known.get(&key).copied().or_else(|| {
            self.found
                .iter()
                .position(|f| f.kind == kind && f.lead.is_some() == lead.is_some() && restates(&f.windows, &own))
        });
        if let Some(earlier) = restated.and_then(|i| self.found.get_mut(i)) {
            for one in evidence {
                if !earlier.evidence.contains(&one) {
                    earlier.evidence.push(one);
                }
            }
            return;
        }
        self.known.insert(key, self.found.len());
        self.found.push(Found { text: text.to_owned(), evidence, lead, kind, windows: own });
    }
}

fn is_label(text: &str) -> bool {
    text.chars().count() <= 14 && !text.contains([',', '。', ';'])
}

/// Letters in a row by which restated clauses are known again.
const WINDOW: usize = 3;

/// Whether two clauses say the same in nearly the same words.
fn restates(a: &[[char; WINDOW]], b: &[[char; WINDOW]]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 6 || long.len() > short.len() * 2 {
        return false;
    }
    let shared = short.iter().filter(|w| long.binary_search(w).is_ok()).count();
    shared * 10 >= short.len() * 9 || shared * 10 >= (short.len() + long.len() - shared) * 7
}

fn windows(key: &str) -> Vec<[char; WINDOW]> {
    let characters: Vec<char> = key.chars().collect();
    let mut all: Vec<[char; WINDOW]> =
        characters.windows(WINDOW).filter_map(|w| <[char; WINDOW]>::try_from(w).ok()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether an item's words end with it.
fn ends_item(text: &str) -> bool {
    text.trim_end().ends_with(['。', ';', '.', '!'])
}

/// Whether a list is to follow a sentence.
fn is_lead_in(text: &str) -> bool {
    let lower = text.to_lowercase();
    let end = text.trim_end();
    text.chars().count() <= LEAD_CHARS_MAX
        && !end.trim_end_matches([':', '。']).ends_with("除外")
        && (end.ends_with([':', '-'])
            || !ends_item(end) && LEAD_INS.iter().any(|l| lower.contains(l))
            || ["下列", "以下", "如下"].iter().any(|l| text.contains(l)) && text.contains("之一")
            || text.contains("以下") && end.ends_with('。') && text.chars().count() <= 60)
}

/// A cell that only points elsewhere, or holds for few.
fn is_pointer(text: &str) -> bool {
    let short = text.chars().count() <= 40;
    short && ["见第", "详见", "如有,见", "http", "www.", "查询渠道"].iter().any(|w| text.contains(w))
        || text.contains("否则无须提供")
        || text.contains("法律、行政法规规定的其他条件")
}

/// Whether a table lists the conditions of a formal check, by its heading, its header row or the line above it; and
/// whether the check is one of qualification.
fn check_table(reading: &Reading<'_>, unit: usize, rows: &[Vec<usize>]) -> Option<bool> {
    let text = |u: usize| reading.units.get(u).map_or("", |x| x.text.as_str());
    let heads: String = rows.iter().take(2).flatten().map(|&u| text(u)).filter(|t| t.chars().count() <= 24).collect();
    if ["分值", "分数", "权重", "得分", "满分", "参数"].iter().any(|w| heads.contains(w)) {
        return None;
    }
    let mut above = reading.heading(unit).to_owned();
    for step in 1..=2 {
        if let Some(before) = unit.checked_sub(step).and_then(|u| reading.units.get(u))
            && before.cell.is_none()
            && before.text.chars().count() <= 80
        {
            above.push_str(&before.text);
        }
    }
    let names = |t: &str| {
        ["资格", "符合性", "形式", "响应性", "初步"].iter().any(|w| t.contains(w))
            && ["审查", "评审", "检查"].iter().any(|w| t.contains(w))
    };
    if !(names(&above) || names(&heads)) || rows.len() < 2 {
        return None;
    }
    let other = |t: &str| ["符合性", "形式", "响应性", "初步"].iter().any(|w| t.contains(w));
    let named = if names(&heads) { heads } else { above };
    Some(named.contains("资格") && !other(&named))
}

/// Whether a cell of a table of checks heads its scores.
fn heads_scores(text: &str) -> bool {
    let label = text.chars().count() <= 24;
    label
        && ["分值构成", "评分标准", "评标基准价计算", "评标基准价的计算", "得分计算", "评分因素", "偏差率"]
            .iter()
            .any(|w| text.contains(w))
}

fn is_check_header(reading: &Reading<'_>, row: &[usize]) -> bool {
    let cells: Vec<&str> = row.iter().filter_map(|&u| reading.units.get(u)).map(|u| u.text.as_str()).collect();
    let named = |w: &&str| {
        w.chars().count() <= 16
            && [
                "序号",
                "内容",
                "因素",
                "标准",
                "条件",
                "要求",
                "事项",
                "指标",
                "条款号",
                "项目",
                "审查项",
                "评审项",
                "说明",
            ]
            .iter()
            .any(|h| w.contains(h))
    };
    !cells.is_empty()
        && !cells.iter().any(|c| is_serial(c))
        && cells.iter().filter(|w| named(w)).count() * 2 > cells.len().saturating_sub(1).max(1)
}

fn risk(found: Found, language: Language) -> Option<Risk> {
    let Found { text, evidence, lead, kind, .. } = found;
    let whole = lead.as_ref().map_or_else(|| text.clone(), |l| format!("{l} {text}"));
    let possible = ["可能", "可以", "有权", "may ", "right to", "liable"].iter().any(|w| whole.contains(w));
    let (rule, risk_type, severity) = match kind {
        Kind::Clause(Speech::Forfeits) => ("K005", RiskType::Other, Severity::High),
        Kind::Clause(Speech::LosesAward) => ("K006", RiskType::Other, Severity::High),
        Kind::Clause(Speech::Restricts) => ("K007", RiskType::Other, Severity::High),
        Kind::Check | Kind::Qualification => ("K003", RiskType::MustReject, Severity::Critical),
        Kind::Clause(Speech::Ends) if possible => ("K001", RiskType::MustReject, Severity::High),
        Kind::Clause(Speech::Ends) => ("K001", RiskType::MustReject, Severity::Critical),
    };
    let inferred = matches!(kind, Kind::Check | Kind::Qualification | Kind::Clause(Speech::Restricts));
    let certainty = if inferred { Certainty::Inferred } else { Certainty::Explicit };
    let suggestion = both(
        match kind {
            Kind::Clause(Speech::Forfeits) => "知悉保证金不予退还的情形，中标后按期签约、按投标承诺履行",
            Kind::Check | Kind::Qualification => "对照该审查项准备证明材料，递交前逐项自查",
            Kind::Clause(Speech::LosesAward) => "中标后按期提交材料、签约并履约，否则失去中标资格",
            Kind::Clause(Speech::Restricts) => "先核对本单位是否属于被限制的情形",
            Kind::Clause(Speech::Ends) => "递交前逐条核对此项，并在投标文件中标出对应页码",
        },
        match kind {
            Kind::Clause(Speech::Forfeits) => "note when the bond is lost, and keep to what was offered",
            _ => "check this point before the bid is handed in, and keep the proof at hand",
        },
    );
    let own = clause_words(&text, language);
    let description = match (lead, kind) {
        (Some(lead), _) => clause_words(&lead, language),
        (None, Kind::Qualification) => both(
            format!("资格审查共 {} 项，任何一项不满足即资格审查不合格；逐项要求见要求清单", evidence.len()),
            format!("a check of qualification in {} points; missing one ends the bid", evidence.len()),
        ),
        (None, Kind::Check) => both(
            format!("审查项，任何一项不满足即不通过审查：{text}"),
            format!("a point of the formal check; missing it ends the bid: {}", own.en),
        ),
        (None, Kind::Clause(_)) => own,
    };
    let text = RiskText {
        language,
        title: title_words(&text, language),
        description,
        suggestion,
        tags: tags(&whole),
        rule_id: rule.to_owned(),
        law: None,
    };
    Risk::new(risk_type, severity, certainty, text, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(markdown: &str) -> String {
        let documents = [bidlens_documents::parse("t.md", markdown.as_bytes(), &bidlens_documents::Limits::default())];
        let risks = read(&Reading::new(&documents));
        let line = |r: &Risk| {
            let quotes: Vec<&str> = r.evidence().iter().map(Evidence::quote).collect();
            format!("{} {} {}\n", r.rule_id, r.severity.as_str(), quotes.join(" <- "))
        };
        risks.iter().map(line).collect()
    }

    #[test]
    fn who_may_not_bid_together_is_restricted() {
        let tender = "# Instructions to Bidders\n\nConsortium is not acceptable.\n\nJoint ventures are not accepted for this package.\n\nNo joint venture is allowed.\n\nBids of a consortium that is not acceptable under clause 3 will be rejected.\n";
        insta::assert_snapshot!(found(tender), @r"
        K007 high Consortium is not acceptable.
        K007 high Joint ventures are not accepted for this package.
        K007 high No joint venture is allowed.
        K001 critical Bids of a consortium that is not acceptable under clause 3 will be rejected.
        ");
    }

    #[test]
    fn a_bid_that_may_be_withdrawn_ends_nothing() {
        let tender = "# Instructions to Bidders\n\nBids may be withdrawn in writing before they are opened.\n\nA bid whose bidder does not agree is deemed withdrawn.\n\nA tender that does not reach 60 points is not evaluated further.\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical A bid whose bidder does not agree is deemed withdrawn.
        K001 critical A tender that does not reach 60 points is not evaluated further.
        ");
    }

    #[test]
    fn items_carry_their_lead_in() {
        let tender = "# 第二章 投标人须知\n\n## 一、开标\n\n1.投标人有下列情形之一的，投标无效：\n\n（1）未缴纳保证金的；\n\n（2）未在规定位置盖章的。\n\n2.开标由代理机构主持。\n\n## 二、无效标情形\n\n1、报价高于限价的；\n\n2、附有采购人不能接受的条件的。\n\n## 三、其他\n\n1、开标后不得修改报价。\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical （1）未缴纳保证金的； <- 1.投标人有下列情形之一的，投标无效：
        K001 critical （2）未在规定位置盖章的。 <- 1.投标人有下列情形之一的，投标无效：
        K001 critical 1、报价高于限价的； <- 二、无效标情形
        K001 critical 2、附有采购人不能接受的条件的。 <- 二、无效标情形
        ");
    }

    #[test]
    fn a_bid_taken_for_no_answer_or_found_wanting_ends() {
        let tender = "# 第二章 须知\n\n1.申请人应承诺项目负责人驻场，未承诺的按不响应处理。\n\n\
                      2.缺页的，评审委员会可判定其不合格。\n\n3.货物经检验不合格的，由中标人更换。\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical 1.申请人应承诺项目负责人驻场，未承诺的按不响应处理。
        K001 critical 2.缺页的，评审委员会可判定其不合格。
        ");
    }

    #[test]
    fn items_without_a_sign_and_items_numbered_anew() {
        let plain = "# 第四章 资格审查\n\n有下列情况之一的不予通过：\n\n许可证过期；\n\n申请文件未密封。\n\n审查由遴选小组进行。\n";
        insta::assert_snapshot!(found(plain), @r"
        K001 critical 许可证过期； <- 有下列情况之一的不予通过：
        K001 critical 申请文件未密封。 <- 有下列情况之一的不予通过：
        ");
        let anew = "# 第二章 须知\n\n1、投标文件有下列情形之一者无效：\n\n1、没有许可证的；\n\n2、填报两个折扣率的。\n\n2、投标文件由投标人装订。\n";
        insta::assert_snapshot!(found(anew), @r"
        K001 critical 1、没有许可证的； <- 1、投标文件有下列情形之一者无效：
        K001 critical 2、填报两个折扣率的。 <- 1、投标文件有下列情形之一者无效：
        ");
    }

    #[test]
    fn rows_of_formal_checks() {
        let tender = "# 第四章 评标办法\n\n## 符合性审查表\n\n| 序号 | 审查内容 |\n|---|---|\n| 1 | 投标函按格式签署并盖章 |\n| 2 | 交货期满足要求 |\n";
        insta::assert_snapshot!(found(tender), @r"
        K003 critical 投标函按格式签署并盖章
        K003 critical 交货期满足要求
        ");
    }

    #[test]
    fn templates_complaints_and_protections_say_nothing() {
        let tender = "# 第一章 投标人须知\n\n评委会不得直接否决其投标。\n\n逾期提出质疑的，不予受理。\n\n废标后，招标人另行通知。\n\n未按期递交的，予以拒收；中标人放弃中标的，投标保证金不予退还。\n\n# 第二章 投标文件格式\n\n## 一、投标函\n\n如我方违约，我方投标无效。\n\n注：本函未签字的，投标无效。\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical 未按期递交的，予以拒收；
        K005 high 中标人放弃中标的，投标保证金不予退还。
        K001 critical 注：本函未签字的，投标无效。
        ");
    }

    #[test]
    fn restrictions_and_lost_awards_are_no_rejections() {
        let tender = "# 第二章 投标人须知\n\n本项目不接受联合体投标。\n\n单位负责人为同一人的不同供应商，不得参加同一合同项下的采购活动。\n\n中标人无故拖延签约的，取消其中标资格。\n\n情节严重的，取消参加政府采购活动的资格。\n\n废标后，招标公告另行发布。\n\n评标委员会成员收受财物的，其评审意见无效。\n\n到货不合格的，采购人有权拒绝收货。\n\n澄清应采用书面方式，否则视为无效。\n\n投标报价超过招标文件规定的预算金额的，按无效投标处理。\n\n投标报价超过招标文件规定的预算金额的，作无效投标处理。\n";
        insta::assert_snapshot!(found(tender), @"
        K007 high 本项目不接受联合体投标。
        K007 high 单位负责人为同一人的不同供应商，不得参加同一合同项下的采购活动。
        K006 high 中标人无故拖延签约的，取消其中标资格。
        K001 critical 投标报价超过招标文件规定的预算金额的，按无效投标处理。 <- 投标报价超过招标文件规定的预算金额的，作无效投标处理。
        ");
    }

    #[test]
    fn ends_in_other_words() {
        let tender = "# 第二章 投标人须知\n\n在规定时间内未能解密的，视为撤回其响应文件。\n\n技术部分得分低于30分的，不再进行价格评审。\n\n未经双方同意的合同变更无效。\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical 在规定时间内未能解密的，视为撤回其响应文件。
        K001 critical 技术部分得分低于30分的，不再进行价格评审。
        ");
        let english = "# Instructions to bidders\n\nTenders without a signature shall be excluded from further evaluation.\n\nThe Purchaser reserves the right to annul the process and reject all bids.\n";
        insta::assert_snapshot!(found(english), @"K001 critical Tenders without a signature shall be excluded from further evaluation.");
    }

    #[test]
    fn a_check_of_qualification_is_one_risk() {
        let tender = "# 第四章 评标办法\n\n## 资格审查\n\n| 序号 | 审查内容 |\n|---|---|\n| 1 | 具有有效的营业执照 |\n| 2 | 未被列入失信名单 |\n| 3 | 具体要求见第一章 |\n";
        insta::assert_snapshot!(found(tender), @"K003 critical 具有有效的营业执照 <- 未被列入失信名单");
    }

    #[test]
    fn complaints_have_lists_of_their_own() {
        let tender = "# 第二章 投标人须知\n\n## 二十、其他\n\n供应商可以提出质疑。\n\n质疑有下列情形之一的，不予受理：\n\n（1）超过期限的；\n\n（2）材料不完整的。\n";
        insta::assert_snapshot!(found(tender), @"");
    }

    #[test]
    fn english_lists() {
        let tender = "# Instructions to bidders\n\n3. Bids not following these terms will be treated as non-responsive; if the bid is:\n\ni. submitted without the fee;\n\nii. not signed.\n\nb. The opening is public.\n\nWe hereby agree that our bid may be rejected.\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical i. submitted without the fee; <- 3. Bids not following these terms will be treated as non-responsive; if the bid is:
        K001 critical ii. not signed. <- 3. Bids not following these terms will be treated as non-responsive; if the bid is:
        ");
    }

    #[test]
    fn checks_end_where_the_table_scores() {
        let tender = "# 第三章 评标办法\n\n## 形式评审与响应性评审\n\n| 条款号 | 评审因素 | 评审标准 |\n|---|---|---|\n| 2.1 | 报价唯一 | 只能有一个有效报价 |\n| 2.2 | 分值构成 | 施工组织设计40分，投标报价60分 |\n| 2.3 | 施工组织设计评分标准 | 方案完整得40分 |\n";
        insta::assert_snapshot!(found(tender), @"K003 critical 只能有一个有效报价");
    }

    #[test]
    fn parts_of_one_line_carry_its_lead_in() {
        let tender = "# 第二章 投标人须知\n\n投标报价出现下列情形的，投标无效：报价不唯一的；报价超过最高限价的；未响应工资标准要求的。\n\n开标后不得修改报价；样品一并退还。\n";
        insta::assert_snapshot!(found(tender), @r"
        K001 critical 投标报价出现下列情形的，投标无效：报价不唯一的；
        K001 critical 报价超过最高限价的；
        K001 critical 未响应工资标准要求的。
        ");
    }

    #[test]
    fn what_ends_no_bid() {
        let tender = "# 第二章 投标人须知\n\n（3）被暂停或取消投标资格的；\n\n评审后否决所有投标的；\n\n截止时间前未完成上传的，视为撤回投标文件。\n\n对文件有疑问但逾期提出的，不予受理。\n\n入围供应商串通的，取消其入围资格。\n\n未到场的视为自动放弃。\n\n没有密封的投标文件恕不接收。\n";
        insta::assert_snapshot!(found(tender), @r"
        K006 high 入围供应商串通的，取消其入围资格。
        K001 critical 未到场的视为自动放弃。
        K001 critical 没有密封的投标文件恕不接收。
        ");
        let english = "# Instructions to tenderers\n\nTenders sent in any other way will be disregarded.\n\nThe Buyer shall not consider any bid that is late.\n\nThe Buyer will consider every bid.\n";
        insta::assert_snapshot!(found(english), @r"
        K001 critical Tenders sent in any other way will be disregarded.
        K001 critical The Buyer shall not consider any bid that is late.
        ");
    }
}
