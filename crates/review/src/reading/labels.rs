//! Labels without their numbering, marks and notes, and the numbers that stand before them.

use bidlens_domain::fold::{is_cjk, is_western};

use crate::grammar::numbers::is_chinese_numeral;

/// Characters of a label.
pub(super) const LABEL_CHARS: usize = 36;

/// Whether a text is short enough to be a label; English says the same in more letters.
pub(super) fn fits_label(text: &str) -> bool {
    let chars = text.chars().count();
    chars <= LABEL_CHARS || chars <= 96 && is_western(text)
}

/// A label without numbering, marks, bracketed notes and white space.
pub(crate) fn strip_label(folded: &str) -> String {
    let latin = latin_part(folded);
    let text = skip_bare_number(skip_numbering(latin.as_deref().unwrap_or(folded).trim()));
    let text = han_part(text);
    let western = is_western(text);
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '★' | '▲' | '*' | '#' | '※' | '●' | '◆' | '"' | '《' | '》' | '_' | '\n' | '\t' => {}
            ' ' if !western => {}
            _ => out.push(c),
        }
    }
    let out = out.trim_matches([':', '.', ',', '、', ';', '。', ' ', '-', '/']);
    if !western {
        return out.to_owned();
    }
    let lower = out.to_lowercase();
    let bare = lower.strip_prefix("the ").unwrap_or(&lower);
    let bare = [" shall be", " is", " are", " will be"].iter().find_map(|w| bare.strip_suffix(w)).unwrap_or(bare);
    bare.trim_matches([':', '.', ',', ' ', '-']).to_owned()
}

/// `EMD Amount/ईएमडी राशि`: the English half of a label in two languages of India.
pub(super) fn latin_part(label: &str) -> Option<String> {
    let indic = |c: char| ('\u{900}'..='\u{DFF}').contains(&c);
    let both = label.chars().any(indic) && label.chars().any(|c| c.is_ascii_alphabetic());
    both.then(|| label.split('/').filter(|part| !part.chars().any(indic)).collect::<Vec<_>>().join("/"))
}

/// `招标编号 Bidding No.`: the Chinese half of a label that its English name follows.
fn han_part(label: &str) -> &str {
    const NAME_LETTERS: usize = 4;
    let Some(at) = label.find(|c: char| c.is_ascii_alphabetic()).filter(|at| *at > 0) else { return label };
    let (han, english) = label.split_at(at);
    let named = english.chars().filter(char::is_ascii_lowercase).count() >= NAME_LETTERS;
    let two = han.chars().all(|c| is_cjk(c) || matches!(c, ' ' | '(' | ')' | '、' | '/'));
    let chinese = han.chars().filter(|c| is_cjk(*c)).count() >= 2;
    if named && two && chinese && english.is_ascii() { han.trim_end_matches([' ', '/', '(']) } else { label }
}

/// `3工程地点`: folding took the space behind a bare number; `2包`, `1年` and `3号楼` are words.
fn skip_bare_number(text: &str) -> &str {
    const MEASURES: &str =
        "包标年月日天周个家份次台套名人项元万千百亿点分秒时号级层楼期倍种类条款批米吨公平立株辆件只本";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let names = rest.chars().next().is_some_and(|c| is_cjk(c) && c.is_alphanumeric() && !MEASURES.contains(c));
    if (1..=2).contains(&digits) && names { rest } else { text }
}

/// What follows a leading clause number: `3.2.1 `, `(一)`, `第三条`, `1、`, `★`.
pub(crate) fn skip_numbering(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..3 {
        let trimmed = rest.trim_start_matches(|c: char| {
            c.is_whitespace()
                || matches!(c, '★' | '▲' | '*' | '#' | '※' | '●' | '•' | '▪' | '◆' | '➢' | '➤' | '☆' | '△')
        });
        rest = trimmed;
        let Some(after) = number_prefix(rest) else {
            break;
        };
        rest = after;
    }
    rest.trim_start()
}

fn number_prefix(text: &str) -> Option<&str> {
    let is_numeral = |c: char| c.is_ascii_digit() || is_chinese_numeral(c);
    let circled = text.chars().next().filter(|c| ('①'..='⑳').contains(c));
    if let Some(c) = circled {
        return text.get(c.len_utf8()..).map(|t| t.trim_start_matches(['、', '.']));
    }
    if let Some(inner) = text.strip_prefix('(') {
        let close = inner.find(')')?;
        let number = inner.get(..close)?;
        return (!number.is_empty()
            && number.chars().count() <= 4
            && number.chars().all(|c| is_numeral(c) || c.is_ascii_lowercase()))
        .then(|| inner.get(close + 1..))
        .flatten();
    }
    if let Some(inner) = text.strip_prefix('第') {
        let n: usize = inner.chars().take_while(|&c| is_numeral(c)).map(char::len_utf8).sum();
        let after = inner.get(n..)?;
        let unit = after.chars().next()?;
        return (n > 0 && matches!(unit, '章' | '节' | '条' | '款' | '部' | '卷' | '篇' | '册'))
            .then(|| after.get(unit.len_utf8()..).map(|t| t.strip_prefix('分').unwrap_or(t)))
            .flatten();
    }
    let n: usize = text.chars().take(12).take_while(|&c| is_numeral(c) || c == '.').map(char::len_utf8).sum();
    if n == 0 {
        return None;
    }
    let number = text.get(..n)?;
    let after = text.get(n..)?;
    let arabic = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    if let Some(rest) = after.strip_prefix(['、', ')']) {
        return Some(rest);
    }
    // `三.采购编号`: folding made the wide full stop a dot.
    let chinese = number.strip_suffix('.').filter(|n| (1..=3).contains(&n.chars().count()));
    if chinese.is_some_and(|n| n.chars().all(is_chinese_numeral)) {
        return Some(after);
    }
    // `3.2 title`, `3.2title`; a plain number without a dot may be part of the words: `2026年…`.
    if arabic && number.contains('.') && !after.starts_with(['%', '万', '元', '亿']) && !after.is_empty() {
        return Some(after);
    }
    if arabic && after.starts_with(' ') && number.len() <= 2 {
        return Some(after);
    }
    None
}

/// Whether a cell holds only a row's number: `1`, `1.2`, `一`, `(3)`.
pub(crate) fn is_serial(text: &str) -> bool {
    let bare: String = text
        .chars()
        .filter(|c| {
            !matches!(c, '(' | ')' | '.' | '、' | ' ' | '-' | '第' | '条' | '款' | '★' | '▲' | '\n' | '*' | '#')
        })
        .collect();
    !bare.is_empty()
        && bare.chars().count() <= 8
        && (bare.chars().all(|c| c.is_ascii_digit())
            || bare.chars().count() <= 3 && bare.chars().all(is_chinese_numeral))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_their_numbers_and_notes() {
        let cases = [
            ("1、项目编号", "项目编号"),
            ("(一)采 购 人(盖章)", "采购人"),
            ("★3.2.1投标有效期", "投标有效期"),
            ("第三条 付款方式:", "付款方式"),
            ("十三.付款方式", "付款方式"),
            ("2026年度预算", "2026年度预算"),
            ("5. Bid Validity", "bid validity"),
            ("招标编号 Bidding No.", "招标编号"),
            ("交货期(Time of delivery)", "交货期"),
            ("支持HDMI接口", "支持HDMI接口"),
        ];
        for (text, label) in cases {
            assert_eq!(strip_label(text), label);
        }
    }
}
