//! One page as it was drawn: characters with boxes, straight rulings, the share covered by pictures.
//!
//! Coordinates are points from the top left corner of the page as it is shown, rotation applied.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use bidlens_domain::document::{CONFIDENCE_MIN, LOST_SIGN};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, RenderContent, SoftMask, TransformExt, interpret_page,
};

use unicode_normalization::UnicodeNormalization;

use super::beside::{self, PageNotes};
use super::glyph_text::GlyphText;
use super::pictures;
use super::scans;
use super::shapes::{self, Drawn};
use super::symbols;
use super::unicode::{self, Recovery};
use super::unseen::{self, Grounds, Ink};

/// Characters of one page beyond this are not kept; a real page has a few thousand.
const GLYPHS_MAX: usize = 200_000;
const RULINGS_MAX: usize = 50_000;
/// Things drawn on one page, and the time it may take; a real page has a few thousand and takes a millisecond.
const CALLS_MAX: usize = 2_000_000;
const TIME_MAX: Duration = Duration::from_secs(20);
const CLIPS_DEEP: usize = 40;
/// A filled rectangle thinner than this is a ruling; thicker ones are shading or highlighter.
const RULING_THICKNESS: f64 = 3.0;
const RULING_LENGTH: f64 = 4.0;
/// Shading of one page beyond this is not kept.
const SHADES_MAX: usize = 500;
/// So many times more words must be turned than level before the page is read turned.
const TURNED_SHARE: usize = 4;
const TURNED_CHARACTERS: usize = 20;
/// A page with this many curves shows words turned into outlines.
pub(crate) const OUTLINED_CURVES: usize = 2_000;
/// So many different signs in a row that nobody can read are a word or a number, and no ornament.
const LOST_RUN: usize = 4;
/// A character drawn twice is looked for among so many before it.
const TWIN_WINDOW: usize = 160;

#[derive(Debug, Clone)]
pub(crate) struct PageGlyph {
    pub(crate) text: GlyphText,
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
    /// Height of the em square in points.
    pub(crate) size: f32,
    pub(crate) bold: bool,
    /// How sure recognition was of it; `None` when the page itself holds it.
    pub(crate) confidence: Option<f32>,
}

/// Words set in another direction than the page's: a watermark, a label along the side of a table.
#[derive(Debug, Clone)]
pub(crate) struct TurnedRun {
    pub(crate) text: String,
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
    pub(crate) size: f32,
    pub(crate) bold: bool,
    /// Neither along nor across the page.
    pub(crate) slanted: bool,
    /// How the page must be turned for the words to be level.
    turn: Turn,
    /// Where the next character would stand, to know what follows on.
    pen: Point,
}

impl PageGlyph {
    pub(crate) fn centre(&self) -> (f32, f32) {
        ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }
}

/// How a page that is set sideways is turned to be read; its places are turned back afterwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    #[default]
    None,
    /// The words run upwards on the page as it is shown.
    Clockwise,
    /// They run downwards.
    Anticlockwise,
    UpsideDown,
}

impl Turn {
    /// From the page as it is shown, `width` by `height`, to the page as it is read.
    fn transform(self, width: f64, height: f64) -> Affine {
        match self {
            Turn::None => Affine::IDENTITY,
            Turn::Clockwise => Affine::new([0.0, 1.0, -1.0, 0.0, height, 0.0]),
            Turn::Anticlockwise => Affine::new([0.0, -1.0, 1.0, 0.0, 0.0, width]),
            Turn::UpsideDown => Affine::new([-1.0, 0.0, 0.0, -1.0, width, height]),
        }
    }

    pub(crate) fn is_sideways(self) -> bool {
        matches!(self, Turn::Clockwise | Turn::Anticlockwise)
    }

    /// A rectangle of the page as it is read, on the page as it is shown, both in fractions.
    pub(crate) fn shown(self, [x0, y0, x1, y1]: [f32; 4]) -> [f32; 4] {
        match self {
            Turn::None => [x0, y0, x1, y1],
            Turn::Clockwise => [y0, 1.0 - x1, y1, 1.0 - x0],
            Turn::Anticlockwise => [1.0 - y1, x0, 1.0 - y0, x1],
            Turn::UpsideDown => [1.0 - x1, 1.0 - y1, 1.0 - x0, 1.0 - y0],
        }
    }
}

