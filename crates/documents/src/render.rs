//! Pictures of pages: for people to look at, and for recognition to read.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bidlens_domain::document::{Rect, UnreadPicture};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_interpret::InterpreterSettings;
use hayro_syntax::Pdf;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};
use serde::{Deserialize, Serialize};

use crate::detect::{self, Kind};
use crate::limits::Limits;
use crate::package::Package;
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

    /// White but for these areas, in fractions of the page.
    pub(crate) fn only(mut self, areas: &[Rect]) -> PagePicture {
        let (width, height) = (self.pixels.width() as f32, self.pixels.height() as f32);
        for (x, y, dot) in self.pixels.enumerate_pixels_mut() {
            let (x, y) = ((x as f32 + 0.5) / width, (y as f32 + 0.5) / height);
            let inside = |area: &Rect| (area.x0..=area.x1).contains(&x) && (area.y0..=area.y1).contains(&y);
            if !areas.iter().any(inside) {
                *dot = image::Rgb([255; 3]);
            }
        }
        self
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

/// Hears of each page that is drawn; false ends the drawing.
pub type DrawnPage<'d> = &'d mut (dyn FnMut(u32, Result<PagePicture, RenderError>) -> bool + Send);

/// Draws page `number`, counted from 1, of a PDF or a picture with so many dots an inch.
pub fn page_picture(
    name: &str,
    bytes: &Arc<Vec<u8>>,
    number: u32,
    dots_per_inch: u32,
    limits: &Limits,
) -> Result<PagePicture, RenderError> {
    let mut drawn = Err(RenderError::NoPages);
    page_pictures(name, bytes, &[number], dots_per_inch, limits, &mut |_, picture| {
        drawn = picture;
        true
    });
    drawn
}

/// Draws pages one after the other: what they share, such as fonts, is made ready once.
pub fn page_pictures(
    name: &str,
    bytes: &Arc<Vec<u8>>,
    numbers: &[u32],
    dots_per_inch: u32,
    limits: &Limits,
    each: DrawnPage<'_>,
) {
    let dots = dots_per_inch.clamp(18, DOTS_PER_INCH_MAX) as f32;
    let kind = detect::kind(name, bytes, limits);
    let draw = || {
        let mut draw: Box<dyn FnMut(u32) -> Result<PagePicture, RenderError> + '_> = match kind {
            Ok(Kind::Pdf) => match Pdf::new(Arc::clone(bytes)) {
                Ok(pdf) => return draw_pdf(&pdf, numbers, dots, limits, each),
                Err(_) => Box::new(|_| Err(RenderError::Unreadable("the PDF is damaged or protected".to_owned()))),
            },
            Ok(Kind::Picture) => Box::new(|number| guarded(|| frame(bytes, number, dots, None, limits))),
            Ok(_) => Box::new(|_| Err(RenderError::NoPages)),
            Err(refusal) => Box::new(move |_| Err(RenderError::Unreadable(refusal.detail.clone()))),
        };
        for &number in numbers {
            if !each(number, draw(number)) {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        // Drawing may recurse deeply. Without a thread there is no page, and whoever asked hears nothing of it.
        if let Ok(thread) = crate::pdf::roomy_thread().spawn_scoped(scope, draw) {
            let _ = thread.join();
        }
    });
}

/// Hears of each picture of an office file; false ends the work.
pub(crate) type DrawnPicture<'d> = &'d mut (dyn FnMut(Result<PagePicture, RenderError>) -> bool + Send);

/// Draws pictures that stand in an office file, in their order, each in the size in which it is shown there.
pub(crate) fn embedded_pictures(
    container: &[u8],
    pictures: &[UnreadPicture],
    dots_per_inch: u32,
    limits: &Limits,
    each: DrawnPicture<'_>,
) {
    let mut package = match Package::open(container, limits) {
        Ok(package) => package,
        Err(refusal) => {
            each(Err(refusal.into()));
            return;
        }
    };
    for picture in pictures {
        let inches = (picture.width > 0).then_some(picture.width as f32 / 72.0);
        let bytes = package.bytes(&picture.part).map_err(RenderError::from);
        let drawn = bytes.and_then(|bytes| match bytes {
            Some(bytes) => guarded(|| frame(&bytes, 1, dots_per_inch as f32, inches, limits)),
            None => Err(RenderError::Unreadable("the file does not hold the picture".to_owned())),
        });
        if !each(drawn) {
            return;
        }
    }
}

fn draw_pdf(pdf: &Pdf, numbers: &[u32], dots: f32, limits: &Limits, each: DrawnPage<'_>) {
    let mut cache = RenderCache::new();
    for &number in numbers {
        let drawn = guarded(|| pdf_page(pdf, &cache, number, dots, limits));
        if drawn.is_err() {
            // What broke down may have left the cache half changed.
            cache = RenderCache::new();
        }
        if !each(number, drawn) {
            return;
        }
    }
}

/// Runs what may break down over a damaged page.
fn guarded(draw: impl FnOnce() -> Result<PagePicture, RenderError>) -> Result<PagePicture, RenderError> {
    catch_unwind(AssertUnwindSafe(draw)).unwrap_or_else(|_| {
        Err(RenderError::Unreadable("the page is damaged in a way that drawing it could not handle".to_owned()))
    })
}

fn check_dots(width: f32, height: f32, limits: &Limits) -> Result<(), RenderError> {
    let too_large =
        width > SIDE_MAX || height > SIDE_MAX || f64::from(width) * f64::from(height) > limits.max_pixels as f64;
    if too_large { Err(RenderError::TooLarge { max_millions: limits.max_pixels / 1_000_000 }) } else { Ok(()) }
}

fn pdf_page<'p>(
    pdf: &'p Pdf,
    cache: &RenderCache<'p>,
    number: u32,
    dots: f32,
    limits: &Limits,
) -> Result<PagePicture, RenderError> {
    let pages = pdf.pages();
    let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let page = index.and_then(|i| pages.get(i)).ok_or(RenderError::PastTheEnd { pages: pages.len() })?;
    let scale = dots / 72.0;
    let (width, height) = page.render_dimensions();
    check_dots(width * scale, height * scale, limits)?;
    // A whole number of dots: a scan drawn a fraction of a dot narrower than it is would be blurred all over.
    let whole = |points: f32| ((points * scale).round().max(1.0) + 0.01) / points.max(f32::MIN_POSITIVE);
    let settings = PixmapSettings { x_scale: whole(width), y_scale: whole(height), bg_color: WHITE };
    let pixmap = hayro::render(page, cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let mut rgb = vec![0; width as usize * height as usize * 3];
    // On white nothing is transparent.
    for (to, from) in rgb.chunks_exact_mut(3).zip(pixmap.data_as_u8_slice().chunks_exact(4)) {
        to.copy_from_slice(&from[..3]);
    }
    let pixels = RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| RenderError::Unreadable("the page has no size".to_owned()))?;
    Ok(PagePicture { pixels, dots_per_inch: dots })
}

/// A page of a picture file, drawn with `dots` an inch of its own size, and never larger than it is. What is known of how
/// many `inches` wide it is shown counts before its own word, and then it is made as sharp as a page would be drawn.
fn frame(
    bytes: &[u8],
    number: u32,
    dots: f32,
    inches: Option<f32>,
    limits: &Limits,
) -> Result<PagePicture, RenderError> {
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
    let own_dots = match (inches, frame.resolution) {
        (Some(inches), _) => whole.width() as f32 / inches,
        (None, Some(dots)) => dots,
        (None, None) => whole.width().max(whole.height()) as f32 / LONG_SIDE_INCHES,
    };
    let scale = dots / own_dots;
    let whole = flat(whole);
    let near = if inches.is_some() { 0.95..1.2 } else { 0.95..f32::INFINITY };
    if near.contains(&scale) {
        return Ok(PagePicture { pixels: whole, dots_per_inch: own_dots });
    }
    check_dots(whole.width() as f32 * scale, whole.height() as f32 * scale, limits)?;
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
