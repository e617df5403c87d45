//! The program from outside: as a person at a terminal, as a script over HTTP, and as somebody who kills it.

mod bad_input;
mod browser;
mod bucket;
mod cli;
mod crash;
mod deploy;
mod formats;
mod model;
mod ocr;
mod operations;
mod queue;
mod quotes;
mod sample;
mod sandbox;
mod scaled;
mod server;
#[cfg(feature = "otel")]
mod traces;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program under test, with an environment of its own.
fn bidlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidlens"));
    command.current_dir(root()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", "/nonexistent");
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn sample(name: &str) -> PathBuf {
    root().join("samples").join(name)
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).expect("one JSON document on stdout")
}
