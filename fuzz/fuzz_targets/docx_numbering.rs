//! Feeds the numbering of a DOCX.

#![no_main]

use bidlens_fuzz::{docx, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read("a.docx", &docx("word/numbering.xml", data)));
