//! The functions that the rules name: each holds one tender against one rule and says what it found.
//!
//! None of them knows a law; thresholds and words come from the rule. Where a fact is missing, contradictory or not
//! comparable, the answer is that, never a guess.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::document::Page;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::{Field, FieldKey, FieldStatus, FieldValue};
use bidlens_domain::legal::Abstention;
use bidlens_domain::money::{Money, Percent};
use bidlens_domain::scoring::{ScoreItem, Scoring};
use bidlens_domain::time::Moment;
use bidlens_domain::wording::{Wording, both, in_quotes, quoted};
use regex::Regex;

use super::calendar::{Calendar, days_counted};
use super::data::{Check, ClausePattern, DayUnit, Pattern, Place};
use crate::grammar::numbers::{Decimal, chinese_integer};
use crate::reading::{Reading, Zone};

/// Quotes kept for one rule.
const HITS_MAX: usize = 8;
/// Characters of a sentence that is looked at; a longer one is a whole page that lost its stops.
const CLAUSE_CHARS_MAX: usize = 1_200;
const EVIDENCE_CHARS: usize = 260;

/// What all checks look at.
pub(super) struct Case<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) fields: &'a BTreeMap<FieldKey, Field>,
    pub(super) scoring: &'a Scoring,
    /// The words that tell the regime: evidence of what is absent elsewhere.
    pub(super) regime_evidence: &'a [Evidence],
    sentences: Vec<Sentence>,
    calendar: &'static Calendar,
}

/// A sentence outside forms, and where it stands.
struct Sentence {
    unit: usize,
    range: Range<usize>,
    in_contract: bool,
    qualifies: bool,
    scores: bool,
}

/// What a check found.
#[derive(Debug)]
pub(super) enum Found {
    Fired { words: Wording, evidence: Vec<Evidence> },
    Nothing,
    Abstained(Abstention, Vec<String>),
}

impl Found {
    fn missing(keys: &[&str]) -> Found {
        Found::Abstained(Abstention::FactsMissing, keys.iter().map(|k| (*k).to_owned()).collect())
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(
        reading: &'a Reading<'a>,
        fields: &'a BTreeMap<FieldKey, Field>,
        scoring: &'a Scoring,
        regime_evidence: &'a [Evidence],
    ) -> Case<'a> {
        let mut places: Option<(usize, bool, bool)> = None;
        let mut sentences = Vec::with_capacity(reading.clauses.len());
        for clause in &reading.clauses {
            let zone = reading.zone(clause.unit);
            if zone == Zone::BidForms || reading.text(clause.unit, &clause.range).chars().count() > CLAUSE_CHARS_MAX {
                continue;
            }
            let (qualifies, scores) = match places {
                Some((unit, qualifies, scores)) if unit == clause.unit => (qualifies, scores),
                _ => {
                    let own = (qualifies(reading, clause.unit), scores(reading, clause.unit));
                    places = Some((clause.unit, own.0, own.1));
                    own
                }
            };
            sentences.push(Sentence {
                unit: clause.unit,
                range: clause.range.clone(),
                in_contract: zone == Zone::Contract,
                qualifies,
                scores,
            });
        }
        Case { reading, fields, scoring, regime_evidence, sentences, calendar: Calendar::of_china() }
    }

