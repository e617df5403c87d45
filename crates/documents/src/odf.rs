//! OpenDocument: texts (ODT), workbooks (ODS) and presentations (ODP), from `content.xml` and `styles.xml`.
//!
//! A cell's words are those the program showed, so that percents and dates need no formats here. Deleted text of
//! tracked changes is left out, automatic numbers are written in front as the page shows them.

use std::collections::{HashMap, HashSet};

use bidlens_domain::document::{Comment, Format, IssueCode, IssueSeverity, Metadata, TextSource};

use crate::limits::Limits;
use crate::number_format::float;
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::spreadsheet::{Merge, note_cells_left, note_hidden, sheet_blocks, words_at};
use crate::table::{CellPart, Grid, GridCell};
use crate::xml::{Element, Token, Xml};

/// Spaces, repeated cells and spans above this are typing errors or attacks.
const REPEAT_MAX: u32 = 1_000;

pub(crate) fn read(format: Format, bytes: &[u8], limits: &Limits) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|m| m.contains("encryption-data")) {
        return Err(Refusal::new(
            IssueCode::Encrypted,
            "the file is protected by a password; open it, remove the password and upload it again",
        ));
    }
    let content = package.part("content.xml")?.ok_or_else(|| {
        Refusal::new(
            IssueCode::Malformed,
            "the part content.xml is missing; open the file in its own program, save it anew and upload that",
        )
    })?;
    let styles_part = package.part("styles.xml")?.unwrap_or_default();
    let mut styles = Styles::default();
    styles.read("styles.xml", &styles_part, limits)?;
    styles.read("content.xml", &content, limits)?;
    let mut raw = RawDocument::new(format);
    raw.metadata = metadata(&mut package, limits);
    let mut reader = Reader {
        raw,
        styles: &styles,
        limits,
        page: 1,
        counters: HashMap::new(),
        outline: Vec::new(),
        lists: Vec::new(),
        pictures: 0,
        changes: 0,
        cells_left: limits.max_cells,
    };
    let mut xml = Xml::new("content.xml", &content, limits.max_depth);
    loop {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "text" => reader.text_body(&mut xml)?,
                "spreadsheet" => reader.workbook(&mut xml)?,
                "presentation" | "drawing" => reader.slides(&mut xml)?,
                _ => {}
            },
            Token::End => break,
            Token::Close | Token::Text(_) => {}
        }
    }
    reader.finish()
}

/// Lists, hidden things and fonts that styles declare.
#[derive(Default)]
struct Styles {
    lists: HashMap<String, Vec<NumberLevel>>,
    outline: Vec<NumberLevel>,
    /// Tables (sheets) that are not shown.
    hidden_tables: HashSet<String>,
    hidden_text: HashSet<String>,
    /// The style a style rests on.
    parents: HashMap<String, String>,
    list_of: HashMap<String, String>,
    breaks_before: HashSet<String>,
}

#[derive(Default, Clone)]
struct NumberLevel {
    /// `1`, `a`, `一, 二, 三, ...`; empty for none, `bullet` for signs.
    format: String,
    prefix: String,
    suffix: String,
    start: u32,
    /// How many levels the number shows.
    shown: u32,
}

