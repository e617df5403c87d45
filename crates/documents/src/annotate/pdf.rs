//! Annotations appended to a PDF: a highlight over the words of each piece of evidence, a note at the corner of the
//! page where their place on it is not known.
//!
//! Pages are found and measured by the reader that found the evidence, so that page numbers and coordinates are the
//! same; only the appended objects and their table are written by `lopdf`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use bidlens_domain::document::Rect;
use bidlens_domain::finding::Verdict;
use hayro_interpret::TransformExt;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, Point};
use lopdf::{
    Dictionary, Document, IncrementalDocument, LoadOptions, Object, ObjectId, Stream, dictionary, text_string,
};
use memchr::memmem;

use super::{AUTHOR, AnnotateError, Note};
use crate::limits::Limits;

/// Flag of an annotation that is printed with its page.
const PRINTED: i64 = 1 << 2;
/// Side of a note's sign in points, and what is left free around it.
const SIGN: f32 = 20.0;
const SIGN_STEP: f32 = 24.0;

/// One annotation: a note and the places on one page that it is about, in fractions of the page; none for the page itself.
struct Mark<'n> {
    note: &'n Note,
    boxes: Vec<Rect>,
}

/// A page as it is shown, and the way back to its own coordinates.
struct Sheet {
    id: ObjectId,
    width: f32,
    height: f32,
    to_own: Affine,
    annotations: usize,
}

pub(super) fn annotate(bytes: &[u8], notes: &[Note], limits: &Limits) -> Result<Vec<u8>, AnnotateError> {
    let marks = by_page(notes);
    if marks.is_empty() {
        return Ok(bytes.to_vec());
    }
    // Places in a PDF are counted from its header, which may have something before it.
    let (before, file) = bytes.split_at(memmem::find(bytes, b"%PDF-").unwrap_or(0));
    let sheets = sheets(file.to_vec())?;
    let options =
        LoadOptions { max_decompressed_size: usize::try_from(limits.max_part_bytes).ok(), ..LoadOptions::default() };
    let own = Document::load_mem_with_options(file, options).map_err(AnnotateError::unreadable)?;
    if own.is_encrypted() || own.was_encrypted() {
        return Err(AnnotateError::Encrypted);
    }
    let mut update = IncrementalDocument::create_from(file.to_vec(), own);
    // These say how the table before was packed; the new one is not.
    for key in [b"XRefStm".as_slice(), b"DecodeParms"] {
        update.new_document.trailer.remove(key);
    }
    let mut names = HashMap::new();
    for (number, marks) in &marks {
        let sheet = sheet(&sheets, *number)?;
        let ids =
            marks.iter().scan(0, |signs, mark| Some(add(mark, sheet, signs, &mut names, &mut update.new_document)));
        let ids = ids.collect();
        attach(&mut update, sheet.id, ids).map_err(AnnotateError::unreadable)?;
    }
    let mut copy = Vec::with_capacity(file.len() + 4_096);
    update.save_to(&mut copy).map_err(AnnotateError::unreadable)?;
    check(&copy, &sheets, &marks)?;
    Ok([before, &copy].concat())
}

fn by_page(notes: &[Note]) -> BTreeMap<u32, Vec<Mark<'_>>> {
    let mut pages: BTreeMap<u32, Vec<Mark<'_>>> = BTreeMap::new();
    for note in notes {
        for evidence in &note.evidence {
            let mut places: BTreeMap<u32, Vec<Rect>> = BTreeMap::new();
            for place in evidence.boxes() {
                places.entry(place.page).or_default().push(place.rect);
            }
            if places.is_empty() {
                places.insert(evidence.page(), Vec::new());
            }
            for (page, boxes) in places {
                pages.entry(page).or_default().push(Mark { note, boxes });
            }
        }
    }
    pages
}

/// The pages as the reader of this crate counts them; `None` for one that is no object of its own.
fn sheets(file: Vec<u8>) -> Result<Vec<Option<Sheet>>, AnnotateError> {
    let read = move || {
        let pdf = Pdf::new(Arc::new(file)).map_err(|error| crate::pdf::refusal(&error, false))?;
        Ok(pdf.pages().iter().map(Sheet::of).collect())
    };
    // Its reader may recurse deeply.
    let thread = crate::pdf::roomy_thread().spawn(read).map_err(AnnotateError::unreadable)?;
    thread.join().unwrap_or_else(|_| Err(AnnotateError::unreadable("its reader broke down over it")))
}

fn sheet(sheets: &[Option<Sheet>], number: u32) -> Result<&Sheet, AnnotateError> {
    let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let found = index.and_then(|i| sheets.get(i)).and_then(Option::as_ref);
    found.ok_or_else(|| AnnotateError::unreadable(format!("page {number} is not found in it")))
}

impl Sheet {
    fn of(page: &Page<'_>) -> Option<Sheet> {
        let id = page.raw().obj_id()?;
        let (width, height) = page.render_dimensions();
        let annotations = page.raw().get::<Array<'_>>("Annots");
        Some(Sheet {
            id: (id.obj_number, u16::try_from(id.gen_number).ok()?),
            width,
            height,
            to_own: page.initial_transform(true).to_kurbo().inverse(),
            annotations: annotations.map_or(0, |list| list.iter::<Dict<'_>>().count()),
        })
    }

    /// The corners of a rectangle of the page as it is shown, in the page's own coordinates: upper left and right, then
    /// lower left and right, as readers expect them.
    fn corners(&self, rect: Rect) -> [Point; 4] {
        [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x0, rect.y1), (rect.x1, rect.y1)]
            .map(|(x, y)| self.to_own * Point::new(f64::from(x * self.width), f64::from(y * self.height)))
    }

