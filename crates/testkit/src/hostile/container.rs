//! ZIP containers: taken apart, put together, and mutated part by part.

use std::io::{Cursor, Read, Write};

use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Chance, bytes, xml};

/// Parts larger than this are left as they are.
const PART_BYTES_MAX: u64 = 4 << 20;

#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A container with these parts, deflated.
pub fn container(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let parts: Vec<Part> = parts.iter().map(|(n, b)| Part { name: (*n).to_owned(), bytes: b.to_vec() }).collect();
    packed(&parts)
}

fn packed(parts: &[Part]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        // Names that cannot be written twice are left out the second time; what is written goes to memory.
        if writer.start_file(part.name.as_str(), SimpleFileOptions::default()).is_ok() {
            let _ = writer.write_all(&part.bytes);
        }
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// The parts of a container; `None` when the bytes are none.
pub(super) fn parts(bytes: &[u8]) -> Option<Vec<Part>> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).ok()?;
        let name = file.name().ok()?.into_owned();
        let mut bytes = Vec::new();
        file.by_ref().take(PART_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        parts.push(Part { name, bytes });
    }
    Some(parts)
}

pub(super) fn mutated(parts: &[Part], chance: &mut Chance, what: &mut Vec<String>) -> Vec<u8> {
    let mut parts = parts.to_vec();
    for _ in 0..=chance.below(3) {
        once(&mut parts, chance, what);
    }
    let mut out = packed(&parts);
    if chance.one_in(8) {
        // The index of the parts stands at the end and is believed by many.
        let from = out.len().saturating_sub(40 + 80 * parts.len());
        let mut index = out.split_off(from);
        index = bytes::mutated(&index, &out, chance, what);
        out.extend(index);
        what.push("in the index of the parts".to_owned());
    }
    out
}

fn once(parts: &mut Vec<Part>, chance: &mut Chance, what: &mut Vec<String>) {
    // Parts with text are where readers read; each is as likely whatever its size.
    let at = chance.below(parts.len());
    let names: Vec<String> = parts.iter().map(|p| p.name.clone()).collect();
    let other = chance.below(parts.len());
    let from_other = parts.get(other).map(|p| p.bytes.clone()).unwrap_or_default();
    let Some(part) = parts.get_mut(at) else { return };
    match chance.below(12) {
        0 => {
            what.push(format!("part {} left out", part.name));
            parts.remove(at);
        }
        1 => {
            what.push(format!("part {} holds another's bytes", part.name));
            part.bytes = from_other;
        }
        2 => {
            let name = chance.pick(&names).cloned().unwrap_or_default();
            what.push(format!("part {} named {name}x", part.name));
            part.name = format!("{name}x");
        }
        3 => {
            what.push(format!("part {} emptied", part.name));
            part.bytes.clear();
        }
        4 | 5 => {
            part.bytes = bytes::mutated(&part.bytes, &from_other, chance, what);
            what.push(format!("in {}", part.name));
        }
        _ => {
            part.bytes = xml::mutated(&part.bytes, chance, what);
            what.push(format!("in {}", part.name));
        }
    }
}
