//! What it checks: delivery, works or service end no later than the tender asks.
//! The work begins within the time asked as well: 中标后7日内进场.
//! Exclusions: periods of payment, acceptance and repair, which stand near the same words; earlier contracts; the
//! length of a service, which may be the same or needs a person.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::time::{Duration, DurationUnit};
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report, demands, tied};
use crate::grammar::{dates, durations};

pub(super) const CHECK: Check = Check { id: "B006", dimension: Dimension::ScheduleQuality, run };

const LABELS: [&str; 37] = [
    "协议期",
    "租赁期",
    "服务期限",
    "合同期限",
    "交货期",
    "供货期",
    "交付期",
    "交货时间",
    "交付时间",
    "工期",
    "服务期",
    "完工期",
    "合同履行期限",
    "履约期限",
    "供货时间",
    "供货周期",
    "实施周期",
    "完成期限",
    "完成时间",
    "交货",
    "供货",
    "交付",
    "竣工",
    "delivery period",
    "delivery time",
    "time of delivery",
    "completion period",
    "time for completion",
    "to deliver",
    "delivery and completion",
    "deliver the goods",
    "delivery within",
    "delivery: within",
    "delivery shall be",
    "delivery will be",
    "deliver within",
    "arriving",
];
const OTHERS: [&str; 55] = [
    "付款",
    "支付",
    "质保",
    "保修",
    "验收合格",
    "到货后",
    "维修",
    "响应时间",
    "有效期",
    "培训",
    "提前",
    "延期",
    "延误",
    "顺延",
    "故障",
    "服务期满",
    "发票",
    "包换",
    "保证金",
    "备件",
    "备品",
    "配件",
    "耗材",
    "样品",
    "前三日",
    "标准交货",
    "标准供货",
    "常规",
    "一般为",
    "通常",
    "同类产品",
    "届满后",
    "延伸服务",
    "检定",
    "未采用",
    "违约",
    "逾期",
    "退还",
    "类似",
    "业绩",
    "案例",
    "曾",
    "缺陷责任",
    "质疑",
    "检查",
    "巡检",
    "补货",
    "退换",
    "从事",
    "经验",
    "成立",
    "warranty",
    "payment",
    "penalty",
    "delay",
];
/// Words for all of the work being done.
const COMPLETES: [&str; 18] = [
    "完成全部",
    "完成所有",
    "完成本项目",
    "完成项目",
    "完成合同",
    "全部完成",
    "完工",
    "complete the works",
    "complete the work",
    "complete delivery",
    "complete the delivery",
    "work shall be completed",
    "works shall be completed",
    "goods shall be delivered",
    "goods will be delivered",
    "goods will be handed over",
    "ready for use",
    "complete it within",
];
/// Labels of a period that is bought, not of a time by which to be ready.
const LASTING: [&str; 8] = ["协议期", "服务期", "租赁期", "承包期", "合同期", "维保期", "运维期", "service period"];

/// The time for the whole where parts have times of their own: 总工期540日历天，其中设计周期60日历天.
fn whole(asked: &str) -> Option<Duration> {
    let text = bidlens_domain::fold::folded(asked);
    let at = ["总工期", "总周期", "总服务期", "总日历天数"].iter().find_map(|w| text.find(w).map(|at| at + w.len()))?;
    durations::first(text.get(at..)?).map(|span| span.duration)
}

/// Words for the beginning of works or services.
const STARTS: [&str; 11] =
    ["进场", "进驻", "开工", "启动", "开始服务", "transition", "mobilis", "mobiliz", "commence", "start", "begin"];

/// Words that name the same step.
fn kind_of_start(word: &'static str) -> &'static str {
    match word {
        "进驻" => "进场",
        "mobilis" | "mobiliz" => "mobilise",
        "commence" | "start" | "begin" => "start",
        _ => word,
    }
}

/// Where the clause ends that goes on at `from`.
fn clause_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.find(['，', ',', '；', ';', '。']).map_or(text.len(), |at| from + at)
}

