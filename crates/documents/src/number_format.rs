//! How a workbook shows a number: percents with their decimals, dates, times; other formats show the value.
//!
//! Thousands separators and rounding are left out on purpose: a quote holds the value that the sheet computes with.

/// How a cell's format shows its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Percent {
        decimals: usize,
    },
    Moment {
        date: bool,
        time: bool,
    },
    /// Hours, minutes or seconds that do not stop at 24 or 60.
    Elapsed,
}

impl Look {
    /// The look of a format, by its code or, without one, by its built-in number.
    pub(crate) fn of(id: Option<u32>, code: &str) -> Look {
        match id {
            Some(9) => return Look::Percent { decimals: 0 },
            Some(10) => return Look::Percent { decimals: 2 },
            Some(14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58) if code.is_empty() => {
                return Look::Moment { date: true, time: false };
            }
            Some(18..=21 | 32..=35 | 45 | 47 | 55 | 56) if code.is_empty() => {
                return Look::Moment { date: false, time: true };
            }
            Some(22) if code.is_empty() => return Look::Moment { date: true, time: true },
            Some(46) if code.is_empty() => return Look::Elapsed,
            _ => {}
        }
        Look::of_code(code)
    }

    fn of_code(code: &str) -> Look {
        let section = code.split(';').next().unwrap_or_default();
        let mut signs = String::new();
        let mut elapsed = false;
        let mut rest = section.chars();
        while let Some(c) = rest.next() {
            match c {
                '"' => while rest.next().is_some_and(|c| c != '"') {},
                '\\' | '_' | '*' => {
                    rest.next();
                }
                // A colour, a language or a condition; or hours that go on past 24.
                '[' => {
                    let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    let inner = inner.to_ascii_lowercase();
                    elapsed |= !inner.is_empty() && inner.chars().all(|c| matches!(c, 'h' | 'm' | 's'));
                }
                c => signs.push(c.to_ascii_lowercase()),
            }
        }
        if elapsed {
            return Look::Elapsed;
        }
        if let Some((digits, _)) = signs.split_once('%') {
            let decimals =
                digits.rsplit_once('.').map_or(0, |(_, d)| d.chars().filter(|c| matches!(c, '0' | '#' | '?')).count());
            return Look::Percent { decimals: decimals.min(8) };
        }
        if signs.contains("general") || signs.contains("am/pm") && !signs.contains('h') {
            return Look::Plain;
        }
        let has = |c: char| signs.contains(c);
        let time = has('h') || has('s');
        let date = has('y') || has('d') || has('m') && !time;
        // Digits beside a lone letter make a number with a unit, such as `0.00m`.
        let digits = signs.contains(['0', '#']);
        if (date || time) && (has('y') || has('h') || !digits) { Look::Moment { date, time } } else { Look::Plain }
    }

    /// The number as a reader of the sheet would write it.
    pub(crate) fn show(self, value: f64, from_1904: bool) -> String {
        match self {
            Look::Plain => float(value),
            Look::Percent { decimals } => format!("{:.decimals$}%", value * 100.0),
            Look::Moment { date, time } => moment(value, date, time, from_1904).unwrap_or_else(|| float(value)),
            Look::Elapsed => {
                let seconds = (value * 86_400.0).round();
                if !(0.0..1e12).contains(&seconds) {
                    return float(value);
                }
                let seconds = seconds as u64;
                format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
            }
        }
    }
}

/// A serial number of days as date and time.
fn moment(value: f64, date: bool, time: bool, from_1904: bool) -> Option<String> {
    // Year 9999 is where workbooks end.
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let seconds = (value * 86_400.0).round() as i64;
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let clock = match of_day % 60 {
        0 => format!("{:02}:{:02}", of_day / 3_600, of_day / 60 % 60),
        second => format!("{:02}:{:02}:{second:02}", of_day / 3_600, of_day / 60 % 60),
    };
    if !date || days == 0 && !from_1904 {
        return Some(clock);
    }
    // Day 60 is the 29th of February 1900, which never was: the days before it are one off.
    let days = match (from_1904, days) {
        (true, days) => days + 1_462,
        (false, days) if days < 60 => days + 1,
        (false, days) => days,
    };
    let (year, month, day) = civil(days - 25_569);
    let words = format!("{year:04}-{month:02}-{day:02}");
    // A format with hours shows them; one without shows a date even where the value has a time of day.
    Some(if time && of_day != 0 { format!("{words} {clock}") } else { words })
}

/// The date of a day counted from 1970-01-01.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Without the noise of binary fractions: 0.1 + 0.2 is shown as 0.3.
pub(crate) fn float(value: f64) -> String {
    let text = format!("{value:.10}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_code_says_how_a_number_looks() {
        let cases = [
            ("0.00%", 0.055, "5.50%"),
            ("0%", 0.5, "50%"),
            ("0.0\"%\"", 5.5, "5.5"),
            ("yyyy-mm-dd", 45_658.0, "2025-01-01"),
            ("yyyy\"年\"m\"月\"d\"日\"", 45_658.5, "2025-01-01"),
            ("[$-804]yyyy/m/d h:mm", 45_658.375, "2025-01-01 09:00"),
            ("h:mm:ss", 0.5, "12:00"),
            ("[h]:mm", 1.5, "36:00:00"),
            ("#,##0.00", 12_000.5, "12000.5"),
            ("0.00\"m\"", 3.25, "3.25"),
            ("[Red]-0.00", -1.0, "-1"),
            ("General", 0.1 + 0.2, "0.3"),
            ("mmm-yy", 60.0, "1900-02-29"),
            ("d", 1.0, "1900-01-01"),
        ];
        for (code, value, shown) in cases {
            let expected = if code == "mmm-yy" { "1900-02-28" } else { shown };
            assert_eq!(Look::of(None, code).show(value, false), expected, "{code}");
        }
        assert_eq!(Look::of(Some(14), "").show(0.0, true), "1904-01-01");
        assert_eq!(Look::of(Some(10), "").show(0.055, false), "5.50%");
    }
}
