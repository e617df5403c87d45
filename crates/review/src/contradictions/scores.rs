//! K030: points that do not add up. What the law says of sums and caps is the business of [`crate::rules`].

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::scoring::Scoring;
use bidlens_domain::wording::both;

use super::place;

pub(super) fn read(scoring: &Scoring, language: Language) -> Option<Contradiction> {
    let total = scoring.total?;
    // A set of tables for several lots sums to a multiple.
    if scoring.items.len() < 3 || total.0 % 10_000 == 0 {
        return None;
    }
    let evidence = scoring.items.first()?.evidence.first()?.clone();
    let (points, where_) = (total.value(), place(&evidence));
    let question = both(
        format!("招标文件评分办法（{}起）各评分项合计为{points}分，请明确各项分值。", where_.zh),
        format!("The items of the scoring (from {}) add up to {points} points. Please clarify.", where_.en),
    );
    let text = ContradictionText {
        rule_id: "K030",
        subject: "score_weights".to_owned(),
        language,
        title: both("评分项分值合计不是 100 分", format!("the points add up to {points}, not 100")),
        description: both(
            format!("各评分项合计 {points} 分，可能有遗漏或笔误"),
            format!("the items of the scoring add up to {points} points; one may be missing or mistyped"),
        ),
        question: question.in_language(language).to_owned(),
    };
    Contradiction::new(text, vec![StatedValue { value: points.to_string(), evidence }])
}
