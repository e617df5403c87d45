//! Which law a tender is under, from its own words, or that they do not tell.
//!
//! Tenders copy from each other: a company's tender quotes 政府采购法 22, a government's names 招标投标法 beside it. So a
//! name alone decides only when no other law is named; otherwise the words for the parties (采购人, 招标人) must speak
//! clearly, and where they do not, the regime is unknown and no rule is judged. 政府采购法 4: government works that are
//! tendered are under 招标投标法.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::legal::{LegalReading, Regime};
use bidlens_domain::money::Money;
use chrono::NaiveDate;
use regex::Regex;

use crate::reading::{Reading, Zone};

/// 2018年国家发展改革委令第16号, article 5: single works contracts from this estimate on, in fen.
const WORKS_MINOR_MIN: i64 = 4_000_000 * 100;
const EVIDENCE_MAX: usize = 3;
/// How often 招标人 must stand where no law is named.
const INVITER_MIN: usize = 2;

/// What speaks for a law, and the words.
#[derive(Debug, Default)]
struct Signal {
    evidence: Vec<Evidence>,
}

impl Signal {
    fn any(&self) -> bool {
        !self.evidence.is_empty()
    }

    /// Keeps the first few, what says on which law the document rests before what only mentions it.
    fn add(&mut self, evidence: Option<Evidence>) {
        let Some(evidence) = evidence else { return };
        let rests = ["根据", "依据", "按照", "under", "accordance"].iter().any(|w| evidence.quote().contains(w));
        if rests {
            self.evidence.insert(0, evidence);
        } else {
            self.evidence.push(evidence);
        }
        self.evidence.truncate(EVIDENCE_MAX);
    }
}

#[derive(Debug, Default)]
struct Signals {
    government: Signal,
    /// 87号令 by name or number.
    order_87: Signal,
    bidding: Signal,
    mandatory: Signal,
    /// The document says that it is not government procurement.
    not_government: Signal,
    framework: Signal,
    world_bank: Signal,
    eu: Signal,
    far: Signal,
    /// Where the buyer is called 招标人.
    inviting: Signal,
    /// How often the parties are called by the words of each law.
    buyer: usize,
    inviter: usize,
}

struct Words {
    government: Regex,
    order_87: Regex,
    bidding: Regex,
    mandatory: Regex,
    not_mandatory: Regex,
    not_government: Regex,
    framework: Regex,
    world_bank: Regex,
    eu: Regex,
    far: Regex,
}

fn words() -> Option<&'static Words> {
    static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
        let new = |pattern: &str| Regex::new(pattern).ok();
        Some(Words {
            government: new(
                "政府采购法([^律]|$)|落实政府采购政策|政府采购计划(编号|备案)|《政府采购货物和服务招标投标管理办法》|《政府采购非招标采购方式管理办法》|《政府采购竞争性磋商采购方式管理暂行办法》",
            )?,
            order_87: new("《政府采购货物和服务招标投标管理办法》|(财政部|部)(令)?.{0,3}第?87号")?,
            bidding: new("招标投标法》|招标投标法实施条例|中华人民共和国招标投标法")?,
            mandatory: new("(本(次|招标)?(招标|采购|工程)?(项目|工程)?|该项目)(属于|为|系|是)依法必须(进行)?招标")?,
            not_mandatory: new("(非|不属于|不是)依法必须(进行)?招标")?,
            not_government: new(
                "(本项目|本次(采购|招标))(不属于|不是|不适用于?|非)(《?(中华人民共和国)?政府采购法|依法必须(进行)?政府采购|政府采购(项目|活动|范畴|范围|的?(采购)?行为))",
            )?,
            framework: new("框架协议采购方式管理暂行办法|封闭式框架协议|开放式框架协议")?,
            world_bank: new(
                "(?i)World Bank.{0,200}(Procurement Regulations|Borrower|Standard Procurement Document)|Procurement Regulations for IPF Borrowers",
            )?,
            eu: new("2014/24/EU")?,
            far: new(r"Federal Acquisition Regulation|\bFAR (Part |Subpart |clause )?\d{1,2}\.")?,
        })
    });
    WORDS.as_ref()
}