    /// Runs a check.
    pub(super) fn run(&self, check: &Check) -> Found {
        match check {
            Check::DaysBetween { from, to, least, unit, first_day_counts, said, unsaid } => {
                let about = |pattern: &Option<Pattern>| pattern.as_ref().map(|p| self.quotes(&[from, to], p));
                if about(said) == Some(false) || about(unsaid) == Some(true) {
                    // The days are those of another step than the rule's.
                    return Found::missing(&[from, to]);
                }
                self.days_between(from, to, *least, *unit, *first_day_counts)
            }
            Check::StatedNumber { clause, numbers, least, most, odd } => {
                self.stated_number(clause, numbers, *least, *most, *odd)
            }
            Check::Clause { clause, unless, unless_field } => self.clause(clause, unless, unless_field.as_deref()),
            Check::ShareAtMost { amount, of, percent } => self.share_at_most(amount, of, *percent),
            Check::PercentAtMost { field, percent } => self.percent_at_most(field, *percent),
            Check::AmountAtMost { amount, limit } => self.amount_at_most(amount, limit),
            Check::YuanAtMost { amount, yuan } => self.yuan_at_most(amount, *yuan),
            Check::SameMoment { first, second } => self.same_moment(first, second),
            Check::PriceWeight { least } => self.price_weight(*least),
            Check::BondValidity {} => self.bond_validity(),
            Check::Committee { words, least, budget, least_above } => {
                self.committee(words, *least, budget.zip(*least_above))
            }
            Check::QualificationScored {} => self.qualification_scored(),
            Check::NotReserved { budget, clause } => self.not_reserved(*budget, clause),
            Check::Absent { fields, words, when } => self.absent(fields, words, when),
        }
    }

