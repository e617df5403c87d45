//! Workbooks and CSV: each sheet a page, its cells as tables cut after some hundred rows.
//!
//! Cells come from calamine's streaming reader only: its ranges allocate the whole rectangle a sheet claims, so
//! that a 6 KB file with one cell in the last corner would abort the process. Empty rows and columns are dropped;
//! hidden ones are read, and said to be hidden. Old workbooks are read by [`crate::xls`] into the same blocks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Cursor;

use bidlens_domain::document::{Comment, Format, IssueCode, IssueSeverity, Page, TextSource};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use crate::limits::Limits;
use crate::number_format::{Look, float};
use crate::opc::relations;
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{Grid, GridCell};
use crate::text::{decode, note_encoding};
use crate::xml::{Token, Xml};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    package.check_expansion()?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged("the workbook", &e))?;
    let mut raw = RawDocument::new(Format::Xlsx);
    raw.metadata = crate::docx::metadata(&mut package, limits);
    let parts = sheet_parts(&mut package, limits).unwrap_or_default();
    let sheets = workbook.sheets_metadata().to_vec();
    if sheets.len() > limits.max_sheets {
        raw.issue(
            IssueCode::PartLimit,
            IssueSeverity::Warning,
            None,
            format!("only the first {} of {} sheets were read", limits.max_sheets, sheets.len()),
        );
    }
    let mut cells_left = limits.max_cells;
    for sheet in sheets.iter().take(limits.max_sheets) {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let page = u32::try_from(raw.pages.len() + 1).unwrap_or(u32::MAX);
        let merged = workbook.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let percents = percents(&mut workbook, &sheet.name, limits);
        let mut cells = Vec::new();
        let mut uncached = 0usize;
        let mut over_limit = false;
        {
            let mut reader = workbook
                .worksheet_cells_reader(&sheet.name)
                .map_err(|e| damaged(&format!("sheet {}", sheet.name), &e))?;
            loop {
                let record = match reader.next_cell_with_formula_metadata() {
                    Ok(Some(record)) => record,
                    Ok(None) => break,
                    Err(error) => {
                        raw.issue(
                            IssueCode::Malformed,
                            IssueSeverity::Warning,
                            Some(page),
                            format!("sheet {} is damaged ({error}); what stands before was read", sheet.name),
                        );
                        break;
                    }
                };
                let words = match (&record.value, percents.get(&record.pos)) {
                    (DataRef::Float(f), Some(decimals)) => format!("{:.decimals$}%", f * 100.0),
                    (DataRef::Int(n), Some(_)) => format!("{}%", n.saturating_mul(100)),
                    (value, _) => shown(value),
                };
                if words.trim().is_empty() {
                    uncached += usize::from(record.formula.is_some());
                    continue;
                }
                if cells_left == 0 {
                    over_limit = true;
                    break;
                }
                cells_left -= 1;
                cells.push((record.pos.0, record.pos.1, words));
            }
        }
        let beside = match parts.get(&sheet.name) {
            Some(part) => beside_cells(&mut package, part, limits).unwrap_or_default(),
            None => BesideCells::default(),
        };
        note_hidden(&mut raw, &sheet.name, page, sheet.visible != SheetVisible::Visible, &beside.hidden_rows, &cells);
        for (row, column, author, text) in beside.comments {
            let about = words_at(&cells, row, column);
            raw.comments.push(Comment { author, written_at: None, text, page, about });
        }
        if over_limit {
            note_cells_left(&mut raw, &sheet.name, page, limits);
        }
        if uncached > 0 {
            raw.issue(
                IssueCode::UncachedFormula,
                IssueSeverity::Warning,
                Some(page),
                format!("sheet {} has {uncached} formulas without a stored result; open and save the workbook so that they are computed", sheet.name),
            );
        }
        let merged: Vec<Merge> = merged.iter().map(|d| Merge { first: d.start, last: d.end }).collect();
        sheet_blocks(&mut raw, &sheet.name, page, cells, &merged, limits);
    }
    if raw.blocks.iter().all(|b| b.kind == RawKind::SheetName) {
        return Err(Refusal::new(
            IssueCode::Empty,
            "no sheet of the workbook holds a value; check that it is the right file",
        ));
    }
    Ok(raw)
}

