//! Whether bidders may bid together.

use std::sync::LazyLock;

use bidlens_domain::field::FieldValue;

use super::answer::{Answer, Wording, answer, short_answer};
use super::statement::Statement;
use super::{by_lot, put_with_lots};
use crate::fields::{Candidate, Fields, standing};
use crate::grammar::checkbox;
use crate::reading::{Reading, Zone};

/// What an answer for this very tender counts more.
const FIRM: i32 = 8;

static WORDING: LazyLock<Wording> = LazyLock::new(|| {
    let yes = [
        "(?:接受|允许)以?联合体|接受联合投标|可(?:以|组成)联合体|联合体(?:投标)?:(?:接受|允许)",
        "(?:consorti(?:um|a)|joint (?:venture|tender)s?|jv)(?: bid(?:s|ding))? (?:is|are|shall be) (?:allowed|permitted)",
        "members (?:in the joint venture|of the joint venture shall)",
        "that will form a (?:jv|joint venture)",
        r"a group of economic operators \(joint tender\)|group of economic operators may submit",
        "may (?:form|constitute|associate in|participate in|bid as|submit (?:a )?(?:bid|proposal|tender)s? as) (?:an? )?(?:jv|joint venture|consortium)",
        "(?:maximum )?number of (?:members|partners) (?:in|of) (?:the |a )?(?:jv|joint venture|consortium)",
        "may (?:submit|bid) as a consortium|group bids are welcome|(?:consortium|joint ventures?): allowed",
    ];
    let no = [
        "(?:不接受|不允许)(?:供应商|投标人|任何形式的)?(?:组成)?联合",
        "(?:不支持|拒绝|谢绝|不得以|不得组成)联合体",
        "非联合体投标|联合体投标不接受|家以上供应商组成联合体",
        "(?:consorti(?:um|a)|joint ventures?|jv)(?: bid(?:s|ding))?(?: is| are)? not",
        "no (?:consortium|joint venture)|not allowed to form",
    ];
    Wording::new(&yes.join("|"), &no.join("|"))
});

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let candidates = Statement::all(reading).filter_map(|statement| candidate(&statement)).collect();
    put_with_lots(fields, "consortium", candidates, by_lot::answers(reading, "联合体", choice));
}

/// What the notice, the front table and the requirements answer for this tender, in so many words.
pub(crate) fn firm_answers(reading: &Reading<'_>) -> Vec<Candidate> {
    let firm = |statement: &Statement<'_>| {
        let read = candidate(statement)?;
        let told = matches!(statement.zone, Zone::Notice | Zone::FrontTable | Zone::Requirement);
        (told && read.rank == standing(statement.zone) + FIRM).then_some(read)
    };
    Statement::all(reading).filter_map(|statement| firm(&statement)).collect()
}

fn choice(allowed: bool) -> FieldValue {
    FieldValue::Choice(if allowed { "allowed" } else { "not_allowed" }.to_owned())
}

fn candidate(statement: &Statement<'_>) -> Option<Candidate> {
    let labelled =
        statement.stands_under(&["联合体", "联合投标", "consortium", "consortia", "joint venture", "joint tender"]);
    if !labelled && !is_about(statement) {
        return None;
    }
    let read =
        answer(statement.text, &WORDING).or_else(|| labelled.then(|| labelled_answer(&statement.lower)).flatten())?;
    let firm = labelled || statement.says(&["本项目", "是否"]) || checkbox::choices(statement.text).len() >= 2;
    // What holds for those who do bid together, or in any tender.
    let general = statement.says(&["除", "如果", "以联合体形式参加", "联合体各方", "中小企业"]);
    let rank = standing(statement.zone) + if firm { FIRM } else { 0 } - if general { 25 } else { 0 };
    statement.candidate(choice(read == Answer::Yes), rank)
}

fn is_about(statement: &Statement<'_>) -> bool {
    statement.says(&["联合"]) && !statement.says(&["联合国", "联合惩戒"])
        || statement.says(&["consortium", "consortia", "joint venture", "joint tender", "group bid", "jv ", "the jv"])
        || statement.says(&["group of economic operators may"])
}

/// `联合体投标 | 不接受`: the answer alone, where a label asks.
fn labelled_answer(lower: &str) -> Option<Answer> {
    const ALLOWING_CHARS: usize = 40;
    let bare = lower.trim().trim_matches(['。', ';', '.', ',']);
    if matches!(bare, "无" | "no") || bare.starts_with("not ") {
        return Some(Answer::No);
    }
    short_answer(bare).filter(|read| *read == Answer::No || bare.chars().count() <= ALLOWING_CHARS)
}
