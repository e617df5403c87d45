//! The kinds of defects, the checks that may speak of each, and which hide each other.

/// A defect, and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Planted {
    PriceAboveCeiling,
    WordsAndFiguresDiffer,
    ItemsDoNotAddUp,
    TwoPrices,
    ValidityTooShort,
    PeriodTooLong,
    WarrantyTooShort,
    FormMissing,
    FormBlank,
    ParameterWorse,
    CertificateExpired,
    WrongNumber,
    WrongBuyer,
    OtherBidderName,
    OtherAgent,
    SignedAfterDeadline,
    PaymentDiffers,
    Subcontracts,
    BondTooSmall,
    TooLittleExperience,
    OwnCondition,
    OtherUnitWorse,
    RangeTooNarrow,
    ProtectionLower,
    AnswerEmpty,
    AnswerCopied,
    ClauseLeftOut,
    SentenceWorse,
    FirmGradeLower,
    PersonGradeLower,
    ManagerBusy,
    ReferenceTooOld,
    ReferenceTooSmall,
    WorkGivenAway,
    AdvanceAsked,
    QuantityDiffers,
    ItemLeftOut,
    DateBlank,
    OtherProject,
    OtherLegal,
    LetterMissing,
}

use Planted::*;

/// Each kind with its name and the checks that may speak of it.
const ALL: [(Planted, &str, &[&str]); 41] = [
    (PriceAboveCeiling, "price above the ceiling", &["B001"]),
    (WordsAndFiguresDiffer, "words and figures differ", &["B002", "B004"]),
    (ItemsDoNotAddUp, "items do not add up", &["B003"]),
    (TwoPrices, "two prices", &["B004", "B002", "B003"]),
    (ValidityTooShort, "validity too short", &["B005"]),
    (PeriodTooLong, "period too long", &["B006"]),
    (WarrantyTooShort, "warranty too short", &["B007"]),
    (FormMissing, "form missing", &["B008"]),
    (FormBlank, "form left blank", &["B009", "B008", "B016"]),
    (ParameterWorse, "parameter worse than asked", &["B010", "B011"]),
    (CertificateExpired, "certificate expired", &["B012"]),
    (WrongNumber, "wrong project number", &["B013"]),
    (WrongBuyer, "wrong buyer", &["B014"]),
    (OtherBidderName, "another bidder's name", &["B015"]),
    (OtherAgent, "another agent signs", &["B016"]),
    (SignedAfterDeadline, "signed after the deadline", &["B017"]),
    (PaymentDiffers, "payment terms differ", &["B018"]),
    (Subcontracts, "work is subcontracted", &["B019"]),
    (BondTooSmall, "bond too small", &["B020"]),
    (TooLittleExperience, "too little experience", &["B021"]),
    (OwnCondition, "a condition of its own", &["B022"]),
    (OtherUnitWorse, "worse in another unit", &["B010", "B011"]),
    (RangeTooNarrow, "range too narrow", &["B010", "B011"]),
    (ProtectionLower, "code of protection lower", &["B010", "B011"]),
    (AnswerEmpty, "answer left empty", &["B010", "B011", "B009"]),
    (AnswerCopied, "demand copied for an answer", &["B010", "B011"]),
    (ClauseLeftOut, "marked clause left out", &["B010", "B011"]),
    (SentenceWorse, "worse in a sentence", &["B010", "B011"]),
    (FirmGradeLower, "grade of the firm lower", &["B012"]),
    (PersonGradeLower, "grade of a person lower", &["B012"]),
    (ManagerBusy, "manager busy elsewhere", &["B012"]),
    (ReferenceTooOld, "reference too old", &["B021"]),
    (ReferenceTooSmall, "reference too small", &["B021"]),
    (WorkGivenAway, "work given away in other words", &["B019"]),
    (AdvanceAsked, "advance asked", &["B018"]),
    (QuantityDiffers, "quantity differs", &["B003", "B010"]),
    (ItemLeftOut, "item left out", &["B003", "B010"]),
    (DateBlank, "date left blank", &["B009"]),
    (OtherProject, "another project's name", &["B013"]),
    (OtherLegal, "another legal representative", &["B016"]),
    (LetterMissing, "maker's letter missing", &["B008", "B012"]),
];

/// Defects of one group would hide each other.
const GROUPS: [&[Planted]; 6] = [
    &[PriceAboveCeiling, WordsAndFiguresDiffer, TwoPrices, ItemsDoNotAddUp, QuantityDiffers, ItemLeftOut],
    &[FormBlank, FormMissing, OtherAgent, OtherLegal],
    &[AnswerEmpty, AnswerCopied, ClauseLeftOut],
    &[ReferenceTooOld, ReferenceTooSmall, TooLittleExperience],
    &[Subcontracts, WorkGivenAway],
    &[PaymentDiffers, AdvanceAsked],
];

impl Planted {
    pub(crate) fn all() -> impl ExactSizeIterator<Item = Planted> {
        ALL.iter().map(|(kind, ..)| *kind)
    }

    fn entry(self) -> &'static (Planted, &'static str, &'static [&'static str]) {
        ALL.iter().find(|(kind, ..)| *kind == self).unwrap_or(&ALL[0])
    }

    pub(crate) fn name(self) -> &'static str {
        self.entry().1
    }

    /// Checks that may speak of it.
    pub(crate) fn rules(self) -> &'static [&'static str] {
        self.entry().2
    }

    pub(crate) fn excludes(self, other: Planted) -> bool {
        GROUPS.iter().any(|group| group.contains(&self) && group.contains(&other))
    }
}
