//! Calendar dates with the time of day: `2026年3月5日上午9:30`, `2026-03-05 09:30`, `二〇二六年三月五日`,
//! `15-Jan-2025 at 03:00 PM`, `January 15, 2025`.
//!
//! Local time as written. A second date that leaves out its year (`…6月24日至6月30日`) takes the year before it.

use std::ops::Range;

use bidlens_domain::time::Moment;
use chrono::{NaiveDate, NaiveTime};

use super::numbers::{chinese_at, is_chinese_numeral};
use crate::near;

/// A date and where it stands, its time of day included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub moment: Moment,
    pub range: Range<usize>,
}

/// Every date of `text`, in order.
pub fn find(text: &str) -> Vec<Stamp> {
    find_in_year(text, None)
}

/// The same where a date without its year is of `year`.
pub fn find_in_year(text: &str, year: Option<i32>) -> Vec<Stamp> {
    let mut stamps: Vec<Stamp> = Vec::new();
    let mut skip = 0;
    let mut previous: Option<char> = None;
    for (at, c) in text.char_indices() {
        let before = previous.replace(c);
        if at < skip {
            continue;
        }
        let may_start = c.is_ascii_digit() && !before.is_some_and(|b| b.is_ascii_digit())
            || c == '二' && !before.is_some_and(is_chinese_numeral)
            || c.is_ascii_alphabetic() && !before.is_some_and(|b| b.is_ascii_alphabetic());
        if !may_start {
            continue;
        }
        let year_before = stamps
            .last()
            .filter(|s| at.saturating_sub(s.range.end) <= 24)
            .map(|s| chrono::Datelike::year(&s.moment.date()))
            .or(year);
        let date = chinese(text, at)
            .or_else(|| numeric(text, at, before))
            .or_else(|| english(text, at))
            .or_else(|| month_and_day(text, at, year_before?));
        let Some((date, end)) = date else {
            if c.is_ascii_digit() {
                skip = at + digits(text, at).map_or(1, |(_, n)| n);
            }
            continue;
        };
        let (moment, range) = match time_after(text, end) {
            Some((time, end)) => (Moment::DateTime(date.and_time(time)), at..end),
            None => match time_before(text, at) {
                Some((time, start)) => (Moment::DateTime(date.and_time(time)), start..end),
                None => (Moment::Date(date), at..end),
            },
        };
        skip = range.end;
        stamps.push(Stamp { moment, range });
    }
    stamps
}

/// The first date.
pub fn first(text: &str) -> Option<Stamp> {
    find(text).into_iter().next()
}

/// Only the time of day at the start of `text`: `9:30`, `下午2时`, `3.00 PM`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    time_at(text, 0).map(|(time, _)| time)
}

fn digits(text: &str, at: usize) -> Option<(i64, usize)> {
    let run = text.get(at..)?;
    let n = run.bytes().take_while(u8::is_ascii_digit).count();
    if n == 0 || n > 8 {
        return (n > 8).then_some((-1, n));
    }
    Some((run.get(..n)?.parse().ok()?, n))
}

/// Skips ASCII spaces.
fn spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches(' ').len())
}

fn word(text: &str, at: usize, words: &[&str]) -> Option<usize> {
    let rest = text.get(at..)?;
    words.iter().find(|w| rest.starts_with(**w)).map(|w| at + w.len())
}

/// A number, Arabic or Chinese, with spaces around it.
fn part(text: &str, at: usize) -> Option<(i64, usize)> {
    let at = spaces(text, at);
    let (n, end) = match digits(text, at) {
        Some((n, length)) => (n, at + length),
        None => chinese_at(text, at)?,
    };
    Some((n, spaces(text, end)))
}

