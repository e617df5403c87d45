//! What stands beside a page's drawing: form fields, annotations, signatures, files inside the file.
//!
//! The words of a field are put on the page where the form shows them; a box of a form is ☑ or □. Of signatures,
//! only what the file says and what its bytes show is told: nothing here checks a certificate. Start at [`notes`]
//! for a page and at [`attachments`] for the file.

use bidlens_domain::document::{Comment, EmbeddedFile, EmbeddedKind, PageBox, Rect as Fractions, Signature};
use hayro_interpret::TransformExt;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, Rect, Stream, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, Point, Rect as Bounds};
use sha2::{Digest, Sha256};

use super::page::{Area, PageContent, PageGlyph};

/// Annotations of one page, and files inside one file, beyond this are not looked at.
const ANNOTATIONS_MAX: usize = 5_000;
const ATTACHMENTS_MAX: usize = 1_000;
/// A file inside the file that is larger than this, or says so, is named but not opened.
const ATTACHMENT_BYTES_MAX: usize = 64 << 20;
/// Fields inside fields, and branches of the tree of names, are followed this deep.
const DEPTH_MAX: usize = 32;
const CHARACTERS_MAX: usize = 20_000;
/// Areas of one comment times characters of its page; a real highlight has a few lines.
const COVERED_MAX: usize = 2_000_000;

const HIDDEN: u32 = 1 << 1 | 1 << 5;
const PUSH_BUTTON: u32 = 1 << 16;
const PASSWORD: u32 = 1 << 13;

/// Of one page.
#[derive(Debug, Default)]
pub(crate) struct PageNotes {
    pub(crate) comments: Vec<Comment>,
    pub(crate) signatures: Vec<SignatureField>,
    pub(crate) embedded: Vec<EmbeddedFile>,
}

#[derive(Debug)]
pub(crate) struct SignatureField {
    pub(crate) signature: Signature,
    /// The byte after the last one that was signed, as the file gives it.
    pub(crate) signed_until: Option<u64>,
}

/// A filled field and the place where it is shown.
struct Value {
    area: Area,
    filled: Filled,
}

enum Filled {
    Words(String),
    Box { ticked: bool },
}

/// Reads the page's annotations; what its form fields hold is added to `content`.
///
/// `to_page` leads from the page's own coordinates to those of `content`.
pub(crate) fn notes(page: &Page<'_>, to_page: Affine, content: &mut PageContent) -> PageNotes {
    let mut notes = PageNotes::default();
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { return notes };
    let shown = page.initial_transform(true).to_kurbo();
    let mut values = Vec::new();
    for annotation in annotations.iter::<Dict<'_>>().take(ANNOTATIONS_MAX) {
        let Some(kind) = annotation.get::<Name<'_>>("Subtype") else { continue };
        match kind.as_str() {
            "Widget" => widget(&annotation, to_page, shown, content, &mut notes, &mut values),
            "Link" | "Popup" | "Screen" | "Movie" | "PrinterMark" | "TrapNet" => {}
            _ => {
                if kind.as_str() == "FileAttachment"
                    && let Some(file) = annotation.get::<Dict<'_>>("FS")
                {
                    notes.embedded.extend(file_of(&file, "", Some(content.number)));
                }
                notes.comments.extend(comment(&annotation, to_page, content));
            }
        }
    }
    for value in values {
        match value.filled {
            Filled::Words(words) => show_words(&words, value.area, content),
            Filled::Box { ticked } => show_box(ticked, value.area, content),
        }
    }
    notes
}

fn area_of(rect: Rect, transform: Affine) -> Area {
    let bounds = transform.transform_rect_bbox(Bounds::new(rect.x0, rect.y0, rect.x1, rect.y1));
    Area { x0: bounds.x0 as f32, y0: bounds.y0 as f32, x1: bounds.x1 as f32, y1: bounds.y1 as f32 }
}

