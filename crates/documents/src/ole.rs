//! Compound files (OLE): the container of XLS, DOC, WPS, ET and MSG, read under bounds.
//!
//! Only what readers need: the directory tree and whole streams. Chains of sectors are followed at most as far as
//! the file has sectors, so that a chain that bites its tail ends.

const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Sector numbers from here on are marks, not places.
const SECTOR_MAX: u32 = 0xFFFF_FFFA;
const NO_ENTRY: u32 = 0xFFFF_FFFF;
const ENTRY_BYTES: usize = 128;
const MINI_SECTOR: usize = 64;
/// Entries of a directory; real files have some dozens.
const ENTRIES_MAX: usize = 100_000;

/// An opened compound file.
pub(crate) struct Ole<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    mini_cutoff: u64,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: u64,
}

pub(crate) fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

impl<'a> Ole<'a> {
    /// `None` when the header or the tables of sectors are damaged.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Ole<'a>> {
        if !is_ole(bytes) {
            return None;
        }
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut ole = Ole {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            mini_cutoff: u64::from(u32_at(bytes, 56)?),
            entries: Vec::new(),
        };
        let sectors = bytes.len() / sector + 1;
        let mut tables: Vec<u32> = (0..109).filter_map(|n| u32_at(bytes, 76 + n * 4)).collect();
        let mut next = u32_at(bytes, 68)?;
        let mut steps = 0;
        while next < SECTOR_MAX && steps < sectors {
            let part = ole.sector(next)?;
            let numbers = part.len() / 4 - 1;
            tables.extend((0..numbers).filter_map(|n| u32_at(part, n * 4)));
            next = u32_at(part, numbers * 4)?;
            steps += 1;
        }
        for table in tables.into_iter().filter(|t| *t < SECTOR_MAX).take(sectors) {
            // A table past the end of a file that was cut off: what stands before is still good.
            let Some(part) = ole.sector(table) else { break };
            ole.fat.extend((0..part.len() / 4).filter_map(|n| u32_at(part, n * 4)));
        }
        let directory = ole.chain(u32_at(bytes, 48)?, u64::MAX);
        for raw in directory.chunks_exact(ENTRY_BYTES).take(ENTRIES_MAX) {
            ole.entries.push(entry(raw, sector == 512)?);
        }
        let mini = ole.chain(u32_at(bytes, 60)?, u64::MAX);
        ole.mini_fat = (0..mini.len() / 4).filter_map(|n| u32_at(&mini, n * 4)).collect();
        let root = ole.entries.first()?;
        ole.mini_stream = ole.chain(root.start, root.size);
        Some(ole)
    }

    /// The entries directly below `parent` (0 is the root), in no order.
    pub(crate) fn children(&self, parent: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut open = vec![self.entries.get(parent).map_or(NO_ENTRY, |e| e.child)];
        while let Some(index) = open.pop() {
            let at = index as usize;
            let Some(entry) = self.entries.get(at).filter(|_| index != NO_ENTRY && seen.insert(index)) else {
                continue;
            };
            found.push(at);
            open.extend([entry.left, entry.right]);
        }
        found
    }

    pub(crate) fn name(&self, index: usize) -> &str {
        self.entries.get(index).map_or("", |e| e.name.as_str())
    }

    pub(crate) fn find(&self, parent: usize, name: &str) -> Option<usize> {
        self.children(parent).into_iter().find(|i| self.name(*i).eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream, as far as the file has them.
    pub(crate) fn stream(&self, index: usize) -> Vec<u8> {
        let Some(entry) = self.entries.get(index) else { return Vec::new() };
        if entry.size >= self.mini_cutoff {
            return self.chain(entry.start, entry.size);
        }
        let mut out = Vec::new();
        let mut next = entry.start;
        while next < SECTOR_MAX && (out.len() as u64) < entry.size {
            let start = next as usize * MINI_SECTOR;
            let Some(part) = self.mini_stream.get(start..(start + MINI_SECTOR).min(self.mini_stream.len())) else {
                break;
            };
            if part.is_empty() {
                break;
            }
            out.extend_from_slice(part);
            next = self.mini_fat.get(next as usize).copied().unwrap_or(NO_ENTRY);
        }
        out.truncate(usize::try_from(entry.size).unwrap_or(usize::MAX));
        out
    }

    /// The stream of this name directly below the root.
    pub(crate) fn root_stream(&self, name: &str) -> Option<Vec<u8>> {
        self.find(0, name).map(|index| self.stream(index))
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        if start >= self.bytes.len() {
            return None;
        }
        self.bytes.get(start..(start + self.sector).min(self.bytes.len()))
    }

    fn chain(&self, first: u32, size: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let mut next = first;
        for _ in 0..=self.fat.len() {
            if next >= SECTOR_MAX || out.len() as u64 >= size {
                break;
            }
            let Some(part) = self.sector(next) else { break };
            out.extend_from_slice(part);
            next = self.fat.get(next as usize).copied().unwrap_or(NO_ENTRY);
        }
        out.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        out
    }
}

fn entry(raw: &[u8], small: bool) -> Option<Entry> {
    let length = usize::from(u16_at(raw, 64)?).min(64);
    let units: Vec<u16> = (0..length.saturating_sub(2) / 2).filter_map(|n| u16_at(raw, n * 2)).collect();
    let low = u64::from(u32_at(raw, 120)?);
    // Version 3 files leave noise in the upper half.
    let high = if small { 0 } else { u64::from(u32_at(raw, 124)?) };
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        left: u32_at(raw, 68)?,
        right: u32_at(raw, 72)?,
        child: u32_at(raw, 76)?,
        start: u32_at(raw, 116)?,
        size: high << 32 | low,
    })
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

pub(crate) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(f64::from_le_bytes(eight.try_into().ok()?))
}
