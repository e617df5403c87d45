//! An OpenAI-compatible server of a language model: one question in, one JSON document out.
//!
//! Servers differ in what they take: the form of the answer is asked for by JSON Schema, then as any JSON, then in
//! words alone, and what a server took is remembered. A busy or broken server is asked again with growing pauses; one
//! that keeps failing is left alone for a while. Every answer is bounded, and a cut or refused one is an error.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bidlens_review::model::{Model, ModelError, Purpose, Question, Reply};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::answer::{self, Unread};

/// Where the server is and how it is asked.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// The address of the server, such as `http://localhost:8000` or `https://api.example.com/v1`.
    pub base_url: String,
    /// The path below the address; `None` for `/v1/chat/completions`, or `/chat/completions` below a `/v1`.
    pub endpoint_path: Option<String>,
    pub model: String,
    pub api_key: Option<SecretString>,
    /// How long one answer may take.
    pub timeout: Duration,
    /// Questions at one time.
    pub concurrency: usize,
    /// Questions begun in a minute; 0 for no limit.
    pub per_minute: u32,
    /// Tokens of one answer.
    pub answer_tokens: u32,
    /// Price of a million tokens asked with and answered with, in the currency of the bill.
    pub prices: Option<Prices>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    pub input: f64,
    pub output: f64,
}

impl Prices {
    /// The price of so many tokens.
    pub fn of(self, input_tokens: u64, output_tokens: u64) -> f64 {
        (self.input * input_tokens as f64 + self.output * output_tokens as f64) / 1e6
    }
}

impl ModelSettings {
    /// The address questions are sent to.
    fn url(&self) -> String {
        let base = self.base_url.trim_end_matches('/');
        match &self.endpoint_path {
            Some(path) => format!("{base}/{}", path.trim_start_matches('/')),
            None if base.ends_with("/chat/completions") => base.to_owned(),
            None if base.rsplit('/').next().is_some_and(is_version) => format!("{base}/chat/completions"),
            None => format!("{base}/v1/chat/completions"),
        }
    }
}

/// `v1`, `v4`: the version that ends an address.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// How the form of the answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `response_format` with a JSON Schema the server enforces.
    JsonSchema,
    /// `response_format: json_object`, and the schema in words.
    JsonObject,
    /// The schema in words alone.
    Words,
}

impl Dialect {
    fn of(code: u8) -> Dialect {
        match code {
            0 => Dialect::JsonSchema,
            1 => Dialect::JsonObject,
            _ => Dialect::Words,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::JsonSchema => "json_schema",
            Dialect::JsonObject => "json_object",
            Dialect::Words => "words",
        }
    }
}

/// Something a server of the same name does otherwise than others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// Takes no `temperature`.
    NoTemperature = 1,
    /// Wants `max_completion_tokens` instead of `max_tokens`.
    CompletionTokens = 2,
    /// Answers at once only when it is told not to think aloud.
    NoThinking = 4,
}

/// What the next request must do otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adapt {
    Form,
    Quirk(Quirk),
}

impl Adapt {
    /// What a refusal complains of, when it is the request's shape.
    fn of(status: u16, said: &str) -> Option<Adapt> {
        if !matches!(status, 400 | 404 | 415 | 422 | 500 | 501) {
            return None;
        }
        let complains = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if complains(&["response_format", "json_schema", "json_object", "guided", "grammar"]) {
            Some(Adapt::Form)
        } else if complains(&["enable_thinking"]) {
            Some(Adapt::Quirk(Quirk::NoThinking))
        } else if complains(&["max_completion_tokens"]) {
            Some(Adapt::Quirk(Quirk::CompletionTokens))
        } else if complains(&["temperature"]) {
            Some(Adapt::Quirk(Quirk::NoTemperature))
        } else {
            None
        }
    }
}

/// A server of a language model.
#[derive(Debug)]
pub struct ModelServer {
    settings: ModelSettings,
    client: reqwest::Client,
    dialect: AtomicU8,
    /// What the server does not take, one bit for each [`Quirk`].
    quirks: AtomicU8,
    turns: Semaphore,
    /// When the next question may begin.
    next: Mutex<Instant>,
    breaker: Mutex<Breaker>,
}

/// Failures in a row, and until when nothing is asked because of them.
#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    closed_until: Option<Instant>,
}

