//! Text folded for matching, with the way back to the original.
//!
//! Folding removes what typesetting and input methods vary: width, compatibility and radical code points,
//! white space between Chinese characters, letter case of the width-folded forms is kept. It never changes
//! what a sign means: ①, ㎡ and ½ stay. A number with a lost sign in it is lost as a whole, so that nobody takes what
//! is left of it for a number; lost words beside others are left out. Every folded byte knows the original byte it came from.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::document::LOST_SIGN;

/// A folded string and, for each of its bytes, the byte offset of the original character.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    pub text: String,
    /// `origin[i]` is where the original character of folded byte `i` starts; one more entry holds the end.
    origin: Vec<u32>,
}

impl Folded {
    /// The original byte range behind the folded byte range `start..end`, trimmed to whole characters.
    ///
    /// `original` must be the string that was folded.
    pub fn original_range(&self, original: &str, start: usize, end: usize) -> (usize, usize) {
        if start >= end || start >= self.text.len() {
            let at = self.origin.get(start).map_or(original.len(), |&o| o as usize);
            return (at, at);
        }
        let from = self.origin.get(start).map_or(0, |&o| o as usize);
        let last = self.origin.get(end.min(self.text.len()) - 1).map_or(0, |&o| o as usize);
        let to = original.get(last..).and_then(|rest| rest.chars().next()).map_or(last, |c| last + c.len_utf8());
        (from, to)
    }
}

/// Folds `text`; see the module documentation for what is folded.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len() + 1) };
    let mut pending_space: Option<usize> = None;
    let lost = lost_runs(text);
    for (at, c) in text.char_indices() {
        let run = lost.iter().find(|run| run.range.contains(&at));
        let apart = run.is_some_and(|run| run.stands_apart);
        if c.is_whitespace() || is_invisible(c) || apart {
            if c.is_whitespace() || apart {
                pending_space.get_or_insert(at);
            }
            continue;
        }
        let start = folded.text.len();
        push_folded(&mut folded.text, if run.is_some() { LOST_SIGN } else { c });
        if let Some(space_at) = pending_space.take() {
            let before = folded.text.get(..start).and_then(|t| t.chars().next_back());
            let after = folded.text.get(start..).and_then(|t| t.chars().next());
            if let (Some(before), Some(after)) = (before, after)
                && keeps_space(before)
                && keeps_space(after)
            {
                folded.text.insert(start, ' ');
                folded.origin.push(u32::try_from(space_at).unwrap_or(u32::MAX));
            }
        }
        let origin = u32::try_from(at).unwrap_or(u32::MAX);
        folded.origin.resize(folded.text.len(), origin);
    }
    folded.origin.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    folded
}

/// Lost signs that stand one after the other, or a number with lost signs in it.
struct LostRun {
    range: Range<usize>,
    /// What is left of it is no word and no number any more.
    breaks: bool,
    /// It stands apart as a word of its own, as one in a script that the font does not tell: the words around it are
    /// whole without it.
    stands_apart: bool,
}

/// Whether a word or a number of `text` lacks a sign, or a sentence a word. A mark before a point of a list takes nothing
/// from it.
pub(crate) fn has_holes(text: &str) -> bool {
    lost_runs(text).iter().any(|run| run.breaks)
}

/// Whether a word or a number of `text` is lost, in part or as a whole.
pub(crate) fn loses_words(text: &str) -> bool {
    lost_runs(text).iter().any(|run| run.breaks || run.range.len() > LOST_SIGN.len_utf8())
}

fn lost_runs(text: &str) -> Vec<LostRun> {
    if !text.contains(LOST_SIGN) {
        return Vec::new();
    }
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let at = |at: usize| characters.get(at).map(|(_, c)| *c);
    let is_figure = |c: char| c.is_numeric() || NUMERALS.contains(c);
    let is_part = |c: char| c == LOST_SIGN || is_figure(c);
    let part_at = |n: usize| at(n).is_some_and(is_part);
    let of_number = |n: usize| {
        part_at(n) || at(n).is_some_and(|c| NUMBER_JOINTS.contains(c)) && n > 0 && part_at(n - 1) && part_at(n + 1)
    };
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let said = |c: &char| !matches!(*c, ' ' | '\u{3000}' | LOST_SIGN);
    let mut runs = Vec::new();
    let mut from = 0;
    while from < characters.len() {
        let to = (from..characters.len()).find(|n| !of_number(*n)).unwrap_or(characters.len());
        let group = characters.get(from..to).unwrap_or_default();
        let lost = group.iter().filter(|(_, c)| *c == LOST_SIGN).count();
        if let (Some((start, _)), Some((last, c))) = (group.first(), group.last())
            && lost > 0
        {
            let (before, after) = (from.checked_sub(1).and_then(at), at(to));
            // The next words on either side, in the same line and cell.
            let above = characters.get(..from).unwrap_or_default().iter().rev().map(|(_, c)| *c);
            let below = characters.get(to..).unwrap_or_default().iter().map(|(_, c)| *c);
            let inside = is_word(above.take(NEIGHBOURHOOD).find(said)) && is_word(below.take(NEIGHBOURHOOD).find(said));
            let number = group.iter().any(|(_, c)| is_figure(*c));
            let breaks = number || is_word(before) || (lost > 1 && is_word(after)) || inside;
            let stands_apart = !breaks && !is_word(after);
            runs.push(LostRun { range: *start..last + c.len_utf8(), breaks, stands_apart });
        }
        from = to + 1;
    }
    runs
}

