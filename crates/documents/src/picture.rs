//! Pictures (PNG, JPEG, TIFF, BMP, GIF): their pages and sizes; their words need text recognition.
//!
//! Only headers are read. Points of a page come from the picture's own resolution, or from 96 dots an inch.

use bidlens_domain::document::{Format, IssueCode, IssueSeverity, Page, TextSource};

use crate::limits::Limits;
use crate::raw::{RawDocument, ReadResult, Refusal};

/// Size of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    width: u32,
    height: u32,
    dots_per_inch: f32,
}

const SCREEN: f32 = 96.0;

/// Whether the first bytes are those of a picture that is read.
pub(crate) fn is_picture(head: &[u8]) -> bool {
    [b"\x89PNG\r\n\x1A\n".as_slice(), b"\xFF\xD8\xFF", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"]
        .iter()
        .any(|s| head.starts_with(s))
        || is_bmp(head)
}

/// Two letters are too little evidence, so the header's own size is asked as well.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM") && matches!(little(head, 14, 4), Some(12 | 40 | 52 | 56 | 64 | 108 | 124))
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let frames = if bytes.starts_with(b"\x89PNG") {
        png(bytes).map(|f| vec![f])
    } else if bytes.starts_with(b"\xFF\xD8") {
        jpeg(bytes).map(|f| vec![f])
    } else if bytes.starts_with(b"GIF8") {
        gif(bytes).map(|f| vec![f])
    } else if bytes.starts_with(b"BM") {
        bmp(bytes).map(|f| vec![f])
    } else {
        tiff(bytes, limits.max_pages as usize)
    };
    let frames =
        frames.filter(|f| !f.is_empty() && f.iter().all(|f| f.width > 0 && f.height > 0)).ok_or_else(|| {
            Refusal::new(
                IssueCode::Truncated,
                "the picture is cut off or damaged (its size cannot be read); copy or scan it again",
            )
        })?;
    let mut raw = RawDocument::new(Format::Image);
    for (number, frame) in (1u32..).zip(&frames) {
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        if pixels > limits.max_pixels {
            return Err(Refusal::new(
                IssueCode::ExpansionLimit,
                format!(
                    "the picture has {} million dots, more than the {} million allowed; scan it with a lower resolution",
                    pixels / 1_000_000,
                    limits.max_pixels / 1_000_000
                ),
            ));
        }
        let points = |dots: u32| dots as f32 * 72.0 / frame.dots_per_inch;
        raw.pages.push(Page {
            number,
            width: points(frame.width),
            height: points(frame.height),
            text_source: TextSource::Unreadable,
            approximate: false,
            seal_marks: Vec::new(),
        });
        raw.issue(
            IssueCode::UnreadablePage,
            IssueSeverity::Warning,
            Some(number),
            "the page is a picture; its words need text recognition",
        );
    }
    Ok(raw)
}

fn little(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(count)?)?;
    Some(part.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

fn big(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(count)?)?;
    Some(part.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// A resolution that a page can have.
fn plausible(dots_per_inch: f32) -> f32 {
    if (36.0..=2_400.0).contains(&dots_per_inch) { dots_per_inch } else { SCREEN }
}

fn png(bytes: &[u8]) -> Option<Frame> {
    let mut frame = Frame { width: big(bytes, 16, 4)?, height: big(bytes, 20, 4)?, dots_per_inch: SCREEN };
    let mut at = 8usize;
    loop {
        let length = big(bytes, at, 4)? as usize;
        match bytes.get(at + 4..at + 8)? {
            b"pHYs" if bytes.get(at + 16) == Some(&1) => {
                frame.dots_per_inch = plausible(big(bytes, at + 8, 4)? as f32 * 0.0254);
            }
            b"IDAT" | b"IEND" => return Some(frame),
            _ => {}
        }
        at = at.checked_add(length)?.checked_add(12)?;
    }
}

fn jpeg(bytes: &[u8]) -> Option<Frame> {
    let mut dots_per_inch = SCREEN;
    let mut at = 2usize;
    loop {
        let mark = *bytes.get(at + 1)?;
        if bytes.get(at) != Some(&0xFF) {
            return None;
        }
        match mark {
            0xFF => {
                at += 1;
                continue;
            }
            // Marks without a body.
            0x01 | 0xD0..=0xD7 => {
                at += 2;
                continue;
            }
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some(Frame {
                    height: big(bytes, at + 5, 2)?,
                    width: big(bytes, at + 7, 2)?,
                    dots_per_inch: plausible(dots_per_inch),
                });
            }
            0xE0 if bytes.get(at + 4..at + 9) == Some(b"JFIF\0") => {
                let density = big(bytes, at + 12, 2)? as f32;
                dots_per_inch = match bytes.get(at + 11)? {
                    1 => density,
                    2 => density * 2.54,
                    _ => SCREEN,
                };
            }
            // Data before any size.
            0xD9 | 0xDA => return None,
            _ => {}
        }
        at = at.checked_add(2)?.checked_add(big(bytes, at + 2, 2)? as usize)?;
    }
}

fn gif(bytes: &[u8]) -> Option<Frame> {
    Some(Frame { width: little(bytes, 6, 2)?, height: little(bytes, 8, 2)?, dots_per_inch: SCREEN })
}

fn bmp(bytes: &[u8]) -> Option<Frame> {
    if little(bytes, 14, 4)? == 12 {
        return Some(Frame { width: little(bytes, 18, 2)?, height: little(bytes, 20, 2)?, dots_per_inch: SCREEN });
    }
    let height = little(bytes, 22, 4)? as i32;
    let dots = little(bytes, 38, 4)? as f32 * 0.0254;
    Some(Frame { width: little(bytes, 18, 4)?, height: height.unsigned_abs(), dots_per_inch: plausible(dots) })
}

fn tiff(bytes: &[u8], pages_max: usize) -> Option<Vec<Frame>> {
    let number: fn(&[u8], usize, usize) -> Option<u32> = if bytes.starts_with(b"II") { little } else { big };
    let mut frames = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut at = number(bytes, 4, 4)? as usize;
    while at != 0 && frames.len() < pages_max && seen.insert(at) {
        // A directory past the end: the pages before it are still good.
        let Some(count) = number(bytes, at, 2) else { break };
        let (mut width, mut height, mut dots, mut unit) = (0, 0, 0.0, 2);
        let mut reduced = false;
        for n in 0..count as usize {
            let entry = at + 2 + n * 12;
            let (Some(tag), Some(kind)) = (number(bytes, entry, 2), number(bytes, entry + 2, 2)) else { break };
            let value = number(bytes, entry + 8, if kind == 3 { 2 } else { 4 }).unwrap_or(0);
            match tag {
                254 => reduced = value & 1 != 0,
                256 => width = value,
                257 => height = value,
                282 => {
                    let place = value as usize;
                    let (over, under) = (number(bytes, place, 4), number(bytes, place + 4, 4));
                    if let (Some(over), Some(under @ 1..)) = (over, under) {
                        dots = over as f32 / under as f32;
                    }
                }
                296 => unit = value,
                _ => {}
            }
        }
        // A small copy of a page for lists is no page.
        if !reduced {
            let dots = if unit == 3 { dots * 2.54 } else { dots };
            frames.push(Frame { width, height, dots_per_inch: plausible(dots) });
        }
        at = number(bytes, at + 2 + count as usize * 12, 4).unwrap_or(0) as usize;
    }
    Some(frames)
}
