//! The passages a model is shown: paragraphs and table rows, and the quotes it gives back.

use bidlens_domain::document::Document;
use bidlens_domain::evidence::{Evidence, locate};
use bidlens_domain::fold::folded;

use crate::instructions::gives_orders;
use crate::reading::Reading;

/// A paragraph, or the cells of one table row.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    /// Its first unit, which tells its place.
    pub(super) unit: usize,
    /// Folded; cells set apart by ` | `.
    pub(super) text: String,
}

/// Characters of a passage that are shown.
const PASSAGE_CHARS: usize = 420;

/// Every passage of the reading in reading order; text that gives orders to whoever reads it is left out.
pub(super) fn passages(reading: &Reading<'_>) -> Vec<Passage> {
    let paragraphs = reading.units.iter().enumerate().filter(|(_, unit)| unit.cell.is_none());
    let paragraphs = paragraphs.map(|(unit, one)| Passage { unit, text: one.text.clone() });
    let rows = reading.grids.iter().flat_map(|grid| &grid.rows).filter_map(|row| {
        let cells = row.iter().filter_map(|&unit| Some(reading.unit(unit)?.text.trim()));
        let cells: Vec<&str> = cells.filter(|text| !text.is_empty()).collect();
        Some(Passage { unit: *row.first()?, text: cells.join(" | ") })
    });
    let mut all: Vec<Passage> = paragraphs.chain(rows).collect();
    all.retain(|p| p.text.chars().filter(|c| c.is_alphanumeric()).count() >= 4 && !gives_orders(&p.text));
    for passage in &mut all {
        if let Some((end, _)) = passage.text.char_indices().nth(PASSAGE_CHARS) {
            passage.text.truncate(end);
        }
        passage.text = passage.text.replace('\n', " ");
    }
    all.sort_by_key(|p| p.unit);
    all
}

/// The place of a quote in `documents`, when it stands there, in or near the passage it is said to come from.
pub(super) fn verified(
    documents: &[Document],
    reading: &Reading<'_>,
    passage: &Passage,
    quote: &str,
) -> Option<Evidence> {
    let unit = reading.unit(passage.unit)?;
    let document = documents.get(unit.document)?;
    let page = document.block(unit.block).map(|b| b.page_at(0));
    // Cells are shown with bars between them, which the file does not hold.
    let quote = quote.replace(" | ", "\t");
    let evidence = locate(document, &quote, page)?;
    let around = document.block(evidence.block())?;
    (!gives_orders(&folded(&around.text))).then_some(evidence)
}
