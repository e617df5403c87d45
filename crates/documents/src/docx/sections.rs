//! Sections: where they begin, and the headers and footers each of them shows.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use bidlens_domain::document::IssueSeverity;

use crate::docx::container::Relations;
use crate::docx::numbering::Counters;
use crate::docx::reader::{Item, Reader};
use crate::raw::{RawBlock, RawDocument, RawKind, Refusal};
use crate::xml::{Element, Xml, children};

#[derive(Debug, Default)]
pub(super) struct Sections {
    /// For each section of the body whether it begins on a new page. A section says so at its end.
    on_new_page: Vec<bool>,
    ended: usize,
    /// The page the current section begins on.
    first_page: u32,
    /// A section without a header of its own shows the one before it.
    inherited: HashMap<Place, String>,
    pub(super) even_and_odd: bool,
    shown: Vec<Furniture>,
}

/// On which pages of a section a header or footer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    header: bool,
    pages: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    Most,
    First,
    Even,
}

#[derive(Debug)]
struct Furniture {
    relation: String,
    header: bool,
    page: u32,
}

impl Sections {
    /// Looks ahead for the sections of the body.
    pub(super) fn of_body(text: &str, even_and_odd: bool) -> Self {
        Sections { on_new_page: on_new_page(text), first_page: 1, even_and_odd, ..Sections::default() }
    }
}

/// For each `sectPr` of the text whether its section begins on a new page.
fn on_new_page(text: &str) -> Vec<bool> {
    let mut found = Vec::new();
    let mut end = 0usize;
    for at in memmem::find_iter(text.as_bytes(), b"sectPr") {
        let (Some(before), Some(after)) = (text.get(..at), text.get(at + 6..)) else { continue };
        let opens = before.rfind('<').is_some_and(|lt| !before.get(lt..).unwrap_or_default().contains(['/', ' ', '>']));
        if at < end || !opens || !after.starts_with(['>', ' ', '/', '\r', '\n', '\t']) {
            continue;
        }
        let tag_end = after.find('>').unwrap_or(after.len());
        let empty = after.get(..tag_end).is_some_and(|tag| tag.ends_with('/'));
        let length = if empty { tag_end } else { after.find("sectPr>").unwrap_or(after.len()) };
        let own = after.get(..length).unwrap_or_default();
        // What the section was before a tracked change says nothing.
        let own = own.split("sectPrChange").next().unwrap_or_default();
        found.push(!own.contains("\"continuous\"") && !own.contains("\"nextColumn\""));
        end = at + 6 + length;
        if own.len() < length
            && let Some(close) = text.get(end..).and_then(|rest| rest.find("sectPrChange>"))
        {
            end += close;
        }
    }
    found
}

impl Reader<'_, '_> {
    /// Reads section properties, which end a section; whether the next one begins on a new page.
    pub(super) fn section(&mut self, xml: &mut Xml<'_>, element: &Element<'_>) -> Result<bool, Refusal> {
        self.traces.revision(element);
        let mut title_page = false;
        children(xml, |xml, property| {
            match property.name() {
                name @ ("headerReference" | "footerReference") => {
                    let pages = match property.attr("type").as_deref() {
                        Some("first") => Which::First,
                        Some("even") => Which::Even,
                        _ => Which::Most,
                    };
                    if let Some(relation) = property.attribute("id") {
                        self.sections.inherited.insert(Place { header: name == "headerReference", pages }, relation);
                    }
                }
                "titlePg" => title_page = property.is_on(),
                "sectPrChange" => self.remarks.change(property),
                _ => {}
            }
            xml.skip()
        })?;
        let sections = &mut self.sections;
        let (first, last) = (sections.first_page, self.pages.current());
        for header in [true, false] {
            for (pages, shows, page) in [
                (Which::First, title_page, first),
                (Which::Most, true, if title_page { (first + 1).min(last) } else { first }),
                (Which::Even, sections.even_and_odd, (first + first % 2).min(last)),
            ] {
                if let Some(relation) = sections.inherited.get(&Place { header, pages }).filter(|_| shows) {
                    sections.shown.push(Furniture { relation: relation.clone(), header, page });
                }
            }
        }
        sections.ended += 1;
        Ok(sections.on_new_page.get(sections.ended).copied().unwrap_or(true))
    }

    /// After a section has ended and the page was turned or not.
    pub(super) fn begin_section(&mut self) {
        self.sections.first_page = self.pages.current();
    }

    /// Headers and footers, each wording once.
    pub(super) fn read_furniture(&mut self, raw: &mut RawDocument) -> Result<(Vec<RawBlock>, Vec<RawBlock>), Refusal> {
        let (mut headers, mut footers) = (Vec::new(), Vec::new());
        // They count together, but not on from the body.
        self.counters = Counters::default();
        let mut known: HashSet<(bool, String)> = HashSet::new();
        let mut read: HashSet<String> = HashSet::new();
        self.embedded.on_paper = true;
        for furniture in std::mem::take(&mut self.sections.shown) {
            let Some(part) = self.relations.get(&furniture.relation).filter(|r| !r.external) else {
                continue;
            };
            let part = part.target.clone();
            if !read.insert(part.clone()) {
                continue;
            }
            let Some(text) = self.package.part(&part)? else {
                continue;
            };
            let relations = Relations::of(self.package, &part, self.limits);
            let counters = std::mem::take(&mut self.counters);
            let mut items = Vec::new();
            let (ended, counters) = self.side_story(relations, furniture.page, |reader| {
                reader.counters = counters;
                let mut xml = Xml::new(&part, &text, reader.limits.max_depth);
                let ended = reader.blocks(&mut xml, &mut items);
                (ended, std::mem::take(&mut reader.counters))
            });
            self.counters = counters;
            if let Err(refusal) = ended {
                raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
            }
            for block in items.into_iter().filter_map(Item::into_block) {
                let words = block.text.replace(['\t', '\n'], " ");
                let words = words.trim();
                if !words.is_empty() && known.insert((furniture.header, words.to_owned())) {
                    let kind = if furniture.header { RawKind::Header } else { RawKind::Footer };
                    let block = RawBlock::on_page(kind, words, furniture.page);
                    if furniture.header { headers.push(block) } else { footers.push(block) }
                }
            }
        }
        self.embedded.on_paper = false;
        Ok((headers, footers))
    }
}

#[cfg(test)]
mod tests {
    use super::on_new_page;

    #[test]
    fn sections_are_found_ahead_and_former_ones_are_not() {
        let text = r#"<w:p><w:pPr><w:sectPr w:rsidR="00A1"><w:type w:val="continuous"/></w:sectPr></w:pPr></w:p>
            <w:sectPr/><ns:sectPr><ns:type ns:val="nextPage"/></ns:sectPr>
            <w:sectPr><w:pgSz/><w:sectPrChange><w:sectPr><w:type w:val="continuous"/></w:sectPr></w:sectPrChange></w:sectPr>
            <sectPr><type val="nextColumn"/></sectPr><w:t>sectPr</w:t>"#;
        assert_eq!(on_new_page(text), [false, true, true, true, false]);
        assert_eq!(on_new_page("<w:sectPr"), [] as [bool; 0]);
        assert_eq!(on_new_page("<w:sectPr "), [true]);
    }
}