fn signals(reading: &Reading<'_>) -> Signals {
    let mut found = Signals::default();
    let Some(words) = words() else { return found };
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        found.buyer += text.matches("采购人").count();
        found.inviter += text.matches("招标人").count();
        let evidence = || reading.evidence(clause.unit, &clause.range);
        if found.inviting.evidence.is_empty() && text.contains("招标人") && text.chars().count() >= 6 {
            found.inviting.add(evidence());
        }
        if words.not_government.is_match(text) {
            found.not_government.add(evidence());
            continue;
        }
        for (pattern, signal) in [
            (&words.government, &mut found.government),
            (&words.order_87, &mut found.order_87),
            (&words.bidding, &mut found.bidding),
            (&words.framework, &mut found.framework),
            (&words.world_bank, &mut found.world_bank),
            (&words.eu, &mut found.eu),
            (&words.far, &mut found.far),
        ] {
            if pattern.is_match(text) {
                signal.add(evidence());
            }
        }
        if words.mandatory.is_match(text) && !words.not_mandatory.is_match(text) {
            found.mandatory.add(evidence());
        }
    }
    found
}

/// Resolves the regime and the date; the outcomes are left to the rules.
pub(super) fn resolve(reading: &Reading<'_>, fields: &BTreeMap<FieldKey, Field>) -> LegalReading {
    let mut signals = signals(reading);
    if let Some(plan) = fields.get("procurement_plan_no").filter(|f| f.found().is_some())
        && plan.evidence().first().is_some_and(|e| e.quote().contains("政府采购"))
    {
        signals.government.add(plan.evidence().first().cloned());
    }
    let (regime, regime_evidence) = if reading.is_english() { foreign(&signals) } else { chinese(&signals, fields) };
    LegalReading {
        regime,
        regime_evidence,
        date: date(fields),
        not_before: not_before(reading),
        last_day_to_ask: None,
        outcomes: Vec::new(),
    }
}

fn foreign(signals: &Signals) -> (Regime, Vec<Evidence>) {
    let named = [(&signals.world_bank, Regime::WorldBank), (&signals.eu, Regime::Eu), (&signals.far, Regime::UsFar)];
    let mut named = named.into_iter().filter(|(signal, _)| signal.any());
    match (named.next(), named.next()) {
        (Some((signal, regime)), None) => (regime, signal.evidence.clone()),
        (Some((one, _)), Some((two, _))) => (Regime::Unknown, both(one, two)),
        (None, _) => (Regime::Unknown, Vec::new()),
    }
}

fn chinese(signals: &Signals, fields: &BTreeMap<FieldKey, Field>) -> (Regime, Vec<Evidence>) {
    let text = |key: &str| fields.get(key).and_then(Field::text);
    let government = &signals.government;
    let bidding = &signals.bidding;
    if signals.not_government.any() && !bidding.any() {
        return (Regime::Enterprise, signals.not_government.evidence.clone());
    }
    // 政府采购法 2: those who buy under it are public bodies; a company that copied its words is under something else.
    let company = text("buyer_name").is_some_and(|name| ["公司", "集团", "银行"].iter().any(|w| name.contains(w)));
    let is_government = government.any() && !signals.not_government.any() && !company;
    if is_government && signals.framework.any() {
        return (Regime::GovFramework, both(government, &signals.framework));
    }
    let negotiated = match text("procurement_method") {
        Some("competitive_negotiation") => Some(Regime::GovNegotiation),
        Some("inquiry") => Some(Regime::GovInquiry),
        Some("single_source") => Some(Regime::GovSingleSource),
        Some("competitive_consultation") => Some(Regime::GovConsultation),
        Some("open_tender" | "invited_tender") => None,
        _ => return (Regime::Unknown, both(government, bidding)),
    };
    if let Some(regime) = negotiated {
        // Companies negotiate and inquire too, under rules of their own.
        return if is_government && signals.buyer >= signals.inviter {
            (regime, government.evidence.clone())
        } else {
            (Regime::Unknown, both(government, bidding))
        };
    }
    let buyers_speak = signals.buyer >= 3 * signals.inviter.max(1) || signals.buyer > 0 && signals.inviter == 0;
    let inviters_speak = signals.inviter >= 3 * signals.buyer.max(1) || signals.inviter > 0 && signals.buyer == 0;
    let works = text("category") == Some("works");
    match (is_government, bidding.any()) {
        (true, false) if works => (Regime::Unknown, government.evidence.clone()),
        (true, false) if !inviters_speak || signals.order_87.any() => {
            (Regime::GovGoodsServices, government.evidence.clone())
        }
        (true, true) if !works && (buyers_speak || signals.order_87.any() && !inviters_speak) => {
            (Regime::GovGoodsServices, government.evidence.clone())
        }
        (true, true) if works || inviters_speak => tendered(signals, fields, works),
        (false, true) => tendered(signals, fields, works),
        // 招标投标法 2: whoever tenders in China is under it. Only its own word for the buyer shows that this is
        // tendering in its sense and not a purchase of the government or of a company's own kind.
        (false, false) if signals.inviter >= INVITER_MIN && signals.buyer == 0 => tendered(signals, fields, works),
        _ => (Regime::Unknown, both(government, bidding)),
    }
}

