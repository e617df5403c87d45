//! Answers to what a tender asks of the goods or the service: figures, ranges, codes of protection, sentences.

use super::bid::Pen;
use super::planted::Planted::{self, *};
use super::tender::{Parameter, Range, Tender};
use super::word::Block;

/// Units with another one of the same quantity, and how many of the other it holds.
const OTHER_UNITS: [(&str, &str, f64); 14] = [
    ("mm", "cm", 0.1),
    ("mm", "毫米", 1.0),
    ("m³/h", "m³/min", 1.0 / 60.0),
    ("MPa", "kPa", 1000.0),
    ("kN", "N", 1000.0),
    ("kN", "千牛", 1.0),
    ("kg", "公斤", 1.0),
    ("kg", "g", 1000.0),
    ("吨", "kg", 1000.0),
    ("秒", "ms", 1000.0),
    ("秒", "s", 1.0),
    ("分钟", "小时", 1.0 / 60.0),
    ("小时", "分钟", 60.0),
    ("dB", "分贝", 1.0),
];

/// The other units in which a figure can be said without many decimals.
fn other_units(value: u32, unit: &str) -> Vec<(&'static str, f64)> {
    let fits = |factor: f64| (f64::from(value) * factor * 100.0).fract().abs() < 1e-6;
    OTHER_UNITS
        .iter()
        .filter(|(own, _, factor)| *own == unit && fits(*factor))
        .map(|(_, other, factor)| (*other, *factor))
        .collect()
}

