//! The form of a legal rule, and the files the rules stand in.
//!
//! A rule is data: who may read it without knowing the program can check the article, the dates and the examples. The
//! files are embedded; a test reads every one of them and runs every example. What a rule does is the function its
//! `check` names, with the function's parameters beside it ([`Check`]).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bidlens_domain::legal::{Regime, RuleState};
use bidlens_domain::risk::Severity;
use chrono::NaiveDate;
use regex::Regex;
use serde::Deserialize;

/// The families of rules and their files.
const FILES: [(&str, &str); 6] = [
    ("time.yaml", include_str!("data/time.yaml")),
    ("money.yaml", include_str!("data/money.yaml")),
    ("scoring.yaml", include_str!("data/scoring.yaml")),
    ("equality.yaml", include_str!("data/equality.yaml")),
    ("contents.yaml", include_str!("data/contents.yaml")),
    ("foreign.yaml", include_str!("data/foreign.yaml")),
];
const BIDS: &str = include_str!("data/bids.yaml");
const SETTINGS: &str = include_str!("data/settings.yaml");

/// Words in the two languages of reports.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

/// How firmly a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The article's words settle it once the facts are read: "may conflict with".
    Hard,
    /// Something a person should look at: "check this".
    Info,
}

/// A kind of purchase, by the field `category`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Goods,
    Services,
    Works,
}

impl Category {
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Goods => "goods",
            Category::Services => "services",
            Category::Works => "works",
        }
    }
}

/// A legal rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalRule {
    /// Never means something else, and is never used again.
    pub id: String,
    pub title: Words,
    /// What is looked at and what is left out, in our own words.
    pub explanation: Words,
    pub advice: Words,
    pub regimes: Vec<Regime>,
    /// Kinds of purchase it is made for; empty for all.
    #[serde(default)]
    pub categories: Vec<Category>,
    pub kind: Kind,
    pub severity: Severity,
    /// What held in which time, the oldest first.
    pub versions: Vec<Version>,
    /// Texts on which it must fire.
    pub fires: Vec<Example>,
    /// Texts on which it must not.
    pub silent: Vec<Example>,
    /// The file it stands in.
    #[serde(skip)]
    pub family: &'static str,
}

/// What held from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub from: NaiveDate,
    /// The last day it held.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// In place of the rule's own kind.
    #[serde(default)]
    pub kind: Option<Kind>,
    pub basis: Vec<Article>,
    pub check: Check,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    pub law: String,
    pub article: String,
    /// A short quotation, word for word; empty where only secondary texts were read, which makes the rule an `info`.
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The tender's beginning, by its name in `settings.yaml`; none for a whole text of its own.
    #[serde(default)]
    pub setting: Option<String>,
    pub text: String,
    /// For texts on which it must not fire: what it says instead.
    #[serde(default = "not_triggered")]
    pub state: RuleState,
}

fn not_triggered() -> RuleState {
    RuleState::NotTriggered
}

/// The functions a rule can name, and their parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "function", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// Fewer than `least` days between two fields.
    DaysBetween {
        from: String,
        to: String,
        least: i64,
        unit: DayUnit,
        /// Counts the first day too: the reading most in favour of the document.
        #[serde(default)]
        first_day_counts: bool,
        /// One of the two quotations must hold this: which procedure the days belong to.
        #[serde(default)]
        said: Option<Pattern>,
        /// Neither quotation may hold this.
        #[serde(default)]
        unsaid: Option<Pattern>,
    },
    /// A number of a sentence below `least` or above `most`.
    StatedNumber {
        clause: ClausePattern,
        /// Each with a group `n`.
        numbers: Vec<Pattern>,
        #[serde(default)]
        least: Option<i64>,
        #[serde(default)]
        most: Option<i64>,
        /// Also fires on an even number.
        #[serde(default)]
        odd: bool,
    },
    /// A sentence of this kind stands in the tender.
    Clause {
        clause: ClausePattern,
        /// When one of these stands anywhere in the tender, the rule abstains: an exception may hold.
        #[serde(default)]
        unless: Vec<Pattern>,
        /// Fields whose value, as `key=value`, makes the rule abstain.
        #[serde(default)]
        unless_field: Option<String>,
    },
    /// An amount above a share of another, lot by lot where they differ.
    ShareAtMost { amount: String, of: Vec<String>, percent: i64 },
    /// A percentage field above a limit.
    PercentAtMost { field: String, percent: i64 },
    /// An amount above another.
    AmountAtMost { amount: String, limit: String },
    /// An amount, or one of its lots, above a sum in yuan.
    YuanAtMost { amount: String, yuan: i64 },
    /// Two points in time that must be the same.
    SameMoment { first: String, second: String },
    /// The price's share of the points below a limit.
    PriceWeight { least: i64 },
    /// The days of the bond's validity against those of the bid's.
    BondValidity {},
    /// A committee's size, from 以上单数 and counts of experts.
    Committee {
        words: Vec<Pattern>,
        least: i64,
        /// In yuan: from this budget on, `least_above` instead.
        #[serde(default)]
        budget: Option<i64>,
        #[serde(default)]
        least_above: Option<i64>,
    },
    /// The same certificate as a condition of admission and as a factor of the score.
    QualificationScored {},
    /// A small purchase that is said not to be reserved for small and medium-sized enterprises.
    NotReserved { budget: i64, clause: ClausePattern },
    /// None of the fields was found and none of the patterns stands in the tender.
    Absent {
        #[serde(default)]
        fields: Vec<String>,
        words: Vec<Pattern>,
        /// The tender must speak of this at all.
        #[serde(default)]
        when: Vec<Pattern>,
    },
}

