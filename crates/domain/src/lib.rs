//! The nouns of tendering, shared by every room of Bidlens.
//!
//! Values only: no clock, no I/O, no async, and no judgement about tenders. Start at [`document`] for what
//! was read, at [`evidence`] for how a statement is tied to the words that prove it, and at [`facts`] and
//! [`finding`] for what is said about a tender and about a bid.
//!
//! The types derive `serde` for one purpose: they are stored as versioned blobs and cross the pipe of the
//! parser process. What users read over HTTP or in `result.json` has wire types of its own.

pub mod change;
pub mod clue;
pub mod contradiction;
pub mod decision;
pub mod document;
pub mod evidence;
pub mod facts;
pub mod field;
pub mod finding;
pub mod fold;
pub mod labels;
pub mod ledger_edit;
pub mod legal;
pub mod money;
pub mod requirement;
pub mod risk;
pub mod scoring;
pub mod segment;
pub mod time;
pub mod wording;
