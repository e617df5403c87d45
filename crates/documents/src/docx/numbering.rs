//! Automatic numbers as Word shows them: `numbering.xml` and the counters it drives.
//!
//! Clauses of a tender are cited by these numbers, and no character of them stands in the document's text.

use std::collections::{HashMap, HashSet};

use crate::docx::symbols;
use crate::raw::Refusal;
use crate::xml::{Element, Token, Xml};

const LEVELS: usize = 9;

#[derive(Debug, Default)]
pub(crate) struct Numbering {
    abstracts: HashMap<i64, Abstract>,
    nums: HashMap<i64, Num>,
    /// Counters by abstract definition: lists that share one go on counting.
    counters: HashMap<i64, [Option<i64>; LEVELS]>,
    restarted: HashSet<(i64, usize)>,
}

#[derive(Debug, Clone, Default)]
struct Abstract {
    levels: [Level; LEVELS],
    /// This definition only names a numbering style, which holds the levels.
    style_link: Option<String>,
    /// The numbering style whose levels these are.
    own_style: Option<String>,
}

#[derive(Debug, Clone)]
struct Level {
    start: i64,
    format: String,
    /// The custom pattern of `w:numFmt w:format`, such as `001, 002, …`.
    pattern: String,
    text: String,
    font: String,
    legal: bool,
    style: Option<String>,
    suffix: Suffix,
    /// The level whose use restarts this one; `Some(0)` means never.
    restart: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suffix {
    Tab,
    Space,
    Nothing,
}

impl Default for Level {
    fn default() -> Self {
        Level {
            start: 1,
            format: "decimal".to_owned(),
            pattern: String::new(),
            text: String::new(),
            font: String::new(),
            legal: false,
            style: None,
            suffix: Suffix::Tab,
            restart: None,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Num {
    abstract_id: i64,
    starts: HashMap<usize, i64>,
    levels: HashMap<usize, Level>,
}

/// The number of one paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// Empty for a bullet.
    pub(crate) text: String,
    /// What stands between number and words.
    pub(crate) joint: &'static str,
}

impl Numbering {
    pub(crate) fn read(part: &str, text: &str, max_depth: usize) -> Result<Self, Refusal> {
        let mut xml = Xml::new(part, text, max_depth);
        let mut numbering = Numbering::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "abstractNum" => {
                        let id = element.number("abstractNumId").unwrap_or(-1);
                        let definition = read_abstract(&mut xml)?;
                        numbering.abstracts.insert(id, definition);
                    }
                    "num" => {
                        let id = element.number("numId").unwrap_or(-1);
                        let num = read_num(&mut xml)?;
                        numbering.nums.insert(id, num);
                    }
                    _ => {}
                },
                Token::Close | Token::Text(_) => {}
                Token::End => return Ok(numbering.linked()),
            }
        }
    }

    /// Resolves definitions that only point at a numbering style.
    fn linked(mut self) -> Self {
        let by_style: HashMap<String, [Level; LEVELS]> =
            self.abstracts.values().filter_map(|a| Some((a.own_style.clone()?, a.levels.clone()))).collect();
        for definition in self.abstracts.values_mut() {
            if let Some(levels) = definition.style_link.as_ref().and_then(|s| by_style.get(s)) {
                definition.levels = levels.clone();
            }
        }
        self
    }

    /// The level of `num` that a paragraph style is bound to.
    pub(crate) fn level_of_style(&self, num: i64, style: &str) -> Option<usize> {
        let definition = self.abstracts.get(&self.nums.get(&num)?.abstract_id)?;
        definition.levels.iter().position(|l| l.style.as_deref() == Some(style))
    }

