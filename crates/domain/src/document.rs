//! What a parser read from one file: pages, a section tree, blocks with page boxes, issues.
//!
//! Every block owns one string, and everything else (lines, table cells, evidence) points into that string
//! by byte range. The words are the file's own; only the line breaks of typesetting are joined.

use serde::{Deserialize, Serialize};

use crate::fold::{has_holes, loses_words};

/// Names a document by its content: the same bytes always have the same id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(String);

impl DocumentId {
    /// From the hex SHA-256 of the file's bytes.
    pub fn from_sha256(hex: &str) -> Self {
        DocumentId(hex.chars().take(16).collect())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names a [segment](crate::segment): its document, its first block, and the part of a block that was cut.
///
/// Stable for the same bytes and the same parser.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SegmentId(String);

impl SegmentId {
    pub fn new(document: &DocumentId, block: BlockIndex, part: usize) -> Self {
        SegmentId(format!("{}-{}-{part}", document.as_str(), block.0))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The block in which a segment of this id begins, and the start that all ids of its document share.
    pub fn parse_block(id: &str) -> Option<(&str, BlockIndex)> {
        let (document, position) = id.split_once('-')?;
        let (block, part) = position.split_once('-')?;
        part.parse::<usize>().ok()?;
        Some((document, BlockIndex(block.parse().ok()?)))
    }
}

/// A block's position in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockIndex(pub u32);

/// A section's position in [`Document::sections`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SectionIndex(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Pdf,
    Docx,
    Xlsx,
    Csv,
    Html,
    Markdown,
    Text,
    Unknown,
    Pptx,
    /// Word 97 to 2003, and WPS.
    Doc,
    /// Excel 97 to 2003, and ET.
    Xls,
    /// PowerPoint 97 to 2003, and DPS.
    Ppt,
    Rtf,
    Odt,
    Ods,
    Odp,
    /// A mail or a web archive.
    Mail,
    Image,
    /// An archive of files.
    Package,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Zh,
    En,
}

/// One file as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    /// The file's name as it was given, for people; never used as a path.
    pub name: String,
    /// Lower-case hex SHA-256 of the bytes.
    pub sha256: String,
    pub format: Format,
    pub language: Language,
    pub pages: Vec<Page>,
    /// In reading order; a section's parent stands before it.
    pub sections: Vec<Section>,
    /// In reading order.
    pub blocks: Vec<Block>,
    pub issues: Vec<ParseIssue>,
    pub metadata: Metadata,
    /// Files that stand inside this one: attachments, pictures, embedded objects.
    #[serde(default)]
    pub embedded: Vec<EmbeddedFile>,
    /// Digital signatures the file carries, as far as the file itself tells.
    #[serde(default)]
    pub signatures: Vec<Signature>,
    /// What people wrote beside the text: comments of an office file, annotations of a PDF.
    #[serde(default)]
    pub comments: Vec<Comment>,
}

/// A file inside a file. Its bytes are not kept; the same bytes always have the same hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbeddedFile {
    /// As the file names it, for people; never used as a path.
    pub name: String,
    pub kind: EmbeddedKind,
    /// Bytes, inflated.
    pub size: u64,
    /// Lower-case hex SHA-256 of the bytes; of a PDF's picture, of its bytes as they are encoded.
    pub sha256: String,
    pub page: Option<u32>,
    /// Of a picture whose size could be read.
    #[serde(default)]
    pub picture: Option<Picture>,
    /// Of a picture of an office file that may show words, none of which were read.
    #[serde(default)]
    pub unread: Option<UnreadPicture>,
}

/// Where a picture is found to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadPicture {
    /// The part of the container that holds it.
    pub part: String,
    /// How wide it is shown, in points.
    pub width: u32,
}

/// What a picture is like, to know it again when it was saved anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// In dots.
    pub width: u32,
    pub height: u32,
    /// `None` where there is nothing to know it by (icons, blank pages) or it was not decoded.
    pub look: Option<Look>,
    /// It was decoded, and nearly all of it is of one colour.
    pub plain: bool,
    /// It was decoded, and nothing is on it.
    #[serde(default)]
    pub blank: bool,
}

