//! The program on PostgreSQL and Redis: every setting of the switches, both fall-backs, and Python beside it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bidlens_testkit::{ModelAnswer, ModelServer, Postgres, Redis, python_with_rq};
use serde_json::{Value, json};

use crate::bidlens;
use crate::server::{Server, form, terminate};

/// A worker process; killed when dropped.
struct Worker {
    child: Child,
    log: PathBuf,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Worker {
    fn start(data: &Path, settings: &[(&str, &str)]) -> Worker {
        let log = data.join(format!("worker-{}.log", uuid::Uuid::new_v4()));
        let file = File::create(&log).expect("a log");
        let child = bidlens()
            .args(["worker", "--data-dir"])
            .arg(data)
            .env("BIDLENS_LOG", "info")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("start a worker");
        Worker { child, log }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn wait_for(&self, words: &str) {
        until(&format!("a worker says “{words}”"), || self.said().contains(words));
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < limit, "{what}: not within 60 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

const SWITCHES: [&str; 3] = ["ASYNC_INGEST_ENABLED", "ASYNC_EXTRACT_ENABLED", "ASYNC_REVIEW_ENABLED"];

const QUEUED: (&str, &str) = ("ASYNC_EXTRACT_ENABLED", "true");
const FALLS_BACK_TO_ROWS: (&str, &str) = ("BIDLENS_REDIS_FALLBACK", "queue");

/// The settings of an installation on PostgreSQL and Redis, and some of its own.
fn scaled<'s>(database: &'s str, queue: &'s str, own: &[(&'s str, &'s str)]) -> Vec<(&'s str, &'s str)> {
    [&[("DATABASE_URL", database), ("REDIS_URL", queue)], own].concat()
}

/// All off, each one alone, all on.
fn configurations() -> Vec<Vec<(&'static str, &'static str)>> {
    let mut all = vec![Vec::new()];
    all.extend(SWITCHES.map(|name| vec![(name, "true")]));
    all.push(SWITCHES.map(|name| (name, "true")).to_vec());
    all
}

/// The path every client of the system before this one walks, polling where the answer says that work is queued.
fn walk(server: &Server, settings: &[(&str, &str)]) {
    let queued = |name: &str| settings.iter().any(|(n, _)| *n == name);
    let project = server.project("walk");
    let base = format!("/api/apps/tender/projects/{project}");
    let mut runs = Vec::new();
    let mut import = |kind: &str, bidder: Option<&str>, file: &str| {
        let (status, answer) = server.import(&project, kind, bidder, file, "");
        let expected = if queued("ASYNC_INGEST_ENABLED") { 202 } else { 200 };
        assert_eq!(status, expected, "import with {settings:?}: {answer}");
        runs.push(answer[0]["run_id"].as_str().expect("a run").to_owned());
    };
    import("tender", None, "tender.docx");
    import("bid", Some("甲公司"), "bid_conforming.docx");
    for (step, switch) in [
        ("extract/project-info", "ASYNC_EXTRACT_ENABLED"),
        ("extract/risks", "ASYNC_EXTRACT_ENABLED"),
        ("review/run", "ASYNC_REVIEW_ENABLED"),
    ] {
        let body = b"{}".as_slice();
        let (status, answer) = server.call("POST", &format!("{base}/{step}"), Some(("application/json", body)), &[]);
        assert_eq!(status, if queued(switch) { 202 } else { 200 }, "{step} with {settings:?}: {answer}");
        if !queued(switch) {
            assert_eq!(answer["status"], "success", "{step} with {settings:?}: {answer}");
        }
        runs.push(answer["run_id"].as_str().expect("a run").to_owned());
    }
    for run in runs {
        let ended = server.wait(&run);
        assert_eq!(ended["status"], "success", "with {settings:?}: {ended}");
    }
    assert!(server.get(&format!("{base}/project-info"))["data_json"]["fields"].is_object());
    assert!(server.get(&format!("{base}/risks")).as_array().is_some_and(|list| !list.is_empty()));
    assert!(server.get(&format!("{base}/review")).as_array().is_some_and(|list| list.len() > 20));
    let (status, _) = server.call("GET", &format!("{base}/export/docx"), None, &[]);
    assert_eq!(status, 200);
    let plan = server.get(&format!("{base}/delete-plan"));
    let confirm = json!({"confirm_token": plan["confirm_token"]}).to_string();
    let (status, _) = server.call("DELETE", &base, Some(("application/json", confirm.as_bytes())), &[]);
    assert_eq!(status, 204);
}

#[test]
fn every_setting_of_the_switches_works_embedded() {
    for settings in configurations() {
        let data = tempfile::tempdir().expect("a folder");
        let server = Server::start_with(data.path(), &settings, Stdio::null());
        walk(&server, &settings);
    }
}

#[test]
fn every_setting_of_the_switches_works_on_postgres_and_redis() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    for switches in configurations() {
        let data = tempfile::tempdir().expect("a folder");
        let settings = scaled(&database, &queue, &switches);
        let server = Server::start_with(data.path(), &settings, Stdio::null());
        let _worker = Worker::start(data.path(), &settings);
        walk(&server, &settings);
    }
}

/// An installation whose imports are done at once and whose extractions are queued, with a tender in it.
fn with_tender(settings: &[(&str, &str)], data: &Path) -> (Server, String) {
    let server = Server::start_with(data, settings, Stdio::null());
    let project = server.project("fall-back");
    let (status, answer) = server.import(&project, "tender", None, "tender.docx", "?sync=1");
    assert_eq!(status, 200, "{answer}");
    (server, format!("/api/apps/tender/projects/{project}"))
}

fn extract(server: &Server, base: &str) -> (u16, Value) {
    let body = b"{}".as_slice();
    server.call("POST", &format!("{base}/extract/project-info"), Some(("application/json", body)), &[])
}

#[test]
fn without_redis_a_request_does_its_work_itself() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    redis.kill();
    let (status, answer) = extract(&server, &base);
    assert_eq!((status, &answer["status"]), (200, &json!("success")), "{answer}");
    let (status, health) = server.call("GET", "/health/ready", None, &[]);
    assert_eq!(status, 503, "{health}");
}

#[test]
fn without_redis_work_waits_in_the_rows_when_so_set() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED, FALLS_BACK_TO_ROWS]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    let worker = Worker::start(data.path(), &settings);
    worker.wait_for("working on");
    redis.kill();
    let (status, answer) = extract(&server, &base);
    assert_eq!((status, &answer["status"]), (202, &json!("pending")), "{answer}");
    let run = answer["run_id"].as_str().expect("a run");
    worker.wait_for("no job can be taken");
    assert_eq!(server.get(&format!("/api/apps/tender/runs/{run}"))["status"], "pending");
    redis.restart();
    assert_eq!(server.wait(run)["status"], "success");
}

