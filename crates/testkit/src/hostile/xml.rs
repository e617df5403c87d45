//! Mutations of markup: elements taken out, doubled, wrapped and renamed, values made extreme.

use super::Chance;
use super::bytes::{NUMBERS, extreme_number, swap_words};

pub(super) fn mutated(text: &[u8], chance: &mut Chance, what: &mut Vec<String>) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=chance.below(4) {
        let done = once(&mut text, chance);
        what.push(done);
    }
    text
}

/// The tag that begins at or after a place, with its brackets.
fn tag_at(text: &[u8], near: usize) -> std::ops::Range<usize> {
    let start = (near..text.len()).find(|&at| text.get(at) == Some(&b'<')).unwrap_or(text.len());
    let end = (start..text.len()).find(|&at| text.get(at) == Some(&b'>')).map_or(text.len(), |at| at + 1);
    start..end
}

fn name_of(tag: &[u8]) -> Vec<u8> {
    tag.iter().skip(1).copied().take_while(|b| !matches!(b, b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n')).collect()
}

/// The element that begins at or after a place, to the first tag that can close it.
fn element_at(text: &[u8], near: usize) -> std::ops::Range<usize> {
    let open = tag_at(text, near);
    let name = name_of(text.get(open.clone()).unwrap_or_default());
    let close = [b"</", name.as_slice(), b">"].concat();
    let rest = text.get(open.end..).unwrap_or_default();
    let end =
        rest.windows(close.len().max(1)).position(|w| w == close).map_or(open.end, |at| open.end + at + close.len());
    open.start..end
}

fn once(text: &mut Vec<u8>, chance: &mut Chance) -> String {
    let near = chance.below(text.len());
    match chance.below(12) {
        0 => {
            let tag = tag_at(text, near);
            text.drain(tag.clone());
            format!("the tag at {} taken out", tag.start)
        }
        1 => {
            let element = element_at(text, near);
            text.drain(element.clone());
            format!("the element at {} taken out", element.start)
        }
        2 => {
            let element = element_at(text, near);
            let most = if element.len() < 2_000 { 300 } else { 4 };
            let times = 1 + chance.below(most);
            let copy = text.get(element.clone()).unwrap_or_default().repeat(times);
            text.splice(element.start..element.start, copy);
            format!("the element at {} repeated {times} times", element.start)
        }
        3 => {
            let element = element_at(text, near);
            let open = tag_at(text, element.start);
            let (tag, name) =
                (text.get(open.clone()).unwrap_or_default().to_vec(), name_of(text.get(open).unwrap_or_default()));
            let times = *chance.pick(&[1, 10, 100, 255, 257, 2_000]).unwrap_or(&1);
            let close = [b"</", name.as_slice(), b">"].concat();
            text.splice(element.end..element.end, close.repeat(times));
            text.splice(element.start..element.start, tag.repeat(times));
            format!("the element at {} put into itself {times} times", element.start)
        }
        4 => {
            let (one, two) = (element_at(text, near), element_at(text, chance.below(text.len())));
            let moved = text.get(one.clone()).unwrap_or_default().to_vec();
            text.splice(two.start..two.start, moved);
            format!("the element at {} copied to {}", one.start, two.start)
        }
        5 => {
            let (one, two) = (tag_at(text, near), tag_at(text, chance.below(text.len())));
            let (old, new) =
                (name_of(text.get(one.clone()).unwrap_or_default()), name_of(text.get(two).unwrap_or_default()));
            if old.is_empty() {
                return "no element to rename".to_owned();
            }
            text.splice(one.start + 1..one.start + 1 + old.len(), new);
            format!("the element at {} renamed", one.start)
        }
        6 => {
            let tag = tag_at(text, near);
            let quote = (tag.clone()).find(|&at| text.get(at) == Some(&b'"'));
            let Some(start) = quote.map(|at| at + 1) else { return "no value to change".to_owned() };
            let end = (start..tag.end).find(|&at| text.get(at) == Some(&b'"')).unwrap_or(start);
            let value = chance.pick(NUMBERS).copied().unwrap_or("0");
            text.splice(start..end, value.bytes());
            format!("the value at {start} made {value:?}")
        }
        7 => extreme_number(text, chance),
        8 => swap_words(text, chance),
        9 => {
            let entity = *chance
                .pick(&["&lol9;", "&#0;", "&#xFFFFFFFF;", "&#x10FFFF;", "&", "&amp;&amp", "]]>", "<![CDATA[", "<!--"])
                .unwrap_or(&"&");
            text.splice(near..near, entity.bytes());
            format!("{entity} put in at {near}")
        }
        10 => {
            let words = ["字".repeat(20_000), "\u{202E}\u{200B}".repeat(500), "a".repeat(50_000), "一、".repeat(8_000)];
            let put = chance.pick(&words).cloned().unwrap_or_default();
            let at = tag_at(text, near).end;
            text.splice(at..at, put.bytes());
            format!("{} bytes of words put in at {at}", put.len())
        }
        _ => {
            let dtd = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY lol9 \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
            let at = tag_at(text, 0).end;
            text.splice(at..at, dtd.bytes());
            "a document type with entities put in".to_owned()
        }
    }
}
