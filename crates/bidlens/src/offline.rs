//! The main job on files: parse, extract, review, without a server or a database.
//!
//! One bad file never stops the others; only when nothing of a tender or of a bid can be read is there no result.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, anyhow, bail};
use bidlens_documents::Limits;
use bidlens_domain::document::{Document, IssueSeverity};
use bidlens_domain::finding::{FileSummary, Review};
use bidlens_review::{BidFiles, custom_rules};

use crate::terminal;

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

/// Only the built-in model exists without configuration.
pub(crate) fn check_model(model: &str) -> anyhow::Result<()> {
    if model != "builtin" {
        bail!("model `{model}` is not known; this installation has `builtin`");
    }
    Ok(())
}

/// Parses every file, several at a time as cores allow, and counts them on the bar.
///
/// Whoever is done takes the next file, so that a long one holds up nobody; cores that files leave over read the
/// pages of one together.
pub(crate) fn parse_files(files: &[PathBuf], bar: &indicatif::ProgressBar) -> anyhow::Result<Vec<Document>> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let helpers = cores.min(files.len()).max(1);
    let limits = Limits { threads: cores.div_ceil(helpers), ..Limits::default() };
    let next = AtomicUsize::new(0);
    let take_files = || {
        let mut parsed = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(at) else { return parsed };
            parsed.push((at, parse_file(path, &limits)));
            bar.inc(1);
        }
    };
    let mut parsed = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..helpers).map(|_| scope.spawn(take_files)).collect();
        let mut parsed = take_files();
        for helper in helpers {
            parsed.extend(helper.join().map_err(|_| anyhow!("a thread that reads files broke down"))?);
        }
        Ok::<_, anyhow::Error>(parsed)
    })?;
    parsed.sort_unstable_by_key(|(at, _)| *at);
    parsed.into_iter().map(|(_, document)| document).collect()
}

pub(crate) fn parse_file(path: &Path, limits: &Limits) -> anyhow::Result<Document> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let size = std::fs::metadata(path).with_context(|| format!("read {}", path.display()))?;
    if size.is_dir() {
        bail!("read {}: it is a directory; name the files in it", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok(bidlens_documents::parse_owned(&name, bytes, limits))
}

/// Warns of what could not be read, and fails when nothing of `documents` can be used.
pub(crate) fn require_usable(what: &str, documents: &[Document]) -> anyhow::Result<()> {
    let mut reasons = Vec::new();
    for document in documents {
        for issue in &document.issues {
            let place = issue.page.map_or(String::new(), |page| format!(" page {page}"));
            let line = format!("{}{place}: {}", document.name, issue.detail);
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
pub(crate) fn review(tender: &[PathBuf], bids: Vec<BidArgument>, rules: &[PathBuf]) -> anyhow::Result<Review> {
    let rules = rules
        .iter()
        .map(|path| {
            let yaml = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            Ok(custom_rules::parse(&path.display().to_string(), &yaml)?)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let bar = terminal::progress((tender.len() + bids.len() + 2) as u64);
    bar.set_message("reading files");
    let tender = parse_files(tender, &bar)?;
    let bid_paths: Vec<PathBuf> = bids.iter().map(|bid| bid.file.clone()).collect();
    let bid_documents = parse_files(&bid_paths, &bar)?;
    bar.suspend(|| require_usable("the tender", &tender))?;

    let mut bidders: Vec<(String, Vec<Document>)> = Vec::new();
    for (argument, document) in bids.into_iter().zip(bid_documents) {
        let name = argument
            .bidder_name
            .or_else(|| bidlens_review::bidder_name(std::slice::from_ref(&document)))
            .unwrap_or_else(|| document.name.clone());
        match bidders.iter_mut().find(|(known, _)| *known == name) {
            Some((_, documents)) => documents.push(document),
            None => bidders.push((name, vec![document])),
        }
    }
    for (name, documents) in &bidders {
        bar.suspend(|| require_usable(&format!("the bid of {name}"), documents))?;
    }

    bar.set_message("reading the tender's demands");
    let facts = bidlens_review::extract(&tender);
    bar.inc(1);
    bar.set_message("reviewing bids");
    let files: Vec<BidFiles<'_>> =
        bidders.iter().map(|(name, documents)| BidFiles { bidder_name: name.clone(), documents }).collect();
    let bids = bidlens_review::review(&tender, &facts, &files, &rules);
    bar.finish_and_clear();
    Ok(Review { tender_files: tender.iter().map(FileSummary::from).collect(), facts, bids })
}
