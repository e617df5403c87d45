//! Damaged parts: the container is whole, the XML inside is not.

use std::io::{Cursor, Read as _};

use bidlens_domain::document::IssueCode;

use super::fixture::tender;
use crate::office::container;
use crate::{outline, read};

fn parts(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("a container");
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).expect("a part");
            let name = part.name().expect("a name").into_owned();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("its bytes");
            (name, bytes)
        })
        .collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    container(&files)
}

/// Where elements begin.
fn tags(bytes: &[u8]) -> Vec<usize> {
    bytes.iter().enumerate().filter(|(_, b)| **b == b'<').map(|(at, _)| at).collect()
}

/// A small generator of numbers, so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// Elements taken out, doubled, renamed or moved: well-formed or not, no reader panics and nothing is silent.
#[test]
fn elements_out_of_place_never_panic() {
    let whole = parts(&tender());
    let names = ["p", "tbl", "tr", "tc", "r", "t", "sdt", "sdtContent", "fldChar", "txbxContent", "oMath", "f", "pPr"];
    for seed in 0..100u64 {
        let mut numbers = Numbers(seed);
        let mut damaged = whole.clone();
        let texts: Vec<usize> =
            damaged.iter().enumerate().filter(|(_, (name, _))| name.ends_with("xml")).map(|(at, _)| at).collect();
        for _ in 0..1 + numbers.below(4) {
            // Mostly the body, sometimes another part.
            let at = if numbers.below(3) > 0 { 2 } else { texts[numbers.below(texts.len())] };
            let bytes = &mut damaged[at].1;
            let starts = tags(bytes);
            let from = starts[numbers.below(starts.len())];
            let to = starts[numbers.below(starts.len())].max(from);
            let to = to.min(from + 400);
            match numbers.below(4) {
                0 => drop(bytes.drain(from..to)),
                1 => {
                    let copy = bytes[from..to].to_vec();
                    bytes.splice(from..from, copy.repeat(1 + numbers.below(3)));
                }
                2 => {
                    let name = names[numbers.below(names.len())];
                    bytes.splice(from..from, format!("<w:{name}>").into_bytes());
                }
                _ => {
                    let name = names[numbers.below(names.len())];
                    let inside = bytes[from..to].to_vec();
                    let wrapped =
                        [format!("<w:{name}>").as_bytes(), &inside, format!("</w:{name}>").as_bytes()].concat();
                    bytes.splice(from..to, wrapped);
                }
            }
        }
        let document = read("a.docx", &packed(&damaged));
        assert!(!document.blocks.is_empty() || !document.issues.is_empty(), "{seed} is silent");
        let panicked = document.issues.iter().any(|i| i.detail.contains("in a way its reader could not handle"));
        assert!(!panicked, "{seed} panicked");
        outline(&document);
    }
}

#[test]
fn a_part_that_is_missing_or_no_xml_costs_only_itself() {
    let whole = parts(&tender());
    for broken in
        ["word/styles.xml", "word/numbering.xml", "word/settings.xml", "word/footnotes.xml", "word/comments.xml"]
    {
        let with = |content: Option<&[u8]>| {
            let kept = whole.iter().filter(|(name, _)| name != broken).cloned();
            let put = content.map(|bytes| (broken.to_owned(), bytes.to_vec()));
            read("a.docx", &packed(&kept.chain(put).collect::<Vec<_>>()))
        };
        let missing = with(None);
        assert!(missing.blocks.len() > 60, "{broken}");
        let torn = with(Some(b"<w:x><w:y></w:x>"));
        assert!(torn.blocks.len() > 60, "{broken}");
        assert!(
            torn.issues.iter().any(|i| i.code == IssueCode::Malformed && i.detail.contains(broken)),
            "{broken}: {:?}",
            torn.issues
        );
    }
}