/// Where a sheet shows percents, and with how many decimals: 0.055 is shown as 5.50%.
fn percents(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, limits: &Limits) -> HashMap<(u32, u32), usize> {
    let mut found = HashMap::new();
    let Ok(mut reader) = workbook.worksheet_cells_reader(sheet) else {
        return found;
    };
    let decimals: HashMap<usize, usize> = reader
        .styles()
        .iter()
        .enumerate()
        .filter_map(|(style, look)| {
            let format = look.number_format.as_ref()?;
            match Look::of(format.format_id, &format.format_code) {
                Look::Percent { decimals } => Some((style, decimals)),
                Look::Plain | Look::Moment { .. } | Look::Elapsed => None,
            }
        })
        .collect();
    if decimals.is_empty() {
        return found;
    }
    for _ in 0..limits.max_cells {
        let Ok(Some((cell, style))) = reader.next_cell_with_style_id() else {
            break;
        };
        if let Some(decimals) = decimals.get(&style) {
            found.insert(cell.get_position(), *decimals);
        }
    }
    found
}

pub(crate) fn read_csv(bytes: &[u8], limits: &Limits) -> ReadResult {
    let decoded = decode(bytes, None);
    let mut raw = RawDocument::new(Format::Csv);
    note_encoding(&mut raw, &decoded);
    let first = decoded.text.lines().next().unwrap_or_default();
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|d| (first.bytes().filter(|b| b == d).count(), *d == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(decoded.text.as_bytes());
    let mut cells = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|e| damaged("the table", &e))?;
        for (column, words) in record.iter().enumerate() {
            if !words.trim().is_empty() {
                cells.push((clip(row), clip(column), words.to_owned()));
            }
        }
        if cells.len() > limits.max_cells {
            raw.issue(
                IssueCode::PartLimit,
                IssueSeverity::Warning,
                None,
                format!("only the first {} cells were read", limits.max_cells),
            );
            break;
        }
    }
    sheet_blocks(&mut raw, "", 1, cells, &[], limits);
    Ok(raw)
}

/// Merged cells, by their first and last row and column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merge {
    pub(crate) first: (u32, u32),
    pub(crate) last: (u32, u32),
}

/// What a sheet of an XLSX says beside its cells.
#[derive(Default)]
struct BesideCells {
    hidden_rows: HashSet<u32>,
    /// Row, column, author, words.
    comments: Vec<(u32, u32, Option<String>, String)>,
}

/// The part of each sheet, by the sheet's name.
fn sheet_parts(package: &mut Package<'_>, limits: &Limits) -> Result<HashMap<String, String>, Refusal> {
    let workbook = "xl/workbook.xml";
    let targets: HashMap<String, String> =
        relations(package, workbook, limits)?.into_iter().map(|r| (r.id, r.target)).collect();
    let text = package.part(workbook)?.unwrap_or_default();
    let mut xml = Xml::new(workbook, &text, limits.max_depth);
    let mut parts = HashMap::new();
    loop {
        match xml.next()? {
            Token::Open(element) if element.name() == "sheet" => {
                let target = element.attribute("id").and_then(|id| targets.get(&id).cloned());
                if let (Some(name), Some(target)) = (element.attribute("name"), target) {
                    parts.insert(name, target);
                }
            }
            Token::End => return Ok(parts),
            _ => {}
        }
    }
}

/// Hidden rows and comments of the sheet in `part`.
fn beside_cells(package: &mut Package<'_>, part: &str, limits: &Limits) -> Result<BesideCells, Refusal> {
    let mut beside = BesideCells::default();
    let text = package.part(part)?.unwrap_or_default();
    // Most sheets hide nothing, and reading a large one twice is not free.
    if text.contains(" hidden=") {
        let mut xml = Xml::new(part, &text, limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) if element.name() == "row" => {
                    let hidden = element.attribute("hidden").is_some_and(|v| v == "1" || v == "true");
                    if let (true, Some(row)) = (hidden, element.number("r")) {
                        beside.hidden_rows.extend(u32::try_from(row - 1));
                    }
                }
                Token::End => break,
                _ => {}
            }
        }
    }
    let notes = relations(package, part, limits)?.into_iter().find(|r| r.kind == "comments");
    let Some(notes) = notes.map(|r| r.target) else { return Ok(beside) };
    let text = package.part(&notes)?.unwrap_or_default();
    let mut xml = Xml::new(&notes, &text, limits.max_depth);
    let mut authors: Vec<String> = Vec::new();
    let mut place = None;
    loop {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "author" => authors.push(xml.text()?.trim().to_owned()),
                "comment" => {
                    let author =
                        element.number("authorId").and_then(|n| authors.get(usize::try_from(n).ok()?)).cloned();
                    place = element.attribute("ref").and_then(|at| Some((position(&at)?, author)));
                }
                "text" => {
                    let words = xml.text()?.trim().to_owned();
                    if let (Some(((row, column), author)), false) = (place.take(), words.is_empty()) {
                        beside.comments.push((row, column, author.filter(|a| !a.is_empty()), words));
                    }
                }
                _ => {}
            },
            Token::End => return Ok(beside),
            Token::Close | Token::Text(_) => {}
        }
    }
}

