//! K002: clauses under a mark (★ ■ ▲ …), by what the document's own legend says of the mark.

use bidlens_domain::document::Language;
use bidlens_domain::risk::{Certainty, Risk, RiskText, RiskType, Severity};
use bidlens_domain::wording::both;

use super::{tags, title_words};
use crate::bid::cut;
use crate::reading::{Reading, Zone};

pub(crate) const MARKS: [char; 7] = ['★', '■', '█', '▲', '※', '☆', '△'];
const CLAUSES_MAX: usize = 300;

/// The signs that mark clauses in this tender: ■ ticks boxes where it stands beside □ and no legend explains it.
pub(crate) fn used(reading: &Reading<'_>) -> Vec<char> {
    let ticks = |mark: char| reading.units.iter().any(|u| u.text.contains(mark) && u.text.contains('□'));
    let explained = |mark: char| {
        reading.units.iter().any(|u| cut(&u.text).any(|r| u.text.get(r).is_some_and(|t| is_legend(t, mark))))
    };
    let mut used: Vec<char> =
        MARKS.into_iter().filter(|&mark| !matches!(mark, '■' | '█') || explained(mark) || !ticks(mark)).collect();
    // An asterisk is a mark only where the tender says so; elsewhere it multiplies or refers to a note.
    let starred = |t: &str| {
        ["\"*\"", "标*", "带*", "*号", "*的", "marked *", "marked with *", "(*)"].iter().any(|w| t.contains(w))
    };
    if reading.units.iter().any(|u| starred(&u.text.to_lowercase())) {
        used.push('*');
    }
    used
}

/// Where the first of the marks stands in a clause; an asterisk only before its words.
pub(crate) fn find(text: &str, marks: &[char]) -> Option<(usize, char)> {
    let leads = |at: usize| text.get(..at).is_some_and(|before| !before.contains(char::is_alphabetic));
    // 25*4镀锌扁钢: between digits it multiplies.
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let multiplies = |at: usize| {
        let (before, after) = text.split_at(at);
        digit(before.chars().next_back()) && digit(after.chars().nth(1))
    };
    text.char_indices().find(|&(at, c)| marks.contains(&c) && (c != '*' || leads(at) && !multiplies(at)))
}

/// Whether a sentence explains a mark: 标★的为实质性条款, items marked * are mandatory.
pub(crate) fn explains(text: &str, mark: char) -> bool {
    let quoted = [
        format!("\"{mark}\""),
        format!("'{mark}'"),
        format!("标{mark}"),
        format!("{mark}的"),
        format!("{mark}号"),
        format!("{mark}条款"),
    ];
    quoted.iter().any(|w| text.contains(w)) || text.contains("标注") || text.to_lowercase().contains("marked")
}

/// Whether the legend makes clauses under `mark` conditions of validity.
pub(crate) fn is_rigid(reading: &Reading<'_>, mark: char) -> bool {
    let legend = reading.units.iter().find_map(|u| {
        cut(&u.text).map(|r| u.text.get(r).unwrap_or_default()).find(|t| is_legend(t, mark)).map(str::to_owned)
    });
    match legend {
        Some(text) => {
            ["无效", "废标", "否决", "实质性", "拒绝", "不得偏离", "必须满足"].iter().any(|w| text.contains(w))
                && !text.contains("不作为")
        }
        // ★ is a condition of validity by custom; other marks are not.
        None => mark == '★',
    }
}

/// A sentence that explains a mark rather than carrying it.
fn is_legend(text: &str, mark: char) -> bool {
    text.contains(mark)
        && (text.contains(&format!("\"{mark}\""))
            || text.contains("标注")
            || text.contains("号条款")
            || text.contains("号项")
            || text.contains("标记")
            || text.contains("带"))
}

pub(super) fn read(reading: &Reading<'_>) -> Vec<Risk> {
    let mut risks = Vec::new();
    let rigid: Vec<(char, bool)> = MARKS.iter().map(|&m| (m, is_rigid(reading, m))).collect();
    for (unit, one) in reading.units.iter().enumerate() {
        if matches!(one.zone, Zone::BidForms | Zone::Contract | Zone::Evaluation) || one.is_heading {
            continue;
        }
        for range in cut(&one.text) {
            let text = reading.text(unit, &range);
            let Some(mark) = text.chars().find(|c| MARKS.contains(c)) else { continue };
            // ■ is also a ticked box; as a mark it stands before a clause of some length.
            if is_legend(text, mark) || text.chars().count() < 8 || text.contains('□') || risks.len() >= CLAUSES_MAX {
                continue;
            }
            let must = rigid.iter().any(|(m, r)| *m == mark && *r);
            if !must {
                continue;
            }
            let words = RiskText {
                // Marks are a custom of Chinese tenders.
                language: Language::Zh,
                title: title_words(text, Language::Zh),
                description: both(
                    format!("“{mark}”条款为实质性要求，不满足将导致投标无效"),
                    format!("a clause under “{mark}” is an essential demand; a bid that does not meet it is invalid"),
                ),
                suggestion: both(
                    "逐条响应并附证明材料，不得负偏离",
                    "answer each such clause with proof; nothing may fall short of it",
                ),
                tags: tags(text),
                rule_id: "K002".to_owned(),
                law: None,
            };
            let evidence = reading.evidence(unit, &range).into_iter().collect();
            risks.extend(Risk::new(RiskType::MustReject, Severity::Critical, Certainty::Legend, words, evidence));
        }
    }
    risks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_between_digits_marks_nothing() {
        assert_eq!(find("25*4镀锌扁钢", &['*']), None);
        assert_eq!(find("*4核处理器", &['*']), Some((0, '*')));
        assert_eq!(find("3.2*镀锌扁钢25*4", &['*']), Some((3, '*')));
    }
}
