//! The pictures that pages draw, each once, with the hash of its bytes as they are encoded.
//!
//! Pages only note which streams they draw ([`super::page`]); all are looked at here when the pages are read, so that a
//! logo on every page costs once and what is decoded does not depend on the number of threads. Masks and pictures written
//! among a page's instructions are left out. Of fax, JBIG2 and JPEG 2000 only the hash is told: their decoders
//! cannot be bounded.

use std::collections::HashSet;
use std::io::{Read, copy, sink};

use bidlens_domain::document::{EmbeddedFile, EmbeddedKind, Picture};
use flate2::read::ZlibDecoder;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, Stream};
use hayro_interpret::hayro_syntax::{Filter, Pdf};
use image::GrayImage;
use sha2::{Digest, Sha256};

use super::streams::inflated;
use crate::look::{self, Allowance};

/// Pictures of one page and of one file that are noted.
pub(crate) const PAGE_PICTURES_MAX: usize = 200;
const PICTURES_MAX: usize = 2_000;
/// Smaller ones are bullets, lines and shreds of shading.
pub(crate) const SIDE_MIN: u32 = 32;
/// A palette has at most 256 colours of four parts.
const PALETTE_BYTES_MAX: usize = 1_024;

/// A picture and the first page that draws it.
struct Drawn<'a> {
    stream: Stream<'a>,
    id: ObjectIdentifier,
    page: u32,
    width: u32,
    height: u32,
}

