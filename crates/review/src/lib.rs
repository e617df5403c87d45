//! Facts from documents, judgements from facts.
//!
//! Readers here turn the blocks of a [`Document`](bidlens_domain::document::Document) into fields, scoring,
//! risks and requirements, and hold a bid against them. Pure functions over values: no clock, no I/O, and
//! no statement without [`Evidence`](bidlens_domain::evidence::Evidence). Start at [`fields`].

pub mod fields;
pub mod grammar;
mod reading;
