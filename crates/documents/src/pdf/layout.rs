//! Lines and grids of all pages to paragraphs, tables, headers and footers, in reading order.
//!
//! Pages are laid out one by one, running headers are recognised by what repeats, and then lines are joined into
//! paragraphs and tables into tables over page breaks. Start at [`blocks`].

mod packed;

use std::collections::HashMap;

use bidlens_domain::document::{Cell, Line, Rect, Table, TextRange};
use bidlens_domain::fold::{folded, is_cjk};

use super::columns;
use super::continuation;
use super::lattice::{self, Grid};
use super::lines::{self, TextLine, joint, starts_item};
use super::page::{PageContent, PageGlyph, Ruling, Turn, TurnedRun};
use super::unruled;
use crate::raw::{RawBlock, RawKind};

pub(crate) use packed::PackedPage;

/// Share of the page's height in which running headers and footers stand.
const MARGIN_SHARE: f32 = 0.13;
/// Share of the page's width from which on a line may be a full one.
const LONG_LINE: f32 = 0.5;
/// So many lines must be counted in the margin before the numbers are taken for such.
const NUMBERED_LINES: usize = 15;
/// Lines this much further apart than those of a paragraph, in ems, are two paragraphs; so are those a little further
/// apart where a sentence ends. A Chinese line that is full goes on, and Word sets some of them further apart.
const FAR_APART: f32 = 0.5;
const FAR_APART_CHINESE: f32 = 1.0;
const APART: f32 = 0.2;
/// The next line of a paragraph is at most this far below, in ems.
const LEADING_MAX: f32 = 2.2;
/// So many lines that follow each other at one distance tell how a page is set.
const LEADING_LINES: usize = 3;
/// Words that end in a number this far to the right of them, in ems, are a line of a table of contents.
const LEADER_EMS: f32 = 2.0;
/// Share of a page's height at its edge where only headers and footers are.
const EDGE_SHARE: f32 = 0.075;
/// Nearer to the edge than this share of the page's height only programs that print have put words.
const PRINTED_EDGE: f32 = 0.025;
/// So many full lines that end at the same place show the edge of the text block.
const FULL_LINES: usize = 3;

/// What stands on a page, from top to bottom.
#[derive(Debug)]
enum Item {
    Line(TextLine),
    Table(PageTable),
    /// Words set across the page, beside the running text.
    Aside(TextLine),
}

#[derive(Debug)]
struct PageLayout {
    number: u32,
    width: f32,
    height: f32,
    turn: Turn,
    items: Vec<Item>,
    headers: Vec<TextLine>,
    footers: Vec<TextLine>,
}

/// A grid with its words.
#[derive(Debug)]
pub(crate) struct PageTable {
    pub(crate) top: f32,
    pub(crate) xs: Vec<f32>,
    pub(crate) rows: usize,
    pub(crate) cells: Vec<PageCell>,
    /// Its columns are told by rulings, not by the white between words.
    pub(crate) ruled: bool,
}

#[derive(Debug)]
pub(crate) struct PageCell {
    pub(crate) row: usize,
    pub(crate) row_end: usize,
    pub(crate) x0: f32,
    pub(crate) x1: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
    /// No border below: the page ends in the middle of the cell.
    pub(crate) open: bool,
    /// Lines and nested tables, from top to bottom, with the page they stand on.
    pub(crate) content: Vec<(u32, CellItem)>,
}

#[derive(Debug)]
pub(crate) enum CellItem {
    Line(TextLine),
    Table(PageTable),
}

impl CellItem {
    fn top(&self) -> f32 {
        match self {
            CellItem::Line(line) => line.y0,
            CellItem::Table(table) => table.top,
        }
    }
}

/// Blocks of the whole file in reading order; a page's header comes before and its footer after its text.
pub(crate) fn blocks(pages: Vec<PackedPage>) -> Vec<RawBlock> {
    let furniture = Furniture::of(&pages);
    let edges = right_edges(&pages, &furniture);
    let scales = pages.iter().map(|p| (p.number, Scale { width: p.width, height: p.height, turn: p.turn })).collect();
    let mut writer = Writer { scales, edges, blocks: Vec::new(), paragraph: None, table: None, furniture: Vec::new() };
    for page in pages {
        let mut page = page.unpacked();
        furniture.set_apart(&mut page);
        writer.page(page);
    }
    writer.end_paragraph();
    writer.end_table();
    writer.flush_furniture();
    writer.blocks
}

/// What a page says, from its characters and rulings alone; they are not needed afterwards.
pub(crate) fn lay_out(content: PageContent) -> PackedPage {
    PackedPage::of(laid_out(content))
}

