//! Segments: the stretches of a document that search ranks, evidence ids name, and models read.
//!
//! They are cut at block boundaries. Short blocks of one section stand together under their heading, because a
//! line such as `名称：…` says little alone; a long block is cut at sentence ends, a table at row ends. Which
//! segment holds a byte of a block depends on the document alone, so ids and evidence agree without a table.

use std::ops::RangeInclusive;

use crate::document::{Block, BlockIndex, BlockKind, Document, PageBox, SectionIndex, SegmentId, Table, TextRange};

/// A stretch of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub id: SegmentId,
    /// The blocks it covers: several short ones, or one, or a part of one.
    pub blocks: RangeInclusive<u32>,
    /// What the running text is made of, or what stands beside it.
    pub kind: SegmentKind,
    /// Of its first and its last character.
    pub pages: RangeInclusive<u32>,
    /// Titles of the sections around all of it, outermost first, joined by ` › `.
    pub section_path: String,
    /// For rows that were cut from their table: its header row, and cells of earlier rows that span these.
    pub header: String,
    /// Verbatim; texts of several blocks are joined by `\n`.
    pub text: String,
    /// Where the words of [`text`](Segment::text) come from, in its order.
    pub pieces: Vec<SegmentPiece>,
    pub boxes: Vec<PageBox>,
    /// The byte range of `text` in each of `boxes`.
    pub box_ranges: Vec<TextRange>,
}

impl Segment {
    pub fn block(&self) -> BlockIndex {
        BlockIndex(*self.blocks.start())
    }
    pub fn page(&self) -> u32 {
        *self.pages.start()
    }
}

/// A range of a block, and where it begins in the segment's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentPiece {
    pub block: BlockIndex,
    pub range: TextRange,
    pub at: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// Headings with nothing under them.
    Headings,
    Text,
    Table,
    /// Running headers and footers, lines of a table of contents.
    Furniture,
}

/// Size up to which short blocks are put together: about three hundred Chinese characters.
const TARGET_BYTES: usize = 1_500;
/// Size from which a block is cut.
const LONG_BYTES: usize = 2_400;
/// Size up to which rows of a table stand together.
const ROWS_BYTES: usize = 1_000;
/// A heading joins the headings before it while they say less than this.
const SHORT_BYTES: usize = 300;
/// No more of a table's header than this is repeated with its rows.
const HEADER_BYTES: usize = 300;

impl Document {
    /// All segments, in reading order; blocks without words have none.
    pub fn segments(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut next = 0;
        while next < self.blocks.len() {
            let group = self.group_at(next);
            next = group.end() + 1;
            if group.start() != group.end() || self.joins_others(*group.start()) {
                segments.extend(self.joined(group));
            } else {
                self.cut(*group.start(), &mut segments);
            }
        }
        segments
    }

    /// The segment that holds byte `at` of `block`.
    pub fn segment_id_at(&self, index: BlockIndex, at: u32) -> SegmentId {
        let wanted = index.0 as usize;
        let Some(block) = self.block(index) else { return SegmentId::new(&self.id, index, 0) };
        if !self.joins_others(wanted) {
            let part = pieces(block).iter().position(|piece| at < piece.range.end);
            return SegmentId::new(&self.id, index, part.unwrap_or(0));
        }
        // Groups are formed from the front, so begin where one must begin.
        let mut group = self.group_at((0..=wanted).rev().find(|&i| self.begins_anew(i)).unwrap_or(0));
        while *group.end() < wanted {
            group = self.group_at(group.end() + 1);
        }
        SegmentId::new(&self.id, block_index(*group.start()), 0)
    }

    /// Whether this block may share a segment with its neighbours.
    fn joins_others(&self, index: usize) -> bool {
        self.blocks.get(index).is_some_and(|block| {
            block.text.len() <= LONG_BYTES
                && match block.kind {
                    BlockKind::Heading { .. } | BlockKind::Paragraph | BlockKind::ListItem | BlockKind::TextBox => true,
                    BlockKind::Table(_)
                    | BlockKind::Header
                    | BlockKind::Footer
                    | BlockKind::Footnote
                    | BlockKind::Contents
                    | BlockKind::SheetName => false,
                }
        })
    }

