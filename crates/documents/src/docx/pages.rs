//! Pages counted from what the file says about breaks; nothing here knows how Word lays out a line.

use bidlens_domain::document::{Page, TextSource};

/// The page that is being filled, and what each page was seen to hold.
#[derive(Debug)]
pub(super) struct Pages {
    current: u32,
    max: u32,
    /// The current page began with a break and nothing stands on it yet.
    after_break: bool,
    /// By page, from the first one that is read.
    seen: Vec<Seen>,
    first: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    text: bool,
    picture: bool,
    /// How sure recognition was of the words of its pictures, where it was least sure.
    recognised: Option<f32>,
}

/// How far the cells of one row have come: they stand beside each other, and the longest one ends the row.
#[derive(Debug)]
pub(super) struct RowPages {
    start: u32,
    reached: u32,
    /// The row itself begins on a new page; each of its cells may say so again.
    turned: bool,
}

impl Pages {
    /// Counting from page `first`.
    pub(super) fn counted_from(first: u32, max: u32) -> Self {
        Pages { current: first, max, after_break: false, seen: vec![Seen::default()], first }
    }

    pub(super) fn current(&self) -> u32 {
        self.current
    }

    pub(super) fn exceed_limit(&self) -> bool {
        self.current > self.max
    }

    pub(super) fn holds_text(&self) -> bool {
        self.on_current().text
    }

    pub(super) fn holds_something(&self) -> bool {
        let seen = self.on_current();
        seen.text || seen.picture
    }

    pub(super) fn see_text(&mut self) {
        self.after_break = false;
        if let Some(seen) = self.slot() {
            seen.text = true;
        }
    }

    pub(super) fn see_picture(&mut self) {
        self.after_break = false;
        if let Some(seen) = self.slot() {
            seen.picture = true;
        }
    }

    /// The words of a picture were recognised.
    pub(super) fn see_recognised(&mut self, confidence: f32) {
        if let Some(seen) = self.slot() {
            seen.recognised = Some(seen.recognised.map_or(confidence, |least| least.min(confidence)));
        }
    }

    /// Begins a new page. A break Word noted while rendering repeats the explicit break right before it.
    pub(super) fn turn(&mut self, explicit: bool) {
        if !explicit && self.after_break || self.current > self.max {
            self.after_break = false;
            return;
        }
        self.current += 1;
        self.after_break = explicit;
        let count = (self.current - self.first + 1) as usize;
        if self.seen.len() < count {
            self.seen.resize(count, Seen::default());
        }
    }

    pub(super) fn begin_row(&self) -> RowPages {
        RowPages { start: self.current, reached: self.current, turned: false }
    }

    pub(super) fn begin_cell(&mut self, row: &RowPages) {
        self.current = row.start;
        self.after_break = row.turned;
    }

    /// `first` is the page on which the cell's words begin.
    pub(super) fn end_cell(&mut self, row: &mut RowPages, first: Option<u32>) {
        if let Some(first) = first.filter(|f| *f > row.start) {
            row.start = first;
            row.turned = true;
        }
        row.reached = row.reached.max(self.current);
    }

    pub(super) fn end_row(&mut self, row: &RowPages) {
        self.current = row.reached;
        self.after_break = false;
    }

    pub(super) fn into_pages(self) -> Vec<Page> {
        self.seen
            .iter()
            .zip(1u32..)
            .map(|(seen, number)| Page {
                number,
                width: 0.0,
                height: 0.0,
                text_source: match (seen.text, seen.recognised, seen.picture) {
                    (true, ..) => TextSource::Digital,
                    (false, Some(confidence), _) => TextSource::Ocr { confidence },
                    (false, None, true) => TextSource::Unreadable,
                    (false, None, false) => TextSource::Blank,
                },
                approximate: true,
                seal_marks: Vec::new(),
                unread_pictures: Vec::new(),
            })
            .collect()
    }

    fn on_current(&self) -> Seen {
        self.seen.get((self.current - self.first) as usize).copied().unwrap_or_default()
    }

    fn slot(&mut self) -> Option<&mut Seen> {
        self.seen.get_mut((self.current - self.first) as usize)
    }
}
