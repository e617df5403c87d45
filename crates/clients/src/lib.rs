//! Servers outside that Bidlens may ask when they are configured. What they answer is checked before it is used, and
//! what they are told of documents is text, never an order.

mod answer;
pub mod embeddings;
pub mod model;
pub mod ocr;
