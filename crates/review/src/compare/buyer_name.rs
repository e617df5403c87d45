//! What it checks: letters in the bid are addressed to this tender's buyer or agency.
//! Why it matters: another buyer's name is a trace of another bid, and forms addressed wrongly may be rejected.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::grammar::company;

pub(super) const CHECK: Check = Check { id: "B014", dimension: Dimension::DocumentStructure, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("buyer_name") else { return };
    let mut known: Vec<String> = Vec::new();
    for key in ["buyer_name", "agency_name"] {
        match case.facts.field(key).and_then(|f| f.found()) {
            Some(FieldValue::Text(name)) => known.extend(name.split(['、', ';', ',']).map(company::normalise)),
            Some(FieldValue::TextList(names)) => known.extend(names.iter().map(|n| company::normalise(n))),
            _ => {}
        }
    }
    known.retain(|k| k.chars().count() >= 3);
    if known.is_empty() {
        return;
    }
    let mut passed = false;
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        let text = one.text.trim();
        let (names, addressed) = match text.strip_prefix('致') {
            Some(rest) => (rest.trim_start_matches(':'), true),
            None => (text, false),
        };
        let names = names.split('\n').next().unwrap_or_default();
        if names.chars().count() > 80 || !(addressed || names.ends_with(':')) {
            continue;
        }
        let parts: Vec<String> = names
            .split(['、', ',', ';', '('])
            .map(company::normalise)
            .filter(|n| company::is_organisation(n))
            .collect();
        if parts.is_empty() {
            continue;
        }
        let evidence = case.bid.unit_evidence(unit);
        let right =
            parts.iter().all(|p| known.iter().any(|k| k == p || k.contains(p.as_str()) || p.contains(k.as_str())));
        if right {
            if !passed {
                passed = true;
                report.push(
                    Judgement::new(Verdict::Pass, "addressee", "致函对象与采购人名称一致")
                        .demands_field(field)
                        .says(evidence),
                );
            }
        } else {
            let remark = format!("致函对象“{}”与采购人“{}”不一致", parts.join("、"), known.join("、"));
            report.push(
                Judgement::new(Verdict::Fail, format!("addressee {unit}"), remark).demands_field(field).says(evidence),
            );
        }
    }
}
