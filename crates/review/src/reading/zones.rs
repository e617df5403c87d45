//! In which part of a tender a text stands.
//!
//! Titles of sections say it, and lines of chapters that the section tree did not take for headings; a part
//! inside another keeps the outer one's zone unless its own title is sure. Start at [`section_zones`].

use bidlens_domain::document::{Block, BlockKind, Document, Table};
use bidlens_domain::fold::folded;

use super::labels::{is_serial, strip_label};
use crate::grammar::numbers::is_chinese_numeral;

/// The part of a tender a text stands in; it decides whose word counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Zone {
    /// A document that corrects or supplements the others.
    Correction,
    Cover,
    Notice,
    FrontTable,
    Instructions,
    Evaluation,
    Requirement,
    Contract,
    /// Templates the bidder fills in: nothing in them is a statement of the tender.
    BidForms,
    Other,
}

/// The zone of every section.
pub(super) fn section_zones(document: &Document) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::with_capacity(document.sections.len());
    let mut last_top = Zone::Cover;
    for section in &document.sections {
        let title = folded(&section.title);
        let own = zone_of_title(&title);
        let parent = section.parent.and_then(|p| zones.get(p.0 as usize).copied());
        let zone = match (parent, own) {
            // Inside templates and contracts a title says what the template is for.
            (Some(parent @ (Zone::BidForms | Zone::Contract | Zone::Evaluation | Zone::Requirement)), _) => parent,
            (Some(Zone::FrontTable), None) => Zone::Instructions,
            (Some(parent @ (Zone::Notice | Zone::Instructions | Zone::FrontTable)), Some(own)) => match own {
                Zone::FrontTable => Zone::FrontTable,
                // 16.投标文件格式 among the instructions is a rule about templates, not the templates.
                Zone::BidForms
                    if section.level <= 2
                        && !section.number.starts_with(|c: char| c.is_ascii_digit())
                        && is_forms_part(&title) =>
                {
                    Zone::BidForms
                }
                _ if parent == Zone::FrontTable => Zone::Instructions,
                _ => parent,
            },
            (Some(parent), None) => parent,
            (Some(_) | None, Some(own)) => own,
            // A chapter that lists what a bid is made of; among the instructions such a title is a rule.
            (None, None)
                if ["文件组成", "文件的组成", "文件构成"].iter().any(|w| title.contains(w))
                    && ["投标", "响应", "应答", "报价", "申请"].iter().any(|w| title.contains(w)) =>
            {
                Zone::BidForms
            }
            (None, None) => match last_top {
                Zone::BidForms => Zone::BidForms,
                Zone::Contract => Zone::Contract,
                Zone::Cover => Zone::Cover,
                _ => Zone::Other,
            },
        };
        if section.parent.is_none() {
            last_top = zone;
        }
        zones.push(zone);
    }
    zones
}

/// Whether a title can open the templates inside another part: a chapter or an appendix, not a clause.
fn is_forms_part(folded_title: &str) -> bool {
    !folded_title.contains("要求") && !folded_title.contains("编制") && !folded_title.contains("递交")
}

/// The zone that a chapter's line names, where the section tree did not take it for a heading.
pub(super) fn chapter_line(block: &Block) -> Option<Zone> {
    if block.text.len() > 160 || matches!(block.kind, BlockKind::Table(_)) {
        return None;
    }
    let line = folded(&block.text);
    let rest = line.strip_prefix('第')?;
    let n: usize = rest.chars().take_while(|c| c.is_ascii_digit() || is_chinese_numeral(*c)).map(char::len_utf8).sum();
    let after = rest.get(n..)?;
    let title = ["章", "部分", "卷", "篇"].iter().find_map(|w| after.strip_prefix(w))?;
    let title = title.trim_matches([':', ' ', '.']);
    if n == 0
        || title.chars().count() > 30
        || title.ends_with(|c: char| c.is_ascii_digit())
        || title.contains(['。', ',', ';'])
    {
        return None;
    }
    zone_of_title(title)
}

