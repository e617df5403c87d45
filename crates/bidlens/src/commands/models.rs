//! `bidlens models`: which models there are, and whether they answer.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::bail;

use crate::cli::ModelsCommand;
use crate::terminal::{self, Palette};
use crate::{offline, server};

pub(crate) fn run(command: ModelsCommand) -> anyhow::Result<ExitCode> {
    let models = offline::models()?;
    let id = match command {
        ModelsCommand::List => {
            for model in models.list() {
                let mark = if model.is_default { "*" } else { " " };
                terminal::print(&format!("{mark} {}", model.id))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        ModelsCommand::Test { id } => id,
    };
    let palette = Palette::for_stdout();
    let Some(model) = models.find(id.as_deref())? else {
        terminal::print(&format!("{} builtin: code alone, nothing to ask", palette.green("ok  ")))?;
        return Ok(ExitCode::SUCCESS);
    };
    let begin = Instant::now();
    let reply = match server::runtime()?.block_on(model.test()) {
        Ok(reply) => reply,
        Err(error) => bail!("model `{}`: {error}", model.model()),
    };
    let took = begin.elapsed().as_secs_f64();
    terminal::print(&format!(
        "{} {}: answers in {took:.1} s; the form of answers goes as {}; {} tokens in, {} out",
        palette.green("ok  "),
        model.model(),
        model.dialect().as_str(),
        reply.input_tokens,
        reply.output_tokens,
    ))?;
    Ok(ExitCode::SUCCESS)
}
