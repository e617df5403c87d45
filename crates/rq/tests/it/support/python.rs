//! Real RQ: an environment per version, made once and shared by all tests and runs.
//!
//! `RQ_WIRE_VENVS` may point at a folder that holds `rq2` and `rq3`; otherwise they are made below the target
//! folder, which needs PyPI the first time. `cargo xtask test` makes them there before the tests run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::support::redis::Server;

/// A version of RQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Two,
    Three,
}

pub(crate) const BOTH: [Version; 2] = [Version::Two, Version::Three];

impl Version {
    fn folder(self) -> &'static str {
        match self {
            Version::Two => "rq2",
            Version::Three => "rq3",
        }
    }

    /// One a line.
    fn requirements(self) -> &'static str {
        match self {
            Version::Two => include_str!("../../python/requirements-rq2.txt"),
            Version::Three => include_str!("../../python/requirements-rq3.txt"),
        }
    }

    /// The folder of an environment that has everything.
    pub(crate) fn environment(self) -> PathBuf {
        let base = std::env::var_os("RQ_WIRE_VENVS")
            .map(PathBuf::from)
            .unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("rq-wire-venvs"));
        std::fs::create_dir_all(&base).expect("the folder of Python environments");
        let folder = base.join(self.folder());
        let ready = folder.join("rq-wire-ready");
        // Tests are processes of their own; the lock ends with its file handle, even when a test is killed.
        let lock = std::fs::File::create(base.join(format!("{}.lock", self.folder()))).expect("the lock file");
        lock.lock().expect("the lock");
        // Environments made elsewhere may have an empty mark.
        let made = std::fs::read_to_string(&ready).ok();
        if made.is_none_or(|made| !made.is_empty() && made != self.requirements()) {
            checked(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder), "make a Python environment");
            let mut pip = Command::new(folder.join("bin/pip"));
            checked(pip.args(["install", "--quiet"]).args(self.requirements().lines()), "install RQ from PyPI");
            std::fs::write(&ready, self.requirements()).expect("the mark of a complete environment");
        }
        folder
    }

    /// A command of this environment, run where the test's Python modules are.
    pub(crate) fn command(self, program: &str, server: &Server) -> Command {
        let mut command = Command::new(self.environment().join("bin").join(program));
        command
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python"))
            .env("REDIS_URL", server.url())
            .env("RQ_REDIS_URL", server.url())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Runs a script with `connection`, `queue` and RQ's names in scope; replies what it printed.
    pub(crate) async fn python(self, server: &Server, script: &str) -> String {
        let prelude = "import os, sys, time, json, pickle, rq, jobs\n\
             from redis import Redis\n\
             from rq import Queue, Retry, Repeat, Worker, SimpleWorker\n\
             from rq.job import Job, Dependency\n\
             from rq.serializers import JSONSerializer, DefaultSerializer\n\
             connection = Redis.from_url(os.environ['REDIS_URL'])\n\
             queue = Queue('default', connection=connection)\n\
             json_queue = Queue('default', connection=connection, serializer=JSONSerializer)\n";
        let mut command = self.command("python", server);
        command.arg("-c").arg(format!("{prelude}{script}"));
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the script's thread");
        text_of(output.expect("python"), self, script)
    }

    /// Runs a stock worker until its queues are empty.
    pub(crate) async fn burst(self, server: &Server, arguments: &[&str]) {
        let mut command = self.command("rq", server);
        command.args(["worker", "--burst"]).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the worker's thread");
        text_of(output.expect("rq worker"), self, "rq worker --burst");
    }

    /// Starts something that goes on until the test ends.
    pub(crate) fn start(self, server: &Server, program: &str, arguments: &[&str]) -> Process {
        let mut command = self.command(program, server);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        Process(command.spawn().expect(program))
    }
}

/// A child process that ends with the test.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text_of(output: Output, version: Version, what: &str) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{version:?} failed at {what}\n{stdout}\n{stderr}");
    stdout.trim().to_owned()
}

fn checked(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("could not {what}: {error}"));
    assert!(output.status.success(), "could not {what}: {}", String::from_utf8_lossy(&output.stderr));
}
