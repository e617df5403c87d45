//! When: deadline, opening, obtaining the documents, questions, and how long a bid binds.
//!
//! A date is told apart by the words nearest before it, then by its row's label, then by its heading:
//! 截止时间 alone says nothing until one knows of what.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use bidlens_domain::fold::is_western;
use bidlens_domain::time::{DurationUnit, Moment};
use chrono::Datelike as _;
use regex::Regex;

use crate::grammar::{dates, durations};
use crate::near;
use crate::reading::{Reading, Zone, strip_label};

use super::{Candidate, Disagreement, Fields, put, settle, standing};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Deadline,
    Opening,
    Obtain,
    Clarify,
    /// A deadline of what the surrounding words say.
    AnyDeadline,
    /// A time of what the surrounding words say.
    AnyTime,
    Notice,
    Visit,
    Meeting,
    Bond,
    Other,
}

const KINDS: &[(&str, Kind)] = &[
    ("投标截止", Kind::Deadline),
    ("投标文件提交截止", Kind::Deadline),
    ("投标文件递交截止", Kind::Deadline),
    ("投标文件递交的截止", Kind::Deadline),
    ("投标文件提交的截止", Kind::Deadline),
    ("提交投标文件截止", Kind::Deadline),
    ("提交投标文件的截止", Kind::Deadline),
    ("递交投标文件截止", Kind::Deadline),
    ("递交投标文件的截止", Kind::Deadline),
    ("递交截止", Kind::Deadline),
    ("提交截止", Kind::Deadline),
    ("响应文件递交截止", Kind::Deadline),
    ("响应文件提交截止", Kind::Deadline),
    ("响应截止", Kind::Deadline),
    ("报价截止", Kind::Deadline),
    ("提交响应文件", Kind::Deadline),
    ("递交响应文件", Kind::Deadline),
    ("提交首次响应文件", Kind::Deadline),
    ("接收截止", Kind::Deadline),
    ("上传截止", Kind::Deadline),
    ("提交投标文件", Kind::Deadline),
    ("递交投标文件", Kind::Deadline),
    ("投标文件递交时间", Kind::Deadline),
    ("投标文件递交", Kind::Deadline),
    ("投标文件的递交", Kind::Deadline),
    ("投标文件提交", Kind::Deadline),
    ("投标文件的提交", Kind::Deadline),
    ("响应文件递交", Kind::Deadline),
    ("响应文件的递交", Kind::Deadline),
    ("响应文件提交", Kind::Deadline),
    ("响应文件的提交", Kind::Deadline),
    ("报价文件提交", Kind::Deadline),
    ("递交报价文件", Kind::Deadline),
    ("提交报价文件", Kind::Deadline),
    ("递交时间", Kind::Deadline),
    ("投标时间", Kind::Deadline),
    ("截标时间", Kind::Deadline),
    ("响应文件开启", Kind::Opening),
    ("开标时间", Kind::Opening),
    ("开启时间", Kind::Opening),
    ("开启", Kind::Opening),
    ("开标", Kind::Opening),
    ("磋商时间", Kind::Opening),
    ("询价时间", Kind::Opening),
    ("谈判时间", Kind::Opening),
    ("评审时间", Kind::Opening),
    ("解密", Kind::Other),
    ("获取", Kind::Obtain),
    ("发售", Kind::Obtain),
    ("购买", Kind::Obtain),
    ("领购", Kind::Obtain),
    ("领取", Kind::Obtain),
    ("报名", Kind::Obtain),
    ("下载", Kind::Obtain),
    ("出售", Kind::Obtain),
    ("疑问", Kind::Clarify),
    ("提问", Kind::Clarify),
    ("提出问题", Kind::Clarify),
    ("提疑", Kind::Clarify),
    ("质疑", Kind::Clarify),
    ("答疑", Kind::Clarify),
    ("澄清", Kind::Clarify),
    ("异议", Kind::Clarify),
    ("询问", Kind::Clarify),
    ("截止时间", Kind::AnyDeadline),
    ("截止日期", Kind::AnyDeadline),
    ("时间", Kind::AnyTime),
    ("公告日期", Kind::Notice),
    ("发布日期", Kind::Notice),
    ("公告时间", Kind::Notice),
    ("发布时间", Kind::Notice),
    ("公告期限", Kind::Notice),
    ("踏勘", Kind::Visit),
    ("现场考察", Kind::Visit),
    ("预备会", Kind::Meeting),
    ("标前会", Kind::Meeting),
    ("保证金", Kind::Bond),
    ("样品", Kind::Other),
    ("演示", Kind::Other),
    ("成立", Kind::Other),
    ("以来", Kind::Other),
    ("业绩", Kind::Other),
    ("社保", Kind::Other),
    ("竣工", Kind::Other),
    ("开工", Kind::Other),
    ("submission of bid", Kind::Deadline),
    ("submission of tender", Kind::Deadline),
    ("submission of proposal", Kind::Deadline),
    ("bid submission", Kind::Deadline),
    ("tender submission", Kind::Deadline),
    ("last date and time", Kind::AnyDeadline),
    ("last date", Kind::AnyDeadline),
    ("due date", Kind::Deadline),
    ("closing date", Kind::Deadline),
    ("bid due", Kind::Deadline),
    ("deadline for submission", Kind::Deadline),
    ("closing time", Kind::Deadline),
    ("submission end", Kind::Deadline),
    ("opening", Kind::Opening),
    ("download", Kind::Obtain),
    ("sale of", Kind::Obtain),
    ("availability", Kind::Obtain),
    ("issue of tender", Kind::Obtain),
    ("document sale", Kind::Obtain),
    ("collection of", Kind::Obtain),
    ("clarification", Kind::Clarify),
    ("queries", Kind::Clarify),
    ("query", Kind::Clarify),
    ("pre-bid", Kind::Meeting),
    ("prebid", Kind::Meeting),
    ("site visit", Kind::Visit),
    ("be delivered", Kind::Deadline),
    ("be submitted", Kind::Deadline),
    ("submitted", Kind::Deadline),
    ("be received", Kind::Deadline),
    ("duly received", Kind::Deadline),
    ("received by", Kind::Deadline),
    ("receipt of tenders", Kind::Deadline),
    ("receipt of bids", Kind::Deadline),
    ("acquired", Kind::Obtain),
    ("be obtained", Kind::Obtain),
    ("may obtain", Kind::Obtain),
    ("can obtain", Kind::Obtain),
    ("be purchased", Kind::Obtain),
    ("available from", Kind::Obtain),
    ("submission deadline", Kind::Deadline),
    ("submission date", Kind::Deadline),
    ("submission of offer", Kind::Deadline),
    ("submission of quotation", Kind::Deadline),
    ("submission of the", Kind::Deadline),
    ("opened", Kind::Opening),
    ("clarifications", Kind::Clarify),
    ("enquiries", Kind::Clarify),
    ("比选时间", Kind::Opening),
    ("投标截止日期", Kind::Deadline),
    ("投标文件截止", Kind::Deadline),
    ("报价文件递交", Kind::Deadline),
    ("递交文件截止", Kind::Deadline),
    ("提交文件截止", Kind::Deadline),
    ("publish", Kind::Notice),
    ("issue of nit", Kind::Notice),
    ("document download", Kind::Obtain),
    ("文件递交的截止", Kind::Deadline),
    ("文件提交的截止", Kind::Deadline),
    ("递交的截止时间", Kind::Deadline),
    ("协商时间", Kind::Opening),
    ("征集文件获取", Kind::Obtain),
    ("return deadline", Kind::Deadline),
    ("return of tender", Kind::Deadline),
    ("tender deadline", Kind::Deadline),
    ("bid deadline", Kind::Deadline),
    ("deadline for bid", Kind::Deadline),
    ("deadline for tender", Kind::Deadline),
    ("deadline for receipt", Kind::Deadline),
    ("placed in the tender box", Kind::Deadline),
    ("deposited in the tender box", Kind::Deadline),
    ("be placed in", Kind::Deadline),
    ("requesting additional information", Kind::Clarify),
    ("submitting questions", Kind::Clarify),
    ("all questions", Kind::Clarify),
    ("closing date and time", Kind::Deadline),
    ("投标文件接收", Kind::Deadline),
    ("响应文件接收", Kind::Deadline),
    ("接收投标文件", Kind::Deadline),
    ("接收响应文件", Kind::Deadline),
    ("申请文件递交", Kind::Deadline),
    ("申请文件提交", Kind::Deadline),
    ("提交申请文件", Kind::Deadline),
    ("递交申请文件", Kind::Deadline),
    ("拆封", Kind::Opening),
    ("遴选会", Kind::Opening),
    ("遴选时间", Kind::Opening),
    ("发放", Kind::Obtain),
    ("申领", Kind::Obtain),
    ("bid end date", Kind::Deadline),
    ("tender return", Kind::Deadline),
    ("proposal return", Kind::Deadline),
    ("quotation return", Kind::Deadline),
    ("deadline for questions", Kind::Clarify),
    ("questions deadline", Kind::Clarify),
    ("question deadline", Kind::Clarify),
    ("questions due", Kind::Clarify),
    ("questions by", Kind::Clarify),
    ("be collected", Kind::Obtain),
    ("date of submission", Kind::Deadline),
    ("date for submission", Kind::Deadline),
    ("proposals due", Kind::Deadline),
    ("proposals are due", Kind::Deadline),
    ("proposal due", Kind::Deadline),
    ("bids due", Kind::Deadline),
    ("bids are due", Kind::Deadline),
    ("tenders due", Kind::Deadline),
    ("tenders are due", Kind::Deadline),
    ("quotes due", Kind::Deadline),
    ("quotes are due", Kind::Deadline),
    ("quotations due", Kind::Deadline),
    ("quotations are due", Kind::Deadline),
    ("responses due", Kind::Deadline),
    ("responses are due", Kind::Deadline),
    ("submissions due", Kind::Deadline),
    ("submissions are due", Kind::Deadline),
    ("submittals due", Kind::Deadline),
    ("submittals are due", Kind::Deadline),
    ("response deadline", Kind::Deadline),
    ("submittal deadline", Kind::Deadline),
    ("proposal deadline", Kind::Deadline),
    ("quotation deadline", Kind::Deadline),
    ("closing deadline", Kind::Deadline),
    ("deadline for proposal", Kind::Deadline),
    ("deadline for quotation", Kind::Deadline),
    ("questions are due", Kind::Clarify),
    ("written questions", Kind::Clarify),
    ("questions and comments due", Kind::Clarify),
    ("comments due", Kind::Clarify),
    ("deadline for question", Kind::Clarify),
    ("deadline for inquir", Kind::Clarify),
    ("for submitting the", Kind::Deadline),
    ("for submitting bid", Kind::Deadline),
    ("for submitting tender", Kind::Deadline),
    ("for submitting proposal", Kind::Deadline),
    ("query session", Kind::Meeting),
    ("bids close", Kind::Deadline),
    ("response date", Kind::Deadline),
    ("sale of documents closes", Kind::Obtain),
    ("issue of tender documents", Kind::Obtain),
    ("issue of bidding documents", Kind::Obtain),
    ("issue of documents", Kind::Obtain),
    ("tender closing", Kind::Deadline),
    ("bid closing", Kind::Deadline),
    ("closing of tender", Kind::Deadline),
    ("closing of bid", Kind::Deadline),
    ("solicitation closes", Kind::Deadline),
    ("bidding closes", Kind::Deadline),
    ("rfp closes", Kind::Deadline),
    ("rfq closes", Kind::Deadline),
    ("closes on", Kind::Deadline),
    ("closes at", Kind::Deadline),
    ("submit questions", Kind::Clarify),
    ("submission of questions", Kind::Clarify),
    ("rfi deadline", Kind::Clarify),
    ("rfis due", Kind::Clarify),
    ("rfi due", Kind::Clarify),
    ("emailed", Kind::Deadline),
    ("tenders close", Kind::Deadline),
    ("tender closes", Kind::Deadline),
    ("proposals close", Kind::Deadline),
    ("quotations close", Kind::Deadline),
    ("be lodged", Kind::Deadline),
    ("be returned", Kind::Deadline),
    ("be accepted until", Kind::Deadline),
    ("be uploaded", Kind::Deadline),
    ("be deposited", Kind::Deadline),
    ("last day for questions", Kind::Clarify),
    ("last date for questions", Kind::Clarify),
    ("clarification requests", Kind::Clarify),
    ("requests for clarification", Kind::Clarify),
    ("requests for information", Kind::Clarify),
    ("question and answer", Kind::Clarify),
    ("questions & answers", Kind::Clarify),
    ("q&a", Kind::Clarify),
    ("question submission deadline", Kind::Clarify),
    ("inquiries", Kind::Clarify),
    ("question response deadline", Kind::Other),
    ("response to questions", Kind::Other),
    ("response to written questions", Kind::Other),
    ("responses to questions", Kind::Other),
    ("responses to written questions", Kind::Other),
    ("answers to questions", Kind::Other),
    ("answers to written questions", Kind::Other),
    ("interviews", Kind::Other),
    ("presentations", Kind::Other),
    ("pre-proposal", Kind::Meeting),
    ("pre-tender meeting", Kind::Meeting),
    ("notified no later", Kind::Other),
    ("release date", Kind::Notice),
    ("released", Kind::Notice),
    ("date of issue", Kind::Notice),
    ("issue date", Kind::Notice),
    ("竞价结束", Kind::Deadline),
    ("竞价截止", Kind::Deadline),
    ("竞价开始", Kind::Other),
    // 递交和谈判时间 says both.
    ("递交和", Kind::Deadline),
    ("递交及", Kind::Deadline),
    ("磋商会议时间", Kind::Opening),
    ("谈判会议时间", Kind::Opening),
    ("评审会议时间", Kind::Opening),
];

