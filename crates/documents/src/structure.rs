//! From raw blocks to headings, list items, contents lines and the section tree, the same way for every format.
//!
//! A number alone does not make a heading: tenders list their own chapters in running text. A line must also be
//! declared one by its format, agree with the printed table of contents, or look like one. Start at [`finish`].

mod contents;
mod headings;
pub(crate) mod numbers;

use bidlens_domain::document::{Block, BlockIndex, BlockKind, Document, Language, Section, SectionIndex, Table};
use bidlens_domain::fold::is_cjk;

use crate::raw::{RawBlock, RawDocument, RawKind};
use crate::structure::headings::{Heading, Role};
use crate::structure::numbers::Style;

/// Moves `raw` into `document`, recognising structure on the way.
pub(crate) fn finish(raw: RawDocument, document: &mut Document) {
    let RawDocument { format, pages, mut blocks, issues, metadata, bookmarks, embedded, signatures, comments } = raw;
    document.format = format;
    document.pages = pages;
    document.issues.extend(issues);
    document.metadata = metadata;
    document.embedded = embedded;
    document.signatures = signatures;
    document.comments = comments;
    blocks.retain(|b| !b.is_blank());
    document.language = language(&blocks);
    let titles = contents::mark(&mut blocks);
    let roles = headings::roles(format, &blocks, &titles, &bookmarks);
    let mut tree = Tree::default();
    document.blocks = blocks
        .into_iter()
        .zip(roles)
        .enumerate()
        .map(|(at, (block, role))| finish_block(at, block, role, &mut tree))
        .collect();
    document.sections = tree.sections;
}

fn finish_block(at: usize, raw: RawBlock, role: Role, tree: &mut Tree) -> Block {
    let index = BlockIndex(u32::try_from(at).unwrap_or(u32::MAX));
    let page = raw.page();
    let kind = match raw.kind {
        RawKind::Table(table) => BlockKind::Table(flattened(table, NESTED_MAX)),
        RawKind::Header => BlockKind::Header,
        RawKind::Footer => BlockKind::Footer,
        RawKind::Footnote => BlockKind::Footnote,
        RawKind::Contents => BlockKind::Contents,
        RawKind::TextBox => BlockKind::TextBox,
        RawKind::SheetName => BlockKind::SheetName,
        RawKind::ListItem | RawKind::Text => match role {
            Role::Heading(heading) => BlockKind::Heading { level: tree.open(heading, index, page) },
            Role::ListItem => BlockKind::ListItem,
            Role::Other => BlockKind::Paragraph,
        },
    };
    if kind == BlockKind::SheetName {
        tree.open(Heading::plain(raw.text.trim(), Some(1)), index, page);
    }
    let section = match kind {
        BlockKind::Header | BlockKind::Footer => None,
        _ => tree.current(),
    };
    Block { kind, section, text: raw.text, lines: raw.lines }
}

/// Tables inside each other deeper than this are words of the cell they stand in: readers of JSON, ours included,
/// refuse what is nested a hundred times, and each table is nested four times.
const NESTED_MAX: usize = 16;

fn flattened(mut table: Table, deepest: usize) -> Table {
    for cell in &mut table.cells {
        let nested = std::mem::take(&mut cell.nested);
        if let Some(deepest) = deepest.checked_sub(1) {
            cell.nested = nested.into_iter().map(|inner| flattened(inner, deepest)).collect();
        }
    }
    table
}

/// Chinese when more than a fifth of the letters are.
fn language(blocks: &[RawBlock]) -> Language {
    let (mut letters, mut chinese) = (0usize, 0usize);
    for c in blocks.iter().flat_map(|b| b.text.chars()).take(400_000) {
        if is_cjk(c) {
            chinese += 1;
            letters += 1;
        } else if c.is_alphabetic() {
            letters += 1;
        }
    }
    if chinese * 5 > letters || letters == 0 { Language::Zh } else { Language::En }
}

/// The sections opened so far and the path that is open now.
#[derive(Debug, Default)]
struct Tree {
    sections: Vec<Section>,
    open: Vec<Open>,
    /// Parts usually hold chapters; here a chapter (投标文件格式) holds parts.
    parts_inside_chapters: Option<bool>,
}

#[derive(Debug)]
struct Open {
    /// `None` for a heading without a number.
    style: Option<Style>,
    declared: Option<u8>,
    section: SectionIndex,
}

impl Open {
    fn is_chapter(&self) -> bool {
        matches!(self.style, Some(Style::Part | Style::Chapter))
    }

    fn rank(&self) -> u8 {
        self.style.map_or(PLAIN_RANK, Style::rank)
    }
}

/// A heading without a number stands below chapters and annexes, above everything numbered otherwise.
const PLAIN_RANK: u8 = 15;

/// Deeper than this, headings become siblings; keeps paths short whatever a file contains.
const DEPTH_MAX: usize = 9;

impl Tree {
    fn current(&self) -> Option<SectionIndex> {
        self.open.last().map(|o| o.section)
    }

    /// Opens a section under the innermost open one that can hold it; returns its level.
    fn open(&mut self, heading: Heading, block: BlockIndex, page: u32) -> u8 {
        if heading.style == Some(Style::Part) && self.parts_inside_chapters.is_none() {
            let first = heading.number.contains(['一', '1', 'A', 'I']);
            let in_chapter = self.open.iter().any(|o| o.style == Some(Style::Chapter));
            self.parts_inside_chapters = Some(first && in_chapter);
        }
        let keep = self.parents_of(&heading).min(DEPTH_MAX - 1);
        self.open.truncate(keep);
        let level = u8::try_from(self.open.len() + 1).unwrap_or(u8::MAX);
        let section = SectionIndex(u32::try_from(self.sections.len()).unwrap_or(u32::MAX));
        self.sections.push(Section {
            parent: self.current(),
            level,
            number: heading.number,
            title: heading.title,
            heading: block,
            page,
        });
        self.open.push(Open { style: heading.style, declared: heading.declared, section });
        level
    }

    /// How many of the open sections stay open around `heading`.
    fn parents_of(&self, heading: &Heading) -> usize {
        let inside = self.parts_inside_chapters == Some(true);
        let holds = |open: &Open| match (heading.style, heading.declared) {
            (Some(Style::Part), _) => inside && open.style == Some(Style::Chapter),
            (Some(Style::Chapter), _) => !inside && open.style == Some(Style::Part),
            (style, Some(level)) => match open.declared {
                _ if open.is_chapter() && style.is_some() => true,
                Some(outer) => outer < level,
                None => open.is_chapter() && level > 1,
            },
            (Some(style), None) => open.style != Some(style) && (open.declared.is_some() || open.rank() < style.rank()),
            (None, None) => open.is_chapter() || open.style == Some(Style::Annex),
        };
        // A sibling of the same style anywhere in the path ends everything below it.
        let sibling = match heading.declared {
            None => heading.style.and_then(|s| self.open.iter().position(|o| o.style == Some(s))),
            Some(_) => None,
        };
        let end = sibling.unwrap_or(self.open.len());
        self.open.iter().take(end).position(|o| !holds(o)).unwrap_or(end)
    }
}
