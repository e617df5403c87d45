//! A server that speaks `/v1/chat/completions` in the dialects of the servers people run, and badly.

use std::time::{Duration, Instant};

use bidlens_clients::model::{Dialect, ModelServer, ModelSettings, Prices};
use bidlens_review::model::{Model, ModelError, Purpose, Question, Tally, ask};
use bidlens_testkit::{ModelAnswer, ModelRequest, ModelServer as Scripted};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize, PartialEq)]
struct Answer {
    ok: bool,
}

fn settings(server: &Scripted) -> ModelSettings {
    ModelSettings {
        base_url: server.url(),
        endpoint_path: None,
        model: "m".to_owned(),
        api_key: Some("geheim".into()),
        timeout: Duration::from_secs(5),
        concurrency: 4,
        per_minute: 0,
        answer_tokens: 500,
        prices: None,
    }
}

fn client(server: &Scripted) -> ModelServer {
    ModelServer::new(settings(server)).expect("a client")
}

fn question() -> Question {
    Question {
        purpose: Purpose::Fields,
        prompt: "fields-1",
        system: "system".to_owned(),
        user: "user".to_owned(),
        schema: json!({"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}),
        refused: None,
    }
}

/// A completion as most servers write it.
fn completion(content: &str) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
    })
    .to_string()
}

fn body(request: &ModelRequest) -> Value {
    serde_json::from_str(&request.body).expect("a request is JSON")
}

async fn asked(client: &ModelServer) -> Result<(Answer, Tally), ModelError> {
    let mut tally = Tally::default();
    ask(client, &question(), &mut tally).await.map(|answer| (answer, tally))
}

