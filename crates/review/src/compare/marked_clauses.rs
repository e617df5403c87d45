//! What it checks: each clause the tender marks (★ ■ ▲ …) is answered somewhere in the bid.
//! Why it matters: an unanswered ★ clause rejects the bid, an unanswered ▲ clause costs points.
//! Exclusions: meaning is not judged. A clause answered in its row of a response table, or whose words stand in one
//! sentence of the bid, passes; one of which hardly a word occurs anywhere is a risk; all between is left to a person.
//! A declaration for everything not listed answers the clauses that ask for no proof, where the tender has only
//! deviations listed.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::parameters::{Offered, falls_short, keeps_figures, may_be_a_bound};
use super::{Case, Check, Judgement, Report, affirms, bare, is_wordless};
use crate::bid::answers::{Answer, terms};
use crate::changes;
use crate::reading::Zone;
use crate::risks::marks;

pub(super) const CHECK: Check = Check { id: "B011", dimension: Dimension::Technical, run };

const CLAUSES_MAX: usize = 400;
/// A clause that asks for one of these is not met by words alone.
const PROOFS: [&str; 9] = ["证明", "检测报告", "检验报告", "证书", "截图", "彩页", "复印件", "扫描件", "承诺函"];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let only_deviations = only_deviations(case);
    let declared = case.answers.declaration().map(|s| case.bid.evidence(s));
    if let Some(evidence) = &declared {
        let (text, tender) = only_deviations.clone().unwrap_or_default();
        report.push(
            Judgement::new(
                Verdict::Pass,
                "declaration",
                both("声明除所列偏离外全部响应", "The bid declares full compliance apart from the deviations listed"),
            )
            .demands(text, tender)
            .says(evidence.clone()),
        );
    }
    let declared = declared.filter(|_| only_deviations.is_some());
    let marks = marks::used(case.tender);
    let offered = Offered::new(case);
    let mut count = 0;
    for (unit, one) in case.tender.units.iter().enumerate() {
        if !matches!(one.zone, Zone::Requirement | Zone::Instructions | Zone::FrontTable | Zone::Notice) {
            continue;
        }
        for range in crate::bid::cut(&one.text) {
            let text = case.tender.text(unit, &range);
            let Some((start, mark)) = marks::find(text, &marks) else { continue };
            if marks::explains(text, mark) || case.is_of_another_lot(unit, text) {
                continue;
            }
            let clause = text.get(start..).unwrap_or_default();
            if terms(clause).len() < 2 {
                continue;
            }
            count += 1;
            if count > CLAUSES_MAX {
                return;
            }
            let changed = changes::as_changed(case.tender, clause);
            let asked = changed.as_ref().map_or(clause, |(text, _)| text.as_str());
            let new_words = changed.iter().flat_map(|(_, change)| changes::words(case.tender, change));
            let tender: Vec<_> = new_words.chain(case.tender.evidence(unit, &range)).collect();
            let subject = format!("{unit} {}", range.start);
            let judgement = judge(case, declared.as_deref(), subject, clause, asked);
            // What no answer could be held against may be told elsewhere under the same name.
            let unclear = judgement.verdict == Verdict::Risk && judgement.state != FindingState::Judged;
            let less = unclear.then(|| offered.less_by_name(asked)).flatten();
            let judgement = match less {
                Some((remark, evidence)) => Judgement::new(Verdict::Risk, judgement.subject, remark).says(evidence),
                None => judgement,
            };
            let judgement = if matches!(mark, '★' | '※') { judgement.rigid() } else { judgement };
            report.push(judgement.demands(asked, tender));
        }
    }
}

/// The clause by which only deviations are to be listed.
pub(super) fn only_deviations(case: &Case<'_>) -> Option<(String, Vec<Evidence>)> {
    case.tender.units.iter().enumerate().find_map(|(unit, one)| {
        crate::bid::cut(&one.text).find_map(|range| {
            let text = case.tender.text(unit, &range);
            let listed = text.contains("偏离")
                && (text.contains("只有当") || text.contains("仅") || text.contains("只需") || text.contains("只填"))
                && ["填写", "列出", "列明", "填列", "才"].iter().any(|w| text.contains(w))
                || text.contains("未列入偏离表") && (text.contains("视为") || text.contains("响应"))
                || text.contains("未在偏离表") && text.contains("视为");
            listed.then(|| (text.trim().to_owned(), case.tender.evidence(unit, &range).into_iter().collect()))
        })
    })
}

