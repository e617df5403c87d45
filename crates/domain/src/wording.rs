//! What is said to people, in Chinese and in English.

use crate::document::Language;

/// One statement in both languages, made where it is judged, so that the two stand side by side and neither is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    pub zh: String,
    pub en: String,
}

/// The same thing said in Chinese and in English.
pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Wording {
    Wording { zh: zh.into(), en: en.into() }
}

/// The words in a language; results of versions that spoke Chinese alone have no English ones.
pub(crate) fn chosen<'w>(zh: &'w str, en: &'w str, language: Language) -> &'w str {
    match language {
        Language::En if !en.is_empty() => en,
        Language::En | Language::Zh => zh,
    }
}

impl Wording {
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// What is held beside the stored words in one of the languages.
pub(crate) fn held<'w, T>(in_chinese: &'w Option<T>, in_english: &'w Option<T>, language: Language) -> Option<&'w T> {
    match language {
        Language::Zh => in_chinese.as_ref(),
        Language::En => in_english.as_ref(),
    }
}

/// The document's own words within an English statement: in quotes where they are in Chinese.
pub fn quoted(words: &str) -> String {
    if words.chars().any(is_chinese) { in_quotes(words) } else { words.to_owned() }
}

/// Words in quotes; what Chinese words quote themselves takes single ones, so that it is seen where they end.
pub fn in_quotes(words: &str) -> String {
    if words.chars().any(is_chinese) {
        format!("“{}”", words.replace('“', "‘").replace('”', "’"))
    } else {
        format!("“{words}”")
    }
}

/// Words of the document as a statement of their own.
pub fn cited(words: &str) -> Wording {
    both(words, quoted(words))
}

/// Whether an English statement is without Chinese but for what it quotes.
pub fn is_english(text: &str) -> bool {
    let mut depth = 0_usize;
    !text.is_empty()
        && text.chars().all(|c| {
            match c {
                '“' => depth += 1,
                '”' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 || !is_chinese(c)
        })
}

/// Chinese characters, and the full-width signs of Chinese sentences.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303F}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_english_words_is_shown_in_chinese() {
        assert_eq!(chosen("缺失", "missing", Language::En), "missing");
        assert_eq!(chosen("缺失", "missing", Language::Zh), "缺失");
        assert_eq!(chosen("缺失", "", Language::En), "缺失");
    }

    #[test]
    fn chinese_stands_in_quotes_alone() {
        assert!(is_english("“投标函” is enclosed"));
        assert!(is_english(&format!("{} is less than {}", quoted("20分钟"), quoted("30 min"))));
        assert!(is_english(&quoted("标注“★”的条款”无效")), "quotes that are not closed, or closed twice");
        for text in ["投标函 is enclosed", "“投标函” 已附", "missing；check", ""] {
            assert!(!is_english(text), "{text}");
        }
    }
}
