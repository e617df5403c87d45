//! Paragraph and character styles with their chains resolved: size, weight, alignment, outline, number, visibility.

use std::collections::HashMap;

use crate::docx::ground::{Ground, Ink, ink, shading};
use crate::raw::Refusal;
use crate::xml::{Element, Token, Xml, children};

/// Longest chain of styles based on each other; a cycle ends here.
const CHAIN_MAX: usize = 20;

/// Properties as one place states them; `None` where it is silent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    pub(crate) name: Option<String>,
    pub(crate) based_on: Option<String>,
    pub(crate) half_points: Option<i64>,
    pub(crate) bold: Option<bool>,
    pub(crate) hidden: Option<bool>,
    pub(crate) struck: Option<bool>,
    pub(crate) struck_twice: Option<bool>,
    pub(crate) ink: Option<Ink>,
    /// What lies under the words.
    pub(crate) ground: Option<Ground>,
    /// Of a table's style: some of its cells, or all, are shaded.
    pub(crate) shades_cells: bool,
    pub(crate) centred: Option<bool>,
    /// 0 to 8; 9 is running text.
    pub(crate) outline: Option<i64>,
    pub(crate) list: Option<i64>,
    /// The style that states `list`; its own level in that list is found by this.
    pub(crate) list_style: Option<String>,
    pub(crate) level: Option<i64>,
    /// For Latin letters and for signs of symbol fonts.
    pub(crate) font: Option<String>,
    /// For Chinese characters.
    pub(crate) east_asian_font: Option<String>,
    pub(crate) page_break_before: Option<bool>,
    /// The level a built-in heading style has by its name, whatever its outline level says; 0 for the outermost.
    pub(crate) heading: Option<i64>,
    /// Whether this is the style of a line in a generated table of contents.
    pub(crate) contents: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Styles {
    by_id: HashMap<String, Properties>,
    default: Properties,
    default_paragraph: Option<String>,
}

impl Styles {
    pub(crate) fn read(part: &str, text: &str, max_depth: usize) -> Result<Self, Refusal> {
        let mut xml = Xml::new(part, text, max_depth);
        let mut styles = Styles::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "docDefaults" => {
                        let default = &mut styles.default;
                        descend(&mut xml, &mut |xml, inner| read_property(xml, inner, default))?;
                    }
                    "style" => {
                        let id = element.attribute("styleId").unwrap_or_default();
                        if element.attribute("type").as_deref() == Some("paragraph")
                            && matches!(element.attribute("default").as_deref(), Some("1" | "true" | "on"))
                        {
                            styles.default_paragraph = Some(id.clone());
                        }
                        let mut style = Properties::default();
                        descend(&mut xml, &mut |xml, inner| read_property(xml, inner, &mut style))?;
                        style.list_style = style.list.is_some().then(|| id.clone());
                        styles.by_id.insert(id, style);
                    }
                    _ => {}
                },
                Token::Close | Token::Text(_) => {}
                Token::End => return Ok(styles.flattened()),
            }
        }
    }

    /// Resolves every chain once, so that a look-up per paragraph costs nothing.
    fn flattened(mut self) -> Self {
        let flat = self.by_id.keys().map(|id| (id.clone(), self.chain(id))).collect();
        self.by_id = flat;
        self
    }

    fn chain(&self, id: &str) -> Properties {
        let mut found = Properties::default();
        let mut next = Some(id.to_owned());
        for _ in 0..CHAIN_MAX {
            let Some(style) = next.as_ref().and_then(|id| self.by_id.get(id)) else {
                break;
            };
            // A number bound in a base style stays bound to that style's level.
            found.inherit(style);
            next = style.based_on.clone();
        }
        let name = found.name.as_deref().unwrap_or_default().trim().to_lowercase();
        let numbered = |prefix: &str| name.strip_prefix(prefix)?.trim().parse::<i64>().ok();
        let heading = numbered("heading ").or_else(|| numbered("标题 "));
        found.heading = heading.filter(|n| (1..=9).contains(n)).map(|n| n - 1);
        found.contents = numbered("toc ").or_else(|| numbered("目录 ")).is_some();
        found
    }

    /// The properties of a style, of the default paragraph style when `id` is `None`.
    pub(crate) fn get(&self, id: Option<&str>) -> Option<&Properties> {
        let id = id.or(self.default_paragraph.as_deref())?;
        self.by_id.get(id)
    }

    pub(crate) fn defaults(&self) -> &Properties {
        &self.default
    }
}

