//! The pickle machine: a stack, marks and a memo over an arena of nodes.
//!
//! Containers are filled after they were memoized, so values live in the arena until the end; only then is
//! the tree expanded, under the bounds of the parent module.

use num_bigint::BigInt;

use super::{DEPTH_MAX, PickleError, VALUE_COUNT_MAX};
use crate::value::Value;

/// Reads one pickle of plain values; bytes after its end are ignored, as Python does.
pub fn read(bytes: &[u8]) -> Result<Value, PickleError> {
    let mut machine =
        Machine { bytes, at: 0, nodes: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: Vec::new() };
    let root = machine.run()?;
    let mut count = 0;
    machine.expand(root, 0, &mut count)
}

/// Where a value sits in the arena.
type NodeId = usize;

enum Node {
    Leaf(Value),
    List(Vec<NodeId>),
    Tuple(Vec<NodeId>),
    Dict(Vec<(NodeId, NodeId)>),
    Set(Vec<NodeId>),
    Constructor(Constructor),
}

/// The names old protocols need for plain data.
#[derive(Clone, Copy)]
enum Constructor {
    /// `_codecs.encode(text, 'latin1')`, which is how protocols 0 to 2 spell `bytes`.
    Encode,
    Bytes,
    Set,
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    stack: Vec<NodeId>,
    marks: Vec<usize>,
    memo: Vec<Option<NodeId>>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<NodeId, PickleError> {
        loop {
            let op = self.byte()?;
            match op {
                0x80 => drop(self.byte()?),
                0x95 => drop(self.take(8)?),
                b'.' => return self.pop(),
                b'(' => self.marks.push(self.stack.len()),
                b'0' => match self.marks.last() {
                    Some(&mark) if mark == self.stack.len() => drop(self.marks.pop()),
                    _ => drop(self.pop()?),
                },
                b'1' => drop(self.pop_mark()?),
                b'2' => {
                    let top = self.top()?;
                    self.stack.push(top);
                }
                b'N' => self.leaf(Value::None)?,
                0x88 => self.leaf(Value::Bool(true))?,
                0x89 => self.leaf(Value::Bool(false))?,
                b'I' => {
                    let value = match self.line()? {
                        b"00" => Value::Bool(false),
                        b"01" => Value::Bool(true),
                        text => int_of_text(text)?,
                    };
                    self.leaf(value)?;
                }
                b'J' => {
                    let number = i32::from_le_bytes(self.array()?);
                    self.leaf(Value::Int(number.into()))?;
                }
                b'K' => {
                    let number = self.byte()?;
                    self.leaf(Value::Int(number.into()))?;
                }
                b'M' => {
                    let number = u16::from_le_bytes(self.array()?);
                    self.leaf(Value::Int(number.into()))?;
                }
                b'L' => {
                    let line = self.line()?;
                    let value = int_of_text(line.strip_suffix(b"L").unwrap_or(line))?;
                    self.leaf(value)?;
                }
                0x8a => {
                    let length = self.byte()?.into();
                    self.long(length)?;
                }
                0x8b => {
                    let length = self.length4()?;
                    self.long(length)?;
                }
                b'F' => {
                    let text = text_of(self.line()?)?;
                    let number = text.trim().parse().map_err(|_| PickleError::Malformed("float"))?;
                    self.leaf(Value::Float(number))?;
                }
                b'G' => {
                    let number = f64::from_be_bytes(self.array()?);
                    self.leaf(Value::Float(number))?;
                }
                b'S' => {
                    let line = self.line()?;
                    self.leaf(Value::Str(python2_string(line)?))?;
                }
                b'T' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                b'U' | 0x8c => {
                    let length = self.byte()?.into();
                    self.text(length)?;
                }
                b'V' => {
                    let line = self.line()?;
                    self.leaf(Value::Str(raw_unicode_escape(line)?))?;
                }
                b'X' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                0x8d => {
                    let length = self.length8()?;
                    self.text(length)?;
                }
                b'B' => {
                    let length = self.length4()?;
                    self.blob(length)?;
                }
                b'C' => {
                    let length = self.byte()?.into();
                    self.blob(length)?;
                }
                0x8e | 0x96 => {
                    let length = self.length8()?;
                    self.blob(length)?;
                }
                b']' => self.node(Node::List(Vec::new()))?,
                b')' => self.node(Node::Tuple(Vec::new()))?,
                b'}' => self.node(Node::Dict(Vec::new()))?,
                0x8f => self.node(Node::Set(Vec::new()))?,
                b'l' => {
                    let items = self.pop_mark()?;
                    self.node(Node::List(items))?;
                }
                b't' => {
                    let items = self.pop_mark()?;
                    self.node(Node::Tuple(items))?;
                }
                0x85..=0x87 => {
                    let length = usize::from(op - 0x84);
                    let from = self.stack.len().checked_sub(length).ok_or(PickleError::Malformed("empty stack"))?;
                    let items = self.stack.split_off(from);
                    self.node(Node::Tuple(items))?;
                }
                b'd' => {
                    let pairs = pairs_of(&self.pop_mark()?)?;
                    self.node(Node::Dict(pairs))?;
                }
                0x91 => {
                    let items = self.pop_mark()?;
                    self.node(Node::Set(items))?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.append(&[item])?;
                }
                b'e' | 0x90 => {
                    let items = self.pop_mark()?;
                    self.append(&items)?;
                }
                b's' => {
                    let value = self.pop()?;
                    let key = self.pop()?;
                    self.set_items(&[key, value])?;
                }
                b'u' => {
                    let items = self.pop_mark()?;
                    self.set_items(&items)?;
                }
                b'p' => {
                    let slot = self.slot_of_line()?;
                    self.put(slot)?;
                }
                b'q' => {
                    let slot = self.byte()?.into();
                    self.put(slot)?;
                }
                b'r' => {
                    let slot = self.length4()?;
                    self.put(slot)?;
                }
                0x94 => self.put(self.memo.len())?,
                b'g' => {
                    let slot = self.slot_of_line()?;
                    self.get(slot)?;
                }
                b'h' => {
                    let slot = self.byte()?.into();
                    self.get(slot)?;
                }
                b'j' => {
                    let slot = self.length4()?;
                    self.get(slot)?;
                }
                b'c' => {
                    let module = text_of(self.line()?)?;
                    let name = text_of(self.line()?)?;
                    self.global(module, name)?;
                }
                0x93 => {
                    let (name, module) = (self.pop_text()?, self.pop_text()?);
                    self.global(&module, &name)?;
                }
                b'R' => self.construct()?,
                _ => return Err(PickleError::Refused(format!("opcode 0x{op:02x}"))),
            }
        }
    }

