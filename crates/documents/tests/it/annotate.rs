//! Copies with notes in them, read again by the readers of this crate.

mod docx;
mod pdf;

use bidlens_documents::{AnnotateError, Annotated, Limits, Note, annotate};
use bidlens_domain::document::Document;
use bidlens_domain::evidence::{Evidence, locate};
use bidlens_domain::finding::Verdict;

fn note(id: &str, evidence: Vec<Evidence>) -> Note {
    Note {
        id: id.to_owned(), text: format!("不符合：{id}\n要求 <五年> & “质保”"), verdict: Verdict::Fail, evidence
    }
}

fn at(document: &Document, quote: &str) -> Evidence {
    locate(document, quote, None).unwrap_or_else(|| panic!("{quote} is not in {}", document.name))
}

/// A note at each block of the file.
fn everywhere(document: &Document) -> Vec<Note> {
    let blocks = document.indexed_blocks();
    blocks.filter_map(|(at, _)| Some(note(&format!("f{}", at.0), vec![Evidence::of_block(document, at)?]))).collect()
}

fn annotated(name: &str, bytes: &[u8], notes: &[Note]) -> Vec<u8> {
    let Annotated { bytes, .. } = annotate(name, bytes, notes, &Limits::default()).expect("annotate");
    bytes
}

/// The words of a file, block by block, with what stands around them.
fn words(document: &Document) -> Vec<(String, u32)> {
    document.blocks.iter().map(|block| (format!("{:?} {}", block.kind, block.text), block.page())).collect()
}

#[test]
fn other_kinds_are_refused() {
    for (name, bytes) in [("a.txt", "质保期三年".as_bytes()), ("a.html", b"<html><body>text</body></html>")] {
        let refused = annotate(name, bytes, &[], &Limits::default());
        assert_eq!(refused, Err(AnnotateError::OtherKind), "{name}");
    }
    assert!(matches!(annotate("a.pdf", b"", &[], &Limits::default()), Err(AnnotateError::Unreadable(_))));
}

#[test]
fn damaged_files_give_errors_or_copies_that_read_alike() {
    use bidlens_testkit::hostile::{Mutator, seeds};

    let files =
        seeds().into_iter().filter(|file| file.name.ends_with(".pdf") || file.name.ends_with(".docx")).collect();
    let mutations = Mutator::new(7, files);
    let limits = Limits { threads: 1, ..Limits::default() };
    for number in 0..200 {
        let file = mutations.file(number);
        let document = bidlens_documents::parse(&file.name, &file.bytes, &limits);
        let Ok(copy) = annotate(&file.name, &file.bytes, &everywhere(&document), &limits) else { continue };
        let again = bidlens_documents::parse(&file.name, &copy.bytes, &limits);
        assert_eq!(words(&again), words(&document), "mutation {number} of {}", file.name);
    }
}
