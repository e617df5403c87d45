//! K050: a term whose Chinese and English versions differ: `投标有效期90日 Bid validity: 60 days`.

use std::ops::Range;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::fold::is_han;
use bidlens_domain::wording::both;

use super::amounts::{Told, told};
use super::places;
use crate::grammar::{dates, durations, percent};
use crate::reading::{Reading, Zone};

/// Letters of an English half that says something.
const ENGLISH_LETTERS_MIN: usize = 10;
const CHINESE_LETTERS_MIN: usize = 3;
/// Letters of a place that states one term in two languages.
const CHARS_MAX: usize = 300;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        let forms = matches!(unit.zone, Zone::BidForms | Zone::Evaluation | Zone::Correction);
        if forms || unit.text.chars().count() > CHARS_MAX {
            continue;
        }
        let Some(split) = halves(&unit.text) else { continue };
        let (chinese, english) = unit.text.split_at(split);
        if differ(chinese, english) {
            found.extend(apart(reading, index, 0..split, split..unit.text.len()));
        }
    }
    found
}

/// Where the English half of a text begins: behind the last Chinese letter.
fn halves(text: &str) -> Option<usize> {
    let (at, last) = text.char_indices().rev().find(|(_, c)| is_han(*c))?;
    let split = at + last.len_utf8();
    let (chinese, english) = text.split_at(split);
    let letters = english.chars().filter(char::is_ascii_alphabetic).count();
    let han = chinese.chars().filter(|c| is_han(*c)).count();
    let words =
        english.split_whitespace().filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic)).count();
    (letters >= ENGLISH_LETTERS_MIN && han >= CHINESE_LETTERS_MIN && words >= 2).then_some(split)
}

/// Whether each half tells one length, one day or one share and they are not the same.
fn differ(chinese: &str, english: &str) -> bool {
    if let ([one], [other]) = (durations::find(chinese).as_slice(), durations::find(english).as_slice()) {
        let less = |a: bidlens_domain::time::Duration, b| a.at_least(b) == Some(false);
        return less(one.duration, other.duration) || less(other.duration, one.duration);
    }
    if let ([one], [other]) = (percent::find(chinese).as_slice(), percent::find(english).as_slice()) {
        return one.percent != other.percent;
    }
    match (dates::find(chinese).as_slice(), dates::find(english).as_slice()) {
        ([one], [other]) => one.moment.date() != other.moment.date(),
        _ => false,
    }
}

fn apart(reading: &Reading<'_>, unit: usize, chinese: Range<usize>, english: Range<usize>) -> Option<Contradiction> {
    let value = |range: &Range<usize>| {
        Some(StatedValue { value: reading.words(unit, range), evidence: reading.evidence(unit, range)? })
    };
    let values = vec![value(&chinese)?, value(&english)?];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，中文与英文表述不一致，请明确以何者为准。", asked.zh),
        format!("The Chinese and the English version differ on {}. Please clarify which one applies.", asked.en),
    );
    let told_of = Told {
        title: both("中文与英文表述不一致", "the Chinese and the English version differ"),
        description: both("同一条款的中文与英文数值不同", "one term has another figure in Chinese than in English"),
    };
    told(reading, "K050", "language", values, question, told_of)
}
