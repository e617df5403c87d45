//! Places of a tender that cannot both stand, as a question to whoever wrote it.

use serde::{Deserialize, Serialize};

use crate::document::Language;
use crate::evidence::Evidence;
use crate::wording::{Wording, held};

/// One thing that is said, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatedValue {
    /// In the words of the document, or as it was understood.
    pub value: String,
    pub evidence: Evidence,
}

/// What is said of a contradiction, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContradictionWords {
    pub title: String,
    /// What is wrong, in one sentence.
    pub description: String,
}

/// Something that is said in two ways, or cannot be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// Stable for the same words.
    pub id: String,
    /// The reader that found it, such as `K021`.
    pub rule_id: String,
    /// The field it is about, or a word for what else: `payment_terms`, `reference`.
    pub subject: String,
    /// In the tender's language, as is the description.
    pub title: String,
    /// What is wrong, in one sentence.
    pub description: String,
    /// The same in Chinese where it is not; none in what earlier versions stored.
    #[serde(default)]
    pub in_chinese: Option<ContradictionWords>,
    /// The same in English where it is not; none in what earlier versions stored.
    #[serde(default)]
    pub in_english: Option<ContradictionWords>,
    values: Vec<StatedValue>,
    /// The value that stands by the document's own order of precedence.
    pub prevailing: Option<String>,
    /// The words that give that order.
    pub precedence: Option<Evidence>,
    /// What to ask, ready to send to whoever wrote the tender, in its language.
    pub question: String,
}

/// What is said of a contradiction, apart from its values.
#[derive(Debug, Clone)]
pub struct ContradictionText {
    pub rule_id: &'static str,
    pub subject: String,
    /// The language of the tender.
    pub language: Language,
    pub title: Wording,
    pub description: Wording,
    pub question: String,
}

impl ContradictionText {
    fn words(&self, language: Language) -> ContradictionWords {
        ContradictionWords {
            title: self.title.in_language(language).to_owned(),
            description: self.description.in_language(language).to_owned(),
        }
    }
}

impl Contradiction {
    /// `None` when there are no words that show it.
    pub fn new(text: ContradictionText, values: Vec<StatedValue>) -> Option<Contradiction> {
        if values.is_empty() {
            return None;
        }
        let own = text.words(text.language);
        let other = |language| Some(text.words(language)).filter(|words| *words != own);
        let (in_chinese, in_english) = (other(Language::Zh), other(Language::En));
        let ContradictionWords { title, description } = own;
        let ContradictionText { rule_id, subject, question, .. } = text;
        let mut parts = vec![rule_id, subject.as_str()];
        parts.extend(values.iter().map(|v| v.evidence.quote()));
        let id = crate::finding::stable_id(&parts);
        Some(Contradiction {
            id,
            rule_id: rule_id.to_owned(),
            subject,
            title,
            description,
            in_chinese,
            in_english,
            values,
            prevailing: None,
            precedence: None,
            question,
        })
    }

    pub fn values(&self) -> &[StatedValue] {
        &self.values
    }

    fn words_in(&self, language: Language) -> Option<&ContradictionWords> {
        held(&self.in_chinese, &self.in_english, language)
    }

    /// What it is, in the reader's language.
    pub fn title_in(&self, language: Language) -> &str {
        self.words_in(language).map_or(&self.title, |words| &words.title)
    }

    /// What is wrong, in the reader's language.
    pub fn description_in(&self, language: Language) -> &str {
        self.words_in(language).map_or(&self.description, |words| &words.description)
    }
}
