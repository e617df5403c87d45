//! K030: points that do not add up. What the law says of sums and caps is the business of [`crate::rules`].

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::scoring::Scoring;

use super::place;

pub(super) fn read(scoring: &Scoring, english: bool) -> Option<Contradiction> {
    let total = scoring.total?;
    // A set of tables for several lots sums to a multiple.
    if scoring.items.len() < 3 || total.0 % 10_000 == 0 {
        return None;
    }
    let evidence = scoring.items.first()?.evidence.first()?.clone();
    let (points, where_) = (total.value(), place(&evidence, english));
    let text = if english {
        ContradictionText {
            rule_id: "K030",
            subject: "score_weights".to_owned(),
            title: format!("the points add up to {points}, not 100"),
            description: format!("the items of the scoring add up to {points} points; one may be missing or mistyped"),
            question: format!("The items of the scoring (from {where_}) add up to {points} points. Please clarify."),
        }
    } else {
        ContradictionText {
            rule_id: "K030",
            subject: "score_weights".to_owned(),
            title: "评分项分值合计不是 100 分".to_owned(),
            description: format!("各评分项合计 {points} 分，可能有遗漏或笔误"),
            question: format!("招标文件评分办法（{where_}起）各评分项合计为{points}分，请明确各项分值。"),
        }
    };
    Contradiction::new(text, vec![StatedValue { value: points.to_string(), evidence }])
}