    fn field(&self, key: &str) -> Option<&'a Field> {
        self.fields.get(key)
    }

    fn moment(&self, key: &str) -> Option<(Moment, &'a Field)> {
        let field = self.field(key)?;
        Some((field.moment()?, field))
    }

    /// Whether the words that one of the fields was read from match.
    fn quotes(&self, keys: &[&str], pattern: &Pattern) -> bool {
        let fields = keys.iter().filter_map(|key| self.field(key));
        fields.flat_map(Field::evidence).any(|e| pattern.matches(&bidlens_domain::fold::folded(e.quote())))
    }

    fn days_between(&self, from: &str, to: &str, least: i64, unit: DayUnit, first_day_counts: bool) -> Found {
        let (Some((start, start_field)), Some((end, end_field))) = (self.moment(from), self.moment(to)) else {
            let missing: Vec<&str> = [from, to].into_iter().filter(|k| self.moment(k).is_none()).collect();
            return Found::missing(&missing);
        };
        let (start, end) = (start.date(), end.date());
        if end < start {
            // One of the two was misread or misprinted; counting on would accuse by mistake.
            return Found::missing(&[from, to]);
        }
        let count = match unit {
            DayUnit::Day => days_counted(start, end) + i64::from(first_day_counts),
            DayUnit::WorkingDay => {
                let first = if first_day_counts { Some(start) } else { start.succ_opt() };
                let Some(count) = first.and_then(|first| self.calendar.working_days(first, end)) else {
                    return Found::Abstained(Abstention::CalendarMissing, Vec::new());
                };
                count
            }
        };
        if count >= least {
            return Found::Nothing;
        }
        let (zh, en) = match unit {
            DayUnit::Day => ("日", "days"),
            DayUnit::WorkingDay => ("个工作日", "working days"),
        };
        let evidence = start_field.evidence().iter().take(1).chain(end_field.evidence().iter().take(1)).cloned();
        Found::Fired {
            words: both(
                format!("{start} 至 {end} 为 {count} {zh}，少于 {least} {zh}"),
                format!("{start} to {end} is {count} {en}, fewer than {least}"),
            ),
            evidence: distinct(evidence),
        }
    }

    /// The sentences a pattern picks.
    fn matching<'s>(&'s self, pattern: &'s ClausePattern) -> impl Iterator<Item = (usize, &'s Sentence, &'s str)> + 's {
        self.sentences.iter().enumerate().filter_map(move |(index, sentence)| {
            let fits = match pattern.place {
                Place::Tender => !sentence.in_contract,
                Place::Contract => sentence.in_contract,
                Place::Qualification => sentence.qualifies && !sentence.in_contract,
                Place::Scoring => sentence.scores && !sentence.in_contract,
                Place::Anywhere => true,
            };
            if !fits {
                return None;
            }
            let text = self.reading.text(sentence.unit, &sentence.range);
            let picked = pattern.all.iter().all(|p| p.matches(text))
                && !pattern.none.iter().any(|p| p.matches(text))
                && (pattern.forbidding || !forbids(text))
                && self.stands_under(sentence, text, &pattern.under);
            picked.then_some((index, sentence, text))
        })
    }

    /// Whether one of the patterns, if there are any, matches this sentence or the line that introduces it.
    fn stands_under(&self, sentence: &Sentence, text: &str, patterns: &[Pattern]) -> bool {
        patterns.is_empty()
            || patterns.iter().any(|p| p.matches(text))
            || patterns.iter().any(|p| p.matches(&self.reading.context(sentence.unit)))
    }

    /// Whether one of the patterns matches this sentence or one beside it, in its own paragraph or cell or the next.
    fn near(&self, index: usize, patterns: &[Pattern]) -> bool {
        let from = index.saturating_sub(2);
        let Some(own) = self.sentences.get(index) else { return false };
        self.sentences.iter().enumerate().skip(from).take(5).any(|(at, other)| {
            (at == index || other.unit.abs_diff(own.unit) <= 1)
                && patterns.iter().any(|p| p.matches(self.reading.text(other.unit, &other.range)))
        })
    }

    fn evidence(&self, sentence: &Sentence) -> Option<Evidence> {
        let text = self.reading.text(sentence.unit, &sentence.range);
        let end = text.char_indices().nth(EVIDENCE_CHARS).map_or(text.len(), |(at, _)| at);
        self.reading.evidence(sentence.unit, &(sentence.range.start..sentence.range.start + end))
    }

    fn stated_number(
        &self,
        clause: &ClausePattern,
        numbers: &[Pattern],
        least: Option<i64>,
        most: Option<i64>,
        odd: bool,
    ) -> Found {
        let mut seen = false;
        let mut wrong: Vec<String> = Vec::new();
        let mut evidence = Vec::new();
        for (index, sentence, text) in self.matching(clause) {
            for number in
                numbers.iter().flat_map(|p| p.0.captures_iter(text)).filter_map(|c| c.name("n").map(|m| m.as_str()))
            {
                let Some(value) = number_of(number) else { continue };
                seen = true;
                let low = least.is_some_and(|least| value < Decimal::from_integer(least));
                let high = most.is_some_and(|most| value > Decimal::from_integer(most));
                let even = odd && value.integer().is_some_and(|n| n % 2 == 0);
                if (low || high || even) && evidence.len() < HITS_MAX && !self.near(index, &clause.none_near) {
                    wrong.push(number.to_owned());
                    evidence.extend(self.evidence(sentence));
                }
            }
        }
        wrong.dedup();
        if evidence.is_empty() {
            return if seen { Found::Nothing } else { Found::missing(&["stated_number"]) };
        }
        let stated: Vec<String> = wrong.iter().map(|number| quoted(number)).collect();
        let (limit, limit_english) = match (least, most) {
            (Some(least), Some(most)) => (format!("{least} 至 {most}"), format!("{least} to {most}")),
            (Some(least), None) => (format!("不少于 {least}"), format!("at least {least}")),
            (None, Some(most)) => (format!("不超过 {most}"), format!("at most {most}")),
            (None, None) => ("单数".to_owned(), "odd".to_owned()),
        };
        Found::Fired {
            words: both(
                format!("文件写明 {}，规定为{limit}", wrong.join("、")),
                format!("the document says {}; the rule asks for {limit_english}", stated.join(", ")),
            ),
            evidence: distinct(evidence),
        }
    }

    fn clause(&self, clause: &ClausePattern, unless: &[Pattern], unless_field: Option<&str>) -> Found {
        let mut quotes = Vec::new();
        let mut evidence = Vec::new();
        let picked = self.matching(clause).filter(|(index, ..)| !self.near(*index, &clause.none_near));
        for (_, sentence, text) in picked.take(HITS_MAX) {
            quotes.push(super::short(text));
            evidence.extend(self.evidence(sentence));
        }
        let Some(first) = quotes.first() else { return Found::Nothing };
        let excepted = unless.iter().any(|p| self.somewhere(p))
            || unless_field.and_then(|f| f.split_once('=')).is_some_and(|(key, value)| self.field_says(key, value));
        if excepted {
            return Found::Abstained(Abstention::ExceptionPossible, Vec::new());
        }
        Found::Fired { words: both(format!("“{first}”"), in_quotes(first)), evidence: distinct(evidence) }
    }

    fn somewhere(&self, pattern: &Pattern) -> bool {
        self.sentences.iter().any(|s| pattern.matches(self.reading.text(s.unit, &s.range)))
    }

    fn field_says(&self, key: &str, value: &str) -> bool {
        match self.field(key).and_then(Field::found) {
            Some(FieldValue::Bool(yes)) => yes.to_string() == value,
            Some(FieldValue::Text(text) | FieldValue::Choice(text)) => text == value,
            _ => false,
        }
    }

    fn share_at_most(&self, amount: &str, of: &[String], percent: i64) -> Found {
        let limit = Percent::from_hundredths(percent * 100);
        let Some(field) = self.field(amount).filter(|f| f.found().is_some() || !f.lots.is_empty()) else {
            return match self.field(amount).map(Field::status) {
                Some(FieldStatus::StatedNone) => Found::Nothing,
                _ => Found::missing(&[amount]),
            };
        };
        if let Some(FieldValue::Percent(share)) = field.found() {
            return self.above(*share, limit, field);
        }
        let bases: Vec<&Field> =
            of.iter().filter_map(|key| self.field(key)).filter(|f| f.found().is_some() || !f.lots.is_empty()).collect();
        let Some(base) = bases.first() else {
            return Found::missing(&of.iter().map(String::as_str).collect::<Vec<_>>());
        };
        let pairs = by_lot(field, base, self.lot_count());
        if pairs.is_empty() {
            return Found::missing(&["lots"]);
        }
        for (lot, value, whole) in pairs {
            if value.exceeds(&limit.of(whole)) == Some(true) {
                let evidence = field.evidence().iter().take(2).chain(base.evidence().iter().take(1)).cloned();
                let share = value.minor as f64 / whole.minor.max(1) as f64 * 100.0;
                return Found::Fired {
                    words: both(
                        format!("{}{value} 为 {whole} 的 {share:.2}%，超过 {percent}%", lot.zh),
                        format!("{}{value} is {share:.2}% of {whole}, above {percent}%", lot.en),
                    ),
                    evidence: distinct(evidence),
                };
            }
        }
        Found::Nothing
    }

    fn lot_count(&self) -> i64 {
        match self.field("lots").and_then(Field::found) {
            Some(FieldValue::Integer(count)) => *count,
            _ => 1,
        }
    }

    fn percent_at_most(&self, key: &str, percent: i64) -> Found {
        let Some(field) = self.field(key) else { return Found::missing(&[key]) };
        match (field.status(), field.found()) {
            (_, Some(FieldValue::Percent(share))) => self.above(*share, Percent::from_hundredths(percent * 100), field),
            (FieldStatus::StatedNone, _) => Found::Nothing,
            _ => Found::missing(&[key]),
        }
    }

    fn above(&self, share: Percent, limit: Percent, field: &Field) -> Found {
        if share <= limit {
            return Found::Nothing;
        }
        Found::Fired {
            words: both(format!("{share} 超过 {limit}"), format!("{share} is above {limit}")),
            evidence: distinct(field.evidence().iter().take(2).cloned()),
        }
    }

    fn amount_at_most(&self, amount: &str, limit: &str) -> Found {
        let present = |key: &str| self.field(key).filter(|f| f.money().is_some() || !f.lots.is_empty());
        let (Some(value), Some(most)) = (present(amount), present(limit)) else {
            let missing: Vec<&str> = [amount, limit].into_iter().filter(|k| present(k).is_none()).collect();
            return Found::missing(&missing);
        };
        let pairs = by_lot(value, most, self.lot_count());
        if pairs.is_empty() {
            return Found::missing(&["lots"]);
        }
        let Some((lot, one, other)) = pairs.into_iter().find(|(_, a, b)| a.exceeds(b) == Some(true)) else {
            return Found::Nothing;
        };
        Found::Fired {
            words: both(format!("{}{one} 超过 {other}", lot.zh), format!("{}{one} is above {other}", lot.en)),
            evidence: distinct(value.evidence().iter().take(1).chain(most.evidence().iter().take(1)).cloned()),
        }
    }

    fn yuan_at_most(&self, amount: &str, yuan: i64) -> Found {
        let Some(field) = self.field(amount) else { return Found::missing(&[amount]) };
        let limit = Money::cny_minor(yuan * 100);
        let of_lots = field.lots.values().filter_map(|value| match value {
            FieldValue::Money(money) => Some(money),
            _ => None,
        });
        // What stands over the lots is their sum, and each lot has a bond of its own.
        let whole = field.money().filter(|_| field.lots.is_empty());
        let amounts: Vec<&Money> = whole.into_iter().chain(of_lots).collect();
        if amounts.is_empty() {
            return match field.status() {
                FieldStatus::StatedNone => Found::Nothing,
                _ => Found::missing(&[amount]),
            };
        }
        let Some(most) = amounts.into_iter().find(|m| m.exceeds(&limit) == Some(true)) else {
            return Found::Nothing;
        };
        Found::Fired {
            words: both(format!("{most} 超过 {limit}"), format!("{most} is above {limit}")),
            evidence: distinct(field.evidence().iter().take(2).cloned()),
        }
    }

    fn same_moment(&self, first: &str, second: &str) -> Found {
        let (Some((a, a_field)), Some((b, b_field))) = (self.moment(first), self.moment(second)) else {
            let missing: Vec<&str> = [first, second].into_iter().filter(|k| self.moment(k).is_none()).collect();
            return Found::missing(&missing);
        };
        let differ = match (a, b) {
            (Moment::DateTime(a), Moment::DateTime(b)) => a != b,
            (Moment::Date(_), _) | (_, Moment::Date(_)) => a.date() != b.date(),
        };
        if !differ {
            return Found::Nothing;
        }
        Found::Fired {
            words: both(format!("{a} 与 {b} 不是同一时间"), format!("{a} and {b} are not the same time")),
            evidence: distinct(a_field.evidence().iter().take(1).chain(b_field.evidence().iter().take(1)).cloned()),
        }
    }

    fn price_weight(&self, least: i64) -> Found {
        if self.field("evaluation_method").and_then(Field::text) != Some("comprehensive_score") {
            return Found::missing(&["evaluation_method"]);
        }
        let mut judged = false;
        for items in tables(&self.scoring.items) {
            let named: Vec<&&ScoreItem> = items.iter().filter(|i| is_price(&i.item)).collect();
            let grouped: Vec<&&ScoreItem> = items.iter().filter(|i| is_price(&i.group)).collect();
            let sum = |items: &[&&ScoreItem]| items.iter().map(|i| i.points.0).sum::<i64>();
            // The reading most in favour of the document.
            let prices = if sum(&named) >= sum(&grouped) { named } else { grouped };
            let weight = sum(&prices);
            if weight == 0 {
                continue;
            }
            judged = true;
            if weight < least * 100 {
                let evidence = prices.iter().flat_map(|i| i.evidence.iter().cloned()).take(3);
                let points = weight as f64 / 100.0;
                return Found::Fired {
                    words: both(
                        format!("价格分 {points} 分，占 100 分的 {points}%，低于 {least}%"),
                        format!("the price has {points} of 100 points, less than {least}%"),
                    ),
                    evidence: distinct(evidence),
                };
            }
        }
        if judged { Found::Nothing } else { Found::missing(&["scoring"]) }
    }

    fn bond_validity(&self) -> Found {
        static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"(保证金|保函)(的)?有效期[^。;]{0,24}?(?P<n>\d{2,3})(个)?(日历)?(天|日)").ok()
        });
        let bid = match self.field("bid_validity_days").and_then(Field::found) {
            Some(FieldValue::Integer(days)) => *days,
            _ => return Found::missing(&["bid_validity_days"]),
        };
        let Some(stated) = STATED.as_ref() else { return Found::Nothing };
        let mut seen = false;
        for sentence in self.sentences.iter().filter(|s| !s.in_contract) {
            let text = self.reading.text(sentence.unit, &sentence.range);
            // 履约保函 is another guarantee; “满后” adds to the bid's validity and is no length of its own.
            if ["履约", "预付", "满", "超", "延", "长于", "后"].iter().any(|w| text.contains(w)) {
                continue;
            }
            let Some(days) = stated.captures(text).and_then(|c| c.name("n")?.as_str().parse::<i64>().ok()) else {
                continue;
            };
            seen = true;
            if days != bid {
                let own = self.field("bid_validity_days").and_then(|f| f.evidence().first().cloned());
                return Found::Fired {
                    words: both(
                        format!("保证金有效期 {days} 日，投标有效期 {bid} 日，二者不一致"),
                        format!("the bond is valid for {days} days, the bid for {bid}"),
                    ),
                    evidence: distinct(self.evidence(sentence).into_iter().chain(own)),
                };
            }
        }
        if seen { Found::Nothing } else { Found::missing(&["bid_bond_validity"]) }
    }

    fn committee(&self, words: &[Pattern], least: i64, above: Option<(i64, i64)>) -> Found {
        static SIZE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"(由|成员(人数|总数)?(为|:)?|总人数(为|:)?|人数(为|:)|共计?)(?P<n>\d{1,2}|[一二三四五六七八九十]{1,2})(名|人|位)(?P<more>\(?(含)?\d?\)?(及)?以上)?").ok()
        });
        let Some(size) = SIZE.as_ref() else { return Found::Nothing };
        let budget = self.field("budget").and_then(Field::money).map(|m| m.minor / 100);
        let least = match (above, budget) {
            (Some((from, more)), Some(budget)) if budget >= from => more,
            _ => least,
        };
        let mut seen = false;
        for sentence in self.sentences.iter().filter(|s| !s.in_contract) {
            let text = self.reading.text(sentence.unit, &sentence.range);
            if !words.iter().any(|w| w.matches(text)) || forbids(text) {
                continue;
            }
            let Some(found) = size.captures(text) else { continue };
            let Some(count) = found.name("n").and_then(|n| number_of(n.as_str())).and_then(Decimal::integer) else {
                continue;
            };
            seen = true;
            // “5人以上单数” repeats the law and fixes no size.
            if found.name("more").is_some() {
                continue;
            }
            if count < least || count % 2 == 0 {
                return Found::Fired {
                    words: both(
                        format!("成员 {count} 人，法定为 {least} 人以上单数"),
                        format!("{count} members; the law asks for an odd number of {least} or more"),
                    ),
                    evidence: distinct(self.evidence(sentence)),
                };
            }
        }
        if seen { Found::Nothing } else { Found::missing(&["committee"]) }
    }

    fn qualification_scored(&self) -> Found {
        static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(
                r"(GB/T ?|ISO/?(IEC)? ?|OHSAS ?)\d{4,5}|[\p{Han}A-Z]{2,18}(许可证|资质证书|认证证书|备案证|资质)",
            )
            .ok()
        });
        let Some(names) = NAMES.as_ref() else { return Found::Nothing };
        let mut demanded: Vec<(String, &Sentence)> = Vec::new();
        for sentence in self.sentences.iter().filter(|s| s.qualifies && !s.in_contract && !s.scores) {
            let text = self.reading.text(sentence.unit, &sentence.range);
            if forbids(text) {
                continue;
            }
            for name in names.find_iter(text) {
                let name = bare_name(name.as_str());
                if name.chars().count() >= 5 && !demanded.iter().any(|(other, _)| *other == name) {
                    demanded.push((name, sentence));
                }
            }
        }
        if demanded.is_empty() || self.scoring.items.is_empty() {
            return Found::missing(&["scoring"]);
        }
        for (name, sentence) in &demanded {
            let item = self.scoring.items.iter().find(|i| {
                let rule = bidlens_domain::fold::folded(&i.rule);
                rule.contains(name.as_str()) && rule.contains('得')
            });
            if let Some(item) = item {
                return Found::Fired {
                    words: both(
                        format!("“{name}”既是资格条件，又在评分项“{}”中得分", super::short(&item.item)),
                        format!(
                            "“{name}” is a condition of admission and scores under {}",
                            in_quotes(&super::short(&item.item))
                        ),
                    ),
                    evidence: distinct(
                        self.evidence(sentence).into_iter().chain(item.evidence.iter().take(2).cloned()),
                    ),
                };
            }
        }
        Found::Nothing
    }

    fn not_reserved(&self, budget: i64, clause: &ClausePattern) -> Found {
        let Some(field) = self.field("budget") else { return Found::missing(&["budget"]) };
        let Some(amount) = field.money() else { return Found::missing(&["budget"]) };
        if amount.exceeds(&Money::cny_minor(budget * 100)) != Some(false) {
            return Found::Nothing;
        }
        let Some((_, sentence, _)) = self.matching(clause).next() else { return Found::Nothing };
        Found::Fired {
            words: both(
                format!("预算 {amount} 不超过 {budget} 元，文件写明不专门面向中小企业"),
                format!("the budget of {amount} is within {budget} yuan and the purchase is said not to be reserved"),
            ),
            evidence: distinct(self.evidence(sentence).into_iter().chain(field.evidence().first().cloned())),
        }
    }

    fn absent(&self, fields: &[String], words: &[Pattern], when: &[Pattern]) -> Found {
        let stated = fields
            .iter()
            .filter_map(|key| self.field(key))
            .any(|f| !matches!(f.status(), FieldStatus::NotFound | FieldStatus::Unreadable) || !f.lots.is_empty());
        if stated {
            return Found::Nothing;
        }
        if self.reading.documents.iter().flat_map(|d| &d.pages).any(Page::may_hide_words) {
            return Found::Abstained(Abstention::Unreadable, Vec::new());
        }
        // A notice alone is no tender document: what it leaves out may stand in the file it announces.
        let zones = [Zone::Instructions, Zone::FrontTable, Zone::Evaluation];
        if !self.reading.units.iter().any(|u| zones.contains(&u.zone)) {
            return Found::missing(&["tender_document"]);
        }
        if !when.is_empty() && !when.iter().any(|p| self.reading.units.iter().any(|u| p.matches(&u.text))) {
            return Found::Nothing;
        }
        // Headings and forms count here: the question is whether the subject is dealt with at all.
        if words.iter().any(|p| self.reading.units.iter().any(|u| p.matches(&u.text))) {
            return Found::Nothing;
        }
        let subject = self
            .sentences
            .iter()
            .find(|s| when.iter().any(|p| p.matches(self.reading.text(s.unit, &s.range))))
            .and_then(|s| self.evidence(s));
        Found::Fired {
            words: both("通读全文未找到", "nothing was found in the whole document"),
            evidence: distinct(subject.or_else(|| self.regime_evidence.first().cloned())),
        }
    }
}

