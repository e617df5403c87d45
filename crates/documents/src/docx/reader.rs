//! The state of reading one document, and the loop over block content that all stories share.
//!
//! A story is a run of text of its own: the body, a text box, the notes, the headers. What one story leaves open
//! (a field, a counter, a paragraph without its end) never reaches another: see [`Reader::story`].

use std::collections::{BTreeSet, HashSet};

use bidlens_domain::document::IssueCode;

use crate::docx::comments::Comments;
use crate::docx::container::Relations;
use crate::docx::controls::{Around, Control, Stores, tick_box};
use crate::docx::drawings::Embedded;
use crate::docx::fields::Fields;
use crate::docx::ground::Ground;
use crate::docx::math;
use crate::docx::notes::Notes;
use crate::docx::numbering::{Counters, Numbering};
use crate::docx::pages::Pages;
use crate::docx::paragraphs::Paragraph;
use crate::docx::remarks::Remarks;
use crate::docx::sections::Sections;
use crate::docx::styles::Styles;
use crate::docx::tables::CellProperties;
use crate::limits::Limits;
use crate::ocr::RecognisedPage;
use crate::package::Package;
use crate::raw::{RawBlock, RawKind, Refusal};
use crate::table::Grid;
use crate::xml::{Element, Token, Xml};

#[derive(Debug)]
pub(super) enum Item {
    Block(RawBlock),
    Table(Grid),
}

impl Item {
    pub(super) fn into_block(self) -> Option<RawBlock> {
        match self {
            Item::Block(block) => Some(block),
            Item::Table(grid) => grid.into_block(),
        }
    }
}

pub(super) struct Reader<'r, 'b> {
    pub(super) package: &'r mut Package<'b>,
    pub(super) limits: &'r Limits,
    /// How many documents this one stands in.
    pub(super) nesting: usize,
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    pub(super) stores: Stores,
    /// Of the part that is being read.
    pub(super) relations: Relations,

    pub(super) pages: Pages,
    pub(super) sections: Sections,
    pub(super) notes: Notes,
    pub(super) comments: Comments,
    pub(super) remarks: Remarks,
    pub(super) embedded: Embedded,
    /// Pictures of the file whose words were recognised.
    pub(super) recognised: &'r [RecognisedPage],
    pub(super) traces: Traces,
    blocks_read: usize,

    pub(super) counters: Counters,
    pub(super) fields: Fields,
    /// The table cells around what is being read, outermost first.
    pub(super) cells: Vec<CellProperties>,
    /// What lies under words that have no shading of their own, where it is not the paper.
    pub(super) ground: Option<Ground>,
    /// The body may stand on a picture or a coloured page.
    pub(super) covered_paper: bool,
    /// A paragraph whose end was deleted: what follows belongs to it.
    pub(super) carried: Option<Paragraph>,
    /// Whether the body of the file itself is being read.
    pub(super) in_main_part: bool,
    /// Where the content of the paragraph of the body begins that is being read: what stands in boxes anchored in it
    /// belongs to it.
    pub(super) outermost: Option<usize>,
    /// Content controls around what is being read whose content is replaced.
    pub(super) muted: usize,
    /// What stands in the place of the replaced content, for its first paragraph.
    pub(super) substitute: Option<String>,
    /// One branch of the alternatives that are being read was taken.
    choice_taken: bool,
}

impl<'r, 'b> Reader<'r, 'b> {
    pub(super) fn new(package: &'r mut Package<'b>, limits: &'r Limits, nesting: usize) -> Self {
        Reader {
            package,
            limits,
            nesting,
            styles: Styles::default(),
            numbering: Numbering::default(),
            stores: Stores::default(),
            relations: Relations::default(),
            pages: Pages::counted_from(1, limits.max_pages),
            sections: Sections::default(),
            notes: Notes::default(),
            comments: Comments::default(),
            remarks: Remarks::default(),
            embedded: Embedded::default(),
            recognised: &[],
            traces: Traces::default(),
            blocks_read: 0,
            counters: Counters::default(),
            fields: Fields::default(),
            cells: Vec::new(),
            ground: None,
            covered_paper: false,
            carried: None,
            in_main_part: false,
            outermost: None,
            muted: 0,
            substitute: None,
            choice_taken: false,
        }
    }

