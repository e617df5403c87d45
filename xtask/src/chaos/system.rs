//! The processes of a run: PostgreSQL, Redis, one API, three workers, and the folder they share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bidlens_testkit::{Postgres, Redis};
use serde_json::{Value, json};

use super::proxy::Proxy;
use crate::sh;

pub(super) const PASSWORD: &str = "chaos-password-1";
pub(super) const QUEUES: [&str; 4] = ["default", "ingest", "extract", "review"];
/// Size of the disk that the files are on, where one can be made.
const DISK_MB: u32 = 96;

/// A process under test and its own ways to the servers.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) name: String,
    arguments: Vec<String>,
    pub(super) postgres: Proxy,
    pub(super) redis: Proxy,
    child: Mutex<Option<Child>>,
}

#[derive(Debug)]
pub(super) struct System {
    program: PathBuf,
    folder: PathBuf,
    /// Whether the folder of files is a small disk of its own.
    pub(super) small_disk: bool,
    pub(super) postgres: Postgres,
    pub(super) redis: Redis,
    database: String,
    pub(super) processes: Vec<Process>,
    pub(super) base: String,
    /// Python with stock RQ, for its cleaners.
    pub(super) python: PathBuf,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl System {
    pub(super) fn start(program: &Path) -> anyhow::Result<System> {
        let python = bidlens_testkit::python_with_rq("3.0.0");
        let folder = std::env::temp_dir().join(format!("bidlens-chaos-{}", std::process::id()));
        let data = folder.join("data");
        fs::create_dir_all(&data).with_context(|| format!("create {}", data.display()))?;
        let small_disk = mount(&data);
        let postgres = Postgres::start_durable();
        let database = postgres.database();
        let redis = Redis::start();
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).context("find a port")?.port();
        let api = vec!["serve".to_owned(), "--listen".to_owned(), format!("127.0.0.1:{port}")];
        let worker = vec!["worker".to_owned(), "--concurrency".to_owned(), "2".to_owned()];
        let mut processes = Vec::new();
        for (name, arguments) in [("api", &api), ("worker-1", &worker), ("worker-2", &worker), ("worker-3", &worker)] {
            processes.push(Process {
                name: name.to_owned(),
                arguments: arguments.clone(),
                postgres: Proxy::start(postgres.port())?,
                redis: Proxy::start(redis.port())?,
                child: Mutex::new(None),
            });
        }
        let system = System {
            program: program.to_owned(),
            folder,
            small_disk,
            postgres,
            redis,
            database,
            processes,
            base: format!("http://127.0.0.1:{port}"),
            python,
        };
        for process in &system.processes {
            system.spawn(process)?;
        }
        system.wait_until_ready()?;
        Ok(system)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn sql(&self, statement: &str) -> String {
        self.postgres.psql(&self.database, statement)
    }

    /// Starts a process that is not running; its log is appended to.
    pub(super) fn spawn(&self, process: &Process) -> anyhow::Result<()> {
        let mut child = locked(&process.child);
        if let Some(running) = child.as_mut()
            && running.try_wait().context("look at a process")?.is_none()
        {
            return Ok(());
        }
        let log = self.folder.join(format!("{}.log", process.name));
        let log = File::options().create(true).append(true).open(&log).context("open a log")?;
        let database = self.database.replace(&self.postgres.port().to_string(), &process.postgres.port().to_string());
        let mut command = Command::new(&self.program);
        command
            .args(&process.arguments)
            .arg("--data-dir")
            .arg(self.data())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("DATABASE_URL", database)
            .env("REDIS_URL", format!("redis://127.0.0.1:{}/0", process.redis.port()))
            .env("BIDLENS_ADMIN_PASSWORD", PASSWORD)
            .env("BIDLENS_LOG", "info")
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("open a log")?)
            .stderr(log);
        for switch in ["INGEST", "EXTRACT", "REVIEW"] {
            command.env(format!("ASYNC_{switch}_ENABLED"), "true");
        }
        *child = Some(command.spawn().with_context(|| format!("start {}", self.program.display()))?);
        Ok(())
    }

