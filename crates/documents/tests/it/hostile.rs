//! Hostile files against the readers in this process: what `cargo xtask fuzz documents` does with many more.

use std::time::{Duration, Instant};

use bidlens_documents::{Limits, parse};
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
