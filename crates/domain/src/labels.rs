//! What people call the fields of a tender and the words of their closed lists, in Chinese and English.
//!
//! One table, `labels.json`, for reports, letters and the workspace alike. A key without an entry is shown as it is, so
//! that a new field is never hidden.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::document::Language;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    /// In the order people read them.
    fields: Entries,
    choices: Entries,
}

static LABELS: LazyLock<Labels> =
    LazyLock::new(|| serde_json::from_str(include_str!("labels.json")).expect("labels.json is checked by a test"));

/// A field's name for people.
pub fn field_name(key: &str, language: Language) -> String {
    LABELS.fields.word(key, language).unwrap_or_else(|| key.replace('_', " "))
}

/// Where a field stands in a list for people; unknown keys come last.
pub fn field_order(key: &str) -> usize {
    LABELS.fields.0.iter().position(|(known, _)| known == key).unwrap_or(LABELS.fields.0.len())
}

/// A word of a closed list, such as `open_tender`, for people.
pub fn choice(word: &str, language: Language) -> String {
    LABELS.choices.word(word, language).unwrap_or_else(|| word.to_owned())
}

/// Keys with their words in Chinese and English, in the order of the file.
#[derive(Debug)]
struct Entries(Vec<(String, [String; 2])>);

impl Entries {
    fn word(&self, key: &str, language: Language) -> Option<String> {
        let (_, [chinese, english]) = self.0.iter().find(|(known, _)| known == key)?;
        Some(match language {
            Language::Zh => chinese.clone(),
            Language::En => english.clone(),
        })
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("keys with a pair of words")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages() {
        for (key, words) in LABELS.fields.0.iter().chain(&LABELS.choices.0) {
            assert!(words.iter().all(|word| !word.trim().is_empty()), "{key}");
        }
        assert_eq!(field_name("bid_deadline", Language::Zh), "投标截止时间");
        assert_eq!(field_name("no_such_field", Language::En), "no such field");
        assert_eq!(field_order("project_name"), 0);
        assert_eq!(choice("open_tender", Language::En), "Open tender");
    }
}
