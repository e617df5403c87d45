//! K047: a mark that nothing explains. K048: a mark that is explained and stands nowhere. K049: a mark of two meanings.

use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::wording::both;

use super::amounts::{Told, told};
use super::{place, places};
use crate::reading::{Clause, Reading, Zone};

/// Marks that are nothing else: ■ ticks boxes, * multiplies.
const MARKS: [char; 5] = ['★', '▲', '※', '☆', '△'];
/// Marked clauses that show that a mark is meant as one.
const MARKED_MIN: usize = 2;
/// Letters of a clause that demands something.
const WORDS_MIN: usize = 4;
/// Letters of a clause that explains a mark.
const LEGEND_CHARS: usize = 120;

pub(super) fn read(reading: &Reading<'_>) -> Vec<Contradiction> {
    if reading.language() != Language::Zh {
        return Vec::new();
    }
    // What cannot be read may hold a legend, or the marks.
    let unreadable = reading.documents.iter().any(|d| d.pages.iter().any(|p| p.text_source.may_hide_words()));
    let mut found = Vec::new();
    for mark in MARKS {
        let all: Vec<&Clause> =
            reading.clauses.iter().filter(|c| reading.text(c.unit, &c.range).contains(mark)).collect();
        let legends: Vec<&Clause> = all.iter().copied().filter(|c| explains(reading, c, mark)).collect();
        found.extend(two_meanings(reading, mark, &legends));
        if unreadable {
            continue;
        }
        let marked: Vec<&Clause> = all.iter().copied().filter(|c| is_marked(reading, c, mark)).collect();
        let told_in_words = all.len() > marked.len() || in_words(reading, mark);
        if !told_in_words && marked.len() >= MARKED_MIN {
            found.extend(without_legend(reading, mark, &marked));
        }
        if legends.len() == all.len() {
            found.extend(without_mark(reading, mark, &legends));
        }
    }
    found
}

/// Whether a clause says what a mark means.
fn explains(reading: &Reading<'_>, clause: &Clause, mark: char) -> bool {
    let text = reading.text(clause.unit, &clause.range);
    let named = ["标", "带", "加注", "注有", "打", "\"", "“", "'"].iter().any(|w| text.contains(&format!("{w}{mark}")))
        || ["号", "的", "条款", "项"].iter().any(|w| text.contains(&format!("{mark}{w}")))
        || text.contains("标注") && text.contains(mark);
    named
        && text.chars().count() <= LEGEND_CHARS
        && ["实质性", "无效", "否决", "废标", "扣", "重要", "关键", "必须", "不得偏离", "不允许"]
            .iter()
            .any(|w| text.contains(w))
}

/// Whether a clause is one under a mark: the mark leads it, and the clause says nothing of marks.
fn is_marked(reading: &Reading<'_>, clause: &Clause, mark: char) -> bool {
    let text = reading.text(clause.unit, &clause.range);
    let leads = text.find(mark).is_some_and(|at| {
        text.get(..at)
            .is_some_and(|head| head.chars().all(|c| !c.is_alphabetic() || "一二三四五六七八九十".contains(c)))
    });
    let speaks =
        ["标注", "标记", "带有", "号条款", "实质性", "无效", "否决", "废标", "扣"].iter().any(|w| text.contains(w));
    // ★3.3.3 alone marks the number of a row.
    let words = text.chars().filter(|c| c.is_alphabetic()).count();
    leads && !speaks && words >= WORDS_MIN
}

/// Whether the tender names a mark by its name.
fn in_words(reading: &Reading<'_>, mark: char) -> bool {
    let names: &[&str] = match mark {
        '★' | '☆' => &["星号", "星标", "五角星", "打星"],
        '▲' | '△' => &["三角"],
        _ => &["米字", "注号"],
    };
    reading.units.iter().any(|unit| names.iter().any(|name| unit.text.contains(name)))
}

