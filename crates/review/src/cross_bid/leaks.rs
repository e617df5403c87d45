//! One bidder's name in another's bid.

use std::collections::BTreeMap;

use bidlens_domain::clue::ClueKind;
use bidlens_domain::wording::both;

use super::{Bids, Draft, Reasons, Shown, Strength};
use crate::bid::{Bid, Sentence, names};
use crate::compare::bare;
use crate::grammar::company;

/// Shorter names stand inside other words.
const NAME_CHARS_MIN: usize = 6;
const PLACES_MAX: usize = 5;

/// Words beside a name that speak for a company in its own voice.
const SPEAKS: [&str; 8] = ["承诺", "声明", "保证", "愿意", "盖章", "盖单位章", "公章", "参加投标"];
/// Labels of a bidder's own name.
const BIDDER: [&str; 4] = ["投标人", "投标单位", "供应商", "响应人"];
/// Words beside a name of somebody who makes, supplies or bought what is offered.
const THIRD_PARTY: [&str; 16] = [
    "制造商",
    "生产",
    "厂家",
    "厂商",
    "授权",
    "代理",
    "品牌",
    "分包",
    "合同",
    "业绩",
    "客户",
    "用户",
    "供货商",
    "甲方",
    "原厂",
    "检测",
];

const INNOCENT: Reasons = &[
    ("该公司是所投产品的制造商或供应商", "The company makes or supplies the products offered"),
    ("该公司是以往项目的业主、客户或合作方", "The company is the buyer, a customer or a partner of an earlier project"),
    ("该公司是联合体成员或拟分包单位", "The company is a member of the consortium or a proposed subcontractor"),
    ("文件上传或归类时放错了投标人", "A file was put under the wrong bidder when it was uploaded or sorted"),
];

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let pairs = bids.each().flat_map(|(owner, _)| bids.each().map(move |(holder, _)| (owner, holder)));
    pairs.filter(|(owner, holder)| owner != holder).filter_map(|(owner, holder)| leak(bids, owner, holder)).collect()
}

/// What the bid of `holder` says of the bidder `owner`.
fn leak(bids: &Bids<'_>, owner: usize, holder: usize) -> Option<Draft> {
    let (own, bid) = (bids.get(owner)?, bids.get(holder)?);
    let name = company::normalise(&own.name);
    let holder_name = company::normalise(&bid.name);
    if name.chars().count() < NAME_CHARS_MIN
        || holder_name.contains(&name)
        || name.contains(&holder_name)
        || bids.tender_words.contains(&bare(&name))
    {
        return None;
    }
    let mut places: Vec<(Strength, &Sentence)> =
        naming(bid, &name).map(|sentence| (strength(bid, sentence, &name), sentence)).collect();
    places.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    let strength = places.first()?.0;
    let shown = |bid: &Bid<'_>, sentences: &mut dyn Iterator<Item = &Sentence>| {
        Shown::words(sentences.flat_map(|sentence| bid.evidence(sentence)).collect())
    };
    let sides = BTreeMap::from([
        (owner, shown(own, &mut naming(own, &name).take(1))),
        (holder, shown(bid, &mut places.iter().take(PLACES_MAX).map(|(_, sentence)| *sentence))),
    ]);
    Some(Draft {
        kind: ClueKind::EntityLeak,
        strength,
        summary: both(
            format!("一份投标文件中出现另一投标人“{name}”的名称"),
            format!("One bid names another bidder: “{name}”"),
        ),
        innocent: INNOCENT,
        more: places.len().saturating_sub(PLACES_MAX),
        sides,
        subject: format!("{name} in {holder_name}"),
    })
}

fn naming<'b>(bid: &'b Bid<'_>, name: &'b str) -> impl Iterator<Item = &'b Sentence> {
    bid.sentences.iter().filter(move |sentence| bid.text(sentence).contains(name))
}

fn strength(bid: &Bid<'_>, sentence: &Sentence, name: &str) -> Strength {
    let text = bid.text(sentence);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let (before, behind) = text.split_once(name).unwrap_or_default();
    let near: String = behind.chars().take(8).collect();
    if !bid.is_own(sentence.unit) || names::is_joint(bid) {
        return Strength::Weak;
    }
    let is_bidder = before.ends_with(':') && BIDDER.iter().any(|label| before.contains(label));
    if is_bidder || SPEAKS.iter().any(|word| near.contains(word)) {
        return Strength::Strong;
    }
    if has(&THIRD_PARTY) { Strength::Weak } else { Strength::Medium }
}
