//! Pictures: pages with a size, whose words need text recognition.

use bidlens_domain::document::{IssueCode, TextSource};
use insta::assert_snapshot;

use crate::read;

fn png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| [&(body.len() as u32).to_be_bytes()[..], kind, body, &[0; 4]].concat();
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    // 200 dots an inch are 7874 a metre.
    let density = [&7_874u32.to_be_bytes()[..], &7_874u32.to_be_bytes(), &[1]].concat();
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(b"IHDR", &size),
        chunk(b"pHYs", &density),
        chunk(b"IDAT", &[0; 8]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\x01\0\xC8\0\xC8\0\0".to_vec();
    bytes.extend([0xFF, 0xC0, 0, 11, 8, 0x09, 0x24, 0x06, 0x72, 1, 1, 0x11, 0]);
    bytes.extend([0xFF, 0xDA, 0, 2, 0, 0xFF, 0xD9]);
    bytes
}

fn bmp() -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    bytes.resize(14, 0);
    bytes.extend([40u32, 100, 50].iter().flat_map(|n| n.to_le_bytes()));
    bytes.resize(60, 0);
    bytes
}

/// A TIFF of several pages, the last a small copy of the first.
fn tiff(pages: u32) -> Vec<u8> {
    let mut bytes = b"II*\0".to_vec();
    bytes.extend(8u32.to_le_bytes());
    for page in 0..=pages {
        let entries: Vec<(u16, u16, u32)> =
            vec![(254, 4, u32::from(page == pages)), (256, 3, 1_654), (257, 4, 2_339), (296, 3, 2)];
        let next = if page == pages { 0 } else { bytes.len() as u32 + 2 + entries.len() as u32 * 12 + 4 };
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(1u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(next.to_le_bytes());
    }
    bytes
}

#[test]
fn a_picture_is_a_page_that_needs_recognition() {
    let mut out = String::new();
    for (name, bytes) in [
        ("a.png", png(1_654, 2_339)),
        ("a.jpg", jpeg()),
        ("a.bmp", bmp()),
        ("a.tif", tiff(3)),
        ("a.gif", b"GIF89a\x10\0\x20\0\0\0\0".to_vec()),
    ] {
        let document = read(name, &bytes);
        for page in &document.pages {
            assert_eq!(page.text_source, TextSource::Unreadable);
            out.push_str(&format!(
                "{name} {:?} p{} {:.0} x {:.0}\n",
                document.format, page.number, page.width, page.height
            ));
        }
        assert_eq!(document.issues[0].code, IssueCode::UnreadablePage);
    }
    assert_snapshot!(out, @"
    a.png Image p1 595 x 842
    a.jpg Image p1 594 x 842
    a.bmp Image p1 75 x 38
    a.tif Image p1 1240 x 1754
    a.tif Image p2 1240 x 1754
    a.tif Image p3 1240 x 1754
    a.gif Image p1 12 x 24
    ");
}

#[test]
fn a_picture_too_large_to_draw_is_refused() {
    assert_eq!(read("a.png", &png(60_000, 60_000)).issues[0].code, IssueCode::ExpansionLimit);
}

#[test]
fn damaged_pictures_never_panic() {
    for (name, bytes) in [("a.png", png(10, 10)), ("a.jpg", jpeg()), ("a.bmp", bmp()), ("a.tif", tiff(2))] {
        crate::bad_files::damage(name, &bytes, 300);
    }
}
