//! Hostile files against the readers in this process: what `cargo xtask fuzz documents` does with many more.

use std::time::{Duration, Instant};

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::{BlockKind, Table};
use bidlens_testkit::hostile::{Mutator, bombs, seeds};

use crate::check_ranges;

/// Far above what any of these takes; a hang is what it finds.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn mutated_files_are_read_or_refused_with_a_reason() {
    let mutator = Mutator::new(4, seeds());
    let limits = Limits { threads: 1, ..Limits::default() };
    for number in 0..320 {
        let file = mutator.file(number);
        let began = Instant::now();
        let document = parse(&file.name, &file.bytes, &limits);
        let what = format!("mutation {number} ({})", file.what);
        assert!(!document.blocks.is_empty() || !document.issues.is_empty(), "{what} is silent");
        assert!(began.elapsed() < PATIENCE, "{what} took {:?}", began.elapsed());
        check_ranges(&document);
    }
}

#[test]
fn bombs_are_survived() {
    let limits = Limits {
        max_part_bytes: 4 << 20,
        max_inflated_bytes: 8 << 20,
        max_cells: 200_000,
        max_blocks: 20_000,
        max_pages: 200,
        threads: 1,
        ..Limits::default()
    };
    for bomb in bombs() {
        let file = bomb.file(100);
        let began = Instant::now();
        let document = parse(&file.name, &file.bytes, &limits);
        assert!(!document.blocks.is_empty() || !document.issues.is_empty(), "{} is silent", bomb.what);
        assert!(began.elapsed() < PATIENCE, "{} took {:?}", bomb.what, began.elapsed());
    }
}

/// Seed 1, mutation 1831: a Document was written that no reader of JSON takes.
#[test]
fn tables_are_nested_no_deeper_than_json_can_be() {
    fn depth(table: &Table) -> usize {
        1 + table.cells.iter().flat_map(|c| &c.nested).map(depth).max().unwrap_or(0)
    }
    let page = format!("<html><body>{}", "<table><tr><td>格<td>x".repeat(60));
    let document = parse("a.html", page.as_bytes(), &Limits::default());
    let deepest = document.blocks.iter().filter_map(|b| match &b.kind {
        BlockKind::Table(table) => Some(depth(table)),
        _ => None,
    });
    assert_eq!(deepest.max(), Some(17));
    let words: String = document.blocks.iter().map(|b| b.text.as_str()).collect();
    assert_eq!(words.matches('格').count(), 60, "the words stay");
}
