//! Colours of words and of what lies under them, to know words that nobody sees.

use crate::xml::Element;

type Rgb = [u8; 3];

const PAPER: Rgb = [255; 3];
/// Two colours that differ by no more in red, green and blue are one to the eye.
const NEAR: u8 = 10;

/// What lies under words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Colour(Rgb),
    /// A pattern, a highlighter, a picture: words on it are taken for seen.
    Unknown,
}

/// The colour of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// The program chooses one that is seen.
    Auto,
    Colour(Rgb),
}

/// What a `w:color` sets.
pub(crate) fn ink(element: &Element<'_>) -> Ink {
    let theme = || element.attr("themeColor").is_some_and(|theme| matches!(&*theme, "background1" | "light1"));
    match element.attr("val").and_then(|value| rgb(&value)) {
        Some(colour) => Ink::Colour(colour),
        None if theme() => Ink::Colour(PAPER),
        None => Ink::Auto,
    }
}

/// What a `w:shd` or `w:highlight` puts under words; `None` where what is under it shows through.
pub(crate) fn shading(element: &Element<'_>) -> Option<Ground> {
    let value = element.attr("val").unwrap_or_default();
    if element.name() == "highlight" {
        return (value != "none").then_some(Ground::Unknown);
    }
    let fill = || element.attr("fill").and_then(|fill| rgb(&fill));
    match &*value {
        "nil" => None,
        "clear" | "" => fill().map(Ground::Colour),
        "solid" => Some(element.attr("color").and_then(|colour| rgb(&colour)).map_or(Ground::Unknown, Ground::Colour)),
        _ => Some(Ground::Unknown),
    }
}

/// Whether words in this colour cannot be seen there, or on the paper where nothing is named.
pub(crate) fn hides(ground: Option<Ground>, ink: Ink) -> bool {
    match (ground.unwrap_or(Ground::Colour(PAPER)), ink) {
        (Ground::Colour(under), Ink::Colour(ink)) => under.iter().zip(ink).all(|(a, b)| a.abs_diff(b) <= NEAR),
        (Ground::Unknown, _) | (_, Ink::Auto) => false,
    }
}

/// Whether the body's words may stand on something that no shading tells of: a coloured page, a picture behind them.
pub(super) fn may_be_covered(body: &str) -> bool {
    ["<w:background", "behindDoc=\"1\"", "behindDoc=\"true\"", "z-index:-"].iter().any(|words| body.contains(words))
}

/// `FFFFFF`; `None` for `auto`.
fn rgb(value: &str) -> Option<Rgb> {
    let number = u32::from_str_radix(value, 16).ok().filter(|_| value.len() == 6)?;
    let [_, r, g, b] = number.to_be_bytes();
    Some([r, g, b])
}
