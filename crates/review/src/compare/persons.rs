//! What it checks: the authorised person and the legal representative have one name each throughout.
//! Why it matters: a signature by somebody who was not authorised is no signature.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::names::{self, Named};

pub(super) const CHECK: Check = Check { id: "B016", dimension: Dimension::Qualification, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let demand = case.tender_clauses(|t| {
        (t.contains("委托代理人") || t.contains("授权代表") || t.contains("授权委托书"))
            && (t.contains("签字") || t.contains("授权"))
    });
    // Makers, banks and customers have heads and agents of their own; a head may sign in the agent's place.
    let own = |people: Vec<Named>| people.into_iter().filter(|p| !p.aside).collect::<Vec<_>>();
    let heads = own(names::heads(case.bid));
    let mut agents = own(names::agents(case.bid));
    agents.retain(|a| heads.iter().all(|h| h.name != a.name));
    // English papers are signed by heads and clerks as well: a second name is for a person to look at.
    let english = own(names::english_agents(case.bid));
    let joint = names::is_joint(case.bid);
    for (role, people, open) in [
        (["授权代表", "authorised representative"], agents, joint),
        (["法定代表人", "legal representative"], heads, joint),
        (["签字人", "signer"], english, true),
    ] {
        same_person(report, role, &people, open, demand.first().cloned().unwrap_or_default());
    }
}

fn same_person(
    report: &mut Report<'_>,
    [role, role_en]: [&str; 2],
    people: &[Named],
    open: bool,
    (text, tender): (String, Vec<bidlens_domain::evidence::Evidence>),
) {
    let Some(first) = people.first() else { return };
    match people.iter().find(|p| p.name != first.name) {
        Some(other) => {
            let mut evidence = other.evidence.clone();
            evidence.extend(first.evidence.clone());
            let remark = both(
                format!("{role}前后不一致：“{}”与“{}”", first.name, other.name),
                format!("The {role_en} is named differently: “{}” and “{}”", first.name, other.name),
            );
            // Each partner of a joint bid has its own.
            let verdict = if open { Verdict::Risk } else { Verdict::Fail };
            report.push(Judgement::new(verdict, role, remark).demands(text, tender).says(evidence));
        }
        None => {
            let remark =
                both(format!("{role}均为“{}”", first.name), format!("The {role_en} is “{}” throughout", first.name));
            report.push(Judgement::new(Verdict::Pass, role, remark).demands(text, tender).says(first.evidence.clone()));
        }
    }
}
