//! The agreement of a joint bid: one leader, of the trade the tender wants; shares that make up the whole; joint and
//! several liability (招标投标法 31); no more members than allowed.
//!
//! All of it is for a person to look at: an agreement is drawn up freely.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::money::Percent;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report};
use crate::bid::Sentence;
use crate::bid::names::is_joint;
use crate::grammar::{company, numbers, percent};

/// `…有限公司(甲方)`, `甲方:…有限公司`: who is called what.
static PARTY: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"([\p{Han}]{4,30}?(?:公司|研究院|设计院|集团|院|所))\s*\((?:以下简称|下称)?“?(甲方|乙方|丙方)”?\)",
        r"(甲方|乙方|丙方)(?:\([^)]{0,8}\))?\s*:\s*([\p{Han}()]{4,30}?(?:公司|研究院|设计院|集团|院|所))",
    ]
    .iter()
    .filter_map(|p| Regex::new(p).ok())
    .collect()
});
static LEADER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(甲方|乙方|丙方|[\p{Han}()]{4,30}?(?:公司|研究院|设计院|集团))(?:为|是|作为|担任)(?:本|该)?(?:联合体)?的?(?:牵头人|牵头方|牵头单位|主办人|主办方)",
        r"(?:牵头人|牵头方|牵头单位|主办人)(?:为|是|由|:)\s*(甲方|乙方|丙方|[\p{Han}()]{4,30}?(?:公司|研究院|设计院|集团))",
        r"([\p{Han}]{4,30}?(?:公司|研究院|设计院|集团))\s*\((?:联合体)?(?:牵头人|牵头方|牵头单位)\)",
    ]
    .iter()
    .filter_map(|p| Regex::new(p).ok())
    .collect()
});
/// 牵头人须为施工单位: the trade of who leads.
static LEADER_TRADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"牵头(?:人|方|单位)(?:必须|须|应当|应)(?:为|是|由)(?:承担)?(施工|设计|勘察|供货|生产|运营)").ok()
});
static MEMBERS_MAX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:联合体)?(?:成员|各方|组成单位|数量|总数)[^,。;]{0,10}(?:不得超过|不超过|不多于|最多)\s*(\d|[一二两三四五])\s*(?:家|个)").ok()
});

/// A company as it is compared: its name, or what the agreement calls it.
fn resolved(name: &str, parties: &[(String, String)]) -> String {
    let called = parties.iter().find(|(called, _)| called == name).map(|(_, company)| company.clone());
    let name = called.unwrap_or_else(|| name.to_owned());
    // Words before a name in a running sentence are no part of it.
    let known = parties.iter().find(|(_, company)| name.ends_with(company.as_str())).map(|(_, c)| c.clone());
    company::normalise(&known.unwrap_or(name))
}

/// A joint bid without the agreement that the tender wants with it.
fn absent(case: &Case<'_>, report: &mut Report<'_>) {
    const TITLE_MAX: usize = 60;
    const NAMES: [&str; 8] = [
        "联合体协议",
        "共同投标协议",
        "联合投标协议",
        "联合体投标协议",
        "联合协议",
        "joint venture agreement",
        "consortium agreement",
        "letter of intent",
    ];
    let english = JOINT_ENGLISH.as_ref().is_some_and(|pattern| {
        let own = case.bid.sentences.iter().filter(|s| case.own(s)).map(|s| case.bid.text(s));
        own.into_iter().any(|t| pattern.is_match(t) && !t.to_lowercase().contains("not "))
    });
    if !is_joint(case.bid) && !english {
        return;
    }
    let names = |t: &str| NAMES.iter().any(|w| t.to_lowercase().contains(w));
    let asks = |t: &str| names(t) && ["须", "应", "提供", "提交", "shall", "must"].iter().any(|w| t.contains(w));
    let Some((text, tender)) = case.tender_clauses(asks).into_iter().next() else { return };
    let titled = |t: &str| names(t) && t.chars().count() <= TITLE_MAX;
    if case.bid.reading.units.iter().any(|u| titled(u.text.lines().next().unwrap_or_default())) {
        return;
    }
    let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
    let remark = both(
        "以联合体投标，未找到联合体协议，请核对",
        "The bid is a joint one; the agreement of its members was not found; please check",
    );
    report.push(Judgement::new(Verdict::Risk, "agreement", remark).state(state).rigid().demands(text, tender));
}

