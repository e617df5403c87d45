//! Comments put into a Word document, each around the paragraphs that hold the words it is about.
//!
//! The document is read once more to know which paragraph which words come from. What stands beside the body (headers,
//! notes, boxes) cannot carry comments in Word: its comments stand at the nearest paragraph of the body.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use bidlens_domain::document::{Document, TextRange};
use bidlens_domain::evidence::{Evidence, locate};
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::{NsReader, Reader};

use super::{AUTHOR, AnnotateError, Note};
use crate::docx::main_part;
use crate::limits::Limits;
use crate::opc::relations;
use crate::package::Package;
use crate::raw::Origin;
use crate::structure;

const TRANSITIONAL: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";
const CONTENT_TYPES: &str = "[Content_Types].xml";
const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";

/// A note and the paragraphs it stands at, the first and the last of them, each by where its content begins.
struct Mark<'n> {
    note: &'n Note,
    first: usize,
    last: usize,
}

/// What is known of a part of WordprocessingML.
#[derive(Default)]
struct Scan {
    /// Word's namespace that the root is in; empty for any other.
    namespace: &'static str,
    /// Of the comments, and of references to them.
    comment_ids: HashSet<u32>,
    /// The wanted paragraphs by where their content begins.
    paragraphs: BTreeMap<usize, Paragraph>,
}

/// Between these two bytes stands what a paragraph shows.
struct Paragraph {
    begins: usize,
    ends: usize,
    /// Whether `w` means the namespace here.
    has_prefix: bool,
}

pub(super) fn annotate(name: &str, bytes: &[u8], notes: &[Note], limits: &Limits) -> Result<Vec<u8>, AnnotateError> {
    let marks = Anchors::read(name, bytes, limits)?.marks(notes);
    if marks.is_empty() {
        return Ok(bytes.to_vec());
    }
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package, limits);
    let text = text_of(&mut package, &main)?.ok_or_else(|| missing(&main))?;
    let wanted = marks.iter().flat_map(|mark| [mark.first, mark.last]).collect();
    let scan = scan(&main, &text, &wanted)?;
    if scan.namespace.is_empty() {
        return Err(damaged(&main, "it is not in Word's namespace"));
    }
    let mut parts = Parts { package, main, changed: BTreeMap::new() };
    let comments = parts.comments_part(scan.namespace, limits)?;
    let written = match text_of(&mut parts.package, &comments)? {
        Some(written) => written,
        None => format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:comments xmlns:w="{}"/>"#,
            scan.namespace
        ),
    };
    let mut taken = scan.comment_ids.clone();
    taken.extend(self::scan(&comments, &written, &BTreeSet::new())?.comment_ids);
    let ids: Vec<u32> = (0..).filter(|id| !taken.contains(id)).take(marks.len()).collect();
    let added: String = ids.iter().zip(&marks).map(|(id, mark)| comment(*id, mark.note, scan.namespace)).collect();
    parts.changed.insert(comments.clone(), inside_root(&comments, &written, &added)?);
    let text = with_marks(&parts.main, &text, &scan, &ids, &marks)?;
    parts.changed.insert(parts.main.clone(), text);
    Ok(parts.package.with_parts(parts.changed)?)
}

/// The document as it is read, and which paragraphs of the file its blocks come from.
struct Anchors {
    document: Document,
    origins: Vec<Vec<Origin>>,
}

impl Anchors {
    fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Anchors, AnnotateError> {
        let raw = crate::docx::read(bytes, &[], limits)?;
        let shown = raw.blocks.iter().filter(|block| !block.is_blank());
        let origins = shown.map(|block| block.origins.clone()).collect();
        let mut document = crate::unread(name, bytes);
        structure::finish(raw, &mut document);
        Ok(Anchors { document, origins })
    }

    /// Each note at each of its places, but only once at the same paragraphs.
    fn marks<'n>(&self, notes: &'n [Note]) -> Vec<Mark<'n>> {
        let mut marks = Vec::new();
        for note in notes {
            let places: BTreeSet<(usize, usize)> =
                note.evidence.iter().filter_map(|evidence| self.paragraphs(evidence)).collect();
            marks.extend(places.into_iter().map(|(first, last)| Mark { note, first, last }));
        }
        marks
    }

    fn paragraphs(&self, evidence: &Evidence) -> Option<(usize, usize)> {
        let (block, range) = self.place(evidence).unwrap_or((0, TextRange::new(0, 0)));
        let origins = self.origins.get(block)?;
        let held = origins.iter().filter(|origin| origin.range.overlaps(range)).map(|origin| origin.paragraph);
        let span = held.clone().min().zip(held.max());
        span.or_else(|| self.nearest(block).map(|paragraph| (paragraph, paragraph)))
    }

    /// Where the words stand; the block that the evidence names may hold other words when another version of the
    /// reader found it.
    fn place(&self, evidence: &Evidence) -> Option<(usize, TextRange)> {
        let range = evidence.range();
        let named = self.document.block(evidence.block());
        let named = named.and_then(|block| block.text.get(range.start as usize..range.end as usize));
        if named == Some(evidence.quote()) {
            return Some((evidence.block().0 as usize, range));
        }
        let found = locate(&self.document, evidence.quote(), Some(evidence.page()))?;
        Some((found.block().0 as usize, found.range()))
    }

    /// The last paragraph of the body before a block, or the first after it.
    fn nearest(&self, block: usize) -> Option<usize> {
        let (before, after) = self.origins.split_at_checked(block)?;
        let before = before.iter().rev().find_map(|origins| origins.last());
        before.or_else(|| after.iter().find_map(|origins| origins.first())).map(|origin| origin.paragraph)
    }
}

