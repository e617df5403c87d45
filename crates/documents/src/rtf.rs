//! RTF, which many programs write under the name `.doc`: words in any code page, tables with merges, notes, numbers.
//!
//! Automatic numbers stand in the file as they were shown (`\listtext`). Deleted and hidden text is told apart;
//! pictures and objects are counted, not read. Groups are followed to a depth, and no further.

use bidlens_domain::document::{Comment, Format, IssueCode, IssueSeverity, Metadata, TextSource};
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, WINDOWS_1252};

use crate::limits::Limits;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{CellPart, Grid, GridCell};

/// Groups inside each other; real files have some dozens.
const DEPTH_MAX: usize = 1_000;
const CELLS_MAX: usize = 500;

/// Where words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Body,
    Header,
    Footer,
    Note,
    TextBox,
    /// The automatic number in front of a paragraph.
    Label,
    Comment,
    CommentAuthor,
    Title,
    Author,
    Operator,
    Company,
    /// Fonts: their code pages.
    Fonts,
    Styles,
    Nowhere,
}

#[derive(Debug, Clone)]
struct State {
    target: Target,
    encoding: &'static Encoding,
    /// Bytes that follow a Unicode character for readers that know none.
    fallback: usize,
    hidden: bool,
    deleted: bool,
    outline: Option<u8>,
    in_table: bool,
    nesting: usize,
    /// Row properties here are those of a table inside a cell.
    nested_row: bool,
    centred: bool,
    bold: bool,
    /// The paragraph opens a page.
    page_before: bool,
    style: i32,
}

/// What a row says of one of its cells.
#[derive(Debug, Clone, Copy, Default)]
struct CellShape {
    right: i32,
    merged_left: bool,
    merged_up: bool,
}

#[derive(Default)]
struct OpenRow {
    shapes: Vec<CellShape>,
    shape: CellShape,
    /// The words of finished cells.
    cells: Vec<Vec<CellPart>>,
}

/// A table that is being read: rows with the shapes and words of their cells.
#[derive(Default)]
struct OpenTable {
    rows: Vec<(Vec<CellShape>, Vec<Vec<CellPart>>)>,
    row: OpenRow,
    parts: Vec<CellPart>,
}

struct Reader<'a> {
    limits: &'a Limits,
    raw: RawDocument,
    page: u32,
    states: Vec<State>,
    state: State,
    /// Bytes in the code page of the font, waiting for the rest of their character.
    bytes: Vec<u8>,
    /// Bytes still to be passed over after a Unicode character.
    skip: usize,
    /// The upper half of a character of two units.
    high: Option<u16>,
    words: String,
    label: String,
    /// Words and numbers of paragraphs that wait while a note, a header or a text box in them is read.
    waiting: Vec<(String, String)>,
    notes: Vec<RawBlock>,
    /// One for each level of tables inside tables.
    tables: Vec<OpenTable>,
    fonts: Vec<(i32, &'static Encoding)>,
    font: i32,
    /// Outline levels of styles, by number.
    styles: Vec<(i32, u8)>,
    comment: (String, String),
    pictures: usize,
    saw_hidden: bool,
    saw_deleted: bool,
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let body = State {
        target: Target::Body,
        encoding: WINDOWS_1252,
        fallback: 1,
        hidden: false,
        deleted: false,
        outline: None,
        in_table: false,
        nesting: 1,
        nested_row: false,
        centred: false,
        bold: false,
        page_before: false,
        style: 0,
    };
    let mut reader = Reader {
        limits,
        raw: RawDocument::new(Format::Rtf),
        page: 1,
        states: Vec::new(),
        state: body,
        bytes: Vec::new(),
        skip: 0,
        high: None,
        words: String::new(),
        label: String::new(),
        waiting: Vec::new(),
        notes: Vec::new(),
        tables: Vec::new(),
        fonts: Vec::new(),
        font: 0,
        styles: Vec::new(),
        comment: Default::default(),
        pictures: 0,
        saw_hidden: false,
        saw_deleted: false,
    };
    let complete = reader.run(bytes)?;
    reader.finish(complete)
}

