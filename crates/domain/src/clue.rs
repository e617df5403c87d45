//! What several bids have in common that they should not: something for a person to look at, never a verdict.
//!
//! A [`Clue`] shows the words, or the files' own traits, of every bidder it concerns, and says by what innocent way
//! they may have come about. Clues are no part of a bidder's review: one bidder's words stand beside another's here.

use serde::{Deserialize, Serialize};

use crate::document::Language;
use crate::evidence::Evidence;
use crate::finding::stable_id;
use crate::legal::LegalBasis;
use crate::wording::{Wording, chosen};

/// How much a clue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueLevel {
    /// It fits one of the statutory cases (认定级): alone by its strength, or because another kind points the same way.
    Candidate,
    /// It is worth a look (线索级) and proves nothing.
    Lead,
}

impl ClueLevel {
    pub fn as_str(self) -> &'static str {
        match self {
            ClueLevel::Candidate => "candidate",
            ClueLevel::Lead => "lead",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueKind {
    /// The same words that are neither the tender's nor anybody's form.
    TextReuse,
    /// The same author, editing sessions or other traits of the files.
    FileTraits,
    /// The same mistake.
    SharedError,
    /// One bidder's name or code in another's bid.
    EntityLeak,
    /// The same phone, address or person.
    SharedContact,
    /// The same bank account.
    SharedAccount,
    /// Prices that follow from one another.
    PricePattern,
    /// The same picture or file inside the bids.
    SameFile,
}

impl ClueKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ClueKind::TextReuse => "text_reuse",
            ClueKind::FileTraits => "file_traits",
            ClueKind::SharedError => "shared_error",
            ClueKind::EntityLeak => "entity_leak",
            ClueKind::SharedContact => "shared_contact",
            ClueKind::SharedAccount => "shared_account",
            ClueKind::PricePattern => "price_pattern",
            ClueKind::SameFile => "same_file",
        }
    }

    /// The check's stable id.
    pub fn rule_id(self) -> &'static str {
        match self {
            ClueKind::TextReuse => "X001",
            ClueKind::FileTraits => "X002",
            ClueKind::SharedError => "X003",
            ClueKind::EntityLeak => "X004",
            ClueKind::SharedContact => "X005",
            ClueKind::SharedAccount => "X008",
            ClueKind::PricePattern => "X006",
            ClueKind::SameFile => "X007",
        }
    }
}

/// What a file says of itself, outside its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTrait {
    pub file: String,
    /// The page it is seen on, where it is seen on one.
    pub page: Option<u32>,
    /// What it is, in Chinese: 作者, 图片.
    pub name: String,
    /// The same in English; empty in what earlier versions stored.
    #[serde(default)]
    pub name_en: String,
    pub value: String,
}

impl FileTrait {
    pub fn new(file: String, page: Option<u32>, name: Wording, value: String) -> FileTrait {
        FileTrait { file, page, name: name.zh, name_en: name.en, value }
    }

    /// What it is, in the reader's language.
    pub fn name_in(&self, language: Language) -> &str {
        chosen(&self.name, &self.name_en, language)
    }
}

/// What one bidder's files show of a clue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClueSide {
    pub bidder_name: String,
    pub evidence: Vec<Evidence>,
    pub traits: Vec<FileTrait>,
}

impl ClueSide {
    fn shows_something(&self) -> bool {
        !self.evidence.is_empty() || !self.traits.is_empty()
    }
}

/// What is said of a clue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClueText {
    pub kind: ClueKind,
    /// Tells apart several clues of one kind about the same bidders; part of the clue's id.
    pub subject: String,
    /// What the bids have in common; names no bidder but one whose name is the clue.
    pub summary: Wording,
    /// Ways in which it may have come about without any arrangement.
    pub innocent: Vec<Wording>,
    /// How many more of the kind there are about the same bidders that are not shown.
    pub more: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clue {
    pub id: String,
    pub kind: ClueKind,
    level: ClueLevel,
    /// In Chinese.
    pub summary: String,
    /// The same in English; empty in what earlier versions stored.
    #[serde(default)]
    pub summary_en: String,
    sides: Vec<ClueSide>,
    /// In Chinese.
    pub innocent: Vec<String>,
    /// The same in English and in the same order; empty in what earlier versions stored.
    #[serde(default)]
    pub innocent_en: Vec<String>,
    pub more: usize,
    /// What the law says of such bids, where the tender's regime is known.
    pub basis: Vec<LegalBasis>,
}

impl Clue {
    /// `None` unless at least two bidders' files show it.
    ///
    /// What rests on words that recognition was not sure of is a lead at most.
    pub fn new(text: ClueText, level: ClueLevel, sides: Vec<ClueSide>) -> Option<Clue> {
        if sides.len() < 2 || !sides.iter().all(ClueSide::shows_something) {
            return None;
        }
        let doubtful = sides.iter().flat_map(|side| &side.evidence).any(Evidence::is_doubtful);
        let ClueText { kind, subject, summary, innocent, more } = text;
        let mut parts = vec![kind.as_str(), &subject];
        parts.extend(sides.iter().map(|side| side.bidder_name.as_str()));
        let (innocent, innocent_en) = innocent.into_iter().map(|reason| (reason.zh, reason.en)).unzip();
        Some(Clue {
            id: stable_id(&parts),
            kind,
            level: if doubtful { ClueLevel::Lead } else { level },
            summary: summary.zh,
            summary_en: summary.en,
            sides,
            innocent,
            innocent_en,
            more,
            basis: Vec::new(),
        })
    }

    pub fn level(&self) -> ClueLevel {
        self.level
    }

    /// What the bids have in common, in the reader's language.
    pub fn summary_in(&self, language: Language) -> &str {
        chosen(&self.summary, &self.summary_en, language)
    }

    /// The innocent ways, in the reader's language.
    pub fn innocent_in(&self, language: Language) -> impl Iterator<Item = &str> {
        let english = |at: usize| self.innocent_en.get(at).map_or("", String::as_str);
        self.innocent.iter().enumerate().map(move |(at, zh)| chosen(zh, english(at), language))
    }

    /// One for each bidder concerned, at least two.
    pub fn sides(&self) -> &[ClueSide] {
        &self.sides
    }

    pub fn concerns(&self, bidder_name: &str) -> bool {
        self.sides.iter().any(|side| side.bidder_name == bidder_name)
    }
}
