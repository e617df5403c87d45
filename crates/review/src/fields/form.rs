//! The form of the bid: how many copies, on paper or electronic.

use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use regex::Regex;

use crate::grammar::numbers::is_chinese_numeral;
use crate::reading::{Reading, Zone, skip_numbering};

use super::{Candidate, Disagreement, Fields, is_blank, is_reference, put, standing};

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    put(fields, "copies", copies(reading), Disagreement::Prefer);
}

fn copies(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "投标文件份数",
        "份数",
        "响应文件份数",
        "正副本份数",
        "投标文件的份数",
        "投标文件正副本份数",
        "投标文件正本、副本份数",
        "投标文件副本份数",
        "投标文件数量",
        "响应文件数量",
        "响应文件份数要求",
        "报价文件份数",
        "正本和副本份数",
        "投标文件份数要求",
        "响应文件的份数",
        "纸质投标文件份数",
        "正副本数量",
        "响应文件形式",
        "投标文件形式",
        "响应文件数量及形式",
        "number of copies",
        "copies",
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        let named = LABELS.contains(&pair.label.as_str())
            || pair.label.chars().count() <= 18 && pair.label.contains("份数") && !pair.label.contains("合同");
        let named = named || pair.label.starts_with("number of copies of ");
        if !named || zone == Zone::BidForms || zone == Zone::Contract {
            continue;
        }
        let value = reading.tidy_until(pair.unit, &pair.value, &['。', '\n']);
        let text = reading.text(pair.unit, &value);
        let quote = reading.pair_quote(pair, &value);
        if is_reference(text) {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1));
            continue;
        }
        if is_blank(text) || text.chars().count() > 160 {
            continue;
        }
        let value = if text.contains('份') { value } else { value.start..pair.value.end };
        // 正本份数:壹份 says of what only with its label.
        let tells = ["正本", "副本", "电子", "纸质"].iter().any(|w| pair.label.contains(w));
        let told = ["正本", "副本"].iter().any(|w| text.contains(w));
        let value = match pair.label_start {
            Some(start) if tells && !told => start..value.end,
            _ => value,
        };
        let value = reading.tidy(pair.unit, &counted(reading, pair.unit, &value));
        let words = plain(&reading.words(pair.unit, &value));
        if words.chars().count() <= 200 && words.chars().any(|c| c.is_ascii_digit() || is_chinese_numeral(c)) {
            candidates.extend(reading.candidate(pair.unit, quote, value, FieldValue::Text(words), standing(zone) + 8));
        }
    }
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        if text.chars().count() > 200 {
            candidates.extend(english_count(reading, clause.unit, &clause.range));
            continue;
        }
        let bid = text.contains("投标文件")
            || text.contains("响应文件")
            || text.contains("正本")
            || text.contains("磋商文件")
            || text.contains("报价文件")
            || text.contains("谈判文件")
            || text.contains("参选文件")
            || text.contains("应答文件")
            || text.contains("申请文件")
            || text.contains("一正");
        let paper = text.contains("正本") && text.contains("副本") || text.contains("一正");
        let counted_copy = has_count(text);
        let lower = text.to_lowercase();
        let english = (lower.contains("original")
            && ["copies", "copy", "duplicate", "triplicate"].iter().any(|w| lower.contains(w)))
            || ["hard copy", "hard copies"].iter().any(|w| lower.contains(w)) && lower.contains("submit")
            || lower.contains("electronic cop") && lower.contains("submit") && lower.contains("one ")
            || ["in duplicate", "in triplicate", "in quadruplicate"].iter().any(|w| lower.contains(w));
        if !(bid && counted_copy && (paper || text.contains("电子")) || english) {
            continue;
        }
        // The original of the bank's guarantee is handed in as well.
        if english && ["guarantee", "bond", "certificate", "invoice", "translation"].iter().any(|w| lower.contains(w)) {
            continue;
        }
        if english && let Some(counted) = english_count(reading, clause.unit, &clause.range) {
            candidates.push(counted);
            continue;
        }
        if ["合同一式", "复印件", "查阅", "不一致", "注明", "装订成", "为准", "标明", "存档"]
            .iter()
            .any(|w| text.contains(w))
            && !paper
        {
            continue;
        }
        let unnumbered = clause.range.end - skip_numbering(text).len();
        let range = if english { unnumbered..clause.range.end } else { counted(reading, clause.unit, &clause.range) };
        let value = reading.tidy(clause.unit, &range);
        let words = plain(&reading.words(clause.unit, &value));
        let rank = standing(zone) - 8 + if paper && counted_copy { 10 } else { 0 } - if english { 10 } else { 0 };
        candidates.extend(reading.candidate(clause.unit, clause.range.clone(), value, FieldValue::Text(words), rank));
    }
    several_lines(reading, &mut candidates);
    candidates.extend(electronic_only(reading));
    candidates
}