/// A picture in [`Look::SIDE`] by [`Look::SIDE`] fields, row by row, each of one of 64 levels of grey.
///
/// A hash of 64 bits would be shorter, but takes two licences on one form for the same picture: names and numbers are
/// seen in fields this small, and not in larger ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Look(Vec<u8>);

impl Look {
    pub const SIDE: usize = 64;
    pub const LEVELS: u8 = 64;

    /// `None` unless there are as many fields as a look has, and none lighter than there are levels.
    pub fn new(levels: Vec<u8>) -> Option<Look> {
        let fits = levels.len() == Look::SIDE * Look::SIDE && levels.iter().all(|level| *level < Look::LEVELS);
        fits.then_some(Look(levels))
    }

    pub fn levels(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for Look {
    type Error = &'static str;

    fn try_from(letters: String) -> Result<Look, &'static str> {
        let level = |letter: u8| LETTERS.iter().position(|known| *known == letter).and_then(|at| u8::try_from(at).ok());
        let levels: Option<Vec<u8>> = letters.bytes().map(level).collect();
        levels.and_then(Look::new).ok_or("not the levels of a picture, a letter for each field")
    }
}

impl From<Look> for String {
    fn from(look: Look) -> String {
        look.0.iter().filter_map(|level| LETTERS.get(usize::from(*level))).map(|letter| char::from(*letter)).collect()
    }
}

/// One for each level, from black to white.
const LETTERS: &[u8; Look::LEVELS as usize] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddedKind {
    Attachment,
    Picture,
    /// A document or program of another kind shown inside the text (OLE).
    Object,
}

/// A digital signature. Its certificate is not judged: this is what the file says, and what its bytes show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// The name of the field it fills, such as `Signature1`.
    pub field: String,
    /// The signer's name as the file gives it.
    pub signer: Option<String>,
    pub reason: Option<String>,
    /// When it was signed, by the signer's clock.
    pub signed_at: Option<String>,
    pub place: Option<PageBox>,
    /// An empty field asks for a signature and has none.
    pub signed: bool,
    /// Bytes were appended to the file after those that were signed.
    pub changed_after: bool,
    /// What was signed, as a PDF gives it: where a stretch begins and how long it is, one after the other.
    #[serde(default)]
    pub byte_range: Vec<u64>,
    /// Bytes before the last signed one are in no stretch, besides the signature itself: they can be changed without
    /// breaking it.
    #[serde(default)]
    pub leaves_out: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    pub author: Option<String>,
    pub written_at: Option<String>,
    pub text: String,
    pub page: u32,
    /// The words of the document it is about; empty when the file does not tell.
    pub about: String,
}

/// What the file says about its own making; kept for comparing bidders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub title: Option<String>,
    pub author: Option<String>,
    pub last_modified_by: Option<String>,
    pub producer: Option<String>,
    pub created: Option<String>,
    pub modified: Option<String>,
    /// The program that wrote the file, with its version.
    #[serde(default)]
    pub application: Option<String>,
    #[serde(default)]
    pub company: Option<String>,
    /// Ids of the editing sessions that left text (`w:rsid` of a DOCX), sorted.
    #[serde(default)]
    pub revision_ids: Vec<String>,
    /// Names of the fonts that are used, sorted.
    #[serde(default)]
    pub fonts: Vec<String>,
    /// Names that programs gave to a PDF.
    #[serde(default)]
    pub identifiers: Vec<FileIdentifier>,
}

/// A name that a program gives to a file so that its versions are known for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileIdentifier {
    pub kind: IdentifierKind,
    /// Lower-case, without the prefix that says how it was made (`uuid:`, `xmp.did:`).
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The first half of `/ID`, which stays when the file is changed.
    File,
    /// `xmpMM:DocumentID`.
    Document,
    /// `xmpMM:InstanceID`: of one saving.
    Instance,
    /// `xmpMM:OriginalDocumentID`: of what it was made from.
    Original,
}

