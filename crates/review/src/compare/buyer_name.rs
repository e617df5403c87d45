//! What it checks: letters in the bid are addressed to this tender's buyer or agency.
//! Why it matters: another buyer's name is a trace of another bid, and forms addressed wrongly may be rejected.
//! Exclusions: letters to the bidder itself (thanks, authority of a maker), organisations the tender names anywhere,
//! labels that end like an organisation (`开户银行：`).

use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::grammar::company;

pub(super) const CHECK: Check = Check { id: "B014", dimension: Dimension::DocumentStructure, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    in_the_buyers_place(case, report);
    let Some(field) = case.facts.field("buyer_name") else { return };
    let mut known: Vec<String> = Vec::new();
    for key in ["buyer_name", "agency_name"] {
        match case.facts.field(key).and_then(|f| f.found()) {
            Some(FieldValue::Text(name)) => known.extend(name.split(['、', ';', ',']).map(company::normalise)),
            Some(FieldValue::TextList(names)) => known.extend(names.iter().map(|n| company::normalise(n))),
            _ => {}
        }
    }
    // The Municipality, the Council: the kind of body alone is no name.
    let generic = |k: &String| k.is_ascii() && !k.trim().contains(' ') && company::is_english_organisation(k);
    if known.iter().all(generic) {
        known.extend(titled(case));
    }
    known.retain(|k| k.chars().count() >= 3 && !generic(k));
    if known.is_empty() {
        return;
    }
    let mut passed = false;
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        let text = one.text.trim();
        let (names, addressed) = match text.strip_prefix('致').or_else(|| english_address(text)) {
            Some(rest) => (in_one_language(rest).trim_start_matches([':', ' ']), true),
            None => match beneficiary(text) {
                Some(rest) => (rest, true),
                None => (text, false),
            },
        };
        let names = names.split('\n').next().unwrap_or_default();
        // A guarantee is a paper of another's; whom it names is the buyer all the same.
        let own = case.bid.is_own(unit) || beneficiary(text).is_some() && !case.bid.is_demand(unit);
        if names.chars().count() > 80 || !(addressed || names.ends_with(':')) || !own {
            continue;
        }
        // The commas of `Co., Ltd.` part no names; in English an `and` does.
        let names =
            [", Ltd", ", Inc", ", LLC"].iter().fold(names.to_owned(), |t, w| t.replace(w, w.trim_start_matches(',')));
        let names = if names.is_ascii() { names.replace(" and ", ";") } else { names };
        let parts: Vec<String> = names
            .split(['、', ',', ';', '('])
            .map(|n| if n.is_ascii() { n.trim().to_owned() } else { company::normalise(company::chinese_part(n)) })
            .filter(|n| company::is_organisation(n))
            .collect();
        let own = |p: &String| company::same(p, &case.bid.name) || case.bid.name.contains(p.as_str());
        let named = |p: &String| case.tender_words.contains(&super::bare(p));
        let english = !parts.is_empty() && parts.iter().all(|p| p.is_ascii());
        if parts.is_empty() || parts.iter().all(own) {
            continue;
        }
        let evidence = case.bid.unit_evidence(unit);
        let right = parts.iter().any(|p| {
            known.iter().any(|k| {
                let (k, p) = (letters(k), letters(p));
                k.contains(&p) || p.contains(&k)
            })
        });
        if right {
            if !passed {
                passed = true;
                let remark = both("致函对象与采购人名称一致", "The letter is addressed to the buyer");
                report.push(Judgement::new(Verdict::Pass, "addressee", remark).demands_field(field).says(evidence));
            }
        } else if parts.iter().all(|p| named(p) || own(p)) || !addressed && parts.iter().all(|p| is_label(p)) {
            // Another body the tender speaks of, or the label of a line.
        } else {
            // An English letter may be addressed to an officer or a committee of the buyer.
            // So may a letter that is no part of the offer, where nothing but a colon says that it is one.
            // A guarantee may be made out to another whom the buyer names elsewhere.
            let guarantee = beneficiary(text).is_some();
            let certain = !english && !guarantee && (addressed || case.bid.is_binding(unit));
            let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
            // Names are compared without their spaces; English ones are shown with them.
            let buyer = if english { field.raw().to_owned() } else { known.join("、") };
            let names = (parts.join("、"), parts.join("”, “"));
            let remark = match guarantee {
                true => both(
                    format!("受益人“{}”与采购人“{buyer}”不一致，请核对", names.0),
                    format!("The guarantee is made out to “{}”, not to the buyer “{buyer}”; please check", names.1),
                ),
                false => both(
                    format!("致函对象“{}”与采购人“{buyer}”不一致", names.0),
                    format!("The letter is addressed to “{}”, not to the buyer “{buyer}”", names.1),
                ),
            };
            report
                .push(Judgement::new(verdict, format!("addressee {unit}"), remark).demands_field(field).says(evidence));
        }
    }
}

