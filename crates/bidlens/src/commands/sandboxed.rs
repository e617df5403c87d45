//! `bidlens sandboxed`: becomes another program, under limits and without the network.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use crate::cli::Sandboxed;
use crate::sandbox::{self, Bounds, Rights};

pub(crate) fn run(arguments: &Sandboxed) -> anyhow::Result<ExitCode> {
    if arguments.probe {
        return match sandbox::probe() {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(reason) => bail!("{reason}"),
        };
    }
    let Some((program, rest)) = arguments.command.split_first() else { bail!("name the program to run") };
    let bounds = Bounds {
        memory_mb: arguments.memory_mb,
        cpu_s: arguments.cpu_s,
        file_mb: arguments.file_mb,
        processes: Some(arguments.processes),
    };
    sandbox::limit(bounds)?;
    let _ = sandbox::give_up(Rights::Files);
    let mut command = Command::new(program);
    command.args(rest);
    if let Some(home) = &arguments.home {
        command.env("HOME", home).env("TMPDIR", home).current_dir(home);
    }
    // It only comes back when it failed.
    Err(command.exec()).with_context(|| format!("start {}", program.to_string_lossy()))
}
