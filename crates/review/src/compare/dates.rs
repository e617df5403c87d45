//! What it checks: the bid is not dated after bids were due.
//! Why it matters: a form dated after the deadline was not part of the bid, or carries a wrong date.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::Bid;
use crate::grammar::dates;

pub(super) const CHECK: Check = Check { id: "B017", dimension: Dimension::DocumentStructure, run };

/// Whether a line is a date alone, right below a signature or a seal.
fn closes_a_letter(bid: &Bid<'_>, unit: usize, line: &str) -> bool {
    const SIGNED: [&str; 6] = ["盖章", "公章", "单位章", "签字", "签名", "签章"];
    const ABOVE: usize = 3;
    let date_alone = line.starts_with(['2', '二']) && line.ends_with('日') && line.chars().count() <= 12;
    let above = (unit.saturating_sub(ABOVE)..unit).filter_map(|u| bid.reading.unit(u));
    let signed = |text: &str| text.chars().count() <= 60 && SIGNED.iter().any(|w| text.contains(w));
    let signs = |text: &str| {
        signed(text)
            || text.chars().count() <= 40 && ["投标人:", "代理人:", "代表人:", "代表:"].iter().any(|w| text.contains(w))
    };
    date_alone && above.into_iter().any(|u| signs(&u.text))
}

/// A label in two languages: `日期 Date：`.
fn in_two_languages(bare: &str) -> bool {
    let label = bare.split(':').next().unwrap_or_default();
    let english = label.strip_prefix("日期").map(str::to_lowercase).unwrap_or_default();
    label.len() < bare.len() && matches!(english.trim_matches(['/', '(', ')']), "date" | "dated")
}

/// Whether a line of signatures ends with its date: 法定代表人:柯砚田(签字) 日期:2027年5月27日.
fn ends_a_signature(bare: &str) -> bool {
    const LINE_MAX: usize = 100;
    let Some((before, behind)) = bare.rsplit_once("日期:") else { return false };
    // 出生日期, 成立日期 and 截止日期 are of other things.
    let other = before.ends_with(['生', '立', '止', '效', '证', '册', '到', '开', '始', '签', '同', '工', '验']);
    let signs = ["法定代表人", "授权代表", "委托代理人", "盖章", "公章", "签字"].iter().any(|w| before.contains(w));
    signs && !other && bare.chars().count() <= LINE_MAX && behind.chars().count() <= 14
}

/// Whether a line is a date alone at the head of a letter: right above `To:`.
fn opens_a_letter(bid: &Bid<'_>, unit: usize, line: &str) -> bool {
    let Some(stamp) = dates::first(line) else { return false };
    let alone = line.trim().len() <= stamp.range.len() + 1 && line.is_ascii();
    let below = bid.reading.unit(unit + 1).map_or("", |u| u.text.trim_start());
    alone
        && bid.is_binding(unit)
        && ["To:", "TO:", "To the ", "Attention", "Dear "].iter().any(|w| below.starts_with(w))
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(deadline), Some(field)) = (case.deadline(), case.facts.field("bid_deadline")) else { return };
    let mut passed = false;
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        for line in one.text.lines() {
            let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let labelled = bare.starts_with("日期:")
                || in_two_languages(&bare)
                || ends_a_signature(&bare)
                || opens_a_letter(case.bid, unit, line)
                || bare.starts_with("签署日期:")
                || bare.starts_with("签字日期:")
                || bare.starts_with("Date:")
                || bare.contains(")日期:");
            let headings = case.bid.reading.headings(unit);
            // The last offer of a negotiation is made after bids were opened.
            let later =
                headings.iter().any(|h| ["最后报价", "最终报价", "二次报价", "多轮"].iter().any(|w| h.contains(w)));
            let labelled = labelled || closes_a_letter(case.bid, unit, &bare);
            if !labelled || later || !case.bid.is_own(unit) {
                continue;
            }
            // Behind a signature other dates may stand before the label.
            let said = line.rfind("日期").and_then(|at| line.get(at..)).unwrap_or(line);
            let Some(stamp) = dates::first(said) else { continue };
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
