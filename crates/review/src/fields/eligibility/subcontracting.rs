//! Whether the winner may pass work on: not at all, in part, or freely.

use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;
use regex::Regex;

use super::answer::is_denied;
use super::statement::Statement;
use crate::fields::{Candidate, Disagreement, Fields, put, standing};
use crate::grammar::checkbox::{self, Choice};
use crate::reading::{Reading, Zone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Nothing,
    Part,
    Anything,
}

impl Extent {
    fn choice(self) -> FieldValue {
        let name = match self {
            Extent::Nothing => "not_allowed",
            Extent::Part => "partly",
            Extent::Anything => "allowed",
        };
        FieldValue::Choice(name.to_owned())
    }
}

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut candidates: Vec<Candidate> =
        Statement::all(reading).filter_map(|statement| candidate(&statement)).collect();
    if candidates.is_empty() {
        candidates.extend(declared_in_forms(reading));
    }
    put(fields, "subcontracting", candidates, Disagreement::Prefer);
}

fn candidate(statement: &Statement<'_>) -> Option<Candidate> {
    let labelled = is_labelled(statement);
    if !labelled && !is_about(statement) || is_of_something_else(statement) {
        return None;
    }
    let choices = checkbox::choices(statement.text);
    let (extent, bonus) = if let Some(extent) = asked(statement) {
        (extent, 10)
    } else if choices.is_empty() {
        // A part told beside the plain answer says more than that.
        let short = short_answer(statement, labelled).map(|e| (e, if e == Extent::Part { 11 } else { 10 }));
        short.or_else(|| in_sentence(statement))?
    } else {
        (ticked(statement, &choices, labelled)?, 12)
    };
    let general = statement.says(&["如果"]) || statement.says(&["应当"]) && statement.says(&["法"]);
    let rank = standing(statement.zone) + bonus + if statement.zone == Zone::Contract { 3 } else { 0 }
        - if general { 8 } else { 0 };
    statement.candidate(extent.choice(), rank)
}

/// `Is subcontracting permitted? A3: Yes, provided that …`: a question of a bidder and its answer.
fn asked(statement: &Statement<'_>) -> Option<Extent> {
    static ASKED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"sub-?contract[^.;?]{0,60}\?\s*(?:(?:a|answer|response)\s?\d{0,3}\s?[:.)-]?\s*)?(yes|no)\b")
            .expect("a regular expression")
    });
    let mut lower = statement.text.to_lowercase();
    if let Some(below) = statement.answer_below() {
        lower.push(' ');
        lower.push_str(&below);
    }
    let found = ASKED.captures(&lower)?;
    let (answer, question) = (found.get(1)?, lower.get(..found.get(0)?.start()).unwrap_or_default());
    // Yes / No is a choice that nobody has made, and what a bidder is asked is no answer of the buyer.
    let rest = lower.get(answer.end()..).unwrap_or_default().trim_start();
    let open = rest.starts_with(['/', '□', '☐']) || rest.starts_with("or no") || rest.starts_with("no");
    if open || ["will you", "do you", "would you"].iter().any(|w| question.contains(w)) {
        return None;
    }
    let allowed = answer.as_str() == "yes";
    Some(if allowed { Extent::Anything } else { Extent::Nothing })
}

fn is_labelled(statement: &Statement<'_>) -> bool {
    const CHARS_MAX: usize = 20;
    let asks = statement.context.ends_with("分包")
        || statement.stands_under(&[
            "合同分包",
            "是否允许分包",
            "转包与分包",
            "转包和分包",
            "分包转包",
            "subcontract",
            "sub-contract",
            "subletting",
            "sub-letting",
        ]);
    asks && statement.context.chars().count() <= CHARS_MAX
}

fn is_about(statement: &Statement<'_>) -> bool {
    statement.says(&["分包", "subcontract", "sub-contract", "sublet", "sub-let"]) || forbids_entrusting(statement.own)
}