/// Under 招标投标法: whether the document shows that tendering is mandatory.
fn tendered(signals: &Signals, fields: &BTreeMap<FieldKey, Field>, works: bool) -> (Regime, Vec<Evidence>) {
    let law = if signals.bidding.any() { &signals.bidding } else { &signals.inviting };
    if signals.mandatory.any() {
        return (Regime::ZtbMandatory, both(law, &signals.mandatory));
    }
    let funds = fields.get("fund_source").filter(|f| {
        f.found().is_some()
            && ["财政", "国有", "政府投资", "政府性", "专项债", "国债"].iter().any(|w| f.raw().contains(w))
    });
    let amount = ["budget", "max_price"].iter().find_map(|key| {
        let field = fields.get(*key)?;
        field.money().filter(|m| m.minor >= WORKS_MINOR_MIN && **m == Money::cny_minor(m.minor)).map(|_| field)
    });
    if let (true, Some(funds), Some(amount)) = (works, funds, amount) {
        let mut evidence = law.evidence.clone();
        evidence.truncate(1);
        evidence.extend(funds.evidence().first().cloned());
        evidence.extend(amount.evidence().first().cloned());
        return (Regime::ZtbMandatory, evidence);
    }
    (Regime::Ztb, law.evidence.clone())
}

fn both(one: &Signal, two: &Signal) -> Vec<Evidence> {
    one.evidence.iter().take(2).chain(two.evidence.iter().take(2)).cloned().collect()
}

/// The earliest date of the procedure: the law of that day applies.
fn date(fields: &BTreeMap<FieldKey, Field>) -> Option<NaiveDate> {
    ["doc_obtain_start", "doc_obtain_end", "clarification_deadline", "bid_deadline", "opening_time"]
        .iter()
        .filter_map(|key| fields.get(*key)?.moment())
        .map(bidlens_domain::time::Moment::date)
        .min()
}

/// The latest day that the tender is certainly not older than: the month on its cover, the year of a measure it cites.
fn not_before(reading: &Reading<'_>) -> Option<NaiveDate> {
    static CITED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[(?P<year>20[0-4]\d)\]\d{1,4}号").ok());
    static COVER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(日期:)?(?P<year>20[0-4]\d)年(?P<month>\d{1,2})月(\d{1,2}日)?$").ok());
    let (cited, cover) = (CITED.as_ref()?, COVER.as_ref()?);
    let number =
        |found: &regex::Captures<'_>, name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let day = |year: u32, month: u32| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1);
    let mut latest: Option<NaiveDate> = None;
    for unit in reading.units.iter().filter(|u| u.zone != Zone::BidForms) {
        let on_cover = (unit.zone == Zone::Cover).then(|| cover.captures(unit.text.trim())).flatten();
        let on_cover = on_cover.and_then(|c| day(number(&c, "year")?, number(&c, "month")?));
        let in_text = cited.captures_iter(&unit.text).filter_map(|c| day(number(&c, "year")?, 1)).max();
        latest = latest.max(on_cover).max(in_text);
    }
    latest
}
