//! What it checks: references are not older than the tender counts them (自 … 以来).
//! Why it matters: an older contract earns no points, and may be the only proof of a qualification.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use chrono::NaiveDate;

use super::{Case, Check, Judgement, Report};
use crate::grammar::dates;

pub(super) const CHECK: Check = Check { id: "B021", dimension: Dimension::Qualification, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let clauses = case.tender_clauses(|t| {
        (t.contains("业绩") || t.contains("合同") || t.contains("项目"))
            && (t.contains("以来") || t.contains("至今") || t.contains("之后") || t.contains("since"))
            && t.contains('自')
    });
    let since = clauses
        .iter()
        .find_map(|(text, evidence)| Some((dates::first(text)?.moment.date(), text.clone(), evidence.clone())));
    let Some((since, text, tender)) = since else { return };
    for grid in &case.bid.reading.grids {
        let Some(heading) = grid.rows.first() else { continue };
        let units = &case.bid.reading.units;
        let words: String = heading.iter().filter_map(|&u| units.get(u)).map(|u| u.text.as_str()).collect();
        let section = heading.first().map(|&u| case.bid.reading.headings(u).join(" ")).unwrap_or_default();
        let references = (words.contains("合同") || words.contains("签订") || words.contains("时间"))
            && (words.contains("项目名称") || words.contains("业绩") || section.contains("业绩"));
        if !references || words.contains("单价") {
            continue;
        }
        for row in grid.rows.iter().skip(1) {
            let dated = row.iter().copied().find_map(|u| Some((u, dates::first(&units.get(u)?.text)?.moment.date())));
            let Some((unit, date)) = dated else { continue };
            let mut evidence = case.bid.unit_evidence(unit);
            let name =
                row.iter().copied().filter(|u| *u != unit).max_by_key(|&u| units.get(u).map_or(0, |x| x.text.len()));
            evidence.extend(name.into_iter().flat_map(|u| case.bid.unit_evidence(u)));
            report.push(judgement(unit, date, since).demands(text.clone(), tender.clone()).says(evidence));
        }
    }
}

fn judgement(unit: usize, date: NaiveDate, since: NaiveDate) -> Judgement {
    if date < since {
        Judgement::new(Verdict::Risk, format!("{unit}"), format!("业绩日期 {date} 早于要求的 {since}，不计入"))
    } else {
        Judgement::new(Verdict::Pass, format!("{unit}"), format!("业绩日期 {date} 在要求的 {since} 之后"))
    }
}
