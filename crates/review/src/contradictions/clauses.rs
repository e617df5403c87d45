//! K045: a reference to a numbered clause or an annex that the tender does not have.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::wording::{Wording, both};
use regex::Regex;

use super::amounts::{Told, told};
use super::place;
use crate::grammar::numbers;
use crate::reading::{Reading, Zone};

static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:见|按照?|根据|依据|符合|满足|执行)[^。;,\n《》]{0,8}?第\s*(\d{1,2})\.(\d{1,2})(?:\.\d{1,2})*\s*(?:条|款|项|目)")
        .expect("a regular expression")
});
static ANNEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:见|按照?|根据|依据|符合|填写|使用)[^。;,\n《》]{0,8}?附件\s*([一二三四五六七八九十]{1,3}|\d{1,2})")
        .expect("a regular expression")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(\d{1,2})\.(\d{1,2})").expect("a regular expression"));
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^附件\s*([一二三四五六七八九十]{1,3}|\d{1,2})").expect("a regular expression"));

/// Clauses of one chapter, and annexes, that show that all of them were read.
const ROW_MIN: u32 = 3;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    // It is the Chinese names of clauses that are looked for.
    if reading.language() != Language::Zh {
        return Vec::new();
    }
    let (clauses, annexes) = (Clauses::of(reading), annexes(reading));
    let mut found: Vec<Contradiction> = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        if matches!(zone, Zone::BidForms | Zone::Contract | Zone::Correction) || is_foreign(text) {
            continue;
        }
        let missing = CLAUSE
            .captures_iter(text)
            .filter_map(|c| {
                Some((c.get(0)?.range(), (c.get(1)?.as_str().parse().ok()?, c.get(2)?.as_str().parse().ok()?)))
            })
            .filter(|(_, (chapter, number))| clauses.lack(*chapter, *number))
            .map(|(range, (chapter, number))| {
                let (zh, en) = (format!("第{chapter}.{number}条"), format!("clause {chapter}.{number}"));
                (range, both(zh, en))
            });
        let lost = ANNEX
            .captures_iter(text)
            .filter_map(|c| Some((c.get(0)?.range(), number(c.get(1)?.as_str())?)))
            .filter(|(_, number)| is_behind(&annexes, *number))
            .map(|(range, number)| (range, both(format!("附件{number}"), format!("annex {number}"))));
        for (range, what) in missing.chain(lost) {
            let range = clause.range.start + range.start..clause.range.start + range.end;
            let known = |one: &Contradiction| one.values().iter().any(|value| value.value == what.zh);
            if !found.iter().any(known) {
                found.extend(missing_part(reading, clause.unit, &range, &what));
            }
        }
    }
    found
}

/// Laws, standards and contracts number clauses of their own.
fn is_foreign(text: &str) -> bool {
    ["《", "法", "条例", "规范", "标准", "规程", "GB", "合同", "协议", "通知", "图集", "定额", "通用", "专用"]
        .iter()
        .any(|w| text.replace(['“', '”'], "").replace("办法", "").contains(w))
}

fn number(words: &str) -> Option<u32> {
    let read = numbers::chinese_integer(words).or_else(|| words.parse().ok())?;
    u32::try_from(read).ok()
}

/// Clause numbers wherever they stand, but for references to them.
struct Clauses(BTreeSet<(u32, u32)>);

impl Clauses {
    fn of(reading: &Reading<'_>) -> Clauses {
        let mut known = BTreeSet::new();
        for unit in &reading.units {
            for captures in NUMBER.captures_iter(&unit.text) {
                let (Some(whole), Some(chapter), Some(number)) = (captures.get(0), captures.get(1), captures.get(2))
                else {
                    continue;
                };
                let before = unit.text.get(..whole.start()).unwrap_or_default().trim_end();
                let referred = before.ends_with('第') || before.ends_with(|c: char| c.is_ascii_digit() || c == '.');
                if let (false, Ok(chapter), Ok(number)) =
                    (referred, chapter.as_str().parse::<u32>(), number.as_str().parse::<u32>())
                {
                    known.insert((chapter, number));
                }
            }
        }
        Clauses(known)
    }

    /// Whether a clause stands behind the last of a row that was read whole, or in a chapter behind the last one.
    fn lack(&self, chapter: u32, number: u32) -> bool {
        if self.0.contains(&(chapter, number)) {
            return false;
        }
        let row = |of: u32| (1..).take_while(|n| self.0.contains(&(of, *n))).count() as u32;
        let chapters = (1..).take_while(|of| self.0.contains(&(*of, 1))).count() as u32;
        let own = row(chapter);
        let behind_last = own >= ROW_MIN && number > own && !self.0.iter().any(|(of, n)| *of == chapter && *n > own);
        let no_chapter = own == 0 && chapters >= 2 && chapter > chapters && self.0.iter().all(|(of, _)| *of != chapter);
        behind_last || no_chapter
    }
}

fn annexes(reading: &Reading<'_>) -> BTreeSet<u32> {
    let lines = reading.units.iter().flat_map(|unit| unit.text.split('\n'));
    lines.filter_map(|line| number(TITLE.captures(line.trim_start())?.get(1)?.as_str())).collect()
}

/// Whether a number stands behind the last of a row that begins with 1 and has no gap.
fn is_behind(row: &BTreeSet<u32>, number: u32) -> bool {
    let last = row.last().copied().unwrap_or_default();
    last + 1 >= ROW_MIN && row.len() == last as usize && row.contains(&1) && number > last
}

fn missing_part(
    reading: &Reading<'_>,
    unit: usize,
    range: &std::ops::Range<usize>,
    what: &Wording,
) -> Option<Contradiction> {
    let evidence = reading.evidence(unit, range)?;
    let at = place(&evidence);
    let question = both(
        format!("招标文件{}引用{}，而招标文件中未见该内容，请明确所指内容。", at.zh, what.zh),
        format!("{} refers to {}, which is not there. Please clarify.", at.en, what.en),
    );
    let told_of = Told {
        title: both(format!("引用了不存在的{}", what.zh), format!("a reference to {}, which does not exist", what.en)),
        description: both(
            format!("文件引用{}，却没有该内容", what.zh),
            format!("the document refers to {} and does not have it", what.en),
        ),
    };
    told(reading, "K045", "reference", vec![StatedValue { value: what.zh.clone(), evidence }], question, told_of)
}
