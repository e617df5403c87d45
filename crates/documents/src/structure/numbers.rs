//! Clause numbers in front of a line: 第三章, 一、, （一）, 1., 3.2.1, ★3.2, ARTICLE 4, Section II, 附件一.
//!
//! Only the form is read here; whether the line is a heading is decided in [`super`].

use std::sync::LazyLock;

use regex::Regex;

/// The family a number belongs to; two numbers of one style are siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Style {
    /// 第一部分, 第二卷, Part A
    Part,
    /// 第一章, Chapter 1, SECTION II
    Chapter,
    /// 附件一, 附录A, Annexure 1
    Annex,
    /// 第一节
    Section,
    /// 一、
    Ideograph,
    /// （一）
    IdeographParenthesis,
    /// 第一条, Article 4
    Article,
    /// 1. (1), 1.1 (2), 1.1.1 (3)…
    Decimal(u8),
    /// （1）, 1)
    DecimalParenthesis,
    /// A., (a)
    Letter,
    /// ①
    Circled,
    /// (ii)
    Roman,
    /// • or –
    Bullet,
}

impl Style {
    /// The usual order of styles from the outermost inward.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Style::Part => 0,
            Style::Chapter => 10,
            Style::Annex => 12,
            Style::Section => 20,
            Style::Ideograph => 30,
            Style::IdeographParenthesis => 40,
            Style::Article => 45,
            Style::Decimal(depth) => 50 + depth.min(9),
            Style::DecimalParenthesis => 70,
            Style::Letter => 75,
            Style::Roman => 76,
            Style::Circled => 80,
            Style::Bullet => 90,
        }
    }
}

/// A number found in front of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    pub(crate) style: Style,
    /// As printed, marks such as ★ before it included.
    pub(crate) printed: &'a str,
    /// What follows, without leading blanks.
    pub(crate) rest: &'a str,
}

static PATTERNS: LazyLock<Vec<(Style, Regex)>> = LazyLock::new(|| {
    const IDEOGRAPHS: &str = "[一二三四五六七八九十百零〇○]";
    let table: Vec<(Style, String)> = vec![
        (
            Style::Part,
            format!(r"^第\s*(?:{IDEOGRAPHS}|[0-9０-９]|\s)+(?:部\s*分|卷|册|篇)"),
        ),
        (
            Style::Chapter,
            format!(r"^第\s*(?:{IDEOGRAPHS}|[0-9０-９]|\s)+章"),
        ),
        (
            Style::Section,
            format!(r"^第\s*(?:{IDEOGRAPHS}|[0-9０-９]|\s)+节"),
        ),
        (
            Style::Article,
            format!(r"^第\s*(?:{IDEOGRAPHS}|[0-9０-９]|\s)+条"),
        ),
        (
            Style::Annex,
            format!(
                r"^(?:附\s*[件录表图]|格式)\s*(?:(?:{IDEOGRAPHS})+|[0-9０-９]+(?:[-－—–.．][0-9０-９]+)*|[A-Z])(?:[-－—–][0-9]+)?[、：:.．]?"
            ),
        ),
        (
            Style::Ideograph,
            format!(r"^(?:(?:{IDEOGRAPHS})+\s*[、，.．]|(?:{IDEOGRAPHS}){{1,3}}\s+)"),
        ),
        (
            Style::IdeographParenthesis,
            format!(r"^[（(]\s*(?:{IDEOGRAPHS})+\s*[）)][、.．]?"),
        ),
        (
            Style::DecimalParenthesis,
            r"^(?:[（(]\s*[0-9０-９]{1,3}\s*[）)]|[0-9０-９]{1,2}[）)])[、.．]?".to_owned(),
        ),
        (
            Style::Circled,
            r"^[\u{2460}-\u{2473}\u{2474}-\u{2487}\u{2776}-\u{277F}\u{3251}-\u{325F}]".to_owned(),
        ),
        (Style::Bullet, r"^[•●○◆◇■▪▫➢➤\u{F0B7}\u{F06C}\u{F0D8}–—-]\s+".to_owned()),
        (
            Style::Part,
            r"^(?i:part|volume)\s*[-–:]?\s*(?:[IVX]+|[0-9]+|[A-H])\b[.:\-–]?".to_owned(),
        ),
        (
            Style::Chapter,
            r"^(?i:chapter|section)\s*[-–:]?\s*(?:[IVXL]+|[0-9]+|[A-H])\b[.:\-–]?".to_owned(),
        ),
        (
            Style::Annex,
            r"^(?i:annex(?:ure)?|appendix|schedule|exhibit|attachment|form)\s*[-–:]?\s*(?:[IVXL]+|[0-9]+(?:[.\-][0-9]+)*|[A-Z])\b[.:\-–]?"
                .to_owned(),
        ),
        (
            Style::Article,
            r"^(?i:article|clause)\s+(?:[IVXL]+|[0-9]+(?:\.[0-9]+)*)\b[.:\-–]?".to_owned(),
        ),
        (Style::Roman, r"^(?:\([ivx]{1,5}\)|[ivx]{1,5}\))".to_owned()),
        (Style::Letter, r"^(?:\([a-zA-Z]\)|[a-zA-Z]\)|[A-Z]\.)\s*".to_owned()),
    ];
    table.into_iter().filter_map(|(style, pattern)| Some((style, Regex::new(&pattern).ok()?))).collect()
});