fn distinct(evidence: impl IntoIterator<Item = Evidence>) -> Vec<Evidence> {
    let mut kept: Vec<Evidence> = Vec::new();
    for one in evidence {
        if !kept.contains(&one) && kept.len() < HITS_MAX {
            kept.push(one);
        }
    }
    kept
}

fn number_of(text: &str) -> Option<Decimal> {
    Decimal::parse(text).or_else(|| chinese_integer(text).map(Decimal::from_integer))
}

/// A sentence that forbids something repeats the law rather than breaking it.
fn forbids(text: &str) -> bool {
    ["不得", "严禁", "禁止", "不允许将", "不应当", "属于以不合理", "不能将", "不可将"].iter().any(|w| text.contains(w))
}

fn qualifies(reading: &Reading<'_>, unit: usize) -> bool {
    const WORDS: [&str; 14] = [
        "资格要求",
        "资格条件",
        "资质要求",
        "资格审查",
        "资格性审查",
        "资格评审",
        "合格投标人",
        "合格的投标人",
        "合格供应商",
        "合格的供应商",
        "投标人资格",
        "供应商资格",
        "申请人资格",
        "资质条件",
    ];
    let context = reading.context(unit);
    let near = |text: &str| WORDS.iter().any(|w| text.contains(w));
    near(&context) || reading.headings(unit).iter().take(2).any(|h| near(h))
}

