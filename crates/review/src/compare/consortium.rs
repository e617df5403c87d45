//! What it checks: statements about consortium and subcontracting against what the tender allows.
//! Why it matters: a consortium where none is accepted, or a forbidden subcontract, rejects the bid.

use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};

pub(super) const CHECK: Check = Check { id: "B019", dimension: Dimension::Qualification, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    judge(
        case,
        report,
        "consortium",
        "联合体",
        &["组成联合体", "联合体协议", "联合体投标", "牵头人", "联合体成员", "联合体", "joint venture", "consortium"],
    );
    judge(case, report, "subcontracting", "分包", &["分包给", "转包给", "分包", "转包", "subcontract"]);
}

fn judge(case: &Case<'_>, report: &mut Report<'_>, key: &str, name: &str, words: &[&str]) {
    let Some(field) = case.facts.field(key) else { return };
    if field.text() != Some("not_allowed") {
        return;
    }
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let text = case.bid.text(sentence);
        let Some(word) = words.iter().find(|w| text.contains(**w)) else { continue };
        let heading = case.bid.column_heading(sentence.unit);
        if heading.contains("招标") || text.chars().count() < 6 {
            continue;
        }
        // Any denial in the sentence speaks for the bidder; a heading or a list of papers says neither.
        let no = [
            "不组成",
            "不以联合体",
            "非联合体",
            "不接受",
            "不存在",
            "独立投标",
            "不分包",
            "不转包",
            "不得",
            "不进行",
            "无分包",
            "未组成",
            "不将",
            "不会",
            "不采用",
            "不涉及",
            "禁止",
            "不允许",
        ]
        .iter()
        .any(|d| text.contains(d));
        let yes = ["组成", "牵头", "分包给", "转包给", "由我公司与", "共同投标", "委托给", "交由"]
            .iter()
            .any(|d| text.contains(d));
        if no {
            if !passed {
                passed = true;
                report.push(
                    Judgement::new(Verdict::Pass, key, format!("声明不采用{name}"))
                        .rigid()
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
        } else if yes {
            let remark = format!("招标文件不允许{name}，投标文件写有“{word}”");
            report.push(
                Judgement::new(Verdict::Fail, format!("{key} {}", sentence.unit), remark)
                    .rigid()
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}
