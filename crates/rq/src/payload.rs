//! What a job calls: the `data` field, and values stored beside it (`meta`, results).
//!
//! No field says which serializer wrote a job. Bytes are sniffed when read, and everything written for that
//! job afterwards uses the same one, because Python clients read with the serializer they enqueued with.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json;
use crate::pickle;
use crate::value::Value;

/// The largest `data` that is inflated, in bytes.
pub const DATA_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How values of a job are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Serializer {
    /// Python's pickle, RQ's default.
    #[default]
    Pickle,
    /// RQ's `JSONSerializer`.
    Json,
}

/// Why a payload cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The bytes are not a plain pickle.
    #[error(transparent)]
    Pickle(#[from] pickle::PickleError),
    /// The bytes are not JSON, or the value has no JSON form.
    #[error(transparent)]
    Json(#[from] json::JsonError),
    /// Larger than [`DATA_BYTES_MAX`] when inflated.
    #[error("payload inflates to more than {DATA_BYTES_MAX} bytes")]
    TooLarge,
    /// Readable, but not RQ's `(function, instance, arguments, keywords)`.
    #[error("payload is not a call: {0}")]
    NotACall(&'static str),
    /// Neither pickle nor JSON.
    #[error("payload is neither pickle nor JSON")]
    Unknown,
}

impl Serializer {
    /// Which serializer wrote these (inflated) bytes.
    pub fn sniff(bytes: &[u8]) -> Option<Serializer> {
        match bytes.first()? {
            0x80 | b'(' | b'c' => Some(Serializer::Pickle),
            b'[' | b'{' | b'"' => Some(Serializer::Json),
            // Protocol 0 of a scalar ends in a full stop, which no JSON does.
            _ if bytes.last() == Some(&b'.') => Some(Serializer::Pickle),
            // Numbers, the three words, and those that Python writes for numbers without a value.
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N' | b'I' => Some(Serializer::Json),
            first if first.is_ascii_whitespace() => Some(Serializer::Json),
            _ => None,
        }
    }

    /// Writes one value.
    pub fn dumps(self, value: &Value) -> Result<Vec<u8>, PayloadError> {
        match self {
            Serializer::Pickle => Ok(pickle::write(value, pickle::Protocol::V4)),
            Serializer::Json => Ok(json::write(value)?),
        }
    }

    /// Reads one value.
    pub fn loads(self, bytes: &[u8]) -> Result<Value, PayloadError> {
        match self {
            Serializer::Pickle => Ok(pickle::read(bytes)?),
            Serializer::Json => Ok(json::read(bytes)?),
        }
    }

    /// A return value as the result stream holds it: serialized, then base64.
    ///
    /// What the serializer cannot say becomes the text stock RQ stores in that case; the job still succeeded.
    pub(crate) fn return_value(self, value: &Value) -> String {
        let bytes = self.dumps(value).or_else(|_| self.dumps(&"Unserializable return value".into()));
        STANDARD.encode(bytes.unwrap_or_default())
    }
}

/// A call of a Python function by its dotted path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// The dotted import path, such as `app.tasks.send_mail`.
    pub function: String,
    /// Positional arguments.
    pub args: Vec<Value>,
    /// Keyword arguments.
    pub kwargs: Vec<(String, Value)>,
}

impl Call {
    /// A call without arguments.
    pub fn new(function: impl Into<String>) -> Self {
        Call { function: function.into(), ..Call::default() }
    }

    /// Adds a positional argument.
    #[must_use]
    pub fn arg(mut self, value: impl Into<Value>) -> Self {
        self.args.push(value.into());
        self
    }

    /// Adds a keyword argument.
    #[must_use]
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.kwargs.push((name.into(), value.into()));
        self
    }

    /// The keyword argument of this name.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.kwargs.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The `data` field: serialized and compressed.
    pub fn encode(&self, serializer: Serializer) -> Result<Vec<u8>, PayloadError> {
        let kwargs = self.kwargs.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect();
        let call = Value::Tuple(vec![
            Value::Str(self.function.clone()),
            Value::None,
            Value::Tuple(self.args.clone()),
            Value::Dict(kwargs),
        ]);
        Ok(deflate(&serializer.dumps(&call)?))
    }

    /// Reads a `data` field, compressed or not, and says which serializer wrote it.
    pub fn decode(data: &[u8]) -> Result<(Call, Serializer), PayloadError> {
        let bytes = inflate(data)?;
        let serializer = Serializer::sniff(&bytes).ok_or(PayloadError::Unknown)?;
        let (Value::Tuple(parts) | Value::List(parts)) = serializer.loads(&bytes)? else {
            return Err(PayloadError::NotACall("no tuple"));
        };
        let Ok([function, instance, args, kwargs]) = <[Value; 4]>::try_from(parts) else {
            return Err(PayloadError::NotACall("not four parts"));
        };
        let Value::Str(function) = function else {
            return Err(PayloadError::NotACall("the function is no text"));
        };
        if instance != Value::None {
            return Err(PayloadError::NotACall("a method of an object"));
        }
        let args = match args {
            Value::Tuple(args) | Value::List(args) => args,
            Value::None => Vec::new(),
            _ => return Err(PayloadError::NotACall("the arguments are no tuple")),
        };
        let kwargs = match kwargs {
            Value::Dict(pairs) => pairs
                .into_iter()
                .map(|(key, value)| match key {
                    Value::Str(key) => Ok((key, value)),
                    _ => Err(PayloadError::NotACall("a keyword is no text")),
                })
                .collect::<Result<_, _>>()?,
            Value::None => Vec::new(),
            _ => return Err(PayloadError::NotACall("the keywords are no dict")),
        };
        Ok((Call { function, args, kwargs }, serializer))
    }

    /// The call as RQ describes it: each argument cut at 75 characters, keywords sorted.
    pub fn describe(&self) -> String {
        let cut = |value: &Value| {
            let text = value.repr();
            match text.char_indices().nth(75) {
                Some((at, _)) => format!("{}...", &text[..at]),
                None => text,
            }
        };
        let mut kwargs: Vec<_> = self.kwargs.iter().map(|(key, value)| format!("{key}={}", cut(value))).collect();
        kwargs.sort();
        let args: Vec<_> = self.args.iter().map(cut).chain(kwargs).collect();
        format!("{}({})", self.function, args.join(", "))
    }
}