fn scores(reading: &Reading<'_>, unit: usize) -> bool {
    reading.zone(unit) == Zone::Evaluation
        || ["评分", "打分", "评审因素", "分值"]
            .iter()
            .any(|w| reading.context(unit).contains(w) || reading.headings(unit).iter().take(2).any(|h| h.contains(w)))
}

fn is_price(name: &str) -> bool {
    let name = bidlens_domain::fold::folded(name);
    ["报价", "价格", "评标价", "评审价"].iter().any(|w| name.contains(w))
        && !["合理性", "分析", "偏离", "承诺", "稳定", "优惠", "组成", "清单", "以外", "除价格", "非价格"]
            .iter()
            .any(|w| name.contains(w))
}

/// The items by table: those of one lot, and runs of them that add up to 100. A rest that does not is left out, since
/// only a table that adds up shows what share one item has.
fn tables(items: &[ScoreItem]) -> Vec<Vec<&ScoreItem>> {
    let mut lots: BTreeMap<&str, Vec<&ScoreItem>> = BTreeMap::new();
    for item in items {
        lots.entry(item.lots.as_str()).or_default().push(item);
    }
    let mut tables = Vec::new();
    for items in lots.into_values() {
        let mut table: Vec<&ScoreItem> = Vec::new();
        let mut sum = 0;
        let mut own = Vec::new();
        for item in items {
            sum += item.points.0;
            table.push(item);
            if sum == 10_000 {
                own.push(std::mem::take(&mut table));
                sum = 0;
            }
        }
        // A rest means that the runs before it may have been cut at the wrong item.
        if table.is_empty() {
            tables.extend(own);
        }
    }
    tables
}