/// A rectangle in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
}

impl Area {
    pub(crate) fn centre(&self) -> (f32, f32) {
        ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }
    pub(crate) fn holds(&self, (x, y): (f32, f32)) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }
}

/// A straight line parallel to an edge of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ruling {
    pub(crate) horizontal: bool,
    /// y of a horizontal, x of a vertical.
    pub(crate) at: f32,
    pub(crate) from: f32,
    pub(crate) to: f32,
}

#[derive(Debug)]
pub(crate) struct PageContent {
    pub(crate) number: u32,
    /// As it is read: turned when its words are.
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) turn: Turn,
    pub(crate) glyphs: Vec<PageGlyph>,
    pub(crate) turned: Vec<TurnedRun>,
    pub(crate) rulings: Vec<Ruling>,
    /// Filled rectangles that are no rulings.
    pub(crate) shades: Vec<Area>,
    /// Small drawn shapes, until [`shapes::resolve`] has made signs of them.
    pub(crate) shapes: Vec<(Area, Drawn)>,
    /// Form fields, annotations and signatures; the words of fields are among `glyphs`.
    pub(crate) notes: PageNotes,
    /// Names of the fonts that are used, without subset prefix.
    pub(crate) fonts: Vec<String>,
    /// The pictures that are drawn, each once.
    pub(crate) pictures: Vec<ObjectIdentifier>,
    /// Where pictures are drawn, masks among them.
    pub(crate) shown: Vec<scans::Shown>,
    /// Share of the page under pictures, overlaps counted twice, at most 1.
    pub(crate) image_cover: f32,
    /// Curves drawn as shapes; text turned into outlines has a great many.
    pub(crate) curves: usize,
    /// Glyphs of which nothing tells what they show; each stands among the characters as [`LOST_SIGN`].
    pub(crate) glyphs_without_unicode: usize,
    /// Several of them follow one another: a word or a number is lost.
    pub(crate) lost_words: bool,
    /// Characters in the invisible mode of scanners' text layers; they are among `glyphs`.
    pub(crate) invisible: usize,
    /// What stands on the page and nobody sees; it is not among `glyphs`.
    pub(crate) unseen: String,
    /// The page draws without end, and what came after the limit is missing.
    pub(crate) cut_short: bool,
}

impl PageContent {
    /// Width and height of the page as it is shown.
    pub(crate) fn shown_size(&self) -> (f32, f32) {
        if self.turn.is_sideways() { (self.height, self.width) } else { (self.width, self.height) }
    }

    /// The way most of the words are turned, when hardly any are level.
    fn turned_as_a_whole(&self) -> Option<Turn> {
        let level = self.glyphs.iter().filter(|g| !g.text.trim().is_empty()).count();
        [Turn::Clockwise, Turn::Anticlockwise, Turn::UpsideDown].into_iter().find(|turn| {
            let runs = self.turned.iter().filter(|r| r.turn == *turn && !r.slanted);
            let turned: usize = runs.map(|r| r.text.chars().filter(|c| !c.is_whitespace()).count()).sum();
            turned >= TURNED_CHARACTERS && turned > TURNED_SHARE * level
        })
    }

    pub(crate) fn empty(number: u32, width: f32, height: f32) -> Self {
        PageContent {
            number,
            width,
            height,
            turn: Turn::None,
            glyphs: Vec::new(),
            turned: Vec::new(),
            rulings: Vec::new(),
            shades: Vec::new(),
            shapes: Vec::new(),
            notes: PageNotes::default(),
            fonts: Vec::new(),
            pictures: Vec::new(),
            shown: Vec::new(),
            image_cover: 0.0,
            curves: 0,
            glyphs_without_unicode: 0,
            lost_words: false,
            invisible: 0,
            unseen: String::new(),
            cut_short: false,
        }
    }

    /// Whether the page's own words are worth more than what could be read from its picture, though some are lost.
    pub(crate) fn is_partly_lost(&self) -> bool {
        const WORDS_MIN: usize = 20;
        self.glyphs_without_unicode > 0 && self.characters() >= self.glyphs_without_unicode.max(WORDS_MIN)
    }

