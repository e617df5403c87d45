//! Old workbooks (XLS and WPS's ET, BIFF8): cells, formats, merges, hidden rows and sheets, comments.
//!
//! Read record by record into cells that exist; nothing is allocated for the rectangle a sheet claims. Macros and
//! formulas are not run: a formula shows its stored result.

use std::collections::{HashMap, HashSet};

use bidlens_domain::document::{Comment, Format, IssueCode, IssueSeverity};

use crate::limits::Limits;
use crate::number_format::Look;
use crate::ole::{Ole, f64_at, u16_at, u32_at};
use crate::raw::{RawDocument, RawKind, ReadResult, Refusal};
use crate::spreadsheet::{Merge, sheet_blocks, words_at};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const FILEPASS: u16 = 0x002F;
const DATEMODE: u16 = 0x0022;
const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const BOUNDSHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const ROW: u16 = 0x0208;
const LABELSST: u16 = 0x00FD;
const LABEL: u16 = 0x0204;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027E;
const MULRK: u16 = 0x00BD;
const FORMULA: u16 = 0x0006;
const STRING: u16 = 0x0207;
const BOOLERR: u16 = 0x0205;
const MERGEDCELLS: u16 = 0x00E5;
const NOTE: u16 = 0x001C;
const TXO: u16 = 0x01B6;
const OBJ: u16 = 0x005D;

/// A record with the pieces it was continued in.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    fn body(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// The records from `at` on, to the end of the stream.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, body) = self.take()?;
        let mut parts = vec![body];
        while u16_at(self.bytes, self.at) == Some(CONTINUE) {
            parts.push(self.take()?.1);
        }
        Some(Record { kind, parts })
    }
}

impl<'a> Records<'a> {
    fn take(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.bytes, self.at)?;
        let length = usize::from(u16_at(self.bytes, self.at + 2)?);
        let start = self.at + 4;
        let end = (start + length).min(self.bytes.len());
        self.at = end;
        Some((kind, self.bytes.get(start..end)?))
    }
}

struct Sheet {
    name: String,
    start: usize,
    hidden: bool,
    is_worksheet: bool,
}

/// What the workbook's own part says.
#[derive(Default)]
struct Globals {
    sheets: Vec<Sheet>,
    strings: Vec<String>,
    looks: Vec<Look>,
    from_1904: bool,
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let ole = Ole::open(bytes).ok_or_else(|| damaged("the container of the workbook is cut off or damaged"))?;
    let stream = match ole.root_stream("Workbook") {
        Some(stream) => stream,
        None if ole.find(0, "Book").is_some() => {
            return Err(Refusal::new(
                IssueCode::Unsupported,
                "the file is a workbook of Excel 95 or older; open it, save it as XLSX and upload that",
            ));
        }
        None => return Err(damaged("the workbook's cells are missing")),
    };
    let globals = globals(&stream, limits)?;
    let mut raw = RawDocument::new(Format::Xls);
    raw.metadata = crate::summary::metadata(&ole);
    if globals.sheets.len() > limits.max_sheets {
        raw.issue(
            IssueCode::PartLimit,
            IssueSeverity::Warning,
            None,
            format!("only the first {} of {} sheets were read", limits.max_sheets, globals.sheets.len()),
        );
    }
    let mut cells_left = limits.max_cells;
    for sheet in globals.sheets.iter().take(limits.max_sheets).filter(|s| s.is_worksheet) {
        read_sheet(&mut raw, &stream, sheet, &globals, &mut cells_left, limits);
    }
    if raw.blocks.iter().all(|b| b.kind == RawKind::SheetName) {
        return Err(Refusal::new(
            IssueCode::Empty,
            "no sheet of the workbook holds a value; check that it is the right file",
        ));
    }
    Ok(raw)
}

