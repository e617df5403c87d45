//! Into how many lots a tender is divided, and which lot a text speaks of.
//!
//! 分包 means a lot or a subcontract; here it counts only where a number stands with it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use regex::Regex;

use crate::grammar::checkbox;
use crate::grammar::numbers::{chinese_at, decimal_at, english_word, integer_at, is_chinese_numeral, roman};
use crate::reading::{Reading, Zone};

use super::{Candidate, Disagreement, Fields, settle, standing};

/// Words for a lot, the longer before those they contain.
const WORDS: &[&str] = &["采购包", "合同包", "标包", "包件", "标段", "标项", "分标", "分包", "包组", "包"];
/// More lots than this are a misreading.
const LOTS_MAX: i64 = 200;

/// `本次招标为2个标段`
const IS_OF: &[&str] = &["本次招标为", "本次采购为", "本项目为", "本工程为", "本次招标", "本次采购"];

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut candidates = Vec::new();
    counted(reading, &mut candidates);
    counted_in_english(reading, &mut candidates);
    candidates.extend(from_range(reading));
    candidates.extend(from_named_lots(reading));
    candidates.extend(from_divisions(reading));
    candidates.extend(from_fields(fields));
    if let Some(field) = settle(candidates, Disagreement::Prefer) {
        fields.insert("lots".to_owned(), field);
    } else if let Some(field) = named_alone(reading).or_else(|| undivided(fields)) {
        fields.insert("lots".to_owned(), field);
    }
}

/// A lot named in a text: its key (`1`, `A`) and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) key: String,
    pub(super) range: Range<usize>,
}

/// Every lot named in `text`: `第一包`, `01包`, `包1`, `标段二`, `Lot 3`.
pub(super) fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for word in WORDS {
        for (at, _) in text.match_indices(word).take(200) {
            let end = at + word.len();
            if found.iter().any(|m| m.range.start <= at && at < m.range.end) || ends_another_word(text, at, word) {
                continue;
            }
            let mention = key_before(text, at)
                .map(|(key, start)| Mention { key, range: start..end })
                .or_else(|| key_after(text, end).map(|(key, end)| Mention { key, range: at..end }));
            found.extend(mention);
        }
    }
    let lower = text.to_ascii_lowercase();
    for word in ["lot ", "lot-", "lot no. ", "package ", "package-"] {
        for (at, _) in lower.match_indices(word).take(100) {
            let boundary = !text.get(..at).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_alphanumeric()));
            if boundary && let Some((key, end)) = key_after(text, at + word.len()) {
                found.push(Mention { key, range: at..end });
            }
        }
    }
    found.sort_by_key(|m| m.range.start);
    found.dedup_by(|b, a| b.range.start < a.range.end);
    found
}

/// Whether the word at `at` is the end of another: 专业承包二级 is a grade of contracting and no lot.
fn ends_another_word(text: &str, at: usize, word: &str) -> bool {
    word == "包" && text.get(..at).is_some_and(|t| t.ends_with(['承', '转', '发', '打', '外', '面', '背']))
}

/// `01`, `一`, `A` that ends right before `at`.
fn key_before(text: &str, at: usize) -> Option<(String, usize)> {
    let before = text.get(..at)?.trim_end_matches(' ');
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let start = if digits > 0 {
        before.len() - digits
    } else {
        let chinese = before.len() - before.trim_end_matches(|c: char| is_chinese_numeral(c)).len();
        if chinese > 0 {
            before.len() - chinese
        } else {
            // Ⅱ标段
            let capitals = before.len() - before.trim_end_matches(is_capital).len();
            let start = before.len() - capitals;
            let alone = !before.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric());
            if let Some(number) = before.get(start..).and_then(roman).filter(|n| alone && is_counted(*n)) {
                return Some((number.to_string(), start));
            }
            let letter = before.chars().next_back().filter(char::is_ascii_uppercase)?;
            let start = before.len() - letter.len_utf8();
            let head = before.get(..start)?;
            if head.ends_with(|c: char| c.is_ascii_alphanumeric()) {
                return None;
            }
            return Some((letter.to_string(), start));
        }
    };
    let head = before.get(..start)?;
    // `1-12包` is a range, `LM-1标段` a name; `3.2包装` a clause; `2份包` is none.
    let named = head.strip_suffix('-').is_some_and(|h| h.ends_with(|c: char| c.is_ascii_uppercase()));
    if head.ends_with(['-', '~', '至', '.', '到']) && !named
        || text.get(at..)?.starts_with("包装")
        || text.get(at..)?.starts_with("包含")
        || text.get(at..)?.starts_with("包括")
    {
        return None;
    }
    let (number, _) = integer_at(before, start)?;
    if !(1..=LOTS_MAX).contains(&number) {
        return None;
    }
    let code = head.trim_end_matches('-');
    let start = match () {
        () if named => code.trim_end_matches(|c: char| c.is_ascii_uppercase()).len(),
        () if head.ends_with('第') => start - '第'.len_utf8(),
        () => start,
    };
    Some((number.to_string(), start))
}

