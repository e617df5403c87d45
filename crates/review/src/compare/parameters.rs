//! What it checks: the numbers a bid offers against the numbers the tender demands.
//!
//! A deviation table sets demand and answer side by side in one row; a row of the bid's own tables is held against the
//! tender's row of the same name; a group of figures with symbols (`Q=20m3/h，H=63m`) is matched with the group of the
//! tender that shares most of them; and sentences answer by their words. Rows that a table of answers leaves out count too.
//! Why it matters: a bidder may write 无偏离 beside a value that deviates.
//! Exclusions: figures without a unit or a name in common are not compared.

mod classes;
mod levels;
mod missing_rows;
mod named_rows;

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::{Comparison, Constraint, Dimension, Requirement};
use bidlens_domain::wording::{Wording, both, quoted};
use regex::Regex;

use super::delivery::beginning;
use super::likeness::{in_figures, shares_half, words};
use super::{Case, Check, Judgement, Report, bare, is_wordless};
use crate::bid::answers::Answer;
use crate::bid::{Sentence, Sides};
use crate::changes;
use crate::grammar::numbers::{self, Decimal};
use crate::grammar::units::{self, Measure};
use crate::reading::{CellPlace, Grid, Zone};
use crate::risks::marks;

pub(super) const CHECK: Check = Check { id: "B010", dimension: Dimension::Technical, run };

/// A figure with what stands around it.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    /// The words or symbol right before it.
    name: String,
    /// All words before it.
    before: String,
    /// The words of its own part of the sentence, before and behind it: `24小时内到达现场`.
    part: (String, String),
    comparison: Option<Comparison>,
    in_range: bool,
    value: f64,
    unit: String,
    measure: Option<Measure>,
}

impl Figure {
    /// Whether two figures are of one quantity, in whatever units.
    fn compares_with(&self, other: &Figure) -> bool {
        match (self.measure, other.measure) {
            (Some(one), Some(two)) => {
                one.quantity == two.quantity || self.days().zip(other.days()).is_some() || self.works_as_long(other)
            }
            _ => self.unit.to_lowercase() == other.unit.to_lowercase(),
        }
    }

    /// The value with its unit.
    fn words(&self) -> Wording {
        let Figure { value, unit, .. } = self;
        let gap = if unit.starts_with(|c: char| c.is_ascii_alphabetic()) { " " } else { "" };
        let word = if unit.len() > 4 { gap } else { "" };
        both(format!("{value}{word}{unit}"), quoted(&format!("{value}{gap}{unit}")))
    }

    /// Whether a demand counts working days and an answer days: so many days hold no more working days.
    fn works_as_long(&self, other: &Figure) -> bool {
        let least = matches!(self.comparison, Some(Comparison::AtLeast));
        least
            && self.measure.is_some_and(|m| m.quantity == "working time")
            && other.measure.is_some_and(|m| m.quantity == "time")
            && other.days().is_some()
    }

    /// A length of time in days, where it is counted by whole days, months or years.
    fn days(&self) -> Option<f64> {
        const DAY: f64 = 86_400.0;
        const MONTH: f64 = 365.25 / 12.0;
        let measure = self.measure?;
        match measure.quantity {
            "calendar" => Some(self.base() * MONTH),
            "time" if measure.factor >= DAY => Some(self.base() / DAY),
            _ => None,
        }
    }

    /// The value in the base unit of its quantity.
    fn base(&self) -> f64 {
        self.value * self.measure.map_or(1.0, |m| m.factor)
    }
}

static FIGURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let chinese = units::chinese().join("|");
    Regex::new(&format!("{FIGURE_HEAD}(万?(?:{chinese})|%|‰|{FIGURE_UNIT}")).ok()
});
const FIGURE_HEAD: &str = r"(?i)([\p{Han}A-Za-z]{0,14}?)\s*(≥|≤|>=|<=|＞|＜|>|<|=|:|不小于|不低于|不少于|不大于|不高于|不超过|不得少于|不得低于|不得超过|至少|大于等于|小于等于|大于|小于|达到|为|at least|not less than|no less than|not be less than|not fewer than|no fewer than|not lower than|minimum of|minimum|min\.|maximum of|maximum|max\.|not above|not below|not more than|no more than|not exceeding|not exceed|not be more than|within|at most)?(?:\p{Han}{1,6}的)?\s*(?:人民币|rmb|usd|us\$|eur|gbp|￥|¥|\$|£|€)?\s*([-−±]?\d+(?:,\d{3})*(?:\.\d+)?)\s*";
const FIGURE_UNIT: &str = r"[A-Za-z°℃Ωμµ㎡㎥²³]{1,16}(?:/[A-Za-z㎡²³0-9]{1,4})?[23]?|[\p{Han}]{0,2})";

fn figures(text: &str) -> Vec<Figure> {
    let Some(pattern) = FIGURE.as_ref() else { return Vec::new() };
    let text = &without_number(&numbers::with_digits(text));
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
        // 30kVA×7 is a figure of each of seven; 600mm×1200mm are the sides of one thing.
        let counted = after.starts_with(['×', '*']) && units::measure(part(4)).is_some_and(|m| m.quantity != "length");
        let in_range = after.starts_with(joins) && !counted
            || two(after)
            || two(to)
            || to.starts_with(joins)
            || to.starts_with(['-', '−'])
            || after.starts_with("to ")
            || before.ends_with(joins)
            || before.ends_with(" to")
            || part(3).starts_with('-') && before.ends_with(|c: char| c.is_ascii_digit());
        let behind = text.get(end..).unwrap_or_default().trim_start_matches(['(', '含', ')', '及']);
        let comparison = match part(2).to_lowercase().as_str() {
            "≥" | ">=" | "不小于" | "不低于" | "不少于" | "不得少于" | "不得低于" | "至少" | "大于等于" | "达到"
            | "at least" | "not less than" | "no less than" | "not be less than" | "not fewer than"
            | "no fewer than" | "not lower than" | "minimum of" | "minimum" | "min." => Some(Comparison::AtLeast),
            "≤" | "<=" | "不大于" | "不高于" | "不超过" | "不得超过" | "小于等于" | "not more than"
            | "no more than" | "not exceeding" | "not exceed" | "not be more than" | "within" | "at most" => {
                Some(Comparison::AtMost)
            }
            ">" | "＞" | "大于" => Some(Comparison::MoreThan),
            "<" | "＜" | "小于" => Some(Comparison::LessThan),
            "not above" => Some(Comparison::AtMost),
            "not below" => Some(Comparison::AtLeast),
            // The maximum of a speed or a load may be what a device can do; that of a time is its bound.
            "maximum of" | "maximum" | "max." if units::measure(part(4)).is_some_and(Measure::is_time) => {
                Some(Comparison::AtMost)
            }
            "=" => Some(Comparison::Equal),
            _ if ["以上", "or more", "or above"].iter().any(|w| behind.trim_start().starts_with(w))
                || closes_with(behind, "minimum") =>
            {
                Some(Comparison::AtLeast)
            }
            _ if ["or less", "or below"].iter().any(|w| behind.trim_start().starts_with(w))
                || closes_with(behind, "maximum") =>
            {
                Some(Comparison::AtMost)
            }
            _ if ["以下", "以内", "之内", "内"].iter().any(|w| behind.starts_with(w)) => {
                Some(Comparison::AtMost)
            }
            _ => None,
        };
        let unit = part(4).to_owned();
        // The year, the month and the day of a date are no lengths of time. In `2.2026年9月` the number of the item stands
        // before the year.
        let year = digits.rsplit('.').next().and_then(|last| last.parse::<u32>().ok());
        let of_date = unit.starts_with('年') && year.is_some_and(|year| (1_900..=2_100).contains(&year))
            || unit.starts_with('月') && before.ends_with('年')
            || unit.starts_with('日') && before.ends_with('月');
        if of_date {
            continue;
        }
        // 2万小时: the unit counts by ten thousands.
        let measure = units::measure(&unit).or_else(|| {
            let one = units::measure(unit.strip_prefix('万')?)?;
            Some(Measure { factor: one.factor * 1e4, ..one })
        });
        let words = text.get(..captures.get(3).map_or(0, |m| m.start())).unwrap_or_default().to_owned();
        let lead = text.get(..captures.get(1).map_or(0, |m| m.end())).unwrap_or_default();
        let lead = lead.rsplit(PART_ENDS).next().unwrap_or_default().trim_start_matches("其中").to_owned();
        let tail = text.get(end..).unwrap_or_default().split(PART_ENDS).next().unwrap_or_default();
        let tail = tail.trim_start_matches(['以', '之', '内', '上', '下']).to_owned();
        let name = part(1).trim_start_matches("其中").to_owned();
        found.push(Figure { name, before: words, part: (lead, tail), comparison, in_range, value, unit, measure });
    }
    found
}

