//! One file read by one parse child, and how that ended.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use bidlens_domain::document::Document;

use crate::sh;

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) memory_mb: u64,
    pub(super) cpu_s: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Read,
    Refused,
    OutOfMemory,
    OutOfTime,
    Crashed,
    /// Still there after thrice the CPU time it may use.
    Hung,
    /// Its answer is no Document, or a Document that neither holds nor says anything.
    Silent,
}

impl Ended {
    pub(super) fn word(self) -> &'static str {
        match self {
            Ended::Read => "read",
            Ended::Refused => "refused",
            Ended::OutOfMemory => "ended by the limit of memory",
            Ended::OutOfTime => "ended by the limit of CPU time",
            Ended::Crashed => "crashed",
            Ended::Hung => "hung past the limits",
            Ended::Silent => "answered nothing",
        }
    }

    pub(super) fn is_bad(self) -> bool {
        match self {
            Ended::Read | Ended::Refused | Ended::OutOfMemory | Ended::OutOfTime => false,
            Ended::Crashed | Ended::Hung | Ended::Silent => true,
        }
    }
}

#[derive(Debug)]
pub(super) struct Report {
    pub(super) ended: Ended,
    pub(super) took: Duration,
    /// Resident, as last seen.
    pub(super) peak_mb: u64,
    /// The end of what it wrote to stderr.
    pub(super) said: String,
}

pub(super) fn read(program: &Path, name: &str, bytes: &[u8], bounds: Bounds) -> anyhow::Result<Report> {
    let began = Instant::now();
    let mut child = sh::command(program)
        .arg("parse-child")
        .arg(format!("--name={name}"))
        .args(["--memory-mb", &bounds.memory_mb.to_string(), "--cpu-s", &bounds.cpu_s.to_string()])
        .args(["--threads", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {}", program.display()))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (status, peak_mb, answer, said) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ends before it has read everything is judged by its end.
            stdin.map(|mut stdin| stdin.write_all(bytes))
        });
        let answer = scope.spawn(move || all_of(stdout));
        let said = scope.spawn(move || all_of(stderr));
        let (status, peak_mb) = wait(&mut child, Duration::from_secs(bounds.cpu_s.saturating_mul(3)), began)?;
        Ok::<_, anyhow::Error>((status, peak_mb, answer.join().unwrap_or_default(), said.join().unwrap_or_default()))
    })?;
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok(Report { ended: ended(status, &answer, &said), took: began.elapsed(), peak_mb, said: last_words(&said) })
}

fn all_of(from: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What was read before an error is judged.
        let _ = from.read_to_end(&mut bytes);
    }
    bytes
}

/// Waits for the child's end, at most for `patience`; `None` when it had to be killed.
fn wait(child: &mut Child, patience: Duration, began: Instant) -> anyhow::Result<(Option<ExitStatus>, u64)> {
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    loop {
        let seen = std::fs::read_to_string(&status_file).unwrap_or_default();
        let resident =
            seen.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak_kb = resident.unwrap_or(0).max(peak_kb);
        if let Some(status) = child.try_wait().context("wait for the child")? {
            return Ok((Some(status), peak_kb / 1_024));
        }
        if began.elapsed() > patience {
            child.kill().context("kill the child")?;
            child.wait().context("wait for the child")?;
            return Ok((None, peak_kb / 1_024));
        }
        std::thread::sleep(if began.elapsed() < Duration::from_millis(50) {
            Duration::from_millis(1)
        } else {
            Duration::from_millis(5)
        });
    }
}

const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;

fn ended(status: Option<ExitStatus>, answer: &[u8], said: &str) -> Ended {
    let Some(status) = status else { return Ended::Hung };
    match status.signal() {
        Some(SIGKILL | SIGXCPU) => return Ended::OutOfTime,
        Some(_) if said.contains("memory allocation of") => return Ended::OutOfMemory,
        Some(_) => return Ended::Crashed,
        None => {}
    }
    if !status.success() {
        return Ended::Crashed;
    }
    match serde_json::from_slice::<Document>(answer) {
        Ok(document) if document.blocks.is_empty() && document.issues.is_empty() => Ended::Silent,
        Ok(document) if document.blocks.is_empty() => Ended::Refused,
        Ok(_) => Ended::Read,
        Err(_) => Ended::Silent,
    }
}

fn last_words(said: &str) -> String {
    let said: Vec<char> = said.trim().chars().collect();
    said.iter().skip(said.len().saturating_sub(300)).collect::<String>().replace('\n', " / ")
}