/// A capital letter or the sign of a Roman number.
fn is_capital(c: char) -> bool {
    c.is_ascii_uppercase() || ('Ⅰ'..='Ⅹ').contains(&c)
}

/// Whether a Roman number counts lots: V and X alone are letters as A and B are.
fn is_counted(number: i64) -> bool {
    !matches!(number, 5 | 10)
}

/// `1`, `:02`, `号:一`, `A`, `Ⅱ` right behind `end`.
fn key_after(text: &str, end: usize) -> Option<(String, usize)> {
    let rest = text.get(end..)?;
    let mut at = end;
    for lead in ["号", "编号", ":", " ", "第"] {
        if let Some(left) = text.get(at..).and_then(|t| t.strip_prefix(lead)) {
            at = text.len() - left.len();
        }
    }
    let c = text.get(at..)?.chars().next()?;
    if c.is_ascii_digit() {
        let (number, number_end) = decimal_at(text, at)?;
        let number = number.integer()?;
        let after = text.get(number_end..)?;
        // `包1个`, `包2024…` are no keys.
        let goes_on = after.starts_with(['个', '年', '份', '-', '~', '%', '万', '元', '/']);
        return ((1..=LOTS_MAX).contains(&number) && !goes_on).then(|| (number.to_string(), number_end));
    }
    if is_chinese_numeral(c) && !rest.starts_with("一致") {
        // 标段一贰拾万元: the number of a lot and the sum behind it are written in two manners.
        let is_formal = |c: char| "壹贰叁肆伍陆柒捌玖拾佰仟".contains(c);
        let behind = text.get(at..)?;
        let same: usize = behind.chars().take_while(|&n| is_formal(n) == is_formal(c)).map(char::len_utf8).sum();
        let (number, number_end) = chinese_at(text.get(..at + same)?, at)?;
        let after = text.get(number_end..)?;
        let goes_on = after.starts_with(['个', '家', '份', '次', '般', '致', '起', '并', '切', '定', '年', '是', '旦']);
        return ((1..=30).contains(&number) && !goes_on).then(|| (number.to_string(), number_end));
    }
    let capitals: usize = text.get(at..)?.chars().take_while(|&c| is_capital(c)).map(char::len_utf8).sum();
    let behind = text.get(at + capitals..)?;
    if let Some(number) = text.get(at..at + capitals).and_then(roman).filter(|n| is_counted(*n))
        && !behind.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return Some((number.to_string(), at + capitals));
    }
    if c.is_ascii_uppercase() && !text.get(at + 1..)?.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Some((c.to_string(), at + 1));
    }
    None
}

