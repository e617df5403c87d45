//! The report as a Word document, for people who sign and pass on paper.

use std::io::Cursor;

use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::FieldStatus;
use bidlens_domain::finding::{Finding, Review, Verdict};
use bidlens_domain::labels::field_name;
use bidlens_domain::legal::LegalBasis;
use bidlens_domain::risk::Risk;
use docx_rs::{
    Docx, Paragraph, Run, RunFonts, Style, StyleType, Table, TableCell, TableLayoutType, TableRow, WidthType,
};

use crate::labels::{self, Words};
use crate::{Options, ReportError, model};

/// Twentieths of a point across the text area of an A4 page.
const TEXT_WIDTH: usize = 9_000;
/// Longest quote in a table cell; the full words are in the other formats.
const QUOTE_CHARS: usize = 300;

/// The whole report.
pub fn docx(review: &Review, options: &Options) -> Result<Vec<u8>, ReportError> {
    let language = options.language;
    let say = |zh: &'static str, en: &'static str| Words(zh, en).in_language(language);
    let title = if review.bids.is_empty() {
        say("招标文件分析报告", "Tender analysis")
    } else {
        say("投标文件审查报告", "Bid review")
    };
    let mut docx = Docx::new()
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri").east_asia("宋体"))
        .default_size(21)
        .add_style(heading_style("Heading1", 1, 32))
        .add_style(heading_style("Heading2", 2, 26))
        .add_paragraph(Paragraph::new().style("Heading1").add_run(Run::new().add_text(title)));
    if let Some(project) = &options.project_name {
        docx = docx.add_paragraph(text(&clean(project)));
    }
    docx = docx.add_paragraph(text(&format!("Bidlens · {}", clean(&options.generated_at))));

    for bid in &review.bids {
        docx = docx.add_paragraph(heading(&format!("{}{}", say("投标人：", "Bidder: "), clean(&bid.bidder_name))));
        let counts: Vec<String> = model::counts(&bid.findings)
            .iter()
            .map(|(verdict, n)| format!("{} {n}", labels::verdict(*verdict).in_language(language)))
            .chain(model::progress_words(&bid.findings, language))
            .collect();
        docx = docx.add_paragraph(text(&counts.join(say("　", "  "))));
        let mut rows = vec![header_row(
            &[
                say("结论", "Result"),
                say("招标要求", "The tender demands"),
                say("投标响应", "The bid says"),
                say("说明", "Remark"),
            ],
            &FINDING_WIDTHS,
        )];
        rows.extend(model::findings(&bid.findings).into_iter().map(|f| finding_row(f, language)));
        docx = docx.add_table(table(rows, &FINDING_WIDTHS));
    }

    docx = docx.add_paragraph(heading(say("项目信息", "Project facts")));
    let widths = [1_800, 3_000, 4_200];
    let mut rows = vec![header_row(&[say("项目", "Field"), say("内容", "Value"), say("依据", "Evidence")], &widths)];
    for (key, field) in model::fields(review) {
        if field.status() == FieldStatus::NotFound {
            continue;
        }
        let cells =
            [field_name(key, language), model::field_words(field, language), quotes(field.evidence(), language)];
        rows.push(plain_row(&cells, &widths));
    }
    docx = docx.add_table(table(rows, &widths));

    if !review.facts.changes.is_empty() {
        docx = docx.add_paragraph(heading(say("补遗与变更", "What addenda change")));
        let widths = [1_800, 3_000, 4_200];
        let columns = [say("变更事项", "What"), say("变更前 → 变更后", "Before → after"), say("依据", "Evidence")];
        let mut rows = vec![header_row(&columns, &widths)];
        for change in &review.facts.changes {
            let sides = format!("{} → {}", change.before.as_deref().unwrap_or("—"), change.after);
            let evidence = quotes(std::slice::from_ref(&change.evidence), language);
            rows.push(plain_row(&[change.subject.clone(), sides, evidence], &widths));
        }
        docx = docx.add_table(table(rows, &widths));
    }

    docx = docx.add_paragraph(heading(say("废标与其他风险", "Risks")));
    let legal = model::legal_words(&review.facts.legal, language);
    docx = docx.add_paragraph(Paragraph::new().add_run(Run::new().add_text(legal)));
    let widths = [1_000, 3_500, 4_500];
    let mut rows = vec![header_row(
        &[say("级别", "Severity"), say("风险与建议", "Risk and what to do"), say("依据", "Evidence")],
        &widths,
    )];
    for risk in model::risks(review) {
        let cells = [
            labels::severity(risk.severity).in_language(language).to_owned(),
            risk_words(risk, language),
            quotes(risk.evidence(), language),
        ];
        rows.push(plain_row(&cells, &widths));
    }
    docx = docx.add_table(table(rows, &widths));

    if !review.facts.scoring.items.is_empty() {
        docx = docx.add_paragraph(heading(say("评分", "Scoring")));
        let widths = [2_500, 900, 5_600];
        let mut rows =
            vec![header_row(&[say("评分项", "Item"), say("分值", "Points"), say("评分标准", "Rule")], &widths)];
        for item in &review.facts.scoring.items {
            rows.push(plain_row(&[item.item.clone(), item.points.value().to_string(), shorten(&item.rule)], &widths));
        }
        docx = docx.add_table(table(rows, &widths));
    }

    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(|e| ReportError::Docx(e.to_string()))?;
    Ok(bytes.into_inner())
}