fn valid(year: i64, month: i64, day: i64) -> Option<NaiveDate> {
    if !(1990..=2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// `2025年1月15日`, `二〇二五年一月十五日`; the 日 may be 号 or missing before a time.
fn chinese(text: &str, at: usize) -> Option<(NaiveDate, usize)> {
    let (year, next) = part(text, at)?;
    let next = word(text, next, &["年"])?;
    let (month, next) = part(text, next)?;
    let next = word(text, next, &["月"])?;
    let (day, next) = part(text, next)?;
    let end = word(text, next, &["日", "号", "曰"]).unwrap_or(next);
    Some((valid(year, month, day)?, end))
}

/// `6月30日` in the year of the date before.
fn month_and_day(text: &str, at: usize, year: i32) -> Option<(NaiveDate, usize)> {
    let (month, next) = part(text, at)?;
    let next = word(text, next, &["月"])?;
    let (day, next) = part(text, next)?;
    let end = word(text, next, &["日", "号"])?;
    Some((valid(i64::from(year), month, day)?, end))
}

/// `2026-04-08`, `2026/4/8`, `2026.04.08`; day first when the year stands last: `18-02-2026`.
fn numeric(text: &str, at: usize, before: Option<char>) -> Option<(NaiveDate, usize)> {
    // Part of a longer number such as a project's id.
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, '-' | '.' | '/' | '_')) {
        return None;
    }
    let (first, n) = digits(text, at)?;
    let mut next = spaces(text, at + n);
    let separator = text.get(next..)?.chars().next()?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    next = spaces(text, next + 1);
    let (second, n2) = digits(text, next)?;
    next = spaces(text, next + n2);
    if !text.get(next..)?.starts_with(separator) {
        return None;
    }
    next = spaces(text, next + 1);
    let (third, n3) = digits(text, next)?;
    let (third, n3) = before_glued_time(text, next).unwrap_or((third, n3));
    let end = next + n3;
    let date = if n == 4 && n2 <= 2 && n3 <= 2 {
        valid(first, second, third)
    } else if n <= 2 && n2 <= 2 && n3 == 4 {
        valid(third, second, first).or_else(|| valid(third, first, second))
    } else {
        None
    }?;
    // The number goes on: not a date.
    let goes_on = text.get(end..)?.starts_with(['-', '_'])
        && text.get(end + 1..)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!goes_on).then_some((date, end))
}

/// The day in `2026-04-0809:30`, where the space before the time was lost.
fn before_glued_time(text: &str, at: usize) -> Option<(i64, usize)> {
    let (_, run) = digits(text, at)?;
    let timed = text.get(at + run..)?.strip_prefix(':')?.starts_with(|c: char| c.is_ascii_digit());
    let day = text.get(at..at + 2)?.parse().ok()?;
    (run == 4 && timed).then_some((day, 2))
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_name(text: &str, at: usize) -> Option<(i64, usize)> {
    const FULL: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let rest = text.get(at..)?;
    let n = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = rest.get(..n)?.to_ascii_lowercase();
    let month = FULL
        .iter()
        .position(|m| *m == name)
        .or_else(|| MONTHS.iter().position(|m| *m == name))
        .or_else(|| (name == "sept").then_some(8))?;
    Some((i64::try_from(month).ok()? + 1, at + n))
}

/// Whether a word is the English name of a month.
pub(crate) fn is_month(word: &str) -> bool {
    let name = word.trim_end_matches([',', '.']);
    month_name(name, 0).is_some_and(|(_, end)| end == name.len())
}

fn joint(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '-', '/', ',', '.']).len())
}

/// `15-Jan-2025`, `15th January, 2025`, `January 15, 2025`.
fn english(text: &str, at: usize) -> Option<(NaiveDate, usize)> {
    if let Some((day, n)) = digits(text, at) {
        let mut next = at + n;
        let rest = text.get(next..)?;
        let ordinal = rest.get(..2).unwrap_or_default().to_ascii_lowercase();
        if matches!(ordinal.as_str(), "st" | "nd" | "rd" | "th") {
            next += 2;
        }
        next = joint(text, next);
        let of = text.get(next..)?;
        if of.starts_with("of ") {
            next += 3;
        }
        let rest = text.get(next..)?;
        if rest.to_ascii_lowercase().starts_with("day of ") {
            next += 7;
        }
        let (month, next) = month_name(text, next)?;
        let next = joint(text, next);
        let (year, length) = digits(text, next)?;
        let year = if length == 2 { 2000 + year } else { year };
        return Some((valid(year, month, day)?, next + length));
    }
    let (month, next) = month_name(text, at)?;
    let next = joint(text, next);
    let (day, n) = digits(text, next)?;
    let mut next = next + n;
    let ordinal = text.get(next..)?.get(..2).unwrap_or_default().to_ascii_lowercase();
    if matches!(ordinal.as_str(), "st" | "nd" | "rd" | "th") {
        next += 2;
    }
    let next = joint(text, next);
    let (year, length) = digits(text, next)?;
    if length != 4 {
        return None;
    }
    Some((valid(year, month, day)?, next + length))
}

