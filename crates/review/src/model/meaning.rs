//! Whether a bid's words meet a demand of meaning.
//!
//! Only what no check judged is asked: findings of the ledger that wait for a person. What code decided stays, and a
//! demand with figures is met only by a quote that holds them.

use std::collections::HashSet;

use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::requirement::Constraint;
use bidlens_domain::wording::{Wording, both};
use serde::Deserialize;
use serde_json::{Value, json};

use super::passages::{Passage, passages, verified};
use super::{Budget, Model, ModelError, Purpose, Question, Tally, ask};
use crate::bid::Bid;
use crate::fields::letters;
use crate::ledger::BY_WORDS;

const DEMANDS_PER_QUESTION: usize = 6;
const PASSAGES_PER_DEMAND: usize = 3;
/// Characters of a demand that are shown.
const DEMAND_CHARS: usize = 300;
/// Share of a demand's runs of two letters that a passage must hold to be shown for it.
const SHARE_MIN: f64 = 0.12;

/// A demand with the passages that are shown for it.
struct Asked {
    finding: usize,
    demand: String,
    near: Vec<usize>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    judgements: Vec<Judged>,
}

#[derive(Debug, Deserialize)]
struct Judged {
    demand: usize,
    verdict: Word,
    #[serde(default)]
    quote: String,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Met,
    NotMet,
    Unclear,
}

/// Asks about what waits for a person in one bidder's findings and puts what can be proven in its place.
///
/// `documents` are that bidder's files; no other bidder's words are read.
pub async fn judge_meaning(
    model: &dyn Model,
    facts: &Facts,
    documents: &[Document],
    bidder: &str,
    findings: &mut [Finding],
    budget: Budget,
) -> Result<Tally, ModelError> {
    let mut tally = Tally::default();
    let open: Vec<(usize, String)> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| is_open(finding, facts))
        .map(|(at, finding)| (at, finding.requirement_text.clone()))
        .collect();
    if open.is_empty() {
        return Ok(tally);
    }
    let bid = Bid::new(bidder, documents);
    let shown: Vec<Passage> = passages(&bid.reading).into_iter().filter(|p| bid.is_own(p.unit)).collect();
    let grams: Vec<HashSet<[char; 2]>> = shown.iter().map(|p| runs(&p.text)).collect();
    let asked: Vec<Asked> = open
        .into_iter()
        .map(|(finding, demand)| Asked { finding, near: nearest(&demand, &grams), demand })
        .filter(|asked| !asked.near.is_empty())
        .collect();
    let mut unasked = asked.len();
    for batch in asked.chunks(DEMANDS_PER_QUESTION) {
        let question = question(batch, &shown);
        if !budget.without(&tally).admits(&question) {
            break;
        }
        unasked -= batch.len();
        let answer: Answer = ask(model, &question, &mut tally).await?;
        for judged in answer.judgements {
            let Some(asked) = batch.get(judged.demand.wrapping_sub(1)) else {
                tally.unverified += 1;
                continue;
            };
            if judged.verdict == Word::Unclear {
                continue;
            }
            let proven = asked.near.iter().filter_map(|&n| shown.get(n)).find_map(|passage| {
                let inside = letters(&judged.quote).chars().count() >= 4
                    && letters(&passage.text).contains(&letters(&judged.quote));
                inside.then(|| verified(documents, &bid.reading, passage, &judged.quote)).flatten()
            });
            let (Some(evidence), Some(finding)) = (proven, findings.get_mut(asked.finding)) else {
                tally.unverified += 1;
                continue;
            };
            tally.accepted += 1;
            let (verdict, state, remark) = said(&asked.demand, &judged, evidence.quote());
            let text = FindingText {
                rule_id: finding.rule_id.clone(),
                subject: String::new(),
                source: FindingSource::Llm,
                dimension: finding.dimension,
                requirement_id: finding.requirement_id.clone(),
                requirement_text: finding.requirement_text.clone(),
                response_text: evidence.quote().to_owned(),
                rigid: finding.rigid,
                remark,
            };
            let tender = finding.tender_evidence.clone();
            let (id, basis) = (finding.id.clone(), std::mem::take(&mut finding.basis));
            // The same finding, judged: what a person decided about it stays with it.
            *finding = Finding::new(text, bidder, verdict, state, tender, vec![evidence]);
            (finding.id, finding.basis) = (id, basis);
        }
    }
    tally.unasked = u32::try_from(unasked).unwrap_or(u32::MAX);
    Ok(tally)
}

