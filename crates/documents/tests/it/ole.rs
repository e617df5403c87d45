//! Builds compound files (OLE) in memory: the container of old office files and of Outlook mails.

const SECTOR: usize = 512;
const MINI: usize = 64;
const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;

/// Something in the directory: a stream with its bytes, or a storage with what is in it.
pub(crate) enum Node {
    Stream(String, Vec<u8>),
    Storage(String, Vec<Node>),
}

pub(crate) fn stream(name: &str, bytes: impl Into<Vec<u8>>) -> Node {
    Node::Stream(name.to_owned(), bytes.into())
}

struct Entry {
    name: String,
    kind: u8,
    right: u32,
    child: u32,
    start: u32,
    size: u32,
}

#[derive(Default)]
struct Builder {
    entries: Vec<Entry>,
    sectors: Vec<u8>,
    fat: Vec<u32>,
    mini: Vec<u8>,
    mini_fat: Vec<u32>,
}

impl Builder {
    /// Adds nodes as a chain of right siblings, which readers take for a tree; the first one's index.
    fn add(&mut self, nodes: &[Node]) -> u32 {
        let mut first = FREE;
        let mut before: Option<usize> = None;
        for node in nodes {
            let at = self.entries.len();
            let (name, kind) = match node {
                Node::Stream(name, _) => (name, 2),
                Node::Storage(name, _) => (name, 1),
            };
            self.entries.push(Entry { name: name.clone(), kind, right: FREE, child: FREE, start: END, size: 0 });
            match before {
                Some(before) => self.entries[before].right = at as u32,
                None => first = at as u32,
            }
            before = Some(at);
            match node {
                Node::Stream(_, bytes) => {
                    let start = if bytes.len() < 4_096 { self.put_mini(bytes) } else { self.put(bytes) };
                    self.entries[at].start = start;
                    self.entries[at].size = bytes.len() as u32;
                }
                Node::Storage(_, inner) => self.entries[at].child = self.add(inner),
            }
        }
        first
    }

    fn put(&mut self, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return END;
        }
        let first = self.fat.len() as u32;
        let count = bytes.len().div_ceil(SECTOR);
        self.sectors.extend_from_slice(bytes);
        self.sectors.resize((first as usize + count) * SECTOR, 0);
        for n in 1..count {
            self.fat.push(first + n as u32);
        }
        self.fat.push(END);
        first
    }

    fn put_mini(&mut self, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return END;
        }
        let first = self.mini_fat.len() as u32;
        let count = bytes.len().div_ceil(MINI);
        self.mini.extend_from_slice(bytes);
        self.mini.resize((first as usize + count) * MINI, 0);
        for n in 1..count {
            self.mini_fat.push(first + n as u32);
        }
        self.mini_fat.push(END);
        first
    }
}

/// A compound file with these nodes at its root.
pub(crate) fn ole(nodes: &[Node]) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.entries.push(Entry { name: "Root Entry".into(), kind: 5, right: FREE, child: FREE, start: END, size: 0 });
    builder.entries[0].child = builder.add(nodes);
    let mini = std::mem::take(&mut builder.mini);
    builder.entries[0].start = builder.put(&mini);
    builder.entries[0].size = mini.len() as u32;
    let mini_fat: Vec<u8> = builder.mini_fat.iter().flat_map(|n| n.to_le_bytes()).collect();
    let mini_sectors = mini_fat.len().div_ceil(SECTOR) as u32;
    let mut padded = mini_fat;
    padded.resize(mini_sectors as usize * SECTOR, 0xFF);
    let mini_start = builder.put(&padded);
    let mut directory = Vec::new();
    for entry in &builder.entries {
        let units: Vec<u8> = entry.name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut raw = vec![0u8; 128];
        raw[..units.len()].copy_from_slice(&units);
        raw[64..66].copy_from_slice(&(units.len() as u16 + 2).to_le_bytes());
        raw[66] = entry.kind;
        raw[67] = 1;
        for (at, number) in [(68, FREE), (72, entry.right), (76, entry.child), (116, entry.start), (120, entry.size)] {
            raw[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        directory.extend(raw);
    }
    directory.resize(directory.len().div_ceil(SECTOR) * SECTOR, 0);
    let directory_start = builder.put(&directory);
    let fat_start = builder.fat.len();
    let mut fat_sectors = 1;
    while (fat_start + fat_sectors) * 4 > fat_sectors * SECTOR {
        fat_sectors += 1;
    }
    builder.fat.extend(std::iter::repeat_n(0xFFFF_FFFD, fat_sectors));
    let mut fat: Vec<u8> = builder.fat.iter().flat_map(|n| n.to_le_bytes()).collect();
    fat.resize(fat_sectors * SECTOR, 0xFF);
    let mut header = vec![0u8; SECTOR];
    header[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    for (at, number) in [(24, 0x3Eu16), (26, 3), (28, 0xFFFE), (30, 9), (32, 6)] {
        header[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    let mini_start = if mini_sectors == 0 { END } else { mini_start };
    for (at, number) in [
        (44, fat_sectors as u32),
        (48, directory_start),
        (56, 4_096),
        (60, mini_start),
        (64, mini_sectors),
        (68, END),
        (72, 0),
    ] {
        header[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    for n in 0..109 {
        let number = if n < fat_sectors { (fat_start + n) as u32 } else { FREE };
        header[76 + n * 4..80 + n * 4].copy_from_slice(&number.to_le_bytes());
    }
    [header, builder.sectors, fat].concat()
}
