//! Sums and grades that a bidder must reach, where an English bid tells its own in prose or in rows: insurance of at least
//! £10 million, a solvency certificate of at least Rs. 137 lakh, contractors of Class A. Papers that are promised and not
//! held are here too: `we are working towards Cyber Essentials`.
//!
//! A sum is answered by the one around which the demand's words stand, in the same currency.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::money::Money;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::likeness::{Passages, in_figures, words};
use super::super::{Case, Judgement, Report, bare};
use crate::grammar::money;
use crate::reading::Zone;

const FLOORS: [&str; 8] = [
    "at least",
    "not less than",
    "no less than",
    "minimum of",
    "minimum",
    "not be less than",
    "not lower than",
    "in excess of",
];
/// Sums that other checks judge, or that are none of a bidder's standing.
const OTHERS: [&str; 12] = [
    "similar",
    "contracts of",
    "works, each",
    "bid security",
    "bid bond",
    "earnest",
    "performance",
    "price",
    "budget",
    "estimated cost",
    "damages",
    "reference",
];

/// A sum that the bidder must reach.
struct Floor {
    money: Money,
    text: String,
    evidence: Vec<Evidence>,
    words: Vec<String>,
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    sums(case, report);
    class(case, report);
    promised(case, report);
}

/// The sums of a text and where each stands; those of a piece and of parts are none.
fn read(text: &str) -> Vec<(Money, Range<usize>)> {
    money::find(text).into_iter().filter(|a| !a.per_unit && !a.in_words).map(|a| (a.money, a.range)).collect()
}

fn floors(case: &Case<'_>) -> Vec<Floor> {
    let tender = case.tender;
    let mut found: Vec<Floor> = Vec::new();
    for (unit, one) in tender.units.iter().enumerate() {
        if one.is_heading || matches!(one.zone, Zone::BidForms | Zone::Cover) {
            continue;
        }
        let label = one.cell.and_then(|place| {
            let row = tender.row_of(place)?;
            row.iter().take_while(|u| **u != unit).filter_map(|&u| tender.unit(u)).find(|u| !words(&u.text).is_empty())
        });
        let label = label.map_or("", |u| u.text.as_str());
        for range in crate::bid::cut(&one.text) {
            let clause = tender.text(unit, &range);
            let lower = format!("{label} {clause}").to_ascii_lowercase();
            let sums = read(clause);
            let ([(money, at)], true, false) = (
                sums.as_slice(),
                clause.is_ascii() || clause.chars().any(|c| matches!(c, '£' | '€' | '₹')),
                OTHERS.iter().any(|w| lower.contains(w)),
            ) else {
                continue;
            };
            let before = clause.get(..at.start).unwrap_or_default().to_ascii_lowercase();
            if !FLOORS.iter().any(|w| before.trim_end().ends_with(w)) || case.is_of_another_lot(unit, clause) {
                continue;
            }
            // Words of the part that names the sum; what follows a comma qualifies it.
            let mut named = words(label);
            let part = clause.get(at.end..).and_then(|t| t.find(", ")).map_or(clause.len(), |n| at.end + n);
            let own = clause.get(..part).unwrap_or_default();
            let mut all = words(own);
            all.retain(|w| !named.contains(w) && !w.starts_with("lakh") && !w.starts_with("crore"));
            named.extend(all);
            found.push(Floor {
                money: money.clone(),
                text: clause.trim().to_owned(),
                evidence: tender.evidence(unit, &range).into_iter().collect(),
                words: named,
            });
        }
    }
    found
}

fn sums(case: &Case<'_>, report: &mut Report<'_>) {
    let floors = floors(case);
    if floors.is_empty() {
        return;
    }
    let passages: Passages<Money> = Passages::new(case, read);
    for floor in floors {
        let Some(best) = passages.best(&floor.words, |own| own.exceeds(&floor.money).is_some()) else { continue };
        let short = |own: &&&Money| floor.money.exceeds(own) == Some(true);
        let wanted = &floor.money;
        // Several sums in as good a place may be of several years or policies.
        let (verdict, remark) = match best.figures.iter().find(|own| short(own)) {
            Some(own) if best.figures.iter().all(|own| short(&own)) => {
                let remark = both(
                    format!("此处金额 {own} 低于要求的 {wanted}"),
                    format!("The sum of {own} given here is below the required {wanted}"),
                );
                (Verdict::Risk, remark)
            }
            Some(_) => continue,
            None => {
                let Some(own) = best.figures.first() else { continue };
                let remark = both(
                    format!("此处金额 {own} 不低于要求的 {wanted}"),
                    format!("The sum of {own} given here is no less than the required {wanted}"),
                );
                (Verdict::Pass, remark)
            }
        };
        report.push(
            Judgement::new(verdict, format!("floor {} {}", floor.text, floor.words.join(" ")), remark)
                .demands(floor.text, floor.evidence)
                .says(best.evidence),
        );
    }
}

/// `Class A`, `category NCA 4`. Numbers of grades count upwards in some registers and are left to a person.
static CLASS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?i:(?:class|category|grade)\s*[-:]?\s*)([A-E])(?:\b|-\d)|\b(?i:class|category)\s*[-:]?\s*(?:[A-Z]{2,5}[\s-]*)?([1-9])\b").ok()
});