    /// Whether a group begins here whatever stands before.
    fn begins_anew(&self, index: usize) -> bool {
        index == 0
            || !self.joins_others(index)
            || !self.joins_others(index - 1)
            || self.blocks.get(index).is_some_and(|b| matches!(b.kind, BlockKind::Heading { level: 0 | 1 }))
    }

    /// The blocks that stand together from `first` on.
    fn group_at(&self, first: usize) -> RangeInclusive<usize> {
        let mut last = first;
        let Some(block) = self.blocks.get(first).filter(|_| self.joins_others(first)) else { return first..=last };
        let mut bytes = block.text.len();
        let mut section = block.section;
        let top = level(block);
        let mut lowest = top;
        while let Some(next) = self.blocks.get(last + 1) {
            let fits = bytes + 1 + next.text.len() <= TARGET_BYTES;
            if !fits || self.begins_anew(last + 1) {
                break;
            }
            let joins = match (level(next), top, lowest) {
                (None, ..) => next.section == section,
                // The headings above a stretch of text belong to it.
                (Some(next), Some(_), Some(lowest)) if next > lowest => true,
                // Short clauses that were read as headings, one beside the other.
                (Some(next), Some(top), _) => next >= top && bytes < SHORT_BYTES,
                (Some(_), None, _) => false,
            };
            if !joins {
                break;
            }
            lowest = level(next).filter(|_| lowest.is_some());
            section = next.section;
            bytes += 1 + next.text.len();
            last += 1;
        }
        first..=last
    }

    /// One segment of short blocks.
    fn joined(&self, group: RangeInclusive<usize>) -> Option<Segment> {
        let blocks = self.blocks.get(group.clone())?;
        let (mut text, mut pieces) = (String::new(), Vec::new());
        for (offset, block) in blocks.iter().enumerate().filter(|(_, block)| !block.text.is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            let range = TextRange::new(0, block.text.len());
            pieces.push(SegmentPiece { block: block_index(group.start() + offset), range, at: clip(text.len()) });
            text.push_str(&block.text);
        }
        let headings = blocks.iter().all(|b| b.text.is_empty() || level(b).is_some());
        let kind = if headings { SegmentKind::Headings } else { SegmentKind::Text };
        let paths: Vec<Vec<String>> = blocks.iter().map(|b| self.titles(b.section)).collect();
        (!text.is_empty()).then(|| self.segment(group, 0, kind, common_path(&paths), String::new(), text, pieces))
    }