/// Words right before a date that takes the place of one named before.
const POSTPONED: &[&str] = &["延至", "延期至", "推迟至", "顺延至", "延期到", "推迟到", "改为", "变更为", "调整为"];

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut found = gather(reading, None);
    found.deadline = at_closing_time(reading, found.deadline);
    // 请于10月20日前提出: short papers leave the year to their other dates.
    if found.lacks()
        && let Some(year) = found.year()
    {
        found = found.or(gather(reading, Some(year)));
    }
    let report = Disagreement::Report { within: 4 };
    put(fields, "bid_deadline", found.deadline, report);
    let mut opening = found.opening;
    opening.extend(on_the_same_day(reading, fields));
    opening.extend(opened_at_once(reading, fields));
    let opening = with_copies(
        opening,
        same_as_deadline(reading, fields, &["开标时间", "开启时间", "开标", "磋商时间", "谈判时间", "协商时间"]),
    );
    put(fields, "opening_time", opening, report);
    put(fields, "doc_obtain_start", found.obtain_start, Disagreement::Prefer);
    let end = with_copies(
        found.obtain_end,
        same_as_deadline(reading, fields, &["获取", "发售", "sale of", "download", "availability", "tender document"]),
    );
    put(fields, "doc_obtain_end", end, Disagreement::Prefer);
    let mut clarification = found.clarify;
    clarification.extend(clarification_rule(reading));
    put(fields, "clarification_deadline", clarification, Disagreement::Prefer);
    let mut valid = validity(reading);
    if valid.iter().all(|c| c.status != FieldStatus::Found) {
        valid.extend(valid_until(reading, fields));
    }
    put(fields, "bid_validity_days", valid, Disagreement::Report { within: 2 });
    for (key, candidates) in [
        ("notice_date", found.notice),
        ("site_visit", found.visit),
        ("pre_bid_meeting", found.meeting),
        ("bid_bond_deadline", found.bond),
    ] {
        if let Some(field) = settle(candidates, Disagreement::Prefer) {
            fields.insert(key.to_owned(), field);
        }
    }
}

