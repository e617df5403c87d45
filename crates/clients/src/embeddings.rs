//! An OpenAI-compatible server of embeddings: texts in, one vector of one length for each out.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Unread};

/// Where the server is and how it is asked.
#[derive(Debug, Clone)]
pub struct EmbeddingsSettings {
    /// Up to and without `/embeddings`, such as `http://localhost:8080/v1`.
    pub base_url: String,
    pub model: String,
    pub api_key: Option<SecretString>,
}

/// A server of embeddings.
#[derive(Debug, Clone)]
pub struct Embeddings {
    settings: EmbeddingsSettings,
    client: reqwest::Client,
}

/// Why there are no vectors. No variant repeats the address or the key.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingsError {
    #[error("prepare an HTTP client")]
    Client(#[source] reqwest::Error),
    #[error("the embeddings server does not answer: {0}")]
    Unreachable(String),
    #[error("the embeddings server refuses: HTTP {status}{hint}")]
    Refused { status: u16, hint: &'static str },
    #[error("the embeddings server's answer cannot be used: {0}")]
    Answer(String),
}

impl EmbeddingsError {
    /// Whether the same request may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            EmbeddingsError::Unreachable(_) => true,
            EmbeddingsError::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            EmbeddingsError::Client(_) | EmbeddingsError::Answer(_) => false,
        }
    }
}

/// Texts sent with one request.
const BATCH: usize = 64;
/// Bytes of a text that are sent: models read some hundred words.
const TEXT_BYTES_MAX: usize = 4_000;
/// Bytes of one answer; 64 vectors of four thousand numbers stay below it.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
const DIMENSIONS_MAX: usize = 8_192;
/// How long the server may take for a batch of texts.
const BATCH_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may take for a query, while somebody waits.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Waits between attempts.
const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];

impl Embeddings {
    pub fn new(settings: EmbeddingsSettings) -> Result<Embeddings, EmbeddingsError> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            // A key belongs to the server it was given for.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(EmbeddingsError::Client)?;
        Ok(Embeddings { settings, client })
    }

    pub fn model(&self) -> &str {
        &self.settings.model
    }

    /// A vector for each text, in their order, all of one length; asked in batches, each tried three times.
    pub async fn of_texts(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
        let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let mut waits = BACKOFF.iter();
            let answered = loop {
                match (self.ask(batch, BATCH_TIMEOUT).await, waits.next()) {
                    (Err(error), Some(&wait)) if error.is_passing() => {
                        tracing::debug!(%error, "embeddings are asked for again");
                        tokio::time::sleep(wait).await;
                    }
                    (answered, _) => break answered?,
                }
            };
            vectors.extend(answered);
        }
        let length = vectors.first().map_or(0, Vec::len);
        if vectors.iter().any(|vector| vector.len() != length) {
            return Err(EmbeddingsError::Answer("its vectors have different lengths".to_owned()));
        }
        Ok(vectors)
    }

    /// The vector of a query; tried once, because somebody waits.
    pub async fn of_query(&self, query: &str) -> Result<Vec<f32>, EmbeddingsError> {
        let vectors = self.ask(&[query], QUERY_TIMEOUT).await?;
        vectors.into_iter().next().ok_or_else(|| EmbeddingsError::Answer("it holds no vector".to_owned()))
    }

    async fn ask(&self, texts: &[&str], timeout: Duration) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
        let input: Vec<&str> = texts.iter().map(|text| beginning(text)).collect();
        let body = json!({"model": self.settings.model, "input": input, "encoding_format": "float"}).to_string();
        let url = format!("{}/embeddings", self.settings.base_url.trim_end_matches('/'));
        let mut request = self.client.post(url).timeout(timeout).header("content-type", "application/json").body(body);
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let hint = match status {
                401 | 403 => "; check BIDLENS_EMBEDDINGS_API_KEY",
                404 => "; check BIDLENS_EMBEDDINGS_URL and BIDLENS_EMBEDDINGS_MODEL",
                _ => "",
            };
            return Err(EmbeddingsError::Refused { status, hint });
        }
        let answer = answer::body(&mut response, ANSWER_BYTES_MAX).await.map_err(|unread| match unread {
            Unread::Broken(error) => unreachable(error),
            Unread::TooLong => EmbeddingsError::Answer("it is too long".to_owned()),
        })?;
        vectors_of(&answer, texts.len())
    }
}

fn unreachable(error: reqwest::Error) -> EmbeddingsError {
    EmbeddingsError::Unreachable(answer::cause(error))
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    embedding: Vec<f32>,
    #[serde(default)]
    index: Option<usize>,
}

/// The vectors of an answer in the order of what was asked.
fn vectors_of(answer: &[u8], count: usize) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
    let bad = |what: &str| EmbeddingsError::Answer(what.to_owned());
    let answer: Answer = serde_json::from_slice(answer).map_err(|e| EmbeddingsError::Answer(format!("{e}")))?;
    if answer.data.len() != count {
        return Err(EmbeddingsError::Answer(format!("{} vectors for {count} texts", answer.data.len())));
    }
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; count];
    for (place, one) in answer.data.into_iter().enumerate() {
        if one.embedding.is_empty() || one.embedding.len() > DIMENSIONS_MAX {
            return Err(bad("a vector's length is out of bounds"));
        }
        if !one.embedding.iter().all(|value| value.is_finite()) {
            return Err(bad("a vector holds what is no number"));
        }
        match vectors.get_mut(one.index.unwrap_or(place)) {
            Some(free @ None) => *free = Some(one.embedding),
            Some(Some(_)) | None => return Err(bad("its indexes do not fit the texts")),
        }
    }
    Ok(vectors.into_iter().flatten().collect())
}

/// As much of a text as is sent.
fn beginning(text: &str) -> &str {
    let end = (0..=TEXT_BYTES_MAX.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_checked_before_it_is_used() {
        let told = |answer: &str, count| vectors_of(answer.as_bytes(), count).map_err(|e| e.to_string());
        let two = r#"{"data":[{"index":1,"embedding":[2,0]},{"index":0,"embedding":[1,0]}]}"#;
        assert_eq!(told(two, 2), Ok(vec![vec![1.0, 0.0], vec![2.0, 0.0]]));
        for (answer, count) in [
            (two, 3),
            (r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#, 2),
            (r#"{"data":[{"index":7,"embedding":[1]}]}"#, 1),
            (r#"{"data":[{"embedding":[]}]}"#, 1),
            (r#"{"data":[{"embedding":[1e39]}]}"#, 1),
            (r#"{"error":"no"}"#, 1),
            ("<html>", 1),
        ] {
            assert!(told(answer, count).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_long_text_is_sent_by_its_beginning() {
        assert_eq!(beginning("短"), "短");
        assert_eq!(beginning(&"长".repeat(2_000)).len(), 3_999);
    }
}
