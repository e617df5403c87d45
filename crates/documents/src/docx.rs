//! DOCX: the document as Word shows it, read as a stream of elements.
//!
//! Automatic numbers become part of the text, tracked changes count as accepted, hidden and struck-out text and words
//! in the colour of the paper are left out, text boxes and headers stand once. Pages are counted from the breaks the file holds and are marked approximate.
//! Element names are matched without their prefix, which programs choose freely; strict and transitional files
//! are the same here.
//!
//! [`read`] opens the parts in order. The loop over paragraphs and tables is in `reader`, the rest by topic:
//! `paragraphs`, `runs`, `ground`, `fields`, `controls`, `tables`, `numbering`, `styles`, `sections` with headers and
//! footers, `pages`, `notes`, `comments`, `drawings`, `math`, `chunks`, `properties`, `signatures`, and in `remarks` what is
//! told beside the text.

mod chunks;
mod comments;
mod container;
mod controls;
mod drawings;
mod fields;
mod ground;
mod math;
mod notes;
mod numbering;
mod pages;
mod paragraphs;
mod properties;
mod reader;
mod remarks;
mod runs;
mod sections;
mod signatures;
mod styles;
mod symbols;
mod tables;

use bidlens_domain::document::{EmbeddedKind, Format, IssueCode, IssueSeverity, TextSource};

use crate::docx::container::{Relations, side_part};
use crate::docx::controls::Stores;
use crate::docx::notes::Note;
use crate::docx::numbering::Numbering;
use crate::docx::properties::Settings;
use crate::docx::reader::{Item, Reader};
use crate::docx::sections::Sections;
use crate::docx::signatures::signatures;
use crate::docx::styles::Styles;
use crate::limits::Limits;
use crate::ocr::RecognisedPage;
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, ReadResult, Refusal};
use crate::xml::Xml;

pub(crate) use container::main_part;
pub(crate) use properties::metadata;

pub(crate) fn read(bytes: &[u8], recognised: &[RecognisedPage], limits: &Limits) -> ReadResult {
    read_inside(bytes, recognised, limits, 0)
}

/// Reads a document that stands inside `nesting` others.
fn read_inside(bytes: &[u8], recognised: &[RecognisedPage], limits: &Limits, nesting: usize) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package, limits);
    let text = package.part(&main)?.ok_or_else(|| {
        Refusal::new(
            IssueCode::Malformed,
            format!("the part {main} is missing; open the file in its own program, save it anew and upload that"),
        )
    })?;
    let mut raw = RawDocument::new(Format::Docx);
    raw.metadata = metadata(&mut package, limits);
    let mut reader = Reader::new(&mut package, limits, nesting);
    reader.recognised = recognised;
    reader.relations = Relations::read(reader.package, &main, limits)?;
    reader.read_side_parts(&text, &mut raw)?;
    let mut items = Vec::new();
    let mut xml = Xml::new(&main, &text, limits.max_depth);
    reader.in_main_part = nesting == 0;
    reader.covered_paper = ground::may_be_covered(&text);
    let ended = reader.blocks(&mut xml, &mut items);
    reader.in_main_part = false;
    if let Err(refusal) = ended {
        reader.end_carried(&mut items);
        if items.is_empty() {
            return Err(refusal);
        }
        raw.issue(
            refusal.code,
            IssueSeverity::Warning,
            Some(reader.pages.current()),
            format!("{} (what stands before was read)", refusal.detail),
        );
    }
    let body: Vec<RawBlock> = items.into_iter().filter_map(Item::into_block).collect();
    let (headers, footers) = reader.read_furniture(&mut raw)?;
    raw.blocks = headers;
    raw.blocks.extend(body);
    raw.blocks.extend(footers);
    reader.finish(&mut raw);
    Ok(raw)
}

impl Reader<'_, '_> {
    /// Reads the parts that help to understand the body; damage in them is told and lived with.
    fn read_side_parts(&mut self, body: &str, raw: &mut RawDocument) -> Result<(), Refusal> {
        let mut damaged = Vec::new();
        let relations = std::mem::take(&mut self.relations);
        let mut part = |reader: &mut Self, kind: &str| side_part(reader.package, &relations, kind, &mut damaged);
        let styles = part(self, "styles")?;
        let numbering = part(self, "numbering")?;
        let settings = part(self, "settings")?;
        let footnotes = part(self, "footnotes")?;
        let endnotes = part(self, "endnotes")?;
        let comments = part(self, "comments")?;
        let depth = self.limits.max_depth;
        let mut tolerate = |refusal: Refusal| damaged.push(refusal);
        if let Some((name, text)) = styles {
            self.styles = Styles::read(&name, &text, depth).map_err(&mut tolerate).unwrap_or_default();
        }
        if let Some((name, text)) = numbering {
            let read = Numbering::read(&name, &text, depth).map_err(&mut tolerate).unwrap_or_default();
            self.numbering = read.linked(&self.styles);
        }
        let mut known = Settings::default();
        if let Some((name, text)) = settings {
            let read = Settings::read(&name, &text, self.limits, &mut self.traces);
            known = read.map_err(&mut tolerate).unwrap_or_default();
        }
        self.stores = Stores::find(self.package, &relations, self.limits);
        for (kind, part) in [(Note::Foot, footnotes), (Note::End, endnotes)] {
            if let Some((name, text)) = part {
                let own = Relations::of(self.package, &name, self.limits);
                if let Err(refusal) = self.side_story(own, 1, |reader| reader.read_notes(kind, &name, &text)) {
                    tolerate(refusal);
                }
            }
        }
        if let Some((name, text)) = comments {
            let own = Relations::of(self.package, &name, self.limits);
            if let Err(refusal) = self.side_story(own, 1, |reader| reader.read_comments(&name, &text)) {
                tolerate(refusal);
            }
        }
        if let Some(macros) = relations.part_of_kind("vbaProject") {
            self.embedded.add(macros, EmbeddedKind::Object, None);
        }
        self.relations = relations;
        self.sections = Sections::of_body(body, known.even_and_odd);
        for refusal in damaged {
            raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail);
        }
        Ok(())
    }

    /// Hands over what was gathered beside the blocks.
    fn finish(self, raw: &mut RawDocument) {
        let Reader { package, limits, styles, pages, comments, remarks, embedded, traces, recognised, .. } = self;
        raw.pages = pages.into_pages();
        let unreadable: Vec<u32> =
            raw.pages.iter().filter(|p| p.text_source == TextSource::Unreadable).map(|p| p.number).collect();
        for page in unreadable {
            raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(page),
                "the page shows only pictures, whose text cannot be read; upload the original text or a PDF with a text layer",
            );
        }
        remarks.into_issues(raw);
        raw.comments = comments.into_comments();
        (raw.metadata.revision_ids, raw.metadata.fonts) = traces.finish(&styles);
        embedded.list(package, recognised, raw);
        raw.report_unread_pictures();
        raw.signatures = signatures(package, limits);
    }
}
