//! What it checks: what the bid says of the performance bond and the bid bond against the tender, and whether the bid
//! bond runs as long beyond the bid's validity as the tender asks; that it has a form the tender takes and comes from the
//! bidder's own account.
//! Exclusions: shares of payment, fines and refunds in the same sentence; bonds of earlier contracts.

use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, demands, tied};
use crate::grammar::money::{self, Unit};
use crate::grammar::{dates, percent};

pub(super) const CHECK: Check = Check { id: "B020", dimension: Dimension::Commercial, run };

const PERFORMANCE: [&str; 6] =
    ["履约保证金", "履约担保", "履约保函", "performance security", "performance bond", "performance guarantee"];
const BID: [&str; 15] = [
    "投标保证金",
    "磋商保证金",
    "谈判保证金",
    "响应保证金",
    "询价保证金",
    "报价保证金",
    "投标保函",
    "投标担保",
    "电子保函",
    "bid security",
    "earnest money",
    "tender security",
    "bid bond",
    "tender bond",
    "bid guarantee",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    judge(case, report, "performance_bond", &PERFORMANCE, ["履约保证金", "performance bond"]);
    judge(case, report, "bid_bond", &BID, ["投标保证金", "bid bond"]);
    runs_on(case, report);
    form(case, report, &PERFORMANCE, ["履约保证金", "performance bond"]);
    form(case, report, &BID, ["投标保证金", "bid bond"]);
    private_account(case, report);
}

/// Forms of a bond that few tenders take, with the words for each.
const UNUSUAL_FORMS: [(&str, &[&str]); 3] = [
    ("现金", &["现金", "in cash", "by cash"]),
    ("支票", &["支票", "cheque", "check no"]),
    ("保险", &["保证保险", "保单", "insurance bond", "insurance policy", "insurance guarantee"]),
];
/// The forms that a tender names, whichever it takes.
const FORMS: [&str; 15] = [
    "转账",
    "电汇",
    "汇款",
    "汇票",
    "支票",
    "保函",
    "现金",
    "保险",
    "guarantee",
    "transfer",
    "cheque",
    "draft",
    "cash",
    "letter of credit",
    "surety",
];