/// Further away than that no word belongs to a lost one.
const NEIGHBOURHOOD: usize = 200;
/// Numbers are written with these beside figures.
const NUMERALS: &str = "〇一二两三四五六七八九十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟萬億";
/// These stand between the parts of a number, a date or an hour.
const NUMBER_JOINTS: &str = ".,:/-%年月日时分．，：／－％";

/// The folded string alone, for comparing two texts.
pub fn folded(text: &str) -> String {
    fold(text).text
}

/// `text` with every radical and ligature as the letters it stands for: writers of PDF name the one for the other.
pub fn plain_letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(u32::from(c), 0x2E80..=0x2FDF | 0xFB00..=0xFB06) { push_folded(&mut out, c) } else { out.push(c) }
    }
    out
}

/// Folds one character onto `out`.
fn push_folded(out: &mut String, c: char) {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201B}' => out.push('\''),
        '\u{201C}' | '\u{201D}' | '\u{201F}' => out.push('"'),
        '\u{2013}' | '\u{2014}' | '\u{2212}' | '\u{2010}' | '\u{2011}' => out.push('-'),
        '\u{301C}' | '\u{223C}' => out.push('~'),
        '〔' | '［' => out.push('['),
        '〕' | '］' => out.push(']'),
        '。' | '｡' => out.push('。'),
        '、' | '､' => out.push('、'),
        '≧' => out.push('≥'),
        '≦' => out.push('≤'),
        '⺠' => out.push('民'),
        '⻔' => out.push('门'),
        '⻓' => out.push('长'),
        '⻋' => out.push('车'),
        '⻅' => out.push('见'),
        '⻉' => out.push('贝'),
        '⻚' => out.push('页'),
        '⻛' => out.push('风'),
        '⻜' => out.push('飞'),
        '⻝' => out.push('食'),
        '⻢' => out.push('马'),
        '⻥' => out.push('鱼'),
        '⻩' => out.push('黄'),
        '⻬' => out.push('齐'),
        '⻰' => out.push('龙'),
        '⻘' => out.push('青'),
        '⻣' => out.push('骨'),
        '⻨' => out.push('麦'),
        '⻄' => out.push('西'),
        '⺟' => out.push('母'),
        '⺎' => out.push('尢'),
        '⺆' => out.push('冂'),
        '⻆' => out.push('角'),
        '⻦' => out.push('鸟'),
        '⻤' => out.push('鬼'),
        '⻑' => out.push('長'),
        '⻙' => out.push('韦'),
        '⻁' => out.push('虎'),
        '⻗' => out.push('雨'),
        '⻡' => out.push('首'),
        '⻧' => out.push('卤'),
        '⻪' => out.push('黾'),
        '⻮' => out.push('齿'),
        '⺮' => out.push('竹'),
        '⺼' => out.push('肉'),
        '⺶' | '⺷' => out.push('羊'),
        '⺧' => out.push('牛'),
        '⺝' => out.push('月'),
        '⺬' => out.push('示'),
        '⺩' => out.push('王'),
        '⺌' | '⺍' => out.push('小'),
        '⺁' => out.push('厂'),
        '⺇' => out.push('几'),
        '⺊' => out.push('卜'),
        '⺒' => out.push('巳'),
        '⺓' => out.push('幺'),
        '⺻' => out.push('聿'),
        '⺯' => out.push('糸'),
        '⺪' => out.push('疋'),
        _ if is_compatibility(c) => out.extend(c.nfkc()),
        _ => out.push(c),
    }
}

