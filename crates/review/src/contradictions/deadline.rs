//! K043: a deadline on a day off. K044: a deadline at 24:00, which two days can be meant by.

use std::sync::LazyLock;

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::wording::both;
use regex::Regex;

use super::amounts::{Told, told};
use super::{Fields, place};
use crate::reading::{Reading, Zone};
use crate::rules::calendar::Calendar;

/// A date that runs to the end of its day.
static MIDNIGHT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d日?\s*(?:\(.{1,4}\))?\s*24\s*(?:时|点|:00)").expect("a regular expression"));

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Vec<Contradiction> {
    // Days off are those of the calendar of China.
    if reading.language() != Language::Zh {
        return Vec::new();
    }
    day_off(reading, fields).into_iter().chain(midnight(reading)).collect()
}

fn day_off(reading: &Reading<'_>, fields: &Fields) -> Option<Contradiction> {
    let field = fields.get("bid_deadline")?;
    let day = field.moment()?.date();
    if Calendar::of_china().is_working_day(day)? {
        return None;
    }
    let evidence = field.evidence().first()?.clone();
    let at = place(&evidence);
    let question = both(
        format!("招标文件{}，投标截止日{day}为休息日，请确认准确时间以及当日是否接收投标文件。", at.zh),
        format!("The deadline on {} is a day off. Please confirm it.", at.en),
    );
    let told_of = Told {
        title: both("投标截止日为休息日", "the deadline is on a day off"),
        description: both(format!("{day}为法定休息日"), format!("{day} is a weekend or a public holiday")),
    };
    let values = vec![StatedValue { value: day.to_string(), evidence }];
    told(reading, "K043", "bid_deadline", values, question, told_of)
}

fn midnight(reading: &Reading<'_>) -> Option<Contradiction> {
    reading.clauses.iter().find_map(|clause| {
        let text = reading.text(clause.unit, &clause.range);
        let zone = reading.zone(clause.unit);
        let context = reading.context(clause.unit);
        let deadline = ["投标截止", "递交截止", "提交截止", "响应截止", "开标时间"]
            .iter()
            .any(|w| text.contains(w) || context.contains(w));
        if !deadline || matches!(zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            return None;
        }
        let found = MIDNIGHT.find(text)?;
        let evidence = reading.evidence(clause.unit, &clause.range)?;
        let at = place(&evidence);
        let question = both(
            format!("招标文件{}，截止时间写为24时，请明确是当日24时（次日0时）还是当日0时。", at.zh),
            format!("The deadline on {} is at 24:00. Please clarify which day is meant.", at.en),
        );
        let told_of = Told {
            title: both("投标截止时间写为24时", "the deadline is at 24:00"),
            description: both("24时即次日0时，容易误解为当日0时", "24:00 is the next day's 0:00 and easily misread"),
        };
        let value = found.as_str().trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
        told(reading, "K044", "bid_deadline", vec![StatedValue { value, evidence }], question, told_of)
    })
}