/// The parts of the container and what becomes of them.
struct Parts<'p> {
    package: Package<'p>,
    main: String,
    changed: BTreeMap<String, String>,
}

impl Parts<'_> {
    /// The name of the part that holds the comments; where there is none, what leads to it is added.
    fn comments_part(&mut self, namespace: &str, limits: &Limits) -> Result<String, AnnotateError> {
        let known = relations(&mut self.package, &self.main, limits)?;
        let mut comments: Vec<String> =
            known.into_iter().filter(|relation| relation.kind == "comments").map(|relation| relation.target).collect();
        // As the reader chooses.
        comments.sort_unstable();
        let part = match comments.into_iter().next() {
            Some(part) => part,
            None => self.relate_comments(namespace)?,
        };
        self.declare_comments(&part)?;
        Ok(part)
    }

    /// Whether there is such a part, and not only the empty one that some programs add to every document.
    fn holds_something(&mut self, part: &str, namespace: &str) -> Result<bool, AnnotateError> {
        let Some(text) = text_of(&mut self.package, part)? else { return Ok(false) };
        let scan = scan(part, &text, &BTreeSet::new())?;
        Ok(scan.namespace != namespace || !scan.comment_ids.is_empty())
    }

    fn relate_comments(&mut self, namespace: &str) -> Result<String, AnnotateError> {
        let file = self.main.rsplit('/').next().unwrap_or_default().to_owned();
        let folder = self.main.strip_suffix(&file).unwrap_or_default().to_owned();
        let mut target = "comments.xml".to_owned();
        let mut number = 1;
        while self.holds_something(&format!("{folder}{target}"), namespace)? {
            number += 1;
            target = format!("comments{number}.xml");
        }
        let list = format!("{folder}_rels/{file}.rels");
        let empty = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>"#;
        let text = text_of(&mut self.package, &list)?.unwrap_or_else(|| empty.to_owned());
        let id = (1..).map(|n| format!("rIdComments{n}")).find(|id| !text.contains(id.as_str())).unwrap_or_default();
        let kinds = if namespace == STRICT {
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        } else {
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        };
        let relation = format!(
            r#"<Relationship xmlns="http://schemas.openxmlformats.org/package/2006/relationships" Id="{id}" Type="{kinds}/comments" Target="{target}"/>"#
        );
        let text = inside_root(&list, &text, &relation)?;
        self.changed.insert(list, text);
        Ok(format!("{folder}{target}"))
    }

    fn declare_comments(&mut self, part: &str) -> Result<(), AnnotateError> {
        let text = text_of(&mut self.package, CONTENT_TYPES)?.ok_or_else(|| missing(CONTENT_TYPES))?;
        let part = escape(part);
        if text.contains(&format!("\"/{part}\"")) || text.contains(&format!("'/{part}'")) {
            return Ok(());
        }
        let kind = format!(
            r#"<Override xmlns="http://schemas.openxmlformats.org/package/2006/content-types" PartName="/{part}" ContentType="{COMMENTS_TYPE}"/>"#
        );
        self.changed.insert(CONTENT_TYPES.to_owned(), inside_root(CONTENT_TYPES, &text, &kind)?);
        Ok(())
    }
}

fn missing(part: &str) -> AnnotateError {
    AnnotateError::unreadable(format!("the part {part} is missing"))
}

fn damaged(part: &str, reason: impl std::fmt::Display) -> AnnotateError {
    AnnotateError::unreadable(format!("part {part}: {reason}"))
}

/// A part as it is read. What is put into it is in UTF-8, and so it must be itself.
fn text_of(package: &mut Package<'_>, part: &str) -> Result<Option<String>, AnnotateError> {
    let Some(bytes) = package.bytes(part)? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| damaged(part, "it is not in UTF-8"))?;
    Ok(Some(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text)))
}