    /// Counts one paragraph of list `num` at `level` and returns its number; `None` for an unknown list.
    pub(crate) fn count(&mut self, num: i64, level: usize) -> Option<Label> {
        let level = level.min(LEVELS - 1);
        let list = self.nums.get(&num)?;
        let definition = self.abstracts.get(&list.abstract_id)?;
        let at = |n: usize| list.levels.get(&n).or_else(|| definition.levels.get(n));
        let start = |n: usize| list.starts.get(&n).copied().or_else(|| at(n).map(|l| l.start)).unwrap_or(1);
        let counters = self.counters.entry(list.abstract_id).or_default();
        let restart = (0..=level).find(|n| list.starts.contains_key(n) && !self.restarted.contains(&(num, *n)));
        if let Some(from) = restart {
            for n in from..LEVELS {
                if let Some(counter) = counters.get_mut(n)
                    && (n == from || list.starts.contains_key(&n))
                {
                    *counter = None;
                }
                self.restarted.insert((num, n));
            }
        }
        if let Some(counter) = counters.get_mut(level) {
            *counter = Some(counter.map_or(start(level), |c| c.saturating_add(1)));
        }
        for n in level + 1..LEVELS {
            let keeps = match at(n).and_then(|l| l.restart) {
                Some(0) => true,
                // Restarts only after a level at or above the named one.
                Some(named) => i64::try_from(level).unwrap_or(0) >= named,
                None => false,
            };
            if let Some(counter) = counters.get_mut(n)
                && !keeps
            {
                *counter = None;
            }
        }
        let own = at(level)?;
        let text = if own.format == "bullet" { bullet(own) } else { render(own, &at, counters) };
        Some(Label { joint: joint(&text, own.suffix), text })
    }
}

/// Chinese numbers end in a sign of full width: no blank is needed before the words.
fn joint(label: &str, suffix: Suffix) -> &'static str {
    let closed = label.ends_with(['、', '）', '．', '：', '，', '】', '》']);
    if label.is_empty() || closed || suffix == Suffix::Nothing { "" } else { " " }
}

/// Round and square bullets say nothing; marks and boxes do.
fn bullet(level: &Level) -> String {
    let shown: String = level
        .text
        .chars()
        .map(|c| symbols::symbol(&level.font, u32::from(c)).or_else(|| symbols::private_use(c)).unwrap_or(c))
        .collect();
    let telling = shown.contains(['★', '▲', '☆', '△', '※', '*', '□', '☑', '☒', '√', '☐']);
    if telling { shown } else { String::new() }
}

fn render<'l>(own: &Level, at: &dyn Fn(usize) -> Option<&'l Level>, counters: &[Option<i64>; LEVELS]) -> String {
    let mut label = String::new();
    let mut characters = own.text.chars().peekable();
    while let Some(c) = characters.next() {
        let digit = (c == '%').then(|| characters.peek().and_then(|d| d.to_digit(10))).flatten();
        let Some(digit) = digit.filter(|d| (1..=9).contains(d)) else {
            label.push(c);
            continue;
        };
        characters.next();
        let n = digit as usize - 1;
        let Some(level) = at(n) else { continue };
        let value = counters.get(n).copied().flatten().unwrap_or(level.start);
        let format = if own.legal { "decimal" } else { level.format.as_str() };
        label.push_str(&number(value, format, &level.pattern));
    }
    label.trim().to_owned()
}