impl Reader<'_> {
    /// Reads to the end; whether every group was closed.
    fn run(&mut self, bytes: &[u8]) -> Result<bool, Refusal> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => {
                    self.settle();
                    if self.states.len() > DEPTH_MAX {
                        return Err(Refusal::new(
                            IssueCode::Malformed,
                            format!(
                                "the file nests more than {DEPTH_MAX} groups; open it in its own program, save it anew and upload that"
                            ),
                        ));
                    }
                    self.states.push(self.state.clone());
                }
                b'}' => {
                    self.settle();
                    let Some(outer) = self.states.pop() else { return Ok(true) };
                    let inner = std::mem::replace(&mut self.state, outer);
                    self.leave(inner.target);
                    if self.states.is_empty() {
                        return Ok(true);
                    }
                }
                b'\\' => at = self.control(bytes, at)?,
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
            if self.raw.blocks.len() > self.limits.max_blocks {
                self.raw.issue(
                    IssueCode::ExpansionLimit,
                    IssueSeverity::Warning,
                    None,
                    format!("only the first {} paragraphs were read", self.limits.max_blocks),
                );
                return Ok(true);
            }
        }
        self.settle();
        Ok(false)
    }

    fn finish(mut self, complete: bool) -> ReadResult {
        // Groups that were cut off end where the file does.
        while let Some(outer) = self.states.pop() {
            let inner = std::mem::replace(&mut self.state, outer);
            self.leave(inner.target);
        }
        self.end_paragraph();
        while !self.tables.is_empty() {
            self.end_table();
        }
        let mut raw = self.raw;
        raw.plain_pages(self.page, true);
        if !complete {
            raw.issue(
                IssueCode::Truncated,
                IssueSeverity::Warning,
                None,
                "the file is cut off: its last groups have no end; copy it again or save it anew",
            );
        }
        if self.saw_hidden {
            raw.issue(IssueCode::HiddenText, IssueSeverity::Info, None, "hidden text was left out");
        }
        if self.saw_deleted {
            raw.issue(
                IssueCode::TrackedChanges,
                IssueSeverity::Info,
                None,
                "the file holds tracked changes; it was read as if all were accepted",
            );
        }
        if raw.blocks.iter().all(|b| b.text.trim().is_empty()) && self.pictures > 0 {
            for page in &mut raw.pages {
                page.text_source = TextSource::Unreadable;
            }
            raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(1),
                "the file holds pictures alone; their words need text recognition",
            );
        }
        Ok(raw)
    }

    /// A control word or sign; the place after it.
    fn control(&mut self, bytes: &[u8], at: usize) -> Result<usize, Refusal> {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(first) = rest.first() else { return Ok(at) };
        if !first.is_ascii_alphabetic() {
            match first {
                b'\'' => {
                    let code = rest.get(1..3).and_then(|h| std::str::from_utf8(h).ok());
                    let Some(byte) = code.and_then(|h| u8::from_str_radix(h, 16).ok()) else { return Ok(at + 1) };
                    self.byte(byte);
                    return Ok(at + 3);
                }
                b'*' => {
                    // What follows may be passed over by who does not know it; those that are read say so themselves.
                    self.settle();
                    self.state.target = if self.knows(rest) { self.state.target } else { Target::Nowhere };
                }
                b'~' => self.push(' '),
                b'_' => self.push('-'),
                b'\\' | b'{' | b'}' => self.byte(*first),
                b'\r' | b'\n' => self.end_paragraph(),
                _ => {}
            }
            return Ok(at + 1);
        }
        let letters = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(rest.get(..letters).unwrap_or_default()).unwrap_or_default();
        let mut end = letters;
        let negative = rest.get(end) == Some(&b'-');
        end += usize::from(negative);
        let digits = rest.get(end..).unwrap_or_default().iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(rest.get(end..end + digits).unwrap_or_default())
            .ok()
            .and_then(|d| d.parse::<i64>().ok())
            .map(|n| {
                i32::try_from(if negative { -n } else { n }).unwrap_or(if negative { i32::MIN } else { i32::MAX })
            });
        if digits == 0 {
            end = letters;
        }
        end += digits;
        if rest.get(end) == Some(&b' ') {
            end += 1;
        }
        if word == "bin" {
            // Raw bytes, which may look like anything.
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            return Ok((at + end).saturating_add(length).min(bytes.len()));
        }
        self.word(word, number);
        Ok(at + end)
    }

    /// Whether the ignorable group that begins here is one that is read.
    fn knows(&self, rest: &[u8]) -> bool {
        [
            b"\\annotation".as_slice(),
            b"\\atnauthor",
            b"\\company",
            b"\\shptxt",
            b"\\cs",
            b"\\nesttableprops",
            b"\\operator",
            b"\\footnote",
            b"\\shpinst",
        ]
        .iter()
        .any(|known| rest.get(1..).is_some_and(|r| r.starts_with(known)))
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        if word == "u" {
            self.unicode(number.unwrap_or(0));
            return;
        }
        self.settle();
        let on = number != Some(0);
        match word {
            "ansicpg" => self.state.encoding = code_page(number.unwrap_or(0)).unwrap_or(self.state.encoding),
            "uc" => self.state.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "fonttbl" => self.state.target = Target::Fonts,
            "stylesheet" => self.state.target = Target::Styles,
            "f" => {
                self.font = number.unwrap_or(0);
                if self.state.target != Target::Fonts
                    && let Some((_, encoding)) = self.fonts.iter().find(|(f, _)| *f == self.font)
                {
                    self.state.encoding = encoding;
                }
            }
            "fcharset" if self.state.target == Target::Fonts => {
                if let Some(encoding) = character_set(number.unwrap_or(0)) {
                    self.fonts.push((self.font, encoding));
                }
            }
            "s" => {
                self.state.style = number.unwrap_or(0);
                if self.state.target == Target::Body {
                    self.state.outline = self.styles.iter().find(|(s, _)| *s == self.state.style).map(|(_, l)| *l);
                }
            }
            "outlinelevel" => {
                let level = number.and_then(|n| u8::try_from(n).ok()).filter(|n| *n < 9).map(|n| n + 1);
                match (self.state.target, level) {
                    (Target::Styles, Some(level)) => self.styles.push((self.state.style, level)),
                    (Target::Styles, None) => {}
                    (_, level) => self.state.outline = level,
                }
            }
            "colortbl" | "listtable" | "listoverridetable" | "revtbl" | "rsidtbl" | "generator" | "xmlnstbl"
            | "themedata" | "colorschememapping" | "latentstyles" | "datastore" | "pnseclvl" | "fldinst"
            | "bkmkstart" | "bkmkend" | "filetbl" | "objdata" | "datafield" | "sp" | "nonshppict" | "atnid"
            | "shprslt" | "nonesttables" | "atnref" | "atndate" | "atrfstart" | "atrfend" | "ftnsep" | "ftnsepc"
            | "aftnsep" | "private" => {
                self.state.target = Target::Nowhere;
            }
            "pict" => {
                self.pictures += 1;
                self.state.target = Target::Nowhere;
            }
            "title" => self.state.target = Target::Title,
            "author" => self.state.target = Target::Author,
            "operator" => self.state.target = Target::Operator,
            "company" => self.state.target = Target::Company,
            "info" => {}
            "subject" | "doccomm" | "keywords" | "manager" | "category" | "hlinkbase" | "comment" => {
                self.state.target = Target::Nowhere;
            }
            "header" | "headerl" | "headerr" | "headerf" => self.begin_aside(Target::Header),
            "footer" | "footerl" | "footerr" | "footerf" => self.begin_aside(Target::Footer),
            "footnote" => self.begin_aside(Target::Note),
            "shptxt" => self.begin_aside(Target::TextBox),
            "annotation" => self.state.target = Target::Comment,
            "atnauthor" => self.state.target = Target::CommentAuthor,
            "listtext" | "pntext" if self.state.target == Target::Body => self.state.target = Target::Label,
            "v" => self.state.hidden = on,
            "deleted" => self.state.deleted = on,
            "plain" => {
                self.state.hidden = false;
                self.state.deleted = false;
                self.state.bold = false;
            }
            "b" => self.state.bold = on,
            "qc" => self.state.centred = true,
            "ql" | "qr" | "qj" => self.state.centred = false,
            "pard" => {
                self.state.in_table = false;
                self.state.nesting = 1;
                self.state.outline = None;
                self.state.centred = false;
                self.state.page_before = false;
            }
            "pagebb" => self.state.page_before = on,
            "intbl" => self.state.in_table = true,
            "itap" => {
                self.state.nesting = usize::try_from(number.unwrap_or(1)).unwrap_or(1).clamp(1, 16);
                self.state.in_table = number.unwrap_or(1) > 0;
            }
            "par" | "sect" => self.end_paragraph(),
            "line" | "softline" => self.push('\n'),
            "tab" => self.push(if self.state.target == Target::Label { ' ' } else { '\t' }),
            "emdash" => self.push('—'),
            "endash" => self.push('–'),
            "bullet" => self.push('•'),
            "lquote" => self.push('‘'),
            "rquote" => self.push('’'),
            "ldblquote" => self.push('“'),
            "rdblquote" => self.push('”'),
            "emspace" | "enspace" | "qmspace" => self.push(' '),
            "page" if self.state.target == Target::Body => {
                self.end_paragraph();
                if self.page < self.limits.max_pages {
                    self.page += 1;
                }
            }
            "trowd" => {
                let row = &mut self.row_table().row;
                row.shapes.clear();
                row.shape = CellShape::default();
            }
            "clmrg" => self.row_table().row.shape.merged_left = true,
            "clvmrg" => self.row_table().row.shape.merged_up = true,
            "cellx" => {
                let row = &mut self.row_table().row;
                let shape = std::mem::take(&mut row.shape);
                if row.shapes.len() < CELLS_MAX {
                    row.shapes.push(CellShape { right: number.unwrap_or(0), ..shape });
                }
            }
            "nesttableprops" => self.state.nested_row = true,
            "cell" => self.end_cell(1),
            "nestcell" => self.end_cell(self.state.nesting.max(2)),
            "row" => self.end_row(1),
            "nestrow" => self.end_row(self.state.nesting.max(2)),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush_bytes();
        let unit = (number & 0xFFFF) as u16;
        let fallback = self.state.fallback;
        let c = match (self.high.take(), unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                self.skip = fallback;
                return;
            }
            (Some(high), 0xDC00..=0xDFFF) => char::decode_utf16([high, unit]).next().and_then(Result::ok),
            // Symbol fonts: their signs stand in the private area.
            (_, unit) => char::from_u32(u32::from(unit)),
        };
        self.push(c.unwrap_or('\u{FFFD}'));
        self.skip = fallback;
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.bytes.push(byte);
    }

    /// Ends what reaches over bytes: a character of several bytes, and the ones to be passed over.
    fn settle(&mut self) {
        self.flush_bytes();
        self.skip = 0;
    }

    fn flush_bytes(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let (words, _) = self.state.encoding.decode_without_bom_handling(&bytes);
            self.push_str(&words);
        }
    }

    fn push(&mut self, c: char) {
        self.flush_bytes();
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    fn push_str(&mut self, words: &str) {
        if self.state.hidden || self.state.deleted {
            self.saw_hidden |= self.state.hidden;
            self.saw_deleted |= self.state.deleted;
            return;
        }
        let slot = match self.state.target {
            Target::Body | Target::Header | Target::Footer | Target::Note | Target::TextBox => &mut self.words,
            Target::Label => &mut self.label,
            Target::Comment => &mut self.comment.1,
            Target::CommentAuthor => &mut self.comment.0,
            Target::Title => return info(&mut self.raw.metadata, Target::Title, words),
            Target::Author => return info(&mut self.raw.metadata, Target::Author, words),
            Target::Operator => return info(&mut self.raw.metadata, Target::Operator, words),
            Target::Company => return info(&mut self.raw.metadata, Target::Company, words),
            Target::Fonts | Target::Styles | Target::Nowhere => return,
        };
        slot.push_str(words);
    }

    /// A group has ended whose words were going to `target`.
    fn leave(&mut self, target: Target) {
        if target == self.state.target {
            return;
        }
        match target {
            Target::Header | Target::Footer | Target::Note | Target::TextBox => {
                self.end_paragraph_as(target);
                (self.words, self.label) = self.waiting.pop().unwrap_or_default();
            }
            Target::Comment => {
                let (author, text) = std::mem::take(&mut self.comment);
                if !text.trim().is_empty() {
                    self.raw.comments.push(Comment {
                        author: Some(author.trim().to_owned()).filter(|a| !a.is_empty()),
                        written_at: None,
                        text: text.trim().to_owned(),
                        page: self.page,
                        about: self.words.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect(),
                    });
                }
            }
            _ => {}
        }
    }

    /// What stands beside the running text begins; the paragraph it stands in waits.
    fn begin_aside(&mut self, target: Target) {
        // One inside the other, or in a group that is passed over, is no new one.
        if self.state.target == Target::Body {
            self.waiting.push((std::mem::take(&mut self.words), std::mem::take(&mut self.label)));
            self.state.target = target;
            self.state.in_table = false;
        }
    }

    fn end_paragraph(&mut self) {
        self.end_paragraph_as(self.state.target);
    }

    fn end_paragraph_as(&mut self, target: Target) {
        self.flush_bytes();
        if matches!(target, Target::Comment | Target::CommentAuthor) {
            self.comment.1.push('\n');
            return;
        }
        if !matches!(target, Target::Body | Target::Header | Target::Footer | Target::Note | Target::TextBox) {
            return;
        }
        let words = std::mem::take(&mut self.words);
        let label = std::mem::take(&mut self.label);
        let (words, label) = (words.trim(), label.trim());
        let in_table = target == Target::Body && self.state.in_table;
        if target == Target::Body && !in_table {
            while !self.tables.is_empty() {
                self.end_table();
            }
        }
        if !words.is_empty() {
            if target == Target::Body && self.state.page_before && !self.raw.blocks.is_empty() {
                self.page = (self.page + 1).min(self.limits.max_pages);
            }
            let text = if label.is_empty() { words.to_owned() } else { format!("{label} {words}") };
            let page = self.page;
            if in_table {
                let depth = self.state.nesting;
                self.close_deeper(depth);
                self.table(depth).parts.push(CellPart::words(text, page));
            } else {
                let kind = match target {
                    Target::Header => RawKind::Header,
                    Target::Footer => RawKind::Footer,
                    Target::Note => RawKind::Footnote,
                    Target::TextBox => RawKind::TextBox,
                    _ if !label.is_empty() && self.state.outline.is_none() => RawKind::ListItem,
                    _ => RawKind::Text,
                };
                let mut block = RawBlock::on_page(kind, text, page);
                block.label = label.to_owned();
                block.centred = self.state.centred;
                block.bold = self.state.bold;
                if target == Target::Body {
                    block.outline_level = self.state.outline;
                    self.raw.blocks.push(block);
                } else {
                    self.notes.push(block);
                }
            }
        }
        if target == Target::Body {
            let notes = std::mem::take(&mut self.notes);
            self.raw.blocks.extend(notes);
        }
    }

    /// The table at this level, from 1; those above it are opened when they are missing.
    fn table(&mut self, level: usize) -> &mut OpenTable {
        let at = level.clamp(1, 16) - 1;
        if self.tables.len() <= at {
            self.tables.resize_with(at + 1, OpenTable::default);
        }
        &mut self.tables[at]
    }

    /// The table whose row is being described.
    fn row_table(&mut self) -> &mut OpenTable {
        let level = if self.state.nested_row { self.state.nesting.max(2) } else { 1 };
        self.table(level)
    }

    fn end_cell(&mut self, level: usize) {
        self.state.in_table = true;
        self.state.nesting = level;
        self.end_paragraph();
        self.close_deeper(level);
        let table = self.table(level);
        let parts = std::mem::take(&mut table.parts);
        if table.row.cells.len() < CELLS_MAX {
            table.row.cells.push(parts);
        }
    }

    fn end_row(&mut self, level: usize) {
        self.close_deeper(level);
        let table = self.table(level);
        let cells = std::mem::take(&mut table.row.cells);
        let shapes = table.row.shapes.clone();
        if !cells.is_empty() {
            table.rows.push((shapes, cells));
        }
    }

    /// Tables inside the cell that is ending belong to it.
    fn close_deeper(&mut self, level: usize) {
        while self.tables.len() > level {
            self.end_table();
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let mut grid = laid_out(table.rows);
        let loose: Vec<CellPart> = table.row.cells.into_iter().flatten().chain(table.parts).collect();
        if !loose.is_empty() {
            // A row without its end: the file is cut off, or written carelessly.
            let row = grid.cells.iter().map(|c| c.row + c.row_span).max().unwrap_or(0);
            grid.cells.push(GridCell { row, column: 0, row_span: 1, column_span: 1, parts: loose });
        }
        if grid.cells.is_empty() {
            return;
        }
        match self.tables.last_mut() {
            Some(outer) => outer.parts.push(CellPart::Table(grid)),
            None => self.raw.blocks.extend(grid.into_block()),
        }
    }
}

/// Rows as a grid: columns are where cells end, so that rows of different widths fall into place.
fn laid_out(rows: Vec<(Vec<CellShape>, Vec<Vec<CellPart>>)>) -> Grid {
    let mut edges: Vec<i32> = rows.iter().flat_map(|(shapes, _)| shapes.iter().map(|s| s.right)).collect();
    edges.sort_unstable();
    // Programs round: edges some twips apart are one.
    edges.dedup_by(|a, b| (*a - *b).abs() <= 40);
    let place = |right: i32| edges.partition_point(|e| *e < right - 40) as u32;
    let mut grid = Grid::default();
    for (row, (shapes, cells)) in (0u32..).zip(rows) {
        let mut column = 0u32;
        let mut before: Option<usize> = None;
        for (n, parts) in cells.into_iter().enumerate() {
            let shape = shapes.get(n).copied();
            let end = shape.map_or(column + 1, |s| (place(s.right) + 1).max(column + 1));
            let shape = shape.unwrap_or_default();
            let own = GridCell { row, column, row_span: 1, column_span: end - column, parts };
            let widened = before.filter(|_| shape.merged_left).and_then(|at| grid.cells.get_mut(at));
            if let Some(left) = widened {
                left.column_span += own.column_span;
                left.parts.extend(own.parts);
            } else if let Some(above) = grid
                .cells
                .iter_mut()
                .rev()
                .find(|c: &&mut GridCell| shape.merged_up && c.column == column && c.row + c.row_span == row)
            {
                above.row_span += 1;
                above.parts.extend(own.parts);
                before = None;
            } else {
                before = Some(grid.cells.len());
                grid.cells.push(own);
            }
            column = end;
        }
    }
    grid
}

fn info(metadata: &mut Metadata, target: Target, words: &str) {
    let slot = match target {
        Target::Title => &mut metadata.title,
        Target::Author => &mut metadata.author,
        Target::Operator => &mut metadata.last_modified_by,
        _ => &mut metadata.company,
    };
    let value = slot.get_or_insert_default();
    if value.len() < 1_000 {
        value.push_str(words);
    }
}

fn code_page(number: i32) -> Option<&'static Encoding> {
    match number {
        936 | 54936 => Some(GB18030),
        950 => Some(BIG5),
        932 => Some(SHIFT_JIS),
        949 => Some(EUC_KR),
        1250..=1258 => Encoding::for_label(format!("windows-{number}").as_bytes()),
        _ => None,
    }
}

fn character_set(number: i32) -> Option<&'static Encoding> {
    match number {
        134 => Some(GB18030),
        136 => Some(BIG5),
        128 => Some(SHIFT_JIS),
        129 => Some(EUC_KR),
        0 => Some(WINDOWS_1252),
        204 => Encoding::for_label(b"windows-1251"),
        238 => Encoding::for_label(b"windows-1250"),
        _ => None,
    }
}
