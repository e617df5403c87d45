//! Labelled quotes: whether our document has them, on the right page, and where PDFium sees the words.

use std::fmt;

use bidlens_domain::document::{Block, Document, PageBox, TextRange};
use serde_json::Value;

use super::peers::{Placed, Seen};
use super::{normal, share};

pub(super) const HEAD: &str =
    "labelled quotes                                          found            page            boxes over the words";

/// Of the characters of a quote, this share must lie in our boxes.
const COVERED: f64 = 0.9;

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Score {
    quotes: usize,
    found: usize,
    paged: usize,
    page_right: usize,
    placed: usize,
    box_right: usize,
}

impl Score {
    pub(super) fn add(&mut self, other: &Score) {
        self.quotes += other.quotes;
        self.found += other.found;
        self.paged += other.paged;
        self.page_right += other.page_right;
        self.placed += other.placed;
        self.box_right += other.box_right;
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |part, whole| format!("{part:>4}/{whole:<4} {:.3}", share(part, whole));
        let Score { quotes, found, paged, page_right, placed, box_right } = *self;
        write!(f, "{:>15} {:>15} {:>15}", cell(found, quotes), cell(page_right, paged), cell(box_right, placed))
    }
}

/// Where a normalised character came from.
#[derive(Debug, Clone, Copy)]
struct Origin {
    block: usize,
    start: usize,
    end: usize,
}

/// All words of a document without white space, in reading order, with the way back.
struct Words {
    text: Vec<char>,
    origin: Vec<Origin>,
}

impl Words {
    fn of(blocks: &[Block], keep: fn(char) -> bool) -> Words {
        let mut words = Words { text: Vec::new(), origin: Vec::new() };
        // Furniture may stand in the middle of a sentence that goes on over a page; it comes last here.
        let (body, rest): (Vec<_>, Vec<_>) = blocks.iter().enumerate().partition(|(_, b)| b.kind.is_body());
        for (block, owner) in body.into_iter().chain(rest) {
            for (start, c) in owner.text.char_indices() {
                for normal in normal(c.encode_utf8(&mut [0; 4])).chars().filter(|c| keep(*c)) {
                    words.text.push(normal);
                    words.origin.push(Origin { block, start, end: start + c.len_utf8() });
                }
            }
        }
        words
    }

    /// Starts of each place where `quote` stands.
    fn places(&self, quote: &[char]) -> Vec<usize> {
        let Some(first) = quote.first() else { return Vec::new() };
        let starts = self.text.iter().enumerate().filter(|(_, c)| *c == first);
        starts.map(|(at, _)| at).filter(|at| self.text.get(*at..at + quote.len()) == Some(quote)).collect()
    }

    /// Byte ranges of the quote at `at`, one for each block it touches.
    fn ranges(&self, at: usize, length: usize) -> Vec<(usize, TextRange)> {
        let mut ranges: Vec<(usize, usize, usize)> = Vec::new();
        for origin in self.origin.iter().skip(at).take(length) {
            match ranges.last_mut() {
                Some((block, _, end)) if *block == origin.block => *end = (*end).max(origin.end),
                _ => ranges.push((origin.block, origin.start, origin.end)),
            }
        }
        ranges.into_iter().map(|(block, start, end)| (block, TextRange::new(start, end))).collect()
    }
}