fn read_abstract(xml: &mut Xml<'_>) -> Result<Abstract, Refusal> {
    let mut definition = Abstract::default();
    children(xml, |xml, element| {
        match element.name() {
            "lvl" => {
                let at = element.number("ilvl").and_then(|n| usize::try_from(n).ok()).unwrap_or(LEVELS);
                let level = read_level(xml)?;
                if let Some(slot) = definition.levels.get_mut(at) {
                    *slot = level;
                }
            }
            "numStyleLink" => {
                definition.style_link = element.attribute("val");
                xml.skip()?;
            }
            "styleLink" => {
                definition.own_style = element.attribute("val");
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
        Ok(())
    })?;
    Ok(definition)
}

fn read_num(xml: &mut Xml<'_>) -> Result<Num, Refusal> {
    let mut num = Num::default();
    children(xml, |xml, element| match element.name() {
        "abstractNumId" => {
            num.abstract_id = element.number("val").unwrap_or(-1);
            xml.skip()
        }
        "lvlOverride" => {
            let at = element.number("ilvl").and_then(|n| usize::try_from(n).ok()).unwrap_or(LEVELS);
            children(xml, |xml, inner| match inner.name() {
                "startOverride" => {
                    num.starts.insert(at, inner.number("val").unwrap_or(1));
                    xml.skip()
                }
                "lvl" => {
                    num.levels.insert(at, read_level(xml)?);
                    Ok(())
                }
                _ => xml.skip(),
            })
        }
        _ => xml.skip(),
    })?;
    Ok(num)
}

fn read_level(xml: &mut Xml<'_>) -> Result<Level, Refusal> {
    let mut level = Level::default();
    children(xml, |xml, element| {
        let value = element.attribute("val");
        match element.name() {
            "start" => level.start = element.number("val").unwrap_or(1),
            "numFmt" => {
                level.format = value.unwrap_or_default();
                level.pattern = element.attribute("format").unwrap_or_default();
            }
            // The custom format comes in Choice, its plain stand-in in Fallback.
            "AlternateContent" => {
                return children(xml, |xml, branch| {
                    if branch.name() != "Choice" {
                        return xml.skip();
                    }
                    children(xml, |xml, inner| {
                        if inner.name() == "numFmt" {
                            level.format = inner.attribute("val").unwrap_or_default();
                            level.pattern = inner.attribute("format").unwrap_or_default();
                        }
                        xml.skip()
                    })
                });
            }
            "lvlText" => level.text = value.unwrap_or_default(),
            "isLgl" => level.legal = element.is_on(),
            "pStyle" => level.style = value,
            "suff" => {
                level.suffix = match value.as_deref() {
                    Some("space") => Suffix::Space,
                    Some("nothing") => Suffix::Nothing,
                    _ => Suffix::Tab,
                }
            }
            "lvlRestart" => level.restart = element.number("val"),
            "rPr" => {
                return children(xml, |xml, inner| {
                    if inner.name() == "rFonts" {
                        level.font = inner.attribute("ascii").unwrap_or_default();
                    }
                    xml.skip()
                });
            }
            _ => {}
        }
        xml.skip()
    })?;
    Ok(level)
}

/// Calls `each` for every child of the element just opened; `each` must read to the child's end.
pub(crate) fn children<'a>(
    xml: &mut Xml<'a>,
    mut each: impl FnMut(&mut Xml<'a>, &Element<'a>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    loop {
        match xml.next()? {
            Token::Open(element) => each(xml, &element)?,
            Token::Text(_) => {}
            Token::Close | Token::End => return Ok(()),
        }
    }
}

/// One counter in one of the formats of ECMA-376 part 1, 17.18.59.
pub(crate) fn number(value: i64, format: &str, pattern: &str) -> String {
    let small = u32::try_from(value).ok();
    match format {
        "none" => String::new(),
        "decimalZero" => format!("{value:02}"),
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_lowercase(),
        "upperLetter" => letters(value, 'A'),
        "lowerLetter" => letters(value, 'a'),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting"
        | "koreanCounting" => {
            chinese(value, "〇一二三四五六七八九", ["", "十", "百", "千"], format == "chineseCounting")
        }
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" | "koreanDigital" => value
            .to_string()
            .chars()
            .filter_map(|c| "〇一二三四五六七八九".chars().nth(c.to_digit(10)? as usize))
            .collect(),
        "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => {
            chinese(value, "零壹贰叁肆伍陆柒捌玖", ["", "拾", "佰", "仟"], false)
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => match small {
            Some(n @ 1..=20) => one(0x2460 + n - 1),
            Some(n @ 21..=35) => one(0x3251 + n - 21),
            Some(n @ 36..=50) => one(0x32B1 + n - 36),
            _ => value.to_string(),
        },
        "decimalEnclosedParen" => match small {
            Some(n @ 1..=20) => one(0x2474 + n - 1),
            _ => format!("({value})"),
        },
        "decimalEnclosedFullstop" => match small {
            Some(n @ 1..=20) => one(0x2488 + n - 1),
            _ => format!("{value}."),
        },
        "ideographEnclosedCircle" => match small {
            Some(n @ 1..=10) => one(0x3280 + n - 1),
            _ => value.to_string(),
        },
        "decimalFullWidth" | "decimalFullWidth2" => value
            .to_string()
            .chars()
            .map(|c| c.to_digit(10).and_then(|d| char::from_u32(0xFF10 + d)).unwrap_or(c))
            .collect(),
        "ideographTraditional" => cycle(value, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => cycle(value, "子丑寅卯辰巳午未申酉戌亥"),
        "ordinal" => ordinal(value),
        "numberInDash" => format!("- {value} -"),
        "custom" => {
            let width = pattern.split(',').next().map_or(1, |p| p.trim().len()).clamp(1, 8);
            format!("{value:0width$}")
        }
        _ => value.to_string(),
    }
}

fn one(code: u32) -> String {
    char::from_u32(code).map(String::from).unwrap_or_default()
}

fn cycle(value: i64, signs: &str) -> String {
    let count = signs.chars().count();
    usize::try_from(value - 1)
        .ok()
        .and_then(|n| signs.chars().nth(n % count))
        .map(String::from)
        .unwrap_or_else(|| value.to_string())
}

fn ordinal(value: i64) -> String {
    let suffix = match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{value}{suffix}")
}

fn letters(value: i64, first: char) -> String {
    let Some(n) = u32::try_from(value).ok().filter(|n| *n > 0) else {
        return value.to_string();
    };
    // Word repeats the letter: after z comes aa, then bb.
    let letter = char::from_u32(u32::from(first) + (n - 1) % 26).unwrap_or(first);
    let times = ((n - 1) / 26 + 1).min(30) as usize;
    std::iter::repeat_n(letter, times).collect()
}

fn roman(value: i64) -> String {
    const SIGNS: &[(i64, &str)] = &[
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&value) {
        return value.to_string();
    }
    let mut left = value;
    let mut out = String::new();
    for (worth, sign) in SIGNS {
        while left >= *worth {
            out.push_str(sign);
            left -= worth;
        }
    }
    out
}

/// Chinese numerals; `positional` formats stop counting by tens at 100 and write digits (一〇一).
fn chinese(value: i64, digits: &str, places: [&str; 4], positional: bool) -> String {
    let sign = |d: u32| digits.chars().nth(d as usize).map(String::from).unwrap_or_default();
    if !(0..10_000).contains(&value) {
        return value.to_string();
    }
    if value == 0 {
        return sign(0);
    }
    let figures: Vec<u32> = value.to_string().chars().filter_map(|c| c.to_digit(10)).collect();
    if positional && value >= 100 {
        return figures.iter().map(|d| sign(*d)).collect();
    }
    let zero = "零";
    let mut out = String::new();
    let mut gap = false;
    for (at, digit) in figures.iter().enumerate() {
        let place = figures.len() - 1 - at;
        if *digit == 0 {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push_str(zero);
        }
        gap = false;
        let leading_ten = *digit == 1 && place == 1 && out.is_empty() && places.get(1) == Some(&"十");
        if !leading_ten {
            out.push_str(&sign(*digit));
        }
        out.push_str(places.get(place).copied().unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_format_is_shown_as_word_shows_it() {
        let row = |format: &str| {
            let shown: Vec<String> = [1, 4, 10, 11, 20, 21, 105, 1010].iter().map(|n| number(*n, format, "")).collect();
            format!("{format}: {}", shown.join(" "))
        };
        let table: Vec<String> = [
            "decimal",
            "decimalZero",
            "chineseCounting",
            "chineseCountingThousand",
            "ideographDigital",
            "chineseLegalSimplified",
            "decimalEnclosedCircle",
            "decimalFullWidth",
            "upperLetter",
            "lowerRoman",
            "ideographTraditional",
            "none",
        ]
        .into_iter()
        .map(row)
        .collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        decimal: 1 4 10 11 20 21 105 1010
        decimalZero: 01 04 10 11 20 21 105 1010
        chineseCounting: 一 四 十 十一 二十 二十一 一〇五 一〇一〇
        chineseCountingThousand: 一 四 十 十一 二十 二十一 一百零五 一千零一十
        ideographDigital: 一 四 一〇 一一 二〇 二一 一〇五 一〇一〇
        chineseLegalSimplified: 壹 肆 壹拾 壹拾壹 贰拾 贰拾壹 壹佰零伍 壹仟零壹拾
        decimalEnclosedCircle: ① ④ ⑩ ⑪ ⑳ ㉑ 105 1010
        decimalFullWidth: １ ４ １０ １１ ２０ ２１ １０５ １０１０
        upperLetter: A D J K T U AAAAA VVVVVVVVVVVVVVVVVVVVVVVVVVVVVV
        lowerRoman: i iv x xi xx xxi cv mx
        ideographTraditional: 甲 丁 癸 甲 癸 甲 戊 癸
        none:
        ");
    }
}