fn widget(
    annotation: &Dict<'_>,
    to_page: Affine,
    shown: Affine,
    content: &PageContent,
    notes: &mut PageNotes,
    values: &mut Vec<Value>,
) {
    let chain = chain(annotation);
    let first = |key: &str| chain.iter().find(|d| d.contains_key(key));
    let Some(kind) = first("FT").and_then(|d| d.get::<Name<'_>>("FT")) else { return };
    let flags = first("Ff").and_then(|d| d.get::<u32>("Ff")).unwrap_or(0);
    let hidden = annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0;
    let rect = annotation.get::<Rect>("Rect");
    if kind.as_str() == "Sig" {
        let place = rect.map(|rect| area_of(rect, shown)).filter(|area| area.x1 > area.x0 && area.y1 > area.y0);
        let (width, height) = content.shown_size();
        let place = place.filter(|_| !hidden).map(|area| PageBox {
            page: content.number,
            rect: Fractions {
                x0: area.x0 / width.max(1.0),
                y0: area.y0 / height.max(1.0),
                x1: area.x1 / width.max(1.0),
                y1: area.y1 / height.max(1.0),
            },
        });
        let signature = first("V").and_then(|d| d.get::<Dict<'_>>("V"));
        notes.signatures.push(signature_field(field_name(&chain), signature, place));
        return;
    }
    let (Some(rect), false) = (rect, hidden) else { return };
    let area = area_of(rect, to_page);
    let filled = match kind.as_str() {
        "Btn" if flags & PUSH_BUTTON != 0 => return,
        "Btn" => {
            let state = annotation.get::<Name<'_>>("AS").or_else(|| first("V").and_then(|d| d.get::<Name<'_>>("V")));
            Filled::Box { ticked: state.is_some_and(|state| state.as_str() != "Off") }
        }
        "Tx" | "Ch" if flags & PASSWORD == 0 || kind.as_str() == "Ch" => {
            let Some(owner) = first("V") else { return };
            let words = value_words(owner, first("Opt"));
            if words.trim().is_empty() {
                return;
            }
            Filled::Words(words)
        }
        _ => return,
    };
    values.push(Value { area, filled });
}

/// A dictionary and those it is part of, itself first.
fn chain<'a>(dict: &Dict<'a>) -> Vec<Dict<'a>> {
    let mut chain = vec![dict.clone()];
    while let Some(parent) = chain.last().and_then(|d| d.get::<Dict<'_>>("Parent")) {
        if chain.len() >= DEPTH_MAX {
            break;
        }
        chain.push(parent);
    }
    chain
}

