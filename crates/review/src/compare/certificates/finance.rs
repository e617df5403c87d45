//! Financial reports: of every year that the tender names (2024年度至2026年度经审计的财务报告).

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, must_be_met};

static YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(20\d{2})\s*(?:年度?)?\s*(?:(?:至|到|-|~|～|—|–)\s*(20\d{2}))?\s*(?:年度?|财年)").ok()
});

/// The years that a text names; a span names all between.
fn years(text: &str) -> Vec<u32> {
    let Some(pattern) = YEAR.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for captures in pattern.captures_iter(text) {
        let part = |i: usize| captures.get(i).and_then(|m| m.as_str().parse::<u32>().ok());
        let Some(from) = part(1) else { continue };
        let to = part(2).unwrap_or(from);
        if from <= to && to - from < 6 {
            found.extend(from..=to);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A year that was closed with a loss, where the tender wants none.
fn loss(case: &Case<'_>, report: &mut Report<'_>) {
    let asks = |t: &str| ["不得亏损", "无亏损", "未亏损", "不亏损", "均盈利", "连续盈利"].iter().any(|w| t.contains(w));
    let Some((text, tender)) = case.tender_clauses_in(must_be_met, asks).into_iter().next() else { return };
    let Some(pattern) = LOSS.as_ref() else { return };
    for sentence in case.bid.sentences.iter().filter(|s| !case.bid.is_demand(s.unit) && !case.copied(s)) {
        let said = case.bid.text(sentence);
        // Years that the tender does not ask about, and firms or parts of the business that are not the bidder's whole.
        let (asked, told) = (years(&text), years(said));
        let other_years = !asked.is_empty() && !told.is_empty() && !told.iter().any(|year| asked.contains(year));
        let of_a_part = ["子公司", "母公司", "其他业务", "非经常性", "关联公司"].iter().any(|w| said.contains(w));
        if other_years || of_a_part {
            continue;
        }
        if !pattern.is_match(said) || ["无亏损", "未亏损", "不亏损", "未发生"].iter().any(|w| said.contains(w))
        {
            continue;
        }
        let remark = both(
            "此处写明年度亏损，招标文件要求不亏损，请核对",
            "The bid tells of a year with a loss; the tender wants none; please check",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("loss {}", sentence.unit), remark)
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

static LOSS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:净利润|利润总额|净利)[^,。;]{0,8}[-−负]\s*\d|亏损\s*(?:额|为)?\s*\d").ok());

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    loss(case, report);
    let speaks = |t: &str| {
        ["财务报告", "财务报表", "审计报告", "财务审计", "财务会计报告", "财务状况"].iter().any(|w| t.contains(w))
            && !t.contains("得分")
    };
    let asks = |t: &str| speaks(t) && !t.contains("或") && !years(t).is_empty();
    let Some((text, tender)) = case.tender_clauses_in(must_be_met, asks).into_iter().next() else { return };
    // A day is a date of something, as the year alone is not.
    let dated = |t: &str| t.contains("月");
    let own = |t: &str, heading: &str| {
        (speaks(t) || ["财务", "审计"].iter().any(|w| t.contains(w) || heading.contains(w))) && !dated(t)
    };
    let said: Vec<_> = case
        .bid
        .sentences
        .iter()
        .filter(|s| !case.bid.is_demand(s.unit) && !case.copied(s))
        .filter(|s| own(case.bid.text(s), &case.bid.reading.headings(s.unit).join(" ")))
        .filter(|s| !years(case.bid.text(s)).is_empty())
        .collect();
    let given: Vec<u32> = said.iter().flat_map(|s| years(case.bid.text(s))).collect();
    let Some(first) = said.first().filter(|_| !dated(&text)) else { return };
    let missing: Vec<String> = years(&text).iter().filter(|y| !given.contains(y)).map(u32::to_string).collect();
    let judgement = if missing.is_empty() {
        let remark = both("财务报告年度齐全", "There are financial reports of every year asked for");
        Judgement::new(Verdict::Pass, "finance", remark)
    } else {
        // Further reports may be pictures.
        let missing = missing.join("、");
        let remark = both(
            format!("未见 {missing} 年度的财务报告，请核对"),
            format!("No financial report of {missing} is named; please check"),
        );
        Judgement::new(Verdict::Risk, "finance", remark)
    };
    report.push(judgement.demands(text, tender).says(case.bid.evidence(first)));
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn years_and_spans_are_read() {
        assert_eq!(years("2024年度至2026年度经审计的财务报告"), [2024, 2025, 2026]);
        assert_eq!(years("2024-2026年财务报表"), [2024, 2025, 2026]);
        assert_eq!(years("2024年度、2025年度"), [2024, 2025]);
        assert!(years("合同编号2024-18").is_empty());
    }
}