/// A body that will do something in this contract: Stannage City Council will receive.
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b((?:[A-Z][A-Za-z'-]+ (?:of )?){1,4}(?:Council|Municipality|Authority|Board|Ministry|University|Institute|College|Agency|Hospital|Trust|Department)(?: of [A-Z][A-Za-z]+)*|(?:Ministry|Department|Office|Directorate|Board|University|Institute) of [A-Z][A-Za-z]+(?:(?:,| and| of)? [A-Z][A-Za-z]+)*)\b[^.;]{0,24}\b(?:will|shall|requires)\b").ok()
});

/// Whether a word names a body of the buyer's kind.
fn of_one_kind(buyer: &str, word: &str) -> bool {
    const KINDS: [&[&str]; 4] = [
        &["university", "college", "institute", "polytechnic"],
        &["council", "municipality", "county", "district"],
        &["ministry", "department", "authority", "agency", "board", "directorate", "office"],
        &["hospital", "trust"],
    ];
    !word.is_empty()
        && (buyer.contains(word)
            || KINDS.iter().any(|kind| kind.contains(&word) && kind.iter().any(|own| buyer.contains(own))))
}

/// Another body of the buyer's kind that an English sentence puts in the buyer's place.
fn in_the_buyers_place(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(field), Some(pattern)) = (case.facts.field("buyer_name"), BODY.as_ref()) else { return };
    let buyer = field.raw().to_ascii_lowercase();
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        // Who tells of earlier work is named rightly.
        const REFEREES: [&str; 7] =
            ["referee", "contacted", "confirm", "reference", "performance", "our client", "another client"];
        let lower = text.to_ascii_lowercase();
        let refers = REFEREES.iter().any(|w| lower.contains(w));
        if refers || case.bid.reading.unit(sentence.unit).is_some_and(|u| u.cell.is_some()) {
            continue;
        }
        let Some(name) = pattern.captures(text).and_then(|c| c.get(1)).map(|m| m.as_str()) else { continue };
        let name = name.strip_prefix("The ").unwrap_or(name);
        let kind = name.split(' ').find(|w| company::is_english_organisation(w)).unwrap_or_default();
        let known = case.tender_words.to_lowercase().contains(&letters(name));
        let own = letters(&case.bid.name).contains(&letters(name));
        if known || own || !of_one_kind(&buyer, &kind.to_ascii_lowercase()) {
            continue;
        }
        let remark = both(
            format!("此处写的是“{name}”，采购人是“{}”，请核对", field.raw()),
            format!("“{name}” stands here where the buyer is “{}”; please check", field.raw()),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("place {}", sentence.unit), remark)
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// The body that the first lines of the tender name, where the fields know its kind alone.
fn titled(case: &Case<'_>) -> Option<String> {
    let lines = case.tender.units.iter().take(6).map(|u| u.text.trim());
    let named = lines.filter(|t| t.is_ascii() && t.split_whitespace().count() >= 2 && t.len() <= 80);
    named.filter(|t| !t.contains(':')).find(|t| company::is_english_organisation(t)).map(company::normalise)
}

/// `致 To：` in a letter of two languages.
fn in_one_language(rest: &str) -> &str {
    let bare = rest.trim_start();
    ["To:", "TO:", "to:"].iter().find_map(|w| bare.strip_prefix(w)).unwrap_or(rest)
}

/// Whom a guarantee of the bid is made out to, where its sentence ends with the name.
fn beneficiary(text: &str) -> Option<&str> {
    let at = ["受益人:", "受益人为"].iter().find_map(|w| text.rfind(w).map(|at| at + w.len()))?;
    text.get(at..).map(|rest| rest.trim().trim_end_matches('。'))
}

fn letters(text: &str) -> String {
    super::bare(text).to_lowercase()
}

/// What follows `To:` where it opens a letter.
fn english_address(text: &str) -> Option<&str> {
    ["To:", "TO:", "To the "].iter().find_map(|w| text.strip_prefix(w)).filter(|rest| rest.trim_start().is_ascii())
}

/// Whether words that end like an organisation are the label of a line: no place, no kind of body.
fn is_label(text: &str) -> bool {
    const BODIES: [&str; 26] = [
        "公司",
        "医院",
        "学校",
        "大学",
        "学院",
        "中学",
        "小学",
        "幼儿园",
        "委员会",
        "政府",
        "局",
        "厅",
        "研究院",
        "研究所",
        "管理处",
        "管理所",
        "服务中心",
        "交易中心",
        "采购中心",
        "法院",
        "检察院",
        "集团",
        "支队",
        "大队",
        "办事处",
        "指挥部",
    ];
    text.chars().count() < 6 || !BODIES.iter().any(|w| text.ends_with(w))
}