    /// The page with what was read from its picture where its own characters are lost. What was read there without much
    /// confidence is no better than a sign that says so.
    pub(crate) fn filled_in(mut self, read: &PageContent) -> Self {
        if read.turn != self.turn {
            return self;
        }
        let (lost, mut glyphs): (Vec<PageGlyph>, Vec<PageGlyph>) =
            std::mem::take(&mut self.glyphs).into_iter().partition(|glyph| glyph.text.contains(LOST_SIGN));
        let follows = |before: &PageGlyph, next: &PageGlyph| {
            (next.y0 - before.y0).abs() < 0.3 * before.size && (next.x0 - before.x1).abs() < 0.5 * before.size
        };
        self.glyphs_without_unicode = 0;
        for run in lost.chunk_by(follows) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let area = Area { x0: first.x0, y0: first.y0, x1: last.x1, y1: last.y1 };
            let found: Vec<&PageGlyph> = read.glyphs.iter().filter(|glyph| area.holds(glyph.centre())).collect();
            let sure: f32 = found.iter().filter_map(|glyph| glyph.confidence).sum();
            if !found.is_empty() && sure >= CONFIDENCE_MIN * found.len() as f32 {
                glyphs.extend(found.into_iter().cloned());
            } else {
                self.glyphs_without_unicode += run.len();
                glyphs.extend_from_slice(run);
            }
        }
        self.glyphs = glyphs;
        self
    }

    /// Characters that are neither blank nor lost, turned ones included.
    pub(crate) fn characters(&self) -> usize {
        let turned: usize = self.turned.iter().map(|t| t.text.chars().filter(|c| *c != LOST_SIGN).count()).sum();
        let says = |g: &&PageGlyph| !g.text.trim().is_empty() && !g.text.contains(LOST_SIGN);
        self.glyphs.iter().filter(says).count() + turned
    }
}

/// Runs the page's drawing instructions and collects what is read from them.
pub(crate) fn interpret<'a>(
    page: &Page<'a>,
    number: u32,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    recovery: Option<&Recovery>,
) -> PageContent {
    let run = |turn| collect(page, number, cache, settings, recovery, turn);
    let mut content = run(Turn::None);
    if !content.cut_short
        && let Some(turn) = content.turned_as_a_whole()
    {
        content = run(turn);
    }
    let (width, height) = content.shown_size();
    let shown = page.initial_transform(true).to_kurbo();
    let to_page = content.turn.transform(f64::from(width), f64::from(height)) * shown;
    content.notes = beside::notes(page, to_page, &mut content);
    shapes::resolve(&mut content);
    content
}

fn collect<'a>(
    page: &Page<'a>,
    number: u32,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    recovery: Option<&Recovery>,
    turn: Turn,
) -> PageContent {
    let (mut width, mut height) = page.render_dimensions();
    let shown = turn.transform(f64::from(width), f64::from(height));
    if turn.is_sideways() {
        std::mem::swap(&mut width, &mut height);
    }
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = shown * page.initial_transform(true).to_kurbo();
    // The page's own instructions are run from here, see [`instructions`]; annotations are left to hayro.
    let settings = InterpreterSettings { render_content: RenderContent::ANNOTATIONS, ..settings.clone() };
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings);
    let mut collector = Collector {
        bounds,
        recovery,
        content: PageContent { turn, fonts: font_names(page), ..PageContent::empty(number, width, height) },
        corners: (Vec::new(), Vec::new()),
        calls: 0,
        until: Instant::now() + TIME_MAX,
        clips: Vec::new(),
        turned_recent: Vec::new(),
        lost_run: LostRun::default(),
        grounds: Grounds::default(),
        unseen: Vec::new(),
        invisible_at: Vec::new(),
    };
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let instructions = instructions(page);
        hayro_interpret::interpret(TypedIter::new(&instructions), page.resources(), &mut context, &mut collector);
        drop(instructions);
        interpret_page(page, &mut context, &mut collector);
    }));
    match drawn {
        Err(reason) if reason.is::<Enough>() => collector.content.cut_short = true,
        Err(reason) => resume_unwind(reason),
        Ok(()) => {}
    }
    collector.settle_unseen();
    collector.content
}

