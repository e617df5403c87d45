//! A business licence known by what stands in it: recognition often misses its title, which is drawn large and ornate.

use bidlens_domain::document::{BlockIndex, Document, Line, TextRange};
use bidlens_domain::evidence::Evidence;

/// What a licence says of a company; an item has several names.
const ITEMS: [&[&str]; 8] = [
    &["信用代码"],
    &["法定代表人", "经营者", "负责人", "投资人"],
    &["注册资本", "出资额"],
    &["住所", "经营场所"],
    &["经营范围"],
    &["成立日期"],
    &["登记机关", "市场监督管理"],
    &["营业期限"],
];
/// The last of [`ITEMS`] that other papers do not have: certificates name the company, its code and its head as well.
const OWN: std::ops::Range<usize> = 4..8;
/// So many items are a licence, and so many may be one that was read badly.
const LICENCE: usize = 4;
const TRACES: usize = 2;

/// What the recognised words of a bid tell of a licence.
pub(super) enum InPictures {
    Licence(Option<Evidence>),
    /// Too little to say so, too much to say that there is none.
    Traces,
    Nothing,
}

pub(super) fn in_pictures(documents: &[Document]) -> InPictures {
    let mut traces = false;
    for document in documents {
        for page in &document.pages {
            let lines = recognised(document, page.number);
            let named = |item: &[&str]| lines.iter().find(|(.., words)| item.iter().any(|name| words.contains(name)));
            let items: Vec<_> = ITEMS.iter().map(|item| named(item)).collect();
            let count = items.iter().flatten().count();
            let own = items.get(OWN).into_iter().flatten().flatten().next();
            if let Some((block, range, _)) = own.filter(|_| count >= LICENCE) {
                return InPictures::Licence(Evidence::at(document, *block, *range));
            }
            traces |= count >= TRACES;
        }
    }
    if traces { InPictures::Traces } else { InPictures::Nothing }
}

/// Recognised lines of a page, with their words without white space.
fn recognised(document: &Document, page: u32) -> Vec<(BlockIndex, TextRange, String)> {
    let of_page = |line: &&Line| line.page == page && line.confidence.is_some();
    let blocks = document.indexed_blocks();
    let lines = blocks.flat_map(|(at, block)| block.lines.iter().filter(of_page).map(move |line| (at, block, line)));
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect();
    lines.map(|(at, block, line)| (at, line.range, bare(line.range.slice(&block.text)))).collect()
}