fn laid_out(content: PageContent) -> PageLayout {
    let PageContent { number, width, height, turn, glyphs, turned, rulings, shades, .. } = content;
    let grids = lattice::grids(&rulings, &shades);
    let loose = unruled::loose_rules(&rulings, &grids);
    let (mut tables, rest) = fill_tables(grids, glyphs, number);
    let (mut headers, mut boxes) = (Vec::new(), Vec::new());
    for run in turned {
        let (slanted, line) = (run.slanted, line_of_turned(run));
        if line.text.is_empty() {
            continue;
        }
        // A watermark is no part of the text; a label along a cell belongs to the cell.
        match (slanted, cell_around(&mut tables, &line)) {
            (true, _) => headers.push(line),
            (false, Some(cell)) => {
                cell.content.push((number, CellItem::Line(line)));
                cell.content.sort_by(|a, b| a.1.top().total_cmp(&b.1.top()));
            }
            (false, None) => boxes.push(line),
        }
    }
    tables.retain(|t| t.cells.iter().any(|c| !c.content.is_empty()));
    tables.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut items = in_reading_order(tables, rest, &loose, number);
    headers.extend(take_line_numbers(&mut items));
    items.retain(|item| !matches!(item, Item::Line(line) if line.text.is_empty()));
    items.extend(boxes.into_iter().map(Item::Aside));
    PageLayout { number, width, height, turn, items, headers, footers: Vec::new() }
}

/// Takes the numbers off that count a page's lines in its left margin; `None` when the lines are not counted.
///
/// Rows of a list have numbers too, but not every line of a page does, its titles and second lines included.
fn take_line_numbers(items: &mut [Item]) -> Option<TextLine> {
    let lines: Vec<&mut TextLine> = items
        .iter_mut()
        .filter_map(|item| match item {
            Item::Line(line) => Some(line),
            Item::Table(_) | Item::Aside(_) => None,
        })
        .collect();
    let counted = |line: &TextLine| -> Option<(u32, usize)> {
        let length = line.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.text.len());
        let number = line.text.get(..length)?.parse().ok()?;
        let right = *line.edges.get(length.checked_sub(1)?)?;
        let next = line.edges.get(length).copied();
        // Alone, or with a gap before the words; the edge of a blank is where the next word begins.
        let apart = length == line.text.len()
            || (line.text[length..].starts_with(' ') && next.is_some_and(|next| next - right > 0.8 * line.size));
        apart.then_some((number, length))
    };
    let numbers: Vec<(u32, usize)> = lines.iter().filter_map(|line| counted(line)).collect();
    let (first, last) = (numbers.first()?.0, numbers.last()?.0);
    let count = u32::try_from(numbers.len()).ok()?;
    let rising = numbers.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1);
    if numbers.len() < NUMBERED_LINES || numbers.len() * 20 < lines.len() * 17 || !rising || last + 1 - first != count {
        return None;
    }
    let mut taken: Option<TextLine> = None;
    for line in lines {
        let Some((number, length)) = counted(line) else { continue };
        let right = line.edges.get(length.saturating_sub(1)).copied().unwrap_or(line.x0);
        let hull =
            taken.get_or_insert_with(|| TextLine { text: String::new(), edges: Vec::new(), x1: right, ..line.clone() });
        if !hull.text.is_empty() {
            hull.text.push(' ');
        }
        hull.text.push_str(&number.to_string());
        (hull.x0, hull.x1, hull.y1) = (hull.x0.min(line.x0), hull.x1.max(right), hull.y1.max(line.y1));
        let blank = usize::from(line.text.len() > length);
        line.x0 = line.edges.get(length).copied().unwrap_or(right);
        line.text.drain(..length + blank);
        line.edges.drain(..(length + blank).min(line.edges.len()));
    }
    taken
}

fn line_of_turned(run: TurnedRun) -> TextLine {
    TextLine {
        text: run.text.split_whitespace().collect::<Vec<_>>().join(" "),
        edges: Vec::new(),
        x0: run.x0,
        y0: run.y0,
        x1: run.x1,
        y1: run.y1,
        size: run.size,
        bold: run.bold,
        bold_ends: (run.bold, run.bold),
        column: None,
        confidence: None,
    }
}

fn cell_around<'t>(tables: &'t mut [PageTable], line: &TextLine) -> Option<&'t mut PageCell> {
    let (x, y) = ((line.x0 + line.x1) / 2.0, line.centre_y());
    tables.iter_mut().flat_map(|t| &mut t.cells).find(|c| (c.x0..=c.x1).contains(&x) && (c.top..=c.bottom).contains(&y))
}

/// Tables from top to bottom, and between them the lines, column by column where the text has columns.
fn in_reading_order(tables: Vec<PageTable>, glyphs: Vec<PageGlyph>, rules: &[Ruling], page: u32) -> Vec<Item> {
    let mut stretches: Vec<Vec<PageGlyph>> = vec![Vec::new(); tables.len() + 1];
    for glyph in glyphs {
        let y = glyph.centre().1;
        let at = tables.partition_point(|t| t.top <= y);
        if let Some(stretch) = stretches.get_mut(at) {
            stretch.push(glyph);
        }
    }
    let mut items = Vec::new();
    let mut tables = tables.into_iter();
    for stretch in stretches {
        let lines = columns::typeset(stretch);
        let mut found = unruled::find(&lines, rules, page).into_iter().peekable();
        for (at, line) in lines.into_iter().enumerate() {
            if let Some(table) = found.next_if(|f| at + 1 >= f.end) {
                items.push(Item::Table(table.table));
            } else if found.peek().is_none_or(|f| at < f.from) {
                items.push(Item::Line(line));
            }
        }
        items.extend(tables.next().map(Item::Table));
    }
    items
}

