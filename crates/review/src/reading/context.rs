//! What a unit is about: its row's label, the short line that introduces it, the headings around it.

use bidlens_domain::document::{Document, SectionIndex};
use bidlens_domain::fold::{folded, is_western};

use super::Reading;
use super::labels::{fits_label, is_serial, strip_label};
use super::units::CellPlace;

impl Reading<'_> {
    /// What a unit is about: its row's label, the line that introduces it, its heading.
    pub(crate) fn context(&self, unit: usize) -> String {
        let Some(own) = self.units.get(unit) else {
            return String::new();
        };
        if let Some(place) = own.cell {
            if let Some(label) = self.row_label(place) {
                return label;
            }
            // A cell that carries its own label: its first line, up to a colon.
            let line = own.text.split('\n').next().unwrap_or_default();
            let label = strip_label(line.split(':').next().unwrap_or_default());
            if own.text.contains('\n') && fits_label(&label) && !label.is_empty() {
                return label;
            }
        }
        if let Some(lead) = own.lead.and_then(|l| self.units.get(l)) {
            return strip_label(&lead.text);
        }
        self.heading(unit).to_owned()
    }

    /// The nearest cell left of `place` that names something.
    pub(crate) fn row_label(&self, place: CellPlace) -> Option<String> {
        let row = self.grids.get(place.grid)?.rows.get(place.row as usize)?;
        let mut label = None;
        for &unit in row {
            let cell = self.units.get(unit)?;
            if cell.cell.is_some_and(|c| c.column >= place.column && c.row == place.row) || cell.cell == Some(place) {
                break;
            }
            let stripped = strip_label(&cell.text);
            if !is_serial(&cell.text) && !stripped.is_empty() && fits_label(&stripped) {
                label = Some(stripped);
            }
        }
        label
    }

    pub(crate) fn heading(&self, unit: usize) -> &str {
        self.headings(unit).first().copied().unwrap_or_default()
    }

    /// The stripped titles of the sections around a unit, innermost first.
    pub(crate) fn headings(&self, unit: usize) -> Vec<&str> {
        let mut titles = Vec::new();
        let Some(unit) = self.units.get(unit) else {
            return titles;
        };
        let Some(document) = self.documents.get(unit.document) else {
            return titles;
        };
        let mut next = unit.section;
        while let Some(index) = next {
            let Some(section) = document.sections.get(index.0 as usize) else {
                break;
            };
            if let Some(title) = self.titles.get(unit.document).and_then(|t| t.get(index.0 as usize)) {
                titles.push(title.as_str());
            }
            if titles.len() > 16 {
                break;
            }
            next = section.parent;
        }
        titles
    }

    pub(super) fn find_leads(&mut self) {
        let mut lead: Option<(usize, Option<SectionIndex>, usize)> = None;
        for index in 0..self.units.len() {
            let Some(unit) = self.units.get(index) else {
                continue;
            };
            if unit.cell.is_some() {
                continue;
            }
            let section = unit.section;
            let document = unit.document;
            let introduces = !unit.is_heading
                && unit.text.chars().count() <= if is_western(&unit.text) { 60 } else { 26 }
                && !unit.text.ends_with(['。', ';', ',', '、'])
                && (!unit.text.contains(':') || unit.text.ends_with(':'));
            let own = lead.filter(|&(at, of, doc)| of == section && doc == document && index - at <= 8);
            if introduces {
                lead = Some((index, section, document));
            }
            if let (Some((at, _, _)), Some(unit)) = (own, self.units.get_mut(index)) {
                unit.lead = Some(at);
            }
        }
    }
}

/// Each section's title, stripped like a label.
pub(super) fn stripped_titles(document: &Document) -> Vec<String> {
    document.sections.iter().map(|section| strip_label(&folded(&section.title))).collect()
}
