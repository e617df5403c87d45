//! What every format reader yields before structure is recognised: blocks with hints about how they look.
//!
//! A reader says what it saw (size, weight, declared outline level, automatic number); it does not decide what
//! is a heading. [`crate::structure::finish`] turns a [`RawDocument`] into the Document of the domain.

use bidlens_domain::document::{
    Comment, EmbeddedFile, Format, IssueCode, IssueSeverity, Line, Metadata, Page, ParseIssue, Rect, Signature, Table,
    TextRange, TextSource,
};

use crate::ocr;

/// Pages and blocks of one file, in reading order.
#[derive(Debug, Clone)]
pub(crate) struct RawDocument {
    pub(crate) format: Format,
    pub(crate) pages: Vec<Page>,
    pub(crate) blocks: Vec<RawBlock>,
    pub(crate) issues: Vec<ParseIssue>,
    pub(crate) metadata: Metadata,
    /// Bookmarks of the file, in order; empty where the format has none.
    pub(crate) bookmarks: Vec<Bookmark>,
    pub(crate) embedded: Vec<EmbeddedFile>,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) comments: Vec<Comment>,
}

/// An entry of the file's own outline (PDF bookmarks).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bookmark {
    pub(crate) title: String,
    /// 1 for the outermost.
    pub(crate) level: u8,
    pub(crate) page: Option<u32>,
}

/// A paragraph, table or furniture, with how it looks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawBlock {
    pub(crate) kind: RawKind,
    /// The words, the automatic number included.
    pub(crate) text: String,
    /// In text order; every block with text has at least one.
    pub(crate) lines: Vec<Line>,
    /// In points, of most of the characters; 0 when unknown.
    pub(crate) font_size: f32,
    pub(crate) bold: bool,
    pub(crate) centred: bool,
    /// First running text of its page (after the running header).
    pub(crate) page_top: bool,
    /// The level the format itself declares (heading style, `<h2>`, `##`), 1 for the outermost.
    pub(crate) outline_level: Option<u8>,
    /// The automatic number in front of `text`, as shown; empty when the number was typed or there is none.
    pub(crate) label: String,
    /// The paragraphs of a DOCX that the words stand in, in text order; empty for words that stand in no paragraph of
    /// its main part, and for every other format.
    pub(crate) origins: Vec<Origin>,
}

/// A stretch of a block's text and the paragraph that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) range: TextRange,
    /// The byte of the main part right after the paragraph's start tag.
    pub(crate) paragraph: usize,
}

/// What a block is, as far as the format says so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawKind {
    /// Running text; may become a heading, a list item or a contents line.
    Text,
    ListItem,
    Table(Table),
    Header,
    Footer,
    Footnote,
    Contents,
    TextBox,
    SheetName,
}

/// Why nothing of a file can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: IssueCode,
    /// What was met and what to do about it.
    pub(crate) detail: String,
}

impl Refusal {
    pub(crate) fn new(code: IssueCode, detail: impl Into<String>) -> Self {
        Refusal { code, detail: detail.into() }
    }
}

pub(crate) type ReadResult = Result<RawDocument, Refusal>;

impl RawDocument {
    pub(crate) fn new(format: Format) -> Self {
        RawDocument {
            format,
            pages: Vec::new(),
            blocks: Vec::new(),
            issues: Vec::new(),
            metadata: Metadata::default(),
            bookmarks: Vec::new(),
            embedded: Vec::new(),
            signatures: Vec::new(),
            comments: Vec::new(),
        }
    }

    pub(crate) fn issue(
        &mut self,
        code: IssueCode,
        severity: IssueSeverity,
        page: Option<u32>,
        detail: impl Into<String>,
    ) {
        self.issues.push(ParseIssue { code, severity, page, detail: detail.into() });
    }

    /// Tells of files inside the file that are not read: what they say is not among its words.
    pub(crate) fn tell_unread_files(&mut self, names: &[String]) {
        const NAMED_MAX: usize = 8;
        const NAME_CHARS: usize = 80;
        if names.is_empty() {
            return;
        }
        let short = |name: &String| name.chars().take(NAME_CHARS).collect::<String>();
        let mut named = names.iter().take(NAMED_MAX).map(short).collect::<Vec<_>>().join(", ");
        if names.len() > NAMED_MAX {
            named.push_str(" and more");
        }
        let count = match names.len() {
            1 => "1 file that was".to_owned(),
            count => format!("{count} files that were"),
        };
        self.issue(
            IssueCode::UnreadFiles,
            IssueSeverity::Info,
            None,
            format!("the file holds {count} not read: {named}; take out what matters and upload it too"),
        );
    }

    /// Marks pages of a format without positions: a picture on them may show words that were not read.
    pub(crate) fn hide_words(&mut self, numbers: &[u32]) {
        let whole = Rect { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0 };
        for page in self.pages.iter_mut().filter(|page| numbers.contains(&page.number)) {
            // Of a page without words it is told as a whole.
            if matches!(page.text_source, TextSource::Digital | TextSource::Ocr { .. }) {
                page.unread_pictures.push(whole);
            }
        }
    }

    /// Tells of pages with pictures that were not read.
    pub(crate) fn report_unread_pictures(&mut self) {
        let hiding = self.pages.iter().filter(|page| !page.unread_pictures.is_empty());
        let numbers: Vec<u32> = hiding.map(|page| page.number).collect();
        for number in numbers {
            self.issue(IssueCode::UnreadPicture, IssueSeverity::Warning, Some(number), ocr::UNREAD_PICTURE);
        }
    }

    /// Pages 1 to `count` of a format without page sizes.
    pub(crate) fn plain_pages(&mut self, count: u32, approximate: bool) {
        self.pages = (1..=count.max(1))
            .map(|number| Page {
                number,
                width: 0.0,
                height: 0.0,
                text_source: TextSource::Digital,
                approximate,
                seal_marks: Vec::new(),
                unread_pictures: Vec::new(),
            })
            .collect();
    }
}

impl RawBlock {
    /// Text without positions, standing on `page`.
    pub(crate) fn on_page(kind: RawKind, text: impl Into<String>, page: u32) -> Self {
        let text = text.into();
        let lines = vec![line_without_box(0, text.len(), page)];
        RawBlock {
            kind,
            text,
            lines,
            font_size: 0.0,
            bold: false,
            centred: false,
            page_top: false,
            outline_level: None,
            label: String::new(),
            origins: Vec::new(),
        }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(crate) fn page(&self) -> u32 {
        self.lines.first().map_or(1, |l| l.page)
    }
}

/// A line of a format that has no positions.
pub(crate) fn line_without_box(start: usize, end: usize, page: u32) -> Line {
    Line { range: TextRange::new(start, end), page, bounds: None, edges: Vec::new(), confidence: None }
}
