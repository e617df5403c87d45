//! Pictures of pages: for people to look at, and for recognition to read.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_interpret::InterpreterSettings;
use hayro_syntax::Pdf;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};
use serde::{Deserialize, Serialize};

use crate::detect::{self, Kind};
use crate::limits::Limits;
use crate::picture;
use crate::raw::Refusal;

/// The sharpest a page is drawn.
pub const DOTS_PER_INCH_MAX: u32 = 600;
/// Wider or higher than this nothing is drawn; hayro counts dots in 16 bits.
const SIDE_MAX: f32 = 20_000.0;
/// A picture without a size of its own is shown as if its longer side were that of A4.
const LONG_SIDE_INCHES: f32 = 11.69;

/// Why there is no picture of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RenderError {
    #[error("a file of this kind has no pages that can be drawn; ask for its text")]
    NoPages,
    #[error("the file has {pages} pages")]
    PastTheEnd { pages: usize },
    #[error(
        "a page of this size has more dots at this resolution than the {max_millions} million allowed; ask for a lower one"
    )]
    TooLarge { max_millions: u64 },
    #[error("{0}")]
    Unreadable(String),
}

impl From<Refusal> for RenderError {
    fn from(refusal: Refusal) -> Self {
        RenderError::Unreadable(refusal.detail)
    }
}

/// A page as it is shown, rotation applied.
#[derive(Debug, Clone)]
pub struct PagePicture {
    pub(crate) pixels: RgbImage,
    pub(crate) dots_per_inch: f32,
}

impl PagePicture {
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    pub fn height(&self) -> u32 {
        self.pixels.height()
    }

    /// Red, green and blue of each dot, row by row.
    pub fn rgb(&self) -> &[u8] {
        self.pixels.as_raw()
    }

    /// The picture as a PNG.
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        use image::codecs::png::{CompressionType, FilterType, PngEncoder};

        let mut png = Vec::new();
        // It is sent once and looked at: writing it fast is worth more than a few per cent of its size.
        let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Up);
        self.pixels.write_with_encoder(encoder).map_err(|e| RenderError::Unreadable(e.to_string()))?;
        Ok(png)
    }
}

/// Draws page `number`, counted from 1, of a PDF or a picture with so many dots an inch.
pub fn page_picture(
    name: &str,
    bytes: &Arc<Vec<u8>>,
    number: u32,
    dots_per_inch: u32,
    limits: &Limits,
) -> Result<PagePicture, RenderError> {
    let dots = dots_per_inch.clamp(18, DOTS_PER_INCH_MAX) as f32;
    match detect::kind(name, bytes, limits)? {
        Kind::Pdf => with_room(|| pdf_page(Arc::clone(bytes), number, dots, limits)),
        Kind::Picture => with_room(|| frame(bytes, number, dots, limits)),
        _ => Err(RenderError::NoPages),
    }
}

/// Runs what may recurse deeply or break down over a damaged file.
fn with_room<T: Send>(draw: impl FnOnce() -> Result<T, RenderError> + Send) -> Result<T, RenderError> {
    let lost = || RenderError::Unreadable("the page is damaged in a way that drawing it could not handle".to_owned());
    std::thread::scope(|scope| {
        let thread = crate::pdf::roomy_thread().spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(draw)));
        let thread = thread.map_err(|e| RenderError::Unreadable(format!("no thread to draw the page: {e}")))?;
        thread.join().map_err(|_| lost())?.map_err(|_| lost())?
    })
}

fn check_dots(width: f32, height: f32, limits: &Limits) -> Result<(), RenderError> {
    let too_large =
        width > SIDE_MAX || height > SIDE_MAX || f64::from(width) * f64::from(height) > limits.max_pixels as f64;
    if too_large { Err(RenderError::TooLarge { max_millions: limits.max_pixels / 1_000_000 }) } else { Ok(()) }
}

fn pdf_page(bytes: Arc<Vec<u8>>, number: u32, dots: f32, limits: &Limits) -> Result<PagePicture, RenderError> {
    let pdf = Pdf::new(bytes).map_err(|_| RenderError::Unreadable("the PDF is damaged or protected".to_owned()))?;
    let pages = pdf.pages();
    let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let page = index.and_then(|i| pages.get(i)).ok_or(RenderError::PastTheEnd { pages: pages.len() })?;
    let scale = dots / 72.0;
    let (width, height) = page.render_dimensions();
    check_dots(width * scale, height * scale, limits)?;
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // On white nothing is transparent.
    let rgb: Vec<u8> = pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|dot| [dot[0], dot[1], dot[2]]).collect();
    let pixels = RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| RenderError::Unreadable("the page has no size".to_owned()))?;
    Ok(PagePicture { pixels, dots_per_inch: dots })
}

/// A page of a picture file, drawn with `dots` an inch of its own size, and never larger than it is.
fn frame(bytes: &[u8], number: u32, dots: f32, limits: &Limits) -> Result<PagePicture, RenderError> {
    let frames = picture::frames(bytes, limits)?;
    let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let frame = index.and_then(|i| frames.get(i)).ok_or(RenderError::PastTheEnd { pages: frames.len() })?;
    check_dots(frame.width as f32, frame.height as f32, limits)?;
    let damaged = |e: String| RenderError::Unreadable(format!("the picture is cut off or damaged: {e}"));
    let whole = if number == 1 {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| damaged(e.to_string()))?;
        let mut decoder = reader.into_decoder().map_err(|e| damaged(e.to_string()))?;
        // Cameras write how they were held.
        let held = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut whole = DynamicImage::from_decoder(decoder).map_err(|e| damaged(e.to_string()))?;
        whole.apply_orientation(held);
        whole
    } else {
        picture::later_page(bytes, frame.directory).map_err(damaged)?
    };
    let own_dots = match frame.resolution {
        Some(dots) => dots,
        None => whole.width().max(whole.height()) as f32 / LONG_SIDE_INCHES,
    };
    let scale = dots / own_dots;
    let whole = flat(whole);
    if scale > 0.95 {
        return Ok(PagePicture { pixels: whole, dots_per_inch: own_dots });
    }
    let side = |n: u32| ((n as f32 * scale) as u32).max(1);
    let pixels = image::imageops::resize(
        &whole,
        side(whole.width()),
        side(whole.height()),
        image::imageops::FilterType::Triangle,
    );
    Ok(PagePicture { pixels, dots_per_inch: dots })
}

/// On white paper.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let mut rgba = picture.into_rgba8();
    for dot in rgba.pixels_mut() {
        let alpha = u16::from(dot[3]);
        for channel in &mut dot.0[..3] {
            *channel = u8::try_from((u16::from(*channel) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        }
    }
    DynamicImage::ImageRgba8(rgba).into_rgb8()
}
