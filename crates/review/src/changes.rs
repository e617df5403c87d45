//! What addenda (补遗、澄清、更正) change: `由…修改为…`, `原…现…`, quoted phrases, and tables of before and after.
//!
//! The words that no longer stand are blanked in the reading's text before anything else reads it, and where a label
//! precedes them they become the colon between it and what stands now. So every reader meets the new value under its
//! label, and none the old one; quotes are cut from the file by their offsets and stay whole. Start at [`find`].

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::change::Change;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::FieldKey;
use bidlens_domain::finding::stable_id;
use bidlens_domain::requirement::Requirement;
use regex::Regex;

use crate::fields::Fields;
use crate::reading::{Grid, Reading, Unit, Zone, skip_numbering};
use crate::requirements::bare;

/// A change as it stands in the reading, all ranges in folded text.
#[derive(Debug, Clone)]
pub(crate) struct FoundChange {
    pub(crate) unit: usize,
    /// The whole statement.
    pub(crate) sentence: Range<usize>,
    pub(crate) subject: String,
    before: Option<Before>,
    /// What stands now, in `unit`.
    pub(crate) after: Range<usize>,
    /// What is blanked in which unit, and with what.
    mask: Vec<(usize, Range<usize>, Blank)>,
}

/// What no longer stands. Its words are kept, for its place is blanked.
#[derive(Debug, Clone)]
struct Before {
    /// Another unit than the change's for tables and for lines one below the other.
    unit: usize,
    range: Range<usize>,
    /// Folded.
    words: String,
    /// Letters and digits of `words` alone.
    letters: String,
}

impl Before {
    fn new(unit: usize, range: Range<usize>, text: &str) -> Before {
        let words = text.get(range.clone()).unwrap_or_default().trim().to_owned();
        Before { unit, range, letters: bare(&words), words }
    }
}

impl FoundChange {
    /// The letters that the change takes out of the tender, when they are enough to be known again there.
    fn phrase(&self) -> Option<&str> {
        // A phrase tells by itself where it stands, a figure with its unit beside what it is a figure of.
        let letters_min = if self.subject.is_empty() { 6 } else { 3 };
        let phrase = self.before.as_ref()?.letters.as_str();
        // Dates, periods and sums are what fields are read from.
        let of_a_field = phrase.chars().all(|c| c.is_ascii_digit() || "年月日时分天元万历个亿人民币".contains(c));
        (phrase.chars().count() >= letters_min && !of_a_field).then_some(phrase)
    }

    /// Whether a text of these letters is what the change is about. A figure with its unit is known again only beside
    /// what it is a figure of.
    fn concerns(&self, letters: &str) -> bool {
        let Some(phrase) = self.phrase().filter(|phrase| letters.contains(phrase)) else { return false };
        let words = phrase.chars().filter(|c| !c.is_ascii()).count();
        let subject = bare(&self.subject);
        words >= 4 || !subject.is_empty() && letters.contains(&subject)
    }

    /// A folded text with the old words replaced by the new ones; the new ones alone where the old stand there in
    /// another manner.
    fn applied_to(&self, reading: &Reading<'_>, text: &str) -> String {
        let now = reading.text(self.unit, &self.after).trim();
        match &self.before {
            Some(before) if text.contains(&before.words) => text.replacen(&before.words, now, 1),
            _ => now.to_owned(),
        }
    }
}

/// What takes the place of words that no longer stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Spaces,
    /// What is changed stands before them and becomes the label of what is new.
    Colon,
    /// What is new brings its own label, which begins a line.
    Line,
}

/// Characters of what a statement changes; a longer one is a paragraph about something else.
const SIDE_CHARS_MAX: usize = 400;

/// `修改为`, `延期至`, `is changed to`.
static TURN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        "(?:修改|变更|调整|更正|更改|修正|修订|改|延期|延长|推迟|顺延|延迟|推后|提前|提高|降低|替换|调减|调增|上调|下调)(?:为|至|到|成)|现为|应为",
    )
    .expect("a regular expression")
});

/// Verbs that say by themselves that something is changed.
const STRONG: [&str; 7] = ["修改", "变更", "调整", "更正", "更改", "修订", "改为"];

/// `is changed from … to`, `shall be extended to`.
static TURN_ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\b(?:is|are|has been|have been|shall be|will be)\s+)?(?:hereby\s+)?\b(?:changed|amended|revised|extended|postponed|increased|reduced|corrected|replaced)\s+(?:(?:from\s+)(?P<old>[^;\n]{1,200}?)\s+)?(?:to read|to|until|by|with)\s",
    )
    .expect("a regular expression")
});

