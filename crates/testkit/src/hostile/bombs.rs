//! Known ways to make a reader of documents run out of memory, time or stack, each made by a few lines.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::File;
use super::container::container;
use super::seeds::{TYPES, pdf_of, stream, workbook};

/// A file that costs far more than its size says.
#[derive(Debug, Clone, Copy)]
pub struct Bomb {
    pub what: &'static str,
    name: &'static str,
    make: fn(usize) -> Vec<u8>,
}

impl Bomb {
    /// The bomb, its counts divided by `by`: 1 for the real one, more where a test must be quick.
    pub fn file(&self, by: usize) -> File {
        File { name: self.name.to_owned(), bytes: (self.make)(by.max(1)) }
    }
}

/// All of them.
pub fn bombs() -> Vec<Bomb> {
    let bomb = |what, name, make| Bomb { what, name, make };
    vec![
        bomb("a part of 256 MB of blanks", "a.docx", |by| document(&" ".repeat((256 << 20) / by))),
        bomb("many parts of 60 MB", "a.docx", |by| {
            let large = format!("<a>{}</a>", "0".repeat((60 << 20) / by));
            let names: Vec<String> = (0..12).map(|n| format!("word/header{n}.xml")).collect();
            let mut parts: Vec<(&str, &[u8])> =
                vec![("[Content_Types].xml", TYPES), ("word/document.xml", b"<w:document/>")];
            parts.extend(names.iter().map(|n| (n.as_str(), large.as_bytes())));
            container(&parts)
        }),
        bomb("50,000 entries", "a.zip", |by| {
            let names: Vec<String> = (0..50_000 / by).map(|n| format!("{n}.txt")).collect();
            container(&names.iter().map(|n| (n.as_str(), &b"x"[..])).collect::<Vec<_>>())
        }),
        bomb("containers in each other", "a.zip", |by| {
            let mut inner = container(&[("a.txt", "字".repeat((4 << 20) / by).as_bytes())]);
            for _ in 0..(64 / by).max(8) {
                inner = container(&[("a.zip", &inner), ("b.zip", &inner)]);
                if inner.len() > 8 << 20 {
                    break;
                }
            }
            inner
        }),
        bomb("a container that lists itself", "a.zip", quine_like),
        bomb("elements 1,000,000 deep", "a.docx", |by| document(&"<w:sdt>".repeat(1_000_000 / by))),
        bomb("tables 20,000 deep", "a.docx", |by| {
            let depth = 20_000 / by;
            body(&format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(depth), "</w:tc></w:tr></w:tbl>".repeat(depth)))
        }),
        bomb("a billion laughs", "a.docx", |_| {
            let mut entities = String::from("<!ENTITY l0 \"ha\">");
            for n in 1..10 {
                entities.push_str(&format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)));
            }
            document(&format!("<!DOCTYPE a [{entities}]><w:document><w:t>&l9;</w:t></w:document>"))
        }),
        bomb("2,000,000 attributes", "a.docx", |by| {
            let attributes: String = (0..2_000_000 / by).map(|n| format!(" a{n}=\"\"")).collect();
            document(&format!("<w:document><w:p{attributes}/></w:document>"))
        }),
        bomb("3,000,000 paragraphs", "a.docx", |by| {
            body(&"<w:p><w:r><w:t>一</w:t></w:r></w:p>".repeat(3_000_000 / 2 / by))
        }),
        bomb("cells that span 2,000,000,000 columns", "a.docx", |by| {
            let cell =
                "<w:tc><w:tcPr><w:gridSpan w:val=\"2000000000\"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>";
            body(&format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell.repeat(10_000 / by)))
        }),
        bomb("numbers of 10^18 in every format", "a.docx", |by| numbering(2_000 / by.min(200))),
        bomb("styles based on each other in a circle", "a.docx", |by| {
            let count = 50_000 / by;
            let styles: String = (0..count)
                .map(|n| {
                    let next = (n + 1) % count.max(1);
                    format!("<w:style w:styleId=\"s{n}\"><w:name w:val=\"n\"/><w:basedOn w:val=\"s{next}\"/></w:style>")
                })
                .collect();
            let words =
                "<w:p><w:pPr><w:pStyle w:val=\"s0\"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>".repeat(5_000 / by.min(100));
            office(&words, &[("styles.xml", &format!("<w:styles>{styles}</w:styles>"))])
        }),
        bomb("a sheet with cells a world apart", "a.xlsx", |_| {
            workbook(
                "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>",
            )
        }),
        bomb("a merged range of the whole sheet, many times", "a.xlsx", |by| {
            let merge = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(20_000 / by);
            workbook(&format!(
                "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData><mergeCells>{merge}</mergeCells>"
            ))
        }),
        bomb("3,000,000 cells", "a.xlsx", |by| {
            let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(1_000));
            workbook(&format!("<sheetData>{}</sheetData>", row.repeat(3_000 / by)))
        }),
        bomb("a table of 60,000 columns in each of its rows", "a.csv", |by| {
            format!("{}\n", "1,".repeat(60_000 / by)).repeat(100).into_bytes()
        }),
        bomb("a quote that never ends", "a.csv", |by| format!("a,\"{}", "b\n".repeat((16 << 20) / by)).into_bytes()),
        bomb("spans of 65,534 by 1,000, nested", "a.html", |by| {
            let cell = "<td rowspan=65534 colspan=1000>x";
            format!("<table>{}</table>", format!("<tr>{}", cell.repeat(50)).repeat(400 / by.min(40))).into_bytes()
        }),
        bomb("tables 30,000 deep", "a.html", |by| {
            format!("<html><body>{}", "<table><tr><td>x".repeat(30_000 / by)).into_bytes()
        }),
        bomb("elements 500,000 deep", "a.html", |by| format!("<html>{}", "<div>".repeat(500_000 / by)).into_bytes()),
        bomb("unclosed formatting, adopted again and again", "a.html", |by| {
            format!("<html>{}", "<b><i><p>x".repeat(3_000 / by.min(30))).into_bytes()
        }),
        bomb("quotes 100,000 deep", "a.md", |by| format!("{} x", ">".repeat(100_000 / by)).into_bytes()),
        bomb("brackets without end", "a.md", |by| "[a](<b".repeat(200_000 / by).into_bytes()),
        bomb("emphasis without end", "a.md", |by| "*a **a ".repeat(100_000 / by).into_bytes()),
        bomb("lists 10,000 deep", "a.md", |by| {
            (0..10_000 / by.max(4)).map(|n| format!("{}- x\n", " ".repeat(2 * n))).collect::<String>().into_bytes()
        }),
        bomb("a line of 64 MB", "a.txt", |by| "字".repeat((64 << 20) / 3 / by).into_bytes()),
        bomb("numbers and leaders that patterns retry", "a.txt", |by| {
            let line = format!("第{} 1{} ……{}\n", "一 ".repeat(60), ". 1".repeat(60), " .".repeat(50));
            line.repeat(100_000 / by).into_bytes()
        }),
        bomb("2,000,000 headings", "a.txt", |by| "第一章 总则\n一、概况\n".repeat(1_000_000 / by).into_bytes()),
        bomb("a stream of 1 GiB", "a.pdf", |by| {
            let content = deflated_zeros((1 << 30) / by);
            page_with(&stream("/Filter /FlateDecode", &content), &[])
        }),
        bomb("a stream deflated four times", "a.pdf", |by| {
            let mut content = deflated_zeros((1 << 30) / by);
            for _ in 0..2 {
                content = super::seeds::deflated(&content);
            }
            page_with(&stream("/Filter [/FlateDecode /FlateDecode /FlateDecode]", &content), &[])
        }),
        bomb("arrays 1,000,000 deep", "a.pdf", |by| {
            page_with(&stream("", b"BT ET"), &[(9, "[".repeat(1_000_000 / by).into_bytes())])
        }),
        bomb("arrays 1,000,000 deep among the instructions", "a.pdf", |by| {
            page_with(&stream("", format!("{} TJ", "[".repeat(1_000_000 / by)).as_bytes()), &[])
        }),
        bomb("500,000 saved states", "a.pdf", |by| page_with(&stream("", "q ".repeat(500_000 / by).as_bytes()), &[])),
        bomb("clips in each other", "a.pdf", |by| {
            page_with(&stream("", "q 0 0 500 500 re W n ".repeat(100_000 / by).as_bytes()), &[])
        }),
        bomb("forms that draw each other", "a.pdf", |_| {
            let form = |other: u32| {
                stream(
                    &format!("/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {other} 0 R >> >>"),
                    "/X Do ".repeat(8).as_bytes(),
                )
            };
            page_with(&stream("", b"/X Do"), &[(8, form(9)), (9, form(8))])
        }),
        bomb("forms that draw two others, 24 deep", "a.pdf", |by| {
            let depth = if by > 1 { 10 } else { 24 };
            let forms: Vec<(u32, Vec<u8>)> = (0..depth)
                .map(|n| {
                    let entries = format!(
                        "/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {} 0 R >> /Font << /F 6 0 R >> >>",
                        9 + n
                    );
                    (8 + n, stream(&entries, b"/X Do /X Do BT /F 9 Tf (a) Tj ET"))
                })
                .collect();
            page_with(&stream("", b"/X Do"), &forms)
        }),
        bomb("patterns that paint with themselves", "a.pdf", |_| {
            let pattern = stream(
                "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 0.0001 /YStep 0.0001 /Resources << /Pattern << /P 8 0 R >> >>",
                b"/Pattern cs /P scn 0 0 9 9 re f",
            );
            page_with(&stream("", b"/Pattern cs /P scn 0 0 500 500 re f"), &[(8, pattern)])
        }),
        bomb("a page tree that is its own child", "a.pdf", |_| {
            pdf_of(
                &[
                    (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
                    (2, b"<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 /Parent 3 0 R >>".to_vec()),
                    (3, b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2000000000 /Parent 2 0 R >>".to_vec()),
                ],
                "",
            )
        }),
        bomb("pages written into their tree 1,000,000 times", "a.pdf", |by| {
            let kids = "<< /Type /Page /MediaBox [0 0 9 9] >> ".repeat(1_000_000 / by);
            pdf_of(
                &[
                    (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
                    (2, format!("<< /Type /Pages /Kids [{kids}] /Count 9 >>").into_bytes()),
                ],
                "",
            )
        }),
        bomb("tables of objects that point to each other", "a.pdf", |_| {
            let mut file = page_with(&stream("", b"BT ET"), &[]);
            let end = file.windows(9).rposition(|w| w == b"startxref").unwrap_or(file.len());
            file.truncate(end);
            let at = file.len();
            file.extend(
                format!("xref\n0 0\ntrailer\n<< /Root 1 0 R /Size 9 /Prev {at} >>\nstartxref\n{at}\n%%EOF\n")
                    .into_bytes(),
            );
            file
        }),
        bomb("an object that is its own length", "a.pdf", |_| {
            page_with(
                b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream",
                &[(8, b"<< /Length 8 0 R /Type /ObjStm /N 99999999 /First 8 >>\nstream\n8 0\nendstream".to_vec())],
            )
        }),
        bomb("an object stream that extends itself", "a.pdf", |_| {
            let own = stream("/Type /ObjStm /N 2000000000 /First 2000000000 /Extends 8 0 R", b"9 0 8 0");
            page_with(&stream("", b"BT ET"), &[(8, own)])
        }),
        bomb("a picture of 60,000 by 60,000", "a.pdf", |_| {
            let picture = stream(
                "/Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 16 /ColorSpace /DeviceCMYK /Filter /FlateDecode",
                &deflated_zeros(1 << 16),
            );
            page_with(&stream("", b"/X Do"), &[(8, picture)])
        }),
        bomb("300,000 rulings", "a.pdf", |by| {
            let lines: String = (0..150_000 / by)
                .map(|n| {
                    let at = n % 800;
                    format!("{} {at} m {} {at} l S {at} 0 m {at} 800 l S ", n % 7, 300 + n % 11)
                })
                .collect();
            page_with(&stream("", lines.as_bytes()), &[])
        }),
        bomb("2,000,000 characters on one spot", "a.pdf", |by| {
            let words = format!("BT /F 9 Tf 50 500 Td ({}) Tj ET", "ab".repeat(500 / by.min(10)));
            page_with(&stream("", words.repeat(4_000 / by).as_bytes()), &[])
        }),
        bomb("words in all sizes all over the page", "a.pdf", |by| {
            let words: String = (0..60_000 / by)
                .map(|n| format!("BT /F {} Tf {} {} Td (word) Tj ET ", 1 + n % 40, (n * 37) % 600, (n * 53) % 800))
                .collect();
            page_with(&stream("", words.as_bytes()), &[])
        }),
        bomb("a character map and widths of 2^32 codes", "a.pdf", |by| {
            let map = "begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange 1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange 1 begincidrange <00000000> <FFFFFFFF> 0 endcidrange endcmap";
            // Each width of a range becomes an entry of a table: only a limit of memory ends the real one.
            let last = if by > 1 { 65_535 } else { u32::MAX };
            let font = format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding 9 0 R /ToUnicode 9 0 R /DescendantFonts [<< /Subtype /CIDFontType2 /BaseFont /A /W [0 {last} 9] >>] >>"
            );
            page_with(
                &stream("", b"BT /X 9 Tf <0000000100000002> Tj ET"),
                &[(8, font.into_bytes()), (9, stream("", map.as_bytes()))],
            )
        }),
    ]
}