/// `Closing date: 5 May 2027` and `Closing time: 11:00`: the hour stands apart from its day.
fn at_closing_time(reading: &Reading<'_>, mut deadline: Vec<Candidate>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "closing time",
        "time of closing",
        "bid closing time",
        "tender closing time",
        "submission time",
        "due time",
        "local time",
    ];
    let day_of = |candidate: &Candidate| match &candidate.value {
        Some(FieldValue::Moment(Moment::Date(day))) => Some(*day),
        _ => None,
    };
    let time = reading.pairs.iter().filter(|pair| LABELS.contains(&pair.label.as_str())).find_map(|pair| {
        let spoken = reading.zone(pair.unit) != Zone::BidForms;
        spoken.then(|| dates::time_of_day(reading.text(pair.unit, &pair.value).trim_start()))?
    });
    let Some(time) = time.filter(|_| deadline.iter().all(|candidate| day_of(candidate).is_some())) else {
        return deadline;
    };
    for candidate in &mut deadline {
        if let Some(day) = day_of(candidate) {
            candidate.value = Some(FieldValue::Moment(Moment::DateTime(day.and_time(time))));
        }
    }
    deadline
}

/// Every date that says what it is for; one without its year is of `year`.
fn gather(reading: &Reading<'_>, year: Option<i32>) -> Found {
    let mut found = Found { month_first: is_american(reading), ..Found::default() };
    for clause in &reading.clauses {
        // English calls the rules of a tender its general conditions as well.
        let rules = reading.zone(clause.unit) == Zone::Contract && !reading.is_english();
        if reading.zone(clause.unit) == Zone::BidForms || rules {
            continue;
        }
        found.clause(reading, clause.unit, &clause.range, year);
    }
    found
}

#[derive(Debug, Default)]
struct Found {
    /// Whether 03/05/2031 is the fifth of March.
    month_first: bool,
    deadline: Vec<Candidate>,
    opening: Vec<Candidate>,
    obtain_start: Vec<Candidate>,
    obtain_end: Vec<Candidate>,
    clarify: Vec<Candidate>,
    notice: Vec<Candidate>,
    visit: Vec<Candidate>,
    meeting: Vec<Candidate>,
    bond: Vec<Candidate>,
}

impl Found {
    /// The one year of all that was found.
    fn year(&self) -> Option<i32> {
        let lists = [&self.deadline, &self.opening, &self.obtain_start, &self.obtain_end, &self.notice];
        let mut years = lists.into_iter().flatten().filter_map(|c| match &c.value {
            Some(FieldValue::Moment(moment)) => Some(moment.date().year()),
            _ => None,
        });
        let first = years.next()?;
        years.all(|year| year == first).then_some(first)
    }

    /// Whether [`Found::or`] would take anything.
    fn lacks(&self) -> bool {
        [&self.deadline, &self.opening, &self.obtain_start, &self.obtain_end, &self.clarify]
            .iter()
            .any(|c| c.is_empty())
    }

    /// What is missing here taken from `other`.
    fn or(self, other: Found) -> Found {
        let either = |own: Vec<Candidate>, other: Vec<Candidate>| if own.is_empty() { other } else { own };
        Found {
            deadline: either(self.deadline, other.deadline),
            opening: either(self.opening, other.opening),
            obtain_start: either(self.obtain_start, other.obtain_start),
            obtain_end: either(self.obtain_end, other.obtain_end),
            clarify: either(self.clarify, other.clarify),
            ..self
        }
    }

    fn clause(&mut self, reading: &Reading<'_>, unit: usize, range: &Range<usize>, year: Option<i32>) {
        let text = reading.text(unit, range);
        if !text.bytes().any(|b| b.is_ascii_digit()) && !text.contains('二') {
            return;
        }
        let mut stamps = without_struck(text, dates::find_in_year(text, year));
        if stamps.is_empty() {
            return;
        }
        if self.month_first {
            stamps.iter_mut().for_each(|stamp| read_month_first(text, stamp));
        }
        let zone = reading.zone(unit);
        let mut index = 0;
        while let Some(stamp) = stamps.get(index) {
            let from = index.checked_sub(1).and_then(|i| stamps.get(i)).map_or(0, |s| s.range.end);
            let before = text.get(from..stamp.range.start).unwrap_or_default();
            // A second date of a period belongs to the first.
            let next = stamps.get(index + 1).filter(|n| {
                let gap = text.get(stamp.range.end..n.range.start).unwrap_or_default();
                gap.chars().count() <= 24
                    && (gap.contains(['至', '到', '~', '—']) || has_dash(gap) || gap.to_lowercase().contains(" to "))
            });
            let last = if next.is_some() { index + 1 } else { index };
            let ends = stamps.get(last).map_or(stamp.range.end, |s| s.range.end);
            let until = stamps.get(last + 1).map_or(text.len(), |n| n.range.start);
            let after = text.get(ends..until).unwrap_or_default();
            let (kinds, near) = kinds(reading, unit, range, before, after);
            let bonus = if near { 8 } else { 0 } + if matches!(stamp.moment, Moment::DateTime(_)) { 14 } else { 0 };
            // 原公告开标时间为…: what the earlier notice said.
            if ["原公告", "原定", "首次公告"].iter().any(|w| before.contains(w)) && !before.contains('现') {
                index = last + 1;
                continue;
            }
            let postponed = POSTPONED.iter().any(|w| before.trim_end_matches([':', '"']).ends_with(w));
            let rank = standing(zone) + bonus + if postponed { 30 } else { 0 };
            let candidate = |s: &dates::Stamp, rank: i32| {
                let value = range.start + s.range.start..range.start + s.range.end;
                reading.candidate(unit, range.clone(), value, FieldValue::Moment(s.moment), rank)
            };
            // … until 2:00 PM on April 7, at which time they will be publicly opened; …前上传，同时公开开标
            let at_once = kinds == [Kind::Deadline]
                && [("at which time", "open"), ("同时", "开标")].iter().any(|(lead, deed)| {
                    after.find(lead).is_some_and(|at| after.get(at..).is_some_and(|t| t.contains(deed)))
                });
            if at_once {
                self.opening.extend(candidate(next.unwrap_or(stamp), rank));
            } else if kinds == [Kind::Deadline]
                && let Some((time, end)) = opened_at(after)
            {
                // … until 10:00 am on April 7 and will be opened and read at 10:30 am: on the same day.
                let day = next.unwrap_or(stamp).moment.date();
                let value = range.start + ends..range.start + ends + end;
                let moment = FieldValue::Moment(Moment::DateTime(day.and_time(time)));
                self.opening.extend(reading.candidate(unit, range.clone(), value, moment, rank));
            }
            // Bidders register before the documents are sold.
            let registers =
                before.contains("报名") && !["获取", "发售", "购买", "领取"].iter().any(|w| before.contains(w));
            let rank = if registers && kinds == [Kind::Obtain] { rank - 8 } else { rank };
            // The envelope of the prices is opened later than the bids.
            let prices = ["第二信封", "第二个信封", "报价文件)开标", "价格文件开启"].iter().any(|w| before.contains(w));
            for kind in kinds {
                match kind {
                    // 2026年8月18日13时30分至14时00分: bids are taken until the later hour.
                    Kind::Deadline => {
                        let last = next.unwrap_or(stamp);
                        let hours = dates::hours_behind(text, last.range.end)
                            .filter(|_| matches!(last.moment, Moment::Date(_)))
                            .or_else(|| dates::closing_hour(text, last.range.end));
                        let until = hours.map(|(time, end)| dates::Stamp {
                            moment: Moment::DateTime(last.moment.date().and_time(time)),
                            range: last.range.start..end,
                        });
                        let timed = if until.is_some() { 14 } else { 0 };
                        self.deadline.extend(candidate(until.as_ref().unwrap_or(last), rank + timed));
                    }
                    Kind::Opening => self.opening.extend(candidate(stamp, rank - if prices { 30 } else { 0 })),
                    Kind::Obtain => match next {
                        Some(end) => {
                            self.obtain_start.extend(candidate(stamp, rank));
                            self.obtain_end.extend(candidate(end, rank));
                        }
                        None => {
                            let label = reading.context(unit).to_lowercase();
                            let opens = ["start", "开始", "起始", "issue", "from", "publish", "commence"]
                                .iter()
                                .any(|w| label.contains(w))
                                && ![" end", "截止", "结束", "close", "last"].iter().any(|w| label.contains(w));
                            let starts = opens
                                || runs_on(after)
                                || after.starts_with('起')
                                || after.starts_with("开始")
                                || before.ends_with("开始时间:")
                                || before.ends_with("起始时间:")
                                || before.to_lowercase().contains("from")
                                || before.to_lowercase().contains("start");
                            let slot = if starts { &mut self.obtain_start } else { &mut self.obtain_end };
                            slot.extend(candidate(stamp, rank - 6));
                        }
                    },
                    Kind::Clarify => {
                        // 质疑 is the later remedy, 疑问 and 澄清 the question.
                        let remedy = before.contains("质疑") && !before.contains("疑问");
                        self.clarify.extend(candidate(next.unwrap_or(stamp), rank - if remedy { 24 } else { 0 }));
                    }
                    Kind::Notice => self.notice.extend(candidate(stamp, rank)),
                    Kind::Visit => self.visit.extend(candidate(stamp, rank)),
                    Kind::Meeting => self.meeting.extend(candidate(stamp, rank)),
                    Kind::Bond => self.bond.extend(candidate(stamp, rank)),
                    Kind::AnyDeadline | Kind::AnyTime | Kind::Other => {}
                }
            }
            index += if next.is_some() { 2 } else { 1 };
        }
    }
}

