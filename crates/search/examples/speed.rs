//! Times the index and searches of many segments: `cargo run --release -p bidlens-search --example speed -- 20000`.

use std::io::Write as _;
use std::time::Instant;

use bidlens_domain::document::{Block, BlockKind, Document, DocumentId, Format, Language, Metadata};
use bidlens_search::{Entry, FileIndex, Query, rank, words};

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n
    }
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let count: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let vocabulary: Vec<&str> =
        include_str!("../src/procurement.txt").lines().filter(|l| !l.starts_with('#')).collect();
    let mut numbers = Numbers(7);
    let mut sentence = || {
        let parts: Vec<String> = (0..12)
            .map(|_| format!("{}第{}项", vocabulary[numbers.below(vocabulary.len())], numbers.below(5_000)))
            .collect();
        format!("{}：{}。", vocabulary[numbers.below(vocabulary.len())], parts.join("，").repeat(2))
    };
    let blocks = (0..count)
        .map(|_| Block { kind: BlockKind::Footnote, section: None, text: sentence(), lines: Vec::new() })
        .collect();
    let document = Document {
        id: DocumentId::from_sha256("ab"),
        name: "a.txt".to_owned(),
        sha256: "ab".to_owned(),
        format: Format::Text,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks,
        issues: Vec::new(),
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    };
    let began = Instant::now();
    let first = words("投标").len();
    writeln!(out, "dictionary loaded in {:?} ({first})", began.elapsed())?;

    let began = Instant::now();
    let segments = document.segments();
    let texts: Vec<String> = segments.iter().map(|s| Entry::of(s).to_text()).collect();
    let bytes: usize = segments.iter().map(|s| s.text.len()).sum();
    writeln!(out, "words of {} segments ({} KB) made in {:?}", segments.len(), bytes / 1024, began.elapsed())?;

    let began = Instant::now();
    let index = FileIndex::new(texts.iter().map(|text| Entry::from_text(text)));
    writeln!(out, "index built in {:?}, about {} MB", began.elapsed(), index.bytes() >> 20)?;

    let mut micros: Vec<u128> = (0..1_000)
        .map(|n| {
            let question = format!("{}是多少？", vocabulary[n % vocabulary.len()]);
            let began = Instant::now();
            let hits = Query::parse(&question).map_or(0, |query| rank(&[&index], &query, |_, _| true).len());
            assert!(hits <= count);
            began.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    writeln!(
        out,
        "a search takes {} µs at the median, {} µs at p95, {} µs at most",
        micros[500], micros[950], micros[999]
    )
}
