//! Mutations that know nothing of a format: bytes, pieces, words and numbers.

use super::Chance;

/// Values at which readers that count break.
pub(super) const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "255",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "99999999999999999999999999",
    "1e308",
    "-1e-308",
    "0.0000000000000000000000001",
    "NaN",
    "Infinity",
    "",
];

/// Does one to four things to `bytes`; `other` is another file of which pieces are taken.
pub(super) fn mutated(bytes: &[u8], other: &[u8], chance: &mut Chance, what: &mut Vec<String>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        what.push(once(&mut bytes, other, chance));
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) -> String {
    match chance.below(9) {
        0 => {
            let count = 1 + chance.below(16);
            for _ in 0..count {
                let (at, bit) = (chance.below(bytes.len()), chance.below(8));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            format!("{count} bits flipped")
        }
        1 => {
            let count = 1 + chance.below(16);
            for _ in 0..count {
                let at = chance.below(bytes.len());
                let value = *chance.pick(&[0x00, 0x01, 0x7F, 0x80, 0xFF, b'<', b'(', b' ', 0xFE]).unwrap_or(&0);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = value;
                }
            }
            format!("{count} bytes set")
        }
        2 => {
            let piece = chance.piece(bytes.len());
            bytes.drain(piece.clone());
            format!("{piece:?} taken out")
        }
        3 => {
            let piece = chance.piece(bytes.len());
            let times = 1 + chance.below(if piece.len() < 64 { 400 } else { 3 });
            let copy = bytes.get(piece.clone()).unwrap_or_default().repeat(times);
            bytes.splice(piece.start..piece.start, copy);
            format!("{piece:?} repeated {times} times")
        }
        4 => {
            let piece = chance.piece(other.len());
            let at = chance.below(bytes.len() + 1);
            bytes.splice(at..at, other.get(piece).unwrap_or_default().iter().copied());
            format!("a piece of another file put in at {at}")
        }
        5 => {
            let (at, split) = (chance.below(bytes.len() + 1), chance.below(other.len() + 1));
            bytes.truncate(at);
            bytes.extend_from_slice(other.get(split..).unwrap_or_default());
            format!("the end of another file put on at {at}")
        }
        6 => {
            let (at, length) = (chance.below(bytes.len() + 1), chance.below(200));
            let noise: Vec<u8> = (0..length).map(|_| chance.number() as u8).collect();
            bytes.splice(at..at, noise);
            format!("{length} bytes of noise put in at {at}")
        }
        7 => swap_words(bytes, chance),
        _ => extreme_number(bytes, chance),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+') || byte >= 0x80
}

/// The word at or after a place; empty when there is none.
fn word_at(bytes: &[u8], near: usize, like: fn(u8) -> bool) -> std::ops::Range<usize> {
    let start = (near..bytes.len()).find(|&at| bytes.get(at).is_some_and(|b| like(*b))).unwrap_or(bytes.len());
    let end = (start..bytes.len()).find(|&at| !bytes.get(at).is_some_and(|b| like(*b))).unwrap_or(bytes.len());
    start..end.min(start + 64)
}

pub(super) fn swap_words(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let one = word_at(bytes, chance.below(bytes.len()), is_word);
    let two = word_at(bytes, chance.below(bytes.len()), is_word);
    let (first, second) = if one.start <= two.start { (one, two) } else { (two, one) };
    if first.end > second.start {
        return "no two words to swap".to_owned();
    }
    let (a, b) =
        (bytes.get(first.clone()).unwrap_or_default().to_vec(), bytes.get(second.clone()).unwrap_or_default().to_vec());
    bytes.splice(second.clone(), a);
    bytes.splice(first.clone(), b);
    format!("the words at {} and {} swapped", first.start, second.start)
}

pub(super) fn extreme_number(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let place = word_at(bytes, chance.below(bytes.len()), |b| b.is_ascii_digit());
    let value = chance.pick(NUMBERS).copied().unwrap_or("0");
    bytes.splice(place.clone(), value.bytes());
    format!("the number at {} made {value:?}", place.start)
}