/// 1、 1. 1．1 3.2.1: digits with points, ended by a point, a comma of lists, a blank or a Chinese character.
static DECIMAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^([0-9０-９]{1,3}(?:\s?[.．]\s?[0-9０-９]{1,3}){0,6})\s*([.．、]?)").ok());

/// Marks put in front of a number to say how binding it is.
fn is_mark(c: char) -> bool {
    matches!(c, '★' | '▲' | '☆' | '△' | '*' | '＊' | '※' | '#' | '＃' | '◆') || c.is_whitespace()
}

/// Reads the number in front of `text`, if there is one.
pub(crate) fn number(text: &str) -> Option<Number<'_>> {
    let lead = text.len() - text.trim_start_matches(is_mark).len();
    let bare = text.get(lead..)?;
    let first = bare.chars().next()?;
    let window_end = bare.char_indices().nth(40).map_or(bare.len(), |(at, _)| at);
    let window = bare.get(..window_end)?;
    let found = |style: Style, length: usize| -> Option<Number<'_>> {
        let end = lead + length;
        Some(Number { style, printed: text.get(..end)?.trim(), rest: text.get(end..)?.trim_start() })
    };
    if (first.is_ascii_digit() || ('０'..='９').contains(&first))
        && let Some(number) = decimal(window).and_then(|(style, length)| found(style, length))
    {
        return Some(number);
    }
    if !begins_pattern(first) {
        return None;
    }
    let (style, end) =
        PATTERNS.iter().find_map(|(style, pattern)| pattern.find(window).map(|matched| (*style, matched.end())))?;
    // one hundred twenty | (120) days: figures that repeat a quantity in words.
    let repeats = style == Style::DecimalParenthesis && window.get(end..).is_some_and(is_counted);
    found(style, end).filter(|_| !repeats)
}

/// Whether what follows a number is what it counts.
fn is_counted(rest: &str) -> bool {
    let word = rest.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    matches!(word, "calendar" | "working" | "business" | "days" | "weeks" | "months" | "years" | "hours" | "copies")
}