    /// The segments of one block that stands alone.
    fn cut(&self, index: usize, segments: &mut Vec<Segment>) {
        let Some(block) = self.blocks.get(index) else { return };
        let kind = match &block.kind {
            BlockKind::Table(_) => SegmentKind::Table,
            BlockKind::Heading { .. } => SegmentKind::Headings,
            kind if !kind.is_body() => SegmentKind::Furniture,
            _ => SegmentKind::Text,
        };
        let path = self.titles(block.section).join(" › ");
        for (part, piece) in pieces(block).into_iter().enumerate() {
            let header = match &block.kind {
                BlockKind::Table(table) if piece.row > 0 => repeated_header(table, &block.text, piece.row),
                _ => String::new(),
            };
            let text = piece.range.slice(&block.text).to_owned();
            let from = SegmentPiece { block: block_index(index), range: piece.range, at: 0 };
            segments.push(self.segment(index..=index, part, kind, path.clone(), header, text, vec![from]));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where a segment is put together")]
    fn segment(
        &self,
        group: RangeInclusive<usize>,
        part: usize,
        kind: SegmentKind,
        section_path: String,
        header: String,
        text: String,
        pieces: Vec<SegmentPiece>,
    ) -> Segment {
        let (mut boxes, mut box_ranges) = (Vec::new(), Vec::new());
        let (mut first_page, mut last_page) = (None, 1);
        for piece in &pieces {
            let Some(block) = self.block(piece.block) else { continue };
            first_page.get_or_insert(block.page_at(piece.range.start));
            last_page = block.page_at(piece.range.end.saturating_sub(1));
            for line in &block.lines {
                let Some(one) = line.part(&block.text, piece.range) else { continue };
                let within = |byte: u32| byte.clamp(piece.range.start, piece.range.end) - piece.range.start + piece.at;
                boxes.push(one);
                box_ranges.push(TextRange { start: within(line.range.start), end: within(line.range.end) });
            }
        }
        let first_page = first_page.unwrap_or(1);
        Segment {
            id: SegmentId::new(&self.id, block_index(*group.start()), part),
            blocks: clip(*group.start())..=clip(*group.end()),
            kind,
            pages: first_page..=last_page.max(first_page),
            section_path,
            header,
            text,
            pieces,
            boxes,
            box_ranges,
        }
    }

    fn titles(&self, section: Option<SectionIndex>) -> Vec<String> {
        self.section_path(section).iter().map(|s| format!("{} {}", s.number, s.title).trim().to_owned()).collect()
    }
}

fn clip(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn block_index(n: usize) -> BlockIndex {
    BlockIndex(clip(n))
}

fn level(block: &Block) -> Option<u8> {
    match block.kind {
        BlockKind::Heading { level } => Some(level),
        _ => None,
    }
}

/// What all paths begin with.
fn common_path(paths: &[Vec<String>]) -> String {
    let Some((first, others)) = paths.split_first() else { return String::new() };
    let shared = |n: &usize| others.iter().all(|other| other.get(*n) == first.get(*n));
    let common: Vec<&str> =
        (0..first.len()).take_while(shared).filter_map(|n| first.get(n)).map(String::as_str).collect();
    common.join(" › ")
}

/// A part of a block's text; in a table, with the row it begins in.
struct Piece {
    range: TextRange,
    row: u32,
}

/// Cuts a block's text into parts that cover all of it; empty text has none.
fn pieces(block: &Block) -> Vec<Piece> {
    let text = block.text.as_str();
    let rows = match &block.kind {
        BlockKind::Table(table) => row_groups(table, text),
        _ => vec![Piece { range: TextRange::new(0, text.len()), row: 0 }],
    };
    let mut parts = Vec::new();
    for piece in rows.into_iter().filter(|piece| !piece.range.is_empty()) {
        let offset = piece.range.start as usize;
        for (start, end) in sentence_groups(piece.range.slice(text)) {
            parts.push(Piece { range: TextRange::new(offset + start, offset + end), row: piece.row });
        }
    }
    parts
}

/// Rows that stand together, as ranges that follow on each other.
fn row_groups(table: &Table, text: &str) -> Vec<Piece> {
    // Where each row begins; a row whose place is not after the one before belongs to it.
    let mut starts: Vec<(usize, u32)> = Vec::new();
    let mut cells: Vec<(u32, u32)> = table.cells.iter().map(|c| (c.row, c.range.start)).collect();
    cells.sort_unstable();
    for (row, start) in cells {
        let start = start as usize;
        let is_new = starts.last().is_none_or(|&(before, last)| row > last && start > before);
        if is_new && start < text.len() && text.is_char_boundary(start) {
            starts.push((start, row));
        }
    }
    let mut groups = vec![Piece { range: TextRange::new(0, text.len()), row: 0 }];
    let headed = has_header_row(table, text);
    let ends = starts.iter().skip(1).map(|&(start, _)| start).chain([text.len()]);
    for (&(start, row), end) in starts.iter().zip(ends) {
        let Some(open) = groups.last_mut() else { break };
        let begun = open.range.start as usize;
        let only_header = headed && row <= 1 && open.row == 0;
        if start > begun && end - begun > ROWS_BYTES && !only_header {
            open.range = TextRange::new(begun, start);
            groups.push(Piece { range: TextRange::new(start, text.len()), row });
        }
    }
    groups
}

/// Byte ranges of a text that is cut at sentence ends when it is long.
fn sentence_groups(text: &str) -> Vec<(usize, usize)> {
    if text.len() <= LONG_BYTES {
        return vec![(0, text.len())];
    }
    let mut groups = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let before_space = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let sentence_ends = matches!(c, '。' | '；' | '！' | '？' | '\n') || (matches!(c, '.' | ';') && before_space);
        // A text without sentences is cut all the same.
        let must_end = end - start >= LONG_BYTES
            && (c.is_whitespace() || matches!(c, '，' | '、') || end - start >= 2 * LONG_BYTES);
        // What is left over stays with what is there when it is little.
        let rest = text.len() - end;
        if rest > SHORT_BYTES && (must_end || (sentence_ends && end - start >= TARGET_BYTES)) {
            groups.push((start, end));
            start = end;
        }
    }
    groups.push((start, text.len()));
    groups
}

/// The words that make rows from `row` on understood alone.
fn repeated_header(table: &Table, text: &str, row: u32) -> String {
    let mut words: Vec<String> = Vec::new();
    if has_header_row(table, text) {
        words.extend(table.row(0).map(|cell| one_line(cell.range.slice(text))));
    }
    let spans_row = |c: &&crate::document::Cell| c.row > 0 && c.row < row && c.row.saturating_add(c.row_span) > row;
    words.extend(table.cells.iter().filter(spans_row).map(|cell| one_line(cell.range.slice(text))));
    let mut header = String::new();
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        if header.len() + word.len() > HEADER_BYTES {
            break;
        }
        if !header.is_empty() {
            header.push('\t');
        }
        header.push_str(&word);
    }
    header
}

/// Whether the first row names the columns: several short cells, none of which states anything.
fn has_header_row(table: &Table, text: &str) -> bool {
    let words: Vec<&str> = table.row(0).map(|cell| cell.range.slice(text).trim()).filter(|w| !w.is_empty()).collect();
    table.rows > 1
        && words.len() >= 2
        && words.iter().all(|word| word.chars().count() <= 30 && !word.contains([':', '：', '。', '；']))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Cell, DocumentId, Format, Language, Line, Metadata, Rect, Section};

