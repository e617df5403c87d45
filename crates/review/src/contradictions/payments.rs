//! K024: stages of payment that do not make up the whole price.

use bidlens_domain::contradiction::{Contradiction, ContradictionText, StatedValue};
use bidlens_domain::wording::both;

use super::{Fields, place};
use crate::grammar::percent;
use crate::reading::Reading;

/// Words by which shares are not stages that add up: paid up to a share, shares of something else, choices.
const OTHERWISE: [&str; 23] = [
    "至",
    "累计",
    "达到",
    "扣",
    "违约",
    "罚",
    "或者",
    "或",
    "上浮",
    "下浮",
    "税",
    "进度",
    "每",
    "保函",
    "保证金",
    "审定",
    "up to",
    // What is left is paid without a share of its own.
    "付清",
    "结清",
    "余款",
    "余额",
    "剩余",
    "尾款",
];

pub(super) fn read(reading: &Reading<'_>, fields: &Fields) -> Option<Contradiction> {
    let field = fields.get("payment_terms").filter(|f| f.found().is_some())?;
    let evidence = field.evidence().first()?;
    let words = bidlens_domain::fold::folded(field.text().unwrap_or_default());
    if OTHERWISE.iter().any(|w| words.contains(w)) {
        return None;
    }
    let shares = percent::find(&words);
    let sum: i64 = shares.iter().map(|s| s.percent.0).sum();
    let whole: i64 = percent::find("100%").first().map(|s| s.percent.0)?;
    // Two stages at least, each a part of the whole; what is far off tells of shares of something else.
    if shares.len() < 2 || sum == whole || sum < whole / 2 || sum > whole * 3 / 2 {
        return None;
    }
    if shares.iter().any(|s| s.percent.0 >= whole) {
        return None;
    }
    let total = bidlens_domain::money::Percent(sum).to_string();
    let language = reading.language();
    let where_ = place(evidence);
    let question = both(
        format!("招标文件{}，各期付款比例合计为{total}，请明确各期付款比例。", where_.zh),
        format!("The stages of payment on {} make up {total}. Please clarify.", where_.en),
    );
    let text = ContradictionText {
        rule_id: "K024",
        subject: "payment_terms".to_owned(),
        language,
        title: both(format!("付款比例合计为{total}"), format!("stages of payment make up {total}")),
        description: both(
            format!("各期付款比例合计{total}，不是100%"),
            format!("the stages of payment make up {total} and not 100%"),
        ),
        question: question.in_language(language).to_owned(),
    };
    Contradiction::new(text, vec![StatedValue { value: total, evidence: evidence.clone() }])
}
