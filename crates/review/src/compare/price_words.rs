//! What it checks: the price in words equals the price in figures where both stand together; so do other sums that are
//! said in both ways in one breath.
//! Why it matters: the words prevail (财政部令第87号 59), so the bid is evaluated at another price than meant.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::prices::{self, PriceMention};
use crate::grammar::money::{self, Amount};

pub(super) const CHECK: Check = Check { id: "B002", dimension: Dimension::Price, run };

/// Sums whose words stand in brackets right behind their figures, or the other way round, whatever they are of.
fn in_one_breath(case: &Case<'_>, report: &mut Report<'_>, judged: &[usize]) {
    for sentence in case.bid.sentences.iter().filter(|s| case.bid.is_own(s.unit) && !judged.contains(&s.unit)) {
        let text = case.bid.text(sentence);
        let amounts = money::find(text);
        let pairs = amounts.iter().zip(amounts.iter().skip(1));
        let said = |(a, b): &(&Amount, &Amount)| {
            let between = text.get(a.range.end..b.range.start).unwrap_or_default().trim();
            let opens = between.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | ':'));
            a.in_words != b.in_words && !a.per_unit && !b.per_unit && opens == "(" && between.len() <= 12
        };
        let Some((a, b)) = pairs.filter(said).find(|(a, b)| a.money.minor != b.money.minor) else { continue };
        let (words, figures) = if a.in_words { (a, b) } else { (b, a) };
        let remark = both(
            format!("大写金额 {} 与小写金额 {} 不一致", words.money, figures.money),
            format!("The amount in words, {}, differs from the amount in figures, {}", words.money, figures.money),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("{}", sentence.unit), remark).says(case.bid.evidence(sentence)),
        );
    }
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let judged: Vec<usize> = prices::mentions(case.bid).iter().filter(|m| m.in_words).map(|m| m.unit).collect();
    in_one_breath(case, report, &judged);
    let mentions = prices::mentions(case.bid);
    let demand = case.tender_clauses(|t| t.contains("大写") && t.contains("小写") && t.contains("为准"));
    let row = |m: &PriceMention| case.bid.reading.units.get(m.unit).and_then(|u| u.cell).map(|c| (c.grid, c.row));
    for words in mentions.iter().filter(|m| m.in_words) {
        let figures = || mentions.iter().filter(|m| !m.in_words);
        // Only figures right beside the words restate them; farther away may stand the price of a part or a lot.
        let beside = figures()
            .find(|m| m.unit == words.unit)
            .or_else(|| figures().find(|m| row(m).is_some() && row(m) == row(words)))
            .or_else(|| {
                figures().filter(|m| m.unit.abs_diff(words.unit) <= 2).min_by_key(|m| m.unit.abs_diff(words.unit))
            });
        // Words may leave open whose dollars they are.
        let equal = figures().find(|m| m.money.minor == words.money.minor);
        // In one breath with the words, the price of the whole must equal them, whatever else is equal elsewhere.
        let together = figures().filter(|m| m.unit == words.unit && m.whole && words.whole);
        let differs = together.clone().next().filter(|_| together.clone().all(|m| m.money.minor != words.money.minor));
        let Some(figures) = differs.or(equal).or(beside) else { continue };
        let mut evidence = words.evidence.clone();
        evidence.extend(figures.evidence.clone());
        evidence.dedup_by(|a, b| a.quote() == b.quote());
        let judgement = if words.money.minor == figures.money.minor {
            let remark = both(
                format!("大写与小写金额一致：{}", words.money),
                format!("The amounts in words and in figures agree: {}", words.money),
            );
            Judgement::new(Verdict::Pass, format!("{}", words.unit), remark)
        } else {
            let remark = both(
                format!("大写金额 {} 与小写金额 {} 不一致", words.money, figures.money),
                format!("The amount in words, {}, differs from the amount in figures, {}", words.money, figures.money),
            );
            Judgement::new(Verdict::Fail, format!("{}", words.unit), remark)
        };
        let (text, tender) = demand.first().cloned().unwrap_or_default();
        report.push(judgement.demands(text, tender).says(evidence));
    }
}