/// `本项目共分为3个标段`, `划分为 2 个标包`, `不分包`.
fn counted(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) {
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let divided = text.contains("分为")
            || text.contains("划分")
            || text.contains("共")
            || text.contains("分成")
            || text.contains("设")
            || IS_OF.iter().any(|w| text.contains(w));
        if divided && !text.contains("最多") && !text.contains("中标") && !text.contains("扣") {
            for word in WORDS {
                for (at, _) in text.match_indices(word) {
                    let Some(head) = text.get(..at).and_then(|t| {
                        t.strip_suffix('个').or_else(|| t.strip_suffix("个采购")).or_else(|| t.strip_suffix("个独立"))
                    }) else {
                        continue;
                    };
                    let head = head.trim_end();
                    let start = head.len()
                        - head
                            .chars()
                            .rev()
                            .take_while(|c| c.is_ascii_digit() || is_chinese_numeral(*c))
                            .map(char::len_utf8)
                            .sum::<usize>();
                    let Some((count, end)) = integer_at(head, start) else {
                        continue;
                    };
                    let lead = head.get(..start).unwrap_or_default();
                    let tight =
                        ["分为", "划分为", "共", "共分", "设", "分成", "共计", "共有", "共分为", "分", "划分", "划分:"]
                            .iter()
                            .chain(IS_OF)
                            .any(|w| lead.trim_end().ends_with(w));
                    if end == head.len() && (1..=LOTS_MAX).contains(&count) && tight {
                        candidates.extend(reading.candidate(
                            clause.unit,
                            clause.range.clone(),
                            clause.range.start + start..clause.range.start + at + word.len(),
                            FieldValue::Integer(count),
                            standing(zone) + 20,
                        ));
                    }
                }
            }
        }
        // 是否分包别：□是 √否; 本项目不分包; 不划分标段
        let undivided = [
            "不分标段",
            "不划分标段",
            "不分包件",
            "不分标项",
            "不划分包",
            "未划分标段",
            "不分标包",
            "本项目不分包",
            "划分为一个标段",
            "一个标段",
            "1个标段",
            "一个包",
            "共一包",
            "共1包",
            "不分包别",
            "单一包",
            "not divided into lots",
            "single lot",
        ]
        .iter()
        .any(|w| text.contains(w));
        let conditional = text.contains("不得")
            || text.contains("如")
            || text.contains("参加")
            || text.contains("或")
            || text.contains("同一")
            || text.contains("最多")
            || text.contains("可以投")
            || ["限授", "限中", "限投"].iter().any(|w| text.contains(w));
        if undivided && !conditional && text.chars().count() <= 60 {
            candidates.extend(reading.candidate(
                clause.unit,
                clause.range.clone(),
                clause.range.clone(),
                FieldValue::Integer(1),
                standing(zone) + 16,
            ));
        }
        let asks = (text.contains("是否分包别")
            || text.contains("是否分标段")
            || text.contains("是否划分标段")
            || text.contains("是否分包:")
            || text.contains("是否划分"))
            && !text.contains("转包");
        if asks {
            let unit_text = reading.unit(clause.unit).map_or("", |u| u.text.as_str());
            let from = clause.range.start;
            let own = unit_text.get(from..).unwrap_or_default();
            let answer = checkbox::ticked(own).first().map(|c| c.label(own).to_owned());
            let no = answer.as_deref().is_some_and(|a| a.starts_with('否') || a.starts_with('不'))
                || answer.is_none() && own.trim_end().ends_with(":否");
            if no {
                let end = (from + own.len()).min(unit_text.len());
                candidates.extend(reading.candidate(
                    clause.unit,
                    from..end,
                    from..end,
                    FieldValue::Integer(1),
                    standing(zone) + 22,
                ));
            }
        }
    }
}

/// `comprising this RFB is: 3 lots`, `divided into two (2) lots`.
fn counted_in_english(reading: &Reading<'_>, candidates: &mut Vec<Candidate>) {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b(?:lots?(?: \([a-z ]+\))? comprising (?:this|the) [a-z ]{2,40}(?:is|are)|divided into|split into|consists? of|comprises?|comprising|number of lots(?: is)?)\s*:?\s*(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\b(?: ?\(\w+\))?(?: (?:separate |distinct )?(?:lots?|packages?)\b)?",
        )
        .expect("a regular expression")
    });
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let Some(found) = COUNT.captures(text) else { continue };
        let (Some(whole), Some(number)) = (found.get(0), found.get(1)) else { continue };
        let said = whole.as_str().to_ascii_lowercase();
        if !(said.contains("lot") || said.contains("package")) {
            continue;
        }
        let count = english_word(number.as_str()).or_else(|| number.as_str().parse().ok());
        let Some(count) = count.filter(|n| (1..=LOTS_MAX).contains(n)) else { continue };
        let value = clause.range.start + whole.start()..clause.range.start + whole.end();
        let read = FieldValue::Integer(count);
        candidates.extend(reading.candidate(clause.unit, clause.range.clone(), value, read, standing(zone) + 20));
    }
}