/// Puts characters into cells; nested grids become part of the cell they stand in.
fn fill_tables(grids: Vec<Grid>, glyphs: Vec<PageGlyph>, page: u32) -> (Vec<PageTable>, Vec<PageGlyph>) {
    let mut held: Vec<Vec<Vec<PageGlyph>>> = grids.iter().map(|g| vec![Vec::new(); g.cells.len()]).collect();
    let mut rest = Vec::new();
    for glyph in glyphs {
        let (x, y) = glyph.centre();
        // Grids come largest first, so the last that holds the point is the innermost.
        let place = grids
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, g)| g.contains(x, y))
            .find_map(|(i, g)| Some((i, g.cell_at(x, y)?)));
        match place.and_then(|(grid, cell)| held.get_mut(grid)?.get_mut(cell)) {
            Some(cell) => cell.push(glyph),
            None => rest.push(glyph),
        }
    }
    let mut tables: Vec<Option<PageTable>> = Vec::new();
    for (grid, cells) in grids.iter().zip(held) {
        let cells = grid
            .cells
            .iter()
            .zip(cells)
            .map(|(area, glyphs)| PageCell {
                row: area.row,
                row_end: area.row_end,
                x0: grid.xs.get(area.column).copied().unwrap_or(0.0),
                x1: grid.xs.get(area.column_end).copied().unwrap_or(0.0),
                top: grid.ys.get(area.row).copied().unwrap_or(0.0),
                bottom: grid.ys.get(area.row_end).copied().unwrap_or(0.0),
                open: area.open,
                content: lines::typeset(glyphs).into_iter().map(|l| (page, CellItem::Line(l))).collect(),
            })
            .collect();
        let (xs, rows) = (grid.xs.clone(), grid.ys.len() - 1);
        tables.push(Some(PageTable { top: grid.top(), xs, rows, cells, ruled: true }));
    }
    // Innermost first, so that a nested table is whole before its parent takes it.
    for inner in (1..grids.len()).rev() {
        let Some(own) = grids.get(inner) else { continue };
        let (x, y) = ((own.left() + own.right()) / 2.0, (own.top() + own.bottom()) / 2.0);
        let inside = |g: &Grid| {
            g.left() < own.left() + 2.0
                && g.right() > own.right() - 2.0
                && g.top() < own.top() + 2.0
                && g.bottom() > own.bottom() - 2.0
        };
        let parent = grids
            .iter()
            .enumerate()
            .take(inner)
            .rev()
            .find_map(|(i, g)| inside(g).then(|| g.cell_at(x, y)).flatten().map(|cell| (i, cell)));
        if let Some((parent, cell)) = parent
            && let Some(table) = tables.get_mut(inner).and_then(Option::take)
            && let Some(cell) = tables.get_mut(parent).and_then(Option::as_mut).and_then(|t| t.cells.get_mut(cell))
        {
            cell.content.push((page, CellItem::Table(table)));
            cell.content.sort_by(|a, b| a.1.top().total_cmp(&b.1.top()));
        }
    }
    (tables.into_iter().flatten().collect(), rest)
}

/// Lines that repeat at the same height over the pages, and page numbers: no part of the running text.
struct Furniture {
    /// How often words stand at a height in the margin.
    seen: HashMap<(String, i32), usize>,
    often: usize,
    pages: usize,
}

impl Furniture {
    fn of(pages: &[PackedPage]) -> Self {
        let mut seen: HashMap<(String, i32), usize> = HashMap::new();
        for page in pages {
            for (words, line) in page.running() {
                if in_margin(line.y0, line.y1, page.height) {
                    *seen.entry(margin_key(words, line.y0, line.y1)).or_default() += 1;
                }
            }
        }
        Furniture { seen, often: (pages.len() / 4).max(3), pages: pages.len() }
    }

    /// Whether a line between `y0` and `y1` of a page so high is furniture.
    fn holds(&self, text: &str, y0: f32, y1: f32, height: f32) -> bool {
        if !in_margin(y0, y1, height) {
            return false;
        }
        let (words, at) = margin_key(text, y0, y1);
        let count: usize = (at - 1..=at + 1).map(|at| self.seen.get(&(words.clone(), at)).copied().unwrap_or(0)).sum();
        let near_edge = y1 < height * 0.09 || y0 > height * 0.9;
        // Two pages alone tell less, but nothing else stands so near the edge of both.
        let at_edge = y1 < height * EDGE_SHARE || y0 > height * (1.0 - EDGE_SHARE);
        count >= self.often
            || (near_edge && is_page_number(text))
            || (at_edge && self.pages == 2 && count == self.pages)
    }

