//! What pictures look like, to know them again when they were saved anew: smaller, or with another compression.
//!
//! Only pictures that have something to know them by get a [`Look`]: no icons, no blank pages, no logos of a few
//! colours. What decoding may cost is bounded for each picture and for each file.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bidlens_domain::document::{Look, Picture};
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A page scanned with 300 dots an inch has 9 million dots, a telephone's photo 12 million.
const DOTS_MAX: u64 = 13_000_000;
/// Of all pictures of one file together; a second of work for most, more for JPEGs in many passes.
const FILE_DOTS_MAX: u64 = 100_000_000;
/// Looks of one file.
const LOOKS_MAX: usize = 300;
/// Encoded bytes of one picture.
const BYTES_MAX: usize = 16 << 20;
/// What a decoder may take beside its own tables.
const DECODER_BYTES_MAX: u64 = 128 << 20;
/// Smaller pictures are icons, longer ones lines and strips of a larger picture.
const SIDE_MIN: u32 = 160;
const SIDES_RATIO_MAX: u32 = 4;
/// Levels this near are one.
const LEVEL_NEAR: usize = 8;
/// Where one level takes more of the look than this there is next to nothing to see.
const EVEN_PERCENT_MAX: usize = 85;
/// Of the levels of a look; blank paper has the shadow of its edges.
const DEVIATION_MIN: f32 = 6.0;
/// A picture with fewer dots that hardly has more than a few colours is a logo.
const LOGO_DOTS_MAX: u64 = 250_000;
const LOGO_COLOURS: usize = 4;
const LOGO_PERCENT_MIN: u64 = 97;

/// Sides of a picture on its page, in points. Seals are up to 50 mm wide, photographs of people 35 by 49 mm, and a card
/// of identity is 86 mm wide.
const WORDS_LONG_SIDE_MIN: f32 = 160.0;
const WORDS_SHORT_SIDE_MIN: f32 = 24.0;
/// In square points: a thirtieth of A4.
const WORDS_AREA_MIN: f32 = 14_500.0;
/// With fewer dots an inch nobody reads a word, and neither does a program.
const WORDS_DOTS_PER_INCH_MIN: f32 = 40.0;

/// Whether a picture shown in this size, in points, is large and sharp enough for a paper or a table; a seal, a logo and
/// a photograph of the size of a stamp are not.
pub(crate) fn may_hold_words(width: f32, height: f32, dots: f32) -> bool {
    let square_inches = width * height / (72.0 * 72.0);
    width.max(height) >= WORDS_LONG_SIDE_MIN
        && width.min(height) >= WORDS_SHORT_SIDE_MIN
        && width * height >= WORDS_AREA_MIN
        && dots >= square_inches * WORDS_DOTS_PER_INCH_MIN * WORDS_DOTS_PER_INCH_MIN
}

/// Levels that differ by no more are one colour, and of a blank picture at most one dot of so many has another.
const BLANK_LEVELS: usize = 24;
const BLANK_SHARE: u64 = 2_000;

/// What may still be decoded of one file.
#[derive(Debug)]
pub(crate) struct Allowance {
    dots: u64,
    looks: usize,
}

impl Allowance {
    pub(crate) fn of_file() -> Allowance {
        Allowance { dots: FILE_DOTS_MAX, looks: LOOKS_MAX }
    }

    /// Whether a picture of this size is worth its decoding and within what is left, from which it is taken.
    fn take(&mut self, width: u32, height: u32) -> bool {
        let dots = u64::from(width) * u64::from(height);
        let fits = is_telling_size(width, height) && dots <= self.dots && self.looks > 0;
        if fits {
            self.dots -= dots;
            self.looks -= 1;
        }
        fits
    }
}

fn is_telling_size(width: u32, height: u32) -> bool {
    let (short, long) = (width.min(height), width.max(height));
    short >= SIDE_MIN && long / short < SIDES_RATIO_MAX && u64::from(width) * u64::from(height) <= DOTS_MAX
}

/// Encoded bytes beyond this are not kept to be decoded.
pub(crate) fn bytes_max() -> usize {
    BYTES_MAX
}

