//! Feeds a sheet of an XLSX.

#![no_main]

use bidlens_fuzz::{read, xlsx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read("a.xlsx", &xlsx("xl/worksheets/sheet1.xml", data)));
