//! Which lines are headings: witnesses are the format's own word, the table of contents, and how the line looks.

use std::collections::{HashMap, HashSet};

use bidlens_domain::document::Format;
use bidlens_domain::fold::is_cjk;

use crate::raw::{Bookmark, RawBlock, RawKind};
use crate::structure::contents::{is_contents_title, key};
use crate::structure::numbers::{Number, Style, number};

/// What a text block turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Heading(Heading),
    ListItem,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) style: Option<Style>,
    /// The level the format declared.
    pub(crate) declared: Option<u8>,
    pub(crate) number: String,
    pub(crate) title: String,
}

impl Heading {
    pub(crate) fn plain(title: &str, declared: Option<u8>) -> Self {
        Heading { style: None, declared, number: String::new(), title: title.to_owned() }
    }
}

/// Longest heading, in widths of a Latin letter (a Chinese character counts two).
const HEADING_WIDTH_MAX: usize = 110;
/// Longest heading recognised by its number alone.
const NUMBERED_WIDTH_MAX: usize = 64;
/// Of a title in the contents or the bookmarks.
const TITLE_BYTES_MAX: usize = 2_000;
/// How much larger than the body a heading without a number must be set.
const LARGER: f32 = 1.12;
/// So much larger, it needs no other witness.
const MUCH_LARGER: f32 = 1.3;

/// Decides for every block; the result has one entry for each.
pub(crate) fn roles(
    format: Format,
    blocks: &[RawBlock],
    contents_titles: &HashSet<String>,
    bookmarks: &[Bookmark],
) -> Vec<Role> {
    // Markup says what is a list; Word numbers headings and lists alike.
    let lists_are_lists = matches!(format, Format::Html | Format::Markdown);
    let look = Look::of(blocks, format);
    let bookmarks: HashMap<String, &Bookmark> =
        bookmarks.iter().map(|b| (key(&b.title), b)).filter(|(k, _)| !k.is_empty()).collect();
    let numbers: Vec<Option<Number<'_>>> = blocks
        .iter()
        .map(|b| match b.kind {
            RawKind::Text | RawKind::ListItem => number(&b.text),
            _ => None,
        })
        .collect();
    let next = next_running(blocks);
    let mut chapters: HashMap<String, (u8, Vec<usize>)> = HashMap::new();
    let mut roles: Vec<Role> = Vec::with_capacity(blocks.len());
    // The number style of the running line before, when that line is an item of a list.
    let mut listed_before: Option<Style> = None;
    for (at, block) in blocks.iter().enumerate() {
        match block.kind {
            RawKind::ListItem if lists_are_lists => {
                roles.push(Role::ListItem);
                continue;
            }
            RawKind::Text | RawKind::ListItem => {}
            RawKind::Table(_) | RawKind::SheetName => {
                listed_before = None;
                roles.push(Role::Other);
                continue;
            }
            RawKind::Header | RawKind::Footer | RawKind::Footnote | RawKind::Contents | RawKind::TextBox => {
                roles.push(Role::Other);
                continue;
            }
        }
        let following =
            next.get(at).copied().flatten().and_then(|n| Some((blocks.get(n)?, numbers.get(n).copied().flatten())));
        let own = numbers.get(at).copied().flatten();
        // No title is that long, and most of the text stands in such blocks.
        let title_key = if block.text.len() > TITLE_BYTES_MAX { String::new() } else { key(&block.text) };
        let line = Candidate {
            block,
            number: own,
            following,
            in_contents: contents_titles.contains(&title_key),
            bookmark: bookmarks
                .get(&title_key)
                .copied()
                .filter(|b| b.page.is_none_or(|p| p.abs_diff(block.page()) <= 1)),
            listed_before,
            look: &look,
        };
        let role = line.role();
        listed_before = match role {
            // A clause that ends as a sentence may be followed by one that is only titled.
            Role::ListItem if !block.text.trim_end().ends_with('。') => own.map(|n| n.style),
            Role::ListItem => None,
            Role::Heading(_) | Role::Other => None,
        };
        if let Role::Heading(Heading { style: Some(Style::Chapter | Style::Part), .. }) = role {
            let entry = chapters.entry(title_key).or_default();
            let score = line.score();
            if score > entry.0 {
                for &weaker in &entry.1 {
                    if let Some(role) = roles.get_mut(weaker) {
                        *role = Role::ListItem;
                    }
                }
                *entry = (score, vec![at]);
                roles.push(role);
            } else if score == entry.0 {
                entry.1.push(at);
                roles.push(role);
            } else {
                roles.push(Role::ListItem);
            }
        } else {
            roles.push(role);
        }
    }
    name_bare_headings(blocks, &next, &mut roles);
    roles
}

