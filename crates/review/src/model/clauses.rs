//! Sentences that put a bid out of the competition in words no reader knows.

use bidlens_domain::document::{Document, Language};
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::wording::both;
use serde::Deserialize;
use serde_json::{Value, json};

use super::passages::{Passage, verified};
use super::{Budget, Model, ModelError, Purpose, Question, Tally, ask};
use crate::fields::letters;
use crate::instructions::gives_orders;
use crate::reading::{Reading, Zone};
use crate::risks::{tags, title_words};

/// Words of consequence; each may mean much or nothing, which is why somebody is asked.
const HINTS: [&str; 33] = [
    "否则",
    "视为",
    "视同",
    "取消",
    "丧失",
    "放弃",
    "排除",
    "淘汰",
    "出局",
    "不接受",
    "不再",
    "不予",
    "不得参",
    "拒收",
    "拒绝",
    "无效",
    "退回",
    "不进入",
    "不具备",
    "责任自负",
    "自行承担",
    "剔除",
    "不受理",
    "不被",
    "失去",
    "终止",
    "exclud",
    "disqualif",
    "not be considered",
    "reject",
    "eliminat",
    "non-responsive",
    "set aside",
];
const SENTENCES_PER_QUESTION: usize = 30;
const QUESTIONS_MAX: usize = 3;
const SENTENCE_CHARS: usize = 260;

#[derive(Debug, Deserialize)]
struct Answer {
    clauses: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    sentence: usize,
    quote: String,
}

/// Asks about sentences that hint at a consequence and that no reader took for a rejection; returns further risks.
pub async fn read_clauses(
    model: &dyn Model,
    documents: &[Document],
    risks: &[Risk],
    budget: Budget,
) -> Result<(Vec<Risk>, Tally), ModelError> {
    let reading = Reading::new(documents);
    let candidates = candidates(&reading, risks);
    let mut tally = Tally::default();
    let mut found: Vec<Risk> = Vec::new();
    let mut unasked = candidates.len();
    for shown in candidates.chunks(SENTENCES_PER_QUESTION).take(QUESTIONS_MAX) {
        let question = question(shown);
        if !budget.without(&tally).admits(&question) {
            break;
        }
        unasked -= shown.len();
        let answer: Answer = ask(model, &question, &mut tally).await?;
        for named in answer.clauses {
            let risk = shown.get(named.sentence.wrapping_sub(1)).and_then(|sentence| {
                // The quote must come from the sentence that was asked about, and hold words of consequence.
                let inside = letters(&sentence.text).contains(&letters(&named.quote));
                let quote = named.quote.to_lowercase();
                if !inside || !HINTS.iter().any(|hint| quote.contains(hint)) {
                    return None;
                }
                risk(&sentence.text, verified(documents, &reading, sentence, &named.quote)?)
            });
            match risk {
                Some(risk) if found.iter().any(|other| other.evidence() == risk.evidence()) => {}
                Some(risk) => {
                    tally.accepted += 1;
                    found.push(risk);
                }
                None => tally.unverified += 1,
            }
        }
    }
    tally.unasked = u32::try_from(unasked).unwrap_or(u32::MAX);
    Ok((found, tally))
}

fn candidates(reading: &Reading<'_>, risks: &[Risk]) -> Vec<Passage> {
    let known: Vec<String> = risks
        .iter()
        .filter(|r| r.risk_type == RiskType::MustReject)
        .flat_map(|r| r.evidence().iter().map(|e| letters(e.quote())))
        .collect();
    let mut seen: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for clause in &reading.clauses {
        let Some(unit) = reading.unit(clause.unit) else { continue };
        if matches!(unit.zone, Zone::BidForms | Zone::Contract) || unit.is_heading {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range).trim().to_owned();
        let lower = text.to_lowercase();
        let chars = text.chars().count();
        if !(8..=SENTENCE_CHARS).contains(&chars) || !HINTS.iter().any(|h| lower.contains(h)) || gives_orders(&text) {
            continue;
        }
        let words = letters(&text);
        if seen.contains(&words) || known.iter().any(|k| k.contains(&words) || words.contains(k.as_str())) {
            continue;
        }
        seen.push(words);
        found.push(Passage { unit: clause.unit, text });
    }
    found
}

fn question(shown: &[Passage]) -> Question {
    let sentences: Vec<Value> =
        shown.iter().enumerate().map(|(at, s)| json!({"sentence": at + 1, "text": s.text})).collect();
    Question {
        purpose: Purpose::Clauses,
        prompt: "clauses-1",
        system: include_str!("prompts/clauses.md").to_owned(),
        user: json!({"sentences": sentences}).to_string(),
        schema: json!({
            "type": "object",
            "properties": {"clauses": {"type": "array", "items": {
                "type": "object",
                "properties": {"sentence": {"type": "integer"}, "quote": {"type": "string"}},
                "required": ["sentence", "quote"],
                "additionalProperties": false,
            }}},
            "required": ["clauses"],
            "additionalProperties": false,
        }),
        refused: None,
    }
}

fn risk(sentence: &str, evidence: bidlens_domain::evidence::Evidence) -> Option<Risk> {
    let text = RiskText {
        language: Language::Zh,
        title: title_words(sentence, Language::Zh),
        description: both(
            "模型认为此句会使投标失去资格或被否决，措辞不在程序所知之列；请人工确认。",
            "The model takes this sentence to put a bid out, in words that the program does not know; a person should look at it.",
        ),
        suggestion: both(
            "核对该条款的后果，必要时向招标人提出澄清。",
            "See what follows from the clause, and ask the buyer where it is not clear.",
        ),
        tags: tags(sentence),
        rule_id: "M001".to_owned(),
        law: None,
    };
    // A model's reading is an inference: never as severe as the document's own plain words.
    Risk::new(RiskType::MustReject, Severity::High, Certainty::Inferred, text, vec![evidence])
}
