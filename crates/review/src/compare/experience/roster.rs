//! The people a bid names in a table: nobody in two posts, and as many as the tender asks for.
//!
//! A table may list only some of the people: where a sentence tells of more, nothing is said.

use std::collections::HashSet;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, must_be_met};
use crate::bid::{below_head, column, head};
use crate::grammar::numbers;

/// 项目实施团队不少于10人: who is counted, and how many at least.
static TEAM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"([\p{Han}]{2,14}?(?:团队|项目组|项目部|小组|管理人员|技术人员|服务人员|工作人员))(?:成员|人员|人数|总人数|总数|配备)*(?:不少于|不得少于|不低于|至少|≥)\s*(\d{1,3})\s*(?:人|名)").ok()
});
/// 持有低压电工操作证的人员不少于3人.
static HOLDERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:持有?|具有|具备|取得)(?:有效的?)?([\p{Han}、/或和]{2,20}?(?:证书|证))的?[\p{Han}]{0,6}?(?:不少于|不得少于|不低于|至少|≥)\s*(\d{1,3})\s*(?:人|名)").ok()
});
static PEOPLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d{1,4})\s*(?:人|名|位)").ok());

/// A table of people.
struct Roster {
    /// What stands over it.
    title: String,
    /// Each person with the post, and the row's cells.
    people: Vec<(String, String, Vec<usize>)>,
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let rosters = rosters(case);
    for (index, roster) in rosters.iter().enumerate() {
        twice(case, report, index, roster);
    }
    let [roster] = rosters.as_slice() else { return };
    team(case, report, roster);
    holders(case, report, roster);
}

fn rosters(case: &Case<'_>) -> Vec<Roster> {
    let reading = &case.bid.reading;
    let text = |u: usize| reading.unit(u).map_or("", |u| u.text.trim());
    let mut found = Vec::new();
    for grid in &reading.grids {
        let Some(heading) = head(&grid.rows) else { continue };
        let named = column(reading, heading, |t| t.starts_with("姓名") || t == "name");
        let post = column(reading, heading, |t| {
            ["岗位", "职务", "拟任", "任职", "担任", "position", "role"].iter().any(|w| t.contains(w))
        });
        let (Some(named), Some(post)) = (named, post) else { continue };
        let own = heading.first().is_some_and(|&u| case.bid.is_own(u));
        let people: Vec<(String, String, Vec<usize>)> = below_head(&grid.rows)
            .iter()
            .filter_map(|row| {
                let (name, post) = (reading.cell_in(row, named)?, reading.cell_in(row, post)?);
                let name: String = text(name).chars().filter(|c| !c.is_whitespace()).collect();
                (name.chars().count() >= 2).then(|| (name, text(post).to_owned(), row.clone()))
            })
            .collect();
        if own && people.len() >= 2 {
            let title = heading.first().map(|&u| reading.headings(u).join(" ")).unwrap_or_default();
            found.push(Roster { title, people });
        }
    }
    found
}

fn cells(case: &Case<'_>, row: &[usize]) -> Vec<Evidence> {
    row.iter()
        .filter(|&&u| case.bid.reading.unit(u).is_some_and(|u| u.text.trim().chars().count() >= 2))
        .take(3)
        .flat_map(|&u| case.bid.unit_evidence(u))
        .collect()
}

/// One name in two posts of one table.
fn twice(case: &Case<'_>, report: &mut Report<'_>, index: usize, roster: &Roster) {
    let mut told: HashSet<&str> = HashSet::new();
    for (at, (name, post, row)) in roster.people.iter().enumerate() {
        let other = roster.people.iter().skip(at + 1).find(|(other, ..)| other == name);
        let Some((_, second, other_row)) =
            other.filter(|(_, second, _)| second != post && !told.contains(name.as_str()))
        else {
            continue;
        };
        told.insert(name);
        let remark = both(
            format!("“{name}”在人员表中兼任“{post}”和“{second}”，请核对"),
            format!("“{name}” stands for two posts, “{post}” and “{second}”; please check"),
        );
        let mut evidence = cells(case, other_row);
        evidence.extend(cells(case, row));
        report.push(Judgement::new(Verdict::Risk, format!("twice {index} {name}"), remark).says(evidence));
    }
}

