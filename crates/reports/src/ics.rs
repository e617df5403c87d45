//! The tender's deadlines as a calendar (iCalendar, RFC 5545).
//!
//! Times of Chinese tenders are Beijing time; elsewhere the zone is not stated, and the time is that of whoever reads
//! the calendar, as in the document.

use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::Field;
use bidlens_domain::finding::stable_id;
use bidlens_domain::labels::{field_name, field_order};
use bidlens_domain::time::Moment;
use chrono::{DateTime, Utc};

/// Octets of a line before it is folded, its end not counted.
const LINE_OCTETS_MAX: usize = 75;
const ZONE: &str = "Asia/Shanghai";

/// The calendar of one project; `project` names it to calendars that take it in again, `now` is when it was made.
pub fn ics(facts: &Facts, project: &str, title: &str, language: Language, now: DateTime<Utc>) -> String {
    let zoned = facts.language == Language::Zh;
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Bidlens//Bidlens//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(title)),
    ];
    if zoned {
        // China has kept one offset since 1991.
        lines.extend(
            [
                "BEGIN:VTIMEZONE",
                "TZID:Asia/Shanghai",
                "BEGIN:STANDARD",
                "DTSTART:19910915T000000",
                "TZOFFSETFROM:+0800",
                "TZOFFSETTO:+0800",
                "TZNAME:CST",
                "END:STANDARD",
                "END:VTIMEZONE",
            ]
            .map(str::to_owned),
        );
    }
    let mut dated: Vec<(&str, &Field, Moment)> =
        facts.fields.iter().filter_map(|(key, field)| Some((key.as_str(), field, field.moment()?))).collect();
    dated.sort_by_key(|(key, _, moment)| (moment.to_string(), field_order(key)));
    for (key, field, moment) in dated {
        let name = field_name(key, language);
        lines.push("BEGIN:VEVENT".to_owned());
        lines.push(format!("UID:{}@bidlens", stable_id(&[project, key])));
        lines.push(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
        lines.push(match moment {
            Moment::Date(date) => format!("DTSTART;VALUE=DATE:{}", date.format("%Y%m%d")),
            Moment::DateTime(at) if zoned => format!("DTSTART;TZID={ZONE}:{}", at.format("%Y%m%dT%H%M%S")),
            Moment::DateTime(at) => format!("DTSTART:{}", at.format("%Y%m%dT%H%M%S")),
        });
        lines.push(format!("SUMMARY:{}", escaped(&format!("{name} · {title}"))));
        if let Some(evidence) = field.evidence().first() {
            let page = match language {
                Language::Zh => format!("第{}页", evidence.page()),
                Language::En => format!("page {}", evidence.page()),
            };
            let proof = format!("“{}”\n{}, {page}", evidence.quote(), evidence.file());
            lines.push(format!("DESCRIPTION:{}", escaped(&proof)));
        }
        // What is missed when the day comes unannounced: the bid itself, and the last day to ask.
        let alarms: &[&str] = match key {
            "bid_deadline" => &["-P3D", "-P1D", "-PT2H"],
            "clarification_deadline" | "doc_obtain_end" => &["-P1D"],
            _ => &[],
        };
        for alarm in alarms {
            lines.extend(["BEGIN:VALARM".to_owned(), "ACTION:DISPLAY".to_owned()]);
            lines.push(format!("TRIGGER:{alarm}"));
            lines.push(format!("DESCRIPTION:{}", escaped(&name)));
            lines.push("END:VALARM".to_owned());
        }
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A line cut where it is too long, each part ended as the format wants it; no character is cut apart.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let line = format!("SUMMARY:{}", "投标截止时间".repeat(20));
        let out = folded(&line);
        assert!(out.split("\r\n").all(|part| part.len() <= LINE_OCTETS_MAX));
        assert_eq!(out.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn signs_of_the_format_are_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne ");
    }
}