    fn set_apart(&self, page: &mut PageLayout) {
        let height = page.height;
        let is_furniture = |item: &mut Item| match item {
            Item::Line(line) => self.holds(&line.text, line.y0, line.y1, height),
            Item::Table(_) | Item::Aside(_) => false,
        };
        for item in page.items.extract_if(.., is_furniture) {
            if let Item::Line(line) = item {
                if line.centre_y() < height / 2.0 { page.headers.push(line) } else { page.footers.push(line) }
            }
        }
    }
}

fn in_margin(y0: f32, y1: f32, height: f32) -> bool {
    y1 < height * MARGIN_SHARE || y0 > height * (1.0 - MARGIN_SHARE)
}

/// Words without their numbers, and about where they stand.
fn margin_key(text: &str, y0: f32, y1: f32) -> (String, i32) {
    let words: String = folded(text).chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
    let words = words.replace("##", "#").replace("##", "#");
    (words, ((y0 + y1) / 2.0 / 4.0).round() as i32)
}

/// `6`, `- 61 -`, `第 3 页 共 9 页`, `Page 3 of 9`, `3/9`.
fn is_page_number(text: &str) -> bool {
    let bare: String = folded(text)
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '·' | '.' | '~'))
        .collect();
    if bare.is_empty() || bare.chars().count() > 14 || !bare.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let rest = bare.replace("page", "").replace("of", "");
    rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '第' | '页' | '共' | '/' | '|' | ',' | '，'))
}

/// Turns points of a page as it was read into fractions of the page as it is shown.
#[derive(Debug, Clone, Copy)]
struct Scale {
    width: f32,
    height: f32,
    turn: Turn,
}

struct Writer {
    scales: HashMap<u32, Scale>,
    /// Where full lines end in this file, for each width of page.
    edges: HashMap<i32, f32>,
    blocks: Vec<RawBlock>,
    paragraph: Option<Paragraph>,
    table: Option<TableParts>,
    /// Headers and footers met while a paragraph or table was open; written when it ends.
    furniture: Vec<RawBlock>,
}

/// Lines that belong together, with their page.
struct Paragraph {
    lines: Vec<(u32, TextLine)>,
    margins: Margins,
    page_top: bool,
    centred: bool,
}

/// Left and right edge of a page's running text.
#[derive(Debug, Clone, Copy)]
struct Margins {
    left: f32,
    right: f32,
}

/// Parts of one table on one page after the other.
struct TableParts {
    parts: Vec<PageTable>,
    page: u32,
}

impl Writer {
    fn page(&mut self, page: PageLayout) {
        let PageLayout { number, items, headers, footers, width, height, .. } = page;
        let margins = margins(&items, width, height, self.edges.get(&(width.round() as i32)).copied());
        let distances = distances(&items);
        let usual = usual_leading(&items, &distances);
        for line in headers {
            self.push_furniture(number, line, RawKind::Header);
        }
        let mut first = true;
        for (at, item) in items.into_iter().enumerate() {
            match item {
                Item::Line(line) => {
                    self.end_table();
                    // The line below may be of a paragraph that is set closer.
                    let below = distances.get(at + 1).copied().flatten();
                    let usual = usual.map(|ems| ems * line.size);
                    let leading = below.zip(usual).map(|(a, b)| a.max(b)).or(below).or(usual);
                    self.line(number, line, margins, leading, width, first);
                }
                Item::Table(table) => {
                    self.end_paragraph();
                    self.table(number, table, first);
                }
                Item::Aside(line) => self.push_furniture(number, line, RawKind::TextBox),
            }
            first = false;
        }
        for line in footers {
            self.push_furniture(number, line, RawKind::Footer);
        }
    }

    fn push_furniture(&mut self, page: u32, line: TextLine, kind: RawKind) {
        self.push_furniture_lines(vec![(page, line)], kind);
    }

    fn push_furniture_lines(&mut self, lines: Vec<(u32, TextLine)>, kind: RawKind) {
        let paragraph =
            Paragraph { lines, margins: Margins { left: 0.0, right: 0.0 }, page_top: false, centred: false };
        let block = self.text_block(paragraph, kind);
        self.furniture.push(block);
        if self.paragraph.is_none() && self.table.is_none() {
            self.flush_furniture();
        }
    }

    fn flush_furniture(&mut self) {
        self.blocks.append(&mut self.furniture);
    }

    fn line(&mut self, page: u32, line: TextLine, margins: Margins, leading: Option<f32>, width: f32, first: bool) {
        let (margins, middle) = match line.column {
            Some((left, right)) => (Margins { left, right }, (left + right) / 2.0),
            None => (margins, width / 2.0),
        };
        let centred = is_centred(&line, margins, middle);
        if let Some(open) = &mut self.paragraph
            && continues(open, page, &line, margins, leading, centred)
        {
            open.lines.push((page, line));
            open.margins = margins;
            return;
        }
        self.end_paragraph();
        self.paragraph = Some(Paragraph { lines: vec![(page, line)], margins, page_top: first, centred });
    }