/// Row and column of a reference such as `B12`, counted from 0.
fn position(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at_checked(letters)?;
    let column = letters
        .bytes()
        .try_fold(0u32, |n, b| n.checked_mul(26)?.checked_add(u32::from(b.to_ascii_uppercase() - b'A') + 1))?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// The words of the cell at this place.
pub(crate) fn words_at(cells: &[(u32, u32, String)], row: u32, column: u32) -> String {
    cells.iter().find(|c| (c.0, c.1) == (row, column)).map(|c| c.2.clone()).unwrap_or_default()
}

/// Says what of a sheet is hidden although it was read.
pub(crate) fn note_hidden(
    raw: &mut RawDocument,
    name: &str,
    page: u32,
    sheet_is_hidden: bool,
    hidden_rows: &HashSet<u32>,
    cells: &[(u32, u32, String)],
) {
    if sheet_is_hidden {
        raw.issue(
            IssueCode::HiddenText,
            IssueSeverity::Info,
            Some(page),
            format!("sheet {name} is hidden in the workbook; it was read all the same"),
        );
    }
    let rows: BTreeSet<u32> = cells.iter().map(|c| c.0).filter(|row| hidden_rows.contains(row)).collect();
    if !rows.is_empty() {
        let shown: Vec<String> = rows.iter().take(10).map(|row| (row + 1).to_string()).collect();
        let more = if rows.len() > shown.len() { ", …" } else { "" };
        raw.issue(
            IssueCode::HiddenText,
            IssueSeverity::Info,
            Some(page),
            format!("sheet {name} hides rows with words ({}{more}); they were read all the same", shown.join(", ")),
        );
    }
}

/// Says that a sheet has more cells than are read.
pub(crate) fn note_cells_left(raw: &mut RawDocument, name: &str, page: u32, limits: &Limits) {
    raw.issue(
        IssueCode::PartLimit,
        IssueSeverity::Warning,
        Some(page),
        format!("sheet {name} was read only in part: the workbook has more than {} cells", limits.max_cells),
    );
}

/// Adds one sheet as a page: its name and its cells, rows and columns without words left out.
pub(crate) fn sheet_blocks(
    raw: &mut RawDocument,
    name: &str,
    page: u32,
    cells: Vec<(u32, u32, String)>,
    merged: &[Merge],
    limits: &Limits,
) {
    raw.pages.push(Page {
        number: page,
        width: 0.0,
        height: 0.0,
        text_source: if cells.is_empty() { TextSource::Blank } else { TextSource::Digital },
        approximate: false,
        seal_marks: Vec::new(),
        unread_pictures: Vec::new(),
    });
    if !name.is_empty() {
        raw.blocks.push(RawBlock::on_page(RawKind::SheetName, name, page));
    }
    let rows: Vec<u32> = cells.iter().map(|c| c.0).collect::<BTreeSet<_>>().into_iter().collect();
    let columns: Vec<u32> = cells.iter().map(|c| c.1).collect::<BTreeSet<_>>().into_iter().collect();
    let merges: HashMap<(u32, u32), (u32, u32)> = merged.iter().map(|m| (m.first, m.last)).collect();
    let mut grid = Grid::default();
    let mut first_row = 0u32;
    let mut sorted = cells;
    sorted.sort_by_key(|c| (c.0, c.1));
    for (row, column, words) in sorted {
        let at = clip(rows.partition_point(|r| *r < row));
        if at >= first_row.saturating_add(clip(limits.max_table_rows)) {
            raw.blocks.extend(std::mem::take(&mut grid).into_block());
            first_row = at;
        }
        let mut cell = GridCell::text(at - first_row, clip(columns.partition_point(|c| *c < column)), words, page);
        if let Some(last) = merges.get(&(row, column)) {
            cell.row_span = clip(rows.partition_point(|r| *r <= last.0)).saturating_sub(at).max(1);
            cell.column_span = clip(columns.partition_point(|c| *c <= last.1)).saturating_sub(cell.column).max(1);
        }
        grid.cells.push(cell);
    }
    raw.blocks.extend(grid.into_block());
}

/// A value as a reader of the sheet would write it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(f) => float(*f),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => date,
                (_, _, 0) => format!("{date} {hour:02}:{minute:02}"),
                _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(moment) => float(moment.as_f64()),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::Error(e) => e.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn clip(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn damaged(what: &str, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        IssueCode::Malformed,
        format!("{what} is damaged ({error}); open the file in its own program, save it anew and upload that"),
    )
}