static JOINT_ENGLISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:lead (?:partner|member|firm) of the (?:joint venture|consortium)|(?:partner|member)s? of (?:the|our) (?:joint venture|consortium)|we (?:bid|tender) as a (?:joint venture|consortium))\b").ok()
});

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    if case.facts.field("consortium").and_then(|f| f.text()) != Some("not_allowed") {
        absent(case, report);
    }
    if case.facts.field("consortium").and_then(|f| f.text()) == Some("not_allowed") || !is_joint(case.bid) {
        return;
    }
    let own: Vec<&Sentence> = case.bid.sentences.iter().filter(|s| case.own(s)).collect();
    let parties = parties(case, &own);
    leader(case, report, &own, &parties);
    shares(case, report, &own);
    liability(case, report, &own);
    members(case, report, &own, &parties);
}

/// What the agreement calls each party, and its name.
fn parties(case: &Case<'_>, own: &[&Sentence]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for sentence in own {
        for pattern in PARTY.iter() {
            for captures in pattern.captures_iter(case.bid.text(sentence)) {
                let part = |i: usize| captures.get(i).map_or("", |m| m.as_str());
                let (called, name) = if part(1).ends_with('方') { (part(1), part(2)) } else { (part(2), part(1)) };
                // The connecting word before a second name is none of it.
                let name = name.trim_start_matches(['与', '和', '及', '、']);
                if !found.iter().any(|(c, _)| c == called) {
                    found.push((called.to_owned(), company::normalise(name)));
                }
            }
        }
    }
    found
}