    fn end_paragraph(&mut self) {
        if let Some(paragraph) = self.paragraph.take() {
            let block = self.text_block(paragraph, RawKind::Text);
            self.blocks.push(block);
            self.flush_furniture();
        }
    }

    fn text_block(&self, paragraph: Paragraph, kind: RawKind) -> RawBlock {
        let Paragraph { lines, page_top, centred, .. } = paragraph;
        // With room for a joint after each line.
        let mut text = String::with_capacity(lines.iter().map(|(_, l)| l.text.len() + 1).sum());
        let mut placed = Vec::with_capacity(lines.len());
        let mut sizes: Vec<f32> = lines.iter().map(|(_, l)| l.size).collect();
        sizes.sort_by(f32::total_cmp);
        let font_size = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
        let bold = lines.iter().all(|(_, l)| l.bold);
        for (page, mut line) in lines {
            if !text.is_empty() {
                text.push_str(joint(&text, &line.text));
            }
            let start = text.len();
            text.push_str(&line.text);
            self.place(page, &mut line, start, &mut placed);
        }
        RawBlock {
            kind,
            text,
            lines: placed,
            font_size,
            bold,
            centred,
            page_top,
            outline_level: None,
            label: String::new(),
            origins: Vec::new(),
        }
    }

    /// Adds a typeset line as the domain knows it, in fractions of its page. It takes the line's edges.
    ///
    /// The edges of a line's characters are places across the page from left to right; where the line runs otherwise,
    /// each character is a line of its own.
    fn place(&self, page: u32, line: &mut TextLine, start: usize, placed: &mut Vec<Line>) {
        let edges = std::mem::take(&mut line.edges);
        let unknown = Scale { width: 1.0, height: 1.0, turn: Turn::None };
        let Scale { width, height, turn } = self.scales.get(&page).copied().unwrap_or(unknown);
        let (width, height) = (width.max(1.0), height.max(1.0));
        let bounds = |x0: f32, x1: f32| {
            let [x0, y0, x1, y1] = turn.shown([x0 / width, line.y0 / height, x1 / width, line.y1 / height]);
            Some(Rect { x0, y0, x1, y1 })
        };
        let whole = |edges| Line {
            range: TextRange::new(start, start + line.text.len()),
            page,
            bounds: bounds(line.x0, line.x1),
            edges,
            confidence: line.confidence,
        };
        match turn {
            _ if edges.is_empty() => placed.push(whole(Vec::new())),
            Turn::None => placed.push(whole(edges.into_iter().map(|x| x / width).collect())),
            Turn::UpsideDown | Turn::Clockwise | Turn::Anticlockwise => {
                let mut left = line.x0;
                for ((at, c), right) in line.text.char_indices().zip(&edges) {
                    let range = TextRange::new(start + at, start + at + c.len_utf8());
                    placed.push(Line {
                        range,
                        page,
                        bounds: bounds(left, *right),
                        edges: Vec::new(),
                        confidence: line.confidence,
                    });
                    left = *right;
                }
            }
        }
    }

    fn table(&mut self, page: u32, table: PageTable, first: bool) {
        if let Some(open) = &mut self.table
            && first
            && open.page + 1 == page
            && let (Some(begun), Some(before)) = (open.parts.first(), open.parts.last())
            && continuation::goes_on(begun, before, &table)
        {
            open.page = page;
            open.parts.push(table);
            return;
        }
        self.end_table();
        self.table = Some(TableParts { parts: vec![table], page });
    }

    fn end_table(&mut self) {
        let Some((table, repeated)) = self.table.take().and_then(|t| continuation::joined(t.parts)) else { return };
        let mut text = String::new();
        let mut placed = Vec::new();
        let table = self.write_table(table, &mut text, &mut placed);
        if !placed.is_empty() {
            text.shrink_to_fit();
            placed.shrink_to_fit();
            let mut block = RawBlock::on_page(RawKind::Table(table), text, 1);
            block.lines = placed;
            self.blocks.push(block);
        }
        for lines in repeated.chunk_by(|a, b| a.0 == b.0) {
            self.push_furniture_lines(lines.to_vec(), RawKind::Header);
        }
        self.flush_furniture();
    }

