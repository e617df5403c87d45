//! What it checks: the numbers a bid offers against the numbers the tender demands.
//!
//! Two ways: a deviation table sets demand and answer side by side in one row; and a group of figures with
//! symbols (`Q=20m3/h，H=63m`) in the bid is matched with the group of the tender that shares most of them.
//! Why it matters: a bidder may write 无偏离 beside a value that deviates.
//! Exclusions: figures without a unit or a name in common are not compared.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::{Comparison, Dimension};
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::changes;
use crate::grammar::numbers::Decimal;
use crate::reading::Zone;

pub(super) const CHECK: Check = Check { id: "B010", dimension: Dimension::Technical, run };

/// A figure with what stands around it.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    /// The words or symbol right before it.
    name: String,
    comparison: Option<Comparison>,
    in_range: bool,
    value: f64,
    unit: String,
}

static FIGURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)([\p{Han}A-Za-z]{0,14}?)\s*(≥|≤|>=|<=|＞|＜|>|<|=|:|不小于|不低于|不少于|不大于|不高于|不超过|不得少于|不得低于|不得超过|至少|大于等于|小于等于|大于|小于|达到|为|at least|not less than|not more than|at most)?\s*([-−±]?\d+(?:,\d{3})*(?:\.\d+)?)\s*(%|‰|[A-Za-z°℃Ωμµ㎡㎥²³]{1,6}(?:/[A-Za-z㎡²³0-9]{1,4})?[23]?|[\p{Han}]{0,2})",
    )
    .ok()
});

fn figures(text: &str) -> Vec<Figure> {
    let Some(pattern) = FIGURE.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for captures in pattern.captures_iter(text) {
        let part = |i: usize| captures.get(i).map_or("", |m| m.as_str());
        let sign = if part(3).starts_with(['-', '−']) { -1.0 } else { 1.0 };
        let digits = part(3).trim_start_matches(['-', '−', '±']);
        let Some(value) = Decimal::parse(digits).map(|d| d.value() * sign) else { continue };
        // One end of a range: which end answers which is not told by the number.
        let (start, end) =
            captures.get(3).map_or((0, 0), |m| (m.start(), captures.get(0).map_or(m.end(), |w| w.end())));
        let joins = |c: char| matches!(c, '~' | '～' | '—' | '–' | '至' | '×' | '*' | '∶');
        let after = text.get(end..).unwrap_or_default().trim_start();
        let before = text.get(..start).unwrap_or_default().trim_end();
        let to = text.get(captures.get(3).map_or(0, |m| m.end())..).unwrap_or_default().trim_start();
        // 60页/分钟 is a rate, 380V/220V are two figures.
        let two = |t: &str| t.strip_prefix('/').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
        let in_range = after.starts_with(joins)
            || two(after)
            || two(to)
            || to.starts_with(joins)
            || to.starts_with(['-', '−'])
            || after.starts_with("to ")
            || before.ends_with(joins)
            || before.ends_with(" to")
            || part(3).starts_with('-') && before.ends_with(|c: char| c.is_ascii_digit());
        let comparison = match part(2).to_lowercase().as_str() {
            "≥" | ">=" | "不小于" | "不低于" | "不少于" | "不得少于" | "不得低于" | "至少" | "大于等于" | "达到"
            | "at least" | "not less than" => Some(Comparison::AtLeast),
            "≤" | "<=" | "不大于" | "不高于" | "不超过" | "不得超过" | "小于等于" | "not more than" | "at most" => {
                Some(Comparison::AtMost)
            }
            ">" | "＞" | "大于" => Some(Comparison::MoreThan),
            "<" | "＜" | "小于" => Some(Comparison::LessThan),
            "=" => Some(Comparison::Equal),
            _ => None,
        };
        found.push(Figure { name: part(1).to_owned(), comparison, in_range, value, unit: part(4).to_lowercase() });
    }
    found
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    deviation_tables(case, report);
    symbol_groups(case, report);
}

fn keeps(demand: &Figure, answer: &Figure) -> Option<bool> {
    let slack = 1e-9 * demand.value.abs().max(1.0);
    Some(match demand.comparison? {
        Comparison::AtLeast => answer.value >= demand.value - slack,
        Comparison::MoreThan => answer.value > demand.value,
        Comparison::AtMost => answer.value <= demand.value + slack,
        Comparison::LessThan => answer.value < demand.value,
        Comparison::Equal => answer.value >= demand.value - slack,
    })
}