/// A text whose own number in a list is blanked: of `6.1.4噪声不超过50dB` no figure is 4.
fn without_number(text: &str) -> String {
    match CLAUSE_NUMBER.as_ref().and_then(|p| p.find(text)) {
        Some(number) => format!("{}{}", " ".repeat(number.end()), text.get(number.end()..).unwrap_or_default()),
        None => text.to_owned(),
    }
}

static CLAUSE_NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:[★▲■●※☆△]\s*\d{1,2}(?:\.\d{1,2})+|\s*\d{1,2}(?:\.\d{1,2}){2,3})").ok());

/// What ends a part of a sentence that says one thing.
const PART_ENDS: [char; 7] = [',', '，', '、', ';', '；', '。', ':'];

/// How many letters two figures' parts of their sentences have in common, at one go. Letters of English words tell
/// nothing: its sentences are held against each other by their words ([`levels`]).
fn kinship(a: &Figure, b: &Figure) -> usize {
    let all = |f: &Figure| format!("{}\n{}", f.part.0, f.part.1);
    let (own, other) = (all(a), all(b));
    if own.is_ascii() {
        return 0;
    }
    own.split('\n').map(|words| shared_run(words, &other)).max().unwrap_or_default()
}

/// Whether a word ends the clause behind a figure: 5000 rpm maximum, but not 800 kg maximum load, where more is better.
fn closes_with(behind: &str, word: &str) -> bool {
    let lower = behind.trim_start().to_ascii_lowercase();
    let rest = lower.strip_prefix(word).map(str::trim_start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([',', '，', '.', '。', ';', ')']))
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    deviation_tables(case, report);
    symbol_groups(case, report);
    named_rows::run(case, report);
    missing_rows::run(case, report);
    let judged = sentences(case, report);
    levels::run(case, report, &judged);
}

/// What a sentence of the bid offers less than an unmarked demand of the same words; marked ones are judged by B011.
/// Gives the texts of the demands that are found short.
fn sentences(case: &Case<'_>, report: &mut Report<'_>) -> Vec<String> {
    const SHARE_MIN: f64 = 0.34;
    /// A few words alone may stand anywhere.
    const PART_SHARE_MIN: f64 = 0.6;
    const FINDINGS_MAX: usize = 40;
    let marks = marks::used(case.tender);
    // References are counted and weighed by a check of their own.
    let qualifies = |r: &Requirement| {
        r.dimension == Dimension::Qualification && !r.text.contains("业绩") && !r.text.contains("合同")
    };
    // What is paid, kept or owed has checks of its own.
    let serves = |r: &Requirement| {
        const OTHERS: [&str; 10] =
            ["付款", "支付", "保证金", "违约", "赔偿", "发票", "扣", "有效期", "合同签订", "签订合同"];
        let settled = matches!(
            r.constraint,
            Constraint::DurationMin { .. }
                | Constraint::DurationMax { .. }
                | Constraint::MoneyMax { .. }
                | Constraint::PercentMax { .. }
        );
        r.dimension == Dimension::Commercial && !settled && !OTHERS.iter().any(|w| r.text.contains(w))
    };
    let demands =
        case.facts.requirements.iter().filter(|r| r.dimension == Dimension::Technical || qualifies(r) || serves(r));
    let compares = |t: &str| !figures(t).is_empty() || protection(t).is_some() || range(t).is_some();
    // What people have done and when work begins is judged by checks of their own.
    // Of several figures in one English sentence each has words of its own: they are levels.
    let several = |t: &str| figures(&in_figures(t)).iter().filter(|f| f.comparison.is_some()).count() > 1;
    let of_others = |t: &str| {
        t.is_ascii() && (t.to_ascii_lowercase().contains("experience") || beginning(t).is_some() || several(t))
    };
    let unmarked = demands
        .filter(|r| marks::find(&r.text, &marks).is_none() && compares(&r.text) && !of_others(&r.text))
        .filter(|r| !is_of_another_lot(case, r));
    let copies_forbidden = copies_forbidden(case);
    let offered = Offered::new(case);
    let mut found = Vec::new();
    for requirement in unmarked {
        // A sentence may ask for several things; each may have an answer of its own.
        let text = folded(&requirement.text);
        let qualifies = requirement.dimension == Dimension::Qualification;
        let parts = text.split([',', '，', '、']).filter(|part| qualifies || *part != text);
        let whole = (!qualifies).then_some(text.as_str());
        let answers = whole.into_iter().map(|part| (part, SHARE_MIN)).chain(parts.map(|part| (part, PART_SHARE_MIN)));
        let mut told: Vec<String> = Vec::new();
        let mut kept: Option<Vec<Evidence>> = None;
        for (part, share_min) in answers.filter(|(part, _)| compares(part)) {
            let share_min = if qualifies { SHARE_MIN } else { share_min };
            let answer = case.answers.find(part).filter(|a| a.share >= share_min && a.text == a.whole);
            // English words are few that tell what a demand is about.
            let about = |answer: &Answer| !part.is_ascii() || shares_half(part, &answer.text);
            let Some(answer) = answer.filter(about) else { continue };
            let short = if part == text { requirement.text.trim() } else { part.trim() };
            let mut pairs = shortfalls(part, &answer.text);
            pairs.retain(|(wanted, offered)| !told.contains(&pair(wanted, offered).zh));
            let remark = if !pairs.is_empty() {
                told.extend(pairs.iter().map(|(wanted, offered)| pair(wanted, offered).zh));
                all_otherwise(short, &pairs)
            } else if copies_forbidden && told.is_empty() && is_copied(part, &answer.text) {
                told.push(String::new());
                copied(short)
            } else {
                // What nearly all words of a demand stand around answers it.
                // In English the words of a part are few: those of the whole demand must stand there.
                let whole = !part.is_ascii() || shares_half(&requirement.text, &answer.text);
                if whole && answer.share >= PART_SHARE_MIN && keeps_figures(part, &answer.text) == Some(true) {
                    kept = kept.or(Some(answer.evidence));
                }
                continue;
            };
            if found.len() >= FINDINGS_MAX {
                return found;
            }
            found.push(requirement.text.clone());
            let subject = match told.len() {
                0 | 1 => format!("sentence {}", requirement.id),
                several => format!("sentence {} {several}", requirement.id),
            };
            report.push(
                Judgement::new(Verdict::Risk, subject, remark)
                    .demands(requirement.text.clone(), requirement.evidence().to_vec())
                    .says(answer.evidence),
            );
        }
        let less = offered.less_by_name(&text).filter(|_| told.is_empty());
        if let Some(evidence) = kept.filter(|_| told.is_empty() && less.is_none()) {
            let short: String = requirement.text.trim().chars().take(40).collect();
            let remark = both(
                format!("“{short}”的响应值满足要求"),
                format!("The value offered for “{short}” meets the requirement"),
            );
            report.push(
                Judgement::new(Verdict::Pass, format!("kept {}", requirement.id), remark)
                    .demands(requirement.text.clone(), requirement.evidence().to_vec())
                    .says(evidence),
            );
        }
        if let Some((remark, evidence)) = less {
            report.push(
                Judgement::new(Verdict::Risk, format!("named {}", requirement.id), remark)
                    .demands(requirement.text.clone(), requirement.evidence().to_vec())
                    .says(evidence),
            );
        }
    }
    found
}