/// `one original and two copies` in a long English sentence.
fn english_count(reading: &Reading<'_>, unit: usize, clause: &std::ops::Range<usize>) -> Option<Candidate> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"(?:one|two|three|four|five|six|[1-9]\d?)(?: \(\w+\))?";
        let kinds = "(?:signed |bound |printed |unbound |digital |electronic |hard |soft |paper |separate |complete |identical )*";
        let copies = format!(r"{number} {kinds}cop(?:y|ies)\b");
        Regex::new(&format!(
            r"(?i)\b{number} (?:signed )?originals?\b[^.;]{{1,60}}?\bcop(?:y|ies)\b(?: (?:and|plus) {copies})?|\b{copies}(?: in [A-Z][\w/]+ format)?(?:[^.;]{{0,60}}? (?:and|plus) {copies}(?: (?:of|on) [\w ]{{3,40}})?)?"
        ))
        .expect("a regular expression")
    });
    // Proposals shall be submitted in triplicate.
    static MULTIPLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:duplicate|triplicate|quadruplicate)\b").expect("a regular expression"));
    let text = reading.text(unit, clause);
    let lower = text.to_lowercase();
    let bids = ["bid", "tender", "proposal", "quotation", "offer"].iter().any(|word| lower.contains(word));
    if let Some(found) = MULTIPLE.find(text).filter(|_| bids && lower.contains("submit") && !lower.contains("original"))
    {
        let value = clause.start + found.start()..clause.start + found.end();
        let words = FieldValue::Text(reading.words(unit, &value));
        return reading.candidate(unit, value.clone(), value, words, standing(reading.zone(unit)) - 12);
    }
    // In a long sentence something else may be copied; where an original is named, it is counted too.
    let original = |text: &str| text.to_lowercase().contains("original");
    let long = text.chars().count() > 200;
    let whole = |found: &regex::Match<'_>| original(found.as_str()) || !long && !original(text);
    let found = COUNT.find(text).filter(whole).filter(|_| text.chars().count() <= 400)?;
    let value = clause.start + found.start()..clause.start + found.end();
    let words = FieldValue::Text(reading.words(unit, &value));
    reading.candidate(unit, value.clone(), value, words, standing(reading.zone(unit)) - 10)
}

/// A cell or paragraph that counts the paper and the electronic bid in several lines.
fn several_lines(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) {
    for (index, unit) in reading.units.iter().enumerate() {
        let zone = unit.zone;
        if matches!(zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) || unit.text.chars().count() > 700 {
            continue;
        }
        let text = unit.text.as_str();
        let counts = text
            .split(['\n', '。', ';'])
            .filter(|line| {
                has_count(line)
                    && ["正本", "副本", "电子", "纸质", "投标文件", "响应文件"].iter().any(|w| line.contains(w))
                    && !line.contains("合同")
            })
            .count();
        if counts < 2 || !(text.contains("投标文件") || text.contains("响应文件") || text.contains("正本")) {
            continue;
        }
        let range = counted(reading, index, &(0..text.len()));
        if reading.text(index, &range).chars().count() > 160 {
            continue;
        }
        let words = plain(&reading.words(index, &range));
        candidates.extend(reading.candidate(index, range.clone(), range, FieldValue::Text(words), standing(zone) + 12));
    }
}

/// The counts without the words that only head them: `正本份数：壹份` is `正本壹份`.
fn plain(words: &str) -> String {
    let mut plain = words.to_owned();
    for head in ["份数：", "份数:", "数量：", "数量:", "份数"] {
        plain = plain.replace(head, "");
    }
    without_notes(&plain.replace('】', ""))
}

