//! HTML through scraper: headings, paragraphs, lists, tables with spans; what a browser would not show is left out.
//!
//! Scripts are never run and nothing is fetched. The tree is walked with a depth limit; below it only text is kept.

use std::collections::HashSet;
use std::sync::LazyLock;

use bidlens_domain::document::{Format, IssueCode, IssueSeverity};
use bidlens_domain::fold::is_cjk;
use encoding_rs::Encoding;
use regex::Regex;
use scraper::{ElementRef, Html, Node};

use crate::limits::Limits;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{CellPart, Grid, GridCell};
use crate::text::{decode, note_encoding};

/// Elements inside each other above this make the parser's time grow with the square of their number.
const NESTING_MAX: usize = 10_000;

/// Spans above this are typing errors or attacks.
const SPAN_MAX: u32 = 200;

static CHARSET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)charset\s*=\s*["']?\s*([\w-]+)"#).ok());
static HIDING_RULE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([.#][\w-]+)\s*\{[^}]*display\s*:\s*none").ok());

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    if bytes.len() as u64 > limits.max_part_bytes {
        return Err(Refusal::new(
            IssueCode::TooLarge,
            format!("the page has more than the {} MB allowed for HTML; split it", limits.max_part_bytes >> 20),
        ));
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default());
    let declared = CHARSET
        .as_ref()
        .and_then(|r| r.captures(&head))
        .and_then(|c| Encoding::for_label(c.get(1)?.as_str().as_bytes()));
    let decoded = decode(bytes, declared);
    let mut raw = RawDocument::new(Format::Html);
    note_encoding(&mut raw, &decoded);
    if nesting(&decoded.text) > NESTING_MAX {
        return Err(Refusal::new(
            IssueCode::Malformed,
            format!("the page nests more than {NESTING_MAX} elements; save it anew from a browser and upload that"),
        ));
    }
    let html = Html::parse_document(&decoded.text);
    let mut hidden_names = HashSet::new();
    for node in html.tree.nodes() {
        if let Node::Element(element) = node.value()
            && element.name() == "style"
        {
            let css: String = node.children().filter_map(|c| c.value().as_text().map(|t| t.text.to_string())).collect();
            for captures in HIDING_RULE.as_ref().iter().flat_map(|r| r.captures_iter(&css)) {
                if let Some(name) = captures.get(1) {
                    hidden_names.insert(name.as_str().to_owned());
                }
            }
        }
        if let Node::Element(element) = node.value()
            && element.name() == "title"
            && raw.metadata.title.is_none()
        {
            let title: String =
                node.children().filter_map(|c| c.value().as_text().map(|t| t.text.to_string())).collect();
            raw.metadata.title = Some(collapse(&title)).filter(|t| !t.is_empty());
        }
    }
    let mut walker = Walker {
        blocks: Vec::new(),
        words: String::new(),
        state: State::default(),
        lists: Vec::new(),
        page: 1,
        hidden_names,
        hid_text: false,
        limits,
    };
    walker.children(html.root_element(), 0);
    walker.flush();
    if walker.blocks.len() > limits.max_blocks {
        return Err(Refusal::new(
            IssueCode::ExpansionLimit,
            format!("the page has more than {} paragraphs; split it", limits.max_blocks),
        ));
    }
    raw.plain_pages(walker.page, true);
    if walker.hid_text {
        raw.issue(IssueCode::HiddenText, IssueSeverity::Info, None, "text a browser would not show was left out");
    }
    raw.blocks = walker.blocks;
    Ok(raw)
}

/// The deepest nesting of tags that must be closed, counted before the tree is built.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for (at, _) in text.match_indices('<') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let (closes, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let length = rest.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let name = rest.get(..length).unwrap_or_default().to_ascii_lowercase();
        let optional = matches!(
            name.as_str(),
            "" | "p"
                | "li"
                | "td"
                | "th"
                | "tr"
                | "tbody"
                | "thead"
                | "tfoot"
                | "option"
                | "dt"
                | "dd"
                | "br"
                | "hr"
                | "img"
                | "input"
                | "meta"
                | "link"
                | "col"
                | "wbr"
                | "area"
                | "base"
                | "source"
        );
        if optional {
            continue;
        }
        depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

#[derive(Debug, Clone, Default)]
struct State {
    level: Option<u8>,
    label: String,
    in_list: bool,
    bold: bool,
}

struct Walker<'a> {
    blocks: Vec<RawBlock>,
    words: String,
    state: State,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u32>>,
    page: u32,
    hidden_names: HashSet<String>,
    hid_text: bool,
    limits: &'a Limits,
}

impl Walker<'_> {
    fn children(&mut self, parent: ElementRef<'_>, depth: usize) {
        if depth > self.limits.max_depth {
            let words: Vec<&str> = parent.text().collect();
            self.words.push_str(&words.concat());
            return;
        }
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => self.words.push_str(text),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>, depth: usize) {
        let name = element.value().name();
        if matches!(
            name,
            "script" | "style" | "head" | "noscript" | "template" | "svg" | "iframe" | "object" | "select" | "textarea"
        ) {
            return;
        }
        if self.hidden(element) {
            self.hid_text |= element.text().any(|t| !t.trim().is_empty());
            return;
        }
        let style = element.value().attr("style").unwrap_or_default().to_ascii_lowercase();
        if breaks_page(&style, "before") {
            self.flush();
            self.turn_page();
        }
        match name {
            "br" | "hr" => self.flush(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.state.level = name.get(1..).and_then(|n| n.parse().ok());
                self.children(element, depth);
                self.flush();
                self.state.level = None;
            }
            "ol" | "ul" => {
                self.flush();
                let start = element.value().attr("start").and_then(|s| s.parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(start));
                self.children(element, depth);
                self.flush();
                self.lists.pop();
            }
            "li" => {
                self.flush();
                self.state.in_list = true;
                if let Some(Some(next)) = self.lists.last_mut() {
                    self.state.label = format!("{next}.");
                    *next = next.saturating_add(1);
                }
                self.children(element, depth);
                self.flush();
                self.state.in_list = !self.lists.is_empty() && self.lists.len() > 1;
                self.state.label.clear();
            }
            "table" => {
                self.flush();
                let grid = self.grid(element, depth);
                if is_layout(&grid) {
                    for cell in grid.cells {
                        self.spill(cell);
                    }
                } else if let Some(block) = grid.into_block() {
                    self.blocks.push(block);
                }
            }
            "input" => {
                if matches!(element.value().attr("type"), Some("checkbox" | "radio")) {
                    let ticked = element.value().attr("checked").is_some();
                    self.words.push_str(if ticked { "☑" } else { "☐" });
                }
            }
            "b" | "strong" => {
                let whole = self.words.trim().is_empty();
                self.children(element, depth);
                self.state.bold = whole;
            }
            _ if is_block(name) => {
                self.flush();
                self.children(element, depth);
                self.flush();
            }
            _ => self.children(element, depth),
        }
        if breaks_page(&style, "after") {
            self.flush();
            self.turn_page();
        }
    }

    fn turn_page(&mut self) {
        if !self.blocks.is_empty() && self.page < self.limits.max_pages {
            self.page += 1;
        }
    }

    fn hidden(&self, element: ElementRef<'_>) -> bool {
        let value = element.value();
        let style = value.attr("style").unwrap_or_default().to_ascii_lowercase();
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        value.attr("hidden").is_some()
            || style.contains("display:none")
            || style.contains("visibility:hidden")
            || !self.hidden_names.is_empty()
                && (value.classes().any(|c| self.hidden_names.contains(&format!(".{c}")))
                    || value.id().is_some_and(|i| self.hidden_names.contains(&format!("#{i}"))))
    }

    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        let bold = std::mem::take(&mut self.state.bold);
        let words = collapse(&words);
        if words.is_empty() {
            return;
        }
        let label = std::mem::take(&mut self.state.label);
        let kind = if self.state.in_list { RawKind::ListItem } else { RawKind::Text };
        let text = if label.is_empty() { words } else { format!("{label} {words}") };
        let mut block = RawBlock::on_page(kind, text, self.page);
        block.outline_level = self.state.level;
        block.label = label;
        block.bold = bold;
        self.blocks.push(block);
    }

    /// A layout table's cell as running text.
    fn spill(&mut self, cell: GridCell) {
        for part in cell.parts {
            match part {
                CellPart::Text { text, page, .. } => {
                    if !text.trim().is_empty() {
                        self.blocks.push(RawBlock::on_page(RawKind::Text, text, page));
                    }
                }
                CellPart::Table(grid) => self.blocks.extend(grid.into_block()),
            }
        }
    }

    fn grid(&mut self, table: ElementRef<'_>, depth: usize) -> Grid {
        let mut grid = Grid::default();
        let mut taken: HashSet<(u32, u32)> = HashSet::new();
        let mut row = 0u32;
        for tr in rows(table) {
            if self.hidden(tr) {
                self.hid_text = true;
                continue;
            }
            let mut column = 0u32;
            for cell in tr.children().filter_map(ElementRef::wrap) {
                if !matches!(cell.value().name(), "td" | "th") || self.hidden(cell) {
                    continue;
                }
                while taken.contains(&(row, column)) {
                    column += 1;
                }
                let span = |name: &str| {
                    let value = cell.value().attr(name).and_then(|s| s.trim().parse::<u32>().ok());
                    value.unwrap_or(1).clamp(1, SPAN_MAX)
                };
                let (row_span, column_span) = (span("rowspan"), span("colspan"));
                if row_span > 1 && taken.len() < self.limits.max_cells {
                    for r in row..row + row_span {
                        for c in column..column + column_span {
                            taken.insert((r, c));
                        }
                    }
                }
                let parts = self.cell_parts(cell, depth);
                grid.cells.push(GridCell { row, column, row_span, column_span, parts });
                column += column_span;
            }
            row += 1;
        }
        for cell in &mut grid.cells {
            cell.row_span = cell.row_span.min(row - cell.row);
        }
        grid
    }

    /// A cell's content, read by a walker of its own.
    fn cell_parts(&mut self, cell: ElementRef<'_>, depth: usize) -> Vec<CellPart> {
        if depth > self.limits.max_depth {
            let words: Vec<&str> = cell.text().collect();
            return vec![CellPart::words(collapse(&words.concat()), self.page)];
        }
        let outer_blocks = std::mem::take(&mut self.blocks);
        let outer_words = std::mem::take(&mut self.words);
        let outer_lists = std::mem::take(&mut self.lists);
        let outer_state = std::mem::take(&mut self.state);
        let mut parts = Vec::new();
        self.cell_children(cell, depth, &mut parts);
        self.flush();
        parts.extend(self.take_parts());
        self.blocks = outer_blocks;
        self.words = outer_words;
        self.lists = outer_lists;
        self.state = outer_state;
        parts
    }

    /// What stands in a cell; a table is one whether it stands there itself or in a division of the cell.
    fn cell_children(&mut self, parent: ElementRef<'_>, depth: usize, parts: &mut Vec<CellPart>) {
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => self.words.push_str(text),
                Node::Element(element) if element.name() == "table" => {
                    self.flush();
                    parts.extend(self.take_parts());
                    if let Some(table) = ElementRef::wrap(child) {
                        let grid = self.grid(table, depth + 2);
                        if !grid.cells.is_empty() {
                            parts.push(CellPart::Table(grid));
                        }
                    }
                }
                Node::Element(_) => {
                    let Some(element) = ElementRef::wrap(child) else { continue };
                    if depth < self.limits.max_depth && holds_table(element) && !self.hidden(element) {
                        self.flush();
                        self.cell_children(element, depth + 1, parts);
                        self.flush();
                    } else {
                        self.element(element, depth + 2);
                    }
                }
                _ => {}
            }
        }
    }

    fn take_parts(&mut self) -> Vec<CellPart> {
        self.blocks.drain(..).map(CellPart::from).collect()
    }
}

