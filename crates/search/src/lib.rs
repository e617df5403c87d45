//! Finding segments by words: how text is cut into words, what is kept of a segment, and how hits are ranked.
//!
//! Pure functions over values: the same text gives the same words and the same ranking, whichever database holds
//! them. A segment's [`Entry`] is stored with its row; [`FileIndex`] is built from the entries of one file, and
//! [`rank()`] orders the segments of several files for a [`Query`]. Meaning, when a server of embeddings is
//! configured, is joined by [`reciprocal_ranks`]. `docs/search.md` tells how the ranking works.

mod dictionary;
mod english;
mod entry;
mod file_index;
mod fusion;
mod query;
mod rank;
mod signs;
mod snippet;
mod words;

pub use dictionary::index_version;
pub use entry::Entry;
pub use file_index::FileIndex;
pub use fusion::{cosine_ranks, normalize, reciprocal_ranks};
pub use query::{BadQuery, Query};
pub use rank::{Hit, rank};
pub use snippet::{Snippet, snippet};
pub use words::{Word, words};