impl Styles {
    fn read(&mut self, part: &str, text: &str, limits: &Limits) -> Result<(), Refusal> {
        if text.is_empty() {
            return Ok(());
        }
        let mut xml = Xml::new(part, text, limits.max_depth);
        let mut style = String::new();
        let mut list: Option<String> = None;
        let mut path: Vec<String> = Vec::new();
        loop {
            match xml.next()? {
                Token::Open(element) => {
                    let name = element.name().to_owned();
                    match name.as_str() {
                        // Styles end where the body begins.
                        "body" => return Ok(()),
                        "style" => {
                            style = element.attribute("name").unwrap_or_default();
                            if let Some(parent) = element.attribute("parent-style-name") {
                                self.parents.insert(style.clone(), parent);
                            }
                            if let Some(list) = element.attribute("list-style-name") {
                                self.list_of.insert(style.clone(), list);
                            }
                        }
                        "table-properties" if element.attribute("display").as_deref() == Some("false") => {
                            self.hidden_tables.insert(style.clone());
                        }
                        "text-properties" if element.attribute("display").as_deref() == Some("none") => {
                            self.hidden_text.insert(style.clone());
                        }
                        "paragraph-properties" if element.attribute("break-before").as_deref() == Some("page") => {
                            self.breaks_before.insert(style.clone());
                        }
                        "list-style" => list = element.attribute("name"),
                        "outline-style" => list = None,
                        "list-level-style-number" | "outline-level-style" | "list-level-style-bullet" => {
                            let level = NumberLevel {
                                format: if name.ends_with("bullet") {
                                    "bullet".to_owned()
                                } else {
                                    element.attribute("num-format").unwrap_or_default()
                                },
                                prefix: element.attribute("num-prefix").unwrap_or_default(),
                                suffix: element.attribute("num-suffix").unwrap_or_default(),
                                start: number(&element, "start-value").unwrap_or(1),
                                shown: number(&element, "display-levels").unwrap_or(1),
                            };
                            let levels = match (&list, name.as_str()) {
                                (_, "outline-level-style") => &mut self.outline,
                                (Some(list), _) => self.lists.entry(list.clone()).or_default(),
                                (None, _) => {
                                    path.push(name);
                                    continue;
                                }
                            };
                            let at = number(&element, "level").unwrap_or(1).clamp(1, 16) as usize;
                            if levels.len() < at {
                                levels.resize(at, NumberLevel::default());
                            }
                            if let Some(slot) = levels.get_mut(at - 1) {
                                *slot = level;
                            }
                        }
                        _ => {}
                    }
                    path.push(name);
                }
                Token::Close => {
                    if path.pop().as_deref() == Some("list-style") {
                        list = None;
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Whether the style or one it rests on is in `set`.
    fn any(&self, set: &HashSet<String>, style: &str) -> bool {
        let mut name = style;
        for _ in 0..16 {
            if set.contains(name) {
                return true;
            }
            match self.parents.get(name) {
                Some(parent) => name = parent,
                None => return false,
            }
        }
        false
    }
}

struct OpenList {
    style: String,
    /// The number of the next item is to be this.
    restart: Option<u32>,
    numbered: bool,
}

struct Reader<'a> {
    raw: RawDocument,
    styles: &'a Styles,
    limits: &'a Limits,
    page: u32,
    /// Numbers given so far, by list style, one for each level.
    counters: HashMap<String, Vec<u32>>,
    outline: Vec<u32>,
    lists: Vec<OpenList>,
    pictures: usize,
    changes: usize,
    cells_left: usize,
}

/// The words of one paragraph, and what stood inside it without belonging to its line.
#[derive(Default)]
struct Inline {
    words: String,
    beside: Vec<RawBlock>,
    comments: Vec<(Option<String>, Option<String>, String, usize)>,
}

impl Reader<'_> {
    fn finish(mut self) -> ReadResult {
        if self.changes > 0 {
            self.raw.issue(
                IssueCode::TrackedChanges,
                IssueSeverity::Info,
                None,
                format!("the file holds {} tracked changes; it was read as if all were accepted", self.changes),
            );
        }
        if self.raw.blocks.len() > self.limits.max_blocks {
            self.raw.blocks.truncate(self.limits.max_blocks);
            self.raw.issue(
                IssueCode::ExpansionLimit,
                IssueSeverity::Warning,
                None,
                format!("only the first {} paragraphs were read", self.limits.max_blocks),
            );
        }
        if self.raw.pages.is_empty() {
            self.raw.plain_pages(self.page, true);
        }
        let last = self.raw.pages.len() as u32;
        if self.raw.blocks.iter().all(|b| b.text.trim().is_empty()) && self.pictures > 0 {
            for page in &mut self.raw.pages {
                page.text_source = TextSource::Unreadable;
            }
            self.raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(last.max(1)),
                "the file holds pictures alone; their words need text recognition",
            );
        }
        Ok(self.raw)
    }

    fn text_body(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let blocks = self.blocks(xml, RawKind::Text)?;
        self.raw.blocks.extend(blocks);
        Ok(())
    }

    /// What stands in the element just opened, to its end.
    fn blocks(&mut self, xml: &mut Xml<'_>, kind: RawKind) -> Result<Vec<RawBlock>, Refusal> {
        let mut blocks = Vec::new();
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(blocks),
                Token::Text(_) => {}
                Token::Open(element) => self.block(xml, &element, &kind, &mut blocks)?,
            }
        }
    }

