//! The printed table of contents: which lines belong to it and which titles it names.

use std::collections::HashSet;
use std::sync::LazyLock;

use bidlens_domain::fold::folded;
use regex::Regex;

use crate::raw::{RawBlock, RawKind};
use crate::structure::numbers::{self, Style};

/// Longest line of a table of contents, in characters.
const LINE_CHARS_MAX: usize = 120;

/// Longest heading over a table of contents, blanks between its letters included.
const CONTENTS_TITLE_BYTES: usize = 80;

/// Dot leaders (or a tab) and a page number at the end of the line, or long leaders alone.
static LEADER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:(?:[.．·…‥・⋯_-]\s?){4,}|…{1,}|\t)\s*[-–—(（]?\s*(?:[0-9０-９]{1,4}|[ivxlIVXL]{1,6})\s*[-–—)）]?\s*$|(?:[.．·…‥・⋯]\s?){8,}$",
    )
    .ok()
});

/// Marks contents lines and returns the folded titles they name.
pub(crate) fn mark(blocks: &mut [RawBlock]) -> HashSet<String> {
    let mut titles = HashSet::new();
    let mut under_title = false;
    for at in 0..blocks.len() {
        let next_is_listed = blocks.get(at + 1).is_some_and(is_listed);
        let Some(block) = blocks.get_mut(at) else { break };
        match block.kind {
            RawKind::Contents => {
                titles.insert(title_of(&block.text));
                continue;
            }
            RawKind::Text | RawKind::ListItem => {}
            RawKind::Header | RawKind::Footer => continue,
            RawKind::Table(_) | RawKind::Footnote | RawKind::TextBox | RawKind::SheetName => {
                under_title = false;
                continue;
            }
        }
        if is_contents_title(&block.text) {
            under_title = true;
            continue;
        }
        let short = block.text.chars().count() <= LINE_CHARS_MAX;
        let leader = short && LEADER.as_ref().is_some_and(|r| r.is_match(&block.text));
        // Some tables of contents print no page numbers: they end where a page or a declared heading begins.
        let listed = under_title
            && short
            && !block.page_top
            && block.outline_level.is_none()
            && !block.centred
            && (ends_with_page(&block.text)
                || !titles.contains(&key(&block.text))
                    && (is_listed(block) || next_is_listed && !block.text.ends_with(['。', '：', ':', '；'])));
        if leader || listed {
            titles.insert(title_of(&block.text));
            block.kind = RawKind::Contents;
        } else {
            under_title = false;
        }
    }
    titles.remove("");
    titles
}

/// A short line with the number of a part or chapter, not the first of its page.
fn is_listed(block: &RawBlock) -> bool {
    !block.page_top
        && block.outline_level.is_none()
        && block.text.chars().count() <= LINE_CHARS_MAX
        && !block.text.contains('。')
        && numbers::number(&block.text)
            .is_some_and(|n| matches!(n.style, Style::Part | Style::Chapter | Style::Section | Style::Annex))
}

/// 目录, CONTENTS: the heading over the table.
pub(crate) fn is_contents_title(text: &str) -> bool {
    // Folding every paragraph of a long document would cost more than reading it.
    if text.len() > CONTENTS_TITLE_BYTES {
        return false;
    }
    let bare = folded(text).to_lowercase();
    matches!(bare.as_str(), "目录" | "目次" | "总目录" | "contents" | "table of contents" | "index")
}

fn ends_with_page(text: &str) -> bool {
    let trimmed = text.trim_end().trim_end_matches(['-', '–', ')', '）']);
    let title = trimmed.trim_end_matches(|c: char| c.is_ascii_digit());
    title.len() < trimmed.len()
        && trimmed.len() - title.len() <= 4
        && (title.ends_with(char::is_whitespace) || numbers::number(text).is_some())
        && title.chars().any(char::is_alphabetic)
}

/// The title without leaders and page number, folded and without blanks.
fn title_of(text: &str) -> String {
    let title = text.trim_end_matches(|c: char| {
        c.is_whitespace()
            || c.is_numeric() && c.is_ascii()
            || matches!(c, '.' | '．' | '·' | '…' | '‥' | '・' | '⋯' | '_' | '-' | '–' | '—' | '(' | ')' | '（' | '）')
    });
    key(title)
}

/// The form in which titles are compared.
pub(crate) fn key(title: &str) -> String {
    folded(title).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
