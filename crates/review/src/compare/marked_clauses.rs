//! What it checks: each clause the tender marks (★ ■ ▲ …) is answered somewhere in the bid.
//! Why it matters: an unanswered ★ clause rejects the bid, an unanswered ▲ clause costs points.
//! Exclusions: meaning is not judged. A clause whose words all stand in one sentence of the bid passes; one of which
//! hardly a word occurs anywhere is a risk; all between is left to a person.

use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B011", dimension: Dimension::Technical, run };

const MARKS: [char; 7] = ['★', '■', '█', '▲', '※', '☆', '△'];
const CLAUSES_MAX: usize = 400;

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let mut count = 0;
    for (unit, one) in case.tender.units.iter().enumerate() {
        if !matches!(one.zone, Zone::Requirement | Zone::Instructions | Zone::FrontTable | Zone::Notice) {
            continue;
        }
        for range in crate::bid::cut(&one.text) {
            let text = case.tender.text(unit, &range);
            let Some(mark) = text.chars().find(|c| MARKS.contains(c)) else { continue };
            let Some(start) = text.find(mark) else { continue };
            // A sentence that explains the mark has it in quotes.
            if text.contains(&format!("\"{mark}\"")) || text.contains(&format!("'{mark}'")) || text.contains("标注") {
                continue;
            }
            let clause = text.get(start..).unwrap_or_default();
            let terms = terms(clause);
            if terms.len() < 2 {
                continue;
            }
            count += 1;
            if count > CLAUSES_MAX {
                return;
            }
            let rigid = matches!(mark, '★' | '※');
            judge(case, report, unit, &range, clause, &terms, rigid);
        }
    }
}

fn judge(
    case: &Case<'_>,
    report: &mut Report<'_>,
    unit: usize,
    range: &std::ops::Range<usize>,
    clause: &str,
    terms: &[String],
    rigid: bool,
) {
    let tender: Vec<_> = case.tender.evidence(unit, range).into_iter().collect();
    let anywhere = terms.iter().filter(|t| case.bid.bare.contains(t.as_str())).count();
    let best = case
        .bid
        .sentences
        .iter()
        .map(|s| {
            let bare: String = case.bid.text(s).chars().filter(|c| !c.is_whitespace()).collect();
            (terms.iter().filter(|t| bare.contains(t.as_str())).count(), s)
        })
        .max_by_key(|(n, s)| (*n, std::cmp::Reverse(s.range.len())));
    let subject = format!("{unit} {}", range.start);
    let short: String = clause.chars().take(40).collect();
    let heading = best.map(|(_, s)| case.bid.column_heading(s.unit).to_owned()).unwrap_or_default();
    let judgement = match best {
        Some((n, sentence))
            if n * 10 >= terms.len() * 6 && !negative(case.bid.text(sentence)) && !heading.contains("招标") =>
        {
            let remark = format!("“{short}”有逐项响应");
            if figures_differ(clause, case.bid.text(sentence)) {
                Judgement::new(Verdict::Risk, subject, format!("“{short}”有响应，数值须核对"))
                    .state(FindingState::HumanOnly)
                    .says(case.bid.evidence(sentence))
            } else {
                Judgement::new(Verdict::Pass, subject, remark).says(case.bid.evidence(sentence))
            }
        }
        _ if anywhere * 3 <= terms.len() => {
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            Judgement::new(Verdict::Risk, subject, format!("未找到对“{short}”的响应")).state(state)
        }
        Some((_, sentence)) => Judgement::new(Verdict::Risk, subject, format!("“{short}”的响应须人工核对"))
            .state(FindingState::HumanOnly)
            .says(case.bid.evidence(sentence)),
        None => return,
    };
    let judgement = if rigid { judgement.rigid() } else { judgement };
    report.push(judgement.demands(clause, tender));
}

fn negative(text: &str) -> bool {
    ["不满足", "不符合", "不具备", "无法", "负偏离", "不提供", "未提供"].iter().any(|w| text.contains(w))
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

/// Runs of three Chinese characters and whole words, without those every clause has.
fn terms(clause: &str) -> Vec<String> {
    const COMMON: [&str; 22] = [
        "必须",
        "提供",
        "证明",
        "材料",
        "相关",
        "要求",
        "需要",
        "应当",
        "采用",
        "具有",
        "不得",
        "以上",
        "以及",
        "并且",
        "进行",
        "可以",
        "投标人",
        "中标人",
        "采购人",
        "供应商",
        "且需",
        "招标",
    ];
    let mut terms = Vec::new();
    for run in clause.split(|c: char| !c.is_alphanumeric()) {
        let characters: Vec<char> = run.chars().collect();
        if run.is_ascii() {
            if characters.len() >= 2 && run.chars().any(char::is_alphabetic) {
                terms.push(run.to_owned());
            }
            continue;
        }
        for window in characters.windows(3) {
            let term: String = window.iter().collect();
            if window.iter().all(|c| bidlens_domain::fold::is_cjk(*c)) && !COMMON.iter().any(|w| term.contains(w)) {
                terms.push(term);
            }
        }
    }
    terms.sort();
    terms.dedup();
    terms
}