/// `(1-12包)` with the number of the tender.
fn from_range(reading: &Reading<'_>) -> Option<Candidate> {
    for (index, unit) in reading.units.iter().enumerate() {
        if matches!(unit.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            continue;
        }
        let text = &unit.text;
        for word in ["包", "标段"] {
            for (at, _) in text.match_indices(word).take(20) {
                let before = text.get(..at).unwrap_or_default().trim_end_matches(' ');
                let digits: usize = before.bytes().rev().take_while(u8::is_ascii_digit).count();
                let head = before.get(..before.len() - digits).unwrap_or_default();
                if digits == 0 || digits > 2 || !head.ends_with(['-', '~', '至']) {
                    continue;
                }
                let head = head.trim_end_matches(['-', '~', '至']);
                let first: usize = head.bytes().rev().take_while(u8::is_ascii_digit).count();
                let start = head.len() - first;
                let is_one = matches!(head.get(start..), Some("1" | "01"));
                let opened = head.get(..start).is_some_and(|t| t.ends_with('(') || t.is_empty() || t.ends_with('第'));
                if is_one
                    && opened
                    && let Some((last, _)) = decimal_at(before, before.len() - digits)
                {
                    return reading.candidate(
                        index,
                        0..text.len().min(at + word.len()),
                        start..at + word.len(),
                        FieldValue::Integer(last.integer()?),
                        70,
                    );
                }
            }
        }
    }
    None
}

/// The lots that the notice and the front table name one by one.
fn from_named_lots(reading: &Reading<'_>) -> Option<Candidate> {
    let mut keys: BTreeMap<String, (usize, Range<usize>)> = BTreeMap::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if !matches!(unit.zone, Zone::Notice | Zone::FrontTable | Zone::Requirement | Zone::Cover | Zone::Other) {
            continue;
        }
        for mention in mentions(&unit.text).into_iter().filter(|m| !is_example(&unit.text, m.range.start)) {
            keys.entry(mention.key).or_insert((index, mention.range));
        }
    }
    let numbers: Vec<i64> = keys.keys().filter_map(|k| k.parse().ok()).collect();
    let count = i64::try_from(numbers.len()).ok()?;
    let whole = count >= 2 && (1..=count).all(|n| numbers.contains(&n));
    if !whole {
        return None;
    }
    let (unit, range) = keys.get(&count.to_string())?;
    // A number alone proves nothing: the quote goes on to what the lot is.
    let line = reading.until(*unit, &(range.start..reading.unit(*unit)?.text.len()), &['\n', '。', ';']);
    let bare = line.end <= range.end;
    let row = reading.unit(*unit).and_then(|u| u.cell).filter(|_| bare).and_then(|c| reading.row_of(c));
    let mut candidate = reading.candidate(*unit, line, range.clone(), FieldValue::Integer(count), 52)?;
    if let Some(across) = row.and_then(|row| reading.across(*unit, *row.last()?)) {
        candidate.evidence = across;
    }
    Some(candidate)
}

/// Whether what stands at `at` is said by way of an example: `例如，包1与包2…`.
fn is_example(text: &str, at: usize) -> bool {
    let sentence = text.get(..at).and_then(|t| t.rsplit(['。', '\n', ';']).next()).unwrap_or_default();
    ["例如", "比如", "举例", "譬如"].iter().any(|w| sentence.contains(w))
}

