//! Whether search finds what labels quote: for each labelled field, questions, and the rank of the segment that holds
//! the label's quote, beside other rankings of the same segments.
//!
//! Three measures: the segment holds the quote; the same without labels that say only where the fact is announced; and
//! the segment stands on a page that the label names, since a tender states many facts in several places.

mod bigrams;
mod questions;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::Context;
use bidlens_documents::Limits;
use bidlens_domain::document::{Document, Language};
use bidlens_domain::segment::{Segment, SegmentKind};
use bidlens_search::{Entry, FileIndex, Query, rank, words};
use serde_json::{Value, json};

use self::questions::QUESTIONS;
use super::text::{bare, shared_run};
use crate::sh;

/// The rankings that are compared, ours first.
const RANKINGS: [&str; 4] = ["bidlens", "character pairs, BM25", "FTS5 unicode61, our words", "FTS5 trigram"];

/// What is asked of an issue's bars.
const BARS: (f64, f64) = (0.95, 0.85);

/// Ranks of one kind, counted from 1; `None` where it was not found.
#[derive(Debug, Clone, Default)]
struct Ranks(Vec<Option<usize>>);

impl Ranks {
    fn recall(&self, at: usize) -> f64 {
        self.mean(|rank| f64::from(u8::from(rank <= at)))
    }

    fn mrr(&self) -> f64 {
        self.mean(|rank| 1.0 / rank as f64)
    }

    fn mean(&self, value: impl Fn(usize) -> f64) -> f64 {
        self.0.iter().map(|rank| rank.map_or(0.0, &value)).sum::<f64>() / (self.0.len().max(1) as f64)
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:44} {:>5}  {:.3}  {:.3}  {:.3}  {:.3}",
            self.0.len(),
            self.recall(1),
            self.recall(5),
            self.recall(10),
            self.mrr()
        )
    }
}

/// A tender as it is searched.
struct Searched {
    document: Document,
    segments: Vec<Segment>,
    index: FileIndex,
    /// Letters and digits of each segment.
    bare: Vec<String>,
}

impl Searched {
    fn read(path: &Path, name: &str) -> anyhow::Result<Searched> {
        let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let document = bidlens_documents::parse(name, &bytes, &Limits::default());
        let segments = document.segments();
        let index = FileIndex::new(segments.iter().map(Entry::of));
        let bare = segments.iter().map(|s| bare(&s.text)).collect();
        Ok(Searched { document, segments, index, bare })
    }

    /// The segments that hold a quote, or the most of one that runs over two of them.
    fn holding(&self, quote: &str) -> BTreeSet<usize> {
        let quote = super::text::bare(quote);
        let whole: BTreeSet<usize> = (0..self.bare.len()).filter(|&n| self.bare[n].contains(&quote)).collect();
        if !whole.is_empty() {
            return whole;
        }
        let runs: Vec<usize> = self.bare.iter().map(|text| shared_run(&quote, text)).collect();
        let most = runs.iter().copied().max().unwrap_or(0);
        if most * 2 < quote.chars().count() {
            return BTreeSet::new();
        }
        (0..runs.len()).filter(|&n| runs[n] == most).collect()
    }