/// Tells the Redis server something; it answers OK.
fn tell(redis: &Redis, words: &[&str]) {
    let said = Command::new("redis-cli").args(["-p", &redis.port().to_string()]).args(words).output();
    let said = said.expect("redis-cli");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "OK", "{words:?}");
}

/// A replica refuses writes, and so does a server without memory: both answer, and neither takes a job.
#[test]
fn a_redis_that_takes_no_writes_is_told_by_its_reason_and_costs_no_job() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED, FALLS_BACK_TO_ROWS]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    let worker = Worker::start(data.path(), &settings);
    worker.wait_for("working on");
    let nowhere = ["REPLICAOF", "127.0.0.1", "1"];
    let refusals: [(&[&str], &[&str], &str, &str); 2] = [
        (&["CONFIG", "SET", "maxmemory", "1"], &["CONFIG", "SET", "maxmemory", "0"], "maxmemory", "project-info"),
        (&nowhere, &["REPLICAOF", "NO", "ONE"], "replica", "risks"),
    ];
    for (refuse, mend, reason, step) in refusals {
        tell(&redis, refuse);
        let body = b"{}".as_slice();
        let (status, answer) =
            server.call("POST", &format!("{base}/extract/{step}"), Some(("application/json", body)), &[]);
        assert_eq!((status, &answer["status"]), (202, &json!("pending")), "{answer}");
        worker.wait_for(reason);
        tell(&redis, mend);
        assert_eq!(server.wait(answer["run_id"].as_str().expect("a run"))["status"], "success");
    }
}