/// The class of a registered contractor: A before B, 1 before 2.
fn class(case: &Case<'_>, report: &mut Report<'_>) {
    let read = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let about = ["contractor", "registration", "registered", "enlist", "licen"].iter().any(|w| lower.contains(w));
        let all: Vec<String> = CLASS
            .as_ref()?
            .captures_iter(text)
            .filter_map(|c| Some(c.get(1).or(c.get(2))?.as_str().to_owned()))
            .collect();
        all.into_iter().min().filter(|_| about)
    };
    // A row gives the class beside what it is of.
    let row_of = |reading: &crate::reading::Reading<'_>, unit: usize| {
        let place = reading.unit(unit).and_then(|u| u.cell)?;
        let row = reading.row_of(place)?;
        Some(row.iter().filter_map(|&u| reading.unit(u)).map(|u| u.text.as_str()).collect::<Vec<_>>().join(" "))
    };
    let parts = |zone: Zone| !matches!(zone, Zone::BidForms | Zone::Contract | Zone::Cover);
    let tender = case.tender;
    let demand = tender.units.iter().enumerate().filter(|(_, u)| parts(u.zone)).find_map(|(unit, one)| {
        crate::bid::cut(&one.text).find_map(|range| {
            let said = tender.text(unit, &range);
            CLASS.as_ref().filter(|p| p.is_match(said))?;
            let class = read(&row_of(tender, unit).unwrap_or_else(|| said.to_owned()))?;
            Some((class, said.to_owned(), tender.evidence(unit, &range)))
        })
    });
    let Some((wanted, text, evidence)) = demand else { return };
    let mut best: Option<(String, Vec<Evidence>)> = None;
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let said = case.bid.text(sentence);
        if !CLASS.as_ref().is_some_and(|p| p.is_match(said)) {
            continue;
        }
        let Some(class) = read(&row_of(&case.bid.reading, sentence.unit).unwrap_or_else(|| said.to_owned())) else {
            continue;
        };
        // Letters and numbers are of different registers.
        if class.is_empty()
            || class.as_bytes().first().map(u8::is_ascii_digit) != wanted.as_bytes().first().map(u8::is_ascii_digit)
        {
            continue;
        }
        if best.as_ref().is_none_or(|(own, _)| class < *own) {
            best = Some((class, case.bid.evidence(sentence)));
        }
    }
    let Some((own, said)) = best else { return };
    let remark = both(
        format!("投标人登记等级为 Class {own}，要求 Class {wanted}"),
        format!("The bidder is registered in Class {own}; Class {wanted} is required"),
    );
    let verdict = if own > wanted { Verdict::Risk } else { Verdict::Pass };
    report.push(Judgement::new(verdict, "class", remark).demands(text, evidence.into_iter().collect()).says(said));
}

/// Words of a paper that a bidder does not hold yet.
static PROMISED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:working towards|in the process of (?:obtaining|applying|renewing|being certified)|have applied for|has applied for|application (?:is|was) (?:pending|submitted)|expect(?:s)? to be (?:certified|accredited|registered)|not yet (?:certified|accredited|registered|obtained|held)|will (?:obtain|apply for)|renewal (?:audit|is) (?:booked|pending)|(?:in|under) preparation|being prepared)\b",
    )
    .ok()
});

/// A paper that the tender demands and the bid says will come.
fn promised(case: &Case<'_>, report: &mut Report<'_>) {
    const PAPERS: [&str; 10] = [
        "certificat",
        "certified",
        "iso ",
        "accredit",
        "licen",
        "registration",
        "registered",
        "membership",
        "insurance",
        "essentials",
    ];
    let Some(pattern) = PROMISED.as_ref() else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        let lower = text.to_ascii_lowercase();
        let Some(found) = pattern.find(text).filter(|_| PAPERS.iter().any(|w| lower.contains(w))) else { continue };
        // Names of papers keep their capitals: the tender asks for one of them.
        // … as ISO 9001 requires names the rule, not the paper.
        let rule = text.get(found.end()..).and_then(|t| t.find(" as ")).map_or(text.len(), |at| found.end() + at);
        let named = names_in(text.get(..rule).unwrap_or(text));
        let asks = |t: &str| {
            let demand = t.to_ascii_lowercase();
            PAPERS.iter().any(|w| demand.contains(w)) && named.iter().any(|n| bare(t).contains(&bare(n)))
        };
        let parts = |zone: Zone| !matches!(zone, Zone::BidForms | Zone::Contract);
        let Some((demand, tender)) = case.tender_clauses_in(parts, asks).into_iter().next() else { continue };
        let remark = both(
            "此处写明证书或登记尚未取得，招标文件要求提供，请核对",
            "The bid says here that a paper the tender asks for is not held yet; please check",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("promised {}", sentence.unit), remark)
                .demands(demand, tender)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// Runs of words with capitals in a sentence, its first word aside, and numbers of standards: `Cyber Essentials`, `ISO 9001`.
fn names_in(text: &str) -> Vec<String> {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b(?:ISO(?:/IEC)? ?\d{4,5}|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)+|[A-Z]{3,})\b").ok()
    });
    let spelled = in_figures(text);
    NAME.as_ref().into_iter().flat_map(|p| p.find_iter(&spelled)).map(|m| m.as_str().to_owned()).collect()
}
