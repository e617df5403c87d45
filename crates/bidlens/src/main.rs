//! The `bidlens` program: reads the command line and the environment, builds what a command needs, runs it.
//!
//! It decides nothing about tenders or jobs. Start at [`cli`] for the commands, at [`config`] for the
//! environment, and at `commands/` for one file per command.

mod cli;
mod commands;
mod config;
mod env_vars;
mod logging;
mod ocr;
mod offline;
mod sandbox;
mod server;
mod terminal;
#[cfg(feature = "otel")]
mod traces;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match cli::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Printing help to a closed pipe is not worth a message.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) if terminal::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
