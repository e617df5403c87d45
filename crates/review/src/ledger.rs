//! Findings and the requirement ledger: which finding answers which requirement, and what no check could judge.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::{Constraint, Requirement};
use bidlens_domain::wording::both;

use crate::compare::Case;
use crate::reading::skip_numbering;
use crate::requirements::bare;

/// The id of findings about requirements that no check judges.
pub(crate) const UNJUDGED: &str = "B000";
/// Checks that compare words, where meaning decides.
pub(crate) const BY_WORDS: [&str; 2] = [UNJUDGED, "B011"];
/// Requirements beyond this are left to the ledger itself.
const REST_MAX: usize = 120;

/// The checks that judge a constraint of this subject.
fn checks_of(constraint: &Constraint) -> &'static [&'static str] {
    match constraint {
        Constraint::MoneyMax { .. } => &["B001"],
        Constraint::DurationMin { subject, .. } if subject == "bid_validity" => &["B005"],
        Constraint::DurationMin { .. } => &["B007"],
        Constraint::DurationMax { .. } => &["B006"],
        Constraint::Certificate { .. } => &["B012"],
        Constraint::PercentMax { .. } => &["B020"],
        Constraint::Parameter { .. } => &["B010", "B011"],
        Constraint::DateBefore { .. }
        | Constraint::CountMin { .. }
        | Constraint::DocumentPresent { .. }
        | Constraint::Signature { .. }
        | Constraint::Declaration { .. }
        | Constraint::Semantic => &["B008", "B011"],
    }
}

/// Gives findings the id of the requirement whose words they judged.
pub(crate) fn link(findings: &mut [Finding], facts: &Facts) {
    let words: Vec<(String, &Requirement)> = facts.requirements.iter().map(|r| (bare(&r.text), r)).collect();
    for finding in findings.iter_mut().filter(|f| f.requirement_id.is_none()) {
        let demand = bare(&finding.requirement_text);
        if demand.chars().count() < 4 {
            continue;
        }
        let same = words.iter().find(|(text, _)| {
            *text == demand
                || (demand.len() >= 18 && text.contains(&demand))
                || (text.len() >= 18 && demand.contains(text.as_str()))
        });
        let by_kind = || {
            words.iter().find(|(_, r)| {
                let typed = !matches!(
                    r.constraint,
                    Constraint::Semantic
                        | Constraint::DocumentPresent { .. }
                        | Constraint::Parameter { .. }
                        | Constraint::Certificate { .. }
                        | Constraint::Declaration { .. }
                        | Constraint::Signature { .. }
                );
                typed && checks_of(&r.constraint).contains(&finding.rule_id.as_str())
            })
        };
        finding.requirement_id = same.or_else(by_kind).map(|(_, r)| r.id.clone());
    }
}

/// Takes out what was found, by their words alone, of demands that people dropped from the ledger.
pub fn leave_out(reviews: &mut [BidReview], dropped: &[Requirement]) {
    let dropped: Vec<String> = dropped.iter().map(|r| bare(&r.text)).collect();
    let is_dropped = |finding: &Finding| {
        let demand = bare(&finding.requirement_text);
        BY_WORDS.contains(&finding.rule_id.as_str())
            && dropped.iter().any(|text| {
                *text == demand
                    || demand.chars().count() >= 8 && (text.contains(&demand) || demand.contains(text.as_str()))
            })
    };
    for review in reviews {
        review.findings.retain(|finding| !is_dropped(finding));
    }
}

/// Rigid requirements no check has judged: settled by the bid's own statement of the same words, or shown to a person
/// with the place that speaks of them.
pub(crate) fn rest(findings: &[Finding], case: &Case<'_>) -> Vec<Finding> {
    let judged = |r: &Requirement| findings.iter().any(|f| f.requirement_id.as_deref() == Some(r.id.as_str()));
    let open = case.facts.requirements.iter().filter(|r| r.rigid && !judged(r) && !is_consequence(&r.text));
    open.take(REST_MAX).map(|requirement| rest_finding(requirement, case)).collect()
}