/// The time of day at which bids are opened, told behind their deadline without a date of its own, and where it ends.
fn opened_at(after: &str) -> Option<(chrono::NaiveTime, usize)> {
    let deed = after.find("opened")?;
    let behind = after.get(deed..)?;
    let (at, _) = behind.match_indices(" at ").find(|(at, lead)| {
        behind.get(at + lead.len()..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()))
    })?;
    let start = deed + at + " at ".len();
    let words = after.get(start..)?.char_indices().map(|(end, _)| end).chain([after.len() - start]);
    let time = dates::time_of_day(after.get(start..)?)?;
    // As far as the words say the same time.
    let end = words.filter(|end| after.get(start..start + end).and_then(dates::time_of_day) == Some(time)).min()?;
    Some((time, start + end))
}

/// `Bidders must submit both proposals in separate envelopes no later than …`, `quotations shall reach this office by …`:
/// whether the words before a date hand in bids.
fn hands_in_bids(before: &str) -> bool {
    static HANDED: LazyLock<Regex> = LazyLock::new(|| {
        let bids = "(?:bids?|tenders?|proposals?|quotations?|quotes?|offers?|submittals?|responses?)";
        Regex::new(&format!(
            r"(?i)\b(?:must|shall|should|will|may|to|kindly|please) (?:\w+ ){{0,2}}(?:submit|send|deliver|return|upload|lodge|forward) [^.;]{{0,80}}\b{bids}\b[^.;]{{0,120}}$|\b{bids}\b[^.;]{{0,80}}\b(?:reach|reaches|arrive|arrives)\b[^;]{{0,120}}$|\bso as to reach\b[^;]{{0,120}}$"
        ))
        .expect("a regular expression")
    });
    const ASKED: &[&str] = &["question", "quer", "clarification", "inquir", "enquir"];
    let lower = before.to_lowercase();
    HANDED.is_match(before) && !ASKED.iter().any(|w| lower.contains(w))
}

/// `Closing: 12 noon, 14 May 2031`: a label that says no more than that something ends.
fn is_deadline_label(before: &str) -> bool {
    const LABELS: &[&str] = &["closing", "closes", "closes on", "deadline", "due", "due by", "closing on", "due on"];
    let line = before.rsplit(['\n', ';']).next().unwrap_or_default().trim();
    line.ends_with(':') && LABELS.contains(&strip_label(line).as_str())
}

/// Whether a dash stands between two dates as such: the one of `Pre-bid meeting` belongs to its word.
fn has_dash(gap: &str) -> bool {
    gap.match_indices('-').any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let (before, after) = gap.split_at(at);
        !(letter(before.chars().next_back()) && letter(after.chars().nth(1)))
    })
}

