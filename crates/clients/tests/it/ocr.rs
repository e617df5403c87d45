//! A service of text recognition, well and badly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bidlens_clients::ocr::HttpOcr;
use bidlens_documents::ocr::{OcrEngine, OcrError, PreparedPage, Word};
use serde_json::json;

#[derive(Clone)]
struct Service {
    /// Requests that are answered with 503 first.
    failures: usize,
    answer: &'static str,
    requests: Arc<AtomicUsize>,
}

async fn answer(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response {
    if service.requests.fetch_add(1, Ordering::SeqCst) < service.failures {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if headers.get("authorization").and_then(|v| v.to_str().ok()) != Some("Bearer geheim") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    assert!(body.starts_with(b"\x89PNG"), "a picture is sent");
    service.answer.into_response()
}

/// A page with one region of 40 by 20 dots.
fn page() -> PreparedPage {
    let header = json!({
        "number": 1, "dots_per_inch": 200, "width": 100, "height": 100, "rules": [], "seal_marks": [], "boxes": [],
        "regions": [{"kind": "page", "x": 10, "y": 10, "width": 40, "height": 20}],
    });
    let mut bytes = header.to_string().into_bytes();
    bytes.push(b'\n');
    bytes.extend_from_slice(&[255; 800]);
    PreparedPage::from_bytes(&bytes).expect("a page")
}

async fn ask(failures: usize, answer_text: &'static str, key: &str) -> (Result<Vec<Word>, OcrError>, usize) {
    let service = Service { failures, answer: answer_text, requests: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/read", post(answer)).with_state(service.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let engine = HttpOcr::new(format!("http://{address}/read"), Some(key.into())).expect("a client");
    let read = engine.recognise(&page()).await;
    (read, service.requests.load(Ordering::SeqCst))
}

const GOOD: &str = r#"{"words": [{"text": "交货期", "box": [1, 2, 31, 18], "confidence": 0.97}], "model": "x"}"#;

#[tokio::test]
async fn words_come_with_their_region_and_place() {
    let (read, requests) = ask(0, GOOD, "geheim").await;
    let words = read.expect("words");
    assert_eq!((words.len(), requests), (1, 1));
    assert_eq!((words[0].region, words[0].text.as_str(), words[0].x1), (0, "交货期", 31.0));
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_and_one_that_lasts_is_told() {
    assert_eq!(ask(2, GOOD, "geheim").await.1, 3);
    let (read, requests) = ask(9, GOOD, "geheim").await;
    assert_eq!((read.expect_err("it fails").to_string().contains("503"), requests), (true, 3));
}

#[tokio::test]
async fn a_refusal_names_the_setting_and_not_the_key() {
    let (read, requests) = ask(0, GOOD, "wrong-key").await;
    let told = read.expect_err("refused").to_string();
    assert!(told.contains("BIDLENS_OCR_API_KEY") && !told.contains("wrong-key"), "{told}");
    assert_eq!(requests, 1, "it does not pass by itself");
}

#[tokio::test]
async fn answers_of_another_form_are_told() {
    for wrong in [
        "",
        "no JSON",
        "[]",
        r#"{"words": [{"text": "交货期"}]}"#,
        r#"{"words": [{"text": 3, "box": [1,2,3], "confidence": 1}]}"#,
    ] {
        let told = ask(0, wrong, "geheim").await.0.expect_err("refused").to_string();
        assert!(told.contains("cannot be used"), "{wrong}: {told}");
    }
}