/// A number without needless decimals.
pub(super) fn number(value: f64) -> String {
    format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Which parameter bears which defect.
struct Places {
    worse: usize,
    other_unit: Option<usize>,
    unanswered: usize,
}

impl Places {
    fn of(tender: &Tender) -> Places {
        let marked = tender.parameters.iter().position(|p| !p.mark.is_empty()).unwrap_or_default();
        let rest = || (0..tender.parameters.len()).filter(|at| *at != marked);
        let other_unit = rest().find(|at| {
            let parameter = &tender.parameters[*at];
            !other_units(worse(parameter), parameter.unit).is_empty()
        });
        let worse = rest().find(|at| Some(*at) != other_unit).unwrap_or_default();
        Places { worse, other_unit, unanswered: marked }
    }
}

pub(crate) fn is_possible(tender: &Tender, defect: Planted) -> bool {
    match defect {
        OtherUnitWorse => Places::of(tender).other_unit.is_some(),
        RangeTooNarrow => !tender.ranges.is_empty(),
        ProtectionLower => tender.protection.is_some(),
        SentenceWorse => !tender.promises.is_empty(),
        AnswerCopied => tender.own_figures,
        _ => true,
    }
}

fn step(parameter: &Parameter) -> u32 {
    (parameter.value / 5).max(1)
}

pub(super) fn worse(parameter: &Parameter) -> u32 {
    if parameter.at_least { parameter.value - step(parameter) } else { parameter.value + step(parameter) }
}

pub(super) fn better(parameter: &Parameter) -> u32 {
    if parameter.at_least {
        parameter.value + step(parameter)
    } else {
        parameter.value - step(parameter).min(parameter.value - 1)
    }
}

/// A demand with its answer and what the bid says of the deviation.
struct Row {
    asked: String,
    answer: String,
    deviation: &'static str,
}

/// The technical answers: a table of deviations, or the same in lines.
pub(crate) fn answers(pen: &mut Pen<'_>, tender: &Tender) {
    let headers = *pen.dice.one(&[
        ["序号", "招标文件规格要求", "投标文件响应规格", "偏离"],
        ["条款", "招标文件的技术需求", "我方承诺", "有无偏离"],
        ["序号", "要求指标", "实际响应指标", "偏离情况"],
        ["序号", "招标要求", "投标响应", "偏离情况"],
        ["序号", "采购文件技术要求", "响应内容", "偏离说明"],
        ["序号", "技术参数要求", "投标技术参数", "正/负偏离"],
    ]);
    let in_lines = pen.dice.below(4) == 0;
    let manner = pen.dice.below(5);
    let mut rows = Vec::new();
    let places = Places::of(tender);
    for (at, parameter) in tender.parameters.iter().enumerate() {
        rows.extend(parameter_row(pen, tender, &places, at, parameter, manner));
    }
    let narrow = pen.dice.below(tender.ranges.len());
    for (at, range) in tender.ranges.iter().enumerate() {
        let planted = pen.has(RangeTooNarrow) && at == narrow;
        rows.push(range_row(pen, tender, range, planted));
    }
    if let Some((name, code)) = tender.protection {
        let is_better = pen.dice.below(2) == 0;
        let offered = if pen.has(ProtectionLower) { code - 11 } else { code + u32::from(is_better) * 2 };
        let answer = match pen.dice.below(3) {
            0 => format!("{name}防护等级达到IP{offered}"),
            1 => format!("IP{offered}"),
            _ => format!("{name}防护等级：IP{offered}"),
        };
        if pen.has(ProtectionLower) {
            pen.plant(ProtectionLower, format!("IP{offered}"));
        }
        rows.push(Row { asked: tender.code(name, code), answer, deviation: "无偏离" });
    }
    if in_lines {
        for (at, row) in rows.into_iter().enumerate() {
            let name = row.asked.split(['≥', '≤', '：', '不']).next().unwrap_or_default();
            let name = name.trim_start_matches(['★', '▲']);
            let said = if row.answer.contains(name) { row.answer } else { format!("{name}：{}", row.answer) };
            pen.say(format!("{}．{said}{}", at + 1, if said.ends_with('：') { "" } else { "；" }));
        }
        return;
    }
    let mut table = vec![headers.map(str::to_owned).to_vec()];
    for row in rows {
        table.push(vec![table.len().to_string(), row.asked, row.answer, row.deviation.to_owned()]);
    }
    pen.blocks.push(Block::Table(table));
}

fn parameter_row(
    pen: &mut Pen<'_>,
    tender: &Tender,
    places: &Places,
    at: usize,
    parameter: &Parameter,
    manner: usize,
) -> Option<Row> {
    let asked = format!("{}{}", parameter.mark, tender.limit(parameter));
    let is_better = pen.dice.below(2) == 0;
    let value = if is_better { better(parameter) } else { parameter.value };
    let units = pen.dice.next();
    let in_other_unit = places.other_unit == Some(at);
    let (figure, planted) = if in_other_unit {
        let value = if pen.has(OtherUnitWorse) { worse(parameter) } else { value };
        let options = other_units(value, parameter.unit);
        let (unit, factor) = match options.len() {
            0 => (parameter.unit, 1.0),
            count => options[usize::try_from(units).unwrap_or_default() % count],
        };
        (format!("{}{unit}", number(f64::from(value) * factor)), pen.has(OtherUnitWorse).then_some(OtherUnitWorse))
    } else if at == places.worse && pen.has(ParameterWorse) {
        (format!("{}{}", worse(parameter), parameter.unit), Some(ParameterWorse))
    } else {
        (format!("{value}{}", parameter.unit), None)
    };
    let name = parameter.name;
    let mut answer = match manner {
        0 => format!("{name}{figure}"),
        1 => format!("{name}：{figure}"),
        2 => format!("所投产品{name}为{figure}"),
        3 if planted.is_none() && is_better => format!("优于要求，{name}实际为{figure}"),
        3 => format!("满足要求，{name}实际为{figure}"),
        _ => figure,
    };
    if let Some(defect) = planted {
        pen.plant(defect, answer.clone());
    }
    if at == places.unanswered {
        if pen.has(ClauseLeftOut) {
            pen.plant(ClauseLeftOut, name);
            return None;
        }
        if pen.has(AnswerEmpty) {
            pen.plant(AnswerEmpty, name);
            answer.clear();
        }
        if pen.has(AnswerCopied) {
            answer = tender.limit(parameter);
            pen.plant(AnswerCopied, answer.clone());
        }
    }
    let deviation = if planted.is_none() && is_better && units.is_multiple_of(3) { "正偏离" } else { "无偏离" };
    Some(Row { asked, answer, deviation })
}

fn range_row(pen: &mut Pen<'_>, tender: &Tender, range: &Range, planted: bool) -> Row {
    let span = range.high - range.low;
    let wider = pen.dice.below(2) == 0;
    let at_the_low_end = pen.dice.below(2) == 0;
    let (low, high) = match (planted, wider, at_the_low_end) {
        (true, _, true) => (range.low + (span / 8).max(1), range.high),
        (true, _, false) => (range.low, range.high - (span / 8).max(1)),
        (false, true, _) => (range.low - 1, range.high + (span / 10).max(1)),
        (false, false, _) => (range.low, range.high),
    };
    let unit = range.unit;
    let answer = match pen.dice.below(5) {
        0 => format!("{}：{low}{unit}～{high}{unit}", range.name),
        1 => format!("{}{low}～{high}{unit}", range.name),
        2 => format!("{low}{unit}至{high}{unit}"),
        3 => format!("{}为{low}{unit}到{high}{unit}", range.name),
        _ => format!("{}可达{low}{unit}~{high}{unit}", range.name),
    };
    if planted {
        pen.plant(RangeTooNarrow, answer.clone());
    }
    Row { asked: tender.span(range), answer, deviation: "无偏离" }
}

/// Answers to what the tender asks in sentences.
pub(crate) fn promises(pen: &mut Pen<'_>, tender: &Tender) {
    let wrong = pen.dice.below(tender.promises.len());
    for (at, promise) in tender.promises.iter().enumerate() {
        let step = (promise.value / 3).max(1);
        let is_better = pen.dice.below(2) == 0;
        let value = match (pen.has(SentenceWorse) && at == wrong, promise.at_least, is_better) {
            (true, true, _) | (false, false, true) => promise.value - step,
            (true, false, _) | (false, true, true) => promise.value + step,
            (false, _, false) => promise.value,
        };
        let pattern = *pen.dice.one(&promise.answers);
        let in_other_unit = pen.dice.below(3) == 0;
        let figure = match other_units(value, promise.unit).first() {
            Some((unit, factor)) if in_other_unit => format!("{}{unit}", number(f64::from(value) * factor)),
            _ => format!("{value}{}", promise.unit),
        };
        let sentence = pattern.replace("{}", &figure);
        if pen.has(SentenceWorse) && at == wrong {
            pen.plant(SentenceWorse, sentence.trim_end_matches('。'));
        }
        pen.say(format!("（{}）{sentence}", at + 1));
    }
}