/// How a title says what its part is.
enum Manner {
    /// With one of these words.
    Any(&'static [&'static str]),
    /// With one of these words beside the first.
    Beside(&'static str, &'static [&'static str]),
    /// With this word at its end.
    Last(&'static str),
}

/// What titles say; the first row that fits has its way.
const TITLES: [(Zone, Manner); 12] = [
    (
        Zone::FrontTable,
        Manner::Any(&[
            "前附表",
            "资料表",
            "须知附表",
            "须知表",
            "数据表",
            "data sheet",
            "fact sheet",
            "at a glance",
            "@ glance",
            "key dates",
            "critical dates",
            "important dates",
            "bid information sheet",
            "tender schedule",
            "schedule of tender",
            "tender information",
            "key information",
            "summary sheet",
        ]),
    ),
    (Zone::Instructions, Manner::Any(&["须知"])),
    (
        Zone::Contract,
        Manner::Beside(
            "合同",
            &["条款", "文本", "格式", "合同书", "模板", "协议", "草案", "范本", "样本", "主要内容", "拟签订"],
        ),
    ),
    (Zone::Contract, Manner::Last("合同")),
    (
        Zone::Contract,
        Manner::Any(&[
            "conditions of contract",
            "contract form",
            "form of agreement",
            "general conditions",
            "special conditions",
        ]),
    ),
    (
        Zone::BidForms,
        Manner::Any(&[
            "文件格式",
            "文件组成及格式",
            "文件构成及格式",
            "组成要求及格式",
            "文件的格式",
            "格式文件",
            "附件格式",
            "格式及附件",
            "样式",
            "文件附件",
            "投标文件正文",
            "bidding forms",
            "bid forms",
            "tender forms",
            "proforma",
            "annexure",
            "sample forms",
        ]),
    ),
    (Zone::BidForms, Manner::Beside("格式", &["投标", "响应", "报价", "附件", "磋商", "谈判"])),
    // The templates themselves.
    (
        Zone::BidForms,
        Manner::Any(&[
            "投标函",
            "授权委托书",
            "授权书",
            "声明函",
            "承诺函",
            "偏离表",
            "开标一览表",
            "报价一览表",
            "报价表",
            "身份证明",
            "基本情况表",
        ]),
    ),
    (
        Zone::Notice,
        Manner::Any(&[
            "公告",
            "邀请",
            "notice inviting",
            "invitation for bid",
            "invitation to bid",
            "invitation to tender",
            "tender notice",
            "request for bids",
            "letter of invitation",
        ]),
    ),
    (Zone::Instructions, Manner::Any(&["通用条款", "instructions to", "instruction to"])),
    (Zone::Evaluation, Manner::Any(&["评标", "评审", "评分", "评定", "资格审查", "资格性审查", "evaluation"])),
    (
        Zone::Requirement,
        Manner::Any(&[
            "采购需求",
            "用户需求",
            "技术要求",
            "技术规范",
            "采购内容",
            "招标需求",
            "项目需求",
            "服务需求",
            "招标项目",
            "货物需求",
            "工程量清单",
            "技术标准",
            "商务要求",
            "服务要求",
            "技术规格",
            "招标内容",
            "需求书",
            "技术需求",
            "委托人要求",
            "任务书",
            "发包人要求",
            "采购人要求",
            "scope of work",
            "scope of services",
            "scope of supply",
            "technical specification",
            "terms of reference",
            "bill of quantities",
            "schedule of quantities",
            "requirements",
        ]),
    ),
];

impl Manner {
    fn fits(&self, title: &str) -> bool {
        let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
        match self {
            Manner::Any(words) => has(words),
            Manner::Beside(word, words) => title.contains(word) && has(words),
            Manner::Last(word) => title.ends_with(word),
        }
    }
}

/// What a title says its part is; `None` when it says nothing.
fn zone_of_title(folded_title: &str) -> Option<Zone> {
    let title = folded_title.to_lowercase();
    TITLES.iter().find(|(_, manner)| manner.fits(&title)).map(|(zone, _)| *zone)
}

/// Whether a table among the instructions is their front table under another name: numbered rows of
/// a subject and what holds for it.
pub(super) fn is_front_table(block: &Block, table: &Table) -> bool {
    if table.rows < 5 || !(2..=6).contains(&table.columns) {
        return false;
    }
    let mut serial = 0;
    let mut seen = 0;
    for cell in table.cells.iter().filter(|c| c.column == 0 && c.row > 0).take(8) {
        seen += 1;
        if is_serial(&folded(cell.range.slice(&block.text))) {
            serial += 1;
        }
    }
    let head = table.cells.first().map(|c| strip_label(&folded(c.range.slice(&block.text)))).unwrap_or_default();
    let named = matches!(head.as_str(), "序号" | "条款号" | "条款" | "条目" | "编号" | "项号" | "条款序号");
    named && serial * 2 >= seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_their_zone() {
        assert_eq!(zone_of_title("投标人须知前附表"), Some(Zone::FrontTable));
        assert_eq!(zone_of_title("合同条款及格式"), Some(Zone::Contract));
        assert_eq!(zone_of_title("投标文件格式"), Some(Zone::BidForms));
        assert_eq!(zone_of_title("总则"), None);
    }
}