/// 附件1 alone on its line is named by the short line under it.
fn name_bare_headings(blocks: &[RawBlock], next: &[Option<usize>], roles: &mut [Role]) {
    for at in 0..blocks.len() {
        let Some(under) = next.get(at).copied().flatten() else { continue };
        let Some(line) = blocks.get(under) else { continue };
        let words = line.text.trim();
        let names =
            (line.centred || line.bold || matches!(roles.get(under), Some(Role::Heading(h)) if h.style.is_none()))
                && matches!(line.kind, RawKind::Text)
                && !words.contains('\n')
                && width(words) <= NUMBERED_WIDTH_MAX
                && is_title(words);
        if let Some(Role::Heading(heading)) = roles.get_mut(at)
            && heading.title.is_empty()
            && names
        {
            heading.title = words.to_owned();
        }
    }
}

/// For each block the next one of the running text.
fn next_running(blocks: &[RawBlock]) -> Vec<Option<usize>> {
    let mut next = vec![None; blocks.len()];
    let mut ahead = None;
    for (at, block) in blocks.iter().enumerate().rev() {
        if let Some(slot) = next.get_mut(at) {
            *slot = ahead;
        }
        match block.kind {
            RawKind::Text | RawKind::ListItem | RawKind::Table(_) | RawKind::SheetName => ahead = Some(at),
            RawKind::Header | RawKind::Footer | RawKind::Footnote | RawKind::Contents | RawKind::TextBox => {}
        }
    }
    next
}

/// How the running text of the document is set.
#[derive(Debug)]
struct Look {
    body_size: f32,
    /// Whether sizes or weights differ at all: plain text has no look.
    typographic: bool,
    /// Bold is no witness where most of the text is bold.
    mostly_bold: bool,
    /// Nothing in a PDF is bold: fonts drawn glyph by glyph do not tell their weight, so that size alone must do.
    weightless: bool,
    /// The first of several pages holds no running text.
    has_cover: bool,
}

impl Look {
    fn of(blocks: &[RawBlock], format: Format) -> Self {
        let mut by_size: HashMap<u32, usize> = HashMap::new();
        let (mut all, mut bold) = (0usize, 0usize);
        for block in blocks.iter().filter(|b| b.kind == RawKind::Text) {
            let characters = block.text.chars().count();
            *by_size.entry((block.font_size * 10.0).round().max(0.0) as u32).or_default() += characters;
            all += characters;
            if block.bold {
                bold += characters;
            }
        }
        let body_size = by_size
            .iter()
            .filter(|(size, _)| **size > 0)
            .max_by_key(|(size, count)| (**count, **size))
            .map_or(0.0, |(size, _)| *size as f32 / 10.0);
        Look {
            body_size,
            typographic: body_size > 0.0,
            mostly_bold: bold * 2 > all,
            weightless: format == Format::Pdf && bold == 0,
            has_cover: blocks.iter().any(|b| b.page() > 3)
                && !blocks.iter().any(|b| {
                    b.page() == 1
                        && matches!(b.kind, RawKind::Text | RawKind::ListItem)
                        && (b.text.contains('。') || width(&b.text) > HEADING_WIDTH_MAX)
                }),
        }
    }

    fn larger(&self, block: &RawBlock) -> bool {
        self.body_size > 0.0 && block.font_size > self.body_size * LARGER
    }

    /// Larger beyond doubt; the heights of recognised lines are too uneven for that.
    fn much_larger(&self, block: &RawBlock) -> bool {
        self.larger(block)
            && (self.weightless || block.font_size > self.body_size * MUCH_LARGER)
            && block.lines.iter().all(|line| line.confidence.is_none())
    }

    fn bold(&self, block: &RawBlock) -> bool {
        block.bold && !self.mostly_bold
    }
}

struct Candidate<'a> {
    block: &'a RawBlock,
    number: Option<Number<'a>>,
    following: Option<(&'a RawBlock, Option<Number<'a>>)>,
    in_contents: bool,
    bookmark: Option<&'a Bookmark>,
    listed_before: Option<Style>,
    look: &'a Look,
}

