//! Which documents correct the others, and which of them is the newest.

use std::sync::LazyLock;

use bidlens_domain::document::Document;
use bidlens_domain::fold::folded;
use regex::Regex;

use crate::grammar::numbers::chinese_integer;
use crate::role;

/// What a newer addendum counts more than the one before it: more than any manner of saying it.
const NEWER_ADDENDUM: i32 = 60;

/// The documents of a tender by what they are to each other.
pub(super) struct Order {
    pub(super) originals: Vec<usize>,
    /// By their number, and where that says nothing as they were given: the oldest first.
    pub(super) addenda: Vec<usize>,
    documents: usize,
}

impl Order {
    pub(super) fn of(documents: &[Document]) -> Order {
        let (originals, mut addenda): (Vec<usize>, Vec<usize>) =
            (0..documents.len()).partition(|&index| documents.get(index).is_none_or(|d| !is_correction(d)));
        addenda.sort_by_cached_key(|&index| (documents.get(index).map(number_of), index));
        Order { originals, addenda, documents: documents.len() }
    }

    /// For each document, what its being a newer addendum than others adds to its standing.
    pub(super) fn recency(&self) -> Vec<i32> {
        let mut recency = vec![0; self.documents];
        for (age, &index) in self.addenda.iter().enumerate() {
            if let (Some(own), Ok(age)) = (recency.get_mut(index), i32::try_from(age)) {
                *own = age.saturating_mul(NEWER_ADDENDUM);
            }
        }
        recency
    }
}

/// The number of an addendum: `补遗书（第2号）`, `第三次补遗`, `补遗二`; 0 when there is none.
fn number_of(document: &Document) -> u32 {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?:补遗|澄清|答疑|更正|变更|修改)[^0-9一二三四五六七八九十]{0,6}([0-9一二三四五六七八九十]{1,2})|第([0-9一二三四五六七八九十]{1,2})[号次份]|(?i)(?:addendum|amendment|corrigendum)[^0-9]{0,8}([0-9]{1,2})")
            .expect("a regular expression")
    });
    let title = document.blocks.iter().filter(|b| b.kind.is_body()).take(3).map(|b| folded(&b.text));
    let texts: Vec<String> = std::iter::once(folded(&document.name)).chain(title).collect();
    let found = texts.iter().find_map(|text| {
        let captures = NUMBER.captures(text)?;
        captures.iter().skip(1).flatten().next().map(|m| m.as_str().to_owned())
    });
    found.and_then(|digits| digits.parse().ok().or_else(|| u32::try_from(chinese_integer(&digits)?).ok())).unwrap_or(0)
}

/// Whether a document corrects or supplements the others of a tender.
pub(crate) fn is_correction(document: &Document) -> bool {
    const WORDS: [&str; 17] = [
        "更正公告",
        "变更公告",
        "澄清公告",
        "更正通知",
        "变更通知",
        "澄清通知",
        "修改通知",
        "补充通知",
        "补遗",
        "澄清文件",
        "澄清函",
        "答疑文件",
        "答疑纪要",
        "更正函",
        "corrigendum",
        "addendum",
        "amendment no",
    ];
    let name = document.name.to_lowercase();
    let titled = || {
        document.blocks.iter().filter(|b| b.kind.is_body()).take(3).any(|b| {
            let text = folded(&b.text).to_lowercase();
            text.chars().count() <= 60 && WORDS.iter().any(|w| text.contains(w))
        })
    };
    // `招标文件（含补遗）.pdf` is the tender itself.
    (WORDS.iter().any(|w| name.contains(w)) || titled()) && !is_whole_tender(document)
}

/// Whether a document has the chapters of a tender and is long enough to hold them; an addendum names chapters too.
fn is_whole_tender(document: &Document) -> bool {
    const CHAPTERS_MIN: usize = 3;
    const BLOCKS_MIN: usize = 150;
    let titles: Vec<String> = document.sections.iter().map(|s| role::letters(&s.title)).collect();
    document.blocks.len() >= BLOCKS_MIN && role::chapters(&role::TENDER_CHAPTERS, &titles) >= CHAPTERS_MIN
}