/// `form.buyer.name`: the names from the outermost field inwards.
fn field_name(chain: &[Dict<'_>]) -> String {
    let names = chain.iter().rev().filter_map(|d| d.get::<PdfString<'_>>("T"));
    names.map(|name| text(name.as_bytes(), 200)).collect::<Vec<_>>().join(".")
}

/// What a field holds; a choice shows the words for its value.
fn value_words(owner: &Dict<'_>, options: Option<&Dict<'_>>) -> String {
    let chosen: Vec<String> = match owner.get::<Object<'_>>("V") {
        Some(Object::String(value)) => vec![text(value.as_bytes(), CHARACTERS_MAX)],
        Some(Object::Stream(value)) => {
            value.decoded_data().map(|bytes| vec![text(&bytes, CHARACTERS_MAX)]).unwrap_or_default()
        }
        Some(Object::Array(values)) => {
            values.iter::<PdfString<'_>>().map(|value| text(value.as_bytes(), CHARACTERS_MAX)).collect()
        }
        _ => Vec::new(),
    };
    let pairs: Vec<(String, String)> = options
        .and_then(|d| d.get::<Array<'_>>("Opt"))
        .into_iter()
        .flat_map(|options| options.iter::<Array<'_>>().collect::<Vec<_>>())
        .filter_map(|pair| {
            let mut words = pair.iter::<PdfString<'_>>().map(|word| text(word.as_bytes(), CHARACTERS_MAX));
            Some((words.next()?, words.next()?))
        })
        .collect();
    let shown = chosen.into_iter().map(|value| {
        let words = pairs.iter().find(|(export, _)| *export == value).map(|(_, words)| words.clone());
        words.unwrap_or(value)
    });
    shown.collect::<Vec<_>>().join("、")
}

fn signature_field(field: String, value: Option<Dict<'_>>, place: Option<PageBox>) -> SignatureField {
    let words = |key: &str| {
        let value = value.as_ref()?.get::<PdfString<'_>>(key)?;
        Some(text(value.as_bytes(), 500)).filter(|words| !words.is_empty())
    };
    let signed = value.as_ref().is_some_and(|v| v.get::<PdfString<'_>>("Contents").is_some_and(|c| !c.is_empty()));
    let ranges: Vec<u64> = value
        .as_ref()
        .and_then(|v| v.get::<Array<'_>>("ByteRange"))
        .map(|ranges| ranges.iter::<i64>().filter_map(|n| u64::try_from(n).ok()).collect())
        .unwrap_or_default();
    let signed_until = match ranges.as_slice() {
        [.., from, length] if signed => from.checked_add(*length),
        _ => None,
    };
    SignatureField {
        signature: Signature {
            field,
            signer: words("Name"),
            reason: words("Reason"),
            signed_at: words("M").map(|date| date_of(&date)),
            place,
            signed,
            changed_after: false,
            byte_range: ranges,
            leaves_out: false,
        },
        signed_until,
    }
}

impl SignatureField {
    /// Tells whether bytes that say something follow those that were signed, or stand between them.
    pub(crate) fn checked(self, file: &[u8]) -> Signature {
        let rest = self.signed_until.and_then(|end| file.get(usize::try_from(end).ok()?..));
        let changed_after = rest.is_some_and(|rest| rest.iter().any(|b| !b.is_ascii_whitespace() && *b != 0));
        let leaves_out = self.signed_until.is_some() && !covers_its_part(&self.signature.byte_range, file);
        Signature { changed_after, leaves_out, ..self.signature }
    }
}

/// Whether a signed range takes in all from the beginning of the file to its own end, but for one hole that holds the
/// signature: a string of hexadecimal digits.
fn covers_its_part(range: &[u64], file: &[u8]) -> bool {
    let &[0, length, from, _] = range else { return false };
    let hole = usize::try_from(length).ok().zip(usize::try_from(from).ok()).and_then(|(from, to)| file.get(from..to));
    let hole = hole.and_then(|hole| hole.trim_ascii().strip_prefix(b"<")?.strip_suffix(b">"));
    hole.is_some_and(|digits| digits.iter().all(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace()))
}

fn comment(annotation: &Dict<'_>, to_page: Affine, content: &PageContent) -> Option<Comment> {
    let words = |key: &str, most: usize| {
        let value = annotation.get::<PdfString<'_>>(key)?;
        Some(text(value.as_bytes(), most)).filter(|words| !words.is_empty())
    };
    let about = about(annotation, to_page, content);
    let written = words("Contents", CHARACTERS_MAX);
    let struck = annotation.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_str() == "StrikeOut");
    // Words that are struck out say something without a word; a bare highlight does not.
    if written.is_none() && (!struck || about.is_empty()) {
        return None;
    }
    Some(Comment {
        author: words("T", 200),
        written_at: words("M", 60).or_else(|| words("CreationDate", 60)).map(|date| date_of(&date)),
        text: written.unwrap_or_default(),
        page: content.number,
        about,
    })
}

/// The words under the areas that a highlight or strike-out covers.
fn about(annotation: &Dict<'_>, to_page: Affine, content: &PageContent) -> String {
    let Some(quads) = annotation.get::<Array<'_>>("QuadPoints") else { return String::new() };
    let numbers: Vec<f64> = quads.iter::<f64>().take(8 * 200).collect();
    let areas: Vec<Area> = numbers
        .chunks_exact(8)
        .map(|quad| {
            let corners = quad.chunks_exact(2).map(|p| to_page * Point::new(p[0], p[1]));
            let bounds = corners.fold(None, |bounds: Option<Bounds>, p| {
                Some(bounds.map_or_else(|| Bounds::from_points(p, p), |b| b.union_pt(p)))
            });
            let bounds = bounds.unwrap_or_default();
            Area { x0: bounds.x0 as f32, y0: bounds.y0 as f32, x1: bounds.x1 as f32, y1: bounds.y1 as f32 }
        })
        .collect();
    if areas.len() * content.glyphs.len() > COVERED_MAX {
        return String::new();
    }
    let covered = content.glyphs.iter().filter(|g| areas.iter().any(|area| area.holds(g.centre())));
    let words: String = covered.flat_map(|g| g.text.chars()).take(2_000).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sets the words of a field where the form shows them, unless its own drawing already does.
fn show_words(words: &str, area: Area, content: &mut PageContent) {
    let there = content.glyphs.iter().any(|g| area.holds(g.centre()) && !g.text.trim().is_empty());
    if there {
        return;
    }
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let height = (area.y1 - area.y0) / lines.len().max(1) as f32;
    let size = (height * 0.8).clamp(4.0, 12.0);
    let em = |c: char| if c.is_ascii() { 0.5 } else { 1.0 };
    for (row, line) in lines.into_iter().enumerate() {
        let ems: f32 = line.chars().map(em).sum();
        let em_width = size.min((area.x1 - area.x0 - 2.0).max(1.0) / ems.max(1.0));
        let middle = area.y0 + height * (row as f32 + 0.5);
        let mut x = area.x0 + 1.0;
        for c in line.chars() {
            let next = x + em(c) * em_width;
            content.glyphs.push(PageGlyph {
                text: c.into(),
                x0: x,
                y0: middle - size / 2.0,
                x1: next,
                y1: middle + size / 2.0,
                size,
                bold: false,
                confidence: None,
            });
            x = next;
        }
    }
}

/// Sets ☑ or □ where a form has a box, in place of what its drawing shows.
fn show_box(ticked: bool, area: Area, content: &mut PageContent) {
    let inside =
        |x: f32, y: f32| (area.x0 - 1.0..=area.x1 + 1.0).contains(&x) && (area.y0 - 1.0..=area.y1 + 1.0).contains(&y);
    content.glyphs.retain(|g| !area.holds(g.centre()));
    content.shapes.retain(|(shape, _)| {
        let (x, y) = shape.centre();
        !inside(x, y)
    });
    content.rulings.retain(|r| {
        let (x0, y0, x1, y1) = if r.horizontal { (r.from, r.at, r.to, r.at) } else { (r.at, r.from, r.at, r.to) };
        !(inside(x0, y0) && inside(x1, y1))
    });
    let middle = (area.y0 + area.y1) / 2.0;
    let size = (area.y1 - area.y0).clamp(6.0, 12.0);
    content.glyphs.push(PageGlyph {
        text: if ticked { '☑' } else { '□' }.into(),
        x0: area.x0,
        y0: middle - size / 2.0,
        x1: area.x1,
        y1: middle + size / 2.0,
        size,
        bold: false,
        confidence: None,
    });
}

/// Files that the file as a whole holds, by name.
pub(crate) fn attachments(pdf: &Pdf) -> Vec<EmbeddedFile> {
    let Some(root) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return Vec::new() };
    let mut files = Vec::new();
    if let Some(tree) = root.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
        named_files(&tree, 0, &mut files);
    }
    for file in root.get::<Array<'_>>("AF").into_iter().flat_map(|files| files.iter::<Dict<'_>>().collect::<Vec<_>>()) {
        files.extend(file_of(&file, "", None));
    }
    files
}

fn named_files(node: &Dict<'_>, depth: usize, files: &mut Vec<EmbeddedFile>) {
    if depth > DEPTH_MAX || files.len() >= ATTACHMENTS_MAX {
        return;
    }
    if let Some(names) = node.get::<Array<'_>>("Names") {
        let mut name = String::new();
        for object in names.iter::<Object<'_>>() {
            match object {
                Object::String(words) => name = text(words.as_bytes(), 500),
                Object::Dict(file) if files.len() < ATTACHMENTS_MAX => files.extend(file_of(&file, &name, None)),
                _ => {}
            }
        }
    }
    for kid in node.get::<Array<'_>>("Kids").into_iter().flat_map(|kids| kids.iter::<Dict<'_>>().collect::<Vec<_>>()) {
        named_files(&kid, depth + 1, files);
    }
}