fn globals(stream: &[u8], limits: &Limits) -> Result<Globals, Refusal> {
    let mut globals = Globals::default();
    let mut codes: HashMap<u16, String> = HashMap::new();
    let mut formats: Vec<u16> = Vec::new();
    let mut records = Records { bytes: stream, at: 0 };
    let first = records.next().ok_or_else(|| damaged("the workbook's cells are missing"))?;
    if first.kind != BOF || u16_at(first.body(), 0) != Some(0x0600) {
        return Err(Refusal::new(
            IssueCode::Unsupported,
            "the file is a workbook of Excel 95 or older; open it, save it as XLSX and upload that",
        ));
    }
    for record in records {
        let body = record.body();
        match record.kind {
            FILEPASS => {
                return Err(Refusal::new(
                    IssueCode::Encrypted,
                    "the workbook is protected by a password; open it, remove the password and upload it again",
                ));
            }
            DATEMODE => globals.from_1904 = u16_at(body, 0) == Some(1),
            FORMAT => {
                if let (Some(id), Some(code)) = (u16_at(body, 0), plain_string(body.get(2..).unwrap_or_default(), true))
                {
                    codes.insert(id, code);
                }
            }
            XF => formats.push(u16_at(body, 2).unwrap_or(0)),
            BOUNDSHEET => {
                if let (Some(start), Some(name)) =
                    (u32_at(body, 0), plain_string(body.get(6..).unwrap_or_default(), false))
                {
                    globals.sheets.push(Sheet {
                        name,
                        start: start as usize,
                        hidden: body.get(4).is_some_and(|state| state & 3 != 0),
                        is_worksheet: body.get(5) == Some(&0),
                    });
                }
            }
            SST => globals.strings = shared_strings(&record, limits),
            EOF => break,
            _ => {}
        }
    }
    globals.looks = formats
        .into_iter()
        .map(|id| Look::of(Some(u32::from(id)), codes.get(&id).map_or("", String::as_str)))
        .collect();
    Ok(globals)
}

