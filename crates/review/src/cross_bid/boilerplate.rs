//! Sentences that many bids rightly share: statutory forms, commitments, laws and standards.

use std::sync::LazyLock;

use regex::Regex;

use super::Bids;
use crate::bid::{Bid, Sentence};
use crate::compare::bare;

/// How many headings around a sentence name what it is part of: a title over the whole bid does not.
const HEADINGS: usize = 2;
/// Headings of forms and letters.
const FORMS: [&str; 20] = [
    "承诺",
    "声明",
    "授权",
    "身份证明",
    "投标函",
    "响应函",
    "报价函",
    "磋商函",
    "中小企业",
    "监狱企业",
    "残疾人福利",
    "保函",
    "保证金",
    "协议",
    "廉洁",
    "廉政",
    "诚信",
    "保密",
    "commitment",
    "declaration",
];
/// Words of such forms, wherever they stand.
const STOCK: [&str; 20] = [
    "承诺",
    "声明",
    "郑重",
    "特此",
    "转委托",
    "以我方名义",
    "商业信誉",
    "财务会计制度",
    "依法缴纳税收",
    "社会保障资金",
    "重大违法记录",
    "失信被执行人",
    "大企业的分支机构",
    "大企业的负责人为同一人",
    "从业人员",
    "投标有效期内",
    "法律责任",
    "中华人民共和国",
    "hereby declare",
    "we undertake",
];

static CITES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"《[^》]*(?:法|条例|办法|规范|标准|规程|规定|细则|通知|意见|导则|图集)[^》]*》|(?:^|[^A-Za-z])(?:GB|JGJ|CJJ|CJ|SL|DL|HJ|JTG|YY|ISO|IEC|EN)(?:[/ ]?T)?[ -]?\d{2,}|国办发|财库|发改")
        .ok()
});

/// Whether a sentence is of a kind that says nothing when bids share it: the tender's, told of others, a form's,
/// a law's.
pub(super) fn is_common(bids: &Bids<'_>, bid: &Bid<'_>, sentence: &Sentence) -> bool {
    let text = bid.text(sentence).to_lowercase();
    !bid.is_own(sentence.unit)
        || STOCK.iter().any(|words| text.contains(words))
        || CITES.as_ref().is_some_and(|pattern| pattern.is_match(bid.text(sentence)))
        || in_form(bid, sentence.unit)
        || bids.is_tenders(&bare(bid.text(sentence)))
}

fn in_form(bid: &Bid<'_>, unit: usize) -> bool {
    let headings = bid.reading.headings(unit);
    headings.iter().take(HEADINGS).any(|heading| FORMS.iter().any(|form| heading.contains(form)))
}