/// What a text begins and the time within which: 中标后7日内进场, start within 14 days of notice.
pub(super) fn beginning(text: &str) -> Option<(&'static str, Duration)> {
    const SHORT: usize = 200;
    let lower = text.to_ascii_lowercase();
    let begins = STARTS.iter().find(|w| lower.contains(**w))?;
    let other = ["付款", "支付", "质保", "保修", "故障", "报修", "warranty", "payment", "no later", "restart"];
    if text.chars().count() > SHORT || other.iter().any(|w| lower.contains(w)) {
        return None;
    }
    // The period nearest to its word, in the word's own clause.
    let at = lower.find(begins)?;
    let spans = durations::find(&lower);
    let clause = |from: usize, to: usize| lower.get(from..to).is_some_and(|t| !t.contains([',', '，', '。', ';']));
    let near = |s: &&durations::Span| if s.end <= at { clause(s.end, at) } else { clause(at, s.start) };
    // As whole words: "begin" ends with "in".
    let bound = |span: &&durations::Span| {
        let before = lower.get(..span.start).unwrap_or_default().trim_end();
        let within =
            |w: &str| before.strip_suffix(w).is_some_and(|t| !t.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let behind = lower.get(span.end..).unwrap_or_default();
        const BOUNDS: [&str; 12] = [
            "within",
            "in",
            "not later than",
            "at most",
            "take",
            "takes",
            "last",
            "lasts",
            "period is",
            "period of",
            "period will be",
            "period:",
        ];
        BOUNDS.iter().any(|w| within(w)) || ["内", "之内", "以内"].iter().any(|w| behind.starts_with(w))
    };
    let near: Vec<&durations::Span> = spans.iter().filter(near).filter(|s| s.start.abs_diff(at) < 80).collect();
    // A term behind it is no time to begin: within 35 days of signature for a term of 24 months.
    let mut own = near.iter().copied().filter(bound);
    let span = own.next().filter(|first| near.first() == Some(first))?;
    let hours = matches!(span.duration.unit, DurationUnit::Hour | DurationUnit::Year);
    (own.next().is_none() && !hours).then_some((kind_of_start(begins), span.duration))
}

/// A time within which to begin, against that of the bid.
fn start(case: &Case<'_>, report: &mut Report<'_>) {
    let stated = case.tender_clauses_in(demands, |t| beginning(t).is_some());
    let several = stated.len() > 1;
    for (text, tender) in stated {
        let Some((kind, limit)) = beginning(&text) else { continue };
        // Where one step alone has a time, mobilisation begins the services.
        let same = |own: &str| own == kind || !several && own.is_ascii() && kind.is_ascii();
        for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
            let Some((_, promised)) = beginning(case.bid.text(sentence)).filter(|(own, _)| same(own)) else { continue };
            let (promised_en, limit_en) = (promised.in_english(), limit.in_english());
            let (verdict, remark) = match limit.at_least(promised) {
                Some(true) => {
                    let remark = both(
                        format!("承诺 {promised} 内开始，不超过要求的 {limit}"),
                        format!("The bid begins within {promised_en}, no later than the required {limit_en}"),
                    );
                    (Verdict::Pass, remark)
                }
                Some(false) => {
                    let remark = both(
                        format!("承诺 {promised} 内开始，晚于要求的 {limit}"),
                        format!("The bid begins within {promised_en}, later than the required {limit_en}"),
                    );
                    (Verdict::Risk, remark)
                }
                None => continue,
            };
            report.push(
                Judgement::new(verdict, format!("start {kind} {} {}", sentence.unit, sentence.range.start), remark)
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}

/// A day by which to begin or to be done: 2027年8月25日前完成人员进驻.
fn by_day(case: &Case<'_>, report: &mut Report<'_>) {
    const STEPS: [&str; 9] = ["进场", "进驻", "开工", "完工", "竣工", "交货", "交付", "到货", "上线"];
    let read = |text: &str| {
        let step = STEPS.iter().copied().find(|w| text.contains(w))?;
        let [stamp] = dates::find(text).try_into().ok()?;
        let behind = text.get(stamp.range.end..)?.trim_start();
        let bound = ["前", "之前", "以前"].iter().any(|w| behind.starts_with(w));
        bound.then(|| (step, stamp.moment.date()))
    };
    for (text, tender) in case.tender_clauses_in(demands, |t| t.chars().count() <= 120 && read(t).is_some()) {
        let Some((step, limit)) = read(&text) else { continue };
        for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
            let said = read(case.bid.text(sentence)).filter(|(own, _)| *own == step);
            let Some((_, day)) = said.filter(|(_, day)| *day > limit) else { continue };
            let remark = both(
                format!("承诺 {day} 前{step}，晚于要求的 {limit}"),
                format!("The bid names {day} for “{step}”, later than the required {limit}"),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("day {step} {}", sentence.unit), remark)
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    start(case, report);
    by_day(case, report);
    let Some(field) = case.facts.field("contract_duration") else { return };
    let Some(FieldValue::Period { text: asked, length }) = case.value_of(field) else { return };
    let Some(limit) = &length.or_else(|| whole(asked)) else { return };
    let mut found = false;
    let service = case.facts.field("category").is_some_and(|c| c.text() == Some("services"));
    let asked_lasting = LASTING.iter().any(|w| asked.contains(w) || field.raw().contains(w))
        || service && matches!(limit.unit, DurationUnit::Year | DurationUnit::Month);
    for sentence in &case.bid.sentences {
        if !case.bid.is_own(sentence.unit) {
            continue;
        }
        let text = case.bid.text(sentence).to_ascii_lowercase();
        let cell_label = case.bid.label(sentence.unit).to_ascii_lowercase();
        // The validity of a frame agreement is the time of its service, that of the bid is not.
        let text = text.replace("协议有效期", "协议期").replace("合同有效期", "合同期");
        let cell_label = cell_label.replace("协议有效期", "协议期").replace("合同有效期", "合同期");
        let labelled = |t: &str| LABELS.iter().any(|l| t.contains(l));
        // Beside a cell of delivery stands one of another period: 保修期 | 交付使用之日起6年.
        let place = case.bid.reading.unit(sentence.unit).and_then(|u| u.cell);
        let row = place.and_then(|c| case.bid.reading.row_label(c)).unwrap_or_default();
        let names = [case.bid.column_heading(sentence.unit), row.as_str()].map(str::to_ascii_lowercase);
        let names = names.map(|n| n.replace("协议有效期", "协议期").replace("合同有效期", "合同期"));
        let elsewhere = |n: &String| OTHERS.iter().any(|o| n.contains(o)) && !labelled(n);
        if elsewhere(&names[0]) || elsewhere(&names[1]) && !labelled(&names[0]) {
            continue;
        }
        let anchored = [
            "合同签订",
            "签订合同",
            "协议签订",
            "签订协议",
            "合同生效",
            "中标通知书",
            "开工",
            "contract signature",
            "signature of the contract",
            "execution of the contract",
            "signing",
            "award",
            "letter of acceptance",
            "notice to proceed",
            "effective date",
            "receipt of order",
        ]
        .iter()
        .any(|w| text.contains(w));
        let cell = labelled(&cell_label) && !OTHERS.iter().any(|o| cell_label.contains(o));
        let short = text.chars().count() < 40 || text.is_ascii() && text.len() < 140;
        let spans = durations::find(&text);
        let lengths = || spans.iter().filter(|s| !matches!(s.duration.unit, DurationUnit::Hour));
        // In a long sentence of the letter only the figure right behind its word counts: 工期180日历天.
        let named = lengths().find(|s| case.bid.is_binding(sentence.unit) && tied(&text, &LABELS, s.start, 8));
        // 合同签订后92日内完成全部工作 names no period, and is one.
        let completes = anchored && COMPLETES.iter().any(|w| text.contains(w));
        if !(labelled(&text) && (anchored || short) || completes || cell || named.is_some())
            || OTHERS.iter().any(|o| text.contains(o)) && named.is_none()
        {
            continue;
        }
        let Some(span) = named.or_else(|| lengths().next()) else { continue };
        // Without an anchor a word of delivery speaks of the figures after it and of those in its own clause:
        // 数据保存24个月，文档随机交付 gives no time of delivery.
        if !anchored && !cell && named.is_none() && !labelled(text.get(..clause_end(&text, span.end)).unwrap_or(&text))
        {
            continue;
        }
        // A validity in the same English sentence is another period.
        if text.get(..span.start).is_some_and(|t| t.contains("valid") && !labelled(t)) {
            continue;
        }
        found = true;
        let subject = format!("{}", sentence.unit);
        let (promised_en, limit_en) = (span.duration.in_english(), limit.in_english());
        let lasting = asked_lasting || LASTING.iter().any(|w| text.contains(w) || cell_label.contains(w));
        let judgement = match limit.at_least(span.duration) {
            Some(true) if lasting && span.duration.at_least(*limit) == Some(false) => Judgement::new(
                Verdict::Risk,
                subject,
                both(
                    format!("服务期 {} 短于招标文件的 {limit}，请核对", span.duration),
                    format!(
                        "The service period of {promised_en} is shorter than the tender's {limit_en}; please check"
                    ),
                ),
            ),
            Some(true) => {
                let remark = both(
                    format!("承诺 {}，不超过要求的 {limit}", span.duration),
                    format!("The promised period of {promised_en} is within the required {limit_en}"),
                );
                Judgement::new(Verdict::Pass, subject, remark)
            }
            Some(false) if case.copied(sentence) => continue,
            Some(false) if lasting => Judgement::new(
                Verdict::Risk,
                subject,
                both(
                    format!("服务期 {} 长于招标文件的 {limit}，请核对", span.duration),
                    format!("The service period of {promised_en} is longer than the tender's {limit_en}; please check"),
                ),
            ),
            // A period without an anchor and without a label of its own may be that of a step.
            Some(false) if anchored || cell || case.bid.is_binding(sentence.unit) => {
                let remark = both(
                    format!("承诺 {}，超过要求的 {limit}", span.duration),
                    format!("The promised period of {promised_en} exceeds the required {limit_en}"),
                );
                Judgement::new(Verdict::Fail, subject, remark)
            }
            Some(false) => {
                let remark = both(
                    format!("此处写 {}，超过要求的 {limit}，请核对", span.duration),
                    format!("The period of {promised_en} given here exceeds the required {limit_en}; please check"),
                );
                Judgement::new(Verdict::Risk, subject, remark)
            }
            None => Judgement::new(
                Verdict::Risk,
                subject,
                both(
                    format!("承诺 {} 与要求的 {limit} 单位不同，请核对", span.duration),
                    format!(
                        "The promised period of {promised_en} and the required {limit_en} are in different units; please check"
                    ),
                ),
            ),
        };
        report.push(judgement.rigid().demands_field(field).says(case.bid.evidence(sentence)));
    }
    if !found {
        let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
        let remark = both(
            format!("投标文件未写明交货或服务期限（要求 {limit} 内）"),
            format!("The bid states no time of delivery or service (required: within {})", limit.in_english()),
        );
        report.push(Judgement::new(Verdict::Risk, "absent", remark).state(state).demands_field(field));
    }
}
