//! The words that prove a statement, tied to their place.
//!
//! [`Evidence`] has no public constructor but the two that read it out of a [`Document`]: it therefore always
//! names words that stand there. Whoever has only a quote (a model, a person) must [`locate`] it first.

use serde::{Deserialize, Serialize};

use crate::document::{BlockIndex, BlockKind, CONFIDENCE_MIN, Document, DocumentId, PageBox, SegmentId, TextRange};
use crate::fold::fold;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    document: DocumentId,
    file: String,
    segment: SegmentId,
    block: BlockIndex,
    range: TextRange,
    page: u32,
    boxes: Vec<PageBox>,
    quote: String,
    /// How sure it is that these are the words; `None` when the file itself holds them whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<f32>,
}

impl Evidence {
    /// The words at `range` of a block; `None` when the range names no words.
    ///
    /// White space at both ends is left out of the quote.
    pub fn at(document: &Document, block: BlockIndex, range: TextRange) -> Option<Evidence> {
        let owner = document.block(block)?;
        let raw = owner.text.get(range.start as usize..range.end as usize)?;
        let quote = raw.trim();
        if quote.is_empty() {
            return None;
        }
        let start = range.start as usize + (raw.len() - raw.trim_start().len());
        let range = TextRange::new(start, start + quote.len());
        Some(Evidence {
            document: document.id.clone(),
            file: document.name.clone(),
            segment: document.segment_id_at(block, range.start),
            block,
            range,
            page: owner.page_at(range.start),
            boxes: owner.boxes(range),
            quote: quote.to_owned(),
            confidence: owner.confidence(range),
        })
    }

    /// The whole of a block as evidence.
    pub fn of_block(document: &Document, block: BlockIndex) -> Option<Evidence> {
        let length = document.block(block)?.text.len();
        Evidence::at(document, block, TextRange::new(0, length))
    }

    pub fn document(&self) -> &DocumentId {
        &self.document
    }
    pub fn file(&self) -> &str {
        &self.file
    }
    pub fn segment(&self) -> &SegmentId {
        &self.segment
    }
    pub fn block(&self) -> BlockIndex {
        self.block
    }
    pub fn range(&self) -> TextRange {
        self.range
    }
    /// Physical page of the first character, counted from 1.
    pub fn page(&self) -> u32 {
        self.page
    }
    pub fn boxes(&self) -> &[PageBox] {
        &self.boxes
    }
    /// Whether too little is sure about the words to build on them: they were recognised from a picture with little
    /// confidence, or lack signs.
    pub fn is_doubtful(&self) -> bool {
        self.confidence.is_some_and(|confidence| confidence < CONFIDENCE_MIN)
    }
    /// The verbatim words.
    pub fn quote(&self) -> &str {
        &self.quote
    }
}

/// Finds a quote in a document: verbatim, then with width and white space folded, then without punctuation.
///
/// `page`, when given, is tried first. A quote of fewer than two characters is not searched for.
pub fn locate(document: &Document, quote: &str, page: Option<u32>) -> Option<Evidence> {
    let quote = quote.trim();
    if quote.chars().count() < 2 {
        return None;
    }
    let folded_quote = fold(quote).text;
    let bare_quote: String = folded_quote.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut order: Vec<BlockIndex> = document.indexed_blocks().map(|(i, _)| i).collect();
    order.sort_by_key(|&i| {
        let block = document.block(i);
        let on_page = page.is_none_or(|p| block.is_some_and(|b| b.lines.iter().any(|l| l.page == p)));
        (!on_page, block.is_some_and(|b| !matches!(b.kind, BlockKind::Contents)) ^ true, i)
    });
    let exact = |index: BlockIndex| {
        let text = &document.block(index)?.text;
        let start = text.find(quote)?;
        Some((start, start + quote.len()))
    };
    let by_width = |index: BlockIndex| {
        let text = &document.block(index)?.text;
        let folded = fold(text);
        let start = folded.text.find(&folded_quote)?;
        Some(folded.original_range(text, start, start + folded_quote.len()))
    };
    let by_letters = |index: BlockIndex| {
        let text = &document.block(index)?.text;
        let folded = fold(text);
        let mut bare = String::with_capacity(folded.text.len());
        let mut origin = Vec::with_capacity(folded.text.len());
        for (at, c) in folded.text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            bare.push(c);
            origin.resize(bare.len(), at);
        }
        let start = bare.find(&bare_quote)?;
        let first = *origin.get(start)?;
        let last = *origin.get(start + bare_quote.len() - 1)?;
        let width = folded.text.get(last..)?.chars().next()?.len_utf8();
        Some(folded.original_range(text, first, last + width))
    };
    let found = |finder: &dyn Fn(BlockIndex) -> Option<(usize, usize)>| {
        order.iter().find_map(|&index| {
            let (start, end) = finder(index)?;
            Evidence::at(document, index, TextRange::new(start, end))
        })
    };
    found(&exact)
        .or_else(|| found(&by_width))
        .or_else(|| if bare_quote.chars().count() < 4 { None } else { found(&by_letters) })
}