    /// Where the sign of a note stands that is about the page: at its upper right corner, the next to its left.
    fn sign(&self, number: usize) -> Rect {
        let fitting = ((self.width / SIGN_STEP) as usize).max(1);
        let (row, column) = (number / fitting, number % fitting);
        let right = self.width - SIGN_STEP * column as f32 - (SIGN_STEP - SIGN);
        let top = SIGN_STEP * row as f32 + (SIGN_STEP - SIGN);
        Rect {
            x0: (right - SIGN) / self.width,
            y0: top / self.height,
            x1: right / self.width,
            y1: (top + SIGN) / self.height,
        }
    }
}

/// Adds one annotation to the appended objects. `signs` counts the notes about the page, `names` the annotations of a
/// note.
fn add<'n>(
    mark: &Mark<'n>,
    sheet: &Sheet,
    signs: &mut usize,
    names: &mut HashMap<&'n str, usize>,
    document: &mut Document,
) -> ObjectId {
    let note = mark.note;
    let count = names.entry(note.id.as_str()).or_default();
    *count += 1;
    let name = if *count == 1 { note.id.clone() } else { format!("{}-{count}", note.id) };
    let colour = colour(note.verdict);
    let mut annotation = dictionary! {
        "Type" => "Annot",
        "P" => sheet.id,
        "T" => text_string(AUTHOR),
        "NM" => text_string(&name),
        "Contents" => text_string(&note.text),
        "C" => colour.map(Object::from).to_vec(),
        "F" => PRINTED,
    };
    if mark.boxes.is_empty() {
        annotation.set("Subtype", "Text");
        annotation.set("Name", "Comment");
        annotation.set("Rect", bounds(&sheet.corners(sheet.sign(*signs))));
        *signs += 1;
    } else {
        let quads: Vec<[Point; 4]> = mark.boxes.iter().map(|rect| sheet.corners(*rect)).collect();
        let all = quads.as_flattened();
        annotation.set("Subtype", "Highlight");
        annotation.set("Rect", bounds(all));
        annotation.set("QuadPoints", all.iter().flat_map(|p| [number(p.x), number(p.y)]).collect::<Vec<_>>());
        let look = document.add_object(appearance(&quads, colour));
        annotation.set("AP", dictionary! { "N" => look });
    }
    document.add_object(annotation)
}

fn number(n: f64) -> Object {
    Object::Real(n as f32)
}

/// The smallest rectangle around points.
fn bounds(points: &[Point]) -> Vec<Object> {
    let least = |of: fn(&Point) -> f64| points.iter().map(of).fold(f64::MAX, f64::min);
    let most = |of: fn(&Point) -> f64| points.iter().map(of).fold(f64::MIN, f64::max);
    [least(|p| p.x), least(|p| p.y), most(|p| p.x), most(|p| p.y)].map(number).to_vec()
}

fn colour(verdict: Verdict) -> [f32; 3] {
    match verdict {
        Verdict::Fail => [1.0, 0.55, 0.55],
        Verdict::Risk => [1.0, 0.85, 0.35],
        Verdict::Pass => [0.6, 0.9, 0.6],
    }
}

/// How a highlight is drawn, for readers that do not draw one by themselves: its colour multiplied with what is under
/// it, so that the words stay black. Two of the sides are curves, though straight: a filled square over the box of a form
/// would be read as one that is filled in.
fn appearance(quads: &[[Point; 4]], [red, green, blue]: [f32; 3]) -> Stream {
    let mut drawing = format!("/M gs {red} {green} {blue} rg\n");
    for [upper_left, upper_right, lower_left, lower_right] in
        quads.iter().map(|quad| quad.map(|corner| format!("{:.3} {:.3}", corner.x, corner.y)))
    {
        let _ = writeln!(
            drawing,
            "{upper_left} m {upper_right} l {upper_right} {lower_right} {lower_right} c {lower_left} l {lower_left} {upper_left} {upper_left} c f"
        );
    }
    let form = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => bounds(quads.as_flattened()),
        "Resources" => dictionary! { "ExtGState" => dictionary! { "M" => dictionary! { "BM" => "Multiply" } } },
    };
    Stream::new(form, drawing.into_bytes())
}

/// Adds annotations to the list of a page: where that is an object of its own only that is changed, else the page.
fn attach(update: &mut IncrementalDocument, page: ObjectId, added: Vec<ObjectId>) -> lopdf::Result<()> {
    let own = update.get_prev_documents();
    let stated = own.get_dictionary(page)?.get(b"Annots").and_then(|list| own.dereference(list));
    let (place, mut list) = match stated {
        Ok((place, Object::Array(list))) => (place, list.clone()),
        _ => (None, Vec::new()),
    };
    list.extend(added.into_iter().map(Object::from));
    if let Some(place) = place {
        update.new_document.set_object(place, list);
        return Ok(());
    }
    update.opt_clone_object_to_new_document(page)?;
    let page: &mut Dictionary = update.new_document.get_dictionary_mut(page)?;
    page.set("Annots", list);
    Ok(())
}

/// Holds the copy to what was meant: all pages are there, and on those with notes nothing but these is new. A damaged
/// table of objects shows here.
fn check(copy: &[u8], before: &[Option<Sheet>], marks: &BTreeMap<u32, Vec<Mark<'_>>>) -> Result<(), AnnotateError> {
    let after = sheets(copy.to_vec())?;
    let mut continued = after.len() == before.len();
    for (number, marks) in marks {
        let (before, after) = (sheet(before, *number)?, sheet(&after, *number)?);
        continued &= after.id == before.id && after.annotations == before.annotations + marks.len();
    }
    if continued { Ok(()) } else { Err(AnnotateError::unreadable("its table of objects cannot be continued")) }
}