/// Names of the fonts the page may use, without subset prefix.
fn font_names(page: &Page<'_>) -> Vec<String> {
    let fonts = &page.resources().fonts;
    let named = fonts.keys().filter_map(|key| fonts.get::<Dict<'_>>(key)?.get::<Name<'_>>("BaseFont"));
    let names = named.map(|name| {
        let name = name.as_str();
        name.split_once('+').filter(|(prefix, _)| prefix.len() == 6).map_or(name, |(_, name)| name).to_owned()
    });
    names.collect()
}

/// What is thrown to leave a page that never ends: forms that draw each other take time that doubles with each
/// level, and hayro cannot be told to stop.
struct Enough;

/// The page's drawing instructions, inflated.
///
/// hayro's own page keeps them as long as the file is open, which makes memory grow with the number of pages.
fn instructions(page: &Page<'_>) -> Vec<u8> {
    let inflated = |stream: &Stream<'_>| stream.decoded_data().ok().map(std::borrow::Cow::into_owned);
    if let Some(stream) = page.raw().get::<Stream<'_>>("Contents") {
        return inflated(&stream).unwrap_or_default();
    }
    let mut all = Vec::new();
    for part in page.raw().get::<Array<'_>>("Contents").iter().flat_map(Array::raw_iter) {
        let MaybeRef::Ref(reference) = part else { continue };
        let stream = page.xref().get::<Object<'_>>(reference.into()).and_then(Object::into_stream);
        if let Some(part) = stream.as_ref().and_then(inflated) {
            all.extend(part);
            // The parts are read as if a blank stood between them.
            all.push(b' ');
        }
    }
    all
}

struct Collector<'r> {
    bounds: Rect,
    recovery: Option<&'r Recovery>,
    content: PageContent,
    /// `x0` and `y0` of every glyph in `content`, side by side so that many are compared at once.
    corners: (Vec<f32>, Vec<f32>),
    /// How often something was drawn, and when it must have ended.
    calls: usize,
    until: Instant,
    clips: Vec<Rect>,
    /// Words and places of the last turned characters, to know those that are drawn twice.
    turned_recent: Vec<(GlyphText, Point)>,
    lost_run: LostRun,
    grounds: Grounds,
    /// Characters in the colour of what lies under them.
    unseen: Vec<PageGlyph>,
    /// Which of the characters are in the invisible mode.
    invisible_at: Vec<usize>,
}

/// Lost glyphs that are drawn one after the other.
#[derive(Default)]
struct LostRun {
    length: usize,
    /// The code of the first, and whether others have another: a row of one sign is a leader or a border.
    code: u32,
    varied: bool,
}

impl LostRun {
    fn push(&mut self, code: u32) {
        if self.length == 0 {
            *self = LostRun { length: 0, code, varied: false };
        }
        self.length += 1;
        self.varied |= code != self.code;
    }

    fn is_word(&self) -> bool {
        self.length >= LOST_RUN && self.varied
    }
}

/// What the characters of one run share.
struct RunLook<'n> {
    font: &'n str,
    bold: bool,
    vertical: bool,
    invisible: bool,
    ink: Ink,
}

