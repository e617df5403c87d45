//! Small good files of every format, with invented content; what is mutated and fuzzed begins with them.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::File;
use super::container::container;

/// One or more files of every format.
pub fn seeds() -> Vec<File> {
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("招标文件.pdf", pdf()),
        ("投标文件.docx", docx()),
        ("报价表.xlsx", xlsx()),
        ("清单.csv", "序号,名称,数量\n1,水泵,\"12\n台\"\n2,\"阀门, 手动\",3\n".as_bytes().to_vec()),
        ("公告.html", HTML.as_bytes().to_vec()),
        ("须知.md", MARKDOWN.as_bytes().to_vec()),
        ("说明.txt", TEXT.as_bytes().to_vec()),
        ("国标.txt", GB18030.to_vec()),
        ("宽.txt", [&[0xFF, 0xFE][..], &TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat()),
        ("来信.eml", EML.replace('\n', "\r\n").into_bytes()),
        ("旧档.rtf", RTF.as_bytes().to_vec()),
        ("讲解.pptx", pptx()),
        ("开放.odt", odt()),
        ("投标包.zip", container(&[("商务/投标函.docx", &docx()), ("报价.csv", b"1,2\n"), ("内.zip", &inner())])),
        ("旧.doc", ole()),
        ("图.png", png()),
    ];
    files.into_iter().map(|(name, bytes)| File { name: name.to_owned(), bytes }).collect()
}

fn inner() -> Vec<u8> {
    container(&[("说明.txt", TEXT.as_bytes()), ("公告.html", HTML.as_bytes())])
}

const TEXT: &str =
    "第一章 招标公告\n一、项目概况\n1.1 青石镇泵站水泵采购，预算120万元。\n（二）资格要求\n★投标有效期九十日。\n";

const MARKDOWN: &str = "# 第一章 总则\n\n一、概况\n\n- 甲\n  - 乙\n\n1. 一\n2. 二\n\n| 名称 | 数量 |\n|---|---|\n| 水泵 | 2 |\n\n> 引用 `码`\n\n<b>html</b> [链接](http://a.example)\n";

const HTML: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>公告</title><style>p{}</style></head><body>\
<h1>第一章 公告</h1><p>一、概况<br>第二行&nbsp;&amp;</p><ul><li>甲<ul><li>乙</li></ul></li></ul>\
<table><tr><th colspan=\"2\">表</th></tr><tr><td rowspan=\"2\">a</td><td>b<table><tr><td>内</td></tr></table></td></tr><tr><td>c</td></tr></table>\
<script>var a = '<p>';</script><div hidden>隐</div></body></html>";

/// 招标文件 and a line more in GB18030.
const GB18030: &[u8] =
    b"\xD5\xD0\xB1\xEA\xCE\xC4\xBC\xFE\r\n\xB5\xDA\xD2\xBB\xD5\xC2 \xD7\xDC\xD4\xF2\r\n1.1 \xCD\xB6\xB1\xEA\xC8\xCB\xA3\xAC\xD0\xEB\xD6\xAA\xA1\xA3\r\n";

const EML: &str = "From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?B?5oqV5qCH?=\nMIME-Version: 1.0\n\
Content-Type: multipart/mixed; boundary=\"x\"\n\n--x\nContent-Type: text/plain; charset=utf-8\n\n正文\n--x\n\
Content-Type: text/plain; name=\"a.txt\"\nContent-Disposition: attachment; filename=\"a.txt\"\n\
Content-Transfer-Encoding: base64\n\n5oqV5qCH5pyJ5pWI5pyf\n--x--\n";

const RTF: &str = "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0 SimSun;}}\\pard\\b \\u31532?\\u19968?\\u31456?\\b0\\par \
\\trowd\\cellx1000\\cellx2000 a\\cell b\\cell\\row \\'b5\\'da\\par}";

