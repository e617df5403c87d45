//! The program itself: how fast the API answers when the workers are busy, and what it costs when nobody asks.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Bench;
use super::run::{self, Group};
use super::table::{Row, Verdict, median, percentile};
use crate::sh::{self, say};

const USERNAME: &str = "admin";
const PASSWORD: &str = "for-measuring-only";
const WORKERS: usize = 4;
/// Requests at once.
const REQUESTS: usize = 50;
const FILE_BYTES: usize = 5_000_000;
/// Clauses of a tender that keeps a worker busy.
const LONG_CLAUSES: usize = 10_000;
const TENDER: &str = "samples/tender.pdf";

/// An installation of its own: server, worker, data.
struct Installation {
    server: Group,
    worker: Group,
    base: String,
    token: String,
}

impl Installation {
    fn start(bench: &Bench, program: &PathBuf) -> anyhow::Result<Installation> {
        bench.flush_redis()?;
        let folder = bench.folder("installation")?;
        let database = bench.postgres().database();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).context("find a port")?;
        let configure = |command: &mut Command| {
            command
                .env("BIDLENS_DATA_DIR", folder.join("data"))
                .env("BIDLENS_LISTEN", port.to_string())
                .env("BIDLENS_ADMIN_USERNAME", USERNAME)
                .env("BIDLENS_ADMIN_PASSWORD", PASSWORD)
                .env("DATABASE_URL", &database)
                .env("REDIS_URL", bench.redis.url())
                .env("ASYNC_INGEST_ENABLED", "true")
                .env("ASYNC_EXTRACT_ENABLED", "true")
                .env("BIDLENS_LOG", "warn");
        };
        let mut serve = Command::new(program);
        configure(serve.arg("serve"));
        let mut server = Group::start(&mut serve, &folder.join("server.log"))?;
        let mut installation_base = format!("http://{port}");
        let ready = format!("{installation_base}/health/ready");
        run::until("the server is ready", Duration::from_secs(30), || {
            server.check()?;
            Ok(ureq::get(&ready).call().is_ok())
        })
        .with_context(|| std::fs::read_to_string(folder.join("server.log")).unwrap_or_default())?;
        let mut work = Command::new(program);
        configure(work.args(["worker", "--concurrency", &WORKERS.to_string()]));
        let worker = Group::start(&mut work, &folder.join("worker.log"))?;
        let login = json!({"username": USERNAME, "password": PASSWORD});
        let base = std::mem::take(&mut installation_base);
        let mut installation = Installation { server, worker, base, token: String::new() };
        let answer = installation.post_json("/api/auth/login", &login)?;
        installation.token = answer["access_token"].as_str().context("log in: no token")?.to_owned();
        Ok(installation)
    }

    fn post(&self, path: &str, content_type: &str, body: &[u8]) -> anyhow::Result<Value> {
        let mut request = ureq::post(format!("{}{path}", self.base)).header("Content-Type", content_type);
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        let sent = request.config().http_status_as_error(false).build().send(body);
        let mut response = sent.with_context(|| format!("POST {path}"))?;
        let status = response.status();
        let text = response.body_mut().read_to_string().with_context(|| format!("POST {path}"))?;
        if !status.is_success() {
            bail!("POST {path}: {status} {text}");
        }
        serde_json::from_str(&text).with_context(|| format!("POST {path}: not JSON"))
    }

    fn post_json(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.post(path, "application/json", body.to_string().as_bytes())
    }

    fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = ureq::get(format!("{}{path}", self.base));
        let sent = request.header("Authorization", format!("Bearer {}", self.token)).call();
        let text = sent.with_context(|| format!("GET {path}"))?.body_mut().read_to_string();
        serde_json::from_str(&text.with_context(|| format!("GET {path}"))?).with_context(|| format!("GET {path}"))
    }

    fn project(&self) -> anyhow::Result<String> {
        let project = self.post_json("/api/apps/tender/projects", &json!({"name": "bench"}))?;
        let id = project["id"].as_str().context("create a project: no id")?;
        Ok(format!("/api/apps/tender/projects/{id}"))
    }

    /// How many jobs run, and how many wait.
    fn jobs(&self) -> anyhow::Result<(usize, usize)> {
        let count = |status: &str| -> anyhow::Result<usize> {
            Ok(self.get(&format!("/api/jobs?status={status}"))?.as_array().map_or(0, Vec::len))
        };
        Ok((count("running")?, count("queued")?))
    }

    fn until_idle(&self) -> anyhow::Result<()> {
        run::until("the jobs end", Duration::from_secs(600), || {
            std::thread::sleep(Duration::from_millis(200));
            Ok(self.jobs()? == (0, 0))
        })
    }

    /// Gives the workers more than they can do at once.
    fn make_busy(&self, unique: &mut usize) -> anyhow::Result<()> {
        let path = format!("{}/assets/import", self.project()?);
        let requests = (0..8 * WORKERS).map(|_| {
            *unique += 1;
            let (content_type, body) = import("tender", long_text(*unique).as_bytes());
            (path.clone(), content_type, body)
        });
        at_once(self, &requests.collect::<Vec<Request>>())?;
        run::until("the workers are busy", Duration::from_secs(30), || Ok(self.jobs()?.0 == WORKERS))
    }
}

