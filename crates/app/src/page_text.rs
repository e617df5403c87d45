//! The words of a page, line by line, with the place of each: what is laid over its picture.
//!
//! They are made of all pages at once, when a file is read, and stored page by page. Of a file that another version
//! read, whoever first looks at one of its pages has them made.

use std::collections::BTreeMap;

use bidlens_domain::document::{Block, Document, Line, Rect, TextRange};
use bidlens_storage::{Access, PageText, PageTexts};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::AppError;

/// A typeset line, or the part of one that stands in a table cell.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLine {
    pub text: String,
    /// What stands in the file's text between this line and the next: nothing where typesetting alone broke it.
    pub joint: String,
    pub rect: Rect,
    /// Right edge of each character, as a fraction of the page's width; empty when unknown.
    pub edges: Vec<f32>,
}

/// Names the stored form: lines of another one are made anew.
const VERSION: i64 = 1;

/// Places are stored in whole parts of the page, which are short to write; on a sheet of A4 one is 2 µm.
const PARTS: f32 = 100_000.0;

/// A line as it is stored; an array, since its names would be longer than its words.
#[derive(Serialize, Deserialize)]
struct StoredLine(String, String, [i32; 4], Vec<i32>);

impl App {
    /// The lines of a page in reading order, those of which the place is known.
    pub async fn page_lines(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        page: u32,
    ) -> Result<Vec<PageLine>, AppError> {
        let asset = self.own_asset(access, project_id, asset_id).await?;
        let mut text = self.inner.db.page_text(&asset.id, page, VERSION).await?;
        if text == PageText::NotMade {
            // A viewer asks for several pages at once, and one reading of the document makes them all.
            let _slot = self.inner.reading.acquire().await.map_err(|e| AppError::outside("wait for a turn", e))?;
            text = self.inner.db.page_text(&asset.id, page, VERSION).await?;
            if text == PageText::NotMade {
                self.make_page_texts(&asset.id).await?;
                text = self.inner.db.page_text(&asset.id, page, VERSION).await?;
            }
        }
        match text {
            PageText::Text(text) => lines_in(&text).ok_or_else(|| unreadable(&asset.id)),
            PageText::NoSuchPage | PageText::NotMade => Err(AppError::not_found("page")),
        }
    }

    async fn make_page_texts(&self, asset_id: &str) -> Result<(), AppError> {
        let Some(document) = self.inner.db.document(asset_id).await? else { return Ok(()) };
        let made = tokio::task::spawn_blocking(move || page_texts(&document)).await;
        let made = made.map_err(|e| AppError::outside("make the words of pages", e))?;
        Ok(self.inner.db.add_page_texts(asset_id, &made).await?)
    }
}

fn unreadable(asset_id: &str) -> AppError {
    let what = format!("the stored words of a page of {asset_id} are in no known form");
    AppError::outside("read the words of a page", std::io::Error::other(what))
}

/// The words of each page of a document, as they are stored.
pub(crate) fn page_texts(document: &Document) -> PageTexts {
    let mut lines = lines_by_page(document);
    let mut text = |number: u32| {
        let stored: Vec<StoredLine> =
            lines.remove(&number).unwrap_or_default().into_iter().map(StoredLine::of).collect();
        (number, serde_json::to_string(&stored).unwrap_or_default())
    };
    PageTexts { version: VERSION, pages: document.pages.iter().map(|page| text(page.number)).collect() }
}

fn lines_in(text: &str) -> Option<Vec<PageLine>> {
    let stored: Vec<StoredLine> = serde_json::from_str(text).ok()?;
    Some(stored.into_iter().map(StoredLine::line).collect())
}

impl StoredLine {
    fn of(line: PageLine) -> StoredLine {
        let Rect { x0, y0, x1, y1 } = line.rect;
        let parts = |fraction: f32| (fraction * PARTS).round() as i32;
        let mut before = parts(x0);
        // From one edge to the next is a shorter number than from the page's.
        let steps = line.edges.iter().map(|edge| {
            let step = parts(*edge).saturating_sub(before);
            before = parts(*edge);
            step
        });
        let steps = steps.collect();
        StoredLine(line.text, line.joint, [x0, y0, x1, y1].map(parts), steps)
    }

    fn line(self) -> PageLine {
        let StoredLine(text, joint, rect, steps) = self;
        let fraction = |parts: i32| parts as f32 / PARTS;
        let [x0, y0, x1, y1] = rect.map(fraction);
        let mut at = rect[0];
        let edges = steps.into_iter().map(|step| {
            at = at.saturating_add(step);
            fraction(at)
        });
        PageLine { text, joint, rect: Rect { x0, y0, x1, y1 }, edges: edges.collect() }
    }
}

/// The lines of each page in reading order.
fn lines_by_page(document: &Document) -> BTreeMap<u32, Vec<PageLine>> {
    let mut pages: BTreeMap<u32, Vec<PageLine>> = BTreeMap::new();
    for Block { text, lines, .. } in &document.blocks {
        let ends = lines.iter().skip(1).map(|next| Some(next.range.start)).chain([None]);
        for (line, next) in lines.iter().zip(ends) {
            if let Some(placed) = placed(text, line, next) {
                pages.entry(line.page).or_default().push(placed);
            }
        }
    }
    pages
}