    fn block(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        kind: &RawKind,
        blocks: &mut Vec<RawBlock>,
    ) -> Result<(), Refusal> {
        match element.name() {
            "p" | "h" => self.paragraph(xml, element, kind, blocks)?,
            "list" => self.list(xml, element, kind, blocks)?,
            "table" => {
                if let Some(block) = self.grid(xml)?.into_block() {
                    blocks.push(block);
                }
            }
            "tracked-changes" => self.count_changes(xml)?,
            "table-of-content" | "illustration-index" | "table-index" => {
                blocks.extend(self.blocks(xml, RawKind::Contents)?);
            }
            "text-box" => blocks.extend(self.blocks(xml, RawKind::TextBox)?),
            "image" => {
                self.pictures += 1;
                xml.skip()?;
            }
            "soft-page-break" => {
                self.turn_page();
                xml.skip()?;
            }
            "table-of-content-source"
            | "sequence-decls"
            | "forms"
            | "object"
            | "desc"
            | "title"
            | "event-listeners"
            | "variable-decls"
            | "user-field-decls" => xml.skip()?,
            "annotation" => {
                let comment = self.annotation(xml)?;
                self.comment(comment, String::new());
            }
            _ => blocks.extend(self.blocks(xml, kind.clone())?),
        }
        Ok(())
    }

    fn turn_page(&mut self) {
        if self.page < self.limits.max_pages {
            self.page += 1;
        }
    }

    fn paragraph(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        kind: &RawKind,
        blocks: &mut Vec<RawBlock>,
    ) -> Result<(), Refusal> {
        let level = (element.name() == "h").then(|| number(element, "outline-level").unwrap_or(1).clamp(1, 9) as u8);
        let style = element.attribute("style-name").unwrap_or_default();
        if self.styles.any(&self.styles.breaks_before, &style) && !(self.raw.blocks.is_empty() && blocks.is_empty()) {
            self.turn_page();
        }
        let hidden = self.styles.any(&self.styles.hidden_text, &style);
        let label = self.label(level, element);
        let page = self.page;
        let mut inline = Inline::default();
        self.inline(xml, &mut inline)?;
        let words = inline.words.trim().to_owned();
        for (author, written_at, text, at) in inline.comments {
            let about: String = inline.words.get(at..).unwrap_or_default().trim().chars().take(80).collect();
            self.comment((author, written_at, text), about);
        }
        if hidden && !words.is_empty() {
            self.raw.issue(IssueCode::HiddenText, IssueSeverity::Info, Some(page), "hidden text was read all the same");
        }
        if !words.is_empty() {
            let listed = self.lists.last().is_some() && level.is_none() && *kind == RawKind::Text;
            let text = if label.is_empty() { words } else { format!("{label} {words}") };
            let mut block = RawBlock::on_page(if listed { RawKind::ListItem } else { kind.clone() }, text, page);
            block.outline_level = level;
            block.label = label;
            blocks.push(block);
        }
        blocks.extend(inline.beside);
        Ok(())
    }

    fn comment(&mut self, (author, written_at, text): (Option<String>, Option<String>, String), about: String) {
        if !text.is_empty() {
            self.raw.comments.push(Comment { author, written_at, text, page: self.page, about });
        }
    }