impl Candidate<'_> {
    fn role(&self) -> Role {
        let declared = self.block.outline_level.or_else(|| self.bookmark.map(|b| b.level));
        if self.is_heading(declared.is_some()) {
            return Role::Heading(self.heading(declared));
        }
        let cites = self.number.is_some_and(|n| {
            matches!(n.style, Style::Part | Style::Chapter | Style::Section)
                && (refers(n.rest.trim()) || is_sentence(&self.block.text))
        });
        if (self.number.is_some() && !cites) || self.block.kind == RawKind::ListItem {
            Role::ListItem
        } else {
            Role::Other
        }
    }

    fn heading(&self, declared: Option<u8>) -> Heading {
        match self.number {
            Some(number) => Heading {
                style: Some(number.style),
                declared,
                number: number.printed.trim_end_matches(['：', ':']).to_owned(),
                title: number
                    .rest
                    .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '-' | '–' | '—'))
                    .trim_end()
                    .to_owned(),
            },
            None => Heading::plain(self.block.text.trim(), declared),
        }
    }

    fn is_heading(&self, declared: bool) -> bool {
        let text = self.block.text.trim();
        let width = width(text);
        if width > HEADING_WIDTH_MAX || text.contains('\n') && width > NUMBERED_WIDTH_MAX {
            return false;
        }
        if is_contents_title(text) {
            return true;
        }
        if declared {
            return !is_sentence(text) && text.chars().any(char::is_alphanumeric);
        }
        match self.number {
            Some(number) => self.numbered_is_heading(number, text, width),
            None => self.plain_is_heading(text, width),
        }
    }

    fn numbered_is_heading(&self, number: Number<'_>, text: &str, width: usize) -> bool {
        let rest = number.rest.trim();
        let shown = self.look.larger(self.block) || self.look.bold(self.block);
        match number.style {
            Style::Part | Style::Chapter => {
                !refers(rest)
                    && !is_sentence(text)
                    && !self.is_listed(number.style)
                    && (!self.look.typographic || self.score() > 0)
            }
            Style::Section => !refers(rest) && !is_sentence(text) && width <= NUMBERED_WIDTH_MAX,
            Style::Annex => {
                !refers(rest)
                    && !is_sentence(text)
                    && width <= NUMBERED_WIDTH_MAX
                    && !self.is_listed(number.style)
                    && (shown
                        || self.block.centred
                        || self.block.page_top
                        || self.in_contents
                        || !self.look.typographic)
            }
            Style::Article => !refers(rest) && !rest.is_empty() && is_title(rest) && width <= NUMBERED_WIDTH_MAX,
            Style::Ideograph => {
                // 二 招标文件: a blank alone is too little to make 二 a number.
                let marked = number.printed.ends_with(|c: char| !c.is_alphanumeric());
                is_title(rest) && width <= NUMBERED_WIDTH_MAX && (marked || shown || self.block.centred)
            }
            Style::IdeographParenthesis => {
                is_title(rest)
                    && !runs_on(rest)
                    && width <= NUMBERED_WIDTH_MAX
                    && (shown || self.has_body(number.style))
            }
            Style::Decimal(depth) => {
                is_title(rest)
                    && !is_street(number.printed, rest)
                    && !runs_on(rest)
                    && width <= NUMBERED_WIDTH_MAX
                    && (shown || self.in_contents || (depth <= 3 && self.has_body(number.style)))
            }
            Style::DecimalParenthesis | Style::Letter | Style::Circled | Style::Roman | Style::Bullet => false,
        }
    }

    fn plain_is_heading(&self, text: &str, width: usize) -> bool {
        // Everything on a cover is large; only what the contents name is a heading there.
        let cover = self.look.has_cover && self.block.page() == 1 && !self.in_contents;
        if cover && !is_contents_title(text) {
            return false;
        }
        if self.block.kind == RawKind::ListItem || width > NUMBERED_WIDTH_MAX || !is_title(text) || runs_on(text) {
            return false;
        }
        let enough = text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        let larger = self.look.larger(self.block);
        let bold = self.look.bold(self.block);
        // ELIGIBILITY OF BIDDERS: English sets its titles in capitals, and plain text has nothing else to show them by.
        let shown = !self.look.typographic || larger || bold;
        if shown && is_capital(text) && self.following.is_some_and(|(block, _)| is_running(&block.text)) {
            return true;
        }
        enough
            && (self.in_contents && (larger || bold || self.block.centred)
                || larger && (bold || self.block.centred)
                || self.look.much_larger(self.block) && self.following.is_some() && !text.ends_with(['：', ':'])
                || bold && self.block.centred)
    }

    /// Lines of one style right after each other are a list of chapters, not chapters.
    fn is_listed(&self, style: Style) -> bool {
        self.following.is_some_and(|(block, next)| {
            next.is_some_and(|n| n.style == style) && !block.page_top && !self.look.larger(self.block)
        })
    }

    /// Whether something stands under the line before its next sibling, and it does not end a list.
    fn has_body(&self, style: Style) -> bool {
        self.listed_before != Some(style)
            && self.following.is_some_and(|(block, next)| {
                matches!(block.kind, RawKind::Table(_)) || next.is_none_or(|n| n.style.rank() > style.rank())
            })
    }

    /// How strongly the line looks like a chapter's beginning.
    fn score(&self) -> u8 {
        let mut score = 0;
        for (witness, weight) in [
            (self.block.outline_level.is_some(), 8),
            (self.bookmark.is_some(), 8),
            (self.look.larger(self.block), 4),
            // Nobody numbers a mere mention of a chapter automatically.
            (!self.block.label.is_empty(), 3),
            (self.block.page_top, 2),
            (self.block.centred, 2),
            (self.look.bold(self.block), 2),
            (self.in_contents, 1),
        ] {
            if witness {
                score += weight;
            }
        }
        score
    }
}

