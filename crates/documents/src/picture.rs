//! Pictures (PNG, JPEG, TIFF, BMP, GIF): their pages and sizes; their words need text recognition.
//!
//! To know their pages only headers are read; the words come from recognition ([`crate::ocr`]). Points of a page come
//! from the picture's own resolution, or from 96 dots an inch.

use bidlens_domain::document::{Format, IssueCode, IssueSeverity, Page, TextSource};

use crate::limits::Limits;
use crate::ocr::RecognisedPage;
use crate::pdf::layout;
use crate::raw::{RawDocument, ReadResult, Refusal};

/// Size of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Dots an inch, where the picture says so and a page can have so many.
    pub(crate) resolution: Option<f32>,
    /// Which of the file's pictures it is, small copies counted.
    pub(crate) directory: usize,
}

impl Frame {
    fn new(width: u32, height: u32, resolution: Option<f32>) -> Frame {
        Frame { width, height, resolution: resolution.filter(|dots| (36.0..=2_400.0).contains(dots)), directory: 0 }
    }
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

/// The pages of a picture file; at least one, and none without a size.
pub(crate) fn frames(bytes: &[u8], limits: &Limits) -> Result<Vec<Frame>, Refusal> {
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
    frames.filter(|f| !f.is_empty() && f.iter().all(|f| f.width > 0 && f.height > 0)).ok_or_else(|| {
        Refusal::new(
            IssueCode::Truncated,
            "the picture is cut off or damaged (its size cannot be read); copy or scan it again",
        )
    })
}

/// A picture after the first of a TIFF file; the error is for people.
pub(crate) fn later_page(bytes: &[u8], directory: usize) -> Result<image::DynamicImage, String> {
    use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};

    let mut decoder = Decoder::new(std::io::Cursor::new(bytes)).map_err(|e| e.to_string())?;
    decoder = decoder.with_limits(TiffLimits::default());
    decoder.seek_to_image(directory).map_err(|e| e.to_string())?;
    let (width, height) = decoder.dimensions().map_err(|e| e.to_string())?;
    let colour = decoder.colortype().map_err(|e| e.to_string())?;
    let DecodingResult::U8(data) = decoder.read_image().map_err(|e| e.to_string())? else {
        return Err("it has more than 8 bits a channel".to_owned());
    };
    let dots = width as usize * height as usize;
    let grey = |data: Vec<u8>| image::GrayImage::from_raw(width, height, data).map(image::DynamicImage::ImageLuma8);
    let picture = match colour {
        tiff::ColorType::Gray(1) if data.len() < dots => {
            let row = (width as usize).div_ceil(8);
            let bit = |x: usize, y: usize| data.get(y * row + x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0);
            let all = (0..height as usize).flat_map(|y| (0..width as usize).map(move |x| (x, y)));
            grey(all.map(|(x, y)| if bit(x, y) { 255 } else { 0 }).collect())
        }
        tiff::ColorType::Gray(_) => grey(data),
        tiff::ColorType::RGB(8) => image::RgbImage::from_raw(width, height, data).map(image::DynamicImage::ImageRgb8),
        tiff::ColorType::RGBA(8) => {
            image::RgbaImage::from_raw(width, height, data).map(image::DynamicImage::ImageRgba8)
        }
        other => return Err(format!("its colours ({other:?}) are not read")),
    };
    picture.ok_or_else(|| "its data are cut off".to_owned())
}

pub(crate) fn read(bytes: &[u8], recognised: &[RecognisedPage], limits: &Limits) -> ReadResult {
    let frames = frames(bytes, limits)?;
    let mut raw = RawDocument::new(Format::Image);
    let mut layouts = Vec::new();
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
        let points = |dots: u32| dots as f32 * 72.0 / frame.resolution.unwrap_or(SCREEN);
        let mut page = Page {
            number,
            width: points(frame.width),
            height: points(frame.height),
            text_source: TextSource::Unreadable,
            approximate: false,
            seal_marks: Vec::new(),
            unread_pictures: Vec::new(),
        };
        match recognised.iter().find(|r| r.number == number) {
            Some(recognised) => {
                let content = recognised.content(page.width, page.height);
                layouts.push(layout::lay_out(content));
                recognised.report(&mut page, &mut raw);
            }
            None => raw.issue(
                IssueCode::UnreadablePage,
                IssueSeverity::Warning,
                Some(number),
                "the page is a picture; its words need text recognition",
            ),
        }
        raw.pages.push(page);
    }
    raw.blocks = layout::blocks(layouts);
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

fn png(bytes: &[u8]) -> Option<Frame> {
    let (width, height) = (big(bytes, 16, 4)?, big(bytes, 20, 4)?);
    let mut resolution = None;
    let mut at = 8usize;
    loop {
        let length = big(bytes, at, 4)? as usize;
        match bytes.get(at + 4..at + 8)? {
            b"pHYs" if bytes.get(at + 16) == Some(&1) => {
                resolution = Some(big(bytes, at + 8, 4)? as f32 * 0.0254);
            }
            b"IDAT" | b"IEND" => return Some(Frame::new(width, height, resolution)),
            _ => {}
        }
        at = at.checked_add(length)?.checked_add(12)?;
    }
}

fn jpeg(bytes: &[u8]) -> Option<Frame> {
    let mut resolution = None;
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
                return Some(Frame::new(big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?, resolution));
            }
            0xE0 if bytes.get(at + 4..at + 9) == Some(b"JFIF\0") => {
                let density = big(bytes, at + 12, 2)? as f32;
                resolution = match bytes.get(at + 11)? {
                    1 => Some(density),
                    2 => Some(density * 2.54),
                    _ => None,
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
    Some(Frame::new(little(bytes, 6, 2)?, little(bytes, 8, 2)?, None))
}

fn bmp(bytes: &[u8]) -> Option<Frame> {
    if little(bytes, 14, 4)? == 12 {
        return Some(Frame::new(little(bytes, 18, 2)?, little(bytes, 20, 2)?, None));
    }
    let height = little(bytes, 22, 4)? as i32;
    let dots = little(bytes, 38, 4)? as f32 * 0.0254;
    Some(Frame::new(little(bytes, 18, 4)?, height.unsigned_abs(), Some(dots)))
}

fn tiff(bytes: &[u8], pages_max: usize) -> Option<Vec<Frame>> {
    let number: fn(&[u8], usize, usize) -> Option<u32> = if bytes.starts_with(b"II") { little } else { big };
    let mut frames = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut at = number(bytes, 4, 4)? as usize;
    let mut directory = 0;
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
            frames.push(Frame { directory, ..Frame::new(width, height, Some(dots)) });
        }
        directory += 1;
        at = number(bytes, at + 2 + count as usize * 12, 4).unwrap_or(0) as usize;
    }
    Some(frames)
}
