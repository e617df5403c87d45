//! Names and numbers that differ from part to part: another project's, left over from the document that was copied.

use std::collections::BTreeSet;

use bidlens_domain::contradiction::Contradiction;

use super::super::stated::{Stated, differing, labelled};
use super::contradiction;
use crate::fields::letters;
use crate::grammar::company;
use crate::reading::{Form, Pair, Reading, Zone};

/// Of two names of one project this share of the pairs of letters is common, at least.
const COMMON_PERCENT_MIN: usize = 30;

pub(super) fn number(reading: &Reading<'_>) -> Option<Contradiction> {
    // A tender may have one number with its agency and another with the platform: like is held against like.
    const LABELS: [&[&str]; 4] = [&["项目编号"], &["招标编号"], &["采购编号"], &["采购项目编号"]];
    const CHARS: std::ops::RangeInclusive<usize> = 4..=40;
    LABELS.iter().find_map(|labels| {
        let all = labelled(reading, labels, |_, text| {
            let length = text.find([' ', ',', ';', '。', '(', '\n', '、']).unwrap_or(text.len());
            let own = text.get(..length)?;
            let bare = letters(own);
            let digits = bare.chars().any(|c| c.is_ascii_digit());
            (digits && CHARS.contains(&bare.chars().count())).then_some((bare, 0..length))
        });
        contradiction(reading, "tender_no", differing(&all, |a, b| !a.contains(b.as_str()) && !b.contains(a.as_str()))?)
    })
}

pub(super) fn project(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&[&str]; 4] = [&["项目名称"], &["采购项目名称"], &["招标项目名称"], &["工程名称"]];
    let names = |pair: &Pair, text: &str| {
        let bare = letters(text);
        let told = pair.form == Form::Colon || matches!(reading.zone(pair.unit), Zone::FrontTable | Zone::Cover);
        let project = ["项目", "采购", "工程", "服务", "招标"].iter().any(|w| bare.contains(w));
        let chars = bare.chars().count();
        (told && project && (6..=60).contains(&chars) && !text.contains(['、', ';', ':'])).then_some(bare)
    };
    LABELS.iter().find_map(|labels| {
        let all = labelled(reading, labels, |pair, text| Some((names(pair, text)?, 0..text.len())));
        contradiction(reading, "project_name", differing(&all, |a, b| is_another(a, b))?)
    })
}

pub(super) fn buyer(reading: &Reading<'_>) -> Option<Contradiction> {
    const LABELS: [&[&str]; 4] =
        [&["采购人", "采购人名称"], &["招标人", "招标人名称"], &["采购单位", "采购单位名称"], &["buyer"]];
    LABELS.iter().find_map(|labels| {
        let all: Vec<Stated<String>> = labelled(reading, labels, |_, text| {
            let length = text.find([',', ';', '。', '(', '\n', ' ', ':']).unwrap_or(text.len());
            let own = text.get(..length)?;
            is_body(own).then(|| (letters(own), 0..length))
        });
        contradiction(reading, "buyer_name", differing(&all, |a, b| !is_short_for(a, b) && !is_short_for(b, a))?)
    })
}

/// Whether a text is the name of a body and nothing else.
fn is_body(text: &str) -> bool {
    (4..=30).contains(&text.chars().count()) && company::is_organisation(text) && !text.contains(['、', '和', '及'])
}

/// Whether the letters of one name stand in the other in their order: 清河一中 is short for 清河市第一中学.
fn is_short_for(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().all(|c| rest.any(|other| other == c))
}

/// Whether two names of projects are so unlike that one is another project's.
fn is_another(a: &str, b: &str) -> bool {
    let pairs = |text: &str| -> BTreeSet<(char, char)> {
        let mut bare = text.to_owned();
        for word in ["采购", "项目", "工程", "服务", "招标", "公开", "询价", "磋商", "谈判", "设备", "竞争性", "购置"]
        {
            bare = bare.replace(word, "");
        }
        bare.chars().zip(bare.chars().skip(1)).collect()
    };
    let (one, other) = (pairs(a), pairs(b));
    let common = one.intersection(&other).count();
    let fewer = one.len().min(other.len());
    fewer >= 3 && common * 100 < fewer * COMMON_PERCENT_MIN
}