    fn write_table(&self, mut table: PageTable, text: &mut String, placed: &mut Vec<Line>) -> Table {
        let column = |x: f32| {
            table.xs.iter().enumerate().min_by(|a, b| (a.1 - x).abs().total_cmp(&(b.1 - x).abs())).map_or(0, |(i, _)| i)
        };
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let columns = clip(table.xs.len().saturating_sub(1));
        table.cells.sort_by(|a, b| a.row.cmp(&b.row).then(a.x0.total_cmp(&b.x0)));
        let mut cells = Vec::with_capacity(table.cells.len());
        let mut row = None;
        for cell in std::mem::take(&mut table.cells) {
            match row {
                Some(before) if before == cell.row => text.push('\t'),
                Some(_) => text.push('\n'),
                None => {}
            }
            row = Some(cell.row);
            let (from, to) = (column(cell.x0), column(cell.x1));
            let start = text.len();
            let nested = self.write_cell(cell.content, cell.x1, text, placed);
            cells.push(Cell {
                row: clip(cell.row),
                column: clip(from),
                row_span: clip(cell.row_end.saturating_sub(cell.row)).max(1),
                column_span: clip(to.saturating_sub(from)).max(1),
                range: TextRange::new(start, text.len()),
                nested,
            });
        }
        Table { rows: clip(table.rows), columns, cells }
    }

    /// Lines of a cell: joined where the cell's width broke them, else paragraphs.
    fn write_cell(
        &self,
        content: Vec<(u32, CellItem)>,
        right: f32,
        text: &mut String,
        placed: &mut Vec<Line>,
    ) -> Vec<Table> {
        let mut nested = Vec::new();
        let widest = content.iter().filter_map(|(_, item)| match item {
            CellItem::Line(line) => Some(line.x1),
            CellItem::Table(_) => None,
        });
        let widest = widest.fold(f32::MIN, f32::max);
        let mut before: Option<TextLine> = None;
        for (page, item) in content {
            match item {
                CellItem::Line(mut line) => {
                    if before.is_none() && !nested.is_empty() {
                        text.push('\n');
                    }
                    if let Some(before) = &before {
                        let full = before.x1 + first_word_width(&line)
                            >= (right - 4.0).min(widest.max(before.x1) + 0.5 * line.size);
                        let narrow = widest - before.x0 < 8.0 * line.size;
                        let goes_on = (full || (narrow && !ends_sentence(&before.text)))
                            && !starts_item(&line.text)
                            && !ends_list(&before.text);
                        text.push_str(if goes_on { joint(text, &line.text) } else { "\n" });
                    }
                    let start = text.len();
                    text.push_str(&line.text);
                    self.place(page, &mut line, start, placed);
                    before = Some(line);
                }
                CellItem::Table(table) => {
                    if before.take().is_some() || !nested.is_empty() {
                        text.push('\n');
                    }
                    nested.push(self.write_table(table, text, placed));
                    before = None;
                }
            }
        }
        nested
    }
}

/// Width of what cannot be split at the line's start: one Chinese character, or a whole word.
fn first_word_width(line: &TextLine) -> f32 {
    let mut end = line.x0 + line.size;
    for (c, edge) in line.text.chars().zip(&line.edges) {
        if is_cjk(c) || c == ' ' {
            break;
        }
        end = *edge;
    }
    (end - line.x0).max(line.size * 0.9)
}

fn ends_sentence(text: &str) -> bool {
    matches!(text.trim_end().chars().next_back(), Some('。' | '；' | ';' | '！' | '？' | '：' | ':'))
}

/// The same, of English sentences too: their full stop is no sure sign, since it ends abbreviations.
fn ends_any_sentence(text: &str) -> bool {
    ends_sentence(text) || text.trim_end().ends_with(['.', '!', '?'])
}

/// A line that ends a list item even when it fills its cell.
fn ends_list(text: &str) -> bool {
    matches!(text.trim_end().chars().next_back(), Some('；' | ';'))
}

fn margins(items: &[Item], width: f32, height: f32, edge: Option<f32>) -> Margins {
    let mut lefts: Vec<f32> = Vec::new();
    let mut right: f32 = 0.0;
    // What a browser prints around a page of its own is wider than its text.
    let inside = |line: &TextLine| line.y0 > height * PRINTED_EDGE && line.y1 < height * (1.0 - PRINTED_EDGE);
    for item in items {
        if let Item::Line(line) = item
            && inside(line)
        {
            lefts.push(line.x0);
            right = right.max(line.x1);
        }
    }
    lefts.sort_by(f32::total_cmp);
    // The leftmost tenth may be a stray mark in the margin.
    let left = lefts.get(lefts.len() / 20).copied().unwrap_or(0.0);
    // A page of short lines says nothing about where its text block ends: other pages do, and where they do not,
    // text blocks are about symmetric.
    Margins { left, right: edge.unwrap_or_else(|| right.max(width - left * 1.15)) }
}

/// Where most long lines of the file end, for each width of page on which enough of them agree.
fn right_edges(pages: &[PackedPage], furniture: &Furniture) -> HashMap<i32, f32> {
    let mut ends: HashMap<i32, Vec<(f32, f32)>> = HashMap::new();
    for page in pages {
        let ends = ends.entry(page.width.round() as i32).or_default();
        for (words, line) in page.running() {
            if line.column.is_none()
                && line.x1 - line.x0 > page.width * LONG_LINE
                && !furniture.holds(words, line.y0, line.y1, page.height)
            {
                ends.push((line.x1, line.size));
            }
        }
    }
    ends.retain(|_, ends| ends.len() >= FULL_LINES);
    ends.into_iter()
        .filter_map(|(width, mut ends)| {
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            // The end that has the most others within an em before it.
            let near = |at: usize, x: f32, size: f32| at - ends.partition_point(|(other, _)| *other < x - size);
            let counted = ends.iter().enumerate().map(|(at, &(x, size))| (near(at, x, size) + 1, x));
            let (count, edge) = counted.max_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))?;
            (count >= FULL_LINES && count * 3 >= ends.len()).then_some((width, edge))
        })
        .collect()
}

