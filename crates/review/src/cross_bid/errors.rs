//! The same mistake in several bids, where no dictionary is needed to know it for one: another project's number or
//! name, a price line that does not multiply out, a sign that stands twice.

use std::collections::BTreeMap;

use bidlens_domain::clue::ClueKind;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::wording::both;

use super::{Bids, Draft, Reasons, Shown, Strength, boilerplate, shared, units_shown};
use crate::bid::{Bid, prices};
use crate::compare::line_items::wrong_lines;
use crate::compare::project::{Said, said_names, said_numbers, same_number};
use crate::fields::letters;

/// Letters of a sentence that is told apart from others.
const SENTENCE_CHARS_MIN: usize = 12;

const INNOCENT_PROJECT: Reasons = &[
    (
        "招标公告或澄清文件中出现过该编号或名称，而本次未一并导入",
        "The number or name stands in the notice or in a clarification that was not imported",
    ),
    (
        "各投标人引用了同一份检测报告、证书或合同上的项目信息",
        "The bidders took the project's data from the same test report, certificate or contract",
    ),
];
const INNOCENT_LINE: Reasons = &[
    (
        "招标人提供的清单或计价表模板自带该公式或取整方式",
        "The buyer's own bill of quantities or price form has this formula or way of rounding",
    ),
    (
        "各投标人使用同一计价软件，取整规则相同",
        "The bidders use the same pricing software, which rounds in the same way",
    ),
];
const INNOCENT_SLIP: Reasons = &[(
    "各投标人引用了含有同一笔误的公开资料或模板",
    "The bidders copied from published material or a template that has this slip",
)];

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let mut drafts = wrong_projects(bids);
    drafts.extend(lines(bids));
    drafts.extend(slips(bids));
    drafts
}

/// The tender's own number and name, and all it prints.
struct Project {
    number: Option<String>,
    name: Option<String>,
    printed: String,
}

impl Project {
    fn of(bids: &Bids<'_>) -> Project {
        let field = |key: &str| bids.facts.field(key).and_then(|field| field.text()).map(letters);
        let printed = bids.tender.units.iter().map(|unit| letters(&unit.text)).collect::<Vec<_>>().join(" ");
        Project { number: field("tender_no"), name: field("project_name"), printed }
    }

    /// What a bid gives as this project's number or name and is neither: what it is, its letters, its place.
    fn foreign(&self, bid: &Bid<'_>) -> Vec<((&'static str, String), Said)> {
        let numbers = said_numbers(bid).into_iter().map(|said| ("项目编号", letters(&said.words), said));
        let is_own_number = |have: &str| self.number.as_ref().is_none_or(|wanted| same_number(have, wanted));
        let names = said_names(bid).into_iter().map(|said| ("项目名称", letters(&said.words), said));
        let is_own_name =
            |have: &str| self.name.as_ref().is_none_or(|wanted| have.contains(wanted) || wanted.contains(have));
        let foreign = numbers.filter(|(_, have, _)| !is_own_number(have));
        let foreign = foreign.chain(names.filter(|(_, have, _)| !is_own_name(have)));
        foreign
            .filter(|(_, have, _)| !self.printed.contains(have))
            .map(|(what, have, said)| ((what, have), said))
            .collect()
    }
}

/// Another project's number or name that several bids give as this one's.
fn wrong_projects(bids: &Bids<'_>) -> Vec<Draft> {
    let project = Project::of(bids);
    let said = bids
        .each()
        .flat_map(|(index, bid)| project.foreign(bid).into_iter().map(move |(key, said)| (index, key, said)));
    let shared = shared(said).into_iter();
    shared
        .map(|((what, have), places)| {
            let words = places.values().flatten().next().map_or(have.as_str(), |said| said.words.as_str());
            let binding = places.iter().all(|(&index, said)| {
                bids.get(index).is_some_and(|bid| said.iter().any(|said| bid.is_binding(said.unit)))
            });
            let strength = if binding { Strength::Strong } else { Strength::Medium };
            Draft {
                kind: ClueKind::SharedError,
                strength: strength.if_shared_by_all(bids.is_everybodys(places.len())),
                summary: both(
                    format!("写有同一个不属于本项目的{what}“{words}”"),
                    format!("The bids give the same {}, which is not this project's: “{words}”", in_english(what)),
                ),
                innocent: INNOCENT_PROJECT,
                more: 0,
                sides: sides(bids, &places, |said| said.unit),
                subject: format!("{what} {have}"),
            }
        })
        .collect()
}

