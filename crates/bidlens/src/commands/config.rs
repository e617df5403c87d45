//! `bidlens config`: every setting, its value and where it came from.

use std::process::ExitCode;

use crate::cli::DataDir;
use crate::config::{Overrides, RawConfig};
use crate::terminal;

pub(crate) fn run(arguments: DataDir) -> anyhow::Result<ExitCode> {
    let overrides = Overrides { data_dir: arguments.data_dir, listen: None };
    let raw = RawConfig::from_environment(&overrides)?;
    let settings = raw.describe();
    let width = settings.iter().map(|s| s.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for setting in &settings {
        text.push_str(&format!("{:width$}  {}  [{}]\n", setting.name, setting.value, setting.origin));
    }
    terminal::print(&text)?;
    // Said last, so that the table is there to find the wrong value in.
    raw.resolve()?;
    Ok(ExitCode::SUCCESS)
}