/// A text as `exc_string` holds it: deflated, then base64.
pub(crate) fn encode_exception(text: &str) -> String {
    STANDARD.encode(deflate(text.as_bytes()))
}

/// Reads an `exc_string`; what cannot be read is shown as it is.
pub(crate) fn decode_exception(field: &[u8]) -> String {
    let bytes = STANDARD.decode(field).ok().and_then(|bytes| inflate(&bytes).ok());
    String::from_utf8_lossy(bytes.as_deref().unwrap_or(field)).into_owned()
}

/// Reads a `return_value` of a result stream.
pub(crate) fn decode_return_value(field: &[u8]) -> Result<Value, PayloadError> {
    let bytes = STANDARD.decode(field).map_err(|_| PayloadError::Unknown)?;
    Serializer::sniff(&bytes).ok_or(PayloadError::Unknown)?.loads(&bytes)
}

/// Payloads up to this many bytes are stored, not deflated: setting a compressor up costs more than it saves.
const STORED_BYTES_MAX: usize = 160;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() > STORED_BYTES_MAX {
        let mut encoder = flate2::read::ZlibEncoder::new(bytes, flate2::Compression::fast());
        let mut out = Vec::with_capacity(bytes.len() / 2);
        // Reading from memory cannot fail.
        let _ = encoder.read_to_end(&mut out);
        return out;
    }
    // RFC 1950 around one stored block of RFC 1951.
    let length = bytes.len() as u16;
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in bytes {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    let mut out = Vec::with_capacity(bytes.len() + 11);
    out.extend([0x78, 0x01, 0x01]);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend((high << 16 | low).to_be_bytes());
    out
}

fn inflate(data: &[u8]) -> Result<Vec<u8>, PayloadError> {
    let mut out = Vec::new();
    let mut decoder = flate2::read::ZlibDecoder::new(data).take(DATA_BYTES_MAX + 1);
    match decoder.read_to_end(&mut out) {
        Ok(_) if out.len() as u64 > DATA_BYTES_MAX => Err(PayloadError::TooLarge),
        Ok(_) => Ok(out),
        // RQ takes what is no zlib stream as the serialized bytes themselves.
        Err(_) => Ok(data.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_serializers_come_back() {
        let call = Call::new("jobs.add").arg(2).kwarg("b", "x".repeat(500));
        for serializer in [Serializer::Pickle, Serializer::Json] {
            let data = call.encode(serializer).unwrap();
            assert_eq!(data[0], 0x78);
            assert_eq!(Call::decode(&data), Ok((call.clone(), serializer)));
        }
    }

    #[test]
    fn takes_uncompressed_data() {
        let data = br#"["jobs.add", null, [2], {"b": 3}]"#;
        assert_eq!(Call::decode(data), Ok((Call::new("jobs.add").arg(2).kwarg("b", 3), Serializer::Json)));
    }

    #[test]
    fn refuses_what_is_no_call() {
        for data in [&b""[..], b"\xff\xfe", b"[1, 2]", b"{}", br#"["f", {"a": 1}, [], {}]"#, br#"[1, null, [], {}]"#] {
            assert!(Call::decode(data).is_err(), "{data:?} was read");
        }
    }

    #[test]
    fn refuses_to_inflate_without_end() {
        let zeros = std::io::repeat(0).take(DATA_BYTES_MAX + 10);
        let mut bomb = Vec::new();
        flate2::read::ZlibEncoder::new(zeros, flate2::Compression::fast()).read_to_end(&mut bomb).unwrap();
        assert!(bomb.len() < 1_000_000);
        assert_eq!(Call::decode(&bomb), Err(PayloadError::TooLarge));
    }

    #[test]
    fn describes_as_rq_does() {
        let call = Call::new("jobs.add").arg(2).arg("x".repeat(90)).kwarg("z", true).kwarg("b", Value::None);
        let expected = format!("jobs.add(2, '{}..., b=None, z=True)", "x".repeat(74));
        assert_eq!(call.describe(), expected);
    }

    #[test]
    fn exceptions_come_back() {
        let text = "Traceback (most recent call last):\n  ä".repeat(20);
        assert_eq!(decode_exception(encode_exception(&text).as_bytes()), text);
    }

    proptest! {
        #[test]
        fn deflated_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(inflate(&deflate(&bytes)).unwrap(), bytes);
        }
    }
}
