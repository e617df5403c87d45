//! What stands beside the drawing of a PDF: forms, comments, files inside, signatures, metadata.

use std::fmt::Write as _;

use bidlens_domain::document::{Document, IssueCode, Look, Picture};
use insta::assert_snapshot;

use crate::pdf::{A4, Pdf, at, issue_codes, lines};
use crate::{outline, read};

fn utf16(words: &str) -> String {
    let units: String = words.encode_utf16().map(|u| format!("{u:04X}")).collect();
    format!("<FEFF{units}>")
}

/// One page with annotations; the objects they need are added by the caller, from number 20.
fn annotated(annotations: &str, content: &str) -> Pdf {
    Pdf::new().page_with(&format!("/MediaBox [0 0 {} {}] /Annots [{annotations}]", A4.0, A4.1), content)
}

/// What is kept beside the blocks, as text.
fn beside(document: &Document) -> String {
    let mut out = String::new();
    for comment in &document.comments {
        let author = comment.author.as_deref().unwrap_or("?");
        let when = comment.written_at.as_deref().unwrap_or("?");
        let _ = writeln!(out, "comment p{} {author} {when}: {} [{}]", comment.page, comment.text, comment.about);
    }
    for file in &document.embedded {
        let page = file.page.map_or(String::new(), |p| format!(" p{p}"));
        let _ = write!(out, "{:?}{page} {} {} bytes {}", file.kind, file.name, file.size, &file.sha256[..8]);
        let _ = match &file.picture {
            Some(Picture { width, height, look, plain, .. }) => {
                let nothing = || if *plain { "plain" } else { "no look" }.to_owned();
                let seen = look.as_ref().map_or_else(nothing, |look| format!("{:?}", corners(look)));
                writeln!(out, " {width}x{height} {seen}")
            }
            None => writeln!(out),
        };
    }
    for signature in &document.signatures {
        let place = signature.place.map_or("nowhere".to_owned(), |p| format!("p{}", p.page));
        let _ = writeln!(
            out,
            "signature {} {place} signed {} changed after {} by {} at {} for {}",
            signature.field,
            signature.signed,
            signature.changed_after,
            signature.signer.as_deref().unwrap_or("?"),
            signature.signed_at.as_deref().unwrap_or("?"),
            signature.reason.as_deref().unwrap_or("?"),
        );
    }
    out
}

#[test]
fn fields_of_a_form_are_read_where_they_stand() {
    let content = at(72.0, 700.0, 12.0, "投标人：")
        + &at(72.0, 660.0, 12.0, "方式：")
        + &at(72.0, 620.0, 12.0, "接受联合体")
        + &at(300.0, 620.0, 12.0, "不接受联合体");
    let pdf = annotated("20 0 R 21 0 R 22 0 R 23 0 R 24 0 R 25 0 R", &content)
        .object("<< /Subtype /Widget /Parent 26 0 R /Rect [125 697 400 713] /F 4 /MK << >> >>")
        .object(&format!(
            "<< /Subtype /Widget /FT /Ch /T (way) /V (b) /Opt [[(a) {}] [(b) {}]] /Rect [109 657 300 673] >>",
            utf16("现金"),
            utf16("保函")
        ))
        .object("<< /Subtype /Widget /FT /Btn /T (yes) /V /Off /AS /Off /Rect [58 619 69 630] >>")
        .object("<< /Subtype /Widget /FT /Btn /T (no) /V /On /AS /On /Rect [286 619 297 630] >>")
        .object("<< /Subtype /Widget /FT /Tx /T (secret) /Ff 8192 /V (password) /Rect [72 580 200 596] >>")
        .object("<< /Subtype /Widget /FT /Tx /T (hidden) /F 2 /V (hidden) /Rect [72 560 200 576] >>")
        .object(&format!("<< /FT /Tx /T (bidder) /V {} /Kids [20 0 R] >>", utf16("青山水务有限公司")));
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 投标人：青山水务有限公司
    p1 Paragraph 方式：保函
    p1 Paragraph □接受联合体 ☑不接受联合体
    ");
}

