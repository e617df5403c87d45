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
    /// Still there and not using the processor for as long as it may use it.
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
    /// CPU time, as last seen; other programs on the machine do not change it.
    pub(super) cpu: Duration,
    /// Resident, as last seen.
    pub(super) peak_mb: u64,
    /// The end of what it wrote to stderr.
    pub(super) said: String,
}

pub(super) fn read(program: &Path, name: &str, bytes: &[u8], bounds: Bounds) -> anyhow::Result<Report> {
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
    let (end, answer, said) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ends before it has read everything is judged by its end.
            stdin.map(|mut stdin| stdin.write_all(bytes))
        });
        let answer = scope.spawn(move || all_of(stdout));
        let said = scope.spawn(move || all_of(stderr));
        let end = wait(&mut child, Duration::from_secs(bounds.cpu_s))?;
        Ok::<_, anyhow::Error>((end, answer.join().unwrap_or_default(), said.join().unwrap_or_default()))
    })?;
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok(Report { ended: ended(end.status, &answer, &said), cpu: end.cpu, peak_mb: end.peak_mb, said: last_words(&said) })
}

fn all_of(from: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What was read before an error is judged.
        let _ = from.read_to_end(&mut bytes);
    }
    bytes
}

/// How a child ended and what it had used when it was last seen.
struct End {
    /// `None` when it had to be killed.
    status: Option<ExitStatus>,
    cpu: Duration,
    peak_mb: u64,
}

/// Waits for the child's end. The kernel ends one that computes for too long; one that does nothing for `patience`
/// is killed here.
fn wait(child: &mut Child, patience: Duration) -> anyhow::Result<End> {
    let folder = format!("/proc/{}", child.id());
    let mut end = End { status: None, cpu: Duration::ZERO, peak_mb: 0 };
    let began = Instant::now();
    let mut busy_at = began;
    loop {
        end.peak_mb = peak_mb(&folder).unwrap_or(0).max(end.peak_mb);
        let cpu = cpu(&folder).unwrap_or_default();
        if cpu > end.cpu {
            (end.cpu, busy_at) = (cpu, Instant::now());
        }
        if let Some(status) = child.try_wait().context("wait for the child")? {
            end.status = Some(status);
            return Ok(end);
        }
        if busy_at.elapsed() > patience {
            child.kill().context("kill the child")?;
            child.wait().context("wait for the child")?;
            return Ok(end);
        }
        std::thread::sleep(Duration::from_millis(if began.elapsed().as_millis() < 50 { 1 } else { 5 }));
    }
}

fn peak_mb(folder: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("{folder}/status")).ok()?;
    let kb: u64 =
        status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok())?;
    Some(kb / 1_024)
}

/// User and system time of a process, of its ended threads too.
fn cpu(folder: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("{folder}/stat")).ok()?;
    // The name of the program stands in brackets and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // The kernel counts in hundredths of a second for everybody outside it.
    Some(Duration::from_millis(ticks * 10))
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