/// Whether a demand stands among those of another lot than the bid's.
fn is_of_another_lot(case: &Case<'_>, requirement: &Requirement) -> bool {
    let Some(evidence) = requirement.evidence().first().filter(|_| case.lot.is_some()) else { return false };
    let tender = case.tender;
    let unit = tender.units.iter().position(|u| {
        u.block == evidence.block() && tender.documents.get(u.document).is_some_and(|d| &d.id == evidence.document())
    });
    unit.is_some_and(|unit| case.is_of_another_lot(unit, &folded(&requirement.text)))
}

/// The figures that a bid's sentences give, each with its sentence.
pub(super) struct Offered<'c> {
    case: &'c Case<'c>,
    figures: Vec<(Figure, &'c Sentence)>,
    /// The figures of all demands.
    demanded: Vec<Figure>,
}

/// The figures of a text that have a name and a comparison.
fn figures_named(text: &str) -> Vec<Figure> {
    let mut all = figures(text);
    all.retain(|f| f.comparison.is_some() && (is_telling(&f.name) || is_physical(&f.name)));
    all
}

impl<'c> Offered<'c> {
    pub(super) fn new(case: &'c Case<'c>) -> Offered<'c> {
        // A row of a response table answers the demand beside it and no other.
        let in_response = |s: &&Sentence| {
            let place = case.bid.reading.unit(s.unit).and_then(|u| u.cell);
            let beside = |c: CellPlace| {
                let demand = case.bid.reading.cell_in(case.bid.row(s.unit), case.bid.sides(c.grid)?.demand)?;
                case.bid.reading.unit(demand).map(|u| u.text.chars().any(|c| c.is_ascii_digit()))
            };
            place.and_then(beside).unwrap_or_default()
        };
        let own = case.bid.sentences.iter().filter(|s| case.own(s) && !in_response(s));
        let figures = own.flat_map(|s| figures(case.bid.text(s)).into_iter().map(move |f| (f, s))).collect();
        let demanded = case.facts.requirements.iter().flat_map(|r| figures_named(&folded(&r.text)));
        Offered { case, figures, demanded: demanded.collect() }
    }

    /// Whether the tender demands several things under one name: 台面厚度 of one table and of another.
    fn is_ambiguous(&self, figure: &Figure) -> bool {
        self.demanded.iter().any(|f| {
            f.name == figure.name && f.compares_with(figure) && (f.base() - figure.base()).abs() > f64::EPSILON
        })
    }

    /// A figure that is less than the demand's of the same name, wherever it stands, where none of that name keeps it.
    pub(super) fn less_by_name(&self, demand: &str) -> Option<(Wording, Vec<Evidence>)> {
        const LETTERS_MIN: usize = 3;
        let wanted = figures(demand);
        let named = |f: &&Figure| f.comparison.is_some() && !f.in_range && (f.measure.is_some() || f.unit == "%");
        let tells = |f: &Figure| is_telling(&f.name) || is_physical(&f.name);
        for figure in wanted.iter().filter(named).filter(|f| tells(f)) {
            let run = |f: &Figure| if tells(f) { shared_run(&figure.name, &f.name) } else { 0 };
            let alike = |f: &Figure| f.compares_with(figure) && !f.in_range;
            let most = self.figures.iter().filter(|(f, _)| alike(f)).map(|(f, _)| run(f)).max().unwrap_or_default();
            // Half of the name at least: 责任险 alone is the name of several.
            let least = if is_physical(&figure.name) { 2 } else { LETTERS_MIN };
            if self.is_ambiguous(figure) || most < least || most * 2 < figure.name.chars().count() {
                continue;
            }
            let mut nearest = self.figures.iter().filter(|(f, _)| alike(f) && run(f) == most).peekable();
            let first = nearest.peek().copied();
            if nearest.all(|(f, _)| keeps(figure, f) == Some(false))
                && let Some((offered, sentence)) = first
            {
                let pairs = [(figure.words(), offered.words())];
                return Some((all_otherwise(demand.trim(), &pairs), self.case.bid.evidence(sentence)));
            }
        }
        None
    }
}

