//! `w:altChunk`: a document of another format that Word shows as if it stood in the text.

use bidlens_domain::document::{IssueCode, IssueSeverity};

use crate::detect;
use crate::docx::reader::{Item, Reader};
use crate::raw::{RawDocument, RawKind, Refusal, line_without_box};
use crate::xml::Element;

/// Documents inside documents.
const NESTING_MAX: usize = 3;

impl Reader<'_, '_> {
    /// Reads the chunk an element refers to; its blocks stand on the current page.
    pub(super) fn chunk(&mut self, element: &Element<'_>, out: &mut Vec<Item>) {
        let Some(relation) = element.attr("id").and_then(|id| self.relations.get(&id)) else { return };
        if relation.external {
            self.remarks.outside(&relation.target);
            return;
        }
        let part = relation.target.clone();
        let page = self.pages.current();
        match self.read_chunk(&part) {
            Ok(raw) => {
                self.pages.see_text();
                for issue in raw.issues.into_iter().filter(|i| i.severity != IssueSeverity::Info) {
                    self.remarks.unread(issue.code, Some(page), format!("part {part}: {}", issue.detail));
                }
                for mut block in raw.blocks {
                    if matches!(block.kind, RawKind::Header | RawKind::Footer | RawKind::SheetName) {
                        continue;
                    }
                    block.lines = vec![line_without_box(0, block.text.len(), page)];
                    out.push(Item::Block(block));
                }
            }
            Err(refusal) => {
                let detail = format!("the part {part}, which the document shows, was not read: {}", refusal.detail);
                self.remarks.unread(refusal.code, Some(page), detail);
            }
        }
    }

    fn read_chunk(&mut self, part: &str) -> Result<RawDocument, Refusal> {
        if self.nesting >= NESTING_MAX {
            return Err(Refusal::new(IssueCode::ExpansionLimit, "documents are put inside each other too deep"));
        }
        let bytes = self.package.bytes(part)?.ok_or_else(|| Refusal::new(IssueCode::Malformed, "it is missing"))?;
        match detect::kind(part, &bytes, self.limits)? {
            detect::Kind::Docx => super::read_inside(&bytes, &[], self.limits, self.nesting + 1),
            kind => crate::read(kind, part, crate::Source::Borrowed(&bytes), &[], self.limits),
        }
    }
}