fn in_english(what: &str) -> &'static str {
    if what == "项目编号" { "project number" } else { "project name" }
}

/// What is shown of each bid: the units of its places.
fn sides<T>(bids: &Bids<'_>, places: &BTreeMap<usize, Vec<T>>, unit: impl Fn(&T) -> usize) -> BTreeMap<usize, Shown> {
    places.iter().map(|(&index, own)| (index, units_shown(bids, index, own.iter().map(&unit)))).collect()
}

/// Price lines that are wrong in the same way.
fn lines(bids: &Bids<'_>) -> Vec<Draft> {
    let mut wrong = Vec::new();
    for (index, bid) in bids.each() {
        for table in prices::item_tables(bid) {
            wrong.extend(wrong_lines(table).map(|item| {
                let figures = [item.quantity, item.unit_price, item.total].map(|figure| format!("{figure:.2}"));
                (index, (letters(&item.name), figures), (item.name.clone(), item.total_unit))
            }));
        }
    }
    let shared = shared(wrong).into_iter().filter(|((name, _), _)| !name.is_empty());
    shared
        .map(|((key, [quantity, price, total]), places)| {
            let name = places.values().flatten().next().map_or(key.as_str(), |(name, _)| name.as_str());
            Draft {
                kind: ClueKind::SharedError,
                strength: Strength::Strong.if_shared_by_all(bids.is_everybodys(places.len())),
                summary: both(
                    format!("“{name}”有同样的算术错误：{quantity} × {price} 写作 {total}"),
                    format!("“{name}” has the same arithmetic error: {quantity} × {price} given as {total}"),
                ),
                innocent: INNOCENT_LINE,
                more: 0,
                sides: sides(bids, &places, |(_, unit)| *unit),
                subject: format!("{key} {quantity} {price} {total}"),
            }
        })
        .collect()
}

/// The signs and the sentence they stand in.
type Slip = (&'static str, String);

/// The same sentence with the same sign doubled or at war with its neighbour.
fn slips(bids: &Bids<'_>) -> Vec<Draft> {
    let slipped = bids.each().flat_map(|(index, bid)| slipped(bids, bid).map(move |(key, place)| (index, key, place)));
    let draft = |((slip, text), places): (Slip, BTreeMap<usize, Vec<Vec<Evidence>>>)| Draft {
        kind: ClueKind::SharedError,
        strength: Strength::Medium.if_shared_by_all(bids.is_everybodys(places.len())),
        summary: both(
            format!("同一句话有同样的标点错误“{slip}”"),
            format!("The same sentence has the same error of punctuation: “{slip}”"),
        ),
        innocent: INNOCENT_SLIP,
        more: 0,
        sides: places
            .into_iter()
            .map(|(index, evidence)| (index, Shown::words(evidence.into_iter().next().unwrap_or_default())))
            .collect(),
        subject: text,
    };
    shared(slipped).into_iter().map(draft).collect()
}

/// The sentences of a bid with such a sign, and the words they stand in.
fn slipped<'b>(bids: &'b Bids<'_>, bid: &'b Bid<'_>) -> impl Iterator<Item = (Slip, Vec<Evidence>)> + 'b {
    bid.sentences.iter().filter_map(move |sentence| {
        let text: String = bid.text(sentence).chars().filter(|c| !c.is_whitespace()).collect();
        let long = text.chars().count() >= SENTENCE_CHARS_MIN;
        let slip = slip(&text).filter(|_| long && !boilerplate::is_common(bids, bid, sentence))?;
        Some(((slip, text), bid.evidence(sentence)))
    })
}

/// Signs in a row that no sentence has.
fn slip(text: &str) -> Option<&'static str> {
    const SLIPS: [&str; 13] =
        [",,", ";;", "、、", "::", ",。", "。,", "、。", "。、", "、,", ",、", ";。", "。;", "、;"];
    SLIPS.iter().find(|slip| text.contains(*slip)).copied()
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn signs_that_follow_each_other_rightly_are_no_slip() {
        for text in ["详见附件……", "（见表1），合格。", "质量：优。“好。”", "A; B, C."] {
            assert_eq!(slip(&bidlens_domain::fold::folded(text)), None, "{text}");
        }
        assert_eq!(slip(&bidlens_domain::fold::folded("先清洗，，再试压。")), Some(",,"));
    }
}