/// Looks for the answer to a clause by its words, and holds it against what is `asked` after the addenda.
fn judge(case: &Case<'_>, declared: Option<&[Evidence]>, subject: String, clause: &str, asked: &str) -> Judgement {
    let short: String = asked.chars().take(40).collect();
    let best = case.answers.find(clause).filter(|a| a.share > 0.0 && !answers_another(case, clause, a));
    let proof = PROOFS.iter().any(|w| clause.contains(w));
    match best {
        Some(answer) if answer.share >= 0.6 && !negative(&answer) && !is_wordless(&answer.text) => {
            if let Some(remark) = falls_short(asked, &answer.text) {
                let verdict =
                    if asked.contains('★') && !may_be_a_bound(asked) { Verdict::Fail } else { Verdict::Risk };
                return Judgement::new(verdict, subject, remark).says(answer.evidence);
            }
            let differ = !keeps_figures(asked, &answer.text).unwrap_or_else(|| !figures_differ(asked, &answer.text));
            let judgement = if differ {
                let remark = both(
                    format!("“{short}”有响应，数值须核对"),
                    format!("“{short}” is answered; its figures must be checked"),
                );
                Judgement::new(Verdict::Risk, subject, remark).state(FindingState::HumanOnly)
            } else {
                let remark = both(format!("“{short}”有逐项响应"), format!("“{short}” is answered item by item"));
                Judgement::new(Verdict::Pass, subject, remark)
            };
            judgement.says(answer.evidence)
        }
        _ if declared.is_some() && !proof => {
            let evidence = declared.unwrap_or_default().to_vec();
            let remark = both(
                format!("“{short}”未列为偏离，按声明响应"),
                format!("“{short}” is not listed as a deviation and is met by the declaration"),
            );
            Judgement::new(Verdict::Pass, subject, remark).says(evidence)
        }
        Some(answer)
            if answer.share >= 0.34
                && let Some(remark) = falls_short(asked, &answer.text) =>
        {
            Judgement::new(Verdict::Risk, subject, remark).says(answer.evidence)
        }
        Some(answer) if answer.share >= 0.34 || anywhere(case, clause) => {
            let remark = both(
                format!("“{short}”的响应须人工核对"),
                format!("The answer to “{short}” must be checked by a person"),
            );
            Judgement::new(Verdict::Risk, subject, remark).state(FindingState::HumanOnly).says(answer.evidence)
        }
        _ => {
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            let remark = both(format!("未找到对“{short}”的响应"), format!("No answer to “{short}” was found"));
            Judgement::new(Verdict::Risk, subject, remark).state(state)
        }
    }
}

/// Whether the row that comes nearest repeats another of the tender's demands in its words.
fn answers_another(case: &Case<'_>, clause: &str, answer: &Answer) -> bool {
    let Some(asked) = answer.asked.as_deref().filter(|_| answer.share < 0.6) else { return false };
    let (own, other) = (bare(clause), bare(asked));
    other.chars().count() >= 4 && !own.contains(&other) && !other.contains(&own) && case.tender_words.contains(&other)
}

/// Whether more than a third of the clause's words stand somewhere in the bid.
fn anywhere(case: &Case<'_>, clause: &str) -> bool {
    let terms = terms(clause);
    terms.iter().filter(|t| case.bid.bare.contains(t.as_str())).count() * 3 > terms.len()
}

fn negative(answer: &Answer) -> bool {
    ["不满足", "不符合", "不具备", "无法", "不提供", "未提供", "不支持"].iter().any(|w| answer.text.contains(w))
        || affirms(&answer.whole, "负偏离") && !answer.whole.contains("正/负")
}

/// Whether the clause names numbers that the answer does not repeat.
fn figures_differ(clause: &str, answer: &str) -> bool {
    let numbers = |t: &str| -> Vec<String> {
        t.split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .map(|n| n.trim_matches('.').to_owned())
            .filter(|n| !n.is_empty())
            .collect()
    };
    let answered = numbers(answer);
    // The clause's own number in the list is no figure.
    let asked: Vec<String> =
        numbers(clause.get(clause.find([')', '、', '.']).map_or(0, |at| at + 1)..).unwrap_or(clause));
    asked.iter().any(|n| !answered.contains(n)) && !answered.is_empty()
}
