//! Local points in time and lengths of time as documents state them.
//!
//! Documents give local time without a zone, so nothing here converts to UTC.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// A date, with a time of day when the document gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Moment {
    Date(NaiveDate),
    DateTime(NaiveDateTime),
}

impl Moment {
    pub fn date(self) -> NaiveDate {
        match self {
            Moment::Date(date) => date,
            Moment::DateTime(at) => at.date(),
        }
    }
}

impl fmt::Display for Moment {
    /// ISO 8601 to the minute: `2026-03-05` or `2026-03-05T09:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Moment::DateTime(at) => write!(f, "{}", at.format("%Y-%m-%dT%H:%M")),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationUnit {
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}

/// A length of time in the unit the document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Duration {
    pub count: i64,
    pub unit: DurationUnit,
}

impl Duration {
    pub fn new(count: i64, unit: DurationUnit) -> Self {
        Duration { count, unit }
    }

    /// The shortest and longest number of calendar days this can mean.
    ///
    /// A month is 28–31 days and a working day up to 7/5 of a calendar day plus a long holiday, so two
    /// durations in different units are only ordered when their ranges do not overlap.
    pub fn days_range(self) -> (i64, i64) {
        let n = self.count.clamp(-1_000_000, 1_000_000);
        match self.unit {
            DurationUnit::Hour => (n / 24, (n + 23) / 24),
            DurationUnit::Day => (n, n),
            DurationUnit::WorkingDay => (n, n * 7 / 5 + 10),
            DurationUnit::Week => (n * 7, n * 7),
            DurationUnit::Month => (n * 365 / 12 - 2, n * 365 / 12 + 2),
            DurationUnit::Year => (n * 365, n * 366),
        }
    }

    /// In English words: `90 days`, `1 month`.
    pub fn in_english(self) -> String {
        let unit = match self.unit {
            DurationUnit::Hour => "hour",
            DurationUnit::Day => "day",
            DurationUnit::WorkingDay => "working day",
            DurationUnit::Week => "week",
            DurationUnit::Month => "month",
            DurationUnit::Year => "year",
        };
        format!("{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }

    /// Whether `self` is certainly at least `other`, certainly less, or cannot be told.
    pub fn at_least(self, other: Duration) -> Option<bool> {
        let common = |d: Duration| match d.unit {
            DurationUnit::Month => Some(d.count),
            DurationUnit::Year => Some(d.count * 12),
            DurationUnit::Hour | DurationUnit::Day | DurationUnit::WorkingDay | DurationUnit::Week => None,
        };
        if self.unit == other.unit {
            return Some(self.count >= other.count);
        }
        if let (Some(a), Some(b)) = (common(self), common(other)) {
            return Some(a >= b);
        }
        let (low, high) = self.days_range();
        let (other_low, other_high) = other.days_range();
        if low >= other_high {
            Some(true)
        } else if high < other_low {
            Some(false)
        } else {
            None
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            DurationUnit::Hour => "小时",
            DurationUnit::Day => "日",
            DurationUnit::WorkingDay => "个工作日",
            DurationUnit::Week => "周",
            DurationUnit::Month => "个月",
            DurationUnit::Year => "年",
        };
        write!(f, "{}{unit}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_ordered_only_when_certain() {
        let years = |n| Duration::new(n, DurationUnit::Year);
        let months = |n| Duration::new(n, DurationUnit::Month);
        let days = |n| Duration::new(n, DurationUnit::Day);
        assert_eq!(years(2).at_least(months(24)), Some(true));
        assert_eq!(months(12).at_least(years(2)), Some(false));
        assert_eq!(days(90).at_least(months(3)), None);
        assert_eq!(days(120).at_least(months(3)), Some(true));
        assert_eq!(days(60).at_least(days(90)), Some(false));
    }

    #[test]
    fn durations_are_said_in_both_languages() {
        let said = |n, unit| (Duration::new(n, unit).to_string(), Duration::new(n, unit).in_english());
        assert_eq!(said(90, DurationUnit::Day), ("90日".to_owned(), "90 days".to_owned()));
        assert_eq!(said(1, DurationUnit::Month), ("1个月".to_owned(), "1 month".to_owned()));
        assert_eq!(said(5, DurationUnit::WorkingDay), ("5个工作日".to_owned(), "5 working days".to_owned()));
    }
}