/// Code points whose NFKC form is the same sign in another shape.
///
/// NFKC as a whole is too greedy: it turns ① into 1 and ㎡ into m2, which changes clause numbers and units.
fn is_compatibility(c: char) -> bool {
    matches!(u32::from(c),
        0x2F00..=0x2FDF      // Kangxi radicals
        | 0x2E80..=0x2EFF    // CJK radicals supplement (those NFKC knows)
        | 0xF900..=0xFAFF    // CJK compatibility ideographs
        | 0x2F800..=0x2FA1F
        | 0xFF01..=0xFF60    // full width forms
        | 0xFFE0..=0xFFE6
        | 0xFB00..=0xFB06) // latin ligatures
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// Spaces are kept only between characters of scripts that separate words by them.
fn keeps_space(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_control() || (c.is_alphabetic() && !is_cjk(c))
}

/// Whether `c` is a Chinese character or Chinese punctuation.
pub fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3000..=0x303F | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0xFF00..=0xFF60 | 0x20000..=0x3FFFF)
}

/// Whether nothing of `text` is Chinese: letters with accents and signs of money stand in English sentences as well.
pub fn is_western(text: &str) -> bool {
    !text.chars().any(is_cjk)
}

/// Whether `c` is a Chinese character in common use, and no sign.
pub fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_radicals_and_typeset_spaces_are_folded() {
        assert_eq!(folded("２０２５ 年 １ 月（北京时间）：⼈⺠"), "2025年1月(北京时间):人民");
        assert_eq!(folded("bid  validity\n 90 days"), "bid validity 90 days");
        assert_eq!(folded("面积 20㎡ ①"), "面积20㎡①");
        assert_eq!(folded("9:00〜11:30，9:00～11:30，9:00∼11:30"), "9:00~11:30,9:00~11:30,9:00~11:30");
        assert_eq!(plain_letters("⻘⻓，ﬁnal"), "青长，final");
    }

    #[test]
    fn a_number_with_a_lost_sign_is_no_number() {
        let lost = |text: &str| folded(text).replace(LOST_SIGN, "?");
        assert_eq!(lost("总价1,9\u{FFFD}4,000.00元"), "总价????????????元");
        assert_eq!(lost("工期\u{FFFD}0日历天，质保３\u{FFFD}年"), "工期??日历天,质保??年");
        assert_eq!(lost("202\u{FFFD}年1月15日"), "?????????日");
        assert_eq!(lost("人民币玖\u{FFFD}万元"), "人民币???元");
        // What stands apart from the lost sign is whole.
        assert_eq!(lost("\u{FFFD} 90日历天；甲\u{FFFD}乙，3年"), "90日历天;甲?乙,3年");
        assert_eq!(lost("Bid Number/\u{FFFD}\u{FFFD} \u{FFFD}\u{FFFD}: N/7"), "Bid Number/ : N/7");
        assert_eq!(lost("：\u{FFFD},000.00元"), ":????????元");
    }

    #[test]
    fn holes_are_in_words_numbers_and_sentences() {
        for text in [
            "水\u{FFFD}公司",
            "甲\u{FFFD}",
            "\u{FFFD}4元",
            "共\u{FFFD},000元",
            "\u{FFFD}\u{FFFD}公司",
            "shall \u{FFFD}\u{FFFD} submit",
        ] {
            assert!(has_holes(text), "{text}");
        }
        for text in [
            "交货期90日",
            "\u{FFFD} 交货期",
            "\u{FFFD}交货期",
            "Date/\u{FFFD}\u{FFFD} \u{FFFD}: 4",
            "Time/\u{FFFD}/\u{FFFD}\t90",
        ] {
            assert!(!has_holes(text), "{text}");
        }
    }

    #[test]
    fn a_folded_range_leads_back_to_the_original_words() {
        let original = "投标 截止时间：２０２５ 年";
        let folded = fold(original);
        let at = folded.text.find("截止时间:2025年").expect("folded text");
        let (from, to) = folded.original_range(original, at, folded.text.len());
        assert_eq!(&original[from..to], "截止时间：２０２５ 年");
    }

    proptest! {
        #[test]
        fn every_folded_range_is_a_valid_slice(text in "[\\PC\u{FFFD}0-9年，.]{0,60}") {
            let folded = fold(&text);
            let ends: Vec<usize> = folded.text.char_indices().map(|(i, _)| i).chain([folded.text.len()]).collect();
            for &start in &ends {
                for &end in &ends {
                    if start <= end {
                        let (from, to) = folded.original_range(&text, start, end);
                        prop_assert!(text.get(from..to).is_some());
                    }
                }
            }
        }
    }
}
