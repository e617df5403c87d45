//! Ticked answers: `□是 ☑否`, `■不允许 □允许`, `√合同价的2%`.
//!
//! Which box belongs to which words follows from where the marks stand: before the words in nearly every
//! form. A mark that also serves as a list bullet counts only beside an empty box.

use std::ops::Range;

/// One answer of a form, ticked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub ticked: bool,
    /// The bytes of the answer's words, without its box.
    pub range: Range<usize>,
}

impl Choice {
    pub fn label<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.clone()).unwrap_or_default().trim()
    }
}

pub fn is_ticked_mark(c: char) -> bool {
    matches!(c, '☑' | '☒' | '√' | '✓' | '✔' | '■' | '⊠' | '🗹' | '🗸' | '▣' | '◼' | '⬛' | '█')
        || matches!(c, '\u{F052}' | '\u{F0FE}' | '\u{F0FD}' | '\u{F053}')
}

pub fn is_empty_mark(c: char) -> bool {
    matches!(c, '□' | '☐' | '▢' | '◻' | '⬜' | '\u{F0A3}' | '\u{F06F}' | '\u{F0A8}' | '\u{F0A1}')
}

/// Every boxed answer of `text`; empty when `text` is not a form.
pub fn choices(text: &str) -> Vec<Choice> {
    let any_empty = text.chars().any(is_empty_mark);
    let mut choices: Vec<Choice> = Vec::new();
    let mut open: Option<(bool, usize)> = None;
    let mut previous: Option<char> = None;
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).unwrap_or_default().chars().next();
        // Wingdings ticks reach the text as letters when a file loses its fonts.
        let lost_font = any_empty
            && matches!(c, 'R' | 'þ' | 'ý')
            && !previous.is_some_and(|p| p.is_ascii_alphanumeric())
            && !next.is_some_and(|n| n.is_ascii_alphanumeric());
        let mark = if is_ticked_mark(c) || lost_font {
            Some(true)
        } else if is_empty_mark(c) {
            Some(false)
        } else {
            None
        };
        if let Some(ticked) = mark {
            if let Some((was_ticked, start)) = open.take() {
                if text.get(start..at).unwrap_or_default().trim().is_empty() {
                    // Two marks together (□√, 口√) are one box that is ticked.
                    open = Some((was_ticked || ticked, at + c.len_utf8()));
                    previous = Some(c);
                    continue;
                }
                choices.push(Choice { ticked: was_ticked, range: start..at });
            }
            open = Some((ticked, at + c.len_utf8()));
        } else if matches!(c, ';' | '。' | '\n')
            && let Some((ticked, start)) = open.take()
        {
            choices.push(Choice { ticked, range: start..at });
        }
        previous = Some(c);
    }
    if let Some((ticked, start)) = open {
        choices.push(Choice { ticked, range: start..text.len() });
    }
    choices.retain(|c| !c.label(text).is_empty());
    choices
}

/// The words of the ticked answers, when at least one box is ticked.
pub fn ticked(text: &str) -> Vec<Choice> {
    choices(text).into_iter().filter(|c| c.ticked).collect()
}

/// Whether the text offers answers of which none is ticked: a form still to be filled in.
pub fn is_blank_form(text: &str) -> bool {
    let all = choices(text);
    !all.is_empty() && all.iter().all(|c| !c.ticked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        ticked(text).iter().map(|c| c.label(text)).collect()
    }

    #[test]
    fn the_ticked_answer_is_read() {
        assert_eq!(read("□是;√否"), ["否"]);
        assert_eq!(read("□是 /☑否"), ["否"]);
        assert_eq!(read("■不允许□允许,具体要求:"), ["不允许"]);
        assert_eq!(read("□√接受 □不接受"), ["接受"]);
        assert_eq!(read("R不组织 □组织"), ["不组织"]);
        assert!(is_blank_form("□是 □否"));
        assert!(!is_blank_form("本项目不接受"));
    }
}
