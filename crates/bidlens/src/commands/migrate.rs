//! `bidlens migrate`: brings the schema up to date, which every start does too.

use std::process::ExitCode;

use crate::cli::DataDir;
use crate::server;
use crate::terminal;

pub(crate) fn run(arguments: DataDir) -> anyhow::Result<ExitCode> {
    server::with_rows(arguments, |_| async {
        terminal::print("the database schema is up to date")?;
        Ok(ExitCode::SUCCESS)
    })
}
