//! K046: a term of the notice or the front table that nobody filled in: `履约保证金 | ____元`.

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::wording::both;

use super::amounts::{Told, told};
use super::place;
use crate::grammar::checkbox;
use crate::reading::{Form, Pair, Reading, Zone};

/// Labels of terms that bind; who bids fills in the others.
const BINDING: [&str; 20] = [
    "保证金",
    "有效期",
    "截止",
    "开标时间",
    "开标地点",
    "工期",
    "交货期",
    "服务期",
    "履行期限",
    "限价",
    "控制价",
    "预算",
    "份数",
    "质保期",
    "保修期",
    "付款",
    "支付",
    "项目编号",
    "招标编号",
    "中标候选人",
];
/// Letters of a value that holds nothing but a blank.
const CHARS_MAX: usize = 40;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    if reading.language() != Language::Zh {
        return Vec::new();
    }
    let mut found: Vec<Contradiction> = Vec::new();
    for pair in reading.pairs.iter().filter(|pair| is_blank(reading, pair)) {
        let range = reading.pair_quote(pair, &pair.value);
        let Some(evidence) = reading.evidence(pair.unit, &range) else { continue };
        let at = place(&evidence);
        let label = &pair.label;
        let question = both(
            format!("招标文件{}，“{label}”为空白，未填写内容，请明确。", at.zh),
            format!("{} is left blank. Please clarify.", at.en),
        );
        let told_of = Told {
            title: both(format!("空白未填：{label}"), format!("left blank: “{label}”")),
            description: both(format!("“{label}”未填写内容"), format!("“{label}” is left blank")),
        };
        if !found.iter().any(|one| one.values().iter().any(|value| value.value == *label)) {
            let values = vec![StatedValue { value: label.clone(), evidence }];
            found.extend(told(reading, "K046", "blank", values, question, told_of));
        }
    }
    found
}

/// A blank line with no word beside its units.
fn is_blank(reading: &Reading<'_>, pair: &Pair) -> bool {
    let zone = reading.zone(pair.unit);
    let text = reading.text(pair.unit, &pair.value);
    let line = text.matches('_').count() >= 2;
    let filler = |c: char| {
        !c.is_alphanumeric()
            || matches!(
                c,
                '元' | '万'
                    | '年'
                    | '月'
                    | '日'
                    | '时'
                    | '分'
                    | '天'
                    | '个'
                    | '份'
                    | '人'
                    | '民'
                    | '币'
                    | '大'
                    | '写'
                    | '小'
            )
    };
    line && matches!(zone, Zone::Notice | Zone::FrontTable)
        && pair.form != Form::Below
        && text.chars().count() <= CHARS_MAX
        && text.chars().all(filler)
        && checkbox::choices(reading.unit(pair.unit).map_or("", |unit| unit.text.as_str())).is_empty()
        && BINDING.iter().any(|word| pair.label.contains(word))
}