/// A file specification with its bytes inside.
fn file_of(file: &Dict<'_>, known_as: &str, page: Option<u32>) -> Option<EmbeddedFile> {
    let held = file.get::<Dict<'_>>("EF")?;
    let stream = held.get::<Stream<'_>>("UF").or_else(|| held.get::<Stream<'_>>("F"))?;
    let name = file.get::<PdfString<'_>>("UF").or_else(|| file.get::<PdfString<'_>>("F"));
    let name = name.map(|name| text(name.as_bytes(), 500)).filter(|name| !name.is_empty());
    let declared = stream.dict().get::<Dict<'_>>("Params").and_then(|p| p.get::<i64>("Size")).unwrap_or(0);
    let declared = usize::try_from(declared).unwrap_or(0);
    let small = declared.max(stream.raw_data().len()) <= ATTACHMENT_BYTES_MAX;
    let bytes = if small { stream.decoded().ok()? } else { stream.raw_data() };
    Some(EmbeddedFile {
        name: name.unwrap_or_else(|| known_as.to_owned()),
        kind: EmbeddedKind::Attachment,
        size: if small { bytes.len() } else { declared } as u64,
        sha256: Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect(),
        page,
        picture: None,
        unread: None,
    })
}

/// A PDF text string: UTF-16 or UTF-8 by its mark, else one byte a character; Chinese programs write GBK there.
pub(crate) fn text(bytes: &[u8], most: usize) -> String {
    let decoded = match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xFF, 0xFE, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ if bytes.is_ascii() => bytes.iter().map(|&b| char::from(b)).collect(),
        _ => unmarked(bytes),
    };
    let kept = decoded.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(|c| !c.is_control() || *c == '\n');
    kept.take(most).collect::<String>().trim().to_owned()
}

