//! K021: a weekday that is not its date's. K022: dates in an order that cannot be.

use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::time::Moment;
use chrono::{Datelike, NaiveDateTime, NaiveTime, Weekday};
use regex::Regex;

use super::{Fields, name, place};
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
    let english = reading.is_english();
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
            let (is, says) = (weekday_name(date.weekday(), english), weekday_name(stated, english));
            let where_ = place(&evidence, english);
            let text = if english {
                ContradictionText {
                    rule_id: "K021",
                    subject: "weekday".to_owned(),
                    title: format!("{date} is a {is}, not a {says}"),
                    description: format!("{date} is a {is}; the document says {says}"),
                    question: format!("{date}, stated on {where_}, is a {is}. Please confirm the date."),
                }
            } else {
                ContradictionText {
                    rule_id: "K021",
                    subject: "weekday".to_owned(),
                    title: format!("日期与星期不符：{date}"),
                    description: format!("{date}是{is}，文件写作{says}"),
                    question: format!("招标文件{where_}，该日实为{is}，请确认准确日期。"),
                }
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

fn weekday_name(day: Weekday, english: bool) -> &'static str {
    let names = [
        ("星期一", "Monday"),
        ("星期二", "Tuesday"),
        ("星期三", "Wednesday"),
        ("星期四", "Thursday"),
        ("星期五", "Friday"),
        ("星期六", "Saturday"),
        ("星期日", "Sunday"),
    ];
    names.get(day.num_days_from_monday() as usize).map_or("", |(zh, en)| if english { en } else { zh })
}

fn order(reading: &Reading<'_>, fields: &Fields, first: &str, then: &str) -> Option<Contradiction> {
    let (earlier, later) = (fields.get(first)?, fields.get(then)?);
    let (a, b) = (earlier.moment()?, later.moment()?);
    // A day without a time may be any time of it.
    if earliest(a) <= latest(b) {
        return None;
    }
    let english = reading.is_english();
    let values: Vec<StatedValue> = [(a, earlier), (b, later)]
        .into_iter()
        .filter_map(|(moment, field)| {
            Some(StatedValue { value: moment.to_string(), evidence: field.evidence().first()?.clone() })
        })
        .collect();
    let places: Vec<String> = values.iter().map(|v| place(&v.evidence, english)).collect();
    let (one, other) = (name(first, english), name(then, english));
    let text = if english {
        ContradictionText {
            rule_id: "K022",
            subject: first.to_owned(),
            title: format!("{one} is after {other}"),
            description: format!("{one} {a} is after {other} {b}"),
            question: format!(
                "{one} and {other} are stated on {}; the first is after the second. Please clarify.",
                places.join(" and on ")
            ),
        }
    } else {
        ContradictionText {
            rule_id: "K022",
            subject: first.to_owned(),
            title: format!("{one}晚于{other}"),
            description: format!("{one} {a} 晚于{other} {b}"),
            question: format!("招标文件{}，{one}晚于{other}，请确认准确时间。", places.join("与")),
        }
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
