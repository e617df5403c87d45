//! Writes plain values as a pickle any Python 3 loads.
//!
//! No memo and no frames: values are trees, and both are optional in every protocol.

use crate::value::Value;

/// The pickle protocol to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Protocol {
    /// Readable by Python 2 as well; spells bytes and sets as calls.
    V2,
    /// Python 3.0 and later.
    V3,
    /// Python 3.4 and later.
    #[default]
    V4,
}

/// Writes `value` as one pickle.
pub fn write(value: &Value, protocol: Protocol) -> Vec<u8> {
    let number = match protocol {
        Protocol::V2 => 2,
        Protocol::V3 => 3,
        Protocol::V4 => 4,
    };
    let mut out = vec![0x80, number];
    put(&mut out, value, protocol);
    out.push(b'.');
    out
}

fn put(out: &mut Vec<u8>, value: &Value, protocol: Protocol) {
    match value {
        Value::None => out.push(b'N'),
        Value::Bool(true) => out.push(0x88),
        Value::Bool(false) => out.push(0x89),
        Value::Int(number) => put_int(out, *number),
        Value::BigInt(number) => put_long(out, &number.to_signed_bytes_le()),
        Value::Float(number) => {
            out.push(b'G');
            out.extend(number.to_be_bytes());
        }
        Value::Str(text) => put_text(out, text, protocol),
        Value::Bytes(bytes) => put_bytes(out, bytes, protocol),
        Value::List(items) => {
            out.push(b']');
            put_items(out, items, protocol, b'e');
        }
        Value::Tuple(items) => match items.len() {
            0 => out.push(b')'),
            length @ 1..=3 => {
                items.iter().for_each(|item| put(out, item, protocol));
                out.push(0x84 + length as u8);
            }
            _ => {
                out.push(b'(');
                items.iter().for_each(|item| put(out, item, protocol));
                out.push(b't');
            }
        },
        Value::Dict(pairs) => {
            out.push(b'}');
            if !pairs.is_empty() {
                out.push(b'(');
                for (key, value) in pairs {
                    put(out, key, protocol);
                    put(out, value, protocol);
                }
                out.push(b'u');
            }
        }
        Value::Set(items) if protocol >= Protocol::V4 => {
            out.push(0x8f);
            put_items(out, items, protocol, 0x90);
        }
        Value::Set(items) => {
            out.extend(if protocol == Protocol::V2 { &b"c__builtin__\nset\n"[..] } else { &b"cbuiltins\nset\n"[..] });
            out.push(b']');
            put_items(out, items, protocol, b'e');
            out.extend([0x85, b'R']);
        }
    }
}

fn put_items(out: &mut Vec<u8>, items: &[Value], protocol: Protocol, closing: u8) {
    if !items.is_empty() {
        out.push(b'(');
        items.iter().for_each(|item| put(out, item, protocol));
        out.push(closing);
    }
}

fn put_int(out: &mut Vec<u8>, number: i64) {
    if let Ok(number) = u8::try_from(number) {
        out.extend([b'K', number]);
    } else if let Ok(number) = i32::try_from(number) {
        out.push(b'J');
        out.extend(number.to_le_bytes());
    } else {
        put_long(out, &number.to_le_bytes());
    }
}

fn put_long(out: &mut Vec<u8>, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(length) => out.extend([0x8a, length]),
        Err(_) => {
            out.push(0x8b);
            out.extend((bytes.len() as u32).to_le_bytes());
        }
    }
    out.extend(bytes);
}

fn put_text(out: &mut Vec<u8>, text: &str, protocol: Protocol) {
    match (u8::try_from(text.len()), u32::try_from(text.len())) {
        (Ok(length), _) if protocol >= Protocol::V4 => out.extend([0x8c, length]),
        (_, Ok(length)) => {
            out.push(b'X');
            out.extend(length.to_le_bytes());
        }
        (_, Err(_)) => {
            out.push(0x8d);
            out.extend((text.len() as u64).to_le_bytes());
        }
    }
    out.extend(text.as_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8], protocol: Protocol) {
    if protocol == Protocol::V2 {
        out.extend(b"c_codecs\nencode\n");
        let text: String = bytes.iter().map(|&b| char::from(b)).collect();
        put_text(out, &text, protocol);
        put_text(out, "latin1", protocol);
        out.extend([0x86, b'R']);
        return;
    }
    match (u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
        (Ok(length), _) => out.extend([b'C', length]),
        (_, Ok(length)) => {
            out.push(b'B');
            out.extend(length.to_le_bytes());
        }
        (_, Err(_)) => {
            out.push(0x8e);
            out.extend((bytes.len() as u64).to_le_bytes());
        }
    }
    out.extend(bytes);
}