    /// Reads something apart from what is being read now: nothing that is open here is seen there, and what is
    /// left open there is dropped.
    pub(super) fn story<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let counters = std::mem::take(&mut self.counters);
        let fields = std::mem::take(&mut self.fields);
        let cells = std::mem::take(&mut self.cells);
        let carried = self.carried.take();
        let substitute = self.substitute.take();
        let muted = std::mem::take(&mut self.muted);
        let choice_taken = std::mem::take(&mut self.choice_taken);
        let result = read(self);
        self.counters = counters;
        self.fields = fields;
        self.cells = cells;
        self.carried = carried;
        self.substitute = substitute;
        self.muted = muted;
        self.choice_taken = choice_taken;
        result
    }

    /// Reads a part beside the body as a story of its own, standing on `page`.
    pub(super) fn side_story<T>(&mut self, relations: Relations, page: u32, read: impl FnOnce(&mut Self) -> T) -> T {
        let relations = std::mem::replace(&mut self.relations, relations);
        let pages = std::mem::replace(&mut self.pages, Pages::counted_from(page, self.limits.max_pages));
        let result = self.story(read);
        self.relations = relations;
        self.pages = pages;
        result
    }

    /// Reads block content to the end of the element just opened (or of the part).
    pub(super) fn blocks(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Item>) -> Result<(), Refusal> {
        let mut around = Around::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "p" => {
                        self.check_limits()?;
                        self.paragraph(xml, &element, out)?;
                        self.place_notes(out);
                    }
                    "tbl" => {
                        self.end_carried(out);
                        let grid = self.table(xml)?;
                        if !grid.cells.is_empty() {
                            out.push(Item::Table(grid));
                        }
                        self.place_notes(out);
                    }
                    "tcPr" => self.cell_properties(xml)?,
                    "sectPr" => {
                        self.section(xml, &element)?;
                    }
                    "del" | "moveFrom" => {
                        self.remarks.change(&element);
                        xml.skip()?;
                    }
                    "ins" | "moveTo" => {
                        self.remarks.change(&element);
                        around.open += 1;
                    }
                    "oMath" | "oMathPara" => {
                        let text = math::linear(xml)?;
                        self.own_paragraph(&text, out);
                    }
                    "altChunk" => {
                        self.chunk(&element, out);
                        around.open += 1;
                    }
                    "subDoc" => {
                        self.outside(&element);
                        around.open += 1;
                    }
                    _ => self.enter(xml, &element, &mut around)?,
                },
                Token::Close => {
                    if self.leave(&mut around) {
                        self.end_carried(out);
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => {
                    self.end_carried(out);
                    return Ok(());
                }
            }
        }
    }

    /// Of several versions of the same content the first is read: how many elements that opens.
    pub(super) fn alternative(&mut self, xml: &mut Xml<'_>, element: &Element<'_>) -> Result<usize, Refusal> {
        if element.name() == "AlternateContent" {
            self.choice_taken = false;
        } else if self.choice_taken {
            xml.skip()?;
            return Ok(0);
        } else {
            self.choice_taken = true;
        }
        Ok(1)
    }

    /// Reads `sdtPr`: what stands in the place of the control's content, `None` when the content itself does.
    pub(super) fn replacement(&mut self, xml: &mut Xml<'_>) -> Result<Option<String>, Refusal> {
        let control = Control::read(xml)?;
        if let Some(ticked) = control.ticked {
            return Ok(Some(tick_box(ticked).to_owned()));
        }
        let stored = control.binding.and_then(|b| self.stores.value(&b, self.package, self.limits));
        if let Some(stored) = stored.filter(|s| !s.trim().is_empty()) {
            return Ok(Some(stored));
        }
        if control.prompts {
            self.remarks.prompt();
            return Ok(Some(String::new()));
        }
        Ok(None)
    }

    /// Goes into an element that only wraps what a loop reads: a control, a choice of contents, a mark.
    pub(super) fn enter(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        around: &mut Around,
    ) -> Result<(), Refusal> {
        match element.name() {
            "sdtPr" => around.control = self.replacement(xml)?,
            "sdtContent" => {
                around.open += 1;
                if let Some(text) = around.control.take() {
                    self.begin_replacement(text);
                    around.replaced.begin(around.open);
                }
            }
            "sdtEndPr" | "customXmlPr" | "smartTagPr" => xml.skip()?,
            "AlternateContent" | "Choice" | "Fallback" => around.open += self.alternative(xml, element)?,
            "commentRangeStart" | "commentRangeEnd" => {
                self.comment_range(element);
                around.open += 1;
            }
            _ => around.open += 1,
        }
        Ok(())
    }

    /// Leaves an element; true when it is the one the loop reads.
    pub(super) fn leave(&mut self, around: &mut Around) -> bool {
        if around.replaced.end(around.open) {
            self.end_replacement();
        }
        around.open -= 1;
        around.open == 0
    }

    pub(super) fn begin_replacement(&mut self, text: String) {
        self.muted += 1;
        self.substitute = Some(text);
    }

    pub(super) fn end_replacement(&mut self) {
        self.muted = self.muted.saturating_sub(1);
        self.substitute = None;
    }

    pub(super) fn comment_range(&mut self, element: &Element<'_>) {
        let Some(id) = element.number("id") else { return };
        if element.name() == "commentRangeStart" {
            self.comments.begin(id, self.pages.current());
        } else {
            self.comments.end(id);
        }
    }

    /// A reference to something that is not in the file.
    pub(super) fn outside(&mut self, element: &Element<'_>) {
        if let Some(relation) = element.attr("id").and_then(|id| self.relations.get(&id)) {
            self.remarks.outside(&relation.target);
        }
    }

    /// Text that forms a paragraph without being in one.
    fn own_paragraph(&mut self, text: &str, out: &mut Vec<Item>) {
        if !text.is_empty() {
            self.pages.see_text();
            out.push(Item::Block(RawBlock::on_page(RawKind::Text, text, self.pages.current())));
        }
    }

    pub(super) fn check_limits(&mut self) -> Result<(), Refusal> {
        self.blocks_read += 1;
        if self.blocks_read > self.limits.max_blocks {
            return Err(Refusal::new(
                IssueCode::ExpansionLimit,
                format!("the document has more than {} paragraphs; split it", self.limits.max_blocks),
            ));
        }
        if self.pages.exceed_limit() {
            return Err(Refusal::new(
                IssueCode::TooManyPages,
                format!(
                    "the document has more than {} pages; split it, or raise BIDLENS_PARSE_PAGES",
                    self.limits.max_pages
                ),
            ));
        }
        Ok(())
    }
}