/// A physical page, or the nearest thing the format has (a sheet, a stretch between page breaks).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Counted from 1.
    pub number: u32,
    /// In points; 0 where the format has no page size.
    pub width: f32,
    pub height: f32,
    pub text_source: TextSource,
    /// The page number was derived from breaks, not printed by the format.
    pub approximate: bool,
    /// Red marks that look like seals. Where they stand is all that is said of them.
    #[serde(default)]
    pub seal_marks: Vec<Rect>,
    /// Pictures beside the page's own words that may show words which were not read, or not surely: where they stand,
    /// and all of the page where the format has no positions.
    #[serde(default)]
    pub unread_pictures: Vec<Rect>,
}

impl Page {
    /// Whether something may stand on the page that is not among its words.
    pub fn may_hide_words(&self) -> bool {
        !self.unread_pictures.is_empty() || self.text_source.may_hide_words()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    Digital,
    Ocr {
        confidence: f32,
    },
    /// Nothing to read on it: no text and no picture.
    Blank,
    /// A picture or fonts without Unicode: there is something that could not be read.
    Unreadable,
}

/// Stands in the text where a sign was that could not be read: a glyph of a font that does not tell what it shows.
pub const LOST_SIGN: char = char::REPLACEMENT_CHARACTER;

/// Recognised words of which recognition was less sure are a person's to read: no fact and no verdict is built on them.
pub const CONFIDENCE_MIN: f32 = 0.7;

impl TextSource {
    /// Whether something may stand on the page that is not among its words.
    pub fn may_hide_words(self) -> bool {
        match self {
            TextSource::Unreadable => true,
            TextSource::Ocr { confidence } => confidence < CONFIDENCE_MIN,
            TextSource::Digital | TextSource::Blank => false,
        }
    }
}

/// A heading and all that stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub parent: Option<SectionIndex>,
    /// 1 for a chapter.
    pub level: u8,
    /// The number as printed (`第三章`, `一、`, `3.2.1`), empty when there is none.
    pub number: String,
    pub title: String,
    /// The block that is this section's heading.
    pub heading: BlockIndex,
    pub page: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub kind: BlockKind,
    pub section: Option<SectionIndex>,
    /// The words. In a table, cells of a row are joined by `\t` and rows by `\n`.
    pub text: String,
    /// Where the text stands, in text order, covering all of it but joints.
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    Heading {
        level: u8,
    },
    Paragraph,
    ListItem,
    Table(Table),
    /// Running header or footer, page number: set apart from the running text.
    Header,
    Footer,
    Footnote,
    /// A line of a printed table of contents.
    Contents,
    TextBox,
    /// Names the worksheet the following tables come from.
    SheetName,
}

impl BlockKind {
    /// Whether the block belongs to the running text (not a header, footer or contents line).
    pub fn is_body(&self) -> bool {
        match self {
            BlockKind::Header | BlockKind::Footer | BlockKind::Contents => false,
            BlockKind::Heading { .. }
            | BlockKind::Paragraph
            | BlockKind::ListItem
            | BlockKind::Table(_)
            | BlockKind::Footnote
            | BlockKind::TextBox
            | BlockKind::SheetName => true,
        }
    }
}

/// A byte range of a block's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TextRange {
    pub start: u32,
    pub end: u32,
}

impl TextRange {
    pub fn new(start: usize, end: usize) -> Self {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        TextRange { start: clip(start), end: clip(end.max(start)) }
    }
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
    pub fn overlaps(self, other: TextRange) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A typeset line, or the part of one that stands in one table cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub range: TextRange,
    pub page: u32,
    /// `None` where the format has no positions.
    pub bounds: Option<Rect>,
    /// Right edge of each character, as a fraction of the page's width; empty when unknown.
    pub edges: Vec<f32>,
    /// How sure recognition was of these words, 0 to 1; `None` where the file itself holds them.
    #[serde(default)]
    pub confidence: Option<f32>,
}

/// A rectangle in fractions of the page's width and height, origin top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

/// A rectangle on a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageBox {
    pub page: u32,
    pub rect: Rect,
}

/// A grid of cells, possibly joined from parts on several pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub rows: u32,
    pub columns: u32,
    /// Row by row; a merged cell stands once, at its upper left corner.
    pub cells: Vec<Cell>,
}