/// Leaves out what long brackets add about sealing and signing; `（U盘）` says what is counted and stays.
fn without_notes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['（', '(']) {
        let inner_at = open + rest.get(open..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        let close = rest.get(inner_at..).and_then(|t| t.find(['）', ')']));
        let Some(close) = close.map(|n| inner_at + n) else {
            break;
        };
        let end = close + rest.get(close..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        let long = rest.get(inner_at..close).is_some_and(|t| t.chars().count() >= 5);
        out.push_str(rest.get(..if long { open } else { end }).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether a count of copies stands in the text: `2份`, `壹份`, `一式四份`, `一正两副`.
fn has_count(text: &str) -> bool {
    let mut previous = None;
    for c in text.chars() {
        if matches!(c, '份' | '套' | '正' | '副')
            && previous.is_some_and(|p: char| p.is_ascii_digit() || is_chinese_numeral(p))
        {
            return true;
        }
        if !c.is_whitespace() {
            previous = Some(c);
        }
    }
    false
}

/// The part of a sentence from the first named copy to the last count.
fn counted(reading: &Reading<'_>, unit: usize, range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    static COUNT_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"(?:\d{1,2}|[一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾])";
        let also = format!(r"(?:[,、及和并]{{1,2}}[^,。;]{{0,12}}?电子(?:文档|文件|版|光盘|U盘)(?:{number} ?份)?)?");
        Regex::new(&format!(r"{number} ?份 ?正本[^。;]{{0,6}}?{number} ?份 ?副本{also}")).expect("a regular expression")
    });
    let text = reading.text(unit, range);
    // 响应文件须1份正本和2份副本，且需提供电子文档: the counts stand before what they count.
    if let Some(found) = COUNT_FIRST.find(text) {
        return range.start + found.start()..range.start + found.end();
    }
    let named = [
        "正本",
        "一正",
        "纸质",
        "资格性投标文件",
        "资格文件",
        "资格证明文件",
        "电子投标文件",
        "电子版",
        "电子",
        "投标文件",
        "响应文件",
    ];
    let start = if text.contains("正本") { None } else { text.find("一式") };
    // 投标文件副本份数 正本一份: what is counted stands behind its label.
    let label = ["份数", "文件形式"].iter().filter_map(|w| text.find(w).map(|at| at + w.len())).max().unwrap_or(0);
    let first = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        named.iter().filter_map(|w| rest.find(w).map(|at| from + at)).min()
    };
    let start = start.or_else(|| first(label)).or_else(|| first(0)).unwrap_or(0);
    let end = text
        .char_indices()
        .rfind(|(at, c)| {
            matches!(c, '份' | '套' | '副' | '个')
                && text
                    .get(..*at)
                    .and_then(|t| t.trim_end().chars().next_back())
                    .is_some_and(|p| p.is_ascii_digit() || is_chinese_numeral(p))
        })
        .map_or(text.len(), |(at, c)| at + c.len_utf8());
    // 一式三份(一正两副): the bracket that opened closes.
    let open = text.get(start..end).is_some_and(|t| t.matches('(').count() > t.matches(')').count());
    let end = if open && text.get(end..).is_some_and(|t| t.starts_with(')')) { end + 1 } else { end };
    if start >= end {
        return range.clone();
    }
    // 一份正本: the count stands before.
    let head = text.get(..start).unwrap_or_default();
    let bare =
        head.strip_suffix("份").map(|h| h.trim_end_matches(|c: char| c.is_ascii_digit() || is_chinese_numeral(c)));
    let start = bare.filter(|b| b.len() + "份".len() < head.len()).map_or(start, str::len);
    range.start + start..range.start + end
}

/// Where only an electronic bid is taken, that is the form.
fn electronic_only(reading: &Reading<'_>) -> Option<Candidate> {
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        if !matches!(zone, Zone::Notice | Zone::FrontTable | Zone::Instructions) {
            return None;
        }
        let text = reading.text(clause.unit, &clause.range);
        let at = text
            .find("电子投标文件")
            .or_else(|| text.find("电子加密投标文件"))
            .or_else(|| text.find("电子响应文件"))?;
        if text.contains("纸质") && !text.contains("无需") && !text.contains("不")
            || text.chars().count() > 260
            || !["提交", "递交", "上传", "仅接受", "只接受"].iter().any(|w| text.contains(w))
        {
            return None;
        }
        let word: usize = text.get(at..)?.chars().take(6).map(char::len_utf8).sum();
        let value = clause.range.start + at..clause.range.start + at + word;
        reading.text_candidate(clause.unit, clause.range.clone(), value, 12)
    })
}