/// Deflated as streams of a PDF are.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// A PDF of these numbered objects with a right table; object 1 is its root.
pub(super) fn pdf_of(objects: &[(u32, Vec<u8>)], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, body) in objects {
        let _ = write!(table, "{number} 1\n{:010} 00000 n \n", out.len());
        out.extend(format!("{number} 0 obj\n").into_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let at = out.len();
    let _ = write!(table, "trailer\n<< /Size 1000 /Root 1 0 R {trailer} >>\nstartxref\n{at}\n%%EOF\n");
    out.extend(table.into_bytes());
    out
}

pub(super) fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!("<< {entries} /Length {} >>\nstream\n", content.len()).into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\nendstream");
    body
}

fn pdf() -> Vec<u8> {
    let hex = |text: &str| text.encode_utf16().map(|u| format!("{u:04X}")).collect::<String>();
    let mut content = format!(
        "q 0.5 w 50 700 m 450 700 l S 50 660 m 450 660 l S 50 620 m 450 620 l S 50 620 m 50 700 l S 250 620 m 250 700 l S \
         450 620 m 450 700 l S BT /F2 12 Tf 60 675 Td <{}> Tj 200 0 Td <{}> Tj ET BT /F1 12 Tf 60 635 Td (12) Tj ET Q\n\
         BT /F2 16 Tf 1 0 0 1 200 760 Tm <{}> Tj ET BT /F1 10 Tf 1 0 0 1 290 30 Tm (- 1 -) Tj ET\n\
         q 100 0 0 100 100 300 cm /X1 Do Q /X2 Do BI /W 1 /H 1 /BPC 8 /CS /G ID \u{20}\nEI\n",
        hex("名称"),
        hex("数量"),
        hex("第一章 招标公告"),
    );
    for line in 0..12 {
        let _ = writeln!(
            content,
            "BT /F2 12 Tf 1 0 0 1 60 {} Tm <{}> Tj ET",
            580 - 20 * line,
            hex("一、投标人须知：有效期九十日，自截止之日起计算；")
        );
    }
    let to_unicode = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange endcmap";
    let page = |content: u32| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Annots [12 0 R] \
             /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /XObject << /X1 9 0 R /X2 10 0 R >> >> >>"
        )
        .into_bytes()
    };
    let objects = vec![
        (1, b"<< /Type /Catalog /Pages 2 0 R /Outlines 13 0 R /AcroForm << /Fields [12 0 R] >> >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_vec()),
        (3, page(11)),
        (4, page(15)),
        (5, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>".to_vec()),
        (6, b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [7 0 R] >>".to_vec()),
        (7, b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /DW 1000 /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>".to_vec()),
        (8, stream("", to_unicode.as_bytes())),
        (9, stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\0\xFF\xFF\0")),
        (10, stream("/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>", b"BT /F1 9 Tf 60 60 Td (form) Tj ET")),
        (11, stream("/Filter /FlateDecode", &deflated(content.as_bytes()))),
        (12, b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (field) /V (value) /Rect [60 100 200 120] /AP << /N 10 0 R >> >>".to_vec()),
        (13, b"<< /Type /Outlines /First 14 0 R /Last 14 0 R /Count 1 >>".to_vec()),
        (14, b"<< /Title (\xFE\xFF\x7B\x2C\x4E\x00\x7A\xE0) /Parent 13 0 R /Dest [3 0 R /Fit] >>".to_vec()),
        (15, stream("/Filter /FlateDecode", &deflated(content.replace("- 1 -", "- 2 -").as_bytes()))),
    ];
    pdf_of(&objects, "/Info << /Title (t) /CreationDate (D:20310101) >>")
}

const W: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
pub(super) const TYPES: &[u8] =
    br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

fn docx() -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>第一章 投标函</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t xml:space="preserve">我方报价 </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>120万元</w:t></w:r></w:p>
<w:tbl><w:tblGrid><w:gridCol w:w="1000"/><w:gridCol w:w="1000"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>表</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p/><w:tbl><w:tr><w:tc><w:p><w:r><w:t>内</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr>
<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:ins w:id="1"><w:r><w:t>增</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>删</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:br w:type="page"/></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:sectPr><w:headerReference w:type="default" r:id="rId3"/></w:sectPr></w:body></w:document>"#
    );
    let styles = format!(
        r#"<w:styles {W}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="0"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="0"><w:name w:val="Normal"/></w:style></w:styles>"#
    );
    let numbering = format!(
        r#"<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#
    );
    let footnotes = format!(
        r#"<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:footnotes>"#
    );
    let header = format!(r#"<w:hdr {W}><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>"#);
    let relations = r#"<Relationships><Relationship Id="rId1" Type="http://x/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://x/numbering" Target="numbering.xml"/><Relationship Id="rId3" Type="http://x/header" Target="header1.xml"/><Relationship Id="rId4" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>"#;
    container(&[
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/numbering.xml", numbering.as_bytes()),
        ("word/footnotes.xml", footnotes.as_bytes()),
        ("word/header1.xml", header.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
        ("docProps/core.xml", b"<coreProperties><creator>a</creator></coreProperties>"),
    ])
}

/// A workbook whose only sheet holds this.
pub(super) fn workbook(sheet: &str) -> Vec<u8> {
    const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheet = format!(r#"<?xml version="1.0"?><worksheet {MAIN}>{sheet}</worksheet>"#);
    let book = format!(
        r#"<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="报价表" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let relations = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    let root = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let styles = format!(
        r#"<styleSheet {MAIN}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
    );
    let strings =
        format!(r#"<sst {MAIN} count="2"><si><t>水泵</t></si><si><r><t>阀</t></r><r><t>门</t></r></si></sst>"#);
    container(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn xlsx() -> Vec<u8> {
    workbook(
        r#"<dimension ref="A1:C3"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>12.5</v></c><c r="B2" s="2"><v>45000</v></c><c r="C2" t="inlineStr"><is><t>台</t></is></c></row><row r="3"><c r="A3"><f>SUM(A2)</f><v>12.5</v></c><c r="B3" t="b"><v>1</v></c><c r="C3" t="e"><v>#N/A</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#,
    )
}

fn pptx() -> Vec<u8> {
    let slide = r#"<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>第一章 讲解</a:t></a:r></a:p></p:txBody></p:sp><p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>格</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame></p:spTree></p:cSld></p:sld>"#;
    container(&[
        ("[Content_Types].xml", TYPES),
        ("ppt/presentation.xml", br#"<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>"#),
        ("ppt/_rels/presentation.xml.rels", br#"<Relationships><Relationship Id="rId1" Type="http://x/slide" Target="slides/slide1.xml"/></Relationships>"#),
        ("ppt/slides/slide1.xml", slide.as_bytes()),
    ])
}

fn odt() -> Vec<u8> {
    let content = r#"<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:body><office:text><text:h text:outline-level="1">第一章</text:h><text:p>正文<text:s text:c="3"/></text:p><table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>格</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>"#;
    container(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest/>"),
    ])
}

/// The beginning of an OLE container whose directory names a Word document.
fn ole() -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(24, 0);
    bytes.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    bytes.resize(44, 0);
    bytes.extend([1, 0, 0, 0, 1, 0, 0, 0]);
    bytes.resize(512, 0xFF);
    let mut directory: Vec<u8> = "Root Entry".encode_utf16().flat_map(u16::to_le_bytes).collect();
    directory.resize(128, 0);
    directory.extend("WordDocument".encode_utf16().flat_map(u16::to_le_bytes));
    directory.resize(512, 0);
    bytes.extend([0xFD, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF]);
    bytes.resize(1_024, 0xFF);
    bytes.extend(directory);
    bytes
}

fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3A\x7E\x9B\x55".to_vec();
    let pixels = deflated(&[0, 0]);
    bytes.extend(u32::try_from(pixels.len()).unwrap_or(0).to_be_bytes());
    bytes.extend(b"IDAT");
    bytes.extend(pixels);
    bytes.extend(b"\0\0\0\0\0\0\0\0IEND\xAE\x42\x60\x82");
    bytes
}
