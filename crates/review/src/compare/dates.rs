//! What it checks: the bid is not dated after bids were due.
//! Why it matters: a form dated after the deadline was not part of the bid, or carries a wrong date.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::grammar::dates;

pub(super) const CHECK: Check = Check { id: "B017", dimension: Dimension::DocumentStructure, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(deadline), Some(field)) = (case.deadline(), case.facts.field("bid_deadline")) else { return };
    let mut passed = false;
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        for line in one.text.lines() {
            let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let labelled = bare.starts_with("日期:")
                || bare.starts_with("签署日期:")
                || bare.starts_with("签字日期:")
                || bare.starts_with("Date:")
                || bare.contains(")日期:");
            let headings = case.bid.reading.headings(unit);
            // The last offer of a negotiation is made after bids were opened.
            let later =
                headings.iter().any(|h| ["最后报价", "最终报价", "二次报价", "多轮"].iter().any(|w| h.contains(w)));
            if !labelled || later || !case.bid.is_own(unit) {
                continue;
            }
            let Some(stamp) = dates::first(line) else { continue };
            let Some(start) = one.text.find(line) else { continue };
            let evidence = case.bid.reading.evidence(unit, &(start..start + line.len())).into_iter().collect();
            if stamp.moment.date() > deadline.date() {
                let remark = both(
                    format!("落款日期 {} 晚于投标截止日 {}", stamp.moment, deadline.date()),
                    format!("The bid is dated {}, after the bid deadline of {}", stamp.moment, deadline.date()),
                );
                report.push(
                    Judgement::new(Verdict::Fail, format!("date {unit}"), remark).demands_field(field).says(evidence),
                );
            } else if !passed {
                passed = true;
                let remark = both("落款日期不晚于投标截止日", "The bid is dated no later than the bid deadline");
                report.push(Judgement::new(Verdict::Pass, "date", remark).demands_field(field).says(evidence));
            }
        }
    }
}
