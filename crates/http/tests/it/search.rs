//! Search as clients see it: what is found, where it stands, and what the order goes by.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bidlens_app::EmbeddingsSettings;
use serde_json::{Value, json};

use crate::support::{BIDDER, Client, PASSWORD, Server};

/// A query as addresses hold it.
fn encoded(query: &str) -> String {
    query
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

async fn search(client: &Client<'_>, project: &str, query: &str, filter: &str) -> Vec<Value> {
    let answer = client.get(&format!("/projects/{project}/search?q={}{filter}", encoded(query))).await.ok();
    answer.as_array().expect("a list").clone()
}

fn word<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[tokio::test]
async fn a_question_finds_the_words_that_answer_it() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    for (query, answer) in [
        ("投标有效期是多少天？", "90日历天"),
        ("最高限价", "1150000"),
        ("招标控制价", "1150000"),
        ("什么时候截止投标", "2031年5月20日9时30分"),
        ("QSZB-2031-017", "QSZB-2031-017"),
        ("ｑｓｚｂ－２０３１－０１７", "QSZB-2031-017"),
        ("What is the bid validity?", "有效期"),
    ] {
        let hits = search(&client, &project, query, "").await;
        assert!(word(&hits[0], "content").contains(answer), "{query}: {hits:?}");
        assert_eq!(hits[0]["ranking"], "lexical");
        assert!(hits.windows(2).all(|two| two[0]["score"].as_f64() >= two[1]["score"].as_f64()), "{hits:?}");
    }
    let none = client.get(&format!("/projects/{project}/search?q=zzz")).await;
    assert_eq!((none.header("x-search-ranking"), none.header("x-total-count")), ("lexical", "0"));
    assert_eq!(none.ok(), json!([]));
}

#[tokio::test]
async fn a_hit_shows_its_words_and_their_place() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let hits = search(&client, &project, "投标保证金", "&kind=tender").await;
    let hit = &hits[0];
    let content = word(hit, "content");
    let slice = |text: &str, range: &Value| {
        let at = |name: &str| usize::try_from(range[name].as_u64().expect("a number")).expect("small");
        text.get(at("start")..at("end")).expect("a range of characters").to_owned()
    };
    let highlights: Vec<String> =
        hit["highlights"].as_array().expect("a list").iter().map(|range| slice(content, range)).collect();
    assert!(highlights.iter().any(|h| h == "投标保证金"), "{highlights:?}");
    let snippet = &hit["snippet"];
    let shown = word(snippet, "text");
    let start = usize::try_from(snippet["start"].as_u64().expect("a number")).expect("small");
    assert_eq!(&content[start..start + shown.len()], shown);
    assert_eq!(slice(shown, &snippet["highlights"][0]), highlights[0]);
    assert_eq!(snippet["page"], hit["page"]);
    let id = word(hit, "chunk_id");
    let looked_up = client.post("/chunks/lookup", json!({"chunk_ids": [id]})).await.ok();
    assert_eq!(looked_up[0]["content"], content);
    assert!(word(hit, "section").contains("投标人须知"), "{hit}");
}

#[tokio::test]
async fn filters_and_pages_of_hits() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let all = search(&client, &project, "投标", "").await;
    assert!(all.len() >= 4, "{all:?}");
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    let bid = assets.as_array().expect("list").iter().find(|a| a["kind"] == "bid").expect("a bid");
    let of_bid: Vec<&Value> = all.iter().filter(|hit| hit["asset_id"] == bid["id"]).collect();
    assert!(!of_bid.is_empty() && of_bid.len() < all.len());
    let bidder = format!("&bidder_name={}", encoded(BIDDER));
    let asset = format!("&asset_id={}", word(bid, "id"));
    for filter in ["&kind=bid", &bidder, &asset] {
        // How rare a word is goes by the whole project, so the scores stay.
        assert_eq!(search(&client, &project, "投标", filter).await.iter().collect::<Vec<_>>(), of_bid, "{filter}");
    }
    assert_eq!(search(&client, &project, "投标", "&kind=attachment").await, [] as [Value; 0]);
    assert_eq!(search(&client, &project, "投标", "&page_from=1&page_to=1").await, all);
    assert_eq!(search(&client, &project, "投标", "&page_from=2").await, [] as [Value; 0]);
    assert_eq!(search(&client, &project, "投标", "&limit=2&offset=1").await, all[1..3]);
    let answer = client.get(&format!("/projects/{project}/search?q={}&limit=1", encoded("投标"))).await;
    assert_eq!(answer.header("x-total-count"), all.len().to_string());
}