/// `不得将配送业务转委托给第三方`.
fn forbids_entrusting(own: &str) -> bool {
    ["转委托", "委托给第三方", "委托第三方"].iter().any(|w| own.contains(w))
        && ["不得", "不允许", "禁止", "严禁"].iter().any(|w| own.contains(w))
}

/// 分包 as a lot, and the rules on lots, small firms and consortia that only mention it.
fn is_of_something_else(statement: &Statement<'_>) -> bool {
    const LOTS_AND_PRICES: &[&str] =
        &["包号", "分包名称", "各分包", "本分包", "分包情况", "多个分包", "分包意向", "联合体", "扣除", "向一家"];
    // A small firm that won by its price preference may not pass the work to a large one: a rule of policy.
    const POLICY: &[&str] = &["小微", "小型", "微型", "中小企业", "大中型"];
    statement.says(POLICY) || statement.says(LOTS_AND_PRICES) && !is_banned(statement)
}

fn is_banned(statement: &Statement<'_>) -> bool {
    /// What [`forbids`] does not take for a ban with its object.
    static BANNED: LazyLock<Regex> = LazyLock::new(|| {
        let manners = [
            "不(?:接受|可|许)(?:合同)?分包|分包不允许",
            "不(?:得|允许)转包、(?:违法)?分包|不得违法分包或转包|不得再次分包",
            "sub-?contracting (?:is not|shall not be allowed)|sub-letting|shall not sublet",
        ];
        Regex::new(&manners.join("|")).expect("a regular expression")
    });
    BANNED.is_match(&statement.lower)
        || forbids(statement.own)
        || is_denied(&statement.lower)
        || forbids_entrusting(statement.own)
}

/// `不得将合同转包或分包`, `不允许以任何形式分包`: nothing but the object between the ban and the deed.
fn forbids(text: &str) -> bool {
    const OBJECT_CHARS: usize = 12;
    let is_object = |words: &str| {
        words.chars().count() <= OBJECT_CHARS
            && !words.contains([',', ';', '。', '、'])
            && !["主体", "关键", "主要", "违法", "再"].iter().any(|w| words.contains(w))
    };
    ["不得", "不允许", "不能", "禁止", "严禁", "不准"].iter().any(|ban| {
        text.match_indices(ban)
            .filter_map(|(at, _)| text.get(at + ban.len()..)?.split_once("分包"))
            .any(|(object, _)| is_object(object))
    })
}

/// Whether the words allow some of the work to be passed on, or all of it on a condition.
fn allows_part(lower: &str) -> bool {
    static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
        let manners = [
            "非主体|非关键|主体结构|(?:主体工程|关键性工作|(?:主体|主要)部分)不得|部分分包|[若如]需分包",
            "未经(?:甲方|招标人)同意|经采购人(?:书面)?同意|未经.{0,14}同意.*不得",
            "with(?:out)?(?: the)? prior|without(?: the)? written|without obtaining",
            "percentage of subcontracting|contracting (?:of )?up to|sub-?contracted up to",
            "may be sub-?contracted|contracting (?:shall not exceed|is limited to)",
            "not sub-?contract more than",
            "sub-?contract[^.;]{0,60} (?:requires?|is subject to|needs?) (?:the )?(?:prior |written |express )*(?:approval|consent|permission)",
        ];
        Regex::new(&manners.join("|")).expect("a regular expression")
    });
    PARTLY.is_match(lower)
}

/// The extent of the ticked box.
fn ticked(statement: &Statement<'_>, choices: &[Choice], labelled: bool) -> Option<Extent> {
    let asks = labelled || statement.says(&["允许", "分包履行", "同意", "接受"]);
    if !asks || statement.says(&["分包别"]) {
        return None;
    }
    let text = statement.text;
    let ticked = choices.iter().find(|choice| choice.ticked).map(|choice| choice.label(text));
    // A同意…分包 □B不同意分包: the tick of the first got lost, its box with it.
    let bared = || {
        let [only] = choices else { return None };
        text.get(..only.range.start).map(str::trim).filter(|t| !t.is_empty() && !t.ends_with(':'))
    };
    let numbering = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '、' | ' ' | ')');
    let label = ticked.or_else(bared)?.trim_start_matches(numbering);
    if label.starts_with(['否', '不', '无'])
        || label.contains("不允许")
        || label.contains("不得") && !label.contains("主体")
    {
        Some(Extent::Nothing)
    } else if allows_part(label) {
        Some(Extent::Part)
    } else {
        label.starts_with(['是', '允', '接', '可', '同']).then_some(Extent::Anything)
    }
}