#[test]
fn a_worker_waits_for_servers_that_are_not_up_yet() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    postgres.kill();
    redis.kill();
    let worker = Worker::start(data.path(), &settings);
    worker.wait_for("waiting for the database");
    postgres.restart();
    worker.wait_for("no job can be taken");
    redis.restart();
    until("the API is back", || server.call("GET", "/health/ready", None, &[]).0 == 200);
    let (status, answer) = extract(&server, &base);
    assert_eq!(status, 202, "{answer}");
    assert_eq!(server.wait(answer["run_id"].as_str().expect("a run"))["status"], "success");
}

/// A database that dies under a request also loses the request to free its key.
#[test]
fn the_key_of_a_request_that_failed_with_the_database_is_free_again() {
    let postgres = Postgres::start();
    let database = postgres.database();
    let settings = [("DATABASE_URL", database.as_str())];
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON projects FOR EACH ROW EXECUTE FUNCTION slow()";
    postgres.psql(&database, slow);
    let create = || {
        let body = br#"{"name": "once"}"#.as_slice();
        let key = [("Idempotency-Key", "k")];
        server.call("POST", "/api/apps/tender/projects", Some(("application/json", body)), &key)
    };
    let reserved = "SELECT count(*) FROM idempotency_keys WHERE status IS NULL";
    let (status, _) = std::thread::scope(|scope| {
        let first = scope.spawn(create);
        until("the key is reserved", || postgres.psql(&database, reserved).trim() == "1");
        postgres.kill();
        first.join().expect("the first request")
    });
    assert!(status >= 500, "{status}");
    postgres.restart();
    postgres.psql(&database, "DROP TRIGGER slow ON projects");
    until("the same request is answered", || (200..300).contains(&create().0));
    let (_, projects) = server.call("GET", "/api/apps/tender/projects", None, &[]);
    assert_eq!(projects.as_array().map(Vec::len), Some(1), "{projects}");
}

#[test]
fn jobs_that_redis_forgot_are_announced_again() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    let (status, answer) = extract(&server, &base);
    assert_eq!(status, 202, "{answer}");
    let python = python_with_rq("3.0.0");
    let flush = format!("from redis import Redis; print(Redis(port={}).flushall())", redis.port());
    assert!(Command::new(python).args(["-c", &flush]).status().expect("python").success());
    let _worker = Worker::start(data.path(), &settings);
    assert_eq!(server.wait(answer["run_id"].as_str().expect("a run"))["status"], "success");
}

#[test]
fn servers_that_refuse_are_told_with_the_setting_to_mend() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let database = postgres.database();
    let data = tempfile::tempdir().expect("a folder");
    let nowhere = format!("{}/nowhere", database.rsplit_once('/').expect("a URL").0);
    let wrong_password = redis.url().replace("redis://", "redis://:wrong@");
    let nobody = "redis://127.0.0.1:1/0".to_owned();
    tell(&redis, &["CONFIG", "SET", "requirepass", "right"]);
    let doctor = |settings: &[(&str, &str)]| {
        let asked = bidlens().args(["doctor", "--data-dir"]).arg(data.path()).envs(settings.iter().copied()).output();
        String::from_utf8(asked.expect("doctor").stdout).expect("text")
    };
    for (settings, reason, mend) in [
        ([("DATABASE_URL", nowhere.as_str()), ("RQ_KEY_PREFIX", "rq")], "\"nowhere\" does not exist", "POSTGRES_DB"),
        ([("DATABASE_URL", &database), ("REDIS_URL", &wrong_password)], "authentication failed", "REDIS_PASSWORD"),
        ([("DATABASE_URL", &database), ("REDIS_URL", &nobody)], "refused", "REDIS_PORT"),
        ([("REDIS_URL", nobody.as_str()), ("RQ_KEY_PREFIX", "a b")], "\"a b\"", "RQ_KEY_PREFIX"),
    ] {
        let said = doctor(&settings);
        let line = said.lines().find(|line| line.starts_with("fail") && line.contains(reason));
        assert!(line.is_some_and(|line| line.contains(mend)), "{settings:?}: {said}");
    }
    let worker = bidlens()
        .args(["worker", "--data-dir"])
        .arg(data.path())
        .env("DATABASE_URL", &nowhere)
        .output()
        .expect("a worker");
    let said = String::from_utf8_lossy(&worker.stderr).into_owned();
    assert!(!worker.status.success() && said.contains("POSTGRES_DB"), "{said}");
    assert_eq!(said.matches("does not exist").count(), 1, "{said}");
    // With a Redis that refuses, a worker says at the start what is wrong.
    let settings = [("DATABASE_URL", database.as_str()), ("REDIS_URL", wrong_password.as_str())];
    Worker::start(data.path(), &settings).wait_for("REDIS_PASSWORD");
}