    fn byte(&mut self) -> Result<u8, PickleError> {
        let byte = *self.bytes.get(self.at).ok_or(PickleError::Truncated)?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], PickleError> {
        let end = self.at.checked_add(length).ok_or(PickleError::Truncated)?;
        let slice = self.bytes.get(self.at..end).ok_or(PickleError::Truncated)?;
        self.at = end;
        Ok(slice)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        self.take(N)?.try_into().map_err(|_| PickleError::Truncated)
    }

    fn length4(&mut self) -> Result<usize, PickleError> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn length8(&mut self) -> Result<usize, PickleError> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|_| PickleError::Truncated)
    }

    fn line(&mut self) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == b'\n').ok_or(PickleError::Truncated)?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    fn slot_of_line(&mut self) -> Result<usize, PickleError> {
        text_of(self.line()?)?.parse().map_err(|_| PickleError::Malformed("memo slot"))
    }

    fn node(&mut self, node: Node) -> Result<(), PickleError> {
        if self.nodes.len() >= VALUE_COUNT_MAX {
            return Err(PickleError::TooLarge("values"));
        }
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    fn leaf(&mut self, value: Value) -> Result<(), PickleError> {
        self.node(Node::Leaf(value))
    }

    fn long(&mut self, length: usize) -> Result<(), PickleError> {
        let number = BigInt::from_signed_bytes_le(self.take(length)?);
        self.leaf(int_of_big(number))
    }

    fn text(&mut self, length: usize) -> Result<(), PickleError> {
        let text = text_of(self.take(length)?)?.to_owned();
        self.leaf(Value::Str(text))
    }

    fn blob(&mut self, length: usize) -> Result<(), PickleError> {
        let bytes = self.take(length)?.to_vec();
        self.leaf(Value::Bytes(bytes))
    }

    fn top(&self) -> Result<NodeId, PickleError> {
        self.stack.last().copied().ok_or(PickleError::Malformed("empty stack"))
    }

    fn pop(&mut self) -> Result<NodeId, PickleError> {
        self.stack.pop().ok_or(PickleError::Malformed("empty stack"))
    }

    fn pop_mark(&mut self) -> Result<Vec<NodeId>, PickleError> {
        let mark = self.marks.pop().ok_or(PickleError::Malformed("no mark"))?;
        if mark > self.stack.len() {
            return Err(PickleError::Malformed("mark above the stack"));
        }
        Ok(self.stack.split_off(mark))
    }

    fn pop_text(&mut self) -> Result<String, PickleError> {
        let id = self.pop()?;
        match &self.nodes[id] {
            Node::Leaf(Value::Str(text)) => Ok(text.clone()),
            _ => Err(PickleError::Malformed("name of a global")),
        }
    }

    fn append(&mut self, items: &[NodeId]) -> Result<(), PickleError> {
        let target = self.top()?;
        match &mut self.nodes[target] {
            Node::List(list) | Node::Set(list) => list.extend(items),
            _ => return Err(PickleError::Malformed("append to no list")),
        }
        Ok(())
    }

    fn set_items(&mut self, items: &[NodeId]) -> Result<(), PickleError> {
        let target = self.top()?;
        let new = pairs_of(items)?;
        match &mut self.nodes[target] {
            Node::Dict(pairs) => pairs.extend(new),
            _ => return Err(PickleError::Malformed("item of no dict")),
        }
        Ok(())
    }

    fn put(&mut self, slot: usize) -> Result<(), PickleError> {
        // A sparse slot number must not size an allocation: no honest pickle has more slots than bytes.
        if slot > self.bytes.len() {
            return Err(PickleError::Malformed("memo slot"));
        }
        let top = self.top()?;
        if self.memo.len() <= slot {
            self.memo.resize(slot + 1, None);
        }
        self.memo[slot] = Some(top);
        Ok(())
    }

    fn get(&mut self, slot: usize) -> Result<(), PickleError> {
        let id = self.memo.get(slot).copied().flatten().ok_or(PickleError::Malformed("memo slot"))?;
        self.stack.push(id);
        Ok(())
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), PickleError> {
        let constructor = match (module, name) {
            ("_codecs", "encode") => Constructor::Encode,
            ("builtins" | "__builtin__", "bytes" | "bytearray") => Constructor::Bytes,
            ("builtins" | "__builtin__", "set" | "frozenset") => Constructor::Set,
            _ => return Err(PickleError::Refused(format!("{module}.{name}"))),
        };
        self.node(Node::Constructor(constructor))
    }

    fn construct(&mut self) -> Result<(), PickleError> {
        let (args, callee) = (self.pop()?, self.pop()?);
        let Node::Constructor(constructor) = self.nodes[callee] else {
            return Err(PickleError::Refused("a call".to_owned()));
        };
        let Node::Tuple(args) = &self.nodes[args] else {
            return Err(PickleError::Malformed("arguments of a call"));
        };
        let first = args.first().map(|&id| &self.nodes[id]);
        let node = match (constructor, first) {
            (Constructor::Encode, Some(Node::Leaf(Value::Str(text)))) => {
                let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>();
                Node::Leaf(Value::Bytes(bytes.ok_or(PickleError::Malformed("latin-1 text"))?))
            }
            (Constructor::Bytes, None) => Node::Leaf(Value::Bytes(Vec::new())),
            (Constructor::Bytes, Some(Node::Leaf(Value::Bytes(bytes)))) => Node::Leaf(Value::Bytes(bytes.clone())),
            (Constructor::Set, None) => Node::Set(Vec::new()),
            (Constructor::Set, Some(Node::List(items) | Node::Tuple(items) | Node::Set(items))) => {
                Node::Set(items.clone())
            }
            _ => return Err(PickleError::Refused("a call with unusual arguments".to_owned())),
        };
        self.node(node)
    }

    fn expand(&self, id: NodeId, depth: usize, count: &mut usize) -> Result<Value, PickleError> {
        *count += 1;
        if *count > VALUE_COUNT_MAX {
            return Err(PickleError::TooLarge("values"));
        }
        if depth > DEPTH_MAX {
            return Err(PickleError::TooLarge("nesting"));
        }
        let mut all = |ids: &[NodeId]| {
            let items = ids.iter().map(|&item| self.expand(item, depth + 1, count));
            items.collect::<Result<Vec<_>, _>>()
        };
        Ok(match &self.nodes[id] {
            Node::Leaf(value) => value.clone(),
            Node::List(items) => Value::List(all(items)?),
            Node::Tuple(items) => Value::Tuple(all(items)?),
            Node::Set(items) => Value::Set(all(items)?),
            Node::Dict(pairs) => {
                let mut out: Vec<(Value, Value)> = Vec::with_capacity(pairs.len());
                for &(key, value) in pairs {
                    let key = self.expand(key, depth + 1, count)?;
                    let value = self.expand(value, depth + 1, count)?;
                    out.push((key, value));
                }
                Value::Dict(out)
            }
            Node::Constructor(_) => return Err(PickleError::Refused("a function as a value".to_owned())),
        })
    }
}

