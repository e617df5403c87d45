//! Files made to break readers of documents: known bombs, and good files mutated by a seeded generator.
//!
//! The same seed and number always give the same file, so that a failure is repeated by naming the two. Mutations
//! know what they mutate: an office file is taken apart and put together again, so that what is broken is its
//! parts and not only its container; streams of a PDF are inflated first. Start at [`Mutator`] and [`bombs()`].

mod bombs;
mod bytes;
mod container;
mod pdf;
mod seeds;
mod xml;

pub use bombs::{Bomb, bombs};
pub use container::container;
pub use seeds::seeds;

/// A sequence of numbers that follows from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        if end == 0 { 0 } else { usize::try_from(self.number() % end).unwrap_or(0) }
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        from.get(self.below(from.len()))
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Where a piece of `length` bytes begins and ends; mostly a short one.
    fn piece(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length);
        let most = if self.one_in(4) { length - from } else { (length - from).min(64) };
        from..from + self.below(most + 1)
    }
}

/// A file as its sender names it.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A mutated file, and what was done to it.
#[derive(Debug, Clone)]
pub struct Mutated {
    pub name: String,
    pub bytes: Vec<u8>,
    pub what: String,
}

/// Mutates good files.
#[derive(Debug)]
pub struct Mutator {
    seed: u64,
    seeds: Vec<Prepared>,
}

/// A good file and what it consists of.
#[derive(Debug)]
struct Prepared {
    file: File,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    /// Parts of a container, inflated.
    Parts(Vec<container::Part>),
    /// A PDF with its streams inflated.
    Pdf(Vec<u8>),
    Markup,
    Other,
}

impl Mutator {
    pub fn new(seed: u64, files: Vec<File>) -> Self {
        let prepared = files.into_iter().map(|file| {
            let inside = if let Some(parts) = container::parts(&file.bytes) {
                Inside::Parts(parts)
            } else if file.bytes.starts_with(b"%PDF-") {
                Inside::Pdf(pdf::inflated(&file.bytes))
            } else if file.bytes.trim_ascii_start().starts_with(b"<") {
                Inside::Markup
            } else {
                Inside::Other
            };
            Prepared { file, inside }
        });
        Mutator { seed, seeds: prepared.collect() }
    }

    /// The mutation of this number.
    pub fn file(&self, number: u64) -> Mutated {
        let mut chance = Chance::new(self.seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
        // Far apart even for neighbouring numbers.
        let mut chance = Chance::new(chance.number());
        let Some(seed) = self.seeds.get(usize::try_from(number).unwrap_or(0) % self.seeds.len().max(1)) else {
            return Mutated { name: "empty".to_owned(), bytes: Vec::new(), what: "no seeds".to_owned() };
        };
        let mut what = Vec::new();
        let mut bytes = match &seed.inside {
            Inside::Parts(parts) if !chance.one_in(4) => container::mutated(parts, &mut chance, &mut what),
            Inside::Pdf(inflated) if !chance.one_in(4) => pdf::mutated(inflated, &mut chance, &mut what),
            Inside::Markup if !chance.one_in(3) => xml::mutated(&seed.file.bytes, &mut chance, &mut what),
            Inside::Parts(_) | Inside::Pdf(_) | Inside::Markup | Inside::Other => {
                let other = chance.below(self.seeds.len());
                let other = self.seeds.get(other).map_or(&[][..], |s| &s.file.bytes);
                bytes::mutated(&seed.file.bytes, other, &mut chance, &mut what)
            }
        };
        if chance.one_in(12) {
            let keep = chance.below(bytes.len() + 1);
            bytes.truncate(keep);
            what.push(format!("cut off after {keep} bytes"));
        }
        // What a file is called is another thing its sender chooses.
        let name = if chance.one_in(10) {
            chance.pick(&self.seeds).map_or_else(String::new, |s| s.file.name.clone())
        } else {
            seed.file.name.clone()
        };
        Mutated { name, bytes, what: format!("{}: {}", seed.file.name, what.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_repeated_by_its_seed_and_number() {
        let (one, two) = (Mutator::new(7, seeds()), Mutator::new(7, seeds()));
        let good = seeds();
        let mut changed = 0;
        for number in 0..200 {
            let (a, b) = (one.file(number), two.file(number));
            assert_eq!((a.name, &a.bytes, a.what), (b.name, &b.bytes, b.what));
            changed += usize::from(good.iter().all(|s| s.bytes != a.bytes));
        }
        assert!(changed > 180, "{changed} of 200 differ from all good files");
        let other = Mutator::new(8, good);
        assert!((0..50).any(|n| one.file(n).bytes != other.file(n).bytes));
    }

    #[test]
    fn a_mutated_office_file_is_still_a_container() {
        let mutator = Mutator::new(1, seeds().into_iter().filter(|f| f.name.ends_with(".docx")).collect());
        let opened = (0..100).filter(|n| container::parts(&mutator.file(*n).bytes).is_some()).count();
        assert!(opened > 40, "{opened} of 100 can be opened");
    }
}