fn unmarked(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let (text, failed) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    let chinese = |c: char| {
        c.is_ascii() || matches!(u32::from(c), 0x2000..=0x206F | 0x3000..=0x303F | 0x4E00..=0x9FFF | 0xFF00..=0xFFEF)
    };
    if !failed && text.chars().all(chinese) {
        text.into_owned()
    } else {
        bytes.iter().map(|&b| char::from(b)).collect()
    }
}

/// `D:20240611093000+08'00'` as `2024-06-11T09:30:00`; anything else as it is.
fn date_of(date: &str) -> String {
    let digits: String = date.trim_start_matches("D:").chars().take_while(char::is_ascii_digit).take(14).collect();
    let part = |from: usize, to: usize, missing: &str| digits.get(from..to).unwrap_or(missing).to_owned();
    if digits.len() < 4 {
        return date.to_owned();
    }
    let (year, month, day) = (part(0, 4, ""), part(4, 6, "01"), part(6, 8, "01"));
    format!("{year}-{month}-{day}T{}:{}:{}", part(8, 10, "00"), part(10, 12, "00"), part(12, 14, "00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_read_by_their_mark() {
        assert_eq!(text(b"\xFE\xFF\x62\xDB\x68\x07", 10), "招标");
        assert_eq!(text(b"\xD5\xD0\xB1\xEA", 10), "招标");
        assert_eq!(text("招标".as_bytes(), 10), "招标");
        assert_eq!(text(b"caf\xE9", 10), "café");
        assert_eq!(date_of("D:20240611093000+08'00'"), "2024-06-11T09:30:00");
        assert_eq!(date_of("D:2024"), "2024-01-01T00:00:00");
        assert_eq!(date_of("yesterday"), "yesterday");
    }
}
