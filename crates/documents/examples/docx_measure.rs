//! Prints how much of the fixture tender is read, whether numbers are right, and how fast:
//! `cargo run --release -p bidlens-documents --example docx_measure [-- --write FOLDER]`
//!
//! With `--write` the documents and the facts also go to a folder, for `benches/docx_peers.py`.

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/it/office.rs"]
mod office;

#[path = "../tests/it/docx/fixture.rs"]
mod fixture;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::Document;
use fixture::{FACTS, NUMBERS, Place, holds};

/// Characters of a page, to compare documents with and without page breaks.
const PAGE_CHARS: usize = 900;
const RUNS: usize = 9;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let tender = fixture::tender();
    let document = parse("tender.docx", &tender, &Limits::default());
    let found = FACTS.iter().filter(|fact| holds(&document, fact)).count();
    writeln!(out, "facts found where they belong: {found} of {}", FACTS.len())?;
    for (hides, place, words) in FACTS.iter().filter(|fact| !holds(&document, fact)) {
        writeln!(out, "  lost: {hides}: {words:?} at {place:?}")?;
    }
    let wrong = fixture::wrong_numbers(&parse("numbers.docx", &fixture::numbers(), &Limits::default()));
    writeln!(out, "numbers as Word prints them: {} of {}", NUMBERS.len() - wrong.len(), NUMBERS.len())?;
    for line in &wrong {
        writeln!(out, "  {line}")?;
    }
    let long = fixture::long_tender(1_000);
    let (read, spent) = median(&long);
    report(&mut out, "long.docx", &read, spent, long.len())?;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
            write_for_peers(Path::new(&folder), &tender, &long)?;
        } else {
            let bytes = std::fs::read(&argument)?;
            let (read, spent) = median(&bytes);
            report(&mut out, &argument, &read, spent, bytes.len())?;
        }
    }
    Ok(())
}

fn report(
    out: &mut impl std::io::Write,
    name: &str,
    document: &Document,
    spent: Duration,
    bytes: usize,
) -> std::io::Result<()> {
    let characters: usize = document.blocks.iter().map(|b| b.text.chars().filter(|c| !c.is_whitespace()).count()).sum();
    let pages = characters as f64 / PAGE_CHARS as f64;
    writeln!(
        out,
        "{name}: {bytes} bytes, {} blocks, {characters} characters ({pages:.0} pages of {PAGE_CHARS}) in {spent:?}: {:.0} pages/s",
        document.blocks.len(),
        pages / spent.as_secs_f64()
    )
}

fn median(bytes: &[u8]) -> (Document, Duration) {
    let mut times = Vec::new();
    let mut document = parse("a.docx", bytes, &Limits::default());
    for _ in 0..RUNS {
        let started = Clock::now();
        document = parse("a.docx", bytes, &Limits::default());
        times.push(started.spent());
    }
    times.sort();
    (document, times[RUNS / 2])
}

/// CPU time of this thread where the system tells it (Linux), elapsed time elsewhere: other programs do not count.
struct Clock {
    cpu: Option<Duration>,
    started: Instant,
}

impl Clock {
    fn now() -> Self {
        Clock { cpu: cpu_time(), started: Instant::now() }
    }

    fn spent(&self) -> Duration {
        match (self.cpu, cpu_time()) {
            (Some(before), Some(after)) => after - before,
            _ => self.started.elapsed(),
        }
    }
}

fn cpu_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Facts that are words to be found anywhere, one a line: what hides, a tab, the words.
fn write_for_peers(folder: &Path, tender: &[u8], long: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("tender.docx"), tender)?;
    std::fs::write(folder.join("long.docx"), long)?;
    std::fs::write(folder.join("numbers.docx"), fixture::numbers())?;
    let facts: String = FACTS
        .iter()
        .filter_map(|(hides, place, words)| {
            let sign = match place {
                Place::Absent => '-',
                Place::Span(..) | Place::Issue(_) | Place::Embedded(_) | Place::Metadata => return None,
                _ => '+',
            };
            Some(format!("{sign}{hides}\t{}\n", words.replace(['\n', '\t'], " ")))
        })
        .collect();
    std::fs::write(folder.join("facts.tsv"), facts)?;
    let numbers: String =
        NUMBERS.iter().map(|(format, value, shown)| format!("{format} {value}\t〔{shown}〕\n")).collect();
    std::fs::write(folder.join("numbers.tsv"), numbers)
}