/// What a date is for, and whether the words right before it say so.
fn kinds(reading: &Reading<'_>, unit: usize, range: &Range<usize>, before: &str, after: &str) -> (Vec<Kind>, bool) {
    // 于X前递交投标文件: the words stand behind.
    let tail: String = after.chars().take(24).collect();
    let behind = tail.trim_start_matches(|c: char| matches!(c, ')' | '(' | ' ') || "北京时间".contains(c));
    if ["前", "之前", "以前"].iter().any(|w| behind.starts_with(w)) {
        let submits = ["提交", "递交", "上传", "投标", "送达", "送至", "送交", "寄达", "送到", "寄到", "寄至", "交到"]
            .iter()
            .any(|w| tail.contains(w))
            && !tail.contains("疑问")
            && !tail.contains("澄清");
        // 保证金须于X前由投标人基本账户汇入
        let paid = ["汇入", "到账", "转入", "存入", "划入", "账户", "缴纳", "交纳"].iter().any(|w| tail.contains(w));
        // 投标保证金须在X前提交
        let lead = before.trim_end_matches(['须', '应', '于', '在', '请', '需', '必', ' ']);
        let own = lead.ends_with("保证金")
            && !tail.split([',', '。', ';']).next().is_some_and(|clause| clause.contains("文件"));
        if paid && before.contains("保证金") || own {
            return (vec![Kind::Bond], true);
        }
        let asks = ["提出", "疑问", "澄清", "提问", "询问"].iter().any(|w| tail.contains(w))
            || ["疑问", "询问", "提问"].iter().any(|w| before.contains(w) || reading.context(unit) == *w);
        if asks {
            return (vec![Kind::Clarify], true);
        }
        if submits {
            return (vec![Kind::Deadline], true);
        }
    }
    // 请于X至Y登录…下载招标文件
    let documents = ["文件", "图纸", "询价", "标书"];
    let obtains = ["下载", "获取", "购买", "领取", "报名", "出售", "发售"].iter().any(|w| after.contains(w))
        && (documents.iter().any(|w| after.contains(w) || before.contains(w))
            || reading.heading(unit).contains("获取") && after.chars().count() <= 40
            || ["招标文件", "采购文件", "磋商文件"].contains(&reading.context(unit).as_str()));
    let own = nearest(before);
    if own.is_empty() && (hands_in_bids(before) || is_deadline_label(before)) {
        return (vec![Kind::Deadline], true);
    }
    // 请于X至Y，每日…，持…到…购买招标文件: what is brought along stands between.
    let asked = ["请于", "请从", "可于", "应于"].iter().any(|lead| before.ends_with(lead));
    // 请于X至Y登录平台报名: whoever registers gets the documents.
    let obtains = obtains || asked && after.contains("报名");
    if own.is_empty() && obtains && after.chars().count() <= if asked { 300 } else { 120 } {
        return (vec![Kind::Obtain], true);
    }
    // 定于X在…公开开标: the deed stands behind the place.
    if own.is_empty()
        && opens_there(after.trim_start_matches(|c: char| c == ')' || c == '(' || c == ',' || "北京时间".contains(c)))
    {
        return (vec![Kind::Opening], true);
    }
    let resolved =
        |kinds: &[Kind]| !kinds.is_empty() && kinds.iter().all(|k| !matches!(k, Kind::AnyDeadline | Kind::AnyTime));
    // 递交截止时间 in the row of the bond is the bond's.
    let of_bond = own == [Kind::Deadline]
        && !["投标文件", "响应文件", "投标截止", "报价文件"].iter().any(|w| before.contains(w))
        && reading.context(unit).contains("保证金");
    if of_bond || own == [Kind::Deadline] && before.contains("保证金") && !before.contains("投标文件") {
        return (vec![Kind::Bond], true);
    }
    if resolved(&own) {
        return (own, true);
    }
    let clause_head = reading.text(unit, range);
    // `The opening shall take place at: … Date: 15 September 2026.`: the sentence before says of what.
    if own.is_empty() && clause_head.trim_start().to_lowercase().starts_with("date") {
        let head = reading.unit(unit).and_then(|u| u.text.get(..range.start)).unwrap_or_default();
        let said = nearest(head);
        if resolved(&said) {
            return (said, true);
        }
    }
    let mut places: Vec<String> = Vec::new();
    if let Some(place) = reading.unit(unit).and_then(|u| u.cell) {
        if let Some(label) = reading.row_label(place) {
            places.push(label);
        }
        if let Some(header) = column_header(reading, place) {
            places.push(header);
        }
    } else {
        // The start of the paragraph, then the line that introduces it, then the heading.
        let head = reading.unit(unit).map_or("", |u| u.text.as_str());
        let head = head.get(..range.start).unwrap_or_default();
        if !head.is_empty() && head.chars().count() <= 60 {
            places.push(head.to_owned());
        } else if let Some(above) = head.strip_suffix('\n').map(|t| t.rsplit('\n').next().unwrap_or_default())
            && is_western(above)
        {
            // Of an English cover whose names stand above their dates, the line above.
            places.push(above.to_owned());
        }
        if let Some(lead) = reading.unit(unit).and_then(|u| u.lead).and_then(|l| reading.unit(l)) {
            places.push(lead.text.clone());
        }
    }
    let direct = places.len();
    places.extend(reading.headings(unit).into_iter().take(2).map(str::to_owned));
    for (index, place) in places.iter().enumerate() {
        if place.chars().count() > 60 {
            continue;
        }
        let mut found = nearest(place);
        // Deadline | 14 May 2031: a row of its own.
        if index < direct && found.is_empty() && own.is_empty() && is_deadline_label(&format!("{place}:")) {
            found = vec![Kind::Deadline];
        }
        // When the buyer answers or the bidder confirms is no deadline for asking.
        if found.contains(&Kind::Clarify)
            && ["发出", "确认", "收到", "答复", "回复", "修改", "issued", "responses", "replies", "answers"]
                .iter()
                .any(|w| place.to_lowercase().contains(w))
            && !["提出", "提疑", "提问", "request"].iter().any(|w| place.to_lowercase().contains(w))
        {
            return (vec![Kind::Other], true);
        }
        if !resolved(&found) {
            continue;
        }
        // Under a heading only a time or deadline takes the heading's meaning.
        if index >= direct && own.is_empty() && clause_head.chars().count() > 50 {
            continue;
        }
        if index >= direct || places.len() > direct {
            let both = place.contains("截止") && place.contains("开标")
                || place.contains("提交") && place.contains("开标时间");
            if both && (own.contains(&Kind::AnyDeadline) || own.is_empty() || own.contains(&Kind::AnyTime)) {
                found = vec![Kind::Deadline, Kind::Opening];
            }
        }
        // 截止时间 under 获取招标文件 is that period's end; under 投标文件的递交 the deadline.
        if own.contains(&Kind::AnyDeadline)
            && found == [Kind::Opening]
            && (place.contains("递交") || place.contains("提交"))
        {
            found = vec![Kind::Deadline];
        }
        return (found, index < direct);
    }
    (Vec::new(), false)
}

/// `至投标截止时间`, `至2026年13月8日`: a period begins at the date before, whose end is told without one.
fn runs_on(behind: &str) -> bool {
    let Some(end) = behind.trim_start().strip_prefix(['至', '到']) else { return false };
    let end: String = end.trim_start().chars().take(10).collect();
    let year = end.chars().take_while(char::is_ascii_digit).count() == 4 && end.contains('年');
    year || end.contains("截止") || end.contains("开标")
}

/// Whether the words behind a time say that the bids are opened at a place then.
fn opens_there(behind: &str) -> bool {
    let sentence = behind.split(['。', ';', ',']).next().unwrap_or_default();
    (sentence.starts_with('在') || sentence.starts_with('于'))
        && ["开标", "开启"].iter().any(|w| sentence.contains(w))
        && !sentence.contains("地点为")
}

