//! What a configured model of language is asked, and what is made of its answers.
//!
//! Code settles all it can first. A model is then asked for what is left: fields nobody found ([`fields`]), sentences
//! that may cost a bid its validity in words no reader knows ([`clauses`]), and whether a bid's words meet a demand of
//! meaning ([`meaning`]). It is shown numbered passages as data, answers in a form that is checked, and must quote:
//! a quote that does not stand in the files drops the answer. Nothing here opens a connection; whoever has one
//! implements [`Model`].

mod clauses;
mod fields;
mod meaning;
mod passages;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use clauses::read_clauses;
pub use fields::settle_fields;
pub use meaning::judge_meaning;

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Fields,
    Clauses,
    Meaning,
    /// Whether the server answers as it must; nothing of a document is in it.
    Test,
}

impl Purpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Fields => "fields",
            Purpose::Clauses => "clauses",
            Purpose::Meaning => "meaning",
            Purpose::Test => "test",
        }
    }
}

/// An answer that did not have its form, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub answer: String,
    pub reason: String,
}

/// One question to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub purpose: Purpose,
    /// Name and version of the prompt, such as `fields-1`.
    pub prompt: &'static str,
    pub system: String,
    /// The data, as one JSON document.
    pub user: String,
    /// JSON Schema of the answer.
    pub schema: Value,
    /// An earlier answer to this question that must be put right.
    pub refused: Option<Refusal>,
}

/// Characters that stand for one token, at least: Chinese takes about 1.5, English 4.
const TOKEN_CHARS: f64 = 1.5;

impl Question {
    /// About how many tokens the question takes, rather too many than too few.
    pub fn tokens(&self) -> u64 {
        let refused = self.refused.as_ref().map_or(0, |r| r.answer.chars().count() + r.reason.chars().count());
        let chars =
            self.system.chars().count() + self.user.chars().count() + self.schema.to_string().len() / 3 + refused;
        (chars as f64 / TOKEN_CHARS).ceil() as u64
    }
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// It was answered before and nothing was paid.
    pub replayed: bool,
}

/// Why a model gave no answer that can be used. No variant repeats an address or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the model server does not answer: {0}")]
    Unreachable(String),
    #[error("the model server refuses: HTTP {status}{hint}")]
    Status { status: u16, hint: String },
    #[error("the model refused to answer: {0}")]
    Refused(String),
    #[error("the model's answer was cut off at its limit of tokens")]
    CutOff,
    #[error("the model's answer cannot be used: {0}")]
    Answer(String),
}

impl ModelError {
    /// Whether the same question may be answered a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            ModelError::Unreachable(_) => true,
            ModelError::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            ModelError::Refused(_) | ModelError::CutOff | ModelError::Answer(_) => false,
        }
    }
}

/// A model that can be asked.
#[async_trait]
pub trait Model: Send + Sync {
    async fn ask(&self, question: &Question) -> Result<Reply, ModelError>;

    /// Told of an answer that had its form, for those who keep answers.
    async fn keep(&self, _question: &Question, _reply: &Reply) {}
}

/// How much a model may still be asked in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub calls: u32,
    pub input_tokens: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { calls: 25, input_tokens: 60_000 }
    }
}

impl Budget {
    /// Whether one more question of this size may be asked, its repair included.
    fn admits(&self, question: &Question) -> bool {
        self.calls > 1 && question.tokens() * 2 <= self.input_tokens
    }

    /// This budget among as many runs as come yet, this one included.
    #[must_use]
    pub fn share(&self, parts: usize) -> Budget {
        let parts = parts.max(1);
        Budget {
            calls: self.calls / u32::try_from(parts).unwrap_or(u32::MAX),
            input_tokens: self.input_tokens / parts as u64,
        }
    }

    /// What is left after `tally`.
    #[must_use]
    pub fn without(&self, tally: &Tally) -> Budget {
        Budget {
            calls: self.calls.saturating_sub(tally.calls),
            input_tokens: self.input_tokens.saturating_sub(tally.input_tokens),
        }
    }
}

/// What asking came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    pub calls: u32,
    /// Of these, calls answered from what was answered before.
    pub replayed: u32,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// Answers whose quote and value held.
    pub accepted: u32,
    /// Answers whose quote does not stand in the files, or whose value does not stand in the quote.
    pub unverified: u32,
    /// Items that were left unasked because the budget was spent.
    pub unasked: u32,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.calls += other.calls;
        self.replayed += other.replayed;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.accepted += other.accepted;
        self.unverified += other.unverified;
        self.unasked += other.unasked;
    }

    fn count(&mut self, reply: &Reply) {
        self.calls += 1;
        self.replayed += u32::from(reply.replayed);
        self.input_tokens += reply.input_tokens;
        self.output_tokens += reply.output_tokens;
    }
}

/// Asks, and once more when the answer does not have its form.
pub async fn ask<T: DeserializeOwned>(
    model: &dyn Model,
    question: &Question,
    tally: &mut Tally,
) -> Result<T, ModelError> {
    let reply = model.ask(question).await?;
    tally.count(&reply);
    let reason = match parsed(&reply.text) {
        Ok(answer) => {
            model.keep(question, &reply).await;
            return Ok(answer);
        }
        Err(reason) => reason,
    };
    let again = Question { refused: Some(Refusal { answer: reply.text, reason }), ..question.clone() };
    let reply = model.ask(&again).await?;
    tally.count(&reply);
    let answer = parsed(&reply.text).map_err(ModelError::Answer)?;
    // Under the question as it was first asked, so that it need not be put right again.
    model.keep(question, &reply).await;
    Ok(answer)
}

/// Reads the JSON document of an answer: alone, between fences, or behind a model's thoughts.
fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let text = match text.rsplit_once("</think>") {
        Some((_, rest)) => rest,
        None => text,
    };
    let document = match (text.find('{'), text.rfind('}')) {
        (Some(start), Some(end)) if start < end => text.get(start..=end).unwrap_or_default(),
        _ => return Err("there is no JSON object in it".to_owned()),
    };
    serde_json::from_str(document).map_err(|e| e.to_string())
}
