//! K021: a weekday that is not its date's. K022: dates in an order that cannot be.

use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::time::Moment;
use bidlens_domain::wording::{Wording, both};
use chrono::{Datelike, NaiveDateTime, NaiveTime, Weekday};
use regex::Regex;

use super::{Fields, name, place, places};
use crate::grammar::dates;
use crate::reading::{Reading, Zone};

/// A weekday right behind a date, in brackets or not.
static WEEKDAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*[(（]?\s*(?:(?:星期|周|礼拜)([一二三四五六日天])|(?i:(mon|tues|wednes|thurs|fri|satur|sun)day))\s*[)）]?",
    )
    .ok()
});

/// What must not come after what: two fields, and whether the same moment is too late as well.
const ORDERS: [(&str, &str); 6] = [
    ("doc_obtain_start", "doc_obtain_end"),
    ("doc_obtain_start", "bid_deadline"),
    ("doc_obtain_end", "bid_deadline"),
    ("clarification_deadline", "bid_deadline"),
    ("bid_bond_deadline", "opening_time"),
    ("bid_deadline", "opening_time"),
];

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    let mut found = weekdays(reading);
    found.extend(ORDERS.iter().filter_map(|(first, then)| order(reading, fields, first, then)));
    found
}

fn weekdays(reading: &Reading<'_>) -> Vec<Contradiction> {
    let language = reading.language();
    let mut found: Vec<Contradiction> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate().filter(|(_, unit)| unit.zone != Zone::BidForms) {
        for stamp in dates::find(&unit.text) {
            // The weekday stands behind the day, or behind the time that follows it.
            let rest = unit.text.get(stamp.range.start..).unwrap_or_default();
            let day = rest.find(['日', '号']).map(|at| at + '日'.len_utf8());
            let behind = [day.filter(|at| *at <= stamp.range.len()), Some(stamp.range.len())];
            let Some((end, captures)) = behind.iter().flatten().find_map(|&at| {
                let tail = rest.get(at..)?;
                let captures = WEEKDAY.as_ref()?.captures(tail)?;
                Some((at + captures.get(0)?.end(), captures))
            }) else {
                continue;
            };
            let Some(stated) = captures.iter().skip(1).flatten().next().and_then(|m| weekday(m.as_str())) else {
                continue;
            };
            let date = stamp.moment.date();
            if date.weekday() == stated {
                continue;
            }
            let Some(evidence) = reading.evidence(index, &(stamp.range.start..stamp.range.start + end)) else {
                continue;
            };
            if found.iter().any(|c| c.values().iter().any(|v| v.evidence.quote() == evidence.quote())) {
                continue;
            }
            let (is, says) = (weekday_name(date.weekday()), weekday_name(stated));
            let where_ = place(&evidence);
            let question = both(
                format!("招标文件{}，该日实为{}，请确认准确日期。", where_.zh, is.zh),
                format!("{date}, stated on {}, is a {}. Please confirm the date.", where_.en, is.en),
            );
            let text = ContradictionText {
                rule_id: "K021",
                subject: "weekday".to_owned(),
                language,
                title: both(format!("日期与星期不符：{date}"), format!("{date} is a {}, not a {}", is.en, says.en)),
                description: both(
                    format!("{date}是{}，文件写作{}", is.zh, says.zh),
                    format!("{date} is a {}; the document says {}", is.en, says.en),
                ),
                question: question.in_language(language).to_owned(),
            };
            found.extend(Contradiction::new(text, vec![StatedValue { value: date.to_string(), evidence }]));
        }
    }
    found
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.to_lowercase().as_str() {
        "一" | "mon" => Weekday::Mon,
        "二" | "tues" => Weekday::Tue,
        "三" | "wednes" => Weekday::Wed,
        "四" | "thurs" => Weekday::Thu,
        "五" | "fri" => Weekday::Fri,
        "六" | "satur" => Weekday::Sat,
        "日" | "天" | "sun" => Weekday::Sun,
        _ => return None,
    })
}

fn weekday_name(day: Weekday) -> Wording {
    let names = [
        ("星期一", "Monday"),
        ("星期二", "Tuesday"),
        ("星期三", "Wednesday"),
        ("星期四", "Thursday"),
        ("星期五", "Friday"),
        ("星期六", "Saturday"),
        ("星期日", "Sunday"),
    ];
    names.get(day.num_days_from_monday() as usize).map_or_else(|| both("", ""), |(zh, en)| both(*zh, *en))
}

fn order(reading: &Reading<'_>, fields: &Fields, first: &str, then: &str) -> Option<Contradiction> {
    let (earlier, later) = (fields.get(first)?, fields.get(then)?);
    let (a, b) = (earlier.moment()?, later.moment()?);
    // A day without a time may be any time of it.
    if earliest(a) <= latest(b) {
        return None;
    }
    let language = reading.language();
    let values: Vec<StatedValue> = [(a, earlier), (b, later)]
        .into_iter()
        .filter_map(|(moment, field)| {
            Some(StatedValue { value: moment.to_string(), evidence: field.evidence().first()?.clone() })
        })
        .collect();
    let asked = places(&values, ("与", " and on "));
    let (one, other) = (name(first), name(then));
    let question = both(
        format!("招标文件{}，{}晚于{}，请确认准确时间。", asked.zh, one.zh, other.zh),
        format!(
            "{} and {} are stated on {}; the first is after the second. Please clarify.",
            one.en, other.en, asked.en
        ),
    );
    let text = ContradictionText {
        rule_id: "K022",
        subject: first.to_owned(),
        language,
        title: both(format!("{}晚于{}", one.zh, other.zh), format!("{} is after {}", one.en, other.en)),
        description: both(
            format!("{} {a} 晚于{} {b}", one.zh, other.zh),
            format!("{} {a} is after {} {b}", one.en, other.en),
        ),
        question: question.in_language(language).to_owned(),
    };
    Contradiction::new(text, values)
}

fn earliest(moment: Moment) -> NaiveDateTime {
    match moment {
        Moment::Date(date) => date.and_time(NaiveTime::MIN),
        Moment::DateTime(at) => at,
    }
}

fn latest(moment: Moment) -> NaiveDateTime {
    match moment {
        Moment::Date(date) => date.and_hms_opt(23, 59, 59).unwrap_or_else(|| date.and_time(NaiveTime::MIN)),
        Moment::DateTime(at) => at,
    }
}