/// A bond in a form that the tender does not take: cash where it takes a bank's guarantee or a transfer.
fn form(case: &Case<'_>, report: &mut Report<'_>, words: &[&str], [name, name_en]: [&str; 2]) {
    let tender = case.tender;
    // What the tender says of the bond: sentences that name it, and cells beside its name.
    let speaks = |unit: usize, text: &str| {
        let label = tender.unit(unit).and_then(|u| u.cell).and_then(|c| tender.row_label(c)).unwrap_or_default();
        let both = format!("{label} {text}").to_lowercase();
        words.iter().any(|w| both.contains(w)).then_some(both)
    };
    let mut stated: Vec<(String, Vec<bidlens_domain::evidence::Evidence>)> = Vec::new();
    for (unit, one) in tender.units.iter().enumerate().filter(|(_, u)| demands(u.zone)) {
        for range in crate::bid::cut(&one.text) {
            if let Some(said) = speaks(unit, tender.text(unit, &range))
                && FORMS.iter().any(|w| said.contains(w))
            {
                stated.push((said, tender.evidence(unit, &range).into_iter().collect()));
            }
        }
    }
    let Some((first, evidence)) = stated.first().cloned() else { return };
    // 现金 stands among the forms of some tenders; what is not acceptable does not.
    let refused = |text: &str, word: &str| {
        ["不接受", "不得", "不予", "not accept", "not be accept", "unacceptable"].iter().any(|w| text.contains(w))
            && text.contains(word)
    };
    let taken =
        |forms: &[&str]| stated.iter().any(|(text, _)| forms.iter().any(|w| text.contains(w) && !refused(text, w)));
    for sentence in case.bid.sentences.iter().filter(|s| !case.bid.is_demand(s.unit) && !case.copied(s)) {
        // 现金转账 is a transfer.
        let text = case.bid.text(sentence).to_lowercase().replace("现金转", "转").replace("现金汇", "汇");
        let heading = case.bid.reading.heading(sentence.unit).to_lowercase();
        let label = case.bid.label(sentence.unit).to_lowercase();
        let about = words.iter().any(|w| text.contains(w) || heading.contains(w) || label.contains(w));
        let denied = [
            "不以",
            "不得以",
            "非现金",
            "不接受",
            "未使用",
            "未以",
            "不是以",
            "并非",
            "无关",
            "not ",
            "no part",
            "no bid",
        ]
        .iter()
        .any(|w| text.contains(w));
        let found = UNUSUAL_FORMS.iter().find(|(_, forms)| forms.iter().any(|w| text.contains(w)) && !taken(forms));
        let Some((form, forms)) = found.filter(|_| about && !denied) else { continue };
        let said = forms.iter().find(|w| text.contains(**w)).copied().unwrap_or(form);
        let remark = both(
            format!("{name}的形式为“{said}”，招标文件列明的形式中没有，请核对"),
            format!("The {name_en} is given as “{said}”, a form the tender does not name; please check"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("form {name_en} {}", sentence.unit), remark)
                .demands(first.clone(), evidence.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// A bond that a person paid, where the tender wants it from the bidder's own account.
fn private_account(case: &Case<'_>, report: &mut Report<'_>) {
    let asks =
        |t: &str| t.contains("保证金") && ["基本账户", "基本户", "对公", "公司账户"].iter().any(|w| t.contains(w));
    let by_label =
        || case.tender_clauses_in(demands, |t| ["基本账户", "基本户"].iter().any(|w| t.contains(w))).into_iter().next();
    let Some((text, tender)) = case.tender_clauses_in(demands, asks).into_iter().next().or_else(by_label) else {
        return;
    };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let said = case.bid.text(sentence);
        let private = ["个人账户", "个人帐户", "私人账户", "个人名义"].iter().any(|w| said.contains(w));
        if !private
            || !said.contains("保证金")
            || ["不得", "非个人", "不以", "不从", "未通过", "未以", "未从", "未由", "不是", "无关", "并非"]
                .iter()
                .any(|w| said.contains(w))
        {
            continue;
        }
        let remark = both(
            "投标保证金由个人账户支付，招标文件要求从投标人基本账户转出",
            "The bid bond was paid from a private account; the tender wants it from the bidder's basic account",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("account {}", sentence.unit), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// How long beyond the bid's validity a bond must run: 28 days beyond, 有效期后30天.
static BEYOND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:(\d{1,3})|\((\d{1,3})\))\s*days\s*(?:beyond|after|longer than|past)[^.;]{0,60}valid|有效期(?:满|届满|期满|结束|截止)?[^。;]{0,6}(?:后|之后)[^。;\d]{0,6}(\d{1,3})\s*(?:天|日)|(?:超出|超过|长于|延长至|延至)(?:投标|响应|报价)有效期[^。;\d]{0,6}(\d{1,3})\s*(?:天|日)").ok()
});

/// Whether a sentence or the heading over it is of the bid bond.
fn of_bid_bond(text: &str, heading: &str) -> bool {
    BID.iter().any(|w| text.contains(w)) || BID.iter().any(|w| heading.contains(w))
}

/// The last day of the bid bond against the end of the bid's validity and the days beyond it.
fn runs_on(case: &Case<'_>, report: &mut Report<'_>) {
    const ENDS: [&str; 14] = [
        "until",
        "till",
        "up to",
        "to",
        "expires on",
        "expires",
        "expiry",
        "lapses on",
        "lapsing on",
        "ends on",
        "ending on",
        "至",
        "到",
        "截止",
    ];
    let days = case.facts.field("bid_validity_days").and_then(|f| case.value_of(f));
    let (Some(FieldValue::Integer(days)), Some(deadline)) = (days, case.deadline()) else { return };
    let read = |text: &str| {
        let found = BEYOND.as_ref()?.captures(text)?;
        found.iter().skip(1).flatten().next()?.as_str().parse::<i64>().ok()
    };
    let asks = |t: &str| {
        let lower = t.to_ascii_lowercase();
        // A guarantee that is told beside the validity of bids is that of the bid.
        let guarantee = lower.contains("保函") && lower.contains("投标有效期");
        (of_bid_bond(&lower, "") || lower.contains("emd") || guarantee) && read(&lower).is_some()
    };
    let Some((text, tender)) = case.tender_clauses(asks).into_iter().next() else { return };
    let Some(beyond) = read(&text.to_ascii_lowercase()) else { return };
    let last = deadline.date() + chrono::Duration::days(days + beyond);
    for sentence in &case.bid.sentences {
        let heading = case.bid.reading.heading(sentence.unit).to_ascii_lowercase();
        // What is said of the bond stands behind its name.
        let unit =
            case.bid.reading.unit(sentence.unit).and_then(|u| u.text.get(..sentence.range.end)).unwrap_or_default();
        let unit = unit.to_ascii_lowercase();
        let said = case.bid.text(sentence).to_ascii_lowercase();
        let above = case.bid.line_above(sentence).to_ascii_lowercase();
        let bond = of_bid_bond(&unit, &heading) || of_bid_bond(&above, "") || said.contains("emd");
        if case.bid.is_demand(sentence.unit) || !bond || said.contains("performance") {
            continue;
        }
        let end = dates::find(&said).into_iter().find(|stamp| {
            let before = said.get(..stamp.range.start).unwrap_or_default().trim_end();
            ENDS.iter().any(|w| before.ends_with(w))
        });
        let Some(end) = end.map(|stamp| stamp.moment.date()) else { continue };
        let (verdict, remark) = if end + chrono::Duration::days(1) >= last {
            let remark = both(
                format!("投标保证金有效期至 {end}，不早于要求的 {last}"),
                format!("The bid bond is valid until {end}, no earlier than the required {last}"),
            );
            (Verdict::Pass, remark)
        } else {
            let remark = both(
                format!("投标保证金有效期至 {end}，早于要求的 {last}（投标有效期后 {beyond} 日）"),
                format!(
                    "The bid bond is valid until {end}, before the required {last} ({beyond} days beyond the bid validity)"
                ),
            );
            (Verdict::Risk, remark)
        };
        report.push(
            Judgement::new(verdict, format!("bond until {}", sentence.unit), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

fn judge(case: &Case<'_>, report: &mut Report<'_>, key: &str, words: &[&str], [name, name_en]: [&str; 2]) {
    let Some(field) = case.facts.field(key) else { return };
    let Some(value) = case.value_of(field) else { return };
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let unit = sentence.unit;
        let guarantee = case.bid.reading.headings(unit).iter().any(|h| h.contains("保函") || h.contains("security"));
        if case.bid.is_demand(unit) || case.bid.is_aside(unit) && !guarantee {
            continue;
        }
        let original = case.bid.text(sentence);
        let text = original.to_ascii_lowercase();
        let label = case.bid.label(unit).to_ascii_lowercase();
        // In the letter 保证金 alone is that of the bid.
        const OTHERS: [&str; 6] = ["履约", "质量", "质保", "工资", "农民工", "预付款"];
        let plain = key == "bid_bond" && case.bid.is_binding(unit) && !OTHERS.iter().any(|w| text.contains(w));
        let words: Vec<&str> = words.iter().copied().chain(plain.then_some("保证金")).collect();
        // Under a heading of its own the bond is named by that alone.
        let heading = case.bid.reading.heading(unit).to_ascii_lowercase();
        let above = case.bid.line_above(sentence).to_ascii_lowercase();
        let headed = words.iter().any(|w| heading.contains(w) || above.contains(w))
            && case.bid.reading.unit(unit).is_some_and(|u| !u.is_heading);
        let labelled = words.iter().any(|w| label.contains(w)) || headed;
        if !labelled && !words.iter().any(|w| text.contains(w)) {
            continue;
        }
        // 中标金额3%的履约保证金: the word may follow its figure.
        let near = |at: usize, first: bool, end: usize| {
            // …的3%向采购人提交履约保证金
            let mut after = text.get(end..).unwrap_or_default().trim_start_matches(['的', '作', '为', ' ']);
            for word in ["向采购人", "向招标人", "向甲方", "提交", "缴纳", "交纳", "递交", "支付", "提供", "缴存"]
            {
                after = after.strip_prefix(word).unwrap_or(after);
            }
            // …的10%以银行保函递交履约担保
            let clause = after.split([',', '，', '。', ';']).next().unwrap_or_default();
            let close: String = clause.chars().take(16).collect();
            let handed =
                ["以", "通过", "采用"].iter().any(|w| after.starts_with(w)) && words.iter().any(|w| close.contains(w));
            tied(&text, &words, at, 40) || labelled && first || handed || words.iter().any(|w| after.starts_with(w))
        };
        let said = match value {
            FieldValue::Percent(wanted) => {
                let shares = percent::find(&text);
                let share = shares.iter().enumerate().find(|(i, s)| near(s.range.start, *i == 0, s.range.end));
                share.map(|(_, s)| (s.percent >= *wanted, s.percent.to_string(), wanted.to_string()))
            }
            FieldValue::Money(wanted) => {
                let amounts = match Unit::of_label(&label) {
                    Some(unit) if labelled => money::find_in_unit(original, unit),
                    // Signs of currencies are capitals: USD 40,000.
                    _ => money::find(original),
                };
                let amount = amounts.iter().enumerate().find(|(i, a)| near(a.range.start, *i == 0, a.range.end));
                amount.and_then(|(_, a)| Some((!wanted.exceeds(&a.money)?, a.money.to_string(), wanted.to_string())))
            }
            _ => None,
        };
        let Some((enough, said, wanted)) = said else { continue };
        if enough && !passed {
            passed = true;
            let remark = both(
                format!("{name} {said} 满足要求的 {wanted}"),
                format!("The {name_en} of {said} meets the required {wanted}"),
            );
            report.push(
                Judgement::new(Verdict::Pass, key, remark).demands_field(field).says(case.bid.evidence(sentence)),
            );
        } else if !enough && !case.copied(sentence) {
            let remark = both(
                format!("{name} {said} 低于要求的 {wanted}"),
                format!("The {name_en} of {said} is below the required {wanted}"),
            );
            report.push(
                Judgement::new(Verdict::Fail, format!("{key} {unit}"), remark)
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}
