//! `bidlens parse`: what the parser sees in one file.

use std::process::ExitCode;

use bidlens_domain::document::{BlockKind, Document, TextSource};

use crate::cli::ParseFile;
use crate::offline;
use crate::terminal::{self, Palette, shorten};

pub(crate) fn run(arguments: &ParseFile) -> anyhow::Result<ExitCode> {
    let reader = offline::FileReader::from_environment()?;
    if arguments.json
        && let Some(printed) = reader.print(&arguments.file)?
    {
        terminal::print_bytes(&printed)?;
        return Ok(ExitCode::SUCCESS);
    }
    let content = reader.read(&arguments.file)?;
    if arguments.json {
        offline::require_usable("the file", &content.documents)?;
        let files: Vec<_> = content.documents.iter().map(bidlens_reports::document_json).collect();
        let printed = match (content.is_package, files.first()) {
            (false, Some(file)) => serde_json::to_string_pretty(file)?,
            _ => serde_json::to_string_pretty(&serde_json::json!({ "files": files }))?,
        };
        terminal::print(&printed)?;
    } else {
        for document in &content.documents {
            terminal::print(&summary(document, Palette::for_stdout()))?;
        }
        offline::require_usable("the file", &content.documents)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(document: &Document, palette: Palette) -> String {
    let tables = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Table(_))).count();
    let unreadable = document.pages.iter().filter(|p| p.text_source == TextSource::Unreadable).count();
    let mut out = format!(
        "{}  {} pages ({unreadable} unreadable), {} blocks, {tables} tables, {} sections\n",
        palette.bold(&shorten(&document.name, 80)),
        document.pages.len(),
        document.blocks.len(),
        document.sections.len(),
    );
    for section in &document.sections {
        let indent = "  ".repeat(usize::from(section.level.min(8)));
        let title = shorten(&format!("{} {}", section.number, section.title), 80);
        out.push_str(&format!("{indent}{title}  {}\n", palette.dim(&format!("p.{}", section.page))));
    }
    for issue in &document.issues {
        let page = issue.page.map_or(String::new(), |p| format!(" p.{p}"));
        out.push_str(&format!("{}{page}: {}\n", palette.yellow("issue"), shorten(&issue.detail, 160)));
    }
    out
}