/// `40 Quay Lane, Port Lysander`: a house number before its street, and no clause.
fn is_street(printed: &str, rest: &str) -> bool {
    const CLAUSES_MAX: u32 = 30;
    let bare = printed.trim().parse::<u32>().ok();
    rest.starts_with(|c: char| c.is_ascii_alphabetic()) && bare.is_some_and(|n| n > CLAUSES_MAX || rest.contains(','))
}

/// Whether a line is an English title in capitals: several letters and few words, no figures in it.
fn is_capital(text: &str) -> bool {
    const LETTERS_MIN: usize = 6;
    const WORDS_MAX: usize = 8;
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    letters >= LETTERS_MIN
        && text.split_whitespace().count() <= WORDS_MAX
        && !text.chars().any(|c| c.is_lowercase() || c.is_ascii_digit() || is_cjk(c))
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && !text.ends_with(['.', '!', '?'])
}

/// Whether a block is English text that runs: sentences and no further line in capitals.
fn is_running(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let small = text.chars().filter(char::is_ascii_lowercase).count();
    text.split_whitespace().count() >= 4 && small * 2 > letters
}

/// Width in Latin letters.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum()
}

/// Whether the line ends or runs on as a sentence does.
fn is_sentence(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(['。', '；', ';', '，', ',', '、', '！', '？'])
        || text.contains('。')
        || (text.ends_with('.') && text.split_whitespace().count() > 8)
}

/// Whether the words read as a title: no sentence, no `label: value`, no blank to fill in.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || is_sentence(text) {
        return false;
    }
    let body = text.trim_end_matches(['：', ':']);
    let labelled = body.contains(['：', ':']);
    let blank = body.contains("__") || body.contains("＿") || body.contains("□") || body.contains('☑');
    !labelled && !blank && body.chars().any(char::is_alphabetic)
}

/// Whether a comma shows the words to be a sentence; one that leads a list may have it: 有下列情形的，投标无效：
fn runs_on(text: &str) -> bool {
    text.contains('，') && !text.trim_end().ends_with(['：', ':'])
}

/// Words after 第X章 that make it a reference in a sentence.
fn refers(rest: &str) -> bool {
    rest.starts_with([
        '的', '中', '所', '规', '和', '与', '及', '或', '、', '，', '第', '要', '内', '已', '条', '款', '）', ')', '”',
        '》', '。', '；',
    ]) && !rest.starts_with("中标")
        && !rest.starts_with("要求")
        && !rest.starts_with("内容")
        && !rest.starts_with("规范")
        && !rest.starts_with("规格")
        && !rest.starts_with("中小")
        || rest.starts_with("要求的")
        || rest.starts_with("规定")
}
