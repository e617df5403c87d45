//! What kinds of things a segment states, so that a question for a date finds the line that holds one.

use std::sync::LazyLock;

use bidlens_domain::fold::folded;
use bidlens_domain::segment::{Segment, SegmentKind};
use regex::{Regex, RegexSet};

/// A set of [`Sign`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signs(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A day or a time of day.
    Date,
    Money,
    /// A length of time.
    Period,
    Percent,
    /// A number of copies or lots.
    Count,
    Place,
    /// A box to tick, or that something is or is not allowed.
    Choice,
    /// A company or an office.
    Organisation,
    /// A form that is to be filled in.
    Blank,
    /// Running headers and footers, tables of contents.
    Furniture,
    /// Headings with nothing under them.
    Headings,
    /// The cover, the notice and the table before the instructions, which state the facts of this tender.
    Front,
    /// Forms and contracts to be filled in, which repeat the words of other parts.
    Form,
    /// Anything: a name is followed by words.
    Any,
}

const ALL: &[(Sign, &str)] = &[
    (Sign::Date, "date"),
    (Sign::Money, "money"),
    (Sign::Period, "period"),
    (Sign::Percent, "percent"),
    (Sign::Count, "count"),
    (Sign::Place, "place"),
    (Sign::Choice, "choice"),
    (Sign::Organisation, "organisation"),
    (Sign::Blank, "blank"),
    (Sign::Furniture, "furniture"),
    (Sign::Headings, "headings"),
    (Sign::Front, "front"),
    (Sign::Form, "form"),
    (Sign::Any, "any"),
];

impl Sign {
    pub(crate) fn parse(name: &str) -> Option<Sign> {
        ALL.iter().find(|(_, known)| *known == name).map(|&(sign, _)| sign)
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl Signs {
    pub(crate) fn of(segment: &Segment) -> Signs {
        let mut signs = Signs::of_text(&segment.text);
        match segment.kind {
            SegmentKind::Furniture => signs.add(Sign::Furniture),
            SegmentKind::Headings => signs.add(Sign::Headings),
            SegmentKind::Text | SegmentKind::Table => {}
        }
        let path = folded(&segment.section_path);
        let is_cover = path.is_empty() && segment.page() == 1;
        if is_cover || is_front(&path, segment.kind == SegmentKind::Table) {
            signs.add(Sign::Front);
        } else if FORM.as_ref().is_some_and(|form| form.is_match(&path)) {
            signs.add(Sign::Form);
        }
        signs
    }

    pub(crate) fn of_text(text: &str) -> Signs {
        let text = folded(text);
        let mut signs = Signs::default();
        let Some(patterns) = PATTERNS.as_ref() else { return signs };
        for found in patterns.matches(&text) {
            if let Some((sign, _)) = FORMS.get(found) {
                signs.add(*sign);
            }
        }
        signs
    }

    pub(crate) fn add(&mut self, sign: Sign) {
        self.0 |= sign.bit();
    }

    pub(crate) fn join(&mut self, other: Signs) {
        self.0 |= other.0;
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, sign: Sign) -> bool {
        self.0 & sign.bit() != 0
    }

    pub(crate) fn shares(self, other: Signs) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        ALL.iter().filter(move |(sign, _)| self.has(*sign)).map(|(_, name)| *name)
    }
}

/// How things look in folded text; several forms of one sign stand one after the other.
const FORMS: &[(Sign, &str)] = &[
    (Sign::Date, r"\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}"),
    (Sign::Date, r"\d{1,2}[:时点]\d{2}"),
    (Sign::Date, r"(?i)\b\d{1,2}[ -]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,.-]*\d{4}"),
    (Sign::Date, r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4}"),
    (Sign::Money, r"\d(?:百|千|万|亿)*元|\d[万亿]|[¥￥$€]\d|元整"),
    (Sign::Money, r"(?i)\b(?:rs|inr|usd|rmb|cny|eur|us\$)\.? ?\d"),
    (Sign::Money, r"\d{4,}\.\d{2}|\d,\d{2,3}\b"),
    (Sign::Period, r"\d个?(?:日历天|日历日|工作日|天|日内|个月|月内|周)|\d个月|[^\d]\d{1,2}年"),
    (Sign::Period, r"[一二两三四五六七八九十]+(?:个月|天|年|个工作日|日内)"),
    (Sign::Period, r"[\d一二两三四五六七八九十][日天](?:之|以)?前"),
    (
        Sign::Period,
        r"(?i)\b(?:\d+|one|two|three|four|five|six|twelve|thirty|ninety)\)? ?(?:\([a-z0-9 ]+\) ?)?(?:calendar |working )?(?:day|week|month|year)s?\b",
    ),
    (Sign::Percent, r"(?i)\d ?[%％]|百分之|\bper ?cent"),
    (
        Sign::Count,
        r"(?i)[\d一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾](?:份|套|本|个标段|个标包|个包|包)|\bcop(?:y|ies)\b|\blots?\b",
    ),
    (Sign::Place, r"https?://|www\.|\d号|\d室|[路街巷道]|[楼厅厦]|平台|系统|网[上站址]|线上|开标室|会议室|中心"),
    (Sign::Place, r"(?i)\b(?:building|floor|road|street|portal|online|website|premises|office of|block no)\b"),
    (Sign::Choice, r"[□☐☑√■☒✓✔]|不?接受|不?允许|不得|不?可以|不?需要|是否|无需|不收取|免收"),
    (Sign::Choice, r"(?i)\b(?:not )?(?:allowed|permitted|acceptable|accepted|applicable|required)\b"),
    (
        Sign::Organisation,
        r"(?i)公司|[局厅院校所站]|中心|委员会|政府|大学|集团|\b(?:limited|ltd|company|corporation|authority|department|board)\b",
    ),
    (Sign::Blank, r"_{3,}|[^\d]年月日|\.{6,}"),
];

/// Whether a section states the facts of a tender.
///
/// The instructions that follow a table of facts often stand in its section, so their running text does not count.
fn is_front(path: &str, in_table: bool) -> bool {
    let facts = if in_table { path } else { path.rsplit('›').next().unwrap_or_default() };
    NOTICE.as_ref().is_some_and(|titles| titles.is_match(path))
        || FACTS.as_ref().is_some_and(|titles| titles.is_match(facts))
}

/// Titles of the notice, which states the facts of a tender.
static NOTICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)公告|邀请|关键信息|notice inviting|invitation").ok());

