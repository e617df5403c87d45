//! What it checks: the bid holds no text that gives orders to a program or model that reads it.
//! Why it matters: such text tries to decide the evaluation by other means than the bid; a person must see it.

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};
use crate::bid::cut;
use crate::instructions::gives_orders;

pub(super) const CHECK: Check = Check { id: "B023", dimension: Dimension::Other, run };

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let reading = &case.bid.reading;
    for (index, unit) in reading.units.iter().enumerate().filter(|(_, unit)| gives_orders(&unit.text)) {
        let sentence = cut(&unit.text).find(|range| gives_orders(reading.text(index, range)));
        let range = sentence.unwrap_or(0..unit.text.len());
        let evidence: Vec<Evidence> = reading.evidence(index, &range).into_iter().collect();
        let remark = both(
            "投标文件含有对评审程序或模型下达指令的文字；程序不执行，也不交给模型，请人工处理",
            "The bid holds text that gives orders to a program or model; it is neither carried out nor shown to a model; \
             a person must look at it",
        );
        report.push(Judgement::new(Verdict::Risk, format!("{index}"), remark).says(evidence));
    }
}
