//! What a file seems to be by what it says: the tender, an addendum to it, or somebody's bid.
//!
//! A tender holds the forms of a bid, and a bid names the tender, so that neither word decides: chapters do.

use bidlens_domain::document::Document;
use bidlens_domain::fold::folded;

use crate::bid;
use crate::reading::is_correction;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    Tender,
    /// A further file of the tender that changes or explains it.
    Addendum,
    Bid,
}

/// A file's role, and for a bid whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeemingRole {
    pub role: FileRole,
    pub bidder_name: Option<String>,
}

/// Chapters that only whoever asks for bids writes.
pub(crate) const TENDER_CHAPTERS: [&str; 29] = [
    "投标人须知",
    "供应商须知",
    "响应人须知",
    "磋商须知",
    "谈判须知",
    "招标公告",
    "采购公告",
    "磋商公告",
    "谈判公告",
    "询价公告",
    "投标邀请",
    "采购邀请",
    "评标办法",
    "评审办法",
    "评审标准",
    "采购需求",
    "投标文件格式",
    "响应文件格式",
    "instructions to bidders",
    "invitation for bids",
    "invitation to tender",
    "evaluation criteria",
    "evaluation of bids",
    "eligibility criteria",
    "qualification criteria",
    "scope of work",
    "notice inviting tender",
    "bid data sheet",
    "conditions of contract",
];
/// What the chapters of a bid are called.
const BID_CHAPTERS: [&str; 14] = [
    "投标函",
    "响应函",
    "报价函",
    "开标一览表",
    "报价一览表",
    "法定代表人身份证明",
    "授权委托书",
    "偏离表",
    "应答表",
    "资格证明文件",
    "类似项目业绩",
    "letter of bid",
    "bid form",
    "power of attorney",
];
/// The last words of a cover's title.
const TENDER_TITLES: [&str; 10] = [
    "招标文件",
    "采购文件",
    "磋商文件",
    "谈判文件",
    "询价通知书",
    "比选文件",
    "tenderdocument",
    "biddingdocument",
    "requestforproposal",
    "requestforproposals",
];
const BID_TITLES: [&str; 6] = ["投标文件", "响应文件", "应答文件", "报价文件", "ourbid", "bidsubmission"];
/// Lines of a cover.
const COVER_LINES: usize = 15;

/// What a file seems to be; `None` where it does not tell.
pub fn seeming_role(document: &Document) -> Option<SeemingRole> {
    let role = role(document)?;
    let bidder_name =
        (role == FileRole::Bid).then(|| bid::names::bidder_name(std::slice::from_ref(document))).flatten();
    Some(SeemingRole { role, bidder_name })
}

fn role(document: &Document) -> Option<FileRole> {
    if is_correction(document) {
        return Some(FileRole::Addendum);
    }
    let mut lines: Vec<String> = document.sections.iter().map(|s| letters(&s.title)).collect();
    let body = document.blocks.iter().filter(|b| b.kind.is_body());
    let short = body.map(|b| letters(&b.text)).filter(|t| (2..=30).contains(&t.chars().count()));
    let cover: Vec<String> = short.take(COVER_LINES).collect();
    lines.extend(cover.iter().cloned());
    let titled = |titles: &[&str]| cover.iter().any(|line| titles.iter().any(|title| line.ends_with(title)));
    let asks = chapters(&TENDER_CHAPTERS, &lines);
    if asks >= 2 || asks == 1 && titled(&TENDER_TITLES) {
        return Some(FileRole::Tender);
    }
    if titled(&BID_TITLES) || chapters(&BID_CHAPTERS, &lines) >= 2 {
        return Some(FileRole::Bid);
    }
    titled(&TENDER_TITLES).then_some(FileRole::Tender)
}

/// How many of these chapters are among the titles.
pub(crate) fn chapters(names: &[&str], titles: &[String]) -> usize {
    /// Bytes that a title has beside its name: a number, a few words.
    const BESIDE: usize = 30;
    let is_there = |name: &&&str| {
        let name = letters(name);
        titles.iter().any(|title| title.contains(&name) && title.len() <= name.len() + BESIDE)
    };
    names.iter().filter(is_there).count()
}

/// Folded, in lower case, without spaces: covers are set wide (`投 标 文 件`).
pub(crate) fn letters(text: &str) -> String {
    folded(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
