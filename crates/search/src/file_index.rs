//! The words of one file's segments, from word to segment, as ranking reads them.

use std::collections::HashMap;

use crate::entry::{Entry, FIELDS};
use crate::signs::Signs;

/// An index of one file; it never changes, so that many searches may share it.
#[derive(Debug, Clone, Default)]
pub struct FileIndex {
    pub(crate) segments: Vec<Indexed>,
    numbers: HashMap<Box<str>, u32>,
    postings: Vec<Vec<Posting>>,
}

/// What is kept of a segment besides its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indexed {
    /// Words in each field.
    pub(crate) lengths: [u32; FIELDS],
    pub(crate) signs: Signs,
}

/// How often a word stands in each field of a segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) segment: u32,
    pub(crate) counts: [u8; FIELDS],
}

impl FileIndex {
    /// From the entries of a file's segments in their order.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> FileIndex {
        let mut index = FileIndex::default();
        for entry in entries {
            let segment = u32::try_from(index.segments.len()).unwrap_or(u32::MAX);
            let lengths = entry.fields.each_ref().map(|terms| u32::try_from(terms.len()).unwrap_or(u32::MAX));
            for (field, terms) in entry.fields.iter().enumerate() {
                for term in terms {
                    index.count(segment, field, term);
                }
            }
            index.segments.push(Indexed { lengths, signs: entry.signs });
        }
        index
    }

    fn count(&mut self, segment: u32, field: usize, term: &str) {
        let number = match self.numbers.get(term) {
            Some(&number) => number as usize,
            None => {
                let number = self.postings.len();
                self.numbers.insert(term.into(), u32::try_from(number).unwrap_or(u32::MAX));
                self.postings.push(Vec::new());
                number
            }
        };
        let Some(postings) = self.postings.get_mut(number) else { return };
        if postings.last().is_none_or(|last| last.segment != segment) {
            postings.push(Posting { segment, counts: [0; FIELDS] });
        }
        if let Some(count) = postings.last_mut().and_then(|posting| posting.counts.get_mut(field)) {
            *count = count.saturating_add(1);
        }
    }

    /// The segments that hold a word, in their order.
    pub(crate) fn postings(&self, term: &str) -> &[Posting] {
        let number = self.numbers.get(term).map(|&number| number as usize);
        number.and_then(|number| self.postings.get(number)).map_or(&[], Vec::as_slice)
    }

    /// Segments of the file.
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        let postings: usize = self.postings.iter().map(|p| p.capacity() * size_of::<Posting>()).sum();
        // A word's own bytes, its place in the table and its list.
        postings + self.numbers.len() * 80 + self.segments.len() * size_of::<Indexed>()
    }
}