fn is_centred(line: &TextLine, margins: Margins, middle: f32) -> bool {
    let own = (line.x0 + line.x1) / 2.0;
    // What is set in at the left and reaches the right edge is not.
    (own - middle).abs() < 1.2 * line.size
        && line.x0 > margins.left + 2.5 * line.size
        && line.x1 < margins.right - line.size
}

/// How far each line stands below the one before, where it may go on with it.
fn distances(items: &[Item]) -> Vec<Option<f32>> {
    let mut before: Option<&TextLine> = None;
    let mut distances = Vec::with_capacity(items.len());
    for item in items {
        let line = match item {
            Item::Line(line) => Some(line),
            Item::Table(_) | Item::Aside(_) => None,
        };
        distances.push(before.zip(line).and_then(|(last, line)| {
            let alike = (line.size - last.size).abs() <= 0.12 * last.size.max(line.size);
            let distance = line.y1 - last.y1;
            (alike && distance > 0.8 * line.size && distance < LEADING_MAX * line.size).then_some(distance)
        }));
        before = line;
    }
    distances
}

/// How far most lines of the page stand below the one before, in ems.
fn usual_leading(items: &[Item], distances: &[Option<f32>]) -> Option<f32> {
    let mut ems: Vec<f32> = items
        .iter()
        .zip(distances)
        .filter_map(|(item, distance)| match item {
            Item::Line(line) => distance.map(|distance| distance / line.size),
            Item::Table(_) | Item::Aside(_) => None,
        })
        .collect();
    ems.sort_by(f32::total_cmp);
    let alike = |at: usize, ems: &[f32], x: f32| ems.partition_point(|other| *other <= x + 0.05) - at;
    let counted = ems.iter().enumerate().map(|(at, &x)| (alike(at, &ems, x), x));
    let (count, x) = counted.max_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))?;
    (count >= LEADING_LINES).then_some(x)
}

/// Whether the lines stand further apart than those of one paragraph do, or are not both of a heading.
///
/// `leading` is the distance of lines below `line` or on its page; the open paragraph's own counts before it.
fn set_apart(open: &Paragraph, last: &TextLine, line: &TextLine, leading: Option<f32>) -> bool {
    let own = match open.lines.as_slice() {
        [.., (a, before), (b, last)] if a == b => Some(last.y1 - before.y1).filter(|d| *d > 0.0),
        _ => None,
    };
    let beyond = own.or(leading).map_or(0.0, |usual| line.y1 - last.y1 - usual);
    let chinese = line.text.chars().next().is_some_and(is_cjk) || last.text.chars().next_back().is_some_and(is_cjk);
    let far = match ends_any_sentence(&last.text) {
        true => APART,
        false if chinese => FAR_APART_CHINESE,
        false => FAR_APART,
    };
    beyond > far * line.size
}

/// Whether a bold heading ends with `last`, or one begins with `line`.
fn changes_weight(open: &Paragraph, last: &TextLine, line: &TextLine, right: f32) -> bool {
    // What states something is no heading, however bold it is.
    let titled = |l: &TextLine| l.bold && !l.text.contains(['，', '：', ':', '。', '；', ',', ';']);
    let below = last.bold_ends.1 && !line.bold && !line.bold_ends.0 && open.lines.iter().all(|(_, l)| titled(l));
    let above = !last.bold && !last.bold_ends.1 && line.bold && line.bold_ends == (true, true);
    let short = line.x1 + 2.0 * line.size < right;
    (below && !last.text.trim_end().ends_with('、')) || (above && short && ends_any_sentence(&last.text))
}

