//! What it checks: no line the bidder has to fill in was left blank.
//! An answer left empty in a list of answers counts, where the tender demands something of its label.
//! Exclusions: blanks inside sentences, but for those that name whom a bidder empowers or addresses; and these when their
//! words are given right after, as form texts have them.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, bare, is_wordless};
use crate::reading::{Zone, skip_numbering};

pub(super) const CHECK: Check = Check { id: "B009", dimension: Dimension::DocumentStructure, run };

const FINDINGS_MAX: usize = 20;

static BLANK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([\p{Han}A-Za-z()/（）、]{2,24}):\s*[_＿]{3,}\s*$").ok());
static EMPTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[)\s])\s*((?:法定代表人|委托代理人|授权代表|投标人|供应商|联系人|项目负责人)[\p{Han}()/]{0,14}(?:\((?:签字|盖章|签字或盖章|签章|盖单位章|公章)\))?):\s*$").ok()
});

/// A date of which nothing is filled in: 日期：____年__月__日.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*((?:签署|签字|填报)?日\s*期|date)\s*:\s*(?:[_＿\s]*年[_＿\s]*月[_＿\s]*日|_{3,})\s*$").ok()
});

/// A gap in a sentence where a person or a firm must be named: 授权____为我方代理人.
static GAP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"((?:授权|委托|任命|指定|兹证明|本人|我单位|我公司|致)\s*:?)\s*[_＿]{3,}\s*(?:为|系|同志|先生|女士|代表|,|，|\(|（|$)").ok()
});
/// A figure that a form asks for and nobody filled in: 从业人员____人, 投标有效期为____日历天.
static FIGURE_GAP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(从业人员|营业收入|资产总额|投标有效期|投标总报价|投标总价|投标报价|总工期|工期|质保期|质量保证期|交货期|交付期)(?:为|是|:)?\s*(?:人民币|￥|¥)?\s*[_＿]{3,}\s*(?:人|名|万元|元|日历天|天|日|年|个月)").ok()
});

/// A line of signatures that goes on with its date where the name should stand: 法定代表人:     日期:2027年5月27日.
static UNSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"((?:法定代表人|委托代理人|授权代表)(?:\([^)]{0,12}\))?)\s*:\s*日\s*期\s*:\s*\d").ok()
});

/// What stands in brackets behind a gap and fills it: ____（张三）, not ____（姓名）.
static HINT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[(（][^)）]{0,12}(?:姓名|名称|签字|盖章|填写|职务|单位)").ok());

/// The label of a gap that nobody filled.
fn gap(line: &str) -> Option<String> {
    let captures = GAP.as_ref()?.captures(line)?;
    let (label, whole) = (captures.get(1)?, captures.get(0)?);
    // Underlines on both sides of a word are a filled gap; brackets behind it may fill it.
    let behind = line.get(whole.end()..).unwrap_or_default();
    let bracket = whole.as_str().ends_with(['(', '（']);
    let from = whole.end() - if bracket { whole.as_str().chars().next_back().map_or(0, char::len_utf8) } else { 0 };
    let filled = bracket && !HINT.as_ref().is_some_and(|h| h.is_match(line.get(from..).unwrap_or_default()));
    (!filled && !behind.starts_with(['_', '＿'])).then(|| label.as_str().trim_end_matches(':').trim().to_owned())
}

/// An answer that a list of answers leaves out: `抗压强度:` between lines that go on behind their colon, where the tender
/// demands something of it.
fn unanswered(case: &Case<'_>, demands: &[String], unit: usize, line: &str) -> Option<String> {
    const LABEL_MAX: usize = 30;
    let units = &case.bid.reading.units;
    let one = units.get(unit).filter(|u| u.cell.is_none() && !u.is_heading && case.bid.is_own(unit))?;
    let label = skip_numbering(line.trim()).strip_suffix(':')?.trim();
    if !(4..=LABEL_MAX).contains(&label.chars().count()) || label.contains([',', '。', ';']) {
        return None;
    }
    let answered = |line: &str| {
        skip_numbering(line.trim()).split_once(':').is_some_and(|(label, answer)| {
            (2..=LABEL_MAX).contains(&label.trim().chars().count()) && !is_wordless(answer)
        })
    };
    let own: Vec<&str> = one.text.lines().collect();
    let at = own.iter().position(|l| *l == line)?;
    let near = |step: usize| units.get(step).filter(|u| u.cell.is_none() && u.document == one.document);
    let before = match at.checked_sub(1) {
        Some(above) => own.get(above).copied(),
        None => unit.checked_sub(1).and_then(near).and_then(|u| u.text.lines().last()),
    };
    let behind = match own.get(at + 1) {
        Some(below) => Some(*below),
        None => near(unit + 1).and_then(|u| u.text.lines().next()),
    };
    // What follows an introduction is no label of its own; the last of a list has one above.
    let ends = behind.is_none() || near(unit + 1).is_some_and(|u| u.is_heading) && at + 1 == own.len();
    // 1.抗压强度: right before 2. holds no list of its own.
    let follows = |line: &str| {
        leading_number(line)
            .zip(behind.and_then(leading_number))
            .is_some_and(|(own, next)| own.checked_add(1) == Some(next))
    };
    let last = |line: &str| {
        leading_number(line)
            .zip(before.and_then(leading_number))
            .is_some_and(|(own, above)| above.checked_add(1) == Some(own))
    };
    let listed = behind.is_some_and(answered) || follows(line) || ends && (before.is_some_and(answered) || last(line));
    if !listed {
        return None;
    }
    let wanted = bare(label);
    demands.iter().any(|demand| demand.contains(&wanted)).then(|| label.to_owned())
}