/// Titles of tables that state them.
static FACTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)前附表|资料表|data sheet|fact sheet|(?:at a|@ ?a?) ?glance|key dates|important dates").ok()
});

/// Titles of the parts that are filled in later, by bidders or by both parties.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let titles = r"(?i)格式|样本|范本|合同|协议书|承诺函|声明函|委托书|投标函|偏离表|\b(?:forms?|annexure|appendix|schedule ?[-–]? ?\d+|agreement|draft|proforma|format)\b";
    Regex::new(titles).ok()
});

static PATTERNS: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(FORMS.iter().map(|(_, form)| form)).ok());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_tell_what_a_text_states() {
        let told = |text: &str| Signs::of_text(text).names().collect::<Vec<_>>().join(" ");
        assert_eq!(told("2031 年 5 月 20 日 9 时 30 分"), "date");
        assert_eq!(told("11-Mar-2031 upto 03:00 PM"), "date");
        assert_eq!(told("人民币 20000 元"), "money");
        assert_eq!(told("Rs. 2,00,000/-"), "money");
        assert_eq!(told("90 日历天"), "period");
        assert_eq!(told("合同价的 5%"), "percent");
        assert_eq!(told("□是 ■否"), "choice");
        assert_eq!(told("正本壹份"), "count");
        assert_eq!(told("日期：    年  月  日"), "blank");
        assert_eq!(told("投标人应仔细阅读"), "");
    }

    #[test]
    fn facts_stand_in_the_table_and_not_in_what_follows_it() {
        let front = |path: &str, in_table: bool| is_front(path, in_table);
        assert!(front("第二章 须知 › 投标人须知前附表", false));
        assert!(front("第二章 须知 › 投标人须知前附表 › 一、总则", true));
        assert!(!front("第二章 须知 › 投标人须知前附表 › 一、总则", false));
        assert!(front("第一章 招标公告 › 四、提交", false));
        assert!(front("Fact Sheet – Tender at a Glance", false));
        assert!(!front("第三章 评标办法", true));
    }

    #[test]
    fn every_sign_has_its_own_name() {
        for (sign, name) in ALL {
            assert_eq!(Sign::parse(name), Some(*sign));
        }
        assert_eq!(Sign::parse("other"), None);
        assert!(PATTERNS.is_some() && NOTICE.is_some() && FACTS.is_some() && FORM.is_some());
    }
}