    /// The characters of the element just opened, to its end.
    fn inline(&mut self, xml: &mut Xml<'_>, out: &mut Inline) -> Result<(), Refusal> {
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(text) => {
                    // White space in a paragraph is one blank; more are written as elements.
                    for c in text.chars() {
                        if !matches!(c, ' ' | '\n' | '\r' | '\t') {
                            out.words.push(c);
                        } else if !out.words.is_empty() && !out.words.ends_with([' ', '\n']) {
                            out.words.push(' ');
                        }
                    }
                }
                Token::Open(element) => match element.name() {
                    "s" => {
                        let count = number(&element, "c").unwrap_or(1).min(REPEAT_MAX);
                        out.words.extend(std::iter::repeat_n(' ', count as usize));
                        xml.skip()?;
                    }
                    "tab" => {
                        out.words.push(' ');
                        xml.skip()?;
                    }
                    "line-break" => {
                        out.words.push('\n');
                        xml.skip()?;
                    }
                    "soft-page-break" => {
                        self.turn_page();
                        xml.skip()?;
                    }
                    "note" => {
                        let notes = self.note(xml)?;
                        out.beside.extend(notes);
                    }
                    "annotation" => {
                        let (author, at, text) = self.annotation(xml)?;
                        out.comments.push((author, at, text, out.words.len()));
                    }
                    "span"
                        if self
                            .styles
                            .any(&self.styles.hidden_text, &element.attribute("style-name").unwrap_or_default()) =>
                    {
                        let page = self.page;
                        self.inline(xml, out)?;
                        self.raw.issue(
                            IssueCode::HiddenText,
                            IssueSeverity::Info,
                            Some(page),
                            "hidden text was read all the same",
                        );
                    }
                    "frame" | "custom-shape" | "g" | "rect" | "text-box" => {
                        let mut inner = Vec::new();
                        let lists = std::mem::take(&mut self.lists);
                        inner.extend(self.blocks(xml, RawKind::TextBox)?);
                        self.lists = lists;
                        out.beside.extend(inner);
                    }
                    "image" => {
                        self.pictures += 1;
                        xml.skip()?;
                    }
                    "ruby-text" | "annotation-end" | "object" => xml.skip()?,
                    _ => self.inline(xml, out)?,
                },
            }
        }
    }

    fn note(&mut self, xml: &mut Xml<'_>) -> Result<Vec<RawBlock>, Refusal> {
        let mut blocks = Vec::new();
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(blocks),
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "note-body" => {
                    let lists = std::mem::take(&mut self.lists);
                    blocks.extend(self.blocks(xml, RawKind::Footnote)?);
                    self.lists = lists;
                }
                Token::Open(_) => xml.skip()?,
            }
        }
    }

    fn annotation(&mut self, xml: &mut Xml<'_>) -> Result<(Option<String>, Option<String>, String), Refusal> {
        let (mut author, mut at, mut words) = (None, None, Vec::new());
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok((author, at, words.join("\n"))),
                Token::Text(_) => {}
                Token::Open(element) => match element.name() {
                    "creator" => author = Some(xml.text()?.trim().to_owned()).filter(|a| !a.is_empty()),
                    "date" => at = Some(xml.text()?.trim().to_owned()).filter(|a| !a.is_empty()),
                    _ => words.extend(Some(xml.text()?.trim().to_owned()).filter(|w| !w.is_empty())),
                },
            }
        }
    }

    fn count_changes(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => {
                    self.changes += usize::from(element.name() == "changed-region");
                    xml.skip()?;
                }
            }
        }
    }

    fn list(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        kind: &RawKind,
        blocks: &mut Vec<RawBlock>,
    ) -> Result<(), Refusal> {
        let own = element.attribute("style-name");
        let goes_on = element.attribute("continue-list").is_some()
            || element.attribute("continue-numbering").as_deref() == Some("true");
        let style = own.or_else(|| self.lists.last().map(|l| l.style.clone())).unwrap_or_default();
        if self.lists.is_empty() && !goes_on {
            self.counters.remove(&style);
        }
        if self.lists.len() > 32 {
            return xml.skip();
        }
        self.lists.push(OpenList { style, restart: None, numbered: false });
        loop {
            match xml.next()? {
                Token::Close | Token::End => break,
                Token::Text(_) => {}
                Token::Open(item) => {
                    let restart = number(&item, "start-value");
                    if let Some(list) = self.lists.last_mut() {
                        list.numbered = item.name() == "list-item";
                        list.restart = restart;
                    }
                    blocks.extend(self.blocks(xml, kind.clone())?);
                }
            }
        }
        self.lists.pop();
        Ok(())
    }

    /// The automatic number of the next paragraph, as shown; empty when it has none.
    fn label(&mut self, heading: Option<u8>, element: &Element<'_>) -> String {
        let depth = self.lists.len();
        if let Some(list) = self.lists.last_mut() {
            // Only the first paragraph of an item carries its number.
            if !std::mem::take(&mut list.numbered) {
                return String::new();
            }
            let style = list.style.clone();
            let restart = list.restart.take();
            let levels = match self.styles.lists.get(&style) {
                Some(levels) => levels,
                None if heading.is_some() => &self.styles.outline,
                None => return String::new(),
            };
            let at = heading.map_or(depth, usize::from);
            return numbered(levels, self.counters.entry(style).or_default(), at, restart);
        }
        match heading {
            Some(level) if element.attribute("is-list-header").as_deref() != Some("true") => {
                numbered(&self.styles.outline, &mut self.outline, usize::from(level), number(element, "start-value"))
            }
            _ => String::new(),
        }
    }

    fn grid(&mut self, xml: &mut Xml<'_>) -> Result<Grid, Refusal> {
        let mut grid = Grid::default();
        let mut row = 0u32;
        self.rows(xml, &mut grid, &mut row)?;
        Ok(grid)
    }

    fn rows(&mut self, xml: &mut Xml<'_>, grid: &mut Grid, row: &mut u32) -> Result<(), Refusal> {
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => match element.name() {
                    "table-row" => {
                        self.row(xml, grid, *row)?;
                        *row += 1;
                    }
                    "table-rows" | "table-header-rows" | "table-row-group" => self.rows(xml, grid, row)?,
                    "soft-page-break" => {
                        self.turn_page();
                        xml.skip()?;
                    }
                    _ => xml.skip()?,
                },
            }
        }
    }

    fn row(&mut self, xml: &mut Xml<'_>, grid: &mut Grid, row: u32) -> Result<(), Refusal> {
        let mut column = 0u32;
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => {
                    let covered = element.name() == "covered-table-cell";
                    let repeated = number(&element, "number-columns-repeated").unwrap_or(1).clamp(1, REPEAT_MAX);
                    let span = |name: &str| number(&element, name).unwrap_or(1).clamp(1, REPEAT_MAX);
                    let (row_span, column_span) = (span("number-rows-spanned"), span("number-columns-spanned"));
                    let parts = self.cell(xml)?;
                    if !covered {
                        if self.cells_left == 0 {
                            continue;
                        }
                        self.cells_left -= 1;
                        grid.cells.push(GridCell { row, column, row_span, column_span, parts });
                    }
                    column = column.saturating_add(repeated);
                }
            }
        }
    }

    fn cell(&mut self, xml: &mut Xml<'_>) -> Result<Vec<CellPart>, Refusal> {
        let lists = std::mem::take(&mut self.lists);
        let mut parts = Vec::new();
        loop {
            match xml.next()? {
                Token::Close | Token::End => break,
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "table" => {
                    let nested = self.grid(xml)?;
                    if !nested.cells.is_empty() {
                        parts.push(CellPart::Table(nested));
                    }
                }
                Token::Open(element) => {
                    let mut blocks = Vec::new();
                    self.block(xml, &element, &RawKind::Text, &mut blocks)?;
                    parts.extend(blocks.into_iter().map(CellPart::from));
                }
            }
        }
        self.lists = lists;
        Ok(parts)
    }

    fn workbook(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut sheets = 0usize;
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "table" => {
                    sheets += 1;
                    if sheets > self.limits.max_sheets {
                        if sheets == self.limits.max_sheets + 1 {
                            self.raw.issue(
                                IssueCode::PartLimit,
                                IssueSeverity::Warning,
                                None,
                                format!("only the first {} sheets were read", self.limits.max_sheets),
                            );
                        }
                        xml.skip()?;
                        continue;
                    }
                    let name = element.attribute("name").unwrap_or_default();
                    let style = element.attribute("style-name").unwrap_or_default();
                    self.sheet(xml, &name, self.styles.any(&self.styles.hidden_tables, &style))?;
                }
                Token::Open(_) => xml.skip()?,
            }
        }
    }

    fn sheet(&mut self, xml: &mut Xml<'_>, name: &str, hidden: bool) -> Result<(), Refusal> {
        let mut sheet = Sheet::default();
        self.page = u32::try_from(self.raw.pages.len() + 1).unwrap_or(u32::MAX);
        self.sheet_rows(xml, &mut sheet)?;
        note_hidden(&mut self.raw, name, self.page, hidden, &sheet.hidden_rows, &sheet.cells);
        if sheet.over_limit {
            note_cells_left(&mut self.raw, name, self.page, self.limits);
        }
        for (row, column, comment) in std::mem::take(&mut sheet.comments) {
            let about = words_at(&sheet.cells, row, column);
            self.comment(comment, about);
        }
        sheet_blocks(&mut self.raw, name, self.page, sheet.cells, &sheet.merged, self.limits);
        Ok(())
    }

    fn sheet_rows(&mut self, xml: &mut Xml<'_>, sheet: &mut Sheet) -> Result<(), Refusal> {
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => match element.name() {
                    "table-row" => {
                        let repeated = number(&element, "number-rows-repeated").unwrap_or(1).max(1);
                        let hidden = matches!(element.attribute("visibility").as_deref(), Some("collapse" | "filter"));
                        let from = sheet.cells.len();
                        self.sheet_row(xml, sheet)?;
                        let row: Vec<_> = sheet.cells.get(from..).unwrap_or_default().to_vec();
                        if hidden {
                            sheet.hidden_rows.insert(sheet.row);
                        }
                        // An empty row is repeated to the last one of the sheet; only words count.
                        if !row.is_empty() {
                            for copy in 1..repeated.min(REPEAT_MAX) {
                                for (_, column, words) in &row {
                                    self.put(sheet, sheet.row.saturating_add(copy), *column, words.clone());
                                }
                            }
                        }
                        sheet.row = sheet.row.saturating_add(repeated);
                    }
                    "table-rows" | "table-header-rows" | "table-row-group" => self.sheet_rows(xml, sheet)?,
                    _ => xml.skip()?,
                },
            }
        }
    }

    fn sheet_row(&mut self, xml: &mut Xml<'_>, sheet: &mut Sheet) -> Result<(), Refusal> {
        let mut column = 0u32;
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(()),
                Token::Text(_) => {}
                Token::Open(element) => {
                    let repeated = number(&element, "number-columns-repeated").unwrap_or(1).max(1);
                    let span = |name: &str| number(&element, name).unwrap_or(1).max(1);
                    let (rows, columns) = (span("number-rows-spanned"), span("number-columns-spanned"));
                    let value = stored(&element);
                    let mut words = Vec::new();
                    loop {
                        match xml.next()? {
                            Token::Close | Token::End => break,
                            Token::Text(_) => {}
                            Token::Open(inner) if inner.name() == "annotation" => {
                                let comment = self.annotation(xml)?;
                                sheet.comments.push((sheet.row, column, comment));
                            }
                            Token::Open(inner) if inner.name() == "p" => {
                                let mut inline = Inline::default();
                                self.inline(xml, &mut inline)?;
                                words.push(inline.words.trim().to_owned());
                            }
                            Token::Open(_) => xml.skip()?,
                        }
                    }
                    let mut words = words.join("\n");
                    if words.is_empty() {
                        words = value.unwrap_or_default();
                    }
                    if !words.is_empty() {
                        if rows > 1 || columns > 1 {
                            let last = (sheet.row.saturating_add(rows - 1), column.saturating_add(columns - 1));
                            sheet.merged.push(Merge { first: (sheet.row, column), last });
                        }
                        for copy in 0..repeated.min(REPEAT_MAX) {
                            self.put(sheet, sheet.row, column.saturating_add(copy), words.clone());
                        }
                    }
                    column = column.saturating_add(repeated);
                }
            }
        }
    }

    fn put(&mut self, sheet: &mut Sheet, row: u32, column: u32, words: String) {
        if self.cells_left == 0 {
            sheet.over_limit = true;
            return;
        }
        self.cells_left -= 1;
        sheet.cells.push((row, column, words));
    }

    fn slides(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut slides = 0u32;
        loop {
            match xml.next()? {
                Token::Close | Token::End => break,
                Token::Text(_) => {}
                Token::Open(element) if element.name() == "page" => {
                    if slides < self.limits.max_pages {
                        slides += 1;
                        self.page = slides;
                        let blocks = self.slide(xml)?;
                        self.raw.blocks.extend(blocks);
                    } else {
                        xml.skip()?;
                    }
                }
                Token::Open(_) => xml.skip()?,
            }
        }
        self.raw.plain_pages(slides, false);
        Ok(())
    }

    fn slide(&mut self, xml: &mut Xml<'_>) -> Result<Vec<RawBlock>, Refusal> {
        let mut blocks = Vec::new();
        loop {
            match xml.next()? {
                Token::Close | Token::End => return Ok(blocks),
                Token::Text(_) => {}
                Token::Open(element) => {
                    let notes = element.name() == "notes";
                    let title = element.attribute("class").as_deref() == Some("title");
                    let kind = if notes { RawKind::Footnote } else { RawKind::Text };
                    let mut inner = Vec::new();
                    match element.name() {
                        "frame" | "custom-shape" | "g" | "notes" | "rect" => {
                            inner = self.blocks(xml, kind)?;
                            for block in inner.iter_mut().filter(|b| b.kind == RawKind::TextBox) {
                                block.kind = if notes { RawKind::Footnote } else { RawKind::Text };
                            }
                        }
                        _ => xml.skip()?,
                    }
                    if title && let Some(first) = inner.first_mut() {
                        first.outline_level = Some(1);
                    }
                    blocks.extend(inner);
                }
            }
        }
    }
}