    /// The segments of running text on the pages that state the fact.
    fn on_pages(&self, label: &Value) -> BTreeSet<usize> {
        let pages: Vec<u32> = label["pages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|page| page.as_u64().and_then(|page| u32::try_from(page).ok()))
            .collect();
        let is_there =
            |s: &Segment| s.kind != SegmentKind::Furniture && pages.iter().any(|page| s.pages.contains(page));
        (0..self.segments.len()).filter(|&n| is_there(&self.segments[n])).collect()
    }
}

/// One question to one tender.
struct Case {
    key: &'static str,
    form: usize,
    question: &'static str,
    holding: BTreeSet<usize>,
    on_page: BTreeSet<usize>,
    /// The document only says where the fact is announced.
    is_pointer: bool,
}

#[derive(Default)]
struct Tally {
    /// By ranking: rank of the quote, of one that states something, and of a page that does.
    quote: [Ranks; RANKINGS.len()],
    stated: [Ranks; RANKINGS.len()],
    page: [Ranks; RANKINGS.len()],
    by_key: BTreeMap<&'static str, Ranks>,
    by_form: [Ranks; 3],
    by_document: Vec<(String, Ranks)>,
    misses: Vec<String>,
    micros: Vec<u128>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder with `labels/`
    path: PathBuf,
    /// List every question whose segment is not among the first five
    #[arg(long)]
    errors: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let set = &options.path;
    crate::setup::python()?;
    let mut labels: Vec<_> = std::fs::read_dir(set.join("labels"))
        .with_context(|| format!("read {}/labels", set.display()))?
        .collect::<Result<_, _>>()?;
    labels.sort_by_key(std::fs::DirEntry::file_name);
    let mut tally = Tally::default();
    let mut segments = 0;
    for entry in labels {
        let gold = super::load(&entry.path())?;
        let name = gold["doc"].as_str().with_context(|| format!("{}: no `doc`", entry.path().display()))?;
        let searched = Searched::read(&set.join(name), name)?;
        segments += searched.segments.len();
        ask(name, &gold, &searched, &mut tally)?;
    }
    let form = ["asked by name", "asked by a question", "asked by another question"];
    sh::print(&format!("{:44} {:>5}  {:>5}  {:>5}  {:>5}  {:>5}", "", "asked", "R@1", "R@5", "R@10", "MRR"))?;
    for asked in QUESTIONS {
        if let Some(ranks) = tally.by_key.get(asked.key) {
            sh::print(&ranks.line(asked.key))?;
        }
    }
    sh::print("")?;
    for (name, ranks) in &tally.by_document {
        sh::print(&ranks.line(name))?;
    }
    sh::print("")?;
    for (name, ranks) in form.iter().zip(&tally.by_form) {
        sh::print(&ranks.line(name))?;
    }
    sh::print(&format!("\nthe segment that holds the label's quote, of {segments} segments"))?;
    for (name, ranks) in RANKINGS.iter().zip(&tally.quote) {
        sh::print(&ranks.line(name))?;
    }
    sh::print("\nthe same, where the document states the fact and does not only say where it is announced")?;
    for (name, ranks) in RANKINGS.iter().zip(&tally.stated) {
        sh::print(&ranks.line(name))?;
    }
    sh::print("\na segment on a page that the label names")?;
    for (name, ranks) in RANKINGS.iter().zip(&tally.page) {
        sh::print(&ranks.line(name))?;
    }
    tally.micros.sort_unstable();
    let at = |share: usize| tally.micros.get(tally.micros.len() * share / 100).copied().unwrap_or(0);
    sh::print(&format!("\na search took {} µs at the median, {} µs at the 95th percentile", at(50), at(95)))?;
    let [ours, ..] = &tally.quote;
    let met = |is: f64, bar: f64| if is >= bar { "met" } else { "missed" };
    sh::print(&format!(
        "recall@5 {:.3} (bar {:.2} {}), MRR {:.3} (bar {:.2} {})",
        ours.recall(5),
        BARS.0,
        met(ours.recall(5), BARS.0),
        ours.mrr(),
        BARS.1,
        met(ours.mrr(), BARS.1)
    ))?;
    if options.errors {
        for miss in tally.misses {
            sh::print(&miss)?;
        }
    }
    Ok(())
}

fn ask(name: &str, gold: &Value, searched: &Searched, tally: &mut Tally) -> anyhow::Result<()> {
    let mut cases = Vec::new();
    for asked in QUESTIONS {
        let label = &gold["fields"][asked.key];
        let Some(quote) = label["quote"].as_str().filter(|quote| !bare(quote).is_empty()) else { continue };
        let holding = searched.holding(quote);
        let on_page: BTreeSet<usize> = holding.union(&searched.on_pages(label)).copied().collect();
        let is_pointer = label["status"] == "refers_elsewhere_only";
        if holding.is_empty() {
            tally.misses.push(format!("{name} {}: no segment holds {quote}", asked.key));
        }
        let questions = match searched.document.language {
            Language::Zh => asked.zh,
            Language::En => asked.en,
        };
        for (form, question) in questions.into_iter().enumerate() {
            cases.push(Case {
                key: asked.key,
                form,
                question,
                holding: holding.clone(),
                on_page: on_page.clone(),
                is_pointer,
            });
        }
    }
    let mut rankings: [Vec<Vec<usize>>; RANKINGS.len()] = Default::default();
    for case in &cases {
        let began = Instant::now();
        let query = Query::parse(case.question).ok().with_context(|| format!("read the question {}", case.question))?;
        let hits = rank(&[&searched.index], &query, |_, _| true);
        tally.micros.push(began.elapsed().as_micros());
        rankings[0].push(hits.iter().map(|hit| hit.segment).collect());
    }
    let texts: Vec<String> =
        searched.segments.iter().map(|s| format!("{}\n{}\n{}", s.section_path, s.header, s.text)).collect();
    rankings[1] = bigrams::rankings(&texts, cases.iter().map(|case| case.question));
    [rankings[2], rankings[3]] = fts5(&texts, &cases)?;

    let mut own = Ranks::default();
    for (number, case) in cases.iter().enumerate() {
        for (which, ranking) in rankings.iter().enumerate() {
            let found =
                |wanted: &BTreeSet<usize>| ranking[number].iter().position(|s| wanted.contains(s)).map(|n| n + 1);
            tally.quote[which].0.push(found(&case.holding));
            if !case.is_pointer {
                tally.stated[which].0.push(found(&case.holding));
                tally.page[which].0.push(found(&case.on_page));
            }
        }
        let rank = rankings[0][number].iter().position(|s| case.holding.contains(s)).map(|n| n + 1);
        own.0.push(rank);
        tally.by_key.entry(case.key).or_default().0.push(rank);
        tally.by_form[case.form].0.push(rank);
        if rank.is_none_or(|rank| rank > 5) {
            let place = rank.map_or("nowhere".to_owned(), |rank| format!("at {rank}"));
            let shown = |n: usize| {
                let s = &searched.segments[n];
                let text: String = s.text.chars().take(60).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
                format!("p{} [{}] {text}", s.page(), s.section_path)
            };
            let first = rankings[0][number].first().map_or(String::new(), |&n| shown(n));
            let wanted = case.holding.first().map_or(String::new(), |&n| shown(n));
            tally.misses.push(format!(
                "{name} {} “{}” {place}\n    first  {first}\n    wanted {wanted}",
                case.key, case.question
            ));
        }
    }
    tally.by_document.push((name.to_owned(), own));
    Ok(())
}

/// The rankings of SQLite's full-text search, over our words and over trigrams.
fn fts5(texts: &[String], cases: &[Case]) -> anyhow::Result<[Vec<Vec<usize>>; 2]> {
    let terms = |text: &str| words(text).into_iter().map(|w| w.term).collect::<Vec<_>>().join(" ");
    let asked = json!({
        "segments": texts.iter().map(|t| json!({"text": t, "words": terms(t)})).collect::<Vec<_>>(),
        "queries": cases.iter().map(|c| json!({"text": c.question, "words": terms(c.question)})).collect::<Vec<_>>(),
    });
    let mut python = sh::command("python3")
        .arg("benches/retrieval/fts5.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start python3")?;
    let mut stdin = python.stdin.take().context("no pipe to python3")?;
    stdin.write_all(asked.to_string().as_bytes()).context("ask python3")?;
    drop(stdin);
    let output = python.wait_with_output().context("wait for python3")?;
    anyhow::ensure!(output.status.success(), "benches/retrieval/fts5.py ended with {}", output.status);
    let answer: BTreeMap<String, Vec<Vec<usize>>> =
        serde_json::from_slice(&output.stdout).context("read its answer")?;
    let of = |name: &str| answer.get(name).cloned().with_context(|| format!("it has no {name}"));
    Ok([of("unicode61")?, of("trigram")?])
}
