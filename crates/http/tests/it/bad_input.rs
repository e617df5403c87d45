//! Bad input, kind by kind: status, code, and that nothing was stored.

use axum::body::Body;
use axum::http::{Method, Request};
use bidlens_storage::Db;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{Answer, BIDDER, Client, PASSWORD, Server, TENDER, full};

const MAX: u64 = 20_000;

#[tokio::test]
async fn the_table() {
    let server = Server::with(|s| s.max_upload_bytes = MAX).await;
    let client = server.anna().await;
    let project = client.loaded().await;
    let empty = client.project("没有文件").await;
    let run = client.post(&format!("/projects/{project}/extract/risks"), json!({})).await.ok();
    let run = run["run_id"].as_str().expect("id").to_owned();
    let p = format!("/projects/{project}");
    let tender: &[(&str, &[u8])] = &[("t.md", TENDER.as_bytes())];
    let big = vec![b'x'; MAX as usize + 1];
    let many: Vec<String> = (0..101).map(|n| format!("{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    let deep = format!("{{\"name\": \"x\", \"more\": {}", "[".repeat(100_000));
    let before = server.stored().await;
    let mut told = Vec::new();
    let mut check = |what: &str, answer: Answer, expected: &str| {
        assert_eq!(answer.problem(), expected, "{what}: {}", answer.json()["detail"]);
        told.push(what.to_owned());
    };
    let import = async |query: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]| {
        client.upload(&project, query, &[], fields, files).await
    };
    let raw = async |method: Method, path: &str, content_type: &str, body: &str| {
        client.call(method, &full(path), &[("content-type", content_type)], body.to_owned()).await
    };

    // Forms
    check("form without kind", import("", &[], tender).await, "422 missing_field");
    check("form without files", import("", &[("kind", "tender")], &[]).await, "422 missing_field");
    check("unknown kind", import("", &[("kind", "tendr")], tender).await, "422 bad_kind");
    check("bid without bidder", import("", &[("kind", "bid")], tender).await, "422 bidder_name_missing");
    check(
        "bid with a blank bidder",
        import("", &[("kind", "bid"), ("bidder_name", "  ")], tender).await,
        "422 bidder_name_missing",
    );
    check(
        "bidder name too long",
        import("", &[("kind", "bid"), ("bidder_name", &"名".repeat(201))], tender).await,
        "422 bad_bidder_name",
    );
    check("form field too long", import("", &[("kind", &"k".repeat(5_000))], tender).await, "422 field_too_long");
    check(
        "empty file",
        import("", &[("kind", "tender")], &[("t.md", TENDER.as_bytes()), ("e.md", b"")]).await,
        "422 empty_file",
    );
    check(
        "oversized file",
        import("", &[("kind", "tender")], &[("small.md", b"x"), ("big.md", &big)]).await,
        "413 file_too_large",
    );
    check("too many files", import("", &[("kind", "tender")], &many).await, "422 too_many_files");
    check(
        "rules that are no YAML",
        import("", &[("kind", "custom_rule")], &[("r.yaml", b"rules: [")]).await,
        "422 bad_rules",
    );
    check(
        "rules with an unknown expression",
        import("", &[("kind", "custom_rule")], &[("r.yaml", b"rules:\n  - id: a\n    name: x\n    type: guess\n")])
            .await,
        "422 bad_rules",
    );
    check(
        "rules in another encoding",
        import("", &[("kind", "custom_rule")], &[("r.yaml", b"rules: \xff\xfe")]).await,
        "422 bad_rules",
    );
    check(
        "upload that is JSON",
        client.post(&format!("{p}/assets/import"), json!({"kind": "tender"})).await,
        "415 unsupported_media_type",
    );
    check(
        "form without boundary",
        raw(Method::POST, &format!("{p}/assets/import"), "multipart/form-data", "x").await,
        "400 bad_form",
    );
    check(
        "form broken off",
        raw(
            Method::POST,
            &format!("{p}/assets/import"),
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ntend",
        )
        .await,
        "400 bad_form",
    );

    // JSON
    check("broken JSON", raw(Method::POST, "/projects", "application/json", "{\"name\": ").await, "400 bad_json");
    check("JSON nested without end", raw(Method::POST, "/projects", "application/json", &deep).await, "400 bad_json");
    check("wrong type of field", client.post("/projects", json!({"name": 7})).await, "422 bad_fields");
    check("missing field", client.post("/projects", json!({})).await, "422 bad_fields");
    check("empty name", client.post("/projects", json!({"name": "   "})).await, "422 bad_name");
    check("name too long", client.post("/projects", json!({"name": "长".repeat(301)})).await, "422 bad_name");
    check("empty name on change", client.put(&p, json!({"name": ""})).await, "422 bad_name");
    check("JSON as text", raw(Method::POST, "/projects", "text/plain", "{}").await, "415 unsupported_media_type");
    check(
        "body too large",
        raw(Method::POST, "/projects", "application/json", &format!("{{\"name\": \"{}\"}}", "x".repeat(3 << 20))).await,
        "413 request_too_large",
    );
    check(
        "too many ids",
        client.post("/chunks/lookup", json!({"chunk_ids": vec!["x"; 501]})).await,
        "422 too_many_ids",
    );
    check(
        "outline with a lost parent",
        client.put(&format!("{p}/directory"), json!([{"id": "a", "parent_id": "b", "level": 1, "title": "x"}])).await,
        "422 bad_directory",
    );

    // Ids and addresses
    check("unknown project", client.get("/projects/00000000-0000-7000-8000-000000000000").await, "404 not_found");
    check("id that is none", client.get("/projects/%00'%20OR%201=1").await, "404 not_found");
    check("path that is no UTF-8", client.get("/projects/%ff").await, "400 bad_path");
    check("unknown run", client.get("/runs/x").await, "404 not_found");
    check("unknown file", client.get(&format!("{p}/assets/x/file")).await, "404 not_found");
    check(
        "file of another project",
        client.delete(&format!("/projects/{empty}/assets/{}", first_asset(&client, &project).await), None).await,
        "404 not_found",
    );
    check("unknown job", client.get("/api/jobs/not-a-uuid").await, "404 not_found");
    check("unknown route", client.get("/api/apps/tender/nothing").await, "404 no_such_route");
    check("wrong method", client.call(Method::PATCH, &full(&p), &[], "").await, "405 method_not_allowed");
    check("unknown export", client.get(&format!("{p}/export/pptx")).await, "404 unknown_format");
    check(
        "export before there is a result",
        client.get(&format!("/projects/{empty}/export/docx")).await,
        "409 nothing_to_export",
    );
    check(
        "page that is no number",
        client.get(&format!("{p}/assets/{}/segments?page=one", first_asset(&client, &project).await)).await,
        "422 bad_query",
    );
    check("search for nothing", client.get(&format!("{p}/search?q=%20")).await, "422 empty_query");
    check("search for signs", client.get(&format!("{p}/search?q=%EF%BC%9F!")).await, "422 empty_query");
    check(
        "search for nothing but common words",
        client.get(&format!("{p}/search?q=%E7%9A%84")).await,
        "422 common_words_only",
    );
    let long = "x".repeat(501);
    check("search for too much", client.get(&format!("{p}/search?q={long}")).await, "422 query_too_long");
    for (what, wrong, problem) in [
        ("kind", "kind=book", "422 bad_kind"),
        ("limit", "limit=0", "422 bad_range"),
        ("limit", "limit=101", "422 bad_range"),
        ("limit", "limit=many", "422 bad_query"),
        ("offset", "offset=-1", "422 bad_range"),
        ("pages", "page_from=3&page_to=2", "422 bad_range"),
        ("page", "page_from=0", "422 bad_range"),
        ("file", "asset_id=x", "404 not_found"),
    ] {
        check(what, client.get(&format!("{p}/search?q=bid&{wrong}")).await, problem);
    }
    check("search without q", client.get(&format!("{p}/search")).await, "422 bad_query");
    check("unknown job status", client.get("/api/jobs?status=done").await, "422 bad_status");

    // Work
    check(
        "unknown model",
        client.post(&format!("{p}/extract/project-info"), json!({"model_id": "gpt"})).await,
        "422 unknown_model",
    );
    check(
        "unknown bidder",
        client.post(&format!("{p}/review/run"), json!({"bidder_name": "nobody"})).await,
        "422 unknown_bidder",
    );
    check(
        "unknown bid file",
        client.post(&format!("{p}/review/run"), json!({"bid_asset_ids": ["x"]})).await,
        "422 unknown_asset",
    );
    check(
        "work without a tender",
        client.post(&format!("/projects/{empty}/extract/risks"), json!({})).await,
        "409 no_tender",
    );
    check("review without a bid", client.post(&format!("/projects/{empty}/review/run"), json!({})).await, "409 no_bid");
    check(
        "cancel of a run that has ended",
        client.post(&format!("/runs/{run}/cancel"), json!({})).await,
        "409 run_ended",
    );
    check(
        "retry of a run that succeeded",
        client.post(&format!("/runs/{run}/retry"), json!({})).await,
        "409 run_not_retryable",
    );
    check(
        "stale confirm token",
        client.delete(&p, Some(json!({"confirm_token": "0"}))).await,
        "400 stale_confirm_token",
    );
    check("delete without a token", client.delete(&p, Some(json!({}))).await, "422 bad_fields");

    // Keys
    let long_key = "k".repeat(256);
    check(
        "idempotency key too long",
        client.post_with("/projects", &[("idempotency-key", &long_key)], json!({"name": "x"})).await,
        "400 bad_idempotency_key",
    );

    assert_eq!(server.stored().await, before);
    assert!(told.len() >= 45, "{}", told.len());
}

async fn first_asset(client: &Client<'_>, project: &str) -> String {
    let assets = client.get(&format!("/projects/{project}/assets")).await.ok();
    assets[0]["id"].as_str().expect("id").to_owned()
}

#[tokio::test]
async fn bad_rules_name_file_and_line() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let answer = client
        .import(&project, "custom_rule", None, "own.yaml", "rules:\n  - id: a\n    name: x\n    type: guess\n")
        .await;
    let detail = answer.json()["detail"].as_str().expect("detail").to_owned();
    assert!(detail.contains("own.yaml") && detail.chars().any(|c| c.is_ascii_digit()), "{detail}");
}

#[tokio::test]
async fn tokens_that_are_no_good() {
    let server = Server::new().await;
    let client = server.anna().await;
    let me = client.get("/api/auth/me").await.ok();
    assert_eq!(me["username"], "anna");
    let ask = async |authorization: &str| {
        let request =
            Request::get("/api/auth/me").header("authorization", authorization).body(Body::empty()).expect("request");
        server.send(request).await.problem()
    };
    assert_eq!(ask("Bearer bl_nonsense").await, "401 bad_token");
    assert_eq!(ask("Bearer").await, "401 bad_token");
    assert_eq!(ask("Basic YW5uYTp4").await, "401 bad_token");
    assert_eq!(ask(&format!("Bearer {}", "x".repeat(5_000))).await, "401 bad_token");

    let db = Db::open(&server.folder.path().join("bidlens.db")).await.expect("database");
    let hash: String = Sha256::digest(b"bl_old").iter().map(|b| format!("{b:02x}")).collect();
    db.add_token(&hash, me["id"].as_str().expect("id"), "login", -1).await.expect("token");
    assert_eq!(ask("Bearer bl_old").await, "401 bad_token");

    assert_eq!(client.post("/api/auth/logout", json!({})).await.status, 204);
    assert_eq!(client.get("/api/auth/me").await.problem(), "401 bad_token");
}

#[tokio::test]
async fn wrong_passwords_are_counted() {
    let server = Server::new().await;
    let login = async |username: &str, password: &str| {
        let body = json!({"username": username, "password": password}).to_string();
        let request =
            Request::post("/api/auth/login").header("content-type", "application/json").body(Body::from(body));
        server.send(request.expect("request")).await
    };
    for _ in 0..10 {
        let answer = login("anna", "wrong password").await;
        assert_eq!(answer.problem(), "401 bad_credentials");
    }
    let refused = login("anna", PASSWORD).await;
    assert_eq!(refused.problem(), "429 too_many_logins");
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(login("nobody", PASSWORD).await.problem(), "401 bad_credentials");
    let request = Request::post("/api/auth/login")
        .header("content-type", "application/json")
        .body(Body::from("{\"username\": \"anna\"}"));
    assert_eq!(server.send(request.expect("request")).await.problem(), "422 bad_fields");
}

#[tokio::test]
async fn a_refused_upload_leaves_earlier_files_alone() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    client.import(&project, "tender", None, "t.md", TENDER).await.ok();
    // The same bytes are refused as rules; the tender's file must not be taken for the refused one's.
    assert_eq!(client.import(&project, "custom_rule", None, "t.yaml", TENDER).await.problem(), "422 bad_rules");
    let asset = first_asset(&client, &project).await;
    assert_eq!(client.get(&format!("/projects/{project}/assets/{asset}/file")).await.bytes, TENDER.as_bytes());
}

#[tokio::test]
async fn a_file_name_is_only_a_name() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = client.project("x").await;
    let name = "..\\..\\/etc/密码.md";
    let assets = client.import(&project, "bid", Some(BIDDER), name, "投标函").await.ok();
    assert_eq!(assets[0]["filename"], "密码.md");
    assert!(!server.folder.path().join("密码.md").exists());
}