/// A container with one directory entry that many names share, each pointing at the whole file.
fn quine_like(by: usize) -> Vec<u8> {
    let mut file = container(&[("a.zip", b"PK\x03\x04"), ("b.txt", &b"0".repeat((8 << 20) / by))]);
    let Some(index) = file.windows(4).rposition(|w| w == b"PK\x01\x02") else { return file };
    let Some(end) = file.windows(4).rposition(|w| w == b"PK\x05\x06") else { return file };
    let entry = file.get(index..end).unwrap_or_default().repeat(2_000 / by.min(100));
    file.splice(index..end, entry);
    file
}

/// A DOCX whose main part is this.
fn document(content: &str) -> Vec<u8> {
    container(&[("[Content_Types].xml", TYPES), ("word/document.xml", content.as_bytes())])
}

fn body(content: &str) -> Vec<u8> {
    document(&format!("<w:document><w:body>{content}</w:body></w:document>"))
}

/// A DOCX with further parts of `word/`.
fn office(content: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let document = format!("<w:document><w:body>{content}</w:body></w:document>");
    let relations: String = parts
        .iter()
        .map(|(name, _)| {
            format!(
                "<Relationship Id=\"{name}\" Type=\"http://x/{}\" Target=\"{name}\"/>",
                name.trim_end_matches(".xml")
            )
        })
        .collect();
    let relations = format!("<Relationships>{relations}</Relationships>");
    let names: Vec<String> = parts.iter().map(|(name, _)| format!("word/{name}")).collect();
    let mut all: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
    ];
    all.extend(names.iter().zip(parts).map(|(name, (_, content))| (name.as_str(), content.as_bytes())));
    container(&all)
}

