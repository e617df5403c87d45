//! Streams of a PDF, inflated up to a bound: hayro runs every filter to its end, whatever comes out.

use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::{Object, Stream};

/// The bytes of a stream that is plain or deflated once; `None` where it is written otherwise or holds more than `most`.
pub(super) fn inflated(stream: &Stream<'_>, most: usize) -> Option<Vec<u8>> {
    let raw = stream.raw_data();
    let predicted = ["DecodeParms", "DP"].iter().any(|key| stream.dict().get::<Object<'_>>(*key).is_some());
    match stream.filters().as_slice() {
        [] => (raw.len() <= most).then(|| raw.to_vec()),
        [Filter::FlateDecode] if !predicted => {
            let mut bytes = Vec::new();
            ZlibDecoder::new(raw.as_ref()).take(most as u64 + 1).read_to_end(&mut bytes).ok()?;
            (bytes.len() <= most).then_some(bytes)
        }
        _ => None,
    }
}