/// The kinds named last in `text`: one, or several that are joined (`投标截止时间、开标时间`).
fn nearest(text: &str) -> Vec<Kind> {
    let lower = text.to_lowercase();
    let mut hits: Vec<(usize, usize, Kind)> = Vec::new();
    for &(word, kind) in KINDS {
        if let Some(at) = lower.rfind(word) {
            hits.push((at, at + word.len(), kind));
        }
    }
    // A word inside a longer one is the longer one's.
    let inside = |h: &(usize, usize, Kind)| hits.iter().any(|o| o.0 <= h.0 && h.1 <= o.1 && (o.1 - o.0) > (h.1 - h.0));
    let mut outer: Vec<(usize, usize, Kind)> = hits.iter().filter(|h| !inside(h)).copied().collect();
    outer.sort_by_key(|h| h.1);
    let Some(last) = outer.last().copied() else {
        return Vec::new();
    };
    // English says more words between the deed and its date.
    let reach = if is_western(&lower) { 160 } else { 40 };
    // Blanks do not count: an addendum's old words may have stood there.
    if lower.get(last.1..).is_some_and(|t| t.chars().filter(|c| is_western(&lower) || *c != ' ').count() > reach) {
        return Vec::new();
    }
    let mut found = vec![last.2];
    let mut start = last.0;
    let mut deadline_too = false;
    for hit in outer.iter().rev().skip(1) {
        let gap = lower.get(hit.1..start).unwrap_or_default();
        let specific = !matches!(hit.2, Kind::AnyDeadline | Kind::AnyTime);
        let vague = found.iter().all(|k| matches!(k, Kind::AnyDeadline | Kind::AnyTime));
        let joint = gap.chars().count() <= 8
            && gap.chars().all(|c| {
                matches!(
                    c,
                    '、' | '和'
                        | '及'
                        | '与'
                        | '('
                        | ')'
                        | '暨'
                        | '即'
                        | '时'
                        | '间'
                        | '/'
                        | ' '
                        | '的'
                        | '日'
                        | '期'
                        | '点'
                        | '地'
                )
            });
        if vague && specific && gap.chars().count() <= 22 {
            found = vec![hit.2];
            start = hit.0;
        } else if joint && specific && !found.contains(&hit.2) {
            found.push(hit.2);
            start = hit.0;
        } else if joint && !specific {
            deadline_too |= hit.2 == Kind::AnyDeadline;
            start = hit.0.min(start);
        } else {
            break;
        }
    }
    // 截止时间(开标时间), 开标时间(截止时间): the deadline is the bids' own.
    let ends_vague = last.2 == Kind::AnyDeadline;
    if found == [Kind::Opening] && (deadline_too || ends_vague) {
        found.push(Kind::Deadline);
    }
    // 疑问提交截止时间, 样品递交截止时间: something else is handed in.
    if found.contains(&Kind::Deadline) {
        let reach = if is_western(&lower) { 60 } else { 16 };
        let head = near::before(&lower, last.1, reach);
        let bids = ["投标文件", "响应文件", "投标截止", "报价", "申请文件", "bid", "tender", "proposal"]
            .iter()
            .any(|w| head.contains(w));
        if !bids {
            if [
                "疑问",
                "答疑",
                "质疑",
                "澄清",
                "异议",
                "提问",
                "问题",
                "clarification",
                "questions",
                "queries",
                "enquiries",
            ]
            .iter()
            .any(|w| head.contains(w))
            {
                found = vec![Kind::Clarify];
            } else if ["样品", "演示", "踏勘", "报名", "确认"].iter().any(|w| head.contains(w)) {
                found = vec![Kind::Other];
            }
        }
    }
    found
}

fn column_header(reading: &Reading<'_>, place: crate::reading::CellPlace) -> Option<String> {
    if place.row == 0 {
        return None;
    }
    let row = reading.grids.get(place.grid)?.rows.first()?;
    row.iter()
        .filter_map(|&u| reading.unit(u))
        .find(|u| u.cell.is_some_and(|c| c.column == place.column))
        .map(|u| u.text.clone())
        .filter(|t| t.chars().count() <= 20)
}

/// A clause such as `开标时间：同投标截止时间` takes the deadline.
fn same_as_deadline(reading: &Reading<'_>, fields: &Fields, subjects: &[&str]) -> Vec<Candidate> {
    const SAME: &[&str] = &[
        "同投标截止",
        "与递交截止",
        "与提交截止",
        "与响应文件递交截止",
        "与响应截止",
        "同响应截止",
        "同投标文件",
        "同提交",
        "同递交",
        "与投标截止",
        "同截止时间",
        "同响应文件",
        "即为开标时间",
        "即开标",
        "投标截止时间同一",
        "开标时间相同",
        "same as the submission deadline",
        "same as the proposal submission",
        "same as the bid submission",
        "up to scheduled due date",
        "upto due date",
        "upto the due date",
    ];
    let Some(deadline) = fields.get("bid_deadline") else {
        return Vec::new();
    };
    let Some(value) = deadline.value().cloned() else {
        return Vec::new();
    };
    // Longer sentences speak of more than that; English ones take twice the letters for it.
    let longest = if reading.is_english() { 240 } else { 120 };
    reading
        .clauses
        .iter()
        .filter_map(|clause| {
            let zone = reading.zone(clause.unit);
            if zone == Zone::BidForms || zone == Zone::Contract {
                return None;
            }
            let text = reading.text(clause.unit, &clause.range).to_lowercase();
            let mut context = reading.context(clause.unit).to_lowercase();
            // 开标 | 时间 | 同投标截止时间: the label of the row stands further left.
            if let Some(row) = reading.unit(clause.unit).and_then(|u| u.cell).and_then(|c| reading.row_of(c)) {
                let left = row.iter().take_while(|&&u| u != clause.unit).filter_map(|&u| reading.unit(u));
                left.filter(|u| u.text.chars().count() <= 8).for_each(|u| context.push_str(&u.text));
            }
            // The opening shall take place at: … Date: same as the submission deadline.
            let head = reading.unit(clause.unit).and_then(|u| u.text.get(..clause.range.start)).unwrap_or_default();
            let opening = subjects.contains(&"开标") && head.to_lowercase().contains("opening shall take place");
            let about = opening || subjects.iter().any(|s| text.contains(s) || context.contains(s));
            let same = SAME.iter().any(|s| text.contains(s));
            // 磋商随即在同一地点进行
            let at_once = ["开标", "开启", "磋商", "谈判", "拆封"].iter().any(|w| text.contains(w))
                && text.contains("随即")
                && subjects.contains(&"开标");
            let (about, same) = (about || at_once, same || at_once);
            if !about || !same || text.chars().count() > longest || text.contains("保证金") {
                return None;
            }
            let value = at_own_time(reading, clause.unit, clause.range.end, &value);
            let quote = clause.range.clone();
            let postponed = if POSTPONED.iter().any(|w| text.contains(w)) { 44 } else { 0 };
            let rank = standing(zone) + 2 + postponed;
            let mut candidate = reading.candidate(clause.unit, quote.clone(), quote, value, rank)?;
            candidate.raw = deadline.raw().to_owned();
            Some(candidate)
        })
        .collect()
}

/// Whether a tender writes the month before the day: a date of it can be read in no other way, or it is of the United
/// States by its addresses, its hours or its law.
fn is_american(reading: &Reading<'_>) -> bool {
    static MARKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b|\b[ECMP][SD]T\b|\bFAR 52\.|\bU\.S\.C\.")
            .expect("a regular expression")
    });
    if !reading.is_english() {
        return false;
    }
    let mut american = false;
    for unit in reading.units.iter().take(3_000) {
        for (first, second) in SLASHED.captures_iter(&unit.text).filter_map(|date| slashed(&date)) {
            if first > 12 {
                return false;
            }
            american |= second > 12;
        }
        american = american || MARKS.is_match(&unit.text);
    }
    american
}

/// `03/05/2031`.
static SLASHED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(\d{1,2})/(\d{1,2})/(?:19|20)\d\d\b").expect("a regular expression"));

/// The two numbers before the year of such a date.
fn slashed(date: &regex::Captures<'_>) -> Option<(u32, u32)> {
    Some((date.get(1)?.as_str().parse().ok()?, date.get(2)?.as_str().parse().ok()?))
}

/// A date of two numbers and a year as the United States read it.
fn read_month_first(text: &str, stamp: &mut dates::Stamp) {
    let own = text.get(stamp.range.clone()).unwrap_or_default();
    let Some((month, day)) = SLASHED.captures(own).and_then(|date| slashed(&date)) else { return };
    let read = stamp.moment.date();
    let turned = chrono::NaiveDate::from_ymd_opt(read.year(), month, day);
    if let Some(date) = turned.filter(|_| read.day() == month && read.month() == day) {
        stamp.moment = match stamp.moment {
            Moment::DateTime(moment) => Moment::DateTime(date.and_time(moment.time())),
            Moment::Date(_) => Moment::Date(date),
        };
    }
}