fn python(script: &str) {
    let output = Command::new(python_with_rq("3.0.0")).args(["-c", script]).output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn job_of(server: &Server, run: &str) -> String {
    let run = server.get(&format!("/api/apps/tender/runs/{run}"));
    run["job_id"].as_str().unwrap_or_else(|| panic!("no job: {run}")).to_owned()
}

#[test]
fn jobs_that_programs_cancel_are_not_run() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    let (status, answer) = extract(&server, &base);
    assert_eq!(status, 202, "{answer}");
    let run = answer["run_id"].as_str().expect("a run");
    let job = job_of(&server, run);
    python(&format!(
        "from redis import Redis; from rq.job import Job\nJob.fetch({job:?}, connection=Redis(port={})).cancel()",
        redis.port()
    ));
    let _worker = Worker::start(data.path(), &settings);
    assert_eq!(server.wait(run)["status"], "cancelled");
    // An operator's word goes over it.
    let (status, answer) = server.call("POST", &format!("/api/admin/jobs/{job}/retry"), None, &[]);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(server.wait(run)["status"], "success");
}

#[test]
fn suspended_workers_rest() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[QUEUED]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    tell(&redis, &["SET", "rq:suspended", "1"]);
    let worker = Worker::start(data.path(), &settings);
    worker.wait_for("suspended");
    let (_, answer) = extract(&server, &base);
    let run = answer["run_id"].as_str().expect("a run");
    let job = job_of(&server, run);
    let asked = || {
        let said = Command::new("redis-cli").args(["-p", &redis.port().to_string(), "INFO", "commandstats"]).output();
        let said = String::from_utf8(said.expect("redis-cli").stdout).expect("text");
        let line = said.lines().find_map(|l| l.strip_prefix("cmdstat_evalsha:calls=")).expect("scripts").to_owned();
        line.split(',').next().and_then(|n| n.parse::<u32>().ok()).expect("a number")
    };
    let before = asked();
    std::thread::sleep(Duration::from_secs(2));
    let scripts = asked() - before;
    assert!(scripts < 60, "{scripts} scripts in two seconds of rest");
    let explain = bidlens()
        .args(["queue", "explain", &job, "--data-dir"])
        .arg(data.path())
        .envs(settings.iter().copied())
        .output()
        .expect("explain");
    let said = String::from_utf8_lossy(&explain.stdout).into_owned();
    assert!(said.contains("rq resume"), "{said}");
    assert_eq!(server.get(&format!("/api/apps/tender/runs/{run}"))["status"], "pending");
    python(&format!("from redis import Redis; Redis(port={}).delete('rq:suspended')", redis.port()));
    assert_eq!(server.wait(run)["status"], "success");
}

