//! What is said about a document besides its text: tracked changes, hidden text, prompts, things left outside.
//!
//! Each kind becomes one issue, however often it is met.

use std::collections::BTreeSet;

use bidlens_domain::document::{IssueCode, IssueSeverity};

use crate::raw::RawDocument;
use crate::xml::Element;

/// Authors and words named in an issue; more would not help the reader.
const NAMED_MAX: usize = 5;
const QUOTE_CHARS: usize = 40;

#[derive(Debug, Default)]
pub(super) struct Remarks {
    inserted: usize,
    deleted: usize,
    moved: usize,
    formatted: usize,
    authors: BTreeSet<String>,
    hidden: Told,
    struck: Told,
    unseen: Told,
    doubtful: Told,
    prompts: usize,
    unknown_signs: usize,
    drawn_equations: usize,
    outside: BTreeSet<String>,
    unread: Vec<(IssueCode, Option<u32>, String)>,
}

/// Words that are told of, as far as they are quoted.
#[derive(Debug, Default)]
struct Told {
    quoted: Vec<(u32, String)>,
    places: usize,
}

impl Told {
    fn push(&mut self, page: u32, words: &str) {
        self.places += 1;
        if self.quoted.len() < NAMED_MAX {
            self.quoted.push((page, words.trim().chars().take(QUOTE_CHARS).collect()));
        }
    }

    fn report(self, code: IssueCode, severity: IssueSeverity, what: &str, raw: &mut RawDocument) {
        let Some((page, _)) = self.quoted.first() else { return };
        let words: Vec<String> = self.quoted.iter().map(|(_, words)| format!("“{words}”")).collect();
        let more = if self.places > self.quoted.len() { " and more" } else { "" };
        raw.issue(code, severity, Some(*page), format!("the document holds {what}: {}{more}", words.join(", ")));
    }
}

impl Remarks {
    /// Notes a tracked change by the name of its element.
    pub(super) fn change(&mut self, element: &Element<'_>) {
        match element.name() {
            "ins" | "cellIns" => self.inserted += 1,
            "del" | "cellDel" => self.deleted += 1,
            "moveFrom" => self.moved += 1,
            // The other half of a move.
            "moveTo" => {}
            _ => self.formatted += 1,
        }
        if self.authors.len() < NAMED_MAX
            && let Some(author) = element.attr("author").filter(|a| !a.trim().is_empty())
        {
            self.authors.insert(author.trim().to_owned());
        }
    }

    pub(super) fn hidden(&mut self, page: u32, words: &str) {
        self.hidden.push(page, words);
    }

    pub(super) fn struck(&mut self, page: u32, words: &str) {
        self.struck.push(page, words);
    }

    pub(super) fn doubtful(&mut self, page: u32, words: &str) {
        self.doubtful.push(page, words);
    }

    pub(super) fn unseen(&mut self, page: u32, words: &str) {
        self.unseen.push(page, words);
    }

    pub(super) fn prompt(&mut self) {
        self.prompts += 1;
    }

    pub(super) fn unknown_sign(&mut self) {
        self.unknown_signs += 1;
    }

    /// An equation of an old equation program, kept as a drawing.
    pub(super) fn drawn_equation(&mut self) {
        self.drawn_equations += 1;
    }

    /// Something the document shows but does not hold.
    pub(super) fn outside(&mut self, target: &str) {
        if self.outside.len() < NAMED_MAX {
            self.outside.insert(target.chars().take(200).collect());
        }
    }

    pub(super) fn unread(&mut self, code: IssueCode, page: Option<u32>, detail: String) {
        if self.unread.len() < NAMED_MAX * 4 {
            self.unread.push((code, page, detail));
        }
    }

    pub(super) fn into_issues(self, raw: &mut RawDocument) {
        for (code, page, detail) in self.unread {
            raw.issue(code, IssueSeverity::Warning, page, detail);
        }
        let kinds = [
            (self.inserted, "insertion", "insertions"),
            (self.deleted, "deletion", "deletions"),
            (self.moved, "move", "moves"),
            (self.formatted, "change of formatting", "changes of formatting"),
        ];
        let counts: Vec<String> = kinds
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        if !counts.is_empty() {
            let by = if self.authors.is_empty() {
                String::new()
            } else {
                format!(" by {}", self.authors.into_iter().collect::<Vec<_>>().join(", "))
            };
            raw.issue(
                IssueCode::TrackedChanges,
                IssueSeverity::Info,
                None,
                format!("the document holds tracked changes ({}){by}; they were read as accepted", counts.join(", ")),
            );
        }
        let (info, warning) = (IssueSeverity::Info, IssueSeverity::Warning);
        self.hidden.report(IssueCode::HiddenText, info, "hidden text, which was left out", raw);
        let unseen = "words in the colour of what lies under them, which nobody sees and which were left out";
        self.unseen.report(IssueCode::HiddenText, warning, unseen, raw);
        let doubtful = "white words, which were read; see whether something dark lies under them";
        self.doubtful.report(IssueCode::HiddenText, info, doubtful, raw);
        let struck = "words that are struck out, which were left out";
        self.struck.report(IssueCode::StruckText, warning, struck, raw);
        if self.prompts > 0 {
            raw.issue(
                IssueCode::UnfilledControl,
                IssueSeverity::Info,
                None,
                format!(
                    "form fields that still show their prompt: {}; the prompts were not read as content",
                    self.prompts
                ),
            );
        }
        if self.unknown_signs > 0 {
            raw.issue(
                IssueCode::UnreadableGlyphs,
                IssueSeverity::Warning,
                None,
                format!(
                    "signs of symbol fonts without a known Unicode, which stand as \u{FFFD}: {}; compare these places with the original",
                    self.unknown_signs
                ),
            );
        }
        if self.drawn_equations > 0 {
            raw.issue(
                IssueCode::UnreadableGlyphs,
                IssueSeverity::Warning,
                None,
                format!(
                    "equations that are drawn objects and cannot be read: {}; compare these places with the original",
                    self.drawn_equations
                ),
            );
        }
        if !self.outside.is_empty() {
            raw.issue(
                IssueCode::OutsideContent,
                IssueSeverity::Warning,
                None,
                format!(
                    "the document shows content that is not in the file ({}); put it into the document or upload it too",
                    self.outside.into_iter().collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }
}
