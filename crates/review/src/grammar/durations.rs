//! Lengths of time: `90日历天`, `三年`, `30个工作日`, `one hundred twenty (120) days`.
//!
//! A calendar date holds no length of time: the `15日` of `1月15日` and the `2025年` of a date are left out.

use std::ops::Range;

use bidlens_domain::time::{Duration, DurationUnit};

use super::numbers::{chinese_at, decimal_at, english_word, is_chinese_numeral};

/// A length of time and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub duration: Duration,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Every length of time in `text`, in order.
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut skip = 0;
    let mut word_start = true;
    for (at, c) in text.char_indices() {
        let at_word = word_start;
        word_start = !c.is_ascii_alphanumeric();
        if at < skip {
            continue;
        }
        let in_english = c.is_ascii_alphabetic();
        let read = if c.is_ascii_digit() {
            let Some((number, end)) = decimal_at(text, at) else {
                continue;
            };
            skip = end;
            number.integer().map(|n| (n, end))
        } else if is_chinese_numeral(c) {
            match chinese_at(text, at) {
                Some((n, end)) => {
                    skip = end;
                    Some((n, end))
                }
                None => None,
            }
        } else if c.is_ascii_alphabetic() && at_word {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'-').count();
            let word = rest.get(..length).unwrap_or_default();
            // two-year: the unit hangs on the number.
            let number = word.split('-').next().unwrap_or_default();
            english_word(word)
                .map(|n| (n, at + length))
                .or_else(|| english_word(number).map(|n| (n, at + number.len())))
        } else {
            None
        };
        let Some((count, end)) = read else {
            continue;
        };
        let before = text.get(..at).unwrap_or_default();
        if before.ends_with(['.', ',', '-']) && before.chars().rev().nth(1).is_some_and(|c| c.is_ascii_digit()) {
            continue;
        }
        if let Some((unit, unit_end)) = unit_at(text, end)
            && !is_date_part(before, count, unit, text.get(unit_end..).unwrap_or_default())
        {
            skip = unit_end;
            // one hundred twenty (120) days: the figures in brackets say the whole number.
            let count = if in_english { figures_in_brackets(text, end).unwrap_or(count) } else { count };
            spans.push(Span { duration: Duration::new(count, unit), start: at, end: unit_end });
        }
    }
    spans
}

/// The number in the brackets at `end`.
fn figures_in_brackets(text: &str, end: usize) -> Option<i64> {
    text.get(end..)?.trim_start().strip_prefix('(')?.split_once(')')?.0.trim().parse().ok()
}

/// The first length of time.
pub fn first(text: &str) -> Option<Span> {
    find(text).into_iter().next()
}

fn is_date_part(before: &str, count: i64, unit: DurationUnit, after: &str) -> bool {
    match unit {
        DurationUnit::Year => count >= 1900 || count == 0 || before.ends_with('第'),
        DurationUnit::Day => {
            before.trim_end().ends_with('月') && !before.trim_end().ends_with("个月")
                || before.ends_with('第')
                || count == 0
        }
        DurationUnit::Hour | DurationUnit::WorkingDay | DurationUnit::Week => false,
        DurationUnit::Month => after.starts_with("份"),
    }
}

/// The unit behind a number at `end`, a repetition in brackets allowed: `90(九十)天`, `one (1) year`.
fn unit_at(text: &str, end: usize) -> Option<(DurationUnit, usize)> {
    let rest = text.get(end..)?;
    let mut at = end + (rest.len() - rest.trim_start_matches(' ').len());
    let rest = text.get(at..)?;
    if rest.starts_with('(') {
        let close = rest.find(')').filter(|&n| n <= 24)?;
        let inner = rest.get(1..close)?;
        let number = inner.trim();
        // 75 (Days)
        match number.to_ascii_lowercase().as_str() {
            "day" | "days" => return Some((DurationUnit::Day, at + close + 1)),
            "month" | "months" => return Some((DurationUnit::Month, at + close + 1)),
            "year" | "years" => return Some((DurationUnit::Year, at + close + 1)),
            _ => {}
        }
        let repeats = !number.is_empty()
            && (number.bytes().all(|b| b.is_ascii_digit())
                || number.chars().all(is_chinese_numeral)
                || number.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ' || b == b'-'));
        if !repeats {
            return None;
        }
        at += close + 1;
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start_matches(' ').len();
    }
    let rest = text.get(at..)?;
    // 24-month
    let hung = rest.strip_prefix('-').filter(|unit| unit.starts_with(|c: char| c.is_ascii_alphabetic()));
    let at = hung.map_or(at, |_| at + 1);
    let rest = hung.unwrap_or(rest);
    const UNITS: [(&str, DurationUnit); 19] = [
        ("个工作日", DurationUnit::WorkingDay),
        ("工作日", DurationUnit::WorkingDay),
        ("个日历天", DurationUnit::Day),
        ("个日历日", DurationUnit::Day),
        ("日历天", DurationUnit::Day),
        ("日历日", DurationUnit::Day),
        ("个自然日", DurationUnit::Day),
        ("自然日", DurationUnit::Day),
        ("个公历日", DurationUnit::Day),
        ("个小时", DurationUnit::Hour),
        ("小时", DurationUnit::Hour),
        ("个月", DurationUnit::Month),
        ("个年度", DurationUnit::Year),
        ("周年", DurationUnit::Year),
        ("周", DurationUnit::Week),
        ("个天", DurationUnit::Day),
        ("天", DurationUnit::Day),
        ("日", DurationUnit::Day),
        ("年", DurationUnit::Year),
    ];
    if let Some((word, unit)) = UNITS.iter().find(|(word, _)| rest.starts_with(word)) {
        return Some((*unit, at + word.len()));
    }
    const WORDS: [(&str, DurationUnit); 11] = [
        ("working days", DurationUnit::WorkingDay),
        ("business days", DurationUnit::WorkingDay),
        ("calendar days", DurationUnit::Day),
        ("calendar months", DurationUnit::Month),
        ("days", DurationUnit::Day),
        ("day", DurationUnit::Day),
        ("weeks", DurationUnit::Week),
        ("months", DurationUnit::Month),
        ("month", DurationUnit::Month),
        ("years", DurationUnit::Year),
        ("year", DurationUnit::Year),
    ];
    let lower: String = rest.chars().take(16).map(|c| c.to_ascii_lowercase()).collect();
    WORDS.iter().find(|(word, _)| lower.starts_with(word)).map(|(word, unit)| (*unit, at + word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_from_dates() {
        let read = |text: &str| -> Vec<String> {
            find(text).iter().map(|s| format!("{} {}", s.duration, &text[s.range()])).collect()
        };
        assert_eq!(read("自2025年1月15日起90日历天"), ["90日 90日历天"]);
        assert_eq!(read("九十(90)天内,30个工作日"), ["90日 九十(90)天", "30个工作日 30个工作日"]);
        assert_eq!(read("服务期三年,即36个月"), ["3年 三年", "36个月 36个月"]);
        assert_eq!(
            read("valid for 120 days; one (1) year; three years"),
            ["120日 120 days", "1年 one (1) year", "3年 three years"]
        );
        assert_eq!(read("one hundred twenty (120) days; 75 (Days)"), ["120日 twenty (120) days", "75日 75 (Days)"]);
        assert_eq!(read("a 24-month warranty and a two-year term"), ["24个月 24-month", "2年 two-year"]);
        assert_eq!(read("第三年,1月份,24小时"), ["24小时 24小时"]);
    }
}