/// Rows with a column of demands and a column of answers.
fn deviation_tables(case: &Case<'_>, report: &mut Report<'_>) {
    let bid = &case.bid.reading;
    for (index, grid) in bid.grids.iter().enumerate() {
        let Some(sides) = case.bid.sides(index) else { continue };
        let (demands, answers) = (sides.demand, sides.answer);
        for row in grid.rows.iter().skip(sides.header_row as usize + 1) {
            let cell = |wanted: u32| {
                row.iter().copied().find(|&u| bid.units.get(u).and_then(|u| u.cell).is_some_and(|c| c.column == wanted))
            };
            let (Some(demand_unit), Some(answer_unit)) = (cell(demands), cell(answers)) else { continue };
            let (Some(demand), Some(answer)) = (bid.units.get(demand_unit), bid.units.get(answer_unit)) else {
                continue;
            };
            let said: String =
                row.iter().filter_map(|&u| bid.units.get(u)).map(|u| u.text.as_str()).collect::<Vec<_>>().join(" ");
            let rigid = demand.text.contains(['★', '■', '█', '※']);
            // A bid may cite the tender as it was before an addendum.
            let changed = changes::as_changed(case.tender, &demand.text);
            let asked = changed.as_ref().map_or(demand.text.as_str(), |(text, _)| text.as_str());
            let mut evidence = case.bid.unit_evidence(demand_unit);
            evidence.reverse();
            evidence.splice(0..0, case.bid.unit_evidence(answer_unit));
            let (compared, broken) = held_against(asked, &answer.text);
            let negative = says_negative(&said);
            let short: String = asked.chars().take(40).collect();
            let judgement = match broken {
                Some((figure, only)) => {
                    let claimed = if negative { "" } else { "，但未声明负偏离" };
                    let remark = format!(
                        "“{short}”要求 {}{}，响应为 {}{}{claimed}",
                        figure.value, figure.unit, only.value, only.unit
                    );
                    // `=` may ask for at least, at most or exactly: below it only a person can tell.
                    let certain = figure.comparison != Some(Comparison::Equal) || negative;
                    let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
                    Judgement::new(verdict, format!("{answer_unit}"), remark)
                }
                None if negative => Judgement::new(
                    if rigid { Verdict::Fail } else { Verdict::Risk },
                    format!("{answer_unit}"),
                    format!("“{short}”为负偏离"),
                ),
                None if compared > 0 => {
                    Judgement::new(Verdict::Pass, format!("{answer_unit}"), format!("“{short}”的响应值满足要求"))
                }
                None => continue,
            };
            let judgement = if rigid { judgement.rigid() } else { judgement };
            let mut tender = tender_words(case, &demand.text);
            tender.splice(0..0, changed.iter().flat_map(|(_, change)| changes::words(case.tender, change)));
            report.push(judgement.demands(asked.to_owned(), tender).says(evidence));
        }
    }
}

/// How many figures of a demand an answer gives, and one it does not keep.
fn held_against(demand: &str, answer: &str) -> (usize, Option<(Figure, Figure)>) {
    let (wanted, offered) = (figures(demand), figures(answer));
    let mut compared = 0;
    let mut broken = None;
    for figure in wanted.iter().filter(|f| f.comparison.is_some() && !f.unit.is_empty() && !f.in_range) {
        let alike = |f: &Figure| {
            f.unit == figure.unit || unit_class(&f.unit) == unit_class(&figure.unit) && !unit_class(&f.unit).is_empty()
        };
        let mut same: Vec<&Figure> = offered.iter().filter(|o| alike(o)).collect();
        // Of several answers in one unit, the one of the same name answers.
        if same.len() > 1 {
            same.retain(|o| akin(&figure.name, &o.name));
        }
        let [only] = same.as_slice() else { continue };
        // Of several demands in one unit, only the one of the same name is answered.
        let alone = wanted.iter().filter(|f| alike(f)).count() == 1;
        if only.in_range || !alone && !akin(&figure.name, &only.name) {
            continue;
        }
        compared += 1;
        if keeps(figure, only) == Some(false) {
            broken = Some((figure.clone(), (*only).clone()));
        }
    }
    (compared, broken)
}

/// Whether an answer gives figures that keep the demand's; `None` where none can be compared.
pub(super) fn keeps_figures(demand: &str, answer: &str) -> Option<bool> {
    let (compared, broken) = held_against(demand, answer);
    (compared > 0).then_some(broken.is_none())
}

/// Whether a row says that the offer falls short: 负偏离, and not that there is none.
fn says_negative(said: &str) -> bool {
    super::affirms(said, "负偏离") && !said.contains("正/负偏离") && !said.contains("正负偏离")
}

/// Whether two figures bear the same name: one holds the other, or they share two letters.
fn akin(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    !a.is_empty() && a.windows(2).any(|w| b.contains(&w.iter().collect::<String>()))
}