/// Failed requests in a row after which the server is left alone, and for how long.
const FAILURES_MAX: u32 = 8;
const LEFT_ALONE: Duration = Duration::from_secs(30);
/// Waits between attempts at one question, when the server names none.
const BACKOFF: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];
/// A server may ask for longer waits, up to this; one that asks for more fails the question.
const WAIT_MAX: Duration = Duration::from_secs(300);
/// The wait before a question is asked once more that got nothing.
const AFTER_NOTHING: Duration = Duration::from_millis(500);
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of an error that are read to learn what the server did not take.
const ERROR_BYTES_MAX: usize = 16 * 1024;

/// Why one request gave no answer, and how long to wait before the next.
struct Failure {
    error: ModelError,
    wait: Option<Duration>,
    /// What the server would have taken.
    adapt: Option<Adapt>,
    /// It answered, with nothing: an empty text, or a page of a gateway. The next time it may say something.
    is_nothing: bool,
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Failure {
        Failure { error, wait: None, adapt: None, is_nothing: false }
    }
}

impl ModelServer {
    pub fn new(settings: ModelSettings) -> Result<ModelServer, ModelError> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            // A key belongs to the server it was given for.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| ModelError::Unreachable(format!("no HTTP client: {e}")))?;
        Ok(ModelServer {
            turns: Semaphore::new(settings.concurrency.max(1)),
            settings,
            client,
            dialect: AtomicU8::new(0),
            quirks: AtomicU8::new(0),
            next: Mutex::new(Instant::now()),
            breaker: Mutex::default(),
        })
    }

    pub fn model(&self) -> &str {
        &self.settings.model
    }

    pub fn prices(&self) -> Option<Prices> {
        self.settings.prices
    }

    /// How the server takes the form of its answers, as far as is known.
    pub fn dialect(&self) -> Dialect {
        Dialect::of(self.dialect.load(Ordering::Relaxed))
    }

    /// Asks one small question that holds nothing of a document, once.
    pub async fn test(&self) -> Result<Reply, ModelError> {
        let question = Question {
            purpose: Purpose::Test,
            prompt: "test-1",
            system: "You are tested for whether you answer in JSON.".to_owned(),
            user: json!({"say": "ok"}).to_string(),
            schema: json!({
                "type": "object",
                "properties": {"answer": {"type": "string", "enum": ["ok"]}},
                "required": ["answer"],
                "additionalProperties": false,
            }),
            refused: None,
        };
        #[derive(Deserialize)]
        struct Answer {
            answer: String,
        }
        let mut tally = bidlens_review::model::Tally::default();
        let answer: Answer = bidlens_review::model::ask(self, &question, &mut tally).await?;
        if answer.answer != "ok" {
            return Err(ModelError::Answer("it does not keep to the words it may choose from".to_owned()));
        }
        Ok(Reply {
            text: answer.answer,
            input_tokens: tally.input_tokens,
            output_tokens: tally.output_tokens,
            replayed: false,
        })
    }

    /// Waits for the question's turn by the limit of questions a minute.
    async fn wait_for_turn(&self) {
        if self.settings.per_minute == 0 {
            return;
        }
        let gap = Duration::from_secs(60) / self.settings.per_minute;
        let at = {
            let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            *next = at + gap;
            at
        };
        tokio::time::sleep_until(at.into()).await;
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn check_breaker(&self) -> Result<(), ModelError> {
        let mut breaker = self.breaker();
        match breaker.closed_until {
            Some(until) if Instant::now() < until => {
                let seconds = until.saturating_duration_since(Instant::now()).as_secs() + 1;
                Err(ModelError::Unreachable(format!(
                    "it failed {} times in a row and is left alone for {seconds} s",
                    breaker.failures
                )))
            }
            Some(_) => {
                // One more failure closes it again.
                *breaker = Breaker { failures: FAILURES_MAX - 1, closed_until: None };
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn record(&self, failed: bool) {
        let mut breaker = self.breaker();
        if !failed {
            *breaker = Breaker::default();
            return;
        }
        breaker.failures += 1;
        if breaker.failures >= FAILURES_MAX {
            breaker.closed_until = Some(Instant::now() + LEFT_ALONE);
        }
    }

    /// Does otherwise from now on; false when that was done already and did not help.
    fn adapt(&self, adapt: Adapt, dialect: u8) -> bool {
        tracing::info!(?adapt, "the model server is asked in another way");
        match adapt {
            Adapt::Form => {
                // Another question may have learnt it meanwhile.
                let _ = self.dialect.compare_exchange(dialect, dialect + 1, Ordering::Relaxed, Ordering::Relaxed);
                Dialect::of(dialect) != Dialect::Words
            }
            Adapt::Quirk(quirk) => self.quirks.fetch_or(quirk as u8, Ordering::Relaxed) & quirk as u8 == 0,
        }
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.quirks.load(Ordering::Relaxed) & quirk as u8 != 0
    }

    fn body(&self, question: &Question, dialect: Dialect) -> Value {
        let system = match dialect {
            Dialect::JsonSchema => question.system.clone(),
            Dialect::JsonObject | Dialect::Words => format!(
                "{}\nAnswer with one JSON object and nothing else. It has this JSON Schema:\n{}",
                question.system, question.schema
            ),
        };
        let mut messages =
            vec![json!({"role": "system", "content": system}), json!({"role": "user", "content": question.user})];
        if let Some(refused) = &question.refused {
            messages.push(json!({"role": "assistant", "content": refused.answer}));
            let correction = format!(
                "That was not as asked: {}. Answer again, with one JSON object of the schema and nothing else: {}",
                refused.reason, question.schema
            );
            messages.push(json!({"role": "user", "content": correction}));
        }
        let mut body = json!({"model": self.settings.model, "messages": messages, "stream": false});
        let limit = if self.has(Quirk::CompletionTokens) { "max_completion_tokens" } else { "max_tokens" };
        body[limit] = json!(self.settings.answer_tokens);
        if !self.has(Quirk::NoTemperature) {
            body["temperature"] = json!(0);
        }
        if self.has(Quirk::NoThinking) {
            body["enable_thinking"] = json!(false);
        }
        match dialect {
            Dialect::JsonSchema => {
                let schema = json!({"name": question.purpose.as_str(), "strict": true, "schema": question.schema});
                body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
            }
            Dialect::JsonObject => body["response_format"] = json!({"type": "json_object"}),
            Dialect::Words => {}
        }
        body
    }

    async fn send(&self, question: &Question, dialect: Dialect) -> Result<Reply, Failure> {
        let mut request = self
            .client
            .post(self.settings.url())
            .timeout(self.settings.timeout)
            .header("content-type", "application/json")
            .body(self.body(question, dialect).to_string());
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(wait_of);
            let said = read(&mut response, ERROR_BYTES_MAX).await.unwrap_or_default();
            let said = String::from_utf8_lossy(&said).to_lowercase();
            let hint = match status {
                401 | 403 => "; check LOCAL_LLM_API_KEY".to_owned(),
                404 => "; check LOCAL_LLM_BASE_URL, LOCAL_LLM_ENDPOINT_PATH and LOCAL_LLM_MODEL".to_owned(),
                413 => "; the question is too long for the server".to_owned(),
                429 => "; too many questions, or the account is used up".to_owned(),
                _ => String::new(),
            };
            let adapt = Adapt::of(status, &said);
            return Err(Failure { wait, adapt, ..ModelError::Status { status, hint }.into() });
        }
        let answer = read(&mut response, ANSWER_BYTES_MAX).await?;
        reply(&answer, question)
    }
}

#[async_trait]
impl Model for ModelServer {
    async fn ask(&self, question: &Question) -> Result<Reply, ModelError> {
        let _turn = self.turns.acquire().await.map_err(|e| ModelError::Unreachable(e.to_string()))?;
        // Somebody waits for a test, and wants to know how it is now.
        let is_test = question.purpose == Purpose::Test;
        let mut waits = if is_test { [].iter() } else { BACKOFF.iter() };
        let mut was_nothing = is_test;
        loop {
            self.check_breaker()?;
            self.wait_for_turn().await;
            let code = self.dialect.load(Ordering::Relaxed);
            let failure = match self.send(question, Dialect::of(code)).await {
                Ok(reply) => {
                    self.record(false);
                    return Ok(reply);
                }
                Err(failure) => failure,
            };
            if failure.adapt.is_some_and(|adapt| self.adapt(adapt, code)) {
                continue;
            }
            let passing = failure.error.is_passing();
            self.record(passing);
            if failure.is_nothing && !std::mem::replace(&mut was_nothing, true) {
                tracing::warn!(error = %failure.error, "the model is asked once more");
                tokio::time::sleep(AFTER_NOTHING).await;
                continue;
            }
            match waits.next() {
                Some(backoff) if passing && failure.wait.is_none_or(|wait| wait <= WAIT_MAX) => {
                    let wait = failure.wait.unwrap_or(*backoff);
                    tracing::warn!(error = %failure.error, wait_s = wait.as_secs_f64(), "the model is asked again");
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(failure.error),
            }
        }
    }
}

/// `Retry-After` in seconds, or as a date.
fn wait_of(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    (at.to_utc() - chrono::Utc::now()).to_std().ok()
}

async fn read(response: &mut reqwest::Response, max: usize) -> Result<Vec<u8>, Failure> {
    answer::body(response, max).await.map_err(|unread| match unread {
        Unread::Broken(error) => unreachable(error),
        Unread::TooLong => ModelError::Answer("it is too long".to_owned()).into(),
    })
}

fn unreachable(error: reqwest::Error) -> Failure {
    ModelError::Unreachable(answer::cause(error)).into()
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Value,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
}

/// What a completion says, when it says all it wanted to.
fn reply(answer: &[u8], question: &Question) -> Result<Reply, Failure> {
    let nothing = |reason: String| Failure { is_nothing: true, ..ModelError::Answer(reason).into() };
    let completion: Completion =
        serde_json::from_slice(answer).map_err(|e| nothing(format!("it is no completion: {e}")))?;
    // Some gateways answer 200 with an error inside.
    if let Some(error) = completion.error.filter(|e| !e.is_null()) {
        let text = error.get("message").and_then(Value::as_str).map_or_else(|| error.to_string(), str::to_owned);
        return Err(ModelError::Answer(text.chars().take(200).collect()).into());
    }
    let Some(choice) = completion.choices.into_iter().next() else {
        return Err(ModelError::Answer("it holds no choice".to_owned()).into());
    };
    if let Some(refusal) = choice.message.refusal.filter(|r| !r.trim().is_empty()) {
        return Err(ModelError::Refused(refusal.chars().take(200).collect()).into());
    }
    match choice.finish_reason.as_deref() {
        Some("length" | "max_tokens") => return Err(ModelError::CutOff.into()),
        Some("content_filter") => return Err(ModelError::Refused("its content filter stopped it".to_owned()).into()),
        // What such an answer holds may look whole and is not.
        Some(reason @ ("insufficient_system_resource" | "error" | "abort" | "timeout")) => {
            return Err(ModelError::Unreachable(format!("it stopped half way: {reason}")).into());
        }
        _ => {}
    }
    let text = match choice.message.content {
        Value::String(text) => text,
        // Some servers answer in parts.
        Value::Array(parts) => parts.iter().filter_map(|p| p.get("text").and_then(Value::as_str)).collect(),
        _ => String::new(),
    };
    if text.trim().is_empty() {
        return Err(nothing("it is empty".to_owned()));
    }
    let usage = completion.usage.unwrap_or_default();
    // A server that does not count is counted for.
    let counted = |tokens: Option<u64>, estimate: u64| tokens.filter(|tokens| *tokens > 0).unwrap_or(estimate);
    Ok(Reply {
        input_tokens: counted(usage.prompt_tokens, question.tokens()),
        output_tokens: counted(usage.completion_tokens, text.chars().count() as u64),
        text,
        replayed: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base_url: &str, endpoint_path: Option<&str>) -> String {
        let settings = ModelSettings {
            base_url: base_url.to_owned(),
            endpoint_path: endpoint_path.map(str::to_owned),
            model: "m".to_owned(),
            api_key: None,
            timeout: Duration::from_secs(1),
            concurrency: 1,
            per_minute: 0,
            answer_tokens: 1,
            prices: None,
        };
        settings.url()
    }

    #[test]
    fn addresses_are_completed() {
        assert_eq!(url("http://h:8000", None), "http://h:8000/v1/chat/completions");
        assert_eq!(url("http://h:8000/v1/", None), "http://h:8000/v1/chat/completions");
        assert_eq!(url("https://h/api/paas/v4", None), "https://h/api/paas/v4/chat/completions");
        assert_eq!(url("http://h/v1/chat/completions", None), "http://h/v1/chat/completions");
        assert_eq!(url("http://h:8000", Some("/v1/chat/completions")), "http://h:8000/v1/chat/completions");
        assert_eq!(url("http://h/x/", Some("ask")), "http://h/x/ask");
    }

    #[test]
    fn waits_are_read_as_seconds_and_as_dates() {
        assert_eq!(wait_of("2"), Some(Duration::from_secs(2)));
        assert_eq!(wait_of(" 0.5 "), Some(Duration::from_millis(500)));
        let later = (chrono::Utc::now() + chrono::Duration::seconds(90)).to_rfc2822();
        assert!(wait_of(&later).is_some_and(|w| w > Duration::from_secs(80)));
        assert_eq!(wait_of("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert_eq!(wait_of("-1"), None);
        assert_eq!(wait_of("soon"), None);
    }
}