fn pairs_of(items: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>, PickleError> {
    if !items.len().is_multiple_of(2) {
        return Err(PickleError::Malformed("odd number of dict items"));
    }
    Ok(items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

fn text_of(bytes: &[u8]) -> Result<&str, PickleError> {
    std::str::from_utf8(bytes).map_err(|_| PickleError::Malformed("text is not UTF-8"))
}

/// Decimal digits beyond this are refused: parsing them takes quadratic time.
const DIGIT_COUNT_MAX: usize = 10_000;

fn int_of_text(text: &[u8]) -> Result<Value, PickleError> {
    if text.len() > DIGIT_COUNT_MAX {
        return Err(PickleError::TooLarge("digits"));
    }
    let number: BigInt = text_of(text)?.trim().parse().map_err(|_| PickleError::Malformed("integer"))?;
    Ok(int_of_big(number))
}

fn int_of_big(number: BigInt) -> Value {
    i64::try_from(&number).map_or(Value::BigInt(number), Value::Int)
}

/// Protocol 0's `repr` of a Python 2 string.
fn python2_string(line: &[u8]) -> Result<String, PickleError> {
    let inner = match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => return Err(PickleError::Malformed("quotes of a string")),
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next() {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(escaped @ (b'\\' | b'\'' | b'"')) => escaped,
            Some(b'x') => {
                let digits = [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)];
                u8::from_str_radix(text_of(&digits)?, 16).map_err(|_| PickleError::Malformed("escape"))?
            }
            _ => return Err(PickleError::Malformed("escape")),
        });
    }
    String::from_utf8(out).map_err(|_| PickleError::Malformed("text is not UTF-8"))
}

/// Python's `raw-unicode-escape`: Latin-1 bytes with `\uXXXX` and `\UXXXXXXXX`.
fn raw_unicode_escape(line: &[u8]) -> Result<String, PickleError> {
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        let digit_count = match line.get(at..at + 2) {
            Some(b"\\u") => 4,
            Some(b"\\U") => 8,
            _ => {
                out.push(char::from(line[at]));
                at += 1;
                continue;
            }
        };
        let digits = line.get(at + 2..at + 2 + digit_count).ok_or(PickleError::Truncated)?;
        let code = u32::from_str_radix(text_of(digits)?, 16).map_err(|_| PickleError::Malformed("escape"))?;
        out.push(char::from_u32(code).ok_or(PickleError::Malformed("escape"))?);
        at += 2 + digit_count;
    }
    Ok(out)
}