/// Of dates that follow one another without even a blank between the earlier are struck through: the page shows it, the text
/// does not.
fn without_struck(text: &str, mut stamps: Vec<dates::Stamp>) -> Vec<dates::Stamp> {
    let gap = |a: &dates::Stamp, b: &dates::Stamp| text.get(a.range.end..b.range.start).unwrap_or_default().to_owned();
    let joins = |gap: &str| matches!(gap.trim(), "至" | "到" | "-" | "~" | "—" | "——");
    let mut at = 0;
    while let (Some(stamp), Some(next)) = (stamps.get(at), stamps.get(at + 1)) {
        if !gap(stamp, next).is_empty() {
            at += 1;
            continue;
        }
        // 4月7日至4月14日5月11日至5月18日: the whole first period is.
        let begins = at.checked_sub(1).filter(|&i| stamps.get(i).is_some_and(|first| joins(&gap(first, stamp))));
        let from = begins.unwrap_or(at);
        stamps.drain(from..=at);
        at = from;
    }
    stamps
}

/// `Bids will be publicly opened at that time`, `… opened immediately after the deadline`: when bids are due.
fn opened_at_once(reading: &Reading<'_>, fields: &Fields) -> Vec<Candidate> {
    static AT_ONCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?|envelopes?)\b[^.;]{0,160}?\bopened\b[^.;]{0,60}?\b(?:at (?:that|the same|this) time|immediately (?:after|following|thereafter)|thereafter|at which time|soon after the (?:deadline|closing))")
            .expect("a regular expression")
    });
    let Some(FieldValue::Moment(deadline @ Moment::DateTime(_))) = fields.get("bid_deadline").and_then(|f| f.found())
    else {
        return Vec::new();
    };
    let said = reading.clauses.iter().filter_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let found = AT_ONCE.find(text).filter(|_| !matches!(zone, Zone::BidForms | Zone::Contract))?;
        // Financial proposals are opened later.
        let later = ["financial", "price bid", "price proposal", "second envelope"];
        if later.iter().any(|word| text.to_lowercase().contains(word)) {
            return None;
        }
        let value = clause.range.start + found.start()..clause.range.start + found.end();
        reading.candidate(clause.unit, clause.range.clone(), value, FieldValue::Moment(*deadline), standing(zone) - 6)
    });
    said.take(3).collect()
}

/// `当日下午3点30分…拆封`: bids are opened on the day of the deadline.
fn on_the_same_day(reading: &Reading<'_>, fields: &Fields) -> Vec<Candidate> {
    let Some(FieldValue::Moment(deadline)) = fields.get("bid_deadline").and_then(|f| f.found()) else {
        return Vec::new();
    };
    let same_day = |clause: &crate::reading::Clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let (at, word) = ["当日", "同日", "当天"].iter().find_map(|w| text.find(w).map(|at| (at, *w)))?;
        let opens = ["拆封", "开标", "开启", "开封"].iter().any(|w| text.get(at..).is_some_and(|t| t.contains(w)));
        // 当日8时30分至10时将投标文件递交至…: when bids are taken, whatever the sentence says of the opening.
        let hour = text.get(at..).and_then(|t| t.split(['(', ',']).next()).unwrap_or_default();
        if !opens
            || hour.contains('至') && hour.contains(['时', ':'])
            || matches!(zone, Zone::BidForms | Zone::Contract)
        {
            return None;
        }
        let time = dates::time_of_day(text.get(at + word.len()..)?.trim_start())?;
        let value = FieldValue::Moment(Moment::DateTime(deadline.date().and_time(time)));
        reading.candidate(clause.unit, clause.range.clone(), clause.range.clone(), value, standing(zone))
    };
    reading.clauses.iter().filter_map(same_day).collect()
}

/// `Date: same as the submission deadline. Time: 15:30`: the day of the deadline at a time of its own.
fn at_own_time(reading: &Reading<'_>, unit: usize, from: usize, deadline: &FieldValue) -> FieldValue {
    let rest = reading.unit(unit).and_then(|u| u.text.get(from..)).unwrap_or_default().to_lowercase();
    let time = rest.trim_start().strip_prefix("time:").and_then(|t| dates::time_of_day(t.trim_start()));
    match (deadline, time) {
        (FieldValue::Moment(moment), Some(time)) => FieldValue::Moment(Moment::DateTime(moment.date().and_time(time))),
        _ => deadline.clone(),
    }
}

fn with_copies(mut own: Vec<Candidate>, copies: Vec<Candidate>) -> Vec<Candidate> {
    own.extend(copies);
    own
}

/// `投标人对招标文件有疑问的，应当在投标截止时间10日前…提出`: a rule instead of a date.
fn clarification_rule(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if matches!(zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let english = text.to_lowercase();
        let row = if is_western(text) { reading.context(clause.unit).to_lowercase() } else { String::new() };
        let asked = row.contains("deadline") && (row.contains("clarification") || row.contains("questions"));
        if english.contains("clarification") || english.contains("queries") || asked {
            candidates.extend(english_rule(reading, clause.unit, &clause.range, standing(zone) - 20));
            continue;
        }
        let asks = ["疑问", "要求澄清", "澄清要求", "提出澄清", "提问", "不明", "异议", "提出问题"]
            .iter()
            .any(|w| text.contains(w));
        let bidder =
            ["投标人", "供应商", "潜在", "投标单位", "响应人", "申请人", "磋商"].iter().any(|w| text.contains(w));
        let context = reading.context(clause.unit);
        // 招标人书面澄清的时间: when the buyer answers.
        let answers =
            ["招标人书面澄清", "招标人澄清", "采购人书面澄清", "采购人澄清"].iter().any(|w| context.contains(w));
        let labelled = ["疑问", "澄清", "提问", "异议", "提出问题"].iter().any(|w| context.contains(w))
            && (context.contains("时间") || context.contains("截止") || context.contains("要求澄清"))
            && !answers;
        if !(asks && bidder || labelled) {
            continue;
        }
        if [
            "修改",
            "发出",
            "顺延",
            "收到",
            "答复",
            "回复",
            "中标结果",
            "开标",
            "评标",
            "受到损害",
            "7个工作日",
            "七个工作日",
            "公示",
        ]
        .iter()
        .any(|w| text.contains(w))
            && !labelled
        {
            continue;
        }
        if ["采购人应", "招标人应", "采购人将", "招标人将", "代理机构将", "代理机构可"].iter().any(|w| text.contains(w))
        {
            continue;
        }
        let Some((value, rank)) = durations::find(text).into_iter().find_map(|span| {
            let after = text.get(span.end..).unwrap_or_default();
            let word = ["以前", "之前", "前", "以内", "之内", "内"].into_iter().find(|w| after.starts_with(w))?;
            let end = span.end + word.len();
            let head = text.get(..span.start).unwrap_or_default();
            let start = head
                .char_indices()
                .rev()
                .take(30)
                .find(|(i, c)| {
                    // 响应 holds no 应.
                    matches!(c, ',' | '于' | '须' | '在' | ':' | '可' | '当' | '请' | '\n')
                        || *c == '应' && !head.get(..*i).is_some_and(|t| t.ends_with('响'))
                })
                .map_or(if head.chars().count() <= 30 { 0 } else { span.start }, |(i, c)| i + c.len_utf8());
            let anchored = text.get(start..end).is_some_and(|t| {
                t.contains("截止")
                    || t.contains("开标")
                    || t.contains("收到")
                    || t.contains("获取")
                    || t.contains("公告")
                    || t.contains("发售")
            });
            Some((start..end, if anchored { 0 } else { -12 }))
        }) else {
            continue;
        };
        let value = clause.range.start + value.start..clause.range.start + value.end;
        candidates.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, standing(zone) - 20 + rank));
    }
    candidates
}