pub(super) fn score(document: &Document, seen: Option<&Seen>, labels: &Value, mut miss: impl FnMut(String)) -> Score {
    let mut score = Score::default();
    let exact = Words::of(&document.blocks, |_| true);
    let letters = Words::of(&document.blocks, char::is_alphanumeric);
    let fields = labels["fields"].as_object().into_iter().flat_map(|fields| fields.values());
    let clauses = labels["reject_clauses"].as_array().into_iter().flatten();
    for label in fields.chain(clauses) {
        let Some(quote) = label["quote"].as_str().filter(|q| normal(q).chars().count() >= 2) else { continue };
        score.quotes += 1;
        let pages: Vec<u64> = match &label["pages"] {
            Value::Array(pages) => pages.iter().filter_map(Value::as_u64).collect(),
            _ => label["page"].as_u64().into_iter().collect(),
        };
        let page_of = |words: &Words, at: usize| {
            let origin = words.origin.get(at)?;
            Some(document.blocks.get(origin.block)?.page_at(u32::try_from(origin.start).ok()?))
        };
        let whole: Vec<char> = normal(quote).chars().collect();
        let bare: Vec<char> = whole.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        let (words, length, mut places) = match exact.places(&whole) {
            places if !places.is_empty() => (&exact, whole.len(), places),
            _ => (&letters, bare.len(), letters.places(&bare)),
        };
        // The same words may stand elsewhere; the label's page decides.
        places.sort_by_key(|at| !page_of(words, *at).is_some_and(|p| pages.contains(&u64::from(p))));
        let Some(at) = places.first().copied() else {
            miss(format!("quote not found: {quote}"));
            continue;
        };
        score.found += 1;
        let page = page_of(words, at).unwrap_or(0);
        if !pages.is_empty() && seen.is_some() {
            score.paged += 1;
            if pages.contains(&u64::from(page)) {
                score.page_right += 1;
            } else {
                miss(format!("quote on page {page}, labelled {pages:?}: {quote}"));
            }
        }
        let Some(placed) = seen.and_then(|s| s.characters.get((page as usize).wrapping_sub(1))) else { continue };
        let ranges = words.ranges(at, length);
        match covered(document, &ranges, page, placed) {
            Some(covered) if covered >= COVERED => {
                score.placed += 1;
                score.box_right += 1;
            }
            Some(covered) => {
                score.placed += 1;
                miss(format!("boxes cover {covered:.2} of the words on page {page}: {quote}"));
            }
            None => miss(format!("PDFium does not have these words in a row on page {page}: {quote}")),
        }
    }
    score
}

/// Share of the characters on `page` whose centre, as PDFium places it, lies in our boxes.
fn covered(document: &Document, ranges: &[(usize, TextRange)], page: u32, placed: &[Placed]) -> Option<f64> {
    let mut words = String::new();
    let mut boxes: Vec<PageBox> = Vec::new();
    for (block, range) in ranges {
        let block = document.blocks.get(*block)?;
        boxes.extend(block.boxes(*range).into_iter().filter(|b| b.page == page));
        for line in block.lines.iter().filter(|l| l.page == page) {
            let within = TextRange {
                start: line.range.start.max(range.start),
                end: line.range.end.min(range.end).max(line.range.start.max(range.start)),
            };
            words.push_str(within.slice(&block.text));
        }
    }
    let words: Vec<char> = normal(&words).chars().filter(|c| c.is_alphanumeric()).collect();
    let theirs: Vec<(char, &Placed)> = placed
        .iter()
        .flat_map(|p| normal(&p.0).chars().filter(|c| c.is_alphanumeric()).map(move |c| (c, p)).collect::<Vec<_>>())
        .collect();
    let starts = theirs.windows(words.len().max(1)).enumerate();
    let best = starts
        .filter(|(_, window)| window.iter().map(|(c, _)| c).eq(words.iter()))
        .map(|(_, window)| {
            let inside = window.iter().filter(|(_, p)| boxes.iter().any(|b| holds(b, p))).count();
            share(inside, window.len())
        })
        .fold(None, |best: Option<f64>, next| Some(best.map_or(next, |b| b.max(next))));
    if words.is_empty() { None } else { best }
}

fn holds(own: &PageBox, character: &Placed) -> bool {
    let Placed(_, x0, y0, x1, y1) = character;
    let (x, y) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
    (own.rect.x0..=own.rect.x1).contains(&x) && (own.rect.y0..=own.rect.y1).contains(&y)
}