/// A PDF of five megabytes that no other call gives: the sample tender, with a comment that readers skip.
fn file(unique: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = std::fs::read(sh::root().join(TENDER)).with_context(|| format!("read {TENDER}"))?;
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(1024)..]).into_owned();
    let offset = text.rsplit("startxref").next().and_then(|rest| rest.split_whitespace().next());
    let end = format!("\nstartxref\n{}\n%%EOF\n", offset.context("the sample has no startxref")?);
    bytes.extend_from_slice(b"\n%");
    // Not random, but nothing that hashing or a file system could do at once.
    let mut state = unique as u64 + 0x9E37_79B9_7F4A_7C15;
    while bytes.len() + end.len() < FILE_BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(format!("{state:016x}").as_bytes());
    }
    bytes.extend_from_slice(end.as_bytes());
    Ok(bytes)
}

/// A tender that takes seconds to read, and that no other call gives.
fn long_text(unique: usize) -> String {
    let mut text = format!("招标公告\n项目名称：测量项目{unique}\n");
    for clause in 1..=LONG_CLAUSES {
        text.push_str(&format!("{clause}、投标人应在{clause}日内提供第{clause}份证明材料，否则其投标将被否决。\n"));
    }
    text
}

/// The body of an import and its content type.
fn import(kind: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "bidlens-bench-5b0c9d1e";
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"files\"; filename=\"tender.pdf\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A request: path, content type, body.
type Request = (String, String, Vec<u8>);

/// Sends all requests at once; the milliseconds until each was answered.
fn at_once(installation: &Installation, requests: &[Request]) -> anyhow::Result<Vec<f64>> {
    let barrier = Barrier::new(requests.len());
    std::thread::scope(|scope| {
        let send = |(path, content_type, body): &Request| {
            barrier.wait();
            let begin = Instant::now();
            installation.post(path, content_type, body)?;
            Ok(begin.elapsed().as_secs_f64() * 1000.0)
        };
        let threads: Vec<_> = requests.iter().map(|request| scope.spawn(move || send(request))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))?).collect()
    })
}

/// What the machine itself needs for such uploads: threads that take the bytes, hash, write and sync them, and answer
/// one byte; in the same process as their clients, beside the same busy workers.
fn bare(folder: &Path, bodies: &[Vec<u8>]) -> anyhow::Result<Vec<f64>> {
    let listener = TcpListener::bind("127.0.0.1:0").context("listen")?;
    let address = listener.local_addr().context("listen")?;
    let take = |mut client: TcpStream, path: PathBuf| -> std::io::Result<()> {
        let (mut file, mut hash, mut chunk) = (std::fs::File::create(path)?, Sha256::new(), vec![0; 256 << 10]);
        loop {
            let read = client.read(&mut chunk)?;
            let bytes = &chunk[..read];
            if read == 0 {
                break;
            }
            hash.update(bytes);
            file.write_all(bytes)?;
        }
        file.sync_all()?;
        client.write_all(&hash.finalize()[..1])
    };
    let send = |body: &[u8]| -> std::io::Result<f64> {
        let begin = Instant::now();
        let mut server = TcpStream::connect(address)?;
        server.write_all(body)?;
        server.shutdown(Shutdown::Write)?;
        server.read_exact(&mut [0])?;
        Ok(begin.elapsed().as_secs_f64() * 1000.0)
    };
    let barrier = Barrier::new(bodies.len());
    std::thread::scope(|scope| {
        let clients: Vec<_> = bodies
            .iter()
            .map(|body| {
                let (barrier, send) = (&barrier, &send);
                scope.spawn(move || {
                    barrier.wait();
                    send(body)
                })
            })
            .collect();
        for at in 0..bodies.len() {
            let (client, _) = listener.accept().context("accept")?;
            let (path, take) = (folder.join(at.to_string()), &take);
            scope.spawn(move || take(client, path));
        }
        let join = |client: std::thread::ScopedJoinHandle<'_, std::io::Result<f64>>| {
            client.join().map_err(|_| anyhow::anyhow!("a client panicked"))?.context("send to the bare loop")
        };
        clients.into_iter().map(join).collect()
    })
}

