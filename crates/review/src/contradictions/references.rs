//! K025: a reference to a chapter that the tender does not have.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::fold::folded;
use bidlens_domain::wording::both;
use regex::Regex;

use super::place;
use crate::grammar::numbers;
use crate::reading::{Reading, Zone};

static CHAPTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:见|按照?|根据|依据|符合|满足)[^。;\n]{0,12}?第\s*([一二三四五六七八九十]{1,3}|[0-9]{1,2})\s*章")
        .ok()
});

/// A tender with fewer numbered chapters may hold chapters that were not seen as such.
const CHAPTERS_MIN: usize = 4;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    let numbers_of = |text: &str| -> Option<i64> {
        let inner = folded(text);
        let inner = inner.trim().strip_prefix('第')?.split('章').next()?.trim().to_owned();
        numbers::chinese_integer(&inner).or_else(|| inner.parse().ok())
    };
    let chapters: BTreeSet<i64> = reading
        .documents
        .iter()
        .flat_map(|d| &d.sections)
        .filter(|s| s.number.contains('章') || s.title.trim_start().starts_with('第'))
        .filter_map(|s| numbers_of(&s.number).or_else(|| numbers_of(&s.title)))
        .collect();
    // Only a row of chapters without a gap is known whole.
    let last = chapters.last().copied().unwrap_or_default();
    if chapters.len() < CHAPTERS_MIN || usize::try_from(last).ok() != Some(chapters.len()) || !chapters.contains(&1) {
        return Vec::new();
    }
    let mut found: Vec<Contradiction> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        // A contract and forms count chapters of their own.
        if matches!(unit.zone, Zone::Contract | Zone::BidForms | Zone::Correction) || unit.is_heading {
            continue;
        }
        for captures in CHAPTER.as_ref().into_iter().flat_map(|p| p.captures_iter(&unit.text)) {
            let (Some(whole), Some(number)) = (captures.get(0), captures.get(1)) else { continue };
            // Chapters of a law or a standard are not this document's.
            let foreign = ["法", "条例", "办法》", "规范", "标准", "GB"].iter().any(|w| whole.as_str().contains(w));
            let read = numbers::chinese_integer(number.as_str()).or_else(|| number.as_str().parse().ok());
            let Some(chapter) = read.filter(|n| *n > last && !foreign) else { continue };
            let Some(evidence) = reading.evidence(index, &whole.range()) else { continue };
            if found.iter().any(|c| c.values().iter().any(|v| v.value == chapter.to_string())) {
                continue;
            }
            let where_ = place(&evidence).zh;
            let text = ContradictionText {
                rule_id: "K025",
                subject: "reference".to_owned(),
                // It is the Chinese name of a chapter that is looked for.
                language: Language::Zh,
                title: both(
                    format!("引用了不存在的第{chapter}章"),
                    format!("a reference to chapter {chapter}, which does not exist"),
                ),
                description: both(
                    format!("文件只有{last}章，却引用第{chapter}章"),
                    format!("the document has {last} chapters and refers to chapter {chapter}"),
                ),
                question: format!("招标文件{where_}引用第{chapter}章，而招标文件只有{last}章，请明确所指内容。"),
            };
            found.extend(Contradiction::new(text, vec![StatedValue { value: chapter.to_string(), evidence }]));
        }
    }
    found
}
