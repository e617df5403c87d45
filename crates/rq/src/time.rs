//! Moments in RQ's two spellings: ISO text in hashes, Unix seconds in scores and executions.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, Utc};

/// A moment as hashes hold it: UTC with six digits and `Z`.
pub fn format_timestamp(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Reads a hash's moment exactly as strictly as Python does: no offset, at most six digits, `T` and `Z`.
pub fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    let bare = text.strip_suffix('Z')?;
    if let Some((_, fraction)) = bare.split_once('.')
        && !(1..=6).contains(&fraction.len())
    {
        return None;
    }
    if !bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'T')) {
        return None;
    }
    NaiveDateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|moment| moment.and_utc())
}

/// The client's clock at one moment, in every form a transition needs.
#[derive(Debug, Clone)]
pub(crate) struct Now {
    /// Since 1970.
    pub(crate) unix: Duration,
    /// As hashes hold it.
    pub(crate) text: String,
}

impl Now {
    pub(crate) fn read() -> Now {
        Now::from(SystemTime::now())
    }

    /// Whole Unix seconds.
    pub(crate) fn seconds(&self) -> i64 {
        self.unix.as_secs() as i64
    }

    /// Unix seconds with a fraction, as decimal text.
    pub(crate) fn float(&self) -> String {
        Now::unix_float(self.unix)
    }

    /// Any duration in seconds with six digits.
    pub(crate) fn unix_float(duration: Duration) -> String {
        format!("{}.{:06}", duration.as_secs(), duration.subsec_micros())
    }
}

impl From<SystemTime> for Now {
    fn from(moment: SystemTime) -> Self {
        let unix = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { unix, text: format_timestamp(moment.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_python_reads() {
        for text in ["2026-11-23T17:34:57Z", "2026-11-23T17:34:57.33Z", "2026-11-23T17:34:57.330000Z"] {
            let moment = parse_timestamp(text).unwrap_or_else(|| panic!("{text} was refused"));
            assert!(format_timestamp(moment).starts_with("2026-11-23T17:34:57."));
            assert_eq!(format_timestamp(moment).len(), 27);
        }
    }

    #[test]
    fn refuses_what_kills_a_python_worker() {
        for text in [
            "",
            "2026-11-23T17:34:57.123456789Z",
            "2026-11-23T17:34:57+00:00",
            "2026-11-23 17:34:57Z",
            "1795455272.92",
            "2026-11-23T17:34:57",
            "2026-11-23T17:34:57.Z",
            "2026-13-23T17:34:57Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}