/// Whether a finding waits for somebody who understands words.
fn is_open(finding: &Finding, facts: &Facts) -> bool {
    let unjudged = finding.verdict() == Verdict::Risk && finding.state() != FindingState::Judged;
    let typed = finding.requirement_id.as_deref().is_some_and(|id| {
        let requirement = facts.requirements.iter().find(|r| r.id == id);
        requirement.is_some_and(|r| !matches!(r.constraint, Constraint::Semantic | Constraint::Declaration { .. }))
    });
    unjudged && !typed && BY_WORDS.contains(&finding.rule_id.as_str()) && !finding.requirement_text.is_empty()
}

/// A model's word about a demand, within what code lets it say: never a `fail`, and no `pass` without the figures.
fn said(demand: &str, judged: &Judged, quote: &str) -> (Verdict, FindingState, Wording) {
    let reason: String = judged.reason.chars().filter(|c| !c.is_control()).take(120).collect();
    let (reason, reason_en) = match reason.as_str() {
        "" => (String::new(), String::new()),
        // The model's own words, in whatever language it chose.
        reason => (format!("：{reason}"), format!(": “{reason}”")),
    };
    let figures = |text: &str| -> Vec<String> {
        let folded = bidlens_domain::fold::folded(text);
        folded.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).collect()
    };
    let demanded = figures(crate::reading::skip_numbering(&bidlens_domain::fold::folded(demand)));
    let stated = figures(quote);
    match judged.verdict {
        Word::Met if demanded.iter().all(|figure| stated.contains(figure)) => {
            let remark = both(
                format!("模型认为已满足{reason}"),
                format!("By the model's reading the requirement is met{reason_en}"),
            );
            (Verdict::Pass, FindingState::Judged, remark)
        }
        Word::Met => (
            Verdict::Risk,
            FindingState::HumanOnly,
            both(
                format!("模型认为已满足，但引文没有要求中的数字，程序不予采信，请人工核对{reason}"),
                format!(
                    "By the model's reading the requirement is met, but its quote lacks the figures of the requirement \
                     and is not relied on; please check{reason_en}"
                ),
            ),
        ),
        Word::NotMet => {
            let remark = both(
                format!("模型认为不满足，请人工确认{reason}"),
                format!("By the model's reading the requirement is not met; please confirm{reason_en}"),
            );
            (Verdict::Risk, FindingState::Judged, remark)
        }
        Word::Unclear => {
            let remark = both(format!("模型不能判断{reason}"), format!("The model cannot tell{reason_en}"));
            (Verdict::Risk, FindingState::HumanOnly, remark)
        }
    }
}

/// Runs of two letters of a text.
fn runs(text: &str) -> HashSet<[char; 2]> {
    let all: Vec<char> = letters(text).chars().collect();
    all.windows(2).filter_map(|w| <[char; 2]>::try_from(w).ok()).collect()
}

/// The passages that share most with a demand, the best first.
fn nearest(demand: &str, passages: &[HashSet<[char; 2]>]) -> Vec<usize> {
    let wanted = runs(demand);
    let mut shares: Vec<(usize, f64)> = passages
        .iter()
        .enumerate()
        .map(|(at, grams)| (at, wanted.intersection(grams).count() as f64 / wanted.len().max(1) as f64))
        .filter(|(_, share)| *share >= SHARE_MIN)
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    shares.into_iter().take(PASSAGES_PER_DEMAND).map(|(at, _)| at).collect()
}

fn question(batch: &[Asked], shown: &[Passage]) -> Question {
    let demands: Vec<Value> = batch
        .iter()
        .enumerate()
        .map(|(at, asked)| {
            let text: String = asked.demand.chars().take(DEMAND_CHARS).collect();
            let passages: Vec<&str> =
                asked.near.iter().filter_map(|&n| shown.get(n)).map(|p| p.text.as_str()).collect();
            json!({"demand": at + 1, "text": text, "passages": passages})
        })
        .collect();
    Question {
        purpose: Purpose::Meaning,
        prompt: "meaning-1",
        system: include_str!("prompts/meaning.md").to_owned(),
        user: json!({"demands": demands}).to_string(),
        schema: json!({
            "type": "object",
            "properties": {"judgements": {"type": "array", "items": {
                "type": "object",
                "properties": {
                    "demand": {"type": "integer"},
                    "verdict": {"type": "string", "enum": ["met", "not_met", "unclear"]},
                    "quote": {"type": "string"},
                    "reason": {"type": "string"},
                },
                "required": ["demand", "verdict", "quote", "reason"],
                "additionalProperties": false,
            }}},
            "required": ["judgements"],
            "additionalProperties": false,
        }),
        refused: None,
    }
}
