//! What it checks: one bidder's name everywhere, and no other company speaking as the bidder.
//! Why it matters: mixed names make the commitment doubtful. Whether the other name is another bidder's is told by the
//! clues across bids.
//! Exclusions: companies named as makers, customers, banks or issuers; partners of a joint bid.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::bid::names;
use crate::grammar::company;

pub(super) const CHECK: Check = Check { id: "B015", dimension: Dimension::Qualification, run };

static SPEAKER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"([\p{Han}()]{4,30}?(?:有限责任公司|股份有限公司|有限公司|集团公司))\s*(?:在此)?(?:郑重承诺|郑重声明|承诺|声明|保证|将为本项目|将按照|愿意|参加本次|参加贵方)").ok()
});

static ENGLISH_SPEAKER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[.,;:]\s+|\bWe,\s+)([A-Z][A-Za-z0-9&.' -]{2,60}? (?:Ltd|Limited|Inc|LLC|Corporation|Company|GmbH|PLC)\.?)\s*,?\s+(?:hereby )?(?:undertakes?|commits?|confirms?|declares?|certif(?:y|ies)|has not been|have not been|offers?|is pleased to|agrees? to)\b").ok()
});

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let own = company::normalise(&case.bid.name);
    let named = names::bidders(case.bid);
    let mut passed = false;
    // Where no joint bid is accepted, a second name is none of a partner.
    let refused = case.facts.field("consortium").is_some_and(|f| f.text() == Some("not_allowed"));
    let joint = !refused && names::is_joint(case.bid);
    for one in named.iter().filter(|n| !n.aside) {
        if company::same(&one.name, &own) || one.name.contains(&own) {
            if !passed {
                passed = true;
                let remark = both("投标人名称一致", "The bidder's name is the same throughout");
                report.push(Judgement::new(Verdict::Pass, "own name", remark).says(one.evidence.clone()));
            }
        } else {
            let mut evidence = one.evidence.clone();
            evidence.extend(
                named.iter().find(|n| company::same(&n.name, &own)).into_iter().flat_map(|n| n.evidence.clone()),
            );
            let remark = both(
                format!("此处投标人写作“{}”，与“{own}”不一致", one.name),
                format!("The bidder is named “{}” here, which differs from “{own}”", one.name),
            );
            // 供应商 may name who supplies a part; a joint bid has several names.
            let verdict =
                if joint || !(one.strict || kindred(&one.name, &own)) { Verdict::Risk } else { Verdict::Fail };
            report.push(Judgement::new(verdict, format!("name {}", one.name), remark).says(evidence));
        }
    }
    other_spelling(case, report, &own);
    let (Some(pattern), Some(english)) = (SPEAKER.as_ref(), ENGLISH_SPEAKER.as_ref()) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        for captures in pattern.captures_iter(text).chain(english.captures_iter(text)) {
            let name = captures.get(1).map_or("", |m| m.as_str());
            let name = match name.is_ascii() {
                true => name.to_owned(),
                false => company::normalise(name.rsplit(['由', '系', '我', '方']).next().unwrap_or(name)),
            };
            if company::same(&name, &own)
                || name.ends_with(&own)
                || own.ends_with(&name)
                || name.contains("本公司")
                || name.contains("贵公司")
            {
                continue;
            }
            let remark = both(
                format!("以“{name}”的名义作出承诺，该公司不是本投标人"),
                format!("A commitment is made in the name of “{name}”, which is not this bidder"),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("speaker {}", sentence.unit), remark)
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}

/// 单位名称:…有限公司 in the bidder's own papers, where it is the bidder's name but for a word.
static UNIT_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:单位名称|企业名称|公司名称|名称)\s*:\s*([\p{Han}()]{4,30}?(?:有限责任公司|股份有限公司|有限公司|集团公司))").ok()
});

/// A name like the bidder's that is not quite it, under a label that may name anybody.
fn other_spelling(case: &Case<'_>, report: &mut Report<'_>, own: &str) {
    let Some(pattern) = UNIT_NAME.as_ref().filter(|_| own.chars().count() >= 6) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let found = pattern.captures(case.bid.text(sentence)).and_then(|c| c.get(1));
        let Some(name) = found.map(|m| company::normalise(m.as_str())) else { continue };
        let near = kindred(&name, own) && name.chars().take(2).eq(own.chars().take(2));
        if company::same(&name, own) || !near {
            continue;
        }
        let remark = both(
            format!("此处写作“{name}”，与投标人“{own}”不一致，请核对"),
            format!("“{name}” stands here; the bidder is “{own}”; please check"),
        );
        report
            .push(Judgement::new(Verdict::Risk, format!("spelling {name}"), remark).says(case.bid.evidence(sentence)));
    }
}

/// Whether two names are one name written differently: most of the shorter one's letters, in order.
fn kindred(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut rest = long.chars();
    let kept = short.chars().filter(|c| rest.clone().any(|x| x == *c) && rest.by_ref().any(|x| x == *c)).count();
    kept * 4 >= short.chars().count() * 3
}