/// 分标名称 | 包号: each package of each division is a lot of its own, numbered anew in every division.
fn from_divisions(reading: &Reading<'_>) -> Option<Candidate> {
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    let mut last = None;
    for grid in &reading.grids {
        let Some(head) = grid.rows.first() else { continue };
        let column = |is: fn(&str) -> bool| {
            head.iter().find_map(|&u| {
                let cell = reading.unit(u)?;
                is(&crate::reading::strip_label(&cell.text)).then(|| cell.cell.map(|c| c.column))?
            })
        };
        let division = column(|label| label.starts_with("分标"));
        let package = column(|label| matches!(label, "包号" | "包名称" | "包" | "标包号" | "包编号" | "分包编号"));
        let (Some(division), Some(package)) = (division, package) else { continue };
        if head.first().is_some_and(|&u| matches!(reading.zone(u), Zone::BidForms | Zone::Contract)) {
            continue;
        }
        for row in grid.rows.iter().skip(1) {
            let words = |column| {
                let unit = reading.cell_in(row, column)?;
                Some((unit, super::letters(&reading.unit(unit)?.text)))
            };
            let (Some((_, division)), Some((unit, package))) = (words(division), words(package)) else { continue };
            if !division.is_empty() && package.chars().any(|c| c.is_ascii_digit()) && named.insert((division, package))
            {
                last = Some(unit);
            }
        }
    }
    let (unit, count) = (last?, i64::try_from(named.len()).ok()?);
    let divisions: BTreeSet<&str> = named.iter().map(|(division, _)| division.as_str()).collect();
    if divisions.len() < 2 {
        return None;
    }
    let whole = 0..reading.unit(unit)?.text.len();
    reading.candidate(unit, whole.clone(), whole, FieldValue::Integer(count), 76)
}

/// As many lots as another field has values for.
fn from_fields(fields: &Fields) -> Option<Candidate> {
    let field = ["budget", "max_price"]
        .iter()
        .filter_map(|k| fields.get(*k))
        .max_by_key(|f| f.lots.len())
        .filter(|f| f.lots.len() >= 2)?;
    let evidence = field.evidence().first()?.clone();
    Some(Candidate {
        status: FieldStatus::Found,
        value: Some(FieldValue::Integer(i64::try_from(field.lots.len()).ok()?)),
        raw: evidence.quote().to_owned(),
        evidence,
        rank: 74,
    })
}

/// `包号：A`: the one lot that a tender of one lot names.
fn named_alone(reading: &Reading<'_>) -> Option<Field> {
    const LABELS: &[&str] = &["包号", "标包", "标包号", "包组号", "分包号", "标项", "标段", "标段号"];
    let pair = reading.pairs.iter().find(|pair| {
        let zone = reading.zone(pair.unit);
        let value = reading.text(pair.unit, &pair.value).trim();
        LABELS.contains(&pair.label.as_str())
            && matches!(zone, Zone::Cover | Zone::Notice | Zone::FrontTable | Zone::Other)
            && (1..=8).contains(&value.chars().count())
    })?;
    let quote = reading.pair_quote(pair, &pair.value);
    let one = FieldValue::Integer(1);
    let mut candidate = reading.candidate(pair.unit, quote.clone(), quote, one, 40)?;
    // A alone proves nothing: the quote begins with 包号.
    let row = reading.unit(pair.unit).and_then(|u| u.cell).and_then(|place| reading.row_of(place));
    let label = row.and_then(|row| row.iter().copied().take_while(|&u| u != pair.unit).last());
    if let Some(across) = label.and_then(|label| reading.across(label, pair.unit)) {
        candidate.evidence = across;
    }
    settle(vec![candidate], Disagreement::Prefer)
}

/// A tender that never speaks of lots is one lot; what it procures is the evidence.
fn undivided(fields: &Fields) -> Option<Field> {
    let field = ["budget", "max_price", "project_name", "tender_no", "bid_deadline"]
        .iter()
        .filter_map(|k| fields.get(*k))
        .find(|f| !f.evidence().is_empty())?;
    Field::with_evidence(
        FieldStatus::Found,
        Some(FieldValue::Integer(1)),
        field.raw(),
        field.evidence().iter().take(1).cloned().collect(),
        0.5,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_named_in_many_ways() {
        let keys = |text: &str| -> Vec<String> { mentions(text).into_iter().map(|m| m.key).collect() };
        assert_eq!(keys("01包:190000元;02包:5000元"), ["1", "2"]);
        assert_eq!(keys("第一包、第二标段、标项三、包件4、A包"), ["1", "2", "3", "4", "A"]);
        assert_eq!(keys("Lot 1 and Lot 2"), ["1", "2"]);
        assert_eq!(keys("Ⅰ标段40万元;II标段30万元;标段Ⅳ,Lot III,B标段"), ["1", "2", "4", "3", "B"]);
        assert_eq!(keys("1-12包,3个包,包括一切费用,不得分包,包装"), Vec::<String>::new());
        assert_eq!(keys("专业承包二级及以上,工程总承包一家,转包2次"), Vec::<String>::new());
    }
}
