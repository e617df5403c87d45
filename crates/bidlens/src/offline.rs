//! The main job on files: parse, extract, review, without a server or a database.
//!
//! One bad file never stops the others; only when nothing of a tender or of a bid can be read is there no result.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, anyhow, bail};
use bidlens_app::{
    Clauses, ModelServer, Models, Parser, ReviewedBids, UnknownModel, analyse_tender, notes_on, review_bids,
};
use bidlens_documents::AnnotateError;
use bidlens_domain::document::{Document, IssueSeverity, Language, ParseIssue};
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::{BidReview, FileSummary, Review};
use bidlens_review::custom_rules;
use bidlens_review::model::{Model, Tally};

use crate::config::{Overrides, RawConfig};
use crate::{server, terminal};

/// One bidder's files, as typed on the command line.
#[derive(Debug)]
pub(crate) struct BidArgument {
    pub(crate) bidder_name: Option<String>,
    pub(crate) file: PathBuf,
}

impl BidArgument {
    /// Reads `[NAME=]FILE`; a path that exists as it stands is never split.
    pub(crate) fn parse(argument: &str) -> BidArgument {
        if !Path::new(argument).exists()
            && let Some((name, file)) = argument.split_once('=')
            && !name.trim().is_empty()
        {
            return BidArgument { bidder_name: Some(name.trim().to_owned()), file: PathBuf::from(file) };
        }
        BidArgument { bidder_name: None, file: PathBuf::from(argument) }
    }
}

/// The models that the environment configures.
pub(crate) fn models() -> anyhow::Result<Models> {
    let raw = RawConfig::from_environment(&Overrides::default())?;
    Ok(Models::new(raw.model()?.as_ref())?)
}

/// The model of a name, or the configured one; `None` is the built-in one.
pub(crate) fn model(id: Option<&str>) -> anyhow::Result<Option<Arc<ModelServer>>> {
    let models = models()?;
    models.find(id).map_err(|UnknownModel(id)| {
        let known: Vec<String> = models.list().into_iter().map(|m| format!("`{}`", m.id)).collect();
        anyhow!("model `{id}` is not known; this installation has {}", known.join(" and "))
    })
}

/// Tells what a model was asked, and what that cost.
fn print_model_use(model: Option<&ModelServer>, tally: &Tally) {
    let Some(model) = model else { return };
    let cost = model.prices().map_or(String::new(), |p| {
        format!(", {:.4} at the configured prices", p.of(tally.input_tokens, tally.output_tokens))
    });
    terminal::print_note(&format!(
        "model {}: {} questions, {} tokens in, {} out{cost}; {} answers proven, {} dropped, {} items unasked",
        model.model(),
        tally.calls,
        tally.input_tokens,
        tally.output_tokens,
        tally.accepted,
        tally.unverified,
        tally.unasked,
    ));
}

/// A tender's facts, by code and by a model.
pub(crate) fn analyse(
    reader: &FileReader,
    documents: Vec<Document>,
    model: Option<&ModelServer>,
) -> anyhow::Result<(Vec<Document>, Facts)> {
    let asked = model.map(|m| m as &dyn Model);
    let (documents, facts, tally) = reader.runtime.block_on(analyse_tender(documents, asked, Clauses::Ask))?;
    print_model_use(model, &tally);
    Ok((documents, facts))
}

/// What a bar says while files are read.
pub(crate) const READING: &str = "reading files";

/// Reads files, each in a child process with limits of its own.
pub(crate) struct FileReader {
    parser: Parser,
    max_bytes: u64,
    runtime: tokio::runtime::Runtime,
}

/// What one file on the command line holds: itself, or the files of a package.
#[derive(Debug)]
pub(crate) struct FileContent {
    /// The file is a package; its documents are those inside.
    pub(crate) is_package: bool,
    pub(crate) documents: Vec<Document>,
}

impl FileReader {
    /// With the limits that the environment sets.
    pub(crate) fn from_environment() -> anyhow::Result<FileReader> {
        let raw = RawConfig::from_environment(&Overrides::default())?;
        Ok(FileReader {
            parser: server::parser(raw.parse_limits()?, raw.converters()?, &raw.ocr()?)?,
            max_bytes: raw.max_upload_bytes()?,
            runtime: server::runtime()?,
        })
    }