/// What the making of the document left in it: editing sessions and fonts.
#[derive(Debug, Default)]
pub(super) struct Traces {
    revisions: HashSet<u32>,
    fonts: BTreeSet<String>,
    styles: HashSet<String>,
}

/// Kept of either; real documents stay far below.
const TRACES_MAX: usize = 20_000;

impl Traces {
    /// Notes the editing sessions an element names in its attributes.
    pub(super) fn revision(&mut self, element: &Element<'_>) {
        element.each_attribute(|name, value| {
            if name.starts_with("rsid") {
                self.revision_id(value);
            }
        });
    }

    pub(super) fn revision_id(&mut self, value: &str) {
        if self.revisions.len() < TRACES_MAX
            && let Ok(id) = u32::from_str_radix(value, 16)
        {
            self.revisions.insert(id);
        }
    }

    pub(super) fn font(&mut self, name: &str) {
        if !self.fonts.contains(name) && self.fonts.len() < TRACES_MAX && !name.trim().is_empty() {
            self.fonts.insert(name.to_owned());
        }
    }

    pub(super) fn style(&mut self, id: &str) {
        if !self.styles.contains(id) && self.styles.len() < TRACES_MAX {
            self.styles.insert(id.to_owned());
        }
    }

    /// Revision ids as Word writes them and the names of fonts, both sorted.
    pub(super) fn finish(mut self, styles: &Styles) -> (Vec<String>, Vec<String>) {
        let used = std::mem::take(&mut self.styles);
        let stated =
            used.iter().filter_map(|id| styles.get(Some(id))).chain(styles.get(None)).chain([styles.defaults()]);
        for style in stated {
            for font in [&style.font, &style.east_asian_font].into_iter().flatten() {
                self.font(font);
            }
        }
        let mut ids: Vec<u32> = self.revisions.into_iter().collect();
        ids.sort_unstable();
        (ids.into_iter().map(|id| format!("{id:08X}")).collect(), self.fonts.into_iter().collect())
    }
}