/// Goes through a part of WordprocessingML and finds the wanted paragraphs.
fn scan(part: &str, text: &str, wanted: &BTreeSet<usize>) -> Result<Scan, AnnotateError> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut scan = Scan::default();
    let mut depth = 0usize;
    let mut open: Option<OpenParagraph> = None;
    loop {
        let before = position(reader.buffer_position());
        let (namespace, event) = reader.read_resolved_event().map_err(|error| damaged(part, error))?;
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(name)) => [TRANSITIONAL, STRICT].into_iter().find(|known| *known == name),
            _ => None,
        };
        let after = position(reader.buffer_position());
        match event {
            Event::Start(element) => {
                depth += 1;
                if matches!(element.local_name().into_inner(), "comment" | "commentRangeStart" | "commentReference") {
                    scan.comment_ids.extend(id_of(&element));
                }
                let is_wanted = open.is_none() && namespace.is_some() && wanted.contains(&after);
                if depth == 1 {
                    scan.namespace = namespace.unwrap_or_default();
                }
                if is_wanted {
                    let has_prefix = element.name().prefix().is_some_and(|prefix| prefix.into_inner() == "w");
                    let paragraph = Paragraph { begins: after, ends: after, has_prefix };
                    open = Some(OpenParagraph { depth, content: after, paragraph });
                }
            }
            Event::End(element) => {
                if let Some(closed) = open.take_if(|open| open.depth == depth) {
                    scan.paragraphs.insert(closed.content, Paragraph { ends: before, ..closed.paragraph });
                } else if let Some(open) = &mut open
                    && depth == open.depth + 1
                    && element.local_name().into_inner() == "pPr"
                {
                    open.paragraph.begins = after;
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof => return Ok(scan),
            _ => {}
        }
    }
}

struct OpenParagraph {
    depth: usize,
    /// Where its content begins, its properties included.
    content: usize,
    paragraph: Paragraph,
}

fn id_of(element: &BytesStart<'_>) -> Option<u32> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    attributes.find(|a| a.key.local_name().into_inner() == "id")?.value.trim().parse().ok()
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The text with the marks of the comments in it.
fn with_marks(part: &str, text: &str, scan: &Scan, ids: &[u32], marks: &[Mark<'_>]) -> Result<String, AnnotateError> {
    let mut added: BTreeMap<usize, String> = BTreeMap::new();
    for (id, mark) in ids.iter().zip(marks) {
        let find =
            |begins| scan.paragraphs.get(begins).ok_or_else(|| damaged(part, "a paragraph is not in Word's namespace"));
        let (first, last) = (find(&mark.first)?, find(&mark.last)?);
        let declared = |paragraph: &Paragraph| {
            if paragraph.has_prefix { String::new() } else { format!(r#" xmlns:w="{}""#, scan.namespace) }
        };
        let start = format!(r#"<w:commentRangeStart{} w:id="{id}"/>"#, declared(first));
        added.entry(first.begins).or_default().push_str(&start);
        let xmlns = declared(last);
        let end =
            format!(r#"<w:commentRangeEnd{xmlns} w:id="{id}"/><w:r{xmlns}><w:commentReference w:id="{id}"/></w:r>"#);
        added.entry(last.ends).or_default().push_str(&end);
    }
    let mut marked = String::with_capacity(text.len() + added.values().map(String::len).sum::<usize>());
    let mut done = 0;
    for (at, addition) in added {
        marked.push_str(text.get(done..at).ok_or_else(|| damaged(part, "it changed while it was read"))?);
        marked.push_str(&addition);
        done = at;
    }
    marked.push_str(text.get(done..).unwrap_or_default());
    Ok(marked)
}

/// A comment as the comments' part holds it, a paragraph for each line.
fn comment(id: u32, note: &Note, namespace: &str) -> String {
    let mut xml = format!(r#"<w:comment xmlns:w="{namespace}" w:id="{id}" w:author="{AUTHOR}" w:initials="BL">"#);
    // XML has no other control characters, and no way to write them.
    let writable = |c: &char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    for line in note.text.lines() {
        let line: String = line.chars().filter(writable).collect();
        let _ = write!(xml, r#"<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#, escape(line));
    }
    xml.push_str("</w:comment>");
    xml
}

/// The part with `added` at the end of its root element.
fn inside_root(part: &str, text: &str, added: &str) -> Result<String, AnnotateError> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0usize;
    loop {
        let before = position(reader.buffer_position());
        let event = reader.read_event().map_err(|error| damaged(part, error))?;
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 1 => {
                let (head, tail) = text.split_at_checked(before).ok_or_else(|| damaged(part, "its end is lost"))?;
                return Ok([head, added, tail].concat());
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Empty(root) if depth == 0 => {
                let end = position(reader.buffer_position());
                let head = text.get(..end).and_then(|head| head.strip_suffix("/>"));
                let head = head.ok_or_else(|| damaged(part, "its end is lost"))?;
                let tail = text.get(end..).unwrap_or_default();
                return Ok(format!("{head}>{added}</{}>{tail}", root.name().into_inner()));
            }
            Event::Eof => return Err(damaged(part, "it has no end")),
            _ => {}
        }
    }
}