/// A call of a Python program that waits for a slow model while Redis loses everything.
#[test]
fn jobs_that_run_while_redis_is_emptied_are_shown_again() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let model = ModelServer::start(|_| {
        let empty = json!({
            "choices": [{"message": {"role": "assistant", "content": "{\"facts\":[]}"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        });
        ModelAnswer::new(200, empty.to_string()).after(Duration::from_secs(12))
    });
    let (database, queue, url) = (postgres.database(), redis.url(), model.url());
    let own = [("LOCAL_LLM_BASE_URL", url.as_str()), ("LOCAL_LLM_MODEL", "slow")];
    let settings = scaled(&database, &queue, &own);
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let project = server.project("emptied");
    let (content_type, body) =
        form("tender", None, "t.md", "# 招标公告\n\n递交文件的时间另见公告，恕不收件。\n".as_bytes());
    let path = format!("/api/apps/tender/projects/{project}/assets/import?sync=1");
    assert_eq!(server.call("POST", &path, Some((&content_type, &body)), &[]).0, 200);
    let owner = server.get("/api/auth/me")["id"].as_str().expect("an id").to_owned();
    let worker = Worker::start(data.path(), &settings);
    let calls = json!([{"queue": "extract", "func": "app.queue.tasks.async_extract_project_info_v2", "id": "slow-one",
        "kwargs": {"project_id": project, "model_id": "slow", "run_id": null, "owner_id": owner}}]);
    let answers = std::thread::scope(|scope| {
        let caller = scope.spawn(|| enqueue(&python_with_rq("3.0.0"), redis.port(), "json", &calls));
        until("the model is asked", || !model.requests().is_empty());
        tell(&redis, &["FLUSHALL"]);
        let status = || {
            let said = Command::new("redis-cli")
                .args(["-p", &redis.port().to_string(), "HGET", "rq:job:slow-one", "status"])
                .output()
                .expect("redis-cli");
            String::from_utf8_lossy(&said.stdout).trim().to_owned()
        };
        until("the job is shown again", || status() == "started");
        caller.join().expect("the caller")
    });
    assert_eq!(answers[0]["status"], "finished", "{answers:?}\n{}", worker.said());
    assert!(answers[0]["value"]["fields_found"].is_number(), "{answers:?}");
}

#[test]
fn a_worker_ends_although_its_threads_compute() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[("ASYNC_INGEST_ENABLED", "true")]);
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let project = server.project("long");
    let long: String = (0..120_000).map(|n| format!("第{n}条 投标人应当提供第{n}号设备的检测报告。\n\n")).collect();
    let (content_type, body) = form("tender", None, "long.md", long.as_bytes());
    let path = format!("/api/apps/tender/projects/{project}/assets/import");
    let (status, answer) = server.call("POST", &path, Some((&content_type, &body)), &[]);
    assert_eq!(status, 202, "{answer}");
    let run = format!("/api/apps/tender/runs/{}", answer[0]["run_id"].as_str().expect("a run"));
    let mut worker = Worker::start(data.path(), &settings);
    until("the file is indexed", || server.get(&run)["stage"] == "indexing");
    terminate(&worker.child);
    let told = Instant::now();
    until("the worker ends", || worker.child.try_wait().expect("look").is_some());
    assert!(told.elapsed() < Duration::from_secs(15), "{} s", told.elapsed().as_secs());
    assert_eq!(server.get(&run)["status"], "pending", "given back");
}

/// Enqueues calls as Python programs do and prints what became of each.
const ENQUEUE: &str = r#"
import json, sys
from redis import Redis
from rq import Queue
from rq.serializers import DefaultSerializer, JSONSerializer
port, serializer, calls = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
serializer = JSONSerializer if serializer == "json" else DefaultSerializer
answers = []
for call in calls:
    queue = Queue(call["queue"], connection=Redis(port=port), serializer=serializer)
    job = queue.enqueue_call(func=call["func"], args=call.get("args", ()), kwargs=call.get("kwargs", {}),
                             job_id=call.get("id"), timeout=60)
    result = job.latest_result(timeout=60)
    job.refresh()
    answers.append({
        "id": job.id, "status": str(job.get_status().value),
        "value": None if result is None else result.return_value,
        "error": None if result is None else result.exc_string,
    })
print(json.dumps(answers))
"#;

