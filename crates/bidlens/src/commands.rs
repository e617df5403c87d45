//! One file per command, and the list that leads to them.

mod annotate_child;
mod config;
mod doctor;
mod draw_child;
mod extract;
mod health;
mod migrate;
mod models;
mod parse;
mod parse_child;
mod queue;
mod reference;
mod review;
mod sandboxed;
mod serve;
mod unpack_child;
mod user;
mod worker;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Review(arguments) => review::run(arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Parse(arguments) => parse::run(&arguments),
        Command::Config(arguments) => config::run(arguments),
        Command::ParseChild(arguments) => parse_child::run(&arguments),
        Command::DrawChild(arguments) => draw_child::run(&arguments),
        Command::AnnotateChild(arguments) => annotate_child::run(&arguments),
        Command::UnpackChild(arguments) => unpack_child::run(&arguments),
        Command::Sandboxed(arguments) => sandboxed::run(&arguments),
        Command::Reference(arguments) => reference::run(&arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Worker(arguments) => worker::run(&arguments),
        Command::Queue(command) => queue::run(command),
        Command::User(command) => user::run(command),
        Command::Migrate(arguments) => migrate::run(arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Models(command) => models::run(command),
        Command::Doctor(arguments) => doctor::run(arguments),
    }
}