impl Properties {
    fn inherit(&mut self, base: &Properties) {
        self.name = self.name.take().or_else(|| base.name.clone());
        self.half_points = self.half_points.or(base.half_points);
        self.bold = self.bold.or(base.bold);
        self.hidden = self.hidden.or(base.hidden);
        self.struck = self.struck.or(base.struck);
        self.struck_twice = self.struck_twice.or(base.struck_twice);
        self.ink = self.ink.or(base.ink);
        self.ground = self.ground.or(base.ground);
        self.shades_cells |= base.shades_cells;
        self.centred = self.centred.or(base.centred);
        self.outline = self.outline.or(base.outline);
        if self.list.is_none() {
            self.list = base.list;
            self.list_style.clone_from(&base.list_style);
        }
        self.font = self.font.take().or_else(|| base.font.clone());
        self.east_asian_font = self.east_asian_font.take().or_else(|| base.east_asian_font.clone());
        self.level = self.level.or(base.level);
        self.page_break_before = self.page_break_before.or(base.page_break_before);
    }
}

/// Calls `each` for every element below the one just opened, however deep.
fn descend<'a>(
    xml: &mut Xml<'a>,
    each: &mut dyn FnMut(&mut Xml<'a>, &Element<'a>) -> Result<bool, Refusal>,
) -> Result<(), Refusal> {
    let mut open = 1usize;
    loop {
        match xml.next()? {
            Token::Open(element) => {
                if !each(xml, &element)? {
                    open += 1;
                }
            }
            Token::Close => {
                open -= 1;
                if open == 0 {
                    return Ok(());
                }
            }
            Token::Text(_) => {}
            Token::End => return Ok(()),
        }
    }
}

/// Takes one property; true when it also read the element to its end.
pub(crate) fn read_property<'a>(
    xml: &mut Xml<'a>,
    element: &Element<'a>,
    into: &mut Properties,
) -> Result<bool, Refusal> {
    match element.name() {
        "name" => into.name = into.name.take().or_else(|| element.attribute("val")),
        "basedOn" => into.based_on = element.attribute("val"),
        "sz" => into.half_points = half_points(element),
        "rFonts" => {
            into.font = element.attribute("ascii").or_else(|| element.attribute("hAnsi")).or(into.font.take());
            into.east_asian_font = element.attribute("eastAsia").or(into.east_asian_font.take());
        }
        "b" => into.bold = Some(element.is_on()),
        "vanish" => into.hidden = Some(element.is_on()),
        "strike" => into.struck = Some(element.is_on()),
        "dstrike" => into.struck_twice = Some(element.is_on()),
        "color" => into.ink = Some(ink(element)),
        "shd" | "highlight" => into.ground = shading(element).or(into.ground),
        "jc" => into.centred = Some(element.attribute("val").as_deref() == Some("center")),
        "outlineLvl" => into.outline = element.number("val"),
        "pageBreakBefore" => into.page_break_before = Some(element.is_on()),
        "ilvl" => into.level = element.number("val"),
        "numId" => into.list = element.number("val"),
        // Conditional formats of table styles.
        "tblStylePr" => {
            descend(xml, &mut |_, inner| {
                into.shades_cells |= inner.name() == "shd";
                Ok(false)
            })?;
            return Ok(true);
        }
        // Former properties of tracked changes.
        "pPrChange" | "rPrChange" | "sectPrChange" => {
            children(xml, |xml, _| xml.skip())?;
            return Ok(true);
        }
        _ => {}
    }
    Ok(false)
}

/// Strict files may write a size with its unit.
fn half_points(element: &Element<'_>) -> Option<i64> {
    element.number("val").or_else(|| {
        let value = element.attr("val")?;
        let points: f64 = value.trim().strip_suffix("pt")?.trim().parse().ok()?;
        Some((points * 2.0).round() as i64)
    })
}
