//! Which part prevails by the document's own words.

use bidlens_domain::contradiction::Contradiction;
use bidlens_domain::evidence::Evidence;

use crate::reading::{Reading, Zone};

/// Words for a part that prevails, and the part.
const PARTS: [(&str, Zone); 9] = [
    ("前附表", Zone::FrontTable),
    ("资料表", Zone::FrontTable),
    ("招标公告", Zone::Notice),
    ("采购公告", Zone::Notice),
    ("投标邀请", Zone::Notice),
    ("补遗", Zone::Correction),
    ("澄清", Zone::Correction),
    ("更正", Zone::Correction),
    ("采购需求", Zone::Requirement),
];

/// Sentences of another precedence: between words and figures, copies and media.
const OTHER: [&str; 9] = ["大写", "小写", "单价", "总价", "正本", "副本", "电子", "纸质", "小数点"];

/// Names the value that stands where the document says which part prevails.
pub(super) fn apply(reading: &Reading<'_>, contradictions: &mut [Contradiction]) {
    let orders = orders(reading);
    if orders.is_empty() {
        return;
    }
    for contradiction in contradictions.iter_mut().filter(|c| c.values().len() > 1) {
        let zones: Vec<Option<Zone>> = contradiction.values().iter().map(|v| zone_of(reading, &v.evidence)).collect();
        for (zone, evidence) in &orders {
            let mut there = contradiction.values().iter().zip(&zones).filter(|(_, z)| **z == Some(*zone));
            // Two values in the part that prevails are no answer.
            if let (Some((value, _)), None) = (there.next(), there.next()) {
                let value = value.value.clone();
                contradiction.prevailing = Some(value);
                contradiction.precedence = Some(evidence.clone());
                break;
            }
        }
    }
}

fn orders(reading: &Reading<'_>) -> Vec<(Zone, Evidence)> {
    let mut orders = Vec::new();
    for clause in &reading.clauses {
        let text = reading.text(clause.unit, &clause.range);
        let differs = ["不一致", "矛盾", "冲突", "有出入", "不符"].iter().any(|w| text.contains(w));
        if !differs || OTHER.iter().any(|w| text.contains(w)) {
            continue;
        }
        let Some(end) = text.find("为准") else { continue };
        let Some(start) = text.get(..end).and_then(|head| head.rfind('以')) else { continue };
        let named = text.get(start..end).unwrap_or_default();
        if let Some((_, zone)) = PARTS.iter().find(|(word, _)| named.contains(word))
            && let Some(evidence) = reading.evidence(clause.unit, &clause.range)
        {
            orders.push((*zone, evidence));
        }
    }
    orders
}

/// The part of the tender in which a quote stands.
pub(super) fn zone_of(reading: &Reading<'_>, evidence: &Evidence) -> Option<Zone> {
    let document = reading.documents.iter().position(|d| d.id == *evidence.document())?;
    let unit = reading.units.iter().find(|u| u.document == document && u.block == evidence.block())?;
    Some(unit.zone)
}
