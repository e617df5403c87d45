//! A service of text recognition over HTTP: a picture in, words with their places out.
//!
//! Each region of a page is sent as a PNG with `POST`; the answer is
//! `{"words": [{"text": "…", "box": [x0, y0, x1, y1], "confidence": 0.98}]}`, boxes in dots of the picture, from its
//! upper left corner. A line may stand for a word. `docs/ocr.md` tells how to put a service behind it.

use std::time::Duration;

use bidlens_documents::ocr::{OcrEngine, OcrError, PreparedPage, Word};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::answer::{self, Unread};

/// How long the service may take for one region.
const TIMEOUT: Duration = Duration::from_secs(60);
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Waits between attempts.
const BACKOFF: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(2)];

/// A service and the key it wants.
#[derive(Debug, Clone)]
pub struct HttpOcr {
    url: String,
    api_key: Option<SecretString>,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Answer {
    words: Vec<AnsweredWord>,
}

#[derive(Deserialize)]
struct AnsweredWord {
    text: String,
    #[serde(rename = "box")]
    place: [f32; 4],
    confidence: f32,
}

/// Whether it may go better a little later, and what went wrong; never the address, which may hold a key.
struct Failure {
    is_passing: bool,
    what: String,
}

impl HttpOcr {
    pub fn new(url: String, api_key: Option<SecretString>) -> Result<HttpOcr, OcrError> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            // A key belongs to the service it was given for.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| OcrError(format!("prepare an HTTP client: {e}")))?;
        Ok(HttpOcr { url, api_key, client })
    }

    async fn ask(&self, png: Vec<u8>) -> Result<Answer, Failure> {
        let passing = |what: String| Failure { is_passing: true, what };
        let silent = |error: reqwest::Error| {
            let took_long = error.is_timeout();
            passing(if took_long { "it took too long".to_owned() } else { "it does not answer".to_owned() })
        };
        let mut request = self.client.post(&self.url).timeout(TIMEOUT).header("content-type", "image/png").body(png);
        if let Some(key) = &self.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(silent)?;
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let hint = if matches!(status, 401 | 403) { "; check BIDLENS_OCR_API_KEY" } else { "; check BIDLENS_OCR" };
            let is_passing = matches!(status, 408 | 425 | 429 | 500..=599);
            return Err(Failure { is_passing, what: format!("it refuses: HTTP {status}{hint}") });
        }
        let bytes = answer::body(&mut response, ANSWER_BYTES_MAX).await.map_err(|unread| match unread {
            Unread::Broken(error) => silent(error),
            Unread::TooLong => Failure { is_passing: false, what: "its answer is too long".to_owned() },
        })?;
        serde_json::from_slice(&bytes)
            .map_err(|e| Failure { is_passing: false, what: format!("its answer cannot be used: {e}") })
    }
}

#[async_trait::async_trait]
impl OcrEngine for HttpOcr {
    fn identity(&self) -> String {
        // Another service at the same address is for whoever runs it to tell, with another address.
        format!("http {}", self.url)
    }

    async fn recognise(&self, page: &PreparedPage) -> Result<Vec<Word>, OcrError> {
        let mut words = Vec::new();
        for (at, region) in page.regions.iter().enumerate() {
            let png = region.png().map_err(|e| OcrError(e.to_string()))?;
            let mut waits = BACKOFF.iter();
            let answer = loop {
                match (self.ask(png.clone()).await, waits.next()) {
                    (Ok(answer), _) => break answer,
                    (Err(failure), Some(&wait)) if failure.is_passing => tokio::time::sleep(wait).await,
                    (Err(failure), _) => {
                        return Err(OcrError(format!("the service of text recognition failed: {}", failure.what)));
                    }
                }
            };
            words.extend(answer.words.into_iter().map(|word| {
                let [x0, y0, x1, y1] = word.place;
                Word { region: at, text: word.text, x0, x1, y0, y1, confidence: word.confidence }
            }));
        }
        Ok(words)
    }
}
