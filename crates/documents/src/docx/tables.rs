//! Tables: rows and cells with their merges, nested tables inside the cell that holds them.

use std::collections::HashMap;

use crate::docx::controls::Around;
use crate::docx::ground::{Ground, shading};
use crate::docx::reader::{Item, Reader};
use crate::raw::Refusal;
use crate::table::{CellPart, Grid, GridCell};
use crate::xml::{Element, Token, Xml, children};

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CellProperties {
    span: u32,
    /// `Some(true)` starts a vertical merge, `Some(false)` goes on with it.
    merge: Option<bool>,
    /// Goes on with the cell to its left (`w:hMerge`, from old versions).
    joins_left: bool,
    /// Deleted by a tracked change.
    deleted: bool,
    /// What its own shading puts under its words, or its table's.
    pub(super) ground: Option<Ground>,
}

#[derive(Debug, Default)]
struct Row {
    column: u32,
    deleted: bool,
    hidden: bool,
    /// Columns in which a vertical merge begins or goes on.
    merged: Vec<u32>,
}

impl Reader<'_, '_> {
    pub(super) fn table(&mut self, xml: &mut Xml<'_>) -> Result<Grid, Refusal> {
        let mut grid = Grid::default();
        // The cell that a vertical merge goes on from, by column.
        let mut merges: HashMap<u32, usize> = HashMap::new();
        let mut row = 0u32;
        // What lies under cells without shading of their own.
        let mut ground = self.cells.last().and_then(|cell| cell.ground);
        let mut around = Around::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "tr" => {
                        self.traces.revision(&element);
                        if self.row(xml, row, ground, &mut grid, &mut merges)? {
                            row += 1;
                        }
                    }
                    "tblPr" => ground = self.table_properties(xml)?,
                    "tblGrid" => self.pass_properties(xml)?,
                    _ => self.enter(xml, &element, &mut around)?,
                },
                Token::Close => {
                    if self.leave(&mut around) {
                        return Ok(grid);
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(grid),
            }
        }
    }

    /// Reads one row; false when it is not shown.
    fn row(
        &mut self,
        xml: &mut Xml<'_>,
        at: u32,
        ground: Option<Ground>,
        grid: &mut Grid,
        merges: &mut HashMap<u32, usize>,
    ) -> Result<bool, Refusal> {
        let mut row = Row::default();
        let mut pages = self.pages.begin_row();
        let first_cell = grid.cells.len();
        let mut around = Around::default();
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "trPr" => self.row_properties(xml, &mut row)?,
                    "tc" if row.deleted => xml.skip()?,
                    "tc" => {
                        self.check_limits()?;
                        self.pages.begin_cell(&pages);
                        let (properties, parts) = self.cell(xml, ground)?;
                        self.pages.end_cell(&mut pages, first_page(&parts));
                        if properties.deleted {
                            continue;
                        }
                        let column = row.column;
                        row.column = column.saturating_add(properties.span.max(1));
                        if properties.merge.is_some() {
                            row.merged.push(column);
                        }
                        if row.hidden {
                            self.covered(&parts);
                        } else {
                            self.place(grid, merges, first_cell, (at, column), properties, parts);
                        }
                    }
                    "tblPrEx" => self.pass_properties(xml)?,
                    _ => self.enter(xml, &element, &mut around)?,
                },
                Token::Close => {
                    if self.leave(&mut around) {
                        break;
                    }
                }
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        self.pages.end_row(&pages);
        let shown = !row.deleted && !row.hidden;
        if shown {
            // A merge goes on from the row right above or not at all.
            merges.retain(|column, _| row.merged.contains(column));
        }
        Ok(shown)
    }

    fn row_properties(&mut self, xml: &mut Xml<'_>, row: &mut Row) -> Result<(), Refusal> {
        children(xml, |xml, property| {
            match property.name() {
                "gridBefore" => row.column = property.number("val").map_or(0, grid_units),
                "hidden" => row.hidden = property.is_on(),
                "del" => {
                    self.remarks.change(property);
                    row.deleted = true;
                }
                "ins" | "trPrChange" => self.remarks.change(property),
                _ => {}
            }
            xml.skip()
        })
    }

    /// Adds a cell to the grid, or makes the cell it goes on from larger.
    fn place(
        &mut self,
        grid: &mut Grid,
        merges: &mut HashMap<u32, usize>,
        first_cell: usize,
        (row, column): (u32, u32),
        properties: CellProperties,
        parts: Vec<CellPart>,
    ) {
        let span = properties.span.max(1);
        if properties.joins_left
            && grid.cells.len() > first_cell
            && let Some(left) = grid.cells.last_mut()
        {
            left.column_span = left.column_span.saturating_add(span);
            self.covered(&parts);
            return;
        }
        if properties.merge == Some(false)
            && let Some(upper) = merges.get(&column).and_then(|at| grid.cells.get_mut(*at))
        {
            upper.row_span = row.saturating_sub(upper.row) + 1;
            self.covered(&parts);
            return;
        }
        if properties.merge.is_some() {
            merges.insert(column, grid.cells.len());
        } else {
            merges.remove(&column);
        }
        grid.cells.push(GridCell { row, column, row_span: 1, column_span: span, parts });
    }

    /// Words in a hidden row, or in a cell under a merged one, are in the file but nobody sees them.
    fn covered(&mut self, parts: &[CellPart]) {
        for part in parts {
            match part {
                CellPart::Text { text, page, .. } if !text.trim().is_empty() => self.remarks.hidden(*page, text),
                CellPart::Text { .. } => {}
                CellPart::Table(grid) => grid.cells.iter().for_each(|cell| self.covered(&cell.parts)),
            }
        }
    }

    fn cell(&mut self, xml: &mut Xml<'_>, ground: Option<Ground>) -> Result<(CellProperties, Vec<CellPart>), Refusal> {
        self.cells.push(CellProperties { ground, ..CellProperties::default() });
        let mut items = Vec::new();
        let ended = self.blocks(xml, &mut items);
        let properties = self.cells.pop().unwrap_or_default();
        ended?;
        let parts = items
            .into_iter()
            .map(|item| match item {
                Item::Block(block) => CellPart::from(block),
                Item::Table(grid) => CellPart::Table(grid),
            })
            .collect();
        Ok((properties, parts))
    }

    pub(super) fn cell_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut found = CellProperties::default();
        children(xml, |xml, property| {
            let restarts = |property: &Element<'_>| property.attr("val").as_deref() == Some("restart");
            match property.name() {
                "gridSpan" => found.span = property.number("val").map_or(1, grid_units),
                "vMerge" => found.merge = Some(restarts(property)),
                "hMerge" => found.joins_left = !restarts(property),
                "cellDel" => {
                    self.remarks.change(property);
                    found.deleted = true;
                }
                "shd" => found.ground = shading(property),
                "cellIns" | "cellMerge" | "tcPrChange" => self.remarks.change(property),
                _ => {}
            }
            xml.skip()
        })?;
        if let Some(cell) = self.cells.last_mut() {
            found.ground = found.ground.or(cell.ground);
            *cell = found;
        }
        Ok(())
    }

    /// Reads `tblPr`: what the table puts under its cells.
    fn table_properties(&mut self, xml: &mut Xml<'_>) -> Result<Option<Ground>, Refusal> {
        let mut ground = self.cells.last().and_then(|cell| cell.ground);
        children(xml, |xml, property| {
            match property.name() {
                "shd" => ground = shading(property).or(ground),
                // Which cells a style shades depends on their place; all are taken for shaded.
                "tblStyle" => {
                    let style = property.attribute("val").and_then(|id| self.styles.get(Some(&id)));
                    if style.is_some_and(|style| style.shades_cells || style.ground.is_some()) {
                        ground = Some(Ground::Unknown);
                    }
                }
                "tblPrChange" => self.remarks.change(property),
                _ => {}
            }
            xml.skip()
        })?;
        Ok(ground)
    }

    /// Properties that say nothing about the words, but for changes made to them.
    fn pass_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        children(xml, |xml, property| {
            if property.name().ends_with("Change") {
                self.remarks.change(property);
            }
            xml.skip()
        })
    }
}

/// The page on which the words of a cell begin.
fn first_page(parts: &[CellPart]) -> Option<u32> {
    parts.iter().find_map(|part| match part {
        CellPart::Text { page, .. } => Some(*page),
        CellPart::Table(grid) => grid.cells.iter().find_map(|cell| first_page(&cell.parts)),
    })
}

/// Columns above this are typing errors or attacks; Word allows 63.
fn grid_units(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0).min(100)
}
