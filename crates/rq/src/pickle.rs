//! Python's pickle, restricted to plain values: a reader of protocols 0 to 5, a writer of 2 to 4.
//!
//! Nothing is ever imported or called. The handful of names that old protocols need to spell `bytes` and
//! `set` are understood as data; every other class or call is [`PickleError::Refused`]. Input is bounded in
//! nesting and in the number of values it expands to, since shared references can blow up a few bytes.

mod read;
mod write;

pub use read::read;
pub use write::{Protocol, write};

/// How deep values may nest.
pub const DEPTH_MAX: usize = 128;
/// How many values one pickle may expand to.
pub const VALUE_COUNT_MAX: usize = 4_000_000;

/// Why bytes are not a plain pickle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    /// The bytes end too early.
    #[error("pickle ends in the middle of a value")]
    Truncated,
    /// A class, a function call, a persistent id or something else that is not plain data.
    #[error("pickle holds more than plain values: {0}")]
    Refused(String),
    /// The bytes are no pickle.
    #[error("malformed pickle: {0}")]
    Malformed(&'static str),
    /// Nested or shared beyond [`DEPTH_MAX`] or [`VALUE_COUNT_MAX`], or a container that holds itself.
    #[error("pickle is too large: {0}")]
    TooLarge(&'static str),
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;
    use crate::value::Value;

    fn unhex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    #[test]
    fn reads_what_rq_writes() {
        let bytes = unhex(
            "80 05 95 1d 00 00 00 00 00 00 00 28 8c 08 6a 6f 62 73 2e 61 64 64 94 4e 4b 02 85 94 7d 94 8c 01 62 94 4b 03 73 74 94 2e",
        );
        let expected = Value::Tuple(vec![
            "jobs.add".into(),
            Value::None,
            Value::Tuple(vec![Value::Int(2)]),
            Value::Dict(vec![("b".into(), Value::Int(3))]),
        ]);
        assert_eq!(read(&bytes), Ok(expected));
    }

    #[test]
    fn reads_protocol_zero_text() {
        // pickle.dumps([1, True, None, 'a\n\u20ac', 2.5, 10**20, (1,), {'k': b'\xff'}], 0)
        let bytes = b"(lp0\nI1\naI01\naNaVa\\u000a\\u20ac\np1\naF2.5\naL100000000000000000000L\na(I1\ntp2\na(dp3\nVk\np4\nc_codecs\nencode\np5\n(V\xff\np6\nVlatin1\np7\ntp8\nRp9\nsa.";
        let expected = Value::List(vec![
            Value::Int(1),
            Value::Bool(true),
            Value::None,
            "a\n€".into(),
            Value::Float(2.5),
            Value::BigInt(BigInt::from(10).pow(20)),
            Value::Tuple(vec![Value::Int(1)]),
            Value::Dict(vec![("k".into(), Value::Bytes(vec![0xff]))]),
        ]);
        assert_eq!(read(bytes), Ok(expected));
    }

    #[test]
    fn shares_one_list_twice() {
        // a = [1]; pickle.dumps([a, a], 2)
        assert_eq!(read(b"\x80\x02]q\x00(]q\x01K\x01ah\x01e."), Ok(Value::List(vec![vec![1].into(), vec![1].into()])));
    }

    #[test]
    fn refuses_code() {
        let os_system = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.";
        assert_eq!(read(os_system), Err(PickleError::Refused("posix.system".to_owned())));
        assert!(matches!(read(b"cos\nsystem\n(S'id'\ntR."), Err(PickleError::Refused(_))));
        assert!(matches!(read(b"\x80\x02\x8a\x01\x05Q."), Err(PickleError::Refused(_))));
    }

    #[test]
    fn refuses_bombs() {
        // Each list holds the one before it ten times.
        let mut bomb = b"\x80\x02]q\x00K\x01a".to_vec();
        for level in 1..12u8 {
            bomb.extend([b']', b'q', level, b'(']);
            for _ in 0..10 {
                bomb.extend([b'h', level - 1]);
            }
            bomb.push(b'e');
        }
        bomb.push(b'.');
        assert!(matches!(read(&bomb), Err(PickleError::TooLarge(_))));
        let deep = [b"\x80\x02".to_vec(), vec![b']'; 4000], vec![b'a'; 3999], b".".to_vec()].concat();
        assert!(matches!(read(&deep), Err(PickleError::TooLarge(_))));
        assert!(matches!(read(b"\x80\x02]q\x00h\x00a."), Err(PickleError::TooLarge(_))));
        assert_eq!(read(b"\x80\x04B\xff\xff\xff\x7fab."), Err(PickleError::Truncated));
    }

    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::None),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            (any::<i64>(), 65..200u32).prop_map(|(n, shift)| Value::BigInt(BigInt::from(n | 1) << shift)),
            any::<f64>().prop_filter("NaN is not equal to itself", |f| !f.is_nan()).prop_map(Value::Float),
            "\\PC*".prop_map(Value::Str),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Tuple),
                proptest::collection::vec(("\\PC{0,5}".prop_map(Value::Str), inner), 0..5).prop_map(Value::Dict),
                proptest::collection::vec(any::<i64>().prop_map(Value::Int), 0..5).prop_map(Value::Set),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_protocol_comes_back(value in any_value()) {
            for protocol in [Protocol::V2, Protocol::V3, Protocol::V4] {
                prop_assert_eq!(read(&write(&value, protocol)), Ok(value.clone()));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_mangled_pickle_panics(value in any_value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = write(&value, Protocol::V4);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = read(&bytes);
        }
    }
}