/// One sheet while it is read.
#[derive(Default)]
struct Sheet {
    row: u32,
    cells: Vec<(u32, u32, String)>,
    merged: Vec<Merge>,
    hidden_rows: HashSet<u32>,
    #[expect(clippy::type_complexity, reason = "a place and the three things a comment says, used once")]
    comments: Vec<(u32, u32, (Option<String>, Option<String>, String))>,
    over_limit: bool,
}

/// The value a cell stores, for cells that do not say how they show it.
fn stored(element: &Element<'_>) -> Option<String> {
    match element.attribute("value-type").as_deref()? {
        "percentage" => Some(format!("{}%", float(element.attribute("value")?.parse::<f64>().ok()? * 100.0))),
        "float" | "currency" => Some(float(element.attribute("value")?.parse().ok()?)),
        "date" => element.attribute("date-value"),
        "boolean" => element.attribute("boolean-value"),
        _ => element.attribute("string-value"),
    }
}

/// Counts one on at `level` (from 1) and writes the number as shown.
fn numbered(levels: &[NumberLevel], counters: &mut Vec<u32>, level: usize, restart: Option<u32>) -> String {
    let Some(own) = level.checked_sub(1).and_then(|at| levels.get(at)) else { return String::new() };
    counters.truncate(level);
    while counters.len() < level {
        // A level that was stepped over counts from its start.
        let start = levels.get(counters.len()).map_or(1, |l| l.start);
        counters.push(start.saturating_sub(u32::from(counters.len() + 1 == level)));
    }
    if let Some(last) = counters.last_mut() {
        *last = restart.unwrap_or(last.saturating_add(1));
    }
    if own.format.is_empty() || own.format == "bullet" {
        return String::new();
    }
    let first = level.saturating_sub(own.shown.max(1) as usize);
    let shown: Vec<String> = (first..level)
        .filter_map(|at| {
            let format = levels.get(at).map(|l| l.format.as_str()).filter(|f| !f.is_empty() && *f != "bullet")?;
            Some(counted(*counters.get(at)?, format))
        })
        .collect();
    format!("{}{}{}", own.prefix.trim_start(), shown.join("."), own.suffix.trim_end())
}

