//! A file with notes in it, each at the words it is about: annotations of a PDF, comments of a Word document.
//!
//! Nothing of the file is written anew. To a PDF the annotations are appended, so that its bytes stand at the
//! beginning of the copy; into the text of a Word document only the marks of comments are put, and all other parts are
//! taken over as they are. Start at [`annotate`].

mod docx;
mod pdf;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bidlens_domain::document::{Format, IssueCode};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use serde::{Deserialize, Serialize};

use crate::detect::{self, Kind};
use crate::limits::Limits;
use crate::raw::Refusal;

/// Whom a reader sees as the writer of the notes.
const AUTHOR: &str = "Bidlens";

/// What is said of some words of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Tells the note from the others of its file.
    pub id: String,
    /// What the note says, line by line.
    pub text: String,
    /// Decides its colour, where the format has colours.
    pub verdict: Verdict,
    /// Where it stands, once for each; all of the file that is annotated.
    pub evidence: Vec<Evidence>,
}

/// A file with its notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// [`Format::Pdf`] or [`Format::Docx`].
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// Why a file was not annotated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AnnotateError {
    #[error("only a PDF or a Word document (DOCX) can carry the findings; see the report instead")]
    OtherKind,
    #[error("the file is encrypted, and nothing can be added to it; save it without protection and upload that")]
    Encrypted,
    #[error("{0}")]
    Unreadable(String),
}

impl AnnotateError {
    fn unreadable(reason: impl std::fmt::Display) -> Self {
        AnnotateError::Unreadable(format!(
            "the file is damaged and nothing can be added to it ({reason}); save it anew and upload that"
        ))
    }
}

impl From<Refusal> for AnnotateError {
    fn from(refusal: Refusal) -> Self {
        match refusal.code {
            IssueCode::Encrypted => AnnotateError::Encrypted,
            _ => AnnotateError::Unreadable(refusal.detail),
        }
    }
}

/// Puts notes into a file. `name` is a last hint about the format, as for [`crate::parse`]; the same bytes and notes
/// give the same copy, and without notes the copy is the file.
pub fn annotate(name: &str, bytes: &[u8], notes: &[Note], limits: &Limits) -> Result<Annotated, AnnotateError> {
    crate::check_size(bytes, limits)?;
    let kind = detect::kind(name, bytes, limits)?;
    let write = || match kind {
        Kind::Pdf => pdf::annotate(bytes, notes, limits),
        Kind::Docx => docx::annotate(name, bytes, notes, limits),
        _ => Err(AnnotateError::OtherKind),
    };
    let written = catch_unwind(AssertUnwindSafe(write));
    let copy = written.unwrap_or_else(|_| Err(AnnotateError::unreadable("its reader broke down over it")))?;
    if !reads_alike(name, bytes, &copy, limits) {
        return Err(AnnotateError::unreadable("a copy of it would read differently"));
    }
    Ok(Annotated { format: kind.format(), bytes: copy })
}

/// Whether the copy holds the characters of the file and no others. A file whose damage its reader mends may be mended
/// otherwise once something was added.
fn reads_alike(name: &str, file: &[u8], copy: &[u8], limits: &Limits) -> bool {
    let characters = |bytes: &[u8]| {
        let document = crate::parse(name, bytes, limits);
        let texts = document.blocks.iter().flat_map(|block| block.text.chars());
        let mut characters: Vec<char> = texts.filter(|c| !c.is_whitespace()).collect();
        characters.sort_unstable();
        (document.pages.len(), characters)
    };
    file.len() == copy.len() || characters(file) == characters(copy)
}
