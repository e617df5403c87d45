//! What administrators see and do: queues, workers, jobs, users, models, what is kept. Changing one's own password.

use serde_json::json;

use crate::support::{Client, PASSWORD, Server};

#[tokio::test]
async fn queues_are_seen_paused_and_resumed() {
    let server = Server::new().await;
    let anna = server.anna().await;
    server.app.add_user("chief", PASSWORD, true).await.expect("user");
    let chief = server.login("chief").await;
    let project = anna.loaded().await;
    chief.post("/api/admin/queues/extract/pause", json!({})).await.with_status(204);
    let queued = anna
        .post_with(&format!("/projects/{project}/extract/risks"), &[("prefer", "respond-async")], json!({}))
        .await
        .with_status(202);
    let queues = chief.get("/api/admin/queues").await.ok();
    let extract = queues.as_array().expect("queues").iter().find(|q| q["name"] == "extract").expect("extract").clone();
    assert_eq!((&extract["paused"], &extract["queued"]), (&json!(true), &json!(1)));
    assert!(extract["oldest_waiting_s"].as_f64().is_some_and(|age| age >= 0.0), "{extract}");

    let run = queued["run_id"].as_str().expect("run");
    assert_eq!(anna.get(&format!("/runs/{run}")).await.ok()["ahead"], 0);
    let second = anna
        .post_with(&format!("/projects/{project}/extract/project-info"), &[("prefer", "respond-async")], json!({}))
        .await
        .with_status(202);
    let runs = anna.get(&format!("/projects/{project}/runs")).await.ok();
    let ahead = |id: &serde_json::Value| {
        runs.as_array().expect("runs").iter().find(|r| r["id"] == *id).map(|r| r["ahead"].clone())
    };
    assert_eq!(ahead(&second["run_id"]), Some(json!(1)), "{runs}");

    let job = queued["job_id"].as_str().expect("job");
    assert_eq!(chief.post(&format!("/api/admin/jobs/{job}/cancel"), json!({})).await.ok()["status"], "cancelled");
    assert_eq!(chief.post(&format!("/api/admin/jobs/{job}/retry"), json!({})).await.ok()["status"], "queued");
    let twice = chief.post(&format!("/api/admin/jobs/{job}/retry"), json!({})).await;
    assert_eq!(twice.problem(), "409 job_not_retryable");
    chief.post("/api/admin/queues/extract/resume", json!({})).await.with_status(204);
    let unknown = chief.post("/api/admin/queues/nowhere/pause", json!({})).await;
    assert_eq!(unknown.problem(), "422 unknown_queue");
    assert!(chief.get("/api/admin/workers").await.ok().is_array());
    let hours = chief.get("/api/admin/throughput").await.ok();
    let ingested: u64 = hours
        .as_array()
        .expect("hours")
        .iter()
        .filter(|h| h["queue"] == "ingest")
        .filter_map(|h| h["finished"].as_u64())
        .sum();
    assert!(ingested >= 1, "{hours}");

    let kept = chief.get("/api/admin/storage").await.ok();
    assert_eq!((&kept["projects"], kept["bytes"].as_u64() > Some(0)), (&json!(1), true), "{kept}");
}

#[tokio::test]
async fn users_are_added_reset_and_signed_out() {
    let server = Server::new().await;
    server.app.add_user("chief", PASSWORD, true).await.expect("user");
    let chief = server.login("chief").await;
    let new = json!({"username": "dora", "password": PASSWORD});
    let dora = chief.post("/api/admin/users", new.clone()).await.with_status(201);
    assert_eq!((&dora["username"], &dora["is_admin"]), (&json!("dora"), &json!(false)));
    assert_eq!(chief.post("/api/admin/users", new).await.problem(), "409 taken");
    let short = json!({"username": "emil", "password": "short"});
    assert_eq!(chief.post("/api/admin/users", short).await.problem(), "422 bad_password");

    let own = server.login("dora").await;
    let id = dora["id"].as_str().expect("id");
    let users = chief.get("/api/admin/users").await.ok();
    let seen = users.as_array().expect("users").iter().find(|u| u["username"] == "dora").expect("dora").clone();
    assert_eq!((&seen["sessions"], &seen["projects"]), (&json!(1), &json!(0)));
    chief.delete(&format!("/api/admin/users/{id}/sessions"), None).await.with_status(204);
    assert_eq!(own.get("/api/auth/me").await.problem(), "401 bad_token");

    let told = chief.post(&format!("/api/admin/users/{id}/password"), json!({})).await.ok();
    let password = told["password"].as_str().expect("password");
    let login = json!({"username": "dora", "password": password});
    assert!(chief.post("/api/auth/login", login).await.ok()["access_token"].is_string());
    assert_eq!(chief.post("/api/admin/users/nobody/password", json!({})).await.problem(), "404 not_found");
}

#[tokio::test]
async fn a_password_is_changed_by_those_who_know_it() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let second = server.login("anna").await;
    let wrong = json!({"current_password": "not it at all", "new_password": "another-password-2"});
    assert_eq!(anna.post("/api/auth/password", wrong).await.problem(), "422 wrong_password");
    let short = json!({"current_password": PASSWORD, "new_password": "short"});
    assert_eq!(anna.post("/api/auth/password", short).await.problem(), "422 bad_password");
    let right = json!({"current_password": PASSWORD, "new_password": "another-password-2"});
    let session = anna.post("/api/auth/password", right).await.ok();
    for before in [&anna, &second] {
        assert_eq!(before.get("/api/auth/me").await.problem(), "401 bad_token");
    }
    let token = session["access_token"].as_str().expect("token").to_owned();
    assert_eq!(Client { server: &server, token }.get("/api/auth/me").await.ok()["username"], "anna");
}

#[tokio::test]
async fn the_sample_is_a_project_with_its_work_queued() {
    let server = Server::new().await;
    let anna = server.anna().await;
    let project = anna.post("/samples", json!({"name": "示例"})).await.ok();
    assert_eq!((&project["counts"]["tender_files"], &project["counts"]["bidders"]), (&json!(1), &json!(2)));
    let kinds: Vec<_> = project["latest_runs"].as_array().expect("runs").iter().map(|r| r["kind"].clone()).collect();
    for kind in ["ingest", "extract_project_info", "extract_risks", "review"] {
        assert!(kinds.contains(&json!(kind)), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn the_built_in_model_has_nothing_to_test() {
    let server = Server::new().await;
    server.app.add_user("chief", PASSWORD, true).await.expect("user");
    let chief = server.login("chief").await;
    assert_eq!(chief.post("/api/admin/llms/builtin/test", json!({})).await.ok()["answers"], true);
    assert_eq!(chief.post("/api/admin/llms/none/test", json!({})).await.problem(), "404 not_found");
}