fn numbering(paragraphs: usize) -> Vec<u8> {
    const FORMATS: &[&str] = &[
        "decimal",
        "upperRoman",
        "lowerRoman",
        "upperLetter",
        "lowerLetter",
        "chineseCounting",
        "chineseCountingThousand",
        "chineseLegalSimplified",
        "ideographTraditional",
        "decimalEnclosedCircle",
        "ordinal",
    ];
    let levels: String = FORMATS
        .iter()
        .take(9)
        .enumerate()
        .map(|(level, format)| {
            format!(
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"999999999999999999\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"%1%2%3%4%5%6%7%8%9\"/></w:lvl>"
            )
        })
        .collect();
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\">{levels}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
    );
    let words: String = (0..paragraphs)
        .map(|n| {
            format!(
                "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{}\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
                n % 9
            )
        })
        .collect();
    office(&words, &[("numbering.xml", &numbering)])
}

/// A page with this content stream; object 6 is a font, `/X` is object 8.
fn page_with(content: &[u8], further: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut objects = vec![
        (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
        (
            3,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 6 0 R /X 8 0 R >> \
              /XObject << /X 8 0 R >> /Pattern << /P 8 0 R >> >> >>"
                .to_vec(),
        ),
        (4, content.to_vec()),
        (6, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec()),
    ];
    objects.extend_from_slice(further);
    pdf_of(&objects, "")
}

fn deflated_zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 16];
    for _ in 0..count.div_ceil(zeros.len()) {
        // Writing to memory does not fail.
        let _ = encoder.write_all(&zeros);
    }
    encoder.finish().unwrap_or_default()
}