/// The time of day behind a date, with what may stand between: `(北京时间)`, `星期三`, `at`, `upto`, `,`.
fn time_after(text: &str, end: usize) -> Option<(NaiveTime, usize)> {
    let mut at = end;
    for _ in 0..6 {
        at = spaces(text, at);
        let rest = text.get(at..)?;
        if let Some((time, end)) = time_at(text, at) {
            return (!is_daily_range(text, end)).then_some((time, end));
        }
        const BETWEEN: &[&str] = &[
            "(北京时间)",
            "北京时间",
            "北京时问",
            ",",
            "at",
            "AT",
            "At",
            "not later than",
            "no later than",
            "before",
            "upto",
            "up to",
            "till",
            "by",
            ". Time:",
            "Time",
            "time",
            "T",
            ":",
            "|",
            "(IST)",
            "-",
            "@",
            "的",
            "latest by",
        ];
        if let Some(w) = BETWEEN.iter().find(|w| rest.starts_with(**w)) {
            at += w.len();
        } else if let Some((time, end)) = time_in_brackets(text, at) {
            return Some((time, end));
        } else if rest.starts_with('(') || rest.starts_with("星期") || rest.starts_with("周") {
            // (星期三), (周三)
            let length: usize = if rest.starts_with('(') {
                let close = rest.find(')').filter(|n| *n <= 24)?;
                let inner = rest.get(1..close)?;
                const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
                let day = DAYS.iter().any(|day| inner.starts_with(day));
                if !(inner.contains("星期") || inner.contains('周') || inner.ends_with("day") || day) {
                    return None;
                }
                close + 1
            } else {
                let lead = if rest.starts_with("星期") { 2 } else { 1 };
                rest.chars().take(lead + 1).map(char::len_utf8).sum()
            };
            at += length;
        } else {
            return None;
        }
    }
    None
}

/// `24.09.2031 (3.00 PM)`: the time that brackets alone hold.
fn time_in_brackets(text: &str, at: usize) -> Option<(NaiveTime, usize)> {
    let (time, end) = text.get(at..)?.starts_with('(').then(|| time_at(text, at + 1))??;
    text.get(end..)?.starts_with(')').then_some((time, end + 1))
}

/// The end of the hours right behind a date, `13时30分至14时00分`, and where it stands.
pub fn hours_behind(text: &str, end: usize) -> Option<(NaiveTime, usize)> {
    let (_, first) = time_at(text, end)?;
    let rest = text.get(spaces(text, first)..)?;
    let after = ["-", "~", "—", "至", "到", "－"].iter().find_map(|w| rest.strip_prefix(w))?;
    time_at(text, text.len() - after.trim_start_matches(['-', ' ', '—']).len())
}

/// The end of the hours that begin at a moment: `9:00开始，9:30截止`, and where it stands.
pub fn closing_hour(text: &str, end: usize) -> Option<(NaiveTime, usize)> {
    let rest = text.get(end..)?.strip_prefix("开始")?;
    let time = text.len() - rest.trim_start_matches([',', '、', '至', '到', ' ']).len();
    let (closes, after) = time_at(text, time)?;
    let ends = ["截止", "止", "结束"].iter().any(|w| text.get(after..).is_some_and(|t| t.starts_with(w)));
    ends.then_some((closes, after))
}

/// Whether a time goes on to another time: the hours of each day, not the time of the date.
fn is_daily_range(text: &str, end: usize) -> bool {
    let rest = text.get(spaces(text, end)..).unwrap_or_default();
    let Some(after) = ["-", "~", "—", "至", "到", "－"].iter().find_map(|w| rest.strip_prefix(w)) else {
        return false;
    };
    let after = after.trim_start_matches(['-', ' ', '—']);
    time_at(after, 0).is_some()
}

