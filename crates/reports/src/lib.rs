//! What people and programs read of a review: JSON, HTML, DOCX and XLSX; SARIF, Web Annotations and a calendar.
//!
//! Pure functions over [`bidlens_domain::finding::Review`]; nothing here judges, reads files or knows a clock.
//! Start at [`json`] for the machine-readable form, which the outside contract fixes, and at [`html()`] for the
//! report a person opens.

mod annotations;
mod docx;
mod html;
mod ics;
mod json;
mod labels;
mod letter;
mod model;
mod note;
mod sarif;
mod xlsx;

pub use annotations::annotations;
pub use docx::docx;
pub use html::html;
pub use ics::ics;
pub use json::{
    basis_json, change_json, contradiction_json, decision_json, document_json, evidence_json, extract_json, field_json,
    finding_json, last_day_json, requirement_json, review_json, risk_json, scoring_json,
};
pub use letter::clarification_letter;
pub use model::field_words;
pub use note::note;
pub use sarif::sarif;
pub use xlsx::xlsx;

use bidlens_domain::document::Language;

/// What a report says about itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// The language of headings and labels; quotes stay as they are.
    pub language: Language,
    /// When the report was made, as it is to be printed.
    pub generated_at: String,
    pub project_name: Option<String>,
}

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("write the Word report: {0}")]
    Docx(String),
    #[error("write the Excel report: {0}")]
    Xlsx(String),
}
