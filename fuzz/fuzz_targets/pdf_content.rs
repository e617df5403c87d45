//! Feeds the drawing instructions of a page.

#![no_main]

use bidlens_fuzz::{page, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read("a.pdf", &page(data)));
