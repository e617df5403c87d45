//! Working days in China, and the law's way of counting days.
//!
//! The days come from `holidays.yaml`, one entry a year with the notice it follows. A question that touches a year
//! without an entry has no answer: every function that needs the calendar then returns `None`. Counting follows
//! 财政部令第87号 85 and 94号 42: the day a period starts is not counted, and one that ends on a day off ends on the
//! next working day; 以上, 以下, 以内 include the number, 不足 and 以外 do not (87号 86).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::Deserialize;

const FILE: &str = include_str!("holidays.yaml");

/// No period of a procurement is longer; beyond it counting stops.
const DAYS_MAX: u64 = 4_000;

/// The working days of the years it knows.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// By year, the notice it follows.
    sources: BTreeMap<i32, String>,
    off: BTreeSet<NaiveDate>,
    worked: BTreeSet<NaiveDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    source: String,
    off: Vec<String>,
    worked: Vec<String>,
}

impl Calendar {
    /// The calendar this program carries.
    pub fn of_china() -> &'static Calendar {
        static OWN: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse(FILE).unwrap_or_default());
        &OWN
    }

    /// Reads the form of `holidays.yaml`.
    ///
    /// # Errors
    /// Names the year and the entry that is no date, no range, outside its year, or a worked day that needs no
    /// entry because it is no weekend.
    pub fn parse(yaml: &str) -> Result<Calendar, String> {
        let years: Vec<Year> = serde_saphyr::from_str(yaml).map_err(|e| format!("read the holidays: {e}"))?;
        let mut calendar = Calendar::default();
        for Year { year, source, off, worked } in years {
            let within = |day: NaiveDate| {
                if day.year() == year { Ok(day) } else { Err(format!("holidays of {year}: {day} is of another year")) }
            };
            let date = |text: &str| {
                NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
                    .map_err(|e| format!("holidays of {year}: {text}: {e}"))
                    .and_then(within)
            };
            for entry in &off {
                let (first, last) = entry.split_once("..").unwrap_or((entry, entry));
                let (first, last) = (date(first)?, date(last)?);
                if last < first {
                    return Err(format!("holidays of {year}: {entry} ends before it starts"));
                }
                calendar.off.extend(first.iter_days().take_while(|day| *day <= last));
            }
            for entry in &worked {
                let day = date(entry)?;
                if !is_weekend(day) || calendar.off.contains(&day) {
                    return Err(format!("holidays of {year}: {day} is no weekend that is worked"));
                }
                calendar.worked.insert(day);
            }
            if source.trim().is_empty() || calendar.sources.insert(year, source).is_some() {
                return Err(format!("holidays of {year}: no source, or the year stands twice"));
            }
        }
        Ok(calendar)
    }

    /// The years with data and the notices they follow.
    pub fn sources(&self) -> impl Iterator<Item = (i32, &str)> {
        self.sources.iter().map(|(year, source)| (*year, source.as_str()))
    }

    /// `None` in a year without data.
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        if !self.sources.contains_key(&day.year()) {
            return None;
        }
        Some(self.worked.contains(&day) || !(self.off.contains(&day) || is_weekend(day)))
    }

    /// The working days among `first..=last`, both ends looked at; 0 when `last` lies before `first`.
    pub fn working_days(&self, first: NaiveDate, last: NaiveDate) -> Option<i64> {
        if (last - first).num_days() > i64::try_from(DAYS_MAX).unwrap_or(i64::MAX) {
            return None;
        }
        let mut count = 0;
        for day in first.iter_days().take_while(|day| *day <= last) {
            count += i64::from(self.is_working_day(day)?);
        }
        Some(count)
    }

    /// The last day of a period of `count` working days that starts on `start`, which is not counted.
    pub fn end_of_working_days(&self, start: NaiveDate, count: u64) -> Option<NaiveDate> {
        let mut day = start;
        let mut left = count.min(DAYS_MAX);
        while left > 0 {
            day = day.checked_add_days(Days::new(1))?;
            left -= u64::from(self.is_working_day(day)?);
        }
        Some(day)
    }

    /// The last day of a period of `count` calendar days that starts on `start`, which is not counted; moved to the
    /// next working day when it falls on a day off.
    pub fn end_of_days(&self, start: NaiveDate, count: u64) -> Option<NaiveDate> {
        let mut day = start.checked_add_days(Days::new(count.min(DAYS_MAX)))?;
        while !self.is_working_day(day)? {
            day = day.checked_add_days(Days::new(1))?;
        }
        Some(day)
    }
}

