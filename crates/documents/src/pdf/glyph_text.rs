//! The words of one glyph: nearly always a single character, which is kept without an allocation of its own.
//!
//! A page has a thousand glyphs and they are copied while it is laid out; one allocation each was a third of the
//! time that reading took.

use std::fmt;
use std::ops::Deref;

/// What one glyph says; a `str` in all but where it is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum GlyphText {
    One { utf8: [u8; 4], length: u8 },
    More(Box<str>),
}

impl From<char> for GlyphText {
    fn from(c: char) -> Self {
        let mut utf8 = [0; 4];
        let length = c.encode_utf8(&mut utf8).len();
        GlyphText::One { utf8, length: u8::try_from(length).unwrap_or(4) }
    }
}

impl From<String> for GlyphText {
    fn from(text: String) -> Self {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => only.into(),
            _ => GlyphText::More(text.into_boxed_str()),
        }
    }
}

impl Deref for GlyphText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            GlyphText::One { utf8, length } => {
                let bytes = utf8.get(..usize::from(*length)).unwrap_or_default();
                std::str::from_utf8(bytes).unwrap_or_default()
            }
            GlyphText::More(text) => text,
        }
    }
}

impl fmt::Debug for GlyphText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_words_come_back_as_they_were() {
        for text in ["", "a", "标", "𠮷", "ffi", "标段"] {
            assert_eq!(&*GlyphText::from(text.to_owned()), text);
        }
        assert_eq!(GlyphText::from('标'), GlyphText::from("标".to_owned()));
    }
}