/// The time of day before an English date: `10:00 hours local time on 24 February`, `by 3 PM on …`.
fn time_before(text: &str, at: usize) -> Option<(NaiveTime, usize)> {
    let head = text.get(..at)?;
    let bare = head.trim_end_matches([' ', ',']);
    let bare = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        .iter()
        .find_map(|w| bare.strip_suffix(w))
        .unwrap_or(bare)
        .trim_end_matches([' ', ',']);
    let bare = [" on the", " on", " of", " dated"]
        .iter()
        .find_map(|w| bare.strip_suffix(w))
        .unwrap_or(bare)
        .trim_end_matches([' ', ',']);
    // (Haven time), local time (Mountain): whose time it is.
    let whose = bare.strip_suffix(')').and_then(|t| t.rfind('(')).filter(|at| bare.len() - at <= 24);
    // by close of business (5:00 PM) on …
    if let Some(open) = whose
        && let Some((time, end)) = time_at(bare, open + 1)
        && bare.get(end..).is_some_and(|t| t == ")")
    {
        return Some((time, open + 1));
    }
    let bare = whose.and_then(|at| bare.get(..at)).map_or(bare, str::trim_end);
    let lower = bare.to_ascii_lowercase();
    let cut = ["local time", "(local time)", "ist", "(ist)", "hours ist"]
        .iter()
        .find_map(|w| lower.strip_suffix(w))
        .map_or(bare.len(), |t| t.trim_end().len());
    let bare = without_zone(bare.get(..cut)?).trim_end_matches([' ', ',']);
    let window = near::before(bare, bare.len(), 20);
    let from = bare.len() - window.len();
    window
        .char_indices()
        .filter(|(i, c)| {
            c.is_ascii_digit()
                && !window
                    .get(..*i)
                    .is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '-' | '/')))
        })
        .find_map(|(i, _)| {
            let (time, end) = time_at(window, i)?;
            window.get(end..).is_some_and(|t| t.trim().is_empty()).then_some((time, from + i))
        })
}

/// The time without the zone behind it: `2pm AEST`, `2:00 p.m. Pacific Daylight Time`.
fn without_zone(text: &str) -> &str {
    let last_word = |text: &str| text.rfind(' ').map_or(0, |at| at + 1);
    let names =
        |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase()) && !matches!(word, "AM" | "PM" | "Noon");
    let last = text.get(last_word(text)..).unwrap_or_default();
    if last.eq_ignore_ascii_case("time") {
        let mut bare = text.get(..last_word(text)).unwrap_or_default().trim_end();
        for _ in 0..2 {
            let at = last_word(bare);
            if !bare.get(at..).is_some_and(|w| names(w) && w.bytes().all(|b| b.is_ascii_alphabetic())) {
                break;
            }
            bare = bare.get(..at).unwrap_or_default().trim_end();
        }
        return bare;
    }
    let zone =
        (3..=5).contains(&last.len()) && last.ends_with(['T', 'C']) && last.bytes().all(|b| b.is_ascii_uppercase());
    if zone { text.get(..last_word(text)).unwrap_or_default().trim_end() } else { text }
}

