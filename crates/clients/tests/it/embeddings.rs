//! A server that speaks `/v1/embeddings`, well and badly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bidlens_clients::embeddings::{Embeddings, EmbeddingsError, EmbeddingsSettings};
use serde_json::{Value, json};

/// What the server does before it answers rightly.
#[derive(Clone, Default)]
struct Behaviour {
    /// Requests that are answered with 503 first.
    failures: usize,
    requests: Arc<AtomicUsize>,
    texts: Arc<AtomicUsize>,
}

async fn answer(State(behaviour): State<Behaviour>, headers: HeaderMap, body: String) -> Response {
    let request = behaviour.requests.fetch_add(1, Ordering::SeqCst);
    if request < behaviour.failures {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if headers.get("authorization").and_then(|v| v.to_str().ok()) != Some("Bearer geheim") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(asked["model"], "m");
    let texts = asked["input"].as_array().expect("texts");
    behaviour.texts.fetch_add(texts.len(), Ordering::SeqCst);
    let one = |(index, text): (usize, &Value)| {
        let length = text.as_str().expect("text").len();
        json!({"object": "embedding", "index": index, "embedding": [length, 1]})
    };
    // Servers need not keep the order.
    let data: Vec<Value> = texts.iter().enumerate().rev().map(one).collect();
    json!({"object": "list", "data": data, "model": "m"}).to_string().into_response()
}

async fn server(behaviour: Behaviour) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/v1/embeddings", post(answer)).with_state(behaviour);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1/")
}

fn client(base_url: &str, key: &str) -> Embeddings {
    let settings =
        EmbeddingsSettings { base_url: base_url.to_owned(), model: "m".to_owned(), api_key: Some(key.into()) };
    Embeddings::new(settings).expect("a client")
}

#[tokio::test]
async fn texts_are_sent_in_batches_and_keep_their_order() {
    let behaviour = Behaviour::default();
    let client = client(&server(behaviour.clone()).await, "geheim");
    let texts: Vec<String> = (1..=150).map(|n| "x".repeat(n)).collect();
    let vectors = client.of_texts(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("vectors");
    assert_eq!(vectors.len(), 150);
    assert!(vectors.iter().zip(1..).all(|(v, n)| v == &[n as f32, 1.0]));
    assert_eq!(behaviour.requests.load(Ordering::SeqCst), 3);
    assert_eq!(client.of_query("abc").await.expect("a vector"), [3.0, 1.0]);
    assert!(client.of_texts(&[]).await.expect("nothing").is_empty());
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again() {
    let behaviour = Behaviour { failures: 1, ..Behaviour::default() };
    let client = client(&server(behaviour.clone()).await, "geheim");
    assert_eq!(client.of_texts(&["ab"]).await.expect("vectors"), [[2.0, 1.0]]);
    assert_eq!(behaviour.requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refusal_is_told_without_the_key() {
    let behaviour = Behaviour::default();
    let base_url = server(behaviour.clone()).await;
    let error = client(&base_url, "wrong-key").of_texts(&["ab"]).await.expect_err("refused");
    assert!(matches!(error, EmbeddingsError::Refused { status: 401, .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("wrong-key"));
    assert_eq!(behaviour.requests.load(Ordering::SeqCst), 1, "it does not pass by itself");
    assert!(!format!("{:?}", client(&base_url, "wrong-key")).contains("wrong-key"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = client(&format!("http://user:secret@{address}/v1"), "k").of_query("ab").await.expect_err("nobody");
    assert!(error.is_passing());
    assert!(!error.to_string().contains("secret"), "{error}");
}