    /// As `kill -9`.
    pub(super) fn kill(&self, process: &Process) {
        if let Some(mut child) = locked(&process.child).take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Sends a signal by name.
    pub(super) fn signal(&self, process: &Process, signal: &str) {
        if let Some(child) = locked(&process.child).as_ref() {
            let _ = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
        }
    }

    /// Everything up again, nothing cut, slow, paused or full.
    pub(super) fn mend(&self) -> anyhow::Result<()> {
        for process in &self.processes {
            process.postgres.mend();
            process.redis.mend();
            self.signal(process, "CONT");
            self.spawn(process)?;
        }
        let _ = fs::remove_file(self.data().join("filler"));
        self.wait_until_ready()
    }

    /// Starts the API anew, with every stored file as old as files must be before unused ones are removed.
    pub(super) fn sweep_files(&self) -> anyhow::Result<()> {
        sh::run(sh::command("find").arg(self.data()).args([
            "-type",
            "f",
            "-exec",
            "touch",
            "-d",
            "2 days ago",
            "{}",
            "+",
        ]))?;
        let api = self.processes.first().context("no API")?;
        self.kill(api);
        self.spawn(api)?;
        self.wait_until_ready()
    }

    pub(super) fn wait_until_ready(&self) -> anyhow::Result<()> {
        let limit = Instant::now() + Duration::from_secs(90);
        loop {
            let mut last = String::from("no answer");
            if let Ok((200, _)) = request("GET", &format!("{}/health/ready", self.base), "", &Value::Null) {
                return Ok(());
            }
            if let Ok((status, body)) = request("GET", &format!("{}/health/ready", self.base), "", &Value::Null) {
                last = format!("{status} {body}");
            }
            for process in &self.processes {
                self.spawn(process)?;
            }
            if Instant::now() > limit {
                bail!("the API is not ready after 90 s: {last}; logs are in {}", self.keep_logs().display());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Copies the logs out of the folder that is removed at the end.
    pub(super) fn keep_logs(&self) -> PathBuf {
        let kept = std::env::temp_dir().join("bidlens-chaos-logs");
        let _ = fs::remove_dir_all(&kept);
        let _ = fs::create_dir_all(&kept);
        for process in &self.processes {
            let name = format!("{}.log", process.name);
            let _ = fs::copy(self.folder.join(&name), kept.join(&name));
        }
        kept
    }
}

impl Drop for System {
    fn drop(&mut self) {
        for process in &self.processes {
            self.signal(process, "CONT");
            self.kill(process);
        }
        if self.small_disk {
            let _ = Command::new("umount").arg("-l").arg(self.data()).status();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Puts a small disk under the folder where this user may.
fn mount(folder: &Path) -> bool {
    let size = format!("size={DISK_MB}m");
    Command::new("mount")
        .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
        .arg(folder)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// One request; an error is a connection that failed.
pub(super) fn request(method: &str, url: &str, token: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
    let bytes =
        if body.is_null() { None } else { Some(("application/json".to_owned(), body.to_string().into_bytes())) };
    send(method, url, token, "", bytes)
}

/// One request with any body and an idempotency key.
pub(super) fn send(
    method: &str,
    url: &str,
    token: &str,
    key: &str,
    body: Option<(String, Vec<u8>)>,
) -> anyhow::Result<(u16, Value)> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(60)));
    let agent = ureq::Agent::new_with_config(config.build());
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    if !token.is_empty() {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    if !key.is_empty() {
        request = request.header("Idempotency-Key", key);
    }
    let mut response = match body {
        Some((kind, bytes)) => agent.run(request.header("Content-Type", kind).body(bytes)?)?,
        None => agent.run(request.body(())?)?,
    };
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(64 << 20).read_to_string()?;
    Ok((status, serde_json::from_str(&text).unwrap_or_else(|_| json!(text))))
}
