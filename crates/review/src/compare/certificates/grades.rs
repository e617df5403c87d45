//! Grades: of a firm's qualification (施工总承包一级), of a registered engineer (一级建造师), of a title (高级工程师).
//!
//! Only what the bid itself writes is held against the tender; a paper that is a picture says no grade. Where the tender
//! lets bidders choose among qualifications, a lower one is for a person to look at.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use regex::Regex;

use super::super::{Case, Judgement, Report};
use crate::bid::cut;
use crate::reading::Zone;

/// `市政公用工程施工总承包一级`, `水利行业设计乙级`: the subject and the grade behind it.
static QUALIFICATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"([\p{Han}()]{2,14}?(?:施工总承包|专业承包|设计|监理|勘察))(?:企业|资质|等级|为|:)*(特|[一二三四甲乙丙])级",
    )
    .ok()
});
static ENGINEER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([一二])级(?:注册)?建造师").ok());
/// Who leads a works contract.
const LEADS: [&str; 4] = ["项目经理", "项目负责人", "建造师", "拟派"];
/// Who must have a title.
const TITLED: [&str; 4] = ["技术负责人", "项目总工", "总监理工程师", "设计负责人"];
static BUSY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:目前|现|正在)(?:担任|负责|兼任)[^,。;]{2,40}(?:项目经理|项目负责人)").ok());

/// The higher the better; grades of one row compare.
fn rank(grade: &str) -> Option<(&'static str, u8)> {
    Some(match grade {
        "特" => ("number", 5),
        "一" => ("number", 4),
        "二" => ("number", 3),
        "三" => ("number", 2),
        "四" => ("number", 1),
        "甲" => ("letter", 3),
        "乙" => ("letter", 2),
        "丙" => ("letter", 1),
        _ => return None,
    })
}

/// A demand of the tender with its place.
struct Demand {
    text: String,
    evidence: Vec<Evidence>,
}

fn demands<'c>(case: &'c Case<'_>, about: impl Fn(&str) -> bool + 'c) -> impl Iterator<Item = Demand> + 'c {
    let zones = [Zone::Notice, Zone::FrontTable, Zone::Instructions, Zone::Requirement, Zone::Other, Zone::Correction];
    let units = case.tender.units.iter().enumerate().filter(move |(_, u)| zones.contains(&u.zone));
    units.flat_map(|(unit, one)| cut(&one.text).map(move |range| (unit, range))).filter_map(move |(unit, range)| {
        let text = case.tender.text(unit, &range);
        about(text).then(|| Demand {
            text: text.trim().to_owned(),
            evidence: case.tender.evidence(unit, &range).into_iter().collect(),
        })
    })
}

/// The rows and sentences of the bid that speak of the bidder, each with the place to show.
fn own(case: &Case<'_>) -> Vec<(String, Vec<Evidence>)> {
    let reading = &case.bid.reading;
    let in_cell = |unit: usize| reading.units.get(unit).is_some_and(|u| u.cell.is_some());
    let sentences = case.bid.sentences.iter().filter(|s| case.bid.is_own(s.unit) && !in_cell(s.unit));
    let mut all: Vec<_> = sentences.map(|s| (case.bid.text(s).to_owned(), case.bid.evidence(s))).collect();
    for row in reading.grids.iter().flat_map(|g| &g.rows) {
        if row.first().is_some_and(|&u| !case.bid.is_own(u)) {
            continue;
        }
        let text: Vec<&str> = row.iter().filter_map(|&u| reading.units.get(u)).map(|u| u.text.as_str()).collect();
        let longest = row.iter().copied().max_by_key(|&u| reading.units.get(u).map_or(0, |u| u.text.len()));
        all.push((text.join(" "), longest.map(|u| case.bid.unit_evidence(u)).unwrap_or_default()));
    }
    all
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let said = own(case);
    qualification(case, report, &said);
    engineer(case, report, &said);
    title(case, report, &said);
    busy(case, report, &said);
}

