//! Automatic numbers as Word shows them: `numbering.xml` and the counters it drives.
//!
//! Clauses of a tender are cited by these numbers, and no character of them stands in the document's text.
//! Definitions ([`Numbering`]) never change; counting happens in [`Counters`], of which each story has its own.

mod formats;

use std::collections::{HashMap, HashSet};

use crate::docx::styles::Styles;
use crate::docx::symbols;
use crate::raw::Refusal;
use crate::xml::{Token, Xml, children};

use formats::number;

const LEVELS: usize = 9;

#[derive(Debug, Default)]
pub(crate) struct Numbering {
    abstracts: HashMap<i64, Abstract>,
    nums: HashMap<i64, Num>,
}

/// How far the lists of one story have counted. The body counts apart from each text box, the notes and the
/// headers; headers and footers count together.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// By abstract definition: lists that share one go on counting. `None` was not met since it was set back.
    lists: HashMap<i64, [Option<i64>; LEVELS]>,
    /// Levels of lists whose own start was used up.
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
                Token::End => return Ok(numbering),
            }
        }
    }

    /// Gives definitions that only name a numbering style the levels of that style: those of the definition
    /// that says it is the style's own, or of the list the style names.
    pub(crate) fn linked(mut self, styles: &Styles) -> Self {
        let by_style: HashMap<String, [Level; LEVELS]> =
            self.abstracts.values().filter_map(|a| Some((a.own_style.clone()?, a.levels.clone()))).collect();
        let through_style = |style: &str| {
            let list = styles.get(Some(style))?.list?;
            self.abstracts.get(&self.nums.get(&list)?.abstract_id).filter(|a| a.style_link.is_none())
        };
        let links: Vec<(i64, [Level; LEVELS])> = self
            .abstracts
            .iter()
            .filter_map(|(id, definition)| {
                let style = definition.style_link.as_deref()?;
                let levels = by_style.get(style).or_else(|| Some(&through_style(style)?.levels))?;
                Some((*id, levels.clone()))
            })
            .collect();
        for (id, levels) in links {
            if let Some(definition) = self.abstracts.get_mut(&id) {
                definition.levels = levels;
            }
        }
        self
    }

    /// The level of `num` that a paragraph style is bound to.
    pub(crate) fn level_of_style(&self, num: i64, style: &str) -> Option<usize> {
        let num = self.nums.get(&num)?;
        let definition = self.abstracts.get(&num.abstract_id)?;
        (0..LEVELS).find(|n| {
            let level = num.levels.get(n).or_else(|| definition.levels.get(*n));
            level.is_some_and(|l| l.style.as_deref() == Some(style))
        })
    }

    /// Counts one paragraph of list `num` at `level` and returns its number; `None` for an unknown list.
    pub(crate) fn count(&self, counters: &mut Counters, num: i64, level: usize) -> Option<Label> {
        let level = level.min(LEVELS - 1);
        let list = self.nums.get(&num)?;
        let definition = self.abstracts.get(&list.abstract_id)?;
        let at = |n: usize| list.levels.get(&n).or_else(|| definition.levels.get(n));
        let start = |n: usize| list.starts.get(&n).copied().or_else(|| at(n).map(|l| l.start)).unwrap_or(1);
        let Counters { lists, restarted } = counters;
        let counts = lists.entry(list.abstract_id).or_default();
        let restart = (0..=level).find(|n| list.starts.contains_key(n) && !restarted.contains(&(num, *n)));
        if let Some(from) = restart {
            for (n, count) in counts.iter_mut().enumerate().skip(from) {
                if n == from || list.starts.contains_key(&n) {
                    *count = None;
                }
                restarted.insert((num, n));
            }
        }
        for (n, count) in counts.iter_mut().enumerate() {
            if n < level {
                // A level that was skipped counts as used: after 1.1 without a 1 before it comes 2.
                count.get_or_insert(start(n));
            } else if n == level {
                *count = Some(count.map_or(start(n), |c| c.saturating_add(1)));
            } else {
                let keeps = match at(n).and_then(|l| l.restart) {
                    Some(0) => true,
                    // Restarts only after a level at or above the named one.
                    Some(named) => i64::try_from(level).unwrap_or(0) >= named,
                    None => false,
                };
                if !keeps {
                    *count = None;
                }
            }
        }
        let own = at(level)?;
        let text = if own.format == "bullet" { bullet(own) } else { render(own, &at, counts) };
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
        // Legal numbering makes every level decimal, but 01 stays 01 and nothing stays nothing.
        let plain = own.legal && !matches!(level.format.as_str(), "decimalZero" | "none");
        let format = if plain { "decimal" } else { level.format.as_str() };
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
