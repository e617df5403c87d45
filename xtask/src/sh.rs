//! Running other programs from the repository's root, with their failure in words.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A command that starts in the repository's root.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo as it was called for this task.
pub(crate) fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo says of this package to this program is no business of what is built now. The build script of
    // `ring` watches these variables, so that each change between a task and plain cargo would build it, and all
    // that depends on it, again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Runs to the end with our output; fails when it fails.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let words = words(command);
    let status = command.status().with_context(|| format!("start {words}"))?;
    if !status.success() {
        bail!("{words} ended with {status}");
    }
    Ok(())
}

/// Runs and returns what it printed.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let words = words(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("start {words}"))?;
    if !output.status.success() {
        bail!("{words} ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("read the output of {words}"))
}

/// Whether a program can be started and says yes.
pub(crate) fn has(program: &str, probe: &[&str]) -> bool {
    Command::new(program).args(probe).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Tells on stderr what is being done.
pub(crate) fn say(text: &str) {
    use std::io::Write;
    // A closed stderr is no reason to stop.
    let _ = writeln!(std::io::stderr(), "» {text}");
}

/// Prints a result.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}").context("write to standard output")
}

/// Builds the workspace and the release program that carries it, and returns the program's path.
pub(crate) fn build_release() -> anyhow::Result<PathBuf> {
    crate::setup::workspace()?;
    say("building bidlens (release; the first time takes some minutes)");
    run(cargo().args(["build", "--release", "--locked", "-p", "bidlens"]))?;
    let program = target().join("release").join("bidlens");
    crate::server::expect_workspace(&program)?;
    Ok(program)
}

/// The built program that was named, or a fresh release build.
pub(crate) fn program_or_release(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    match named {
        Some(program) => std::fs::canonicalize(program).with_context(|| format!("read {}", program.display())),
        None => build_release(),
    }
}

/// What `work` answers, and the CPU seconds of this process and of those it waited for.
pub(crate) fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, f64)> {
    let before = cpu_s()?;
    let answer = work()?;
    Ok((answer, cpu_s()? - before))
}

/// CPU seconds of this process and of all its children that have ended.
fn cpu_s() -> anyhow::Result<f64> {
    /// Ticks of the kernel's clock in a second, on every Linux there is.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").context("read /proc/self/stat")?;
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(4).filter_map(|n| n.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS)
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

fn words(command: &Command) -> String {
    let mut words = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        words.push(' ');
        words.push_str(&argument.to_string_lossy());
    }
    words
}