/// Whether a figure's name says more than what every figure may be called.
fn is_telling(name: &str) -> bool {
    const GENERAL: [&str; 12] =
        ["时间", "数量", "金额", "合同", "质保期", "有效期", "保证金", "工期", "合计", "注册资本", "价格", "付款"];
    name.chars().filter(|c| bidlens_domain::fold::is_han(*c)).count() >= 3 && !GENERAL.iter().any(|w| name.ends_with(w))
}

/// Names of two letters that say what is measured.
fn is_physical(name: &str) -> bool {
    const NAMES: [&str; 10] = ["噪声", "噪音", "温升", "扬程", "风量", "板厚", "亮度", "分辨率", "射程", "保额"];
    NAMES.contains(&name)
}

/// What an answer offers less than a demand: each thing wanted with what is offered.
fn shortfalls(demand: &str, answer: &str) -> Vec<(Wording, Wording)> {
    let mut pairs: Vec<(Wording, Wording)> = less_otherwise(demand, answer)
        .into_iter()
        .map(|(wanted, offered)| (as_written(wanted), as_written(offered)))
        .collect();
    let (_, broken) = held_against(demand, answer);
    // Both figures stand behind words they share, or in parts of their sentences that do.
    let alike =
        |(wanted, offered): &&(Figure, Figure)| akin(&wanted.before, &offered.before) || kinship(wanted, offered) >= 2;
    pairs.extend(broken.iter().filter(alike).map(|(wanted, offered)| (wanted.words(), offered.words())));
    pairs
}

/// What an answer offers less than a demand, in one remark.
pub(super) fn falls_short(demand: &str, answer: &str) -> Option<Wording> {
    let pairs = shortfalls(demand, answer);
    (!pairs.is_empty()).then(|| all_otherwise(demand.trim(), &pairs))
}

/// What is less than the demand and no figure with a unit: a range, a code of protection, a class, a product.
fn less_otherwise(demand: &str, answer: &str) -> Option<(String, String)> {
    not_covered(demand, answer)
        .or_else(|| not_within(demand, answer))
        .or_else(|| less_protected(demand, answer))
        .or_else(|| classes::lower_class(demand, answer))
        .or_else(|| classes::smaller_product(demand, answer))
        .or_else(|| classes::older_emission(demand, answer))
        .or_else(|| classes::less_blasted(demand, answer))
}

/// A thing wanted with what is offered, in words.
fn pair(wanted: &Wording, offered: &Wording) -> Wording {
    both(
        format!("要求 {}，响应为 {}", wanted.zh, offered.zh),
        format!("requires {}; the bid offers {}", wanted.en, offered.en),
    )
}

/// That a demand wants several things and is offered others, in both languages.
fn all_otherwise(demand: &str, pairs: &[(Wording, Wording)]) -> Wording {
    let short: String = demand.chars().take(40).collect();
    let said: Vec<Wording> = pairs.iter().map(|(wanted, offered)| pair(wanted, offered)).collect();
    let join = |one: fn(&Wording) -> &str, by: &str| said.iter().map(one).collect::<Vec<_>>().join(by);
    both(
        format!("“{short}”{}", join(|w| w.zh.as_str(), "；")),
        format!("“{short}” {}", join(|w| w.en.as_str(), "; and it ")),
    )
}

/// Words of a document in both languages.
fn as_written(words: String) -> Wording {
    both(words.clone(), quoted(&words))
}

/// A remark with a word on what the bid claims.
fn claiming(remark: Wording, (claimed, claimed_en): (&str, &str)) -> Wording {
    both(format!("{}{claimed}", remark.zh), format!("{}{claimed_en}", remark.en))
}

/// That an answer is the demand again.
fn copied(demand: &str) -> Wording {
    let short: String = demand.chars().take(40).collect();
    both(
        format!("“{short}”的响应照抄招标要求，没有写出所投产品的具体数值"),
        format!("The answer to “{short}” repeats the demand and gives no figure of the product offered"),
    )
}

fn keeps(demand: &Figure, answer: &Figure) -> Option<bool> {
    let quantity = |f: &Figure| f.measure.map(|m| m.quantity);
    // Months are of 28 to 31 days.
    let (wanted, offered, rough) = match demand.days().zip(answer.days()) {
        Some((wanted, offered)) if quantity(demand) != quantity(answer) => (wanted, offered, 0.05),
        _ => (demand.base(), answer.base(), 1e-9),
    };
    if demand.works_as_long(answer) {
        return (answer.days()? < demand.value).then_some(false);
    }
    let slack = rough * wanted.abs().max(f64::MIN_POSITIVE);
    if demand.unit == "级" {
        return grade_kept(demand, wanted, offered);
    }
    Some(match demand.comparison? {
        Comparison::AtLeast | Comparison::Equal => offered >= wanted - slack,
        Comparison::MoreThan => offered > wanted,
        Comparison::AtMost => offered <= wanted + slack,
        Comparison::LessThan => offered < wanted,
    })
}

/// Whether a numbered grade keeps the demand's. Of efficiency and qualification the first grade is the best; of
/// protection the last; of the rest the number does not tell.
fn grade_kept(demand: &Figure, wanted: f64, offered: f64) -> Option<bool> {
    const FIRST_IS_BEST: [&str; 8] = ["能效", "水效", "资质", "许可", "建造师", "承装", "承修", "承试"];
    const LAST_IS_BEST: [&str; 6] = ["等保", "等级保护", "安全保护", "成熟度", "抗风", "风力"];
    let about = |words: &[&str]| words.iter().any(|w| demand.before.contains(w) || demand.part.1.contains(w));
    let least = matches!(demand.comparison?, Comparison::AtLeast | Comparison::MoreThan);
    match (about(&FIRST_IS_BEST), about(&LAST_IS_BEST)) {
        (true, false) if least => Some(offered <= wanted),
        (false, true) if least => Some(offered >= wanted),
        _ => None,
    }
}

