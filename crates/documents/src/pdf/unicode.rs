//! Unicode for glyphs whose font does not say it.
//!
//! Two sources are left when there is no `ToUnicode`: the predefined Chinese encoding the font dictionary names
//! (a code of GBK-EUC-H is a GBK character), and the font program's own character map read backwards. Both are
//! looked up only for files that need them. Start at [`Recovery::of`].

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use hayro_interpret::font::{Glyph, OutlineFontData, StandardFont};
use hayro_interpret::hayro_cmap::{BfString, CMap, CidFamily, load_embedded};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use skrifa::{FontRef, MetadataProvider};

/// Fonts beyond this are not looked at; a real file has a few dozen.
const FONTS_MAX: usize = 2_000;

/// Ways from a glyph to a character, by font.
pub(crate) struct Recovery {
    /// By base font name without its subset prefix, as glyphs carry it.
    codings: HashMap<String, Option<Coding>>,
    /// By font program: character by glyph.
    programs: Mutex<HashMap<u128, HashMap<u32, char>>>,
    /// Adobe's tables from character identifiers to Unicode.
    collections: HashMap<CidFamily, CMap>,
}

/// What the codes of a composite font mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Coding {
    /// A multi-byte encoding.
    Bytes(&'static encoding_rs::Encoding),
    Utf8,
    Utf16,
    Utf32,
    /// Codes are identifiers in a character collection.
    Identifiers(CidFamily),
}

impl Recovery {
    /// Looks through the file's font dictionaries.
    pub(crate) fn of(pdf: &Pdf) -> Self {
        let mut codings: HashMap<String, Option<Coding>> = HashMap::new();
        let mut collections = HashMap::new();
        for object in pdf.objects() {
            let Some(dict) = object.into_dict() else { continue };
            let Some((name, coding)) = composite_font(&dict) else { continue };
            if let Coding::Identifiers(family) = &coding
                && !collections.contains_key(family)
                && let Some(table) = family.ucs2_cmap().and_then(load_embedded)
                && let Some(table) = CMap::parse(table, load_embedded)
            {
                collections.insert(family.clone(), table);
            }
            // Two fonts of one name that disagree say nothing about either.
            let known = codings.entry(name).or_insert_with(|| Some(coding.clone()));
            if known.as_ref().is_some_and(|k| *k != coding) {
                *known = None;
            }
            if codings.len() >= FONTS_MAX {
                break;
            }
        }
        Recovery { codings, programs: Mutex::default(), collections }
    }

    pub(crate) fn character(&self, glyph: &Glyph<'_>) -> Option<char> {
        let Glyph::Outline(outline) = glyph else { return None };
        let font = outline.font_data()?;
        let coding = font.postscript_name.as_ref().and_then(|n| self.codings.get(n)).and_then(Option::as_ref);
        let code = outline.char_code();
        match coding {
            Some(Coding::Bytes(encoding)) => decoded(encoding, code),
            Some(Coding::Utf8) => decoded(encoding_rs::UTF_8, code),
            Some(Coding::Utf16) => utf16(code),
            Some(Coding::Utf32) => char::from_u32(code),
            Some(Coding::Identifiers(family)) => self.read_program(&font, outline.glyph_id().to_u32()).or_else(|| {
                match self.collections.get(family)?.lookup_bf_string(code)? {
                    BfString::Char(c) => Some(c),
                    BfString::String(s) => s.chars().next(),
                }
            }),
            None => self.read_program(&font, outline.glyph_id().to_u32()),
        }
    }

    /// The character the font program itself would show with this glyph.
    fn read_program(&self, font: &OutlineFontData, glyph: u32) -> Option<char> {
        if is_stand_in(font) {
            return None;
        }
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        let characters = programs.entry(font.cache_key).or_insert_with(|| inverted((*font.data).as_ref()));
        characters.get(&glyph).copied()
    }
}

/// Whether this is a font that hayro puts in the place of one the file does not hold: its glyphs are not those of the
/// file's font.
pub(crate) fn is_stand_in(font: &OutlineFontData) -> bool {
    /// Where hayro's own fonts begin in memory: what they are handed out as differs each time, their bytes do not.
    static BEGINNINGS: LazyLock<Vec<usize>> = LazyLock::new(|| {
        let begins = |font: &StandardFont| (*font.get_font_data().0).as_ref().as_ptr().addr();
        STANDARD_FONTS.iter().map(begins).collect()
    });
    BEGINNINGS.contains(&(*font.data).as_ref().as_ptr().addr())
}

const STANDARD_FONTS: [StandardFont; 14] = [
    StandardFont::Helvetica,
    StandardFont::HelveticaBold,
    StandardFont::HelveticaOblique,
    StandardFont::HelveticaBoldOblique,
    StandardFont::Courier,
    StandardFont::CourierBold,
    StandardFont::CourierOblique,
    StandardFont::CourierBoldOblique,
    StandardFont::TimesRoman,
    StandardFont::TimesBold,
    StandardFont::TimesItalic,
    StandardFont::TimesBoldItalic,
    StandardFont::ZapfDingBats,
    StandardFont::Symbol,
];

