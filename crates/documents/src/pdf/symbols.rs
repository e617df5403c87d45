//! Symbol fonts: code points of Wingdings, Webdings and Symbol as the signs people see.
//!
//! Tick boxes decide answers in tenders, and these fonts put them at private-use code points (U+F000 plus the
//! byte). Source of the assignments: the fonts' published character charts.

/// The sign behind a private-use character of `font`; `None` when it is not known.
pub(crate) fn sign(font: &str, c: char) -> Option<char> {
    let code = u32::from(c);
    if !(0xF020..=0xF0FF).contains(&code) {
        return None;
    }
    let byte = (code & 0xFF) as u8;
    let font = plain_name(font);
    if font.contains("wingdings2") {
        wingdings2(byte)
    } else if font.contains("wingdings3") {
        wingdings3(byte)
    } else if font.contains("webdings") {
        webdings(byte)
    } else if font.contains("wingdings") || font.contains("opensymbol") || font.contains("starsymbol") {
        // OpenSymbol keeps what it shows for Wingdings at the same code points.
        wingdings(byte)
    } else if font.contains("symbol") {
        symbol(byte)
    } else {
        // Office programs rename subset fonts; the tick boxes are the same in all of them.
        wingdings2(byte).filter(|_| matches!(byte, 0x50 | 0x52 | 0xA3)).or_else(|| wingdings(byte))
    }
}

/// Whether the font has pictures in the places of letters.
pub(crate) fn is_pictorial(font: &str) -> bool {
    let font = plain_name(font);
    font.contains("wingdings") || font.contains("webdings")
}

fn plain_name(font: &str) -> String {
    font.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect::<String>().to_ascii_lowercase()
}

fn wingdings(byte: u8) -> Option<char> {
    Some(match byte {
        0x6C | 0x9F => '●',
        0x6E => '■',
        0x6F | 0x71 | 0x72 => '□',
        0x75 => '◆',
        0x76 => '❖',
        0xA1 => '○',
        0xA7 => '▪',
        0xA8 => '□',
        0xAB => '★',
        0xB2 => '✧',
        0xD8 => '➢',
        0xE0 | 0xE8 => '→',
        0xFB => '✗',
        0xFC => '√',
        0xFD => '☒',
        0xFE => '☑',
        _ => return None,
    })
}

fn wingdings2(byte: u8) -> Option<char> {
    Some(match byte {
        0x4F => '✗',
        0x50 => '√',
        0x51 | 0x53 | 0x54 => '☒',
        0x52 => '☑',
        0x97 | 0x98 => '●',
        0xA2 => '■',
        0xA3 => '□',
        _ => return None,
    })
}

fn wingdings3(byte: u8) -> Option<char> {
    Some(match byte {
        0x70 => '▲',
        0x71 => '▼',
        0x72 => '△',
        0x73 => '▽',
        0x74 => '◀',
        0x75 => '▶',
        _ => return None,
    })
}

fn webdings(byte: u8) -> Option<char> {
    Some(match byte {
        0x34 => '▶',
        0x35 => '▲',
        0x36 => '▼',
        0x61 => '√',
        0x63 => '□',
        0x67 => '■',
        0x6E => '●',
        0x72 => '✗',
        _ => return None,
    })
}

fn symbol(byte: u8) -> Option<char> {
    Some(match byte {
        0xA3 => '≤',
        0xB0 => '°',
        0xB1 => '±',
        0xB3 => '≥',
        0xB4 => '×',
        0xB7 => '•',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBB => '≈',
        0xD6 => '√',
        0x6D => 'μ',
        0x57 => 'Ω',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tick_boxes_are_told_apart_by_font() {
        assert_eq!(sign("ABCDEF+Wingdings2", '\u{F052}'), Some('☑'));
        assert_eq!(sign("Wingdings", '\u{F0FE}'), Some('☑'));
        assert_eq!(sign("Wingdings-Regular", '\u{F06F}'), Some('□'));
        assert_eq!(sign("SymbolMT", '\u{F0B3}'), Some('≥'));
        assert_eq!(sign("ABCDEF+SomeOpenSymbolRegular", '\u{F0FE}'), Some('☑'));
        assert_eq!(sign("Wingdings3", '\u{F070}'), Some('▲'));
        assert_eq!(sign("AnyFont", '\u{E000}'), None);
    }
}