pub(super) fn answers(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let program = sh::program_or_release(bench.program.as_deref())?;
    let installation = Installation::start(bench, &program)?;
    let mut unique = 0;
    let mut samples: [Vec<f64>; 6] = Default::default();
    for round in 1..=bench.rounds() {
        say(&format!("api: round {round} of {}", bench.rounds()));
        // A project for each request: the same request in the same project would be answered with the same run.
        let mut projects = Vec::new();
        for _ in 0..REQUESTS {
            let project = installation.project()?;
            let text = "招标公告\n项目名称：测量项目\n招标人：某单位\n投标截止时间：2030年1月15日9时00分\n";
            let (content_type, body) = import("tender", text.as_bytes());
            installation.post(&format!("{project}/assets/import?sync=1"), &content_type, &body)?;
            projects.push(project);
        }
        for (at, suffix) in [(0, ""), (1, "?sync=1"), (4, "")] {
            let requests = projects
                .iter()
                .map(|project| {
                    unique += 1;
                    let (content_type, body) = import("tender", &file(unique)?);
                    Ok((format!("{project}/assets/import{suffix}"), content_type, body))
                })
                .collect::<anyhow::Result<Vec<Request>>>()?;
            installation.make_busy(&mut unique)?;
            if at == 4 {
                for request in &requests {
                    samples[at].extend(at_once(&installation, std::slice::from_ref(request))?);
                }
            } else {
                samples[at].extend(at_once(&installation, &requests)?);
            }
            installation.until_idle()?;
        }
        let bodies = (0..REQUESTS).map(|_| {
            unique += 1;
            file(unique)
        });
        let bodies = bodies.collect::<anyhow::Result<Vec<_>>>()?;
        installation.make_busy(&mut unique)?;
        samples[5].extend(bare(&bench.folder("bare")?, &bodies)?);
        installation.until_idle()?;
        for (at, step, suffix) in [(2, "extract/project-info", ""), (3, "extract/risks", "?sync=1")] {
            let request = |project: &String| {
                let body = json!({"model_id": null}).to_string().into_bytes();
                (format!("{project}/{step}{suffix}"), "application/json".to_owned(), body)
            };
            let requests: Vec<Request> = projects.iter().map(request).collect();
            installation.make_busy(&mut unique)?;
            samples[at].extend(at_once(&installation, &requests)?);
            installation.until_idle()?;
        }
    }
    let [import_async, import_sync, extract_async, extract_sync, import_alone, bare] = samples;
    let figure = |all: &[f64]| format!("p50 {:.0} ms, p99 {:.0} ms", median(all), percentile(all, 0.99));
    let judged = |name: &str, bar_ms: f64, all: Vec<f64>| {
        let verdict = Verdict::of(percentile(&all, 0.99) <= bar_ms);
        Row::new(name, figure(&all), format!("p99 ≤ {bar_ms:.0} ms"), verdict).samples(all)
    };
    let shown = |name: &str, all: Vec<f64>| Row::shown(name, figure(&all)).samples(all);
    Ok(vec![
        judged("API, import of 5 MB, 4 workers busy, 50 at once", 150.0, import_async),
        shown("the same bytes received, hashed, written and synced by a bare loop, no HTTP", bare),
        shown("import of 5 MB, 4 workers busy, one after another", import_alone),
        shown("50 at once, waiting for the work", import_sync),
        judged("API, extract, 4 workers busy, 50 at once", 50.0, extract_async),
        shown("the same, waiting for the work", extract_sync),
    ])
}

pub(super) fn idle(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let program = sh::program_or_release(bench.program.as_deref())?;
    let installation = Installation::start(bench, &program)?;
    let seconds = if bench.quick { 5 } else { 30 };
    std::thread::sleep(Duration::from_secs(3));
    let processes = [installation.server.id(), installation.worker.id()];
    let cpu = || processes.iter().map(|process| run::cpu_seconds(*process)).sum::<anyhow::Result<f64>>();
    let (before, begin) = (cpu()?, Instant::now());
    std::thread::sleep(Duration::from_secs(seconds));
    let share = (cpu()? - before) / begin.elapsed().as_secs_f64() * 100.0;
    let [server, worker] = [run::memory_mb(processes[0])?, run::memory_mb(processes[1])?];
    let memory = format!("API {server:.0} MB, worker {worker:.0} MB");
    Ok(vec![
        Row::new(
            "idle, API + worker, PostgreSQL, Redis: CPU",
            format!("{share:.2} % of a core"),
            "< 1 %",
            Verdict::of(share < 1.0),
        ),
        Row::new("idle: memory", memory, "< 60 MB each", Verdict::of(server < 60.0 && worker < 60.0)),
    ])
}