/// A number in the letters of its format.
pub(crate) fn counted(n: u32, format: &str) -> String {
    match format.chars().next() {
        Some('a') => letters(n, b'a'),
        Some('A') => letters(n, b'A'),
        Some('i') => roman(n).to_lowercase(),
        Some('I') => roman(n),
        Some('一') => chinese(n),
        Some('①') => {
            char::from_u32(0x2460 + n.saturating_sub(1)).filter(|_| n <= 20).map_or_else(|| n.to_string(), String::from)
        }
        Some('１') => n.to_string().chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect(),
        _ => n.to_string(),
    }
}

fn letters(n: u32, first: u8) -> String {
    let mut out = Vec::new();
    let mut left = n.max(1);
    while left > 0 {
        out.push(char::from(first + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    out.iter().rev().collect()
}

fn roman(n: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if n >= 4_000 {
        return n.to_string();
    }
    let mut left = n;
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while left >= value {
            out.push_str(sign);
            left -= value;
        }
    }
    out
}

/// Chinese numerals up to 9999.
fn chinese(n: u32) -> String {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if n == 0 || n > 9_999 {
        return n.to_string();
    }
    let mut out = String::new();
    let mut gap = false;
    for (unit, sign) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = n / unit % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push('零');
        }
        if !(digit == 1 && unit == 10 && out.is_empty()) {
            out.extend(DIGITS.get(digit as usize));
        }
        out.push_str(sign);
    }
    out
}

