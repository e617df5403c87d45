//! `cargo xtask eval documents PATH`: what is read from PDFs, against a consensus of other readers and a truth.
//!
//! Text is held against poppler, PDFium and MuPDF; labelled quotes must be found, on their page, with boxes where
//! PDFium sees the words; table cells are held against tables that people checked on the rendered page
//! (`benches/documents/tables.json`), beside pdfplumber, PyMuPDF and Camelot. All in one run, on the same files.

mod peers;
mod quotes;
mod tables;
mod text;
mod truth;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use bidlens_domain::document::Document;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::{setup, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with documents and `labels/`
    path: PathBuf,
    /// List every miss
    #[arg(long)]
    errors: bool,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Write all tables of the folder as a draft of a truth, words and all, below the target directory
    #[arg(long, conflicts_with = "seal")]
    draft: bool,
    /// Make the truth of tables from a draft that was corrected by eye
    #[arg(long, value_name = "DRAFT")]
    seal: Option<PathBuf>,
}

/// A file of the set, as we read it.
struct Read {
    path: PathBuf,
    document: Document,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let set = std::fs::canonicalize(&options.path).with_context(|| format!("read {}", options.path.display()))?;
    if let Some(draft) = &options.seal {
        return truth::seal(&set, draft);
    }
    setup::document_packages()?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&set)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.sort();
    let mut read = Vec::new();
    for path in files {
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if matches!(kind, "pdf" | "docx") {
            read.push(Read { document: parsed(&program, &path)?, path });
        }
    }
    if options.draft {
        return truth::draft(&read);
    }
    let truth = truth::load()?;
    let mut report = Report::default();
    let (mut all_text, mut all_quotes) = (text::Score::default(), quotes::Score::default());
    let mut all_tables = tables::Scores::default();
    for file in &read {
        let name = file.document.name.clone();
        let is_pdf = file.path.extension().is_some_and(|e| e == "pdf");
        let own: Vec<&truth::Table> = truth.iter().filter(|t| t.document == file.document.sha256).collect();
        let seen = if is_pdf { Some(peers::read(&file.path, &file.document.sha256, &own)?) } else { None };
        if let Some(seen) = &seen {
            let score = text::score(&file.document, seen, |miss| report.miss(&name, miss));
            report.text.push((name.clone(), score));
            all_text.add(&score);
            all_tables.add(&tables::score(&file.document, seen, &own, |miss| report.miss(&name, miss)));
        }
        let labels = set.join("labels").join(format!("{name}.json"));
        if labels.is_file() {
            let labels = super::load(&labels)?;
            let score = quotes::score(&file.document, seen.as_ref(), &labels, |miss| report.miss(&name, miss));
            report.quotes.push((name, score));
            all_quotes.add(&score);
        }
    }
    report.text.push(("all".to_owned(), all_text));
    report.quotes.push(("all".to_owned(), all_quotes));
    report.print(&all_tables, options.errors)
}

#[derive(Default)]
struct Report {
    text: Vec<(String, text::Score)>,
    quotes: Vec<(String, quotes::Score)>,
    misses: Vec<String>,
}

impl Report {
    fn miss(&mut self, name: &str, miss: String) {
        self.misses.push(format!("{name} {miss}"));
    }

    fn print(&self, tables: &tables::Scores, errors: bool) -> anyhow::Result<()> {
        sh::print(text::HEAD)?;
        for (name, score) in &self.text {
            sh::print(&format!("{name:52} {score}"))?;
        }
        sh::print("")?;
        sh::print(quotes::HEAD)?;
        for (name, score) in &self.quotes {
            sh::print(&format!("{name:52} {score}"))?;
        }
        sh::print("")?;
        sh::print(&tables.to_string())?;
        if errors {
            for miss in &self.misses {
                sh::print(miss)?;
            }
        }
        Ok(())
    }
}

/// The file as the program's parser process gives it.
fn parsed(program: &Path, file: &Path) -> anyhow::Result<Document> {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let input = std::fs::File::open(file).with_context(|| format!("read {}", file.display()))?;
    let output = sh::command(program)
        .args(["parse-child", "--name", name])
        .stdin(input)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("start {}", program.display()))?;
    if !output.status.success() {
        bail!("parsing {name} ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("read {name} as parsed"))
}

/// What words are compared by: compatibility forms made equal, no white space, no soft hyphens.
fn normal(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}')).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