impl Check {
    /// The function's name, as the files write it.
    pub fn name(&self) -> &'static str {
        match self {
            Check::DaysBetween { .. } => "days_between",
            Check::StatedNumber { .. } => "stated_number",
            Check::Clause { .. } => "clause",
            Check::ShareAtMost { .. } => "share_at_most",
            Check::PercentAtMost { .. } => "percent_at_most",
            Check::AmountAtMost { .. } => "amount_at_most",
            Check::YuanAtMost { .. } => "yuan_at_most",
            Check::SameMoment { .. } => "same_moment",
            Check::PriceWeight { .. } => "price_weight",
            Check::BondValidity {} => "bond_validity",
            Check::Committee { .. } => "committee",
            Check::QualificationScored {} => "qualification_scored",
            Check::NotReserved { .. } => "not_reserved",
            Check::Absent { .. } => "absent",
        }
    }

    /// The facts it needs, for the page of rules.
    pub fn needs(&self) -> Vec<String> {
        match self {
            Check::DaysBetween { from, to, .. } => vec![from.clone(), to.clone()],
            Check::ShareAtMost { amount, of, .. } => std::iter::once(amount).chain(of).cloned().collect(),
            Check::PercentAtMost { field, .. } => vec![field.clone()],
            Check::YuanAtMost { amount, .. } => vec![amount.clone()],
            Check::AmountAtMost { amount, limit } => vec![amount.clone(), limit.clone()],
            Check::SameMoment { first, second } => vec![first.clone(), second.clone()],
            Check::PriceWeight { .. } => vec!["evaluation_method".to_owned(), "scoring".to_owned()],
            Check::BondValidity {} => vec!["bid_validity_days".to_owned()],
            Check::QualificationScored {} => vec!["scoring".to_owned()],
            Check::NotReserved { .. } => vec!["budget".to_owned()],
            Check::Absent { fields, .. } => fields.clone(),
            Check::StatedNumber { .. } | Check::Clause { .. } | Check::Committee { .. } => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    Day,
    WorkingDay,
}

/// Which sentences a check looks at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClausePattern {
    /// All of them match the sentence.
    pub all: Vec<Pattern>,
    /// None of them does.
    #[serde(default)]
    pub none: Vec<Pattern>,
    /// One of them matches the sentence or the line it stands under: an item of a list says only half of it.
    #[serde(default)]
    pub under: Vec<Pattern>,
    /// What excuses a hit when it stands in the sentence or in one beside it.
    #[serde(default)]
    pub none_near: Vec<Pattern>,
    #[serde(default)]
    pub place: Place,
    /// Looks at sentences that forbid something, too; without it they are taken for the law repeated.
    #[serde(default)]
    pub forbidding: bool,
}

/// The parts of a tender a sentence may stand in; forms to fill in are never looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Everywhere but in the draft contract.
    #[default]
    Tender,
    Contract,
    /// Under a heading or in a row about who may bid.
    Qualification,
    /// In the evaluation, or where points are given.
    Scoring,
    Anywhere,
}

/// A regular expression over folded text: `(`, `,`, `:` and `;` are half width, no white space between Chinese signs.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(pub(crate) Regex);

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Pattern, String> {
        // A sentence of a tender is short; a pattern that needs more than this has gone astray.
        regex::RegexBuilder::new(&text)
            .size_limit(1 << 20)
            .build()
            .map(Pattern)
            .map_err(|e| format!("pattern {text}: {e}"))
    }
}

impl Pattern {
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// All rules, in the order of their families.
pub fn all() -> &'static [LegalRule] {
    static RULES: LazyLock<Vec<LegalRule>> = LazyLock::new(|| load().unwrap_or_default());
    &RULES
}

/// Reads the embedded files.
///
/// # Errors
/// Names the file and what cannot be read in it.
pub fn load() -> Result<Vec<LegalRule>, String> {
    let mut rules: Vec<LegalRule> = Vec::new();
    for (name, text) in FILES {
        let own: Vec<LegalRule> = serde_saphyr::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        for mut rule in own {
            if rules.iter().any(|other| other.id == rule.id) {
                return Err(format!("{name}: {} stands twice", rule.id));
            }
            rule.family = name.strip_suffix(".yaml").unwrap_or(name);
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// What the law says of bids that a check of the review found wanting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidRule {
    /// The check's id, such as `B001`.
    pub check: String,
    pub subject: Words,
    /// Only for findings on requirements whose breach disqualifies: the same check also judges what is only scored.
    #[serde(default)]
    pub rigid_only: bool,
    /// Only for findings whose remark matches: the same check also judges what another article is for.
    #[serde(default)]
    pub about: Option<Pattern>,
    pub bases: Vec<BidBasis>,
}

/// An article on bids and the regimes it is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidBasis {
    pub regimes: Vec<Regime>,
    pub from: NaiveDate,
    pub law: String,
    pub article: String,
    pub text: String,
}

/// The rules on bids.
pub fn bid_rules() -> &'static [BidRule] {
    static RULES: LazyLock<Vec<BidRule>> = LazyLock::new(|| load_bid_rules().unwrap_or_default());
    &RULES
}

/// Reads the embedded file of rules on bids.
///
/// # Errors
/// Says what cannot be read in `bids.yaml`.
pub fn load_bid_rules() -> Result<Vec<BidRule>, String> {
    serde_saphyr::from_str(BIDS).map_err(|e| format!("bids.yaml: {e}"))
}

/// The beginnings of tenders that examples share, by name.
///
/// # Errors
/// Says what cannot be read in `settings.yaml`.
pub fn settings() -> Result<BTreeMap<String, String>, String> {
    serde_saphyr::from_str(SETTINGS).map_err(|e| format!("settings.yaml: {e}"))
}