/// Rows with a column of demands and a column of answers.
fn deviation_tables(case: &Case<'_>, report: &mut Report<'_>) {
    let bid = &case.bid.reading;
    let copies_forbidden = copies_forbidden(case);
    for (index, grid) in bid.grids.iter().enumerate() {
        let Some(sides) = case.bid.sides(index) else { continue };
        let (demands, answers) = (sides.demand, sides.answer);
        let copies_stand_out = copies_forbidden || gives_own_figures(case, grid, sides, is_copied);
        let claims_stand_out = copies_forbidden || gives_own_figures(case, grid, sides, |_, a| is_bare_claim(a));
        for row in grid.rows.iter().skip(sides.header_row as usize + 1) {
            let cell = |wanted: u32| bid.cell_in(row, wanted);
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
            let spelled = |t: &str| if t.is_ascii() { in_figures(t) } else { t.to_owned() };
            let (compared, broken) = held_against(&spelled(asked), &spelled(&answer.text));
            let negative = says_negative(&said);
            let claimed =
                if negative { ("", "") } else { ("，但未声明负偏离", " and declares no negative deviation") };
            // What a figure is of may stand in a cell of its own.
            let named = format!("{}{asked}", row_name(case, row, demands));
            let told = if asked.is_ascii() && words(asked).is_empty() { named.as_str() } else { asked };
            let short: String = told.chars().take(40).collect();
            let outside = less_otherwise(&named, &answer.text);
            let judgement = match broken.first() {
                Some((first, _)) => {
                    let pairs = broken.iter().map(|(figure, only)| (figure.words(), only.words())).collect::<Vec<_>>();
                    let remark = claiming(all_otherwise(told, &pairs), claimed);
                    // `=` may ask for at least, at most or exactly: below it only a person can tell.
                    let certain = first.comparison != Some(Comparison::Equal) || negative;
                    let verdict = if certain { Verdict::Fail } else { Verdict::Risk };
                    Judgement::new(verdict, format!("{answer_unit}"), remark)
                }
                None if let Some((wanted, offered)) = outside => {
                    let pairs = [(as_written(wanted), as_written(offered))];
                    let remark = claiming(all_otherwise(told, &pairs), claimed);
                    let verdict = if may_be_a_bound(&named) { Verdict::Risk } else { Verdict::Fail };
                    Judgement::new(verdict, format!("{answer_unit}"), remark)
                }
                None if is_wordless(&answer.text)
                    && !negative
                    && answered(case, grid, sides)
                    && asked.chars().count() >= 4 =>
                {
                    let remark = both(
                        format!("“{short}”的响应栏为空，未填写响应内容"),
                        format!("The answer to “{short}” was left blank"),
                    );
                    evidence = case.bid.unit_evidence(demand_unit);
                    Judgement::new(Verdict::Risk, format!("{answer_unit}"), remark)
                }
                None if negative => Judgement::new(
                    if rigid { Verdict::Fail } else { Verdict::Risk },
                    format!("{answer_unit}"),
                    both(format!("“{short}”为负偏离"), format!("A negative deviation from “{short}”")),
                ),
                None if let Some((wanted, offered)) = classes::made_otherwise(asked, &answer.text) => {
                    let remark = claiming(all_otherwise(told, &[(as_written(wanted), as_written(offered))]), claimed);
                    Judgement::new(Verdict::Risk, format!("{answer_unit}"), remark)
                }
                None if claims_stand_out && is_bare_claim(&answer.text) && sets_figures(asked) => {
                    let remark = both(
                        format!("“{short}”只答“{}”，没有写出所投产品的具体数值", answer.text.trim()),
                        format!(
                            "The answer to “{short}” is only {}; it gives no figure of what is offered",
                            quoted(answer.text.trim())
                        ),
                    );
                    Judgement::new(Verdict::Risk, format!("{answer_unit}"), remark)
                }
                None if compared > 0 && copies_stand_out && is_copied(asked, &answer.text) => {
                    Judgement::new(Verdict::Risk, format!("{answer_unit}"), copied(told))
                }
                None if !negative
                    && !says_better(&said)
                    && let Some((wanted, offered, verdict)) = other_value(&named, asked, &spelled(&answer.text)) =>
                {
                    let remark = claiming(all_otherwise(told, &[(wanted, offered)]), claimed);
                    Judgement::new(verdict, format!("{answer_unit}"), remark)
                }
                None if compared > 0 || kept_otherwise(&named, &answer.text) => {
                    let remark = both(
                        format!("“{short}”的响应值满足要求"),
                        format!("The value offered for “{short}” meets the requirement"),
                    );
                    Judgement::new(Verdict::Pass, format!("{answer_unit}"), remark)
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

/// How many figures of a demand an answer gives, and those it does not keep.
fn held_against(demand: &str, answer: &str) -> (usize, Vec<(Figure, Figure)>) {
    let (wanted, offered) = (figures(demand), figures(answer));
    let mut compared = 0;
    let mut broken = Vec::new();
    for figure in wanted.iter().filter(|f| f.comparison.is_some() && !f.unit.is_empty() && !f.in_range) {
        let alike = |f: &Figure| figure.compares_with(f);
        let mut same: Vec<&Figure> = offered.iter().filter(|o| alike(o)).collect();
        // What answers another demand of that unit by its name is none of this one.
        let other = |o: &&Figure| {
            let own = shared_run(&figure.name, &o.name);
            wanted.iter().filter(|f| alike(f) && *f != figure).any(|f| shared_run(&f.name, &o.name) > own)
        };
        same.retain(|o| !other(o));
        // Of several answers in one unit, the one of the same name answers, or the one of which the same is said.
        if same.len() > 1 {
            let named: Vec<&Figure> = same.iter().copied().filter(|o| akin(&figure.name, &o.name)).collect();
            same = match named.is_empty() {
                false => nearest(named, |o| shared_run(&figure.name, &o.name)),
                true => nearest(same, |o| kinship(figure, o)),
            };
            if same.iter().any(|o| !akin(&figure.name, &o.name) && kinship(figure, o) < 2) {
                same.clear();
            }
        }
        let [only] = same.as_slice() else { continue };
        // Of several demands in one unit, only the one of the same name is answered.
        let alone = wanted.iter().filter(|f| alike(f)).count() == 1;
        if only.in_range || !alone && !akin(&figure.name, &only.name) && kinship(figure, only) < 2 {
            continue;
        }
        match keeps(figure, only) {
            Some(false) => broken.push((figure.clone(), (*only).clone())),
            Some(true) => {}
            None => continue,
        }
        compared += 1;
    }
    (compared, broken)
}

/// Those for which `closeness` is greatest.
fn nearest(all: Vec<&Figure>, closeness: impl Fn(&Figure) -> usize) -> Vec<&Figure> {
    let most = all.iter().map(|f| closeness(f)).max().unwrap_or_default();
    all.into_iter().filter(|f| closeness(f) == most).collect()
}

/// Whether an answer gives figures that keep the demand's; `None` where none can be compared.
pub(super) fn keeps_figures(demand: &str, answer: &str) -> Option<bool> {
    if less_otherwise(demand, answer).is_some() {
        return Some(false);
    }
    if protection(demand).is_some() && protection(answer).is_some() {
        return Some(true);
    }
    let (compared, broken) = held_against(demand, answer);
    (compared > 0).then_some(broken.is_empty())
}

/// Whether most rows of a table have an answer, so that an empty one was left out.
fn answered(case: &Case<'_>, grid: &Grid, sides: Sides) -> bool {
    let rows = grid.rows.iter().skip(sides.header_row as usize + 1);
    let reading = &case.bid.reading;
    let filled = |row: &&Vec<usize>| {
        reading.cell_in(row, sides.answer).and_then(|u| reading.unit(u)).is_some_and(|u| !is_wordless(&u.text))
    };
    rows.clone().filter(filled).count() * 2 > rows.count()
}

/// Whether the tender wants the offered product's own figures: 不得照抄, 填写具体参数.
fn copies_forbidden(case: &Case<'_>) -> bool {
    const WORDS: &[&str] = &["照抄", "复制招标文件", "复制粘贴", "简单复制", "原样复制", "复制采购文件"];
    case.tender.units.iter().any(|u| u.zone != Zone::Contract && WORDS.iter().any(|w| u.text.contains(w)))
}

/// Whether an answer says that the demand is met and nothing more.
fn is_bare_claim(answer: &str) -> bool {
    const CLAIMS: [&str; 24] = [
        "满足",
        "完全满足",
        "满足要求",
        "满足招标要求",
        "满足招标文件要求",
        "完全满足招标文件要求",
        "符合",
        "完全符合",
        "符合要求",
        "符合招标要求",
        "符合招标文件要求",
        "响应",
        "完全响应",
        "已响应",
        "是",
        "按要求",
        "yes",
        "y",
        "comply",
        "complies",
        "compliant",
        "conforms",
        "fully compliant",
        "as required",
    ];
    let bare = answer.trim().trim_end_matches(['。', '.', ';']).trim().to_lowercase();
    CLAIMS.contains(&bare.as_str())
}

/// Whether a demand sets a bound to a figure.
fn sets_figures(demand: &str) -> bool {
    figures(demand).iter().any(|f| f.comparison.is_some() && (f.measure.is_some() || f.unit == "%"))
}

/// Whether most answers of a table that have figures give the product's own, so that one that is `empty` of its own among
/// them, such as the demand again, tells nothing of the product.
fn gives_own_figures(case: &Case<'_>, grid: &Grid, sides: Sides, empty: impl Fn(&str, &str) -> bool) -> bool {
    const ROWS_MIN: usize = 4;
    let reading = &case.bid.reading;
    let text = |row: &[usize], column: u32| Some(reading.unit(reading.cell_in(row, column)?)?.text.as_str());
    let rows = grid.rows.iter().skip(sides.header_row as usize + 1);
    let answered = rows.filter_map(|row| text(row, sides.demand).zip(text(row, sides.answer)));
    let figured: Vec<bool> = answered
        .filter(|(demand, answer)| held_against(demand, answer).0 > 0 || sets_figures(demand) && empty(demand, answer))
        .map(|(demand, answer)| empty(demand, answer))
        .collect();
    let copied = figured.iter().filter(|copied| **copied).count();
    figured.len() >= ROWS_MIN && copied * 4 <= figured.len()
}

/// Whether a range or a code of protection answers the demand.
fn kept_otherwise(demand: &str, answer: &str) -> bool {
    protection(demand).is_some() && protection(answer).is_some()
        || range(demand).zip(range(answer)).is_some_and(|(wanted, offered)| {
            let inside = offered.0 >= wanted.0 && offered.1 <= wanted.1;
            wanted.2 == offered.2 && (inside || !stays_within(demand))
        })
}

/// Whether an answer is the demand itself, its comparison included.
fn is_copied(demand: &str, answer: &str) -> bool {
    let bare = |t: &str| t.chars().filter(|c| c.is_alphanumeric() || "≥≤<>.".contains(*c)).collect::<String>();
    figures(answer).iter().any(|f| f.comparison.is_some()) && bare(demand).contains(&bare(answer))
}

static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)([-−+]?\d+(?:\.\d+)?)\s*([A-Za-z℃°µμ%]{0,6}?)\s*(?:~|～|至|—|–|到|\bto\b|-)\s*\+?([-−]?\d+(?:\.\d+)?)\s*([A-Za-z℃°µμ%\p{Han}]{0,6})")
        .ok()
});

/// The one range of a text, in the base unit of its quantity, and its words.
fn range(text: &str) -> Option<(f64, f64, String, String)> {
    let mut all = RANGE.as_ref()?.captures_iter(text);
    let (found, None) = (all.next()?, all.next()) else { return None };
    let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
    let number = |text: &str| {
        let value = Decimal::parse(text.trim_start_matches(['-', '−', '+']))?.value();
        Some(if text.starts_with(['-', '−']) { -value } else { value })
    };
    let known = |unit: &str| units::measure(unit).map(|m| (m.quantity.to_owned(), m.factor));
    // A unit that is not known is a quantity of its own.
    let other = || {
        let unit: String = part(4).chars().take_while(|c| c.is_ascii_alphabetic() || *c == '%').collect();
        (unit.len() >= 2 || unit == "%").then(|| (unit.to_lowercase(), 1.0))
    };
    let (quantity, factor) = (1..=part(4).chars().count())
        .rev()
        .find_map(|n| known(&part(4).chars().take(n).collect::<String>()))
        .or_else(other)?;
    let first = known(part(2)).filter(|(own, _)| *own == quantity).map_or(factor, |(_, first)| first);
    let unknown = !part(2).is_empty() && known(part(2)).is_none() && part(2).to_lowercase() != quantity;
    let (low, high) = (number(part(1))? * first, number(part(3))? * factor);
    (!unknown && low < high).then(|| (low, high, quantity, part(0).trim().to_owned()))
}

/// A range to work in that an answer's range leaves a part of: both ranges' words.
fn not_covered(demand: &str, answer: &str) -> Option<(String, String)> {
    if !must_cover(demand) {
        return None;
    }
    let ((low, high, quantity, wanted), (own_low, own_high, own_quantity, offered)) = (range(demand)?, range(answer)?);
    let slack = 1e-9 * high.abs().max(low.abs());
    (quantity == own_quantity && (own_low > low + slack || own_high < high - slack)).then_some((wanted, offered))
}

/// A range to stay in that an answer's range goes beyond: both ranges' words.
fn not_within(demand: &str, answer: &str) -> Option<(String, String)> {
    if !stays_within(demand) || ADJUSTABLE.iter().any(|w| answer.to_lowercase().contains(w)) {
        return None;
    }
    let ((low, high, quantity, wanted), (own_low, own_high, own_quantity, offered)) = (range(demand)?, range(answer)?);
    let slack = 1e-9 * high.abs().max(low.abs());
    let beyond = own_low < low - slack || own_high > high + slack;
    // Ranges that hardly touch are of two things.
    let touch = own_low < high && own_high > low;
    (quantity == own_quantity && beyond && touch).then_some((wanted, offered))
}

/// Words of what a device can be set to, which may be more than what it must keep.
const ADJUSTABLE: [&str; 11] =
    ["可调", "可选", "可设", "控温范围", "温控范围", "调温", "设定", "可控", "adjustable", "settable", "set point"];
/// Words of ranges that a device must work in or measure.
const COVERING: &[&str] = &[
    "温度",
    "量程",
    "测量",
    "设定",
    "调节",
    "可调",
    "检测",
    "频率",
    "波长",
    "波段",
    "测距",
    "环境",
    "输入电压",
    "工作电压",
    "measur",
    "adjust",
    "temperature",
    "frequency",
    "wavelength",
    "input voltage",
    "operating voltage",
];
/// Words of ranges to work in and of ranges to stay in alike.
const EITHER: &[&str] = &["湿度", "范围", "range", "humidity"];

/// Whether a demand names a range that the offered one must hold, not one within which a figure must lie.
fn must_cover(demand: &str) -> bool {
    let lower = demand.to_lowercase();
    COVERING.iter().chain(EITHER).any(|w| lower.contains(w)) && !stays_within(demand)
}

/// Whether only words name a demand's range that may as well speak of what must be kept within it.
pub(super) fn may_be_a_bound(demand: &str) -> bool {
    let lower = demand.to_lowercase();
    must_cover(demand) && !COVERING.iter().any(|w| lower.contains(w)) && protection(demand).is_none()
}

/// Whether a demand names a range within which a figure must stay.
fn stays_within(demand: &str) -> bool {
    const WITHIN: &[&str] = &[
        "色温",
        "误差",
        "偏差",
        "公差",
        "容差",
        "精度",
        "波动",
        "允许",
        "尺寸",
        "年龄",
        "控制",
        "含水",
        "之间",
        "范围内",
        "储存",
        "保持",
        "箱内",
        "柜内",
        "库内",
        "冷藏",
        "internal temperature",
        "inside temperature",
        "cabinet temperature",
        "maintain",
        "within",
        "storage",
        "tolerance",
        "accuracy",
        "deviation",
        "error",
        "dimension",
        "size",
        "colour temp",
        "color temp",
    ];
    let lower = demand.to_lowercase();
    WITHIN.iter().any(|w| lower.contains(w)) || is_kept_at(demand)
}

/// Whether something is to be kept at a temperature, 冷藏温度0～8℃; what a device can do is another thing.
fn is_kept_at(demand: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|w| demand.contains(w));
    has(&["冷藏", "冷冻", "贮存", "存放"]) && !has(&["机", "箱", "库", "柜", "范围", "可调", "设备"])
}

static PROTECTION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\bIP\s?-?([0-6])([0-9]|X)\b").ok());

/// A degree of protection (IEC 60529) that is lower in dust or in water: both codes.
fn less_protected(demand: &str, answer: &str) -> Option<(String, String)> {
    let (wanted, offered) = (protection(demand)?, protection(answer)?);
    let digit = |water: u32| if water == NOT_TOLD { "X".to_owned() } else { water.to_string() };
    let code = |(dust, water): (u32, u32)| format!("IP{dust}{}", digit(water));
    let told = wanted.1 != NOT_TOLD && offered.1 != NOT_TOLD;
    (offered.0 < wanted.0 || told && offered.1 < wanted.1).then(|| (code(wanted), code(offered)))
}

/// The one code of protection of a text.
fn protection(text: &str) -> Option<(u32, u32)> {
    // Folded text joins 防护等级 and IP67.
    let spaced: String = text.chars().map(|c| if c.is_ascii() { c } else { ' ' }).collect();
    let mut all = PROTECTION.as_ref()?.captures_iter(&spaced);
    let (found, None) = (all.next()?, all.next()) else { return None };
    Some((found.get(1)?.as_str().parse().ok()?, found.get(2)?.as_str().parse().unwrap_or(NOT_TOLD)))
}

/// The digit of a code of protection that says nothing: IP4X.
const NOT_TOLD: u32 = 10;

/// Whether a row says that the offer is better than asked.
fn says_better(said: &str) -> bool {
    let better = ["正偏离", "优于", "高于", "better", "exceeds"].iter().any(|w| said.to_lowercase().contains(w));
    better && !said.contains("正/负") && !said.contains("正负偏离")
}

/// What a row is about: the short words left of its demand.
fn row_name(case: &Case<'_>, row: &[usize], demands: u32) -> String {
    let reading = &case.bid.reading;
    let left = row.iter().filter_map(|&u| reading.unit(u)).filter(|u| u.cell.is_some_and(|c| c.column < demands));
    let most = |text: &str| if text.is_ascii() { 60 } else { 24 };
    let short = left.filter(|u| u.text.chars().count() <= most(&u.text) && u.text.chars().any(char::is_alphabetic));
    short.map(|u| format!("{} ", u.text.trim())).collect()
}

/// A demand that is one figure without a comparison, answered by another one: 可读性0.01mg by 0.1mg. Of what must be
/// small a greater figure is worse; of the rest only a person can tell.
fn other_value(named: &str, demand: &str, answer: &str) -> Option<(Wording, Wording, Verdict)> {
    const SMALL: [&str; 8] = ["可读性", "检出限", "误差", "噪声", "噪音", "最小读数", "分度值", "不确定度"];
    let bare_figure = |text: &str| {
        // 10,000元: a comma between digits parts no numbers.
        let joined = THOUSANDS.as_ref().map_or(text.into(), |p| p.replace_all(text, "$1"));
        let (figures, numbers) = (figures(text), joined.split(|c: char| !(c.is_ascii_digit() || c == '.')));
        let [only] = figures.as_slice() else { return None };
        let one = numbers.filter(|n| n.chars().any(|c| c.is_ascii_digit())).count() == 1;
        (one && !only.in_range && !text.contains('±') && only.measure.is_some()).then(|| only.clone())
    };
    let (wanted, offered) = (bare_figure(demand)?, bare_figure(answer)?);
    let stated = |f: &Figure| matches!(f.comparison, None | Some(Comparison::Equal));
    let slack = 1e-9 * wanted.base().abs();
    if !stated(&wanted) || !wanted.compares_with(&offered) || (wanted.base() - offered.base()).abs() <= slack {
        return None;
    }
    let small = SMALL.iter().any(|w| named.contains(w));
    let worse = small && offered.base() > wanted.base();
    // Of what lasts, longer is no less.
    // Of a time to be done in, less is no less either.
    let timed = ["工期", "交货期", "交付期", "供货期", "修期"].iter().any(|w| named.contains(w))
        && wanted.measure.is_some_and(Measure::is_time);
    let lasts = timed || wanted.measure.is_some_and(|m| m.quantity == "calendar") && offered.base() > wanted.base();
    if small && !worse || lasts || wanted.measure.map(|m| m.quantity) != offered.measure.map(|m| m.quantity) {
        return None;
    }
    Some((wanted.words(), offered.words(), if worse { Verdict::Fail } else { Verdict::Risk }))
}

static THOUSANDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r",(\d{3})(?-u:\b)").ok());

