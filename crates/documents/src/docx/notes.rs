//! Footnotes and endnotes: read first, then placed after the paragraph (or the outermost table) that refers to them.

use std::collections::HashMap;

use crate::docx::reader::{Item, Reader};
use crate::raw::{RawBlock, RawKind, Refusal};
use crate::xml::{Token, Xml};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Note {
    Foot,
    End,
}

#[derive(Debug, Default)]
pub(super) struct Notes {
    words: HashMap<(Note, i64), String>,
    /// Referred to and not yet placed.
    pending: Vec<(Note, i64)>,
}

impl Notes {
    pub(super) fn refer(&mut self, note: Note, id: i64) {
        self.pending.push((note, id));
    }
}

impl Reader<'_, '_> {
    /// Reads `footnotes.xml` or `endnotes.xml`.
    pub(super) fn read_notes(&mut self, kind: Note, part: &str, text: &str) -> Result<(), Refusal> {
        let mut xml = Xml::new(part, text, self.limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if matches!(element.name(), "footnote" | "endnote") => {
                    let id = element.number("id");
                    let separator = element.attr("type").is_some_and(|t| t != "normal");
                    let mut items = Vec::new();
                    self.blocks(&mut xml, &mut items)?;
                    let words: Vec<String> = items.into_iter().filter_map(Item::into_block).map(|b| b.text).collect();
                    if let (Some(id), false) = (id, separator) {
                        self.notes.words.insert((kind, id), words.join("\n"));
                    }
                }
                Token::Open(_) | Token::Close | Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Places the notes referred to since the last call, unless a table is still being read.
    pub(super) fn place_notes(&mut self, out: &mut Vec<Item>) {
        if self.notes.pending.is_empty() || !self.cells.is_empty() {
            return;
        }
        for key in std::mem::take(&mut self.notes.pending) {
            if let Some(words) = self.notes.words.remove(&key).filter(|w| !w.is_empty()) {
                out.push(Item::Block(RawBlock::on_page(RawKind::Footnote, words, self.pages.current())));
            }
        }
    }
}
