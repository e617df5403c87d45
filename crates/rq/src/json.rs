//! JSON as Python's `json` module reads and writes it.
//!
//! `serde_json` would round integers beyond 64 bits, refuse `NaN` and `Infinity` (which Python writes) and
//! lose the order of keys; arguments must arrive as they were sent, so this reader keeps all three.

use num_bigint::BigInt;

use crate::value::Value;

/// How deep values may nest.
const DEPTH_MAX: usize = 128;
/// Decimal digits beyond this are refused: parsing them takes quadratic time.
const DIGIT_COUNT_MAX: usize = 10_000;

/// Why a text is not JSON, or a value cannot be said in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text is malformed at this byte.
    #[error("malformed JSON at byte {0}")]
    Malformed(usize),
    /// The value has no JSON form.
    #[error("{0} cannot be written as JSON")]
    Unserializable(&'static str),
}

/// Reads one JSON text.
pub fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.at == bytes.len() { Ok(value) } else { Err(JsonError::Malformed(reader.at)) }
}

/// Writes a value in ASCII with Python's default separators.
pub fn write(value: &Value) -> Result<Vec<u8>, JsonError> {
    let mut out = Vec::new();
    put(&mut out, value, 0)?;
    Ok(out)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn error<T>(&self) -> Result<T, JsonError> {
        Err(JsonError::Malformed(self.at))
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, word: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > DEPTH_MAX {
            return self.error();
        }
        self.space();
        match self.bytes.get(self.at) {
            Some(b'"') => Ok(Value::Str(self.string()?)),
            Some(b'[') => self.list(depth),
            Some(b'{') => self.dict(depth),
            _ if self.eat(b"null") => Ok(Value::None),
            _ if self.eat(b"true") => Ok(Value::Bool(true)),
            _ if self.eat(b"false") => Ok(Value::Bool(false)),
            _ if self.eat(b"NaN") => Ok(Value::Float(f64::NAN)),
            _ if self.eat(b"Infinity") => Ok(Value::Float(f64::INFINITY)),
            _ if self.eat(b"-Infinity") => Ok(Value::Float(f64::NEG_INFINITY)),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b"]") {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(b"]") {
                return Ok(Value::List(items));
            }
            if !self.eat(b",") {
                return self.error();
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut pairs = Vec::new();
        self.space();
        if self.eat(b"}") {
            return Ok(Value::Dict(pairs));
        }
        loop {
            self.space();
            if self.bytes.get(self.at) != Some(&b'"') {
                return self.error();
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b":") {
                return self.error();
            }
            pairs.push((Value::Str(key), self.value(depth + 1)?));
            self.space();
            if self.eat(b"}") {
                return Ok(Value::Dict(pairs));
            }
            if !self.eat(b",") {
                return self.error();
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return self.error() };
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(out).or(self.error()),
                b'\\' => {
                    let Some(&escape) = self.bytes.get(self.at) else { return self.error() };
                    self.at += 1;
                    let plain = match escape {
                        b'"' | b'\\' | b'/' => escape,
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'u' => {
                            let c = self.escaped_char()?;
                            out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                            continue;
                        }
                        _ => return self.error(),
                    };
                    out.push(plain);
                }
                0..0x20 => return self.error(),
                _ => out.push(byte),
            }
        }
    }

    fn escaped_char(&mut self) -> Result<char, JsonError> {
        let high = self.hex4()?;
        let code = if (0xd800..0xdc00).contains(&high) && self.eat(b"\\u") {
            let low = self.hex4()?;
            if !(0xdc00..0xe000).contains(&low) {
                return self.error();
            }
            0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
        } else {
            high
        };
        char::from_u32(code).map_or(self.error(), Ok)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.bytes.get(self.at..self.at + 4).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits.and_then(|d| std::str::from_utf8(d).ok()) else { return self.error() };
        let code = u32::from_str_radix(digits, 16).or(self.error())?;
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let rest = &self.bytes[self.at..];
        let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
        let length = rest.iter().position(|b| !is_part(b)).unwrap_or(rest.len());
        let text = std::str::from_utf8(&rest[..length]).or(self.error())?;
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) || length > DIGIT_COUNT_MAX {
            return self.error();
        }
        let value = if text.contains(['.', 'e', 'E']) {
            text.parse().map(Value::Float).or(self.error())?
        } else if let Ok(number) = text.parse() {
            Value::Int(number)
        } else {
            text.parse::<BigInt>().map(Value::BigInt).or(self.error())?
        };
        self.at += length;
        Ok(value)
    }
}