fn enqueue(python: &Path, port: u16, serializer: &str, calls: &Value) -> Vec<Value> {
    let output = Command::new(python)
        .args(["-c", ENQUEUE, &port.to_string(), serializer, &calls.to_string()])
        .output()
        .expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).expect("JSON").as_array().expect("a list").clone()
}

#[test]
fn python_programs_enqueue_all_functions_and_read_results() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let (database, queue) = (postgres.database(), redis.url());
    let settings = scaled(&database, &queue, &[]);
    let data = tempfile::tempdir().expect("a folder");
    let (server, base) = with_tender(&settings, data.path());
    let project = base.rsplit('/').next().expect("an id").to_owned();
    let (status, _) = server.import(&project, "bid", Some("甲公司"), "bid_conforming.docx", "?sync=1");
    assert_eq!(status, 200);
    let owner = server.get("/api/auth/me")["id"].as_str().expect("an id").to_owned();
    let assets = server.get(&format!("{base}/assets"));
    let asset = assets[0]["id"].as_str().expect("an id").to_owned();
    let mut worker = Worker::start(data.path(), &settings);
    let tasks = "app.queue.tasks";
    for (version, serializer) in [("2.12.0", "pickle"), ("2.12.0", "json"), ("3.0.0", "pickle"), ("3.0.0", "json")] {
        let named = format!("py.{}-{serializer}", version.replace('.', "_")).replace('.', "-");
        let calls = json!([
            {"queue": "ingest", "func": format!("{tasks}.async_ingest_asset_v2"),
             "kwargs": {"project_id": project, "asset_id": asset, "owner_id": owner, "job_id": null}},
            {"queue": "extract", "func": format!("{tasks}.async_extract_project_info_v2"), "id": named,
             "kwargs": {"project_id": project, "model_id": null, "run_id": null, "owner_id": owner}},
            {"queue": "extract", "func": format!("{tasks}.async_extract_risks_v2"),
             "args": [project, null, null, owner]},
            {"queue": "review", "func": format!("{tasks}.async_review_run_v2"),
             "kwargs": {"project_id": project, "model_id": "builtin", "bidder_name": "甲公司", "bid_asset_ids": null,
                        "run_id": null, "owner_id": owner}},
            {"queue": "extract", "func": "app.queue.tasks.no_such_task", "kwargs": {}},
            {"queue": "extract", "func": format!("{tasks}.async_extract_risks_v2"),
             "kwargs": {"project_id": project, "owner_id": "somebody else"}},
            {"queue": "review", "func": format!("{tasks}.async_review_run_v2"), "args": [1, 2, 3, 4, 5, 6, 7]},
        ]);
        let answers = enqueue(&python_with_rq(version), redis.port(), serializer, &calls);
        for (answer, key) in answers.iter().zip(["asset_id", "fields_found", "risks", "bids"]) {
            assert_eq!(answer["status"], "finished", "{version} {serializer}: {answer}");
            assert!(
                answer["value"].as_object().is_some_and(|v| v.contains_key(key)),
                "{version} {serializer}: {answer}"
            );
        }
        for (answer, reason) in
            answers.iter().skip(4).zip(["there is no function", "has no project", "takes 6 arguments"])
        {
            assert_eq!(answer["status"], "failed", "{version} {serializer}: {answer}");
            assert!(answer["error"].as_str().is_some_and(|e| e.contains(reason)), "{version} {serializer}: {answer}");
        }
        // What Python asked for is a run like any other, and what could not be done is kept with its reason.
        let jobs = server.get("/api/jobs");
        let row = |id: &Value| {
            let rows = jobs.as_array().expect("rows");
            rows.iter().find(|row| row["id"] == *id).unwrap_or_else(|| panic!("no row of {id}: {jobs}")).clone()
        };
        assert_eq!(row(&answers[0]["id"])["status"], "succeeded");
        assert_eq!(row(&answers[4]["id"])["status"], "failed");
        assert_eq!(answers[1]["id"], named.as_str());
    }
    assert!(worker.child.try_wait().expect("look").is_none(), "the worker lives: {}", worker.said());
}
