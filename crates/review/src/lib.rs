//! Facts from documents, judgements from facts.
//!
//! Readers here turn the blocks of a [`Document`](bidlens_domain::document::Document) into fields, scoring,
//! risks and requirements ([`extract()`]), and hold bids against them ([`review`]). Pure functions over values: no
//! clock, no I/O but a [model](model::Model) that is handed in, and no statement without [`Evidence`](bidlens_domain::evidence::Evidence).

mod bid;
mod changes;
mod compare;
mod contradictions;
mod cross_bid;
pub mod custom_rules;
mod extract;
pub mod fields;
pub mod grammar;
mod instructions;
mod judge;
mod ledger;
pub mod model;
mod near;
pub mod outline;
mod reading;
mod requirements;
mod risks;
mod role;
pub mod rules;
mod scoring;

pub use bid::names::bidder_name;
pub use cross_bid::put_into as put_clues_into;
pub use custom_rules::RuleSet;
pub use extract::{complete, extract};
pub use judge::{BidFiles, Judged, review};
pub use ledger::leave_out;
pub use role::{FileRole, SeemingRole, seeming_role};