/// `… no later than 14 days before the deadline`.
fn english_rule(reading: &Reading<'_>, unit: usize, clause: &Range<usize>, rank: i32) -> Option<Candidate> {
    let text = reading.text(unit, clause);
    let span = durations::find(text).into_iter().find(|s| {
        let after = text.get(s.end..).unwrap_or_default().trim_start().to_lowercase();
        after.starts_with("before") || after.starts_with("prior to") || after.starts_with("in advance")
    })?;
    let tail = text.get(span.end..).unwrap_or_default();
    let end = tail.find(['.', ';', ',', '\n', '(']).map_or(text.len(), |n| span.end + n);
    let value = reading.tidy(unit, &(clause.start + span.start..clause.start + end));
    reading.text_candidate(unit, clause.clone(), value, rank)
}

fn validity(reading: &Reading<'_>) -> Vec<Candidate> {
    const WORDS: &[&str] = &[
        "投标有效期",
        "投标文件有效期",
        "响应有效期",
        "响应文件有效期",
        "报价有效期",
        "磋商有效期",
        "谈判有效期",
        "投标的有效期",
        "有效期",
        "bid validity",
        "validity of bid",
        "validity of offer",
        "validity period",
        "quotation validity",
        "proposal validity",
        "acceptance period",
        "obliged to maintain its tender",
        "validity of tender",
        "tender validity",
        "open for acceptance",
        "offer validity",
        "price validity",
        "irrevocable offer",
        "not be withdrawn",
        "not withdraw",
    ];
    let mut candidates = Vec::new();
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        let at = if lower.len() == text.len() {
            WORDS.iter().filter_map(|w| lower.find(w).map(|at| at + w.len())).min()
        } else {
            None
        };
        // Who does not withdraw within 7 days is bound otherwise.
        if lower.contains("do not withdraw") || lower.contains("does not withdraw") {
            continue;
        }
        let valid_for = lower.contains("valid for")
            || lower.contains("remain valid")
            || lower.contains("valid until")
            || lower.contains("kept open")
            || text.contains("保持有效")
            || text.contains("内有效")
            || lower.contains("open for acceptance")
            || lower.contains("validity")
            || lower.contains("withdraw")
            || lower.contains("firm for") && held_firm(&lower)
            || lower.contains("irrevocable");
        let context = reading.context(clause.unit).to_lowercase();
        // 投标保证金有效期 heads the bond's own time.
        let names = |title: &str, words: &[&str]| {
            let of_bond = ["保证金", "保函", "guarantee", "security", "bond"].iter().any(|w| title.contains(w));
            let of_bids = ["投标有效期", "bid validity", "validity of bid"].iter().any(|w| title.contains(w));
            words.iter().any(|w| title.contains(w)) && (of_bids || !of_bond)
        };
        let titled =
            names(&context, WORDS) || WORDS.get(..8).is_some_and(|words| names(reading.heading(clause.unit), words));
        if at.is_none()
            && !titled
            && !(valid_for
                && (lower.contains("bid")
                    || lower.contains("offer")
                    || lower.contains("tender")
                    || lower.contains("quot")
                    || lower.contains("prices must")
                    || lower.contains("prices shall")
                    || text.contains("响应文件")
                    || text.contains("投标文件")
                    || text.contains("申请文件")
                    || text.contains("报价")
                    || lower.contains("proposal")))
        {
            continue;
        }
        let other = [
            "保函",
            "保证金",
            "证书",
            "许可证",
            "执照",
            "资质",
            "bank guarantee",
            "emd",
            "earnest",
            "security",
            "license",
            "certificate",
            "bg ",
            "身份证",
            "质保",
            "ca锁",
            "报告",
            "失效",
        ]
        .iter()
        .any(|w| lower.contains(w))
            // The bid and the bid security shall be valid for 120 days.
            && !["bid and the bid security", "bid and bid security", "bids and bid securities"].iter().any(|w| lower.contains(w));
        let from = at.unwrap_or(0);
        let Some(span) = durations::find(text).into_iter().find(|s| titled || s.start >= from) else {
            continue;
        };
        let days = match span.duration.unit {
            DurationUnit::Day => span.duration.count,
            DurationUnit::Month => span.duration.count.saturating_mul(30),
            DurationUnit::WorkingDay | DurationUnit::Hour | DurationUnit::Week | DurationUnit::Year => continue,
        };
        if !(7..=1_000).contains(&days) {
            continue;
        }
        let after = text.get(span.end..).unwrap_or_default();
        if after.starts_with('前')
            || text.contains("延长") && !titled
            || text.get(from..span.start).is_some_and(|g| g.contains("满后"))
        {
            continue;
        }
        let penalty = if other { 30 } else { 0 } + if zone == Zone::BidForms { 20 } else { 0 };
        let own =
            text.contains("投标有效期") || text.contains("响应文件有效期") || titled || lower.contains("bid validity");
        let rank = if zone == Zone::BidForms { 14 } else { standing(zone) } + if own { 8 } else { 0 } - penalty;
        // A tender security … valid for 150 days: the bond's own time.
        if other && (zone == Zone::BidForms || at.is_none() && !titled) {
            continue;
        }
        let value = clause.range.start + span.start..clause.range.start + span.end;
        candidates.extend(reading.candidate(clause.unit, clause.range.clone(), value, FieldValue::Integer(days), rank));
    }
    candidates.extend(same_as_front_table(reading));
    candidates
}

/// Whether prices that are firm bind the bidder until the award, and not the seller for the contract.
fn held_firm(lower: &str) -> bool {
    let until = ["opening", "closing", "acceptance", "due date", "deadline", "submission"];
    until.iter().any(|word| lower.contains(word)) && !lower.contains("of the contract")
}

/// `The Bid shall be valid until: 4 February 2027`: as many days as lie between the deadline and that date.
fn valid_until(reading: &Reading<'_>, fields: &Fields) -> Option<Candidate> {
    let Some(FieldValue::Moment(deadline)) = fields.get("bid_deadline")?.found() else { return None };
    reading.clauses.iter().find_map(|clause| {
        let zone = reading.zone(clause.unit);
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        let bid = ["bid", "tender", "offer", "proposal", "quotation"].iter().any(|w| lower.contains(w));
        let english = lower.contains("valid until") && bid && !lower.contains("security");
        let chinese = ["投标有效期至", "响应文件有效期至", "有效期截止"].iter().any(|w| text.contains(w));
        if matches!(zone, Zone::BidForms | Zone::Contract) || !(english || chinese) {
            return None;
        }
        let stamp = dates::first(text)?;
        let days = (stamp.moment.date() - deadline.date()).num_days();
        let value = clause.range.start + stamp.range.start..clause.range.start + stamp.range.end;
        let read = FieldValue::Integer(days);
        (7..=1_000)
            .contains(&days)
            .then(|| reading.candidate(clause.unit, clause.range.clone(), value, read, standing(zone)))?
    })
}

/// A front table may leave the number to the clause it names.
fn same_as_front_table(reading: &Reading<'_>) -> Option<Candidate> {
    let pair = reading.pairs.iter().find(|p| {
        (p.label == "投标有效期" || p.label == "响应文件有效期")
            && super::is_reference(reading.text(p.unit, &p.value).trim())
    })?;
    reading.referred(pair, &pair.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dash_of_a_word_joins_no_dates() {
        assert!(has_dash(" - ") && has_dash("-") && has_dash(" 9:00-"));
        assert!(!has_dash(" Pre-bid meeting: "));
    }

    #[test]
    fn only_dates_without_a_blank_between_are_struck() {
        let kept = |text: &str| without_struck(text, dates::find_in_year(text, None)).len();
        assert_eq!(kept("获取时间 2026年5月1日 2026年5月8日"), 2);
        assert_eq!(kept("开标时间 2026年5月1日2026年5月8日"), 1);
    }
}
