//! Signs of the symbol fonts (Wingdings, Wingdings 2, Symbol) as Unicode: a ticked box decides answers.
//!
//! What looks alike is brought together (every empty box is □, every ticked one ☑), since rules compare signs.

/// A font whose codes are signs and not letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolFont {
    Wingdings,
    Wingdings2,
    Wingdings3,
    Webdings,
    Symbol,
}

impl SymbolFont {
    pub(crate) fn named(font: &str) -> Option<Self> {
        let font = font.trim();
        const NAMES: [(&str, SymbolFont); 7] = [
            ("wingdings", SymbolFont::Wingdings),
            ("wingdings 2", SymbolFont::Wingdings2),
            ("wingdings2", SymbolFont::Wingdings2),
            ("wingdings 3", SymbolFont::Wingdings3),
            ("wingdings3", SymbolFont::Wingdings3),
            ("webdings", SymbolFont::Webdings),
            ("symbol", SymbolFont::Symbol),
        ];
        NAMES.iter().find(|(name, _)| font.eq_ignore_ascii_case(name)).map(|(_, font)| *font)
    }

    /// The sign for a code, with or without the private-use offset F000.
    pub(crate) fn sign(self, code: u32) -> Option<char> {
        let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
        match self {
            SymbolFont::Wingdings => wingdings(code),
            SymbolFont::Wingdings2 => wingdings_2(code),
            SymbolFont::Wingdings3 => wingdings_3(code),
            SymbolFont::Webdings => webdings(code),
            SymbolFont::Symbol => adobe_symbol(code),
        }
    }
}

/// The Unicode sign for a code of the font of this name.
pub(crate) fn symbol(font: &str, code: u32) -> Option<char> {
    SymbolFont::named(font)?.sign(code)
}

fn wingdings(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x21 => '✏',
        0x22 => '✂',
        0x28 | 0x29 => '☎',
        0x2A => '✉',
        0x36 => '⌛',
        0x3F | 0x40 => '✍',
        0x46 => '☞',
        0x4A => '☺',
        0x4C => '☹',
        0x51 => '✈',
        0x6C | 0x9F => '●',
        0x6E => '■',
        0x6F | 0x70 | 0x71 | 0x72 | 0xA8 => '□',
        0x73 | 0x74 | 0x75 | 0x77 => '◆',
        0x76 => '❖',
        0x78 => '☒',
        0x80 => '⓪',
        0x81..=0x8A => char::from_u32(0x2460 + code - 0x81)?,
        0x8B => '⓿',
        0x8C..=0x95 => char::from_u32(0x2776 + code - 0x8C)?,
        0x9E => '·',
        0xA1 | 0xA6 => '○',
        0xA4 => '◉',
        0xA5 => '◎',
        0xA7 => '▪',
        0xAA | 0xAC..=0xAF => '✦',
        0xAB => '★',
        0xB5 | 0xB6 => '☆',
        0xD8 => '➢',
        0xDF => '←',
        0xE0 | 0xE8 | 0xF0 => '→',
        0xE1 => '↑',
        0xE2 => '↓',
        0xE3 => '↖',
        0xE4 => '↗',
        0xE5 => '↙',
        0xE6 => '↘',
        0xEF => '⇦',
        0xFB => '×',
        0xFC => '√',
        0xFD => '☒',
        0xFE => '☑',
        _ => return None,
    })
}

fn wingdings_2(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x4F => '×',
        0x50 => '√',
        0x51 | 0x53 | 0x54 => '☒',
        0x52 => '☑',
        0x69 => '⓪',
        0x6A..=0x73 => char::from_u32(0x2460 + code - 0x6A)?,
        0x75..=0x7E => char::from_u32(0x2776 + code - 0x75)?,
        0x97 => '●',
        0x98 => '·',
        0x99 => '●',
        0x9A | 0x9B => '○',
        0xA0 | 0xA1 => '▪',
        0xA2 => '■',
        0xA3 | 0x2A => '□',
        0xAE | 0xB0 => '◆',
        0xEB => '★',
        0xF6 => '※',
        _ => return None,
    })
}

fn wingdings_3(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x66 => '←',
        0x67 => '→',
        0x68 => '↑',
        0x69 => '↓',
        0x70 => '▲',
        0x71 => '▼',
        0x72 => '△',
        0x73 => '▽',
        0x74 => '◀',
        0x75 => '▶',
        _ => return None,
    })
}

fn webdings(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x61 => '√',
        0x63 => '□',
        0x67 => '■',
        0x6E => '●',
        0x72 => '×',
        0x31 => '□',
        _ => return None,
    })
}

fn adobe_symbol(code: u32) -> Option<char> {
    const UPPER: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const LOWER: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    Some(match code {
        0x41..=0x5A => UPPER.chars().nth((code - 0x41) as usize)?,
        0x61..=0x7A => LOWER.chars().nth((code - 0x61) as usize)?,
        0x22 => '∀',
        0x24 => '∃',
        0x27 => '∋',
        0x2A => '∗',
        0x2D => '−',
        0x40 => '≅',
        0x5C => '∴',
        0x5E => '⊥',
        0xA2 => '′',
        0xA3 => '≤',
        0xA5 => '∞',
        0xA6 => 'ƒ',
        0xA7 => '♣',
        0xA8 => '♦',
        0xA9 => '♥',
        0xAA => '♠',
        0xAB => '↔',
        0xAC => '←',
        0xAD => '↑',
        0xAE => '→',
        0xAF => '↓',
        0xB0 => '°',
        0xB1 => '±',
        0xB2 => '″',
        0xB3 => '≥',
        0xB4 => '×',
        0xB5 => '∝',
        0xB6 => '∂',
        0xB7 => '•',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBA => '≡',
        0xBB => '≈',
        0xBC => '…',
        0xC5 => '⊕',
        0xC6 => '∅',
        0xC7 => '∩',
        0xC8 => '∪',
        0xCC => '⊂',
        0xCD => '⊆',
        0xCE => '∈',
        0xCF => '∉',
        0xD0 => '∠',
        0xD1 => '∇',
        0xD2 | 0xE2 => '®',
        0xD3 | 0xE3 => '©',
        0xD4 | 0xE4 => '™',
        0xD5 => '∏',
        0xD6 => '√',
        0xD7 => '⋅',
        0xD8 => '¬',
        0xD9 => '∧',
        0xDA => '∨',
        0xDB => '⇔',
        0xDC => '⇐',
        0xDE => '⇒',
        0xE5 => '∑',
        0xF2 => '∫',
        0x20..=0x7E => char::from_u32(code)?,
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
