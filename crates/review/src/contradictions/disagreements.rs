//! K020: a field that two places state in two ways.

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::field::FieldStatus;

use super::{Fields, between, name};
use crate::reading::Reading;

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    let conflicting = fields.iter().filter(|(_, f)| f.status() == FieldStatus::Conflicting);
    conflicting
        .filter_map(|(key, field)| {
            // What was read stands in the raw words, in the order of the evidence.
            let raw: Vec<&str> = field.raw().split(" ≠ ").collect();
            let values = field.evidence().iter().enumerate().map(|(at, evidence)| StatedValue {
                value: raw.get(at).map_or_else(|| evidence.quote().to_owned(), |words| (*words).to_owned()),
                evidence: evidence.clone(),
            });
            between("K020", key, &name(key), values.collect(), reading.language())
        })
        .collect()
}
