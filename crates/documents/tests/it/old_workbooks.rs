//! Workbooks of the old kind (XLS, ET), built record by record.

use insta::assert_snapshot;

use crate::ole::{ole, stream};
use crate::{outline, read};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body].concat()
}

fn wide(words: &str) -> Vec<u8> {
    words.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A string with a length of two bytes, in wide characters.
fn string(words: &str) -> Vec<u8> {
    [&(words.encode_utf16().count() as u16).to_le_bytes()[..], &[1], &wide(words)].concat()
}

fn cell(row: u16, column: u16, style: u16, rest: &[u8]) -> Vec<u8> {
    [&row.to_le_bytes(), &column.to_le_bytes(), &style.to_le_bytes(), rest].concat()
}

struct Book {
    /// Name, hidden, records.
    sheets: Vec<(&'static str, bool, Vec<u8>)>,
    strings: Vec<&'static str>,
    /// Further records of the workbook's own part.
    globals: Vec<u8>,
    /// What the file says about its own making.
    summary: Vec<u8>,
}

/// A property set in GBK: the author, and when the file was made.
fn summary(author: &str) -> Vec<u8> {
    let author = encoding_rs::GBK.encode(author).0.into_owned();
    let mut values = Vec::new();
    let mut places = Vec::new();
    let made = 135_000_000_000_000_000u64.to_le_bytes().to_vec();
    for (id, kind, value) in [
        (1u32, 2u32, 936u32.to_le_bytes().to_vec()),
        (4, 30, [&(author.len() as u32).to_le_bytes()[..], &author].concat()),
        (12, 64, made),
    ] {
        places.push((id, 8 + 3 * 8 + values.len() as u32));
        values.extend(kind.to_le_bytes());
        values.extend(value);
    }
    let mut set = vec![0; 44];
    set.extend(48u32.to_le_bytes());
    set.extend([0u32, 3].iter().flat_map(|n| n.to_le_bytes()));
    set.extend(places.iter().flat_map(|(id, at)| [id.to_le_bytes(), at.to_le_bytes()].concat()));
    set.extend(values);
    set
}

impl Book {
    fn bytes(&self) -> Vec<u8> {
        let bof = |kind: u16| record(0x0809, &[&0x0600u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
        let xf = |format: u16| record(0x00E0, &[&0u16.to_le_bytes()[..], &format.to_le_bytes(), &[0; 16]].concat());
        let mut before = [bof(5), self.globals.clone()].concat();
        before.extend(record(0x041E, &[&200u16.to_le_bytes()[..], &string("yyyy\"年\"m\"月\"d\"日\"")].concat()));
        // Styles: 0 plain, 1 percent, 2 date, 3 a date of its own format.
        before.extend([xf(0), xf(10), xf(14), xf(200)].concat());
        let mut shared = (self.strings.len() as u32).to_le_bytes().repeat(2);
        shared.extend(self.strings.iter().flat_map(|s| string(s)));
        let mut after = Vec::new();
        // The first string is cut after five characters; it goes on with a byte that says how wide they are.
        let (first, rest) = shared.split_at(shared.len().min(8 + 3 + 10));
        after.extend(record(0x00FC, first));
        after.extend(record(0x003C, &[&[1], rest].concat()));
        after.extend(record(0x000A, &[]));
        let names: usize = self.sheets.iter().map(|(name, ..)| 4 + 8 + wide(name).len()).sum();
        let mut start = before.len() + names + after.len();
        let mut bound = Vec::new();
        let mut bodies = Vec::new();
        for (name, hidden, records) in &self.sheets {
            let count = name.encode_utf16().count() as u8;
            bound.extend(record(
                0x0085,
                &[&(start as u32).to_le_bytes()[..], &[u8::from(*hidden), 0, count, 1], &wide(name)].concat(),
            ));
            let body = [bof(16), records.clone(), record(0x000A, &[])].concat();
            start += body.len();
            bodies.extend(body);
        }
        let book = [before, bound, after, bodies].concat();
        ole(&[stream("Workbook", book), stream("\u{5}SummaryInformation", self.summary.clone())])
    }
}

fn priced() -> Book {
    let number = |row, column, style, value: f64| record(0x0203, &cell(row, column, style, &value.to_le_bytes()));
    let text = |row, column, index: u32| record(0x00FD, &cell(row, column, 0, &index.to_le_bytes()));
    let rk = |value: i32| ((value << 2) | 2) as u32;
    let mut sheet = Vec::new();
    sheet.extend(record(0x0208, &[&3u16.to_le_bytes()[..], &[0; 10], &0x20u32.to_le_bytes()].concat()));
    sheet.extend([text(0, 0, 0), text(1, 0, 1), text(1, 1, 2), text(2, 0, 3)].concat());
    sheet.extend(record(0x027E, &cell(2, 1, 0, &rk(12_000).to_le_bytes())));
    sheet.extend([text(3, 0, 4), number(3, 1, 1, 0.055)].concat());
    let packed: Vec<u8> = [(2u16, rk(45_658)), (3, rk(45_689))]
        .iter()
        .flat_map(|(style, value)| [&style.to_le_bytes()[..], &value.to_le_bytes()].concat())
        .collect();
    sheet
        .extend(record(0x00BD, &[&4u16.to_le_bytes()[..], &0u16.to_le_bytes(), &packed, &1u16.to_le_bytes()].concat()));
    // A formula with words as its result, and one with an error.
    sheet.extend(record(0x0006, &cell(5, 0, 0, &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0])));
    sheet.extend(record(0x0207, &string("合计见下表")));
    sheet.extend(record(0x0006, &cell(5, 1, 0, &[2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0])));
    // A comment on the price: the object, its text, the note.
    sheet.extend(record(0x005D, &[0x15, 0, 0x12, 0, 0x19, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    sheet.extend(record(0x01B6, &[&[0; 10][..], &4u16.to_le_bytes(), &[0; 6]].concat()));
    sheet.extend(record(0x003C, &[&[1][..], &wide("含税含运")].concat()));
    sheet.extend(record(0x003C, &[0; 16]));
    sheet.extend(record(0x001C, &[&cell(2, 1, 0, &7u16.to_le_bytes())[..], &string("王工")].concat()));
    sheet.extend(record(0x00E5, &[&1u16.to_le_bytes()[..], &[0, 0, 0, 0, 0, 0, 1, 0]].concat()));
    Book {
        sheets: vec![("报价表", false, sheet), ("底价", true, number(0, 0, 0, 0.1 + 0.2))],
        strings: vec!["分项报价表（人民币）", "名称", "单价", "水泵", "税率"],
        globals: Vec::new(),
        summary: summary("王工"),
    }
}

#[test]
fn cells_formats_merges_hidden_things_and_comments_are_read() {
    let document = read("报价.xls", &priced().bytes());
    assert_snapshot!(outline(&document), @"
    ! Info HiddenText p1: sheet 报价表 hides rows with words (4); they were read all the same
    ! Info HiddenText p2: sheet 底价 is hidden in the workbook; it was read all the same
    p1 SheetName 报价表
    p1 Table 6x2
        (0,0 1x2) 分项报价表（人民币）
        (1,0) 名称
        (1,1) 单价
        (2,0) 水泵
        (2,1) 12000
        (3,0) 税率
        (3,1) 5.50%
        (4,0) 2025-01-01
        (4,1) 2025-02-01
        (5,0) 合计见下表
        (5,1) #DIV/0!
    p2 SheetName 底价
    p2 Table 1x1
        (0,0) 0.3
    ");
    assert_snapshot!(format!("{:?}", document.comments), @r#"[Comment { author: Some("王工"), written_at: None, text: "含税含运", page: 1, about: "12000" }]"#);
    assert_eq!(document.metadata.author.as_deref(), Some("王工"));
    assert_eq!(document.metadata.created.as_deref(), Some("2028-10-19T00:00:00Z"));
    // WPS gives its workbooks another name and the same content.
    assert_eq!(read("报价.et", &priced().bytes()).blocks, document.blocks);
}

#[test]
fn cells_in_the_last_corner_cost_nothing() {
    let number = |row: u16, column: u16| record(0x0203, &cell(row, column, 0, &1f64.to_le_bytes()));
    let corners = [number(0, 0), number(65_535, 255)].concat();
    let book = Book { sheets: vec![("甲", false, corners); 200], strings: vec![], globals: vec![], summary: vec![] };
    let document = read("a.xls", &book.bytes());
    assert_eq!(document.pages.len(), 200);
    assert_eq!(document.blocks[1].text, "1\n1");
}

/// A workbook behind a password.
pub(crate) fn locked() -> Vec<u8> {
    let mut book = priced();
    book.globals = record(0x002F, &[1, 0, 0, 0]);
    book.bytes()
}

#[test]
fn damaged_old_workbooks_never_panic() {
    crate::bad_files::damage("a.xls", &priced().bytes(), 300);
}
