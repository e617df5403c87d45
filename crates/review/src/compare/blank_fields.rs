//! What it checks: no line the bidder has to fill in was left blank.
//! Exclusions: blanks inside sentences whose words are given right after, as form texts have them.

use std::sync::LazyLock;

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use regex::Regex;

use super::{Case, Check, Judgement, Report};

pub(super) const CHECK: Check = Check { id: "B009", dimension: Dimension::DocumentStructure, run };

const FINDINGS_MAX: usize = 20;

static BLANK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([\p{Han}A-Za-z()/（）、]{2,24}):\s*[_＿]{3,}\s*$").ok());
static EMPTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*((?:法定代表人|委托代理人|授权代表|投标人|供应商|联系人|项目负责人)[\p{Han}()/]{0,14}(?:\((?:签字|盖章|签字或盖章|签章|盖单位章|公章)\))?):\s*$").ok()
});

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(blank), Some(empty)) = (BLANK.as_ref(), EMPTY.as_ref()) else { return };
    let demand = case.tender_clauses(|t| {
        t.contains("手机号") && t.contains("准确")
            || t.contains("不得缺项")
            || t.contains("按要求填写")
            || t.contains("按照招标文件要求签署")
            || t.contains("按招标文件要求签署")
    });
    let mut count = 0;
    for (unit, one) in case.bid.reading.units.iter().enumerate() {
        for line in one.text.lines() {
            let label = blank
                .captures(line)
                .or_else(|| empty.captures(line))
                .and_then(|c| c.get(1))
                .map(|m| m.as_str().to_owned());
            let Some(label) = label else { continue };
            count += 1;
            if count > FINDINGS_MAX {
                return;
            }
            let Some(start) = one.text.find(line) else { continue };
            let evidence = case.bid.reading.evidence(unit, &(start..start + line.len())).into_iter().collect();
            let (text, tender) = demand.first().cloned().unwrap_or_default();
            let remark = format!("“{label}”处为空白，未填写");
            report.push(
                Judgement::new(Verdict::Risk, format!("{unit} {label}"), remark).demands(text, tender).says(evidence),
            );
        }
    }
}
