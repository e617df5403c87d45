//! In what manner the tender is held.

use bidlens_domain::field::FieldValue;

use crate::fields::{Candidate, standing};
use crate::grammar::checkbox;
use crate::reading::{Pair, Reading, Unit, Zone};

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
    "procedure type",
    "type of procedure",
    "procedure",
];

/// Each method and the words for it, in lower case.
const METHODS: [(&str, &[&str]); 8] = [
    (
        "open_tender",
        &[
            "公开招标",
            "竞争性招标",
            "国际招标",
            "open procedure",
            "open tender",
            "open e-tender",
            "open bidding",
            "open competitive",
            "competitive bidding",
            "international competitive",
            "notice inviting tender",
            "tender notice",
            "tenders are invited",
            "offers are invited",
            "hereby invited",
            "competitive tender",
            "tender is invited",
            "bids are invited",
            "sealed bids",
            "sealed tenders",
            "request for bids",
            "invitation for bids",
            "invitation to bid",
            "invitation to tender",
            "request for tender",
        ],
    ),
    ("invited_tender", &["邀请招标", "limited tender", "restricted procedure", "restricted tender"]),
    ("competitive_negotiation", &["竞争性谈判", "谈判采购"]),
    ("competitive_consultation", &["竞争性磋商"]),
    ("single_source", &["单一来源", "single source"]),
    (
        "inquiry",
        &["询价", "request for quotation", "request for quote", "quotations are invited", "invitation to quote"],
    ),
    ("rfp", &["request for proposal", "negotiated (rfp)"]),
    (
        "other",
        &[
            "框架协议采购",
            "封闭式框架",
            "开放式框架",
            "竞价",
            "比选",
            "询比",
            "遴选",
            "直接采购",
            "mini-competition",
            "mini competition",
        ],
    ),
];

/// Methods whose names are ordinary words as well, and how they are named as a method.
const ORDINARY_WORDS: [&str; 6] = ["询价", "竞价", "比选", "询比", "遴选", "直接采购"];
const NAMED_METHODS: [&str; 3] = ["询价采购", "询价通知", "询价公告"];

/// What the documents are called tells the manner where nothing else does.
const NAMED_DOCUMENTS: [(&str, &str); 4] = [
    ("谈判文件", "competitive_negotiation"),
    ("磋商文件", "competitive_consultation"),
    ("询价文件", "inquiry"),
    ("询价通知书", "inquiry"),
];

/// Readings beyond which no further place is looked at.
const CANDIDATES_MAX: usize = 60;

/// The first method that a text names.
struct Named {
    at: usize,
    word: &'static str,
    method: &'static str,
}

impl Named {
    fn value(&self) -> FieldValue {
        FieldValue::Choice(self.method.to_owned())
    }
}

fn first_named(lower: &str) -> Option<Named> {
    METHODS
        .iter()
        .flat_map(|(method, words)| words.iter().map(move |word| (*method, *word)))
        .filter_map(|(method, word)| lower.find(word).map(|at| Named { at, word, method }))
        .min_by_key(|named| named.at)
}

pub(super) fn procurement_method(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = reading.pairs.iter().filter_map(|pair| labelled(reading, pair)).collect();
    for (index, unit) in reading.units.iter().enumerate() {
        candidates.extend(announced(reading, index, unit));
        if let Some(candidate) = mentioned(reading, index, unit) {
            candidates.push(candidate);
            if candidates.len() > CANDIDATES_MAX {
                break;
            }
        }
    }
    if candidates.is_empty() {
        candidates
            .extend(reading.units.iter().enumerate().find_map(|(index, unit)| named_documents(reading, index, unit)));
    }
    candidates
}

/// `自行下载谈判文件`: whoever takes part gets the documents of a negotiation.
fn named_documents(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    if matches!(unit.zone, Zone::BidForms | Zone::Contract)
        || !["获取", "下载", "领取", "购买"].iter().any(|w| unit.text.contains(w))
    {
        return None;
    }
    let (at, word, method) = NAMED_DOCUMENTS
        .iter()
        .filter_map(|(word, method)| unit.text.find(word).map(|at| (at, *word, *method)))
        .min_by_key(|(at, ..)| *at)?;
    let value = FieldValue::Choice(method.to_owned());
    reading.candidate(index, 0..unit.text.len(), at..at + word.len(), value, 6)
}

fn labelled(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    let zone = reading.zone(pair.unit);
    if !LABELS.contains(&pair.label.as_str()) || zone == Zone::BidForms {
        return None;
    }
    let text = reading.text(pair.unit, &pair.value);
    let ticked = checkbox::ticked(text);
    if ticked.is_empty() && checkbox::is_blank_form(text) {
        return None;
    }
    let (from, own) = ticked.first().map_or((0, text), |choice| (choice.range.start, choice.label(text)));
    let named = first_named(&own.to_lowercase())?;
    let start = pair.value.start + from;
    let range = start..(start + named.at + named.word.len()).min(pair.value.end);
    let quote = reading.pair_quote(pair, &range);
    reading.candidate(pair.unit, quote, range, named.value(), standing(zone) + 10)
}

/// A tender that everybody is told of is open to everybody.
fn announced(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    let all = 0..unit.text.len();
    let told = unit.is_heading && unit.text.contains("招标公告") && !unit.text.contains("资格预审");
    let silent = matches!(unit.zone, Zone::BidForms | Zone::Contract);
    let open = FieldValue::Choice("open_tender".to_owned());
    (told && !silent).then(|| reading.candidate(index, all.clone(), all, open, 8))?
}

/// A method named in a title or a sentence; the earlier, the surer.
fn mentioned(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Candidate> {
    let weight = match unit.zone {
        Zone::Cover => 48,
        Zone::Notice => 44,
        Zone::FrontTable => 38,
        Zone::Other if index < 40 => 40,
        Zone::Instructions => 24,
        Zone::Other | Zone::Requirement | Zone::Evaluation | Zone::Correction => 12,
        Zone::BidForms | Zone::Contract => return None,
    };
    let lower = unit.text.to_lowercase();
    let named = first_named(&lower).filter(|_| lower.len() == unit.text.len())?;
    let length = unit.text.chars().count();
    if length > 30 && ORDINARY_WORDS.contains(&named.word) && !NAMED_METHODS.iter().any(|w| lower.contains(w)) {
        return None;
    }
    // …竞争性磋商文件: what the paper is called.
    let called =
        ["文件", "公告", "通知书", "邀请", "邀请书", "邀请函"].iter().any(|w| unit.text.trim_end().ends_with(w));
    let title = match length {
        0..=60 if called => 10,
        0..=60 => 6,
        _ => 0,
    };
    // An invitation to a mini-competition goes to the members of a framework.
    let called_off = if named.word.starts_with("mini") { 12 } else { 0 };
    let rank = weight + title + called_off - i32::try_from(index / 60).unwrap_or(20).min(20);
    let range = named.at..named.at + named.word.len();
    reading.candidate(index, 0..unit.text.len(), range, named.value(), rank)
}
