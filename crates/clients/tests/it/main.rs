//! Clients against servers that answer as the real ones do, and as broken ones do.

mod embeddings;
mod model;
mod ocr;