/// A time of day at byte `at`.
fn time_at(text: &str, at: usize) -> Option<(NaiveTime, usize)> {
    let mut next = spaces(text, at);
    let mut half = None;
    for (words, pm) in [(&["上午", "早上", "早晨", "凌晨"][..], false), (&["下午", "晚上", "中午", "傍晚"][..], true)]
    {
        if let Some(end) = word(text, next, words) {
            half = Some(pm);
            next = end;
        }
    }
    let (mut hour, mut next) = part(text, next)?;
    let mut minute = 0;
    let rest = text.get(next..)?;
    let colon = rest.starts_with(':') || rest.starts_with('：') || rest.starts_with('∶');
    let dot = rest.starts_with('.');
    let lower: String = rest.chars().take(6).flat_map(char::to_lowercase).collect();
    if colon || dot {
        let width = rest.chars().next().map_or(1, char::len_utf8);
        let minute_at = spaces(text, next + width);
        let (m, n) = digits(text, minute_at)?;
        if n != 2 {
            return None;
        }
        minute = m;
        next = minute_at + n;
        // Seconds.
        if let Some(tail) = text.get(next..).and_then(|t| t.strip_prefix(':'))
            && let Some((_, n)) = digits(tail, 0)
        {
            next += 1 + n;
        }
        // 9:00分
        next = word(text, next, &["分"]).unwrap_or(next);
        if dot && half.is_none() && meridiem(text, next).is_none() && !is_hours(text, next) {
            return None;
        }
    } else if let Some(quarter) = french_minutes(text, next) {
        minute = quarter;
        next += "h00".len();
    } else if let Some(end) = word(text, next, &["时", "点", "時"]) {
        next = end;
        if word(text, next, &["间"]).is_some() {
            return None;
        }
        if let Some(end) = word(text, next, &["半"]) {
            minute = 30;
            next = end;
        } else if let Some((m, end)) = part(text, next)
            && (0..60).contains(&m)
        {
            minute = m;
            next = word(text, end, &["分"]).unwrap_or(end);
        }
        next = word(text, next, &["整"]).unwrap_or(next);
    } else if !(lower.starts_with("am")
        || lower.starts_with("pm")
        || lower.starts_with("a.m")
        || lower.starts_with("p.m")
        || lower.starts_with("noon")
        || lower.starts_with(" noon")
        || behind_clock(text, next).is_some()
        || is_midnight(text, next) && hour == 12
        || is_hours(text, next))
    {
        return None;
    }
    // 9:00 o'clock a.m., 3 o'clock in the afternoon
    if let Some(end) = behind_clock(text, next) {
        next = end;
    }
    if is_midnight(text, next) && hour == 12 {
        hour = 24;
        next = spaces(text, next) + "midnight".len();
    } else if let Some((pm, end)) = meridiem(text, next) {
        half = Some(pm);
        next = end;
    } else if is_hours(text, next) {
        if hour >= 100 {
            minute = hour % 100;
            hour /= 100;
        }
        let rest = text.get(next..)?;
        let lead = rest.len() - rest.trim_start().len();
        next += lead + rest.trim_start().bytes().take_while(u8::is_ascii_alphabetic).count();
    }
    match half {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    if hour == 24 && minute == 0 {
        // The end of the day; the day itself stays what is written.
        (hour, minute) = (23, 59);
    }
    let time = NaiveTime::from_hms_opt(u32::try_from(hour).ok()?, u32::try_from(minute).ok()?, 0)?;
    Some((time, next))
}

/// The minutes of `11h30`, where `at` is the h.
fn french_minutes(text: &str, at: usize) -> Option<i64> {
    let (minutes, n) = digits(text, at + text.get(at..)?.strip_prefix(['h', 'H']).map(|_| 1)?)?;
    (n == 2 && minutes < 60).then_some(minutes)
}

/// Where `o'clock` ends that stands behind a number.
fn behind_clock(text: &str, at: usize) -> Option<usize> {
    let start = spaces(text, at);
    let clock = text.get(start..start + "o'clock".len())?;
    clock.eq_ignore_ascii_case("o'clock").then_some(start + clock.len())
}

fn is_midnight(text: &str, at: usize) -> bool {
    let start = spaces(text, at);
    text.get(start..start + "midnight".len()).is_some_and(|t| t.eq_ignore_ascii_case("midnight"))
}

fn is_hours(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default().trim_start();
    let lower: String = rest.chars().take(5).flat_map(char::to_lowercase).collect();
    lower.starts_with("hrs") || lower.starts_with("hours") || lower.starts_with("hour")
}

fn meridiem(text: &str, at: usize) -> Option<(bool, usize)> {
    let start = spaces(text, at);
    let rest = text.get(start..)?;
    let lower: String = rest.chars().take(5).flat_map(char::to_lowercase).collect();
    for (sign, pm) in [("a.m.", false), ("p.m.", true), ("a.m", false), ("p.m", true), ("am", false), ("pm", true)] {
        if lower.starts_with(sign) {
            return Some((pm, start + sign.len()));
        }
    }
    lower.starts_with("noon").then_some((true, start + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        find(text).iter().map(|s| s.moment.to_string()).collect()
    }

    #[test]
    fn chinese_dates_keep_their_time_of_day() {
        assert_eq!(read("2025年1月15日9时00分(北京时间)"), ["2025-01-15T09:00"]);
        assert_eq!(read("2026年3月5日上午9:30"), ["2026-03-05T09:30"]);
        assert_eq!(read("2026年3月5日下午2点30分"), ["2026-03-05T14:30"]);
        assert_eq!(read("2026年3月5日(星期四)14:00"), ["2026-03-05T14:00"]);
        assert_eq!(read("二〇二六年三月五日"), ["2026-03-05"]);
        assert_eq!(read("2026-04-08至2026-04-15"), ["2026-04-08", "2026-04-15"]);
        assert_eq!(read("2026年6月24日至6月30日17时止"), ["2026-06-24", "2026-06-30T17:00"]);
        assert_eq!(read("2023年12月13日09点30分"), ["2023-12-13T09:30"]);
        assert_eq!(read("2026/4/8 9:05:00"), ["2026-04-08T09:05"]);
        assert_eq!(read("2026年4月8日24:00"), ["2026-04-08T23:59"]);
        assert_eq!(read("2026-04-0809:30:00~2026-04-1517:00:00"), ["2026-04-08T09:30", "2026-04-15T17:00"]);
    }

    #[test]
    fn hours_that_close_stand_behind_those_that_begin() {
        let text = "2026年3月20日上午9:00开始,9:30截止";
        let end = text.find("开始").expect("the word");
        assert_eq!(closing_hour(text, end).map(|(time, _)| time.to_string()).as_deref(), Some("09:30:00"));
        assert_eq!(closing_hour("9:00开始,9:30签到", "9:00".len()), None);
    }

    #[test]
    fn english_dates_are_read() {
        assert_eq!(read("11-Mar-2026 upto 03:00 PM"), ["2026-03-11T15:00"]);
        assert_eq!(read("15-Jan-2025 15:00 hrs"), ["2025-01-15T15:00"]);
        assert_eq!(read("18.02.2026 at 3.00 PM"), ["2026-02-18T15:00"]);
        assert_eq!(read("January 15, 2025 at 10:00 a.m."), ["2025-01-15T10:00"]);
        assert_eq!(read("on 3rd March, 2026, 1500 hours"), ["2026-03-03T15:00"]);
        assert_eq!(read("10:00 hours local time on 24 February 2026"), ["2026-02-24T10:00"]);
        assert_eq!(read("12 noon, Friday 17 April 2026"), ["2026-04-17T12:00"]);
        assert_eq!(read("2:00:00 p.m. Pacific Time, Thursday, May 21, 2026"), ["2026-05-21T14:00"]);
        assert_eq!(read("2pm AEST on Tuesday 16 June 2026"), ["2026-06-16T14:00"]);
        assert_eq!(read("11:30 AM, Central Time, on March 4, 2027"), ["2027-03-04T11:30"]);
        assert_eq!(read("until 9:00 o'clock a.m., June 1st, 2027"), ["2027-06-01T09:00"]);
        assert_eq!(read("FRIDAY 14TH JUNE 2027 AT 10.00 A.M."), ["2027-06-14T10:00"]);
        assert_eq!(read("by 12 midnight on 3 May 2027"), ["2027-05-03T23:59"]);
        assert_eq!(read("by close of business (5:00 PM) on 3 May 2027"), ["2027-05-03T17:00"]);
        assert_eq!(read("2027/05/03 at 11h30"), ["2027-05-03T11:30"]);
        assert_eq!(read("24.09.2027 (3.00 PM)"), ["2027-09-24T15:00"]);
    }

    #[test]
    fn numbers_of_projects_and_clauses_are_not_dates() {
        assert_eq!(read("HB-2024-01-15-A,3.2.1条,2025年度,第10号"), Vec::<String>::new());
    }
}
