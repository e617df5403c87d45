//! Every route that the API describes, asked without a token and by somebody else.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Server};

/// Method and path of every described operation, with whether it needs a token.
fn operations() -> Vec<(Method, String, bool)> {
    let api = serde_json::to_value(bidlens_http::openapi()).expect("json");
    let mut operations = Vec::new();
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let open = operation["security"].as_array().is_some_and(|s| s.contains(&json!({})));
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("method");
            operations.push((method, path.clone(), !open));
        }
    }
    assert!(operations.len() > 50, "{}", operations.len());
    operations
}

fn fill(path: &str, ids: &[(&str, &str)]) -> String {
    let mut path = path.replace("{page}", "1");
    for (name, id) in ids {
        path = path.replace(&format!("{{{name}}}"), id);
    }
    assert!(!path.contains('{'), "{path}");
    path
}

#[tokio::test]
async fn no_route_without_a_token() {
    let server = Server::new().await;
    let ids = [
        ("project_id", "x"),
        ("asset_id", "x"),
        ("run_id", "x"),
        ("job_id", "x"),
        ("finding_id", "x"),
        ("requirement_id", "x"),
        ("upload_id", "x"),
        ("format", "docx"),
        ("queue", "x"),
        ("user_id", "x"),
        ("model_id", "x"),
    ];
    for (method, path, _) in operations().into_iter().filter(|(_, _, closed)| *closed) {
        let path = fill(&path, &ids);
        let request = Request::builder().method(method.clone()).uri(&path).body(Body::empty()).expect("request");
        let answer = server.send(request).await;
        assert_eq!(answer.problem(), "401 bad_token", "{method} {path}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_somebody_elses_does_not_exist() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = anna.loaded().await;
    let run = anna.post(&format!("/projects/{project}/extract/project-info"), json!({})).await.ok();
    let assets = anna.get(&format!("/projects/{project}/assets")).await.ok();
    let word = |value: &Value| value.as_str().expect("word").to_owned();
    let requirements = anna.get(&format!("/projects/{project}/requirements")).await.ok();
    let requirement = word(&requirements[0]["id"]);
    let (asset, run_id, job_id) = (word(&assets[0]["id"]), word(&run["run_id"]), word(&run["job_id"]));
    let upload_id = anna.begin_upload(&project, "t.md", 10).await;
    let ids = [
        ("project_id", project.as_str()),
        ("asset_id", &asset),
        ("run_id", &run_id),
        ("job_id", &job_id),
        ("finding_id", "0123456789abcdef"),
        ("requirement_id", &requirement),
        ("upload_id", &upload_id),
        ("format", "docx"),
        ("queue", "ingest"),
        ("user_id", "0123456789abcdef"),
        ("model_id", "builtin"),
    ];

    server.app.add_user("bert", PASSWORD, false).await.expect("user");
    let bert = server.login("bert").await;
    let before = server.stored().await;
    let mut asked = 0;
    for (method, path, _) in operations().into_iter().filter(|(_, path, _)| path.contains('{')) {
        let path = fill(&path, &ids);
        let answer = bert.call(method.clone(), &path, &[("content-type", "application/json")], "{}").await;
        assert_eq!(answer.problem(), "404 not_found", "{method} {path}");
        asked += 1;
    }
    assert!(asked > 25, "{asked}");
    let info = anna.get(&format!("/projects/{project}/project-info")).await.ok();
    let chunk = word(&info["evidence_chunk_ids"][0]);
    assert_eq!(bert.post("/chunks/lookup", json!({"chunk_ids": [chunk]})).await.ok(), json!([]));
    for list in ["queues", "workers", "users", "storage"] {
        assert_eq!(bert.get(&format!("/api/admin/{list}")).await.problem(), "404 not_found", "{list}");
    }
    let new = json!({"username": "carl", "password": PASSWORD, "is_admin": true});
    assert_eq!(bert.post("/api/admin/users", new).await.problem(), "404 not_found");
    for list in ["/projects", "/api/jobs"] {
        assert_eq!(bert.get(list).await.ok(), json!([]), "{list}");
    }
    assert_eq!(server.stored().await, before);

    server.app.add_user("chief", PASSWORD, true).await.expect("user");
    let chief = server.login("chief").await;
    assert!(chief.get("/api/jobs").await.ok().as_array().is_some_and(|jobs| jobs.len() >= 3));
    assert_eq!(chief.get(&format!("/projects/{project}")).await.problem(), "404 not_found");
}