fn qualification(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let Some(pattern) = QUALIFICATION.as_ref() else { return };
    let about = |t: &str| pattern.is_match(t) && ["须", "应", "具备", "具有", "要求"].iter().any(|w| t.contains(w));
    let Some(demand) = demands(case, about).next() else { return };
    let Some(found) = pattern.captures(&demand.text) else { return };
    let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
    let (Some((row, wanted)), subject) = (rank(part(2)), trade(part(1))) else { return };
    let asked = &subject;
    let offered = said.iter().flat_map(|(text, evidence)| {
        pattern.captures_iter(text).filter_map(move |c| {
            let (own, grade) = (c.get(1)?.as_str(), c.get(2)?.as_str());
            let (own_row, rank) = rank(grade)?;
            (own_row == row && trade(own) == *asked).then(|| (rank, grade.to_owned(), evidence))
        })
    });
    // The highest that is written counts: earlier grades may be told as well.
    let Some((best, grade, evidence)) = offered.max_by_key(|(rank, ..)| *rank) else { return };
    let remark = format!("“{subject}”资质等级 {grade}级，要求 {}级", part(2));
    let choice = demand.text.contains('或');
    let verdict = match best < wanted {
        true if choice => Verdict::Risk,
        true => Verdict::Fail,
        false => Verdict::Pass,
    };
    report.push(Judgement::new(verdict, "grade", remark).demands(demand.text, demand.evidence).says(evidence.clone()));
}

/// The trade of a qualification without the words before it: 须具备市政公用工程施工总承包.
fn trade(subject: &str) -> String {
    const BEFORE: [&str; 8] = ["具备", "具有", "持有", "取得", "资质证书", "提供", "要求", "和"];
    let start = BEFORE.iter().filter_map(|w| subject.rfind(w).map(|at| at + w.len())).max().unwrap_or(0);
    subject.get(start..).unwrap_or(subject).trim_matches(['(', ')', ':']).to_owned()
}

fn engineer(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let Some(pattern) = ENGINEER.as_ref() else { return };
    let grade = |text: &str| pattern.captures(text).and_then(|c| c.get(1)).map(|m| m.as_str().to_owned());
    let Some(demand) = demands(case, |t| pattern.is_match(t) && LEADS.iter().any(|w| t.contains(w))).next() else {
        return;
    };
    if grade(&demand.text).as_deref() != Some("一") || demand.text.contains("二级") {
        return;
    }
    let leads = |text: &str| ["项目经理", "项目负责人"].iter().any(|w| text.contains(w));
    let mut offered = said.iter().filter_map(|(text, evidence)| Some((grade(text)?, leads(text), evidence)));
    let all: Vec<_> = offered.by_ref().collect();
    let (verdict, (grade, _, evidence)) = match all.iter().find(|(grade, ..)| grade == "一") {
        Some(first) => (Verdict::Pass, first),
        None => match all.iter().find(|(_, leads, _)| *leads).map(|one| (Verdict::Fail, one)) {
            Some(one) => one,
            None => match all.first() {
                Some(one) => (Verdict::Risk, one),
                None => return,
            },
        },
    };
    let remark = format!("项目经理的注册建造师等级 {grade}级，要求 一级");
    let judgement = Judgement::new(verdict, "engineer", remark);
    report.push(judgement.demands(demand.text, demand.evidence).says((*evidence).clone()));
}

fn title(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let senior = |t: &str| ["高级", "教授级", "正高", "副高"].iter().any(|w| t.contains(w));
    for role in TITLED {
        let about = |t: &str| t.contains(role) && senior(t) && (t.contains("职称") || t.contains("工程师"));
        let Some(demand) = demands(case, about).next() else { continue };
        let names = |t: &str| t.contains(role) && (t.contains("工程师") || t.contains("职称"));
        let Some((text, evidence)) = said.iter().find(|(text, _)| names(text)) else { continue };
        let verdict = if senior(text) { Verdict::Pass } else { Verdict::Fail };
        let remark = format!("{role}的职称{}高级", if senior(text) { "为" } else { "低于要求的" });
        let judgement = Judgement::new(verdict, role, remark);
        report.push(judgement.demands(demand.text, demand.evidence).says(evidence.clone()));
    }
}

/// A project manager who by the bid's own words leads another contract that is under way.
fn busy(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let about = |t: &str| t.contains("在建") && ["项目经理", "项目负责人"].iter().any(|w| t.contains(w));
    let (Some(demand), Some(pattern)) = (demands(case, about).next(), BUSY.as_ref()) else { return };
    let denies = |text: &str| ["未", "没有", "不"].iter().any(|w| text.contains(w));
    let Some((_, evidence)) = said.iter().find(|(text, _)| pattern.is_match(text) && !denies(text)) else { return };
    let remark = "投标文件写明项目经理正担任其他项目的项目经理，招标文件要求无在建项目".to_owned();
    let judgement = Judgement::new(Verdict::Risk, "busy", remark);
    report.push(judgement.demands(demand.text, demand.evidence).says(evidence.clone()));
}
