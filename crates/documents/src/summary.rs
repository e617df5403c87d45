//! What an old office file (OLE) says about its own making: its two property sets.

use bidlens_domain::document::Metadata;
use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use crate::number_format::civil;
use crate::ole::{Ole, u16_at, u32_at};
use crate::text::decode;

/// Properties of one set; real files have some twenty.
const PROPERTIES_MAX: usize = 200;

pub(crate) fn metadata(ole: &Ole<'_>) -> Metadata {
    let mut metadata = Metadata::default();
    let streams = [("\u{5}SummaryInformation", true), ("\u{5}DocumentSummaryInformation", false)];
    for (name, is_first) in streams {
        let Some(bytes) = ole.root_stream(name) else { continue };
        for (id, value) in properties(&bytes).unwrap_or_default() {
            let slot = match (is_first, id) {
                (true, 2) => &mut metadata.title,
                (true, 4) => &mut metadata.author,
                (true, 8) => &mut metadata.last_modified_by,
                (true, 12) => &mut metadata.created,
                (true, 13) => &mut metadata.modified,
                (true, 18) => &mut metadata.application,
                (false, 15) => &mut metadata.company,
                _ => continue,
            };
            *slot = Some(value);
        }
    }
    metadata
}

/// Ids and values of a set, those that are words or times.
fn properties(bytes: &[u8]) -> Option<Vec<(u32, String)>> {
    let section = u32_at(bytes, 44)? as usize;
    let count = (u32_at(bytes, section.checked_add(4)?)? as usize).min(PROPERTIES_MAX);
    let places: Vec<(u32, usize)> = (0..count)
        .filter_map(|n| {
            let at = section.checked_add(8 + n * 8)?;
            Some((u32_at(bytes, at)?, section.checked_add(u32_at(bytes, at + 4)? as usize)?))
        })
        .collect();
    let page = places.iter().find(|(id, _)| *id == 1).and_then(|(_, at)| u16_at(bytes, at.checked_add(4)?));
    let encoding = match page {
        Some(936) => GB18030,
        Some(1200 | 65001) => UTF_8,
        _ => WINDOWS_1252,
    };
    Some(places.into_iter().filter_map(|(id, at)| Some((id, value(bytes, at, encoding)?))).collect())
}

fn value(bytes: &[u8], at: usize, encoding: &'static Encoding) -> Option<String> {
    let length = u32_at(bytes, at.checked_add(4)?)? as usize;
    let start = at.checked_add(8)?;
    let words = match u32_at(bytes, at)? {
        // Words in the code page of the set.
        30 => decode(bytes.get(start..start.checked_add(length)?)?, Some(encoding)).text.into_owned(),
        31 => {
            let wide = bytes.get(start..start.checked_add(length.checked_mul(2)?)?)?;
            let units: Vec<u16> = (0..length).filter_map(|n| u16_at(wide, n * 2)).collect();
            String::from_utf16_lossy(&units)
        }
        64 => moment(u64::from(u32_at(bytes, at + 8)?) << 32 | u64::from(u32_at(bytes, at + 4)?))?,
        _ => return None,
    };
    let words: String = words.trim_end_matches('\0').trim().chars().take(300).collect();
    (!words.is_empty()).then_some(words)
}

/// A time counted in tenths of microseconds from 1601.
fn moment(ticks: u64) -> Option<String> {
    let seconds = i64::try_from(ticks / 10_000_000).ok()?.checked_sub(11_644_473_600)?;
    if seconds <= 0 {
        return None;
    }
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}