/// Cells that hold an underline to be written on and nothing else, with what stands left of them.
fn blank_cells(case: &Case<'_>) -> Vec<(usize, String)> {
    let reading = &case.bid.reading;
    let ruled = |t: &str| t.chars().count() >= 3 && t.chars().all(|c| matches!(c, '_' | '＿' | ' '));
    let cells = reading.units.iter().enumerate().filter(|(unit, u)| ruled(u.text.trim()) && case.bid.is_own(*unit));
    cells.filter_map(|(unit, one)| Some((unit, reading.row_label(one.cell?)?))).collect()
}

/// The number that a line of a list begins with: `2.`, `2、`, `(2)`; clauses such as `2.1` have none.
fn leading_number(line: &str) -> Option<u32> {
    let line = line.trim().trim_start_matches('(');
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let behind = line.get(digits..)?;
    let closes = behind.starts_with(['.', '、', ')']) && !behind.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    line.get(..digits).filter(|_| closes)?.parse().ok()
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(blank), Some(empty), Some(date)) = (BLANK.as_ref(), EMPTY.as_ref(), DATE.as_ref()) else { return };
    let demand = case.tender_clauses(|t| {
        t.contains("手机号") && t.contains("准确")
            || t.contains("不得缺项")
            || t.contains("按要求填写")
            || t.contains("按照招标文件要求签署")
            || t.contains("按招标文件要求签署")
    });
    let demands: Vec<String> = case
        .tender
        .units
        .iter()
        .filter(|u| matches!(u.zone, Zone::Requirement | Zone::FrontTable | Zone::Notice))
        .map(|u| bare(&u.text))
        .collect();
    let mut count = 0;
    for (unit, label) in blank_cells(case) {
        count += 1;
        if count > FINDINGS_MAX {
            return;
        }
        let (text, tender) = demand.first().cloned().unwrap_or_default();
        let remark = both(format!("“{label}”处为空白，未填写"), format!("The entry “{label}” was left blank"));
        report.push(
            Judgement::new(Verdict::Risk, format!("{unit} {label}"), remark)
                .demands(text, tender)
                .says(case.bid.unit_evidence(unit)),
        );
    }
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        for line in one.text.lines() {
            let label = blank
                .captures(line)
                .or_else(|| empty.captures(line))
                .or_else(|| date.captures(line).filter(|_| !case.bid.is_aside(unit)))
                .and_then(|c| c.get(1))
                .map(|m| m.as_str().to_owned())
                .or_else(|| gap(line))
                .or_else(|| UNSIGNED.as_ref()?.captures(line)?.get(1).map(|m| m.as_str().to_owned()))
                .or_else(|| FIGURE_GAP.as_ref()?.captures(line)?.get(1).map(|m| m.as_str().to_owned()))
                .or_else(|| unanswered(case, &demands, unit, line));
            let Some(label) = label else { continue };
            count += 1;
            if count > FINDINGS_MAX {
                return;
            }
            let Some(start) = one.text.find(line) else { continue };
            let evidence = case.bid.reading.evidence(unit, &(start..start + line.len())).into_iter().collect();
            let (text, tender) = demand.first().cloned().unwrap_or_default();
            let remark = both(format!("“{label}”处为空白，未填写"), format!("The entry “{label}” was left blank"));
            report.push(
                Judgement::new(Verdict::Risk, format!("{unit} {label}"), remark).demands(text, tender).says(evidence),
            );
        }
    }
}