/// The class of a Chinese counting word, so that 台 and 个 compare.
fn unit_class(unit: &str) -> &'static str {
    match unit {
        "个" | "台" | "套" | "路" | "点" | "只" | "组" | "项" | "次" => "count",
        _ => "",
    }
}

/// The tender's own words for a demand that a bid repeats.
fn tender_words(case: &Case<'_>, demand: &str) -> Vec<bidlens_domain::evidence::Evidence> {
    let bare = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let wanted = bare(demand);
    if wanted.chars().count() < 4 {
        return Vec::new();
    }
    for (unit, one) in case.tender.units.iter().enumerate().filter(|(_, u)| u.zone != Zone::BidForms) {
        for range in crate::bid::cut(&one.text) {
            if bare(case.tender.text(unit, &range)).contains(&wanted) {
                return case.tender.evidence(unit, &range).into_iter().collect();
            }
        }
    }
    Vec::new()
}

static SYMBOL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([A-Z])\s*=\s*(\d+(?:\.\d+)?)\s*([A-Za-z㎥³]{1,3}3?(?:/h|/s|/min)?)").ok());

/// `Q=20m3/h，H=63m，P=7.5kW`: each symbol with its figure.
fn group(text: &str) -> Vec<(char, f64, String)> {
    let Some(pattern) = SYMBOL.as_ref() else { return Vec::new() };
    let mut found: Vec<(char, f64, String)> = Vec::new();
    for captures in pattern.captures_iter(text) {
        let part = |i: usize| captures.get(i).map_or("", |m| m.as_str());
        if let (Some(symbol), Some(value)) = (part(1).chars().next(), Decimal::parse(part(2)).map(Decimal::value))
            && !found.iter().any(|(s, _, _)| *s == symbol)
        {
            found.push((symbol, value, part(3).to_lowercase()));
        }
    }
    found
}

fn symbol_groups(case: &Case<'_>, report: &mut Report<'_>) {
    let mut demanded = Vec::new();
    for (unit, one) in case.tender.units.iter().enumerate().filter(|(_, u)| u.zone != Zone::BidForms) {
        for range in crate::bid::cut(&one.text) {
            let figures = group(case.tender.text(unit, &range));
            if figures.len() >= 2 {
                demanded.push((unit, range, figures));
            }
        }
    }
    if demanded.is_empty() {
        return;
    }
    for sentence in &case.bid.sentences {
        if !case.bid.is_own(sentence.unit) {
            continue;
        }
        let offered = group(case.bid.text(sentence));
        if offered.len() < 2 {
            continue;
        }
        let shared = |wanted: &[(char, f64, String)]| {
            offered.iter().filter(|(s, v, _)| wanted.iter().any(|(t, w, _)| s == t && (v - w).abs() < 1e-9)).count()
        };
        let Some((unit, range, wanted)) = demanded.iter().max_by_key(|(_, _, wanted)| shared(wanted)) else { continue };
        let equal = shared(wanted);
        let evidence = case.bid.evidence(sentence);
        let tender: Vec<_> = case.tender.evidence(*unit, range).into_iter().collect();
        let quote = case.tender.text(*unit, range).to_owned();
        let subject = format!("group {} {}", sentence.unit, sentence.range.start);
        let lower = offered.iter().find_map(|(s, v, u)| {
            wanted
                .iter()
                .find(|(t, w, _)| s == t && *v < *w - 1e-9 && !matches!(s, 'P' | 'N'))
                .map(|(_, w, _)| (*s, *v, *w, u.clone()))
        });
        match lower {
            Some((symbol, value, want, unit)) if equal + 1 >= wanted.len().min(offered.len()) && equal >= 1 => {
                let remark = format!("{symbol}={value}{unit} 低于要求的 {symbol}={want}{unit}");
                // Two figures of which one agrees may belong to another device.
                let verdict = if equal >= 2 { Verdict::Fail } else { Verdict::Risk };
                report.push(Judgement::new(verdict, subject, remark).demands(quote, tender).says(evidence));
            }
            None if equal == offered.len().min(wanted.len()) => {
                report.push(
                    Judgement::new(Verdict::Pass, subject, "参数组与招标要求一致")
                        .demands(quote, tender)
                        .says(evidence),
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_their_comparison() {
        let read = figures("屏幕亮度≥350cd/㎡;功耗不超过450W");
        assert_eq!(
            read.iter().map(|f| (f.comparison, f.value, f.unit.as_str())).collect::<Vec<_>>(),
            [(Some(Comparison::AtLeast), 350.0, "cd/㎡"), (Some(Comparison::AtMost), 450.0, "w")]
        );
        assert_eq!(group("单泵流量Q=20m3/h,扬程H= 58 m").len(), 2);
    }
}