impl Collector<'_> {
    /// Counts one call of hayro and leaves the page when there were too many.
    fn count(&mut self, weight: usize) {
        self.calls += weight;
        let late = self.calls.is_multiple_of(64) && Instant::now() > self.until;
        if self.calls > CALLS_MAX || late {
            resume_unwind(Box::new(Enough));
        }
    }

    fn visible(&self, at: Point) -> bool {
        let clip = self.clips.last().unwrap_or(&self.bounds);
        // Half a line of tolerance: clips are often drawn tight around the baseline.
        clip.inflate(6.0, 6.0).contains(at) && self.bounds.contains(at)
    }

    fn push_glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, look: &RunLook<'_>) {
        if self.content.glyphs.len() + self.content.turned.len() >= GLYPHS_MAX {
            return;
        }
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(type3) => type3.advance_width(),
        };
        // A vertical font moves down, not to the right; its characters are an em wide.
        let advance = f64::from(advance.filter(|_| !look.vertical).unwrap_or(1_000.0)).clamp(0.0, 4_000.0);
        // The em square around the baseline, as the common readers draw a character's box.
        let corners = [(0.0, -140.0), (advance, -140.0), (advance, 860.0), (0.0, 860.0)]
            .map(|(x, y)| transform * Point::new(x, y));
        let low = corners.iter().fold(Point::new(f64::MAX, f64::MAX), |a, p| Point::new(a.x.min(p.x), a.y.min(p.y)));
        let high = corners.iter().fold(Point::new(f64::MIN, f64::MIN), |a, p| Point::new(a.x.max(p.x), a.y.max(p.y)));
        if !(low.x.is_finite() && low.y.is_finite() && high.x.is_finite() && high.y.is_finite()) {
            return;
        }
        if !self.visible(Point::new((low.x + high.x) / 2.0, (low.y + high.y) / 2.0)) {
            return;
        }
        let origin = transform * Point::ZERO;
        let size = (transform * Point::new(0.0, 1_000.0) - origin).hypot() as f32;
        let said = self.words_of(glyph, look.font, transform, size);
        let lost = said.is_none().then(|| glyph.char_code());
        let text = said.unwrap_or_else(|| LOST_SIGN.into());
        let middle = Point::new((low.x + high.x) / 2.0, (low.y + high.y) / 2.0);
        let unseen = !text.trim().is_empty() && self.grounds.hide(look.ink, middle);
        let along = transform * Point::new(1_000.0, 0.0) - origin;
        let level = along.x > 0.0 && along.y.abs() < 0.1 * along.x;
        if look.invisible && !text.trim().is_empty() {
            self.content.invisible += 1;
        }
        let glyph = PageGlyph {
            text,
            x0: low.x as f32,
            y0: low.y as f32,
            x1: high.x as f32,
            y1: high.y as f32,
            size,
            bold: look.bold,
            confidence: None,
        };
        if unseen {
            self.unseen.push(glyph);
            return;
        }
        if !level || look.vertical {
            let upright = look.vertical && level;
            let slanted = !upright && along.x.abs().min(along.y.abs()) > 0.1 * along.x.abs().max(along.y.abs());
            let step = if upright { Point::new(0.0, -1_000.0) } else { Point::new(advance, 0.0) };
            let turn = match (along.x.abs() > along.y.abs(), along.y < 0.0) {
                _ if upright => Turn::None,
                (true, _) => Turn::UpsideDown,
                (false, true) => Turn::Clockwise,
                (false, false) => Turn::Anticlockwise,
            };
            if self.push_turned(glyph, slanted, turn, origin, transform * step) {
                self.note_lost(lost, false);
            }
            return;
        }
        if let Some(twin) = self.twin(&glyph) {
            twin.bold = true;
            return;
        }
        self.note_lost(lost, glyph.text.trim().is_empty());
        self.corners.0.push(glyph.x0);
        self.corners.1.push(glyph.y0);
        if look.invisible {
            self.invisible_at.push(self.content.glyphs.len());
        }
        self.content.glyphs.push(glyph);
    }

    /// Sets apart what nobody sees. Invisible words are a text layer where a picture lies, or where words are drawn as
    /// curves; elsewhere they are hidden.
    fn settle_unseen(&mut self) {
        let mut unseen = std::mem::take(&mut self.unseen);
        let invisible = std::mem::take(&mut self.invisible_at);
        if !invisible.is_empty() && self.content.curves < OUTLINED_CURVES {
            let centre = |glyph: &PageGlyph| {
                let (x, y) = glyph.centre();
                Point::new(f64::from(x), f64::from(y))
            };
            let is_hidden = |at: &usize| {
                let glyph = self.content.glyphs.get(*at);
                glyph.is_some_and(|g| !g.text.trim().is_empty() && !self.grounds.has_picture(centre(g)))
            };
            let hidden: Vec<usize> = invisible.into_iter().filter(is_hidden).collect();
            self.content.invisible = self.content.invisible.saturating_sub(hidden.len());
            let mut next = hidden.into_iter().peekable();
            let mut seen = Vec::with_capacity(self.content.glyphs.len());
            for (at, glyph) in std::mem::take(&mut self.content.glyphs).into_iter().enumerate() {
                if next.next_if_eq(&at).is_some() { unseen.push(glyph) } else { seen.push(glyph) }
            }
            self.content.glyphs = seen;
        }
        self.content.unseen = unseen::settle(unseen, &mut self.content.glyphs);
    }

    /// Counts a glyph that is lost, by its code; any other but a blank ends a run of them.
    fn note_lost(&mut self, lost: Option<u32>, blank: bool) {
        match lost {
            Some(code) => {
                self.content.glyphs_without_unicode += 1;
                self.lost_run.push(code);
                self.content.lost_words |= self.lost_run.is_word();
            }
            None if blank => {}
            None => self.lost_run = LostRun::default(),
        }
    }

    /// What a glyph of so many points says; `None` when nothing tells.
    fn words_of(&self, glyph: &Glyph<'_>, font: &str, transform: Affine, size: f32) -> Option<GlyphText> {
        let said = match glyph.as_unicode() {
            Some(BfString::Char(c)) => clean(c, font).map(GlyphText::from),
            Some(BfString::String(s)) => {
                Some(GlyphText::from(s.chars().filter_map(|c| clean(c, font)).collect::<String>()))
            }
            None => None,
        };
        let said = said.filter(|s| !s.is_empty());
        said.or_else(|| self.recovery?.character(glyph).and_then(|c| clean(c, font)).map(GlyphText::from)).or_else(
            || {
                // A glyph that draws nothing is a blank, whatever its font calls it; some show a sign plainly. A font
                // that stands in for one the file does not hold tells nothing of either.
                let Glyph::Outline(glyph) = glyph else { return None };
                if glyph.font_data().is_some_and(|font| unicode::is_stand_in(&font)) {
                    return None;
                }
                let outline = glyph.outline();
                if outline.is_empty() {
                    return Some(GlyphText::from(' '));
                }
                shapes::outlined(&(transform * outline), f64::from(size)).map(GlyphText::from)
            },
        )
    }

    /// Keeps a turned character; `false` for one that is drawn a second time.
    fn push_turned(&mut self, glyph: PageGlyph, slanted: bool, turn: Turn, origin: Point, pen: Point) -> bool {
        let recent = self.turned_recent.len().saturating_sub(TWIN_WINDOW);
        let near = f64::from(glyph.size) * 0.25;
        let twins = self.turned_recent.get(recent..).unwrap_or_default();
        if twins.iter().any(|(text, at)| *text == glyph.text && (*at - origin).hypot() < near) {
            return false;
        }
        self.turned_recent.push((glyph.text.clone(), origin));
        if let Some(last) = self.content.turned.last_mut()
            && last.slanted == slanted
            && last.turn == turn
            && (last.size - glyph.size).abs() < 0.2
            && (last.pen - origin).hypot() < f64::from(glyph.size) * 1.5
        {
            last.text.push_str(&glyph.text);
            last.x0 = last.x0.min(glyph.x0);
            last.y0 = last.y0.min(glyph.y0);
            last.x1 = last.x1.max(glyph.x1);
            last.y1 = last.y1.max(glyph.y1);
            last.pen = pen;
            return true;
        }
        let PageGlyph { text, x0, y0, x1, y1, size, bold, confidence: _ } = glyph;
        self.content.turned.push(TurnedRun { text: text.to_string(), x0, y0, x1, y1, size, bold, slanted, turn, pen });
        true
    }

    /// A character drawn again in nearly the same place: the stroke of fill-and-stroke, or imitated bold.
    fn twin(&mut self, glyph: &PageGlyph) -> Option<&mut PageGlyph> {
        // Two narrow letters side by side (ll) are nearer than that, but do not overlap.
        let near = (glyph.size * 0.25).min((glyph.x1 - glyph.x0) * 0.5);
        let recent = self.content.glyphs.len().saturating_sub(TWIN_WINDOW);
        // Nearly no glyph has a neighbour that near; without branches this is a few instructions for each four.
        let corners = self.corners.0.get(recent..)?.iter().zip(self.corners.1.get(recent..)?);
        let neighbours: u32 = corners
            .map(|(x0, y0)| {
                u32::from((x0 - glyph.x0).abs() < near) & u32::from((y0 - glyph.y0).abs() < glyph.size * 0.25)
            })
            .sum();
        if neighbours == 0 {
            return None;
        }
        let window = self.content.glyphs.get_mut(recent..)?;
        window.iter_mut().rev().find(|g| {
            (g.x0 - glyph.x0).abs() < near
                && (g.y0 - glyph.y0).abs() < glyph.size * 0.25
                && g.text == glyph.text
                && !g.text.trim().is_empty()
        })
    }

    fn push_ruling(&mut self, ruling: Ruling) {
        if self.content.rulings.len() < RULINGS_MAX && f64::from(ruling.to - ruling.from) >= RULING_LENGTH {
            self.content.rulings.push(ruling);
        }
    }

    fn stroke(&mut self, from: Point, to: Point) {
        let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        if dy < 1.0 && dx > dy {
            self.push_ruling(Ruling {
                horizontal: true,
                at: ((from.y + to.y) / 2.0) as f32,
                from: from.x.min(to.x) as f32,
                to: from.x.max(to.x) as f32,
            });
        } else if dx < 1.0 && dy > dx {
            self.push_ruling(Ruling {
                horizontal: false,
                at: ((from.x + to.x) / 2.0) as f32,
                from: from.y.min(to.y) as f32,
                to: from.y.max(to.y) as f32,
            });
        }
    }

    fn strokes(&mut self, path: &BezPath) {
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(to) => (start, last) = (to, to),
                PathEl::LineTo(to) => {
                    self.stroke(last, to);
                    last = to;
                }
                PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => last = to,
                PathEl::ClosePath => {
                    self.stroke(last, start);
                    last = start;
                }
            }
        }
    }

    /// A filled shape that is a ruling: long and thin, each sub-path on its own.
    fn fills(&mut self, path: &BezPath) {
        let mut shape = BezPath::new();
        for element in path.elements() {
            if matches!(element, PathEl::MoveTo(_)) && !shape.is_empty() {
                self.fill(shape.bounding_box());
                shape = BezPath::new();
            }
            shape.push(*element);
        }
        if !shape.is_empty() {
            self.fill(shape.bounding_box());
        }
    }

    fn fill(&mut self, area: Rect) {
        if area.height() <= RULING_THICKNESS && area.width() > area.height() {
            self.push_ruling(Ruling {
                horizontal: true,
                at: area.center().y as f32,
                from: area.x0 as f32,
                to: area.x1 as f32,
            });
        } else if area.width() <= RULING_THICKNESS {
            self.push_ruling(Ruling {
                horizontal: false,
                at: area.center().x as f32,
                from: area.y0 as f32,
                to: area.y1 as f32,
            });
        } else if self.content.shades.len() < SHADES_MAX && area.height() > 2.0 * RULING_THICKNESS {
            let [x0, y0, x1, y1] = [area.x0, area.y0, area.x1, area.y1].map(|v| v as f32);
            self.content.shades.push(Area { x0, y0, x1, y1 });
        }
    }

    /// Notes where a picture is drawn.
    fn show(&mut self, image: &Image<'_, '_>, area: Rect) {
        let area = self.clips.last().map_or(area, |clip| area.intersect(*clip));
        if self.content.shown.len() >= scans::PAGE_SHOWN_MAX || area.width() <= 0.0 || area.height() <= 0.0 {
            return;
        }
        let id = match image {
            Image::Stencil(stencil) => stencil.stream().obj_id(),
            Image::Raster(raster) => raster.stream().obj_id(),
        };
        let across = |x: f64| (x / self.bounds.width()) as f32;
        let down = |y: f64| (y / self.bounds.height()) as f32;
        let [x0, y0, x1, y1] =
            self.content.turn.shown([across(area.x0), down(area.y0), across(area.x1), down(area.y1)]);
        let rect = bidlens_domain::document::Rect { x0, y0, x1, y1 };
        self.content.shown.push(scans::Shown { rect, id, width: image.width(), height: image.height() });
    }

    fn shape(&mut self, path: &BezPath, filled: bool) {
        if self.content.shapes.len() < shapes::SHAPES_MAX
            && let Some(shape) = shapes::drawn(path, filled)
        {
            self.content.shapes.push(shape);
        }
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, draw_mode: &DrawMode) {
        self.count(1);
        if !matches!(draw_mode, DrawMode::Invisible) {
            self.content.curves += path.elements().iter().filter(|e| matches!(e, PathEl::CurveTo(..))).count();
        }
        let path = props.transform * path;
        let clip = self.clips.last().copied().unwrap_or(self.bounds);
        match draw_mode {
            DrawMode::Fill(_) | DrawMode::FillAndStroke(..) => self.grounds.fill(&path, &props.paint, clip),
            DrawMode::Stroke(stroke) => {
                let [a, b, c, d, ..] = props.transform.as_coeffs();
                let scale = (a * d - b * c).abs().sqrt();
                self.grounds.stroke(&path, f64::from(stroke.line_width) * scale);
            }
            DrawMode::Invisible => {}
        }
        if path.elements().len() > 2_000 || is_unseen(&props.paint) {
            return;
        }
        match draw_mode {
            DrawMode::Fill(_) => {
                self.shape(&path, true);
                self.fills(&path);
            }
            DrawMode::Stroke(_) | DrawMode::FillAndStroke(..) => {
                self.shape(&path, false);
                self.strokes(&path);
            }
            DrawMode::Invisible => {}
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        // Only forms that draw themselves are that deep in each other, and there are never few of them.
        self.count(if self.clips.len() > CLIPS_DEEP { 1_000 } else { 1 });
        let area = clip_path.path.bounding_box();
        let outer = self.clips.last().copied().unwrap_or(self.bounds);
        self.clips.push(outer.intersect(area));
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, glyph_run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, draw_mode: &DrawMode) {
        self.count(1);
        let stroked = matches!(draw_mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..));
        let font = glyph_run.glyphs().iter().find_map(|glyph| match &**glyph {
            Glyph::Outline(outline) => outline.font_data(),
            Glyph::Type3(_) => None,
        });
        let name = font.as_ref().and_then(|f| f.postscript_name.as_deref()).unwrap_or_default();
        let bold = stroked
            || font.as_ref().and_then(|f| f.weight).is_some_and(|w| w >= 600)
            || name.contains("Bold")
            || name.contains("Hei");
        let look = RunLook {
            font: name,
            bold,
            vertical: glyph_run.writing_mode() == WritingMode::Vertical,
            invisible: matches!(draw_mode, DrawMode::Invisible),
            ink: if matches!(draw_mode, DrawMode::Invisible) { Ink::Seen } else { self.grounds.ink(&props.paint) },
        };
        for glyph in glyph_run.glyphs() {
            self.push_glyph(glyph, props.transform * glyph.transform(), &look);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(1);
        let area = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let shown = props.transform.transform_rect_bbox(area).intersect(self.bounds);
        self.grounds.picture(shown);
        let page = self.bounds.area();
        if page > 0.0 {
            let cover = (shown.area() / page) as f32;
            self.content.image_cover = (self.content.image_cover + cover.max(0.0)).min(1.0);
        }
        self.show(&image, shown);
        if let Image::Raster(raster) = &image {
            let id = raster.stream().obj_id();
            if pictures::is_noted(&self.content.pictures, id, raster.width(), raster.height()) {
                self.content.pictures.push(id);
            }
        }
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {}
}

/// White or transparent: nobody sees a border drawn in it.
fn is_unseen(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(colour) => {
            let [r, g, b, a] = colour.to_rgba().to_rgba8();
            a == 0 || (r > 245 && g > 245 && b > 245)
        }
        Paint::Pattern(_) => true,
    }
}

/// A character as text has it: symbols resolved by font, control characters left out.
fn clean(c: char, font: &str) -> Option<char> {
    match u32::from(c) {
        0xF000..=0xF0FF => symbols::sign(font, c),
        // Symbol fonts with a plain encoding: the byte is the sign's place in the font, not a letter.
        0x21..=0xFF if symbols::is_pictorial(font) => symbols::sign(font, char::from_u32(0xF000 + u32::from(c))?),
        // Fonts that serve one glyph for 人 and ⼈ name the radical; the writer meant the character.
        0x2F00..=0x2FDF => c.nfkc().next(),
        // Other private-use characters say nothing without their font.
        0xE000..=0xF8FF | 0xFFF9..=0xFFFF => None,
        _ if c == '\u{a0}' || c == '\t' => Some(' '),
        _ if c.is_control() => None,
        _ => Some(c),
    }
}