/// A certificate's name without the verb that asks for it.
fn bare_name(name: &str) -> String {
    let starts = [
        "具有有效的",
        "具备有效的",
        "持有有效的",
        "投标人须具有",
        "供应商须具有",
        "须具有",
        "应具有",
        "具有",
        "具备",
        "持有",
        "提供",
        "取得",
        "有效的",
        "有效期内的",
        "投标人",
        "供应商",
    ];
    let mut bare = name;
    while let Some(rest) = starts.iter().find_map(|s| bare.strip_prefix(s)) {
        bare = rest;
    }
    bare.replace(' ', "")
}

/// The amounts of two fields that belong together, with the lot's name in front; empty when they cannot be paired.
fn by_lot<'f>(one: &'f Field, other: &'f Field, lots: i64) -> Vec<(Wording, &'f Money, &'f Money)> {
    let money = |value: &'f FieldValue| match value {
        FieldValue::Money(money) => Some(money),
        _ => None,
    };
    if one.lots.len() > 1 && other.lots.len() > 1 {
        let name = |lot: &str| both(format!("第{lot}包 "), format!("lot {}: ", quoted(lot)));
        let pairs = one.lots.iter();
        return pairs
            .filter_map(|(lot, value)| Some((name(lot), money(value)?, money(other.lots.get(lot)?)?)))
            .collect();
    }
    if lots > 1 {
        return Vec::new();
    }
    match (one.money(), other.money()) {
        (Some(a), Some(b)) => vec![(both("", ""), a, b)],
        _ => Vec::new(),
    }
}