/// The rows of a table, not those of tables inside its cells.
fn rows<'a>(table: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    let mut rows = Vec::new();
    for child in table.children().filter_map(ElementRef::wrap) {
        match child.value().name() {
            "tr" => rows.push(child),
            "thead" | "tbody" | "tfoot" => {
                rows.extend(child.children().filter_map(ElementRef::wrap).filter(|c| c.value().name() == "tr"))
            }
            _ => {}
        }
    }
    rows
}

/// Whether a division holds a table.
fn holds_table(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "div" | "section" | "article" | "center" | "form")
        && element.descendants().filter_map(ElementRef::wrap).any(|e| e.value().name() == "table")
}

/// A single column that holds long text is page layout, not a table.
fn is_layout(grid: &Grid) -> bool {
    let one_column = grid.cells.iter().all(|c| c.column == 0);
    one_column && grid.cells.iter().any(|c| c.parts.len() > 3)
}

fn breaks_page(style: &str, side: &str) -> bool {
    let bare: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    bare.contains(&format!("page-break-{side}:always")) || bare.contains(&format!("break-{side}:page"))
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "address"
            | "blockquote"
            | "pre"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
            | "form"
            | "fieldset"
            | "legend"
            | "center"
            | "body"
            | "html"
            | "details"
            | "summary"
            | "caption"
            | "tr"
            | "td"
            | "th"
            | "tbody"
    )
}

/// White space as a browser shows it: runs become one blank, and none between Chinese characters at line ends.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut newline = false;
    for c in text.chars() {
        if c.is_whitespace() && c != '\u{3000}' {
            blank = true;
            newline |= c == '\n';
            continue;
        }
        if blank && !out.is_empty() {
            let joint = newline && out.ends_with(is_cjk) && is_cjk(c);
            if !joint {
                out.push(' ');
            }
        }
        (blank, newline) = (false, false);
        out.push(c);
    }
    out.trim().to_owned()
}
