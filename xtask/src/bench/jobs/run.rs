//! Running the measured programs and reading what they print.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::sh;

/// Jobs, the seconds they took, and the CPU seconds of the process that did them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub(super) jobs_per_s: f64,
    pub(super) cpu_ms_per_job: f64,
}

/// The lines a program prints, as name and object.
pub(super) fn lines(command: &mut Command) -> anyhow::Result<Vec<(String, Value)>> {
    read_lines(&sh::read(command)?)
}

pub(super) fn read_lines(text: &str) -> anyhow::Result<Vec<(String, Value)>> {
    text.lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).with_context(|| format!("read {line}"))?;
            Ok((value["name"].as_str().with_context(|| format!("read {line}"))?.to_owned(), value))
        })
        .collect()
}

/// What `jobs`, `seconds` and `cpu_seconds` of a line come to.
pub(super) fn sample(line: &Value) -> anyhow::Result<Sample> {
    let number = |name: &str| line[name].as_f64().with_context(|| format!("no {name} in {line}"));
    let (jobs, seconds, cpu) = (number("jobs")?, number("seconds")?, number("cpu_seconds")?);
    Ok(Sample { jobs_per_s: jobs / seconds, cpu_ms_per_job: cpu * 1000.0 / jobs })
}

/// Numbers of a line's list.
pub(super) fn numbers(line: &Value, name: &str) -> anyhow::Result<Vec<f64>> {
    let list = line[name].as_array().with_context(|| format!("no {name} in {line}"))?;
    Ok(list.iter().filter_map(Value::as_f64).collect())
}

/// A program with all it starts, ended without mercy when dropped.
#[derive(Debug)]
pub(super) struct Group(Child);

impl Group {
    /// Starts in a process group of its own; its output goes into a file.
    pub(super) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Group> {
        let file = std::fs::File::create(log).with_context(|| format!("create {}", log.display()))?;
        let copy = file.try_clone().with_context(|| format!("create {}", log.display()))?;
        let program = command.get_program().to_string_lossy().into_owned();
        command.process_group(0).stdin(Stdio::null()).stdout(file).stderr(copy);
        Ok(Group(command.spawn().with_context(|| format!("start {program}"))?))
    }

    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Fails when the program has ended.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait().context("look after a program")? {
            None => Ok(()),
            Some(status) => bail!("a program ended with {status}"),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Only what was started here is in the group. All of it may have ended.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0.id())])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

/// Waits for something; the error names it.
pub(super) fn until(
    what: &str,
    patience: Duration,
    mut is_so: impl FnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let begin = Instant::now();
    while !is_so()? {
        if begin.elapsed() > patience {
            bail!("{what}: not within {} s", patience.as_secs());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// CPU seconds that a process and its ended children used.
pub(super) fn cpu_seconds(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    // The name of the process may hold spaces; it ends with the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = [11, 12, 13, 14].iter().filter_map(|&at| fields.get(at)?.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}

/// Memory of a process that is in RAM, in MB.
pub(super) fn memory_mb(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(kb.with_context(|| format!("no VmRSS in {path}"))? * 1024.0 / 1e6)
}
