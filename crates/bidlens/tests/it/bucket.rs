//! The program with its files in a bucket.

// One server for the contract tests of the store and for these.
#[path = "../../../storage/tests/files/s3_server.rs"]
#[expect(dead_code, reason = "the store's own tests use the rest")]
mod s3_server;

use std::process::Stdio;

use s3_server::S3Server;
use serde_json::json;

use crate::server::{Server, form};

fn import(server: &Server, project: &str, name: &str, text: &str) -> (u16, serde_json::Value) {
    let (content_type, body) = form("tender", None, name, text.as_bytes());
    let path = format!("/api/apps/tender/projects/{project}/assets/import?sync=1");
    server.call("POST", &path, Some((&content_type, &body)), &[])
}

#[test]
fn files_go_to_the_bucket_and_come_back() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (data, bucket) = (tempfile::tempdir().expect("a folder"), runtime.block_on(S3Server::start()));
    let location = bucket.location(data.path());
    let settings = [
        ("BIDLENS_STORAGE_URL", "s3://tenders/pre/fix"),
        ("AWS_ENDPOINT_URL", location.endpoint.as_deref().expect("an endpoint")),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", s3_server::KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", "secret-of-the-test"),
    ];
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let project = server.project("bucket");
    let base = format!("/api/apps/tender/projects/{project}");
    let text = "# 招标公告\n\n项目名称：青石镇排涝泵站水泵采购项目\n\n预算金额：人民币1200000元\n";
    let (status, assets) = import(&server, &project, "tender.md", text);
    assert_eq!((status, assets[0]["status"].as_str()), (200, Some("ready")), "{assets}");
    let sha256 = assets[0]["sha256"].as_str().expect("a hash");
    assert_eq!(bucket.keys(), [format!("pre/fix/{}/{sha256}", &sha256[..2])]);
    assert!(!data.path().join("files").exists(), "nothing is kept on this machine");
    let id = assets[0]["id"].as_str().expect("an id");
    assert_eq!(server.get(&format!("{base}/assets/{id}/file")), json!(text));

    // The store is away: said as such, and nothing is half there.
    bucket.cut_after(Some(0));
    let (status, problem) = import(&server, &project, "second.md", "# 补遗");
    assert!(status >= 500 && problem["code"].is_string(), "{status} {problem}");
    let (status, health) = server.call("GET", "/health/ready", None, &[]);
    assert_eq!((status, health["checks"]["files"].as_str()), (503, Some("failed")), "{health}");
    assert_eq!(server.get(&format!("{base}/assets")).as_array().map(Vec::len), Some(1));
    bucket.cut_after(None);
    assert_eq!(import(&server, &project, "second.md", "# 补遗").0, 200);

    // What was stored lately stays until the sweep; what is older goes with its last project.
    bucket.make_older(&format!("pre/fix/{}/{sha256}", &sha256[..2]), std::time::Duration::from_secs(7_200));
    let plan = server.get(&format!("{base}/delete-plan"));
    let confirm = json!({"confirm_token": plan["confirm_token"]}).to_string();
    assert_eq!(server.call("DELETE", &base, Some(("application/json", confirm.as_bytes())), &[]).0, 204);
    let left = bucket.keys();
    assert!(left.len() == 1 && !left[0].ends_with(sha256), "{left:?}");
    server.stop();

    // An hour later the next start sweeps it.
    bucket.make_older(&left[0], std::time::Duration::from_secs(7_200));
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !bucket.keys().is_empty() {
        assert!(std::time::Instant::now() < limit, "{:?}", bucket.keys());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    server.stop();
}