fn leader(case: &Case<'_>, report: &mut Report<'_>, own: &[&Sentence], parties: &[(String, String)]) {
    let mut leaders: Vec<(String, Vec<Evidence>)> = Vec::new();
    for sentence in own {
        let text = case.bid.text(sentence);
        for pattern in LEADER.iter() {
            for name in pattern.captures_iter(text).filter_map(|c| c.get(1)) {
                if name.as_str().contains(['我', '本'])
                    || ["项目", "工程", "曾"].iter().any(|w| name.as_str().contains(w))
                {
                    continue;
                }
                leaders.push((resolved(name.as_str(), parties), case.bid.evidence(sentence)));
            }
        }
    }
    let Some((first, evidence)) = leaders.first() else { return };
    let same = |a: &str, b: &str| a.ends_with(b) || b.ends_with(a);
    if let Some((other, more)) = leaders.iter().find(|(name, _)| !same(name, first)) {
        let remark = both(
            format!("联合体牵头人前后不一致：“{first}”与“{other}”"),
            format!("The leader of the consortium is named differently: “{first}” and “{other}”"),
        );
        let mut evidence = evidence.clone();
        evidence.splice(0..0, more.clone());
        report.push(Judgement::new(Verdict::Risk, "leader", remark).says(evidence));
    }
    let Some(pattern) = LEADER_TRADE.as_ref() else { return };
    let Some((text, tender)) = case.tender_clauses(|t| pattern.is_match(t)).into_iter().next() else { return };
    let Some(trade) = pattern.captures(&text).and_then(|c| c.get(1)).map(|m| m.as_str().to_owned()) else { return };
    for (leader, evidence) in &leaders {
        let called = parties.iter().find(|(_, company)| same(company, leader)).map(|(called, _)| called.as_str());
        let names = [Some(leader.as_str()), called];
        let does = names.iter().flatten().find_map(|name| work(case, own, name));
        let Some(does) = does else { continue };
        let verdict = if does.contains(&trade) { Verdict::Pass } else { Verdict::Risk };
        let remark = match verdict {
            Verdict::Pass => both(
                format!("联合体牵头人“{leader}”负责{trade}"),
                format!("The consortium's leader “{leader}” takes on “{trade}” as demanded"),
            ),
            _ => both(
                format!("招标文件要求牵头人为{trade}单位，牵头人“{leader}”负责“{does}”"),
                format!("The tender wants the leader to take on “{trade}”; the leader “{leader}” takes on “{does}”"),
            ),
        };
        report.push(
            Judgement::new(verdict, format!("leader's trade {leader}"), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(evidence.clone()),
        );
    }
}

/// What a party takes on by the agreement: 甲方负责施工.
fn work(case: &Case<'_>, own: &[&Sentence], name: &str) -> Option<String> {
    own.iter().find_map(|sentence| {
        let text = case.bid.text(sentence);
        text.match_indices(name).find_map(|(at, _)| {
            let behind = text.get(at + name.len()..)?;
            let clause = behind.split([',', '。', ';', '，']).next()?;
            let (before, does) = clause.split_once("负责").or_else(|| clause.split_once("承担"))?;
            let works = ["施工", "设计", "勘察", "供货", "生产", "运营", "检测", "监理", "安装"]
                .iter()
                .any(|w| does.contains(w));
            (before.chars().count() <= 6 && works).then(|| does.chars().take(20).collect())
        })
    })
}

/// The parties' shares of the work make up the whole.
fn shares(case: &Case<'_>, report: &mut Report<'_>, own: &[&Sentence]) {
    let speaks = |t: &str| {
        ["工作量", "份额", "比例", "占", "承担"].iter().any(|w| t.contains(w))
            && ["甲方", "乙方", "牵头", "成员", "联合体"].iter().any(|w| t.contains(w))
            && !["付款", "支付", "保证金", "利润", "违约", "预付"].iter().any(|w| t.contains(w))
    };
    for block in paragraphs(case, own) {
        let text: String = block.iter().map(|s| case.bid.text(s)).collect();
        let parts = percent::find(&text);
        if parts.len() < 2 || !speaks(&text) {
            continue;
        }
        let sum: i64 = parts.iter().map(|s| s.percent.0).sum();
        let total = Percent(sum);
        if total == Percent::WHOLE || parts.iter().any(|s| s.percent >= Percent::WHOLE) {
            continue;
        }
        let remark = both(
            format!("联合体各方份额合计 {total}，不是 100%"),
            format!("The shares of the consortium's members add up to {total}, not to 100%"),
        );
        let evidence = block.iter().flat_map(|s| case.bid.evidence(s)).collect();
        let unit = block.first().map_or(0, |s| s.unit);
        report.push(Judgement::new(Verdict::Risk, format!("shares {unit}"), remark).says(evidence));
    }
}

/// Sentences by the paragraph that holds them.
fn paragraphs<'s>(case: &Case<'_>, own: &[&'s Sentence]) -> Vec<Vec<&'s Sentence>> {
    let mut blocks: Vec<Vec<&Sentence>> = Vec::new();
    let in_cell = |unit: usize| case.bid.reading.unit(unit).is_some_and(|u| u.cell.is_some());
    for sentence in own.iter().copied().filter(|s| !in_cell(s.unit)) {
        match blocks.last_mut() {
            Some(block) if block.last().is_some_and(|s| s.unit == sentence.unit) => block.push(sentence),
            _ => blocks.push(vec![sentence]),
        }
    }
    blocks
}

/// Partners of a joint bid answer together for all of it.
fn liability(case: &Case<'_>, report: &mut Report<'_>, own: &[&Sentence]) {
    for sentence in own {
        let text = case.bid.text(sentence);
        let denied = text.contains("连带") && ["不承担", "不负", "不对", "不存在"].iter().any(|w| text.contains(w));
        let apart = ["仅就", "只对", "只就", "仅对", "各自独立承担", "分别独立承担"].iter().any(|w| text.contains(w))
            && text.contains("责任")
            && !text.contains("连带")
            && ["联合体", "各方", "甲方", "乙方", "成员"].iter().any(|w| text.contains(w));
        if !denied && !apart {
            continue;
        }
        let (text, tender) =
            case.tender_clauses(|t| t.contains("联合体") && t.contains("连带")).into_iter().next().unwrap_or_default();
        let remark = both(
            "联合体协议没有约定各方承担连带责任，请核对",
            "The agreement does not make the consortium's members jointly and severally liable; please check",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("liability {}", sentence.unit), remark)
                .demands(text, tender)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// No more members than the tender allows.
fn members(case: &Case<'_>, report: &mut Report<'_>, own: &[&Sentence], parties: &[(String, String)]) {
    let Some(pattern) = MEMBERS_MAX.as_ref() else { return };
    let about = |t: &str| t.contains("联合体") && pattern.is_match(t);
    let Some((text, tender)) = case.tender_clauses(about).into_iter().next() else { return };
    let most = pattern.captures(&text).and_then(|c| usize::try_from(numbers::count(c.get(1)?.as_str())?).ok());
    let Some(most) = most else { return };
    // Who joins stands before the word: 甲公司与乙公司自愿组成联合体,牵头人为甲公司.
    let joining = |s: &Sentence| {
        let text = case.bid.text(s);
        let at = ["组成联合体", "组成本联合体"].iter().find_map(|w| text.find(w))?;
        Some(text.get(..at)?.matches("公司").count())
    };
    let forms = own.iter().find(|s| joining(s).is_some());
    let named = forms.and_then(|s| joining(s)).unwrap_or_default();
    let count = parties.len().max(named);
    let Some(forms) = forms.filter(|_| count > most) else { return };
    let remark = both(
        format!("联合体成员 {count} 家，超过招标文件允许的 {most} 家"),
        format!("The consortium has {count} members, more than the {most} allowed"),
    );
    report.push(
        Judgement::new(Verdict::Risk, "members", remark).rigid().demands(text, tender).says(case.bid.evidence(forms)),
    );
}