/// `分包:不允许`, `分包 | 否`: hardly more than the answer, behind a label or a colon.
fn short_answer(statement: &Statement<'_>, labelled: bool) -> Option<Extent> {
    const DENYING: &[&str] = &["不允许", "均不", "不接受", "不得", "严禁", "禁止"];
    let bare = statement.own.trim().trim_matches(['。', ';', '.', ',']);
    let tail = statement.text.rsplit(':').next().unwrap_or_default().trim().trim_matches(['。', ';']);
    let denied = labelled
        && (DENYING.iter().any(|w| bare.starts_with(w))
            || bare == "否"
            || bare.to_lowercase().starts_with("not ") && !allows_part(&statement.lower))
        || statement.says(&["分包"])
            && matches!(tail, "不允许" | "否" | "不接受" | "不得分包" | "均不允许" | "均不接受" | "均不得")
        || statement.says(&["contracting"]) && matches!(tail, "not permitted" | "not allowed" | "none" | "no");
    let allowed = labelled && (bare.starts_with("允许") || bare == "是")
        || statement.says(&["分包:"]) && matches!(tail, "允许" | "是");
    if denied {
        Some(Extent::Nothing)
    } else if labelled && allows_part(&statement.lower) || statement.says(&["可以分包"]) && statement.says(&["不超过"])
    {
        Some(Extent::Part)
    } else {
        allowed.then_some(Extent::Anything)
    }
}

/// The extent a whole sentence states, and what its manner adds to its rank.
fn in_sentence(statement: &Statement<'_>) -> Option<(Extent, i32)> {
    const ALLOWED: &[&str] = &[
        "允许分包",
        "接受分包",
        "可以分包",
        "同意分包",
        "subcontracting is allowed",
        "contracting is permitted",
        "subcontractors is permitted",
        "subcontractors are permitted",
        "subcontracting permitted is",
    ];
    if allows_part(&statement.lower) {
        Some((Extent::Part, 0))
    } else if is_banned(statement) {
        Some((Extent::Nothing, 2))
    } else {
        (statement.says(ALLOWED) && !statement.says(&["不", "是否"])).then_some((Extent::Anything, 0))
    }
}

/// A declaration the bidder must make says the rule too.
fn declared_in_forms(reading: &Reading<'_>) -> Option<Candidate> {
    reading.clauses.iter().filter(|clause| reading.zone(clause.unit) == Zone::BidForms).find_map(|clause| {
        let text = reading.text(clause.unit, &clause.range);
        let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
        let extent = if says(&["未经"]) && says(&["同意"]) && says(&["分包"]) {
            Extent::Part
        } else if says(&["不分包", "不进行分包"]) && text.chars().count() <= 120 {
            Extent::Nothing
        } else {
            return None;
        };
        reading.candidate(clause.unit, clause.range.clone(), clause.range.clone(), extent.choice(), 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_stands_before_its_object_and_the_deed() {
        for text in ["不得分包", "乙方不得转让合同,不得分包", "严禁转包及分包", "不允许将合同分包"]
        {
            assert!(forbids(text), "{text}");
        }
        for text in ["不得将主体工程分包", "不得违法分包", "不得延误工期,可以分包", "允许分包"]
        {
            assert!(!forbids(text), "{text}");
        }
    }

    #[test]
    fn a_part_or_a_condition_allows_part() {
        for text in
            ["非主体工作可以分包", "未经招标人同意不得分包", "contracting up to 30%", "without the prior consent"]
        {
            assert!(allows_part(text), "{text}");
        }
        assert!(!allows_part("不得分包"));
        assert!(allows_part("sub-contracting of any task requires the prior written approval of the college"));
    }
}
