//! The last day on which the law lets a bidder question the tender.
//!
//! 招标投标法实施条例 22 counts back from the deadline. 政府采购质疑和投诉办法 11 counts on from the day a bidder obtained the
//! documents or the notice's period ended; nobody but the bidder knows that day, so the first on which the documents
//! could be had is taken, which is never too late.

use std::collections::BTreeMap;

use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::legal::{LastDay, LegalBasis, LegalReading, Regime};
use bidlens_domain::time::{Duration, DurationUnit, Moment};
use chrono::{Days, NaiveDate};

use super::calendar::Calendar;

/// Days before the deadline by which an objection is to be made: 招标投标法实施条例 22.
const OBJECTION_DAYS: u64 = 10;
/// Working days in which the documents may be challenged: 政府采购质疑和投诉办法 11.
const CHALLENGE_DAYS: u64 = 7;

/// `None` where the regime, the deadline, a date or the calendar is not certain, or where the day lies behind the deadline.
pub(super) fn last_day(legal: &LegalReading, fields: &BTreeMap<FieldKey, Field>) -> Option<LastDay> {
    let deadline = fields.get("bid_deadline").filter(|f| f.lots.is_empty())?.moment()?;
    let in_force = |from: (i32, u32, u32)| {
        let from = NaiveDate::from_ymd_opt(from.0, from.1, from.2)?;
        legal.date.or(legal.not_before).filter(|day| *day >= from).map(|_| from)
    };
    let basis = |law: &str, article: &str, text: &str, valid_from| LegalBasis {
        law: law.to_owned(),
        article: article.to_owned(),
        text: text.to_owned(),
        valid_from,
        valid_to: None,
    };
    let day = match legal.regime {
        Regime::ZtbMandatory | Regime::Ztb => LastDay {
            at: before(deadline, OBJECTION_DAYS)?,
            counted_from: "bid_deadline".to_owned(),
            start: deadline,
            period: Duration::new(i64::try_from(OBJECTION_DAYS).ok()?, DurationUnit::Day),
            basis: basis(
                "招标投标法实施条例",
                "第二十二条",
                "对招标文件有异议的，应当在投标截止时间10日前提出",
                in_force((2012, 2, 1))?,
            ),
        },
        Regime::GovGoodsServices | Regime::GovNegotiation | Regime::GovInquiry | Regime::GovConsultation => {
            let obtained = fields.get("doc_obtain_start")?.moment()?;
            let last = Calendar::of_china().end_of_working_days(obtained.date(), CHALLENGE_DAYS)?;
            LastDay {
                at: Moment::Date(last),
                counted_from: "doc_obtain_start".to_owned(),
                start: obtained,
                period: Duration::new(i64::try_from(CHALLENGE_DAYS).ok()?, DurationUnit::WorkingDay),
                basis: basis(
                    "政府采购质疑和投诉办法",
                    "第十一条",
                    "应当在获取采购文件或者采购文件公告期限届满之日起7个工作日内提出",
                    in_force((2018, 3, 1))?,
                ),
            }
        }
        Regime::GovSingleSource
        | Regime::GovFramework
        | Regime::Enterprise
        | Regime::WorldBank
        | Regime::Eu
        | Regime::UsFar
        | Regime::Unknown => return None,
    };
    (day.at.date() < deadline.date()).then_some(day)
}

/// The same time of day, so many days earlier.
fn before(moment: Moment, days: u64) -> Option<Moment> {
    Some(match moment {
        Moment::Date(date) => Moment::Date(date.checked_sub_days(Days::new(days))?),
        Moment::DateTime(at) => Moment::DateTime(at.checked_sub_days(Days::new(days))?),
    })
}

#[cfg(test)]
mod tests {
    use bidlens_documents::{Limits, parse};
    use bidlens_domain::document::Language;

    fn last_day(text: &str) -> Option<(String, String, String)> {
        let day = crate::extract(&[parse("t.md", text.as_bytes(), &Limits::default())]).legal.last_day_to_ask?;
        Some((day.at.to_string(), day.reckoning(Language::Zh), day.reckoning(Language::En)))
    }

    const WORKS: &str =
        "# 第一章 招标公告\n\n根据《中华人民共和国招标投标法》，青石镇护栏工程公开招标，招标人为青石镇人民政府。\n\n";
    const GOODS: &str =
        "# 第一章 招标公告\n\n根据《中华人民共和国政府采购法》公开招标。\n\n采购人：青石中学\n\n采购方式：公开招标\n\n";

    #[test]
    fn an_objection_is_due_ten_days_before_the_deadline() {
        let (day, zh, en) = last_day(&format!("{WORKS}投标截止时间：2026年7月20日9时30分\n")).expect("a day");
        assert_eq!(day, "2026-07-10T09:30");
        assert_eq!(zh, "《招标投标法实施条例》第二十二条：自投标截止时间（2026-07-20T09:30）倒推10日");
        assert_eq!(
            en,
            "Regulations for the Implementation of the Tendering and Bidding Law, Article 22: 10 days back from “Bid deadline” (2026-07-20T09:30)"
        );
    }

    #[test]
    fn a_challenge_is_due_seven_working_days_after_the_documents_could_be_had() {
        // 1 to 3 May 2026 are days off, and 4 and 5 May as well; 9 May is a Saturday that is worked.
        let text =
            format!("{GOODS}招标文件获取时间：2026年4月29日至2026年5月9日\n\n投标截止时间：2026年5月25日9时30分\n");
        let (day, zh, en) = last_day(&text).expect("a day");
        assert_eq!(day, "2026-05-12");
        assert!(zh.starts_with("《政府采购质疑和投诉办法》第十一条：自文件获取开始（2026-04-29）起7个工作日"), "{zh}");
        assert!(en.contains("7 working days from “Documents from” (2026-04-29)"), "{en}");
    }

    #[test]
    fn where_a_regime_or_a_date_is_missing_no_day_is_told() {
        for text in [
            WORKS.to_owned(),
            format!("{GOODS}投标截止时间：2026年5月25日9时30分\n"),
            format!("{GOODS}招标文件获取时间：2026年4月29日至2026年5月9日\n"),
            "# 采购公告\n\n青石公司采购水泵。\n\n投标截止时间：2026年5月25日9时30分\n".to_owned(),
            // A deadline that stands before the day is no time to ask until.
            format!("{GOODS}招标文件获取时间：2026年4月29日至2026年5月6日\n\n投标截止时间：2026年5月9日9时30分\n"),
        ] {
            assert_eq!(last_day(&text), None, "{text}");
        }
    }
}
