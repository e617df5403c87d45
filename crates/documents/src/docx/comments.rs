//! Comments: who wrote what about which words.

use std::collections::HashMap;

use bidlens_domain::document::Comment;

use crate::docx::reader::{Item, Reader};
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// Words a comment is about, at most; a comment on a chapter need not repeat it.
const ABOUT_CHARS: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Comments {
    written: Vec<(i64, Written)>,
    anchors: HashMap<i64, Anchor>,
    /// Whose range is being read.
    open: Vec<i64>,
}

#[derive(Debug)]
struct Written {
    author: Option<String>,
    date: Option<String>,
    text: String,
}

#[derive(Debug, Default)]
struct Anchor {
    order: usize,
    page: u32,
    about: String,
    characters: usize,
}

impl Comments {
    pub(super) fn begin(&mut self, id: i64, page: u32) {
        let order = self.anchors.len();
        self.anchors.entry(id).or_insert(Anchor { order, page, ..Anchor::default() });
        if !self.open.contains(&id) {
            self.open.push(id);
        }
    }

    pub(super) fn end(&mut self, id: i64) {
        self.open.retain(|o| *o != id);
    }

    /// A comment may be tied to a place instead of a range.
    pub(super) fn refer(&mut self, id: i64, page: u32) {
        let order = self.anchors.len();
        self.anchors.entry(id).or_insert(Anchor { order, page, ..Anchor::default() });
    }

    /// Words that are shown now belong to every open range.
    pub(super) fn take_words(&mut self, words: &str) {
        for id in &self.open {
            if let Some(anchor) = self.anchors.get_mut(id) {
                let room = ABOUT_CHARS.saturating_sub(anchor.characters);
                let taken = words.chars().take(room);
                anchor.characters += taken.clone().count();
                anchor.about.extend(taken);
            }
        }
    }

    /// Whether words must be handed to [`Self::take_words`].
    pub(super) fn listen(&self) -> bool {
        !self.open.is_empty()
    }

    /// In the order of the places they are about; those about no place last.
    pub(super) fn into_comments(mut self) -> Vec<Comment> {
        let mut comments: Vec<(usize, Comment)> = self
            .written
            .into_iter()
            .map(|(id, written)| {
                let anchor = self.anchors.remove(&id);
                let order = anchor.as_ref().map_or(usize::MAX, |a| a.order);
                let (page, about) = anchor.map_or((1, String::new()), |a| (a.page, a.about.trim().to_owned()));
                (order, Comment { author: written.author, written_at: written.date, text: written.text, page, about })
            })
            .collect();
        comments.sort_by_key(|(order, _)| *order);
        comments.into_iter().map(|(_, comment)| comment).collect()
    }
}

impl Reader<'_, '_> {
    /// Reads `comments.xml`.
    pub(super) fn read_comments(&mut self, part: &str, text: &str) -> Result<(), Refusal> {
        let mut xml = Xml::new(part, text, self.limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if element.name() == "comment" => {
                    let id = element.number("id");
                    let some = |name: &str| element.attribute(name).filter(|v| !v.trim().is_empty());
                    let (author, date) = (some("author"), some("date"));
                    let mut items = Vec::new();
                    self.blocks(&mut xml, &mut items)?;
                    let words: Vec<String> = items.into_iter().filter_map(Item::into_block).map(|b| b.text).collect();
                    if let Some(id) = id {
                        self.comments.written.push((id, Written { author, date, text: words.join("\n") }));
                    }
                }
                Token::Open(_) | Token::Close | Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }
}