/// Calendar days from `start`, which is not counted, to `end`, which is; negative when `end` lies before.
pub fn days_counted(start: NaiveDate, end: NaiveDate) -> i64 {
    (end - start).num_days()
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn the_file_is_sound_and_every_worked_day_pays_for_a_day_off() {
        let calendar = Calendar::parse(FILE).expect("holidays.yaml");
        assert_eq!(calendar.sources().map(|(year, _)| year).collect::<Vec<_>>(), (2019..=2026).collect::<Vec<_>>());
        for (year, source) in calendar.sources() {
            assert!(source.contains("国办发明电"), "{year}: {source}");
            let of_year = |set: &BTreeSet<NaiveDate>| set.iter().filter(|d| d.year() == year).count();
            // A law of 11 days (13 from 2025); 2020 had three more by decree, and feasts may fall on weekends or
            // together. What is worked on weekends plus the feasts' own days is what is free on weekdays.
            let free_weekdays = calendar.off.iter().filter(|d| d.year() == year && !is_weekend(**d)).count();
            let gained = free_weekdays - of_year(&calendar.worked);
            assert!((8..=13).contains(&gained), "{year}: {gained} weekdays gained");
        }
    }

    #[test]
    fn feasts_and_worked_weekends() {
        let calendar = Calendar::of_china();
        assert_eq!(calendar.is_working_day(day("2024-02-12")), Some(false), "spring festival, a Monday");
        assert_eq!(calendar.is_working_day(day("2024-02-18")), Some(true), "a Sunday that was worked");
        assert_eq!(calendar.is_working_day(day("2024-03-16")), Some(false), "a Saturday");
        assert_eq!(calendar.is_working_day(day("2026-10-08")), Some(true));
        assert_eq!(calendar.is_working_day(day("2018-10-08")), None, "no data, no answer");
    }

    #[test]
    fn the_first_day_is_not_counted_and_the_last_moves_off_a_holiday() {
        let calendar = Calendar::of_china();
        assert_eq!(days_counted(day("2024-03-01"), day("2024-03-21")), 20);
        // Twenty days after 21 April 2024 is 11 May, a Saturday that was worked.
        assert_eq!(calendar.end_of_days(day("2024-04-21"), 20), Some(day("2024-05-11")));
        // Ten days after 21 April is 1 May; the feast lasts to the 5th.
        assert_eq!(calendar.end_of_days(day("2024-04-21"), 10), Some(day("2024-05-06")));
        // Five working days from Monday 29 April 2024: 30 April, then 6–9 May.
        assert_eq!(calendar.end_of_working_days(day("2024-04-29"), 5), Some(day("2024-05-09")));
        assert_eq!(calendar.working_days(day("2024-04-29"), day("2024-05-09")), Some(6));
        assert_eq!(calendar.working_days(day("2024-05-09"), day("2024-05-01")), Some(0));
        assert_eq!(calendar.end_of_working_days(day("2026-12-30"), 5), None, "runs into a year without data");
    }

    #[test]
    fn a_faulty_file_is_refused_with_its_place() {
        let wrong = "- year: 2024\n  source: x\n  off: [2025-01-01]\n  worked: []\n";
        assert_eq!(Calendar::parse(wrong).unwrap_err(), "holidays of 2024: 2025-01-01 is of another year");
        let worked = "- year: 2024\n  source: x\n  off: []\n  worked: [2024-03-04]\n";
        assert!(Calendar::parse(worked).unwrap_err().contains("no weekend"));
        let backwards = "- year: 2024\n  source: x\n  off: [2024-05-05..2024-05-01]\n  worked: []\n";
        assert!(Calendar::parse(backwards).unwrap_err().contains("ends before it starts"));
    }
}