/// A picture file of a kind that is decoded here (PNG, JPEG, TIFF, BMP, GIF); `None` for any other.
pub(crate) fn of_file(bytes: &[u8], allowance: &mut Allowance) -> Option<Picture> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok();
    let (width, height) = guarded(|| open()?.into_dimensions().ok())?;
    let within = bytes.len() <= BYTES_MAX && allowance.take(width, height);
    let decode = || {
        let mut reader = open()?;
        if reader.format() == Some(ImageFormat::Jpeg)
            && let Some(grey) = brightness_of_jpeg(bytes)
        {
            return Some(seen(&grey));
        }
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(DECODER_BYTES_MAX);
        reader.limits(limits);
        Some(seen(&on_paper(reader.decode().ok()?)))
    };
    let Seen { look, plain, blank } = if within { guarded(decode).unwrap_or_default() } else { Seen::default() };
    Some(Picture { width, height, look, plain, blank })
}

/// A picture that `decode` knows how to make.
pub(crate) fn of_dots(
    width: u32,
    height: u32,
    allowance: &mut Allowance,
    decode: impl FnOnce() -> Option<GrayImage>,
) -> Picture {
    let within = allowance.take(width, height);
    let decode = || Some(seen(&decode()?));
    let Seen { look, plain, blank } = if within { guarded(decode).unwrap_or_default() } else { Seen::default() };
    Picture { width, height, look, plain, blank }
}

/// What a decoded picture shows.
#[derive(Default)]
struct Seen {
    look: Option<Look>,
    plain: bool,
    blank: bool,
}

/// A decoder that breaks down over a picture leaves it without a look.
fn guarded<T>(decode: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}

/// The brightness that a JPEG keeps apart from its colours, which then need not be decoded; `None` for JPEGs that keep
/// something else.
fn brightness_of_jpeg(bytes: &[u8]) -> Option<GrayImage> {
    let options = DecoderOptions::default().set_strict_mode(false).jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    if !matches!(decoder.input_colorspace()?, ColorSpace::YCbCr | ColorSpace::Luma) {
        return None;
    }
    let (width, height) = decoder.dimensions()?;
    GrayImage::from_raw(u32::try_from(width).ok()?, u32::try_from(height).ok()?, decoder.decode().ok()?)
}

/// How bright a colour is, as JPEGs weigh it (ITU-R BT.601), so that a picture looks the same in any file.
pub(crate) fn brightness([r, g, b]: [u8; 3]) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1_000) as u8
}

