//! Feeds text in any encoding.

#![no_main]

use bidlens_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read("a.txt", data));