fn read_sheet(
    raw: &mut RawDocument,
    stream: &[u8],
    sheet: &Sheet,
    globals: &Globals,
    cells_left: &mut usize,
    limits: &Limits,
) {
    let page = u32::try_from(raw.pages.len() + 1).unwrap_or(u32::MAX);
    let mut cells: Vec<(u32, u32, String)> = Vec::new();
    let mut merged = Vec::new();
    let mut hidden_rows: HashSet<u32> = HashSet::new();
    let mut notes: Vec<(u16, u32, u32, String)> = Vec::new();
    let mut note_texts: HashMap<u16, String> = HashMap::new();
    let mut object = 0u16;
    let mut awaiting: Option<(u32, u32)> = None;
    let mut over_limit = false;
    let mut depth = 0usize;
    let show = |value: f64, style: u16| {
        let look = globals.looks.get(usize::from(style)).copied().unwrap_or(Look::Plain);
        look.show(value, globals.from_1904)
    };
    for record in (Records { bytes: stream, at: sheet.start }) {
        let body = record.body();
        let place = || Some((u32::from(u16_at(body, 0)?), u32::from(u16_at(body, 2)?), u16_at(body, 4)?));
        let mut found: Vec<(u32, u32, String)> = Vec::new();
        match record.kind {
            BOF => depth += 1,
            EOF => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            // A chart inside the sheet has records of its own.
            _ if depth > 1 => {}
            ROW if u32_at(body, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                hidden_rows.extend(u16_at(body, 0).map(u32::from));
            }
            LABELSST => {
                if let (Some((row, column, _)), Some(index)) = (place(), u32_at(body, 6)) {
                    let words = globals.strings.get(index as usize).cloned().unwrap_or_default();
                    found.push((row, column, words));
                }
            }
            LABEL => {
                if let (Some((row, column, _)), Some(words)) =
                    (place(), plain_string(body.get(6..).unwrap_or_default(), true))
                {
                    found.push((row, column, words));
                }
            }
            NUMBER => {
                if let (Some((row, column, style)), Some(value)) = (place(), f64_at(body, 6)) {
                    found.push((row, column, show(value, style)));
                }
            }
            RK => {
                if let (Some((row, column, style)), Some(packed)) = (place(), u32_at(body, 6)) {
                    found.push((row, column, show(unpacked(packed), style)));
                }
            }
            MULRK => {
                if let (Some(row), Some(first)) = (u16_at(body, 0), u16_at(body, 2)) {
                    let count = body.len().saturating_sub(6) / 6;
                    for n in 0..count {
                        if let (Some(style), Some(packed)) = (u16_at(body, 4 + n * 6), u32_at(body, 6 + n * 6)) {
                            let column = u32::from(first).saturating_add(n as u32);
                            found.push((u32::from(row), column, show(unpacked(packed), style)));
                        }
                    }
                }
            }
            FORMULA => {
                if let Some((row, column, style)) = place() {
                    match body.get(6..14) {
                        // What the formula gave is no number.
                        Some([kind, _, value, _, _, _, 0xFF, 0xFF]) => match kind {
                            0 => awaiting = Some((row, column)),
                            1 => found.push((row, column, if *value == 0 { "FALSE" } else { "TRUE" }.to_owned())),
                            2 => found.push((row, column, error_word(*value).to_owned())),
                            _ => {}
                        },
                        Some(_) => {
                            if let Some(value) = f64_at(body, 6) {
                                found.push((row, column, show(value, style)));
                            }
                        }
                        None => {}
                    }
                }
            }
            STRING => {
                if let (Some((row, column)), Some(words)) = (awaiting.take(), long_string(&record)) {
                    found.push((row, column, words));
                }
            }
            BOOLERR => {
                if let (Some((row, column, _)), Some([value, is_error])) = (place(), body.get(6..8)) {
                    let words = match (is_error, value) {
                        (0, 0) => "FALSE",
                        (0, _) => "TRUE",
                        (_, code) => error_word(*code),
                    };
                    found.push((row, column, words.to_owned()));
                }
            }
            MERGEDCELLS => {
                let count = usize::from(u16_at(body, 0).unwrap_or(0));
                for n in 0..count.min(body.len() / 8) {
                    let corner = |k: usize| u16_at(body, 2 + n * 8 + k * 2).map(u32::from);
                    if let (Some(r0), Some(r1), Some(c0), Some(c1)) = (corner(0), corner(1), corner(2), corner(3)) {
                        merged.push(Merge { first: (r0, c0), last: (r1, c1) });
                    }
                }
            }
            OBJ => object = u16_at(body, 6).unwrap_or(0),
            TXO => {
                let length = usize::from(u16_at(body, 10).unwrap_or(0));
                if let Some(text) = record.parts.get(1) {
                    note_texts.insert(object, characters(text, length).0);
                }
            }
            NOTE => {
                if let (Some((row, column, _)), Some(id)) = (place(), u16_at(body, 6)) {
                    let author = plain_string(body.get(8..).unwrap_or_default(), true).unwrap_or_default();
                    notes.push((id, row, column, author));
                }
            }
            _ => {}
        }
        for (row, column, words) in found {
            if words.trim().is_empty() {
                continue;
            }
            if *cells_left == 0 {
                over_limit = true;
                break;
            }
            *cells_left -= 1;
            cells.push((row, column, words));
        }
        if over_limit {
            break;
        }
    }
    crate::spreadsheet::note_hidden(raw, &sheet.name, page, sheet.hidden, &hidden_rows, &cells);
    if over_limit {
        crate::spreadsheet::note_cells_left(raw, &sheet.name, page, limits);
    }
    for (id, row, column, author) in notes {
        let text = note_texts.remove(&id).unwrap_or_default();
        if !text.trim().is_empty() {
            raw.comments.push(Comment {
                author: Some(author).filter(|a| !a.is_empty()),
                written_at: None,
                text: text.trim().to_owned(),
                page,
                about: words_at(&cells, row, column),
            });
        }
    }
    sheet_blocks(raw, &sheet.name, page, cells, &merged, limits);
}

/// A number in 30 bits: a whole number or the upper half of a fraction, perhaps times a hundred.
fn unpacked(packed: u32) -> f64 {
    let value = if packed & 2 != 0 {
        f64::from((packed as i32) >> 2)
    } else {
        f64::from_bits(u64::from(packed & 0xFFFF_FFFC) << 32)
    };
    if packed & 1 != 0 { value / 100.0 } else { value }
}

