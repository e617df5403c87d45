//! What it checks: every form the tender prints for the bid stands in the bid under its name.
//! Why it matters: a missing form is a missing response; many tenders reject for it.
//! Exclusions: forms that are marked 如有, 若有, 自拟 or 可选.

use bidlens_domain::document::BlockKind;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::Dimension;

use super::{Case, Check, Judgement, Report};
use crate::reading::{Zone, strip_label};

pub(super) const CHECK: Check = Check { id: "B008", dimension: Dimension::DocumentStructure, run };

const OPTIONAL: [&str; 7] = ["如有", "若有", "如适用", "如需", "可选", "if any", "if applicable"];
/// What the title of a form contains; other headings of the chapter are captions.
const FORM_WORDS: [&str; 16] = [
    "函", "表", "书", "证明", "承诺", "声明", "清单", "方案", "协议", "证书", "资料", "业绩", "Form", "form",
    "Schedule", "Letter",
];

struct Form {
    title: String,
    evidence: Vec<Evidence>,
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    for form in forms(case) {
        let wanted = form.title.clone();
        let mut exact: Option<usize> = None;
        let mut mentioned: Option<usize> = None;
        for (unit, one) in case.bid.reading.units.iter().enumerate() {
            let document = case.bid.reading.documents.get(one.document).and_then(|d| d.block(one.block));
            if document.is_some_and(|b| matches!(b.kind, BlockKind::Contents))
                || !one.text.contains(wanted.chars().next().unwrap_or(' '))
            {
                continue;
            }
            let title = core_title(one.text.lines().next().unwrap_or_default());
            if title == wanted
                || (title.chars().count() <= wanted.chars().count() + 6 && title.contains(&wanted) && !joins(&title))
            {
                exact = exact.or(Some(unit));
            } else if mentioned.is_none() && title.contains(&wanted) {
                mentioned = Some(unit);
            }
        }
        let quote = form.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
        let subject = wanted.clone();
        let judgement = match (exact, mentioned) {
            (Some(unit), _) => {
                Judgement::new(Verdict::Pass, subject, format!("已附“{wanted}”")).says(case.bid.unit_evidence(unit))
            }
            (None, Some(unit)) => {
                let remark = format!("只提到“{wanted}”，未找到该格式文件本身");
                Judgement::new(Verdict::Risk, subject, remark).says(case.bid.unit_evidence(unit))
            }
            (None, None) if case.bid.readable && !similar(&case.bid.bare, &wanted) => {
                let remark = format!("全文检索未找到“{wanted}”");
                Judgement::new(Verdict::Fail, subject, remark).state(FindingState::NotFound)
            }
            (None, None) => {
                let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
                Judgement::new(Verdict::Risk, subject, format!("未找到名为“{wanted}”的部分，请核对")).state(state)
            }
        };
        report.push(judgement.demands(quote, form.evidence));
    }
}

/// Headings of the chapter of bid forms, innermost titles that name a form.
fn forms(case: &Case<'_>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for (unit, one) in case.tender.units.iter().enumerate() {
        if one.zone != Zone::BidForms || !one.is_heading {
            continue;
        }
        let raw = one.text.clone();
        let title = core_title(&raw);
        let length = title.chars().count();
        let chapter = raw.trim_start().starts_with('第') && raw.contains('章');
        if chapter
            || !(3..=24).contains(&length)
            || OPTIONAL.iter().any(|o| raw.contains(o))
            || raw.contains("……")
            || raw.contains("....")
            || raw.contains(':')
        {
            continue;
        }
        if !FORM_WORDS.iter().any(|w| title.contains(w))
            || title.contains("投标文件格式")
            || title.contains("目录")
            || joins(&title)
        {
            continue;
        }
        if !forms.iter().any(|f| f.title == title) {
            forms.push(Form { evidence: case.tender.evidence(unit, &(0..raw.len())).into_iter().collect(), title });
        }
    }
    forms
}

/// A heading without number, brackets and the word 格式.
fn core_title(text: &str) -> String {
    let text = folded(text);
    let cut = text.find(['(', ':']).filter(|at| *at > 2).and_then(|at| text.get(..at)).unwrap_or(&text).to_owned();
    let stripped = strip_label(if cut.trim().chars().count() >= 3 { &cut } else { &text });
    stripped.replace("格式", "").replace("(", "").replace(")", "").chars().filter(|c| !c.is_whitespace()).collect()
}

/// A title of two forms in one.
fn joins(title: &str) -> bool {
    title.contains('及') || title.contains('与') || title.contains('和') || title.contains('、')
}

/// Whether most of the title's character pairs stand together somewhere: the form may have another name.
fn similar(bare: &str, title: &str) -> bool {
    let characters: Vec<char> = title.chars().collect();
    let parts: Vec<String> = characters.chunks(4).filter(|c| c.len() >= 3).map(|c| c.iter().collect()).collect();
    !parts.is_empty() && parts.iter().all(|p| bare.contains(p.as_str()))
}