/// As it is seen on white paper.
fn on_paper(picture: DynamicImage) -> GrayImage {
    let (width, height) = (picture.width(), picture.height());
    let levels = if picture.color().has_alpha() {
        let on_white = |dot: &image::Rgba<u8>| {
            let [r, g, b, alpha] = dot.0;
            let (level, alpha) = (u16::from(brightness([r, g, b])), u16::from(alpha));
            ((level * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        picture.into_rgba8().pixels().map(on_white).collect()
    } else if picture.color().has_color() {
        picture.into_rgb8().pixels().map(|dot| brightness(dot.0)).collect()
    } else {
        return picture.into_luma8();
    };
    GrayImage::from_raw(width, height, levels).unwrap_or_default()
}

fn seen(picture: &GrayImage) -> Seen {
    let blank = is_blank(picture);
    let Some(levels) = reduced(picture) else { return Seen { blank, ..Seen::default() } };
    let plain = is_even(&levels);
    let coarse = |level: &u8| level / (u8::MAX / Look::LEVELS + 1);
    let look = if plain || is_logo(picture) { None } else { Look::new(levels.iter().map(coarse).collect()) };
    Seen { look, plain, blank }
}

/// Whether next to no dot differs from the colour of the rest; a line of words on a page are a few in a thousand.
fn is_blank(picture: &GrayImage) -> bool {
    let mut counts = [0u64; 256];
    for level in picture.as_raw() {
        counts[usize::from(*level)] += 1;
    }
    let most = counts.iter().enumerate().max_by_key(|(_, count)| **count).map_or(0, |(level, _)| level);
    let near = most.saturating_sub(BLANK_LEVELS)..=most + BLANK_LEVELS;
    let alike: u64 = counts.iter().enumerate().filter(|(level, _)| near.contains(level)).map(|(_, count)| count).sum();
    (picture.as_raw().len() as u64 - alike) * BLANK_SHARE <= picture.as_raw().len() as u64
}

fn is_logo(picture: &GrayImage) -> bool {
    let mut counts = [0u64; 64];
    for level in picture.as_raw() {
        counts[usize::from(level / 4)] += 1;
    }
    let dots = picture.as_raw().len() as u64;
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let most: u64 = counts.iter().take(LOGO_COLOURS).sum();
    dots <= LOGO_DOTS_MAX && most * 100 >= dots * LOGO_PERCENT_MIN
}

/// The mean level of each of the look's fields. A dot on the edge of two fields counts for both by its share, or small
/// pictures would differ from large ones.
fn reduced(picture: &GrayImage) -> Option<Vec<u8>> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width < Look::SIDE || height < Look::SIDE {
        return None;
    }
    let (columns, rows) = (shares(width), shares(height));
    let mut sums = vec![0f32; Look::SIDE * Look::SIDE];
    for (line, share) in picture.as_raw().chunks_exact(width).zip(&rows) {
        // One more field than there is, for what the last dot has no share in.
        let mut row = [0f32; Look::SIDE + 1];
        for (&level, share) in line.iter().zip(&columns) {
            if let [here, next] = &mut row[share.field..share.field + 2] {
                *here += f32::from(level) * share.here;
                *next += f32::from(level) * (1.0 - share.here);
            }
        }
        for (field, sum) in row.iter().take(Look::SIDE).enumerate() {
            for (row, part) in [(share.field, share.here), (share.field + 1, 1.0 - share.here)] {
                if let Some(whole) = sums.get_mut(row * Look::SIDE + field) {
                    *whole += sum * part;
                }
            }
        }
    }
    let dots = (width * height) as f32 / (Look::SIDE * Look::SIDE) as f32;
    Some(sums.into_iter().map(|sum| (sum / dots).round() as u8).collect())
}

/// The field a dot stands in, and how much of it; the rest is in the next.
struct Share {
    field: usize,
    here: f32,
}

fn shares(length: usize) -> Vec<Share> {
    (0..length)
        .map(|dot| {
            let field = dot * Look::SIDE / length;
            // Counted in parts of which a dot has as many as there are fields, and a field as many as there are dots.
            let left = (field + 1) * length - dot * Look::SIDE;
            Share { field, here: (left as f32 / Look::SIDE as f32).min(1.0) }
        })
        .collect()
}

fn is_even(levels: &[u8]) -> bool {
    let mut counts = [0usize; 256];
    for &level in levels {
        counts[usize::from(level)] += 1;
    }
    let most = (0..256).max_by_key(|&level| counts[level]).unwrap_or_default();
    let near = counts[most.saturating_sub(LEVEL_NEAR)..=(most + LEVEL_NEAR).min(255)].iter().sum::<usize>();
    let count = levels.len() as f32;
    let mean = levels.iter().map(|&level| f32::from(level)).sum::<f32>() / count;
    let variance = levels.iter().map(|&level| (f32::from(level) - mean).powi(2)).sum::<f32>() / count;
    near * 100 > levels.len() * EVEN_PERCENT_MAX || variance.sqrt() < DEVIATION_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(picture: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    }

    fn png(width: u32, height: u32, level: impl Fn(u32, u32) -> u8) -> Vec<u8> {
        let picture = GrayImage::from_fn(width, height, |x, y| image::Luma([level(x, y)]));
        encoded(&DynamicImage::ImageLuma8(picture), image::ImageFormat::Png)
    }

    fn hills(x: u32, y: u32, width: u32) -> u8 {
        let (x, y) = (x as f32 / width as f32, y as f32 / width as f32);
        (128.0 + 60.0 * (x * 9.0).sin() + 60.0 * (y * 7.0 + x * 4.0).cos()) as u8
    }

    fn look_of(bytes: &[u8]) -> Option<Look> {
        of_file(bytes, &mut Allowance::of_file())?.look
    }

    #[test]
    fn a_picture_that_is_saved_smaller_looks_the_same() {
        let large = look_of(&png(900, 600, |x, y| hills(x, y, 900))).expect("a look");
        let small = image::GrayImage::from_fn(300, 200, |x, y| image::Luma([hills(x, y, 300)]));
        let small = encoded(&DynamicImage::ImageLuma8(small), image::ImageFormat::Jpeg);
        let small = look_of(&small).expect("a look");
        let most = large.levels().iter().zip(small.levels()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(most < Some(3), "{most:?}");
    }

    #[test]
    fn colours_look_the_same_in_every_kind_of_file() {
        let dots = image::RgbImage::from_fn(600, 400, |x, y| {
            let level = hills(x, y, 600);
            image::Rgb([level, 255 - level, (x / 3) as u8])
        });
        let dots = DynamicImage::ImageRgb8(dots);
        let looks = [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Bmp]
            .map(|format| look_of(&encoded(&dots, format)).expect("a look"));
        for look in &looks {
            let most = looks[0].levels().iter().zip(look.levels()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(most < Some(2), "{most:?}");
        }
    }

    #[test]
    fn fields_are_means_of_their_shares_of_dots() {
        for width in [64, 100, 333] {
            let slope = GrayImage::from_fn(width, 70, |x, _| image::Luma([(x * 255 / width) as u8]));
            let levels = reduced(&slope).expect("levels");
            let even = (0..Look::SIDE).all(|n| levels[n].abs_diff((n * 255 / Look::SIDE + 2) as u8) <= 2);
            assert!(even, "{width}: {:?}", &levels[..Look::SIDE]);
            assert!(levels.chunks(Look::SIDE).all(|row| row == &levels[..Look::SIDE]), "{width}");
        }
    }

    #[test]
    fn what_there_is_nothing_to_know_by_has_no_look() {
        for (what, bytes) in [
            ("an icon", png(96, 96, |x, y| hills(x, y, 96))),
            ("a strip", png(900, 120, |x, y| hills(x, y, 900))),
            ("a blank page", png(600, 800, |_, _| 255)),
            ("the shadow of a blank page", png(600, 800, |x, y| 250 - (x / 150 + y / 200) as u8)),
            ("a line on a page", png(600, 800, |_, y| if (300..330).contains(&y) { 0 } else { 255 })),
            ("a logo of two colours", png(300, 300, |x, y| if (x / 40 + y / 60) % 2 == 0 { 20 } else { 230 })),
        ] {
            assert_eq!(look_of(&bytes), None, "{what}");
            assert!(of_file(&bytes, &mut Allowance::of_file()).is_some(), "{what} has a size");
        }
        assert_eq!(of_file(b"\x89PNG\r\n\x1A\n", &mut Allowance::of_file()), None);
        assert_eq!(of_file("公司简介".as_bytes(), &mut Allowance::of_file()), None);
    }

    #[test]
    fn decoding_ends_with_the_allowance() {
        let bytes = png(300, 200, |x, y| hills(x, y, 300));
        let mut allowance = Allowance { dots: 150_000, looks: 9 };
        let looks: Vec<bool> =
            (0..4).map(|_| of_file(&bytes, &mut allowance).is_some_and(|picture| picture.look.is_some())).collect();
        assert_eq!(looks, [true, true, false, false]);
    }

    #[test]
    fn what_is_transparent_shows_the_paper() {
        let dots = image::RgbaImage::from_fn(300, 300, |x, y| {
            let level = hills(x, y, 300);
            image::Rgba(if x < 150 { [0, 0, 0, 0] } else { [level, level, level, 255] })
        });
        let look = look_of(&encoded(&DynamicImage::ImageRgba8(dots), image::ImageFormat::Png)).expect("a look");
        assert_eq!(look.levels().first(), Some(&(Look::LEVELS - 1)));
    }
}