#[tokio::test]
async fn nobody_finds_what_is_not_theirs() {
    let server = Server::new().await;
    server.app.add_user("otto", PASSWORD, false).await.expect("user");
    let (anna, otto) = (server.anna().await, server.login("otto").await);
    let (of_anna, of_otto) = (anna.loaded().await, otto.loaded().await);
    assert!(!search(&anna, &of_anna, "投标", "").await.is_empty());
    let path = |project: &str, filter: &str| format!("/projects/{project}/search?q=bid{filter}");
    assert_eq!(otto.get(&path(&of_anna, "")).await.problem(), "404 not_found");
    let assets = anna.get(&format!("/projects/{of_anna}/assets")).await.ok();
    let filter = format!("&asset_id={}", word(&assets[0], "id"));
    assert_eq!(otto.get(&path(&of_otto, &filter)).await.problem(), "404 not_found");
    let id = word(&search(&anna, &of_anna, "投标", "").await[0], "asset_id").to_owned();
    assert!(search(&otto, &of_otto, "投标", "").await.iter().all(|hit| hit["asset_id"] != id.as_str()));
}

/// A model of meaning that knows one thing: money of every kind is alike.
#[derive(Clone, Default)]
struct Model {
    away: Arc<AtomicBool>,
    texts: Arc<AtomicUsize>,
}

async fn embed(State(model): State<Model>, body: String) -> Response {
    if model.away.load(Ordering::SeqCst) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let asked: Value = serde_json::from_str(&body).expect("JSON");
    let texts = asked["input"].as_array().expect("texts");
    model.texts.fetch_add(texts.len(), Ordering::SeqCst);
    let vector = |text: &Value| {
        let about_security = ["投标保证金", "earnest"].iter().any(|w| text.as_str().expect("text").contains(w));
        if about_security { [1.0, 0.1] } else { [-0.1, 1.0] }
    };
    let data: Vec<Value> =
        texts.iter().enumerate().map(|(index, text)| json!({"index": index, "embedding": vector(text)})).collect();
    json!({"data": data}).to_string().into_response()
}

async fn model() -> (Model, EmbeddingsSettings) {
    let model = Model::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/v1/embeddings", post(embed)).with_state(model.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings =
        EmbeddingsSettings { base_url: format!("http://{address}/v1"), model: "m".to_owned(), api_key: None };
    (model, settings)
}

#[tokio::test]
async fn meaning_is_joined_when_a_model_is_there_and_left_out_when_it_is_away() {
    let (model, settings) = model().await;
    let server = Server::with(|s| s.embeddings = Some(settings)).await;
    let client = server.anna().await;
    let project = client.loaded().await;
    assert!(model.texts.load(Ordering::SeqCst) >= 3, "segments were sent at the import");
    // No word of the query stands in the files.
    let hits = search(&client, &project, "earnest xyz", "&kind=tender").await;
    assert!(word(&hits[0], "content").contains("投标保证金"), "{hits:?}");
    assert_eq!(hits[0]["ranking"], "hybrid");
    assert!(search(&client, &project, "earnest xyz", "&kind=attachment").await.is_empty(), "filters hold for meaning");

    model.away.store(true, Ordering::SeqCst);
    let hits = search(&client, &project, "投标有效期", "").await;
    assert_eq!(hits[0]["ranking"], "lexical");
    assert!(word(&hits[0], "content").contains("投标有效期"), "{hits:?}");
    // A file that is imported meanwhile can be searched, and its run says why by words alone.
    let imported = client.import(&project, "attachment", None, "a.md", "# 附件\n\n泵站图纸目录\n").await.ok();
    let run = client.get(&format!("/runs/{}", word(&imported[0], "run_id"))).await.ok();
    assert_eq!(run["status"], "success");
    assert!(word(&run["result_json"], "without_vectors").contains("400"), "{run}");
    assert!(!search(&client, &project, "泵站图纸", "").await.is_empty());
}