#[tokio::test]
async fn a_question_is_asked_by_its_schema_and_paid_for() {
    let server = Scripted::start(|_| ModelAnswer::new(200, completion(r#"{"ok": true}"#)).in_pieces());
    let client = client(&server);
    let (answer, tally) = asked(&client).await.expect("an answer");
    assert_eq!(answer, Answer { ok: true });
    assert_eq!((tally.calls, tally.input_tokens, tally.output_tokens), (1, 11, 3));
    let [request] = <[ModelRequest; 1]>::try_from(server.requests()).expect("one request");
    assert_eq!(
        (request.path.as_str(), request.header("authorization")),
        ("/v1/chat/completions", Some("Bearer geheim"))
    );
    let sent = body(&request);
    assert_eq!(sent["response_format"]["json_schema"]["schema"], question().schema);
    assert_eq!((&sent["temperature"], &sent["max_tokens"]), (&json!(0), &json!(500)));
    assert_eq!(Prices { input: 2.0, output: 8.0 }.of(1_000_000, 500_000), 6.0);
}

#[tokio::test]
async fn each_dialect_is_learnt_once() {
    // DeepSeek: any JSON, no schema. A small llama.cpp: words alone. Thoughts before the answer, and fences around it.
    for (refusals, dialect) in [(1, Dialect::JsonObject), (2, Dialect::Words)] {
        let server = Scripted::start(move |request| {
            let form = body(request)["response_format"]["type"].clone();
            let taken = match refusals {
                1 => form == "json_object",
                _ => form.is_null(),
            };
            if taken {
                let system = body(request)["messages"][0]["content"].as_str().unwrap_or_default().to_owned();
                assert!(system.contains("JSON") && system.contains("\"ok\""), "the schema is told in words");
                ModelAnswer::new(200, completion("<think>{hm}</think>\n```json\n{\"ok\": true}\n```"))
            } else {
                let error = json!({"error": {"message": "This response_format type is unavailable now"}});
                ModelAnswer::new(400, error.to_string())
            }
        });
        let client = client(&server);
        for _ in 0..2 {
            asked(&client).await.expect("an answer");
        }
        assert_eq!(client.dialect(), dialect);
        assert_eq!(server.requests().len(), refusals + 2);
    }
}

#[tokio::test]
async fn what_a_server_does_not_take_is_left_out() {
    let server = Scripted::start(|request| {
        let sent = body(request);
        let refuse = |text: &str| ModelAnswer::new(400, json!({"error": {"message": text}}).to_string());
        if sent["enable_thinking"] != json!(false) {
            return refuse("parameter.enable_thinking must be set to false for non-streaming calls");
        }
        if !sent["max_tokens"].is_null() {
            return refuse("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
        }
        if !sent["temperature"].is_null() {
            return refuse("Unsupported value: 'temperature' does not support 0 with this model.");
        }
        ModelAnswer::new(200, completion(r#"{"ok": true}"#))
    });
    asked(&client(&server)).await.expect("an answer");
    assert_eq!(server.requests().len(), 4);

    // A server that complains of the same for ever is not asked for ever.
    let server = Scripted::start(|_| ModelAnswer::new(400, "response_format, temperature"));
    let failed = asked(&client(&server)).await;
    assert!(matches!(failed, Err(ModelError::Status { status: 400, .. })), "{failed:?}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    // An empty body, an HTML page, a wait in seconds: the shapes gateways give.
    let server = Scripted::start(|request| match request.number {
        1 => ModelAnswer::new(429, "").with_header("Retry-After", "1"),
        2 => ModelAnswer::new(502, "<html>bad gateway</html>"),
        _ => ModelAnswer::new(200, completion(r#"{"ok": true}"#)),
    });
    let begin = Instant::now();
    asked(&client(&server)).await.expect("an answer at last");
    assert_eq!(server.requests().len(), 3);
    assert!(begin.elapsed() >= Duration::from_secs(3), "it waited for {:?}", begin.elapsed());
}

#[tokio::test]
async fn what_cannot_be_used_is_an_error_that_says_why() {
    let refusal = json!({"choices": [{"message": {"content": null, "refusal": "I cannot"}, "finish_reason": "stop"}]});
    let cut = json!({"choices": [{"message": {"content": "{\"ok\": tr"}, "finish_reason": "length"}]});
    let filtered = json!({"choices": [{"message": {"content": "{}"}, "finish_reason": "content_filter"}]});
    let empty = json!({"choices": [{"message": {"content": "  "}, "finish_reason": "stop"}]});
    let inside = json!({"error": {"message": "model not loaded"}});
    for (answer, expected) in [
        (ModelAnswer::new(200, refusal.to_string()), "the model refused to answer: I cannot"),
        (ModelAnswer::new(200, cut.to_string()), "the model's answer was cut off at its limit of tokens"),
        (ModelAnswer::new(200, filtered.to_string()), "the model refused to answer: its content filter stopped it"),
        (ModelAnswer::new(200, empty.to_string()), "the model's answer cannot be used: it is empty"),
        (ModelAnswer::new(200, inside.to_string()), "the model's answer cannot be used: model not loaded"),
        (ModelAnswer::new(200, "{}"), "the model's answer cannot be used: it holds no choice"),
        (ModelAnswer::new(401, "no"), "the model server refuses: HTTP 401; check LOCAL_LLM_API_KEY"),
        (
            ModelAnswer::new(404, "no"),
            "the model server refuses: HTTP 404; check LOCAL_LLM_BASE_URL, LOCAL_LLM_ENDPOINT_PATH and LOCAL_LLM_MODEL",
        ),
    ] {
        let server = Scripted::start(move |_| answer.clone());
        let error = asked(&client(&server)).await.expect_err(expected).to_string();
        assert_eq!(error, expected);
        // An answer of nothing is asked for once more.
        let asked = if expected.ends_with("it is empty") { 2 } else { 1 };
        assert_eq!(server.requests().len(), asked, "{expected}");
    }
    let parts = json!({"choices": [{"message": {"content": [{"type": "text", "text": "{\"ok\":"}, {"type": "text", "text": "true}"}]}}]});
    let server = Scripted::start(move |_| ModelAnswer::new(200, parts.to_string()));
    let (answer, tally) = asked(&client(&server)).await.expect("parts are joined");
    assert!(answer.ok && tally.input_tokens > 0, "a server that does not count is counted for");
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    let ok = || ModelAnswer::new(200, completion(r#"{"ok": true}"#));
    let stopped = json!({"choices": [{"message": {"content": "{\"ok\": true}"}, "finish_reason": "insufficient_system_resource"}]});
    let empty = json!({"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]});
    for first in [stopped.to_string(), empty.to_string(), "<html>busy</html>".to_owned()] {
        let server = Scripted::start(move |request| match request.number {
            1 => ModelAnswer::new(200, first.clone()),
            _ => ok(),
        });
        assert!(asked(&client(&server)).await.expect("an answer").0.ok);
        assert_eq!(server.requests().len(), 2);
    }
    // Nobody waits an hour for one question.
    let server = Scripted::start(|_| ModelAnswer::new(429, "").with_header("Retry-After", "3600"));
    let error = asked(&client(&server)).await.expect_err("it is too busy");
    assert!(error.is_passing(), "{error}");
    assert_eq!(server.requests().len(), 1);
    let uncounted = json!({"choices": [{"message": {"content": "{\"ok\": true}"}}], "usage": {"prompt_tokens": null}});
    let server = Scripted::start(move |_| ModelAnswer::new(200, uncounted.to_string()));
    assert!(asked(&client(&server)).await.expect("an answer").1.input_tokens > 0);
}

#[tokio::test]
async fn a_test_wants_the_word_it_asked_for() {
    let server = Scripted::start(|_| ModelAnswer::new(200, completion(r#"{"answer": "no"}"#)));
    let error = client(&server).test().await.expect_err("another word").to_string();
    assert!(error.contains("may choose from"), "{error}");
}

#[tokio::test]
async fn slow_cut_and_endless_answers_end() {
    let slow = Scripted::start(|_| ModelAnswer::new(200, completion("{}")).after(Duration::from_secs(30)));
    let quick = ModelSettings { timeout: Duration::from_millis(200), ..settings(&slow) };
    let begin = Instant::now();
    let error = ModelServer::new(quick).expect("a client").ask(&question()).await.expect_err("too slow");
    assert!(error.is_passing() && error.to_string().contains("took too long"), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(25));

    let cut = Scripted::start(|request| match request.number {
        1 => ModelAnswer::new(200, completion(r#"{"ok": true}"#)).breaking_after(40),
        _ => ModelAnswer::new(200, completion(r#"{"ok": true}"#)),
    });
    asked(&client(&cut)).await.expect("asked again");

    let endless = Scripted::start(|_| ModelAnswer::new(200, " ".repeat(5 << 20)));
    let error = asked(&client(&endless)).await.expect_err("too long").to_string();
    assert_eq!(error, "the model's answer cannot be used: it is too long");
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_left_alone() {
    let server = Scripted::start(|_| ModelAnswer::new(503, "").with_header("retry-after", "0"));
    let client = client(&server);
    for _ in 0..3 {
        asked(&client).await.expect_err("it fails");
    }
    let error = asked(&client).await.expect_err("left alone");
    assert!(error.is_passing() && error.to_string().contains("left alone"), "{error}");
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn questions_keep_to_their_limits() {
    let most = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let now = std::sync::atomic::AtomicUsize::new(0);
    let seen = most.clone();
    let server = Scripted::start(move |_| {
        use std::sync::atomic::Ordering::SeqCst;
        seen.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
        std::thread::sleep(Duration::from_millis(50));
        now.fetch_sub(1, SeqCst);
        ModelAnswer::new(200, completion(r#"{"ok": true}"#))
    });
    let client = ModelServer::new(ModelSettings { concurrency: 2, per_minute: 600, ..settings(&server) }).expect("ok");
    let begin = Instant::now();
    let ten = (0..10).map(|_| asked(&client));
    for answer in futures_util::future::join_all(ten).await {
        answer.expect("an answer");
    }
    assert!(most.load(std::sync::atomic::Ordering::SeqCst) <= 2);
    // Ten questions, a tenth of a second apart.
    assert!(begin.elapsed() >= Duration::from_millis(850), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn an_error_holds_neither_key_nor_address() {
    let settings = |base_url: &str| ModelSettings {
        base_url: base_url.to_owned(),
        api_key: Some("sehr-geheim".into()),
        ..settings(&Scripted::start(|_| ModelAnswer::new(200, "")))
    };
    let client = ModelServer::new(settings("http://127.0.0.1:9")).expect("a client");
    let error = client.test().await.expect_err("nobody listens");
    assert!(!format!("{error} {error:?}").contains("127.0.0.1"), "{error}");
    assert!(!format!("{client:?}").contains("sehr-geheim"));
}