impl Drawn<'_> {
    fn dots(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Lists what the pages draw; `pages` are their numbers with the streams they noted, in order.
pub(super) fn list<'p>(
    pdf: &Pdf,
    pages: impl Iterator<Item = (u32, &'p [ObjectIdentifier])>,
) -> Vec<(ObjectIdentifier, EmbeddedFile)> {
    let mut known = HashSet::new();
    let drawn = pages.flat_map(|(page, ids)| ids.iter().map(move |&id| (page, id)));
    let drawn = drawn.filter(|&(_, id)| known.insert(id)).filter_map(|(page, id)| {
        let stream = pdf.xref().get::<Object<'_>>(id)?.into_stream()?;
        let (width, height) = (stream.dict().get::<u32>("Width")?, stream.dict().get::<u32>("Height")?);
        Some(Drawn { stream, id, page, width, height })
    });
    let mut drawn: Vec<Drawn<'_>> = drawn.take(PICTURES_MAX).collect();
    // Small ones first: what may be decoded then goes to as many as possible.
    drawn.sort_by_key(|picture| (picture.dots(), picture.page, picture.id));
    let mut allowance = Allowance::of_file();
    // Streams of a hostile file lie over each other, and each is as long as the file.
    let mut rest = pdf.data().as_ref().len().saturating_mul(2);
    let mut files = Vec::new();
    for picture in &drawn {
        let bytes = picture.stream.raw_data();
        match rest.checked_sub(bytes.len()) {
            Some(left) => rest = left,
            None => break,
        }
        files.push((picture.id, file(picture, &bytes, &mut allowance)));
    }
    files
}

fn file(drawn: &Drawn<'_>, bytes: &[u8], allowance: &mut Allowance) -> EmbeddedFile {
    let filters = drawn.stream.filters();
    let (width, height) = (drawn.width, drawn.height);
    let (ending, picture) = match filters.as_slice() {
        // The stream is a JPEG file, which says its own size.
        [Filter::DctDecode] => ("jpg", look::of_file(bytes, allowance)),
        [] | [Filter::FlateDecode] => {
            let decode = |samples: Samples| samples.fits(bytes, !filters.is_empty()).then(|| samples.grey(drawn))?;
            ("bmp", Some(look::of_dots(width, height, allowance, || decode(Samples::of(drawn)?))))
        }
        [.., Filter::JpxDecode] => ("jp2", None),
        _ => ("bmp", None),
    };
    EmbeddedFile {
        name: format!("image{}.{ending}", drawn.id.obj_number),
        kind: EmbeddedKind::Picture,
        size: bytes.len() as u64,
        sha256: crate::hex(&Sha256::digest(bytes)),
        page: Some(drawn.page),
        picture: picture.or(Some(Picture { width, height, look: None, plain: false, blank: false })),
        unread: None,
    }
}

/// How a picture that is no file of its own writes its dots.
struct Samples {
    width: usize,
    height: usize,
    bits: usize,
    colours: Colours,
    inverted: bool,
}

enum Colours {
    Grey,
    /// As much ink as the number says.
    Ink,
    Rgb,
    Cmyk,
    /// The level of each number.
    Palette(Vec<u8>),
}

impl Colours {
    fn of(space: &Object<'_>) -> Option<Colours> {
        let array = match space {
            Object::Name(name) => return Colours::named(name.as_str()),
            Object::Array(array) => array,
            _ => return None,
        };
        let mut parts = array.iter::<Object<'_>>();
        let kind = parts.next()?.into_name()?;
        match kind.as_str() {
            "ICCBased" => Colours::of_count(parts.next()?.into_stream()?.dict().get::<usize>("N")?),
            "Indexed" | "I" => Colours::palette(&parts.next()?, parts.nth(1)?),
            "Separation" => Some(Colours::Ink),
            name => Colours::named(name),
        }
    }

    fn named(name: &str) -> Option<Colours> {
        match name {
            "DeviceGray" | "CalGray" | "G" => Some(Colours::Grey),
            "DeviceRGB" | "CalRGB" | "RGB" => Some(Colours::Rgb),
            "DeviceCMYK" | "CMYK" => Some(Colours::Cmyk),
            _ => None,
        }
    }

    fn of_count(parts: usize) -> Option<Colours> {
        match parts {
            1 => Some(Colours::Grey),
            3 => Some(Colours::Rgb),
            4 => Some(Colours::Cmyk),
            _ => None,
        }
    }

    fn palette(base: &Object<'_>, table: Object<'_>) -> Option<Colours> {
        let base = Colours::of(base).filter(|base| !matches!(base, Colours::Palette(_)))?;
        let table = match table {
            Object::String(table) => table.as_bytes().to_vec(),
            Object::Stream(table) => inflated(&table, PALETTE_BYTES_MAX)?,
            _ => return None,
        };
        let levels = table.chunks_exact(base.count()).take(256).map(|parts| base.level(parts));
        Some(Colours::Palette(levels.collect()))
    }

    /// Numbers of one dot.
    fn count(&self) -> usize {
        match self {
            Colours::Grey | Colours::Ink | Colours::Palette(_) => 1,
            Colours::Rgb => 3,
            Colours::Cmyk => 4,
        }
    }

    fn level(&self, parts: &[u8]) -> u8 {
        match (self, parts) {
            (Colours::Grey, &[level]) => level,
            (Colours::Ink, &[ink]) => 255 - ink,
            (Colours::Rgb, &[r, g, b]) => look::brightness([r, g, b]),
            (Colours::Cmyk, &[c, m, y, k]) => look::brightness([c, m, y].map(|ink| 255 - ink.saturating_add(k))),
            (Colours::Palette(levels), &[number]) => levels.get(usize::from(number)).copied().unwrap_or(255),
            _ => 255,
        }
    }
}

impl Samples {
    fn of(drawn: &Drawn<'_>) -> Option<Samples> {
        let dict: &Dict<'_> = drawn.stream.dict();
        let bits = dict.get::<usize>("BitsPerComponent").filter(|bits| matches!(bits, 1 | 2 | 4 | 8))?;
        let colours = Colours::of(&dict.get::<Object<'_>>("ColorSpace")?)?;
        let decode: Vec<f32> = dict.get::<Array<'_>>("Decode").iter().flat_map(Array::iter::<f32>).take(2).collect();
        let inverted = matches!(decode.as_slice(), [low, high] if low > high);
        let (width, height) = (usize::try_from(drawn.width).ok()?, usize::try_from(drawn.height).ok()?);
        Some(Samples { width, height, bits, colours, inverted })
    }

    fn row_bytes(&self) -> usize {
        self.width.saturating_mul(self.colours.count()).saturating_mul(self.bits).div_ceil(8)
    }

    /// Whether the stream holds what the picture's size says and not much more, a byte before each row at most:
    /// hayro inflates without bound.
    fn fits(&self, bytes: &[u8], deflated: bool) -> bool {
        let most = (self.row_bytes().saturating_add(1)).saturating_mul(self.height).saturating_add(1_024) as u64;
        let length = if deflated {
            copy(&mut ZlibDecoder::new(bytes).take(most + 1), &mut sink()).unwrap_or(u64::MAX)
        } else {
            bytes.len() as u64
        };
        bytes.len() <= look::bytes_max() && length <= most
    }

    fn grey(&self, drawn: &Drawn<'_>) -> Option<GrayImage> {
        let data = drawn.stream.decoded_data().ok()?;
        let (count, row_bytes) = (self.colours.count(), self.row_bytes());
        let mut levels = Vec::with_capacity(self.width * self.height);
        let mut unpacked = Vec::new();
        for row in data.chunks_exact(row_bytes).take(self.height) {
            let samples = if self.bits == 8 {
                row
            } else {
                unpacked.clear();
                unpacked.extend((0..self.width * count).map(|n| self.sample(row, n)));
                &unpacked
            };
            let level = |dot| if self.inverted { 255 - self.colours.level(dot) } else { self.colours.level(dot) };
            levels.extend(samples.chunks_exact(count).map(level));
        }
        GrayImage::from_raw(drawn.width, drawn.height, levels)
    }

    /// One of several numbers in a byte, spread over all levels unless it is a palette's.
    fn sample(&self, row: &[u8], n: usize) -> u8 {
        let most = (1u16 << self.bits) - 1;
        let byte = row.get(n * self.bits / 8).copied().unwrap_or_default();
        let number = u16::from(byte) >> (8 - self.bits - n * self.bits % 8) & most;
        (if matches!(self.colours, Colours::Palette(_)) { number } else { number * 255 / most }) as u8
    }
}

/// Whether a picture of a page is noted.
pub(super) fn is_noted(noted: &[ObjectIdentifier], id: ObjectIdentifier, width: u32, height: u32) -> bool {
    // One written among the instructions is no object.
    id.obj_number > 0 && width.min(height) >= SIDE_MIN && noted.len() < PAGE_PICTURES_MAX && !noted.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_spread_over_the_levels() {
        let samples = |bits, colours| Samples { width: 4, height: 1, bits, colours, inverted: false };
        let row = [0b1011_0001];
        let all = |samples: &Samples, count| (0..count).map(|n| samples.sample(&row, n)).collect::<Vec<u8>>();
        assert_eq!(all(&samples(1, Colours::Grey), 4), [255, 0, 255, 255]);
        assert_eq!(all(&samples(2, Colours::Grey), 4), [170, 255, 0, 85]);
        assert_eq!(all(&samples(4, Colours::Palette(vec![])), 2), [11, 1]);
    }

    #[test]
    fn a_picture_that_inflates_to_more_than_its_size_is_not_decoded() {
        use std::io::Write as _;

        let deflated = |count: usize| {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&vec![0; count]).expect("deflated");
            encoder.finish().expect("deflated")
        };
        let samples = Samples { width: 200, height: 200, bits: 8, colours: Colours::Rgb, inverted: false };
        assert!(samples.fits(&deflated(200 * 200 * 3), true));
        assert!(samples.fits(&deflated(200 * (200 * 3 + 1)), true), "a predictor writes a byte before each row");
        assert!(!samples.fits(&deflated(1 << 22), true));
        assert!(!samples.fits(b"no deflated data", true));
    }
}