fn put(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), JsonError> {
    if depth > DEPTH_MAX {
        return Err(JsonError::Unserializable("deep nesting"));
    }
    match value {
        Value::None => out.extend(b"null"),
        Value::Bool(flag) => out.extend(flag.to_string().as_bytes()),
        Value::Int(number) => out.extend(number.to_string().as_bytes()),
        Value::BigInt(number) => out.extend(number.to_string().as_bytes()),
        Value::Float(number) => out.extend(float_text(*number).as_bytes()),
        Value::Str(text) => put_string(out, text),
        Value::Bytes(_) => return Err(JsonError::Unserializable("bytes")),
        Value::Set(_) => return Err(JsonError::Unserializable("set")),
        Value::List(items) | Value::Tuple(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.extend(b", ");
                }
                put(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Dict(pairs) => {
            out.push(b'{');
            for (index, (key, item)) in pairs.iter().enumerate() {
                if index > 0 {
                    out.extend(b", ");
                }
                put_string(out, &key_text(key)?);
                out.extend(b": ");
                put(out, item, depth + 1)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// What Python turns a dictionary's key into.
fn key_text(key: &Value) -> Result<String, JsonError> {
    Ok(match key {
        Value::Str(text) => text.clone(),
        Value::None => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        Value::Bytes(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_) => {
            return Err(JsonError::Unserializable("this kind of dictionary key"));
        }
    })
}

fn float_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else {
        format!("{number:?}")
    }
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend(b"\\\""),
            '\\' => out.extend(b"\\\\"),
            '\n' => out.extend(b"\\n"),
            '\r' => out.extend(b"\\r"),
            '\t' => out.extend(b"\\t"),
            ' '..='~' => out.push(c as u8),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_as_python_does() {
        let value = Value::List(vec![
            "jobs.add".into(),
            Value::None,
            Value::Tuple(vec![Value::Int(2)]),
            Value::Dict(vec![("b".into(), Value::Int(3)), ("é😀".into(), Value::Float(1.0))]),
        ]);
        let text = String::from_utf8(write(&value).unwrap()).unwrap();
        assert_eq!(text, r#"["jobs.add", null, [2], {"b": 3, "\u00e9\ud83d\ude00": 1.0}]"#);
    }

    #[test]
    fn keeps_what_serde_json_would_lose() {
        let text = b"[123456789012345678901234567890, NaN, -Infinity, 1e3, \"\\ud83d\\ude00\"]";
        let Value::List(items) = read(text).unwrap() else { panic!("no list") };
        assert_eq!(items[0], Value::BigInt("123456789012345678901234567890".parse().unwrap()));
        assert!(matches!(items[1], Value::Float(f) if f.is_nan()));
        assert_eq!(items[2..], [Value::Float(f64::NEG_INFINITY), Value::Float(1000.0), "😀".into()]);
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "[1,]", "{1: 2}", "\"\\ud800\"", "[1] 2", "tru", "+1", "--1", "\"a\nb\""] {
            assert!(read(text.as_bytes()).is_err(), "{text:?} was read");
        }
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
        assert_eq!(write(&Value::Bytes(vec![1])), Err(JsonError::Unserializable("bytes")));
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "\\PC*", number in any::<i64>(), float in any::<f64>()) {
            prop_assume!(!float.is_nan());
            let value = Value::List(vec![text.into(), Value::Int(number), Value::Float(float)]);
            prop_assert_eq!(read(&write(&value).unwrap()).unwrap(), value);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = read(&bytes);
        }
    }
}