impl Table {
    /// The cell that covers `row`, `column`, merged cells included.
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.cells.iter().find(|c| {
            (c.row..c.row.saturating_add(c.row_span)).contains(&row)
                && (c.column..c.column.saturating_add(c.column_span)).contains(&column)
        })
    }

    /// The cells that start in `row`, left to right.
    pub fn row(&self, row: u32) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |c| c.row == row)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub row: u32,
    pub column: u32,
    pub row_span: u32,
    pub column_span: u32,
    /// Where the cell's words stand in the block's text. Paragraphs inside a cell are joined by `\n`.
    pub range: TextRange,
    pub nested: Vec<Table>,
}

/// Something that went wrong, or was noticed, while one file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParseIssue {
    pub code: IssueCode,
    pub severity: IssueSeverity,
    pub page: Option<u32>,
    /// For people: what was met and what to do about it.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueSeverity {
    /// Nothing of the file could be used.
    Error,
    /// Some of it is missing or uncertain.
    Warning,
    Info,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    Encrypted,
    Truncated,
    Empty,
    /// The content is not what the file's name says; it was read as what it is.
    Mislabelled,
    TooLarge,
    /// Inflates to more than the limits allow.
    ExpansionLimit,
    TooManyPages,
    Unsupported,
    Malformed,
    /// A page that shows something but holds no readable text, such as a scan.
    UnreadablePage,
    /// A picture beside a page's words that may show words of its own, which were not read.
    UnreadPicture,
    /// Glyphs without Unicode that were left out.
    UnreadableGlyphs,
    EncodingGuessed,
    HiddenText,
    TrackedChanges,
    UncachedFormula,
    /// A part of the file was left out because it exceeded a limit.
    PartLimit,
    Interrupted,
    /// A form field still shows its prompt.
    UnfilledControl,
    /// The document shows something that is not in the file, such as a linked picture.
    OutsideContent,
    /// The words of a page were recognised from its picture.
    Recognised,
    /// A red mark that looks like a seal; what it is, is for a person.
    SealMark,
    /// Another program turned the file into a format that is read here.
    Converted,
    /// Bytes follow the last signature of the file.
    ChangedAfterSigning,
    /// A signature does not cover all that stands before its end.
    PartlySigned,
    /// Words that are struck out.
    StruckText,
    /// Files inside the file that are not read.
    UnreadFiles,
}

impl IssueCode {
    /// Whether the same bytes may be read otherwise next time: under other limits, with more time, or once a reader
    /// that is missing has been installed.
    pub fn may_pass(self) -> bool {
        match self {
            IssueCode::TooLarge
            | IssueCode::ExpansionLimit
            | IssueCode::TooManyPages
            | IssueCode::UnreadablePage
            | IssueCode::PartLimit
            | IssueCode::Interrupted => true,
            IssueCode::Encrypted
            | IssueCode::Truncated
            | IssueCode::Empty
            | IssueCode::Mislabelled
            | IssueCode::Unsupported
            | IssueCode::Malformed
            | IssueCode::UnreadPicture
            | IssueCode::UnreadableGlyphs
            | IssueCode::EncodingGuessed
            | IssueCode::HiddenText
            | IssueCode::TrackedChanges
            | IssueCode::UncachedFormula
            | IssueCode::UnfilledControl
            | IssueCode::OutsideContent
            | IssueCode::Recognised
            | IssueCode::SealMark
            | IssueCode::Converted
            | IssueCode::ChangedAfterSigning
            | IssueCode::PartlySigned
            | IssueCode::StruckText
            | IssueCode::UnreadFiles => false,
        }
    }
}

impl Document {
    pub fn block(&self, index: BlockIndex) -> Option<&Block> {
        self.blocks.get(index.0 as usize)
    }

    /// Blocks with their index, in reading order.
    pub fn indexed_blocks(&self) -> impl Iterator<Item = (BlockIndex, &Block)> {
        self.blocks.iter().enumerate().map(|(i, b)| (BlockIndex(u32::try_from(i).unwrap_or(u32::MAX)), b))
    }