fn error_word(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// A string whose length stands in two bytes, or one, and whose characters follow in one piece.
fn plain_string(body: &[u8], wide_length: bool) -> Option<String> {
    let (length, rest) = if wide_length {
        (usize::from(u16_at(body, 0)?), body.get(2..)?)
    } else {
        (usize::from(*body.first()?), body.get(1..)?)
    };
    Some(characters(rest, length).0)
}

/// `length` characters after a byte that says whether they are wide; and how many there were.
fn characters(bytes: &[u8], length: usize) -> (String, usize) {
    let Some((flags, rest)) = bytes.split_first() else { return (String::new(), 0) };
    units(rest, length, flags & 1 != 0)
}

fn units(bytes: &[u8], length: usize, wide: bool) -> (String, usize) {
    let units: Vec<u16> = if wide {
        (0..length.min(bytes.len() / 2)).filter_map(|n| u16_at(bytes, n * 2)).collect()
    } else {
        bytes.iter().take(length).map(|b| u16::from(*b)).collect()
    };
    (String::from_utf16_lossy(&units), units.len())
}

/// The stored text of a formula, which may go on in further pieces.
fn long_string(record: &Record<'_>) -> Option<String> {
    let body = record.body();
    let mut left = usize::from(u16_at(body, 0)?);
    let mut out = String::new();
    for (n, part) in record.parts.iter().enumerate() {
        let (words, count) = characters(if n == 0 { body.get(2..)? } else { part }, left);
        out.push_str(&words);
        left = left.saturating_sub(count);
    }
    Some(out)
}

/// The shared strings: their characters may be cut anywhere, and each further piece says anew how wide they are.
fn shared_strings(record: &Record<'_>, limits: &Limits) -> Vec<String> {
    let mut cursor = Cursor { parts: &record.parts, part: 0, at: 8 };
    let count = u32_at(record.body(), 4).unwrap_or(0) as usize;
    let mut strings = Vec::new();
    while strings.len() < count.min(limits.max_cells) {
        let Some(words) = cursor.string() else { break };
        strings.push(words);
    }
    strings
}

struct Cursor<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        self.parts.get(self.part).and_then(|p| p.get(self.at..)).unwrap_or_default()
    }

    /// Goes to the next piece when this one is used up; `false` at the end.
    fn turn(&mut self) -> bool {
        while self.rest().is_empty() {
            self.part += 1;
            self.at = 0;
            if self.part >= self.parts.len() {
                return false;
            }
        }
        true
    }

    fn byte(&mut self) -> Option<u8> {
        if !self.turn() {
            return None;
        }
        let byte = *self.rest().first()?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, bytes: usize) -> Option<u32> {
        let mut value = 0u32;
        for n in 0..bytes {
            value |= u32::from(self.byte()?) << (8 * n);
        }
        Some(value)
    }

    fn string(&mut self) -> Option<String> {
        let mut left = self.number(2)? as usize;
        let flags = self.byte()?;
        let mut wide = flags & 1 != 0;
        let runs = if flags & 8 != 0 { self.number(2)? as usize } else { 0 };
        let extension = if flags & 4 != 0 { self.number(4)? as usize } else { 0 };
        let mut out = String::new();
        while left > 0 {
            if self.rest().is_empty() {
                if !self.turn() {
                    return None;
                }
                wide = self.byte()? & 1 != 0;
            }
            let (words, count) = units(self.rest(), left, wide);
            if count == 0 {
                // Half a character stands before the end of a piece.
                self.at += self.rest().len();
                continue;
            }
            out.push_str(&words);
            self.at += count * if wide { 2 } else { 1 };
            left -= count;
        }
        self.skip(runs * 4 + extension)?;
        Some(out)
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if !self.turn() {
                return None;
            }
            let step = bytes.min(self.rest().len());
            self.at += step;
            bytes -= step;
        }
        Some(())
    }
}

fn damaged(what: &str) -> Refusal {
    Refusal::new(
        IssueCode::Malformed,
        format!("{what}; open the file in its own program, save it anew and upload that"),
    )
}
