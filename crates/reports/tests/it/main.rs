//! Tests from outside the crate, one file a topic.

mod languages;
mod legal;