#[test]
fn a_field_that_draws_its_words_is_read_once() {
    let mut pdf = annotated("20 0 R", &at(72.0, 700.0, 12.0, "总价："));
    pdf.catalog = "/AcroForm << /Fields [20 0 R] >>".to_owned();
    let pdf = pdf
        .object("<< /Subtype /Widget /FT /Tx /T (sum) /V (1200) /Rect [110 697 200 713] /F 4 /AP << /N 21 0 R >> >>")
        .stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 90 16] /Resources << /Font << /H 3 0 R >> >>",
            "BT 1 0 0 1 2 4 Tm /H 12 Tf (1200) Tj ET",
        );
    assert_snapshot!(outline(&pdf.read()), @"p1 Paragraph 总价：1200");
}

#[test]
fn comments_name_their_author_and_the_words_they_are_about() {
    let content = lines(72.0, 100.0, &["质保期为三年，自验收之日起算。"]);
    let pdf = annotated("20 0 R 21 0 R 22 0 R 23 0 R", &content)
        .object(&format!(
            "<< /Subtype /Highlight /T {} /M (D:20240611093000+08'00') /Contents {} \
             /QuadPoints [72 756 144 756 72 740 144 740] /Rect [72 740 144 756] >>",
            utf16("王一"),
            utf16("是否包括配件？")
        ))
        .object(&format!("<< /Subtype /Text /Contents {} /Rect [500 740 516 756] >>", utf16("已核对")))
        .object("<< /Subtype /StrikeOut /QuadPoints [156 756 228 756 156 740 228 740] /Rect [156 740 228 756] >>")
        .object("<< /Subtype /Link /Contents (no comment) /Rect [72 740 144 756] >>");
    assert_snapshot!(beside(&pdf.read()), @"
    comment p1 王一 2024-06-11T09:30:00: 是否包括配件？ [质保期为三年]
    comment p1 ? ?: 已核对 []
    comment p1 ? ?:  [自验收之日起]
    ");
}

#[test]
fn files_inside_the_file_are_listed_once() {
    let mut pdf = annotated("22 0 R", &lines(72.0, 100.0, &["附件见文件内。"]));
    pdf.catalog = "/Names << /EmbeddedFiles << /Kids [23 0 R] >> >>".to_owned();
    let pdf = pdf
        .stream("/Type /EmbeddedFile /Params << /Size 9 >>", "unit,cost")
        .object(&format!("<< /Type /Filespec /F (list.csv) /UF {} /EF << /F 20 0 R >> >>", utf16("清单.csv")))
        .object("<< /Subtype /FileAttachment /FS 21 0 R /Rect [72 600 90 618] >>")
        .object("<< /Names [(a) 21 0 R (b) 24 0 R] >>")
        .object("<< /Type /Filespec /F (no bytes.txt) >>");
    assert_snapshot!(beside(&pdf.read()), @"Attachment p1 清单.csv 9 bytes 5c50a702");
}

/// The levels at the four corners of a look, upper left first.
fn corners(look: &Look) -> [u8; 4] {
    let (side, levels) = (Look::SIDE, look.levels());
    [0, side - 1, side * (side - 1), side * side - 1].map(|at| levels[at])
}

/// A picture of 180 by 180 dots whose bytes are letters: four fields, and a slope across.
fn letters(parts: usize) -> String {
    let dot = |x: usize, y: usize| char::from(b'0' + [0, 20, 60, 70][x / 90 + y / 90 * 2] + (x % 90 / 15) as u8);
    (0..180 * 180).flat_map(|n| std::iter::repeat_n(dot(n % 180, n / 180), parts)).collect()
}

fn jpeg() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(200, 180, |x, y| image::Rgb([(x + 50) as u8, y as u8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("encoded");
    bytes.into_inner()
}

#[test]
fn pictures_that_pages_draw_are_listed_once() {
    let draw =
        |names: &[&str]| names.iter().map(|name| format!("q 100 0 0 100 72 600 cm /{name} Do Q\n")).collect::<String>();
    let words = lines(72.0, 100.0, &["产品照片如下。"]);
    let inline = "q 50 0 0 50 0 0 cm BI /W 40 /H 40 /BPC 8 /CS /G ID ".to_owned() + &"x".repeat(1_600) + " EI Q\n";
    let of =
        |entries: &str| format!("/Type /XObject /Subtype /Image /Width 180 /Height 180 /BitsPerComponent 8 {entries}");
    let palette: String = (0..128).map(|n| format!("{:02X}", 127 - n)).collect();
    let photo = jpeg();
    let mut pdf = Pdf::new()
        .page(&(words.clone() + &draw(&["Grey", "Icon", "Mask"])))
        .page(&(words + &inline + &draw(&["Form", "Grey", "Turned", "Rgb", "Palette", "Photo"])));
    pdf.resources = "/XObject << /Grey 20 0 R /Turned 21 0 R /Rgb 22 0 R /Palette 23 0 R /Photo 24 0 R /Icon 25 0 R \
        /Mask 26 0 R /Form 27 0 R /Unused 28 0 R >>"
        .to_owned();
    let pdf = pdf
        .stream(&of("/ColorSpace /DeviceGray"), &letters(1))
        .stream(&of("/ColorSpace /DeviceGray /Decode [1 0]"), &letters(1))
        .stream(&of("/ColorSpace /DeviceRGB"), &letters(3))
        .stream(&of(&format!("/ColorSpace [/Indexed /DeviceGray 127 <{palette}>]")), &letters(1))
        .stream(
            "/Type /XObject /Subtype /Image /Width 200 /Height 180 /BitsPerComponent 8 /ColorSpace /DeviceRGB \
             /Filter /DCTDecode",
            &"@".repeat(photo.len()),
        )
        .stream("/Subtype /Image /Width 16 /Height 16 /BitsPerComponent 8 /ColorSpace /DeviceGray", &"8".repeat(256))
        .stream(&of("/ImageMask true"), &letters(1))
        .stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources << /XObject << /In 29 0 R >> >>",
            "/In Do",
        )
        .stream(&of("/ColorSpace /DeviceGray"), &"unused, ".repeat(4_050))
        .stream(&of("/ColorSpace /DeviceGray"), &"1".repeat(32_400));
    let mut bytes = pdf.bytes();
    let at =
        bytes.windows(photo.len()).position(|window| window.iter().all(|&b| b == b'@')).expect("the photo's place");
    bytes[at..at + photo.len()].copy_from_slice(&photo);
    assert_snapshot!(beside(&read("a.pdf", &bytes)), @"
    Picture p1 image20.bmp 32400 bytes 1df3a131 180x180 [12, 18, 27, 30]
    Picture p2 image21.bmp 32400 bytes 1df3a131 180x180 [51, 45, 36, 33]
    Picture p2 image22.bmp 97200 bytes 4b272232 180x180 [12, 18, 27, 30]
    Picture p2 image23.bmp 32400 bytes 1df3a131 180x180 [19, 13, 4, 1]
    Picture p2 image24.jpg 3483 bytes fc6af6fb 200x180 [6, 21, 32, 47]
    Picture p2 image29.bmp 32400 bytes e1160fe3 180x180 plain
    ");
}

#[test]
fn a_file_tells_the_names_that_programs_gave_it() {
    let xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description \
        xmpMM:InstanceID=\"uuid:5D20892F-77C1-4E0B-9AD6-3FE2B1C80A44\">\
        <xmpMM:DocumentID>xmp.did:8B1F6E02-93AD-4C57-B0E4-6A7D12F5C938</xmpMM:DocumentID>\
        <xmpMM:OriginalDocumentID>uuid:00000000-0000-0000-0000-000000000000</xmpMM:OriginalDocumentID>\
        </rdf:Description></rdf:RDF></x:xmpmeta>";
    let mut pdf = Pdf::new().page(&lines(72.0, 100.0, &["投标函。"]));
    pdf.catalog = "/Metadata 20 0 R".to_owned();
    pdf.trailer = "/ID [<7A31C09E55D24B86F1E8037C9D6420AB> <00>]".to_owned();
    let document = pdf.stream("/Type /Metadata /Subtype /XML", xmp).read();
    let told: Vec<String> =
        document.metadata.identifiers.iter().map(|one| format!("{:?} {}", one.kind, one.value)).collect();
    assert_snapshot!(told.join("\n"), @"
    File 7a31c09e55d24b86f1e8037c9d6420ab
    Document 8b1f6e02-93ad-4c57-b0e4-6a7d12f5c938
    Instance 5d20892f-77c1-4e0b-9ad6-3fe2b1c80a44
    ");
    let unnamed = Pdf::new().page(&lines(72.0, 100.0, &["投标函。"])).read();
    assert_eq!(unnamed.metadata.identifiers, []);
}

/// A file with a signed and an empty field, whose signature covers all of it.
fn signed() -> Vec<u8> {
    let mut pdf = annotated("20 0 R 21 0 R", &lines(72.0, 100.0, &["投标函。"]));
    pdf.catalog = "/AcroForm << /SigFlags 3 /Fields [20 0 R 21 0 R] >>".to_owned();
    let pdf = pdf
        .object("<< /Subtype /Widget /FT /Sig /T (Seal) /V 22 0 R /Rect [300 300 400 400] >>")
        .object("<< /Subtype /Widget /FT /Sig /T (Second) /Rect [0 0 0 0] >>")
        .object(&format!(
            "<< /Type /Sig /Filter /Adobe.PPKLite /Name {} /Reason {} /M (D:20240611093000Z) \
             /ByteRange [0 1111111111 2222222222 3333333333] /Contents <00112233> >>",
            utf16("青山水务有限公司"),
            utf16("同意")
        ));
    let bytes = String::from_utf8(pdf.bytes()).unwrap_or_default();
    let hole = bytes.find("<00112233>").unwrap_or_default();
    let (from, length) = (hole + 10, bytes.len() - hole - 10);
    [("1111111111", hole), ("2222222222", from), ("3333333333", length)]
        .iter()
        .fold(bytes, |bytes, (place, number)| bytes.replace(place, &format!("{number:010}")))
        .into_bytes()
}

/// The same with another range.
fn signed_in_part(range: &str) -> Document {
    let bytes = String::from_utf8(signed()).unwrap_or_default();
    let (before, rest) = bytes.split_once("/ByteRange [").unwrap_or_default();
    let (old, after) = rest.split_once(']').unwrap_or_default();
    read("a.pdf", format!("{before}/ByteRange [{range:<width$}]{after}", width = old.len()).as_bytes())
}

#[test]
fn a_signature_that_leaves_bytes_out_says_so() {
    let whole = read("a.pdf", &signed());
    let &[0, hole, from, length] = whole.signatures[0].byte_range.as_slice() else { panic!("{:?}", whole.signatures) };
    assert!(!whole.signatures[0].leaves_out);
    let late = format!("20 {} {from} {length}", hole - 20);
    let wide = format!("0 {} {from} {length}", hole - 20);
    let second = format!("0 {hole} {from} 10 {} {}", from + 30, length - 30);
    for range in [late, wide, second] {
        let document = signed_in_part(&range);
        assert!(document.signatures[0].leaves_out, "{range}");
        assert!(!document.signatures[0].changed_after, "{range}");
        assert_eq!(issue_codes(&document), [IssueCode::PartlySigned], "{range}");
    }
}

#[test]
fn signatures_say_whether_anything_was_added_after_them() {
    let whole = read("a.pdf", &signed());
    assert_snapshot!(beside(&whole), @"
    signature Seal p1 signed true changed after false by 青山水务有限公司 at 2024-06-11T09:30:00 for 同意
    signature Second nowhere signed false changed after false by ? at ? for ?
    ");
    assert!(whole.issues.is_empty(), "{:?}", whole.issues);

    let mut changed = signed();
    changed.extend_from_slice(b"\n200 0 obj\n<< /Changed true >>\nendobj\n%%EOF\n");
    let changed = read("a.pdf", &changed);
    assert!(changed.signatures[0].changed_after);
    assert_eq!(issue_codes(&changed), [IssueCode::ChangedAfterSigning]);

    // A line end after the last signed byte is nothing.
    let mut ended = signed();
    ended.extend_from_slice(b"\r\n");
    assert!(!read("a.pdf", &ended).signatures[0].changed_after);
}

#[test]
fn metadata_names_programs_and_fonts() {
    let mut pdf = Pdf::new().page(&(lines(72.0, 100.0, &["报价 90"]) + "BT 1 0 0 1 72 600 Tm /W 12 Tf <52> Tj ET\n"));
    pdf.trailer = "/Info 20 0 R".to_owned();
    let document =
        pdf.object("<< /Title <D5D0B1EA> /Creator (Demo Writer 3) /Producer (Demo PDF 1.2) /Author (Li) >>").read();
    let metadata = &document.metadata;
    assert_eq!(metadata.title.as_deref(), Some("招标"));
    assert_eq!(metadata.application.as_deref(), Some("Demo Writer 3"));
    assert_eq!(metadata.producer.as_deref(), Some("Demo PDF 1.2"));
    assert_eq!(metadata.fonts, ["Helvetica", "SimSun", "Wingdings2"]);
}
