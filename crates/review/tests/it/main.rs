//! Tests from outside the crate, one file a topic.

mod changes;
mod rules;
mod wording;
