//! A pull reader over one XML part: local names, resolved text, bounded depth, no DTD.

use std::borrow::Cow;

use bidlens_domain::document::IssueCode;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::raw::Refusal;

pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    depth: usize,
    max_depth: usize,
    /// The element opened last was empty: its end comes next.
    closing: bool,
}

pub(crate) enum Token<'a> {
    Open(Element<'a>),
    /// The element opened last and not yet closed has ended.
    Close,
    Text(Cow<'a, str>),
    /// The part has ended.
    End,
}

pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The name without its namespace prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of the attribute with this local name.
    pub(crate) fn attribute(&self, local: &str) -> Option<String> {
        self.attr(local).map(Cow::into_owned)
    }

    /// The value of the attribute with this local name, borrowed where nothing in it is escaped.
    pub(crate) fn attr(&self, local: &str) -> Option<Cow<'_, str>> {
        let found =
            self.0.attributes().with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == local)?;
        match found.value {
            Cow::Borrowed(raw) => Some(unescape(raw).unwrap_or(Cow::Borrowed(raw))),
            Cow::Owned(raw) => Some(unescape(&raw).map(Cow::into_owned).unwrap_or(raw).into()),
        }
    }

    /// Calls `each` with the local name and the raw value of every attribute.
    pub(crate) fn each_attribute(&self, mut each: impl FnMut(&str, &str)) {
        for attribute in self.0.attributes().with_checks(false).flatten() {
            each(attribute.key.local_name().into_inner(), &attribute.value);
        }
    }

    /// The value of the attribute with exactly this name, its prefix included.
    pub(crate) fn attribute_with_prefix(&self, name: &str) -> Option<String> {
        let found = self.0.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
        Some(unescape(&found.value).map(Cow::into_owned).unwrap_or_else(|_| found.value.into_owned()))
    }

    pub(crate) fn number(&self, local: &str) -> Option<i64> {
        let value = self.attr(local)?;
        value.trim().parse::<i64>().ok().or_else(|| value.trim().parse::<f64>().ok().map(|f| f as i64))
    }

    /// An on/off property: present without a value means on.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.attr("val").as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

impl<'a> Xml<'a> {
    pub(crate) fn new(part: &'a str, text: &'a str, max_depth: usize) -> Self {
        Xml { reader: Reader::from_str(text), part, depth: 0, max_depth, closing: false }
    }

    pub(crate) fn next(&mut self) -> Result<Token<'a>, Refusal> {
        if std::mem::take(&mut self.closing) {
            return Ok(Token::Close);
        }
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error.to_string())),
            };
            match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > self.max_depth {
                        return Err(self.malformed(&format!("elements nested deeper than {}", self.max_depth)));
                    }
                    return Ok(Token::Open(Element(start)));
                }
                Event::Empty(start) => {
                    self.closing = true;
                    return Ok(Token::Open(Element(start)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::Close);
                }
                Event::Text(text) => return Ok(Token::Text(text.xml10_content())),
                Event::CData(data) => return Ok(Token::Text(data.xml10_content())),
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let resolved = match name {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    if let Some(c) = resolved {
                        return Ok(Token::Text(Cow::Owned(c.to_string())));
                    }
                }
                Event::DocType(_) => {
                    return Err(self.malformed("a document type declaration, which office files never carry"));
                }
                Event::Eof => {
                    if self.depth > 0 {
                        return Err(self.malformed("the part ends in the middle of an element"));
                    }
                    return Ok(Token::End);
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// The byte at which the content of the element just opened begins; `None` when its tag leaves no room for any.
    pub(crate) fn content_begins(&self) -> Option<usize> {
        usize::try_from(self.reader.buffer_position()).ok().filter(|_| !self.closing)
    }

    /// Reads to the end of the element just opened.
    pub(crate) fn skip(&mut self) -> Result<(), Refusal> {
        let mut open = 1usize;
        loop {
            match self.next()? {
                Token::Open(_) => open += 1,
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// The text inside the element just opened, to its end.
    pub(crate) fn text(&mut self) -> Result<String, Refusal> {
        let mut text = String::new();
        let mut open = 1usize;
        loop {
            match self.next()? {
                Token::Open(_) => open += 1,
                Token::Close => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                Token::Text(part) => text.push_str(&part),
                Token::End => return Ok(text),
            }
        }
    }

    fn malformed(&self, what: &str) -> Refusal {
        Refusal::new(
            IssueCode::Malformed,
            format!(
                "part {} is damaged near byte {}: {what}; open the file in its own program, save it anew and upload that",
                self.part,
                self.reader.buffer_position()
            ),
        )
    }
}

/// Calls `each` for every child of the element just opened; `each` must read to the child's end.
pub(crate) fn children<'a>(
    xml: &mut Xml<'a>,
    mut each: impl FnMut(&mut Xml<'a>, &Element<'a>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    loop {
        match xml.next()? {
            Token::Open(element) => each(xml, &element)?,
            Token::Text(_) => {}
            Token::Close | Token::End => return Ok(()),
        }
    }
}