/// Title, what to do, and the articles a risk rests on.
fn risk_words(risk: &Risk, language: Language) -> String {
    let articles = basis_lines(&risk.basis, true, language);
    format!("{}\n{}{articles}", risk.title_in(language), risk.suggestion_in(language))
}

fn basis_lines(basis: &[LegalBasis], rests: bool, language: Language) -> String {
    let label = model::basis_label(rests, language);
    basis.iter().map(|one| format!("\n{label}{}", model::basis_words(one, language))).collect()
}

const FINDING_WIDTHS: [usize; 4] = [900, 2_900, 2_900, 2_300];

fn finding_row(finding: &Finding, language: Language) -> TableRow {
    let verdict = labels::verdict(finding.verdict()).in_language(language);
    let rigid = if finding.rigid { Words("（实质性）", " (rigid)").in_language(language) } else { "" };
    let side = |words: &str, evidence: &[Evidence]| {
        if evidence.is_empty() { words.to_owned() } else { quotes(evidence, language) }
    };
    let rests = finding.verdict() == Verdict::Fail;
    let cells = [
        format!("{verdict}{rigid}"),
        side(finding.requirement_in(language), &finding.tender_evidence),
        side(&finding.response_text, finding.bid_evidence()),
        format!(
            "{}{}{}",
            finding.remark_in(language),
            basis_lines(&finding.basis, rests, language),
            finding.decision.as_ref().map_or_else(String::new, |d| format!("\n{}", model::decision_words(d, language))),
        ),
    ];
    let colour = match finding.verdict() {
        Verdict::Fail => "B42318",
        Verdict::Risk => "8A5A00",
        Verdict::Pass => "146C43",
    };
    let mut row: Vec<TableCell> = Vec::new();
    for (index, (cell, width)) in cells.iter().zip(FINDING_WIDTHS).enumerate() {
        let colour = (index == 0).then_some(colour);
        row.push(cell_of(cell, width, index == 0, colour));
    }
    TableRow::new(row).cant_split()
}

pub(crate) fn heading_style(id: &str, level: usize, size: usize) -> Style {
    Style::new(id, StyleType::Paragraph).name(format!("heading {level}")).size(size).bold()
}

fn heading(words: &str) -> Paragraph {
    Paragraph::new().style("Heading2").keep_next(true).add_run(Run::new().add_text(words))
}

pub(crate) fn text(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(words))
}

fn table(rows: Vec<TableRow>, widths: &[usize]) -> Table {
    Table::new(rows).set_grid(widths.to_vec()).width(TEXT_WIDTH, WidthType::Dxa).layout(TableLayoutType::Fixed)
}

fn header_row(words: &[&str], widths: &[usize]) -> TableRow {
    TableRow::new(words.iter().zip(widths).map(|(w, &width)| cell_of(w, width, true, None)).collect())
}

fn plain_row(words: &[String], widths: &[usize]) -> TableRow {
    TableRow::new(words.iter().zip(widths).map(|(w, &width)| cell_of(w, width, false, None)).collect())
}

/// A cell with one paragraph per line of `words`.
fn cell_of(words: &str, width: usize, bold: bool, colour: Option<&str>) -> TableCell {
    let mut cell = TableCell::new().width(width, WidthType::Dxa);
    for line in words.split('\n') {
        let mut run = Run::new().size(18).add_text(clean(line));
        if bold {
            run = run.bold();
        }
        if let Some(colour) = colour {
            run = run.color(colour);
        }
        cell = cell.add_paragraph(Paragraph::new().add_run(run));
    }
    cell
}

/// Quotes with their file and page, one below the other.
fn quotes(evidence: &[Evidence], language: Language) -> String {
    let place = |e: &Evidence| match language {
        Language::Zh => format!("（{} 第 {} 页）", e.file(), e.page()),
        Language::En => format!("({} p. {})", e.file(), e.page()),
    };
    let lines: Vec<String> =
        evidence.iter().take(3).map(|e| format!("“{}” {}", shorten(e.quote()), place(e))).collect();
    lines.join("\n")
}

fn shorten(words: &str) -> String {
    let one_line = words.replace(['\n', '\t'], " ");
    match one_line.char_indices().nth(QUOTE_CHARS) {
        Some((cut, _)) => format!("{}…", &one_line[..cut]),
        None => one_line,
    }
}

/// Control characters are not allowed in XML, not even escaped.
pub(crate) fn clean(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