    /// Reads every file, as many at a time as there are cores.
    ///
    /// Whoever is done takes the next file, so that a long one holds up nobody; cores that files leave over read the
    /// pages of one together.
    pub(crate) fn read_all(
        &self,
        files: &[PathBuf],
        bar: &indicatif::ProgressBar,
    ) -> anyhow::Result<Vec<Vec<Document>>> {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let helpers = cores.min(files.len()).max(1);
        let next = AtomicUsize::new(0);
        let take_files = || {
            let mut contents = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = files.get(at) else { return contents };
                contents.push((at, self.read_with(path, cores.div_ceil(helpers), bar)));
                bar.inc(1);
            }
        };
        let mut contents = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..helpers).map(|_| scope.spawn(take_files)).collect();
            let mut contents = take_files();
            for helper in helpers {
                contents.extend(helper.join().map_err(|_| anyhow!("a thread that reads files broke down"))?);
            }
            Ok::<_, anyhow::Error>(contents)
        })?;
        contents.sort_unstable_by_key(|(at, _)| *at);
        contents.into_iter().map(|(_, content)| content.map(|c| c.documents)).collect()
    }

    /// Reads one file, or the files of one package, with all cores.
    pub(crate) fn read(&self, path: &Path) -> anyhow::Result<FileContent> {
        let bar = terminal::progress(1);
        bar.set_message(READING);
        let content = self.read_with(path, 0, &bar);
        bar.finish_and_clear();
        content
    }

    fn read_with(&self, path: &Path, threads: usize, bar: &indicatif::ProgressBar) -> anyhow::Result<FileContent> {
        let (name, bytes) = load(path)?;
        let parser = self.parser.clone().with_threads(threads);
        self.runtime.block_on(async {
            let package = match parser.opens(&name, &bytes) {
                true => parser.unpack(&name, bytes.clone(), self.max_bytes).await?,
                false => None,
            };
            let Some(package) = package else {
                let document = self.parse(&parser, &name, bytes, bar).await?;
                return Ok(FileContent { is_package: false, documents: vec![document] });
            };
            let mut documents = Vec::new();
            if package.keep || package.files.is_empty() {
                documents.push(self.parse(&parser, &name, bytes, bar).await?);
            }
            for file in &package.files {
                let bytes = tokio::fs::read(&file.place).await.context("read a file of a package")?;
                documents.push(self.parse(&parser, &file.path, bytes, bar).await?);
            }
            Ok(FileContent { is_package: !package.files.is_empty(), documents })
        })
    }

    /// One file that is no package, as `parse --json` prints it; `None` when there is nothing to print.
    pub(crate) fn print(&self, path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
        let (name, bytes) = load(path)?;
        if self.parser.opens(&name, &bytes) {
            return Ok(None);
        }
        let printed = self.runtime.block_on(self.parser.parse_printed(&name, bytes, self.max_bytes))?;
        let Some((issues, printed)) = printed else { return Ok(None) };
        for issue in issues.iter().filter(|i| i.severity != IssueSeverity::Info) {
            terminal::print_warning(&issue_line(&name, issue));
        }
        Ok(Some(printed))
    }

    /// A file of a bid with the findings that rest on its words in it; `None` where a file of its kind cannot carry them.
    pub(crate) fn annotate(&self, path: &Path, review: &Review, language: Language) -> anyhow::Result<Option<Vec<u8>>> {
        let (name, bytes) = load(path)?;
        let sha256 = bidlens_app::sha256(&bytes);
        let is_own = |bid: &&BidReview| bid.files.iter().any(|file| file.name == name && file.sha256 == sha256);
        let findings = review.bids.iter().filter(is_own).flat_map(|bid| &bid.findings);
        let notes = notes_on(&sha256, findings, language);
        match self.runtime.block_on(self.parser.annotate(&name, bytes, notes, self.max_bytes))? {
            Ok(copy) => Ok(Some(copy.bytes)),
            Err(AnnotateError::OtherKind) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn parse(
        &self,
        parser: &Parser,
        name: &str,
        bytes: Vec<u8>,
        bar: &indicatif::ProgressBar,
    ) -> anyhow::Result<Document> {
        let sha256 = bidlens_app::sha256(&bytes);
        // A page takes seconds, a scan of a hundred pages minutes.
        let report = |done: u32, count: u32| {
            let recognising = || format!("recognising page {} of {count}: {}", done + 1, terminal::shorten(name, 40));
            bar.set_message(if done < count { recognising() } else { READING.to_owned() });
        };
        parser.parse(name, &sha256, bytes, self.max_bytes, &report).await
    }
}

/// A file's name for people and its bytes.
fn load(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let size = std::fs::metadata(path).with_context(|| format!("read {}", path.display()))?;
    if size.is_dir() {
        bail!("read {}: it is a directory; name the files in it", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok((name, bytes))
}

fn issue_line(name: &str, issue: &ParseIssue) -> String {
    let place = issue.page.map_or(String::new(), |page| format!(" page {page}"));
    format!("{name}{place}: {}", issue.detail)
}

/// Warns of what could not be read, and fails when nothing of `documents` can be used.
pub(crate) fn require_usable(what: &str, documents: &[Document]) -> anyhow::Result<()> {
    let mut reasons = Vec::new();
    for document in documents {
        for issue in &document.issues {
            let line = issue_line(&document.name, issue);
            match issue.severity {
                IssueSeverity::Error => reasons.push(line),
                IssueSeverity::Warning => terminal::print_warning(&line),
                IssueSeverity::Info => {}
            }
        }
    }
    if documents.iter().any(|d| !d.blocks.is_empty()) {
        reasons.iter().for_each(|reason| terminal::print_warning(reason));
        return Ok(());
    }
    if reasons.is_empty() {
        reasons.push("the files hold no text; scanned pages need text recognition first".to_owned());
    }
    bail!("{what} cannot be read: {}", reasons.join("; "))
}

/// Runs the whole main job.
pub(crate) fn review(
    tender: &[PathBuf],
    bids: Vec<BidArgument>,
    rules: &[PathBuf],
    model: Option<&ModelServer>,
) -> anyhow::Result<Review> {
    let rules = rules
        .iter()
        .map(|path| {
            let yaml = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            Ok(custom_rules::parse(&path.display().to_string(), &yaml)?)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let bar = terminal::progress((tender.len() + bids.len() + 2) as u64);
    bar.set_message(READING);
    let reader = FileReader::from_environment()?;
    let tender: Vec<Document> = reader.read_all(tender, &bar)?.into_iter().flatten().collect();
    let bid_paths: Vec<PathBuf> = bids.iter().map(|bid| bid.file.clone()).collect();
    let bid_documents = reader.read_all(&bid_paths, &bar)?;
    bar.suspend(|| require_usable("the tender", &tender))?;

    let mut bidders: Vec<(String, Vec<Document>)> = Vec::new();
    for (argument, documents) in bids.into_iter().zip(bid_documents) {
        let name = argument
            .bidder_name
            .or_else(|| bidlens_review::bidder_name(&documents))
            .unwrap_or_else(|| documents.first().map(|d| d.name.clone()).unwrap_or_default());
        match bidders.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(documents),
            None => bidders.push((name, documents)),
        }
    }
    for (name, documents) in &bidders {
        bar.suspend(|| require_usable(&format!("the bid of {name}"), documents))?;
    }

    bar.set_message("reading the tender's demands");
    let asked = model.map(|m| m as &dyn Model);
    let (tender, facts, mut tally) = reader.runtime.block_on(analyse_tender(tender, asked, Clauses::Ask))?;
    let tender_files = tender.iter().map(FileSummary::from).collect();
    bar.inc(1);
    bar.set_message("reviewing bids");
    let judged = reader.runtime.block_on(review_bids(tender, facts, bidders, rules, asked))?;
    let ReviewedBids { reviews: mut bids, clues, facts, tally: more } = judged;
    tally.add(more);
    // One person has all bids at hand here: what they share is told of each.
    bidlens_review::put_clues_into(&mut bids, &clues);
    bar.finish_and_clear();
    print_model_use(model, &tally);
    Ok(Review { tender_files, facts, bids })
}