    fn document(blocks: Vec<Block>) -> Document {
        let section = |parent: Option<u32>, number: &str, title: &str| Section {
            parent: parent.map(SectionIndex),
            level: 1,
            number: number.to_owned(),
            title: title.to_owned(),
            heading: BlockIndex(0),
            page: 1,
        };
        Document {
            id: DocumentId::from_sha256("ab"),
            name: "a.pdf".to_owned(),
            sha256: "ab".to_owned(),
            format: Format::Pdf,
            language: Language::Zh,
            pages: Vec::new(),
            sections: vec![section(None, "第一章", "招标公告"), section(Some(0), "一、", "联系方式")],
            blocks,
            issues: Vec::new(),
            metadata: Metadata::default(),
            embedded: Vec::new(),
            signatures: Vec::new(),
            comments: Vec::new(),
        }
    }

    fn block(kind: BlockKind, section: u32, text: &str) -> Block {
        let rect = Rect { x0: 0.1, y0: 0.1, x1: 0.9, y1: 0.2 };
        let range = TextRange::new(0, text.len());
        let line = Line { range, page: section + 1, bounds: Some(rect), edges: Vec::new(), confidence: None };
        Block { kind, section: Some(SectionIndex(section)), text: text.to_owned(), lines: vec![line] }
    }

    /// A table whose cells are given row by row; `^` continues the cell above.
    fn table(rows: &[&[&str]]) -> Block {
        let (mut text, mut cells): (String, Vec<Cell>) = (String::new(), Vec::new());
        for (r, row) in rows.iter().enumerate() {
            if r > 0 {
                text.push('\n');
            }
            for (c, word) in row.iter().enumerate() {
                if c > 0 {
                    text.push('\t');
                }
                let (r, c) = (clip(r), clip(c));
                if *word == "^" {
                    let above = cells.iter_mut().rfind(|cell| cell.column == c).expect("a cell above");
                    above.row_span += 1;
                    continue;
                }
                let range = TextRange::new(text.len(), text.len() + word.len());
                text.push_str(word);
                cells.push(Cell { row: r, column: c, row_span: 1, column_span: 1, range, nested: Vec::new() });
            }
        }
        let (rows_count, columns) = (clip(rows.len()), clip(rows[0].len()));
        block(BlockKind::Table(Table { rows: rows_count, columns, cells }), 0, &text)
    }

    fn told(document: &Document) -> String {
        let tell =
            |s: Segment| format!("{} p{} [{}] {:?}\n{}\n", s.id.as_str(), s.page(), s.section_path, s.kind, s.text);
        document.segments().into_iter().map(tell).collect()
    }

