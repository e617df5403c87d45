//! Workbooks and CSV: each sheet a page, its cells as tables cut after some hundred rows.
//!
//! Cells come from calamine's streaming reader only: its ranges allocate the whole rectangle a sheet claims, so
//! that a 6 KB file with one cell in the last corner would abort the process. Empty rows and columns are dropped.

use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;

use bidlens_domain::document::{Format, IssueCode, IssueSeverity, Page, TextSource};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use crate::limits::Limits;
use crate::package::Package;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::table::{Grid, GridCell};
use crate::text::{decode, note_encoding};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let mut package = Package::open(bytes, limits)?;
    package.check_expansion()?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged("the workbook", &e))?;
    let mut raw = RawDocument::new(Format::Xlsx);
    raw.metadata = crate::docx::metadata(&mut package, limits);
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
        if sheet.visible != SheetVisible::Visible {
            raw.issue(
                IssueCode::HiddenText,
                IssueSeverity::Info,
                Some(page),
                format!("sheet {} is hidden in the workbook; it was read all the same", sheet.name),
            );
        }
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
        if over_limit {
            raw.issue(
                IssueCode::PartLimit,
                IssueSeverity::Warning,
                Some(page),
                format!(
                    "sheet {} was read only in part: the workbook has more than {} cells",
                    sheet.name, limits.max_cells
                ),
            );
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
            match format.format_id {
                Some(9) => Some((style, 0)),
                Some(10) => Some((style, 2)),
                _ => {
                    let code = format.format_code.split(';').next().unwrap_or_default();
                    let digits = code.strip_suffix('%')?;
                    let decimals = digits.split_once('.').map_or(0, |(_, d)| d.len());
                    Some((style, decimals.min(8)))
                }
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

#[derive(Debug, Clone, Copy)]
struct Merge {
    first: (u32, u32),
    last: (u32, u32),
}

/// Adds one sheet as a page: its name and its cells, rows and columns without words left out.
fn sheet_blocks(
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

/// Without the noise of binary fractions: 0.1 + 0.2 is shown as 0.3.
fn float(value: f64) -> String {
    let text = format!("{value:.10}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
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