/// The font's character map read backwards; empty when it has none.
fn inverted(program: &[u8]) -> HashMap<u32, char> {
    let Ok(font) = FontRef::new(program) else { return HashMap::new() };
    let mut characters: HashMap<u32, char> = HashMap::new();
    for (code, glyph) in font.charmap().mappings() {
        let Some(c) = char::from_u32(code) else { continue };
        // Several characters may share a glyph; the ordinary one comes before radicals and compatibility forms.
        let plain = |c: char| !matches!(u32::from(c), 0x2E80..=0x2FDF | 0xE000..=0xFAFF);
        let known = characters.entry(glyph.to_u32()).or_insert(c);
        if plain(c) && !plain(*known) {
            *known = c;
        }
    }
    characters
}

/// Name and coding of a composite font that has no `ToUnicode`.
fn composite_font(dict: &Dict<'_>) -> Option<(String, Coding)> {
    if dict.get::<Name<'_>>("Subtype")?.as_str() != "Type0" || dict.contains_key("ToUnicode") {
        return None;
    }
    let base = dict.get::<Name<'_>>("BaseFont")?;
    let base = base.as_str();
    let name = base.split_once('+').filter(|(prefix, _)| prefix.len() == 6).map_or(base, |(_, name)| name);
    let encoding = dict.get::<Name<'_>>("Encoding")?;
    let encoding = encoding.as_str();
    let coding = if let Some(coding) = named_coding(encoding) {
        coding
    } else if encoding.starts_with("Identity-") {
        let font = dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let info = font.get::<Dict<'_>>("CIDSystemInfo")?;
        let (registry, ordering) = (info.get::<PdfString<'_>>("Registry")?, info.get::<PdfString<'_>>("Ordering")?);
        let family = CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes());
        family.ucs2_cmap()?;
        Coding::Identifiers(family)
    } else {
        return None;
    };
    Some((name.to_owned(), coding))
}

/// What the codes of a predefined encoding are.
fn named_coding(name: &str) -> Option<Coding> {
    let bytes = |encoding| Some(Coding::Bytes(encoding));
    match name {
        _ if name.starts_with("Uni") && name.contains("UTF32") => Some(Coding::Utf32),
        _ if name.starts_with("Uni") && name.contains("UTF8") => Some(Coding::Utf8),
        _ if name.starts_with("Uni") => Some(Coding::Utf16),
        _ if name.starts_with("GB") => bytes(encoding_rs::GB18030),
        _ if name.contains("B5") => bytes(encoding_rs::BIG5),
        _ if name.contains("RKSJ") => bytes(encoding_rs::SHIFT_JIS),
        _ if name.starts_with("KSC") => bytes(encoding_rs::EUC_KR),
        "EUC-H" | "EUC-V" => bytes(encoding_rs::EUC_JP),
        _ => None,
    }
}

/// A character of a multi-byte encoding whose bytes are `code`.
fn decoded(encoding: &'static encoding_rs::Encoding, code: u32) -> Option<char> {
    let bytes = code.to_be_bytes();
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(3);
    let (text, failed) = encoding.decode_without_bom_handling(bytes.get(start..)?);
    let mut characters = text.chars();
    let first = characters.next()?;
    (!failed && characters.next().is_none()).then_some(first)
}

/// One UTF-16 unit, or a pair of them.
fn utf16(code: u32) -> Option<char> {
    let units = [(code >> 16) as u16, (code & 0xFFFF) as u16];
    let units = if code > 0xFFFF { &units[..] } else { &units[1..] };
    char::decode_utf16(units.iter().copied()).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_chinese_encodings_are_characters() {
        assert_eq!(decoded(encoding_rs::GB18030, 0xD6D0), Some('中'));
        assert_eq!(decoded(encoding_rs::GB18030, 0x41), Some('A'));
        assert_eq!(decoded(encoding_rs::GB18030, 0xD6), None);
        assert_eq!(decoded(encoding_rs::BIG5, 0xA4A4), Some('中'));
        assert_eq!(utf16(0x4E2D), Some('中'));
        assert_eq!(utf16(0xD842_DFB7), Some('𠮷'));
        assert_eq!(utf16(0xD842), None);
    }

    #[test]
    fn predefined_encodings_are_known_by_name() {
        assert_eq!(named_coding("GBKp-EUC-V"), Some(Coding::Bytes(encoding_rs::GB18030)));
        assert_eq!(named_coding("UniGB-UTF32-H"), Some(Coding::Utf32));
        assert_eq!(named_coding("UniCNS-UCS2-H"), Some(Coding::Utf16));
        assert_eq!(named_coding("HKscs-B5-H"), Some(Coding::Bytes(encoding_rs::BIG5)));
        assert_eq!(named_coding("90ms-RKSJ-H"), Some(Coding::Bytes(encoding_rs::SHIFT_JIS)));
        // What nobody knows stays unknown.
        assert_eq!(named_coding("CNS-EUC-H"), None);
        assert_eq!(named_coding("Identity-H"), None);
    }

    #[test]
    fn a_broken_font_program_has_no_characters() {
        assert!(inverted(b"").is_empty());
        assert!(inverted(b"true\x00\x01cmap").is_empty());
    }
}