/// A line with its place; `next` is where the text goes on in the same block.
fn placed(text: &str, line: &Line, next: Option<u32>) -> Option<PageLine> {
    let words = Some(line.range.slice(text)).filter(|words| !words.trim().is_empty())?;
    let joint = match next {
        Some(next) => TextRange { start: line.range.end, end: next.max(line.range.end) }.slice(text).to_owned(),
        None => "\n".to_owned(),
    };
    let known = line.edges.len() == words.chars().count();
    let edges = if known { line.edges.clone() } else { Vec::new() };
    Some(PageLine { text: words.to_owned(), joint, rect: line.bounds?, edges })
}

#[cfg(test)]
mod tests {
    use bidlens_domain::document::{BlockKind, DocumentId, Format, Language, Metadata, Page, TextSource};

    use super::*;

    const PLACE: Rect = Rect { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.5 };

    fn block(text: &str, lines: &[(u32, &str)]) -> Block {
        let mut from = 0;
        let line = |(page, words): &(u32, &str)| {
            let start = from + text[from..].find(words).expect("words of the text");
            from = start + words.len();
            let range = TextRange::new(start, from);
            Line { range, page: *page, bounds: Some(PLACE), edges: Vec::new(), confidence: None }
        };
        let lines = lines.iter().map(line).collect();
        Block { kind: BlockKind::Paragraph, section: None, text: text.to_owned(), lines }
    }

    fn sheet(number: u32) -> Page {
        let text_source = TextSource::Digital;
        Page {
            number,
            width: 595.0,
            height: 842.0,
            text_source,
            approximate: false,
            seal_marks: Vec::new(),
            unread_pictures: Vec::new(),
        }
    }

    /// The lines of a page as they come back from where they are stored.
    fn lines_of(document: &Document, page: u32) -> Vec<PageLine> {
        let stored = page_texts(document).pages.into_iter().find(|(number, _)| *number == page);
        lines_in(&stored.expect("the page").1).expect("lines")
    }

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            id: DocumentId::from_sha256("ab"),
            name: "t.pdf".to_owned(),
            sha256: "ab".repeat(32),
            format: Format::Pdf,
            language: Language::Zh,
            pages: (1..=3).map(sheet).collect(),
            sections: Vec::new(),
            blocks,
            issues: Vec::new(),
            metadata: Metadata::default(),
            embedded: Vec::new(),
            signatures: Vec::new(),
            comments: Vec::new(),
        }
    }

    #[test]
    fn lines_with_their_joints_are_the_text_of_the_page() {
        let read = document(vec![
            block("第一章 招标公告", &[(1, "第一章 招标公告")]),
            block("投标人应当提交保证金，two words", &[(1, "投标人应当"), (1, "提交保证金，two"), (2, "words")]),
            block("序号\t名称\n1\t水泵", &[(2, "序号"), (2, "名称"), (2, "1"), (2, "水泵")]),
            block("第 2 页", &[(2, "第 2 页")]),
        ]);
        let text = |page| -> String { lines_of(&read, page).into_iter().map(|line| line.text + &line.joint).collect() };
        assert_eq!(text(1), "第一章 招标公告\n投标人应当提交保证金，two ");
        assert_eq!(text(2), "words\n序号\t名称\n1\t水泵\n第 2 页\n");
        let broken =
            PageLine { text: "投标人应当".to_owned(), joint: String::new(), rect: PLACE, edges: Vec::new() };
        assert_eq!(lines_of(&read, 1)[1], broken);
        assert_eq!(lines_of(&read, 3), []);
    }

    #[test]
    fn stored_places_are_those_of_the_page_to_a_hair() {
        let rect = Rect { x0: 0.123_456_78, y0: 0.0, x1: 0.9, y1: 1.0 };
        // The edges of words that run backwards, too.
        let line = PageLine {
            text: "标书甲".to_owned(),
            joint: "\n".to_owned(),
            rect,
            edges: vec![0.4, 0.333_333, 0.899_999],
        };
        let back = StoredLine::of(line.clone()).line();
        let sides = |line: &PageLine| [line.rect.x0, line.rect.y0, line.rect.x1, line.rect.y1];
        let places = |line: &PageLine| sides(line).into_iter().chain(line.edges.clone()).collect::<Vec<_>>();
        assert_eq!((back.text.as_str(), back.joint.as_str(), back.edges.len()), ("标书甲", "\n", 3));
        assert!(places(&back).iter().zip(places(&line)).all(|(a, b)| (a - b).abs() < 1e-5), "{back:?}");
    }

    #[test]
    fn every_page_is_stored_and_nothing_else() {
        let read = document(vec![block("甲", &[(2, "甲")]), block("乙", &[(9, "乙")])]);
        let numbers: Vec<u32> = page_texts(&read).pages.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!((lines_of(&read, 1).len(), lines_of(&read, 2).len()), (0, 1));
        assert_eq!(lines_in("{}"), None);
    }

    #[test]
    fn what_has_no_place_or_no_words_is_left_out() {
        let mut placeless = block("投标保证金", &[(1, "投标"), (1, "保证金")]);
        placeless.lines[0].bounds = None;
        // Edges that are not one for each character tell nothing of any.
        placeless.lines[1].edges = vec![0.5];
        let mut exact = block("开标", &[(1, "开标")]);
        exact.lines[0].edges = vec![0.5, 0.75];
        let lines = lines_of(&document(vec![placeless, block("  ", &[(1, "  ")]), exact]), 1);
        let told: Vec<_> = lines.iter().map(|line| (line.text.as_str(), line.edges.as_slice())).collect();
        assert_eq!(told, [("保证金", [].as_slice()), ("开标", [0.5, 0.75].as_slice())]);
    }
}