/// Whether `line` is the next typeset line of the open paragraph.
fn continues(
    open: &Paragraph,
    page: u32,
    line: &TextLine,
    margins: Margins,
    leading: Option<f32>,
    centred: bool,
) -> bool {
    let Some((last_page, last)) = open.lines.last() else { return false };
    let same_page = *last_page == page;
    if starts_item(&line.text) && !(last.text.ends_with('第') || last.text.ends_with('（')) {
        return false;
    }
    if (line.size - last.size).abs() > 0.12 * last.size.max(line.size) {
        return false;
    }
    if same_page && line.y0 - last.y1 > 1.6 * line.size {
        return false;
    }
    if contents_line(last) || contents_line(line) {
        return false;
    }
    if same_page && set_apart(open, last, line, leading) || changes_weight(open, last, line, margins.right) {
        return false;
    }
    // Lines of a cover that each name and state something: 项目名称：… over 项目编号：….
    if opens_label(&line.text) && open.lines.first().is_some_and(|(_, first)| opens_label(&first.text)) {
        return false;
    }
    if open.centred && centred {
        // A title set over two lines.
        return same_page && !ends_sentence(&last.text) && last.x1 - last.x0 > 0.6 * (margins.right - margins.left);
    }
    if open.centred != centred && open.centred {
        return false;
    }
    let chinese = line.text.chars().chain(last.text.chars()).any(is_cjk);
    // A mark that may not begin a line takes the letter before it along: 上门服|务，接到.
    let taken_along = !ends_sentence(&last.text)
        && line
            .text
            .chars()
            .nth(1)
            .is_some_and(|c| matches!(c, '，' | '。' | '；' | '、' | '）' | '”' | '》' | '！' | '？'));
    let slack = match chinese {
        true if taken_along => 2.3 * last.size,
        true => 1.3 * last.size,
        false => first_word_width(line) + 0.5 * last.size,
    };
    let full = last.x1 + slack >= open.margins.right;
    if !full {
        return false;
    }
    let indented = line.x0 > margins.left + 1.4 * line.size;
    let first_x0 = open.lines.first().map_or(line.x0, |(_, l)| l.x0);
    let below = |x: f32| (line.x0 - x).abs() < 0.6 * line.size;
    let hanging = match open.lines.as_slice() {
        [(_, only)] => words_of_item(only).is_some_and(below) || (below(only.x0) && amid_sentence(only, line)),
        _ => below(last.x0),
    };
    if indented
        && !hanging
        && line.x0 + 0.3 * line.size >= first_x0
        && (ends_sentence(&last.text) || first_x0 > margins.left + 1.4 * line.size || !same_page)
    {
        // A first-line indent like the one before: a new paragraph, unless a sentence is still open.
        let inset = (first_x0 - margins.left) / line.size;
        return open.lines.len() == 1
            && same_page
            && (inset > 3.0 && !ends_sentence(&last.text) || inset > 2.4 && !ends_any_sentence(&last.text));
    }
    true
}

/// Where the words of an item begin, behind its number or bullet and a blank.
fn words_of_item(line: &TextLine) -> Option<f32> {
    const MARK_MAX: usize = 6;
    let blank = line.text.chars().take(MARK_MAX).position(|c| c == ' ')?;
    // The edge of a blank is where the next word begins.
    line.edges.get(blank).copied().filter(|_| starts_item(&line.text))
}

/// Whether an English sentence is open and goes on in a small letter.
fn amid_sentence(last: &TextLine, line: &TextLine) -> bool {
    line.text.starts_with(|c: char| c.is_ascii_lowercase()) && !ends_any_sentence(&last.text)
}

/// Whether a line opens with a short label and its colon.
fn opens_label(text: &str) -> bool {
    const LABEL_CHARS: usize = 14;
    let Some((label, rest)) = text.split_once(['：', ':']) else { return false };
    let label = label.trim();
    let most = if label.is_ascii() { 2 * LABEL_CHARS } else { LABEL_CHARS };
    let words = |c: char| is_cjk(c) && !matches!(c, '，' | '。' | '；' | '、' | '“' | '”') || c.is_ascii_alphabetic();
    !rest.trim().is_empty()
        && (2..=most).contains(&label.chars().count())
        && label.chars().all(|c| words(c) || matches!(c, ' ' | '（' | '）' | '.' | '/'))
        && label.starts_with(|c: char| is_cjk(c) || c.is_ascii_uppercase())
}

/// A line of a table of contents: a dotted leader, or words and a page number far apart.
fn contents_line(line: &TextLine) -> bool {
    let text = line.text.trim_end();
    if !text.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let dots = text.chars().filter(|c| matches!(c, '.' | '…' | '·' | '．')).count();
    dots >= 5 || {
        let number = text.chars().rev().take_while(char::is_ascii_digit).count();
        // The edge of a blank is where the next word begins.
        let blank = text.chars().count().checked_sub(number + 1).filter(|at| text.chars().nth(*at) == Some(' '));
        let edges = blank.and_then(|at| Some((line.edges.get(at.checked_sub(1)?)?, line.edges.get(at)?)));
        number <= 4 && edges.is_some_and(|(last, next)| next - last > LEADER_EMS * line.size)
    }
}

#[cfg(test)]
mod tests {
    use super::opens_label;

    #[test]
    fn lines_of_a_cover_open_with_labels() {
        for line in
            ["项目名称：装备购置项目", "采 购 人：江城市教育局", "Purchaser: Ministry of Water", "招标人（盖章）：某局"]
        {
            assert!(opens_label(line), "{line}");
        }
        for line in
            ["应当符合下列要求：", "开标时间为9:30", "供应商须具备下列条件，包括：资质", "1.项目名称：装备", ": x"]
        {
            assert!(!opens_label(line), "{line}");
        }
    }
}