fn number(element: &Element<'_>, name: &str) -> Option<u32> {
    element.number(name).and_then(|n| u32::try_from(n).ok())
}

fn metadata(package: &mut Package<'_>, limits: &Limits) -> Metadata {
    let mut metadata = Metadata::default();
    let Ok(Some(text)) = package.part("meta.xml") else { return metadata };
    let mut xml = Xml::new("meta.xml", &text, limits.max_depth);
    while let Ok(token) = xml.next() {
        let element = match token {
            Token::Open(element) => element,
            Token::End => break,
            Token::Close | Token::Text(_) => continue,
        };
        let slot = match element.name() {
            "title" => &mut metadata.title,
            "initial-creator" => &mut metadata.author,
            "creator" => &mut metadata.last_modified_by,
            "creation-date" => &mut metadata.created,
            "date" => &mut metadata.modified,
            "generator" => &mut metadata.application,
            _ => continue,
        };
        if let Ok(value) = xml.text() {
            *slot = Some(value.trim().chars().take(300).collect()).filter(|v: &String| !v.is_empty());
        }
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_their_format_says() {
        let cases = [
            ("1", 12, "12"),
            ("一, 二, 三, ...", 10, "十"),
            ("一, 二, 三, ...", 21, "二十一"),
            ("一, 二, 三, ...", 105, "一百零五"),
            ("a", 28, "ab"),
            ("I", 14, "XIV"),
            ("①, ②, ③, ...", 3, "③"),
        ];
        for (format, n, shown) in cases {
            assert_eq!(counted(n, format), shown);
        }
    }
}