/// Whether a sentence of the bid tells of as many people of a kind.
fn tells_of_more(case: &Case<'_>, wanted: i64, about: impl Fn(&str) -> bool) -> bool {
    let Some(pattern) = PEOPLE.as_ref() else { return false };
    case.bid.sentences.iter().filter(|s| !case.bid.is_demand(s.unit) && !case.copied(s)).any(|s| {
        let text = numbers::with_digits(case.bid.text(s));
        about(&text)
            && pattern
                .captures_iter(&text)
                .any(|c| c.get(1).and_then(|m| m.as_str().parse().ok()).is_some_and(|n: i64| n >= wanted))
    })
}

fn shares(a: &str, b: &str, letters: usize) -> bool {
    let all: Vec<char> = a.chars().collect();
    all.windows(letters).any(|w| b.contains(&w.iter().collect::<String>()))
}

fn team(case: &Case<'_>, report: &mut Report<'_>, roster: &Roster) {
    let Some(pattern) = TEAM.as_ref() else { return };
    for (text, tender) in case.tender_clauses_in(must_be_met, |t| pattern.is_match(t)) {
        let Some(found) = pattern.captures(&text) else { continue };
        let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
        let Ok(wanted) = part(2).parse::<i64>() else { continue };
        let managing = part(1).ends_with("管理人员")
            && ["管理机构", "项目部", "管理班子"].iter().any(|w| roster.title.contains(w));
        if !(shares(part(1), &roster.title, 4) || managing) {
            continue;
        }
        let names: HashSet<&str> = roster.people.iter().map(|(name, ..)| name.as_str()).collect();
        let have = names.len() as i64;
        let people = |t: &str| ["团队", "人员", "项目组", "小组", "名单", "配备"].iter().any(|w| t.contains(w));
        if have >= wanted || tells_of_more(case, wanted, people) {
            continue;
        }
        let remark = both(
            format!("人员表列有 {have} 人，少于要求的 {wanted} 人，请核对"),
            format!("The table names {have} people, fewer than the {wanted} required; please check"),
        );
        let evidence = roster.people.iter().take(3).flat_map(|(.., row)| cells(case, row)).collect();
        report.push(
            Judgement::new(Verdict::Risk, format!("team {}", part(1)), remark)
                .demands(text.clone(), tender)
                .says(evidence),
        );
    }
}

fn holders(case: &Case<'_>, report: &mut Report<'_>, roster: &Roster) {
    const LETTERS: usize = 5;
    let Some(pattern) = HOLDERS.as_ref() else { return };
    for (text, tender) in case.tender_clauses_in(must_be_met, |t| pattern.is_match(t)) {
        let Some(found) = pattern.captures(&text) else { continue };
        let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
        let Ok(wanted) = part(2).parse::<i64>() else { continue };
        // 高压或低压电工操作证: what all of them are called stands last.
        let letters: Vec<char> = part(1).trim_end_matches("证书").trim_end_matches('证').chars().collect();
        let core: String =
            letters.get(letters.len().saturating_sub(LETTERS - 1)..).unwrap_or_default().iter().collect();
        if core.chars().count() < 3 || core.contains(['、', '/', '或', '和']) {
            continue;
        }
        let reading = &case.bid.reading;
        let holds =
            |row: &[usize]| row.iter().any(|&u| reading.unit(u).is_some_and(|u| u.text.contains(core.as_str())));
        let rows: Vec<&Vec<usize>> = roster.people.iter().map(|(.., row)| row).filter(|row| holds(row)).collect();
        let have = rows.len() as i64;
        if have == 0 || have >= wanted || tells_of_more(case, wanted, |t| t.contains(core.as_str())) {
            continue;
        }
        let remark = both(
            format!("人员表中持“{}”的有 {have} 人，少于要求的 {wanted} 人，请核对", part(1)),
            format!("The table names {have} people with “{}”, fewer than the {wanted} required; please check", part(1)),
        );
        let evidence = rows.iter().flat_map(|row| cells(case, row)).collect();
        report.push(
            Judgement::new(Verdict::Risk, format!("holders {core}"), remark)
                .demands(text.clone(), tender)
                .says(evidence),
        );
    }
}
