//! PDFs: streams inflated, then objects mutated, and the table of objects made anew.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Chance;
use super::bytes::{self, NUMBERS};

/// Of one stream; longer ones stay deflated.
const STREAM_BYTES_MAX: u64 = 1 << 20;

/// The file with every stream inflated that is only deflated.
pub(super) fn inflated(file: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(file.len() * 3);
    let mut rest = file;
    while let Some(at) = find(rest, b"stream") {
        let (before, after) = rest.split_at(at + b"stream".len());
        let data_at = match after {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
        let data = after.get(data_at..).unwrap_or_default();
        let end = find(data, b"endstream").unwrap_or(data.len());
        let dict_at = before.windows(3).rposition(|w| w == b"obj").map_or(0, |at| at + 3);
        let (head, dict) = before.split_at(dict_at);
        let plain = find(dict, b"/FlateDecode").is_some() && find(dict, b"/DecodeParms").is_none();
        let content = data.get(..end).filter(|_| plain && data_at > 0).and_then(unpacked);
        match content {
            Some(content) => {
                out.extend_from_slice(head);
                let dict = String::from_utf8_lossy(dict).replace("/FlateDecode", "").replace("/Filter", "/Plain true");
                // The first /Length that a reader meets is the right one.
                let dict = dict.replacen("<<", &format!("<< /Length {} ", content.len()), 1).replace("[]", "");
                out.extend_from_slice(without_second_length(&dict).as_bytes());
                out.push(b'\n');
                out.extend_from_slice(&content);
                out.extend_from_slice(b"\nendstream");
            }
            None => {
                out.extend_from_slice(before);
                out.extend_from_slice(after.get(..data_at + end).unwrap_or(after));
                out.extend_from_slice(data.get(end..end + b"endstream".len()).unwrap_or_default());
            }
        }
        rest = data.get(end + b"endstream".len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn without_second_length(dict: &str) -> String {
    let mut parts = dict.splitn(3, "/Length");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(head), Some(own), Some(old)) => format!("{head}/Length{own}/Before{old}"),
        _ => dict.to_owned(),
    }
}

fn unpacked(data: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    ZlibDecoder::new(data).take(STREAM_BYTES_MAX + 1).read_to_end(&mut content).ok()?;
    (content.len() as u64 <= STREAM_BYTES_MAX).then_some(content)
}

pub(super) fn mutated(inflated: &[u8], chance: &mut Chance, what: &mut Vec<String>) -> Vec<u8> {
    let mut file = inflated.to_vec();
    for _ in 0..=chance.below(4) {
        let done = once(&mut file, chance);
        what.push(done);
    }
    if chance.one_in(4) {
        // As it is, its table of objects points anywhere.
        what.push("table of objects left as it was".to_owned());
        return file;
    }
    with_table(file)
}

fn once(file: &mut Vec<u8>, chance: &mut Chance) -> String {
    let near = chance.below(file.len());
    match chance.below(11) {
        0 => bytes::extreme_number(file, chance),
        1 => bytes::swap_words(file, chance),
        2 => {
            // Another object in the place of the one that is meant: loops and wrong types.
            let references = positions(file, b" 0 R");
            let (Some(&one), Some(&two)) = (chance.pick(&references), chance.pick(&references)) else {
                return "no references".to_owned();
            };
            let number = digits_before(file, two);
            let new = file.get(number).unwrap_or_default().to_vec();
            let place = digits_before(file, one);
            file.splice(place, new);
            format!("the reference at {one} points elsewhere")
        }
        3 => {
            let references = positions(file, b" 0 R");
            let Some(&at) = chance.pick(&references) else { return "no references".to_owned() };
            let place = digits_before(file, at);
            let number = chance.pick(NUMBERS).copied().unwrap_or("0");
            file.splice(place, number.bytes());
            format!("the reference at {at} points to object {number}")
        }
        4 => {
            let names = positions(file, b"/");
            let (Some(&one), Some(&two)) = (chance.pick(&names), chance.pick(&names)) else {
                return "no names".to_owned();
            };
            let new = file.get(name_at(file, two)).unwrap_or_default().to_vec();
            let place = name_at(file, one);
            file.splice(place, new);
            format!("the name at {one} is that at {two}")
        }
        5 => {
            let deep = *chance.pick(&["[", "<<", "q ", "(", "BT ", "<< /A "]).unwrap_or(&"[");
            let times = *chance.pick(&[10, 600, 5_000, 100_000]).unwrap_or(&10);
            file.splice(near..near, deep.repeat(times).into_bytes());
            format!("{times} times {deep:?} put in at {near}")
        }
        6 => {
            let objects = positions(file, b" 0 obj");
            let (Some(&one), Some(&two)) = (chance.pick(&objects), chance.pick(&objects)) else {
                return "no objects".to_owned();
            };
            let end = file.get(one..).and_then(|r| find(r, b"endobj")).map_or(file.len(), |e| one + e + 6);
            let copy = file.get(one..end).unwrap_or_default().to_vec();
            let number = digits_before(file, two);
            let mut object = file.get(number).unwrap_or_default().to_vec();
            object.extend(copy);
            object.push(b'\n');
            let at = digits_before(file, two).start;
            file.splice(at..at, object);
            format!("the object at {two} is there twice, first as that at {one}")
        }
        7 => {
            let objects = positions(file, b" 0 obj");
            let Some(&at) = chance.pick(&objects) else { return "no objects".to_owned() };
            let end = file.get(at..).and_then(|r| find(r, b"endobj")).map_or(file.len(), |e| at + e + 6);
            file.drain(digits_before(file, at).start..end);
            format!("the object at {at} taken out")
        }
        8 => {
            let operators = [
                "0 0 0 0 0 0 cm",
                "1e30 0 0 1e30 0 0 cm",
                "BT /F1 1e9 Tf",
                "-1 Tr",
                "/X0 Do",
                "W n",
                "0 0 1e20 1e20 re f",
                "BI /W 60000 /H 60000 /BPC 8 /CS /RGB ID EI",
                "[(a) -1e9 (b)] TJ",
                "<D6D0> Tj",
                "Q Q Q",
                "99 Tz",
                "sh",
            ];
            let operator = *chance.pick(&operators).unwrap_or(&"Q");
            file.splice(near..near, format!(" {operator} ").into_bytes());
            format!("{operator} put in at {near}")
        }
        9 => {
            let filter = *chance
                .pick(&[
                    "/Filter /FlateDecode",
                    "/Filter /LZWDecode",
                    "/Filter [/ASCIIHexDecode /ASCII85Decode]",
                    "/Filter /RunLengthDecode",
                    "/Filter /JBIG2Decode",
                    "/Filter /JPXDecode",
                    "/Filter /DCTDecode",
                    "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 1000000000 >>",
                    "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2000000000 >>",
                ])
                .unwrap_or(&"");
            let dicts = positions(file, b"<<");
            let Some(&at) = chance.pick(&dicts) else { return "no dictionaries".to_owned() };
            file.splice(at + 2..at + 2, format!(" {filter} ").into_bytes());
            format!("{filter} put in at {at}")
        }
        _ => {
            let mut done = Vec::new();
            let changed = bytes::mutated(file, &[], chance, &mut done);
            *file = changed;
            done.join(", ")
        }
    }
}

/// The file with a table of its objects that is right, whatever became of them.
fn with_table(mut file: Vec<u8>) -> Vec<u8> {
    let trailer = rfind(&file, b"trailer").and_then(|at| {
        let rest = file.get(at..)?;
        Some(rest.get(..find(rest, b"startxref")?)?.to_vec())
    });
    let Some(trailer) = trailer else { return file };
    let table_at = file.len();
    let mut table = Vec::from(&b"\nxref\n0 1\n0000000000 65535 f \n"[..]);
    for at in positions(&file, b" 0 obj") {
        let number = digits_before(&file, at);
        let digits = String::from_utf8_lossy(file.get(number.clone()).unwrap_or_default()).into_owned();
        if digits.is_empty() || digits.len() > 7 {
            continue;
        }
        table.extend(format!("{digits} 1\n{:010} 00000 n \n", number.start).into_bytes());
    }
    table.extend(trailer);
    table.extend(format!("startxref\n{}\n%%EOF\n", table_at + 1).into_bytes());
    file.extend(table);
    file
}

fn digits_before(file: &[u8], at: usize) -> std::ops::Range<usize> {
    let head = file.get(..at).unwrap_or_default();
    let start = head.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |p| p + 1);
    start..at
}

fn name_at(file: &[u8], at: usize) -> std::ops::Range<usize> {
    let end = (at + 1..file.len()).find(|&n| !file.get(n).is_some_and(u8::is_ascii_alphanumeric)).unwrap_or(file.len());
    at..end
}

fn positions(file: &[u8], needle: &[u8]) -> Vec<usize> {
    file.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle).map(|(at, _)| at).collect()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|w| w == needle)
}
