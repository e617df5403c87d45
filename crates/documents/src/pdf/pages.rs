//! The pages of one file, several at a time.
//!
//! Each thread takes the next page that nobody has taken, so that a heavy page holds up one thread only. A page is
//! laid out by the thread that read it and its characters are dropped at once: what is kept of a page is what it
//! says. The result is the same for any number of threads. Start at [`read`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::ObjectIdentifier;
use hayro_interpret::{InterpreterCache, InterpreterSettings};

use super::beside::PageNotes;
use super::layout::{self, PackedPage};
use super::page::{self, PageContent};
use super::roomy_thread;
use super::scans::PagePictures;
use super::unicode::Recovery;
use crate::ocr::RecognisedPage;

/// Each thread loads the fonts for itself, which takes as long as some twenty pages.
const PAGES_A_THREAD: usize = 48;

/// A page after its characters are gone.
pub(crate) struct PageRead {
    pub(crate) tally: Tally,
    pub(crate) layout: PackedPage,
    pub(crate) notes: PageNotes,
    pub(crate) fonts: Vec<String>,
    pub(crate) pictures: Vec<ObjectIdentifier>,
    pub(crate) scans: PagePictures,
    /// What was recognised of its pictures is among its words.
    pub(crate) has_recognised: bool,
}

impl PageRead {
    fn of(mut content: PageContent, lost: bool) -> Self {
        let (notes, fonts) = (std::mem::take(&mut content.notes), std::mem::take(&mut content.fonts));
        let pictures = std::mem::take(&mut content.pictures);
        let scans = PagePictures::of(&mut content);
        let tally = Tally::of(&content, lost);
        PageRead { tally, layout: layout::lay_out(content), notes, fonts, pictures, scans, has_recognised: false }
    }
}

/// What is reported of a page.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    pub(crate) number: u32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// They stand in the text as [`LOST_SIGN`](bidlens_domain::document::LOST_SIGN).
    pub(crate) glyphs_without_unicode: usize,
    /// Several of them follow one another: a word or a number is lost.
    pub(crate) lost_words: bool,
    /// Characters that are neither blank nor lost, turned ones included.
    pub(crate) characters: usize,
    /// Characters of an invisible layer; they are among `characters`.
    pub(crate) invisible: usize,
    /// What stands on the page and nobody sees; it was left out.
    pub(crate) unseen: String,
    pub(crate) image_cover: f32,
    pub(crate) curves: usize,
    /// The page draws without end; the rest of it was left out.
    pub(crate) cut_short: bool,
    /// The reader broke down over this page.
    pub(crate) lost: bool,
}

impl Tally {
    fn of(content: &PageContent, lost: bool) -> Self {
        let (width, height) = content.shown_size();
        Tally {
            number: content.number,
            width,
            height,
            glyphs_without_unicode: content.glyphs_without_unicode,
            lost_words: content.lost_words,
            characters: content.characters(),
            invisible: content.invisible,
            unseen: content.unseen.clone(),
            image_cover: content.image_cover,
            curves: content.curves,
            cut_short: content.cut_short,
            lost,
        }
    }
}

/// Reads the first `wanted` pages; fewer, but none left out between, when that takes longer than `time_max`.
/// Pages in `recognised` have those words instead of their own.
pub(crate) fn read(
    pdf: &Pdf,
    wanted: usize,
    recognised: &[RecognisedPage],
    threads: usize,
    time_max: Duration,
) -> Vec<PageRead> {
    let work = &Work {
        pdf,
        wanted,
        recognised,
        next: AtomicUsize::new(0),
        recovery: OnceLock::new(),
        until: Instant::now() + time_max,
    };
    let helpers = threads.min(wanted.div_ceil(PAGES_A_THREAD)).saturating_sub(1);
    let mut read = std::thread::scope(|scope| {
        // A helper that cannot be started is done without.
        let helpers: Vec<_> =
            (0..helpers).filter_map(|_| roomy_thread().spawn_scoped(scope, move || work.take_pages()).ok()).collect();
        let mut read = work.take_pages();
        for helper in helpers {
            read.extend(helper.join().unwrap_or_default());
        }
        read
    });
    read.sort_unstable_by_key(|page| page.tally.number);
    read
}

struct Work<'p> {
    pdf: &'p Pdf,
    wanted: usize,
    recognised: &'p [RecognisedPage],
    /// Index of the page to be taken next. Whoever takes a page reads it, so that those before it are read or being read.
    next: AtomicUsize,
    /// Made when the first page needs it.
    recovery: OnceLock<Recovery>,
    until: Instant,
}

impl Work<'_> {
    fn take_pages(&self) -> Vec<PageRead> {
        let settings = InterpreterSettings::default();
        let mut cache = InterpreterCache::new();
        let mut read = Vec::new();
        while Instant::now() < self.until {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.wanted {
                break;
            }
            let page = catch_unwind(AssertUnwindSafe(|| self.page(index, &cache, &settings)));
            let page = page.unwrap_or_else(|_| {
                // What broke down may have left the cache half changed.
                cache = InterpreterCache::new();
                self.lost(index)
            });
            if page.as_ref().is_some_and(|p| p.tally.cut_short) {
                cache = InterpreterCache::new();
            }
            read.extend(page);
        }
        read
    }

    fn page<'p>(
        &'p self,
        index: usize,
        cache: &InterpreterCache<'p>,
        settings: &InterpreterSettings,
    ) -> Option<PageRead> {
        let page = self.pdf.pages().get(index)?;
        let number = number(index);
        let mut content = page::interpret(page, number, cache, settings, None);
        if content.glyphs_without_unicode > 0 && !content.cut_short {
            let recovery = self.recovery.get_or_init(|| Recovery::of(self.pdf));
            content = page::interpret(page, number, cache, settings, Some(recovery));
        }
        let recognised = self.recognised.iter().find(|r| r.number == number);
        if let Some(recognised) = recognised.filter(|r| r.is_of_pictures()) {
            let has_recognised = recognised.add_to(&mut content);
            return Some(PageRead { has_recognised, ..PageRead::of(content, false) });
        }
        if let Some(recognised) = recognised {
            let (width, height) = content.shown_size();
            let read = recognised.content(width, height);
            content = if content.is_partly_lost() {
                content.filled_in(&read)
            } else {
                let PageContent { notes, fonts, pictures, unseen, .. } = content;
                PageContent { notes, fonts, pictures, unseen, ..read }
            };
        }
        Some(PageRead::of(content, false))
    }

    /// An empty page in the place of one that cannot be read.
    fn lost(&self, index: usize) -> Option<PageRead> {
        let (width, height) = self.pdf.pages().get(index)?.render_dimensions();
        let content = PageContent::empty(number(index), width, height);
        Some(PageRead::of(content, true))
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