    /// Titles of the sections around `section`, outermost first.
    pub fn section_path(&self, section: Option<SectionIndex>) -> Vec<&Section> {
        let mut path = Vec::new();
        let mut next = section;
        while let Some(section) = next.and_then(|i| self.sections.get(i.0 as usize)) {
            path.push(section);
            if path.len() > 32 {
                break;
            }
            next = section.parent;
        }
        path.reverse();
        path
    }

    /// Whether anything of the file can be used.
    pub fn is_usable(&self) -> bool {
        !self.blocks.is_empty() || !self.issues.iter().any(|i| i.severity == IssueSeverity::Error)
    }

    /// Whether the file was read as well as this program can read it: only then is the result worth keeping for
    /// the next time the same bytes come.
    pub fn is_final(&self) -> bool {
        self.is_usable() && self.issues.iter().all(|i| i.severity != IssueSeverity::Error && !i.code.may_pass())
    }

    /// Whether all words of the document are in it, so that what is not found in it is not there. Recognition may
    /// have missed or misread any, and of a word that is lost or lacks a sign nobody knows what it is.
    pub fn has_all_words(&self) -> bool {
        let own = |line: &Line| line.confidence.is_none();
        self.is_surely_read() && self.blocks.iter().flat_map(|block| &block.lines).all(own)
    }

    /// Whether the pages hold their words themselves, and recognition was sure of what it read of the pictures beside
    /// them: single words of those may be missing, all of a paper's are not.
    pub fn is_surely_read(&self) -> bool {
        let exact = |page: &Page| {
            matches!(page.text_source, TextSource::Digital | TextSource::Blank) && page.unread_pictures.is_empty()
        };
        !self.blocks.is_empty()
            && self.pages.iter().all(exact)
            && !self.blocks.iter().any(|block| loses_words(&block.text))
    }

    /// Pages that show something nobody could read.
    pub fn unreadable_pages(&self) -> impl Iterator<Item = u32> + '_ {
        self.pages.iter().filter(|p| p.text_source == TextSource::Unreadable).map(|p| p.number)
    }
}

impl Block {
    /// The page on which byte `at` of the text stands.
    pub fn page_at(&self, at: u32) -> u32 {
        let line = self.lines.iter().find(|l| at < l.range.end).or(self.lines.last());
        line.map_or(1, |l| l.page)
    }

    pub fn page(&self) -> u32 {
        self.page_at(0)
    }

    /// How sure recognition was of the words at `range`, where it was least sure; `None` when the file itself holds
    /// them. Nothing is sure about words that lack a sign.
    pub fn confidence(&self, range: TextRange) -> Option<f32> {
        if has_holes(range.slice(&self.text)) {
            return Some(0.0);
        }
        let lines = self.lines.iter().filter(|line| line.range.overlaps(range));
        lines.filter_map(|line| line.confidence).min_by(f32::total_cmp)
    }

    /// The rectangles that cover `range`, one for each typeset line.
    pub fn boxes(&self, range: TextRange) -> Vec<PageBox> {
        self.lines.iter().filter_map(|line| line.part(&self.text, range)).collect()
    }
}

impl Line {
    /// The rectangle of the characters of this line that lie in `range`.
    pub(crate) fn part(&self, text: &str, range: TextRange) -> Option<PageBox> {
        let bounds = self.bounds?;
        if !self.range.overlaps(range) {
            return None;
        }
        let own = self.range.slice(text);
        let count = own.chars().count().max(1);
        let before = |byte: u32| -> usize {
            let within = byte.saturating_sub(self.range.start) as usize;
            own.char_indices().take_while(|(i, _)| *i < within).count()
        };
        let first = before(range.start.max(self.range.start));
        let last = before(range.end.min(self.range.end));
        let edge = |n: usize| -> f32 {
            if n == 0 {
                return bounds.x0;
            }
            let even = bounds.x0 + (bounds.x1 - bounds.x0) * (n as f32 / count as f32);
            if self.edges.len() == count { self.edges.get(n - 1).copied().unwrap_or(even) } else { even }
        };
        let rect = Rect { x0: edge(first), x1: edge(last), ..bounds };
        Some(PageBox { page: self.page, rect })
    }
}