fn without_legend(reading: &Reading<'_>, mark: char, marked: &[&Clause]) -> Option<Contradiction> {
    let tells = |c: &&&Clause| !matches!(reading.zone(c.unit), Zone::BidForms | Zone::Contract | Zone::Evaluation);
    let first = marked.iter().find(tells)?;
    let evidence = reading.evidence(first.unit, &first.range)?;
    let at = place(&evidence);
    let question = both(
        format!("招标文件{}等条款标有“{mark}”，但未说明其含义及不满足的后果，请明确。", at.zh),
        format!("Clauses such as {} are marked “{mark}”, which is not explained. Please clarify.", at.en),
    );
    let told_of = Told {
        title: both(format!("“{mark}”未说明含义"), format!("the mark “{mark}” is not explained")),
        description: both(
            format!("{}处条款标有“{mark}”，文件未说明其含义", marked.len()),
            format!("{} clauses are marked “{mark}” and nothing says what it means", marked.len()),
        ),
    };
    told(
        reading,
        "K047",
        "substantive_marks",
        vec![StatedValue { value: mark.to_string(), evidence }],
        question,
        told_of,
    )
}

fn without_mark(reading: &Reading<'_>, mark: char, legends: &[&Clause]) -> Option<Contradiction> {
    let legend = legends.iter().find(|c| matches!(reading.zone(c.unit), Zone::Requirement | Zone::FrontTable))?;
    let conditional =
        |c: &&Clause| ["如有", "若有", "如果有", "(如"].iter().any(|w| reading.text(c.unit, &c.range).contains(w));
    if legends.iter().any(conditional) {
        return None;
    }
    let evidence = reading.evidence(legend.unit, &legend.range)?;
    let at = place(&evidence);
    let question = both(
        format!("招标文件{}，但全文没有标“{mark}”的条款，请明确哪些为该类条款。", at.zh),
        format!("{} explains the mark “{mark}”, which no clause has. Please clarify which are meant.", at.en),
    );
    let told_of = Told {
        title: both(format!("没有标“{mark}”的条款"), format!("no clause has the mark “{mark}” that is explained")),
        description: both(
            format!("文件说明了“{mark}”的含义，却没有条款标此符号"),
            format!("the tender explains “{mark}” and marks no clause with it"),
        ),
    };
    told(
        reading,
        "K048",
        "substantive_marks",
        vec![StatedValue { value: mark.to_string(), evidence }],
        question,
        told_of,
    )
}

/// A condition of validity in one place and a matter of points in another.
fn two_meanings(reading: &Reading<'_>, mark: char, legends: &[&Clause]) -> Option<Contradiction> {
    let text = |c: &Clause| reading.text(c.unit, &c.range);
    // 三项及以上不满足的投标无效 goes with points for the rest.
    let counted = |t: &str| ["项及以上", "条及以上", "项以上", "条以上", "累计", "超过"].iter().any(|w| t.contains(w));
    let rigid = |t: &str| {
        ["实质性", "无效", "否决", "废标"].iter().any(|w| t.contains(w))
            && !["非实质", "不作为", "不属于", "不视为", "不会"].iter().any(|w| t.contains(w))
    };
    let shown = |c: &&Clause| {
        let evidence: Evidence = reading.evidence(c.unit, &c.range)?;
        Some(StatedValue { value: evidence.quote().to_owned(), evidence })
    };
    // What names two marks is not certain to mean this one.
    let alone = |t: &str| MARKS.iter().filter(|other| t.contains(**other)).count() == 1;
    let of = |fits: &dyn Fn(&str) -> bool| {
        legends
            .iter()
            .find(|c| reading.zone(c.unit) != Zone::BidForms && alone(text(c)) && !counted(text(c)) && fits(text(c)))
            .and_then(shown)
    };
    if legends.iter().any(|c| counted(text(c))) {
        return None;
    }
    let one = of(&rigid)?;
    let other = of(&|t| !rigid(t) && t.contains('扣') && t.contains('分'))?;
    let values = vec![one, other];
    let asked = places(&values, ("与", " and on "));
    let question = both(
        format!("招标文件{}，“{mark}”条款不满足时的后果不一致（投标无效或者扣分），请明确。", asked.zh),
        format!(
            "The mark “{mark}” is explained on {}, as a condition of validity and as a matter of points. Please clarify.",
            asked.en
        ),
    );
    let told_of = Told {
        title: both(format!("“{mark}”的含义前后不一致"), format!("the mark “{mark}” has two meanings")),
        description: both(
            format!("一处为实质性要求，另一处不满足仅扣分：“{mark}”"),
            format!("“{mark}” is a condition of validity in one place and costs points in another"),
        ),
    };
    told(reading, "K049", "substantive_marks", values, question, told_of)
}
