//! What bids have in common that they should not: signs for a person to look at, never a verdict.
//!
//! Text of the tender and its forms is left out: every bid repeats it. A finding names the fact and quotes the
//! bidder's own words only (实施条例 40; 财政部令第87号 37).

use std::collections::HashSet;

use bidlens_domain::finding::{Finding, FindingSource, FindingState, FindingText, Verdict};
use bidlens_domain::requirement::Dimension;

use crate::bid::Bid;
use crate::reading::Reading;

/// Shorter sentences are the same by chance.
const CHARACTERS_MIN: usize = 30;
const FINDINGS_MAX: usize = 20;
/// Letters in a row that are no chance.
const WINDOW: usize = 8;

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether most of a sentence is the tender's: a form whose blanks are filled with the project's name and number.
fn is_filled_form(windows: &HashSet<Vec<char>>, words: &str) -> bool {
    let characters: Vec<char> = words.chars().collect();
    let all = characters.len().saturating_sub(WINDOW - 1).max(1);
    let known = characters.windows(WINDOW).filter(|w| windows.contains(*w)).count();
    known * 10 >= all * 7
}

/// Findings about the bid at `index`.
pub(crate) fn findings(tender: &Reading<'_>, bids: &[Bid<'_>], index: usize) -> Vec<Finding> {
    let Some(own) = bids.get(index) else { return Vec::new() };
    let others: Vec<&Bid<'_>> = bids.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, b)| b).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let public: HashSet<String> = tender
        .units
        .iter()
        .flat_map(|u| crate::bid::cut(&u.text).map(|r| bare(u.text.get(r).unwrap_or_default())).collect::<Vec<_>>())
        .collect();
    let whole_tender: String = tender.units.iter().map(|u| bare(&u.text)).collect();
    let foreign: HashSet<String> = others.iter().flat_map(|b| b.sentences.iter().map(|s| bare(b.text(s)))).collect();
    let windows: HashSet<Vec<char>> = {
        let characters: Vec<char> = whole_tender.chars().collect();
        characters.windows(WINDOW).map(<[char]>::to_vec).collect()
    };
    let mut findings = Vec::new();
    let mut seen = HashSet::new();
    for sentence in &own.sentences {
        let words = bare(own.text(sentence));
        if words.chars().count() < CHARACTERS_MIN
            || public.contains(&words)
            || whole_tender.contains(&words)
            || !foreign.contains(&words)
            || is_filled_form(&windows, &words)
            || !seen.insert(words)
        {
            continue;
        }
        if findings.len() >= FINDINGS_MAX {
            break;
        }
        let remark = "该段与另一投标文件逐字相同，且不是招标文件的内容，建议人工复核".to_owned();
        findings.push(finding(
            own,
            "X001",
            format!("{} {}", sentence.unit, sentence.range.start),
            remark,
            own.evidence(sentence),
        ));
    }
    findings.extend(same_author(own, &others));
    findings
}

/// The same author or last editor in the files' properties; programs' default names say nothing.
fn same_author(own: &Bid<'_>, others: &[&Bid<'_>]) -> Option<Finding> {
    const DEFAULTS: [&str; 10] = [
        "administrator",
        "admin",
        "user",
        "微软用户",
        "微软中国",
        "lenovo",
        "windows用户",
        "dell",
        "python-docx",
        "unknown",
    ];
    let people = |bid: &Bid<'_>| -> Vec<String> {
        let metadata = bid.reading.documents.iter().map(|d| &d.metadata);
        metadata
            .flat_map(|m| [m.author.clone(), m.last_modified_by.clone()])
            .flatten()
            .filter(|a| !a.trim().is_empty() && !DEFAULTS.contains(&a.to_lowercase().as_str()))
            .collect()
    };
    let mine = people(own);
    let shared = mine.iter().find(|a| others.iter().any(|o| people(o).contains(a)))?;
    // The file's properties are no words of its text: the evidence is the document's first line.
    let evidence = own.unit_evidence(0);
    Some(finding(
        own,
        "X002",
        "author".to_owned(),
        format!("文件属性中的作者“{shared}”与另一投标文件相同，建议人工复核"),
        evidence,
    ))
}

fn finding(
    bid: &Bid<'_>,
    rule: &str,
    subject: String,
    remark: String,
    evidence: Vec<bidlens_domain::evidence::Evidence>,
) -> Finding {
    let text = FindingText {
        rule_id: rule.to_owned(),
        subject,
        source: FindingSource::CrossBid,
        dimension: Dimension::Other,
        requirement_id: None,
        requirement_text: "不得串通投标".to_owned(),
        response_text: evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default(),
        rigid: false,
        remark,
    };
    Finding::new(text, &bid.name, Verdict::Risk, FindingState::Judged, Vec::new(), evidence)
}
