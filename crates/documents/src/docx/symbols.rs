//! Signs of the symbol fonts (Wingdings, Wingdings 2, Symbol) as Unicode: a ticked box decides answers.

/// The Unicode sign for a code of a symbol font, with or without the private-use offset F000.
pub(crate) fn symbol(font: &str, code: u32) -> Option<char> {
    let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let font = font.trim().to_ascii_lowercase();
    match font.as_str() {
        "wingdings" => wingdings(code),
        "wingdings 2" | "wingdings2" => wingdings_2(code),
        "symbol" => adobe_symbol(code),
        _ => None,
    }
}

fn wingdings(code: u32) -> Option<char> {
    Some(match code {
        0x6C | 0x9F => '●',
        0x6E => '■',
        0x6F | 0x70 | 0x71 | 0x72 | 0xA8 => '□',
        0x75 => '◆',
        0xA1 => '○',
        0xA7 => '▪',
        0xAB => '★',
        0xD8 => '➢',
        0xE0 => '→',
        0xFB => '×',
        0xFC => '√',
        0xFD => '☒',
        0xFE => '☑',
        0x80 => '⓪',
        0x81..=0x8A => char::from_u32(0x2460 + code - 0x81)?,
        0x8C..=0x95 => char::from_u32(0x2776 + code - 0x8C)?,
        _ => return None,
    })
}

fn wingdings_2(code: u32) -> Option<char> {
    Some(match code {
        0x4F => '×',
        0x50 => '√',
        0x51 | 0x53 | 0x54 => '☒',
        0x52 => '☑',
        0xA2 => '■',
        0xA3 | 0x2A => '□',
        0x69..=0x72 => char::from_u32(0x2460 + code - 0x6A).filter(|_| code >= 0x6A)?,
        _ => return None,
    })
}

fn adobe_symbol(code: u32) -> Option<char> {
    Some(match code {
        0xB7 => '•',
        0xA3 => '≤',
        0xB3 => '≥',
        0xB1 => '±',
        0xB4 => '×',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBB => '≈',
        0xB0 => '°',
        0xA5 => '∞',
        0x57 => 'Ω',
        0x6D => 'μ',
        0x61 => 'α',
        0x62 => 'β',
        0x66 => 'φ',
        0x46 => 'Φ',
        0x44 => 'Δ',
        0xAE => '→',
        0xD6 => '√',
        _ => return None,
    })
}

/// A private-use sign whose font is not known: read as Wingdings, the font office programs put there.
pub(crate) fn private_use(c: char) -> Option<char> {
    let code = u32::from(c);
    if !(0xF020..=0xF0FF).contains(&code) {
        return None;
    }
    match code {
        0xF052 => Some('☑'),
        0xF0B7 => Some('•'),
        0xF0A3 => Some('□'),
        _ => wingdings(code - 0xF000),
    }
}