static OLD_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("^(?:原(?:招标|采购|磋商|谈判|询价)?(?:文件|公告)?(?:的)?(?:内容|条款|规定|表述|要求|文)?(?:为)?|(?:更正|修改|变更|修订|澄清)前(?:的)?(?:内容|条款)?(?:为)?):")
        .expect("a regular expression")
});

static NEW_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("^(?:现(?:将其|将)?)?(?:(?:更正|修改|变更|修订|澄清|调整)(?:后(?:的)?(?:内容|条款)?(?:为)?|为)|改为|现为|现(?:内容|规定|要求)(?:为)?)[:,]?").expect("a regular expression")
});

/// Every change that the addenda among the units state.
pub(crate) fn find(units: &[Unit<'_>], grids: &[Grid]) -> Vec<FoundChange> {
    let mut changes = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        if unit.zone != Zone::Correction {
            continue;
        }
        if let Some(change) = lines(units, index) {
            changes.push(change);
            continue;
        }
        let is_new_side = changes.last().is_some_and(|c: &FoundChange| c.unit == index);
        if !is_new_side && unit.cell.is_none() {
            sentences(index, &unit.text, &mut changes);
        }
    }
    for grid in grids {
        table(units, grid, &mut changes);
    }
    changes
}

/// Blanks what no longer stands, byte for byte, so that offsets stay as they are.
pub(crate) fn mask(units: &mut [Unit<'_>], changes: &[FoundChange]) {
    for (unit, range, with) in changes.iter().flat_map(|change| &change.mask) {
        let Some(text) = units.get_mut(*unit).map(|unit| &mut unit.text) else { continue };
        let Some(old) = text.get(range.clone()) else { continue };
        let mut blank = String::with_capacity(old.len());
        for (at, c) in old.char_indices() {
            match c {
                _ if at == 0 && *with == Blank::Colon => blank.push(':'),
                // Lines of a cell stay apart.
                '\n' => blank.push('\n'),
                _ => blank.push(' '),
            }
            blank.extend(std::iter::repeat_n(' ', c.len_utf8() - 1));
        }
        if *with == Blank::Line && blank.pop().is_some() {
            blank.push('\n');
        }
        text.replace_range(range.clone(), &blank);
    }
}

/// Changes that one text states in sentences.
fn sentences(unit: usize, text: &str, changes: &mut Vec<FoundChange>) {
    let mut from = 0;
    while let Some(turn) = next_turn(text, from) {
        let start = text
            .get(..turn.verb.start)
            .and_then(|t| t.rfind(['。', ';', '\n', '?']))
            .map_or(0, |at| at + text.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
        let start = start.max(from);
        let (after, end) = new_side(text, turn.verb.end);
        from = end.max(turn.verb.end);
        let head = start..turn.verb.start;
        if after.is_empty() || is_asked(text, &head, &after, end) {
            continue;
        }
        let of_the_verb =
            turn.old.clone().map(|old| OldSide { subject: head.clone(), old: Some(old), mask_from: head.end });
        let Some(old) = of_the_verb.or_else(|| old_side(text, &head)) else { continue };
        // Words that bring their own label stand under it; what precedes them only says where: 第五章第2款“质保期：…”.
        let own = subject_within(text, &after);
        let named = subject_of(text.get(old.subject.clone()).unwrap_or_default());
        let subject = if own.is_empty() { named.clone() } else { own.clone() };
        if !is_change(text, &turn.verb, &old, &after, &subject) {
            continue;
        }
        let mut mask = if own.is_empty() {
            vec![(unit, old.mask_from..turn.verb.end, if named.is_empty() { Blank::Spaces } else { Blank::Colon })]
        } else {
            vec![(unit, start..turn.verb.end, Blank::Line)]
        };
        mask.extend(hiding_labels(text, &old.subject).map(|range| (unit, range, Blank::Spaces)));
        mask.extend(quotes_in(unit, text, &(turn.verb.end..end)));
        changes.push(FoundChange {
            unit,
            sentence: start..end,
            subject,
            before: old.old.map(|range| Before::new(unit, range, text)),
            after,
            mask,
        });
    }
}

/// A question changes nothing.
fn is_asked(text: &str, head: &Range<usize>, after: &Range<usize>, end: usize) -> bool {
    let words = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    text.get(end..).is_some_and(|t| t.starts_with('?'))
        || words(after).contains('?')
        || ["是否", "可否", "能否"].iter().any(|word| words(head).contains(word))
}

/// Whether a statement is short enough to be read, and says that something is changed.
fn is_change(text: &str, verb: &Range<usize>, old: &OldSide, after: &Range<usize>, subject: &str) -> bool {
    let words = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let long = |range: &Range<usize>| words(range).chars().count() > SIDE_CHARS_MAX;
    if long(after) || old.old.as_ref().is_some_and(long) {
        return false;
    }
    // Without what was, the verb must say that something is changed, or a figure what it is now: 应为独立法人 and
    // 提前到达现场 change nothing.
    let verb = words(verb);
    let certain = verb.is_ascii() || STRONG.iter().any(|word| verb.starts_with(word));
    let figure =
        words(after).contains(|c: char| c.is_ascii_digit() || "一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾".contains(c));
    old.old.is_some() || !subject.is_empty() && !verb.ends_with("应为") && (certain || figure)
}

/// What is changed, where the new words name it: “质保期：3年”修改为“质保期：5年”.
fn subject_within(text: &str, after: &Range<usize>) -> String {
    let named = text.get(after.clone()).and_then(|t| t.split_once(':')).map(|(name, _)| subject_of(name));
    named.filter(|name| name.chars().count() <= 12).unwrap_or_default()
}

/// The `原` or `将` before a subject, which hides its label.
fn hiding_labels<'t>(text: &'t str, subject: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let lead = text.get(subject.clone()).unwrap_or_default();
    let begin = subject.start;
    ["原", "将", "把"].into_iter().filter_map(move |word| {
        let at = lead.find(word)?;
        let leads = at == 0 || skip_numbering(lead.trim_start()).starts_with(word);
        leads.then_some(begin + at..begin + at + word.len())
    })
}

struct Turn {
    verb: Range<usize>,
    /// When the verb itself says from what.
    old: Option<Range<usize>>,
}

fn next_turn(text: &str, from: usize) -> Option<Turn> {
    let chinese = TURN.find_at(text, from).map(|m| Turn { verb: m.range(), old: None });
    let english = TURN_ENGLISH
        .captures_at(text, from)
        .and_then(|c| Some(Turn { verb: c.get(0)?.range(), old: c.name("old").map(|m| m.range()) }));
    match (chinese, english) {
        (Some(a), Some(b)) => Some(if a.verb.start <= b.verb.start { a } else { b }),
        (a, b) => a.or(b),
    }
}

/// What stands now, and where its statement ends.
fn new_side(text: &str, from: usize) -> (Range<usize>, usize) {
    let rest = text.get(from..).unwrap_or_default();
    let skipped = rest.len() - rest.trim_start_matches([':', ',', ' ']).len();
    let rest = rest.get(skipped..).unwrap_or_default();
    let begin = from + skipped;
    if rest.starts_with(is_quote) {
        let open = rest.chars().next().map_or(0, char::len_utf8);
        if let Some(close) = rest.get(open..).and_then(|t| t.find(is_quote)) {
            let inner = begin + open..begin + open + close;
            let end = inner.end + text.get(inner.end..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
            return (inner, end);
        }
    }
    let stop = rest.find(['。', ';', '\n']).unwrap_or(rest.len());
    // What is not changed is no part of what stands now: `，地点不变`.
    let words = rest.get(..stop).unwrap_or_default();
    let mut end = 0;
    for (at, part) in words.split_inclusive(',').scan(0, |at, part| {
        let begin = *at;
        *at += part.len();
        Some((begin, part))
    }) {
        let aside = ["不变", "请", "转告", "其他", "其它", "其余", "特此", "同时", "以本"];
        // One sentence may change two things: 预算由…变更为…，最高限价由…变更为….
        if at > 0 && next_turn(part, 0).is_some() {
            return (begin..begin + end, begin + at);
        }
        if at > 0 && aside.iter().any(|word| part.contains(word)) {
            break;
        }
        end = at + part.trim_end_matches(',').len();
    }
    (begin..begin + end, begin + stop)
}

struct OldSide {
    subject: Range<usize>,
    old: Option<Range<usize>>,
    /// From here on, up to the verb's end, the words no longer stand.
    mask_from: usize,
}

/// What is changed and what it was, from the words before the verb.
fn old_side(text: &str, head: &Range<usize>) -> Option<OldSide> {
    let words = text.get(head.clone())?;
    let idle = ["统一", "相应", "现将", "现", "今", "拟", "均", "应", "予以", ",", " "];
    let mut trimmed = words.trim_end();
    while let Some(rest) = idle.iter().find_map(|w| trimmed.strip_suffix(w)) {
        trimmed = rest;
    }
    // “…”修改为“…”
    if trimmed.ends_with(is_quote) {
        let close = trimmed.char_indices().next_back()?.0;
        let open = trimmed.get(..close)?.rfind(is_quote)?;
        let open_len = trimmed.get(open..)?.chars().next()?.len_utf8();
        return Some(OldSide {
            subject: head.start..head.start + open,
            old: Some(head.start + open + open_len..head.start + close),
            mask_from: head.start + open,
        });
    }
    // 由…修改为…
    if let Some(at) = trimmed
        .rfind('由')
        .or_else(|| trimmed.rfind('从'))
        .filter(|at| !trimmed.get(*at..).unwrap_or_default().trim_start_matches(['由', '从']).trim().is_empty())
    {
        let len = '由'.len_utf8();
        return Some(OldSide {
            subject: head.start..head.start + at,
            old: Some(head.start + at + len..head.start + trimmed.len()),
            mask_from: head.start + at,
        });
    }
    // 原投标有效期为90天，现修改为…
    if let Some(at) = trimmed.rfind('原') {
        let behind = at + '原'.len_utf8();
        let rest = trimmed.get(behind..)?;
        let cut = ['为', '是', ':'].iter().filter_map(|c| rest.find(*c).map(|i| (i, c.len_utf8()))).min();
        return Some(match cut {
            Some((is, len)) => OldSide {
                subject: head.start..head.start + behind + is,
                old: Some(head.start + behind + is + len..head.start + trimmed.len()),
                mask_from: head.start + behind + is,
            },
            None => OldSide {
                subject: head.start..head.start + at,
                old: Some(head.start + behind..head.start + trimmed.len()),
                mask_from: head.start + at,
            },
        });
    }
    (!trimmed.trim().is_empty()).then(|| OldSide {
        subject: head.start..head.start + trimmed.len(),
        old: None,
        mask_from: head.start + trimmed.len(),
    })
}

/// `原招标文件：…` and, one to three lines below, `现修改为：…`.
fn lines(units: &[Unit<'_>], index: usize) -> Option<FoundChange> {
    let unit = units.get(index)?;
    let text = unit.text.as_str();
    let lead = text.len() - skip_numbering(text).len();
    let old = OLD_LINE.find(text.get(lead..)?)?;
    let old_words = lead + old.end()..text.len();
    let below = (index + 1..units.len().min(index + 4)).find(|&at| {
        units.get(at).is_some_and(|other| {
            other.document == unit.document && other.cell == unit.cell && NEW_LINE.is_match(skip_numbering(&other.text))
        })
    })?;
    let new_text = units.get(below)?.text.as_str();
    let new_lead = new_text.len() - skip_numbering(new_text).len();
    let new = NEW_LINE.find(new_text.get(new_lead..)?)?;
    let after = new_lead + new.end()..new_text.len();
    if after.len() > SIDE_CHARS_MAX * 3 || new_text.get(after.clone())?.trim().is_empty() {
        return None;
    }
    // What is changed stands above: `一、投标有效期`.
    let above = index.checked_sub(1).and_then(|at| units.get(at)).filter(|u| u.document == unit.document);
    let subject = above.map(|u| subject_of(&u.text)).filter(|s| s.chars().count() <= 30).unwrap_or_default();
    let mut mask = vec![(index, 0..text.len(), Blank::Spaces), (below, new_lead..new_lead + new.end(), Blank::Spaces)];
    mask.extend(quotes_in(below, new_text, &after));
    Some(FoundChange {
        unit: below,
        sentence: 0..new_text.len(),
        subject,
        before: Some(Before::new(index, old_words, text)),
        after,
        mask,
    })
}

/// A table with a column of what was and one of what is.
fn table(units: &[Unit<'_>], grid: &Grid, changes: &mut Vec<FoundChange>) {
    let Some(header) = grid.rows.first() else { return };
    let text = |unit: usize| units.get(unit).map_or("", |u| u.text.as_str());
    if header.first().and_then(|&u| units.get(u)).is_none_or(|u| u.zone != Zone::Correction) {
        return;
    }
    let place = |words: &[&str]| header.iter().position(|&u| words.iter().any(|w| text(u).contains(w)));
    let old = place(&[
        "更正前",
        "修改前",
        "变更前",
        "澄清前",
        "原内容",
        "原条款",
        "原招标文件",
        "原采购文件",
        "原文",
        "Original",
    ]);
    let new =
        place(&["更正后", "修改后", "变更后", "澄清后", "现内容", "修改为", "更正为", "变更为", "Amended", "Revised"]);
    let (Some(old), Some(new)) = (old, new) else { return };
    let named =
        place(&["更正项", "更正事项", "变更事项", "修改事项", "事项", "条款名称", "条款号", "项目", "内容项", "Item"])
            .filter(|at| *at != old && *at != new);
    for row in grid.rows.iter().skip(1) {
        let (Some(&before), Some(&after)) = (row.get(old), row.get(new)) else { continue };
        if before == after || text(after).trim().is_empty() {
            continue;
        }
        let subject = named.and_then(|at| row.get(at)).map(|&u| subject_of(text(u))).unwrap_or_default();
        let mut mask = vec![(before, 0..text(before).len(), Blank::Spaces)];
        mask.extend(quotes_in(after, text(after), &(0..text(after).len())));
        changes.push(FoundChange {
            unit: after,
            sentence: 0..text(after).len(),
            subject,
            before: Some(Before::new(before, 0..text(before).len(), text(before))),
            after: 0..text(after).len(),
            mask,
        });
    }
}

fn quotes_in(unit: usize, text: &str, range: &Range<usize>) -> Vec<(usize, Range<usize>, Blank)> {
    let quotes = text.get(range.clone()).unwrap_or_default().char_indices().filter(|(_, c)| is_quote(*c));
    quotes.map(|(at, c)| (unit, range.start + at..range.start + at + c.len_utf8(), Blank::Spaces)).collect()
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '「' | '」' | '『' | '』')
}

/// What is changed, without numbers, idle words and punctuation.
fn subject_of(words: &str) -> String {
    let words = words.rsplit(['\n', '。', ';', '?']).next().unwrap_or_default();
    let mut words = skip_numbering(words.trim());
    for lead in ["答:", "回复:", "澄清:", "现将", "将", "把", "原", "本项目", "该项目", "the "] {
        words = words.strip_prefix(lead).unwrap_or(words);
    }
    words.trim_matches([':', ',', ' ', '的', '。', '"', '“', '”', '中', '、']).to_owned()
}

/// What the addenda change, with the fields and requirements that stand by it.
pub(crate) fn read(reading: &Reading<'_>, fields: &Fields, requirements: &[Requirement]) -> Vec<Change> {
    let changes = reading.changes.iter().filter_map(|found| {
        let evidence = reading.evidence(found.unit, &found.sentence)?;
        let within = |e: &Evidence| {
            e.document() == evidence.document()
                && e.block() == evidence.block()
                && e.range().start < evidence.range().end
                && evidence.range().start < e.range().end
        };
        let own: Vec<FieldKey> = fields
            .iter()
            .filter(|(_, field)| field.evidence().first().is_some_and(within))
            .map(|(key, _)| key.clone())
            .collect();
        let stand: Vec<String> =
            requirements.iter().filter(|r| r.evidence().iter().any(within)).map(|r| r.id.clone()).collect();
        let after = reading.original(found.unit, &found.after);
        Some(Change {
            id: stable_id(&["change", evidence.document().as_str(), evidence.quote()]),
            subject: found.subject.clone(),
            before: found.before.as_ref().map(|before| reading.original(before.unit, &before.range)),
            after,
            evidence,
            fields: own,
            requirements: stand,
        })
    });
    changes.collect()
}

/// A demand as addenda leave it, when one of them changes it.
pub(crate) fn as_changed<'r>(reading: &'r Reading<'_>, demand: &str) -> Option<(String, &'r FoundChange)> {
    if reading.changes.is_empty() {
        return None;
    }
    let letters = bare(demand);
    let change = reading.changes.iter().find(|change| change.concerns(&letters))?;
    Some((change.applied_to(reading, demand), change))
}

/// The addendum's statement.
pub(crate) fn words(reading: &Reading<'_>, change: &FoundChange) -> Option<Evidence> {
    reading.evidence(change.unit, &change.sentence)
}