/// Whether any of [`PATTERNS`] can begin with `c`: most lines begin with a word and need no further look.
fn begins_pattern(c: char) -> bool {
    matches!(c,
        '第' | '附' | '格'
        | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '零' | '〇' | '○'
        | '（' | '(' | '0'..='9' | '０'..='９'
        | '\u{2460}'..='\u{2473}' | '\u{2474}'..='\u{2487}' | '\u{2776}'..='\u{277F}' | '\u{3251}'..='\u{325F}'
        | '•' | '●' | '◆' | '◇' | '■' | '▪' | '▫' | '➢' | '➤' | '\u{F0B7}' | '\u{F06C}' | '\u{F0D8}' | '–' | '—' | '-'
        // A long s is an s to a pattern that is blind to case.
        | 'A'..='Z' | 'a'..='z' | 'ſ')
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn decimal(window: &str) -> Option<(Style, usize)> {
    let captures = DECIMAL.as_ref()?.captures(window)?;
    let whole = captures.get(0)?;
    let digits = captures.get(1)?.as_str();
    let mark = captures.get(2).map_or("", |m| m.as_str());
    let depth = digits.chars().filter(|c| matches!(c, '.' | '．')).count() + 1;
    let rest = window.get(whole.end()..)?;
    let next = rest.chars().next();
    let spaced = window.get(..whole.end()).is_some_and(|w| w.ends_with(char::is_whitespace));
    let letter = |c: char| c.is_alphabetic() || matches!(c, '★' | '▲' | '“' | '"' | '《' | '【' | '（' | '(' | '*');
    // "1990年", "3.5 万元", "10:30" and "2.5%" are quantities, not numbers of clauses.
    let unit = rest
        .trim_start()
        .starts_with(['年', '月', '日', '元', '万', '%', '％', '个', '份', '天', '米', '人', '台', '套', '分', '、']);
    // "24 months", "1 electronic copy" and "15 March" as well: an English title opens with a capital.
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let counted = next.is_some_and(|c| c.is_ascii_lowercase()) || MONTHS.contains(&word);
    let ended = match (depth, mark) {
        (1, "") => spaced && next.is_some_and(letter) && !unit && !counted,
        (1, _) => next.is_none_or(|c| letter(c) || c.is_whitespace() || (mark == "、" && !c.is_ascii_punctuation())),
        (_, _) => {
            let leading_zero = digits.starts_with('0') || digits.starts_with('０');
            !leading_zero && next.is_none_or(letter) && !(unit && mark.is_empty())
        }
    };
    let depth = u8::try_from(depth).unwrap_or(9);
    ended.then_some((Style::Decimal(depth), whole.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pattern_begins_with_a_character_that_is_passed_over() {
        for c in ('\0'..='\u{FFFF}').filter(|c| !begins_pattern(*c)) {
            for tail in [" 一、1.)）章部分节条", "art 1.", "、", "1 ", "一 "] {
                let line = format!("{c}{tail}");
                assert!(PATTERNS.iter().all(|(_, pattern)| !pattern.is_match(&line)), "{line:?}");
            }
        }
    }

    #[test]
    fn the_usual_numbers_are_read_and_quantities_are_not() {
        let shown: Vec<String> = [
            "第一章 招标公告",
            "第 三 章  评标办法",
            "第二部分 投标人须知",
            "第一节 总则",
            "第十二条 付款方式",
            "一、项目概况",
            "（一）资格要求",
            "(3) 其他",
            "1. 总则",
            "1、总则",
            "1.1 适用范围",
            "3.2.1投标报价",
            "★3.2 投标有效期",
            "① 原件",
            "附件1：授权书",
            "附件一 投标函",
            "ARTICLE 4 PAYMENT",
            "Section II. Instructions to Bidders",
            "Annexure-3 Bid Form",
            "(ii) a valid licence",
            "2025年1月5日",
            "3.5 万元",
            "10:30 开标",
            "100%",
            "12 个月",
            "2024.12.03",
            "2 Scope of Work",
            "24 months from award",
            "15 March 2031",
            "(120) days from the deadline",
        ]
        .into_iter()
        .map(|line| match number(line) {
            Some(n) => format!("{:?} [{}] {}", n.style, n.printed, n.rest),
            None => format!("- {line}"),
        })
        .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        Chapter [第一章] 招标公告
        Chapter [第 三 章] 评标办法
        Part [第二部分] 投标人须知
        Section [第一节] 总则
        Article [第十二条] 付款方式
        Ideograph [一、] 项目概况
        IdeographParenthesis [（一）] 资格要求
        DecimalParenthesis [(3)] 其他
        Decimal(1) [1.] 总则
        Decimal(1) [1、] 总则
        Decimal(2) [1.1] 适用范围
        Decimal(3) [3.2.1] 投标报价
        Decimal(2) [★3.2] 投标有效期
        Circled [①] 原件
        Annex [附件1：] 授权书
        Annex [附件一] 投标函
        Article [ARTICLE 4] PAYMENT
        Chapter [Section II.] Instructions to Bidders
        Annex [Annexure-3] Bid Form
        Roman [(ii)] a valid licence
        - 2025年1月5日
        - 3.5 万元
        - 10:30 开标
        - 100%
        - 12 个月
        - 2024.12.03
        Decimal(1) [2] Scope of Work
        - 24 months from award
        - 15 March 2031
        - (120) days from the deadline
        ");
    }
}
