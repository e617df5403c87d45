//! Who may bid together, pass work on, and bring foreign goods.
//!
//! Each question has a file of its own; what they share is the sentence with its context ([`statement`]), the
//! reading of yes and no ([`answer`]) and answers that differ from lot to lot ([`by_lot`]).

mod answer;
mod by_lot;
mod consortium;
mod imports;
mod statement;
mod subcontracting;

pub(crate) use consortium::firm_answers as firm_answers_on_consortia;

use std::collections::BTreeMap;

use bidlens_domain::field::FieldValue;

use crate::reading::Reading;

use super::{Candidate, Disagreement, Fields, settle};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    consortium::read(reading, fields);
    subcontracting::read(reading, fields);
    imports::read(reading, fields);
}

/// Settles and stores, with what holds for single lots.
fn put_with_lots(fields: &mut Fields, key: &str, candidates: Vec<Candidate>, lots: BTreeMap<String, FieldValue>) {
    if let Some(mut field) = settle(candidates, Disagreement::Prefer) {
        field.lots = lots;
        fields.insert(key.to_owned(), field);
    }
}