    /// Every byte of every block is in the segment that its id names.
    fn check(document: &Document) {
        let segments = document.segments();
        for (index, block) in document.indexed_blocks() {
            for (at, c) in block.text.char_indices() {
                let id = document.segment_id_at(index, clip(at));
                let segment = segments.iter().find(|s| s.id == id).unwrap_or_else(|| panic!("{id:?} is no segment"));
                let piece = segment.pieces.iter().find(|p| p.block == index).expect("the block is in its segment");
                let start = piece.at as usize + at - piece.range.start as usize;
                assert!(segment.text[start..].starts_with(c), "{id:?} at {at}");
            }
        }
        for segment in &segments {
            assert_eq!(segment.boxes.len(), segment.box_ranges.len());
            assert!(segment.box_ranges.iter().all(|r| segment.text.get(r.start as usize..r.end as usize).is_some()));
        }
    }

    #[test]
    fn short_blocks_stand_together_under_their_heading() {
        let document = document(vec![
            block(BlockKind::Header, 0, "青石镇招标文件"),
            block(BlockKind::Heading { level: 1 }, 0, "第一章 招标公告"),
            block(BlockKind::Paragraph, 0, "项目编号：QS-1"),
            block(BlockKind::Heading { level: 2 }, 1, "一、联系方式"),
            block(BlockKind::Paragraph, 1, "名称：青石镇水务站"),
            block(BlockKind::ListItem, 1, "电话：0000"),
            block(BlockKind::Footer, 1, "第 1 页"),
            block(BlockKind::Paragraph, 1, "地址：青石路 1 号"),
        ]);
        check(&document);
        assert_eq!(
            told(&document),
            "ab-0-0 p1 [第一章 招标公告] Furniture\n青石镇招标文件\n\
             ab-1-0 p1 [第一章 招标公告] Text\n第一章 招标公告\n项目编号：QS-1\n一、联系方式\n名称：青石镇水务站\n电话：0000\n\
             ab-6-0 p2 [第一章 招标公告 › 一、 联系方式] Furniture\n第 1 页\n\
             ab-7-0 p2 [第一章 招标公告 › 一、 联系方式] Text\n地址：青石路 1 号\n"
        );
    }

    #[test]
    fn long_text_is_cut_at_sentence_ends() {
        let text = "投标人应按要求提交投标文件。".repeat(80);
        let document = document(vec![block(BlockKind::Paragraph, 0, &text)]);
        check(&document);
        let segments = document.segments();
        assert!(segments.len() > 2 && segments.iter().all(|s| s.text.ends_with('。') && s.text.len() <= LONG_BYTES));
        assert_eq!(segments.iter().map(|s| s.text.as_str()).collect::<String>(), text);
        let wordless = document_of_length(10_000);
        check(&wordless);
        assert!(wordless.segments().iter().all(|s| s.text.len() <= 2 * LONG_BYTES + SHORT_BYTES));
    }

    fn document_of_length(chars: usize) -> Document {
        document(vec![block(BlockKind::Paragraph, 0, &"无".repeat(chars))])
    }

    #[test]
    fn rows_know_their_header() {
        let long = "由招标人按招标文件的规定支付，".repeat(25);
        let document = document(vec![table(&[
            &["条款号", "条款名称", "编列内容"],
            &["1.1", "付款", &long],
            &["^", "质保", &long],
            &["1.3", "交货", "三十日"],
        ])]);
        check(&document);
        let rows: Vec<(String, String)> =
            document.segments().into_iter().map(|s| (s.header, s.text.chars().take(6).collect())).collect();
        assert_eq!(
            rows,
            [
                (String::new(), "条款号\t条款".to_owned()),
                ("条款号\t条款名称\t编列内容\t1.1".to_owned(), "质保\t由招标".to_owned()),
                ("条款号\t条款名称\t编列内容".to_owned(), "1.3\t交货".to_owned()),
            ]
        );
    }

    #[test]
    fn a_document_without_words_has_no_segments() {
        assert_eq!(document(vec![block(BlockKind::Paragraph, 0, "")]).segments(), []);
        assert_eq!(document(Vec::new()).segments(), []);
    }
}