/// A sentence that tells what happens to a bid, or how it is examined, and demands nothing more of it.
fn is_consequence(text: &str) -> bool {
    const WORDS: [&str; 19] = [
        "无效",
        "否决",
        "废标",
        "不予",
        "拒绝",
        "评委会",
        "评标委员会",
        "评审小组",
        "磋商小组",
        "谈判小组",
        "询价小组",
        "采购人代表",
        "基准价",
        "分值",
        "进入后续",
        "下一步",
        "评审通过",
        "格式自拟",
        "rejected",
    ];
    // `…的;` with a denial is an item of a list of such cases.
    let bare = text.trim_end_matches(['。', ';', '；', ',', '，']);
    let listed = bare.ends_with('的')
        && ["未", "不", "被", "违反", "超过", "含有", "出现", "有重大"].iter().any(|w| text.contains(w));
    let absent = ["未提供", "未按", "不一致", "不符合"].iter().any(|w| skip_numbering(&folded(text)).starts_with(w));
    listed || absent || WORDS.iter().any(|w| text.contains(w))
}

fn rest_finding(requirement: &Requirement, case: &Case<'_>) -> Finding {
    let best = case.answers.find(&requirement.text).filter(|a| a.share >= 0.34);
    // What only a declaration can answer is answered by the same words; grades and figures need a person.
    let declarable = matches!(requirement.constraint, Constraint::Semantic | Constraint::Declaration { .. })
        && !requirement.text.contains(['级', '≥', '≤'])
        && !requirement.text.contains("资质");
    let (verdict, state, evidence, remark) = match best {
        Some(answer) if declarable && answer.share >= 0.7 && same_sense(&requirement.text, &answer.text) => {
            let remark =
                both("投标文件有相同内容的承诺或声明", "The bid has a commitment or declaration of the same content");
            (Verdict::Pass, FindingState::Judged, answer.evidence, remark)
        }
        Some(answer) => {
            let remark = both(
                "程序不判断含义：请核对此处是否满足要求",
                "The program does not judge meaning: please check whether this meets the requirement",
            );
            (Verdict::Risk, FindingState::HumanOnly, answer.evidence, remark)
        }
        None if case.bid.readable => {
            let remark = both("未找到对应的响应内容，请人工核对", "No answer to this was found; please check");
            (Verdict::Risk, FindingState::NotFound, Vec::new(), remark)
        }
        None if case.bid.surely_read => {
            let remark = both(
                "未找到对应的响应内容；部分文字由图片识别得到，可能有遗漏，请人工核对",
                "No answer to this was found; some words were recognised from pictures and may be incomplete, so please check",
            );
            (Verdict::Risk, FindingState::Unreadable, Vec::new(), remark)
        }
        None => {
            let remark = both(
                "部分页面无法读取，未找到对应的响应内容",
                "Some pages could not be read, and no answer to this was found",
            );
            (Verdict::Risk, FindingState::Unreadable, Vec::new(), remark)
        }
    };
    let text = FindingText {
        rule_id: UNJUDGED.to_owned(),
        subject: String::new(),
        source: FindingSource::Compare,
        dimension: requirement.dimension,
        requirement_id: Some(requirement.id.clone()),
        requirement_text: requirement.text.clone(),
        response_text: evidence.first().map(|e: &Evidence| e.quote().to_owned()).unwrap_or_default(),
        rigid: requirement.rigid,
        remark,
    };
    Finding::new(text, &case.bid.name, verdict, state, requirement.evidence().to_vec(), evidence)
}

/// Whether an answer neither refuses nor names other figures than the demand.
fn same_sense(demand: &str, answer: &str) -> bool {
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let refuses = ["不满足", "不具备", "不符合", "不具有", "无法", "不能"];
    let refused = |t: &str| refuses.iter().any(|w| t.contains(w));
    digits(answer).contains(&digits(demand)) && refused(demand) == refused(answer) && !answer.contains("__")
}