/// Whether a row says that the offer falls short: 负偏离, and not that there is none.
fn says_negative(said: &str) -> bool {
    super::affirms(said, "负偏离") && !said.contains("正/负偏离") && !said.contains("正负偏离")
}

/// Whether two figures bear the same name: one holds the other, or they share two letters.
fn akin(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    !a.is_empty() && a.windows(2).any(|w| b.contains(&w.iter().collect::<String>()))
}

/// The letters of the longest run that two names share.
fn shared_run(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let holds = |n: &usize| a.windows(*n).any(|w| b.contains(&w.iter().collect::<String>()));
    (1..=a.len()).take_while(holds).last().unwrap_or_default()
}

/// The tender's own words for a demand that a bid repeats.
fn tender_words(case: &Case<'_>, demand: &str) -> Vec<bidlens_domain::evidence::Evidence> {
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
                let (offered, wanted) = (format!("{symbol}={value}{unit}"), format!("{symbol}={want}{unit}"));
                let remark = both(
                    format!("{offered} 低于要求的 {wanted}"),
                    format!("{} is below the required {}", quoted(&offered), quoted(&wanted)),
                );
                // Two figures of which one agrees may belong to another device.
                let verdict = if equal >= 2 { Verdict::Fail } else { Verdict::Risk };
                report.push(Judgement::new(verdict, subject, remark).demands(quote, tender).says(evidence));
            }
            None if equal == offered.len().min(wanted.len()) => {
                let remark = both("参数组与招标要求一致", "The group of parameters agrees with the tender");
                report.push(Judgement::new(Verdict::Pass, subject, remark).demands(quote, tender).says(evidence));
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
            [(Some(Comparison::AtLeast), 350.0, "cd/㎡"), (Some(Comparison::AtMost), 450.0, "W")]
        );
        assert_eq!(group("单泵流量Q=20m3/h,扬程H= 58 m").len(), 2);
    }

    #[test]
    fn units_ranges_and_codes_are_compared() {
        let kept = keeps_figures;
        assert_eq!(kept("额定功率≥5kW", "额定功率4800W"), Some(false));
        assert_eq!(kept("连续工作时间不少于90min", "连续工作时间2小时"), Some(true));
        assert_eq!(kept("重量≤18kg", "19.5千克"), Some(false));
        assert_eq!(kept("灯泡寿命≥30000小时", "灯泡寿命2万小时"), Some(false));
        assert_eq!(kept("灯泡寿命≥30000小时", "灯泡寿命5万小时"), Some(true));
        assert_eq!(kept("工作压力≥72MPa", "工作压力720巴"), Some(true));
        assert_eq!(kept("工作温度:-20℃~50℃", "-10℃~50℃"), Some(false));
        assert_eq!(kept("工作温度:-20℃~50℃", "-25℃~55℃"), None, "a wider range has no figure to hold against");
        assert_eq!(kept("Wavelength range 190 to 1100 nm", "320 to 1000 nm"), Some(false));
        assert_eq!(kept("Wavelength range 190 to 1100 nm", "190 – 1100 nm"), None);
        assert_eq!(kept("测量范围:0-200NTU", "0-100NTU"), Some(false));
        assert_eq!(kept("电源波动范围220V±10%", "220V"), None);
        assert_eq!(kept("Battery life at least 8 hours", "360 min"), Some(false));
        assert_eq!(kept("Accuracy within 2%", "1.5%"), Some(true));
        assert_eq!(kept("防护等级不低于IP67", "IP65"), Some(false));
        assert_eq!(kept("防护等级不低于IP54", "防护等级IP65"), Some(true));
        assert_eq!(kept("服务人员不少于30人,其中经理1人", "本项目服务人员26人,其中经理1人"), Some(false));
        assert_eq!(
            kept("监理机构人员不少于9人,其中监理工程师不少于4人", "监理机构人员共7人,其中监理工程师5人"),
            Some(false)
        );
        assert_eq!(kept("接到报修后30分钟内到达", "接到报修后1小时内到达"), Some(false));
        assert_eq!(kept("具有5年以上管理经验", "具有8年管理经验"), Some(true));
        assert_eq!(kept("相对湿度控制在40%~60%", "控制在45%~55%"), None, "tighter control keeps the demand");
        assert_eq!(kept("木材含水率范围8%~12%", "9%~11%"), None);
        assert_eq!(kept("Storage humidity 40-60 %", "45-55 %"), None);
        assert!(kept_otherwise("相对湿度控制在40%~60%", "控制在45%~55%"));
        assert!(!kept_otherwise("相对湿度控制在40%~60%", "控制在30%~70%"));
        assert!(may_be_a_bound("相对湿度40%~60%") && !may_be_a_bound("工作温度:-20℃~50℃"));
        assert_eq!(kept("800 kg maximum load", "1000 kg maximum load"), None, "more may be better");
        assert_eq!(kept("Maximum 5000 rpm", "6000 rpm"), None);
        assert_eq!(kept("Noise 60 dB maximum, measured at 1 m", "65 dB"), Some(false));
        assert_eq!(kept("外形尺寸600~800mm", "650~750mm"), None, "a size within the range keeps it");
    }

    #[test]
    fn lengths_of_time_compare_across_days_and_months() {
        let kept = keeps_figures;
        assert_eq!(kept("数据保存不少于180天", "数据保存3个月"), Some(false));
        assert_eq!(kept("数据保存不少于180天", "数据保存6个月"), Some(true), "months are of 28 to 31 days");
        assert_eq!(
            kept("定位数据保存期不少于180天,视频数据保存期不少于30天", "定位数据保存1年,视频数据保存60天"),
            Some(true)
        );
        assert_eq!(kept("培训不少于5个工作日", "培训两天"), Some(false));
        assert_eq!(kept("培训不少于5个工作日", "培训5天"), None, "five days may hold fewer working days");
    }

    #[test]
    fn numbered_grades_compare_where_their_order_is_known() {
        let kept = keeps_figures;
        assert_eq!(kept("能效等级不低于2级", "能效1级"), Some(true));
        assert_eq!(kept("能效等级不低于2级", "能效等级3级"), Some(false));
        assert_eq!(kept("满足网络安全等级保护不低于3级", "等级保护2级"), Some(false));
        assert_eq!(kept("隔音不低于2级", "隔音1级"), None);
    }

    #[test]
    fn a_bare_claim_gives_no_figure() {
        assert!(is_bare_claim("满足。") && is_bare_claim("Complies") && !is_bare_claim("满足，8600m³/h"));
        assert!(sets_figures("风量≥8000m³/h") && !sets_figures("符合国家标准"));
    }

    #[test]
    fn an_answer_may_be_the_demand_again() {
        assert!(is_copied("★油箱容积不小于15L", "油箱容积不小于15L"));
        assert!(!is_copied("★油箱容积不小于15L", "油箱容积15L"));
        assert!(!is_copied("★油箱容积不小于15L", "油箱容积不小于18L"));
    }
}
