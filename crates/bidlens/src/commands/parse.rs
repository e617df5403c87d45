//! `bidlens parse`: what the parser sees in one file.

use std::process::ExitCode;

use bidlens_domain::document::{BlockKind, Document, EmbeddedKind, Signature, TextSource};

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
    for (what, value) in [
        ("title", &document.metadata.title),
        ("author", &document.metadata.author),
        ("last modified by", &document.metadata.last_modified_by),
        ("company", &document.metadata.company),
        ("written with", &document.metadata.application),
        ("created", &document.metadata.created),
        ("modified", &document.metadata.modified),
    ] {
        if let Some(value) = value {
            out.push_str(&format!("{what}: {}\n", shorten(value, 80)));
        }
    }
    for signature in &document.signatures {
        out.push_str(&format!("{}: {}\n", palette.bold("signature"), shorten(&signature_words(signature), 160)));
    }
    for comment in &document.comments {
        let author = comment.author.as_deref().unwrap_or("nobody named");
        let about = if comment.about.is_empty() { String::new() } else { format!(" [{}]", comment.about) };
        let words = shorten(&format!("{author}: {}{about}", comment.text), 160);
        out.push_str(&format!("{} p.{}: {words}\n", palette.bold("comment"), comment.page));
    }
    let pictures = document.embedded.iter().filter(|file| file.kind == EmbeddedKind::Picture).count();
    if pictures > 0 {
        out.push_str(&format!("pictures: {pictures}\n"));
    }
    for file in document.embedded.iter().filter(|file| file.kind != EmbeddedKind::Picture) {
        let page = file.page.map_or(String::new(), |page| format!(" p.{page}"));
        let words = format!("{}, {} bytes", shorten(&file.name, 80), file.size);
        out.push_str(&format!("{}{page}: {words}\n", palette.bold("file inside")));
    }
    for issue in &document.issues {
        let page = issue.page.map_or(String::new(), |p| format!(" p.{p}"));
        out.push_str(&format!("{}{page}: {}\n", palette.yellow("issue"), shorten(&issue.detail, 160)));
    }
    out
}

/// What a signature says of itself.
fn signature_words(signature: &Signature) -> String {
    if !signature.signed {
        return format!("{} is empty", signature.field);
    }
    let mut words = signature.field.clone();
    for (before, said) in [("by", &signature.signer), ("at", &signature.signed_at), ("for", &signature.reason)] {
        if let Some(said) = said {
            words.push_str(&format!(" {before} {said}"));
        }
    }
    if signature.changed_after {
        words.push_str(", bytes were added after it");
    }
    if signature.leaves_out {
        words.push_str(", it leaves bytes out");
    }
    words
}
